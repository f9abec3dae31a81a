"""JSON: what was asked and counted, and the rows as objects."""

from __future__ import annotations

from typing import IO

from kvgraph.export._cells import cell_json
from kvgraph.model import Exporter, Tabular


def write(table: Tabular, stream: IO[str]) -> None:
    """Write a table as one object: the keys of its head, then ``rows``, one a line.

    Where there is no row, ``empty`` says why.
    """
    stream.write("{\n")
    for name, value in table.head.items():
        stream.write(f"  {cell_json(name)}: {cell_json(value)},\n")
    stream.write('  "rows": [')
    between = "\n    "
    for row in table.rows:
        stream.write(between + cell_json(dict(zip(table.columns, row, strict=True))))
        between = ",\n    "
    stream.write("]" if between == "\n    " else "\n  ]")
    if table.empty:
        stream.write(f',\n  "empty": {cell_json(table.empty)}')
    stream.write("\n}\n")


EXPORTER = Exporter("json", "one JSON object with head and rows", (".json",), write)
