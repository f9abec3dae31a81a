"""What is run in a process of its own: ``python -m tests.benchmarks.tasks NAME ARGUMENT...``.

A task prints its answer as JSON. Some time a part of themselves, where the process's start
and preparations are not to count, and print ``{"answer": ..., "seconds": ...}`` or several.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.timing import seconds

FAST: Final = {"plain": False, "fast": True}


def rdflib_networkx(path: str) -> Any:
    """Do job J by rdflib and networkx."""
    from tests.benchmarks import peers

    return peers.rdflib_networkx(Path(path))


def rdflib_by_hand(path: str) -> Any:
    """Do job J by rdflib, without a query, and networkx."""
    from tests.benchmarks import peers

    return peers.rdflib_by_hand(Path(path))


def raphtory_graphs(path: str) -> Any:
    """Do job J by raphtory, a graph for each practice."""
    from tests.benchmarks import peers

    return peers.raphtory_graphs(Path(path))


def raphtory_one_graph(path: str) -> Any:
    """Do job J by raphtory, as it suits it best."""
    from tests.benchmarks import peers

    return peers.raphtory_one_graph(Path(path))


def via_store(path: str) -> Any:
    """Do job J through a store in memory."""
    from tests.benchmarks import job

    return job.via_store(Path(path), compiled=False)


def direct(path: str, how: str = "plain") -> Any:
    """Do job J straight from the file, in plain Python or with compiled passes."""
    from tests.benchmarks import job

    return job.direct(Path(path), FAST[how])


def load_raw(path: str) -> Any:
    """Load the file as pyoxigraph does."""
    import pyoxigraph as ox

    begun = time.process_time()
    store = ox.Store()
    store.bulk_load(path=path, format=ox.RdfFormat.N_TRIPLES)
    return {"seconds": time.process_time() - begun, "answer": len(store)}


def load_kvgraph(path: str) -> Any:
    """Load the file as kvgraph does."""
    from kvgraph.store import Dataset

    begun = time.process_time()
    dataset = Dataset.read(Path(path))
    return {"seconds": time.process_time() - begun, "answer": len(dataset.store)}


def shacl_pyshacl(path: str) -> Any:
    """Apply the shapes by pySHACL."""
    from tests.benchmarks import peers

    return peers.pyshacl_results(Path(path))


def shacl_kvgraph(path: str, how: str) -> Any:
    """Apply the shapes as kvgraph does: with pyrudof, without, or by pyrudof to everything."""
    from tests.benchmarks import peers

    from kvgraph.graph import shapes
    from kvgraph.store import Dataset

    if how == "plain":
        shapes.find_spec = lambda _: None  # type: ignore[assignment]
    store = Dataset.read(Path(path)).store
    found = shapes.validate(store, engine="rudof" if how == "rudof" else "auto")
    return peers.results_of(
        (str(row[0]), *(str(cell or "") for cell in (*row[1:4], row[5]))) for row in found.rows
    )


def draw(path: str, runs: str) -> Any:
    """Draw the flows from a store, and let the engine alone write the same rows as csv."""
    import pyoxigraph as ox

    from kvgraph import flows
    from kvgraph.store import Dataset

    dataset = Dataset.read(Path(path))

    def engine() -> int:
        results = dataset.query(flows.DRAWING)
        assert isinstance(results, ox.QuerySolutions)
        raw = results.serialize(format=ox.QueryResultsFormat.CSV)
        assert raw is not None
        return raw.count(b"\n") - 1

    return seconds(int(runs), engine, lambda: len(flows.draw(dataset)))


def keep(path: str, store: str) -> Any:
    """Load the file and write it as a store on disk."""
    from kvgraph.store import About, Dataset, create, digest

    dataset = Dataset.read(Path(path))
    with create(Path(store)) as write:
        write(dataset.store, About(digest=digest(dataset.store), quads=len(dataset.store)))
    return len(dataset.store)


def question(store: str) -> Any:
    """Do job J on a store on disk, from which columns may have been kept."""
    from tests.benchmarks import job

    return job.via_store(Path(store), compiled=False)


def arrival(path: str, runs: str, how: str) -> Any:
    """Settle the earliest arrivals from one source; let networkx do so with the same arrays."""
    from tests.benchmarks import job, peers

    from kvgraph import flows
    from kvgraph.analysis._timeline import Timeline

    transfers = flows.draw_file(Path(path))
    asked = flows.moments(transfers)
    giver = job.biggest_giver(transfers)
    # Ready on both sides: the edges in the order of practice and day, all numbers, as lists
    # where plain Python is to read them.
    timeline = Timeline(asked, lineage=False, compiled=FAST[how])
    row = [int(r) for r in timeline.all.row]
    columns = (transfers.practice, transfers.giver, transfers.receiver, asked.lo)
    rows = list(zip(*(column[row].tolist() for column in columns), strict=True))

    def peer() -> int:
        return peers.networkx_reached(peers.networkx_graphs(rows), giver)

    graphs = peers.networkx_graphs(rows)
    job.reached(timeline, giver)  # compiles, where it is to be compiled
    both = seconds(int(runs), peer, lambda: peers.networkx_reached(graphs, giver))
    # Over in no time, so often: once in a while a clock tick would be all that is measured.
    (ours,) = seconds(int(runs), lambda: job.reached(timeline, giver), times=20)
    return [*both, ours]


def intervals(points: str, intervals_: str, runs: str, how: str) -> Any:
    """Settle earliest arrivals with point dates, and certain and possible ones with intervals."""
    from tests.benchmarks import job

    from kvgraph import flows
    from kvgraph.analysis._timeline import Timeline

    timelines = []
    for path in (points, intervals_):
        transfers = flows.draw_file(Path(path))
        timelines.append(Timeline(flows.moments(transfers), lineage=False, compiled=FAST[how]))
    giver = job.biggest_giver(transfers)

    def certain_and_possible() -> list[int]:
        return [job.reached(timelines[1], giver), job.possibly_reached(timelines[1], giver)]

    certain_and_possible()  # compiles, where it is to be compiled
    return seconds(
        int(runs), lambda: job.reached(timelines[0], giver), certain_and_possible, times=20
    )


def reach_counts(path: str, part: str, how: str = "plain") -> Any:
    """Count whom each actor reaches with each practice.

    ``strict`` and ``non-strict`` time the pass over what was arranged for it, ``whole`` all from
    ties to a table, strict.
    """
    import numpy as np
    from tests.benchmarks.answers import digest

    from kvgraph import flows
    from kvgraph.analysis import _reach_counts
    from kvgraph.analysis._timeline import number_states
    from kvgraph.analysis.reach_counts import reach_counts as count
    from kvgraph.material import from_flows

    asked = flows.moments(flows.draw_file(Path(path)))
    t = asked.transfers
    if part == "whole":
        material = from_flows(asked, {})
        ((table, took),) = seconds(1, lambda: count(material, strict=True))
        rows = [(int(row[1][1:]), int(row[0][1:]), row[2]) for row in table.rows]
        assert all(row[2] == row[3] for row in table.rows), "of known days all are certain"
        return {"answer": digest(rows), "seconds": took}
    states = number_states(asked)
    every = np.arange(len(states.row))
    events = _reach_counts.arranged(
        states, len(t.actors), every, strict=part == "strict", compiled=FAST[how]
    )
    _reach_counts.reached(events)  # compiles, where it is to be compiled
    ((found, took),) = seconds(1, lambda: _reach_counts.reached(events), times=5)
    given = np.unique(events.state[events.giving])
    counted = np.empty(len(states.keys), dtype=np.int64)
    counted[events.state] = found
    places = zip(states.keys[given].tolist(), counted[given].tolist(), strict=True)
    numbers = [
        [int(iri.rpartition("/")[2][1:]) for iri in book] for book in (t.practices, t.actors)
    ]
    rows = [(numbers[0][k // len(t.actors)], numbers[1][k % len(t.actors)], n) for k, n in places]
    return {"answer": digest(rows), "seconds": took}


def weights(path: str, runs: str, how: str) -> Any:
    """Count the paths through each arc between transfers that can have followed each other."""
    from tests.benchmarks import job, peers_measuring
    from tests.benchmarks.answers import digest

    from kvgraph import flows
    from kvgraph.analysis._main_path import acyclic, traversals

    asked = flows.moments(flows.draw_file(Path(path)))
    tail, head = job.event_arcs(asked)
    size, arcs = len(asked.lo), list(zip(tail.tolist(), head.tolist(), strict=True))

    def peer() -> Any:
        return peers_measuring.search_path_counts(peers_measuring.event_graph(size, arcs))

    def ours() -> Any:
        return traversals(acyclic(size, tail, head, compiled=FAST[how]), "spc")[0]

    graph = peers_measuring.event_graph(size, arcs)
    ours()  # compiles, where it is to be compiled
    built, made = seconds(int(runs), peer, lambda: peers_measuring.search_path_counts(graph))
    ((found, took),) = seconds(int(runs), ours, times=5)
    answers = [[(*arc, n) for arc, n in one.items()] for one, _ in (built, made)]
    answers.append([(*arc, int(n)) for arc, n in zip(arcs, found, strict=True)])
    times = built[1], made[1], took
    return [[digest(rows), spent] for rows, spent in zip(answers, times, strict=True)]


def roles(edges: str, organisations: str, runs: str) -> Any:
    """Count the brokerage roles of all actors, grouped by their countries."""
    import numpy as np
    from tests.benchmarks import peers_measuring
    from tests.benchmarks.answers import digest

    from kvgraph.analysis import _brokerage

    ends = np.loadtxt(edges, delimiter=",", skiprows=1, usecols=(1, 2), dtype=np.int64)
    group = np.loadtxt(organisations, delimiter=",", skiprows=1, usecols=1, dtype=np.int64)
    size, groups = len(group), int(group.max()) + 1
    keys = np.unique(ends[:, 0] * size + ends[:, 1])
    tail, head = keys // size, keys % size
    arcs, labels = list(zip(tail.tolist(), head.tolist(), strict=True)), group.tolist()

    def peer() -> Any:
        return peers_measuring.brokerage_roles(peers_measuring.grouped_graph(labels, arcs))

    graph = peers_measuring.grouped_graph(labels, arcs)
    built, made = seconds(int(runs), peer, lambda: peers_measuring.brokerage_roles(graph))
    (ours,) = seconds(
        int(runs),
        lambda: _brokerage.roles(_brokerage.triads(size, tail, head), group, groups),
        times=5,
    )
    told = [(one.items(), spent) for one, spent in (built, made)]
    told.append((enumerate(ours[0].T.tolist()), ours[1]))
    return [
        [[*digest((v, *r, sum(r)) for v, r in rows), len(arcs), groups], spent]
        for rows, spent in told
    ]


def netinf(folder: str) -> Any:
    """Infer ties from the policies of the American states until p is not below 0.1."""
    from kvgraph.analysis.hidden_ties import hidden_ties
    from kvgraph.material import from_tables
    from kvgraph.readers import read_measured

    columns = {"actor": "statenam", "time": "adopt_year", "practice": "policy"}
    read = read_measured(cascades=Path(folder) / "policies.csv", columns=columns)
    table = hidden_ties(from_tables(read), lambda_=0.5, p_value=0.1)
    return [[row[0], row[1], round(float(str(row[2])), 6)] for row in table.rows]


def netinf_by_hand(folder: str, ties: str) -> Any:
    """Infer so many ties of these in plain Python."""
    from tests.benchmarks import peers_measuring

    return peers_measuring.netinf(Path(folder) / "policies.csv", 0.5, int(ties))


def write_pages(folder: str) -> Any:
    """Write kvgraph's page and that of pyvis."""
    from tests.benchmarks import pages

    return {name: str(path) for name, path in pages.write(Path(folder)).items()}


def open_page(which: str, path: str) -> Any:
    """Open a page until it can be used."""
    from tests.benchmarks import pages

    answer, used = pages.opened(which, Path(path))
    return {"answer": answer["things"], "seconds": used, "clock": answer["clock"]}


TASKS: Final[dict[str, Callable[..., Any]]] = {
    task.__name__: task
    for task in (
        rdflib_networkx, rdflib_by_hand, raphtory_graphs, raphtory_one_graph, via_store, direct,
        load_raw, load_kvgraph, shacl_pyshacl, shacl_kvgraph, draw, keep, question, arrival,
        intervals, reach_counts, weights, roles, netinf, netinf_by_hand, write_pages, open_page,
    )
}  # fmt: skip

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])), flush=True)
    if sys.argv[1] in ("via_store", "direct", "shacl_kvgraph"):
        # Each ends as it does in use: kvgraph's command line leaves without taking the dataset
        # apart, a script of the peers' ends as Python ends.
        os._exit(0)
