"""What the measures of ties share: who is tied to whom, once each, and by which ties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from kvgraph.material import Tie

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Arcs:
    """Ordered pairs of actors between which something went, each once and without loops.

    ``names`` are the actors in the order of :func:`by_id`; ``giver`` and ``receiver`` number
    them, and the arcs stand in the order of (giver, receiver). ``ids`` holds the ids of the
    ties of each arc. ``loops`` are the ties from an actor to itself, ``repeated`` those that
    an arc has beyond its first.
    """

    names: tuple[str, ...]
    giver: Numbers
    receiver: Numbers
    ids: tuple[tuple[str, ...], ...]
    loops: int
    repeated: int


def by_id(name: str) -> tuple[bool, int, str]:
    """Give the place of an id among others: whole numbers by value, then texts.

    >>> sorted(["b", "10", "9", "a"], key=by_id)
    ['9', '10', 'a', 'b']
    """
    number = name.isascii() and name.isdigit()
    return not number, int(name) if number else 0, name


def arcs_of(ties: Sequence[Tie], others: Iterable[str] = ()) -> Arcs:
    """Give the arcs of ties; ``others`` are actors that are there whether tied or not.

    >>> from kvgraph.material import Tie
    >>> def tie(giver, receiver, id): return Tie(giver, receiver, "", None, None, 1.0, id)
    >>> arcs = arcs_of([tie("b", "a", "2"), tie("b", "a", "1"), tie("a", "a", "3")])
    >>> arcs.names, arcs.giver.tolist(), arcs.receiver.tolist(), arcs.ids
    (('a', 'b'), [1], [0], (('1', '2'),))
    >>> arcs.loops, arcs.repeated
    (1, 1)
    """
    givers, receivers = [tie.giver for tie in ties], [tie.receiver for tie in ties]
    names = tuple(sorted({*givers, *receivers, *others}, key=by_id))
    number = {name: place for place, name in enumerate(names)}.__getitem__
    giver = np.fromiter(map(number, givers), np.int64, len(ties))
    receiver = np.fromiter(map(number, receivers), np.int64, len(ties))
    kept = np.flatnonzero(giver != receiver)
    size = max(len(names), 1)
    arcs, arc = np.unique(giver[kept] * size + receiver[kept], return_inverse=True)
    return Arcs(
        names,
        arcs // size,
        arcs % size,
        tuple(ids_by([ties[i].id for i in kept.tolist()], arc, len(arcs))),
        len(ties) - len(kept),
        len(kept) - len(arcs),
    )


def ids_by(ids: Sequence[str], of: Numbers, size: int) -> list[tuple[str, ...]]:
    """Give for each of so many things the ids that are ``of`` it, in order and each once.

    >>> ids_by(["10", "9", "x", "9"], np.array([1, 1, 0, 1]), 3)
    [('x',), ('9', '10'), ()]
    """
    order = np.argsort(of, kind="stable")
    ordered = [ids[i] for i in order.tolist()]
    ends = np.searchsorted(of[order], np.arange(size + 1)).tolist()
    # Most have one, which needs no sorting.
    return [
        tuple(ordered[first:last])
        if last - first < 2
        else tuple(sorted(set(ordered[first:last]), key=by_id))
        for first, last in pairwise(ends)
    ]
