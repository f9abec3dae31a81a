"""Comma-separated values: full IRIs, UTF-8, no live formulas; a diagram with CSVW metadata."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import IO, Any, Final
from urllib.parse import quote

from kvgraph.export._about import about
from kvgraph.export._cells import cell_json, cell_text
from kvgraph.export._coercion import JOINT, Abilities, coerce, kinds
from kvgraph.export._names import beside
from kvgraph.export._separated import Lines, write_separated
from kvgraph.model import Cell, Diagram, Edge, Exporter, Loss, Node, Tabular

ABILITIES: Final = Abilities(
    "csv",
    undefined=True,
    integer_bits=None,
    decimals=True,
    dates=True,
    empty_text=False,
    unfit="\\x00",
    formulas=False,
    reserved_of_nodes=frozenset({"id"}),
    reserved_of_edges=frozenset({"id", "source", "target"}),
    names_fold=True,
)
NODES: Final = "{stem}.nodes{suffix}"
METADATA: Final = "{name}-metadata.json"
"""Where a reader of CSV on the Web looks for what is told of a file (W3C 2015, section 5.3)."""

_NOTE: Final = (
    "A text that a spreadsheet would run as a formula begins with an apostrophe that is not part "
    "of it: before = + - @, a tab or a carriage return, unless the text is a number."
)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TYPES: Final = {"text": "string", "float": "double"}


def write(table: Tabular, stream: IO[str]) -> None:
    """Write a table as csv (RFC 4180, lines ended by a line feed)."""
    write_separated(table, stream, ",")


def write_diagram(diagram: Diagram, stream: IO[bytes]) -> list[Loss]:
    """Write the edges of a diagram: id, source, target, then their attributes.

    The nodes stand in a file beside, and what is in the columns of both in a third (CSVW).
    """
    held, losses = coerce(diagram, ABILITIES)
    names = list(kinds(held.edges))
    rows = ((e.id, e.source, e.target, *_cells(e, names)) for e in held.edges)
    _write_rows(stream, ["id", "source", "target", *names], rows)
    return losses


def write_nodes(diagram: Diagram, stream: IO[bytes], name: str) -> None:  # noqa: ARG001
    """Write the nodes of a diagram: id, then their attributes."""
    held, _ = coerce(replace(diagram, edges=()), ABILITIES)
    names = list(kinds(held.nodes))
    _write_rows(stream, ["id", *names], ((n.id, *_cells(n, names)) for n in held.nodes))


def write_metadata(diagram: Diagram, stream: IO[bytes], name: str) -> None:
    """Write what the columns of both files hold, by which key they belong together (CSVW)."""
    held, _ = coerce(diagram, ABILITIES)
    nodes, edges = quote(beside(NODES, name)), quote(PurePath(name).name)
    told = {
        "@context": "http://www.w3.org/ns/csvw",
        "tables": [
            _table(edges, "edges", ("id", "source", "target"), diagram.edges, held.edges, nodes),
            _table(nodes, "nodes", ("id",), diagram.nodes, held.nodes),
        ],
        "notes": [_NOTE, json.loads(cell_json(about(held)))],
    }
    stream.write((json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())


def _table(
    url: str,
    what: str,
    first: Sequence[str],
    drawn: Sequence[Node | Edge],
    held: Sequence[Node | Edge],
    nodes: str = "",
) -> dict[str, Any]:
    """Tell of one file."""
    lists = {name for name, kind in kinds(drawn).items() if kind.startswith("list")}
    columns: list[dict[str, Any]] = [
        {"name": name, "titles": name, "datatype": "string", "required": True} for name in first
    ]
    for name, kind in kinds(held).items():
        plain = _NAME.fullmatch(name) and name not in first
        column = {
            # The name of a column is part of addresses; the title is what the header says.
            "name": name if plain else f"column.{len(columns) + 1}",
            "titles": name,
            "datatype": _TYPES.get(kind, kind),
        }
        if name in lists and kind == "text":
            column["separator"] = JOINT
        columns.append(column)
    schema: dict[str, Any] = {"columns": columns, "primaryKey": "id"}
    if nodes:
        schema["foreignKeys"] = [
            {"columnReference": end, "reference": {"resource": nodes, "columnReference": "id"}}
            for end in ("source", "target")
        ]
    return {"url": url, "dc:title": what, "tableSchema": schema}


def _cells(thing: Node | Edge, names: Sequence[str]) -> Iterable[Cell]:
    return (thing.attributes.get(name) for name in names)


def _write_rows(stream: IO[bytes], header: Sequence[str], rows: Iterable[Iterable[Cell]]) -> None:
    """Write a header line and a line a row."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(Lines(text))
    writer.writerow(header)
    for row in rows:
        writer.writerow(map(cell_text, row))
    text.detach()


EXPORTER = Exporter(
    "csv",
    "csv files of edges and of nodes, with CSVW metadata",
    (".csv",),
    write,
    streams=True,
    write_diagram=write_diagram,
    beside={NODES: write_nodes, METADATA: write_metadata},
)
