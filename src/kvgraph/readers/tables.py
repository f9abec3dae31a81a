"""Our own tables, as `kvgraph template` writes them: a csv file or a sheet each."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from kvgraph import tables
from kvgraph.errors import Fault
from kvgraph.model import Reader, Reading
from kvgraph.readers._sheet import Sheet
from kvgraph.tables import Column, TableDefinition

_MOST_UNKNOWN = 20
"""So many headers that are not known are told one by one."""

_MOST_ABOVE = 20
"""Among so many rows the header is looked for where the first one is none."""


def table_of(sheet: Sheet) -> TableDefinition | None:
    """Tell which of our tables a sheet holds: by its title, else by its headers.

    The title may say more (``transfers 2024``). Headers tell if all are known to one table
    alone that has all it needs.
    """
    known = tables.definitions()
    title = sheet.title.casefold().strip()
    if title in known:
        return known[title]
    words = title.replace("_", " ").replace("-", " ").split()
    named = [name for name in known if name in words]
    if len(named) == 1:
        return known[named[0]]
    fitting = fitting_tables(sheet)
    return fitting[0] if len(fitting) == 1 else None


def fitting_tables(sheet: Sheet) -> list[TableDefinition]:
    """Give the tables that have all headers of a sheet, and of which it has all that they need."""
    names = {tables.headers().get(tables.plain_header(h), h) for h in sheet.header if h}
    return [
        d
        for d in tables.definitions().values()
        if all(d.column(name) is not None for name in names)
        and all(c.name in names for c in d.columns if c.required)
    ]


def _recognise(sheets: Sequence[Sheet]) -> bool:
    """Tell whether any sheet is a table of ours."""
    return any(table_of(sheet) is not None for sheet in sheets)


def _read(sheets: Sequence[Sheet]) -> Iterator[Reading]:
    """Give the rows of all sheets, the tables that others refer to first.

    Here the title alone counts: what a file may be by its headers, :func:`table_of` tells.
    """
    known = tables.definitions()
    order = list(known)
    found = [(sheet, known.get(sheet.title.casefold().strip())) for sheet in sheets]
    found.sort(key=lambda one: order.index(one[1].name) if one[1] else len(order))
    for sheet, definition in found:
        if definition is None:
            yield _unknown(sheet)
        else:
            yield from _rows(sheet, definition)


def _unknown(sheet: Sheet) -> Reading:
    """Tell of a sheet that is none of our tables."""
    known = list(tables.definitions())
    close = difflib.get_close_matches(sheet.title.casefold(), known, n=1)
    hint = f"Is it {close[0]}? " if close else ""
    hint += "The tables are: " + ", ".join(known) + "."
    fault = Fault(sheet.name, 0, "", "", "is not a table of a package", hint)
    return Reading(sheet.title, sheet.name, 0, tuple((name, {}) for name in close), faults=(fault,))


def _rows(sheet: Sheet, definition: TableDefinition) -> Iterator[Reading]:
    """Give the rows of one table, and first what is wrong with its header."""
    if not any(map(_known(definition), sheet.header)):
        yield _no_header(sheet, definition)
        return
    others = [table.name for table in fitting_tables(sheet)]
    if others and definition.name not in others:
        yield _other_table(sheet, definition, others)
        return
    columns, faults = _columns(sheet, definition)
    lacking = frozenset(c.name for c in definition.columns if c.required and c not in columns)
    ids_unknown: tuple[tuple[str, dict[str, str]], ...] = (
        ((definition.name, {}),) if "id" in lacking else ()
    )
    yield Reading(definition.name, sheet.name, 0, ids_unknown, faults=tuple(faults))
    width = len(columns)
    for line, cells in sheet.rows():
        raw = {
            column.name: cell.strip()
            for column, cell in zip(columns, cells, strict=False)
            if column is not None and cell and not cell.isspace()
        }
        nameless = next(
            (n for n, c in enumerate(cells[:width]) if c and not sheet.header[n] and c.strip()), -1
        )
        if nameless >= 0:
            hint = f"Name column {nameless + 1} in the header, or empty its cells."
            fault = Fault(
                sheet.name, line, "", cells[nameless].strip(), "stands under no header", hint
            )
            yield Reading(
                definition.name, sheet.name, line, (), faults=(fault,), lacking=lacking,
                refused=((definition.name, raw.get("id", "")),),
            )  # fmt: skip
            continue
        wrong: tuple[Fault, ...] = ()
        if len(cells) > width and any(c.strip() for c in cells[width:]):
            problem = f"has {len(cells)} cells, the header has {width}"
            hint = "A cell that holds the delimiter needs quotes."
            wrong = (Fault(sheet.name, line, "", "", problem, hint),)
            yield Reading(
                definition.name, sheet.name, line, (), faults=wrong, lacking=lacking,
                refused=((definition.name, raw.get("id", "")),),
            )  # fmt: skip
            continue
        yield Reading(definition.name, sheet.name, line, ((definition.name, raw),), lacking=lacking)


def _known(definition: TableDefinition) -> Callable[[str], bool]:
    """Give what tells whether a header is that of a column of this table."""
    return lambda title: (
        definition.column(tables.headers().get(tables.plain_header(title), "")) is not None
    )


def _other_table(sheet: Sheet, definition: TableDefinition, others: list[str]) -> Reading:
    """Tell of a sheet that is called as one table and has the headers of another."""
    problem = f"is called {definition.name} and has the headers of {' or '.join(others)}"
    hint = "Are two tables exchanged? Call it after the table that it holds."
    fault = Fault(sheet.name, 1, "", "", problem, hint)
    unknown: tuple[tuple[str, dict[str, str]], ...] = tuple(
        (name, {}) for name in (definition.name, *others)
    )
    return Reading(definition.name, sheet.name, 0, unknown, faults=(fault,))


def _no_header(sheet: Sheet, definition: TableDefinition) -> Reading:
    """Tell of a table whose header names no column at all: its rows are not gone through."""
    first = next((title for title in sheet.header if title), "")
    known = _known(definition)
    rows = islice(sheet.rows(), _MOST_ABOVE)
    below = next((line for line, cells in rows if sum(map(known, cells)) > 1), 0)
    if below:
        hint = f"The header is in row {below}: remove what stands above it."
    elif len(sheet.header) == 1 and "|" in first:
        hint = "Part the cells with commas, semicolons or tabs."
    else:
        needed = ", ".join(c.name for c in definition.columns if c.required)
        hint = f"The first row names the columns; {definition.name} needs: {needed}."
    problem = f"begins a header without any column of {definition.name}"
    fault = Fault(sheet.name, 1, "header", first, problem, hint)
    return Reading(definition.name, sheet.name, 0, ((definition.name, {}),), faults=(fault,))


def _columns(sheet: Sheet, definition: TableDefinition) -> tuple[list[Column | None], list[Fault]]:
    """Tell which column each header stands for, ``None`` where it is not known; and the faults."""
    found: list[Column | None] = []
    faults: list[Fault] = []
    known = [c.name for c in definition.columns]
    unknown = 0
    for title in sheet.header:
        name = tables.headers().get(tables.plain_header(title), "")
        column = definition.column(name)
        if column is None and title:
            unknown += 1
            if unknown <= _MOST_UNKNOWN:
                close = difflib.get_close_matches(title.lower()[:100], known, n=1)
                hint = f"Is it {close[0]}?" if close else f"The columns are: {', '.join(known)}."
                problem = f"is not a column of {definition.name}"
                faults.append(Fault(sheet.name, 1, "header", title, problem, hint))
        elif column is not None and column in found:
            problem, hint = "stands twice", "Keep one of them."
            faults.append(Fault(sheet.name, 1, "header", title, problem, hint))
        found.append(column)
    if unknown > _MOST_UNKNOWN:
        problem = f"has {unknown - _MOST_UNKNOWN} more headers that are no columns"
        hint = f"The columns are: {', '.join(known)}."
        faults.append(Fault(sheet.name, 1, "", "", problem, hint))
    needed = [c.name for c in definition.columns if c.required]
    missing = [c.name for c in definition.columns if c.required and c not in found]
    if missing:
        problem = f"has no column {', '.join(missing)}"
        hint = f"{definition.name} needs: {', '.join(needed)}."
        faults.append(Fault(sheet.name, 1, "", "", problem, hint))
    return found, faults


READER = Reader(
    name="tables",
    summary="the tables that kvgraph template writes",
    recognise=_recognise,
    read=_read,
    repeats=False,
)
