"""Draw the nodes and edges of what is selected."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from kvgraph import flows, vocabulary
from kvgraph.coverage import line, nothing, summary
from kvgraph.dates import ordinal
from kvgraph.errors import KvgraphError
from kvgraph.links import DERIVED, Link
from kvgraph.model import Cell, Diagram, Edge, Iri, Node
from kvgraph.names import label
from kvgraph.namespaces import GRAPH, ID, KV, PREFIXES, kind_of, shorten
from kvgraph.proof import SOURCES, Documented
from kvgraph.selection import Selected
from kvgraph.store import Dataset, pivot
from kvgraph.words import word

CLASSES: Final = ("actor", "network", "practice", "project", "programme", "event", "output")
"""The kinds of things that can be nodes."""

_IMPLIED: Final = frozenset({KV + "country", KV + "descendsFrom"})
"""Relations that follow from others: as edges they would only repeat them."""

INCOMPLETE: Final = "incomplete"
"""Why a transfer without a practice takes no part in reach."""

_TYPE: Final = PREFIXES["rdf"] + "type"
_LINKED: Final = ("transfer",)


@dataclass(frozen=True, slots=True)
class Frame:
    """How transfers are judged in a diagram: by which stage, until which day, in what language.

    ``horizon`` is the last day that anything is known of.
    """

    stage: str = "adopted"
    horizon: int | None = None
    lang: str = "en"


def frame(dataset: Dataset, stage: str = "adopted", lang: str = "en") -> Frame:
    """Give the frame with the horizon of a dataset: the latest day on which a source was read."""
    known = dataset.about.horizon
    return Frame(stage, date.fromisoformat(known).toordinal() if known else None, lang)


def classes_of(text: str | None) -> tuple[str, ...]:
    """Read the names of classes between commas; ``all``, or nothing, is all of them.

    :raises KvgraphError: if one is not known.
    """
    names = [name.strip() for name in (text or "all").split(",") if name.strip()]
    unknown = [name for name in names if name not in CLASSES and name != "all"]
    if unknown or not names:
        problem = f'there is no class "{unknown[0]}"' if unknown else "no class is named"
        raise KvgraphError(problem, hint=f"Known: {', '.join(CLASSES)}, all.")
    return CLASSES if "all" in names else tuple(dict.fromkeys(names))


def draw_transfers(dataset: Dataset, selected: Selected, by: Frame) -> Diagram:
    """Draw an edge a transfer from giver to receiver, and the actors between which they go.

    A node has: label, kind, class, level, country, lat, lon, iri. An edge has: label (the
    practice), kind, transfer, practice, via, start and end as worded, earliest and latest
    day, status, stage, mode, certainty, proven (a source says that the stage asked for was
    reached), left_out (why it takes no part in reach, or undefined), derived, sources, iri.
    """
    kept = [link for link in selected.links if link.kind in _LINKED]
    things = {end for link in kept for end in (link.source, link.target)}
    return _drawn(dataset, selected, kept, things, by, relations=False)


def draw_things(
    dataset: Dataset, selected: Selected, by: Frame, classes: Iterable[str] = CLASSES
) -> Diagram:
    """Draw things of these classes with the records and the relations between them.

    Where nothing is selected, all things of these classes; else those that the selected
    links connect, or that were asked for by name. Records (transfers, memberships ...) go
    from end to end; a relation goes from the thing of which it is stated, and its ``kind``
    is the name of the property, its ``property`` the IRI. Edges of rules are ``derived``.
    """
    wanted = set(classes)
    things = {
        thing
        for link in selected.links
        for thing in (link.source, link.target, *link.practices, *link.via)
    }
    if selected.selection:
        things |= selected.selection.things
    else:
        identified = pivot(dataset, PREFIXES["dcterms"] + "identifier")
        things |= {thing for thing in identified if thing.startswith(ID)}
    things = {thing for thing in things if kind_of(thing) in wanted}
    kept = [link for link in selected.links if {link.source, link.target} <= things]
    return _drawn(dataset, selected, kept, things, by, relations=True)


def nodes_of(dataset: Dataset, iris: Iterable[str], by: Frame) -> dict[str, Node]:
    """Give the nodes of things by IRI, such as those that transfers are put together by."""
    ids = _short(set(iris))
    pen = _Pen(dataset, by)
    return {iri: Node(ids[iri], pen.node(iri)) for iri in sorted(ids)}


def _drawn(
    dataset: Dataset,
    selected: Selected,
    kept: list[Link],
    things: set[str],
    by: Frame,
    *,
    relations: bool,
) -> Diagram:
    """Draw things with the links between them, and with their relations where asked for."""
    ids = _short(things)
    pen = _Pen(dataset, by)
    edges = [
        Edge(shorten(link.iri), ids[link.source], ids[link.target], pen.link(link, ids))
        for link in kept
    ]
    if relations:
        edges += _relations(dataset, things, ids, pen)
    nodes = [Node(ids[thing], pen.node(thing)) for thing in things]
    transfers = [link for link in kept if link.kind == "transfer"]
    head: dict[str, Cell] = {
        **selected.head(),
        "stage": by.stage,
        "horizon": None if by.horizon is None else date.fromordinal(by.horizon),
        **pen.counts(transfers),
        "undated": len({link.iri for link in transfers if not link.dated}),
        "sources": len({s for e in edges for s in e.attributes["sources"] or ()}),  # type: ignore[union-attr]
        "coverage": line(summary(dataset, transfers), by.lang, selected.undated),
        "dataset": dataset.digest,
        "lang": by.lang,
    }
    return Diagram(
        tuple(sorted(nodes, key=lambda n: n.id)),
        tuple(sorted(_unique(edges), key=lambda e: e.id)),
        head,
        "" if kept or (nodes and not selected.selection) else _nothing(selected, by.lang),
    )


def _nothing(selected: Selected, lang: str) -> str:
    """Say why there is no node, or no link between those that were asked for."""
    return nothing(selected, lang) or word("diagram.nothing", lang)


class _Pen:
    """Gives the attributes of nodes and links."""

    def __init__(self, dataset: Dataset, by: Frame) -> None:
        self.dataset = dataset
        self.by = by
        self._labels: dict[str, str] = {}
        self._held: dict[str, Mapping[str, list[str]]] = {}

    def node(self, iri: str) -> dict[str, Cell]:
        """Give what is told of a thing."""
        country = self._one(KV + "country", iri)
        return {
            "label": self._label(iri),
            "kind": kind_of(iri),
            "class": self._class(iri),
            "level": self._code(KV + "governanceLevel", iri),
            "country": self._one(KV + "countryCode", iri)
            or (self._one(KV + "countryCode", country) if country else None),
            "lat": self._number(PREFIXES["geo"] + "lat", iri),
            "lon": self._number(PREFIXES["geo"] + "long", iri),
            "theme": tuple(shorten(t) for t in self._of(KV + "theme", iri)),
            "earliest": self._day("earliest", iri),
            "latest": self._day("latest", iri),
            "sources": tuple(shorten(s) for s in self._of(PREFIXES["dcterms"] + "source", iri)),
            "iri": Iri(iri),
        }

    def link(self, link: Link, ids: Mapping[str, str]) -> dict[str, Cell]:
        """Give what is told of a link."""
        known = Documented(self.dataset, link.iri)
        transfer = link.kind == "transfer"
        reason, proven = self._judgement(link) if transfer else (None, None)
        practice = next(iter(link.practices), None)
        return {
            "label": self._label(practice) if practice else self._role(link),
            "kind": link.kind,
            "property": None,
            "transfer": shorten(link.iri) if transfer else None,
            "practice": shorten(practice) if practice else None,
            "role": self._role(link),
            "via": tuple(ids.get(v, shorten(v)) for v in link.via),
            "start": known.one("startAsWorded") or known.one("dateAsWorded"),
            "end": known.one("endAsWorded"),
            "earliest": None if link.begin is None else date.fromordinal(link.begin),
            "latest": None if link.end is None else date.fromordinal(link.end),
            "status": known.code("status"),
            "stage": known.code("furthestStage"),
            "mode": known.mode,
            "certainty": known.code("certainty"),
            "proven": proven,
            "left_out": reason,
            "derived": link.kind in DERIVED,
            "sources": self.sources(link.iri),
            "iri": Iri(link.iri),
        }

    def counts(self, transfers: Iterable[Link]) -> dict[str, Cell]:
        """Count transfers: all, proven, possible, and left out by reason."""
        judged = [self._judgement(t) for t in {t.iri: t for t in transfers}.values()]
        reasons = Counter(reason for reason, _ in judged if reason)
        return {
            "transfers": len(judged),
            "proven": sum(bool(proven) for reason, proven in judged if not reason),
            "possible": sum(not proven for reason, proven in judged if not reason),
            "left_out": dict(sorted(reasons.items())),
        }

    def _judgement(self, link: Link) -> tuple[str | None, bool | None]:
        """Tell why a transfer takes no part in reach, if so, and whether it is proven.

        One without a practice takes part in nothing that is computed.
        """
        nothing = (INCOMPLETE, None)
        return self._judged.get(link.iri, nothing) if link.practices else nothing

    @cached_property
    def _judged(self) -> dict[str, tuple[str | None, bool | None]]:
        """Why each transfer takes no part in reach, if so, and whether it is proven."""
        drawn = flows.draw(self.dataset)
        judged = flows.moments(drawn, stage=self.by.stage, horizon=self.by.horizon)
        reasons = (None, *flows.REASONS[1:])
        found: dict[str, tuple[str | None, bool | None]] = {}
        for iri, reason, proven in zip(
            judged.transfers.ids, judged.reason.tolist(), judged.proven.tolist(), strict=True
        ):
            # One of several receivers or practices has a row for each: one that counts will do.
            known = found.get(iri)
            if known is None or known[0] is not None:
                found[iri] = reasons[reason], bool(proven)
        return found

    def sources(self, iri: str) -> tuple[str, ...]:
        """Give the ids of the sources that back a record or a thing."""
        return tuple(sorted({shorten(s) for name in SOURCES for s in self._of(name, iri)}))

    def _of(self, name: str, iri: str) -> list[str]:
        if name not in self._held:
            self._held[name] = pivot(self.dataset, name)
        return self._held[name].get(iri, [])

    def _one(self, name: str, iri: str) -> str | None:
        return next(iter(self._of(name, iri)), None)

    def _code(self, name: str, iri: str) -> str | None:
        value = self._one(name, iri)
        return None if value is None else shorten(value)

    def _number(self, name: str, iri: str) -> float | None:
        value = self._one(name, iri)
        try:
            number = None if value is None else float(value)
        except ValueError:
            number = math.nan
        if number is not None and not math.isfinite(number):
            raise KvgraphError(
                f'the {shorten(name)} "{value}" of {shorten(iri)} is not a number',
                hint="kvgraph check names what else is wrong.",
            )
        return number

    def _day(self, side: str, iri: str) -> date | None:
        """Give the outermost day of a thing that has a time: its period, or its origin."""
        first = side == "earliest"
        names = ("Begin", "Origin", "Date") if first else ("End",)
        found = [
            date.fromordinal(ordinal(text))
            for name in names
            for text in self._of(KV + side + name, iri)
        ]
        return (min if first else max)(found, default=None)

    def _label(self, iri: str) -> str:
        if iri not in self._labels:
            self._labels[iri] = label(self.dataset, iri, self.by.lang)
        return self._labels[iri]

    def _role(self, link: Link) -> str | None:
        role = self._one(PREFIXES["org"] + "role", link.iri) or self._one(
            KV + "participationRole", link.iri
        )
        return None if role is None else vocabulary.label(role, self.by.lang)

    def _class(self, iri: str) -> str | None:
        """Give the class that says most: the stated one, not those that follow from it."""
        kind = self._one(KV + "actorKind", iri)
        if kind is not None:
            return shorten(kind)
        stated = [c for c in self._stated.get(iri, ()) if c.startswith(KV)]
        return shorten(stated[0]).removeprefix("kv:") if stated else None

    @cached_property
    def _stated(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for quad in self.dataset.store.quads_for_pattern(None, ox.NamedNode(_TYPE), None):
            if not _by_rule(quad):
                value = getattr(quad.object, "value", "")
                found.setdefault(quad.subject.value, []).append(value)  # type: ignore[union-attr]
        return {iri: sorted(classes) for iri, classes in found.items()}


def _relations(
    dataset: Dataset, things: set[str], ids: Mapping[str, str], pen: _Pen
) -> Iterator[Edge]:
    """Give the statements that name one thing of another, as edges."""
    for thing in sorted(things):
        sources = pen.sources(thing)
        for quad in dataset.store.quads_for_pattern(ox.NamedNode(thing), None, None):
            if not isinstance(quad.object, ox.NamedNode):
                continue
            name, other = quad.predicate.value, quad.object.value
            if other not in things or name in _IMPLIED:
                continue
            kind = shorten(name).partition(":")[2]
            yield Edge(
                f"{ids[thing]} {kind} {ids[other]}",
                ids[thing],
                ids[other],
                {
                    **dict.fromkeys(_EDGE),
                    "label": label(dataset, name, pen.by.lang),
                    "kind": kind,
                    "property": Iri(name),
                    "via": (),
                    "derived": _by_rule(quad),
                    "sources": sources,
                    "iri": Iri(thing),
                },
            )


_EDGE: Final = (
    "label", "kind", "property", "transfer", "practice", "role", "via", "start", "end",
    "earliest", "latest", "status", "stage", "mode", "certainty", "proven",
    "left_out", "derived", "sources", "iri",
)  # fmt: skip
"""What every edge of a dataset has, in this order."""


def _by_rule(quad: Any) -> bool:
    """Tell whether a rule made a statement."""
    return getattr(quad.graph_name, "value", "").startswith(GRAPH + "derived/")


def _short(iris: Iterable[str]) -> dict[str, str]:
    """Give each thing its id; where two kinds share one, the kind goes before it."""
    names = {iri: shorten(iri) for iri in iris}
    times = Counter(names.values())
    return {
        iri: name if times[name] == 1 else f"{kind_of(iri)}/{name}" for iri, name in names.items()
    }


def _unique(edges: list[Edge]) -> list[Edge]:
    """Tell edges of one record apart: the ends are added to the id where it stands twice."""
    named = _apart(edges, lambda e: e.id)
    return [Edge(name, e.source, e.target, e.attributes) for name, e in named]


def _apart(edges: list[Edge], name: Callable[[Edge], str]) -> Iterator[tuple[str, Edge]]:
    """Give each edge with a name that no other has."""
    times = Counter(map(name, edges))
    seen: Counter[str] = Counter()
    for edge in edges:
        own = name(edge)
        if times[own] > 1:
            own = f"{own} {edge.source} {edge.target}"
            seen[own] += 1
            own = own if seen[own] == 1 else f"{own} {seen[own]}"
        yield own, edge
