"""A json file to a sheet of text cells: an array of flat objects is a table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

from kvgraph.errors import Fault, FaultyInputError
from kvgraph.readers._bytes import read_bytes
from kvgraph.readers._sheet import Sheet

LARGEST: Final = 64 << 20
"""The bytes of a json file: it is read whole, so it must not be larger."""

_DEEPEST: Final = 8
"""How deep objects and arrays may lie in one another: two are enough for a table."""

_MOST_COLUMNS: Final = 1000
_STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKETS: Final = re.compile(rb"[\[\]{}]")
_LONGEST_SHOWN: Final = 60


class _RefusedError(ValueError):
    """What stands where it must not: the value and the problem."""


def open_json(path: Path, shown: str = "") -> list[Sheet]:
    """Open an array of flat objects, or an object that holds one such array, as a sheet.

    Row n of the array counts as line n + 1, and the header holds the keys in the order in which
    they first come. ``null`` is an empty cell; numbers keep the digits that they are written
    with; an array of plain values becomes one cell, parted by semicolons.

    :raises KvgraphError: if the file cannot be opened.
    :raises FaultyInputError: if it is no such file: with the line where that is known.
    """
    shown = shown or str(path)
    raw = read_bytes(path, shown, LARGEST)
    if len(raw) > LARGEST:
        raise _faulty(
            shown, 0, "", f"is larger than {LARGEST >> 20} MB", "Give it as csv, or in parts."
        )
    _check_depth(raw, shown)
    whole = _parse(raw, shown)
    name, rows = _table(whole, shown)
    return [_sheet(rows, name or path.stem, f"{shown}[{name}]" if name else shown)]


def _faulty(shown: str, line: int, value: str, problem: str, hint: str) -> FaultyInputError:
    """Make the error of a file that is no table."""
    fault = Fault(shown, line, "value" if value else "", value[:_LONGEST_SHOWN], problem, hint)
    return FaultyInputError(f"{shown} cannot be read as a table", [fault])


def _check_depth(raw: bytes, shown: str) -> None:
    """Refuse what lies too deep before anything is built of it."""
    depth = 0
    for bracket in _BRACKETS.finditer(_STRINGS.sub(b'""', raw)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > _DEEPEST:
            hint = "A table is an array of flat objects: [{...}, {...}]."
            raise _faulty(shown, 0, "", f"has values more than {_DEEPEST} levels deep", hint)


def _parse(raw: bytes, shown: str) -> Any:
    """Read json, and refuse what it leaves open: a key given twice, and numbers that are none."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = f"is not UTF-8: byte 0x{raw[error.start]:02x} at position {error.start}"
        raise _faulty(shown, line, "", problem, "Save the file as UTF-8.") from error
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=str,
            parse_int=str,
        )
    except json.JSONDecodeError as error:
        found = text[error.pos : error.pos + 20].split("\n")[0]
        problem = f"is not json: {error.msg[0].lower()}{error.msg[1:]}"
        raise _faulty(
            shown, error.lineno, found, problem, "Check the file where it says."
        ) from error
    except _RefusedError as error:
        value, problem, hint = error.args
        at = text.find(value)
        line = text.count("\n", 0, at) + 1 if at >= 0 else 0
        raise _faulty(shown, line, value.strip('"'), problem, hint) from error
    except RecursionError as error:
        raise _faulty(shown, 0, "", "has values too deep in one another", "Flatten it.") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object whose keys are given once each."""
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _RefusedError(
            json.dumps(twice, ensure_ascii=False),
            "is given twice in one object",
            "Keep one of them.",
        )
    return made


def _no_number(text: str) -> NoReturn:
    """Refuse NaN and Infinity, which json does not have."""
    raise _RefusedError(text, "is no number of json", "Write null where nothing is known.")


def _table(whole: Any, shown: str) -> tuple[str, list[dict[str, Any]]]:
    """Find the array of objects, and the key that holds it, if it is not the file itself."""
    hint = "A table is an array of flat objects: [{...}, {...}]."
    name = ""
    if isinstance(whole, dict):
        arrays = {
            k: v for k, v in whole.items() if isinstance(v, list) and v and isinstance(v[0], dict)
        }
        if len(arrays) != 1:
            what = (
                f"holds {len(arrays)} arrays of objects" if arrays else "holds no array of objects"
            )
            named = f" ({', '.join(arrays)})" if arrays else ""
            raise _faulty(shown, 0, "", what + named, hint)
        name, whole = next(iter(arrays.items()))
    if not isinstance(whole, list):
        raise _faulty(shown, 0, str(whole), "is no array", hint)
    if not whole:
        raise _faulty(shown, 0, "", "is an empty array, so that its columns are not known", hint)
    for number, row in enumerate(whole, 2):
        if not isinstance(row, dict):
            raise _faulty(shown, number, str(row), "is no object", hint)
    return name, whole


def _sheet(rows: list[dict[str, Any]], title: str, shown: str) -> Sheet:
    """Make a sheet of flat objects."""
    header = tuple(dict.fromkeys(key for row in rows for key in row))
    if len(header) > _MOST_COLUMNS:
        problem = f"has {len(header):,} keys, more than {_MOST_COLUMNS:,}"
        raise _faulty(shown, 0, "", problem, "Are the rows of the table its keys?")
    table = [
        [_text(row.get(key), key, number, shown) for key in header]
        for number, row in enumerate(rows, 2)
    ]
    rows.clear()
    return Sheet(shown, title, tuple(key.strip() for key in header), partial(_numbered, table))


def _numbered(table: list[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not blank with its line: the first one follows the header."""
    for number, cells in enumerate(table, 2):
        if any(cell and not cell.isspace() for cell in cells):
            yield number, cells


def _text(value: Any, key: str, line: int, shown: str) -> str:
    """Give a value as text."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case list() if not any(isinstance(part, list | dict) for part in value):
            return "; ".join(_text(part, key, line, shown) for part in value)
    fault = Fault(
        shown, line, key, str(value)[:_LONGEST_SHOWN], "holds objects or arrays within it",
        "Give each value a key of its own: the objects of a table are flat.",
    )  # fmt: skip
    raise FaultyInputError(f"{shown} cannot be read as a table", [fault])
