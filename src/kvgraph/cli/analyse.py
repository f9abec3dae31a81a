"""Measure who passed what on to whom: position, components, reach and whatever is added."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kvgraph import registry
from kvgraph.cli._common import (
    emit,
    format_option,
    lang_option,
    options_of,
    output_option,
    say,
    store_option,
)
from kvgraph.cli._flows import (
    edge_options,
    edges_of,
    refuse_edge_options,
    refuse_selection,
    time_of,
)
from kvgraph.cli._selection import frame_of, selected, selection_options
from kvgraph.cli._stores import open_dataset
from kvgraph.errors import KvgraphError
from kvgraph.model import Analysis, Cell, Diagram, Table
from kvgraph.selection import SELECTION

if TYPE_CHECKING:
    from kvgraph.diagram import Groups
    from kvgraph.flows import Transfers
    from kvgraph.store import Dataset

_ACTORS: Final = ("actor", "giver", "receiver")
"""The columns that hold actors."""

_DIGITS: Final = 4
"""Digits of a score that a person reads; the other formats have all of them."""


class _Analyses(click.Group):
    """A group whose commands are the entries of the room analysis."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Name the analyses that have a command; the others are functions for Python alone."""
        entries = (registry.entry("analysis", n, "ANALYSIS") for n in registry.names("analysis"))
        return [entry.name for entry in entries if entry.takes != "material"]

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
        return _command(analysis) if analysis.takes == "diagram" else _dataset_command(analysis)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the analyses with what each answers."""
        entries = (registry.entry("analysis", n, "ANALYSIS") for n in self.list_commands(ctx))
        with formatter.section("Analyses"):
            formatter.write_dl([(entry.name, entry.summary + ".") for entry in entries])


@click.group("analyse", cls=_Analyses)
def COMMAND() -> None:  # noqa: N802
    """Measure who passed what on to whom, in a selection of the data or in an edge table.

    reach and paths are the commands of these names, and go hop by hop in time; co-presence
    holds transfers against memberships, and needs a store; the others measure one graph in
    which all counted transfers lie side by side.
    """


def _command(analysis: Analysis) -> click.Command:
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
        _answer(table, labels, dataset, options["lang"], format_name, output)

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
        _answer(table, labels, dataset, options["lang"], format_name, output)

    return _made(run, analysis)


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
        *more,
        selection_options,
        options_of(analysis.parameters),
    ):
        run = decorator(run)
    return click.command(analysis.name)(run)


def _own(analysis: Analysis, options: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values of an analysis' own parameters, and where it tells of its steps."""
    names = [p.name.replace("-", "_") for p in analysis.parameters]
    own = {name: options[name] for name in names}
    if "tell" in getattr(analysis.run, "__annotations__", {}):
        own["tell"] = say
    return own


def _labels(table: Table, dataset: Dataset, lang: str) -> dict[str, str]:
    """Give what the actors of a table are called."""
    from kvgraph.names import label
    from kvgraph.namespaces import mint

    places = [i for i, name in enumerate(table.columns) if name in _ACTORS]
    ids = sorted({str(row[i]) for row in table.rows for i in places})
    return {name: label(dataset, mint("actor", name), lang) for name in ids}


def _explained(analysis: Analysis) -> str:
    """Give what the module of an analysis says of it, else what its function says."""
    import inspect
    import sys

    module = sys.modules.get(analysis.run.__module__)
    text = inspect.cleandoc(analysis.run.__doc__ or "").partition("\n\n:param")[0]
    _, _, more = inspect.cleandoc((module and module.__doc__) or "").partition("\n\n")
    marks = {"==": "", "``": ""}
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
    transfers, head = _within(edges_of(options), options)
    taken = flows.moments(transfers)
    return from_flows(taken, {**head, "stage": taken.stage, "horizon": None})


def _within(t: Transfers, options: Mapping[str, Any]) -> tuple[Transfers, dict[str, Cell]]:
    """Give the rows that can have been going on in a period; the undated are left out."""
    from kvgraph.flows import only

    given = {"from": options["from_"], "until": options["until"]}
    given = {name: text for name, text in given.items() if text}
    if not given:
        return t, {}
    keep = ~t.blank
    bounds = {}
    for name, text in given.items():
        bound = time_of(text, t, last=name == "until")
        if bound is None:
            raise KvgraphError(
                f"--{name} {text} is open, and narrows nothing",
                hint="Write a day, a month or a year, or leave it out.",
            )
        bounds[name] = bound
        keep &= t.end >= bound if name == "from" else t.begin <= bound
    if len(bounds) == 2 and bounds["from"] > bounds["until"]:
        raise KvgraphError(
            f"there is no time from {given['from']} until {given['until']}",
            hint="Give the earlier one first.",
        )
    kept = {identifier for identifier, k in zip(t.ids, keep.tolist(), strict=True) if k}
    undated = {identifier for identifier, b in zip(t.ids, t.blank.tolist(), strict=True) if b}
    return only(t, kept), {"selection": dict(given), "undated_left_out": len(undated)}


def _answer(
    table: Table,
    labels: Mapping[str, str],
    dataset: Dataset | None,
    lang: str,
    format_name: str,
    output: Path | None,
) -> None:
    """Write a table with what was counted above it, or on the standard error."""
    if format_name == "json":
        emit(table, format_name, output)
        return
    lines = list(_head(table, dataset, lang))
    if format_name != "table":
        emit(table, format_name, output)
        for line in (*lines, *filter(None, [table.empty])):
            say(f"note: {line}")
        return
    from kvgraph import registry
    from kvgraph.cli._common import write_out

    shown = _named(table, labels)
    write = registry.entry("export", "table", "EXPORTER").write

    def both(stream: Any) -> None:
        print(*lines, "", sep="\n", file=stream)
        write(shown, stream)

    write_out(both, output)


def _named(table: Table, labels: Mapping[str, str]) -> Table:
    """Give a table for people: actors by label and id, scores with few digits."""
    from dataclasses import replace

    places = {i for i, name in enumerate(table.columns) if name in _ACTORS}

    def cell(i: int, value: Cell) -> Cell:
        if i in places:
            name = labels.get(str(value), str(value))
            return name if name == value else f"{name} ({value})"
        return round(value, _DIGITS) if isinstance(value, float) else value

    rows = tuple(tuple(cell(i, value) for i, value in enumerate(row)) for row in table.rows)
    return replace(table, rows=rows)


def _head(table: Table, dataset: Dataset | None, lang: str) -> Iterator[str]:
    """Tell stage, horizon, what was counted, what was left out and what was selected."""
    from kvgraph import vocabulary
    from kvgraph.cli._tell import selection_lines
    from kvgraph.dates import speak_day
    from kvgraph.diagram.drawing import INCOMPLETE
    from kvgraph.proof import is_synthetic
    from kvgraph.words import word

    head: Mapping[str, Any] = table.head
    horizon = head.get("horizon")
    if head.get("stage") is None:
        yield word("analyse.counted_edges", lang)
    else:
        known = (
            word("head.no_horizon", lang)
            if horizon is None
            else word("head.horizon", lang, horizon=speak_day(horizon.toordinal(), lang))
        )
        stage = vocabulary.label(vocabulary.codes("stage")[head["stage"]].iri, lang)
        key = "analyse.counted_proven" if head.get("proven_only") else "analyse.counted"
        yield word(key, lang, stage=stage, horizon=known)
    own = {INCOMPLETE: "reason.incomplete"}
    reasons = [
        f"{n} {word(own.get(r, f'reason.{r}'), lang)}" for r, n in head["left_out"].items() if n
    ]
    yield word(
        "analyse.numbers", lang, transfers=head["transfers"], proven=head["proven"],
        possible=head["possible"], undated=head["undated"],
        left_out=", ".join(reasons) or word("reason.none", lang),
    )  # fmt: skip
    if "edges" in head:
        yield word("analyse.graph", lang, actors=head["actors"], edges=head["edges"])
    if "pairs_at_risk" in head:
        yield word(
            "analyse.co_presence_cases", lang, cases=head["cases"], pairs=head["pairs_at_risk"],
            givers=head["givers"], receivers=head["receivers"], undated=head["undated_cases"],
            ends=head["network_ends"],
        )  # fmt: skip
        yield word("analyse.co_presence_seats", lang, memberships=head["memberships"],
                   undated=head["memberships_undated"])  # fmt: skip
        yield word("analyse.co_presence_null", lang, times=head["permutations"], seed=head["seed"])
    if head.get("level", "actor") != "actor":
        state = head["level"] == "member-state"
        yield word(
            "analyse.contact_state" if state else "analyse.contact_jurisdiction", lang,
            within=head["within_groups"], outside=head["outside_every_group"],
        )  # fmt: skip
    if "components" in head:
        yield word(
            "analyse.components", lang, number=head["components"], largest=head["largest"],
            actors=head["actors"],
        )  # fmt: skip
    yield from selection_lines(head, lang)
    yield from head.get("notes", ())
    if head.get("dataset"):
        yield word("head.dataset", lang, dataset=head["dataset"])
    if dataset is not None and is_synthetic(dataset):
        yield word("head.synthetic", lang)
