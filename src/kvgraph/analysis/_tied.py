"""Ties as flows, over which the kernel of reach can go."""

from __future__ import annotations

import numpy as np

from kvgraph.analysis._clock import clock_of
from kvgraph.flows import CONTRADICTED, HIGH, IN, LOW, Flows, Transfers
from kvgraph.flows.books import Book
from kvgraph.material import Material


def flows_of(material: Material) -> Flows:
    """Give the ties of different actors as flows; what ends before it begins takes no part.

    Adaptations are no part of it. Times of a table of numbers are told in the smallest step that
    there is, a power of ten.

    :raises KvgraphError: where times have too many digits to be compared exactly.

    >>> from kvgraph.material import Tie
    >>> flows = flows_of(Material((Tie("a", "b", "p", None, 0.5, 1.0, "x"),), numeric=True))
    >>> flows.transfers.actors, flows.lo.tolist() == [LOW], flows.hi.tolist()
    (('a', 'b'), True, [5])
    """
    ties = [tie for tie in material.ties if tie.giver != tie.receiver]
    ends = [tie.start for tie in ties], [tie.end for tie in ties]
    times = set().union(*ends)
    clock = clock_of(times, numeric=material.numeric)
    practices, actors = Book(), Book()
    practice = practices.number([tie.practice for tie in ties])
    giver = actors.number([tie.giver for tie in ties])
    receiver = actors.number([tie.receiver for tie in ties])

    lo, hi = (
        np.fromiter(map({t: clock.whole(t, end) for t in times}.__getitem__, column), np.int64)
        for column, end in zip(ends, (LOW, HIGH), strict=True)
    )
    many = len(ties)
    nothing = np.zeros(many, dtype=np.int32)
    transfers = Transfers(
        practices=practices.names(),
        actors=actors.names(),
        ids=tuple(tie.id for tie in ties),
        practice=practice,
        giver=giver,
        receiver=receiver,
        begin=lo,
        end=hi,
        told=np.full(many, HIGH, dtype=np.int64),
        rank=nothing,
        certainty=nothing,
        exposure=np.zeros(many, dtype=bool),
        origin=np.full(len(practices), LOW, dtype=np.int64),
        staged=False,
        numeric=material.numeric,
    )
    proven = np.fromiter((tie.proven for tie in ties), dtype=bool, count=many)
    reason = np.where(lo > hi, CONTRADICTED, IN).astype(np.int8)
    return Flows(transfers, lo, hi, proven, reason, None, None)
