"""Hold the claims of the texts on a project against what the graph holds."""

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


@click.command("evaluate")
@click.argument("project")
@format_option("table", "csv", "tsv", "json", "jsonl")
@output_option
@lang_option
@store_option
def COMMAND(  # noqa: N802
    project: str, format_name: str, output: Path | None, lang: str, store_path: Path | None
) -> None:
    """Hold what the texts on PROJECT claim against what the graph holds.

    PROJECT is an id, code, IRI, label or alias, such as S11089. Each claim of a share comes
    with its sentence, its wording, the range as which that is read, and how many of the
    recorded projects and actors meet the same criterion, with the reason why the two can or
    cannot be compared. Then the aims that a result speaks to, those that none does, and the
    results that no aim asked for.
    """
    from kvgraph.evaluation import evaluate, tell_evaluation
    from kvgraph.names import resolve

    dataset = open_dataset(store_path)
    table = evaluate(dataset, resolve(dataset, project, ("project",)), lang)
    emit_or_tell(table, tell_evaluation, format_name, output)
