"""A workbook to be filled in: a sheet a table, lists to choose from, help at each column."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kvgraph import tables, vocabulary
from kvgraph.export._about import creator
from kvgraph.export._workbook import FONT, ROWS, TEXT, save, text_cell
from kvgraph.tables import CODES, READ_ME, Column, TableDefinition
from kvgraph.templates._example import Example
from kvgraph.templates._guide import Section, column_help, guide
from kvgraph.words import word

_WIDTHS: Final = {
    "id": 22, "text": 26, "ref": 22, "code": 20, "tag": 22, "date": 16, "day": 16, "number": 14,
    "integer": 12, "url": 34,
}  # fmt: skip
_WIDE: Final = ("title", "description", "note", "fidelity", "via_note")
_REQUIRED: Final = "FFFFE08A"
"""Yellow, on which black letters have a contrast of 16:1."""

_LINE: Final = 96
"""The characters of a line of the guide."""

_PROMPT: Final = 255
_PROMPT_TITLE: Final = 32


def blank_workbook(name: str, lang: str, chosen: Sequence[str]) -> bytes:
    """Give an empty workbook with a guide and a sheet for each of these tables."""
    return _workbook(name, f"{name}-example.xlsx", lang, dict.fromkeys(chosen, ()))


def example_workbook(name: str, example: Example, lang: str) -> bytes:
    """Give the workbook of the example, with the same sheets filled in.

    ``name`` is that of the empty workbook.
    """
    rows = {table: example.rows.get(table, ()) for table in tables.definitions()}
    return _workbook(f"{name}-example", "", lang, rows)


def _workbook(
    name: str, example: str, lang: str, rows: Mapping[str, Sequence[Mapping[str, str]]]
) -> bytes:
    """Write a workbook with the sheets read me, those of the tables, and codes."""
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.creator = creator()
    sections = guide(list(rows), f"{name}.xlsx", example, lang)
    _guide(book.active, word("template.title", lang, name=name), sections, lang)
    lists = _Lists(rows)
    for table, records in rows.items():
        _sheet(book.create_sheet(table), tables.definitions()[table], records, lists, lang)
    lists.write(book.create_sheet(CODES), lang)
    done = io.BytesIO()
    save(book, done)
    return done.getvalue()


class _Lists:
    """What the drop-down lists offer: the codes of a hidden sheet, and the ids of the tables."""

    def __init__(self, chosen: Mapping[str, object]) -> None:
        self._chosen = chosen
        used = (c.scheme for name in chosen for c in tables.definitions()[name].columns)
        self._schemes = sorted({scheme for scheme in used if scheme})

    def source(self, column: Column) -> str | None:
        """Give the cells from which a column can be filled in, if there are such."""
        if column.scheme:
            letter = _letter(2 * self._schemes.index(column.scheme) + 1)
            last = len(vocabulary.codes(column.scheme)) + 1
            return f"{CODES}!${letter}$2:${letter}${last}"
        if len(column.to) == 1 and column.to[0] in self._chosen:
            # Only the filled rows: with empty ones in it, a list takes whatever is typed.
            cells = f"{column.to[0]}!$A$2:$A${ROWS}"
            return f"OFFSET({column.to[0]}!$A$2,0,0,MAX(1,COUNTA({cells})),1)"
        return None

    def write(self, sheet: Any, lang: str) -> None:
        """Write the codes of each scheme, and beside them what they are called."""
        columns: list[list[str]] = []
        for scheme in self._schemes:
            codes = vocabulary.codes(scheme).values()
            columns.append([scheme, *(code.notation for code in codes)])
            columns.append([lang, *(code.labels[lang] for code in codes)])
        for number in range(max(map(len, columns), default=0)):
            cells = [column[number] if number < len(column) else "" for column in columns]
            sheet.append([text_cell(sheet, cell) if cell else None for cell in cells])
        sheet.sheet_state = "hidden"


def _sheet(
    sheet: Any,
    definition: TableDefinition,
    records: Sequence[Mapping[str, str]],
    lists: _Lists,
    lang: str,
) -> None:
    """Write the sheet of one table."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    heads = []
    for number, column in enumerate(definition.columns, 1):
        told = column_help(column, definition, lang)
        head = text_cell(sheet, tables.header_in(column.name, lang))
        needed = column.required or column.name in definition.one_of
        head.font = Font(name=FONT, bold=True, underline="single" if needed else None)
        if needed:
            head.fill = PatternFill("solid", fgColor=_REQUIRED)
        text = "\n".join(told)
        head.comment = Comment(text, "kvgraph", width=320, height=40 + 18 * (len(text) // 44 + 2))
        head.number_format = TEXT
        heads.append(head)
        dimension = sheet.column_dimensions[_letter(number)]
        dimension.width = 50 if column.name in _WIDE else _WIDTHS[column.type]
        dimension.number_format = TEXT
        _validate(sheet, number, column, told, lists, lang)
    sheet.append(heads)
    _one_page_wide(sheet)
    sheet.freeze_panes = "B2" if definition.columns[0].name == "id" else "A2"
    for record in records:
        cells = [record.get(column.name, "") for column in definition.columns]
        sheet.append([_cell(sheet, cell) if cell else None for cell in cells])


def _one_page_wide(sheet: Any) -> None:
    """Let a sheet be printed without its columns falling apart."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _cell(sheet: Any, text: str) -> Any:
    """Make a cell that stays a text when it is changed by hand."""
    cell = text_cell(sheet, text)
    cell.number_format = TEXT
    return cell


def _validate(
    sheet: Any, number: int, column: Column, told: Sequence[str], lists: _Lists, lang: str
) -> None:
    """Give the cells of a column their help and, where there is one, their list."""
    from openpyxl.worksheet.datavalidation import DataValidation

    header = tables.header_in(column.name, lang)
    source = lists.source(column)
    rule = DataValidation(type="list" if source else None, formula1=source, allow_blank=True)
    rule.promptTitle = header[:_PROMPT_TITLE]
    rule.prompt = _shortened(told)
    rule.showInputMessage = True
    rule.showErrorMessage = False
    # Several values in a cell are in no list, and a new tag is welcome.
    if source and not column.many and column.type != "tag":
        rule.showErrorMessage = True
        rule.errorTitle = header[:_PROMPT_TITLE]
        if column.type == "code":
            rule.errorStyle, rule.error = "stop", word("template.column.not_a_code", lang)
        else:
            rule.errorStyle = "warning"
            rule.error = word("template.column.not_an_id", lang, table=column.to[0])
    letter = _letter(number)
    rule.add(f"{letter}2:{letter}{ROWS}")
    sheet.add_data_validation(rule)


def _shortened(told: Sequence[str]) -> str:
    """Give as many sentences as a message takes; the note at the header has all of them."""
    text = ""
    for sentence in told:
        if len(text) + len(sentence) + 1 <= _PROMPT:
            text = f"{text} {sentence}".strip()
    return text or told[0][: _PROMPT - 1] + "…"


def _guide(sheet: Any, title: str, sections: Sequence[Section], lang: str) -> None:
    """Write the guide on the first sheet."""
    from openpyxl.styles import Alignment, Font

    sheet.title = READ_ME[lang]
    _one_page_wide(sheet)
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width = 32
    sheet.column_dimensions["B"].width = _LINE

    def line(name: str, text: str = "", font: Font | None = None) -> None:
        cells = [text_cell(sheet, name), text_cell(sheet, text)]
        for cell in cells:
            cell.alignment = Alignment(wrap_text=cell.value == text, vertical="top")
        if font is not None:
            cells[0].font = font
        sheet.append(cells)
        sheet.row_dimensions[sheet.max_row].height = 15 * (max(len(text) - 1, 0) // _LINE + 1)

    line(title, font=Font(name=FONT, bold=True, size=14))
    sheet.row_dimensions[1].height = 22
    for section in sections:
        line("")
        line(section.head, font=Font(name=FONT, bold=True))
        for paragraph in section.paragraphs:
            line("", paragraph)
        for name, text in section.items:
            line(name, text)
        for command in section.command.splitlines():
            line("", command)


def _letter(number: int) -> str:
    """Give the letters of a column."""
    from openpyxl.utils import get_column_letter

    letters: str = get_column_letter(number)
    return letters
