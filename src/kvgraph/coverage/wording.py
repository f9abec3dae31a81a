"""What was asked for and how it was judged, in the words that stand beneath every picture."""

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


def judged(diagram: Diagram, line: str, lang: str) -> str:
    """Give the coverage line of a diagram, and how its transfers were judged."""
    head: Any = diagram.head
    told = word(
        "view.explorer.judged",
        lang,
        stage=vocabulary.label(code_iri("stage", head["stage"]), lang),
        proven=head["proven"],
        possible=head["possible"],
        left_out=sum(head["left_out"].values()),
    )
    return f"{line} {told}"


def asked(dataset: Dataset, diagram: Diagram, lang: str) -> list[tuple[str, str]]:
    """Give what was asked for: each option and what it names, in words."""
    selection: Any = diagram.head["selection"]
    return [
        (word(f"view.selection.{name}", lang), asked_for(dataset, name, value, lang))
        for name, value in selection.items()
    ]


def asked_for(dataset: Dataset, name: str, value: str, lang: str) -> str:
    """Give what an option of a selection names, in words; several stand between commas."""
    things = next(parameter.things for parameter in SELECTION if parameter.name == name)
    if name == "stage":
        return vocabulary.label(code_iri("stage", value), lang)
    if name == "theme":
        themes = value.split(", ")
        return ", ".join(vocabulary.label(theme_of(dataset, t), lang) for t in themes)
    if not things:
        return value
    try:
        return label(dataset, resolve(dataset, value, things), lang)
    except UnknownNameError:  # several of them, or a country by its code
        if name != "country":
            return value
    return ", ".join(label(dataset, country_of(dataset, code), lang) for code in value.split(", "))
