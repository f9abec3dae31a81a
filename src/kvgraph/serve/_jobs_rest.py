"""What a worker does for the doors under ``/api``: questions, analyses, things, and what they are.

Slow libraries are imported by the job that needs them, so that a worker is ready at once.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

import pyoxigraph as ox

from kvgraph.errors import KvgraphError, UnknownNameError, shorten
from kvgraph.model import Iri, Parameter, Stream, Table
from kvgraph.serve.forms import CSV, JSON, JSON_LD, TURTLE, XLSX
from kvgraph.serve.problems import Problem, problem_of
from kvgraph.serve.tagging import DATASET
from kvgraph.serve.work import Bench, Outlet, whole, write_table

if TYPE_CHECKING:
    from kvgraph.model import Analysis, Cell, Tabular
    from kvgraph.query import Query
    from kvgraph.store import Dataset

EMPTY: Final = "KVGraph-Empty"
"""Why there is no row, percent-encoded as UTF-8."""
HEAD: Final = "KVGraph-Head"
"""What was asked and counted, as JSON in ASCII; what is long stands in the JSON answer only."""

LIMIT: Final = 1000
"""More things than this are not listed at once."""

_HEAD_MOST: Final = 3000
_VALUE_MOST: Final = 1000
_CLOSE: Final = 5

Quads = Iterable[ox.Quad]


# --- questions ---------------------------------------------------------------------------------


def queries(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:  # noqa: ARG001
    """List the questions of the library, each with the address that answers it."""
    from kvgraph.query import find, library, listed

    _nothing_else(job)
    table = listed(find(name) for name in library())
    _write(_linked(table, "/api/queries"), job, out, {})


def query(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Answer a question of the library, narrowed by its parameters."""
    from kvgraph.inquiry import given_of
    from kvgraph.query import gathered, stream

    asked = question_of(job["name"])
    with _as_request(asked.parameters):
        given = {name: texts[0] for name, texts in given_of(asked.parameters, job["given"]).items()}
        for name, text in given.items():
            if not text.strip():
                raise KvgraphError(f"{name} is empty", hint="Say what it is, or leave it out.")
    dataset = bench.dataset()
    with _as_answer(asked.parameters):
        rows = stream(dataset, asked, given)
        if job["media"] == CSV:
            _write(rows, job, out, _headers(dataset, rows))
            return
        table = gathered(dataset, replace(rows, rows=_counted(rows.rows, out)))
        _write(
            table, job, out, _headers(dataset, table), counted=True,
            quads=lambda: _rows_as_quads(asked.name, table, job, dataset),
        )  # fmt: skip


def question_of(name: str) -> Query:
    """Give a question by its whole name.

    :raises Problem: 404 if there is none.
    """
    from kvgraph.query import find, library

    _known(name, list(library()), "question", "/api/queries")
    return find(name)


# --- analyses ----------------------------------------------------------------------------------


def analyses(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:  # noqa: ARG001
    """List the analyses, each with its parameters and the address that answers it."""
    from kvgraph import registry

    _nothing_else(job)
    found = [analysis_of(name) for name in registry.names("analysis")]
    table = Table(
        ("name", "summary", "parameters"),
        tuple((a.name, a.summary, tuple(map(_spelled, _taken(a)))) for a in found),
    )
    _write(_linked(table, "/api/analyse"), job, out, {})


def analyse(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Put an analysis to the dataset, or to what is selected of it."""
    from kvgraph.inquiry import inquire, read_options

    analysis = analysis_of(job["name"])
    parameters = _taken(analysis)
    with _as_request(parameters):
        options = read_options(parameters, job["given"])
    dataset = bench.dataset()
    with _as_answer(parameters):
        table = inquire(dataset, analysis, options).table
        _write(
            table, job, out, _headers(dataset, table),
            quads=lambda: _rows_as_quads(analysis.name, table, job, dataset),
        )  # fmt: skip


def analysis_of(name: str) -> Analysis:
    """Give an analysis.

    :raises Problem: 404 if there is none of that name.
    """
    from kvgraph import registry

    _known(name, registry.names("analysis"), "analysis", "/api/analyse")
    found: Analysis = registry.entry("analysis", name, "ANALYSIS")
    return found


def _taken(analysis: Analysis) -> tuple[Parameter, ...]:
    from kvgraph.inquiry import taken

    return taken(analysis)


def _spelled(parameter: Parameter) -> Mapping[str, Any]:
    """Give what a parameter is; a file with a query is its text here."""
    from kvgraph.query import spelled

    told = dict(spelled(parameter))
    return {**told, "kind": "sparql"} if parameter.kind == "file" else told


# --- things ------------------------------------------------------------------------------------


def kinds_of_things() -> tuple[str, ...]:
    """Give the kinds of things and records that can be looked for."""
    from kvgraph.tables import definitions

    return tuple(sorted({d.kind for d in definitions().values()} | {"exposure"}))


def searching() -> tuple[Parameter, ...]:
    """Give what a search for things can be told."""
    from kvgraph.inquiry import LANG

    return (
        Parameter("name", "text", "part of an id, a name or an alias, in any language; case and "
                  "accents do not count"),
        Parameter("kind", "choice", "only things of this kind", choices=kinds_of_things(),
                  many=True),
        Parameter("limit", "number", f"give so many at most, from 1 to {LIMIT}", default=20,
                  least=1, most=LIMIT),
        LANG,
    )  # fmt: skip


def telling() -> tuple[Parameter, ...]:
    """Give what can be told to whoever tells of a thing."""
    from kvgraph.inquiry import LANG

    return (LANG,)


def things(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Look for things by any of their names."""
    from kvgraph.inquiry import read_options
    from kvgraph.names import label, search
    from kvgraph.namespaces import kind_of
    from kvgraph.namespaces import shorten as identifier
    from kvgraph.words import word

    parameters = searching()
    with _as_request(parameters):
        options = read_options(parameters, job["given"])
    dataset, lang, name = bench.dataset(), options["lang"], options["name"] or ""
    found = search(dataset, name, options["kind"])
    rows = tuple(
        (Iri(iri), identifier(iri), kind_of(iri), label(dataset, iri, lang), called, _address(iri))
        for iri, called in found[: options["limit"]]
    )
    head: dict[str, Cell] = {
        "name": name or None, "kind": options["kind"], "lang": lang, "dataset": dataset.digest,
        "found": len(found), "count": len(rows),
    }  # fmt: skip
    empty = word("show.no_thing", lang, name=name) if name else word("show.no_kind", lang)
    columns = ("thing", "id", "kind", "label", "name", "link")
    table = Table(columns, rows, head, "" if rows else empty)
    _write(table, job, out, _headers(dataset, table))


def thing(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Tell everything that is known of a thing, each line with its source.

    As RDF it is what is stated of the thing, of the records that name it, and of all that they
    rest on, in named graphs where the form has them.
    """
    from kvgraph.dossier import dossier, naming_records
    from kvgraph.excerpt import around
    from kvgraph.inquiry import read_options

    parameters = telling()
    with _as_request(parameters):
        lang = read_options(parameters, job["given"])["lang"]
    dataset = bench.dataset()
    with _as_answer(parameters):
        iri = _thing(dataset, job["of"], job["id"])
        table = dossier(dataset, iri, lang)
        headers = {**_headers(dataset, table), "Content-Location": _address(iri)}
        _write(
            table, job, out, headers,
            quads=lambda: around(dataset, {iri, *naming_records(dataset, iri)}).quads,
        )  # fmt: skip


def _thing(dataset: Dataset, kind: str, identifier: str) -> str:
    """Find a thing by its kind and its id, or another name of it.

    :raises Problem: 404 if there is none.
    """
    from kvgraph.names import resolve
    from kvgraph.namespaces import mint

    _known(kind, kinds_of_things(), "kind of things", "/api/things")
    iri = mint(kind, identifier)
    if next(dataset.store.quads_for_pattern(ox.NamedNode(iri), None, None), None) is not None:
        return iri
    if "://" in identifier:
        raise Problem(404, f'no {kind} has the id "{shorten(identifier)}"')
    return resolve(dataset, identifier, (kind,))


def _address(iri: str) -> str:
    """Give the address of all that is known of a thing."""
    from kvgraph.namespaces import kind_of
    from kvgraph.namespaces import shorten as identifier

    return f"/api/things/{kind_of(iri)}/{quote(identifier(iri), safe='')}"


# --- what there is -----------------------------------------------------------------------------


def openapi(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:  # noqa: ARG001
    """Describe all doors in one document."""
    from kvgraph.serve.openapi import document

    _nothing_else(job)
    whole(document(job["limits"], job["doors"]), job["media"], out, {})


# --- what they share ---------------------------------------------------------------------------


def _known(name: str, names: Sequence[str], what: str, where: str) -> None:
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


def _nothing_else(job: Mapping[str, Any]) -> None:
    """Refuse parameters where there are none."""
    from kvgraph.inquiry import given_of

    with _as_request(()):
        given_of((), job["given"])


@contextmanager
def _as_request(parameters: Sequence[Parameter]) -> Iterator[None]:
    """Tell what is wrong with a request before the dataset is looked at."""
    try:
        yield
    except KvgraphError as error:
        raise _plain(problem_of(error), parameters) from error


@contextmanager
def _as_answer(parameters: Sequence[Parameter]) -> Iterator[None]:
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


def _linked(table: Table, where: str) -> Table:
    """Give a list with the address of each entry, and how many there are."""
    rows = tuple((*row, f"{where}/{row[0]}") for row in table.rows)
    return Table((*table.columns, "link"), rows, {"count": len(rows)}, table.empty)


def _headers(dataset: Dataset, table: Tabular) -> dict[str, str]:
    """Give what stands above an answer in a form that has no place for it."""
    found = {DATASET: dataset.digest}
    if table.empty:
        found[EMPTY] = quote(shorten(table.empty, _VALUE_MOST))
    found[HEAD] = _told(table.head)
    return found


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


def _counted(rows: Iterable[tuple[Cell, ...]], out: Outlet) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        out.row()
        yield row


def _write(
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
        rows = table.rows if counted else _counted(table.rows, out)
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


def _rows_as_quads(name: str, table: Table, job: Mapping[str, Any], dataset: Dataset) -> Quads:
    """Give rows as statements, as those that an analysis writes back: the run, its columns, rows.

    The same question put to the same data has the same addresses.
    """
    import hashlib

    from kvgraph.graph.answers import answer_package

    options = [(option, text) for option, text in job["given"] if option != "lang"]
    told = json.dumps([name, options, dataset.digest, table.head.get("lang")])
    graph = f"answer-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    package = answer_package(graph, name, table, options, dataset)
    return [ox.Quad(t.subject, t.predicate, t.object) for t in package.statements]


REST_JOBS: Final = {
    "queries": queries,
    "query": query,
    "analyses": analyses,
    "analyse": analyse,
    "things": things,
    "thing": thing,
    "openapi": openapi,
}
"""What a worker can be sent by these doors, by name."""
