"""From the options of a command to what measures are taken of: a dataset, or plain csv."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from kvgraph.cli._common import say
from kvgraph.cli._flows import (
    columns_of,
    edges_of,
    period,
    refuse_beyond_tables,
    refuse_selection,
    refuse_store,
    table_options,
    within,
)
from kvgraph.errors import KvgraphError
from kvgraph.inquiry import day_of
from kvgraph.selection import SELECTION

if TYPE_CHECKING:
    from kvgraph.material import Material

F = TypeVar("F", bound=Callable[..., Any])

FILES: Final = ("edges", "nodes", "cascades")
"""The options that name plain csv."""

_HELP: Final = {
    "edges": "Work on a csv of ties (or transfers straight from an RDF file), without a store: "
    "giver and receiver, and perhaps practice, "
    "start, end, weight, id.",
    "nodes": "A csv of actors: id, and perhaps toa (time of adoption), group, level and any other "
    "column.",
    "cascades": "A csv of adoptions: actor, time, and perhaps practice, end, id.",
}


def material_options(function: F) -> F:
    """Add the options for plain csv of ties, actors and adoptions."""
    function = table_options(*FILES, also="group, level, actor, toa, time")(function)
    for name in reversed(FILES):
        kind = click.Path(path_type=Path, dir_okay=False)
        function = click.option(f"--{name}", type=kind, help=_HELP[name])(function)
    return function


def material_of(options: Mapping[str, Any]) -> Material:
    """Gather plain csv, the ties of a period if one is given; ties may stand in an RDF file.

    :raises KvgraphError: for options that do not go together, and whatever is unreadable.
    """
    from kvgraph.flows import moments
    from kvgraph.material import from_flows, from_tables
    from kvgraph.readers import read_measured
    from kvgraph.store import FORMATS

    refuse_selection(options, (p.name for p in SELECTION if p.name not in ("from", "until")))
    refuse_store(" and ".join(f"--{name}" for name in FILES if options[name] is not None))
    rdf = [n for n in FILES if options[n] is not None and options[n].suffix.lower() in FORMATS]
    if rdf == ["edges"] and not any(options[name] for name in FILES[1:]):
        transfers, told = within(edges_of(options), options)
        return from_flows(moments(transfers), told)
    if rdf:
        path: Path = options[rdf[0]]
        raise KvgraphError(
            f"--{rdf[0]} takes a csv here, and {path.name} is RDF", hint=f"Say --store {path}."
        )
    refuse_beyond_tables(options)
    read = read_measured(
        edges=options["edges"],
        nodes=options["nodes"],
        cascades=options["cascades"],
        columns=columns_of(options),
        undirected=options["undirected"],
        time=options["time"],
    )
    for sentence in read.said:
        say(f"note: {sentence}")

    def time(text: str, *, last: bool) -> float | None:
        return _number(text) if read.numeric else day_of(text, last=last)

    bounds = period(options, time)
    material = from_tables(read, first=bounds.get("from"), last=bounds.get("until"))
    given = {name: options["from_" if name == "from" else name] for name in bounds}
    return replace(material, head={**material.head, "selection": given}) if given else material


def _number(text: str) -> float:
    """Read a time where the table's times are numbers."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise KvgraphError(
            f'"{text}" is not a number, as the times of this table are', hint="Write it as 12."
        )
    return number
