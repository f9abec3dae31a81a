"""Tables of reach and paths as sentences that a project officer understands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from kvgraph import vocabulary
from kvgraph.cli._common import emit, say, write_out
from kvgraph.cli._flows import Asked
from kvgraph.dates import speak_day
from kvgraph.flows import ABANDONED, IN, PLANNED, REASONS, REFUSED
from kvgraph.model import Cell, Table
from kvgraph.namespaces import shorten
from kvgraph.proof import Documented, Source, is_synthetic
from kvgraph.words import word

_MOST_LEFT_OUT: Final = 20


class _Teller:
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
        for line in (*_Teller(asked).head(table), *([table.empty] if table.empty else [])):
            say(f"note: {line}")


def tell_reach(table: Table, asked: Asked) -> str:
    """Tell a table of reach."""
    teller = _Teller(asked)
    forwards = "from" in table.head
    end = table.head["from" if forwards else "to"]
    title = "reach.title_from" if forwards else "reach.title_to"
    lines = [teller.word(title, actor=teller.name(end))]
    lines += teller.head(table)
    if table.head.get("level") == "member-state":
        lines.append(teller.word("reach.contact"))
    elif "level" in table.head:
        lines.append(teller.word("reach.contact_jurisdiction"))
    if table.head.get("worlds"):
        lines.append(
            teller.word(
                "reach.conditional",
                number=table.head["worlds_unproven"],
                open=table.head["worlds_left_out_open"],
            )
        )
    if table.empty:
        lines += ["", table.empty]
    lines += _groups(table, teller, forwards)
    contradictions: Any = table.head.get("contradictions", ())
    lines += [line for c in contradictions for line in ("", _contradiction(c, teller))]
    from kvgraph.analysis._kernel import Timeline
    from kvgraph.analysis.reach import Scope

    timeline = Timeline(asked.flows, lineage=asked.question.lineage)
    lines += teller.left_out(Scope(timeline, asked.question).practices())
    lines += teller.cited()
    return "\n".join(lines)


def _groups(table: Table, teller: _Teller, forwards: bool) -> Iterator[str]:
    """Tell the rows, those of one practice together, certain before possible."""
    rows = list(table.records())
    seen: list[tuple[Cell, Cell]] = []
    for row in rows:
        key = row["source_practice"], row["practice"]
        if key not in seen:
            seen.append(key)
    for given, practice in sorted(seen, key=lambda pair: (str(pair[0]), pair[0] != pair[1])):
        yield ""
        of_practice = [
            r for r in rows if r["source_practice"] == given and r["practice"] == practice
        ]
        if practice == "":
            pass  # an edge table without practices: there is nothing to head the rows with
        elif given == practice or not forwards:
            yield teller.word("reach.practice", practice=teller.practice(practice), id=practice)
        else:
            yield teller.word(
                "reach.adapted",
                practice=teller.practice(practice),
                id=practice,
                giver=teller.name(table.head["from"]),
                given=teller.practice(given),
            )
        for reach in ("certain", "possible"):
            found = [r for r in of_practice if r["reach"] == reach]
            if found:
                yield "  " + teller.word(f"reach.{reach}")
            for row in sorted(found, key=_by_arrival):
                yield "    " + _sentence(row, table, teller, forwards)


def _by_arrival(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Order rows by arrival, those open to the past first."""
    best = row["best_arrival"]
    return (best is not None, best if isinstance(best, int | float) else 0, str(best), row["actor"])


def _sentence(row: Mapping[str, Any], table: Table, teller: _Teller, forwards: bool) -> str:
    """Tell one row."""
    stage = table.head["stage"] or "reached"
    sure = row["reach"] == "certain"
    subject = row["actor"] if forwards else table.head["to"]
    when = teller.between(row["best_arrival"], row["worst_arrival"])
    key = f"reach.{'does' if sure else 'may'}.{stage}"
    if forwards and _made(row, teller):
        key = "reach.made" if sure else "reach.may_have_made"
    verb = teller.word(key, actor=teller.name(subject))
    parts = [f"{verb} {when}"]
    between = _between(teller.chain(row["transfers"], subject), teller)
    if between:
        parts.append(teller.word("reach.by_way_of", actors=", ".join(between)))
    if not sure:
        flows = teller.asked.flows
        proven = all(flows.proven[r] for r in teller.chain(row["transfers"], subject))
        parts.append(teller.word("reach.order_open" if proven else "reach.no_proof"))
    text = ", ".join(parts) + " "
    text += teller.word(
        "reach.proof",
        transfers=", ".join(row["transfers"]) or "–",
        sources=teller.sources(row["transfers"]),
    )
    extra = []
    if not forwards:
        extra.append(
            teller.word(
                "reach.came_from",
                giver=teller.name(row["actor"]),
                given=teller.practice(row["source_practice"]),
            )
        )
    if "share" in row:
        extra.append(_share(row, table, teller) + ".")
    if row.get("fewest_hops") is not None:
        extra.append(
            teller.word(
                "reach.times",
                departure=teller.time(row["latest_departure"]),
                fastest=row["fastest"],
                hops=row["fewest_hops"],
            )
            + "."
        )
    return " ".join([text + ".", *extra])


def _made(row: Mapping[str, Any], teller: _Teller) -> bool:
    """Tell whether the actor of a row made the practice of what it received."""
    rows = teller.chain(row["transfers"], row["actor"])
    t = teller.asked.flows.transfers
    return bool(rows) and shorten(t.practices[t.practice[rows[-1]]]) != row["practice"]


def _between(rows: Sequence[int], teller: _Teller) -> list[str]:
    """Name those through whose hands the practice went on its way."""
    t = teller.asked.flows.transfers
    return [teller.name(shorten(t.actors[t.receiver[row]])) for row in rows[:-1]]


def _share(row: Mapping[str, Any], table: Table, teller: _Teller) -> str:
    """Tell the share of sampled worlds."""
    if row["share"] is None:
        return teller.word("reach.no_share")
    columns = {"share": "share", "low": "share_low", "high": "share_high",
               "without": "share_without_unproven"}  # fmt: skip
    percent = {name: f"{100 * row[column]:.1f}" for name, column in columns.items()}
    if teller.lang in ("fi", "sv"):
        percent = {k: v.replace(".", ",") for k, v in percent.items()}
    if percent["without"] != percent["share"]:
        return teller.word("reach.share_if", worlds=table.head["worlds"], **percent)
    del percent["without"]
    return teller.word("reach.share", worlds=table.head["worlds"], **percent)


def _contradiction(c: Mapping[str, Any], teller: _Teller) -> str:
    """Tell of an adaptation whose dates contradict each other."""
    return teller.word(
        "reach.contradiction",
        practice=teller.practice(c["practice"]),
        origin=teller.name(c["origin"]),
        latest=teller.time(c["latest_origin"]),
        arrival=teller.time(c["earliest_arrival_of_what_it_was_adapted_from"]),
    )


def tell_paths(table: Table, asked: Asked) -> str:
    """Tell a table of paths, hop by hop."""
    teller = _Teller(asked)
    ends = {"giver": teller.name(table.head["from"]), "receiver": teller.name(table.head["to"])}
    lines = [teller.word("paths.title_any", **ends), *teller.head(table)]
    if table.empty:
        lines += ["", table.empty]
    for number, row in enumerate(table.records(), 1):
        when = teller.between(row["best_arrival"], row["worst_arrival"])
        lines += ["", teller.word(f"paths.{row['reach']}", number=number, when=when)]
        hops = row["hops"]
        assert isinstance(hops, tuple)
        for place, hop in enumerate(hops, 1):
            lines += _hop(place, hop, hops, row, teller)
    if table.head.get("complete") is False:
        lines += ["", teller.word("paths.incomplete")]
    lines += teller.cited()
    return "\n".join(lines)


def _hop(
    place: int, hop: Mapping[str, Any], hops: Sequence[Any], row: Mapping[str, Any], teller: _Teller
) -> Iterator[str]:
    """Tell one hop, and what the practice became at its end."""
    values = {
        "number": place,
        "giver": teller.name(hop["giver"]),
        "receiver": teller.name(hop["receiver"]),
        "practice": teller.practice(hop["practice"]),
        "when": teller.between(hop["earliest"], hop["latest"]),
        "transfer": hop["transfer"],
    }
    if "status" not in hop:
        yield "  " + teller.word("paths.hop_edge", **values)
    else:
        status = vocabulary.codes("status").get(hop["status"] or "")
        mode, certainty = hop["mode"], vocabulary.codes("certainty").get(hop["certainty"] or "")
        yield "  " + teller.word(
            "paths.hop",
            status=vocabulary.label(status.iri, teller.lang) if status else "–",
            mode=teller.word(f"mode.{mode}") if mode else teller.word("paths.mode_unknown"),
            certainty=vocabulary.label(certainty.iri, teller.lang)
            if certainty
            else teller.word("paths.certainty_unknown"),
            **values,
        )
        for source in hop["sources"]:
            yield "     " + teller.word("paths.source", **source)
    after = hops[place]["practice"] if place < len(hops) else row["practice"]
    if after != hop["practice"]:
        yield "     " + teller.word("paths.becomes", practice=teller.practice(after))


def tell_why_not(table: Table, asked: Asked) -> str:
    """Tell what stands between two actors."""
    teller = _Teller(asked)
    ends = {"giver": teller.name(table.head["from"]), "receiver": teller.name(table.head["to"])}
    lines = [teller.word("why.title", **ends), *teller.head(table), ""]
    if table.empty:
        return "\n".join([*lines, table.empty])
    lines.append(
        teller.word("why.possible" if table.head["reach"] == "possible" else "why.not_reached")
    )
    for number, row in enumerate(table.records(), 1):
        when = teller.between(row["earliest"], row["latest"])
        practice = f"{teller.practice(row['practice'])}, " if row["practice"] else ""
        hop = (
            f"  {number}. {teller.name(row['giver'])} → {teller.name(row['receiver'])}: "
            f"{practice}{when} ({row['transfer']}; "
            f"{teller.sources([str(row['transfer'])])})"
        )
        lines += [hop, "     " + _breaks(row, teller)]
    lines += teller.cited()
    return "\n".join(lines)


_BREAKS: Final = {
    "": "why.holds",
    "not proven": "why.not_proven",
    "may lie before its giver had it": "why.order_open",
    "lies before its giver can have had it": "why.too_early",
    "lies after what was adapted from it began": "why.after_adaptation",
    "only planned": "why.only_planned",
    REASONS[PLANNED]: "why.only_planned",
    REASONS[ABANDONED]: "why.abandoned",
    REASONS[REFUSED]: "why.refused",
}


def _breaks(row: Mapping[str, Any], teller: _Teller) -> str:
    """Tell what breaks a hop."""
    key = _BREAKS.get(row["breaks"], "why.left_out")
    needed = teller.time(row["needed"]) if row["needed"] is not None else "–"
    return teller.word(key, needed=needed)
