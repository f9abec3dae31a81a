"""The commands of the README run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _blocks() -> list[str]:
    text = (ROOT / "README.md").read_text("utf-8")
    return [b for b in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "kvgraph " in b]


@pytest.mark.parametrize("block", _blocks(), ids=lambda b: b.split("\n")[0][:40])
def test_a_block_of_the_readme_runs(
    block: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A reader can paste every command and gets an answer."""
    command = tmp_path / "bin" / "kvgraph"
    command.parent.mkdir()
    command.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'from kvgraph.cli.main import main; main()' \"$@\"\n"
    )
    command.chmod(0o755)
    cache = tmp_path_factory.getbasetemp() / "readme-cache"
    environment = os.environ | {
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "KVGRAPH_CACHE": str(cache),
    }
    done = subprocess.run(
        ["sh", "-e", "-c", block], cwd=tmp_path, env=environment, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
