"""A file that somebody mails, made of data that mean harm: nothing runs, everything shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hostile import HOSTILE, hostile_dataset
from kvgraph.handle import Handle

from .workbench import ready, shot


@pytest.mark.parametrize("view", ["diffusion", "map", "matrix"])
def test_nothing_in_the_data_runs_in_a_file(
    view: str,
    pages: Path,  # noqa: ARG001
    file_page: Callable[..., Any],
    tmp_path: Path,
) -> None:
    """Through all views, with a transfer and a thing opened; names show as they were written."""
    drawn = Handle(hostile_dataset(), "").view(view, suffix=".html")
    page = file_page(drawn.save(tmp_path / f"{view}.html"), f"#/{view}?lang=fi")
    ready(page)
    shot(page, f"hostile-{view}")
    for other in ("diffusion", "map", "matrix", "table", "thing"):
        for at in ("", "&at=transfer%3A__proto__", "&at=thing%3Aactor%2Fconstructor"):
            page.evaluate(
                "f => { window.kvReady = false; location.hash = f }", f"#/{other}?lang=en{at}"
            )
            ready(page)
            assert page.evaluate("window.hostile") is None
            assert page.locator("img").count() == 0
    page.evaluate("f => { window.kvReady = false; location.hash = f }", "#/table?lang=en")
    ready(page)
    told = page.evaluate("document.body.textContent")
    assert [text for text in HOSTILE if text not in told] == []
    assert page.locator("a[href^='javascript:']").count() == 0
