"""GraphML: nodes and edges with typed attributes, for most graph programs."""

from __future__ import annotations

from typing import IO, Final

from kvgraph.export._about import about_text, creator
from kvgraph.export._cells import cell_text
from kvgraph.export._coercion import XML, Abilities, coerce, kinds
from kvgraph.export._xml import attribute, text
from kvgraph.model import Diagram, Exporter, Loss

ABILITIES: Final = Abilities(
    "GraphML",
    unfit=XML,
    # Readers give the id of an element as an attribute of that name.
    reserved_of_nodes=frozenset({"id"}),
    reserved_of_edges=frozenset({"id"}),
)
_TYPES: Final = {"text": "string", "boolean": "boolean", "integer": "long", "float": "double"}


def write_diagram(diagram: Diagram, stream: IO[bytes]) -> list[Loss]:
    """Write a diagram as GraphML 1.0: a key an attribute, the ids of edges kept.

    What was asked stands in ``desc``; ``x`` and ``y`` are attributes like the others.
    """
    held, losses = coerce(diagram, ABILITIES)

    def line(text: str) -> None:
        stream.write(text.encode() + b"\n")

    line('<?xml version="1.0" encoding="UTF-8"?>')
    line('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">')
    line(f"  <desc>{text(creator())}</desc>")
    keys: dict[str, dict[str, str]] = {}
    for what, letter, things in (("node", "n", held.nodes), ("edge", "e", held.edges)):
        keys[what] = {}
        for number, (name, kind) in enumerate(kinds(things).items()):
            keys[what][name] = f"{letter}{number}"
            line(
                f'  <key id="{letter}{number}" for="{what}" attr.name={attribute(name)} '
                f'attr.type="{_TYPES[kind]}"/>'
            )
    line('  <graph edgedefault="directed">')
    line(f"    <desc>{text(about_text(held))}</desc>")
    for node in held.nodes:
        line(f"    <node id={attribute(node.id)}>")
        for name, value in node.attributes.items():
            line(f'      <data key="{keys["node"][name]}">{text(cell_text(value))}</data>')
        line("    </node>")
    for edge in held.edges:
        line(
            f"    <edge id={attribute(edge.id)} source={attribute(edge.source)} "
            f"target={attribute(edge.target)}>"
        )
        for name, value in edge.attributes.items():
            line(f'      <data key="{keys["edge"][name]}">{text(cell_text(value))}</data>')
        line("    </edge>")
    line("  </graph>")
    line("</graphml>")
    return losses


EXPORTER = Exporter(
    "graphml",
    "GraphML, for most graph programs (networkx, igraph, yEd, Gephi, Cytoscape)",
    (".graphml",),
    write_diagram=write_diagram,
)
