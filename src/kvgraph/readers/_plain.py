"""What plain csv tables share: columns by many headers, and times that are numbers or dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kvgraph.dates import read_date, show_day
from kvgraph.errors import DateError, Fault, KvgraphError
from kvgraph.readers._csv import CsvFile

_PLAIN: Final = re.compile(r"(?=.{1,28}$)[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
"""A plain number, of so few digits that a :class:`~decimal.Decimal` is exact."""

_MOST: Final = 1 << 61
"""Times beyond this could not be told from open ends."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a kind of table is called, and the headers by which each of its columns goes.

    ``times`` are the columns of the start and the end of a row.
    """

    what: str
    headers: Mapping[str, tuple[str, ...]]
    times: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plain:
    """A file with the place of each column that was found in it."""

    file: CsvFile
    layout: Layout
    places: Mapping[str, int]

    def rows(self, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
        """Give each row that is no wider than the header, with its line."""
        width = len(self.file.header)
        for line, cells in self.file.rows:
            if any(c.strip() for c in cells[width:]):
                problem = f"has {len(cells)} cells, the header has {width}"
                hint = "A cell that holds the delimiter needs quotes."
                faults.append(Fault(self.file.name, line, "", "", problem, hint))
                continue
            yield line, cells

    def by_column(self, cells: Sequence[str]) -> dict[str, str]:
        """Give the cells of a row by our columns, those that the file has."""
        return {name: _cell(cells, place) for name, place in self.places.items()}

    def by_header(self, cells: Sequence[str]) -> dict[str, str]:
        """Give all cells of a row by the headers of the file."""
        return {header: _cell(cells, place) for place, header in enumerate(self.file.header)}

    def times(self) -> list[str]:
        """Give the filled cells of the time columns, with a point for a decimal comma."""
        places = [self.places[name] for name in self.layout.times if name in self.places]
        found = (_cell(row, p) for _, row in self.file.rows for p in places)
        return [plain(self.file, text) for text in found if text]


def _cell(cells: Sequence[str], place: int) -> str:
    """Give a cell; a row that is too short has blank ones."""
    return cells[place].strip() if place < len(cells) else ""


def lay_out(file: CsvFile, layout: Layout, named: Mapping[str, str]) -> dict[str, int]:
    """Tell in which place each column stands: as named outright, else by its headers.

    :raises KvgraphError: for a header that is not there.
    """
    headers = [h.lower() for h in file.header]
    places: dict[str, int] = {}
    for name, header in named.items():
        if header.lower() not in headers:
            raise KvgraphError(
                f'{file.name} has no column "{header}"',
                hint="Its columns are: " + ", ".join(file.header) + ".",
            )
        places[name] = headers.index(header.lower())
    for name, known in layout.headers.items():
        if name not in places:
            found = [headers.index(h) for h in known if h in headers]
            free = [place for place in found if place not in places.values()]
            if free:
                places[name] = free[0]
    return places


def refuse_unknown(named: Iterable[str], layouts: Sequence[Layout]) -> None:
    """Refuse to name a column that none of these tables has.

    :raises KvgraphError: for the first such.
    """
    known = dict.fromkeys(name for layout in layouts for name in layout.headers)
    for name in named:
        if name not in known:
            raise KvgraphError(
                f'"{name}" is not a column of {" or ".join(x.what for x in layouts)}',
                hint="The columns are: " + ", ".join(known) + ".",
            )


@dataclass(frozen=True, slots=True)
class Times:
    """How the times of tables that belong together are read.

    Numbers are multiplied by ``scale``, which makes all of them whole, or kept as they are
    where it is ``None``; dates become days.
    """

    numeric: bool
    scale: int | None = None

    def moment(
        self, plain_table: Plain, line: int, cell: Mapping[str, str], faults: list[Fault]
    ) -> tuple[float | None, float | None]:
        """Give the interval of a row: without an end column, that of its start alone."""
        file, (first, last) = plain_table.file, plain_table.layout.times
        bounds: list[tuple[float | None, float | None]] = []
        for name in (first, last):
            text = cell.get(name, "")
            try:
                bounds.append(self.bounds(plain(file, text) if self.numeric else text))
            except DateError as error:
                problem = error.message.partition('" ')[2]
                faults.append(Fault(file.name, line, name, text, problem, error.hint))
                return None, None
        lo = bounds[0][0]
        hi = bounds[1][1] if last in cell else bounds[0][1]
        if lo is not None and hi is not None and lo > hi:
            start = cell.get(first, "")
            shown = start if self.numeric else f"{start} (not before {show_day(int(lo))})"
            hint = "Give an end on or after the start, or leave it empty."
            problem = f"lies before {first} {shown}"
            faults.append(Fault(file.name, line, last, cell.get(last, ""), problem, hint))
        return lo, hi

    def bounds(self, text: str) -> tuple[float | None, float | None]:
        """Give the earliest and latest time of one cell; a blank one is open.

        :raises DateError: if it cannot be read.
        """
        if not text:
            return None, None
        if not self.numeric:
            moment = read_date(text)
            return moment.earliest, moment.latest
        number = _number(text)
        if number is None:
            raise DateError(f'"{text}" is not a number', hint="Say --time date to read EDTF.")
        scaled = number * (self.scale or 1)
        if abs(scaled) > _MOST:
            raise DateError(f'"{text}" is too large a time', hint="Count from a later beginning.")
        if self.scale is not None or scaled == scaled.to_integral_value():
            return int(scaled), int(scaled)
        return float(scaled), float(scaled)


def is_numeric(cells: Sequence[str]) -> bool:
    """Tell whether times are plain numbers, but perhaps for a few faulty ones."""
    others = [c for c in cells if _number(c) is None]
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


def plain(file: CsvFile, text: str) -> str:
    """Give a number with a point for its decimal comma, where a comma parts no cells."""
    pointed = text.replace(",", ".")
    return pointed if file.delimiter == ";" and _number(pointed) is not None else text


def _number(text: str) -> Decimal | None:
    """Give a plain number, integer or decimal."""
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def scale_of(cells: Iterable[str]) -> int:
    """Give the least power of ten that makes all these numbers whole."""
    digits = 0
    for cell in set(cells):
        number = _number(cell)
        if number is not None:
            exponent = number.normalize().as_tuple().exponent
            digits = max(digits, -int(exponent))
    return int(10**digits)


class Ids:
    """The ids of rows: their own, or the line on which they stand; none may come twice.

    ``prefix`` stands before a line, so that those of one table are told from those of another.
    """

    __slots__ = ("_prefix", "_seen", "_table")

    def __init__(self, table: Plain, prefix: str = "") -> None:
        self._table = table
        # A row without an id goes by its line, in words where others have ids of their own.
        self._prefix = prefix or ("row " if "id" in table.places else "")
        self._seen: dict[str, int] = {}

    def of(self, line: int, cell: Mapping[str, str], faults: list[Fault]) -> str:
        """Give the id of a row, and find one that stands already in another."""
        identifier = cell.get("id") or f"{self._prefix}{line}"
        if identifier in self._seen:
            hint = "Leave the column out to number the rows by their line."
            problem = f"stands already in row {self._seen[identifier]}"
            faults.append(Fault(self._table.file.name, line, "id", identifier, problem, hint))
        self._seen.setdefault(identifier, line)
        return identifier
