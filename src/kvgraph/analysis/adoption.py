"""How a practice spread: who had taken it into use by when, and how likely the rest were to.

========== =====================================================================================
adopters   actors that took it into use in the period
cumulative those that had by its end; who did at an unknown time, from the last on that it can
           have been
share      cumulative over all actors of the input
hazard     adopters over the actors that had not adopted before it, and might have; 0 in the
           first period, before which nothing is known (Allison 1984), as netdiffuseR has it
low, high  the least and the most that ``cumulative`` can be, whatever the dates allow; only
           there where an adoption is known to lie between two times
rate       growth of ``cumulative`` over that of the period before; undefined without one
========== =====================================================================================

A period is a whole number, or a year. Who adopted at an unknown time is no adopter of any period,
and is not at risk; who never did is at risk to the end. An input in which those who never adopted
are coded as adopting last, as some published sets are, shows full spread and a hazard of 1 in the
last period: that is its code.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from kvgraph.analysis._adoption import MOMENT, PERIODS, adoptions, head_of, nothing, window
from kvgraph.material import Material
from kvgraph.model import Analysis, Cell, Table

_MEASURE: Final = "first adoption of each actor, by period (Valente 1995)"


def adoption(
    material: Material, *, periods: str | None = None, moment: str = "middle", lang: str = "en"
) -> Table:
    """Give the curve of adoption of each practice: adopters, cumulative, share and hazard.

    A row for each practice and period, in their order. What each column means is told
    in the module. ``records`` are the ids of the adoptions by which ``cumulative`` grows in the
    period.

    >>> from kvgraph.material import Member
    >>> times = {"a": 1, "b": 1, "c": 3, "d": None}
    >>> members = tuple(Member(name, time, {}) for name, time in times.items())
    >>> for row in adoption(Material((), members, numeric=True)).rows:
    ...     print(*row[:5])
    1 2 2 0.5 0.0
    2 0 2 0.5 0.0
    3 1 3 0.75 0.5
    """
    found = adoptions(material, moment)
    head = head_of(material, _MEASURE, found, lang)
    head["moment"] = moment
    banded = found.banded()
    columns = (
        "period", "adopters", "cumulative", "share", "hazard",
        *(("low", "high") if banded else ()), "rate", "practice", "records",
    )  # fmt: skip
    n = len(found.actors)
    rows: list[tuple[Cell, ...]] = []
    for practice, adopters in found.by_practice.items():
        at = found.of(practice)
        since = found.since(practice)
        wanted = window(periods, list(since.values()))
        new = Counter(at.values())
        records: dict[int, list[str]] = {}
        for actor, period in since.items():
            records.setdefault(period, []).extend(adopters[actor].records)
        bounds = [found.bounds(a) for a in adopters.values()]
        unknown = len(adopters) - len(at)
        before = sum(period < wanted[0] for period in since.values()) if wanted else 0
        gone = unknown + sum(period < wanted[0] for period in at.values()) if wanted else 0
        had = Counter(since.values())
        for period in wanted:
            cumulative = before + had[period]
            at_risk = n - gone
            # Before the first period is nothing known of: what adopted in it is no event.
            first = period == wanted[0] and not before
            low = sum(high is not None and high <= period for _, high in bounds)
            high = sum(low is None or low <= period for low, _ in bounds)
            rows.append(
                (
                    period,
                    new[period],
                    cumulative,
                    cumulative / n,
                    0.0 if first else new[period] / at_risk if at_risk else None,
                    *((low, high) if banded else ()),
                    had[period] / before if before else None,
                    practice or None,
                    tuple(records.get(period, ())),
                )
            )
            before = cumulative
            gone += new[period]
    if not rows:
        return nothing(columns, head, lang)
    return Table(columns, tuple(rows), head)


ANALYSIS: Final = Analysis(
    name="adoption",
    summary="How a practice spread: adopters by period, share, hazard",
    parameters=(PERIODS, MOMENT),
    run=adoption,
    takes="material",
)
