"""Comma-separated values: full IRIs, UTF-8, no live formulas."""

from __future__ import annotations

from typing import IO

from kvgraph.export._separated import write_separated
from kvgraph.model import Exporter, Tabular


def write(table: Tabular, stream: IO[str]) -> None:
    """Write a table as csv (RFC 4180, lines ended by a line feed)."""
    write_separated(table, stream, ",")


EXPORTER = Exporter("csv", "comma-separated values", (".csv",), write, streams=True)
