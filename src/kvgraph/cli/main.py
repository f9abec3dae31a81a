"""The ``kvgraph`` command: finds the other commands, and ends every run the same way.

A command's module is imported only when it is called, so that ``kvgraph --help`` waits for
click alone. The command runs in a thread of its own: Ctrl-C then stops at once, even in the
middle of a long query in the engine, and what was unfinished is removed.

Exit codes: 0 done; 1 looked, and found wanting or different (``check`` and ``diff`` only); 2 could
not be done; 130 interrupted.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
from pathlib import Path
from typing import Any, Final

import click

from kvgraph import __version__, registry

_HERE: Final = Path(__file__).parent
_INTERRUPTED: Final = 130
_SERVING: Final = "serve"
"""The command that runs in the main thread: it minds signals itself, and lets answers end."""


class _Commands(click.Group):
    """A group whose commands are the files of this folder."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Name all commands without importing them."""
        return [name for name in registry.names("cli") if name != "main"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = registry.entry("cli", cmd_name, "COMMAND")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command called, and suggest one if there is none of that name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            close = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f' Is it "{close[0]}"?' if close else ""
            raise click.UsageError(error.format_message() + hint, ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with the first line of their files."""
        rows = [(name, _summary(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _summary(name: str) -> str:
    """Read the first line of a command's docstring, without importing it."""
    with (_HERE / f"{name.replace('-', '_')}.py").open(encoding="utf-8") as stream:
        return stream.readline().strip().strip('"')


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kvgraph")
def cli() -> None:
    """Who learned what from whom: practices, organisations and transfers as a knowledge graph.

    Without --store (or KVGRAPH_STORE) every command works on the shipped data.
    """


def main() -> None:
    """Run the command line and end the process."""
    outcome: list[int] = []
    try:
        for stream in (sys.stdout, sys.stderr):
            # A terminal without some letter gets its number, and not a traceback.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        if sys.argv[1:2] == [_SERVING]:
            outcome.append(_run(sys.argv[1:]))
        else:
            arguments = sys.argv[1:]
            thread = threading.Thread(target=lambda: outcome.append(_run(arguments)), daemon=True)
            thread.start()
            thread.join()
    except KeyboardInterrupt:
        from kvgraph.aside import abandon_all

        os.write(2, b"\ninterrupted; what was unfinished is removed\n")
        abandon_all(_INTERRUPTED)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    # All is written by now. Taking a large dataset apart piece by piece would only cost time.
    os._exit(outcome[0] if outcome else 2)


def _run(arguments: list[str]) -> int:
    """Run one command and give the exit code; every error ends here, in words."""
    from kvgraph.errors import FaultyInputError, KvgraphError

    output = sys.stdout
    try:
        result: Any = cli.main(arguments, prog_name="kvgraph", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        return _INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    except SystemExit as stop:
        # click makes this of a broken pipe even where it was asked to leave errors alone, and
        # has then put something in the place of the standard output.
        if sys.stdout is not output:
            return _reader_gone()
        return stop.code if isinstance(stop.code, int) else 2 if stop.code else 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"error: {where}{error.strerror or error}", err=True)
        return 2
    except KvgraphError as error:
        if isinstance(error, FaultyInputError):
            from kvgraph.errors import faults_text

            click.echo(faults_text(error.faults), err=True)
        click.echo(f"error: {error.message}", err=True)
        if error.hint:
            click.echo(f"hint: {error.hint}", err=True)
        return 2
    return result if isinstance(result, int) else 0


def _reader_gone() -> int:
    """End well where the reader of our output has gone, as `| head` does: nothing is wrong."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 0
