"""Build a store from data packages."""

from __future__ import annotations

from pathlib import Path

import click

from kvgraph.cli._common import say
from kvgraph.cli._stores import build_store


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
