"""The things and sources of a scene: each once, named by its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

import pyoxigraph as ox

from kvgraph.dates import ordinal
from kvgraph.diagram import Frame
from kvgraph.diagram.drawing import nodes_of
from kvgraph.model import Node
from kvgraph.names import in_language, label, names_of, texts_of
from kvgraph.namespaces import ID, KV, PREFIXES, kind_of, shorten
from kvgraph.palette import PALETTE, class_of
from kvgraph.proof import Documented, cite
from kvgraph.rollup import rollup
from kvgraph.scene.keeping import kept
from kvgraph.store import Dataset, pivot

LANGUAGES: Final = ("fi", "sv", "en")
"""The languages of a page, in the order of a text that is not the same in all."""

EPOCH: Final = date(1970, 1, 1).toordinal()
"""The day from which a page counts."""

Text = str | list[str]
"""A text that is the same in every language, or one for each."""

_LABELS: Final = (PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "prefLabel")
_PARENTS: Final = (
    (KV + "adaptedFrom", "adaptedFrom"),
    (PREFIXES["dcterms"] + "isReplacedBy", "isReplacedBy"),
)


def in_all(of: Callable[[str], str]) -> Text:
    """Give what a function says in each language, as one text where it is the same in all.

    >>> in_all(lambda lang: "EU"), in_all(lambda lang: lang)
    ('EU', ['fi', 'sv', 'en'])
    """
    found = [of(lang) for lang in LANGUAGES]
    return found[0] if len(set(found)) == 1 else found


def day(ordinal_: int | date | None) -> int | None:
    """Give a day as a page counts it.

    >>> day(date(1970, 1, 2)), day(None)
    (1, None)
    """
    if ordinal_ is None:
        return None
    return (ordinal_.toordinal() if isinstance(ordinal_, date) else ordinal_) - EPOCH


class Things:
    """The things that a scene names, and the sources, each with its place."""

    def __init__(self, dataset: Dataset, iris: Iterable[str], by: Frame) -> None:
        self.dataset = dataset
        wanted = self._with_kin(set(iris))
        nodes = nodes_of(dataset, wanted, by)
        # Kind by kind, so that those who read a scene find what belongs together.
        self.iris = sorted(nodes, key=lambda iri: (kind_of(iri), nodes[iri].id))
        self.places = {iri: place for place, iri in enumerate(self.iris)}
        self._nodes = nodes
        self._sources: dict[str, int] = {}
        self._state = states_of(dataset)

    def _with_kin(self, iris: set[str]) -> set[str]:
        """Add what practices were made from and where they began, up to the first ones."""
        above = [pivot(self.dataset, name, things=True) for name, _ in _PARENTS]
        origins = pivot(self.dataset, KV + "origin", things=True)
        todo = [iri for iri in iris if kind_of(iri) == "practice"]
        found = set(iris)
        while todo:
            practice = todo.pop()
            found.update(origins.get(practice, ()))
            for other in (o for kin in above for o in kin.get(practice, ()) if o not in found):
                found.add(other)
                todo.append(other)
        return {iri for iri in found if iri.startswith(ID)}

    def place(self, iri: str | None) -> int | None:
        """Give the place of a thing, ``None`` where there is none."""
        return None if iri is None else self.places.get(iri)

    def known(self, iris: Iterable[str]) -> list[int]:
        """Give the places of those of these things that the scene has, in order."""
        return [self.places[iri] for iri in iris if iri in self.places]

    def sources(self, iri: str) -> list[int]:
        """Give the places of the sources that back a thing or record."""
        return [self._source(source) for source in Documented(self.dataset, iri).source_iris]

    def _source(self, iri: str) -> int:
        return self._sources.setdefault(iri, len(self._sources))

    def told(self) -> list[dict[str, Any]]:
        """Give all things as a page takes them."""
        return [self._thing(iri, self._nodes[iri]) for iri in self.iris]

    def cited(self) -> list[dict[str, Any]]:
        """Give all sources that were named so far."""
        found = []
        for iri in self._sources:
            source = cite(self.dataset, iri)
            year = Documented(self.dataset, iri).one("dateAsWorded") or ""
            found.append(
                {"id": source.id, "iri": iri, "title": source.title, "url": source.url,
                 "year": year}
            )  # fmt: skip
        return found

    def _thing(self, iri: str, node: Node) -> dict[str, Any]:
        a: Mapping[str, Any] = node.attributes
        text = in_all(lambda lang: label(self.dataset, iri, lang))
        look = list(PALETTE).index(class_of(str(a["kind"]), a["class"]))
        found: dict[str, Any] = {
            "id": shorten(iri),
            "iri": iri,
            "kind": a["kind"],
            "look": look,
            "label": text,
            "class": a["class"],
            "level": a["level"],
            "country": a["country"],
            "state": self._state.get(iri),
            "lat": a["lat"],
            "lon": a["lon"],
            "sources": self.sources(iri),
        }
        spoken = self._languages(iri)
        if spoken and spoken < set(LANGUAGES):
            found["own"] = sorted(spoken)
        shown = {text} if isinstance(text, str) else set(text)
        others = [name for name in names_of(self.dataset, iri) if name not in shown]
        if others:
            found["names"] = others
        if a["theme"]:
            found["themes"] = list(a["theme"])
        described = texts_of(self.dataset, iri, PREFIXES["dcterms"] + "description")
        if described:
            found["description"] = in_all(lambda lang: in_language(described, lang))
        if a["kind"] == "practice":
            found |= self._lineage(iri)
        return found

    def _lineage(self, iri: str) -> dict[str, Any]:
        """Give what a practice was made from or replaced by, and where it began."""
        known = Documented(self.dataset, iri)
        parents = []
        for name, relation in _PARENTS:
            for other in self._things_of(iri, name):
                if other in self.places:
                    parents.append({"thing": self.places[other], "relation": relation})  # noqa: PERF401
        found: dict[str, Any] = {"parents": parents} if parents else {}
        first, last, worded = map(known.one, ("earliestOrigin", "latestOrigin", "originAsWorded"))
        actors = self.known(self._things_of(iri, KV + "origin"))
        if actors or first or last or worded:
            found["origin"] = {
                "actors": actors,
                "first": day(ordinal(first)) if first else None,
                "last": day(ordinal(last)) if last else None,
                "worded": worded or "",
            }
        return found

    def _things_of(self, iri: str, name: str) -> list[str]:
        found = self.dataset.store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(name), None)
        return sorted({q.object.value for q in found if isinstance(q.object, ox.NamedNode)})

    def _languages(self, iri: str) -> set[str]:
        """Give the languages of a page in which a thing has a label; none where it needs none.

        A name of no language is in that of the only label that says the same.
        """
        found: dict[str, set[str]] = {}
        for name in _LABELS:
            for lang, text in texts_of(self.dataset, iri, name).items():
                found.setdefault(lang, set()).add(text)
        plain = found.pop("", set())
        if plain and (len(found) != 1 or not plain <= next(iter(found.values()))):
            return set()
        return set(found) & set(LANGUAGES)


@kept
def states_of(dataset: Dataset) -> dict[str, str]:
    """Give the code of the country that each actor belongs to."""
    codes = {iri: values[0] for iri, values in pivot(dataset, KV + "countryCode").items()}
    groups = rollup(dataset, "member-state")
    return {actor: codes[state] for actor, state in groups.items() if state in codes}
