"""How did a practice get from one actor to another, hop by hop, and why not.

The best paths for a reader: certain before possible, then fewest hops, then the earliest
arrival. Never all simple paths: their number has no useful bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

import numpy as np

from kvgraph.analysis._kernel import NEVER
from kvgraph.analysis._spread import Spread, Walk, clear, cross, spread
from kvgraph.analysis._timeline import Timeline
from kvgraph.analysis.reach import COUNTING, Question, Scope, head_of, show_time
from kvgraph.flows import ABANDONED, HIGH, IN, LOW, PLANNED, REASONS, REFUSED, Flows
from kvgraph.model import Analysis, Cell, Parameter, Table
from kvgraph.namespaces import shorten
from kvgraph.words import word

COLUMNS: Final = (
    "source_practice",
    "practice",
    "reach",
    "best_arrival",
    "worst_arrival",
    "adaptations",
    "hops",
)
WHY_COLUMNS: Final = (
    "transfer",
    "practice",
    "giver",
    "receiver",
    "earliest",
    "latest",
    "proven",
    "breaks",
    "needed",
)
_MOST_STEPS: Final = 200_000
"""Steps taken before a search gives up and says that it is not complete."""


def paths(flows: Flows, question: Question, *, k: int = 5, dataset: str = "") -> Table:
    """Give the ``k`` best paths from ``source`` to ``target``, a row each.

    ``hops`` holds a mapping for each transfer of the path. ``best_arrival`` is the first day
    on which this very path can have arrived, ``worst_arrival`` the day by which it has
    arrived in every world, for certain paths.
    """
    timeline = Timeline(flows, lineage=question.lineage)
    scope, targets = _ends(timeline, question)
    found: list[tuple[tuple[Any, ...], tuple[Cell, ...]]] = []
    complete = True
    for _, state in scope.sources():
        s = spread(timeline, state, strict=question.strict, start=scope.start(state))
        for target in sorted(t for t in s.reached() if t in targets):
            rows, whole = _best(s, target, k)
            found += rows
            complete &= whole
        clear(s)
    found.sort(key=lambda pair: pair[0])
    asked = flows.asked(scope.practices())
    head = head_of(flows, question, asked, dataset) | {"to": shorten(question.target or "")}
    head["complete"] = complete
    rows_shown = tuple(cells for _, cells in found[:k])
    empty = "" if rows_shown else _why_empty(scope, question)
    return Table(COLUMNS, rows_shown, head, empty)


def why_not(flows: Flows, question: Question, *, dataset: str = "") -> Table:
    """Give the nearest chain of transfers from ``source`` to ``target``, and what breaks it.

    The chain with the fewest hops that fail, then the fewest hops, over everything that is
    documented, left out or not. A hop fails (``breaks``) if it is left out, if it is not
    proven (when only certainty is lacking), or if it lies before its giver can have had the
    practice; ``needed`` is the day that the giver would have had to hold it by. It fails too
    if it lies after its receiver's adaptation of it began, which was by ``needed``.
    """
    timeline = Timeline(flows, lineage=question.lineage)
    scope, targets = _ends(timeline, question)
    asked = flows.asked(scope.practices())
    head = head_of(flows, question, asked, dataset) | {"to": shorten(question.target or "")}
    best: tuple[tuple[Any, ...], str, list[_Hop]] | None = None
    for _, state in scope.sources():
        s = spread(timeline, state, strict=question.strict, start=scope.start(state))
        reached = [t for t in s.reached() if t in targets]
        sure = [t for t in reached if s.certain[t] < NEVER]
        if sure:
            head["reach"] = "certain"
            return Table(WHY_COLUMNS, (), head, word("empty.nothing_breaks", question.lang))
        for target in reached:
            hops = _doubts(s, s.witness(target, sure=False))
            key = (0, sum(bool(h.breaks) for h in hops), len(hops), [h.id for h in hops])
            if best is None or key < best[0]:
                best = key, "possible", hops
        clear(s)
    if best is None:
        chain = _nearest(flows, scope, question)
        if chain is not None:
            key = (1, sum(bool(h.breaks) for h in chain), len(chain), [h.id for h in chain])
            best = key, "not reached", chain
    if best is None:
        head["reach"] = "not reached"
        return Table(WHY_COLUMNS, (), head, _no_chain(question))
    head["reach"] = best[1]
    return Table(WHY_COLUMNS, tuple(h.cells(flows) for h in best[2]), head)


def _ends(timeline: Timeline, question: Question) -> tuple[Scope, frozenset[int]]:
    """Give the scope that starts at the source, and the states of the target."""
    scope = Scope(timeline, replace(question, target=None))
    target = Scope(timeline, replace(question, source=None))
    return scope, frozenset(s for a in target.group for s in timeline.of_actor(a))


def _best(
    s: Spread, target: int, k: int
) -> tuple[list[tuple[tuple[Any, ...], tuple[Cell, ...]]], bool]:
    """Give the k best walks to one state, and whether the search was complete."""
    rows: list[tuple[tuple[Any, ...], tuple[Cell, ...]]] = []
    seen: set[tuple[int, ...]] = set()
    complete = True
    for sure in (True, False):
        label = s.certain if sure else s.possible
        if label[target] == NEVER or len(rows) >= k:
            continue
        steps = iter(range(_MOST_STEPS))
        longest = sum(1 for p in s.practices for x in s.timeline.states(p) if label[x] < NEVER)
        layers = s.layers(target, HIGH, sure=sure)
        for hops, layer in enumerate(layers):
            if len(rows) >= k or hops > longest or not complete:
                break
            if not s.within(layer, s.source, label[s.source]):
                continue
            of_length: dict[tuple[int, ...], tuple[tuple[Any, ...], tuple[Cell, ...]]] = {}
            for walk in s.walks(target, hops, sure=sure, deadline=HIGH, steps=steps):
                if walk.edges not in seen:
                    # The same transfers by other adaptations are the same path: the earliest.
                    row = _row(s, walk, sure)
                    known = of_length.setdefault(walk.edges, row)
                    if row[0] < known[0]:
                        of_length[walk.edges] = row
            complete &= next(steps, None) is not None
            seen.update(of_length)
            rows += sorted(of_length.values(), key=lambda pair: pair[0])
    return rows, complete


def _row(s: Spread, walk: Walk, sure: bool) -> tuple[tuple[Any, ...], tuple[Cell, ...]]:
    """Make the row of one walk and what it is ordered by."""
    t = s.timeline.flows.transfers
    best = _best_arrival(s, walk) if sure else walk.arrival
    worst = walk.arrival if sure else NEVER
    practice = t.practices[s.timeline.of_state(walk.states[-1])[0]]
    source_practice = t.practices[s.timeline.of_state(s.source)[0]]
    ids = [s.ids[e] for e in walk.edges]
    cells: tuple[Cell, ...] = (
        shorten(source_practice),
        shorten(practice),
        "certain" if sure else "possible",
        show_time(t, best),
        show_time(t, worst),
        walk.crossings,
        tuple(_hop(s.timeline.flows, int(s.timeline.all.row[e])) for e in walk.edges),
    )
    order = (not sure, len(walk.edges), worst if sure else best, ids, cells[0], cells[1])
    return order, cells


def _best_arrival(s: Spread, walk: Walk) -> int:
    """Give the first day on which a certain walk can have arrived: its running day."""
    day, here = int(s.possible[s.source]), s.source
    for e in walk.edges:
        day = _cross_between(s, here, int(s.timeline.all.tail[e]), day)
        arrival = s.arrival(e, day, sure=False)
        assert arrival is not None
        day, here = arrival, int(s.timeline.all.head[e])
    return _cross_between(s, here, walk.states[-1], day)


def _cross_between(s: Spread, state: int, to: int, day: int, *, sure: bool = False) -> int:
    """Give the running day after the adaptations between two states of one actor.

    That an adaptation was made is documented: on a way on which its parent comes only after
    the latest origin, the child was there by its origin all the same.
    """
    days = _crossings_between(s, state, to, day, sure)
    return min(days, default=day)


def _crossings_between(s: Spread, state: int, to: int, day: int, sure: bool) -> Iterator[int]:
    if state == to:
        yield day
    for c in s.crossings:
        if c.tail == state:
            then = cross(c.lineage, day if sure else min(day, c.lineage.latest), sure)
            assert then is not None
            yield from _crossings_between(s, c.head, to, then, sure)


def _hop(flows: Flows, row: int) -> Mapping[str, Any]:
    """Tell what the flows know of one transfer."""
    t = flows.transfers
    return {
        "transfer": shorten(t.ids[row]),
        "practice": shorten(t.practices[t.practice[row]]),
        "giver": shorten(t.actors[t.giver[row]]),
        "receiver": shorten(t.actors[t.receiver[row]]),
        "earliest": show_time(t, int(flows.lo[row])),
        "latest": show_time(t, int(flows.hi[row])),
        "proven": bool(flows.proven[row]),
    }


class _Hop:
    """One transfer of a chain, with what breaks it, if anything does."""

    def __init__(self, flows: Flows, row: int, breaks: str, needed: int | None = None) -> None:
        self.row = row
        self.breaks = breaks
        self.needed = needed
        self.id = shorten(flows.transfers.ids[row])

    def cells(self, flows: Flows) -> tuple[Cell, ...]:
        """Give the row of the table."""
        needed = None if self.needed is None else show_time(flows.transfers, self.needed)
        return (*_hop(flows, self.row).values(), self.breaks, needed)


def _doubts(s: Spread, walk: Walk) -> list[_Hop]:
    """Tell for each hop of a possible walk why it is not certain."""
    flows, e_all = s.timeline.flows, s.timeline.all
    hops = []
    held_by, here = int(s.certain[s.source]), s.source
    for e in walk.edges:
        row, tail = int(e_all.row[e]), int(e_all.tail[e])
        lo, hi = int(e_all.lo[e]), int(e_all.hi[e])
        held_by = _cross_between(s, here, tail, held_by, sure=True)
        known = min(held_by, int(s.certain[tail]))
        if not flows.proven[row]:
            hops.append(_Hop(flows, row, "not proven"))
        elif known > lo or (s.strict and known == lo):
            hops.append(_Hop(flows, row, "may lie before its giver had it", lo - s.strict))
        else:
            hops.append(_Hop(flows, row, ""))
        held_by, here = hi, int(e_all.head[e])
    return hops


def _nearest(flows: Flows, scope: Scope, question: Question) -> list[_Hop] | None:
    """Find the chain with the fewest failing hops, then the fewest hops, over all transfers."""
    t = flows.transfers
    wanted = set(Scope(scope.timeline, replace(question, source=None)).group)
    by_giver: dict[tuple[int, int], list[int]] = {}
    for row in range(len(t)):
        by_giver.setdefault((int(t.practice[row]), int(t.giver[row])), []).append(row)
    children: dict[tuple[int, int], list[Any]] = {}
    for x in t.lineage if question.lineage else ():
        children.setdefault((x.parent, x.origin), []).append(x)
    received = {
        (int(t.practice[row]), int(t.receiver[row])) for row in np.flatnonzero(flows.reason == IN)
    }
    # Hops that fail, hops, ids and running day so far; then a number that settles ties.
    heap: list[tuple[int, int, tuple[str, ...], int, int, int, int, tuple[_Hop, ...]]] = []
    ticket = count()
    for p, a in by_giver:
        if a in scope.group and scope.wanted_practice in (None, p):
            heappush(heap, (0, 0, (), scope.begins(p, a)[0], next(ticket), p, a, ()))
    # A chain with more failing hops is of use only if it comes earlier.
    held: dict[tuple[int, int], int] = {}
    while heap:
        failed, length, ids, day, _, p, a, chain = heappop(heap)
        if a in wanted and chain:
            return list(chain)
        if held.get((p, a), NEVER) <= day:
            continue
        held[p, a] = day
        for x in children.get((p, a), ()):
            then, cost, hops = max(day, x.earliest), failed, chain
            if day > x.latest:
                if not chain:
                    continue
                late = chain[-1].breaks or "lies after what was adapted from it began"
                hops = (*chain[:-1], _Hop(flows, chain[-1].row, late, x.latest))
                then, cost = x.latest, failed + (not chain[-1].breaks)
            if chain or (p, a) in received:
                heappush(heap, (cost, length, ids, then, next(ticket), x.child, a, hops))
        for row in by_giver.get((p, a), ()):
            hop, then = _tried(flows, row, day, question.strict)
            cost, receiver = failed + bool(hop.breaks), int(t.receiver[row])
            entry = (cost, length + 1, (*ids, hop.id), then, next(ticket), p, receiver)
            heappush(heap, (*entry, (*chain, hop)))
    return None


def _tried(flows: Flows, row: int, day: int, strict: bool) -> tuple[_Hop, int]:
    """Try one transfer from a day on: the hop, and the day on which its receiver has it."""
    lo, hi = int(flows.lo[row]), int(flows.hi[row])
    reason = int(flows.reason[row])
    if reason != IN:
        words = {
            PLANNED: "only planned",
            ABANDONED: "abandoned",
            REFUSED: "refused",
        }.get(reason, f"left out: {REASONS[reason].replace('_', ' ')}")
        return _Hop(flows, row, words), max(day, lo)
    ready = day + 1 if strict and day > LOW else day
    if max(lo, ready) > hi:
        # Go on from the days of the transfer itself: what matters is which hop breaks.
        return _Hop(flows, row, "lies before its giver can have had it", hi - strict), hi
    return _Hop(flows, row, ""), max(lo, ready)


def _why_empty(scope: Scope, question: Question) -> str:
    """Say why there is no path."""
    t = scope.transfers
    if not np.isin(t.giver, scope.group).any():
        return scope.why_nothing()
    return word("empty.no_path", question.lang, **_names(question))


def _no_chain(question: Question) -> str:
    """Say that nothing leads from the one to the other, whatever the dates."""
    return word("empty.no_chain", question.lang, **_names(question))


def _names(question: Question) -> dict[str, str]:
    """Give the ids of both ends."""
    return {
        "giver": shorten(question.source or ""),
        "receiver": shorten(question.target or ""),
    }


ANALYSIS: Final = Analysis(
    name="paths",
    summary="How a practice got from one actor to another, hop by hop",
    parameters=(
        Parameter("from", "iri", "who passed the practice on", required=True,
                  things=("actor", "network")),
        Parameter("to", "iri", "who received it", required=True, things=("actor", "network")),
        *COUNTING,
        Parameter("k", "number", "how many paths to show", default=5),
        Parameter("why-not", "flag", "show the nearest chain and what breaks it"),
    ),
    run=paths,
)  # fmt: skip
