"""Select what an export, a picture or an analysis is about: one set of options for all.

Options of different kinds narrow each other; the same option given again widens. A record
(transfer, membership, participation ...) is selected if it meets all of them:

``practice``   it is about the practice or one that descends from it, by itself or through the
               network or event that it leads to
``actor``      the actor is one of its ends
``network``    the network is one of its ends, or a transfer went through it
``programme``  an end, or what it went through, stands under the programme or a part of it
``theme``      its practice, or the network, project or event in it, has the theme
``country``    one of its ends lies in the country or is the country
``from``, ``until``  it can have been going on at some day from the one to the other; what is
               not dated is left out and counted
``stage``      it is a transfer that got at least so far, or an adoption (which is ``adopted``)
``query``      a row of the query names it; where rows name no record, an end, the practice or
               what it went through is named
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePath
from typing import Any, Final

from kvgraph import vocabulary
from kvgraph.dates import ordinal, read_date
from kvgraph.errors import KvgraphError, UnknownNameError
from kvgraph.links import ENDS, Link, links
from kvgraph.model import Cell, Iri, Parameter
from kvgraph.names import resolve
from kvgraph.namespaces import ID, KV, PREFIXES, VOC, kind_of, shorten
from kvgraph.query import Query, ask
from kvgraph.store import Dataset, pivot

_STAGES: Final = ("visited", "piloted", "adopted", "embedded", "mainstreamed")

SELECTION: Final = (
    Parameter(
        "practice", "iri", "only about this practice and what descends from it", many=True,
        things=("practice",),
    ),
    Parameter(
        "actor", "iri", "only with this actor as an end", many=True, things=("actor", "network")
    ),
    Parameter(
        "network", "iri", "only with this network, or through it", many=True, things=("network",)
    ),
    Parameter("programme", "iri", "only under this programme", many=True, things=("programme",)),
    Parameter("theme", "text", "only of this theme", many=True),
    Parameter(
        "country", "iri", "only with an end in this country: a code or a name", many=True,
        things=("actor",),
    ),
    Parameter("from", "date", "only what can have been going on on this day or later"),
    Parameter("until", "date", "only what can have been going on on this day or earlier"),
    Parameter(
        "stage", "choice", "only transfers that got at least so far", choices=_STAGES
    ),
    Parameter("query", "file", "only what the rows of this SPARQL query name"),
)  # fmt: skip
"""The options by which everything that shows or counts records is narrowed."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for; everything, where nothing is given.

    Things are IRIs, ``first`` and ``last`` are days, ``rank`` is the order of a stage.
    ``named`` holds the IRIs that the rows of a query name. ``worded`` keeps the options as
    they were given, for the head of an answer; ``given`` the same, value by value: a name may
    hold a comma.
    """

    practices: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    programmes: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    first: int | None = None
    last: int | None = None
    rank: int = 0
    named: frozenset[str] | None = None
    worded: Mapping[str, Cell] = field(default_factory=dict)
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether anything is narrowed."""
        return bool(self.worded)

    @property
    def things(self) -> frozenset[str]:
        """The things that were asked for by name."""
        asked = self.practices | self.actors | self.networks | self.programmes | self.countries
        return asked | frozenset(i for i in self.named or () if kind_of(i) not in ENDS)


@dataclass(frozen=True, slots=True)
class Selected:
    """The links that meet a selection, sorted, and how many were left out for want of a date."""

    selection: Selection
    links: tuple[Link, ...]
    undated: int

    def head(self) -> dict[str, Cell]:
        """Give what was asked and counted, for the head of an answer."""
        head: dict[str, Cell] = {"selection": dict(self.selection.worded)}
        if self.selection.first is not None or self.selection.last is not None:
            head["undated_left_out"] = self.undated
        return head


def selection(
    dataset: Dataset,
    *,
    practice: Sequence[str] = (),
    actor: Sequence[str] = (),
    network: Sequence[str] = (),
    programme: Sequence[str] = (),
    theme: Sequence[str] = (),
    country: Sequence[str] = (),
    from_: str | None = None,
    until: str | None = None,
    stage: str | None = None,
    query: Query | None = None,
) -> Selection:
    """Read the options into a selection; things may be given by id, IRI, label or alias.

    :raises UnknownNameError: if one names nothing, or several things.
    :raises DateError: if a day is no date.
    :raises KvgraphError: if the period is empty, or the query names nothing that is known.
    """
    given: dict[str, Any] = {
        "practice": practice, "actor": actor, "network": network, "programme": programme,
        "theme": theme, "country": country, "from": from_, "until": until, "stage": stage,
    }  # fmt: skip
    worded: dict[str, Cell] = {
        name: ", ".join(value) if isinstance(value, tuple | list) else value
        for name, value in given.items()
        if value
    }
    found = {
        p.name: frozenset(
            resolve(dataset, text, p.things) if p.name != "country" else country_of(dataset, text)
            for text in given[p.name]
        )
        for p in SELECTION
        if p.kind == "iri"
    }
    first = _day("from", from_, read_date(from_).earliest) if from_ else None
    last = _day("until", until, read_date(until).latest) if until else None
    if first is not None and last is not None and first > last:
        raise KvgraphError(
            f"there is no day from {from_} until {until}", hint="Give the earlier day first."
        )
    named = None
    if query is not None:
        named = _named(dataset, query)
        worded["query"] = PurePath(query.where).name
    each = {
        name: tuple(map(str, value)) if isinstance(value, tuple | list) else (str(value),)
        for name, value in {**given, "query": worded.get("query")}.items()
        if value
    }
    return Selection(
        practices=_descendants(dataset, found["practice"]),
        actors=found["actor"],
        networks=found["network"],
        programmes=_parts(dataset, found["programme"]),
        themes=frozenset(theme_of(dataset, text) for text in theme),
        countries=found["country"],
        first=first,
        last=last,
        rank=_STAGES.index(stage) + 1 if stage else 0,
        named=named,
        worded=worded,
        given=each,
    )


def select(dataset: Dataset, wanted: Selection, kinds: Iterable[str] = tuple(ENDS)) -> Selected:
    """Give the links of these kinds that meet a selection."""
    every = links(dataset, kinds)
    if not wanted:
        return Selected(wanted, tuple(every), 0)
    judge = _Judge(dataset, wanted)
    kept = [link for link in every if judge.meets(link)]
    undated = 0
    if wanted.first is not None or wanted.last is not None:
        undated = len({link.iri for link in kept if not link.dated})
        made = pivot(dataset, KV + "earliestOrigin")
        kept = [link for link in kept if link.dated and _within(_after_origin(link, made), wanted)]
    return Selected(wanted, tuple(kept), undated)


def _after_origin(link: Link, made: Mapping[str, list[str]]) -> Link:
    """Give a link whose beginning is open as beginning with its practice: none is passed on sooner.

    ``made`` gives the earliest day of each practice's origin.
    """
    days = [ordinal(day) for practice in link.practices for day in made.get(practice, ())]
    if link.begin is not None or not days:
        return link
    return replace(link, begin=min(days))


def _within(link: Link, wanted: Selection) -> bool:
    """Tell whether a link can have been going on at some day of the period."""
    ended = link.end is not None and wanted.first is not None and link.end < wanted.first
    later = link.begin is not None and wanted.last is not None and link.begin > wanted.last
    return not ended and not later


class _Judge:
    """Tells of a link whether it meets a selection, dates aside."""

    def __init__(self, dataset: Dataset, wanted: Selection) -> None:
        self.dataset = dataset
        self.wanted = wanted
        w = wanted
        self.more = w.named is not None or any(
            (w.practices, w.networks, w.programmes, w.themes, w.countries)
        )
        """Whether anything is asked for but actors and a stage."""
        # Where a query names records, what else stands in its rows only describes them.
        self.records = {i for i in wanted.named or () if kind_of(i) in ENDS}

    @cached_property
    def _practices(self) -> Mapping[str, list[str]]:
        return pivot(self.dataset, KV + "practice")

    @cached_property
    def _programmes(self) -> Mapping[str, list[str]]:
        return pivot(self.dataset, KV + "underProgramme")

    @cached_property
    def _themes(self) -> Mapping[str, list[str]]:
        return pivot(self.dataset, KV + "theme")

    @cached_property
    def _countries(self) -> Mapping[str, list[str]]:
        return pivot(self.dataset, KV + "country")

    def meets(self, link: Link) -> bool:
        """Tell whether a link meets everything but the dates."""
        wanted = self.wanted
        # What costs least is asked first: of many links most fall at the first question.
        if wanted.rank:
            rank = _STAGES.index("adopted") + 1 if link.kind == "adoption" else link.rank
            if link.kind not in ("transfer", "adoption") or rank < wanted.rank:
                return False
        ends = {link.source, link.target}
        if wanted.actors and not wanted.actors & ends:
            return False
        if not self.more:
            return True
        around = ends.union(link.via)
        about = set(link.practices).union(
            (e for e in ends if kind_of(e) == "practice"),
            *(self._practices.get(e, ()) for e in ends),
        )
        if wanted.practices and not wanted.practices & about:
            return False
        if wanted.networks and not wanted.networks & around:
            return False
        if wanted.programmes:
            under = around.union(*(self._programmes.get(e, ()) for e in around))
            if not wanted.programmes & under:
                return False
        if wanted.themes:
            bearing = {e for e in around | about if kind_of(e) != "actor"}
            if not any(wanted.themes & set(self._themes.get(e, ())) for e in bearing):
                return False
        if wanted.countries:
            inside = ends.union(*(self._countries.get(e, ()) for e in ends))
            if not wanted.countries & inside:
                return False
        if wanted.named is None:
            return True
        return link.iri in self.records if self.records else bool(wanted.named & (around | about))


def _day(option: str, worded: str, day: int | None) -> int:
    """Give the day that bounds the period; a date that is open on that side bounds nothing."""
    if day is None:
        raise KvgraphError(
            f"--{option} {worded} is open, and narrows nothing",
            hint="Write a day, a month or a year, or leave it out.",
        )
    return day


def _named(dataset: Dataset, query: Query) -> frozenset[str]:
    """Give the things and records that the rows of a query name."""
    table = ask(dataset, query)
    cells = {cell for row in table.rows for cell in row if isinstance(cell, Iri)}
    named = frozenset(str(cell) for cell in cells if cell.startswith(ID))
    if table.rows and not named:
        raise KvgraphError(
            f"the rows of {query.title} name neither records nor things",
            hint="Select a variable that stands for a transfer, a practice, an actor or a network, "
            "as its IRI.",
        )
    return named


def country_of(dataset: Dataset, text: str) -> str:
    """Find a country by its code, id, name or alias."""
    countries = {iri for values in pivot(dataset, KV + "country").values() for iri in values}
    codes = pivot(dataset, KV + "countryCode")
    coded = [iri for iri in countries if text.strip().upper() in codes.get(iri, ())]
    if len(coded) == 1:
        return coded[0]
    iri = resolve(dataset, text, ("actor",))
    if iri not in countries:
        raise UnknownNameError(
            f'"{text}" is not a country',
            (),
            hint=f"To select what {shorten(iri)} gave or received, say --actor {shorten(iri)}.",
        )
    return iri


def _descendants(dataset: Dataset, practices: frozenset[str]) -> frozenset[str]:
    """Give practices and all that were adapted from them, over any number of steps."""
    if not practices:
        return practices
    above = pivot(dataset, KV + "descendsFrom")
    return practices | {child for child, found in above.items() if practices & set(found)}


def _parts(dataset: Dataset, programmes: frozenset[str]) -> frozenset[str]:
    """Give programmes and all their parts, such as priority axes and calls."""
    if not programmes:
        return programmes
    whole = pivot(dataset, PREFIXES["dcterms"] + "isPartOf")
    found = set(programmes)
    while more := {p for p, of in whole.items() if p not in found and found & set(of)}:
        found |= more
    return frozenset(found)


def theme_of(dataset: Dataset, text: str) -> str:
    """Find a theme by its code or a label, among those that stand in the data."""
    used = sorted({t for found in pivot(dataset, KV + "theme").values() for t in found})
    wanted = text.casefold().strip()
    for iri in used:
        labels = [vocabulary.label(iri, lang) for lang in ("en", "fi", "sv")]
        if wanted in {iri, shorten(iri).casefold(), *(x.casefold() for x in labels)}:
            return iri
    known = [shorten(iri) for iri in used if iri.startswith(VOC)]
    close = difflib.get_close_matches(wanted, known, n=5, cutoff=0.5)
    hint = "Close to it: " + ", ".join(close) + "." if close else "Known: " + ", ".join(known) + "."
    raise UnknownNameError(f'no theme is called "{text}"', close, hint=hint)
