"""Nodes and edges to export, to view and to count: drawn from a dataset or an edge table.

:func:`draw_transfers` gives an edge a transfer, :func:`draw_things` everything of chosen
classes with its relations, :func:`from_flows` the rows of an edge table, :func:`aggregate`
one edge for all transfers between two groups, :func:`to_networkx` the same as a networkx
graph. Nothing here computes reach: that is done on the columns of :mod:`kvgraph.flows`.
"""

from __future__ import annotations

from kvgraph.diagram.aggregate import aggregate
from kvgraph.diagram.conversion import to_networkx
from kvgraph.diagram.drawing import (
    CLASSES,
    Frame,
    classes_of,
    draw_things,
    draw_transfers,
    frame,
    from_flows,
)
from kvgraph.diagram.levels import LEVELS, Groups, groups_at

__all__ = [
    "CLASSES",
    "LEVELS",
    "Frame",
    "Groups",
    "aggregate",
    "classes_of",
    "draw_things",
    "draw_transfers",
    "frame",
    "from_flows",
    "groups_at",
    "to_networkx",
]
