"""Measure who passed what on to whom: position, components, reach and whatever is added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kvgraph import registry
from kvgraph.cli._answers import answer
from kvgraph.cli._common import (
    format_option,
    lang_option,
    options_of,
    output_option,
    say,
    store_option,
)
from kvgraph.cli._flows import refuse_edge_options
from kvgraph.cli._material import FILES, material_of, material_options
from kvgraph.cli._plots import plot, plot_option
from kvgraph.cli._selection import read_queries, selection_options
from kvgraph.cli._stores import open_dataset
from kvgraph.cli._writing_back import check_write_back, write_back, write_back_option
from kvgraph.errors import KvgraphError
from kvgraph.inquiry import Answered, explained, inquire, measure, own_options
from kvgraph.model import Analysis

if TYPE_CHECKING:
    from kvgraph.store import Dataset


class _Analyses(click.Group):
    """A group whose commands are the entries of the room analysis."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Name the analyses."""
        return list(registry.names("analysis"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give the command of one analysis: its own, where it has one of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        if cmd_name in registry.names("cli"):
            command: click.Command = registry.entry("cli", cmd_name, "COMMAND")
            return command
        analysis: Analysis = registry.entry("analysis", cmd_name, "ANALYSIS")
        if analysis.takes == "flows":
            raise KvgraphError(
                f"{cmd_name} puts a question to flows, for which there is no command of that name",
                hint="An analysis that takes a diagram or a dataset gets its command by itself.",
            )
        return _command(analysis)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the analyses with what each answers."""
        entries = (registry.entry("analysis", n, "ANALYSIS") for n in self.list_commands(ctx))
        with formatter.section("Analyses"):
            formatter.write_dl([(entry.name, entry.summary + ".") for entry in entries])


@click.group("analyse", cls=_Analyses)
def COMMAND() -> None:  # noqa: N802
    """Measure who passed what on to whom, in a selection of the data or in an edge table.

    reach and paths are the commands of these names, and go hop by hop in time. Each of the others
    takes the shipped data, a store or a selection of it, and most take plain csv of ties, actors
    and adoptions instead (--edges, --nodes, --cascades), so that published data can be measured.
    """


def _command(analysis: Analysis) -> click.Command:
    """Make the command of an analysis: of a dataset, or of plain csv where it can take that."""
    reads = _READS.get(analysis.takes)

    def run(format_name: str, output: Path | None, store_path: Path | None, **options: Any) -> None:
        asked = {"store_path": store_path, **options}
        check_write_back(asked)
        dataset: Dataset | None = None
        given = reads and any(options.get(name) is not None for name in FILES)
        if reads and given:
            found = reads(analysis, asked)
        else:
            if reads:
                refuse_edge_options(options)
            dataset = open_dataset(store_path)
            found = inquire(dataset, analysis, read_queries(options), say)
        lang = options["lang"]
        plot(options.get("plot"), analysis.name, found, dataset, lang)
        answer(found, dataset, lang, format_name, output)
        # Last, so that the store stays as it is where the answer cannot be drawn or written.
        write_back(analysis, found.table, asked)

    return _made(run, analysis, *([material_options] if reads else []))


def _measured(analysis: Analysis, options: Mapping[str, Any]) -> Answered:
    """Measure the ties, actors and adoptions of plain csv."""
    return measure(material_of(options), analysis, options, say)


def _drawn(analysis: Analysis, options: Mapping[str, Any]) -> Answered:
    """Measure the graph that the ties and actors of plain csv make."""
    from kvgraph.material import drawn

    own = own_options(analysis, options, say)
    diagram = drawn(material_of(options))
    table = analysis.run(diagram, lang=options["lang"], **own)
    return Answered(table, {n.id: str(n.attributes["label"]) for n in diagram.nodes})


_READS: Final[dict[str, Callable[..., Answered]]] = {
    "diagram": _drawn,
    "material": _measured,
    "either": _measured,
}
"""How plain csv is measured, by what an analysis takes, where it can take csv at all."""


def _made(
    run: Callable[..., None], analysis: Analysis, *more: Callable[[Any], Any]
) -> click.Command:
    """Make a command of a function, with the options that all analyses share and some more."""
    # An empty line would end the block that click leaves as it stands.
    run.__doc__ = "\n\n\b\n".join([f"{analysis.summary}.", *explained(analysis)])
    for decorator in (
        store_option,
        lang_option,
        output_option,
        format_option("table", "csv", "tsv", "json", "jsonl"),
        plot_option(analysis.name),
        write_back_option,
        *more,
        selection_options,
        options_of(analysis.parameters),
    ):
        run = decorator(run)
    return click.command(analysis.name)(run)
