"""JSON-LD: statements in their named graphs as JSON, in expanded form."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

from kvgraph.export._rdf import in_order
from kvgraph.model import Exporter, Loss

if TYPE_CHECKING:
    import pyoxigraph as ox


def write_quads(quads: Iterable[ox.Quad], stream: IO[bytes]) -> list[Loss]:
    """Write quads as JSON-LD 1.1 in expanded form, sorted, each once; nothing is lost.

    Expanded means with full IRIs and no context, so that it reads the same without a network.
    """
    import pyoxigraph as ox

    raw = ox.serialize(in_order(quads), format=ox.RdfFormat.JSON_LD)
    assert raw is not None
    text = json.dumps(json.loads(raw or b"[]"), ensure_ascii=False, indent=1)
    stream.write(text.encode() + b"\n")
    return []


EXPORTER = Exporter(
    "json-ld",
    "JSON-LD in expanded form: statements in their named graphs as JSON",
    (".jsonld",),
    write_quads=write_quads,
    aliases=("jsonld",),
)
