"""The things of a dataset as they are compared: names, country, other ids, what they are not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Final

import pyoxigraph as ox

from kvgraph.graph.match.names import country_code, fold
from kvgraph.graph.match.suggest import Candidate
from kvgraph.namespaces import GRAPH, KV, PREFIXES, expand, graph_iri, kind_of, shorten
from kvgraph.store import Dataset, pivot
from kvgraph.tables import definitions

KINDS: Final = ("actor", "practice", "project", "network", "programme")
"""The kinds of things whose names are their own. Meetings and reports share theirs: the second
meeting of a network is not its first."""
MATCHES: Final = "matches/"
"""How the name of a graph of matches begins."""

_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_NAMES: Final = tuple(
    map(expand, ("rdfs:label", "dcterms:title", "skos:prefLabel", "skos:altLabel", "kv:acronym"))
)
_APART: Final = tuple(
    map(
        expand,
        ("dcterms:isPartOf", "kv:adaptedFrom", "kv:succeeds", "dcterms:isReplacedBy"),
    )
)
"""What leads to another thing that is not the same: its whole, its original, what came before
or after it."""
_NOT_OF_A_PACKAGE: Final = ("derived/", "ontology", "vocab", "reading", MATCHES)


def candidates(
    dataset: Dataset, graph: str = "", kinds: Collection[str] = KINDS
) -> list[Candidate]:
    """Give the things of these kinds that a dataset holds, or that one of its graphs states.

    ``graph`` is the name of a package. Names and all else are taken from the whole dataset,
    so that an alias that another package gives counts.
    """
    values = _Values(dataset)
    found = dict(sorted(_own(dataset, graph, kinds)))
    wholes = {whole for one in values.apart.values() for whole in one}
    return [values.candidate(iri, kind, iri in wholes) for iri, kind in found.items()]


def decided(dataset: Dataset, but: str = "") -> dict[frozenset[str], tuple[bool, str]]:
    """Give the pairs that a person has decided on: whether they are the same, and where it stands.

    ``but`` is a graph of matches that is left out.
    """
    sides = [pivot(dataset, KV + name, things=True) for name in ("thingA", "thingB")]
    found = {}
    for quad in dataset.store.quads_for_pattern(None, ox.NamedNode(KV + "matchDecision"), None):
        graph = getattr(quad.graph_name, "value", "").removeprefix(GRAPH)
        match = quad.subject.value  # type: ignore[union-attr]
        if graph != but and all(match in side for side in sides):
            same = shorten(quad.object.value) == "accept"  # type: ignore[union-attr]
            found[frozenset(side[match][0] for side in sides)] = (same, graph)
    return found


def graphs_of(dataset: Dataset, iri: str) -> frozenset[str]:
    """Give the names of the packages whose graph says what a thing is."""
    quads = dataset.store.quads_for_pattern(ox.NamedNode(iri), _TYPE, None)
    names = (getattr(q.graph_name, "value", "").removeprefix(GRAPH) for q in quads)
    return frozenset(name for name in names if not name.startswith(_NOT_OF_A_PACKAGE))


def packages(dataset: Dataset) -> list[str]:
    """Give the names of the graphs of a dataset that are packages, sorted."""
    names = (g.value.removeprefix(GRAPH) for g in dataset.store.named_graphs())
    return sorted(name for name in names if not name.startswith(_NOT_OF_A_PACKAGE))


class _Values:
    """What a dataset says, by property and thing, as far as it is compared."""

    def __init__(self, dataset: Dataset) -> None:
        self._names = [pivot(dataset, iri) for iri in _NAMES]
        self._sorts = pivot(dataset, KV + "actorKind", things=True)
        self._countries = pivot(dataset, KV + "countryCode")
        self._origins = pivot(dataset, KV + "origin", things=True)
        self._keys = [pivot(dataset, KV + "geonamesId"), pivot(dataset, expand("skos:exactMatch"))]
        self._seats = pivot(dataset, KV + "basedIn", things=True)
        self._urls = [pivot(dataset, expand(name)) for name in ("foaf:page", "foaf:homepage")]
        self._told = pivot(dataset, expand("dcterms:description"))
        self._towns = _towns(dataset)
        links = [pivot(dataset, iri, things=True) for iri in _APART]
        self.apart: dict[str, list[str]] = {}
        for link in links:
            for iri, others in link.items():
                self.apart.setdefault(iri, []).extend(others)
        self._parts = links[0]

    def candidate(self, iri: str, kind: str, has_parts: bool) -> Candidate:
        """Give a thing as it is compared."""
        seats = self._seats.get(iri, ())
        country = next(iter(self._countries.get(iri, ())), "")
        for origin in self._origins.get(iri, ()):
            country = country or next(iter(self._countries.get(origin, ())), "")
        wholes = _closure(self._parts, iri)
        return Candidate(
            iri,
            kind,
            self._names_of(iri),
            sort=next((shorten(code) for code in self._sorts.get(iri, ())), ""),
            country=country_code(country) or country,
            # A match that was accepted says that two things are one; it is no id of either.
            keys=frozenset(
                key for keys in self._keys for key in keys.get(iri, ()) if not kind_of(key)
            ),
            apart=_closure(self.apart, iri),
            wholes=frozenset(fold(name) for whole in wholes for name in self._names_of(whole)),
            places=frozenset(
                [*self._towns.get(iri, ()), *(n for seat in seats for n in self._names_of(seat))]
            ),
            urls=frozenset(_plain_url(u) for urls in self._urls for u in urls.get(iri, ())),
            description=" ".join(self._told.get(iri, ())),
            parts=has_parts,
        )

    def _names_of(self, iri: str) -> tuple[str, ...]:
        """Give every name of a thing once, what it is called first."""
        found = (name for names in self._names for name in names.get(iri, ()))
        return tuple(dict.fromkeys(name.strip() for name in found if name.strip()))


def _own(dataset: Dataset, graph: str, kinds: Collection[str]) -> Iterator[tuple[str, str]]:
    """Give the things that a graph states, with their kind."""
    name = ox.NamedNode(graph_iri(graph)) if graph else None
    for quad in dataset.store.quads_for_pattern(None, _TYPE, None, name):
        if not isinstance(quad.subject, ox.NamedNode):
            continue
        iri = quad.subject.value
        kind = kind_of(iri) or _kinds().get(quad.object.value, "")  # type: ignore[union-attr]
        if kind in kinds:
            yield iri, kind


@cache
def _kinds() -> Mapping[str, str]:
    """Give the kind of the things of each class, for those that are not of our making."""
    found: dict[str, str] = {}
    for definition in definitions().values():
        names = (definition.rdf_class, *definition.classes.values(), *definition.class_if.values())
        found.update({expand(name): definition.kind for name in names if name})
    return found


def _towns(dataset: Dataset) -> dict[str, set[str]]:
    """Give the towns of things: those in which they are said to be where they are members."""
    members = pivot(dataset, expand("org:member"), things=True)
    found: dict[str, set[str]] = {}
    for record, places in pivot(dataset, KV + "placeAsWorded").items():
        for iri in members.get(record, ()):
            found.setdefault(iri, set()).update(places)
    return found


def _closure(links: Mapping[str, Collection[str]], iri: str) -> frozenset[str]:
    """Give everything that a chain of links leads to."""
    found: set[str] = set()
    ahead = [iri]
    while ahead:
        for other in links.get(ahead.pop(), ()):
            if other not in found and other != iri:
                found.add(other)
                ahead.append(other)
    return frozenset(found)


def _plain_url(url: str) -> str:
    """Give an address without what does not matter in it."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/").casefold() or url
