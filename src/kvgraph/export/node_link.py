"""Node-link JSON: a diagram as networkx and D3 read it."""

from __future__ import annotations

import json
from typing import IO, Any, Final

from kvgraph.export._about import about
from kvgraph.export._cells import cell_json
from kvgraph.export._coercion import Abilities, coerce
from kvgraph.model import Diagram, Exporter, Loss

ABILITIES: Final = Abilities(
    "JSON",
    lists=True,
    nested=True,
    undefined=True,
    integer_bits=None,
    decimals=True,
    mixed=True,
    reserved_of_nodes=frozenset({"id"}),
    reserved_of_edges=frozenset({"source", "target", "key"}),
)


def write_diagram(diagram: Diagram, stream: IO[bytes]) -> list[Loss]:
    """Write a diagram as JSON with a node or an edge a line.

    It is what ``networkx.node_link_graph(data, edges="edges")`` reads; the key of an edge is
    its id, and ``graph`` holds what was asked and counted.
    """
    held, losses = coerce(diagram, ABILITIES)
    stream.write(b'{\n"directed": true,\n"multigraph": true,\n"graph": ')
    stream.write(cell_json(about(held)).encode())
    _list(stream, "nodes", ({"id": n.id, **n.attributes} for n in held.nodes))
    _list(
        stream,
        "edges",
        ({"source": e.source, "target": e.target, "key": e.id, **e.attributes} for e in held.edges),
    )
    stream.write(b"\n}\n")
    return losses


def _list(stream: IO[bytes], name: str, items: Any) -> None:
    """Write a list with an item a line."""
    stream.write(f",\n{json.dumps(name)}: [".encode())
    between = "\n"
    for item in items:
        stream.write((between + cell_json(item)).encode())
        between = ",\n"
    stream.write(b"\n]" if between != "\n" else b"]")


EXPORTER = Exporter(
    "node-link",
    "node-link JSON, for networkx, D3 and scripts",
    (".node-link.json",),
    write_diagram=write_diagram,
    aliases=("nodelink",),
)
