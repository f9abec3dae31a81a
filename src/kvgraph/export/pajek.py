"""Pajek: vertices and arcs, for Pajek and programs for social networks."""

from __future__ import annotations

from typing import IO, Final

from kvgraph.export._cells import cell_text
from kvgraph.export._coercion import Abilities, coerce
from kvgraph.export._look import positions
from kvgraph.model import Diagram, Exporter, Loss

ABILITIES: Final = Abilities(
    "Pajek",
    edge_ids=False,
    # A line is a vertex, quotes end a name, and readers take a backslash for an escape.
    unfit='\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029"\\\\',
    only_of_nodes=frozenset({"x", "y"}),
    only_of_edges=frozenset({"label", "weight"}),
    texts=frozenset({"label"}),
)


def write_diagram(diagram: Diagram, stream: IO[bytes]) -> list[Loss]:
    """Write a diagram as a Pajek network: vertices by their ids, an arc an edge.

    A vertex has a position between 0 and 1 where there are positions; an arc has its weight,
    else 1, and its label. The coverage line stands first as a remark. All else has no place in
    this format.
    """
    held, losses = coerce(diagram, ABILITIES)
    numbers = {node.id: number for number, node in enumerate(held.nodes, 1)}
    places = positions(held)
    remark = held.head.get("coverage")
    lines = [f"% {cell_text(remark)}"] if remark else []
    lines.append(f"*Vertices {len(held.nodes)}")
    if places:
        left, top = (min(place[side] for place in places.values()) for side in (0, 1))
        wide, high = (max(place[side] for place in places.values()) for side in (0, 1))
        side = max(wide - left, high - top) or 1
        for node in held.nodes:
            x, y = places[node.id]
            x, y = (0.05 + 0.9 * (x - left) / side, 0.05 + 0.9 * (y - top) / side)
            lines.append(f'{numbers[node.id]} "{node.id}" {x:.4f} {y:.4f} 0.5')
    else:
        lines += [f'{numbers[node.id]} "{node.id}"' for node in held.nodes]
    lines.append("*Arcs")
    for edge in held.edges:
        weight = edge.attributes.get("weight", 1)
        weight = 1 if isinstance(weight, bool | str) else weight
        label = edge.attributes.get("label")
        told = f' l "{cell_text(label)}"' if label else ""
        lines.append(f"{numbers[edge.source]} {numbers[edge.target]} {weight}{told}")
    stream.write(("\n".join(lines) + "\n").encode())
    return losses


EXPORTER = Exporter(
    "pajek",
    "Pajek network: ids, arcs, weights and labels of arcs, and no more",
    (".net",),
    write_diagram=write_diagram,
)
