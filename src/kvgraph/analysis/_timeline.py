"""The transfers of a question, arranged for the passes of the kernel: states, edges and lines.

A state is an actor that holds a practice; those of a practice lie together, and practices stand
in the order of their lineage.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kvgraph.analysis._kernel import NEVER, SOURCE, compiled_passes, label_setting, ordered_pass
from kvgraph.flows import HIGH, IN, LOW, Flows, Lineage
from kvgraph.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_WORTH_COMPILING: Final = 1_000_000
"""Edges from which on compiled code pays for its own start.

Starting numba takes half a second, and so does making lists of a million edges, which the
plain passes need. The passes themselves are short either way: 5 ms against 0.3 ms for 100,000.
"""

_PARTS: Final = 16
"""Parts in which a pass looks whether it has found what is sought."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges in the order of (practice, lo), with the way from a state to its edges.

    ``segment[p]`` to ``segment[p + 1]`` are the edges of practice ``p``. ``row`` tells which
    transfer an edge is.
    """

    tail: Any
    head: Any
    lo: Any
    hi: Any
    row: Any
    segment: Any


@dataclass(frozen=True, slots=True)
class Numbered:
    """The transfers that take part, in the order of (practice, lo), between numbered states.

    ``keys`` holds practice * actors + actor of each state, in their order; ``row`` tells which
    transfer an edge is, ``ends`` the states that were asked for besides.
    """

    keys: NDArray[np.int64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    lo: NDArray[np.int64]
    hi: NDArray[np.int64]
    practice: NDArray[np.int64]
    row: NDArray[np.int64]
    ends: NDArray[np.int64]


def number_states(flows: Flows, ends: Sequence[int] = ()) -> Numbered:
    """Number the states between which flows go, and those whose keys are ``ends``."""
    t = flows.transfers
    kept = np.flatnonzero(flows.reason == IN)
    practice = t.practice[kept].astype(np.int64)
    tails = practice * len(t.actors) + t.giver[kept]
    heads = practice * len(t.actors) + t.receiver[kept]
    keys, numbers = np.unique(
        np.concatenate([tails, heads, np.array(ends, dtype=np.int64)]), return_inverse=True
    )
    order = np.lexsort((flows.lo[kept], practice))
    many = len(order)
    kept = kept[order]
    return Numbered(
        keys,
        numbers[:many][order],
        numbers[many : 2 * many][order],
        flows.lo[kept],
        flows.hi[kept],
        practice[order],
        kept,
        numbers[2 * many :],
    )


class Timeline:
    """Flows arranged for the kernel: states numbered, edges ordered, lineage in order.

    Everything is a list of integers (plain) or an array (compiled), whichever the passes in
    use want; both can be indexed.
    """

    def __init__(self, flows: Flows, *, lineage: bool = True, compiled: bool | None = None) -> None:
        """Arrange flows; ``compiled`` decides for or against numba, else the size does."""
        t = flows.transfers
        self.flows = flows
        crossings = list(t.lineage) if lineage else []
        ends = [p * len(t.actors) + x.origin for x in crossings for p in (x.parent, x.child)]
        numbered = number_states(flows, ends)
        kept = numbered.row
        self._actors = len(t.actors)
        passes = None
        if compiled or (compiled is None and len(kept) >= _WORTH_COMPILING):
            passes = compiled_passes()
        self.ordered: Callable[..., None]
        self.setting: Callable[..., None]
        self.ordered, self.setting = passes or (ordered_pass, label_setting)
        self.plain = passes is None

        self.keys = numbered.keys
        self.size = len(self.keys)
        # Unsigned, so that compiled code need not look for places counted from the end.
        tail, head = numbered.tail.astype(np.uint32), numbered.head.astype(np.uint32)
        practice, lo, hi = numbered.practice, numbered.lo, numbered.hi
        bounds = np.arange(len(t.practices) + 1)
        self.all = self._edges(tail, head, lo, hi, kept, practice, bounds)
        sure = flows.proven[kept]
        self.proven: Any = self._flat(sure)
        """Whether a source says of each edge of ``all`` that it happened."""
        self.sure = (
            self.all
            if sure.all()
            else self._edges(
                tail[sure], head[sure], lo[sure], hi[sure], kept[sure], practice[sure], bounds
            )
        )
        self._states = np.searchsorted(self.keys, bounds * self._actors)
        received = np.zeros(self.size, dtype=bool)
        received[head] = True
        given = np.zeros(self.size, dtype=bool)
        given[tail] = True
        self.given = given
        # A crossing goes from the origin's state in the parent to its state in the child,
        # and only if the origin did receive the parent.
        self.crossings: list[tuple[int, int, Lineage]] = []
        origins = numbered.ends
        for x, a, b in zip(crossings, origins[::2], origins[1::2], strict=True):
            if received[a]:
                self.crossings.append((int(a), int(b), x))
        self.by_parent: dict[int, list[tuple[int, int, Lineage]]] = {}
        self.by_child: dict[int, list[tuple[int, int, Lineage]]] = {}
        for crossing in self.crossings:
            self.by_parent.setdefault(crossing[2].parent, []).append(crossing)
            self.by_child.setdefault(crossing[2].child, []).append(crossing)
        self._children = {p: sorted({c[2].child for c in cs}) for p, cs in self.by_parent.items()}

    def _edges(
        self, tail: Any, head: Any, lo: Any, hi: Any, row: Any, practice: Any, bounds: Any
    ) -> Edges:
        """Make edges of ordered columns."""
        segment = np.searchsorted(practice, bounds)
        return Edges(*(self._flat(c) for c in (tail, head, lo, hi, row, segment)))

    def _flat(self, column: NDArray[Any]) -> Any:
        """Give a column in the form in which the passes read it fastest."""
        return column.tolist() if self.plain else np.ascontiguousarray(column)

    # --- states -----------------------------------------------------------------------

    def state(self, practice: int, actor: int) -> int | None:
        """Give the state of an actor that holds a practice, if there is one."""
        key = practice * self._actors + actor
        place = int(np.searchsorted(self.keys, key))
        return place if place < self.size and int(self.keys[place]) == key else None

    def of_state(self, state: int) -> tuple[int, int]:
        """Give the practice and the actor of a state."""
        practice, actor = divmod(int(self.keys[state]), self._actors)
        return practice, actor

    def of_actor(self, actor: int) -> list[int]:
        """Give all states of an actor."""
        found: list[int] = self.states_of(actor).tolist()
        return found

    def states_of(self, actor: int) -> NDArray[np.int64]:
        """Give all states of an actor as an array."""
        return np.flatnonzero(self._actor_of == actor)

    def practices_of(self, states: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the practices of states, sorted, each once."""
        practices = np.sort(self.keys[states] // self._actors)
        return practices[np.diff(practices, prepend=-1) > 0]

    @cached_property
    def _actor_of(self) -> NDArray[np.int64]:
        """The actor of each state."""
        return self.keys % self._actors

    def states(self, practice: int) -> range:
        """Give the states of a practice."""
        return range(int(self._states[practice]), int(self._states[practice + 1]))

    def line(self, practice: int) -> list[int]:
        """Give a practice and all that descend from it, each after what it was adapted from."""
        graph: dict[int, set[int]] = {practice: set()}
        todo = [practice]
        while todo:
            parent = todo.pop()
            for child in self._children.get(parent, ()):
                if child not in graph:
                    graph[child] = set()
                    todo.append(child)
                graph[child].add(parent)
        # A graph without cycles has one canonical order here: ready practices by number.
        sorter = TopologicalSorter(graph)
        sorter.prepare()
        order: list[int] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready())
            order += ready
            sorter.done(*ready)
        return order

    # --- adjacency ----------------------------------------------------------------------

    @cached_property
    def out(self) -> tuple[Any, Any]:
        """The edges out of each state: where its part of the list starts, and the list."""
        return self._adjacency(self.all.tail)

    @cached_property
    def into(self) -> tuple[Any, Any]:
        """The edges into each state, likewise."""
        return self._adjacency(self.all.head)

    def _adjacency(self, column: Any) -> tuple[Any, Any]:
        column = np.asarray(column, dtype=np.uint32)
        start = np.zeros(self.size + 1, dtype=np.int64)
        np.cumsum(np.bincount(column, minlength=self.size), out=start[1:])
        edge = np.argsort(column, kind="stable").astype(np.int32)
        return self._flat(start), self._flat(edge)

    @cached_property
    def edge_ids(self) -> Mapping[int, str]:
        """The id of the transfer behind each edge, filled as it is asked for."""
        return _Ids(self)

    def labels(self) -> Any:
        """Give a label for each state, none of them reached."""
        if self.plain:
            return [NEVER] * self.size
        return np.full(self.size, NEVER, dtype=np.int64)

    def settle(self, states: NDArray[np.int64], label: Any, day: int) -> None:
        """Give all these states one label."""
        if not self.plain:
            label[states] = day
            return
        for state in states.tolist():
            label[state] = day

    def unsettle(self, practice: int, label: Any) -> None:
        """Give the states of a practice back the label of what is not reached."""
        states = self.states(practice)
        never = [NEVER] * len(states) if self.plain else NEVER
        label[states.start : states.stop] = never

    def seeds(self, practice: int, label: Any) -> list[int]:
        """Give the states of a practice that have a label."""
        states = self.states(practice)
        if self.plain:
            return [s for s in states if label[s] < NEVER]
        found: list[int] = np.flatnonzero(label[states.start : states.stop] < NEVER).tolist()
        return [states.start + s for s in found]

    def exact(self, practice: int) -> bool:
        """Tell whether every edge of a practice is proven and has one day."""
        return bool(self._exact[practice])

    @cached_property
    def _exact(self) -> NDArray[np.bool_]:
        e = self.all
        lo, hi = np.asarray(e.lo, dtype=np.int64), np.asarray(e.hi, dtype=np.int64)
        other = ~((lo == hi) & (lo > LOW) & (hi < HIGH) & np.asarray(self.proven, dtype=bool))
        before = np.concatenate([[0], np.cumsum(other)])
        segment = np.asarray(e.segment, dtype=np.int64)
        exact: NDArray[np.bool_] = before[segment[1:]] == before[segment[:-1]]
        return exact

    # --- passes -------------------------------------------------------------------------

    def certain(
        self, practice: int, label: Any, strict: bool, *, through: int | None = None
    ) -> None:
        """Settle the certain labels within one practice, or in all from it ``through`` another."""
        e = self.sure
        self.ordered(
            e.segment[practice],
            e.segment[(practice if through is None else through) + 1],
            e.tail, e.head, e.lo, e.hi, label, strict,
        )  # fmt: skip

    def until(self, practice: int, label: Any, strict: bool, goals: Sequence[int]) -> None:
        """Settle an exact practice as far as the day on which the last of the goals is reached."""
        e = self.sure
        begin, last = int(e.segment[practice]), int(e.segment[practice + 1])
        # Nothing moves before the first day on which one of the holders gives.
        start, edge = self.out
        held = self.seeds(practice, label)
        first = min((int(edge[start[s]]) for s in held if start[s] < start[s + 1]), default=None)
        if first is None:
            return
        day = self.all.lo[first]
        begin = bisect_left(e.lo, day, begin, last)
        part = max((last - begin) // _PARTS, 1)
        while begin < last and any(label[s] == NEVER for s in goals):
            end = min(begin + part, last)
            # A day is not divided: its transfers may follow one another in any order.
            while end < last and e.lo[end] == e.lo[end - 1]:
                end += 1
            self.ordered(begin, end, e.tail, e.head, e.lo, e.hi, label, strict)
            begin = end

    def possible(self, seeds: Sequence[int], label: Any, strict: bool) -> None:
        """Settle the possible labels within the practice of the seeds."""
        e = self.all
        start, edge = self.out
        given = seeds if self.plain else np.array(seeds, dtype=np.uint32)
        self.setting(given, start, edge, e.head, e.lo, e.hi, label, strict)

    def mirrored(self, seeds: Sequence[int], label: Any, strict: bool) -> None:
        """Settle backwards from which states the seeds can be reached.

        A label is the negative of the last day on which the state still gets there.
        """
        start, edge = self.into
        lo, hi = self._mirrored_bounds
        given = seeds if self.plain else np.array(seeds, dtype=np.uint32)
        self.setting(given, start, edge, self.all.tail, lo, hi, label, strict)

    @cached_property
    def _mirrored_bounds(self) -> tuple[Any, Any]:
        """The bounds of all edges with time turned round."""
        if self.plain:
            return [-x for x in self.all.hi], [-x for x in self.all.lo]
        return -self.all.hi, -self.all.lo


class _Ids(dict[int, str]):
    """The id of the transfer behind an edge."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__()
        self._row = timeline.all.row
        self._ids = timeline.flows.transfers.ids

    def __missing__(self, e: int) -> str:
        self[e] = shorten(self._ids[self._row[e]])
        return self[e]


def earliest_arrival(
    timeline: Timeline, sources: NDArray[np.int64], label: Any, strict: bool
) -> NDArray[np.int64]:
    """Settle, with point dates, the earliest arrival from states that hold from the beginning.

    Gives the practices of the sources, so that the caller knows which labels were touched.
    """
    timeline.settle(sources, label, SOURCE)
    practices = timeline.practices_of(sources)
    if not practices.size:
        return practices
    segment = np.asarray(timeline.sure.segment)
    first, last = practices[0], practices[-1]
    edges = (segment[practices + 1] - segment[practices]).sum()
    if segment[last + 1] - segment[first] < 2 * edges:
        # The practices lie close together: one pass over all in between costs less than a
        # call for each, and in a practice without a source it finds nothing to do.
        timeline.certain(first, label, strict, through=last)
    else:
        for practice in practices:
            timeline.certain(practice, label, strict)
    return practices


def walk_times(
    timeline: Timeline, source: int, begun: int, strict: bool
) -> dict[int, tuple[int, int, int]]:
    """Give latest departure, fastest and fewest hops within the source practice (Wu et al. 2014).

    They are defined for point dates only: a practice with an interval among its transfers
    has none of them.
    """
    e = timeline.all
    practice = timeline.of_state(source)[0]
    first, last = int(e.segment[practice]), int(e.segment[practice + 1])
    if any(e.lo[k] != e.hi[k] or e.lo[k] == LOW for k in range(first, last)):
        return {}
    departure: dict[int, int] = {}
    hops: dict[int, int] = {source: 0}
    fastest: dict[int, int] = {}
    k = first
    while k < last:
        day = int(e.lo[k])
        end = k
        while end < last and e.lo[end] == day:
            end += 1
        # Strictly later hops see only what was there before this day; otherwise the day's
        # own transfers may follow one another, in any order, until nothing changes.
        seen = (dict(departure), dict(hops)) if strict else (departure, hops)
        changed = True
        while changed:
            changed = False
            for j in range(k, end):
                tail, head = int(e.tail[j]), int(e.head[j])
                if tail == source:
                    if begun > day or (strict and begun == day):
                        continue
                    left = day
                elif tail in seen[0]:
                    left = seen[0][tail]
                else:
                    continue
                if head == source:
                    continue
                better = left > departure.get(head, LOW)
                fewer = seen[1][tail] + 1 < hops.get(head, 1 << 60)
                quicker = day - left < fastest.get(head, 1 << 62)
                if better:
                    departure[head] = left
                if fewer:
                    hops[head] = seen[1][tail] + 1
                if quicker:
                    fastest[head] = day - left
                changed |= (better or fewer or quicker) and not strict
        k = end
    return {s: (departure[s], fastest[s], hops[s]) for s in departure}
