"""HTTP/1.1 by uvicorn, with trailers after a chunked answer, which it does not send by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class _Connection(h11.Connection):
    """A connection that ends a message with the trailers that were left with it."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.trailers: list[tuple[bytes, bytes]] = []

    def send(self, event: h11.Event) -> Any:
        """Give the bytes of an event."""
        if isinstance(event, h11.EndOfMessage) and self.trailers:
            event, self.trailers = h11.EndOfMessage(headers=self.trailers), []
        return super().send(event)


class Protocol(H11Protocol):
    """The protocol of uvicorn, whose applications may send ``kvgraph.trailers``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        size = self.config.h11_max_incomplete_event_size or 16 * 1024
        connection = _Connection(h11.SERVER, size)
        self.conn = connection
        self.app = _with_trailers(self.app, connection)


def _with_trailers(app: ASGIApp, connection: _Connection) -> ASGIApp:
    """Give an application whose trailers are left with the connection."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["http_version"] == "1.1":
            scope.setdefault("extensions", {})["kvgraph"] = ("trailers",)

        async def sending(message: Any) -> None:
            if message["type"] == "kvgraph.trailers":
                connection.trailers = message["headers"]
            else:
                await send(message)

        await app(scope, receive, sending)

    return wrapped
