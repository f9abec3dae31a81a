"""All doors of the server, and what stands before each of them."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from kvgraph.serve.answers import Gone, Working, tell
from kvgraph.serve.description import ABOUT_DOORS, address, describe
from kvgraph.serve.exports import EXPORTS
from kvgraph.serve.graphs import GRAPHS
from kvgraph.serve.guarding import guard
from kvgraph.serve.health import HEALTH
from kvgraph.serve.index import INDEX
from kvgraph.serve.pictures import PICTURES
from kvgraph.serve.pool import Pool
from kvgraph.serve.problems import Problem
from kvgraph.serve.protocol import job_of, query_of
from kvgraph.serve.rest import REST
from kvgraph.serve.settings import Settings
from kvgraph.serve.updates import UPDATES
from kvgraph.serve.workbench import WORKBENCH

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send


LOG: Final = logging.getLogger("kvgraph.serve")

Door = Callable[["House", "Request"], Awaitable["ASGIApp"]]
"""What answers a request: it gives an ASGI application that sends the answer."""


class House:
    """What the doors share: settings, workers, and who is inside."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pool = Pool(settings)
        self.inside: Counter[str] = Counter()
        self.writing = asyncio.Lock()

    def headers(self) -> dict[str, str]:
        """Give the headers that every answer has."""
        return {
            **self.settings.limits.headers(),
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "ETag, KVGraph-Rows, KVGraph-Dataset, KVGraph-Limits, "
            "KVGraph-Empty, KVGraph-Head, KVGraph-Losses, Content-Disposition, "
            "Content-Location, Repr-Digest, Retry-After",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept",
        }

    def work(self, job: dict[str, Any], headers: Mapping[str, str] = {}) -> ASGIApp:
        """Give the answer of a worker to a job, with more headers where a door has its own."""
        return Working(self.pool, job, {**self.headers(), **headers})


async def sparql(house: House, request: Request) -> ASGIApp:
    """Answer a query, or describe the service where there is none."""
    pairs = await query_of(request, house.settings)
    if request.method in ("GET", "HEAD") and not {name for name, _ in pairs} - {"format"}:
        return describe(house, request, pairs)
    job = job_of(pairs, request.headers.get("accept"), house.settings)
    # What a query names by less than an IRI is meant from here.
    return house.work({**job, "base": f"{address(request)}/sparql"})


async def nothing(_: House, request: Request) -> ASGIApp:
    """Tell that there is no such door.

    :raises Problem: 404 always.
    """
    from kvgraph.errors import shorten

    raise Problem(404, f"there is nothing at {shorten(request.url.path)}",
                  hint="/about and /openapi.json tell what there is.")  # fmt: skip


DOORS: Final[dict[str, tuple[tuple[str, ...], Door]]] = {
    "/sparql": (("GET", "POST"), sparql),
    **WORKBENCH,
    **REST,
    **PICTURES,
    **EXPORTS,
    **ABOUT_DOORS,
    **HEALTH,
    **INDEX,
    **UPDATES,
    **GRAPHS,
}
"""Each door by its path: the methods that it knows, and what answers."""


class Doored:
    """One door as an ASGI application: what goes wrong is answered, or breaks the answer off."""

    def __init__(self, house: House, methods: tuple[str, ...], door: Door) -> None:
        self._house = house
        self._methods = methods
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        from starlette.requests import Request

        request = Request(scope, receive)
        begun = False

        async def sending(message: Any) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            if request.method == "OPTIONS":
                await self._preflight(send)
                return
            method = "GET" if request.method == "HEAD" else request.method
            if method not in self._methods:
                allowed = self._allowed()
                raise Problem(
                    405, f"{request.method} is not known here", hint=f"Known: {allowed}.",
                    headers={"Allow": allowed},
                )  # fmt: skip
            answer = await self._door(self._house, request)
            await answer(scope, receive, sending)
        except Problem as problem:
            await tell(send, problem, self._house.headers())
        except Gone:
            LOG.info("gone: %s", request.url.path)
        except Exception:
            # A fault of ours: told as such where nothing was sent, else the answer is broken off.
            if begun:
                raise
            LOG.exception("%s %s", request.method, request.url.path)
            fault = Problem(500, "the server has a fault", hint="Its log tells which.")
            await tell(send, fault, self._house.headers())

    def _allowed(self) -> str:
        """Name the methods that are known here."""
        reading = ("HEAD",) if "GET" in self._methods else ()
        return ", ".join((*self._methods, *reading, "OPTIONS"))

    async def _preflight(self, send: Send) -> None:
        headers = self._house.headers() | {
            "Access-Control-Allow-Methods": self._allowed(),
            "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
            "Access-Control-Max-Age": "86400",
            "Content-Length": "0",
        }
        raw = [(k.lower().encode(), v.encode()) for k, v in headers.items()]
        await send({"type": "http.response.start", "status": 204, "headers": raw})
        await send({"type": "http.response.body", "body": b""})


def application(settings: Settings) -> ASGIApp:
    """Give the server as an ASGI application, which starts its workers when it is started."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    house = House(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await house.pool.start()
        try:
            yield
        finally:
            await house.pool.stop()

    routes = [Route(path, Doored(house, methods, door)) for path, (methods, door) in DOORS.items()]
    every = ("GET", "POST", "PUT", "PATCH", "DELETE")
    routes.append(Route("/{path:path}", Doored(house, every, nothing)))
    return guard(Starlette(routes=routes, lifespan=lifespan), house)
