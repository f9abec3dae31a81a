"""The measures of the field as commands: on published data, on plain csv, and on the dataset."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kvgraph import registry
from kvgraph.cli.main import _run
from reference_tables import REFERENCE, needs_reference, number, rows

Run = Callable[..., tuple[int, str, str]]
Table = list[dict[str, str]]

MEASURES = [
    entry.name
    for name in registry.names("analysis")
    if (entry := registry.entry("analysis", name, "ANALYSIS")).takes == "material"
]
UNANSWERED = REFERENCE / "unanswered"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a function that runs an analysis: exit code, answer and messages."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        code = _run(["analyse", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def table(run: Run) -> Callable[..., Table]:
    """Give a function that runs an analysis and reads its csv."""

    def call(*arguments: str | Path) -> Table:
        code, out, err = run(*arguments, "--format", "csv")
        assert code == 0, err
        return list(csv.DictReader(io.StringIO(out)))

    return call


def same(cell: str, expected: str, within: float = 1e-6) -> bool:
    """Tell whether two cells hold the same number, both being undefined included."""
    one, other = number(cell), number(expected)
    if one is None or other is None:
        return one is None and other is None
    return abs(one - other) <= within * max(1.0, abs(other))


# --- published data, through the command ----------------------------------------------------


@needs_reference
@pytest.mark.parametrize(
    ("folder", "options"), [("adopt_medInnovations", []), ("adopt_modmath", ["--undirected"])]
)
def test_the_curve_of_adoption_is_netdiffuser_s(
    table: Callable[..., Table], folder: str, options: list[str]
) -> None:
    """Adopters, cumulative, share and hazard by period, and Moran's I of each."""
    path = REFERENCE / folder
    nodes = path / "nodes.csv"
    given = ["--edges", path / "edges.csv", *options]
    if nodes.exists():
        given += ["--nodes", nodes]
    else:
        given += ["--nodes", path / "node_measures.csv"]
    summary = rows(folder, "summary.csv")
    found = table("adoption", *given)
    assert [int(r["adopters"]) for r in found] == [int(r["adopt"]) for r in summary]
    for mine, theirs in zip(found, summary, strict=True):
        assert int(mine["cumulative"]) == int(theirs["cum_adopt"])
        assert same(mine["share"], theirs["cum_adopt_pcent"])
        assert same(mine["hazard"], theirs["hazard"])
    for mine, theirs in zip(table("moran", *given), summary, strict=True):
        for column, other in (("observed", "obs"), ("expected", "exp"), ("sd", "sd")):
            assert same(mine[column], theirs[f"moran_{other}"]), column
        assert same(mine["p"], theirs["moran_pval"])
    measured = {r["id"]: r for r in rows(folder, "node_measures.csv")}
    for mine in table("thresholds", *given):
        assert same(mine["threshold"], measured[mine["actor"]]["threshold"])
    for lag, column in (("0", "threshold"), ("1", "threshold_lag1")):
        for mine in table("thresholds", *given, "--lag", lag):
            assert same(mine["threshold"], measured[mine["actor"]][column]), (lag, mine["actor"])


@needs_reference
def test_exposure_and_susceptibility_are_netdiffuser_s(table: Callable[..., Table]) -> None:
    """Of the doctors: by share, by number, incoming; infectiousness and susceptibility."""
    folder = "adopt_medInnovations"
    given = [
        "--edges",
        REFERENCE / folder / "edges.csv",
        "--nodes",
        REFERENCE / folder / "nodes.csv",
    ]
    for options, file in (
        ([], "exposure.csv"),
        (["--counts"], "exposure_count.csv"),
        (["--direction", "incoming"], "exposure_incoming.csv"),
    ):
        expected = {r["id"]: r for r in rows(folder, file)}
        found = table("exposure", *given, *options)
        assert len(found) == 125 * 18
        assert all(same(r["exposure"], expected[r["actor"]][r["period"]]) for r in found), file
    measured = {r["id"]: r for r in rows(folder, "node_measures.csv")}
    found = table("susceptibility", *given)
    assert len(found) == len(measured)
    for row in found:
        assert same(row["infectiousness"], measured[row["actor"]]["infection"])
        assert same(row["susceptibility"], measured[row["actor"]]["susceptibility"])
    fitted = {r["parameter"]: r["estimate"] for r in table("bass", *given)}
    for row in rows(folder, "bass.csv"):
        assert same(fitted[row["param"]], row["est"], 1e-6)


@needs_reference
@pytest.mark.parametrize("name", ["student", "strike", "medInnovations_city"])
def test_brokerage_is_sna_s(table: Callable[..., Table], name: str) -> None:
    """Every role of every actor; expected and z besides."""
    folder = f"brokerage_{name}"
    found = {
        r["actor"]: r
        for r in table(
            "brokerage", "--edges", REFERENCE / folder / "edges.csv",
            "--nodes", REFERENCE / folder / "raw.csv", "--permutations", "0",
        )
    }  # fmt: skip
    roles = {
        "coordinator": "w_I", "itinerant": "w_O", "representative": "b_IO", "gatekeeper": "b_OI",
        "liaison": "b_O", "total": "t",
    }  # fmt: skip
    raw = rows(folder, "raw.csv")
    assert len(found) == len(raw)
    for row in raw:
        for role, column in roles.items():
            assert int(found[row["id"]][role]) == int(row[column]), (row["id"], role)
    for file in ("expected", "z"):
        for row in rows(folder, f"{file}.csv"):
            for role, column in roles.items():
                assert same(found[row["id"]][f"{file}_{role}"], row[column]), (row["id"], role)


@needs_reference
def test_the_exact_permutation_goes_through_all_labelings(run: Run) -> None:
    """Student government: 1,320 labelings, p as enumerated."""
    folder = REFERENCE / "brokerage_student"
    code, out, _ = run(
        "brokerage", "--edges", folder / "edges.csv", "--nodes", folder / "raw.csv",
        "--permutations", "exact", "--by", "whole", "--format", "json",
    )  # fmt: skip
    answer = json.loads(out)
    assert (code, answer["labelings"], answer["exact"]) == (0, 1320, True)
    by = {row["statistic"]: row for row in answer["rows"]}
    assert by["ei_index"]["p_low"] == pytest.approx(77 / 1320, abs=1e-3)
    assert by["gatekeeper"]["p_high"] == pytest.approx(0.1061, abs=1e-4)


@needs_reference
@pytest.mark.parametrize("folder", ["mainpath_test", "mainpath_centrality", "mainpath_phd"])
@pytest.mark.parametrize("weights", ["SPC", "SPLC", "SPNP"])
def test_search_paths_are_mpar_s(table: Callable[..., Table], folder: str, weights: str) -> None:
    """Every arc a row, in whole numbers; the global path has the same arcs."""
    found = table(
        "main-path", "--edges", REFERENCE / folder / "expected_weights.csv",
        "--weights", weights.lower(),
    )  # fmt: skip
    expected = {(r["from"], r["to"]): int(r[weights]) for r in rows(folder, "expected_weights.csv")}
    assert {(r["giver"], r["receiver"]): int(r["weight"]) for r in found} == expected
    path = {
        (r["from"], r["to"])
        for r in rows(folder, "expected_paths.csv")
        if (r["weight"], r["type"]) == (weights, "global")
    }
    if path:
        assert {(r["giver"], r["receiver"]) for r in found if r["on_path"] == "true"} == path


@needs_reference
def test_hidden_ties_are_those_of_the_tutorial(table: Callable[..., Table]) -> None:
    """SPID: the first hundred in order, and 872 by p < 0.10."""
    given = [
        "hidden-ties", "--cascades", REFERENCE / "netinf_spid" / "policies.csv",
        "--columns", "actor=statenam,time=adopt_year,practice=policy", "--lambda", "0.5",
    ]  # fmt: skip

    def ties(table: Table, one: str, other: str) -> list[tuple[str, str]]:
        return [(r[one], r[other]) for r in table]

    expected = rows("netinf_spid", "expected_exp0.5_100edges.csv")
    found = table(*given, "--edges-limit", "100")
    assert ties(found, "parent", "child") == ties(expected, "origin_node", "destination_node")
    for mine, theirs in zip(found, expected, strict=True):
        assert same(mine["improvement"], theirs["improvement"])
    theirs_ = set(
        ties(rows("netinf_spid", "expected_exp0.5_p0.10.csv"), "origin_node", "destination_node")
    )
    mine_ = set(ties(table(*given, "--p-value", "0.10"), "parent", "child"))
    assert len(mine_ & theirs_) >= 0.99 * len(theirs_)
    assert abs(len(mine_) - 872) <= 2


@needs_reference
def test_inferred_trees_can_be_measured_as_cascades(table: Callable[..., Table]) -> None:
    """What hidden-ties writes is what cascades reads: parent, child, cascade_id."""
    found = table(
        "cascades", "--edges", REFERENCE / "netinf_spid" / "expected_exp0.5_100edges_trees.csv"
    )
    expected = {(r["cascade_id"], r["root"]): r for r in rows("cascade_spid_trees", "expected.csv")}
    assert len(found) == len(expected) == 908
    for row in found:
        theirs = expected[row["practice"], row["root"]]
        for mine, other in (("size", "size"), ("depth", "depth"), ("breadth", "max_breadth"),
                            ("wiener", "wiener_index")):  # fmt: skip
            assert int(row[mine]) == int(theirs[other]), (row["root"], mine)
        assert same(row["structural_virality"], theirs["structural_virality"], 1e-12)


@needs_reference
def test_position_is_that_of_the_textbook(table: Callable[..., Table]) -> None:
    """The Florentine families; without dates the temporal betweenness is the other one."""
    edges = REFERENCE / "centrality_florentine" / "edges.csv"
    given = ["--edges", edges, "--undirected"]
    expected = {r["family"]: r for r in rows("centrality_florentine", "expected.csv")}
    found = table("centrality", *given)
    assert len(found) == len(expected)
    for row in found:
        theirs = expected[row["actor"]]
        for column in ("degree", "betweenness", "closeness", "constraint", "effective_size"):
            assert same(row[column], theirs[column], 1e-9), (row["actor"], column)
        assert same(row["pagerank"], theirs["pagerank0.85"], 1e-6)
    for row in table("temporal-betweenness", *given):
        assert same(row["betweenness"], expected[row["actor"]]["betweenness"], 1e-9)


@needs_reference
def test_co_membership_is_newman_s(table: Callable[..., Table]) -> None:
    """The women of Davis: 139 pairs, count, 1/(k-1) and Jaccard."""
    found = table(
        "co-membership", "--edges", REFERENCE / "twomode_davis" / "memberships.csv",
        "--permutations", "0",
    )  # fmt: skip
    mine = {(r["a"], r["b"]): r for r in found}
    expected = rows("twomode_davis", "expected_projection.csv")
    assert len(mine) == len(expected) == 139
    for row in expected:
        pair = mine[row["a"], row["b"]]
        assert int(pair["count"]) == int(row["count"])
        assert same(pair["newman"], row["newman"], 1e-12)
        assert same(pair["jaccard"], row["jaccard"], 1e-12)


# --- published data without an answer -------------------------------------------------------

UNANSWERED_RUNS = [
    *(
        (name, f"adopt_{folder}", options)
        for folder, options in (
            ("brfarmers", ["--periods", "1946:1966"]),
            ("galesburg", ["--undirected"]),
            ("kfamily", []),
        )
        for name in ("adoption", "exposure", "thresholds", "moran", "risk-set")
    ),
    *(
        (name, f"adopt_{folder}", options)
        for folder, options in (("brfarmers", []), ("galesburg", ["--undirected"]), ("kfamily", []))
        for name in ("bass", "logistic", "susceptibility", "centrality", "temporal-betweenness")
    ),
    *(
        ("main-path", f"mainpath_{folder}", ["--weights", weights, "--method", method])
        for folder in ("gd01A", "smagri", "smallw")
        for weights in ("spc", "splc", "spnp")
        for method in ("global", "local", "key-route")
    ),
    ("brokerage", "brokerage_attiro", ["--permutations", "99"]),
    ("modularity", "brokerage_attiro", ["--permutations", "99"]),
    ("state-flows", "brokerage_attiro", ["--permutations", "99"]),
    ("hidden-ties", "netinf_simvalidation", ["--lambda", "1", "--edges-limit", "50"]),
    ("hidden-ties", "netinf_simvalidation", ["--distribution", "rayleigh"]),
    ("hidden-ties", "netinf_simvalidation", ["--distribution", "log-normal"]),
    ("reach", "temporal_epigames", ["--from", "100"]),
]
FILES = {"edges": ("edges.csv", "events.csv"), "nodes": ("nodes.csv",),
         "cascades": ("cascades_long.csv",)}  # fmt: skip


@needs_reference
@pytest.mark.parametrize(("name", "folder", "options"), UNANSWERED_RUNS)
def test_sets_without_an_answer_are_measured_without_special_case(
    table: Callable[..., Table], name: str, folder: str, options: list[str]
) -> None:
    """Headers go by their aliases; there is an answer for every one."""
    given: list[str | Path] = []
    for option, files in FILES.items():
        found = [UNANSWERED / folder / file for file in files]
        given += [part for path in found if path.exists() for part in (f"--{option}", path)]
    if name == "reach":  # a command of its own, which asks of edges alone
        given = given[:2]
    assert table(name, *given, *options)


# --- plain csv of one's own -----------------------------------------------------------------

EDGES = "giver,receiver,time,practice\na,b,1,p\nb,c,2,p\na,d,2,p\nc,d,4,p\nd,e,5,p\nb,e,5,q\n"
NODES = "id,toa,group,level\na,1,x,national\nb,2,x,local\nc,3,y,local\nd,3,y,national\ne,6,z,\n"
CASCADES = "actor,time,practice\na,1,p\nb,2,p\nc,3,p\nb,1,q\nc,4,q\ne,2,q\na,1,r\nc,2,r\n"


@pytest.fixture
def own(tmp_path: Path) -> list[str]:
    """Write three small tables, and give the options that name them."""
    given = []
    for name, text in (("edges", EDGES), ("nodes", NODES), ("cascades", CASCADES)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        given += [f"--{name}", str(path)]
    return given


@pytest.mark.parametrize("name", MEASURES)
def test_every_column_of_an_answer_is_told_of_in_the_help(
    run: Run, own: list[str], name: str
) -> None:
    """``--help`` documents all columns; the answer is the same in csv and json."""
    own = [*own, "--edges-limit", "2"] if name == "hidden-ties" else own
    code, out, err = run(name, *own, "--format", "json")
    assert code == 0, err
    answer = json.loads(out)
    for told in ("rule", "seed", "horizon", "left_out", "undated", "transfers"):
        assert told in answer, told
    _, text, _ = run(name, "--help")
    _, head, _ = run(name, *own, "--format", "csv")[1].partition("\n")
    columns = run(name, *own, "--format", "csv")[1].partition("\n")[0].split(",")
    assert columns
    assert head == "\n"
    words = set(re.findall(r"\w+", text))
    families = tuple(re.findall(r"(\w+_)\.\.\.", text))
    for column in columns:
        assert column in words or column.startswith(families or ("-",)), column


@pytest.mark.parametrize("name", registry.names("analysis"))
def test_no_help_speaks_of_the_code(run: Run, name: str) -> None:
    """Who reads it sees no module, and no mark of a docstring."""
    _, text, _ = run(name, "--help")
    assert "the module" not in " ".join(text.split())
    assert "``" not in text


def test_an_option_of_one_letter_goes_with_one_dash_or_two(
    table: Callable[..., Table], own: list[str]
) -> None:
    """``-k`` and ``--k`` are the same."""
    asked = ["main-path", *own[:2], "--method", "key-route"]
    assert table(*asked, "-k", "1") == table(*asked, "--k", "1") != table(*asked, "--k", "9")


@pytest.mark.parametrize("name", ["centrality", "components"])
def test_analyses_of_a_diagram_tell_their_rule(run: Run, own: list[str], name: str) -> None:
    """As all others do, in the head of json and above the table."""
    assert json.loads(run(name, *own[:2], "--format", "json")[1])["rule"]
    assert "Rule: " in run(name, *own[:2])[1]


def test_a_small_number_is_not_rounded_to_0() -> None:
    """A p that four digits would make 0 keeps those that it has; 0 itself stays 0."""
    from kvgraph.cli._answers import _short

    assert (_short(0.0000213), _short(-3e-9), _short(0.0), _short(0.12345)) == (
        2.1e-05, -3e-9, 0.0, 0.1235,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["centrality", "components"])
def test_who_has_no_tie_stands_in_a_diagram_too(run: Run, tmp_path: Path, name: str) -> None:
    """An actor of ``--nodes`` alone has a row; a loop is left out and counted, and no fault."""
    (tmp_path / "e.csv").write_text("who,whom\na,b\nb,b\n")
    (tmp_path / "n.csv").write_text("id,group\na,x\nz,x\n")
    given = ["--edges", tmp_path / "e.csv", "--nodes", tmp_path / "n.csv"]
    named = ["--columns", "giver=who,receiver=whom", "--format", "json"]
    code, out, err = run(name, *given, *named)
    assert code == 0, err
    answer = json.loads(out)
    assert [row["actor"] for row in answer["rows"]] == ["a", "b", "z"]
    assert (answer["transfers"], answer["proven"], answer["left_out"]) == (2, 1, {"loops": 1})


def test_a_period_of_plain_csv_is_told(run: Run, own: list[str]) -> None:
    """The head says what was selected, as for a dataset."""
    _, out, _ = run("main-path", *own[:2], "--from", "2", "--until", "4", "--format", "json")
    assert json.loads(out)["selection"] == {"from": "2", "until": "4"}


@pytest.mark.parametrize("name", MEASURES)
def test_nothing_to_measure_is_an_explained_table(run: Run, tmp_path: Path, name: str) -> None:
    """An empty csv is no error; the answer says why there is no row."""
    path = tmp_path / "edges.csv"
    path.write_text("giver,receiver\n")
    code, out, err = run(name, "--edges", path, "--format", "json")
    assert code == 0, err
    answer = json.loads(out)
    assert answer["rows"] == []
    assert answer["empty"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["brokerage", "--edges", "EDGES", "--columns", "group=size"],
            "is not a column of an edge",
        ),
        (["brokerage", "--edges", "EDGES", "--columns", "giver=who"], 'no column "who" for giver'),
        (["adoption", "--nodes", "EDGES"], "has no column for the id"),
        (["adoption", "--nodes", "NODES", "--country", "FI"], "--country needs a store"),
        (["adoption", "--nodes", "NODES", "--store", "x"], "--store does not go with --nodes"),
        (["adoption", "--undirected"], "--undirected goes with --edges"),
        (["adoption", "--nodes", "NODES", "--from", "soon"], "is not a number"),
        (["adoption", "--nodes", "missing.nq"], "takes a csv here"),
        (["brokerage", "--edges", "EDGES", "--nodes", "NODES", "--group", "size"], "size"),
        (["hidden-ties", "--cascades", "CASCADES", "--lambda", "fast"], '--lambda "fast" is not'),
        (["brokerage", "--edges", "missing.csv"], "missing.csv"),
    ],
)
def test_what_does_not_go_together_is_refused_in_words(
    run: Run, own: list[str], arguments: list[str], message: str
) -> None:
    """Exit code 2, a sentence with a hint, and nothing on the standard output."""
    paths = dict(zip(("EDGES", "NODES", "CASCADES"), own[1::2], strict=True))
    code, out, err = run(*[paths.get(a, a) for a in arguments])
    assert (code, out) == (2, "")
    assert message in err


def test_every_faulty_cell_of_all_tables_is_told(run: Run, tmp_path: Path) -> None:
    """With file, row, column, value and a hint."""
    (tmp_path / "e.csv").write_text("giver,receiver,weight\na,b,heavy\na,,1\n")
    (tmp_path / "n.csv").write_text("id,toa\na,1\na,2\n,3\nb,4,5\n")
    (tmp_path / "c.csv").write_text("actor,time,end\na,5,3\n,1,\n")
    code, out, err = run("brokerage", "--edges", tmp_path / "e.csv", "--nodes",
                         tmp_path / "n.csv", "--cascades", tmp_path / "c.csv")  # fmt: skip
    assert (code, out) == (2, "")
    for told in (
        'e.csv:2: weight "heavy" is no weight', "e.csv:3: receiver", 'n.csv:3: id "a" stands',
        "n.csv:4: id", "n.csv:5: has 3 cells", 'c.csv:2: end "3" lies before', "c.csv:3: actor",
    ):  # fmt: skip
        assert told in err, told


def test_missing_times_as_r_writes_them_are_blank(
    table: Callable[..., Table], tmp_path: Path
) -> None:
    """``NA`` is nobody's time of adoption, and never makes dates of numbers."""
    path = tmp_path / "n.csv"
    path.write_text("id,toa\na,1\nb,NA\nc,3\nd,\n")
    found = table("adoption", "--nodes", path)
    assert [(r["period"], r["adopters"], r["share"]) for r in found] == [
        ("1", "1", "0.25"), ("2", "0", "0.25"), ("3", "1", "0.5"),
    ]  # fmt: skip


def test_loops_are_left_out_and_counted(run: Run, tmp_path: Path) -> None:
    """Published networks have them; a main path has none."""
    path = tmp_path / "e.csv"
    path.write_text("a,b\nx,x\nx,y\n")
    answer = json.loads(run("main-path", "--edges", path, "--format", "json")[1])
    assert (answer["transfers"], answer["proven"], answer["left_out"]) == (2, 1, {"loops": 1})
    _, out, _ = run("main-path", "--edges", path, "--lang", "fi")
    assert "1 antaja ja saaja ovat sama" in out


def test_dates_and_a_period(table: Callable[..., Table], tmp_path: Path) -> None:
    """Times may be EDTF; ties outside the period are left out, undated ones too."""
    path = tmp_path / "e.csv"
    path.write_text("giver,receiver,start\na,b,2010\nb,c,2012-05\nc,d,\nd,e,2019~\n")
    found = table("main-path", "--edges", path, "--until", "2013")
    assert [(r["giver"], r["receiver"]) for r in found] == [("a", "b"), ("b", "c")]


# --- the dataset ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", MEASURES)
def test_the_shipped_data_are_measured(run: Run, name: str) -> None:
    """Each answers on a selection of the dataset, and carries what was asked and counted."""
    code, out, err = run(name, "--practice", "gp17-02", "--practice", "pr-youth-guarantee",
                         "--format", "json")  # fmt: skip
    assert code == 0, err
    answer: dict[str, Any] = json.loads(out)
    assert answer["dataset"].startswith("sha256:")
    assert answer["transfers"] > 5
    assert answer["horizon"]
    assert answer["rows"] or answer["empty"]


def test_long_work_stops_at_once(tmp_path: Path) -> None:
    """It is said beforehand, and Ctrl-C ends it with nothing written."""
    edges = "".join(f"a{i},a{(i * 7 + j) % 900}\n" for i in range(900) for j in range(1, 6))
    (tmp_path / "e.csv").write_text("giver,receiver\n" + edges)
    groups = "".join(f"a{i},g{i % 9}\n" for i in range(900))
    (tmp_path / "n.csv").write_text("id,group\n" + groups)
    call = [
        sys.executable, "-c", "from kvgraph.cli.main import main; main()", "analyse", "brokerage",
        "--edges", "e.csv", "--nodes", "n.csv", "--permutations", "900000", "-o", "out.csv",
    ]  # fmt: skip
    process = subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, text=True
    )
    assert process.stderr is not None
    first = process.stderr.readline()
    assert "900,000" in first
    process.send_signal(signal.SIGINT)
    began = time.perf_counter()
    out, err = process.communicate(timeout=30)
    assert time.perf_counter() - began < 3
    assert process.returncode in (130, -signal.SIGINT)
    assert (out, sorted(p.name for p in tmp_path.iterdir())) == ("", ["e.csv", "n.csv"])
    assert "interrupted" in err


def test_a_period_narrows_adoptions_as_it_does_ties(run: Run, own: list[str]) -> None:
    """Who adopted outside of it is an actor that has not adopted; how many is told."""
    code, out, err = run("adoption", *own[2:4], "--until", "2", "--format", "json")
    assert code == 0, err
    answer = json.loads(out)
    assert [(r["period"], r["adopters"], r["share"]) for r in answer["rows"]] == [
        (1, 1, 0.2), (2, 1, 0.4),
    ]  # fmt: skip
    assert answer["selection"] == {"until": "2"}


def test_what_cannot_be_ordered_says_so(run: Run, tmp_path: Path) -> None:
    """A ring has no main path, and a table in which nobody lies between no betweenness."""
    path = tmp_path / "e.csv"
    path.write_text("a,b\nx,y\ny,x\n")
    _, out, _ = run("main-path", "--edges", path)
    assert "no main path" in out
    _, out, _ = run("temporal-betweenness", "--edges", path)
    assert "Nobody lies between two others" in out
