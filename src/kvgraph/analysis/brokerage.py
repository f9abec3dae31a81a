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
In time
    With ``--temporal`` only those u→v→w count that can have happened one after the other, so
    that v can have passed something on: by ties u→v and v→w of the same practice of which the
    first can have arrived before the second left, on the same day or, with ``--strict``, before
    it: the earliest time of u→v is not after the latest of v→w. An open side fits any time.
    What v documentedly made of the practice is of its line, and goes on from the day on which
    that began, as in reach. u→w of whatever
    practice or time still takes u→v→w away, so that counts are never more than without, and
    the group labels are permuted over what is left. Numbers expected at a density say nothing
    here: *expected* and *z* are left out, or empty by whole.
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
relays_possible
               in time: in how many (practice, u, w) it can have passed a practice on, whether
               there is u→w or not
relays_certain of these those that are certain: both ties proven, and the latest time of u→v not
               after the earliest of v→w
transfers      ids of the ties u→v and v→w by which it is a broker
statistic      of the whole: a role, total or ei_index, with what was observed, expected and z,
               mean and sd over the labelings, and the share of labelings with at most
               (p_low) and at least (p_high) as much
============== ==================================================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
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
    expected_of_actor,
    expected_of_all,
    labelings,
    roles,
    triads,
    with_total,
)
from kvgraph.analysis._groups import (
    GROUP,
    PERMUTATIONS,
    SEED,
    Grouped,
    chance_notes,
    in_groups,
    labels_of,
    outside_notes,
    times_of,
)
from kvgraph.analysis._relays import Relays, relays
from kvgraph.errors import KvgraphError
from kvgraph.material import Material, head_of
from kvgraph.model import Analysis, Cell, Parameter, Table
from kvgraph.words import word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

BY: Final = ("actor", "group", "whole")

MANY: Final = 20_000_000
"""From so many arcs times labelings on each step is told of."""

_WRITTEN: Final = 4000
"""The bits of the greatest whole number that is written out."""

_NAMES: Final = (*ROLES, TOTAL)
_ACTOR: Final = (
    "actor", "group", *_NAMES, *(f"expected_{r}" for r in _NAMES), *(f"z_{r}" for r in _NAMES),
    *(f"p_{r}" for r in _NAMES), "transfers",
)  # fmt: skip
_RELAYS: Final = ("relays_possible", "relays_certain")
_ACTOR_IN_TIME: Final = (
    "actor", "group", *_NAMES, *_RELAYS, *(f"p_{r}" for r in _NAMES), "transfers",
)  # fmt: skip
_GROUP: Final = ("group", "actors", *_NAMES, *(f"p_{r}" for r in _NAMES), "transfers")
_GROUP_IN_TIME: Final = (
    "group", "actors", *_NAMES, *_RELAYS, *(f"p_{r}" for r in _NAMES), "transfers",
)  # fmt: skip
_WHOLE: Final = ("statistic", "observed", "expected", "z", "mean", "sd", "p_low", "p_high")


def brokerage(
    material: Material,
    *,
    group: str = "group",
    permutations: int | str = 999,
    seed: int = 1,
    by: str = "actor",
    temporal: bool = False,
    strict: bool = False,
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
    :param temporal: count only what can have been passed on in time; with ``strict`` not on
        the same day.
    :param tell: is told of each step of long work.
    :raises KvgraphError: for options that there are not, a column that no actor has, or more
        labelings than can be gone through.
    """
    times = times_of(permutations)
    if by not in BY or seed < 0:
        raise KvgraphError(
            f"there is no brokerage by {by} with the seed {seed}",
            hint=f"by: {', '.join(BY)}; seed: 0 or more.",
        )
    if strict and not temporal:
        raise KvgraphError(
            "--strict says how ties follow each other in time, which is not asked for",
            hint="Say --temporal as well.",
        )
    g = in_groups(material, group)
    arcs = arcs_of(g.ties, g.names)
    net = triads(len(arcs.names), arcs.giver, arcs.receiver)
    untimed = roles(net, g.group, len(g.groups))
    passed = relays(arcs, g.ties, material.adaptations, strict=strict) if temporal else None
    counted = with_total(untimed if passed is None else passed.roles(g.group))
    found = _chance(net, g, passed, times, seed, tell)
    actors, edges = len(arcs.names), len(arcs.giver)
    density = edges / (actors * (actors - 1)) if actors > 1 else None
    ei = ei_index(net, g.group)
    whole = [*counted.sum(axis=1).tolist(), ei]
    rule = f"brokerage by {group}: u→v→w without u→w"
    told: dict[str, Cell] = {}
    notes = []
    if passed is not None:
        every, in_time = int(untimed.sum()), len(passed.middle)
        rule += f", one practice, {'strict' if strict else 'non-strict'} order in time"
        told = {
            "triads": in_time,
            "triads_without_time": every,
            "relays_possible": int(passed.possible.sum()),
            "relays_certain": int(passed.certain.sum()),
        }
        notes.append(word("analyse.brokerage_temporal", lang, number=in_time, all=every))
    notes += chance_notes(len(found.whole), seed, lang, exact=found.exact)
    notes += outside_notes(group, g.outside, g.ties_outside, lang)
    if by == "actor":
        rows = _actor_rows(g, arcs, net, passed, counted, found, density)
    elif by == "group":
        rows = _group_rows(g, arcs, net, passed, counted, found)
    else:
        rows = _whole_rows(whole, found, None if density is None or temporal else
                           expected_of_all(g.sizes, density))  # fmt: skip
    columns = {
        "actor": _ACTOR_IN_TIME if temporal else _ACTOR,
        "group": _GROUP_IN_TIME if temporal else _GROUP,
        "whole": _WHOLE,
    }
    return Table(
        columns[by],
        tuple(rows) if actors else (),
        {
            **head_of(
                material,
                rule,
                seed if len(found.whole) and not found.exact else None,
            ),
            **told,
            "group": group,
            "groups": dict(zip(g.groups, g.sizes, strict=True)),
            "actors": actors,
            "edges": edges,
            "density": density,
            "ei_index": ei,
            "gini": _gini(counted[-1].tolist()),
            "permutations": len(found.whole),
            "exact": found.exact,
            "labelings": labelings(g.sizes, 1 << _WRITTEN) if g.sizes else 0,
            "outside_every_group": g.outside,
            "ties_outside": g.ties_outside,
            "loops": arcs.loops,
            "repeated": arcs.repeated,
            "notes": tuple(notes),
        },
        "" if actors else word("analyse.nothing", lang),
    )


def _chance(
    net: Triads,
    g: Grouped,
    passed: Relays | None,
    times: int | None,
    seed: int,
    tell: Callable[[str], None] | None,
) -> Chance:
    """Permute the labels; long work is told of."""
    work = max(len(net.tail) if passed is None else len(passed.middle), 100)

    def say(text: str) -> None:
        if tell is not None and given.number * work >= MANY:
            tell(text)

    given = labels_of(g, times, seed, say)
    count = None if passed is None else passed.roles
    return chance(net, g.group, len(g.groups), given.labels, exact=given.exact, count=count)


def _brokered(
    arcs: Arcs, net: Triads, passed: Relays | None
) -> Sequence[set[str] | frozenset[str]]:
    """Give for each actor the ids of the ties by which it is a broker."""
    if passed is not None:
        return passed.ids
    first, second = brokering(net)
    found: list[set[str]] = [set() for _ in arcs.names]
    for used, ends in ((first, net.head), (second, net.tail)):
        places = np.flatnonzero(used)
        for arc, actor in zip(places.tolist(), ends[places].tolist(), strict=True):
            found[actor].update(arcs.ids[arc])
    return found


def _z(observed: float, mean: float, variance: float) -> float | None:
    return (observed - mean) / math.sqrt(variance) if variance > 0 else None


def _actor_rows(
    g: Grouped,
    arcs: Arcs,
    net: Triads,
    passed: Relays | None,
    counted: Numbers,
    found: Chance,
    density: float | None,
) -> Iterator[tuple[Cell, ...]]:
    """Give a row an actor."""
    by_role, as_many = counted.T.tolist(), found.actor.T.tolist()
    ids = _brokered(arcs, net, passed)
    expected: list[Expected | None] = [
        None if density is None else expected_of_actor(g.sizes, own, density)
        for own in range(len(g.groups))
    ]
    for i in sorted(range(len(by_role)), key=lambda i: -by_role[i][-1]):
        own = int(g.group[i])
        e = expected[own]
        beside: tuple[Cell, ...]
        if passed is not None:
            beside = int(passed.possible[i]), int(passed.certain[i])
        elif e is None:
            beside = (None,) * 12
        else:
            beside = (*e.mean, *map(_z, by_role[i], e.mean, e.variance))
        yield (
            arcs.names[i],
            g.groups[own],
            *by_role[i],
            *beside,
            *map(found.p, as_many[i]),
            tuple(sorted(ids[i], key=by_id)),
        )


def _group_rows(
    g: Grouped, arcs: Arcs, net: Triads, passed: Relays | None, counted: Numbers, found: Chance
) -> Iterator[tuple[Cell, ...]]:
    """Give a row a group, in the order of their names."""
    ids = _brokered(arcs, net, passed)
    of_group: list[set[str]] = [set() for _ in g.groups]
    for own, some in zip(g.group.tolist(), ids, strict=True):
        of_group[own] |= some
    by_role = by_group(counted, g.group, len(g.groups)).T.tolist()
    times = (
        [()] * len(g.groups)
        if passed is None
        else by_group(
            np.stack([passed.possible, passed.certain]), g.group, len(g.groups)
        ).T.tolist()
    )
    for own, name in enumerate(g.groups):
        yield (
            name,
            g.sizes[own],
            *by_role[own],
            *times[own],
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
        GROUP,
        PERMUTATIONS,
        SEED,
        Parameter("by", "choice", "give a row an actor, a group, or a measure of the whole",
                  default="actor", choices=BY),
        Parameter("temporal", "flag", "count only what can have been passed on in time, practice "
                  "by practice"),
        Parameter("strict", "flag", "with --temporal: what is passed on must have come strictly "
                  "before, not on the same day"),
    ),
    run=brokerage,
    takes="material",
)  # fmt: skip
