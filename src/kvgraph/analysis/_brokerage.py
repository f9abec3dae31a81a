"""How often each actor stands between two others that are not tied, by groups and by chance."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

ROLES: Final = ("coordinator", "itinerant", "representative", "gatekeeper", "liaison")
TOTAL: Final = "total"

_AT_ONCE: Final = 1_000_000
"""About so many pairs of ties are looked at at a time."""
_DENSE: Final = 4_000_000
"""Up to so many places a table of actors by groups is held as it is."""

ROLE_OF: Final = np.full(8, ROLES.index("liaison"), dtype=np.int64)
"""The role by which of u-v, v-w and u-w lie within a group: 4, 2 and 1 added up."""
ROLE_OF[0b111] = ROLES.index("coordinator")
ROLE_OF[0b001] = ROLES.index("itinerant")
ROLE_OF[0b100] = ROLES.index("representative")
ROLE_OF[0b010] = ROLES.index("gatekeeper")


@dataclass(frozen=True, slots=True)
class Triads:
    """Arcs, and all u→v→w of them of which u→w is an arc too.

    Arcs stand in the order of (tail, head). ``first``, ``second`` and ``closing`` are the
    numbers of u→v, v→w and u→w. ``mutual`` tells of each arc whether there is one back.
    """

    size: int
    tail: Numbers
    head: Numbers
    first: Numbers
    second: Numbers
    closing: Numbers
    mutual: NDArray[np.bool_]


def triads(size: int, tail: Numbers, head: Numbers) -> Triads:
    """Find the closed triads, by the triangles in which they lie.

    Each two ties of an actor with others that have more are looked at: an actor has few of
    these however many ties it has, so that hubs cost little (Latapy 2008).

    >>> found = triads(3, np.array([0, 0, 1]), np.array([1, 2, 2]))
    >>> found.first, found.second, found.closing
    (array([0]), array([2]), array([1]))
    """
    degree = np.bincount(tail, minlength=size) + np.bincount(head, minlength=size)
    rank = np.empty(size, dtype=np.int64)
    rank[np.argsort(degree, kind="stable")] = np.arange(size)
    low, high = rank[tail], rank[head]
    up = low < high
    edges, edge = np.unique(np.where(up, low * size + high, high * size + low), return_inverse=True)
    # The arc of each edge from the actor of the lower rank to the other, and the one back.
    on = np.full(len(edges), -1, dtype=np.int64)
    back = on.copy()
    number = np.arange(len(tail))
    on[edge[up]], back[edge[~up]] = number[up], number[~up]
    found: list[tuple[Numbers, ...]] = []
    for ab, ac, bc in _triangles(size, edges):
        # Which of the six arcs of each triangle are there, and which three of them close.
        ways = [(edge_, arc, arc[edge_] >= 0) for edge_ in (ab, ac, bc) for arc in (on, back)]
        ab_on, ab_back, ac_on, ac_back, bc_on, bc_back = ways
        for three in (
            (ab_on, bc_on, ac_on),
            (ac_on, bc_back, ab_on),
            (ab_back, ac_on, bc_on),
            (bc_on, ac_back, ab_back),
            (ac_back, ab_on, bc_back),
            (bc_back, ab_back, ac_back),
        ):
            there = np.flatnonzero(three[0][2] & three[1][2] & three[2][2])
            found.append(tuple(arc[edge_[there]] for edge_, arc, _ in three))
    empty = np.zeros(0, dtype=np.int64)
    first, second, closing = (
        np.concatenate([empty, *(part[i] for part in found)]) for i in range(3)
    )
    mutual = (on >= 0) & (back >= 0)
    return Triads(size, tail, head, first, second, closing, mutual[edge])


def _triangles(size: int, edges: Numbers) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """Give the edges a-b, a-c, b-c of all triangles a < b < c, many at a time.

    ``edges`` are a * size + b, sorted.
    """
    low, high = edges // size, edges % size
    number = np.arange(len(low))
    following = np.cumsum(np.bincount(low, minlength=size))[low] - number - 1
    so_far = np.cumsum(following)
    total = int(so_far[-1]) if len(so_far) else 0
    cuts = np.searchsorted(so_far, np.arange(0, total, _AT_ONCE)).tolist()
    # Most b-c are no edges, as a look at a few of their bits tells: only the others are sought.
    some_bits = (1 << (len(edges).bit_length() + 4)) - 1
    seen = np.zeros(some_bits + 1, dtype=bool)
    seen[edges & some_bits] = True
    for begin, end in pairwise([*cuts, len(low)]):
        some = following[begin:end]
        ab = np.repeat(number[begin:end], some)
        skipped = number[begin:end] - np.cumsum(some) + some
        ac = np.arange(1, len(ab) + 1) + np.repeat(skipped, some)
        wanted = np.repeat(high[begin:end] * size, some) + high[ac]
        may_be = np.flatnonzero(seen[wanted & some_bits])
        ab, ac, wanted = ab[may_be], ac[may_be], wanted[may_be]
        bc = np.minimum(np.searchsorted(edges, wanted), len(edges) - 1)
        there = np.flatnonzero(edges[bc] == wanted)
        yield ab[there], ac[there], bc[there]


def roles(net: Triads, group: Numbers, groups: int) -> Numbers:
    """Give how often each actor is in each role: a row a role in the order of ROLES.

    Counted are all u→v→w with u other than w; those that are closed are taken off.

    >>> path = triads(3, np.array([0, 1]), np.array([1, 2]))
    >>> roles(path, np.array([0, 0, 1]), 2)[:, 1]
    array([0, 0, 1, 0, 0])
    """
    size, tail, head = net.size, net.tail, net.head

    def times(actors: Numbers) -> Numbers:
        return np.bincount(actors, minlength=size)

    within = group[tail] == group[head]
    into, out = times(head), times(tail)
    into_own, out_own = times(head[within]), times(tail[within])
    both_own = times(tail[net.mutual & within])
    both_other = times(tail[net.mutual]) - both_own
    one_group = _through_one_group(net, group, groups) - into_own * out_own
    into_other, out_other = into - into_own, out - out_own
    counted = np.stack(
        [
            into_own * out_own - both_own,
            one_group - both_other,
            into_own * out_other,
            into_other * out_own,
            into_other * out_other - one_group,
        ]
    )
    if len(net.first):
        code = within[net.first] * 4 + within[net.second] * 2 + within[net.closing]
        place = ROLE_OF[code] * size + head[net.first]
        counted -= np.bincount(place, minlength=5 * size).reshape(5, size)
    return counted


def _through_one_group(net: Triads, group: Numbers, groups: int) -> Numbers:
    """Give for each actor the pairs of an arc from a group and an arc back into it."""
    from_group = net.head * groups + group[net.tail]
    to_group = net.tail * groups + group[net.head]
    if net.size * groups <= _DENSE:
        width = net.size * groups
        table = np.bincount(from_group, minlength=width) * np.bincount(to_group, minlength=width)
        pairs: Numbers = table.reshape(net.size, groups).sum(axis=1)
        return pairs
    keys, number = np.unique(from_group, return_counts=True)
    others, as_many = np.unique(to_group, return_counts=True)
    shared, mine, theirs = np.intersect1d(keys, others, assume_unique=True, return_indices=True)
    total = np.zeros(net.size, dtype=np.int64)
    np.add.at(total, shared // groups, number[mine] * as_many[theirs])
    return total


def brokering(net: Triads) -> NDArray[np.bool_]:
    """Tell of each arc whether it is part of any u→v→w that is not closed: (as first, as second).

    >>> brokering(triads(3, np.array([0, 1]), np.array([1, 2])))
    array([[ True, False],
           [False,  True]])
    """
    arcs = len(net.tail)
    into = np.bincount(net.head, minlength=net.size)
    out = np.bincount(net.tail, minlength=net.size)
    on = out[net.head] - net.mutual - np.bincount(net.first, minlength=arcs)
    before = into[net.tail] - net.mutual - np.bincount(net.second, minlength=arcs)
    return np.stack([on > 0, before > 0])


def with_total(counted: Numbers) -> Numbers:
    """Give the counts by role with their sum as a sixth row."""
    return np.concatenate([counted, counted.sum(axis=0, keepdims=True)])


# --- what sna expects -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a random graph of the same density, and its variance, by role.

    ``total`` of all roles is the sixth. The variance of one actor is that of Gould & Fernandez
    (1989); that of the whole graph is the one that the R package sna has.
    """

    mean: tuple[float, ...]
    variance: tuple[float, ...]


def expected_of_actor(sizes: Sequence[int], own: int, density: float) -> Expected:
    """Give what is expected of an actor of the group number ``own``; ``sizes`` of all groups.

    The pairs (u, w) of a role that have u in common share the tie u→v, those that have w in
    common v→w: such pairs of pairs vary together, all others do not.
    """
    n = sum(sizes)
    m, rest = sizes[own] - 1, n - sizes[own]
    others = [s for g, s in enumerate(sizes) if g != own]
    pairs = [
        m * (m - 1),
        sum(s * (s - 1) for s in others),
        m * rest,
        m * rest,
        sum(s * (rest - s) for s in others),
        (n - 1) * (n - 2),
    ]
    crossed = m * rest * (rest - 1) + rest * m * (m - 1)
    together = [
        2 * m * (m - 1) * (m - 2),
        2 * sum(s * (s - 1) * (s - 2) for s in others),
        crossed,
        crossed,
        2 * sum(s * (rest - s) * (rest - s - 1) for s in others),
        2 * (n - 1) * (n - 2) * (n - 3),
    ]
    open_ = density**2 * (1 - density)
    shared = (density * (1 - density)) ** 3
    return Expected(
        tuple(number * open_ for number in pairs),
        tuple(
            number * open_ * (1 - open_) + joint * shared
            for number, joint in zip(pairs, together, strict=True)
        ),
    )


def expected_of_all(sizes: Sequence[int], density: float) -> Expected:
    """Give what is expected of the whole graph: sna's numbers.

    Two triads can share a tie that is needed in both (``needed``), one that must be missing
    in both (``missing``), or one needed in one and missing in the other (``against``). For
    itinerant and liaison that is the variance; for coordinator and total sna takes off fewer
    of the last than there are, and for representative and gatekeeper none, so that theirs is
    too large. It is followed to the digit, so that answers can be compared.
    """
    n = sum(sizes)

    def alike(s: int) -> tuple[int, int, int, int]:
        """Give triads within ``s`` actors, and their pairs by what they share."""
        triads = s * (s - 1) * (s - 2)
        needed = s * (s - 1) * 2 * (s - 2) * (2 * (s - 2) - 1)
        return triads, needed, triads * (s - 3), 4 * triads * (s - 3)

    def added(parts: Iterator[tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
        a, b, c, d = zip(*parts, strict=True)
        return sum(a), sum(b), sum(c), sum(d)

    def pairs() -> Iterator[tuple[int, int]]:
        """Give the sizes of two different groups, ordered."""
        for g, a in enumerate(sizes):
            for h, b in enumerate(sizes):
                if g != h:
                    yield a, b

    triads = sum(s * (s - 1) * (n - s) for s in sizes)
    itinerant = (
        triads,
        sum(a * b * (a + b - 2) * (a + b - 3) for a, b in pairs()),
        sum(s * (s - 1) * (n - s) * (n - s - 1) for s in sizes),
        0,
    )
    half = sum(s * (n - s) * (s - 1) * (s - 2) for s in sizes)
    boundary = triads, itinerant[2] + half, half, 0
    between = [(a * b, n - a - b) for a, b in pairs()]
    needed = sum(number * 2 * r * (2 * r - 1) for number, r in between)
    liaison = (
        sum(number * r for number, r in between),
        needed,
        sum(number * r * (r - 1) for number, r in between),
        needed,
    )
    open_ = density**2 * (1 - density)
    found = (
        added(alike(s) for s in sizes), itinerant, boundary, boundary, liaison, alike(n),
    )  # fmt: skip
    return Expected(
        tuple(row[0] * open_ for row in found),
        tuple(
            number * open_ * (1 - open_)
            + needed * (density * (1 - density)) ** 3
            + missing * density**5 * (1 - density)
            - against * open_**2
            for number, needed, missing, against in found
        ),
    )


# --- chance ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chance:
    """What permuting the labels gave: how many labelings have at least, or at most, as much.

    ``actor`` counts at least as much of each actor by role (a row a role, total last),
    ``group`` of each group. ``whole`` has a row a labeling: the roles of all, total, and the
    E-I index. ``exact`` tells that these are all labelings, and no sample.
    """

    actor: Numbers
    group: Numbers
    whole: NDArray[np.float64]
    exact: bool

    def p(self, as_extreme: int) -> float | None:
        """Give the p-value of a number of labelings at least as extreme: never 0.

        What was seen is one of all labelings; to a sample it is added (Phipson & Smyth 2010).
        """
        if not len(self.whole):
            return None
        return (
            as_extreme / len(self.whole) if self.exact else (1 + as_extreme) / (1 + len(self.whole))
        )


def labelings(sizes: Sequence[int], most: int) -> int | None:
    """Give in how many ways the labels can be given to the actors, ``None`` if in more than most.

    Of ten thousand actors it would be a number of ten thousand digits.

    >>> labelings([3, 7, 1], 1320), labelings([3, 7, 1], 1319), labelings([4000, 6000], 10**6)
    (1320, None, None)
    """
    ways, placed = 1, 0
    for size in sizes:
        for number in range(1, size + 1):
            placed += 1
            # Whole at every step: so many ways to choose the last ``number`` of ``placed``.
            ways = ways * placed // number
            if ways > most:
                return None
    return ways


def every_labeling(sizes: Sequence[int]) -> Iterator[Numbers]:
    """Give all ways to give the labels, in lexicographic order.

    >>> [label.tolist() for label in every_labeling([2, 1])]
    [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    """
    label = [g for g, s in enumerate(sizes) for _ in range(s)]
    while True:
        yield np.array(label, dtype=np.int64)
        i = len(label) - 2
        while i >= 0 and label[i] >= label[i + 1]:
            i -= 1
        if i < 0:
            return
        j = len(label) - 1
        while label[j] <= label[i]:
            j -= 1
        label[i], label[j] = label[j], label[i]
        label[i + 1 :] = label[:i:-1]


def some_labelings(group: Numbers, times: int, seed: int) -> Iterator[Numbers]:
    """Give the labels in so many random orders."""
    rng = np.random.default_rng(seed)
    for _ in range(times):
        yield rng.permutation(group)


def ei_index(net: Triads, group: Numbers) -> float | None:
    """Give ties between groups less those within, over all (Krackhardt & Stern 1988).

    >>> ei_index(triads(3, np.array([0, 1]), np.array([1, 2])), np.array([0, 0, 1]))
    0.0
    """
    arcs = len(net.tail)
    within = int((group[net.tail] == group[net.head]).sum())
    return (arcs - 2 * within) / arcs if arcs else None


def by_group(counted: Numbers, group: Numbers, groups: int) -> Numbers:
    """Give the counts by role and group, from those by role and actor."""
    return np.stack([np.bincount(group, weights=row, minlength=groups) for row in counted]).astype(
        np.int64
    )


def chance(
    net: Triads,
    group: Numbers,
    groups: int,
    labels: Iterator[Numbers],
    *,
    exact: bool,
    count: Callable[[Numbers], Numbers] | None = None,
) -> Chance:
    """Count the roles anew with each labeling.

    ``count`` counts them by one, where not all u→v→w are to be.
    """

    def counted(label: Numbers) -> Numbers:
        return with_total(roles(net, label, groups) if count is None else count(label))

    seen = counted(group)
    seen_groups = by_group(seen, group, groups)
    actor, in_group = np.zeros_like(seen), np.zeros_like(seen_groups)
    whole: list[list[float]] = []
    for label in labels:
        found = counted(label)
        actor += found >= seen
        in_group += by_group(found, label, groups) >= seen_groups
        ei = ei_index(net, label)
        whole.append([*found.sum(axis=1).tolist(), math.nan if ei is None else ei])
    return Chance(actor, in_group, np.array(whole).reshape(-1, 7), exact)
