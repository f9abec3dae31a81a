"""N-Quads: a statement a line, with the graph it stands in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

from kvgraph.export._rdf import in_order
from kvgraph.model import Exporter, Loss

if TYPE_CHECKING:
    import pyoxigraph as ox


def write_quads(quads: Iterable[ox.Quad], stream: IO[bytes]) -> list[Loss]:
    """Write quads as N-Quads, the lines sorted, each once; nothing is lost."""
    import pyoxigraph as ox

    raw = ox.serialize(in_order(quads), format=ox.RdfFormat.N_QUADS)
    assert raw is not None
    stream.writelines(sorted(raw.splitlines(keepends=True)))
    return []


EXPORTER = Exporter(
    "n-quads",
    "N-Quads: a statement a line, for loading and comparing",
    (".nq",),
    write_quads=write_quads,
    aliases=("nq", "nquads"),
)
