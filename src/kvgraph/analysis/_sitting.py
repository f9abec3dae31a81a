"""Who can have sat with whom in one network or project, and from when on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kvgraph.material.sitting import Sitting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Days = NDArray[np.int64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Together:
    """Pairs of a giver and a receiver with a place in which both sat, sorted, each once.

    ``giver`` and ``receiver`` number the lists asked for, ``place`` the list ``places``. The
    day from which on both were members lies between ``first`` and ``last``.
    """

    places: tuple[str, ...]
    giver: Codes
    receiver: Codes
    place: Codes
    first: Days
    last: Days


def together(
    seats: Iterable[Sitting], givers: Mapping[str, int], receivers: Mapping[str, int]
) -> Together:
    """Give who of the givers can have sat with whom of the receivers, place by place.

    Two whose memberships surely did not overlap, since one had ended before the other can
    have begun, did not sit together; nor is it known of one without a date. An actor does not
    sit with itself.
    """
    by_place: dict[str, list[Sitting]] = {}
    for seat in filter(lambda s: s.dated, seats):
        by_place.setdefault(seat.place, []).append(seat)
    places = tuple(sorted(by_place))
    parts = [_in_place(i, by_place[place], givers, receivers) for i, place in enumerate(places)]
    columns = [
        np.concatenate([part[i] for part in parts]) if parts else np.zeros(0, dtype=np.int64)
        for i in range(5)
    ]
    return Together(places, *_first_of_each(columns))


def _in_place(
    number: int, here: list[Sitting], givers: Mapping[str, int], receivers: Mapping[str, int]
) -> list[Days]:
    """Give the pairs of one place: giver, receiver, place, first and last day."""
    gave = [s for s in here if s.actor in givers]
    took = [s for s in here if s.actor in receivers]
    if not gave or not took:
        return [np.zeros(0, dtype=np.int64)] * 5
    one = np.repeat(np.arange(len(gave)), len(took))
    other = np.tile(np.arange(len(took)), len(gave))
    a = np.array([(s.first, s.last, s.gone) for s in gave], dtype=np.int64).reshape(-1, 3)[one]
    b = np.array([(s.first, s.last, s.gone) for s in took], dtype=np.int64).reshape(-1, 3)[other]
    apart = (a[:, 2] < b[:, 0]) | (b[:, 2] < a[:, 0])
    same = np.array([s.actor for s in gave])[one] == np.array([s.actor for s in took])[other]
    keep = ~(apart | same)
    return [
        np.array([givers[s.actor] for s in gave], dtype=np.int64)[one][keep],
        np.array([receivers[s.actor] for s in took], dtype=np.int64)[other][keep],
        np.full(int(keep.sum()), number, dtype=np.int64),
        np.maximum(a[:, 0], b[:, 0])[keep],
        np.maximum(a[:, 1], b[:, 1])[keep],
    ]


def _first_of_each(columns: list[Days]) -> list[Days]:
    """Give each pair in each place once, with the soonest of its first and of its last days.

    Who sat there twice sat there from the sooner time on.
    """
    giver, receiver, place, first, last = columns
    order = np.lexsort((place, receiver, giver))
    giver, receiver, place, first, last = (c[order] for c in (giver, receiver, place, first, last))
    if not len(giver):
        return [giver, receiver, place, first, last]
    changes = (np.diff(giver) != 0) | (np.diff(receiver) != 0) | (np.diff(place) != 0)
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1])
    return [
        giver[starts],
        receiver[starts],
        place[starts],
        np.minimum.reduceat(first, starts),
        np.minimum.reduceat(last, starts),
    ]
