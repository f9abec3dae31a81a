"""Where the nodes of a network without loops stand, from left to right, with few lines crossing.

By layers of longest ways, and the mean place of neighbours in them (Sugiyama, Tagawa & Toda 1981).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_ROUNDS: Final = 12
_PASSING: Final = 0.4
"""How much height a line that passes a layer needs there, of that of a node."""

Arc = tuple[str, str]
Place = tuple[int, float]
"""The number of the layer, and the place in it; 0 is the middle."""


@dataclass(frozen=True, slots=True)
class Layers:
    """The places of nodes, and the places that each arc goes through, its ends included."""

    layers: int
    places: Mapping[str, Place]
    ways: Mapping[Arc, tuple[Place, ...]]


def layered(arcs: Sequence[Arc]) -> Layers:
    """Put the nodes of arcs that make no loop into layers.

    >>> found = layered([("a", "b"), ("b", "c"), ("a", "c")])
    >>> [(name, place[0]) for name, place in found.places.items()]
    [('a', 0), ('b', 1), ('c', 2)]
    >>> len(found.ways["a", "c"])
    3
    """
    level = _levels(arcs)
    rows: list[list[str]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for name, at in level.items():
        rows[at].append(name)
    chains: dict[Arc, list[str]] = {}
    for tail, head in arcs:
        # What passes a layer has a place in it, so that it does not pass through a node.
        inner = [f"\0{tail}\0{head}\0{at}" for at in range(level[tail] + 1, level[head])]
        for at, name in enumerate(inner, level[tail] + 1):
            rows[at].append(name)
        chains[tail, head] = [tail, *inner, head]
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for chain in chains.values():
        for one, other in pairwise(chain):
            after.setdefault(one, []).append(other)
            before.setdefault(other, []).append(one)
    at_of = {name: place for row in rows for name, place in _middle(row).items()}
    for turn in range(_ROUNDS):
        forwards = turn % 2 == 0
        beside = before if forwards else after
        for row in rows if forwards else reversed(rows):
            means = {
                name: sum(at_of[o] for o in others) / len(others)
                for name in row
                if (others := beside.get(name))
            }
            row.sort(key=lambda name: means.get(name, at_of[name]))
            at_of |= _middle(row)
    height = _heights(rows, before, after)
    places = {name: (level[name], height[name]) for name in level}
    numbers = {name: at for at, row in enumerate(rows) for name in row}
    ways = {
        arc: tuple((numbers[name], height[name]) for name in chain) for arc, chain in chains.items()
    }
    return Layers(len(rows), places, ways)


def _levels(arcs: Sequence[Arc]) -> dict[str, int]:
    """Give the layer of each node: the longest way to it, the first ones as late as can be."""
    after: dict[str, list[str]] = {}
    into: dict[str, int] = {}
    for tail, head in arcs:
        after.setdefault(tail, []).append(head)
        into.setdefault(tail, 0)
        into[head] = into.get(head, 0) + 1
    first = [name for name, n in into.items() if not n]
    level = dict.fromkeys(into, 0)
    todo, left = list(first), dict(into)
    while todo:
        name = todo.pop()
        for head in after.get(name, ()):
            level[head] = max(level[head], level[name] + 1)
            left[head] -= 1
            if not left[head]:
                todo.append(head)
    for name in first:
        level[name] = min((level[head] for head in after.get(name, ())), default=1) - 1
    return level


def _heights(
    rows: Sequence[Sequence[str]],
    before: Mapping[str, Sequence[str]],
    after: Mapping[str, Sequence[str]],
) -> dict[str, float]:
    """Give heights that keep the order of each layer and its distances, near to the neighbours.

    Each layer in turn is put as near as can be, in the least squares, to the means of those
    beside it: what passes by comes to lie straight.
    """
    found = {name: at for row in rows for name, at in _middle(row).items()}
    for turn in range(2 * _ROUNDS):
        for row in rows if turn % 2 == 0 else list(reversed(rows)):
            offset, wanted = 0.0, []
            offsets = []
            for place, name in enumerate(row):
                offset += (_size(row[place - 1]) + _size(name)) / 2 if place else 0.0
                beside = [*before.get(name, ()), *after.get(name, ())]
                mean = sum(found[other] for other in beside) / len(beside)
                offsets.append(offset)
                wanted.append(mean - offset)
            steady = _rising(wanted)
            found |= {n: s + o for n, s, o in zip(row, steady, offsets, strict=True)}
    return found


def _size(name: str) -> float:
    """Give how much height a node needs, or what passes by."""
    return _PASSING if name.startswith("\0") else 1.0


def _rising(wanted: Sequence[float]) -> list[float]:
    """Give numbers that never fall, as near to the wanted ones as can be (Ayer et al. 1955).

    >>> _rising([1.0, 3.0, 2.0])
    [1.0, 2.5, 2.5]
    """
    pools: list[tuple[float, int]] = []
    for value in wanted:
        pools.append((value, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (mean, n), (other, m) = pools[-2:]
            pools[-2:] = [((mean * n + other * m) / (n + m), n + m)]
    return [mean for mean, n in pools for _ in range(n)]


def _middle(row: Sequence[str]) -> dict[str, float]:
    """Give the places of a layer, with the middle of it at 0."""
    return {name: at - (len(row) - 1) / 2 for at, name in enumerate(row)}
