"""Draw a page or a picture that a browser can open, without a server."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

import click

from kvgraph import registry
from kvgraph.cli._common import (
    lang_option,
    options_of,
    output_option,
    say,
    store_option,
    write_out,
)
from kvgraph.cli._selection import read_queries, selection_options
from kvgraph.cli._stores import open_dataset
from kvgraph.errors import KvgraphError
from kvgraph.inquiry import viewed
from kvgraph.model import View


class _Views(click.Group):
    """A group whose commands are the entries of the room view."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Name all views without importing them."""
        return list(registry.names("view"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make the command of one view."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return _command(registry.entry("view", cmd_name, "VIEW"))


def _command(view: View) -> click.Command:
    """Make a command of a view: its own options, those of a selection, and where to write."""

    def run(output: Path | None, lang: str, store_path: Path | None, **options: Any) -> None:
        if output is None and sys.stdout.isatty():
            raise KvgraphError(
                "a page is not for a terminal", hint=f"Say -o {view.name}{view.suffix}."
            )
        # What cannot be written is told before anything is built.
        suffix = output.suffix or None if output is not None else None
        view.by(suffix)
        dataset = open_dataset(store_path)
        text = viewed(dataset, view, {**read_queries(options), "lang": lang}, suffix)
        write_out(lambda stream: print(text, end="", file=stream), output)
        if output is not None:
            say(f"wrote {output} ({len(text.encode()) / 1000:.0f} kB)")

    # What the function gives, its first line tells to programmers; the rest is for all.
    told = inspect.cleandoc(view.draw.__doc__ or "").partition("\n\n")[2].partition("\n\n:")[0]
    run.__doc__ = f"{view.summary}\n\n{told}"
    for decorator in (
        store_option,
        lang_option,
        output_option,
        selection_options,
        options_of(view.parameters),
    ):
        run = decorator(run)
    return click.command(view.name)(run)


@click.group("view", cls=_Views)
def COMMAND() -> None:  # noqa: N802
    """Draw a page or a picture that a browser can open, without a server and without a network."""
