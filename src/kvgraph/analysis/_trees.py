"""The shape of trees: their size, depth, breadth and virality, and how they cross levels."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kvgraph.material import Interval


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
