"""A dataset at an endpoint, behind the same object as one in memory or on disk.

Questions go over all graphs at once. Where the endpoint's default graph is not all of them, which
is seen from one statement of a named graph, the graphs are named with each question
(``default-graph-uri`` of the SPARQL 1.1 Protocol), so that no query has to be rewritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

import pyoxigraph as ox

from kvgraph.errors import StoreError
from kvgraph.namespaces import KV
from kvgraph.query.text import shape
from kvgraph.remote.client import Client, Patience
from kvgraph.remote.quads import Quads
from kvgraph.remote.reading import answered
from kvgraph.remote.wording import bound as with_values
from kvgraph.store import About, Dataset, Results, Solutions

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_GRAPHS: Final = 500
"""No more graphs than these are named with each question."""

_ACCESSED: Final = ox.NamedNode(KV + "accessed")
_TELLING: Final = (ox.NamedNode(KV + "giver"), ox.NamedNode(KV + "adopter"))
"""What a graph holds that tells of transfers or adoptions."""


class Remote(Dataset):
    """The quads of an endpoint that can be asked.

    What was asked for by thing or property is kept, and asked for anew when a server that tells
    the digest of its data (``kvgraph serve`` does) tells another.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._seen = ""
        super().__init__(self._store())

    @classmethod
    def at(cls, address: str, patience: Patience | None = None) -> Remote:
        """Give the dataset at an address; one without a path has its endpoint at /sparql.

        Nothing is asked yet.

        :raises StoreError: if it is no address.
        """
        try:
            parts = urlsplit(address)
        except ValueError as error:
            raise StoreError(f'"{address}" is not an address: {error}') from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise StoreError(
                f'"{address}" is not the address of an endpoint',
                hint="It reads like http://localhost:8000/sparql.",
            )
        if parts.path in ("", "/"):
            address = parts._replace(path="/sparql").geturl()
        return cls(Client(address, patience or Patience()))

    def query(
        self,
        text: str,
        bound: Mapping[str, ox.NamedNode | ox.Literal] = {},
        *,
        union: bool = True,
    ) -> Results:
        """Ask a SPARQL query over all graphs at once; ``bound`` gives variables a value.

        :raises QueryError: if the endpoint takes the query for wrong.
        :raises StoreError: if it does not answer, or its answer does not come whole.
        """
        found = answered(self.client, with_values(text, bound) if bound else text,
                         self._graphs if union and not shape(text).froms else ())  # fmt: skip
        if self.client.digest != self._seen:
            if self._seen:
                self.store = self._store()
                self._about = None
            self._seen = self.client.digest
        return found

    @property
    def about(self) -> About:
        """What can be known of it from outside; ``digest`` is what the server says, if it does."""
        if self._about is None:
            number, horizon = len(self.store), self._horizon()
            self._about = About(
                digest=self.digest, quads=number, horizon=horizon, warnings=self._warnings
            )
        return self._about

    @property
    def digest(self) -> str:
        """The digest of the dataset, as the server says; empty if it does not."""
        return self._known.digest

    @property
    def server(self) -> str:
        """The name of the server, as it says."""
        return self._known.server or ""

    @property
    def _known(self) -> Client:
        """The endpoint, which has said who it is."""
        if self.client.server is None:
            self.query("ASK { ?s ?p ?o }")
        return self.client

    def holds(self, iri: str) -> bool:
        """Tell whether anything has a property."""
        return bool(self.query(f"ASK {{ ?s <{iri}> ?o }}"))

    def _store(self) -> ox.Store:
        """Give what rooms take for the store."""
        return cast(
            "ox.Store", Quads(lambda text: self.query(text), lambda: self._sample is not None)
        )

    @cached_property
    def _sample(self) -> tuple[str, str, str] | None:
        """A statement of a named graph, written in SPARQL; ``None`` if no graph has a name.

        One about transfers, if there is any: some servers keep graphs of their own.
        """
        for where in (f"?s <{KV}giver> ?o", "?s ?p ?o"):
            predicate = "" if "giver" in where else " ?p"
            found = answered(
                self.client, f"SELECT ?s{predicate} ?o {{ GRAPH ?g {{ {where} }} }} LIMIT 20", ()
            )
            assert isinstance(found, Solutions)
            for row in found:
                if not any(isinstance(node, ox.BlankNode) for node in row):
                    middle = str(row[1]) if predicate else f"<{KV}giver>"
                    return str(row[0]), middle, str(row[-1])
        return None

    @cached_property
    def _graphs(self) -> Sequence[str]:
        """The graphs to name with each question; none where the default graph is all of them.

        :raises StoreError: if there are too many.
        """
        if self._sample is None or bool(
            answered(self.client, f"ASK {{ {' '.join(self._sample)} }}", ())
        ):
            return ()
        found = answered(
            self.client, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g", ()
        )
        assert isinstance(found, Solutions)
        graphs = [row[0].value for row in found if isinstance(row[0], ox.NamedNode)]
        if len(graphs) > _MOST_GRAPHS:
            raise StoreError(
                f"{self.client.address} has {len(graphs)} graphs, and asks only the default graph "
                "where none is named",
                hint="Have its default graph hold them all (oxigraph: --union-default-graph).",
            )
        return graphs

    @cached_property
    def _warnings(self) -> tuple[str, ...]:
        """What a reader should know of how it is asked."""
        if self._graphs and bool(answered(self.client, "ASK { ?s ?p ?o }", ())):
            return ("what stands in no named graph is left out",)
        return ()

    def _horizon(self) -> str | None:
        """Give the latest day on which a source was read, as YYYY-MM-DD.

        Of the graphs that tell of transfers or adoptions, where any does.
        """
        from kvgraph.store import days_read

        read = list(self.store.quads_for_pattern(None, _ACCESSED, None))
        telling = {
            q.graph_name for p in _TELLING for q in self.store.quads_for_pattern(None, p, None)
        }
        days = days_read(q for q in read if q.graph_name in telling)
        return max(days, default=None) or max(days_read(read), default=None)
