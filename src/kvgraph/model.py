"""The shapes that travel between the rooms: frozen, typed and without behaviour of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import IO, Any, Literal, Protocol

__all__ = [
    "Analysis",
    "Cell",
    "Exporter",
    "Iri",
    "Moment",
    "Package",
    "Parameter",
    "Record",
    "Stream",
    "Table",
    "Tabular",
    "Text",
]


class Iri(str):
    """An IRI among the values of a table, told apart from text."""

    __slots__ = ()


class Text(str):
    """A text with what a graph keeps of it besides its letters: a language or a datatype.

    It compares and prints as the plain text.
    """

    __slots__ = ("datatype", "language")

    language: str
    datatype: str

    def __new__(cls, value: str, *, language: str = "", datatype: str = "") -> Text:
        """Make a text in a language, or of the datatype of this IRI."""
        text = super().__new__(cls, value)
        text.language = language
        text.datatype = datatype
        return text


Cell = Iri | str | int | float | Decimal | bool | date | None | tuple[Any, ...] | Mapping[str, Any]
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


class Tabular(Protocol):
    """What can be written: a :class:`Table`, or a :class:`Stream` whose rows are still coming."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    def rows(self) -> Iterable[tuple[Cell, ...]]:
        """The rows in order; those of a stream can be gone through once."""

    @property
    def head(self) -> Mapping[str, Cell]:
        """What was asked and counted."""

    @property
    def empty(self) -> str:
        """Why there is no row, where there is none."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A table whose rows come one by one and once: for an answer too large to hold."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Cell, ...]]
    head: Mapping[str, Cell] = field(default_factory=dict)
    empty: str = ""


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
    """A way to write a table to a stream; ``suffixes`` are the file endings it goes by.

    ``streams`` says that ``write`` needs no head and goes through the rows once, so that it
    can be given a :class:`Stream`; csv, tsv and jsonl hold one row at a time.
    """

    name: str
    summary: str
    suffixes: tuple[str, ...]
    write: Callable[[Tabular, IO[str]], None]
    streams: bool = False
