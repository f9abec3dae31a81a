"""What the service says of itself and of its dataset: ``/sparql`` without a query, and ``/void``.

A door only finds the form; the statements are made by a worker (``_jobs_about.py``).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from kvgraph.serve.negotiation import pick
from kvgraph.serve.problems import Problem
from kvgraph.serve.requests import Pairs, one_of, query_pairs

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from kvgraph.serve.app import House

FORMS: Final = ("text/turtle", "application/n-triples", "application/rdf+xml",
                "application/ld+json")  # fmt: skip
"""The forms of what is said."""

SHORT: Final = {
    "turtle": FORMS[0], "ttl": FORMS[0], "n-triples": FORMS[1], "nt": FORMS[1],
    "rdf-xml": FORMS[2], "json-ld": FORMS[3],
}  # fmt: skip
"""What ``format`` may say in place of an Accept header, as for queries."""

_PAGE: Final = "text/html"
_HOST: Final = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


def address(request: Request) -> str:
    """Give the address under which the server was reached, without a slash at its end.

    :raises Problem: 400 if that is none.
    """
    host = request.headers.get("host", "")
    if _HOST.fullmatch(host) is None:
        raise Problem(400, "the Host header is no name and port")
    return f"{request.scope['scheme']}://{host}"


def describe(house: House, request: Request, pairs: Pairs) -> ASGIApp:
    """Describe the service: to programs as a graph; people are led to where queries are written."""
    media = _form(request, pairs, (*FORMS, _PAGE))
    if media == _PAGE:
        from starlette.responses import RedirectResponse

        return RedirectResponse("/#/sparql", 303, house.headers())
    return house.work({"kind": "describe", "media": media, **_told(house, request)})


async def void(house: House, request: Request) -> ASGIApp:
    """Describe the dataset."""
    media = _form(request, query_pairs(request), FORMS)
    return house.work({"kind": "void", "media": media, **_told(house, request)})


def _form(request: Request, pairs: Pairs, offers: tuple[str, ...]) -> str:
    """Give the media type that fits.

    :raises Problem: 400 for anything that is not known, 406 if nothing fits.
    """
    others = sorted({name for name, _ in pairs} - {"format"})
    if others:
        raise Problem(400, f'"{others[0][:100]}" is not known here', hint="format is.")
    short = one_of(pairs, "format")
    if short is None:
        return pick(request.headers.get("accept"), offers)
    if short not in SHORT:
        raise Problem(400, f'format: "{short[:100]}" is not one of {", ".join(SHORT)}')
    return SHORT[short]


def _told(house: House, request: Request) -> dict[str, Any]:
    """Give what a worker must know of the server."""
    from kvgraph.serve.app import DOORS

    settings = house.settings
    return {
        "address": address(request),
        "federated": bool(settings.services),
        "updates": settings.writable and "/update" in DOORS,
    }


ABOUT_DOORS: Final[
    dict[str, tuple[tuple[str, ...], Callable[[House, Request], Awaitable[ASGIApp]]]]
] = {"/void": (("GET",), void)}
"""Each of these doors by its path."""
