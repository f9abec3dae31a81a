"""Equal answers embedded, through kvgraph serve, through Oxigraph's server and through Virtuoso.

Run by ``make test-remote``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

import kvgraph
from conftest import _shipped
from kvgraph.errors import KvgraphError, QueryError
from kvgraph.handle import Handle
from kvgraph.model import Table
from kvgraph.query import ask, find, library
from kvgraph.remote import Remote, unfit
from kvgraph.store import create
from remote.running import oxigraph, virtuoso
from serving import serving

CALLS: Final = [
    pytest.param(name, values, id=" ".join((name, *(f"{n}={v}" for n, v in values))))
    for name in library()
    for values in dict.fromkeys(
        ((), *(tuple(example.values.items()) for example in find(name).examples))
    )
]
"""Every question of the library: as it is, and as its header shows."""

QUESTIONS: Final[dict[str, Callable[[Handle], Table]]] = {
    "reach from": lambda d: d.reach("es-barcelona"),
    "reach to": lambda d: d.reach(to="pt-amadora"),
    "reach of a network": lambda d: d.reach("NW-GCOP2"),
    "reach by name, at a stage, by state": lambda d: d.reach(
        "es-barcelona", stage="visited", with_exposure=True, level="member-state"
    ),
    "reach of all that is selected": lambda d: d.reach("Suomi", country=["FI", "SE"]),
    "reach in many worlds": lambda d: d.reach("es-barcelona", worlds=50, seed=3),
    "paths": lambda d: d.paths("es-barcelona", "pt-amadora", k=5),
    "paths of a practice": lambda d: d.paths("es-barcelona", "pt-amadora", "pr-antirumour"),
    "why not": lambda d: d.paths("pt-amadora", "es-barcelona", why_not=True),
    "flows": lambda d: d.flows(),
    "flows of a practice": lambda d: d.flows("Anti-rumour strategy", stage="visited"),
    "show": lambda d: d.show("pt-amadora", "fi"),
    "show a practice": lambda d: d.show("Anti-rumour strategy"),
    "centrality": lambda d: d.analyse("centrality"),
    "leaders": lambda d: d.analyse("leaders"),
    "yes or no": lambda d: d.ask("ASK { ?t a <https://w3id.org/kvgraph/def#Transfer> }"),
    "a graph": lambda d: d.ask(
        "CONSTRUCT { ?b <x:from> ?a } WHERE { ?t <https://w3id.org/kvgraph/def#giver> ?a ; "
        "<https://w3id.org/kvgraph/def#receiver> ?b }"
    ),
    "more rows than some give": lambda d: d.ask(
        "SELECT ?s ?p { ?s ?p ?o ; <http://purl.org/dc/terms/identifier> ?i } ORDER BY ?s ?p ?o"
    ),
    "rows in no order": lambda d: d.ask(
        "SELECT (STR(?s) AS ?t) ?p { ?s ?p ?o ; <http://purl.org/dc/terms/identifier> ?i }"
    ),
}


@pytest.fixture(scope="module")
def quads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped packages as N-Quads."""
    path = tmp_path_factory.mktemp("shipped") / "shipped.nq"
    with path.open("wb") as stream:
        stream.writelines(_shipped().dump())
    return path


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=pytest.mark.xdist_group(name))
        for name in ("kvgraph", "oxigraph", "oxigraph, graphs apart", "virtuoso")
    ],
)
def far(
    request: pytest.FixtureRequest, quads: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Handle]:
    """The shipped packages behind each server."""
    folder = tmp_path_factory.mktemp("server")
    with ExitStack() as stack:
        if request.param == "kvgraph":
            shipped = _shipped()
            with create(folder / "store") as write:
                write(shipped.store, shipped.about)
            address = stack.enter_context(serving(folder / "store"))
        elif request.param == "virtuoso":
            address = stack.enter_context(virtuoso(quads, folder))
        else:
            options = () if "apart" in request.param else ("--union-default-graph",)
            address = stack.enter_context(oxigraph(quads, *options))
        yield stack.enter_context(kvgraph.open(address))


@pytest.fixture(scope="module")
def near() -> Handle:
    """The shipped packages in memory."""
    return Handle(_shipped(), "here")


@cache
def here(name: str, values: tuple[tuple[str, str], ...]) -> Table:
    """Give the answer to a question of the library in memory, once for all servers."""
    return ask(_shipped(), find(name), dict(values))


@pytest.mark.parametrize(("name", "values"), CALLS)
def test_the_library_answers_equally(
    far: Handle, name: str, values: tuple[tuple[str, str], ...]
) -> None:
    """The same rows in the same order, or a refusal that says why; and the list is no longer."""
    expected = here(name, values)
    if refused(far, name, values):
        with pytest.raises(QueryError, match="is not answered rightly"):
            far.ask(name, **dict(values))
        return
    answer = far.ask(name, **dict(values))
    assert expected.columns == answer.columns
    assert expected.rows == answer.rows
    assert bool(expected.empty) is bool(answer.empty)


def refused(far: Handle, name: str, values: Iterable[tuple[str, str]]) -> str:
    """Give the reason for which a question is not put to a server, if it is not."""
    assert isinstance(far.dataset, Remote)
    return unfit(far.dataset.server, name, [n for n, _ in values])


def test_nothing_is_refused_that_would_be_answered_rightly(far: Handle) -> None:
    """Each question that is refused fails there, or has other rows."""
    calls = [call.values for call in CALLS]
    wanting = {name for name, values in calls if refused(far, str(name), values)}  # type: ignore[arg-type]
    for name, values in calls:
        if not refused(far, str(name), values):  # type: ignore[arg-type]
            continue
        try:
            found = ask(far.dataset, find(str(name)), dict(values))  # type: ignore[arg-type]
            differs = found.rows != here(str(name), values).rows  # type: ignore[arg-type]
        except KvgraphError:
            differs = True
        if differs:
            wanting.discard(name)
    assert wanting == set()


@pytest.mark.parametrize("question", QUESTIONS)
def test_python_answers_equally(far: Handle, near: Handle, question: str) -> None:
    """Reach, paths, flows, dossiers and measures, to the head; and what is large comes whole."""
    one, other = (QUESTIONS[question](data) for data in (near, far))
    assert one.columns == other.columns
    rows = [sorted(t.rows, key=str) if question == "rows in no order" else t.rows
            for t in (one, other)]  # fmt: skip
    assert len(rows[0]) > 0 or one.empty
    assert rows[0] == rows[1]
    assert one.empty == other.empty
    heads = [{n: v for n, v in t.head.items() if n != "dataset"} for t in (one, other)]
    assert heads[0] == heads[1]


def test_what_is_known_of_the_dataset_is_told(far: Handle, near: Handle) -> None:
    """The horizon everywhere; the digest where the server tells it."""
    assert isinstance(far.dataset, Remote)
    assert far.dataset.about.horizon == near.dataset.about.horizon
    assert far.dataset.digest in ("", near.dataset.digest)
    assert bool(far.dataset.digest) is (not far.dataset.server)


def test_a_wrong_query_is_told_by_line_and_column(far: Handle) -> None:
    """As it is of a store."""
    with pytest.raises(QueryError) as caught:
        far.ask("SELECT ?x\nWHERE { ?x ?y }")
    assert caught.value.line == 2


def test_an_answer_that_oxigraph_cuts_is_an_error(quads: Path) -> None:
    """It says 200, ends the chunks as it should, and puts a sentence in the midst of the JSON."""
    with oxigraph(quads, "--union-default-graph", "--timeout-s", "1") as address:
        dataset = Remote.at(address)
        began = time.monotonic()
        with closing(dataset.client), pytest.raises(KvgraphError, match="is not whole"):
            for _ in dataset.query("SELECT * { ?a ?b ?c . ?d ?e ?f }"):  # type: ignore[union-attr]
                pass
        assert time.monotonic() - began < 60


def test_an_answer_that_kvgraph_cuts_is_an_error(tmp_path: Path) -> None:
    """More rows than may be: the last chunk does not come."""
    shipped = _shipped()
    with create(tmp_path / "store") as write:
        write(shipped.store, shipped.about)
    with serving(tmp_path / "store", "--rows", "20000") as address:
        dataset: Any = Remote.at(address)
        with closing(dataset.client):
            with pytest.raises(KvgraphError, match="is not whole"):
                list(dataset.query("SELECT * { ?s ?p ?o }"))
            assert len(list(dataset.query("SELECT * { ?s ?p ?o } LIMIT 20000"))) == 20_000
