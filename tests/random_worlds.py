"""Small random instances for the tests of reach and paths, and their way into flows.

An instance is a :class:`slow_reach.World`; :func:`flows_of` gives the same as
:class:`kvgraph.flows.Flows`, as a numeric table, so that answers are plain numbers.
"""

from __future__ import annotations

import os
from dataclasses import replace
from math import inf
from typing import Any, Final

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from kvgraph.analysis.reach import Question, reach
from kvgraph.flows import HIGH, IN, LOW, Flows, Lineage, Transfers
from slow_reach import Adaptation, Day, Event, Reached, World, line

_TIMES: Final = int(os.environ.get("KVGRAPH_EXAMPLES", "1"))


def looked_at(examples: int) -> settings:
    """Give settings for so many examples: the same ones in every run.

    With KVGRAPH_EXAMPLES=20 in the environment it is twenty times as many, and new ones.
    """
    return settings(
        max_examples=examples * _TIMES,
        deadline=None,
        derandomize=_TIMES == 1,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


ACTORS = ("a", "b", "c", "d", "e")
PRACTICES = ("p", "q", "r")


@st.composite
def intervals(
    draw: st.DrawFn, *, points: bool = False, open_bounds: bool = False, last: int = 5
) -> tuple[Day, Day]:
    """Give an interval of a few days; now and then a side of it is open."""
    lo = draw(st.integers(0, last))
    hi = lo if points else lo + draw(st.sampled_from((0, 0, 1, 2)))
    sides = draw(st.sampled_from(("", "", "", "<", ">", "<>"))) if open_bounds else ""
    return (-inf if "<" in sides else lo), (inf if ">" in sides else hi)


@st.composite
def events(
    draw: st.DrawFn,
    *,
    most: int = 5,
    actors: int = 4,
    practices: int = 3,
    points: bool = False,
    unproven: bool = True,
    open_bounds: bool = False,
) -> tuple[Event, ...]:
    """Give transfers; one with two receivers is two events of one id."""
    found: list[Event] = []
    numbers = draw(st.permutations(range(most)))
    for number in numbers[: draw(st.integers(1, most))]:
        practice = draw(st.sampled_from(PRACTICES[:practices]))
        pair = draw(st.permutations(ACTORS[:actors]))
        lo, hi = draw(intervals(points=points, open_bounds=open_bounds))
        proven = not unproven or draw(st.sampled_from((True, True, False)))
        receivers = (
            pair[1:3] if len(found) + 1 < most and draw(st.integers(0, 7)) == 0 else (pair[1:2])
        )
        found += [Event(f"t{number}", practice, pair[0], v, lo, hi, proven) for v in receivers]
    return tuple(found[:most])


@st.composite
def adaptations(draw: st.DrawFn, actors: int = 4) -> tuple[Adaptation, ...]:
    """Give a lineage without cycles: undated, dated, half dated, some against the events."""
    found: list[Adaptation] = []
    for parent, child in (("p", "q"), ("q", "r"), ("p", "r")):
        if draw(st.sampled_from((True, True, False))):
            origin = draw(st.sampled_from(ACTORS[:actors]))
            # A practice has one origin and one origin date, however many it was made from.
            for other in found:
                if other.child == child:
                    found.append(replace(other, parent=parent))
                    break
            else:
                kind = draw(st.sampled_from(("undated", "dated", "dated", "from", "until")))
                day = draw(st.integers(0, 7))
                length = draw(st.sampled_from((0, 0, 1, 3)))
                earliest = -inf if kind in ("undated", "until") else day
                latest = inf if kind in ("undated", "from") else day + length
                found.append(Adaptation(parent, child, origin, earliest, latest))
    return tuple(found)


@st.composite
def worlds(draw: st.DrawFn, /, *, lineage: bool = True, **of_events: Any) -> World:
    """Give an instance: transfers, lineage, and one of the two rules."""
    found = draw(events(**of_events))
    actors = of_events.get("actors", 4)
    known = draw(adaptations(actors)) if lineage else ()
    return World(found, known, draw(st.booleans()))


def flows_of(world: World) -> Flows:
    """Give an instance as flows: the same days, whatever has no bound open."""
    practices = sorted({e.practice for e in world.events} | _named(world))
    actors = sorted({e.giver for e in world.events} | {e.receiver for e in world.events}
                    | {a.origin for a in world.adaptations})  # fmt: skip
    n = len(world.events)
    p_of, a_of = practices.index, actors.index
    lo = np.array([_low(e.lo) for e in world.events], dtype=np.int64)
    hi = np.array([_high(e.hi) for e in world.events], dtype=np.int64)
    nothing = np.zeros(n, dtype=np.int32)
    transfers = Transfers(
        practices=tuple(practices),
        actors=tuple(actors),
        ids=tuple(e.id for e in world.events),
        practice=np.array([p_of(e.practice) for e in world.events], dtype=np.int32),
        giver=np.array([a_of(e.giver) for e in world.events], dtype=np.int32),
        receiver=np.array([a_of(e.receiver) for e in world.events], dtype=np.int32),
        begin=lo,
        end=hi,
        told=np.full(n, HIGH, dtype=np.int64),
        rank=nothing,
        certainty=nothing,
        exposure=np.zeros(n, dtype=bool),
        origin=np.full(len(practices), LOW, dtype=np.int64),
        lineage=tuple(
            Lineage(
                p_of(a.parent), p_of(a.child), a_of(a.origin), _low(a.earliest), _high(a.latest)
            )
            for a in world.adaptations
        ),
        staged=False,
        numeric=True,
    )
    proven = np.array([e.proven for e in world.events], dtype=bool)
    return Flows(transfers, lo, hi, proven, np.full(n, IN, dtype=np.int8), None, None)


def answered(world: World, **asked: Any) -> list[Reached]:
    """Give the rows of kvgraph's reach in the shape of the slow one."""
    table = reach(flows_of(world), Question(strict=world.strict, **asked))
    rows = []
    for r in table.records():
        best, worst = r["best_arrival"], r["worst_arrival"]
        assert best is None or isinstance(best, int)
        assert worst is None or isinstance(worst, int)
        sure = r["reach"] == "certain"
        rows.append(
            Reached(
                str(r["source_practice"]),
                str(r["practice"]),
                str(r["actor"]),
                str(r["reach"]),
                -inf if best is None else best,
                (inf if worst is None else worst) if sure else None,
                int(str(r["hops"])),
                int(str(r["adaptations"])),
                r["transfers"] if isinstance(r["transfers"], tuple) else (),
            )
        )
        assert sure or worst is None
    return sorted(rows, key=lambda r: (r.source_practice, r.practice, r.actor))


def closed(world: World) -> World:
    """Put days in the place of open bounds that lie far enough from all others.

    Far enough: with each of the events there is a day more before the first and after the
    last day that anything is dated with.
    """
    room = len(world.events) + 1
    days = [d for e in world.events for d in (e.lo, e.hi)]
    days += [d for a in world.adaptations for d in (a.earliest, a.latest)]
    known = [d for d in days if abs(d) < inf] or [0]
    first, last = min(known) - room, max(known) + room
    return replace(
        world,
        events=tuple(
            replace(e, lo=first if e.lo == -inf else e.lo, hi=last if e.hi == inf else e.hi)
            for e in world.events
        ),
    )


def number_of_worlds(world: World) -> int:
    """Give how many worlds an instance without open bounds has."""
    total = 1
    for e in world.events:
        total *= int(e.hi - e.lo) + 1 + (not e.proven)
    return total


def descendants(world: World, practice: str) -> list[str]:
    """Give a practice and whatever descends from it by the lineage of an instance."""
    return line(practice, world.adaptations)


def _named(world: World) -> set[str]:
    return {p for a in world.adaptations for p in (a.parent, a.child)}


def _low(day: Day) -> int:
    return LOW if day == -inf else int(day)


def _high(day: Day) -> int:
    return HIGH if day == inf else int(day)
