"""The records that link things to one another: transfers, memberships, adoptions and others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import pyoxigraph as ox

from kvgraph import vocabulary
from kvgraph.namespaces import KV, PREFIXES, kind_of
from kvgraph.store import Dataset

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


def pivot(dataset: Dataset, iri: str) -> dict[str, list[str]]:
    """Give all values of a property by subject, as texts, sorted."""
    found: dict[str, list[str]] = {}
    for quad in dataset.store.quads_for_pattern(None, ox.NamedNode(iri), None):
        found.setdefault(quad.subject.value, []).append(quad.object.value)  # type: ignore[union-attr]
    for values in found.values():
        values.sort()
    return found


def links(dataset: Dataset, kinds: Iterable[str] = tuple(ENDS)) -> list[Link]:
    """Give all records of these kinds as links, sorted by kind, IRI and ends.

    The dates of a participation are those of its event.
    """
    held: dict[str, Pivot] = {}

    def of(name: str, subject: str) -> list[str]:
        if name not in held:
            held[name] = pivot(dataset, name)
        return held[name].get(subject, [])

    def days(names: tuple[str, ...], subject: str) -> Iterator[int]:
        for name in names:
            yield from (date.fromisoformat(text[:10]).toordinal() for text in of(name, subject))

    orders = {c.iri: c.ranks.get("stageOrder", 0) for c in vocabulary.codes("stage").values()}
    found = []
    for kind in kinds:
        first, second = ENDS[kind]
        of(first, "")
        for iri in sorted(held[first]):
            if kind_of(iri) != kind:
                continue
            for source in of(first, iri):
                for target in of(second, iri):
                    when = target if kind == "participation" else iri
                    found.append(
                        Link(
                            iri,
                            kind,
                            source,
                            target,
                            tuple(p for name in _PRACTICE for p in of(name, iri)),
                            tuple(of(_VIA, iri)),
                            min(days(_BEGIN, when), default=None),
                            max(days(_END, when), default=None),
                            any(of(name, when) for name in _DATED),
                            max((orders.get(s, 0) for s in of(_STAGE, iri)), default=0),
                        )
                    )
    return found
