"""GEXF: a picture in time for Gephi, with spells, colours, sizes and positions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import IO, Final

from kvgraph.export._about import about_text, creator
from kvgraph.export._cells import cell_text
from kvgraph.export._coercion import XML, Abilities, coerce, kinds
from kvgraph.export._look import positions, sizes, style, without_places
from kvgraph.export._xml import attribute, text
from kvgraph.model import Cell, Diagram, Edge, Exporter, Loss, Node

ABILITIES: Final = Abilities(
    "GEXF",
    unfit=XML,
    spells=frozenset({"earliest", "latest"}),
    reserved_of_nodes=frozenset({"id"}),
    # networkx has the id of an edge as its key, and cannot read an attribute of that name.
    reserved_of_edges=frozenset({"id", "key"}),
    texts=frozenset({"label"}),
)
_TYPES: Final = {
    "text": "string",
    "boolean": "boolean",
    "integer": "long",
    "float": "double",
    "date": "string",
}
_SHAPES: Final = {"dot": "disc", "square": "square", "triangle": "triangle", "diamond": "diamond"}
"""The four shapes that GEXF has; all other classes are discs, told apart by colour."""

Line = Callable[[int, str], None]
"""Writes a line at a depth."""

Spell = tuple[date | None, date | None]
"""The first and the last day, either of them open."""


def write_diagram(diagram: Diagram, stream: IO[bytes]) -> list[Loss]:
    """Write a diagram as GEXF 1.3.

    Where anything has a day, the graph is dynamic: the spell of an edge or a node goes from
    its earliest to its latest day, the side that is not known left open; what has neither is
    there all the time. A spell is when it can have been, not when it is proven to have been.
    The spell of a node is widened to those of its edges, since Gephi shows an edge only where
    both its ends are; its attributes keep its own days.
    """
    held, losses = coerce(diagram, ABILITIES)
    everything: list[Node | Edge] = [*held.nodes, *held.edges]
    dynamic = any(map(_spell, everything))
    spells = _widened(held)
    backwards = sum(_backwards(thing.attributes) for thing in everything)
    if backwards:
        reason = "has no spells that end before they start"
        losses.append(Loss("left out spells", "earliest, latest", backwards, f"GEXF {reason}"))
    losses += _of_time(held, spells) if dynamic else []
    other = Counter(style(node).shape for node in held.nodes)
    discs = sum(number for shape, number in other.items() if shape not in _SHAPES)
    if discs:
        losses.append(Loss("drew other shapes as discs", "", discs, "GEXF has four shapes"))
    places = positions(held)
    size = sizes(held)
    nodes = [without_places(n) for n in held.nodes] if places else list(held.nodes)

    def line(depth: int, text: str) -> None:
        stream.write(b"  " * depth + text.encode() + b"\n")

    line(0, '<?xml version="1.0" encoding="UTF-8"?>')
    line(
        0,
        '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">',
    )
    line(1, "<meta>")
    line(2, f"<creator>{text(creator())}</creator>")
    line(2, f"<description>{text(about_text(held))}</description>")
    line(1, "</meta>")
    time = (
        'mode="dynamic" timeformat="date" timerepresentation="interval"'
        if dynamic
        else 'mode="static"'
    )
    line(1, f'<graph defaultedgetype="directed" {time}>')
    keys = {}
    keys["node"] = _declare("node", nodes, line)
    keys["edge"] = _declare("edge", held.edges, line)
    line(2, "<nodes>")
    for node in nodes:
        line(3, f"<node id={attribute(node.id)} label={_label(node)}>")
        _values(node, keys["node"], spells[node.id], line)
        look = style(node)
        r, g, b = (int(look.colour[i : i + 2], 16) for i in (1, 3, 5))
        line(4, f'<viz:color r="{r}" g="{g}" b="{b}"/>')
        if places:
            x, y = places[node.id]
            # In Gephi y grows upwards.
            line(4, f'<viz:position x="{x}" y="{-y}" z="0"/>')
        line(4, f'<viz:size value="{size[node.id]}"/>')
        line(4, f'<viz:shape value="{_SHAPES.get(look.shape, "disc")}"/>')
        line(3, "</node>")
    line(2, "</nodes>")
    line(2, "<edges>")
    for edge in held.edges:
        label = f" label={_label(edge)}" if "label" in edge.attributes else ""
        weight = edge.attributes.get("weight")
        heavy = isinstance(weight, int | float) and not isinstance(weight, bool)
        line(
            3,
            f"<edge id={attribute(edge.id)} source={attribute(edge.source)} "
            f"target={attribute(edge.target)}{label}" + (f' weight="{weight}">' if heavy else ">"),
        )
        _values(edge, keys["edge"], _spell(edge), line)
        line(3, "</edge>")
    line(2, "</edges>")
    line(1, "</graph>")
    line(0, "</gexf>")
    return losses


def _label(thing: Node | Edge) -> str:
    """Give the label, in its quotes: that of a node without one is its id."""
    return attribute(cell_text(thing.attributes.get("label", thing.id)))


def _declare(what: str, things: Sequence[Node | Edge], line: Line) -> Mapping[str, str]:
    """Declare the attributes that are not told otherwise, and give their keys."""
    found = {name: kind for name, kind in kinds(things).items() if name != "label"}
    if found:
        line(2, f'<attributes class="{what}" mode="static">')
        for number, (name, kind) in enumerate(found.items()):
            line(
                3,
                f'<attribute id="{number}" title={attribute(name)} type="{_TYPES[kind]}"/>',
            )
        line(2, "</attributes>")
    return {name: str(number) for number, name in enumerate(found)}


def _values(thing: Node | Edge, keys: Mapping[str, str], spell: Spell | None, line: Line) -> None:
    """Write the attributes of a node or an edge, then its spell."""
    told = {name: value for name, value in thing.attributes.items() if name in keys}
    if told:
        line(4, "<attvalues>")
        for name, value in told.items():
            line(5, f'<attvalue for="{keys[name]}" value={attribute(cell_text(value))}/>')
        line(4, "</attvalues>")
    known = zip(("start", "end"), spell or (), strict=False)
    sides = " ".join(f'{side}="{day}"' for side, day in known if day is not None)
    if sides:
        line(4, f"<spells><spell {sides}/></spells>")


def _spell(thing: Node | Edge) -> Spell | None:
    """Give the first and the last day of a thing, if one of them is known."""
    if _backwards(thing.attributes):
        return None
    first, last = (thing.attributes.get(name) for name in ("earliest", "latest"))
    spell = first if isinstance(first, date) else None, last if isinstance(last, date) else None
    return None if spell == (None, None) else spell


def _widened(held: Diagram) -> dict[str, Spell | None]:
    """Give the spell of each node by id, wide enough for all its edges."""
    spells = {node.id: _spell(node) for node in held.nodes}
    for edge in held.edges:
        first, last = _spell(edge) or (None, None)
        for end in (edge.source, edge.target):
            own = spells[end]
            if own is not None:
                spells[end] = (
                    None if own[0] is None or first is None else min(own[0], first),
                    None if own[1] is None or last is None else max(own[1], last),
                )
    return spells


def _of_time(held: Diagram, spells: Mapping[str, Spell | None]) -> list[Loss]:
    """Tell what of the time of things a reader of the spells alone would take wrongly."""
    always = sum(_spell(edge) is None for edge in held.edges)
    wider = sum(spells[node.id] != _spell(node) for node in held.nodes)
    found = []
    if wider:
        reason = "GEXF shows an edge only while both its nodes are there"
        found.append(Loss("widened spells of nodes", "", wider, reason))
    if always:
        reason = "GEXF shows what has no spell all the time"
        found.append(Loss("gave no spell to edges without a date", "", always, reason))
    return found


def _backwards(attributes: Mapping[str, Cell]) -> bool:
    first, last = attributes.get("earliest"), attributes.get("latest")
    return isinstance(first, date) and isinstance(last, date) and first > last


EXPORTER = Exporter(
    "gexf",
    "GEXF 1.3 for Gephi: spells, colours, sizes and positions",
    (".gexf",),
    write_diagram=write_diagram,
)
