"""What a picture is made of, as a line beneath it: rule, horizon, what was left out, sources."""

from __future__ import annotations

from typing import Any

from kvgraph import vocabulary
from kvgraph.errors import UnknownNameError
from kvgraph.model import Diagram
from kvgraph.names import label, resolve
from kvgraph.namespaces import code_iri
from kvgraph.selection import SELECTION, country_of, theme_of
from kvgraph.store import Dataset
from kvgraph.words import word


def coverage(diagram: Diagram, lang: str) -> str:
    """Give how much is known: transfers, proven, possible, left out, undated, sources."""
    head: Any = diagram.head
    line = word(
        "view.explorer.coverage",
        lang,
        transfers=head["transfers"],
        stage=vocabulary.label(code_iri("stage", head["stage"]), lang),
        proven=head["proven"],
        possible=head["possible"],
        left_out=sum(head["left_out"].values()),
        undated=head["undated"],
        horizon=head["horizon"] or "–",
        sources=head["sources"],
    )
    if head.get("undated_left_out"):
        line += " " + word("view.explorer.undated_left_out", lang, n=head["undated_left_out"])
    return line


def asked(dataset: Dataset, diagram: Diagram, lang: str) -> list[tuple[str, str]]:
    """Give what was asked for: each option and what it names, in words."""
    selection: Any = diagram.head["selection"]
    found = []
    kinds = {parameter.name: parameter.things for parameter in SELECTION}
    for name, value in selection.items():
        told = value
        if name == "stage":
            told = vocabulary.label(code_iri("stage", value), lang)
        elif name == "theme":
            themes = value.split(", ")
            told = ", ".join(vocabulary.label(theme_of(dataset, t), lang) for t in themes)
        elif kinds[name]:
            try:
                told = label(dataset, resolve(dataset, value, kinds[name]), lang)
            except UnknownNameError:
                told = value  # several of them, or a country by its code
            if name == "country" and told == value:
                codes = value.split(", ")
                told = ", ".join(label(dataset, country_of(dataset, c), lang) for c in codes)
        found.append((word(f"view.selection.{name}", lang), told))
    return found
