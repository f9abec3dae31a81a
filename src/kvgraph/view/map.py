"""Transfers between states and cities on a map, as a page of the workbench."""

from __future__ import annotations

from kvgraph.diagram import Frame
from kvgraph.model import View
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.view._page import draw_page


def draw(dataset: Dataset, selected: Selected, by: Frame) -> str:
    """Give the page as one HTML file.

    Arcs go from giver to receiver, as sure as they are known; a state without a known transfer
    is drawn empty. What has no place is listed beside the map. The page also holds the other
    views of the workbench, and opens without a server and without a network.
    """
    return draw_page(dataset, selected, by, view="map")


VIEW = View(
    "map", "Write a page with a map of who gave what to whom, with its proof.", ".html", (), draw
)
