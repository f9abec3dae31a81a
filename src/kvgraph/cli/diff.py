"""Show what taking an input into a store would change, or how two stores differ."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kvgraph.cli._common import emit, format_option, output_option, progress, say
from kvgraph.cli._intake import input_options, take
from kvgraph.errors import FaultyInputError, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyoxigraph as ox

    from kvgraph.model import Table
    from kvgraph.store import Dataset


@click.command("diff", short_help="Show what an ingest would change, or how two stores differ.")
@input_options
@click.option(
    "--store",
    "store_path",
    type=click.Path(path_type=Path),
    required=True,
    help="The store that the INPUTs would be taken into, or that is compared with another one.",
)
@format_option("table", "csv", "tsv", "json", "jsonl")
@output_option
def COMMAND(  # noqa: N802
    inputs: tuple[Path, ...],
    store_path: Path,
    format_name: str,
    output: Path | None,
    **options: Any,
) -> int:
    """Show what kvgraph ingest would change in a store: what came, went or changed, and how.

    If the one INPUT is a store itself, it is the later state of the two. Only what the packages
    say is compared: what rules derive follows from it.

    Exit code 1 if anything differs.
    """
    from kvgraph.store import ABOUT, Dataset

    before = Dataset.open(store_path)
    with progress() as step:
        if len(inputs) == 1 and (inputs[0] / ABOUT).is_file():
            found = _between(before, Dataset.open(inputs[0]))
        else:
            found = _to_come(inputs, before, options, step)
    emit(found, format_name, output)
    head = found.head
    say(f"{head['added']} added, {head['removed']} removed, {head['changed']} changed")
    return 1 if found.rows else 0


def _between(before: Dataset, after: Dataset) -> Table:
    """Compare the packages of two stores."""
    from kvgraph.graph.difference import difference

    names = {p["name"] for dataset in (before, after) for p in dataset.about.packages}
    return difference(before.store, after.store, sorted(names))


def _to_come(
    inputs: tuple[Path, ...],
    before: Dataset,
    options: dict[str, Any],
    step: Callable[[str], None],
) -> Table:
    """Compare a store with what an input would make of it.

    :raises FaultyInputError: if the input is faulty.
    """
    from kvgraph.graph.assemble import LARGE, fill, load_ontology
    from kvgraph.graph.difference import difference

    taken = take(inputs, before, options, step=step)
    if taken.faults:
        raise FaultyInputError(
            f"{counted(len(taken.faults), 'fault')}; with them nothing would be written",
            taken.faults,
        )
    there = {p["name"] for p in before.about.packages}
    names = sorted({taken.package.name, *(p.name for p in taken.packages if p.name not in there)})
    with tempfile.TemporaryDirectory() as folder:
        large = sum(len(package.records) for package in taken.packages) > LARGE
        after = _store(folder if large else "")
        load_ontology(after)
        fill(after, taken.packages, taken.kept)
        step("comparing")
        return difference(before.store, after, names)


def _store(folder: str) -> ox.Store:
    """Give an empty store, in a folder if one is named."""
    import pyoxigraph as ox

    return ox.Store(folder) if folder else ox.Store()
