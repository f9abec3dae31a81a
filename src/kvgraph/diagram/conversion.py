"""A diagram as a networkx graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kvgraph.model import Diagram

if TYPE_CHECKING:
    import networkx as nx


def to_networkx(diagram: Diagram) -> nx.MultiDiGraph | nx.DiGraph:
    """Give a diagram as a MultiDiGraph, or as a DiGraph where its edges cannot be parallel.

    Nodes are named by their ids, edges of a MultiDiGraph keyed by theirs; attributes keep
    their Python values, and ``graph`` holds the head. Nodes and edges stand in the order of
    the diagram.

    >>> from kvgraph.model import Edge, Node
    >>> two = (Node("a", {}), Node("b", {"level": "local"}))
    >>> graph = to_networkx(Diagram(two, (Edge("t1", "a", "b", {"practice": "p"}),)))
    >>> graph.edges["a", "b", "t1"]["practice"], graph.is_multigraph()
    ('p', True)
    """
    import networkx as nx

    many = diagram.parallel
    graph = nx.MultiDiGraph(**diagram.head) if many else nx.DiGraph(**diagram.head)
    graph.add_nodes_from((node.id, dict(node.attributes)) for node in diagram.nodes)
    for edge in diagram.edges:
        if many:
            graph.add_edge(edge.source, edge.target, key=edge.id, **edge.attributes)
        else:
            graph.add_edge(edge.source, edge.target, id=edge.id, **edge.attributes)
    return graph
