"""A package folder (package.toml and one csv a table) to checked records.

Every row is checked before anything is built, and all faults are reported together.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from kvgraph.dates import MARGINS, Margins
from kvgraph.errors import Fault, FaultyInputError, KvgraphError
from kvgraph.model import Package
from kvgraph.readers import tables
from kvgraph.readers._csv import open_csv
from kvgraph.readers._intake import Intake, take_in
from kvgraph.readers._sheet import Sheet

_ABOUT: Final = (
    "name", "version", "title", "description", "licence", "needs", "rights_note", "citation",
    "synthetic", "compiled", "margins",
)  # fmt: skip
"""The keys of a package.toml."""

_WIDEST: Final = 1000
"""The widest margin of an approximate date, in years, months or days."""


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
    about, faults = read_about(folder / "package.toml", f"{shown}/package.toml")
    sheets: list[Sheet] = []
    for path in sorted(folder.glob("*.csv")):
        try:
            sheets.append(open_csv(path, f"{shown}/{path.name}"))
        except FaultyInputError as error:
            faults += error.faults
            if refused is not None:
                refused.add((path.stem, None))
    intake = take_in(tables.READER, sheets, margins=margins_of(about))
    if refused is not None:
        refused |= intake.refused
    return package_of(about, folder.name, intake), [*faults, *intake.faults]


def package_of(about: Mapping[str, Any], name: str, intake: Intake) -> Package:
    """Make a package of what it says of itself and what was read; ``name`` if it has none."""
    title, description = about.get("title", {}), about.get("description", {})
    return Package(
        name=about.get("name", name),
        version=about.get("version", ""),
        title=title if isinstance(title, dict) else {"en": title},
        description=description if isinstance(description, dict) else {"en": description},
        licence=about.get("licence", ""),
        needs=tuple(about.get("needs", ())),
        rights_note=about.get("rights_note", ""),
        citation=about.get("citation", ""),
        synthetic=about.get("synthetic") is True,
        records=intake.records,
    )


def margins_of(about: Mapping[str, Any]) -> Margins:
    """Give by how much an approximate date is widened in a package."""
    return MARGINS._replace(**about.get("margins", {}))


def read_about(path: Path, shown: str) -> tuple[dict[str, Any], list[Fault]]:
    """Read a package.toml: its good keys and the faults of the others.

    :raises KvgraphError: if it cannot be read.
    """
    raw = _read_about(path, shown)
    faults = list(check_about(raw, shown))
    wrong = {fault.column for fault in faults}
    return {name: value for name, value in raw.items() if name not in wrong}, faults


def _read_about(path: Path, shown: str) -> dict[str, Any]:
    """Read the file."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise KvgraphError(
            f"{shown.rpartition('/')[0]} is not a package: it has no package.toml",
            hint="Name a shipped package, or a folder that holds package.toml and tables.",
        ) from error
    except OSError as error:
        raise KvgraphError(
            f"{shown} cannot be read: {error.strerror or error}", hint="Check what it is."
        ) from error
    except UnicodeDecodeError as error:
        raise KvgraphError(
            f"{shown} is not UTF-8: byte 0x{error.object[error.start]:02x} at position "
            f"{error.start}", hint="Save the file as UTF-8.",
        ) from error  # fmt: skip
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise KvgraphError(
            f"{shown} cannot be read: {error}",
            hint='Mend that line: each is written as key = value, a text in quotes: name = "mine".',
        ) from error


def check_about(raw: Mapping[str, Any], shown: str) -> Iterable[Fault]:
    """Find what is wrong in a package.toml."""
    for key, value in raw.items():
        match key:
            case "name":
                good = isinstance(value, str) and (
                    re.fullmatch(r"[^\s/\\]+", value) is not None and value.isprintable()
                )
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
            case "margins":
                good = (
                    isinstance(value, dict)
                    and value.keys() <= set(Margins._fields)
                    and all(type(n) is int and 0 <= n <= _WIDEST for n in value.values())
                )
                hint = "Give by how much ~ widens: { year = 1, month = 1, day = 7 }."
            case _:
                close = difflib.get_close_matches(key, _ABOUT, n=1)
                hint = f"Is it {close[0]}? " if close else ""
                hint += "The keys are: " + ", ".join(_ABOUT) + "."
                yield Fault(shown, 0, key, "", "is not a key of package.toml", hint)
                continue
        if not good:
            yield Fault(shown, 0, key, str(value), "is not as expected", hint)
