"""What a picture is made of, beneath it: what was asked, how much is known, what was left out."""

from __future__ import annotations

from typing import Any, Final

from kvgraph import __version__, vocabulary
from kvgraph.errors import UnknownNameError
from kvgraph.model import Diagram
from kvgraph.names import label, resolve
from kvgraph.namespaces import code_iri
from kvgraph.proof import is_synthetic
from kvgraph.selection import SELECTION, country_of, theme_of
from kvgraph.store import Dataset
from kvgraph.view._svg import INK, fitted, paragraphs, picture, text
from kvgraph.words import word

_MARGIN: Final = 16


def coverage(diagram: Diagram, line: str, lang: str) -> str:
    """Give the coverage line of a diagram, and how its transfers were judged."""
    head: Any = diagram.head
    judged = word(
        "view.explorer.judged",
        lang,
        stage=vocabulary.label(code_iri("stage", head["stage"]), lang),
        proven=head["proven"],
        possible=head["possible"],
        left_out=sum(head["left_out"].values()),
    )
    return f"{line} {judged}"


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


def left_out(diagram: Diagram, lang: str) -> str:
    """Give what takes no part in reach, by reason with its number; empty where all does."""
    head: Any = diagram.head
    told = "; ".join(f"{word(f'reason.{r}', lang)} {n}" for r, n in head["left_out"].items())
    return word("view.timeline.left_out", lang, reasons=told) if told else ""


def explained(dataset: Dataset, diagram: Diagram, name: str, lang: str) -> str:
    """Give a small picture that says why there is nothing in it."""
    why = diagram.empty
    parts, y = paragraphs(_MARGIN, 68, [why, *foot(dataset, diagram, lang)], 700, fill=INK)
    heading = text(_MARGIN, 32, fitted(name, 18, 700, bold=True), font_size=18, font_weight=700)
    return picture(740, y, name, why, lang, heading, *parts)


def foot(dataset: Dataset, diagram: Diagram, lang: str) -> list[str]:
    """Give the lines beneath a picture: what is known, what was left out, and by what made."""
    digest = str(diagram.head["dataset"]).removeprefix("sha256:")[:12]
    lines = [coverage(diagram, str(diagram.head["coverage"]), lang), left_out(diagram, lang)]
    lines.append(word("view.explorer.made", lang, version=__version__, dataset=digest))
    if is_synthetic(dataset):
        lines.append(word("view.explorer.synthetic", lang))
    return [line for line in lines if line]
