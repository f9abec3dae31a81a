"""Who took practices into use before others, and who after: leaders, followers and their lags.

Who is compared
    Each actor, or with ``--group`` the actors of each value of a column taken together, such as
    *member-state*: a group takes a practice into use when the first of its actors does. Actors
    without a value are left out, with their adoptions and ties, and counted; so are ties inside
    one group. Compared are in each practice those whose adoption is known to lie between two
    times, of which one may be open; a practice that fewer than two took up at known times
    compares nobody. An adoption at an unknown time is counted (``undated``) and not placed;
    in a group it leaves open how early the group was. Who gave a practice and is not known to
    have taken it up is not compared either, unless ``--with-givers`` is said: it then had it by
    the end of its first proven tie, since when is open. That it had it before the very one that
    it gave it to is not made use of. With ``--by theme`` a row a theme and actor: a practice
    counts in each of its themes, one without any under an empty one.
Before and after
    One is *certainly* before another if its latest time lies before the earliest of the other,
    and *possibly* if its earliest lies before the other's latest. It is first where nobody was
    before it: several at one time all are.
Score
    (leads_certain - follows_certain) / comparisons, from -1 (always after) to 1 (always
    before): what is open adds nothing. *score_low* is (leads_certain - follows_possible) /
    comparisons and *score_high* (leads_possible - follows_certain) / comparisons: the least
    and the most that any true times can give, both reached. Undefined without comparisons; of
    few it says little, however high it is.
Innovation
    In each practice (last - own) / (last - first), 1 for the first adoption and 0 for the last,
    and the mean of these over the practices (Walker 1969): the least and the greatest that the
    times allow. A practice that all took up at one time has neither first nor last, and is not
    ``scored``. Who never took a practice up is not placed in it, as nothing says that it could
    have; with ``--with-non-adopters`` it is last, as Walker has it, and everybody has a row.
Lag
    The time from one's own adoption to that of one to whom it gave the practice, each
    (practice, receiver) once, in days or in the table's own unit: below 0 where the receiver
    was earlier. *lag_least* and *lag_most* are the medians of the least and of the most that
    these can be, which are the least and the greatest median; empty where that side is open.

By theme, the empty one last; then by score, the highest first, undefined last; then by id.

================== ===============================================================================
theme              by theme: the theme
actor, group       the actor, or the group
score              as above; ``score_low`` and ``score_high`` are its bounds
comparisons        how many others it is compared with, summed over practices: what is behind it
leads_...          how many of these it was certainly, and possibly, before
follows_...        how many of these it was certainly, and possibly, after
innovation_...     low and high: the bounds of Walker's score
scored             over how many practices that is the mean
practices          practices that it took up, among those in which any are compared
of_practices       how many of these there are
first_...          in how many of these it was certainly, and possibly, the first
undated            its adoptions at an unknown time
gave, received     ties to others and from others
receivers          to how many others it gave
lag_least, lag_most
                   as above
lags               over how many (practice, receiver) these are the medians
records            ids of its adoptions, and of those that they are compared with
transfers          ids of the ties that it gave or received
================== ===============================================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from kvgraph.analysis._arcs import by_id
from kvgraph.analysis._graphs import PROVEN_ONLY
from kvgraph.analysis._groups import outside_notes
from kvgraph.analysis._leading import (
    Adopted,
    Known,
    Place,
    everybody_of,
    known_of,
    lag,
    middle,
)
from kvgraph.errors import KvgraphError
from kvgraph.material import Interval, Material, head_of
from kvgraph.model import Analysis, Cell, Parameter, Table
from kvgraph.words import word

BY: Final = ("none", "theme")

MANY: Final = 200_000
"""From so many adoptions on each step is told of."""

MOST: Final = 1_000_000
"""Up to so many ids of records in all those that one is compared with are listed, too."""

_COLUMNS: Final = (
    "score", "score_low", "score_high", "comparisons", "leads_certain", "leads_possible",
    "follows_certain", "follows_possible", "innovation_low", "innovation_high", "scored",
    "practices", "of_practices", "first_certain", "first_possible", "undated", "gave", "received",
    "receivers", "lag_least", "lag_most", "lags", "records", "transfers",
)  # fmt: skip


@dataclass(slots=True)
class _Tally:
    """What is counted of one, in one theme."""

    comparisons: int = 0
    before: tuple[int, int] = (0, 0)
    after: tuple[int, int] = (0, 0)
    first: tuple[int, int] = (0, 0)
    scores: list[Interval] = field(default_factory=list)
    practices: list[str] = field(default_factory=list)
    undated: int = 0
    gave: int = 0
    received: int = 0
    lags: dict[tuple[str, str], Interval] = field(default_factory=dict)
    receivers: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)
    transfers: set[str] = field(default_factory=set)

    def add(self, practice: str, place: Place) -> None:
        """Count the place in a practice."""
        self.comparisons += place.others
        self.before = self.before[0] + place.before[0], self.before[1] + place.before[1]
        self.after = self.after[0] + place.after[0], self.after[1] + place.after[1]
        self.first = self.first[0] + place.first[0], self.first[1] + place.first[1]
        self.practices.append(practice)
        if place.score is not None:
            self.scores.append(place.score)

    def score(self) -> float | None:
        """Give by how much it leads more than it follows, for certain."""
        return self._over(self.before[0] - self.after[0])

    def cells(self, of_practices: int) -> tuple[Cell, ...]:
        """Give the cells of a row, but for the ids."""
        number = len(self.scores)
        least, most = middle(list(self.lags.values()))
        return (
            self.score(),
            self._over(self.before[0] - self.after[1]),
            self._over(self.before[1] - self.after[0]),
            self.comparisons,
            *self.before,
            *self.after,
            math.fsum(low for low, _ in self.scores) / number if number else None,
            math.fsum(high for _, high in self.scores) / number if number else None,
            number,
            len(self.practices),
            of_practices,
            *self.first,
            self.undated,
            self.gave,
            self.received,
            len(self.receivers),
            least,
            most,
            len(self.lags),
        )

    def _over(self, difference: int) -> float | None:
        return difference / self.comparisons if self.comparisons else None


def leaders(
    material: Material,
    *,
    group: str | None = None,
    by: str = "none",
    with_givers: bool = False,
    with_non_adopters: bool = False,
    proven_only: bool = False,
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Give who took practices into use before others, how surely, and how long others took.

    What each word means is told in the module.

    >>> from kvgraph.material import Adopting, Tie
    >>> told = [("a", "p", 1, 2), ("b", "p", 4, 4), ("c", "p", 2, 6), ("b", "q", 1, 1)]
    >>> adoptings = [Adopting(*row, f"{row[0]}{row[1]}") for row in told]
    >>> tie = Tie("a", "c", "p", 2, 6, 1.0, "t")
    >>> table = leaders(Material((tie,), (), tuple(adoptings), numeric=True))
    >>> [row[:5] for row in table.rows]
    [('a', 0.5, 0.5, 1.0, 2), ('c', 0.0, -1.0, 0.5, 2), ('b', -0.5, -1.0, 0.0, 2)]
    >>> row = dict(zip(table.columns, table.rows[0]))
    >>> row["innovation_low"], row["lag_least"], row["lag_most"]
    (1.0, 0, 5)

    a came before b for certain, and before c unless both came at 2.

    :param group: the column of the actors whose values are taken together.
    :param tell: is told of each step of long work.
    :raises KvgraphError: for options that there are not, or a column that no actor has.
    """
    if by not in BY:
        raise KvgraphError(f"there are no leaders by {by}", hint=f"by: {', '.join(BY)}.")
    step = tell if tell is not None and len(material.adoptings) >= MANY else _silent
    step(f"leaders of {len(material.adoptings):,} adoptions")
    known = known_of(material, group, with_givers=with_givers)
    step(f"practices compared: {len(known.places):,}")
    themes = {
        p: tuple(dict.fromkeys(material.themes.get(p, ()))) or (None,) if by == "theme" else (None,)
        for p in {*known.adopted, *(tie.practice for tie in material.ties)}
    }
    tallies: dict[tuple[str | None, str], _Tally] = {}
    compared: dict[str | None, int] = {}
    for practice, adopted in known.adopted.items():
        for theme in themes[practice]:
            compared[theme] = compared.get(theme, 0) + (practice in known.places)
            _count(known, practice, adopted, theme, tallies, with_non_adopters=with_non_adopters)
    kept = [tie for tie in material.ties if tie.proven or not proven_only]
    outside = within = 0
    for tie in kept:
        giver, receiver = known.unit.get(tie.giver), known.unit.get(tie.receiver)
        if giver is None or receiver is None:
            outside += 1
        elif giver == receiver:
            within += 1
        else:
            both = known.adopted.get(tie.practice, {})
            for theme in themes[tie.practice]:
                gave = tallies.setdefault((theme, giver), _Tally())
                got = tallies.setdefault((theme, receiver), _Tally())
                gave.gave += 1
                got.received += 1
                gave.receivers.add(receiver)
                gave.transfers.add(tie.id)
                got.transfers.add(tie.id)
                if giver in both and receiver in both:
                    own, other = both[giver], both[receiver]
                    if own.dated and other.dated:
                        gave.lags[tie.practice, receiver] = lag(own.when, other.when)
    listed = _ids(known, tallies)
    step(f"rows: {len(tallies):,}")
    undated = sum(known.undated.values())
    left_out = len(set(known.unit) ^ everybody_of(material))
    comparisons = sum(len(p) * (len(p) - 1) // 2 for p in known.places.values())
    certain = sum(place.before[0] for p in known.places.values() for place in p.values())
    notes = [
        word("analyse.leaders_meant", lang),
        word("analyse.leaders_certain", lang, comparisons=comparisons, certain=certain),
    ]
    if undated:
        notes.append(word("analyse.leaders_undated", lang, number=undated))
    if listed > MOST:
        notes.append(word("analyse.leaders_own_records", lang, number=listed))
    notes += outside_notes(group or "", left_out, outside, lang)
    rows = _rows(known, tallies, compared, by, full=listed <= MOST) if known.places else ()
    return Table(
        (*(("theme",) if by == "theme" else ()), "group" if group else "actor", *_COLUMNS),
        tuple(rows),
        {
            **head_of(material, "leaders and followers by time of adoption (Walker 1969)"),
            "by": by,
            "group": group,
            "with_givers": with_givers,
            "givers_taken_in": known.givers,
            "with_non_adopters": with_non_adopters,
            "proven_only": proven_only,
            "actors": known.actors,
            "compared": len({u for places in known.places.values() for u in places}),
            "practices": len(known.adopted),
            "practices_compared": len(known.places),
            "comparisons": comparisons,
            "certain": certain,
            "adoptions": known.adoptions,
            "adoptions_undated": undated,
            "adoptions_outside": known.adoptions_outside,
            "outside_every_group": left_out,
            "ties_outside": outside,
            "ties_within": within,
            "unproven": len(material.ties) - len(kept),
            "notes": tuple(notes),
        },
        "" if known.places else word("analyse.leaders_none", lang),
    )


def _silent(text: str) -> None:
    """Tell nobody."""


def _count(
    known: Known,
    practice: str,
    adopted: Mapping[str, Adopted],
    theme: str | None,
    tallies: dict[tuple[str | None, str], _Tally],
    *,
    with_non_adopters: bool,
) -> None:
    """Count who stands where in a practice."""
    places = known.places.get(practice, {})
    for unit, own in adopted.items():
        tally = tallies.setdefault((theme, unit), _Tally())
        tally.records.update(own.records)
        tally.undated += known.undated.get((practice, unit), 0)
        if unit in places:
            tally.add(practice, places[unit])
    if with_non_adopters and any(place.score for place in places.values()):
        for unit in dict.fromkeys(known.unit.values()):
            if unit not in adopted:
                tallies.setdefault((theme, unit), _Tally()).scores.append((0.0, 0.0))


def _ids(known: Known, tallies: Mapping[tuple[str | None, str], _Tally]) -> int:
    """Give how many ids there are of all that everybody is compared with."""
    told = {
        practice: sum(len(known.adopted[practice][unit].records) for unit in places)
        for practice, places in known.places.items()
    }
    return sum(told[practice] for tally in tallies.values() for practice in tally.practices)


def _rows(
    known: Known,
    tallies: Mapping[tuple[str | None, str], _Tally],
    compared: Mapping[str | None, int],
    by: str,
    *,
    full: bool,
) -> Iterator[tuple[Cell, ...]]:
    """Give the rows in order."""

    def place(key: tuple[str | None, str]) -> tuple[object, ...]:
        theme, unit = key
        score = tallies[key].score()
        return theme is None, by_id(theme or ""), score is None, -(score or 0), by_id(unit)

    for key in sorted(tallies, key=place):
        theme, unit = key
        tally = tallies[key]
        records = set(tally.records)
        if full:
            for practice in tally.practices:
                adopted = known.adopted[practice]
                records.update(r for u in known.places[practice] for r in adopted[u].records)
        yield (
            *((theme,) if by == "theme" else ()),
            unit,
            *tally.cells(compared.get(theme, 0)),
            tuple(sorted(records, key=by_id)),
            tuple(sorted(tally.transfers, key=by_id)),
        )


ANALYSIS: Final = Analysis(
    name="leaders",
    summary="Who took practices into use before others, who after, and how long others took",
    parameters=(
        Parameter("group", "text", "a column of the actors whose values are taken together, such "
                  "as member-state; each actor by itself where not given"),
        Parameter("by", "choice", "give a row an actor, or a row a theme and actor", default="none",
                  choices=BY),
        Parameter("with-givers", "flag", "compare also who gave a practice and is not known to "
                  "have taken it up: it had it by the end of its first proven tie"),
        Parameter("with-non-adopters", "flag", "place whoever never took a practice up last in it, "
                  "as Walker does"),
        PROVEN_ONLY,
    ),
    run=leaders,
    takes="material",
)  # fmt: skip
