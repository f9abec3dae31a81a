"""What a user hands over (files, folders, archives) to sheets, and the reader that fits them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from kvgraph import registry
from kvgraph.errors import FaultyInputError, KvgraphError
from kvgraph.model import Reader, Reading
from kvgraph.readers import tables
from kvgraph.readers._csv import open_csv
from kvgraph.readers._intake import Faults
from kvgraph.readers._package import read_about
from kvgraph.readers._sheet import Sheet
from kvgraph.store import FORMATS
from kvgraph.tables import NOT_TABLES

_TEXT: Final = (".csv", ".tsv", ".tab", ".txt")
_WORKBOOK: Final = (".xlsx", ".xlsm", ".ods")
_ABOUT: Final = "package.toml"


@dataclass(slots=True)
class Inputs:
    """The sheets of what was handed over, and what was found beside them.

    ``name`` is what the package is called if nothing else says it; ``about`` is what its
    package.toml says. ``rdf`` are files of RDF, ``left_alone`` files of a folder that are none
    of these. ``strict`` is true of a package folder: there a table goes by the name of its file.
    """

    name: str
    about: dict[str, Any] = field(default_factory=dict)
    sheets: list[Sheet] = field(default_factory=list)
    rdf: list[Path] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    left_alone: list[str] = field(default_factory=list)
    strict: bool = False


def open_inputs(paths: Sequence[Path]) -> Inputs:
    """Open files and folders; a file that cannot be read as a table is a fault, told with others.

    :raises KvgraphError: if a path is not there, or is nothing that can be read.
    """
    for path in paths:
        if not path.exists():
            raise KvgraphError(f"{path} does not exist", hint="Check the name.")
    inputs = Inputs(_name(paths))
    for path in paths:
        if path.is_dir():
            _open_folder(path, inputs)
        elif not path.is_file():
            raise KvgraphError(
                f"{path} is no file but a pipe or a device",
                hint="Write it to a file first: what is read is gone through several times.",
            )
        elif not _open_file(path, str(path), inputs):
            raise KvgraphError(
                f"{path} is nothing that can be read: its name ends in {path.suffix or 'nothing'}",
                hint="It should end in " + ", ".join(_endings()) + ".",
            )
    if not (inputs.sheets or inputs.rdf or inputs.faults):
        what = ", ".join(str(path) for path in paths)
        raise KvgraphError(
            f"{what} holds no table", hint="Write empty tables to fill in: kvgraph template DIR"
        )
    if inputs.rdf and inputs.sheets:
        raise KvgraphError(
            f"{inputs.rdf[0]} is RDF and {inputs.sheets[0].name} a table",
            hint="Take them in one after the other, each under a name of its own.",
        )
    return inputs


def choose_reader(inputs: Inputs, name: str = "") -> Reader:
    """Give the reader of this name, else the one that recognises the sheets.

    :raises KvgraphError: if none does, or several do.
    """
    known: dict[str, Reader] = {
        n: registry.entry("readers", n, "READER") for n in registry.names("readers")
    }
    if name and name not in known:
        raise KvgraphError(
            f'there is no reader "{name}"', hint="Known here: " + ", ".join(known) + "."
        )
    if inputs.strict and not name:
        return tables.READER
    # A file that could not be opened is told of as what it is, and not as of no known kind.
    if not inputs.sheets and inputs.faults:
        return tables.READER
    fitting = [r for n, r in known.items() if name in ("", n) and r.recognise(inputs.sheets)]
    # Our own tables may be called anything; an export is known by headers that are its own.
    own = [r for r in fitting if r is not tables.READER]
    if len(own or fitting) == 1:
        return (own or fitting)[0]
    sheets = "; ".join(_told(sheet) for sheet in inputs.sheets[:5])
    if fitting:
        raise KvgraphError(
            f"several readers know these tables: {sheets}",
            hint="Say which: --as " + ", or --as ".join(r.name for r in fitting) + ".",
        )
    if name:
        raise KvgraphError(
            f"this is nothing that the reader {name} knows: {sheets}",
            hint=f"It reads {known[name].summary}.",
        )
    for sheet in inputs.sheets:
        could_be = [table.name for table in tables.fitting_tables(sheet)]
        if len(could_be) > 1:
            raise KvgraphError(
                f"{sheet.name} fits several tables by its headers: {', '.join(could_be)}",
                hint=f"Name the file after its table, such as {could_be[0]}.csv.",
            )
    raise KvgraphError(
        f"no reader knows these tables: {sheets}",
        hint="kvgraph template DIR writes the tables that can be read; for others, write a "
        "mapping (--mapping FILE.toml). Readers: "
        + "; ".join(f"{n} ({r.summary})" for n, r in known.items())
        + ".",
    )


def sheets_for(reader: Reader, inputs: Inputs) -> list[Sheet]:
    """Give the sheets as the reader wants them.

    Our own tables go by their titles; of a file that stands alone the headers may tell it.
    """
    if reader is not tables.READER or inputs.strict:
        return inputs.sheets
    found = ((sheet, tables.table_of(sheet)) for sheet in inputs.sheets)
    return [replace(s, title=table.name) if table is not None else s for s, table in found]


def accessed_on(reader: Reader, day: str) -> Reader:
    """Give a reader whose sources say on which day they were read, where they do not say it."""

    def read(sheets: Sequence[Any]) -> Iterator[Reading]:
        for reading in reader.read(sheets):
            rows = tuple(
                (table, {"accessed": day, **cells} if table == "sources" else cells)
                for table, cells in reading.rows
            )
            yield replace(reading, rows=rows)

    return replace(reader, read=read)


def _told(sheet: Sheet) -> str:
    """Tell what a sheet is by its first headers."""
    shown = ", ".join(header[:30] for header in sheet.header[:6])
    return f"{sheet.name} ({shown}{', ...' if len(sheet.header) > 6 else ''})"


def _endings() -> Iterator[str]:
    """Give the endings of what can be read."""
    yield from (*_TEXT, *_WORKBOOK, ".json", ".zip", *FORMATS)


def _name(paths: Sequence[Path]) -> str:
    """Give a name for what was handed over: that of the file or folder, else of their folder."""
    path = paths[0].resolve() if len(paths) == 1 else paths[0].resolve().parent
    stem = path.name if path.is_dir() else path.stem
    return re.sub(r"[\s/\\]+", "-", stem.strip()) or "mine"


def _open_folder(folder: Path, inputs: Inputs) -> None:
    """Open what a folder holds."""
    if (folder / _ABOUT).is_file():
        if inputs.strict:
            raise KvgraphError(
                f"{folder} is a second package", hint="Take packages in one after the other."
            )
        about, faults = read_about(folder / _ABOUT, f"{folder}/{_ABOUT}")
        inputs.about |= about
        inputs.faults += faults
        inputs.strict = True
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise KvgraphError(f"{folder} cannot be read: {error.strerror or error}") from error
    for path in paths:
        shown = f"{folder}/{path.name}"
        hidden = path.name.startswith((".", "~$"))
        # What lies beside the tables of a package as its text is not taken for a table.
        readable = path.suffix.lower() not in (".txt", ".json", ".zip") or not inputs.strict
        taken = path.is_file() and not hidden and readable and _open_file(path, shown, inputs)
        # A package may hold its README, and folders that are packages of their own.
        known = path.name in (_ABOUT, "README.md") or (path.is_dir() and inputs.strict)
        if not (taken or known or hidden):
            inputs.left_alone.append(shown)


def _open_file(path: Path, shown: str, inputs: Inputs) -> bool:
    """Open one file by its ending; tell whether it was one that can be read."""
    ending = path.suffix.lower()
    if ending in FORMATS:
        inputs.rdf.append(path)
        return True
    opener = _opener(ending)
    if opener is None:
        return False
    try:
        sheets = opener(path, shown)
    except FaultyInputError as error:
        inputs.faults += error.faults
        return True
    titles = (sheet.title.casefold().strip() for sheet in sheets)
    inputs.sheets += [s for s, title in zip(sheets, titles, strict=True) if title not in NOT_TABLES]
    return True


def _opener(ending: str) -> Callable[[Path, str], list[Sheet]] | None:
    """Give the function that opens files with this ending."""
    if ending in _TEXT:
        return lambda path, shown: [open_csv(path, shown)]
    # Those below are asked for seldom, and what they need is slow to import.
    if ending in _WORKBOOK:
        from kvgraph.readers._xlsx import open_workbook

        return open_workbook
    if ending == ".json":
        from kvgraph.readers._json import open_json

        return open_json
    if ending == ".zip":
        from kvgraph.readers._archive import open_archive

        return open_archive
    return None
