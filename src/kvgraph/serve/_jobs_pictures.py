"""What a worker does for the workbench: scenes, views, files to take along, and names of terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kvgraph.inquiry import LANG
from kvgraph.model import Iri, Parameter, Table
from kvgraph.names import texts_of
from kvgraph.namespaces import PREFIXES
from kvgraph.selection import SELECTION
from kvgraph.serve._jobs_rest import spelled_for
from kvgraph.serve._telling import (
    PICTURE,
    as_answer,
    as_request,
    entry_of,
    headers_of,
    known,
    linked,
    nothing_else,
    write_answer,
)
from kvgraph.serve.negotiation import pick
from kvgraph.serve.problems import Problem
from kvgraph.serve.tagging import DATASET
from kvgraph.serve.work import Bench, Outlet

if TYPE_CHECKING:
    from kvgraph.model import Cell, Exporter, View
    from kvgraph.store import Dataset

LOSSES: Final = "KVGraph-Losses"
"""How many values, nodes or edges a format could not hold as they are."""

DOWNLOAD: Final = Parameter("download", "flag", "let a browser keep it as a file")

FRAMED: Final = "frame-ancestors 'self'"
"""Who may show a page in a frame: the workbench. What it may do itself, it says itself."""

DRAWN: Final = {".html": "text/html", ".svg": "image/svg+xml"}
"""The media types of views, by file ending."""

FILES: Final[Mapping[str, str]] = {
    "csv": "application/zip", "parquet": "application/zip",
    "cx2": "application/json", "dot": "text/vnd.graphviz", "gexf": "application/gexf+xml",
    "graphml": "application/graphml+xml", "json-ld": "application/ld+json",
    "n-quads": "application/n-quads", "node-link": "application/json", "pajek": "text/plain",
    "trig": "application/trig", "ttl": "text/turtle",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
"""The media types of formats; one that needs several files is sent as an archive of them."""

_OTHER: Final = "application/octet-stream"
_SAME: Final = (1980, 1, 1, 0, 0, 0)
"""The day that an archive gives its files: the same files, the same bytes."""


# --- scenes ------------------------------------------------------------------------------------


def scene(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Give all that is selected, as the workbench takes it."""
    from kvgraph.inquiry import frame_of, read_options, selected
    from kvgraph.scene import as_json
    from kvgraph.scene import scene as scene_of

    with as_request(SELECTION):
        options = {**read_options(SELECTION, job["given"]), "lang": "en"}
    dataset = bench.dataset()
    with as_answer(SELECTION):
        found = scene_of(dataset, selected(dataset, options), frame_of(dataset, options))
    out.begin(job["media"], {DATASET: dataset.digest})
    out.write(as_json(found) + "\n")
    out.end()


# --- views -------------------------------------------------------------------------------------


def views(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:  # noqa: ARG001
    """List the views, each with its parameters and the address that draws it."""
    from kvgraph import registry

    nothing_else(job)
    found = [view_of(name) for name in registry.names("view")]
    rows = tuple(
        (v.name, v.summary, tuple(map(spelled_for, viewing(v))), media_of(v)) for v in found
    )
    table = Table(("name", "summary", "parameters", "media"), rows)
    write_answer(linked(table, "/api/views"), job, out, {})


def view(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Draw a page or a picture of what is selected."""
    from kvgraph.inquiry import read_options, viewed

    view = view_of(job["name"])
    parameters = viewing(view)
    with as_request(parameters):
        options = read_options(parameters, job["given"])
    media = pick(job["accept"], (media_of(view),))
    dataset = bench.dataset()
    with as_answer(parameters):
        text = viewed(dataset, view, options)
    headers = {
        DATASET: dataset.digest,
        "Content-Language": options["lang"],
        "Content-Security-Policy": FRAMED if view.suffix == ".html" else PICTURE,
        "Referrer-Policy": "no-referrer",
    }
    if options["download"]:
        headers["Content-Disposition"] = f'attachment; filename="kvgraph-{view.name}{view.suffix}"'
    out.begin(media, headers)
    out.write(text)
    out.end()


def view_of(name: str) -> View:
    """Give a view.

    :raises Problem: 404 if there is none of that name.
    """
    found: View = entry_of("view", name, "VIEW", "view", "/api/views")
    return found


def viewing(view: View) -> tuple[Parameter, ...]:
    """Give all that can be told to a view."""
    return (*view.parameters, *SELECTION, LANG, DOWNLOAD)


def media_of(view: View) -> str:
    """Give the media type of a view."""
    return DRAWN.get(view.suffix, _OTHER)


# --- files to take along -----------------------------------------------------------------------


def formats(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:  # noqa: ARG001
    """List the formats, each with its parameters and the address that writes it."""
    from kvgraph.inquiry.exporting import exporters, exporting

    nothing_else(job)
    rows = tuple(
        (e.name, e.summary, tuple(map(spelled_for, exporting(e))), FILES.get(e.name, _OTHER))
        for e in exporters().values()
    )
    table = Table(("name", "summary", "parameters", "media"), rows)
    write_answer(linked(table, "/api/export"), job, out, {})


def export(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Write what is selected in a format, with the report of what it could not hold beside it."""
    from kvgraph.inquiry import read_options
    from kvgraph.inquiry.exporting import check_export, export_of, exporting

    exporter = format_of(job["name"])
    parameters = exporting(exporter)
    with as_request(parameters):
        options = read_options(parameters, job["given"])
        check_export(exporter, options.get("level"), options.get("classes"))
    media = pick(job["accept"], (FILES.get(exporter.name, _OTHER),))
    dataset = bench.dataset()
    name = f"kvgraph{exporter.suffixes[0]}"
    with as_answer(parameters):
        found = export_of(dataset, exporter, options)
        main = BytesIO()
        losses = found.write(main)
        raw = main.getvalue()
        if exporter.beside:
            files = {name: raw}
            for other, write in found.beside(name).items():
                stream = BytesIO()
                write(stream)
                files[other] = stream.getvalue()
            files[f"{name}.loss.json"] = found.loss_report(name, losses)
            name, raw = f"{name}.zip", _packed(files)
    for _ in range(found.rows):
        out.row()
    empty = found.note if not found.rows else ""
    table = Table((), (), dict(found.report), empty)
    headers = {
        **headers_of(dataset, table),
        LOSSES: str(sum(loss.count for loss in losses)),
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    out.begin(media, headers)
    out.write(raw)
    out.end()


def format_of(name: str) -> Exporter:
    """Give a format by its name, an alias or a file ending.

    :raises Problem: 404 if there is none.
    """
    from kvgraph.inquiry.exporting import exporter_of, exporters

    found = exporter_of(name)
    if found is None:
        known(name, list(exporters()), "format", "/api/export")
        raise Problem(404, f"there is no format {name}")
    return found


def _packed(files: Mapping[str, bytes]) -> bytes:
    """Give files as one archive; the same files are the same bytes."""
    import zipfile

    raw = BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _SAME), content, zipfile.ZIP_DEFLATED)
    return raw.getvalue()


# --- terms -------------------------------------------------------------------------------------

_RDF: Final = PREFIXES["rdf"]
_RDFS: Final = PREFIXES["rdfs"]
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"

_KINDS: Final = {
    _RDFS + "Class": "class", _OWL + "Class": "class", _RDF + "Property": "property",
    _OWL + "ObjectProperty": "property", _OWL + "DatatypeProperty": "property",
    _OWL + "AnnotationProperty": "property", _SKOS + "Concept": "code",
}  # fmt: skip
"""What a term is, by the class that it is stated to be of."""

_LABELS: Final = (_RDFS + "label", _SKOS + "prefLabel")
_COMMENTS: Final = (_RDFS + "comment", _SKOS + "definition")
_ORDER: Final = ("prefix", "class", "property", "code")


def terms(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """List what a query may name: prefixes, and the classes, properties and codes of the dataset.

    Terms that are used without being declared are told, too, as often as they are used.
    """
    nothing_else(job)
    dataset = bench.dataset()
    rows = sorted(_terms(dataset), key=lambda row: (_ORDER.index(str(row[2])), str(row[0])))
    table = Table(("iri", "name", "kind", "label", "comment", "used"), tuple(rows))
    table = Table(table.columns, table.rows, {"dataset": dataset.digest, "count": len(rows)})
    write_answer(table, job, out, headers_of(dataset, table))


def _terms(dataset: Dataset) -> Iterator[tuple[Cell, ...]]:
    """Give each term with its names and how often it is used, where that is counted."""
    from kvgraph.serve._counts import counts_of

    for prefix, iri in PREFIXES.items():
        yield Iri(iri), f"{prefix}:", "prefix", {}, {}, None
    kinds: dict[str, str] = {}
    for of, kind in _KINDS.items():
        for quad in dataset.store.quads_for_pattern(None, ox.NamedNode(_RDF + "type"), _node(of)):
            if isinstance(quad.subject, ox.NamedNode):
                kinds.setdefault(quad.subject.value, kind)
    counts = counts_of(dataset)
    for iris, kind in ((counts.classes, "class"), (counts.properties, "property")):
        for iri in iris:
            kinds.setdefault(iri, kind)
    used = {"class": counts.classes, "property": counts.properties}
    for iri, kind in kinds.items():
        number = used[kind].get(iri, 0) if kind in used else None
        labels, comments = (
            dict(sorted(texts_of(dataset, iri, *names).items())) for names in (_LABELS, _COMMENTS)
        )
        yield Iri(iri), _shortened(iri), kind, labels, comments, number


def _shortened(iri: str) -> str:
    """Give an IRI with a prefix, where one fits and the rest needs no escape."""
    for prefix, start in PREFIXES.items():
        rest = iri.removeprefix(start)
        if rest != iri and rest.replace("_", "").replace("-", "").isalnum():
            return f"{prefix}:{rest}"
    return iri


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


PICTURE_JOBS: Final = {
    "scene": scene,
    "views": views,
    "view": view,
    "formats": formats,
    "export": export,
    "terms": terms,
}
"""What a worker can be sent by these doors, by name."""
