"""How many states each state reaches, of all states at once: bits that are handed backwards.

A set of states is a number, with a bit for each state of a practice. Going back in time, a
transfer adds to what its giver reaches what its receiver reaches from then on, which is known by
then: one *or* a transfer answers for all givers at once. A transfer between two days is gone over
twice. On its last day what its receiver reaches from then on is put by, and added on its first
day, so that it is followed by what certainly comes after it, and by nothing else.

What may have been reached is no question of pairs of transfers, since a running day is kept: it
is the same where each transfer has one day, or none has any; otherwise the kernel of reach goes
over the transfers from each giver.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kvgraph.analysis._kernel import NEVER, SOURCE
from kvgraph.analysis._timeline import Numbered, Timeline, number_states
from kvgraph.flows import HIGH, LOW, Flows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

MOVE, TIED, TAKE, PUT = range(4)
"""What is done with a transfer: it moves, moves on a day with others, is put by, or is added."""

_WORTH_COMPILING: Final = 200_000
"""Transfers from which on compiled code pays for its own start."""
_WORD: Final = 64
"""Bits of a machine integer."""
_BITS: Final = 1 << 30
"""Bits that plain Python holds at a time; a whole number of it has as many as are needed."""


def backwards(
    last: int, tail: Any, head: Any, what: Any, edge: Any, until: Any, reach: Any, kept: Any,
    strict: bool,
) -> None:  # fmt: skip
    """Add to what each state reaches, from the latest of the first ``last`` events on.

    ``reach`` holds a number for each state with its own bit set, ``kept`` one for each edge. An
    event is something done (``what``) with an edge on a day. Those that are tied move on one day,
    up to the event ``until``, and are gone over again, in turn from either end, until nothing
    changes; strict, they see nothing of each other.
    """
    settled = 0
    for i, giver, receiver, done in zip(range(last), tail, head, what):  # noqa: B905
        if done == MOVE:
            reach[giver] |= reach[receiver]
        elif done == TAKE:
            kept[edge[i]] = reach[receiver]
        elif done == PUT:
            reach[giver] |= kept[edge[i]]
            kept[edge[i]] = 0
        elif i >= settled:
            settled = until[i]
            if strict:
                for k in range(i, settled):
                    kept[edge[k]] = reach[head[k]]
                for k in range(i, settled):
                    reach[tail[k]] |= kept[edge[k]]
                    kept[edge[k]] = 0
            else:
                begin, end, step = i, settled, 1
                again = True
                while again:
                    again = False
                    for k in range(begin, end, step):
                        found = reach[tail[k]] | reach[head[k]]
                        if found != reach[tail[k]]:
                            reach[tail[k]] = found
                            again = True
                    begin, end, step = end - step, begin - step, -step


@cache
def _compiled() -> Callable[..., None] | None:
    """Give the pass compiled, or ``None`` where numba is not installed."""
    try:
        from numba import njit
    except ImportError:
        return None
    compiled: Callable[..., None] = njit(cache=True)(backwards)
    return compiled


@dataclass(frozen=True, slots=True)
class Events:
    """Edges arranged to be gone over backwards, the practices with most states first.

    ``state`` tells which state a place is that the edges go between, ``bit`` its number within
    its practice. ``giving`` are the places that give, ``sizes`` the states of each practice, and
    ``ends`` where its events end.
    """

    tail: Any
    head: Any
    what: Any
    edge: Any
    until: Any
    edges: int
    state: Numbers
    bit: Any
    giving: Numbers
    sizes: Numbers
    ends: Numbers
    strict: bool
    compiled: bool


def arranged(
    states: Numbered,
    actors: int,
    edges: Numbers,
    *,
    strict: bool,
    compiled: bool | None = None,
    static: bool = False,
) -> Events:
    """Arrange some edges; ``static`` takes all of them as of one day, on which they follow freely.

    Those of one practice stand together by day, the latest first. Of one day, non-strict, those
    that are added come before those that move, and these before those that are put by; strict,
    the other way round. ``compiled`` decides for or against numba, else the number of edges does.
    """
    if compiled is None:
        compiled = len(edges) >= _WORTH_COMPILING
    compiled = compiled and _compiled() is not None
    practice = states.practice[edges]
    # Practices by the number of their states, and the states of each in their own order.
    of = states.keys // max(actors, 1)
    every = np.bincount(of, minlength=1)
    used = np.flatnonzero(np.bincount(practice, minlength=len(every)))
    order = used[np.argsort(-every[used], kind="stable")]
    sizes = every[order]
    rank = np.full(len(every), -1)
    rank[order] = np.arange(len(order))
    start = np.cumsum(sizes) - sizes
    bit = np.arange(len(of)) - (np.cumsum(every) - every)[of]
    mine = np.flatnonzero(rank[of] >= 0)
    place = np.full(len(of), -1)
    place[mine] = start[rank[of[mine]]] + bit[mine]
    state = np.empty(len(mine), dtype=np.int64)
    state[place[mine]] = mine

    lo, hi = states.lo[edges], states.hi[edges]
    moving = np.full(len(edges), True) if static else lo == hi
    now, later = np.flatnonzero(moving), np.flatnonzero(~moving)
    edge = np.concatenate([now, later, later])
    what = np.repeat(np.array([MOVE, TAKE, PUT], dtype=np.int8), [len(now), *2 * [len(later)]])
    day = np.zeros(len(edge), np.int64) if static else np.r_[lo[now], hi[later], lo[later]]
    turn = np.array([1, 1, 0, 2] if strict else [1, 1, 2, 0], dtype=np.int8)[what]
    group = rank[practice[edge]]
    by = np.lexsort((turn, -day, group))
    edge, what, day, group = edge[by], what[by], day[by], group[by]
    tail, head = place[states.tail[edges[edge]]], place[states.head[edges[edge]]]
    until = _tie(what, day, group, tail, head, len(state))
    giving = np.flatnonzero(np.bincount(tail, minlength=len(state)))

    def flat(column: NDArray[Any], kind: type = np.uint32) -> Any:
        """Give a column in the form in which the pass reads it fastest."""
        return column.astype(kind) if compiled else column.tolist()

    return Events(
        tail=flat(tail),
        head=flat(head),
        what=flat(what, np.int8),
        edge=flat(edge),
        until=flat(until),
        edges=len(edges),
        state=state,
        bit=flat(bit[state], np.int64),
        giving=giving,
        sizes=sizes,
        ends=np.cumsum(np.bincount(group, minlength=len(order))),
        strict=strict and not static,
        compiled=compiled,
    )


def _tie(
    what: NDArray[np.int8], day: Numbers, group: Numbers, tail: Numbers, head: Numbers, size: int
) -> Numbers:
    """Mark what moves on a day on which one gives that receives; give where each day ends."""
    new = np.ones(len(day), dtype=bool)
    new[1:] = (day[1:] != day[:-1]) | (group[1:] != group[:-1]) | (what[1:] != what[:-1])
    block = np.cumsum(new) - 1
    begins = np.flatnonzero(new)
    ends: Numbers = np.append(begins[1:], len(day))
    many = np.flatnonzero((ends - begins > 1)[block] & (what == MOVE))
    tied = np.zeros(len(begins), dtype=bool)
    if len(many):
        given = np.sort(block[many] * size + tail[many])
        received = block[many] * size + head[many]
        first = np.minimum(np.searchsorted(given, received), len(given) - 1)
        tied[block[many[given[first] == received]]] = True
    what[tied[block]] = TIED
    until: Numbers = ends[block]
    return until


def reached(events: Events) -> Numbers:
    """Give for each place how many other states of its practice it reaches.

    So many bits at a time; the practices that have none left stand last, and are left out.
    """
    giving = events.giving
    found = np.full(len(giving), -1)
    run: Callable[..., None] | None = backwards
    kept: Any = [0] * events.edges
    width = max(_WORD, _BITS // max(len(events.state), 1))
    if events.compiled:
        run, kept, width = _compiled(), np.zeros(events.edges, dtype=np.uint64), _WORD
    assert run is not None
    most = int(events.sizes.max(initial=0))
    for first in range(0, most, width):
        many = int((events.sizes > first).sum())
        last, size = int(events.ends[many - 1]), int(events.sizes[:many].sum())
        reach: Any
        if events.compiled:
            own = events.bit[:size] - first
            reach = np.zeros(size, dtype=np.uint64)
            inside = np.flatnonzero((own >= 0) & (own < width))
            reach[inside] = np.uint64(1) << own[inside].astype(np.uint64)
        else:
            # Looked up, since the states of all practices have the same few bits.
            bits = [0] * first + [1 << b for b in range(min(width, most - first))]
            bits += [0] * (most - len(bits))
            reach = list(map(bits.__getitem__, events.bit[:size]))
        run(
            last, events.tail, events.head, events.what, events.edge, events.until, reach, kept,
            events.strict,
        )  # fmt: skip
        there = giving[: np.searchsorted(giving, size)]
        found[: len(there)] += (
            ones(reach[there])
            if events.compiled
            else [reach[g].bit_count() for g in there.tolist()]
        )
    counted = np.zeros(len(events.state), dtype=np.int64)
    counted[giving] = found
    return counted


def ones(words: NDArray[np.uint64]) -> Numbers:
    """Give the number of bits that are set in each word.

    Two bits are counted in themselves, then four, then eight, and the bytes added up.

    >>> ones(np.array([0, 1, 255, 2**64 - 1], dtype=np.uint64))
    array([ 0,  1,  8, 64])
    """
    u = np.uint64
    pairs = words - ((words >> u(1)) & u(0x5555555555555555))
    fours = (pairs & u(0x3333333333333333)) + ((pairs >> u(2)) & u(0x3333333333333333))
    eights = (fours + (fours >> u(4))) & u(0x0F0F0F0F0F0F0F0F)
    counted: Numbers = ((eights * u(0x0101010101010101)) >> u(56)).astype(np.int64)
    return counted


@dataclass(frozen=True, slots=True)
class Counts:
    """How many others each state can have reached, and has certainly reached.

    ``given`` tells which states gave anything; the others reach nobody.
    """

    states: Numbered
    possible: Numbers
    certain: Numbers
    given: NDArray[np.bool_]


def counts(
    flows: Flows,
    *,
    strict: bool = False,
    compiled: bool | None = None,
    step: Callable[[int, int], None] = lambda _, __: None,
) -> Counts:
    """Count for every state the others that it reaches, holding its practice from the beginning.

    No adaptation is crossed. ``compiled`` decides for or against numba, else the number of
    transfers does; ``step`` is told of how many practices with intervals which one is next.
    """
    states = number_states(flows)
    actors, size, practices = len(flows.transfers.actors), len(states.keys), states.practice
    proven = flows.proven[states.row]
    given = np.zeros(size, dtype=bool)
    given[states.tail] = True
    number = int(practices.max(initial=-1)) + 1

    def without(edges: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell which practices have no such edge."""
        none: NDArray[np.bool_] = np.bincount(practices[edges], minlength=number) == 0
        return none

    points = without(states.lo != states.hi)
    static = without((states.lo != LOW) | (states.hi != HIGH))
    exact = points & without(~proven)

    def swept(edges: NDArray[np.bool_], *, free: bool = False) -> tuple[Numbers, Numbers]:
        events = arranged(
            states, actors, np.flatnonzero(edges), strict=strict, compiled=compiled, static=free
        )
        return events.state, reached(events)

    certain, possible = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    found, many = swept(proven)
    certain[found] = many
    same = exact[states.keys // max(actors, 1)] if size else np.zeros(0, dtype=bool)
    possible[same] = certain[same]
    for chosen, free in ((points & ~exact, False), (static, True)):
        if chosen.any():
            found, many = swept(chosen[practices], free=free)
            possible[found] = many
    others = np.flatnonzero(~points & ~static)
    if len(others):
        _one_by_one(flows, others.tolist(), possible, strict, compiled, step)
    return Counts(states, possible, certain, given)


def _one_by_one(
    flows: Flows,
    practices: list[int],
    possible: Numbers,
    strict: bool,
    compiled: bool | None,
    step: Callable[[int, int], None],
) -> None:
    """Count what can have been reached from each giver in turn, where days are intervals."""
    if compiled is None:
        compiled = len(flows.lo) >= _WORTH_COMPILING
    timeline = Timeline(flows, lineage=False, compiled=compiled)
    label = timeline.labels()
    for done, practice in enumerate(practices):
        step(done, len(practices))
        states = timeline.states(practice)
        for source in states:
            if timeline.given[source]:
                label[source] = SOURCE
                timeline.possible([source], label, strict)
                part = label[states.start : states.stop]
                never = part.count(NEVER) if timeline.plain else np.count_nonzero(part == NEVER)
                possible[source] = len(states) - int(never) - 1
                timeline.unsettle(practice, label)
