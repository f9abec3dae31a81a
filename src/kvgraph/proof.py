"""Open a hop back to what is documented: dates as worded, status, mode, certainty, sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from kvgraph import vocabulary
from kvgraph.model import Table
from kvgraph.names import label
from kvgraph.namespaces import KV, PREFIXES, shorten
from kvgraph.store import Dataset

_TYPE: Final = PREFIXES["rdf"] + "type"
SOURCES: Final = (PREFIXES["dcterms"] + "source", KV + "sourceA", KV + "sourceB")
"""The properties that name a source; a discrepancy has two, one for each value."""
_MODES: Final = (
    (KV + "HorizontalTransfer", "horizontal"),
    (KV + "UpwardTransfer", "upward"),
    (KV + "DownwardTransfer", "downward"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A source as it is cited: id, title and address."""

    id: str
    title: str
    url: str

    def cells(self) -> dict[str, str]:
        """Give it as a mapping for JSON."""
        return {"id": self.id, "title": self.title, "url": self.url}


class Documented:
    """What a dataset says of one thing: its values by property, and its sources."""

    def __init__(self, dataset: Dataset, iri: str) -> None:
        self.dataset = dataset
        self.iri = iri

    @cached_property
    def _values(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for quad in self.dataset.store.quads_for_pattern(ox.NamedNode(self.iri), None, None):
            found.setdefault(quad.predicate.value, []).append(quad.object.value)  # type: ignore[union-attr]
        return found

    def one(self, name: str) -> str | None:
        """Give the first value of a kv: property, sorted, if there is any."""
        values = sorted(self._values.get(KV + name, ()))
        return values[0] if values else None

    def code(self, name: str) -> str | None:
        """Give the notation of a code that stands in a kv: property."""
        iri = self.one(name)
        if iri is None:
            return None
        known = vocabulary.by_iri().get(iri)
        return known.notation if known else shorten(iri)

    @property
    def mode(self) -> str | None:
        """The derived mode: horizontal, upward, downward, or ``None`` where a level is missing."""
        types = self._values.get(_TYPE, ())
        return next((word for iri, word in _MODES if iri in types), None)

    @property
    def sources(self) -> list[Source]:
        """The sources that back it, sorted by id."""
        return [cite(self.dataset, iri) for iri in self.source_iris]

    @property
    def source_iris(self) -> list[str]:
        """The IRIs of the sources that back it, sorted by id."""
        iris = {iri for name in SOURCES for iri in self._values.get(name, ())}
        return sorted(iris, key=lambda iri: (shorten(iri), iri))


def cite(dataset: Dataset, iri: str) -> Source:
    """Give a source as it is cited."""
    page = ox.NamedNode(PREFIXES["foaf"] + "page")
    found = dataset.store.quads_for_pattern(ox.NamedNode(iri), page, None)
    urls = sorted(quad.object.value for quad in found)  # type: ignore[union-attr]
    return Source(shorten(iri), label(dataset, iri), urls[0] if urls else "")


def open_hops(table: Table, iris: dict[str, str], dataset: Dataset) -> Table:
    """Add to each hop of a table of paths what the dataset tells of its transfer.

    ``iris`` gives the IRI of each transfer id.
    """
    place = table.columns.index("hops")
    rows = tuple(
        tuple(
            tuple(_open(hop, iris, dataset) for hop in cell) if i == place else cell  # type: ignore[union-attr]
            for i, cell in enumerate(row)
        )
        for row in table.rows
    )
    return Table(table.columns, rows, table.head, table.empty)


def _open(hop: Any, iris: dict[str, str], dataset: Dataset) -> dict[str, Any]:
    """Give a hop with everything that is documented of it."""
    known = Documented(dataset, iris[hop["transfer"]])
    return {
        **{k: v for k, v in hop.items() if k != "proven"},
        "start": known.one("startAsWorded"),
        "end": known.one("endAsWorded"),
        "proven": hop["proven"],
        "status": known.code("status"),
        "status_as_of": known.one("statusAsWorded"),
        "mode": known.mode,
        "stage": known.code("furthestStage"),
        "certainty": known.code("certainty"),
        "sources": [s.cells() for s in known.sources],
    }


def is_synthetic(dataset: Dataset) -> bool:
    """Tell whether any package of the dataset says that its data are invented."""
    return any(_synthetic_marks(dataset))


def _synthetic_marks(dataset: Dataset) -> Iterator[bool]:
    mark = ox.NamedNode(KV + "synthetic")
    for quad in dataset.store.quads_for_pattern(None, mark, None):
        yield getattr(quad.object, "value", "") == "true"
