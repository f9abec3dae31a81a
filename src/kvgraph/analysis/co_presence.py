"""Did sitting in one network come before passing something on? Typed co-presence.

What is counted
    A case is a giver and a receiver of one transfer that counts at the stage asked for; a
    transfer to several receivers is several cases. Its moment is the interval in which it
    moved, as for reach. What has no date is left out and told, and so is what has a network
    as an end: a network sits in no network.
At risk
    All ordered pairs of an actor that gave anything and another that received anything,
    among the counted transfers. For each case all other pairs at risk are judged at its
    moment, as in risk-set sampling (Prentice & Breslow 1978): a pair that never passed
    anything on has no moment of its own.
Exposed
    Both were members of at least one common network (or project) before the transfer can have
    begun. From the later of the two beginnings on they sat together, unless one membership
    had surely ended before the other can have begun. A membership without dates lies
    somewhere within the time of its network. Against the moment of the case a place is
    *before* if the joining lies before the first day of the moment, whatever the dates allow;
    *same year* if it is not, but they had joined by the end of the year in which the moment
    begins; *possible* if they can have joined before the last day of the moment; else not.
    The best of all places that a pair shares counts. Places without any date are left out.
The way itself
    A network or project that the transfer went through is no prior one. It is taken out for
    the case and for the pairs beside it, as are the network that held an event on the way and
    the one that such a project runs, or by which such a network is run; ``with_via`` keeps it.
Ties
    ``ties`` says what a place of the same year counts: *before* 1, *after* 0, *half* a half.
Odds ratio
    Of exposure among the cases against the other pairs at risk. Where one of the four cells
    is 0, a half is added to all of them (Haldane 1956; Anscombe 1956), and nowhere else, and
    ``corrected`` says so. It is undefined where no pair, or every pair, is exposed.
Null
    Actors are relabelled at random while who sat where stays (QAP: Krackhardt 1988), so that
    pairs of one actor are not taken for independent. Those who only gave, only received, and
    did both are relabelled among themselves, which keeps the pairs at risk. ``p`` is one-sided,
    (b + 1)/(N + 1) with b of N relabellings at least as exposed as what was seen (Phipson &
    Smyth 2010), so it is never 0. The interval of the null holds the middle 95 of 100.
Bounds
    ``odds_ratio_least`` and ``odds_ratio_most`` are the ends of what the dates allow: all
    that is open counts against the association, or for it (Manski 1995).
Plain tables
    A case is a row of ``--edges`` that has a start or an end. Memberships are the rows of
    ``--cascades``: between its start and its end the actor joined the place in the column
    practice (``--columns practice=network,time=joined``), and stayed. Rows that name no place
    are one place where none is named, else left out. All places are of one kind, *any*, which
    is *network* to who asks for that. Times may be numbers, broken ones too, compared exactly:
    the same year is then the same whole number, and ``years_since`` is in the table's own
    units. The way of a tie is not known, so that none is taken out. An actor's state is the
    column group of ``--nodes``. There are no levels.

An association is no cause: who sits together may be alike in what makes both give and take.

=================== =============================================================================
through, ties       the kind of place, and the rule
exposed_transfers   how many cases are exposed; half ones by the rule *half*
transfers           all cases
share               the exposed of all cases
exposed_pairs       how many of the other pairs at risk are exposed, at all moments
pairs               all of these
share_pairs         the exposed of these
odds_ratio          of the cases against the others; empty where undefined
corrected           1 where a half was added
null_median         the odds ratio where actors are relabelled: its median
null_low, null_high its interval
p                   share of relabellings at least as exposed
possible_transfers  how many cases can be exposed, whatever the dates allow
odds_ratio_least    the odds ratio where all that is open counts against the association
odds_ratio_most     the odds ratio where it counts for it
thin                why the data are too thin, where they are
=================== =============================================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.analysis._cases import KINDS, Study, cases_of
from kvgraph.analysis._sitting import Together, together
from kvgraph.analysis._standing import (
    BEFORE,
    NOT,
    POSSIBLE,
    SAME_YEAR,
    Counts,
    count,
    numbered,
    stand_of,
)
from kvgraph.analysis._tabled import cases_in
from kvgraph.diagram import LEVELS, frame
from kvgraph.errors import KvgraphError
from kvgraph.material import Material
from kvgraph.model import Analysis, Cell, Parameter, Table
from kvgraph.store import Dataset
from kvgraph.words import word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kvgraph.selection import Selected

    Numbers = NDArray[np.int64]

TIES: Final[Mapping[str, float]] = {"before": 1.0, "half": 0.5, "after": 0.0}
"""What a place that was joined in the year of the transfer counts, by rule."""

FEW: Final = 10
"""Below so many cases an answer is called thin."""
MANY: Final = 5000
"""From so many cases on each step is told of: relabelling them takes a while."""
LEAST_EXPECTED: Final = 5
"""Below so many expected exposed or unexposed cases likewise (Cochran 1954)."""

THIN: Final = {
    "nobody exposed": "analyse.co_presence_nobody_exposed",
    "few transfers": "analyse.co_presence_few_transfers",
    "few expected": "analyse.co_presence_few_expected",
    "no other labels": "analyse.co_presence_no_other_labels",
}
"""Why data can be too thin, and the sentence that says so."""

_COLUMNS: Final = (
    "through", "ties", "exposed_transfers", "transfers", "share", "exposed_pairs", "pairs",
    "share_pairs", "odds_ratio", "corrected", "null_median", "null_low", "null_high", "p",
    "possible_transfers", "odds_ratio_least", "odds_ratio_most", "thin",
)  # fmt: skip
_PAIRS: Final = (
    "through", "giver", "receiver", "practice", "transfer", "date_lo", "date_hi", "proven",
    "giver_state", "receiver_state", "exposed_certain", "same_year", "exposed_possible",
    "prior_networks", "same_year_networks", "possible_networks", "years_since", "via",
)  # fmt: skip
_AT_RISK: Final = (
    "through", "giver", "receiver", "giver_state", "receiver_state", "moments", "certain",
    "same_year", "possible", "transfers", "transfers_certain", "transfers_same_year",
    "transfers_possible",
)  # fmt: skip


def co_presence(
    where: Dataset | Material,
    *,
    selected: Selected | None = None,
    stage: str = "adopted",
    through: str | None = None,
    ties: str | None = None,
    with_via: bool = False,
    level: str = "actor",
    proven_only: bool = False,
    permutations: int = 999,
    seed: int = 1,
    pairs: bool = False,
    at_risk: bool = False,
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Tell whether those who passed something on had sat in one network before, and how often.

    A row for each kind of place (network, project, any of the two) and each rule for ties;
    ``through`` and ``ties`` keep one of them. A row tells how many cases are exposed, how many
    of the other pairs at risk at the same moments, the odds ratio of the two, median and
    interval of it where actors are relabelled, p, what the dates allow, and why the data are
    too thin, where they are. What each word means is told in the module.

    :param where: a dataset, or the ties and memberships of plain tables.
    :param selected: of a dataset: transfers to look at, all where not given; memberships are
        always all. It and the stage mean nothing to plain tables.
    :param pairs: give a row a case instead, for R: whether it is exposed surely
        (``exposed_certain``), by the rule for ties (``same_year``) or at most
        (``exposed_possible``), the places, and at least how many years it had sat there
        (where times are numbers: how many of them, broken ones too). Flags are 0 and 1.
    :param at_risk: give a row a pair at risk instead, with the number of moments at which it
        was in each standing and those of them that are its own transfers: the table again.
    :param tell: is told of each step.
    :raises KvgraphError: for options that do not go together.
    """
    if permutations < 1 or seed < 0:
        name, least = ("permutations", 1) if permutations < 1 else ("seed", 0)
        raise KvgraphError(f"--{name} is a number from {least} on", hint=f"Say --{name} {least}.")
    if pairs and at_risk:
        raise KvgraphError(
            "--pairs and --at-risk are two tables", hint="Ask for the one, then for the other."
        )
    if isinstance(where, Material):
        study = cases_in(where, through, level, proven_only, with_via, lang)
    else:
        by = frame(where, stage, lang)
        study = cases_of(where, selected, by, level, proven_only, with_via)
    kinds = (through,) if through else (("any",) if pairs else study.kinds)
    rows: list[tuple[Cell, ...]] = []
    notes = [word(key, lang) for key in study.notes]
    for kind in kinds:
        places = _places(study, kind)
        if tell is not None and len(study.cases) >= MANY:
            tell(f"{kind}: {len(study.cases):,} cases, {study.at_risk:,} pairs at risk")
        if pairs:
            rows += _case_rows(study, places, kind)
            continue
        counts = count(study, places, 0 if at_risk else permutations, seed)
        if at_risk:
            rows += _risk_rows(study, counts, kind)
            continue
        thin = _thin(study, counts)
        rows += [
            _row(study, counts, kind, rule, thin) for rule in TIES if ties is None or rule == ties
        ]
        if thin:
            notes.append(f"{kind}: {word(THIN[thin], lang)}")
    head: dict[str, Cell] = {
        **study.head,
        "ties": ties or tuple(TIES),
        "with_via": with_via,
        "level": level,
        "proven_only": proven_only,
        "cases": len(study.cases),
        "givers": len(study.givers),
        "receivers": len(study.receivers),
        "pairs_at_risk": study.at_risk,
        "memberships": len({s.membership for s in study.sittings}),
        "memberships_undated": len({s.membership for s in study.sittings if not s.dated}),
        "null": "actors relabelled among those who only gave, only received, or did both (QAP)",
        "permutations": permutations,
        "seed": seed,
        "notes": tuple(notes),
        "dataset": study.dataset,
    }
    columns = _PAIRS if pairs else _AT_RISK if at_risk else _COLUMNS
    if study.cases:
        return Table(columns, tuple(rows), head)
    return Table(columns, (), head, study.empty)


def _places(study: Study, kind: str) -> Together:
    """Give who of the actors at risk sat with whom in places of a kind."""
    kept = (s for s in study.sittings if kind in ("any", study.kind_of(s.place)))
    groups = study.groups
    if groups is not None:
        kept = (replace(s, actor=groups[s.actor]) for s in kept if s.actor in groups)
    return together(kept, numbered(study.givers), numbered(study.receivers))


def odds_ratio(a: float, b: float, c: float, d: float) -> float | None:
    """Give the odds ratio of two rows (a, b) and (c, d), ``None`` where a column is empty.

    >>> odds_ratio(8, 2, 1, 5)
    20.0
    >>> odds_ratio(1, 1, 0, 2)  # a half is added to each cell: (1.5 x 2.5)/(1.5 x 0.5)
    5.0
    """
    if a + c <= 0 or b + d <= 0:
        return None
    if min(a, b, c, d) <= 0:
        a, b, c, d = a + 0.5, b + 0.5, c + 0.5, d + 0.5
    return a * d / (b * c)


def _row(study: Study, counts: Counts, kind: str, rule: str, thin: str) -> tuple[Cell, ...]:
    """Give the answer for one kind of place and one rule for ties."""
    weight = np.array([0, 0, TIES[rule], 1])
    cases = np.bincount(counts.standing, minlength=4)
    n, exposed = len(study.cases), float(cases @ weight)
    everywhere, number = float(counts.everywhere @ weight), n * study.at_risk
    others, pairs = everywhere - exposed, number - n

    def ratio(exposed: float) -> float | None:
        others = everywhere - exposed
        return odds_ratio(exposed, n - exposed, others, pairs - others)

    seen = counts.relabelled @ weight
    null = sorted(r for r in map(ratio, seen.tolist()) if r is not None)
    found = ratio(exposed)
    certain, most = float(cases[BEFORE]), float(cases[POSSIBLE:].sum())
    all_certain = float(counts.everywhere[BEFORE]) - certain
    all_most = float(counts.everywhere[POSSIBLE:].sum()) - most
    return (
        kind,
        rule,
        _plain(exposed),
        n,
        exposed / n if n else None,
        _plain(others),
        pairs,
        others / pairs if pairs else None,
        found,
        int(found is not None and min(exposed, n - exposed, others, pairs - others) <= 0),
        *(_quantile(null, share) for share in (0.5, 0.025, 0.975)),
        None if found is None else (1 + int((seen >= exposed).sum())) / (1 + len(seen)),
        int(most),
        odds_ratio(certain, n - certain, all_most, pairs - all_most),
        odds_ratio(most, n - most, all_certain, pairs - all_certain),
        thin or None,
    )


def _plain(number: float) -> float | int:
    """Give a whole number as such."""
    return int(number) if number == int(number) else number


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """Give the smallest value that at least this share of all do not exceed."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else None


def _thin(study: Study, counts: Counts) -> str:
    """Say why the data cannot answer, or nothing where they can."""
    n = len(study.cases)
    if not n:
        return ""
    exposed = counts.everywhere[SAME_YEAR:].sum()
    if not exposed:
        return "nobody exposed"
    if n < FEW:
        return "few transfers"
    expected = n * exposed / counts.everywhere.sum()
    if min(expected, n - expected) < LEAST_EXPECTED:
        return "few expected"
    if len(counts.relabelled) > 1 and len(np.unique(counts.relabelled, axis=0)) == 1:
        return "no other labels"
    return ""


def _case_rows(study: Study, places: Together, kind: str) -> Iterator[tuple[Cell, ...]]:
    """Give a row for each case, with the places in which both had sat."""
    name, states, clock = study.name, study.states, study.clock
    gave, took = numbered(study.givers), numbered(study.receivers)
    of_pair: dict[tuple[int, int], list[int]] = {}
    for i, pair in enumerate(zip(places.giver.tolist(), places.receiver.tolist(), strict=True)):
        of_pair.setdefault(pair, []).append(i)
    for case in study.cases:
        shared = np.array(of_pair.get((gave[case.giver], took[case.receiver]), ()), dtype=np.int64)
        stand = stand_of(_only(places, shared), case)
        best = int(max(stand, default=NOT))
        named = {
            value: tuple(name(places.places[places.place[i]]) for i in shared[stand == value])
            for value in (BEFORE, SAME_YEAR, POSSIBLE)
        }
        since: Cell = None
        if best == BEFORE:
            joined = int(places.last[shared[stand == BEFORE]].min())
            since = clock.since(joined, case.lo)
        yield (
            kind,
            name(case.giver),
            name(case.receiver),
            name(case.practice),
            name(case.transfer),
            clock.show(case.lo),
            clock.show(case.hi),
            int(case.proven),
            states.get(case.giver),
            states.get(case.receiver),
            int(best == BEFORE),
            int(best == SAME_YEAR),
            int(best >= POSSIBLE),
            *named.values(),
            since,
            tuple(sorted(map(name, case.via))),
        )


def _only(places: Together, rows: Numbers) -> Together:
    """Give the pairs of these rows."""
    return Together(
        places.places, places.giver[rows], places.receiver[rows], places.place[rows],
        places.first[rows], places.last[rows],
    )  # fmt: skip


def _risk_rows(study: Study, counts: Counts, kind: str) -> Iterator[tuple[Cell, ...]]:
    """Give a row for each pair at risk, with how it stood at how many moments."""
    name, states = study.name, study.states
    own: dict[tuple[str, str], list[int]] = {}
    for case, stand in zip(study.cases, counts.standing.tolist(), strict=True):
        own.setdefault((case.giver, case.receiver), [0] * 4)[stand] += 1
    for g, giver in enumerate(study.givers):
        for r, receiver in enumerate(study.receivers):
            if giver == receiver:
                continue
            moments = counts.pairs.get((g, r), (0,) * 4)
            passed = own.get((giver, receiver), (0,) * 4)
            yield (
                kind, name(giver), name(receiver), states.get(giver), states.get(receiver),
                len(study.cases), *moments[:NOT:-1], sum(passed), *passed[:NOT:-1],
            )  # fmt: skip


ANALYSIS: Final = Analysis(
    name="co-presence",
    summary="Whether who passed something on had sat in one network before, more than others",
    parameters=(
        Parameter("through", "choice", "count only what they had in common of this kind",
                  choices=KINDS),
        Parameter("ties", "choice", "how to count what both were in by the end of the year in "
                  "which the transfer begins, the order not being known", choices=tuple(TIES)),
        Parameter("with-via", "flag", "count the network through which the transfer itself went"),
        Parameter("level", "choice", "put actors together by what they are or belong to",
                  default="actor", choices=LEVELS),
        Parameter("proven-only", "flag", "count only transfers of which a source says that they "
                  "got so far"),
        Parameter("permutations", "number", "relabel the actors so often", default=999),
        Parameter("seed", "number", "seed of the relabelling", default=1),
        Parameter("pairs", "flag", "give a row a giver and receiver of a transfer, for R"),
        Parameter("at-risk", "flag", "give a row a pair that could have passed something on, "
                  "for R"),
    ),
    run=co_presence,
    takes="either",
)  # fmt: skip
