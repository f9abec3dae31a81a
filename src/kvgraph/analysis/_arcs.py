"""What the measures of ties share: who is tied to whom, once each, and by which ties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    known = {name for tie in ties for name in (tie.giver, tie.receiver)}
    names = tuple(sorted(known.union(others), key=by_id))
    number = {name: place for place, name in enumerate(names)}
    found: dict[tuple[int, int], list[str]] = {}
    loops = 0
    for tie in ties:
        if tie.giver == tie.receiver:
            loops += 1
            continue
        found.setdefault((number[tie.giver], number[tie.receiver]), []).append(tie.id)
    pairs = sorted(found)
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Arcs(
        names,
        np.ascontiguousarray(ends[:, 0]),
        np.ascontiguousarray(ends[:, 1]),
        tuple(tuple(sorted(found[pair], key=by_id)) for pair in pairs),
        loops,
        len(ties) - loops - len(pairs),
    )
