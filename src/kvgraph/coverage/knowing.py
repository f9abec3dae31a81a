"""What is known of each transfer, as it is counted: outcome, years, states, sources, languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Final

import pyoxigraph as ox

from kvgraph import vocabulary
from kvgraph.dates import ordinal
from kvgraph.links import Link
from kvgraph.namespaces import KV, PREFIXES, kind_of
from kvgraph.proof import SOURCES
from kvgraph.rollup import rollup
from kvgraph.store import Dataset, pivot

FAILED: Final = ("refused", "abandoned")
"""The outcomes of which a source says that it came to nothing, or was given up."""

OUTCOMES: Final = (
    "adopted", "piloted", "visited_only", "planned", "abandoned", "refused", "no_status",
)  # fmt: skip
"""How far a transfer got, as far as any source says; each has one of them."""

UNDER_WAY: Final = "in progress"
UNKNOWN: Final = "outcome unknown"
"""The statuses among *visited only* that say neither that it failed nor that it did not."""

_REACHED: Final = ("planned", "visited_only", "piloted", "adopted")
"""The outcome by the order of the furthest stage; what is beyond the last is the last."""


@dataclass(frozen=True, slots=True)
class Known:
    """One transfer as it is counted.

    ``status`` is the notation of its status. ``first`` and ``last`` are the years from and to
    which it can have begun; both are ``None`` where it is undated, or where nothing bounds how
    long ago it began.
    """

    iri: str
    givers: frozenset[str]
    receivers: frozenset[str]
    around: frozenset[str]
    status: str | None
    outcome: str
    dated: bool
    first: int | None
    last: int | None
    sources: frozenset[str]


class Facts:
    """Gives what a dataset says of its transfers, of all at once."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._held: dict[str, Mapping[str, list[str]]] = {}

    def of(self, name: str) -> Mapping[str, list[str]]:
        """Give the values of a property by subject."""
        if name not in self._held:
            self._held[name] = pivot(self.dataset, name)
        return self._held[name]

    @cached_property
    def _backing(self) -> list[Mapping[str, list[str]]]:
        """The properties that name sources, those that nothing has aside."""
        return [held for name in SOURCES if (held := self.of(name))]

    @cached_property
    def horizon(self) -> int | None:
        """The last day that anything is known of."""
        day = self.dataset.about.horizon
        return None if day is None else ordinal(day)

    @cached_property
    def state(self) -> Mapping[str, str]:
        """The state of each actor that belongs to one, as in the matrix of states."""
        return rollup(self.dataset, "member-state")

    @cached_property
    def members(self) -> frozenset[str]:
        """The member states that the dataset holds."""
        kind, member = ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(KV + "MemberState")
        found = self.dataset.store.quads_for_pattern(None, kind, member)
        return frozenset(quad.subject.value for quad in found)  # type: ignore[union-attr]

    def languages(self, source: str) -> set[str]:
        """Give the languages of a source, by their codes."""
        return {
            code.casefold() for code in self.of(PREFIXES["dcterms"] + "language").get(source, ())
        }

    def known(self, links: Iterable[Link]) -> list[Known]:
        """Give each transfer among links once, in the order of their IRIs."""
        ends: dict[str, list[Link]] = {}
        for link in links:
            if link.kind == "transfer":
                ends.setdefault(link.iri, []).append(link)
        return [self._known(iri, ends[iri]) for iri in sorted(ends)]

    def _known(self, iri: str, links: list[Link]) -> Known:
        link = links[0]
        givers = frozenset([each.source for each in links])
        receivers = frozenset([each.target for each in links])
        status = next(iter(self.of(KV + "status").get(iri, ())), None)
        code = vocabulary.by_iri().get(status) if status else None
        first, last = self._years(link)
        return Known(
            iri,
            givers,
            receivers,
            givers.union(receivers, link.via),
            code.notation if code else None,
            self._outcome(link, code),
            link.dated,
            first,
            last,
            frozenset([source for held in self._backing for source in held.get(iri, ())]),
        )

    def _outcome(self, link: Link, code: vocabulary.Code | None) -> str:
        """Tell how far a transfer got: what was given up is that, whatever was reached before."""
        if code is not None and code.notation in FAILED:
            return code.notation
        rank = link.rank if self.of(KV + "furthestStage").get(link.iri) else None
        if rank is None:
            # Where the rules were not run, the status alone speaks.
            rank = code.ranks.get("statusRank") if code else None
        return "no_status" if rank is None else _REACHED[min(rank, len(_REACHED) - 1)]

    def _years(self, link: Link) -> tuple[int | None, int | None]:
        """Give the years from and to which a transfer can have begun."""
        if not link.dated:
            return None, None
        first = link.begin
        if first is None:
            made = self.of(KV + "earliestOrigin")
            origins = [_day(text) for p in link.practices for text in made.get(p, ())]
            if not origins:
                return None, None
            first = min(origins)
        bounds = [_day(text) for text in self.of(KV + "latestBegin").get(link.iri, ())]
        if link.end is not None:
            bounds.append(link.end)
        last = min(bounds) if bounds else self.horizon
        if last is None:
            last = first
        # Where the two contradict each other, it is the later side that a source states of it.
        return _year(min(first, last)), _year(last)

    @cached_property
    def _wholes(self) -> Mapping[str, frozenset[str]]:
        """Each programme with all of which it is a part, over any number of steps."""
        of = pivot(self.dataset, PREFIXES["dcterms"] + "isPartOf", things=True)
        found: dict[str, frozenset[str]] = {}
        for start in self.programmes:
            seen, waiting = {start}, [start]
            while waiting:
                more = {whole for whole in of.get(waiting.pop(), ()) if whole not in seen}
                seen |= more
                waiting += more
            found[start] = frozenset(iri for iri in seen if kind_of(iri) == "programme")
        return found

    @cached_property
    def programmes(self) -> frozenset[str]:
        """All programmes that are named anywhere."""
        under = self.of(KV + "underProgramme")
        found = {iri for values in under.values() for iri in values}
        found |= set(self.of(PREFIXES["dcterms"] + "identifier"))
        return frozenset(iri for iri in found if kind_of(iri) == "programme")

    def programmes_of(self, things: Iterable[str]) -> set[str]:
        """Give the programmes under which things stand, and all of which those are parts."""
        under = self.of(KV + "underProgramme")
        named = {p for thing in things for p in (thing, *under.get(thing, ()))}
        return {whole for p in named for whole in self._wholes.get(p, ())}


_day = cache(ordinal)
"""The number of a day; few days stand at many transfers."""


@cache
def _year(day: int) -> int:
    return date.fromordinal(day).year
