"""From the frames of a worker to an HTTP answer that is whole, or can be seen not to be.

An answer that fits into one part is sent with its length, rows and digest in its head. A larger one
is sent as it comes, in chunks: rows and digest stand in the trailer, and one that has to be broken
off ends without the last chunk, which no client takes for the end.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kvgraph.serve.frames import DATA, END, FAULT, HEAD, Frame
from kvgraph.serve.problems import MEDIA, Problem
from kvgraph.serve.tagging import tags_of

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from kvgraph.serve.pool import Pool

ROWS: Final = "KVGraph-Rows"
DIGEST: Final = "Repr-Digest"
"""The digest of the body, as in RFC 9530."""


class Cut(Exception):  # noqa: N818
    """An answer that has begun and cannot be ended: the connection is broken off."""


class Gone(Exception):  # noqa: N818
    """Whoever asked has gone."""


class Working:
    """An answer that a worker writes, as an ASGI application."""

    def __init__(self, pool: Pool, job: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self._pool = pool
        self._job = job
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer; whoever goes ends the work.

        :raises Problem: for what goes wrong before the first byte.
        :raises Cut: for what goes wrong after it.
        """
        answer = asyncio.ensure_future(self._answer(scope, send))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise Gone
            answer.result()
        finally:
            for task in (answer, gone):
                task.cancel()
            await asyncio.gather(answer, gone, return_exceptions=True)

    async def _answer(self, scope: Scope, send: Send) -> None:
        begun = False
        try:
            async with self._pool.working(_asked(self._job, scope)) as frames:
                head = await _next(frames)
                first = await _next(frames)
                told = head.told()
                if first.kind == END:
                    end = first.told()
                    if end:
                        await _whole(send, told, self._headers, b"", end)
                    else:
                        await _head(send, told, self._headers)
                    return
                second = await _next(frames)
                if second.kind == END:
                    await _whole(send, told, self._headers, first.payload, second.told())
                    return
                trailers = "trailers" in scope.get("extensions", {}).get("kvgraph", ())
                headers = {
                    **told["headers"],
                    **self._headers,
                    "Content-Type": _typed(told["media"]),
                }
                if trailers:
                    headers["Trailer"] = f"{ROWS}, {DIGEST}"
                begun = True
                await send(_start(told["status"], headers))
                for frame in (first, second):
                    await send(_body(frame.payload))
                while (frame := await _next(frames)).kind == DATA:
                    await send(_body(frame.payload))
                if trailers:
                    await send({"type": "kvgraph.trailers", "headers": _raw(_end(frame.told()))})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except Problem as problem:
            if begun:
                raise Cut(problem.detail) from problem
            raise


async def _next(frames: AsyncIterator[Frame]) -> Frame:
    """Give the next frame.

    :raises Problem: if it tells of one.
    """
    frame = await anext(frames)
    if frame.kind == FAULT:
        raise Problem.of(frame.told())
    assert frame.kind in (HEAD, DATA, END)
    return frame


def _asked(job: Mapping[str, Any], scope: Scope) -> Mapping[str, Any]:
    """Give a job with what the method and the head of the request say of its answer."""
    if scope["method"] not in ("GET", "HEAD"):
        return job
    told = [value.decode("latin-1") for name, value in scope["headers"] if name == b"if-none-match"]
    return {
        **job,
        **({"unless": tags} if (tags := tags_of(", ".join(told))) else {}),
        **({"head": True} if scope["method"] == "HEAD" else {}),
    }


async def _gone(receive: Receive) -> None:
    """Wait until whoever asked goes."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _whole(
    send: Send, told: Mapping[str, Any], more: Mapping[str, str], body: bytes, end: dict[str, Any]
) -> None:
    """Send an answer of which the length is known."""
    headers = {
        **told["headers"], **more, "Content-Type": _typed(told["media"]),
        "Content-Length": str(end["bytes"]), **_end(end),
    }  # fmt: skip
    await send(_start(told["status"], headers))
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _head(send: Send, told: Mapping[str, Any], more: Mapping[str, str]) -> None:
    """Send a head alone: of what has not changed, or of what is only looked at."""
    typed = {"Content-Type": _typed(told["media"])} if told["media"] else {}
    await send(_start(told["status"], {**told["headers"], **more, **typed}))
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _end(end: Mapping[str, Any]) -> dict[str, str]:
    """Give what is known of an answer at its end."""
    import base64

    digest = base64.b64encode(bytes.fromhex(end["sha256"])).decode()
    return {ROWS: str(end["rows"]), DIGEST: f"sha-256=:{digest}:", **end.get("headers", {})}


def _typed(media: str) -> str:
    """Give a media type as a header has it."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(k.lower().encode("ascii"), v.encode("latin-1")) for k, v in headers.items()]


def _start(status: int, headers: Mapping[str, str]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": _raw(headers)}


def _body(part: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": part, "more_body": True}


async def tell(send: Send, problem: Problem, headers: Mapping[str, str]) -> None:
    """Send a problem."""
    body = json.dumps(problem.told(), ensure_ascii=False).encode() + b"\n"
    told = {
        **headers, **problem.headers, "Content-Type": MEDIA, "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
    }  # fmt: skip
    await send(_start(problem.status, told))
    await send({"type": "http.response.body", "body": body, "more_body": False})
