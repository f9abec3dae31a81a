"""Between certain and possible: the share of sampled worlds in which a state is reached.

A world gives each transfer one day, uniform over its closed interval, and each origin of an
adaptation likewise. Exact probabilities are #P-hard, so shares are sampled and carry
Wilson's interval (E. B. Wilson, 1927). How likely it is that a transfer took place of which
no source says so, nobody knows: a share is given for the case that all of those took place,
and beside it, for the same worlds, the share for the case that none did. The truth lies
between, since more transfers never reach less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kvgraph.analysis._kernel import NEVER, SOURCE, ordered_pass
from kvgraph.analysis._spread import Crossing, Spread
from kvgraph.flows import HIGH, LOW

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


class Share(NamedTuple):
    """A share of worlds with its 95 % interval, and the share without what is not proven."""

    share: float
    low: float
    high: float
    without_unproven: float


@dataclass(frozen=True, slots=True)
class Window:
    """The days that stand in for open bounds; ``None`` leaves transfers with one out."""

    first: int | None = None
    last: int | None = None


OPEN = Window()
"""No days for open bounds: transfers with one are left out of the sample."""


def wilson(successes: int, trials: int) -> tuple[float, float, float]:
    """Give a share with Wilson's 95 % interval.

    >>> [round(x, 4) for x in wilson(50, 100)]
    [0.5, 0.4038, 0.5962]
    """
    p, z2 = successes / trials, Z95 * Z95
    middle = (p + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z95 / (1 + z2 / trials) * math.sqrt(p * (1 - p) / trials + z2 / (4 * trials * trials))
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return p, low, high


def shares(
    found: Spread, worlds: int, rng: np.random.Generator, window: Window
) -> tuple[dict[int, Share | None], int]:
    """Give the share of worlds in which each state of a spread is reached, and the left out.

    Transfers with an open bound take the window's days, or are left out; their number is
    the second value. A state that cannot be reached without them has no share (``None``).
    """
    timeline = found.timeline
    segments = timeline.all.segment
    places = [e for p in found.practices for e in range(segments[p], segments[p + 1])]
    # The sample follows names, not the order in which the records happened to be drawn.
    places.sort(key=lambda e: _named(found, e))
    low = np.array([timeline.all.lo[e] for e in places], dtype=np.int64)
    high = np.array([timeline.all.hi[e] for e in places], dtype=np.int64)
    low, high = _closed(low, high, window)
    usable = (low > LOW) & (high < HIGH) & (low <= high)
    left_out = int(np.count_nonzero(~usable))
    kept = [e for e, ok in zip(places, usable, strict=True) if ok]
    low, high = low[usable], high[usable]
    tail = np.array([timeline.all.tail[e] for e in kept], dtype=np.int64)
    head = np.array([timeline.all.head[e] for e in kept], dtype=np.int64)
    practice_of = np.array([timeline.of_state(int(s))[0] for s in tail], dtype=np.int64)
    proven = np.array([timeline.proven[e] for e in kept], dtype=bool)
    parts = [(p, np.flatnonzero(practice_of == p)) for p in found.practices]
    sure_parts = [(p, part[proven[part]]) for p, part in parts]
    states = list(found.reached())
    counts = dict.fromkeys(states, 0)
    sure_counts = dict.fromkeys(states, 0)
    for _ in range(worlds):
        world = _sample(found, low, high, rng)
        label = _arrivals(found, parts, tail, head, world)
        sure = label if proven.all() else _arrivals(found, sure_parts, tail, head, world)
        for state in states:
            counts[state] += label[state] < NEVER
            sure_counts[state] += sure[state] < NEVER
    answers: dict[int, Share | None] = {}
    for state in states:
        # Never reached although it is possible: a share of 0 with its interval, unless what
        # it needs was left out of the sample.
        known = counts[state] > 0 or left_out == 0
        share = Share(*wilson(counts[state], worlds), sure_counts[state] / worlds)
        answers[state] = share if known else None
    return answers, left_out


def _named(found: Spread, e: int) -> tuple[str | int, ...]:
    """Give what tells one transfer from another, whatever its place in the columns."""
    edges = found.timeline.all
    names = _states_named(found, edges.tail[e], edges.head[e])
    return found.ids[e], *names, int(edges.lo[e]), int(edges.hi[e])


def _states_named(found: Spread, *states: int) -> tuple[str, ...]:
    """Give the names of the practice and the actor of each state."""
    t = found.timeline.flows.transfers
    pairs = [found.timeline.of_state(s) for s in states]
    return tuple(name for p, a in pairs for name in (t.practices[p], t.actors[a]))


def _closed(
    low: np.ndarray, high: np.ndarray, window: Window
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Put the window's days in the place of open bounds, where it has them."""
    if window.first is not None:
        low = np.where(low == LOW, np.minimum(window.first, high), low)
    if window.last is not None:
        high = np.where(high == HIGH, np.maximum(window.last, low), high)
    return low, high


class _World(NamedTuple):
    """One world: the day of each transfer, of each adaptation, and of the source's own start."""

    days: np.ndarray
    origins: dict[Crossing, int]
    start: int


def _sample(found: Spread, low: np.ndarray, high: np.ndarray, rng: np.random.Generator) -> _World:
    """Draw one world."""
    days = rng.integers(low, high, endpoint=True)
    origins = {
        c: _day(c.lineage.earliest, c.lineage.latest, rng)
        for c in sorted(found.crossings, key=lambda c: _states_named(found, c.tail, c.head))
    }
    first, last = int(found.possible[found.source]), int(found.certain[found.source])
    return _World(days, origins, first if first == last else _day(first, last, rng))


def _arrivals(
    found: Spread,
    parts: Sequence[tuple[int, np.ndarray]],
    tail: np.ndarray,
    head: np.ndarray,
    world: _World,
) -> _Labels:
    """Give the arrivals in one world, over the transfers in the parts."""
    label = _Labels()
    label[found.source] = world.start
    for practice, part in parts:
        order = part[np.argsort(world.days[part], kind="stable")]
        day = world.days[order].tolist()
        ordered_pass(
            0, len(day), tail[order].tolist(), head[order].tolist(), day, day, label, found.strict
        )
        for c in found.crossings:
            if c.lineage.parent != practice or label[c.tail] == NEVER:
                continue
            x = c.lineage
            then = label[c.tail]
            if x.earliest > LOW or x.latest < HIGH:
                # The child begins on its own day, and not before the parent came - unless
                # the parent came after the latest origin, which the records rule out.
                then = max(world.origins[c], min(then, x.latest))
            label[c.head] = min(label[c.head], then)
    return label


def _day(earliest: int, latest: int, rng: np.random.Generator) -> int:
    """Give one day of an interval; an open side gives the other bound."""
    if earliest <= LOW or latest >= HIGH:
        return latest if earliest <= LOW else earliest
    return int(rng.integers(earliest, latest, endpoint=True))


class _Labels(dict[int, int]):
    """Labels of one world; what is not set is not reached."""

    def __missing__(self, state: int) -> int:
        return NEVER


assert SOURCE < LOW  # a source is ready before anything that is open to the past
