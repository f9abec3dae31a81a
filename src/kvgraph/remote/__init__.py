"""A dataset at a SPARQL endpoint: asked over HTTP, retried, and checked to have come whole.

Any server that speaks the SPARQL 1.1 Protocol will do. What it says is never taken on trust: an
answer ends where its form ends, and has as many rows as the server counts.
"""

from kvgraph.remote.client import Client, Patience
from kvgraph.remote.dialects import UNFIT, unfit
from kvgraph.remote.endpoint import Remote

__all__ = ["UNFIT", "Client", "Patience", "Remote", "unfit"]
