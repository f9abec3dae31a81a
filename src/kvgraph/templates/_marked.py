"""A workbook with the rows as they were read, every bad cell marked with what is wrong with it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Final

from kvgraph import tables
from kvgraph.errors import Fault, KvgraphError, shorten, visible
from kvgraph.export._about import creator
from kvgraph.export._workbook import FONT, LONGEST, ROWS, TEXT, save, text_cell
from kvgraph.tables import FAULTS

Rows = Iterable[tuple[int, Sequence[str]]]

_HEAD: Final = ("file", "row", "column", "value", "problem", "hint")
_HEAD_WIDTHS: Final = (34, 8, 18, 30, 50, 60)
_LINKS: Final = 65_000
"""The links that a sheet can have, with some to spare."""

_BAD: Final = "FFFFC7CE"
_BAD_EDGE: Final = "FFC00000"
_BAD_ROW: Final = "FFFFEBEE"
_TITLE: Final = 31
_TITLE_UNFIT: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NOTE: Final = 2000
_WHOLE: Final = 200_000
"""A table of more cells than this would take long to write, and is shown without its good rows."""

_NOTES: Final = 10_000
"""So many cells have a note; of the others the list of faults tells what is wrong."""

_SURROGATES: Final = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class _Place:
    """The sheet of one table, and the faults that it shows: by row and column of the sheet."""

    name: str
    bare: str
    title: str
    header: tuple[str, ...]
    columns: dict[str, int]
    rows: list[tuple[int, Sequence[str]]]
    line_of: dict[int, int]
    cells: dict[tuple[int, int], list[Fault]] = field(default_factory=dict)
    whole: dict[int, list[Fault]] = field(default_factory=dict)


def mark_faults(
    sheets: Sequence[tuple[str, Sequence[str], Rows]], faults: Sequence[Fault]
) -> bytes:
    """Give a workbook with a sheet of all faults and, for each table, the rows as they were read.

    A table is its name as the faults give it (``mine/transfers.csv``, ``mine.xlsx[transfers]``),
    its header, and its rows with the line on which each begins. A bad cell is filled and framed,
    and a note tells problem, hint and line; a fault of a whole row marks the row, one of the
    header the header. The rows follow each other without gaps, so a row may have another number
    than in the file. Every cell is a text: nothing in it is computed. Control characters are
    shown as signs. Mended, the workbook can be read in again, but for a large table: of that only
    the bad rows are shown with their lines, on a sheet whose title says so.

    :raises KvgraphError: if there are more faults than a sheet has rows.
    """
    import openpyxl

    if len(faults) >= ROWS:
        raise KvgraphError(
            f"{len(faults):,} faults are more than a sheet can hold ({ROWS - 1:,})",
            hint="Let the report be written as text or JSON.",
        )
    places = _places(sheets, faults)
    targets = [_enter(fault, places) for fault in faults]
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = creator()
    _list(book.create_sheet(FAULTS), faults, targets)
    notes = _NOTES
    for place in places:
        notes -= _write(book.create_sheet(place.title), place, notes)
    done = io.BytesIO()
    save(book, done)
    return done.getvalue()


def _cell(text: str) -> str:
    """Give a text as a cell can hold it: what cannot be seen as its number, and not too long."""
    return shorten(visible(text, keep="\n\t"), LONGEST)


def _places(
    sheets: Sequence[tuple[str, Sequence[str], Rows]], faults: Sequence[Fault]
) -> list[_Place]:
    """Give each table a sheet of its own."""
    lines_of: dict[str, set[int]] = {}
    for fault in faults:
        lines_of.setdefault(_title(fault.file), set()).add(fault.row)
    places: list[_Place] = []
    titles = {FAULTS}
    for name, header, rows in sheets:
        bare = title = _title(name)
        held = list(rows)
        if len(held) * len(header) > _WHOLE:
            bad = lines_of.get(bare, set())
            held = [(line, [str(line), *cells]) for line, cells in held if line in bad]
            # A column that no table has: so the part is not read in for the whole.
            header = ("line", *header)
            title = f"{bare[: _TITLE - 11]} (bad rows)"
        columns: dict[str, int] = {}
        for number, head in enumerate(header):
            columns.setdefault(head, number)
            columns.setdefault(tables.headers().get(tables.plain_header(head), head), number)
        title = _free(title, titles)
        titles.add(title.casefold())
        lines = {line: number for number, (line, _) in enumerate(held, 2)}
        places.append(_Place(name, bare, title, tuple(header), columns, held, lines))
    return places


def _title(name: str) -> str:
    """Give the title of a sheet by how messages call the table."""
    found = re.search(r"\[(.*)\]$", name)
    bare = found[1] if found else re.split(r"[/\\]", name)[-1].removesuffix(".csv")
    return _TITLE_UNFIT.sub("_", _SURROGATES.sub("_", bare)).strip("' ")[:_TITLE] or "table"


def _free(title: str, taken: set[str]) -> str:
    """Give a title that no other sheet has, whatever the case of its letters."""
    made, number = title, 1
    while made.casefold() in taken:
        number += 1
        made = f"{title[: _TITLE - 5]} ({number})"
    return made


def _enter(fault: Fault, places: Sequence[_Place]) -> tuple[_Place, int, int] | None:
    """Enter a fault where it stands; give the sheet and the cell to which a link leads."""
    place = next((p for p in places if p.name == fault.file), None)
    if place is None:
        same = [p for p in places if p.bare == _title(fault.file)]
        if len(same) != 1:
            return None
        place = same[0]
    if not fault.row:
        return place, 1, 0
    heads = [n for n, title in enumerate(place.header) if title == fault.value]
    if fault.column == "header" and heads:
        place.cells.setdefault((1, heads[-1]), []).append(fault)
        return place, 1, heads[-1]
    row = place.line_of.get(fault.row)
    if row is None:
        # A fault of the header as a whole, else of a line that could not be read.
        if fault.row == 1 or fault.row < min(place.line_of, default=0):
            place.whole.setdefault(1, []).append(fault)
        return place, 1, 0
    found = [place.columns[c] for c in fault.column.split(", ") if c in place.columns]
    if not found:
        place.whole.setdefault(row, []).append(fault)
        return place, row, 0
    for column in found:
        place.cells.setdefault((row, column), []).append(fault)
    return place, row, found[0]


def _list(
    sheet: Any, faults: Sequence[Fault], targets: Sequence[tuple[_Place, int, int] | None]
) -> None:
    """Write the sheet that lists all faults, each with a link to where it stands."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:F{len(faults) + 1}"
    for number, width in enumerate(_HEAD_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    heads = [text_cell(sheet, name) for name in _HEAD]
    for head in heads:
        head.font = Font(name=FONT, bold=True)
    sheet.append(heads)
    link = Font(name=FONT, color="FF0563C1", underline="single")
    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, (fault, target) in enumerate(zip(faults, targets, strict=True)):
        texts = (fault.file, fault.column, fault.value, fault.problem, fault.hint)
        cells = [text_cell(sheet, _cell(text)) for text in texts]
        cells.insert(1, fault.row or None)
        if target is not None and number < _LINKS:
            place, row, column = target
            title = place.title.replace("'", "''")
            where = f"'{title}'!{get_column_letter(column + 1)}{row}"
            cells[0].hyperlink = Hyperlink(ref="", location=where)
            cells[0].font = link
        for cell in cells[2:]:
            cell.alignment = wrapped
        sheet.append(cells)


def _write(sheet: Any, place: _Place, most: int) -> int:
    """Write the rows of a table, the bad ones marked; give how many notes that took."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill, Side
    from openpyxl.styles.borders import Border
    from openpyxl.utils import get_column_letter

    side, line = Side(style="medium", color=_BAD_EDGE), Side(style="thin", color=_BAD_EDGE)
    plain, bad, bad_row = (text_cell(sheet, "") for _ in range(3))
    for cell in (plain, bad, bad_row):
        cell.number_format = TEXT
    bad.fill = PatternFill("solid", fgColor=_BAD)
    bad.border = Border(left=side, right=side, top=side, bottom=side)
    bad_row.fill = PatternFill("solid", fgColor=_BAD_ROW)
    bad_row.border = Border(top=line, bottom=line)

    sheet.freeze_panes = "A2"
    widest = max((len(cells) for _, cells in place.rows), default=0)
    wide = max(len(place.header), widest, 1)
    for number in range(1, wide + 1):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width, dimension.number_format = 22, TEXT

    def text(value: str, like: Any = plain) -> Any:
        cell = text_cell(sheet, _cell(value))
        # A style that is copied costs a tenth of one that is put together for each cell.
        cell._style = like._style
        return cell

    written = 0
    touched = {row for row, _ in place.cells} | set(place.whole)

    def marked(number: int, cells: Sequence[str], from_line: int) -> list[Any]:
        nonlocal written
        if number not in touched:
            return [text(value) if value else None for value in cells]
        whole = place.whole.get(number, [])
        made: list[Any] = []
        for column in range(wide):
            value = cells[column] if column < len(cells) else ""
            found = place.cells.get((number, column), [])
            if not found and not whole:
                made.append(text(value) if value else None)
                continue
            made.append(text(value, bad if found else bad_row))
            notes = [*found, *whole] if column == 0 else found
            if notes and written < most:
                written += 1
                note = _note(notes, from_line)
                height = 30 + 17 * (len(note) // 40 + note.count("\n") + 1)
                made[-1].comment = Comment(note, "kvgraph", width=300, height=height)
        return made

    heads = marked(1, place.header, 1)
    for head in filter(None, heads):
        head._style = copy(head._style)
        head.font = Font(name=FONT, bold=True)
    sheet.append(heads)
    for number, (from_line, cells) in enumerate(place.rows, 2):
        sheet.append(marked(number, cells, from_line))
    return written


def _note(faults: Sequence[Fault], line: int) -> str:
    """Tell what is wrong with a cell, and what to try."""
    told = []
    for fault in faults:
        what = f'{fault.column} "{fault.value}" ' if fault.value and fault.column else ""
        told.append("\n".join(filter(None, (what + fault.problem, fault.hint))))
    text = _cell("\n\n".join([*told, f"(line {line})"]))
    return text if len(text) <= _NOTE else text[: _NOTE - 1] + "…"
