"""The packages of a dataset that stay in it when another one is added, changed or taken away."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from kvgraph.dates import ordinal
from kvgraph.model import Moment
from kvgraph.namespaces import KV, PREFIXES, graph_iri, kind_of
from kvgraph.store import About, Dataset, days_read
from kvgraph.tables import definitions

_IDENTIFIER: Final = ox.NamedNode(PREFIXES["dcterms"] + "identifier")
_READING: Final = "reading"
"""The graph of what we read into statements: each part of it belongs to what it is said of."""

_EXTENT: Final = {
    "start": ("startAsWorded", "earliestBegin", "latestBegin"),
    "end": ("endAsWorded", "earliestEnd", "latestEnd"),
}


@dataclass(frozen=True)
class Kept:
    """A dataset, and the names of those of its packages that stay."""

    dataset: Dataset
    names: tuple[str, ...]

    @classmethod
    def all_but(cls, dataset: Dataset, names: Collection[str]) -> Kept:
        """Keep every package of a dataset but those named."""
        return cls(
            dataset,
            tuple(p["name"] for p in dataset.about.packages if p["name"] not in names),
        )

    @property
    def about(self) -> About:
        """What is in the dataset, with what does not stay."""
        return self.dataset.about

    def quads(self) -> Iterator[ox.Quad]:
        """Give the quads of the packages that stay."""
        for name in self.names:
            yield from self._of(name)
        reading = ox.NamedNode(graph_iri(_READING))
        graphs = [ox.NamedNode(graph_iri(name)) for name in self.names]
        for quad in self.dataset.store.quads_for_pattern(None, None, None, reading):
            stays = (
                next(self.dataset.store.quads_for_pattern(quad.subject, None, None, graph), None)
                for graph in graphs
            )
            if any(one is not None for one in stays):
                yield quad

    def also(self) -> Iterator[ox.Quad]:
        """Give what packages that stay say too, though it stands in the graph of another."""
        graphs = {ox.NamedNode(graph_iri(name)) for name in self.names}
        yield from (quad for quad in self.dataset.also() if quad.graph_name in graphs)

    def named_of(self, name: str) -> list[tuple[str, str, str, str]]:
        """Give where packages that stay name a thing of another package of the dataset.

        Each comes as package, subject, property and thing. Things are what has an id there.
        """
        store = self.dataset.store
        graph = ox.NamedNode(graph_iri(name))
        graphs = {ox.NamedNode(graph_iri(n)): n for n in self.names}
        found = {
            (graphs[quad.graph_name], quad.subject.value, quad.predicate.value, thing.value)  # type: ignore[index, union-attr]
            for thing in {
                q.subject for q in store.quads_for_pattern(None, _IDENTIFIER, None, graph)
            }
            if kind_of(thing.value)  # type: ignore[union-attr]
            for quad in store.quads_for_pattern(None, None, thing)
            if quad.graph_name in graphs
        }
        return sorted(found)

    @cached_property
    def ids(self) -> dict[str, dict[str, str]]:
        """The ids of the packages that stay, by table, with their IRIs."""
        tables = {definition.kind: name for name, definition in definitions().items()}
        found: dict[str, dict[str, str]] = {}
        for name in self.names:
            for quad in self._of(name, _IDENTIFIER):
                table = tables.get(kind_of(quad.subject.value))  # type: ignore[union-attr]
                if table is not None:
                    iri = quad.subject.value  # type: ignore[union-attr]
                    found.setdefault(table, {})[quad.object.value] = iri  # type: ignore[union-attr]
        return found

    def extent(self, table: str, identifier: str) -> dict[str, Moment] | None:
        """Give start and end of a thing that stays, as far as they are known."""
        iri = self.ids.get(table, {}).get(identifier)
        if iri is None:
            return None
        held = {
            quad.predicate.value.removeprefix(KV): quad.object.value  # type: ignore[union-attr]
            for quad in self.dataset.store.quads_for_pattern(ox.NamedNode(iri), None, None)
            if quad.predicate.value.startswith(KV)
        }
        return {
            name: Moment(
                held[worded],
                ordinal(held[first]) if first in held else None,
                ordinal(held[last]) if last in held else None,
            )
            for name, (worded, first, last) in _EXTENT.items()
            if worded in held
        }

    def days(self) -> dict[str, list[str]]:
        """Give for each package that stays the days on which its sources were read."""
        return {name: list(days_read(self._of(name))) for name in self.names}

    def _of(self, name: str, predicate: ox.NamedNode | None = None) -> Iterator[ox.Quad]:
        """Give the quads of one package."""
        graph = ox.NamedNode(graph_iri(name))
        return self.dataset.store.quads_for_pattern(None, predicate, None, graph)
