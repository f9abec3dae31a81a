"""A workbook (xlsx, xlsm or ods) to its sheets: rows of text cells, whatever the cells were."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from kvgraph.errors import Fault, FaultyInputError, KvgraphError
from kvgraph.readers._sheet import Sheet
from kvgraph.readers._survey import ANEW, Survey, letters, refuse, survey
from kvgraph.tables import NOT_TABLES

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an old xls begins, and also an xlsx behind a password."""


def open_workbook(path: Path, shown: str = "") -> list[Sheet]:
    """Open a workbook; the rows of its sheets are read as they are asked for.

    A sheet is called ``shown[title]``. Empty sheets, charts and those that :data:`NOT_TABLES`
    names are left out; hidden sheets, rows and columns are read like all others, so that
    nothing is dropped unseen. The header is the first row that is not blank, and rows keep
    the numbers that they have in the sheet. Of a formula the value is taken that was stored
    with it; macros and links to other files are never followed.

    :raises KvgraphError: if the file cannot be opened.
    :raises FaultyInputError: if it is no workbook, must not be opened, or has cells that hold
        an error, or a formula that was never calculated: all of them are listed.
    """
    shown = shown or str(path)
    try:
        with path.open("rb") as stream:
            _check_beginning(stream, shown)
            stream.seek(0)
            surveys = survey(stream, shown, lambda title: title.casefold() not in NOT_TABLES)
    except OSError as error:
        raise KvgraphError(
            f"{shown} cannot be read: {error.strerror or error}", hint="Check the name of the file."
        ) from error
    book = _Book(path, shown)
    sheets: list[Sheet] = []
    faults: list[Fault] = []
    for title in book.titles:
        if title not in surveys:
            continue
        name, found = surveys[title]
        rows = partial(_rows, book, title)
        first = next(rows(), None)
        faults += _faults(name, found, first[1] if first else [])
        if first is None:
            continue
        header = tuple(cell.strip() for cell in first[1])
        while header and not header[-1]:
            header = header[:-1]
        sheets.append(Sheet(name, title, header, partial(_after_first, rows)))
    if faults:
        raise FaultyInputError(f"{shown} has {len(faults)} cells without a value", faults)
    return sheets


def _check_beginning(stream: IO[bytes], shown: str) -> None:
    """Refuse what is something else by its first bytes."""
    start = stream.read(512)
    if start.startswith(_OLE):
        # Its directory names what is inside; where that stands is said at two fixed places.
        sector = 1 << min(int.from_bytes(start[30:32], "little"), 16)
        stream.seek((int.from_bytes(start[48:52], "little") + 1) * sector)
        if "EncryptedPackage".encode("utf-16-le") in stream.read(1 << 16):
            raise refuse(shown, "is protected with a password", "Save it without a password.")
        raise refuse(shown, "is a workbook of an old kind (xls)", "Save it as xlsx.")
    if not start.startswith(b"PK"):
        what = "is empty" if not start else "is not a workbook"
        raise refuse(shown, what, "Save it as xlsx, or give a csv the ending csv.")


def _faults(name: str, found: Survey, header: list[str]) -> Iterator[Fault]:
    """Tell of the bad cells of a sheet by the headers over them."""
    for cell in found.bad:
        over = header[cell.column - 1].strip() if cell.column <= len(header) else ""
        yield Fault(
            name, cell.row, over or letters(cell.column), cell.value,
            f"{cell.problem} (cell {cell.address})", cell.hint,
        )  # fmt: skip


class _Book:
    """An open workbook that keeps the sheet read last, and no more of them in memory."""

    def __init__(self, path: Path, shown: str) -> None:
        self.shown = shown
        self._last: tuple[str, CalamineSheet] | None = None
        with _reading(shown):
            from python_calamine import SheetTypeEnum, load_workbook

            self._book: CalamineWorkbook = load_workbook(path)
            self.titles = [
                sheet.name
                for sheet in self._book.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet
            ]

    def sheet(self, title: str) -> CalamineSheet:
        """Read a sheet, unless it is the one that was read last."""
        if self._last is None or self._last[0] != title:
            self._last = None
            with _reading(self.shown):
                self._last = title, self._book.get_sheet_by_name(title)
        return self._last[1]


@contextmanager
def _reading(shown: str) -> Iterator[None]:
    """Tell of a workbook that the library cannot read."""
    from python_calamine import CalamineError

    try:
        yield
    except (CalamineError, zipfile.BadZipFile, ValueError) as error:
        raise refuse(shown, f"cannot be read: {error}", ANEW) from error
    except BaseException as error:
        # What the library did not foresee comes as an error of its own language.
        if type(error).__name__ != "PanicException":
            raise
        raise refuse(shown, "cannot be read", ANEW) from error


def _after_first(rows: partial[Iterator[tuple[int, list[str]]]]) -> Iterator[tuple[int, list[str]]]:
    """Give the rows below the header."""
    return islice(rows(), 1, None)


def _rows(book: _Book, title: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not blank with its number in the sheet."""
    sheet = book.sheet(title)
    if sheet.start is None:
        return
    before = [""] * sheet.start[1]
    for number, cells in enumerate(sheet.iter_rows(), 1):
        row = [*before, *map(_text, cells)]
        if any(cell and not cell.isspace() for cell in row):
            yield number, row


def _text(cell: Any) -> str:
    """Give a cell as a person would have typed it.

    >>> [_text(cell) for cell in (99099.0, 41.39, 1e-7, True, date(2019, 7, 1), "")]
    ['99099', '41.39', '0.0000001', 'yes', '2019-07-01', '']
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        # A spreadsheet shows 15 digits; what follows comes from adding in binary.
        text = format(Decimal(f"{cell:.15g}"), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(cell, datetime):
        day, _, time = cell.isoformat(" ").partition(" ")
        return day if time == "00:00:00" else f"{day} {time}"
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
