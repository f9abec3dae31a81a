"""A plain csv of dated edges to an edge table, so that a user of R or Gephi can start at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal, NamedTuple

from kvgraph.dates import read_date, show_day
from kvgraph.errors import DateError, Fault, FaultyInputError, KvgraphError, counted
from kvgraph.readers._csv import CsvFile, read_csv

HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "giver": ("giver", "source", "from", "ego", "sender", "a"),
    "receiver": ("receiver", "target", "to", "alter", "b"),
    "practice": ("practice",),
    "start": ("start", "lo", "time", "date_lo"),
    "end": ("end", "hi", "date_hi"),
    "weight": ("weight",),
    "id": ("id",),
}
"""The headers by which each column of an edge table goes."""

_PLAIN: Final = re.compile(r"(?=.{1,28}$)[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
"""A plain number, of so few digits that a :class:`~decimal.Decimal` is exact."""

_MOST: Final = 1 << 61
"""Times beyond this could not be told from open ends."""


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
    lo: tuple[int | None, ...]
    hi: tuple[int | None, ...]
    ids: tuple[str, ...]
    numeric: bool
    scale: int
    said: tuple[str, ...]
    blank: tuple[bool, ...] = ()


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
    file = read_csv(path)
    places, said = _places(file, columns or {})
    numeric = _is_numeric(file, places) if time is None else time == "number"
    scale = _scale(file, places) if numeric else 1
    faults: list[Fault] = []
    rows: list[_Row] = []
    seen: dict[str, int] = {}
    for line, cells in file.rows:
        if any(c.strip() for c in cells[len(file.header) :]):
            problem = f"has {len(cells)} cells, the header has {len(file.header)}"
            hint = "A cell that holds the delimiter needs quotes."
            faults.append(Fault(file.name, line, "", "", problem, hint))
            continue
        cell = {
            name: cells[place].strip() if place < len(cells) else ""
            for name, place in places.items()
        }
        before = len(faults)
        _check_ends(file, line, cell, faults)
        if numeric:
            cell |= {name: _plain(file, cell[name]) for name in ("start", "end") if name in cell}
        lo, hi = _moment(file, line, cell, numeric, scale, faults)
        # A row without an id goes by its line, in words where others have ids of their own.
        identifier = cell.get("id") or (f"row {line}" if "id" in places else str(line))
        if identifier in seen:
            hint = "Leave the column out to number the rows by their line."
            problem = f"stands already in row {seen[identifier]}"
            faults.append(Fault(file.name, line, "id", identifier, problem, hint))
        seen.setdefault(identifier, line)
        if len(faults) == before:
            blank = not cell.get("start") and not cell.get("end")
            practice = cell.get("practice", "")
            rows.append(_Row(cell["giver"], cell["receiver"], practice, lo, hi, identifier, blank))
    if faults:
        raise FaultyInputError(f"{file.name} has {counted(len(faults), 'fault')}", faults)
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
        numeric=numeric,
        scale=scale,
        said=tuple(said),
        blank=tuple(row.blank for row in rows),
    )


class _Row(NamedTuple):
    """One row, read."""

    giver: str
    receiver: str
    practice: str
    lo: int | None
    hi: int | None
    id: str
    blank: bool


def _places(file: CsvFile, named: Mapping[str, str]) -> tuple[dict[str, int], list[str]]:
    """Tell in which place each column stands, and what had to be guessed."""
    headers = [h.lower() for h in file.header]
    places: dict[str, int] = {}
    for name, header in named.items():
        if name not in HEADERS:
            raise KvgraphError(
                f'"{name}" is not a column of an edge table',
                hint="The columns are: " + ", ".join(HEADERS) + ".",
            )
        if header.lower() not in headers:
            raise KvgraphError(
                f'{file.name} has no column "{header}"',
                hint="Its columns are: " + ", ".join(file.header) + ".",
            )
        places[name] = headers.index(header.lower())
    for name, known in HEADERS.items():
        if name not in places:
            found = [headers.index(h) for h in known if h in headers]
            free = [place for place in found if place not in places.values()]
            if free:
                places[name] = free[0]
    said = []
    if "giver" not in places or "receiver" not in places:
        if len(headers) < 2 or places.keys() & {"giver", "receiver"}:
            missing = "receiver" if "giver" in places else "giver"
            raise KvgraphError(
                f"{file.name} has no column for the {missing}",
                hint=f"Name it: --columns {missing}=HEADER, one of: {', '.join(file.header)}.",
            )
        places |= {"giver": 0, "receiver": 1}
        said.append(
            f'giver is the column "{file.header[0]}", receiver the column "{file.header[1]}"'
        )
        for name in ("practice", "start", "end", "weight", "id"):
            if places.get(name) in (0, 1):
                del places[name]
    return places, said


def _times(file: CsvFile, places: Mapping[str, int]) -> Sequence[str]:
    """Give the filled cells of the time columns."""
    found = [places[name] for name in ("start", "end") if name in places]
    return [c for _, row in file.rows for p in found if p < len(row) and (c := row[p].strip())]


def _is_numeric(file: CsvFile, places: Mapping[str, int]) -> bool:
    """Tell whether the times are plain numbers, but perhaps for a few faulty ones."""
    cells = _times(file, places)
    others = [c for c in cells if _number(_plain(file, c)) is None]
    if len(others) * 2 >= len(cells):
        return False
    # Years among months are numbers too: what reads more of the cells is what was meant.
    undated = 0
    for cell in cells:
        if undated >= len(others):
            return True
        undated += not _is_date(cell)
    return undated >= len(others)


def _is_date(text: str) -> bool:
    """Tell whether a text can be read as EDTF."""
    try:
        read_date(text)
    except DateError:
        return False
    return True


def _plain(file: CsvFile, text: str) -> str:
    """Give a number with a point for its decimal comma, where a comma parts no cells."""
    pointed = text.replace(",", ".")
    return pointed if file.delimiter == ";" and _number(pointed) is not None else text


def _number(text: str) -> Decimal | None:
    """Give a plain number, integer or decimal."""
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def _scale(file: CsvFile, places: Mapping[str, int]) -> int:
    """Give the least power of ten that makes all times of the table whole."""
    digits = 0
    for cell in set(_times(file, places)):
        number = _number(_plain(file, cell))
        if number is not None:
            exponent = number.normalize().as_tuple().exponent
            digits = max(digits, -int(exponent))
    return int(10**digits)


def _check_ends(file: CsvFile, line: int, cell: Mapping[str, str], faults: list[Fault]) -> None:
    """Find a missing giver or receiver, and a row whose giver is its receiver."""
    for name in ("giver", "receiver"):
        if not cell[name]:
            hint = "Every row needs a giver and a receiver."
            faults.append(Fault(file.name, line, name, "", "is empty", hint))
    if cell["giver"] and cell["giver"] == cell["receiver"]:
        hint = "A practice does not move within one actor: remove the row."
        problem = "is the giver too"
        faults.append(Fault(file.name, line, "receiver", cell["receiver"], problem, hint))


def _moment(
    file: CsvFile,
    line: int,
    cell: Mapping[str, str],
    numeric: bool,
    scale: int,
    faults: list[Fault],
) -> tuple[int | None, int | None]:
    """Give the interval of a row."""
    start, end = cell.get("start", ""), cell.get("end", "")
    bounds: list[tuple[int | None, int | None]] = []
    for name, text in (("start", start), ("end", end)):
        try:
            bounds.append(_bounds(text, numeric, scale))
        except DateError as error:
            problem = error.message.partition('" ')[2]
            faults.append(Fault(file.name, line, name, text, problem, error.hint))
            return None, None
    lo = bounds[0][0]
    hi = bounds[1][1] if "end" in cell else bounds[0][1]
    if lo is not None and hi is not None and lo > hi:
        shown = start if numeric else f"{start} (not before {show_day(lo)})"
        hint = "Give an end on or after the start, or leave it empty."
        problem = f"lies before start {shown}"
        faults.append(Fault(file.name, line, "end", end, problem, hint))
    return lo, hi


def _bounds(text: str, numeric: bool, scale: int) -> tuple[int | None, int | None]:
    """Give the earliest and latest time of one cell."""
    if not text:
        return None, None
    if not numeric:
        moment = read_date(text)
        return moment.earliest, moment.latest
    number = _number(text)
    if number is None:
        raise DateError(f'"{text}" is not a number', hint="Say --time date to read EDTF.")
    scaled = number * scale
    if abs(scaled) > _MOST:
        raise DateError(f'"{text}" is too large a time', hint="Count from a later beginning.")
    return int(scaled), int(scaled)
