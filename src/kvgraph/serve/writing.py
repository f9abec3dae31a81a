"""What stands before the doors that write: who may, one at a time, and a record of each write.

A write is carried out by a worker on a copy that then takes the place of the store in one step
(``_jobs_writing.py``): a worker that is ended before has changed nothing.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kvgraph.aside import tidy
from kvgraph.serve.access import LINE
from kvgraph.serve.problems import Problem
from kvgraph.serve.requests import query_pairs
from kvgraph.store import ABOUT

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from kvgraph.serve.app import House

_DYING: Final = 5.0
_STEP: Final = 0.02
"""Seconds that a worker which was ended may take until it is gone, and how often one looks."""

_NOT_TOLD: Final = frozenset({b"etag"})
"""What an answer to a write does not say: a tag is for what was asked, not for what was done."""

_OF_A_BODY: Final = frozenset({b"content-type", b"content-length", b"repr-digest", b"kvgraph-rows"})
"""What an answer without a body (204) does not say besides."""


def admit(house: House, request: Request) -> None:
    """Let only those write who may.

    :raises Problem: 403 if nobody may, 401 without the token.
    """
    settings = house.settings
    if not settings.writable:
        raise Problem(403, "this server only reads", hint="Start it with --writable.")
    in_query = any(name in ("access_token", "token") for name, _ in query_pairs(request))
    given = request.headers.getlist("authorization")
    if in_query:
        raise _no_token("a token is not taken from the address, which others may see")
    if settings.token is None:
        return
    if len(given) != 1:
        raise _no_token("writing needs a token")
    scheme, _, token = given[0].strip().partition(" ")
    if scheme.lower() != "bearer":
        raise _no_token("the token is a Bearer token")
    # Compared in a time that tells nothing of how much of it is right.
    if not hmac.compare_digest(token.strip().encode(), settings.token.encode()):
        raise _no_token("the token is not the one that is asked for", ', error="invalid_token"')


def _no_token(detail: str, more: str = "") -> Problem:
    return Problem(
        401, detail, hint="Send it in the head: Authorization: Bearer TOKEN",
        headers={"WWW-Authenticate": f'Bearer realm="kvgraph"{more}', "Connection": "close"},
    )  # fmt: skip


class _State(NamedTuple):
    """What stands on disk: which file tells of it, and what that says."""

    file: tuple[int, int]
    digest: str
    quads: int


def _state(path: Path) -> _State | None:
    """Give what stands on disk, ``None`` if that cannot be read."""
    try:
        with (path / ABOUT).open("rb") as stream:
            stat = os.fstat(stream.fileno())
            about = json.load(stream)
        return _State((stat.st_ino, stat.st_mtime_ns), str(about["digest"]), int(about["quads"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Writing:
    """The answer to a write, as an ASGI application: it waits for its turn, and is recorded."""

    def __init__(self, house: House, job: dict[str, Any]) -> None:
        self._house = house
        self._job = job

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write, and send the answer.

        :raises Problem: if it cannot be written; says so if it was written all the same.
        """
        path = self._house.settings.store
        async with _turn(self._house):
            before = after = await asyncio.to_thread(_state, path)
            try:
                work = self._house.work(self._job, {"Cache-Control": "no-store"})
                await work(scope, receive, _sending(send))
                after = await asyncio.to_thread(_state, path)
            except Problem as problem:
                if problem.status == 409:
                    raise  # what is there now, another process wrote
                after = await _settled(path)
                if after == before:
                    raise
                raise Problem(
                    problem.status, f"{problem.detail}; it was written all the same",
                    hint="Look at what is there before you write it again.",
                    headers=problem.headers, **{**problem.more, "written": True},
                ) from problem  # fmt: skip
            except BaseException:
                after = await _settled(path)
                raise
            finally:
                if after is not None and after != before:
                    scope.get(LINE, {})["written"] = _record(before, after)


def _record(before: _State | None, after: _State) -> dict[str, Any]:
    """Give what the record of a write tells."""
    return {
        "before": before.digest if before else None,
        "after": after.digest,
        "quads_before": before.quads if before else None,
        "quads_after": after.quads,
    }


def _sending(send: Send) -> Send:
    """Give a send that leaves out what does not go with the answer to a write."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            out = _NOT_TOLD | (_OF_A_BODY if message["status"] == 204 else frozenset())
            kept = [(name, value) for name, value in message["headers"] if name not in out]
            message = {**message, "headers": kept}
        await send(message)

    return sending


async def _settled(path: Path) -> _State | None:
    """Wait until a worker that was ended is gone, remove what it left, and give what stands."""
    for _ in range(int(_DYING / _STEP)):
        if not await asyncio.to_thread(tidy, path):
            break
        await asyncio.sleep(_STEP)
    return await asyncio.to_thread(_state, path)


@asynccontextmanager
async def _turn(house: House) -> AsyncIterator[None]:
    """Wait until nobody else writes.

    :raises Problem: 503 if that takes too long.
    """
    waiting = house.settings.limits.waiting
    try:
        await asyncio.wait_for(house.writing.acquire(), waiting)
    except TimeoutError as error:
        raise Problem(
            503, f"others were writing for {waiting:g} seconds", hint="Try again later.",
            headers={"Retry-After": "5"}, limit="waiting",
        ) from error  # fmt: skip
    try:
        yield
    finally:
        house.writing.release()
