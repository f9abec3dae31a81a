"""Position and components: worked out by hand, by networkx, and against published numbers."""

from __future__ import annotations

import csv
import json
import math
import random
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import village
from kvgraph import registry
from kvgraph.analysis import centrality as centrality_module
from kvgraph.analysis.centrality import MEASURES, centrality
from kvgraph.analysis.components import components
from kvgraph.cli.main import _run, cli
from kvgraph.diagram import draw_transfers, frame
from kvgraph.model import Diagram, Edge, Node
from kvgraph.selection import select, selection
from kvgraph.store import Dataset, create
from village import dataset

CASES = Path(__file__).parent / "cases" / "analyse"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The village as a store on disk."""
    path = tmp_path_factory.mktemp("analyse") / "village"
    with create(path) as write:
        write(dataset().store, replace(dataset().about, horizon="2025-11-30"))
    return {"VILLAGE": str(path)}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], stores: dict[str, str]) -> Run:
    """Give a function that runs the command line: exit code, answer and messages."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = _run([stores.get(a, a) for a in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def drawn(**options: object) -> Diagram:
    """Give the transfers of the village as a diagram."""
    d = dataset()
    wanted = select(d, selection(d, **options), ("transfer",))  # type: ignore[arg-type]
    return draw_transfers(d, wanted, replace(frame(d), horizon=village.HORIZON))


def of(edges: list[tuple[str, str, str]]) -> Diagram:
    """Give a diagram of proven transfers: giver, receiver, practice."""
    names = sorted({name for edge in edges for name in edge[:2]})
    return Diagram(
        tuple(Node(name, {"label": name, "kind": "actor"}) for name in names),
        tuple(
            Edge(f"t{i}", a, b, {"kind": "transfer", "transfer": f"t{i}", "practice": p,
                                 "proven": True, "left_out": None})
            for i, (a, b, p) in enumerate(edges)
        ),
        {"transfers": len(edges), "left_out": {}},
    )  # fmt: skip


CENTRAL = [n for n in registry.names("analysis")
           if registry.entry("analysis", n, "ANALYSIS").takes == "diagram"]  # fmt: skip


def test_every_analysis_of_a_diagram_has_a_case() -> None:
    """A new analysis comes with an example of its answer."""
    assert {path.parent.parent.name for path in CASES.glob("*/*/expected.csv")} >= set(CENTRAL)


@pytest.mark.parametrize(
    "case", sorted(p.parent for p in CASES.glob("*/*/expected.csv")), ids=lambda p: p.name
)
def test_a_case_is_answered_as_expected(
    case: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The csv of the command line holds the numbers that are known, to 1e-9."""
    monkeypatch.chdir(case)
    options = shlex.split((case / "options.txt").read_text())
    code, out, err = run("analyse", case.parent.name, *options, "--format", "csv")
    assert code == 0, err
    answer = list(csv.DictReader(out.splitlines()))
    expected = list(csv.DictReader((case / "expected.csv").read_text().splitlines()))
    by_actor = {row["actor"]: row for row in answer}
    assert set(by_actor) == {row["actor"] for row in expected}
    for row in expected:
        for name, value in row.items():
            found = by_actor[row["actor"]][name]
            try:
                assert math.isclose(float(found), float(value), abs_tol=1e-9), (row["actor"], name)
            except ValueError:
                assert found == value, (row["actor"], name)


def test_the_village_is_measured_by_hand() -> None:
    """Five edges, A→B, A→V (possible), B→Y, V→Y, Y→O; the planned B→V does not count.

    A Aspby, V Varnia, B Birkton, Y the youth office, O Oreland; all weights are 1.

    - betweenness, over 4 x 3: Y lies on A-O, B-O and V-O, 3/12; B and V share A-Y and A-O,
      (1/2 + 1/2)/12 each.
    - closeness: B and V are reached by A alone, 1/4 x 1/1; Y by B, V at 1 and A at 2,
      3/4 x 3/4; O by Y at 1, B, V at 2, A at 3, 4/4 x 4/8; nobody reaches A.
    - hubs and authorities: after the first step O is worth half of what Y is and fades; B, V
      and Y are worth 1 : 1 : 2, and those who give to them 2 : 2 : 2.
    - katz, alpha 0.1: A 1, B and V 1.1, Y 1 + 0.22, O 1.122, over the root of the squares.
    - constraint: no two contacts of anybody are contacts: the sum of the squared shares,
      1/4 + 1/4 for A, B and V, 3/9 for Y, 1 for O; the effective size is the degree.
    """
    table = centrality(drawn())
    rows = {str(row["actor"]): row for row in table.records()}
    names = ["org-birkton-youth", "country-xa", "xb-birkton", "country-xb", "xa-aspby"]
    assert list(rows) == names, "by betweenness, then by id"

    def column(name: str) -> list[object]:
        return [rows[actor][name] for actor in names]

    assert column("in_degree") == [2, 1, 1, 1, 0]
    assert column("out_degree") == [1, 1, 1, 0, 2]
    assert column("received") == [2, 1, 1, 1, 0]
    assert column("gave") == [1, 1, 1, 0, 2]
    assert column("degree") == [3, 2, 2, 1, 2]
    assert column("betweenness") == pytest.approx([3 / 12, 1 / 12, 1 / 12, 0, 0], abs=1e-11)
    assert column("closeness")[:4] == pytest.approx([9 / 16, 1 / 4, 1 / 4, 1 / 2], abs=1e-11)
    assert column("closeness")[4] is None
    assert column("hub") == pytest.approx([0, 1 / 3, 1 / 3, 0, 1 / 3], abs=1e-11)
    assert column("authority") == pytest.approx([1 / 2, 1 / 4, 1 / 4, 0, 0], abs=1e-11)
    size = math.hypot(1.22, 1.1, 1.1, 1.122, 1)
    katz = [x / size for x in (1.22, 1.1, 1.1, 1.122, 1)]
    assert column("katz") == pytest.approx(katz, abs=1e-11)
    assert column("constraint") == pytest.approx([1 / 3, 1 / 2, 1 / 2, 1, 1 / 2], abs=1e-11)
    assert column("effective_size") == [3, 2, 2, 1, 2]
    assert column("transfers") == [
        ("v2", "v3", "v5"), ("v4", "v5"), ("v1", "v2"), ("v3",), ("v1", "v4"),
    ]  # fmt: skip
    # pagerank: (1 - d)/5, and d times what comes in; O, who gives nothing, gives to all alike.
    y, v, b, o, a = (float(x) for x in column("pagerank"))  # type: ignore[arg-type]
    base = 0.15 / 5 + 0.85 * o / 5
    assert [a, b, v, y, o] == pytest.approx(
        [base, base + 0.425 * a, base + 0.425 * a, base + 0.85 * (b + v), base + 0.85 * y]
    )
    head = table.head
    assert (head["stage"], head["transfers"], head["proven"], head["possible"]) == (
        "adopted", 6, 4, 1,
    )  # fmt: skip
    assert head["left_out"] == {"planned": 1}
    assert (head["actors"], head["edges"], head["transfers_counted"]) == (5, 5, 5)
    assert (head["level"], head["undated"], head["sources"]) == ("actor", 0, 2)
    assert str(head["dataset"]).startswith("sha256:")


def test_only_what_is_proven_is_counted_where_that_is_asked_for() -> None:
    """Without v4 nobody reaches Varnia: its closeness is undefined, and not 0."""
    rows = {r["actor"]: r for r in centrality(drawn(), proven_only=True).records()}
    assert rows["country-xa"]["closeness"] is None
    assert rows["country-xa"]["received"] == 0
    assert rows["xa-aspby"]["transfers"] == ("v1",)


def test_a_planned_transfer_leaves_its_actors_without_an_edge() -> None:
    """Who only planned is there, and what needs a neighbour is undefined.

    ``--practice p-harbour`` selects v2 (B→Y), v3 (Y→O) and the planned v6 (B→V).
    """
    table = centrality(drawn(practice=["p-harbour"]))
    [varnia] = [r for r in table.records() if r["actor"] == "country-xa"]
    assert [varnia[m] for m in ("degree", "betweenness", "closeness")] == [0, 0.0, None]
    assert (varnia["constraint"], varnia["effective_size"], varnia["transfers"]) == (None, None, ())
    rows = components(drawn(practice=["p-harbour"]))
    assert rows.rows == (
        (1, 3, "country-xb", ("v3",)),
        (1, 3, "org-birkton-youth", ("v2", "v3")),
        (1, 3, "xb-birkton", ("v2",)),
        (2, 1, "country-xa", ()),
    )
    assert (rows.head["components"], rows.head["largest"], rows.head["largest_share"]) == (
        2, 3, 0.75,
    )  # fmt: skip


def test_strong_components_need_a_way_there_and_back() -> None:
    """a→b→c→a hang together both ways, c→d does not come back; d→e→d are two more."""
    diagram = of([("a", "b", "p"), ("b", "c", "p"), ("c", "a", "p"), ("c", "d", "p"),
                  ("d", "e", "p"), ("e", "d", "q")])  # fmt: skip
    assert components(diagram).head["components"] == 1
    assert [row[:3] for row in components(diagram, strong=True).rows] == [
        (1, 3, "a"), (1, 3, "b"), (1, 3, "c"), (2, 2, "d"), (2, 2, "e"),
    ]  # fmt: skip
    inside = {row[2]: row[3] for row in components(diagram, strong=True).rows}
    assert inside["c"] == ("t1", "t2"), "t3 leaves the component"


edge_lists = st.lists(
    st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg"), st.sampled_from("pqr")),
    min_size=1, max_size=14,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(edge_lists, st.randoms(use_true_random=False))
def test_measures_are_those_of_networkx(
    edges: list[tuple[str, str, str]], order: random.Random
) -> None:
    """On any graph the scores are networkx's, whatever the order of the edges."""
    table = centrality(of(edges))
    shuffled = list(edges)
    order.shuffle(shuffled)
    again = centrality(of(shuffled))
    assert [row[:-1] for row in again.rows] == [row[:-1] for row in table.rows]
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted({n for e in edges for n in e[:2]}))
    for a, b in {e[:2] for e in edges if e[0] != e[1]}:
        graph.add_edge(a, b, weight=len({e[2] for e in edges if e[:2] == (a, b)}))
    rows = {row["actor"]: row for row in table.records()}
    alpha = table.head["katz_alpha"]
    assert isinstance(alpha, float)
    expected = {}
    if len(graph) > 1:
        expected["katz"] = nx.katz_centrality_numpy(graph, alpha=alpha, weight="weight")
    if len(graph) > 2:
        expected["betweenness"] = nx.betweenness_centrality(graph)
    if graph.edges:
        expected["constraint"] = nx.constraint(graph, list(graph), weight="weight")
        undirected = nx.Graph((graph.to_undirected()).edges)
        undirected.add_nodes_from(graph)
        if all(d["weight"] == 1 for *_, d in graph.edges(data=True)) and not any(
            graph.has_edge(b, a) for a, b in graph.edges
        ):
            expected["effective_size"] = nx.effective_size(undirected, list(undirected))
    for name, scores in expected.items():
        for actor, score in scores.items():
            found = rows[actor][name]
            if rows[actor]["degree"] == 0 and name in ("constraint", "effective_size"):
                assert found is None
            elif name != "constraint" or graph.succ[actor]:  # networkx has none for a sink
                assert found == pytest.approx(score, abs=1e-9), (name, actor)


def test_weighted_effective_size_is_burts() -> None:
    """Both directions of all practices together: networkx's formula, node by node."""
    rng = random.Random(3)
    edges = [(rng.choice("abcdefgh"), rng.choice("abcdefgh"), rng.choice("pqr"))
             for _ in range(30)]  # fmt: skip
    edges = [e for e in edges if e[0] != e[1]]
    rows = {r["actor"]: r for r in centrality(of(edges)).records()}
    graph = nx.DiGraph()
    for a, b in {e[:2] for e in edges}:
        graph.add_edge(a, b, weight=len({e[2] for e in edges if e[:2] == (a, b)}))
    for actor, size in nx.effective_size(graph, list(graph), weight="weight").items():
        if graph.succ[actor]:
            assert rows[actor]["effective_size"] == pytest.approx(size, abs=1e-9)
    hubs, authorities = nx.hits(graph)
    for actor in graph:
        assert rows[actor]["hub"] == pytest.approx(hubs[actor], abs=1e-9)
        assert rows[actor]["authority"] == pytest.approx(authorities[actor], abs=1e-9)


def test_what_does_not_settle_is_empty_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """No half-done score is shown."""
    monkeypatch.setattr(centrality_module, "_ROUNDS", 2)
    table = centrality(of([("a", "b", "p"), ("b", "c", "p"), ("c", "a", "p"), ("a", "d", "p")]))
    assert {row["hub"] for row in table.records()} == {None}
    notes = table.head["notes"]
    assert isinstance(notes, tuple)
    assert "hub has no value: its iteration did not settle." in notes


def test_katz_stays_below_the_inverse_of_the_largest_eigenvalue() -> None:
    """In a complete graph of 12 the eigenvalue is 11: alpha is 0.85/11, not 0.1."""
    names = "abcdefghijkl"
    table = centrality(of([(a, b, "p") for a in names for b in names if a != b]))
    assert table.head["katz_alpha"] == pytest.approx(0.85 / 11, rel=1e-5)
    scores = [row["katz"] for row in table.records()]
    assert scores == pytest.approx([1 / math.sqrt(12)] * 12)


def test_a_pair_and_nothing_have_their_measures() -> None:
    """Between two nobody can stand, and of none nothing is asked."""
    rows = list(centrality(of([("a", "b", "p")])).records())
    assert [r["betweenness"] for r in rows] == [None, None]
    empty = centrality(of([]))
    assert (empty.rows, empty.empty) == ((), "No transfer is there to be counted.")
    assert components(of([])).head["largest_share"] is None
    lonely = centrality(of([("a", "a", "p")]))
    assert lonely.rows == (("a", 0, 0, 0, 0, 0, None, None, 1.0, None, None, 1.0, None, None, ()),)


def test_states_are_put_together_before_anything_is_counted(run: Run) -> None:
    """XA (Varnia, Aspby) gave to XB (the rest) by v1 and v5; v2, v3, v4 stay within."""
    code, out, _ = run("analyse", "centrality", "--store", "VILLAGE", "--level", "member-state",
                       "--format", "json")  # fmt: skip
    answer = json.loads(out)
    assert code == 0
    assert answer["heading"] == "state-level contact"
    assert (answer["within_groups"], answer["outside_every_group"]) == (3, 0)
    assert [(r["actor"], r["gave"], r["received"]) for r in answer["rows"]] == [
        ("country-xa", 2, 0), ("country-xb", 0, 2),
    ]  # fmt: skip
    assert answer["horizon"] == "2025-11-30"
    # The office acts for Birkton: v2 stays within it, v5 goes to it.
    code, out, _ = run("analyse", "components", "--store", "VILLAGE", "--level", "jurisdiction")
    assert "Contact between jurisdictions" in out
    assert "Birkton (xb-birkton)" in out
    assert "Youth" not in out


def test_a_table_for_people_names_actors_and_tells_what_was_counted(run: Run) -> None:
    """Stage, horizon, numbers, selection and dataset stand above the rows, in three languages."""
    texts = {"en": "Selected: country XA", "fi": "Valittu: country XA", "sv": "Valt: country XA"}
    for lang, text in texts.items():
        code, out, _ = run("analyse", "centrality", "--store", "VILLAGE", "--country", "XA",
                           "--lang", lang)  # fmt: skip
        assert code == 0
        assert text in out
        assert "(xb-birkton)" in out
        assert "sha256:" in out
    code, out, err = run("analyse", "components", "--store", "VILLAGE", "--format", "csv")
    assert out.startswith("component,size,actor,transfers\n1,5,country-xa,v4;v5\n")
    assert "note: Components: 1; the largest holds 5 of 5." in err


def test_nothing_selected_is_an_empty_explained_table(run: Run) -> None:
    """No error, but words."""
    code, out, _ = run("analyse", "components", "--store", "VILLAGE", "--until", "1900")
    assert code == 0
    assert "No record meets all of: Until 1900" in out


def test_reach_and_paths_are_the_same_commands(run: Run) -> None:
    """``analyse reach`` is ``reach``."""
    arguments = ["--from", "xa-aspby", "--store", "VILLAGE", "--format", "csv"]
    assert run("analyse", "reach", *arguments) == run("reach", *arguments)
    [group] = [cli.get_command(None, "analyse")]  # type: ignore[arg-type]
    assert group is not None
    assert run("analyse", "paths", "--help")[1].startswith("Usage: kvgraph analyse paths")
    _, out, _ = run("analyse", "--help")
    named = (registry.entry("analysis", name, "ANALYSIS") for name in registry.names("analysis"))
    assert all(f"  {one.name} " in out for one in named if one.takes != "material")


def test_reach_looks_only_at_the_selected_transfers(run: Run) -> None:
    """With the network only v1 is left: from Aspby there is Birkton, and its own adaptation.

    Six transfers, of which v1 went through n-kitchens: five lie outside.
    """
    code, out, _ = run("reach", "--from", "xa-aspby", "--network", "n-kitchens",
                       "--store", "VILLAGE", "--format", "json")  # fmt: skip
    answer = json.loads(out)
    assert code == 0
    assert answer["selection"] == {"network": "n-kitchens"}
    assert answer["outside_selection"] == 5
    assert [(r["practice"], r["actor"]) for r in answer["rows"]] == [
        ("p-harbour", "xb-birkton"), ("p-kitchen", "xb-birkton"),
    ]  # fmt: skip
    assert answer["transfers_considered"] == 1
    code, out, _ = run("reach", "--from", "country-xa", "--network", "n-kitchens",
                       "--store", "VILLAGE")  # fmt: skip
    assert "Only the selected transfers were looked at." in out
    assert "Transfers outside the selection: 5." in out
    _, out, _ = run("paths", "--from", "xa-aspby", "--to", "country-xb", "--country", "XB",
                         "--store", "VILLAGE", "--format", "json")  # fmt: skip
    # v4 alone has both ends in XA.
    assert json.loads(out)["outside_selection"] == 1


EDGES = "giver,receiver,start,end,practice,id\nA,B,1,2,p,x\nB,C,3,,p,y\nC,A,,,q,z\nA,B,9,9,q,w\n"


def test_an_edge_table_needs_no_store_and_may_have_a_period(tmp_path: Path, run: Run) -> None:
    """From 3 until 5 only y can be going on; z has no time, and is left out and counted."""
    path = tmp_path / "edges.csv"
    path.write_text(EDGES)
    code, out, _ = run("analyse", "centrality", "--edges", str(path), "--format", "json")
    answer = json.loads(out)
    assert code == 0
    assert (answer["stage"], answer["transfers"], answer["undated"]) == (None, 4, 1)
    [a] = [r for r in answer["rows"] if r["actor"] == "A"]
    assert (a["gave"], a["out_degree"], a["transfers"]) == (2, 1, ["w", "x", "z"])
    code, out, _ = run("analyse", "components", "--edges", str(path), "--from", "3",
                       "--until", "5", "--format", "json")  # fmt: skip
    answer = json.loads(out)
    assert answer["selection"] == {"from": "3", "until": "5"}
    assert answer["undated_left_out"] == 1
    assert [r["transfers"] for r in answer["rows"]] == [["y"], ["y"]]


def test_an_rdf_file_can_be_the_edge_table(tmp_path: Path, run: Run) -> None:
    """Things are named by their ids there too, and what is not proven is told as possible."""
    path = tmp_path / "village.nq"
    path.write_bytes(b"".join(dataset().dump()))
    code, out, err = run("analyse", "centrality", "--edges", str(path), "--format", "json")
    answer = json.loads(out)
    assert code == 0, err
    assert (answer["proven"], answer["possible"], answer["left_out"]) == (4, 1, {"planned": 1})
    assert {r["actor"] for r in answer["rows"]} >= {"xa-aspby", "country-xb"}
    code, _, err = run("analyse", "centrality", "--edges", str(path), "--country", "XA")
    assert code == 2
    assert f"--store {path}" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["centrality", "--edges", "EDGES", "--country", "FI"], "--country needs a store"),
        (["centrality", "--edges", "EDGES", "--stage", "visited"], "--stage needs a store"),
        (["centrality", "--edges", "EDGES", "--level", "jurisdiction"], "--level needs a store"),
        (["centrality", "--edges", "EDGES", "--proven-only"], "--proven-only needs a store"),
        (["centrality", "--edges", "EDGES", "--from", "5", "--until", "3"], "no time from 5"),
        (["components", "--edges", "EDGES", "--from", "soon"], "not a number"),
        (["components", "--undirected", "--store", "VILLAGE"], "goes with --edges"),
        (["components", "--from", "2015", "--until", "2014", "--store", "VILLAGE"], "no day from"),
        (["components", "--from", "../2015", "--store", "VILLAGE"], "is open"),
        (["reach", "--edges", "EDGES", "--from", "A", "--theme", "x"], "--theme needs a store"),
        (["fame"], "No such command"),
    ],
)
def test_what_does_not_go_together_is_refused_in_words(
    arguments: list[str], message: str, tmp_path: Path, run: Run
) -> None:
    """Exit code 2, a sentence, and nothing on the standard output."""
    path = tmp_path / "edges.csv"
    path.write_text(EDGES)
    code, out, err = run("analyse", *[str(path) if a == "EDGES" else a for a in arguments])
    assert (code, out) == (2, "")
    assert message in err


def test_long_work_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """From many actors on each step is said; before that nothing is."""
    said: list[str] = []
    table = centrality(drawn(), tell=said.append)
    assert said == []
    monkeypatch.setattr(centrality_module, "MANY", 5)
    assert centrality(drawn(), tell=said.append) == table
    assert said[0].startswith("betweenness of 5 actors and 5 edges")


def test_every_row_names_the_transfers_behind_it(shipped: Dataset) -> None:
    """On the shipped data the ids of a row are those that it gave and received, and no others."""
    diagram = draw_transfers(
        shipped, select(shipped, selection(shipped), ("transfer",)), frame(shipped)
    )
    counted = [e for e in diagram.edges if not e.attributes["left_out"]]
    for row in centrality(diagram).records():
        gave = {e.attributes["transfer"] for e in counted if e.source == row["actor"]}
        got = {e.attributes["transfer"] for e in counted if e.target == row["actor"]}
        assert (row["gave"], row["received"]) == (len(gave), len(got))
        assert row["transfers"] == tuple(sorted(gave | got))  # type: ignore[type-var]
    assert len(MEASURES) == 13
