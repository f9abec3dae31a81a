"""A csv file to rows of cells, whatever its delimiter, with the line on which each begins."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Final

from kvgraph.errors import Fault, FaultyInputError, KvgraphError
from kvgraph.readers._sheet import Sheet

LONGEST_CELL: Final = 1 << 20
"""More characters than any cell holds: a quote was left open, or it is no table."""

_LONGEST_LINE: Final = 16 * LONGEST_CELL
_WIDEST: Final = 16_384
"""The columns of a spreadsheet."""

_MARKS: Final = (
    (b"PK\x03\x04", "is a zip or xlsx file, not a csv file", "Give it its right ending."),
    (b"\xd0\xcf\x11\xe0", "is an old xls file, not a csv file", "Save it as xlsx or CSV UTF-8."),
    (b"%PDF", "is a pdf, not a csv file", "Copy the table into a spreadsheet first."),
    (codecs.BOM_UTF16_LE, "is UTF-16, not UTF-8", "Save the file as CSV UTF-8."),
    (codecs.BOM_UTF16_BE, "is UTF-16, not UTF-8", "Save the file as CSV UTF-8."),
    (b"\x1f\x8b", "is packed with gzip", "Unpack it first."),
)  # fmt: skip
"""How files begin that are something else."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file's header and rows; each row comes with the line on which it starts (header = 1)."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]
    delimiter: str = ","


def read_csv(path: Path, name: str = "") -> CsvFile:
    """Read a csv file whole; :func:`open_csv` says how.

    :raises KvgraphError: if the file cannot be opened.
    :raises FaultyInputError: if it is not UTF-8, has no header, or quotes do not close.
    """
    sheet = open_csv(path, name)
    return CsvFile(sheet.name, sheet.header, tuple(sheet.rows()), sheet.delimiter)


def open_csv(
    path: Path,
    name: str = "",
    *,
    raw: Callable[[], IO[bytes]] | None = None,
    quoted: bool = True,
    strict: bool = True,
) -> Sheet:
    """Open a csv file in UTF-8 (a byte order mark is accepted); its rows are read when asked for.

    The delimiter is whichever of ``,`` ``;`` and tab the header has most of. Line breaks
    inside quotes are accepted, blank lines are passed over. ``name`` is how messages call
    the file; ``raw`` opens it where it is no file of its own, but part of an archive. If not
    ``strict``, a quote that should have been doubled is taken as it stands.

    :raises KvgraphError: if the file cannot be opened.
    :raises FaultyInputError: if it is not UTF-8, has no header, or quotes do not close: here
        for the header, and for the rest when its rows are read.
    """
    shown = name or str(path)
    binary: Callable[[], IO[bytes]] = raw or (lambda: path.open("rb"))
    try:
        with binary() as stream:
            start = stream.read(4)
    except OSError as error:
        raise KvgraphError(
            f"{shown} cannot be read: {error.strerror or error}", hint="Check the name of the file."
        ) from error
    for mark, problem, hint in _MARKS:
        if start.startswith(mark):
            raise _faulty(shown, 0, problem, hint)
    delimiter = max(",;\t", key=_first_line(binary, shown).count)
    rows = partial(_rows, binary, shown, delimiter, quoted, strict)
    first = next(rows(), None)
    if first is None:
        raise _faulty(shown, 1, "has no header", "The first line names the columns.")
    header = tuple(cell.strip() for cell in first[1])
    if len(header) > _WIDEST:
        raise _faulty(
            shown, first[0], f"has {len(header)} columns, more than a spreadsheet can have",
            "Is it a table with its rows and columns exchanged?",
        )  # fmt: skip
    return Sheet(
        shown, path.stem, header, lambda: islice(rows(), 1, None), delimiter,
        partial(open_csv, path, name, raw=raw, quoted=False),
        partial(open_csv, path, name, raw=raw, strict=False),
    )  # fmt: skip


def _faulty(shown: str, row: int, problem: str, hint: str, value: str = "") -> FaultyInputError:
    """Make the error of a file that cannot be read on."""
    fault = Fault(shown, row, "", value, problem, hint)
    return FaultyInputError(f"{shown} cannot be read as a table", [fault])


def _first_line(binary: Callable[[], IO[bytes]], shown: str) -> str:
    """Give the first line that holds more than delimiters."""
    lines = _lines(binary, shown)
    return next((line for line in lines if line.strip(" ,;\t\r\n")), "")


def _lines(binary: Callable[[], IO[bytes]], shown: str) -> Iterator[str]:
    """Give the lines of a file as text, their ends with them."""
    number = 0
    try:
        with io.TextIOWrapper(binary(), "utf-8-sig", newline="") as text:
            while line := text.readline(_LONGEST_LINE):
                number += 1
                if len(line) == _LONGEST_LINE:
                    problem = f"is longer than {_LONGEST_LINE:,} characters"
                    raise _faulty(shown, number, problem, "Is it a table with line breaks?")
                if "\0" in line:
                    at = line.index("\0")
                    raise _faulty(
                        shown, number, "holds a NUL character", "Save the file as CSV UTF-8.",
                        line[max(0, at - 20) : at + 10].strip(),
                    )  # fmt: skip
                yield line
    except UnicodeDecodeError as error:
        raise _not_utf8(binary, shown) from error


def _not_utf8(binary: Callable[[], IO[bytes]], shown: str) -> FaultyInputError:
    """Find the first byte that is not UTF-8."""
    position = 0
    with binary() as stream:
        for number, line in enumerate(iter(partial(stream.readline, _LONGEST_LINE), b""), 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                byte, at = line[error.start], position + error.start
                around = line[max(0, error.start - 20) : error.start + 10]
                return _faulty(
                    shown, number, f"is not UTF-8: byte 0x{byte:02x} at position {at}",
                    "Save the file as CSV UTF-8.",
                    around.decode("utf-8", "backslashreplace").strip(),
                )  # fmt: skip
            position += len(line)
    return _faulty(shown, 0, "is not UTF-8", "Save the file as CSV UTF-8.")


def _rows(
    binary: Callable[[], IO[bytes]], shown: str, delimiter: str, quoted: bool, strict: bool
) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not blank with the line on which it starts."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(
        _lines(binary, shown),
        delimiter=delimiter,
        strict=quoted and strict,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
    )
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            large = "field limit" in str(error)
            problem = (
                f"holds a cell of more than {LONGEST_CELL:,} characters"
                if large
                else f"cannot be read: {error}"
            )
            hint = "Is a quote left open?" if large else "Check the quotes."
            raise _faulty(shown, line, problem, hint) from error
        if any(cell and not cell.isspace() for cell in row):
            yield line, row
        line = reader.line_num + 1
