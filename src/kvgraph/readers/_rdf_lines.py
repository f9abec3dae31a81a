"""The lines of an RDF file on which things and their properties are written, by a light reading.

It is made only when something is wrong with a file that has been read already, so it need not
judge it: what it does not follow has no line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin
from xml.parsers import expat

import pyoxigraph as ox

from kvgraph.namespaces import PREFIXES

Lines = dict[tuple[str, str], int]
"""The first line of a thing and a property, or of a thing alone, as N-Triples writes both."""

_RDF: Final = PREFIXES["rdf"]
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_TOKEN: Final = re.compile(
    r"""(?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*(?:\"{3}|\Z)|'{3}(?:[^'\\]|\\.|'(?!''))*(?:'{3}|\Z)"""
    r"""|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)"""
    r"""|(?P<comment>\#[^\n]*)|(?P<quoted><<\(?|\)?>>)|<(?P<iri>[^<>"{}|^`\\\x00-\x20]*)>"""
    r"""|(?P<keyword>@prefix\b|@base\b|(?i:PREFIX|BASE)(?=\s+(?:<|[\w.-]*:\s*<)))"""
    r"""|(?P<suffix>@[A-Za-z-]+|\^\^)|(?P<blank>_:[\w.-]*[\w-])"""
    r"""|(?P<name>[^\W\d_]?[\w.-]*:(?:[\w:%-]|\\.|\.(?=[\w:%\\-]))*)"""
    r"""|(?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)"""
    r"""|(?P<mark>[.;,()\[\]{}])|(?P<word>[^\s.;,()\[\]{}<>"']+)""",
    re.DOTALL,
)


def lines_of(raw: bytes, syntax: ox.RdfFormat | None) -> Lines:
    """Give the lines of a file in a syntax."""
    if syntax == ox.RdfFormat.RDF_XML:
        return _first(_in_xml(raw))
    text = raw.decode("utf-8", "replace")
    if syntax == ox.RdfFormat.JSON_LD:
        return _first(_in_json(text))
    return _first(_in_turtle(text))


def _first(places: Iterator[tuple[str, str, int]]) -> Lines:
    """Keep the first line of each thing and of each of its properties."""
    found: Lines = {}
    for thing, path, line in places:
        found.setdefault((thing, ""), line)
        found.setdefault((thing, path), line)
    return found


def _in_turtle(text: str) -> Iterator[tuple[str, str, int]]:
    """Give things and properties of N-Triples, N-Quads, Turtle, TriG or N3, with their lines.

    A statement is a subject, then property and values in turn: ``;`` asks for a property again,
    ``,`` for a value, ``[`` opens a thing without a name, ``{`` a graph.
    """
    prefixes: dict[str, str] = {}
    base = ""
    line, at = 1, 0
    # For each bracket that is open: the subject, and the property that waits for values.
    stack: list[tuple[str | None, str | None]] = []
    subject: str | None = None
    path: str | None = None
    declared: list[str] | None = None
    for token in _TOKEN.finditer(text):
        line += text.count("\n", at, token.start())
        at = token.start()
        kind, said = token.lastgroup, token[0]
        if kind == "comment":
            continue
        if kind == "keyword":
            declared = []
            continue
        if declared is not None:
            declared.append(token["iri"] if kind == "iri" else said)
            if kind == "iri":
                if len(declared) == 1:
                    base = _absolute(base, declared[0])
                else:
                    prefixes[declared[0].rstrip(":")] = _absolute(base, declared[1])
                declared = None
            continue
        if kind == "mark":
            if said in "[({":
                stack.append((subject, path))
                # Only values stand in a list, and only statements in a graph.
                subject, path = {"[": ("", None), "(": ("", ""), "{": (None, None)}[said]
            elif said in "])}":
                subject, path = stack.pop() if stack else (None, None)
                if said == "}":
                    subject, path = None, None
                elif subject is None:
                    subject = ""  # the bracket itself was the subject
            elif said == ".":
                subject, path = None, None
            elif said == ";":
                path = None
            continue
        if kind in ("suffix", "string", "quoted", "number"):
            continue
        term = _term(token, prefixes, base)
        if subject is None:
            subject = term
            yield subject, "", line
        elif path is None:
            path = term
            if subject:
                yield subject, path, line


def _term(token: re.Match[str], prefixes: dict[str, str], base: str) -> str:
    """Give a term as N-Triples writes it; a word that is none stands as it is."""
    if token["iri"] is not None:
        return f"<{_absolute(base, token['iri'])}>"
    if token["name"] is not None:
        prefix, _, local = token["name"].partition(":")
        local = re.sub(r"\\(.)", r"\1", local)
        return f"<{prefixes[prefix]}{local}>" if prefix in prefixes else token["name"]
    return f"<{_RDF}type>" if token[0] == "a" else token[0]


def _absolute(base: str, address: str) -> str:
    """Give an address in full; an empty fragment, with which namespaces end, stays."""
    if not base or re.match(r"[A-Za-z][\w+.-]*:", address):
        return address
    return urljoin(base, address) + "#" * (address.endswith("#"))


def _in_json(text: str) -> Iterator[tuple[str, str, int]]:
    """Give the things of JSON-LD that are named by ``@id`` beside other keys, with their lines."""
    short = re.findall(r'"([\w.-]+)"\s*:\s*"([a-z]+:[^"\s]*[/#:])"', text)
    line, at = 1, 0
    for found in re.finditer(r'"@id"\s*:\s*"([^"\s]*)"\s*(,?)', text):
        line += text.count("\n", at, found.start())
        at = found.start()
        if not found[2] and text[max(0, at - 1000) : at].rstrip().endswith("{"):
            continue  # only a reference to a thing
        name = found[1]
        for prefix, start in short:
            if name.startswith(f"{prefix}:") and not name.startswith(f"{prefix}://"):
                name = start + name[len(prefix) + 1 :]
                break
        yield (name if name.startswith("_:") else f"<{name}>"), "", line


def _in_xml(raw: bytes) -> Iterator[tuple[str, str, int]]:
    """Give things and properties of RDF/XML with their lines: elements are both in turn."""
    found: list[tuple[str, str, int]] = []
    # Each element that is open: whether a thing, its name, and the address it is relative to.
    stack: list[tuple[bool, str, str]] = []
    parser = expat.ParserCreate(namespace_separator="\n")

    def begun(tag: str, attributes: dict[str, Any]) -> None:
        line = parser.CurrentLineNumber
        given = {key.replace("\n", ""): value for key, value in attributes.items()}
        name = tag.replace("\n", "")
        above = stack[-1] if stack else (False, "", "")
        base = _absolute(above[2], given.get(f"{_XML}base", ""))
        if name == f"{_RDF}RDF":
            stack.append((False, "", base))
            return
        if above[0]:  # inside a thing: a property
            if above[1]:
                found.append((above[1], f"<{name}>", line))
            inner = given.get(f"{_RDF}parseType") == "Resource"
            stack.append((inner, "", base))
            return
        thing = ""
        if f"{_RDF}about" in given:
            thing = f"<{_absolute(base, given[f'{_RDF}about'])}>"
        elif f"{_RDF}ID" in given:
            thing = f"<{_absolute(base, '#' + given[f'{_RDF}ID'])}>"
        elif f"{_RDF}nodeID" in given:
            thing = f"_:{given[f'{_RDF}nodeID']}"
        if thing:
            found.append((thing, "", line))
            found.extend((thing, f"<{key}>", line) for key in given if not key.startswith(_RDF))
            if name != f"{_RDF}Description":
                found.append((thing, f"<{_RDF}type>", line))
        stack.append((True, thing, base))

    def ended(_: str) -> None:
        stack.pop()

    parser.StartElementHandler = begun
    parser.EndElementHandler = ended
    parser.Parse(raw, True)
    yield from found
