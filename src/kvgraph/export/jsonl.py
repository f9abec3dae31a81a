"""JSON lines: an object a row, for answers of any length."""

from __future__ import annotations

from typing import IO

from kvgraph.export._cells import cell_json
from kvgraph.model import Exporter, Tabular


def write(table: Tabular, stream: IO[str]) -> None:
    """Write a JSON object a line for each row, and nothing for the head."""
    keys = [cell_json(name) + ": " for name in table.columns]
    for row in table.rows:
        pairs = [key + cell_json(cell) for key, cell in zip(keys, row, strict=True)]
        stream.write("{" + ", ".join(pairs) + "}\n")


EXPORTER = Exporter("jsonl", "a JSON object a row", (".jsonl", ".ndjson"), write, streams=True)
