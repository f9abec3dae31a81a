"""Main paths: published integers and arcs, worked-out examples, and what must always hold."""

from __future__ import annotations

import random
from itertools import pairwise
from math import comb

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvgraph.analysis import _main_path
from kvgraph.analysis import main_path as module
from kvgraph.analysis.main_path import main_path
from kvgraph.errors import KvgraphError
from kvgraph.material import Material, Tie
from reference_tables import needs_reference, rows

PUBLISHED = [
    "mainpath_test", "mainpath_testSPLC", "mainpath_testSPNP", "mainpath_centrality",
    "mainpath_phd",
]  # fmt: skip
NAMED = {"global": "global", "local": "local", "key-route": "key_route_k10"}


def material(arcs: list[tuple[str, str]]) -> Material:
    """Give arcs as ties, numbered from 1."""
    return Material(
        tuple(Tie(g, r, "", None, None, 1.0, str(n)) for n, (g, r) in enumerate(arcs, 1))
    )


def published(name: str) -> Material:
    """Give the arcs of a published network."""
    return material([(row["from"], row["to"]) for row in rows(name, "expected_weights.csv")])


@needs_reference
@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("weights", ["spc", "splc", "spnp"])
def test_weights_are_the_published_integers(name: str, weights: str) -> None:
    """Every arc of the network has exactly the weight that was published."""
    expected = {
        (row["from"], row["to"]): int(row[weights.upper()])
        for row in rows(name, "expected_weights.csv")
    }
    table = main_path(published(name), weights=weights)
    assert {(r["giver"], r["receiver"]): r["weight"] for r in table.records()} == expected
    assert all(type(row["weight"]) is int for row in table.records())


@needs_reference
@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("weights", ["spc", "splc", "spnp"])
@pytest.mark.parametrize("method", NAMED)
def test_main_paths_are_the_published_arcs(name: str, weights: str, method: str) -> None:
    """Local, global and key-route 10 take exactly the arcs that were published."""
    expected = {
        (row["from"], row["to"])
        for row in rows(name, "expected_paths.csv")
        if (row["weight"], row["type"]) == (weights.upper(), NAMED[method])
    }
    table = main_path(published(name), weights=weights, method=method)
    assert {(r["giver"], r["receiver"]) for r in table.records() if r["on_path"]} == expected
    assert table.head["on_path"] == len(expected)


@needs_reference
def test_the_published_totals_come_out() -> None:
    """Flow 50 059 of centrality; flow 882 and a longest path of 10 arcs of the genealogy."""
    table = main_path(published("mainpath_centrality"))
    assert (table.head["flow"], table.head["actors"], table.head["edges"]) == (50059, 118, 613)
    labels = {row["id"]: row["label"] for row in rows("mainpath_centrality", "labels.csv")}
    heaviest = max(table.records(), key=lambda row: row["weight"])  # type: ignore[arg-type,return-value]
    assert heaviest["weight"] == 20616
    assert [labels[str(heaviest[end])] for end in ("giver", "receiver")] == [
        "Bavelas-48", "Leavitt-51",
    ]  # fmt: skip
    path = {str(r["giver"]): str(r["receiver"]) for r in table.records() if r["on_path"]}
    [first] = path.keys() - set(path.values())
    way = [first]
    while way[-1] in path:
        way.append(path[way[-1]])
    assert [labels[v] for v in (way[0], *way[-2:])] == ["Bavelas-48", "Freeman-77", "Freeman-79"]
    table = main_path(published("mainpath_phd"))
    assert (table.head["flow"], table.head["longest_path"]) == (882, 10)
    assert table.head["equal_paths"] == 2, "Jennifer Welch's two students weigh the same"


@needs_reference
def test_weights_of_a_network_are_counts_in_the_network_with_ends_added() -> None:
    """SPLC is SPC with a source tied to all; SPNP is SPC with a sink tied to from all, too."""

    def weights(name: str, kind: str) -> dict[tuple[object, object], object]:
        table = main_path(published(name), weights=kind)
        return {(r["giver"], r["receiver"]): r["weight"] for r in table.records()}

    for kind, extended in (("splc", "mainpath_testSPLC"), ("spnp", "mainpath_testSPNP")):
        plain, with_ends = weights("mainpath_test", kind), weights(extended, "spc")
        assert plain == {arc: with_ends[arc] for arc in plain}


def test_loops_and_repeated_ties_count_once_and_components_are_contracted_and_named() -> None:
    """s→a twice, a→a, a→b→a, b→t: one component a+1 between s and t, each arc on one path.

    The tie b→a back has no weight, nor has a→b; the longest path is s, a+1, t.
    """
    pairs = [("s", "a"), ("a", "a"), ("a", "b"), ("b", "a"), ("s", "a"), ("b", "t")]
    table = main_path(material(pairs))
    assert table.rows == (
        ("b", "t", 1, True, 1.0, "a+1", None, 0, 0, ("6",)),
        ("s", "a", 1, True, 1.0, None, "a+1", 0, 0, ("1", "5")),
        ("a", "b", None, None, None, "a+1", "a+1", 0, 0, ("3",)),
        ("b", "a", None, None, None, "a+1", "a+1", 0, 0, ("4",)),
    )
    head = table.head
    assert head["contracted"] == {"a+1": ("a", "b")}
    assert (head["loops"], head["repeated"], head["flow"], head["longest_path"]) == (1, 1, 1, 2)
    assert "a+1" in str(head["notes"])


def test_slack_tells_how_far_from_the_longest_path_an_actor_lies() -> None:
    """1-2-3-4 is longest; over 5 it is 1-5-4, one arc shorter; 6-4 is two shorter."""
    table = main_path(material([("1", "2"), ("2", "3"), ("3", "4"), ("1", "5"), ("5", "4"),
                                ("6", "4")]))  # fmt: skip
    slack = {r["giver"]: r["giver_slack"] for r in table.records()}
    assert slack == {"1": 0, "2": 0, "3": 0, "5": 1, "6": 2}
    assert table.head["longest_path"] == 3


def test_counts_beyond_machine_integers_are_exact() -> None:
    """A ladder of 200 diamonds has 2^200 paths; half of them go through each arc."""
    arcs = [
        arc
        for n in range(200)
        for side in ("l", "r")
        for arc in ((f"{n}", f"{n}{side}"), (f"{n}{side}", f"{n + 1}"))
    ]
    table = main_path(material(arcs), method="key-route")
    assert table.head["flow"] == 2**200
    assert {r["weight"] for r in table.records()} == {2**199}
    assert {r["share"] for r in table.records()} == {0.5}
    assert table.head["on_path"] == 800, "all weigh as much as the tenth"


def test_ties_are_taken_by_the_smaller_id() -> None:
    """Of 1-9-20 and 1-10-20 the way over 9 is taken: ids that are numbers go by value."""
    table = main_path(material([("1", "10"), ("1", "9"), ("10", "20"), ("9", "20")]))
    assert {(r["giver"], r["receiver"]) for r in table.records() if r["on_path"]} == {
        ("1", "9"), ("9", "20"),
    }  # fmt: skip
    assert table.head["equal_paths"] == 2
    local = main_path(material([("1", "10"), ("1", "9"), ("10", "20"), ("9", "20")]),
                      method="local")  # fmt: skip
    assert all(r["on_path"] for r in local.records()), "local takes both"


acyclic_arcs = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda p: p[0] != p[1]),
    min_size=1, max_size=22,
).map(lambda pairs: sorted({(min(p), max(p)) for p in pairs}))  # fmt: skip


@given(acyclic_arcs, st.randoms(use_true_random=False))
def test_weights_count_paths_one_by_one(arcs: list[tuple[int, int]], order: random.Random) -> None:
    """On any small network: all paths listed, and the global way is the heaviest of them."""
    names = list("abcdefghi")
    pairs = [(names[a], names[b]) for a, b in arcs]
    graph = nx.DiGraph(pairs)
    paths = [[v] for v in graph]
    for path in paths:
        paths += [[*path, w] for w in graph.successors(path[-1])]
    sources = {v for v in graph if not graph.pred[v]}
    sinks = {v for v in graph if not graph.succ[v]}
    kinds = {
        "spc": [p for p in paths if p[0] in sources and p[-1] in sinks],
        "splc": [p for p in paths if p[-1] in sinks],
        "spnp": paths,
    }
    shuffled = list(pairs)
    order.shuffle(shuffled)
    for kind, counted in kinds.items():
        table = main_path(material(pairs), weights=kind)
        weight = {(r["giver"], r["receiver"]): int(str(r["weight"])) for r in table.records()}
        assert table.head["flow"] == len(counted)
        assert weight == {arc: sum(arc in pairwise(p) for p in counted) for arc in graph.edges}
        heavy = {tuple(p): sum(weight[arc] for arc in pairwise(p)) for p in kinds["spc"]}
        top = max(heavy.values())
        taken = {(r["giver"], r["receiver"]) for r in table.records() if r["on_path"]}
        [way] = [p for p in heavy if set(pairwise(p)) == taken]
        assert heavy[way] == top
        assert table.head["equal_paths"] == sum(w == top for w in heavy.values())
        assert table.head["longest_path"] == max(map(len, kinds["spc"])) - 1
        again = main_path(material(shuffled), weights=kind)
        assert [row[:-1] for row in again.rows] == [row[:-1] for row in table.rows]


def test_compiled_and_plain_passes_agree() -> None:
    """The same counts come of both, whether they fit machine integers or not."""
    pytest.importorskip("numba")
    rng = random.Random(5)
    for size, arcs in ((60, 200), (400, 30_000)):
        pairs = np.array(sorted({tuple(sorted(rng.sample(range(size), 2))) for _ in range(arcs)}))
        nets = [
            _main_path.acyclic(size, pairs[:, 0], pairs[:, 1], compiled=compiled)
            for compiled in (False, True)
        ]
        assert [net.compiled for net in nets] == [False, True]
        for kind in _main_path.WEIGHTS:
            (plain, flow), (compiled, same_flow) = (_main_path.traversals(n, kind) for n in nets)
            assert (list(compiled), same_flow) == (plain, flow)
            assert isinstance(compiled, np.ndarray) == (size == 60), "too many for the machine"
    assert flow > 2**64


@pytest.mark.parametrize("diamonds", [29, 30, 31, 32, 60, 61, 62, 63, 64, 65, 70, 128, 200])
@pytest.mark.parametrize("weights", _main_path.WEIGHTS)
def test_compiled_counts_are_exact_about_the_end_of_machine_integers(
    diamonds: int, weights: str
) -> None:
    """A ladder of n diamonds has 2^n paths: from 2^29 to 2^200 all are those of plain Python."""
    pytest.importorskip("numba")
    arcs = sorted(
        arc
        for n in range(0, 3 * diamonds, 3)
        for side in (1, 2)
        for arc in ((n, n + side), (n + side, n + 3))
    )
    tail, head = np.array(arcs).T
    plain, compiled = (
        _main_path.traversals(
            _main_path.acyclic(3 * diamonds + 1, tail, head, compiled=how), weights
        )
        for how in (False, True)
    )
    assert list(map(int, compiled[0])) == plain[0]
    assert compiled[1] == plain[1]
    if weights == "spc":
        assert plain == ([2 ** (diamonds - 1)] * 4 * diamonds, 2**diamonds)


def test_a_full_order_has_as_many_paths_as_subsets() -> None:
    """Of n actors of which each gave to all later ones, 2^(n-2) paths; by length, binomial."""
    n = 12
    arcs = [(str(a), str(b)) for a in range(n) for b in range(a + 1, n)]
    table = main_path(material(arcs))
    assert table.head["flow"] == sum(comb(n - 2, inner) for inner in range(n - 1)) == 2 ** (n - 2)
    assert table.head["longest_path"] == n - 1


def test_nothing_has_no_path_and_says_so() -> None:
    """No tie, or only ties of an actor with itself."""
    for pairs in ([], [("a", "a")]):
        for method in ("global", "local", "key-route"):
            table = main_path(material(pairs), method=method)
            assert table.rows == ()
            assert table.empty == "No transfer is there to be counted."
            assert (table.head["flow"], table.head["on_path"]) == (0, 0)


def test_what_is_not_there_is_refused() -> None:
    """Weights, methods and k are named with what there is."""
    for options in ({"weights": "x"}, {"method": "x"}, {"k": 0}):
        with pytest.raises(KvgraphError) as caught:
            main_path(material([("a", "b")]), **options)  # type: ignore[arg-type]
        assert "spnp" in caught.value.hint


def test_what_was_counted_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule, horizon, left out and undated are those of the material; long work is told of."""
    given_head = {"rule": "non-strict", "horizon": 7, "left_out": {"planned": 2}, "undated": 3}
    ties = material([("a", "b")]).ties
    head = main_path(Material(ties, head=given_head)).head
    assert {name: head[name] for name in ("horizon", "left_out", "undated")} == {
        name: given_head[name] for name in ("horizon", "left_out", "undated")
    }
    assert head["rule"] == "non-strict; main path: global by spc"
    assert head["seed"] is None
    said: list[str] = []
    main_path(Material(ties), tell=said.append)
    assert said == []
    monkeypatch.setattr(module, "MANY", 1)
    main_path(Material(ties), tell=said.append)
    assert said[0] == "main path of 2 actors and 1 pairs"
