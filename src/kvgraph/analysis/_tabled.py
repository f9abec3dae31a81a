"""Who passed what on to whom and who joined what, as plain tables tell it, as cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from kvgraph.analysis._cases import RULE, Case, Study
from kvgraph.analysis._clock import Clock, clock_of
from kvgraph.errors import KvgraphError
from kvgraph.flows import HIGH, LOW
from kvgraph.material import Material, Seat, Time, head_of
from kvgraph.material.sitting import Sitting
from kvgraph.model import Cell
from kvgraph.words import word

_KIND: Final = "network"
"""What every place of a table is taken for by who asks for networks."""


def cases_in(
    material: Material,
    through: str | None,
    level: str,
    proven_only: bool,
    with_via: bool,
    lang: str,
) -> Study:
    """Draw the cases from ties, and who sat where from seats or else from adoptions.

    Who adopted a place is a member of it from then on. What a dataset or transfers prove of
    adoptions is of practices, and no membership: there seats alone are.

    :raises KvgraphError: for what needs a store, and for times that cannot be compared exactly.
    """
    _refuse(through, level, with_via)
    joined, notes, unplaced = _joined(material)
    places = {seat.network for seat, _ in joined}
    clock = clock_of(_times(material, joined), numeric=material.numeric)
    cases: dict[tuple[str, str, str], Case] = {}
    dropped: dict[str, set[str]] = {"undated": set(), "ends": set(), "within": set()}
    for tie in material.ties:
        if proven_only and not tie.proven:
            continue
        if tie.start is None and tie.end is None:
            dropped["undated"].add(tie.id)
        elif places & {tie.giver, tie.receiver}:
            dropped["ends"].add(tie.id)
        elif tie.giver == tie.receiver:
            dropped["within"].add(tie.id)
        else:
            lo = clock.whole(tie.start, LOW)
            cases[tie.id, tie.giver, tie.receiver] = Case(
                tie.id, tie.practice, tie.giver, tie.receiver, lo, clock.whole(tie.end, HIGH),
                clock.year_end(lo), tie.proven, frozenset(),
            )  # fmt: skip
    head: dict[str, Cell] = {
        **head_of(material, RULE),
        "network_ends": len(dropped["ends"]),
        "within_groups": len(dropped["within"]),
        "outside_every_group": 0,
        "undated_cases": len(dropped["undated"]),
    }
    if unplaced:
        head["memberships_without_place"] = unplaced
    told = material.head.get("dataset")
    return Study(
        cases=tuple(cases.values()),
        givers=tuple(sorted({case.giver for case in cases.values()})),
        receivers=tuple(sorted({case.receiver for case in cases.values()})),
        head=head,
        sittings=tuple(_sittings(material, joined, clock)),
        groups=None,
        kinds=("any",),
        kind_of=lambda _: _KIND,
        states={m.id: m.attributes["group"] for m in material.members if m.attributes.get("group")},
        name=str,
        clock=clock,
        notes=notes,
        dataset=None if told is None else str(told),
        empty=word("analyse.nothing", lang),
    )


def _refuse(through: str | None, level: str, with_via: bool) -> None:
    """Refuse what plain tables cannot tell.

    :raises KvgraphError: for the first such.
    """
    store = "build a store from a package."
    if level != "actor":
        raise KvgraphError(
            "--level needs a store: plain tables do not say what their actors are part of",
            hint=f"Leave --level out, or {store}",
        )
    if with_via:
        raise KvgraphError(
            "--with-via needs a store: plain tables do not say by which way a tie went, so that "
            "no place is left out for it",
            hint=f"Leave --with-via out, or {store}",
        )
    if through not in (None, "any", _KIND):
        raise KvgraphError(
            f"--through {through} needs a store: the places of a plain table are all of one kind",
            hint=f"Say --through any or leave --through out, or {store}",
        )


def _joined(material: Material) -> tuple[list[tuple[Seat, Time]], tuple[str, ...], int]:
    """Give who sat where, until when at the latest they had joined, and what is to be said of it.

    Where some rows name a place those without one are left out, and counted.
    """
    notes = ["analyse.co_presence_tables"]
    unplaced = 0
    joined: list[tuple[Seat, Time]] = [(seat, None) for seat in material.seats]
    if not joined and material.head.get("stage") is None:
        rows = material.adoptings
        named = [a for a in rows if a.practice]
        unplaced = len(rows) - len(named) if named else 0
        if rows:
            notes.append("analyse.co_presence_stayed")
        if rows and not named:
            notes.append("analyse.co_presence_unnamed")
        joined = [(Seat(a.actor, a.practice, a.start, None, a.id), a.end) for a in named or rows]
    if material.numeric:
        notes.append("analyse.co_presence_numbers")
    return joined, (*notes, "analyse.co_presence_cause"), unplaced


def _times(material: Material, joined: list[tuple[Seat, Time]]) -> Iterator[Time]:
    """Give every time that is compared with others."""
    for tie in material.ties:
        yield from (tie.start, tie.end)
    for seat, until in joined:
        yield from (seat.start, until, seat.end)


def _sittings(
    material: Material, joined: list[tuple[Seat, Time]], clock: Clock
) -> Iterator[Sitting]:
    """Give the memberships; who is not known to have left stayed.

    What is not known of the joining is bounded by the leaving and the horizon, as in a dataset.
    """
    horizon = material.head.get("horizon")
    known_until = horizon.toordinal() if isinstance(horizon, date) else HIGH
    for number, (seat, until) in enumerate(joined):
        first, gone = clock.whole(seat.start, LOW), clock.whole(seat.end, HIGH)
        last = min(clock.whole(until, HIGH), gone, known_until)
        yield Sitting(
            seat.id or str(number), seat.actor, seat.network, first, max(last, first), gone,
            dated=any(time is not None for time in (seat.start, until, seat.end)),
        )  # fmt: skip
