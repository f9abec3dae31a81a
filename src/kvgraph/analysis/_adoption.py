"""Who took what into use, and when: adoptions put in order for the measures of adoption."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kvgraph.errors import KvgraphError
from kvgraph.material import Material, Time
from kvgraph.material import head_of as common_head
from kvgraph.model import Cell, Parameter, Table
from kvgraph.words import word

MOMENTS: Final = ("earliest", "middle", "latest")

MOST: Final = 5_000_000
"""An answer of more rows is refused: nobody reads it, and it would fill the memory."""

MOST_PERIODS: Final = 100_000
"""More periods of one practice are refused: times in seconds are such, and no curve has them."""

MANY: Final = 200_000
"""From so many rows on it is told that they are being made."""

PERIODS: Final = Parameter(
    "periods", "text", "periods to answer for, as FIRST:LAST, such as 1946:1966; from the first to "
    "the last adoption where not given",
)  # fmt: skip
MOMENT: Final = Parameter(
    "moment", "choice", "the moment taken of an adoption that is known to lie between two times",
    "middle", MOMENTS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Adopter:
    """One actor's first adoption of one practice, known to lie from ``low`` to ``high``.

    ``at`` is the moment taken of it, ``None`` where the bounds that it needs are open: that it
    adopted is known, and not when. ``records`` are the ids that say so.
    """

    actor: str
    practice: str
    low: Time
    high: Time
    at: Time
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adoptions:
    """All actors in the order of the input, and for each practice its adopters by actor.

    The order of practices, and of the adopters of one, is that of the input.
    """

    actors: tuple[str, ...]
    by_practice: Mapping[str, Mapping[str, Adopter]]
    numeric: bool

    def period(self, time: float) -> int:
        """Give the period of a time: the whole number at or below it, or the year of a day."""
        whole = math.floor(time)
        if self.numeric:
            return whole
        return date.fromordinal(min(max(whole, 1), date.max.toordinal())).year

    def of(self, practice: str) -> dict[str, int]:
        """Give the period in which each adopter of a practice took it up, where it is known."""
        adopters = self.by_practice[practice].values()
        return {a.actor: self.period(a.at) for a in adopters if a.at is not None}

    def since(self, practice: str) -> dict[str, int]:
        """Give the period from which on each adopter of a practice is taken to have it.

        That of its adoption; where that is not known, the last in which it can have been: from
        then on it is sure to have it. Who has neither is not there.
        """
        adopters = self.by_practice[practice].values()
        moments = ((a.actor, a.high if a.at is None else a.at) for a in adopters)
        return {actor: self.period(time) for actor, time in moments if time is not None}

    def bounds(self, adopter: Adopter) -> tuple[int | None, int | None]:
        """Give the first and the last period in which it can have been, ``None`` where open."""
        low, high = adopter.low, adopter.high
        return (
            None if low is None else self.period(low),
            None if high is None else self.period(high),
        )

    def banded(self) -> bool:
        """Tell whether any adoption can have been in more than one period."""
        return any(None in b or b[0] != b[1] for a in self.all() for b in (self.bounds(a),))

    def all(self) -> Iterator[Adopter]:
        """Go through all adopters of all practices."""
        for adopters in self.by_practice.values():
            yield from adopters.values()


def adoptions(material: Material, moment: str = "middle") -> Adoptions:
    """Give the adoptions of a material: those it lists, else the times of its members.

    Several records of one actor and practice are one adoption: it was by the earliest of their
    ends, and not before the earliest of their starts. A record without any time adds its id.

    >>> from kvgraph.material import Adopting
    >>> records = (Adopting("a", "p", 1, 4, "x"), Adopting("a", "p", 2, 2, "y"))
    >>> adoptions(Material((), adoptings=records, numeric=True)).by_practice["p"]["a"]
    Adopter(actor='a', practice='p', low=1, high=2, at=1.5, records=('x', 'y'))
    """
    if moment not in MOMENTS:
        raise KvgraphError(f'--moment "{moment}" is none', hint=f"Say {', '.join(MOMENTS)}.")
    rows = [(a.actor, a.practice, a.start, a.end, a.id) for a in material.adoptings]
    if not rows:
        rows = [
            (m.id, "", m.adopted, m.adopted, m.id)
            for m in material.members
            if m.adopted is not None
        ]
    actors = dict.fromkeys(m.id for m in material.members)
    actors |= dict.fromkeys(end for t in material.ties for end in (t.giver, t.receiver))
    actors |= dict.fromkeys(row[0] for row in rows)
    found: dict[str, dict[str, list[tuple[Time, Time, str]]]] = {}
    for actor, practice, start, end, identifier in rows:
        found.setdefault(practice, {}).setdefault(actor, []).append((start, end, identifier))
    return Adoptions(
        tuple(actors),
        {
            practice: {actor: _first(actor, practice, told, moment) for actor, told in of.items()}
            for practice, of in found.items()
        },
        material.numeric,
    )


def _first(
    actor: str, practice: str, told: Sequence[tuple[Time, Time, str]], moment: str
) -> Adopter:
    """Put the records of one adoption together."""
    dated = [(start, end) for start, end, _ in told if (start, end) != (None, None)]
    starts = [start for start, _ in dated]
    known = [start for start in starts if start is not None]
    low = min(known) if known and len(known) == len(starts) else None
    high = min((end for _, end in dated if end is not None), default=None)
    at: Time
    if moment == "middle":
        at = None if low is None or high is None else low if low == high else (low + high) / 2
    else:
        at = low if moment == "earliest" else high
    return Adopter(actor, practice, low, high, at, tuple(dict.fromkeys(r for *_, r in told if r)))


def window(periods: str | None, seen: Sequence[int]) -> range:
    """Give the periods to answer for: those asked for, else from the first to the last seen.

    >>> window("1946:1948", [1950])
    range(1946, 1949)
    >>> window(None, [4, 7, 5])
    range(4, 8)

    :raises KvgraphError: if they are none, or too many to be answered for.
    """
    if not periods:
        return _few(range(min(seen), max(seen) + 1)) if seen else range(0)
    first, colon, last = (part.strip() for part in periods.partition(":"))
    try:
        if not colon:
            raise ValueError
        wanted = range(int(first), int(last) + 1)
    except ValueError:
        raise KvgraphError(
            f'--periods "{periods}" is not a first and a last period',
            hint="Write two whole numbers or years, such as 1946:1966.",
        ) from None
    if not wanted:
        raise KvgraphError(
            f"there is no period from {first} to {last}", hint="Give the earlier one first."
        )
    return _few(wanted)


def _few(periods: range) -> range:
    """Refuse more periods than anybody follows, such as the seconds of a year."""
    if len(periods) > MOST_PERIODS:
        raise KvgraphError(
            f"there are {len(periods):,} periods from {periods[0]} to {periods[-1]}, more than "
            f"{MOST_PERIODS:,}",
            hint="Ask for fewer with --periods, or count the times in longer units.",
        )
    return periods


def refuse_many(rows: int) -> None:
    """Refuse an answer that nobody could read."""
    if rows > MOST:
        raise KvgraphError(
            f"the answer would have {rows:,} rows, more than {MOST:,}",
            hint="Ask for one practice with --practice, or for fewer periods with --periods.",
        )


def head_of(material: Material, measure: str, found: Adoptions, lang: str) -> dict[str, Cell]:
    """Give what every answer carries: what was asked and counted, and what is not known.

    ``measure`` says what is computed; rule, horizon, what was left out and undated are the
    material's. ``adoptions_undated`` adopted at an unknown time, and take no place in time.
    """
    everyone = list(found.all())
    undated = sum(a.at is None for a in everyone)
    notes = material.head.get("notes", ())
    said = tuple(notes) if isinstance(notes, tuple) else ()
    if undated:
        said = (*said, word("analyse.adoptions_undated", lang, number=undated))
    return {
        **common_head(material, measure),
        "rule": material.head.get("rule", measure),
        "measure": measure,
        "actors": len(found.actors),
        "practices": len(found.by_practice),
        "adoptions": len(everyone),
        "adoptions_undated": undated,
        "notes": said,
    }


def note(head: dict[str, Cell], text: str) -> None:
    """Add a sentence to the notes of a head."""
    notes = head.get("notes", ())
    head["notes"] = (*(notes if isinstance(notes, tuple) else ()), text)


def nothing(columns: tuple[str, ...], head: dict[str, Cell], lang: str) -> Table:
    """Give the empty answer of a material in which nobody adopts at a known time."""
    return Table(columns, (), head, word("analyse.no_adoption", lang))
