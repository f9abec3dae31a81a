"""How this process and its workers talk: frames of a kind, a length and so many bytes."""

from __future__ import annotations

import json
import struct
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from asyncio import StreamReader

JOB: Final = b"J"
"""To a worker: what to do, as JSON."""
HEAD: Final = b"H"
"""From a worker: status, media type and headers, as JSON; once, before all data."""
DATA: Final = b"D"
"""From a worker: a part of the body."""
END: Final = b"E"
"""From a worker: all of it was written; rows and digest, as JSON."""
FAULT: Final = b"F"
"""From a worker: it could not be done, or not to the end; a problem, as JSON."""

_HEADER: Final = struct.Struct(">cI")
MOST: Final = 1 << 20
"""More bytes than a frame of data holds."""


class Frame(NamedTuple):
    """One frame: its kind and what it holds."""

    kind: bytes
    payload: bytes

    def told(self) -> dict[str, Any]:
        """Give what a frame of JSON says."""
        found: dict[str, Any] = json.loads(self.payload)
        return found


def packed(kind: bytes, payload: bytes | dict[str, Any]) -> bytes:
    """Give the bytes of a frame."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return _HEADER.pack(kind, len(raw)) + raw


def read(stream: IO[bytes]) -> Frame | None:
    """Give the next frame of a stream, ``None`` at its end."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, length = _HEADER.unpack(header)
    return Frame(kind, stream.read(length))


async def receive(stream: StreamReader) -> Frame:
    """Give the next frame of a stream.

    :raises asyncio.IncompleteReadError: at its end.
    """
    kind, length = _HEADER.unpack(await stream.readexactly(_HEADER.size))
    return Frame(kind, await stream.readexactly(length))
