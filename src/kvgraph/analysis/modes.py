"""How far vertical transfers get, and how far horizontal ones: by stage, with intervals.

Modes
    By the levels of giver and receiver, as the rules derive them: *horizontal* between equals,
    *vertical* between levels, of which *upward* and *downward* are a part. A transfer to
    several receivers has the mode of each; one that is horizontal to some and vertical to
    others is *mixed* and in no other row, and one that goes up to some and down to others is
    vertical and neither *upward* nor *downward*. Where a level is missing it is *unknown*.
    Each transfer counts once, however many receivers it has.
How far
    The furthest stage of which any source tells, by status or attainment, whatever came later.
    A row tells how many transfers got at least to each of the five stages. ``--stage``,
    adopted where not given, is the one that is asked about: here it narrows nothing.
    It needs a dataset: a csv of ties tells of no outcome, and has no ``--edges`` here.
Known
    An outcome is known if a source says that the stage was reached, or tells what came
    instead: visited, piloted or what else falls short of it, abandoned, refused. Not known
    are transfers whose status is in progress or outcome unknown, that were only planned (or
    told of before they can have begun), or without a status. What a source last told may have
    gone on since. ``share`` is of those that are known, with Wilson's interval (1927).
    ``share_least`` and ``share_most`` are what the share of all can be if none, or all, of
    those not known reached it (Manski 1995): sources tell of success sooner than of failure,
    so the two say more than the interval does.
Vertical against horizontal
    In the head, ``comparison``: the difference of the two shares with its interval (Newcombe
    1998) and with what it can be at least and at most, the odds ratio, a half being added to
    each cell where one is 0 (``corrected``), and Fisher's exact p, two-sided (1922). All are
    undefined where no outcome is known of one of the two.

Fewer than ``--few`` known outcomes of a mode tell little: ``thin`` says so, and the notes why.
Transfers of one practice or network are not independent, as Fisher's p takes them to be; and
what goes up may differ from what goes across in more than that: an association is no cause.

=============== =================================================================================
mode            vertical, upward, downward, horizontal, mixed or unknown
transfers       how many
undated         how many of them without any date
outcome_unknown how many of which a source says that nobody knows what came
visited, piloted, adopted, embedded, mainstreamed
                how many got at least so far
known           of how many it is known whether they reached the stage
not_known       of how many not
reached         how many reached it
share           of those known; empty where none is
low, high       its 95 % interval
share_least, share_most
                what the share of all can be
thin            why that tells little, where it does
transfer_ids    the ids of the transfers
=============== =================================================================================
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kvgraph import vocabulary
from kvgraph.analysis._worlds import wilson
from kvgraph.analysis.co_presence import FEW, odds_ratio
from kvgraph.coverage import nothing
from kvgraph.coverage.knowing import FAILED, UNDER_WAY, UNKNOWN, Facts, Known
from kvgraph.diagram import frame
from kvgraph.errors import KvgraphError
from kvgraph.flows import STAGES, draw, moments, only
from kvgraph.links import Link, links
from kvgraph.material import head_of_transfers
from kvgraph.model import Analysis, Cell, Parameter, Table
from kvgraph.namespaces import KV, PREFIXES, code_iri, shorten
from kvgraph.selection import select
from kvgraph.store import Dataset, pivot
from kvgraph.words import word

if TYPE_CHECKING:
    from kvgraph.selection import Selected

MODES: Final = ("vertical", "upward", "downward", "horizontal", "mixed", "unknown")
"""The rows, in this order."""

THIN: Final = {
    "no known outcome": "analyse.modes_none_known",
    "few known outcomes": "analyse.modes_few_known",
}
"""Why a row tells little, and the sentence that says so."""

_NAMES: Final = {
    "upward": "mode.upward",
    "downward": "mode.downward",
    "mixed": "analyse.modes_mixed",
    "unknown": "analyse.modes_unknown",
}
"""The sentences that name the modes that no code list has."""

_UNTOLD: Final = ("planned", "no_status")
"""The outcomes that tell of nothing that has happened."""

_COLUMNS: Final = (
    "mode", "transfers", "undated", "outcome_unknown", *STAGES, "known", "not_known", "reached",
    "share", "low", "high", "share_least", "share_most", "thin", "transfer_ids",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Case:
    """One transfer: what is known of it, how far it got, and its modes."""

    known: Known
    rank: int
    modes: frozenset[str]

    def told(self, wanted: int) -> bool:
        """Tell whether it is known whether this stage, by its order, was reached."""
        if self.rank >= wanted or self.known.outcome in FAILED:
            return True
        return self.known.outcome not in _UNTOLD and self.known.status not in (UNDER_WAY, UNKNOWN)


@dataclass(frozen=True, slots=True)
class _Mode:
    """The transfers of a mode: how many are known, and how many of those reached the stage."""

    cases: tuple[_Case, ...]
    known: int
    reached: int

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The least and the most that the share of all can be, ``None`` where there is none."""
        n = len(self.cases)
        return (self.reached / n, (self.reached + n - self.known) / n) if n else None


def modes(
    dataset: Dataset,
    *,
    selected: Selected | None = None,
    stage: str = "adopted",
    few: int = FEW,
    lang: str = "en",
) -> Table:
    """Give how many transfers of each mode got how far, and how vertical and horizontal differ.

    What each word means is told in the module.

    :param selected: transfers to look at, all where not given; a stage in it narrows nothing.
    :param few: below so many known outcomes a mode is called thin.
    :raises KvgraphError: for a stage that there is not, or a ``few`` below 1.
    """
    if stage not in STAGES or few < 1:
        raise KvgraphError(
            f"there is no comparison at stage {stage} with few {few}",
            hint=f"stage: {', '.join(STAGES)}; few: 1 or more.",
        )
    chosen = _whatever_stage(dataset, selected)
    kept = links(dataset, ("transfer",)) if chosen is None else chosen.links
    wanted = STAGES.index(stage) + 1
    cases = _cases(dataset, kept)
    found = {mode: _of_mode(cases, mode, wanted) for mode in MODES}
    notes = [word("analyse.modes_meant", lang), word("analyse.modes_cause", lang)]
    compared = _compared(found["vertical"], found["horizontal"])
    notes.append(_told(compared, lang))
    rows = []
    for mode, group in found.items():
        thin = _thin(group, few)
        rows.append(_row(mode, group, thin))
        if thin:
            notes.append(
                word(THIN[thin], lang, mode=_name(mode, lang), known=group.known,
                     transfers=len(group.cases), few=few)
            )  # fmt: skip
    by = frame(dataset, stage, lang)
    drawn = draw(dataset)
    if chosen is not None and chosen.selection:
        drawn = only(drawn, {link.iri for link in kept})
    taken = moments(drawn, stage=stage, horizon=by.horizon)
    head: dict[str, Cell] = {
        **head_of_transfers(dataset, taken, chosen, by),
        "rule": f"how far transfers got by mode, of those of which it is known: {stage}",
        "few": few,
        "comparison": compared,
        "notes": tuple(notes),
        "dataset": dataset.digest,
    }
    if cases:
        return Table(_COLUMNS, tuple(rows), head)
    unmet = nothing(chosen, lang) if chosen is not None else ""
    return Table(_COLUMNS, (), {**head, "notes": ()}, unmet or word("analyse.nothing", lang))


def _whatever_stage(dataset: Dataset, selected: Selected | None) -> Selected | None:
    """Give what was selected whatever stage it reached: among those who did, all did."""
    if selected is None or not selected.selection.rank:
        return selected
    worded = {k: v for k, v in selected.selection.worded.items() if k != "stage"}
    return select(dataset, replace(selected.selection, rank=0, worded=worded), ("transfer",))


def _cases(dataset: Dataset, kept: Iterable[Link]) -> list[_Case]:
    """Give each transfer once, in the order of the IRIs."""
    kept = list(kept)
    ranks: dict[str, int] = {}
    for link in kept:
        ranks[link.iri] = max(link.rank, ranks.get(link.iri, 0))
    types = pivot(dataset, PREFIXES["rdf"] + "type")
    return [
        _Case(known, ranks[known.iri], _modes(types.get(known.iri, ())))
        for known in Facts(dataset).known(kept)
    ]


def _modes(types: Iterable[str]) -> frozenset[str]:
    """Give the rows in which a transfer of these classes counts.

    >>> sorted(_modes([KV + "UpwardTransfer", KV + "VerticalTransfer"]))
    ['upward', 'vertical']
    >>> sorted(_modes([KV + "HorizontalTransfer", KV + "VerticalTransfer"])), sorted(_modes([]))
    (['mixed'], ['unknown'])
    """
    found = {mode for mode in MODES[:4] if f"{KV}{mode.capitalize()}Transfer" in types}
    if {"vertical", "horizontal"} <= found:
        return frozenset(["mixed"])
    if {"upward", "downward"} <= found:
        found -= {"upward", "downward"}
    return frozenset(found or ["unknown"])


def _of_mode(cases: Iterable[_Case], mode: str, wanted: int) -> _Mode:
    """Give the transfers of a mode, and how many of them are known and reached a stage."""
    kept = tuple(case for case in cases if mode in case.modes)
    return _Mode(
        kept,
        sum(case.told(wanted) for case in kept),
        sum(case.rank >= wanted for case in kept),
    )


def _thin(found: _Mode, few: int) -> str:
    """Say why a mode tells little, or nothing where it does not, or where it has no transfer."""
    if not found.cases or found.known >= few:
        return ""
    return "few known outcomes" if found.known else "no known outcome"


def _row(mode: str, found: _Mode, thin: str) -> tuple[Cell, ...]:
    """Give the row of a mode."""
    cases = found.cases
    share = wilson(found.reached, found.known) if found.known else (None, None, None)
    return (
        mode,
        len(cases),
        sum(not case.known.dated for case in cases),
        sum(case.known.status == UNKNOWN for case in cases),
        *(sum(case.rank >= order for case in cases) for order in range(1, len(STAGES) + 1)),
        found.known,
        len(cases) - found.known,
        found.reached,
        *share,
        *(found.bounds or (None, None)),
        thin or None,
        tuple(shorten(case.known.iri) for case in cases),
    )


def _compared(vertical: _Mode, horizontal: _Mode) -> dict[str, float | bool | None]:
    """Give how the shares of the two differ, each with how sure that is."""
    names = ("difference", "low", "high", "least", "most", "odds_ratio", "corrected", "p")
    if not vertical.known or not horizontal.known:
        return dict.fromkeys(names)
    # Slow to load, and needed here alone.
    from scipy.stats import fisher_exact

    p, p_low, p_high = wilson(vertical.reached, vertical.known)
    q, q_low, q_high = wilson(horizontal.reached, horizontal.known)
    table = [[m.reached, m.known - m.reached] for m in (vertical, horizontal)]
    a, b, c, d = (*table[0], *table[1])
    ratio = odds_ratio(a, b, c, d)
    bounds, others = vertical.bounds, horizontal.bounds
    assert bounds is not None
    assert others is not None
    found = (
        p - q,
        p - q - math.hypot(p - p_low, q_high - q),
        p - q + math.hypot(p_high - p, q - q_low),
        bounds[0] - others[1],
        bounds[1] - others[0],
        ratio,
        ratio is not None and min(a, b, c, d) == 0,
        float(fisher_exact(table).pvalue),
    )
    return dict(zip(names, found, strict=True))


def _told(compared: Mapping[str, float | bool | None], lang: str) -> str:
    """Tell in a sentence how vertical and horizontal transfers differ."""
    if compared["difference"] is None:
        return word("analyse.modes_not_compared", lang)
    points = {
        name: f"{round(100 * float(compared[name] or 0)):+d}"
        for name in ("difference", "low", "high", "least", "most")
    }
    ratio = compared["odds_ratio"]
    return word(
        "analyse.modes_compared", lang, **points, p=f"{compared['p']:.2g}",
        odds_ratio="–" if ratio is None else f"{ratio:.2f}",
    )  # fmt: skip


def _name(mode: str, lang: str) -> str:
    """Give what a mode is called."""
    if mode in _NAMES:
        return word(_NAMES[mode], lang)
    return vocabulary.label(code_iri("mode", mode), lang)


ANALYSIS: Final = Analysis(
    name="modes",
    summary="How far vertical and horizontal transfers get, and whether the two differ",
    parameters=(
        Parameter("few", "number", "call a mode thin that has fewer known outcomes", default=FEW),
    ),
    run=modes,
    takes="dataset",
)  # fmt: skip
