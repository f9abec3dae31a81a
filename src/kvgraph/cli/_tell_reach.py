"""A table of reach as sentences that a project officer understands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kvgraph.cli._tell import Teller
from kvgraph.inquiry import Asked
from kvgraph.model import Cell, Table
from kvgraph.namespaces import shorten


def tell_reach(table: Table, asked: Asked) -> str:
    """Tell a table of reach."""
    teller = Teller(asked)
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
    from kvgraph.analysis._timeline import Timeline
    from kvgraph.analysis.reach import Scope

    timeline = Timeline(asked.flows, lineage=asked.question.lineage)
    lines += teller.left_out(Scope(timeline, asked.question).practices())
    lines += teller.cited()
    return "\n".join(lines)


def _groups(table: Table, teller: Teller, forwards: bool) -> Iterator[str]:
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


def _sentence(row: Mapping[str, Any], table: Table, teller: Teller, forwards: bool) -> str:
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


def _made(row: Mapping[str, Any], teller: Teller) -> bool:
    """Tell whether the actor of a row made the practice of what it received."""
    rows = teller.chain(row["transfers"], row["actor"])
    t = teller.asked.flows.transfers
    return bool(rows) and shorten(t.practices[t.practice[rows[-1]]]) != row["practice"]


def _between(rows: Sequence[int], teller: Teller) -> list[str]:
    """Name those through whose hands the practice went on its way."""
    t = teller.asked.flows.transfers
    return [teller.name(shorten(t.actors[t.receiver[row]])) for row in rows[:-1]]


def _share(row: Mapping[str, Any], table: Table, teller: Teller) -> str:
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


def _contradiction(c: Mapping[str, Any], teller: Teller) -> str:
    """Tell of an adaptation whose dates contradict each other."""
    return teller.word(
        "reach.contradiction",
        practice=teller.practice(c["practice"]),
        origin=teller.name(c["origin"]),
        latest=teller.time(c["latest_origin"]),
        arrival=teller.time(c["earliest_arrival_of_what_it_was_adapted_from"]),
    )
