"""xlsx: a workbook with the nodes, the edges and what was asked, for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import IO, Any, Final

from kvgraph.errors import KvgraphError
from kvgraph.export._about import about, creator
from kvgraph.export._cells import cell_json, cell_text
from kvgraph.export._coercion import XML, Abilities, coerce, kinds
from kvgraph.export._workbook import FONT, LONGEST, ROWS, save, text_cell
from kvgraph.model import Cell, Diagram, Edge, Exporter, Loss, Node, Tabular

ABILITIES: Final = Abilities(
    "xlsx",
    undefined=True,
    integer_bits=54,
    digits=16,
    dates=True,
    # Excel counts a 29 February 1900 that never was.
    first_date=date(1900, 3, 1),
    empty_text=False,
    longest=LONGEST,
    # A carriage return would be read as a line feed, or shown as _x000D_.
    unfit=XML + "\\r",
    reserved_of_nodes=frozenset({"id"}),
    reserved_of_edges=frozenset({"id", "source", "target"}),
    names_fold=True,
)


def write_diagram(diagram: Diagram, stream: IO[bytes]) -> list[Loss]:
    """Write a workbook with the sheets nodes, edges and about; every text is a text.

    :raises KvgraphError: if there are more nodes or edges than a sheet has rows.
    """
    import openpyxl

    held, losses = coerce(diagram, ABILITIES)
    for what, things in (("nodes", held.nodes), ("edges", held.edges)):
        if len(things) >= ROWS:
            raise KvgraphError(
                f"{len(things):,} {what} are more than a sheet can hold ({ROWS - 1:,})",
                hint="Choose csv or parquet, or select less.",
            )
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = creator()
    of_nodes, of_edges = list(kinds(held.nodes)), list(kinds(held.edges))
    _sheet(
        book, "nodes", ["id", *of_nodes], len(held.nodes),
        ((n.id, *_cells(n, of_nodes)) for n in held.nodes),
    )  # fmt: skip
    _sheet(
        book, "edges", ["id", "source", "target", *of_edges], len(held.edges),
        ((e.id, e.source, e.target, *_cells(e, of_edges)) for e in held.edges),
    )  # fmt: skip
    told = [(name, _told(value)) for name, value in about(held).items()]
    _sheet(book, "about", ["what", "value"], len(told), told)
    save(book, stream)
    return losses


def write_table(table: Tabular, stream: IO[bytes]) -> list[Loss]:
    """Write a workbook with the sheets rows and about; every text is a text.

    :raises KvgraphError: if there are more rows than a sheet has.
    """
    import openpyxl

    rows = tuple(
        Node(str(number), dict(zip(table.columns, row, strict=True)))
        for number, row in enumerate(table.rows, 1)
    )
    empty = {"empty": table.empty} if table.empty else {}
    drawn = Diagram(rows, (), {**table.head, **empty})
    held, losses = coerce(drawn, replace(ABILITIES, reserved_of_nodes=frozenset()))
    if len(rows) >= ROWS:
        raise KvgraphError(
            f"{len(rows):,} rows are more than a sheet can hold ({ROWS - 1:,})",
            hint="Choose csv, or ask for less.",
        )
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = creator()
    names = list(kinds(held.nodes)) if rows else list(table.columns)
    _sheet(book, "rows", names, len(rows), (_cells(node, names) for node in held.nodes))
    told = [(name, _told(value)) for name, value in about(held).items()]
    _sheet(book, "about", ["what", "value"], len(told), told)
    save(book, stream)
    return losses


def _told(value: Cell) -> Cell:
    """Give what stands in the head as one cell."""
    if isinstance(value, bool | int | float | None):
        return value
    text = cell_json(value) if isinstance(value, dict) else cell_text(value)
    return text[: ABILITIES.longest]


def _cells(thing: Node | Edge, names: Sequence[str]) -> Iterable[Cell]:
    return (thing.attributes.get(name) for name in names)


def _sheet(
    book: Any, title: str, header: Sequence[str], count: int, rows: Iterable[Iterable[Cell]]
) -> None:
    """Write one sheet: a header that stays in sight and can be filtered, then the rows."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{count + 1}"
    for place, name in enumerate(header, 1):
        wide = 24 if name in ("id", "source", "target", "label", "what") else 14
        sheet.column_dimensions[get_column_letter(place)].width = 80 if name == "value" else wide
    bold = Font(name=FONT, bold=True)

    def cell(value: Cell) -> Any:
        if isinstance(value, str):
            return text_cell(sheet, value)
        if not isinstance(value, date):
            return value
        made = WriteOnlyCell(sheet, value=value)
        made.number_format = "yyyy-mm-dd"
        return made

    heads = [cell(name) for name in header]
    for made in heads:
        made.font = bold
    sheet.append(heads)
    for row in rows:
        sheet.append([cell(value) for value in row])


EXPORTER = Exporter(
    "xlsx",
    "a workbook with the sheets nodes, edges and about",
    (".xlsx",),
    write_diagram=write_diagram,
    aliases=("excel",),
)
