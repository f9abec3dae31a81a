"""Tell what is in a dataset: packages, counts, licences, horizon, digest."""

from __future__ import annotations

from pathlib import Path

import click

from kvgraph.cli._common import (
    emit,
    format_option,
    output_option,
    store_option,
    write_out,
)
from kvgraph.cli._stores import open_dataset


@click.command("info")
@format_option("table", "csv", "tsv", "json", "jsonl")
@output_option
@store_option
def COMMAND(format_name: str, output: Path | None, store_path: Path | None) -> None:  # noqa: N802
    """Tell what is in a dataset: packages, counts, licences, horizon, digest."""
    from kvgraph.model import Table

    dataset = open_dataset(store_path)
    about = dataset.about
    rows = tuple(
        (p["name"], p["version"], p["licence"], table, number)
        for p in about.packages
        for table, number in about.counts[p["name"]].items()
    )
    head = {
        "store": str(dataset.path) if dataset.path else "in memory",
        "dataset": about.digest,
        "built_by": about.version or None,
        "quads": about.quads,
        "horizon": about.horizon,
        "warnings": about.warnings,
    }
    columns = ("package", "version", "licence", "table", "rows")
    empty = "" if rows else "This dataset was not built from packages: it has no row counts."
    table = Table(columns, rows, head, empty)
    if format_name != "table":
        emit(table, format_name, output)
        return
    lines = [f"{name:9} {value}" for name, value in head.items() if name != "warnings"]
    for p in about.packages:
        lines += ["", f"{p['name']} {p['version']} ({p['licence']})"]
        lines += [f"{number:8}  {name}" for name, number in about.counts[p["name"]].items()]
    lines += ["", *(f"note: {warning}" for warning in about.warnings)]
    text = "\n".join([*lines, *([empty] if empty else [])]).rstrip()
    write_out(lambda stream: print(text, file=stream), output)
