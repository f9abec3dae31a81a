"""Modularity of given groups: by hand, against networkx, by enumeration, and laws."""

from __future__ import annotations

import itertools
import math
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvgraph.analysis import modularity as module
from kvgraph.analysis.modularity import modularity
from kvgraph.errors import KvgraphError
from kvgraph.material import Material, Member, Tie
from kvgraph.model import Table
from reference_tables import needs_reference, rows


def material(arcs: list[tuple[str, str]], groups: dict[str, str], **more: Any) -> Material:
    """Give arcs as ties, numbered from 1, between actors with these groups."""
    ties = (Tie(g, r, "", None, None, 1.0, str(n)) for n, (g, r) in enumerate(arcs, 1))
    members = (Member(name, None, {"group": group}) for name, group in groups.items())
    return Material(tuple(ties), tuple(members), **more)


def by_networkx(graph: nx.Graph, groups: dict[str, str]) -> float:
    """Give the modularity of the groups as networkx has it."""
    parts: dict[str, set[str]] = {}
    for name in graph:
        parts.setdefault(groups[name], set()).add(name)
    return float(nx.community.modularity(graph, parts.values()))


def of_group(table: Table) -> dict[str, dict[str, Any]]:
    """Give the rows by group."""
    return {str(row["group"]): row for row in table.records()}


def test_a_small_network_is_worked_out_by_hand() -> None:
    """a→b, b→a, b→c, c→d, d→c, d→c again: five pairs, six transfers.

    By pairs x gives 3 and receives 2, of 5: 2/5 - 6/25 = 4/25; y gives 2 and receives 3: the
    same. By transfers x gives 3 and receives 2 of 6: 2/6 - 6/36 = 6/36; y gives 3, receives 4:
    3/6 - 12/36 = 6/36.
    """
    arcs = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "d"), ("d", "c"), ("d", "c")]
    data = material(arcs, dict(zip("abcd", "xxyy", strict=True)))
    table = modularity(data)
    assert [row[:7] for row in table.rows] == [
        ("x", 2, 2, 1, 0, 6 / 5, 4 / 25), ("y", 2, 2, 0, 1, 6 / 5, 4 / 25),
    ]  # fmt: skip
    assert table.head["modularity"] == 8 / 25
    assert (table.head["weight"], table.head["edges"], table.head["repeated"]) == (5, 5, 1)
    assert [row[-1] for row in table.rows] == [("1", "2"), ("4", "5", "6")]
    heavy = modularity(data, weights="transfers")
    assert [row[:7] for row in heavy.rows] == [
        ("x", 2, 2, 1, 0, 1.0, 6 / 36), ("y", 2, 3, 0, 1, 2.0, 6 / 36),
    ]  # fmt: skip
    assert heavy.head["modularity"] == 12 / 36


@needs_reference
@pytest.mark.parametrize("name", ["brokerage_strike", "brokerage_student"])
def test_published_networks_have_the_modularity_that_networkx_gives(name: str) -> None:
    """Directed, with the published groups, to 1e-12; assortativity likewise."""
    arcs = [(row["from"], row["to"]) for row in rows(name, "edges.csv")]
    groups = {row["id"]: row["group"] for row in rows(name, "raw.csv")}
    graph = nx.DiGraph(arcs)
    graph.add_nodes_from(groups)
    nx.set_node_attributes(graph, groups, "group")
    table = modularity(material(arcs, groups))
    assert table.head["modularity"] == pytest.approx(by_networkx(graph, groups), abs=1e-12)
    assert table.head["assortativity"] == pytest.approx(
        nx.attribute_assortativity_coefficient(graph, "group"), abs=1e-12
    )
    assert sum(r["contribution"] for r in of_group(table).values()) == pytest.approx(
        table.head["modularity"], abs=1e-12
    )
    if name == "brokerage_strike":
        # Both ways each: the modularity of the undirected network.
        both = graph.to_undirected()
        assert table.head["modularity"] == pytest.approx(by_networkx(both, groups), abs=1e-12)


@needs_reference
def test_a_tie_both_ways_is_an_undirected_one() -> None:
    """Florentine marriages doubled, in four groups by initial and in those of networkx itself."""
    edges = [(row["a"], row["b"]) for row in rows("centrality_florentine", "edges.csv")]
    graph = nx.Graph(edges)
    found = nx.community.greedy_modularity_communities(graph)
    for groups in (
        {name: str(ord(name[0]) % 4) for name in graph},
        {name: str(n) for n, part in enumerate(found) for name in part},
    ):
        doubled = [pair for a, b in edges for pair in ((a, b), (b, a))]
        table = modularity(material(doubled, groups), permutations=0)
        assert table.head["modularity"] == pytest.approx(by_networkx(graph, groups), abs=1e-12)


networks = st.tuples(
    st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), max_size=25),
    st.lists(st.sampled_from(["x", "y", "z", ""]), min_size=7, max_size=7),
)


@given(networks)
def test_any_network_is_measured_as_by_networkx(
    network: tuple[list[tuple[str, str]], list[str]],
) -> None:
    """With loops, repeated ties and actors without a group, by pairs and by transfers."""
    pairs, labels = network
    labels[0] = labels[0] or "x"
    of = dict(zip("abcdefg", labels, strict=True))
    kept = [(a, b) for a, b in pairs if a != b and of[a] and of[b]]
    graph = nx.DiGraph()
    graph.add_nodes_from(name for name, group in of.items() if group)
    for a, b in kept:
        graph.add_edge(a, b, weight=graph.get_edge_data(a, b, {"weight": 0})["weight"] + 1)
    plain = nx.DiGraph(graph.edges())
    plain.add_nodes_from(graph)
    for weights, net in (("pairs", plain), ("transfers", graph)):
        table = modularity(material(pairs, of), weights=weights, permutations=0)
        found = of_group(table)
        assert {g: row["actors"] for g, row in found.items()} == {
            g: labels.count(g) for g in set(labels) - {""}
        }
        assert table.head["outside_every_group"] == labels.count("")
        if not kept:
            assert table.head["modularity"] is None
            continue
        expected = by_networkx(net, of)
        assert table.head["modularity"] == pytest.approx(expected, abs=1e-12)
        assert sum(r["contribution"] for r in found.values()) == pytest.approx(expected, abs=1e-12)
        total = sum(r["within"] + r["between_out"] for r in found.values())
        assert total == table.head["weight"] == net.size("weight")
        assert sum(r["between_out"] - r["between_in"] for r in found.values()) == 0


SMALL = [("a", "b"), ("b", "a"), ("b", "c"), ("d", "e"), ("e", "f"), ("f", "d"), ("c", "d")]
LABELS = dict(zip("abcdef", "xxyyyz", strict=True))


def test_p_is_the_share_of_all_labelings() -> None:
    """Each of the 60 labelings measured by networkx."""
    graph = nx.DiGraph(SMALL)
    table = modularity(material(SMALL, LABELS))
    seen = by_networkx(graph, LABELS)
    every = sorted(set(itertools.permutations(LABELS[n] for n in "abcdef")))
    found = [by_networkx(graph, dict(zip("abcdef", label, strict=True))) for label in every]
    assert table.head["p_high"] == sum(q >= seen - 1e-12 for q in found) / 60
    assert table.head["p_low"] == sum(q <= seen + 1e-12 for q in found) / 60
    assert (table.head["exact"], table.head["permutations"], table.head["seed"]) == (True, 60, None)
    rows_ = of_group(table)
    at_least = dict.fromkeys(rows_, 0)
    for label in every:
        named = of_group(modularity(material(SMALL, dict(zip("abcdef", label, strict=True))),
                                    permutations=0))  # fmt: skip
        for group, row in named.items():
            at_least[group] += row["contribution"] >= rows_[group]["contribution"]
    assert {g: row["p"] for g, row in rows_.items()} == {g: n / 60 for g, n in at_least.items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sample_of_labelings_falls_in_its_binomial_error(seed: int) -> None:
    """59 are fewer than 60; what was seen is counted in, so that p is never 0."""
    exact = modularity(material(SMALL, LABELS)).head
    table = modularity(material(SMALL, LABELS), permutations=59, seed=seed)
    assert (table.head["exact"], table.head["seed"]) == (False, seed)
    for name in ("p_low", "p_high"):
        p = float(str(exact[name]))
        found = float(str(table.head[name]))
        assert abs(found - p) < 3.5 * math.sqrt(p * (1 - p) / 59) + 1 / 60
        assert found >= 1 / 60
    assert modularity(material(SMALL, LABELS), permutations="59", seed=seed) == table


def test_without_ties_it_is_undefined_and_said_to_be() -> None:
    """The groups are there, with no tie; nothing at all is an empty table that says why."""
    table = modularity(material([("a", "a")], {"a": "x", "b": "y"}))
    assert [row[:8] for row in table.rows] == [
        ("x", 1, 0, 0, 0, None, None, None), ("y", 1, 0, 0, 0, None, None, None),
    ]  # fmt: skip
    head = table.head
    assert (head["modularity"], head["assortativity"], head["p_high"]) == (None, None, None)
    assert (head["loops"], head["permutations"]) == (1, 0)
    assert "Modularity is undefined" in str(head["notes"])
    table = modularity(Material(()))
    assert (table.rows, table.empty) == ((), "No transfer is there to be counted.")


def test_one_group_holds_all_and_is_no_finding() -> None:
    """All is within: modularity 0, assortativity undefined, p 1."""
    head = modularity(material([("a", "b")], {"a": "x", "b": "x"})).head
    assert (head["modularity"], head["assortativity"]) == (0, None)
    assert (head["p_low"], head["p_high"]) == (1, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"group": "colour"}, "no actor has a value in the column colour"),
        ({"permutations": "some"}, "neither a number nor exact"),
        ({"weights": "certainty"}, "no modularity by certainty"),
        ({"permutations": "exact"}, "more than 1,000,000 labelings"),
        ({"seed": -1}, "no seed -1"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(options: dict[str, Any], message: str) -> None:
    """A column that nobody has is told with those that there are."""
    of = {str(n): "xyz"[n % 3] for n in range(20)}
    with pytest.raises(KvgraphError, match=message) as caught:
        modularity(material([("1", "2")], of), **options)
    assert caught.value.hint


def test_what_was_left_out_is_told_and_long_work_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """g has no group: it and its tie are left out; each tenth of the labelings is told of."""
    data = material([*SMALL, ("a", "g")], {**LABELS, "g": ""}, head={"undated": 4, "horizon": 9})
    head = modularity(data).head
    assert (head["outside_every_group"], head["ties_outside"], head["actors"]) == (1, 1, 6)
    assert (head["undated"], head["horizon"]) == (4, 9)
    assert head["rule"] == "modularity by group, weights: pairs"
    assert "left out: actors 1, with their ties 1." in str(head["notes"])
    said: list[str] = []
    modularity(data, tell=said.append)
    assert said == []
    monkeypatch.setattr(module, "MANY", 1)
    modularity(data, tell=said.append)
    assert said[:2] == ["labelings: 0 of 60", "labelings: 6 of 60"]
