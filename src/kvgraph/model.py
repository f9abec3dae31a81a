"""The shapes that travel between the rooms: frozen, typed and without behaviour of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import IO, Any, Literal, Protocol

from kvgraph.errors import KvgraphError

__all__ = [
    "Analysis",
    "Cell",
    "Diagram",
    "Edge",
    "Exporter",
    "Iri",
    "Loss",
    "Moment",
    "Node",
    "Package",
    "Parameter",
    "Plot",
    "Reader",
    "Reading",
    "Record",
    "Relation",
    "Stream",
    "Table",
    "Tabular",
    "Text",
    "View",
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
class Node:
    """One node of a diagram; ``id`` is unique in it, ``attributes`` are plain cells."""

    id: str
    attributes: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge of a diagram, from the node ``source`` to the node ``target``.

    ``id`` is unique among the edges: that of the record it stands for, with the other end
    added where one record has several.
    """

    id: str
    source: str
    target: str
    attributes: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Diagram:
    """Nodes and directed edges drawn from a dataset: what is exported, viewed and analysed.

    Both are sorted by id. Every edge's ends are among the nodes; edges may be loops, and
    parallel unless ``parallel`` is false. ``head`` tells what was asked and counted;
    ``empty`` says in words why there is nothing, where there is nothing.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    head: Mapping[str, Cell] = field(default_factory=dict)
    empty: str = ""
    parallel: bool = True


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that a format cannot hold: what happened to it, where, how often, and why.

    ``what`` is a short verb phrase in the past (``left out loops``), ``field`` the attribute
    concerned or empty, ``count`` the number of values, nodes or edges.
    """

    what: str
    field: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A date told by another thing: after, before or during it.

    ``target`` is the id as written until all tables are read, then the IRI of the thing.
    ``earliest`` and ``latest`` are the bounds that follow from it, ``None`` where none does.
    """

    word: Literal["after", "before", "during"]
    target: str
    earliest: int | None = None
    latest: int | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was, as worded, with its earliest and latest day.

    ``earliest`` and ``latest`` are days counted as :meth:`datetime.date.toordinal` does,
    ``None`` where that side is open or unknown. ``relations`` are the things that the date
    was told by, where it was told so.
    """

    worded: str
    earliest: int | None
    latest: int | None
    relations: tuple[Relation, ...] = ()


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
class Reading:
    """What one row of a raw file gives: rows of our tables, before they are checked.

    ``sheet`` is the table of the file, as the report counts it; ``file`` and ``row`` are the
    place of the row. ``rows`` holds for each row of ours its table and its cells by column,
    all text. ``merged`` tells that the row only adds to what an earlier one has given.
    ``faults`` are what the reader itself found, and ``refused`` table and id of what it gives no
    row of for that reason. ``lacking`` are required columns that the whole sheet has not, which
    was told once. A ``row`` of 0 is about the sheet and no row: its ``rows`` name the tables of
    which no id is known. ``left_out`` are the columns of the sheet that have no place in our
    tables, ``*`` if that is all of them.
    """

    sheet: str
    file: str
    row: int
    rows: tuple[tuple[str, Mapping[str, str]], ...] = ()
    merged: bool = False
    faults: tuple[Any, ...] = ()
    lacking: frozenset[str] = frozenset()
    refused: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """A way to read a file that users hold: how it is recognised, and what its rows give.

    ``recognise`` tells from titles and headers whether sheets are of this kind; ``read`` goes
    through their rows in order. Where ``repeats`` is true the same thing may be given by many
    rows, as in an export of partnerships: then it is read once and is no fault. ``about`` is
    what a package made of such a file says of itself (title, description, licence, citation).
    """

    name: str
    summary: str
    recognise: Callable[[Sequence[Any]], bool]
    read: Callable[[Sequence[Any]], Iterator[Reading]]
    repeats: bool = True
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Package:
    """A data package: what ``package.toml`` says of it and the records of its tables.

    ``statements`` are triples that it states besides, where it was given as RDF. ``computed``
    says that they are the answer of an analysis and tell of nothing that was not known.
    """

    name: str
    version: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    licence: str
    needs: tuple[str, ...]
    rights_note: str
    citation: str
    synthetic: bool
    records: Collection[Record]
    statements: Collection[Any] = ()
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing a query or an analysis can be told.

    It becomes a click option, a REST parameter and a form field alike. ``kind`` is one of
    ``iri`` (a thing: id, IRI, label or alias), ``text``, ``date``, ``number``, ``flag``,
    ``choice`` and ``file`` (a file with a query). One that takes ``many`` values may be
    given again. A number lies from ``least`` to ``most``, where these are said.
    """

    name: str
    kind: Literal["iri", "text", "date", "number", "flag", "choice", "file"]
    help: str
    default: Any = None
    choices: tuple[str, ...] = ()
    required: bool = False
    things: tuple[str, ...] = ()
    many: bool = False
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """An answer about flows: what it is called, what it can be told, and how it is made.

    ``run`` takes :class:`~kvgraph.flows.Flows` and a question, or a :class:`Diagram` or a
    dataset and the values of the parameters by name, as ``takes`` says. To one of a dataset
    the transfers to look at are handed as ``selected``, with the ``stage`` asked for. What takes
    ``material`` gets ties, actors and adoptions, whatever they come from; what takes ``either``
    a dataset or, of plain csv, a material.
    """

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    run: Callable[..., Table]
    takes: Literal["flows", "diagram", "dataset", "material", "either"] = "flows"


@dataclass(frozen=True, slots=True)
class Exporter:
    """A way to write a table, a diagram or quads; ``suffixes`` are the file endings it goes by.

    A format may take several of them: ``write`` a table to a stream of text, ``write_diagram``
    a diagram and ``write_quads`` quads to a stream of bytes; the last two tell what was lost.
    ``streams`` says that ``write`` needs no head and goes through the rows once, so that it
    can be given a :class:`Stream`; csv, tsv and jsonl hold one row at a time. ``beside`` are
    the further files that a diagram needs, by the pattern of their names (``{stem}.nodes{suffix}``
    of the first one's), each handed the name of the first. ``aliases`` are other names that
    people know the format by. ``remark`` is what begins a line of remarks in a file of quads,
    empty where the format has none.
    """

    name: str
    summary: str
    suffixes: tuple[str, ...]
    write: Callable[[Tabular, IO[str]], None] | None = None
    streams: bool = False
    write_diagram: Callable[[Diagram, IO[bytes]], list[Loss]] | None = None
    write_quads: Callable[[Iterable[Any], IO[bytes]], list[Loss]] | None = None
    beside: Mapping[str, Callable[[Diagram, IO[bytes], str], None]] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A page or a picture that a browser can open: its parameters, and how it is drawn.

    ``draw`` gives the text of the file. ``suffix`` is the ending of its name. What can also be
    drawn in another form has that in ``others``, by its ending.
    """

    name: str
    summary: str
    suffix: str
    parameters: tuple[Parameter, ...]
    draw: Callable[..., str]
    others: Mapping[str, Callable[..., str]] = field(default_factory=dict)

    def by(self, suffix: str | None) -> Callable[..., str]:
        """Give what draws a file of this ending; ``None`` is the view's own.

        :raises KvgraphError: if nothing does.
        """
        ways = {self.suffix: self.draw, **self.others}
        if suffix is None:
            return self.draw
        if suffix.lower() not in ways:
            raise KvgraphError(
                f'the view {self.name} is not written as "{suffix}"',
                hint="Let the name of the file end in " + " or ".join(ways) + ".",
            )
        return ways[suffix.lower()]


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure of an analysis' answer, for papers: whose answer it draws, and how.

    ``draw`` takes the :class:`Table`, the material that it was taken of (``None`` where the
    figure needs none) and how it is to be told, and gives a figure of matplotlib.
    """

    name: str
    summary: str
    draw: Callable[..., Any]
