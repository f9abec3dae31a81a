"""Trees of practices: published shapes, analytic trees, parents by each rule, and laws."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import product
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvgraph.analysis import _cascades, _trees
from kvgraph.analysis import cascades as module
from kvgraph.analysis.cascades import cascades
from kvgraph.errors import KvgraphError
from kvgraph.material import Adopting, Material, Member, Tie
from reference_tables import needs_reference, rows

Time = float | None


def tie(arc: str, start: Time = None, end: Time = None, **more: Any) -> Tie:
    """Give a tie from the first letter to the last, named by them; the end is the start."""
    values = {"practice": "p", "weight": 1.0, "id": arc} | more
    return Tie(arc[0], arc[-1], start=start, end=start if end is None else end, **values)


def trees(ties: Iterable[Tie], adopted: dict[str, Any] | None = None, **options: Any) -> list[Any]:
    """Give the trees of one practice: root, size, and the ids of the ties to the parents."""
    table = cascades(of(ties, adopted), **options)
    return [(row["root"], row["size"], row["transfers"]) for row in table.records()]


def of(ties: Iterable[Tie], adopted: dict[str, Any] | None = None) -> Material:
    """Give ties of a practice and the times of adoption of it: a number, or two."""
    spans = {
        name: time if isinstance(time, tuple) else (time, time)
        for name, time in (adopted or {}).items()
    }
    return Material(
        tuple(ties), (), tuple(Adopting(name, "p", *times) for name, times in spans.items())
    )


# --- published and analytic shapes ----------------------------------------------------------


@needs_reference
@pytest.mark.parametrize("rule", _cascades.RULES)
def test_the_trees_of_policies_have_their_published_shapes(rule: str) -> None:
    """All 908 trees: size, depth, breadth, Wiener index and structural virality, to the digit.

    Every state has one parent there, so that all rules give the same trees.
    """
    given_ties = rows("netinf_spid", "expected_exp0.5_100edges_trees.csv")
    ties = (
        Tie(r["parent"], r["child"], r["cascade_id"], None, None, 1.0, str(n))
        for n, r in enumerate(given_ties)
    )
    table = cascades(Material(tuple(ties)), parent=rule)
    found = {(row["practice"], row["root"]): row for row in table.records()}
    expected = rows("cascade_spid_trees", "expected.csv")
    assert len(expected) == 908
    assert set(found) == {(row["cascade_id"], row["root"]) for row in expected}
    for row in expected:
        ours = found[row["cascade_id"], row["root"]]
        assert ours["size"] == int(row["size"])
        assert ours["depth"] == int(row["depth"])
        assert ours["breadth"] == int(row["max_breadth"])
        assert ours["wiener"] == int(row["wiener_index"])
        assert ours["structural_virality"] == float(row["structural_virality"])
        assert len(ours["transfers"]) == int(row["size"]) - 1  # type: ignore[arg-type]


@needs_reference
def test_years_of_adoption_leave_the_trees_of_policies_as_they_are() -> None:
    """Each parent adopted in an earlier year, so nothing is left out."""
    given_ties = rows("netinf_spid", "expected_exp0.5_100edges_trees.csv")
    ties = tuple(
        Tie(r["parent"], r["child"], r["cascade_id"], None, None, 1.0, str(n))
        for n, r in enumerate(given_ties)
    )
    years = tuple(
        Adopting(r["statenam"], r["policy"], float(r["adopt_year"]), float(r["adopt_year"]))
        for r in rows("netinf_spid", "policies.csv")
    )
    table = cascades(Material(ties, (), years))
    assert table.rows == cascades(Material(ties)).rows
    assert (table.head["impossible"], table.head["backwards"], table.head["alone"]) == (0, 0, 0)


def analytic(kind: str, n: int) -> list[int]:
    """Give the parents of a star, a path or a complete binary tree of n actors."""
    return [-1] + [{"star": 0, "path": v - 1}.get(kind, (v - 1) // 2) for v in range(1, n)]


@needs_reference
def test_analytic_trees_have_their_virality() -> None:
    """Stars, paths and complete binary trees, as published."""
    published = rows("cascade_spid_trees", "analytic_trees.csv")
    assert len(published) == 13
    for row in published:
        shape = _trees.shapes(analytic(row["tree"], int(row["n"])))[0]
        assert shape.virality == pytest.approx(float(row["structural_virality"]), rel=1e-15)


@given(st.integers(2, 400))
def test_stars_and_paths_follow_their_formulas(n: int) -> None:
    """A star: (n-1)(n-1) in all; a path: n(n²-1)/6, and a mean of (n+1)/3."""
    star, path = (_trees.shapes(analytic(kind, n))[0] for kind in ("star", "path"))
    assert (star.wiener, star.depth, star.breadth) == ((n - 1) ** 2, 1, n - 1)
    assert star.virality == pytest.approx(2 * (n - 1) / n)
    assert (path.wiener, path.depth, path.breadth) == (n * (n * n - 1) // 6, n - 1, 1)
    assert path.virality == pytest.approx((n + 1) / 3)
    assert (star.branching, path.branching) == (n - 1, 1)
    assert (star.mean_depth, path.mean_depth) == (1, pytest.approx(n / 2))


@given(st.integers(1, 10))
def test_complete_binary_trees_double_each_step(h: int) -> None:
    """2^h at the lowest of h steps; every giver has two children."""
    shape = _trees.shapes(analytic("binary", 2 ** (h + 1) - 1))[0]
    assert (shape.depth, shape.breadth, shape.branching) == (h, 2**h, 2)


forests = st.lists(st.floats(0, 1), min_size=1, max_size=30).map(
    lambda draws: [int(d * (v + 1)) - 1 if d < 1 else v - 1 for v, d in enumerate(draws)]
)


@given(forests)
def test_shapes_are_those_of_networkx(parent: list[int]) -> None:
    """On any forest, tree by tree."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(parent)))
    graph.add_edges_from((u, v) for v, u in enumerate(parent) if u >= 0)
    found = _trees.shapes(parent)
    assert set(found) == {v for v, u in enumerate(parent) if u < 0}
    for root, shape in found.items():
        depth = nx.single_source_shortest_path_length(graph, root)
        inside = graph.subgraph(depth)
        n = len(inside)
        at = [list(depth.values()).count(d) for d in range(n)]
        assert (shape.size, shape.depth, shape.breadth) == (n, max(depth.values()), max(at))
        assert shape.wiener == nx.wiener_index(inside)
        if n == 1:
            assert shape.virality is shape.mean_depth is shape.branching is None
        else:
            assert shape.virality == pytest.approx(nx.average_shortest_path_length(inside))
            assert shape.mean_depth == pytest.approx(sum(depth.values()) / (n - 1))


# --- parents --------------------------------------------------------------------------------


def test_each_rule_takes_its_parent() -> None:
    """d can have it from a in 2 to 9, from b in 3, from c in 4, and adopted in 5.

    Earliest is a, in 2; last c, in 4, unless a can have been later: it can, in 5. c is the
    only one proven, b of more weight than a.
    """
    ties = [tie("ab", 1), tie("ac", 1), tie("ad", 2, 9, weight=0.5, proven=False),
            tie("bd", 3, proven=False), tie("cd", 4, weight=0.4)]  # fmt: skip
    chosen = {
        rule: trees(ties, {"d": 5}, parent=rule)[0][2] for rule in ("earliest", "last", "credible")
    }
    assert chosen == {
        "earliest": ("ab", "ac", "ad"), "last": ("ab", "ac", "ad"), "credible": ("ab", "ac", "cd"),
    }  # fmt: skip
    certain = [*ties[:2], tie("ad", 2, 2), *ties[3:]]
    assert trees(certain, {"d": 5}, parent="last")[0][2] == ("ab", "ac", "cd")
    assert trees(certain, {"d": 3}, parent="last")[0][2] == ("ab", "ac", "bd")
    assert trees(certain, parent="last")[0][2] == ("ab", "ac", "cd"), "no adoption is known"


def test_what_begins_after_adoption_makes_no_parent() -> None:
    """b adopted in 3; a gave it in 4: b began by itself, and has c from there."""
    table = cascades(of([tie("ab", 4), tie("bc", 5)], {"b": 3}))
    assert [(row["root"], row["transfers"]) for row in table.records()] == [("b", ("bc",))]
    assert (table.head["backwards"], table.head["alone"]) == (1, 1)
    # If the adoption can have been in 4 as well, it can have come from a.
    assert trees([tie("ab", 4), tie("bc", 5)], {"b": (3, 4)}) == [("a", 3, ("ab", "bc"))]


def test_what_had_ended_before_its_giver_had_it_is_impossible() -> None:
    """b has it in 10, and cannot have given it to c in 5; d got it in time."""
    table = cascades(of([tie("ab", 10), tie("bc", 5), tie("bd", 5, 12)]))
    [row] = table.records()
    assert row["transfers"] == ("ab", "bd")
    assert (table.head["impossible"], table.head["alone"]) == (1, 1)
    shown = cascades(of([tie("ab", 10), tie("bc", 5)]), with_alone=True)
    assert [r[:7] for r in shown.rows] == [
        ("p", 2, 1, 1, 1, 1.0, "a"), ("p", 1, 0, 1, 0, None, "c"),
    ]  # fmt: skip


def test_who_gave_to_each_other_begin_with_the_one_that_was_first() -> None:
    """a and b gave to each other: b gave first. Without dates a, by its id; c is no root."""
    assert trees([tie("ab", 5), tie("ba", 3), tie("ac", 6)]) == [("b", 3, ("ac", "ba"))]
    assert trees([tie("ab"), tie("ba"), tie("bc")]) == [("a", 3, ("ab", "bc"))]
    assert trees([tie("xy"), tie("yx"), tie("xa"), tie("ab", 1)]) == [("x", 4, ("ab", "xa", "xy"))]
    assert trees([tie("ab"), tie("ba")], {"a": 7, "b": 4}) == [("b", 2, ("ba",))]


def test_several_roots_have_a_tree_each_and_the_larger_comes_first() -> None:
    """Trees of 3 and 2 actors: their entropy is that of 3/5 and 2/5."""
    table = cascades(of([tie("xy", 1), tie("ab", 2), tie("ac", 2), tie("zz", 1)]))
    assert [(r["root"], r["size"]) for r in table.records()] == [("a", 3), ("x", 2)]
    expected = -(0.6 * math.log2(0.6) + 0.4 * math.log2(0.4))
    assert [r["origins"] for r in table.records()] == pytest.approx([expected] * 2)
    assert (table.head["loops"], table.head["trees"], table.head["alone"]) == (1, 2, 1)


def test_practices_do_not_mix() -> None:
    """What a gave to b, and b of another practice to c, are two trees, in the order of ids."""
    table = cascades(Material((tie("bc", practice="10"), tie("ab", practice="9"))))
    assert [(r["practice"], r["root"], r["size"]) for r in table.records()] == [
        ("9", "a", 2), ("10", "b", 2),
    ]  # fmt: skip
    # A table of actors tells of adoption where there is one practice only.
    late = (Member("b", 1.0, {}),)
    assert cascades(Material((tie("ab", 5),), late)).rows == ()
    two = (tie("ab", 5), tie("ab", 5, practice="q", id="2"))
    assert len(cascades(Material(two, late)).rows) == 2


# --- fractional -----------------------------------------------------------------------------

networks = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda p: p[0] < p[1]),
    min_size=1, max_size=9, unique=True,
)  # fmt: skip


@given(networks)
def test_fractional_trees_are_the_mean_over_all_choices(pairs: list[tuple[int, int]]) -> None:
    """Every actor takes each of its givers in turn: sizes and distances are the means."""
    n = 7
    parent = [tuple(sorted(u for u, w in pairs if w == v)) for v in range(n)]
    choices = list(product(*(givers or (-1,) for givers in parent)))
    size: dict[int, float] = {}
    wiener: dict[int, float] = {}
    couples: dict[int, float] = {}
    for choice in choices:
        for root, shape in _trees.shapes(choice).items():
            size[root] = size.get(root, 0) + shape.size / len(choices)
            assert shape.wiener is not None
            wiener[root] = wiener.get(root, 0) + shape.wiener / len(choices)
            pairs_inside = shape.size * (shape.size - 1) / 2
            couples[root] = couples.get(root, 0) + pairs_inside / len(choices)
    found = _trees.expected_shapes(parent, _trees.shares(parent))
    assert set(found) == set(size)
    for root, shape in found.items():
        assert shape.size == pytest.approx(size[root])
        assert shape.wiener == pytest.approx(wiener[root])
        if shape.virality is not None:
            assert shape.virality == pytest.approx(wiener[root] / couples[root])


def test_a_fractional_tree_is_shared_by_its_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    """a and x gave to b alike, b to c: half of b and c are in the tree of each."""
    ties = [tie("ab", 1), tie("xb", 1), tie("bc", 2)]
    table = cascades(of(ties), parent="fractional")
    assert [(r["root"], r["size"], r["depth"], r["transfers"]) for r in table.records()] == [
        ("a", 2.0, 2, ("ab", "bc")), ("x", 2.0, 2, ("bc", "xb")),
    ]  # fmt: skip
    # With the chance of a half a-b-c, with distances 1, 1, 2 of three pairs, else a alone.
    assert [(r["wiener"], r["structural_virality"]) for r in table.records()] == [(2, 4 / 3)] * 2
    assert {r["branching"] for r in table.records()} == {None}
    monkeypatch.setattr(_trees, "FRACTIONAL_MOST", 2)
    table = cascades(of(ties), parent="fractional")
    assert {(r["wiener"], r["structural_virality"]) for r in table.records()} == {(None, None)}
    assert "left empty: 2." in str(table.head["notes"])


# --- borders, levels and time ---------------------------------------------------------------


def grouped(ties: Iterable[Tie], **of: tuple[str, str]) -> Material:
    """Give ties between actors with a group and a level."""
    members = (Member(n, None, {"group": g, "level": lvl}) for n, (g, lvl) in of.items())
    return Material(tuple(ties), tuple(members))


def test_borders_levels_and_the_escalator() -> None:
    """A city to its state, on to another, down to a city there, which gives to its neighbour.

    One of four ties crosses a border; one goes up, two across, one down; d alone has it
    straight after up, across, down. e is of no known group, so f's tie tells of no border.
    """
    ties = [tie("ab", 1), tie("bc", 3), tie("cd", 7), tie("de", 8), tie("ef", 9)]
    data = grouped(ties, a=("X", "local"), b=("X", "national"), c=("Y", "national"),
                   d=("Y", "local"), e=("", "local"), f=("Z", ""))  # fmt: skip
    [row] = cascades(data, k=2).records()
    assert row["across_borders"] == 1 / 3
    assert (row["up"], row["across"], row["down"], row["level_crossing"]) == (1, 2, 1, 1 / 2)
    assert (row["escalators"], row["groups"]) == (1, 3)
    assert (row["time_to_k_least"], row["time_to_k_most"]) == (2, 2), "from 1 to 3"
    [row] = cascades(data, k=3).records()
    assert (row["time_to_k_least"], row["time_to_k_most"]) == (8, 8)
    [row] = cascades(data, k=4).records()
    assert (row["time_to_k_least"], row["time_to_k_most"]) == (None, None)
    numbers = grouped(ties[:1], a=("", "3"), b=("", "1"))
    assert next(cascades(numbers).records())["up"] == 1


def test_time_to_a_state_is_as_wide_as_its_dates() -> None:
    """a adopted in 1 to 2, b in 5 to 9: it took 3 at least and 8 at most; open is unknown."""
    data = Material(
        (tie("ab"),),
        (Member("a", None, {"group": "X"}), Member("b", None, {"group": "Y"})),
        (Adopting("a", "p", 1, 2), Adopting("b", "p", 5, 9)),
    )
    [row] = cascades(data, k=2).records()
    assert (row["time_to_k_least"], row["time_to_k_most"]) == (3, 8)
    open_ = Material(data.ties, data.members, (data.adoptings[0], Adopting("b", "p", 5, None)))
    [row] = cascades(open_, k=2).records()
    assert (row["time_to_k_least"], row["time_to_k_most"]) == (3, None)


def test_what_is_not_known_is_empty() -> None:
    """Without groups, levels and dates nothing is told of them."""
    [row] = cascades(of([tie("ab")])).records()
    unknown = ("time_to_k_least", "time_to_k_most", "groups", "across_borders", "up", "across",
               "down", "level_crossing", "escalators")  # fmt: skip
    assert {row[name] for name in unknown} == {None}


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdefg"), st.sampled_from("abcdefg"),
            st.none() | st.integers(0, 6), st.integers(0, 3),
        ),
        min_size=1, max_size=18,
    ),
    st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 8)),
    st.sampled_from(_cascades.RULES),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_every_tie_has_a_place_and_no_order_of_rows_matters(
    events: list[tuple[str, str, int | None, int]], adopted: dict[str, int], rule: str, order: Any
) -> None:
    """Trees share no actor, all actors are in one, and shuffled ties give the same trees."""
    ties = [
        Tie(g, r, "p", t, None if t is None else t + more, 1.0, str(n))
        for n, (g, r, t, more) in enumerate(events)
    ]
    table = cascades(of(ties, adopted), parent=rule, with_alone=True)
    everyone = {name for t in ties for name in (t.giver, t.receiver)}
    assert sum(float(str(r["size"])) for r in table.records()) == pytest.approx(len(everyone))
    if rule != "fractional":
        used = [i for r in table.records() for i in r["transfers"]]  # type: ignore[union-attr]
        receivers = [ties[int(i)].receiver for i in used]
        assert len(set(receivers)) == len(receivers), "one parent each"
        assert len(receivers) == len(everyone) - len(table.rows)
        for i in used:
            start, receiver = ties[int(i)].start, ties[int(i)].receiver
            assert start is None or start <= adopted.get(receiver, 99)
    shuffled = list(ties)
    order.shuffle(shuffled)
    assert cascades(of(shuffled, adopted), parent=rule, with_alone=True) == table


# --- the rest -------------------------------------------------------------------------------


def test_nothing_is_an_empty_explained_table() -> None:
    """Without ties, and with none but of an actor with itself."""
    for ties in ([], [tie("aa", 1)]):
        table = cascades(of(ties))
        assert (table.rows, table.empty) == ((), "No transfer is there to be counted.")


def test_what_is_not_there_is_refused() -> None:
    """A wrong rule gets the right ones."""
    for options in ({"parent": "x"}, {"k": 0}):
        with pytest.raises(KvgraphError) as caught:
            cascades(of([tie("ab")]), **options)  # type: ignore[arg-type]
        assert "earliest, last, credible, fractional" in caught.value.hint


def test_what_was_counted_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Head of the material, rule, and long work step by step."""
    told = {"horizon": 7, "left_out": {"planned": 2}, "undated": 3}
    head = cascades(Material((tie("ab"),), head=told), parent="last").head
    assert {name: head[name] for name in told} == told
    assert (head["rule"], head["seed"]) == ("cascades: parent by the rule last", None)
    said: list[str] = []
    cascades(of([tie("ab")]), tell=said.append)
    assert said == []
    monkeypatch.setattr(module, "MANY", 1)
    cascades(of([tie("ab")]), tell=said.append)
    assert said == ["cascades of 1 ties"]
