"""Measure who passed what on to whom: position, components, reach and whatever is added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kvgraph import registry
from kvgraph.cli._answers import ACTORS, answer
from kvgraph.cli._common import (
    format_option,
    lang_option,
    options_of,
    output_option,
    say,
    store_option,
    variable,
)
from kvgraph.cli._flows import (
    edge_options,
    edges_of,
    refuse_edge_options,
    refuse_selection,
    within,
)
from kvgraph.cli._material import material_of, material_options
from kvgraph.cli._plots import plot, plot_option
from kvgraph.cli._selection import frame_of, selected, selection_options
from kvgraph.cli._stores import open_dataset
from kvgraph.errors import KvgraphError
from kvgraph.model import Analysis, Diagram, Table
from kvgraph.selection import SELECTION

if TYPE_CHECKING:
    from kvgraph.diagram import Groups
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
        return _COMMANDS[analysis.takes](analysis)

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


def _diagram_command(analysis: Analysis) -> click.Command:
    """Make a command of an analysis of a diagram."""

    def run(format_name: str, output: Path | None, store_path: Path | None, **options: Any) -> None:
        asked = {"store_path": store_path, **options}
        own = _own(analysis, options)
        dataset: Dataset | None = None
        groups: Groups | None = None
        if options["edges"] is not None:
            diagram = _from_edges(asked)
        else:
            refuse_edge_options(options)
            dataset = open_dataset(store_path)
            diagram, groups = _from_dataset(dataset, asked)
            own["groups"] = groups
        table = analysis.run(diagram, lang=options["lang"], **own)
        told = diagram if groups is None else groups.of(diagram)
        labels = {node.id: str(node.attributes["label"]) for node in told.nodes}
        answer(table, labels, dataset, options["lang"], format_name, output)

    return _made(run, analysis, edge_options)


def _dataset_command(analysis: Analysis) -> click.Command:
    """Make a command of an analysis of a dataset, which an edge table cannot stand for."""

    def run(format_name: str, output: Path | None, store_path: Path | None, **options: Any) -> None:
        dataset = open_dataset(store_path)
        table = analysis.run(
            dataset,
            selected=selected(dataset, options, ("transfer",)),
            stage=options["stage"] or "adopted",
            lang=options["lang"],
            **_own(analysis, options),
        )
        labels = _labels(table, dataset, options["lang"])
        answer(table, labels, dataset, options["lang"], format_name, output)

    return _made(run, analysis)


def _material_command(analysis: Analysis) -> click.Command:
    """Make a command of an analysis of ties, actors and adoptions."""

    def run(format_name: str, output: Path | None, store_path: Path | None, **options: Any) -> None:
        material, dataset = material_of({"store_path": store_path, **options})
        table = analysis.run(material, lang=options["lang"], **_own(analysis, options))
        labels = {m.id: m.attributes.get("label", m.id) for m in material.members}
        plot(options.get("plot"), analysis.name, table, material, labels, dataset, options["lang"])
        answer(table, labels, dataset, options["lang"], format_name, output)

    return _made(run, analysis, material_options)


def _made(
    run: Callable[..., None], analysis: Analysis, *more: Callable[[Any], Any]
) -> click.Command:
    """Make a command of a function, with the options that all analyses share and some more."""
    run.__doc__ = f"{analysis.summary}.\n\n\b\n{_explained(analysis)}"
    for decorator in (
        store_option,
        lang_option,
        output_option,
        format_option("table", "csv", "tsv", "json", "jsonl"),
        plot_option(analysis.name),
        *more,
        selection_options,
        options_of(analysis.parameters),
    ):
        run = decorator(run)
    return click.command(analysis.name)(run)


def _own(analysis: Analysis, options: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values of an analysis' own parameters, and where it tells of its steps."""
    names = [variable(p) for p in analysis.parameters]
    own = {name: options[name] for name in names}
    if "tell" in getattr(analysis.run, "__annotations__", {}):
        own["tell"] = say
    return own


def _labels(table: Table, dataset: Dataset, lang: str) -> dict[str, str]:
    """Give what the actors of a table are called."""
    from kvgraph.names import label
    from kvgraph.namespaces import mint

    places = [i for i, name in enumerate(table.columns) if name in ACTORS]
    ids = sorted({str(row[i]) for row in table.rows for i in places})
    return {name: label(dataset, mint("actor", name), lang) for name in ids}


def _explained(analysis: Analysis) -> str:
    """Give what the module of an analysis says of it, else what its function says."""
    import inspect
    import sys

    module = sys.modules.get(analysis.run.__module__)
    text = inspect.cleandoc(analysis.run.__doc__ or "")
    for end in ("\n\n:param", "\n\n:raises", "\n\n>>>"):
        text = text.partition(end)[0]
    _, _, more = inspect.cleandoc((module and module.__doc__) or "").partition("\n\n")
    marks = {"==": "", "``": "", "in the module": "below"}
    for mark, plain in marks.items():
        more = more.replace(mark, plain)
        text = text.replace(mark, plain)
    # An empty line would end the block that click leaves as it stands.
    return "\n\n\b\n".join(part.strip("=\n ") for part in (text + "\n\n" + more).split("\n\n"))


def _from_dataset(dataset: Dataset, options: Mapping[str, Any]) -> tuple[Diagram, Groups]:
    """Draw the selected transfers, and give the groups of their ends at the level asked for."""
    from kvgraph.diagram import draw_transfers, groups_at

    by = frame_of(dataset, options)
    diagram = draw_transfers(dataset, selected(dataset, options, ("transfer",)), by)
    return diagram, groups_at(dataset, diagram, options.get("level") or "actor", by)


def _from_edges(options: Mapping[str, Any]) -> Diagram:
    """Draw the rows of an edge table, those of a period if one is given."""
    from kvgraph import flows
    from kvgraph.diagram import from_flows

    refuse_selection(options, (p.name for p in SELECTION if p.name not in ("from", "until")))
    transfers, head = within(edges_of(options), options)
    taken = flows.moments(transfers)
    return from_flows(taken, {**head, "stage": taken.stage, "horizon": None})


_COMMANDS: Final = {
    "diagram": _diagram_command,
    "dataset": _dataset_command,
    "material": _material_command,
}
"""How the command of an analysis is made, by what it takes."""
