"""Diagrams and statements to files: other programs read the same, and what is lost is told."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import networkx as nx
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import village
from kvgraph import __version__, registry
from kvgraph.diagram import draw_things, draw_transfers, frame
from kvgraph.errors import KvgraphError
from kvgraph.excerpt import excerpt
from kvgraph.export import xlsx
from kvgraph.export._coercion import Abilities, coerce
from kvgraph.export._names import beside
from kvgraph.export._separated import as_it_was
from kvgraph.links import ENDS
from kvgraph.model import Diagram, Edge, Exporter, Iri, Loss, Node
from kvgraph.names import label
from kvgraph.namespaces import ID, KV, PREFIXES, kind_of, mint
from kvgraph.selection import select, selection
from kvgraph.store import Dataset, canonical_lines, create

ROOT: Final = Path(__file__).parents[1]
CASES: Final = Path(__file__).with_name("cases") / "export"
EXPORTERS: Final[Mapping[str, Exporter]] = {
    name: registry.entry("export", name, "EXPORTER") for name in registry.names("export")
}
DIAGRAMS: Final = tuple(n for n, e in EXPORTERS.items() if e.write_diagram)
STATEMENTS: Final = tuple(n for n, e in EXPORTERS.items() if e.write_quads)
BINARY: Final = ("parquet", "xlsx")

Read = tuple[dict[str, dict[str, Any]], dict[str, tuple[str, str, dict[str, Any]]]]
"""Nodes by id, and edges by id with their ends, as a reader found them in a file."""

HOSTILE: Final = (
    "<script>alert(1)</script> ]]> &amp; \"quoted\" 'single'",
    "back\\slash at the end\\",
    "two\nlines,\ttabs and\r\nreturns\r",
    "=HYPERLINK(\"http://example.org\")",
    "+1+1", "-2+3", "@SUM(A1)", "\t=1", "'=1", "#N/A", "_x0041_",
    "שלום \u202eעברית\u202c", "مرحبا \u2067بالعالم\u2069", "👩‍👩‍👧 🇫🇮 \U0001f9ea",
    "nul\x00 bell\x07 escape\x1b[31m", "not a character \ufffe\uffff", "half a pair \ud83d!",
    "line\u2028separator \x85 next", "x" * 40_000, "", " leading and trailing ", "; ", "a; b",
    "NaN", "null", "true", "2019-01-01", "007",
)  # fmt: skip


def hostile() -> Diagram:
    """Give a diagram with all that a writer may stumble over."""
    ids = (
        "a", "b c", 'd"e', "f\\", "g/h:i?j#k", "=1+1", "שלום", "<x>&y", "new\nline", "nul\x00l",
        "nul\x01l", "nul�l", "🧪", "'quote", "-5", "A",
    )  # fmt: skip
    nodes = [
        Node(
            name,
            {
                "label": HOSTILE[place % len(HOSTILE)],
                "kind": ("actor", "practice", "network", "no such kind", None)[place % 5],
                "class": "city",
                "id": f"own id {place}",
                "source": "not an end",
                "Source": "nor this",
                "text": HOSTILE[-1 - place],
                "yes": bool(place % 2) if place % 3 else None,
                "n": place - 3,
                "big": 2**70 if place == 1 else place,
                "share": place / 7,
                "exact": Decimal("0.5") * place,
                "digits": Decimal("1.23456789012345678901234567890"),
                "endless": float("inf") if place == 2 else 0.5,
                "day": date(2019, 5, 1),
                "old": date(1229, 1, 1) if place else None,
                "list": ("x", "y; z", "<b>")[: place % 4],
                "numbers": (1, 2, 3)[: place % 4],
                "mixed list": (1, "a", None, date(2020, 1, 1)),
                "nested": {"a": (1, {"b": None}), "c": Decimal("0.10"), "d": date(2020, 1, 1)},
                "mixed": (1, "one", True, date(2001, 1, 1), ("l",))[place % 5],
                "number": (1, 2.5, Decimal("0.25"))[place % 3],
                "never": None,
                "=evil()": "attribute",
                'naïve <attr> "quoted" & more': place,
                "image": "file.png",
            },
        )
        for place, name in enumerate(sorted(ids))
    ]
    ends = [
        ("a", "b c"), ("a", "b c"), ("b c", "a"), ("a", "a"), ("a", "a"), ("f\\", 'd"e'),
        ("=1+1", "שלום"), ("nul\x00l", "nul\x01l"), ("nul�l", "nul\x00l"), ("<x>&y", "new\nline"),
    ]  # fmt: skip
    edges = [
        Edge(
            f"e{place} <&\"'> ש" if place % 2 else f"e{place}",
            source,
            target,
            {
                "label": HOSTILE[place] if place % 3 else None,
                "kind": "transfer",
                "id": "own",
                "key": "own key",
                "target": place,
                "weight": place / 2,
                "earliest": date(2010 + place, 1, 1) if place % 4 else None,
                "latest": date(2019, 12, 31) if place % 3 else None,
                "start": HOSTILE[place + 8],
                "sources": ("s1", "s2")[: place % 3],
                "proven": place % 2 == 0,
                "left_out": None,
                "iri": Iri("https://example.org/é?q=1&r=2"),
            },
        )
        for place, (source, target) in enumerate(ends)
    ]
    head = {
        "selection": {"practice": 'a "b" </desc> ]]> \x00\x1b'},
        "stage": "adopted", "horizon": date(2026, 1, 1), "dataset": "sha256:0", "left_out": {},
    }  # fmt: skip
    return Diagram(tuple(nodes), tuple(sorted(edges, key=lambda e: e.id)), head)


EMPTY: Final = Diagram((), (), {"selection": {"practice": "p"}}, "No record meets all of: p.")


_OF_NODES: Final = ("label", "kind", "class", "level", "country", "lat", "lon", "sources", "iri")
_OF_EDGES: Final = (
    "label", "kind", "transfer", "practice", "via", "start", "end", "earliest", "latest",
    "status", "proven", "left_out", "sources", "iri",
)  # fmt: skip
_OF_HEAD: Final = (
    "selection",
    "stage",
    "horizon",
    "transfers",
    "undated",
    "left_out",
    "lang",
    "coverage",
)


def small() -> Diagram:
    """Give the transfers of the village with positions, and with attributes that stay the same."""
    dataset = village.dataset()
    drawn = draw_transfers(
        dataset, select(dataset, selection(dataset), ("transfer",)), frame(dataset)
    )
    nodes = (
        Node(n.id, {k: n.attributes[k] for k in _OF_NODES} | {"x": 100 * i, "y": 50 * (i % 2)})
        for i, n in enumerate(drawn.nodes)
    )
    edges = (replace(e, attributes={k: e.attributes[k] for k in _OF_EDGES}) for e in drawn.edges)
    return Diagram(tuple(nodes), tuple(edges), {k: drawn.head[k] for k in _OF_HEAD})


def written(
    name: str, diagram: Diagram, folder: Path, stem: str = "out"
) -> tuple[Path, list[Loss]]:
    """Write a diagram with its further files, and give the path of the first."""
    exporter = EXPORTERS[name]
    assert exporter.write_diagram is not None
    path = folder / (stem + exporter.suffixes[0])
    with path.open("wb") as stream:
        losses = exporter.write_diagram(diagram, stream)
    for pattern, write in exporter.beside.items():
        with (folder / beside(pattern, path.name)).open("wb") as stream:
            write(diagram, stream, path.name)
    return path, losses


def abilities(name: str) -> Abilities:
    found = import_module(f"kvgraph.export.{name.replace('-', '_')}").ABILITIES
    assert isinstance(found, Abilities)
    return found


# --- readers: as far as there are any, those of others ----------------------------------------


def read_graphml(path: Path) -> Read:
    graph = nx.read_graphml(path, edge_key_type=str, force_multigraph=True)
    edges = {}
    for source, target, key, data in graph.edges(keys=True, data=True):
        edges[key] = (source, target, data)
    return dict(graph.nodes(data=True)), edges


def read_gexf(path: Path) -> Read:
    graph = nx.read_gexf(path, version="1.3")
    nodes = {
        n: {k: v for k, v in d.items() if k not in ("viz", "spells")}
        for n, d in graph.nodes(data=True)
    }
    edges = {}
    for source, target, data in graph.edges(data=True):
        data.pop("spells", None)
        edges[data.pop("id")] = (source, target, data)
    return nodes, edges


def read_pajek(path: Path) -> Read:
    graph = nx.read_pajek(path)
    edges = {}
    for number, (source, target, data) in enumerate(graph.edges(data=True)):
        label = {"label": data["l"]} if "l" in data else {}
        edges[str(number)] = (source, target, {"weight": data["weight"], **label})
    return {name: {} for name in graph.nodes}, edges


_CX2: Final = {"string": str, "long": int, "double": (int, float), "boolean": bool}


def read_cx2(path: Path) -> Read:
    fragments = json.loads(path.read_text("utf-8"))
    assert fragments[0] == {"CXVersion": "2.0", "hasFragments": False}
    assert fragments[-1] == {"status": [{"success": True}]}
    aspects = {name: items for part in fragments[1:-1] for name, items in part.items()}
    for counted in aspects.pop("metaData"):
        assert len(aspects[counted["name"]]) == counted["elementCount"]
    [declared] = aspects["attributeDeclarations"]
    for what in ("nodes", "edges"):
        assert [item["id"] for item in aspects[what]] == list(range(len(aspects[what])))
        for item in aspects[what]:
            for name, value in item["v"].items():
                kind = declared[what][name]["d"]
                for one in value if kind.startswith("list_of_") else [value]:
                    assert isinstance(one, _CX2[kind.removeprefix("list_of_")])  # type: ignore[arg-type]
    names = [node["v"].pop("name") for node in aspects["nodes"]]
    nodes = {name: node["v"] for name, node in zip(names, aspects["nodes"], strict=True)}
    edges = {}
    for edge in aspects["edges"]:
        edges[edge["v"].pop("name")] = (names[edge["s"]], names[edge["t"]], edge["v"])
    return nodes, edges


def read_node_link(path: Path) -> Read:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    data = json.loads(path.read_text("utf-8"), parse_float=Decimal, parse_constant=refuse)
    graph = nx.node_link_graph(data, edges="edges")
    edges = {key: (s, t, data) for s, t, key, data in graph.edges(keys=True, data=True)}
    return dict(graph.nodes(data=True)), edges


_CSVW: Final[Mapping[str, Callable[[str], Any]]] = {
    "string": as_it_was,
    "integer": int,
    "double": float,
    "decimal": Decimal,
    "date": date.fromisoformat,
    "boolean": lambda text: {"true": True, "false": False}[text],
}


def read_csv(path: Path) -> Read:
    """Read both files as their metadata say."""
    told = json.loads(path.with_name(path.name + "-metadata.json").read_text("utf-8"))
    found = []
    for table in told["tables"]:
        columns = table["tableSchema"]["columns"]
        assert len({c["name"] for c in columns}) == len(columns)
        with (path.parent / unquote(table["url"])).open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream, strict=True)
        assert header == [column["titles"] for column in columns]
        read = []
        for row in rows:
            cells = {}
            for column, text in zip(columns, row, strict=True):
                if "separator" in column:
                    cells[column["titles"]] = as_it_was(text)
                elif text:
                    cells[column["titles"]] = _CSVW[column["datatype"]](text)
            read.append({as_it_was(name): value for name, value in cells.items()})
        found.append(read)
    edges, nodes = found
    ids = {node["id"] for node in nodes}
    assert all(edge["source"] in ids and edge["target"] in ids for edge in edges)
    return _by_id(nodes, edges)


def read_xlsx(path: Path) -> Read:
    import openpyxl

    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["nodes", "edges", "about"]
    found = []
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
        assert all(cell.font.bold for cell in sheet[1])
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type not in ("f", "e"), cell.value
        header, *rows = sheet.values
        found.append([dict(zip(header, row, strict=True)) for row in rows])
    plain = [
        [{str(_cell(k)): _cell(v) for k, v in row.items() if v is not None} for row in rows]
        for rows in found
    ]
    return _by_id(plain[0], plain[1])


def _cell(value: Any) -> Any:
    """Give a cell as spreadsheets read it; openpyxl leaves escapes as they are written."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), value)
    return value


def read_parquet(path: Path) -> Read:
    import duckdb

    found = []
    for file in (path, path.with_name(path.stem + ".nodes.parquet")):
        answer = duckdb.sql(f"SELECT * FROM read_parquet('{file}')")
        rows = answer.fetchall()
        found.append(
            [
                {k: v for k, v in zip(answer.columns, row, strict=True) if v is not None}
                for row in rows
            ]
        )
    return _by_id(found[1], found[0])


_DOT_ID: Final = re.compile(r'"((?:[^"\\]|\\"|\\(?!"))*)"', re.DOTALL)


def read_dot(path: Path) -> Read:
    """Read the quoted ids of DOT: a backslash before a quote is the one escape there is."""
    text = path.read_text("utf-8")
    place = text.index('fontname="sans-serif"];\n') + len('fontname="sans-serif"];\n')

    def word() -> str:
        nonlocal place
        match = _DOT_ID.match(text, place)
        assert match, text[place : place + 80]
        place = match.end()
        return match[1].replace('\\"', '"')

    def skip(token: str) -> bool:
        nonlocal place
        if not text.startswith(token, place):
            return False
        place += len(token)
        return True

    nodes, edges = {}, {}
    while not skip("}\n"):
        assert skip("  ")
        ends = [word()]
        if skip(" -> "):
            ends.append(word())
        assert skip(" [")
        data: dict[str, str] = {}
        while not skip("];\n"):
            name = word()
            assert skip("=")
            data[name] = word()
            skip(", ")
        for name in ("label", "tooltip"):
            if name in data:
                data[name] = data[name].replace("&amp;", "&")
        if len(ends) == 1:
            drawn = ("fillcolor", "color", "shape", "width", "pos")
            nodes[ends[0]] = {k: v for k, v in data.items() if k not in drawn}
        else:
            edges[data.pop("id")] = (ends[0], ends[1], data)
    assert place == len(text)
    return nodes, edges


def _by_id(nodes: Sequence[dict[str, Any]], edges: Sequence[dict[str, Any]]) -> Read:
    return (
        {node.pop("id"): node for node in nodes},
        {edge.pop("id"): (edge.pop("source"), edge.pop("target"), edge) for edge in edges},
    )


READERS: Final[Mapping[str, Callable[[Path], Read]]] = {
    "graphml": read_graphml,
    "gexf": read_gexf,
    "pajek": read_pajek,
    "cx2": read_cx2,
    "node-link": read_node_link,
    "csv": read_csv,
    "xlsx": read_xlsx,
    "parquet": read_parquet,
    "dot": read_dot,
}


def same(read: Any, given: Any) -> bool:
    """Tell whether a value that was read is the one that was given."""
    if isinstance(given, bool) or isinstance(read, bool):
        return read is given
    if isinstance(given, Decimal):
        return Decimal(str(read)) == given
    if isinstance(read, Decimal):
        return read == Decimal(str(given))
    if isinstance(given, Mapping):
        return set(read) == set(given) and all(same(read[k], v) for k, v in given.items())
    if isinstance(given, tuple):
        return len(read) == len(given) and all(map(same, read, given))
    if isinstance(given, date) and isinstance(read, str):
        return read == given.isoformat()
    return bool(read == given)


def compare(name: str, diagram: Diagram, path: Path, losses: Sequence[Loss]) -> None:
    """Compare a file with what it was made of: what no loss tells of is the same."""
    nodes, edges = READERS[name](path)
    if name in PLACED:
        diagram = without_places(diagram)
    lost = {loss.field for loss in losses} | abilities(name).texts
    held, _ = coerce(diagram, abilities(name))
    # The reader of csv takes the mark off a formula again.
    plain = as_it_was if name == "csv" else str
    ids = {node.id: plain(h.id) for node, h in zip(diagram.nodes, held.nodes, strict=True)}
    assert len(nodes) == len(diagram.nodes)
    assert set(nodes) == set(ids.values())
    assert "id" in lost or all(name == read for name, read in ids.items())
    for node in diagram.nodes:
        check(nodes[ids[node.id]], node.attributes, lost)
    ends = Counter((ids[e.source], ids[e.target]) for e in diagram.edges)
    assert Counter((source, target) for source, target, _ in edges.values()) == ends
    if not abilities(name).edge_ids:
        return
    for edge, kept in zip(diagram.edges, held.edges, strict=True):
        source, target, data = edges[plain(kept.id)]
        assert edge.id == plain(kept.id) or "id" in lost
        assert (source, target) == (ids[edge.source], ids[edge.target])
        check(data, edge.attributes, lost)


PLACED: Final = ("gexf", "cx2", "dot", "pajek")
"""The formats that have a place of their own for positions."""


def without_places(diagram: Diagram) -> Diagram:
    nodes = (
        Node(n.id, {k: v for k, v in n.attributes.items() if k not in ("x", "y")})
        for n in diagram.nodes
    )
    return replace(diagram, nodes=tuple(nodes))


def check(
    read: Mapping[str, Any], given: Mapping[str, Any], lost: frozenset[str] | set[str]
) -> None:
    """Compare attributes, those aside that a loss tells of."""
    for name, value in given.items():
        if name in lost:
            continue
        if value is None or value == ():
            # An empty list says no more than nothing, and stands for it where lists are texts.
            assert read.get(name) in (None, "", (), []), name
        else:
            assert same(read[name], value), (name, read[name], value)


# --- every format -----------------------------------------------------------------------------


def test_every_format_has_a_reader_and_a_case() -> None:
    """A new format comes with both."""
    assert set(READERS) == set(DIAGRAMS)
    for name in DIAGRAMS:
        assert name in BINARY or (CASES / f"village{EXPORTERS[name].suffixes[0]}").is_file()
    for name in STATEMENTS:
        assert (CASES / f"statements{EXPORTERS[name].suffixes[0]}").is_file()


@pytest.mark.parametrize("name", [n for n in DIAGRAMS if n not in BINARY])
def test_a_diagram_is_written_as_its_case_says(name: str, tmp_path: Path) -> None:
    """Byte for byte, further files included."""
    path, _ = written(name, small(), tmp_path, "village")
    for file in sorted(tmp_path.iterdir()):
        text = (
            file.read_bytes().decode("utf-8").replace(f"kvgraph {__version__}", "kvgraph VERSION")
        )
        assert text == (CASES / file.name).read_bytes().decode("utf-8"), file.name
    assert path.is_file()


@pytest.mark.parametrize("name", DIAGRAMS)
@pytest.mark.parametrize("which", ["village", "hostile", "empty"])
def test_a_reader_finds_what_the_losses_do_not_tell_of(
    name: str, which: str, tmp_path: Path
) -> None:
    """Nodes, edges and attributes are the same, but for what the report says."""
    made = {"village": small, "hostile": hostile, "empty": lambda: EMPTY}[which]()
    path, losses = written(name, made, tmp_path)
    compare(name, made, path, losses)
    if which == "empty":
        assert losses == []


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_file_name_with_spaces_will_do(name: str, tmp_path: Path) -> None:
    """Further files are found by what the first is called, whatever that is."""
    path, losses = written(name, small(), tmp_path, "two words {x} %20 é")
    compare(name, small(), path, losses)


def losses_of(name: str, diagram: Diagram) -> dict[tuple[str, str], int]:
    _, losses = coerce(diagram, abilities(name))
    return {(loss.what, loss.field): loss.count for loss in losses}


def test_losses_are_counted_by_hand() -> None:
    """Each value that is changed counts once, under the name of its attribute."""
    nodes = (
        Node("a", {"l": ("x", "y"), "d": date(2020, 1, 1), "t": "\x00", "m": 1, "u": None}),
        Node("b", {"l": (), "d": None, "t": "fine", "m": "one", "u": None}),
        Node("c", {"l": None, "d": date(2020, 1, 2), "t": "=1", "m": None}),
    )
    edges = (
        Edge("e", "a", "b", {"l": ("x",), "n": {"k": 1}}),
        Edge("f", "a", "b", {"l": ("\ud800",), "n": None}),
    )
    diagram = Diagram(nodes, edges)
    assert losses_of("graphml", diagram) == {
        ("wrote lists as text", "l"): 3,
        ("replaced characters by U+FFFD", "l"): 1,
        ("replaced characters by U+FFFD", "t"): 1,
        ("wrote dates as text", "d"): 2,
        ("wrote values of several types as text", "m"): 1,
        ("wrote nested values as JSON", "n"): 1,
    }
    assert losses_of("csv", diagram) == {
        ("wrote lists as text", "l"): 3,
        ("replaced characters by U+FFFD", "l"): 1,
        ("replaced characters by U+FFFD", "t"): 1,
        ("marked formula-like text with an apostrophe", "t"): 1,
        ("wrote values of several types as text", "m"): 1,
        ("wrote nested values as JSON", "n"): 1,
    }
    assert losses_of("node-link", diagram) == {
        ("replaced characters by U+FFFD", "l"): 1,
        ("wrote dates as text", "d"): 2,
    }
    assert losses_of("pajek", diagram) == {
        ("left out attributes", "l"): 4,
        ("left out attributes", "d"): 2,
        ("left out attributes", "t"): 3,
        ("left out attributes", "m"): 2,
        ("left out attributes", "n"): 1,
        ("left out edge ids", ""): 2,
    }


def test_abilities_that_no_format_lacks_yet() -> None:
    """Loops and parallel edges are left out and counted where a format has none."""
    edges = tuple(Edge(f"e{i}", *ends, {}) for i, ends in enumerate(("ab", "ab", "ba", "aa")))
    diagram = Diagram((Node("a", {}), Node("b", {})), edges)
    held, losses = coerce(diagram, Abilities("plain", parallel=False, loops=False))
    assert [edge.id for edge in held.edges] == ["e0", "e2"]
    assert {(x.what, x.count) for x in losses} == {
        ("left out parallel edges", 1), ("left out loops", 1),
    }  # fmt: skip


def test_ids_stay_apart_when_characters_are_replaced() -> None:
    """Two ids that differ in what a format cannot hold are still two nodes."""
    nodes = tuple(Node(name, {}) for name in ("x\x00", "x\x01", "x\ufffd", "x\ufffd 2"))
    edges = (Edge("e", "x\x00", "x\x01", {}),)
    held, losses = coerce(Diagram(nodes, edges), abilities("graphml"))
    assert len({node.id for node in held.nodes}) == 4
    assert held.nodes[3].id == "x\ufffd 2"
    assert held.edges[0].source == held.nodes[0].id
    assert held.edges[0].target == held.nodes[1].id
    assert "renamed ids" in {loss.what for loss in losses}


def test_decimals_are_numbers_only_without_loss() -> None:
    """0.1 is 0.1 as a float too; thirty digits are not."""

    def held(*values: Decimal | int | float) -> list[Any]:
        nodes = tuple(Node(str(i), {"v": v}) for i, v in enumerate(values))
        return [
            n.attributes["v"] for n in coerce(Diagram(nodes, ()), abilities("graphml"))[0].nodes
        ]

    assert held(Decimal("0.1"), Decimal("2.50")) == [0.1, 2.5]
    assert held(Decimal("0.1"), 2, 0.5) == [0.1, 2.0, 0.5]
    assert held(Decimal("1." + "3" * 30)) == ["1." + "3" * 30]
    assert held(2**53 + 1, 0.5) == [str(2**53 + 1), "0.5"]
    assert held(2**64) == [str(2**64)]
    assert held(Decimal("NaN")) == ["NaN"]


@pytest.mark.parametrize("name", DIAGRAMS)
def test_an_attribute_called_as_a_column_keeps_its_values(name: str, tmp_path: Path) -> None:
    """It gets another name, which the report tells; the ids stay ids."""
    nodes = (Node("a", {"id": "own", "ID": "other", "source": "s", "label": "A"}),)
    edges = (Edge("e", "a", "a", {"id": "own", "source": "s", "target": "t", "key": "k"}),)
    path, losses = written(name, Diagram(nodes, edges), tmp_path)
    found, lines = READERS[name](path)
    assert list(found) == ["a"]
    if name == "pajek":
        return
    [(source, target, data)] = lines.values()
    assert (source, target) == ("a", "a")
    assert {"own", "s", "t", "k"} <= set(data.values())
    assert {"own", "other", "s", "A"} <= set(found["a"].values())
    assert ("renamed attributes", "id") in {(x.what, x.field) for x in losses} or name in (
        "cx2",
        "node-link",
    )


# --- hypothesis -------------------------------------------------------------------------------

names = st.text(max_size=6)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.dates(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False, places=3), st.text(max_size=8),
    st.sampled_from(HOSTILE[:18]),
)  # fmt: skip
cells = st.one_of(scalars, st.lists(scalars, max_size=3).map(tuple))
rows = st.dictionaries(names, cells, max_size=4)


@st.composite
def diagrams(draw: st.DrawFn) -> Diagram:
    """Give diagrams of any nodes, edges and attributes."""
    ids = sorted(draw(st.sets(names, min_size=1, max_size=5)))
    nodes = tuple(Node(name, draw(rows)) for name in ids)
    keys = sorted(draw(st.sets(names, max_size=5)))
    ends = st.sampled_from(ids)
    return Diagram(nodes, tuple(Edge(k, draw(ends), draw(ends), draw(rows)) for k in keys))


@pytest.mark.parametrize("name", ["node-link", "csv"])
@settings(max_examples=60)
@given(diagram=diagrams())
def test_whatever_is_written_is_read_again(
    name: str, diagram: Diagram, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Ids, ends and attributes come back, but for what the losses tell of."""
    folder = tmp_path_factory.mktemp("any")
    path, losses = written(name, diagram, folder)
    compare(name, diagram, path, losses)


# --- single formats ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schemas() -> Mapping[str, Any]:
    """The schemas of GraphML and GEXF, written after their specifications."""
    import xmlschema

    return {
        "graphml": xmlschema.XMLSchema(str(CASES / "schemas" / "graphml.xsd")),
        "gexf": xmlschema.XMLSchema(str(CASES / "schemas" / "gexf-1.3.xsd")),
    }


@pytest.mark.parametrize("name", ["graphml", "gexf"])
def test_xml_is_valid(name: str, schemas: Mapping[str, Any], tmp_path: Path) -> None:
    """Structure, types, enumerations and references are those of the specification."""
    for number, made in enumerate((small(), hostile(), EMPTY)):
        path, _ = written(name, made, tmp_path, str(number))
        schemas[name].validate(str(path))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("gexf", 'version="1.3"', 'version="1.2"'),
        ("gexf", "<nodes>", "<knots>"),
        ("gexf", 'mode="dynamic"', 'mode="moving"'),
        ("gexf", 'timeformat="date"', 'timeformat="day"'),
        ("gexf", ' source="xa-aspby"', ""),
        ("gexf", ' source="xa-aspby"', ' source="nobody"'),
        ("gexf", 'start="2012-01-01"', 'start="early in 2012"'),
        ("gexf", 'type="double"', 'type="number"'),
        ("gexf", '<viz:shape value="diamond"/>', '<viz:shape value="hexagon"/>'),
        ("gexf", 'r="91"', 'r="391"'),
        ("gexf", ' label="Aspby"', ""),
        ("gexf", "<spells><spell", "<spell><spells"),
        ("graphml", 'edgedefault="directed"', ""),
        ("graphml", 'attr.type="double"', 'attr.type="number"'),
        ("graphml", 'for="edge"', 'for="line"'),
        ("graphml", 'target="xb-birkton"', 'target="nobody"'),
        ("graphml", '<data key="n0">', '<data key="z9">'),
        ("graphml", '<edge id="v1"', '<edge id="v2"'),
    ],
)
def test_the_schemas_find_what_is_wrong(
    name: str, old: str, new: str, schemas: Mapping[str, Any], tmp_path: Path
) -> None:
    """A schema that everything fits would show nothing."""
    import xmlschema

    path, _ = written(name, small(), tmp_path)
    text = path.read_text("utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    try:
        ET.fromstring(text)
    except ET.ParseError:
        return
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schemas[name].validate(text)


GEXF: Final = {"g": "http://gexf.net/1.3", "v": "http://gexf.net/1.3/viz"}


def spells(path: Path) -> dict[str, tuple[str | None, str | None]]:
    """Give the spell of each edge that has one."""
    found = {}
    for edge in ET.parse(path).iterfind(".//g:edge", GEXF):
        for spell in edge.iterfind("g:spells/g:spell", GEXF):
            found[str(edge.get("id"))] = (spell.get("start"), spell.get("end"))
    return found


def test_the_spells_of_the_village(tmp_path: Path) -> None:
    """From the first to the last day that each transfer can have been going on."""
    path, _ = written("gexf", small(), tmp_path)
    assert spells(path)["v1"] == ("2012-01-01", "2013-12-31")
    graph = ET.parse(path).find("g:graph", GEXF)
    assert graph is not None
    assert graph.get("timerepresentation") == "interval"
    [node] = [n for n in ET.parse(path).iterfind(".//g:node", GEXF) if n.get("id") == "xa-aspby"]
    position = node.find("v:position", GEXF)
    assert position is not None
    assert (position.get("x"), position.get("y")) == ("300", "-50")
    assert node.find("v:color", GEXF).attrib == {"r": "91", "g": "79", "b": "162"}  # type: ignore[union-attr]


def test_a_node_is_there_as_long_as_its_edges(tmp_path: Path) -> None:
    """Otherwise Gephi would not show what lies outside; open sides stay open."""
    days = {"earliest": date(2010, 1, 1), "latest": date(2012, 12, 31)}
    nodes = (Node("a", days), Node("b", {}), Node("c", days))
    edges = (
        Edge("e", "a", "b", {"earliest": date(2011, 1, 1), "latest": date(2019, 1, 1)}),
        Edge("f", "c", "b", {"earliest": date(2011, 1, 1), "latest": None}),
        Edge("g", "b", "b", {"earliest": date(2019, 1, 1), "latest": date(2011, 1, 1)}),
    )
    path, losses = written("gexf", Diagram(nodes, edges), tmp_path)
    assert spells(path) == {"e": ("2011-01-01", "2019-01-01"), "f": ("2011-01-01", None)}
    found = {
        node.get("id"): node.find("g:spells/g:spell", GEXF)
        for node in ET.parse(path).iterfind(".//g:node", GEXF)
    }
    assert found["a"].attrib == {"start": "2010-01-01", "end": "2019-01-01"}  # type: ignore[union-attr]
    assert found["c"].attrib == {"start": "2010-01-01"}  # type: ignore[union-attr]
    assert found["b"] is None
    # g ends before it starts, and so has no spell; the spells of a and c are widened.
    assert {(x.what, x.count) for x in losses} == {
        ("left out spells", 1),
        ("widened spells of nodes", 2),
        ("gave no spell to edges without a date", 1),
    }


@pytest.mark.parametrize("which", ["village", "hostile"])
def test_igraph_reads_graphml_and_pajek(which: str, tmp_path: Path) -> None:
    """The same nodes and edges, in the same order."""
    import igraph

    made = small() if which == "village" else hostile()
    path, _ = written("graphml", made, tmp_path)
    graph = igraph.Graph.Read_GraphML(str(path))
    held, _ = coerce(made, abilities("graphml"))
    # igraph 1.0 leaves an ampersand in an id as it is written, and gives edges the ids of nodes.
    assert graph.vs["id"] == [node.id.replace("&", "&#38;") for node in held.nodes]
    assert graph.vs["label"] == [node.attributes["label"] for node in held.nodes]
    assert graph.es["kind"] == [edge.attributes["kind"] for edge in held.edges]
    places = {node.id: number for number, node in enumerate(held.nodes)}
    ends = [(places[e.source], places[e.target]) for e in held.edges]
    assert graph.get_edgelist() == ends
    assert graph.is_directed()
    path, _ = written("pajek", made, tmp_path)
    graph = igraph.Graph.Read_Pajek(str(path))
    held, _ = coerce(made, abilities("pajek"))
    assert graph.vs["name"] == [node.id for node in held.nodes]
    assert graph.get_edgelist() == ends
    assert graph.is_directed()


def test_duckdb_reads_csv(tmp_path: Path) -> None:
    """Rows, types and the join of edges with nodes."""
    import duckdb

    for made in (small(), hostile()):
        path, _ = written("csv", made, tmp_path)
        edges = duckdb.sql(f"SELECT * FROM read_csv('{path}', header=true, delim=',', quote='\"')")
        assert len(edges.fetchall()) == len(made.edges)
        joined = duckdb.sql(
            f"SELECT count(*) FROM read_csv('{path}', header=true, all_varchar=true) e "
            f"JOIN read_csv('{tmp_path / 'out.nodes.csv'}', header=true, all_varchar=true, "
            "max_line_size=4000000) n ON n.id = e.source"
        ).fetchall()
        assert joined == [(len(made.edges),)]
    path, _ = written("csv", small(), tmp_path)
    rows = duckdb.sql(f"SELECT earliest, proven FROM read_csv('{path}') WHERE id = 'v1'").fetchall()
    assert rows == [(date(2012, 1, 1), True)]


def test_no_cell_of_a_diagram_is_a_formula(tmp_path: Path) -> None:
    """Ids, names of attributes and values: in csv marked, in xlsx texts."""
    written("csv", hostile(), tmp_path)
    for file in ("out.csv", "out.nodes.csv"):
        with (tmp_path / file).open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    if cell[:1] and cell[0] in "=+-@\t\r":
                        assert isinstance(float(cell), float)
    path, losses = written("xlsx", hostile(), tmp_path)
    import openpyxl

    sheet = openpyxl.load_workbook(path)["nodes"]
    assert "=1+1" in {cell.value for cell in sheet["A"]}
    assert all(cell.data_type != "f" for row in sheet for cell in row)
    assert "cut texts" in {loss.what for loss in losses}
    assert max(len(str(cell.value)) for row in sheet for cell in row) == 32_767


def test_a_sheet_has_no_more_rows_than_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """More are refused in words, before anything is written."""
    monkeypatch.setattr(xlsx, "ROWS", 3)
    stream = io.BytesIO()
    with pytest.raises(KvgraphError, match="more than a sheet can hold"):
        xlsx.write_diagram(small(), stream)
    assert stream.getvalue() == b""


def test_old_days_are_texts_in_a_sheet() -> None:
    """Spreadsheets have no day before March 1900 that they agree on."""
    nodes = (Node("a", {"d": date(1899, 1, 1), "e": date(1900, 3, 1)}),)
    held, losses = coerce(Diagram(nodes, ()), abilities("xlsx"))
    assert held.nodes[0].attributes == {"d": "1899-01-01", "e": date(1900, 3, 1)}
    assert [(x.what, x.field) for x in losses] == [("wrote dates as text", "d")]


def test_parquet_tells_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without pyarrow the hint says how to get it."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(KvgraphError) as caught:
        written("parquet", small(), tmp_path)
    assert "kvgraph[parquet]" in caught.value.hint


def test_parquet_has_types_and_metadata(tmp_path: Path) -> None:
    """Days are days and lists are lists; what was asked stands in the file."""
    import pyarrow.parquet as pq

    path, losses = written("parquet", small(), tmp_path)
    assert losses == []
    schema = pq.read_schema(path)
    assert str(schema.field("earliest").type) == "date32[day]"
    assert str(schema.field("sources").type).startswith("list<")
    assert str(schema.field("proven").type) == "bool"
    told = json.loads(schema.metadata[b"kvgraph"])
    assert told["transfers"] == 6


def test_pajek_keeps_weights_and_labels_of_arcs(tmp_path: Path) -> None:
    """And places between 0 and 1."""
    path, losses = written("pajek", small(), tmp_path)
    text = path.read_text("utf-8")
    assert '4 5 1 l "Street kitchen"' in text
    assert all(0 <= float(n) <= 1 for n in re.findall(r" (\d\.\d{4})", text))
    assert {loss.what for loss in losses} == {"left out attributes", "left out edge ids"}


# --- statements -------------------------------------------------------------------------------


def quads() -> list[ox.Quad]:
    """Give statements that a writer may stumble over, in named graphs and without."""
    kv, graph = ox.NamedNode(KV + "x"), ox.NamedNode("https://w3id.org/kvgraph/graph/g")
    this = ox.NamedNode(mint("actor", 'a "b"/שלום'))
    xsd = PREFIXES["xsd"]
    objects: list[Any] = [
        ox.Literal(text) for text in HOSTILE if not re.search("[\ud800-\udfff\ufffe\uffff]", text)
    ]
    objects += [
        ox.Literal("שלום", language="he"),
        ox.Literal("x", language="en-GB"),
        ox.Literal("007", datatype=ox.NamedNode(xsd + "integer")),
        ox.Literal("1.50", datatype=ox.NamedNode(xsd + "decimal")),
        ox.Literal("true", datatype=ox.NamedNode(xsd + "boolean")),
        ox.Literal("1229-01-01", datatype=ox.NamedNode(xsd + "date")),
        ox.Literal("not a number", datatype=ox.NamedNode(xsd + "integer")),
        ox.BlankNode("b1"),
        ox.NamedNode("https://example.org/?a=1&b=(2)#é"),
    ]
    found = [ox.Quad(this, kv, value, graph) for value in objects]
    found += [
        ox.Quad(ox.BlankNode("b1"), kv, ox.BlankNode("b2"), graph),
        ox.Quad(ox.BlankNode("b2"), kv, ox.Literal("end"), graph),
        ox.Quad(this, ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(KV + "Actor"), graph),
        ox.Quad(this, kv, ox.Literal("x", language="en-GB"), ox.NamedNode(graph.value + "2")),
        ox.Quad(this, kv, ox.Literal("in no graph")),
    ]
    return found


def serialised(name: str, given: Sequence[ox.Quad]) -> tuple[bytes, list[Loss]]:
    exporter = EXPORTERS[name]
    assert exporter.write_quads is not None
    stream = io.BytesIO()
    losses = exporter.write_quads(given, stream)
    return stream.getvalue(), losses


def canonical(given: Sequence[ox.Quad] | Iterator[ox.Quad], *, graphs: bool) -> list[bytes]:
    """Give the canonical lines of quads, with the names of their graphs or without."""
    kept = given if graphs else (ox.Quad(q.subject, q.predicate, q.object) for q in given)
    return list(canonical_lines(Dataset.memory(kept).store))


_RDFLIB: Final = {"ttl": "turtle", "trig": "trig", "n-quads": "nquads", "json-ld": "json-ld"}


@pytest.mark.parametrize("name", STATEMENTS)
def test_statements_are_written_as_their_case_says(name: str) -> None:
    """Byte for byte, whatever the order they come in."""
    case = CASES / f"statements{EXPORTERS[name].suffixes[0]}"
    wanted = case.read_bytes()
    assert serialised(name, quads())[0] == wanted
    assert serialised(name, quads()[::-1] + quads())[0] == wanted


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize("which", ["hostile", "village", "none"])
def test_rdflib_and_oxigraph_read_the_same_statements(
    name: str, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same quads by their canonical N-Quads; Turtle has the triples."""
    import rdflib

    # Otherwise rdflib writes "007" as "7" when it reads it.
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    monkeypatch.setattr(rdflib.term.rdflib, "NORMALIZE_LITERALS", False)
    given = {"hostile": quads, "village": lambda: list(village.dataset().store), "none": list}[
        which
    ]()
    raw, losses = serialised(name, given)
    graphs = name != "ttl"
    syntax = {"ttl": "TURTLE", "trig": "TRIG", "n-quads": "N_QUADS", "json-ld": "JSON_LD"}[name]
    wanted = canonical(given, graphs=graphs)
    assert canonical(ox.parse(raw, format=getattr(ox.RdfFormat, syntax)), graphs=graphs) == wanted
    read = rdflib.Dataset()
    read.parse(data=raw.decode(), format=_RDFLIB[name])
    again = read.serialize(format="nquads", encoding="utf-8")
    parsed = ox.parse(_named(again), format=ox.RdfFormat.N_QUADS)
    assert canonical(parsed, graphs=graphs) == wanted
    if name != "ttl" or not given:
        assert losses == []
    else:
        names = {quad.graph_name for quad in given} - {ox.DefaultGraph()}
        assert losses[0] == Loss(
            "dropped names of graphs", "", len(names), "Turtle has one graph, which has no name"
        )


def _named(raw: bytes) -> bytes:
    """Give the lines of rdflib without the name that it has for the graph without a name."""
    return raw.replace(b" <urn:x-rdflib:default> .", b" .")


def _subjects(part: Sequence[ox.Quad]) -> set[str]:
    return {quad.subject.value for quad in part}  # type: ignore[union-attr]


def test_nothing_selected_is_everything() -> None:
    """The whole dataset, named graphs, ontology and code lists included."""
    dataset = village.dataset()
    part = excerpt(dataset, select(dataset, selection(dataset)))
    assert canonical(list(part.quads), graphs=True) == list(dataset.dump())
    assert part.losses == ()


def test_an_excerpt_holds_what_belongs_to_what_was_selected() -> None:
    """Records, things, attainments, sources and packages; what is only named is counted."""
    dataset = village.dataset()
    chosen = select(dataset, selection(dataset, practice=["p-harbour"], stage="embedded"))
    part = excerpt(dataset, chosen)
    found = list(part.quads)
    assert len(found) == len(set(found))
    subjects = _subjects(found)
    kinds = Counter(kind_of(s) for s in subjects)
    assert {link.iri for link in chosen.links} == {mint("transfer", "v3")} <= subjects
    assert mint("practice", "p-harbour") in subjects
    assert mint("actor", "org-birkton-youth") in subjects
    assert mint("actor", "country-xb") in subjects
    assert mint("actor", "xa-aspby") not in subjects
    assert mint("transfer", "v1") not in subjects
    assert kinds["attainment"] == 2
    assert kinds["source"] >= 1
    every = list(dataset.store)
    for quad in found:
        assert quad in every
    # All that is stated of a subject is there, in all graphs.
    assert len(found) == sum(q.subject.value in subjects for q in every)  # type: ignore[union-attr]
    named = {
        q.object.value
        for q in found
        if isinstance(q.object, ox.NamedNode) and q.object.value.startswith(ID)
    } - subjects
    counted = {loss.field: loss.count for loss in part.losses}
    assert counted == dict(Counter(map(kind_of, named)))
    assert counted["actor"] >= 1


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        # Two memberships (one with its activity), the transfer through it, the exposure in it;
        # an alias of Aspby and a discrepancy about v1.
        (
            {"network": ["n-kitchens"]},
            {"network": 1, "membership": 2, "activity": 1, "exposure": 1, "transfer": 1,
             "practice": 1, "actor": 2, "alias": 1, "discrepancy": 1, "source": 2},
        ),
        # Three transfers, two attainments, two participations with the review, a handover from
        # the galley, about which there are four claims in three passages.
        (
            {"practice": ["p-harbour"]},
            {"practice": 1, "transfer": 3, "attainment": 2, "exposure": 1, "participation": 2,
             "event": 1, "handover": 1, "project": 1, "claim": 4, "passage": 3, "actor": 4,
             "source": 2},
        ),
    ],
)  # fmt: skip
def test_an_excerpt_follows_what_backs_it(
    asked: dict[str, list[str]], kinds: dict[str, int]
) -> None:
    """Activities, passages, records and sources come along; counted by hand in the village."""
    dataset = village.dataset()
    part = excerpt(dataset, select(dataset, selection(dataset, **asked)))
    found = Counter(map(kind_of, _subjects(list(part.quads))))
    # Besides: the packages, and the terms and codes that are used, with their labels.
    others = found.pop("")
    assert others > 10
    assert found == kinds
    store = Dataset.memory(part.quads)
    assert label(store, KV + "practice", "fi") == label(dataset, KV + "practice", "fi")


# --- the command ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def stores(shipped: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The shipped data and the village as stores on disk."""
    folder = tmp_path_factory.mktemp("export")
    paths = {}
    for name, dataset in (("shipped", shipped), ("village", village.dataset())):
        paths[name] = str(folder / name)
        with create(folder / name) as write:
            write(dataset.store, dataset.about)
    return paths


@pytest.fixture
def run(
    stores: Mapping[str, str], capsysbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., tuple[int, bytes, str]]:
    """Run kvgraph export in this process, and give exit code, stdout and stderr."""
    from kvgraph.cli.main import _run

    def call(*arguments: str, store: str = "village") -> tuple[int, bytes, str]:
        capsysbinary.readouterr()
        code = _run(["export", *arguments, "--store", stores[store]])
        out, err = capsysbinary.readouterr()
        return code, out, err.decode()

    return call


Run = Callable[..., tuple[int, bytes, str]]


@pytest.mark.parametrize("name", [*DIAGRAMS, *STATEMENTS])
def test_every_format_is_written_by_the_command(name: str, run: Run, tmp_path: Path) -> None:
    """With a loss report beside, the same as on stderr."""
    output = tmp_path / f"out{EXPORTERS[name].suffixes[0]}"
    code, out, err = run(name, "-o", str(output), "--practice", "p-kitchen")
    assert (code, out) == (0, b""), err
    report = json.loads((tmp_path / f"{output.name}.loss.json").read_text("utf-8"))
    assert report["format"] == name
    assert report["file"] == output.name
    assert report["kvgraph"] == __version__
    assert report["dataset"].startswith("sha256:")
    assert report["selection"] == {"practice": "p-kitchen"}
    assert set(report["beside"]) == {beside(p, output.name) for p in EXPORTERS[name].beside}
    assert err.startswith(f"{name}: ")
    assert ("nothing was lost" in err) == (report["losses"] == [])
    for loss in report["losses"]:
        assert set(loss) == {"what", "field", "count", "reason"}
        assert loss["what"] in err
    files = {output.name, f"{output.name}.loss.json", *report["beside"]}
    assert {p.name for p in tmp_path.iterdir()} == files
    if name in DIAGRAMS:
        assert (report["nodes"], report["edges"], report["transfers"]) == (5, 6, 6)
        assert report["level"] == "transfer"
        assert report["left_out"] == {"planned": 1}
        nodes, edges = READERS[name](output)
        assert (len(nodes), len(edges)) == (5, 6)


@pytest.mark.parametrize("name", [n for n in (*DIAGRAMS, *STATEMENTS) if not EXPORTERS[n].beside])
def test_one_file_goes_to_the_standard_output(name: str, run: Run, tmp_path: Path) -> None:
    """The same bytes as in a file, and the losses on stderr."""
    output = tmp_path / "out"
    code, out, _ = run(name)
    assert code == 0
    assert run(name, "-o", str(output))[0] == 0
    assert out == output.read_bytes()


@pytest.mark.parametrize("name", [*DIAGRAMS, *STATEMENTS])
def test_an_empty_selection_is_an_empty_file(name: str, run: Run, tmp_path: Path) -> None:
    """Valid, and a note says why; nothing is lost of it."""
    output = tmp_path / f"out{EXPORTERS[name].suffixes[0]}"
    code, _, err = run(name, "-o", str(output), "--until", "1950")
    assert code == 0
    assert "note: " in err
    if name in DIAGRAMS:
        assert "No record meets all of: Until 1950" in err
        assert READERS[name](output) == ({}, {})


def test_formats_go_by_aliases_and_endings(run: Run) -> None:
    """nq, .NQ and nquads are n-quads."""
    for name, words in (
        ("n-quads", ("nq", ".NQ", "nquads")), ("ttl", ("turtle", ".ttl")), ("dot", ("gv",)),
        ("json-ld", ("jsonld",)), ("node-link", ("nodelink", "Node-Link")), ("pajek", ("net",)),
    ):  # fmt: skip
        for word in words:
            code, _, err = run(word)
            assert code == 0, err
            assert err.startswith(f"{name}: ")


def test_the_help_lists_the_formats(run: Run) -> None:
    """Each with what it is for."""
    code, out, _ = run("--help")
    assert code == 0
    words = " ".join(out.decode().split())
    for name in (*DIAGRAMS, *STATEMENTS):
        assert f" {name} {EXPORTERS[name].summary}" in words


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("word",), 'no format "word". Known: csv, cx2'),
        (("json",), 'say "node-link"'),
        (("table",), 'no format "table"'),
        ((), "Missing argument 'FORMAT'"),
        (("gexf", "--level", "actor", "--classes", "all"), "cannot be given together"),
        (("ttl", "--classes", "all"), "--classes says nothing"),
        (("nq", "--level", "actor"), "--level says nothing"),
        (("gexf", "--classes", "actor,house"), 'no class "house" hint: Known: actor'),
        (("gexf", "--classes", ","), "no class is named"),
        (("gexf", "--level", "house"), "'house' is not one of"),
        (("csv",), "name the first with -o FILE"),
        (("parquet", "-o", "/dev/null"), "name the first with -o FILE"),
        (("gexf", "--practice", "nothing such"), 'no practice is called "nothing such"'),
        (("gexf", "--from", "2020", "--until", "2010"), "there is no day"),
        (("gexf", "-o", "{folder}/no/such/folder.gexf"), "cannot be written"),
        (("gexf", "-o", "{folder}"), "is a directory"),
    ],
)
def test_wrong_calls_are_refused_in_words(
    arguments: tuple[str, ...], says: str, run: Run, tmp_path: Path
) -> None:
    """Exit code 2, and nothing is written."""
    code, out, err = run(*(a.replace("{folder}", str(tmp_path)) for a in arguments))
    assert (code, out) == (2, b"")
    assert says in " ".join(err.split())
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_gets_no_binary(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would make a mess of it."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    code, out, err = run("xlsx")
    assert (code, out) == (2, b"")
    assert "not for a terminal" in err


@pytest.mark.parametrize("broken", ["first", "beside"])
def test_all_files_or_none(
    broken: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What breaks while it is written leaves what was there before, and no part of the new."""
    module = import_module("kvgraph.export.csv")

    def fail(_: Diagram, stream: Any, *__: str) -> list[Loss]:
        stream.write(b"half")
        raise KvgraphError("it broke")

    if broken == "first":
        changed = replace(module.EXPORTER, write_diagram=fail)
    else:
        changed = replace(module.EXPORTER, beside={**module.EXPORTER.beside, "{name}.x": fail})
    monkeypatch.setattr(module, "EXPORTER", changed)
    old = tmp_path / "out.csv"
    old.write_text("old")
    code, _, err = run("csv", "-o", str(old))
    assert code == 2
    assert "it broke" in err
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]
    assert old.read_text() == "old"


def test_the_spells_of_a_practice_are_its_dates(run: Run, shipped: Dataset, tmp_path: Path) -> None:
    """As SPARQL finds them in the dataset, for Barcelona's practice and what descends from it."""
    output = tmp_path / "barcelona.gexf"
    code, _, err = run("gexf", "-o", str(output), "--practice", "pr-antirumour", store="shipped")
    assert code == 0, err
    text = f"""
        PREFIX kv: <{KV}> PREFIX dcterms: <{PREFIXES["dcterms"]}>
        SELECT ?id ?first ?last WHERE {{
          ?t kv:giver ?g ; kv:practice ?p ; dcterms:identifier ?id .
          ?p kv:descendsFrom* <{mint("practice", "pr-antirumour")}> .
          OPTIONAL {{ ?t kv:earliestBegin ?first }} OPTIONAL {{ ?t kv:latestEnd ?last }}
        }}"""
    wanted = {}
    for row in shipped.query(text):  # type: ignore[union-attr]
        first, last = (row[v].value[:10] if row[v] else None for v in ("first", "last"))
        if first or last:
            wanted[row["id"].value] = (first, last)
    assert len(wanted) > 10
    assert spells(output) == wanted
    report = json.loads((tmp_path / "barcelona.gexf.loss.json").read_text("utf-8"))
    assert report["transfers"] == report["edges"] == 17


@pytest.mark.parametrize("level", ["actor", "jurisdiction", "member-state"])
def test_transfers_are_put_together(level: str, run: Run, tmp_path: Path) -> None:
    """The village: one edge for all between two groups, loops within a group."""
    output = tmp_path / "out.node-link.json"
    code, _, err = run("node-link", "-o", str(output), "--level", level)
    assert code == 0, err
    nodes, edges = read_node_link(output)
    # v6 is planned, so five are put together; the office acts for Birkton.
    found = {(s, t): data["transfer_ids"] for s, t, data in edges.values()}
    state = {
        ("country-xa", "country-xb"): ["v1", "v5"],
        ("country-xb", "country-xb"): ["v2", "v3"],
        ("country-xa", "country-xa"): ["v4"],
    }
    assert (
        found
        == {
            "actor": {
                ("xa-aspby", "xb-birkton"): ["v1"],
                ("xb-birkton", "org-birkton-youth"): ["v2"],
                ("org-birkton-youth", "country-xb"): ["v3"],
                ("xa-aspby", "country-xa"): ["v4"],
                ("country-xa", "org-birkton-youth"): ["v5"],
            },
            "jurisdiction": {
                ("xa-aspby", "xb-birkton"): ["v1"],
                ("xb-birkton", "xb-birkton"): ["v2"],
                ("xb-birkton", "country-xb"): ["v3"],
                ("xa-aspby", "country-xa"): ["v4"],
                ("country-xa", "xb-birkton"): ["v5"],
            },
            "member-state": state,
        }[level]
    )
    assert nodes["country-xa"]["label"] == "Varnia"
    assert nodes["country-xa"]["level"] == "national"
    report = json.loads((tmp_path / f"{output.name}.loss.json").read_text("utf-8"))
    assert (report["level"], report["transfers"]) == (level, 6)


def test_classes_are_drawn_with_their_relations(run: Run, tmp_path: Path) -> None:
    """All things of the classes named, and nothing else."""
    output = tmp_path / "out.cx2"
    assert run("cx2", "-o", str(output), "--classes", "actor, network")[0] == 0
    nodes, edges = read_cx2(output)
    assert {data["kind"] for data in nodes.values()} == {"actor", "network"}
    assert "membership" in {data["kind"] for _, _, data in edges.values()}
    report = json.loads((tmp_path / "out.cx2.loss.json").read_text("utf-8"))
    assert (report["level"], report["classes"]) == (None, "actor, network")
    assert run("cx2", "-o", str(output), "--classes", "all")[0] == 0
    assert {d["kind"] for d in read_cx2(output)[0].values()} >= {"practice", "project", "event"}


def test_positions_are_those_of_the_pictures(run: Run, tmp_path: Path) -> None:
    """Where a format has a place for them."""
    for name in ("gexf", "cx2", "graphml", "dot", "pajek"):
        output = tmp_path / f"out.{name}"
        assert run(name, "-o", str(output))[0] == 0
        text = output.read_text("utf-8")
        told = {"gexf": "<viz:position", "cx2": '"x": ', "graphml": 'attr.name="x"',
                "dot": '"pos"=', "pajek": " 0.5\n"}[name]  # fmt: skip
        assert told in text


def test_a_pipe_is_written_to_as_it_is(run: Run, tmp_path: Path) -> None:
    """A device has no neighbours: no report is written, and stderr tells."""
    code, _, err = run("gexf", "-o", "/dev/null")
    assert code == 0
    assert err.startswith("gexf: 5 nodes, 6 edges; changed: wrote lists as text")
    assert list(tmp_path.iterdir()) == []


def test_the_real_data_are_read_in_every_format(shipped: Dataset, tmp_path: Path) -> None:
    """All transfers of the shipped packages, by the readers of others."""
    chosen = select(shipped, selection(shipped), ("transfer",))
    drawn = draw_transfers(shipped, chosen, frame(shipped))
    for name in DIAGRAMS:
        path, losses = written(name, drawn, tmp_path)
        compare(name, drawn, path, losses)


def test_all_things_of_the_real_data_fit_the_schemas(
    schemas: Mapping[str, Any], shipped: Dataset, tmp_path: Path
) -> None:
    """Things of every class with all relations."""
    chosen = select(shipped, selection(shipped, country=["fi"]), ENDS)
    drawn = draw_things(shipped, chosen, frame(shipped))
    assert len(drawn.nodes) > 50
    for name in ("gexf", "graphml"):
        path, losses = written(name, drawn, tmp_path)
        schemas[name].validate(str(path))
        compare(name, drawn, path, losses)


_ALL: Final = """
import sys
from pathlib import Path
import test_export_diagrams as t
folder = Path(sys.argv[1])
for name in t.DIAGRAMS:
    t.written(name, t.hostile(), folder, "hostile")
from kvgraph.inquiry.exporting import placed
dataset = t.village.dataset()
chosen = t.select(dataset, t.selection(dataset))
things = placed(t.draw_things(dataset, chosen, t.frame(dataset)))
t.written("gexf", things, folder, "placed")
for name in t.STATEMENTS:
    (folder / name).write_bytes(t.serialised(name, list(t.village.dataset().store))[0])
"""


def test_the_same_diagram_is_the_same_bytes(tmp_path: Path) -> None:
    """Under any hash seed, at any time, in every format."""
    found = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}",
        }
        subprocess.run([sys.executable, "-c", _ALL, str(folder)], check=True, env=environment)
        found.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert found[0] == found[1]
    assert len(found[0]) == len(DIAGRAMS) + len(STATEMENTS) + 4


def test_what_is_in_no_edge_of_a_level_is_told(run: Run, tmp_path: Path) -> None:
    """Of the shipped 281 transfers 238 are in edges between states; the report has the rest."""
    output = tmp_path / "states.gexf"
    code, _, err = run("gexf", "-o", str(output), "--level", "member-state", store="shipped")
    assert code == 0, err
    report = json.loads((tmp_path / "states.gexf.loss.json").read_text("utf-8"))
    left = {x["field"]: x["count"] for x in report["losses"] if x["what"] == "left out transfers"}
    assert left == {"": 10, "abandoned": 5, "planned": 28}
    graph = nx.read_gexf(output)
    inside = {t for *_, a in graph.edges(data=True) for t in a["transfer_ids"].split("; ")}
    assert len(inside) + sum(left.values()) == report["transfers"] == 281
