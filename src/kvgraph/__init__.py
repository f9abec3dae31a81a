"""Who learned what from whom: practices, organisations and transfers as a knowledge graph.

The rooms stand along one corridor (see README.md); a room imports only what stands to its
left. Nothing slow is imported here, so that ``import kvgraph`` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from kvgraph.handle import Handle

__all__ = ["__version__", "open"]

__version__ = "0.1.0"


def open(place: str | Path | None = None) -> Handle:  # noqa: A001
    """Give a handle on a store, an RDF file or the endpoint at an address, else the shipped data.

    :raises StoreError: if there is none.
    """
    from kvgraph.handle import opened

    if place is None:
        from kvgraph.cli._stores import shipped_store

        place = shipped_store()
    return opened(place)
