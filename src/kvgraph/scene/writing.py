"""A scene, or whatever else a page holds, as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_KINDS: Final = {
    "things": None, "transfers": "transfer", "memberships": None, "adoptions": "adoption",
    "inferred": "exposure",
}  # fmt: skip
"""The kind in the IRIs of each list; ``None`` where each record tells its own."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.~-]+")


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


def lean(scene: Mapping[str, Any]) -> dict[str, Any]:
    """Give a scene for a file that is mailed: without what is empty, or follows from the rest.

    ``web/src/lib/lean.ts`` puts it back.
    """
    base = scene["frame"]["base"]
    found = dict(scene)
    for name, kind in _KINDS.items():
        found[name] = [
            {
                key: value
                for key, value in one.items()
                if not (value is None or value is False or value == "" or value == [])
                and not (
                    key == "iri"
                    and _PLAIN.fullmatch(one["id"])
                    and value == f"{base}{kind or one['kind']}/{one['id']}"
                )
            }
            for one in scene[name]
        ]
    return found
