"""The shipped packages as plain text, without the reader of kvgraph.

So a slip in the reader cannot hide a slip in the data.
"""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
DATA: Final = ROOT / "data"

Row = dict[str, str]


@cache
def definitions() -> dict[str, dict[str, Any]]:
    """Give the entries of tables.toml by table."""
    text = (ROOT / "src" / "kvgraph" / "tables.toml").read_text("utf-8")
    return {name: table for name, table in tomllib.loads(text).items() if name != "header"}


@cache
def package(name: str) -> dict[str, list[Row]]:
    """Give the tables of a package by name, each row without its empty cells."""
    tables = {}
    for path in sorted((DATA / name).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            tables[path.stem] = [{k: v for k, v in row.items() if v} for row in reader]
    return tables
