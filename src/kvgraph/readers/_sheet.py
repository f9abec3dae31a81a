"""A table of text cells as some file holds it, gone through as often as needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and rows of cells, read anew from the file on each call of ``rows``.

    ``name`` is how messages call it (``mine/transfers.csv``, ``mine.xlsx[transfers]``),
    ``title`` the stem of a file or the title of a spreadsheet's sheet. A row comes with the
    line on which it begins, the first line of the file being 1; blank rows are passed over.
    ``unquoted`` gives the same sheet with quotes taken as letters, ``lenient`` with those taken
    as they stand that should have been doubled, where the file has quotes.
    ``delimiter`` parts the cells of a text file.
    """

    name: str
    title: str
    header: tuple[str, ...]
    rows: Callable[[], Iterator[tuple[int, list[str]]]]
    delimiter: str = ","
    unquoted: Callable[[], Sheet] | None = None
    lenient: Callable[[], Sheet] | None = None
