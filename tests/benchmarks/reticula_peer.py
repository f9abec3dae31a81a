"""What reticula does, run by a Python of its own: ``reticula_peer.py HOW EDGES.csv``.

How many others each actor can pass each practice on to, strictly in the order of days. It
imports nothing of ours but the clock, since reticula needs another Python than we may run on.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.benchmarks.answers import digest

Row = tuple[int, int, int, int]


def rows_of(path: Path) -> list[Row]:
    """Read practice, giver, receiver and day of each transfer."""
    with path.open(encoding="ascii") as file:
        next(file)
        return [tuple(map(int, line.split(",")[:4])) for line in file]  # type: ignore[misc]


def network_of(edges: Iterable[tuple[int, int, int]], givers: Iterable[int]) -> Any:
    """Give a network of edges with their days, and an event of each giver before them all."""
    import reticula as ret

    edge = ret.directed_temporal_edge[ret.int64, ret.int64]
    events = [edge(*e) for e in edges] + [edge(g, g, -1) for g in givers]
    return ret.directed_temporal_network[ret.int64, ret.int64](edges=events)


def sizes_of(network: Any) -> dict[int, int]:
    """Give how many others each giver reaches, by the sizes of all out-clusters at once."""
    import reticula as ret

    adjacency = ret.temporal_adjacency.simple[ret.directed_temporal_edge[ret.int64, ret.int64]]()
    found = ret.out_cluster_sizes(temporal_network=network, temporal_adjacency=adjacency)
    return {e.tail(): size.volume() - 1 for e, size in found if e.cause_time() < 0}


def one_network(rows: list[Row], actors: int) -> tuple[dict[int, int], float]:
    """Answer by one network of (practice, actor) pairs; give when it was made, too."""
    edges = [(p * actors + g, p * actors + r, day) for p, g, r, day in rows]
    network = network_of(edges, {e[0] for e in edges})
    made = time.process_time()
    return sizes_of(network), made


def network_a_practice(rows: list[Row], actors: int) -> tuple[dict[int, int], float]:
    """Answer by a network of actors for each practice."""
    by_practice = defaultdict(list)
    for practice, giver, receiver, day in rows:
        by_practice[practice].append((giver, receiver, day))
    networks = {p: network_of(edges, {e[0] for e in edges}) for p, edges in by_practice.items()}
    made = time.process_time()
    found = {
        practice * actors + giver: size
        for practice, network in networks.items()
        for giver, size in sizes_of(network).items()
    }
    return found, made


def main(how: str, path: str) -> dict[str, Any]:
    """Give the answer, and the seconds with and without making the networks."""
    import reticula  # noqa: F401 - loading it is no part of the job

    rows = rows_of(Path(path))
    actors = max(max(row[1:3]) for row in rows) + 1
    begun = time.process_time()
    found, made = {"one": one_network, "practice": network_a_practice}[how](rows, actors)
    done = time.process_time()
    answer = digest((*divmod(key, actors), size) for key, size in found.items())
    return {"answer": answer, "seconds": done - begun, "ready": done - made}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
