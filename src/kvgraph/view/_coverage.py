"""What a picture is made of, beneath it: what was asked, how much is known, what was left out."""

from __future__ import annotations

from typing import Any, Final

from kvgraph import __version__
from kvgraph.coverage import judged
from kvgraph.model import Diagram
from kvgraph.proof import is_synthetic
from kvgraph.store import Dataset
from kvgraph.view._svg import INK, fitted, paragraphs, picture, text
from kvgraph.words import word

_MARGIN: Final = 16


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
    lines = [judged(diagram, str(diagram.head["coverage"]), lang), left_out(diagram, lang)]
    lines.append(word("view.explorer.made", lang, version=__version__, dataset=digest))
    if is_synthetic(dataset):
        lines.append(word("view.explorer.synthetic", lang))
    return [line for line in lines if line]
