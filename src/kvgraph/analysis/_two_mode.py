"""Who sat where, drawn anew at random: as many places an actor, and as many actors a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Reals = NDArray[np.float64]

ROUNDS: Final = 10
"""So often every actor trades places with another between two draws that are counted."""


@dataclass(frozen=True, slots=True)
class Null:
    """What pairs of actors shared by chance: mean, standard deviation, and how often as much."""

    mean: Reals
    sd: Reals
    as_many: Numbers


def trade(actor: Numbers, place: Numbers, actors: int, rng: np.random.Generator) -> Numbers:
    """Give who sits in each seat after every actor has traded with another, drawn at random.

    ``actor`` and ``place`` name the two of each seat, no two seats being of the same two. Of
    two that trade each keeps as many places as it had, and what both have; the places that one
    of them has alone are dealt out anew (curveball: Strona et al. 2014; all at once: Carstens,
    Hamann, Meyer, Penschuck, Tran & Wagner 2018). With one actor over, it waits.

    >>> seats = trade(np.array([0, 0, 1]), np.array([0, 1, 1]), 2, np.random.default_rng(1))
    >>> np.bincount(seats).tolist(), sorted(seats[1:].tolist())
    ([2, 1], [0, 1])
    """
    team = np.empty(actors, dtype=np.int64)
    team[rng.permutation(actors)] = np.arange(actors) // 2
    of = team[actor]
    order = np.argsort(of * (int(place.max(initial=0)) + 1) + place)
    first, then = order[:-1], order[1:]
    both = (of[first] == of[then]) & (place[first] == place[then])
    alone = np.ones(len(actor), dtype=bool)
    alone[first[both]] = alone[then[both]] = False
    # Team by team, as they stand and in random order.
    dealt = order[alone[order]]
    shuffled = dealt[np.argsort(of[dealt] + rng.random(len(dealt)))]
    found = actor.copy()
    found[shuffled] = actor[dealt]
    return found


def shared_places(actor: Numbers, place: Numbers, size: tuple[int, int], pairs: Numbers) -> Numbers:
    """Give how many places each of these pairs of actors share; ``size``: actors and places.

    >>> seats = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 1])
    >>> shared_places(*seats, (3, 2), np.array([[0, 1], [0, 2]])).tolist()
    [2, 1]
    """
    from scipy.sparse import csr_array

    seats = csr_array((np.ones(len(actor), dtype=np.int64), (actor, place)), shape=size)
    both = seats @ seats.T
    both.sort_indices()
    # Looked up by hand: what indexing with two lists gives differs between versions.
    keys = np.repeat(np.arange(size[0]), np.diff(both.indptr)) * size[0] + both.indices
    wanted = pairs[:, 0] * size[0] + pairs[:, 1]
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found: Numbers = np.where(keys[at] == wanted, both.data[at], 0)
    return found


def by_chance(
    actor: Numbers,
    place: Numbers,
    size: tuple[int, int],
    pairs: Numbers,
    times: int,
    seed: int,
    step: Callable[[int], None],
) -> Null:
    """Draw the seats anew so often, and give what the pairs shared.

    Draws follow on each other, so they are not independent, and it takes time to get away from
    what was seen. It is therefore given a random place among them, and they are drawn forwards
    and backwards from there, which is the same here: then what was seen is any one of them if
    the null is true, and p is right however slowly they change (Besag & Clifford 1989).
    """
    rng = np.random.default_rng(seed)
    seen = shared_places(actor, place, size, pairs)
    total = np.zeros(len(pairs))
    squares = np.zeros(len(pairs))
    as_many = np.zeros(len(pairs), dtype=np.int64)
    turn = int(rng.integers(0, times + 1))
    sits = actor
    for done in range(times):
        step(done)
        if done == turn:
            sits = actor
        for _ in range(ROUNDS):
            sits = trade(sits, place, size[0], rng)
        found = shared_places(sits, place, size, pairs)
        total += found
        squares += found * found
        as_many += found >= seen
    mean = total / times
    variance = np.maximum(squares / times - mean * mean, 0)
    return Null(mean, np.sqrt(variance), as_many)
