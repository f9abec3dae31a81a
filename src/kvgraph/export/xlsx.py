"""xlsx: a workbook with the nodes, the edges and what was asked, for spreadsheets."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, Any, Final

from kvgraph.errors import KvgraphError
from kvgraph.export._about import about, creator
from kvgraph.export._cells import cell_json, cell_text
from kvgraph.export._coercion import XML, Abilities, coerce, kinds
from kvgraph.model import Cell, Diagram, Edge, Exporter, Loss, Node

ROWS: Final = 1_048_576
"""The rows that a sheet can have."""

ABILITIES: Final = Abilities(
    "xlsx",
    undefined=True,
    integer_bits=54,
    digits=16,
    dates=True,
    # Excel counts a 29 February 1900 that never was.
    first_date=date(1900, 3, 1),
    empty_text=False,
    longest=32_767,
    # A carriage return would be read as a line feed, or shown as _x000D_.
    unfit=XML + "\\r",
    reserved_of_nodes=frozenset({"id"}),
    reserved_of_edges=frozenset({"id", "source", "target"}),
    names_fold=True,
)
_ESCAPE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What a spreadsheet would read as a character by its number (ECMA-376-1, 22.9.2.19)."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_MODIFIED: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


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
    raw = io.BytesIO()
    book.save(raw)
    _without_clock(raw, stream)
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
    bold = Font(bold=True)

    def cell(value: Cell) -> Any:
        if not isinstance(value, str | date):
            return value
        made = WriteOnlyCell(sheet, value=None)
        made.value = _ESCAPE.sub("_x005F_", value) if isinstance(value, str) else value
        if isinstance(value, str):
            # A text that begins with "=" would be taken for a formula, "#N/A" for an error.
            made.data_type = "s"
        else:
            made.number_format = "yyyy-mm-dd"
        return made

    heads = [cell(name) for name in header]
    for made in heads:
        made.font = bold
    sheet.append(heads)
    for row in rows:
        sheet.append([cell(value) for value in row])


def _without_clock(raw: IO[bytes], stream: IO[bytes]) -> None:
    """Copy a workbook with the same time everywhere, so that the same data are the same bytes."""
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(stream, "w") as target:
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            body = source.read(name)
            if name == "docProps/core.xml":
                body = _MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z", body)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, body)


EXPORTER = Exporter(
    "xlsx",
    "a workbook with the sheets nodes, edges and about",
    (".xlsx",),
    write_diagram=write_diagram,
    aliases=("excel",),
)
