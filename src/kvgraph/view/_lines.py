"""The lines of a timeline: transfers, adoptions and origins, and what is told of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from kvgraph import vocabulary
from kvgraph.dates import ordinal
from kvgraph.diagram import Frame
from kvgraph.diagram.drawing import nodes_of
from kvgraph.diagram.layout import GOVERNANCE
from kvgraph.links import Link
from kvgraph.model import Diagram, Edge, Node
from kvgraph.names import label
from kvgraph.namespaces import KV, code_iri, mint, shorten
from kvgraph.proof import Documented
from kvgraph.selection import Selected
from kvgraph.store import Dataset, pivot
from kvgraph.view._svg import fitted, isolated, width_of
from kvgraph.words import word

_BEGAN: Final = 6
"""So many practices have a line for their origin where none was asked for by name."""

Days = tuple[int | None, int | None, int | None, int | None]
"""The earliest and latest day of the begin, then of the end, as far as known."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the picture: a transfer, an adoption of one's own, or an origin.

    ``actor`` and ``giver`` are ids of nodes; ``note`` stands beneath the actor.
    """

    id: str
    iri: str
    kind: str
    actor: str
    giver: str | None
    practice: str
    days: Days
    worded: tuple[str, str]
    note: str
    facts: Mapping[str, Any]
    ticks: tuple[tuple[int, int, str, str], ...] = ()

    @property
    def known(self) -> list[int]:
        """The days that are known of it."""
        return [day for day in self.days if day is not None]

    @property
    def order(self) -> tuple[bool, int, str]:
        """Earliest moment first; what is open to the past before, what has no date after."""
        if not self.known:
            return True, 0, self.id
        return False, -1 if self.days[0] is None else self.days[0], self.id


class Lines:
    """What a timeline shows: ``rows`` of transfers and adoptions, ``origins`` of practices.

    ``roots`` are the practices that were asked for by name, without what descends from them.
    """

    def __init__(self, dataset: Dataset, selected: Selected, diagram: Diagram, by: Frame) -> None:
        self.dataset = dataset
        self.diagram = diagram
        self.lang = by.lang
        self.horizon = by.horizon
        # An adoption without a transfer tells who had it and when, though not from whom.
        own = [link for link in selected.links if link.kind == "adoption"]
        practices = {str(e.attributes["practice"]) for e in diagram.edges}
        practices |= {shorten(p) for link in own for p in link.practices}
        places = pivot(dataset, KV + "origin")
        self.origin_of = {p: places.get(mint("practice", p), []) for p in sorted(practices)}
        others = {iri for iris in self.origin_of.values() for iri in iris}
        others |= {link.source for link in own}
        self.nodes: dict[str, Node] = {node.id: node for node in diagram.nodes}
        self.nodes |= {n.id: n for n in nodes_of(dataset, others, by).values()}
        above = pivot(dataset, KV + "descendsFrom")
        chosen = selected.selection.practices
        self.roots = sorted(shorten(p) for p in chosen if not chosen & set(above.get(p, ())) - {p})
        self.rows = self._transfers() + [self._adoption(link) for link in own]
        told = self.origin_of if self.roots or len(self.origin_of) <= _BEGAN else {}
        self.origins = sorted(
            (row for p in told for row in self._origin(p)), key=lambda row: row.order
        )

    # --- what is drawn -------------------------------------------------------------------------

    def _transfers(self) -> list[Row]:
        """Give a row for each transfer."""
        bounds = [
            pivot(self.dataset, KV + name)
            for name in ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd")
        ]
        return [self._transfer(edge, bounds) for edge in self.diagram.edges]

    def _transfer(self, edge: Edge, bounds: list[dict[str, list[str]]]) -> Row:
        a: Any = edge.attributes
        iri = str(a["iri"])
        found = [next(map(ordinal, side.get(iri, ())), None) for side in bounds]
        return Row(
            edge.id, iri, _kind(a), edge.target, edge.source, str(a["practice"]),
            (found[0], found[1], found[2], found[3]),
            (a["start"] or "", a["end"] or ""), self._marked(str(a["practice"])), a,
            self._ticks.get(iri, ()),
        )  # fmt: skip

    def _adoption(self, link: Link) -> Row:
        known = Documented(self.dataset, link.iri)
        practice = next(map(shorten, link.practices), "")
        worded = known.one("dateAsWorded") or ""
        facts = {
            "status": known.code("status"),
            "certainty": known.code("certainty"),
            "sources": [source.id for source in known.sources],
        }
        return Row(
            shorten(link.iri), link.iri, "adopted", shorten(link.source), None, practice,
            (link.begin, None, None, link.end), (worded, ""), self._marked(practice), facts,
        )  # fmt: skip

    def _origin(self, practice: str) -> Iterator[Row]:
        """Give a row for each actor that had a practice first, one without it where unknown."""
        iri = mint("practice", practice)
        known = Documented(self.dataset, iri)
        first, last = known.one("earliestOrigin"), known.one("latestOrigin")
        days = (ordinal(first) if first else None, ordinal(last) if last else None)
        facts = {"sources": [source.id for source in known.sources]}
        for actor in self.origin_of[practice] or [""]:
            yield Row(
                f"{practice} {shorten(actor)}", iri, "origin", shorten(actor), None, practice,
                (days[0], None, None, days[1]), (known.one("originAsWorded") or "", ""),
                self.practice(practice), facts,
            )  # fmt: skip

    def _marked(self, practice: str) -> str:
        """Give the name of an adaptation, and of a practice where several were asked for."""
        if self.roots and practice not in self.roots:
            return "↳ " + self.practice(practice)
        return "" if self.roots == [practice] else self.practice(practice)

    @cached_property
    def _ticks(self) -> Mapping[str, tuple[tuple[int, int, str, str], ...]]:
        """Give the dated attainments of each transfer: first and last day, stage, as worded."""
        found: dict[str, list[tuple[int, int, str, str]]] = {}
        for iri, transfers in sorted(pivot(self.dataset, KV + "attainmentOf").items()):
            known = Documented(self.dataset, iri)
            first, last, stage = map(known.one, ("earliestDate", "latestDate", "stage"))
            if last is None or stage is None:
                continue
            days = ordinal(first or last), ordinal(last)
            for transfer in transfers:
                worded = known.one("dateAsWorded") or last
                found.setdefault(transfer, []).append((*days, stage, worded))
        return {transfer: tuple(sorted(ticks)) for transfer, ticks in found.items()}

    # --- words ---------------------------------------------------------------------------------

    def practice(self, practice: str) -> str:
        return label(self.dataset, mint("practice", practice), self.lang)

    def named(self, actor: str | None, wide: float | None = None) -> str:
        """Give an actor with its country, the name cut where there is no room for both."""
        if not actor:
            return word("view.timeline.unknown", self.lang)
        a = self.nodes[actor].attributes
        name = str(a["label"])
        country = f" ({isolated(str(a['country']))})" if a["country"] else ""
        if wide is None:
            return isolated(name) + country
        room = wide - width_of(country, 13)
        if room < wide / 2:
            return fitted(isolated(name) + country, 13, wide)
        return isolated(fitted(name, 13, room)) + country

    def level(self, row: Row) -> str:
        level = str(self.nodes[row.actor].attributes["level"] or "") if row.actor else ""
        return level if level in GOVERNANCE else ""

    def level_label(self, level: str) -> str:
        if not level:
            return word("view.explorer.no_level", self.lang)
        return vocabulary.label(code_iri("level", level), self.lang)

    def status(self, row: Row) -> str:
        status = row.facts.get("status")
        return vocabulary.label(code_iri("status", str(status)), self.lang) if status else ""

    def kind_told(self, row: Row) -> str:
        reason = row.facts.get("left_out")
        return word(f"reason.{reason}", self.lang) if reason else self.kind_label(row.kind)

    def kind_label(self, kind: str) -> str:
        stage = vocabulary.label(code_iri("stage", str(self.diagram.head["stage"])), self.lang)
        return {
            "proven": word("view.timeline.proven", self.lang, stage=stage),
            "possible": word("view.timeline.possible", self.lang, stage=stage),
            "planned": word("view.timeline.planned", self.lang),
            "given_up": word("view.timeline.given_up", self.lang),
            "uncounted": word("view.timeline.uncounted", self.lang),
            "adopted": word("view.timeline.adopted", self.lang),
            "origin": word("view.timeline.origin", self.lang),
        }[kind]

    def told(self, row: Row) -> str:
        """Tell a row in words: who, from whom, what, when as worded, how far, by which sources."""
        unsaid = word("view.timeline.unsaid", self.lang)
        certainty = row.facts.get("certainty")
        given: dict[str, object] = {
            "actor": self.named(row.actor),
            "giver": self.named(row.giver),
            "practice": isolated(self.practice(row.practice)),
            "level": self.level_label(self.level(row)),
            "start": row.worded[0] or unsaid,
            "end": row.worded[1] or unsaid,
            "status": self.status(row) or unsaid,
            "kind": self.kind_told(row),
            "certainty": vocabulary.label(code_iri("certainty", certainty), self.lang)
            if certainty
            else unsaid,
            "sources": ", ".join(row.facts.get("sources") or ()) or unsaid,
            "id": row.id if row.kind != "origin" else row.practice,
        }
        if row.kind == "origin":
            told = word("view.timeline.told_origin", self.lang, **given)
            above = self.above(row.practice)
            adapted = f" {word('view.timeline.adapted', self.lang)} {above}." if above else ""
            return told + adapted
        if row.giver is None:
            return word("view.timeline.told_adoption", self.lang, **given)
        told = word("view.timeline.told", self.lang, **given)
        for _, _, stage, worded in row.ticks:
            told += " " + word(
                "view.timeline.reached", self.lang,
                stage=vocabulary.label(stage, self.lang), date=worded,
            )  # fmt: skip
        return told

    def above(self, practice: str) -> str:
        """Give what a practice was adapted from; empty where that is not known."""
        above = self._adapted.get(mint("practice", practice), ())
        return ", ".join(isolated(self.practice(shorten(p))) for p in above)

    @cached_property
    def _adapted(self) -> Mapping[str, list[str]]:
        return pivot(self.dataset, KV + "adaptedFrom")


def _kind(attributes: Mapping[str, Any]) -> str:
    """Tell how a transfer is drawn."""
    reason = attributes["left_out"]
    if reason in ("abandoned", "refused"):
        return "given_up"
    if reason:
        return "planned" if reason == "planned" else "uncounted"
    return "proven" if attributes["proven"] else "possible"
