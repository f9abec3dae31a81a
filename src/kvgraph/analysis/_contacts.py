"""Who is exposed to whom: ties as pairs, and how many of an actor's contacts have adopted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.analysis._adoption import Adoptions, adoptions, head_of
from kvgraph.errors import KvgraphError
from kvgraph.material import Material
from kvgraph.model import Cell, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

DIRECTIONS: Final = ("outgoing", "incoming", "both")

DIRECTION: Final = Parameter(
    "direction", "choice", "the contacts of an actor: those to whom its ties go, from whom they "
    "come, or both; outgoing for an edge table, incoming for a dataset where not given",
    None, DIRECTIONS,
)  # fmt: skip
LAG: Final = Parameter("lag", "number", "periods that exposure lies before", 0)

NEVER: Final = np.iinfo(np.int64).max
ALWAYS: Final = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Contacts:
    """The pairs of an actor and a contact of it, sorted, each once and none with itself.

    ``ego`` and ``alter`` are places among the actors; ``begin`` is the period from which on
    the tie is there, :data:`ALWAYS` where it has no date; ``ids`` are those of its records.
    """

    ego: Whole
    alter: Whole
    begin: Whole
    ids: tuple[tuple[str, ...], ...]


def studied(
    material: Material, measure: str, direction: str | None, moment: str, lag: int | None, lang: str
) -> tuple[Adoptions, Contacts, dict[str, Cell]]:
    """Give the adoptions, the contacts of everybody, and the head of an answer on them.

    ``lag`` is ``None`` for what knows of none.
    """
    if lag is not None:
        check_lag(lag)
    found = adoptions(material, moment)
    way = direction_of(material, direction)
    head = head_of(material, measure, found, lang) | {"direction": way, "moment": moment}
    if lag is not None:
        head["lag"] = lag
    return found, contacts(material, found, way), head


def direction_of(material: Material, direction: str | None) -> str:
    """Give the direction asked for, else that which fits: receivers are exposed to givers.

    An edge table goes by netdiffuseR's habit instead, where an actor names whom it looks to.
    """
    if direction is None:
        return "incoming" if material.head.get("dataset") else "outgoing"
    if direction not in DIRECTIONS:
        raise KvgraphError(
            f'--direction "{direction}" is none', hint=f"Say {', '.join(DIRECTIONS)}."
        )
    return direction


def contacts(material: Material, found: Adoptions, direction: str) -> Contacts:
    """Give the contacts of every actor, of whatever practice the tie is.

    A tie with a date is there from the period of its start on, or of its end where only that
    is known, so that nobody is exposed to a contact that came later; one without is always.
    """
    place = {actor: i for i, actor in enumerate(found.actors)}
    merged: dict[tuple[int, int], tuple[int, list[str]]] = {}
    for tie in material.ties:
        if tie.giver == tie.receiver:
            continue
        giver, receiver = place[tie.giver], place[tie.receiver]
        time = tie.start if tie.start is not None else tie.end
        begin = int(ALWAYS) if time is None else found.period(time)
        pairs = {"outgoing": [(giver, receiver)], "incoming": [(receiver, giver)]}.get(
            direction, [(giver, receiver), (receiver, giver)]
        )
        for pair in pairs:
            first, ids = merged.get(pair, (begin, []))
            ids.append(tie.id)
            merged[pair] = (min(first, begin), ids)
    ordered = sorted(merged)
    table = np.array(ordered, dtype=np.int64).reshape(-1, 2)
    return Contacts(
        table[:, 0],
        table[:, 1],
        np.array([merged[pair][0] for pair in ordered], dtype=np.int64),
        tuple(tuple(dict.fromkeys(filter(None, merged[pair][1]))) for pair in ordered),
    )


def whens(found: Adoptions, periods: Mapping[str, int]) -> Whole:
    """Give the period of adoption of every actor, :data:`NEVER` where there is none."""
    return np.array([periods.get(actor, NEVER) for actor in found.actors], dtype=np.int64)


def known_bounds(found: Adoptions, practice: str) -> tuple[Whole, Whole]:
    """Give the last and the first period in which each can have adopted: least and most exposed.

    Who never adopted is at :data:`NEVER` in both; who did at an unknown time at most always.
    """
    surely, perhaps = {}, {}
    for adopter in found.by_practice[practice].values():
        low, high = found.bounds(adopter)
        surely[adopter.actor] = int(NEVER) if high is None else high
        perhaps[adopter.actor] = int(ALWAYS) if low is None else low
    return whens(found, surely), whens(found, perhaps)


def adopted_contacts(pairs: Contacts, when: Whole, periods: range) -> Whole:
    """Give how many contacts of each actor have adopted by the end of each period.

    A contact counts from the later of its adoption and the beginning of the tie on. With
    ``when`` always, these are simply its contacts. Shape: actors by periods.
    """
    table = np.zeros((len(when), len(periods)), dtype=np.int64)
    since = np.maximum(pairs.begin, when[pairs.alter])
    if len(periods):
        inside = since <= periods[-1]
        column = np.maximum(since[inside], periods[0]) - periods[0]
        np.add.at(table, (pairs.ego[inside], column), 1)
    return np.cumsum(table, axis=1)


def exposures(
    pairs: Contacts, when: Whole, periods: range, lag: int, *, counts: bool
) -> NDArray[np.float64]:
    """Give the exposure of each actor in each period: the share of its contacts, or their number.

    Who has no contact has an exposure of 0 (Valente 1995, as netdiffuseR has it). The first
    ``lag`` periods have none (NaN). Shape: actors by periods.
    """
    adopted = adopted_contacts(pairs, when, periods).astype(np.float64)
    if not counts:
        everyone = adopted_contacts(pairs, np.full(len(when), ALWAYS), periods)
        adopted /= np.maximum(everyone, 1)
    late = np.full(adopted.shape, np.nan)
    late[:, lag:] = adopted[:, : max(len(periods) - lag, 0)]
    return late


def check_lag(lag: int) -> None:
    """Refuse a lag that would look into the future."""
    if lag < 0:
        raise KvgraphError(f"--lag {lag} would look ahead", hint="Say 0, 1 or more periods.")


class Behind:
    """What is behind the exposure of one practice: ties to adopters, and their records."""

    __slots__ = ("_by_ego",)

    def __init__(self, pairs: Contacts, when: Whole, found: Adoptions, practice: str) -> None:
        of = found.by_practice[practice]
        since = np.maximum(pairs.begin, when[pairs.alter]).tolist()
        self._by_ego: dict[int, list[tuple[int, tuple[str, ...]]]] = {}
        for ego, alter, at, ids in zip(
            pairs.ego.tolist(), pairs.alter.tolist(), since, pairs.ids, strict=True
        ):
            if at != NEVER:
                records = (*ids, *of[found.actors[alter]].records)
                self._by_ego.setdefault(ego, []).append((at, records))

    def by(self, ego: int, period: int) -> tuple[str, ...]:
        """Give the ids of what had exposed an actor by the end of a period."""
        told = self._by_ego.get(ego, ())
        return tuple(dict.fromkeys(r for at, records in told if at <= period for r in records))
