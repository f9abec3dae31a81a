"""How far a practice spreads from an actor: labels of all states, and walks that prove them.

The labels of diffusion under uncertain dates: ``possible[s]`` is the first day on which
state ``s`` can have been reached in some world, ``certain[s]`` the day by which it has been
reached in every world. Within a practice the kernel settles them; here they are carried
across adaptations, and opened back to the transfers that attain them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

from kvgraph.analysis._kernel import NEVER, SOURCE, Timeline
from kvgraph.flows import HIGH, LOW, Lineage
from kvgraph.namespaces import shorten


class Crossing(NamedTuple):
    """A documented adaptation between two states of the same actor."""

    tail: int
    head: int
    lineage: Lineage


class Contradiction(NamedTuple):
    """An adaptation that began before its origin can have received what it was made from."""

    crossing: Crossing
    arrival: int


class Walk(NamedTuple):
    """A way from a source: its transfers (places in ``Timeline.all``), states and crossings.

    ``states[i]`` is where ``edges[i]`` begins, after any crossing made there; the last state
    is the target.
    """

    edges: tuple[int, ...]
    states: tuple[int, ...]
    crossings: int
    arrival: int


class Step(NamedTuple):
    """One more hop of a walk: its transfer's id, its edge, where from, where to, and when."""

    id: str
    edge: int
    place: int
    head: int
    arrival: int
    crossings: int


@dataclass(frozen=True)
class Spread:
    """What is reached from one source state, and what contradicts itself on the way."""

    timeline: Timeline
    source: int
    strict: bool
    possible: Any
    certain: Any
    crossings: tuple[Crossing, ...]
    contradictions: tuple[Contradiction, ...]
    practices: tuple[int, ...]

    def reached(self) -> Iterator[int]:
        """Give the states that can have been reached, the source left out."""
        for practice in self.practices:
            for state in self.timeline.states(practice):
                if self.possible[state] < NEVER and state != self.source:
                    yield state

    @cached_property
    def ids(self) -> Mapping[int, str]:
        """The id of the transfer behind each edge, filled as it is asked for."""
        return _Ids(self.timeline)

    @cached_property
    def sure_rows(self) -> frozenset[int]:
        """The edges whose transfer a source says to have happened."""
        proven = self.timeline.flows.proven
        segments = self.timeline.all.segment
        return frozenset(
            e
            for p in self.practices
            for e in range(segments[p], segments[p + 1])
            if proven[self.timeline.all.row[e]]
        )

    @cached_property
    def _crossings_from(self) -> dict[int, list[Crossing]]:
        return _grouped(self.crossings, 0)

    @cached_property
    def _crossings_to(self) -> dict[int, list[Crossing]]:
        return _grouped(self.crossings, 1)

    # --- walks --------------------------------------------------------------------------

    def witness(self, target: int, *, sure: bool) -> Walk:
        """Give the walk that attains the target's label: fewest hops, then the smallest ids."""
        label = self.certain if sure else self.possible
        layers = []
        for layer in self.layers(target, label[target], sure=sure):
            layers.append(layer)
            if self._within(layer, self.source, label[self.source]):
                return self._least(layers, target, sure)
        raise AssertionError("a reached state has a walk")

    def _least(self, layers: list[dict[int, int]], target: int, sure: bool) -> Walk:
        """Give the walk with the smallest ids through the layers.

        A transfer to several receivers is several edges of one id, so all walks that agree
        in their ids so far are taken further together. Of those that meet, the one with the
        fewest adaptations goes on.
        """
        label = self.certain if sure else self.possible
        ways = {self.source: Walk((), (), 0, label[self.source])}
        for left in range(len(layers) - 1, 0, -1):
            options = [
                (step, way)
                for state, way in ways.items()
                for step in self._steps(layers, left, state, way.arrival, way.crossings, sure)
            ]
            smallest = min(step.id for step, _ in options)
            ways = {}
            for step, way in sorted(options, key=lambda o: (o[0].crossings, o[0].arrival, o[0])):
                if step.id == smallest and step.head not in ways:
                    edges, states = (*way.edges, step.edge), (*way.states, step.place)
                    ways[step.head] = Walk(edges, states, step.crossings, step.arrival)
        ended = [
            way._replace(states=(*way.states, place), crossings=n, arrival=then)
            for state, way in ways.items()
            for place, then, n in self._crossed(state, way.arrival, way.crossings, sure)
            if place == target and then <= layers[0][target]
        ]
        return min(ended, key=lambda way: (way.crossings, way.edges))

    def layers(self, target: int, deadline: int, *, sure: bool) -> Iterator[dict[int, int]]:
        """Give for 0, 1, 2 ... hops to go the last day on which each state still gets there.

        Only states that are themselves reached by that day are kept, so the layers hold
        exactly what lies on some walk.
        """
        layer = {target: deadline}
        self._cross_back(layer, sure)
        for _ in range(self.timeline.size + 1):
            if not layer:
                return
            yield layer
            earlier: dict[int, int] = {}
            for state, last in layer.items():
                self._step_back(state, last, earlier, sure)
            self._cross_back(earlier, sure)
            layer = earlier

    def walks(
        self, target: int, hops: int, *, sure: bool, deadline: int, steps: Iterator[int]
    ) -> Iterator[Walk]:
        """Give the walks of so many hops that arrive by the deadline and visit no state twice.

        Each step of the search takes one of ``steps``, and when they have run out it ends:
        the number of dead ends has no useful bound either.
        """
        layers = []
        for layer in self.layers(target, deadline, sure=sure):
            layers.append(layer)
            if len(layers) > hops:
                break
        if len(layers) <= hops:
            return
        label = self.certain if sure else self.possible
        start = label[self.source]
        yield from self._walk(layers, hops, self.source, start, 0, (), (), sure, steps)

    def _walk(
        self,
        layers: list[dict[int, int]],
        left: int,
        state: int,
        day: int,
        crossed: int,
        edges: tuple[int, ...],
        states: tuple[int, ...],
        sure: bool,
        steps: Iterator[int],
    ) -> Iterator[Walk]:
        """Go on from a state, ``left`` hops before the target."""
        if left == 0:
            target = next(iter(layers[0]))
            for place, then, n in self._crossed(state, day, crossed, sure):
                if place == target and then <= layers[0][target]:
                    yield Walk(edges, (*states, place), n, then)
            return
        for step in sorted(self._steps(layers, left, state, day, crossed, sure)):
            _, e, place, head, arrival, n = step
            if head in states or head in (place, self.source):
                continue
            if next(steps, None) is None:
                return
            yield from self._walk(
                layers, left - 1, head, arrival, n, (*edges, e), (*states, place), sure, steps
            )

    def _steps(
        self,
        layers: list[dict[int, int]],
        left: int,
        state: int,
        day: int,
        crossed: int,
        sure: bool,
    ) -> Iterator[Step]:
        """Give each edge that can be taken next and still gets there, after any adaptations."""
        for place, then, n in self._crossed(state, day, crossed, sure):
            if not self._within(layers[left], place, then):
                continue
            for e in self._edges_out(place):
                arrival = self._arrival(e, then, sure)
                head = int(self.timeline.all.head[e])
                if arrival is not None and self._within(layers[left - 1], head, arrival):
                    yield Step(self.ids[e], e, place, head, arrival, n)

    def _crossed(
        self, state: int, day: int, crossed: int, sure: bool
    ) -> Iterator[tuple[int, int, int]]:
        """Give the state itself and every state that it turns into by adaptations."""
        yield state, day, crossed
        for c in self._crossings_from.get(state, ()):
            then = cross(c.lineage, day, sure)
            if then is not None:
                yield from self._crossed(c.head, then, crossed + 1, sure)

    def _cross_back(self, layer: dict[int, int], sure: bool) -> None:
        """Add to a layer the states that turn into those in it by adaptations."""
        label = self.certain if sure else self.possible
        todo = list(layer)
        while todo:
            state = todo.pop()
            for c in self._crossings_to.get(state, ()):
                last = _cross_last(c.lineage, layer[state], sure)
                if last is None or label[c.tail] > last or layer.get(c.tail, SOURCE - 1) >= last:
                    continue
                layer[c.tail] = last
                todo.append(c.tail)

    def _step_back(self, state: int, last: int, layer: dict[int, int], sure: bool) -> None:
        """Add to a layer the givers from which a state is still reached by its last day."""
        e_all = self.timeline.all
        start, edge = self.timeline.into
        label = self.certain if sure else self.possible
        for k in range(start[state], start[state + 1]):
            e = int(edge[k])
            if sure:
                if e_all.hi[e] > last or e not in self.sure_rows:
                    continue
                deadline = e_all.lo[e] - 1 if self.strict else e_all.lo[e]
            else:
                deadline = min(e_all.hi[e], last)
                if e_all.lo[e] > deadline:
                    continue
                if self.strict and LOW < deadline < HIGH:
                    deadline -= 1
            tail = e_all.tail[e]
            if label[tail] <= deadline and layer.get(tail, SOURCE - 1) < deadline:
                layer[tail] = deadline

    def _edges_out(self, state: int) -> Iterator[int]:
        start, edge = self.timeline.out
        return (int(edge[k]) for k in range(start[state], start[state + 1]))

    def _arrival(self, e: int, day: int, sure: bool) -> int | None:
        """Give the day on which an edge arrives, if its giver holds the practice since a day."""
        lo, hi = self.timeline.all.lo[e], self.timeline.all.hi[e]
        if sure:
            usable = e in self.sure_rows and (day < lo or (day == lo and not self.strict))
            return int(hi) if usable else None
        ready = day + 1 if self.strict and day > LOW else day
        arrival = max(lo, ready)
        return int(arrival) if arrival <= hi else None

    @staticmethod
    def _within(layer: Mapping[int, int], state: int, day: int) -> bool:
        """Tell whether a state is in a layer and its day early enough."""
        return state in layer and day <= layer[state]


class _Ids(dict[int, str]):
    """The id of the transfer behind an edge."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__()
        self._row = timeline.all.row
        self._ids = timeline.flows.transfers.ids

    def __missing__(self, e: int) -> str:
        self[e] = shorten(self._ids[self._row[e]])
        return self[e]


def spread(
    timeline: Timeline,
    source: int,
    *,
    strict: bool = False,
    start: tuple[int, int] = (SOURCE, SOURCE),
    possible: Any = None,
    certain: Any = None,
) -> Spread:
    """Settle what is reached from one state, across adaptations.

    ``start`` gives the source's own labels, where it does not hold the practice from the
    beginning. ``possible`` and ``certain`` may hand over labels that are all ``NEVER``, so
    that many spreads share one pair; :func:`clear` makes them so again.

    An adaptation is crossed without an order test of its own: the child can have begun at
    ``max(possible, earliest origin)``, and has begun by its latest origin where that is
    dated, else when the parent was certain to be there. If the parent cannot have come
    before the latest origin, the data contradict themselves: listed, not crossed.
    """
    e_labels = timeline.labels() if possible is None else possible
    l_labels = timeline.labels() if certain is None else certain
    e_labels[source], l_labels[source] = start
    practices = timeline.line(timeline.of_state(source)[0])
    crossings: list[Crossing] = []
    contradictions: list[Contradiction] = []
    by_parent: dict[int, list[Crossing]] = {}
    for c in timeline.crossings:
        by_parent.setdefault(c[2].parent, []).append(Crossing(*c))
    for number in practices:
        seeds = [s for s in timeline.states(number) if e_labels[s] < NEVER]
        if not seeds:
            continue
        timeline.certain(number, l_labels, strict)
        timeline.possible(seeds, e_labels, strict)
        for c in by_parent.get(number, ()):
            arrival = int(e_labels[c.tail])
            if arrival == NEVER:
                continue
            then = cross(c.lineage, arrival, sure=False)
            if then is None:
                contradictions.append(Contradiction(c, arrival))
                continue
            crossings.append(c)
            e_labels[c.head] = min(e_labels[c.head], then)
            if l_labels[c.tail] < NEVER:
                sure = cross(c.lineage, int(l_labels[c.tail]), sure=True)
                assert sure is not None
                l_labels[c.head] = min(l_labels[c.head], sure)
    return Spread(
        timeline, source, strict, e_labels, l_labels,
        tuple(crossings), tuple(contradictions), tuple(practices),
    )  # fmt: skip


def ancestors(timeline: Timeline, targets: Iterable[int], strict: bool) -> list[int]:
    """Give every state from which some target can have been reached, the targets left out.

    The same pass over the mirrored edges: time turned round, givers and receivers exchanged,
    practices from the youngest to the oldest.
    """
    label = timeline.labels()
    wanted = frozenset(targets)
    for state in wanted:
        label[state] = SOURCE
    parents: dict[int, set[int]] = {}
    todo = [timeline.of_state(s)[0] for s in wanted]
    while todo:
        practice = todo.pop()
        if practice not in parents:
            parents[practice] = {c[2].parent for c in timeline.crossings if c[2].child == practice}
            todo += parents[practice]
    oldest_first = tuple(TopologicalSorter(parents).static_order())
    for practice in reversed(oldest_first):
        seeds = [s for s in timeline.states(practice) if label[s] < NEVER]
        if not seeds:
            continue
        timeline.mirrored(seeds, label, strict)
        for tail, head, x in timeline.crossings:
            if x.child == practice and label[head] < NEVER:
                # A label is the last day of a hop out, an adaptation bounds the day of a hop
                # in: by the strict rule that is the day before.
                held = -int(label[head])
                held -= strict and LOW < held < HIGH
                last = _cross_last(x, held, sure=False)
                if last is not None:
                    last += strict and LOW < last < HIGH
                    label[tail] = min(label[tail], -last)
    return [
        s
        for p in sorted(parents)
        for s in timeline.states(p)
        if label[s] < NEVER and s not in wanted
    ]


def clear(found: Spread) -> None:
    """Make the labels that a spread touched ``NEVER`` again."""
    for practice in found.practices:
        for state in found.timeline.states(practice):
            found.possible[state] = NEVER
            found.certain[state] = NEVER


def cross(x: Lineage, day: int, sure: bool) -> int | None:
    """Give the label of the child where the parent's is ``day``; ``None`` contradicts itself."""
    # Who holds the parent from the beginning stays before anything that is open to the past.
    then = max(day, x.earliest) if x.earliest > LOW else day
    if sure:
        return x.latest if x.latest < HIGH else then
    return then if day <= x.latest else None


def _cross_last(x: Lineage, last: int, sure: bool) -> int | None:
    """Give the last day for the parent so that the child is there by its own last day."""
    if sure and x.latest < HIGH:
        return HIGH if x.latest <= last else None
    if x.earliest > LOW and last < x.earliest:
        return None
    return last if sure else min(x.latest, last)


def _grouped(crossings: tuple[Crossing, ...], end: int) -> dict[int, list[Crossing]]:
    grouped: dict[int, list[Crossing]] = {}
    for c in crossings:
        grouped.setdefault((c.tail, c.head)[end], []).append(c)
    return grouped
