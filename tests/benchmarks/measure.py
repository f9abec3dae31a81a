"""Measure CPU seconds and memory of fresh processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Run:
    """What a process answered, its CPU seconds (user and system, all threads) and peak memory."""

    answer: Any
    cpu: float
    kilobytes: int


def process(command: Sequence[str]) -> Run:
    """Run a command of its own; the last line that it prints is its answer, as JSON if it is.

    :raises RuntimeError: if it fails.
    """
    with tempfile.TemporaryFile("w+") as said:  # a full pipe of progress bars would block it
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=said, text=True)
        assert child.stdout is not None
        with child.stdout as stream:
            last = stream.read().strip().rpartition("\n")[2]
        # The usage of this child alone, which subprocess's own waiting would throw away.
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise RuntimeError(said.read().strip().rpartition("\n")[2] or f"{command} failed")
    try:
        answer = json.loads(last)
    except ValueError:
        answer = last
    return Run(answer, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def task(name: str, *arguments: str | int | Path) -> Run:
    """Run one of ``tasks.py`` in a fresh process."""
    return process([sys.executable, "-m", "tests.benchmarks.tasks", name, *map(str, arguments)])


def timed_task(name: str, *arguments: str | int | Path) -> Run:
    """Run a task that times the part that matters itself, and gives it with its answer."""
    return timed(task(name, *arguments))


def timed(run: Run, part: str = "seconds") -> Run:
    """Give the run of what timed a part of itself, with the seconds of that part."""
    return Run(run.answer["answer"], run.answer[part], run.kilobytes)


def alternating(runs: int, *measures: Callable[[], Run]) -> list[Run]:
    """Run several things in turn, and give for each its run with the median CPU seconds.

    :raises AssertionError: if one does not give the same answer every time.
    """
    all_runs: list[list[Run]] = [[] for _ in measures]
    for _ in range(runs):
        for measure, found in zip(measures, all_runs, strict=True):
            found.append(measure())
    for found in all_runs:
        assert all(run.answer == found[0].answer for run in found), "answers differ between runs"
    return [sorted(found, key=lambda run: run.cpu)[len(found) // 2] for found in all_runs]
