"""How many others each actor can have passed each practice on to, all of them at once.

Reach
    As the command reach has it, from the actor on, which holds the practice from the beginning,
    along ties of the one practice whose times can follow each other. A tie happened on some day
    between its times if a source proves it, else on one of them or never. *Certain*: whatever
    these days are; *possible*: on some of them. On the same day one tie may follow another, in
    any order; with ``--strict`` only on a later day (in a table of numbers: by one of the last
    decimal place that it has).
No adaptations
    A practice is told by its id alone: what was adapted from it under another is another, and
    the way into it is not followed, as it is by reach without ``--no-lineage``.
Counts
    Others are counted, never the actor itself, and exactly: nothing is sampled. Actors that
    only received reach nobody and have no row. Who is reached, when and along which ties tells
    reach.

A row an actor and a practice that it gave, an actor (``--by actor``) or a practice (``--by
practice``), those of most certain reach first, then of most possible reach, then by id.

============== ==================================================================================
actor          the actor that gave the practice
practice       the practice, empty where the table has none
possible       how many others can have been reached, the certain ones among them. By actor the
               sum over its practices, by practice over its givers: whoever is reached with two
               practices, or from two actors, counts twice
certain        how many others certainly have been
practices      by actor: how many practices it gave
actors         by practice: how many actors gave or received it
givers         by practice: how many of them gave it
transfers      ids of the ties by which the actor gave the practice: all ways begin with these;
               by practice those of all ties
============== ==================================================================================

Time and memory: where each tie has one day, or none has any, so many machine words a tie as a
practice has actors over 64; with intervals a walk from each giver besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from kvgraph.analysis._arcs import by_id, ids_by
from kvgraph.analysis._reach_counts import Counts, counts
from kvgraph.analysis._tied import flows_of
from kvgraph.errors import KvgraphError
from kvgraph.flows import Flows
from kvgraph.material import Material, head_of
from kvgraph.model import Analysis, Cell, Parameter, Table
from kvgraph.words import word

BY: Final = ("both", "actor", "practice")

MANY: Final = 200_000
"""From so many ties each step is told of."""

_COLUMNS: Final = {
    "both": ("actor", "practice", "possible", "certain", "transfers"),
    "actor": ("actor", "practices", "possible", "certain", "transfers"),
    "practice": ("practice", "actors", "givers", "possible", "certain", "transfers"),
}


def reach_counts(
    material: Material,
    *,
    by: str = "both",
    strict: bool = False,
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Give for each actor and practice how many others it can have reached, and certainly has.

    What each number means is told in the module.

    >>> from kvgraph.material import Tie
    >>> days = [("a", "b", 1, 1), ("b", "c", 1, 3), ("c", "d", 2, 2)]
    >>> ties = [Tie(g, r, "p", lo, hi, 1.0, g + r) for g, r, lo, hi in days]
    >>> [row[:4] for row in reach_counts(Material(tuple(ties))).rows]
    [('a', 'p', 3, 2), ('b', 'p', 2, 1), ('c', 'p', 1, 1)]

    b gave to c on a day from 1 to 3, so that c can have passed it on to d on day 2, or not.

    :param by: a row an actor and practice (both), an actor, or a practice.
    :param strict: a tie must come strictly after the one before it.
    :param tell: is told of each step of long work.
    :raises KvgraphError: for a choice that there is not.
    """
    if by not in BY:
        raise KvgraphError(f'--by "{by}" is none', hint=f"Say {', '.join(BY)}.")
    flows = flows_of(material)
    long = tell if len(flows.lo) >= MANY else None
    if long:
        long(f"reach of {len(flows.transfers.actors):,} actors by {len(flows.lo):,} ties")

    def step(done: int, all_: int) -> None:
        if long and done % max(all_ // 10, 1) == 0:
            long(f"practices whose ties have no one day: {done:,} of {all_:,}")

    found = counts(flows, strict=strict, step=step)
    rows = {"both": _rows, "actor": _by_actor, "practice": _by_practice}[by](flows, found)
    return Table(
        _COLUMNS[by],
        tuple(rows),
        {
            **head_of(
                material,
                f"reach of each actor by practice, {'strict' if strict else 'non-strict'}, "
                "adaptations not followed",
            ),
            "by": by,
            "strict": strict,
            "actors": len(flows.transfers.actors),
            "practices": len(flows.transfers.practices),
            "pairs_possible": int(found.possible.sum()),
            "pairs_certain": int(found.certain.sum()),
            "loops": len(material.ties) - len(flows.lo),
            "adaptations_not_followed": len(material.adaptations),
            "notes": (word("analyse.reach_counts_meant", lang),),
        },
        "" if len(flows.lo) else word("analyse.nothing", lang),
    )


def _rows(flows: Flows, found: Counts) -> Iterator[tuple[Cell, ...]]:
    """Give a row a practice and an actor that gave it."""
    t = flows.transfers
    practice, actor = np.divmod(found.states.keys, max(len(t.actors), 1))
    ids = _ids(flows, found, found.states.tail, len(found.states.keys))
    giving = np.flatnonzero(found.given)
    order = _ordered(
        found.certain[giving], found.possible[giving],
        _ranks(t.practices)[practice[giving]], _ranks(t.actors)[actor[giving]],
    )  # fmt: skip
    chosen = giving[order]
    columns = (c[chosen].tolist() for c in (actor, practice, found.possible, found.certain))
    for state, a, p, possible, certain in zip(chosen.tolist(), *columns, strict=True):
        yield t.actors[a], t.practices[p] or None, possible, certain, ids[state]


def _by_actor(flows: Flows, found: Counts) -> Iterator[tuple[Cell, ...]]:
    """Give a row an actor that gave anything."""
    t = flows.transfers
    size = len(t.actors)
    of = found.states.keys % max(size, 1)
    gave = np.bincount(of[found.given], minlength=size)
    possible, certain = _added(of, found, size)
    ids = _ids(flows, found, of[found.states.tail], size)
    giving = np.flatnonzero(gave)
    order = _ordered(certain[giving], possible[giving], _ranks(t.actors)[giving])
    for a in giving[order].tolist():
        yield t.actors[a], int(gave[a]), int(possible[a]), int(certain[a]), ids[a]


def _by_practice(flows: Flows, found: Counts) -> Iterator[tuple[Cell, ...]]:
    """Give a row a practice."""
    t = flows.transfers
    size = len(t.practices)
    of = found.states.keys // max(len(t.actors), 1)
    actors = np.bincount(of, minlength=size)
    givers = np.bincount(of[found.given], minlength=size)
    possible, certain = _added(of, found, size)
    ids = _ids(flows, found, found.states.practice, size)
    for p in _ordered(certain, possible, _ranks(t.practices)).tolist():
        yield (
            t.practices[p] or None, int(actors[p]), int(givers[p]), int(possible[p]),
            int(certain[p]), ids[p],
        )  # fmt: skip


def _added(of: np.ndarray, found: Counts, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Add up possible and certain reach of the states that each is ``of``."""
    possible, certain = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    np.add.at(possible, of, found.possible)
    np.add.at(certain, of, found.certain)
    return possible, certain


def _ordered(certain: np.ndarray, possible: np.ndarray, *by: np.ndarray) -> np.ndarray:
    """Give the order of rows: the highest counts first, then by what else there is."""
    return np.lexsort((*reversed(by), -possible, -certain))


def _ranks(names: tuple[str, ...]) -> np.ndarray:
    """Give the place of each name among all by id."""
    ranks = np.empty(len(names), dtype=np.int64)
    ranks[sorted(range(len(names)), key=lambda i: by_id(names[i]))] = np.arange(len(names))
    return ranks


def _ids(flows: Flows, found: Counts, of: np.ndarray, size: int) -> list[tuple[str, ...]]:
    """Give the ids of the ties that belong to each of so many."""
    every = flows.transfers.ids
    return ids_by([every[row] for row in found.states.row.tolist()], of, size)


ANALYSIS: Final = Analysis(
    name="reach-counts",
    summary="How many others each actor can have passed each practice on to: certain and possible",
    parameters=(
        Parameter("by", "choice", "give a row an actor and practice, an actor, or a practice",
                  default="both", choices=BY),
        Parameter("strict", "flag", "a tie must come strictly after the one before; else the same "
                  "day will do"),
    ),
    run=reach_counts,
    takes="material",
)  # fmt: skip
