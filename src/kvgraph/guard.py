"""What an RDF file must not be, told before a parser sees it: the parser would take all memory.

A file may come from anywhere: entities that unfold to gigabytes or look into other files, things
within things without end, a text that is no UTF-8.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, Final
from xml.parsers import expat

import pyoxigraph as ox

from kvgraph.errors import Fault

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


def danger(raw: bytes, syntax: ox.RdfFormat, shown: str) -> Fault | None:
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
            "Is it XML? If not, give it the ending of its syntax."
            if not raw.lstrip().startswith(b"<")
            else "Save the file as UTF-8."
            if "token" in reason or "encoding" in reason
            else "Mend it there, or just before: often an element is not closed.",
        )  # fmt: skip
    return None
