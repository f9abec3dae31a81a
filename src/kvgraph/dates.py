"""EDTF text to an earliest and a latest day.

Levels 0 and 1 of the Extended Date/Time Format (ISO 8601-2:2019) as far as days matter:
years, months and days, intervals, open (``..``) and unknown ends, unspecified digits
(``199X``, ``2004-XX``) and the marks ``?``, ``~`` and ``%``. Days are counted as
:meth:`datetime.date.toordinal` does, so they compare and subtract as integers.
"""

from __future__ import annotations

import calendar
import contextlib
import re
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from kvgraph.errors import DateError
from kvgraph.model import Moment, Relation

_PART: Final = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d\dXX|\dXXX)"
    r"(?:-(?P<month>\d\d|XX)(?:-(?P<day>\d\d|XX))?)?"
    r"(?P<mark>[?~%]?)",
    re.ASCII,
)
_HINT: Final = "Write 2019, 2019-07, 2019-07-01, 2019-07/2019-09, 199X, 2019~, or leave it empty."
_RELATIVE_HINT: Final = "Write after:ID, before:ID or during:ID, and a date beside it if known."


class Margins(NamedTuple):
    """By how much an approximate date (``~`` or ``%``) reaches further on either side.

    A year by ``year`` years, a month by ``month`` months, a day by ``day`` days.
    """

    year: int = 1
    month: int = 1
    day: int = 7


MARGINS: Final = Margins()


@lru_cache(maxsize=65536)
def read_date(text: str, margins: Margins = MARGINS) -> Moment:
    """Read an EDTF text into a moment with its earliest and latest day.

    An approximate year (``2011~``) is widened by a year on either side, a month by a month,
    a day by seven days. An uncertain one (``2011?``) is not: the doubt is about the
    statement, not about its bounds. An empty side of an interval is unknown and ``..`` is
    open; both have no bound.

    :raises DateError: for anything else, for a day that does not exist and for an
        interval that runs backwards.

    >>> moment = read_date("2014-02")
    >>> show_day(moment.earliest), show_day(moment.latest)
    ('2014-02-01', '2014-02-28')
    >>> read_date("../2014").earliest is None
    True
    >>> show_day(read_date("199X").latest)
    '1999-12-31'
    """
    worded = text.strip()
    if not worded:
        raise DateError('"" is not a date', hint=_HINT)
    if "/" not in worded:
        if worded == "..":
            return Moment(worded, None, None)
        return Moment(worded, *_bounds(worded, worded, margins))
    first, _, last = worded.partition("/")
    if (first in ("", "..") and last in ("", "..")) or "/" in last:
        raise DateError(f'"{text}" is not a date', hint=_HINT)
    earliest = None if first in ("", "..") else _bounds(first, worded, margins)[0]
    latest = None if last in ("", "..") else _bounds(last, worded, margins)[1]
    if earliest is not None and latest is not None and earliest > latest:
        raise DateError(f'"{text}" ends before it begins', hint="Put the earlier date first.")
    return Moment(worded, earliest, latest)


_RELATION: Final = re.compile(r"(after|before|during):(\S+)")
_LIKE_RELATION: Final = re.compile(
    r"(\S{1,30}\s+)?(after|before|during)\b|[^\W\d_]{1,30}:", re.IGNORECASE
)
"""What is meant as a relation, well written or not."""


@lru_cache(maxsize=65536)
def read_moment(text: str, margins: Margins = MARGINS) -> Moment:
    """Read a cell of a table: a date, what it is told by, or both, parted by spaces.

    ``after:ID``, ``before:ID`` and ``during:ID`` name an event, a transfer, a network or a
    project; there may be several of them, and one date at most. What follows from them is
    known only when all tables are read, so the bounds are here those of the date alone.

    :raises DateError: if it is neither.

    >>> moment = read_moment("after:ev-milan 2006")
    >>> moment.relations[0].word, moment.relations[0].target, show_day(moment.latest)
    ('after', 'ev-milan', '2006-12-31')
    """
    if ":" not in text and not _LIKE_RELATION.match(text):
        return read_date(text, margins)
    relations: list[Relation] = []
    dates: list[str] = []
    for part in text.split():
        match = _RELATION.fullmatch(part)
        if match is None:
            dates.append(part)
        else:
            relations.append(Relation(match[1], match[2]))  # type: ignore[arg-type]
    if not relations or len(dates) > 1:
        hint = _RELATIVE_HINT if _LIKE_RELATION.match(text) else _HINT
        raise DateError(f'"{text}" is not a date', hint=hint)
    if not dates:
        return Moment(text.strip(), None, None, tuple(relations))
    try:
        own = read_date(dates[0], margins)
    except DateError as error:
        raise DateError(f'"{text}" is not a date', hint=_RELATIVE_HINT) from error
    return Moment(text.strip(), own.earliest, own.latest, tuple(relations))


@lru_cache(maxsize=65536)
def read_day(text: str) -> date:
    """Read an exact day, YYYY-MM-DD.

    :raises DateError: for anything else.
    """
    moment = read_date(text)
    if moment.earliest is None or moment.earliest != moment.latest or len(moment.worded) != 10:
        raise DateError(f'"{text}" is not a day', hint="Write it as 2019-07-01.")
    return date.fromordinal(moment.earliest)


def show_day(day: int | None) -> str | None:
    """Write a day number as YYYY-MM-DD; ``None`` stays ``None``."""
    return None if day is None else date.fromordinal(day).isoformat()


def speak_day(day: int | None, lang: str) -> str:
    """Write a day as people do in this language: 1.2.2014, 1 februari 2014, 1 February 2014."""
    if day is None:
        return "?"
    d = date.fromordinal(day)
    if lang == "fi":
        return f"{d.day}.{d.month}.{d.year}"
    return f"{d.day} {_MONTHS[lang][d.month - 1]} {d.year}"


_MONTHS: Final = {
    "sv": [
        "januari", "februari", "mars", "april", "maj", "juni",
        "juli", "augusti", "september", "oktober", "november", "december",
    ],
    "en": [
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ],
}  # fmt: skip


_COMMON: Final = (
    (re.compile(r"(?P<d>\d{1,2})\.\s*(?P<m>\d{1,2})\.\s*(?P<y>\d{4})"), "{y}-{m:0>2}-{d:0>2}"),
    (re.compile(r"(?P<m>\d{1,2})[./](?P<y>\d{4})"), "{y}-{m:0>2}"),
    (re.compile(r"(?P<a>\d{4})\s*[-–—]\s*(?P<b>\d{4})"), "{a}/{b}"),
    (re.compile(r"(?:noin|n\.|cirka|circa|c\.|ca\.?|about)\s*(?P<y>\d{4})", re.IGNORECASE), "{y}~"),
)
"""How people write dates where no doubt is what they mean, and how it is written here."""


def _meant(text: str) -> str:
    """Ask whether a date is meant that people write in another way.

    >>> _meant("1.2.2014"), _meant("noin 2016"), _meant("3/4/2014")
    ('Is it 2014-02-01? ', 'Is it 2016~? ', '')
    """
    for pattern, form in _COMMON:
        found = pattern.fullmatch(text.strip())
        if found is not None:
            meant = form.format(**found.groupdict())
            with contextlib.suppress(DateError):
                read_date(meant)
                return f"Is it {meant}? "
    return ""


def _bounds(part: str, whole: str, margins: Margins) -> tuple[int, int]:
    """Give the first and last day of one date without an interval."""
    match = _PART.fullmatch(part)
    if match is None:
        raise DateError(f'"{whole}" is not a date', hint=_meant(whole) + _HINT)
    year, month, day = match["year"], match["month"], match["day"]
    low, high = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if low == 0:
        raise DateError(f'"{whole}" is not a date: there is no year 0 here', hint=_HINT)
    if month == "XX" and day not in (None, "XX"):
        raise DateError(f'"{whole}" is not a date: a day needs its month', hint=_HINT)
    if "X" in year and month not in (None, "XX"):
        raise DateError(f'"{whole}" is not a date: a month needs its year', hint=_HINT)
    approximate = match["mark"] in ("~", "%")
    if month is None or month == "XX":
        by = margins.year if approximate else 0
        return _first(low - by, 1), _last(high + by, 12)
    if not 1 <= int(month) <= 12:
        raise DateError(f'"{whole}" is not a date: there is no month {month}', hint=_HINT)
    if day is None or day == "XX":
        by = margins.month if approximate else 0
        return _first(low, int(month) - by), _last(low, int(month) + by)
    last_day = calendar.monthrange(low, int(month))[1]
    if not 1 <= int(day) <= last_day:
        raise DateError(f'"{whole}" is not a date: {low}-{month} has {last_day} days', hint=_HINT)
    exact = date(low, int(month), int(day)).toordinal()
    by = margins.day if approximate else 0
    return max(exact - by, date.min.toordinal()), min(exact + by, date.max.toordinal())


def _first(year: int, month: int) -> int:
    """Give the first day of a month, which is counted on over the ends of the year."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return (date(year, month, 1) if year >= date.min.year else date.min).toordinal()


def _last(year: int, month: int) -> int:
    """Give the last day of a month, likewise."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if year > date.max.year:
        return date.max.toordinal()
    return date(year, month, calendar.monthrange(year, month)[1]).toordinal()


def ordinal(text: str) -> int:
    """Give the day number of an xsd:date (:meth:`datetime.date.toordinal`).

    :raises DateError: if it is none.
    """
    try:
        return date.fromisoformat(text[:10]).toordinal()
    except ValueError as error:
        raise DateError(
            f'"{text}" is not an xsd:date', hint="kvgraph check names the things it stands at."
        ) from error
