"""Who can have sat with whom in one network or project, and from when on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.dates import ordinal
from kvgraph.flows import HIGH, LOW
from kvgraph.namespaces import KV, PREFIXES, kind_of
from kvgraph.store import Dataset, pivot

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Days = NDArray[np.int64]
    Codes = NDArray[np.int64]

_MEMBER: Final = PREFIXES["org"] + "member"
_IN: Final = PREFIXES["org"] + "organization"


@dataclass(frozen=True, slots=True)
class Seat:
    """A membership of an actor in a network or project, as IRIs.

    It began on some day from ``first`` to ``last``, and had ended by ``gone``
    (``LOW``/``HIGH`` where not known).
    """

    actor: str
    place: str
    first: int
    last: int
    gone: int


@dataclass(frozen=True, slots=True)
class Seats:
    """All memberships that have a date, and how many there are in all and without any."""

    seats: tuple[Seat, ...]
    number: int
    undated: int


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


def seats_of(dataset: Dataset, horizon: int | None) -> Seats:
    """Give the memberships of a dataset in networks and projects, sorted.

    What a membership does not say of its dates is bounded by what it belongs to: it began no
    sooner than the network did, and by its own end, the network's end or the horizon. One of
    which, with all that, neither side is known is undated.
    """
    members, places = pivot(dataset, _MEMBER, things=True), pivot(dataset, _IN, things=True)
    days = {
        name: {iri: _days(values) for iri, values in pivot(dataset, KV + name).items()}
        for name in ("earliestBegin", "latestBegin", "latestEnd")
    }
    begins, begun, ends = days["earliestBegin"], days["latestBegin"], days["latestEnd"]
    known_until = HIGH if horizon is None else horizon
    found = []
    number = undated = 0
    for iri in sorted(members):
        if kind_of(iri) != "membership":
            continue
        number += 1
        some = False
        for place in places.get(iri, ()):
            if not any(thing in known for known in days.values() for thing in (iri, place)):
                continue
            some = True
            first = min(begins.get(iri) or begins.get(place) or (LOW,))
            gone = max(ends.get(iri) or ends.get(place) or (HIGH,))
            last = min(*(begun.get(iri) or (HIGH,)), gone, known_until)
            # Sources that contradict each other must not make a day before the first one.
            last = max(last, first)
            found += [Seat(actor, place, first, last, gone) for actor in members[iri]]
        undated += not some
    found.sort(key=lambda s: (s.place, s.actor, s.first, s.last, s.gone))
    return Seats(tuple(found), number, undated)


def _days(texts: Iterable[str]) -> tuple[int, ...]:
    return tuple(map(ordinal, texts))


def together(
    seats: Iterable[Seat], givers: Mapping[str, int], receivers: Mapping[str, int]
) -> Together:
    """Give who of the givers can have sat with whom of the receivers, place by place.

    Two whose memberships surely did not overlap, since one had ended before the other can
    have begun, did not sit together. An actor does not sit with itself.
    """
    by_place: dict[str, list[Seat]] = {}
    for seat in seats:
        by_place.setdefault(seat.place, []).append(seat)
    places = tuple(sorted(by_place))
    parts = [_in_place(i, by_place[place], givers, receivers) for i, place in enumerate(places)]
    columns = [
        np.concatenate([part[i] for part in parts]) if parts else np.zeros(0, dtype=np.int64)
        for i in range(5)
    ]
    return Together(places, *_first_of_each(columns))


def _in_place(
    number: int, here: list[Seat], givers: Mapping[str, int], receivers: Mapping[str, int]
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
