"""What the analyses of diagrams share: who passed something on to whom, as one graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from kvgraph.diagram import LEVELS, Groups, aggregate, to_networkx
from kvgraph.model import Cell, Diagram, Parameter
from kvgraph.words import word

if TYPE_CHECKING:
    import networkx as nx

PROVEN_ONLY: Final = Parameter(
    "proven-only", "flag", "count only transfers of which a source says that they got so far"
)
PARAMETERS: Final = (
    Parameter("level", "choice", "put transfers together by what their ends are or belong to",
              default="actor", choices=LEVELS),
    PROVEN_ONLY,
)  # fmt: skip
"""What every analysis of a diagram can be told."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a diagram is to be counted.

    ``groups`` are those of the level asked for; ``None`` where each node stands for itself.
    """

    level: str = "actor"
    proven_only: bool = False
    groups: Groups | None = None
    dataset: str = ""
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Measured:
    """The graph that is measured, whose transfers each node has, and what to tell of it.

    ``graph`` has one edge an ordered pair, its ``weight`` the number of distinct practices;
    it has no loops. Nodes and edges stand in the order of their names. ``received`` and
    ``gave`` hold the ids of the transfers by node.
    """

    graph: nx.DiGraph
    received: Mapping[str, frozenset[str]]
    gave: Mapping[str, frozenset[str]]
    head: Mapping[str, Cell]
    empty: str


def measured(diagram: Diagram, asked: Asked) -> Measured:
    """Give the graph of a diagram of transfers: one edge for all from one node to another.

    What takes part in reach is counted: not what was only planned, abandoned or refused; with
    ``proven_only`` nothing but what is proven. All nodes of the diagram stay, so that who
    only planned something is there without an edge. What goes on within one group is left
    out, and counted in the head as ``within_groups``.
    """
    head = {name: cell for name, cell in diagram.head.items() if name != "lang"}
    if asked.proven_only:
        proven = tuple(e for e in diagram.edges if e.attributes["proven"])
        diagram = replace(diagram, edges=proven)
    together = aggregate(diagram) if asked.groups is None else asked.groups.of(diagram)
    within: set[str] = set()
    counted: set[str] = set()
    received: dict[str, set[str]] = {node.id: set() for node in together.nodes}
    gave: dict[str, set[str]] = {node.id: set() for node in together.nodes}
    edges = []
    for edge in together.edges:
        ids: Any = edge.attributes["transfer_ids"]
        if edge.source == edge.target:
            within.update(ids)
            continue
        edges.append(edge)
        counted.update(ids)
        gave[edge.source].update(ids)
        received[edge.target].update(ids)
    graph = to_networkx(replace(together, edges=tuple(edges)))
    head |= {"level": asked.level, "proven_only": asked.proven_only}
    if asked.level != "actor":
        head["heading"] = f"{asked.level.removeprefix('member-')}-level contact"
        head["within_groups"] = len(within)
        head["outside_every_group"] = together.head["outside_every_group"]
    head |= {
        "actors": len(together.nodes),
        "edges": len(edges),
        "transfers_counted": len(counted),
        "dataset": asked.dataset or head.pop("dataset", None) or None,
    }
    empty = ""
    if not together.nodes:
        empty = diagram.empty or word("analyse.nothing", asked.lang)
    return Measured(
        graph,
        {name: frozenset(ids) for name, ids in received.items()},
        {name: frozenset(ids) for name, ids in gave.items()},
        head,
        empty,
    )
