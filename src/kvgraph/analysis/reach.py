"""Whom can a practice have reached, or come from: certain and possible, with tight dates.

Time-respecting reach (P. Holme & J. Saramäki, Temporal networks, 2012; B. Wu et al., 2014)
under interval dates and unproven outcomes, across adaptations. A *world* gives each proven
transfer one day in its interval, and each other one a day or never. *Possible*: in some
world. *Certain*: in every world, which is the same as one path that holds in every world.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from kvgraph.analysis import _worlds
from kvgraph.analysis._kernel import NEVER, SOURCE
from kvgraph.analysis._spread import Spread, ancestors, clear, spread
from kvgraph.analysis._timeline import Timeline, walk_times
from kvgraph.dates import show_day
from kvgraph.errors import KvgraphError
from kvgraph.flows import CERTAINTIES, HIGH, IN, LOW, STAGES, Flows, Transfers
from kvgraph.model import Analysis, Cell, Parameter, Table
from kvgraph.namespaces import shorten
from kvgraph.words import word

COLUMNS: Final = (
    "source_practice",
    "practice",
    "actor",
    "reach",
    "best_arrival",
    "worst_arrival",
    "hops",
    "adaptations",
    "transfers",
)
WORLD_COLUMNS: Final = ("share", "share_low", "share_high", "share_without_unproven")
_MANY: Final = 20_000
"""Transfers from which on the passes towards a target are compiled, where numba is there."""
TIME_COLUMNS: Final = ("latest_departure", "fastest", "fewest_hops")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of flows, apart from which transfers count (see ``flows.moments``)."""

    source: str | None = None
    target: str | None = None
    practice: str | None = None
    strict: bool = False
    lineage: bool = True
    from_adoption: bool = False
    worlds: int = 0
    seed: int = 0
    window: _worlds.Window = _worlds.OPEN
    times: bool = False
    level: str = "actor"
    members: Mapping[str, str] | None = None
    lang: str = "en"


def reach(flows: Flows, question: Question, *, dataset: str = "") -> Table:
    """Give every practice and actor reached from ``source``, or that can have reached ``target``.

    One row per source practice (a practice that the source gave), practice and actor. With
    ``target`` the actor of a row is who it can have come from, and the days are those of the
    arrival at the target. ``best_arrival`` is null where it is open to the past,
    ``worst_arrival`` where the row is not certain or open to the future. ``transfers`` are
    those of the witness: for certain rows a walk that attains the worst arrival, else one
    that attains the best; fewest hops, then the smallest ids.

    ``members`` rolls actors up (actor to group): everything is computed between actors, and
    only the answers are put together, so that no two transfers are joined whose actors
    merely share a state.

    :raises KvgraphError: if neither or both of ``source`` and ``target`` are given.
    """
    if (question.source is None) == (question.target is None):
        raise KvgraphError(
            "reach needs an actor to start from or to end at",
            hint="Say --from ACTOR or --to ACTOR, one of them.",
        )
    # Towards a target there is a pass for each source: compiling pays much earlier.
    compiled = True if question.target is not None and len(flows.lo) >= _MANY else None
    timeline = Timeline(flows, lineage=question.lineage, compiled=compiled)
    scope = Scope(timeline, question)
    rows: list[_Row] = []
    notes: dict[str, Cell] = {}
    contradictions: list[Mapping[str, Any]] = []
    left_out_open = unproven = 0
    rng = np.random.default_rng(question.seed)
    labels = timeline.labels(), timeline.labels()
    for actor, state in scope.sources():
        found = spread(
            timeline, state, strict=question.strict, start=scope.start(state),
            possible=labels[0], certain=labels[1],
            wanted=None if question.worlds else scope.goals,
        )  # fmt: skip
        # The source itself is no row, not even where its own practice comes back adapted.
        targets = [s for s in found.reached(scope.goals) if timeline.of_state(s)[1] != actor]
        if targets or question.target is None:
            contradictions += [_told(flows, c) for c in found.contradictions]
        share: Mapping[int, _worlds.Share | None] = {}
        if question.worlds and targets:
            share, out = _worlds.shares(found, question.worlds, rng, question.window)
            left_out_open = max(left_out_open, out)
            unproven = max(unproven, _unproven(found))
        times = _times(found) if question.times else {}
        rows += [scope.row(found, actor, s, share.get(s), times.get(s)) for s in targets]
        clear(found)
    asked = flows.asked(scope.practices())
    head = head_of(flows, question, asked, dataset)
    if question.worlds:
        notes["worlds"] = question.worlds
        notes["seed"] = question.seed
        notes["worlds_left_out_open"] = left_out_open
        notes["worlds_unproven"] = unproven
    if contradictions:
        notes["contradictions"] = tuple(
            sorted(contradictions, key=lambda c: [*map(str, c.values())])
        )
    if question.level != "actor":
        notes["level"] = question.level
        notes["heading"] = f"{question.level.replace('member-', '')}-level contact"
    table_rows = [r.cells for r in sorted(_rolled_up(rows, scope), key=lambda r: r.order)]
    columns: tuple[str, ...] = COLUMNS
    columns += WORLD_COLUMNS if question.worlds else ()
    columns += TIME_COLUMNS if question.times else ()
    kept = [i for i, c in enumerate((*COLUMNS, *WORLD_COLUMNS, *TIME_COLUMNS)) if c in columns]
    return Table(
        columns,
        tuple(tuple(cells[i] for i in kept) for cells in table_rows),
        head | notes,
        "" if table_rows else scope.why_nothing(),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A row before it is put into the table: what it is ordered by, and all its cells."""

    order: tuple[Any, ...]
    cells: tuple[Cell, ...]
    labels: tuple[int, int]


class Scope:
    """Which sources, targets and practices a question is about."""

    def __init__(self, timeline: Timeline, question: Question) -> None:
        """Find the numbers of what the question names; what is not in the flows has none."""
        self.timeline = timeline
        self.question = question
        t = timeline.flows.transfers
        self.transfers: Transfers = t
        self._actor = {name: number for number, name in enumerate(t.actors)}
        self._practice = {name: number for number, name in enumerate(t.practices)}
        self.wanted_practice = (
            None if question.practice is None else self._practice.get(question.practice, -1)
        )
        asked = question.source if question.source is not None else question.target
        assert asked is not None
        self.asked = asked
        self.group = self._group(asked)
        self.goals: frozenset[int] | None = None
        """The states that are to be rows; ``None`` for all."""
        if question.target is not None:
            self.goals = frozenset(s for a in self.group for s in timeline.of_actor(a))

    def _group(self, name: str) -> list[int]:
        """Give the actors that a name stands for at the level asked for."""
        members = self.question.members
        if members is None:
            return [self._actor[name]] if name in self._actor else []
        group = members.get(name, name)
        return [n for a, n in self._actor.items() if members.get(a) == group]

    def sources(self) -> Iterator[tuple[int, int]]:
        """Give each actor and state to start from: the practices that a giver gave."""
        for state in sorted(self._source_states(), key=self._names):
            practice, actor = self.timeline.of_state(state)
            if self.wanted_practice in (None, practice):
                yield actor, state

    def _source_states(self) -> Iterable[int]:
        given = self.timeline.given
        if self.goals is None:
            return [s for a in self.group for s in self.timeline.of_actor(a) if given[s]]
        states = ancestors(self.timeline, self.goals, self.question.strict)
        own = set(self.group)
        return [s for s in states if given[s] and self.timeline.of_state(s)[1] not in own]

    def practices(self) -> list[int]:
        """Give the practices that the question is about, with all that descend from them."""
        if self.wanted_practice is not None:
            return self.timeline.line(self.wanted_practice) if self.wanted_practice >= 0 else []
        t = self.transfers
        asked: set[int] = set()
        if self.goals is None:
            for a in self.group:
                for p in np.unique(t.practice[t.giver == a]):
                    asked.update(self.timeline.line(int(p)))
        else:
            parents: dict[int, set[int]] = {}
            for x in t.lineage if self.question.lineage else ():
                parents.setdefault(x.child, set()).add(x.parent)
            todo = [int(p) for a in self.group for p in np.unique(t.practice[t.receiver == a])]
            while todo:
                p = todo.pop()
                if p not in asked:
                    asked.add(p)
                    todo += parents.get(p, ())
        return sorted(asked)

    def start(self, state: int) -> tuple[int, int]:
        """Give the source's own labels."""
        return self.begins(*self.timeline.of_state(state))

    def begins(self, practice: int, actor: int) -> tuple[int, int]:
        """Give since when a source holds a practice: the beginning, or its own adoption."""
        if self.question.from_adoption:
            interval = self.transfers.adopted.get((practice, actor))
            if interval is not None:
                return interval
        return SOURCE, SOURCE

    def _names(self, state: int) -> tuple[str, str]:
        practice, actor = self.timeline.of_state(state)
        return shorten(self.transfers.practices[practice]), shorten(self.transfers.actors[actor])

    def row(
        self,
        found: Spread,
        source: int,
        state: int,
        share: _worlds.Share | None,
        times: tuple[Cell, Cell, Cell] | None,
    ) -> _Row:
        """Make the row of one state reached."""
        t = self.transfers
        practice, actor = self.timeline.of_state(state)
        given = shorten(t.practices[self.timeline.of_state(found.source)[0]])
        sure = bool(found.certain[state] < NEVER)
        walk = found.witness(state, sure=sure)
        best, worst = int(found.possible[state]), int(found.certain[state])
        other = source if self.question.target is not None else actor
        if self.question.members is not None:
            shown = self.question.members.get(t.actors[other], "")
        else:
            shown = t.actors[other]
        cells: tuple[Cell, ...] = (
            given,
            shorten(t.practices[practice]),
            shorten(shown),
            "certain" if sure else "possible",
            show_time(t, best),
            show_time(t, worst),
            len(walk.edges),
            walk.crossings,
            tuple(map(found.ids.__getitem__, walk.edges)),
            *(share if share is not None else (None,) * len(WORLD_COLUMNS)),
            *(times if times is not None else (None,) * len(TIME_COLUMNS)),
        )
        order = (given, cells[1], not sure, best, cells[2])
        return _Row(order, cells, (best, worst))

    def why_nothing(self) -> str:
        """Say in words why there is no row."""
        t = self.transfers
        lang, actor = self.question.lang, shorten(self.asked)
        role, column = ("gave", t.giver) if self.goals is None else ("received", t.receiver)
        own = np.isin(column, self.group)
        practice = self.question.practice
        if practice is not None:
            own &= t.practice == self.wanted_practice
        if not own.any():
            if practice is None:
                return word(f"empty.unknown_{role}", lang, actor=actor)
            key = f"empty.unknown_practice_{role}"
            return word(key, lang, actor=actor, practice=shorten(practice))
        out = self.timeline.flows.left_out(own)
        if not (own & (self.timeline.flows.reason == IN)).any():
            number = self.timeline.flows.count(own)
            reasons = ", ".join(f"{n} {word(f'reason.{r}', lang)}" for r, n in out.items() if n)
            key = f"empty.left_out_{role}"
            return word(key, lang, actor=actor, number=number, reasons=reasons)
        return word(f"empty.dates_{role}", lang, actor=actor)


def show_time(t: Transfers, day: int) -> Cell:
    """Give a time as people read it: a date, or a number of a numeric table; open is null."""
    if day <= LOW or day >= HIGH:
        return None
    if not t.numeric:
        return show_day(day)
    return day if t.scale == 1 else day / t.scale


def head_of(flows: Flows, question: Question, asked: np.ndarray, dataset: str) -> dict[str, Cell]:
    """Give what was asked and counted."""
    asked_for: dict[str, Cell] = {
        "rule": "strict" if question.strict else "non-strict",
        "stage": flows.stage,
        "horizon": None if flows.horizon is None else show_time(flows.transfers, flows.horizon),
        "left_out": flows.left_out(asked),
        "undated": flows.undated(asked),
        "dataset": dataset or None,
    }
    for name, value in (("from", question.source), ("to", question.target)):
        if value is not None:
            asked_for[name] = shorten(value)
    if question.practice is not None:
        asked_for["asked_practice"] = shorten(question.practice)
    asked_for["lineage"] = question.lineage
    asked_for["transfers_considered"] = flows.count(asked & (flows.reason == IN))
    return asked_for


def _told(flows: Flows, c: Any) -> dict[str, Cell]:
    """Tell of an adaptation that contradicts its dates."""
    t = flows.transfers
    x = c.crossing.lineage
    return {
        "practice": shorten(t.practices[x.child]),
        "adapted_from": shorten(t.practices[x.parent]),
        "origin": shorten(t.actors[x.origin]),
        "latest_origin": show_time(t, x.latest),
        "earliest_arrival_of_what_it_was_adapted_from": show_time(t, c.arrival),
    }


def _unproven(found: Spread) -> int:
    """Count the transfers on the practices of a spread that no source proves."""
    segments, proven = found.timeline.all.segment, found.timeline.proven
    return sum(not proven[e] for p in found.practices for e in range(segments[p], segments[p + 1]))


def _rolled_up(rows: Sequence[_Row], scope: Scope) -> list[_Row]:
    """Put the rows of one group together: the earliest bounds, the surest proof."""
    if scope.question.members is None:
        return list(rows)
    own = shorten(scope.question.members.get(scope.asked, scope.asked))
    best: dict[tuple[Cell, ...], _Row] = {}
    for row in sorted(rows, key=lambda r: (r.order, str(r.cells[8]))):
        key = row.cells[:3]
        if row.cells[2] in (own, ""):
            continue
        if key not in best:
            best[key] = row
            continue
        first = best[key]
        labels = min(first.labels[0], row.labels[0]), min(first.labels[1], row.labels[1])
        # Rows come certain first; of two certain ones the proof of the earlier is kept.
        proof = row if row.labels[1] < first.labels[1] else first
        cells = list(proof.cells)
        cells[4] = show_time(scope.transfers, labels[0])
        cells[5] = show_time(scope.transfers, labels[1])
        order = (*proof.order[:3], labels[0], proof.order[4])
        best[key] = _Row(order, tuple(cells), labels)
    return list(best.values())


def _times(found: Spread) -> dict[int, tuple[Cell, Cell, Cell]]:
    """Give latest departure, fastest and fewest hops of each state, as cells."""
    timeline = found.timeline
    t = timeline.flows.transfers
    begun = int(found.possible[found.source])
    return {
        state: (show_time(t, departure), _span(t, fastest), hops)
        for state, (departure, fastest, hops) in walk_times(
            timeline, found.source, begun, found.strict
        ).items()
    }


def _span(t: Transfers, ticks: int) -> Cell:
    """Give a length of time: days, or the numbers of a numeric table."""
    return ticks / t.scale if t.numeric and t.scale != 1 else ticks


COUNTING: Final = (
    Parameter("practice", "iri", "only this practice and what was adapted from it",
              things=("practice",)),
    Parameter("stage", "choice", "what counts as having moved", default="adopted",
              choices=STAGES),
    Parameter("with-planned", "flag", "take in what was only planned, as not proven"),
    Parameter("with-abandoned", "flag", "take in what was abandoned or refused, as not proven"),
    Parameter("with-exposure", "flag", "at stage visited: take in who met a practice at an "
              "event or in a network"),
    Parameter("min-certainty", "choice", "leave out transfers whose source is less sure",
              choices=CERTAINTIES),
    Parameter("horizon", "date", "the last day that anything is known of; the day on which "
              "the sources were last read when not given"),
    Parameter("strict", "flag", "a hop must come strictly after the one before; else the same "
              "day will do"),
    Parameter("no-lineage", "flag", "do not follow a practice into its adaptations"),
    Parameter("from-adoption", "flag", "let the source begin with its own adoption, not hold "
              "the practice from the beginning"),
)  # fmt: skip
"""What reach and paths can both be told."""

ANALYSIS: Final = Analysis(
    name="reach",
    summary="Whom a practice can have reached, or come from: certain and possible",
    parameters=(
        Parameter("from", "iri", "who passed the practices on", things=("actor", "network")),
        Parameter("to", "iri", "who received them: then the givers are sought",
                  things=("actor", "network")),
        *COUNTING,
        Parameter("level", "choice", "roll actors up in the answer", default="actor",
                  choices=("actor", "jurisdiction", "member-state")),
        Parameter("worlds", "number", "sample so many worlds and give the share that reaches"),
        Parameter("seed", "number", "seed of the sample", default=0),
        Parameter("worlds-from", "date", "the day that stands for a bound open to the past"),
        Parameter("worlds-to", "date", "the day that stands for a bound open to the future"),
        Parameter("times", "flag", "add latest departure, fastest and fewest hops, which are "
                  "defined for point dates"),
    ),
    run=reach,
)  # fmt: skip
