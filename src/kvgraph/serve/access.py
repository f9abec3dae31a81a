"""One line of JSON a request: who asked what, how it was answered, how long it took."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from kvgraph.errors import shorten
from kvgraph.serve.answers import ROWS, Cut

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LINE: Final = "kvgraph.line"
"""Where in the scope of a request its line stands, for a door that has more to tell."""

_TOLD: Final = frozenset({ROWS.lower(), "kvgraph-dataset"})


def logged(app: ASGIApp, write: Callable[[str], object]) -> ASGIApp:
    """Give an application that has a line written for every request that it answers.

    A query string is told by its length and the beginning of its SHA-256: it may be long, and may
    hold what nobody meant to keep. An answer that was broken off is ``cut``, one that nobody waited
    for has no status.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        began = time.perf_counter()
        query: bytes = scope["query_string"]
        line: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": (scope.get("client") or ("",))[0],
            "method": scope["method"],
            "path": shorten(scope["path"], 200),
        }
        if query:
            line["query"] = f"{hashlib.sha256(query).hexdigest()[:16]}/{len(query)}"
        scope[LINE] = line
        size = 0

        async def sending(message: Any) -> None:
            nonlocal size
            if message["type"] in ("http.response.start", "kvgraph.trailers"):
                line.update({"status": message["status"]} if "status" in message else {})
                for name, value in message["headers"]:
                    told = name.decode("latin-1").lower()
                    if told in _TOLD:
                        line[told.removeprefix("kvgraph-")] = value.decode("latin-1")
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        try:
            await app(scope, receive, sending)
        except Cut as cut:
            line["cut"] = str(cut)
            raise
        finally:
            line |= {"bytes": size, "ms": round(1000 * (time.perf_counter() - began), 1)}
            write(json.dumps(line, ensure_ascii=False))

    return wrapped


class WithoutCuts(logging.Filter):
    """Keeps answers that were broken off on purpose, or at the end, out of the log of errors."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is of anything else."""
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, Cut | asyncio.CancelledError)
