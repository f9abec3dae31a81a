"""The SVG pictures in a real browser: they ask nobody, run nothing, and are kept to look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kvgraph.diagram import frame
from kvgraph.selection import select, selection
from kvgraph.store import Dataset
from kvgraph.view import matrix, timeline

from .conftest import keep_picture


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
@pytest.mark.parametrize(
    ("name", "draw", "options"),
    [
        ("timeline-barcelona", timeline.draw, {"practice": ["pr-antirumour"]}),
        ("timeline-finland", timeline.draw, {"country": ["FI"]}),
        ("matrix", matrix.draw, {}),
    ],
)
def test_a_picture_shows_itself_alone(
    opened: Callable[..., Any],
    shipped: Dataset,
    name: str,
    draw: Callable[..., str],
    options: dict[str, Any],
    lang: str,
) -> None:
    """It has a name for who does not see it, and stays within its own width."""
    svg = draw(shipped, select(shipped, selection(shipped, **options)), frame(shipped, lang=lang))
    ready = "<script>window.kvReady = true</script>"
    page = opened(f"<!doctype html><body>{svg.partition('?>')[2]}{ready}")
    box = page.query_selector("svg").bounding_box()
    page.set_viewport_size({"width": int(box["width"]) + 40, "height": int(box["height"]) + 40})
    assert page.query_selector("svg > title").text_content()
    assert page.query_selector("svg").get_attribute("role") == "img"
    keep_picture(page, f"{name}-{lang}")
