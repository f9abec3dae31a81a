"""Draw a material as nodes and edges, for the analyses of a graph."""

from __future__ import annotations

from kvgraph.material.shapes import Material
from kvgraph.model import Diagram, Edge, Node


def drawn(material: Material) -> Diagram:
    """Draw a material: a node an actor, whether it has ties or not, and an edge a tie.

    >>> from kvgraph.material import Member, Tie
    >>> diagram = drawn(Material((Tie("a", "b", "", 1, 1, 1.0, "x"),), (Member("c", None, {}),)))
    >>> [node.id for node in diagram.nodes], [edge.id for edge in diagram.edges]
    (['a', 'b', 'c'], ['x a b'])
    """
    labels = {m.id: m.attributes.get("label") or m.id for m in material.members}
    names = {end for tie in material.ties for end in (tie.giver, tie.receiver)} | labels.keys()
    return Diagram(
        tuple(Node(n, {"label": labels.get(n, n), "kind": "actor"}) for n in sorted(names)),
        tuple(
            Edge(
                # A row that is read in both directions is two edges of one id.
                f"{tie.id} {tie.giver} {tie.receiver}",
                tie.giver,
                tie.receiver,
                {
                    "kind": "transfer",
                    "transfer": tie.id,
                    "practice": tie.practice,
                    "proven": tie.proven,
                    "left_out": None,
                },
            )
            for tie in sorted(material.ties, key=lambda t: (t.id, t.giver, t.receiver))
        ),
        material.head,
    )
