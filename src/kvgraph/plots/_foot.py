"""What a figure rests on, in the sentences beneath it: what was counted, by what rule, of what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kvgraph import __version__
from kvgraph.errors import visible
from kvgraph.heading import counted, numbers, rule, selected
from kvgraph.model import Table
from kvgraph.words import word


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
    said = [counted(head, lang), numbers(head, lang), *selected(head, lang)]
    meant = [str(note) for note in head.get("notes") or ()]
    told = [" ".join(notes), " ".join(said), str(head.get("coverage") or ""), " ".join(meant)]
    told += [*rule(head, lang), _made(head, lang)]
    return [line for line in told if line]


def _made(head: Mapping[str, Any], lang: str) -> str:
    """Tell with what the figure was made, and of which dataset."""
    dataset = head.get("dataset")
    if not dataset:
        return f"kvgraph {__version__}"
    digest = str(dataset).removeprefix("sha256:")[:12]
    return word("view.explorer.made", lang, version=__version__, dataset=digest)
