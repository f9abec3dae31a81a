"""Long answers in short: what is compared before any time is shown; imports nothing slow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any


def digest(rows: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Give the number of rows, the sum of their last cells, and a digest of them in order."""
    ordered = sorted(rows)
    text = repr(ordered).encode()
    return [len(ordered), sum(r[-1] for r in ordered), hashlib.sha256(text).hexdigest()[:16]]
