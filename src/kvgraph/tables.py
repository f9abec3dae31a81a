"""The table definitions of ``tables.toml``, read once and checked.

Row checks, the mapping to RDF, templates and the README's column list all come from here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

TYPES: Final = ("id", "text", "ref", "code", "tag", "date", "day", "number", "integer", "url")

READ_ME: Final[Mapping[str, str]] = {"en": "read me", "fi": "lue minut", "sv": "läs mig"}
"""The sheet of a workbook that tells how to fill it in, by language."""

CODES: Final = "codes"
"""The hidden sheet of a workbook that holds what its drop-down lists offer."""

FAULTS: Final = "faults"
"""The sheet that lists the faults found in the other sheets of a workbook."""

NOT_TABLES: Final = (*READ_ME.values(), CODES, FAULTS)
"""The titles of sheets that hold no data, in lower case; a reader passes them over."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; the head of tables.toml explains the fields."""

    name: str
    type: str
    property: str
    help: Mapping[str, str]
    required: bool = False
    many: bool = False
    key: bool = False
    to: tuple[str, ...] = ()
    scheme: str = ""
    lang: str = ""
    earliest: str = ""
    latest: str = ""
    graph: str = ""
    pattern: re.Pattern[str] | None = None
    least: int | None = None
    most: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A thing of its own that a row brings along; the head of tables.toml explains the fields."""

    kind: str
    rdf_class: str
    link: str
    columns: tuple[str, ...]
    copies: tuple[str, ...]
    key: tuple[str, ...]
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """One table: its columns and what its rows become in RDF."""

    name: str
    kind: str
    rdf_class: str
    class_by: str
    classes: Mapping[str, str]
    classes_by_ref: Mapping[str, Any]
    class_if: Mapping[str, str]
    one_of: tuple[str, ...]
    parts: tuple[Part, ...]
    help: Mapping[str, str]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Give the column of this name, if the table has it."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """Give the columns that identify a row without an id."""
        return tuple(c.name for c in self.columns if c.key)


@cache
def definitions() -> dict[str, TableDefinition]:
    """Read all table definitions, by name, in the order in which tables refer to others."""
    raw = tomllib.loads(files("kvgraph").joinpath("tables.toml").read_text("utf-8"))
    del raw["header"]
    return {name: _definition(name, table) for name, table in raw.items()}


def plain_header(text: str) -> str:
    """Give a header without what does not matter in it: case, spaces, hyphens, underscores.

    >>> plain_header("Status_as of ")
    'statusasof'
    """
    return "".join(c for c in text.casefold() if c not in " _-\u00a0")


@cache
def headers() -> dict[str, str]:
    """Give the column that each header (made plain) stands for, in en, fi and sv."""
    raw = _other_headers()
    own = {plain_header(c.name): c.name for d in definitions().values() for c in d.columns}
    others = {plain_header(word): name for name, words in raw.items() for word in words}
    return others | own


def header_in(name: str, lang: str) -> str:
    """Give the header of a column in a language.

    >>> header_in("receiver", "fi"), header_in("receiver", "en")
    ('saaja', 'receiver')
    """
    return name if lang == "en" else _other_headers()[name][("fi", "sv").index(lang)]


@cache
def _other_headers() -> dict[str, list[str]]:
    """Give the headers by which each column goes, beside its own name."""
    raw = tomllib.loads(files("kvgraph").joinpath("tables.toml").read_text("utf-8"))["header"]
    return {name: list(words) for name, words in raw.items()}


def _definition(name: str, raw: Mapping[str, Any]) -> TableDefinition:
    """Make a definition of its table in the file; a slip in the file stops the program."""
    columns = tuple(_column(name, c) for c in raw["columns"])
    return TableDefinition(
        name=name,
        kind=raw["kind"],
        rdf_class=raw.get("class", ""),
        class_by=raw.get("class_by", ""),
        classes=raw.get("classes", {}),
        classes_by_ref=raw.get("classes_by_ref", {}),
        class_if=raw.get("class_if", {}),
        one_of=tuple(raw.get("one_of", ())),
        parts=tuple(_part(part) for part in raw.get("parts", ())),
        help={lang: raw[lang] for lang in ("fi", "sv", "en")},
        columns=columns,
    )


def _part(raw: Mapping[str, Any]) -> Part:
    """Make a part of its entry in the file."""
    return Part(
        kind=raw["kind"],
        rdf_class=raw["class"],
        link=raw["link"],
        columns=tuple(raw["columns"]),
        copies=tuple(raw["copies"]),
        key=tuple(raw.get("key", ())),
        properties=raw.get("as", {}),
    )


def _column(table: str, raw: Mapping[str, Any]) -> Column:
    """Make a column of its entry in the file."""
    rest = dict(raw)
    help_texts = {lang: rest.pop(lang) for lang in ("fi", "sv", "en")}
    pattern = rest.pop("pattern", None)
    column = Column(
        help=help_texts,
        to=tuple(rest.pop("to", ())),
        pattern=re.compile(pattern) if pattern else None,
        **rest,
    )
    if column.type not in TYPES:
        raise ValueError(f"tables.toml: {table}.{column.name} has the unknown type {column.type}")
    return column
