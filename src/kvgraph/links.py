"""The records that link things to one another: transfers, memberships, adoptions and others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from kvgraph import vocabulary
from kvgraph.dates import ordinal
from kvgraph.namespaces import KV, PREFIXES, kind_of
from kvgraph.store import Dataset, pivot

_ORG: Final = PREFIXES["org"]

ENDS: Final[Mapping[str, tuple[str, str]]] = {
    "transfer": (KV + "giver", KV + "receiver"),
    "adoption": (KV + "adopter", KV + "practice"),
    "handover": (KV + "fromProject", KV + "carriedInto"),
    "membership": (_ORG + "member", _ORG + "organization"),
    "role": (_ORG + "member", _ORG + "organization"),
    "participation": (KV + "participant", KV + "inEvent"),
    "exposure": (KV + "exposedBy", KV + "exposedActor"),
}
"""The kinds of records that stand between two things, with the properties that name the two."""

DERIVED: Final = frozenset({"exposure"})
"""The kinds of records that a rule makes: no source states them as such."""

_PRACTICE: Final = (KV + "practice", KV + "exposedTo")
_VIA: Final = KV + "via"
_BEGIN: Final = (KV + "earliestBegin", KV + "earliestDate")
_END: Final = (KV + "latestEnd", KV + "latestDate")
_DATED: Final = (*_BEGIN, *_END, KV + "latestBegin", KV + "earliestEnd")
_STAGE: Final = KV + "furthestStage"

Pivot = Mapping[str, list[str]]
"""The values of one property by subject, each list sorted."""


@dataclass(frozen=True, slots=True)
class Link:
    """One record between two things; a record with several ends gives several links.

    ``begin`` and ``end`` are the outermost days of it (:meth:`datetime.date.toordinal`),
    ``None`` where that side is open; ``dated`` is false if nothing is known of its time.
    ``rank`` is the order of the furthest stage of a transfer, 0 where there is none.
    """

    iri: str
    kind: str
    source: str
    target: str
    practices: tuple[str, ...]
    via: tuple[str, ...]
    begin: int | None
    end: int | None
    dated: bool
    rank: int


def links(dataset: Dataset, kinds: Iterable[str] = tuple(ENDS)) -> list[Link]:
    """Give all records of these kinds as links: kind by kind, sorted by IRI and ends.

    The dates of a participation are those of its event. A record of which an end is missing,
    or is a text, links nothing and is not among them.

    :raises KvgraphError: if a day is no xsd:date.
    """
    held: dict[tuple[str, bool], Pivot] = {}

    def all_of(names: Iterable[str], *, things: bool = False) -> list[Pivot]:
        """Give the values of properties, without those that nothing has."""
        for name in names:
            if (name, things) not in held:
                held[name, things] = pivot(dataset, name, things=things)
        return [found for name in names if (found := held[name, things])]

    day = cache(ordinal)  # few days stand at many records
    orders = {c.iri: c.ranks.get("stageOrder", 0) for c in vocabulary.codes("stage").values()}
    practices, vias = all_of(_PRACTICE, things=True), all_of((_VIA,), things=True)
    begins, ends, dates, stages = map(all_of, (_BEGIN, _END, _DATED, (_STAGE,)))
    found = []
    for kind in kinds:
        first, second = ENDS[kind]
        [sources] = all_of((first,), things=True) or [{}]
        [targets] = all_of((second,), things=True) or [{}]
        for iri in sorted(sources):
            if kind_of(iri) != kind:
                continue
            about = tuple(_of(practices, iri))
            via = tuple(_of(vias, iri))
            rank = max((orders.get(stage, 0) for stage in _of(stages, iri)), default=0)
            for source in sources[iri]:
                for target in targets.get(iri, ()):
                    when = target if kind == "participation" else iri
                    found.append(
                        Link(
                            iri,
                            kind,
                            source,
                            target,
                            about,
                            via,
                            min(map(day, _of(begins, when)), default=None),
                            max(map(day, _of(ends, when)), default=None),
                            any(when in values for values in dates),
                            rank,
                        )
                    )
    return found


def _of(properties: Iterable[Pivot], subject: str) -> list[str]:
    """Give the values that a subject has of several properties."""
    return [value for values in properties for value in values.get(subject, ())]
