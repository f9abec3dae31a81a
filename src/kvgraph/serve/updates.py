"""The door ``/update``: updates by the SPARQL 1.1 Protocol."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from kvgraph.serve.description import address
from kvgraph.serve.problems import Problem
from kvgraph.serve.protocol import absolute, refuse_deep, refuse_services
from kvgraph.serve.requests import (
    FORM,
    Pairs,
    all_of,
    body_of,
    media_of,
    one_of,
    pairs_of,
    query_pairs,
    text_of,
)
from kvgraph.serve.using import with_using
from kvgraph.serve.writing import Writing, admit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from kvgraph.serve.app import House

UPDATE: Final = "application/sparql-update"
_USING: Final = ("using-graph-uri", "using-named-graph-uri")


async def update(house: House, request: Request) -> ASGIApp:
    """Carry out an update: all of it, or nothing."""
    admit(house, request)
    pairs = await _update_of(request, house.settings.limits.body)
    text = one_of(pairs, "update")
    if text is None:
        raise Problem(400, "there is no update", hint="Send update=..., or it as the body.")
    refuse_deep(text, house.settings.limits.depth)
    refuse_services(text, ())
    default, named = ([absolute(iri, name) for iri in all_of(pairs, name)] for name in _USING)
    job = {
        "kind": "update",
        "text": text,
        "restricted": with_using(text, default, named) if default or named else text,
        "base": f"{address(request)}/update",
    }
    return Writing(house, job)


async def _update_of(request: Request, most: int) -> Pairs:
    """Give the parameters of an update, the update itself among them, however it was sent.

    :raises Problem: as the SPARQL 1.1 Protocol has it.
    """
    media = media_of(request)
    if media not in (UPDATE, FORM):
        raise Problem(
            415, f"an update is not read from {media or 'a body without a media type'}",
            hint=f"Send it as {UPDATE}, or as a form.",
        )  # fmt: skip
    pairs = query_pairs(request)
    if all_of(pairs, "update"):
        raise Problem(400, "an update is not taken from the address", hint="Send it as the body.")
    raw = text_of(await body_of(request, most))
    pairs = [*pairs, *(pairs_of(raw) if media == FORM else [("update", raw)])]
    for name in ("query", "default-graph-uri", "named-graph-uri"):
        if all_of(pairs, name):
            raise Problem(400, f"{name} is no parameter of an update", hint="Query at /sparql.")
    return pairs


UPDATES: Final[
    dict[str, tuple[tuple[str, ...], Callable[[House, Request], Awaitable[ASGIApp]]]]
] = {"/update": (("POST",), update)}
"""This door by its path."""
