"""Check a dataset against the shapes of the ontology and the questions on its quality."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from kvgraph.cli._common import (
    emit,
    format_option,
    lang_option,
    output_option,
    progress,
    say,
    store_option,
)
from kvgraph.cli._stores import open_dataset
from kvgraph.errors import counted


@click.command("check")
@click.option("--details", is_flag=True, help="A row for each finding, not one for each check.")
@click.option(
    "--engine",
    type=click.Choice(("auto", "pyshacl", "rudof")),
    default="auto",
    show_default=True,
    help="What applies the shapes: the fastest here, to what can break them; or the one named, "
    "to everything.",
)
@format_option("table", "csv", "tsv", "json", "jsonl")
@output_option
@lang_option
@store_option
def COMMAND(  # noqa: N802
    details: bool,
    engine: str,
    format_name: str,
    output: Path | None,
    lang: str,
    store_path: Path | None,
) -> int:
    """Check a dataset: its shapes, its quality, and that each triple stands in one graph.

    A violation makes data unfit, a warning says that something will be missing from answers,
    an info what a reader should know. The quality questions are those of kvgraph queries
    under check; each can be asked on its own.

    pySHACL is the reference for the shapes; pyrudof (pip install 'kvgraph[fast]') is faster and
    finds the same. The answer tells which one worked.

    Exit code 1 if a violation is found; warnings and infos alone give 0.
    """
    from kvgraph.graph.checks import check, summarise

    dataset = open_dataset(store_path)
    with progress() as step:
        found = check(dataset, lang, step, engine)
        step("done")
    emit(found if details else summarise(found), format_name, output)
    head: Mapping[str, Any] = found.head
    say(", ".join(counted(head[f"{what}s"], what) for what in ("violation", "warning", "info")))
    return 1 if head["violations"] else 0
