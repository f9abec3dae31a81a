"""What the commands share: options made of parameters, progress, and writing a table."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar

import click

from kvgraph.errors import KvgraphError
from kvgraph.inquiry import read_value, variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kvgraph.model import Parameter, Table, Tabular
    from kvgraph.query import Query

F = TypeVar("F", bound=Callable[..., Any])

LANGUAGES: Final = ("fi", "sv", "en")

store_option = click.option(
    "--store",
    "store_path",
    type=click.Path(path_type=Path),
    envvar="KVGRAPH_STORE",
    show_envvar=True,
    help="A store made by kvgraph build, or an RDF file; the shipped data if not given.",
)
lang_option = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    envvar="KVGRAPH_LANG",
    show_envvar=True,
    show_default=True,
    help="Language of the answer.",
)
output_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of the standard output.",
)


def format_option(*formats: str) -> Callable[[F], F]:
    """Give the option --format with these choices, the first being the default."""
    return click.option(
        "--format",
        "format_name",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="Form of the answer.",
    )


def options_of(parameters: Iterable[Parameter]) -> Callable[[F], F]:
    """Turn parameters into click options, in their order.

    The value arrives under the parameter's name with underscores; things are still texts.
    """

    def decorate(function: F) -> F:
        for parameter in reversed(list(parameters)):
            function = _option(parameter)(function)
        return function

    return decorate


class _Number(click.ParamType):  # type: ignore[type-arg]
    """A number as the server reads it, too."""

    name = "integer"

    def __init__(self, parameter: Parameter) -> None:
        self._parameter = parameter

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it."""
        if not isinstance(value, str):
            return value
        try:
            return read_value(self._parameter, value)
        except KvgraphError as error:
            self.fail(error.message, param, ctx)


def _option(parameter: Parameter) -> Callable[[F], F]:
    """Make the click option of one parameter."""
    flags = [f"--{parameter.name}"]
    if len(parameter.name) == 1:
        flags.insert(0, f"-{parameter.name}")
    name = variable(parameter)
    if parameter.kind == "flag":
        return click.option(*flags, name, is_flag=True, help=_sentence(parameter.help))
    kinds: dict[str, Any] = {
        "number": _Number(parameter),
        "choice": click.Choice(parameter.choices),
        "file": click.Path(dir_okay=False),
    }
    # For click a default of None is a default too, and what is required would have one.
    default: dict[str, Any] = {}
    if parameter.default is not None:
        default = {"default": parameter.default, "show_default": True}
    return click.option(
        *flags,
        name,
        type=kinds.get(parameter.kind, click.STRING),
        required=parameter.required,
        multiple=parameter.many,
        metavar={"date": "DATE", "iri": "THING", "file": "FILE.rq"}.get(parameter.kind),
        help=_sentence(parameter.help + "; may be given again" * parameter.many),
        **default,
    )


def _sentence(text: str) -> str:
    """Give a help text as a sentence."""
    return text[0].upper() + text[1:] + "."


def say(text: str) -> None:
    """Tell of progress or of a decision, on the standard error."""
    click.echo(text, err=True)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a function that tells of each step of long work, with the seconds it took."""
    began = time.perf_counter()

    def step(text: str) -> None:
        say(f"[{time.perf_counter() - began:6.1f} s] {text}")

    yield step


def emit(table: Tabular, format_name: str, output: Path | None) -> None:
    """Write a table in a format, to a file (aside, then renamed) or to the standard output."""
    from kvgraph import registry

    exporter = registry.entry("export", format_name, "EXPORTER")
    if exporter.write is None:
        raise KvgraphError(
            f"{format_name} is not a format for tables", hint="Say --format csv, or json."
        )
    write_out(lambda stream: exporter.write(table, stream), output)


def write_out(write: Callable[[IO[str]], None], output: Path | None) -> None:
    """Let a function write to a file (aside, then renamed) or to the standard output.

    :raises KvgraphError: if it cannot be written.
    """
    if output is None:
        with answering():
            write(sys.stdout)
            sys.stdout.flush()
        return
    from kvgraph.aside import write_aside

    with writing(output), write_aside(output) as stream:
        write(stream)


@contextmanager
def answering() -> Iterator[None]:
    """Tell of a standard output that cannot be written to."""
    try:
        yield
    except BrokenPipeError:
        raise  # the reader has enough, which is no error
    except OSError as error:
        raise KvgraphError(
            f"the answer cannot be written: {error.strerror or error}",
            hint="Check where the standard output goes, and whether the disk is full.",
        ) from error


def emit_or_tell(
    table: Table, tell: Callable[[Table], str], format_name: str, output: Path | None
) -> None:
    """Write an answer in its own words where no other format is asked for."""
    if format_name != "table":
        emit(table, format_name, output)
        return
    text = tell(table)
    write_out(lambda stream: print(text, file=stream), output)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell of a file that cannot be written by its name."""
    try:
        yield
    except OSError as error:
        # Of several files that are written together the one that failed; never a draft's name.
        names = [n for n in (error.filename2, error.filename) if n and not str(n).endswith(".part")]
        raise KvgraphError(
            f"{names[0] if names else path} cannot be written: {error.strerror or error}",
            hint="Check that the folder is there and may be written to.",
        ) from error


def read_query_file(path: Path) -> Query:
    """Read a query of one's own from a file.

    :raises KvgraphError: if it cannot be read.
    """
    try:
        return query_of(str(path), path.read_bytes())
    except OSError as error:
        raise KvgraphError(f"{path} cannot be read: {error.strerror or error}") from error


def query_of(where: str, raw: bytes) -> Query:
    """Make a query of the bytes of a file.

    :raises KvgraphError: if they are no UTF-8, or the query's header is wrong.
    """
    from kvgraph.query import read_query

    try:
        return read_query(raw.decode("utf-8-sig"), where)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise KvgraphError(
            f"{where}:{line}: is not UTF-8", hint="Save it as UTF-8, without a special font."
        ) from error


def listed(words: Sequence[str], joiner: str) -> str:
    """Join words as a sentence does: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + f" {joiner} {words[-1]}"
