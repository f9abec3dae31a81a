"""Flows between states: by hand, against a slow second program, by enumeration, and laws."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvgraph.analysis import state_flows as module
from kvgraph.analysis._mixing import mixing
from kvgraph.analysis.state_flows import state_flows
from kvgraph.errors import KvgraphError
from kvgraph.material import Material, Member, Tie
from kvgraph.model import Table
from reference_tables import answers, needs_reference, rows

Rows = dict[tuple[str, str], dict[str, Any]]


def material(
    arcs: list[tuple[str, str]] | list[tuple[str, str, str]],
    groups: dict[str, str],
    **more: Any,
) -> Material:
    """Give arcs as ties, numbered from 1 where they have no id, between actors of these groups."""
    ties = (
        Tie(arc[0], arc[1], "", None, None, 1.0, arc[2] if len(arc) > 2 else str(n))
        for n, arc in enumerate(arcs, 1)
    )
    members = (Member(name, None, {"group": group}) for name, group in groups.items())
    return Material(tuple(ties), tuple(members), **more)


def by_pair(table: Table) -> Rows:
    """Give the rows by the two groups."""
    return {(str(r["from_state"]), str(r["to_state"])): r for r in table.records()}


def slow(
    arcs: list[tuple[str, ...]], label: dict[str, str]
) -> dict[tuple[str, str], tuple[int, float]]:
    """Give flows and what is expected of each pair of groups: a second program, cell by cell."""
    flows: dict[tuple[str, str], set[str]] = {}
    for n, (giver, receiver, *own) in enumerate(arcs):
        if giver != receiver and label.get(giver) and label.get(receiver):
            flows.setdefault((label[giver], label[receiver]), set()).add(own[0] if own else str(n))
    names = sorted({group for group in label.values() if group})
    size = {name: sum(g == name for g in label.values()) for name in names}
    cells = list(itertools.product(names, names))
    seen = {cell: len(flows.get(cell, ())) for cell in cells}
    fitted = {(i, j): float(size[i] * (size[j] - (i == j))) for i, j in cells}
    for _ in range(4000):
        before = dict(fitted)
        for side in (0, 1):
            for name in names:
                own = [cell for cell in cells if cell[side] == name]
                have = sum(fitted[cell] for cell in own)
                want = sum(seen[cell] for cell in own)
                for cell in own:
                    fitted[cell] = fitted[cell] * want / have if have else 0.0
        if all(abs(fitted[cell] - before[cell]) < 1e-12 for cell in cells):
            break
    return {cell: (seen[cell], fitted[cell]) for cell in cells}


def test_what_is_expected_is_worked_out_by_hand() -> None:
    """Two groups of two. x gives 3 and receives 1, y gives 1 and receives 3; one x→x, one y→y.

    By independence x→x 3/4, x→y 9/4, y→x 1/4, y→y 3/4. Of the four pairs of x with itself only
    two are of different actors, so within counts half. With u in x→x and y→y, 3 - u in x→y and
    1 - u in y→x the odds are those of the pairs: u x u / ((3 - u)(1 - u)) = (2 x 2)/(4 x 4) = 1/4:
    3u² + 4u - 3 = 0, u = (√13 - 2)/3 = 0.5352.
    """
    arcs = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]
    table = state_flows(material(arcs, dict(zip("abcd", "xxyy", strict=True))), all=True)
    found = by_pair(table)
    u = (math.sqrt(13) - 2) / 3
    assert [found[p]["transfers"] for p in (("x", "x"), ("x", "y"), ("y", "x"), ("y", "y"))] == [
        1, 2, 0, 1,
    ]  # fmt: skip
    assert found["x", "x"]["expected"] == pytest.approx(u)
    assert found["y", "y"]["expected"] == pytest.approx(u)
    assert found["x", "y"]["expected"] == pytest.approx(3 - u)
    assert found["y", "x"]["expected"] == pytest.approx(1 - u)
    assert found["x", "y"]["ratio"] == pytest.approx(2 / (3 - u))
    assert found["y", "x"]["ratio"] == 0, "nothing, where something was expected, is 0"
    assert [row["pairs"] for row in found.values()] == [4, 2, 2, 4]
    assert found["x", "y"]["share"] == 0.5
    assert found["x", "y"]["transfer_ids"] == ("2", "3")
    assert [r[:3] for r in table.rows] == [
        ("x", "y", 2), ("x", "x", 1), ("y", "y", 1), ("y", "x", 0),
    ]  # fmt: skip
    assert (table.head["flows"], table.head["within"], table.head["actors"]) == (4, 2, 4)


def test_a_transfer_counts_once_in_each_pair_of_groups() -> None:
    """t to two of y and one of z is one flow into y and one into z; two alike are two.

    A tie with itself is none; what has no group is left out and counted.
    """
    ties = (
        Tie("a", "c", "p", None, None, 1.0, "t"),
        Tie("a", "d", "p", None, None, 1.0, "t", proven=False),
        Tie("a", "e", "p", None, None, 1.0, "t", proven=False),
        Tie("b", "c", "p", None, None, 1.0, "u", proven=False),
        Tie("b", "c", "q", None, None, 1.0, "v"),
        Tie("b", "b", "q", None, None, 1.0, "w"),
        Tie("b", "lost", "q", None, None, 1.0, "x"),
    )
    groups = {"a": "X", "b": "X", "c": "Y", "d": "Y", "e": "Z", "f": ""}
    members = tuple(Member(n, None, {"state": g}) for n, g in groups.items())
    table = state_flows(Material(ties, members), group="state")
    found = by_pair(table)
    assert set(found) == {("X", "Y"), ("X", "Z")}, "a row only where something went"
    xy, xz = found["X", "Y"], found["X", "Z"]
    assert (xy["transfers"], xy["practices"], xy["proven"]) == (3, 2, 2)
    assert (xz["transfers"], xz["practices"], xz["proven"]) == (1, 1, 0)
    assert (xy["transfer_ids"], xz["transfer_ids"]) == (("t", "u", "v"), ("t",))
    assert (xy["share"], xz["share"]) == (0.75, 0.25)
    head = table.head
    assert (head["flows"], head["transfers_counted"], head["loops"]) == (4, 3, 1)
    assert (head["outside_every_group"], head["ties_outside"]) == (2, 1)
    assert head["groups"] == {"X": 2, "Y": 2, "Z": 1}
    assert "left out: actors 2, with their ties 1." in str(head["notes"])


def test_a_group_of_one_has_nothing_within_it() -> None:
    """Nothing can be expected from the only actor of a group to itself: undefined, not 0."""
    arcs = [("a", "b"), ("b", "c"), ("c", "a"), ("b", "a")]
    table = state_flows(material(arcs, {"a": "x", "b": "y", "c": "y"}), all=True)
    row = by_pair(table)["x", "x"]
    assert (row["transfers"], row["pairs"], row["expected"]) == (0, 0, 0)
    assert (row["ratio"], row["p"], row["p_low"]) == (None, None, None)


def test_where_all_goes_through_one_actor_nothing_is_expected_past_it() -> None:
    """a is all of x: two ties out of it, one in: that is all, and as was to be expected."""
    arcs = [("a", "b"), ("a", "c"), ("c", "a")]
    table = state_flows(material(arcs, {"a": "x", "b": "y", "c": "z"}), all=True)
    found = by_pair(table)
    expected = {pair: row["expected"] for pair, row in found.items()}
    assert expected == {
        ("x", "x"): 0, ("x", "y"): 1, ("x", "z"): 1, ("y", "x"): 0, ("y", "y"): 0, ("y", "z"): 0,
        ("z", "x"): 1, ("z", "y"): 0, ("z", "z"): 0,
    }  # fmt: skip
    assert found["y", "z"]["ratio"] is None


networks = st.tuples(
    st.lists(
        st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg"), st.sampled_from("123")),
        max_size=20,
    ),
    st.lists(st.sampled_from(["x", "y", "z", ""]), min_size=7, max_size=7),
)


@given(networks, st.randoms(use_true_random=False))
def test_rows_are_those_of_a_second_program(
    network: tuple[list[tuple[str, str, str]], list[str]], order: random.Random
) -> None:
    """On any network: flows exactly, what is expected nearly; groups give what they gave."""
    arcs, labels = network
    labels[0] = labels[0] or "x"
    of = dict(zip("abcdefg", labels, strict=True))
    data = material(arcs, of)
    table = state_flows(data, permutations=0, all=True)
    found = by_pair(table)
    expected = slow(arcs, of)  # type: ignore[arg-type]
    if not any(n for n, _ in expected.values()):
        assert (found, table.empty) == ({}, "No transfer is there to be counted.")
        return
    assert set(found) == set(expected)
    for pair, (flows, mean) in expected.items():
        assert found[pair]["transfers"] == flows == len(found[pair]["transfer_ids"])
        # The slow one goes on for 4,000 rounds, and where it must become 0 it is not there yet.
        assert found[pair]["expected"] == pytest.approx(mean, abs=2e-3)
    for side in ("from_state", "to_state"):
        for name in {pair[0] for pair in found}:
            own = [row for row in found.values() if row[side] == name]
            assert sum(r["expected"] for r in own) == pytest.approx(
                sum(r["transfers"] for r in own), abs=1e-7
            )
    assert sum(r["share"] for r in found.values()) == pytest.approx(1)
    shuffled = list(arcs)
    order.shuffle(shuffled)
    assert state_flows(material(shuffled, of), permutations=0, all=True).rows == table.rows
    some = state_flows(data, permutations=0)
    assert some.rows == tuple(row for row in table.rows if row[2])


def test_large_groups_come_near_to_row_times_column() -> None:
    """With a thousand actors a group, pairs with oneself make no difference worth speaking of."""
    out, into, sizes = np.array([30, 10]), np.array([24, 16]), np.array([1000, 1000])
    cells = mixing(out, into, sizes).at(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    assert cells.tolist() == pytest.approx([18, 12, 6, 4], rel=2e-3)


def test_a_fit_that_is_nearly_impossible_is_found_all_the_same() -> None:
    """Of 10,000 flows all but one come from or go to the only actor of a group."""
    out, into = np.array([6000, 2000, 2000]), np.array([3999, 3001, 3000])
    found = mixing(out, into, np.array([1, 3, 3]))
    cells = found.at(*np.array(list(itertools.product(range(3), repeat=2))).T).reshape(3, 3)
    assert cells.sum(axis=1) == pytest.approx(out, abs=1e-5)
    assert cells.sum(axis=0) == pytest.approx(into, abs=1e-5)
    assert cells[1:, 1:].sum() == pytest.approx(1, abs=1e-4)


SMALL = [("a", "d"), ("a", "e"), ("b", "e"), ("b", "f"), ("c", "f"), ("c", "d")]
LABELS = dict(zip("abcdef", "xxyxyz", strict=True))
WAYS = 18
"""a, b and c gave twice: x, x, y in three orders; d, e, f received twice: x, y, z in six."""


def enumerated() -> dict[tuple[str, str], tuple[float, float]]:
    """Give p and p_low of each pair of the small network over all labelings, slowly."""

    def flows(label: dict[str, str]) -> Counter[tuple[str, str]]:
        return Counter((label[a], label[b]) for a, b in SMALL)

    seen = flows(LABELS)
    names = sorted(LABELS)
    kind = {name: tuple(sum(arc[side] == name for arc in SMALL) for side in (0, 1))
            for name in names}  # fmt: skip
    every = []
    for label in sorted(set(itertools.permutations(LABELS[n] for n in names))):
        given = dict(zip(names, label, strict=True))
        if all(
            sorted(given[n] for n in names if kind[n] == one)
            == sorted(LABELS[n] for n in names if kind[n] == one)
            for one in set(kind.values())
        ):
            every.append(flows(given))
    assert len(every) == WAYS
    return {
        pair: (sum(new[pair] >= seen[pair] for new in every) / WAYS,
               sum(new[pair] <= seen[pair] for new in every) / WAYS)
        for pair in itertools.product("xyz", repeat=2)
    }  # fmt: skip


def test_p_is_the_share_of_all_labelings() -> None:
    """Gone through one by one by a second program."""
    expected = enumerated()
    table = state_flows(material(SMALL, LABELS), all=True)
    assert (table.head["exact"], table.head["permutations"], table.head["seed"]) == (
        True,
        WAYS,
        None,
    )
    for pair, row in by_pair(table).items():
        if row["ratio"] is not None:
            assert (row["p"], row["p_low"]) == pytest.approx(expected[pair]), pair
    assert state_flows(material(SMALL, LABELS), permutations="exact", all=True) == table


def test_labels_change_only_among_those_who_gave_and_received_equally_often() -> None:
    """a gave five times, b and c once: b and c may change places, a may not.

    x gives six and y one whatever the labels, so nothing is rare. Without b and c nothing can
    change, and there is no p.
    """
    arcs = [*[("a", "d")] * 5, ("b", "d"), ("c", "d")]
    table = state_flows(material(arcs, dict(zip("abcd", "xyxz", strict=True))))
    assert (table.head["permutations"], table.head["exact"]) == (2, True)
    assert {(row["p"], row["p_low"]) for row in table.records()} == {(1, 1)}
    assert by_pair(table)["x", "z"]["transfers"] == 6
    table = state_flows(material(arcs[:5], dict(zip("abcd", "xyxz", strict=True))), lang="sv")
    assert {row["p"] for row in table.records()} == {1}, "b and c did nothing, equally often"
    table = state_flows(material([("a", "b")], {"a": "x", "b": "y"}), lang="sv")
    assert {row["p"] for row in table.records()} == {None}
    assert "Inget p-värde" in str(table.head["notes"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sample_of_labelings_falls_in_its_binomial_error(seed: int) -> None:
    """A sample, with what was seen counted in; the seed tells which."""
    exact = by_pair(state_flows(material(SMALL, LABELS)))
    many = {**LABELS, **dict.fromkeys("ghijk", "w")}
    table = state_flows(material(SMALL, LABELS), permutations=17, seed=seed)
    assert (table.head["exact"], table.head["permutations"], table.head["seed"]) == (
        False, 17, seed,
    )  # fmt: skip
    for pair, row in by_pair(table).items():
        p = exact[pair]["p"]
        assert abs(row["p"] - p) < 3.5 * math.sqrt(p * (1 - p) / 17) + 1 / 18
        assert row["p"] >= 1 / 18
    assert state_flows(material(SMALL, LABELS), permutations=17, seed=seed) == table
    assert state_flows(material(SMALL, many), permutations=9).head["exact"] is False


def test_labels_that_mean_nothing_are_seldom_found_to_mean_something() -> None:
    """Sixty networks with labels at random: p of the first pair is at most 0.1 in about six.

    More than 14 of 60 would come by chance once in a thousand times.
    """
    rng = np.random.default_rng(8)
    low = 0
    for _ in range(60):
        names = [str(n) for n in range(30)]
        arcs = [(str(a), str(b)) for a, b in rng.integers(0, 30, (40, 2)).tolist()]
        labels = dict(zip(names, rng.permutation(list("xyz") * 10).tolist(), strict=True))
        found = by_pair(state_flows(material(arcs, labels), permutations=99, all=True))
        low += found["x", "y"]["p"] <= 0.1
    assert low <= 14


def test_however_the_work_is_cut_up_the_answer_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs of groups in a table or only those that there are."""
    rng = np.random.default_rng(3)
    arcs = [(str(a), str(b), str(t)) for a, b, t in rng.integers(0, 30, (80, 3)).tolist()]
    labels = {str(n): "uvwxyz"[n % 6] for n in range(30)}
    whole = state_flows(material(arcs, labels), permutations=50)
    assert len(whole.rows) > 20
    monkeypatch.setattr(module, "_DENSE", 0)
    assert state_flows(material(arcs, labels), permutations=50) == whole


@needs_reference
@pytest.mark.parametrize("name", ["brokerage_strike", "brokerage_student"])
def test_what_stays_within_is_the_published_number(name: str) -> None:
    """Ties within and between groups of two published networks."""
    published = answers(name, "ei_index.json")
    table = state_flows(
        material(
            [(r["from"], r["to"]) for r in rows(name, "edges.csv")],
            {r["id"]: r["group"] for r in rows(name, "raw.csv")},
        )
    )
    assert table.head["flows"] == table.head["edges"] == published["arcs"]
    assert table.head["within"] == published["internal"]
    between = sum(int(str(r[2])) for r in table.rows if r[0] != r[1])
    assert between == published["external"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"group": "colour"}, "no actor has a value in the column colour"),
        ({"permutations": "some"}, "neither a number nor exact"),
        ({"permutations": -1}, "neither a number nor exact"),
        ({"permutations": "exact"}, "more than 1,000,000 labelings"),
        ({"seed": -1}, "no seed -1"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(options: dict[str, Any], message: str) -> None:
    """A column that nobody has is told with those that there are."""
    of = {str(n): "xyz"[n % 3] for n in range(20)}
    with pytest.raises(KvgraphError, match=message) as caught:
        state_flows(material([("1", "2")], of), **options)
    assert caught.value.hint


def test_nothing_is_an_empty_explained_table() -> None:
    """Without a flow there is nothing to hold against what was expected, asked for or not."""
    for every in (False, True):
        table = state_flows(material([], {"a": "x", "b": "y"}), all=every)
        assert (table.rows, table.empty) == ((), "No transfer is there to be counted.")
        assert (table.head["permutations"], table.head["flows"]) == (0, 0)


def test_what_was_counted_is_told_and_long_work_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The head of the material comes along; each tenth of the labelings is told of."""
    data = material(SMALL, LABELS, head={"undated": 4, "left_out": {"planned": 1}, "horizon": 9})
    head = state_flows(data).head
    assert (head["undated"], head["left_out"], head["horizon"]) == (4, {"planned": 1}, 9)
    assert "All ways to give the group labels were gone through" in str(head["notes"])
    said: list[str] = []
    state_flows(data, tell=said.append)
    assert said == []
    monkeypatch.setattr(module, "MANY", 1)
    state_flows(data, tell=said.append)
    assert said[:2] == ["labelings: 0 of 18", "labelings: 1 of 18"]
    assert len(said) == 18
