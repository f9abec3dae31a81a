"""List the questions of the library, or show one."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from kvgraph.cli._common import emit, format_option, output_option, write_out


@click.group("queries", invoke_without_command=True)
@format_option("table", "csv", "tsv", "json", "jsonl")
@output_option
@click.pass_context
def COMMAND(ctx: click.Context, format_name: str, output: Path | None) -> None:  # noqa: N802
    """List the questions of the library by topic, with what each asks.

    kvgraph query NAME asks one; kvgraph queries show NAME prints its text.
    """
    if ctx.invoked_subcommand is not None:
        return
    from kvgraph.query import find, library, listed

    found = [find(name) for name in library()]
    if format_name != "table":
        emit(listed(found), format_name, output)
        return
    lines = []
    width = max((len(q.name.rpartition("/")[2]) for q in found), default=0)
    for topic, members in groupby(found, key=lambda q: q.topic):
        lines += ["", topic]
        for query in members:
            takes = "".join(f" --{p.name}" for p in query.parameters)
            lines.append(f"  {query.name.rpartition('/')[2]:{width}}  {query.summary}")
            if takes:
                lines.append(f"  {'':{width}}  {takes.strip()}")
    text = "\n".join(lines).strip("\n")
    write_out(lambda stream: print(text, file=stream), output)


@COMMAND.command("show")
@click.argument("name")
@output_option
def show(name: str, output: Path | None) -> None:
    """Print the text of a question with its header: SPARQL for any endpoint."""
    from kvgraph.query import find

    text = find(name).text
    write_out(lambda stream: print(text, end="", file=stream), output)
