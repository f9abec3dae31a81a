"""A mapping.toml to a reader: what the columns of any table are in ours.

===================  ===========================================================================
key                  what it says
===================  ===========================================================================
``[about]``          what a package.toml says: title, licence, citation, synthetic ...
``repeats``          true unless said otherwise: a thing that several rows give is read once
``[[table]]``        a table of the input, found by ``from``, its title (of a file the name
                     without its ending), or by ``headers``, some of the headers it has
``[[table.gives]]``  what each of its rows gives: a row of the table of ours named in ``table``
``when``             in ``gives``: only where these columns are filled (a name or a list), or
                     hold this value or one of these (``{ Role = ["Partner", "Lead"] }``)
``each``             in ``gives``: a row for each part of this column, which stands for one part
                     in the templates; ``parted_by`` is what parts them, ``;`` if not said
``[...columns]``     in ``gives``: for each column of ours a template, or a table with
                     ``value``, the template, and as many as are needed of
                     ``map``, what to write for which value (case does not matter), and
                     ``otherwise``, what to write for any other;
                     ``empty``, what to write where there is nothing;
                     ``date``, how a day is written, or a list of it: ``DD/MM/YYYY``, ``MM.YYYY``;
                     ``parted_by``, what parts several values in the cell
===================  ===========================================================================

A template is text in which ``{Column}`` stands for a cell: ``"urbact-{City}"``. ``{City|slug}``
makes of it a part of an id, ``|country`` the code of a country, ``|day`` a day of any usual form,
``|lower`` and ``|upper`` change its case. Braces are written twice. Where a cell of a template is
empty the whole of it is, so that no id is half made. ``N.a.``, ``None`` and ``-`` count as empty.

A template without a column is the same in every row, and is checked when the mapping is read,
as is all else that can be known without the tables: every mistake is told with its key.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from kvgraph import tables
from kvgraph.dates import read_moment
from kvgraph.errors import DateError, Fault, FaultyInputError, counted
from kvgraph.model import Reader, Reading
from kvgraph.readers import _foreign as foreign
from kvgraph.readers._bytes import read_bytes
from kvgraph.readers._package import check_about
from kvgraph.readers._rows import check_row
from kvgraph.readers._sheet import Sheet
from kvgraph.tables import TableDefinition

_LARGEST: Final = 1 << 20
_PIECE: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")

_FILTERS: Final[Mapping[str, Callable[[str], str]]] = {
    "slug": foreign.slug,
    "country": foreign.country_code,
    "day": foreign.iso_day,
    "lower": str.lower,
    "upper": str.upper,
}
_WANTED: Final = {
    "country": ("is not a country", "Write its code, or its name in English, Finnish or Swedish."),
    "day": ("is not a day", "Write it as 2019-07-01, or say its form: date = ..."),
}
"""What it means if a filter gives nothing."""

_KEYS: Final = ("about", "repeats", "table")
_TABLE_KEYS: Final = ("from", "headers", "gives")
_GIVES_KEYS: Final = ("table", "when", "each", "parted_by", "columns")
_VALUE_KEYS: Final = ("value", "map", "otherwise", "empty", "date", "parted_by")
_PARTS_OF_DATE: Final = {
    "YYYY": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{1,2})",
}
_DATE_FORMS: Final = (["DD", "MM", "YYYY"], ["MM", "YYYY"], ["YYYY"])
_CAN_HOLD: Final = "a template, or { value = ..., map = { ... }, date = ... }"


@dataclass(frozen=True, slots=True)
class _Field:
    """A cell in a template: its column, and what is made of it."""

    column: str
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Value:
    """How a cell of ours is made of a row; ``key`` is where the mapping says so."""

    key: str
    parts: tuple[str | _Field, ...]
    map: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    empty: str = ""
    dates: tuple[re.Pattern[str], ...] = ()
    forms: str = ""
    parted_by: str = ""

    @property
    def columns(self) -> Iterator[str]:
        """Give the columns that it needs."""
        yield from (part.column for part in self.parts if isinstance(part, _Field))


@dataclass(frozen=True, slots=True)
class _Gives:
    """A row of ours that each row of a table gives, if ``when`` is met."""

    key: str
    table: str
    columns: Mapping[str, _Value]
    when: Mapping[str, frozenset[str]]
    each: str
    parted_by: str

    @property
    def needs(self) -> Iterator[tuple[str, str]]:
        """Give the columns that it needs, and where the mapping says so."""
        for value in self.columns.values():
            yield from ((column, value.key) for column in value.columns)
        yield from ((column, f"{self.key}.when") for column in self.when)
        if self.each:
            yield self.each, f"{self.key}.each"


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the input: how it is found, and what its rows give."""

    key: str
    title: str
    headers: tuple[str, ...]
    gives: tuple[_Gives, ...]

    def fits(self, sheet: Sheet) -> bool:
        """Tell whether a sheet is this table."""
        if self.title:
            return sheet.title.casefold().strip() == self.title.casefold().strip()
        return foreign.has(sheet, *self.headers)


class _RowError(Exception):
    """A cell of which the mapping cannot make what it should: column, value, problem, hint."""


def read_mapping(path: Path, shown: str = "") -> Reader:
    """Read a mapping and give the reader that it describes.

    :raises KvgraphError: if it cannot be opened.
    :raises FaultyInputError: if it is no mapping, with every mistake that can be found without
        the tables: those that only the tables tell are faults of their reading.
    """
    shown = shown or str(path)
    raw = _load(path, shown)
    faults: list[Fault] = []
    found = _Loader(shown, faults).load(raw)
    about = raw.get("about", {})
    if isinstance(about, dict):
        faults += (replace(f, column=f"about.{f.column}") for f in check_about(about, shown))
    else:
        faults.append(Fault(shown, 0, "about", "", "is no table", "Write it as [about]."))
    if faults:
        raise FaultyInputError(f"{shown} has {counted(len(faults), 'fault')}", faults)
    return Reader(
        name="mapping",
        summary=f"the tables that {shown} describes",
        recognise=lambda sheets: any(table.fits(s) for table in found for s in sheets),
        read=partial(_read, shown, found),
        repeats=raw.get("repeats", True),
        about=about,
    )


def _load(path: Path, shown: str) -> dict[str, Any]:
    """Read the file."""
    hint = "The top of kvgraph/readers/_mapping.py tells what it can hold."
    raw = read_bytes(path, shown, _LARGEST)
    try:
        if len(raw) > _LARGEST:
            raise ValueError("it is larger than a mapping can be")
        return tomllib.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        fault = Fault(shown, int(line[1]) if line else 0, "", "", f"is no toml: {error}", hint)
        raise FaultyInputError(f"{shown} cannot be read", [fault]) from error


class _Loader:
    """Goes through a mapping and notes what is wrong in it."""

    def __init__(self, shown: str, faults: list[Fault]) -> None:
        self._shown = shown
        self._faults = faults

    def load(self, raw: Mapping[str, Any]) -> tuple[_Table, ...]:
        """Give the tables of a mapping."""
        self._check_keys(raw, "", _KEYS)
        if not isinstance(raw.get("repeats", True), bool):
            self._fault("repeats", raw["repeats"], "is not as expected", "Write true or false.")
        found = self._list(raw, "table", "")
        return tuple(table for n, one in found if (table := self._table(one, f"table[{n}]")))

    def _fault(self, key: str, value: object, problem: str, hint: str) -> None:
        """Note something wrong."""
        self._faults.append(Fault(self._shown, 0, key, str(value)[:100], problem, hint))

    def _check_keys(self, raw: Mapping[str, Any], key: str, known: Sequence[str]) -> None:
        """Find keys that are not known."""
        for name in raw:
            if name not in known:
                self._fault(
                    f"{key}.{name}".strip("."), "", "is not a key here", _close(name, known)
                )

    def _list(self, raw: Mapping[str, Any], name: str, key: str) -> Iterator[tuple[int, Any]]:
        """Give the tables of a list with their numbers, the first being 1."""
        found = raw.get(name)
        path = f"{key}.{name}".strip(".")
        if not isinstance(found, list) or not found:
            self._fault(
                path, "", "is missing", f"Write at least one [[{re.sub(r'.[0-9]+.', '', path)}]]."
            )
            return
        for number, one in enumerate(found, 1):
            if isinstance(one, dict):
                yield number, one
            else:
                self._fault(f"{path}[{number}]", one, "is no table", f"Write it as [[{name}]].")

    def _table(self, raw: Mapping[str, Any], key: str) -> _Table:
        """Read one table of the input."""
        self._check_keys(raw, key, _TABLE_KEYS)
        title, headers = raw.get("from", ""), raw.get("headers", [])
        if not isinstance(title, str):
            self._fault(f"{key}.from", title, "is no text", "Write the title of a table.")
            title = str(title)
        if not isinstance(headers, list) or not all(isinstance(h, str) for h in headers):
            self._fault(f"{key}.headers", headers, "is no list of texts", 'Write ["City", "Role"].')
            headers = []
        if not title and not headers and "headers" not in raw:
            hint = 'Say which table it is: from = "members", or headers = ["City", "Role"].'
            self._fault(key, "", "has neither from nor headers", hint)
        gives = (self._gives(one, f"{key}.gives[{n}]") for n, one in self._list(raw, "gives", key))
        return _Table(key, title, tuple(headers), tuple(g for g in gives if g is not None))

    def _gives(self, raw: Mapping[str, Any], key: str) -> _Gives | None:
        """Read what a row gives."""
        self._check_keys(raw, key, _GIVES_KEYS)
        name, columns = raw.get("table"), raw.get("columns")
        definition = tables.definitions().get(name) if isinstance(name, str) else None
        if definition is None:
            known = tuple(tables.definitions())
            hint = _close(str(name), known)
            self._fault(
                f"{key}.table", name or "", "is not a table of ours" if name else "is missing", hint
            )
            return None
        if not isinstance(columns, dict) or not columns:
            self._fault(
                f"{key}.columns",
                "",
                "is missing",
                f"Write [{_open(key)}.columns] and what each is.",
            )
            return None
        values = {
            column: value
            for column, one in columns.items()
            if (value := self._value(one, f"{key}.columns.{column}", column, definition))
            is not None
        }
        needed = [c.name for c in definition.columns if c.required]
        lacking = [column for column in needed if column not in columns]
        if lacking:
            hint = f"{definition.name} needs: {', '.join(needed)}."
            self._fault(f"{key}.columns", "", f"has no {', '.join(lacking)}", hint)
        if definition.one_of and not any(c in columns for c in definition.one_of):
            self._fault(
                f"{key}.columns", "", f"has no {' or '.join(definition.one_of)}", "Give one."
            )
        each, parted_by = raw.get("each", ""), raw.get("parted_by", ";")
        for what, text in (("each", each), ("parted_by", parted_by)):
            if not isinstance(text, str):
                self._fault(f"{key}.{what}", text, "is no text", "Write a text, in quotes.")
        when = self._when(raw.get("when", []), f"{key}.when")
        return _Gives(key, definition.name, values, when, str(each), str(parted_by) or ";")

    def _when(self, raw: Any, key: str) -> dict[str, frozenset[str]]:
        """Read on what a row depends: by column the values wanted, none for any."""
        if isinstance(raw, str):
            raw = [raw]
        if isinstance(raw, list) and all(isinstance(one, str) for one in raw):
            return dict.fromkeys(raw, frozenset())
        if isinstance(raw, dict):
            lists = {c: [v] if isinstance(v, str) else v for c, v in raw.items()}
            if all(
                isinstance(v, list) and v and all(isinstance(t, str) for t in v)
                for v in lists.values()
            ):
                return {c: frozenset(_plain(text) for text in v) for c, v in lists.items()}
        self._fault(
            key,
            raw,
            "is not as expected",
            'Write "City", ["City", "Role"] or { Role = "Partner" }.',
        )
        return {}

    def _value(self, raw: Any, key: str, column: str, definition: TableDefinition) -> _Value | None:
        """Read how a cell is made."""
        if definition.column(column) is None:
            known = [c.name for c in definition.columns]
            self._fault(key, "", f"is not a column of {definition.name}", _close(column, known))
            return None
        options = raw if isinstance(raw, dict) else {"value": raw}
        self._check_keys(options, key, _VALUE_KEYS)
        template = options.get("value")
        if not isinstance(template, str) or not template:
            self._fault(key, template or "", "is no template", f"Write {_CAN_HOLD}.")
            return None
        parts = self._template(template, key)
        given = options.get("map", {})
        if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
            self._fault(f"{key}.map", given, "is no table of texts", '{ "Lead Partner" = "lead" }')
            given = {}
        if "otherwise" in options and not given:
            hint = "Write map = { ... } before it."
            self._fault(f"{key}.otherwise", options["otherwise"], "stands without a map", hint)
        texts = {name: options.get(name) for name in ("otherwise", "empty", "parted_by")}
        for name, text in texts.items():
            if text is not None and not isinstance(text, str):
                self._fault(f"{key}.{name}", text, "is no text", "Write a text, in quotes.")
                texts[name] = None
        constants = [*given.values(), *(texts[n] for n in ("otherwise", "empty") if texts[n])]
        if not given and not any(isinstance(part, _Field) for part in parts):
            constants.append("".join(map(str, parts)))
        for text in dict.fromkeys(constants):
            self._constant(str(text), key, column, definition)
        forms = options.get("date", [])
        forms = forms if isinstance(forms, list) else [forms]
        return _Value(
            key,
            parts,
            {_plain(value): text for value, text in given.items()},
            texts["otherwise"],
            texts["empty"] or "",
            tuple(p for form in forms if (p := self._date(form, f"{key}.date")) is not None),
            " or ".join(map(str, forms)),
            texts["parted_by"] or "",
        )

    def _template(self, text: str, key: str) -> tuple[str | _Field, ...]:
        """Read a template into texts and cells."""
        parts: list[str | _Field] = []
        at = 0
        for match in _PIECE.finditer(text):
            if match.start() > at:
                parts.append(text[at : match.start()])
            at = match.end()
            if match[0] in ("{{", "}}"):
                parts.append(match[0][0])
            elif match[1] is None:
                hint = "A brace that is meant as one is written twice: {{ or }}."
                self._fault(key, text, "has a brace without its other half", hint)
            else:
                column, *filters = (piece.strip() for piece in match[1].split("|"))
                if not column:
                    self._fault(key, text, "names no column between its braces", "Write {City}.")
                for name in filters:
                    if name not in _FILTERS:
                        self._fault(
                            key,
                            text,
                            f"has the unknown filter |{name}",
                            _close(name, tuple(_FILTERS)),
                        )
                parts.append(_Field(column, tuple(f for f in filters if f in _FILTERS)))
        return (*parts, text[at:]) if at < len(text) else tuple(parts)

    def _date(self, form: Any, key: str) -> re.Pattern[str] | None:
        """Read the form of a day into a pattern."""
        pieces = re.split("(YYYY|MM|DD)", form) if isinstance(form, str) else []
        parts = [piece for piece in pieces if piece in _PARTS_OF_DATE]
        if sorted(parts) not in _DATE_FORMS:
            self._fault(key, form, "is no form of a day", "Write DD/MM/YYYY, MM.YYYY or the like.")
            return None
        return re.compile("".join(_PARTS_OF_DATE.get(piece, re.escape(piece)) for piece in pieces))

    def _constant(self, text: str, key: str, column: str, definition: TableDefinition) -> None:
        """Find what is wrong with a text that is the same in every row, as a row would."""
        needed = [c.name for c in definition.columns if c.required]
        found: list[Fault] = []
        check_row({column: text}, definition, (self._shown, 0), found, lacking=[*needed, ""])
        self._faults += (replace(fault, column=key) for fault in found)


def _close(name: str, known: Sequence[str]) -> str:
    """Give the hint of a name that is not known."""
    found = difflib.get_close_matches(name.lower(), [k.lower() for k in known], n=1)
    close = next((k for k in known if found and k.lower() == found[0]), "")
    return (f"Is it {close}? " if close else "") + f"Known here: {', '.join(known)}."


def _open(key: str) -> str:
    """Give the path of a key as toml writes it, without numbers."""
    return re.sub(r"\[\d+\]", "", key)


def _plain(text: str) -> str:
    """Give a value as it is compared: case and spaces do not matter."""
    return foreign.one_line(text).casefold()


def _read(shown: str, wanted: tuple[_Table, ...], sheets: Sequence[Sheet]) -> Iterator[Reading]:
    """Give the rows of all tables in the order of the mapping, each sheet once."""
    used: set[int] = set()
    for table in wanted:
        fitting = [n for n, sheet in enumerate(sheets) if table.fits(sheet)]
        if not fitting:
            yield _missing(shown, table, sheets)
        for n in fitting:
            if n not in used:
                used.add(n)
                gives = [one for t in wanted if t.fits(sheets[n]) for one in t.gives]
                yield from _rows(shown, gives, sheets[n])
    for n, sheet in enumerate(sheets):
        if n not in used:
            yield foreign.pass_over(sheet)


def _missing(shown: str, table: _Table, sheets: Sequence[Sheet]) -> Reading:
    """Tell that a table of the mapping is not there."""
    titles = [sheet.title for sheet in sheets]
    hint = _close(table.title, titles).replace("Known here", "Handed over are")
    what, value = ("from", table.title) if table.title else ("headers", ", ".join(table.headers))
    fault = Fault(
        shown, 0, f"{table.key}.{what}", value, "fits no table that was handed over", hint
    )
    names = {gives.table for gives in table.gives}
    title = table.title or table.key
    return Reading(title, shown, 0, tuple((name, {}) for name in sorted(names)), faults=(fault,))


def _rows(shown: str, given: Sequence[_Gives], sheet: Sheet) -> Iterator[Reading]:
    """Give the rows of one table."""
    places = {tables.plain_header(header): n for n, header in enumerate(sheet.header) if header}
    needs = {c: key for gives in reversed(given) for c, key in reversed(list(gives.needs))}
    faults = [
        Fault(
            shown, 0, key, column, f"names no column of {sheet.name}",
            _close(column, [header for header in sheet.header if header]),
        )
        for column, key in reversed(needs.items())
        if tables.plain_header(column) not in places
    ]  # fmt: skip
    if faults:
        unknown: tuple[foreign.Row, ...] = tuple(
            (name, {}) for name in sorted({gives.table for gives in given})
        )
        yield Reading(sheet.title, sheet.name, 0, unknown, faults=tuple(faults))
        return
    known = {tables.plain_header(column) for column in needs}
    left_out = (h for h in sheet.header if h and tables.plain_header(h) not in known)
    yield Reading(sheet.title, sheet.name, 0, left_out=tuple(left_out))
    at = {column: places[tables.plain_header(column)] for column in needs}
    for line, cells in sheet.rows():
        row = {c: foreign.clean(cells[n]) if n < len(cells) else "" for c, n in at.items()}
        yield _row(given, sheet, line, row)


def _row(given: Sequence[_Gives], sheet: Sheet, line: int, row: Mapping[str, str]) -> Reading:
    """Give what one row gives, and what of it the mapping cannot make."""
    rows: list[foreign.Row] = []
    faults: list[Fault] = []
    for gives in given:
        if not all(row[c] and (not v or _plain(row[c]) in v) for c, v in gives.when.items()):
            continue
        for part in _each(gives, row):
            cells: dict[str, str] = {}
            for column, value in gives.columns.items():
                try:
                    cells[column] = _cell(value, part)
                except _RowError as error:
                    faults.append(Fault(sheet.name, line, *error.args))
            rows.append((gives.table, cells))
    if faults:
        refused = tuple((name, cells.get("id", "")) for name, cells in rows)
        return Reading(sheet.title, sheet.name, line, faults=tuple(faults), refused=refused)
    return Reading(sheet.title, sheet.name, line, tuple(rows))


def _each(gives: _Gives, row: Mapping[str, str]) -> Iterable[Mapping[str, str]]:
    """Give a row once, or once for each part of a column."""
    if not gives.each:
        return (row,)
    parts = (foreign.clean(part) for part in row[gives.each].split(gives.parted_by))
    return ({**row, gives.each: part} for part in parts if part)


def _cell(value: _Value, row: Mapping[str, str]) -> str:
    """Give the cell that a row makes; empty where a cell of its template is."""
    texts: list[str] = []
    first = next(value.columns, "")
    for part in value.parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        text = row[part.column]
        if not text:
            return value.empty
        for name in part.filters:
            made = _FILTERS[name](text)
            if not made:
                raise _RowError(part.column, text, *_WANTED[name])
            text = made
        texts.append(text)
    whole = "".join(texts)
    if not value.parted_by:
        return _one(value, whole, first)
    several = (text.strip() for text in whole.split(value.parted_by))
    return "; ".join(filter(None, (_one(value, text, first) for text in several if text)))


def _one(value: _Value, text: str, column: str) -> str:
    """Give what is to be written for one value."""
    if value.map:
        found = value.map.get(_plain(text), value.otherwise)
        if found is None:
            close = difflib.get_close_matches(_plain(text), value.map, n=1)
            hint = f"Is it {close[0]}? " if close else ""
            raise _RowError(column, text, f"is not in {value.key}.map", f"{hint}Add it there.")
        text = found
    if value.dates and text:
        match = next((m for pattern in value.dates if (m := pattern.fullmatch(text))), None)
        if match is not None:
            parts = match.groupdict()
            text = "-".join(f"{parts[p]:0>2}" for p in ("year", "month", "day") if parts.get(p))
        try:
            read_moment(text)
        except DateError as error:
            problem = f"is not a date of the form {value.forms}"
            raise _RowError(column, text, problem, f"Mend it, or {value.key}.date.") from error
    return text
