"""The shapes give the same rows whoever applies them, and soon.

pySHACL on everything is the reference. It is compared with pyrudof on everything, and with what
``kvgraph check`` does: an engine that looks only at the things that can break a shape.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner
from rdflib.namespace import SH

import shipped
import village
from kvgraph import resources
from kvgraph.cli.check import COMMAND
from kvgraph.errors import KvgraphError
from kvgraph.graph import shapes
from kvgraph.graph.columns import columns, without
from kvgraph.graph.shapes import ENGINES, validate
from kvgraph.graph.suspects import questions, suspects, unlike, unordered
from kvgraph.namespaces import KV, PREFIXES

CASES = Path(__file__).resolve().parent / "cases" / "ontology"
XSD = PREFIXES["xsd"]
SPARQL = b"<http://www.w3.org/ns/shacl#sparql>"

rudof = pytest.importorskip("pyrudof", reason="pyrudof, the faster engine, is not installed")

QUERIES_SAY = {
    "Part": "Asia ei voi olla osa itseään edes muiden kautta.",
    "Stages": "Myöhempi vaihe on päivätty ennen aiempaa.",
}


def store(*files: Path) -> ox.Store:
    """Read Turtle files with the ontology and the code lists into one store."""
    read = ox.Store()
    for file in (*resources.ontology_files(), *files):
        read.load(path=str(file), format=ox.RdfFormat.TURTLE)
    return read


def of(text: str) -> ox.Store:
    """Read a little Turtle, of which everything but the prefixes is given, in the same way."""
    read = store()
    prefixes = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in PREFIXES.items())
    read.load(input=f"{prefixes}@prefix : <http://e/> .\n{text}", format=ox.RdfFormat.TURTLE)
    return read


def demands(file: Path | None = None) -> dict[bytes, dict[bytes, list[bytes]]]:
    """Give the columns of shapes."""
    read = ox.parse(path=str(file or resources.shapes_file()), format=ox.RdfFormat.TURTLE)
    lines = ox.serialize((q.triple for q in read), format=ox.RdfFormat.N_TRIPLES)
    assert lines is not None
    return columns(lines)


def asked_of_engines() -> dict[bytes, dict[bytes, list[bytes]]]:
    """Give the shapes without their queries, which the store itself is asked."""
    found = demands()
    return without(found, frozenset((shape, SPARQL) for shape in found[SPARQL]))


def data_of(read: ox.Store) -> dict[bytes, dict[bytes, list[bytes]]]:
    """Give the columns of all graphs of a store."""
    lines = ox.serialize((q.triple for q in read), format=ox.RdfFormat.N_TRIPLES)
    assert lines is not None
    return columns(lines)


def agreed(read: ox.Store, **asked: Any) -> tuple[tuple[Any, ...], ...]:
    """Give the rows of all engines, which must be the same."""
    found = {engine: validate(read, engine=engine, **asked) for engine in ENGINES}
    reference = found["pyshacl"]
    for engine, table in found.items():
        assert Counter(table.rows) == Counter(reference.rows), engine
        assert table.rows == reference.rows, engine
        assert table.head["violations"] == reference.head["violations"]
    return reference.rows


@pytest.mark.parametrize("lang", ["en", "fi", "sv"])
def test_every_engine_says_the_same_of_the_village(lang: str) -> None:
    """Row for row, in every language."""
    assert agreed(village.dataset().store, lang=lang) == ()


def test_every_engine_says_the_same_of_the_shipped_data() -> None:
    """Row for row; and hardly anything has to be looked at."""
    read = shipped.dataset().store
    rows = agreed(read)
    assert {row[0] for row in rows} == {"warning"}
    doubtful = suspects(data_of(read), asked_of_engines())
    assert doubtful is not None
    assert {f"<{row[1]}>".encode() for row in rows} == doubtful


@pytest.mark.parametrize("lang", ["en", "fi", "sv"])
def test_every_engine_says_the_same_of_all_faulty_cases(lang: str) -> None:
    """Each constraint of the shapes has a case that breaks it, and every engine finds each."""
    cases = sorted((CASES / "shapes").glob("*.ttl"))
    rows = agreed(store(CASES / "good.ttl", *cases), lang=lang)
    assert len({row[5] for row in rows}) > 140
    assert len(rows) >= len(cases)


def test_the_reference_is_pyshacl_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Called plainly it gives the same, and besides the two results on values without order."""
    # A value is told as the store writes it, not as rdflib would.
    monkeypatch.setattr(rdflib.term.rdflib, "NORMALIZE_LITERALS", False)
    cases = sorted((CASES / "shapes").glob("*.ttl"))
    read = store(CASES / "good.ttl", *cases)
    import pyshacl

    lines = ox.serialize((q.triple for q in read), format=ox.RdfFormat.N_TRIPLES)
    assert lines is not None
    graph = rdflib.Graph().parse(data=lines.decode(), format="nt")
    _, report, _ = pyshacl.validate(
        graph, shacl_graph=rdflib.Graph().parse(resources.shapes_file()), inplace=True
    )
    assert isinstance(report, rdflib.Graph)
    theirs: Counter[Any] = Counter()
    for result in report.objects(None, SH.result):
        keys = ("resultSeverity", "focusNode", "resultPath", "value", "sourceShape")
        values = {key: report.value(result, SH[key]) for key in keys}
        messages = {
            message.language: str(message)
            for message in report.objects(result, SH.resultMessage)
            if isinstance(message, rdflib.Literal)
        }
        severity, thing, path, value, shape = (
            None if node is None else str(node) for node in values.values()
        )
        assert severity is not None
        # The message of a query comes without its language.
        said = messages.get("fi") or QUERIES_SAY[str(shape).rpartition("#")[2]]
        theirs[severity.rpartition("#")[2].lower(), thing, path, value, said, shape] += 1
    ours = Counter(validate(read, "fi", engine="pyshacl").rows)
    assert dict(ours - theirs) == {}
    assert sorted((row[1].rpartition("/")[2], row[3]) for row in theirs - ours) == [
        ("leaving-datatype", "2004-05-01"),  # against a text that is no day
        ("public-funding-datatype", "much"),  # against the number 0
    ]


ODD = [
    *(
        ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))
        for text, datatype in (
            ("abc", "date"), ("2019-02-29", "date"), ("2018-01-01", "date"),
            ("2018-01-01Z", "date"), ("2018-01-01+02:00", "date"), ("12018-01-01", "date"),
            ("-0001-01-01", "date"), ("2018-01-01T00:00:00", "dateTime"), ("2018", "gYear"),
            ("5", "integer"), ("05", "integer"), ("-1", "integer"), ("9" * 40, "integer"),
            ("5.0", "decimal"), ("0.50", "decimal"), ("abc", "decimal"), ("NaN", "double"),
            ("1e0", "double"), ("true", "boolean"), ("no <address>", "anyURI"),
            ("5", "nonNegativeInteger"),
        )
    ),
    *(ox.Literal(text) for text in ("x", "", " fi ", "FI", "FI\n", "ÄÖ", 'a"b\\c\nd', "FI@en")),
    *(ox.Literal("x", language=tag) for tag in ("en", "fi", "en-GB", "et")),
    ox.Literal("q", datatype=ox.NamedNode("http://e/datatype")),
    ox.NamedNode("http://e/nothing"), ox.BlankNode("b0"), ox.BlankNode("b1"),
    ox.NamedNode("https://w3id.org/kvgraph/voc/status/planned"),
]  # fmt: skip
"""Values that stand where others should, among them what the engines judge differently."""


def damaged(seed: int) -> ox.Store:
    """Give the example of everything with some statements taken away, changed or added."""
    chance = random.Random(seed)
    good = sorted(
        (q.triple for q in ox.parse(path=str(CASES / "good.ttl"), format=ox.RdfFormat.TURTLE)),
        key=str,
    )
    kept = {str(t): t for t in good}
    things = sorted({t.subject for t in good}, key=str)
    for _ in range(chance.randint(1, 25)):
        triple = chance.choice(good)
        other = chance.choice([*ODD, *chance.sample(things, 5)])
        how = chance.random()
        if how < 0.6:
            kept.pop(str(triple), None)
        subject: Any = triple.subject
        if how >= 0.9:
            subject = ox.BlankNode(f"b{chance.randint(0, 2)}")
        elif how >= 0.8:
            triple = ox.Triple(subject, chance.choice(good).predicate, triple.object)
        if how >= 0.2:
            new = ox.Triple(subject, triple.predicate, other)
            kept[str(new)] = new
    read = store()
    read.extend(ox.Quad(t.subject, t.predicate, t.object) for t in kept.values())
    return read


@pytest.mark.parametrize("first", range(0, 12, 4))
def test_every_engine_says_the_same_of_damaged_data(first: int) -> None:
    """Odd values, blank nodes and things without a name are judged alike, and nobody stops."""
    rows = [row for seed in range(first, first + 4) for row in agreed(damaged(seed))]
    assert len(rows) > 10


def test_what_has_no_order_is_not_asked_for_it() -> None:
    """A word where a day should be is told once: that it is no day."""
    read = of(
        ':m a kv:Membership ; kv:earliestBegin "soon" ; kv:latestBegin "2018-01-01"^^xsd:date .'
    )
    rows = [row for row in agreed(read) if row[5].endswith("#earliest-begin")]
    assert [row[3] for row in rows] == ["soon"]
    assert unordered(data_of(read), demands()).keys() == {b"<http://e/m>"}


def test_a_day_before_another_is_told_by_all() -> None:
    """The order of days that are days is asked, also where another value of the thing has none."""
    read = of(
        ':m a kv:Membership ; kv:earliestBegin "2019-01-01"^^xsd:date ;'
        ' kv:latestBegin "2018-01-01"^^xsd:date ; kv:latestEnd "late" .'
    )
    rows = [row for row in agreed(read) if row[5].endswith("#earliest-begin")]
    assert [row[3] for row in rows] == ["2019-01-01"]


def test_pyrudof_still_judges_some_values_otherwise() -> None:
    """When this fails a new pyrudof agrees, and ``unlike`` can go."""
    read = of(
        ':t a kv:Transfer ; kv:status "adopted" . :m kv:earliestBegin "2019-02-29"^^xsd:date .'
    )
    assert unlike(data_of(read), demands()) == {b"<http://e/t>", b"<http://e/m>"}
    lines = ox.serialize((q.triple for q in read), format=ox.RdfFormat.N_TRIPLES)
    assert lines is not None
    written = resources.shapes_file().read_text("utf-8")
    session = rudof.Rudof()
    session.read_data(lines.decode(), format=rudof.RDFFormat.NTriples)
    session.read_shacl(written)
    plain = {(e.focus_node, e.source_shape.rpartition("#")[2]) for e in session.validate_shacl()}
    assert {("http://e/t", "status"), ("http://e/m", "earliest-begin")}.isdisjoint(plain)
    rows = {(row[1], row[5].rpartition("#")[2]) for row in agreed(read)}
    assert {("http://e/t", "status"), ("http://e/m", "earliest-begin")} <= rows


def test_shapes_with_an_unknown_demand_are_applied_to_everything(tmp_path: Path) -> None:
    """What cannot be narrowed is looked at as a whole, and gives the same."""
    file = tmp_path / "shapes.ttl"
    file.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix kv: <https://w3id.org/kvgraph/def#> ."
        ' <http://e/s> a sh:NodeShape ; sh:targetClass kv:Alias ; sh:message "m"@en ;'
        ' sh:property [ sh:path kv:aliasText ; sh:maxLength 3 ; sh:message "short"@en ] .'
    )
    read = of(':a a kv:Alias ; kv:aliasText "long" . :b a kv:Alias ; kv:aliasText "abc" .')
    assert suspects(data_of(read), demands(file)) is None
    rows = {validate(read, shapes=file, engine=e).rows[0][:5] for e in ENGINES}
    assert rows == {("violation", "http://e/a", KV + "aliasText", "long", "short")}


def test_the_shapes_of_the_ontology_are_all_known() -> None:
    """So that nobody waits: only where each demand is known is anything narrowed."""
    assert len(list(questions(data_of(store()), demands()))) == len(demands()[SPARQL])
    assert suspects(data_of(store()), asked_of_engines()) == set()


def test_a_demand_can_be_left_out() -> None:
    """Only that of the shape that is named."""
    shape = b"<https://w3id.org/kvgraph/shapes#giver>"
    parameter = b"<http://www.w3.org/ns/shacl#maxCount>"
    before = demands()
    after = without(before, frozenset({(shape, parameter)}))
    assert shape in before[parameter]
    assert before[parameter].keys() - after[parameter].keys() == {shape}
    assert {k: v for k, v in before.items() if k != parameter} == {
        k: v for k, v in after.items() if k != parameter
    }


def test_only_some_things_can_be_asked_about() -> None:
    """Results on other things are not given, whoever applies the shapes."""
    read = of(":a a kv:Alias . :b a kv:Alias . _:c a kv:Alias .")
    rows = agreed(read, only=[ox.NamedNode("http://e/a")])
    assert {row[1] for row in rows} == {"http://e/a"}
    assert agreed(read, only=[]) == ()
    assert {row[1][:2] for row in agreed(read)} == {"ht", "_:"}


def test_without_pyrudof_pyshacl_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is the same and names it; to ask for pyrudof by name is an error with a hint."""
    read = of(":a a kv:Alias .")
    fast = validate(read)
    assert str(fast.head["engine"]).startswith("pyrudof ")
    monkeypatch.setattr(shapes, "find_spec", lambda _: None)
    slow = validate(read)
    assert slow.rows == fast.rows
    assert str(slow.head["engine"]).startswith("pySHACL ")
    with pytest.raises(KvgraphError) as caught:
        validate(read, engine="rudof")
    assert "kvgraph[fast]" in caught.value.hint


def test_values_of_rdf_1_2_do_not_stop_it() -> None:
    """A triple as a value is passed over by all."""
    read = of(':a a kv:Alias ; kv:aliasText "x"@en--ltr , "y" ; kv:about <<( :a :b :c )>> .')
    assert "alias-text" in {row[5].rpartition("#")[2] for row in agreed(read)}


def test_check_offers_the_engines_and_names_the_one_that_worked(tmp_path: Path) -> None:
    """On the standard error and in the head of the answer; the findings are the same."""
    (option,) = (p for p in COMMAND.params if p.name == "engine")
    assert tuple(option.type.choices) == ENGINES  # type: ignore[attr-defined]
    file = tmp_path / "data.ttl"
    file.write_text(f"<http://e/a> a <{KV}Alias> .")
    answers = []
    for engine, name in (("auto", "pyrudof "), ("rudof", "pyrudof "), ("pyshacl", "pySHACL ")):
        arguments = ["--store", str(file), "--engine", engine, "--format", "json"]
        done = CliRunner().invoke(COMMAND, arguments, standalone_mode=False)
        assert done.return_value == 1
        assert f"the shapes were checked by {name}" in done.stderr
        answer = json.loads(done.stdout)
        assert answer.pop("engine").startswith(name)
        answers.append(answer)
    assert answers[0] == answers[1] == answers[2]
