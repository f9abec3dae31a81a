"""Your own tables in a store: every row accounted for, nothing half-written, nothing kept stale."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kvgraph.cli.main import _run
from kvgraph.namespaces import GRAPH
from kvgraph.store import Dataset, survey

TABLES = {
    "sources": "id,title,accessed\nmy-s1,A report,2020-05-01\n",
    "actors": (
        "id,name,kind,country,part_of\n"
        "my-oulu,Oulu,city,FI,country-fi\n"
        "my-lund,Lund,city,SE,country-se\n"
        "my-tartu,Tartu,city,EE,country-ee\n"
    ),
    "practices": "id,name,origin\nmy-p1,One stop guidance,my-lund\n",
    "events": (
        "id,kind,name,start,end,source\n"
        "my-ev,study visit,Visit to Lund,2010-05-10,2010-05-12,my-s1\n"
    ),
    "transfers": (
        "id,practice,giver,receiver,start,end,status,source\n"
        "my-t1,my-p1,my-lund,my-oulu,after:my-ev,2011,adopted,my-s1\n"
        "my-t2,my-p1,my-oulu,my-tartu,2012,,refused,my-s1\n"
    ),
}


def package(folder: Path, name: str = "mine", **tables: str) -> Path:
    """Write the tables above, but for those given, with a package.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.toml").write_text(f'name = "{name}"\n', "utf-8")
    for table, text in (TABLES | tables).items():
        (folder / f"{table}.csv").write_text(text, "utf-8")
    return folder


class Done:
    """What a command ended with."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def kv(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command of kvgraph in this process, as its own main does."""

    def run(*arguments: object) -> Done:
        capsys.readouterr()
        code = _run([str(a) for a in arguments])
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return run


def triples(store: Path, name: str) -> set[str]:
    """Give what a store says in the graph of a package."""
    return {
        f"{q.subject} {q.predicate} {q.object}"
        for q in Dataset.open(store).store
        if q.graph_name.value == GRAPH + name
    }


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """See that nothing in a folder changes, comes or goes."""

    def state() -> dict[str, tuple[int, int]]:
        found = sorted(folder.rglob("*"))
        return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in found if p.is_file()}

    before = state()
    yield
    assert state() == before


def test_a_folder_of_tables_becomes_a_store(tmp_path: Path, kv: Any) -> None:
    """The account adds up, and reach answers on what was taken in."""
    report = tmp_path / "report.json"
    done = kv("ingest", package(tmp_path / "mine"), "-o", tmp_path / "st", "--report", report)
    assert done.code == 0, done.err
    told = json.loads(report.read_text("utf-8"))
    assert told["tables"] == {
        name: {"rows": n, "read": n, "merged": 0, "refused": 0}
        for name, n in (("sources", 1), ("actors", 3), ("practices", 1), ("events", 1),
                        ("transfers", 2))
    }  # fmt: skip
    assert told["faults"] == []
    about = Dataset.open(tmp_path / "st").about
    assert [p["name"] for p in about.packages] == ["base", "mine"]
    assert about.horizon == "2020-05-01"  # that of its own sources, and not of the countries'
    rows = kv("reach", "--from", "my-lund", "--store", tmp_path / "st", "--format", "json")
    [row] = json.loads(rows.out)["rows"]
    assert (row["actor"], row["best_arrival"]) == ("my-oulu", "2010-05-12")


def test_taking_in_the_same_again_changes_nothing(tmp_path: Path, kv: Any) -> None:
    """The digest stays, and diff finds nothing beforehand."""
    mine, st = package(tmp_path / "mine"), tmp_path / "st"
    first = kv("ingest", mine, "-o", st)
    assert kv("diff", mine, "--store", st).code == 0
    again = kv("ingest", mine, "-o", st)
    assert again.out == first.out
    assert "nothing has changed" in again.err


def test_a_changed_row_replaces_its_triples_and_a_removed_one_removes_them(
    tmp_path: Path, kv: Any
) -> None:
    """What diff showed beforehand is what has changed afterwards, and nothing else."""
    mine, st = package(tmp_path / "mine"), tmp_path / "st"
    kv("ingest", mine, "-o", st)
    before = triples(st, "mine")
    changed = TABLES["transfers"].replace("after:my-ev,2011", "after:my-ev,2013")
    package(mine, transfers="".join(changed.splitlines(keepends=True)[:2]))
    shown = kv("diff", mine, "--store", st, "--format", "csv")
    assert shown.code == 1
    rows = list(csv.DictReader(shown.out.splitlines()))
    assert {(r["change"], r["thing"]) for r in rows} == {
        ("changed", "my-t1"), ("removed", "my-t2"),
    }  # fmt: skip
    [end] = [r for r in rows if r["property"] == "kv:endAsWorded" and r["thing"] == "my-t1"]
    assert (end["before"], end["after"]) == ("2011", "2013")
    assert kv("ingest", mine, "-o", st).code == 0
    after = triples(st, "mine")
    assert not any("/transfer/my-t2" in t for t in after)
    assert after - before == {t for t in after if "/transfer/my-t1" in t and "2013" in t}
    # The same store comes of it as if it had never held anything else.
    fresh = tmp_path / "fresh"
    kv("ingest", mine, "-o", fresh)
    assert Dataset.open(fresh).digest == Dataset.open(st).digest


def test_packages_lie_side_by_side_and_each_triple_in_one_graph(tmp_path: Path, kv: Any) -> None:
    """A second package may name things of the first; the shipped ones stay as they are."""
    st = tmp_path / "st"
    done = kv("ingest", package(tmp_path / "mine"), "-o", st, "--with-shipped")
    assert done.code == 0, done.err
    more = tmp_path / "more"
    more.mkdir()
    (more / "package.toml").write_text('name = "more"\nneeds = ["base", "mine"]\n', "utf-8")
    (more / "aliases.csv").write_text("thing,alias\nmy-oulu,Uleåborg\n", "utf-8")
    (more / "memberships.csv").write_text("network,actor,source\nn-c4i,my-oulu,my-s1\n", "utf-8")
    networks = kv("query", "networks/members", "--store", st, "--format", "csv").out
    name = next(csv.DictReader(networks.splitlines()))["network"].rpartition("/")[2]
    (more / "memberships.csv").write_text(f"network,actor,source\n{name},my-oulu,my-s1\n", "utf-8")
    done = kv("ingest", more, "-o", st)
    assert done.code == 0, done.err
    dataset = Dataset.open(st)
    assert survey(dataset.store)[1] == []
    names = [p["name"] for p in dataset.about.packages]
    assert names[-2:] == ["mine", "more"]
    assert {"base", "transfer-networks", "esf-networks", "s11089", "urbact-context"} < set(names)
    assert kv("show", "Uleåborg", "--store", st).code == 0
    # The second is taken away by taking in an empty one of its name.
    assert dataset.about.counts["mine"]["transfers"] == 2


def test_what_the_first_package_says_the_second_does_not_say_again(tmp_path: Path, kv: Any) -> None:
    """An equal statement stays in the graph that had it first."""
    st = tmp_path / "st"
    kv("ingest", package(tmp_path / "mine"), "-o", st)
    more = tmp_path / "more"
    more.mkdir()
    (more / "package.toml").write_text('name = "more"\nneeds = ["mine"]\n', "utf-8")
    (more / "practices.csv").write_text("id,name,theme\nmy-p2,Two,guidance\n", "utf-8")
    (more / "aliases.csv").write_text("thing,alias,source\nmy-oulu,Uleåborg,my-s1\n", "utf-8")
    assert kv("ingest", more, "-o", st).code == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "package.toml").write_text('name = "other"\nneeds = ["mine"]\n', "utf-8")
    (other / "practices.csv").write_text("id,name,theme\nmy-p3,Three,guidance\n", "utf-8")
    (other / "aliases.csv").write_text("thing,alias,source\nmy-oulu,Uleåborg,my-s1\n", "utf-8")
    assert kv("ingest", other, "-o", st).code == 0
    assert survey(Dataset.open(st).store)[1] == []
    assert not any("Uleåborg" in t for t in triples(st, "other"))


FAULTY = TABLES["transfers"] + (
    "my-t3,my-p1,my-lund,my-oulu,Q3 2011,,adopted,my-s1\n"
    "my-t4,my-p9,my-lund,my-oulu,2011,,adopted,my-s1\n"
)


def test_nothing_is_written_where_a_row_is_faulty(tmp_path: Path, kv: Any) -> None:
    """Exit code 2, every fault told, the store that was there untouched; the report is written."""
    mine, st, report = package(tmp_path / "mine"), tmp_path / "st", tmp_path / "r.json"
    kv("ingest", mine, "-o", st)
    package(mine, transfers=FAULTY)
    with unchanged(st):
        done = kv("ingest", mine, "-o", st, "--report", report)
    assert done.code == 2
    assert f'{mine}/transfers.csv:4: start "Q3 2011" is not a date' in done.err
    assert f'{mine}/transfers.csv:5: practice "my-p9" is not an id of practices' in done.err
    told = json.loads(report.read_text("utf-8"))
    assert told["tables"]["transfers"] == {"rows": 4, "read": 2, "merged": 0, "refused": 2}
    assert [(f["row"], f["column"], f["value"]) for f in told["faults"]] == [
        (4, "start", "Q3 2011"), (5, "practice", "my-p9"),
    ]  # fmt: skip
    assert all(f["problem"] and f["hint"] for f in told["faults"])
    assert told["written"] is False
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "r.json", "st"]


def test_good_rows_are_kept_and_the_others_written_with_the_reason(tmp_path: Path, kv: Any) -> None:
    """Exit code 0; what rests on a refused row is refused too, and says so."""
    mine, st, report = tmp_path / "mine", tmp_path / "st", tmp_path / "r.json"
    package(
        mine,
        practices="id,name,origin\nmy-p1,One stop guidance,my-lund\nmy-p2,=1+1,my-lund\n",
        transfers=FAULTY + "my-t5,my-p2,my-lund,my-oulu,2011,,adopted,my-s1\n",
    )
    done = kv("ingest", mine, "-o", st, "--keep-good-rows", "--report", report)
    assert done.code == 0, done.err
    told = json.loads(report.read_text("utf-8"))
    assert told["tables"]["practices"] == {"rows": 2, "read": 1, "merged": 0, "refused": 1}
    assert told["tables"]["transfers"] == {"rows": 5, "read": 2, "merged": 0, "refused": 3}
    for tally in told["tables"].values():
        assert tally["rows"] == tally["read"] + tally["merged"] + tally["refused"]
    assert told["written"] is True
    text = Path(f"{st}.refused/mine/transfers.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(r["id"], r["row"]) for r in rows] == [
        ("my-t3", "4"), ("my-t4", "5"), ("my-t5", "6"),
    ]  # fmt: skip
    assert "is not a date" in rows[0]["reason"]
    assert "was refused" in rows[2]["reason"]
    dataset = Dataset.open(st)
    assert dataset.about.counts["mine"]["transfers"] == 2
    # Once all is mended, nothing is left of the refused rows.
    package(mine)
    kv("ingest", mine, "-o", st, "--keep-good-rows")
    assert not Path(f"{st}.refused/mine").exists()


def test_a_single_file_is_known_by_its_headers(tmp_path: Path, kv: Any) -> None:
    """A csv of any name, in Finnish, with semicolons and a byte order mark."""
    path = tmp_path / "Hankkeen taulukko 2011.csv"
    path.write_text("\ufefftunnus;nimi;laji;taso;maa\nx-oulu;Oulu;city;local;FI\n", "utf-8")
    done = kv("ingest", path, "-o", tmp_path / "st")
    assert done.code == 0, done.err
    assert "actors: 1 rows, 1 read" in done.err
    assert Dataset.open(tmp_path / "st").about.packages[-1]["name"] == "Hankkeen-taulukko-2011"


def test_headers_that_fit_two_tables_must_be_named(tmp_path: Path, kv: Any) -> None:
    """Nothing is guessed: the message says between what."""
    path = tmp_path / "list.csv"
    path.write_text("id,name,kind,country\nx,Oulu,city,FI\n", "utf-8")
    done = kv("ingest", path, "-o", tmp_path / "st")
    assert done.code == 2
    assert "fits several tables by its headers: programmes, actors" in done.err


def test_relative_dates_are_bounded_and_shown_with_what_they_rest_on(
    tmp_path: Path, kv: Any
) -> None:
    """The derivation stands in the graph, and show tells it in three languages."""
    st = tmp_path / "st"
    kv("ingest", package(tmp_path / "mine"), "-o", st)
    shown = kv("show", "my-t1", "--store", st).out
    assert (
        "dated by: start as worded, after: Visit to Lund (my-ev); so not before 12 May 2010"
        in shown
    )
    shown = kv("show", "my-t1", "--store", st, "--lang", "fi").out
    assert "jälkeen: Visit to Lund (my-ev); siis aikaisintaan 12.5.2010" in shown
    asked = Dataset.open(st).query(
        "PREFIX kv: <https://w3id.org/kvgraph/def#> SELECT ?first WHERE {"
        " ?t kv:dating [ kv:relativeTo ?e ; kv:earliestDate ?first ] ; kv:earliestBegin ?first }"
    )
    assert [row["first"].value for row in asked] == ["2010-05-12"]  # type: ignore[union-attr, index]


def _transfers(*rows: str) -> str:
    return TABLES["transfers"].splitlines(keepends=True)[0] + "".join(f"{r}\n" for r in rows)


CHAINS = {
    # name: rows -> id, column, parts of the message
    "a chain that leaves no day": (
        (
            "my-t1,my-p1,my-lund,my-oulu,after:my-ev,,adopted,my-s1",
            "my-t2,my-p1,my-oulu,my-tartu,after:my-t1 2009,,adopted,my-s1",
        ),
        (3, "start", "my-t2 start after my-t1; my-t1 start after my-ev; my-ev end"),
    ),
    "an end before what the start is told by": (
        ("my-t1,my-p1,my-lund,my-oulu,after:my-ev,2009,adopted,my-s1",),
        (2, "end", "not before 2010-05-12 (my-t1 start after my-ev"),
    ),
    "a circle": (
        (
            "my-t1,my-p1,my-lund,my-oulu,after:my-t2,,adopted,my-s1",
            "my-t2,my-p1,my-oulu,my-tartu,after:my-t1,,adopted,my-s1",
        ),
        (2, "start", "leads in a circle: my-t1 -> my-t2 -> my-t1"),
    ),
    "itself": (
        ("my-t1,my-p1,my-lund,my-oulu,after:my-t1,,adopted,my-s1",),
        (2, "start", "leads in a circle: my-t1 -> my-t1"),
    ),
    "nothing of that name": (
        ("my-t1,my-p1,my-lund,my-oulu,during:my-evv,,adopted,my-s1",),
        (2, "start", "names no id of events"),
    ),
    "two relations that exclude each other": (
        ("my-t1,my-p1,my-lund,my-oulu,after:my-ev before:my-ev2,,adopted,my-s1",),
        (2, "start", "is left without a day"),
    ),
}


@pytest.mark.parametrize("name", sorted(CHAINS))
def test_a_contradiction_names_the_chain(name: str, tmp_path: Path, kv: Any) -> None:
    """What cannot be is a fault, with every step by which it follows."""
    rows, (row, column, part) = CHAINS[name]
    events = TABLES["events"] + "my-ev2,seminar,Early,2008,,my-s1\n"
    package(tmp_path / "mine", transfers=_transfers(*rows), events=events)
    report = tmp_path / "r.json"
    done = kv("ingest", tmp_path / "mine", "-o", tmp_path / "st", "--report", report)
    assert done.code == 2
    first = json.loads(report.read_text("utf-8"))["faults"][0]
    assert (first["row"], first["column"]) == (row, column)
    assert part in first["problem"]
    assert not (tmp_path / "st").exists()


def test_an_id_that_two_tables_have_must_say_which(tmp_path: Path, kv: Any) -> None:
    """The kind before the id tells them apart."""
    projects = "id,name,start,end,source\nmy-ev,A project,2005,2006,my-s1\n"
    mine = package(tmp_path / "mine", projects=projects)
    done = kv("ingest", mine, "-o", tmp_path / "st")
    assert done.code == 2
    assert "names 2 things" in done.err
    assert "Say which: event/my-ev, project/my-ev." in done.err
    told = TABLES["transfers"].replace("after:my-ev", "after:project/my-ev")
    package(mine, projects=projects, transfers=told)
    assert kv("ingest", mine, "-o", tmp_path / "st").code == 0


def test_a_date_may_be_told_by_what_the_store_holds_already(tmp_path: Path, kv: Any) -> None:
    """A later package dates itself by an event of an earlier one."""
    st = tmp_path / "st"
    kv("ingest", package(tmp_path / "mine"), "-o", st)
    more = tmp_path / "more"
    more.mkdir()
    (more / "package.toml").write_text('name = "more"\nneeds = ["mine"]\n', "utf-8")
    (more / "events.csv").write_text(
        "id,kind,name,start,source\nmy-ev9,seminar,After,after:my-ev 2010,my-s1\n", "utf-8"
    )
    assert kv("ingest", more, "-o", st).code == 0
    found = {t for t in triples(st, "more") if "earliestBegin" in t}
    assert ["2010-05-12" in t for t in found] == [True]


def test_margins_are_those_of_the_package(tmp_path: Path, kv: Any) -> None:
    """About 2011 is 2010 to 2012, unless the package says otherwise."""
    transfers = _transfers("my-t1,my-p1,my-lund,my-oulu,2011~,,adopted,my-s1")
    mine = package(tmp_path / "mine", transfers=transfers)
    kv("ingest", mine, "-o", tmp_path / "st")
    assert any('"2010-01-01"' in t for t in triples(tmp_path / "st", "mine"))
    (mine / "package.toml").write_text('name = "mine"\nmargins = { year = 3 }\n', "utf-8")
    kv("ingest", mine, "-o", tmp_path / "st")
    assert any('"2008-01-01"' in t for t in triples(tmp_path / "st", "mine"))


@pytest.mark.parametrize("name", ["base", "ontology", "derived", "a b", "x/y", ""])
def test_a_name_that_is_taken_or_none_is_refused(name: str, tmp_path: Path, kv: Any) -> None:
    """A package never takes the place of what kvgraph ships."""
    done = kv("ingest", package(tmp_path / "m"), "-o", tmp_path / "st", "--name", name)
    if name:
        assert done.code == 2
        assert "--name" in done.err
        assert not (tmp_path / "st").exists()
    else:
        assert done.code == 0  # not given: as package.toml says


def test_a_store_is_never_written_over_something_else(tmp_path: Path, kv: Any) -> None:
    """A folder of other things, or a file, stays as it is."""
    (tmp_path / "st").mkdir()
    (tmp_path / "st" / "thesis.txt").write_text("mine", "utf-8")
    with unchanged(tmp_path / "st"):
        done = kv("ingest", package(tmp_path / "m"), "-o", tmp_path / "st")
    assert done.code == 2
    assert "is not a kvgraph store" in done.err


def test_one_command_gives_page_turtle_and_what_was_not_understood(tmp_path: Path, kv: Any) -> None:
    """Story 10: a municipal officer without a server, with one spreadsheet file."""
    mine = package(tmp_path / "mine", transfers=FAULTY)
    done = kv(
        "ingest", mine, "-o", tmp_path / "st", "--keep-good-rows",
        "--report", tmp_path / "not-understood.json",
        "--write", tmp_path / "page.html", "--write", tmp_path / "data.ttl",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "Lund" in (tmp_path / "page.html").read_text("utf-8")
    assert "my-t1" in (tmp_path / "data.ttl").read_text("utf-8")
    faults = json.loads((tmp_path / "not-understood.json").read_text("utf-8"))["faults"]
    assert [f["value"] for f in faults] == ["Q3 2011", "my-p9"]


TURTLE = """@prefix kv: <https://w3id.org/kvgraph/def#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@base <https://w3id.org/kvgraph/id/> .
<source/my-s> a kv:Source ; dcterms:identifier "my-s" ; dcterms:title "A page" .
<practice/my-p> a kv:Practice ; dcterms:identifier "my-p" ; rdfs:label "One" .
<transfer/my-t> a kv:Transfer ; dcterms:identifier "my-t" ; kv:practice <practice/my-p> ;
  kv:giver <actor/country-se> ; kv:receiver <actor/country-fi> ; dcterms:source <source/my-s> ;
  kv:status <https://w3id.org/kvgraph/voc/status/adopted> .
"""


def test_rdf_is_taken_in_where_the_shapes_agree(tmp_path: Path, kv: Any) -> None:
    """It may name what base ships; two files may name things of each other."""
    whole, st = tmp_path / "mine.ttl", tmp_path / "st"
    whole.write_text(TURTLE, "utf-8")
    done = kv("ingest", whole, "-o", st)
    assert done.code == 0, done.err
    rows = json.loads(
        kv("reach", "--from", "country-se", "--store", st, "--format", "json").out
    )["rows"]  # fmt: skip
    assert [row["actor"] for row in rows] == ["country-fi"]
    again = kv("ingest", whole, "-o", st)
    assert again.out == done.out
    assert kv("diff", whole, "--store", st).code == 0
    # The same in two files, of which one names what the other describes.
    lines = TURTLE.splitlines(keepends=True)
    one, two = tmp_path / "one.ttl", tmp_path / "two.ttl"
    one.write_text("".join(lines[:6]), "utf-8")
    two.write_text("".join(lines[:4] + lines[6:]), "utf-8")
    parted = kv("ingest", one, two, "-o", tmp_path / "parted", "--name", "mine")
    assert parted.code == 0, parted.err
    assert Dataset.open(tmp_path / "parted").digest == Dataset.open(st).digest


def test_rdf_that_the_shapes_refuse_is_not_taken_in(tmp_path: Path, kv: Any) -> None:
    """Each fault stands with its line; nothing can be left out of what hangs together."""
    path, report = tmp_path / "mine.ttl", tmp_path / "r.json"
    path.write_text(TURTLE.replace("kv:giver", "kv:gver"), "utf-8")
    for more in ([], ["--keep-good-rows"]):
        done = kv("ingest", path, "-o", tmp_path / "st", "--report", report, *more)
        assert done.code == 2
        faults = json.loads(report.read_text("utf-8"))["faults"]
        assert {(f["row"], f["value"]) for f in faults} >= {(8, "kv:gver")}
        assert "Did you mean kv:giver?" in done.err
        assert not (tmp_path / "st").exists()
    told = json.loads(report.read_text("utf-8"))["tables"]
    assert [t["rows"] == t["read"] + t["merged"] + t["refused"] for t in told.values()] == [True]


def test_rml_without_its_tool_says_what_to_type(
    tmp_path: Path, kv: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clear message and no traceback; an input beside it is a wrong call."""
    monkeypatch.setenv("KVGRAPH_RML_PYTHON", str(tmp_path / "python"))
    mapping = tmp_path / "m.yml"
    mapping.write_text("mappings: {}\n", "utf-8")
    done = kv("ingest", "--rml", mapping, "-o", tmp_path / "st")
    assert done.code == 2
    assert "which is not there" in done.err
    assert "hint:" in done.err
    assert kv("ingest", mapping, "--rml", mapping, "-o", tmp_path / "st").code == 2
    assert kv("ingest", "-o", tmp_path / "st").code == 2


def test_an_export_is_known_and_says_what_it_leaves_out(tmp_path: Path, kv: Any) -> None:
    """A keep.eu partnership file (made up) gives members of projects and no transfer."""
    path = tmp_path / "partners.csv"
    path.write_text(
        "Programme;Acronym;Project Partner;Lead Partner;Street;Postal code;Town;Country;Website;"
        "Department;Legal Status;Country code;NUTS1 (or equivalent);NUTS2 (or equivalent);"
        "NUTS3 (or equivalent)\n"
        "2014 - 2020 INTERREG VB Made Up;TEST;Office (synthetic);Yes;A street;1;Oulu;Finland;;;"
        "public;FI Finland / SUOMI;;;\n",
        "utf-8",
    )
    done = kv("ingest", path, "-o", tmp_path / "st", "--accessed", "2026-11-20")
    assert done.code == 0, done.err
    assert "partners: 1 rows, 1 read" in done.err
    assert "left out, since our tables have no place for it: Street, Postal code" in done.err
    said = triples(tmp_path / "st", "partners")
    assert any("ProjectMembership" in t for t in said)
    assert any('accessed> "2026-11-20"' in t for t in said)
    assert not any("def#Transfer>" in t for t in said)


def _beside(folder: Path, name: str, **tables: str) -> Path:
    """Write a package that names things of the one above."""
    folder.mkdir(exist_ok=True)
    (folder / "package.toml").write_text(f'name = "{name}"\nneeds = ["mine"]\n', "utf-8")
    for table, text in tables.items():
        (folder / f"{table}.csv").write_text(text, "utf-8")
    return folder


SEAT = "network,actor,role,phase,start,source\nmy-n,my-oulu,member,,2010,{source}\n"


def test_what_two_packages_say_stays_when_one_of_them_is_changed(tmp_path: Path, kv: Any) -> None:
    """A statement stands in one graph, and is not lost with it if another package says it too."""
    st = tmp_path / "st"
    network = "id,name,source\nmy-n,A network,my-s1\n"
    mine = package(tmp_path / "mine", networks=network, memberships=SEAT.format(source="my-s1"))
    assert kv("ingest", mine, "-o", st).code == 0
    other = _beside(
        tmp_path / "other", "other", sources="id,title\nmy-s2,Other\n",
        memberships=SEAT.format(source="my-s2"),
    )  # fmt: skip
    assert kv("ingest", other, "-o", st).code == 0
    package(mine, networks=network, memberships="network,actor,source\n")
    assert kv("ingest", mine, "-o", st).code == 0
    assert kv("diff", other, "--store", st).code == 0
    assert any("NetworkMembership" in t for t in triples(st, "other"))
    assert survey(Dataset.open(st).store)[1] == []
    assert kv("ingest", mine, "-o", st).err.count("nothing has changed") == 1


def test_a_thing_that_another_package_names_does_not_go(tmp_path: Path, kv: Any) -> None:
    """The message says who names it; dates that rest on a changed one are told of."""
    st = tmp_path / "st"
    mine = package(tmp_path / "mine")
    kv("ingest", mine, "-o", st)
    later = "id,kind,name,start,source\nmy-ev9,seminar,After,after:my-ev,my-s1\n"
    assert kv("ingest", _beside(tmp_path / "o", "o", events=later), "-o", st).code == 0
    package(mine, events=TABLES["events"].replace("2010-05-12", "2010-06-01"))
    changed = kv("ingest", mine, "-o", st)
    assert changed.code == 0
    assert "note: o dates something by my-ev" in changed.err
    package(mine, events="id,kind,name,start,source\n", transfers=_transfers())
    with unchanged(st):
        done = kv("ingest", mine, "-o", st)
    assert done.code == 2
    assert 'package o: kv:relativeTo "my-ev" is named by event-my-ev9-start-1' in done.err


def test_two_at_once_do_not_undo_each_other(
    tmp_path: Path, kv: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that another process has changed meanwhile stays as that one left it."""
    from kvgraph.cli import _stores

    st = tmp_path / "st"
    kv("ingest", package(tmp_path / "mine"), "-o", st)
    real = _stores.write_store

    def interrupted(*arguments: Any, **options: Any) -> Any:
        monkeypatch.setattr(_stores, "write_store", real)
        assert kv("ingest", _beside(tmp_path / "b", "b", aliases=ALIAS), "-o", st).code == 0
        return real(*arguments, **options)

    monkeypatch.setattr(_stores, "write_store", interrupted)
    done = kv("ingest", _beside(tmp_path / "a", "a", aliases=ALIAS), "-o", st)
    assert done.code == 2
    assert "was changed meanwhile by another process" in done.err
    assert [p["name"] for p in Dataset.open(st).about.packages] == ["base", "mine", "b"]


ALIAS = "thing,alias,source\nmy-oulu,Uleåborg,my-s1\n"


def test_exchanged_sheets_are_told_as_that(tmp_path: Path, kv: Any) -> None:
    """One fault and no row taken, though most of the headers would fit."""
    swapped = package(tmp_path / "mine", practices=TABLES["actors"], actors=TABLES["practices"])
    for more in ([], ["--keep-good-rows"]):
        done = kv("ingest", swapped, "-o", tmp_path / "st", *more)
        assert "practices.csv:1: is called practices and has the headers of" in done.err
    assert "my-oulu" not in str(triples(tmp_path / "st", "mine"))


def test_rows_of_two_files_are_told_apart(tmp_path: Path, kv: Any) -> None:
    """A row that stands in two files is told with the other file; refused rows keep theirs."""
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        (folder / "sources.csv").write_text("id,title,year\ns1,A,\ns2,B,soon\n", "utf-8")
    files = [one / "sources.csv", two / "sources.csv"]
    done = kv("ingest", *files, "-o", tmp_path / "st", "--keep-good-rows", "--name", "both")
    assert done.code == 0
    assert f'{files[1]}:2: id "s1" stands already in {files[0]}:2' in done.err
    kept = sorted(p.name for p in (tmp_path / "st.refused" / "both").iterdir())
    assert len(kept) == 2


def test_two_packages_are_not_made_one(tmp_path: Path, kv: Any) -> None:
    """Each has a name, a licence and things of its own."""
    done = kv("ingest", package(tmp_path / "a"), package(tmp_path / "b"), "-o", tmp_path / "st")
    assert done.code == 2
    assert "is a second package" in done.err


@pytest.mark.parametrize("file", ["page.pdf", "nowhere/page.html"])
def test_a_file_that_cannot_be_written_is_told_beforehand(
    file: str, tmp_path: Path, kv: Any
) -> None:
    """Nothing is read or written then."""
    done = kv("ingest", package(tmp_path / "m"), "-o", tmp_path / "st", "--write", tmp_path / file)
    assert done.code == 2
    assert not (tmp_path / "st").exists()


def test_a_fault_of_what_is_needed_is_no_row_to_leave_out(tmp_path: Path, kv: Any) -> None:
    """With --keep-good-rows too the file and the row are named."""
    package(tmp_path / "mine", practices="id,name,origin\nmy-p1,One,my-nobody\n")
    needing = _beside(tmp_path / "other", "other", aliases=ALIAS)
    done = kv("ingest", needing, "-o", tmp_path / "st", "--keep-good-rows")
    assert done.code == 2
    assert 'mine/practices.csv:2: origin "my-nobody" is not an id of actors' in done.err


def test_codes_are_taken_in_three_languages(tmp_path: Path, kv: Any) -> None:
    """A label that one code alone has means that code."""
    actors = TABLES["actors"].replace(",city,", ",kaupunki,", 1).replace(",city,", ",Stad,", 1)
    done = kv("ingest", package(tmp_path / "m", actors=actors), "-o", tmp_path / "st")
    assert done.code == 0, done.err
    assert (
        len([t for t in triples(tmp_path / "st", "mine") if "actorKind" in t and "city" in t]) == 3
    )


def test_rows_without_an_id_keep_their_dates_apart(tmp_path: Path, kv: Any) -> None:
    """Two seats of one actor, one told by its end and one by its beginning."""
    mine = package(
        tmp_path / "mine",
        networks="id,name,source\nmy-n,A network,my-s1\n",
        memberships="network,actor,start,end,source,note\n"
        "my-n,my-oulu,,after:my-ev,my-s1,left\nmy-n,my-oulu,after:my-ev,,my-s1,came back\n",
    )
    assert kv("ingest", mine, "-o", tmp_path / "st").code == 0
    said = triples(tmp_path / "st", "mine")
    assert len([t for t in said if "NetworkMembership" in t]) == 2
    assert {"left", "came back"} <= {t.rpartition(" ")[2].strip('"') for t in said} | {
        t.split('"')[1] for t in said if '"' in t
    }


def test_a_dump_of_a_store_leaves_out_what_is_made_anew(tmp_path: Path, kv: Any) -> None:
    """Derived statements come back as derived, and the same again changes nothing."""
    st, dump = tmp_path / "st", tmp_path / "dump.nq"
    kv("ingest", package(tmp_path / "mine"), "-o", st)
    assert kv("export", "nq", "--store", st, "-o", dump).code == 0
    again = tmp_path / "again"
    done = kv("ingest", dump, "-o", again, "--name", "dump")
    assert done.code == 0, done.err
    assert "or were derived: they are left out, and made anew" in done.err
    assert kv("diff", dump, "--store", again, "--name", "dump").code == 0
    assert "[derived: furthest stage]" in kv("show", "my-t1", "--store", again).out
