"""The shortest paths along which something can have gone in time, and who lies on them.

A *state* is an actor at a running day: the earliest on which it can have been come to by so
many hops in so far. From each source states are found layer by layer of hops. One is of no use
if its actor had been come to by fewer hops at a day no later: whatever goes on from it goes on
from there in fewer. So a state has one number of hops, and all ways through the states to those
where an actor is first come to are the paths of fewest hops; none comes to an actor twice.
Dependencies are added up backwards (Brandes 2001; on temporal graphs Buß et al. 2020).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kvgraph.analysis._arcs import by_id
from kvgraph.analysis._clock import clock_of
from kvgraph.material import Tie, span

Arc = tuple[int, float, float, int]
"""To which actor, from when to when, and the number of the arc."""

_EVER: Final = -math.inf


@dataclass(frozen=True, slots=True)
class Line:
    """One practice: its actors, and the arcs out of each, those that can be latest first.

    An arc is what goes from one actor to another within the same times, however many ties say
    so; ``ids`` are theirs, by the number of the arc.
    """

    actors: tuple[str, ...]
    out: tuple[tuple[Arc, ...], ...]
    ids: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Through:
    """What is found of each actor of a line.

    ``share`` is the sum over pairs of others of the share of their shortest paths that go
    through it, ``pairs`` the number of pairs of which any does, and ``arcs`` are the arcs of
    those paths, as bits. ``connected`` is the number of pairs of which one can be come to.
    """

    share: list[float]
    pairs: list[int]
    arcs: list[int]
    connected: int = 0


def lines(ties: Sequence[Tie], *, strict: bool) -> dict[str, Line]:
    """Give the lines by practice; an actor's ties with itself are no part of them.

    >>> ties = [Tie("a", "b", "p", 1, t, 1.0, i) for t, i in ((2, "y"), (2, "x"), (None, "z"))]
    >>> lines(ties, strict=False)["p"].out
    (((1, 1, inf, 1), (1, 1, 2, 0)), ())
    >>> lines(ties, strict=False)["p"].ids
    (('x', 'y'), ('z',))
    """
    # What comes strictly later then comes one step later: a day, or the last decimal place.
    ends = [time for tie in ties for time in (tie.start, tie.end)] if strict else []
    clock = clock_of(ends, numeric=True)
    by_practice: dict[str, dict[tuple[str, str, float, float], list[str]]] = {}
    for tie in ties:
        if tie.giver != tie.receiver:
            low, high = span(tie.start, tie.end)
            if strict:
                low, high = (t if math.isinf(t) else clock.whole(t, 0) for t in (low, high))
            arcs = by_practice.setdefault(tie.practice, {})
            arcs.setdefault((tie.giver, tie.receiver, low, high), []).append(tie.id)
    return {name: _line(by_practice[name]) for name in sorted(by_practice, key=by_id)}


def _line(arcs: Mapping[tuple[str, str, float, float], list[str]]) -> Line:
    actors = tuple(sorted({name for key in arcs for name in key[:2]}, key=by_id))
    place = {name: i for i, name in enumerate(actors)}
    ordered = sorted((place[g], place[r], lo, hi, arcs[g, r, lo, hi]) for g, r, lo, hi in arcs)
    out: list[list[Arc]] = [[] for _ in actors]
    for number, (giver, receiver, low, high, _) in enumerate(ordered):
        if low <= high:
            out[giver].append((receiver, low, high, number))
    return Line(
        actors,
        tuple(tuple(sorted(some, key=lambda arc: (-arc[2], arc[0], arc[1]))) for some in out),
        tuple(tuple(sorted(ids, key=by_id)) for *_, ids in ordered),
    )


def through(line: Line, *, strict: bool, step: Callable[[], None] = lambda: None) -> Through:
    """Find who lies on the shortest paths of a line; ``step`` is told of each source.

    >>> ties = [Tie(g, r, "p", t, t, 1.0, g + r) for g, r, t in (("a", "b", 1), ("b", "c", 2),
    ...         ("c", "d", 1))]
    >>> through(lines(ties, strict=False)["p"], strict=False)
    Through(share=[0.0, 1.0, 0.0, 0.0], pairs=[0, 1, 0, 0], arcs=[0, 3, 0, 0], connected=4)
    """
    size = len(line.actors)
    found = Through([0.0] * size, [0] * size, [0] * size)
    for source, arcs in enumerate(line.out):
        if arcs:
            step()
            from_source(source, line.out, 1 if strict else 0, found)
    return found


def from_source(source: int, out: Sequence[Sequence[Arc]], wait: int, found: Through) -> None:
    """Add what the paths from one source have to say."""
    actor, day, count = [source], [_EVER], [1]
    into: list[list[tuple[int, int]]] = [[]]
    # The earliest day on which each can have been come to by fewer hops; nobody comes back.
    best = [math.inf] * len(out)
    best[source] = _EVER
    first: dict[int, list[int]] = {}
    layer = range(1)
    while layer:
        new: dict[tuple[int, float], int] = {}
        for state in layer:
            ready = day[state] + wait
            for head, low, high, number in out[actor[state]]:
                if high < ready:
                    break
                arrival = low if low > ready else ready
                if arrival >= best[head]:
                    continue
                key = (head, arrival)
                place = new.get(key)
                if place is None:
                    place = new[key] = len(actor)
                    actor.append(head)
                    day.append(arrival)
                    count.append(0)
                    into.append([])
                count[place] += count[state]
                into[place].append((state, number))
        met = {head: best[head] < math.inf for head, _ in new}
        for (head, arrival), place in new.items():
            if not met[head]:
                first.setdefault(head, []).append(place)
            best[head] = min(best[head], arrival)
        layer = range(layer.stop, len(actor))
    found.connected += len(first)
    _add(actor, count, into, first, found)


def _add(
    actor: Sequence[int],
    count: Sequence[int],
    into: Sequence[Sequence[tuple[int, int]]],
    first: Mapping[int, Sequence[int]],
    found: Through,
) -> None:
    """Go back through the states, and add up whose paths go through each actor."""
    states = len(actor)
    own, share = [0.0] * states, [0.0] * states
    ends, onward, after = [0] * states, [0] * states, [0] * states
    for head, places in first.items():
        every = sum(count[place] for place in places)
        for place in places:
            # Whole numbers of any size: only their ratio is rounded.
            own[place] = count[place] / every
            ends[place] = 1 << head
    for state in range(states - 1, 0, -1):
        reached = ends[state] | onward[state]
        if reached:
            value = own[state] + share[state]
            for before, number in into[state]:
                share[before] += count[before] / count[state] * value
                onward[before] |= reached
                after[before] |= after[state] | 1 << number
    back = [0] * states
    pairs: dict[int, int] = {}
    for state in range(1, states):
        if onward[state]:
            way = 0
            for last, number in into[state]:
                way |= back[last] | 1 << number
            back[state] = way
            v = actor[state]
            found.share[v] += share[state]
            found.arcs[v] |= way | after[state]
            pairs[v] = pairs.get(v, 0) | onward[state]
    for v, reached in pairs.items():
        found.pairs[v] += reached.bit_count()
