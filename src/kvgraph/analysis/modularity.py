"""How much of what was passed on stays within groups: the modularity of given groups.

Ties
    Who gave anything to whom, all practices together: by default each ordered pair once
    (``--weights pairs``), or as heavy as there are transfers from the one to the other
    (``--weights transfers``). Ties of an actor with itself are left out, and so are actors
    without a group, with their ties: they are counted in the head.
Modularity
    The share of all ties that stays within a group, less what would stay if who gives to whom
    depended on nothing but how much each actor gives and receives: Q = sum over groups of
    L/m - (out in)/m^2, m being all ties, L those within, out and in what all actors of the
    group give and receive (Leicht & Newman 2008). It is 0 where groups play no part, above 0
    where ties keep within them, below 0 where they seek the others, and undefined without
    ties. Where each tie also goes back (``--undirected``) it is the modularity of the
    undirected network (Newman & Girvan 2004). ``assortativity`` in the head is Q over the
    most that it could be with the same margins, 1 - sum of (out in)/m^2 (Newman 2003): 1 if
    all ties stay within.
Chance
    The group labels are permuted over the actors while who gave to whom stays. ``p_high`` in
    the head is the share of labelings with at least this modularity, ``p_low`` with at most;
    ``p`` in a row that with at least the contribution of the group: (b + 1)/(N + 1) with b of
    N random ones (Phipson & Smyth 2010), so that it is never 0, or the plain share of all
    labelings if there are no more than N of them, or with ``exact``.

A row a group, in the order of their names; what the groups contribute adds up to the
modularity.

============ ====================================================================================
group        the group
actors       how many actors it has
within       ties within it, by weight
between_out  ties from it to other groups
between_in   ties into it from other groups
expected     how much would be within it
contribution what it adds to the modularity, (within - expected)/m; empty without ties
p            share of labelings with at least that; empty without permutations or ties
transfers    the ids of the transfers within it
============ ====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.analysis._arcs import Arcs, arcs_of, by_id
from kvgraph.analysis._groups import (
    GROUP,
    PERMUTATIONS,
    SEED,
    Labelings,
    chance_notes,
    in_groups,
    labels_of,
    outside_notes,
    times_of,
)
from kvgraph.errors import KvgraphError
from kvgraph.material import Material, head_of
from kvgraph.model import Analysis, Cell, Parameter, Table
from kvgraph.words import word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

WEIGHTS: Final = ("pairs", "transfers")

MANY: Final = 20_000_000
"""From so many ties times labelings on each step is told of."""

_COLUMNS: Final = (
    "group", "actors", "within", "between_out", "between_in", "expected", "contribution", "p",
    "transfers",
)  # fmt: skip


def modularity(
    material: Material,
    *,
    group: str = "group",
    weights: str = "pairs",
    permutations: int | str = 999,
    seed: int = 1,
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Give how much each group adds to the modularity of the ties, and the whole in the head.

    What each word means is told in the module.

    >>> from kvgraph.material import Member, Tie
    >>> ties = [Tie(g, r, "", None, None, 1.0, g + r) for g, r in ("ab", "bc", "cd", "dc")]
    >>> members = [Member(n, None, {"group": g}) for n, g in zip("abcd", "xxyy")]
    >>> table = modularity(Material(tuple(ties), tuple(members)))
    >>> [row[:7] for row in table.rows], table.head["modularity"]
    ([('x', 2, 1, 1, 0, 0.5, 0.125), ('y', 2, 2, 0, 1, 1.5, 0.125)], 0.25)

    Of four ties x gives two and receives one, so 2 x 1/4 would be within it; y 2 x 3/4.

    :param group: the column of the actors whose values are the groups.
    :param permutations: a number, 0 for none, or "exact" for all labelings.
    :param tell: is told of each step of long work.
    :raises KvgraphError: for options that there are not, a column that no actor has, or more
        labelings than can be gone through.
    """
    times = times_of(permutations)
    if weights not in WEIGHTS:
        raise KvgraphError(
            f"there is no modularity by {weights}", hint=f"weights: {', '.join(WEIGHTS)}."
        )
    g = in_groups(material, group)
    arcs = arcs_of(g.ties, g.names)
    ids = [tuple(sorted(set(own), key=by_id)) for own in arcs.ids]
    weight = np.array([len(own) if weights == "transfers" else 1 for own in ids], dtype=np.int64)
    total = int(weight.sum())
    size = len(g.groups)
    within, out, into = _margins(arcs, weight, g.group, size)
    long = tell is not None and len(weight) * (times or 0) >= MANY
    labels = labels_of(g, times if total else 0, seed, tell if long else None)
    # In whole numbers, m^2 times as large, so that what is equal is seen to be.
    part = within * total - out * into
    at_least, low, high = _chance(arcs, weight, labels, part)
    inside: list[set[str]] = [set() for _ in g.groups]
    own, other = g.group[arcs.giver], g.group[arcs.receiver]
    for arc in np.flatnonzero(own == other).tolist():
        inside[own[arc]].update(ids[arc])
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            g.sizes[i],
            int(within[i]),
            int(out[i] - within[i]),
            int(into[i] - within[i]),
            int(out[i] * into[i]) / total if total else None,
            int(part[i]) / total**2 if total else None,
            labels.p(int(at_least[i])),
            tuple(sorted(inside[i], key=by_id)),
        )
        for i, name in enumerate(g.groups)
    ]
    found = int(part.sum()) / total**2 if total else None
    room = total**2 - int((out * into).sum())
    notes = [] if total else [word("analyse.modularity_undefined", lang)]
    notes += chance_notes(labels.number, seed, lang, exact=labels.exact)
    notes += outside_notes(group, g.outside, g.ties_outside, lang)
    return Table(
        _COLUMNS,
        tuple(rows),
        {
            **head_of(
                material,
                f"modularity by {group}, weights: {weights}",
                seed if labels.number and not labels.exact else None,
            ),
            "group": group,
            "groups": dict(zip(g.groups, g.sizes, strict=True)),
            "weights": weights,
            "modularity": found,
            "assortativity": int(part.sum()) / room if room else None,
            "p_low": labels.p(low),
            "p_high": labels.p(high),
            "weight": total,
            "actors": len(g.names),
            "edges": len(weight),
            "permutations": labels.number,
            "exact": labels.exact,
            "outside_every_group": g.outside,
            "ties_outside": g.ties_outside,
            "loops": arcs.loops,
            "repeated": arcs.repeated,
            "notes": tuple(notes),
        },
        "" if rows else word("analyse.nothing", lang),
    )


def _margins(
    arcs: Arcs, weight: Numbers, group: Numbers, size: int
) -> tuple[Numbers, Numbers, Numbers]:
    """Give what is within each group, and what all its actors give and receive."""
    gave, took = group[arcs.giver], group[arcs.receiver]
    own = gave == took

    def summed(of: Numbers, weight: Numbers) -> Numbers:
        return np.bincount(of, weights=weight, minlength=size).astype(np.int64)

    return summed(gave[own], weight[own]), summed(gave, weight), summed(took, weight)


def _chance(
    arcs: Arcs, weight: Numbers, labels: Labelings, seen: Numbers
) -> tuple[Numbers, int, int]:
    """Count the labelings with as much by group, and with at most and at least as much in all."""
    total, whole = int(weight.sum()), int(seen.sum())
    at_least = np.zeros(len(seen), dtype=np.int64)
    low = high = 0
    for label in labels.labels:
        within, out, into = _margins(arcs, weight, label, len(seen))
        part = within * total - out * into
        at_least += part >= seen
        found = int(part.sum())
        low += found <= whole
        high += found >= whole
    return at_least, low, high


ANALYSIS: Final = Analysis(
    name="modularity",
    summary="How much of what was passed on stays within groups: modularity of given groups",
    parameters=(
        GROUP,
        Parameter("weights", "choice", "count each pair of giver and receiver once, or all "
                  "transfers between them", default="pairs", choices=WEIGHTS),
        PERMUTATIONS,
        SEED,
    ),
    run=modularity,
    takes="material",
)  # fmt: skip
