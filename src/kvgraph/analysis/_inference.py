"""Ties inferred from the order of adoption: the greedy search of NetInf on flat arrays.

A tie changes nothing but the parents of its child, so after each step only the ties with the
same child are weighed anew. Scores and sums are made in the order in which NetworkInference for
R makes them: where two ties are as good as each other, the last bits decide which comes first.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

TIED: Final = 0.5
UNTIED: Final = 1e-10
"""What a density is multiplied by where a tie is there, and where none is."""

_SMALLEST: Final = 1e-280
"""Below this a density times :data:`UNTIED` would lose digits; then logarithms are added."""


@dataclass(frozen=True, slots=True)
class Delay:
    """How long passing on takes: a distribution and its parameters.

    ``rate`` is lambda of the exponential, alpha of the Rayleigh, the mean of the logarithm of
    the log-normal distribution, whose deviation is ``sigma``.
    """

    name: str
    rate: float
    sigma: float = 1.0

    def scores(self, delays: Numbers) -> tuple[Numbers, Numbers]:
        """Give the logarithm of the density of each delay, with a tie and without one."""
        with np.errstate(under="ignore", divide="ignore", over="ignore"):
            if self.name == "exponential":
                density = self.rate * np.exp(-self.rate * delays)
                log = math.log(self.rate) - self.rate * delays
            elif self.name == "rayleigh":
                square = self.rate**2
                density = delays / square * np.exp(-(delays**2) / (2 * square))
                log = np.log(delays) - math.log(square) - delays**2 / (2 * square)
            else:
                away = (np.log(delays) - self.rate) ** 2 / (2 * self.sigma**2)
                scale = delays * self.sigma * math.sqrt(2 * math.pi)
                density = 1 / scale * np.exp(-away)
                log = -np.log(scale) - away
            normal = density > _SMALLEST
            return (
                np.where(normal, np.log(TIED * density), math.log(TIED) + log),
                np.where(normal, np.log(UNTIED * density), math.log(UNTIED) + log),
            )


@dataclass(frozen=True, slots=True)
class Step:
    """One inferred tie: its ends, what it adds to the fit, p, and the events that it explains.

    ``parents`` and ``children`` are events, of one practice each, pair by pair.
    """

    parent: int
    child: int
    improvement: float
    p: float | None
    parents: NDArray[np.int32]
    children: NDArray[np.int32]


@dataclass(slots=True)
class Search:
    """All that can be a tie, and the tree of each practice as it stands.

    ``cascades`` holds for each practice its actors' numbers and times, by time. Events are
    numbered through all of them. A pair is an event and an earlier one of the same practice;
    the pairs of one tie lie together, ties are sorted by child, then parent.
    """

    cascades: Sequence[tuple[Whole, Numbers]]
    actors: int
    delay: Delay
    parent_of: Whole = field(init=False)
    score_of: Numbers = field(init=False)
    _cascade: NDArray[np.int32] = field(init=False)
    _early: NDArray[np.int32] = field(init=False)
    _late: NDArray[np.int32] = field(init=False)
    _score: Numbers = field(init=False)
    _tie: NDArray[np.int32] = field(init=False)
    _keys: Whole = field(init=False)
    _start: Whole = field(init=False)
    _of_child: Whole = field(init=False)
    _gain: Numbers = field(init=False)
    _squares: Numbers = field(init=False)
    _credit: Numbers = field(init=False)

    def __post_init__(self) -> None:
        """Pair events, and give each the parent that fits best where there is no tie."""
        columns: list[list[Any]] = [[], [], [], [], []]
        parent_of, score_of = [], []
        base = 0
        for number, (actors, times) in enumerate(self.cascades):
            n = len(times)
            early, late = np.nonzero(times[:, np.newaxis] < times[np.newaxis, :])
            tied, untied = self.delay.scores(times[late] - times[early])
            table = np.full((n, n), -np.inf)
            table[early, late] = untied
            best = table.argmax(axis=0) if n else np.zeros(0, dtype=np.int64)
            scores = table[best, np.arange(n)]
            score_of.append(scores)
            parent_of.append(np.where(np.isfinite(scores), base + best, -1))
            for column, part in zip(
                columns,
                (
                    actors[late] * self.actors + actors[early],
                    np.full(len(late), number, dtype=np.int32),
                    (base + early).astype(np.int32),
                    (base + late).astype(np.int32),
                    tied,
                ),
                strict=True,
            ):
                column.append(part)
            base += n
        # One column after the other: the pairs are many, and nothing of them stays twice.
        key = _joined(columns[0], np.int64)
        order = np.argsort(key, kind="stable")
        key = key[order]
        new = np.diff(key, prepend=-1) > 0
        self._keys, self._tie = key[new], np.cumsum(new, dtype=np.int32) - 1
        self._start = np.append(np.flatnonzero(new), len(key))
        self._cascade, self._early, self._late = (
            _joined(column, np.int32)[order] for column in columns[1:4]
        )
        self._score = _joined(columns[4], np.float64)[order]
        children = self._keys // max(self.actors, 1)
        self._of_child = np.searchsorted(children, np.arange(self.actors + 1))
        self.parent_of = np.concatenate([*parent_of, np.zeros(0, dtype=np.int64)])
        self.score_of = np.concatenate([*score_of, np.zeros(0)])
        self._credit = np.zeros(len(self.cascades))
        self._gain = np.zeros(len(self._keys))
        self._squares = np.zeros(len(self._keys))
        self._weigh(0, len(self._keys))

    def can_be(self, parents: Whole, children: Whole) -> NDArray[np.bool_]:
        """Tell of which of these pairs of actors there is a possible tie."""
        wanted = children * self.actors + parents
        if not len(self._keys):
            return np.zeros(len(wanted), dtype=bool)
        place = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        there: NDArray[np.bool_] = self._keys[place] == wanted
        return there

    @property
    def possible(self) -> int:
        """How many ties are possible: somebody adopted something after somebody else."""
        return len(self._keys)

    def _weigh(self, first: int, last: int) -> None:
        """Weigh the ties from a first to before a last one by the trees as they stand."""
        pairs = slice(self._start[first], self._start[last])
        gain = np.maximum(self._score[pairs] - self.score_of[self._late[pairs]], 0.0)
        place = self._tie[pairs] - first
        number = last - first
        # bincount adds one after the other, as a loop does, and not in halves as sum does.
        self._gain[first:last] = np.bincount(place, gain, number)
        self._squares[first:last] = np.bincount(place, gain**2, number)

    def steps(
        self, most: int | None, level: float | None, stop: str, tell: Callable[[int], None]
    ) -> Iterator[Step]:
        """Infer one tie after the other, that which adds most to the fit first.

        It ends after ``most`` ties, where nothing adds to the fit, or by the level of p: with
        the first tie whose p is not below it (``first``), or when no tie has a p below it
        (``lowest``), until when ties above it are passed over.
        """
        number = 0
        while most is None or number < most:
            tie = self._best(level if stop == "lowest" else None)
            if tie is None:
                return
            step = self._take(tie, plain=stop == "lowest")
            yield step
            number += 1
            tell(number)
            if stop == "first" and level is not None and step.p is not None and step.p >= level:
                return

    def _best(self, level: float | None) -> int | None:
        """Give the tie that adds most, of equals the last; with a level, of those below it."""
        gain = self._gain
        if level is not None and len(gain):
            gain = np.where(self._chances() < level, gain, 0.0)
        if not len(gain) or not gain.max() > 0:
            return None
        return len(gain) - 1 - int(gain[::-1].argmax())

    def _chances(self) -> Numbers:
        """Give p of every tie by the plain test, 1 where it is undefined."""
        n = len(self.cascades)
        if n < 2:
            return np.ones(len(self._gain))
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = np.maximum(self._squares - self._gain**2 / n, 0.0) / (n - 1)
            z = (self._gain - 1) / np.sqrt(variance * n)
        tail = _tail(np.abs(z))
        p = np.where(z > 0, tail, 1 - tail)
        return np.where(np.isfinite(z), p, 1.0)

    def _take(self, tie: int, *, plain: bool) -> Step:
        """Put a tie into the trees that it improves, and weigh what that changes."""
        pairs = slice(self._start[tie], self._start[tie + 1])
        late = self._late[pairs]
        better = self._score[pairs] > self.score_of[late]
        early, late, score = self._early[pairs][better], late[better], self._score[pairs][better]
        cascade = self._cascade[pairs][better]
        n = len(self.cascades)
        change = np.full(n, -1 / n)
        change[cascade] += score - self.score_of[late]
        if not plain:
            change[cascade] += self._credit[cascade] / n
            self._credit[cascade] = 0
            self._credit += 1
        improvement = float(self._gain[tie])
        self.parent_of[late], self.score_of[late] = early, score
        child = int(self._keys[tie]) // self.actors
        self._weigh(int(self._of_child[child]), int(self._of_child[child + 1]))
        parent = int(self._keys[tie]) % self.actors
        return Step(parent, child, improvement, _vuong(change), early, late)


def _joined(parts: list[Any], kind: Any) -> Any:
    """Give the parts of a column as one, and let go of them."""
    whole = np.concatenate([np.zeros(0, dtype=kind), *parts])
    parts.clear()
    return whole


def _vuong(change: Numbers) -> float | None:
    """Give p of the change of the trees' scores, ``None`` where they all change alike."""
    n = len(change)
    if n < 2:
        return None
    deviation = float(change.std(ddof=1))
    if deviation <= 1e-12 * float(np.abs(change).max()):
        return None
    z = float(change.sum()) / (deviation * math.sqrt(n))
    tail = float(_tail(np.array([abs(z)]))[0])
    return max(tail if z > 0 else 1 - tail, sys.float_info.min)


def _tail(z: Numbers) -> Numbers:
    """Give how likely a normal variable is to be at least z, for z from 0 on.

    By formula 7.1.26 of Abramowitz & Stegun (1964), to 7.5e-8, which NetworkInference uses; the
    tail is computed as such, and so is not 0 where the distribution rounds to 1.

    >>> round(float(_tail(np.array([1.6448536269514722]))[0]), 6)
    0.05
    """
    x = z / math.sqrt(2)
    t = 1 / (1 + 0.3275911 * x)
    terms: Any = 1.061405429
    for term in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        terms = terms * t + term
    with np.errstate(under="ignore"):
        tail: Numbers = 0.5 * terms * t * np.exp(-x * x)
    return tail
