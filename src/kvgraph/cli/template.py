"""Write the tables empty, to be filled in, with a filled example."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kvgraph.cli._common import lang_option, say, writing

if TYPE_CHECKING:
    from kvgraph.model import Package


@click.command("template", short_help="Write the tables empty, to be filled in.")
@click.argument("place", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--xlsx",
    is_flag=True,
    help="Write workbooks instead: DIR is one that ends in .xlsx, or the folder for them.",
)
@click.option(
    "--table",
    "chosen",
    multiple=True,
    metavar="NAME",
    help="Only this table; may be given again. The example stays whole.",
)
@lang_option
def COMMAND(place: Path, xlsx: bool, chosen: tuple[str, ...], lang: str) -> None:  # noqa: N802
    """Write the tables empty into the folder DIR, with a filled example in DIR/example.

    A csv for each table, package.toml and a README that tells how to fill them in. With --xlsx
    NAME.xlsx and NAME-example.xlsx: a sheet for each table, with lists to choose from and help
    at each column; NAME is that of the folder, or of the file if DIR ends in .xlsx.

    Headers and help are in the language of --lang; all three are read. Nothing that is there
    is overwritten: then nothing is written at all.
    """
    from kvgraph import tables, templates

    names = _tables(chosen)
    example = templates.pick_example(_shipped())
    if xlsx or place.suffix.lower() == ".xlsx":
        single = place.suffix.lower() == ".xlsx"
        name = place.stem if single else place.absolute().name
        folder = place.parent if single else place
        files = {
            f"{name}.xlsx": templates.blank_workbook(name, lang, names),
            f"{name}-example.xlsx": templates.example_workbook(name, example, lang),
        }
        _write(folder, files, {})
        what = f"{folder / name}.xlsx"
        click.echo(f"{what}: {_count(names)}; {name}-example.xlsx: the same, filled in")
    else:
        files = templates.blank_folder(place.absolute().name, lang, names)
        _write(place, files, {"example": templates.example_folder(example, lang)})
        what = str(place)
        click.echo(f"{what}: {_count(names)}, package.toml, README.md; example: filled tables")
    shown = tables.READ_ME[lang] if what.endswith(".xlsx") else "README.md"
    say(f'"{shown}" tells how to fill them in; then: kvgraph ingest {what} -o STORE')


def _count(names: list[str]) -> str:
    return f"{len(names)} empty table" + ("" if len(names) == 1 else "s")


def _tables(chosen: tuple[str, ...]) -> list[str]:
    """Give the tables asked for in the order of their definitions, or all.

    :raises UsageError: for a name that no table has.
    """
    import difflib

    from kvgraph import tables

    known = list(tables.definitions())
    for name in chosen:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f'Is it "{close[0]}"?' if close else f"The tables are: {', '.join(known)}."
            raise click.UsageError(f'there is no table "{name}". {hint}')
    return [name for name in known if not chosen or name in chosen]


def _shipped() -> list[Package]:
    """Read the shipped packages, of which the example is a part."""
    from kvgraph import resources
    from kvgraph.readers import read_package

    return [read_package(folder)[0] for folder in resources.package_folders()]


def _write(
    folder: Path, files: Mapping[str, bytes], within: Mapping[str, Mapping[str, bytes]]
) -> None:
    """Write files into a folder, and folders of files within it: all of them, or none.

    :raises KvgraphError: if any of them is there already, or cannot be written.
    """
    from kvgraph.aside import make_aside, write_aside
    from kvgraph.errors import KvgraphError

    there = [name for name in (*files, *within) if (folder / name).exists()]
    if there:
        raise KvgraphError(
            f"{folder} already holds {', '.join(there)}; nothing was written",
            hint="Name a folder that is not there yet, or move them away.",
        )
    with writing(folder), ExitStack() as stack:
        target = folder
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            target = stack.enter_context(make_aside(folder, replace=False))
        for name, content in files.items():
            stack.enter_context(write_aside(target / name, "wb")).write(content)
        for name, inner in within.items():
            made = stack.enter_context(make_aside(target / name, replace=False))
            for inner_name, content in inner.items():
                (made / inner_name).write_bytes(content)
