"""Put together what goes between the same two actors, jurisdictions or member states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kvgraph.model import Cell, Diagram, Edge, Node


def aggregate(
    diagram: Diagram,
    groups: Mapping[str, str] | None = None,
    nodes: Mapping[str, Mapping[str, Cell]] | None = None,
) -> Diagram:
    """Give one edge for all transfers from one group to another.

    ``groups`` gives the group of each node, each node being its own where it is ``None``; an
    edge with an end in no group is left out and counted in the head as
    ``outside_every_group``. ``nodes`` gives the attributes of the groups. What takes no part
    in reach (planned, abandoned, refused ...) is not counted in an edge; the head tells how
    many there are.

    An edge has: transfers, proven and practices (distinct, counted), weight (the number of
    distinct practices), earliest and latest day, transfer_ids, practice_ids, sources. A group
    that passes on to itself has a loop.
    """
    members = {node.id: node.id for node in diagram.nodes} if groups is None else groups
    told = {node.id: node.attributes for node in diagram.nodes} if nodes is None else nodes
    between: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    outside: set[Any] = set()
    for edge in diagram.edges:
        if edge.attributes["kind"] != "transfer" or edge.attributes["left_out"]:
            continue
        ends = members.get(edge.source), members.get(edge.target)
        if ends[0] is None or ends[1] is None:
            outside.add(edge.attributes["transfer"])
            continue
        between.setdefault((ends[0], ends[1]), []).append(edge.attributes)
    names = {group for node in diagram.nodes if (group := members.get(node.id)) is not None}
    return Diagram(
        tuple(Node(name, told.get(name, {"label": name})) for name in sorted(names)),
        tuple(_together(*ends, rows) for ends, rows in sorted(between.items())),
        {**diagram.head, "outside_every_group": len(outside)},
        diagram.empty,
        parallel=False,
    )


def _together(source: str, target: str, rows: list[Mapping[str, Any]]) -> Edge:
    """Make one edge of several transfers."""
    practices = sorted({row["practice"] for row in rows})
    transfers = sorted({row["transfer"] for row in rows})
    # An open side stays open: one transfer that may have begun at any time is enough.
    begins: list[Any] = [row.get("earliest") for row in rows]
    ends: list[Any] = [row.get("latest") for row in rows]
    return Edge(
        f"{source} {target}",
        source,
        target,
        {
            "label": str(len(transfers)),
            "kind": "transfers",
            "weight": len(practices),
            "transfers": len(transfers),
            "proven": len({row["transfer"] for row in rows if row["proven"]}),
            "practices": len(practices),
            "earliest": None if None in begins else min(begins),
            "latest": None if None in ends else max(ends),
            "transfer_ids": tuple(transfers),
            "practice_ids": tuple(practices),
            "sources": tuple(sorted({s for row in rows for s in row.get("sources") or ()})),
        },
    )
