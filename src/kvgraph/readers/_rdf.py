"""An RDF file in any syntax to quads of one graph, with the line on which each thing is said.

What is in a file may come from anywhere: entities that unfold to gigabytes, things within things
without end, a text that is no UTF-8. Such a file is refused with the reason, soon and in little
memory, before the parser sees it: the parser would take all memory there is.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

import pyoxigraph as ox

from kvgraph.errors import Fault, KvgraphError
from kvgraph.readers._rdf_lines import Lines, lines_of
from kvgraph.store import rdf_format

DEEPEST: Final = 200
"""More levels than any file has that people or programs write for others."""
_LONGEST_ENTITY: Final = 256
"""More characters than a namespace has, which is what entities stand for in RDF/XML."""
_TURTLE_TOKEN: Final = re.compile(
    rb"""\"{3}(?:[^"\\]|\\.|"(?!""))*(?:\"{3}|\Z)|'{3}(?:[^'\\]|\\.|'(?!''))*(?:'{3}|\Z)"""
    rb"""|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|<<\(?|\)?>>|<[^<>"{}|^`\\\x00-\x20]*>|\#[^\n]*"""
    rb"""|[()\[\]{}]""",
    re.DOTALL,
)
_JSON_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class RdfFile:
    """What an RDF file says, all in one graph, and the faults for which it cannot be read.

    ``graphs`` are the named graphs that the file put its statements in. Blank nodes have labels
    that no other file has, and the same ones each time the file is read.
    """

    shown: str
    quads: tuple[ox.Quad, ...] = ()
    faults: tuple[Fault, ...] = ()
    graphs: tuple[str, ...] = ()
    syntax: ox.RdfFormat | None = None
    raw: bytes = field(default=b"", repr=False)
    mark: str = ""

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
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise KvgraphError(f"{path} cannot be read: {error.strerror or error}") from error
    return parse_rdf(raw, syntax, shown or str(path))


def parse_rdf(raw: bytes, syntax: ox.RdfFormat, shown: str) -> RdfFile:
    """Read RDF from bytes in a syntax."""
    raw = raw.removeprefix(codecs.BOM_UTF8)
    fault = _dangers(raw, syntax, shown)
    if fault is not None:
        return RdfFile(shown, faults=(fault,))
    mark = "f" + hashlib.sha256(raw).hexdigest()[:12]
    found: dict[ox.Triple, None] = {}
    graphs: dict[str, None] = {}
    try:
        for quad in ox.parse(raw, format=syntax):
            found[_marked(quad.triple, mark)] = None
            if not isinstance(quad.graph_name, ox.DefaultGraph):
                graphs[str(quad.graph_name)] = None
    except SyntaxError as error:
        return RdfFile(shown, faults=(_syntax_fault(error, raw, shown),))
    quads = tuple(ox.Quad(t.subject, t.predicate, t.object) for t in found)
    return RdfFile(shown, quads, (), tuple(graphs), syntax, raw, mark)


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
    hint = ""
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


def _dangers(raw: bytes, syntax: ox.RdfFormat, shown: str) -> Fault | None:
    """Give the fault of a file that the parser must not see."""
    if raw.startswith(_UTF16):
        return Fault(shown, 0, "", "", "is UTF-16, not UTF-8", "Save the file as UTF-8.")
    if syntax == ox.RdfFormat.RDF_XML:
        return _xml_dangers(raw, shown)
    tokens: Iterator[re.Match[bytes]] = iter(())
    if syntax == ox.RdfFormat.JSON_LD:
        tokens = _JSON_TOKEN.finditer(raw)
    elif b"<<" in raw or syntax not in (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS):
        tokens = _TURTLE_TOKEN.finditer(raw)
    depth = 0
    for token in tokens:
        first = token[0][:2] if token[0].startswith((b"<<", b">>", b")>")) else token[0][:1]
        if first in (b"[", b"{", b"(", b"<<"):
            depth += 1
            if depth > DEEPEST:
                line = raw[: token.start()].count(b"\n") + 1
                return _too_deep(shown, line)
        elif first in (b"]", b"}", b")", b">>", b")>"):
            depth -= 1
    return None


def _too_deep(shown: str, line: int) -> Fault:
    return Fault(
        shown, line, "", "", f"things stand within things, more than {DEEPEST} levels deep",
        "Give what stands inside a name, and write it apart.",
    )  # fmt: skip


class _Danger(Exception):  # noqa: N818
    """What makes a file too dangerous to read."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


def _xml_dangers(raw: bytes, shown: str) -> Fault | None:
    """Give the fault of XML that unfolds, looks into other files or is too deep."""
    parser = expat.ParserCreate()
    depth = 0

    def declared(
        name: str, parameter: bool, value: str | None, _: Any, system: str | None, *__: Any
    ) -> None:
        if system is not None or parameter or value is None:
            problem = "stands in another file, which is not read"
        elif "&" in value or len(value) > _LONGEST_ENTITY:
            problem = "unfolds to more than the start of an address"
        else:
            return
        raise _Danger(
            Fault(
                shown, parser.CurrentLineNumber, "entity", name, problem,
                "Write what it stands for where it is used.",
            )
        )  # fmt: skip

    def begun(_: str, __: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise _Danger(_too_deep(shown, parser.CurrentLineNumber))

    def ended(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.EntityDeclHandler = declared
    parser.StartElementHandler = begun
    parser.EndElementHandler = ended
    try:
        parser.Parse(raw, True)
    except _Danger as danger:
        return danger.fault
    except expat.ExpatError as error:
        reason = expat.errors.messages[error.code]
        return Fault(
            shown, error.lineno, "", "", f"is not sound XML: column {error.offset + 1}: {reason}",
            "Save the file as UTF-8." if "token" in reason or "encoding" in reason else "",
        )  # fmt: skip
    return None
