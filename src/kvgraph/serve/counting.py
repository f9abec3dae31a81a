"""Count the rows of a SPARQL result while the engine writes it, whatever the form.

The engine writes results far faster than rows could be handed over one by one; how many there are
is seen from the bytes. What is looked for cannot stand inside a value: there it is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ROW: Final = re.compile(rb"[\[,]\{")
_RESULT: Final = b"<result>"


def counter(form: str) -> Callable[[bytes], int]:
    """Give a function that takes the parts of a result in order, and counts the rows in each.

    ``form`` is json, xml, csv or tsv. The header line of csv and tsv is no row.

    >>> count = counter("csv")
    >>> count(b'a,b\\r\\n1,"x'), count(b'\\r\\n y"\\r\\n')
    (0, 1)
    >>> count = counter("json")
    >>> count(b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"literal","value":"},{')
    1
    >>> count(b'"}},{}]}}')
    1
    """
    kinds: dict[str, Callable[[], Callable[[bytes], int]]] = {
        "json": _Json, "xml": _Xml, "csv": _Csv, "tsv": _Tsv,
    }  # fmt: skip
    return kinds[form]()


class _Json:
    """Objects after a bracket or a comma, outside of strings: those within a row follow a colon."""

    def __init__(self) -> None:
        self._rest = b""
        self._before = b""

    def __call__(self, part: bytes) -> int:
        text = self._rest + part
        # A string that goes on in the next part is looked at together with that.
        whole = [match.end() for match in _STRING.finditer(text)]
        opened = text.find(b'"', whole[-1] if whole else 0)
        self._rest = text[opened:] if opened >= 0 else b""
        plain = self._before + _STRING.sub(b"", text[:opened] if opened >= 0 else text)
        self._before = plain[-1:]
        return len(_ROW.findall(plain))


class _Xml:
    """Elements of that name: a ``<`` in a value is written otherwise."""

    def __init__(self) -> None:
        self._rest = b""

    def __call__(self, part: bytes) -> int:
        text = self._rest + part
        self._rest = text[-(len(_RESULT) - 1) :]
        return text.count(_RESULT)


class _Csv:
    """Line ends outside of quotes; a quote in a value is doubled."""

    def __init__(self) -> None:
        self._quoted = False
        self._lines = 0

    def __call__(self, part: bytes) -> int:
        before = max(self._lines - 1, 0)
        for place, piece in enumerate(part.split(b'"')):
            if place:
                self._quoted = not self._quoted
            if not self._quoted:
                self._lines += piece.count(b"\n")
        return max(self._lines - 1, 0) - before


class _Tsv:
    """Line ends: those in a value are escaped."""

    def __init__(self) -> None:
        self._lines = 0

    def __call__(self, part: bytes) -> int:
        before = max(self._lines - 1, 0)
        self._lines += part.count(b"\n")
        return max(self._lines - 1, 0) - before
