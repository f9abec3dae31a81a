"""Do those who are near to each other adopt together? Moran's I of adoption, by period.

The statistic is that of Moran (1950) on who has adopted by the end of a period, 1 or 0, with
weights of one over the number of steps along ties from one actor to another, up to ``steps`` of
them, each actor's weights adding up to 1, and none to itself. Expected without any pattern is
-1/(n-1); ``sd`` is that under randomisation (Cliff & Ord 1981), and ``p`` two-sided, by the
normal distribution. It is above what is expected where adopters are near to adopters.

Where nobody or everybody has adopted there is nothing that could be near: ``observed`` is then
0, as in netdiffuseR, and ``sd`` and ``p`` are empty; likewise where no two actors are joined.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kvgraph.analysis._adoption import MOMENT, PERIODS, nothing, window
from kvgraph.analysis._contacts import DIRECTION, Contacts, studied, whens
from kvgraph.errors import KvgraphError
from kvgraph.material import Material
from kvgraph.model import Analysis, Cell, Parameter, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

STEPS: Final = 6
"""As far as netdiffuseR looks."""

MANY: Final = 2000
"""From so many actors on it is told that distances are computed."""

_COLUMNS: Final = (
    "period", "observed", "expected", "sd", "p", "adopters", "practice", "records",
)  # fmt: skip
_BLOCK: Final = 500


def moran(
    material: Material,
    *,
    direction: str | None = None,
    steps: int = STEPS,
    periods: str | None = None,
    moment: str = "middle",
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Tell whether near actors adopt together: Moran's I of who has adopted, by period.

    A row for each practice and period. ``observed`` goes from about -1 to 1; p is never 0.
    ``records`` are the ids of the adoptions until then, whose number is ``adopters``.

    >>> from kvgraph.material import Member, Tie
    >>> both = [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")]
    >>> ties = tuple(Tie(a, b, "", None, None, 1, a + b) for a, b in both)
    >>> members = tuple(Member(x, t, {}) for x, t in zip("abcd", (1, 1, 2, 2)))
    >>> moran(Material(ties, members, numeric=True)).rows[0][1:3]  # both pairs agree
    (1.0, -0.3333333333333333)
    """
    if steps < 1:
        raise KvgraphError(f"--steps {steps} reaches nobody", hint="Say 1 or more steps.")
    measure = f"Moran's I, 1/steps up to {steps}, rows add up to 1"
    found, pairs, head = studied(material, measure, direction, moment, None, lang)
    head["steps"] = steps
    n = len(found.actors)
    if tell is not None and n >= MANY:
        tell(f"distances of {n:,} actors, up to {steps} steps")
    begins = np.sort(pairs.begin)
    weights: dict[int, _Weights] = {}
    rows: list[tuple[Cell, ...]] = []
    for practice, adopters in found.by_practice.items():
        at = found.since(practice)
        when = whens(found, at)
        for period in window(periods, list(at.values())):
            # As long as no tie begins, the distances stay the same.
            there = int(np.searchsorted(begins, period, side="right"))
            if there not in weights:
                weights[there] = _Weights(pairs, period, n, steps)
            adopted = (when <= period).astype(np.float64)
            rows.append(
                (
                    period,
                    *weights[there].moran(adopted),
                    int(adopted.sum()),
                    practice or None,
                    tuple(r for a, t in at.items() if t <= period for r in adopters[a].records),
                )
            )
    if not rows:
        return nothing(_COLUMNS, head, lang)
    return Table(_COLUMNS, tuple(rows), head)


class _Weights:
    """Weights between actors by the steps between them, and what the deviation needs of them."""

    __slots__ = ("_matrix", "_n", "_s1", "_s2", "_sum")

    def __init__(self, pairs: Contacts, period: int, n: int, steps: int) -> None:
        matrix = _nearness(pairs, period, n, steps)
        rows = np.asarray(matrix.sum(axis=1)).ravel()
        matrix = matrix.multiply(1 / np.where(rows > 0, rows, 1)[:, np.newaxis]).tocsr()
        both = matrix + matrix.T
        sums = np.asarray(matrix.sum(axis=1)).ravel() + np.asarray(matrix.sum(axis=0)).ravel()
        self._matrix, self._n = matrix, n
        self._sum = float(matrix.sum())
        self._s1 = float(both.multiply(both).sum()) / 2
        self._s2 = float((sums**2).sum())

    def moran(self, values: Numbers) -> tuple[Cell, Cell, Cell, Cell]:
        """Give what is observed and expected, the deviation of it, and p."""
        n, total = self._n, self._sum
        expected = -1 / (n - 1) if n > 1 else None
        centred = values - values.mean()
        spread = float((centred**2).sum())
        if not total:
            return None, expected, None, None
        # A mean of equal values may be off by a last bit, which must not be taken for spread.
        if values.min() == values.max():
            return 0.0, expected, None, None
        observed = n / total * float(centred @ (self._matrix @ centred)) / spread
        if n < 4 or expected is None:
            return observed, expected, None, None
        square, s1, s2 = total**2, self._s1, self._s2
        kurtosis = float((centred**4).sum()) / n / (spread / n) ** 2
        normal = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * square)
        heavy = kurtosis * (n * (n - 1) * s1 - 2 * n * s2 + 6 * square)
        variance = (normal - heavy) / ((n - 1) * (n - 2) * (n - 3) * square) - expected**2
        # Where the variance is nothing but rounding, no value could differ from the expected.
        if variance <= 1e-15:
            return observed, expected, None, None
        deviation = math.sqrt(variance)
        z = abs(observed - expected) / deviation
        p = max(math.erfc(z / math.sqrt(2)), sys.float_info.min)
        return observed, expected, deviation, p


def _nearness(pairs: Contacts, period: int, n: int, steps: int) -> Any:
    """Give one over the steps from each actor to each other that is near enough."""
    from scipy.sparse import csr_array, vstack
    from scipy.sparse.csgraph import dijkstra

    there = pairs.begin <= period
    ties = csr_array(
        (np.ones(int(there.sum())), (pairs.ego[there], pairs.alter[there])), shape=(n, n)
    )
    blocks = []
    for start in range(0, n, _BLOCK):
        inside = np.arange(start, min(start + _BLOCK, n))
        away = dijkstra(ties, indices=inside, unweighted=True, limit=steps)
        near = np.zeros_like(away)
        np.divide(1, away, out=near, where=(away > 0) & np.isfinite(away))
        blocks.append(csr_array(near))
    return vstack(blocks, format="csr") if blocks else csr_array((n, n))


ANALYSIS: Final = Analysis(
    name="moran",
    summary="Do those who are near to each other adopt together? Moran's I by period",
    parameters=(
        DIRECTION,
        Parameter("steps", "number", "steps along ties that count as near", STEPS),
        PERIODS,
        MOMENT,
    ),
    run=moran,
    takes="material",
)
