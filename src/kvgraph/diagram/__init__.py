"""Nodes and edges to export, to view and to count: drawn from a dataset.

:func:`draw_transfers` gives an edge a transfer, :func:`draw_things` everything of chosen
classes with its relations, :func:`aggregate` one edge for all transfers between two groups,
:func:`to_networkx` the same as a networkx graph. What plain csv gives is drawn by
:mod:`kvgraph.material`. Nothing here computes reach: that is done on the columns of
:mod:`kvgraph.flows`.
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
    "groups_at",
    "to_networkx",
]
