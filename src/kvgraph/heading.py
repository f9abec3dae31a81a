"""The head of an answer in sentences: what was counted, by what rule, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from kvgraph import vocabulary
from kvgraph.dates import ordinal, speak_day
from kvgraph.model import Cell
from kvgraph.namespaces import code_iri
from kvgraph.words import word

_STRICT: Final = {"strict": "head.rule_strict", "non-strict": "head.rule_nonstrict"}
"""The rules that are told in the sentence of what was counted."""


def day_of(value: Cell) -> int | None:
    """Give the number of a day that a head or a cell holds; ``None`` for anything else.

    >>> day_of("2020-01-02") == day_of(date(2020, 1, 2)), day_of(7)
    (True, None)
    """
    if isinstance(value, date):
        return value.toordinal()
    return ordinal(value) if isinstance(value, str) else None


def counted(head: Mapping[str, Any], lang: str) -> str:
    """Tell what counts as having moved, and until when anything is known."""
    day = day_of(head.get("horizon"))
    until = (
        word("head.no_horizon", lang)
        if day is None
        else word("head.horizon", lang, horizon=speak_day(day, lang))
    )
    order = _STRICT.get(str(head.get("rule")))
    values = {"horizon": until, **({"rule": word(order, lang)} if order else {})}
    if head.get("stage") is None:
        if order:
            return word("head.counted_edges", lang, **values)
        return " ".join((word("analyse.counted_edges", lang), until))
    stage = vocabulary.label(code_iri("stage", head["stage"]), lang)
    if order:
        return word("head.counted", lang, stage=stage, **values)
    key = "analyse.counted_proven" if head.get("proven_only") else "analyse.counted"
    return word(key, lang, stage=stage, **values)


def numbers(head: Mapping[str, Any], lang: str) -> str:
    """Tell how many took part, were left out and have no date."""
    left_out: Mapping[str, int] = head.get("left_out") or {}
    reasons = [f"{n} {word(f'reason.{reason}', lang)}" for reason, n in left_out.items() if n]
    told = {
        "left_out": ", ".join(reasons) or word("reason.none", lang),
        "undated": head.get("undated", 0),
    }
    if "transfers" in head:
        counts = {name: head.get(name, 0) for name in ("transfers", "proven", "possible")}
        return word("analyse.numbers", lang, **counts, **told)
    if "transfers_considered" in head:
        return word("head.numbers", lang, considered=head["transfers_considered"], **told)
    return word("plots.numbers", lang, **told)


def selected(head: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Tell what was selected, and what lies outside of it."""
    chosen = head.get("selection")
    if isinstance(chosen, Mapping) and chosen:
        options = "; ".join(f"{name} {value}" for name, value in chosen.items())
        yield word("analyse.selection", lang, options=options)
    if "outside_selection" in head:
        yield word("analyse.outside_selection", lang, number=head["outside_selection"])
    if "undated_left_out" in head:
        yield word("analyse.undated_left_out", lang, number=head["undated_left_out"])


def rule(head: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Tell by what rule it was computed, as the answer names it."""
    rules = [str(head[name]) for name in ("rule", "measure") if head.get(name)]
    rules = list(dict.fromkeys(r for r in rules if r not in _STRICT))
    if rules:
        yield word("analyse.rule", lang, rule="; ".join(rules))
