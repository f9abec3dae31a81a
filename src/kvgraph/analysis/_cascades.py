"""Who had a practice from whom: one tree, or a share of several."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Final

import numpy as np

from kvgraph.analysis._arcs import by_id
from kvgraph.analysis._main_path import contracted
from kvgraph.material import Interval, Material, Tie, span

RULES: Final = ("earliest", "last", "credible", "fractional")

_ALWAYS: Final = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Line:
    """One practice: its actors, those that can have had it first, first, and who gave to each.

    ``into[v]`` are the ties by which ``v`` can have got it, each with the place of its giver,
    which is always smaller. ``held`` tells when each came to hold it, ``until`` the latest
    day of its adoption (infinite if that is unknown), and ``early`` when each can have held it
    at the earliest. ``impossible`` and ``backwards`` are numbers of ties that
    were left out: before their giver can have had it, or from a giver that had it later.
    """

    practice: str
    actors: tuple[str, ...]
    into: tuple[tuple[tuple[int, Tie], ...], ...]
    held: tuple[Interval, ...]
    until: tuple[float, ...]
    early: tuple[float, ...]
    impossible: int
    backwards: int


def adopted(material: Material) -> dict[tuple[str, str], Interval]:
    """Give when each actor took each practice into use, by (practice, actor).

    Of several times the earliest counts. The time of a table of actors is that of the one
    practice that there is, and of none where there are more.
    """
    found: dict[tuple[str, str], Interval] = {}
    practices = {tie.practice for tie in material.ties}
    if len(practices) == 1:
        [only] = practices
        for member in material.members:
            if member.adopted is not None:
                found[only, member.id] = member.adopted, member.adopted
    for a in material.adoptings:
        known = found.get((a.practice, a.actor))
        own = span(a.start, a.end)
        found[a.practice, a.actor] = min(known, own) if known else own
    return found


def lines(material: Material) -> Iterator[Line]:
    """Give the practices in the order of their ids."""
    times = adopted(material)
    ties: dict[str, list[Tie]] = {}
    for tie in material.ties:
        ties.setdefault(tie.practice, []).append(tie)
    for practice in sorted(ties, key=by_id):
        yield line(practice, ties[practice], times)


def line(practice: str, ties: Sequence[Tie], times: Mapping[tuple[str, str], Interval]) -> Line:
    """Put the actors of a practice in the order in which they can have had it.

    That is the day of adoption, if one is known, or of the first dated tie given if that is
    earlier; else the earliest day on which it can have come. The latter is found by label
    setting (Dijkstra 1959): a tie passes on at the earliest when it begins and its giver has
    it, and not after it ends.
    """
    names = sorted({name for tie in ties for name in (tie.giver, tie.receiver)}, key=by_id)
    kept = []
    late = 0
    for tie in ties:
        if tie.giver == tie.receiver:
            continue
        if span(tie.start, tie.end)[0] > times.get((practice, tie.receiver), _ALWAYS)[1]:
            late += 1
        else:
            kept.append(tie)
    early, hops = _earliest(names, kept, lambda name: times.get((practice, name), _ALWAYS)[0])
    gave: dict[str, Interval] = {}
    for tie in kept:
        start, end = span(tie.start, tie.end)
        if start > -math.inf:
            first_start, first_end = gave.get(tie.giver, (math.inf, math.inf))
            gave[tie.giver] = min(start, first_start), min(end, first_end)
    first = {}
    for name in names:
        own = times.get((practice, name), _ALWAYS)[0]
        given = gave.get(name, (math.inf, math.inf))[0]
        first[name] = early[name] if own == -math.inf else min(own, given)
    order = sorted(names, key=lambda name: (first[name], early[name], hops[name], by_id(name)))
    place = {name: number for number, name in enumerate(order)}
    into: list[list[tuple[int, Tie]]] = [[] for _ in order]
    impossible = backwards = 0
    for tie in kept:
        start, end = span(tie.start, tie.end)
        if max(start, early[tie.giver]) > end:
            impossible += 1
        elif place[tie.giver] > place[tie.receiver]:
            backwards += 1
        else:
            into[place[tie.receiver]].append((place[tie.giver], tie))
    held = []
    for number, name in enumerate(order):
        known = times.get((practice, name))
        if known is None:
            spans = [span(tie.start, tie.end) for _, tie in into[number]]
            known = (
                (min(s for s, _ in spans), min(e for _, e in spans))
                if spans
                else gave.get(name, _ALWAYS)
            )
        held.append(known)
    return Line(
        practice,
        tuple(order),
        tuple(map(tuple, into)),
        tuple(held),
        tuple(times.get((practice, name), _ALWAYS)[1] for name in order),
        tuple(early[name] for name in order),
        impossible,
        backwards + late,
    )


def _earliest(
    names: Sequence[str], ties: Sequence[Tie], own: Callable[[str], float]
) -> tuple[dict[str, float], dict[str, int]]:
    """Give when each can have had it at the earliest, and over how many hands.

    Who received nothing has held it from the beginning. Where all that are left received from
    each other, the one that adopted or else gave first is taken to have begun.
    """
    out: dict[str, list[Tie]] = {}
    for tie in ties:
        out.setdefault(tie.giver, []).append(tie)
    received = {tie.receiver for tie in ties}

    def begun(name: str) -> tuple[bool, float, float, Any]:
        adopted = own(name)
        gave = min((span(t.start, t.end)[0] for t in out.get(name, ())), default=math.inf)
        return adopted == -math.inf, adopted, gave, by_id(name)

    early: dict[str, float] = {}
    hops: dict[str, int] = {}
    roots = [name for name in names if name not in received]
    while True:
        heap = sorted((-math.inf, 0, by_id(root), root) for root in roots)
        _settle(heap, out, early, hops)
        left = [name for name in names if name not in early]
        if not left:
            return early, hops
        roots = [min(part, key=begun) for part in _beginnings(left, ties)]


def _beginnings(names: Sequence[str], ties: Sequence[Tie]) -> list[list[str]]:
    """Give those of some actors that received from none of the others, but from each other."""
    number = {name: place for place, name in enumerate(names)}
    pairs = [
        (number[tie.giver], number[tie.receiver])
        for tie in ties
        if tie.giver in number and tie.receiver in number
    ]
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    part = contracted(len(names), ends[:, 0], ends[:, 1])
    giver, receiver = part[ends[:, 0]], part[ends[:, 1]]
    later = set(receiver[giver != receiver].tolist())
    found: dict[int, list[str]] = {}
    for name, own in zip(names, part.tolist(), strict=True):
        if own not in later:
            found.setdefault(own, []).append(name)
    return list(found.values())


def _settle(
    heap: list[tuple[float, int, Any, str]],
    out: Mapping[str, Sequence[Tie]],
    early: dict[str, float],
    hops: dict[str, int],
) -> None:
    """Give each that can be got to its earliest moment and the fewest hands by it."""
    while heap:
        moment, far, _, name = heappop(heap)
        if name in early:
            continue
        early[name], hops[name] = moment, far
        for tie in out.get(name, ()):
            start, end = span(tie.start, tie.end)
            arrival = max(start, moment)
            if arrival <= end and tie.receiver not in early:
                heappush(heap, (arrival, far + 1, by_id(tie.receiver), tie.receiver))


# --- who is taken for the parent ------------------------------------------------------------


def parents(of: Line, rule: str) -> list[tuple[tuple[int, ...], tuple[Tie, ...]]]:
    """Give for each actor the places of those it had the practice from, and the ties.

    That is one, by all rules but *fractional*; who has none is a root.
    """
    found: list[tuple[tuple[int, ...], tuple[Tie, ...]]] = []
    for v, into in enumerate(of.into):
        if not into:
            found.append(((), ()))
        elif rule == "fractional":
            found.append((tuple(sorted({u for u, _ in into})), tuple(tie for _, tie in into)))
        else:
            u, tie = min(into, key=lambda way: _preferred(of, rule, v, *way))
            found.append(((u,), (tie,)))
    return found


def _preferred(of: Line, rule: str, v: int, u: int, tie: Tie) -> tuple[Any, ...]:
    """Give what a tie is chosen by: the least of all is taken."""
    start, end = span(tie.start, tie.end)
    earliest = (max(start, of.early[u]), u, -tie.weight, by_id(tie.id))
    if rule == "last":
        return -min(end, of.until[v]), -start, *earliest
    if rule == "credible":
        return not tie.proven, -tie.weight, *earliest
    return earliest
