"""The command line: answers on stdout, all else on stderr, exit codes that mean something."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kvgraph.store import Dataset, create
from test_build import ROOT, kvgraph


@pytest.fixture(scope="session")
def store(shipped: Dataset, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The shipped data as a store on disk."""
    path = tmp_path_factory.mktemp("cli") / "store"
    with create(path) as write:
        write(shipped.store, shipped.about)
    return str(path)


def test_reach_answers_in_the_json_of_the_design(store: str) -> None:
    """Head and rows have the names and values that were agreed on."""
    done = kvgraph("reach", "--from", "es-barcelona", "--format", "json", "--store", store)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["rule"] == "non-strict"
    assert answer["stage"] == "adopted"
    assert answer["horizon"] == "2026-11-24"
    assert answer["left_out"] == {"planned": 0, "abandoned": 1}
    assert answer["undated"] == 0
    assert answer["dataset"].startswith("sha256:")
    [altona] = [r for r in answer["rows"] if r["actor"] == "de-hamburg-altona"]
    assert altona == {
        "source_practice": "pr-antirumour",
        "practice": "gp17-20",
        "actor": "de-hamburg-altona",
        "reach": "certain",
        "best_arrival": "2018-12-01",
        "worst_arrival": "2021-06-14",
        "hops": 2,
        "adaptations": 1,
        "transfers": ["t0215", "t0098"],
    }
    possible = {r["actor"] for r in answer["rows"] if r["reach"] == "possible"}
    assert {"pl-warsaw", "ro-alba-iulia", "gb-cardiff", "it-messina"} <= possible
    assert "gr-ioannina" not in {r["actor"] for r in answer["rows"]}


def test_paths_open_each_hop_back_to_its_sources(store: str) -> None:
    """A hop shows dates as worded and as read, mode, stage, certainty and sources."""
    done = kvgraph(
        "paths", "--from", "es-barcelona", "--to", "de-hamburg-altona",
        "--format", "json", "--store", store,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    [row] = answer["rows"]
    assert (row["reach"], row["adaptations"]) == ("certain", 1)
    hop = row["hops"][0]
    assert hop["transfer"] == "t0215"
    assert (hop["start"], hop["end"]) == ("2014-02", "2015")
    assert (hop["earliest"], hop["latest"]) == ("2014-02-01", "2015-12-31")
    assert (hop["proven"], hop["mode"], hop["stage"]) == (True, "horizontal", "adopted")
    assert hop["certainty"] == "high"
    assert hop["sources"] == [
        {
            "id": "s-rumours-reality",
            "title": "Rumours or reality? (Amadora, C4I and Barcelona origin)",
            "url": "https://urbact.eu/taxonomy/term/441",
        }
    ]


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "Hamburg-Altona took it into use between 1 December 2018 and 14 June 2021"),
        ("fi", "Hamburg-Altona on ottanut käytännön käyttöön aikaisintaan 1.12.2018"),
        ("sv", "Hamburg-Altona har tagit praxisen i bruk tidigast 1 december 2018"),
    ],
)
def test_reach_reads_as_sentences(lang: str, sentence: str, store: str) -> None:
    """A project officer understands the table form, in three languages, with its sources."""
    done = kvgraph("reach", "--from", "es-barcelona", "--lang", lang, "--store", store)
    assert sentence in done.stdout
    assert "s-whynot: Good Practice Transfer" in done.stdout
    assert "t0102" in done.stdout, "what was left out is named"


@pytest.mark.parametrize(
    "name",
    ["es-barcelona", "https://w3id.org/kvgraph/id/actor/es-barcelona"],
)
def test_a_thing_goes_by_id_and_iri(name: str, store: str) -> None:
    """Wherever an id is asked for, an IRI will do."""
    done = kvgraph("reach", "--from", name, "--format", "csv", "--store", store)
    assert done.stdout.count("\n") == 1 + 17


def test_why_not_names_what_breaks_the_chain(store: str) -> None:
    """Ioannina's transfer was abandoned, and that is said."""
    done = kvgraph(
        "paths", "--from", "es-barcelona", "--to", "gr-ioannina", "--why-not",
        "--format", "json", "--store", store,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer["reach"] == "not reached"
    assert [(r["transfer"], r["breaks"]) for r in answer["rows"]] == [
        ("t0215", ""), ("t0102", "abandoned"),
    ]  # fmt: skip


def test_nothing_found_is_an_empty_explained_table(store: str) -> None:
    """An actor without transfers gives no error but words."""
    done = kvgraph("reach", "--from", "fi-oulu", "--store", store)
    assert done.returncode == 0
    assert "no transfer is known that fi-oulu gave" in done.stdout
    done = kvgraph("reach", "--from", "fi-oulu", "--format", "json", "--store", store)
    assert json.loads(done.stdout)["rows"] == []


def test_the_stage_visited_can_take_in_exposure(store: str) -> None:
    """Who met a practice at an event or in a network counts, if it is asked for."""
    few = kvgraph("reach", "--to", "country-fi", "--stage", "visited",
                  "--format", "csv", "--store", store)  # fmt: skip
    more = kvgraph("reach", "--to", "country-fi", "--stage", "visited", "--with-exposure",
                   "--format", "csv", "--store", store)  # fmt: skip
    assert more.stdout.count("\n") > few.stdout.count("\n")
    assert "pr-no-intro" in more.stdout


def test_a_roll_up_is_headed_as_contact(store: str) -> None:
    """States are put together only in the answer, and the answer says so."""
    done = kvgraph("reach", "--from", "country-pt", "--level", "member-state",
                   "--format", "json", "--store", store)  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer["heading"] == "state-level contact"
    assert {r["actor"] for r in answer["rows"]} >= {"country-de"}
    assert "country-pt" not in {r["actor"] for r in answer["rows"]}


def test_worlds_are_repeatable_and_certain_rows_are_always_reached(store: str) -> None:
    """The same seed gives the same shares; certain rows have the share 1."""
    run = [
        kvgraph("reach", "--from", "es-barcelona", "--worlds", "200", "--seed", "7",
                "--format", "json", "--store", store).stdout
        for _ in range(2)
    ]  # fmt: skip
    assert run[0] == run[1]
    answer = json.loads(run[0])
    assert all(r["share"] == 1 for r in answer["rows"] if r["reach"] == "certain")
    assert all(r["share_low"] <= r["share"] <= r["share_high"] for r in answer["rows"])


DOORS: dict[str, tuple[list[str], str, str]] = {
    "unknown id": (["reach", "--from", "es-barcelonna"], "is called", "es-barcelona"),
    "ambiguous name": (["reach", "--from", "Barcelona"], "names 2 things", "org-keep-es-barcelona"),
    "unknown practice": (["reach", "--from", "es-barcelona", "--practice", "pr-x"], "practice", ""),
    "bad horizon": (
        ["reach", "--from", "es-barcelona", "--horizon", "2019-02-30"], "not a date", "Write",
    ),
    "neither from nor to": (["reach"], "needs an actor", "--from"),
    "both from and to": (["reach", "--from", "es-bilbao", "--to", "eu"], "needs an actor", "--to"),
    "exposure beyond visited": (
        ["reach", "--from", "es-bilbao", "--with-exposure"], "stage visited", "--stage",
    ),
    "no such command": (["reech"], 'Is it "reach"?', ""),
    "no such option": (["reach", "--form", "eu"], "No such option", ""),
    "no such stage": (["reach", "--from", "eu", "--stage", "done"], "visited", ""),
    "no such store": (["info", "--store", "/nowhere/at/all"], "does not exist", "kvgraph build"),
    "no worlds": (["reach", "--from", "eu", "--worlds", "0"], "at least one", ""),
    "no paths": (["paths", "--from", "eu", "--to", "es-bilbao", "-k", "0"], "at least one", ""),
    "paths without end": (["paths", "--from", "eu"], "--to", ""),
    "unknown thing": (["show", "xyzzy-plugh"], "is called", ""),
    "unknown package": (["build", "transfer-network", "-o", "x"], "not a package", "shipped"),
    "edge option without edges": (
        ["reach", "--from", "eu", "--undirected"], "goes with --edges", "",
    ),
    "output that cannot be written": (
        ["info", "-o", "/nowhere/at/all.txt"], "cannot be written", "folder",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(DOORS))
def test_wrong_input_at_any_door_gets_words_and_exit_code_2(
    name: str, store: str, tmp_path: Path
) -> None:
    """What is wrong, and what to try; nothing on stdout, nothing written."""
    arguments, message, hint = DOORS[name]
    if "--store" not in arguments and arguments[0] not in ("reech", "build"):
        arguments = [*arguments, "--store", store]
    done = kvgraph(*arguments)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert hint in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


EDGES = "from,to,start,end\nA,B,2001,2003\nB,C,2002,2004\nB,D,2010,\nX,C,1990,1990\n"


def test_an_edge_table_needs_no_store(tmp_path: Path) -> None:
    """A user of R or Gephi can start at once, with numbers or dates."""
    path = tmp_path / "edges.csv"
    path.write_text(EDGES)
    done = kvgraph("reach", "--edges", str(path), "--from", "A", "--format", "json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["stage"], answer["horizon"], answer["undated"]) == (None, None, 0)
    rows = {r["actor"]: (r["reach"], r["best_arrival"], r["worst_arrival"]) for r in answer["rows"]}
    assert rows == {
        "B": ("certain", 2001, 2003),
        "C": ("possible", 2002, None),
        "D": ("certain", 2010, None),
    }
    told = kvgraph("paths", "--edges", str(path), "--from", "A", "--to", "C")
    assert "A → B" in told.stdout
    assert "B → C" in told.stdout
    dated = kvgraph("reach", "--edges", str(path), "--from", "A", "--time", "date",
                    "--format", "csv")  # fmt: skip
    assert "2001-01-01,2003-12-31" in dated.stdout


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("from,to,start\nA,B,Q3\nA,C,2000\n", ":2:", 'start "Q3" is not a date'),
        ("from,to\nA,A\n", ":2:", 'receiver "A" is the giver too'),
        ("from,to\nA,\n", ":2:", "receiver is empty"),
        ("from\nA\n", "", "has no column for the receiver"),
        ("from,to,start,end\nA,B,5,3\n", ":2:", 'end "3" lies before start 5'),
    ],
)
def test_a_faulty_edge_table_is_told_by_row(
    text: str, place: str, message: str, tmp_path: Path
) -> None:
    """The edge reader speaks like the other readers."""
    path = tmp_path / "edges.csv"
    path.write_text(text)
    done = kvgraph("reach", "--edges", str(path), "--from", "A")
    assert done.returncode == 2
    assert place in done.stderr
    assert message in done.stderr
    assert done.stdout == ""


def test_show_prints_each_line_with_its_source(store: str) -> None:
    """Statements name their sources, derived ones their rule."""
    done = kvgraph("show", "t0215", "--store", store)
    assert "start as worded: 2014-02  [s-rumours-reality]" in done.stdout
    assert "horizontal transfer  [derived: direction of transfer]" in done.stdout
    done = kvgraph("show", "country-fi", "--store", store, "--lang", "fi")
    assert done.stdout.startswith("Suomi (country-fi)")
    assert "e-pr-2010-12-fi" in done.stdout


def test_info_tells_packages_counts_and_horizon(store: str) -> None:
    """What is in a store can be read off it."""
    answer = json.loads(kvgraph("info", "--store", store, "--format", "json").stdout)
    assert answer["horizon"] == "2026-11-24"
    rows = {(r["package"], r["table"]): r["rows"] for r in answer["rows"]}
    assert rows["transfer-networks", "transfers"] == 245


def test_check_passes_on_the_shipped_data(store: str) -> None:
    """No violation, and the warnings are told."""
    done = kvgraph("check", "--store", store, "--format", "json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["violations"] == 0
    assert {r["severity"] for r in answer["rows"]} <= {"warning", "info"}


def test_check_finds_a_violation(tmp_path: Path) -> None:
    """Looked, and found wanting, is exit code 1."""
    path = tmp_path / "bad.ttl"
    kv = "https://w3id.org/kvgraph/def#"
    path.write_text(f"<http://e/t> a <{kv}Transfer> ; <{kv}giver> <http://e/a>, <http://e/b> .")
    done = kvgraph("check", "--store", str(path), "--format", "csv")
    assert done.returncode == 1
    assert "violation" in done.stdout


def test_the_shipped_data_are_built_once_into_the_cache(tmp_path: Path) -> None:
    """Without --store a command works on the shipped data; the second time it only opens them."""
    first = kvgraph("info", KVGRAPH_CACHE=str(tmp_path))
    assert "building the shipped data, once" in first.stderr
    second = kvgraph("info", KVGRAPH_CACHE=str(tmp_path))
    assert second.stderr == ""
    assert first.stdout == second.stdout


def test_a_store_can_be_named_by_the_environment(store: str, tmp_path: Path) -> None:
    """KVGRAPH_STORE stands for --store."""
    done = kvgraph("info", KVGRAPH_STORE=store, KVGRAPH_CACHE=str(tmp_path))
    assert store in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_an_output_that_is_full_is_told_in_words(store: str) -> None:
    """A full disk behind the standard output gives no traceback."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from kvgraph.cli.main import main; main()",
             "reach", "--from", "es-barcelona", "--store", store],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        )  # fmt: skip
    assert done.returncode == 2
    assert "the answer cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_output_goes_to_a_file_whole(store: str, tmp_path: Path) -> None:
    """-o writes the answer and nothing else beside it."""
    path = tmp_path / "reach.csv"
    done = kvgraph("reach", "--from", "es-barcelona", "--format", "csv", "-o", str(path),
                   "--store", store)  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")
    assert path.read_text().startswith("source_practice,practice,actor,reach")
    assert [p.name for p in tmp_path.iterdir()] == ["reach.csv"]
