"""The door for Python: what is asked of a handle is what the command line answers."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import kvgraph
import village
from kvgraph.errors import KvgraphError, QueryError, StoreError, UnknownNameError
from kvgraph.handle import Handle
from kvgraph.model import Iri, Table
from kvgraph.tabular import SHOWN, Answer
from test_build import kvgraph as command


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village as an RDF file."""
    path = tmp_path_factory.mktemp("python") / "village.nq"
    path.write_bytes(b"".join(village.dataset().dump()))
    return path


@pytest.fixture(scope="module")
def data(file: Path) -> Handle:
    """A handle on the village."""
    return kvgraph.open(file)


def test_importing_kvgraph_imports_nothing_slow() -> None:
    """Only what is asked for is loaded."""
    code = (
        "import sys, kvgraph; kvgraph.open\n"
        "slow = {'numpy', 'pyoxigraph', 'httpx', 'click', 'pandas', 'networkx', 'rdflib'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout  # fmt: skip
    assert done.strip() == "[]"


def test_questions_are_asked_by_name_by_file_and_in_sparql(data: Handle, tmp_path: Path) -> None:
    """A value may be a name or an alias; an unknown one is told."""
    by_name = data.ask("transfers/of-practice", practice="Street kitchen")
    text = (
        "PREFIX kv: <https://w3id.org/kvgraph/def#>\n"
        "SELECT ?t { ?t a kv:Transfer ; "
        "kv:practice <https://w3id.org/kvgraph/id/practice/p-kitchen> }"
    )
    (tmp_path / "own.rq").write_text(text)
    assert len(by_name) == 3
    assert len(data.ask(text)) == len(data.ask(tmp_path / "own.rq")) == 3
    assert data.ask("ASK { ?s ?p ?o }").rows == ((True,),)
    with pytest.raises(UnknownNameError):
        data.ask("transfers/of-practice", practice="no such")
    with pytest.raises(QueryError, match="has no parameter"):
        data.ask("transfers/of-practice", practise="x")


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (["reach", "--from", "xa-aspby"], lambda d: d.reach("xa-aspby")),
        (["reach", "--to", "Birkton youth office"], lambda d: d.reach(to="Birkton youth office")),
        (
            ["reach", "--from", "xa-aspby", "--with-planned", "--strict", "--worlds", "20"],
            lambda d: d.reach("xa-aspby", with_planned=True, strict=True, worlds=20),
        ),
        (
            ["paths", "--from", "xa-aspby", "--to", "country-xb", "-k", "2"],
            lambda d: d.paths("xa-aspby", "country-xb", k=2),
        ),
        (
            ["analyse", "centrality", "--country", "XA", "--country", "XB"],
            lambda d: d.analyse("centrality", country=["XA", "XB"]),
        ),
        (
            ["analyse", "centrality", "--until", "2014-01-01"],
            lambda d: d.analyse("centrality", until=date(2014, 1, 1)),
        ),
        (["show", "Aspby", "--lang", "fi"], lambda d: d.show("Aspby", "fi")),
    ],
)
def test_answers_are_those_of_the_command_line(
    words: list[str], call: Any, data: Handle, file: Path, tmp_path: Path
) -> None:
    """Head and rows, as JSON has them."""
    done = command(*words, "--format", "json", "--store", str(file))
    if done.returncode:
        with pytest.raises(KvgraphError) as caught:
            call(data)
        assert caught.value.message in done.stderr
        return
    from kvgraph import registry

    path = tmp_path / "answer.json"
    with path.open("w") as stream:
        registry.entry("export", "json", "EXPORTER").write(call(data), stream)
    assert json.loads(done.stdout) == json.loads(path.read_text())


def test_flows_are_the_transfers_that_take_part(data: Handle) -> None:
    """Each in its interval, as the village works them out; what was left out is counted."""
    found = data.flows()
    assert found.rows[0] == (
        "v5", "p-kitchen", "country-xa", "org-birkton-youth",
        date(2011, 1, 1), date(2012, 12, 31), True, "low",
    )  # fmt: skip
    assert found.column("transfer") == ["v5", "v1", "v4", "v2", "v3"]
    head: Any = found.head
    assert (head["transfers"], head["proven"], head["possible"]) == (6, 4, 1)
    assert (head["left_out"]["planned"], head["undated"]) == (1, 0)
    assert data.flows("p-harbour").column("transfer") == ["v2", "v3"]
    assert data.flows("p-harbour", with_planned=True).column("transfer") == ["v2", "v3", "v6"]


def test_what_cannot_be_told_is_told_with_what_can(data: Handle) -> None:
    """An option, a column and a place that are not there."""
    with pytest.raises(KvgraphError, match="has no option depth") as caught:
        data.reach("xa-aspby", depth=3)
    assert "with_planned" in caught.value.hint
    with pytest.raises(KvgraphError, match="no column"):
        data.flows().column("when")
    for place, told in (
        ("no-such-place", "does not exist"), ("", "no store is named"), ("ftp://x", "address"),
    ):  # fmt: skip
        with pytest.raises(StoreError, match=told):
            kvgraph.open(place)


HOSTILE = "<img src=x onerror=alert(1)>\u202e"
MIXED = Answer(
    ("n", "d", "day", "yes", "text", "list", "mixed", "big", "none"),
    (
        (1, Decimal("0.5"), date(2020, 1, 2), True, Iri("https://x/"), ("a", "b"), 1, 10**30, None),
        (None, None, None, None, None, None, "x", 1, None),
    ),
    {"dataset": "sha256:0", "horizon": date(2020, 1, 1), "sources": ({"id": "s"},)},
)


def test_a_notebook_shows_the_head_some_rows_and_no_markup_of_the_data() -> None:
    """An empty answer shows why it is empty."""
    rows = tuple((i, HOSTILE) for i in range(SHOWN + 5))
    text = Answer(
        ("i", HOSTILE), rows, {"query": HOSTILE, "parameters": {"x": HOSTILE}}
    )._repr_html_()
    assert "<img" not in text
    assert "\u202e" not in text.partition("<tbody>")[2]
    assert text.count("<tr>") == SHOWN + 1
    assert f"{SHOWN} / {SHOWN + 5}" in text
    assert "&lt;img" in text.partition("</caption>")[0]
    empty = Answer(("i",), (), {}, f"Nothing is there: {HOSTILE}")._repr_html_()
    assert empty.startswith("<p>Nothing is there: &lt;img")
    assert Answer(("i",), ())


def test_a_notebook_tells_what_was_counted(data: Handle) -> None:
    """The rule, the horizon and what has no date stand above the rows."""
    caption = data.flows()._repr_html_().partition("</caption>")[0]
    assert "interval of days" in caption
    assert "2025" in caption
    assert village.dataset().digest in caption


def test_arrow_gets_columns_by_their_kinds() -> None:
    """Lists, records and what is mixed become text; what was counted is kept with the table."""
    pytest.importorskip("pyarrow")
    table = MIXED.to_arrow()
    kinds = {f.name: str(f.type) for f in table.schema}
    assert kinds == {
        "n": "int64", "d": "double", "day": "date32[day]", "yes": "bool", "text": "string",
        "list": "string", "mixed": "string", "big": "string", "none": "string",
    }  # fmt: skip
    assert table.column("list").to_pylist() == ['["a", "b"]', None]
    assert table.column("mixed").to_pylist() == ["1", "x"]
    assert json.loads(table.schema.metadata[b"kvgraph"])["sources"] == [{"id": "s"}]


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_pandas_and_polars_get_the_same_columns(name: str) -> None:
    """Where they are installed."""
    pytest.importorskip(name)
    frame = getattr(MIXED, f"to_{name}")()
    assert list(frame.columns) == list(MIXED.columns)
    assert next(iter(frame["n"])) == 1
    assert next(iter(frame["day"])) == date(2020, 1, 2)


@pytest.mark.parametrize("name", ["pandas", "polars", "pyarrow"])
def test_a_library_that_is_missing_is_named_with_how_to_get_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of ours, and no ImportError."""
    monkeypatch.setitem(sys.modules, name, None)
    method = {"pyarrow": "to_arrow"}.get(name, f"to_{name}")
    with pytest.raises(KvgraphError, match=f"{name} is not installed") as caught:
        getattr(MIXED, method)()
    assert f"pip install {name}" in caught.value.hint


def test_an_answer_is_a_table() -> None:
    """Whatever takes a table takes it."""
    assert isinstance(MIXED, Table)
    assert [row["n"] for row in MIXED] == [1, None]
