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
from typing import Any, Final, NamedTuple

from kvgraph.analysis._kernel import NEVER, SOURCE
from kvgraph.analysis._timeline import Timeline
from kvgraph.flows import HIGH, LOW, Lineage


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


class _Way(NamedTuple):
    """A way from the source into a layer: its last transfer, and the way before that."""

    before: _Way | None
    edge: int
    place: int
    crossings: int
    arrival: int


def _opened(way: _Way, end: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Give the edges and the states of a way that ends in a state."""
    edges, states = [], [end]
    while way.before is not None:
        edges.append(way.edge)
        states.append(way.place)
        way = way.before
    return tuple(reversed(edges)), tuple(reversed(states))


class _Layer:
    """So many hops before a target: the last day on which each state still gets there."""

    __slots__ = ("days", "earlier", "ways")

    def __init__(self, days: dict[int, int]) -> None:
        self.days = days
        self.earlier: _Layer | None = None
        self.ways: dict[int, _Way] | None = None


class _Layers(dict[tuple[bool, frozenset[tuple[int, int]]], _Layer]):
    """Layers by what is in them, so that targets behind each other share their way back."""

    held = 0


_MOST_HELD: Final = 500_000
"""States in shared layers from which on they are forgotten, so that memory stays bounded."""


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

    def reached(self, among: frozenset[int] | None = None) -> Iterator[int]:
        """Give the states (``among`` some) that can have been reached, the source left out."""
        for practice in self.practices:
            states = self.timeline.states(practice)
            for state in states if among is None else sorted(s for s in among if s in states):
                if self.possible[state] < NEVER and state != self.source:
                    yield state

    @property
    def ids(self) -> Mapping[int, str]:
        """The id of the transfer behind each edge, filled as it is asked for."""
        return self.timeline.edge_ids

    @cached_property
    def _layers(self) -> _Layers:
        return _Layers()

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
        last = self._layer({target: label[target]}, sure)
        ended = [
            (way, place, then, n)
            for state, way in self._ways(last, sure).items()
            for place, then, n in self._crossed(state, way.arrival, way.crossings, sure)
            if place == target and then <= last.days[target]
        ]
        fewest = min(n for _, _, _, n in ended)
        return min(
            (Walk(*_opened(way, place), n, then) for way, place, then, n in ended if n == fewest),
            key=lambda walk: walk.edges,
        )

    def _layer(self, days: dict[int, int], sure: bool) -> _Layer:
        """Give the layer with these last days; targets in a row have most of theirs in common."""
        self._cross_back(days, sure)
        key = sure, frozenset(days.items())
        known = self._layers.get(key)
        if known is None:
            if self._layers.held > _MOST_HELD:
                self._layers.clear()
                self._layers.held = 0
            known = self._layers[key] = _Layer(days)
            self._layers.held += len(days)
        return known

    def _earlier(self, layer: _Layer, sure: bool) -> _Layer:
        """Give the layer one hop before another."""
        if layer.earlier is None:
            days: dict[int, int] = {}
            for state, last in layer.days.items():
                self._step_back(state, last, days, sure)
            layer.earlier = self._layer(days, sure)
        return layer.earlier

    def _ways(self, layer: _Layer, sure: bool) -> dict[int, _Way]:
        """Give the ways from the source into a layer with the fewest hops and the smallest ids.

        A transfer to several receivers is several edges of one id, so all walks that agree
        in their ids so far are taken further together. Of those that meet, the one with the
        fewest adaptations goes on.
        """
        label = self.certain if sure else self.possible
        start = label[self.source]
        below: list[_Layer] = []
        while layer.ways is None:
            assert layer.days, "a reached state has a walk"
            if self.within(layer.days, self.source, start):
                layer.ways = {self.source: _Way(None, -1, -1, 0, start)}
            else:
                below.append(layer)
                layer = self._earlier(layer, sure)
        ways = layer.ways
        for later in reversed(below):
            options = [
                (step, way)
                for state, way in ways.items()
                for step in self._steps(
                    layer.days, later.days, state, way.arrival, way.crossings, sure
                )
            ]
            smallest = min(step.id for step, _ in options)
            ways = {}
            for step, way in sorted(options, key=lambda o: (o[0].crossings, o[0].arrival, o[0])):
                if step.id == smallest and step.head not in ways:
                    ways[step.head] = _Way(way, step.edge, step.place, step.crossings, step.arrival)
            later.ways, layer = ways, later
        return ways

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
        goal = next(iter(layers[0]))
        # The steps still to be tried from each state on the way: a stack of our own, since a
        # walk can have more hops than Python has levels of recursion.
        todo: list[Iterator[Step]] = []
        edges: list[int] = []
        states: list[int] = []
        state, day, crossed = self.source, label[self.source], 0
        while True:
            left = hops - len(edges)
            if left == 0:
                for place, then, n in self._crossed(state, day, crossed, sure):
                    if place == goal and then <= layers[0][goal]:
                        yield Walk(tuple(edges), (*states, place), n, then)
                todo.append(iter(()))
            else:
                within = self._steps(layers[left], layers[left - 1], state, day, crossed, sure)
                todo.append(iter(sorted(within)))
            step = None
            while todo and step is None:
                step = next(todo[-1], None)
                if step is None:
                    todo.pop()
                    if edges:
                        edges.pop()
                        states.pop()
                elif step.head in states or step.head in (step.place, self.source):
                    step = None
                elif next(steps, None) is None:
                    # Nothing more is tried from here, and what was left further up runs dry
                    # at its own next step.
                    todo.pop()
                    step = None
                    if edges:
                        edges.pop()
                        states.pop()
            if step is None:
                return
            edges.append(step.edge)
            states.append(step.place)
            state, day, crossed = step.head, step.arrival, step.crossings

    def _steps(
        self,
        here: Mapping[int, int],
        there: Mapping[int, int],
        state: int,
        day: int,
        crossed: int,
        sure: bool,
    ) -> Iterator[Step]:
        """Give each edge that can be taken next and still gets there, after any adaptations."""
        for place, then, n in self._crossed(state, day, crossed, sure):
            if not self.within(here, place, then):
                continue
            for e in self._edges_out(place):
                arrival = self.arrival(e, then, sure)
                head = int(self.timeline.all.head[e])
                if arrival is not None and self.within(there, head, arrival):
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
        proven = self.timeline.proven
        label = self.certain if sure else self.possible
        for k in range(start[state], start[state + 1]):
            e = int(edge[k])
            if sure:
                if e_all.hi[e] > last or not proven[e]:
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

    def arrival(self, e: int, day: int, sure: bool) -> int | None:
        """Give the day on which an edge arrives, if its giver holds the practice since a day."""
        lo, hi = self.timeline.all.lo[e], self.timeline.all.hi[e]
        if sure:
            usable = self.timeline.proven[e] and (day < lo or (day == lo and not self.strict))
            return int(hi) if usable else None
        ready = day + 1 if self.strict and day > LOW else day
        arrival = max(lo, ready)
        return int(arrival) if arrival <= hi else None

    @staticmethod
    def within(layer: Mapping[int, int], state: int, day: int) -> bool:
        """Tell whether a state is in a layer and its day early enough."""
        return state in layer and day <= layer[state]


def spread(
    timeline: Timeline,
    source: int,
    *,
    strict: bool = False,
    start: tuple[int, int] = (SOURCE, SOURCE),
    possible: Any = None,
    certain: Any = None,
    wanted: frozenset[int] | None = None,
) -> Spread:
    """Settle what is reached from one state, across adaptations.

    ``start`` gives the source's own labels, where it does not hold the practice from the
    beginning. ``possible`` and ``certain`` may hand over labels that are all ``NEVER``, so
    that many spreads share one pair; :func:`clear` makes them so again. With ``wanted``
    only what leads to those states need be settled.

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
    for number in practices:
        states = timeline.states(number)
        part = slice(states.start, states.stop)
        seeds = timeline.seeds(number, e_labels)
        if not seeds:
            continue
        if timeline.exact(number) and (
            l_labels[part] == e_labels[part]
            if timeline.plain
            else (l_labels[part] == e_labels[part]).all()
        ):
            # There is one world only: what is possible in it is certain.
            goals = None if wanted is None else [s for s in wanted if s in states]
            if goals is None or number in timeline.by_parent:
                timeline.certain(number, l_labels, strict)
            else:
                timeline.until(number, l_labels, strict, goals)
            e_labels[part] = l_labels[part]
        else:
            timeline.certain(number, l_labels, strict)
            timeline.possible(seeds, e_labels, strict)
        for c in map(Crossing._make, timeline.by_parent.get(number, ())):
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
            parents[practice] = {x.parent for _, _, x in timeline.by_child.get(practice, ())}
            todo += parents[practice]
    oldest_first = tuple(TopologicalSorter(parents).static_order())
    for practice in reversed(oldest_first):
        seeds = [s for s in timeline.states(practice) if label[s] < NEVER]
        if not seeds:
            continue
        timeline.mirrored(seeds, label, strict)
        for tail, head, x in timeline.by_child.get(practice, ()):
            if label[head] < NEVER:
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
        found.timeline.unsettle(practice, found.possible)
        found.timeline.unsettle(practice, found.certain)


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
