"""What measures by group share: ties between actors with a group, and labels given out anew."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.analysis._arcs import by_id
from kvgraph.analysis._brokerage import every_labeling, labelings, some_labelings
from kvgraph.errors import KvgraphError
from kvgraph.material import Material, Tie
from kvgraph.model import Parameter
from kvgraph.words import word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

EXACT: Final = "exact"
GROUP: Final = Parameter(
    "group", "text", "the column of the actors whose values are the groups", default="group"
)
PERMUTATIONS: Final = Parameter(
    "permutations", "text", "permute the group labels so often, or exact: in all ways that there "
    "are", default="999",
)  # fmt: skip
SEED: Final = Parameter("seed", "number", "seed of the permutations", default=1)

MOST: Final = 1_000_000
"""So many labelings are gone through one by one, and not more."""


def groups_of(material: Material, column: str, *, needed: bool) -> dict[str, str]:
    """Give the value that each actor has in a column, of those that have one.

    >>> from kvgraph.material import Member
    >>> members = Member("a", None, {"group": " x "}), Member("b", None, {"group": ""})
    >>> groups_of(Material((), members), "group", needed=True)
    {'a': 'x'}

    :param needed: whether it is wrong that no actor has a value there.
    :raises KvgraphError: if no actor has one although it is needed.
    """
    of = {m.id: m.attributes.get(column, "").strip() for m in material.members}
    of = {name: value for name, value in of.items() if value}
    if needed and not of:
        there = sorted({name for m in material.members for name in m.attributes})
        raise KvgraphError(
            f"no actor has a value in the column {column}",
            hint=f"Columns of the actors: {', '.join(there)}." if there else
            "Give a table of the actors with a column of groups.",
        )  # fmt: skip
    return of


@dataclass(frozen=True, slots=True)
class Grouped:
    """The actors that have a group, the ties between them, and what was left out for want of one.

    ``names`` and ``groups`` stand in the order of :func:`by_id`; ``group`` numbers the groups
    of the names, and ``sizes`` tells how many actors each has.
    """

    ties: tuple[Tie, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    group: Numbers
    sizes: tuple[int, ...]
    outside: int
    ties_outside: int


def in_groups(material: Material, column: str) -> Grouped:
    """Give the ties between actors that have a value in a column, and the groups that these make.

    :raises KvgraphError: if there are ties, and no actor has a value there.
    """
    of = groups_of(material, column, needed=bool(material.ties))
    kept = tuple(tie for tie in material.ties if tie.giver in of and tie.receiver in of)
    names = tuple(sorted(of, key=by_id))
    groups = tuple(sorted(set(of.values()), key=by_id))
    number = {name: place for place, name in enumerate(groups)}
    group = np.array([number[of[name]] for name in names], dtype=np.int64)
    every = {name for tie in material.ties for name in (tie.giver, tie.receiver)}
    every |= {m.id for m in material.members}
    return Grouped(
        kept,
        names,
        groups,
        group,
        tuple(np.bincount(group, minlength=len(groups)).tolist()),
        len(every - of.keys()),
        len(material.ties) - len(kept),
    )


def outside_notes(column: str, actors: int, ties: int, lang: str) -> list[str]:
    """Tell how many actors have no group, and their ties, which are left out; if there are any."""
    if not actors:
        return []
    return [word("analyse.outside_groups", lang, column=column, actors=actors, ties=ties)]


def chance_notes(number: int, seed: int, lang: str, *, exact: bool) -> list[str]:
    """Tell how many labelings were gone through: all, or so many at random; if any."""
    if not number:
        return []
    key = "analyse.labels_exact" if exact else "analyse.labels_permuted"
    return [word(key, lang, times=number, seed=seed)]


@dataclass(frozen=True, slots=True)
class Labelings:
    """The labels of the actors given out anew: in random orders, or in all ways that there are.

    ``number`` of them are gone through; ``exact`` tells that these are all, and no sample.
    """

    labels: Iterator[Numbers]
    number: int
    exact: bool

    def p(self, as_extreme: int) -> float | None:
        """Give the p-value of so many labelings at least as extreme: never 0.

        What was seen is one of all labelings; to a sample it is added (Phipson & Smyth 2010).

        >>> Labelings(iter(()), 999, exact=False).p(0)
        0.001
        """
        if not self.number:
            return None
        return as_extreme / self.number if self.exact else (1 + as_extreme) / (1 + self.number)


def times_of(permutations: int | str) -> int | None:
    """Give the number of permutations asked for, ``None`` for all labelings.

    :raises KvgraphError: if it is neither a number nor "exact".
    """
    if permutations == EXACT:
        return None
    text = str(permutations)
    if not (text.isascii() and text.isdigit()):
        raise KvgraphError(
            f'--permutations "{permutations}" is neither a number nor {EXACT}',
            hint=f"Write 999, 0 for none, or {EXACT} to go through all labelings.",
        )
    return int(text)


def labels_of(
    g: Grouped,
    times: int | None,
    seed: int,
    tell: Callable[[str], None] | None = None,
    among: Numbers | None = None,
) -> Labelings:
    """Give the labels in so many random orders, or all labelings where there are no more.

    ``times`` of ``None`` asks for all; ``tell``, where given, is told of each tenth of them.
    ``among`` gives a number to each actor: only those of the same number change their labels.

    :raises KvgraphError: if there are more than can be gone through, or the seed is below 0.
    """
    if seed < 0:
        raise KvgraphError(f"there is no seed {seed}", hint="Say --seed 0 or more.")
    every = np.zeros(len(g.group), dtype=np.int64) if among is None else among
    kinds = [np.flatnonzero(every == kind) for kind in np.unique(every)]
    most = MOST if times is None else times
    each = [labelings(_sizes(g, own), most) for own in kinds]
    ways = None if None in each else math.prod(filter(None, each)) if g.sizes else 0
    if times is None and (ways is None or ways > MOST):
        raise KvgraphError(
            f"there are more than {MOST:,} labelings to go through",
            hint="Say --permutations 9999 for a sample of them.",
        )
    if ways is not None and ways <= most:
        return Labelings(_told(_every(g, kinds), ways, tell), ways, exact=True)
    number = times or 0
    return Labelings(_told(_some(g, kinds, number, seed), number, tell), number, exact=False)


def _sizes(g: Grouped, own: Numbers) -> list[int]:
    """Give how many of these actors are in each group."""
    sizes: list[int] = np.bincount(g.group[own], minlength=len(g.groups)).tolist()
    return sizes


def _every(g: Grouped, kinds: list[Numbers]) -> Iterator[Numbers]:
    """Give all labelings in which only actors of a kind change their labels."""
    if not kinds:
        if g.groups:
            yield np.zeros(len(g.group), dtype=np.int64)
        return
    first, *rest = kinds
    for own in every_labeling(_sizes(g, first)):
        for label in _every(g, rest):
            label[first] = own
            yield label


def _some(g: Grouped, kinds: list[Numbers], times: int, seed: int) -> Iterator[Numbers]:
    """Give random labelings in which only actors of a kind change their labels."""
    drawn = [some_labelings(g.group[own], times, seed + n) for n, own in enumerate(kinds)]
    for parts in zip(*drawn, strict=True):
        label = g.group.copy()
        for own, part in zip(kinds, parts, strict=True):
            label[own] = part
        yield label


def _told(
    labels: Iterator[Numbers], number: int, tell: Callable[[str], None] | None
) -> Iterator[Numbers]:
    """Give labels, and tell of each tenth of them."""
    every = max(number // 10, 1)
    for done, label in enumerate(labels):
        if tell is not None and done % every == 0:
            tell(f"labelings: {done:,} of {number:,}")
        yield label
