"""Write the answer of an analysis: first what was asked and counted, then actors by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kvgraph.cli._common import emit, say
from kvgraph.inquiry import ACTORS, Answered
from kvgraph.model import Cell, Table

if TYPE_CHECKING:
    from kvgraph.store import Dataset

_DIGITS: Final = 4
"""Digits of a score that a person reads; the other formats have all of them."""

_HUGE: Final = 10**15
"""From here on a person reads no single digits."""

_MOST_IDS: Final = 8
"""So many ids of a cell a person reads; the other formats have all of them."""

_TOLD: Final = frozenset({
    "rule", "measure", "stage", "horizon", "transfers", "proven", "possible", "undated",
    "adoptions", "adoptions_undated", "practices", "actors", "edges", "cases", "pairs_at_risk",
    "givers", "receivers", "undated_cases", "network_ends", "memberships", "memberships_undated",
    "permutations", "seed", "level", "within_groups", "outside_every_group", "components",
    "largest", "dataset", "lang", "coverage", "undated_left_out", "outside_selection", "null",
    "with_via", "proven_only", "sources", "heading", "status",
})  # fmt: skip
"""What is told in a sentence of its own, or goes without saying to people."""


def answer(
    found: Answered, dataset: Dataset | None, lang: str, format_name: str, output: Path | None
) -> None:
    """Write an answer with what was counted above it, or on the standard error."""
    table = found.table
    if format_name == "json":
        emit(table, format_name, output)
        return
    lines = list(_head(table, dataset, lang))
    if format_name != "table":
        emit(table, format_name, output)
        for line in (*lines, *filter(None, [table.empty])):
            say(f"note: {line}")
        return
    from kvgraph import registry
    from kvgraph.cli._common import write_out

    shown = _named(table, found.labels)
    write = registry.entry("export", "table", "EXPORTER").write

    def both(stream: Any) -> None:
        print(*lines, "", sep="\n", file=stream)
        write(shown, stream)

    write_out(both, output)


def _named(table: Table, labels: Mapping[str, str]) -> Table:
    """Give a table for people: actors by label and id, scores with few digits, few ids of many."""
    from dataclasses import replace

    places = {i for i, name in enumerate(table.columns) if name in ACTORS}

    def cell(i: int, value: Cell) -> Cell:
        if i in places and value is not None:
            name = labels.get(str(value), str(value))
            return name if name == value else f"{name} ({value})"
        if isinstance(value, tuple) and len(value) > _MOST_IDS:
            return (*value[:_MOST_IDS], f"… ({len(value)})")
        return _short(value) if isinstance(value, float) else value

    rows = tuple(tuple(cell(i, value) for i, value in enumerate(row)) for row in table.rows)
    return replace(table, rows=rows)


def _head(table: Table, dataset: Dataset | None, lang: str) -> Iterator[str]:
    """Tell stage, horizon, what was counted, what was left out and what was selected."""
    from kvgraph.heading import counted, numbers, rule, selected
    from kvgraph.proof import is_synthetic
    from kvgraph.words import word

    head: Mapping[str, Any] = table.head
    yield from rule(head, lang)
    yield counted(head, lang)
    yield numbers(head, lang)
    if "adoptions" in head:
        yield word(
            "analyse.adoptions", lang, adoptions=head["adoptions"], practices=head["practices"],
            undated=head["adoptions_undated"],
        )  # fmt: skip
    if "edges" in head:
        yield word("analyse.graph", lang, actors=head["actors"], edges=head["edges"])
    if "pairs_at_risk" in head:
        yield word(
            "analyse.co_presence_cases", lang, cases=head["cases"], pairs=head["pairs_at_risk"],
            givers=head["givers"], receivers=head["receivers"], undated=head["undated_cases"],
            ends=head["network_ends"],
        )  # fmt: skip
        yield word("analyse.co_presence_seats", lang, memberships=head["memberships"],
                   undated=head["memberships_undated"])  # fmt: skip
        yield word("analyse.co_presence_null", lang, times=head["permutations"], seed=head["seed"])
    if head.get("level", "actor") != "actor":
        state = head["level"] == "member-state"
        yield word(
            "analyse.contact_state" if state else "analyse.contact_jurisdiction", lang,
            within=head["within_groups"], outside=head["outside_every_group"],
        )  # fmt: skip
    if "components" in head:
        yield word(
            "analyse.components", lang, number=head["components"], largest=head["largest"],
            actors=head["actors"],
        )  # fmt: skip
    facts = ", ".join(
        name if value is True else f"{name} {_fact(value)}"
        for name, value in head.items()
        if name not in _TOLD and isinstance(value, int | float | str) and value is not False
    )
    if facts:
        yield word("analyse.facts", lang, facts=facts)
    yield from selected(head, lang)
    yield from head.get("notes", ())
    if head.get("dataset"):
        yield word("head.dataset", lang, dataset=head["dataset"])
    if dataset is not None and is_synthetic(dataset):
        yield word("head.synthetic", lang)


def _fact(value: float | str) -> Cell:
    """Give a value of the head as people read it."""
    if isinstance(value, int) and abs(value) >= _HUGE:
        return f"{Decimal(value):.3g}"
    return _short(value) if isinstance(value, float) else value


def _short(value: float) -> float:
    """Give a number with few digits; one that they would make 0, such as a p, with those it has.

    >>> _short(0.123456), _short(0.0000213), _short(0.0)
    (0.1235, 2.1e-05, 0.0)
    """
    rounded = round(value, _DIGITS)
    return rounded if rounded or not value else float(f"{value:.1e}")
