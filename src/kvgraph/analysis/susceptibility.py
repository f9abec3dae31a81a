"""Whose adoption was followed at once, and who followed at once: infection and susceptibility.

After Myers (2000) and Valente, Dyal, Chu, Wipfli & Fujimoto (2015), one period ahead and back:

infectiousness
    of those who look to the actor, how many adopted in the period after it, over those who did
    then or later, and over all adopters of that period
susceptibility
    of those whom the actor looks to, how many had adopted in the period before it, over those
    who had then or earlier, and over all adopters of that period

Whom an actor looks to is what ``direction`` says: those to whom its ties go, as in netdiffuseR,
or from whom they come. ``followers`` and ``leaders`` are how many there were that adopted later,
and earlier: where there was none, the measure is 0, as in netdiffuseR, and says nothing. Who
never adopted, or at an unknown time, has neither, and counts in nobody else's.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from kvgraph.analysis._adoption import MOMENT, nothing, refuse_many
from kvgraph.analysis._contacts import DIRECTION, studied
from kvgraph.material import Material
from kvgraph.model import Analysis, Cell, Table

_COLUMNS: Final = (
    "actor", "infectiousness", "susceptibility", "adopted", "followers", "leaders", "practice",
    "records",
)  # fmt: skip


def susceptibility(
    material: Material,
    *,
    direction: str | None = None,
    moment: str = "middle",
    lang: str = "en",
) -> Table:
    """Give for every actor how its adoption was followed, and how it followed others.

    A row for each practice and actor, in the order of the input; both are shares from 0 to 1.
    ``records`` are the ids of its adoption, of the ties to those who followed at once or were
    followed, and of their adoptions.

    >>> from kvgraph.material import Member, Tie
    >>> ties = tuple(Tie(a, "z", "", None, None, 1, f"{a}-z") for a in "abc")
    >>> times = {"a": 2, "b": 2, "c": 4, "z": 1}
    >>> members = tuple(Member(name, time, {}) for name, time in times.items())
    >>> table = susceptibility(Material(ties, members, numeric=True))
    >>> [row[:3] for row in table.rows if row[0] in "az"]  # 2 of 3 in period 2, which has 2
    [('a', 0.0, 1.0), ('z', 0.3333333333333333, 0.0)]
    """
    measure = "adopted in the period after, or before, over all of then (Myers 2000)"
    found, pairs, head = studied(material, measure, direction, moment, None, lang)
    refuse_many(len(found.by_practice) * len(found.actors))
    looks: dict[str, list[tuple[str, int, tuple[str, ...]]]] = {}
    looked: dict[str, list[tuple[str, int, tuple[str, ...]]]] = {}
    for ego, alter, begin, ids in zip(
        pairs.ego.tolist(), pairs.alter.tolist(), pairs.begin.tolist(), pairs.ids, strict=True
    ):
        one, other = found.actors[ego], found.actors[alter]
        looks.setdefault(one, []).append((other, begin, ids))
        looked.setdefault(other, []).append((one, begin, ids))
    rows: list[tuple[Cell, ...]] = []
    for practice, adopters in found.by_practice.items():
        at = found.of(practice)
        if not at:
            continue
        new = Counter(at.values())
        for actor in found.actors:
            period = at.get(actor)
            own = adopters[actor].records if actor in adopters else ()
            if period is None:
                rows.append((actor, None, None, None, None, None, practice or None, own))
                continue
            # The tie must be there when the later of the two adopts, at the earliest next.
            later = [
                (at[a], ids, a)
                for a, begin, ids in looked.get(actor, ())
                if at.get(a, period) > period and begin <= period + 1
            ]
            earlier = [
                (at[a], ids, a)
                for a, begin, ids in looks.get(actor, ())
                if at.get(a, period) < period and begin <= period
            ]
            next_ = [(ids, a) for when, ids, a in later if when == period + 1]
            last = [(ids, a) for when, ids, a in earlier if when == period - 1]
            rows.append(
                (
                    actor,
                    len(next_) / len(later) / new[period + 1] if next_ else 0.0,
                    len(last) / len(earlier) / new[period - 1] if last else 0.0,
                    period,
                    len(later),
                    len(earlier),
                    practice or None,
                    tuple(
                        dict.fromkeys(
                            [
                                *own,
                                *(r for ids, a in (*next_, *last)
                                  for r in (*ids, *adopters[a].records)),
                            ]
                        )
                    ),
                )
            )  # fmt: skip
    if not rows:
        return nothing(_COLUMNS, head, lang)
    return Table(_COLUMNS, tuple(rows), head)


ANALYSIS: Final = Analysis(
    name="susceptibility",
    summary="Whose adoption was followed at once, and who followed at once",
    parameters=(DIRECTION, MOMENT),
    run=susceptibility,
    takes="material",
)
