"""Between certain and possible: the share of sampled worlds in which a state is reached.

A world gives each transfer one day, uniform over its closed interval, and each origin of an
adaptation likewise. Exact probabilities are #P-hard, so shares are sampled and carry
Wilson's interval (E. B. Wilson, 1927). A transfer that no source proves is taken as having
happened: its share is conditional on that, and the head says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kvgraph.analysis._kernel import NEVER, SOURCE, ordered_pass
from kvgraph.analysis._spread import Spread
from kvgraph.flows import HIGH, LOW

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


class Share(NamedTuple):
    """A share of worlds with its 95 % interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Window:
    """The days that stand in for open bounds; ``None`` leaves transfers with one out."""

    first: int | None = None
    last: int | None = None


OPEN = Window()
"""No days for open bounds: transfers with one are left out of the sample."""


def wilson(successes: int, trials: int) -> Share:
    """Give a share with Wilson's 95 % interval.

    >>> s = wilson(50, 100)
    >>> round(s.low, 4), round(s.high, 4)
    (0.4038, 0.5962)
    """
    p, z2 = successes / trials, Z95 * Z95
    middle = (p + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z95 / (1 + z2 / trials) * math.sqrt(p * (1 - p) / trials + z2 / (4 * trials * trials))
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return Share(p, low, high)


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
    parts = [(p, np.flatnonzero(practice_of == p)) for p in found.practices]
    states = list(found.reached())
    counts = dict.fromkeys(states, 0)
    feasible: set[int] = set()
    start = int(found.possible[found.source]), int(found.certain[found.source])
    for _ in range(worlds):
        days = rng.integers(low, high, endpoint=True)
        label = _one_world(found, parts, tail, head, days, rng, start)
        for state in states:
            if label.get(state, NEVER) < NEVER:
                counts[state] += 1
                feasible.add(state)
    answers: dict[int, Share | None] = {}
    for state in states:
        # Never reached although it is possible: a share of 0 with its interval, unless what
        # it needs was left out of the sample.
        known = state in feasible or left_out == 0
        answers[state] = wilson(counts[state], worlds) if known else None
    return answers, left_out


def _closed(
    low: np.ndarray, high: np.ndarray, window: Window
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Put the window's days in the place of open bounds, where it has them."""
    if window.first is not None:
        low = np.where(low == LOW, np.minimum(window.first, high), low)
    if window.last is not None:
        high = np.where(high == HIGH, np.maximum(window.last, low), high)
    return low, high


def _one_world(
    found: Spread,
    parts: Sequence[tuple[int, np.ndarray]],
    tail: np.ndarray,
    head: np.ndarray,
    days: np.ndarray,
    rng: np.random.Generator,
    start: tuple[int, int],
) -> dict[int, int]:
    """Give the arrivals of one world."""
    label: _Labels = _Labels()
    label[found.source] = start[0] if start[0] == start[1] else _day(start[0], start[1], rng)
    for practice, part in parts:
        order = part[np.argsort(days[part], kind="stable")]
        day = days[order].tolist()
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
                then = max(_day(x.earliest, x.latest, rng), min(then, x.latest))
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
