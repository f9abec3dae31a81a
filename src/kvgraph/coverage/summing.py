"""The coverage line: what a picture, an export or an answer is made of, in a few sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kvgraph.coverage.knowing import OUTCOMES, UNDER_WAY, UNKNOWN, Facts, Known
from kvgraph.dates import speak_day
from kvgraph.links import Link
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.words import word


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known of some transfers, in numbers.

    ``outcomes`` counts them by outcome, each in one; ``under_way`` and ``unknown`` are among
    those that were *visited only*. ``first`` and ``last`` are the years from and to which they
    can have begun. ``states`` are the member states that the dataset holds, ``without`` those
    to which none of the transfers leads and from which none comes.
    """

    transfers: int
    sources: int
    languages: int
    first: int | None
    last: int | None
    undated: int
    outcomes: Mapping[str, int]
    under_way: int
    unknown: int
    states: int
    without: int
    horizon: int | None


def summary(dataset: Dataset, links: Iterable[Link]) -> Summary:
    """Give what is known of the transfers among links, in numbers."""
    facts = Facts(dataset)
    return sum_up(facts, facts.known(links))


def sum_up(facts: Facts, known: list[Known]) -> Summary:
    """Give the numbers of transfers that are looked up already."""
    sources = {source for transfer in known for source in transfer.sources}
    outcomes = Counter(transfer.outcome for transfer in known)
    statuses = Counter(t.status for t in known if t.outcome == "visited_only")
    reached = {
        facts.state.get(end) for t in known for ends in (t.givers, t.receivers) for end in ends
    }
    return Summary(
        len(known),
        len(sources),
        len({code for source in sources for code in facts.languages(source)}),
        min((t.first for t in known if t.first is not None), default=None),
        max((t.last for t in known if t.last is not None), default=None),
        sum(not t.dated for t in known),
        {outcome: outcomes[outcome] for outcome in OUTCOMES},
        statuses[UNDER_WAY],
        statuses[UNKNOWN],
        len(facts.members),
        len(facts.members - reached),
        facts.horizon,
    )


def line(found: Summary, lang: str, undated_left_out: int = 0) -> str:
    """Say how much is known, so that a blank is told from a zero: the coverage line.

    It tells transfers, their sources and the languages of these, the years, the undated, what
    is recorded as failed, and for how many member states nothing is known.
    ``undated_left_out`` are the records that a period has left out for want of a date.
    """
    years = f"{found.first}–{found.last}" if found.first != found.last else str(found.first)
    said = [
        word(
            "coverage.line",
            lang,
            transfers=found.transfers,
            sources=found.sources,
            languages=found.languages,
            years=word("coverage.no_years", lang) if found.first is None else years,
            undated=found.undated,
        ),
        word(
            "coverage.line_failures",
            lang,
            refused=found.outcomes["refused"],
            abandoned=found.outcomes["abandoned"],
            visited=found.outcomes["visited_only"],
            under_way=found.under_way,
            unknown=found.unknown,
        ),
    ]
    if found.states:
        said.append(word("coverage.line_states", lang, without=found.without, states=found.states))
    if undated_left_out:
        said.append(word("view.explorer.undated_left_out", lang, n=undated_left_out))
    if found.horizon is None:
        said.append(word("head.no_horizon", lang))
    else:
        said.append(word("head.horizon", lang, horizon=speak_day(found.horizon, lang)))
    return " ".join(said)


def nothing(selected: Selected, lang: str) -> str:
    """Say why nothing meets a selection, and what could be dropped; empty if all was asked for."""
    worded = selected.selection.worded
    if not worded:
        return ""
    asked = "; ".join(
        f"{word(f'view.selection.{name}', lang)} {value}" for name, value in worded.items()
    )
    said = [word("diagram.no_record", lang, asked=asked)]
    if selected.undated:
        said.append(word("view.explorer.undated_left_out", lang, n=selected.undated))
    if len(worded) > 1:
        said.append(word("diagram.drop_one", lang))
    return " ".join(said)
