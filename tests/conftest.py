"""What several rooms' tests start from."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import settings

from kvgraph import resources
from kvgraph.graph.assemble import assemble
from kvgraph.model import Package
from kvgraph.readers import check_references, read_package
from kvgraph.store import Dataset

# Benchmarks are timed, tests are not: a law holds on a busy machine too.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@cache
def _shipped() -> Dataset:
    found: dict[str, Package] = {}
    faults = []
    for folder in resources.package_folders():
        package, wrong = read_package(folder, shown=f"data/{folder.name}")
        found[package.name] = package
        faults += wrong
    packages = sorted(found.values(), key=lambda p: (len(p.needs), p.name))
    faults += check_references(packages)
    assert not faults, faults
    return Dataset(*assemble(packages))


@pytest.fixture(scope="session")
def shipped() -> Dataset:
    """The shipped packages, built in memory once; it is shared, so it must not be written to."""
    return _shipped()
