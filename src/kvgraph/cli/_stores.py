"""The store that a command works on: the one named, or the shipped data built once."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kvgraph.cli._common import progress, say

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kvgraph.errors import Fault
    from kvgraph.graph.kept import Kept
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
    from kvgraph.errors import FaultyInputError, counted
    from kvgraph.readers import check_references, follow_dates

    with progress() as step:
        refused: set[tuple[str, str | None]] = set()
        packages, faults = read_packages(names, step, refused)
        step("checking references and relative dates")
        faults += check_references(packages, refused)
        packages, undated = follow_dates(packages, refused=refused)
        faults += undated
        if faults:
            raise FaultyInputError(
                f"{counted(len(faults), 'fault')}; nothing was written", faults,
                hint="Mend the rows named above and build again.",
            )  # fmt: skip
        about = write_store(output, packages, step, dump=dump, replace=replace)
        step("done")
    return about


def write_store(
    output: Path,
    packages: Sequence[Package],
    step: Callable[[str], None],
    *,
    kept: Kept | None = None,
    dump: Path | None = None,
    replace: bool = True,
    before: str | None = "",
) -> About:
    """Build a store of checked packages, and of what stays beside them, and put it in its place.

    A large one is built on disk, which takes longer and little memory. ``before`` is the digest
    of the store that is there, ``None`` if none is: another process may not have changed it.

    :raises StoreError: if one has.
    """
    from kvgraph.aside import write_aside
    from kvgraph.cli._common import writing
    from kvgraph.errors import StoreError
    from kvgraph.graph.assemble import LARGE, assemble
    from kvgraph.store import Dataset, create, digest_at

    large = sum(len(package.records) for package in packages) > LARGE
    if large:
        step("building on disk, since it is large")
    with create(output, replace=replace) as draft:
        also: list[ox.Quad] = []
        own = draft.large() if large else None
        store, about = assemble(packages, step, store=own, kept=kept, also=also)
        step(f"writing {output}")
        # Inside, so that a dump that cannot be written leaves no new store behind.
        if dump is not None:
            step(f"writing {dump}")
            with writing(dump), write_aside(dump, "wb") as stream:
                stream.writelines(Dataset(store).dump())
        draft(store, about, also)
        if before != "" and digest_at(output) != before:
            raise StoreError(
                f"the store {output} was changed meanwhile by another process",
                hint="Nothing was written: try again.",
            )
    return about


def read_packages(
    names: Sequence[str],
    step: Callable[[str], None],
    refused: set[tuple[str, str | None]],
    there: Collection[str] = (),
    beside: Path | None = None,
) -> tuple[list[Package], list[Fault]]:
    """Read the packages named and what they need, those needed first.

    What a package needs is looked for among the shipped packages, then from the package's
    own folder, then beside it. ``refused`` takes the ids of the rows that were refused.
    Those that are ``there`` already are not read. ``beside`` is a package that names them.

    :raises KvgraphError: if two packages go by the same name.
    """
    from kvgraph import resources
    from kvgraph.errors import KvgraphError
    from kvgraph.readers import read_package

    shipped = {f.name: f for f in resources.package_folders()}
    begun: set[Path] = set()
    done: dict[Path, Package] = {}
    needed: dict[Path, list[Path]] = {}
    shown_as: dict[Path, str] = {}
    faults: list[Fault] = []

    chain: list[Path] = [] if beside is None else [beside.resolve()]

    def visit(folder: Path, shown: str) -> Path:
        # Two folders may have one last name, so that only the whole path tells them apart.
        key = folder.resolve()
        if key in chain:
            names = [place.name for place in (*chain[chain.index(key) :], key)]
            raise KvgraphError(
                f"packages need each other in a circle: {' -> '.join(names)}",
                hint="Take one of them out of the other's needs.",
            )
        if key in begun:
            return key
        begun.add(key)
        chain.append(key)
        step(f"reading {shown}")
        package, found = read_package(folder, shown=shown, refused=refused)
        needed[key] = [visit(*find(n, folder)) for n in package.needs if n not in there]
        chain.pop()
        done[key], shown_as[key] = package, shown
        faults.extend(found)
        return key

    def find(name: str, inside: Path | None = None) -> tuple[Path, str]:
        if name in shipped:
            return shipped[name], f"data/{name}"
        if inside is None:
            return Path(name), name
        places = (inside / name, inside.resolve().parent / name)
        place = next((p for p in places if (p / "package.toml").is_file()), places[0])
        return place, str(place)

    for name in names or shipped:
        visit(*find(name, beside))
    first: dict[str, Path] = {}
    for key, package in done.items():
        other = first.setdefault(package.name, key)
        if other != key:
            raise KvgraphError(
                f'{shown_as[other]} and {shown_as[key]} are both called "{package.name}"',
                hint="Give one of them another name in its package.toml.",
            )
    # A need may be given as a path; the graph tells the name of what was found there.
    packages = [
        dataclasses.replace(
            package,
            needs=(*(n for n in package.needs if n in there), *(done[n].name for n in needed[key])),
        )
        for key, package in done.items()
    ]
    return packages, faults
