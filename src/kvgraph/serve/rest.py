"""The doors under ``/api`` and ``/openapi.json``: questions, analyses and things by address.

A door only reads what is asked for; all of it is answered by a worker (``_jobs_rest.py``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from kvgraph.serve.forms import ANSWERS, FIGURES, LISTS, SHORT, form_of
from kvgraph.serve.protocol import refuse_deep, refuse_services
from kvgraph.serve.requests import Pairs, all_of, one_of, query_pairs

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from kvgraph.serve.app import House


def _asked(house: House, request: Request, kind: str, forms: Sequence[str], **more: Any) -> ASGIApp:
    """Hand a worker what was asked for, in the form that fits."""
    media, given = form_of(query_pairs(request), request.headers.get("accept"), forms)
    return house.work({"kind": kind, "media": media, "given": given, **more})


async def queries(house: House, request: Request) -> ASGIApp:
    """List the questions of the library."""
    return _asked(house, request, "queries", LISTS)


async def query(house: House, request: Request) -> ASGIApp:
    """Answer a question of the library."""
    name = f"{request.path_params['topic']}/{request.path_params['name']}"
    return _asked(house, request, "query", ANSWERS, name=name)


async def analyses(house: House, request: Request) -> ASGIApp:
    """List the analyses."""
    return _asked(house, request, "analyses", LISTS)


async def analyse(house: House, request: Request) -> ASGIApp:
    """Put an analysis to the dataset, or to what is selected of it."""
    from kvgraph.plots import is_drawn

    pairs, name = query_pairs(request), request.path_params["name"]
    refuse_queries(house, pairs)
    # A figure that is asked for by name and that there is not, the worker tells why.
    drawn = is_drawn(name) or SHORT.get(one_of(pairs, "format") or "") in FIGURES
    forms = (*ANSWERS, *FIGURES) if drawn else ANSWERS
    return _asked(house, request, "analyse", forms, name=name)


def refuse_queries(house: House, pairs: Pairs) -> None:
    """Refuse the queries of a selection that no door would answer.

    :raises Problem: 400 for one that nests too deep, or asks another service.
    """
    for text in all_of(pairs, "query"):
        refuse_deep(text, house.settings.limits.depth)
        refuse_services(text, house.settings.services)


async def things(house: House, request: Request) -> ASGIApp:
    """Look for things by name."""
    return _asked(house, request, "things", LISTS)


async def thing(house: House, request: Request) -> ASGIApp:
    """Tell everything that is known of a thing."""
    named = {"of": request.path_params["kind"], "id": request.path_params["id"]}
    return _asked(house, request, "thing", ANSWERS, **named)


async def terms(house: House, request: Request) -> ASGIApp:
    """List what a query may name: classes, properties, codes and prefixes."""
    return _asked(house, request, "terms", LISTS)


async def openapi(house: House, request: Request) -> ASGIApp:
    """Describe all doors."""
    from kvgraph.serve.app import DOORS

    told = {"limits": asdict(house.settings.limits), "doors": list(DOORS)}
    return _asked(house, request, "openapi", ("application/json",), **told)


REST: Final[dict[str, tuple[tuple[str, ...], Callable[[House, Request], Awaitable[ASGIApp]]]]] = {
    "/api/queries": (("GET",), queries),
    "/api/queries/{topic}/{name}": (("GET",), query),
    "/api/analyse": (("GET",), analyses),
    "/api/analyse/{name}": (("GET",), analyse),
    "/api/things": (("GET",), things),
    "/api/things/{kind}/{id:path}": (("GET",), thing),
    "/api/terms": (("GET",), terms),
    "/openapi.json": (("GET",), openapi),
}
"""Each of these doors by its path."""
