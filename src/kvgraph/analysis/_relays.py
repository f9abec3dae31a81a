"""Who can have passed a practice on: pairs of ties of which one can follow the other in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.analysis._arcs import Arcs
from kvgraph.analysis._brokerage import ROLE_OF, ROLES
from kvgraph.errors import KvgraphError
from kvgraph.material import Adaptation, Tie, span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

MOST: Final = 50_000_000
"""More u→v→w would not fit into the memory of a small machine."""

_AT_ONCE: Final = 1_000_000
"""About so many pairs of ties are looked at at a time."""


@dataclass(frozen=True, slots=True)
class Relays:
    """All u→v→w without u→w in which u→v can have arrived before v→w departs, each once.

    ``giver``, ``middle`` and ``receiver`` are places of actors. ``possible`` and ``certain``
    count by actor in how many (practice, u, w) it can have passed on, and is certain to have,
    whether u→w is there or not. ``ids`` are by actor those of the ties u→v and v→w that take
    part in the former.
    """

    giver: Numbers
    middle: Numbers
    receiver: Numbers
    possible: Numbers
    certain: Numbers
    ids: tuple[frozenset[str], ...]

    def roles(self, group: Numbers) -> Numbers:
        """Give how often each actor is in each role: a row a role in the order of ROLES."""
        size = len(self.possible)
        u, v, w = group[self.giver], group[self.middle], group[self.receiver]
        place = ROLE_OF[(u == v) * 4 + (v == w) * 2 + (u == w)] * size + self.middle
        return np.bincount(place, minlength=len(ROLES) * size).reshape(len(ROLES), size)


@dataclass(frozen=True, slots=True)
class _Lines:
    """All from one actor to another of one practice together: (practice, giver, receiver).

    ``low`` is the earliest moment at which any tie of it can have arrived, ``high`` the latest
    at which any can depart; ``arrived`` and ``departed`` are the best that is certain: the
    earliest latest moment, and the latest earliest one, of what is proven.
    """

    practice: Numbers
    giver: Numbers
    receiver: Numbers
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    arrived: NDArray[np.float64]
    departed: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Crossings:
    """Where a line can go on in another practice: ``line`` of the one, ``practice`` of the other.

    It has begun there between ``start`` and ``end``, and what arrives after ``last`` came too
    late to be what it was made from.
    """

    line: Numbers
    practice: Numbers
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    last: NDArray[np.float64]


def relays(
    arcs: Arcs, ties: Sequence[Tie], adaptations: Sequence[Adaptation] = (), *, strict: bool
) -> Relays:
    """Find who can have passed on what; ``arcs`` are those of the ties.

    What comes as one practice and goes on as another is the same line where an adaptation of it
    by the actor in the middle is documented: it goes on from the beginning of the adaptation on,
    as in reach.

    >>> from kvgraph.analysis._arcs import arcs_of
    >>> ties = [Tie("a", "b", "p", 1, 4, 1.0, "1"), Tie("b", "c", "p", 2, 3, 1.0, "2"),
    ...         Tie("b", "d", "p", 0, 0, 1.0, "3"), Tie("b", "e", "q", 5, 5, 1.0, "4")]
    >>> found = relays(arcs_of(ties), ties, strict=False)
    >>> found.receiver.tolist(), found.possible.tolist(), found.certain.tolist()
    ([2], [0, 1, 0, 0, 0], [0, 0, 0, 0, 0])
    >>> sorted(found.ids[1])
    ['1', '2']

    To d it left before it came, and what went to e was something else.

    :raises KvgraphError: for more u→v→w than can be gone through.
    """
    size, number = len(arcs.names), len(arcs.giver)
    timed = [t for t in ties if t.giver != t.receiver]
    line_of, low, high, lines, practices = _lines(arcs, timed)
    crossings = _crossings(arcs, lines, practices, adaptations)
    known = arcs.giver * size + arcs.receiver
    arc_of = np.searchsorted(known, lines.giver * size + lines.receiver)
    possible, certain = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    # The latest departure after each line, and the earliest arrival before it.
    latest, earliest = np.full(len(lines.low), -np.inf), np.full(len(lines.low), np.inf)
    goes_on, came = np.zeros(len(lines.low), dtype=bool), np.zeros(len(lines.low), dtype=bool)
    kept = [np.zeros(0, dtype=np.int64)]
    for row, second in _pairs(size, lines, crossings):
        first = crossings.line[row]
        begun = np.maximum(lines.low[first], crossings.start[row])
        sure = np.where(crossings.end[row] < np.inf, crossings.end[row], lines.arrived[first])
        can = begun < lines.high[second] if strict else begun <= lines.high[second]
        must = sure < lines.departed[second] if strict else sure <= lines.departed[second]
        can &= lines.low[first] <= crossings.last[row]
        must &= can & (lines.arrived[first] < np.inf)
        middle = lines.receiver[first]
        possible += np.bincount(middle[can], minlength=size)
        certain += np.bincount(middle[must], minlength=size)
        closing = lines.giver[first] * size + lines.receiver[second]
        place = np.minimum(np.searchsorted(known, closing), number - 1)
        open_ = np.flatnonzero(can & (known[place] != closing))
        a, b = first[open_], second[open_]
        np.maximum.at(latest, a, lines.high[b])
        np.minimum.at(earliest, b, begun[open_])
        goes_on[a] = came[b] = True
        kept.append(np.unique(arc_of[a] * number + arc_of[b]))
        if sum(map(len, kept)) > MOST:
            raise KvgraphError(
                f"there are more than {MOST:,} ways to pass something on",
                hint="Ask of fewer transfers, or without --temporal.",
            )
    found = np.unique(np.concatenate(kept))
    u_v, v_w = found // max(number, 1), found % max(number, 1)
    ids: list[set[str]] = [set() for _ in arcs.names]
    for tie, line, lo, hi in zip(timed, line_of.tolist(), low.tolist(), high.tolist(), strict=True):
        end, begin = latest[line], earliest[line]
        if goes_on[line] and (lo < end or (lo == end and not strict)):
            ids[lines.receiver[line]].add(tie.id)
        if came[line] and (begin < hi or (begin == hi and not strict)):
            ids[lines.giver[line]].add(tie.id)
    return Relays(
        arcs.giver[u_v],
        arcs.giver[v_w],
        arcs.receiver[v_w],
        possible,
        certain,
        tuple(map(frozenset, ids)),
    )


def _lines(
    arcs: Arcs, ties: Sequence[Tie]
) -> tuple[Numbers, NDArray[np.float64], NDArray[np.float64], _Lines, dict[str, int]]:
    """Put ties together; give also the line of each tie, its times, and practices by number."""
    place = {name: i for i, name in enumerate(arcs.names)}
    practices = {name: i for i, name in enumerate(sorted({tie.practice for tie in ties}))}
    numbers: dict[tuple[int, int, int], int] = {}
    line_of = np.array(
        [
            numbers.setdefault(
                (practices[tie.practice], place[tie.giver], place[tie.receiver]), len(numbers)
            )
            for tie in ties
        ],
        dtype=np.int64,
    )
    spans = np.array([span(tie.start, tie.end) for tie in ties], dtype=np.float64).reshape(-1, 2)
    low, high = spans[:, 0], spans[:, 1]
    proven = np.array([tie.proven for tie in ties], dtype=bool)
    ends = np.array(list(numbers), dtype=np.int64).reshape(-1, 3)
    bounds = [np.full(len(numbers), start) for start in (np.inf, -np.inf, np.inf, -np.inf)]
    np.minimum.at(bounds[0], line_of, low)
    np.maximum.at(bounds[1], line_of, high)
    np.minimum.at(bounds[2], line_of[proven], high[proven])
    np.maximum.at(bounds[3], line_of[proven], low[proven])
    return line_of, low, high, _Lines(ends[:, 0], ends[:, 1], ends[:, 2], *bounds), practices


def _crossings(
    arcs: Arcs, lines: _Lines, practices: Mapping[str, int], adaptations: Sequence[Adaptation]
) -> _Crossings:
    """Give where each line can go on: in its own practice, and in those made from it there."""
    place = {name: i for i, name in enumerate(arcs.names)}
    at: dict[str, list[Adaptation]] = {}
    for one in adaptations:
        at.setdefault(one.origin, []).append(one)
    found: list[tuple[Numbers, int, float, float, float]] = []
    for origin, own in sorted(at.items()):
        for parent, child, start, end, last in _made(own):
            if origin in place and parent in practices and child in practices:
                mine = lines.practice == practices[parent]
                mine &= lines.receiver == place[origin]
                found.append((np.flatnonzero(mine), practices[child], start, end, last))
    own_line = np.arange(len(lines.low), dtype=np.int64)
    number = [len(own_line), *(len(rows) for rows, *_ in found)]

    def column(first: float, place: int) -> NDArray[np.float64]:
        return np.repeat([first, *(row[place] for row in found)], number).astype(np.float64)

    return _Crossings(
        np.concatenate([own_line, *(rows for rows, *_ in found)]),
        np.concatenate(
            [lines.practice, *(np.full(len(rows), child) for rows, child, *_ in found)]
        ).astype(np.int64),
        column(-np.inf, 2),
        column(np.inf, 3),
        column(np.inf, 4),
    )


def _made(own: Sequence[Adaptation]) -> Iterator[tuple[str, str, float, float, float]]:
    """Give what one actor made of what, over any number of its own adaptations."""
    todo = [(a.parent, a.child, *span(a.start, a.end), span(a.start, a.end)[1]) for a in own]
    seen: set[tuple[str, str]] = set()
    while todo:
        parent, child, start, end, last = todo.pop(0)
        if (parent, child) in seen:
            continue
        seen.add((parent, child))
        yield parent, child, start, end, last
        for a in own:
            low, high = span(a.start, a.end)
            if a.parent == child and start <= high:
                known = high if high < np.inf else end
                todo.append((parent, a.child, max(start, low), known, min(last, high)))


def _pairs(size: int, lines: _Lines, crossings: _Crossings) -> Iterator[tuple[Numbers, Numbers]]:
    """Give each crossing with each line that it meets and does not go back, many at a time."""
    came = crossings.practice * size + lines.receiver[crossings.line]
    went = lines.practice * size + lines.giver
    order = np.argsort(went, kind="stable")
    begin = np.searchsorted(went[order], came)
    some = np.searchsorted(went[order], came, side="right") - begin
    so_far = np.cumsum(some)
    total = int(so_far[-1]) if len(so_far) else 0
    cuts = np.unique(np.searchsorted(so_far, np.arange(0, total, _AT_ONCE))).tolist()
    for start, end in pairwise([*cuts, len(some)]):
        part = some[start:end]
        row = np.repeat(np.arange(start, end), part)
        after = np.arange(len(row)) - np.repeat(np.cumsum(part) - part, part)
        second = order[begin[row] + after]
        away = np.flatnonzero(lines.giver[crossings.line[row]] != lines.receiver[second])
        yield row[away], second[away]
