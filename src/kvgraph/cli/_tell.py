"""What answers in sentences share: names, dates, sources, and what was asked and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from kvgraph import vocabulary
from kvgraph.cli._common import emit, say, write_out
from kvgraph.dates import speak_day
from kvgraph.flows import IN, REASONS
from kvgraph.heading import selected
from kvgraph.inquiry import Asked
from kvgraph.model import Cell, Table
from kvgraph.namespaces import shorten
from kvgraph.proof import Documented, Source, is_synthetic
from kvgraph.words import word

_MOST_LEFT_OUT: Final = 20


class Teller:
    """Names, dates and sources in the language of the answer."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.lang = asked.question.lang
        t = asked.flows.transfers
        self._practices = {shorten(i): i for i in t.practices}
        self._actors = {shorten(i): i for i in t.actors}
        self._transfers = {shorten(i): i for i in t.ids}
        self._rows: dict[str, list[int]] = {}
        for row, i in enumerate(t.ids):
            self._rows.setdefault(shorten(i), []).append(row)
        self._cited: dict[str, Source] = {}

    def word(self, key: str, **values: object) -> str:
        """Give a sentence."""
        return word(key, self.lang, **values)

    def name(self, identifier: Cell) -> str:
        """Give what an actor is called; in an edge table its name is its id."""
        return self._named(str(identifier), self._actors, "actor")

    def practice(self, identifier: Cell) -> str:
        """Give what a practice is called."""
        return self._named(str(identifier), self._practices, "practice")

    def _named(self, text: str, iris: Mapping[str, str], kind: str) -> str:
        if self.asked.dataset is None:
            return text
        from kvgraph.names import label
        from kvgraph.namespaces import ID, mint

        iri = iris.get(text) or (text if text.startswith(ID) else mint(kind, text))
        return label(self.asked.dataset, iri, self.lang)

    def chain(self, transfers: Sequence[str], end: Cell) -> list[int]:
        """Give the rows of a chain of transfers that ends at an actor.

        A transfer to several receivers, or read in both directions, has several rows of one
        id: those are taken whose giver has received the one before. An end that is a group
        of actors is not looked at.
        """
        t = self.asked.flows.transfers
        steps: list[list[int]] = []
        for identifier in transfers:
            rows = self._rows.get(identifier, [])
            if steps:
                held = {int(t.receiver[row]) for row in steps[-1]}
                rows = [row for row in rows if int(t.giver[row]) in held]
            steps.append(rows)
        chosen: list[int] = []
        for rows in reversed(steps):
            if chosen:
                rows = [row for row in rows if t.receiver[row] == t.giver[chosen[-1]]]
            else:
                named = [row for row in rows if shorten(t.actors[t.receiver[row]]) == end]
                rows = named or rows
            chosen += rows[:1]
        return chosen[::-1]

    def time(self, value: Cell) -> str:
        """Give a day as people write it, or a number of a numeric table."""
        if isinstance(value, str):
            return speak_day(date.fromisoformat(value).toordinal(), self.lang)
        return str(value)

    def between(self, best: Cell, worst: Cell) -> str:
        """Tell of an interval, of which either side may be open."""
        if best is None and worst is None:
            return self.word("reach.undated")
        if best is None:
            return self.word("reach.until", worst=self.time(worst))
        if worst is None:
            return self.word("reach.from", best=self.time(best))
        key = "reach.day" if best == worst else "reach.between"
        return self.word(key, best=self.time(best), worst=self.time(worst))

    def documented(self, transfer: str) -> Documented | None:
        """Give what the dataset says of a transfer."""
        if self.asked.dataset is None or transfer not in self._transfers:
            return None
        return Documented(self.asked.dataset, self._transfers[transfer])

    def sources(self, transfers: Iterable[str]) -> str:
        """Name the sources of transfers by id, and remember them for the list at the end."""
        ids: dict[str, None] = {}
        for transfer in transfers:
            known = self.documented(transfer)
            for source in known.sources if known else ():
                self._cited[source.id] = source
                ids[source.id] = None
        return ", ".join(ids) or "–"

    def cited(self) -> Iterator[str]:
        """List the sources named so far."""
        if self._cited:
            yield ""
            yield self.word("head.sources")
            for _, source in sorted(self._cited.items()):
                yield f"  {source.id}: {source.title}" + (f", {source.url}" if source.url else "")

    def head(self, table: Table) -> Iterator[str]:
        """Tell rule, stage, horizon, what was left out and how much has no date."""
        head = table.head
        horizon = head["horizon"]
        rule = "head.rule_strict" if head["rule"] == "strict" else "head.rule_nonstrict"
        values = {
            "rule": self.word(rule),
            "horizon": self.word("head.no_horizon")
            if horizon is None
            else self.word("head.horizon", horizon=self.time(horizon)),
        }
        if head["stage"] is None:
            yield self.word("head.counted_edges", **values)
        else:
            stage = vocabulary.codes("stage")[str(head["stage"])].iri
            yield self.word("head.counted", stage=vocabulary.label(stage, self.lang), **values)
        left_out = head["left_out"]
        assert isinstance(left_out, Mapping)
        reasons = [f"{n} {self.word(f'reason.{r}')}" for r, n in left_out.items() if n]
        yield self.word(
            "head.numbers",
            considered=head["transfers_considered"],
            left_out=", ".join(reasons) or self.word("reason.none"),
            undated=head["undated"],
        )
        yield from selected(head, self.lang)
        if head["dataset"]:
            yield self.word("head.dataset", dataset=head["dataset"])
        if self.asked.dataset is not None and is_synthetic(self.asked.dataset):
            yield self.word("head.synthetic")

    def left_out(self, practices: Sequence[int]) -> Iterator[str]:
        """Name the transfers that were left out, so that a blank is not taken for a no."""
        flows, t = self.asked.flows, self.asked.flows.transfers
        out = np.flatnonzero(flows.asked(practices) & (flows.reason != IN))
        ids = sorted((shorten(t.ids[row]), int(row)) for row in out)
        if ids:
            yield ""
        for identifier, row in ids[:_MOST_LEFT_OUT]:
            practice = shorten(t.practices[t.practice[row]])
            yield self.word(
                "reach.left_out" if practice else "reach.left_out_edge",
                practice=self.practice(practice),
                giver=self.name(shorten(t.actors[t.giver[row]])),
                receiver=self.name(shorten(t.actors[t.receiver[row]])),
                reason=self.word(f"reason.{REASONS[flows.reason[row]]}"),
                transfer=identifier,
                sources=self.sources([identifier]),
            )
        if len(ids) > _MOST_LEFT_OUT:
            yield f"... +{len(ids) - _MOST_LEFT_OUT}"


def answer(
    table: Table,
    asked: Asked,
    format_name: str,
    output: Path | None,
    tell: Callable[[Table, Asked], str],
) -> None:
    """Write a table as sentences or in a format.

    A format that has no place for the head gets it on the standard error, so that no number
    comes without its rule, stage, horizon and what was left out.
    """
    if format_name == "table":
        text = tell(table, asked)
        write_out(lambda stream: print(text, file=stream), output)
        return
    emit(table, format_name, output)
    if format_name != "json":
        for line in (*Teller(asked).head(table), *([table.empty] if table.empty else [])):
            say(f"note: {line}")
