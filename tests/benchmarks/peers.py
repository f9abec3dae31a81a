"""What the peers do: job J by rdflib with networkx, and by raphtory; written as their users would.

Each gives the pair of answers of ``inputs.ANSWERS``. Libraries are imported inside, as a
part of the job.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kvgraph.namespaces import KV

if TYPE_CHECKING:
    import networkx as nx


def rdflib_networkx(path: Path) -> tuple[int, int]:
    """Do job J: rdflib reads the file and answers a query, networkx holds the practices."""
    import rdflib

    graph = rdflib.Graph()
    graph.parse(path, format="nt")
    found: Any = graph.query(
        f"""PREFIX kv: <{KV}>
        SELECT ?practice ?giver ?receiver ?begin WHERE {{
          ?transfer kv:practice ?practice ; kv:giver ?giver ; kv:receiver ?receiver ;
            kv:earliestBegin ?begin
        }}"""
    )
    return _networkx(
        (practice, giver, receiver, begin.toPython().toordinal())
        for practice, giver, receiver, begin in found
    )


def rdflib_by_hand(path: Path) -> tuple[int, int]:
    """Do the same without a query, property by property: more code, and faster."""
    import rdflib

    graph = rdflib.Graph()
    graph.parse(path, format="nt")
    kv = rdflib.Namespace(KV)
    return _networkx(
        (
            practice,
            graph.value(transfer, kv.giver),
            graph.value(transfer, kv.receiver),
            graph.value(transfer, kv.earliestBegin).toPython().toordinal(),  # type: ignore[union-attr]
        )
        for transfer, practice in graph.subject_objects(kv.practice)
    )


def _networkx(rows: Iterable[tuple[Any, Any, Any, int]]) -> tuple[int, int]:
    """Answer from a multigraph for each practice."""
    graphs = networkx_graphs(rows)
    biggest = biggest_giver(graphs.values())
    return networkx_reached(graphs, biggest), sum(networkx_chains(g) for g in graphs.values())


def networkx_reached(graphs: Mapping[Any, nx.MultiDiGraph], source: Any) -> int:
    """Count the states reached in all practices that an actor gave or received."""
    return sum(len(networkx_arrivals(g, source)) for g in graphs.values() if source in g)


def networkx_graphs(rows: Iterable[tuple[Any, Any, Any, int]]) -> dict[Any, nx.MultiDiGraph]:
    """Give a multigraph for each practice, its edges with their start."""
    import networkx as nx

    graphs: dict[Any, nx.MultiDiGraph] = defaultdict(nx.MultiDiGraph)
    for practice, giver, receiver, start in rows:
        graphs[practice].add_edge(giver, receiver, start=start)
    return graphs


def biggest_giver(graphs: Iterable[nx.MultiDiGraph]) -> Any:
    """Give the actor with most outgoing transfers."""
    given: Counter[Any] = Counter()
    for graph in graphs:
        given.update(dict(graph.out_degree()))
    return given.most_common(1)[0][0]


def networkx_arrivals(graph: nx.MultiDiGraph, source: Any) -> dict[Any, int]:
    """Give the earliest strict arrival at each node reached, by Dijkstra's algorithm."""
    arrival = {source: -1}
    heap = [(-1, 0, source)]
    pushed = 0
    while heap:
        day, _, node = heappop(heap)
        if day > arrival[node]:
            continue
        for _, head, start in graph.out_edges(node, data="start"):
            if start > day and (head not in arrival or start < arrival[head]):
                arrival[head] = start
                pushed += 1  # nodes themselves need not be comparable
                heappush(heap, (start, pushed, head))
    return arrival


def networkx_chains(graph: nx.MultiDiGraph) -> int:
    """Count the chains of two transfers of which the second starts later than the first."""
    found = 0
    for node in graph:
        given = sorted(start for _, _, start in graph.out_edges(node, data="start"))
        for _, _, start in graph.in_edges(node, data="start"):
            found += len(given) - bisect_right(given, start)
    return found


def raphtory_graphs(path: Path) -> tuple[int, int]:
    """Do job J: raphtory holds a temporal graph for each practice."""
    import pandas as pd
    from raphtory import Graph, algorithms

    edges = pd.read_csv(path, usecols=["practice", "src", "dst", "start"])
    biggest = int(edges.src.value_counts().idxmax())
    graphs: dict[int, Any] = {}
    columns = (edges[name].tolist() for name in ("practice", "src", "dst", "start"))
    for practice, giver, receiver, start in zip(*columns, strict=True):
        if practice not in graphs:
            graphs[practice] = Graph()
        graphs[practice].add_edge(start, giver, receiver)
    reached = 0
    for graph in graphs.values():
        if graph.has_node(biggest):
            history = algorithms.temporally_reachable_nodes(graph, len(edges), -1, [biggest])
            reached += sum(1 for node in history.values() if node["reachable_nodes"])
    return reached, sum(_raphtory_chains(graph) for graph in graphs.values())


def raphtory_one_graph(path: Path) -> tuple[int, int]:
    """Do job J in the way that suits raphtory best, as far as we found.

    One graph whose nodes are (practice, actor) pairs numbered by hand, so that one call
    answers for all practices; and the answer is taken out through a Parquet file, since
    raphtory needs 0.15 ms to hand one node's history to Python.
    """
    import tempfile

    import pandas as pd
    from raphtory import Graph, algorithms

    edges = pd.read_csv(path, usecols=["practice", "src", "dst", "start"])
    biggest = int(edges.src.value_counts().idxmax())
    actors = int(max(edges.src.max(), edges.dst.max())) + 1
    seeds = {
        int(practice) * actors + biggest
        for practice in edges.practice[(edges.src == biggest) | (edges.dst == biggest)]
    }
    edges["src"] += edges.practice * actors
    edges["dst"] += edges.practice * actors
    graph = Graph()
    graph.load_edges(edges, time="start", src="src", dst="dst")
    history = algorithms.temporally_reachable_nodes(graph, len(edges), -1, sorted(seeds))
    with tempfile.TemporaryDirectory() as folder:
        target = str(Path(folder) / "history.parquet")
        history.to_parquet(target)
        reached = int((pd.read_parquet(target).reachable_nodes.str.len() > 0).sum())
    return reached, _raphtory_chains(graph)


def _raphtory_chains(graph: Any) -> int:
    """Count the chains of two transfers of which the second starts later than the first."""
    found = 0
    for node in graph.nodes:
        given = sorted(edge.time.t for edge in node.out_edges.explode())
        if given:
            for edge in node.in_edges.explode():
                found += len(given) - bisect_right(given, edge.time.t)
    return found


def pyshacl_results(path: Path) -> list[Any]:
    """Apply the shapes of the ontology to a file: the number of results, and a digest of them."""
    import pyshacl
    import rdflib
    from rdflib import SH

    from kvgraph import resources

    data = rdflib.Graph()
    data.parse(path, format="nt")
    shapes = rdflib.Graph()
    shapes.parse(resources.shapes_file(), format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    assert isinstance(report, rdflib.Graph)
    keys = (SH.resultSeverity, SH.focusNode, SH.resultPath, SH.value, SH.sourceShape)
    rows = [
        tuple(str(report.value(result, key) or "") for key in keys)
        for result in report.objects(None, SH.result)
    ]
    return results_of((row[0].rpartition("#")[2].lower(), *row[1:]) for row in rows)


def results_of(rows: Iterable[tuple[str, ...]]) -> list[Any]:
    """Give the number of rows and a digest of them, whatever their order."""
    import hashlib

    ordered = sorted(rows)
    return [len(ordered), hashlib.sha256(repr(ordered).encode()).hexdigest()[:16]]
