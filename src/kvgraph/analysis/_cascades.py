"""Who had a practice from whom: one tree, or a share of several, and the shape of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Final

import numpy as np

from kvgraph.analysis._arcs import by_id
from kvgraph.analysis._main_path import contracted
from kvgraph.material import Material, Tie

RULES: Final = ("earliest", "last", "credible", "fractional")

Interval = tuple[float, float]
"""The earliest and latest moment; infinite where that side is open."""

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


def span(start: float | None, end: float | None) -> Interval:
    """Give an interval with open sides as infinite ones."""
    return (-math.inf if start is None else start, math.inf if end is None else end)


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


# --- the shape of trees ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of one tree, in numbers of actors and of ties between them."""

    size: float
    depth: float
    breadth: float
    wiener: float | None
    virality: float | None
    mean_depth: float | None
    branching: float | None


def shapes(parent: Sequence[int]) -> dict[int, Shape]:
    """Give the shape of each tree by its root; ``parent`` is -1 there, else a smaller place.

    The Wiener index, the sum of the distances of all pairs, is found from the sizes of the
    subtrees: a tie lies between the s below it and the n - s others (Goel et al. 2016).

    >>> shapes([-1, 0, 0, 0])[0]  # a star: three pairs at 1, three at 2
    Shape(size=4, depth=1, breadth=3, wiener=9, virality=1.5, mean_depth=1.0, branching=3.0)
    >>> shapes([-1, 0, 1])[0].virality == (1 + 1 + 2) / 3
    True
    """
    root, depth = list(range(len(parent))), [0] * len(parent)
    below = [1] * len(parent)
    for v, u in enumerate(parent):
        if u >= 0:
            root[v], depth[v] = root[u], depth[u] + 1
    for v in range(len(parent) - 1, -1, -1):
        if parent[v] >= 0:
            below[parent[v]] += below[v]
    wiener: Counter[int] = Counter()
    total: Counter[int] = Counter()
    for v, u in enumerate(parent):
        if u >= 0:
            wiener[root[v]] += below[v] * (below[root[v]] - below[v])
            total[root[v]] += depth[v]
    at: Counter[tuple[int, int]] = Counter(zip(root, depth, strict=True))
    widest: dict[int, int] = {}
    deepest: dict[int, int] = {}
    for (r, d), number in at.items():
        widest[r] = max(number, widest.get(r, 0))
        deepest[r] = max(d, deepest.get(r, 0))
    giving = Counter(root[u] for u in {u for u in parent if u >= 0})
    found = {}
    for r, u in enumerate(parent):
        if u >= 0:
            continue
        n = below[r]
        found[r] = (
            Shape(
                n, deepest[r], widest[r], wiener[r], 2 * wiener[r] / (n * (n - 1)),
                total[r] / (n - 1), (n - 1) / giving[r],
            )
            if n > 1
            else Shape(1, 0, 1, 0, None, None, None)
        )  # fmt: skip
    return found


FRACTIONAL_MOST: Final = 1000
"""Up to so many actors of a tree the distances of all pairs are expected one by one."""

Spread = dict[int, dict[int, float]]
"""By root, then by depth: the chance to be there."""


def shares(parent: Sequence[Sequence[int]]) -> list[Spread]:
    """Give for each actor the chance that it is in the tree of each root, by its depth there.

    Each of its parents is the true one with the same chance, whatever the others have.

    >>> shares([(), (), (0, 1)])[2]
    {0: {1: 0.5}, 1: {1: 0.5}}
    """
    found: list[Spread] = []
    for v, givers in enumerate(parent):
        own: Spread = {} if givers else {v: {0: 1.0}}
        for u in givers:
            for root, depths in found[u].items():
                mine = own.setdefault(root, {})
                for depth, chance in depths.items():
                    mine[depth + 1] = mine.get(depth + 1, 0.0) + chance / len(givers)
        found.append(own)
    return found


def expected_shapes(parent: Sequence[Sequence[int]], spread: Sequence[Spread]) -> dict[int, Shape]:
    """Give the shape to be expected of each tree by its root, over all choices of parents.

    ``depth`` is the greatest mean depth of an actor, ``breadth`` the greatest expected number
    at one depth. ``virality`` is the expected sum of distances over the expected number of
    pairs. Without a choice all are those of :func:`shapes`.

    >>> expected_shapes([(), (0,), (0, 1)], shares([(), (0,), (0, 1)]))[0].wiener
    4.0
    """
    members: dict[int, list[int]] = {}
    for v, own in enumerate(spread):
        for root in own:
            members.setdefault(root, []).append(v)
    found = {}
    for root in sorted(members):
        inside = members[root]
        chance = {v: math.fsum(spread[v][root].values()) for v in inside}
        at: dict[int, float] = {}
        for v in inside:
            for depth, part in spread[v][root].items():
                at[depth] = at.get(depth, 0.0) + part
        mean = {v: sum(d * c for d, c in spread[v][root].items()) / chance[v] for v in inside}
        size = math.fsum(chance.values())
        wiener = virality = None
        if 1 < len(inside) <= FRACTIONAL_MOST:
            wiener, pairs = _distances(inside, parent, chance)
            virality = wiener / pairs
        below = math.fsum(c * mean[v] for v, c in chance.items())
        found[root] = Shape(
            size,
            max(mean.values()),
            max(at.values()),
            wiener if len(inside) > 1 else 0.0,
            virality,
            below / (size - 1) if len(inside) > 1 else None,
            None,
        )
    return found


def _distances(
    inside: Sequence[int], parent: Sequence[Sequence[int]], chance: Mapping[int, float]
) -> tuple[float, float]:
    """Give the expected sum of distances within a tree, and the expected number of pairs.

    The later of two has its parent whatever the earlier has, and is one further from it.
    """
    place = {v: number for number, v in enumerate(inside)}
    both = np.zeros((len(inside), len(inside)))
    far = np.zeros_like(both)
    for number, v in enumerate(inside):
        if number:
            givers = [place[u] for u in parent[v] if u in place]
            together = both[:number, givers].sum(axis=1) / max(len(parent[v]), 1)
            apart = far[:number, givers].sum(axis=1) / max(len(parent[v]), 1) + together
            both[:number, number] = both[number, :number] = together
            far[:number, number] = far[number, :number] = apart
        both[number, number] = chance[v]
    return float(np.triu(far, 1).sum()), float(np.triu(both, 1).sum())


# --- levels ---------------------------------------------------------------------------------

_STEPS: Final = ("up", "across", "down")


def escalators(parent: Sequence[int], rank: Sequence[int | None]) -> list[bool]:
    """Tell of each actor whether the way to it has just gone up, then across, then down.

    ``rank`` is the level, smaller nearer the top. Between up and down there may be more than
    one step up and across; the way down is told at its first step.

    >>> escalators([-1, 0, 1, 2, 3], [3, 1, 1, 3, 3])
    [False, False, False, True, False]
    """
    stage = [0] * len(parent)
    found = [False] * len(parent)
    for v, u in enumerate(parent):
        step = None if u < 0 else direction(rank[u], rank[v])
        if step == "up":
            stage[v] = 1
        elif step == "across":
            stage[v] = 2 if stage[u] else 0
        elif step == "down":
            found[v] = stage[u] == 2
    return found


def direction(giver: int | None, receiver: int | None) -> str | None:
    """Give which way a tie goes between two levels, ``None`` where one is not known."""
    if giver is None or receiver is None:
        return None
    return _STEPS[(receiver > giver) - (receiver < giver) + 1]


def time_to(
    k: int, states: Sequence[str | None], held: Sequence[Interval]
) -> tuple[float | None, float | None]:
    """Give how long it took at least and at most until actors of ``k`` states held it.

    The first of each is the root, whose state is the first. ``None`` where so many were not
    reached, or where the dates leave that side open.

    >>> time_to(2, ["x", "x", "y"], [(0, 0), (1, 1), (3, 5)])
    (3, 5)
    """
    earliest: dict[str, float] = {}
    latest: dict[str, float] = {}
    for state, (start, end) in zip(states, held, strict=True):
        if state is not None:
            earliest[state] = min(start, earliest.get(state, math.inf))
            latest[state] = min(end, latest.get(state, math.inf))
    if len(earliest) < k or states[0] is None:
        return None, None
    begun = held[0]
    least = sorted(earliest.values())[k - 1] - begun[1]
    most = sorted(latest.values())[k - 1] - begun[0]
    return (
        max(least, 0) if math.isfinite(least) else None,
        most if math.isfinite(most) else None,
    )


def entropy(parts: Sequence[float]) -> float | None:
    """Give how evenly something comes from several parts, in bits (Shannon 1948).

    >>> entropy([2, 2]), entropy([4]), entropy([])
    (1.0, 0.0, None)
    """
    total = math.fsum(parts)
    if not total:
        return None
    return -math.fsum(p / total * math.log2(p / total) for p in parts if p) + 0.0
