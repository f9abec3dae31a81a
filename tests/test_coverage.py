"""How much is known: counted by hand and by SPARQL, and told under every picture and export."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

import village
from kvgraph import registry
from kvgraph.coverage import DIMENSIONS, coverage, failures, line, summary, tell_failures
from kvgraph.coverage.knowing import OUTCOMES
from kvgraph.dates import read_date
from kvgraph.diagram import draw_transfers, frame
from kvgraph.model import Diagram, Exporter, Iri, Record, Table
from kvgraph.namespaces import PREFIXES, VOC, mint
from kvgraph.selection import select, selection
from kvgraph.store import Dataset, create
from kvgraph.view import explorer, matrix, timeline
from kvgraph.words import word
from shipped import built

CASES: Final = Path(__file__).with_name("cases") / "coverage"
LANGUAGES: Final = ("fi", "sv", "en")
EXPORTERS: Final[Mapping[str, Exporter]] = {
    name: registry.entry("export", name, "EXPORTER") for name in registry.names("export")
}
DIAGRAMS: Final = tuple(n for n, e in EXPORTERS.items() if e.write_diagram)
STATEMENTS: Final = tuple(n for n, e in EXPORTERS.items() if e.write_quads)
UNREMARKED: Final = ("json-ld", "n-quads")
"""The formats that have no place for a remark."""


def counted(dataset: Dataset, *dimensions: str, lang: str = "en", **options: Any) -> Table:
    """Give what is counted of what the options select."""
    chosen = select(dataset, selection(dataset, **options), ("transfer",))
    return coverage(dataset, chosen, lang, dimensions or DIMENSIONS)


def rows_of(table: Table, dimension: str) -> dict[Any, dict[str, Any]]:
    """Give the rows of a dimension by their value, by their name where they have none."""
    rows = [row for row in table.records() if row["dimension"] == dimension]
    found = {row["value"] if row["value"] is not None else row["label"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def asked(dataset: Dataset, query: str) -> list[tuple[str, ...]]:
    """Give the rows that SPARQL finds."""
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    rows: Any = dataset.query(prefixes + query)
    return [tuple("" if cell is None else cell.value for cell in row) for row in rows]


_CHANGED: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("transfers", "v1"): {"status": "refused"},
    ("transfers", "v2"): {"status": "visited", "start": None},
    ("transfers", "v3"): {"status": "abandoned"},
    ("transfers", "v4"): {"status": "outcome unknown", "start": None, "end": None},
    ("transfers", "v5"): {"status": "in progress", "start": None},
    ("transfers", "v6"): {
        "status": None, "status_as_of": None, "start": read_date("2014/2016"),
    },
    ("sources", "s-diary"): {"language": None},
    ("practices", "p-harbour"): {"origin_date": None},
}  # fmt: skip


@cache
def failing() -> Dataset:
    """Give a village in which much came to nothing, and much is not known.

    SYNTHETIC. v1 was refused; v3 had been embedded and was given up; of v2, v4 and v5 no source
    says more than that they were visited, with three statuses; v6 has no status. v4 has no date;
    v5 ended in 2012 and its practice is of 2010; v2 has an end, and its practice no origin. Of
    the diary nothing says in what language it is.
    """

    def changed(record: Record) -> Record:
        new = _CHANGED.get((record.table, record.values.get("id", "")), {})
        values = {**record.values, **new}
        return replace(record, values={k: v for k, v in values.items() if v is not None})

    package = village.package()
    return Dataset(built(replace(package, records=tuple(map(changed, package.records)))))


# --- by hand ------------------------------------------------------------------------------------


def test_the_village_is_counted_by_hand() -> None:
    """Each state, year, programme and language, those with nothing too; a plan is no failure."""
    with (CASES / "village.csv").open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file))
    table = counted(village.dataset())
    found = [
        {name: "" if row[name] is None else str(row[name]) for name in wanted[0]}
        for row in table.records()
    ]
    assert found == wanted
    head = table.head
    names = ("transfers", "sources", "languages", "first", "last")
    assert [head[name] for name in names] == [6, 2, 1, 2011, 2025]
    assert (head["undated"], head["states"], head["without"]) == (0, 1, 0)
    assert str(head["horizon"]) == "2025-11-30"
    assert head["dataset"] == village.dataset().digest
    assert table.empty == ""


def test_failures_and_gaps_are_counted_by_hand() -> None:
    """What was refused, given up, visited only, of no status, without a date or a language."""
    table = counted(failing())
    outcomes = {name: table.head[name] for name in (*OUTCOMES, "under_way", "unknown", "undated")}
    assert outcomes == {
        "adopted": 0, "piloted": 0, "visited_only": 3, "planned": 0, "abandoned": 1, "refused": 1,
        "no_status": 1, "under_way": 1, "unknown": 1, "undated": 1,
    }  # fmt: skip
    years = rows_of(table, "year")
    names = ("transfers", "in_any_case", "failures", "undated")
    assert {year: tuple(row[n] for n in names) for year, row in years.items()} == {
        2010: (1, 0, (), 0),
        2011: (1, 0, (), 0),
        2012: (2, 1, ("v1",), 0),
        2013: (0, 0, (), 0),
        2014: (1, 0, (), 0),
        2015: (2, 1, ("v3",), 0),
        2016: (1, 0, (), 0),
        "begun at some time unknown": (1, None, (), 0),
        "undated": (1, None, (), 1),
    }
    assert years[2012]["failure_sources"] == ("s-diary",)
    languages = rows_of(table, "language")
    counts = {k: (r["sources"], r["transfers"], r["recorded"]) for k, r in languages.items()}
    assert counts == {"en": (1, 4, 1), "unknown": (1, 3, None)}
    # v1 and v3 failed; v3 went from the office, which acts for Birkton, to Oreland.
    states = rows_of(table, "state")
    assert states["XA"]["failures"] == ("v1",)
    assert states["XB"]["failures"] == ("v1", "v3")
    assert states["XB"]["failure_sources"] == ("s-diary", "s-letter")


def test_failures_are_listed_with_their_sources() -> None:
    """By outcome; what was given up says how far it had come, and dates stay as worded."""
    dataset = failing()
    table = failures(dataset, select(dataset, selection(dataset), ("transfer",)))
    names = ("outcome", "transfer", "status", "stage", "start", "end", "sources")
    assert [tuple(row[n] for n in names) for row in table.records()] == [
        ("refused", "v1", "refused", None, "2012", "2013", ("s-diary",)),
        ("abandoned", "v3", "abandoned", "embedded", "2015-05", "2018", ("s-letter",)),
        ("visited_only", "v2", "visited", "visited", None, "2015-06", ("s-letter",)),
        ("visited_only", "v4", "outcome unknown", "visited", None, None, ("s-diary",)),
        ("visited_only", "v5", "in progress", "visited", None, "2012", ("s-letter",)),
    ]
    first = next(table.records())
    assert (first["giver"], first["giver_label"]) == ("xa-aspby", "Aspby")
    assert (first["practice"], first["receiver_label"]) == ("p-kitchen", "Birkton")
    assert first["urls"] == ("https://example.org/diary",)
    assert [s["id"] for s in table.head["sources"]] == ["s-diary", "s-letter"]  # type: ignore[index, union-attr]
    text = tell_failures(table)
    assert "Abandoned: 1\n  v3: Harbour kitchen, Birkton Youth Office → Oreland\n" in text
    assert "status: abandoned (2018-05); had reached: embedding; sources: s-letter" in text
    assert "undated; status: outcome unknown (2014-12-31); sources: s-diary" in text
    assert "s-diary: Diary of the street kitchen, https://example.org/diary" in text


def test_without_rules_the_status_speaks() -> None:
    """RDF from elsewhere may hold no derived stage: what a source states counts all the same."""
    derived = "https://w3id.org/kvgraph/graph/derived/"
    quads = [q for q in failing().store if not q.graph_name.value.startswith(derived)]  # type: ignore[union-attr]
    told = counted(Dataset.memory(quads), "year").head
    # Without it attainments do not count, and v3 was given up anyway.
    assert [told[name] for name in OUTCOMES] == [0, 0, 3, 0, 1, 1, 1]


# --- a blank is told from a zero ----------------------------------------------------------------


def test_a_state_without_a_transfer_has_its_row(shipped: Dataset) -> None:
    """Every member state stands there; of Malta things are recorded, but no transfer."""
    states = rows_of(counted(shipped), "state")
    members = asked(shipped, "SELECT DISTINCT ?c { ?s a kv:MemberState ; kv:countryCode ?c }")
    codes = {row[0] for row in members}
    assert len(codes) == 28
    assert codes <= set(states)
    zeros = {code for code in codes if states[code]["transfers"] == 0}
    rows = asked(
        shipped,
        """SELECT DISTINCT ?c { ?s a kv:MemberState ; kv:countryCode ?c
          FILTER NOT EXISTS { ?t kv:practice ?p ; kv:giver|kv:receiver ?a . ?a kv:country ?s } }""",
    )
    assert zeros == {row[0] for row in rows} == {"MT"}
    assert states["MT"]["recorded"] > 0
    assert states["MT"]["note"] == "no known transfer, which is not the same as no transfer"
    assert states["MT"]["thing"] == mint("actor", "country-mt")
    # Member states first, then the others; what has a transfer has no note.
    assert [code in codes for code in states] == sorted((c in codes for c in states), reverse=True)
    assert all((row["note"] == "") == (row["transfers"] > 0) for row in states.values())


def test_three_kinds_of_nothing(shipped: Dataset) -> None:
    """Nothing selected, no transfer known, and nothing recorded at all are told apart."""
    table = counted(shipped, country=["MT"])
    states, programmes = rows_of(table, "state"), rows_of(table, "programme")
    assert states["FI"]["note"] == "none among what was selected; in all the data: 28"
    assert states["FI"]["in_all"] == 28
    assert states["MT"]["note"].startswith("no known transfer")
    assert programmes["pg-uia"]["recorded"] == 0
    assert programmes["pg-uia"]["note"] == "nothing at all is recorded here: a blank, not a zero"
    assert table.empty == "No record meets all of: Country MT."
    assert rows_of(table, "year") == {}


def test_an_empty_dataset_is_explained() -> None:
    """No state, no year, nothing: and it says so."""
    table = counted(Dataset.memory())
    assert (table.rows, table.empty) == ((), "The dataset holds no transfer.")
    told = str(table.head["coverage"])
    assert "Transfers: 0; sources: 0" in told
    assert "No last known day is given." in told
    assert "Member states" not in told
    assert failures(Dataset.memory(), select(Dataset.memory(), selection(Dataset.memory()))).empty


def test_nothing_failed_is_not_taken_for_success() -> None:
    """In the village no failure is recorded; the answer says what that does not mean."""
    dataset = village.dataset()
    table = failures(dataset, select(dataset, selection(dataset)))
    assert table.rows == ()
    assert "None of the 6 transfers" in table.empty
    assert "not to say that none failed" in table.empty
    assert tell_failures(table) == table.empty


# --- by SPARQL ----------------------------------------------------------------------------------


def test_states_are_counted_as_sparql_does(shipped: Dataset) -> None:
    """Gave, received and both, by the country that a rule gives every actor."""
    rows = asked(
        shipped,
        """SELECT ?t ?side ?code {
          ?t kv:giver ?g ; kv:receiver ?r ; kv:practice ?p .
          { ?t kv:giver ?a BIND("gave" AS ?side) } UNION
          { ?t kv:receiver ?a BIND("received" AS ?side) }
          OPTIONAL { ?a kv:country/kv:countryCode ?code }
        }""",
    )
    wanted: dict[str, dict[str, set[str]]] = {}
    for transfer, side, code in rows:
        sides = wanted.setdefault(code or "no state", {"gave": set(), "received": set()})
        sides[side].add(transfer)
    states = rows_of(counted(shipped), "state")
    found = {k: (r["gave"], r["received"], r["transfers"]) for k, r in states.items()}
    assert {k: v for k, v in found.items() if v[2]} == {
        k: (len(s["gave"]), len(s["received"]), len(s["gave"] | s["received"]))
        for k, s in wanted.items()
    }


def test_outcomes_are_counted_as_sparql_does(shipped: Dataset) -> None:
    """By the stage that a rule gives, and by the two statuses that have none."""
    rows = asked(
        shipped,
        """SELECT ?t ?status ?order {
          ?t kv:giver ?g ; kv:receiver ?r ; kv:status/skos:notation ?status .
          OPTIONAL { ?t kv:furthestStage/kv:stageOrder ?order }
        }""",
    )
    wanted: dict[str, set[str]] = {}
    named = {"0": "planned", "1": "visited_only", "2": "piloted"}
    for transfer, status, order in rows:
        failed = status in ("abandoned", "refused")
        wanted.setdefault(status if failed else named.get(order, "adopted"), set()).add(transfer)
    table = counted(shipped)
    assert {n: table.head[n] for n in OUTCOMES if table.head[n]} == {
        name: len(ids) for name, ids in wanted.items()
    }
    assert table.head["abandoned"] == 5
    assert table.head["transfers"] == 281
    abandoned = {
        row["transfer"]
        for row in failures(shipped, select(shipped, selection(shipped))).records()
        if row["outcome"] == "abandoned"
    }
    assert {mint("transfer", str(t)) for t in abandoned} == wanted["abandoned"]


def test_years_are_counted_as_sparql_does(shipped: Dataset) -> None:
    """In each year between the bounds of the start; what has no start stands apart, or later."""
    rows = asked(
        shipped,
        """SELECT DISTINCT ?t ?first ?last { ?t kv:giver ?g ; kv:receiver ?r ;
          kv:earliestBegin ?first ; kv:latestBegin ?last . }""",
    )
    wanted: dict[int, set[str]] = {}
    for transfer, first, last in rows:
        for year in range(int(first[:4]), int(last[:4]) + 1):
            wanted.setdefault(year, set()).add(transfer)
    years = rows_of(counted(shipped), "year")
    without = {
        row[0]
        for row in asked(
            shipped,
            """SELECT DISTINCT ?t { ?t kv:giver ?g ; kv:receiver ?r ; kv:practice ?p .
              FILTER NOT EXISTS { ?t kv:earliestBegin ?b } FILTER EXISTS { ?t kv:latestEnd ?e }
              FILTER NOT EXISTS { ?p kv:earliestOrigin ?o } }""",
        )
    }
    undated = asked(
        shipped,
        """SELECT DISTINCT ?t { ?t kv:giver ?g ; kv:receiver ?r .
          FILTER NOT EXISTS { ?t kv:startAsWorded|kv:endAsWorded ?w } }""",
    )
    assert years["begun at some time unknown"]["transfers"] == len(without) == 13
    assert years["undated"]["transfers"] == years["undated"]["undated"] == len(undated) == 12
    # One has an end and a practice with an origin, so it may have begun in any year between.
    [(first, last)] = asked(
        shipped,
        """SELECT DISTINCT ?first ?last { ?t kv:practice/kv:earliestOrigin ?first ;
          kv:latestEnd ?last ; kv:giver ?g . FILTER NOT EXISTS { ?t kv:earliestBegin ?b } }""",
    )
    for year in range(int(first[:4]), int(last[:4]) + 1):
        wanted.setdefault(year, set()).add("it")
    found = {y: r["transfers"] for y, r in years.items() if isinstance(y, int)}
    assert {y: n for y, n in found.items() if n} == {y: len(ids) for y, ids in wanted.items()}
    assert list(found) == list(range(min(wanted), max(wanted) + 1))
    assert 0 in found.values()


def test_programmes_are_counted_as_sparql_does(shipped: Dataset) -> None:
    """By what a transfer went through, up to the whole of which its programme is a part."""
    rows = asked(
        shipped,
        """SELECT DISTINCT ?id ?t { ?t kv:giver ?g ; kv:receiver ?r ;
          kv:via|kv:giver|kv:receiver ?v . ?v kv:underProgramme/dcterms:isPartOf* ?p .
          ?p a kv:Programme ; dcterms:identifier ?id . }""",
    )
    wanted: dict[str, set[str]] = {}
    for programme, transfer in rows:
        wanted.setdefault(programme, set()).add(transfer)
    programmes = rows_of(counted(shipped), "programme")
    found = {p: r["transfers"] for p, r in programmes.items() if r["value"] and r["transfers"]}
    assert found == {programme: len(ids) for programme, ids in wanted.items()}
    under = {t for ids in wanted.values() for t in ids}
    assert programmes["no programme known"]["transfers"] == 281 - len(under)


def test_languages_are_counted_as_sparql_does(shipped: Dataset) -> None:
    """By the sources of transfers; languages whose sources back none stand there with 0."""
    rows = asked(
        shipped,
        """SELECT ?code ?s ?t { ?t kv:giver ?g ; kv:receiver ?r ; dcterms:source ?s .
          OPTIONAL { ?s dcterms:language ?code } }""",
    )
    wanted: dict[str, tuple[set[str], set[str]]] = {}
    for code, source, transfer in rows:
        sources, transfers = wanted.setdefault(code or "unknown", (set(), set()))
        sources.add(source)
        transfers.add(transfer)
    languages = rows_of(counted(shipped), "language")
    found = {k: (r["sources"], r["transfers"]) for k, r in languages.items() if r["transfers"]}
    assert found == {k: (len(s), len(t)) for k, (s, t) in wanted.items()}
    held = asked(shipped, "SELECT DISTINCT ?l { ?s a kv:Source ; dcterms:language ?l }")
    assert {row[0] for row in held} == {r["value"] for r in languages.values() if r["value"]}
    assert languages["es"]["transfers"] == 0


@pytest.mark.parametrize("option", ["country", "programme"])
def test_a_row_counts_what_its_value_selects(option: str, shipped: Dataset) -> None:
    """What stands in the column value can be given to the option, and selects as many."""
    dimension = {"country": "state"}.get(option, option)
    rows = [r for r in rows_of(counted(shipped), dimension).values() if r["value"]]
    assert len(rows) > 20
    for row in rows:
        wanted = selection(shipped, **{option: [row["value"]]})
        links = select(shipped, wanted, ("transfer",)).links
        assert len({link.iri for link in links}) == row["transfers"], row["value"]


@pytest.mark.parametrize("options", [{}, {"country": ["FI"]}, {"practice": ["pr-antirumour"]}])
def test_rows_fit_together(options: dict[str, Any], shipped: Dataset) -> None:
    """Outcomes add up, parts are no more than their whole, and no selection has more than all."""
    table, every = counted(shipped, **options), counted(shipped)
    for row in table.records():
        values: Any = row
        assert sum(values[name] for name in OUTCOMES) == values["transfers"]
        assert values["in_progress"] + values["outcome_unknown"] <= values["visited_only"]
        assert len(values["failures"]) == values["abandoned"] + values["refused"]
        assert values["transfers"] <= values["in_all"]
        assert bool(values["failures"]) == bool(values["failure_sources"])
    for dimension in ("state", "programme", "language"):
        small, large = rows_of(table, dimension), rows_of(every, dimension)
        assert set(small) <= set(large)
        assert all(r["in_all"] == large[value]["transfers"] for value, r in small.items())


def test_what_a_period_leaves_out_is_told(shipped: Dataset) -> None:
    """The undated are not lost from sight when days are asked for."""
    table = counted(shipped, from_="2010", until="2026")
    assert table.head["undated"] == 0
    assert table.head["undated_left_out"] == 12
    assert "Left out for want of a date: 12 records." in str(table.head["coverage"])


# --- the line -----------------------------------------------------------------------------------


def known(dataset: Dataset, lang: str = "en", **options: Any) -> str:
    """Give the line of what the options select."""
    chosen = select(dataset, selection(dataset, **options), ("transfer",))
    return line(summary(dataset, chosen.links), lang, chosen.undated)


def test_the_line_of_the_village_by_hand() -> None:
    """All that it must tell, in a language each, with the days as people write them."""
    assert known(failing(), "en") == (
        "Known links, not all links. Transfers: 6; sources: 2, in languages: 1; begun: 2010–2016; "
        "without any date: 1. Refused: 1, abandoned: 1, not known to have got beyond a visit: 3 "
        "(of these in progress: 1, outcome unknown: 1). Member states of which no transfer is "
        "known here: 0 of 1; no known transfer is not the same as no transfer. Known until "
        "30 November 2025."
    )
    assert "Siirtoja 6, lähteitä 2, lähteiden kieliä 1; alkuvuodet: 2010–2016" in known(
        failing(), "fi"
    )
    assert "Tiedot ulottuvat päivään 30.11.2025." in known(failing(), "fi")
    assert "Avvisade: 1, avbrutna: 1" in known(failing(), "sv")
    assert "; begun: 2012;" in known(failing(), actor=["xa-aspby"], until="2013-01")


def test_the_line_counts_states_as_the_table_does(shipped: Dataset) -> None:
    """How many member states have nothing, for all and for a selection."""
    for options in ({}, {"country": ["FI"]}, {"practice": ["pr-antirumour"]}):
        table = counted(shipped, **options)
        states = rows_of(table, "state").values()
        members = {row[0] for row in asked(shipped, "SELECT ?s { ?s a kv:MemberState }")}
        zeros = sum(r["thing"] in members and not r["transfers"] for r in states)
        assert table.head["without"] == zeros
        assert f"known here: {zeros} of 28" in str(table.head["coverage"])


def drawn(dataset: Dataset, lang: str = "en", **options: Any) -> Diagram:
    """Draw the transfers that the options select."""
    chosen = select(dataset, selection(dataset, **options), ("transfer",))
    return draw_transfers(dataset, chosen, frame(dataset, lang=lang))


def held(name: str, diagram: Diagram, folder: Path) -> str:
    """Write a diagram, and give the texts that stand in its files, as a reader finds them."""
    from test_export_diagrams import written

    path, _ = written(name, diagram, folder)
    if name == "xlsx":
        import openpyxl

        rows = openpyxl.load_workbook(path)["about"].values
        return "\n".join(str(cell) for row in rows for cell in row)
    if name == "parquet":
        import pyarrow.parquet as pq

        return str(json.loads(pq.read_schema(path).metadata[b"kvgraph"])["coverage"])
    return "\n".join(p.read_text("utf-8") for p in sorted(folder.iterdir()))


@pytest.mark.parametrize("name", DIAGRAMS)
def test_every_format_of_diagrams_has_the_line(name: str, tmp_path: Path) -> None:
    """In the language that was asked for; put together by state as well."""
    from kvgraph.diagram import groups_at

    dataset = village.dataset()
    for lang in LANGUAGES:
        folder = tmp_path / lang
        folder.mkdir()
        assert known(dataset, lang) in held(name, drawn(dataset, lang), folder)
    diagram = drawn(dataset)
    states = groups_at(dataset, diagram, "member-state", frame(dataset)).of(diagram)
    folder = tmp_path / "states"
    folder.mkdir()
    assert known(dataset) in held(name, states, folder)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_picture_has_the_line(lang: str, shipped: Dataset) -> None:
    """Beneath it, and in its description for those who do not see it; once each."""
    options: dict[str, Any] = {"practice": ["pr-antirumour"]}
    chosen = select(shipped, selection(shipped, **options))
    by = frame(shipped, lang=lang)
    wanted = known(shipped, lang, **options)
    for view in (timeline.VIEW, matrix.VIEW):
        picture = ET.fromstring(view.draw(shipped, chosen, by))
        description, *others = (e for e in picture if e.tag.endswith("desc"))
        assert not others
        assert str(description.text).count(wanted) == 1
        texts = ("".join(e.itertext()) for e in picture.iter() if e.tag.endswith("}text"))
        assert " ".join(texts).count(wanted) == 1
    nothing = select(shipped, selection(shipped, until="1900", country=["MT"]))
    assert not any(link.kind == "transfer" for link in nothing.links)
    for view in (timeline.VIEW, matrix.VIEW):
        told = " ".join(" ".join(ET.fromstring(view.draw(shipped, nothing, by)).itertext()).split())
        assert line(summary(shipped, nothing.links), lang, nothing.undated) in told
    page = explorer.draw(shipped, chosen, by)
    [data] = re.findall(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    told = json.loads(data)["coverage"]
    assert [
        text.startswith(known(shipped, x, **options))
        for text, x in zip(told, LANGUAGES, strict=True)
    ] == [True] * 3


def test_a_page_of_many_things_still_counts_transfers(
    monkeypatch: pytest.MonkeyPatch, shipped: Dataset
) -> None:
    """Where things are put together by country and class, the line is of what they stand for."""
    chosen = select(shipped, selection(shipped, country=["FI"]))
    whole = explorer.draw(shipped, chosen, frame(shipped))
    monkeypatch.setattr(explorer, "MANY", 10)
    condensed = explorer.draw(shipped, chosen, frame(shipped))
    wanted = known(shipped, country=["FI"])
    assert "Transfers: 28;" in wanted
    assert wanted in whole
    assert wanted in condensed


# --- the commands -------------------------------------------------------------------------------

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The village where much failed, as a store on disk."""
    path = tmp_path_factory.mktemp("coverage") / "store"
    with create(path) as write:
        write(failing().store, failing().about)
    return str(path)


@pytest.fixture
def run(store: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run kvgraph in this process, and give exit code, stdout and stderr."""
    from kvgraph.cli.main import _run

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = _run([*arguments, "--store", store])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.mark.parametrize("name", [*DIAGRAMS, *STATEMENTS])
def test_every_report_has_the_line(name: str, run: Run, tmp_path: Path) -> None:
    """FILE.loss.json has it always, and says where the file itself has no place for it."""
    output = tmp_path / f"out{EXPORTERS[name].suffixes[0]}"
    code, _, err = run("export", name, "-o", str(output), "--lang", "fi", "--country", "XA")
    assert code == 0, err
    wanted = known(failing(), "fi", country=["XA"])
    report = json.loads((tmp_path / f"{output.name}.loss.json").read_text("utf-8"))
    assert report["coverage"] == wanted
    lost = [loss for loss in report["losses"] if loss["what"] == "left out the coverage line"]
    assert len(lost) == (name in UNREMARKED)
    if name in ("ttl", "trig"):
        first, *rest = output.read_text("utf-8").split("\n")
        assert first == f"# {wanted}"
        assert not any(text.startswith("#") for text in rest)


def test_a_remark_changes_no_statement(run: Run, tmp_path: Path) -> None:
    """TriG with the line is read as the same quads as N-Quads without it."""
    for name in ("trig", "nq"):
        assert run("export", name, "-o", str(tmp_path / f"out.{name}"))[0] == 0
    trig, nq = (Dataset.read(tmp_path / f"out.{name}") for name in ("trig", "nq"))
    assert trig.digest == nq.digest == failing().digest


def test_the_command_tells_by_each_dimension(run: Run) -> None:
    """The line first, then each part with its rule; synthetic data are marked."""
    code, out, err = run("coverage")
    assert (code, err) == (0, "")
    assert out.startswith(known(failing()))
    assert "SYNTHETIC" in out
    for dimension in DIMENSIONS:
        assert word(f"coverage.by_{dimension}", "en") in out
        assert word(f"coverage.rule_{dimension}", "en") in out
    assert re.search(r"^ *2013 +0 .*no known transfer, which is not", out, re.MULTILINE)
    # Only what was asked for, in the order that is always kept.
    code, out, _ = run("coverage", "--by", "language", "--by", "state", "--lang", "sv")
    assert code == 0
    assert out.index("Efter stat") < out.index("Efter källornas språk")
    assert "Efter år" not in out
    assert "engelska" in out


@pytest.mark.parametrize("name", ["csv", "tsv", "jsonl", "json"])
def test_the_command_writes_the_rows(name: str, run: Run, tmp_path: Path) -> None:
    """The same rows in each format; what has no place for the head tells it on the way."""
    output = tmp_path / "out"
    code, out, err = run("coverage", "--format", name, "-o", str(output), "--by", "state")
    assert (code, out) == (0, "")
    text = output.read_text("utf-8")
    if name in ("csv", "tsv"):
        rows = list(csv.DictReader(io.StringIO(text), delimiter="," if name == "csv" else "\t"))
        assert [(r["value"], r["transfers"], r["refused"]) for r in rows] == [
            ("XA", "4", "1"), ("XB", "5", "1"),
        ]  # fmt: skip
    else:
        told = json.loads(text)["rows"] if name == "json" else map(json.loads, text.splitlines())
        assert [(r["value"], r["transfers"]) for r in told] == [("XA", 4), ("XB", 5)]
    if name == "json":
        assert json.loads(text)["coverage"] == known(failing())
        assert json.loads(text)["rule"].startswith("Outcome:")
        assert err == ""
    else:
        assert f"note: {known(failing())}" in err
        assert "note: Outcome:" in err
        assert "note: SYNTHETIC" in err


def test_the_command_lists_failures(run: Run) -> None:
    """In words, and in a table; narrowed as everything is."""
    code, out, _ = run("coverage", "--failures")
    assert code == 0
    assert out.startswith(known(failing()))
    assert "Refused: 1\n  v1: Street kitchen, Aspby → Birkton" in out
    assert "Sources:\n  s-diary" in out
    code, out, err = run("coverage", "--failures", "--format", "csv", "--network", "n-kitchens")
    assert code == 0
    assert [row["transfer"] for row in csv.DictReader(io.StringIO(out))] == ["v1"]
    assert "note: Refused and abandoned are what a source calls so" in err
    code, out, _ = run("coverage", "--failures", "--stage", "adopted", "--lang", "fi")
    assert code == 0
    assert "v3" in out
    assert run("coverage", "--failures", "--by", "year")[0] == 2


def test_nothing_selected_is_explained(run: Run) -> None:
    """In both forms, with the exit code of an answer."""
    for more in ((), ("--failures",)):
        code, out, _ = run("coverage", "--until", "1950", "--country", "XA", *more)
        assert code == 0
        assert "No record meets all of: Country XA; Until 1950. Left out for want" in out
        assert "Drop one condition to see more." in out
    rows = ("--format", "csv", "--by", "year")
    code, out, err = run("coverage", "--until", "1950", "--country", "XA", *rows)
    assert code == 0
    assert out.count("\n") == 1
    assert "note: No record meets all of: Country XA; Until 1950." in err


def test_things_are_named_by_iris() -> None:
    """Columns that name things can be joined with others: states, programmes and transfers."""
    kinds = {
        row["dimension"]: isinstance(row["thing"], Iri)
        for row in counted(village.dataset()).records()
        if row["value"] is not None
    }
    assert kinds == {"state": True, "year": False, "programme": True, "language": False}
    assert VOC not in str(counted(village.dataset()).rows)
