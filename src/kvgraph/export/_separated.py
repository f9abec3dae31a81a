"""Rows of cells between separators, as csv and tsv have them."""

from __future__ import annotations

import csv
import re
from typing import IO, Final

from kvgraph.export._cells import cell_text
from kvgraph.model import Cell, Iri, Tabular

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")


def harmless(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula: an apostrophe before ``= + - @``.

    A tab or carriage return at the beginning counts too (OWASP, CSV injection). A text that
    is a number stays as it is. :func:`as_it_was` gives the text back.

    >>> harmless("=1+1"), harmless("-3.5"), harmless("- none")
    ("'=1+1", '-3.5', "'- none")
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def as_it_was(text: str) -> str:
    """Give the text that :func:`harmless` was given.

    >>> as_it_was(harmless("'=x"))
    "'=x"
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def write_separated(table: Tabular, stream: IO[str], separator: str) -> None:
    """Write a header line and a line a row; a cell is quoted where it must be.

    What is undefined is an empty cell, and so is an empty text. Numbers, dates and IRIs are
    written as they are.
    """
    rows = csv.writer(Lines(stream), delimiter=separator)
    rows.writerow([harmless(name) for name in table.columns])
    for row in table.rows:
        rows.writerow(map(_written, row))


def _written(cell: Cell) -> str:
    if type(cell) is Iri:  # by far the most frequent, and never a formula
        return cell
    text = cell_text(cell)
    return harmless(text) if isinstance(cell, str | tuple) else text


class Lines:
    """Ends lines with a line feed.

    The csv module is left to end them with both characters, since it then quotes a cell that
    holds either.
    """

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    def write(self, line: str) -> int:
        """Write one line."""
        return self.stream.write(line[:-2] + "\n")
