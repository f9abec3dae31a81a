"""TriG: statements in their named graphs, under prefixes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

from kvgraph.export._rdf import in_order, with_prefixes
from kvgraph.model import Exporter, Loss

if TYPE_CHECKING:
    import pyoxigraph as ox


def write_quads(quads: Iterable[ox.Quad], stream: IO[bytes]) -> list[Loss]:
    """Write quads as TriG, sorted, each once; nothing is lost."""
    import pyoxigraph as ox

    for line in with_prefixes(in_order(quads), ox.RdfFormat.TRIG):
        stream.write(line.encode())
    return []


EXPORTER = Exporter(
    "trig",
    "TriG: statements in their named graphs",
    (".trig",),
    write_quads=write_quads,
    remark="#",
)
