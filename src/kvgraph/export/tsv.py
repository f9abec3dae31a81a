"""Tab-separated values: as csv, with tabs."""

from __future__ import annotations

from typing import IO

from kvgraph.export._separated import write_separated
from kvgraph.model import Exporter, Tabular


def write(table: Tabular, stream: IO[str]) -> None:
    """Write a table as tsv; a cell with a tab or a line break in it is quoted as in csv."""
    write_separated(table, stream, "\t")


EXPORTER = Exporter("tsv", "tab-separated values", (".tsv", ".tab"), write, streams=True)
