"""Write a selection to a file for another program, and say what the file cannot hold."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from kvgraph.cli._common import (
    answering,
    lang_option,
    options_of,
    output_option,
    progress,
    say,
    store_option,
    writing,
)
from kvgraph.cli._selection import read_queries, selection_options
from kvgraph.cli._stores import open_dataset
from kvgraph.inquiry.exporting import (
    BINARY,
    DRAWING,
    check_export,
    export_of,
    exporter_of,
    exporters,
    lost,
)

if TYPE_CHECKING:
    from kvgraph.inquiry.exporting import Export
    from kvgraph.model import Exporter, Loss

_LARGE: Final = 300_000
"""From so many quads on each step is told of."""


class _Format(click.ParamType):  # type: ignore[type-arg]
    """A format by its name, an alias or a file ending."""

    name = "format"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Exporter:
        """Find the format."""
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        exporter = exporter_of(value)
        if exporter is not None:
            return exporter
        extra = ""
        if value.casefold() == "json":
            extra = ' For the JSON of nodes and edges say "node-link".'
        text = f'there is no format "{value}". Known: {", ".join(exporters())}.{extra}'
        raise click.BadParameter(text, ctx, param)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[click.shell_completion.CompletionItem]:
        """Offer the names that begin so."""
        return [
            click.shell_completion.CompletionItem(name, help=exporter.summary)
            for name, exporter in exporters().items()
            if name.startswith(incomplete)
        ]


class _Export(click.Command):
    """A command whose help lists the formats."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the formats with what they are for."""
        super().format_epilog(ctx, formatter)
        with formatter.section("Formats"):
            formatter.write_dl([(name, e.summary) for name, e in exporters().items()])


@click.command("export", cls=_Export)
@click.argument("exporter", metavar="FORMAT", type=_Format())
@output_option
@options_of(DRAWING)
@selection_options
@lang_option
@store_option
def COMMAND(  # noqa: N802
    exporter: Exporter,
    output: Path | None,
    level: str | None,
    classes: str | None,
    store_path: Path | None,
    **options: Any,
) -> None:
    """Write what is selected in a FORMAT: a name listed below, or a file ending such as nq.

    Formats for graphs hold the transfers as edges between actors; with --classes other things
    and their relations too. RDF formats hold all that is stated of the selected records and of
    the things that they link; all of the dataset, if nothing is selected.

    What a format cannot hold is told in FILE.loss.json, and on the standard error.
    """
    check_export(exporter, level, classes)
    _check_output(exporter, output)
    dataset = open_dataset(store_path)
    with progress() as tell:
        step: Callable[[str], None] = tell if dataset.about.quads >= _LARGE else lambda _: None
        asked = {**read_queries(options), "level": level, "classes": classes}
        export = export_of(dataset, exporter, asked, step, say)
        _write(export, output)
    if export.note:
        say(f"note: {export.note}")


def _check_output(exporter: Exporter, output: Path | None) -> None:
    """Refuse to write what does not fit there."""
    if exporter.beside and (output is None or _special(output)):
        raise click.UsageError(f"{exporter.name} needs several files: name the first with -o FILE")
    if output is not None:
        return
    if exporter.name in BINARY and sys.stdout.isatty():
        raise click.UsageError(f"{exporter.name} is not for a terminal: name a file with -o FILE")


def _write(export: Export, output: Path | None) -> None:
    """Write all files of an export, or none of them, and tell what was lost."""
    from kvgraph.aside import write_aside

    summary = f"{export.exporter.name}: {export.told}"
    if output is None or _special(output):
        say(f"{summary}; {lost(_write_out(export.write, output))}")
        return
    name = f"{output.name}.loss.json"
    with writing(output), ExitStack() as files:
        # What is opened first is renamed last: once the file itself stands, the others do.
        main = files.enter_context(write_aside(output, "wb"))
        losses = export.write(main)
        for other, more in export.beside(output.name).items():
            more(files.enter_context(write_aside(output.with_name(other), "wb")))
        beside = files.enter_context(write_aside(output.with_name(name), "wb"))
        beside.write(export.loss_report(output.name, losses))
    say(f"{summary}; {lost(losses)}" + (f"; see {name}" if losses else ""))


def _special(output: Path) -> bool:
    """Tell whether something other than a file is there, such as a pipe: it has no neighbours."""
    return output.exists() and not output.is_file()


def _write_out(write: Callable[[IO[bytes]], Sequence[Loss]], output: Path | None) -> Sequence[Loss]:
    """Write one file to the standard output, or to a device or pipe."""
    if output is not None:
        with writing(output), output.open("wb") as stream:
            return write(stream)
    with answering():
        losses = write(sys.stdout.buffer)
        sys.stdout.buffer.flush()
    return losses
