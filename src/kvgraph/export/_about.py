"""What a file tells of itself: by what it was made, of what, and what was selected."""

from __future__ import annotations

from kvgraph import __version__
from kvgraph.export._cells import cell_json, cell_text
from kvgraph.model import Cell, Diagram


def creator() -> str:
    """Give the program that wrote a file."""
    return f"kvgraph {__version__}"


def about(diagram: Diagram) -> dict[str, Cell]:
    """Give what was asked and counted, and why there is nothing, where there is nothing."""
    told: dict[str, Cell] = {"creator": creator(), **diagram.head}
    if diagram.empty:
        told["empty"] = diagram.empty
    return told


def about_text(diagram: Diagram) -> str:
    """Give the same as one line of text."""
    parts = []
    for name, value in about(diagram).items():
        if name == "creator" or value is None or value == {}:
            continue
        text = cell_json(value) if isinstance(value, dict) else cell_text(value)
        parts.append(f"{name.replace('_', ' ')}: {text}")
    return "; ".join(parts)
