"""What a server is told when it starts: what it serves, to whom, and how much of everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request, one client and all of them together may take.

    ``seconds`` from the start of the work to its end, waiting for a free worker not included;
    ``rows`` and ``bytes`` of an answer; ``body`` bytes of a request; ``depth`` of brackets in a
    query; ``memory`` bytes that a worker may take; ``per_client`` and ``in_all`` requests at a
    time, those that wait included; ``waiting`` seconds until a worker is free.
    """

    seconds: float = 30.0
    rows: int = 1_000_000
    bytes: int = 256 * 1024 * 1024
    body: int = 16 * 1024 * 1024
    depth: int = 60
    memory: int = 4 * 1024 * 1024 * 1024
    per_client: int = 120
    in_all: int = 400
    waiting: float = 30.0

    def headers(self) -> dict[str, str]:
        """Give the limits as they stand in every answer."""
        return {
            "KVGraph-Limits": f"seconds={self.seconds:g}, rows={self.rows}, bytes={self.bytes}, "
            f"body={self.body}, depth={self.depth}, per-client={self.per_client}, "
            f"in-all={self.in_all}, waiting={self.waiting:g}"
        }


@dataclass(frozen=True, slots=True)
class Settings:
    """What is served and how.

    ``token`` is asked for before anything is written; without one nothing asks who writes, which
    only a server on the loopback may do. ``services`` are the only endpoints that a query may
    name with SERVICE. ``hosts`` are the names under which the server may be addressed, those of
    the loopback besides.
    """

    store: Path
    writable: bool = False
    token: str | None = None
    limits: Limits = field(default_factory=Limits)
    workers: int = 4
    services: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
