"""A view as one file: it can be mailed, says the same every time, and lets nothing in or out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from hostile import HOSTILE, hostile_dataset
from kvgraph.cli.main import _run
from kvgraph.diagram import frame
from kvgraph.scene import as_json, lean, scene
from kvgraph.selection import select, selection
from kvgraph.store import Dataset
from kvgraph.view._page import draw_page
from synthetic import synthetic


def _page(dataset: Dataset, view: str = "diffusion", lang: str = "en") -> str:
    return draw_page(
        dataset, select(dataset, selection(dataset)), frame(dataset, lang=lang), view=view
    )


@pytest.fixture(scope="module")
def page() -> str:
    """The page of an invented dataset of two hundred things."""
    return _page(synthetic(180, 150))


def test_the_same_data_are_the_same_bytes(page: str) -> None:
    """Drawn again from a dataset built again."""
    assert _page(synthetic(180, 150)) == page


def test_it_allows_its_own_script_and_style_alone(page: str) -> None:
    """The policy names the digests of what stands in the page, and nothing else."""
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    script, style = (
        re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL) for name in ("script", "style")
    )
    assert (len(script), len(style)) == (1, 1)

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    assert policy[1] == (
        f"default-src 'none'; script-src 'sha256-{digest(script[0])}'; "
        f"style-src 'sha256-{digest(style[0])}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page.partition("<body>")[0])


def test_it_is_small_enough_to_be_mailed(page: str) -> None:
    """Two hundred things, their transfers and proof, map and three languages: 700 kB at most."""
    assert len(page.encode()) <= 700_000


def test_the_command_writes_pages_and_says_what_it_cannot_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A matrix is a picture or a page by the name of the file; another ending is told."""
    for name, begin in (("m.html", "<!doctype html>"), ("m.svg", "<?xml"), ("M.HTML", "<!doctype")):
        path = tmp_path / name
        assert _run(["view", "matrix", "--practice", "pr-antirumour", "-o", str(path)]) == 0
        assert path.read_text("utf-8").startswith(begin)
    for view, name in (("map", "m.svg"), ("diffusion", "d.pdf"), ("matrix", "m.png"), ("map", "m")):
        path = tmp_path / f"no-{name}"
        known = _run(["view", view, "--practice", "pr-antirumour", "-o", str(path)])
        told = capsys.readouterr().err
        if path.suffix:
            assert known == 2
            assert "is not written as" in told
            assert not path.exists()
        else:
            assert known == 0


def test_what_it_holds_is_the_scene(page: str) -> None:
    """Nothing is added on the way into the page."""
    dataset = synthetic(180, 150)
    held = re.search(r'id="kv-scene">(.*?)</script>', page, re.DOTALL)
    assert held is not None
    made = scene(
        dataset, select(dataset, selection(dataset)), frame(dataset, lang="en"), why_not=True
    )
    assert json.loads(held[1]) == json.loads(as_json(lean(made)))


@pytest.mark.parametrize("view", ["diffusion", "map", "matrix"])
def test_what_stands_in_the_data_adds_nothing_to_the_page(view: str) -> None:
    """Markup in every field leaves the elements of the page as they are, and is held as it is."""
    found = _page(hostile_dataset(), view)
    own = found.rpartition("<script>")[0].lower()
    for name, count in (("script", 1), ("style", 1), ("title", 1), ("img", 0)):
        assert len(re.findall(rf"<{name}[\s>]", own)) == count, name
    held = re.search(r'id="kv-scene">(.*?)</script>', found, re.DOTALL)
    assert held is not None
    assert not set("<>&\u2028\u2029") & set(held[1])
    labels = {str(thing["label"]) for thing in json.loads(held[1])["things"]}
    assert set(HOSTILE) <= labels
