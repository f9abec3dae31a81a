"""Check a dataset against the shapes of the ontology."""

from __future__ import annotations

from pathlib import Path

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


@click.command("check")
@format_option("table", "csv", "tsv", "json", "jsonl")
@output_option
@lang_option
@store_option
def COMMAND(  # noqa: N802
    format_name: str, output: Path | None, lang: str, store_path: Path | None
) -> int:
    """Check a dataset: its shapes, and that each triple stands in one graph.

    Exit code 1 if a violation is found; warnings alone give 0.
    """
    from kvgraph.graph.build import twice_said
    from kvgraph.graph.shapes import COLUMNS, validate
    from kvgraph.model import Iri, Table

    dataset = open_dataset(store_path)
    with progress() as step:
        step("looking for triples that stand in two graphs")
        twice = twice_said(dataset.store)
        step("checking the shapes")
        table = validate(dataset.rdflib, lang)
        step("done")
    rows = tuple(
        ("violation", Iri(getattr(t.subject, "value", "")), Iri(t.predicate.value),
         str(getattr(t.object, "value", "")), "This triple stands in more than one graph.",
         None)
        for t in twice
    )  # fmt: skip
    violations = len(rows) + table.head["violations"]  # type: ignore[operator]
    head = {**table.head, "violations": violations, "dataset": dataset.digest}
    whole = Table(COLUMNS, rows + table.rows, head, table.empty)
    emit(whole, format_name, output)
    say(f"{violations} violations, {table.head['warnings']} warnings")
    return 1 if violations else 0
