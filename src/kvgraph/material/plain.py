"""Gather ties, actors and adoptions from plain csv, as it was read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kvgraph.material.shapes import Adopting, Material, Member, Tie, Time

if TYPE_CHECKING:
    from kvgraph.model import Cell
    from kvgraph.readers import Measured

LOOPS = "loops"
"""Why a row takes no part: its giver is its receiver."""


def from_tables(read: Measured, *, first: Time = None, last: Time = None) -> Material:
    """Gather what tables of edges, actors and adoptions give to be measured.

    Every row is proven. Rows whose giver is its receiver are left out and counted. With ``first``
    or ``last`` only ties that can have been going on, and adoptions that can have been, between the
    two; undated ones are then left out and counted.

    >>> from kvgraph.readers import EdgeTable, Measured
    >>> edges = EdgeTable(("a", "b"), ("b", "b"), ("", ""), (1, 2), (1, 2), ("x", "y"), True, 1, ())
    >>> material = from_tables(Measured(edges, None, None, True, ()))
    >>> [tie.id for tie in material.ties], material.head["left_out"]
    (['x'], {'loops': 1})
    """
    ties, head = _ties(read, first, last)
    nodes, adoptions = read.nodes, read.adoptions
    members = (
        ()
        if nodes is None
        else tuple(
            Member(name, lo, columns)
            for name, lo, columns in zip(nodes.ids, nodes.lo, nodes.columns, strict=True)
        )
    )
    told: list[Adopting] = []
    if nodes is not None and adoptions is None:
        told = [
            Adopting(name, "", lo, hi, name)
            for name, lo, hi in zip(nodes.ids, nodes.lo, nodes.hi, strict=True)
            if lo is not None or hi is not None
        ]
    if adoptions is not None:
        told = [
            Adopting(*row)
            for row in zip(
                adoptions.actor, adoptions.practice, adoptions.lo, adoptions.hi, adoptions.ids,
                strict=True,
            )
        ]  # fmt: skip
    if first is not None or last is not None:
        kept = [a for a in told if _within(a.start, a.end, first, last)]
        head["adoptions_outside"] = len(told) - len(kept)
        adopters = {a.actor for a in kept}
        # Who is not counted as adopting is there all the same, as in a selection of a dataset.
        members = tuple(m if m.id in adopters else replace(m, adopted=None) for m in members)
        told = kept
    return Material(ties, members, tuple(told), read.numeric, head)


def _within(lo: Time, hi: Time, first: Time, last: Time) -> bool:
    """Tell whether something that is dated can have been between two times."""
    late = lo is not None and last is not None and lo > last
    early = hi is not None and first is not None and hi < first
    return (lo, hi) != (None, None) and not late and not early


def _ties(read: Measured, first: Time, last: Time) -> tuple[tuple[Tie, ...], dict[str, Cell]]:
    """Give the ties, and what was counted of the rows; a row read both ways is one row."""
    edges = read.edges
    ties: list[Tie] = []
    loops: set[str] = set()
    outside: set[str] = set()
    undated: set[str] = set()
    every: set[str] = set()
    narrowed = first is not None or last is not None
    if edges is not None:
        weights = edges.weight or (1.0,) * len(edges.ids)
        blanks = edges.blank or (False,) * len(edges.ids)
        for giver, receiver, practice, lo, hi, weight, identifier, blank in zip(
            edges.giver, edges.receiver, edges.practice, edges.lo, edges.hi, weights, edges.ids,
            blanks, strict=True,
        ):  # fmt: skip
            every.add(identifier)
            if blank:
                undated.add(identifier)
            if narrowed and not _within(lo, hi, first, last):
                outside.add(identifier)
            elif giver == receiver:
                loops.add(identifier)
            else:
                ties.append(Tie(giver, receiver, practice, lo, hi, weight, identifier))
    taken = len({tie.id for tie in ties})
    head: dict[str, Cell] = {
        "stage": None,
        "horizon": None,
        "transfers": len(every - outside),
        "proven": taken,
        "possible": 0,
        "left_out": {LOOPS: len(loops)} if loops else {},
        "undated": len(undated - outside),
    }
    if narrowed:
        head["undated_left_out"] = len(undated & outside)
    return tuple(ties), head
