"""What stands around the transfers: exposures, attainments, lineage, adoptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from kvgraph import vocabulary
from kvgraph.dates import ordinal
from kvgraph.flows.books import Book
from kvgraph.flows.columns import HIGH, LOW, Lineage
from kvgraph.namespaces import kind_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Days = NDArray[np.int64]
    Codes = NDArray[np.int32]


Pivot = dict[str, dict[str, list[str]]]
"""Values by property and subject."""


def bound(side: Pivot, name: str, subject: str, open_side: int) -> int:
    """Give one bound of a thing; of several the widest."""
    days = [ordinal(text) for text in side[name].get(subject, ())]
    return (min(days) if open_side == LOW else max(days)) if days else open_side


def exposures_of(side: Pivot) -> Iterator[tuple[str, str, str, str, int, int]]:
    """Give each exposure: id, practice, who showed it, who met it, earliest and latest day."""
    for subject in sorted(side["exposedTo"]):
        end = bound(side, "latestEnd", subject, HIGH)
        at_event = any(kind_of(via) == "event" for via in side["via"].get(subject, ()))
        if end == HIGH and at_event:
            # An event without an end was over on the day on which it began at the latest.
            end = bound(side, "latestBegin", subject, HIGH)
        for practice in side["exposedTo"][subject]:
            for giver in side["exposedBy"].get(subject, ()):
                for receiver in side["exposedActor"].get(subject, ()):
                    begin = bound(side, "earliestBegin", subject, LOW)
                    yield subject, practice, giver, receiver, begin, end


def attainments_of(side: Pivot, ids: list[str]) -> Iterator[tuple[int, int, int]]:
    """Give each attainment: the transfer's place, the rank of the stage, its latest day."""
    if not side["attainmentOf"]:
        return
    # A transfer to several receivers has a place for each of them.
    places: dict[str, list[int]] = {t: [] for of in side["attainmentOf"].values() for t in of}
    for place, transfer in enumerate(ids):
        if transfer in places:
            places[transfer].append(place)
    orders = {c.iri: c.ranks.get("stageOrder", 0) for c in vocabulary.codes("stage").values()}
    for subject in sorted(side["attainmentOf"]):
        for transfer in side["attainmentOf"][subject]:
            for stage in side["stage"].get(subject, ()):
                latest = bound(side, "latestDate", subject, HIGH)
                for place in places[transfer]:
                    yield place, orders.get(stage, 0), latest


def lineage_of(
    side: Pivot, practices: Book, actors: Book
) -> tuple[list[Lineage], dict[int, tuple[int, int]]]:
    """Give all adaptations, and the interval of each practice's origin."""
    origins: dict[int, tuple[int, int]] = {}
    for subject in sorted(side["earliestOrigin"].keys() | side["latestOrigin"].keys()):
        origins[practices.one(subject)] = (
            bound(side, "earliestOrigin", subject, LOW),
            bound(side, "latestOrigin", subject, HIGH),
        )
    lineage = []
    for child in sorted(side["adaptedFrom"]):
        for parent in sorted(side["adaptedFrom"][child]):
            number = practices.one(child)
            earliest, latest = origins.get(number, (LOW, HIGH))
            lineage += [
                Lineage(practices.one(parent), number, actors.one(origin), earliest, latest)
                for origin in sorted(side["origin"].get(child, ()))
            ]
    return lineage, origins


def adoptions_of(
    side: Pivot, practices: Book, actors: Book
) -> dict[tuple[int, int], tuple[int, int]]:
    """Give the interval of the first adoption by practice and actor."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for subject in sorted(side["adopter"]):
        interval = (
            bound(side, "earliestDate", subject, LOW),
            bound(side, "latestDate", subject, HIGH),
        )
        for practice in side["practice"].get(subject, ()):
            for actor in side["adopter"][subject]:
                key = practices.one(practice), actors.one(actor)
                earlier = found.get(key, interval)
                found[key] = min(interval[0], earlier[0]), min(interval[1], earlier[1])
    return found
