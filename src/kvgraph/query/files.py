"""The .rq files: what each asks, takes and answers, as its ``#+`` lines say.

::

    #+ summary: Which actors took a practice into use, from whom, and when?
    #+ tags: [diffusion, transfer]
    #+ param practice: iri(practice), the practice followed; every practice when not given
    #+ column earliest: date, first day on which the receiver can have begun
    #+ example: practice=gp17-20 -> 6 rows

A parameter is a projected variable that a triple pattern binds: unset, the query answers for
all; set, it narrows. What can only be compared, such as a day or a number of years, has a
default instead: a clause ``VALUES ?date { "2013-06-30"^^xsd:date }`` of its own, whose value is
replaced when another is given. An unknown or broken line is an error with file and line, never
silence.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from kvgraph import resources
from kvgraph.errors import QueryError, UnknownNameError
from kvgraph.model import Parameter
from kvgraph.query.text import Shape, shape

KEYS: Final = ("summary", "tags", "severity", "param", "column", "example")
SEVERITIES: Final = ("violation", "warning", "info")
"""What a row of a check query means, the worst first."""
TYPES: Final = ("iri", "text", "date", "number", "code", "flag")
CHECK_COLUMNS: Final = ("thing", "property", "value")
"""What every check query answers with, as the ROBOT tool asks of its checks."""
RESERVED: Final = ("format", "output", "store", "lang", "help", "o", "h")
"""Names that every query has an option for."""

_TYPED: Final = re.compile(r"(?P<type>\w+)(?:\((?P<of>[^()]*)\))?")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer: its name, the type of its values and what it says."""

    name: str
    type: str
    help: str


@dataclass(frozen=True, slots=True)
class Example:
    """A call of a query and the number of rows that it gives on the shipped data."""

    values: Mapping[str, str]
    rows: int


@dataclass(frozen=True)
class Query:
    """A question: its text, and what its header says of it.

    ``name`` is that in the library (``topic/question``), else "file"; ``where`` is how errors
    name the place where it was read. ``codes`` gives the code list of each
    parameter that is a code. A text without a header has parameters too, of no stated type:
    ``declared`` is false then, and the data tell the type.
    """

    name: str
    where: str
    text: str
    summary: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    columns: tuple[Column, ...] = ()
    examples: tuple[Example, ...] = ()
    severity: str = ""
    codes: Mapping[str, str] | None = None
    declared: bool = True

    @cached_property
    def shape(self) -> Shape:
        """What the text is made of."""
        return shape(self.text)

    @property
    def topic(self) -> str:
        """The folder of the library in which it stands; empty if in none."""
        return self.name.rpartition("/")[0]

    @property
    def title(self) -> str:
        """How to name it to a person: by its name, or the place where it was read."""
        return self.name if self.topic else self.where


def library() -> dict[str, Path]:
    """Give the files of the library by name (``topic/question``), sorted."""
    root = resources.folder("queries")
    found = {p.relative_to(root).with_suffix("").as_posix(): p for p in root.glob("*/*.rq")}
    return dict(sorted(found.items()))


def find(name: str) -> Query:
    """Read a query of the library; its last part is enough if no other has the same.

    :raises UnknownNameError: if there is none of that name, or several.
    :raises QueryError: if its header is wrong.
    """
    known = library()
    asked = name.removesuffix(".rq")
    names = [asked] if asked in known else [n for n in known if n.rpartition("/")[2] == asked]
    if len(names) == 1:
        path = known[names[0]]
        text = path.read_text("utf-8")
        return read_query(text, f"queries/{names[0]}.rq", name=names[0], in_library=True)
    if names:
        raise UnknownNameError(
            f'"{name}" names {len(names)} queries', names, hint="Say which: " + ", ".join(names)
        )
    last = {n.rpartition("/")[2]: n for n in known}
    close = [last[n] for n in difflib.get_close_matches(asked.rpartition("/")[2], last, n=3)]
    raise UnknownNameError(
        f'no query is called "{name}", and no file',
        close,
        hint=("Is it " + " or ".join(close) + "? " if close else "")
        + "kvgraph queries lists them all.",
    )


def read_query(text: str, where: str, *, name: str = "file", in_library: bool = False) -> Query:
    """Read a query and its header; ``where`` is how errors name the place of the text.

    A query of the library must have a summary, and say what each of its columns holds.

    :raises QueryError: with file and line, for an unknown or broken line of the header.
    """
    header = _Header(text, where)
    header.read()
    if not header.lines:
        return Query(
            name, header.where, text, parameters=tuple(header.undeclared()), declared=False
        )
    if in_library:
        header.check_complete()
    return Query(
        name,
        header.where,
        text,
        header.summary,
        header.tags,
        tuple(header.parameters.values()),
        tuple(header.columns.values()),
        tuple(header.examples),
        header.severity,
        header.codes,
    )


class _Header:
    """Reads the ``#+`` lines of one text."""

    def __init__(self, text: str, where: str) -> None:
        self.where = where
        self.shape = shape(text)
        self.projected = self.shape.projected()
        self.lines = [
            (number, line.strip()[2:])
            for number, line in enumerate(text.splitlines(), 1)
            if line.lstrip().startswith("#+")
        ]
        self.line = 0
        self.summary = ""
        self.tags: tuple[str, ...] = ()
        self.parameters: dict[str, Parameter] = {}
        self.columns: dict[str, Column] = {}
        self.examples: list[Example] = []
        self.severity = ""
        self.codes: dict[str, str] = {}

    def read(self) -> None:
        """Read all lines in their order."""
        for line, said in self.lines:
            self.line = line
            head, colon, rest = said.partition(":")
            words = head.split()
            if not colon or not words:
                raise self.wrong("is no header line", "A header line reads: #+ key: what it says")
            if words[0] not in KEYS:
                close = difflib.get_close_matches(words[0], KEYS, n=1)
                raise self.wrong(
                    f'has the unknown key "{words[0]}"',
                    (f"Is it {close[0]}? " if close else "") + "Known: " + ", ".join(KEYS) + ".",
                )
            named = words[0] in ("param", "column")
            if len(words) != 1 + named:
                form = f"{words[0]} NAME: TYPE, help" if named else f"{words[0]}: ..."
                raise self.wrong(f'has a broken key "{head.strip()}"', f"It reads: #+ {form}")
            if not rest.strip():
                raise self.wrong(f"says nothing after {head.strip()}:")
            getattr(self, "read_" + words[0])(*words[1:], rest.strip())

    def read_summary(self, said: str) -> None:
        """Read what the query asks, in a sentence."""
        if self.summary:
            raise self.wrong("is a second summary")
        self.summary = said

    def read_tags(self, said: str) -> None:
        """Read ``[a, b]``."""
        tags = [tag.strip() for tag in said.strip("[]").split(",")]
        if not (said.startswith("[") and said.endswith("]")) or not all(tags):
            raise self.wrong("has broken tags", "They read: #+ tags: [one, another]")
        self.tags = tuple(tags)

    def read_severity(self, said: str) -> None:
        """Read what a row of a check means: violation, warning or info."""
        if self.severity:
            raise self.wrong("is a second severity")
        if said not in SEVERITIES:
            raise self.wrong(
                f'has the unknown severity "{said}"', "It is one of: " + ", ".join(SEVERITIES) + "."
            )
        if self.projected != CHECK_COLUMNS:
            raise self.wrong(
                "makes a check of a query that does not give thing, property and value",
                "A check query selects ?thing ?property ?value, in this order.",
            )
        self.severity = said

    def read_param(self, name: str, said: str) -> None:
        """Read ``TYPE, help`` of a parameter, and see that the query can be told it."""
        kind, of, text = self.typed(said)
        if name in self.parameters:
            raise self.wrong(f"declares the parameter {name} again")
        if name in RESERVED:
            raise self.wrong(f"takes a name that every query has an option for: {name}")
        problem = unfit(self.shape, name)
        if problem:
            raise self.wrong(f"declares the parameter {name}, {problem}")
        if kind == "flag":
            raise self.wrong(
                "has a parameter of type flag", "A parameter is iri, text, date, number or code."
            )
        if kind == "code":
            self.codes[name] = of
            self.parameters[name] = Parameter(name, "choice", text, choices=self.code_list(of))
            return
        things = tuple(t.strip() for t in of.split(",")) if of else ()
        if things:
            self.check_kinds(things)
        self.parameters[name] = Parameter(name, kind, text, things=things)  # type: ignore[arg-type]

    def read_column(self, name: str, said: str) -> None:
        """Read ``TYPE, help`` of a column."""
        kind, _, text = self.typed(said)
        if name in self.columns:
            raise self.wrong(f"declares the column {name} again")
        if name not in self.projected:
            raise self.wrong(
                f"declares the column {name}, which the query does not give",
                "It gives: " + ", ".join(self.projected) + ".",
            )
        self.columns[name] = Column(name, kind, text)

    def read_example(self, said: str) -> None:
        """Read ``a=b c=d -> N rows``."""
        call, arrow, promise = said.rpartition("->")
        number = re.fullmatch(r"\s*(\d+) rows?\s*", promise)
        try:
            parts = [part.partition("=") for part in shlex.split(call)]
        except ValueError:
            parts = [("", "", "")]
        if not arrow or not number or not all(name and sign for name, sign, _ in parts):
            raise self.wrong("has a broken example", 'It reads: #+ example: a=b c="d e" -> 12 rows')
        for name, _, _ in parts:
            if name not in self.parameters:
                raise self.wrong(
                    f"has an example with {name}, which is no parameter declared above it"
                )
        self.examples.append(Example({n: v for n, _, v in parts}, int(number[1])))

    def typed(self, said: str) -> tuple[str, str, str]:
        """Take ``TYPE(of), help`` apart."""
        match = _TYPED.match(said)
        kind = match["type"] if match else ""
        rest = said[match.end() :] if match else ""
        if kind not in TYPES:
            raise self.wrong(f'has the unknown type "{kind}"', "Known: " + ", ".join(TYPES) + ".")
        help_text = rest.lstrip().removeprefix(",").strip()
        if not rest.lstrip().startswith(",") or not help_text:
            raise self.wrong("has no help text", "After the type: a comma, and what it is.")
        of = ((match["of"] if match else "") or "").strip()
        if of and kind not in ("iri", "code"):
            raise self.wrong(f"narrows the type {kind}", "Only iri and code can be narrowed.")
        return kind, of, help_text

    def code_list(self, scheme: str) -> tuple[str, ...]:
        """Give the codes of a code list."""
        from kvgraph import vocabulary

        codes = tuple(vocabulary.codes(scheme))
        if not codes:
            known = sorted({c.scheme for c in vocabulary.by_iri().values()})
            raise self.wrong(
                f'names the unknown code list "{scheme}"', "Known: " + ", ".join(known) + "."
            )
        return codes

    def check_kinds(self, things: tuple[str, ...]) -> None:
        """See that there are things of these kinds."""
        from kvgraph import tables

        known = sorted({d.kind for d in tables.definitions().values()} | {"exposure"})
        unknown = [t for t in things if t not in known]
        if unknown:
            raise self.wrong(
                f'names the unknown kind of thing "{unknown[0]}"',
                "Known: " + ", ".join(known) + ".",
            )

    def check_complete(self) -> None:
        """See that a query of the library says what it asks and answers."""
        self.line = 1
        if not self.summary:
            raise self.wrong("has no summary in its header")
        if tuple(self.columns) != self.projected:
            raise self.wrong(
                "declares other columns than the query gives",
                "In this order: " + ", ".join(self.projected) + ".",
            )

    def undeclared(self) -> Iterator[Parameter]:
        """Give the parameters that a text without header can be told."""
        for name in self.projected:
            if name not in RESERVED and not unfit(self.shape, name):
                yield Parameter(name, "text", f"a value for ?{name}")

    def wrong(self, problem: str, hint: str = "") -> QueryError:
        """Make an error about the line that is being read."""
        return QueryError(f"{self.where}:{self.line}: {problem}", line=self.line, hint=hint)


def unfit(asked: Shape, name: str) -> str:
    """Say why a variable cannot be given a value from outside, if it cannot.

    An unbound value would come out as if it had been found; one that is bound in an
    OPTIONAL only would narrow nothing.
    """
    if not re.fullmatch(r"\w+", name) or name not in asked.projected():
        return "which the query does not select"
    if name not in asked.required() and name not in asked.defaults():
        return "which no triple pattern binds in every answer, and no VALUES of its own"
    return ""
