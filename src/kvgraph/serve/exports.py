"""The door ``/api/export``: what is selected as a file for another program.

By GET, or as a form, since a query may be longer than an address. It reads all the same; a page of
another site may not send the form, since it has no use for an answer that it could not get by GET.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from kvgraph.serve.forms import LISTS, form_of
from kvgraph.serve.problems import Problem
from kvgraph.serve.requests import FORM, body_of, media_of, pairs_of, query_pairs, text_of
from kvgraph.serve.rest import refuse_queries

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from kvgraph.serve.app import House


async def formats(house: House, request: Request) -> ASGIApp:
    """List the formats."""
    media, given = form_of(query_pairs(request), request.headers.get("accept"), LISTS)
    return house.work({"kind": "formats", "media": media, "given": given})


async def export(house: House, request: Request) -> ASGIApp:
    """Write what is selected in a format.

    :raises Problem: 415 for a body that is no form.
    """
    pairs = query_pairs(request)
    if request.method == "POST":
        media = media_of(request)
        if media != FORM:
            raise Problem(
                415, f"options are not read from {media or 'a body without a media type'}",
                hint=f"Send them as {FORM}.",
            )  # fmt: skip
        raw = await body_of(request, house.settings.limits.body)
        pairs = [*pairs, *pairs_of(text_of(raw))]
    refuse_queries(house, pairs)
    named = {"name": request.path_params["format"], "accept": request.headers.get("accept")}
    return house.work({"kind": "export", "given": pairs, **named})


EXPORTS: Final[
    dict[str, tuple[tuple[str, ...], Callable[[House, Request], Awaitable[ASGIApp]]]]
] = {
    "/api/export": (("GET",), formats),
    "/api/export/{format}": (("GET", "POST"), export),
}
"""Each of these doors by its path."""
