"""Every error that kvgraph raises, drawn as one tree.

    KvgraphError                 it could not be done; the command line ends with exit code 2
    ├── DateError                a text is not a date; the reader makes a fault of it
    ├── FaultyInputError         an input was read and found faulty, with every fault listed
    ├── QueryError               a query is wrong; carries line and column where known
    ├── StoreError               a store cannot be opened, read or written
    └── UnknownNameError         a name fits no thing, or several; carries the candidates

A message says what, where and what was expected; a hint says what to try. A library's
error becomes one of these in the function that called the library.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_LONGEST_VALUE: Final = 100
_LONGEST_TOLD: Final = 1000

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""What a terminal would obey or not show: controls, turned directions, what has no width."""


def visible(text: str, *, keep: str = "") -> str:
    r"""Give a text in which nothing hides: what cannot be seen is written as its number.

    Characters in ``keep`` stay as they are.

    >>> visible("a\u202eb\x1b[31m\n")
    'a\\u202eb\\x1b[31m\\n'
    """
    if text.isprintable():
        return text
    return "".join(
        c
        if c in keep or c.isprintable() or unicodedata.category(c) not in _UNSEEN
        else c.encode("unicode_escape", "surrogatepass").decode("ascii")
        for c in text
    )


def shorten(text: str, longest: int = _LONGEST_VALUE) -> str:
    """Give a text of at most so many characters; what was longer ends in ``…``.

    >>> shorten("a" * 200, 4)
    'aaa…'
    """
    return text if len(text) <= longest else text[: longest - 1] + "…"


def counted(number: int, what: str) -> str:
    """Give a number of things in words.

    >>> counted(1, "fault"), counted(1200, "row")
    ('1 fault', '1,200 rows')
    """
    return f"{number:,} {what}" + ("" if number == 1 else "s")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in an input, with the place where it stands.

    ``row`` is the line of the file on which the record starts, the header being line 1;
    0 means the file as a whole. As text, a long value is shortened, and what cannot be seen in
    it is written as its number, so that no cell can do anything to a terminal.
    """

    file: str
    row: int
    column: str
    value: str
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        file, column, value = (
            visible(shorten(text, longest))
            for text, longest in (
                (self.file, _LONGEST_TOLD), (self.column, _LONGEST_VALUE),
                (self.value, _LONGEST_VALUE),
            )
        )  # fmt: skip
        problem, hint = (visible(shorten(t, _LONGEST_TOLD)) for t in (self.problem, self.hint))
        where = f"{file}:{self.row}" if self.row else file
        said = f'"{value}" ' if value else ""
        what = f"{column} {said}" if column else said
        return f"{where}: {what}{problem}" + (f"\n    {hint}" if hint else "")


def faults_text(faults: Sequence[Fault], limit: int = 50) -> str:
    """List faults a line each, at most ``limit`` of them, and say how many more there are."""
    lines: Iterable[str] = (str(f) for f in faults[:limit])
    more = len(faults) - limit
    return "\n".join(lines) + (f"\n... and {more} more" if more > 0 else "")


class KvgraphError(Exception):
    """Something that could not be done, with a hint at what to try."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = visible(message, keep="\n\t")
        self.hint = visible(hint, keep="\n\t")


class DateError(KvgraphError):
    """A text that is not a date of EDTF level 0 or 1."""


class FaultyInputError(KvgraphError):
    """An input with faults: all of them, or as many as were kept and their number."""

    def __init__(self, message: str, faults: Sequence[Fault], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.faults = faults


class QueryError(KvgraphError):
    """A query that cannot be read or run; ``line`` and ``column`` count from 1, 0 if unknown."""

    def __init__(self, message: str, *, line: int = 0, column: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.line = line
        self.column = column


class StoreError(KvgraphError):
    """A store that cannot be opened, read or written."""


class UnknownNameError(KvgraphError):
    """A name that fits no thing or several; ``candidates`` are ids that may be meant."""

    def __init__(self, message: str, candidates: Sequence[str], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.candidates = tuple(candidates)
