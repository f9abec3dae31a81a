"""Sheets to checked records through a reader, with every row accounted for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from kvgraph import tables
from kvgraph.dates import MARGINS, Margins
from kvgraph.errors import Fault, FaultyInputError, shorten
from kvgraph.model import Package, Reader, Reading, Record
from kvgraph.readers._rows import check_row, identify
from kvgraph.readers._sheet import Sheet
from kvgraph.readers._spool import Spool

MOST_FAULTS: Final = 50_000
"""So many faults are told one by one; the rest of them are counted."""

_LONGEST_VALUE: Final = 1000
"""So much of a value is kept in its fault: many huge cells must not fill the memory."""

_STEP: Final = 100_000
"""Progress is told every so many rows."""


_Seen = dict[str, dict[Any, tuple[str, int]]]
"""By table and identity, the file and the row in which a record stood first."""


class Faults(list[Fault]):
    """Faults in the order found. Beyond :data:`MOST_FAULTS` they are counted only.

    ``total`` is their number, which is what ``len`` gives too.
    """

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        super().__init__()
        self.total = 0
        self.extend(faults)

    def append(self, fault: Fault) -> None:
        """Add a fault."""
        self.total += 1
        if self.total <= MOST_FAULTS:
            if max(len(fault.value), len(fault.problem)) > _LONGEST_VALUE:
                value, problem = (
                    shorten(text, _LONGEST_VALUE) for text in (fault.value, fault.problem)
                )
                fault = replace(fault, value=value, problem=problem)
            super().append(fault)

    def extend(self, faults: Iterable[Fault]) -> None:
        """Add faults."""
        for fault in faults:
            self.append(fault)

    def __iadd__(self, faults: Iterable[Fault]) -> Faults:  # type: ignore[override,misc]
        self.extend(faults)
        return self

    def __len__(self) -> int:
        return self.total


@dataclass(slots=True)
class Tally:
    """What became of the rows of one table of the input: they add up to ``rows``."""

    rows: int = 0
    read: int = 0
    merged: int = 0
    refused: int = 0


@dataclass(slots=True)
class Intake:
    """What was read of one input: its good records, its faults, and the account of its rows.

    ``refused`` holds table and id of each record of ours that was refused, ``refused_rows`` by
    file the rows of the input. ``tallies`` and ``sheet_of`` go by the table of the input, and so
    does ``left_out``: the columns that have no place in our tables, ``*`` for a whole table.
    """

    records: Spool = field(default_factory=Spool)
    faults: Faults = field(default_factory=Faults)
    refused: set[tuple[str, str | None]] = field(default_factory=set)
    refused_rows: dict[str, set[int]] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    sheet_of: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, file: str, row: int, *, merged: bool = False) -> None:
        """Count a row that had counted as read, or merged, as refused."""
        rows = self.refused_rows.setdefault(file, set())
        tally = self.tallies.get(self.sheet_of.get(file, ""))
        if row in rows or tally is None or not row:
            return
        rows.add(row)
        tally.refused += 1
        if merged:
            tally.merged -= 1
        else:
            tally.read -= 1


def take_in(
    reader: Reader,
    sheets: Sequence[Sheet],
    *,
    margins: Margins = MARGINS,
    step: Callable[[str], None] = lambda _: None,
) -> Intake:
    """Go through the rows of sheets and check what the reader makes of them.

    A file that cannot be read to its end ends the reading: what was read of it is kept in
    the account, and its fault is told with the others.
    """
    intake = Intake()
    good: _Seen = {}
    bad: _Seen = {}
    total = 0
    readings = reader.read(sheets)
    while True:
        try:
            reading = next(readings)
        except StopIteration:
            break
        except FaultyInputError as error:
            intake.faults += error.faults
            intake.refused |= {(table, None) for table in tables.definitions()}
            break
        intake.sheet_of[reading.file] = reading.sheet
        if reading.left_out:
            known = intake.left_out.setdefault(reading.sheet, [])
            known += [column for column in reading.left_out if column not in known]
            if reading.left_out == ("*",):
                continue
        tally = intake.tallies.setdefault(reading.sheet, Tally())
        before = len(intake.faults)
        intake.faults += reading.faults
        intake.refused |= set(reading.refused)
        if not reading.row:
            intake.refused |= {(table, None) for table, _ in reading.rows}
            continue
        total += 1
        if total % _STEP == 0:
            step(f"{total:,} rows read")
        records = _check(reading, reader, margins, intake, good, bad)
        tally.rows += 1
        if len(intake.faults) > before or reading.lacking:
            tally.refused += 1
            intake.refused_rows.setdefault(reading.file, set()).add(reading.row)
            continue
        for record in records:
            intake.records.append(record)
        if reading.merged or not records:
            tally.merged += 1
        else:
            tally.read += 1
    return intake


def without(
    package: Package, rows: Collection[tuple[str, int]]
) -> tuple[Package, set[tuple[str, str | None]]]:
    """Give a package without what came of some rows (file and row), and the ids that went."""
    stays = Spool()
    gone: set[tuple[str, str | None]] = set()
    for record in package.records:
        if (record.file, record.row) in rows:
            gone.add((record.table, record.values.get("id", "")))
        else:
            stays.append(record)
    return replace(package, records=stays), gone


def _check(
    reading: Reading,
    reader: Reader,
    margins: Margins,
    intake: Intake,
    good: _Seen,
    bad: _Seen,
) -> list[Record]:
    """Give the new records of a reading; if any is faulty, none of them stays."""
    found: list[tuple[Record, Any]] = []
    before = len(intake.faults)
    place = (reading.file, reading.row)
    for table, cells in reading.rows:
        raw = (
            {name: cell for name, cell in cells.items() if cell} if "" in cells.values() else cells
        )
        definition = tables.definitions()[table]
        record = check_row(
            raw, definition, place, intake.faults, lacking=reading.lacking, margins=margins
        )
        if record is None:
            continue
        identity = identify(record)
        first = good.setdefault(table, {}).get(identity) or bad.get(table, {}).get(identity)
        if first is None:
            found.append((record, identity))
        elif not reader.repeats:
            by_id = "id" in record.values
            where = f"row {first[1]}" if first[0] == reading.file else f"{first[0]}:{first[1]}"
            intake.faults.append(
                Fault(
                    *place,
                    "id" if by_id else ", ".join(definition.keys),
                    record.values.get("id", ""),
                    f"stands already in {where}",
                    "An id is given once." if by_id else "Remove one of the two rows.",
                )
            )
    if len(intake.faults) > before or reading.faults or reading.lacking:
        for table, raw in reading.rows:
            if (table, raw.get("id")) not in good.get(table, ()):
                intake.refused.add((table, raw.get("id", "")))
        for record, identity in found:
            bad.setdefault(record.table, {}).setdefault(identity, place)
        return []
    new = []
    for record, identity in found:
        # The same thing may stand twice in one row: as lead and as partner.
        if identity not in good[record.table]:
            good[record.table][identity] = place
            new.append(record)
    return new
