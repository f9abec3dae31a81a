"""How a practice got from one actor to another, hop by hop, and what is in its way."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import shipped
import slow_reach as slow
import village
from kvgraph.analysis.paths import paths, why_not
from kvgraph.analysis.reach import Question, reach
from kvgraph.flows import ABANDONED, IN, PLANNED, REFUSED, Flows, from_edges, moments
from kvgraph.model import Table
from kvgraph.namespaces import mint, shorten
from kvgraph.readers import EdgeTable
from random_worlds import ACTORS, flows_of, looked_at, worlds

many = looked_at(250)


def ids_of(row: dict[str, Any]) -> tuple[str, ...]:
    """Give the transfers of a path."""
    return tuple(hop["transfer"] for hop in row["hops"])


def states_of(world: slow.World, actor: str) -> set[slow.State]:
    """Give everything that an actor can hold in an instance."""
    practices = {e.practice for e in world.events} | {a.child for a in world.adaptations}
    return {(p, actor) for p in practices}


# --- the best paths -------------------------------------------------------------------------


@many
@given(worlds(most=6, open_bounds=True), st.sampled_from((1, 2, 3, 50)))
def test_the_best_are_the_first_of_all_simple_paths(world: slow.World, k: int) -> None:
    """Certain before possible, then fewest hops, then the earliest arrival, then smallest ids.

    Among all simple paths, found by brute force; each proves what it says by itself.
    """
    flows = flows_of(world)
    giver = world.events[0].giver
    for target in ACTORS[:4]:
        if target == giver:
            continue
        every = [
            route
            for source in slow.given_by(world, giver)
            for route in slow.simple_paths(world, source, states_of(world, target))
        ]
        expected = sorted(every, key=order)[:k]
        answer = paths(flows, Question(source=giver, target=target, strict=world.strict), k=k)
        assert answer.head["complete"]
        found = [
            slow.Route(
                r["reach"] == "certain",
                -inf if r["best_arrival"] is None else r["best_arrival"],  # type: ignore[arg-type]
                None if r["reach"] == "possible"
                else inf if r["worst_arrival"] is None else r["worst_arrival"],  # type: ignore[arg-type]
                r["adaptations"],  # type: ignore[arg-type]
                ids_of(r),
                str(r["source_practice"]),
                str(r["practice"]),
            )
            for r in answer.records()
        ]  # fmt: skip
        bare = [replace(r, adaptations=0) for r in expected]
        assert [replace(r, adaptations=0) for r in found] == bare
        for row in answer.records():
            check_hops(world, row, giver, target)


def order(r: slow.Route) -> tuple[Any, ...]:
    """Order paths as a reader wants them."""
    arrival = r.best if r.worst is None else r.worst
    return not r.certain, len(r.ids), arrival, r.ids, r.source_practice, r.practice


def check_hops(world: slow.World, row: dict[str, Any], giver: str, target: str) -> None:
    """Check that the hops of a path hang together and say what the transfers say."""
    here, practice = giver, row["source_practice"]
    for hop in row["hops"]:
        (event,) = [
            e for e in set(world.events)
            if (e.id, e.practice, e.giver, e.receiver) == (
                hop["transfer"], hop["practice"], hop["giver"], hop["receiver"])
        ]  # fmt: skip
        assert hop["giver"] == here
        assert hop["practice"] in slow.line(practice, world.adaptations)
        assert hop["earliest"] == (None if event.lo == -inf else event.lo)
        assert hop["latest"] == (None if event.hi == inf else event.hi)
        assert hop["proven"] is event.proven
        here, practice = hop["receiver"], hop["practice"]
    assert here == target
    assert row["practice"] in slow.line(practice, world.adaptations)
    if row["reach"] == "certain":
        assert all(hop["proven"] for hop in row["hops"])


@many
@given(worlds(most=6, open_bounds=True))
def test_the_first_path_says_what_reach_says(world: slow.World) -> None:
    """Reach and the best path agree on certain or possible, and on who is reached at all."""
    flows = flows_of(world)
    for giver in sorted({e.giver for e in world.events}):
        rows = list(reach(flows, Question(source=giver, strict=world.strict)).records())
        for target in ACTORS[:4]:
            if target == giver:
                continue
            mine = [r for r in rows if r["actor"] == target]
            question = Question(source=giver, target=target, strict=world.strict)
            found = list(paths(flows, question, k=1).records())
            assert bool(found) == bool(mine)
            if found:
                assert found[0]["reach"] == min(str(r["reach"]) for r in mine)


def test_a_certain_path_may_cross_an_adaptation_before_its_own_hop() -> None:
    """That Q was adapted from P by 2010 is documented; v had it then, whoever brought P.

    t0 may have brought P in time, but is not proven; t1 surely brought it, only later. The
    two together are no contradiction, and the day of Q is that of its origin.
    """
    world = slow.World(
        (
            slow.Event("t0", "p", "s", "v", 2005, 2016, proven=False),
            slow.Event("t1", "p", "s", "v", 2015, 2016),
            slow.Event("t2", "q", "v", "x", 2012, 2012),
        ),
        (slow.Adaptation("p", "q", "v", 2010, 2010),),
    )
    answer = paths(flows_of(world), Question(source="s", target="x"))
    assert [
        (r["reach"], r["best_arrival"], r["worst_arrival"], ids_of(r)) for r in answer.records()
    ] == [
        ("certain", 2012, 2012, ("t1", "t2")),
        ("possible", 2012, None, ("t0", "t2")),
    ]
    for r in paths(flows_of(world), Question(source="s", target="v")).records():
        best, worst = r["best_arrival"], r["worst_arrival"]
        assert worst is None or best <= worst  # type: ignore[operator]


def test_a_search_without_end_ends_and_says_so() -> None:
    """Behind the only gate lie thirteen actors who all gave to one another on one day."""
    crowd = ["g", *(f"c{i}" for i in range(13))]
    among = [slow.Event(f"{u}{v}", "p", u, v, 0, 0) for u in crowd for v in crowd if u != v]
    ends = [slow.Event("x", "p", "s", "g", 0, 0), slow.Event("y", "p", "g", "t", 0, 0)]
    began = time.process_time()
    answer = paths(flows_of(slow.World((*among, *ends))), Question(source="s", target="t"), k=3)
    assert time.process_time() - began < 30
    assert answer.head["complete"] is False
    assert [ids_of(r) for r in answer.records()] == [("x", "y")]


# --- why not --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chain:
    """The least that any chain of documented transfers needs: failing hops, then hops."""

    failing: int
    hops: int


def least_chain(
    world: slow.World, left_out: frozenset[slow.Event], giver: str, target: str
) -> Chain | None:
    """Look at all chains without a date, and count in each the hops that break it."""
    received = {e.head for e in world.events if e not in left_out}
    best: tuple[int, int] | None = None
    todo: list[tuple[slow.State, float, tuple[tuple[slow.Event, bool], ...]]] = [
        ((p, giver), -inf, ()) for p in {e.practice for e in world.events if e.giver == giver}
    ]
    while todo:
        state, day, chain = todo.pop()
        if chain and state[1] == target:
            found = sum(fails for _, fails in chain), len(chain)
            best = found if best is None else min(best, found)
            continue
        for a in world.adaptations:
            if (a.parent, a.origin) == state and (chain or state in received):
                if day <= a.latest:
                    todo.append(((a.child, a.origin), max(day, a.earliest), chain))
                elif chain:  # the hop that brought the parent comes too late
                    late = (*chain[:-1], (chain[-1][0], True))
                    todo.append(((a.child, a.origin), a.latest, late))
        for e in world.events:
            if e.tail == state and all(e is not other for other, _ in chain):
                arrival = slow.arrival_at_best(e, day, world.strict)
                if e in left_out:
                    todo.append((e.head, max(day, e.lo), (*chain, (e, True))))
                elif arrival is None:
                    todo.append((e.head, e.hi, (*chain, (e, True))))
                else:
                    todo.append((e.head, arrival, (*chain, (e, False))))
    return None if best is None else Chain(*best)


@many
@given(worlds(most=5), st.data())
def test_why_not_names_a_hop_that_fails(world: slow.World, data: st.DataObject) -> None:
    """The nearest chain, and everything said of its hops is true.

    What is left out is named as such; a date breaks a hop only if no other way is in time.
    """
    world = replace(world, events=tuple({(e.id, e.receiver): e for e in world.events}.values()))
    reasons = [data.draw(st.sampled_from((IN, IN, IN, PLANNED, ABANDONED))) for _ in world.events]
    left_out = frozenset(e for e, r in zip(world.events, reasons, strict=True) if r != IN)
    flows = replace(flows_of(world), reason=np.array(reasons, dtype=np.int8))
    taken = replace(world, events=tuple(e for e in world.events if e not in left_out))
    giver = world.events[0].giver
    for target in ACTORS[:4]:
        if target == giver:
            continue
        question = Question(source=giver, target=target, strict=world.strict)
        answer = why_not(flows, question)
        sources = slow.given_by(taken, giver)
        labels = [slow.labels(taken, source) for source in sources]
        possible = any(s[1] == target for x in labels for s in x.best)
        certain = any(s[1] == target for x in labels for s in x.worst)
        if certain:
            assert (answer.head["reach"], answer.rows) == ("certain", ())
            continue
        assert answer.head["reach"] == ("possible" if possible else "not reached")
        hops = list(answer.records())
        if possible:
            assert hops
            check_doubts(world, hops, labels)
        else:
            least = least_chain(world, left_out, giver, target)
            assert bool(hops) == (least is not None)
            if least is not None:
                failing = sum(bool(h["breaks"]) for h in hops)
                assert (failing, len(hops)) == (least.failing, least.hops)
                check_breaks(world, hops, labels, dict(zip(world.events, reasons, strict=True)))
            else:
                assert "No chain" in answer.empty
        if hops:
            assert any(h["breaks"] for h in hops)
            assert (hops[0]["giver"], hops[-1]["receiver"]) == (giver, target)
            for one, two in pairwise(hops):
                assert one["receiver"] == two["giver"]


def event_of(world: slow.World, hop: dict[str, Any]) -> slow.Event:
    """Give the event that a hop is about."""
    (event,) = [e for e in world.events if (e.id, e.receiver) == (hop["transfer"], hop["receiver"])]
    return event


def check_doubts(world: slow.World, hops: list[dict[str, Any]], labels: list[slow.Labels]) -> None:
    """Check why a possible way is not certain: not proven, or not surely in order."""
    for hop in hops:
        event = event_of(world, hop)
        known = min((x.worst.get(event.tail, inf) for x in labels), default=inf)
        match hop["breaks"]:
            case "not proven":
                assert not event.proven
            case "may lie before its giver had it":
                assert event.proven
                assert known > event.lo or (world.strict and known == event.lo)
                assert hop["needed"] == event.lo - world.strict
            case "":
                assert event.proven
            case other:
                raise AssertionError(other)


def check_breaks(
    world: slow.World,
    hops: list[dict[str, Any]],
    labels: list[slow.Labels],
    reasons: dict[slow.Event, int],
) -> None:
    """Check what breaks the nearest chain: left out, or no way was in time for the hop."""
    words = {PLANNED: "only planned", ABANDONED: "abandoned", REFUSED: "refused"}
    for hop in hops:
        event = event_of(world, hop)
        held = min((x.best.get(event.tail, inf) for x in labels), default=inf)
        match hop["breaks"]:
            case "lies before its giver can have had it":
                assert slow.arrival_at_best(event, held, world.strict) is None
                assert hop["needed"] == event.hi - world.strict
            case "lies after what was adapted from it began":
                held = min((x.best.get(event.head, inf) for x in labels), default=inf)
                assert any(
                    held > a.latest == hop["needed"]
                    for a in world.adaptations
                    if (a.parent, a.origin) == event.head
                )
            case "":
                assert reasons[event] == IN
            case other:
                assert other == words[reasons[event]]


CONTRADICTION: Final = slow.World(
    (slow.Event("t1", "p", "s", "v", 2015, 2015), slow.Event("t2", "q", "v", "w", 2016, 2016)),
    (slow.Adaptation("p", "q", "v", 2010, 2010),),
)
TWO_WAYS: Final = slow.World(
    (
        slow.Event("t1", "p", "s", "a", 2020, 2020),
        slow.Event("t2", "p", "s", "a", 2010, 2010),
        slow.Event("t3", "p", "a", "b", 2015, 2015),
        slow.Event("t4", "p", "b", "c", 2001, 2001),
    )
)
DATED_CROSSING: Final = slow.World(
    (
        slow.Event("t1", "p", "s", "v", 2013, 2026, proven=False),
        slow.Event("t2", "q", "v", "w", 2018, 2018),
    ),
    (slow.Adaptation("p", "q", "v", 2014, 2014),),
)


@pytest.mark.parametrize(
    ("world", "target", "expected"),
    [
        (CONTRADICTION, "w", [("t1", "lies after what was adapted from it began", 2010),
                              ("t2", "", None)]),
        (TWO_WAYS, "c", [("t2", "", None), ("t3", "", None),
                         ("t4", "lies before its giver can have had it", 2001)]),
        (DATED_CROSSING, "w", [("t1", "not proven", None), ("t2", "", None)]),
    ],
    ids=["contradiction", "two ways", "dated crossing"],
)  # fmt: skip
def test_why_not_in_a_case(
    world: slow.World, target: str, expected: list[tuple[str, str, int | None]]
) -> None:
    """An adaptation older than its parent; a slow and a fast way; an origin that is dated."""
    answer = why_not(flows_of(world), Question(source="s", target=target))
    assert [(h["transfer"], h["breaks"], h["needed"]) for h in answer.records()] == expected


def test_why_not_crosses_at_the_source_only_what_it_received() -> None:
    """Who made Q from P but has P from nobody did not pass P on by passing on Q."""
    world = slow.World(
        (slow.Event("t1", "p", "s", "v", 1, 1), slow.Event("t2", "q", "s", "w", 2, 2)),
        (slow.Adaptation("p", "q", "s"),),
    )
    question = Question(source="s", target="w", practice="p")
    assert paths(flows_of(world), question).rows == ()
    answer = why_not(flows_of(world), question)
    assert (answer.head["reach"], answer.rows) == ("not reached", ())
    assert answer.empty.startswith("No chain")
    received = replace(world, events=(*world.events, slow.Event("t0", "p", "v", "s", 1, 1)))
    assert why_not(flows_of(received), question).head["reach"] == "certain"


def test_why_not_begins_with_the_sources_own_adoption() -> None:
    """A hop before the source had the practice itself is what breaks."""
    world = slow.World((slow.Event("t1", "p", "s", "v", 2013, 2013),))
    flows = flows_of(world)
    t = replace(flows.transfers, adopted={(0, flows.transfers.actors.index("s")): (2014, 2015)})
    question = Question(source="s", target="v", from_adoption=True)
    (hop,) = why_not(replace(flows, transfers=t), question).records()
    assert (hop["breaks"], hop["needed"]) == ("lies before its giver can have had it", 2013)


# --- the village and the shipped data -------------------------------------------------------


def asked(giver: str, receiver: str, **more: Any) -> Question:
    return Question(source=village.iri(giver), target=village.iri(receiver), **more)


def breaks(table: Table) -> list[tuple[Any, Any, Any]]:
    return [(h["transfer"], h["breaks"], h["needed"]) for h in table.records()]


def test_the_paths_of_the_village() -> None:
    """From Aspby to the office over the harbour kitchen: certain, one adaptation, two hops."""
    answer = paths(village.flows(), asked("xa-aspby", "org-birkton-youth"), dataset="sha256:x")
    (row,) = answer.records()
    assert (row["reach"], row["best_arrival"], row["worst_arrival"], row["adaptations"]) == (
        "certain", "2015-03-01", "2015-06-30", 1,
    )  # fmt: skip
    assert row["hops"] == (
        {"transfer": "v1", "practice": "p-kitchen", "giver": "xa-aspby",
         "receiver": "xb-birkton", "earliest": "2012-01-01", "latest": "2013-06-30",
         "proven": True},
        {"transfer": "v2", "practice": "p-harbour", "giver": "xb-birkton",
         "receiver": "org-birkton-youth", "earliest": "2015-03-01", "latest": "2015-06-30",
         "proven": True},
    )  # fmt: skip
    assert {k: answer.head[k] for k in ("rule", "stage", "horizon", "left_out", "undated", "from",
                                        "to", "dataset")} == {
        "rule": "non-strict", "stage": "adopted", "horizon": "2025-11-30",
        "left_out": {"planned": 1, "abandoned": 0}, "undated": 0, "from": "xa-aspby",
        "to": "org-birkton-youth", "dataset": "sha256:x",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("giver", "receiver", "more", "expected"),
    [
        ("xa-aspby", "org-birkton-youth", {"lineage": False}, [
            ("v4", "", None), ("v5", "lies before its giver can have had it", "2012-12-31")]),
        ("xa-aspby", "country-xb", {}, [
            ("v1", "", None), ("v2", "", None),
            ("v3", "may lie before its giver had it", "2015-05-01")]),
        ("xa-aspby", "country-xa", {}, [("v4", "not proven", None)]),
        ("xb-birkton", "country-xa", {}, [("v6", "only planned", None)]),
        ("xa-aspby", "xb-birkton", {}, []),
    ],
)  # fmt: skip
def test_why_not_in_the_village(
    giver: str, receiver: str, more: dict[str, Any], expected: list[tuple[str, str, str | None]]
) -> None:
    """Every reason once, as worked out by hand; nothing breaks what is certain."""
    answer = why_not(village.flows(), asked(giver, receiver, **more))
    assert breaks(answer) == expected
    if not expected:
        assert answer.empty == "Nothing breaks: a certain path is documented."


def test_no_path_and_no_chain_are_said_in_words() -> None:
    """Not reached reads: no documented path."""
    none = paths(village.flows(), asked("country-xb", "xa-aspby"))
    assert none.rows == ()
    assert none.empty.startswith("No documented path")
    nothing = why_not(village.flows(), asked("country-xb", "xa-aspby"))
    assert nothing.rows == ()
    assert nothing.empty.startswith("No chain of documented transfers")


def barcelona_to(receiver: str, flows: Flows) -> tuple[Table, Table]:
    question = Question(source=mint("actor", "es-barcelona"), target=mint("actor", receiver))
    return paths(flows, question), why_not(flows, question)


def test_the_story_of_the_anti_rumour_practice_hop_by_hop() -> None:
    """Hamburg-Altona certain over Amadora; Warsaw not proven; Ioannina abandoned."""
    flows = moments(shipped.transfers(), horizon=shipped.HORIZON)
    (row,) = barcelona_to("de-hamburg-altona", flows)[0].records()
    assert (row["reach"], row["best_arrival"], row["worst_arrival"]) == (
        "certain", "2018-12-01", "2021-06-14",
    )  # fmt: skip
    assert ids_of(row) == ("t0215", "t0098")
    found, why = barcelona_to("pl-warsaw", flows)
    assert [(r["reach"], ids_of(r)) for r in found.records()] == [("possible", ("t0215", "t0099"))]
    assert breaks(why) == [("t0215", "", None), ("t0099", "not proven", None)]
    found, why = barcelona_to("gr-ioannina", flows)
    assert found.rows == ()
    assert [b[1] for b in breaks(why)] == ["", "abandoned"]


def test_the_best_path_of_every_pair_of_the_shipped_data_is_there() -> None:
    """Whoever is reached has a path of the same reach, and brute force finds no better one."""
    flows = moments(shipped.transfers(), horizon=shipped.HORIZON)
    t = flows.transfers
    events = tuple(
        slow.Event(
            shorten(t.ids[i]), shorten(t.practices[t.practice[i]]),
            shorten(t.actors[t.giver[i]]), shorten(t.actors[t.receiver[i]]),
            int(flows.lo[i]) if flows.lo[i] > 0 else -inf, int(flows.hi[i]),
            bool(flows.proven[i]),
        )
        for i in np.flatnonzero(flows.reason == IN)
    )  # fmt: skip
    adaptations = tuple(
        slow.Adaptation(
            shorten(t.practices[x.parent]), shorten(t.practices[x.child]),
            shorten(t.actors[x.origin]),
            x.earliest if x.earliest > 0 else -inf, x.latest if x.latest < 10**7 else inf,
        )
        for x in t.lineage
    )  # fmt: skip
    world = slow.World(events, adaptations)
    givers = [g for g in sorted({e.giver for e in events}) if len({
        e.receiver for e in events if e.giver == g}) > 2][:12]  # fmt: skip
    givers.append("es-barcelona")
    seen = 0
    for giver in givers:
        rows = reach(flows, Question(source=mint(kind(t, giver), giver))).records()
        for target in sorted({str(r["actor"]) for r in rows}):
            question = Question(
                source=mint(kind(t, giver), giver), target=mint(kind(t, target), target)
            )
            (best,) = paths(flows, question, k=1).records()
            expected = min(
                (
                    route
                    for source in slow.given_by(world, giver)
                    for route in slow.simple_paths(world, source, states_of(world, target))
                ),
                key=order,
            )
            assert ids_of(best) == expected.ids
            assert (best["reach"] == "certain") == expected.certain
            seen += 1
    assert seen > 50


def kind(t: Any, identifier: str) -> str:
    """Give the kind of a giver or receiver: an actor, or a network."""
    return "network" if mint("network", identifier) in t.actors else "actor"


@pytest.mark.parametrize("strict", [False, True])
def test_a_path_can_have_more_hops_than_python_has_levels(strict: bool) -> None:
    """A chain is followed to its end, however long it is."""
    n = 1500
    actors, days = [f"a{i}" for i in range(n + 1)], tuple(range(n))
    table = EdgeTable(
        giver=tuple(actors[:-1]),
        receiver=tuple(actors[1:]),
        practice=("",) * n,
        lo=days,
        hi=days,
        ids=tuple(map(str, days)),
        numeric=True,
        scale=1,
        said=(),
    )
    flows = moments(from_edges(table))
    answer = paths(flows, Question(source="a0", target=f"a{n}", strict=strict))
    (row,) = answer.records()
    assert ids_of(row) == tuple(map(str, days))
    assert row["reach"] == "certain"
