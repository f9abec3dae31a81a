"""Diffusion in lanes by level of governance over time, as a page of the workbench."""

from __future__ import annotations

from kvgraph.diagram import Frame
from kvgraph.model import View
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.view._page import draw_page


def draw(dataset: Dataset, selected: Selected, by: Frame) -> str:
    """Give the page as one HTML file.

    Who gave what to whom, when, by level of governance: uncertain dates are soft bars, what is
    only possible is thin, what has no date stands apart. Click a transfer, or walk a path by
    keyboard, for its dates as worded, its stages and its sources. The page also holds the map,
    the matrices, the table and the pages of things, in three languages, and opens without a
    server and without a network.
    """
    return draw_page(dataset, selected, by, view="diffusion")


VIEW = View(
    "diffusion", "Write a page of how practices spread, with the proof of each step.", ".html", (),
    draw,
)  # fmt: skip
