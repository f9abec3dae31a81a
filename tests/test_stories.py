"""User stories done as their users would do them: tables in, a command, an answer.

Here are 3 (a doctoral student: did sitting in one network come before transfer), 4 (an evaluator
of Interreg Europe: which changes of policy name a practice from another region), 5 (a regional
planner: who has tried our idea, and what did they change) and 6 (a historian of EQUAL: who stayed
until 2015). Stories 1 and 2 are in test_evaluation.py. What is taken in stands in
``cases/stories``; it is invented and marked so.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest

from kvgraph.cli.main import _run
from kvgraph.namespaces import shorten
from kvgraph.query import find
from kvgraph.store import Dataset, create

CASES: Final = Path(__file__).with_name("cases") / "stories"
SHARED: Final = Path(__file__).resolve().parents[2] / "shared"

Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def kv(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Give a function that runs a command of kvgraph and gives what it writes."""

    def run(*arguments: object) -> str:
        capsys.readouterr()
        code = _run([str(a) for a in arguments])
        told = capsys.readouterr()
        assert code == 0, told.err
        return told.out

    return run


@pytest.fixture
def ask(kv: Callable[..., str]) -> Ask:
    """Give a function that asks a question and gives its rows, things by their ids."""

    def asked(*arguments: object) -> list[dict[str, Any]]:
        answer = json.loads(kv(*arguments, "--format", "json"))
        return [
            {k: shorten(v) if isinstance(v, str) else v for k, v in row.items()}
            for row in answer["rows"]
        ]

    return asked


def taken_in(kv: Callable[..., str], store: Path, *inputs: tuple[str, ...]) -> Path:
    """Take folders of ``cases/stories`` into one store, each with the options it needs."""
    for folder, *options in inputs:
        kv("ingest", CASES / folder, "-o", store, *options)
    return store


@pytest.mark.parametrize("story", ["4", "5", "6"])
def test_both_engines_give_the_same_rows_on_a_story(
    story: str, tmp_path: Path, kv: Callable[..., str]
) -> None:
    """Also where a giver, a project, a practice or a country is not known."""
    folders: dict[str, tuple[tuple[str, ...], ...]] = {
        "4": (("4/keep", "--as", "keep-eu", "--name", "keep"), ("4/notes",)),
        "5": (("5/idea",), ("5/kohesio", "--as", "kohesio", "--name", "kohesio")),
        "6": (("6/equal",),),
    }
    dataset = Dataset.open(taken_in(kv, tmp_path / "st", *folders[story]))
    for name in (
        "practices/policy-changes", "practices/tried", "networks/stayed", "names/aliases",
        "projects/named",
    ):  # fmt: skip
        text = find(name).text
        results = dataset.query(text)
        assert isinstance(results, ox.QuerySolutions)
        ours = Counter(tuple(None if t is None else t.value for t in row) for row in results)
        theirs = Counter(
            tuple(None if t is None else str(t) for t in row) for row in dataset.rdflib.query(text)
        )
        assert ours == theirs, name


# --- 3: the doctoral student ------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped_store(shipped: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped data as a store on disk."""
    path = tmp_path_factory.mktemp("stories") / "shipped"
    with create(path) as write:
        write(shipped.store, shipped.about)
    return path


def test_story_3_did_sitting_in_one_network_come_before_transfer(
    shipped_store: Path, kv: Callable[..., str], tmp_path: Path
) -> None:
    """Odds ratio with permutation, the three rules for ties of one year, and csv for R.

    Of the transfers among members of networks the ends had sat together about twice as often
    as other pairs, under each of the rules, and no relabelling of the actors in a thousand or
    very few come near; with the way of the transfer itself it would be many times as much.
    """
    answer = json.loads(
        kv("analyse", "co-presence", "--store", shipped_store, "--through", "network",
           "--format", "json")
    )  # fmt: skip
    assert answer["transfers"] == 281
    assert answer["memberships"] > 1509
    assert {"horizon", "undated", "seed", "rule", "dataset", "sources"} <= set(answer)
    rows = {row["ties"]: row for row in answer["rows"]}
    assert list(rows) == ["before", "half", "after"]
    for row in rows.values():
        assert row["thin"] is None
        assert row["odds_ratio"] > row["null_high"] > 1 > row["null_low"]
        assert 0 < row["p"] < 0.01
        assert row["odds_ratio_least"] < row["odds_ratio"] < row["odds_ratio_most"]
    assert rows["before"]["exposed_transfers"] > rows["after"]["exposed_transfers"]
    with_via = json.loads(
        kv("analyse", "co-presence", "--store", shipped_store, "--through", "network",
           "--ties", "before", "--with-via", "--format", "json")
    )["rows"][0]  # fmt: skip
    assert with_via["odds_ratio"] > 10 * rows["before"]["odds_ratio"]
    target = tmp_path / "cases.csv"
    kv("analyse", "co-presence", "--store", shipped_store, "--through", "network", "--pairs",
       "--format", "csv", "-o", target)  # fmt: skip
    with target.open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) == rows["before"]["transfers"]
    certain = sum(int(c["exposed_certain"]) for c in cases)
    tied = sum(int(c["same_year"]) for c in cases)
    assert certain == rows["after"]["exposed_transfers"]
    assert certain + tied == rows["before"]["exposed_transfers"]
    assert all(c["prior_networks"] for c in cases if c["exposed_certain"] == "1")


# --- 4: the evaluator of Interreg Europe -------------------------------------------------------

_PROJECT: Final = "keep-2014-2020-interreg-sample-synthetic-repaired"


def test_story_4_which_changes_name_a_practice_from_another_region(
    tmp_path: Path, kv: Callable[..., str], ask: Ask
) -> None:
    """A chain project, practice, instrument, each with its page; an unknown giver is allowed.

    c1 and x1 took up a practice of Spain in Finland, through the project; c2 one of another
    Finnish region; c3 is of a town within the region, c4 names no practice. c5 and x2 changed
    no instrument, and are no changes of policy.
    """
    store = taken_in(
        kv, tmp_path / "st", ("4/keep", "--as", "keep-eu", "--name", "keep"), ("4/notes",)
    )
    rows = {r["change"]: r for r in ask("query", "policy-changes", "--store", store)}
    assert {c: r["elsewhere"] for c, r in rows.items()} == {
        "c1": "another country", "x1": "another country", "c2": "another region", "c3": "own",
        "c4": "unknown",
    }  # fmt: skip
    chain = ("project", "practice", "instrument", "adopter", "origin", "start", "status")
    assert [rows["c1"][c] for c in chain] == [
        _PROJECT, "p-repair", "o-strategy", "reg-north", "reg-west", "2018", "adopted",
    ]  # fmt: skip
    pages = ("project_page", "practice_page", "instrument_page", "page")
    assert [rows["c1"][c] for c in pages] == [
        "https://keep.eu", "https://example.org/repair-vouchers", "https://example.org/strategy",
        "https://example.org/notes",
    ]  # fmt: skip
    assert {c: r["giver"] for c, r in rows.items()} == {
        "c1": None, "c2": None, "c3": None, "c4": None, "x1": "reg-west",
    }  # fmt: skip
    assert [rows["c4"][c] for c in ("practice", "origin", "project", "described")] == [
        None, None, None, "A fund for small workshops",
    ]  # fmt: skip
    # What is not known stays empty, and is not joined with whatever there is.
    assert rows["c2"]["project"] is rows["c2"]["project_page"] is None
    [one] = ask("query", "policy-changes", "--change", "c2", "--store", store)
    assert one == rows["c2"]
    narrowed = ask("query", "policy-changes", "--instrument", "g-north", "--store", store)
    assert {r["change"] for r in narrowed} == {"c2", "c4", "x1"}
    assert "(o-strategy)  [s-notes]" in kv("show", "c1", "--store", store)
    # Its partners are those of the export.
    leads = ask("query", "of-actor", "--network", _PROJECT, "--store", store)
    assert {r["role"] for r in leads} == {"lead", "partner"}


def test_story_4_on_a_real_export(tmp_path: Path, kv: Callable[..., str], ask: Ask) -> None:
    """Notes may name a project of a keep.eu workbook as it is downloaded."""
    dump = SHARED / "data" / "dumps" / "keep_closed_1420.xlsx"
    if not dump.is_file():
        pytest.skip("needs ../shared/data/dumps/keep_closed_1420.xlsx, which is not there")
    store = tmp_path / "st"
    kv("ingest", dump, "--as", "keep-eu", "--name", "keep", "-o", store, "--accessed", "2021-03-01")
    real = "keep-2014-2020-espon-2020-alps2050"
    notes = tmp_path / "notes"
    notes.mkdir()
    for path in (CASES / "4" / "notes").iterdir():
        text = path.read_text("utf-8")
        (notes / path.name).write_text(text.replace(_PROJECT, real), "utf-8")
    kv("ingest", notes, "-o", store)
    rows = {r["change"]: r for r in ask("query", "policy-changes", "--store", store)}
    assert (rows["c1"]["project"], rows["c1"]["project_page"]) == (real, "https://keep.eu")
    assert rows["c1"]["practice_page"] == "https://example.org/repair-vouchers"
    assert set(rows) == {"c1", "c2", "c3", "c4", "x1"}


# --- 5: the regional planner ------------------------------------------------------------------


@pytest.fixture
def idea(tmp_path: Path, kv: Callable[..., str]) -> Path:
    """Pages on an idea and a file of Kohesio, taken into one store."""
    return taken_in(
        kv, tmp_path / "st", ("5/idea",), ("5/kohesio", "--as", "kohesio", "--name", "kohesio")
    )


@pytest.mark.parametrize(
    "words",
    ["silent ment", "HILJAINEN", "tyst hand", "vaari", "beside who comes"],
)
def test_story_5_who_has_tried_our_idea_and_what_did_they_change(
    words: str, idea: Path, ask: Ask
) -> None:
    """By a name in any language, another name or the description: lineage and what was adapted.

    Sweden changed it and made its own, which Norway piloted as it was; Denmark gave up;
    Lithuania uses it and nobody knows from whom.
    """
    rows = ask("query", "tried", "--words", words, "--store", idea)
    told = [(r["state"], r["tried"], r["line"], r["how"], r["status"]) for r in rows]
    assert told == [
        ("country-fi", "p-mentor", "itself", "made it", None),
        ("country-dk", "p-mentor", "itself", "received it", "abandoned"),
        ("country-se", "p-mentor", "itself", "received it", "adapted"),
        ("country-lt", "p-mentor", "itself", "took it into use", "adopted"),
        ("country-se", "p-mentor-se", "made from it", "made it", None),
        ("country-no", "p-mentor-se", "made from it", "received it", "piloted"),
    ]
    [sweden] = [r for r in rows if r["record"] == "m1"]
    assert (sweden["adapted"], sweden["changed"], sweden["result"]) == (
        "yes", "the pairs were kept; a year became three months", "p-mentor-se",
    )  # fmt: skip
    [made] = [r for r in rows if r["record"] == "p-mentor-se"]
    assert (made["adapted"], made["start"]) == ("yes", "2012")
    assert made["told"] == "The year became three months and the unions choose the pairs."
    [failed] = [r for r in rows if r["record"] == "m2"]
    assert (failed["told"], failed["giver"]) == (
        "no office would pay the second wage",
        "country-fi",
    )
    [unknown] = [r for r in rows if r["record"] == "k1"]
    assert (unknown["giver"], unknown["certainty"]) == (None, "low")
    assert all(r["source"] for r in rows)


def test_story_5_by_theme_from_the_adaptation_and_among_projects(idea: Path, ask: Ask) -> None:
    """A theme goes by its label in three languages; a made practice leads back to its parent."""
    for words in ("ageing", "Ikääntyminen", "åldrande"):
        rows = ask("query", "tried", "--words", words, "--store", idea)
        assert {r["practice"] for r in rows} == {"p-mentor", "p-mentor-se"}, words
    rows = ask("query", "tried", "--practice", "p-mentor-se", "--store", idea)
    assert {(r["line"], r["tried"]) for r in rows} == {
        ("itself", "p-mentor-se"), ("behind it", "p-mentor"),
    }  # fmt: skip
    # Among projects, those of Kohesio too: where to look, and no attempt by itself.
    projects = ask("query", "named", "--words", "MENTOR", "--store", idea)
    assert [(r["project"], r["country"], r["start"]) for r in projects] == [
        ("kohesio-Q9000001", "FI", "2016-01-01"), ("pj-idea", "FI", "2010"),
    ]  # fmt: skip


def test_story_5_on_the_shipped_data(shipped_store: Path, ask: Ask, kv: Callable[..., str]) -> None:
    """Eleven received the anti-rumour strategy, one made its own of it, and one gave that up."""
    rows = ask("query", "tried", "--words", "rumour", "--practice", "pr-antirumour",
               "--store", shipped_store)  # fmt: skip
    assert {r["record"] for r in rows if r["line"] == "itself" and r["how"] == "received it"} >= {
        "t0215"
    }
    [altona] = [r for r in rows if r["record"] == "t0098"]
    assert (altona["line"], altona["state"], altona["giver"]) == (
        "made from it", "country-de", "pt-amadora",
    )  # fmt: skip
    assert [r["actor"] for r in rows if r["status"] == "abandoned"] == ["gr-ioannina"]
    empty = kv("query", "tried", "--words", "perpetual motion", "--store", shipped_store)
    assert "leaves none" in empty


# --- 6: the historian of EQUAL ----------------------------------------------------------------


@pytest.fixture
def archive(tmp_path: Path, kv: Callable[..., str]) -> Path:
    """The archived pages, taken into a store."""
    return taken_in(kv, tmp_path / "st", ("6/equal",))


def test_story_6_who_stayed_from_equal_to_2015(archive: Path, ask: Ask) -> None:
    """Phases with who stayed and left; left is said only where the list is complete.

    Sweden's council sat in all three. Finland was named as a country first and by its ministry
    then. Italy left by 2015, whose list is complete; that of 2009 is not, so there it is only not
    recorded, and nobody can be said to have joined in 2015, as the list before is not complete.
    """
    rows = ask("query", "stayed", "--earlier", "n-equal", "--later", "n-2015", "--store", archive)
    assert {r["direct"] for r in rows} == {False}
    assert {(r["member"], r["found"]) for r in rows} == {
        ("country-fi", "country stayed"), ("o-fi", "country stayed"), ("o-se", "stayed"),
        ("o-it", "left"), ("o-ee", "not recorded earlier"),
    }  # fmt: skip
    [first] = [r for r in rows if (r["member"], r["network"]) == ("o-se", "n-equal")]
    assert (first["certainty"], first["source"], first["end"]) == ("medium", "s-web06", "2008")
    phase = ask("query", "stayed", "--later", "n-cop", "--store", archive)
    assert {(r["member"], r["found"]) for r in phase} == {
        ("country-fi", "country stayed"), ("o-fi", "country stayed"), ("o-se", "stayed"),
        ("o-it", "not recorded later"), ("o-pl", "not recorded earlier"),
    }  # fmt: skip
    last = ask("query", "stayed", "--earlier", "n-cop", "--store", archive)
    assert {(r["member"], r["found"]) for r in last} == {
        ("o-fi", "stayed"), ("o-se", "stayed"), ("o-pl", "left"), ("o-ee", "not recorded earlier"),
    }  # fmt: skip
    assert all(r["direct"] for r in (*phase, *last))


def test_story_6_vague_dates_have_bounds(archive: Path, ask: Ask) -> None:
    """ "After the Milan seminar" in 2006 begins on the day of the seminar's end or later."""
    rows = ask("query", "stayed", "--earlier", "n-equal", "--later", "n-cop", "--store", archive)
    start = {r["member"]: (r["start"], r["earliest"]) for r in rows if r["network"] == "n-equal"}
    assert start["country-fi"] == ("2006", "2006-01-01")
    worded, earliest = start["o-se"]
    assert worded == "after:ev-milan 2006"
    assert "2006-05-18" <= earliest <= "2006-05-20"
    worded, earliest = start["o-it"]
    assert worded == "during:ev-milan"
    assert earliest == "2006-05-18"


def test_story_6_other_names_and_conflicts_come_with_their_sources(archive: Path, ask: Ask) -> None:
    """Each alias names the page that uses it; where two pages differ, both values are kept."""
    names = ask("query", "aliases", "--thing", "Reilu työ", "--store", archive)
    assert [(r["thing"], r["alias"], r["source"]) for r in names] == [
        ("n-equal", "Reilu työ", "s-web06")
    ]
    [renamed] = ask("query", "aliases", "--thing", "n-cop", "--store", archive)
    assert (renamed["alias"], renamed["note"]) == (
        "Fair Work in EQUAL II",
        "name of the first months",
    )
    [conflict] = ask("query", "contradictions", "--thing", "n-equal", "--store", archive)
    told = [conflict[c] for c in ("field", "value_a", "source_a", "value_b", "source_b")]
    assert told == ["start", "2004", "s-web06", "2005", "s-web09"]


def test_story_6_on_the_shipped_data(shipped_store: Path, ask: Ask) -> None:
    """From the EQUAL phase of GenderCoP to its second phase Belgium and Finland are recorded on.

    No list of its is marked complete, so nobody is said to have left.
    """
    rows = ask("query", "stayed", "--earlier", "NW-GCOP0", "--later", "NW-GCOP2",
               "--store", shipped_store)  # fmt: skip
    assert {r["country"] for r in rows if "stayed" in r["found"]} == {"country-be", "country-fi"}
    assert {r["found"] for r in rows} == {
        "country stayed", "not recorded earlier", "not recorded later",
    }  # fmt: skip
    assert ask("query", "contradictions", "--thing", "NW-GCOP1", "--store", shipped_store)
