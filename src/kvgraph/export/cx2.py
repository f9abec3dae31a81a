"""CX2: nodes, edges and their look for Cytoscape and NDEx."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, Any, Final

from kvgraph.export._about import about_text, creator
from kvgraph.export._cells import cell_json
from kvgraph.export._coercion import Abilities, coerce, kinds
from kvgraph.export._look import positions, sizes, style, without_places
from kvgraph.model import Diagram, Exporter, Loss

ABILITIES: Final = Abilities(
    "CX2",
    lists=True,
    reserved_of_nodes=frozenset({"name"}),
    reserved_of_edges=frozenset({"name"}),
)
_TYPES: Final = {"text": "string", "boolean": "boolean", "integer": "long", "float": "double"}
_SHAPES: Final = {
    "dot": "ellipse",
    "square": "rectangle",
    "diamond": "diamond",
    "hexagon": "hexagon",
    "triangle": "triangle",
    "star": "octagon",
    "triangleDown": "vee",
    "box": "round-rectangle",
}


def write_diagram(diagram: Diagram, stream: IO[bytes]) -> list[Loss]:
    """Write a diagram as CX2, an element a line.

    CX2 numbers nodes and edges; the ids that they have here are their ``name``.
    """
    held, losses = coerce(diagram, ABILITIES)
    places = positions(held)
    size = sizes(held)
    told = [without_places(n) for n in held.nodes] if places else list(held.nodes)
    numbers = {node.id: number for number, node in enumerate(told)}
    nodes: list[Mapping[str, Any]] = []
    looks: list[Mapping[str, Any]] = []
    for node in told:
        at = dict(zip(("x", "y"), places[node.id], strict=True)) if places else {}
        nodes.append({"id": numbers[node.id], **at, "v": {"name": node.id, **node.attributes}})
        look = style(node)
        looks.append(
            {
                "id": numbers[node.id],
                "v": {
                    "NODE_BACKGROUND_COLOR": look.colour,
                    "NODE_SHAPE": _SHAPES[look.shape],
                    "NODE_WIDTH": 2 * size[node.id],
                    "NODE_HEIGHT": 2 * size[node.id],
                },
            }
        )
    edges = [
        {
            "id": number,
            "s": numbers[edge.source],
            "t": numbers[edge.target],
            "v": {"name": edge.id, **edge.attributes},
        }
        for number, edge in enumerate(held.edges)
    ]
    label = {"type": "PASSTHROUGH", "definition": {"attribute": "label", "type": "string"}}
    visual = {
        "default": {"edge": {"EDGE_TARGET_ARROW_SHAPE": "triangle"}, "network": {}, "node": {}},
        "nodeMapping": {"NODE_LABEL": label} if kinds(told).get("label") == "text" else {},
        "edgeMapping": {},
    }
    declared = {
        "networkAttributes": {"name": {"d": "string"}, "description": {"d": "string"}},
        "nodes": _declared(told),
        "edges": _declared(held.edges),
    }
    aspects: dict[str, list[Any]] = {
        "attributeDeclarations": [declared],
        "networkAttributes": [{"name": creator(), "description": about_text(held)}],
        "nodes": nodes,
        "edges": edges,
        "visualProperties": [visual],
        "nodeBypasses": looks,
    }
    counts = [{"name": name, "elementCount": len(items)} for name, items in aspects.items()]
    stream.write(b'[\n{"CXVersion": "2.0", "hasFragments": false},\n')
    stream.write(f'{{"metaData": {cell_json(counts)}}},\n'.encode())  # type: ignore[arg-type]
    for name, items in aspects.items():
        body = ",\n".join(map(cell_json, items))
        stream.write(f'{{"{name}": [\n{body}\n]}},\n'.encode())
    stream.write(b'{"status": [{"success": true}]}\n]\n')
    return losses


def _declared(things: Iterable[Any]) -> dict[str, Any]:
    """Declare the type of each attribute."""
    found = {"name": {"d": "string"}}
    for name, kind in kinds(things).items():
        list_of = kind.removeprefix("list of ")
        of = "list_of_" if list_of != kind else ""
        found[name] = {"d": of + _TYPES[list_of]}
    return found


EXPORTER = Exporter(
    "cx2",
    "CX2 for Cytoscape and NDEx: attributes, colours, shapes and positions",
    (".cx2",),
    write_diagram=write_diagram,
    aliases=("cytoscape",),
)
