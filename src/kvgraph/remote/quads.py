"""The quads of an endpoint by pattern, as a store gives them: asked for once, and then kept.

A thing is asked for with all that is said of it, since more will be asked of it. After some
things have been asked for one property, that property is asked for of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, Final

import pyoxigraph as ox

from kvgraph.errors import StoreError
from kvgraph.store import Solutions

_SINGLY: Final = 20
"""So many things are asked for a property one by one."""

Ask = Callable[[str], Any]


class Quads:
    """What rooms ask of a store, at an endpoint.

    ``ask`` answers a query over all graphs; ``named`` says whether they have names, without which
    everything stands in the default graph.
    """

    def __init__(self, ask: Ask, named: Callable[[], bool]) -> None:
        self._ask = ask
        self._named = named
        self._things: dict[Any, list[ox.Quad]] = {}
        self._properties: dict[Any, dict[Any, list[ox.Quad]]] = {}
        self._others: dict[Any, list[ox.Quad]] = {}
        self._asked: Counter[Any] = Counter()
        self._number: int | None = None

    def quads_for_pattern(
        self,
        subject: Any,
        predicate: Any,
        object: Any,  # noqa: A002
        graph_name: Any = None,
    ) -> Iterator[ox.Quad]:
        """Give the quads of a pattern, in which ``None`` fits everything."""
        if any(isinstance(node, ox.BlankNode | ox.Triple) for node in (subject, object)):
            raise StoreError(
                "an endpoint cannot be asked for what has no name: a blank node, or a triple",
                hint="Load its data: kvgraph.open(FILE.nq).",
            )
        for quad in self._found(subject, predicate, object):
            if (
                (predicate is None or quad.predicate == predicate)
                and (object is None or quad.object == object)
                and (graph_name is None or quad.graph_name == graph_name)
            ):
                yield quad

    def _found(self, subject: Any, predicate: Any, value: Any) -> Iterable[ox.Quad]:
        """Give quads among which are all of a pattern, with this subject."""
        if predicate in self._properties:
            of_property = self._properties[predicate]
            if subject is not None:
                return of_property.get(subject, ())
            return (quad for quads in of_property.values() for quad in quads)
        if subject is not None:
            if subject in self._things:
                return self._things[subject]
            self._asked[predicate] += predicate is not None
            if self._asked[predicate] > _SINGLY:
                return self._of_property(predicate).get(subject, ())
            self._things[subject] = list(self._quads(subject, None, None))
            return self._things[subject]
        if value is None and predicate is not None:
            return [quad for quads in self._of_property(predicate).values() for quad in quads]
        key = (predicate, value)
        if key == (None, None):
            return self._quads(None, None, None)
        if key not in self._others:
            self._others[key] = list(self._quads(None, predicate, value))
        return self._others[key]

    def _of_property(self, predicate: Any) -> dict[Any, list[ox.Quad]]:
        """Give all quads of a property by subject."""
        found: dict[Any, list[ox.Quad]] = {}
        for quad in self._quads(None, predicate, None):
            found.setdefault(quad.subject, []).append(quad)
        self._properties[predicate] = found
        return found

    def _quads(self, subject: Any, predicate: Any, value: Any) -> Iterator[ox.Quad]:
        """Ask for the quads of a pattern."""
        terms = [("s", subject), ("p", predicate), ("o", value)]
        if self._named():
            terms.insert(0, ("g", None))
        names = [f"?{name}" for name, term in terms if term is None]
        pattern = " ".join(f"?{n}" if t is None else str(t) for n, t in terms if n != "g")
        where = f"GRAPH ?g {{ {pattern} }}" if self._named() else pattern
        found = self._ask(f"SELECT {' '.join(names)} {{ {where} }}")
        assert isinstance(found, Solutions)
        fixed = {name: term for name, term in terms if term is not None}
        open_ = [name for name, term in terms if term is None]
        for row in found:
            cells = {**fixed, **dict(zip(open_, row, strict=True))}
            yield ox.Quad(cells["s"], cells["p"], cells["o"], cells.get("g"))

    def named_graphs(self) -> Iterator[Any]:
        """Give the names of the graphs."""
        if self._named():
            for row in self._ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"):
                yield row[0]

    def __iter__(self) -> Iterator[ox.Quad]:
        """Give all quads."""
        return self._quads(None, None, None)

    def __len__(self) -> int:
        """Give the number of quads."""
        if self._number is None:
            where = "GRAPH ?g { ?s ?p ?o }" if self._named() else "?s ?p ?o"
            rows = list(self._ask(f"SELECT (COUNT(*) AS ?n) {{ {where} }}"))
            self._number = int(rows[0][0].value)
        return self._number

    def dump(self, output: IO[bytes] | None = None, *, format: ox.RdfFormat) -> bytes | None:  # noqa: A002
        """Write all quads."""
        return ox.serialize(iter(self), output, format=format)

    def __getattr__(self, name: str) -> Any:
        """Refuse what only a store of one's own can do."""
        if name.startswith("_"):
            raise AttributeError(name)
        raise StoreError(
            f"an endpoint cannot be asked for this: {name}",
            hint="Load its data: kvgraph.open(FILE.nq).",
        )
