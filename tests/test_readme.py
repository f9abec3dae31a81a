"""The commands of the README run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def _blocks() -> list[str]:
    return [b for b in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) if "kvgraph " in b]


@pytest.mark.parametrize("block", _blocks(), ids=lambda b: b.split("\n")[0][:40])
def test_a_block_of_the_readme_runs(
    block: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A reader can paste every command and gets an answer, or is told what was written."""
    done = _run(["sh", "-e", "-c", block], tmp_path, tmp_path_factory)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() or "wrote " in done.stderr


def test_the_python_of_the_readme_runs(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After the commands above it, in the same folder."""
    for block in _blocks():
        if "> ties.csv" in block or "-o measured" in block:
            done = _run(["sh", "-e", "-c", block], tmp_path, tmp_path_factory)
            assert done.returncode == 0, done.stderr
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        done = _run([sys.executable, "-c", block], tmp_path, tmp_path_factory)
        assert done.returncode == 0, done.stderr
        assert "pt-amadora" in done.stdout


def _run(
    call: list[str], folder: Path, paths: pytest.TempPathFactory
) -> subprocess.CompletedProcess[str]:
    """Run something with the command kvgraph in the path, and a cache of its own."""
    command = folder / "bin" / "kvgraph"
    command.parent.mkdir(exist_ok=True)
    command.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'from kvgraph.cli.main import main; main()' \"$@\"\n"
    )
    command.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "KVGRAPH_CACHE": str(paths.getbasetemp() / "readme-cache"),
    }
    return subprocess.run(
        call, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
