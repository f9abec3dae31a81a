"""Curves fitted to cumulative adoption by least squares, with standard errors, or refused."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kvgraph.analysis._adoption import Adoptions, adoptions, head_of, note, nothing, window
from kvgraph.material import Material
from kvgraph.model import Cell, Parameter, Table
from kvgraph.words import word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[Any]

FEW: Final = 8
"""Below so many adopters no curve is fitted: two or three parameters of it would be noise."""

FEW_ADOPTERS: Final = "analyse.curve_few"
NOT_BENT: Final = "analyse.curve_not_bent"
NO_FIT: Final = "analyse.curve_no_fit"
ABOVE: Final = "analyse.curve_above"

MANY: Final = 100
"""From so many practices on it is told that their curves are fitted."""

CEILING: Final = Parameter(
    "ceiling", "flag", "estimate too what share of all actors adopts in the end; without, it is 1"
)

_COLUMNS: Final = (
    "parameter", "estimate", "standard_error", "low", "high", "adopters", "periods",
    "residual", "practice", "records",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """A form of curve: its parameters, its value at times from 1 on, where it bends, and starts.

    ``value`` and ``bend`` take the parameters as a row of numbers, complex ones too: so their
    derivatives are exact. ``logs`` are the places of parameters that are above 0. ``bend`` is
    named ``bend_name``, and is a time, NaN where it never bends; so are the parameters in
    ``times``. The last parameter is always the ceiling.
    """

    measure: str
    names: tuple[str, ...]
    value: Callable[[Numbers, Numbers], Numbers]
    bend: Callable[[Numbers], Any]
    starts: Callable[[Numbers], Sequence[tuple[float, ...]]]
    logs: tuple[int, ...]
    bend_name: str = ""
    times: tuple[str, ...] = ()


def fitted(
    form: Form,
    material: Material,
    *,
    ceiling: bool,
    periods: str | None,
    moment: str,
    lang: str,
    tell: Callable[[str], None] | None,
) -> Table:
    """Fit a form to the curve of each practice; what is refused is told in the notes."""
    found = adoptions(material, moment)
    head = head_of(material, form.measure, found, lang)
    head |= {"moment": moment, "ceiling": "estimated" if ceiling else 1}
    if not any(found.of(p) for p in found.by_practice):
        return nothing(_COLUMNS, head, lang)
    if tell is not None and len(found.by_practice) >= MANY:
        tell(f"the curves of {len(found.by_practice):,} practices")
    rows: list[tuple[Cell, ...]] = []
    refused: Counter[str] = Counter()
    for practice in found.by_practice:
        answer = _fit(form, found, practice, ceiling=ceiling, periods=periods)
        if isinstance(answer, str):
            refused[answer] += 1
        else:
            rows += answer
    reasons = [
        word(reason, lang, practices=number, least=FEW)
        for reason, number in sorted(refused.items())
    ]
    for reason in reasons if rows else ():
        note(head, reason)
    head["refused"] = sum(refused.values())
    return Table(_COLUMNS, tuple(rows), head, "" if rows else " ".join(reasons))


def _fit(
    form: Form, found: Adoptions, practice: str, *, ceiling: bool, periods: str | None
) -> list[tuple[Cell, ...]] | str:
    """Give the rows of one practice, or the key of the sentence why there is none."""
    at = found.of(practice)
    wanted = window(periods, list(at.values()))
    counted = [a for a, period in at.items() if wanted and period <= wanted[-1]]
    if len(counted) < FEW:
        return FEW_ADOPTERS
    per = Counter(max(at[a], wanted[0]) for a in counted)
    shares = np.cumsum([per[period] for period in wanted]) / (
        len(found.actors) - (len(found.by_practice[practice]) - len(at))
    )
    free = len(form.names) - (not ceiling)
    freedom = len(shares) - free
    if freedom < 1:
        return NO_FIT
    best = _least_squares(form, shares, free)
    if isinstance(best, str):
        return best
    times = np.arange(1, len(shares) + 1)
    bend = float(form.bend(best))
    if bend > times[-1]:
        return NOT_BENT
    slopes = np.array([_slope(lambda b: form.value(b, times), best, i) for i in range(free)]).T
    residual = float(((shares - form.value(best, times)) ** 2).sum())
    # An ill-conditioned curve has no standard errors that would mean anything.
    if not np.isfinite(slopes).all() or np.linalg.matrix_rank(slopes) < free:
        return NO_FIT
    spread = np.linalg.inv(slopes.T @ slopes) * residual / freedom
    told = [
        (name, float(best[i]), float(np.sqrt(max(spread[i, i], 0.0))))
        for i, name in enumerate(form.names[:free])
    ]
    if form.bend_name:
        # A curve that bends before its first period, or never, bends nowhere that was seen.
        error = math.nan
        if bend > 0:
            slope = np.array([_slope(form.bend, best, i) for i in range(free)])
            error = float(np.sqrt(max(slope @ spread @ slope, 0.0)))
        told.append((form.bend_name, bend if bend > 0 else math.nan, error))
    from scipy.special import stdtrit

    width = float(stdtrit(freedom, 0.975))
    records = tuple(r for a in counted for r in found.by_practice[practice][a].records)
    rows: list[tuple[Cell, ...]] = []
    for name, estimate, error in told:
        shift = wanted[0] - 1 if name in (*form.times, form.bend_name) else 0
        known = not np.isnan(estimate)
        value = estimate + shift
        rows.append(
            (
                name,
                *((value, error, value - width * error, value + width * error)
                  if known else (None,) * 4),
                len(counted),
                len(shares),
                (residual / freedom) ** 0.5,
                practice or None,
                records,
            )
        )  # fmt: skip
    return rows


def _least_squares(form: Form, shares: Numbers, free: int) -> Numbers | str:
    """Give the parameters of the best fit from all starts, or why there is none.

    Two starts that end in the same best fit are enough.
    """
    from scipy.optimize import least_squares

    times = np.arange(1, len(shares) + 1)
    logs = [i for i in form.logs if i < free]

    def natural(x: Numbers) -> Numbers:
        b = np.ones(len(form.names), dtype=x.dtype)
        b[:free] = x
        b[logs] = np.exp(x[logs])
        return b

    def off(x: Numbers) -> Numbers:
        with np.errstate(all="ignore"):
            away: Numbers = form.value(natural(x), times) - shares
        kept: Numbers = np.nan_to_num(away, nan=1e3, posinf=1e3)
        return kept

    def slopes(x: Numbers) -> Numbers:
        with np.errstate(all="ignore"):
            found = [_slope(lambda y: form.value(natural(y), times), x, i) for i in range(free)]
        steep: Numbers = np.nan_to_num(np.array(found).T, posinf=0, neginf=0)
        return steep

    best: Any = None
    for start in form.starts(shares):
        x = np.array(start[:free], dtype=float)
        x[logs] = np.log(x[logs])
        done = least_squares(off, x, jac=slopes, method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15)
        if done.status <= 0:
            continue
        if best is not None and math.isclose(done.cost, best.cost, rel_tol=1e-9, abs_tol=1e-18):
            break
        if best is None or done.cost < best.cost:
            best = done
    if best is None:
        return NO_FIT
    b = natural(_polished(best.x, off, slopes))
    # A parameter that has run off to nothing or beyond all bounds has not settled.
    if not np.isfinite(b).all() or not all(1e-9 < b[i] < 1e3 for i in logs):
        return NO_FIT
    return ABOVE if b[-1] > 1 else b


def _polished(
    x: Numbers, off: Callable[[Numbers], Numbers], slopes: Callable[[Numbers], Numbers]
) -> Numbers:
    """Give the parameters to their last digits, by steps of Gauss and Newton.

    The search ends where the sum of squares stands still, which is half of the digits.
    """
    cost = float((off(x) ** 2).sum())
    for _ in range(_ROUNDS):
        step = np.linalg.lstsq(slopes(x), -off(x), rcond=None)[0]
        new = x + step
        found = float((off(new) ** 2).sum())
        if not found <= cost * (1 + 1e-12):
            break
        x, cost = new, min(cost, found)
        if np.abs(step).max() <= 1e-15 * (1 + np.abs(x).max()):
            break
    return x


_ROUNDS: Final = 100
_STEP: Final = 1e-100


def _slope(function: Callable[[Numbers], Any], b: Numbers, i: int) -> Any:
    """Give the derivative by one parameter, exact to the last bits (Squire & Trapp 1998)."""
    stepped = b.astype(complex)
    stepped[i] += _STEP * 1j
    return np.imag(function(stepped)) / _STEP
