"""The shipped packages as a dataset, as columns of transfers, and as plain rows."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final

import pyoxigraph as ox

import slow_reach
from kvgraph import flows, resources
from kvgraph.graph.build import build_quads
from kvgraph.graph.rules import derive
from kvgraph.model import Package
from kvgraph.namespaces import graph_iri
from kvgraph.readers.tables import read_package
from kvgraph.store import Dataset

HORIZON: Final = date(2026, 11, 24).toordinal()
"""The latest day on which a source of the shipped packages was read."""


def built(*packages: Package) -> ox.Store:
    """Give a store of packages with ontology, code lists and what follows from them."""
    store = ox.Store()
    for file, name in zip(resources.ontology_files(), ("ontology", "vocab"), strict=True):
        graph = ox.NamedNode(graph_iri(name))
        store.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE, to_graph=graph)
    store.bulk_extend(build_quads(packages))
    derive(store)
    return store


@cache
def dataset() -> Dataset:
    """Give them as a dataset in memory; it is shared, so it must not be written to."""
    packages = {p.name: p for p in (read_package(f)[0] for f in resources.package_folders())}
    ordered: list[Package] = []
    while len(ordered) < len(packages):
        ready = [
            p
            for p in packages.values()
            if p not in ordered and {o.name for o in ordered} >= set(p.needs)
        ]
        ordered += ready
    return Dataset(built(*ordered))


@cache
def transfers() -> flows.Transfers:
    """Give the columns of all their transfers."""
    return flows.draw(dataset())


@cache
def tables() -> dict[str, slow_reach.Rows]:
    """Give the rows of their csv files, read as plain text."""
    return slow_reach.read_tables(resources.package_folders())
