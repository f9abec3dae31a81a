"""What reach, paths and other analyses share: from options to flows and a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from kvgraph.cli._common import (
    format_option,
    lang_option,
    options_of,
    output_option,
    say,
    store_option,
)
from kvgraph.cli._plots import plot_option
from kvgraph.cli._selection import read_queries
from kvgraph.cli._stores import open_dataset
from kvgraph.cli._writing_back import write_back_option
from kvgraph.errors import KvgraphError
from kvgraph.inquiry import NARROWING, Asked, ask_of, question, time_of

if TYPE_CHECKING:
    from kvgraph.flows import Transfers
    from kvgraph.model import Analysis, Cell

F = TypeVar("F", bound=Callable[..., Any])


def question_options(analysis: Analysis) -> Callable[[F], F]:
    """Add all the options of a command that puts a question to flows, in the order of its help."""
    decorators: tuple[Callable[[Any], Any], ...] = (
        options_of(analysis.parameters),
        options_of(NARROWING),
        edge_options,
        format_option("table", "csv", "tsv", "json", "jsonl"),
        plot_option(analysis.name),
        write_back_option,
        output_option,
        lang_option,
        store_option,
    )

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def edge_options(function: F) -> F:
    """Add the options for a plain edge table."""
    function = table_options("edges")(function)
    return click.option(
        "--edges",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Work on a csv of dated edges (or transfers straight from an RDF file), "
        "without a store.",
    )(function)


def table_options(*files: str, also: str = "") -> Callable[[F], F]:
    """Add the options that tell how the csv files that these options name are read."""
    names = "giver, receiver, practice, start, end, id" + (f", {also}" if also else "")
    given = " or ".join(
        (", ".join(f"--{f}" for f in files[:-1]), f"--{files[-1]}")[not files[1:] :]
    )

    def decorate(function: F) -> F:
        for option in (
            click.option(
                "--time",
                type=click.Choice(["number", "date"]),
                help=f"With {given}: how to read the times; found out from the cells if not given.",
            ),
            click.option(
                "--undirected",
                is_flag=True,
                help="With --edges: read each row in both directions.",
            ),
            click.option(
                "--columns",
                metavar="COLUMN=HEADER,...",
                help=f"With {given}: which header stands for {names}.",
            ),
        ):
            function = option(function)
        return function

    return decorate


def ask(options: Mapping[str, Any]) -> Asked:
    """Read the options of a command into flows and a question.

    :raises KvgraphError: for options that do not go together, and whatever is unreadable.
    """
    if options["edges"] is None:
        refuse_edge_options(options)
        return ask_of(open_dataset(options["store_path"]), read_queries(options))
    refuse_selection(options, (p.name for p in NARROWING))
    return question(edges_of(options), options)


def refuse_edge_options(options: Mapping[str, Any]) -> None:
    """Refuse what only goes with --edges.

    :raises KvgraphError: for the first of them that is given.
    """
    for name in ("columns", "undirected", "time"):
        if options.get(name):
            raise KvgraphError(f"--{name} goes with --edges", hint="Add --edges FILE.csv.")


def refuse_selection(options: Mapping[str, Any], names: Iterable[str]) -> None:
    """Refuse the options of a selection that need more than an edge table says.

    :raises KvgraphError: for the first of them that is given.
    """
    from kvgraph.store import FORMATS

    for name in names:
        if options.get(name):
            path: Path | None = options["edges"]
            rdf = path is not None and path.suffix.lower() in FORMATS
            raise KvgraphError(
                f"--{name} needs a store: plain tables tell who passed what on to whom, and when, "
                "and nothing else",
                hint=f"Say --store {path} instead of --edges."
                if rdf
                else "Leave it out, or build a store from a package.",
            )


def edges_of(options: Mapping[str, Any]) -> Transfers:
    """Read --edges: a csv, or an RDF file whose transfers are drawn without a store.

    :raises KvgraphError: for what it cannot be read from, and options that need a store.
    """
    from kvgraph import flows as f
    from kvgraph.readers import read_edges
    from kvgraph.store import FORMATS

    path: Path = options["edges"]
    refuse_store("--edges")
    _refuse_level(options)
    if path.suffix.lower() in FORMATS:
        for name in ("columns", "undirected", "time"):
            if options.get(name):
                raise KvgraphError(
                    f"--{name} goes with a csv of edges, and {path.name} is RDF",
                    hint="Leave it out.",
                )
        return f.draw_file(path)
    refuse_beyond_tables(options)
    table = read_edges(
        path, columns=columns_of(options), undirected=options["undirected"], time=options["time"]
    )
    for sentence in table.said:
        say(f"note: {sentence}")
    return f.from_edges(table)


def _refuse_level(options: Mapping[str, Any]) -> None:
    """Refuse to put actors together by what they are part of.

    :raises KvgraphError: if that is asked for.
    """
    if options.get("level") not in (None, "actor"):
        raise KvgraphError(
            "--level needs a store: an edge table does not say what its actors are part of",
            hint="Leave --level out, or build a store from a package.",
        )


def refuse_beyond_tables(options: Mapping[str, Any]) -> None:
    """Refuse the options for which plain csv says too little.

    :raises KvgraphError: for the first of them that is given.
    """
    _refuse_level(options)
    for name in ("with_planned", "with_abandoned", "with_exposure", "from_adoption", "proven_only"):
        if options.get(name):
            raise KvgraphError(
                f"--{name.replace('_', '-')} needs a store: every row of an edge table is proven",
                hint="Leave it out.",
            )
    if _said("stage") and options["stage"] != "adopted":
        raise KvgraphError(
            "--stage needs a store: every row of an edge table counts as having moved",
            hint="Leave it out.",
        )
    if options.get("no_lineage"):
        raise KvgraphError(
            "--no-lineage needs a store: an edge table knows of no adaptations",
            hint="Leave it out.",
        )
    if options.get("min_certainty"):
        raise KvgraphError("--min-certainty needs a store", hint="Leave it out.")


def refuse_store(option: str) -> None:
    """Refuse a store besides what needs none.

    :raises KvgraphError: if one is given on the command line.
    """
    if _said("store_path"):
        raise KvgraphError(
            f"--store does not go with {option}, which needs no store",
            hint="Leave one of them out.",
        )


def columns_of(options: Mapping[str, Any]) -> dict[str, str]:
    """Read --columns: the header that stands for each column named.

    :raises KvgraphError: if it is not of the form ``column=header,...``.
    """
    columns = {}
    for part in filter(None, (options["columns"] or "").split(",")):
        name, equals, header = part.partition("=")
        if not equals:
            raise KvgraphError(
                f'"{part}" is not of the form column=header',
                hint="Write --columns giver=ego_id,receiver=alter_id.",
            )
        columns[name.strip()] = header.strip()
    return columns


T = TypeVar("T", int, float)


def period(options: Mapping[str, Any], read: Callable[..., T | None]) -> dict[str, T]:
    """Give the bounds of a period by ``from`` and ``until``, those that are given.

    ``read`` makes a time of a text, its last moment where ``last`` is true.

    :raises KvgraphError: if one is open, or the period is empty.
    """
    bounds: dict[str, T] = {}
    for name, text in (("from", options["from_"]), ("until", options["until"])):
        if not text:
            continue
        bound = read(text, last=name == "until")
        if bound is None:
            raise KvgraphError(
                f"--{name} {text} is open, and narrows nothing",
                hint="Write a day, a month or a year, or leave it out.",
            )
        bounds[name] = bound
    if len(bounds) == 2 and bounds["from"] > bounds["until"]:
        raise KvgraphError(
            f"there is no time from {options['from_']} until {options['until']}",
            hint="Give the earlier one first.",
        )
    return bounds


def _said(name: str) -> bool:
    """Tell whether an option was given on the command line, not left to its default."""
    context = click.get_current_context(silent=True)
    source = context.get_parameter_source(name) if context is not None else None
    return source is ParameterSource.COMMANDLINE


def within(t: Transfers, options: Mapping[str, Any]) -> tuple[Transfers, dict[str, Cell]]:
    """Give the rows that can have been going on in a period; the undated are left out."""
    from kvgraph.flows import only

    bounds = period(options, lambda text, *, last: time_of(text, t, last=last))
    if not bounds:
        return t, {}
    keep = ~t.blank
    if "from" in bounds:
        keep &= t.end >= bounds["from"]
    if "until" in bounds:
        keep &= t.begin <= bounds["until"]
    kept = {identifier for identifier, k in zip(t.ids, keep.tolist(), strict=True) if k}
    undated = {identifier for identifier, b in zip(t.ids, t.blank.tolist(), strict=True) if b}
    given = {name: options["from_" if name == "from" else name] for name in bounds}
    return only(t, kept), {"selection": given, "undated_left_out": len(undated)}
