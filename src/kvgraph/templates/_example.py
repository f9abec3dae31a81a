"""A small part of the shipped data, true and whole, as an example of filled tables.

It is picked anew each time, by the practice that it is about, so it is never older than the
data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kvgraph import tables
from kvgraph.errors import KvgraphError
from kvgraph.model import Moment, Package, Record
from kvgraph.tables import Column

PRACTICE: Final = "gp17-20"
"""An adaptation that one city has taken into use, one given up, and several worked on."""

PREFIX: Final = "ex-"
"""How the ids of the example begin, so that it can stand beside the data it was taken from."""

NEEDED: Final = "base"
"""The package whose ids the example names as they are."""

_RELATIVE: Final = re.compile(r"(?<=after:|uring:)\S+|(?<=before:)\S+")


@dataclass(frozen=True, slots=True)
class Example:
    """The rows of an example by table, each as text by column, and what the package says."""

    practice: str
    packages: tuple[str, ...]
    version: str
    licence: str
    citation: str
    rows: Mapping[str, Sequence[Mapping[str, str]]]


def pick_example(packages: Sequence[Package]) -> Example:
    """Pick the transfers of one practice, and all that they rest on, from the shipped packages.

    With a thing come the things that it names, and so on, but for those of the package
    ``base``. A row without an id, such as a membership, comes if all that it names is there.

    :raises KvgraphError: if the practice is not there, or the example lacks what it names.
    """
    found = _Finding(packages)
    for package in packages:
        for record in package.records:
            if record.table == "transfers" and PRACTICE in record.values["practice"]:
                found.take(record)
    if not found.taken:
        raise KvgraphError(
            f'the shipped data have no transfer of "{PRACTICE}", of which the example is made',
            hint="Install kvgraph again, or reclone it.",
        )
    found.take_links()
    origins = [p for p in packages if any(id(r) in found.taken for r in p.records)]
    rows: dict[str, list[dict[str, str]]] = {}
    for table in tables.definitions():
        for package in packages:
            for record in package.records:
                if record.table == table and id(record) in found.taken:
                    rows.setdefault(table, []).append(found.row(record))
    return Example(
        practice=found.records["practices", PRACTICE].values["name"],
        packages=tuple(p.name for p in origins),
        version=origins[0].version,
        licence=origins[0].licence,
        citation=" ".join(p.citation for p in origins),
        rows=rows,
    )


class _Finding:
    """The records of the packages by id, and those that were taken."""

    def __init__(self, packages: Sequence[Package]) -> None:
        self.records: dict[tuple[str, str], Record] = {}
        self.needed: set[tuple[str, str]] = set()
        self.taken: dict[int, Record] = {}
        self._links: list[Record] = []
        for package in packages:
            for record in package.records:
                identifier = record.values.get("id", "")
                if not identifier or not tables.definitions()[record.table].columns[0].required:
                    self._links.append(record)
                if identifier:
                    self.records[record.table, identifier] = record
                    if package.name == NEEDED:
                        self.needed.add((record.table, identifier))

    def take(self, record: Record) -> None:
        """Take a record and the things that it names, and so on."""
        if id(record) in self.taken:
            return
        self.taken[id(record)] = record
        for key in self._named(record):
            if key not in self.needed:
                self.take(self.records[key])

    def take_links(self) -> None:
        """Take the records that only link things which are there; their sources come with them."""
        here = {key for key, record in self.records.items() if id(record) in self.taken}
        for record in self._links:
            named = [key for key in self._named(record) if key[0] != "sources"]
            if set(named) <= here | self.needed and set(named) & here:
                self.take(record)

    def row(self, record: Record) -> dict[str, str]:
        """Give a record as it was typed, but for the ids."""
        definition = tables.definitions()[record.table]
        return {
            column.name: self._cell(record.values[column.name], column)
            for column in definition.columns
            if column.name in record.values
        }

    def _named(self, record: Record) -> Iterable[tuple[str, str]]:
        """Give table and id of each thing that a record names."""
        for column in tables.definitions()[record.table].columns:
            value = record.values.get(column.name)
            if column.type == "ref":
                for name in value or ():
                    yield next((t, name) for t in column.to if (t, name) in self.records)
            elif isinstance(value, Moment):
                for name in _RELATIVE.findall(value.worded):
                    yield next(key for key in self.records if key[1] == name)

    def _renamed(self, name: str, of: Iterable[str]) -> str:
        """Give the id of a thing in the example."""
        return name if any((table, name) in self.needed for table in of) else PREFIX + name

    def _cell(self, value: Any, column: Column) -> str:
        """Give a value as it was typed."""
        if column.type == "id":
            return PREFIX + str(value)
        if column.type == "ref":
            return ";".join(self._renamed(name, column.to) for name in value)
        if isinstance(value, Moment):
            return _RELATIVE.sub(lambda m: self._renamed(m[0], tables.definitions()), value.worded)
        if isinstance(value, date):
            return value.isoformat()
        return ";".join(value) if isinstance(value, tuple) else str(value)
