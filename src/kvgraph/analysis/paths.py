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

from kvgraph.analysis._kernel import NEVER, SOURCE, Timeline
from kvgraph.analysis._spread import Spread, Walk, clear, spread
from kvgraph.analysis.reach import COUNTING, Question, Scope, head_of, show_time
from kvgraph.flows import ABANDONED, HIGH, IN, LOW, PLANNED, REASONS, REFUSED, Flows
from kvgraph.model import Analysis, Cell, Parameter, Table
from kvgraph.namespaces import shorten

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
HOP_COLUMNS: Final = (
    "transfer",
    "practice",
    "giver",
    "receiver",
    "earliest",
    "latest",
    "proven",
)
"""What the flows alone tell of a hop; the command line adds what the dataset tells."""

_MOST_STEPS: Final = 200_000
"""Walks looked at before a search gives up and says that it is not complete."""


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
    practice; ``needed`` is the day that the giver would have had to hold it by.
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
            return Table(WHY_COLUMNS, (), head, "Nothing breaks: a certain path is documented.")
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
        budget = _MOST_STEPS
        longest = sum(1 for p in s.practices for x in s.timeline.states(p) if label[x] < NEVER)
        layers = s.layers(target, HIGH, sure=sure)
        for hops, layer in enumerate(layers):
            if len(rows) >= k or hops > longest or not complete:
                break
            if not s._within(layer, s.source, label[s.source]):
                continue
            of_length = []
            for walk in s.walks(target, hops, sure=sure, deadline=HIGH, simple=True):
                budget -= 1
                if walk.edges not in seen:
                    seen.add(walk.edges)
                    of_length.append(_row(s, walk, sure))
                if budget <= 0:
                    complete = False
                    break
            rows += sorted(of_length, key=lambda pair: pair[0])
    return rows, complete


def _row(s: Spread, walk: Walk, sure: bool) -> tuple[tuple[Any, ...], tuple[Cell, ...]]:
    """Make the row of one walk and what it is ordered by."""
    t = s.timeline.flows.transfers
    best = _best_arrival(s, walk)
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
    """Give the first day on which a walk can have arrived: the running day of its hops."""
    day = int(s.possible[s.source])
    for e, (state, head) in zip(walk.edges, _steps(s, walk), strict=True):
        day = _cross_between(s, state, s.timeline.all.tail[e], day)
        arrival = s._arrival(e, day, sure=False)
        assert arrival is not None
        day = arrival
        state = head
    last = s.timeline.all.head[walk.edges[-1]] if walk.edges else s.source
    return _cross_between(s, last, walk.states[-1], day)


def _steps(s: Spread, walk: Walk) -> Iterator[tuple[int, int]]:
    """Give for each hop the state that it comes from, before any crossing, and its head."""
    state = s.source
    for e in walk.edges:
        head = int(s.timeline.all.head[e])
        yield state, head
        state = head


def _cross_between(s: Spread, state: int, to: int, day: int) -> int:
    """Give the running day after the adaptations between two states of one actor."""
    for place, then, _ in s._crossed(state, day, 0, sure=False):
        if place == to:
            return then
    return day


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
    held_by = int(s.certain[s.source])
    for e in walk.edges:
        row = int(e_all.row[e])
        lo, hi = int(e_all.lo[e]), int(e_all.hi[e])
        known = min(held_by, int(s.certain[e_all.tail[e]]))
        if not flows.proven[row]:
            hops.append(_Hop(flows, row, "not proven"))
        elif known > lo or (s.strict and known == lo):
            hops.append(_Hop(flows, row, "may lie before its giver had it", lo))
        else:
            hops.append(_Hop(flows, row, ""))
        held_by = hi
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
    # Hops that fail, hops, ids and running day so far; then a number that settles ties.
    heap: list[tuple[int, int, tuple[str, ...], int, int, int, int, tuple[_Hop, ...]]] = []
    ticket = count()
    for p, a in by_giver:
        if a in scope.group and scope.wanted_practice in (None, p):
            heappush(heap, (0, 0, (), SOURCE, next(ticket), p, a, ()))
    done: set[tuple[int, int]] = set()
    while heap:
        failed, length, ids, day, _, p, a, chain = heappop(heap)
        if a in wanted and chain:
            return list(chain)
        if (p, a) in done:
            continue
        done.add((p, a))
        for x in children.get((p, a), ()):
            then = max(day, x.earliest)
            heappush(heap, (failed, length, ids, then, next(ticket), x.child, a, chain))
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
        return _Hop(flows, row, "lies before its giver can have had it", hi), hi
    return _Hop(flows, row, ""), max(lo, ready)


def _why_empty(scope: Scope, question: Question) -> str:
    """Say why there is no path."""
    t = scope.transfers
    if not np.isin(t.giver, scope.group).any():
        return scope.why_nothing()
    return (
        f"No documented path from {shorten(question.source or '')} to "
        f"{shorten(question.target or '')}. --why-not shows the nearest chain and what breaks it."
    )


def _no_chain(question: Question) -> str:
    """Say that nothing leads from the one to the other, whatever the dates."""
    return (
        f"No chain of documented transfers leads from {shorten(question.source or '')} to "
        f"{shorten(question.target or '')}, whatever the dates."
    )


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
