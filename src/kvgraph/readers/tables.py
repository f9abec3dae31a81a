"""A package folder (package.toml and one csv a table) to checked records.

Every row is checked before anything is built, and all faults are reported together. What a
cell may hold comes from tables.toml and the code lists, and is written nowhere else.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from kvgraph import tables, vocabulary
from kvgraph.dates import read_date, read_day, show_day
from kvgraph.errors import DateError, Fault, FaultyInputError, KvgraphError
from kvgraph.model import Moment, Package, Record
from kvgraph.readers.csvfile import read_csv
from kvgraph.tables import Column, TableDefinition

_ACYCLIC: Final = (("actors", "part_of"), ("practices", "derived_from"), ("networks", "succeeds"))
"""The references that may not lead back to where they began."""

_ABOUT: Final = (
    "name", "version", "title", "description", "licence", "needs", "rights_note", "citation",
    "synthetic", "compiled",
)  # fmt: skip
"""The keys of a package.toml."""

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A BCP 47 tag, as far as it is of use here."""

_PROVEN_AT_LEAST: Final = 2
"""The status rank from which on a source says that something was reached (piloted)."""


def read_package(
    folder: Path, *, shown: str = "", refused: set[tuple[str, str | None]] | None = None
) -> tuple[Package, list[Fault]]:
    """Read a package folder: what it says of itself, its good records, and every fault.

    References are checked by :func:`check_references`, when all packages have been read.
    ``refused`` takes table and id of each row that was refused, and ``None`` as the id where
    the ids of a table could not be read at all.

    :raises KvgraphError: if the folder has no readable package.toml.
    """
    shown = shown or str(folder)
    raw = _read_about(folder, shown)
    faults = list(_check_about(raw, f"{shown}/package.toml"))
    wrong = {fault.column for fault in faults}
    about = {name: value for name, value in raw.items() if name not in wrong}
    refused = set() if refused is None else refused
    records: list[Record] = []
    known = tables.definitions()
    for path in sorted(folder.glob("*.csv"), key=lambda p: _position(p.stem)):
        name = f"{shown}/{path.name}"
        definition = known.get(path.stem)
        if definition is None:
            close = difflib.get_close_matches(path.stem, known, n=1)
            hint = f"Is it {close[0]}.csv? " if close else ""
            faults.append(
                Fault(
                    name, 0, "", "", "is not a table of a package",
                    hint + "The tables are: " + ", ".join(known) + ".",
                )
            )  # fmt: skip
            refused |= {(table, None) for table in close}
            continue
        try:
            records += read_table(path, definition, name, faults, refused)
        except FaultyInputError as error:
            faults += error.faults
            refused.add((definition.name, None))
    title, description = about.get("title", {}), about.get("description", {})
    package = Package(
        name=about.get("name", folder.name),
        version=about.get("version", ""),
        title=title if isinstance(title, dict) else {"en": title},
        description=description if isinstance(description, dict) else {"en": description},
        licence=about.get("licence", ""),
        needs=tuple(about.get("needs", ())),
        rights_note=about.get("rights_note", ""),
        citation=about.get("citation", ""),
        synthetic=about.get("synthetic") is True,
        records=tuple(records),
    )
    return package, faults


def read_table(
    path: Path,
    definition: TableDefinition,
    shown: str,
    faults: list[Fault],
    refused: set[tuple[str, str | None]],
) -> list[Record]:
    """Read one csv file of a table; give its good records and add its faults to the list.

    The ids of its other rows are added to ``refused``.

    :raises FaultyInputError: if the file as a whole cannot be read.
    """
    file = read_csv(path, shown)
    columns = _columns(file.header, definition, shown, faults)
    # A column that is missing is one fault, told above, and not one more in every row.
    missing = {c.name for c in definition.columns if c.required and c not in columns}
    if "id" in missing:
        refused.add((definition.name, None))
    records: list[Record] = []
    seen: dict[tuple[Any, ...], int] = {}
    for row, cells in file.rows:
        before = len(faults)
        if len(cells) > len(columns) and any(c.strip() for c in cells[len(columns) :]):
            problem = f"has {len(cells)} cells, the header has {len(columns)}"
            hint = "A cell that holds the delimiter needs quotes."
            faults.append(Fault(shown, row, "", "", problem, hint))
            refused.add((definition.name, _id(cells, columns)))
            continue
        raw = {
            column.name: cell.strip()
            for column, cell in zip(columns, cells, strict=False)
            if column is not None and cell.strip()
        }
        values = _read_row(raw, definition, shown, row, faults, missing)
        if len(faults) > before or missing:
            refused.add((definition.name, _id(cells, columns)))
            continue
        record = Record(definition.name, values, shown, row)
        faults += _check_row(record, definition, raw)
        identity = identify(record)
        if identity in seen:
            column = "id" if "id" in values else ", ".join(definition.keys)
            shown_value = values.get("id", "")
            faults.append(
                Fault(
                    shown, row, column, shown_value, f"stands already in row {seen[identity]}",
                    "An id is given once." if "id" in values else "Remove one of the two rows.",
                )
            )  # fmt: skip
        seen.setdefault(identity, row)
        if len(faults) == before:
            records.append(record)
        else:
            refused.add((definition.name, _id(cells, columns)))
    return records


def _id(cells: Sequence[str], columns: Sequence[Column | None]) -> str:
    """Give the id of a row that is refused, empty if it has none."""
    found = (cell.strip() for cell, c in zip(cells, columns, strict=False) if c and c.name == "id")
    return next(found, "")


def identify(record: Record) -> tuple[Any, ...]:
    """Give what makes a record the same as another: its id, else its key columns."""
    if "id" in record.values:
        return (record.table, record.values["id"])
    keys = tables.definitions()[record.table].keys
    return (record.table, "", *(_plain(record.values.get(key)) for key in keys))


def _plain(value: Any) -> Any:
    """Give a value in a form that can be compared and hashed."""
    return value.worded if isinstance(value, Moment) else value


def check_references(
    packages: Sequence[Package], refused: Collection[tuple[str, str | None]] = ()
) -> list[Fault]:
    """Find ids that resolve nowhere or stand twice, and references that lead in a circle.

    What refers to a row in ``refused`` (see :func:`read_package`) is not at fault itself.
    """
    faults: list[Fault] = []
    ids: dict[str, dict[str, Record]] = {}
    for package in packages:
        for record in package.records:
            identifier = record.values.get("id")
            if identifier is None:
                continue
            first = ids.setdefault(record.table, {}).setdefault(identifier, record)
            if first is not record:
                problem = f"stands already in {first.file}:{first.row}"
                hint = "An id is given once over all packages."
                faults.append(Fault(record.file, record.row, "id", identifier, problem, hint))
    for package in packages:
        for record in package.records:
            for column in tables.definitions()[record.table].columns:
                if column.type == "ref":
                    faults += _unresolved(record, column, ids, refused)
    for table, column_name in _ACYCLIC:
        faults += _circles(table, column_name, ids.get(table, {}))
    return faults


def _unresolved(
    record: Record,
    column: Column,
    ids: Mapping[str, Mapping[str, Record]],
    refused: Collection[tuple[str, str | None]],
) -> Iterable[Fault]:
    """Give a fault for each value of a reference that no table holds as an id."""
    for value in record.values.get(column.name, ()):
        if any(value in ids.get(table, ()) for table in column.to):
            continue
        if any((table, i) in refused for table in column.to for i in (value, None)):
            continue
        pool = [i for table in column.to for i in ids.get(table, ())]
        close = difflib.get_close_matches(value, pool, n=3, cutoff=0.7)
        hint = f"Close to it: {', '.join(close)}." if close else f"Give it a row in {column.to[0]}."
        where = " or ".join(column.to)
        yield Fault(record.file, record.row, column.name, value, f"is not an id of {where}", hint)


def _circles(table: str, column: str, records: Mapping[str, Record]) -> Iterable[Fault]:
    """Give a fault for a chain of references that comes back to its beginning."""
    graph = {i: [v for v in r.values.get(column, ()) if v in records] for i, r in records.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        chain: list[str] = list(reversed(error.args[1]))
        record = records[chain[0]]
        problem = f"leads in a circle: {' -> '.join(chain)}"
        hint = f"Remove one of these {column} in {table}."
        yield Fault(record.file, record.row, column, chain[1], problem, hint)


def _read_about(folder: Path, shown: str) -> dict[str, Any]:
    """Read package.toml."""
    path = folder / "package.toml"
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise KvgraphError(
            f"{shown} is not a package: it has no package.toml",
            hint="Name a shipped package, or a folder that holds package.toml and tables.",
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KvgraphError(f"{shown}/package.toml cannot be read: {error}") from error


def _check_about(raw: Mapping[str, Any], shown: str) -> Iterable[Fault]:
    """Find what is wrong in a package.toml."""
    for key, value in raw.items():
        match key:
            case "name":
                good = isinstance(value, str) and re.fullmatch(r"[^\s/\\]+", value) is not None
                hint = "Give a text without spaces or slashes."
            case "title" | "description":
                good = isinstance(value, str) or (
                    isinstance(value, dict)
                    and value.keys() <= {"fi", "sv", "en"}
                    and all(isinstance(text, str) for text in value.values())
                )
                hint = 'Give a text, or one a language: { fi = "...", sv = "...", en = "..." }.'
            case "version" | "licence" | "rights_note" | "citation":
                good = isinstance(value, str)
                hint = "Give a text, in quotes."
            case "needs":
                good = isinstance(value, list) and all(isinstance(n, str) and n for n in value)
                hint = 'Give a list of names: ["base"].'
            case "synthetic":
                good = isinstance(value, bool)
                hint = "Give true or false, without quotes."
            case "compiled":
                good = isinstance(value, str | date)
                hint = "Give a day, such as 2026-11-24."
            case _:
                close = difflib.get_close_matches(key, _ABOUT, n=1)
                hint = f"Is it {close[0]}? " if close else ""
                hint += "The keys are: " + ", ".join(_ABOUT) + "."
                yield Fault(shown, 0, key, "", "is not a key of package.toml", hint)
                continue
        if not good:
            yield Fault(shown, 0, key, str(value), "is not as expected", hint)


def _position(table: str) -> int:
    """Order tables as tables.toml does, unknown ones last."""
    names = list(tables.definitions())
    return names.index(table) if table in names else len(names)


def _columns(
    header: Sequence[str], definition: TableDefinition, shown: str, faults: list[Fault]
) -> list[Column | None]:
    """Tell which column each header stands for; ``None`` where it is not known."""
    found: list[Column | None] = []
    for title in header:
        name = tables.headers().get(tables.plain_header(title), "")
        column = definition.column(name)
        if column is None and title:
            known = [c.name for c in definition.columns]
            close = difflib.get_close_matches(title.lower(), known, n=1)
            hint = f"Is it {close[0]}?" if close else "The columns are: " + ", ".join(known) + "."
            problem = f"is not a column of {definition.name}"
            faults.append(Fault(shown, 1, "header", title, problem, hint))
        elif column is not None and column in found:
            faults.append(Fault(shown, 1, "header", title, "stands twice", "Keep one of them."))
        found.append(column)
    missing = [c.name for c in definition.columns if c.required and c not in found]
    if missing:
        problem = f"has no column {', '.join(missing)}"
        hint = f"{definition.name} needs: " + ", ".join(
            c.name for c in definition.columns if c.required
        )
        faults.append(Fault(shown, 1, "", "", problem, hint + "."))
    return found


def _read_row(
    raw: Mapping[str, str],
    definition: TableDefinition,
    shown: str,
    row: int,
    faults: list[Fault],
    missing: Collection[str],
) -> dict[str, Any]:
    """Read the filled cells of a row into values."""
    values: dict[str, Any] = {}
    for column in definition.columns:
        text = raw.get(column.name, "")
        if not text:
            if column.required and column.name not in missing:
                faults.append(Fault(shown, row, column.name, "", "is empty", column.help["en"]))
            continue
        try:
            value = _read_cell(text, column)
            if value != ():
                values[column.name] = value
            elif column.required:  # nothing but semicolons
                faults.append(Fault(shown, row, column.name, text, "is empty", column.help["en"]))
        except _CellError as error:
            value, problem, hint = error.args
            faults.append(Fault(shown, row, column.name, value, problem, hint))
    return values


class _CellError(Exception):
    """A cell that cannot be read: its value, the problem, a hint."""


def _read_cell(text: str, column: Column) -> Any:
    """Read one cell as its column wants it."""
    match column.type:
        case "date":
            try:
                return read_date(text)
            except DateError as error:
                raise _CellError(text, error.message.partition('" ')[2], error.hint) from error
        case "day":
            try:
                return read_day(text)
            except DateError as error:
                raise _CellError(text, error.message.partition('" ')[2], error.hint) from error
        case "number":
            try:
                number = Decimal(text)
            except InvalidOperation as error:
                raise _CellError(text, "is not a number", "Write it as 41.39.") from error
            if not number.is_finite():
                raise _CellError(text, "is not a number", "Write it as 41.39.")
            return format(number, "f")
        case "integer":
            if not re.fullmatch(r"\d+", text):
                raise _CellError(text, "is not a whole number", "Write it as 12.")
            return str(int(text))
        case "ref":
            return _several(text) if column.many else (text,)
        case "tag":
            return tuple(t.lower() for t in (_several(text) if column.many else (text,)))
        case "code":
            return _read_code(text, column.scheme)
        case "url":
            if not text.startswith(("http://", "https://", "urn:", "doi:")) or " " in text:
                raise _CellError(text, "is not a web address", "Begin it with https://.")
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
            raise _CellError(text, "is not as expected", column.help["en"])
        case "id" if any(c.isspace() for c in text):
            raise _CellError(text, "holds a space", "Use hyphens instead.")
    return text


def _valid(text: str, make: Callable[[], object], problem: str, hint: str) -> str:
    """Give the text if the engine can make of it what it should become."""
    try:
        make()
    except ValueError as error:
        raise _CellError(text, problem, hint) from error
    return text


def _several(text: str) -> tuple[str, ...]:
    """Split a cell of several values; each counts once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def _read_code(text: str, scheme: str) -> str:
    """Give the notation of a code, written with spaces, hyphens or underscores."""
    known = vocabulary.codes(scheme)
    code = " ".join(text.lower().replace("_", " ").split())
    for form in (code, code.replace("-", " "), code.replace(" ", "-")):
        if form in known:
            return form
    close = difflib.get_close_matches(code, known, n=1)
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

    if definition.one_of and not any(name in values for name in definition.one_of):
        yield fault(definition.one_of[0], "is empty", f"Fill {' or '.join(definition.one_of)}.")
    for first, last in (("start", "end"), ("period_start", "period_end")):
        if _empty(values.get(first), values.get(last)):
            yield fault(
                last,
                f'lies before {first} "{raw[first]}"',
                f"Give an {last} on or after {show_day(values[first].earliest)}.",
            )
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
    if rank >= _PROVEN_AT_LEAST and _empty(values.get("start"), values.get("status_as_of")):
        yield fault(
            "status_as_of",
            f'lies before start "{raw["start"]}", so that no day is left for "{values["status"]}"',
            f"Give a day on or after {show_day(values['start'].earliest)}, or another status.",
        )


def _empty(first: Moment | None, last: Moment | None) -> bool:
    """Tell whether no day lies from the earliest of the first to the latest of the last."""
    return (
        first is not None
        and last is not None
        and first.earliest is not None
        and last.latest is not None
        and first.earliest > last.latest
    )
