"""A second, slow and readable implementation of reach, straight from the design's words.

Sets, dictionaries and enumeration; nothing of ``kvgraph.flows`` or ``kvgraph.analysis`` is
used, and packages are read from their csv files as plain text. What the tests compare are
two programs that share nothing but the definitions:

- :class:`Event`, :func:`package_events` - what counts as having moved, and when
- :func:`labels`, :func:`reach` - possible and certain labels to a fixpoint, and witnesses
- :func:`simple_paths` - all simple paths, and what each of them proves
- :func:`over_all_worlds` - every world one by one

Days are integers; an open side is minus or plus infinity, which also stands for "from the
beginning".
"""

from __future__ import annotations

import calendar
import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from math import inf
from pathlib import Path

Day = float
"""A whole number of days, or an infinity."""

State = tuple[str, str]
"""A practice and an actor that holds it."""


@dataclass(frozen=True)
class Event:
    """A transfer that takes part: who gave what to whom, within which days, proven or not."""

    id: str
    practice: str
    giver: str
    receiver: str
    lo: Day
    hi: Day
    proven: bool = True

    @property
    def tail(self) -> State:
        return self.practice, self.giver

    @property
    def head(self) -> State:
        return self.practice, self.receiver


@dataclass(frozen=True)
class Adaptation:
    """``child`` was adapted from ``parent`` by its origin, at some day of the interval."""

    parent: str
    child: str
    origin: str
    earliest: Day = -inf
    latest: Day = inf


@dataclass(frozen=True)
class World:
    """Everything a question of reach is asked of."""

    events: tuple[Event, ...]
    adaptations: tuple[Adaptation, ...] = ()
    strict: bool = False

    def crossings(self, start: State) -> list[Adaptation]:
        """Give the adaptations whose origin received the parent, the oldest line first.

        The origin is a receiver of the parent where a transfer that takes part says so.
        """
        received = {e.head for e in self.events}
        known = [a for a in self.adaptations if (a.parent, a.origin) in received]
        order = {p: i for i, p in enumerate(line(start[0], known))}
        return sorted((a for a in known if a.parent in order), key=lambda a: order[a.parent])


def line(practice: str, adaptations: Iterable[Adaptation]) -> list[str]:
    """Give a practice and its descendants, each after everything it was adapted from."""
    known = list(adaptations)
    found = {practice}
    while True:
        more = {a.child for a in known if a.parent in found} - found
        if not more:
            break
        found |= more
    order: list[str] = []
    while found - set(order):
        for p in sorted(found - set(order)):
            parents = {a.parent for a in known if a.child == p} & found
            if parents <= set(order):
                order.append(p)
                break
        else:
            raise ValueError("lineage leads in a circle")
    return order


# --- labels ---------------------------------------------------------------------------------


def arrival_at_best(event: Event, held: Day, strict: bool) -> Day | None:
    """Give max(lo, E(u)), strict max(lo, E(u) + 1), if that is not after hi."""
    day = max(event.lo, held + 1 if strict else held)
    return day if day <= event.hi else None


def arrival_at_worst(event: Event, held: Day, strict: bool) -> Day | None:
    """Give hi, if the event is proven and its giver is certain to have held it by then.

    Who holds a practice from the beginning does so before any day, an open one too.
    """
    early = held == -inf or (held < event.lo if strict else held <= event.lo)
    return event.hi if event.proven and early else None


def crossed_at_best(a: Adaptation, held: Day) -> Day | None:
    """Give max(E(v, p), earliest origin); after the latest origin the data contradict."""
    return max(held, a.earliest) if held <= a.latest else None


def crossed_at_worst(a: Adaptation, held: Day) -> Day:
    """Give the latest origin where it is dated, else the parent's own worst day.

    An origin that is bounded to the past alone cannot be earlier than that bound.
    """
    return a.latest if a.latest < inf else max(held, a.earliest)


@dataclass
class Labels:
    """The tight bounds of arrival: ``best`` (possible) and ``worst`` (certain) by state."""

    best: dict[State, Day] = field(default_factory=dict)
    worst: dict[State, Day] = field(default_factory=dict)
    crossings: list[Adaptation] = field(default_factory=list)
    contradictions: list[Adaptation] = field(default_factory=list)


def labels(world: World, source: State, start: tuple[Day, Day] = (-inf, -inf)) -> Labels:
    """Settle all labels from one state by going over the events until nothing changes."""
    found = Labels({source: start[0]}, {source: start[1]})
    crossings = world.crossings(source)
    for practice in line(source[0], crossings):
        events = [e for e in world.events if e.practice == practice]
        changed = True
        while changed:
            changed = False
            for e in events:
                for label, arrive in (
                    (found.best, arrival_at_best),
                    (found.worst, arrival_at_worst),
                ):
                    if e.tail in label:
                        day = arrive(e, label[e.tail], world.strict)
                        if day is not None and (e.head not in label or day < label[e.head]):
                            label[e.head] = day
                            changed = True
        for a in crossings:
            if a.parent != practice or (practice, a.origin) not in found.best:
                continue
            tail, head = (practice, a.origin), (a.child, a.origin)
            best = crossed_at_best(a, found.best[tail])
            if best is None:
                found.contradictions.append(a)
                continue
            found.crossings.append(a)
            found.best[head] = min(best, found.best.get(head, inf))
            if tail in found.worst:
                worst = crossed_at_worst(a, found.worst[tail])
                found.worst[head] = min(worst, found.worst.get(head, inf))
    return found


# --- walks ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Walk:
    """A way from a source: the events, how many adaptations, where it ends and when."""

    events: tuple[Event, ...]
    adaptations: int
    end: State
    arrival: Day
    states: tuple[State, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(e.id for e in self.events)


def walks(
    world: World,
    found: Labels,
    source: State,
    start: Day,
    hops: int,
    *,
    sure: bool,
    simple: bool = False,
) -> Iterator[Walk]:
    """Give every walk of exactly so many hops that is possible (or certain) by itself.

    Its running day decides, not the pairwise order of its events. ``simple`` walks come to
    no state twice.
    """
    by_tail: dict[State, list[Event]] = {}
    for e in world.events:
        by_tail.setdefault(e.tail, []).append(e)

    def grown(walk: Walk) -> Iterator[Walk]:
        yield walk
        for a in found.crossings:
            if (a.parent, a.origin) == walk.end:
                cross = crossed_at_worst if sure else crossed_at_best
                day, head = cross(a, walk.arrival), (a.child, a.origin)
                if day is not None:
                    yield from grown(
                        Walk(walk.events, walk.adaptations + 1, head, day, (*walk.states, head))
                    )

    layer = list(grown(Walk((), 0, source, start, (source,))))
    for _ in range(hops):
        after: list[Walk] = []
        for walk in layer:
            for e in by_tail.get(walk.end, ()):
                arrive = arrival_at_worst if sure else arrival_at_best
                day = arrive(e, walk.arrival, world.strict)
                if day is None or (simple and e.head in walk.states):
                    continue
                after += grown(
                    Walk((*walk.events, e), walk.adaptations, e.head, day, (*walk.states, e.head))
                )
        layer = after
    for walk in layer:
        if not simple or len(set(walk.states)) == len(walk.states):
            yield walk


@dataclass(frozen=True)
class Reached:
    """One row of an answer."""

    source_practice: str
    practice: str
    actor: str
    reach: str
    best: Day
    worst: Day | None
    hops: int
    adaptations: int
    transfers: tuple[str, ...]


def witness(
    world: World, found: Labels, source: State, target: State, start: tuple[Day, Day]
) -> Walk:
    """Give, of all walks that attain the target's label, the one with the fewest hops.

    Of several the one with the smallest ids, and of those the fewest adaptations.
    """
    sure = target in found.worst
    label = found.worst[target] if sure else found.best[target]
    for hops in range(len(world.events) + 1):
        ways = [
            w
            for w in walks(world, found, source, start[1] if sure else start[0], hops, sure=sure)
            if w.end == target and w.arrival == label
        ]
        if ways:
            return min(ways, key=lambda w: (w.ids, w.adaptations))
    raise AssertionError(f"no walk attains the label of {target}")


def reach(world: World, source: State, start: tuple[Day, Day] = (-inf, -inf)) -> list[Reached]:
    """Give a row for every state reached from one state; the source itself is no row."""
    found = labels(world, source, start)
    rows = []
    for target in sorted(found.best):
        if target[1] == source[1]:
            continue
        sure = target in found.worst
        walk = witness(world, found, source, target, start)
        rows.append(
            Reached(
                source[0],
                *target,
                "certain" if sure else "possible",
                found.best[target],
                found.worst[target] if sure else None,
                len(walk.events),
                walk.adaptations,
                walk.ids,
            )
        )
    return rows


def given_by(world: World, giver: str) -> list[State]:
    """Give the states that an actor gave something from."""
    return sorted({e.tail for e in world.events if e.giver == giver})


@dataclass(frozen=True)
class Route:
    """One simple path with what it proves."""

    certain: bool
    best: Day
    worst: Day | None
    adaptations: int
    ids: tuple[str, ...]
    source_practice: str
    practice: str


def simple_paths(
    world: World, source: State, targets: Iterable[State], start: tuple[Day, Day] = (-inf, -inf)
) -> list[Route]:
    """Give every simple path to the targets: those that are possible or certain by themselves.

    Certain before possible, then fewest hops, then the earliest arrival (of a certain path
    the day by which it has arrived in every world), then the smallest ids.
    """
    found = labels(world, source, start)
    wanted = set(targets)
    paths: dict[tuple[tuple[str, ...], State], Route] = {}
    for hops in range(1, len(world.events) + 1):
        for sure in (True, False):
            begun = start[1] if sure else start[0]
            for w in walks(world, found, source, begun, hops, sure=sure, simple=True):
                key = (tuple(map(repr, w.events)), w.end)
                if w.end not in wanted or key in paths:
                    continue
                paths[key] = Route(
                    sure,
                    running_day(world, found, w, source, start[0]) if sure else w.arrival,
                    w.arrival if sure else None,
                    w.adaptations,
                    w.ids,
                    source[0],
                    w.end[0],
                )

    def order(p: Route) -> tuple[object, ...]:
        arrival = p.best if p.worst is None else p.worst
        return not p.certain, len(p.ids), arrival, p.ids, p.source_practice, p.practice

    return sorted(paths.values(), key=order)


def running_day(world: World, found: Labels, walk: Walk, source: State, start: Day) -> Day:
    """Give the first day on which a certain path can have arrived.

    Where its parent came only after the latest origin of the child - another way must have
    been faster, else the data contradict themselves - the child was there by its origin.
    """
    day, here = start, source
    for e, state in zip((*walk.events, None), _stops(walk, source), strict=True):
        if state != here:
            for a in _between(found, here, state):
                day = max(min(day, a.latest), a.earliest)
        if e is not None:
            arrival = arrival_at_best(e, day, world.strict)
            assert arrival is not None
            day, here = arrival, e.head
    return day


def _stops(walk: Walk, source: State) -> list[State]:
    """Give the state from which each event of a walk goes out, and the state it ends in."""
    return [*(e.tail for e in walk.events), walk.end] if walk.events else [source]


def _between(found: Labels, here: State, there: State) -> list[Adaptation]:
    """Give the shortest chain of adaptations between two states of one actor."""
    layer: list[tuple[State, list[Adaptation]]] = [(here, [])]
    while layer:
        for state, chain in layer:
            if state == there:
                return chain
        layer = [
            ((a.child, a.origin), [*chain, a])
            for state, chain in layer
            for a in found.crossings
            if (a.parent, a.origin) == state
        ]
    raise AssertionError("a walk crosses where nothing was adapted")


# --- every world ----------------------------------------------------------------------------


@dataclass(frozen=True)
class InAllWorlds:
    """What all worlds together say of a state."""

    worlds: int
    reached: int
    best: Day
    worst: Day


def over_all_worlds(
    world: World, source: State, start: tuple[int, int] | None = None
) -> dict[State, InAllWorlds]:
    """Go through every world: each proven event one day, each other one a day or never.

    All bounds must be finite. An adaptation begins on a day of its own interval (its ends are
    enough, as nothing but the earliest and the latest arrival is asked for), and with it the
    child is there: when the parent has come, or at the latest origin if the parent is late -
    the origin is documented, so it is not doubted. An adaptation whose parent cannot have
    come before the latest origin contradicts itself and is not crossed.
    """
    crossings = world.crossings(source)
    kept = [e for e in world.events if e.practice in line(source[0], crossings)]
    choices: list[Sequence[Day]] = [
        [*range(int(e.lo), int(e.hi) + 1), *(() if e.proven else (inf,))] for e in kept
    ]
    ends = [sorted({a.earliest, a.latest}) if a.latest < inf else [a.earliest] for a in crossings]
    starts: Sequence[Day] = [-inf] if start is None else range(start[0], start[1] + 1)
    every = [
        (s, days, origins)
        for s in starts
        for days in product(*choices)
        for origins in product(*ends)
    ]
    held: list[dict[State, Day]] = [{source: s} for s, _, _ in every]
    for practice in line(source[0], crossings):
        events = [i for i, e in enumerate(kept) if e.practice == practice]
        for (_, days, _), label in zip(every, held, strict=True):
            _spread_points([(kept[i], days[i]) for i in events], label, world.strict)
        for i, a in enumerate(crossings):
            tail = (practice, a.origin)
            arrivals = [label[tail] for label in held if tail in label]
            if a.parent != practice or not arrivals or min(arrivals) > a.latest:
                continue
            for (_, _, origins), label in zip(every, held, strict=True):
                if tail in label:
                    day = max(origins[i], min(label[tail], a.latest))
                    head = (a.child, a.origin)
                    label[head] = min(day, label.get(head, inf))
    states = {state for label in held for state in label}
    return {
        s: InAllWorlds(
            len(every),
            sum(s in label for label in held),
            min(label[s] for label in held if s in label),
            max(label[s] for label in held if s in label),
        )
        for s in states
    }


def _spread_points(events: list[tuple[Event, Day]], label: dict[State, Day], strict: bool) -> None:
    """Settle the earliest arrivals of one world, in which every event has its day."""
    changed = True
    while changed:
        changed = False
        for e, day in events:
            if day == inf or e.tail not in label:
                continue
            early = label[e.tail] < day if strict else label[e.tail] <= day
            if early and day < label.get(e.head, inf):
                label[e.head] = day
                changed = True


# --- packages -------------------------------------------------------------------------------

STAGES = ("visited", "piloted", "adopted", "embedded", "mainstreamed")
RANK = {
    "planned": 0,
    "visited": 1, "in progress": 1, "outcome unknown": 1,
    "piloted": 2,
    "adopted": 3, "adapted": 3,
    "embedded": 4,
    "mainstreamed": 5,
}  # fmt: skip
"""The ranks of the design; abandoned and refused have none."""
CERTAINTY = {"": 0, "low": 1, "medium": 2, "high": 3}


def bounds(text: str) -> tuple[Day, Day]:
    """Give the earliest and latest day of a date as the packages write it; open if empty."""
    if text in ("", ".."):
        return -inf, inf
    if "/" in text:
        first, last = text.split("/")
        return bounds(first)[0], bounds(last)[1]
    assert text[-1] not in "~%", "approximate dates are tested elsewhere"
    year, month, day = (*text.rstrip("?").split("-"), "XX", "XX")[:3]
    low, high = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if month == "XX":
        return date(low, 1, 1).toordinal(), date(high, 12, 31).toordinal()
    if day == "XX":
        last_day = calendar.monthrange(low, int(month))[1]
        first_of = date(low, int(month), 1).toordinal()
        return first_of, first_of + last_day - 1
    exact = date(low, int(month), int(day)).toordinal()
    return exact, exact


Rows = list[dict[str, str]]


def read_tables(folders: Iterable[Path]) -> dict[str, Rows]:
    """Give the rows of each table over several package folders."""
    found: dict[str, Rows] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                found.setdefault(path.stem, []).extend(
                    {k: (v or "").strip() for k, v in row.items()} for row in csv.DictReader(file)
                )
    return found


def several(text: str) -> list[str]:
    """Split a cell that holds several values."""
    return [part.strip() for part in text.split(";") if part.strip()]


def adaptations_of(tables: Mapping[str, Rows]) -> tuple[Adaptation, ...]:
    """Give the documented adaptations that have an origin."""
    return tuple(
        Adaptation(parent, row["id"], row["origin"], *bounds(row.get("origin_date", "")))
        for row in tables["practices"]
        for parent in several(row.get("derived_from", ""))
        if row.get("origin")
    )


@dataclass
class Counted:
    """The transfers of a package for one question: those that take part, and the others."""

    events: list[Event] = field(default_factory=list)
    left_out: dict[str, dict[str, int]] = field(default_factory=dict)
    undated: dict[str, int] = field(default_factory=dict)

    def out(self, reason: str, practice: str, first: bool = True) -> None:
        """Count one left out; a transfer to several receivers with its first receiver."""
        if not first:
            return
        by_practice = self.left_out.setdefault(reason, {})
        by_practice[practice] = by_practice.get(practice, 0) + 1


def package_events(
    tables: Mapping[str, Rows],
    *,
    stage: str = "adopted",
    horizon: Day = inf,
    with_planned: bool = False,
    with_abandoned: bool = False,
    with_exposure: bool = False,
    min_certainty: str = "",
) -> Counted:
    """Tell what counts as having moved, and within which days, clause by clause."""
    wanted = STAGES.index(stage) + 1
    origin = {r["id"]: bounds(r.get("origin_date", ""))[0] for r in tables["practices"]}
    attained: dict[str, list[tuple[int, Day]]] = {}
    for row in tables.get("attainments", ()):
        told_by = bounds(row.get("date", ""))[1]
        attained.setdefault(row["transfer"], []).append((RANK[row["stage"]], told_by))
    counted = Counted()
    for row in tables["transfers"]:
        start, end = bounds(row.get("start", "")), bounds(row.get("end", ""))
        as_of = bounds(row.get("status_as_of", ""))
        status = row["status"].replace("_", " ")
        rank = RANK.get(status)
        if rank is not None and as_of[1] < start[0]:
            rank = 0  # told of before it began: a plan
        reached = [day for r, day in attained.get(row["id"], ()) if r >= wanted]
        by_status = rank is not None and rank >= wanted
        proven = by_status or bool(reached)
        lo = start[0] if start[0] > -inf else origin[row["practice"]]
        hi = horizon
        told: Day = inf
        if proven:
            told = min([end[1], *reached, *([as_of[1]] if by_status else [])])
            hi = told if told < inf else horizon
        for receiver in several(row["receiver"]):
            practice = row["practice"]
            # A transfer to several receivers is counted once.
            first = receiver == several(row["receiver"])[0]
            if first and not row.get("start", "") and not row.get("end", ""):
                counted.undated[practice] = counted.undated.get(practice, 0) + 1
            if not proven and rank == 0 and not with_planned:
                counted.out("planned", practice, first)
            elif not proven and rank is None and not with_abandoned:
                counted.out(status, practice, first)
            elif min_certainty and CERTAINTY[row.get("certainty", "")] < CERTAINTY[min_certainty]:
                counted.out("certainty", practice, first)
            elif lo > hi:
                late = not proven or told == inf
                counted.out("after_horizon" if late else "contradicted", practice, first)
            else:
                counted.events.append(
                    Event(row["id"], practice, row["giver"], receiver, lo, hi, proven)
                )
    if with_exposure:
        assert stage == "visited"
        for event in _exposures(tables, horizon):
            if min_certainty:
                counted.out("certainty", event.practice)
            elif event.lo <= event.hi:
                counted.events.append(event)
            else:
                counted.out("after_horizon", event.practice)
    return counted


def _exposures(tables: Mapping[str, Rows], horizon: Day) -> Iterator[Event]:
    """Give who met which practice at an event with a host or in a network with a giver."""
    for row in tables.get("participations", ()):
        event = next(e for e in tables["events"] if e["id"] == row["event"])
        host = event.get("host", "")
        start, end = bounds(event.get("start", "")), bounds(event.get("end", ""))
        latest = min(end[1], start[1]) if end[1] == inf else end[1]
        for practice in several(event.get("practice", "")):
            if host and host != row["actor"]:
                hi = horizon if latest == inf else latest
                yield Event(f"{row['event']}*", practice, host, row["actor"], start[0], hi)
    members = tables.get("memberships", ())
    for row in members:
        network = next((n for n in tables["networks"] if n["id"] == row["network"]), None)
        if network is None or row.get("role") != "receiver":
            continue
        start, end = bounds(row.get("start", "")), bounds(row.get("end", ""))
        givers = {
            m["actor"] for m in members
            if m["network"] == row["network"] and m.get("role") == "giver"
        }  # fmt: skip
        for practice in several(network.get("practice", "")):
            for giver in sorted(givers - {row["actor"]}):
                hi = horizon if end[1] == inf else end[1]
                yield Event(f"{row['network']}*", practice, giver, row["actor"], start[0], hi)
