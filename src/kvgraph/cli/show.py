"""Print everything known of a thing, each line with its source."""

from __future__ import annotations

from pathlib import Path

import click

from kvgraph.cli._common import (
    emit_or_tell,
    format_option,
    lang_option,
    output_option,
    store_option,
)
from kvgraph.cli._stores import open_dataset


@click.command("show")
@click.argument("thing")
@format_option("table", "csv", "tsv", "json", "jsonl")
@output_option
@lang_option
@store_option
def COMMAND(  # noqa: N802
    thing: str, format_name: str, output: Path | None, lang: str, store_path: Path | None
) -> None:
    """Print everything known of THING (an id, IRI, label or alias), each line with its source.

    First what is said of it, then the records that name it: transfers, memberships,
    participations and so on. Derived lines name the rule that derived them.
    """
    from kvgraph.dossier import dossier, tell_dossier
    from kvgraph.names import resolve

    dataset = open_dataset(store_path)
    table = dossier(dataset, resolve(dataset, thing), lang)
    emit_or_tell(table, tell_dossier, format_name, output)
