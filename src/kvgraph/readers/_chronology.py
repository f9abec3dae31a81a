"""Dates told by other things: ``after:ID``, ``before:ID`` and ``during:ID`` become bounds.

A thing referred to keeps the dates that its own source gives; bounds go from it to what refers
to it, and on along the chain. Days are compared as reach compares them, the same day included:
what came after a seminar can have begun on its last day.

``after:X``   not before the day on which X can have ended at the earliest
``before:X``  not after the day on which X can have begun at the latest
``during:X``  not before X can have begun, not after X can have ended

Where a bound of X is unknown, none follows. An event without an end is over on the day, or in
the time, on which it began; a network, project or transfer without an end may be going on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from kvgraph import tables
from kvgraph.dates import show_day
from kvgraph.errors import Fault
from kvgraph.model import Moment, Package, Record, Relation
from kvgraph.namespaces import mint
from kvgraph.readers._references import Refused
from kvgraph.readers._rows import empty_between
from kvgraph.readers._spool import Spool

_MOST_CIRCLES: Final = 50
"""So many circles are told; with those mended the next ones are."""

DATED: Final = ("events", "transfers", "networks", "projects")
"""The tables whose rows a date may be told by."""

Thing = tuple[str, str]
"""A table and an id of it."""

Cells = Mapping[str, Moment]
"""The date cells of a row that tell its extent: ``start`` and ``end``, where filled."""

Known = Callable[[str, str], Cells | None]
"""Gives the extent of a thing that is in the store already, if it is."""


_UNKNOWN: Final = Moment("", None, None)


@dataclass(frozen=True, slots=True)
class _Bound:
    """A day, and the chain of statements by which it came about."""

    day: int | None = None
    chain: tuple[str, ...] = ()


def follow_dates(
    packages: Sequence[Package],
    known: Known = lambda _table, _id: None,
    refused: Refused = (),
    *,
    cascade: bool = False,
) -> tuple[list[Package], list[Fault]]:
    """Give the packages with every relative date bounded, and the faults among them.

    A date told by a row in ``refused`` is not at fault itself; with ``cascade``, where the good
    rows are kept, it is.

    A date that names nothing, several things or, by a chain, itself is a fault; so is one that
    is left without a day, which names the chain that leaves none.
    """
    relative = [
        record for package in packages for record in package.records if _cells(record, told=True)
    ]
    if not relative:
        return list(packages), []
    faults: list[Fault] = []
    wanted = {r.target for one in relative for m in _cells(one).values() for r in m.relations}
    rows = {
        (t, i): one for t, i, one in _rows(packages) if i in wanted or f"{_kind(t)}/{i}" in wanted
    }
    rows |= {(one.table, _name(one)): one for one in relative}
    targets = _Targets(rows, known)
    order, circles = _order(relative, targets, faults, refused, cascade=cascade)
    solved: dict[Thing, Record] = {}
    because: dict[tuple[Thing, str], tuple[_Bound, _Bound]] = {}
    for thing in order:
        record = rows[thing]
        if thing in circles:
            continue
        values = dict(record.values)
        for column, moment in _cells(record, told=True).items():
            low, high, relations = _bounds(thing, column, moment, targets, solved, because)
            because[thing, column] = (low, high)
            values[column] = Moment(moment.worded, low.day, high.day, relations)
            if low.day is not None and high.day is not None and low.day > high.day:
                faults.append(_no_day(record, column, moment.worded, low, high))
        solved[thing] = replace(record, values=values)
        faults += _reversed(thing, record, values, because)
    told = {(r.table, _name(r)) for r in relative}
    done = [
        replace(
            package,
            records=Spool(
                solved.get((r.table, _name(r)), r) if (r.table, _name(r)) in told else r
                for r in package.records
            ),
        )
        for package in packages
    ]
    return done, faults


class _Targets:
    """Finds what a relation names, among the rows that are read and what is known already."""

    def __init__(self, rows: Mapping[Thing, Record], known: Known) -> None:
        self._rows = rows
        self._known = known

    def find(self, target: str) -> list[Thing]:
        """Give the things that an id may mean; it may have its kind before it."""
        kind, _, rest = target.partition("/")
        found = []
        for table in DATED:
            for name in {target, rest if kind == _kind(table) else target}:
                if (table, name) in self._rows or self._known(table, name) is not None:
                    found.append((table, name))  # noqa: PERF401
        return sorted(set(found))

    def cells(self, thing: Thing, solved: Mapping[Thing, Record]) -> Cells:
        """Give the start and the end of a thing, as far as they are given or have followed."""
        record = solved.get(thing) or self._rows.get(thing)
        if record is None:
            return self._known(*thing) or {}
        return {c: m for c, m in _cells(record).items() if c in ("start", "end")}


def _bounds(
    thing: Thing,
    column: str,
    moment: Moment,
    targets: _Targets,
    solved: Mapping[Thing, Record],
    because: Mapping[tuple[Thing, str], tuple[_Bound, _Bound]],
) -> tuple[_Bound, _Bound, tuple[Relation, ...]]:
    """Give the bounds of one date cell, with their chains, and its relations with theirs."""
    own = f'{thing[1]} {column} "{moment.worded}"'
    date = tuple(word for word in moment.worded.split() if ":" not in word)
    said = (f'{thing[1]} {column} "{date[0]}"',) if date else (own,)
    low, high = _Bound(moment.earliest, said), _Bound(moment.latest, said)
    relations = []
    for relation in moment.relations:
        target = targets.find(relation.target)[0]
        cells = targets.cells(target, solved)
        step = f"{thing[1]} {column} {relation.word} {target[1]}"
        reached = partial(_reached, target, cells, because, step)
        lows: list[_Bound] = []
        highs: list[_Bound] = []
        if relation.word == "after":
            ends = reached(("end", "start"), "earliest")
            lows = [max(ends, key=lambda b: b.day or 0)] if ends else []
        elif relation.word == "before":
            starts = reached(("start", "end"), "latest")
            highs = [min(starts, key=lambda b: b.day or 0)] if starts else []
        else:
            lows = reached(("start",), "earliest")
            last = ("end",) if "end" in cells or target[0] != "events" else ("start",)
            highs = reached(last, "latest")
        first, last_day = (lows[0].day if lows else None), (highs[0].day if highs else None)
        iri = mint(_kind(target[0]), target[1])
        relations.append(replace(relation, target=iri, earliest=first, latest=last_day))
        for bound in lows:
            if low.day is None or (bound.day or 0) > low.day:
                low = bound
        for bound in highs:
            if high.day is None or (bound.day or 0) < high.day:
                high = bound
    return low, high, tuple(relations)


def _reached(
    target: Thing,
    cells: Cells,
    because: Mapping[tuple[Thing, str], tuple[_Bound, _Bound]],
    step: str,
    names: tuple[str, ...],
    side: str,
) -> list[_Bound]:
    """Give the bounds that cells of a thing have on a side, each with its chain."""
    found = []
    for name in names:
        cell = cells.get(name)
        day = None if cell is None else getattr(cell, side)
        if cell is not None and day is not None:
            chain = because.get((target, name))
            told: tuple[str, ...] = (f'{target[1]} {name} "{cell.worded}"',)
            if chain is not None:
                told = chain[side == "latest"].chain
            found.append(_Bound(day, (step, *told)))
    return found


def _order(
    relative: Sequence[Record],
    targets: _Targets,
    faults: list[Fault],
    refused: Refused,
    *,
    cascade: bool,
) -> tuple[list[Thing], set[Thing]]:
    """Order the rows with relative dates so that each comes after those that it names.

    Rows of which a date names nothing, several things, or itself by a chain are given too, as
    the second answer: nothing follows from them.
    """
    things = {(r.table, _name(r)): r for r in relative}
    graph: dict[Thing, set[Thing]] = {}
    wrong: set[Thing] = set()
    for thing, record in things.items():
        graph[thing] = set()
        for column, moment in _cells(record, told=True).items():
            for relation in moment.relations:
                found = targets.find(relation.target)
                if not found and not cascade and _was_refused(relation.target, refused):
                    wrong.add(thing)
                elif len(found) != 1:
                    faults.append(_not_one(record, column, relation, found))
                    wrong.add(thing)
                elif found[0] == thing:
                    faults.append(_circle(record, column, moment, [thing, thing]))
                    wrong.add(thing)
                elif found[0] in things:
                    graph[thing].add(found[0])
    for _ in range(_MOST_CIRCLES):
        try:
            order = list(TopologicalSorter(graph).static_order())
            break
        except CycleError as error:
            chain: list[Thing] = list(reversed(error.args[1]))
            record = things[chain[0]]
            column, moment = next(
                (c, m)
                for c, m in _cells(record, told=True).items()
                if any(chain[1] in targets.find(r.target) for r in m.relations)
            )
            faults.append(_circle(record, column, moment, chain))
            wrong |= set(chain)
            graph[chain[0]].discard(chain[1])
    else:
        return [], wrong
    # What rests on a wrong one is wrong too, but was not told: mending the one mends it.
    for thing in order:
        if graph[thing] & wrong:
            wrong.add(thing)
    return order, wrong


def _circle(record: Record, column: str, moment: Moment, chain: Sequence[Thing]) -> Fault:
    """Tell of a date that is told by itself, if by a chain."""
    names = " -> ".join(name for _, name in chain)
    return Fault(
        record.file, record.row, column, moment.worded,
        f"leads in a circle: {names}", "Give one of them a date of its own.",
    )  # fmt: skip


def _was_refused(target: str, refused: Refused) -> bool:
    """Tell whether a date may be told by a row that was refused, or by one of unknown id."""
    kind, _, rest = target.partition("/")
    return any(
        (table, name) in refused
        for table in DATED
        for name in (None, target, rest if kind == _kind(table) else target)
    )


def _not_one(record: Record, column: str, relation: Relation, found: list[Thing]) -> Fault:
    """Tell of a relation that names nothing, or several things."""
    value = f"{relation.word}:{relation.target}"
    if found:
        names = ", ".join(f"{_kind(table)}/{name}" for table, name in found)
        return Fault(
            record.file, record.row, column, value, f"names {len(found)} things",
            f"Say which: {names}.",
        )  # fmt: skip
    return Fault(
        record.file, record.row, column, value, f"names no id of {', '.join(DATED)}",
        "Give what it names a row, or write the date.",
    )  # fmt: skip


def _no_day(record: Record, column: str, worded: str, low: _Bound, high: _Bound) -> Fault:
    """Tell of a date that is left without a day, and by what chain."""
    return Fault(
        record.file, record.row, column, worded,
        f"is left without a day: not before {show_day(low.day)} ({'; '.join(low.chain)}), "
        f"not after {show_day(high.day)} ({'; '.join(high.chain)})",
        "One of these cannot be right.",
    )  # fmt: skip


def _reversed(
    thing: Thing,
    record: Record,
    values: Mapping[str, Any],
    because: Mapping[tuple[Thing, str], tuple[_Bound, _Bound]],
) -> Iterator[Fault]:
    """Tell of an end that, after all bounds have followed, lies before its start."""
    for first, last in (
        ("start", "end"), ("period_start", "period_end"), ("start", "status_as_of"),
    ):  # fmt: skip
        told = (thing, first) in because or (thing, last) in because
        start: Moment = values.get(first, _UNKNOWN)
        end: Moment = values.get(last, _UNKNOWN)
        before = (record.values.get(first), record.values.get(last))
        if not told or not empty_between(start, end) or empty_between(*before):
            continue
        if last == "status_as_of" and values.get("status") in ("planned", "visited"):
            continue
        plain = tuple(
            _Bound(getattr(m, side), (f'{thing[1]} {c} "{m.worded}"',))
            for m, c, side in ((start, first, "earliest"), (end, last, "latest"))
        )
        low = because.get((thing, first), plain)[0]
        high = because[thing, last][1] if (thing, last) in because else plain[1]
        yield _no_day(record, last, end.worded, low, high)


def _cells(record: Record, *, told: bool = False) -> dict[str, Moment]:
    """Give the date cells of a record; with ``told`` those alone that another thing tells."""
    return {
        name: value
        for name, value in record.values.items()
        if isinstance(value, Moment) and (value.relations or not told)
    }


def _rows(packages: Sequence[Package]) -> Iterator[tuple[str, str, Record]]:
    """Give the rows that a date may be told by, with table and id."""
    for package in packages:
        for record in package.records:
            if record.table in DATED:
                yield record.table, record.values["id"], record


def _name(record: Record) -> str:
    """Give the id of a row; one without an id, which no date can name, goes by its place."""
    return record.values.get("id") or f"{record.file}:{record.row}"


def _kind(table: str) -> str:
    """Give the kind of the things of a table, as their IRIs have it."""
    return tables.definitions()[table].kind
