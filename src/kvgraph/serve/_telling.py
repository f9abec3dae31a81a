"""What the jobs of several doors share: how names, options and answers are told of."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

import pyoxigraph as ox

from kvgraph.errors import KvgraphError, UnknownNameError, shorten
from kvgraph.model import Parameter, Stream, Table
from kvgraph.serve.forms import CSV, JSON, JSON_LD, TURTLE, XLSX
from kvgraph.serve.problems import Problem, problem_of
from kvgraph.serve.tagging import DATASET
from kvgraph.serve.work import Outlet, write_table

if TYPE_CHECKING:
    from kvgraph.model import Cell, Tabular
    from kvgraph.store import Dataset

EMPTY: Final = "KVGraph-Empty"
"""Why there is no row, percent-encoded as UTF-8."""
HEAD: Final = "KVGraph-Head"
"""What was asked and counted, as JSON in ASCII; what is long stands in the JSON answer only."""

PICTURE: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
"""What a browser may do with a picture that is opened by itself: show it, and run nothing."""

_HEAD_MOST: Final = 3000
_VALUE_MOST: Final = 1000
_CLOSE: Final = 5

Quads = Iterable[ox.Quad]


def known(name: str, names: Sequence[str], what: str, where: str) -> None:
    """Refuse a name that is none of these.

    :raises Problem: 404, with those that come close.
    """
    if name in names:
        return
    close = difflib.get_close_matches(name[:200], names, n=_CLOSE, cutoff=0.5)
    hint = "Is it " + " or ".join(close) + "? " if close else ""
    raise Problem(
        404, f'there is no {what} "{shorten(name)}"', hint=f"{hint}{where} lists them all.",
        candidates=close or None,
    )  # fmt: skip


def entry_of(room: str, name: str, constant: str, what: str, where: str) -> Any:
    """Give the entry of a room.

    :raises Problem: 404 if there is none of that name.
    """
    from kvgraph import registry

    known(name, registry.names(room), what, where)
    return registry.entry(room, name, constant)


def nothing_else(job: Mapping[str, Any]) -> None:
    """Refuse parameters where there are none."""
    from kvgraph.inquiry import given_of

    with as_request(()):
        given_of((), job["given"])


@contextmanager
def as_request(parameters: Sequence[Parameter]) -> Iterator[None]:
    """Tell what is wrong with a request before the dataset is looked at."""
    try:
        yield
    except KvgraphError as error:
        raise _plain(problem_of(error), parameters) from error


@contextmanager
def as_answer(parameters: Sequence[Parameter]) -> Iterator[None]:
    """Tell what is wrong once the dataset is asked: what it knows of no name of is not there."""
    try:
        yield
    except UnknownNameError as error:
        problem = _plain(problem_of(error), parameters)
        problem.status = 404
        raise problem from error
    except KvgraphError as error:
        raise _plain(problem_of(error), parameters) from error


def _plain(problem: Problem, parameters: Sequence[Parameter]) -> Problem:
    """Give a problem in the words of a request: an option of the command line is a parameter."""
    names = sorted((re.escape(p.name) for p in parameters), key=len, reverse=True)
    option = re.compile(rf"(?<!\w)--?({'|'.join(names)})(?![\w-])") if names else None

    def told(text: str) -> str:
        text = option.sub(r"\1", text) if option else text
        return text.replace("kvgraph query things", "/api/things?name=... looks for things.")

    problem.detail, problem.hint = told(problem.detail), told(problem.hint)
    return problem


def linked(table: Table, where: str) -> Table:
    """Give a list with the address of each entry, and how many there are."""
    rows = tuple((*row, f"{where}/{row[0]}") for row in table.rows)
    return Table((*table.columns, "link"), rows, {"count": len(rows)}, table.empty)


def headers_of(dataset: Dataset, table: Tabular) -> dict[str, str]:
    """Give what stands above an answer in a form that has no place for it."""
    found = {DATASET: dataset.digest}
    if table.empty:
        found[EMPTY] = short_header(table.empty)
    found[HEAD] = _told(table.head)
    return found


def short_header(text: str) -> str:
    """Give a text as a header holds it: short, and percent-encoded."""
    return quote(shorten(text, _VALUE_MOST))


def _told(head: Mapping[str, Cell]) -> str:
    """Give what is short of a head as JSON in ASCII."""
    from kvgraph.export._cells import cell_json

    kept: dict[str, Any] = {}
    for name, value in head.items():
        plain = json.loads(cell_json(value))
        told = json.dumps({**kept, name: plain}).replace("\x7f", "\\u007f")
        if len(json.dumps(plain)) <= _VALUE_MOST and len(told) <= _HEAD_MOST:
            kept[name] = plain
    return json.dumps(kept).replace("\x7f", "\\u007f")


def counted_rows(rows: Iterable[tuple[Cell, ...]], out: Outlet) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        out.row()
        yield row


def write_answer(
    table: Tabular,
    job: Mapping[str, Any],
    out: Outlet,
    headers: Mapping[str, str],
    *,
    counted: bool = False,
    quads: Callable[[], Quads] | None = None,
) -> None:
    """Write an answer in the form asked for; its rows are counted, unless they were."""
    media = job["media"]
    if media in (JSON, CSV):
        out.begin(media, headers)
        rows = table.rows if counted else counted_rows(table.rows, out)
        form = "json" if media == JSON else "csv"
        write_table(Stream(table.columns, iter(rows), table.head, table.empty), form, out)
        out.end()
        return
    if not counted:
        for _ in table.rows:
            out.row()
    if media == XLSX:
        raw = _workbook(table)
    else:
        assert quads is not None
        raw = None
        made = quads()
    out.begin(media, headers)
    if raw is not None:
        out.write(raw)
    elif media == JSON_LD:
        from kvgraph.export._compact import write_compact

        write_compact(made, cast("IO[str]", out))
    else:
        assert media == TURTLE
        from kvgraph.export.ttl import write_quads

        write_quads(made, cast("IO[bytes]", out))
    out.end()


def _workbook(table: Tabular) -> bytes:
    """Give a table as the bytes of a workbook."""
    import io

    from kvgraph.export.xlsx import write_table as write_workbook

    raw = io.BytesIO()
    write_workbook(table, raw)
    return raw.getvalue()
