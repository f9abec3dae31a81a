"""Who sat with whom in the same networks, and whether that is more than chance would have it.

Seats
    Who is a member of which network, whenever that was: each actor and network once. Taken
    are the memberships that there are; where there are none, the ties, each read as an actor
    (giver) and the network or event that it belongs to (receiver), so that a csv of two
    columns, member and event, will do; where there are none either, the adoptions: an actor
    and a practice. ``--of`` says which to take. Of a store all memberships count; where something
    is selected, pairs of those are shown that gave or received in it.
Weights
    *count*: the networks that two share. *newman*: the sum of 1/(k - 1) over these, k being
    the members of each: a network of two says more than one of fifty (Newman 2001). *jaccard*:
    the networks that two share, of all in which any of the two sits (Jaccard 1901).
Chance
    The seats are drawn anew at random so that each actor has as many networks and each network
    as many members as before: both margins stay. Every actor trades with others the networks
    that only one of the two has (curveball: Strona et al. 2014; Carstens et al. 2018).
    ``expected`` is the mean number shared, ``z`` how many standard deviations more it is,
    undefined where nothing varies; ``p`` is (b + 1)/(N + 1) with b of N draws in which the two
    share at least as many (Besag & Clifford 1989), so that it is never 0. Each is of one pair:
    among a hundred pairs up to five have a p of at most 0.05 by chance.
Time
    Who shared a network need not have met there. ``overlapping`` are the shared networks in
    which both can have sat at the same time: neither had surely left before the other can
    have come. Those where one of the two has no date are not among them, but in ``undated``.

A row a pair of actors that share as many networks as ``--least`` or more, those that share most
first, then by *newman*, then by id; of two actors the one whose id comes first is a. What two
have in common is no transfer.

=========== =====================================================================================
a, b        the two actors
count       how many networks they share
newman      Newman's weight
jaccard     Jaccard's
expected    how many they would share by chance; empty without permutations
z           how far it is from that, in standard deviations
p           share of draws with at least as many
overlapping in how many they can have sat at the same time; empty where no date tells
undated     in how many one of them has no date
networks    the ids of the networks
records     the ids of the memberships, ties or adoptions of the two in these
=========== =====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.analysis._arcs import by_id
from kvgraph.analysis._two_mode import Null, by_chance
from kvgraph.errors import KvgraphError
from kvgraph.material import Material, Seat, head_of
from kvgraph.model import Analysis, Parameter, Table
from kvgraph.words import word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

OF: Final = ("memberships", "ties", "adoptions")

MANY: Final = 20_000_000
"""From so many seats and pairs times draws on each step is told of."""

_COLUMNS: Final = (
    "a", "b", "count", "newman", "jaccard", "expected", "z", "p", "overlapping", "undated",
    "networks", "records",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sat:
    """Who sat where: the seats of each actor in each network, and the members of each network."""

    seats: Mapping[tuple[str, str], list[Seat]]
    members: Mapping[str, tuple[str, ...]]
    networks: Mapping[str, int]


def co_membership(
    material: Material,
    *,
    of: str | None = None,
    least: int = 1,
    permutations: int = 999,
    seed: int = 1,
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Give how many networks each two actors share, weighted, and how many they would by chance.

    What each word means is told in the module.

    >>> from kvgraph.material import Seat
    >>> seats = [Seat(actor, n, None, None) for actor, n in ("ax", "ay", "bx", "by", "cx")]
    >>> table = co_membership(Material((), seats=tuple(seats)), permutations=0)
    >>> [(*row[:3], row[3], round(row[4], 2)) for row in table.rows]
    [('a', 'b', 2, 1.5, 1.0), ('a', 'c', 1, 0.5, 0.5), ('b', 'c', 1, 0.5, 0.5)]

    x has three members, y two: a and b share 1/2 + 1/1.

    :param of: what says who sat where; the first that there is, where not given.
    :param least: the smallest number of shared networks that makes a row.
    :param permutations: how often to draw anew; 0 for not.
    :param tell: is told of each step of long work.
    :raises KvgraphError: for options that there are not.
    """
    if least < 1 or permutations < 0 or seed < 0 or (of is not None and of not in OF):
        raise KvgraphError(
            f"there is no co-membership of {of or OF[0]} with least {least}, permutations "
            f"{permutations} and seed {seed}",
            hint=f"of: {', '.join(OF)}; least: 1 or more; permutations and seed: 0 or more.",
        )
    kind, seats = _seats(material, of)
    sat = _sat(seats)
    names = tuple(sorted(sat.networks, key=by_id))
    shared = _shared(sat, names, least)
    if material.head.get("selection") and kind == OF[0]:
        wanted = {member.id for member in material.members}
        shared = {
            (i, j): common
            for (i, j), common in shared.items()
            if names[i] in wanted and names[j] in wanted
        }
    null = _null(sat, names, list(shared), permutations, seed, tell) if shared else None
    rows = []
    for place, ((i, j), common) in enumerate(shared.items()):
        a, b = names[i], names[j]
        both = [(sat.seats[a, network], sat.seats[b, network]) for network in common]
        # An adoption is a moment after which the practice stays: there is no leaving it.
        met = [None if kind == "adoptions" else _met(*two) for two in both]
        rows.append(
            (
                a,
                b,
                len(common),
                sum(1 / (len(sat.members[network]) - 1) for network in common),
                len(common) / (sat.networks[a] + sat.networks[b] - len(common)),
                *_chances(null, place, len(common), permutations),
                met.count(True) if met.count(None) < len(met) else None,
                met.count(None),
                tuple(common),
                tuple(
                    sorted({s.id for two in both for own in two for s in own if s.id}, key=by_id)
                ),
            )
        )
    rows.sort(key=lambda row: (-row[2], -row[3]))
    notes = []
    if null is not None:
        notes.append(word("analyse.co_membership_drawn", lang, times=permutations, seed=seed))
    if kind == "ties" and (twice := sat.networks.keys() & sat.members.keys()):
        notes.append(word("analyse.co_membership_both_sides", lang, number=len(twice)))
    empty = ""
    if not rows:
        key = "analyse.co_membership_few" if seats else "analyse.co_membership_nothing"
        empty = word(key, lang, least=least)
    return Table(
        _COLUMNS,
        tuple(rows),
        {
            **head_of(
                material,
                f"co-membership by {kind}: networks that two actors share",
                seed if null is not None else None,
            ),
            "of": kind,
            "least": least,
            "actors": len(names),
            "networks": len(sat.members),
            "seats": len(sat.seats),
            "repeated": len(seats) - len(sat.seats),
            "pairs": len(rows),
            "permutations": permutations if null is not None else 0,
            "notes": tuple(notes),
        },
        empty,
    )


def _seats(material: Material, of: str | None) -> tuple[str, tuple[Seat, ...]]:
    """Give what says who sat where, and the seats by it."""
    found = {
        "memberships": material.seats,
        "ties": tuple(Seat(t.giver, t.receiver, t.start, t.end, t.id) for t in material.ties),
        "adoptions": tuple(
            Seat(a.actor, a.practice, a.start, a.end, a.id) for a in material.adoptings
        ),
    }
    kind = of or next((kind for kind in OF if found[kind]), OF[0])
    return kind, found[kind]


def _sat(seats: tuple[Seat, ...]) -> _Sat:
    """Give who sat where, each actor and network once."""
    held: dict[tuple[str, str], list[Seat]] = {}
    for seat in seats:
        held.setdefault((seat.actor, seat.network), []).append(seat)
    members: dict[str, list[str]] = {}
    networks: dict[str, int] = {}
    for actor, network in held:
        members.setdefault(network, []).append(actor)
        networks[actor] = networks.get(actor, 0) + 1
    ordered = {n: tuple(sorted(members[n], key=by_id)) for n in sorted(members, key=by_id)}
    return _Sat(held, ordered, networks)


def _shared(sat: _Sat, names: tuple[str, ...], least: int) -> dict[tuple[int, int], list[str]]:
    """Give the networks that each two actors share, by the numbers of the two, in order."""
    number = {name: place for place, name in enumerate(names)}
    found: dict[tuple[int, int], list[str]] = {}
    for network, members in sat.members.items():
        for pair in combinations([number[name] for name in members], 2):
            found.setdefault(pair, []).append(network)
    return {pair: found[pair] for pair in sorted(found) if len(found[pair]) >= least}


def _met(one: list[Seat], other: list[Seat]) -> bool | None:
    """Tell whether two can have sat in a network at the same time, ``None`` if no date tells."""
    ours, theirs = ([s for s in own if (s.start, s.end) != (None, None)] for own in (one, other))
    if not ours or not theirs:
        return None
    return any(not (_before(s, t) or _before(t, s)) for s in ours for t in theirs)


def _before(one: Seat, other: Seat) -> bool:
    """Tell whether one had surely ended before the other can have begun."""
    return one.end is not None and other.start is not None and one.end < other.start


def _null(
    sat: _Sat,
    names: tuple[str, ...],
    pairs: list[tuple[int, int]],
    times: int,
    seed: int,
    tell: Callable[[str], None] | None,
) -> Null | None:
    """Draw the seats anew, and give what the pairs share then."""
    if not times:
        return None
    number = {name: place for place, name in enumerate(names)}
    where = {network: place for place, network in enumerate(sat.members)}
    seats = np.array(
        sorted((number[actor], where[network]) for actor, network in sat.seats), dtype=np.int64
    )
    long = tell is not None and (len(seats) + len(pairs)) * times >= MANY
    every = max(times // 10, 1)

    def step(done: int) -> None:
        if long and tell is not None and done % every == 0:
            tell(f"draws: {done:,} of {times:,}")

    size = len(names), len(where)
    two = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return by_chance(seats[:, 0], seats[:, 1], size, two, times, seed, step)


def _chances(
    null: Null | None, place: int, count: int, times: int
) -> tuple[float | None, float | None, float | None]:
    """Give what is expected of a pair, how far it is from that, and p."""
    if null is None:
        return None, None, None
    mean, sd = float(null.mean[place]), float(null.sd[place])
    # What is a hair's breadth from 0 is rounding: then nothing varied.
    z = (count - mean) / sd if sd > 1e-9 else None
    return mean, z, (1 + int(null.as_many[place])) / (1 + times)


ANALYSIS: Final = Analysis(
    name="co-membership",
    summary="Who sat with whom in the same networks, weighted, and against chance",
    parameters=(
        Parameter("of", "choice", "what says who sat where; the first of these that there is, if "
                  "not given", choices=OF),
        Parameter("least", "number", "give a row two actors that share at least so many networks",
                  default=1),
        Parameter("permutations", "number", "draw the memberships anew so often; 0 for not",
                  default=999),
        Parameter("seed", "number", "seed of the draws", default=1),
    ),
    run=co_membership,
    takes="material",
)  # fmt: skip
