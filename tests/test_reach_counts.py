"""How many others each actor reaches: against published counts, reach itself, and by hand."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference_tables as reference
from kvgraph.analysis import _reach_counts
from kvgraph.analysis import reach_counts as module
from kvgraph.analysis._tied import flows_of
from kvgraph.analysis._timeline import number_states
from kvgraph.analysis.reach import Question, reach
from kvgraph.analysis.reach_counts import reach_counts
from kvgraph.errors import KvgraphError
from kvgraph.flows import Flows
from kvgraph.material import Material, Tie
from kvgraph.model import Table
from random_worlds import looked_at
from reference_tables import needs_reference

Row = tuple[str, str, str, float | None, float | None, bool]


def material(rows: Iterable[Row]) -> Material:
    """Give (giver, receiver, practice, start, end, proven) as ties, numbered from 1."""
    return Material(
        tuple(Tie(g, r, p, lo, hi, 1.0, str(n), sure) for n, (g, r, p, lo, hi, sure) in
              enumerate(rows, 1)),
        numeric=True,
    )  # fmt: skip


def of_one(rows: Iterable[Iterable[Any]]) -> Material:
    """Give (giver, receiver, start, end) as proven ties of one practice without a name."""
    return material((str(g), str(r), "", lo, hi, True) for g, r, lo, hi in rows)


def counted(table: Table, column: str) -> dict[str, int]:
    """Give a count by the first column."""
    return {str(row["actor"]): int(str(row[column])) for row in table.records()}


# --- published answers ----------------------------------------------------------------------


@needs_reference
def test_the_genealogy_of_doctors_is_counted_as_published() -> None:
    """temporal_phd: 1043 arcs; how many each advisor reaches, in five senses."""
    events = [
        (r["source"], r["target"], int(r["date_lo"]), int(r["date_hi"]))
        for r in reference.rows("temporal_phd", "events.csv")
    ]
    middle = [(u, v, (lo + hi) // 2, (lo + hi) // 2) for u, v, lo, hi in events]
    interval, point = reach_counts(of_one(events)), reach_counts(of_one(middle))
    strict = reach_counts(of_one(middle), strict=True)
    undated = reach_counts(of_one((u, v, None, None) for u, v, _, _ in events))
    found = {
        "static_reach": counted(undated, "possible"),
        "point_nonstrict": counted(point, "possible"),
        "point_strict": counted(strict, "possible"),
        "interval_possible": counted(interval, "possible"),
        "interval_certain": counted(interval, "certain"),
    }
    expected = reference.rows("temporal_phd", "expected_reach_counts.csv")
    assert found == {sense: {row["source"]: int(row[sense]) for row in expected} for sense in found}
    totals = [sum(counts.values()) for counts in found.values()]
    assert totals == [5301, 5301, 5286, 5301, 4730]
    for table in (point, strict):
        assert counted(table, "certain") == counted(table, "possible"), "every day is known"
    assert (interval.head["pairs_possible"], interval.head["pairs_certain"]) == (5301, 4730)


@needs_reference
@pytest.mark.parametrize("rule", ["nonstrict", "strict"])
def test_counts_are_those_over_all_worlds(rule: str) -> None:
    """temporal_tiny and temporal_interval_random: 67 sources, settled before over all worlds."""
    cases = [
        *reference.answers("temporal_tiny", "examples.json"),
        *reference.answers("temporal_interval_random", "instances.json"),
    ]
    assert len(cases) == 67
    for case in cases:
        table = reach_counts(of_one(case["events"]), strict=rule == "strict")
        source = str(case["source"])
        others = [a for name, a in case["expected"][rule].items() if name != source]
        if "worlds" in others[0]:
            possible = [a["worlds_reached"] > 0 for a in others]
            certain = [a["worlds_reached"] == a["worlds"] for a in others]
        else:
            possible = [a["reach_probability_uniform"] > 0 for a in others]
            certain = [a["reach_probability_uniform"] == 1 for a in others]
        found = [counted(table, name).get(source, 0) for name in ("possible", "certain")]
        assert found == [sum(possible), sum(certain)], case.get("name", case.get("seed"))


# --- the same as reach ----------------------------------------------------------------------


def by_reach(flows: Flows, *, strict: bool) -> dict[tuple[str, str | None], tuple[int, int]]:
    """Ask reach from each giver in turn; give how many rows it has, and how many are certain."""
    t = flows.transfers
    found = {}
    for giver, practice in sorted(set(zip(t.giver.tolist(), t.practice.tolist(), strict=True))):
        question = Question(
            source=t.actors[giver], practice=t.practices[practice], strict=strict, lineage=False
        )
        rows = list(reach(flows, question).records())
        sure = sum(row["reach"] == "certain" for row in rows)
        found[t.actors[giver], t.practices[practice] or None] = len(rows), sure
    return found


days = st.one_of(
    st.integers(0, 5).map(lambda d: (d, d)),
    st.tuples(st.integers(0, 5), st.integers(0, 3)).map(lambda d: (d[0], d[0] + d[1])),
    st.sampled_from([(None, None), (None, 3), (2, None)]),
)
points = st.integers(0, 3).map(lambda d: (d, d))


def some_ties(when: st.SearchStrategy[Any], proven: st.SearchStrategy[bool]) -> Any:
    """Give ties of two practices between six actors."""
    ends = st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.sampled_from("pq"))
    return st.lists(st.tuples(ends, when, proven), min_size=1, max_size=16).map(
        lambda rows: material((*e, *w, sure) for e, w, sure in rows)
    )


@pytest.mark.parametrize("strict", [False, True])
@given(
    st.one_of(
        some_ties(days, st.booleans()),
        some_ties(points, st.just(True)),
        some_ties(points, st.booleans()),
        some_ties(st.just((None, None)), st.booleans()),
    )
)
@looked_at(150)
def test_counts_are_the_rows_of_reach(strict: bool, given_ties: Material) -> None:
    """For every actor and practice, whatever the times are and whether they are proven."""
    table = reach_counts(given_ties, strict=strict)
    found = {(r["actor"], r["practice"]): (r["possible"], r["certain"]) for r in table.records()}
    assert found == by_reach(flows_of(given_ties), strict=strict)
    assert all(row["transfers"] for row in table.records())


def many_ties(seed: int, actors: int, ties: int, kind: str) -> Material:
    """Give ties of three practices, the last of them small."""
    rng = random.Random(seed)
    rows = []
    for _ in range(ties):
        practice = rng.choice("ppppqqr")
        end = actors if practice == "p" else actors // 2 if practice == "q" else 5
        a, b = rng.sample(range(end), 2)
        first = rng.randrange(40)
        last = first + (rng.randrange(8) if kind == "intervals" else 0)
        rows.append((f"{a}", f"{b}", practice, first, last, rng.random() < 0.9))
    return material(rows)


@pytest.mark.parametrize("kind", ["points", "intervals"])
@pytest.mark.parametrize("strict", [False, True])
def test_more_actors_than_a_machine_word_has_bits_are_counted_as_by_reach(
    kind: str, strict: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300 actors: all at once, 64 at a time, and compiled."""
    flows = flows_of(many_ties(3, 300, 900, kind))
    plain = _reach_counts.counts(flows, strict=strict, compiled=False)
    monkeypatch.setattr(_reach_counts, "_BITS", 1)
    narrow = _reach_counts.counts(flows, strict=strict, compiled=False)
    for name in ("possible", "certain"):
        assert (getattr(plain, name) == getattr(narrow, name)).all()
    expected = by_reach(flows, strict=strict)
    t = flows.transfers
    for state in np.flatnonzero(plain.given).tolist():
        practice, actor = divmod(int(plain.states.keys[state]), len(t.actors))
        found = int(plain.possible[state]), int(plain.certain[state])
        assert found == expected[t.actors[actor], t.practices[practice]]
    assert not plain.possible[~plain.given].any(), "who only received reaches nobody"
    pytest.importorskip("numba")
    compiled = _reach_counts.counts(flows, strict=strict, compiled=True)
    for name in ("possible", "certain"):
        assert (getattr(plain, name) == getattr(compiled, name)).all()


@pytest.mark.parametrize("compiled", [False, True])
def test_the_plain_and_the_compiled_pass_are_the_same_function(compiled: bool) -> None:
    """Asked for, numba is used where it is there; a chain of 200 on one day is gone along."""
    if compiled:
        pytest.importorskip("numba")
    rng = random.Random(2)
    chain = [(n, n + 1, 7, 7) for n in range(200)]
    rng.shuffle(chain)
    flows = flows_of(of_one(chain))
    states = number_states(flows)
    events = _reach_counts.arranged(
        states, len(flows.transfers.actors), np.arange(200), strict=False, compiled=compiled
    )
    assert events.compiled == compiled
    assert isinstance(events.tail, np.ndarray) == compiled
    assert sorted(_reach_counts.reached(events).tolist()) == list(range(201))
    strictly = _reach_counts.counts(flows, strict=True, compiled=compiled)
    assert sorted(strictly.certain.tolist()) == [0] + [1] * 200


# --- by hand --------------------------------------------------------------------------------


def test_rows_by_actor_and_by_practice_add_up() -> None:
    """p: a→b day 1, b→c day 2; q: a→c, not proven. Both, by actor and by practice."""
    ties = material([("a", "b", "p", 1, 1, True), ("b", "c", "p", 2, 2, True),
                     ("a", "c", "q", 1, 1, False)])  # fmt: skip
    assert reach_counts(ties).rows == (
        ("a", "p", 2, 2, ("1",)),
        ("b", "p", 1, 1, ("2",)),
        ("a", "q", 1, 0, ("3",)),
    )
    assert reach_counts(ties, by="actor").rows == (
        ("a", 2, 3, 2, ("1", "3")),
        ("b", 1, 1, 1, ("2",)),
    )
    table = reach_counts(ties, by="practice")
    assert table.rows == (
        ("p", 3, 2, 3, 3, ("1", "2")),
        ("q", 2, 1, 1, 0, ("3",)),
    )
    assert (table.head["pairs_possible"], table.head["pairs_certain"]) == (4, 3)
    assert (table.head["actors"], table.head["practices"], table.head["loops"]) == (3, 2, 0)


def test_a_practice_that_comes_back_does_not_count_its_giver() -> None:
    """a→b→a: each reaches the other alone; a tie with itself is left out and counted."""
    table = reach_counts(of_one([("a", "b", 1, 1), ("b", "a", 2, 2), ("a", "a", 1, 1)]))
    assert [row[:4] for row in table.rows] == [("a", None, 1, 1), ("b", None, 1, 1)]
    assert table.head["loops"] == 1


def test_strictly_later_is_one_of_the_last_decimal_place() -> None:
    """a→b from 0.1 to 0.2, b→c by 0.2: in between lies no step but the two."""
    ties = [("a", "b", 0.2, 0.3), ("b", "c", 0.1, 0.2)]
    assert counted(reach_counts(of_one(ties)), "possible")["a"] == 2
    assert counted(reach_counts(of_one(ties), strict=True), "possible")["a"] == 1
    ties = [("a", "b", 0.1, 0.3), ("b", "c", 0.1, 0.2)]
    assert counted(reach_counts(of_one(ties), strict=True), "possible")["a"] == 2


def test_whole_numbers_come_by_value_and_a_tie_with_several_receivers_once() -> None:
    """9 before 10; one id for both receivers."""
    ties = tuple(Tie(g, r, "p", 1, 1, 1.0, "t") for g in ("10", "9") for r in ("x", "y"))
    table = reach_counts(Material(ties))
    assert table.rows == (("9", "p", 2, 2, ("t",)), ("10", "p", 2, 2, ("t",)))


def test_nothing_is_said_to_be_nothing() -> None:
    """Without ties there are no rows, in whatever way they are asked for."""
    for by in module.BY:
        table = reach_counts(Material(()), by=by)
        assert table.rows == ()
        assert table.empty == "No transfer is there to be counted."


def test_what_was_counted_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule, horizon, left out and undated are those of the material; long work is told of."""
    given_head = {"rule": "proven at adopted", "horizon": 7, "left_out": {"planned": 2},
                  "undated": 3}  # fmt: skip
    ties = of_one([("a", "b", 1, 2)]).ties
    table = reach_counts(Material(ties, head=given_head), strict=True)
    assert {k: table.head[k] for k in ("horizon", "left_out", "undated", "strict", "by")} == {
        "horizon": 7, "left_out": {"planned": 2}, "undated": 3, "strict": True, "by": "both",
    }  # fmt: skip
    assert table.head["rule"] == (
        "proven at adopted; reach of each actor by practice, strict, adaptations not followed"
    )
    assert "reach" in str(table.head["notes"])
    said: list[str] = []
    reach_counts(Material(ties), tell=said.append)
    assert said == []
    monkeypatch.setattr(module, "MANY", 1)
    reach_counts(Material(ties), tell=said.append)
    assert said == ["reach of 2 actors by 1 ties", "practices whose ties have no one day: 0 of 1"]


def test_a_choice_that_is_not_there_is_refused() -> None:
    """What there is is named."""
    with pytest.raises(KvgraphError) as caught:
        reach_counts(Material(()), by="place")
    assert "practice" in caught.value.hint
