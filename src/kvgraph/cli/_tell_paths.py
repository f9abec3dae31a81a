"""Tables of paths, and of what breaks them, hop by hop in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kvgraph import vocabulary
from kvgraph.cli._tell import Teller
from kvgraph.flows import ABANDONED, PLANNED, REASONS, REFUSED
from kvgraph.inquiry import Asked
from kvgraph.model import Table


def tell_paths(table: Table, asked: Asked) -> str:
    """Tell a table of paths, hop by hop."""
    teller = Teller(asked)
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
    place: int, hop: Mapping[str, Any], hops: Sequence[Any], row: Mapping[str, Any], teller: Teller
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
    teller = Teller(asked)
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


def _breaks(row: Mapping[str, Any], teller: Teller) -> str:
    """Tell what breaks a hop."""
    key = _BREAKS.get(row["breaks"], "why.left_out")
    needed = teller.time(row["needed"]) if row["needed"] is not None else "–"
    return teller.word(key, needed=needed)
