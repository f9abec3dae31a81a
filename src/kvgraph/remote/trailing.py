"""What an HTTP/1.1 server says after an answer: the trailers, which httpx passes over.

The last bytes that came are remembered for each connection, and read once the answer has ended.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import httpcore
import httpx

if TYPE_CHECKING:
    from collections.abc import Sequence

_TAIL: Final = 4096
"""So many bytes hold the trailers of any answer."""


class _Heard(httpcore.NetworkStream):
    """A connection that remembers the last that it heard."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self.tail = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Give the next bytes."""
        raw = self._stream.read(max_bytes, timeout)
        self.tail = (self.tail + raw)[-_TAIL:] if len(raw) < _TAIL else raw[-_TAIL:]
        return raw

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes, after which another answer comes."""
        self.tail = b""
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Give the connection under TLS."""
        return _Heard(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """Give what is known of the connection."""
        return self._stream.get_extra_info(info)


class _Hearing(httpcore.NetworkBackend):
    """Connections that remember the last that they heard."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host."""
        return _Heard(self._backend.connect_tcp(host, port, timeout, local_address, socket_options))


class Transport(httpx.HTTPTransport):
    """HTTP/1.1 whose trailers can be read."""

    def __init__(self) -> None:
        super().__init__()
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(), network_backend=_Hearing(), max_connections=10
        )


def trailers(response: httpx.Response) -> Mapping[str, str]:
    r"""Give the trailers of a chunked answer that has been read to its end, by lower-case name."""
    heard = response.extensions.get("network_stream")
    if not isinstance(heard, _Heard) or "chunked" not in response.headers.get(
        "transfer-encoding", ""
    ):
        return {}
    return _fields(heard.tail.rpartition(b"\r\n0\r\n")[2].split(b"\r\n"))


def _fields(lines: Sequence[bytes]) -> dict[str, str]:
    """Read the lines of a head.

    >>> _fields([b"KVGraph-Rows: 3", b""])
    {'kvgraph-rows': '3'}
    """
    pairs = (line.decode("latin-1").partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}
