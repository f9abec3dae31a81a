"""What the measures of the field are taken of, whatever it comes from.

:func:`from_dataset` gathers the selected transfers of a dataset, with the adoptions that they
prove; :func:`from_tables` takes plain csv as read. Both give a :class:`Material`, and an analysis
of one knows nothing of where its numbers come from.
"""

from __future__ import annotations

from kvgraph.material.shapes import (
    Adopting,
    Material,
    Member,
    Seat,
    Tie,
    Time,
    head_of,
)

__all__ = [
    "Adopting",
    "Material",
    "Member",
    "Seat",
    "Tie",
    "Time",
    "head_of",
]
