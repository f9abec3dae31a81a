"""An RDF file in any syntax to quads of one graph, with the line on which each thing is said.

What is in a file may come from anywhere: entities that unfold to gigabytes, things within things
without end, a text that is no UTF-8. Such a file is refused with the reason, soon and in little
memory, before the parser sees it: the parser would take all memory there is.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kvgraph.errors import Fault
from kvgraph.guard import danger
from kvgraph.namespaces import GRAPH
from kvgraph.readers._bytes import read_bytes
from kvgraph.readers._rdf_lines import Lines, lines_of
from kvgraph.store import rdf_format


@dataclass(frozen=True)
class RdfFile:
    """What an RDF file says, all in one graph, and the faults for which it cannot be read.

    ``graphs`` are the named graphs that the file put its statements in. ``made`` counts what was
    left out, since kvgraph makes it itself: the ontology, and what its rules derive. Blank nodes
    have labels that no other file has, and the same ones each time the file is read.
    """

    shown: str
    quads: tuple[ox.Quad, ...] = ()
    faults: tuple[Fault, ...] = ()
    graphs: tuple[str, ...] = ()
    syntax: ox.RdfFormat | None = None
    raw: bytes = field(default=b"", repr=False)
    mark: str = ""
    made: int = 0

    @cached_property
    def _lines(self) -> Lines:
        return lines_of(self.raw, self.syntax)

    def line_of(self, thing: ox.NamedNode | ox.BlankNode, path: str = "") -> int:
        """Give the line on which a property of a thing is first written, else the thing; else 0."""
        name = str(thing)
        if isinstance(thing, ox.BlankNode):
            name = f"_:{thing.value.removeprefix(self.mark)}"
        return self._lines.get((name, f"<{path}>")) or self._lines.get((name, ""), 0)


def read_rdf(path: Path, shown: str = "") -> RdfFile:
    """Read an RDF file; its ending tells the syntax. ``shown`` is how messages call it.

    :raises StoreError: if the ending is not known.
    :raises KvgraphError: if the file cannot be opened.
    """
    syntax = rdf_format(path)
    return parse_rdf(read_bytes(path, shown), syntax, shown or str(path))


def parse_rdf(raw: bytes, syntax: ox.RdfFormat, shown: str) -> RdfFile:
    """Read RDF from bytes in a syntax."""
    raw = raw.removeprefix(codecs.BOM_UTF8)
    fault = danger(raw, syntax, shown)
    if fault is not None:
        return RdfFile(shown, faults=(fault,))
    mark = "f" + hashlib.sha256(raw).hexdigest()[:12]
    found: dict[ox.Triple, None] = {}
    graphs: dict[str, None] = {}
    made = 0
    try:
        for quad in ox.parse(raw, format=syntax):
            if _is_made(quad.graph_name):
                made += 1
                continue
            found[_marked(quad.triple, mark)] = None
            if not isinstance(quad.graph_name, ox.DefaultGraph):
                graphs[str(quad.graph_name)] = None
    except SyntaxError as error:
        return RdfFile(shown, faults=(_syntax_fault(error, raw, shown),))
    quads = tuple(ox.Quad(t.subject, t.predicate, t.object) for t in found)
    return RdfFile(shown, quads, (), tuple(graphs), syntax, raw, mark, made)


def _is_made(graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> bool:
    """Tell whether a graph is one that kvgraph makes anew by itself in every store."""
    if not isinstance(graph, ox.NamedNode) or not graph.value.startswith(GRAPH):
        return False
    name = graph.value.removeprefix(GRAPH)
    return name in ("ontology", "vocab", "shapes") or name.startswith("derived/")


def _marked(triple: ox.Triple, mark: str) -> ox.Triple:
    """Give a triple whose blank nodes no other file has."""

    def node(term: Any) -> Any:
        if isinstance(term, ox.BlankNode):
            return ox.BlankNode(mark + term.value)
        return _marked(term, mark) if isinstance(term, ox.Triple) else term

    return ox.Triple(node(triple.subject), triple.predicate, node(triple.object))


def _syntax_fault(error: SyntaxError, raw: bytes, shown: str) -> Fault:
    """Make a fault of what the parser says; it often knows line and column."""
    problem = re.sub(r"^Parser error .*?: (?=\S)", "", str(error.args[0] if error.args else error))
    line, column = error.lineno or 0, error.offset or 0
    if line:
        problem = f"column {column}: {problem}"
    hint = "Mend it there, or just before: often a point, a semicolon or a quote is missing."
    if "scheme" in problem:
        hint = "Write the whole address, https://..., or say before it what it begins with: @base."
    elif "prefix" in problem:
        hint = "Declare it at the top: @prefix kv: <https://w3id.org/kvgraph/def#> ."
    elif "LoadDocumentCallback" in problem:
        problem = "the @context is an address, and nothing is fetched from the network"
        hint = "Put what stands there into the file itself."
        found = re.search(rb'"@context"\s*:', raw)
        line = raw[: found.start()].count(b"\n") + 1 if found else 0
    elif "UTF-8" in problem:
        hint = "Save the file as UTF-8."
    return Fault(shown, line, "", "", f"is not sound RDF: {problem}", hint)
