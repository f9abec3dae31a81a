"""How much went from which state to which, and whether that is more than was to be expected.

Flows
    Who gave and who received are put together by a column of the actors (``--group``): the
    state, or any other. A flow is one transfer from one group into another, or within one; a
    transfer to receivers in three groups is three flows, and to three receivers in one group
    one. Two transfers of one practice between the same actors are two. Ties of an actor with
    itself are left out, and so are actors without a group, with their ties: they are counted
    in the head (``outside_every_group``, ``ties_outside``).
Expected
    What would go between two groups if who gives to whom depended on nothing but how much
    each group gave and received in all, and on who could give to whom:
    E_ij = a_i b_j pairs_ij, where pairs_ij are the ordered pairs of two different actors, n_i
    n_j between groups and n_i (n_i - 1) within one. a and b are such that each group gives
    and receives in all what it did: independence with these opportunities as exposure
    (quasi-independence: Goodman 1968; fitted as by Deming & Stephan 1940). Large groups come
    near to row x column / all; a group of one actor has no pair within itself, and nothing is
    expected there. ``ratio`` is transfers over expected: 1 is as expected; it is undefined
    where nothing is. It says nothing of how sure that is where little is expected.
Chance
    The group labels are permuted while who gave to whom stays: among actors that gave, and
    received, equally often, so that each group keeps what it gives and receives, and what is
    expected stays. (Were all labels permuted, a group with one great giver would stand out for
    having it, whomever it gave to.) ``p`` is the share of labelings in which at least as many
    transfers went between the two groups: (b + 1)/(N + 1) with b of N random ones (Phipson &
    Smyth 2010), so that it is never 0, or the plain share of all labelings if there are no
    more than N of them, or with ``exact``; ``p_low`` is the share with at most as many. Both
    are empty where no label can change. Each is of one pair of groups: among a hundred pairs
    five or so have a p of at most 0.05 by chance. Transfers of one network or practice are
    not independent of each other, which p does not know.

A row a pair of groups with a transfer, those with the most transfers first, then by name. With
``--all`` a row every pair of groups: nothing between two groups is then a row with 0.

============== ==================================================================================
from_state     the group that gave
to_state       the group that received
transfers      how many transfers went that way
practices      how many practices these passed on
proven         how many of them are proven
pairs          who could have given to whom: ordered pairs of two different actors
expected       how many were to be expected
ratio          transfers over expected
share          of all flows
p              share of labelings with at least as many; empty without permutations
p_low          likewise with at most as many
transfer_ids   the ids of the transfers
============== ==================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.analysis._arcs import by_id
from kvgraph.analysis._groups import (
    GROUP,
    PERMUTATIONS,
    SEED,
    Grouped,
    Labelings,
    chance_notes,
    in_groups,
    labels_of,
    outside_notes,
    times_of,
)
from kvgraph.analysis._mixing import mixing
from kvgraph.material import Material, Tie, head_of
from kvgraph.model import Analysis, Parameter, Table
from kvgraph.words import word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Reals = NDArray[np.float64]

MANY: Final = 20_000_000
"""From so many ties times labelings on each step is told of."""
_DENSE: Final = 4_000_000
"""Up to so many pairs of groups a table of them is held as it is."""

_COLUMNS: Final = (
    "from_state", "to_state", "transfers", "practices", "proven", "pairs", "expected", "ratio",
    "share", "p", "p_low", "transfer_ids",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ends:
    """The ends of transfers as numbers of actors, each triple once; ``single``: no id twice."""

    transfer: Numbers
    giver: Numbers
    receiver: Numbers
    single: bool


@dataclass(frozen=True, slots=True)
class _Cells:
    """Flows by pair of groups: a number for each pair, and what each group gave and received."""

    flows: Numbers
    out: Numbers
    into: Numbers


def state_flows(
    material: Material,
    *,
    group: str = "group",
    permutations: int | str = 999,
    seed: int = 1,
    all: bool = False,  # noqa: A002
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Give how many transfers went between each two groups, how many were to be expected, and p.

    What each word means is told in the module.

    >>> from kvgraph.material import Member, Tie
    >>> ties = [Tie(g, r, "", None, None, 1.0, g + r) for g, r in ("ac", "ad", "bc", "cd")]
    >>> members = [Member(n, None, {"group": g}) for n, g in zip("abcd", "xxyy")]
    >>> table = state_flows(Material(tuple(ties), tuple(members)))
    >>> [(*row[:3], row[5], round(row[6], 2), round(row[7], 2)) for row in table.rows]
    [('x', 'y', 3, 4, 3.0, 1.0), ('y', 'y', 1, 2, 1.0, 1.0)]

    Nobody of x received anything, so all that each group gave was to be expected in y.

    :param group: the column of the actors whose values are the groups.
    :param permutations: a number, 0 for none, or "exact" for all labelings.
    :param tell: is told of each step of long work.
    :raises KvgraphError: for options that there are not, a column that no actor has, or more
        labelings than can be gone through.
    """
    times = times_of(permutations)
    g = in_groups(material, group)
    size = len(g.groups)
    number = dict(zip(g.names, g.group.tolist(), strict=True))
    held: dict[tuple[int, int], list[Tie]] = {}
    loops = 0
    for tie in g.ties:
        if tie.giver == tie.receiver:
            loops += 1
        else:
            held.setdefault((number[tie.giver], number[tie.receiver]), []).append(tie)
    every = [(i, j) for i in range(size) for j in range(size)] if all and held else sorted(held)
    wanted = np.array(every, dtype=np.int64).reshape(-1, 2)
    ends = _ends(g)
    seen = _cells(ends, g.group, wanted, size)
    long = tell is not None and len(ends.giver) * (times or 0) >= MANY
    labels = labels_of(g, times if held else 0, seed, tell if long else None, _activity(ends, g))
    expected = mixing(seen.out, seen.into, np.array(g.sizes, dtype=np.int64)).at(*wanted.T)
    above, below = _chance(ends, labels, wanted, seen.flows, size)
    # One labeling is the one that was seen: then p would be 1, and tell of nothing.
    chances = not labels.exact or labels.number > 1
    total = int(seen.out.sum())
    rows = []
    for place, (i, j) in enumerate(every):
        ties = held.get((i, j), [])
        flows, mean = int(seen.flows[place]), float(expected[place])
        meant = mean > 0
        rows.append(
            (
                g.groups[i],
                g.groups[j],
                flows,
                len({tie.practice for tie in ties}),
                len({tie.id for tie in ties if tie.proven}),
                g.sizes[i] * (g.sizes[j] - (i == j)),
                mean,
                flows / mean if meant else None,
                flows / total,
                labels.p(int(above[place])) if meant and chances else None,
                labels.p(int(below[place])) if meant and chances else None,
                tuple(sorted({tie.id for tie in ties}, key=by_id)),
            )
        )
    rows.sort(key=lambda row: -row[2])
    notes = [word("analyse.state_flows_meant", lang)]
    if labels.number and not chances:
        notes.append(word("analyse.state_flows_no_other_labels", lang))
    else:
        notes += chance_notes(labels.number, seed, lang, exact=labels.exact)
    notes += outside_notes(group, g.outside, g.ties_outside, lang)
    return Table(
        _COLUMNS,
        tuple(rows),
        {
            **head_of(
                material,
                f"flows by {group}: transfers over what both margins and pairs let expect",
                seed if labels.number and not labels.exact else None,
            ),
            "group": group,
            "groups": dict(zip(g.groups, g.sizes, strict=True)),
            "actors": len(g.names),
            "edges": len(np.unique(ends.giver * max(len(g.names), 1) + ends.receiver)),
            "transfers_counted": len({tie.id for ties in held.values() for tie in ties}),
            "flows": total,
            "within": sum(row[2] for row in rows if row[0] == row[1]),
            "null": "labels permuted among actors that gave and received equally often",
            "permutations": labels.number,
            "exact": labels.exact,
            "outside_every_group": g.outside,
            "ties_outside": g.ties_outside,
            "loops": loops,
            "notes": tuple(notes),
        },
        "" if rows else word("analyse.nothing", lang),
    )


def _ends(g: Grouped) -> _Ends:
    """Give who gave to whom by which transfer, each once and without loops."""
    number = {name: place for place, name in enumerate(g.names)}
    ids: dict[str, int] = {}
    found = sorted(
        {
            (ids.setdefault(tie.id, len(ids)), number[tie.giver], number[tie.receiver])
            for tie in g.ties
            if tie.giver != tie.receiver
        }
    )
    columns = np.array(found, dtype=np.int64).reshape(-1, 3)
    transfer, giver, receiver = (np.ascontiguousarray(columns[:, i]) for i in range(3))
    return _Ends(transfer, giver, receiver, len(np.unique(transfer)) == len(transfer))


def _activity(ends: _Ends, g: Grouped) -> Numbers:
    """Give a number to each actor by how often it gave and how often it received."""
    size = len(g.names)
    gave, took = (np.bincount(actors, minlength=size) for actors in (ends.giver, ends.receiver))
    found: Numbers = gave * (int(took.max(initial=0)) + 1) + took
    return found


def _cells(ends: _Ends, group: Numbers, wanted: Numbers, size: int) -> _Cells:
    """Count flows by these labels: a transfer counts once for each pair of groups."""
    key = group[ends.giver] * size + group[ends.receiver]
    if not ends.single:
        width = size * size
        key = np.unique(ends.transfer * width + key) % width
    asked = wanted[:, 0] * size + wanted[:, 1]
    if size * size <= _DENSE:
        flows = np.bincount(key, minlength=size * size)[asked]
    else:
        keys, times = np.unique(key, return_counts=True)
        place = np.minimum(np.searchsorted(keys, asked), max(len(keys) - 1, 0))
        flows = np.where(keys[place] == asked, times[place], 0)
    gave, took = (key // size, key % size) if size else (key, key)
    return _Cells(flows, np.bincount(gave, minlength=size), np.bincount(took, minlength=size))


def _chance(
    ends: _Ends, labels: Labelings, wanted: Numbers, seen: Numbers, size: int
) -> tuple[Numbers, Numbers]:
    """Give for each pair in how many labelings at least, and at most, as much went that way."""
    above, below = np.zeros_like(seen), np.zeros_like(seen)
    for label in labels.labels:
        flows = _cells(ends, label, wanted, size).flows
        above += flows >= seen
        below += flows <= seen
    return above, below


ANALYSIS: Final = Analysis(
    name="state-flows",
    summary="How much went from which state to which, against what was to be expected",
    parameters=(
        GROUP,
        PERMUTATIONS,
        SEED,
        Parameter("all", "flag", "give a row every pair of groups, also those between which "
                  "nothing went"),
    ),
    run=state_flows,
    takes="material",
)  # fmt: skip
