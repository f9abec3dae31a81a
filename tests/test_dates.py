"""EDTF texts have the earliest and the latest day that people would read into them."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvgraph.dates import Margins, read_date, read_day, show_day, speak_day
from kvgraph.errors import DateError
from random_worlds import looked_at

CASES = {
    # text: earliest and latest day, empty where there is none
    "2018": ("2018-01-01", "2018-12-31"),
    "2018-12": ("2018-12-01", "2018-12-31"),
    "2018-12-04": ("2018-12-04", "2018-12-04"),
    "2020-02": ("2020-02-01", "2020-02-29"),
    "2019-02": ("2019-02-01", "2019-02-28"),
    "1900-02": ("1900-02-01", "1900-02-28"),
    "2000-02-29": ("2000-02-29", "2000-02-29"),
    " 2018 ": ("2018-01-01", "2018-12-31"),
    "199X": ("1990-01-01", "1999-12-31"),
    "19XX": ("1900-01-01", "1999-12-31"),
    "1XXX": ("1000-01-01", "1999-12-31"),
    "2004-XX": ("2004-01-01", "2004-12-31"),
    "2004-02-XX": ("2004-02-01", "2004-02-29"),
    "2004-XX-XX": ("2004-01-01", "2004-12-31"),
    "199X-XX": ("1990-01-01", "1999-12-31"),
    # Approximate: a year either way for a year, a month for a month, seven days for a day.
    "2011~": ("2010-01-01", "2012-12-31"),
    "2011%": ("2010-01-01", "2012-12-31"),
    "199X~": ("1989-01-01", "2000-12-31"),
    "2014-03~": ("2014-02-01", "2014-04-30"),
    "2014-12~": ("2014-11-01", "2015-01-31"),
    "2014-01~": ("2013-12-01", "2014-02-28"),
    "2014-01-03~": ("2013-12-27", "2014-01-10"),
    "2004-XX~": ("2003-01-01", "2005-12-31"),
    # Uncertain: the doubt is about the statement, not about its bounds.
    "2011?": ("2011-01-01", "2011-12-31"),
    "2011-05?": ("2011-05-01", "2011-05-31"),
    "2018-04/2021-06": ("2018-04-01", "2021-06-30"),
    "2018/2018": ("2018-01-01", "2018-12-31"),
    "2018-12-04/2018-12-04": ("2018-12-04", "2018-12-04"),
    "2018-12/2018": ("2018-12-01", "2018-12-31"),
    "2011~/2013": ("2010-01-01", "2013-12-31"),
    "2011/2013~": ("2011-01-01", "2014-12-31"),
    "199X/2004": ("1990-01-01", "2004-12-31"),
    "../2014": ("", "2014-12-31"),
    "/2014": ("", "2014-12-31"),
    "2014/..": ("2014-01-01", ""),
    "2014/": ("2014-01-01", ""),
    "..": ("", ""),
    "0001": ("0001-01-01", "0001-12-31"),
    "9999": ("9999-01-01", "9999-12-31"),
    "0001~": ("0001-01-01", "0002-12-31"),
    "9999~": ("9998-01-01", "9999-12-31"),
    "9999-12-31~": ("9999-12-24", "9999-12-31"),
    "0001-01~": ("0001-01-01", "0001-02-28"),
    "9999-12~": ("9999-11-01", "9999-12-31"),
}

REFUSED = {
    # text: a word of the reason
    "": "not a date",
    " ": "not a date",
    "2019-02-29": "28 days",
    "1900-02-29": "28 days",
    "2019-04-31": "30 days",
    "2019-01-32": "31 days",
    "2019-01-00": "31 days",
    "2019-13": "no month 13",
    "2019-00": "no month 00",
    "2001-21": "no month 21",
    "0000": "no year 0",
    "2018/2017": "ends before it begins",
    "2018-12/2018-01": "ends before it begins",
    "2018-12-05/2018-12-04": "ends before it begins",
    "/": "not a date",
    "../..": "not a date",
    "../": "not a date",
    "2018/2019/2020": "not a date",
    "2018/2019-02-30": "28 days",
    "Q3 2019": "not a date",
    "3.4.2019": "not a date",
    "03/04/2019": "not a date",
    "2019-3": "not a date",
    "19": "not a date",
    "19X0": "not a date",
    "X999": "not a date",
    "199x": "not a date",
    "199X-05": "needs its year",
    "2019-XX-05": "needs its month",
    "2019-12-04T10:00": "not a date",
    "20191204": "not a date",
    "-0044": "not a date",
    "2019~?": "not a date",
    "~2019": "not a date",
    "2019--": "not a date",
    "2019 -12": "not a date",
    "２０１９": "not a date",
    "٢٠١٩": "not a date",
    "2019\n2020": "not a date",
}


def bounds(text: str, margins: Margins | None = None) -> tuple[str, str]:
    moment = read_date(text) if margins is None else read_date(text, margins)
    return show_day(moment.earliest) or "", show_day(moment.latest) or ""


@pytest.mark.parametrize("text", CASES)
def test_a_text_has_its_bounds(text: str) -> None:
    """Years, months, days, intervals, open ends, X digits and the three marks."""
    assert bounds(text) == CASES[text]
    assert read_date(text).worded == text.strip()


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_date_is_refused_with_the_reason(text: str) -> None:
    """Impossible days and reversed intervals too; the message quotes the text."""
    with pytest.raises(DateError) as caught:
        read_date(text)
    assert REFUSED[text] in caught.value.message
    assert f'"{text.strip()}"' in caught.value.message or f'"{text}"' in caught.value.message
    assert caught.value.hint


def test_the_margins_can_be_set() -> None:
    """How far approximate reaches is a choice; nothing else is touched by it."""
    wide = Margins(year=5, month=14, day=31)
    assert bounds("2011~", wide) == ("2006-01-01", "2016-12-31")
    assert bounds("2014-01~", wide) == ("2012-11-01", "2015-03-31")
    assert bounds("2014-01-03~", wide) == ("2013-12-03", "2014-02-03")
    assert bounds("2011", wide) == bounds("2011")
    none = Margins(0, 0, 0)
    assert bounds("2011~", none) == bounds("2011")


def test_an_exact_day_is_asked_for_where_no_less_will_do() -> None:
    """A day column takes a day, no month and no approximate day."""
    assert read_day("2019-07-01") == date(2019, 7, 1)
    for text in (
        "2019-07",
        "2019",
        "2019-07-01~",
        "2019-07-01?",
        "2019-07-01/2019-07-01",
        "..",
        "",
    ):
        with pytest.raises(DateError):
            read_day(text)


@looked_at(200)
@given(st.dates())
def test_every_day_of_the_calendar_is_read(day: date) -> None:
    """As a day, in its month and in its year; written again it is the same text."""
    exact = read_date(day.isoformat())
    assert exact.earliest == exact.latest == day.toordinal()
    assert show_day(exact.earliest) == day.isoformat()
    assert read_day(day.isoformat()) == day
    last = calendar.monthrange(day.year, day.month)[1]
    month = read_date(day.isoformat()[:7])
    assert (month.earliest, month.latest) == (
        day.replace(day=1).toordinal(),
        day.replace(day=last).toordinal(),
    )
    year = read_date(day.isoformat()[:4])
    assert (year.earliest, year.latest) == (
        date(day.year, 1, 1).toordinal(),
        date(day.year, 12, 31).toordinal(),
    )
    decade = read_date(day.isoformat()[:3] + "X") if day.year >= 10 else year
    assert decade.earliest is not None
    assert decade.latest is not None
    assert decade.earliest <= exact.earliest <= decade.latest


@looked_at(200)
@given(st.dates(), st.dates())
def test_an_interval_has_the_outer_bounds_of_its_ends(one: date, two: date) -> None:
    """In order it is read, the other way round refused; an open side has no bound."""
    first, last = sorted((one, two))
    moment = read_date(f"{first.isoformat()}/{last.isoformat()}")
    assert (moment.earliest, moment.latest) == (first.toordinal(), last.toordinal())
    assert read_date(f"{first.isoformat()}/..").latest is None
    assert read_date(f"../{last.isoformat()}").earliest is None
    if first < last:
        with pytest.raises(DateError, match="ends before it begins"):
            read_date(f"{last.isoformat()}/{first.isoformat()}")


@looked_at(150)
@given(st.dates(date(20, 1, 1), date(9900, 1, 1)), st.sampled_from((4, 7, 10)))
def test_an_approximate_date_reaches_further_on_both_sides(day: date, length: int) -> None:
    """By its margin, never less on one side than on the other."""
    text = day.isoformat()[:length]
    exact, wide = read_date(text), read_date(text + "~")
    assert None not in (exact.earliest, exact.latest, wide.earliest, wide.latest)
    before = exact.earliest - wide.earliest  # type: ignore[operator]
    after = wide.latest - exact.latest  # type: ignore[operator]
    allowed = {4: (365, 366), 7: (28, 31), 10: (7, 7)}[length]
    assert allowed[0] <= before <= allowed[1]
    assert allowed[0] <= after <= allowed[1]
    assert read_date(text + "%").earliest == wide.earliest


@looked_at(300)
@given(st.text(alphabet="0123456789X-/.~?% ", max_size=12))
def test_whatever_is_read_has_its_bounds_in_order(text: str) -> None:
    """No text gives an empty interval, and none fails in another way than as a DateError."""
    try:
        moment = read_date(text)
    except DateError:
        return
    assert moment.worded == text.strip()
    if moment.earliest is not None and moment.latest is not None:
        assert moment.earliest <= moment.latest
        assert date.fromordinal(moment.earliest) + timedelta(0) <= date.fromordinal(moment.latest)


def test_days_are_shown_as_people_write_them() -> None:
    """In three languages, and an unknown one as a question mark."""
    day = date(2014, 2, 1).toordinal()
    assert [speak_day(day, lang) for lang in ("fi", "sv", "en")] == [
        "1.2.2014",
        "1 februari 2014",
        "1 February 2014",
    ]
    assert speak_day(None, "fi") == "?"
    assert show_day(None) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1.2.2014", "Is it 2014-02-01?"),
        ("31. 12. 2013", "Is it 2013-12-31?"),
        ("2/2014", "Is it 2014-02?"),
        ("2014–2016", "Is it 2014/2016?"),
        ("noin 2016", "Is it 2016~?"),
        ("31.2.2014", "Write 2019"),
        ("2016-2014", "Write 2019"),
    ],
)
def test_a_date_as_people_write_it_is_asked_about(text: str, meant: str) -> None:
    """The hint says how it would be written here, if that is a date at all."""
    with pytest.raises(DateError) as told:
        read_date(text)
    assert told.value.hint.startswith(meant)
