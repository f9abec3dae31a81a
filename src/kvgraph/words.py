"""What kvgraph says in sentences, in Finnish, Swedish and English (words.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def word(key: str, lang: str, **values: object) -> str:
    """Give the sentence of a key in a language, its places filled.

    >>> word("reason.planned", "fi")
    'vain suunniteltu'
    """
    return sentences()[key][lang].format(**values)


@cache
def sentences() -> dict[str, Mapping[str, str]]:
    """Give all sentences by key and language."""
    raw = tomllib.loads(files("kvgraph").joinpath("words.toml").read_text("utf-8"))
    found: dict[str, Mapping[str, str]] = {}

    def walk(prefix: str, table: Mapping[str, Any]) -> None:
        for name, value in table.items():
            if isinstance(value, str):
                found[prefix] = table
            else:
                walk(f"{prefix}.{name}" if prefix else name, value)

    walk("", raw)
    return found
