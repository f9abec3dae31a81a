"""What the readers of other people's exports share: empty cells, ids of names, countries, days."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from typing import Final

from kvgraph import resources, tables
from kvgraph.dates import read_day
from kvgraph.errors import DateError, Fault
from kvgraph.model import Reading
from kvgraph.readers._csv import read_csv
from kvgraph.readers._sheet import Sheet

Row = tuple[str, Mapping[str, str]]
"""A row of ours: its table, and its cells by column."""

Places = Mapping[str, tuple[str, ...]]
"""What a reader calls a column, and the headers by which it goes in the editions of an export."""

_EMPTY: Final = frozenset({"n.a.", "n.a", "n/a", "#n/a", "none", "null", "nan", "-", "--", "."})
"""How exports write that a cell is empty, in lower case."""

_UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069"
    r"\ufeff\ufffe\uffff]"
)
"""What nobody typed on purpose, and a cell of ours must not hold."""

_LONGEST_TEXT: Final = 100_000
_LONGEST_SLUG: Final = 60
_OTHER_LETTERS: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"}
)
"""Letters of Latin alphabets that are no plain letter with a mark."""

_MARKS: Final = re.compile(r"(?<=[a-z\u0370-\u03ff])[\u0300-\u036f]+")
_WORD: Final = re.compile(r"[^\W_]+")

_DAY: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T]\d\d:\d\d(?::\d\d)?)?")
_ISO_DAY: Final = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?:[ T]\d\d:\d\d.*)?")
_SERIAL: Final = re.compile(r"[2-6]\d{4}(?:\.0+)?")
_FIRST_SERIAL: Final = date(1899, 12, 30)
"""Day 0 of a spreadsheet."""

_OTHER_COUNTRIES: Final[Mapping[str, tuple[str, ...]]] = {
    "AD": ("Andorra",),
    "BA": ("Bosnia and Herzegovina", "Bosnia & Herzegovina"),
    "BY": ("Belarus",),
    "CA": ("Canada",),
    "CZ": ("Czech Republic",),
    "FO": ("Faroe Islands",),
    "GL": ("Greenland",),
    "LI": ("Liechtenstein",),
    "MC": ("Monaco",),
    "MD": ("Republic of Moldova",),
    "ME": ("Montenegro",),
    "MK": ("Macedonia", "The former Yugoslav Republic of Macedonia"),
    "NL": ("The Netherlands",),
    "RU": ("Russia", "Russian Federation"),
    "SM": ("San Marino",),
    "TR": ("Turkey", "Türkiye"),
}
"""Names of countries that the shipped package ``base`` does not hold."""

_OTHER_CODES: Final = {"EL": "GR", "UK": "GB"}
"""What the European Commission writes in place of a code of ISO 3166-1."""


def clean(text: str) -> str:
    """Give what a cell says: empty where it says so in words, and nothing in it that is unseen.

    A leading ``=``, which would be a formula, goes too; what is longer than a cell of ours may
    be is cut, and ends in ``…``.

    >>> clean(" N.a. "), clean("Lapin\u00a0AMK\u200b")
    ('', 'Lapin AMK')
    """
    text = text.strip()
    if len(text) < 6 and text.lower() in _EMPTY:
        return ""
    if not text.isprintable():
        text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\xa0", " ")).strip()
    if text.startswith("="):
        text = text.lstrip("= ")
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def one_line(text: str) -> str:
    """Give a text with single spaces and without line breaks, as a name has."""
    return " ".join(text.split())


def plain(text: str) -> str:
    """Give a text without the marks of HTML.

    >>> plain("<p>ISA &#8211; Insatser</p><p>för unga &amp; vuxna</p>")
    'ISA – Insatser\\nför unga & vuxna'
    """
    if "<" not in text and "&" not in text:
        return text
    text = re.sub(r"<br ?/?>|</(?:p|li|div|h\d)>", "\n", text, flags=re.IGNORECASE)
    text = html.unescape(re.sub(r"</?[A-Za-z][^<>]{0,200}>", "", text))
    return clean(re.sub(r"\s*\n\s*", "\n", text))


@lru_cache(maxsize=65536)
def slug(text: str, longest: int = _LONGEST_SLUG) -> str:
    """Give a name as a part of an id: letters and digits of any script, parted by hyphens.

    Case, accents of Latin and Greek letters and everything between words do not count. What is
    longer is cut, and ends in what tells it from others that begin alike.

    >>> slug("Region Østfold / Åland"), slug('"Зора-ЕС" ЕООД'), slug("!?")
    ('region-ostfold-aland', 'зора-ес-еоод', '8faf838e')
    """
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_OTHER_LETTERS))
    whole = "-".join(_WORD.findall(unicodedata.normalize("NFC", _MARKS.sub("", folded))))
    if not whole:
        return _digest(text)
    return (
        whole if len(whole) <= longest else f"{whole[: longest - 9].rstrip('-')}-{_digest(whole)}"
    )


def mint(prefix: str, *parts: str) -> str:
    """Give an id made of a prefix and of names; the empty ones among them do not count.

    >>> mint("keep", "FI", "University of Turku", "Turku")
    'keep-fi-university-of-turku-turku'
    """
    return "-".join((prefix, *(slug(part) for part in parts if part)))


def _digest(text: str) -> str:
    """Give eight letters and digits that stand for a text."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


class Minted:
    """Ids by what they stand for, so that two things never share one.

    Where two keys differ only in what an id leaves out (``GREEN`` and ``GREEN!``), the second
    one gets a mark of its own.
    """

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def give(self, prefix: str, *parts: str) -> str:
        """Give the id of the thing with this key: case and spaces in it do not matter."""
        key = "\n".join(one_line(part.casefold()) for part in parts)
        identifier = mint(prefix, *parts)
        first = self._keys.setdefault(identifier, key)
        return identifier if first == key else f"{identifier}-{_digest(key)}"


class Spellings:
    """The names under which things have been given, so that other spellings become aliases."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._first: dict[str, int] = {}

    def rows(self, identifier: str, *names: str) -> Iterator[Row]:
        """Give a row of aliases for each name by which the thing was not called at first.

        The first of the names is what its own row calls it.
        """
        first = self._first.setdefault(identifier, hash(names[0]))
        for name in dict.fromkeys(names):
            if name and hash(name) != first:
                yield "aliases", {"thing": identifier, "alias": name, "source": self._source}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns that a reader uses stand in a sheet, and which it has no place for."""

    indices: Mapping[str, int]
    left_out: tuple[str, ...]
    width: int

    def read(self, cells: Sequence[str]) -> dict[str, str]:
        """Give the filled cells of a row by the reader's own names."""
        found: dict[str, str] = {}
        for name, index in self.indices.items():
            text = clean(cells[index]) if index < len(cells) else ""
            if text:
                found[name] = text
        return found


def columns(sheet: Sheet, places: Places) -> Columns:
    """Find the columns of a sheet by their headers, in any edition of the export."""
    indices: dict[str, int] = {}
    known = {_plain_header(h): name for name, headers in places.items() for h in headers}
    left_out = []
    for index, header in enumerate(sheet.header):
        name = known.get(_plain_header(header), "")
        if name and name not in indices:
            indices[name] = index
        elif header:
            left_out.append(header)
    return Columns(indices, tuple(left_out), len(sheet.header))


def has(sheet: Sheet, *headers: str | Collection[str]) -> bool:
    """Tell whether a sheet has all these headers; of several in one place any will do."""
    own = {_plain_header(header) for header in sheet.header}
    return all(
        any(_plain_header(one) in own for one in ((h,) if isinstance(h, str) else h))
        for h in headers
    )


@lru_cache(maxsize=4096)
def _plain_header(text: str) -> str:
    """Give a header without what does not matter in it."""
    return tables.plain_header(text.replace("’", "'"))


def begin(sheet: Sheet, title: str, found: Columns) -> Reading:
    """Tell what of a sheet has no place in our tables, before its rows are gone through."""
    return Reading(title, sheet.name, 0, left_out=found.left_out)


def pass_over(sheet: Sheet) -> Reading:
    """Tell that a sheet is left out as a whole."""
    return Reading(sheet.title, sheet.name, 0, left_out=("*",))


def refuse(
    sheet: Sheet, title: str, line: int, column: str, problem: str, hint: str, value: str = ""
) -> Reading:
    """Refuse a row of which nothing can be made."""
    fault = Fault(sheet.name, line, column, value[:200], problem, hint)
    return Reading(title, sheet.name, line, faults=(fault,))


@lru_cache(maxsize=4096)
def country_code(text: str) -> str:
    """Give the code of a country (ISO 3166-1 alpha-2) by its code or its name in en, fi or sv.

    >>> country_code("EL"), country_code("IT Italy / ITALIA"), country_code("RS  / Serbia")
    ('GR', 'IT', 'RS')
    >>> country_code("Sverige"), country_code("FAROE ISLANDS"), country_code("Atlantis")
    ('SE', 'FO', '')
    """
    text = one_line(text)
    code, _, rest = text.partition(" ")
    if re.fullmatch("[A-Z]{2}", code) and (not rest or " / " in f" {rest}"):
        return _OTHER_CODES.get(code, code)
    return _countries().get(text.casefold(), "")


@cache
def _countries() -> dict[str, str]:
    """Give the codes of countries by every name that the package ``base`` has for them."""
    found = {n.casefold(): code for code, names in _OTHER_COUNTRIES.items() for n in names}
    base = resources.folder("data") / "base"
    codes: dict[str, str] = {}
    actors = read_csv(base / "actors.csv")
    named = [actors.header.index(name) for name in ("name", "name_fi", "name_sv")]
    at, code_at = actors.header.index("id"), actors.header.index("country")
    for _, cells in actors.rows:
        if cells[code_at]:
            codes[cells[at]] = cells[code_at]
            found |= {cells[i].casefold(): cells[code_at] for i in named}
    aliases = read_csv(base / "aliases.csv")
    thing_at, alias_at = aliases.header.index("thing"), aliases.header.index("alias")
    for _, cells in aliases.rows:
        if cells[thing_at] in codes:
            found[cells[alias_at].casefold()] = codes[cells[thing_at]]
    return found


@lru_cache(maxsize=65536)
def iso_day(text: str) -> str:
    """Give a day as YYYY-MM-DD, however an export writes it; empty if it is no day.

    Where the day and the month could be exchanged the day comes first, as everywhere in Europe.

    >>> iso_day("2015/10/27"), iso_day("27/10/2015"), iso_day("2024-04-01 00:00:00")
    ('2015-10-27', '2015-10-27', '2024-04-01')
    >>> iso_day("42304"), iso_day("10/27/2015"), iso_day("31.2.2020")
    ('2015-10-27', '', '')
    """
    if match := _ISO_DAY.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DAY.fullmatch(text):
        day, month, year = match.groups()
    elif _SERIAL.fullmatch(text):
        return (_FIRST_SERIAL + timedelta(int(float(text)))).isoformat()
    else:
        return ""
    written = f"{year}-{month:0>2}-{day:0>2}"
    try:
        read_day(written)
    except DateError:
        return ""
    return written


def period(start: str, end: str) -> tuple[dict[str, str], dict[str, str]]:
    """Give the days of a beginning and an end, and what to note of them where that is no day.

    An end that lies before its beginning is noted as worded, and not taken.
    """
    cells: dict[str, str] = {}
    noted: dict[str, str] = {}
    for name, text in (("start", start), ("end", end)):
        if not text:
            continue
        if found := iso_day(text):
            cells[name] = found
        else:
            noted[f"{name} as worded"] = text
    if "start" in cells and "end" in cells and cells["end"] < cells["start"]:
        noted["end as worded, before the start"] = end
        del cells["end"]
    return cells, noted


def noted(cells: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """Give what a row says beside its facts, by label, as far as it is filled."""
    return {label: one_line(cells[name]) for name, label in labels.items() if name in cells}


def note(*parts: Mapping[str, str]) -> dict[str, str]:
    """Give the cell of a note, if there is anything to note.

    >>> note({"budget": "12.50"}, {}, {"department": "Research"})
    {'note': 'budget: 12.50; department: Research'}
    """
    said = "; ".join(f"{label}: {text}" for part in parts for label, text in part.items())
    return {"note": said} if said else {}


def tags(*texts: str) -> dict[str, str]:
    """Give the cell of themes: each text is one, whatever stands in it."""
    found = dict.fromkeys(one_line(text.replace(";", ",")) for text in texts if text)
    return {"theme": "; ".join(found)} if found else {}
