"""How each practice went from hand to hand: its trees, how deep, how broad and how viral.

Parents
    An actor has a practice from one of those that gave it, by a rule that is named: *earliest*,
    by which it can have come first; *last*, the last that it can have met before it took the
    practice into use; *credible*, the one best proven, then of the greatest weight; of equal
    ones that by which it can have come first. *fractional* takes all givers as equally
    likely: sizes and depths are then those to be expected. Who has no parent is a root, and
    each root has a tree of its own. An actor's ties with itself are left out.
Order
    A parent can have had the practice first: its adoption, if known (or its first dated tie,
    if that is earlier), else the earliest day on which it can have come along ties, lies
    before that of its child; of equal ones the one comes first that is fewer hands from a
    root. Ties that had ended before their giver can have had the practice (``impossible``),
    and those that begin after their receiver had it or whose giver had it later
    (``backwards``), make no parent, and are counted in the head. Actors without a parent or
    child are no tree; their number is ``alone``, and ``--with-alone`` shows them.
Virality
    Structural virality is the mean distance of all pairs of a tree (Goel et al. 2016): near 2
    where one gave to all, long where it went from hand to hand. It comes from the sizes of
    the subtrees, in time linear in the actors. Distances of *fractional* trees are expected
    values over independent choices, up to 1000 actors.

A row a tree: by practice, then size, the largest first, then root. A tree says along which
documented ties a practice can have come to whom, by the rule, and not that it did.

==================== =============================================================================
practice             the practice; empty where the ties are of one without a name
size                 actors, the root included
depth                ties from the root to the actor farthest from it
breadth              actors at the depth where most are
wiener               sum of the distances of all pairs (Wiener 1947)
structural_virality  mean distance of all pairs; empty for one actor
root                 where the tree begins
mean_depth           mean distance from the root of all others
branching            children for each actor that has any; empty for *fractional*
time_to_k_least      time until actors of ``k`` different groups held it, the root's first: at
time_to_k_most       least and at most, in days, or in the table's own units; from the adoption
                     of the root, or its first tie where that is unknown; empty where so many
                     were not reached, and for *fractional*
groups               different groups of its actors
across_borders       share of its ties that go from one group to another, where both are known
up, across, down     ties towards the top of government, on one level, and away from the top
level_crossing       share of its ties that are up or down, where both levels are known
escalators           actors that got it after a way up, then across, then down; empty for
                     *fractional*
origins              entropy, in bits, of the sizes of the trees of its practice
transfers            ids of the ties to the parents
==================== =============================================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kvgraph.analysis._arcs import by_id
from kvgraph.analysis._cascades import RULES, Line, lines, parents
from kvgraph.analysis._trees import (
    Shape,
    direction,
    entropy,
    escalators,
    expected_shapes,
    shapes,
    shares,
    time_to,
)
from kvgraph.errors import KvgraphError
from kvgraph.material import Material, Tie, head_of
from kvgraph.model import Analysis, Cell, Parameter, Table
from kvgraph.vocabulary import codes
from kvgraph.words import word

MANY: Final = 200_000
"""From so many ties on each step is told of."""

_COLUMNS: Final = (
    "practice", "size", "depth", "breadth", "wiener", "structural_virality", "root",
    "mean_depth", "branching", "time_to_k_least", "time_to_k_most", "groups", "across_borders",
    "up", "across", "down", "level_crossing", "escalators", "origins", "transfers",
)  # fmt: skip
_STEPS: Final = ("up", "across", "down")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of actors: their groups and the ranks of their levels."""

    group: Mapping[str, str]
    rank: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Tree:
    """One tree: its actors, its ties with their chances, and its shape.

    ``ways`` are (giver, receiver, chance); ``parent`` numbers the actors of the tree, and is
    ``None`` where there are several.
    """

    root: str
    actors: tuple[str, ...]
    places: tuple[int, ...]
    parent: tuple[int, ...] | None
    ways: tuple[tuple[str, str, float], ...]
    ties: tuple[Tie, ...]
    shape: Shape


def cascades(
    material: Material,
    *,
    parent: str = "earliest",
    group: str = "group",
    k: int = 5,
    with_alone: bool = False,
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Give the trees along which each practice went, and the shape of each.

    What each word means is told in the module. ``group`` is the column of the actors whose
    values lie within borders, such as member states; levels are read from the column
    ``level``: codes of the vocabulary, or numbers, smaller ones nearer the top.

    >>> from kvgraph.material import Tie
    >>> ways = [("a", "b", 1), ("b", "c", 3), ("a", "c", 2)]
    >>> ties = [Tie(g, r, "p", t, t, 1.0, f"{g}{r}") for g, r, t in ways]
    >>> [row[:6] for row in cascades(Material(tuple(ties))).rows]
    [('p', 3, 1, 2, 4, 1.3333333333333333)]
    >>> [row[:6] for row in cascades(Material(tuple(ties)), parent="last").rows]
    [('p', 3, 2, 1, 4, 1.3333333333333333)]

    c had it first from a, and last from b.

    :param tell: is told of each step of long work.
    :raises KvgraphError: for options that there are not.
    """
    if parent not in RULES or k < 1:
        raise KvgraphError(
            f"there is no parent by the rule {parent}, or no state number {k}",
            hint=f"parent: {', '.join(RULES)}; k: 1 or more.",
        )
    step = tell if tell is not None and len(material.ties) >= MANY else _silent
    step(f"cascades of {len(material.ties):,} ties")
    known = _known(material, group)
    rows: list[tuple[Cell, ...]] = []
    practices = trees = alone = impossible = backwards = left = 0
    for of in lines(material):
        practices += 1
        if practices % 1000 == 0:
            step(f"practices: {practices:,}")
        impossible += of.impossible
        backwards += of.backwards
        found = list(_trees(of, parent))
        lone = [tree for tree in found if len(tree.actors) == 1]
        alone += len(lone)
        origins = entropy([t.shape.size for t in found if with_alone or len(t.actors) > 1])
        found.sort(key=lambda tree: (-tree.shape.size, by_id(tree.root)))
        for tree in found:
            if len(tree.actors) > 1 or with_alone:
                trees += 1
                left += tree.shape.wiener is None
                rows.append(_row(of, tree, known, k, origins))
    notes = [word("analyse.cascades_meant", lang)]
    if left:
        notes.append(word("analyse.cascades_large", lang, number=left))
    return Table(
        _COLUMNS,
        tuple(rows),
        {
            **head_of(material, f"cascades: parent by the rule {parent}"),
            "parent": parent,
            "group": group,
            "k": k,
            "practices": practices,
            "trees": trees,
            "alone": alone,
            "impossible": impossible,
            "backwards": backwards,
            "loops": sum(tie.giver == tie.receiver for tie in material.ties),
            "notes": tuple(notes),
        },
        "" if rows else word("analyse.nothing", lang),
    )


def _silent(text: str) -> None:
    """Tell nobody."""


def _known(material: Material, group: str) -> _Known:
    """Read the groups and levels of actors."""
    ranks = {code.notation: code.ranks["levelRank"] for code in codes("level").values()}
    of, rank = {}, {}
    for member in material.members:
        value = member.attributes.get(group, "").strip()
        if value:
            of[member.id] = value
        level = member.attributes.get("level", "").strip()
        if level in ranks:
            rank[member.id] = ranks[level]
        elif level.isascii() and level.isdigit():
            rank[member.id] = int(level)
    return _Known(of, rank)


def _trees(of: Line, rule: str) -> Iterator[_Tree]:
    """Give the trees of a practice."""
    chosen = parents(of, rule)
    if rule == "fractional":
        yield from _expected_trees(of, chosen)
        return
    parent = [givers[0] if givers else -1 for givers, _ in chosen]
    root = list(range(len(parent)))
    members: dict[int, list[int]] = {}
    for v, u in enumerate(parent):
        root[v] = v if u < 0 else root[u]
        members.setdefault(root[v], []).append(v)
    shape = shapes(parent)
    for r, inside in members.items():
        place = {v: number for number, v in enumerate(inside)}
        yield _Tree(
            of.actors[r],
            tuple(of.actors[v] for v in inside),
            tuple(inside),
            tuple(place[parent[v]] if v != r else -1 for v in inside),
            tuple((of.actors[parent[v]], of.actors[v], 1.0) for v in inside if v != r),
            tuple(chosen[v][1][0] for v in inside if v != r),
            shape[r],
        )


def _expected_trees(
    of: Line, chosen: Sequence[tuple[tuple[int, ...], tuple[Tie, ...]]]
) -> Iterator[_Tree]:
    """Give the trees of a practice, each actor with all its parents."""
    parent = [givers for givers, _ in chosen]
    spread = shares(parent)
    place = {name: v for v, name in enumerate(of.actors)}
    for r, shape in expected_shapes(parent, spread).items():
        inside = [v for v, own in enumerate(spread) if r in own]
        there = {v: math.fsum(spread[v][r].values()) for v in inside}
        yield _Tree(
            of.actors[r],
            tuple(of.actors[v] for v in inside),
            tuple(inside),
            None,
            tuple(
                (of.actors[u], of.actors[v], there[u] / len(parent[v]))
                for v in inside
                for u in parent[v]
                if u in there
            ),
            tuple(tie for v in inside for tie in chosen[v][1] if r in spread[place[tie.giver]]),
            shape,
        )


def _row(of: Line, tree: _Tree, known: _Known, k: int, origins: float | None) -> tuple[Cell, ...]:
    """Give the row of a tree."""
    s = tree.shape
    states = [known.group.get(name) for name in tree.actors]
    ranks = [known.rank.get(name) for name in tree.actors]
    bordered = [
        (known.group[u] != known.group[v], chance)
        for u, v, chance in tree.ways
        if u in known.group and v in known.group
    ]
    ways: dict[str | None, float] = {}
    for u, v, chance in tree.ways:
        way = direction(known.rank.get(u), known.rank.get(v))
        ways[way] = ways.get(way, 0) + (chance if tree.parent is None else 1)
    levelled = sum(ways.get(way, 0) for way in _STEPS)
    least, most = (
        (None, None)
        if tree.parent is None
        else time_to(k, states, [of.held[v] for v in tree.places])
    )
    return (
        of.practice,
        s.size,
        s.depth,
        s.breadth,
        s.wiener,
        s.virality,
        tree.root,
        s.mean_depth,
        s.branching,
        least,
        most,
        len({state for state in states if state is not None}) if any(states) else None,
        math.fsum(c for crosses, c in bordered if crosses) / math.fsum(c for _, c in bordered)
        if bordered
        else None,
        *(ways.get(way, 0) if levelled else None for way in _STEPS),
        (levelled - ways.get("across", 0)) / levelled if levelled else None,
        sum(escalators(tree.parent, ranks)) if levelled and tree.parent is not None else None,
        origins,
        tuple(sorted({tie.id for tie in tree.ties}, key=by_id)),
    )


ANALYSIS: Final = Analysis(
    name="cascades",
    summary="How each practice went from hand to hand: size, depth, breadth, structural virality",
    parameters=(
        Parameter("parent", "choice", "from whom an actor has a practice if several gave it",
                  default="earliest", choices=RULES),
        Parameter("group", "text", "the column of the actors whose values lie within borders",
                  default="group"),
        Parameter("k", "number", "tell the time until actors of so many groups held it",
                  default=5),
        Parameter("with-alone", "flag", "show actors without a parent or child as trees, too"),
    ),
    run=cascades,
    takes="material",
)  # fmt: skip
