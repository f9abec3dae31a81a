"""How pairs of actors stand to the moments of transfers, as they are and with actors relabelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.analysis._cases import Case, Study
from kvgraph.analysis._sitting import Together
from kvgraph.flows import LOW

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

NOT, POSSIBLE, SAME_YEAR, BEFORE = range(4)
"""How a pair stands to a moment; the greatest of all its places counts."""

_AT_ONCE: Final = 1000
"""So many relabellings are held at a time."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases, relabelled cases, and pairs at all moments stand how to theirs.

    Each is counted by NOT, POSSIBLE, SAME_YEAR, BEFORE; ``relabelled`` has a row for each
    relabelling. ``standing`` tells of each case, ``pairs`` of each pair that ever sat
    together, by the numbers of the two: at how many moments it stands how.
    """

    standing: Numbers
    relabelled: Numbers
    everywhere: Numbers
    pairs: Mapping[tuple[int, int], Sequence[int]]


def numbered(names: Sequence[str]) -> dict[str, int]:
    """Give each name its place in the list."""
    return {name: number for number, name in enumerate(names)}


def stand_of(places: Together, case: Case) -> Numbers:
    """Tell of each pair in each place how it stands to the moment of a case."""
    number = numbered(places.places)
    own = [number[place] for place in case.via if place in number]
    out = np.zeros(len(places.places), dtype=bool)
    out[own] = True
    stand = np.zeros(len(places.place), dtype=np.int64)
    stand[places.first < case.hi] = POSSIBLE
    if case.lo > LOW:
        stand[(places.last <= case.year_end) & (places.first <= case.hi)] = SAME_YEAR
        stand[places.last < case.lo] = BEFORE
    stand[out[places.place]] = NOT
    return stand


def _by_moment(study: Study) -> Iterator[list[int]]:
    """Give the cases that share a moment and a way, by their numbers."""
    same: dict[tuple[int, int, frozenset[str]], list[int]] = {}
    for number, case in enumerate(study.cases):
        same.setdefault((case.lo, case.hi, case.via), []).append(number)
    yield from same.values()


def count(study: Study, places: Together, permutations: int, seed: int) -> Counts:
    """Count how cases, relabelled cases and all pairs at risk stand to the moments."""
    gave, took = numbered(study.givers), numbered(study.receivers)
    giver = np.array([gave[c.giver] for c in study.cases], dtype=np.int64)
    receiver = np.array([took[c.receiver] for c in study.cases], dtype=np.int64)
    # The pairs come sorted, a row for each place: a pair's rows stand together.
    wide = max(len(took), 1)
    keys, starts = np.unique(places.giver * wide + places.receiver, return_index=True)
    pairs = np.zeros((len(keys), 4), dtype=np.int64)
    standing = np.zeros(len(study.cases), dtype=np.int64)
    relabelled = np.zeros((permutations, 4), dtype=np.int64)
    rng = np.random.default_rng(seed)
    for start in range(0, max(permutations, 1), _AT_ONCE):
        part = relabelled[start : start + _AT_ONCE]
        as_giver, as_receiver = _relabelled(study, len(part), rng)
        # Found anew for each part: all pairs at all moments would take gigabytes to hold.
        for numbers in _by_moment(study):
            stand = stand_of(places, study.cases[numbers[0]])
            best = np.maximum.reduceat(stand, starts) if len(starts) else stand
            if not start:
                pairs[np.arange(len(keys)), best] += len(numbers)
                own = giver[numbers] * wide + receiver[numbers]
                standing[numbers] = _looked_up(own, keys, best)
            wanted = as_giver[:, giver[numbers]] * wide + as_receiver[:, receiver[numbers]]
            found = _looked_up(wanted, keys, best)
            for value in range(4):
                part[:, value] += (found == value).sum(axis=1)
    everywhere = pairs.sum(axis=0)
    everywhere[NOT] = len(study.cases) * study.at_risk - everywhere[NOT + 1 :].sum()
    of_pair = {
        (key // wide, key % wide): row
        for key, row in zip(keys.tolist(), pairs.tolist(), strict=True)
    }
    return Counts(standing, relabelled, everywhere, of_pair)


def _looked_up(wanted: Numbers, keys: Numbers, best: Numbers) -> Numbers:
    """Give how pairs stand by their keys; one that never sat together is not among them."""
    if not len(keys):
        return np.full(wanted.shape, NOT, dtype=np.int64)
    where = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found: Numbers = np.where(keys[where] == wanted, best[where], NOT)
    return found


def _relabelled(
    study: Study, permutations: int, rng: np.random.Generator
) -> tuple[Numbers, Numbers]:
    """Give the giver and the receiver that each becomes in each relabelling."""
    gave, took = numbered(study.givers), numbered(study.receivers)
    both = sorted(gave.keys() & took.keys())
    as_giver = np.tile(np.arange(len(gave)), (permutations, 1))
    as_receiver = np.tile(np.arange(len(took)), (permutations, 1))
    for alike in (both, sorted(gave.keys() - took.keys()), sorted(took.keys() - gave.keys())):
        order = rng.permuted(np.tile(np.arange(len(alike)), (permutations, 1)), axis=1)
        for numbers, becomes in ((gave, as_giver), (took, as_receiver)):
            if alike and alike[0] in numbers:
                own = np.array([numbers[name] for name in alike], dtype=np.int64)
                becomes[:, own] = own[order]
    return as_giver, as_receiver
