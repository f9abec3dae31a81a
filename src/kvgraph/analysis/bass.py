"""How a practice spread by itself and by example: the model of Bass, with standard errors.

========= =====================================================================================
p         innovation: the share of those who have not adopted that do so by themselves, a period
q         imitation: that share for each share of adopters, by their example; below 0 where
          adoption slows down faster than it would by itself
m         with ``ceiling``: the share of all actors that adopts in the end; 1 without
peak      when most adopt at once, ln(q/p)/(p+q); 3.0 is the end of period 3; empty where p is
          the greater, since adoption then only slows down
========= =====================================================================================

The cumulative share after t periods, m(1-e^-(p+q)t)/(1+(q/p)e^-(p+q)t), is fitted by least
squares (Bass 1969; Srinivasan & Mason 1986), as netdiffuseR does; t is 1 in the first period.
Standard errors are those of nonlinear least squares, and ``low`` and ``high`` bound the middle
95 of 100 by t. The points of a cumulative curve hang together, so both are rather too small.

A curve of fewer than eight adopters, or one that has not come to its peak, is refused: what is
to come cannot be told from its beginning (Mahajan, Muller & Bass 1990).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from kvgraph.analysis._adoption import MOMENT, PERIODS
from kvgraph.analysis._curves import CEILING, Form, fitted
from kvgraph.material import Material
from kvgraph.model import Analysis, Table


def _value(b: Any, t: Any) -> Any:
    fade = np.exp(-(b[0] + b[1]) * t)
    return b[2] * (1 - fade) / (1 + b[1] / b[0] * fade)


def _peak(b: Any) -> Any:
    return np.log(b[1] / b[0]) / (b[0] + b[1]) if b[1].real > 0 else math.nan


def _starts(shares: Any) -> list[tuple[float, ...]]:
    first, last = max(float(shares[0]), 1e-3), float(shares[-1])
    return [(p, q, last) for p in (first, 0.03, 1e-3) for q in (0.5, 0.1, 1.5)]


_FORM: Final = Form(
    measure="cumulative share by the model of Bass (1969), least squares",
    names=("p", "q", "m"),
    value=_value,
    bend=_peak,
    starts=_starts,
    logs=(0, 2),
    bend_name="peak",
)


def bass(
    material: Material,
    *,
    ceiling: bool = False,
    periods: str | None = None,
    moment: str = "middle",
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Fit the model of Bass to the curve of each practice, or say why that cannot be done.

    A row for each practice and ``parameter``, told of in the module: its ``estimate``,
    ``standard_error``, ``low`` and ``high``, with the number of ``adopters`` and ``periods``, the
    ``practice``, and the ``residual`` standard error as a share. ``records`` are the ids of
    the adoptions that the curve is made of.

    >>> from kvgraph.material import Member
    >>> new = (8, 9, 10, 10, 9, 8)  # of 100; the peak is flat
    >>> times = [t for t, number in enumerate(new, 1) for _ in range(number)] + [None] * 46
    >>> members = tuple(Member(str(i), t, {}) for i, t in enumerate(times))
    >>> for row in bass(Material((), members, numeric=True)).rows:
    ...     print(row[0], round(row[1], 2), round(row[2], 3))
    p 0.08 0.002
    q 0.19 0.013
    peak 3.23 0.231
    """
    return fitted(
        _FORM, material, ceiling=ceiling, periods=periods, moment=moment, lang=lang, tell=tell
    )


ANALYSIS: Final = Analysis(
    name="bass",
    summary="How a practice spread by itself and by example: the model of Bass",
    parameters=(CEILING, PERIODS, MOMENT),
    run=bass,
    takes="material",
)
