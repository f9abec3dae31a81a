"""The checks of quality, the evaluation of a project, and three user stories.

User stories 1 (which aims have a result, which rest on self-report), 2 (which networks could
have carried the Gender Standard from Sweden to Finland by 2013) and 6 (who stayed from EQUAL
to 2015) are done here as tests on the shipped data.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyoxigraph as ox
import pytest

import village
from kvgraph.evaluation import evaluate, tell_evaluation
from kvgraph.graph.checks import check, summarise
from kvgraph.model import Table
from kvgraph.namespaces import GRAPH, KV, mint, shorten
from kvgraph.query import ask, find, library
from kvgraph.store import Dataset

S11089 = mint("project", "P-S11089")
CHECKS = sorted(name for name in library() if name.startswith("check/"))

FAULTY = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX kv: <https://w3id.org/kvgraph/def#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX voc: <https://w3id.org/kvgraph/voc/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX : <https://w3id.org/kvgraph/id/x/>
INSERT DATA { GRAPH <https://w3id.org/kvgraph/graph/x> {
  :bare a kv:Transfer ; kv:giver :office ; kv:receiver :other .
  :office a kv:Organisation .
  :said a kv:Transfer , kv:HorizontalTransfer ; dcterms:source :s ; kv:startAsWorded "2014" ;
    kv:statedMode <https://w3id.org/kvgraph/voc/mode/vertical> .
  :deep a kv:Transfer ; dcterms:source :s ; kv:startAsWorded "2014" ;
    kv:furthestStage <https://w3id.org/kvgraph/voc/stage/embedded> .
  :rooted a kv:Transfer ; dcterms:source :s ; kv:startAsWorded "2014" ;
    kv:furthestStage <https://w3id.org/kvgraph/voc/stage/embedded> .
  :step a kv:Handover ; dcterms:source :s ; kv:handoverOf :rooted .
  :d a kv:Discrepancy ; kv:about :said .
  :open a kv:Transfer ; dcterms:source :s ; kv:startAsWorded "2014" ; kv:via :net ;
    kv:status <https://w3id.org/kvgraph/voc/status/outcome-unknown> .
  :net a kv:Network ; kv:underProgramme :prog .
  :prog a kv:Programme ; kv:latestEnd "2015-12-31"^^xsd:date .
  :s a kv:Source ; kv:accessed "2020-01-01"^^xsd:date .
} }
"""
FOUND = {
    "check/unsourced": {"bare"},
    "check/undated": {"bare"},
    "check/stated-against-derived-mode": {"said"},
    "check/embedded-without-handover": {"deep"},
    "check/contradicting-sources": {"said"},
    "check/outcome-unknown-in-ended-programme": {"open"},
    "check/organisation-without-level": {"office"},
}


@pytest.fixture(scope="module")
def faulty() -> Dataset:
    """A dataset with one fault for each check, and beside each what is no fault."""
    dataset = Dataset.memory([])
    dataset.store.update(FAULTY)
    return dataset


@pytest.mark.parametrize("name", CHECKS)
def test_each_check_finds_its_fault_and_nothing_else(name: str, faulty: Dataset) -> None:
    """A check that cannot fail checks nothing."""
    query = find(name)
    assert query.severity in ("violation", "warning", "info")
    assert query.shape.projected() == ("thing", "property", "value")
    assert {shorten(str(row[0])) for row in ask(faulty, query).rows} == FOUND[name]


def test_the_checks_and_the_shapes_come_in_one_table(shipped: Dataset) -> None:
    """Worst first, no violation in the shipped data, and a summary that loses none."""
    found = check(shipped)
    assert found.head["violations"] == 0
    order = [row[0] for row in found.rows]
    assert order == sorted(order, key=("violation", "warning", "info").index)
    counted = summarise(found)
    assert sum(int(str(row[2])) for row in counted.rows) == len(found.rows)


def _rows(table: Table, part: str) -> dict[str, dict[str, Any]]:
    return {shorten(str(r["claim"])): r for r in table.records() if r["part"] == part}


def test_a_share_is_held_against_the_data_where_they_hold_the_whole_population() -> None:
    """The village: one of two projects made something new, none brought home or spread."""
    table = evaluate(village.dataset(), mint("project", "pj-galley"))
    found = _rows(table, "finding")
    assert {n: (r["projects_chosen_met"], r["projects_chosen"]) for n, r in found.items()} == {
        "c5": (1, 2), "c6": (0, 2), "c7": (0, 2),
    }  # fmt: skip
    assert {n: (r["least"], r["most"]) for n, r in found.items()} == {
        "c5": (Decimal("0.4"), Decimal("0.6")),
        "c6": (1, 1),
        "c7": (Decimal("0.75"), Decimal("0.85")),
    }
    assert all(r["comparable"] for r in found.values())
    assert "inside" in found["c5"]["why"]
    assert "outside" in found["c6"]["why"]
    assert "outside" in found["c7"]["why"]
    assert set(_rows(table, "answered aim")) == {"c1"}
    assert set(_rows(table, "unanswered aim")) == {"c2"}
    assert found["c5"]["self_report"]
    assert not found["c6"]["self_report"]


@pytest.mark.parametrize("lang", ["en", "fi", "sv"])
def test_the_five_findings_of_s11089_are_kept_apart_from_counts(
    lang: str, shipped: Dataset
) -> None:
    """Sentences 11 to 15, wording, range, and no count made of a share."""
    table = evaluate(shipped, S11089, lang)
    found = _rows(table, "finding")
    assert {n: (r["sentence"], r["quantifier"]) for n, r in found.items()} == {
        "SF-051": (11, "valtaosa"),
        "SF-052": (12, "noin puolet"),
        "SF-053": (13, "kaikki"),
        "SF-054": (14, "lähes kaikki"),
        "SF-055": (15, "noin 80 %"),
    }
    ranges = [(float(r["least"]), float(r["most"])) for r in found.values()]
    assert ranges == [(0.5, 1), (0.4, 0.6), (1, 1), (0.85, 1), (0.75, 0.85)]
    assert [r["share"] for r in found.values()] == [None, None, None, None, "0.8"]
    assert not any(r["comparable"] for r in found.values())
    assert {r["projects_chosen"] for r in found.values()} == {0}
    text = tell_evaluation(table)
    assert text.count("valtaosa") == 1
    assert "SRC-SEED" in text
    assert ("0.85" if lang == "en" else "0,85") in text
    assert len({r["paraphrase"] for r in found.values()}) == 5


def test_a_project_of_which_no_text_speaks_has_an_empty_explained_answer(shipped: Dataset) -> None:
    """Nothing found says so."""
    table = evaluate(shipped, mint("project", "P-S10432"))
    assert table.rows == ()
    assert "MATTO" in table.empty


def test_the_readings_stand_in_a_graph_of_their_own(shipped: Dataset) -> None:
    """Ranges, and which result speaks to which aim, are no part of the package."""
    graph = ox.NamedNode(GRAPH + "reading")
    for name in ("shareMin", "shareMax", "answers"):
        quads = list(shipped.store.quads_for_pattern(None, ox.NamedNode(KV + name), None))
        claims = [q for q in quads if "/id/claim/" in str(q.subject)]
        assert claims
        assert {q.graph_name for q in claims} == {graph}


def test_only_networks_marked_complete_say_who_was_not_there(shipped: Dataset) -> None:
    """Negative knowledge is closed per network and nowhere else."""
    marked = {
        q.subject.value
        for q in shipped.store.quads_for_pattern(None, ox.NamedNode(KV + "partnerList"), None)
        if q.object == ox.NamedNode("https://w3id.org/kvgraph/voc/partner-list/complete")
    }
    assert marked
    table = ask(shipped, find("networks/absent"))
    assert {str(r["network"]) for r in table.records()} <= marked
    absent = {(shorten(str(r["network"])), shorten(str(r["country"]))) for r in table.records()}
    assert ("NW-3B", "country-fi") in absent
    assert ("NW-3B", "country-ee") not in absent


def test_finland_in_esf_networks_in_what_role_on_what_evidence(shipped: Dataset) -> None:
    """A researcher's own query finds the memberships, each with role, source and certainty."""
    text = """
        PREFIX dcterms: <http://purl.org/dc/terms/>
        PREFIX kv: <https://w3id.org/kvgraph/def#>
        PREFIX org: <http://www.w3.org/ns/org#>
        SELECT DISTINCT ?acronym ?role ?certainty ?source {
          ?m a kv:NetworkMembership ; org:organization ?network ; org:member ?who ; org:role ?role ;
            kv:certainty ?certainty ; dcterms:source ?source .
          ?network a kv:EsfNetwork ; kv:acronym ?acronym .
          ?who kv:country <https://w3id.org/kvgraph/id/actor/country-fi> .
        }"""
    found = {row["acronym"].value for row in shipped.query(text)}  # type: ignore[union-attr]
    assert found >= {
        "BFSE", "GM CoP", "GenderCoP 1", "GenderCoP 2", "AGE & Career", "SEN", "SaviAV",
        "EURoma", "BSN-ESF", "TN Employment", "TN Inclusion",
    }  # fmt: skip


def test_story_1_which_aims_have_a_result_and_which_rest_on_self_report(shipped: Dataset) -> None:
    """A table aim, claim, sentence; "about 80 %" stays a share."""
    table = evaluate(shipped, S11089)
    aims = {**_rows(table, "answered aim"), **_rows(table, "unanswered aim")}
    assert len(aims) == 25
    answered = _rows(table, "answered aim")
    assert {shorten(str(c)) for c in answered["SF-018"]["speaks_to"]} == {"SF-051"}
    own = [n for n, r in _rows(table, "finding").items() if r["self_report"]]
    assert own == ["SF-055"]
    share = _rows(table, "finding")["SF-055"]
    assert share["share"] == "0.8"
    assert share["comparable"] is False


def test_story_2_which_networks_could_have_carried_the_gender_standard(shipped: Dataset) -> None:
    """Networks in which Sweden and Finland both sat by 2013: surely and possibly apart."""
    asked = find("networks/members")
    sat: dict[str, dict[str, set[str]]] = {}
    for state in ("country-se", "country-fi"):
        values = {"country": state, "class": KV + "EsfNetwork", "year": 2013}
        for row in ask(shipped, asked, values).records():
            network = shorten(str(row["network"]))
            sat.setdefault(network, {}).setdefault(state, set()).add(str(row["sat"]))
    both = {n: s for n, s in sat.items() if len(s) == 2}
    certain = {n for n, s in both.items() if all("surely" in v for v in s.values())}
    possible = set(both) - certain
    assert "NW-GCOP2" in certain
    assert "NW-BSN" in possible  # its memberships have a beginning and no end
    assert not certain & possible


def test_story_6_who_stayed_from_equal_to_2015(shipped: Dataset) -> None:
    """Phases with who is recorded in both, aliases with source, conflicts shown."""
    asked = find("networks/successors")
    first = ask(shipped, asked, {"later": mint("network", "NW-GCOP1")}).records()
    second = ask(shipped, asked, {"later": mint("network", "NW-GCOP2")}).records()
    stayed = [
        {shorten(str(r["country"])) for r in rows if r["recorded"] == "in both"}
        for rows in (first, second)
    ]
    assert "country-fi" in stayed[0] & stayed[1]
    assert ask(shipped, find("sources/contradictions")).rows
