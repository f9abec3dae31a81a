"""An answer at hand in Python: a table that a notebook shows and other libraries take over.

pandas, polars and Arrow are none of our requirements: each is used where it is installed. All
three get the columns by Arrow's types where these fit every cell: numbers, days, yes and no, text.
A column of lists or of records becomes text in JSON, which all of them can hold.
"""

from __future__ import annotations

import html
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from kvgraph.errors import KvgraphError
from kvgraph.model import Cell, Table

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

SHOWN: Final = 100
"""So many rows a notebook shows."""
_LONGEST: Final = 200
"""Letters of a cell that a notebook shows."""


@dataclass(frozen=True, slots=True)
class Answer(Table):
    """A table that shows itself in a notebook, and becomes one of pandas, polars or Arrow.

    >>> Answer(("a", "b"), ((1, "x"), (None, "y"))).column("a")
    [1, None]
    """

    @classmethod
    def of(cls, table: Table) -> Answer:
        """Give a table as an answer."""
        return cls(table.columns, table.rows, table.head, table.empty)

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.rows)

    def __bool__(self) -> bool:
        """Be true even where there is no row: nothing found is an answer too."""
        return True

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        """Give each row as a dictionary."""
        return self.records()

    def column(self, name: str) -> list[Cell]:
        """Give the values of a column, from the first row to the last.

        :raises KvgraphError: if there is none of that name.
        """
        if name not in self.columns:
            raise KvgraphError(
                f"there is no column {name}", hint="There are: " + ", ".join(self.columns) + "."
            )
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def to_pandas(self) -> pandas.DataFrame:
        """Give the rows as a DataFrame of pandas; what was asked and counted stands in ``attrs``.

        :raises KvgraphError: if pandas is not installed.
        """
        pandas = _library("pandas")
        frame = pandas.DataFrame({n: pandas.Series(v, dtype=_dtype(v)) for n, v in self._columns()})
        frame.attrs.update(self.head)
        return frame

    def to_polars(self) -> polars.DataFrame:
        """Give the rows as a DataFrame of polars.

        :raises KvgraphError: if polars is not installed.
        """
        polars = _library("polars")
        types = {int: polars.Int64, bool: polars.Boolean, float: polars.Float64,
                 date: polars.Date, str: polars.String}  # fmt: skip
        return polars.DataFrame(
            [polars.Series(n, v, dtype=types[_kind(v)], strict=False) for n, v in self._columns()]
        )

    def to_arrow(self) -> pyarrow.Table:
        """Give the rows as a table of Arrow; what was asked and counted is its metadata, as JSON.

        :raises KvgraphError: if pyarrow is not installed.
        """
        import json

        arrow = _library("pyarrow")
        types = {int: arrow.int64(), bool: arrow.bool_(), float: arrow.float64(),
                 date: arrow.date32(), str: arrow.string()}  # fmt: skip
        columns = {n: arrow.array(v, type=types[_kind(v)]) for n, v in self._columns()}
        head = json.dumps(_plain(self.head), default=str, ensure_ascii=False)
        return arrow.table(columns).replace_schema_metadata({"kvgraph": head})

    def _repr_html_(self) -> str:
        """Give what a notebook shows: what was asked, the first rows, and how many there are."""
        told = " · ".join(_head(self))
        if not self.rows:
            return f"<p>{html.escape(self.empty or told)}</p>"
        names = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_shown(cell))}</td>" for cell in row) + "</tr>"
            for row in self.rows[:SHOWN]
        )
        more = f"{min(len(self.rows), SHOWN):,} / {len(self.rows):,}"
        return (
            f"<table><caption>{html.escape(told)}</caption><thead><tr>{names}</tr></thead>"
            f"<tbody>{rows}</tbody></table><p>{more}</p>"
        )

    def _columns(self) -> Iterator[tuple[str, list[Any]]]:
        """Give each column with cells of one kind that all libraries hold."""
        for place, name in enumerate(self.columns):
            cells = [_plain(row[place]) for row in self.rows]
            kinds = {type(cell) for cell in cells} - {type(None)}
            if kinds == {int, float}:
                cells = [None if cell is None else float(cell) for cell in cells]
            elif len(kinds) > 1 or kinds & {tuple, dict}:
                cells = [None if cell is None else _text(cell) for cell in cells]
            if any(type(cell) is int and not -(1 << 63) <= cell < 1 << 63 for cell in cells):
                cells = [None if cell is None else str(cell) for cell in cells]
            yield name, cells


def _library(name: str) -> Any:
    """Give a library that may be missing.

    :raises KvgraphError: if it is.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise KvgraphError(f"{name} is not installed", hint=f"Say: pip install {name}") from error


def _plain(cell: Any) -> Any:
    """Give a cell as a plain value: an IRI as text, a decimal as the nearest float."""
    if isinstance(cell, str):
        return str(cell)
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, Mapping):
        return {name: _plain(value) for name, value in cell.items()}
    if isinstance(cell, list | tuple):
        return tuple(map(_plain, cell))
    return cell


def _text(cell: Any) -> str:
    """Write a cell as text; lists and records in JSON."""
    import json

    if isinstance(cell, dict | tuple):
        return json.dumps(cell, default=str, ensure_ascii=False)
    return str(cell)


def _kind(cells: list[Any]) -> type:
    """Give the type of a column's cells; text where there are none."""
    return next((type(cell) for cell in cells if cell is not None), str)


def _dtype(cells: list[Any]) -> str:
    """Name the type of a column for pandas, which knows of nothing missing by itself."""
    return {int: "Int64", bool: "boolean", float: "Float64"}.get(_kind(cells), "object")


def _shown(cell: Any) -> str:
    """Give a cell as a notebook shows it."""
    from kvgraph.errors import shorten, visible
    from kvgraph.model import Iri
    from kvgraph.namespaces import shorten as named

    if cell is None:
        return ""
    text = named(cell) if isinstance(cell, Iri) else _text(_plain(cell))
    return visible(shorten(text, _LONGEST))


def _head(table: Table) -> Iterator[str]:
    """Tell what was asked and counted, shortly."""
    from kvgraph.heading import counted, numbers, rule

    head: Mapping[str, Any] = table.head
    if "query" in head:
        given = ", ".join(f"{n} = {_shown(v)}" for n, v in head.get("parameters", {}).items())
        yield f"{head['query']}" + (f" ({given})" if given else "")
    lang = str(head.get("lang", "en"))
    if "label" in head:
        yield str(head["label"])
    if "left_out" in head:
        yield from rule(head, lang)
        yield counted(head, lang)
        yield numbers(head, lang)
    if head.get("coverage"):
        yield str(head["coverage"])
    if head.get("dataset"):
        yield str(head["dataset"])
