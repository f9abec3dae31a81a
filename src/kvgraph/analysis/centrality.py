"""Who stands where among those that pass practices on: degrees, brokerage, prestige.

All measures are those of the aggregated directed graph: an edge from a giver to a receiver,
however many transfers go along it, weighted by the number of distinct practices. It has no
loops. They say where an actor stands in what is documented, not how practices moved in
time: for that there is reach.

============== ==================================================================================
in_degree      distinct givers from whom it received
out_degree     distinct receivers to whom it gave
received       distinct transfers received
gave           distinct transfers given
degree         distinct others that it received from or gave to
betweenness    share of the shortest directed paths between two others that go through it, each
               ordered pair counting once, over (n-1)(n-2) (Freeman 1977; Brandes 2001); weights
               are strengths and no lengths, so every edge is one step; undefined for n < 3
closeness      (r-1)/(n-1) times (r-1) over the sum of the distances from the r-1 others that can
               reach it along directed edges (Wasserman & Faust 1994): nearness to where practices
               come from; undefined where nobody reaches it
pagerank       share of the time that a random walk along the edges, by weight, spends there,
               jumping with probability 0.15 (Brin & Page 1998)
hub, authority weighted; giving to authorities and receiving from hubs (Kleinberg 1999), from
               equal scores on, each adding up to 1; undefined where there is no edge
katz           1 + alpha times the weighted sum of what those have from whom it received (Katz
               1953), of length 1; alpha is 0.1, or 0.85 over the largest eigenvalue if that is
               less, and stands in the head
constraint     weighted in both directions together: how much its contacts are contacts of each
               other (Burt 1992); undefined for an isolate
effective_size its contacts less their average redundancy, weighted likewise (Burt 1992; Borgatti
               1997); undefined for an isolate
============== ==================================================================================

``constraint`` and ``effective_size`` follow networkx, in blocks of rows of a sparse matrix: as
whole matrices they would take gigabytes from ten thousand actors on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kvgraph.analysis._graphs import PARAMETERS, Asked, Measured, measured
from kvgraph.diagram import Groups
from kvgraph.model import Analysis, Cell, Diagram, Table
from kvgraph.words import word

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]

MEASURES: Final = (
    "in_degree",
    "out_degree",
    "received",
    "gave",
    "degree",
    "betweenness",
    "closeness",
    "pagerank",
    "hub",
    "authority",
    "katz",
    "constraint",
    "effective_size",
)

MANY: Final = 2000
"""From so many actors on each step is told of: paths between all pairs take minutes."""

_RULE: Final = "graph of who gave to whom, each pair weighted by its practices"
_DAMPING: Final = 0.85
_ALPHA: Final = 0.1
_ROUNDS: Final = 10_000
_SETTLED: Final = 1e-13
"""An iteration has settled when its scores, which add up to 1, change by less in all."""

_BLOCK: Final = 500


def centrality(
    diagram: Diagram,
    *,
    level: str = "actor",
    proven_only: bool = False,
    groups: Groups | None = None,
    dataset: str = "",
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Give every measure of position of every actor, those between most others first.

    A row an actor: its id, the measures (told of one by one in the module), and the ids of
    the transfers that it gave or received. Rows come by betweenness, the greatest first, then
    by id. What is undefined is empty and never 0. A
    measure whose iteration does not settle is empty for all, and a note in the head says so.

    :param groups: what the nodes belong to at the level; each stands for itself where not given.
    :param tell: is told of each step of long work.
    """
    asked = Asked(level, proven_only, groups, dataset, lang)
    net = measured(diagram, asked)
    step = tell if tell is not None and len(net.graph) >= MANY else _silent
    notes: list[str] = []
    head: dict[str, Cell] = {**net.head, "rule": _RULE}
    scores = _scores(net, step, head)
    for name, found in scores.items():
        if found is None and net.graph.number_of_edges():
            notes.append(word("analyse.not_converged", lang, measure=name))
            head["notes"] = tuple(notes)
    names = list(net.graph)
    columns: list[list[Cell]] = []
    for measure in MEASURES:
        values = scores[measure]
        columns.append([None] * len(names) if values is None else list(map(_cell, values)))
    between = columns[MEASURES.index("betweenness")]
    # Twelve digits: the last bits of two equal sums may differ, and must not decide.
    order = sorted(range(len(names)), key=lambda i: (-float(f"{between[i] or 0:.12g}"), names[i]))
    return Table(
        ("actor", *MEASURES, "transfers"),
        tuple(
            (
                names[i],
                *(column[i] for column in columns),
                tuple(sorted(net.received[names[i]] | net.gave[names[i]])),
            )
            for i in order
        ),
        head,
        net.empty,
    )


def _silent(text: str) -> None:
    """Tell nobody."""


def _cell(value: float | int) -> Cell:
    """Give a score as a cell; what is not defined is empty."""
    return None if math.isnan(value) else value


def _scores(
    net: Measured, step: Callable[[str], None], head: dict[str, Cell]
) -> dict[str, list[Any] | None]:
    """Give the scores of each measure in the order of the nodes; ``None`` if not settled."""
    import networkx as nx

    graph = net.graph
    names = list(graph)
    n = len(names)
    found: dict[str, list[Any] | None] = {
        "in_degree": [graph.in_degree(v) for v in names],
        "out_degree": [graph.out_degree(v) for v in names],
        "received": [len(net.received[v]) for v in names],
        "gave": [len(net.gave[v]) for v in names],
        "degree": [len({*graph.pred[v], *graph.succ[v]}) for v in names],
    }
    if not n:
        return {measure: [] for measure in MEASURES}
    step(f"betweenness of {n:,} actors and {graph.number_of_edges():,} edges, which takes minutes")
    found["betweenness"] = (
        [math.nan] * n if n < 3 else _listed(nx.betweenness_centrality(graph), names)
    )
    step("closeness")
    near = nx.closeness_centrality(graph)
    found["closeness"] = [near[v] if graph.pred[v] else math.nan for v in names]
    step("pagerank, hubs and authorities, katz")
    try:
        rank = nx.pagerank(graph, alpha=_DAMPING, tol=_SETTLED / n, max_iter=_ROUNDS)
        found["pagerank"] = _listed(rank, names)
    except nx.PowerIterationFailedConvergence:
        found["pagerank"] = None
    matrix = nx.to_scipy_sparse_array(graph, nodelist=names, dtype=float, format="csr")
    found["hub"], found["authority"] = _hits(matrix)
    alpha = _alpha(graph, matrix)
    head["katz_alpha"] = alpha
    found["katz"] = _katz(matrix, alpha)
    step("constraint and effective size")
    found["constraint"], found["effective_size"] = _holes(matrix)
    return found


def _listed(scores: Mapping[str, float], names: list[str]) -> list[Any]:
    return [float(scores[v]) for v in names]


def _hits(matrix: Any) -> tuple[list[Any] | None, list[Any] | None]:
    """Give hub and authority scores by iteration from equal scores on.

    Where two parts of the graph weigh the same the scores depend on the start; equal ones
    are Kleinberg's, and make the answer the same everywhere.
    """
    if not matrix.nnz:
        return None, None
    backwards = matrix.T.tocsr()
    hub: Scores = np.full(matrix.shape[0], 1 / matrix.shape[0])
    for _ in range(_ROUNDS):
        authority = backwards @ hub
        authority /= authority.sum()
        new = matrix @ authority
        new /= new.sum()
        change = float(np.abs(new - hub).sum())
        hub = new
        if change < _SETTLED:
            authority = backwards @ hub
            authority /= authority.sum()
            return _clean(hub), _clean(authority)
    return None, None


def _clean(scores: Scores) -> list[float]:
    """Give scores of which those that fade away are 0, as they are in the limit."""
    faded: list[float] = np.where(scores < 10 * _SETTLED, 0.0, scores).tolist()
    return faded


def _alpha(graph: nx.DiGraph, matrix: Any) -> float:
    """Give the attenuation: networkx's 0.1, unless the sum would then not converge."""
    largest = _largest_eigenvalue(graph, matrix)
    alpha = min(_ALPHA, _DAMPING / largest) if largest > 0 else _ALPHA
    return float(f"{alpha:.6g}")


def _largest_eigenvalue(graph: nx.DiGraph, matrix: Any) -> float:
    """Give the spectral radius, or a little more than it and never less.

    It is the greatest of those of the strongly connected components. In each the ratios of
    one step of the power iteration bound it from both sides (Collatz 1942; Wielandt 1950);
    the identity is added so that a cycle does not swing for ever.
    """
    import networkx as nx

    place = {name: i for i, name in enumerate(graph)}
    greatest = 0.0
    for part in nx.strongly_connected_components(graph):
        if len(part) == 1:
            continue
        inside = sorted(place[name] for name in part)
        block = matrix[inside][:, inside].tocsr()
        x: Scores = np.ones(len(inside))
        upper = math.inf
        for _ in range(_ROUNDS):
            y = block @ x + x
            ratio = y / x
            upper = min(upper, float(ratio.max()))
            x = y / y.max()
            if upper - float(ratio.min()) < 1e-9 * upper or not x.min() > 0:
                break
        greatest = max(greatest, upper - 1)
    return greatest


def _katz(matrix: Any, alpha: float) -> list[Any] | None:
    """Give Katz scores of length 1 by iteration."""
    backwards = matrix.T.tocsr() * alpha
    x: Scores = np.ones(matrix.shape[0])
    for _ in range(_ROUNDS):
        new = backwards @ x + 1
        change = float(np.abs(new - x).sum())
        x = new
        if change < _SETTLED * float(x.sum()):
            found: list[Any] = (x / np.linalg.norm(x)).tolist()
            return found
    return None


def _holes(matrix: Any) -> tuple[list[Any], list[Any]]:
    """Give constraint and effective size, a block of rows at a time."""
    mutual = (matrix + matrix.T).tocsr()
    n = mutual.shape[0]
    sums = np.asarray(mutual.sum(axis=1)).ravel()
    most = mutual.max(axis=1).toarray().ravel() if mutual.nnz else np.zeros(n)
    lone = sums == 0
    share = mutual.multiply(1 / np.where(lone, 1, sums)[:, np.newaxis]).tocsr()
    strength = mutual.multiply(1 / np.where(lone, 1, most)[:, np.newaxis]).T.tocsr()
    tie = mutual.copy()
    tie.data[:] = 1
    constraint: Scores = np.zeros(n)
    size: Scores = np.zeros(n)
    for start in range(0, n, _BLOCK):
        rows = slice(start, start + _BLOCK)
        own, ties = share[rows], tie[rows]
        invested = ties.multiply(own + own @ share)
        constraint[rows] = np.asarray(invested.multiply(invested).sum(axis=1)).ravel()
        redundant = ties.multiply(own @ strength)
        size[rows] = np.asarray(ties.sum(axis=1) - redundant.sum(axis=1)).ravel()
    constraint[lone] = size[lone] = math.nan
    return constraint.tolist(), size.tolist()


ANALYSIS: Final = Analysis(
    name="centrality",
    summary="Who stands where: degrees, betweenness, closeness, PageRank, hubs, brokerage",
    parameters=PARAMETERS,
    run=centrality,
    takes="diagram",
)
