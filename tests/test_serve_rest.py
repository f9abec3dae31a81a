"""Questions, analyses and things by address: the answers of the functions, in every form."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import httpx
import openpyxl
import pyoxigraph as ox
import pytest
import rdflib
from openapi_spec_validator import validate

import village
from kvgraph import registry
from kvgraph.dossier import dossier
from kvgraph.errors import KvgraphError
from kvgraph.inquiry import inquire, read_options, read_value, taken
from kvgraph.inquiry.exporting import exporters, exporting
from kvgraph.model import Parameter, Table
from kvgraph.names import search
from kvgraph.namespaces import ID, KV, RESULT, kind_of, mint, shorten
from kvgraph.query import ask, find, library
from kvgraph.serve._jobs_pictures import view_of, viewing
from kvgraph.serve.forms import ANSWERS, JSON_LD, LISTS, SHORT, TURTLE, short_of
from kvgraph.store import Dataset, create
from serving import serving

XLSX = SHORT["xlsx"]
OPTIONS: dict[str, list[tuple[str, str]]] = {
    "brokerage": [("permutations", "9"), ("temporal", "1"), ("strict", "true")],
    "co-membership": [("permutations", "9")],
    "co-presence": [("permutations", "9"), ("level", "member-state")],
    "centrality": [("proven-only", ""), ("theme", "housing")],
    "components": [("strong", "1"), ("country", "FI"), ("country", "Sverige")],
    "exposure": [("practice", "gp17-20"), ("counts", "true")],
    "hidden-ties": [("edges-limit", "5")],
    "leaders": [("practice", "pr-antirumour")],
    "modularity": [("permutations", "9"), ("from", "2010"), ("until", "2019-12")],
    "paths": [("from", "es-barcelona"), ("to", "Hamburg-Altona"), ("k", "2")],
    "reach": [("from", "es-barcelona"), ("stage", "visited"), ("with-exposure", "false")],
    "risk-set": [("practice", "gp17-20"), ("lag", "2")],
    "state-flows": [("permutations", "9"), ("lang", "sv")],
    "temporal-betweenness": [("practice", "gp17-20"), ("lang", "fi")],
}
"""What each analysis is told here, so that its answer is small; the others are told nothing."""


@pytest.fixture(scope="module")
def dataset(shipped: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The shipped data as a store on disk."""
    path = tmp_path_factory.mktemp("rest") / "shipped"
    with create(path) as write:
        write(shipped.store, shipped.about)
    return Dataset.open(path)


@pytest.fixture(scope="module")
def url(dataset: Dataset) -> Iterator[str]:
    """A server of the shipped data."""
    assert dataset.path is not None
    with serving(dataset.path) as address:
        yield address


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village as a store on disk."""
    path = tmp_path_factory.mktemp("rest") / "village"
    with create(path) as write:
        write(village.dataset().store, village.dataset().about)
    return path


@pytest.fixture(scope="module")
def small(few: Path) -> Iterator[str]:
    """A server of the village that gives an answer five rows."""
    with serving(few, "--rows", "5") as address:
        yield address


@pytest.fixture(scope="module")
def free(few: Path) -> Iterator[str]:
    """A server of the village within the usual limits."""
    with serving(few) as address:
        yield address


def get(url: str, path: str, *given: tuple[str, str], accept: str = "*/*") -> httpx.Response:
    """Read an address."""
    return httpx.get(url + path, params=given, headers={"Accept": accept}, timeout=60)


def written(table: Table, form: str) -> str:
    """Give a table in a form, as the command line writes it."""
    stream = io.StringIO()
    registry.entry("export", form, "EXPORTER").write(table, stream)
    return stream.getvalue()


# --- answers are those of the functions --------------------------------------------------------


@pytest.mark.parametrize("name", library())
def test_a_question_is_answered_as_python_answers_it(url: str, dataset: Dataset, name: str) -> None:
    """Byte by byte, as JSON and as csv, with as many rows as its header promises."""
    query = find(name)
    example = query.examples[0] if query.examples else None
    values = dict(example.values) if example else {}
    expected = ask(dataset, query, values)
    found = get(url, f"/api/queries/{name}", *values.items())
    assert (found.status_code, found.text) == (200, written(expected, "json"))
    assert int(found.headers["kvgraph-rows"]) == len(expected.rows)
    assert example is None or example.rows == len(expected.rows)
    table = get(url, f"/api/queries/{name}", *values.items(), accept="text/csv")
    assert table.text == written(expected, "csv")
    assert unquote(table.headers.get("kvgraph-empty", "")) == expected.empty
    assert table.headers["kvgraph-dataset"] == dataset.digest


@pytest.mark.parametrize("name", registry.names("analysis"))
def test_an_analysis_answers_as_python_does(url: str, dataset: Dataset, name: str) -> None:
    """Byte by byte, with all that was asked and counted."""
    analysis = registry.entry("analysis", name, "ANALYSIS")
    given = OPTIONS.get(name, [])
    options = read_options(taken(analysis), given)
    expected = inquire(dataset, analysis, options).table
    found = get(url, f"/api/analyse/{name}", *given)
    assert (found.status_code, found.text) == (200, written(expected, "json"))
    # Those of an answer in chunks stand in the trailer, which this client does not give.
    assert "content-length" not in found.headers or int(found.headers["kvgraph-rows"]) == len(
        expected.rows
    )
    head = json.loads(found.headers["kvgraph-head"])
    assert head.items() <= found.json().items()
    assert {"rule", "stage"} & head.keys() or name == "modes"


def test_every_analysis_of_these_is_told_something_that_counts() -> None:
    """The list above names analyses that there are, by parameters that they have."""
    for name, given in OPTIONS.items():
        known = {p.name for p in taken(registry.entry("analysis", name, "ANALYSIS"))}
        assert {option for option, _ in given} <= known


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_a_thing_is_told_in_three_languages(url: str, dataset: Dataset, lang: str) -> None:
    """Everything that is known of it, each line with its source."""
    iri = mint("actor", "country-fi")
    found = get(url, "/api/things/actor/country-fi", ("lang", lang))
    assert found.text == written(dossier(dataset, iri, lang), "json")
    assert found.json()["label"] == {"fi": "Suomi", "sv": "Finland", "en": "Finland"}[lang]
    assert len(found.json()["sources"]) > 10


@pytest.mark.parametrize(
    ("lang", "empty"),
    [
        ("fi", "Minkään nimi täällä ei ole ”qqqqqqqq” eikä mitään sen kaltaista."),
        ("sv", "Ingenting här heter ”qqqqqqqq” eller något som liknar det."),
        ("en", "No thing here is called “qqqqqqqq”, or anything close to it."),
    ],
)
def test_nothing_found_says_why_in_every_form(url: str, lang: str, empty: str) -> None:
    """Where the form has no place for it, in a header."""
    given = ("name", "qqqqqqqq"), ("lang", lang)
    assert get(url, "/api/things", *given).json()["empty"] == empty
    table = get(url, "/api/things", *given, accept="text/csv")
    assert table.text.splitlines() == ["thing,id,kind,label,name,link"]
    assert unquote(table.headers["kvgraph-empty"]) == empty
    assert table.headers["kvgraph-rows"] == "0"


# --- things ------------------------------------------------------------------------------------


def test_things_are_found_by_any_name_and_lead_to_what_is_known(url: str, dataset: Dataset) -> None:
    """By id, label and alias without case and accents; the address of each answers."""
    for name in ("es-barcelona", "BARCELONA", "bàrcelona"):
        rows = get(url, "/api/things", ("name", name), ("limit", "3")).json()["rows"]
        assert rows[0]["thing"] == mint("actor", "es-barcelona")
        assert len(rows) == 3 or name == "es-barcelona"
    found = get(url, "/api/things", ("kind", "network"), ("kind", "project"), ("limit", "1000"))
    rows = found.json()["rows"]
    assert {row["kind"] for row in rows} == {"network", "project"}
    expected = search(dataset, "", ("network", "project"))
    assert [row["thing"] for row in rows] == [iri for iri, _ in expected]
    assert found.json()["found"] == len(rows)
    for row in rows[:: len(rows) // 5]:
        assert get(url, row["link"]).json()["thing"] == row["thing"]


def test_what_is_called_so_comes_before_what_only_holds_it(dataset: Dataset) -> None:
    """And what comes close is given where nothing holds it."""
    found = search(dataset, "suomi")
    assert found[0] == (mint("actor", "country-fi"), "Suomi")
    assert all("suomi" in name.casefold() for _, name in found)
    assert mint("actor", "es-barcelona") in [iri for iri, _ in search(dataset, "Barcelonna")]
    everything = [iri for iri, _ in search(dataset)]
    assert len(everything) == len(set(everything)) > 2_000
    assert everything == sorted(everything, key=lambda iri: (kind_of(iri), shorten(iri)))


def test_another_name_of_a_thing_leads_to_it(url: str) -> None:
    """The answer tells the address that it has by its id."""
    found = get(url, f"/api/things/practice/{quote('Anti-rumour strategy')}")
    assert found.headers["content-location"] == "/api/things/practice/pr-antirumour"
    assert found.json()["id"] == "pr-antirumour"


def test_a_thing_as_rdf_is_what_is_stated_of_it(url: str, dataset: Dataset) -> None:
    """Of the thing and of the records that name it all quads, in JSON-LD with their graphs."""
    iri = mint("practice", "gp17-20")
    about = set(dataset.store.quads_for_pattern(ox.NamedNode(iri), None, None))
    naming = {q.subject for q in dataset.store.quads_for_pattern(None, None, ox.NamedNode(iri))}
    for subject in naming:
        about |= set(dataset.store.quads_for_pattern(subject, None, None))
    found = get(url, "/api/things/practice/gp17-20", accept=JSON_LD)
    told = set(ox.parse(found.content, format=ox.RdfFormat.JSON_LD))
    assert about <= told
    assert told <= set(dataset.store)
    text = get(url, "/api/things/practice/gp17-20", ("format", "ttl"))
    triples = {q.triple for q in ox.parse(text.content, format=ox.RdfFormat.TURTLE)}
    assert triples == {quad.triple for quad in told}


# --- forms -------------------------------------------------------------------------------------


def test_every_form_holds_the_same_rows(url: str) -> None:
    """By Accept and by format alike."""
    path, given = "/api/queries/transfers/of-practice", ("practice", "gp17-20")
    rows = get(url, path, given).json()["rows"]
    assert len(rows) == 6
    for short in short_of(ANSWERS):
        media = SHORT[short]
        by_name = get(url, path, given, ("format", short), accept="text/html")
        by_accept = get(url, path, given, accept=f"{media};q=0.9, text/html")
        assert by_name.headers["content-type"].partition(";")[0] == media
        assert by_accept.headers["content-type"].partition(";")[0] == media
        assert by_name.headers["kvgraph-rows"] == "6"
        assert by_name.content == by_accept.content
    cells = list(csv.DictReader(io.StringIO(get(url, path, given, accept="text/csv").text)))
    assert [{k: v or None for k, v in row.items()} for row in cells] == rows


def test_a_workbook_opens_and_tells_what_was_asked(url: str) -> None:
    """Rows on one sheet, what was asked and counted on the other; a list is one cell."""
    given = ("from", "es-barcelona")
    answer = get(url, "/api/analyse/reach", given).json()
    book = openpyxl.load_workbook(
        io.BytesIO(get(url, "/api/analyse/reach", given, accept=XLSX).content)
    )
    assert book.sheetnames == ["rows", "about"]
    header, *rows = book["rows"].iter_rows(values_only=True)
    assert header == tuple(answer["rows"][0])
    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert [r["transfers"] for r in told] == ["; ".join(r["transfers"]) for r in answer["rows"]]
    assert [r["actor"] for r in told] == [r["actor"] for r in answer["rows"]]
    about = dict(book["about"].iter_rows(min_row=2, values_only=True))
    assert (about["stage"], about["rule"]) == (answer["stage"], answer["rule"])


@pytest.mark.parametrize("media", [JSON_LD, TURTLE])
def test_rows_as_statements_are_read_by_two_libraries(url: str, media: str) -> None:
    """A node a row, things as themselves, and the run with what it was told."""
    found = get(url, "/api/analyse/reach", ("from", "es-barcelona"), accept=media)
    rows = get(url, "/api/analyse/reach", ("from", "es-barcelona")).json()["rows"]
    syntax = ox.RdfFormat.JSON_LD if media == JSON_LD else ox.RdfFormat.TURTLE
    quads = set(ox.parse(found.content, format=syntax))
    graph = rdflib.Graph().parse(
        data=found.text, format="json-ld" if media == JSON_LD else "turtle"
    )
    assert len(graph) == len({q.triple for q in quads})
    numbers = graph.query(
        f"SELECT ?n ?actor {{ ?row <{KV}rowNumber> ?n ; <{RESULT}actor> ?actor }} ORDER BY ?n"
    )
    assert [str(actor) for _, actor in numbers] == [mint("actor", r["actor"]) for r in rows]
    assert (None, rdflib.URIRef(KV + "runOption"), rdflib.Literal("from=es-barcelona")) in graph


def test_a_document_of_linked_data_is_small_and_stands_alone(url: str) -> None:
    """Its context is in it, and things are told by their whole addresses."""
    found = get(url, "/api/queries/transfers/modes", accept=JSON_LD).json()
    assert set(found) == {"@context", "@graph"}
    assert all(isinstance(iri, str | float) for iri in found["@context"].values())
    things = get(url, "/api/queries/practices/spread", ("practice", "gp17-20"), accept=JSON_LD)
    row = next(n for n in things.json()["@graph"] if n.get("@type") == "kv:AnalysisRow")
    assert row["result:practice"] == {"@id": ID + "practice/gp17-20"}


def test_what_there_is_leads_to_what_it_answers(url: str) -> None:
    """The lists name every question and analysis, with an address that answers."""
    questions = get(url, "/api/queries").json()["rows"]
    assert [row["name"] for row in questions] == list(library())
    assert {tuple(sorted(row)) for row in questions} == {
        ("columns", "examples", "link", "name", "parameters", "sparql", "summary", "tags")
    }
    assert get(url, questions[0]["link"]).status_code == 200
    found = get(url, "/api/analyse").json()["rows"]
    assert [row["name"] for row in found] == list(registry.names("analysis"))
    reach = next(row for row in found if row["name"] == "reach")
    named = {p["name"]: p for p in reach["parameters"]}
    assert named["stage"]["choices"][0] == "visited"
    assert named["query"]["kind"] == "sparql"
    assert get(url, reach["link"], ("from", "es-barcelona")).status_code == 200
    for form in LISTS:
        assert get(url, "/api/queries", accept=form).status_code == 200
    assert get(url, "/api/queries", accept=TURTLE).status_code == 406


# --- what can be said --------------------------------------------------------------------------


def test_a_query_narrows_an_analysis(url: str) -> None:
    """SPARQL as a parameter: only what its rows name."""
    query = f"SELECT ?t {{ ?t a <{KV}Transfer> ; <{KV}practice> <{ID}practice/gp17-20> }}"
    whole = get(url, "/api/analyse/centrality").json()
    found = get(url, "/api/analyse/centrality", ("query", query)).json()
    by_option = get(url, "/api/analyse/centrality", ("practice", "gp17-20")).json()
    assert found["rows"] == by_option["rows"]
    assert 0 < len(found["rows"]) < len(whole["rows"])


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("flag", "true", True), ("flag", "1", True), ("flag", "", True), ("flag", "0", False),
        ("flag", "false", False), ("number", "-12", -12), ("number", "+7", 7),
        ("choice", "b", "b"), ("date", "2019-07/2019-09", "2019-07/2019-09"),
        ("iri", " Åbo ", " Åbo "),
    ],
)  # fmt: skip
def test_a_text_becomes_a_value(kind: Any, text: str, value: object) -> None:
    """In one way for the command line and the server."""
    found = read_value(Parameter("x", kind, "", choices=("a", "b")), text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("flag", "yes"), ("flag", "TRUE"), ("number", "1.5"), ("number", "1_000"), ("number", "٣"),
        ("number", ""), ("number", "9" * 19), ("number", "1e3"), ("number", "0"), ("number", "11"),
        ("choice", "c"), ("choice", ""), ("iri", ""), ("text", " "), ("file", "SELECT"),
        ("file", "INSERT DATA { <a:a> <a:b> <a:c> }"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused(kind: Any, text: str) -> None:
    """And not read as something else."""
    with pytest.raises(KvgraphError):
        read_value(Parameter("x", kind, "", choices=("a", "b"), least=1, most=10), text)


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/api/queries/transfers/of-practice?practise=x", 400, "It takes: practice, giver"),
        ("/api/queries/transfers/of-practice?practice=a&practice=b", 400, "given 2 times"),
        ("/api/queries/transfers/of-practice?practice=", 400, "empty"),
        ("/api/queries/transfers/of-practice?status=gone", 400, "One of: "),
        ("/api/queries/transfers/of-practice?practice=gp17-2", 404, "gp17-92"),
        ("/api/queries/transfers/of-practise", 404, "transfers/of-practice"),
        ("/api/queries/modes", 404, ""),
        ("/api/queries/../../../etc/passwd", 404, ""),
        ("/api/queries/transfers/..%2F..%2Fmodes", 404, ""),
        ("/api/queries?x=1", 400, "It takes none."),
        ("/api/analyse/rech", 404, "reach"),
        ("/api/analyse/_kernel", 404, "/api/analyse lists them all"),
        ("/api/analyse/paths", 400, "from is missing"),
        ("/api/analyse/reach?from=es-barcelona&worlds=0", 400, "Say worlds 1000."),
        ("/api/analyse/reach?from=es-barcelona&worlds=many", 400, "whole number"),
        ("/api/analyse/reach?from=es-barcelona&stage=done", 400, "visited, piloted"),
        ("/api/analyse/reach?from=es-barcelona&until=2010", 400, "there is no parameter"),
        ("/api/analyse/reach?from=es-barcelona&strict=maybe", 400, "true or false"),
        ("/api/analyse/reach?from=es-barcelona&edges=/etc/passwd", 400, "there is no parameter"),
        ("/api/analyse/paths?from=es-barcelona&to=Bilbao", 404, "es-bilbao"),
        ("/api/analyse/centrality?lang=de", 400, "fi, sv, en"),
        ("/api/analyse/centrality?from=2019-02-30", 400, "2019-02-30"),
        ("/api/analyse/centrality?from=2020&until=2019", 400, "earlier day first"),
        ("/api/analyse/centrality?query=SELECT", 400, "column"),
        ("/api/analyse/centrality?query=/etc/passwd", 400, "column"),
        ("/api/analyse/centrality?query=SELECT+*{SERVICE<http://127.0.0.1/>{?a+?b+?c}}", 403, ""),
        (f"/api/analyse/centrality?query=SELECT+*{'{' * 99}{'}' * 99}", 400, "brackets"),
        ("/api/analyse/centrality?format=ods", 400, "json, csv, xlsx, json-ld, ttl"),
        ("/api/things?limit=0", 400, "from 1 to 1000"),
        ("/api/things?kind=person", 400, "actor"),
        ("/api/things/person/x", 404, "kind of things"),
        ("/api/things/actor/es-barcelonna", 404, "es-barcelona"),
        ("/api/things/actor/%00", 404, ""),
        ("/api/things/actor/http://example.org/", 404, ""),
        ("/api/things/actor/..%2Fpractice%2Fgp17-20", 404, ""),
        ("/api/things?name=%FF", 400, ""),
    ],
)
def test_what_is_wrong_is_told_with_what_there_is(
    url: str, path: str, status: int, told: str
) -> None:
    """As a problem document, in the words of a request and never of the command line."""
    found = httpx.get(url + path, timeout=60)
    assert found.status_code == status, found.text
    assert found.headers["content-type"] == "application/problem+json"
    assert told in found.text
    assert "--" not in found.text
    assert "kvgraph query" not in found.text


def test_candidates_come_as_a_list(url: str) -> None:
    """So that a program can offer them."""
    found = get(url, "/api/analyse/paths", ("from", "es-barcelona"), ("to", "Bilbao")).json()
    assert found["candidates"] == ["es-bilbao", "org-keep-es-bilbao"]


@pytest.mark.parametrize(
    "text",
    ["<img src=x onerror=alert(1)>", "=cmd|'/c calc'!A1", "\x00\x1b[31m", "\u202e\u2028",
     "a" * 8000, "'\"`; DROP", "${jndi:ldap://x}", "\r\nX-Evil: 1", "\x7f"],
)  # fmt: skip
def test_hostile_texts_come_back_as_texts(url: str, text: str) -> None:
    """In head, headers, cells and problems alike."""
    found = get(url, "/api/things", ("name", text))
    assert found.status_code == 200
    assert found.json()["name"] == text
    assert "x-evil" not in found.headers
    found = get(url, "/api/things", ("name", text), accept=XLSX)
    book = openpyxl.load_workbook(io.BytesIO(found.content))
    assert all(cell.data_type != "f" for row in book["about"] for cell in row)
    assert get(url, "/api/analyse/centrality", ("actor", text)).status_code == 404
    assert get(url, f"/api/things/actor/{quote(text, safe='')}").status_code == 404


def test_the_limits_hold(small: str) -> None:
    """More rows than may be are refused in every form; fewer are answered."""
    for media in ANSWERS:
        found = get(small, "/api/queries/names/things", accept=media)
        assert (found.status_code, found.json()["limit"]) == (503, "rows")
    assert get(small, "/api/things", ("limit", "6")).json()["limit"] == "rows"
    assert get(small, "/api/things", ("limit", "5")).status_code == 200
    assert get(small, "/api/analyse/reach", ("from", "xa-aspby")).status_code == 200


# --- the document ------------------------------------------------------------------------------


def test_the_document_is_valid_and_names_everything(url: str) -> None:
    """OpenAPI 3.1, with every question and analysis and each of their parameters."""
    document = get(url, "/openapi.json").json()
    validate(document)
    for name in library():
        operation = document["paths"][f"/api/queries/{name}"]["get"]
        told = {p["name"]: p for p in operation["parameters"]}
        assert list(told) == [*(p.name for p in find(name).parameters), "format"]
        assert set(operation["responses"]["200"]["content"]) == set(ANSWERS)
    for name in registry.names("analysis"):
        analysis = registry.entry("analysis", name, "ANALYSIS")
        told = {
            p["name"]: p for p in document["paths"][f"/api/analyse/{name}"]["get"]["parameters"]
        }
        assert set(told) == {*(p.name for p in taken(analysis)), "format"}
        for p in analysis.parameters:
            assert told[p.name].get("required", False) == p.required
            assert told[p.name]["schema"].get("default") == (
                "false" if p.kind == "flag" else p.default
            )
    for door, names, taking in (
        ("views", registry.names("view"), lambda name: viewing(view_of(name))),
        ("export", exporters(), lambda name: exporting(exporters()[name])),
    ):
        for name in names:
            operation = document["paths"][f"/api/{door}/{name}"]["get"]
            assert [p["name"] for p in operation["parameters"]] == [p.name for p in taking(name)]
    form = document["paths"]["/api/export/gexf"]["post"]["requestBody"]["content"]
    (properties,) = (told["schema"]["properties"] for told in form.values())
    assert set(properties) == {p.name for p in exporting(exporters()["gexf"])}
    assert document["x-limits"]["rows"] == 1_000_000
    identifiers = [o["operationId"] for p in document["paths"].values() for o in p.values()]
    assert len(identifiers) == len(set(identifiers))


def test_the_document_tells_of_no_door_that_is_not_there(url: str) -> None:
    """What it names answers otherwise than with 404."""
    for path in get(url, "/openapi.json").json()["paths"]:
        if "{" not in path:
            assert httpx.options(url + path).status_code == 204


@pytest.mark.parametrize(
    "options",
    [
        ("^/(api/(queries|things)|openapi)", "--phases", "examples,fuzzing"),
        # Options can exclude each other, and no schema tells what a query or a period is.
        ("^/api/analyse", "--phases", "fuzzing", "--exclude-checks", "positive_data_acceptance"),
        (
            "^/api/(scene|views|export|terms)",
            "--phases",
            "fuzzing",
            "--exclude-checks",
            "positive_data_acceptance",
        ),
        ("^/api/(things|queries/transfers/of-practice)$", "--phases", "coverage"),
    ],
    ids=["all", "analyses", "pictures", "closely"],
)
def test_whatever_is_asked_is_answered_as_the_document_says(
    free: str, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Statuses, media types, headers and bodies, of what fits the document and of what does not."""
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{free}/openapi.json", "--no-color",
         "--workers", "2", "--seed", "7", "--max-examples", "2", "--include-path-regex", *options],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert re.search(r"([0-9]+) generated, \1 passed", done.stdout), done.stdout
