"""Co-membership: Davis' Southern women to the digit, by hand, by enumeration, and laws."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvgraph.analysis import co_membership as module
from kvgraph.analysis._two_mode import by_chance, shared_places, trade
from kvgraph.analysis.co_membership import co_membership
from kvgraph.cli.main import _run
from kvgraph.errors import KvgraphError
from kvgraph.material import Adopting, Material, Member, Seat, Tie
from kvgraph.model import Table
from reference_tables import REFERENCE, needs_reference, rows

Rows = dict[tuple[str, str], dict[str, Any]]


def seats(text: str) -> tuple[Seat, ...]:
    """Give seats without dates, numbered from 1, of pairs such as ``ax`` between spaces."""
    return tuple(Seat(s[0], s[1], None, None, str(n)) for n, s in enumerate(text.split(), 1))


def by_pair(table: Table) -> Rows:
    """Give the rows by the two actors."""
    return {(str(r["a"]), str(r["b"])): r for r in table.records()}


@needs_reference
def test_the_projection_of_the_southern_women_is_the_published_one() -> None:
    """All 139 pairs: count exactly, Newman's and Jaccard's weights to 1e-12; from ties or seats."""
    read = rows("twomode_davis", "memberships.csv")
    ties = tuple(
        Tie(r["woman"], r["event"], "", None, None, 1.0, str(n)) for n, r in enumerate(read, 1)
    )
    found = by_pair(co_membership(Material(ties), permutations=0))
    expected = rows("twomode_davis", "expected_projection.csv")
    assert len(expected) == 139
    assert set(found) == {(r["a"], r["b"]) for r in expected}
    for row in expected:
        own = found[row["a"], row["b"]]
        assert own["count"] == int(row["count"]) == len(own["networks"])
        assert own["newman"] == pytest.approx(float(row["newman"]), abs=1e-12)
        assert own["jaccard"] == pytest.approx(float(row["jaccard"]), abs=1e-12)
    sat = tuple(Seat(t.giver, t.receiver, None, None, t.id) for t in ties)
    other = by_pair(co_membership(Material((), seats=sat), permutations=0))
    assert other == found


@needs_reference
def test_a_csv_of_two_columns_will_do(capsys: pytest.CaptureFixture[str]) -> None:
    """The command line reads who took part in which event as it stands."""
    path = str(REFERENCE / "twomode_davis" / "memberships.csv")
    options = ["--edges", path, "--permutations", "9", "--least", "6", "--format", "csv"]
    assert _run(["analyse", "co-membership", *options]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("a,b,count,newman,jaccard,expected,z,p,overlapping,undated,")
    assert lines[1].startswith("Evelyn Jefferson,Theresa Anderson,7,")
    assert len(lines) == 9


def test_weights_and_records_are_worked_out_by_hand() -> None:
    """x has a, b, c and y a, b: a and b share 1/2 + 1/1; z of d alone, and d with nobody.

    a also sits in w with d: 1/1, and of their four networks w, x, y, z they share one. A seat
    told twice counts once, with both records.
    """
    told = seats("ax bx cx ay by dz aw dw ax")
    table = co_membership(Material((), seats=told), permutations=0)
    assert [row[:3] for row in table.rows] == [
        ("a", "b", 2), ("a", "d", 1), ("a", "c", 1), ("b", "c", 1),
    ]  # fmt: skip
    found = by_pair(table)
    assert [r["newman"] for r in found.values()] == [1.5, 1.0, 0.5, 0.5]
    assert [r["jaccard"] for r in found.values()] == [2 / 3, 1 / 4, 1 / 3, 1 / 2]
    assert found["a", "b"]["networks"] == ("x", "y")
    assert found["a", "b"]["records"] == ("1", "2", "4", "5", "9")
    assert {(r["expected"], r["z"], r["p"]) for r in found.values()} == {(None, None, None)}
    head = table.head
    assert (head["of"], head["actors"], head["networks"]) == ("memberships", 4, 4)
    assert (head["seats"], head["repeated"], head["pairs"], head["seed"]) == (8, 1, 4, None)
    some = co_membership(Material((), seats=told), least=2, permutations=0)
    assert some.rows == table.rows[:1]


def test_who_sat_together_is_told_from_dates() -> None:
    """a sat in x until 3, b from 4 on: apart. In y both can have sat on day 5. In z b has no date.

    c sat in x twice: once before, once together with b; open sides count as possible.
    """
    told = (
        Seat("a", "x", 1, 3), Seat("b", "x", 4, None), Seat("c", "x", None, 2),
        Seat("c", "x", 9, 9), Seat("a", "y", 2, 5), Seat("b", "y", 5, 8), Seat("a", "z", 1, 2),
        Seat("b", "z", None, None), Seat("c", "z", None, None),
    )  # fmt: skip
    found = by_pair(co_membership(Material((), seats=told), permutations=0))
    assert {p: (r["count"], r["overlapping"], r["undated"]) for p, r in found.items()} == {
        ("a", "b"): (3, 1, 1),
        ("a", "c"): (2, 1, 1),
        ("b", "c"): (2, 1, 1),
    }
    undated = by_pair(co_membership(Material((), seats=seats("ax bx")), permutations=0))
    assert undated["a", "b"]["overlapping"] is None, "no date tells: undefined, and not 0"


def test_the_first_that_there_is_says_who_sat_where() -> None:
    """Memberships, else ties, else adoptions; or the one that was asked for."""
    ties = (Tie("a", "x", "", 1, 2, 1.0, "t1"), Tie("b", "x", "", 2, 3, 1.0, "t2"))
    adopted = (Adopting("a", "p", 1, 1, "d1"), Adopting("c", "p", 9, 9, "d2"))
    whole = Material(ties, (), adopted, seats=seats("ay dy"))
    assert list(by_pair(co_membership(whole))) == [("a", "d")]
    assert list(by_pair(co_membership(whole, of="ties"))) == [("a", "b")]
    table = co_membership(Material((), (), adopted))
    [row] = table.records()
    assert (row["a"], row["b"], row["networks"], row["records"]) == ("a", "c", ("p",), ("d1", "d2"))
    assert table.head["of"] == "adoptions"
    assert (row["overlapping"], row["undated"]) == (None, 1), "a practice stays: nobody leaves it"
    [row] = co_membership(whole, of="ties").records()
    assert (row["overlapping"], row["undated"]) == (1, 0)


def test_ties_between_actors_are_read_with_a_warning() -> None:
    """a→b→c is no list of memberships: that b stands on both sides is said."""
    ties = tuple(Tie(a, b, "", None, None, 1.0, a + b) for a, b in ("ab", "bc", "ac"))
    assert "names that stand on both sides: 1." in str(co_membership(Material(ties)).head["notes"])
    two = tuple(Tie(a, b, "", None, None, 1.0, a + b) for a, b in ("ax", "bx"))
    assert "both sides" not in str(co_membership(Material(two)).head["notes"])


def matrices(matrix: np.ndarray[Any, Any]) -> list[tuple[int, ...]]:
    """Give all matrices of 0 and 1 with the same margins, by trying all of them."""
    shape, total = matrix.shape, int(matrix.sum())
    found = []
    for chosen in itertools.combinations(range(matrix.size), total):
        other = np.zeros(matrix.size, dtype=int)
        other[list(chosen)] = 1
        other = other.reshape(shape)
        if (other.sum(0) == matrix.sum(0)).all() and (other.sum(1) == matrix.sum(1)).all():
            found.append(tuple(other.ravel().tolist()))
    return found


SMALL = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 1, 1], [0, 0, 1, 0]])


def test_draws_visit_all_matrices_of_the_same_margins_alike() -> None:
    """There are 24 of them; in 24,000 draws each comes up about a thousand times, none other."""
    every = matrices(SMALL)
    assert len(every) == 24
    actor, place = map(np.ascontiguousarray, np.nonzero(SMALL))
    rng = np.random.default_rng(11)
    seen: Counter[tuple[int, ...]] = Counter()
    for _ in range(24_000):
        actor = trade(actor, place, 4, rng)
        matrix = np.zeros((4, 4), dtype=int)
        matrix[actor, place] = 1
        assert matrix.sum() == SMALL.sum(), "no actor sits twice in one place"
        seen[tuple(matrix.ravel().tolist())] += 1
    assert set(seen) == set(every)
    # Draws follow on each other, so they vary more than independent ones: at most fivefold.
    assert max(abs(n - 1000) for n in seen.values()) < 5 * 3 * math.sqrt(1000)


def test_expected_and_p_are_those_of_all_matrices() -> None:
    """Mean, deviation and tail of each pair over the 24, within the error of 4,000 draws."""
    every = [np.array(m).reshape(4, 4) for m in matrices(SMALL)]
    told = tuple(
        Seat("abcd"[i], "wxyz"[j], None, None) for i, j in zip(*np.nonzero(SMALL), strict=True)
    )
    table = co_membership(Material((), seats=told), permutations=4000, seed=5)
    for (a, b), row in by_pair(table).items():
        i, j = "abcd".index(a), "abcd".index(b)
        shared = np.array([int(m[i] @ m[j]) for m in every])
        assert row["expected"] == pytest.approx(shared.mean(), abs=0.06)
        assert row["z"] == pytest.approx((row["count"] - shared.mean()) / shared.std(), abs=0.15)
        assert row["p"] == pytest.approx((shared >= row["count"]).mean(), abs=0.05)


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 5)), min_size=1, max_size=30, unique=True),
    st.integers(0, 99),
)
def test_a_draw_keeps_both_margins(pairs: list[tuple[int, int]], seed: int) -> None:
    """Each actor has as many places, each place as many actors, and nobody sits twice in one."""
    two = np.array(sorted(pairs), dtype=np.int64)
    actor, place = two[:, 0], two[:, 1]
    drawn = trade(actor, place, 8, np.random.default_rng(seed))
    assert (np.bincount(drawn, minlength=8) == np.bincount(actor, minlength=8)).all()
    assert len({*zip(drawn.tolist(), place.tolist(), strict=True)}) == len(pairs)
    every = np.array(list(itertools.combinations(range(8), 2)))
    of = [{p for a, p in pairs if a == n} for n in range(8)]
    counted = shared_places(actor, place, (8, 6), every)
    assert counted.tolist() == [len(of[i] & of[j]) for i, j in every.tolist()]


def test_what_cannot_vary_has_no_z_and_p_1() -> None:
    """Both sit everywhere: there is one such matrix."""
    [row] = co_membership(Material((), seats=seats("ax bx ay by")), permutations=99).records()
    assert (row["expected"], row["z"], row["p"]) == (2, None, 1)


def test_who_sits_together_more_than_chance_is_found_and_p_is_never_0() -> None:
    """Two blocks of four actors, each with eight networks of its own: p is 1 of 1,000.

    Of sixteen networks two would share all eight about once in 12,870 draws. Between the blocks
    nothing is shared, so there is no row.
    """
    told = tuple(
        Seat(f"{block}{i}", f"{block}-{n}", None, None)
        for block in "uv" for i in range(4) for n in range(8)
    )  # fmt: skip
    table = co_membership(Material((), seats=told))
    assert len(table.rows) == 12
    assert {row["p"] for row in table.records()} == {0.001}
    assert table.head["seed"] == 1
    assert co_membership(Material((), seats=told)) == table
    assert co_membership(Material((), seats=told), seed=2) != table


def test_p_is_spread_evenly_where_there_is_nothing_to_find() -> None:
    """Sixty worlds of seats at random: p of a pair is at most 0.1 in a tenth of them, or fewer.

    More than 14 of 60 would come by chance once in a thousand times.
    """
    rng = np.random.default_rng(4)
    low = 0
    for _ in range(60):
        matrix = rng.random((8, 10)) < 0.35
        actor, place = map(np.ascontiguousarray, np.nonzero(matrix))
        pair = np.array([[0, 1]])
        null = by_chance(actor, place, (8, 10), pair, 99, 1, lambda _: None)
        low += (1 + int(null.as_many[0])) / 100 <= 0.1
    assert low <= 14


def test_nothing_is_an_empty_explained_table() -> None:
    """No membership, and no two that share enough, are told apart."""
    table = co_membership(Material((), (Member("a", None, {}),)))
    assert (table.rows, table.empty) == ((), "No membership is there to be counted.")
    table = co_membership(Material((), seats=seats("ax bx")), least=3)
    assert table.rows == ()
    assert table.empty == "No two actors share as many networks as were asked for: 3."
    assert (table.head["permutations"], table.head["seed"]) == (0, None)


@pytest.mark.parametrize(
    "options", [{"least": 0}, {"permutations": -1}, {"seed": -1}, {"of": "tables"}]
)
def test_what_cannot_be_done_is_refused_in_words(options: dict[str, Any]) -> None:
    """What there is stands in the hint."""
    with pytest.raises(KvgraphError, match="no co-membership of") as caught:
        co_membership(Material((), seats=seats("ax bx")), **options)
    assert "memberships, ties, adoptions" in caught.value.hint


def test_long_work_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each tenth of the draws, and nothing of short work."""
    data = Material((), seats=seats("ax bx cx ay by"), head={"undated": 3})
    said: list[str] = []
    assert co_membership(data, permutations=20, tell=said.append).head["undated"] == 3
    assert said == []
    monkeypatch.setattr(module, "MANY", 1)
    co_membership(data, permutations=20, tell=said.append)
    assert said[:2] == ["draws: 0 of 20", "draws: 2 of 20"]
    assert len(said) == 10
