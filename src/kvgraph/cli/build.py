"""Build a store from data packages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kvgraph.cli._common import progress, say

if TYPE_CHECKING:
    from kvgraph.errors import Fault
    from kvgraph.model import Package
    from kvgraph.store import About


def build_store(names: Sequence[str], output: Path, *, dump: Path | None = None) -> About:
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
        with create(output) as write:
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


@click.command("build", short_help="Build a store from data packages.")
@click.argument("packages", nargs=-1, metavar="[PACKAGE]...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="The store to write: a folder.",
)
@click.option(
    "--dump",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the quads as sorted N-Quads too.",
)
def COMMAND(packages: tuple[str, ...], output: Path, dump: Path | None) -> None:  # noqa: N802
    """Build a store from data packages: shipped ones by name, others by folder.

    Without PACKAGE all shipped packages are built. Packages that a package needs are built
    with it. Nothing is written if any row is faulty.
    """
    about = build_store(packages, output, dump=dump)
    for name, counts in about.counts.items():
        say(f"{name}: " + ", ".join(f"{n} {table}" for table, n in counts.items()))
    for warning in about.warnings:
        say(f"note: {warning}")
    click.echo(f"{output}: {about.quads} quads, {about.digest}")
