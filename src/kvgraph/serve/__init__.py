"""The dataset behind a socket: SPARQL, questions and analyses over HTTP, with honest limits.

:func:`application` gives the server as an ASGI application. Whatever asks the dataset runs in a
process of its own (:mod:`kvgraph.serve.pool`), which can be ended at any moment; this process
only reads requests, and passes on what the others write. One file a door.
"""

from __future__ import annotations

from kvgraph.serve.app import application
from kvgraph.serve.settings import Limits, Settings

__all__ = ["Limits", "Settings", "application"]
