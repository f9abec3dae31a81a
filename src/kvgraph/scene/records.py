"""The records of a scene: transfers with their proof, seats, adoptions, and what was inferred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pyoxigraph as ox

from kvgraph.dates import ordinal
from kvgraph.diagram import Frame, draw_transfers
from kvgraph.flows import HIGH, LOW, Flows
from kvgraph.links import Link
from kvgraph.model import Diagram
from kvgraph.names import in_language, texts_of
from kvgraph.namespaces import KV, PREFIXES, shorten
from kvgraph.proof import Documented
from kvgraph.scene.things import Text, Things, day, in_all
from kvgraph.selection import Selected
from kvgraph.store import Dataset, pivot

_BOUNDS: Final = ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd")
_NOTE: Final = PREFIXES["skos"] + "note"
_TIE: Final = KV + "InferredTie"


class Records:
    """The links that were selected, to be told once it is known what places things have."""

    def __init__(self, dataset: Dataset, selected: Selected, flows: Flows, by: Frame) -> None:
        self.dataset = dataset
        self.flows = flows
        self.by = by
        kinds = ("transfer", "membership", "participation", "adoption", "exposure")
        self.links = {kind: [x for x in selected.links if x.kind == kind] for kind in kinds}
        self.diagram: Diagram = draw_transfers(dataset, selected, by)
        self.ties = sorted(_ties(dataset)) if not selected.selection else []
        self._bounds = [pivot(dataset, KV + name) for name in _BOUNDS]
        self._notes = pivot(dataset, _NOTE)

    def iris(self) -> set[str]:
        """Give the things that the records name."""
        found = {
            iri
            for links in self.links.values()
            for x in links
            for iri in (x.source, x.target, *x.practices, *x.via)
        }
        return found | {iri for tie in self.ties for iri in (tie[1], tie[2], *tie[3])}

    # --- transfers -----------------------------------------------------------------------------

    def transfers(self, things: Things) -> list[dict[str, Any]]:
        """Give the transfers, a record for each giver and receiver of one."""
        nodes = {node.id: str(node.attributes["iri"]) for node in self.diagram.nodes}
        drawn = {
            (str(e.attributes["iri"]), nodes[e.source], nodes[e.target]): e.attributes
            for e in self.diagram.edges
        }
        held = _Proof(self.dataset, things)
        t = self.flows.transfers
        rows = {(t.ids[i], t.actors[t.giver[i]], t.actors[t.receiver[i]]): i for i in range(len(t))}
        return [
            self._transfer(x, drawn[x.iri, x.source, x.target], things, held,
                           rows.get((x.iri, x.source, x.target)))
            for x in self.links["transfer"]
        ]  # fmt: skip

    def _transfer(
        self, link: Link, a: Mapping[str, Any], things: Things, held: _Proof, row: int | None
    ) -> dict[str, Any]:
        lo, hi = (None, None) if row is None else (int(self.flows.lo[row]), int(self.flows.hi[row]))
        contradictions = held.discrepancies(link.iri)
        reason = a["left_out"]
        return {
            "id": shorten(link.iri),
            "iri": link.iri,
            "practice": things.place(next(iter(link.practices), None)),
            "giver": things.place(link.source),
            "receiver": things.place(link.target),
            "via": things.known(link.via),
            "days": self._days(link.iri),
            "earliest": None if lo in (None, LOW) else day(lo),
            "latest": None if hi in (None, HIGH) else day(hi),
            "dated": link.dated,
            "start": a["start"] or "",
            "end": a["end"] or "",
            "status": a["status"] or "",
            "statusAsOf": Documented(self.dataset, link.iri).one("statusAsWorded") or "",
            "stage": a["stage"],
            "mode": a["mode"],
            "certainty": a["certainty"],
            "outcome": "left_out" if reason else "proven" if a["proven"] else "possible",
            "reason": reason,
            "contradicted": bool(contradictions),
            "attainments": held.attainments(link.iri),
            "claims": held.claims(link.iri),
            "discrepancies": contradictions,
            "note": " ".join(self._notes.get(link.iri, ())),
            "sources": things.sources(link.iri),
        }

    def _days(self, iri: str) -> list[int | None]:
        """Give the earliest and latest day of the begin, then of the end."""
        return [
            next((day(ordinal(text)) for text in side.get(iri, ())), None) for side in self._bounds
        ]

    # --- seats, adoptions, ties ----------------------------------------------------------------

    def memberships(self, things: Things) -> list[dict[str, Any]]:
        """Give seats in networks and projects, and parts in events."""
        return [
            self._membership(x, things)
            for kind in ("membership", "participation")
            for x in self.links[kind]
            if x.source in things.places and x.target in things.places
        ]

    def _membership(self, link: Link, things: Things) -> dict[str, Any]:
        known = Documented(self.dataset, link.iri)
        days = self._days(link.iri)
        if link.kind == "participation":
            # It was when its event was.
            days = [day(link.begin), None, None, day(link.end)]
        role = known.code("participationRole")
        if role is None:
            role = next(
                map(shorten, _values(self.dataset, link.iri, PREFIXES["org"] + "role")), None
            )
        return {
            "id": shorten(link.iri),
            "iri": link.iri,
            "kind": link.kind,
            "actor": things.places[link.source],
            "body": things.places[link.target],
            "days": days,
            "start": known.one("startAsWorded") or "",
            "end": known.one("endAsWorded") or "",
            "dated": link.dated,
            "role": role,
            "certainty": known.code("certainty"),
            "sources": things.sources(link.iri),
        }

    def adoptions(self, things: Things) -> list[dict[str, Any]]:
        """Give who had a practice without a transfer that tells from whom."""
        found = []
        for x in self.links["adoption"]:
            known = Documented(self.dataset, x.iri)
            if x.source in things.places and x.target in things.places:
                found.append(
                    {
                        "id": shorten(x.iri),
                        "iri": x.iri,
                        "actor": things.places[x.source],
                        "practice": things.places[x.target],
                        "first": day(x.begin),
                        "last": day(x.end),
                        "worded": known.one("dateAsWorded") or "",
                        "status": known.code("status") or "",
                        "certainty": known.code("certainty"),
                        "sources": things.sources(x.iri),
                    }
                )
        return found

    def inferred(self, things: Things) -> list[dict[str, Any]]:
        """Give what a rule or an analysis made: exposures, and ties that were written back."""
        rows: list[tuple[str, str, str, Sequence[str], int | None, int | None, str]] = [
            (x.iri, x.source, x.target, x.practices, x.begin, x.end, "exposure")
            for x in self.links["exposure"]
        ]
        rows += [(*tie, None, None, "hidden-ties") for tie in self.ties]
        return [
            {
                "id": shorten(iri),
                "iri": iri,
                "practice": things.place(next(iter(practices), None)),
                "giver": things.places[giver],
                "receiver": things.places[receiver],
                "first": day(first),
                "last": day(last),
                "by": by,
                "sources": things.sources(iri),
            }
            for iri, giver, receiver, practices, first, last, by in rows
            if giver in things.places and receiver in things.places
        ]


class _Proof:
    """What stands around transfers: attainments, claims, and what sources disagree on."""

    def __init__(self, dataset: Dataset, things: Things) -> None:
        self.dataset = dataset
        self.things = things
        self._attained = _turned(pivot(dataset, KV + "attainmentOf"))
        self._about = _turned(pivot(dataset, KV + "about"))

    def attainments(self, iri: str) -> list[dict[str, Any]]:
        """Give the stages that a source tells of, the earliest first."""
        found = []
        for record in self._attained.get(iri, ()):
            known = Documented(self.dataset, record)
            first, last = known.one("earliestDate"), known.one("latestDate")
            found.append(
                {
                    "stage": known.code("stage") or "",
                    "first": day(ordinal(first)) if first else None,
                    "last": day(ordinal(last)) if last else None,
                    "worded": known.one("dateAsWorded") or "",
                    "sources": self.things.sources(record),
                }
            )
        return sorted(found, key=lambda a: (a["last"] is None, a["last"] or 0, str(a["stage"])))

    def claims(self, iri: str) -> list[dict[str, Any]]:
        """Give what claims say of it, in our own words; not what they say of where it happened."""
        found = []
        for record in self._about.get(iri, ()):
            text = self._paraphrase(record)
            if text:
                sources = self.things.sources(record)
                found.append({"id": shorten(record), "text": text, "sources": sources})
        return found

    def _paraphrase(self, iri: str) -> Text:
        texts = texts_of(self.dataset, iri, KV + "paraphrase")
        return in_all(lambda lang: in_language(texts, lang))

    def discrepancies(self, iri: str) -> list[dict[str, Any]]:
        """Give what sources disagree on."""
        found = []
        for record in self._about.get(iri, ()):
            known = Documented(self.dataset, record)
            field = known.one("field")
            if field is not None:
                found.append(
                    {
                        "about": field,
                        "a": known.one("valueA") or "",
                        "b": known.one("valueB") or "",
                        "sources": self.things.sources(record),
                    }
                )
        return found


def _ties(dataset: Dataset) -> Iterable[tuple[str, str, str, list[str]]]:
    """Give the ties that an analysis inferred and wrote back: IRI, giver, receiver, practices."""
    kind = ox.NamedNode(PREFIXES["rdf"] + "type")
    for quad in dataset.store.quads_for_pattern(None, kind, ox.NamedNode(_TIE)):
        iri = str(getattr(quad.subject, "value", ""))
        ends = [_values(dataset, iri, KV + name) for name in ("inferredFrom", "inferredTo")]
        if all(ends):
            yield iri, ends[0][0], ends[1][0], _values(dataset, iri, KV + "inferredIn")


def _values(dataset: Dataset, iri: str, name: str) -> list[str]:
    found = dataset.store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(name), None)
    return sorted({str(getattr(quad.object, "value", "")) for quad in found})


def _turned(values: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Give the subjects of a property by value, sorted."""
    found: dict[str, list[str]] = {}
    for subject in sorted(values):
        for value in values[subject]:
            found.setdefault(value, []).append(subject)
    return found
