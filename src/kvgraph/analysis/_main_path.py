"""How many search paths run through each arc of a network without cycles, and along which way.

Nodes and arcs are numbers: arcs stand in the order of (tail, head), and of several ways that
are equally good the one over the smallest numbers is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kvgraph.errors import KvgraphError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

WEIGHTS: Final = ("spc", "splc", "spnp")
METHODS: Final = ("local", "global", "key-route")

_WORTH_COMPILING: Final = 500_000
"""Arcs from which on compiled code pays for its own start."""
_EXACT: Final = 2.0**62
"""Below it a number fits a machine integer, as the same one in floating point tells."""


def topological(start: Any, head: Any, waiting: Any, order: Any) -> int:
    """Put the nodes in an order in which all arcs go forwards; give how many have a place.

    ``head[start[v]:start[v + 1]]`` are the heads of the arcs out of ``v``. ``waiting`` holds
    the number of arcs into each node, and is used up (Kahn 1962).
    """
    placed = 0
    for v in range(len(waiting)):
        if waiting[v] == 0:
            order[placed] = v
            placed += 1
    done = 0
    while done < placed:
        v = order[done]
        done += 1
        for arc in range(start[v], start[v + 1]):
            waiting[head[arc]] -= 1
            if waiting[head[arc]] == 0:
                order[placed] = head[arc]
                placed += 1
    return placed


def count_on(start: Any, head: Any, order: Any, count: Any) -> bool:
    """Add the count of each node to those it has arcs to, in order; false if one overflows."""
    for v in order:
        own = count[v]
        for arc in range(start[v], start[v + 1]):
            w = head[arc]
            found = count[w] + own
            if found < own:
                return False
            count[w] = found
    return True


def count_back(start: Any, head: Any, order: Any, count: Any) -> bool:
    """Add to the count of each node those it has arcs to, the last first; false likewise."""
    for v in order[::-1]:
        found = count[v]
        for arc in range(start[v], start[v + 1]):
            more = count[head[arc]]
            found += more
            if found < more:
                return False
        count[v] = found
    return True


@cache
def _compiled() -> tuple[Callable[..., int], Callable[..., bool], Callable[..., bool]] | None:
    """Give the passes compiled, or ``None`` where numba is not installed."""
    try:
        from numba import njit
    except ImportError:
        return None
    return njit(cache=True)(topological), njit(cache=True)(count_on), njit(cache=True)(count_back)


@dataclass(frozen=True, slots=True)
class Acyclic:
    """A network without cycles: its arcs, where those out of each node start, and an order.

    In the ``order`` of the nodes all arcs go forwards; ``sources`` are those with none into them.
    ``plan`` is start, head and order in the form in which the passes read them fastest.
    """

    size: int
    tail: Numbers
    head: Numbers
    start: Numbers
    order: Numbers
    sources: NDArray[np.bool_]
    plan: tuple[Any, Any, Any]
    compiled: bool


def acyclic(size: int, tail: Numbers, head: Numbers, *, compiled: bool | None = None) -> Acyclic:
    """Arrange arcs, which stand in the order of (tail, head).

    ``compiled`` decides for or against numba, else the number of arcs does.

    :raises KvgraphError: where the arcs go round in a circle.
    """
    if compiled is None:
        compiled = len(tail) >= _WORTH_COMPILING
    passes = _compiled() if compiled else None
    start = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(tail, minlength=size), out=start[1:])
    waiting = np.bincount(head, minlength=size)
    sources = waiting == 0
    starts: Any
    heads: Any
    order: Any
    if passes:
        # Unsigned and short: nothing counts from the end, and more of it lies close at hand.
        starts, heads = start.astype(np.uint32), head.astype(np.uint32)
        order = np.empty(size, dtype=np.uint32)
        placed = passes[0](starts, heads, waiting.astype(np.uint32), order)
    else:
        starts, heads, order = start.tolist(), head.tolist(), [0] * size
        placed = topological(starts, heads, waiting.tolist(), order)
    if placed < size:
        raise KvgraphError("a main path needs a network without cycles")
    plan = starts, heads, order
    ordered = np.array(order, dtype=np.int64)
    return Acyclic(size, tail, head, start, ordered, sources, plan, passes is not None)


def traversals(net: Acyclic, weights: str) -> tuple[Numbers | list[int], int]:
    """Give how many search paths go through each arc, exactly, and how many there are in all.

    A search path of ``spc`` goes from a source to a sink, of ``splc`` from any node to a sink,
    of ``spnp`` from any node to any; a node alone is a path, if it has arcs at all. Where all
    fit machine integers they are an array, else a list of integers of any size.

    >>> tail, head = np.array([0, 0, 1, 1]), np.array([1, 2, 2, 3])
    >>> found = [traversals(acyclic(4, tail, head), weights) for weights in WEIGHTS]
    >>> [(list(map(int, through)), total) for through, total in found]
    [([2, 1, 1, 1], 3), ([2, 1, 2, 2], 7), ([3, 1, 2, 2], 10)]
    """
    sources, sinks = net.sources, net.start[1:] == net.start[:-1]
    everywhere = np.ones(net.size, dtype=bool)
    first = sources if weights == "spc" else everywhere
    last = everywhere if weights == "spnp" else sinks
    begun = first & ~(sources & sinks)
    before, after = _counts(net, first, back=False), _counts(net, last, back=True)
    if before is not None and after is not None:
        into, on = before[net.tail], after[net.head]
        highest = float(after.max(initial=0))
        most = float(before.max(initial=0)) * highest
        if most >= _EXACT:  # of different arcs, perhaps
            most = float((into * on.astype(np.float64)).max(initial=0.0))
        if max(most, highest * net.size) < _EXACT:
            return (into * on).view(np.int64), int(after[np.flatnonzero(begun)].sum())
    before_, after_ = (
        _exactly(net, ones, back=back) if counted is None else counted.tolist()
        for counted, ones, back in ((before, first, False), (after, last, True))
    )
    total = sum(n for n, wanted in zip(after_, begun.tolist(), strict=True) if wanted)
    ends = zip(net.tail.tolist(), net.head.tolist(), strict=True)
    return [before_[a] * after_[b] for a, b in ends], total


def _counts(net: Acyclic, ones: NDArray[np.bool_], *, back: bool) -> NDArray[np.uint64] | None:
    """Give the paths from one of ``ones`` to each node, or ``back``, in machine integers.

    ``None`` where they would overflow, or nothing is compiled.
    """
    passes = _compiled() if net.compiled else None
    if passes is None:
        return None
    # Unsigned: what overflows begins again at 0, and is seen to be less than what was added.
    count = ones.astype(np.uint64)
    fits = passes[2 if back else 1](*net.plan, count)
    return count if fits else None


def _exactly(net: Acyclic, ones: NDArray[np.bool_], *, back: bool) -> list[int]:
    """Give the same in plain Python, whose integers know no end."""
    count: list[int] = ones.astype(int).tolist()
    start, head, order = (c.tolist() if net.compiled else c for c in net.plan)
    (count_back if back else count_on)(start, head, order, count)
    return count


@dataclass(frozen=True, slots=True)
class Ways:
    """The heaviest way on from each node and the heaviest way to it.

    ``ahead`` and ``behind`` are what these ways weigh, ``on`` and ``back`` their next arc
    (-1 where there is none).
    """

    ahead: Sequence[int]
    behind: Sequence[int]
    on: Sequence[int]
    back: Sequence[int]


def ways(net: Acyclic, weight: Sequence[int]) -> Ways:
    """Give the heaviest ways from and to all nodes; the weight of a way is that of its arcs."""
    tail, head = net.tail.tolist(), net.head.tolist()
    ahead, behind = [0] * net.size, [0] * net.size
    on, back = [-1] * net.size, [-1] * net.size
    start = net.start.tolist()
    for v in reversed(net.order.tolist()):
        for arc in range(start[v], start[v + 1]):
            found = weight[arc] + ahead[head[arc]]
            if on[v] < 0 or found > ahead[v]:
                ahead[v], on[v] = found, arc
    # The arcs into a node in the order of their tails: as they stand, sorted by head alone.
    into = np.argsort(net.head, kind="stable").tolist()
    begin = np.searchsorted(net.head[into], np.arange(net.size + 1)).tolist()
    for v in net.order.tolist():
        for place in range(begin[v], begin[v + 1]):
            arc = into[place]
            found = weight[arc] + behind[tail[arc]]
            if back[v] < 0 or found > behind[v]:
                behind[v], back[v] = found, arc
    return Ways(ahead, behind, on, back)


def heaviest(net: Acyclic, found: Ways) -> set[int]:
    """Give the arcs of the way that weighs most of all from a source to a sink."""
    if not len(net.tail):
        return set()
    top = max(found.ahead)
    return _followed(found.ahead.index(top), found.on, net.head.tolist())


def as_heavy(net: Acyclic, weight: Sequence[int], found: Ways) -> int:
    """Give how many different ways from a source to a sink weigh as much as the heaviest."""
    if not len(net.tail):
        return 0
    many = [1 if n == 0 else 0 for n in np.diff(net.start).tolist()]
    start, head = net.start.tolist(), net.head.tolist()
    for v in reversed(net.order.tolist()):
        for arc in range(start[v], start[v + 1]):
            if weight[arc] + found.ahead[head[arc]] == found.ahead[v]:
                many[v] += many[head[arc]]
    top = max(found.ahead)
    return sum(n for n, ahead in zip(many, found.ahead, strict=True) if ahead == top)


def forward_local(net: Acyclic, weight: Sequence[int]) -> set[int]:
    """Give the arcs got from the sources on by going along the heaviest arcs of each node."""
    start, head = net.start.tolist(), net.head.tolist()
    sources = np.flatnonzero(np.bincount(net.head, minlength=net.size) == 0).tolist()
    seen, todo, taken = set(sources), sources, set()
    while todo:
        v = todo.pop()
        arcs = range(start[v], start[v + 1])
        most = max((weight[arc] for arc in arcs), default=0)
        for arc in arcs:
            if weight[arc] == most:
                taken.add(arc)
                if head[arc] not in seen:
                    seen.add(head[arc])
                    todo.append(head[arc])
    return taken


def key_route(net: Acyclic, weight: Sequence[int], found: Ways, k: int) -> set[int]:
    """Give the arcs of the heaviest ways through each of the ``k`` heaviest arcs.

    Those that weigh as much as the last of them are taken with it.
    """
    if not weight:
        return set()
    least = sorted(weight, reverse=True)[min(k, len(weight)) - 1]
    tail, head = net.tail.tolist(), net.head.tolist()
    keys = [arc for arc, w in enumerate(weight) if w >= least]
    taken = set(keys)
    seen: tuple[set[int], set[int]] = set(), set()
    for arc in keys:
        taken |= _followed(head[arc], found.on, head, seen[0])
        taken |= _followed(tail[arc], found.back, tail, seen[1])
    return taken


def _followed(
    node: int, step: Sequence[int], end: Sequence[int], seen: set[int] | None = None
) -> set[int]:
    """Give the arcs from a node on, up to where others have gone before."""
    taken = set()
    while step[node] >= 0 and (seen is None or node not in seen):
        if seen is not None:
            seen.add(node)
        taken.add(step[node])
        node = end[step[node]]
    return taken


def slack(net: Acyclic) -> tuple[list[int], int]:
    """Give by how many arcs the longest path through each node is short, and of which length.

    >>> slack(acyclic(4, np.array([0, 0, 1, 1]), np.array([1, 2, 2, 3])))
    ([0, 0, 0, 0], 2)
    """
    long = ways(net, [1] * len(net.tail))
    through = [a + b for a, b in zip(long.ahead, long.behind, strict=True)]
    longest = max(through, default=0)
    return [longest - n for n in through], longest


def contracted(size: int, tail: Numbers, head: Numbers) -> Numbers:
    """Give the component of each node: those that can be got to from each other are one.

    Components are numbered by their smallest node.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    if not size:
        return np.zeros(0, dtype=np.int64)
    graph = csr_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(size, size))
    _, label = connected_components(graph, connection="strong")
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]
