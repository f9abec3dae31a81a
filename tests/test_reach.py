"""Whom a practice can have reached: against published answers, all worlds, and a second program."""

from __future__ import annotations

import csv
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from math import inf
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import shipped
import slow_reach as slow
import village
from kvgraph import flows as kvflows
from kvgraph.analysis import _worlds
from kvgraph.analysis._kernel import NEVER
from kvgraph.analysis._spread import Spread, ancestors, clear, spread
from kvgraph.analysis._timeline import Timeline, earliest_arrival
from kvgraph.analysis.reach import Question, reach
from kvgraph.errors import KvgraphError
from kvgraph.flows import IN, Flows, from_edges, moments
from kvgraph.model import Table
from kvgraph.namespaces import mint, shorten
from kvgraph.readers import EdgeTable, read_edges
from random_worlds import (
    ACTORS,
    answered,
    closed,
    flows_of,
    intervals,
    looked_at,
    number_of_worlds,
    worlds,
)

SHARED: Final = Path(__file__).resolve().parents[2] / "shared" / "reference"
needs_reference = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the reference answers (../shared/reference) are not here"
)
few = looked_at(60)
many = looked_at(250)


def events_as_flows(events: Iterable[Iterable[Any]]) -> Flows:
    """Give (giver, receiver, lo, hi) rows as the flows of a numeric edge table."""
    rows = [(str(u), str(v), int(lo), int(hi)) for u, v, lo, hi in events]
    giver, receiver, lo, hi = zip(*rows, strict=True)
    ids = tuple(map(str, range(2, len(rows) + 2)))
    table = EdgeTable(giver, receiver, ("",) * len(rows), lo, hi, ids, True, 1, ())
    return moments(from_edges(table))


def by_actor(table: Table) -> dict[str, dict[str, Any]]:
    """Give the rows of an answer about one practice by actor."""
    return {str(row["actor"]): row for row in table.records()}


# --- published answers ----------------------------------------------------------------------


@needs_reference
@pytest.mark.parametrize("rule", ["nonstrict", "strict"])
def test_the_hand_examples_come_out(rule: str) -> None:
    """temporal_tiny: best and worst arrival, and the share of worlds within its interval."""
    cases = json.loads((SHARED / "temporal_tiny" / "examples.json").read_text("utf-8"))
    assert len(cases) == 7
    for case in cases:
        question = Question(source=case["source"], strict=rule == "strict", worlds=1500, seed=7)
        rows = by_actor(reach(events_as_flows(case["events"]), question))
        for actor, expected in case["expected"][rule].items():
            row = rows.get(actor, {"best_arrival": None, "worst_arrival": None})
            found = {name: row[name] for name in ("best_arrival", "worst_arrival")}
            assert found == {name: expected[name] for name in found}, (case["name"], actor)
            chance = expected["reach_probability_uniform"]
            if actor in rows:
                assert row["share_low"] <= chance <= row["share_high"], (case["name"], actor)
                assert (row["reach"] == "certain") == (chance == 1)
            else:
                assert chance == 0
        assert set(rows) <= set(case["expected"][rule])


@needs_reference
@pytest.mark.parametrize("rule", ["nonstrict", "strict"])
def test_random_intervals_come_out_as_over_all_their_worlds(rule: str) -> None:
    """temporal_interval_random: 60 instances, settled before by enumeration of all worlds."""
    cases = json.loads((SHARED / "temporal_interval_random" / "instances.json").read_text("utf-8"))
    assert len(cases) == 60
    for case in cases:
        question = Question(source=str(case["source"]), strict=rule == "strict")
        rows = by_actor(reach(events_as_flows(case["events"]), question))
        expected = case["expected"][rule]
        assert set(rows) == {a for a, e in expected.items() if e["worlds_reached"]}
        for actor, row in rows.items():
            answer = expected[actor]
            assert row["best_arrival"] == answer["best_arrival"], case["seed"]
            assert row["worst_arrival"] == answer["worst_arrival"], case["seed"]
            everywhere = answer["worlds_reached"] == answer["worlds"]
            assert (row["reach"] == "certain") == everywhere, case["seed"]


def counts(flows: Flows, *, strict: bool = False, certain: bool = False) -> dict[str, int]:
    """Give for every giver how many others are reached."""
    timeline = Timeline(flows)
    labels = timeline.labels(), timeline.labels()
    found = {}
    for state in np.flatnonzero(timeline.given).tolist():
        s = spread(timeline, state, strict=strict, possible=labels[0], certain=labels[1])
        label = s.certain if certain else s.possible
        name = flows.transfers.actors[timeline.of_state(state)[1]]
        found[name] = sum(label[other] < NEVER for other in s.reached())
        clear(s)
    return found


@needs_reference
def test_the_genealogy_of_doctors_is_counted_as_published() -> None:
    """temporal_phd: 1043 arcs; how many each advisor reaches, in five senses."""
    with (SHARED / "temporal_phd" / "events.csv").open(encoding="utf-8") as file:
        rows = [tuple(r.values()) for r in csv.DictReader(file)]
    events = [(u, v, int(lo), int(hi)) for u, v, lo, hi in rows]
    with (SHARED / "temporal_phd" / "expected_reach_counts.csv").open(encoding="utf-8") as file:
        expected = {
            r.pop("source"): {k: int(n) for k, n in r.items()} for r in csv.DictReader(file)
        }
    middle = [(u, v, (lo + hi) // 2, (lo + hi) // 2) for u, v, lo, hi in events]
    point, interval = events_as_flows(middle), events_as_flows(events)
    openly = replace(
        interval,
        lo=np.full(len(events), kvflows.LOW),
        hi=np.full(len(events), kvflows.HIGH),
    )
    senses = {
        "static_reach": counts(openly),
        "point_nonstrict": counts(point),
        "point_strict": counts(point, strict=True),
        "interval_possible": counts(interval),
        "interval_certain": counts(interval, certain=True),
    }
    assert {s: dict(counted) for s, counted in senses.items()} == {
        sense: {source: row[sense] for source, row in expected.items()} for sense in senses
    }
    assert sum(senses["interval_certain"].values()) == 4730
    # The same by the public door, for the advisor with most descendants.
    most = max(expected, key=lambda source: expected[source]["interval_certain"])
    answer = reach(interval, Question(source=most))
    assert len(answer.rows) == expected[most]["interval_possible"]
    sure = [r for r in answer.records() if r["reach"] == "certain"]
    assert len(sure) == expected[most]["interval_certain"]


@needs_reference
def test_a_contact_table_of_forty_thousand_rows_is_answered_in_bounded_time() -> None:
    """temporal_epigames: nobody has published the answer; a simple second way gives the same."""
    path = SHARED / "unanswered" / "temporal_epigames" / "events.csv"
    began = time.process_time()
    flows = moments(from_edges(read_edges(path)))
    assert len(flows.transfers) == 39_398
    with path.open(encoding="utf-8") as file:
        contacts = [(r["time"], r["sender"], r["receiver"]) for r in csv.DictReader(file)]
    moments_of: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for day, u, v in contacts:
        moments_of[int(day)].append((u, v))
    for strict, source in ((False, "100"), (True, "100"), (False, "573")):
        expected = one_source(moments_of, source, strict)
        rows = by_actor(reach(flows, Question(source=source, strict=strict)))
        assert {a: r["best_arrival"] for a, r in rows.items()} == expected
        assert {a: r["worst_arrival"] for a, r in rows.items()} == expected
    assert time.process_time() - began < 60


def one_source(
    moments_of: dict[int, list[tuple[str, str]]], source: str, strict: bool
) -> dict[str, int]:
    """Give earliest arrivals with point dates: day by day, and within a day until it rests."""
    held: dict[str, int] = {}
    for day in sorted(moments_of):
        holders = {source, *held}
        while True:
            new = {v for u, v in moments_of[day] if u in holders and v not in holders}
            held |= dict.fromkeys(new, day)
            if not new or strict:
                break
            holders |= new
    return held


# --- every world, one by one ----------------------------------------------------------------


@many
@given(worlds(most=5))
def test_labels_are_what_all_worlds_together_say(world: slow.World) -> None:
    """Possible: in some world; certain: in every world; best and worst are tight.

    Over practices, lineage that is dated, undated or contradicts itself, and events that may
    never have happened. The slow implementation is held to it by the same token.
    """
    assume(number_of_worlds(world) <= 800)
    flows = flows_of(world)
    for giver in sorted({e.giver for e in world.events}):
        answer = reach(flows, Question(source=giver, strict=world.strict))
        rows = {(r["source_practice"], r["practice"], r["actor"]): r for r in answer.records()}
        expected: dict[tuple[str, str, str], slow.InAllWorlds] = {}
        for source in slow.given_by(world, giver):
            everywhere = slow.over_all_worlds(world, source)
            found = slow.labels(world, source)
            assert set(found.best) == set(everywhere)
            assert set(found.worst) == {s for s, x in everywhere.items() if x.reached == x.worlds}
            expected |= {(source[0], *s): x for s, x in everywhere.items() if s[1] != giver}
        assert set(rows) == set(expected)
        for key, x in expected.items():
            row = rows[key]
            assert row["best_arrival"] == (None if x.best == -inf else x.best)
            assert (row["reach"] == "certain") == (x.reached == x.worlds)
            if row["reach"] == "certain":
                assert row["worst_arrival"] == (None if x.worst == -inf else x.worst)
            else:
                assert row["worst_arrival"] is None


@few
@given(worlds(most=4, actors=3, open_bounds=True))
def test_an_open_bound_is_any_day_before_or_after_all_others(world: slow.World) -> None:
    """With open bounds the reach is that of days far enough out, and dated days stay."""
    finite = closed(world)
    assume(number_of_worlds(finite) <= 2500)
    first = min((e.lo for e in finite.events), default=0)
    for giver in sorted({e.giver for e in world.events}):
        rows = {(r.source_practice, r.practice, r.actor): r for r in answered(world, source=giver)}
        for source in slow.given_by(world, giver):
            everywhere = slow.over_all_worlds(finite, source)
            for state, x in everywhere.items():
                if state[1] == giver:
                    continue
                row = rows.pop((source[0], *state))
                assert (row.reach == "certain") == (x.reached == x.worlds)
                if row.best > -inf:
                    assert row.best == x.best
                else:
                    # Open to the past: before every day that is dated.
                    assert x.best < first + len(world.events) + 1
                if row.worst is not None and row.worst < inf:
                    assert row.worst == x.worst or x.worst == -inf
        assert not rows


@few
@given(worlds(most=4, actors=3), st.integers(0, 4), st.integers(0, 2))
def test_a_source_may_begin_with_its_own_adoption(
    world: slow.World, earliest: int, length: int
) -> None:
    """``--from-adoption``: the source holds the practice from some day of that interval on."""
    assume(number_of_worlds(world) <= 400)
    flows = flows_of(world)
    t = flows.transfers
    giver = world.events[0].giver
    start = earliest, earliest + length
    adopted = {(p, t.actors.index(giver)): start for p in range(len(t.practices))}
    flows = replace(flows, transfers=replace(t, adopted=adopted))
    question = Question(source=giver, strict=world.strict, from_adoption=True)
    rows = {
        (r["source_practice"], r["practice"], r["actor"]): r
        for r in reach(flows, question).records()
    }
    for source in slow.given_by(world, giver):
        for state, x in slow.over_all_worlds(world, source, start).items():
            if state[1] != giver:
                row = rows.pop((source[0], *state))
                assert row["best_arrival"] == x.best
                assert (row["reach"] == "certain") == (x.reached == x.worlds)
                if row["reach"] == "certain":
                    assert row["worst_arrival"] == x.worst
    assert not rows


# --- the second program ---------------------------------------------------------------------


@many
@given(worlds(most=6, open_bounds=True))
def test_rows_and_witnesses_are_those_of_brute_force(world: slow.World) -> None:
    """Labels by fixpoint, witnesses by looking at all walks: fewest hops, then smallest ids."""
    for giver in sorted({e.giver for e in world.events}):
        expected = [r for s in slow.given_by(world, giver) for r in slow.reach(world, s)]
        found = answered(world, source=giver)
        assert [replace(r, adaptations=0) for r in found] == sorted(
            (replace(r, adaptations=0) for r in expected),
            key=lambda r: (r.source_practice, r.practice, r.actor),
        )
        for row in found:
            assert attains(world, row, giver), row


def attains(world: slow.World, row: slow.Reached, giver: str) -> bool:
    """Tell whether the transfers and adaptations of a row are a walk that attains its label."""
    source, target = (row.source_practice, giver), (row.practice, row.actor)
    found = slow.labels(world, source)
    sure = row.reach == "certain"
    return any(
        (w.ids, w.adaptations, w.end) == (row.transfers, row.adaptations, target)
        and w.arrival == (row.worst if sure else row.best)
        for w in slow.walks(world, found, source, -inf, row.hops, sure=sure)
    )


def test_a_transfer_to_two_receivers_is_one_id() -> None:
    """The smallest ids are sought over all edges of one id, not behind the first of them."""
    world = slow.World(
        (
            slow.Event("t1", "p", "a", "b", 0, 0),
            slow.Event("t1", "p", "a", "c", 0, 0),
            slow.Event("t9", "p", "b", "d", 1, 1),
            slow.Event("t2", "p", "c", "d", 1, 1),
        )
    )
    (row,) = [r for r in answered(world, source="a") if r.actor == "d"]
    assert row.transfers == ("t1", "t2")


def test_by_the_strict_rule_a_shorter_way_on_the_same_day_is_no_way() -> None:
    """The witness goes the longer way round, whose hops come after one another."""
    events = (
        slow.Event("t1", "p", "s", "u", 1, 1),
        slow.Event("t2", "p", "u", "t", 1, 1),
        slow.Event("t3", "p", "u", "x", 2, 2),
        slow.Event("t4", "p", "x", "t", 3, 3),
    )
    (row,) = [r for r in answered(slow.World(events, strict=True), source="s") if r.actor == "t"]
    assert (row.reach, row.worst, row.transfers) == ("certain", 3, ("t1", "t3", "t4"))
    (row,) = [r for r in answered(slow.World(events), source="s") if r.actor == "t"]
    assert (row.reach, row.worst, row.transfers) == ("certain", 1, ("t1", "t2"))


def test_an_origin_bounded_to_the_past_alone_keeps_best_before_worst() -> None:
    """An adaptation begun in 2014 or later was not there in 2010, however sure its parent was."""
    world = slow.World(
        (slow.Event("t1", "p", "s", "v", 2010, 2010),),
        (slow.Adaptation("p", "q", "v", 2014, inf),),
    )
    (row,) = [r for r in answered(world, source="s") if r.practice == "q"]
    assert (row.best, row.worst) == (2014, 2014)


def test_the_source_is_no_row_even_where_its_practice_comes_back() -> None:
    """A crossing at the source itself, or an adaptation given back to it, is not reach."""
    world = slow.World(
        (
            slow.Event("t1", "p", "s", "v", 1, 1),
            slow.Event("t2", "p", "v", "s", 2, 2),
            slow.Event("t3", "q", "v", "s", 3, 3),
        ),
        (slow.Adaptation("p", "q", "v"), slow.Adaptation("p", "r", "s")),
    )
    assert {(r.practice, r.actor) for r in answered(world, source="s")} == {("p", "v"), ("q", "v")}


def test_a_contradiction_is_listed_and_not_crossed() -> None:
    """An adaptation that began before its origin can have received what it was made from."""
    world = slow.World(
        (
            slow.Event("t1", "p", "s", "v", 2015, 2016),
            slow.Event("t2", "q", "v", "w", 2017, 2017),
        ),
        (slow.Adaptation("p", "q", "v", 2010, 2014),),
    )
    answer = reach(flows_of(world), Question(source="s"))
    assert {r["actor"] for r in answer.records()} == {"v"}
    assert answer.head["contradictions"] == (
        {
            "practice": "q",
            "adapted_from": "p",
            "origin": "v",
            "latest_origin": 2014,
            "earliest_arrival_of_what_it_was_adapted_from": 2015,
        },
    )


# --- laws -----------------------------------------------------------------------------------


@many
@given(worlds(most=6, open_bounds=True))
def test_certain_is_a_subset_of_possible_and_best_not_after_worst(world: slow.World) -> None:
    """For every state, also those that are no row."""
    timeline = Timeline(flows_of(world))
    for state in np.flatnonzero(timeline.given).tolist():
        found = spread(timeline, state, strict=world.strict)
        for other in range(timeline.size):
            if found.certain[other] < NEVER:
                assert found.possible[other] <= found.certain[other]
        assert set(found.reached()) >= {
            s for s in range(timeline.size) if found.certain[s] < NEVER and s != state
        }


@many
@given(worlds(most=6, open_bounds=True), st.data())
def test_a_narrower_interval_adds_no_possible_and_takes_no_certain_reach(
    world: slow.World, data: st.DataObject
) -> None:
    """Whoever learns more of a date can lose a possibility and gain a certainty, no more.

    Unless the narrower date makes an adaptation contradict itself.
    """
    place = data.draw(st.integers(0, len(world.events) - 1))
    event = world.events[place]
    lo, hi = max(event.lo, -1.0), min(event.hi, 9.0)
    first = data.draw(st.integers(int(lo), int(max(lo, hi))))
    last = data.draw(st.integers(first, int(max(first, hi))))
    narrow = replace(event, lo=first, hi=last)
    events = (*world.events[:place], narrow, *world.events[place + 1 :])
    narrowed = replace(world, events=events)
    for giver in {e.giver for e in world.events}:
        for source in slow.given_by(world, giver):
            assume(not slow.labels(narrowed, source).contradictions)
        before = {
            (r.source_practice, r.practice, r.actor): r for r in answered(world, source=giver)
        }
        after = {
            (r.source_practice, r.practice, r.actor): r for r in answered(narrowed, source=giver)
        }
        assert set(after) <= set(before)
        for key, row in before.items():
            if row.worst is not None:
                later = after[key].worst
                assert later is not None
                assert later <= row.worst
            if key in after:
                assert after[key].best >= row.best


@few
@given(worlds(most=6), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_code_books_changes_nothing(
    world: slow.World, shuffle: random.Random
) -> None:
    """The answer follows names; so does the sample of worlds of a seed."""
    mixed = list(world.events)
    shuffle.shuffle(mixed)
    flows, other = flows_of(world), flows_of(replace(world, events=tuple(mixed)))
    t = other.transfers
    actors, practices = list(t.actors), list(t.practices)
    shuffle.shuffle(actors)
    shuffle.shuffle(practices)
    to_actor = np.array([actors.index(a) for a in t.actors], dtype=np.int32)
    to_practice = np.array([practices.index(p) for p in t.practices], dtype=np.int32)
    lineage = [
        kvflows.Lineage(
            int(to_practice[x.parent]),
            int(to_practice[x.child]),
            int(to_actor[x.origin]),
            x.earliest,
            x.latest,
        )
        for x in t.lineage
    ]
    shuffle.shuffle(lineage)
    mixed_up = replace(
        other,
        transfers=replace(
            t,
            actors=tuple(actors),
            practices=tuple(practices),
            giver=to_actor[t.giver],
            receiver=to_actor[t.receiver],
            practice=to_practice[t.practice],
            lineage=tuple(lineage),
        ),
    )
    for giver in sorted({e.giver for e in world.events}):
        question = Question(source=giver, strict=world.strict, worlds=10, seed=3)
        assert reach(mixed_up, question) == reach(flows, question)


@many
@given(worlds(most=6, open_bounds=True))
def test_backwards_finds_whoever_reaches_it_forwards(world: slow.World) -> None:
    """``--to v`` gives the (giver, practice) pairs whose own reach holds v, with the same rows."""
    forwards = {
        giver: answered(world, source=giver) for giver in sorted({e.giver for e in world.events})
    }
    for target in ACTORS[:4]:
        expected = [
            replace(r, actor=giver) for giver, rows in forwards.items() for r in rows
            if r.actor == target
        ]  # fmt: skip
        found = answered(world, target=target)
        key = lambda r: (r.source_practice, r.practice, r.actor)  # noqa: E731
        assert found == sorted(expected, key=key)


def test_backwards_by_the_strict_rule_an_adaptation_may_begin_on_the_day_its_parent_came() -> None:
    """Only hops must come after one another: P came on day 4, Q began on day 4, and went on 5."""
    world = slow.World(
        (slow.Event("t1", "p", "s", "v", 4, 4), slow.Event("t2", "q", "v", "w", 5, 5)),
        (slow.Adaptation("p", "q", "v", 1, 4),),
        strict=True,
    )
    assert {(r.actor, r.transfers) for r in answered(world, target="w")} == {
        ("s", ("t1", "t2")),
        ("v", ("t2",)),
    }
    later = replace(world, events=(world.events[0], replace(world.events[1], lo=4, hi=4)))
    assert {r.actor for r in answered(later, target="w")} == {"v"}


@many
@given(worlds(most=6, open_bounds=True))
def test_compiled_and_plain_kernels_agree(world: slow.World) -> None:
    """Forwards and backwards, label for label."""
    pytest.importorskip("numba", reason="the compiled kernel needs numba, which is not installed")
    flows = flows_of(world)
    plain, compiled = Timeline(flows, compiled=False), Timeline(flows, compiled=True)
    assert plain.plain
    assert not compiled.plain
    for state in range(plain.size):
        one = spread(plain, state, strict=world.strict)
        two = spread(compiled, state, strict=world.strict)
        assert one.possible == two.possible.tolist()
        assert one.certain == two.certain.tolist()
        assert ancestors(plain, [state], world.strict) == ancestors(compiled, [state], world.strict)
        for target in one.reached():
            sure = one.certain[target] < NEVER
            assert one.witness(target, sure=sure) == two.witness(target, sure=sure)


@many
@given(worlds(most=6, points=True, unproven=False, lineage=False))
def test_with_point_dates_one_ordered_pass_is_enough(world: slow.World) -> None:
    """Best and worst fall together, and are what the pass in time order finds.

    From all practices of an actor at once as from each of them.
    """
    timeline = Timeline(flows_of(world))
    for actor in range(len(timeline.flows.transfers.actors)):
        sources = [s for s in timeline.of_actor(actor) if timeline.given[s]]
        each = [spread(timeline, s, strict=world.strict) for s in sources]
        label = timeline.labels()
        practices = earliest_arrival(
            timeline, np.array(sources, dtype=np.int64), label, world.strict
        )
        assert practices.tolist() == sorted(timeline.of_state(s)[0] for s in sources)
        for found in each:
            assert found.possible == found.certain
        for state in range(timeline.size):
            assert label[state] == min((f.certain[state] for f in each), default=NEVER)


@many
@given(worlds(most=6, points=True, unproven=False, lineage=False))
def test_point_dates_give_departure_duration_and_hops(world: slow.World) -> None:
    """Latest departure, fastest and fewest hops (Wu et al. 2014) are those of all walks."""
    flows = flows_of(world)
    for giver in sorted({e.giver for e in world.events}):
        answer = reach(flows, Question(source=giver, strict=world.strict, times=True))
        for row in answer.records():
            source = (str(row["source_practice"]), giver)
            found = slow.labels(world, source)
            ways = [
                w
                for hops in range(1, len(world.events) + 1)
                for w in slow.walks(world, found, source, -inf, hops, sure=False)
                if w.end == (row["practice"], row["actor"])
                and all(e.giver != giver for e in w.events[1:])
            ]
            departures = [w.events[0].lo for w in ways]
            assert row["latest_departure"] == max(departures)
            assert row["fastest"] == min(w.arrival - w.events[0].lo for w in ways)
            assert row["fewest_hops"] == min(len(w.events) for w in ways)


def test_intervals_have_no_departure_or_duration() -> None:
    """They are defined for point dates; undefined is empty, never 0."""
    world = slow.World((slow.Event("t", "p", "a", "b", 1, 2),))
    (row,) = reach(flows_of(world), Question(source="a", times=True)).records()
    assert (row["latest_departure"], row["fastest"], row["fewest_hops"]) == (None, None, None)


# --- worlds between the two -----------------------------------------------------------------


@few
@given(worlds(most=4, actors=3, unproven=False))
def test_the_sampled_share_is_that_of_all_worlds(world: slow.World) -> None:
    """Within the reach of 400 worlds; 1 where certain, above 0 where it is not rare."""
    assume(1 < number_of_worlds(world) <= 300)
    world = replace(world, adaptations=())
    flows = flows_of(world)
    giver = world.events[0].giver
    question = Question(source=giver, strict=world.strict, worlds=400, seed=1)
    answer = reach(flows, question)
    for row in answer.records():
        source = (str(row["source_practice"]), giver)
        x = slow.over_all_worlds(world, source)[str(row["practice"]), str(row["actor"])]
        share, low, high = row["share"], row["share_low"], row["share_high"]
        assert isinstance(share, float)
        assert isinstance(low, float)
        assert isinstance(high, float)
        chance = x.reached / x.worlds
        # Five standard deviations: hypothesis looks at hundreds of shares.
        assert abs(share - chance) <= 5 * (chance * (1 - chance) / 400) ** 0.5 + 1e-9
        assert low <= share <= high
        if row["reach"] == "certain":
            assert (share, high) == (1, 1)
    assert (answer.head["worlds"], answer.head["seed"]) == (400, 1)
    assert answer.head["worlds_left_out_open"] == 0


def test_open_bounds_are_left_out_of_the_sample_or_take_the_days_given() -> None:
    """What needs a transfer without a bound has no share, rather than one of 0."""
    world = slow.World(
        (
            slow.Event("t1", "p", "a", "b", 1, 2),
            slow.Event("t2", "p", "b", "c", 1, inf),
            slow.Event("t3", "p", "a", "d", -inf, 3),
        )
    )
    flows = flows_of(world)
    rows = by_actor(reach(flows, Question(source="a", worlds=200)))
    assert rows["b"]["share"] == 1
    assert rows["c"]["share"] is rows["d"]["share"] is None
    window = _worlds.Window(first=0, last=10)
    answer = reach(flows, Question(source="a", worlds=500, window=window))
    assert answer.head["worlds_left_out_open"] == 0
    rows = by_actor(answer)
    # c: the day of t2 is uniform over 1..10, that of t1 over 1..2: 1 - 1/2 * 1/10 = 0.95.
    assert rows["c"]["share_low"] <= 0.95 <= rows["c"]["share_high"]
    assert rows["d"]["share"] == 1


def test_unproven_transfers_are_sampled_as_having_happened_and_as_never() -> None:
    """There is no probability of an outcome in the records, so none is made up."""
    world = slow.World(
        (
            slow.Event("t1", "p", "a", "b", 1, 2, proven=False),
            slow.Event("t2", "p", "a", "c", 1, 2),
            slow.Event("t3", "p", "c", "b", 2, 3),
        )
    )
    answer = reach(flows_of(world), Question(source="a", worlds=500, strict=True))
    rows = by_actor(answer)
    assert rows["c"]["share"] == rows["c"]["share_without_unproven"] == 1
    # b without t1: t2 on day 1 or 2, t3 on day 2 or 3, strictly later in three of four.
    assert (rows["b"]["reach"], rows["b"]["share"]) == ("possible", 1)
    _, low, high = _worlds.wilson(round(500 * rows["b"]["share_without_unproven"]), 500)
    assert low <= 0.75 <= high
    assert answer.head["worlds_unproven"] == 1


@given(st.integers(0, 50), st.integers(1, 50))
def test_wilson_holds_the_share(successes: int, more: int) -> None:
    """The interval lies in [0, 1] around the share, and is exact at its ends."""
    trials = successes + more
    share, low, high = _worlds.wilson(successes, trials)
    assert 0 <= low <= share <= high <= 1
    # The bounds solve (p - x)^2 = z^2 x (1 - x) / n.
    for bound in (low, high):
        if 0 < bound < 1:
            left = (share - bound) ** 2
            assert left == pytest.approx(_worlds.Z95**2 * bound * (1 - bound) / trials)


# --- roll-up --------------------------------------------------------------------------------


def test_a_roll_up_joins_no_two_transfers_whose_actors_merely_share_a_state() -> None:
    """From a to B by t1; from another actor of B to C: that is no way from A to C."""
    world = slow.World(
        (
            slow.Event("t1", "p", "a1", "b1", 1, 2),
            slow.Event("t2", "p", "b2", "c1", 5, 6),
            slow.Event("t3", "p", "a2", "b2", 0, 4, proven=False),
        )
    )
    members = {"a1": "A", "a2": "A", "b1": "B", "b2": "B", "c1": "C"}
    flows = flows_of(world)
    question = Question(source="a1", level="member-state", members=members)
    answer = reach(flows, question)
    assert answer.head["heading"] == "state-level contact"
    assert [(r["actor"], r["reach"], r["best_arrival"], r["worst_arrival"], r["transfers"])
            for r in answer.records()] == [
        ("B", "certain", 0, 2, ("t1",)),
        ("C", "possible", 5, None, ("t3", "t2")),
    ]  # fmt: skip
    without = replace(flows, reason=np.where(flows.proven, IN, kvflows.PLANNED).astype(np.int8))
    assert [r["actor"] for r in reach(without, question).records()] == ["B"]
    (back,) = reach(without, replace(question, source=None, target="c1")).records()
    assert (back["actor"], back["transfers"]) == ("B", ("t2",))


# --- the village ----------------------------------------------------------------------------

Shown = tuple[str, str, str, str, str | None, str | None, tuple[str, ...], int]


def shown(table: Table) -> set[Shown]:
    """Give the rows of an answer without the number of hops, which is that of the transfers."""
    found = set()
    for r in table.records():
        assert isinstance(r["transfers"], tuple)
        assert r["hops"] == len(r["transfers"])
        found.add(
            (r["source_practice"], r["practice"], r["actor"], r["reach"], r["best_arrival"],
             r["worst_arrival"], r["transfers"], r["adaptations"])
        )  # fmt: skip
    return found  # type: ignore[return-value]


K, H, A, B, O, X, Y = (  # noqa: E741
    "p-kitchen", "p-harbour", "xa-aspby", "xb-birkton", "org-birkton-youth", "country-xa",
    "country-xb",
)  # fmt: skip
C, P = "certain", "possible"
FROM_ASPBY: Final[set[Shown]] = {
    (K, K, B, C, "2012-01-01", "2013-06-30", ("v1",), 0),
    (K, K, X, P, "2013-01-01", None, ("v4",), 0),
    (K, H, B, C, "2015-03-01", "2015-03-01", ("v1",), 1),
    (K, H, O, C, "2015-03-01", "2015-06-30", ("v1", "v2"), 1),
    (K, H, Y, P, "2015-05-01", None, ("v1", "v2", "v3"), 1),
}
FROM_BIRKTON: Final[set[Shown]] = {
    (H, H, O, C, "2015-03-01", "2015-06-30", ("v2",), 0),
    (H, H, Y, P, "2015-05-01", None, ("v2", "v3"), 0),
}
VILLAGE: Final[list[tuple[str, dict[str, Any], dict[str, Any], set[Shown]]]] = [
    ("from Aspby", {"source": A}, {}, FROM_ASPBY),
    ("from Birkton", {"source": B}, {}, FROM_BIRKTON),
    ("from the office", {"source": O}, {},
     {(H, H, Y, C, "2015-05-01", "2017-02-15", ("v3",), 0)}),
    ("from Varnia", {"source": X}, {}, {(K, K, O, C, "2011-01-01", "2012-12-31", ("v5",), 0)}),
    ("from Oreland, which gave nothing", {"source": Y}, {}, set()),
    ("no lineage", {"source": A, "lineage": False}, {}, {r for r in FROM_ASPBY if r[1] == K}),
    ("strict", {"source": A, "strict": True}, {}, {
        *(r for r in FROM_ASPBY if r[2] != O),
        (K, H, O, P, "2015-03-02", None, ("v1", "v2"), 1),
    }),
    ("with planned", {"source": A}, {"with_planned": True}, {
        *FROM_ASPBY, (K, H, X, P, "2025-09-01", None, ("v1", "v6"), 1),
    }),
    ("with planned, from Birkton", {"source": B}, {"with_planned": True}, {
        *FROM_BIRKTON, (H, H, X, P, "2025-09-01", None, ("v6",), 0),
    }),
    ("piloted", {"source": A}, {"stage": "piloted"}, {
        *(r for r in FROM_ASPBY if r[2] != X),
        (K, K, X, C, "2013-01-01", "2014-12-31", ("v4",), 0),
    }),
    ("embedded", {"source": O}, {"stage": "embedded"},
     {(H, H, Y, C, "2015-05-01", "2018-04-30", ("v3",), 0)}),
    ("mainstreamed", {"source": O}, {"stage": "mainstreamed"},
     {(H, H, Y, P, "2015-05-01", None, ("v3",), 0)}),
    ("medium or surer", {"source": X}, {"min_certainty": "medium"}, set()),
    ("from its adoption", {"source": X, "from_adoption": True}, {},
     {(K, K, O, P, "2011-06-01", None, ("v5",), 0)}),
    ("from its adoption, Aspby", {"source": A, "from_adoption": True}, {}, FROM_ASPBY),
    ("one practice", {"source": A, "practice": H}, {}, set()),
    ("to the office", {"target": O}, {}, {
        (K, H, A, C, "2015-03-01", "2015-06-30", ("v1", "v2"), 1),
        (H, H, B, C, "2015-03-01", "2015-06-30", ("v2",), 0),
        (K, K, X, C, "2011-01-01", "2012-12-31", ("v5",), 0),
    }),
    ("with exposure", {"source": B}, {"stage": "visited", "with_exposure": True}, {
        (H, H, O, C, "2015-03-01", "2015-06-30", ("v2",), 0),
        (H, H, Y, P, "2015-05-01", None, ("v2", "v3"), 0),
        (H, H, X, C, "2016-09-20", "2016-09-21", ("*",), 0),
    }),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "counted", "expected"), [v[1:] for v in VILLAGE],
                         ids=[v[0] for v in VILLAGE])  # fmt: skip
def test_the_village_answers_as_worked_out_by_hand(
    asked: dict[str, Any], counted: dict[str, Any], expected: set[Shown]
) -> None:
    """Every row of village.py's docstring."""
    named: dict[str, Any] = {
        k: village.iri(v) if isinstance(v, str) else v for k, v in asked.items()
    }
    found = shown(reach(village.flows(**counted), Question(**named), dataset="sha256:x"))
    bare = {(*r[:6], tuple("*" if "-" in i else i for i in r[6]), r[7]) for r in found}
    assert bare == expected


def test_the_head_tells_what_was_asked_and_counted() -> None:
    """Rule, stage, horizon, left out, undated and the dataset stand in every answer."""
    answer = reach(village.flows(), Question(source=village.iri(A)), dataset="sha256:x")
    head = answer.head
    assert head["rule"] == "non-strict"
    assert head["stage"] == "adopted"
    assert head["horizon"] == "2025-11-30"
    assert head["left_out"] == {"planned": 1, "abandoned": 0}
    assert head["undated"] == 0
    assert head["dataset"] == "sha256:x"
    assert answer.columns == (
        "source_practice", "practice", "actor", "reach", "best_arrival", "worst_arrival",
        "hops", "adaptations", "transfers",
    )  # fmt: skip


def test_nothing_found_is_an_empty_table_that_explains_itself() -> None:
    """No documented path is never a plain nothing."""
    answer = reach(village.flows(), Question(source=village.iri(Y)))
    assert answer.rows == ()
    assert answer.empty.startswith("No documented path")
    none = reach(village.flows(min_certainty="medium"), Question(source=village.iri(X)))
    assert "all 1 transfers" in none.empty
    unknown = reach(village.flows(), Question(source="https://example.org/nobody"))
    assert unknown.rows == ()
    assert unknown.empty.startswith("No documented path")


@pytest.mark.parametrize("ends", [{}, {"source": "a", "target": "b"}])
def test_reach_wants_one_end(ends: dict[str, Any]) -> None:
    """From or to, not neither and not both: for both there are paths."""
    with pytest.raises(KvgraphError, match="start from or to end at"):
        reach(village.flows(), Question(**ends))


# --- the shipped data -----------------------------------------------------------------------

TODAY: Final = shipped.HORIZON


def in_days(day: slow.Day | None) -> str | None:
    return None if day is None or abs(day) == inf else date.fromordinal(int(day)).isoformat()


@pytest.mark.parametrize("stage", slow.STAGES)
def test_both_programs_agree_on_the_shipped_data(stage: str) -> None:
    """For every giver, by either rule, with and without lineage, planned and abandoned ones.

    Certainties and horizons go round over these, so that each meets each rule somewhere.
    """
    certainties = ("", "", "medium", "high", "low")
    horizons = (TODAY, TODAY, inf, date(2019, 6, 30).toordinal())
    turn = 0
    for strict in (False, True):
        for lineage in (True, False):
            for taken in ((False, False), (True, False), (False, True), (True, True)):
                certainty = certainties[turn % len(certainties)]
                horizon = horizons[turn % len(horizons)]
                turn += 1
                compare(stage, strict, lineage, taken, certainty, horizon)


def compare(
    stage: str,
    strict: bool,
    lineage: bool,
    taken: tuple[bool, bool],
    certainty: str,
    horizon: slow.Day,
    with_exposure: bool = False,
) -> int:
    """Compare all rows and heads of all givers; give the number of rows."""
    options = {
        "stage": stage, "with_planned": taken[0], "with_abandoned": taken[1],
        "with_exposure": with_exposure,
    }  # fmt: skip
    flows = moments(
        shipped.transfers(),
        horizon=None if horizon == inf else int(horizon),
        min_certainty=certainty or None,
        **options,  # type: ignore[arg-type]
    )
    counted = slow.package_events(
        shipped.tables(),
        horizon=horizon,
        min_certainty=certainty,
        **options,  # type: ignore[arg-type]
    )
    adaptations = slow.adaptations_of(shipped.tables()) if lineage else ()
    world = slow.World(tuple(counted.events), adaptations, strict)
    t = flows.transfers
    number = 0
    for giver in sorted({t.actors[n] for n in t.giver}):
        answer = reach(flows, Question(source=giver, strict=strict, lineage=lineage))
        expected = {
            (r.source_practice, r.practice, r.actor, r.reach, in_days(r.best), in_days(r.worst),
             r.transfers, r.adaptations)
            for source in slow.given_by(world, shorten(giver))
            for r in slow.reach(world, source)
        }  # fmt: skip
        if with_exposure:  # their ids are hashes of rows
            assert {r[:6] for r in shown(answer)} == {r[:6] for r in expected}, giver
        else:
            assert shown(answer) == expected, (giver, stage, strict, lineage, taken)
            check_counts(answer, counted, shorten(giver), adaptations)
        number += len(answer.rows)
    return number


def check_counts(
    answer: Table,
    counted: slow.Counted,
    giver: str,
    adaptations: tuple[slow.Adaptation, ...],
) -> None:
    """Check what the head counts over the practices that the giver gave, and their line."""
    given = {r["practice"] for r in shipped.tables()["transfers"] if r["giver"] == giver}
    asked = {p for practice in given for p in slow.line(practice, adaptations)}
    out = {
        reason: sum(n for p, n in by_practice.items() if p in asked)
        for reason, by_practice in counted.left_out.items()
    }
    found = answer.head["left_out"]
    assert isinstance(found, dict)
    assert {k: n for k, n in found.items() if n} == {k: n for k, n in out.items() if n}
    assert {"planned", "abandoned"} <= set(found)
    assert answer.head["undated"] == sum(n for p, n in counted.undated.items() if p in asked)


def test_both_programs_agree_on_exposure() -> None:
    """Who met which practice at an event or in a network, taken in at stage visited."""
    without = compare("visited", False, True, (False, False), "", TODAY)
    assert compare("visited", False, True, (False, False), "", TODAY, True) > without


@pytest.mark.parametrize("strict", [False, True])
def test_backwards_on_the_shipped_data(strict: bool) -> None:
    """Whoever can have given something to an actor reaches it, and nobody else does."""
    flows = moments(shipped.transfers(), horizon=TODAY)
    t = flows.transfers
    forwards: dict[str, set[tuple[Any, ...]]] = {}
    for giver in sorted({t.actors[n] for n in t.giver}):
        for r in shown(reach(flows, Question(source=giver, strict=strict))):
            forwards.setdefault(r[2], set()).add((*r[:2], shorten(giver), *r[3:]))
    for receiver in sorted({t.actors[n] for n in t.receiver}):
        found = shown(reach(flows, Question(target=receiver, strict=strict)))
        assert found == forwards.get(shorten(receiver), set())


def test_fifty_certain_and_a_hundred_and_seventy_five_possible_rows() -> None:
    """Over all givers of transfer-networks at stage adopted, horizon 2026-11-24, non-strict."""
    flows = moments(shipped.transfers("base", "transfer-networks"), horizon=TODAY)
    t = flows.transfers
    rows = [
        r["reach"]
        for giver in sorted({t.actors[n] for n in t.giver})
        for r in reach(flows, Question(source=giver)).records()
    ]
    assert (rows.count("certain"), rows.count("possible")) == (50, 175)


def test_the_story_of_the_anti_rumour_practice() -> None:
    """Barcelona, Amadora's own version, Hamburg-Altona certain, four cities possible."""
    flows = moments(shipped.transfers(), horizon=TODAY)
    barcelona = Question(source=mint("actor", "es-barcelona"))
    answer = reach(flows, barcelona)
    rows = {(r[0], r[1], r[2]): r[3:] for r in shown(answer)}
    given, own = "pr-antirumour", "gp17-20"
    assert rows[given, own, "de-hamburg-altona"] == (
        "certain", "2018-12-01", "2021-06-14", ("t0215", "t0098"), 1,
    )  # fmt: skip
    reached = {actor: row[0] for (_, practice, actor), row in rows.items() if practice == own}
    assert reached == {
        "pt-amadora": "certain",
        "de-hamburg-altona": "certain",
        "pl-warsaw": "possible",
        "ro-alba-iulia": "possible",
        "gb-cardiff": "possible",
        "it-messina": "possible",
    }
    assert not any(actor == "gr-ioannina" for _, _, actor in rows)
    assert answer.head["left_out"] == {"planned": 0, "abandoned": 1}
    with_it = moments(shipped.transfers(), horizon=TODAY, with_abandoned=True)
    again = {(r[1], r[2]): r[3] for r in shown(reach(with_it, barcelona))}
    assert again[own, "gr-ioannina"] == "possible"
    back = {r[2]: r[0] for r in shown(reach(flows, Question(target=mint("actor", "pl-warsaw"))))}
    assert back["es-barcelona"] == given


# --- what the tests themselves rest on --------------------------------------------------------


@given(intervals(open_bounds=True))
def test_random_intervals_are_never_empty(interval: tuple[slow.Day, slow.Day]) -> None:
    """An empty interval would make a test of nothing."""
    assert interval[0] <= interval[1]


def test_labels_are_clean_again_for_the_next_source() -> None:
    """Spreads that share one pair of labels leave nothing behind."""
    timeline = Timeline(village.flows())
    labels = timeline.labels(), timeline.labels()
    for state in np.flatnonzero(timeline.given).tolist():
        found: Spread = spread(timeline, state, possible=labels[0], certain=labels[1])
        assert found.possible == spread(timeline, state).possible
        clear(found)
        assert set(labels[0]) | set(labels[1]) == {NEVER}
