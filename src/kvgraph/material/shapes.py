"""What the measures of the field are taken of: ties, actors and adoptions, whatever they come from.

A dataset, a selection of it and plain csv files give the same three lists, so that an analysis
knows nothing of where its numbers come from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from kvgraph.model import Cell

Time = float | None
"""A day number (:meth:`datetime.date.toordinal`) or a number of one's own; ``None`` is open."""

Interval = tuple[float, float]
"""The earliest and latest moment; infinite where that side is open."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One tie: who gave, who received, what, and between which times.

    ``id`` is that of the transfer, or of the row; ``proven`` is false where no source says that
    the practice was taken into use. Without a practice column all ties are of the practice "".
    """

    giver: str
    receiver: str
    practice: str
    start: Time
    end: Time
    weight: float
    id: str
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    """One actor: its time of adoption where a node table gives one, and its other columns.

    ``attributes`` holds ``group``, ``level`` and whatever columns there are, as text.
    """

    id: str
    adopted: Time
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Adopting:
    """That an actor took a practice into use, between two times; ``id`` is the record's."""

    actor: str
    practice: str
    start: Time
    end: Time
    id: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """That an actor sat in a network, or took part in an event, between two times."""

    actor: str
    network: str
    start: Time
    end: Time
    id: str = ""


@dataclass(frozen=True, slots=True)
class Adaptation:
    """That ``child`` was made from ``parent`` by an actor, its origin, between two times."""

    parent: str
    child: str
    origin: str
    start: Time
    end: Time


def span(start: float | None, end: float | None) -> Interval:
    """Give an interval with open sides as infinite ones."""
    return (-math.inf if start is None else start, math.inf if end is None else end)


@dataclass(frozen=True, slots=True)
class Material:
    """Ties, actors, adoptions and seats, each in the order of the input, and what was counted.

    ``numeric`` tells that times are numbers of the user's own and no days. ``head`` holds rule,
    horizon, what was left out and undated, as every answer carries them. ``seats``, ``themes``
    (those of each practice) and ``adaptations`` are known of a dataset alone.
    """

    ties: tuple[Tie, ...]
    members: tuple[Member, ...] = ()
    adoptings: tuple[Adopting, ...] = ()
    numeric: bool = False
    head: Mapping[str, Cell] = field(default_factory=dict)
    seats: tuple[Seat, ...] = ()
    themes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    adaptations: tuple[Adaptation, ...] = ()


def head_of(material: Material, rule: str, seed: int | None = None) -> dict[str, Cell]:
    """Give what every answer carries: what was counted of the material, rule and seed.

    Both the rule by which the ties were taken and that of the analysis stand there.
    """
    taken = material.head.get("rule")
    told: Mapping[str, Cell] = {"horizon": None, "left_out": {}, "undated": 0, **material.head}
    return {**told, "rule": f"{taken}; {rule}" if taken else rule, "seed": seed}
