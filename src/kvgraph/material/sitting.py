"""Who was a member of which network or project, and from when on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kvgraph.dates import ordinal
from kvgraph.flows import HIGH, LOW
from kvgraph.namespaces import KV, PREFIXES, kind_of
from kvgraph.store import Dataset, pivot

_MEMBER: Final = PREFIXES["org"] + "member"
_IN: Final = PREFIXES["org"] + "organization"


@dataclass(frozen=True, slots=True)
class Sitting:
    """A membership of an actor in a network or project, all as IRIs.

    It began on some day from ``first`` to ``last``, and had ended by ``gone``
    (``LOW``/``HIGH`` where not known). ``dated`` is false where neither side is known.
    """

    membership: str
    actor: str
    place: str
    first: int
    last: int
    gone: int
    dated: bool


def sittings_of(dataset: Dataset, horizon: int | None) -> tuple[Sitting, ...]:
    """Give the memberships of a dataset in networks and projects, sorted by place and actor.

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
    for iri in sorted(members):
        if kind_of(iri) != "membership":
            continue
        for place in places.get(iri, ()):
            dated = any(thing in known for known in days.values() for thing in (iri, place))
            first = min(begins.get(iri) or begins.get(place) or (LOW,))
            gone = max(ends.get(iri) or ends.get(place) or (HIGH,))
            last = min(*(begun.get(iri) or (HIGH,)), gone, known_until)
            # Sources that contradict each other must not make a day before the first one.
            last = max(last, first)
            found += [
                Sitting(iri, actor, place, first, last, gone, dated) for actor in members[iri]
            ]
    found.sort(key=lambda s: (s.place, s.actor, s.first, s.last, s.gone, s.membership))
    return tuple(found)


def _days(texts: Iterable[str]) -> tuple[int, ...]:
    return tuple(map(ordinal, texts))
