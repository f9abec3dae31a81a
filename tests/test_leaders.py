"""Leaders and followers: Walker's scores, all possible times as the measure, groups and themes."""

from __future__ import annotations

import random
from itertools import product
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvgraph.analysis import leaders as module
from kvgraph.analysis.leaders import leaders
from kvgraph.errors import KvgraphError
from kvgraph.material import Adopting, Material, Member, Tie, Time
from kvgraph.model import Table
from reference_tables import needs_reference, rows

Told = tuple[str, str, Time, Time]


def material(told: list[Told], ties: tuple[Tie, ...] = (), **more: object) -> Material:
    """Give adoptions (actor, practice, start, end), whose ids are actor and practice."""
    adoptings = tuple(Adopting(a, p, lo, hi, a + p) for a, p, lo, hi in told)
    return Material(ties, adoptings=adoptings, numeric=True, **more)  # type: ignore[arg-type]


def at(practice: str, **times: float) -> list[Told]:
    """Give the adoptions of a practice at known times."""
    return [(actor, practice, time, time) for actor, time in times.items()]


def tie(giver: str, receiver: str, practice: str, identifier: str, *, proven: bool = True) -> Tie:
    """Give a tie without a date."""
    return Tie(giver, receiver, practice, None, None, 1.0, identifier, proven)


def by_actor(table: Table, name: str = "actor") -> dict[str, dict[str, object]]:
    """Give the rows by actor."""
    return {str(row[name]): row for row in table.records()}


def test_the_score_is_walkers() -> None:
    """20 years from first to last: one half after ten of them, 1 for the first, 0 for the last.

    A second practice that b was first in, of two: (0.5 + 1) / 2.
    """
    told = at("p", a=1900, b=1910, c=1920) + at("q", b=1950, c=1951)
    table = leaders(material(told))
    found = by_actor(table)
    for actor, score in (("a", 1), ("b", 0.75), ("c", 0)):
        assert (found[actor]["innovation_low"], found[actor]["innovation_high"]) == (score, score)
    assert [found[n]["practices"] for n in "abc"] == [1, 2, 2]
    assert [found[n]["comparisons"] for n in "abc"] == [2, 3, 3]
    assert [found[n]["score"] for n in "abc"] == [1, 1 / 3, -1]
    assert [found[n]["first_certain"] for n in "abc"] == [1, 1, 0]
    assert [row[0] for row in table.rows] == ["a", "b", "c"]
    assert found["a"]["records"] == ("ap", "bp", "cp")
    assert found["b"]["records"] == ("ap", "bp", "bq", "cp", "cq")
    assert (table.head["practices"], table.head["comparisons"]) == (2, 4)


def test_walker_places_who_never_adopted_last() -> None:
    """With them, a is 1 in p and 0 in q; d, who did nothing, has a row of 0 and no comparison.

    e did adopt q, nobody knows when, and is last in p alone. r and s have no first and last.
    """
    told = at("p", a=1900, b=1910, c=1920) + at("q", b=1950, c=1951) + at("r", c=1)
    told += [*at("s", a=5, b=5), ("e", "q", None, None)]
    data = material(told, members=(Member("d", None, {}),))
    found = by_actor(leaders(data, with_non_adopters=True))
    assert [found[n]["innovation_high"] for n in "abcd"] == [0.5, 0.75, 0, 0]
    assert [found[n]["scored"] for n in "abcde"] == [2, 2, 2, 2, 1]
    assert [found[n]["practices"] for n in "ad"] == [2, 0]
    assert (found["d"]["score"], found["d"]["comparisons"]) == (None, 0)
    assert "d" not in by_actor(leaders(data))


def test_who_is_first_together_is_first_and_all_at_one_time_is_no_score() -> None:
    """a and b at 1 are both first, and neither leads the other; q has no first and no last."""
    found = by_actor(leaders(material(at("p", a=1, b=1, c=3) + at("q", a=5, b=5))))
    for name in "ab":
        row = found[name]
        assert (row["first_certain"], row["leads_certain"], row["leads_possible"]) == (2, 1, 1)
        assert (row["comparisons"], row["score"], row["scored"]) == (3, 1 / 3, 1)
        assert (row["innovation_low"], row["innovation_high"]) == (1, 1)


def test_open_sides_leave_open_what_they_can() -> None:
    """a by 5, b from 5 on, c at 5: a is not after the others; how far apart is not known.

    d at 9 is after c, which can have been just after the first, or just before the last.
    """
    open_: list[Told] = [("a", "p", None, 5), ("b", "p", 5, None), *at("p", c=5)]
    later = by_actor(leaders(material([*open_, *at("p", d=9)])))
    assert [later["c"][f"innovation_{side}"] for side in ("low", "high")] == [0, 1]
    earlier = by_actor(leaders(material([*open_[1:], *at("p", d=1)])))
    assert [earlier["c"][f"innovation_{side}"] for side in ("low", "high")] == [0, 1]
    table = leaders(material(open_))
    assert (table.head["comparisons"], table.head["certain"]) == (3, 0)
    assert "of one practice: 3; in a certain order: 0." in str(table.head["notes"])
    found = by_actor(table)
    assert (found["a"]["first_certain"], found["b"]["first_possible"]) == (1, 1)
    assert (found["a"]["leads_certain"], found["a"]["leads_possible"]) == (0, 2)
    assert (found["a"]["follows_possible"], found["b"]["leads_possible"]) == (0, 0)
    assert [found["c"][f"innovation_{side}"] for side in ("low", "high")] == [0, 1]
    assert (found["a"]["score"], found["a"]["score_high"]) == (0, 1)


def test_undated_adoptions_are_counted_and_not_placed() -> None:
    """c took p up at an unknown time: it is compared with nobody, and nobody with it."""
    table = leaders(material([*at("p", a=1, b=2), ("c", "p", None, None)]))
    found = by_actor(table)
    assert (found["c"]["undated"], found["c"]["comparisons"], found["c"]["score"]) == (1, 0, None)
    assert (found["a"]["comparisons"], table.head["adoptions_undated"]) == (1, 1)
    assert found["c"]["innovation_low"] is None
    assert [row[0] for row in table.rows] == ["a", "b", "c"], "undefined comes last"
    assert "at an unknown time, which are compared with nothing: 1." in str(table.head["notes"])


def test_a_group_is_as_early_as_its_first_actor() -> None:
    """fi: at 3 by a or at [2,4] by b, so [2,3]; se has an undated actor, so by 3 at any time.

    e is of no group: it is left out with its adoption and its tie, and the tie a→b lies inside.
    """
    members = tuple(
        Member(name, None, {"member-state": state})
        for name, state in zip("abcde", ("fi", "fi", "se", "se", ""), strict=True)
    )
    told = [*at("p", a=3, c=3, e=1), ("b", "p", 2, 4), ("d", "p", None, None), *at("q", a=1, c=2)]
    ties = (tie("a", "b", "p", "1"), tie("a", "c", "p", "2"), tie("b", "d", "p", "3"),
            tie("a", "e", "p", "4"))  # fmt: skip
    table = leaders(material(told, ties, members=members), group="member-state")
    assert table.columns[0] == "group"
    found = by_actor(table, "group")
    assert set(found) == {"fi", "se"}
    assert (found["fi"]["comparisons"], found["fi"]["leads_certain"]) == (2, 1)
    assert (found["se"]["leads_possible"], found["se"]["undated"]) == (1, 1)
    assert (found["fi"]["gave"], found["fi"]["receivers"], found["se"]["received"]) == (2, 1, 2)
    assert found["fi"]["transfers"] == ("2", "3")
    # From [2,3] to a time by 3: from any time before to one later.
    assert (found["fi"]["lag_least"], found["fi"]["lag_most"]) == (None, 1)
    assert found["fi"]["lags"] == 1
    assert found["fi"]["records"] == ("ap", "aq", "bp", "cp", "cq", "dp")
    head = table.head
    assert (head["ties_within"], head["ties_outside"]) == (1, 1)
    assert (head["outside_every_group"], head["adoptions_outside"]) == (1, 1)
    assert "left out: actors 1, with their ties 1." in str(head["notes"])


def test_by_theme_a_practice_counts_in_each_of_its_themes() -> None:
    """b leads in work, a in care; r has no theme, and what has none comes last."""
    told = at("p", a=1, b=2) + at("q", a=2, b=1) + at("r", a=1, b=2) + at("s", b=1)
    themes = {"p": ("care", "all", "care"), "q": ("work", "all"), "s": ("alone",)}
    table = leaders(material(told, (tie("a", "b", "r", "1"),), themes=themes), by="theme")
    assert [row[:3] for row in table.rows] == [
        ("all", "a", 0), ("all", "b", 0), ("alone", "b", None), ("care", "a", 1), ("care", "b", -1),
        ("work", "b", 1), ("work", "a", -1), (None, "a", 1), (None, "b", -1),
    ]  # fmt: skip
    found = {(row["theme"], row["actor"]): row for row in table.records()}
    assert found["all", "a"]["of_practices"] == 2
    assert (found["care", "a"]["comparisons"], found["care", "a"]["practices"]) == (1, 1)
    assert found["alone", "b"]["of_practices"] == 0
    assert (found[None, "a"]["gave"], found["care", "a"]["gave"]) == (1, 0)
    assert found["work", "a"]["records"] == ("aq", "bq")
    assert leaders(material(told, themes=themes)).head["comparisons"] == 3


def test_lags_are_of_what_was_given_each_receiver_and_practice_once() -> None:
    """To b 3 to 5 in p, told twice, and -1 in q; to c and e, whose time is not known, none.

    The median is of 3 and -1 at least, of 5 and -1 at most. What is not proven can be left out.
    """
    told = [("a", "p", 1, 2), *at("p", b=5), *at("q", a=4, b=3), *at("p", d=9)]
    told[1:2] = [("b", "p", 5, 6), ("e", "p", None, None)]
    ties = (tie("a", "b", "p", "1"), tie("a", "b", "p", "2"), tie("a", "b", "q", "3"),
            tie("a", "c", "p", "4"), tie("a", "d", "p", "5", proven=False),
            tie("a", "e", "p", "6"))  # fmt: skip
    data = material(told, ties)
    row = by_actor(leaders(data, proven_only=True))["a"]
    assert (row["lag_least"], row["lag_most"], row["lags"]) == ((3 - 1) / 2, (5 - 1) / 2, 2)
    assert (row["gave"], row["receivers"]) == (5, 3)
    # With d, 7 to 8 later: the middle one of three.
    every = by_actor(leaders(data))["a"]
    assert (every["lag_least"], every["lag_most"], every["lags"]) == (3, 5, 3)
    assert leaders(data, proven_only=True).head["unproven"] == 1
    nobody = by_actor(leaders(data))["b"]
    assert (nobody["lag_least"], nobody["lag_most"], nobody["lags"]) == (None, None, 0)


def test_who_gave_had_it_by_then_if_that_is_asked_for() -> None:
    """o gave p at 2 to 3, and again by 5: by 3 it had it, before c for certain; x proved nothing.

    a is known to have taken p up, at 4, though it gave it, too: that stands. q was only given.
    """
    told = [*at("p", a=4, c=6), ("b", "p", 2, 3)]
    moments: list[tuple[str, str, str, Time, Time, bool]] = [
        ("o", "b", "p", 2, 5, True), ("o", "b", "p", 2, 3, True), ("a", "c", "p", 1, 1, True),
        ("x", "c", "p", 2, 2, False), ("y", "c", "p", 2, None, True), ("o", "z", "q", 1, 1, True),
    ]  # fmt: skip
    ties = tuple(
        Tie(g, r, p, lo, hi, 1.0, str(n), proven)
        for n, (g, r, p, lo, hi, proven) in enumerate(moments, 1)
    )
    plain = leaders(material(told, ties))
    assert by_actor(plain)["o"]["comparisons"] == 0
    table = leaders(material(told, ties), with_givers=True)
    found = by_actor(table)
    assert (found["o"]["leads_certain"], found["o"]["leads_possible"]) == (2, 3)
    assert (found["o"]["follows_certain"], found["o"]["follows_possible"]) == (0, 1)
    assert (found["a"]["follows_certain"], found["a"]["leads_certain"]) == (2, 1)
    assert [found[n]["comparisons"] for n in "xyz"] == [0, 0, 0]
    assert found["o"]["records"] == ("2", "6", "ap", "bp", "cp")
    assert (table.head["givers_taken_in"], plain.head["givers_taken_in"]) == (2, 0)
    assert (found["o"]["lag_least"], found["o"]["lag_most"]) == (-1, None)
    # A table of actors without practices: the ties are of the one that there is.
    members = tuple(Member(name, time, {}) for name, time in (("a", 4.0), ("b", 9.0)))
    one = Material((Tie("a", "b", "p", 1, 1, 1.0, "1"), Tie("o", "b", "p", 2, 2, 1.0, "2")),
                   members, numeric=True)  # fmt: skip
    assert by_actor(leaders(one, with_givers=True))["o"]["leads_certain"] == 2
    assert by_actor(leaders(one, with_givers=True))["a"]["first_certain"] == 0


def test_times_of_a_table_of_actors_are_those_of_its_one_practice() -> None:
    """Without adoptions of practices the times of the actors count, and the ties have lags."""
    members = tuple(Member(name, time, {}) for name, time in (("a", 1.0), ("b", 4.0), ("c", None)))
    data = Material((tie("a", "b", "p", "1"),), members, numeric=True)
    found = by_actor(leaders(data))
    assert (found["a"]["lag_least"], found["a"]["score"], found["b"]["score"]) == (3, 1, -1)
    assert "c" not in found


def test_too_thin_is_an_empty_explained_table() -> None:
    """Where no practice has two adopters at known times there is nothing to compare."""
    for data in (
        Material(()),
        material([*at("p", a=1), *at("q", b=2), ("b", "p", None, None)]),
        material([], (tie("a", "b", "p", "1"),)),
    ):
        table = leaders(data)
        expected = "Nothing can be compared: no practice was adopted by two at known times."
        assert (table.rows, table.empty) == ((), expected)


def test_what_cannot_be_done_is_refused_in_words() -> None:
    """There is no such row, and no such column."""
    with pytest.raises(KvgraphError, match="no leaders by country") as caught:
        leaders(Material(()), by="country")
    assert "theme" in caught.value.hint
    members = (Member("a", None, {"level": "local"}),)
    for ties in ((), (tie("a", "b", "p", "1"),)):
        with pytest.raises(KvgraphError, match="no actor has a value in the column country"):
            leaders(material(at("p", a=1, b=2), ties, members=members), group="country")


def test_head_and_long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the material left out is told, long work too, and records too many are not listed."""
    data = material(at("p", a=1, b=2, c=3), head={"undated": 4, "horizon": 9, "rule": "adopted"})
    said: list[str] = []
    head = leaders(data, tell=said.append).head
    assert said == []
    assert (head["undated"], head["horizon"]) == (4, 9)
    assert head["rule"] == "adopted; leaders and followers by time of adoption (Walker 1969)"
    monkeypatch.setattr(module, "MANY", 1)
    monkeypatch.setattr(module, "MOST", 8)
    table = leaders(data, tell=said.append)
    assert said == ["leaders of 3 adoptions", "practices compared: 1", "rows: 3"]
    assert by_actor(table)["a"]["records"] == ("ap",)
    assert "there would be 9." in str(table.head["notes"])


@needs_reference
def test_real_doctors_lead_as_counted_two_by_two() -> None:
    """125 doctors and one drug: leads and follows are what each pair of dates says."""
    times = {
        row["id"]: float(row["toa"])
        for row in rows("adopt_medInnovations", "nodes.csv")
        if row["toa"] not in ("", "NA")
    }
    members = tuple(Member(name, time, {}) for name, time in times.items())
    table = leaders(Material((), members, numeric=True))
    assert len(table.rows) == len(times) > 100
    first, last = min(times.values()), max(times.values())
    for name, row in by_actor(table).items():
        own = times[name]
        before, after = (
            sum(own < t for t in times.values()), sum(own > t for t in times.values()),
        )  # fmt: skip
        assert (row["leads_certain"], row["leads_possible"]) == (before, before)
        assert (row["follows_certain"], row["follows_possible"]) == (after, after)
        assert row["score"] == (before - after) / (len(times) - 1)
        assert row["innovation_low"] == pytest.approx((last - own) / (last - first), abs=1e-15)
        assert row["innovation_low"] == row["innovation_high"]


spans = st.tuples(st.integers(0, 4), st.integers(0, 3)).map(lambda t: (t[0], t[0] + t[1]))


@settings(max_examples=200)
@given(st.lists(spans, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_bounds_are_those_of_all_possible_times(
    intervals: list[tuple[int, int]], order: random.Random
) -> None:
    """One practice, any whole times within the intervals: least and most are reached, each one."""
    names = "abcd"[: len(intervals)]
    told: list[Told] = [(n, "p", lo, hi) for n, (lo, hi) in zip(names, intervals, strict=True)]
    given_ = tie("a", "b", "p", "1")
    table = leaders(material(told, (given_,)))
    found = by_actor(table)
    worlds = [
        dict(zip(names, days, strict=True))
        for days in product(*(range(lo, hi + 1) for lo, hi in intervals))
    ]
    others = len(names) - 1
    for name in names:
        leads = [sum(w[name] < t for t in w.values()) for w in worlds]
        follows = [sum(w[name] > t for t in w.values()) for w in worlds]
        first = [w[name] == min(w.values()) for w in worlds]
        scores = [
            (max(w.values()) - w[name]) / (max(w.values()) - min(w.values()))
            for w in worlds
            if len(set(w.values())) > 1
        ]
        net = [(a - b) / others for a, b in zip(leads, follows, strict=True)]
        row = found[name]
        assert (row["leads_certain"], row["leads_possible"]) == (min(leads), max(leads))
        assert (row["follows_certain"], row["follows_possible"]) == (min(follows), max(follows))
        assert (row["first_certain"], row["first_possible"]) == (all(first), any(first))
        assert (row["score_low"], row["score_high"]) == (min(net), max(net))
        assert row["score_low"] <= row["score"] <= row["score_high"]  # type: ignore[operator]
        bounds = (min(scores), max(scores)) if scores else (None, None)
        assert (row["innovation_low"], row["innovation_high"]) == bounds
        assert row["scored"] == bool(scores)
    lags = [w["b"] - w["a"] for w in worlds]
    assert (found["a"]["lag_least"], found["a"]["lag_most"]) == (min(lags), max(lags))
    order.shuffle(told)
    assert leaders(material(told, (given_,))) == table


@given(st.lists(st.tuples(spans, spans, spans), min_size=1, max_size=3))
def test_medians_of_lags_are_those_of_all_possible_times(
    practices: list[tuple[tuple[int, int], ...]],
) -> None:
    """a gives up to three practices to b and c: the least and the greatest median there can be."""
    told: list[Told] = []
    ties = []
    for practice, three in zip("pqr", practices, strict=False):
        told += [(n, practice, lo, hi) for n, (lo, hi) in zip("abc", three, strict=True)]
        ties += [tie("a", n, practice, f"{n}{practice}") for n in "bc"]
    row = by_actor(leaders(material(told, tuple(ties))))["a"]
    # Later or earlier moves a median one way only, so the ends of the intervals are enough.
    corners = [tuple(product(*three)) for three in practices]
    medians = [
        median(t - days[0] for days in world for t in days[1:]) for world in product(*corners)
    ]
    assert (row["lag_least"], row["lag_most"]) == (min(medians), max(medians))
