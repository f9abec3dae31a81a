"""The doors ``/api/scene`` and ``/api/views``: what the workbench draws, and what is drawn for it.

A door only reads what is asked for; a worker makes it (``_jobs_pictures.py``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from kvgraph.serve.forms import JSON, form_of
from kvgraph.serve.requests import query_pairs
from kvgraph.serve.rest import refuse_queries

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from kvgraph.serve.app import House


async def scene(house: House, request: Request) -> ASGIApp:
    """Give all that is selected as the workbench takes it."""
    pairs = query_pairs(request)
    refuse_queries(house, pairs)
    media, given = form_of(pairs, request.headers.get("accept"), (JSON,))
    return house.work({"kind": "scene", "media": media, "given": given})


async def views(house: House, request: Request) -> ASGIApp:
    """List the pages and pictures that can be drawn."""
    from kvgraph.serve.forms import LISTS

    media, given = form_of(query_pairs(request), request.headers.get("accept"), LISTS)
    return house.work({"kind": "views", "media": media, "given": given})


async def view(house: House, request: Request) -> ASGIApp:
    """Draw a page or a picture of what is selected, as ``kvgraph view`` does."""
    pairs = query_pairs(request)
    refuse_queries(house, pairs)
    accept = request.headers.get("accept")
    named = {"name": request.path_params["name"], "accept": accept}
    return house.work({"kind": "view", "given": pairs, **named})


PICTURES: Final[
    dict[str, tuple[tuple[str, ...], Callable[[House, Request], Awaitable[ASGIApp]]]]
] = {
    "/api/scene": (("GET",), scene),
    "/api/views": (("GET",), views),
    "/api/views/{name}": (("GET",), view),
}
"""Each of these doors by its path."""
