"""Along which line most of what was passed on went: the main path of the network of ties.

The network
    Who gave anything to whom, all practices together, each ordered pair once; an actor's ties
    with itself are left out. Where actors can be got to from each other there is no first and
    no last: such a component is contracted into one node, named after its smallest id and the
    number of the others (``a+2``), and told in the head. Ties inside it have no weight.
Weights
    How many search paths go through an arc (Hummon & Doreian 1989; Batagelj 2003), in whole
    numbers of any size. A search path of *spc* (search path count) goes from an actor that
    only gave to one that only received; of *splc* (search path link count) from any actor to
    one that only received; of *spnp* (search path node pair) from any actor to any. ``flow``
    in the head is their number, each path of a single actor included.
Methods
    *global*: the way from a source to a sink whose arcs weigh most in all. *local*: from every
    source along the heaviest arcs out of each actor, all of them where several weigh the same.
    *key-route*: the ``k`` heaviest arcs, those that weigh as much as the last of them
    included, each with the heaviest way to it and from it (Liu & Lu 2012). Where two ways
    weigh the same, the one over the smaller ids is taken, whole numbers by value;
    ``equal_paths`` in the head tells how many global ones weigh as much.
Slack
    By how many arcs the longest path through an actor is shorter than the longest of all
    (``longest_path``, in arcs), whichever the weights. A main path is near the longest path
    by the way that it is counted (Price & Evans 2025): that much of it tells of length.

A row a pair of giver and receiver, those of the main path first, then by weight, the heaviest
first, then by id. A main path says which ties lie on most ways, not that anything went all
along it in time: for that there is reach.

================== ===============================================================================
giver, receiver    the two actors
weight             search paths through the arc; empty inside a contracted component
on_path            whether the arc lies on the main path; empty inside a contracted component
share              weight over flow
giver_component    the contracted component of the giver; empty where it stands for itself
receiver_component likewise of the receiver
giver_slack        in arcs, of the giver
receiver_slack     in arcs, of the receiver
transfers          the ids of the ties
================== ===============================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from kvgraph.analysis._arcs import arcs_of
from kvgraph.analysis._main_path import (
    METHODS,
    WEIGHTS,
    Acyclic,
    Ways,
    acyclic,
    as_heavy,
    contracted,
    forward_local,
    heaviest,
    key_route,
    slack,
    traversals,
    ways,
)
from kvgraph.errors import KvgraphError
from kvgraph.material import Material, head_of
from kvgraph.model import Analysis, Parameter, Table
from kvgraph.words import word

MANY: Final = 200_000
"""From so many arcs on each step is told of."""

_COLUMNS: Final = (
    "giver", "receiver", "weight", "on_path", "share", "giver_component", "receiver_component",
    "giver_slack", "receiver_slack", "transfers",
)  # fmt: skip


def main_path(
    material: Material,
    *,
    weights: str = "spc",
    method: str = "global",
    k: int = 10,
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Give how many search paths go through each pair of giver and receiver, and the main path.

    What is counted and how stands in the module. ``k`` goes with *key-route*.

    >>> from kvgraph.material import Tie
    >>> arcs = ["ab", "ac", "bc", "bd"]
    >>> ties = [Tie(g, r, "", None, None, 1.0, g + r) for g, r in arcs]
    >>> [row[:4] for row in main_path(Material(tuple(ties))).rows]
    [('a', 'b', 2, True), ('b', 'c', 1, True), ('a', 'c', 1, False), ('b', 'd', 1, False)]

    Of the three paths a-b-c, a-b-d and a-c two go through ab. a-b-c and a-b-d weigh 3 each.

    :param tell: is told of each step of long work.
    :raises KvgraphError: for options that there are not.
    """
    if weights not in WEIGHTS or method not in METHODS or k < 1:
        raise KvgraphError(
            f"there is no main path by {weights}, {method} and k {k}",
            hint=f"weights: {', '.join(WEIGHTS)}; method: {', '.join(METHODS)}; k: 1 or more.",
        )
    arcs = arcs_of(material.ties)
    step = tell if tell is not None and len(arcs.giver) >= MANY else _silent
    step(f"main path of {len(arcs.names):,} actors and {len(arcs.giver):,} pairs")
    part = contracted(len(arcs.names), arcs.giver, arcs.receiver)
    tail, head = part[arcs.giver], part[arcs.receiver]
    outer = tail != head
    size = int(part.max(initial=-1)) + 1
    width = max(size, 1)
    keys, own = np.unique(tail[outer] * width + head[outer], return_inverse=True)
    net = acyclic(size, keys // width, keys % width)
    step(f"weights by {weights}")
    through, flow = traversals(net, weights)
    weight = through if isinstance(through, list) else through.tolist()
    step("ways of most weight")
    found = ways(net, weight)
    taken = _taken(net, weight, found, method, k)
    short, longest = slack(net)
    members = _members(arcs.names, part.tolist(), size)
    called = [m[0] if len(m) == 1 else f"{m[0]}+{len(m) - 1}" for m in members]
    component = [None if len(m) == 1 else name for m, name in zip(members, called, strict=True)]
    # The arc of the contracted network that each pair is part of; -1 inside a component.
    arc_of = np.full(len(tail), -1, dtype=np.int64)
    arc_of[outer] = own

    def place(pair: int) -> tuple[bool, bool, int]:
        arc = int(arc_of[pair])
        return arc < 0, arc not in taken, -weight[arc] if arc >= 0 else 0

    # Stable: pairs that weigh the same stay in the order of their ids.
    order = sorted(range(len(tail)), key=place)
    rows = []
    for pair in order:
        arc, a, b = int(arc_of[pair]), int(tail[pair]), int(head[pair])
        counted = arc >= 0
        rows.append(
            (
                arcs.names[arcs.giver[pair]],
                arcs.names[arcs.receiver[pair]],
                weight[arc] if counted else None,
                arc in taken if counted else None,
                weight[arc] / flow if counted else None,
                component[a],
                component[b],
                short[a],
                short[b],
                arcs.ids[pair],
            )
        )
    groups = {called[n]: m for n, m in enumerate(members) if len(m) > 1}
    notes = [word("analyse.main_path_meant", lang)]
    if groups:
        named = ", ".join(groups)
        notes.append(
            word("analyse.main_path_contracted", lang, number=len(groups), components=named)
        )
    if rows and not len(net.tail):
        notes.append(word("analyse.main_path_none", lang))
    return Table(
        _COLUMNS,
        tuple(rows),
        {
            **head_of(material, f"main path: {method} by {weights}"),
            "weights": weights,
            "method": method,
            "k": k if method == "key-route" else None,
            "flow": flow,
            "on_path": len(taken),
            "equal_paths": as_heavy(net, weight, found) if method == "global" else None,
            "longest_path": longest,
            "actors": len(arcs.names),
            "edges": len(rows),
            "loops": arcs.loops,
            "repeated": arcs.repeated,
            "contracted": groups,
            "notes": tuple(notes),
        },
        "" if rows else word("analyse.nothing", lang),
    )


def _silent(text: str) -> None:
    """Tell nobody."""


def _taken(net: Acyclic, weight: list[int], found: Ways, method: str, k: int) -> set[int]:
    """Give the arcs of the main path."""
    if method == "local":
        return forward_local(net, weight)
    return heaviest(net, found) if method == "global" else key_route(net, weight, found, k)


def _members(names: tuple[str, ...], part: list[int], size: int) -> list[tuple[str, ...]]:
    """Give the actors of each component in the order of their ids."""
    members: list[list[str]] = [[] for _ in range(size)]
    for name, number in zip(names, part, strict=True):
        members[number].append(name)
    return list(map(tuple, members))


ANALYSIS: Final = Analysis(
    name="main-path",
    summary="Along which line most of what was passed on went: SPC, SPLC, SPNP and main paths",
    parameters=(
        Parameter("weights", "choice", "which search paths are counted", default="spc",
                  choices=WEIGHTS),
        Parameter("method", "choice", "how the main path is taken", default="global",
                  choices=METHODS),
        Parameter("k", "number", "number of heaviest arcs that key-route begins with", default=10),
    ),
    run=main_path,
    takes="material",
)  # fmt: skip
