"""Which things are the same: what is suggested, what a person decides, and what becomes of it.

``cases/match/keep.csv`` holds pairs of a partner of keep.eu and an organisation of
``transfer-networks`` with whether they are the same, judged by hand: every pair that is suggested
beyond those of the fact table, the pairs found by looking through all public partners in the
towns of the organisations, and pairs that come near. ``cases/match/pages`` are fifty invented
pages of a practice platform, of which 39 to 50 are copies.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvgraph import vocabulary
from kvgraph.cli.main import _run
from kvgraph.graph.checks import check
from kvgraph.graph.match.names import country_code, readings
from kvgraph.graph.match.suggest import COLUMNS, REASONS, Candidate, suggest
from kvgraph.graph.match.things import candidates, decided
from kvgraph.model import Table
from kvgraph.namespaces import graph_iri, mint
from kvgraph.query import ask, find
from kvgraph.store import Dataset
from plain_tables import package

ROOT: Final = Path(__file__).resolve().parents[1]
SHARED: Final = ROOT.parent / "shared" / "data"
CASES: Final = Path(__file__).with_name("cases") / "match"
KEEP: Final = SHARED / "dumps" / "keep_closed_1420_Partnership.csv"
MATCHED: Final = ("actor", "practice", "network")
TABLES: Final = {"place": "actors", "network": "networks", "practice": "practices"}

needs_shared = pytest.mark.skipif(
    not KEEP.exists(),
    reason="the fact tables and dumps (../shared/data) are not beside this checkout",
)


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def one(name: str, iri: str = "urn:x:one", sort: str = "organisation", **more: Any) -> Candidate:
    return Candidate(iri, "actor", (name,), sort=sort, **more)


def pairs(table: Table) -> set[tuple[Any, Any]]:
    return {(row[1], row[4]) for row in table.rows}


@cache
def plain(table: str) -> tuple[Candidate, ...]:
    """Give the things of transfer-networks by what their own row calls them: without aliases."""
    return tuple(
        Candidate(
            mint(table.removesuffix("s"), row["id"]),
            table.removesuffix("s"),
            tuple(row[key] for key in ("name", "acronym") if row.get(key)),
            sort=row["kind"] if table == "actors" else "",
            country=row.get("country", ""),
            apart=frozenset({mint("actor", row["part_of"])} if "part_of" in row else ()),
        )
        for row in package("transfer-networks")[table]
    )


# ------------------------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Újbuda", "UJBUDA"),
        ("Łódź", "Lodz"),
        ("Beta s.r.o.", "BETA, s.r.o. "),
        ("Beta, spol. s r.o.", "Beta"),
        ("ÖSB Consulting GmbH", "Osb consulting"),
        ("Forum Virium Helsinki Oy", "Forum Virium Helsinki"),
        ("Oy Forum Ab", "Forum"),
        ("EUROCITIES ASBL", "Eurocities"),
        ("A/S Nordkraft", "Nordkraft AS"),
        ("School garden exchange", "Exchange: school garden"),
        ("Bolzano/Bozen", "Bozen"),
        ("Turku - Åbo", "Åbo"),
        ("Vaasa / Vasa", "Vasa"),
        ("Athens 'Until the end of Phase 1'", "Athens"),
        ("European Anti-Poverty Network (EAPN)", "EAPN"),
        ("Европейски университет", "Evropeyski universitet"),
        ("Θεσσαλονίκη", "Thessaloniki"),
    ],
)
def test_a_name_is_the_same_however_it_is_written(name: str, other: str) -> None:
    """Case, accents, script, legal form, order of words, a second language and remarks."""
    assert {n.plain for n in readings(name)} & {n.plain for n in readings(other)}


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Municipality of 12th District of Budapest", "18th District of Budapest"),
        ("URBACT II", "URBACT III"),
        ("Volunteering Cities", "Volunteering Cities second wave"),
        ("Vilnius District Municipality Administration", "Municipality of Vilnius"),
        ("University of Copenhagen", "City of Copenhagen"),
        ("Maribor – Pohorje Tourist Board", "Maribor"),
        ("ICF", "ICNF"),
        ("Save the Children", "Caritas"),
        ("", ""),
        ("()", "()"),
    ],
)
def test_what_only_looks_alike_is_not_suggested(name: str, other: str) -> None:
    """A number, a level or a university makes another body of it; no name is like no name."""
    found = suggest([one(name, "urn:x:1", country="HU")], [one(other, "urn:x:2", country="HU")])
    assert found.rows == ()
    assert found.empty


@pytest.mark.parametrize(
    ("a", "b", "reason", "score", "note"),
    [
        ({"country": "FI"}, {"country": "FI"}, "same name and country", 100, ""),
        ({"country": "FI"}, {}, "same name", 100, "a country is not known"),
        ({"country": "FI", "places": frozenset({"Åbo"})},
         {"country": "FI", "places": frozenset({"abo"})},
         "same name and country", 100, "same town"),
        ({"country": "FI", "sort": "city"}, {"country": "FI", "sort": "region"},
         "same name and country", 100, "a city and a region"),
    ],
)  # fmt: skip
def test_a_suggestion_says_why_and_what_to_consider(
    a: dict[str, Any], b: dict[str, Any], reason: str, score: int, note: str
) -> None:
    """Reason, score and note stand beside the names."""
    found = suggest([one("Tikkurila", "urn:x:1", **a)], [one("TIKKURILA", "urn:x:2", **b)])
    assert found.columns == COLUMNS
    assert [row[0] for row in found.rows] == [""], "the decision is the person's"
    assert [row[7:] for row in found.rows] == [(reason, score, note)]


def test_other_reasons_than_the_name() -> None:
    """An id in a public list, and a page that nobody else has."""
    a = [one("Turin", "urn:x:1", sort="city", keys=frozenset({"3165524"})),
         one("Abc abc", "urn:x:2", urls=frozenset({"example.org/x"}))]  # fmt: skip
    b = [one("Augusta", "urn:x:3", sort="city", keys=frozenset({"3165524"})),
         one("Xyz xyz", "urn:x:4", urls=frozenset({"example.org/x"}))]  # fmt: skip
    assert [(r[1], r[4], r[7]) for r in suggest(a, b).rows] == [
        ("urn:x:1", "urn:x:3", "same id"),
        ("urn:x:2", "urn:x:4", "same page"),
    ]
    shared = [replace(c, iri=c.iri + "0") for c in (a[1], a[1])] + [replace(a[1], iri="urn:x:9")]
    assert suggest(shared, [b[1]]).rows == (), "a page of several is that of a programme"


def test_actors_of_one_name_in_two_countries_come_only_below_the_default() -> None:
    """Newcastle is not Newcastle, but who asks for less certain ones gets them marked."""
    a, b = one("Newcastle", "urn:x:1", country="GB"), one("Newcastle", "urn:x:2", country="IE")
    assert suggest([a], [b]).rows == ()
    [row] = suggest([a], [b], min_score=70).rows
    assert row[7:] == ("same name", 75, "another country")


def test_several_equally_good_ones_are_said_to_be_so() -> None:
    """Whoever accepts one of them should have seen the other."""
    b = [one(name, f"urn:x:{i}", country="PL") for i, name in enumerate(("Poznań", "Poznan"))]
    found = suggest([one("City of Poznan", "urn:x:9", country="PL")], b)
    assert [row[9] for row in found.rows] == ["one of several equally good"] * 2


def test_what_was_decided_is_not_suggested_again() -> None:
    """Neither what was accepted nor what was rejected."""
    a, b = one("Beta", "urn:x:1", country="FI"), one("Beta", "urn:x:2", country="FI")
    found = suggest([a], [b], decided={frozenset(("urn:x:2", "urn:x:1"))})
    assert (found.rows, found.head["left_out_decided"]) == ((), 1)


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        ({"sort": "city"}, {"sort": "organisation"}, "kinds"),
        ({"sort": "city"}, {"sort": "district"}, "kinds"),
        ({"sort": "organisation"}, {"sort": "member state"}, "kinds"),
        ({"sort": "city", "apart": frozenset({"urn:x:2"})}, {"sort": "city"}, "related"),
        ({"sort": "city"}, {"sort": "city", "apart": frozenset({"urn:x:1"})}, "related"),
    ],
)
def test_what_cannot_be_the_same_is_counted_and_left_out(
    a: dict[str, Any], b: dict[str, Any], why: str
) -> None:
    """Sorts that the ontology keeps apart, and a part and its whole."""
    found = suggest([one("Aspby", "urn:x:1", **a)], [one("Aspby", "urn:x:2", **b)])
    assert (found.rows, found.head[f"left_out_{why}"]) == ((), 1)


# ----------------------------------------------------------------------------- on real data


@needs_shared
def test_the_aliases_of_the_fact_table_are_found_by_their_letters() -> None:
    """113 of 115 other names of places, without the table of aliases; each miss is named."""
    found: dict[str, set[str]] = {"found": set(), "missed": set()}
    suggested = 0
    for entity, table in TABLES.items():
        things = {c.id: c for c in plain(table)}
        wanted = [
            r for r in rows(SHARED / "transfers" / "aliases.csv") if r["entity_type"] == entity
        ]
        asked = [
            replace(things[row["entity_id"]], iri=f"urn:x:{i}", names=(row["alias"],),
                    apart=frozenset())
            for i, row in enumerate(wanted)
        ]  # fmt: skip
        table_found = suggest(asked, plain(table))
        suggested += len(table_found.rows)
        for i, row in enumerate(wanted):
            hit = (f"urn:x:{i}", row["entity_id"]) in pairs(table_found)
            found["found" if hit else "missed"].add(row["alias"])
    assert found["missed"] == {
        # Names of two languages, with few letters in common.
        "Florence", "Louvain",
        # Networks and practices that were given another name: no letters tell it.
        "CommUnities", "Movement", "Blue Growth Initiative (BGI)", "Blue Growth Piraeus",
        "H2 CU.RE.N.T.", "ReBoot", "BEE PATH network",
    }  # fmt: skip
    assert len(found["found"]) == 114
    assert suggested == 126


@needs_shared
def test_the_reason_for_a_better_match_leaves_few_wrong_ones() -> None:
    """Of the suggestions for the 115 other names of places 12 are wrong, for a person to reject."""
    things = {c.id: c for c in plain("actors")}
    wanted = [r for r in rows(SHARED / "transfers" / "aliases.csv") if r["entity_type"] == "place"]
    asked = [
        replace(things[r["entity_id"]], iri=f"urn:x:{i}", names=(r["alias"],), apart=frozenset())
        for i, r in enumerate(wanted)
    ]
    wrong = [
        row for row in suggest(asked, plain("actors")).rows
        if row[4] != wanted[int(str(row[1]).rpartition(":")[2])]["entity_id"]
    ]  # fmt: skip
    assert len(wrong) == 12
    assert ("Creteil", "Creil") in {(row[2], row[5]) for row in wrong}


DISTRICTS: Final = ("Zugló", "Újbuda", "Hegyvidék")


@pytest.mark.parametrize("name", DISTRICTS)
@pytest.mark.parametrize(
    "form", ["{}", "Budapest-{}", "Budapest {}", "{} (Budapest)", "Budapest/{}"]
)
@pytest.mark.parametrize("sort", ["district", "city", "organisation", ""])
@pytest.mark.parametrize("related", [True, False])
def test_districts_are_never_suggested_as_budapest(
    name: str, form: str, sort: str, related: bool
) -> None:
    """However the name is written, whatever they are called, with and without part of."""
    budapest = mint("actor", "hu-budapest")
    apart = frozenset({budapest} if related else ())
    district = one(form.format(name), sort=sort, country="HU", apart=apart)
    whole = [replace(c, parts=c.iri == budapest) for c in plain("actors")]
    for table in (suggest([district], whole), suggest(whole, [district])):
        assert "hu-budapest" not in {row[k] for row in table.rows for k in (1, 4)}


def test_districts_are_never_suggested_as_budapest_within_the_package(shipped: Dataset) -> None:
    """Nor are they within the shipped data, at whatever score."""
    things = candidates(shipped, "transfer-networks", ("actor",))
    found = suggest(things, things, min_score=50)
    assert not [row for row in found.rows if "hu-budapest" in (row[1], row[4])]


@cache
def keep() -> tuple[list[Candidate], dict[tuple[str, str], str], set[tuple[str, str, str]]]:
    """Give the partners of keep.eu, their IRIs, and the pairs that the fact tables are made from.

    The fact table of memberships lists the 280 rows of URBACT III in their order.
    """
    listed = rows(KEEP, ";")
    towns: dict[tuple[str, str], set[str]] = {}
    for row in listed:
        who = row["Project Partner"].strip(), country_code(row["Country code"])
        towns.setdefault(who, set()).add(row["Town"].strip())
    iris = {who: f"urn:x:{i}" for i, who in enumerate(towns)}
    partners = [
        one(who[0], iris[who], country=who[1], places=frozenset(places - {""}))
        for who, places in towns.items()
    ]
    urbact = [row for row in listed if "URBACT" in row["Programme"]]
    members = rows(SHARED / "transfers" / "organisation_memberships.csv")
    truth = set()
    for row, member in zip(urbact, members, strict=True):
        nuts = row["NUTS3 (or equivalent)"].partition("/")[0].strip()
        assert (row["Acronym"], row["Town"].strip(), nuts) == (
            member["project_acronym"], member["town"], member["nuts3"],
        )  # fmt: skip
        who = row["Project Partner"].strip(), country_code(row["Country code"])
        truth.add((*who, member["organisation_id"]))
    return partners, iris, truth


@needs_shared
def test_precision_and_recall_on_keep_eu() -> None:
    """Of 341 suggestions 339 are right (99.4 %), and they are 339 of 351 known pairs (96.6 %)."""
    partners, iris, truth = keep()
    organisations = [
        replace(c, places=places)
        for c in plain("actors")
        if c.sort == "organisation"
        for places in [frozenset(_towns().get(c.id, ()))]
    ]
    began = time.process_time()
    found = suggest(partners, organisations)
    assert time.process_time() - began < 20
    assert (found.head["a"], found.head["b"]) == (len(iris), 287)
    names = {iri: who for who, iri in iris.items()}
    suggested = {(*names[str(row[1])], str(row[4])) for row in found.rows}
    judged = {
        (r["partner"], r["country"], r["organisation"]): r["same"] == "yes"
        for r in rows(CASES / "keep.csv")
    }
    assert suggested - truth - judged.keys() == set(), "each suggestion has been judged"
    assert {who[:2] for who in judged} <= iris.keys()
    right = truth | {pair for pair, same in judged.items() if same}
    assert (len(suggested), len(right), len(suggested & right)) == (341, 351, 339)
    assert {pair[0] for pair in suggested - right} == {
        "Jelgava Local Municipality", "SOS Children's villages",
    }  # fmt: skip
    assert {pair[0] for pair in right - suggested} == {
        "City ob Ljubljana", "City of Dubrovnik Development Agency DURA", "City of Turin",
        "Dubrovačka Razvojna Agencija", "EDC DEBRECEN URBAN AND ECONOMIC DEVELOPMENT CENTER",
        "Intercommunity Development Association Cluj Metropolitan Area",
        "Local Government and Municipality of District 11 of Budapest, Újbuda",
        "Länsstyrelsen Skåne", "Municipality of Padua", "Municipalité de Gênes",
        "Municipality of Dubrovnik - City of Dubrovnik development agency, DURA",
    }  # fmt: skip
    # The harder part: partners that are not called as the organisation is.
    called = {c.id: c.names[0] for c in plain("actors")}
    other = {pair for pair in right if not _same(pair[0], called[pair[2]])}
    assert (len(other), len(other & suggested)) == (104, 92)


@cache
def _towns() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in package("transfer-networks")["memberships"]:
        if "place_as_worded" in row:
            found.setdefault(row["actor"], set()).add(row["place_as_worded"])
    return found


def _same(name: str, other: str) -> bool:
    return bool({n.plain for n in readings(name)} & {n.plain for n in readings(other)})


def test_what_is_the_same_in_the_shipped_packages_is_suggested(shipped: Dataset) -> None:
    """Eleven bodies that keep.eu lists under two names, and a second wave of the same name."""
    things = candidates(shipped, "transfer-networks")
    found = suggest(things, things)
    assert ("org-keep-es-barcelona", "org-keep-es-city-of-barcelona") in pairs(found)
    assert len(found.rows) == 12
    assert found.head["in_both"] == found.head["a"] == len(things)
    assert not any("country-" in str(row[1]) for row in found.rows)


# --------------------------------------------------------------------------------- laws

names_ = st.text(st.sampled_from("abcdeéöåßØøαЖи ADHM-/().,'12"), min_size=3, max_size=24).filter(
    lambda text: any(c.isalnum() for c in text)
)


@given(names_, st.sampled_from(["", "FI", "GR"]))
@settings(max_examples=150, deadline=None)
def test_a_thing_always_matches_itself_by_name(name: str, country: str) -> None:
    """Whatever it is called, in capitals too, and with a legal form behind it."""
    a = one(name, "urn:x:1", country=country)
    for other in (name, f"  {name}"):
        [row] = suggest([a], [one(other, "urn:x:2", country=country)]).rows
        assert row[8] == 100


@given(st.lists(names_, min_size=2, max_size=8, unique=True), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_lists_does_not_matter(names: list[str], random: Any) -> None:
    """Shuffled lists give the same rows, and two lists the same pairs from either side."""
    things = [one(name, f"urn:x:{i}", country="FI") for i, name in enumerate(names)]
    half = len(things) // 2
    a, b = things[:half], [replace(c, names=(names[0], *c.names)) for c in things[half:]]
    expected = suggest(a, b)
    random.shuffle(a)
    random.shuffle(b)
    assert suggest(a, b) == expected
    assert {(y, x) for x, y in pairs(suggest(b, a))} == pairs(expected)
    assert suggest(things, things) == suggest(things[::-1], things)


# ------------------------------------------------------------------ decisions, on fifty pages


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the fifty pages and the village."""
    store = tmp_path_factory.mktemp("match") / "store"
    village = CASES.parent / "village" / "package"
    assert _run(["build", str(CASES / "pages"), str(village), "-o", str(store)]) == 0
    return store


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Path:
    """A copy of it that may be written to."""
    import shutil

    return Path(shutil.copytree(built, tmp_path / "store"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command in this process; give exit code, output and what was said."""

    def go(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = _run(list(map(str, arguments)))
        return (code, *capsys.readouterr())

    return go


def decide(path: Path, decisions: list[tuple[str, ...]], header: str = "decision,a,b,note") -> Path:
    path.write_text("\n".join([header, *(",".join(d) for d in decisions)]) + "\n", "utf-8")
    return path


COPIES: Final = {
    "page-39": "page-01", "page-40": "page-02", "page-41": "page-04", "page-42": "page-06",
    "page-43": "page-09", "page-44": "page-13", "page-45": "page-03", "page-46": "page-14",
    "page-47": "page-31", "page-49": "page-01", "page-50": "page-20",
}  # fmt: skip


def test_an_editor_finds_the_copies_among_fifty_pages(
    store: Path, tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    """Suggested, decided in the csv, taken in, exported with addresses, and taken out again."""
    before = Dataset.open(store)
    sheet = tmp_path / "pages.csv"
    code, _, said = run("match", "pages", "pages", "--store", store, "-o", sheet)
    assert code == 0
    assert "12 suggestions" in said
    found = rows(sheet)
    assert {(r["b"], r["a"]) for r in found} == {*COPIES.items(), ("page-49", "page-39")}
    assert {r["reason"] for r in found} == {"same name", "similar name", "similar description"}
    assert "page-48" not in {r["b"] for r in found}, "a second wave is another practice"

    for row in found:
        row["decision"] = "reject" if row["b"] == "page-50" else "accept"
    found[-2]["decision"] = ""
    last = found[-2]
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:  # as a spreadsheet saves it
        writer = csv.DictWriter(file, found[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(found)
    code, out, said = run("match", "--apply", sheet, "--store", store)
    assert code == 0, said
    assert "10 accepted, 1 rejected" in said
    assert "1 rows are not decided yet" in said
    after = Dataset.open(store)
    assert after.digest != before.digest
    assert f"{after.about.quads} quads, {after.digest}" in out
    assert after.about.counts["matches/pages"] == {"statements": 11 * 10}

    # Both ways, in a graph of their own; each triple in one graph; nothing else has changed.
    graph = ox.NamedNode(graph_iri("matches/pages"))
    same = ox.NamedNode("http://www.w3.org/2004/02/skos/core#exactMatch")
    first, copy = (ox.NamedNode(mint("practice", p)) for p in ("page-01", "page-39"))
    for a, b in ((first, copy), (copy, first)):
        assert list(after.store.quads_for_pattern(a, same, b)) == [ox.Quad(a, same, b, graph)]
    assert {q for q in after.store if q.graph_name != graph} == set(before.store)
    rest = check(after)
    assert rest.head["violations"] == check(before).head["violations"]

    code, out, _ = run("match", "--accepted", sheet, "--store", store)
    assert code == 0
    exported = list(csv.DictReader(io.StringIO(out)))
    assert len(exported) == 10
    assert {(r["a_url"], r["b_url"]) for r in exported if r["b"].endswith("page-45")} == {
        ("https://example.org/practices/page-03", "https://example.org/practices/page-45")
    }
    _, out, said = run("match", "pages", "pages", "--store", store)
    assert "left out: 11 decided on already" in said
    assert [(r["a"], r["b"]) for r in csv.DictReader(io.StringIO(out))] == [(last["a"], last["b"])]

    _, out, _ = run("show", "page-39", "--store", store)
    assert "same as: Street kitchen for newcomers (page-01)\n" in out, "no source says so"
    assert "reason of a match: same name" in out
    asked = ask(after, find("names/matches"), {"decision": "reject"})
    assert [(str(r[0])[-7:], str(r[2])[-7:], r[6]) for r in asked.rows] == [
        ("page-20", "page-50", 90)
    ]
    assert ask(after, find("names/matches"), {"a": "page-01"}).rows[0][1] == (
        "Street kitchen for newcomers"
    )

    text = find("names/matches").text
    ours = after.query(text)
    assert isinstance(ours, ox.QuerySolutions)
    assert [[getattr(cell, "value", None) for cell in row] for row in ours] == [
        [None if cell is None else str(cell) for cell in row] for row in after.rdflib.query(text)
    ], "nothing in the question rests on one engine"

    again = run("match", "--apply", sheet, "--store", store)
    assert again[0] == 0
    assert "nothing has changed" in again[2]
    assert Dataset.open(store).about == after.about
    assert run("match", "--undo", "pages", "--store", store)[0] == 0
    undone = Dataset.open(store)
    assert undone.about == before.about
    assert set(undone.store) == set(before.store)


def test_the_copies_of_pages_do_not_change_what_is_derived(
    store: Path, tmp_path: Path, run: Any
) -> None:
    """A match is no fact that a rule builds on, and an ingest of other data leaves it there."""
    sheet = decide(tmp_path / "d.csv", [("accept", "page-01", "page-39", "")])
    assert run("match", "--apply", sheet, "--store", store, "--name", "spring")[0] == 0
    dataset = Dataset.open(store)
    assert decided(dataset) == {
        frozenset(mint("practice", p) for p in ("page-01", "page-39")): (True, "matches/spring")
    }
    again = tmp_path / "again"
    again.mkdir()
    (again / "actors.csv").write_text("id,name,kind\nxx-new,New,city\n", "utf-8")
    done = run("ingest", again, "-o", store)
    assert done[0] == 0, done
    assert decided(Dataset.open(store)) == decided(dataset)


FAULTY: Final = {
    "an unknown decision": (
        [("maybe", "page-01", "page-39")], 2, "decision", "maybe", "is neither accept nor reject"
    ),
    "an unknown thing": (
        [("accept", "page-01", "page-99")], 2, "b", "page-99", "is no actor, practice"
    ),
    "an unknown thing that is rejected": (
        [("", "x", "y"), ("reject", "page-0", "page-39")], 3, "a", "page-0", "is no actor"
    ),
    "a thing and itself": (
        [("accept", "page-01", "page-01")], 2, "b", "page-01", "is matched with itself"
    ),
    "a practice and what was made from it": (
        [("accept", "p-harbour", "p-kitchen")], 2, "b", "p-kitchen", "is a part, an original"
    ),
    "a city and its country": (
        [("accept", "xa-aspby", "country-xa")], 2, "b", "country-xa", "is a part, an original"
    ),
    "a city and an organisation": (
        [("accept", "xa-aspby", "org-birkton-youth")], 2, "b", "org-birkton-youth",
        "is a organisation",
    ),
    "things of two kinds": (
        [("accept", "page-01", "xa-aspby")], 2, "b", "xa-aspby", "is no practice, as a is"
    ),
    "one pair, two decisions": (
        [("accept", "page-01", "page-39"), ("reject", "page-39", "page-01")], 3, "decision",
        "rejected", "accepted on row 2",
    ),
    "one thing as two of a package": (
        [("accept", "p-kitchen", "page-01"), ("accept", "p-kitchen", "page-39")], 3, "b",
        "page-39", "makes page-01 and page-39 the same, two things of pages",
    ),
    "a chain that ends in what is rejected": (
        [("accept", "page-01", "page-39"), ("accept", "page-39", "p-kitchen"),
         ("reject", "page-01", "p-kitchen")], 3, "b", "p-kitchen",
        "makes p-kitchen and page-01 the same, which is rejected",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTY)
def test_a_faulty_decision_is_named_with_its_row(
    case: str, built: Path, tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    """File, row, column, value, what is wrong and what to do; nothing is taken in."""
    decisions, row, column, value, problem = FAULTY[case]
    sheet = decide(tmp_path / "d.csv", decisions, "decision,a,b")
    before = Dataset.open(built).digest
    code, out, said = run("match", "--apply", sheet, "--store", built)
    assert (code, out) == (2, "")
    [line] = [text for text in said.splitlines() if text.startswith(f"{sheet}:")]
    assert line.startswith(f'{sheet}:{row}: {column} "{value}" ')
    assert problem in line
    after = said[said.index(line) + len(line) :].splitlines()
    assert after[1].startswith("    "), "a hint follows"
    assert Dataset.open(built).digest == before


def test_all_faults_are_told_together(
    built: Path, tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    """One reading of the file is enough to mend it."""
    sheet = decide(
        tmp_path / "d.csv",
        [("x", "page-0", "page-39", "like", "101"), ("accept", "page-01", "page-39", "", "ten")],
        "decision,a,b,reason,score",
    )
    code, _, said = run("match", "--apply", sheet, "--store", built)
    assert code == 2
    assert "5 faults; nothing was taken in" in said
    for text in (':2: decision "x"', ':2: a "page-0"', ':2: reason "like"', ':2: score "101"',
                 ':3: score "ten"'):  # fmt: skip
        assert f"{sheet}{text}" in said
    sheet = decide(tmp_path / "e.csv", [("accept", "page-01")], "decision,a")
    assert f"{sheet}:1: b is missing" in run("match", "--apply", sheet, "--store", built)[2]


def test_a_chain_is_taken_if_all_of_it_is_accepted(
    store: Path, tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    """Three pages may be one; what another graph says counts, and is not said twice."""
    three = [("accept", "page-01", "page-39"), ("accept", "page-39", "page-49")]
    sheet = decide(tmp_path / "d.csv", [*three, ("hyväksy", "page-01", "page-49")], "decision,a,b")
    assert run("match", "--apply", sheet, "--store", store)[0] == 0
    more = decide(
        tmp_path / "e.csv", [*three[:1], ("reject", "page-39", "page-49")], "decision,a,b"
    )
    assert "accepted in matches/d" in run("match", "--apply", more, "--store", store)[2]
    ends = [("accept", "page-02", "page-40"), ("accept", "page-40", "page-01")]
    more = decide(tmp_path / "e.csv", ends, "decision,a,b")
    assert (
        ':3: b "page-01" makes page-01 and page-02 the same'
        in (run("match", "--apply", more, "--store", store)[2])
    ), "two groups may not be joined by one row"
    more = decide(tmp_path / "e.csv", [*three, ("accept", "page-02", "page-40")], "decision,a,b")
    code, _, said = run("match", "--apply", more, "--store", store)
    assert code == 0
    assert "2 rows say what the store knows already" in said
    assert len(decided(Dataset.open(store))) == 4
    assert check(Dataset.open(store)).head["violations"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["match"], "say what to match"),
        (["match", "base"], "give A and B"),
        (["match", "base", "nowhere"], '"nowhere" is no package, store or RDF file'),
        (["match", "base", str(CASES / "pages")], "Build it first"),
        (["match", "--apply", "x.csv"], "--apply needs --store"),
        (["match", "base", "base", "--undo", "x"], "cannot be given together"),
        (["match", "--undo", "x", "--store", "{store}"], 'holds no decisions called "x"'),
        (["match", "--apply", "{store}/none.csv", "--store", "{store}"], "none.csv cannot be read"),
        (["match", "--apply", "x.csv", "--name", "a b", "--store", "{store}"], "cannot be called"),
        (["match", "--apply", str(CASES / "pages" / "sources.csv"), "--store", "{store}"],
         "decision is missing"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_answered_with_what_to_do(
    arguments: list[str], message: str, built: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    """Exit code 2 and a sentence."""
    code, _, said = run(*(a.format(store=built) for a in arguments))
    assert code == 2
    assert message in said


def test_a_list_without_a_decision_changes_nothing(
    built: Path, tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    """It is said that nobody has decided anything."""
    sheet = decide(tmp_path / "d.csv", [("", "page-01", "page-39", "")])
    code, _, said = run("match", "--apply", sheet, "--store", built)
    assert code == 2
    assert "holds no new decision" in said
    code, out, _ = run("match", "--accepted", sheet, "--store", built, "--format", "json")
    assert code == 0
    assert "No suggestion was accepted." in out


def test_an_rdf_file_is_matched_with_a_store(
    built: Path, tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    """Things of another's making are known by their class, and named by their IRI."""
    other = tmp_path / "other.ttl"
    other.write_text(
        "@prefix kv: <https://w3id.org/kvgraph/def#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "<https://example.org/p/7> a kv:Practice ; "
        'rdfs:label "Sauna mornings for the Lonely"@en .\n'
        '<https://example.org/c/7> a kv:City ; rdfs:label "Lonely" .\n',
        "utf-8",
    )
    code, out, _ = run("match", other, "pages", "--store", built, "--kind", "practice")
    assert code == 0
    [row] = csv.DictReader(io.StringIO(out))
    assert (row["a"], row["b"]) == ("https://example.org/p/7", "page-33")


def test_the_reasons_are_the_codes_of_the_ontology() -> None:
    """Each reason has its words in three languages, and there is no other."""
    assert set(REASONS) == set(vocabulary.codes("match-reason"))
    assert set(vocabulary.codes("match-decision")) == {"accept", "reject"}
