"""Who stands between whom: the roles of brokers within and between groups, and the E-I index.

Roles
    For each u→v→w of three actors without u→w, v is a broker (Gould & Fernandez 1989). By
    groups: *coordinator*, all three in one; *itinerant*, u and w in one and v in another;
    *representative*, u and v in one, w in another: it gives out of its group; *gatekeeper*,
    v and w in one, u in another: it takes into its group; *liaison*, all in different ones.
    *total* is their sum. Ties of all practices are taken together, each ordered pair once;
    an actor's ties with itself are left out.
Groups
    A column of the actors (``--group``), each value a group. Actors without a value are left
    out with their ties, and counted in the head (``outside_every_group``, ``ties_outside``).
    Actors without a tie count: they are part of what was to be expected.
Chance
    The group labels are permuted over the actors while who gave to whom stays. ``p`` is the
    share of labelings in which an actor is in a role at least as often: (b + 1)/(N + 1) with b
    of N random ones (Phipson & Smyth 2010), so that it is never 0, or the plain share of all
    labelings if they are gone through one by one: with ``exact``, or by itself where there are
    no more than N of them. ``z`` and ``expected`` are kept so that answers can be compared
    with those of the R package sna: against a graph in which each tie is there by chance, as
    dense as this one; z takes the counts for normal, which they are not.
E-I index
    Ties between groups less ties within, over all ties (Krackhardt & Stern 1988): -1 all
    within, 1 all between; undefined without ties.

A row an actor (``--by actor``), a group (``--by group``) or a measure of the whole
(``--by whole``). Actors come by total, the highest first, then by id.

============== ==================================================================================
actor, group   the actor, the group
actors         by group: how many actors the group has
coordinator, itinerant, representative, gatekeeper, liaison, total
               how often it is in the role; a group: all its actors together
expected_...   what is expected of an actor of its group at this density, by role
z_...          how many standard deviations more it is; empty where nothing can vary
p_...          share of labelings with at least as many; empty without permutations
transfers      ids of the ties u→v and v→w by which it is a broker
statistic      of the whole: a role, total or ei_index, with what was observed, expected and z,
               mean and sd over the labelings, and the share of labelings with at most
               (p_low) and at least (p_high) as much
============== ==================================================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.analysis._arcs import Arcs, arcs_of, by_id
from kvgraph.analysis._brokerage import (
    ROLES,
    TOTAL,
    Chance,
    Expected,
    Triads,
    brokering,
    by_group,
    chance,
    ei_index,
    every_labeling,
    expected_of_actor,
    expected_of_all,
    labelings,
    roles,
    some_labelings,
    triads,
    with_total,
)
from kvgraph.errors import KvgraphError
from kvgraph.material import Material, head_of
from kvgraph.model import Analysis, Cell, Parameter, Table
from kvgraph.words import word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

BY: Final = ("actor", "group", "whole")
EXACT: Final = "exact"

MOST: Final = 1_000_000
"""So many labelings are gone through one by one, and not more."""
MANY: Final = 20_000_000
"""From so many arcs times labelings on each step is told of."""

_NAMES: Final = (*ROLES, TOTAL)
_ACTOR: Final = (
    "actor", "group", *_NAMES, *(f"expected_{r}" for r in _NAMES), *(f"z_{r}" for r in _NAMES),
    *(f"p_{r}" for r in _NAMES), "transfers",
)  # fmt: skip
_GROUP: Final = ("group", "actors", *_NAMES, *(f"p_{r}" for r in _NAMES), "transfers")
_WHOLE: Final = ("statistic", "observed", "expected", "z", "mean", "sd", "p_low", "p_high")


@dataclass(frozen=True, slots=True)
class _Grouped:
    """The ties between actors with a group, and what was left out for want of one."""

    arcs: Arcs
    groups: tuple[str, ...]
    group: Numbers
    sizes: tuple[int, ...]
    outside: int
    ties_outside: int


def brokerage(
    material: Material,
    *,
    group: str = "group",
    permutations: int | str = 999,
    seed: int = 1,
    by: str = "actor",
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Give how often each actor is a broker in each role, and how often by chance.

    What each word means is told in the module. ``permutations`` is a number, 0 for none, or
    "exact" for all labelings.

    >>> from kvgraph.material import Member, Tie
    >>> ties = [Tie(g, r, "", None, None, 1.0, g + r) for g, r in ("ab", "bc", "bd")]
    >>> groups = {"a": "x", "b": "x", "c": "y", "d": "x"}
    >>> members = [Member(name, None, {"group": g}) for name, g in groups.items()]
    >>> table = brokerage(Material(tuple(ties), tuple(members)))
    >>> table.rows[0][:8]
    ('b', 'x', 1, 0, 1, 0, 0, 2)
    >>> table.head["labelings"], table.rows[0][table.columns.index("p_representative")]
    (4, 0.5)

    a→b→d stays in x, a→b→c leaves it. Of four places for the y, at c and at d one of the two
    paths leaves; at a it enters, and at b it stands between.

    :param group: the column of the actors whose values are the groups.
    :param tell: is told of each step of long work.
    :raises KvgraphError: for options that there are not, a column that no actor has, or more
        labelings than can be gone through.
    """
    times = _times(permutations)
    if by not in BY or seed < 0:
        raise KvgraphError(
            f"there is no brokerage by {by} with the seed {seed}",
            hint=f"by: {', '.join(BY)}; seed: 0 or more.",
        )
    g = _grouped(material, group)
    number = len(g.groups)
    net = triads(len(g.arcs.names), g.arcs.giver, g.arcs.receiver)
    counted = with_total(roles(net, g.group, number))
    found, ways = _chance(net, g, times, seed, tell)
    actors, arcs = len(g.arcs.names), len(g.arcs.giver)
    density = arcs / (actors * (actors - 1)) if actors > 1 else None
    ei = ei_index(net, g.group)
    whole = [*counted.sum(axis=1).tolist(), ei]
    notes = []
    if len(found.whole):
        key = "analyse.brokerage_exact" if found.exact else "analyse.brokerage_permuted"
        notes.append(word(key, lang, times=len(found.whole), seed=seed))
    if g.outside:
        notes.append(
            word("analyse.brokerage_outside", lang, column=group, actors=g.outside,
                 ties=g.ties_outside)
        )  # fmt: skip
    if by == "actor":
        rows = _actor_rows(g, net, counted, found, density)
    elif by == "group":
        rows = _group_rows(g, net, counted, found)
    else:
        rows = _whole_rows(whole, found, None if density is None else
                           expected_of_all(g.sizes, density))  # fmt: skip
    return Table(
        {"actor": _ACTOR, "group": _GROUP, "whole": _WHOLE}[by],
        tuple(rows) if actors else (),
        {
            **head_of(
                material,
                f"brokerage by {group}: u→v→w without u→w",
                seed if len(found.whole) and not found.exact else None,
            ),
            "group": group,
            "groups": dict(zip(g.groups, g.sizes, strict=True)),
            "actors": actors,
            "edges": arcs,
            "density": density,
            "ei_index": ei,
            "gini": _gini(counted[-1].tolist()),
            "permutations": len(found.whole),
            "exact": found.exact,
            "labelings": ways,
            "outside_every_group": g.outside,
            "ties_outside": g.ties_outside,
            "loops": g.arcs.loops,
            "repeated": g.arcs.repeated,
            "notes": tuple(notes),
        },
        "" if actors else word("analyse.nothing", lang),
    )


def _times(permutations: int | str) -> int | None:
    """Give the number of permutations asked for, ``None`` for all labelings."""
    if permutations == EXACT:
        return None
    text = str(permutations)
    if not (text.isascii() and text.isdigit()):
        raise KvgraphError(
            f'--permutations "{permutations}" is neither a number nor {EXACT}',
            hint=f"Write 999, 0 for none, or {EXACT} to go through all labelings.",
        )
    return int(text)


def _grouped(material: Material, column: str) -> _Grouped:
    """Give the ties between actors that have a group."""
    of = {m.id: m.attributes.get(column, "").strip() for m in material.members}
    of = {name: value for name, value in of.items() if value}
    if material.ties and not of:
        there = sorted({name for m in material.members for name in m.attributes})
        raise KvgraphError(
            f"no actor has a value in the column {column}",
            hint=f"Columns of the actors: {', '.join(there)}." if there else
            "Give a table of the actors with a column of groups.",
        )  # fmt: skip
    ends = {name for tie in material.ties for name in (tie.giver, tie.receiver)}
    kept = [tie for tie in material.ties if tie.giver in of and tie.receiver in of]
    arcs = arcs_of(kept, of)
    groups = tuple(sorted(set(of.values()), key=by_id))
    number = {name: place for place, name in enumerate(groups)}
    group = np.array([number[of[name]] for name in arcs.names], dtype=np.int64)
    every = ends | {m.id for m in material.members}
    return _Grouped(
        arcs,
        groups,
        group,
        tuple(np.bincount(group, minlength=len(groups)).tolist()),
        len(every - of.keys()),
        len(material.ties) - len(kept),
    )


def _chance(
    net: Triads, g: _Grouped, times: int | None, seed: int, tell: Callable[[str], None] | None
) -> tuple[Chance, int]:
    """Permute the labels, and give how many labelings there are."""
    ways = labelings(g.sizes) if g.sizes else 0
    if times is None and ways > MOST:
        raise KvgraphError(
            f"there are more than {MOST:,} labelings to go through",
            hint="Say --permutations 9999 for a sample of them.",
        )
    exact = times is None or ways <= times
    todo = ways if exact else times or 0
    long = tell is not None and todo * max(len(net.tail), 100) >= MANY
    every = max(todo // 10, 1)

    def step(done: int) -> None:
        if long and tell is not None and done % every == 0:
            tell(f"labelings: {done:,} of {todo:,}")

    every_one = every_labeling(g.sizes) if ways else iter(())
    labels = every_one if exact else some_labelings(g.group, todo, seed)
    return chance(net, g.group, len(g.groups), labels, exact=exact, step=step), ways


def _brokered(g: _Grouped, net: Triads) -> list[set[str]]:
    """Give for each actor the ids of the ties by which it is a broker."""
    first, second = brokering(net)
    found: list[set[str]] = [set() for _ in g.arcs.names]
    for used, ends in ((first, net.head), (second, net.tail)):
        arcs = np.flatnonzero(used)
        for arc, actor in zip(arcs.tolist(), ends[arcs].tolist(), strict=True):
            found[actor].update(g.arcs.ids[arc])
    return found


def _z(observed: float, mean: float, variance: float) -> float | None:
    return (observed - mean) / math.sqrt(variance) if variance > 0 else None


def _actor_rows(
    g: _Grouped, net: Triads, counted: Numbers, found: Chance, density: float | None
) -> Iterator[tuple[Cell, ...]]:
    """Give a row an actor."""
    by_role, as_many = counted.T.tolist(), found.actor.T.tolist()
    ids = _brokered(g, net)
    expected: list[Expected | None] = [
        None if density is None else expected_of_actor(g.sizes, own, density)
        for own in range(len(g.groups))
    ]
    for i in sorted(range(len(by_role)), key=lambda i: -by_role[i][-1]):
        own = int(g.group[i])
        e = expected[own]
        yield (
            g.arcs.names[i],
            g.groups[own],
            *by_role[i],
            *(e.mean if e else (None,) * 6),
            *(map(_z, by_role[i], e.mean, e.variance) if e else (None,) * 6),
            *map(found.p, as_many[i]),
            tuple(sorted(ids[i], key=by_id)),
        )


def _group_rows(
    g: _Grouped, net: Triads, counted: Numbers, found: Chance
) -> Iterator[tuple[Cell, ...]]:
    """Give a row a group, in the order of their names."""
    ids = _brokered(g, net)
    of_group: list[set[str]] = [set() for _ in g.groups]
    for own, some in zip(g.group.tolist(), ids, strict=True):
        of_group[own] |= some
    by_role = by_group(counted, g.group, len(g.groups)).T.tolist()
    for own, name in enumerate(g.groups):
        yield (
            name,
            g.sizes[own],
            *by_role[own],
            *map(found.p, found.group[:, own].tolist()),
            tuple(sorted(of_group[own], key=by_id)),
        )


def _whole_rows(
    whole: Sequence[float | None], found: Chance, expected: Expected | None
) -> Iterator[tuple[Cell, ...]]:
    """Give a row a role, then total and the E-I index."""
    for place, (name, seen) in enumerate(zip((*_NAMES, "ei_index"), whole, strict=True)):
        mean = z = None
        if expected is not None and place < len(_NAMES) and seen is not None:
            mean = expected.mean[place]
            z = _z(seen, mean, expected.variance[place])
        column = found.whole[:, place]
        low = high = average = sd = None
        if seen is not None and len(column):
            average, sd = float(column.mean()), float(column.std())
            # Exact: both are whole numbers, or the same one over the same number of ties.
            low = found.p(int((column <= seen).sum()))
            high = found.p(int((column >= seen).sum()))
        yield name, seen, mean, z, average, sd, low, high


def _gini(values: Sequence[int]) -> float | None:
    """Give how unequally brokerage is spread: 0 evenly, towards 1 in one hand (Gini 1912).

    >>> _gini([1, 1, 1]), _gini([0, 0, 3]), _gini([0, 0])
    (0.0, 0.6666666666666666, None)
    """
    n, total = len(values), sum(values)
    if not total:
        return None
    return sum((2 * i - n + 1) * v for i, v in enumerate(sorted(values))) / (n * total)


ANALYSIS: Final = Analysis(
    name="brokerage",
    summary="Who stands between whom: coordinators, gatekeepers, representatives, E-I index",
    parameters=(
        Parameter("group", "text", "the column of the actors whose values are the groups",
                  default="group"),
        Parameter("permutations", "text", "permute the group labels so often, or exact: in all "
                  "ways that there are", default="999"),
        Parameter("seed", "number", "seed of the permutations", default=1),
        Parameter("by", "choice", "give a row an actor, a group, or a measure of the whole",
                  default="actor", choices=BY),
    ),
    run=brokerage,
    takes="material",
)  # fmt: skip
