"""What formats that hold a picture share: colours, shapes, sizes and positions of nodes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from kvgraph.model import Diagram, Node
from kvgraph.palette import PALETTE, Style, class_of

Position = tuple[float, float]


def style(node: Node) -> Style:
    """Give the colour and the shape of a node, by its kind and class."""
    return PALETTE[class_of(str(node.attributes.get("kind", "")), node.attributes.get("class"))]


def sizes(diagram: Diagram) -> dict[str, float]:
    """Give the size of each node by id: it grows with the root of the number of its edges."""
    degrees = Counter(end for edge in diagram.edges for end in (edge.source, edge.target))
    return {node.id: round(8 + 4 * math.sqrt(degrees[node.id]), 2) for node in diagram.nodes}


def positions(diagram: Diagram) -> Mapping[str, Position] | None:
    """Give the position of each node by id, y growing downwards, if all have ``x`` and ``y``."""
    found = {}
    for node in diagram.nodes:
        place = node.attributes.get("x"), node.attributes.get("y")
        if not all(isinstance(p, int | float) and not isinstance(p, bool) for p in place):
            return None
        found[node.id] = place
    return found or None  # type: ignore[return-value]


def without_places(node: Node) -> Node:
    """Give a node whose ``x`` and ``y`` stand elsewhere."""
    return Node(node.id, {k: v for k, v in node.attributes.items() if k not in ("x", "y")})
