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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in an input, with the place where it stands.

    ``row`` is the line of the file on which the record starts, the header being line 1;
    0 means the file as a whole.
    """

    file: str
    row: int
    column: str
    value: str
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.row}" if self.row else self.file
        what = f'{self.column} "{self.value}" ' if self.column and self.value else ""
        if self.column and not self.value:
            what = f"{self.column} "
        return f"{where}: {what}{self.problem}" + (f"\n    {self.hint}" if self.hint else "")


def faults_text(faults: Sequence[Fault], limit: int = 50) -> str:
    """List faults a line each, at most ``limit`` of them, and say how many more there are."""
    lines: Iterable[str] = (str(f) for f in faults[:limit])
    more = len(faults) - limit
    return "\n".join(lines) + (f"\n... and {more} more" if more > 0 else "")


class KvgraphError(Exception):
    """Something that could not be done, with a hint at what to try."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class DateError(KvgraphError):
    """A text that is not a date of EDTF level 0 or 1."""


class FaultyInputError(KvgraphError):
    """An input with faults, all of them listed."""

    def __init__(self, message: str, faults: Sequence[Fault], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.faults = tuple(faults)


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
