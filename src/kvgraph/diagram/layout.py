"""Where the nodes of a diagram stand: seeded, so that the same diagram is the same picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kvgraph.model import Diagram

if TYPE_CHECKING:
    import networkx as nx

_SEED: Final = 11089
_SPACE: Final = 110
"""The side, in pixels, of the square that a node has to itself on average."""
_EXACT: Final = 160
"""Up to so many nodes a component is laid out by distances (Kamada and Kawai 1989)."""
_FORCED: Final = 4000
"""Above so many nodes forces would take minutes: they stand on a spiral instead."""
GOVERNANCE: Final = ("eu", "national", "regional", "local", "project")
"""The levels of governance, the EU first."""


def place(diagram: Diagram) -> Mapping[str, tuple[int, int]]:
    """Give the position of each node by id, in whole pixels, y growing downwards.

    Each connected component is laid out by itself: a small one by the distances in it
    (Kamada and Kawai 1989), a larger one by forces (Fruchterman and Reingold 1991), one of
    many thousands on a spiral, the most linked in the middle. The components stand in rows,
    the largest first.
    """
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(node.id for node in diagram.nodes)
    graph.add_edges_from((e.source, e.target) for e in diagram.edges if e.source != e.target)
    parts = [sorted(part) for part in nx.connected_components(graph)]
    parts.sort(key=lambda part: (-len(part), part))
    boxes = [_component(graph.subgraph(part), part) for part in parts]
    return _packed(boxes)


def lanes(diagram: Diagram) -> dict[str, int]:
    """Give the lanes from top to bottom with the y of their first line.

    A lane is a level of governance, the empty text for actors without one, or a kind of
    things other than actors.
    """
    y, found = 0, {}
    for lane, members in _members(diagram).items():
        found[lane] = y
        y += (math.ceil(len(members) / _wide(diagram)) + 1) * _SPACE
    return found


def place_in_lanes(diagram: Diagram) -> Mapping[str, tuple[int, int]]:
    """Give positions in lanes by governance level, the EU at the top; other things below.

    In a lane nodes stand by country, then label, in as many lines as it takes, each line
    spread over the width. Every other node stands lower, so that names beneath do not meet.
    """
    wide = _wide(diagram)
    found: dict[str, tuple[int, int]] = {}
    tops = lanes(diagram)
    for lane, members in _members(diagram).items():
        for line in range(0, len(members), wide):
            row = members[line : line + wide]
            for i, name in enumerate(row):
                x = round((i + 0.5) * wide / len(row) * _SPACE)
                found[name] = x, tops[lane] + line // wide * _SPACE + (i % 2) * _SPACE // 2
    return found


def _members(diagram: Diagram) -> dict[str, list[str]]:
    """Give the nodes of each lane in their order."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for node in diagram.nodes:
        a = node.attributes
        level = str(a.get("level") or "")
        lane = (level if level in GOVERNANCE else "") if a["kind"] == "actor" else str(a["kind"])
        found.setdefault(lane, []).append(
            (str(a.get("country") or "~"), str(a["label"]).casefold(), node.id)
        )
    order = [*GOVERNANCE, "", "network", "practice"]
    known = sorted(found, key=lambda k: (order.index(k) if k in order else len(order), k))
    return {lane: [name for *_, name in sorted(found[lane])] for lane in known}


def _wide(diagram: Diagram) -> int:
    """Give how many nodes a line of a lane holds."""
    return max(6, math.ceil(math.sqrt(len(diagram.nodes) * 2.2)))


Box = tuple[dict[str, tuple[float, float]], float, float]
"""Positions from (0, 0) on, with width and height."""


def _component(graph: nx.Graph, names: Sequence[str]) -> Box:
    """Lay out one connected component in a box that grows with its size."""
    import networkx as nx

    n = len(names)
    # A copy with its nodes in order: the layout depends on it, and a subgraph has none.
    ordered = nx.Graph()
    ordered.add_nodes_from(names)
    ordered.add_edges_from(sorted(tuple(sorted(edge)) for edge in graph.edges))
    raw: Mapping[str, Any]
    if n == 1:
        raw = {names[0]: (0.0, 0.0)}
    elif n <= _EXACT:
        raw = nx.kamada_kawai_layout(ordered)
    elif n > _FORCED:
        raw = _spiral(ordered)
    else:
        # The sum of distances is worked out between all pairs: fewer rounds where many are.
        rounds = max(20, min(200, 60_000 // n))
        raw = nx.spring_layout(
            ordered, seed=_SEED, iterations=rounds, k=1.8 / math.sqrt(n), weight=None
        )
    xs = [float(raw[name][0]) for name in names]
    ys = [float(raw[name][1]) for name in names]
    side = _SPACE * math.sqrt(n) * 1.25
    # Wider than high, as screens are.
    width = side * 1.3 / (max(xs) - min(xs)) if max(xs) > min(xs) else 0
    height = side / (max(ys) - min(ys)) if max(ys) > min(ys) else 0
    at = {
        name: ((x - min(xs)) * width, (y - min(ys)) * height)
        for name, x, y in zip(names, xs, ys, strict=True)
    }
    return at, side * 1.3 if width else 0, side if height else 0


def _spiral(graph: nx.Graph) -> dict[str, tuple[float, float]]:
    """Give points on a spiral that fill a disc evenly, by the number of links."""
    turn = math.pi * (3 - math.sqrt(5))
    order = sorted(graph, key=lambda name: (-graph.degree(name), name))
    return {
        name: (math.sqrt(i) * math.cos(i * turn), math.sqrt(i) * math.sin(i * turn))
        for i, name in enumerate(order)
    }


def _packed(boxes: Sequence[Box]) -> dict[str, tuple[int, int]]:
    """Put boxes in rows as wide as the largest, or as the square of all of them."""
    area = sum((width + 2 * _SPACE) * (height + 2 * _SPACE) for _, width, height in boxes)
    limit = max([math.sqrt(area) * 1.3, *(width for _, width, _ in boxes)])
    found: dict[str, tuple[int, int]] = {}
    left = top = tall = 0.0
    for at, width, height in boxes:
        if left and left + width > limit:
            left, top, tall = 0.0, top + tall + _SPACE * 1.5, 0.0
        for name, (x, y) in at.items():
            found[name] = (round(left + x), round(top + y))
        left += width + _SPACE * 1.5
        tall = max(tall, height)
    return found
