"""What the actors of a diagram belong to: the groups by which transfers are put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kvgraph.diagram.aggregate import aggregate
from kvgraph.diagram.drawing import Frame, nodes_of
from kvgraph.model import Cell, Diagram
from kvgraph.rollup import rollup
from kvgraph.store import Dataset

LEVELS: Final = ("actor", "jurisdiction", "member-state")


@dataclass(frozen=True, slots=True)
class Groups:
    """The group of each node by id, and the attributes of the groups by theirs."""

    members: Mapping[str, str]
    nodes: Mapping[str, Mapping[str, Cell]]

    def of(self, diagram: Diagram) -> Diagram:
        """Give one edge for all transfers from one group to another."""
        return aggregate(diagram, self.members, self.nodes)


def groups_at(
    dataset: Dataset, diagram: Diagram, level: str, by: Frame, also: Iterable[str] = ()
) -> Groups:
    """Give what each node of a diagram belongs to at a level.

    At *actor* each is a group of its own; above it groups are those of
    :func:`kvgraph.rollup.rollup`, and who belongs to none is in none. ``also`` are IRIs of
    groups that are to be told of, whether anybody belongs to them or not.
    """
    if level == "actor":
        own = {node.id: node.attributes for node in diagram.nodes}
        return Groups({name: name for name in own}, own)
    rolled = rollup(dataset, level)
    members = {
        node.id: rolled[iri]
        for node in diagram.nodes
        if (iri := str(node.attributes["iri"])) in rolled
    }
    nodes = nodes_of(dataset, {*members.values(), *also}, by)
    return Groups(
        {name: nodes[iri].id for name, iri in members.items()},
        {node.id: node.attributes for node in nodes.values()},
    )
