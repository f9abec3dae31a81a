"""A plain csv of dated edges to an edge table, so that a user of R or Gephi can start at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple

from kvgraph.errors import Fault, FaultyInputError, KvgraphError, counted
from kvgraph.readers._csv import CsvFile, read_csv
from kvgraph.readers._plain import (
    Ids,
    Layout,
    Plain,
    Times,
    is_numeric,
    lay_out,
    plain,
    refuse_unknown,
    scale_of,
)

EDGES: Final = Layout(
    "an edge table",
    {
        "giver": ("giver", "source", "from", "ego", "sender", "a", "parent"),
        "receiver": ("receiver", "target", "to", "alter", "b", "child"),
        "practice": ("practice", "cascade_id"),
        "start": ("start", "lo", "time", "date_lo"),
        "end": ("end", "hi", "date_hi"),
        "weight": ("weight",),
        "id": ("id",),
    },
    ("start", "end"),
)
"""The headers by which each column of an edge table goes."""


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """The edges of a table: who gave, who received, what, and between which times.

    ``lo`` and ``hi`` are day numbers, or the table's own numbers times ``scale``; ``None``
    is open, and ``blank`` tells which rows have neither a start nor an end cell. ``said``
    lists what the reader decided by itself and the user should know.
    """

    giver: tuple[str, ...]
    receiver: tuple[str, ...]
    practice: tuple[str, ...]
    lo: tuple[float | None, ...]
    hi: tuple[float | None, ...]
    ids: tuple[str, ...]
    numeric: bool
    scale: int
    said: tuple[str, ...]
    blank: tuple[bool, ...] = ()
    weight: tuple[float, ...] = ()


def read_edges(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    undirected: bool = False,
    time: Literal["number", "date"] | None = None,
) -> EdgeTable:
    """Read a csv of dated edges.

    ``columns`` names the header of a column outright (``{"giver": "ego_id"}``). Times are
    numbers if most filled cells of the time columns are plain numbers and EDTF would not read
    more of them, else EDTF; ``time`` decides. Where ``;`` parts the cells, a number may have
    a decimal comma. Without an end column a row's moment is its start cell alone; with one, a blank
    end is open. ``undirected`` doubles each row.

    :raises KvgraphError: if the file cannot be read or a named column is not in it.
    :raises FaultyInputError: with every faulty row.
    """
    refuse_unknown(columns or {}, (EDGES,))
    table, said = lay_out_edges(read_csv(path), columns or {})
    cells = table.times()
    numeric = is_numeric(cells) if time is None else time == "number"
    times = Times(numeric, scale_of(cells) if numeric else 1)
    faults: list[Fault] = []
    edges = edges_in(table, times, faults, said, undirected=undirected)
    if faults:
        raise FaultyInputError(f"{table.file.name} has {counted(len(faults), 'fault')}", faults)
    return edges


class _Row(NamedTuple):
    """One row, read."""

    giver: str
    receiver: str
    practice: str
    lo: float | None
    hi: float | None
    id: str
    blank: bool
    weight: float


def edges_in(
    table: Plain,
    times: Times,
    faults: list[Fault],
    said: list[str],
    *,
    undirected: bool = False,
    loops: bool = False,
    prefix: str = "",
) -> EdgeTable:
    """Give the edges of a file; every faulty row adds to the faults.

    A row whose giver is its receiver is a fault unless ``loops`` are let in. ``prefix`` stands
    before the line of a row without an id.
    """
    rows: list[_Row] = []
    ids = Ids(table, prefix)
    for line, cells in table.rows(faults):
        cell, before = table.by_column(cells), len(faults)
        _check_ends(table.file, line, cell, faults, loops=loops)
        lo, hi = times.moment(table, line, cell, faults)
        weight = _weight(table.file, line, cell, faults)
        identifier = ids.of(line, cell, faults)
        if len(faults) == before:
            blank = not cell.get("start") and not cell.get("end")
            practice = cell.get("practice", "")
            ends = cell["giver"], cell["receiver"]
            rows.append(_Row(*ends, practice, lo, hi, identifier, blank, weight))
    if undirected:
        said.append("each row is read in both directions")
        rows = [
            one
            for row in rows
            for one in (row, row._replace(giver=row.receiver, receiver=row.giver))
        ]
    return EdgeTable(
        giver=tuple(row.giver for row in rows),
        receiver=tuple(row.receiver for row in rows),
        practice=tuple(row.practice for row in rows),
        lo=tuple(row.lo for row in rows),
        hi=tuple(row.hi for row in rows),
        ids=tuple(row.id for row in rows),
        numeric=times.numeric,
        scale=times.scale or 1,
        said=tuple(said),
        blank=tuple(row.blank for row in rows),
        weight=tuple(row.weight for row in rows),
    )


def lay_out_edges(file: CsvFile, named: Mapping[str, str]) -> tuple[Plain, list[str]]:
    """Tell in which place each column stands, and what had to be guessed.

    :raises KvgraphError: where giver or receiver is known and the other is not.
    """
    places = lay_out(file, EDGES, named)
    if "giver" in places and "receiver" in places:
        return Plain(file, EDGES, places), []
    if len(file.header) < 2 or places.keys() & {"giver", "receiver"}:
        missing = "receiver" if "giver" in places else "giver"
        raise KvgraphError(
            f"{file.name} has no column for the {missing}",
            hint=f"Name it: --columns {missing}=HEADER, one of: {', '.join(file.header)}.",
        )
    others = {name: place for name, place in places.items() if place > 1}
    said = f'giver is the column "{file.header[0]}", receiver the column "{file.header[1]}"'
    return Plain(file, EDGES, {**others, "giver": 0, "receiver": 1}), [said]


def _check_ends(
    file: CsvFile, line: int, cell: Mapping[str, str], faults: list[Fault], *, loops: bool
) -> None:
    """Find a missing giver or receiver, and a row whose giver is its receiver."""
    for name in ("giver", "receiver"):
        if not cell[name]:
            hint = "Every row needs a giver and a receiver."
            faults.append(Fault(file.name, line, name, "", "is empty", hint))
    if not loops and cell["giver"] and cell["giver"] == cell["receiver"]:
        hint = "A practice does not move within one actor: remove the row."
        problem = "is the giver too"
        faults.append(Fault(file.name, line, "receiver", cell["receiver"], problem, hint))


def _weight(file: CsvFile, line: int, cell: Mapping[str, str], faults: list[Fault]) -> float:
    """Give the weight of a row, 1 where there is none."""
    text = cell.get("weight", "")
    if not text:
        return 1.0
    try:
        number = float(plain(file, text))
    except ValueError:
        number = float("nan")
    if not 0 <= number < float("inf"):
        hint = "Write a number of 0 or more, such as 0.8, or leave it empty."
        faults.append(Fault(file.name, line, "weight", text, "is no weight", hint))
        return 1.0
    return number
