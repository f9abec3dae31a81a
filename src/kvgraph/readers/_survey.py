"""What a spreadsheet file holds, looked at before a library is let at it.

Whatever could take the memory or the time of the machine is refused here: archives that swell
when unpacked, XML with a document type, sheets with a cell at the far end of the world. Cells
that hold no value of their own (errors, formulas that were never calculated) are found too,
since a library gives them as empty ones. The parts are read as a stream.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, Final
from xml.parsers import expat

from kvgraph.errors import Fault, FaultyInputError

LARGEST_PART: Final = 512 << 20
"""The bytes that one part of the file may have when unpacked."""

_LARGEST: Final = 1 << 30
_SUSPECT: Final = 64 << 20
_SWELLS: Final = 200
"""A part larger than ``_SUSPECT`` may be at most so many times what it is when packed."""

MOST_CELLS: Final = 20_000_000
"""From the first cell to the last filled one, counting the empty ones between them."""

_LONELY: Final = 1_000_000
"""Beyond so many cells, at least one in ``_SWELLS`` must be filled."""

_MOST_BAD: Final = 1000
ANEW: Final = "Open it in a spreadsheet program and save it anew."
_ADDRESS: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell without a value of its own: its row and column counted from 1, and why."""

    row: int
    column: int
    value: str
    problem: str
    hint: str

    @property
    def address(self) -> str:
        """Give its address, such as F12."""
        return f"{letters(self.column)}{self.row}"


@dataclass(slots=True)
class Survey:
    """How far a sheet reaches, how many cells are filled, and which are bad."""

    rows: int = 0
    columns: int = 0
    filled: int = 0
    bad: list[BadCell] = field(default_factory=list)

    def fill(self, row: int, column: int, *, rows: int = 1, columns: int = 1) -> None:
        """Count a filled cell, or a block of them that begins there."""
        self.rows = max(self.rows, row + rows - 1)
        self.columns = max(self.columns, column + columns - 1)
        self.filled += rows * columns

    def complain(self, row: int, column: int, error: str, formula: str = "") -> None:
        """Enter a cell that holds an error, or else a formula."""
        if len(self.bad) >= _MOST_BAD:
            return
        if error:
            problem, hint = "is an error and no value", "Mend its formula, or empty the cell."
        else:
            problem = "holds a formula that was never calculated"
            hint = "Open and save the file in a spreadsheet program, or write the value itself."
        self.bad.append(BadCell(row, column, error or formula, problem, hint))


def letters(column: int) -> str:
    """Give the letters of a column counted from 1.

    >>> letters(1), letters(28), letters(16_384)
    ('A', 'AB', 'XFD')
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def refuse(name: str, problem: str, hint: str, value: str = "") -> FaultyInputError:
    """Make the error of a file or a sheet that is not read."""
    return FaultyInputError(
        f"{name} cannot be read as a workbook", [Fault(name, 0, "", value, problem, hint)]
    )


def survey(
    stream: IO[bytes], shown: str, wanted: Callable[[str], bool]
) -> dict[str, tuple[str, Survey]]:
    """Give for each wanted sheet how messages call it, and what it holds.

    :raises FaultyInputError: if the file is not an xlsx or ods, or must not be opened.
    """
    with _unpacking(shown), zipfile.ZipFile(stream) as archive:
        _check_parts(archive, shown)
        parts = {name.casefold(): name for name in archive.namelist()}
        if "xl/workbook.xml" in parts:
            found = _survey_xlsx(archive, parts, shown, wanted)
        elif "content.xml" in parts and _is_ods(archive, parts):
            found = _survey_ods(archive, parts, shown, wanted)
        else:
            binary = "xl/workbook.bin" in parts
            what = "is a binary workbook (xlsb)" if binary else "is a zip file, but not a workbook"
            raise refuse(shown, what, "Save it as xlsx or as CSV UTF-8.")
    for name, sheet in found.values():
        _check_size(name, sheet)
    return found


@contextmanager
def _unpacking(shown: str) -> Iterator[None]:
    """Tell of a file that cannot be unpacked, or is not XML where it should be."""
    try:
        yield
    except expat.ExpatError as error:
        raise refuse(shown, f"is damaged: {error}", ANEW) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise refuse(shown, f"is damaged or cut off: {error}", ANEW) from error


def _check_parts(archive: zipfile.ZipFile, shown: str) -> None:
    """Refuse what is too large when unpacked, or packed in a way that nobody needs."""
    names: set[str] = set()
    total = 0
    for info in archive.infolist():
        total += info.file_size
        swells = info.file_size / max(info.compress_size, 1)
        if info.file_size > LARGEST_PART or total > _LARGEST:
            problem = f"is {max(info.file_size, total) >> 20:,} MB when unpacked"
            raise refuse(shown, problem, "Save each sheet as CSV UTF-8.", info.filename)
        if info.file_size > _SUSPECT and swells > _SWELLS:
            problem = f"swells to {swells:,.0f} times its size when unpacked"
            raise refuse(shown, problem, "Save each sheet as CSV UTF-8.", info.filename)
        if info.flag_bits & 1:
            raise refuse(shown, "is protected with a password", "Save it without a password.")
        if info.filename.casefold() in names:
            raise refuse(shown, "holds a part twice", ANEW, info.filename)
        names.add(info.filename.casefold())


def _check_size(name: str, sheet: Survey) -> None:
    """Refuse a sheet that would be mostly air, or too large."""
    area = sheet.rows * sheet.columns
    if area > MOST_CELLS or (area > _LONELY and area > _SWELLS * sheet.filled):
        raise refuse(
            name,
            f"reaches to {letters(sheet.columns)}{sheet.rows}: {area:,} cells, "
            f"of which {sheet.filled:,} are filled",
            "Delete the rows and columns beyond the table, or save the sheet as CSV UTF-8.",
        )


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    shown: str,
    start: Callable[[str, dict[str, str]], None] | None = None,
    prepare: Callable[[Any], None] = lambda _: None,
) -> None:
    """Read a part to its end, and give what starts in it to a function.

    The parser itself is handed to ``prepare``.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def doctype(*_: object) -> None:
        raise refuse(
            shown, "has a document type in its XML, which no spreadsheet program writes",
            ANEW, part,
        )  # fmt: skip

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    prepare(parser)
    with archive.open(part) as stream:
        parser.ParseFile(stream)


def _local(name: str) -> str:
    """Give a name without its prefix."""
    return name.rpartition(":")[2]


# --- xlsx ------------------------------------------------------------------------------------


def _survey_xlsx(
    archive: zipfile.ZipFile, parts: Mapping[str, str], shown: str, wanted: Callable[[str], bool]
) -> dict[str, tuple[str, Survey]]:
    """Look at the sheets of an xlsx, and at the parts that they rest on."""
    targets: dict[str, str] = {}
    named: list[tuple[str, str]] = []

    def relation(name: str, attributes: Mapping[str, str]) -> None:
        if _local(name) == "Relationship":
            target = attributes.get("Target", "")
            target = f"/{target}" if target.startswith("xl/") else target
            path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            if targets.setdefault(attributes.get("Id", ""), path.casefold()) != path.casefold():
                raise refuse(shown, "gives two parts the same id", ANEW, attributes["Id"])

    def sheet(name: str, attributes: Mapping[str, str]) -> None:
        if _local(name) == "sheet":
            ids = [v for k, v in attributes.items() if _local(k) == "id"]
            named.append((attributes.get("name", ""), ids[0] if ids else ""))

    rels = "xl/_rels/workbook.xml.rels"
    if rels in parts:
        _parse(archive, parts[rels], shown, relation)
    _parse(archive, parts["xl/workbook.xml"], shown, sheet)
    for part in ("xl/sharedstrings.xml", "xl/styles.xml", *targets.values()):
        # Read whole, though nothing is taken from them: so their sizes are what they say.
        if part in parts and not part.startswith("xl/worksheets/") and part.endswith(".xml"):
            _parse(archive, parts[part], shown)
    found: dict[str, tuple[str, Survey]] = {}
    for title, identifier in named:
        if not wanted(title):
            continue
        part = targets.get(identifier, "")
        if part not in parts or title in found:
            raise refuse(shown, "names a sheet that is not there, or twice", ANEW, title)
        name = f"{shown}[{title}]"
        found[title] = name, _survey_sheet(archive, parts[part], name)
    return found


def _survey_sheet(archive: zipfile.ZipFile, part: str, name: str) -> Survey:
    """Look at the cells of one sheet of an xlsx."""
    sheet = Survey()
    columns: dict[str, int] = {}
    row = column = filled = last_row = last_column = 0
    digits = "0"
    # Of the cell under way: whether it is looked at more closely, and what was seen of it.
    close = error = worded = False
    texts: dict[str, str] = {}
    inside = ""
    parser: Any = None

    def judge() -> None:
        """Judge the cell that was looked at, now that all of it was seen."""
        nonlocal close
        value, formula = texts.get("v", "").strip(), texts.get("f", "").strip()
        if error:
            sheet.complain(row, column, value or "#ERROR")
        elif not worded and not value:
            sheet.complain(row, column, "", f"={formula}")
        close = False
        parser.CharacterDataHandler = None

    def text(data: str) -> None:
        texts[inside] = texts.get(inside, "") + data

    def look() -> None:
        nonlocal close
        close = True
        texts.clear()
        parser.CharacterDataHandler = text

    # Called for every element of the sheet, so that each step of it counts.
    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, filled, last_row, last_column, digits, error, worded, inside
        if ":" in tag:
            tag = _local(tag)
        if tag == "v" or tag == "is":
            filled += 1
            last_row = max(last_row, row)
            last_column = max(last_column, column)
            inside = tag
        elif tag == "c":
            if close:
                judge()
            address = attributes.get("r", "")
            known = columns.get(address[: -len(digits)]) if address.endswith(digits) else None
            if known is not None:
                column = known
            elif match := _ADDRESS.fullmatch(address):
                row, digits = int(match[2]), match[2]
                column = columns.setdefault(match[1], _number(match[1]))
            else:
                column += 1
            kind = attributes.get("t")
            error, worded = kind == "e", kind in ("str", "inlineStr")
            if error:
                look()
        elif tag == "f":
            if not close:
                look()
            inside = tag
        elif tag == "row":
            if close:
                judge()
            number = attributes.get("r", "")
            row = int(number) if number.isascii() and number.isdecimal() else row + 1
            digits, column = str(row), 0
        else:
            inside = tag

    def prepare(made: Any) -> None:
        nonlocal parser
        parser = made

    _parse(archive, part, name, start, prepare)
    if close:
        judge()
    sheet.rows, sheet.columns, sheet.filled = last_row, last_column, filled
    return sheet


def _number(text: str) -> int:
    """Give the number of a column by its letters."""
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


# --- ods -------------------------------------------------------------------------------------


def _is_ods(archive: zipfile.ZipFile, parts: Mapping[str, str]) -> bool:
    """Tell whether the file says that it is a spreadsheet of OpenDocument."""
    if "mimetype" not in parts:
        return False
    with archive.open(parts["mimetype"]) as stream:
        return b"opendocument.spreadsheet" in stream.read(100)


def _survey_ods(
    archive: zipfile.ZipFile, parts: Mapping[str, str], shown: str, wanted: Callable[[str], bool]
) -> dict[str, tuple[str, Survey]]:
    """Look at the tables of an ods, in which cells and rows can stand for many."""
    if "meta-inf/manifest.xml" in parts:
        encrypted: list[str] = []
        _parse(
            archive, parts["meta-inf/manifest.xml"], shown,
            lambda tag, _: encrypted.append(tag) if _local(tag) == "encryption-data" else None,
        )  # fmt: skip
        if encrypted:
            raise refuse(shown, "is protected with a password", "Save it without a password.")
    found: dict[str, tuple[str, Survey]] = {}
    sheet = Survey()
    row = column = 0
    after_row = after_column = 1

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal sheet, row, column, after_row, after_column
        tag = _local(tag)
        plain = {_local(k): v for k, v in attributes.items()}
        if tag == "table":
            sheet, after_row = Survey(), 1
            if wanted(plain.get("name", "")):
                found[plain["name"]] = f"{shown}[{plain['name']}]", sheet
        elif tag == "table-row":
            row, after_column = after_row, 1
            after_row += _times(plain, "number-rows-repeated")
        elif tag in ("table-cell", "covered-table-cell"):
            column = after_column
            after_column += _times(plain, "number-columns-repeated")
            kind = attributes.get("office:value-type", "")
            if kind:
                sheet.fill(row, column, rows=after_row - row, columns=after_column - column)
            if attributes.get("calcext:value-type") == "error":
                sheet.complain(row, column, plain.get("string-value") or "#ERROR")
            elif "formula" in plain and not kind:
                sheet.complain(row, column, "", plain["formula"])

    _parse(archive, parts["content.xml"], shown, start)
    return found


def _times(attributes: Mapping[str, str], name: str) -> int:
    """Give how many rows or cells an element stands for."""
    number = attributes.get(name, "1")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 1
