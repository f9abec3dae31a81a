"""What came to nothing, was given up, or is not known to have got beyond a visit, with sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from kvgraph import vocabulary
from kvgraph.coverage.knowing import FAILED, Facts
from kvgraph.coverage.summing import line, nothing, sum_up
from kvgraph.links import Link
from kvgraph.model import Cell, Iri, Table
from kvgraph.names import label
from kvgraph.namespaces import code_iri, shorten
from kvgraph.proof import Documented, cite
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.words import word

COLUMNS: Final = (
    "outcome", "transfer", "practice", "practice_label", "giver", "giver_label", "receiver",
    "receiver_label", "start", "end", "status", "status_as_of", "stage", "certainty", "sources",
    "urls", "thing",
)  # fmt: skip
PARTS: Final = (*FAILED, "visited_only")
"""The outcomes that are listed, in this order."""


def failures(dataset: Dataset, selected: Selected, lang: str = "en") -> Table:
    """Give every transfer that was refused, abandoned, or visited only, with its sources.

    What was refused or abandoned stands here by what a source says, also where it had been
    adopted before: ``stage`` tells how far it got. *Visited only* is all of which no source
    says that it got further; its ``status`` tells those that were in progress when last heard
    of, or whose outcome nobody has told: neither is known to have failed. Dates are as worded.
    Rows come by outcome, then id; one to several receivers has them all in one row.
    """
    facts = Facts(dataset)
    known = facts.known(selected.links)
    about: dict[str, list[Link]] = {}
    for link in selected.links:
        about.setdefault(link.iri, []).append(link)
    found = sum_up(facts, known)
    listed = [t for part in PARTS for t in known if t.outcome == part]
    cited = {source: cite(dataset, source) for t in listed for source in t.sources}
    rows = []
    for transfer in listed:
        said = Documented(dataset, transfer.iri)
        practices = sorted({p for link in about[transfer.iri] for p in link.practices})
        sources = sorted((cited[iri] for iri in transfer.sources), key=lambda s: s.id)
        rows.append(
            (
                transfer.outcome,
                shorten(transfer.iri),
                *_named(dataset, practices, lang),
                *_named(dataset, sorted(transfer.givers), lang),
                *_named(dataset, sorted(transfer.receivers), lang),
                said.one("startAsWorded"),
                said.one("endAsWorded"),
                transfer.status,
                said.one("statusAsWorded"),
                said.code("furthestStage"),
                said.code("certainty"),
                tuple(source.id for source in sources),
                tuple(source.url for source in sources if source.url),
                Iri(transfer.iri),
            )
        )
    head: dict[str, Cell] = {
        **selected.head(),
        "transfers": found.transfers,
        **{part: found.outcomes[part] for part in PARTS},
        "in_progress": found.under_way,
        "outcome_unknown": found.unknown,
        "undated": found.undated,
        "rule": word("coverage.rule_failures", lang),
        "horizon": None if found.horizon is None else date.fromordinal(found.horizon),
        "coverage": line(found, lang, selected.undated),
        "dataset": dataset.digest,
        "lang": lang,
        "sources": tuple(s.cells() for s in sorted(cited.values(), key=lambda s: s.id)),
    }
    empty = ""
    if not known:
        empty = nothing(selected, lang) or word("coverage.nothing", lang)
    elif not rows:
        empty = word("coverage.no_failure", lang, n=found.transfers)
    return Table(COLUMNS, tuple(rows), head, empty)


def _named(dataset: Dataset, iris: list[str], lang: str) -> tuple[str, str]:
    """Give the ids of things, and what they are called."""
    return "; ".join(map(shorten, iris)), "; ".join(label(dataset, iri, lang) for iri in iris)


def tell_failures(table: Table) -> str:
    """Give the rows of a table of failures as text, by outcome, with the sources at the end."""
    head: Any = table.head
    lang = head["lang"]
    if table.empty:
        return table.empty
    lines: list[str] = []
    for part in PARTS:
        rows = [row for row in table.records() if row["outcome"] == part]
        lines += [f"{word(f'coverage.outcome.{part}', lang)}: {len(rows)}"]
        lines += [f"  {told}" for row in rows for told in _lines(row, lang)]
        lines.append("")
    lines.append(word("head.sources", lang))
    for source in head["sources"]:
        url = f", {source['url']}" if source["url"] else ""
        lines.append(f"  {source['id']}: {source['title']}{url}")
    return "\n".join(lines)


def _lines(row: dict[str, Any], lang: str) -> Iterator[str]:
    """Tell one transfer: what, from whom to whom, when, how far, and who says so."""
    when = " – ".join(filter(None, (row["start"], row["end"])))
    status = vocabulary.label(code_iri("status", row["status"]), lang) if row["status"] else "–"
    if row["status_as_of"]:
        status += f" ({row['status_as_of']})"
    if row["outcome"] in FAILED and row["stage"]:
        stage = vocabulary.label(code_iri("stage", row["stage"]), lang)
        status += "; " + word("coverage.reached", lang, stage=stage)
    yield word(
        "coverage.failure",
        lang,
        transfer=row["transfer"],
        practice=row["practice_label"],
        giver=row["giver_label"],
        receiver=row["receiver_label"],
    )
    yield "  " + word(
        "coverage.failure_more",
        lang,
        when=when or word("coverage.undated", lang),
        status=status,
        sources=", ".join(row["sources"]) or "–",
    )
