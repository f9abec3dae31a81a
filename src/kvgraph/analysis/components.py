"""Which actors hang together through what was passed on, and which stand apart."""

from __future__ import annotations

from typing import Final

from kvgraph.analysis._graphs import PARAMETERS, Asked, measured
from kvgraph.diagram import Groups
from kvgraph.model import Analysis, Cell, Diagram, Parameter, Table


def components(
    diagram: Diagram,
    *,
    strong: bool = False,
    level: str = "actor",
    proven_only: bool = False,
    groups: Groups | None = None,
    dataset: str = "",
    lang: str = "en",
) -> Table:
    """Give the component of every actor, the largest component first.

    Weakly connected: joined by transfers in either direction. ``strong``: each can be got to
    from each along directed edges (Tarjan 1972), whenever the transfers took place: what can
    have moved in time is told by reach. Components are numbered from 1 by size, the largest
    first, then by their smallest id; rows come by component, then id. ``transfers`` are those
    of the actor with others of its component. An actor without a counted transfer is a
    component of its own. The head tells how many components there are, the size of the
    largest and its share of all actors, undefined where there are none.
    """
    import networkx as nx

    net = measured(diagram, Asked(level, proven_only, groups, dataset, lang))
    graph = net.graph
    found = nx.strongly_connected_components if strong else nx.weakly_connected_components
    parts = sorted((sorted(part) for part in found(graph)), key=lambda p: (-len(p), p))
    number = {name: place for place, part in enumerate(parts, 1) for name in part}
    inside: dict[str, set[str]] = {name: set() for name in graph}
    for giver, receiver, ids in graph.edges(data="transfer_ids"):
        if number[giver] == number[receiver]:
            inside[giver].update(ids)
            inside[receiver].update(ids)
    largest = len(parts[0]) if parts else 0
    head: dict[str, Cell] = {
        **net.head,
        "rule": f"{'strongly' if strong else 'weakly'} connected components of who gave to whom",
        "connected": "strongly" if strong else "weakly",
        "components": len(parts),
        "largest": largest,
        "largest_share": largest / len(graph) if parts else None,
    }
    return Table(
        ("component", "size", "actor", "transfers"),
        tuple(
            (place, len(part), name, tuple(sorted(inside[name])))
            for place, part in enumerate(parts, 1)
            for name in part
        ),
        head,
        net.empty,
    )


ANALYSIS: Final = Analysis(
    name="components",
    summary="Which actors hang together through what was passed on",
    parameters=(
        Parameter("strong", "flag", "take only those together of which each can be got to from "
                  "each, along the direction of transfers"),
        *PARAMETERS,
    ),
    run=components,
    takes="diagram",
)  # fmt: skip
