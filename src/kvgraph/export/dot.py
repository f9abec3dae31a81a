"""DOT: a graph for Graphviz to draw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Final

from kvgraph.export._about import about_text, creator
from kvgraph.export._cells import cell_text
from kvgraph.export._coercion import Abilities, coerce
from kvgraph.export._look import positions, sizes, style, without_places
from kvgraph.model import Cell, Diagram, Exporter, Loss

# An attribute of the data that is called as one of Graphviz would change the picture; some of
# them, such as image, even make it read other files.
_MEANT: Final = frozenset(
    """area arrowhead arrowsize arrowtail color colorscheme comment constraint decorate dir
    distortion edgehref edgetarget edgetooltip edgeurl fillcolor fixedsize fontcolor fontname
    fontpath fontsize gradientangle group head_lp headclip headhref headlabel headport headtarget
    headtooltip headurl height href id image imagepath imagepos imagescale labelangle
    labeldistance labelfloat labelfontcolor labelfontname labelfontsize labelhref labelloc
    labeltarget labeltooltip labelurl layer len lhead lp ltail margin minlen nojustify ordering
    orientation penwidth peripheries pin pos rects regular root samehead sametail samplepoints
    shape shapefile showboxes sides size skew sortv style tail_lp tailclip tailhref taillabel
    tailport tailtarget tailtooltip tailurl target tooltip url vertices weight width xlabel xlp
    z""".split()  # noqa: SIM905
)
ABILITIES: Final = Abilities(
    "DOT",
    booleans=False,
    numbers=False,
    # In DOT a backslash is an escape in labels and none elsewhere; NUL ends a text.
    unfit="\\x00\\\\",
    reserved_of_nodes=_MEANT,
    reserved_of_edges=_MEANT - {"weight"},
    names_fold=True,
)
_SHAPES: Final = {
    "dot": "circle",
    "square": "square",
    "diamond": "diamond",
    "hexagon": "hexagon",
    "triangle": "triangle",
    "star": "star",
    "triangleDown": "invtriangle",
    "box": "box",
}
_ENTITY: Final = frozenset({"label", "tooltip"})
"""Where Graphviz reads &amp; and the like as the character that it stands for."""


def write_diagram(diagram: Diagram, stream: IO[bytes]) -> list[Loss]:
    """Write a diagram as DOT, with the colours, shapes and positions of the pictures.

    ``neato -n -Tsvg`` keeps the positions; other programs of Graphviz lay it out anew.
    """
    places = positions(diagram)
    held, losses = coerce(
        Diagram(tuple(map(without_places, diagram.nodes)), diagram.edges, diagram.head)
        if places
        else diagram,
        ABILITIES,
    )
    size = sizes(held)

    def line(text: str) -> None:
        stream.write(text.encode() + b"\n")

    line("digraph {")
    line(f"  graph [comment={_quoted(creator() + '; ' + about_text(held))}];")
    line('  node [style="filled", fontcolor="#1A1A1A", fontname="sans-serif"];')
    for node, drawn in zip(held.nodes, diagram.nodes, strict=True):
        look = style(drawn)
        own: dict[str, str] = {
            "fillcolor": look.colour + "33",
            "color": look.colour,
            "shape": _SHAPES[look.shape],
            "width": f"{size[node.id] / 20:.2f}",
        }
        if places:
            x, y = places[drawn.id]
            own["pos"] = f"{x},{-y}"
        line(f"  {_quoted(node.id)} [{_list({**node.attributes, **own})}];")
    for edge in held.edges:
        own = {"id": edge.id}
        line(
            f"  {_quoted(edge.source)} -> {_quoted(edge.target)} "
            f"[{_list({**edge.attributes, **own})}];"
        )
    line("}")
    return losses


def _list(attributes: Mapping[str, Cell]) -> str:
    """Give attributes as DOT lists them."""
    parts = []
    for name, value in attributes.items():
        text = cell_text(value)
        if name in _ENTITY:
            text = text.replace("&", "&amp;")
        parts.append(f"{_quoted(name)}={_quoted(text)}")
    return ", ".join(parts)


def _quoted(text: str) -> str:
    """Give a text as DOT quotes it."""
    return '"' + text.replace('"', '\\"') + '"'


EXPORTER = Exporter(
    "dot",
    "DOT, for Graphviz to draw",
    (".dot", ".gv"),
    write_diagram=write_diagram,
    aliases=("graphviz", "gv"),
)
