"""What the times of a study are: days, or numbers of a table's own, and how they are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from kvgraph.errors import KvgraphError
from kvgraph.flows import HIGH, LOW
from kvgraph.material import Time
from kvgraph.model import Cell

_YEAR: Final = 365.2425

_MOST: Final = 1 << 61
"""Times beyond this could not be told from open ends."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How whole numbers tell the time: as days, or as numbers of a table's own times ``scale``.

    Without a scale they are days.
    """

    scale: int | None = None

    def whole(self, time: Time, open_end: int) -> int:
        """Give a time as a whole number, ``open_end`` where it is open.

        >>> Clock().whole(734869, LOW), Clock(100).whole(0.29, LOW)
        (734869, 29)
        """
        if time is None:
            return open_end
        return int(_exact(time) * (self.scale or 1))

    def year_end(self, time: int) -> int:
        """Give the end of the year in which a time lies, or of its whole unit; none if open.

        >>> date.fromordinal(Clock().year_end(date(2011, 5, 1).toordinal()))
        datetime.date(2011, 12, 31)
        >>> Clock(10).year_end(20115), Clock(10).year_end(-5), Clock(1).year_end(2011)
        (20119, -1, 2011)
        """
        if time in (LOW, HIGH):
            return time
        if self.scale is None:
            return date(date.fromordinal(time).year, 12, 31).toordinal()
        return time // self.scale * self.scale + self.scale - 1

    def show(self, time: int) -> Cell:
        """Give a time as people read it: a date, or a number; ``None`` where it is open.

        >>> Clock().show(734869), Clock(10).show(20115), Clock(10).show(20110), Clock(10).show(LOW)
        (datetime.date(2013, 1, 1), 2011.5, 2011, None)
        """
        if time in (LOW, HIGH):
            return None
        return date.fromordinal(time) if self.scale is None else self._number(time)

    def since(self, earlier: int, later: int) -> Cell:
        """Give how many full years, or how many of the table's own units, went by.

        >>> Clock().since(0, 1000), Clock(10).since(20090, 20115)
        (2, 2.5)
        """
        went = later - earlier
        return int(went / _YEAR) if self.scale is None else self._number(went)

    def _number(self, time: int) -> float | int:
        """Give a number of the table's own, whole where it is."""
        assert self.scale is not None
        units, rest = divmod(time, self.scale)
        return time / self.scale if rest else units


def clock_of(times: Iterable[Time], *, numeric: bool) -> Clock:
    """Give the clock by which all these times are whole numbers: days, or decimals made whole.

    >>> clock_of([1, 2.5, None, 0.29], numeric=True)
    Clock(scale=100)

    :raises KvgraphError: where they have too many digits to be made whole.
    """
    if not numeric:
        return Clock()
    exact = {_exact(time) for time in times if time is not None}
    exponents = (int(d.normalize().as_tuple().exponent) for d in exact)
    scale = int(10 ** max((-e for e in exponents if e < 0), default=0))
    for time in exact:
        if abs(time) * scale > _MOST:
            raise KvgraphError(
                f"the time {time} has too many digits, as others have decimal places: it cannot "
                "be compared with them exactly",
                hint="Count from a later beginning, or round the times.",
            )
    return Clock(scale)


def _exact(time: float) -> Decimal:
    """Give a time as it was written."""
    return Decimal(repr(time))
