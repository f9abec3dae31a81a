"""What reach, paths and other analyses share: from options to flows and a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from click.core import ParameterSource

from kvgraph.cli._common import (
    day_of,
    format_option,
    lang_option,
    options_of,
    output_option,
    say,
    store_option,
)
from kvgraph.cli._plots import plot_option
from kvgraph.cli._selection import selected
from kvgraph.cli._stores import open_dataset
from kvgraph.errors import KvgraphError
from kvgraph.selection import SELECTION

if TYPE_CHECKING:
    from kvgraph.analysis.reach import Question
    from kvgraph.flows import Flows, Transfers
    from kvgraph.model import Analysis, Cell, Table
    from kvgraph.store import Dataset

_MOST_DIGITS = 30
"""The order of magnitude beyond which no time of an edge table lies."""

NARROWING: Final = tuple(
    p for p in SELECTION if p.name in ("actor", "network", "programme", "theme", "country", "query")
)
"""The options of a selection that reach and paths take too.

The others mean something else there: --from is an actor, --practice and --stage say what counts.
"""

F = TypeVar("F", bound=Callable[..., Any])


def question_options(analysis: Analysis) -> Callable[[F], F]:
    """Add all the options of a command that puts a question to flows, in the order of its help."""
    decorators: tuple[Callable[[Any], Any], ...] = (
        options_of(analysis.parameters),
        options_of(NARROWING),
        edge_options,
        format_option("table", "csv", "tsv", "json", "jsonl"),
        plot_option(analysis.name),
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the flows to put it to, and the dataset behind them if there is one.

    ``narrowed`` tells what was selected, and how many transfers lie outside of it.
    """

    flows: Flows
    question: Question
    dataset: Dataset | None
    digest: str
    stage: str
    narrowed: Mapping[str, Cell] = field(default_factory=dict)

    def told(self, table: Table) -> Table:
        """Give an answer that tells of the selection too."""
        if not self.narrowed:
            return table
        empty = table.empty
        if empty:
            from kvgraph.words import word

            empty += " " + word("analyse.only_selected", self.question.lang)
        return replace(table, head={**table.head, **self.narrowed}, empty=empty)


def ask(options: Mapping[str, Any]) -> Asked:
    """Read the options of a command into flows and a question.

    :raises KvgraphError: for options that do not go together, and whatever is unreadable.
    """
    from kvgraph import flows as f
    from kvgraph.analysis._worlds import Window
    from kvgraph.analysis.reach import Question

    dataset: Dataset | None = None
    members: Mapping[str, str] | None = None
    level = options.get("level") or "actor"
    seed = options.get("seed") or 0
    if seed < 0:
        raise KvgraphError("--seed is a number from 0 on", hint="Say --seed 0.")
    narrowed: dict[str, Cell] = {}
    if options["edges"] is not None:
        refuse_selection(options, (p.name for p in NARROWING))
        transfers = edges_of(options)
        digest = ""
    else:
        refuse_edge_options(options)
        dataset = open_dataset(options["store_path"])
        transfers, narrowed = _narrowed(dataset, f.draw(dataset), options)
        digest = dataset.digest
        if level != "actor":
            from kvgraph.rollup import rollup

            members = rollup(dataset, level)
    window = (time_of(options.get("worlds_from"), transfers, last=False),
              time_of(options.get("worlds_to"), transfers, last=True))  # fmt: skip
    if options.get("worlds") is not None and options["worlds"] < 1:
        raise KvgraphError("--worlds needs at least one world", hint="Say --worlds 1000.")
    flows = f.moments(
        transfers,
        stage=options["stage"],
        horizon=_horizon(options, transfers, dataset),
        with_planned=options["with_planned"],
        with_abandoned=options["with_abandoned"],
        with_exposure=options["with_exposure"],
        min_certainty=options["min_certainty"],
    )
    question = Question(
        source=_thing(dataset, transfers, options["from_"], ("actor", "network")),
        target=_thing(dataset, transfers, options["to"], ("actor", "network")),
        practice=_thing(dataset, transfers, options["practice"], ("practice",)),
        strict=options["strict"],
        lineage=not options["no_lineage"],
        from_adoption=options["from_adoption"],
        worlds=options.get("worlds") or 0,
        seed=seed,
        window=Window(*window),
        times=bool(options.get("times")),
        level=level,
        members=members,
        lang=options["lang"],
    )
    return Asked(flows, question, dataset, digest, options["stage"], narrowed)


def _narrowed(
    dataset: Dataset, transfers: Transfers, options: Mapping[str, Any]
) -> tuple[Transfers, dict[str, Cell]]:
    """Give the selected transfers, and what to tell of the selection; all if there is none."""
    given = {p.name: options[p.name] for p in NARROWING}
    if not any(given.values()):
        return transfers, {}
    from kvgraph.flows import only

    chosen = selected(dataset, given, ("transfer", "exposure"))
    kept = only(transfers, {link.iri for link in chosen.links})
    counted = transfers.exposure <= bool(options["with_exposure"])
    outside = {i for i, c in zip(transfers.ids, counted.tolist(), strict=True) if c}
    return kept, {**chosen.head(), "outside_selection": len(outside.difference(kept.ids))}


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
    if options.get("level") not in (None, "actor"):
        raise KvgraphError(
            "--level needs a store: an edge table does not say what its actors are part of",
            hint="Leave --level out, or build a store from a package.",
        )
    if path.suffix.lower() in FORMATS:
        for name in ("columns", "undirected", "time"):
            if options.get(name):
                raise KvgraphError(
                    f"--{name} goes with a csv of edges, and {path.name} is RDF",
                    hint="Leave it out.",
                )
        return f.draw_file(path)
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
    table = read_edges(
        path, columns=columns_of(options), undirected=options["undirected"], time=options["time"]
    )
    for sentence in table.said:
        say(f"note: {sentence}")
    return f.from_edges(table)


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


def _thing(
    dataset: Dataset | None, transfers: Any, text: str | None, kinds: tuple[str, ...]
) -> str | None:
    """Find what an option names: in the dataset, or among the names of an edge table."""
    if text is None:
        return None
    if dataset is not None:
        from kvgraph.names import resolve

        return resolve(dataset, text, kinds)
    import difflib

    from kvgraph.errors import UnknownNameError
    from kvgraph.namespaces import shorten

    names = transfers.practices if kinds == ("practice",) else transfers.actors
    by_name: dict[str, str] = {shorten(name): name for name in names}
    by_name |= {name: name for name in names}
    if text in by_name:
        return by_name[text]
    close = difflib.get_close_matches(text, by_name, n=5)
    hint = "Close to it: " + ", ".join(close) + "." if close else f"It has {len(names)} of them."
    what = "practice" if kinds == ("practice",) else "giver or receiver"
    raise UnknownNameError(f'no {what} of the table is called "{text}"', close, hint=hint)


def time_of(text: str | None, transfers: Any, *, last: bool) -> int | None:
    """Read a time option: a date, or a number where the table's times are numbers."""
    if text is None or not transfers.numeric:
        return day_of(text, last=last)
    from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation

    from kvgraph.flows import HIGH

    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise KvgraphError(
            f'"{text}" is not a number, as the times of this table are', hint="Write it as 12."
        )
    # Beyond half of what is open a day could not be told from an open bound. Compared by
    # its size first: 1e999999 written out would take all memory.
    if number.adjusted() > _MOST_DIGITS or abs(number * transfers.scale) > HIGH // 2:
        raise KvgraphError(
            f'"{text}" is too large a time', hint="Write a number near those of the table."
        )
    # The last time known of lies not after what was said, the first not before it.
    rounding = ROUND_FLOOR if last else ROUND_CEILING
    return int((number * transfers.scale).to_integral_value(rounding))


def _horizon(options: Mapping[str, Any], transfers: Any, dataset: Dataset | None) -> int | None:
    """Give the last day that anything is known of."""
    if options["horizon"] is not None:
        return time_of(options["horizon"], transfers, last=True)
    if dataset is None:
        return None
    return day_of(dataset.about.horizon)


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
