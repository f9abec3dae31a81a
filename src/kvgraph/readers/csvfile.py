"""A csv file to rows of cells, whatever its delimiter, with the line on which each begins."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kvgraph.errors import Fault, FaultyInputError, KvgraphError


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file's header and rows; each row comes with the line on which it starts (header = 1)."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]
    delimiter: str = ","


def read_csv(path: Path, name: str = "") -> CsvFile:
    """Read a csv file in UTF-8 (a byte order mark is accepted).

    The delimiter is whichever of ``,`` ``;`` and tab the header has most of. Line breaks
    inside quotes are accepted, blank lines are passed over. ``name`` is how messages call
    the file.

    :raises KvgraphError: if the file cannot be opened.
    :raises FaultyInputError: if it is not UTF-8, has no header, or quotes do not close.
    """
    shown = name or str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise KvgraphError(
            f"{shown} cannot be read: {error.strerror or error}", hint="Check the name of the file."
        ) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        fault = Fault(
            shown,
            line,
            "",
            "",
            f"is not UTF-8: byte 0x{raw[error.start]:02x} at position {error.start}",
            "Save the file as CSV UTF-8.",
        )
        raise FaultyInputError(f"{shown} is not UTF-8", [fault]) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        fault = Fault(shown, line, "", "", "holds a NUL character", "Save the file as plain CSV.")
        raise FaultyInputError(f"{shown} is not a text file", [fault])
    first_line = next((line for line in io.StringIO(text, None) if line.strip(" ,;\t\n")), "")
    delimiter = max(",;\t", key=first_line.count)
    rows = list(_rows(text, shown, delimiter))
    if not rows:
        fault = Fault(shown, 1, "", "", "has no header", "The first line names the columns.")
        raise FaultyInputError(f"{shown} is empty", [fault])
    header = tuple(cell.strip() for cell in rows[0][1])
    return CsvFile(shown, header, tuple(rows[1:]), delimiter)


def _rows(text: str, shown: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not blank with the line on which it starts."""
    csv.field_size_limit(1 << 27)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = Fault(shown, line, "", "", f"cannot be read: {error}", "Check the quotes.")
            raise FaultyInputError(f"{shown} is not a csv file", [fault]) from error
        if any(cell.strip() for cell in row):
            yield line, row
        line = reader.line_num + 1
