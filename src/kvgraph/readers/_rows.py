"""One row of text cells to a checked record, as tables.toml and the code lists want it.

What a cell may hold is written there and nowhere else; what is wrong becomes a fault with
file, row, value and hint.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from kvgraph import tables, vocabulary
from kvgraph.dates import MARGINS, Margins, read_day, read_moment, show_day
from kvgraph.errors import DateError, Fault
from kvgraph.model import Moment, Record
from kvgraph.tables import Column, TableDefinition

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A BCP 47 tag, as far as it is of use here."""

_PROVEN_AT_LEAST: Final = 2
"""The status rank from which on a source says that something was reached (piloted)."""

_NUMBER: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_LONGEST_NUMBER: Final = 40
_LARGEST_POWER: Final = 30
_ADDRESS: Final = re.compile(r"(https?://[^/\s]|urn:\S|doi:\S)\S*")

_OTHER_CODES: Final = {"EL": "GR", "UK": "GB", "FIN": "FI", "SWE": "SE", "EST": "EE"}
"""What is often written for the two letters of a country, and the letters themselves."""

_LONGEST_ID: Final = 256
_LONGEST_TEXT: Final = 100_000
_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
"""What no text holds on purpose: control characters, and those that turn the direction of text."""

_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u2028\u2029\u2060-\u2064\ufeff]")
"""What cannot be seen, so that two ids that look the same would differ by it."""


def check_row(
    raw: Mapping[str, str],
    definition: TableDefinition,
    place: tuple[str, int],
    faults: list[Fault],
    *,
    lacking: Collection[str] = (),
    margins: Margins = MARGINS,
) -> Record | None:
    """Read the cells of a row, by column and none of them empty, into a record, if none is faulty.

    ``place`` is the file and the row. Columns in ``lacking`` are not missed: that the sheet
    has them not is one fault, told once, and not one more in every row.
    """
    before = len(faults)
    values: dict[str, Any] = {}
    for column in definition.columns:
        name = column.name
        if name not in raw:
            if column.required and name not in lacking:
                faults.append(Fault(*place, name, "", "is empty", _fill_in(column)))
            continue
        text = raw[name]
        try:
            value = _read_cell(text, column, margins)
            if value != ():
                values[name] = value
            elif column.required:  # nothing but semicolons
                faults.append(Fault(*place, name, text, "is empty", _fill_in(column)))
        except _CellError as error:
            value, problem, hint = error.args
            faults.append(Fault(*place, name, value, problem, hint))
    if len(faults) > before or lacking:
        return None
    record = Record(definition.name, values, *place)
    faults += _check_row(record, definition, raw)
    return None if len(faults) > before else record


def identify(record: Record) -> tuple[Any, ...]:
    """Give what makes a record the same as another: its id, else its key columns."""
    if "id" in record.values:
        return (record.table, record.values["id"])
    keys = tables.definitions()[record.table].keys
    return (record.table, "", *(_plain(record.values.get(key)) for key in keys))


def _plain(value: Any) -> Any:
    """Give a value in a form that can be compared and hashed."""
    return value.worded if isinstance(value, Moment) else value


class _CellError(Exception):
    """A cell that cannot be read: its value, the problem, a hint."""


def _read_cell(text: str, column: Column, margins: Margins) -> Any:
    """Read one cell as its column wants it."""
    text = _clean(text, column)
    match column.type:
        case "date":
            try:
                return read_moment(text, margins)
            except DateError as error:
                raise _CellError(text, error.message.partition('" ')[2], error.hint) from error
        case "day":
            try:
                return read_day(text)
            except DateError as error:
                raise _CellError(text, error.message.partition('" ')[2], error.hint) from error
        case "number":
            if not _NUMBER.fullmatch(text):
                hint = "Write it with a point and without spaces or units, as 41.39."
                raise _CellError(text, "is not a number", hint)
            number = Decimal(text) if len(text) <= _LONGEST_NUMBER else Decimal(0)
            if len(text) > _LONGEST_NUMBER or abs(number.adjusted()) > _LARGEST_POWER:
                raise _CellError(text, "is not a number of use", "Write it as 41.39.")
            if column.least is not None and not column.least <= number <= column.most:
                between = f"{column.least} to {column.most}"
                hint = f"Give a number from {between}: {column.help['en']}."
                raise _CellError(text, f"is not from {between}", hint)
            return format(number, "f")
        case "integer":
            if not re.fullmatch(r"[0-9]{1,18}", text):
                raise _CellError(text, "is not a whole number", "Write it as 12.")
            return str(int(text))
        case "ref":
            return _several(text) if column.many else (text,)
        case "tag":
            return tuple(t.lower() for t in (_several(text) if column.many else (text,)))
        case "code":
            return _read_code(text, column.scheme)
        case "url":
            if not _ADDRESS.fullmatch(text):
                hint = "Begin it with https://, and write a space in it as %20."
                raise _CellError(text, "is not a web address", hint)
            return _valid(
                text,
                lambda: ox.NamedNode(text),
                "is not a valid web address",
                "Write what does not belong in an address as %20 and the like.",
            )
        case "text" if column.name == "language":
            hint = "Give a code such as fi, or sv-FI."
            if not _LANGUAGE.fullmatch(text):
                raise _CellError(text, "is not a language", hint)
            return _valid(text, lambda: ox.Literal("", language=text), "is not a language", hint)
        case "text" if column.pattern is not None and not column.pattern.fullmatch(text):
            raise _CellError(text, *_not_a_country(text, column))
        case "id" if any(c.isspace() for c in text):
            raise _CellError(text, "holds a space", "Use hyphens instead.")
    return text


def _fill_in(column: Column) -> str:
    """Give the hint of a cell that may not be empty."""
    return f"Fill it in: {column.help['en']}."


def _not_a_country(text: str, column: Column) -> tuple[str, str]:
    """Tell what is wrong with the code of a country, and which one is meant if that is known."""
    letters, example = (3, "FIN") if column.name == "iso3" else (2, "FI")
    used = _OTHER_CODES.get(text.upper(), "") if letters == 2 else ""
    meant = used or (text.upper() if len(text) == letters and text.isalpha() else "")
    hint = f"Is it {meant}? " if meant else ""
    return (
        "is not a country code of ISO 3166-1",
        f"{hint}Give the {letters} capital letters of its code, such as {example}.",
    )


def _clean(text: str, column: Column) -> str:
    """Give a cell in composed letters (NFC), if it holds nothing that a cell must not hold."""
    if text.isascii() and text.isprintable():
        clean = text
    else:
        clean = unicodedata.normalize("NFC", text)
        found = _CONTROL.search(clean)
        if found is None and column.type in ("id", "ref", "url", "code"):
            found = _INVISIBLE.search(clean)
        if found is not None:
            name = unicodedata.name(found[0], "a control character").lower()
            raise _CellError(
                text, f"holds U+{ord(found[0]):04X} ({name})", "Remove it, or type the cell anew."
            )
    if clean[0] == "=" and len(clean) > 1 and column.type != "url":
        raise _CellError(text, "is a formula", "Write the value that it gives.")
    longest = (
        _LONGEST_ID if column.type in ("id", "ref", "code") and not column.many else _LONGEST_TEXT
    )
    if len(clean) > longest:
        problem = f"has {len(clean):,} characters, more than {longest:,}"
        raise _CellError(text, problem, "Is a quote left open, or are cells in the wrong column?")
    return clean


def _valid(text: str, make: Callable[[], object], problem: str, hint: str) -> str:
    """Give the text if the engine can make of it what it should become."""
    try:
        make()
    except ValueError as error:
        raise _CellError(text, problem, hint) from error
    return text


def _several(text: str) -> tuple[str, ...]:
    """Split a cell of several values; each counts once."""
    if ";" not in text:
        return (text,)
    return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


@lru_cache(maxsize=4096)
def _read_code(text: str, scheme: str) -> str:
    """Give the notation of a code, written with spaces, hyphens or underscores."""
    known = vocabulary.codes(scheme)
    code = " ".join(text.lower().replace("_", " ").split())
    for form in (code, code.replace("-", " "), code.replace(" ", "-")):
        if form in known:
            return form
    # In another language it is known by its label; the labels of all codes are few.
    labels: dict[str, set[str]] = {}
    for notation, known_code in known.items():
        for label in known_code.labels.values():
            labels.setdefault(label.casefold(), set()).add(notation)
    named = labels.get(code, set())
    if len(named) == 1:
        return next(iter(named))
    close = [n for w in difflib.get_close_matches(code[:99], [*known, *labels], n=1)
             for n in sorted(labels.get(w, {w}))]  # fmt: skip
    hint = f"Is it {close[0]}? " if close else ""
    raise _CellError(
        text, f"is not a code of {scheme}", hint + "The codes are: " + ", ".join(known) + "."
    )


def _check_row(
    record: Record, definition: TableDefinition, raw: Mapping[str, str]
) -> Iterable[Fault]:
    """Find what is wrong between the cells of one row."""
    values = record.values

    def fault(column: str, problem: str, hint: str) -> Fault:
        return Fault(record.file, record.row, column, raw.get(column, ""), problem, hint)

    for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
        if one in values and other not in values:
            yield fault(other, "is empty", f"Give it beside {one}, or leave both empty.")
    if definition.one_of and not any(name in values for name in definition.one_of):
        yield fault(definition.one_of[0], "is empty", f"Fill {' or '.join(definition.one_of)}.")
    for first, last in (("start", "end"), ("period_start", "period_end"), ("date", "end")):
        if empty_between(values.get(first), values.get(last)):
            yield fault(
                last,
                f'lies before {first} "{raw[first]}"',
                f"Give a day on or after {show_day(values[first].earliest)}, or mend {first}.",
            )
    for first, last in (("member_from", "member_until"), ("start_offset", "end_offset")):
        if first in values and last in values and _is_before(values[last], values[first]):
            hint = f"Give a later one than {raw[first]}, or mend {first}."
            yield fault(last, f'lies before {first} "{raw[first]}"', hint)
    for practice in values.get("derived_from", ()):
        if practice == values["id"]:
            yield fault("derived_from", "names the practice itself", "Name another, or leave it.")
    if definition.name != "transfers":
        return
    if values["giver"][0] in values["receiver"]:
        yield fault(
            "receiver",
            "is the giver too",
            "A practice tried by its own maker is an adoption: give it a row in adoptions.",
        )
    rank = vocabulary.codes("status")[values["status"]].ranks.get("statusRank", -1)
    if rank >= _PROVEN_AT_LEAST and empty_between(values.get("start"), values.get("status_as_of")):
        yield fault(
            "status_as_of",
            f'lies before start "{raw["start"]}", so that no day is left for "{values["status"]}"',
            f"Give a day on or after {show_day(values['start'].earliest)}, or another status.",
        )


def _is_before(one: Any, other: Any) -> bool:
    """Tell whether a day lies before another, or a whole number is less than another."""
    return bool(int(one) < int(other) if isinstance(one, str) else one < other)


def empty_between(first: Moment | None, last: Moment | None) -> bool:
    """Tell whether no day lies from the earliest of the first to the latest of the last."""
    return (
        first is not None
        and last is not None
        and first.earliest is not None
        and last.latest is not None
        and first.earliest > last.latest
    )
