"""A table for people: aligned columns, things by their ids."""

from __future__ import annotations

from decimal import Decimal
from typing import IO, Final

from kvgraph.export._cells import cell_text
from kvgraph.model import Cell, Exporter, Iri, Tabular
from kvgraph.namespaces import shorten

_CONTROLS: Final = {
    **{code: 0x2400 + code for code in range(0x20)},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
}
"""Control characters as pictures of themselves: data must not steer a terminal."""

_FOLDED: Final = 1000
"""Up to this many rows are folded to the width of a terminal; more would take long."""


def write(table: Tabular, stream: IO[str]) -> None:
    """Write a table with aligned columns; where it has no row, write why.

    On a terminal long cells are folded; elsewhere a row is a line, however long.
    """
    cells = [tuple(row) for row in table.rows]
    if not cells and table.empty:
        stream.write(table.empty + "\n")
        return
    rows = [[_shown(cell) for cell in row] for row in cells]
    right = [
        bool(cells) and all(_is_number(row[place]) for row in cells)
        for place in range(len(table.columns))
    ]
    header = [_shown(name) for name in table.columns]
    if stream.isatty() and len(rows) <= _FOLDED:
        _write_folded(header, rows, right, stream)
    else:
        _write_plain(header, rows, right, stream)


def _write_plain(
    header: list[str], rows: list[list[str]], right: list[bool], stream: IO[str]
) -> None:
    """Write each row on one line."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(header, *rows, strict=True)]

    def line(row: list[str]) -> str:
        parts = []
        for cell, width, to_the_right in zip(row, widths, right, strict=True):
            space = " " * (width - cell_len(cell))
            parts.append(space + cell if to_the_right else cell + space)
        return "  ".join(parts).rstrip() + "\n"

    stream.write(line(header))
    stream.write("  ".join("─" * width for width in widths) + "\n")
    stream.writelines(map(line, rows))


def _write_folded(
    header: list[str], rows: list[list[str]], right: list[bool], stream: IO[str]
) -> None:
    """Write rows as wide as the terminal."""
    import shutil

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name, to_the_right in zip(header, right, strict=True):
        grid.add_column(Text(name), justify="right" if to_the_right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*map(Text, row))
    # rich takes a terminal that it does not know to be 80 wide, whatever it says itself.
    width, height = shutil.get_terminal_size()
    Console(file=stream, width=width, height=height).print(grid)


def _shown(cell: Cell) -> str:
    """Give the text of a cell: a thing by its id, a term by its prefixed name."""
    text = shorten(cell) if isinstance(cell, Iri) else cell_text(cell)
    return text.translate(_CONTROLS)


def _is_number(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, int | float | Decimal) and not isinstance(cell, bool))


EXPORTER = Exporter("table", "an aligned table, with short ids", (".txt",), write, streams=True)
