"""A scene, or whatever else a page holds, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def as_json(data: Mapping[str, Any]) -> str:
    """Give data as JSON on one line, as a server sends it; half a character is replaced."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "backslashreplace").decode()


def embedded(data: Mapping[str, Any]) -> str:
    """Give data as JSON in which nothing can end the element of a page that holds it."""
    text = as_json(data)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
