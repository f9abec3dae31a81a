"""What the peers do of the measures of the field: by networkx and in plain Python.

Written as their users would, as fast as that allows.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx


def event_graph(events: int, arcs: Iterable[tuple[int, int]]) -> nx.DiGraph:
    """Give the graph of events, each of which can have followed another."""
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(range(events))
    graph.add_edges_from(arcs)
    return graph


def search_path_counts(graph: nx.DiGraph) -> dict[tuple[int, int], int]:
    """Give how many paths from a source to a sink go through each arc, in two passes."""
    import networkx as nx

    order = list(nx.topological_sort(graph))
    before: dict[int, int] = {}
    after: dict[int, int] = {}
    for node in order:
        before[node] = sum(before[n] for n in graph.predecessors(node)) or 1
    for node in reversed(order):
        after[node] = sum(after[n] for n in graph.successors(node)) or 1
    return {(a, b): before[a] * after[b] for a, b in graph.edges}


def grouped_graph(groups: Sequence[int], arcs: Iterable[tuple[int, int]]) -> nx.DiGraph:
    """Give the graph of actors, each with its group."""
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from((actor, {"group": group}) for actor, group in enumerate(groups))
    graph.add_edges_from(arcs)
    return graph


def brokerage_roles(graph: nx.DiGraph) -> dict[int, list[int]]:
    """Count the roles of each actor between each two others that are not tied."""
    group = dict(graph.nodes(data="group"))
    found = {}
    for v in graph:
        roles = [0] * 5
        own = group[v]
        for u in graph.predecessors(v):
            first = group[u]
            for w in graph.successors(v):
                if u != w and not graph.has_edge(u, w):
                    last = group[w]
                    if first == own:
                        roles[0 if own == last else 2] += 1
                    elif own == last:
                        roles[3] += 1
                    elif first == last:
                        roles[1] += 1
                    else:
                        roles[4] += 1
        found[v] = roles
    return found


def netinf(path: Path, rate: float, ties: int) -> list[list[Any]]:
    """Infer so many ties from who adopted what in which year, the strongest first.

    After each only those with the same child are weighed anew. It is told how many ties are
    wanted, and so needs no p.
    """
    by_policy = defaultdict(list)
    place: dict[str, int] = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_policy[row["policy"]].append((float(row["adopt_year"]), row["statenam"]))
            place.setdefault(row["statenam"], len(place))
    current: dict[tuple[str, str], float] = {}
    possible: dict[str, dict[str, list[tuple[tuple[str, str], float]]]]
    possible = defaultdict(lambda: defaultdict(list))
    for policy, adopters in by_policy.items():
        for late, child in adopters:
            event = policy, child
            for early, parent in adopters:
                if early < late:
                    density = rate * math.exp(-rate * (late - early))
                    score = math.log(1e-10 * density)
                    current[event] = max(current.get(event, -math.inf), score)
                    possible[child][parent].append((event, math.log(0.5 * density)))
    gains: dict[tuple[int, int], float] = {}
    names = list(place)

    def weigh(child: str) -> None:
        for parent, events in possible[child].items():
            gain = 0.0
            for event, score in events:
                if score > current[event]:
                    gain += score - current[event]
            gains[place[child], place[parent]] = gain

    for child in possible:
        weigh(child)
    found: list[list[Any]] = []
    while len(found) < ties:
        gain, (c, p) = max((gain, pair) for pair, gain in gains.items())
        child, parent = names[c], names[p]
        for event, score in possible[child][parent]:
            current[event] = max(current[event], score)
        weigh(child)
        found.append([parent, child, round(gain, 6)])
    return found
