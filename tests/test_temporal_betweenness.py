"""Shortest ways in time: worked-out cases, all simple paths as the measure, and the static one."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from fractions import Fraction

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvgraph.analysis import _temporal_paths as kernel
from kvgraph.analysis import temporal_betweenness as module
from kvgraph.analysis.temporal_betweenness import temporal_betweenness
from kvgraph.material import Material, Member, Tie
from kvgraph.model import Table
from reference_tables import needs_reference, rows

Way = tuple[str, str, float | None, float | None]


def material(ways: list[Way], practice: str = "p", **more: object) -> Material:
    """Give ways (giver, receiver, start, end) as ties of one practice, numbered from 1."""
    ties = (Tie(g, r, practice, lo, hi, 1.0, str(n)) for n, (g, r, lo, hi) in enumerate(ways, 1))
    return Material(tuple(ties), **more)  # type: ignore[arg-type]


def points(*ways: tuple[str, float]) -> Material:
    """Give ways such as ("ab", 3) as ties at one time."""
    return material([(way[0], way[1], t, t) for way, t in ways])


def by_actor(table: Table) -> dict[str, dict[str, object]]:
    """Give the rows by actor."""
    return {str(row["actor"]): row for row in table.records()}


@needs_reference
@pytest.mark.parametrize("strict", [False, True])
def test_without_dates_it_is_the_published_betweenness(strict: bool) -> None:
    """The marriages of Florence, each both ways: Medici .521978, and all others to 1e-12."""
    pairs = [(row["a"], row["b"]) for row in rows("centrality_florentine", "edges.csv")]
    ways = [way for a, b in pairs for way in ((a, b, None, None), (b, a, None, None))]
    table = temporal_betweenness(material(ways), strict=strict)
    found = by_actor(table)
    for row in rows("centrality_florentine", "expected.csv"):
        expected = float(row["betweenness"])
        assert found[row["family"]]["betweenness"] == pytest.approx(expected, abs=1e-12)
    assert table.rows[0][0] == "Medici"
    assert table.rows[0][1] == pytest.approx(0.521978, abs=5e-7)
    assert table.head["connected"] == 15 * 14, "everybody can be come to"


def test_without_dates_it_is_the_static_betweenness_practice_by_practice() -> None:
    """On random graphs of two practices it is the sum of what networkx gives of each."""
    rng = random.Random(5)
    names = [f"n{i}" for i in range(25)]
    expected = dict.fromkeys(names, 0.0)
    ties = []
    for practice in "pq":
        graph = nx.gnp_random_graph(25, 0.09, seed=rng.randrange(99), directed=True)
        for v, score in nx.betweenness_centrality(graph).items():
            expected[names[v]] += score
        ties += [
            Tie(names[a], names[b], practice, None, None, 1.0, f"{practice}{a}-{b}")
            for a, b in graph.edges
        ]
    members = tuple(Member(name, None, {}) for name in names)
    found = by_actor(temporal_betweenness(Material(tuple(ties), members)))
    assert max(expected.values()) > 0.1
    assert {n: row["betweenness"] for n, row in found.items()} == pytest.approx(expected, abs=1e-12)


def test_an_order_in_time_decides_who_is_between() -> None:
    """a→b at 2, b→c at 1 and 2, c→d at 2.

    b→c at 1 is too early for what came from a. On one day all can follow each other, strictly
    nothing can: b→c at 1 then c→d at 2 alone.
    """
    ways = points(("ab", 2), ("bc", 1), ("bc", 2), ("cd", 2))
    found = by_actor(temporal_betweenness(ways))
    # Through b: a-c, a-d. Through c: a-d, and b-d by both ties b→c.
    assert [found[n]["paths_through"] for n in "abcd"] == [0, 2, 2, 0]
    assert [found[n]["betweenness"] for n in "bc"] == [2 / 6, 2 / 6]
    assert [found[n]["pairs"] for n in "abcd"] == [0, 2, 2, 0]
    assert found["b"]["transfers"] == ("1", "3", "4")
    assert found["c"]["transfers"] == ("1", "2", "3", "4")
    strict = by_actor(temporal_betweenness(ways, strict=True))
    assert [strict[n]["paths_through"] for n in "abcd"] == [0, 0, 1, 0]
    assert strict["c"]["transfers"] == ("2", "4")


def test_pairwise_order_is_not_enough() -> None:
    """[5,6], [1,9], [2,3]: each can follow the one before, and all three cannot."""
    ways = material([("a", "b", 5, 6), ("b", "c", 1, 9), ("c", "d", 2, 3)])
    found = by_actor(temporal_betweenness(ways))
    assert [found[n]["paths_through"] for n in "bc"] == [1, 1], "a-c and b-d, but not a-d"


def test_a_later_and_longer_way_is_no_way_less() -> None:
    """To d leads only what came late to c by two ties; what came early by three is longer.

    s→c directly at 9 is too late for c→d at 5, so the way s-x-c-d is the shortest to d, though
    c itself is come to by fewer.
    """
    found = by_actor(temporal_betweenness(points(("sc", 9), ("sx", 1), ("xc", 2), ("cd", 5))))
    # Through x: s-d alone, as to c the direct tie is shorter. Through c: s-d and x-d.
    assert [found[n]["paths_through"] for n in "cx"] == [2, 1]
    assert found["x"]["transfers"] == ("2", "3", "4")


def test_what_is_said_twice_counts_once_and_other_times_are_other_paths() -> None:
    """a→b→d and a→c→d share the pair; a second a→b on another day makes it two of three."""
    ways = [("a", "b", 1, 1), ("b", "d", 3, 3), ("a", "c", 1, 1), ("c", "d", 3, 3)]
    once = by_actor(temporal_betweenness(material(ways)))
    assert [once[n]["paths_through"] for n in "bc"] == [0.5, 0.5]
    table = temporal_betweenness(material([*ways, ways[0], ("a", "a", 1, 1)]))
    twice = by_actor(table)
    assert [twice[n]["paths_through"] for n in "bc"] == [0.5, 0.5]
    assert twice["b"]["transfers"] == ("1", "2", "5")
    assert (table.head["repeated"], table.head["loops"], table.head["arcs"]) == (1, 1, 4)
    other = by_actor(temporal_betweenness(material([*ways, ("a", "b", 2, 2)])))
    assert [other[n]["paths_through"] for n in "bc"] == pytest.approx([2 / 3, 1 / 3])


def test_paths_keep_their_practice_and_proven_ties_are_known() -> None:
    """What came as p does not go on as q; what is not proven can be left out, and is counted."""
    ties = (
        Tie("a", "b", "p", None, None, 1.0, "1"),
        Tie("b", "c", "q", None, None, 1.0, "2"),
        Tie("b", "c", "p", None, None, 1.0, "3", proven=False),
    )
    table = temporal_betweenness(Material(ties))
    assert by_actor(table)["b"]["transfers"] == ("1", "3")
    assert table.head["practices"] == 2
    assert table.head["rule"] == "shortest temporal betweenness, non-strict"
    proven = temporal_betweenness(Material(ties), proven_only=True, strict=True)
    assert by_actor(proven)["b"]["pairs"] == 0
    assert proven.head["unproven"] == 1
    assert proven.head["rule"] == "shortest temporal betweenness, strict, proven ties only"
    nothing = temporal_betweenness(Material(ties[2:]), proven_only=True)
    assert (nothing.rows, nothing.empty) == ((), "No transfer is there to be counted.")


def test_the_head_says_what_was_counted_and_two_actors_are_undefined() -> None:
    """What the material left out stands in every answer; of two actors nobody is between."""
    head = {"undated": 3, "left_out": {"planned": 2}, "horizon": 9, "rule": "adopted"}
    table = temporal_betweenness(material([("a", "b", 1, 1)], head=head))
    assert {row[1] for row in table.rows} == {None}
    assert (table.head["undated"], table.head["horizon"]) == (3, 9)
    assert table.head["rule"] == "adopted; shortest temporal betweenness, non-strict"
    alone = (Member("c", None, {}),)
    three = temporal_betweenness(material([("a", "b", 1, 1)], members=alone))
    assert [row[:3] for row in three.rows] == [("a", 0, 0), ("b", 0, 0), ("c", 0, 0)]


def test_strictly_later_is_one_step_of_the_table() -> None:
    """At 1.2 and 1.25 one comes after the other; from [1, 1.01] on [1, 1.01] only two fit."""
    assert by_actor(temporal_betweenness(points(("ab", 1.2), ("bc", 1.25)), strict=True))["b"][
        "pairs"
    ]
    wide = material([(a, b, 1, 1.01) for a, b in ("ab", "bc", "cd")])
    assert by_actor(temporal_betweenness(wide, strict=True))["b"]["pairs"] == 1, "a-c, and not a-d"


times = st.one_of(st.none(), st.integers(0, 6))
ways = st.tuples(
    st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.sampled_from("pq"), times, times
)


def brute(ties: list[Tie], strict: bool) -> dict[str, tuple[Fraction, int, set[str]]]:
    """Give what all simple paths tell, in fractions: paths through, pairs and ids by actor."""
    names = {n for t in ties for n in (t.giver, t.receiver)}
    found: dict[str, tuple[Fraction, int, set[str]]] = {n: (Fraction(0), 0, set()) for n in names}
    for practice in {t.practice for t in ties}:
        arcs: dict[tuple[str, str, float, float], set[str]] = {}
        for t in ties:
            if t.practice == practice and t.giver != t.receiver:
                lo = -math.inf if t.start is None else t.start
                hi = math.inf if t.end is None else t.end
                arcs.setdefault((t.giver, t.receiver, lo, hi), set()).add(t.id)

        def walks(
            path: list[tuple[str, str, float, float]],
            at: str,
            day: float,
            seen: frozenset[str],
            arcs: dict[tuple[str, str, float, float], set[str]] = arcs,
        ) -> Iterator[list[tuple[str, str, float, float]]]:
            for arc in arcs:
                giver, receiver, lo, hi = arc
                arrival = max(lo, day + (strict and bool(path)))
                if giver == at and receiver not in seen and arrival <= hi:
                    yield [*path, arc]
                    yield from walks([*path, arc], receiver, arrival, seen | {receiver})

        for s in names:
            to: dict[str, list[list[tuple[str, str, float, float]]]] = {}
            for path in walks([], s, -math.inf, frozenset(s)):
                to.setdefault(path[-1][1], []).append(path)
            for paths in to.values():
                least = min(map(len, paths))
                short = [p for p in paths if len(p) == least]
                for v in names:
                    by_v = [p for p in short if v in [arc[1] for arc in p[:-1]]]
                    if by_v:
                        share, pairs, ids = found[v]
                        ids |= {i for p in by_v for arc in p for i in arcs[arc]}
                        found[v] = share + Fraction(len(by_v), len(short)), pairs + 1, ids
    return found


@settings(max_examples=200)
@given(st.lists(ways, max_size=14), st.booleans(), st.randoms(use_true_random=False))
def test_it_is_what_all_simple_paths_tell(
    told: list[tuple[str, str, str, int | None, int | None]], strict: bool, order: random.Random
) -> None:
    """On any small table, by shares, pairs and ids; and however its rows are shuffled."""
    ties = []
    for n, (giver, receiver, practice, a, b) in enumerate(told, 1):
        lo, hi = (min(a, b), max(a, b)) if a is not None and b is not None else (a, b)
        ties.append(Tie(giver, receiver, practice, lo, hi, 1.0, str(n)))
    table = temporal_betweenness(Material(tuple(ties)), strict=strict)
    expected = brute(ties, strict)
    found = by_actor(table)
    if table.rows:
        assert set(found) == set(expected)
    for name, row in found.items():
        share, pairs, ids = expected[name]
        assert row["paths_through"] == pytest.approx(float(share), abs=1e-12)
        assert (row["pairs"], set(row["transfers"])) == (pairs, ids)  # type: ignore[call-overload]
    shuffled = list(ties)
    order.shuffle(shuffled)
    again = temporal_betweenness(Material(tuple(shuffled)), strict=strict)
    assert again == table


def test_numbers_of_paths_may_be_of_any_size() -> None:
    """1 100 times over one of two: 2 to the 1 100th paths are more than a float can hold."""
    ways: list[Way] = []
    for i in range(1100):
        for way in ("x", "y"):
            ways += [(f"n{i}", f"{way}{i}", None, None), (f"{way}{i}", f"n{i + 1}", None, None)]
    line = kernel.lines(material(ways).ties, strict=False)["p"]
    found = kernel.Through(*([0] * len(line.actors) for _ in range(3)))  # type: ignore[arg-type]
    kernel.from_source(line.actors.index("n0"), line.out, 0, found)
    place = line.actors.index
    # Of what begins at n0: to everybody after n1 all paths go through it, half through x0.
    assert found.share[place("n1")] == pytest.approx(1099 * 3)
    assert found.share[place("x0")] == pytest.approx((1099 * 3 + 1) / 2)


def test_long_work_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each tenth of the actors that gave, and nothing of a small table."""
    data = points(("ab", 1), ("bc", 2))
    said: list[str] = []
    temporal_betweenness(data, tell=said.append)
    assert said == []
    monkeypatch.setattr(module, "MANY", 1)
    temporal_betweenness(data, tell=said.append)
    assert said == [
        "shortest ways in time from 2 actors: 4 steps, which take a while",
        *(f"shortest ways in time: from {n} of 2 actors that gave" for n in (0, 1)),
    ]
