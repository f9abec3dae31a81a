"""What a worker does for the doors under ``/api``: questions, analyses, things, and what they are.

Slow libraries are imported by the job that needs them, so that a worker is ready at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import pyoxigraph as ox

from kvgraph.errors import KvgraphError, shorten
from kvgraph.model import Iri, Parameter, Table
from kvgraph.serve._telling import (
    PICTURE,
    Quads,
    as_answer,
    as_request,
    counted_rows,
    entry_of,
    headers_of,
    known,
    linked,
    nothing_else,
    write_answer,
)
from kvgraph.serve.forms import CSV, FIGURES, SVG
from kvgraph.serve.problems import Problem
from kvgraph.serve.work import Bench, Outlet, whole

if TYPE_CHECKING:
    from kvgraph.inquiry import Answered
    from kvgraph.model import Analysis, Cell
    from kvgraph.query import Query
    from kvgraph.store import Dataset

LIMIT: Final = 1000
"""More things than this are not listed at once."""


# --- questions ---------------------------------------------------------------------------------


def queries(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:  # noqa: ARG001
    """List the questions of the library, each with the address that answers it."""
    from kvgraph.query import find, library, listed

    nothing_else(job)
    found = [find(name) for name in library()]
    table = listed(found)
    texts = tuple((*row, query.text) for row, query in zip(table.rows, found, strict=True))
    table = Table((*table.columns, "sparql"), texts)
    write_answer(linked(table, "/api/queries"), job, out, {})


def query(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Answer a question of the library, narrowed by its parameters."""
    from kvgraph.inquiry import given_of
    from kvgraph.query import gathered, stream

    asked = question_of(job["name"])
    with as_request(asked.parameters):
        given = {name: texts[0] for name, texts in given_of(asked.parameters, job["given"]).items()}
        for name, text in given.items():
            if not text.strip():
                raise KvgraphError(f"{name} is empty", hint="Say what it is, or leave it out.")
    dataset = bench.dataset()
    with as_answer(asked.parameters):
        rows = stream(dataset, asked, given)
        if job["media"] == CSV:
            write_answer(rows, job, out, headers_of(dataset, rows))
            return
        table = gathered(dataset, replace(rows, rows=counted_rows(rows.rows, out)))
        write_answer(
            table, job, out, headers_of(dataset, table), counted=True,
            quads=lambda: _rows_as_quads(asked.name, table, job, dataset),
        )  # fmt: skip


def question_of(name: str) -> Query:
    """Give a question by its whole name.

    :raises Problem: 404 if there is none.
    """
    from kvgraph.query import find, library

    known(name, list(library()), "question", "/api/queries")
    return find(name)


# --- analyses ----------------------------------------------------------------------------------


def analyses(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:  # noqa: ARG001
    """List the analyses, each with its parameters and the address that answers it."""
    from kvgraph import registry
    from kvgraph.inquiry import explained
    from kvgraph.plots import is_drawn

    nothing_else(job)
    found = [analysis_of(name) for name in registry.names("analysis")]
    table = Table(
        ("name", "summary", "parameters", "explained", "plot"),
        tuple((a.name, a.summary, tuple(map(spelled_for, _taken(a))), tuple(explained(a)),
               is_drawn(a.name))
              for a in found),
    )  # fmt: skip
    write_answer(linked(table, "/api/analyse"), job, out, {})


def analyse(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Put an analysis to the dataset, or to what is selected of it."""
    from kvgraph.inquiry import inquire, read_options

    analysis = analysis_of(job["name"])
    parameters = _taken(analysis)
    with as_request(parameters):
        options = read_options(parameters, job["given"])
    if job["media"] in FIGURES:
        _check_figure(analysis)
    dataset = bench.dataset()
    with as_answer(parameters):
        found = inquire(dataset, analysis, options)
        table = found.table
        if job["media"] in FIGURES:
            _write_figure(analysis, found, options["lang"], dataset, job["media"], out)
            return
        write_answer(
            table, job, out, headers_of(dataset, table),
            quads=lambda: _rows_as_quads(analysis.name, table, job, dataset),
        )  # fmt: skip


def _check_figure(analysis: Analysis) -> None:
    """Refuse to draw what cannot be drawn.

    :raises Problem: 406 if there is no figure of an analysis, or nothing to draw with.
    """
    from kvgraph import registry
    from kvgraph.plots import is_drawn

    if analysis.name not in registry.names("plots"):
        raise Problem(
            406, f"there is no figure of {analysis.name}",
            hint="Those with one: " + ", ".join(registry.names("plots")) + ".",
        )  # fmt: skip
    if not is_drawn(analysis.name):
        raise Problem(
            406, "a figure needs matplotlib, which is not installed here",
            hint="pip install 'kvgraph[plots]'",
        )  # fmt: skip


def _write_figure(
    analysis: Analysis, found: Answered, lang: str, dataset: Dataset, media: str, out: Outlet
) -> None:
    """Draw an answer.

    :raises Problem: 404 if there is nothing to draw.
    """
    from io import BytesIO

    from kvgraph.plots import draw, save
    from kvgraph.proof import is_synthetic

    table = found.table
    if not table.rows:
        raise Problem(404, "there is nothing to draw", hint=table.empty)
    figure = draw(
        analysis.name, table, found.material, found.labels, lang, is_synthetic(dataset)
    )  # fmt: skip
    drawn = BytesIO()
    save(figure, drawn, ".svg" if media == SVG else ".png")
    for _ in table.rows:
        out.row()
    out.begin(media, {**headers_of(dataset, table), "Content-Security-Policy": PICTURE})
    out.write(drawn.getvalue())
    out.end()


def analysis_of(name: str) -> Analysis:
    """Give an analysis.

    :raises Problem: 404 if there is none of that name.
    """
    found: Analysis = entry_of("analysis", name, "ANALYSIS", "analysis", "/api/analyse")
    return found


def _taken(analysis: Analysis) -> tuple[Parameter, ...]:
    from kvgraph.inquiry import taken

    return taken(analysis)


def spelled_for(parameter: Parameter) -> Mapping[str, Any]:
    """Give what a parameter is; a file with a query is its text here."""
    from kvgraph.query import spelled

    told = dict(spelled(parameter))
    return {**told, "kind": "sparql"} if parameter.kind == "file" else told


# --- things ------------------------------------------------------------------------------------


def kinds_of_things() -> tuple[str, ...]:
    """Give the kinds of things and records that can be looked for."""
    from kvgraph.tables import definitions

    return tuple(sorted({d.kind for d in definitions().values()} | {"exposure"}))


def searching() -> tuple[Parameter, ...]:
    """Give what a search for things can be told."""
    from kvgraph.inquiry import LANG

    return (
        Parameter("name", "text", "part of an id, a name or an alias, in any language; case and "
                  "accents do not count"),
        Parameter("kind", "choice", "only things of this kind", choices=kinds_of_things(),
                  many=True),
        Parameter("limit", "number", f"give so many at most, from 1 to {LIMIT}", default=20,
                  least=1, most=LIMIT),
        LANG,
    )  # fmt: skip


def telling() -> tuple[Parameter, ...]:
    """Give what can be told to whoever tells of a thing."""
    from kvgraph.inquiry import LANG

    return (LANG,)


def things(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Look for things by any of their names."""
    from kvgraph.inquiry import read_options
    from kvgraph.names import label, search
    from kvgraph.namespaces import kind_of
    from kvgraph.namespaces import shorten as identifier
    from kvgraph.words import word

    parameters = searching()
    with as_request(parameters):
        options = read_options(parameters, job["given"])
    dataset, lang, name = bench.dataset(), options["lang"], options["name"] or ""
    found = search(dataset, name, options["kind"])
    rows = tuple(
        (Iri(iri), identifier(iri), kind_of(iri), label(dataset, iri, lang), called, _address(iri))
        for iri, called in found[: options["limit"]]
    )
    head: dict[str, Cell] = {
        "name": name or None, "kind": options["kind"], "lang": lang, "dataset": dataset.digest,
        "found": len(found), "count": len(rows),
    }  # fmt: skip
    empty = word("show.no_thing", lang, name=name) if name else word("show.no_kind", lang)
    columns = ("thing", "id", "kind", "label", "name", "link")
    table = Table(columns, rows, head, "" if rows else empty)
    write_answer(table, job, out, headers_of(dataset, table))


def thing(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Tell everything that is known of a thing, each line with its source.

    As RDF it is what is stated of the thing, of the records that name it, and of all that they
    rest on, in named graphs where the form has them.
    """
    from kvgraph.dossier import dossier, naming_records
    from kvgraph.excerpt import around
    from kvgraph.inquiry import read_options

    parameters = telling()
    with as_request(parameters):
        lang = read_options(parameters, job["given"])["lang"]
    dataset = bench.dataset()
    with as_answer(parameters):
        iri = _thing(dataset, job["of"], job["id"])
        table = dossier(dataset, iri, lang)
        headers = {**headers_of(dataset, table), "Content-Location": _address(iri)}
        write_answer(
            table, job, out, headers,
            quads=lambda: around(dataset, {iri, *naming_records(dataset, iri)}).quads,
        )  # fmt: skip


def _thing(dataset: Dataset, kind: str, identifier: str) -> str:
    """Find a thing by its kind and its id, or another name of it.

    :raises Problem: 404 if there is none.
    """
    from kvgraph.names import resolve
    from kvgraph.namespaces import mint

    known(kind, kinds_of_things(), "kind of things", "/api/things")
    iri = mint(kind, identifier)
    if next(dataset.store.quads_for_pattern(ox.NamedNode(iri), None, None), None) is not None:
        return iri
    if "://" in identifier:
        raise Problem(404, f'no {kind} has the id "{shorten(identifier)}"')
    return resolve(dataset, identifier, (kind,))


def _address(iri: str) -> str:
    """Give the address of all that is known of a thing."""
    from kvgraph.namespaces import kind_of
    from kvgraph.namespaces import shorten as identifier

    return f"/api/things/{kind_of(iri)}/{quote(identifier(iri), safe='')}"


# --- what there is -----------------------------------------------------------------------------


def openapi(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:  # noqa: ARG001
    """Describe all doors in one document."""
    from kvgraph.serve.openapi import document

    nothing_else(job)
    whole(document(job["limits"], job["doors"]), job["media"], out, {})


def _rows_as_quads(name: str, table: Table, job: Mapping[str, Any], dataset: Dataset) -> Quads:
    """Give rows as statements, as those that an analysis writes back: the run, its columns, rows.

    The same question put to the same data has the same addresses.
    """
    import hashlib

    from kvgraph.graph.answers import answer_package

    options = [(option, text) for option, text in job["given"] if option != "lang"]
    told = json.dumps([name, options, dataset.digest, table.head.get("lang")])
    graph = f"answer-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    package = answer_package(graph, name, table, options, dataset)
    return [ox.Quad(t.subject, t.predicate, t.object) for t in package.statements]


REST_JOBS: Final = {
    "queries": queries,
    "query": query,
    "analyses": analyses,
    "analyse": analyse,
    "things": things,
    "thing": thing,
    "openapi": openapi,
}
"""What a worker can be sent by these doors, by name."""
