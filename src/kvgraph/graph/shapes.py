"""Check a dataset against the SHACL shapes of the ontology."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kvgraph import resources
from kvgraph.model import Iri, Table

if TYPE_CHECKING:
    import rdflib

COLUMNS: Final = ("severity", "thing", "property", "value", "message", "shape")
_ORDER: Final = {"violation": 0, "warning": 1, "info": 2}


def validate(data: rdflib.Dataset, lang: str = "en", shapes: Path | None = None) -> Table:
    """Give every result of the shapes, a row each: violations first, then warnings.

    ``data`` holds the ontology and the code lists too, as a built dataset does: classes are
    followed to their superclasses. pySHACL does the work.
    """
    import rdflib
    from pyshacl import validate as pyshacl_validate

    # pySHACL walks one graph much faster than a union of many.
    flat = rdflib.Graph()
    for subject, predicate, value, _ in data.quads((None, None, None, None)):
        flat.add((subject, predicate, value))
    shape_graph = rdflib.Graph().parse(shapes or resources.shapes_file(), format="turtle")
    _, report, _ = pyshacl_validate(flat, shacl_graph=shape_graph, inference="none")
    assert isinstance(report, rdflib.Graph)
    rows = sorted(
        (_row(report, result, lang) for result in report.objects(None, _SH("result"))),
        key=lambda row: (_ORDER.get(row[0], 9), *map(str, row)),
    )
    counts: dict[str, int] = {}
    for row in rows:
        counts[row[0]] = counts.get(row[0], 0) + 1
    head: dict[str, Any] = {"violations": counts.get("violation", 0),
                            "warnings": counts.get("warning", 0)}  # fmt: skip
    return Table(COLUMNS, tuple(rows), head, "" if rows else "Everything is as the shapes ask.")


def _SH(name: str) -> Any:  # noqa: N802
    """Give a term of SHACL's own vocabulary."""
    from rdflib import SH

    return SH[name]


def _row(report: rdflib.Graph, result: Any, lang: str) -> tuple[str, Any, Any, Any, str, Any]:
    """Make the row of one result."""

    def one(name: str) -> Any:
        return report.value(result, _SH(name))

    severity = str(one("resultSeverity")).rpartition("#")[2].lower()
    messages = {str(getattr(m, "language", "") or ""): str(m)
                for m in report.objects(result, _SH("resultMessage"))}  # fmt: skip
    message = messages.get(lang) or messages.get("en") or next(iter(messages.values()), "")
    thing, path, value = one("focusNode"), one("resultPath"), one("value")
    return severity, _cell(thing), _cell(path), _cell(value), message, _cell(one("sourceShape"))


def _cell(node: Any) -> Iri | str | None:
    """Give a node as a cell."""
    import rdflib

    if node is None:
        return None
    return Iri(node) if isinstance(node, rdflib.URIRef) else str(node)
