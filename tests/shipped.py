"""The shipped packages as a dataset, as columns of transfers, and as plain rows."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final

import pyoxigraph as ox

import slow_reach
from kvgraph import flows, resources
from kvgraph.graph.assemble import fill, load_ontology
from kvgraph.graph.rules import derive
from kvgraph.model import Package
from kvgraph.readers import read_package
from kvgraph.store import Dataset

HORIZON: Final = date(2026, 11, 24).toordinal()
"""The latest day on which a source of the shipped packages was read."""


def built(*packages: Package) -> ox.Store:
    """Give a store of packages with ontology, code lists and what follows from them."""
    store = ox.Store()
    load_ontology(store)
    fill(store, packages)
    derive(store)
    return store


@cache
def dataset(*names: str) -> Dataset:
    """Give them, or those of these names, in memory; it is shared and must not be written to."""
    read = (read_package(f)[0] for f in resources.package_folders())
    packages = {p.name: p for p in read if not names or p.name in names}
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
def transfers(*names: str) -> flows.Transfers:
    """Give the columns of all their transfers, or of those of these packages."""
    return flows.draw(dataset(*names))


@cache
def tables() -> dict[str, slow_reach.Rows]:
    """Give the rows of their csv files, read as plain text."""
    return slow_reach.read_tables(resources.package_folders())
