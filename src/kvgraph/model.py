"""The shapes that travel between the rooms: frozen, typed and without behaviour of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any, Literal

__all__ = [
    "Analysis",
    "Cell",
    "Exporter",
    "Iri",
    "Moment",
    "Package",
    "Parameter",
    "Record",
    "Table",
]


class Iri(str):
    """An IRI among the values of a table, told apart from text."""

    __slots__ = ()


Cell = Iri | str | int | float | bool | date | None | tuple[Any, ...] | Mapping[str, Any]
"""What one place of a table can hold; ``None`` is undefined and never 0."""


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns and ordered rows: the one shape in which everything is answered.

    ``head`` tells what was asked and counted (rule, horizon, left out, dataset ...);
    ``empty`` says in words why there is no row, where there is none.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    head: Mapping[str, Cell] = field(default_factory=dict)
    empty: str = ""

    def records(self) -> Iterator[dict[str, Cell]]:
        """Give each row as a dictionary in the order of the columns."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was, as worded, with its earliest and latest day.

    ``earliest`` and ``latest`` are days counted as :meth:`datetime.date.toordinal` does,
    ``None`` where that side is open or unknown.
    """

    worded: str
    earliest: int | None
    latest: int | None


@dataclass(frozen=True, slots=True)
class Record:
    """One checked row of a table: only the filled cells, read into values.

    A text, code, tag or url is a ``str``, a reference and whatever may be repeated a tuple
    of ``str``, a date a :class:`Moment`, a day a :class:`datetime.date`, a number the text
    of a decimal. ``file`` and ``row`` tell where it was read.
    """

    table: str
    values: Mapping[str, Any]
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Package:
    """A data package: what ``package.toml`` says of it and the records of its tables."""

    name: str
    version: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    licence: str
    needs: tuple[str, ...]
    rights_note: str
    citation: str
    synthetic: bool
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing a query or an analysis can be told.

    It becomes a click option, a REST parameter and a form field alike. ``kind`` is one of
    ``iri`` (a thing: id, IRI, label or alias), ``text``, ``date``, ``number``, ``flag`` and
    ``choice``.
    """

    name: str
    kind: Literal["iri", "text", "date", "number", "flag", "choice"]
    help: str
    default: Any = None
    choices: tuple[str, ...] = ()
    required: bool = False
    things: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """An answer about flows: what it is called, what it can be told, and how it is made."""

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    run: Callable[..., Table]


@dataclass(frozen=True, slots=True)
class Exporter:
    """A way to write a table to a stream; ``suffixes`` are the file endings it goes by."""

    name: str
    summary: str
    suffixes: tuple[str, ...]
    write: Callable[[Table, IO[str]], None]
