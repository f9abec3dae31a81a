"""Brokers: published counts, expectations and exact chances, worked-out triads, and laws."""

from __future__ import annotations

import math
import random
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvgraph.analysis import _brokerage as kernel
from kvgraph.analysis import _relays as relaying
from kvgraph.analysis import brokerage as module
from kvgraph.analysis.brokerage import brokerage
from kvgraph.errors import KvgraphError
from kvgraph.material import Adaptation, Material, Member, Tie
from kvgraph.model import Table
from reference_tables import answers, needs_reference, number, rows

PUBLISHED = ["brokerage_strike", "brokerage_student", "brokerage_medInnovations_city"]
SNA = {
    "coordinator": "w_I", "itinerant": "w_O", "representative": "b_IO", "gatekeeper": "b_OI",
    "liaison": "b_O", "total": "t",
}  # fmt: skip


def material(
    arcs: list[tuple[str, str]], groups: dict[str, str], **more: dict[str, str]
) -> Material:
    """Give arcs as ties, numbered from 1, between actors with these groups."""
    ties = (Tie(g, r, "", None, None, 1.0, str(n)) for n, (g, r) in enumerate(arcs, 1))
    members = (Member(name, None, {"group": group}) for name, group in groups.items())
    return Material(tuple(ties), tuple(members), **more)  # type: ignore[arg-type]


def published(name: str) -> Material:
    """Give a published network with its groups."""
    return material(
        [(row["from"], row["to"]) for row in rows(name, "edges.csv")],
        {row["id"]: row["group"] for row in rows(name, "raw.csv")},
    )


def by_actor(table: Table) -> dict[str, dict[str, object]]:
    """Give the rows by actor."""
    return {str(row["actor"]): row for row in table.records()}


@needs_reference
@pytest.mark.parametrize("name", PUBLISHED)
def test_roles_expectations_and_z_are_the_published_ones(name: str) -> None:
    """Counts are the same integers; expected and z agree to 1e-12, undefined where sna's are."""
    found = by_actor(brokerage(published(name), permutations=0))
    for file, prefix in (("raw.csv", ""), ("expected.csv", "expected_"), ("z.csv", "z_")):
        expected = rows(name, file)
        assert {row["id"] for row in expected} == set(found)
        for row in expected:
            assert found[row["id"]]["group"] == row["group"]
            for role, column in SNA.items():
                value, known = found[row["id"]][prefix + role], number(row[column])
                if not prefix:
                    assert value == known
                    assert type(value) is int
                elif known is None:
                    assert value is None
                else:
                    assert value == pytest.approx(known, rel=1e-12, abs=1e-12)


@needs_reference
@pytest.mark.parametrize("name", PUBLISHED)
def test_totals_of_the_graph_are_the_published_ones(name: str) -> None:
    """Raw, expected and z of the whole network, and the E-I index where it was published."""
    table = brokerage(published(name), permutations=0, by="whole")
    found = {str(row["statistic"]): row for row in table.records()}
    for row in rows(name, "graph.csv"):
        column = {"raw": "observed"}.get(row["stat"], row["stat"])
        for role, theirs in SNA.items():
            assert found[role][column] == pytest.approx(number(row[theirs]), rel=1e-12)
    assert {row["p_low"] for row in found.values()} == {None}, "no permutation, no p"
    if name != "brokerage_medInnovations_city":
        published_ei = answers(name, "ei_index.json")
        assert table.head["ei_index"] == published_ei["E_I_index"]
        assert table.head["edges"] == published_ei["arcs"]
        assert found["ei_index"]["observed"] == published_ei["E_I_index"]


STATISTICS = {
    "EI": "ei_index",
    "coordinator_total": "coordinator",
    "gatekeeper_total": "gatekeeper",
}


@needs_reference
def test_the_exact_distribution_is_the_published_one() -> None:
    """All 1 320 labelings: mean, sd and both tails, to 1e-12."""
    expected = answers("permutation_student", "exact.json")
    table = brokerage(published("brokerage_student"), permutations="exact", by="whole")
    found = {str(row["statistic"]): row for row in table.records()}
    assert table.head["labelings"] == table.head["permutations"] == expected["n_labelings"]
    assert table.head["groups"] == expected["group_sizes"]
    assert (table.head["exact"], table.head["seed"]) == (True, None)
    for theirs, ours in STATISTICS.items():
        for column, name in (("observed", "observed"), ("mean", "mean"), ("sd", "sd"),
                             ("p_low", "p_le"), ("p_high", "p_ge")):  # fmt: skip
            assert found[ours][column] == pytest.approx(expected[theirs][name], rel=1e-12)


@needs_reference
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sample_of_labelings_falls_in_its_binomial_error(seed: int) -> None:
    """999 random labelings: each tail within three standard errors of the exact one."""
    expected = answers("permutation_student", "exact.json")
    table = brokerage(published("brokerage_student"), permutations=999, seed=seed, by="whole")
    found = {str(row["statistic"]): row for row in table.records()}
    assert (table.head["exact"], table.head["seed"]) == (False, seed)
    for theirs, ours in STATISTICS.items():
        for column, name in (("p_low", "p_le"), ("p_high", "p_ge")):
            p = expected[theirs][name]
            error = math.sqrt(p * (1 - p) / 999)
            assert abs(float(str(found[ours][column])) - p) < 3 * error + 1 / 1000
    again = brokerage(published("brokerage_student"), permutations="999", seed=seed, by="whole")
    assert again == table


@needs_reference
def test_chances_of_actors_are_shares_of_all_labelings() -> None:
    """Each p of each actor and of each group is what counting over all labelings gives."""
    data = published("brokerage_student")
    table = brokerage(data, permutations=1320)
    assert table.head["exact"], "1 320 labelings are no more than 1 320"
    of = {m.id: m.attributes["group"] for m in data.members}
    names = sorted(of)
    arcs = {(tie.giver, tie.receiver) for tie in data.ties}
    seen = by_actor(table)
    at_least = dict.fromkeys(names, 0)
    labels = sorted(set(permutations_of([of[n] for n in names])))
    assert len(labels) == 1320
    open_ = [t for t in permutations(names, 3)
             if t[:2] in arcs and t[1:] in arcs and (t[0], t[2]) not in arcs]  # fmt: skip
    for label in labels:
        group = dict(zip(names, label, strict=True))
        count = dict.fromkeys(names, 0)
        for u, v, w in open_:
            count[v] += group[u] != group[v] == group[w]
        for name in names:
            at_least[name] += count[name] >= seen[name]["gatekeeper"]  # type: ignore[operator]
    assert {n: seen[n]["p_gatekeeper"] for n in names} == {n: b / 1320 for n, b in at_least.items()}


def permutations_of(labels: list[str]) -> list[tuple[str, ...]]:
    """Give all different orders of labels of three kinds, the rarest placed first."""
    kinds = sorted(set(labels), key=labels.count)
    n = len(labels)
    found = []
    for places in permutations(range(n), 1):
        rest = [i for i in range(n) if i not in places]
        for chosen in product((0, 1), repeat=len(rest)):
            if sum(chosen) == labels.count(kinds[1]):
                label = [kinds[2]] * n
                label[places[0]] = kinds[0]
                for i, c in zip(rest, chosen, strict=True):
                    if c:
                        label[i] = kinds[1]
                found.append(tuple(label))
    return found


@pytest.mark.parametrize(
    ("groups", "role"),
    [("xxx", "coordinator"), ("xyx", "itinerant"), ("xxy", "representative"),
     ("xyy", "gatekeeper"), ("xyz", "liaison")],
)  # fmt: skip
def test_each_role_has_its_triad(groups: str, role: str) -> None:
    """a→b→c with the groups of a, b and c; a tie a→c, and nothing else, takes it away."""
    of = dict(zip("abc", groups, strict=True))
    rows_ = by_actor(brokerage(material([("a", "b"), ("b", "c"), ("c", "a")], of)))
    assert rows_["b"][role] == 1
    assert rows_["b"]["transfers"] == ("1", "2")
    closed = by_actor(brokerage(material([("a", "b"), ("b", "c"), ("a", "c")], of)))
    assert [closed[n]["total"] for n in "abc"] == [0, 0, 0]
    assert closed["b"]["transfers"] == ()
    back = by_actor(brokerage(material([("a", "b"), ("b", "a")], of)))
    assert back["b"]["total"] == 0, "there and back is between nobody"


networks = st.tuples(
    st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), max_size=25),
    st.lists(st.sampled_from(["x", "y", "z", ""]), min_size=7, max_size=7),
)


@given(networks, st.randoms(use_true_random=False))
def test_counts_are_those_of_three_loops(
    network: tuple[list[tuple[str, str]], list[str]], order: random.Random
) -> None:
    """On any network, with loops, repeated ties and actors without a group."""
    pairs, labels = network
    labels[0] = labels[0] or "x"
    of = dict(zip("abcdefg", labels, strict=True))
    table = brokerage(material(pairs, of), permutations=0)
    arcs = {(a, b) for a, b in pairs if a != b and of[a] and of[b]}
    expected = {name: dict.fromkeys(SNA, 0) for name, group in of.items() if group}
    used: dict[str, set[str]] = {name: set() for name in expected}
    for u, v, w in permutations(expected, 3):
        if (u, v) in arcs and (v, w) in arcs and (u, w) not in arcs:
            a, b, c = of[u], of[v], of[w]
            role = "liaison"
            if a == c:
                role = "coordinator" if a == b else "itinerant"
            elif b in (a, c):
                role = "representative" if a == b else "gatekeeper"
            expected[v][role] += 1
            expected[v]["total"] += 1
            used[v] |= {str(n) for n, pair in enumerate(pairs, 1) if pair in ((u, v), (v, w))}
    found = by_actor(table)
    assert {n: {r: row[r] for r in SNA} for n, row in found.items()} == expected
    assert {n: set(row["transfers"]) for n, row in found.items()} == used  # type: ignore[call-overload]
    assert table.head["outside_every_group"] == sum(not group for group in labels)
    shuffled = list(pairs)
    order.shuffle(shuffled)
    again = by_actor(brokerage(material(shuffled, of), permutations=0))
    assert {n: {r: row[r] for r in SNA} for n, row in again.items()} == expected


def test_large_tables_are_counted_in_parts_and_sparsely(monkeypatch: pytest.MonkeyPatch) -> None:
    """However the work is cut up, and whichever way groups are held, the counts are the same."""
    rng = np.random.default_rng(4)
    keys = np.unique(rng.integers(0, 60 * 60, 900))
    tail, head = keys // 60, keys % 60
    tail, head = tail[tail != head], head[tail != head]
    group = rng.integers(0, 9, 60)
    whole = kernel.triads(60, tail, head)
    expected = kernel.roles(whole, group, 9)
    assert len(whole.first) > 100
    monkeypatch.setattr(kernel, "_AT_ONCE", 50)
    monkeypatch.setattr(kernel, "_DENSE", 0)
    parts = kernel.triads(60, tail, head)
    three = [sorted(zip(n.first, n.second, n.closing, strict=True)) for n in (whole, parts)]
    assert three[0] == three[1]
    assert (kernel.roles(parts, group, 9) == expected).all()


def test_a_group_is_all_its_actors() -> None:
    """b and d of x: b stands between a and c, d between a and e; y has no broker.

    a is of y, c and e too: both are itinerant.
    """
    arcs = [("a", "b"), ("b", "c"), ("a", "d"), ("d", "e")]
    table = brokerage(material(arcs, dict(zip("abcde", "yxyxy", strict=True))), by="group")
    assert [row[:8] for row in table.rows] == [
        ("x", 2, 0, 2, 0, 0, 0, 2), ("y", 3, 0, 0, 0, 0, 0, 0),
    ]  # fmt: skip
    found = {str(row["group"]): row for row in table.records()}
    # Of ten ways to place the two x, the ways that both stand between y are this one alone.
    assert found["x"]["p_itinerant"] == 1 / 10
    assert found["y"]["p_itinerant"] == 1
    assert found["x"]["transfers"] == ("1", "2", "3", "4")


def test_p_is_never_0_and_what_is_undefined_is_empty() -> None:
    """One group cannot be permuted: p 1; two actors have no density to vary, no tie no E-I."""
    table = brokerage(material([("a", "b")], {"a": "x", "b": "x"}))
    assert (table.head["labelings"], table.head["gini"]) == (1, None)
    row = by_actor(table)["a"]
    assert (row["p_total"], row["z_total"], row["expected_total"]) == (1, None, 0)
    table = brokerage(material([], {"a": "x"}), by="whole")
    assert (table.head["ei_index"], table.head["density"]) == (None, None)
    assert {r["expected"] for r in table.records()} == {None}
    many = dict.fromkeys("abc", "x") | dict.fromkeys("defghijklmn", "y")
    table = brokerage(material([("a", "b"), ("b", "c")], many), permutations=9, seed=3)
    assert min(float(str(r["p_coordinator"])) for r in table.records()) >= 1 / 10


def test_nothing_is_an_empty_explained_table() -> None:
    """Without actors there is nothing to count."""
    for by in module.BY:
        table = brokerage(Material(()), by=by)
        assert (table.rows, table.empty) == ((), "No transfer is there to be counted.")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"group": "colour"}, "no actor has a value in the column colour"),
        ({"permutations": "some"}, "neither a number nor exact"),
        ({"permutations": -1}, "neither a number nor exact"),
        ({"by": "x"}, "no brokerage by x"),
        ({"permutations": "exact"}, "more than 1,000,000 labelings"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(options: dict[str, str], message: str) -> None:
    """A column that nobody has is told with those that there are."""
    of = {str(n): "xyz"[n % 3] for n in range(20)}
    with pytest.raises(KvgraphError, match=message) as caught:
        brokerage(material([("1", "2")], of), **options)  # type: ignore[arg-type]
    assert caught.value.hint
    if "group" in options:
        assert "group" in caught.value.hint


def test_what_was_left_out_is_told_and_long_work_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """c has no group: it and its tie are left out; each tenth of the labelings is told of."""
    data = material([("a", "b"), ("b", "c")], {"a": "x", "b": "y", "c": ""},
                    head={"undated": 4, "left_out": {"planned": 1}, "horizon": 9})  # fmt: skip
    head = brokerage(data).head
    assert (head["outside_every_group"], head["ties_outside"], head["actors"]) == (1, 1, 2)
    assert (head["undated"], head["left_out"], head["horizon"]) == (4, {"planned": 1}, 9)
    assert head["rule"] == "brokerage by group: u→v→w without u→w"
    assert "left out: actors 1, with their ties 1." in str(head["notes"])
    said: list[str] = []
    brokerage(data, tell=said.append)
    assert said == []
    monkeypatch.setattr(module, "MANY", 1)
    brokerage(data, tell=said.append)
    assert said == ["labelings: 0 of 2", "labelings: 1 of 2"]


def timed(ways: list[tuple[str, str, str, float | None, float | None]], groups: str) -> Material:
    """Give ways (giver, receiver, practice, start, end) as ties, numbered from 1.

    ``groups`` are those of a, b, c ... in turn.
    """
    ties = (Tie(g, r, p, lo, hi, 1.0, str(n)) for n, (g, r, p, lo, hi) in enumerate(ways, 1))
    members = (Member(n, None, {"group": g}) for n, g in zip("abcdefg", groups, strict=False))
    return Material(tuple(ties), tuple(members))


@pytest.mark.parametrize(
    ("first", "second", "possible", "certain", "strictly"),
    [
        ((1, 1), (2, 2), 1, 1, (1, 1)),
        ((2, 2), (1, 1), 0, 0, (0, 0)),
        ((2, 2), (2, 2), 1, 1, (0, 0)),
        ((1, 5), (3, 4), 1, 0, (1, 0)),
        ((4, 6), (1, 4), 1, 0, (0, 0)),
        ((1, 3), (3, 9), 1, 1, (1, 0)),
        ((None, None), (None, None), 1, 0, (1, 0)),
        ((None, 3), (4, None), 1, 1, (1, 1)),
        ((5, None), (None, 4), 0, 0, (0, 0)),
    ],
)
def test_in_time_what_comes_can_go_on(
    first: tuple[float | None, ...], second: tuple[float | None, ...], possible: int, certain: int,
    strictly: tuple[int, int],
) -> None:  # fmt: skip
    """a→b within some times and b→c within others: possible and certain, on one day or later."""
    ways = [("a", "b", "p", *first), ("b", "c", "p", *second)]
    for strict, expected in ((False, (possible, certain)), (True, strictly)):
        row = by_actor(brokerage(timed(ways, "xxy"), temporal=True, strict=strict))["b"]  # type: ignore[arg-type]
        assert (row["relays_possible"], row["relays_certain"]) == expected
        assert row["representative"] == row["total"] == expected[0]
        assert row["transfers"] == (("1", "2") if expected[0] else ())


def test_in_time_a_practice_stays_what_it_is() -> None:
    """What came as p is not passed on as q; that a→c is there at all takes the role away.

    It takes no relay away: c can have had it from b as well. Without proof nothing is certain.
    """
    ways = [("a", "b", "p", 1, 1), ("b", "c", "q", 2, 2)]
    table = brokerage(timed(ways, "xyz"), temporal=True)
    assert by_actor(table)["b"]["relays_possible"] == 0
    assert (table.head["triads"], table.head["triads_without_time"]) == (0, 1)
    assert "Of 1 ways from one actor" in str(table.head["notes"])
    assert table.head["rule"] == (
        "brokerage by group: u→v→w without u→w, one practice, non-strict order in time"
    )
    closed = [("a", "b", "p", 1, 1), ("b", "c", "p", 2, 2), ("a", "c", "q", 0, 0)]
    row = by_actor(brokerage(timed(closed, "xyz"), temporal=True))["b"]
    assert (row["total"], row["relays_possible"], row["relays_certain"]) == (0, 1, 1)
    assert row["transfers"] == ()
    ties = (Tie("a", "b", "p", 1, 1, 1.0, "1"), Tie("b", "c", "p", 2, 2, 1.0, "2", proven=False))
    row = by_actor(brokerage(Material(ties, timed([], "xyz").members), temporal=True))["b"]
    assert (row["relays_possible"], row["relays_certain"]) == (1, 0)


def test_in_time_each_tie_counts_that_can_go_on_or_can_have_come() -> None:
    """b gave to d at 3, at 9 and at 0: at 3 what a gave at 1, at 9 also what c gave at 5.

    To e it gave at 2; what c gave at 5, and what a gave again at 10, can have gone nowhere else.
    """
    ways = [("a", "b", "p", 1, 1), ("c", "b", "p", 5, 5), ("b", "d", "p", 3, 3),
            ("b", "d", "p", 9, 9), ("b", "d", "p", 0, 0), ("b", "e", "p", 2, 2),
            ("a", "b", "p", 10, 10)]  # fmt: skip
    row = by_actor(brokerage(timed(ways, "xxxxx"), temporal=True))["b"]  # type: ignore[arg-type]
    assert row["transfers"] == ("1", "2", "3", "4", "6")
    assert (row["total"], row["relays_certain"]) == (3, 3), "a-d, c-d and a-e"


def test_in_time_by_group_and_of_the_whole() -> None:
    """b and d are of x: two relays of p and one of q; nothing is expected at a density."""
    ways = [("a", "b", "p", 1, 1), ("b", "c", "p", 2, 2), ("a", "b", "q", 1, 1),
            ("b", "c", "q", 2, 2), ("a", "d", "p", 1, 3), ("d", "e", "p", 2, 2)]  # fmt: skip
    data = timed(ways, "yxyxy")  # type: ignore[arg-type]
    table = brokerage(data, temporal=True, by="group")
    assert [row[:10] for row in table.rows] == [
        ("x", 2, 0, 2, 0, 0, 0, 2, 3, 2), ("y", 3, 0, 0, 0, 0, 0, 0, 0, 0),
    ]  # fmt: skip
    assert (table.head["relays_possible"], table.head["relays_certain"]) == (3, 2)
    assert {str(r["group"]): r["p_itinerant"] for r in table.records()}["x"] == 1 / 10
    whole = {str(r["statistic"]): r for r in brokerage(data, temporal=True, by="whole").records()}
    assert (whole["itinerant"]["observed"], whole["total"]["observed"]) == (2, 2)
    assert {row["expected"] for row in whole.values()} == {None}
    assert whole["itinerant"]["p_high"] == 1 / 10
    columns = brokerage(data, temporal=True).columns
    assert "expected_total" not in columns
    assert "z_total" not in columns


interval = st.one_of(st.none(), st.integers(0, 4))
timed_ways = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), st.sampled_from("pq"),
              interval, interval, st.booleans()),
    min_size=6, max_size=25,
)  # fmt: skip


@settings(max_examples=300)
@given(timed_ways, st.lists(st.sampled_from("xyz"), min_size=5, max_size=5), st.booleans())
def test_in_time_it_is_what_all_pairs_of_ties_tell(
    told: list[tuple[str, str, str, int | None, int | None, bool]], labels: list[str], strict: bool
) -> None:
    """On any table: roles, relays and ids, and the p of a role over all labelings.

    Two ties can follow each other if each can be given a day of its own, in that order;
    certainly, if they do on whatever days.
    """
    ties = []
    for n, (g, r, p, a, b, proven) in enumerate(told, 1):
        lo, hi = (min(a, b), max(a, b)) if a is not None and b is not None else (a, b)
        ties.append(Tie(g, r, p, lo, hi, 1.0, str(n), proven))
    of = dict(zip("abcde", labels, strict=True))
    members = tuple(Member(name, None, {"group": group}) for name, group in of.items())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relaying, "_AT_ONCE", 3)
        table = brokerage(Material(tuple(ties), members), temporal=True, strict=strict,
                          permutations="exact")  # fmt: skip
    arcs = {(t.giver, t.receiver) for t in ties}
    triads = set()
    relays: dict[str, tuple[set[object], set[object]]] = {n: (set(), set()) for n in of}
    used: dict[str, set[str]] = {n: set() for n in of}
    for one, other in permutations(ties, 2):
        u, v, w = one.giver, one.receiver, other.receiver
        if other.giver != v or len({u, v, w}) < 3 or one.practice != other.practice:
            continue
        days = [range(-1 if t.start is None else t.start, 8 if t.end is None else t.end + 1)
                for t in (one, other)]  # fmt: skip
        orders = [x < y or (x == y and not strict) for x in days[0] for y in days[1]]
        if any(orders):
            relays[v][0].add((one.practice, u, w))
            if (u, w) not in arcs:
                triads.add((u, v, w))
                used[v] |= {one.id, other.id}
        if all(orders) and one.proven and other.proven and one.end is not None is not other.start:
            relays[v][1].add((one.practice, u, w))
    found = by_actor(table)
    assert {n: set(row["transfers"]) for n, row in found.items()} == used  # type: ignore[call-overload]
    for name, row in found.items():
        assert (row["relays_possible"], row["relays_certain"]) == tuple(map(len, relays[name]))
        assert row["total"] == sum(v == name for _, v, _ in triads)

    def liaisons(group: dict[str, str], name: str) -> int:
        return sum(v == name and len({group[u], group[v], group[w]}) == 3 for u, v, w in triads)

    groups = [dict(zip(of, some, strict=True)) for some in set(permutations(labels))]
    assert table.head["labelings"] == len(groups)
    for name, row in found.items():
        seen = liaisons(of, name)
        assert row["liaison"] == seen
        at_least = sum(liaisons(group, name) >= seen for group in groups)
        assert row["p_liaison"] == at_least / len(groups)


@needs_reference
@pytest.mark.parametrize("name", PUBLISHED)
def test_in_time_without_dates_the_counts_are_the_published_ones(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all is one practice and undated everything can follow; however it is cut up."""
    monkeypatch.setattr(relaying, "_AT_ONCE", 7)
    static = by_actor(brokerage(published(name), permutations=0))
    found = by_actor(brokerage(published(name), permutations=0, temporal=True, strict=True))
    for actor, row in static.items():
        assert {r: found[actor][r] for r in (*SNA, "transfers")} == {
            r: row[r] for r in (*SNA, "transfers")
        }


def test_in_time_what_cannot_be_done_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order is asked for where there is no time, or there is more than can be gone through."""
    with pytest.raises(KvgraphError, match="not asked for") as caught:
        brokerage(Material(()), strict=True)
    assert caught.value.hint == "Say --temporal as well."
    monkeypatch.setattr(relaying, "MOST", 0)
    ways = [("a", "b", "p", 1, 1), ("b", "c", "p", 2, 2)]
    with pytest.raises(KvgraphError, match="more than 0 ways to pass"):
        brokerage(timed(ways, "xyz"), temporal=True)  # type: ignore[arg-type]
    assert brokerage(Material(()), temporal=True).empty


@pytest.mark.parametrize(
    ("arrives", "made", "leaves", "possible", "certain"),
    [
        ((1, 2), (3, 4), (5, 6), 1, 1),  # came, adapted, went on
        ((1, 2), (3, 4), (4, 6), 1, 1),  # on the day by which it had been made
        ((1, 2), (3, 4), (3, 6), 1, 0),  # perhaps before that
        ((1, 2), (3, 4), (1, 2), 0, 0),  # went on before there was anything to
        ((5, 6), (3, 4), (7, 8), 0, 0),  # came after it had been made from it
        ((1, 2), (3, None), (5, 6), 1, 1),  # made at some day: certain by its coming, as in reach
        ((1, None), (3, 4), (5, 6), 1, 0),  # may never have come before
    ],
)
def test_what_was_adapted_on_the_way_is_of_the_same_line(
    arrives: tuple[int, int], made: tuple[int, int], leaves: tuple[int, int],
    possible: int, certain: int,
) -> None:  # fmt: skip
    """b got p, made q of it and gave q on; the bounds are those of reach."""
    ties = (Tie("a", "b", "p", *arrives, 1.0, "1"), Tie("b", "c", "q", *leaves, 1.0, "2"))
    members = tuple(Member(name, None, {"group": name}) for name in "abc")
    adapted = (Adaptation("p", "q", "b", *made), Adaptation("p", "q", "c", 0, 0))
    row = by_actor(brokerage(Material(ties, members, adaptations=adapted), temporal=True))["b"]
    assert (row["liaison"], row["relays_possible"], row["relays_certain"]) == (
        possible, possible, certain,
    )  # fmt: skip
    none = by_actor(brokerage(Material(ties, members), temporal=True))["b"]
    assert none["relays_possible"] == 0


def test_an_adaptation_of_an_adaptation_is_of_the_line_too() -> None:
    """b made q of p and r of q; only what was made there counts."""
    ties = (Tie("a", "b", "p", 1, 1, 1.0, "1"), Tie("b", "c", "r", 9, 9, 1.0, "2"))
    members = tuple(Member(name, None, {"group": name}) for name in "abc")
    chain = (Adaptation("p", "q", "b", 2, 3), Adaptation("q", "r", "b", 4, 5))
    row = by_actor(brokerage(Material(ties, members, adaptations=chain), temporal=True))["b"]
    assert (row["relays_possible"], row["relays_certain"]) == (1, 1)
    apart = (chain[0], Adaptation("q", "r", "c", 4, 5))
    row = by_actor(brokerage(Material(ties, members, adaptations=apart), temporal=True))["b"]
    assert (row["relays_possible"], row["relays_certain"]) == (0, 0)
