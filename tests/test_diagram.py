"""What is drawn, put together and handed to networkx: by hand, and against SPARQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import networkx as nx
import numpy as np
import pyoxigraph as ox
import pytest

import village
from kvgraph.diagram import (
    CLASSES,
    aggregate,
    draw_things,
    draw_transfers,
    frame,
    to_networkx,
)
from kvgraph.diagram.drawing import nodes_of
from kvgraph.diagram.layout import lanes, place, place_in_lanes
from kvgraph.flows import draw, moments, only
from kvgraph.links import links
from kvgraph.model import Diagram, Edge, Node
from kvgraph.namespaces import ID, KV, kind_of, mint, shorten
from kvgraph.rollup import rollup
from kvgraph.selection import select, selection
from kvgraph.store import Dataset


def transfers_of(d: Dataset, **options: Any) -> Diagram:
    """Give the transfers of a dataset, or the selected ones, at the village's horizon."""
    by = replace(frame(d), horizon=village.HORIZON)
    return draw_transfers(d, select(d, selection(d, **options), ("transfer",)), by)


def things_of(d: Dataset, *classes: str, **options: Any) -> Diagram:
    """Give the things of these classes, or of all, with their relations."""
    by = replace(frame(d), horizon=village.HORIZON)
    return draw_things(d, select(d, selection(d, **options)), by, classes or CLASSES)


def together(d: Dataset, diagram: Diagram, level: str) -> Diagram:
    """Put a diagram together at a level."""
    rolled = rollup(d, level)
    groups = {n.id: shorten(rolled[str(n.attributes["iri"])]) for n in diagram.nodes
              if str(n.attributes["iri"]) in rolled}  # fmt: skip
    return aggregate(diagram, groups)


def ends(diagram: Diagram) -> list[tuple[str, str]]:
    """Give giver and receiver of each edge."""
    return [(e.source, e.target) for e in diagram.edges]


def count(d: Dataset, where: str) -> int:
    """Give the one number that a SPARQL query counts."""
    results = d.query(
        f"PREFIX kv: <{KV}> PREFIX dcterms: <http://purl.org/dc/terms/> "
        f"SELECT (COUNT(*) AS ?n) WHERE {{ {where} }}"
    )
    [row] = results  # type: ignore[misc]
    return int(row[0].value)  # type: ignore[index]


PARALLEL = Diagram(
    (Node("a", {"label": "A"}), Node("b", {"label": "B"})),
    tuple(
        Edge(f"t{i}", "a", "b", {"kind": "transfer", "transfer": f"t{i}", "practice": p,
                                 "proven": i == 1, "left_out": None, "sources": (f"s{i}",),
                                 "earliest": date(2010 + i, 1, 1), "latest": end})
        for i, (p, end) in enumerate([("p", date(2012, 1, 1)), ("q", None), ("p", None)])
    ),
    {"stage": "adopted"},
)  # fmt: skip


def test_parallel_transfers_make_a_multigraph() -> None:
    """Three transfers between two actors are three edges, keyed by their ids."""
    graph = to_networkx(PARALLEL)
    assert isinstance(graph, nx.MultiDiGraph)
    assert list(graph.edges(keys=True)) == [("a", "b", "t0"), ("a", "b", "t1"), ("a", "b", "t2")]
    assert graph.edges["a", "b", "t1"]["practice"] == "q"
    assert graph.graph == {"stage": "adopted"}


def test_put_together_they_make_a_graph_weighted_by_practices() -> None:
    """Two practices in three transfers; an end that is open in one is open in all together."""
    graph = to_networkx(aggregate(PARALLEL))
    assert isinstance(graph, nx.DiGraph)
    assert not graph.is_multigraph()
    edge = graph.edges["a", "b"]
    assert (edge["weight"], edge["transfers"], edge["proven"]) == (2, 3, 1)
    assert edge["transfer_ids"] == ("t0", "t1", "t2")
    assert edge["practice_ids"] == ("p", "q")
    assert (edge["earliest"], edge["latest"]) == (date(2010, 1, 1), None)
    assert edge["sources"] == ("s0", "s1", "s2")


def test_the_village_is_a_graph_of_its_six_transfers() -> None:
    """Five actors; v6 is only planned, and takes no part in reach."""
    diagram = transfers_of(village.dataset())
    assert [n.id for n in diagram.nodes] == [
        "country-xa", "country-xb", "org-birkton-youth", "xa-aspby", "xb-birkton",
    ]  # fmt: skip
    assert [e.id for e in diagram.edges] == ["v1", "v2", "v3", "v4", "v5", "v6"]
    assert [e.attributes["proven"] for e in diagram.edges] == [True, True, True, False, True, False]
    assert [e.attributes["left_out"] for e in diagram.edges] == [None] * 5 + ["planned"]
    [v1] = [e for e in diagram.edges if e.id == "v1"]
    told = {k: v1.attributes[k] for k in ("practice", "via", "start", "end", "mode", "certainty")}
    assert told == {"practice": "p-kitchen", "via": ("n-kitchens",), "start": "2012",
                    "end": "2013", "mode": "horizontal", "certainty": "high"}  # fmt: skip
    assert v1.attributes["sources"] == ("s-diary",)
    assert diagram.head["sources"] == 2
    assert diagram.head["undated"] == 0


@pytest.mark.parametrize(
    ("level", "edges", "outside"),
    [
        # Everyone for themselves: the five that count.
        ("actor", {("xa-aspby", "xb-birkton"): ("v1",),
                   ("xa-aspby", "country-xa"): ("v4",),
                   ("country-xa", "org-birkton-youth"): ("v5",),
                   ("org-birkton-youth", "country-xb"): ("v3",),
                   ("xb-birkton", "org-birkton-youth"): ("v2",)}, 0),
        # The office acts for Birkton: v2 is a loop, v5 goes to Birkton, v3 comes from it.
        ("jurisdiction", {("xa-aspby", "xb-birkton"): ("v1",),
                          ("xa-aspby", "country-xa"): ("v4",),
                          ("country-xa", "xb-birkton"): ("v5",),
                          ("xb-birkton", "country-xb"): ("v3",),
                          ("xb-birkton", "xb-birkton"): ("v2",)}, 0),
        # Aspby is Varnia's, Birkton and the office are Oreland's.
        ("member-state", {("country-xa", "country-xb"): ("v1", "v5"),
                          ("country-xa", "country-xa"): ("v4",),
                          ("country-xb", "country-xb"): ("v2", "v3")}, 0),
    ],
)  # fmt: skip
def test_the_village_is_put_together_at_each_level(
    level: str, edges: dict[tuple[str, str], tuple[str, ...]], outside: int
) -> None:
    """One edge an ordered pair, by the transfers that count; v6 is counted in none."""
    d = village.dataset()
    diagram = transfers_of(d)
    joined = aggregate(diagram) if level == "actor" else together(d, diagram, level)
    assert {(e.source, e.target): e.attributes["transfer_ids"] for e in joined.edges} == edges
    assert joined.head["outside_every_group"] == outside
    graph = to_networkx(joined)
    assert isinstance(graph, nx.DiGraph)
    assert not graph.is_multigraph()
    assert set(graph.edges) == set(edges)


def test_what_is_in_no_group_is_left_out_and_counted() -> None:
    """Without Oreland, v3 has an end in no group."""
    diagram = transfers_of(village.dataset())
    groups = {n.id: "all" for n in diagram.nodes if n.id != "country-xb"}
    joined = aggregate(diagram, groups)
    assert joined.head["outside_every_group"] == 1
    assert ends(joined) == [("all", "all")]
    assert joined.edges[0].attributes["transfer_ids"] == ("v1", "v2", "v4", "v5")


def test_the_things_of_the_village_with_all_that_links_them() -> None:
    """5 actors, 2 networks, 2 practices, 3 programmes, 3 events and 2 projects.

    17 records link two of them (6 transfers, 2 adoptions, 1 handover, 3 memberships, 3
    participations, 2 exposures). 26 relations are stated: part of 4, acts for 1, adapted from
    1, developed in 1, origin 2, lead 3, responsible 1, succeeds 1, practice of network and
    event 2, held by 1, host 2, selected in 2, under a programme 5.
    """
    diagram = things_of(village.dataset())
    kinds = [n.attributes["kind"] for n in diagram.nodes]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "actor": 5, "network": 2, "practice": 2, "programme": 3, "event": 3, "project": 2,
    }  # fmt: skip
    records = [e for e in diagram.edges if e.attributes["property"] is None]
    assert len(records) == 17
    assert len(diagram.edges) - len(records) == 26
    assert [e.id for e in diagram.edges if e.attributes["kind"] == "exposure"] == [
        e.id for e in diagram.edges if e.attributes["derived"]
    ]
    names = [e.id for e in diagram.edges]
    assert len(set(names)) == len(names)
    graph = to_networkx(diagram)
    assert isinstance(graph, nx.MultiDiGraph), "v1 and an exposure go from Aspby to Birkton"
    assert graph.number_of_edges() == len(diagram.edges)


def test_only_the_classes_asked_for_are_drawn() -> None:
    """Networks and practices: one is about the other, one succeeds, one was adapted."""
    diagram = things_of(village.dataset(), "network", "practice")
    assert [n.id for n in diagram.nodes] == ["n-kitchens", "n-pans", "p-harbour", "p-kitchen"]
    assert {(e.source, e.attributes["kind"], e.target) for e in diagram.edges} == {
        ("n-kitchens", "practice", "p-kitchen"), ("n-pans", "succeeds", "n-kitchens"),
        ("p-harbour", "adaptedFrom", "p-kitchen"),
    }  # fmt: skip
    some = things_of(village.dataset(), "actor", "network", network=["n-kitchens"])
    assert [n.id for n in some.nodes] == ["n-kitchens", "xa-aspby", "xb-birkton"]


# --- the shipped data, against SPARQL -------------------------------------------------------


def test_the_shipped_transfers_are_counted_as_by_sparql(shipped: Dataset) -> None:
    """An edge a giver and receiver, a node for each of them."""
    graph = to_networkx(transfers_of(shipped))
    assert isinstance(graph, nx.MultiDiGraph)
    pattern = "?t kv:giver ?g ; kv:receiver ?r ; kv:practice ?p ."
    assert graph.number_of_edges() == count(
        shipped, f"SELECT DISTINCT ?t ?g ?r {{ {pattern} }}".join("{}")
    )
    assert graph.number_of_nodes() == count(
        shipped, f"SELECT DISTINCT ?x {{ {pattern} ?t kv:giver|kv:receiver ?x }}".join("{}")
    )


def test_the_shipped_actors_and_states_are_put_together_as_by_sparql(shipped: Dataset) -> None:
    """The pairs, and the practices between them, are those of the transfers that count."""
    diagram = transfers_of(shipped)
    counted = [e for e in diagram.edges if not e.attributes["left_out"]]
    iris = " ".join({f"<{e.attributes['iri']}>" for e in counted})
    pattern = f"VALUES ?t {{ {iris} }} ?t kv:giver ?g ; kv:receiver ?r ; kv:practice ?p ."
    actors = to_networkx(aggregate(diagram))
    assert not actors.is_multigraph()
    assert actors.number_of_edges() == count(
        shipped, f"SELECT DISTINCT ?g ?r {{ {pattern} }}".join("{}")
    )
    assert sum(w for *_, w in actors.edges(data="weight")) == count(
        shipped, f"SELECT DISTINCT ?g ?r ?p {{ {pattern} }}".join("{}")
    )
    states = together(shipped, diagram, "member-state")
    # Where both ends bear the code of a country the pair of codes is a pair of states.
    coded = (
        f"SELECT DISTINCT ?a ?b {{ {pattern} ?g kv:countryCode ?a . ?r kv:countryCode ?b . "
        "?x a kv:Country ; kv:countryCode ?a . ?y a kv:Country ; kv:countryCode ?b }"
    )
    assert len(states.edges) == count(shipped, coded.join("{}"))
    assert not to_networkx(states).is_multigraph()


def test_the_shipped_things_are_counted_as_by_sparql(shipped: Dataset) -> None:
    """All things of each class, and all records between them."""
    diagram = things_of(shipped)
    for kind in CLASSES:
        number = sum(n.attributes["kind"] == kind for n in diagram.nodes)
        assert number == count(
            shipped,
            "SELECT DISTINCT ?x { ?x dcterms:identifier ?i . "
            f'FILTER(STRSTARTS(STR(?x), "{ID}{kind}/")) }}'.join("{}"),
        ), kind
    between = [x for x in links(shipped) if {kind_of(x.source), kind_of(x.target)} <= set(CLASSES)]
    assert sum(e.attributes["property"] is None for e in diagram.edges) == len(between)


def test_nodes_of_groups_have_the_attributes_of_things() -> None:
    """A state in a graph put together has its own label and level."""
    d = village.dataset()
    [node] = nodes_of(d, [village.iri("country-xa")], frame(d, lang="sv")).values()
    assert node.id == "country-xa"
    assert (node.attributes["label"], node.attributes["level"]) == ("Varnien", "national")


# --- narrowing ------------------------------------------------------------------------------


def test_flows_can_be_narrowed_to_some_transfers() -> None:
    """The columns of v1, v3 and v5 are those of all; the attainments of v3 go with it."""
    every = draw(village.dataset())
    wanted = {village.iri(v) for v in ("v1", "v3", "v5")}
    some = only(every, wanted)
    assert set(some.ids) == wanted
    for name in ("practice", "giver", "receiver", "begin", "end", "told", "rank", "certainty"):
        by_id = dict(zip(every.ids, getattr(every, name).tolist(), strict=True))
        assert getattr(some, name).tolist() == [by_id[i] for i in some.ids]
    assert (some.lineage, some.adopted) == (every.lineage, every.adopted)
    assert {(some.ids[place], rank) for place, rank, _ in some.attained} == {
        (every.ids[place], rank) for place, rank, _ in every.attained
    }
    assert only(every, every.ids) is every
    assert len(only(every, ())) == 0
    flows = moments(some, horizon=village.HORIZON)
    assert np.all(flows.proven)


def test_things_without_an_identifier_are_drawn_where_records_name_them() -> None:
    """RDF from elsewhere may say only who gave what to whom."""
    quads = [
        ox.Quad(ox.NamedNode(mint("transfer", "t")), ox.NamedNode(KV + name),
                ox.NamedNode(mint(kind, thing)))
        for name, kind, thing in (("giver", "actor", "a"), ("receiver", "actor", "b"),
                                  ("practice", "practice", "p"))
    ]  # fmt: skip
    drawn = things_of(Dataset.memory(quads))
    assert [n.id for n in drawn.nodes] == ["a", "b", "p"]
    assert ends(drawn) == [("a", "b")]


@pytest.mark.parametrize("how", [place, place_in_lanes])
def test_every_thing_has_a_place_of_its_own(shipped: Dataset, how: Any) -> None:
    """No two stand on one spot, and the same diagram is the same picture."""
    diagram = things_of(shipped, country=["FI"])
    at = how(diagram)
    assert set(at) == {n.id for n in diagram.nodes}
    assert len(set(at.values())) == len(at)
    assert at == how(diagram)


def test_lanes_go_from_the_eu_downwards(shipped: Dataset) -> None:
    """Who governs more stands higher; networks and practices stand below."""
    diagram = things_of(shipped, country=["FI"])
    at, tops = place_in_lanes(diagram), lanes(diagram)
    order = [lane for lane in ("eu", "national", "regional", "local", "network", "practice")
             if lane in tops]  # fmt: skip
    assert [tops[lane] for lane in order] == sorted(tops[lane] for lane in order)
    for node in diagram.nodes:
        level = node.attributes["level"]
        if node.attributes["kind"] == "actor" and level == "national":
            assert tops["national"] <= at[node.id][1] < tops["local"]


def test_many_thousand_things_are_placed_without_forces() -> None:
    """A star of 4,500 stands on a spiral, its hub in the middle."""
    names = [f"n{i}" for i in range(4500)]
    nodes = tuple(Node(name, {"label": name, "kind": "actor"}) for name in names)
    edges = tuple(Edge(name, "n0", name, {}) for name in names[1:])
    at = place(Diagram(nodes, edges))
    middle = [sum(p[axis] for p in at.values()) / len(at) for axis in (0, 1)]
    spread = max(p[0] for p in at.values()) - min(p[0] for p in at.values())
    assert len(set(at.values())) == 4500
    assert all(abs(at["n0"][axis] - middle[axis]) < spread / 20 for axis in (0, 1))
