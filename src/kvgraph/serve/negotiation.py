"""Which of the forms that there are a client would rather have (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence

from kvgraph.errors import shorten
from kvgraph.serve.problems import Problem


def pick(accept: str | None, offers: Sequence[str]) -> str:
    """Give the media type that fits best; of equal ones the first offered.

    >>> pick("text/csv;q=0.5, application/json", ["text/csv", "application/json"])
    'application/json'
    >>> pick("text/*", ["application/json", "text/csv"]), pick(None, ["text/csv"])
    ('text/csv', 'text/csv')

    :raises Problem: 406 if none fits.
    """
    wanted = _wanted(accept or "*/*")
    best = max(offers, key=lambda offer: (_quality(offer, wanted), -offers.index(offer)))
    if _quality(best, wanted) <= 0:
        raise Problem(
            406,
            f"there is nothing that fits Accept: {shorten(accept or '')}",
            hint="There are " + ", ".join(offers),
        )
    return best


def _wanted(accept: str) -> list[tuple[str, float]]:
    """Read the ranges of an Accept header, each with its weight."""
    found = []
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    weight = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    weight = 0.0
        if name:
            found.append((name.lower(), weight))
    return found


def _quality(offer: str, wanted: Sequence[tuple[str, float]]) -> float:
    """Give the weight of a media type: that of the range which names it most closely."""
    kind = offer.partition("/")[0]
    for range_ in (offer.lower(), f"{kind}/*", "*/*"):
        found = [weight for name, weight in wanted if name == range_]
        if found:
            return max(found)
    return 0.0


def speak(accept: str | None, offers: Sequence[str]) -> str:
    """Give the language that fits best (RFC 9110, 12.5.4), the first offered where none does.

    >>> speak("sv-FI, fi;q=0.9, en;q=0.5", ["en", "fi", "sv"]), speak("de", ["en", "fi"])
    ('sv', 'en')
    """
    wanted = [(name.partition("-")[0], weight) for name, weight in _wanted(accept or "*")]

    def weight(offer: str) -> float:
        named = [w for name, w in wanted if name == offer] or [w for n, w in wanted if n == "*"]
        return max(named, default=0.0)

    return max(offers, key=lambda offer: (weight(offer), -offers.index(offer)))
