"""Who lies on the shortest ways along which practices can have gone in time.

Paths
    A path keeps to one practice, and its ties can have followed each other: a running day is
    kept that is never before a tie can have begun and never after it can have ended,
    d(1) = lo(1), d(i+1) = max(lo(i+1), d(i)) ≤ hi(i+1); with ``--strict`` one day later at
    each tie, d(i)+1 (in a table of numbers one of the last decimal place that it has). An open
    start has always been, an open end never ends. That is what reach calls possible: each path
    by itself, and not all at once. With ``--proven-only`` its ties are those that a source says
    got so far. An actor's ties with itself are left out.
Betweenness
    Of all paths from s to z those of the fewest ties count, each as much as any other: the
    share of them that goes through v, over all ordered pairs of others and all practices
    (shortest temporal betweenness: Buß, Molter, Niedermeier & Rymar 2020, who have points in
    time). Paths differ as soon as one of their ties does, in its ends or its times; ties
    between the same two, of the same practice and the same times are one, so that what is said
    twice does not count twice. Where nothing has a date it is the betweenness of Freeman
    (1977), practice by practice.

A row an actor, those between most others first, then by id. It is exact, and takes its time:
for each practice, from each actor that gave, all ties that can follow are gone through once for
each day on which their giver can have been come to. So time grows with actors times ties of
the largest practice: seconds for a thousand actors and a few thousand ties of one practice.

============== ==================================================================================
actor          the actor; those without any tie are 0
betweenness    paths_through over (n-1)(n-2), n being all actors; it can be more than 1 where
               several practices go the same ways; undefined for n < 3
paths_through  the sum of the shares of paths that go through it
pairs          of how many (practice, s, z) at least one shortest path goes through it
transfers      ids of all ties of the shortest paths that go through it
============== ==================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from kvgraph.analysis._arcs import by_id
from kvgraph.analysis._graphs import PROVEN_ONLY
from kvgraph.analysis._temporal_paths import Line, lines, through
from kvgraph.material import Material, head_of
from kvgraph.model import Analysis, Parameter, Table
from kvgraph.words import word

MANY: Final = 5_000_000
"""From so many sources times arcs on each tenth of the sources is told of."""

_COLUMNS: Final = ("actor", "betweenness", "paths_through", "pairs", "transfers")


def temporal_betweenness(
    material: Material,
    *,
    strict: bool = False,
    proven_only: bool = False,
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Give how many shortest ways in time go through each actor, and which ties they take.

    What a path is and how it counts is told in the module.

    >>> from kvgraph.material import Tie
    >>> ways = [("a", "b", 1), ("b", "d", 2), ("a", "c", 3), ("c", "d", 2), ("d", "e", 2)]
    >>> ties = [Tie(g, r, "p", t, t, 1.0, g + r) for g, r, t in ways]
    >>> [row[:4] for row in temporal_betweenness(Material(tuple(ties))).rows[:3]]
    [('d', 0.25, 3.0, 3), ('b', 0.16666666666666666, 2.0, 2), ('a', 0.0, 0.0, 0)]

    Over c nothing can have come from a to d: it had left before. Through b go a-d and a-e,
    through d go a-e, b-e and c-e, the last two on one day.

    :param strict: a tie must come strictly after the one before it.
    :param tell: is told of each step of long work.
    """
    counted = [tie for tie in material.ties if tie.proven or not proven_only]
    loops = sum(tie.giver == tie.receiver for tie in counted)
    names = {m.id for m in material.members}
    names |= {name for tie in material.ties for name in (tie.giver, tie.receiver)}
    share, pairs = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0)
    ids: dict[str, set[str]] = {name: set() for name in names}
    by_practice = lines(counted, strict=strict)
    connected = 0
    step = _steps(by_practice.values(), tell)
    for line in by_practice.values():
        found = through(line, strict=strict, step=step)
        connected += found.connected
        for v, name in enumerate(line.actors):
            share[name] += found.share[v]
            pairs[name] += found.pairs[v]
            ids[name].update(i for arc in _places(found.arcs[v]) for i in line.ids[arc])
    n = len(names)
    # Twelve digits: the last bits of two equal sums may differ, and must not decide.
    order = sorted(names, key=lambda name: (-float(f"{share[name]:.12g}"), by_id(name)))
    rows = [
        (
            name,
            share[name] / ((n - 1) * (n - 2)) if n > 2 else None,
            share[name],
            pairs[name],
            tuple(sorted(ids[name], key=by_id)),
        )
        for name in order
    ]
    arcs = sum(len(line.ids) for line in by_practice.values())
    notes = [word("analyse.temporal_betweenness_meant", lang)]
    if connected and not any(row[2] for row in rows):
        notes.append(word("analyse.temporal_betweenness_none", lang, pairs=connected))
    rule = f"shortest temporal betweenness, {'strict' if strict else 'non-strict'}"
    return Table(
        _COLUMNS,
        tuple(rows) if arcs else (),
        {
            **head_of(material, rule + (", proven ties only" if proven_only else "")),
            "strict": strict,
            "proven_only": proven_only,
            "unproven": len(material.ties) - len(counted),
            "actors": n,
            "practices": len(by_practice),
            "arcs": arcs,
            "connected": connected,
            "loops": loops,
            "repeated": len(counted) - loops - arcs,
            "adaptations_not_followed": len(material.adaptations),
            "notes": tuple(notes),
        },
        "" if arcs else word("analyse.nothing", lang),
    )


def _steps(all_lines: Iterable[Line], tell: Callable[[str], None] | None) -> Callable[[], None]:
    """Give what is to be called at each source: it tells of long work now and then."""
    sources, work = 0, 0
    for line in all_lines:
        givers = sum(map(bool, line.out))
        sources += givers
        work += givers * len(line.ids)
    every = max(sources // 10, 1)
    done = 0
    if tell is not None and work >= MANY:
        tell(f"shortest ways in time from {sources:,} actors: {work:,} steps, which take a while")

    def step() -> None:
        nonlocal done
        if tell is not None and work >= MANY and done % every == 0:
            tell(f"shortest ways in time: from {done:,} of {sources:,} actors that gave")
        done += 1

    return step


def _places(bits: int) -> list[int]:
    """Give the places of the ones of a number.

    >>> _places(0b1101)
    [0, 2, 3]
    """
    return [place for place, bit in enumerate(reversed(f"{bits:b}")) if bit == "1"]


ANALYSIS: Final = Analysis(
    name="temporal-betweenness",
    summary="Who lies on the shortest ways along which practices can have gone in time",
    parameters=(
        Parameter("strict", "flag", "a tie must come strictly after the one before; else the same "
                  "day is enough"),
        PROVEN_ONLY,
    ),
    run=temporal_betweenness,
    takes="material",
)  # fmt: skip
