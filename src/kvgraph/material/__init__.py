"""What the measures of the field are taken of, whatever it comes from.

:func:`from_dataset` gathers the selected transfers of a dataset, with the adoptions that they
prove, :func:`from_flows` those that were drawn from a file without a store; :func:`from_tables`
takes plain csv as read. All give a :class:`Material`, and an analysis
of one knows nothing of where its numbers come from; :func:`drawn` makes a graph of it.
"""

from __future__ import annotations

from kvgraph.material.drawing import drawn
from kvgraph.material.gathering import from_dataset, from_flows, head_of_transfers
from kvgraph.material.plain import from_tables
from kvgraph.material.shapes import (
    Adaptation,
    Adopting,
    Interval,
    Material,
    Member,
    Seat,
    Tie,
    Time,
    head_of,
    span,
)

__all__ = [
    "Adaptation",
    "Adopting",
    "Interval",
    "Material",
    "Member",
    "Seat",
    "Tie",
    "Time",
    "drawn",
    "from_dataset",
    "from_flows",
    "from_tables",
    "head_of",
    "head_of_transfers",
    "span",
]
