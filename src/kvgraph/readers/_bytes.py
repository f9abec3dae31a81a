"""A small file whole, or the reason why it cannot be read."""

from __future__ import annotations

from pathlib import Path

from kvgraph.errors import KvgraphError


def read_bytes(path: Path, shown: str = "", most: int = -1) -> bytes:
    """Give the bytes of a file, and one more than ``most`` at the most; -1 is all.

    Who gets more than ``most`` knows that it is too large, and need not hold it.

    :raises KvgraphError: if it cannot be read; ``shown`` is how the message calls it.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(most + 1 if most >= 0 else -1)
    except OSError as error:
        raise KvgraphError(
            f"{shown or path} cannot be read: {error.strerror or error}",
            hint="Check the name of the file.",
        ) from error
