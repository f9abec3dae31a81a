"""What a picture is made of, as a line beneath it: rule, horizon, what was left out, sources."""

from __future__ import annotations

from typing import Any

from kvgraph import vocabulary
from kvgraph.errors import UnknownNameError
from kvgraph.model import Diagram
from kvgraph.names import label, resolve
from kvgraph.namespaces import code_iri
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
    for name, value in selection.items():
        try:
            told = label(dataset, resolve(dataset, value), lang)
        except UnknownNameError:
            told = value
        found.append((word(f"view.selection.{name}", lang), told))
    return found
