"""How exposed everybody was: the share of an actor's contacts that had adopted, by period.

Exposure is the sum over the contacts that had adopted by the end of the period, over all of
them (Burt 1987; Valente 1995). Ties are binary, of whatever practice: they say who is in
contact. Who has no contact has an exposure of 0, as in netdiffuseR. Contacts are those to whom
an actor's ties go in an edge table, where an actor names whom it looks to, and those from whom
they come in a dataset, where receivers are exposed to givers. A tie with a date counts from
its start on.

``low`` and ``high`` are the least and the most that exposure can be where adoptions are known
to lie between two times. Who adopted at an unknown time counts from the last on that it can have
been.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from kvgraph.analysis._adoption import MANY, MOMENT, PERIODS, nothing, refuse_many, window
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
from kvgraph.model import Analysis, Cell, Parameter, Table


def exposure(
    material: Material,
    *,
    direction: str | None = None,
    lag: int = 0,
    counts: bool = False,
    periods: str | None = None,
    moment: str = "middle",
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Give the exposure of every actor in every period: a share from 0 to 1, or a number.

    A row for each practice, actor and period, in the order of the input. With a ``lag`` it is
    the exposure of so many periods before, and the first ones have none. ``counts`` gives the
    number of adopted contacts. ``records`` are the ids of the ties to them and of their
    adoptions. What it is of is told in the module.

    >>> from kvgraph.material import Member, Tie
    >>> ties = tuple(Tie("a", b, "", None, None, 1, f"a-{b}") for b in "bc")
    >>> times = {"a": 2, "b": 1, "c": 3}
    >>> members = tuple(Member(name, time, {}) for name, time in times.items())
    >>> table = exposure(Material(ties, members, numeric=True))
    >>> [row[2] for row in table.rows if row[0] == "a"]
    [0.5, 0.5, 1.0]
    """
    measure = f"{'number' if counts else 'share'} of contacts that had adopted (Valente 1995)"
    found, pairs, head = studied(material, measure, direction, moment, lag, lang)
    head["counts"] = counts
    banded = found.banded()
    columns = (
        "actor", "period", "exposure", *(("low", "high") if banded else ()), "practice", "records",
    )  # fmt: skip
    windows = {p: window(periods, list(found.since(p).values())) for p in found.by_practice}
    number = sum(len(w) for w in windows.values()) * len(found.actors)
    refuse_many(number)
    if tell is not None and number >= MANY:
        tell(f"{number:,} rows of {len(windows):,} practices and {len(found.actors):,} actors")
    rows: list[tuple[Cell, ...]] = []
    for practice, wanted in windows.items():
        if not wanted:
            continue
        when = whens(found, found.since(practice))
        behind = Behind(pairs, when, found, practice)
        times = (when, *known_bounds(found, practice)) if banded else (when,)
        values = [exposures(pairs, t, wanted, lag, counts=counts).tolist() for t in times]
        for place, actor in enumerate(found.actors):
            for column, period in enumerate(wanted):
                rows.append(
                    (
                        actor,
                        period,
                        *(_cell(v[place][column], counts=counts) for v in values),
                        practice or None,
                        behind.by(place, period - lag) if column >= lag else (),
                    )
                )
    if not rows:
        return nothing(columns, head, lang)
    return Table(columns, tuple(rows), head)


def _cell(value: float, *, counts: bool) -> Cell:
    """Give an exposure as a cell."""
    if math.isnan(value):
        return None
    return int(value) if counts else value


ANALYSIS: Final = Analysis(
    name="exposure",
    summary="How exposed everybody was: the contacts that had adopted, by period",
    parameters=(
        DIRECTION,
        LAG,
        Parameter("counts", "flag", "give the number of adopted contacts in place of their share"),
        PERIODS,
        MOMENT,
    ),
    run=exposure,
    takes="material",
)
