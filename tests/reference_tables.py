"""Published data sets and answers (../shared/reference), read where they lie."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, Final

import pytest

REFERENCE: Final = Path(__file__).resolve().parents[2] / "shared" / "reference"

needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference answers (../shared/reference) are not here"
)


def rows(*parts: str) -> list[dict[str, str]]:
    """Give the rows of a csv of the reference, by column; cells are text."""
    with REFERENCE.joinpath(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def answers(*parts: str) -> Any:
    """Give what a json file of the reference holds."""
    return json.loads(REFERENCE.joinpath(*parts).read_text("utf-8"))


def number(cell: str) -> float | None:
    """Give a cell as a number; ``NA`` and nothing are undefined.

    >>> number("0.5"), number("NA")
    (0.5, None)
    """
    return None if cell in ("", "NA", "NaN") else float(cell)
