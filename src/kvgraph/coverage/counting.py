"""How many sources, transfers, failures and undated rows there are, by what one asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from kvgraph.coverage.knowing import FAILED, OUTCOMES, UNDER_WAY, UNKNOWN, Facts, Known
from kvgraph.coverage.summing import line, nothing, sum_up
from kvgraph.links import links
from kvgraph.model import Cell, Iri, Table
from kvgraph.names import label
from kvgraph.namespaces import KV, PREFIXES, kind_of, shorten
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.words import sentences, word

DIMENSIONS: Final = ("state", "year", "programme", "language")
"""What can be counted by."""

COLUMNS: Final = (
    "dimension", "value", "label", "sources", "transfers", "in_any_case", "gave", "received",
    "adopted", "piloted", "visited_only", "in_progress", "outcome_unknown", "planned",
    "abandoned", "refused", "no_status", "undated", "in_all", "recorded", "failures",
    "failure_sources", "note", "thing",
)  # fmt: skip

RULES: Final = {
    "state": "coverage.rule_state",
    "year": "coverage.rule_year",
    "programme": "coverage.rule_programme",
    "language": "coverage.rule_language",
}
"""The words that say how it is counted."""

_NONE, _OPEN, _UNDATED, _NO_SOURCE = "", "open", "undated", "no source"
"""What belongs to no value, each with a row of its own where it occurs."""


@dataclass(frozen=True, slots=True)
class _Dimension:
    """One thing to count by.

    ``values`` gives those of a transfer; ``rows`` are all that get a row, whether anything is
    counted or not, ``recorded`` tells of how many things of the dataset we know that they
    belong to a value, where that can be told; ``none`` are the words for what has no value.
    """

    values: Callable[[Known], Iterable[str]]
    rows: Sequence[str]
    recorded: Mapping[str, int] | None
    none: Mapping[str, str]


def coverage(
    dataset: Dataset,
    selected: Selected,
    lang: str = "en",
    dimensions: Iterable[str] = DIMENSIONS,
) -> Table:
    """Give sources, transfers, outcomes and undated by state, year, programme and language.

    Every recorded member state, programme and language of a source, and every year from the
    first to the last, has a row; where nothing is counted, ``note`` tells a zero from a blank:
    none in the selection, no known transfer although ``recorded`` things belong there, or
    nothing recorded at all. ``in_all`` are the transfers of the whole dataset. Outcomes add up
    to the transfers; *in progress* and *outcome unknown* are among *visited only*.
    ``in_any_case`` are those that can have begun in no other year. ``failures`` are refused or
    abandoned, ``failure_sources`` what backs them. ``value`` is what the options of a
    selection take. What has several values is counted at each: rows do not add up to the head.
    ``empty`` says why no transfer is selected, where none is.
    """
    facts = Facts(dataset)
    every = facts.known(links(dataset, ("transfer",)))
    chosen = {link.iri for link in selected.links}
    known = [transfer for transfer in every if transfer.iri in chosen]
    asked = tuple(d for d in DIMENSIONS if d in set(dimensions))
    found = sum_up(facts, known)
    rows = [row for name in asked for row in _rows(facts, name, known, every, lang)]
    told = asdict(found)
    outcomes = told.pop("outcomes")
    horizon = told.pop("horizon")
    head: dict[str, Cell] = {
        **selected.head(),
        "dimensions": asked,
        **told,
        **outcomes,
        "rule": " ".join(word(key, lang) for key in ("coverage.rule", *(RULES[d] for d in asked))),
        "horizon": None if horizon is None else date.fromordinal(horizon),
        "coverage": line(found, lang, selected.undated),
        "dataset": dataset.digest,
        "lang": lang,
    }
    empty = "" if known else nothing(selected, lang) or word("coverage.nothing", lang)
    return Table(COLUMNS, tuple(rows), head, empty)


def _rows(
    facts: Facts, name: str, known: list[Known], every: list[Known], lang: str
) -> Iterable[tuple[Cell, ...]]:
    """Give the rows of one dimension, those last that have no value."""
    dimension = _MADE[name](facts, known, every)
    held: dict[str, list[Known]] = {}
    for transfer in known:
        for value in set(dimension.values(transfer)):
            held.setdefault(value, []).append(transfer)
    in_all = Counter(value for transfer in every for value in set(dimension.values(transfer)))
    without = [value for value in dimension.none if value in held]
    for value in (*dimension.rows, *without):
        here = held.get(value, [])
        recorded = None
        if dimension.recorded is not None and value not in dimension.none:
            recorded = dimension.recorded.get(value, 0)
        yield (
            name,
            *_value(facts, name, value, dimension, lang),
            len(_sources(facts, name, value, here)),
            len(here),
            sum(t.first == t.last for t in here) if name == "year" and value.isdecimal() else None,
            *_sides(facts, name, value, here),
            *_outcomes(here),
            sum(not t.dated for t in here),
            in_all[value],
            recorded,
            tuple(shorten(t.iri) for t in here if t.outcome in FAILED),
            tuple(sorted({shorten(s) for t in here if t.outcome in FAILED for s in t.sources})),
            "" if here else _note(in_all[value], recorded, lang),
            Iri(value) if ":" in value else None,
        )


def _value(
    facts: Facts, name: str, value: str, dimension: _Dimension, lang: str
) -> tuple[Cell, Cell]:
    """Give a value as an option takes it, and what it is called."""
    if value in dimension.none:
        return None, word(dimension.none[value], lang)
    if name == "year":
        return int(value), value
    if name == "language":
        key = f"coverage.language.{value}"
        return value, word(key, lang) if key in sentences() else value
    codes = facts.of(KV + "countryCode").get(value) if name == "state" else None
    return codes[0] if codes else shorten(value), label(facts.dataset, value, lang)


def _sources(facts: Facts, name: str, value: str, here: list[Known]) -> set[str]:
    """Give the sources that are counted at a value: of a language only those in it."""
    found = {source for transfer in here for source in transfer.sources}
    if name != "language":
        return found
    return {s for s in found if value in facts.languages(s) or (not value and _mute(facts, s))}


def _mute(facts: Facts, source: str) -> bool:
    """Tell whether nothing says in what language a source is."""
    return not facts.languages(source)


def _sides(facts: Facts, name: str, value: str, here: list[Known]) -> tuple[Cell, Cell]:
    """Count how many transfers came from a state, and how many went to it."""
    if name != "state":
        return None, None
    return (
        sum(any(facts.state.get(end, _NONE) == value for end in t.givers) for t in here),
        sum(any(facts.state.get(end, _NONE) == value for end in t.receivers) for t in here),
    )


def _outcomes(here: list[Known]) -> tuple[int, ...]:
    """Count by outcome, and what is among *visited only* right after it."""
    counted = Counter(transfer.outcome for transfer in here)
    statuses = Counter(t.status for t in here if t.outcome == "visited_only")
    found = []
    for outcome in OUTCOMES:
        found.append(counted[outcome])
        if outcome == "visited_only":
            found += [statuses[UNDER_WAY], statuses[UNKNOWN]]
    return tuple(found)


def _note(in_all: int, recorded: int | None, lang: str) -> str:
    """Say what it means that nothing is counted."""
    if in_all:
        return word("coverage.none_selected", lang, n=in_all)
    return word("coverage.none_recorded" if recorded == 0 else "coverage.none_known", lang)


# --- what is counted by ------------------------------------------------------------------------


def _by_state(facts: Facts, known: list[Known], every: list[Known]) -> _Dimension:  # noqa: ARG001
    """Give the states: members first, then the others that gave or received anything."""

    def values(transfer: Known) -> Iterable[str]:
        return (facts.state.get(end, _NONE) for end in transfer.givers | transfer.receivers)

    others = {state for transfer in every for state in values(transfer)} - facts.members - {_NONE}
    codes = facts.of(KV + "countryCode")
    rows = [
        state
        for part in (facts.members, others)
        for state in sorted(part, key=lambda s: (codes.get(s, [""])[0], s))
    ]
    recorded = Counter(state for actor, state in facts.state.items() if actor != state)
    return _Dimension(values, rows, recorded, {_NONE: "coverage.no_state"})


def _by_year(facts: Facts, known: list[Known], every: list[Known]) -> _Dimension:  # noqa: ARG001
    """Give the years from the first to the last in which any of the selected can have begun."""

    def values(transfer: Known) -> Iterable[str]:
        if transfer.first is None or transfer.last is None:
            return (_OPEN if transfer.dated else _UNDATED,)
        return map(str, range(transfer.first, transfer.last + 1))

    bounds = [year for t in known for year in (t.first, t.last) if year is not None]
    rows = list(map(str, range(min(bounds), max(bounds) + 1))) if bounds else []
    none = {_OPEN: "coverage.open", _UNDATED: "coverage.undated"}
    return _Dimension(values, rows, None, none)


def _by_programme(facts: Facts, known: list[Known], every: list[Known]) -> _Dimension:  # noqa: ARG001
    """Give all programmes, each with what went through its parts too."""

    def values(transfer: Known) -> Iterable[str]:
        return facts.programmes_of(transfer.around) or (_NONE,)

    under = facts.of(KV + "underProgramme")
    recorded = Counter(p for thing in under for p in facts.programmes_of([thing]) if p != thing)
    rows = sorted(facts.programmes, key=lambda p: (shorten(p), p))
    return _Dimension(values, rows, recorded, {_NONE: "coverage.no_programme"})


def _by_language(facts: Facts, known: list[Known], every: list[Known]) -> _Dimension:  # noqa: ARG001
    """Give the languages of all sources, whether they back a transfer or not."""

    def values(transfer: Known) -> Iterable[str]:
        if not transfer.sources:
            return (_NO_SOURCE,)
        return (code for s in transfer.sources for code in facts.languages(s) or {_NONE})

    identified = facts.of(PREFIXES["dcterms"] + "identifier")
    sources = {s for s in identified if kind_of(s) == "source"}
    sources |= {s for transfer in every for s in transfer.sources}
    recorded = Counter(code for source in sources for code in facts.languages(source))
    none = {_NONE: "coverage.no_language", _NO_SOURCE: "coverage.no_source"}
    return _Dimension(values, sorted(recorded), recorded, none)


_MADE: Final = {
    "state": _by_state,
    "year": _by_year,
    "programme": _by_programme,
    "language": _by_language,
}
