"""The door ``/healthz``: whether the server answers, for whoever watches over it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from kvgraph import __version__
from kvgraph.serve.frames import FAULT
from kvgraph.serve.problems import Problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from kvgraph.serve.app import House


async def healthz(house: House, request: Request) -> ASGIApp:  # noqa: ARG001
    """Tell how it is; a worker looks at the store, unless all are busy, which is well too.

    :raises Problem: 503 if the store cannot be opened.
    """
    from starlette.responses import JSONResponse

    pool = house.pool
    told: dict[str, Any] = {
        "ok": True,
        "digest": None,
        "workers": {"idle": pool.idle, "all": house.settings.workers},
        "ended": pool.ended,
        "version": __version__,
    }
    if pool.idle:
        async with pool.working({"kind": "alive"}) as frames:
            found = [frame async for frame in frames]
        if found[-1].kind == FAULT:
            problem = Problem.of(found[-1].told())
            raise Problem(
                503, problem.detail, hint=problem.hint, **{**problem.more, **told, "ok": False}
            )
        told["digest"] = found[0].told()["headers"]["KVGraph-Dataset"]
    return JSONResponse(told, headers={**house.headers(), "Cache-Control": "no-store"})


HEALTH: Final[dict[str, tuple[tuple[str, ...], Callable[[House, Request], Awaitable[ASGIApp]]]]] = {
    "/healthz": (("GET",), healthz)
}
"""This door by its path."""
