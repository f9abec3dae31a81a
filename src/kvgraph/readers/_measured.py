"""Plain csv of edges, actors and adoptions, as published data sets come, read as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from kvgraph.errors import Fault, FaultyInputError, KvgraphError, counted
from kvgraph.readers._csv import CsvFile, read_csv
from kvgraph.readers._edges import EDGES, EdgeTable, edges_in, lay_out_edges
from kvgraph.readers._plain import Ids, Layout, Plain, Times, is_numeric, lay_out, refuse_unknown

NODES: Final = Layout(
    "a node table",
    {
        "id": ("id", "node", "name", "actor"),
        "toa": ("toa", "adopted", "time_of_adoption"),
        "toa_end": ("toa_end",),
        "group": ("group",),
        "level": ("level",),
    },
    ("toa", "toa_end"),
)
"""The headers by which each column of a node table goes; all others are kept as they stand."""

CASCADES: Final = Layout(
    "a table of adoptions",
    {
        "actor": ("actor", "node_name", "node", "name"),
        "time": ("time", "event_time", "start", "lo", "date_lo"),
        "end": ("end", "hi", "date_hi"),
        "practice": ("practice", "cascade_id", "cascade"),
        "id": ("id",),
    },
    ("time", "end"),
)
"""The headers by which each column of a table of adoptions goes."""

_MISSING: Final = "NA"
"""What R writes for a missing value."""


@dataclass(frozen=True, slots=True)
class NodeTable:
    """Actors: the id of each, its time of adoption where there is one, and all its columns.

    ``columns`` holds every cell of a row by the header of the file, and by ``group`` and ``level``
    what stands for them.
    """

    ids: tuple[str, ...]
    lo: tuple[float | None, ...]
    hi: tuple[float | None, ...]
    columns: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class AdoptionTable:
    """Who took what into use, and between which times; ``None`` is open."""

    actor: tuple[str, ...]
    practice: tuple[str, ...]
    lo: tuple[float | None, ...]
    hi: tuple[float | None, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """Tables that belong together: their times are numbers in all of them, or days in all.

    ``said`` lists what was decided by itself and the user should know.
    """

    edges: EdgeTable | None
    nodes: NodeTable | None
    adoptions: AdoptionTable | None
    numeric: bool
    said: tuple[str, ...]


def read_measured(
    *,
    edges: Path | None = None,
    nodes: Path | None = None,
    cascades: Path | None = None,
    columns: Mapping[str, str] | None = None,
    undirected: bool = False,
    time: Literal["number", "date"] | None = None,
) -> Measured:
    """Read csv files of edges, of actors and of adoptions, whichever there are.

    ``columns`` names the header of a column outright (``{"time": "adopt_year"}``), in every one of
    the tables that has both such a column and such a header. Times are read as
    :func:`~kvgraph.readers.read_edges` does, in the same way in all tables. A cell ``NA`` of an
    actor's time of adoption is blank. Rows of edges whose giver is their receiver are read.

    :raises KvgraphError: if a file cannot be read or a named column is in none of them.
    :raises FaultyInputError: with every faulty row of all tables.
    """
    named = dict(columns or {})
    given = [
        (path, layout)
        for path, layout in ((edges, EDGES), (nodes, NODES), (cascades, CASCADES))
        if path is not None
    ]
    refuse_unknown(named, [layout for _, layout in given])
    files = [(read_csv(path), layout) for path, layout in given]
    said: list[str] = []
    laid: dict[str, Plain] = {}
    for file, layout in files:
        headers = {h.lower() for h in file.header}
        own = {n: h for n, h in named.items() if n in layout.headers and h.lower() in headers}
        if layout is EDGES:
            laid[layout.what], told = lay_out_edges(file, own)
            said += told
        else:
            laid[layout.what] = _laid_out(file, layout, own)
    _refuse_unused(named, files)
    cells = [c for table in laid.values() for c in table.times() if c != _MISSING]
    times = Times(is_numeric(cells) if time is None else time == "number")
    faults: list[Fault] = []
    ties, actors, adoptions = (laid.get(layout.what) for layout in (EDGES, NODES, CASCADES))
    many = len(laid) > 1
    measured = Measured(
        None
        if ties is None
        else edges_in(
            ties, times, faults, said, undirected=undirected, loops=True, prefix=many * "edge "
        ),
        None if actors is None else _nodes(actors, times, faults),
        None if adoptions is None else _adoptions(adoptions, times, faults, many * "adoption "),
        times.numeric,
        tuple(said),
    )
    if faults:
        names = ", ".join(dict.fromkeys(f.file for f in faults))
        raise FaultyInputError(f"{names}: {counted(len(faults), 'fault')}", faults)
    return measured


def _refuse_unused(named: Mapping[str, str], files: Sequence[tuple[CsvFile, Layout]]) -> None:
    """Refuse a named header that is in no table with such a column."""
    for name, header in named.items():
        where = [file for file, layout in files if name in layout.headers]
        if not any(header.lower() == h.lower() for file in where for h in file.header):
            there = [f"{file.name}: {', '.join(file.header)}" for file in where]
            raise KvgraphError(
                f'there is no column "{header}" for {name}',
                hint="The columns are " + "; ".join(there) + ".",
            )


def _laid_out(file: CsvFile, layout: Layout, named: Mapping[str, str]) -> Plain:
    """Tell in which place each column stands; that by which rows go has to be there."""
    table = Plain(file, layout, lay_out(file, layout, named))
    first = next(iter(layout.headers))
    if first not in table.places:
        raise KvgraphError(
            f"{file.name} has no column for the {first}",
            hint=f"Name it: --columns {first}=HEADER, one of: {', '.join(file.header)}.",
        )
    return table


def _nodes(table: Plain, times: Times, faults: list[Fault]) -> NodeTable:
    """Read the actors; each stands once."""
    ids: dict[str, int] = {}
    moments: list[tuple[float | None, float | None]] = []
    columns: list[dict[str, str]] = []
    for line, cells in table.rows(faults):
        cell = table.by_column(cells)
        actor = cell["id"]
        if not actor or actor in ids:
            problem = f"stands already in row {ids[actor]}" if actor else "is empty"
            hint = "Every actor has a row of its own, with its name."
            faults.append(Fault(table.file.name, line, "id", actor, problem, hint))
            continue
        ids[actor] = line
        if cell.get("toa") == _MISSING:
            cell["toa"] = ""
        moments.append(times.moment(table, line, cell, faults))
        canonical: dict[str, str] = {
            name: cell[name] for name in ("group", "level") if name in cell
        }
        columns.append({**table.by_header(cells), **canonical})
    lo, hi = tuple(m[0] for m in moments), tuple(m[1] for m in moments)
    return NodeTable(tuple(ids), lo, hi, tuple(columns))


def _adoptions(table: Plain, times: Times, faults: list[Fault], prefix: str) -> AdoptionTable:
    """Read the adoptions."""
    ids = Ids(table, prefix)
    rows = []
    for line, cells in table.rows(faults):
        cell, before = table.by_column(cells), len(faults)
        if not cell["actor"]:
            hint = "Every row needs an actor."
            faults.append(Fault(table.file.name, line, "actor", "", "is empty", hint))
        lo, hi = times.moment(table, line, cell, faults)
        identifier = ids.of(line, cell, faults)
        if len(faults) == before:
            rows.append((cell["actor"], cell.get("practice", ""), lo, hi, identifier))
    actor, practice, lo_, hi_, own = zip(*rows, strict=True) if rows else ((),) * 5
    return AdoptionTable(actor, practice, lo_, hi_, own)
