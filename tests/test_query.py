"""Questions: their headers, their answers, and what is said of wrong and empty ones."""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import re
import shlex
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import village
from kvgraph import resources
from kvgraph.errors import KvgraphError, QueryError, UnknownNameError
from kvgraph.export.csv import EXPORTER as CSV
from kvgraph.model import Iri, Text
from kvgraph.namespaces import kind_of, mint, shorten
from kvgraph.query import Query, ask, check_query, find, library, read_query, stream
from kvgraph.query.text import shape, tokens
from kvgraph.store import Dataset
from test_build import kvgraph

CASES: Final = Path(__file__).with_name("cases") / "query"
NAMES: Final = tuple(library())
PROLOGUE: Final = "PREFIX kv: <https://w3id.org/kvgraph/def#>\n"


def cases(group: str) -> list[Any]:
    """Give the query files of a group of cases; what is expected stands beside each."""
    return [pytest.param(path, id=path.stem) for path in sorted((CASES / group).glob("*.rq"))]


def expected(path: Path) -> str:
    return path.with_suffix(".txt").read_text("utf-8").rstrip("\n")


def told(error: KvgraphError) -> str:
    return error.message + (f"\nhint: {error.hint}" if error.hint else "")


def own(text: str) -> Query:
    """Make a query of a text, as of a file."""
    return read_query(PROLOGUE + text, "own.rq")


# --- headers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", cases("headers"))
def test_a_broken_header_is_an_error_with_file_and_line(path: Path) -> None:
    """Never silence: what is wrong, where, and what it should be."""
    with pytest.raises(QueryError) as caught:
        read_query(path.read_text("utf-8"), "query.rq")
    assert expected(path) == told(caught.value)
    assert caught.value.line > 0


def test_a_header_tells_what_a_query_asks_takes_and_answers() -> None:
    """Each kind of line arrives where it belongs."""
    query = read_query(
        "#+ summary: Who gave what: to whom?\n"
        "#+ tags: [diffusion, transfer]\n"
        "#+ param giver: iri(actor, network), who gave it, as named\n"
        "#+ param status: code(status), how far it got\n"
        "#+ column giver: iri, who gave it\n"
        '#+ example: giver="Dún Laoghaire" status="in progress" -> 1 row\n' + PROLOGUE + "SELECT "
        "?giver ?status { ?t kv:giver ?giver ; kv:status ?status }",
        "query.rq",
    )
    assert query.summary == "Who gave what: to whom?"
    assert query.tags == ("diffusion", "transfer")
    giver, status = query.parameters
    assert (giver.kind, giver.things, giver.help) == (
        "iri", ("actor", "network"), "who gave it, as named",
    )  # fmt: skip
    assert (status.kind, "in progress" in status.choices) == ("choice", True)
    assert query.columns[0].type == "iri"
    [example] = query.examples
    assert example.values == {"giver": "Dún Laoghaire", "status": "in progress"}
    assert example.rows == 1


def test_a_query_of_the_library_says_what_each_column_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of one's own may leave the header out, one of the library may not."""
    (tmp_path / "topic").mkdir()
    body = PROLOGUE + "SELECT ?t ?g { ?t kv:giver ?g }"
    (tmp_path / "topic" / "bare.rq").write_text("#+ tags: [a]\n" + body)
    (tmp_path / "topic" / "half.rq").write_text("#+ summary: Who?\n#+ column t: iri, it\n" + body)
    monkeypatch.setattr(resources, "folder", lambda _: tmp_path)
    with pytest.raises(QueryError, match=r"queries/topic/bare.rq:1: has no summary"):
        find("bare")
    with pytest.raises(QueryError, match="declares other columns") as caught:
        find("topic/half")
    assert caught.value.hint == "In this order: t, g."


def test_a_name_of_the_library_may_be_short_if_it_is_the_only_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last part is enough; where two have it, both are named."""
    text = "#+ summary: All?\n#+ column s: iri, it\nSELECT ?s { ?s a ?c }"
    for name in ("one/same", "two/same", "two/other"):
        path = tmp_path / f"{name}.rq"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(resources, "folder", lambda _: tmp_path)
    assert find("other").name == "two/other"
    assert find("one/same").name == "one/same"
    with pytest.raises(UnknownNameError) as caught:
        find("same")
    assert caught.value.candidates == ("one/same", "two/same")
    with pytest.raises(UnknownNameError) as caught:
        find("ohter")
    assert caught.value.candidates == ("two/other",)


# --- the library ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answers(shipped: Dataset) -> dict[str, Any]:
    """The whole answer of each query of the library."""
    return {name: ask(shipped, find(name)) for name in NAMES}


@pytest.fixture(scope="module")
def shuffled(shipped: Dataset) -> Dataset:
    """The shipped data, put into a store in another order."""
    quads = sorted(shipped.store, key=str)
    random.Random(7).shuffle(quads)
    store = ox.Store()
    for quad in quads:
        store.add(quad)
    return Dataset(store, shipped.about)


def test_there_are_questions_on_each_topic() -> None:
    """Ten at least, on transfers, practices, networks, actors and sources."""
    assert len(NAMES) >= 10
    topics = {name.partition("/")[0] for name in NAMES}
    assert {"transfers", "practices", "networks", "actors", "sources"} <= topics


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_a_query_hold(name: str, shipped: Dataset) -> None:
    """Each example gives as many rows as its header promises, and there is one."""
    query = find(name)
    assert query.examples, "a query shows how it is called"
    for example in query.examples:
        assert example.rows == len(ask(shipped, query, example.values).rows), example


@pytest.mark.parametrize("name", NAMES)
def test_a_query_is_written_by_the_rules(name: str) -> None:
    """Its own prefixes and no others, DISTINCT counts, a total order, kv: classes."""
    query = find(name)
    body = re.sub(r"#.*", "", query.text)
    for prefix, token in query.shape.prefixes.items():
        assert len(re.findall(rf"\b{prefix}:", body)) > 1, f"{prefix}: is not used"
        assert token.text == f"{prefix}:"
    assert not re.search(r"COUNT\s*\(\s*(?!DISTINCT)", body), "COUNT without DISTINCT"
    assert "ORDER" in [span.what for span in query.shape.tail]
    assert re.search(r"\ba\s+(kv:\w+|\?class)", body)
    assert "LIMIT" not in body
    assert all(c.help and c.type for c in query.columns)
    assert len({q.summary for q in map(find, NAMES)}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_unique_and_their_order_is_total(
    name: str, answers: dict[str, Any], shuffled: Dataset
) -> None:
    """Data put in in another order give the same bytes."""
    rows = answers[name].rows
    assert len(rows) == len(set(rows))
    one, two = io.StringIO(), io.StringIO()
    CSV.write(answers[name], one)
    CSV.write(ask(shuffled, find(name)), two)
    assert one.getvalue() == two.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_narrows_and_changes_nothing_else(
    name: str, answers: dict[str, Any], shipped: Dataset
) -> None:
    """Bound, a query gives those rows of the whole answer that have the value: no more, no less."""
    query, whole = find(name), answers[name]
    for parameter in query.parameters:
        place = whole.columns.index(parameter.name)
        values = sorted({row[place] for row in whole.rows})
        if not values:
            continue  # the shipped data have no such case; the village has
        for value in {values[0], values[len(values) // 2], values[-1]}:
            said = shorten(value) if parameter.kind == "choice" else value
            narrowed = ask(shipped, query, {parameter.name: said})
            wanted = tuple(row for row in whole.rows if row[place] == value)
            assert Counter(wanted) == Counter(narrowed.rows), (parameter.name, value)
            if parameter.kind == "iri":
                assert narrowed.head["parameters"] == {parameter.name: value}


def _python(term: Any) -> tuple[str, ...]:
    """Give an RDF term of either engine in one form."""
    if term is None:
        return ("unbound",)
    if isinstance(term, ox.NamedNode):
        return ("iri", term.value)
    if isinstance(term, ox.Literal):
        kind = "" if term.language else term.datatype.value
        return ("literal", term.value, term.language or "", kind.removesuffix("#string"))
    name = type(term).__name__
    if name == "URIRef":
        return ("iri", str(term))
    assert name == "Literal", term
    plain = "http://www.w3.org/2001/XMLSchema"
    kind = "" if term.language else str(term.datatype or plain)
    return ("literal", str(term), term.language or "", kind.removesuffix("#string"))


@pytest.mark.parametrize("name", NAMES)
def test_rdflib_gives_the_same_rows_on_the_village(name: str) -> None:
    """Nothing in a query rests on one engine."""
    dataset = village.dataset()
    query = find(name)
    results = dataset.query(query.text)
    assert isinstance(results, ox.QuerySolutions)
    ours = Counter(tuple(map(_python, row)) for row in results)
    theirs = Counter(tuple(map(_python, row)) for row in dataset.rdflib.query(query.text))
    assert ours == theirs
    # Nothing is wanting in the village; nobody has decided what is the same, or written back.
    if query.topic not in ("check", "analyses") and name != "names/matches":
        assert ours, "the village should have an answer"


def test_relays_of_the_village_are_those_worked_out_by_hand() -> None:
    """Birkton and its youth office gave on what came of the street kitchen.

    Not Varnia: it began to receive (v4) after it had given (v5); and v6 is only planned.
    """
    rows = ask(village.dataset(), find("relays")).rows
    assert {tuple(shorten(str(row[place])) for place in (0, 3, 8)) for row in rows} == {
        ("xb-birkton", "v1", "v2"),
        ("org-birkton-youth", "v2", "v3"),
        ("org-birkton-youth", "v5", "v3"),
    }


def test_modes_of_the_village_are_those_worked_out_by_hand() -> None:
    """v1 and v2 are horizontal, v3, v4 and v6 upward, v5 downward."""
    rows = ask(village.dataset(), find("modes")).rows
    assert {shorten(str(row[0])): row[1] for row in rows} == {
        "kv:HorizontalTransfer": 2, "kv:UpwardTransfer": 3, "kv:DownwardTransfer": 1,
    }  # fmt: skip


# --- against the tables themselves ------------------------------------------------------------


def _table(name: str) -> Iterator[dict[str, str]]:
    """Give the rows of a table of all shipped packages, as they stand in the files."""
    for folder in resources.package_folders():
        path = folder / f"{name}.csv"
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                yield from csv.DictReader(file)


def test_what_a_country_gave_and_took_is_what_the_tables_say(shipped: Dataset) -> None:
    """Counted by hand from the csv files, for every country."""
    things = (*_table("actors"), *_table("networks"))
    countries = {a["id"]: a.get("country") or "" for a in things}
    states = {a["country"]: a["id"] for a in _table("actors") if a["id"].startswith("country-")}
    wanted = set()
    for t in _table("transfers"):
        giver = countries[t["giver"]]
        for receiver in {countries[r.strip()] for r in t["receiver"].split(";")}:
            if giver == receiver and giver:
                wanted.add((states[giver], "within", t["id"]))
                continue
            if giver:
                wanted.add((states[giver], "out", t["id"]))
            if receiver:
                wanted.add((states[receiver], "in", t["id"]))
    rows = ask(shipped, find("of-country")).rows
    assert {(shorten(str(r[0])), r[1], shorten(str(r[2]))) for r in rows} == wanted


def test_pairs_of_states_are_those_of_the_membership_tables(shipped: Dataset) -> None:
    """Two countries share a network if each has a member in it."""
    countries = {a["id"]: a.get("country", "") for a in _table("actors")}
    networks = {n["id"] for n in _table("networks")}
    seated: dict[str, set[str]] = {}
    for m in _table("memberships"):
        if m["network"] in networks and countries[m["actor"]]:
            seated.setdefault(m["network"], set()).add(countries[m["actor"]])
    wanted = Counter(
        pair for codes in seated.values() for pair in itertools.combinations(sorted(codes), 2)
    )
    states = {a["id"]: a["country"] for a in _table("actors") if a["id"].startswith("country-")}
    rows = ask(shipped, find("state-pairs")).rows
    found = {(states[shorten(str(a))], states[shorten(str(b))]): n for a, b, n in rows}
    assert found == wanted


def test_each_source_backs_as_many_records_as_name_it(shipped: Dataset) -> None:
    """The number of rows of all tables that name a source, in any of their columns."""
    wanted: Counter[str] = Counter()
    for folder in resources.package_folders():
        for path in folder.glob("*.csv"):
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    named = ";".join(row.get(c) or "" for c in ("source", "source_a", "source_b"))
                    wanted.update({s for s in named.split(";") if s})
    rows = ask(shipped, find("backing")).rows
    assert {shorten(str(row[0])): row[5] for row in rows} == {
        s["id"]: wanted[s["id"]] for s in _table("sources")
    }


# --- values in, values out --------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["country-fi", "Suomi", "finland", "FIN", mint("actor", "country-fi"), "FINLAND"]
)
def test_a_thing_goes_by_id_label_alias_and_iri(name: str, shipped: Dataset) -> None:
    """However it is named, the same rows come out."""
    rows = ask(shipped, find("of-country"), {"country": name}).rows
    assert {row[0] for row in rows} == {mint("actor", "country-fi")}
    assert len(rows) == 28


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"practice": "es-barcelona"}, r'practice: "es-barcelona" is of kind actor, and one'),
        ({"practice": "nothing like it"}, 'practice: no practice is called "nothing like it"'),
        ({"practice": mint("practice", "nosuch")}, "practice: nothing is known of <https"),
        ({"practice": mint("actor", "es-barcelona")}, "is of kind actor, and one"),
        ({"practice": "http://a b"}, 'practice: "http://a b" is not an IRI'),
        ({"giver": "Barcelona"}, 'giver: "Barcelona" names 2 things'),
    ],
)
def test_an_unknown_name_is_told_with_its_parameter(
    values: dict[str, str], said: str, shipped: Dataset
) -> None:
    """The message says which parameter, and what is wrong with its value."""
    with pytest.raises(UnknownNameError) as caught:
        ask(shipped, find("of-practice"), values)
    assert said in caught.value.message


def test_a_value_of_the_wrong_type_is_told(shipped: Dataset) -> None:
    """Dates, numbers and codes are read before anything is asked."""
    query = read_query(
        "#+ summary: When?\n#+ param day: date, the day\n#+ param lat: number, where\n"
        "#+ param stage: code(stage), how far\n" + PROLOGUE + "PREFIX geo: "
        "<http://www.w3.org/2003/01/geo/wgs84_pos#>\nSELECT ?day ?lat ?stage { ?t "
        "kv:earliestBegin ?day ; kv:giver ?g ; kv:furthestStage ?stage . ?g geo:lat ?lat }",
        "query.rq",
    )
    for values, said in (
        ({"day": "Q3 2019"}, 'day: "Q3 2019" is not'),
        ({"lat": "north"}, 'lat: "north" is not a number'),
        ({"stage": "halfway"}, 'stage: "halfway" is not a code'),
        ({"nosuch": "1"}, "query.rq has no parameter nosuch"),
    ):
        with pytest.raises(QueryError, match=re.escape(said)):
            ask(shipped, query, values)
    whole = ask(shipped, query)
    day, lat, stage = whole.rows[0]
    assert isinstance(day, date)
    narrowed = ask(shipped, query, {"day": day, "lat": lat, "stage": shorten(str(stage))})
    assert set(narrowed.rows) == {(day, lat, stage)}


def test_a_value_cannot_change_the_query(shipped: Dataset) -> None:
    """Values are bound, never pasted: SPARQL in a value is a name that nothing has."""
    evil = 'x" } } UNION { ?class ?thing ?name } #'
    assert ask(shipped, find("things"), {"name": evil}).rows == ()
    with pytest.raises(UnknownNameError):
        ask(shipped, find("of-practice"), {"practice": "> } DROP ALL #"})


@pytest.mark.parametrize(
    ("body", "values", "count"),
    [
        ("SELECT ?t ?giver { ?t a kv:Transfer ; kv:giver ?giver }", {"giver": "es-barcelona"}, 11),
        ("SELECT ?c ?code { ?c a kv:Country ; kv:countryCode ?code }", {"code": "FI"}, 1),
        ("SELECT ?t ?day { ?t a kv:Transfer ; kv:earliestBegin ?day }", {"day": "2012-02-01"}, 0),
        ("SELECT ?s ?n { ?s kv:stageOrder ?n }", {"n": 3}, 1),
        ("SELECT ?m { ?t a kv:Transfer, ?m }", {"m": "kv:UpwardTransfer"}, 10),
    ],
)
def test_a_text_without_header_can_be_narrowed_too(
    body: str, values: dict[str, object], count: int, shipped: Dataset
) -> None:
    """The data tell whether a value is a thing, a text, a number or a date."""
    assert count == len(ask(shipped, own(body), values).rows)


def test_terms_become_values_of_python(shipped: Dataset) -> None:
    """Text stays exact: a decimal keeps its digits, an impossible date its letters."""
    xsd = "http://www.w3.org/2001/XMLSchema#"
    row = ask(
        shipped,
        own(
            "SELECT (<http://example.org/x> AS ?a) (12345678901234567.25 AS ?b) (7 AS ?c) "
            f"('2014-02-28'^^<{xsd}date> AS ?d) ('2014-02-28Z'^^<{xsd}date> AS ?e) (true AS ?f) "
            f"(1e3 AS ?g) ('suo'@fi AS ?h) ('x'^^<{xsd}integer> AS ?i) ('-0044'^^<{xsd}gYear> "
            "AS ?j) (?nothing AS ?k) {}"
        ),
    ).rows[0]
    assert row == (
        "http://example.org/x", Decimal("12345678901234567.25"), 7, date(2014, 2, 28),
        "2014-02-28Z", True, 1000.0, "suo", "x", "-0044", None,
    )  # fmt: skip
    assert [type(cell) for cell in row[:4]] == [Iri, Decimal, int, date]


def test_ask_gives_one_cell(shipped: Dataset) -> None:
    """ASK answers yes or no."""
    assert ask(shipped, own("ASK { ?t a kv:Transfer }")).rows == ((True,),)
    assert ask(shipped, own("ASK { ?t a kv:Project ; kv:giver ?g }")).rows == ((False,),)


def test_a_graph_gives_sorted_triples_with_their_languages(shipped: Dataset) -> None:
    """A graph has no order of its own, and blank nodes no names: both are made."""
    finland = mint("actor", "country-fi")
    table = ask(shipped, own(f"DESCRIBE <{finland}>"))
    assert table.columns == ("subject", "predicate", "object")
    assert {row[0] for row in table.rows} == {finland}
    [suomi] = [row[2] for row in table.rows if row[1].endswith("label") and row[2] == "Suomi"]
    assert isinstance(suomi, Text)
    assert suomi.language == "fi"
    made = own("CONSTRUCT { [] kv:giver ?g } WHERE { ?t a kv:UpwardTransfer ; kv:giver ?g }")
    assert ask(shipped, made).rows == ask(shipped, made).rows


def test_the_head_tells_what_was_asked(shipped: Dataset) -> None:
    """Name, parameters, dataset and number of rows travel with an answer."""
    table = ask(shipped, find("things"), {"thing": "Suomi"})
    assert table.head == {
        "query": "names/things",
        "parameters": {"thing": mint("actor", "country-fi")},
        "dataset": shipped.digest,
        "count": len(table.rows),
    }


def test_a_stream_gives_its_first_rows_before_the_last_are_known(shipped: Dataset) -> None:
    """Rows are not held: of two thousand million, five come at once."""
    began = time.process_time()
    asked = stream(shipped, own("SELECT * { ?a ?b ?c . ?d ?e ?f }"))
    assert len(list(itertools.islice(asked.rows, 5))) == 5
    assert time.process_time() - began < 5


def test_from_is_obeyed(shipped: Dataset) -> None:
    """A query that names its graphs is asked of those alone."""
    for graph, count in (("base", 40), ("urbact-context", 0)):
        body = f"SELECT ?c FROM <https://w3id.org/kvgraph/graph/{graph}> "
        query = own(body + "{ ?c kv:iso3Code ?code }")
        assert count == len(ask(shipped, query).rows)


# --- what is wrong with a text -----------------------------------------------------------------


@pytest.mark.parametrize("path", cases("syntax"))
def test_a_wrong_query_is_told_with_line_column_and_caret(path: Path) -> None:
    """One plain sentence, the line, a caret under the fault, and where possible what to try."""
    text = path.read_text("utf-8")
    with pytest.raises(QueryError) as caught:
        check_query(read_query(text, "query.rq"))
    error = caught.value
    assert expected(path) == told(error)
    if "\n" in error.message:
        *_, shown, caret = error.message.split("\n")
        line = text.split("\n")[error.line - 1]
        assert shown[caret.index("^") :][:1] == line[error.column - 1 :][:1]


def test_the_same_is_told_when_a_dataset_is_asked(shipped: Dataset) -> None:
    """The engine's own words do not come through."""
    with pytest.raises(QueryError) as caught:
        ask(shipped, own("SELECT ?x WHERE { ?x ?y }"))
    assert caught.value.message.startswith('own.rq:2:25: "}" cannot stand here; expected a value')
    assert "0 ..= 9" not in caught.value.message


def _fault(text: str) -> QueryError | None:
    """Give the error of a text, if it has one."""
    try:
        check_query(read_query(text, "q.rq"))
    except QueryError as error:
        return error
    return None


@pytest.mark.parametrize("name", NAMES)
def test_a_query_without_one_of_its_words_never_breaks_the_explanation(name: str) -> None:
    """Take any word out of a query: it can still be read, or what is wrong is told in place."""
    text = find(name).text
    found = tokens(text)
    for token in random.Random(3).sample(found, min(40, len(found))):
        broken = text[: token.start] + text[token.end :]
        try:
            check_query(Query("q", "q.rq", broken))
            error = None
        except QueryError as caught:
            error = caught
        if error is not None:
            assert re.match(r"q\.rq:\d+:\d+: \S", error.message)
            assert 1 <= error.line <= broken.count("\n") + 1
            assert "[_]" not in error.message


@given(st.text(alphabet="SELECT WHERE?x{}()<>\"'.;,\\:#@^_ \n0a", max_size=60))
def test_any_text_at_all_can_be_told_off(text: str) -> None:
    """Reading never crashes, whatever is typed."""
    error = _fault(text)
    assert error is None or error.message


@given(st.text(max_size=80))
def test_tokens_and_gaps_make_up_the_text(text: str) -> None:
    """Nothing is lost, moved or read twice."""
    end = 0
    for token in tokens(text):
        assert text[token.start : token.end] == token.text
        assert token.start >= end
        gap = text[end : token.start]
        assert not re.sub(r"#[^\r\n]*|\s", "", gap)
        end = token.end


def test_a_query_is_taken_apart() -> None:
    """Patterns, blank nodes, groups and what each binds."""
    asked = shape(
        PROLOGUE + "SELECT ?a (COUNT(DISTINCT ?b) AS ?n) FROM <x:g> WHERE {\n"
        ' ?a a kv:X ; kv:b/kv:c* ?b , "é"@fi ; kv:d [ kv:e ?q ] .\n'
        " OPTIONAL { ?a ^kv:x ?y . FILTER(?y > 3) }\n"
        " { ?a kv:k 1 } UNION { ?a kv:l -2.5 . ?z a kv:M }\n"
        " GRAPH ?g { ?a (kv:x|!kv:y)+ _:b } FILTER NOT EXISTS { ?x ?y ?z }\n"
        " BIND(STR(?a) AS ?s) VALUES (?v ?w) { (1 2) }\n"
        " { SELECT ?a (MAX(?u) AS ?m) { ?a kv:u ?u } GROUP BY ?a }\n"
        "} GROUP BY ?a HAVING(COUNT(?b) > 2) ORDER BY ?a LIMIT 10"
    )
    assert asked.form == "SELECT"
    assert asked.projected() == ("a", "n")
    assert {v for v in asked.required() if not v.startswith("_")} == {"a", "b", "g", "q"}
    assert [span.what for span in asked.tail] == ["GROUP", "HAVING", "ORDER", "LIMIT"]
    assert len(asked.froms) == 1
    assert [str(i) for i in asked.where.items[:3]] == [
        "?a a kv:X", "?a kv:b/kv:c* ?b", '?a kv:b/kv:c* "é"@fi',
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_what_a_query_selects_is_what_the_engine_gives(name: str) -> None:
    """The light reading agrees with the engine on every query of the library."""
    query = find(name)
    results = ox.Store().query(query.text)
    assert isinstance(results, ox.QuerySolutions)
    assert tuple(v.value for v in results.variables) == query.shape.projected()


# --- nothing found ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", cases("empty"))
def test_an_empty_answer_explains_itself(path: Path, shipped: Dataset) -> None:
    """What is not there, what does not go together, or what leaves nothing."""
    text = path.read_text("utf-8")
    first = text.partition("\n")[0]
    values = {}
    if first.startswith("# given: "):
        values = dict(part.split("=", 1) for part in shlex.split(first.removeprefix("# given: ")))
    table = ask(shipped, read_query(text, "query.rq"), values)
    assert table.rows == ()
    assert expected(path) == table.empty


def test_a_dataset_without_the_ontology_shows_the_terms_that_it_uses() -> None:
    """An RDF file of one's own need not bring the ontology along."""
    quad = ox.Quad(
        ox.NamedNode(mint("transfer", "t1")),
        ox.NamedNode("https://w3id.org/kvgraph/def#giver"),
        ox.NamedNode(mint("actor", "a1")),
    )
    dataset = Dataset.memory([quad])
    assert ask(dataset, own("SELECT ?t { ?t kv:givr ?g }")).empty == (
        "kv:givr (line 2) is no term of the data, which hold no ontology. Close to it: kv:giver."
    )
    assert ask(Dataset.memory(), own("SELECT ?t { ?t ?p ?o }")).empty == "The dataset is empty."


def test_an_answer_with_rows_explains_nothing(shipped: Dataset) -> None:
    """Only silence is explained."""
    assert ask(shipped, find("modes")).empty == ""


@pytest.mark.parametrize("name", NAMES)
def test_every_query_explains_itself_on_an_empty_dataset(name: str) -> None:
    """On a dataset with nothing in it there is something to say, and nothing breaks."""
    table = ask(Dataset.memory(), find(name))
    assert table.rows == ()
    assert table.empty.endswith(".")


# --- the command line -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The village as an RDF file."""
    path = tmp_path_factory.mktemp("query") / "village.nq"
    path.write_bytes(b"".join(village.dataset().dump()))
    return str(path)


def test_query_answers_by_name_file_and_standard_input(file: str, tmp_path: Path) -> None:
    """One question, asked in three ways."""
    text = PROLOGUE + "SELECT ?giver ?receiver { ?t kv:giver ?giver ; kv:receiver ?receiver }"
    own_file = tmp_path / "own.rq"
    own_file.write_text(text + " ORDER BY ?t")
    done = kvgraph("query", str(own_file), "--giver", "Birkton", "--format", "csv", "--store", file)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "giver,receiver",
        f"{mint('actor', 'xb-birkton')},{mint('actor', 'org-birkton-youth')}",
        f"{mint('actor', 'xb-birkton')},{mint('actor', 'country-xa')}",
    ]
    done = kvgraph("query", "modes", "--format", "jsonl", "--store", file)
    assert [json.loads(line)["transfers"] for line in done.stdout.splitlines()] == [1, 2, 3]


def test_the_table_shows_ids_or_names(file: str) -> None:
    """Ids are short; with --lang things and codes go by their names."""
    line = kvgraph("query", "of-practice", "--giver", "xa-aspby", "--store", file).stdout
    assert re.search(r"p-kitchen +v1 +xa-aspby +xb-birkton", line)
    line = kvgraph("query", "of-practice", "--giver", "xa-aspby", "--lang", "fi", "--store", file)
    assert re.search(r"Katukeittiö +v1 +Haapakylä +Koivula", line.stdout), line.stdout
    assert "otettu käyttöön" in line.stdout


def test_an_empty_answer_is_explained_where_it_does_not_disturb(file: str) -> None:
    """In the table it is what is shown; else it goes to the standard error."""
    words = ("query", "of-practice", "--giver", "xb-birkton", "--receiver", "xa-aspby")
    shown = kvgraph(*words, "--store", file)
    assert shown.stdout.startswith(
        "No row has receiver = xa-aspby, the other values kept; without it there are 3 rows"
    )
    assert shown.stderr == ""
    piped = kvgraph(*words, "--format", "csv", "--store", file)
    assert piped.stdout.count("\n") == 1
    assert piped.stderr.startswith("note: No row has receiver = xa-aspby")
    assert piped.returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["of-practice", "--giver=xa-aspby", "--receiver="], 'no actor or network is called ""'),
        (["of-practice", "--gver", "x"], "transfers/of-practice has no option --gver. It takes"),
        (["modes", "--practice", "x"], "transfers/modes has no option --practice. It takes no"),
        (["of-practise"], "Is it transfers/of-practice or"),
        (["of-practice", "--status", "done"], "'done' is not one of"),
        (["modes", "--format", "ttl"], "only a graph can be written as ttl"),
        (["of-practice", "--giver", "nobody"], 'giver: no actor or network is called "nobody"'),
        ([], "Missing argument 'NAME|FILE|-'"),
    ],
)
def test_a_wrong_call_gets_words_and_exit_code_2(words: list[str], said: str, file: str) -> None:
    """Nothing is written to the standard output."""
    done = kvgraph("query", *words, "--store", file)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_file_that_is_not_utf8_is_told_by_line(tmp_path: Path, file: str) -> None:
    """Broken letters are a fault of the input."""
    path = tmp_path / "latin.rq"
    path.write_bytes(b"SELECT ?x\nWHERE { ?x ?y '\xe5bo' }")
    done = kvgraph("query", str(path), "--store", file)
    assert done.returncode == 2
    assert f"{path}:2: is not UTF-8" in done.stderr


def test_help_of_a_query_lists_its_parameters_columns_and_examples(file: str) -> None:
    """What the header says is what --help says."""
    done = kvgraph("query", "of-country", "--help", "--store", file)
    assert done.returncode == 0
    for words in ("What came into a country", "--country THING", "direction  in, out or within"):
        assert words in done.stdout
    assert "kvgraph query transfers/of-country --country Finland" in done.stdout


def test_queries_lists_and_shows() -> None:
    """Every query by topic with its summary, as a table and as JSON; and its text as it is."""
    done = kvgraph("queries")
    assert done.returncode == 0
    for name in NAMES:
        topic, _, last = name.partition("/")
        assert re.search(rf"^{topic}$", done.stdout, re.MULTILINE)
        assert re.search(rf"^  {last} +{re.escape(find(name).summary)}$", done.stdout, re.MULTILINE)
    listed = json.loads(kvgraph("queries", "--format", "json").stdout)["rows"]
    assert [row["name"] for row in listed] == list(NAMES)
    text = resources.folder("queries").joinpath("transfers/modes.rq").read_text("utf-8")
    assert kvgraph("queries", "show", "modes").stdout == text
    missing = kvgraph("queries", "show", "nosuch")
    assert (missing.returncode, missing.stdout) == (2, "")


def test_a_failing_question_leaves_the_output_as_it_was(tmp_path: Path, file: str) -> None:
    """An answer is written aside and takes the file's place only when it is whole."""
    output = tmp_path / "out.ttl"
    output.write_text("as it was")
    done = kvgraph("query", "modes", "--format", "ttl", "-o", str(output), "--store", file)
    assert done.returncode == 2
    assert output.read_text() == "as it was"
    assert [p.name for p in tmp_path.iterdir()] == ["out.ttl"]


def test_kinds_named_in_headers_are_those_that_come_out(answers: dict[str, Any]) -> None:
    """A column declared iri(actor) holds actors alone, and so on for every type."""
    types = {"text": str, "date": date, "number": (int, Decimal), "flag": bool}
    for name, table in answers.items():
        for place, column in enumerate(find(name).columns):
            match = re.search(rf"column {column.name}: \w+\(([^)]*)\)", find(name).text)
            of = {k.strip() for k in match[1].split(",")} if match else set()
            for value in {row[place] for row in table.rows} - {None}:
                if column.type == "iri":
                    assert isinstance(value, Iri), (name, column.name, value)
                    assert not of or kind_of(value) in of, (name, column.name, value)
                elif column.type == "code":
                    assert f"/voc/{match[1] if match else ''}/" in value, (name, value)
                else:
                    assert isinstance(value, types[column.type]), (name, column.name, value)
                    assert not isinstance(value, Iri), (name, column.name, value)
