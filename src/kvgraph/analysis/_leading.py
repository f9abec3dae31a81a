"""Who took a practice into use before whom, where its adoptions are known to lie between times."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from kvgraph.analysis._adoption import Adopter, adoptions
from kvgraph.analysis._arcs import by_id
from kvgraph.analysis._groups import in_groups
from kvgraph.errors import KvgraphError
from kvgraph.material import Interval, Material, span


@dataclass(frozen=True, slots=True)
class Adopted:
    """When one took a practice into use; ``dated`` tells whether anything is known of it.

    Infinite sides are open. ``records`` are the ids that say so.
    """

    when: Interval
    dated: bool
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one among those that adopted a practice at known times.

    ``before`` and ``after`` are numbers of others: those that it certainly, and possibly,
    came before or after. ``first`` tells likewise whether nobody came before it. ``score`` are
    the bounds of 1 for the first and 0 for the last, ``None`` where all came at one time.
    """

    others: int
    before: tuple[int, int]
    after: tuple[int, int]
    first: tuple[bool, bool]
    score: Interval | None


def together(adopters: Iterable[Adopter]) -> Adopted:
    """Give the adoption of a group: the earliest of its actors.

    It was by the earliest of their latest times. It may have been before all earliest ones that
    are known, if any is not known: an undated one can have been the first.

    >>> told = Adopter("a", "p", 3, 5, None, ("1",)), Adopter("b", "p", 4, 4, None, ("2",))
    >>> together(told)
    Adopted(when=(3, 4), dated=True, records=('1', '2'))
    >>> together([told[1], Adopter("c", "p", None, None, None, ("3",))])
    Adopted(when=(-inf, 4), dated=True, records=('2', '3'))
    """
    known = list(adopters)
    spans = [span(a.low, a.high) for a in known]
    when = min(low for low, _ in spans), min(high for _, high in spans)
    records = tuple(dict.fromkeys(r for a in known for r in a.records))
    return Adopted(when, when != (-math.inf, math.inf), records)


def placed(adopted: Mapping[str, Adopted]) -> dict[str, Place]:
    """Give the places of those that adopted a practice at known times; none for fewer than two.

    >>> def at(low, high): return Adopted((low, high), True, ())
    >>> places = placed({"a": at(1, 3), "b": at(2, 2), "c": at(6, 6)})
    >>> places["a"]
    Place(others=2, before=(1, 2), after=(0, 1), first=(False, True), score=(0.75, 1.0))
    >>> places["c"].score
    (0.0, 0.0)

    At worst b was first, at 2, and a came at 3 of the 4 until 6.
    """
    dated = {name: a.when for name, a in adopted.items() if a.dated}
    if len(dated) < 2:
        return {}
    lows = sorted(low for low, _ in dated.values())
    highs = sorted(high for _, high in dated.values())
    number = len(dated)
    found = {}
    for name, (low, high) in dated.items():
        # What is uncertain counts itself among those that it can have come before and after.
        itself = low < high
        found[name] = Place(
            number - 1,
            (number - bisect_right(lows, high), number - bisect_right(highs, low) - itself),
            (bisect_left(highs, low), bisect_left(lows, high) - itself),
            (high <= _without(lows, low), low <= _without(highs, high)),
            _score((low, high), lows, highs),
        )
    return found


def _without(ordered: Sequence[float], own: float, *, last: bool = False) -> float:
    """Give the first of some times, or the last, with one of them left out."""
    if last:
        return ordered[-2] if ordered[-1] == own else ordered[-1]
    return ordered[1] if ordered[0] == own else ordered[0]


def _score(own: Interval, lows: Sequence[float], highs: Sequence[float]) -> Interval | None:
    """Give between what lies (last - own) / (last - first), whichever times are the true ones.

    It is greatest where one adopted as early as it can have, and all others as late: the later
    any other, the later are both first and last. It is least the other way round. If all
    times are then the same there is no first and no last; in all other cases one is the last,
    or the first, always.
    """
    low, high = own
    best = _share(low, _without(highs, high), _without(highs, high, last=True))
    worst = _share(high, _without(lows, low), _without(lows, low, last=True))
    if best is None and worst is None:
        return None
    return 1.0 if worst is None else worst, 0.0 if best is None else best


def _share(own: float, first: float, last: float) -> float | None:
    """Give the place of a time among others of which the first and the last are given."""
    if own == first == last:
        return None
    if own <= first:
        return 1.0
    if own >= last:
        return 0.0
    if math.isinf(first) or math.isinf(last):
        # Between what is at a distance without end and what is not, one is at the latter.
        return 1.0 if math.isinf(last) else 0.0
    return (last - own) / (last - first)


def lag(own: Interval, other: Interval) -> Interval:
    """Give the time from one adoption to another, at least and at most."""
    return other[0] - own[1], other[1] - own[0]


def middle(lags: Sequence[Interval]) -> tuple[float | None, float | None]:
    """Give the least and the greatest median that there can be; ``None`` where it is open.

    >>> middle([(1, 2), (3, 9), (4, math.inf)])
    (3, 9)
    >>> middle([(1, 2), (-math.inf, math.inf)])
    (None, None)
    """
    if not lags:
        return None, None
    least, most = median(low for low, _ in lags), median(high for _, high in lags)
    return None if math.isinf(least) else least, None if math.isinf(most) else most


@dataclass(frozen=True, slots=True)
class Known:
    """Who took up what, by practice, and where each stands in it; what was left out.

    ``unit`` gives for each actor itself or its group. ``undated`` are the numbers of adoptions
    at an unknown time, by practice and unit.
    """

    unit: Mapping[str, str]
    actors: int
    givers: int
    adopted: Mapping[str, Mapping[str, Adopted]]
    places: Mapping[str, Mapping[str, Place]]
    undated: Mapping[tuple[str, str], int]
    adoptions: int
    adoptions_outside: int


def everybody_of(material: Material) -> set[str]:
    """Give all actors: those listed, the ends of ties, and who took anything up."""
    ends = (name for tie in material.ties for name in (tie.giver, tie.receiver))
    return {m.id for m in material.members}.union(ends, (a.actor for a in material.adoptings))


def known_of(material: Material, group: str | None, *, with_givers: bool) -> Known:
    """Put adoptions together by group, and place them."""
    everybody = everybody_of(material)
    if group is None:
        unit = {name: name for name in sorted(everybody, key=by_id)}
    else:
        g = in_groups(material, group)
        if not g.names and everybody:
            raise KvgraphError(
                f"no actor has a value in the column {group}",
                hint="Give a table of the actors with a column of groups.",
            )
        unit = {name: g.groups[own] for name, own in zip(g.names, g.group.tolist(), strict=True)}
    found = adoptions(material)
    # The times of a table of actors are those of the one practice that its ties are of.
    of_ties = {tie.practice for tie in material.ties}
    named = of_ties.pop() if len(of_ties) == 1 and not material.adoptings else ""
    told: dict[str, dict[str, list[Adopter]]] = {}
    undated: dict[tuple[str, str], int] = {}
    number = outside = 0
    for practice in sorted(found.by_practice, key=by_id):
        name = practice or named
        units = told.setdefault(name, {})
        for adopter in found.by_practice[practice].values():
            own = unit.get(adopter.actor)
            if own is None:
                outside += 1
                continue
            number += 1
            units.setdefault(own, []).append(adopter)
            if adopter.low is None and adopter.high is None:
                undated[name, own] = undated.get((name, own), 0) + 1
    of_givers = _givers(material, found.by_practice, named) if with_givers else []
    givers = [giver for giver in of_givers if giver.actor in unit]
    for giver in givers:
        told.setdefault(giver.practice, {}).setdefault(unit[giver.actor], []).append(giver)
    adopted = {
        practice: {own: together(told[practice][own]) for own in sorted(told[practice], key=by_id)}
        for practice in sorted(told, key=by_id)
    }
    places = {practice: placed(units) for practice, units in adopted.items()}
    return Known(
        unit,
        len(everybody),
        len(givers),
        adopted,
        {practice: some for practice, some in places.items() if some},
        undated,
        number,
        outside,
    )


def _givers(
    material: Material, by_practice: Mapping[str, Mapping[str, Adopter]], named: str
) -> list[Adopter]:
    """Give by when those had a practice that gave it and are not known to have taken it up.

    ``named`` is the practice of adoptions that name none.
    """
    first: dict[tuple[str, str], tuple[float, list[str]]] = {}
    for tie in material.ties:
        adopters = by_practice.get("" if tie.practice == named else tie.practice, {})
        if tie.giver in adopters or not tie.proven or tie.end is None:
            continue
        end, ids = first.get((tie.practice, tie.giver), (math.inf, []))
        if tie.end < end:
            first[tie.practice, tie.giver] = tie.end, [tie.id]
        elif tie.end == end:
            ids.append(tie.id)
    return [
        Adopter(giver, practice, None, end, None, tuple(ids))
        for (practice, giver), (end, ids) in first.items()
    ]
