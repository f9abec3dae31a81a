"""Who could have adopted what, and when: the table that models of event history are fitted to.

A row for each practice, actor and period in which the actor might have adopted it: until it did,
or until the last period of all. In R, for one:

    rows <- read.csv("risk-set.csv")
    coxph(Surv(start, stop, event) ~ exposure + strata(practice), rows)
    glm(event ~ exposure + factor(period), binomial("cloglog"), rows)

Before the first adoption of a practice nobody is at risk of it, and who adopted it then is an
event like others; leave out the first period (``first``) to be on the safe side (Allison 1984).
Exposure lies ``lag`` periods before, so that nobody is exposed to its own time. Who adopted at
an unknown time is not in the table, since no row of it could be right; the head tells how many.

An actor with ``member_from`` or ``member_until`` among its columns is at risk only while member.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final

from kvgraph.analysis._adoption import MANY, MOMENT, PERIODS, nothing, refuse_many, window
from kvgraph.analysis._contacts import (
    DIRECTION,
    Behind,
    adopted_contacts,
    exposures,
    studied,
    whens,
)
from kvgraph.errors import KvgraphError
from kvgraph.material import Material, Member
from kvgraph.model import Analysis, Cell, Parameter, Table

_SPAN: Final = ("member_from", "member_until")


def risk_set(
    material: Material,
    *,
    direction: str | None = None,
    lag: int = 1,
    periods: str | None = None,
    moment: str = "middle",
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Give a row for each actor, practice and period in which it might have adopted.

    ``event`` is 1 in the period of adoption, else 0; ``start`` and ``stop`` bound the period;
    ``first`` is 1 in the first period of the practice; ``exposed`` is the number of contacts
    that had adopted ``lag`` periods before, ``exposure`` their share, both empty in the first
    ``lag`` periods; ``low`` and ``high`` are the periods between which it adopted, where the
    dates leave it open. The columns of the actors follow. ``records`` are the ids of the
    adoption, and of the ties and adoptions that exposure is made of.

    >>> from kvgraph.material import Member, Tie
    >>> members = (Member("a", 1, {}), Member("b", 3, {}))
    >>> table = risk_set(Material((Tie("b", "a", "", None, None, 1, "t"),), members, numeric=True))
    >>> [(r["actor"], r["period"], r["event"], r["exposure"]) for r in table.records()]
    [('a', 1, 1, None), ('b', 1, 0, None), ('b', 2, 0, 1.0), ('b', 3, 1, 1.0)]
    """
    measure = "actors at risk of their first adoption, by period"
    found, pairs, head = studied(material, measure, direction, moment, lag, lang)
    banded = found.banded()
    fixed = (
        "actor", "practice", "period", "event", "start", "stop", "first", "exposed", "exposure",
        *(("low", "high") if banded else ()),
    )  # fmt: skip
    names = dict.fromkeys(name for m in material.members for name in m.attributes)
    more = [name for name in names if name not in (*fixed, *_SPAN, "records")]
    columns = (*fixed, *more, "records")
    members = {m.id: m for m in material.members}
    spans = {m.id: _span(m) for m in material.members}
    ends = [period for p in found.by_practice for period in found.of(p).values()]
    rows: list[tuple[Cell, ...]] = []

    def of(practice: str) -> Iterator[tuple[Cell, ...]]:
        adopters, at = found.by_practice[practice], found.of(practice)
        # All are watched to the end, whenever the last of them adopted.
        wanted = window(periods, [*at.values(), max(ends)])
        when = whens(found, found.since(practice))
        behind = Behind(pairs, when, found, practice)
        shares = exposures(pairs, when, wanted, lag, counts=False).tolist()
        numbers = adopted_contacts(pairs, when, wanted).tolist()
        for place, actor in enumerate(found.actors):
            own = adopters.get(actor)
            if own is not None and own.at is None:
                continue
            begin, until = spans.get(actor, (-math.inf, math.inf))
            attributes = members[actor].attributes if actor in members else {}
            for column, period in enumerate(wanted):
                if period > at.get(actor, period) or not begin <= period <= until:
                    continue
                event = at.get(actor) == period
                yield (
                    actor,
                    practice or None,
                    period,
                    int(event),
                    period - 1,
                    period,
                    int(period == min(at.values())),
                    numbers[place][column - lag] if column >= lag else None,
                    shares[place][column] if column >= lag else None,
                    *(() if not banded else found.bounds(own) if own else (None, None)),
                    *(attributes.get(name) for name in more),
                    (
                        *(own.records if own is not None and event else ()),
                        *(behind.by(place, period - lag) if column >= lag else ()),
                    ),
                )

    known = [practice for practice in found.by_practice if found.of(practice)]
    spread = (len(window(periods, [*found.of(p).values(), max(ends)])) for p in known)
    number = sum(spread) * len(found.actors)
    refuse_many(number)
    if tell is not None and number >= MANY:
        tell(f"up to {number:,} rows of {len(known):,} practices and {len(found.actors):,} actors")
    for practice in known:
        rows += of(practice)
    if not rows:
        return nothing(columns, head, lang)
    return Table(columns, tuple(rows), head)


def _span(member: Member) -> tuple[float, float]:
    """Give the first and the last period of a membership, without end where it has none."""
    bounds = [-math.inf, math.inf]
    for i, name in enumerate(_SPAN):
        text = member.attributes.get(name)
        if text:
            try:
                bounds[i] = int(text[:4]) if "-" in text[1:] else float(text)
            except ValueError:
                raise KvgraphError(
                    f'{name} of {member.id} is "{text}", which is no period',
                    hint="Write a whole number or a year, or leave it empty.",
                ) from None
    return bounds[0], bounds[1]


ANALYSIS: Final = Analysis(
    name="risk-set",
    summary="Who could have adopted what, and when: rows for models of event history in R",
    parameters=(
        DIRECTION,
        Parameter("lag", "number", "periods that exposure lies before", 1),
        PERIODS,
        MOMENT,
    ),
    run=risk_set,
    takes="material",
)
