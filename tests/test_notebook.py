"""The tutorial runs from its first cell to its last, and ends with figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

TUTORIAL = Path(__file__).parents[1] / "data" / "tutorial.ipynb"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook after it has been run in a kernel of its own."""
    import nbformat
    from jupyter_client.kernelspec import NATIVE_KERNEL_NAME
    from nbclient import NotebookClient

    notebook = nbformat.read(TUTORIAL, as_version=4)
    place = tmp_path_factory.mktemp("tutorial")
    NotebookClient(
        notebook, timeout=120, kernel_name=NATIVE_KERNEL_NAME,
        resources={"metadata": {"path": str(place)}},
    ).execute()  # fmt: skip
    return notebook


def _shown(cell: Any, media: str) -> str:
    return "".join(
        output["data"][media] for output in cell["outputs"] if media in output.get("data", {})
    )


def test_it_runs_and_ends_with_figures(run: Any) -> None:
    """Tables, two pages inline, a picture and a figure; nothing is told as an error."""
    cells = [cell for cell in run["cells"] if cell["cell_type"] == "code"]
    assert all(out["output_type"] != "error" for cell in cells for out in cell["outputs"])
    told = [_shown(cell, "text/html") for cell in cells]
    assert "<table>" in told[0]
    assert sum(text.startswith("<iframe") for text in told) == 2
    assert any("<svg" in text for text in told)
    assert "<svg" in _shown(cells[-1], "image/svg+xml")
    printed = "".join(
        o["text"] for c in cells for o in c["outputs"] if o["output_type"] == "stream"
    )
    assert "pt-amadora -> de-hamburg-altona" in printed


def test_a_page_in_a_notebook_reaches_neither_it_nor_a_network(run: Any) -> None:
    """The frame is sandboxed without the origin of the notebook, and the page bears its policy."""
    frames = [
        text
        for cell in run["cells"]
        if cell["cell_type"] == "code" and (text := _shown(cell, "text/html")).startswith("<iframe")
    ]
    for frame in frames:
        assert 'sandbox="allow-scripts allow-downloads"' in frame
        assert "default-src &#x27;none&#x27;" in frame
        assert "connect-src" not in frame


def test_it_is_kept_without_answers() -> None:
    """What is committed holds no output: it cannot tell what is no longer true."""
    import nbformat

    notebook = nbformat.read(TUTORIAL, as_version=4)
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
