"""What a figure rests on, in the sentences beneath it: what was counted, by what rule, of what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from kvgraph import __version__, vocabulary
from kvgraph.dates import ordinal, speak_day
from kvgraph.errors import visible
from kvgraph.model import Cell, Table
from kvgraph.namespaces import code_iri
from kvgraph.words import word

_STRICT: Final = {"strict": "head.rule_strict", "non-strict": "head.rule_nonstrict"}
"""The rules that are told in the sentence of what was counted."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a figure tells what it shows: in what language, and what things are called by id.

    ``synthetic`` tells that the data are invented, which then stands above the figure.
    """

    lang: str = "en"
    labels: Mapping[str, str] = field(default_factory=dict)
    synthetic: bool = False

    def name(self, identifier: object) -> str:
        """Give what a thing is called, with nothing hidden in it; its id where nobody says."""
        told = "" if identifier is None else str(identifier)
        return visible(self.labels.get(told, told))


def foot(table: Table, setting: Setting, notes: Sequence[str] = ()) -> list[str]:
    """Give the paragraphs beneath a figure; ``notes`` are of what the figure itself leaves out."""
    head: Mapping[str, Any] = table.head
    lang = setting.lang
    counted = [_counted(head, lang), _numbers(head, lang), *_selected(head, lang)]
    meant = [str(note) for note in head.get("notes") or ()]
    told = [" ".join(notes), " ".join(counted), str(head.get("coverage") or ""), " ".join(meant)]
    told += [*_rule(head, lang), _made(head, lang)]
    return [line for line in told if line]


def day_of(value: Cell) -> int | None:
    """Give the number of a day that a head or a cell holds; ``None`` for anything else.

    >>> day_of("2020-01-02") == day_of(date(2020, 1, 2)), day_of(7)
    (True, None)
    """
    if isinstance(value, date):
        return value.toordinal()
    return ordinal(value) if isinstance(value, str) else None


def _counted(head: Mapping[str, Any], lang: str) -> str:
    """Tell what counts as having moved, and until when anything is known."""
    day = day_of(head.get("horizon"))
    until = (
        word("head.no_horizon", lang)
        if day is None
        else word("head.horizon", lang, horizon=speak_day(day, lang))
    )
    rule = _STRICT.get(str(head.get("rule")))
    values = {"horizon": until, **({"rule": word(rule, lang)} if rule else {})}
    if head.get("stage") is None:
        return word("head.counted_edges", lang, **values) if rule else (
            f"{word('analyse.counted_edges', lang)} {until}"
        )  # fmt: skip
    stage = vocabulary.label(code_iri("stage", head["stage"]), lang)
    if rule:
        return word("head.counted", lang, stage=stage, **values)
    key = "analyse.counted_proven" if head.get("proven_only") else "analyse.counted"
    return word(key, lang, stage=stage, **values)


def _numbers(head: Mapping[str, Any], lang: str) -> str:
    """Tell how many took part, were left out and have no date."""
    left_out: Mapping[str, int] = head.get("left_out") or {}
    reasons = [f"{n} {word(f'reason.{reason}', lang)}" for reason, n in left_out.items() if n]
    told = {
        "left_out": ", ".join(reasons) or word("reason.none", lang),
        "undated": head.get("undated", 0),
    }
    if "transfers" in head:
        numbers = {name: head.get(name, 0) for name in ("transfers", "proven", "possible")}
        return word("analyse.numbers", lang, **numbers, **told)
    if "transfers_considered" in head:
        return word("head.numbers", lang, considered=head["transfers_considered"], **told)
    return word("plots.numbers", lang, **told)


def _selected(head: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Tell what was selected, and what lies outside of it."""
    chosen = head.get("selection")
    if isinstance(chosen, Mapping) and chosen:
        options = "; ".join(f"{name} {value}" for name, value in chosen.items())
        yield word("analyse.selection", lang, options=options)
    if "outside_selection" in head:
        yield word("analyse.outside_selection", lang, number=head["outside_selection"])
    if "undated_left_out" in head:
        yield word("analyse.undated_left_out", lang, number=head["undated_left_out"])


def _rule(head: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Tell by what rule it was computed, as the answer names it."""
    rules = [str(head[name]) for name in ("rule", "measure") if head.get(name)]
    rules = list(dict.fromkeys(rule for rule in rules if rule not in _STRICT))
    if rules:
        yield word("analyse.rule", lang, rule="; ".join(rules))


def _made(head: Mapping[str, Any], lang: str) -> str:
    """Tell with what the figure was made, and of which dataset."""
    dataset = head.get("dataset")
    if not dataset:
        return f"kvgraph {__version__}"
    digest = str(dataset).removeprefix("sha256:")[:12]
    return word("view.explorer.made", lang, version=__version__, dataset=digest)
