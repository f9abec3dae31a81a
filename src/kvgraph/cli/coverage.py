"""Count sources, transfers, failures and undated rows, so that a blank is told from a zero."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kvgraph.cli._common import (
    emit,
    emit_or_tell,
    format_option,
    lang_option,
    output_option,
    say,
    store_option,
    write_out,
)
from kvgraph.cli._selection import selected, selection_options
from kvgraph.cli._stores import open_dataset
from kvgraph.coverage import DIMENSIONS, RULES, coverage, failures, tell_failures

if TYPE_CHECKING:
    from kvgraph.model import Table
    from kvgraph.store import Dataset

SHOWN: Final = (
    "value", "label", "sources", "transfers", "in_any_case", "gave", "received", "adopted",
    "piloted", "visited_only", "in_progress", "outcome_unknown", "planned", "abandoned", "refused",
    "no_status", "undated", "in_all", "recorded", "note",
)  # fmt: skip
"""The columns that a person is shown, those that hold nothing in a part left out of it."""


@click.command("coverage")
@selection_options
@click.option(
    "--by",
    "dimensions",
    type=click.Choice(DIMENSIONS),
    multiple=True,
    help="Count by this only; may be given again.",
)
@click.option(
    "--failures",
    "failed",
    is_flag=True,
    help="List every transfer that was refused, abandoned or visited only, with its sources.",
)
@format_option("table", "csv", "tsv", "json", "jsonl")
@output_option
@lang_option
@store_option
def COMMAND(  # noqa: N802
    dimensions: tuple[str, ...],
    failed: bool,
    format_name: str,
    output: Path | None,
    store_path: Path | None,
    **options: Any,
) -> None:
    """Count what is known, by state, year, programme and language of the sources.

    Each row has the sources and transfers, how far these got as far as any source says, and
    how many have no date. Every member state, programme and language that the data hold has
    its row, and every year between the first and the last: a note tells where nothing was
    selected, no transfer is known, or nothing at all is recorded.
    """
    if failed and dimensions:
        raise click.UsageError("--failures lists transfers, to which --by says nothing")
    dataset = open_dataset(store_path)
    chosen = selected(dataset, options, ("transfer",))
    lang = options["lang"]
    if failed:
        table = failures(dataset, chosen, lang)
        emit_or_tell(table, lambda t: _listed(t, dataset), format_name, output)
    else:
        table = coverage(dataset, chosen, lang, dimensions or DIMENSIONS)
        if format_name == "table":
            _show(table, dataset, output)
        else:
            emit(table, format_name, output)
    if format_name in ("csv", "tsv", "jsonl"):
        # These have no place for the head: no number comes without its rule.
        for line in filter(None, [*_head(table, dataset), table.empty]):
            say(f"note: {line}")


def _head(table: Table, dataset: Dataset, rule: str = "") -> Iterator[str]:
    """Tell how much is known, what was selected, by what rule, and of which dataset.

    ``rule`` stands for that of the table where the rest of it is told elsewhere.
    """
    from kvgraph.heading import selected as selected_lines
    from kvgraph.proof import is_synthetic
    from kvgraph.words import word

    lang = str(table.head["lang"])
    yield str(table.head["coverage"])
    yield from selected_lines({"selection": table.head["selection"]}, lang)
    yield rule or str(table.head["rule"])
    yield word("head.dataset", lang, dataset=table.head["dataset"])
    if is_synthetic(dataset):
        yield word("head.synthetic", lang)


def _listed(table: Table, dataset: Dataset) -> str:
    """Give a list of failures as text, under how much is known and what was selected."""
    return "\n".join([*_head(table, dataset), "", tell_failures(table)])


def _show(table: Table, dataset: Dataset, output: Path | None) -> None:
    """Write a part for each thing that was counted by, as a table of what it has anything of."""
    from kvgraph import registry
    from kvgraph.model import Table
    from kvgraph.words import word

    write = registry.entry("export", "table", "EXPORTER").write
    lang = str(table.head["lang"])
    dimensions: Any = table.head["dimensions"]

    def parts(stream: Any) -> None:
        head = _head(table, dataset, word("coverage.rule", lang))
        print(*head, *filter(None, [table.empty]), sep="\n", file=stream)
        for dimension in dimensions:
            rows = [row for row in table.records() if row["dimension"] == dimension]
            told = word(f"coverage.by_{dimension}", lang), word(RULES[dimension], lang)
            print("", *told, sep="\n", file=stream)
            kept = [name for name in SHOWN if any(row[name] not in (None, "") for row in rows)]
            hidden = {
                "value": dimension == "year",  # it is its own name
                "in_all": not table.head["selection"],
                "no_status": not any(row["no_status"] for row in rows),
            }
            kept = [name for name in kept if not hidden.get(name)]
            shown = Table(
                tuple(word(f"coverage.column.{name}", lang) for name in kept),
                tuple(tuple(row[name] for name in kept) for row in rows),
                {},
                word("coverage.no_years", lang),
            )
            write(shown, stream)
        print("", word("coverage.hint", lang), sep="\n", file=stream)

    write_out(parts, output)
