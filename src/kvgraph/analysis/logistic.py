"""How fast a practice spread, and when half had it: the logistic curve, with standard errors.

========= =====================================================================================
rate      growth a period at the beginning, when hardly anybody has it
midpoint  when half of the ceiling is reached and growth is greatest; 3.0 is the end of period 3
ceiling   with ``ceiling``: the share of all actors that adopts in the end; 1 without
========= =====================================================================================

The cumulative share after t periods, ceiling/(1+e^-rate(t-midpoint)), is fitted by least squares
(Griliches 1957). Standard errors are those of nonlinear least squares, and ``low`` and ``high``
bound the middle 95 of 100 by t. The points of a cumulative curve hang together, so both are
rather too small.

A curve of fewer than eight adopters, or one that has not come to its midpoint, is refused: what
is to come cannot be told from its beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from kvgraph.analysis._adoption import MOMENT, PERIODS
from kvgraph.analysis._curves import CEILING, Form, fitted
from kvgraph.material import Material
from kvgraph.model import Analysis, Table


def _value(b: Any, t: Any) -> Any:
    return b[2] / (1 + np.exp(-b[0] * (t - b[1])))


def _starts(shares: Any) -> list[tuple[float, ...]]:
    last = float(shares[-1])
    half = float(np.searchsorted(shares, last / 2)) + 1
    return [(rate, half, last) for rate in (0.5, 0.1, 2.0)]


_FORM: Final = Form(
    measure="cumulative share by the logistic curve (Griliches 1957), least squares",
    names=("rate", "midpoint", "ceiling"),
    value=_value,
    bend=lambda b: b[1],
    starts=_starts,
    logs=(0, 2),
    times=("midpoint",),
)


def logistic(
    material: Material,
    *,
    ceiling: bool = False,
    periods: str | None = None,
    moment: str = "middle",
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Fit a logistic curve to the curve of each practice, or say why that cannot be done.

    A row for each practice and ``parameter``, told of in the module: its ``estimate``,
    ``standard_error``, ``low`` and ``high``, with the number of ``adopters`` and ``periods``, the
    ``practice``, and the ``residual`` standard error as a share. ``records`` are the ids of
    the adoptions that the curve is made of.

    >>> from kvgraph.material import Member
    >>> new = (2, 3, 5, 5, 3, 2)  # half of the 20 have it by the end of period 3
    >>> times = [t for t, number in enumerate(new, 1) for _ in range(number)]
    >>> members = tuple(Member(str(i), t, {}) for i, t in enumerate(times))
    >>> for row in logistic(Material((), members, numeric=True)).rows:
    ...     print(row[0], round(row[1], 2), round(row[2], 2))
    rate 1.12 0.05
    midpoint 2.99 0.04
    """
    return fitted(
        _FORM, material, ceiling=ceiling, periods=periods, moment=moment, lang=lang, tell=tell
    )


ANALYSIS: Final = Analysis(
    name="logistic",
    summary="How fast a practice spread, and when half had it: the logistic curve",
    parameters=(CEILING, PERIODS, MOMENT),
    run=logistic,
    takes="material",
)
