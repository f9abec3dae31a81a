"""Texts and dates to numbers, whole columns at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.dates import ordinal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Days = NDArray[np.int64]
    Codes = NDArray[np.int32]


class Book:
    """A code book: texts numbered from 0 in the order in which they come."""

    def __init__(self) -> None:
        numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._numbers = numbers
        # No method of our own, which every triple of a stream would have to go through.
        self.one: Callable[[str], int] = numbers.__getitem__
        """Give the number of one text."""

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, text: object) -> bool:
        return text in self._numbers

    def number(self, column: list[str]) -> Codes:
        """Give the numbers of a column of texts."""
        alike = bool(column) and column[0] == column[len(column) // 2] == column[-1]
        if alike and column.count(column[0]) == len(column):
            # One text throughout, as statuses often are: counting takes a third of the time.
            return np.full(len(column), self.one(column[0]), dtype=np.int32)
        return np.fromiter(map(self.one, column), dtype=np.int32, count=len(column))

    def renumber(self, numbers: Codes, texts: Sequence[str]) -> Codes:
        """Give the numbers here of texts that another book numbers."""
        used = np.zeros(len(texts), dtype=bool)
        used[numbers] = True
        own = np.zeros(len(texts), dtype=np.int32)
        own[used] = [self.one(texts[i]) for i in np.flatnonzero(used).tolist()]
        return own[numbers]

    def names(self) -> tuple[str, ...]:
        """Give the texts in the order of their numbers."""
        return tuple(self._numbers)


_EPOCH: Final = date(1970, 1, 1).toordinal()


def ordinals(texts: list[str]) -> Days:
    """Give the day numbers of many dates: ten times faster than one by one."""
    days = np.array(texts, dtype="U10")
    letters = days.view(np.uint32).reshape(-1, 10)
    digits = letters[:, (0, 1, 2, 3, 5, 6, 8, 9)]
    plain = (digits >= ord("0")) & (digits <= ord("9"))
    if plain.all() and (letters[:, (4, 7)] == ord("-")).all() and digits[:, :4].max(1).min() > 48:
        try:
            return days.astype("datetime64[D]").astype(np.int64) + _EPOCH
        except ValueError:
            pass  # there is no such day: one by one, so that it is named
    return np.array([ordinal(t) for t in texts], dtype=np.int64)
