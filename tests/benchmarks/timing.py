"""Measure CPU seconds of parts of this process; imports next to nothing, for its sake."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def seconds(runs: int, *parts: Callable[[], Any], times: int = 1) -> list[tuple[Any, float]]:
    """Run parts of a program in turn within this process; give answer and median of each.

    A part that is over in no time is run so many ``times`` at once.
    """
    answers: list[Any] = [None] * len(parts)
    found: list[list[float]] = [[] for _ in parts]
    for _ in range(runs):
        for i, part in enumerate(parts):
            begun = time.process_time()
            for _ in range(times):
                answers[i] = part()
            found[i].append((time.process_time() - begun) / times)
    return [(a, sorted(f)[runs // 2]) for a, f in zip(answers, found, strict=True)]
