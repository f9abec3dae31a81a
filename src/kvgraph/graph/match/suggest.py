"""Which things of two lists may be one and the same: suggestions for a person to decide on.

Nothing is merged here. A suggestion rests on the same id, else on the same name and country,
else on names that are alike; things that are documented to be different are never suggested.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from kvgraph.graph.match.alike import by_description, by_name, same_name, weights
from kvgraph.graph.match.names import fold
from kvgraph.model import Table
from kvgraph.namespaces import shorten

COLUMNS: Final = (
    "decision", "a", "a_name", "a_country", "b", "b_name", "b_country", "reason", "score", "note",
)  # fmt: skip
REASONS: Final = (
    "same id", "same page", "same name and country", "same name", "similar name",
    "similar description",
)  # fmt: skip
"""Why two things may be one, the strongest reason first."""

PLACES: Final = frozenset({"city", "district", "region", "member state", "country"})
"""Sorts of actors whose names are those of places."""

_PLACE_MIN: Final = 70
_MIN: Final = 78
"""The lowest scores that are suggested unless another is asked for. A place has a name of one
word or two, and there are few in a country: what one language makes of another's name costs
many letters and is the best match all the same."""
_MARGIN: Final = 10
"""How much worse than the best of both a suggestion may be."""
_SAME: Final = 96
"""From here on names differ in no more than spelling or words of office."""
_ABROAD: Final = 75
"""The score of actors of one name in two countries: likely two things."""

_CLASH: Final = (
    (frozenset({"organisation"}), PLACES | {"supranational"}),
    (frozenset({"district"}), frozenset({"city", "region", "member state", "country"})),
    (frozenset({"city", "region"}), frozenset({"member state", "country"})),
    (frozenset({"supranational"}), PLACES),
)
"""Sorts of actors that the ontology keeps apart: no thing is of both."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that may be the same as another.

    ``sort`` is the kind of actor, empty for other things. ``keys`` are its ids elsewhere,
    ``apart`` the IRIs that it is documented not to be: its wholes, its originals, what came
    after it. ``wholes`` are the names of its wholes, ``places`` those of its towns. ``parts``
    tells that others are a part of it.
    """

    iri: str
    kind: str
    names: tuple[str, ...]
    sort: str = ""
    country: str = ""
    keys: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    wholes: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    urls: frozenset[str] = frozenset()
    description: str = ""
    parts: bool = False

    @property
    def id(self) -> str:
        """Its id, or its IRI if it is of another's making."""
        return shorten(self.iri)

    @property
    def place(self) -> bool:
        """Whether it is a place."""
        return self.sort in PLACES


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two things that may be one: why, how alike they are from 0 to 100, and what to consider."""

    a: Candidate
    b: Candidate
    reason: str
    score: int
    note: tuple[str, ...] = field(default=())

    def cells(self) -> tuple[str | int, ...]:
        """Give it as a row for a person to decide on."""
        a, b = self.a, self.b
        name_a, name_b = (x.names[0] if x.names else "" for x in (a, b))
        sides = (a.id, name_a, a.country, b.id, name_b, b.country)
        return ("", *sides, self.reason, self.score, "; ".join(self.note))


def suggest(
    one: Iterable[Candidate],
    other: Iterable[Candidate],
    *,
    min_score: int | None = None,
    decided: Collection[frozenset[str]] = (),
) -> Table:
    """Give the pairs of things that may be one, the likeliest first.

    The two lists may be the same: then its duplicates are given, each pair once. ``min_score``
    is the lowest score that is suggested, 70 for places and 78 for all else if not given;
    ``decided`` are pairs of IRIs that a person has decided on. The head counts what was
    compared and what was left out, and why. The order of the lists does not matter.
    """
    lists = [sorted({c.iri: c for c in side}.values(), key=_order) for side in (one, other)]
    found: dict[tuple[str, str], Suggestion] = {}
    out: Counter[str] = Counter()
    both = {c.iri for c in lists[0]} & {c.iri for c in lists[1]}
    for kind in sorted({c.kind for c in lists[0]}):
        a, b = ([c for c in side if c.kind == kind] for side in lists)
        for pair in _pairs(a, b, _lowest(min_score)):
            if pair.a.iri in both and pair.b.iri in both and pair.a.iri > pair.b.iri:
                continue  # the same pair comes the other way round
            if pair.score < (_default(pair.a) if min_score is None else min_score):
                continue
            why = _left_out(pair, decided)
            if why:
                out[why] += 1
            else:
                found[pair.a.iri, pair.b.iri] = pair
    kept = _marked(_best(found.values(), same=bool(both)))
    head = {
        "a": len(lists[0]), "b": len(lists[1]), "in_both": len(both), "count": len(kept),
        "min_score": f"{_PLACE_MIN} for places, else {_MIN}" if min_score is None else min_score,
        **{f"left_out_{why}": out[why] for why in ("decided", "related", "kinds")},
    }  # fmt: skip
    empty = "" if kept else "No two of the things compared are alike enough."
    return Table(COLUMNS, tuple(pair.cells() for pair in kept), head, empty)


def clash(one: Candidate, other: Candidate) -> bool:
    """Tell whether two actors are of sorts that no thing is at once."""
    sorts = (one.sort, other.sort)
    return any(
        (x in first and y in second) or (y in first and x in second)
        for first, second in _CLASH
        for x, y in (sorts,)
    )


def related(one: Candidate, other: Candidate) -> bool:
    """Tell whether one is documented as a part, a version or a successor of the other."""
    if other.iri in one.apart or one.iri in other.apart:
        return True
    # A whole may stand in the other list under an IRI of its own. A city may bear the name of
    # its region; then the name tells nothing.
    names = [{fold(name) for name in c.names} for c in (one, other)]
    return bool(names[1] & one.wholes - names[0] or names[0] & other.wholes - names[1])


def _order(candidate: Candidate) -> tuple[str, str]:
    return candidate.id, candidate.iri


def _lowest(min_score: int | None) -> int:
    """Give the lowest score that any pair may have."""
    return min(_PLACE_MIN, _MIN) if min_score is None else min_score


def _default(candidate: Candidate) -> int:
    """Give the lowest score that is suggested for things of a sort."""
    return _PLACE_MIN if candidate.place else _MIN


def _left_out(pair: Suggestion, decided: Collection[frozenset[str]]) -> str:
    """Say why a pair is not suggested, if it is not."""
    a, b = pair.a, pair.b
    if frozenset((a.iri, b.iri)) in decided:
        return "decided"
    # What bears the name of a city with districts, and more, is likely one of them.
    district = any(c.place and c.parts for c in (a, b)) and pair.score < _SAME
    if related(a, b) or district:
        return "related"
    # A region may bear the very name of its city, and then be the same; one like it is not.
    two = a.place and b.place and a.sort != b.sort and pair.score < _SAME
    return "kinds" if two or clash(a, b) else ""


def _pairs(a: Sequence[Candidate], b: Sequence[Candidate], least: int) -> Iterator[Suggestion]:
    """Give every pair of things of one kind that has a reason, with its strongest one."""
    found: dict[tuple[int, int], tuple[str, int]] = {}

    def add(i: int, j: int, reason: str, score: int) -> None:
        if a[i].iri == b[j].iri or score < least:
            return
        new = (score, -REASONS.index(reason))
        old = found.get((i, j))
        if old is None or new > (old[1], -REASONS.index(old[0])):
            found[i, j] = (reason, score)

    for i, j in _equal([{c.id, *c.keys} for c in a], [{c.id, *c.keys} for c in b]):
        add(i, j, "same id", 100)
    # An address that several of one list share is that of a programme or an umbrella body.
    for i, j in _equal([c.urls for c in a], [c.urls for c in b], most=1 + (a == b)):
        add(i, j, "same page", 100)
    for i, j, score, exact in _named(a, b, least):
        near = a[i].country and a[i].country == b[j].country
        same = "same name and country" if near else "same name"
        add(i, j, same if exact else "similar name", score)
    for hit in by_description([c.description for c in a], [c.description for c in b], least):
        add(hit.a, hit.b, "similar description", hit.score)
    for (i, j), (reason, score) in sorted(found.items()):
        yield Suggestion(a[i], b[j], reason, score, _notes(a[i], b[j]))


def _named(
    a: Sequence[Candidate], b: Sequence[Candidate], least: int
) -> Iterator[tuple[int, int, int, bool]]:
    """Give the pairs of things with names that are alike: their places, score, and if the same.

    Actors are compared with those of their country and with those whose country is not known,
    places with places. All else that has the very same name is given too.
    """
    weight = weights([c.names for c in (*a, *b)])
    done: set[tuple[int, int]] = set()
    for place in (True, False):
        for rows, columns in _blocks(a, b, place):
            one, other = [a[i].names for i in rows], [b[j].names for j in columns]
            for hit in by_name(one, other, weight, least, places=place):
                pair = rows[hit.a], columns[hit.b]
                done.add(pair)
                yield *pair, hit.score, hit.exact
    for i, j in same_name([c.names for c in a], [c.names for c in b]):
        if (i, j) not in done:
            abroad = a[i].kind == "actor" and _abroad(a[i], b[j])
            yield i, j, _ABROAD if abroad else 100, True


def _blocks(
    a: Sequence[Candidate], b: Sequence[Candidate], place: bool
) -> Iterator[tuple[list[int], list[int]]]:
    """Give the rows and columns that are compared with one another, letter by letter."""
    rows, columns = ([i for i, c in enumerate(side) if c.place == place] for side in (a, b))
    if a and a[0].kind != "actor":
        yield rows, columns
        return
    for country in sorted({a[i].country for i in rows}):
        near = [j for j in columns if not country or b[j].country in ("", country)]
        yield [i for i in rows if a[i].country == country], near


def _abroad(a: Candidate, b: Candidate) -> bool:
    """Tell whether two things are known to be of two countries."""
    return bool(a.country and b.country and a.country != b.country)


def _notes(a: Candidate, b: Candidate) -> tuple[str, ...]:
    """Say what a person should consider before taking two things for one."""
    notes = []
    if _abroad(a, b):
        notes.append("another country")
    if a.kind == "actor" and not (a.country and b.country):
        notes.append("a country is not known")
    if a.sort and b.sort and a.sort != b.sort:
        notes.append(f"a {a.sort} and a {b.sort}")
    towns = [{fold(place) for place in c.places} for c in (a, b)]
    if all(towns) and not a.place:
        notes.append("same town" if towns[0] & towns[1] else "another town")
    return tuple(notes)


def _best(pairs: Collection[Suggestion], *, same: bool) -> list[Suggestion]:
    """Drop a pair if both of its things have a much better match; the likeliest go first.

    In one list a place is its own best match: two of nearly one name are two places.
    """
    top: dict[str, int] = {}
    for pair in pairs:
        for thing in (pair.a, pair.b):
            own = 100 if same and thing.place else 0
            top[thing.iri] = max(top.get(thing.iri, own), pair.score)
    kept = [p for p in pairs if p.score + _MARGIN >= min(top[p.a.iri], top[p.b.iri])]
    return sorted(kept, key=lambda p: (-p.score, REASONS.index(p.reason), _order(p.a), _order(p.b)))


def _marked(pairs: Sequence[Suggestion]) -> list[Suggestion]:
    """Note where a thing has several matches that are equally good."""
    good: Counter[tuple[str, int]] = Counter()
    top: dict[str, int] = {}
    for pair in pairs:
        for thing in (pair.a, pair.b):
            good[thing.iri, pair.score] += 1
            top[thing.iri] = max(top.get(thing.iri, 0), pair.score)
    several = "one of several equally good"
    return [
        replace(p, note=(*p.note, several))
        if any(top[t.iri] == p.score and good[t.iri, p.score] > 1 for t in (p.a, p.b))
        else p
        for p in pairs
    ]


def _equal(
    a: Sequence[Collection[str]], b: Sequence[Collection[str]], most: int = 1 << 30
) -> Iterator[tuple[int, int]]:
    """Give the places of two lists that share a value which at most ``most`` of either have."""
    where: dict[str, list[int]] = defaultdict(list)
    for j, values in enumerate(b):
        for value in values:
            where[value].append(j)
    times = Counter(value for values in a for value in values)
    for i, values in enumerate(a):
        for value in sorted(values):
            if times[value] <= most and len(where.get(value, ())) <= most:
                yield from ((i, j) for j in where.get(value, ()))
