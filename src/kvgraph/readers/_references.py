"""Between rows and packages: ids that resolve, ids that stand once, chains without a circle."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Final

from kvgraph import tables
from kvgraph.errors import Fault
from kvgraph.model import Package, Record
from kvgraph.tables import Column

_ACYCLIC: Final = (("actors", "part_of"), ("practices", "derived_from"), ("networks", "succeeds"))
"""The references that may not lead back to where they began."""

_POOL: Final = 20_000
"""Among more ids than this a close one is not looked for: it would take a second a fault."""

_MOST_COMPARED: Final = 200_000
"""So many ids in all are held beside the unknown ones: some seconds, however many those are."""

_MOST_CIRCLES: Final = 20
"""So many circles are told of each reference; with those mended the next ones are."""

Place = tuple[str, int]
"""A file and a row of it."""

Refused = Collection[tuple[str, str | None]]
"""Table and id of each row that was refused; ``None`` where all ids of a table are unknown."""


def check_references(
    packages: Sequence[Package],
    refused: Refused = (),
    known: Mapping[str, Collection[str]] = {},
    *,
    cascade: bool = False,
) -> list[Fault]:
    """Find ids that resolve nowhere or stand twice, and references that lead in a circle.

    ``known`` holds by table the ids of what is there already. What refers to a row in
    ``refused`` is not at fault itself, since mending that row mends it; with ``cascade``,
    where the good rows are kept, it is.
    """
    faults: list[Fault] = []
    ids: dict[str, dict[str, Place]] = {}
    chains: dict[tuple[str, str], dict[str, tuple[Place, Sequence[str]]]] = {
        c: {} for c in _ACYCLIC
    }
    for package in packages:
        for record in package.records:
            identifier = record.values.get("id")
            if identifier is None:
                continue
            place = (record.file, record.row)
            first = ids.setdefault(record.table, {}).setdefault(identifier, place)
            if first != place:
                problem = f"stands already in {first[0]}:{first[1]}"
                hint = "An id is given once over all packages."
                faults.append(Fault(*place, "id", identifier, problem, hint))
                continue
            if identifier in known.get(record.table, ()):
                problem = "is the id of something that the store holds already"
                hint = "If this is a later state of that package, give it its name: --name."
                faults.append(Fault(*place, "id", identifier, problem, hint))
            for (table, name), chain in chains.items():
                if table == record.table and name in record.values:
                    chain[identifier] = (place, record.values[name])
    references = {
        name: [column for column in definition.columns if column.type == "ref"]
        for name, definition in tables.definitions().items()
    }
    nearby = _Close(ids, known)
    for package in packages:
        for record in package.records:
            for column in references[record.table]:
                if column.name in record.values:
                    faults += _unresolved(record, column, ids, refused, known, cascade, nearby)
    for (table, name), chain in chains.items():
        faults += _circles(table, name, chain)
    return faults


class _Close:
    """Finds ids that an unknown one may mean, as long as that does not take too long in all."""

    def __init__(
        self, ids: Mapping[str, Mapping[str, Place]], known: Mapping[str, Collection[str]]
    ) -> None:
        self._ids = ids
        self._known = known
        self._pools: dict[tuple[str, ...], list[str]] = {}
        self._found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self._left = _MOST_COMPARED

    def find(self, value: str, to: tuple[str, ...]) -> list[str]:
        """Give the ids of these tables that are closest to a value."""
        if to not in self._pools:
            maps = (self._ids, self._known)
            self._pools[to] = [i for table in to for m in maps for i in m.get(table, ())]
        pool = self._pools[to]
        if (value, to) not in self._found and len(pool) < min(_POOL, self._left):
            self._left -= len(pool)
            same = [i for i in pool if i.casefold() == value.casefold()]
            self._found[value, to] = same or difflib.get_close_matches(value, pool, 3, 0.7)
        return self._found.get((value, to), [])

    def hint(self, value: str, column: Column) -> str:
        """Tell what may be meant by a value that no table of a column holds as an id."""
        elsewhere = [table for table in self._ids if self._has(table, value)]
        if elsewhere:
            return f"It is an id of {elsewhere[0]}: is it in the wrong column?"
        if close := self.find(value, column.to):
            return f"Close to it: {', '.join(close)}."
        parts = [part.strip() for part in value.split(",")]
        if len(parts) > 1 and any(self._has(t, p) for t in column.to for p in parts):
            return (
                "Part several ids with a semicolon."
                if column.many
                else "One id has its place here: give the others rows of their own."
            )
        return f"Give it a row in {column.to[0]}."

    def _has(self, table: str, value: str) -> bool:
        """Tell whether a table has this id."""
        return value in self._ids.get(table, ()) or value in self._known.get(table, ())


def _unresolved(
    record: Record,
    column: Column,
    ids: Mapping[str, Mapping[str, Place]],
    refused: Refused,
    known: Mapping[str, Collection[str]],
    cascade: bool,
    nearby: _Close,
) -> Iterable[Fault]:
    """Give a fault for each value of a reference that no table holds as an id."""
    for value in record.values[column.name]:
        if value in ids.get(column.to[0], ()):
            continue
        if any(value in ids.get(table, ()) or value in known.get(table, ()) for table in column.to):
            continue
        if any((table, i) in refused for table in column.to for i in (value, None)):
            if cascade:
                problem = "names a row that was refused"
                hint = f"Mend the row of {value}, which is named above."
                yield Fault(record.file, record.row, column.name, value, problem, hint)
            continue
        problem = f"is not an id of {' or '.join(column.to)}"
        hint = nearby.hint(value, column)
        yield Fault(record.file, record.row, column.name, value, problem, hint)


def _circles(
    table: str, column: str, chain: Mapping[str, tuple[Place, Sequence[str]]]
) -> Iterable[Fault]:
    """Give a fault for each chain of references that comes back to its beginning."""
    graph = {i: [v for v in values if v in chain] for i, (_, values) in chain.items()}
    for _ in range(_MOST_CIRCLES):
        try:
            TopologicalSorter(graph).prepare()
            return
        except CycleError as error:
            found: list[str] = list(reversed(error.args[1]))
        # Told from the first of them by its name, however the search came upon the circle.
        first = found.index(min(found))
        found = [*found[first:-1], *found[: first + 1]]
        problem = f"leads in a circle: {' -> '.join(found)}"
        hint = f"Remove one of these {column} in {table}."
        yield Fault(*chain[found[0]][0], column, found[1], problem, hint)
        graph[found[0]] = [v for v in graph[found[0]] if v != found[1]]
