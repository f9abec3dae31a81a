"""Ask a question of the library, or one's own in SPARQL."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kvgraph.cli._common import (
    LANGUAGES,
    emit,
    format_option,
    options_of,
    output_option,
    query_of,
    read_query_file,
    say,
    store_option,
)
from kvgraph.cli._stores import open_dataset

if TYPE_CHECKING:
    from kvgraph.model import Cell, Stream
    from kvgraph.query import Query
    from kvgraph.store import Dataset

_META: Final = "kvgraph.query"


class _AskCommand(click.Command):
    """A command that has, besides its own options, those of the query that it is called with."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the query that is named first, since its header says what else may be said."""
        name = self._named(ctx, args)
        if name is not None and not (name == "-" and set(args) & set(ctx.help_option_names)):
            ctx.meta[_META] = _read(name)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            query: Query | None = ctx.meta.get(_META)
            if query is None:
                raise
            known = ", ".join(f"--{p.name}" for p in query.parameters)
            takes = f"It takes {known}." if known else "It takes no parameter."
            raise click.UsageError(
                f"{query.title} has no option {error.option_name}. {takes}", ctx
            ) from error

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Give the options of the command and those of the query."""
        query: Query | None = ctx.meta.get(_META)
        return [*(_options(query) if query else ()), *super().get_params(ctx)]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say what the query asks, if one is named; else what the command does."""
        query: Query | None = ctx.meta.get(_META)
        if query is None or not query.summary:
            super().format_help_text(ctx, formatter)
            return
        with formatter.indentation():
            formatter.write_paragraph()
            formatter.write_text(query.summary)
        if query.columns:
            with formatter.section("Columns"):
                formatter.write_dl([(c.name, c.help) for c in query.columns])
        if query.examples:
            with formatter.section("Examples"):
                for example in query.examples:
                    words = "".join(
                        f" --{name} {shlex.quote(value)}" for name, value in example.values.items()
                    )
                    formatter.write_text(f"kvgraph query {query.name}{words}")

    def _named(self, ctx: click.Context, args: Sequence[str]) -> str | None:
        """Find the name of the query among the arguments: every option takes a value."""
        words = iter(args)
        for word in words:
            if word == "--":
                return next(words, None)
            if word == "-" or not word.startswith("-"):
                return word
            joined = "=" in word or (len(word) > 2 and not word.startswith("--"))
            if not joined and word not in ctx.help_option_names:
                next(words, None)
        return None


def _options(query: Query) -> list[click.Parameter]:
    """Make the options of a query's parameters; a value arrives under ``given_NAME``."""

    def holder() -> None:
        """Hold the options."""

    options_of(query.parameters)(holder)
    made: list[click.Option] = getattr(holder, "__click_params__", [])[::-1]
    for option, parameter in zip(made, query.parameters, strict=True):
        # A variable may be called ?question or ?x: neither may clash with our own names.
        option.name = f"given_{parameter.name}"
        option.opts = [f"--{parameter.name}"]
    return list(made)


def _read(name: str) -> Query:
    """Read a query from the standard input, from a file or from the library.

    A file goes before a query of the library of the same name.

    :raises KvgraphError: if there is none, or it cannot be read.
    """
    from kvgraph.query import find

    if name == "-":
        return query_of("standard input", sys.stdin.buffer.read())
    path = Path(name)
    return read_query_file(path) if path.is_file() else find(name)


def _named_rows(dataset: Dataset, asked: Stream, lang: str) -> Iterator[tuple[Cell, ...]]:
    """Give the rows with things and codes by their names in a language."""
    from kvgraph import names, vocabulary
    from kvgraph.model import Iri
    from kvgraph.namespaces import ID, VOC

    known: dict[str, str] = {}

    def named(cell: Cell) -> Cell:
        if not isinstance(cell, Iri) or not cell.startswith((ID, VOC)):
            return cell
        if cell not in known:
            of_a_code = cell.startswith(VOC)
            known[cell] = (
                vocabulary.label(cell, lang) if of_a_code else names.label(dataset, cell, lang)
            )
        return known[cell]

    for row in asked.rows:
        yield tuple(map(named, row))


@click.command("query", cls=_AskCommand)
@click.argument("question", metavar="NAME|FILE|-")
@format_option("table", "csv", "tsv", "json", "jsonl", "ttl")
@output_option
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    help="Show things by their names in this language instead of their ids (table only).",
)
@store_option
def COMMAND(  # noqa: N802
    question: str,  # noqa: ARG001
    format_name: str,
    output: Path | None,
    lang: str | None,
    store_path: Path | None,
    **values: Any,
) -> None:
    """Ask a question of the library by its NAME, or SPARQL in a FILE or on standard input (-).

    kvgraph queries lists the library. Each parameter of a question is an option, which
    kvgraph query NAME --help tells of. In SPARQL of your own, --NAME VALUE gives ?NAME a value.
    A thing may be given by its id, IRI, name or alias.

    The table shows things by their ids; csv, tsv, json and jsonl hold full IRIs. In csv and tsv
    a text that a spreadsheet would take for a formula begins with an apostrophe, and numbers
    stay as they are. ttl is for CONSTRUCT and DESCRIBE. All graphs are asked at once, unless
    the query says FROM or GRAPH.
    """
    from dataclasses import replace

    from kvgraph import registry
    from kvgraph.model import Table
    from kvgraph.query import ask, check_query, stream

    query: Query = click.get_current_context().meta[_META]
    check_query(query)
    dataset = open_dataset(store_path)
    given = {p.name: values[f"given_{p.name}"] for p in query.parameters}
    asked: Table | Stream
    if not registry.entry("export", format_name, "EXPORTER").streams:
        asked = ask(dataset, query, given)
    else:
        asked = stream(dataset, query, given)
        if lang is not None and format_name == "table":
            asked = replace(asked, rows=_named_rows(dataset, asked, lang))
    emit(asked, format_name, output)
    if asked.empty and (format_name != "table" or output is not None):
        say(f"note: {asked.empty}")
