"""How many of its contacts had adopted when an actor did: its threshold, and what it is called.

The threshold is the exposure in the period of adoption, or ``lag`` periods before (Granovetter
1978; Valente 1996). ``category`` and ``level`` put adopters and thresholds in four classes each,
by mean and standard deviation among those of the practice (Rogers 2003; Valente 1995):

======================== =======================================
early adopter, very low  up to one standard deviation below
early majority, low      up to the mean
late majority, high      up to one standard deviation above
laggard, very high       above that
======================== =======================================

Who never adopted, or at an unknown time, has neither: these cells are empty. Who adopted in the
first period has a threshold of what was seen of it, and none with a lag. ``low`` and ``high``
are the least and the most that the dates allow, where they leave anything open.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Final

from kvgraph.analysis._adoption import MOMENT, PERIODS, nothing, refuse_many, window
from kvgraph.analysis._contacts import (
    DIRECTION,
    LAG,
    Behind,
    exposures,
    known_bounds,
    studied,
    whens,
)
from kvgraph.material import Material
from kvgraph.model import Analysis, Cell, Table

_CATEGORIES: Final = ("early adopter", "early majority", "late majority", "laggard")
_LEVELS: Final = ("very low", "low", "high", "very high")


def thresholds(
    material: Material,
    *,
    direction: str | None = None,
    lag: int = 0,
    periods: str | None = None,
    moment: str = "middle",
    lang: str = "en",
) -> Table:
    """Give for every actor when it adopted, and the share of its contacts that had.

    A row for each practice and actor, in the order of the input. ``adopted`` is a period,
    ``threshold`` a share from 0 to 1. ``records`` are the ids of its adoption, of the ties to
    contacts that had adopted, and of their adoptions.

    >>> from kvgraph.material import Member, Tie
    >>> ties = tuple(Tie("a", b, "", None, None, 1, f"a-{b}") for b in "bc")
    >>> times = {"a": 2, "b": 1, "c": None}
    >>> members = tuple(Member(name, time, {}) for name, time in times.items())
    >>> [row[:3] for row in thresholds(Material(ties, members, numeric=True)).rows]
    [('a', 2, 0.5), ('b', 1, 0.0), ('c', None, None)]
    """
    measure = "exposure in the period of adoption (Valente 1996)"
    found, pairs, head = studied(material, measure, direction, moment, lag, lang)
    banded = found.banded()
    columns = (
        "actor", "adopted", "threshold", *(("low", "high") if banded else ()),
        "category", "level", "practice", "records",
    )  # fmt: skip
    refuse_many(len(found.by_practice) * len(found.actors))
    rows: list[tuple[Cell, ...]] = []
    for practice, adopters in found.by_practice.items():
        at = found.of(practice)
        since = found.since(practice)
        wanted = window(periods, list(since.values()))
        if not wanted:
            continue
        when = whens(found, since)
        behind = Behind(pairs, when, found, practice)
        times = (when, *known_bounds(found, practice)) if banded else (when,)
        values = [exposures(pairs, t, wanted, lag, counts=False).tolist() for t in times]
        inside = {actor: period for actor, period in at.items() if period in wanted}
        seen = {
            actor: None if math.isnan(value) else value
            for place, actor in enumerate(found.actors)
            if actor in inside
            for value in (values[0][place][inside[actor] - wanted[0]],)
        }
        of_time = _classes(list(inside.values()), _CATEGORIES)
        of_share = _classes([v for v in seen.values() if v is not None], _LEVELS)
        for place, actor in enumerate(found.actors):
            period, share = at.get(actor), seen.get(actor)
            bounds: tuple[Cell, ...] = ()
            if banded:
                bounds = (None, None)
                if share is not None:
                    low, high = found.bounds(adopters[actor])
                    least = _span(values[1][place], low, high, wanted)
                    most = _span(values[2][place], low, high, wanted)
                    bounds = (min(least, default=None), max(most, default=None))
            had = behind.by(place, period - lag) if period is not None and share is not None else ()
            rows.append(
                (
                    actor,
                    period,
                    share,
                    *bounds,
                    of_time(inside.get(actor)),
                    of_share(share),
                    practice or None,
                    (*(adopters[actor].records if actor in adopters else ()), *had),
                )
            )
    if not rows:
        return nothing(columns, head, lang)
    return Table(columns, tuple(rows), head)


def _span(values: list[float], low: int | None, high: int | None, wanted: range) -> list[float]:
    """Give what exposure was from the first to the last period in which it can have adopted."""
    first = 0 if low is None else max(low - wanted[0], 0)
    last = len(wanted) - 1 if high is None else min(high - wanted[0], len(wanted) - 1)
    return [v for v in values[first : last + 1] if not math.isnan(v)]


def _classes(values: Sequence[float], names: Sequence[str]) -> Callable[[float | None], str | None]:
    """Give a function from a value to its class among all; none where they do not differ."""
    limits: tuple[float, ...] = ()
    if len(set(values)) > 1:
        mean, deviation = statistics.fmean(values), statistics.stdev(values)
        limits = (mean - deviation, mean, mean + deviation)

    def name(value: float | None) -> str | None:
        if value is None or not limits:
            return None
        return names[sum(value > limit for limit in limits)]

    return name


ANALYSIS: Final = Analysis(
    name="thresholds",
    summary="How many of its contacts had adopted when an actor did",
    parameters=(DIRECTION, LAG, PERIODS, MOMENT),
    run=thresholds,
    takes="material",
)
