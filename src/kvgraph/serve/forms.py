"""The forms in which questions, analyses and things are answered, and how a request names one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kvgraph.serve.negotiation import pick
from kvgraph.serve.problems import Problem
from kvgraph.serve.requests import Pairs, one_of

JSON: Final = "application/json"
CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON_LD: Final = "application/ld+json"
TURTLE: Final = "text/turtle"
SVG: Final = "image/svg+xml"
PNG: Final = "image/png"

SHORT: Final = {
    "json": JSON, "csv": CSV, "xlsx": XLSX, "json-ld": JSON_LD, "ttl": TURTLE, "svg": SVG,
    "png": PNG,
}  # fmt: skip
"""What ``format`` may say in place of an Accept header, which a browser cannot set."""

LISTS: Final = (JSON, CSV, XLSX)
"""The forms of a list: of questions, of analyses, of things that were looked for."""

ANSWERS: Final = (JSON, CSV, XLSX, JSON_LD, TURTLE)
"""The forms of an answer, and of all that is known of a thing."""

FIGURES: Final = (SVG, PNG)
"""The forms of the figure of an answer, where there is one."""


def form_of(pairs: Pairs, accept: str | None, offers: Sequence[str]) -> tuple[str, Pairs]:
    """Give the media type of the answer, and what else the request says.

    :raises Problem: 400 for a format that there is not, 406 if none fits what is accepted.
    """
    named = one_of(pairs, "format")
    rest = [(name, text) for name, text in pairs if name != "format"]
    if named is None:
        return pick(accept, offers), rest
    if SHORT.get(named) not in offers:
        known = ", ".join(short_of(offers))
        raise Problem(400, f'format: "{named[:100]}" is not one of {known}')
    return SHORT[named], rest


def short_of(offers: Sequence[str]) -> list[str]:
    """Give the short names of media types."""
    return [name for name, media in SHORT.items() if media in offers]
