"""Take your own tables or an export into a store, with an account of every row."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from kvgraph.cli._common import lang_option, progress, say, write_out, writing
from kvgraph.cli._intake import Taken, input_options, take, tell_account
from kvgraph.errors import FaultyInputError, counted

if TYPE_CHECKING:
    from kvgraph.errors import Fault
    from kvgraph.store import About, Dataset

_HINTS: Final = {
    False: "Mend the rows named above and try again, or say --keep-good-rows.",
    True: "Mend the lines named above; of RDF nothing can be left out, since all hangs together.",
}

_HALF: Final = re.compile("[\ud800-\udfff]")


@click.command("ingest", short_help="Take your own tables or an export into a store.")
@input_options
@click.option(
    "-o",
    "--output",
    "store_path",
    type=click.Path(path_type=Path),
    required=True,
    help="The store to write: a new folder, or one whose other packages stay as they are.",
)
@click.option(
    "--keep-good-rows",
    is_flag=True,
    help="Take the good rows although others are faulty; those are written to "
    "STORE.refused, each with the reason beside it.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the account of the rows and all faults to a .json file, or to an .xlsx file "
    "in which the bad cells are marked.",
)
@click.option(
    "--write",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the store to this file too: an explorer page (.html) or an export (.ttl, .gexf "
    "...); may be given again.",
)
@lang_option
def COMMAND(  # noqa: N802
    inputs: tuple[Path, ...],
    store_path: Path,
    keep_good_rows: bool,
    report: Path | None,
    files: tuple[Path, ...],
    lang: str,
    **options: Any,
) -> None:
    """Take INPUTs into a store as one package: tables of your own, or what others export.

    An INPUT is a folder, a workbook (xlsx, ods), csv files, a zip or json file, or RDF in any
    syntax. Tables made by kvgraph template are known by their names or headers, exports by their
    headers; RDF is judged by the shapes of the ontology.

    Every row is checked first, and all faults are told together, each with file, row, value and
    a hint. If there is any, nothing is written (exit code 2), unless --keep-good-rows is said.

    What the store held of a package of this name is replaced: a row that changed, or is gone,
    changes or is gone. kvgraph diff shows it beforehand.
    """
    _check_files(report, files)
    with progress() as step:
        dataset = _old(store_path)
        try:
            taken = take(inputs, dataset, {**options, "lang": lang}, keep=keep_good_rows, step=step)
        except FaultyInputError as error:
            _report_faults(report, error.faults)
            raise
        keeps = keep_good_rows and taken.reader != "rdf"
        if taken.faults and not keeps:
            _report(report, taken, written=False)
            tell_account(taken)
            raise FaultyInputError(
                f"{counted(len(taken.faults), 'fault')}; nothing was written", taken.faults,
                hint=_HINTS[taken.reader == "rdf"],
            )  # fmt: skip
        about = _write(store_path, dataset, taken, step)
        if keeps:
            _write_refused(Path(f"{store_path}.refused"), taken)
        _report(report, taken, written=True)
        step("done")
    tell_account(taken)
    _tell_faults(taken, store_path)
    for warning in about.warnings:
        say(f"note: {warning}")
    click.echo(f"{store_path}: {about.quads} quads, {about.digest}")
    for file in files:
        _also(file, store_path, lang)


def _check_files(report: Path | None, files: tuple[Path, ...]) -> None:
    """Refuse a file of a kind that cannot be written, before anything is read."""
    if report is not None and report.suffix.lower() not in (".json", ".xlsx"):
        raise click.UsageError(f"--report {report}: its name should end in .json or .xlsx")
    for file in files:
        if file.suffix.lower() not in (".html", *_endings()):
            known = ", ".join((".html", *_endings()))
            raise click.UsageError(f"--write {file}: its name should end in one of {known}")
    for path in (report, *files):
        if path is not None and not path.absolute().parent.is_dir():
            raise click.UsageError(f"{path}: there is no folder {path.parent}")


def _endings() -> list[str]:
    """Give the endings of the files that can be exported."""
    from kvgraph import registry

    formats = (registry.entry("export", name, "EXPORTER") for name in registry.names("export"))
    return sorted({s for f in formats if f.write_diagram or f.write_quads for s in f.suffixes})


def _old(path: Path) -> Dataset | None:
    """Open the store that is there already, if one is.

    :raises StoreError: if something else is in the way.
    """
    from kvgraph.errors import StoreError
    from kvgraph.store import ABOUT, Dataset

    if (path / ABOUT).is_file():
        return Dataset.open(path)
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise StoreError(
            f"{path} exists and is not a kvgraph store", hint="Choose another name, or remove it."
        )
    return None


def _write(path: Path, dataset: Dataset | None, taken: Taken, step: Any) -> About:
    """Build the store with the package in it, and put it in its place."""
    from kvgraph.cli._stores import write_store

    digest = None if dataset is None else dataset.about.digest
    about = write_store(path, taken.packages, step, kept=taken.kept, before=digest)
    if dataset is not None:
        same = dataset.about.digest == about.digest
        step("nothing has changed" if same else f"replaced {path}")
    return about


def _tell_faults(taken: Taken, store_path: Path) -> None:
    """Tell of the rows that were left out although the store was written."""
    if not taken.faults:
        return
    from kvgraph.errors import faults_text

    say(faults_text(taken.faults))
    rows = sum(tally.refused for tally in taken.intake.tallies.values())
    if rows:
        say(f"{counted(rows, 'refused row')}, with the reasons: see {store_path}.refused")


def _report(path: Path | None, taken: Taken, *, written: bool) -> None:
    """Write the account and the faults to a file, if one is asked for."""
    if path is None:
        return
    if path.suffix.lower() == ".xlsx":
        from kvgraph.aside import write_aside
        from kvgraph.templates import mark_faults

        book = mark_faults(
            [(sheet.name, sheet.header, list(sheet.rows())) for sheet in taken.sheets],
            taken.faults,
        )
        with writing(path), write_aside(path, "wb") as stream:
            stream.write(book)
        return
    told = {
        "package": taken.package.name,
        "reader": taken.reader,
        "written": written,
        "tables": {
            name: {"rows": t.rows, "read": t.read, "merged": t.merged, "refused": t.refused}
            for name, t in taken.intake.tallies.items()
        },
        "faults": [
            {
                "file": fault.file, "row": fault.row, "column": fault.column,
                "value": fault.value, "problem": fault.problem, "hint": fault.hint,
            }
            for fault in taken.faults
        ],
        "faults_in_all": len(taken.faults),
        "left_alone": taken.left_alone,
    }  # fmt: skip
    _write_json(told, path)


def _report_faults(path: Path | None, faults: Sequence[Fault]) -> None:
    """Write the faults to a file, if one is asked for, where nothing could be read for them."""
    if path is None or path.suffix.lower() != ".json":
        return
    told: dict[str, Any] = {"written": False, "tables": {}, "faults_in_all": len(faults)}
    told["faults"] = [dataclasses.asdict(fault) for fault in faults]
    _write_json(told, path)


def _write_json(told: object, path: Path) -> None:
    """Write a file of json."""

    def write(stream: IO[str]) -> None:
        text = json.dumps(told, ensure_ascii=False, indent=1)
        # Half of a letter, as json may hold it, can be told of by its number alone.
        stream.write(_HALF.sub(lambda half: f"\\\\u{ord(half[0]):04x}", text) + "\n")

    write_out(write, path)


def _write_refused(folder: Path, taken: Taken) -> None:
    """Write the refused rows of each sheet, as they were read, with row and reason beside them."""
    import csv

    from kvgraph.aside import make_aside

    place = folder / taken.package.name
    refused = taken.intake.refused_rows
    if not any(refused.values()):
        shutil.rmtree(place, ignore_errors=True)
        return
    reasons: dict[tuple[str, int], list[str]] = {}
    for fault in taken.faults:
        told = f'{fault.column} "{fault.value}" {fault.problem}' if fault.column else fault.problem
        reasons.setdefault((fault.file, fault.row), []).append(told)
    folder.mkdir(parents=True, exist_ok=True)
    with writing(place), make_aside(place) as draft:
        for sheet in taken.sheets:
            rows = refused.get(sheet.name)
            if not rows:
                continue
            twice = sum(other.title == sheet.title for other in taken.sheets) > 1
            shown = sheet.name if twice else sheet.title
            name = "".join(c if c.isalnum() or c in "-_ " else "_" for c in shown)
            with (draft / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow([*sheet.header, "row", "reason"])
                writer.writerows(_with_reasons(sheet, rows, reasons))


def _with_reasons(
    sheet: Any, rows: set[int], reasons: dict[tuple[str, int], list[str]]
) -> Iterator[list[str]]:
    """Give the refused rows of a sheet as they are, with their row and the reason."""
    width = len(sheet.header)
    for line, cells in sheet.rows():
        if line in rows:
            told = "; ".join(reasons.get((sheet.name, line), ["its sheet lacks a column"]))
            yield [*cells[:width], *[""] * (width - len(cells)), str(line), told]


def _also(file: Path, store_path: Path, lang: str) -> None:
    """Write a page or an export of the store, as the commands for them do."""
    from kvgraph.cli.main import cli

    html = file.suffix.lower() == ".html"
    command = ["view", "explorer"] if html else ["export", file.suffix]
    arguments = [*command, "--store", str(store_path), "--lang", lang, "-o", str(file)]
    cli.main(arguments, prog_name="kvgraph", standalone_mode=False)
