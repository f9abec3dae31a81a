"""The store that a command works on: the one named, or the shipped data built once."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kvgraph.cli._common import progress, say

if TYPE_CHECKING:
    from kvgraph.errors import Fault
    from kvgraph.model import Package
    from kvgraph.store import About, Dataset


def open_dataset(store_path: Path | None) -> Dataset:
    """Open the store that was named, else the shipped data, built once into the user's cache.

    :raises StoreError: if it cannot be opened.
    """
    from kvgraph.store import Dataset

    if store_path is not None:
        return Dataset.open(store_path)
    return Dataset.open(shipped_store())


def shipped_store() -> Path:
    """Give the store of the shipped packages, building it if the cache does not hold it."""
    import hashlib

    import platformdirs

    from kvgraph import __version__, resources

    sha = hashlib.sha256()
    tables = Path(resources.__file__).with_name("tables.toml")
    inputs = [tables, *resources.ontology_files(), *resources.rule_files()]
    for folder in resources.package_folders():
        inputs += [*sorted(folder.glob("*.csv")), folder / "package.toml"]
    for path in inputs:
        sha.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    cache = Path(os.environ.get("KVGRAPH_CACHE") or platformdirs.user_cache_dir("kvgraph"))
    place = cache / f"{__version__}-{sha.hexdigest()[:16]}"
    if not (place / "kvgraph.json").is_file():
        say("building the shipped data, once")
        names = [f.name for f in resources.package_folders()]
        build_store(names, place, replace=False)
    return place


def build_store(
    names: Sequence[str], output: Path, *, dump: Path | None = None, replace: bool = True
) -> About:
    """Read packages and what they need, check them, and write the store.

    :raises FaultyInputError: if anything is faulty; nothing is written then.
    """
    from kvgraph.aside import write_aside
    from kvgraph.errors import FaultyInputError
    from kvgraph.graph.assemble import assemble
    from kvgraph.readers.tables import check_references
    from kvgraph.store import Dataset, create

    with progress() as step:
        packages, faults = _read(names, step)
        step("checking references")
        if not faults:
            faults = check_references(packages)
        if faults:
            raise FaultyInputError(
                f"{len(faults)} faults; nothing was written", faults,
                hint="Mend the rows named above and build again.",
            )  # fmt: skip
        store, about = assemble(packages, step)
        step(f"writing {output}")
        with create(output, replace=replace) as write:
            write(store, about)
        if dump is not None:
            step(f"writing {dump}")
            with write_aside(dump, "wb") as stream:
                stream.writelines(Dataset(store).dump())
        step("done")
    return about


def _read(names: Sequence[str], step: Callable[[str], None]) -> tuple[list[Package], list[Fault]]:
    """Read the packages named and what they need, those needed first."""
    from kvgraph import resources
    from kvgraph.readers.tables import read_package

    shipped = {f.name: f for f in resources.package_folders()}
    done: dict[str, Package | None] = {}
    faults: list[Fault] = []

    def visit(name: str) -> None:
        folder = shipped.get(name, Path(name))
        key = folder.name
        if key in done:
            return
        done[key] = None
        step(f"reading {name}")
        package, found = read_package(folder, shown=f"data/{name}" if name in shipped else name)
        for need in package.needs:
            visit(need)
        done.pop(key)
        done[key] = package
        faults.extend(found)

    for name in names or shipped:
        visit(name)
    return [package for package in done.values() if package is not None], faults
