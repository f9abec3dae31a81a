"""What would go between groups if only gave and took counted, and who could give to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Reals = NDArray[np.float64]

STEPS: Final = 100_000
"""So often the factors are fitted at most; nearly always a dozen times is enough."""
CLOSE: Final = 1e-10
"""By which part of all flows a margin may be off."""


@dataclass(frozen=True, slots=True)
class Mixing:
    """Factors of giving and taking, a place a group.

    What is expected from i to j is give_i take_j n_i n_j off the diagonal and give_i take_i
    n_i (n_i - 1) on it; ``give`` and ``take`` hold the n too, so that ``own`` (1/n) is what is
    taken off. ``star`` names the group of a single actor that all flows come from or go to, -1
    where there is none: then nothing can go past it.
    """

    out: Numbers
    into: Numbers
    give: Reals
    take: Reals
    own: Reals
    star: int

    def at(self, giver: Numbers, receiver: Numbers) -> Reals:
        """Give what is expected from and to these groups, pair by pair."""
        if self.star < 0:
            room = 1 - np.where(giver == receiver, self.own[giver], 0)
            fitted: Reals = self.give[giver] * self.take[receiver] * room
            return fitted
        gave, took = giver == self.star, receiver == self.star
        through = np.where(gave, self.into[receiver], self.out[giver]).astype(np.float64)
        # From the star to itself, and past it, nothing goes.
        found: Reals = np.where(gave == took, 0.0, through)
        return found


def mixing(out: Numbers, into: Numbers, sizes: Numbers) -> Mixing:
    """Fit the factors, so that each group gives and takes as much as it did.

    ``out`` and ``into`` tell what each group gave and took, ``sizes`` how many actors it has.
    By iterative proportional fitting (Deming & Stephan 1940). A group of one actor has no pair
    within itself, so where all flows come from it or go to it the fit would approach 0 past
    it without end: that case is known, and not fitted.

    >>> fitted = mixing(np.array([3, 1]), np.array([2, 2]), np.array([2, 2]))
    >>> cells = fitted.at(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    >>> [round(float(x), 4) for x in (cells[0] + cells[1], cells[0] + cells[2])]
    [3.0, 2.0]
    """
    own = 1 / sizes.astype(np.float64)
    total = int(out.sum())
    alone = np.flatnonzero((sizes == 1) & (out + into == total))
    give, take = out.astype(np.float64), into.astype(np.float64)
    if total and len(alone):
        return Mixing(out, into, give, take, own, int(alone[0]))
    for _ in range(STEPS if total else 0):
        give = _factor(out, take, own)
        take = _factor(into, give, own)
        if np.abs(give * (take.sum() - own * take) - out).max() <= CLOSE * total:
            break
    return Mixing(out, into, give, take, own, -1)


def _factor(margin: Numbers, other: Reals, own: Reals) -> Reals:
    """Give the factors by which one side meets its margin, those of the other being given."""
    room = other.sum() - own * other
    found: Reals = np.divide(margin, room, out=np.zeros_like(other), where=margin > 0)
    return found
