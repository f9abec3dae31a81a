"""From options to flows and a question that is put to them: what reach and paths are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from kvgraph.errors import KvgraphError
from kvgraph.inquiry.selecting import selected
from kvgraph.selection import SELECTION

if TYPE_CHECKING:
    from kvgraph.analysis.reach import Question
    from kvgraph.flows import Flows, Transfers
    from kvgraph.model import Analysis, Cell, Table
    from kvgraph.store import Dataset

_MOST_DIGITS: Final = 30
"""The order of magnitude beyond which no time of an edge table lies."""

NARROWING: Final = tuple(
    p for p in SELECTION if p.name in ("actor", "network", "programme", "theme", "country", "query")
)
"""The options of a selection that reach and paths take too.

The others mean something else there: --from is an actor, --practice and --stage say what counts.
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the flows to put it to, and the dataset behind them if there is one.

    ``narrowed`` tells what was selected, and how many transfers lie outside of it.
    """

    flows: Flows
    question: Question
    dataset: Dataset | None
    digest: str
    stage: str
    narrowed: Mapping[str, Cell] = field(default_factory=dict)

    def told(self, table: Table) -> Table:
        """Give an answer that tells of the selection too."""
        if not self.narrowed:
            return table
        empty = table.empty
        if empty:
            from kvgraph.words import word

            empty += " " + word("analyse.only_selected", self.question.lang)
        return replace(table, head={**table.head, **self.narrowed}, empty=empty)


def ask_of(dataset: Dataset, options: Mapping[str, Any]) -> Asked:
    """Read options into flows of a dataset and a question.

    :raises KvgraphError: for options that do not go together, and whatever is unreadable.
    """
    from kvgraph.flows import draw

    transfers, narrowed = _narrowed(dataset, draw(dataset), options)
    return question(transfers, options, dataset, narrowed)


def question(
    transfers: Transfers,
    options: Mapping[str, Any],
    dataset: Dataset | None = None,
    narrowed: Mapping[str, Cell] = {},
) -> Asked:
    """Read options into flows of these transfers and a question; ``dataset`` is behind them.

    :raises KvgraphError: for options that do not go together, and whatever is unreadable.
    """
    from kvgraph import flows as f
    from kvgraph.analysis._worlds import Window
    from kvgraph.analysis.reach import Question

    level = options.get("level") or "actor"
    members: Mapping[str, str] | None = None
    if level != "actor" and dataset is not None:
        from kvgraph.rollup import rollup

        members = rollup(dataset, level)
    seed = options.get("seed") or 0
    if seed < 0:
        raise KvgraphError("--seed is a number from 0 on", hint="Say --seed 0.")
    worlds = options.get("worlds")
    if worlds is not None and worlds < 1:
        raise KvgraphError("--worlds needs at least one world", hint="Say --worlds 1000.")
    window = (time_of(options.get("worlds_from"), transfers, last=False),
              time_of(options.get("worlds_to"), transfers, last=True))  # fmt: skip
    flows = f.moments(
        transfers,
        stage=options["stage"],
        horizon=_horizon(options, transfers, dataset),
        with_planned=options["with_planned"],
        with_abandoned=options["with_abandoned"],
        with_exposure=options["with_exposure"],
        min_certainty=options["min_certainty"],
    )
    asked = Question(
        source=_thing(dataset, transfers, options["from_"], ("actor", "network")),
        target=_thing(dataset, transfers, options["to"], ("actor", "network")),
        practice=_thing(dataset, transfers, options["practice"], ("practice",)),
        strict=options["strict"],
        lineage=not options["no_lineage"],
        from_adoption=options["from_adoption"],
        worlds=worlds or 0,
        seed=seed,
        window=Window(*window),
        times=bool(options.get("times")),
        level=level,
        members=members,
        lang=options["lang"],
    )
    digest = "" if dataset is None else dataset.digest
    return Asked(flows, asked, dataset, digest, options["stage"], narrowed)


def put(asked: Asked, analysis: Analysis, options: Mapping[str, Any]) -> Table:
    """Put a question to flows; the hops of paths are opened back to their sources.

    :raises KvgraphError: for fewer paths than one.
    """
    if analysis.name != "paths":
        return asked.told(analysis.run(asked.flows, asked.question, dataset=asked.digest))
    from kvgraph.analysis.paths import paths, why_not

    k = options.get("k") or 0
    if k < 1:
        raise KvgraphError("-k needs at least one path", hint="Say -k 5.")
    if options.get("why_not"):
        return asked.told(why_not(asked.flows, asked.question, dataset=asked.digest))
    table = paths(asked.flows, asked.question, k=k, dataset=asked.digest)
    if asked.dataset is not None:
        from kvgraph.namespaces import shorten
        from kvgraph.proof import open_hops

        iris = {shorten(iri): iri for iri in asked.flows.transfers.ids}
        table = open_hops(table, iris, asked.dataset)
    return asked.told(table)


def _narrowed(
    dataset: Dataset, transfers: Transfers, options: Mapping[str, Any]
) -> tuple[Transfers, dict[str, Cell]]:
    """Give the selected transfers, and what to tell of the selection; all if there is none."""
    given = {p.name: options.get(p.name) for p in NARROWING}
    if not any(given.values()):
        return transfers, {}
    from kvgraph.flows import only

    chosen = selected(dataset, given, ("transfer", "exposure"))
    kept = only(transfers, {link.iri for link in chosen.links})
    counted = transfers.exposure <= bool(options["with_exposure"])
    outside = {i for i, c in zip(transfers.ids, counted.tolist(), strict=True) if c}
    return kept, {**chosen.head(), "outside_selection": len(outside.difference(kept.ids))}


def _thing(
    dataset: Dataset | None, transfers: Any, text: str | None, kinds: tuple[str, ...]
) -> str | None:
    """Find what an option names: in the dataset, or among the names of an edge table."""
    if text is None:
        return None
    if dataset is not None:
        from kvgraph.names import resolve

        return resolve(dataset, text, kinds)
    import difflib

    from kvgraph.errors import UnknownNameError
    from kvgraph.namespaces import shorten

    names = transfers.practices if kinds == ("practice",) else transfers.actors
    by_name: dict[str, str] = {shorten(name): name for name in names}
    by_name |= {name: name for name in names}
    if text in by_name:
        return by_name[text]
    close = difflib.get_close_matches(text, by_name, n=5)
    hint = "Close to it: " + ", ".join(close) + "." if close else f"It has {len(names)} of them."
    what = "practice" if kinds == ("practice",) else "giver or receiver"
    raise UnknownNameError(f'no {what} of the table is called "{text}"', close, hint=hint)


def time_of(text: str | None, transfers: Any, *, last: bool) -> int | None:
    """Read a time option: a date, or a number where the table's times are numbers."""
    if text is None or not transfers.numeric:
        return day_of(text, last=last)
    from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation

    from kvgraph.flows import HIGH

    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise KvgraphError(
            f'"{text}" is not a number, as the times of this table are', hint="Write it as 12."
        )
    # Beyond half of what is open a day could not be told from an open bound. Compared by
    # its size first: 1e999999 written out would take all memory.
    if number.adjusted() > _MOST_DIGITS or abs(number * transfers.scale) > HIGH // 2:
        raise KvgraphError(
            f'"{text}" is too large a time', hint="Write a number near those of the table."
        )
    # The last time known of lies not after what was said, the first not before it.
    rounding = ROUND_FLOOR if last else ROUND_CEILING
    return int((number * transfers.scale).to_integral_value(rounding))


def day_of(text: str | None, *, last: bool = True) -> int | None:
    """Read a date option into its latest (or earliest) day.

    :raises DateError: if it is not a date.
    """
    if text is None:
        return None
    from kvgraph.dates import read_date

    moment = read_date(text)
    return moment.latest if last else moment.earliest


def _horizon(options: Mapping[str, Any], transfers: Any, dataset: Dataset | None) -> int | None:
    """Give the last day that anything is known of."""
    if options["horizon"] is not None:
        return time_of(options["horizon"], transfers, last=True)
    if dataset is None:
        return None
    return day_of(dataset.about.horizon)
