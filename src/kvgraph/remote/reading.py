"""The rows of an answer as they come, and the certainty that all of them have.

An answer in JSON that is cut short cannot be read to its end, whatever the server says of it.
One that a server ends early, and well formed, as some do after so many rows, is found out by
counting: kvgraph tells the number of rows itself; any other server is asked for it where there
are more than a few. What is missing is then asked for page by page, each beginning with the last
row of the one before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final, cast

import pyoxigraph as ox

from kvgraph.errors import StoreError
from kvgraph.query.text import shape
from kvgraph.remote.client import TRIPLES, Client, Reply, parts
from kvgraph.remote.wording import counted, of_template, ordered, page, template
from kvgraph.store import Solutions

if TYPE_CHECKING:
    from kvgraph.store import Results

_FEW: Final = 100
"""No server ends an answer before so many rows of its own accord: fewer are not counted."""
_ORDERED: Final = 1000
"""An answer of more rows is asked for in an order, so that what is missing can be asked for."""
_AT_A_TIME: Final = 1000
"""So many rows of a CONSTRUCT are made into triples together."""

Row = tuple[Any, ...]


def answered(client: Client, text: str, graphs: Sequence[str]) -> Results:
    """Give the answer of an endpoint to a query over these graphs, else over its default graph.

    :raises QueryError: if the endpoint takes the query for wrong.
    :raises StoreError: if it does not answer, or an answer does not come whole.
    """
    form = shape(text).form
    if form == "DESCRIBE":
        return iter(_described(client.ask(text, TRIPLES, graphs)))
    if form == "CONSTRUCT":
        return _constructed(client, text, graphs)
    reply = client.ask(text, graphs=graphs)
    found = _parsed(reply)
    if isinstance(found, ox.QueryBoolean):
        reply.end(0)
        return found
    if form == "ASK":
        # Virtuoso answers some with a row of 1 or 0, and none where it is no.
        said = list(_rows(reply, found))
        reply.end(len(said))
        yes = bool(said) and said[0][0] is not None and said[0][0].value in ("1", "true")
        return _yes_or_no(yes)
    names = [v.value for v in found.variables]
    return Solutions(tuple(found.variables), _Whole(client, graphs, text, names).rows(reply, found))


class _Whole:
    """Gives all rows of one query, and no others."""

    def __init__(
        self, client: Client, graphs: Sequence[str], text: str, names: Sequence[str]
    ) -> None:
        self.client = client
        self.graphs = graphs
        self.text = text
        self.names = names

    def rows(self, reply: Reply, found: ox.QuerySolutions) -> Iterator[Row]:
        """Give the rows of an answer, and those that are missing from it."""
        coming = _rows(reply, found)
        del found
        first = list(islice(coming, _FEW))
        if len(first) < _FEW or reply.proves:
            yield from self._ended(reply, first, coming)
            return
        total = self._count()
        if total > _ORDERED and (text := ordered(self.text, self.names)) != self.text:
            reply.close()
            self.text = text
            reply = self.client.ask(text, graphs=self.graphs)
            first, coming = [], _rows(reply, self._solutions(reply))
        seen = 0
        last: Row = ()
        for row in self._ended(reply, first, coming):
            seen, last = seen + 1, row
            yield row
        step = seen
        while seen < total:
            for row in self._page(step, seen, last):
                seen, last = seen + 1, row
                yield row
        if seen != total:
            raise reply.broken(f"{seen} rows came, and it counts {total}")

    def _ended(self, reply: Reply, first: list[Row], coming: Iterator[Row]) -> Iterator[Row]:
        """Give the rows of an answer to its end, and see that it is one."""
        number = len(first)
        yield from first
        for row in coming:
            number += 1
            yield row
        reply.end(number)
        if reply.most is not None and number >= reply.most and number < _FEW:
            raise reply.broken(f"no more than {reply.most} rows are given")

    def _page(self, step: int, seen: int, last: Row) -> list[Row]:
        """Give the next rows, asked for with the last one before them."""
        if step < 2:
            raise StoreError(f"{self.client.address} gives {step} of many rows")
        text = page(self.text, self.names, step, seen - 1)
        reply = self.client.ask(text, graphs=self.graphs)
        rows = list(_rows(reply, self._solutions(reply)))
        reply.end(len(rows))
        if len(rows) < 2 or rows[0] != last:
            raise StoreError(
                f"{self.client.address} gives {seen} rows of the answer and not the rest: asked "
                "again, its rows come in another order",
                hint="Order the query by all of its columns, or ask for less.",
            )
        return rows[1:]

    def _count(self) -> int:
        """Give the number of rows that the endpoint counts.

        :raises StoreError: if it gives none.
        """
        reply = self.client.ask(counted(self.text), graphs=self.graphs)
        rows = list(_rows(reply, self._solutions(reply)))
        reply.end(len(rows))
        try:
            return int(rows[0][0].value)
        except (IndexError, AttributeError, ValueError) as error:
            raise reply.broken("its rows cannot be counted") from error

    def _solutions(self, reply: Reply) -> ox.QuerySolutions:
        found = _parsed(reply)
        if not isinstance(found, ox.QuerySolutions):
            raise reply.broken("rows were asked for, and it says yes or no")
        return found


def _yes_or_no(yes: bool) -> ox.QueryBoolean:
    """Give an answer that is yes or no."""
    raw = b'{"head":{},"boolean":%s}' % (b"true" if yes else b"false")
    found = ox.parse_query_results(raw, format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QueryBoolean)
    return found


def _parsed(reply: Reply) -> ox.QuerySolutions | ox.QueryBoolean:
    """Begin to read an answer in JSON.

    :raises StoreError: if it is none.
    """
    try:
        return ox.parse_query_results(cast("IO[bytes]", reply), format=ox.QueryResultsFormat.JSON)
    except (SyntaxError, ValueError) as error:
        raise reply.broken(str(error)) from error


def _rows(reply: Reply, found: ox.QuerySolutions) -> Iterator[Row]:
    """Give the rows of an answer.

    The engine's own rows are let go here: kept by an error, they could be dropped in another
    thread, which they do not bear.

    :raises StoreError: if it ends before its form does.
    """
    try:
        for solution in found:
            yield tuple(solution)
    except (SyntaxError, ValueError) as error:
        raise reply.broken(str(error)) from error
    finally:
        del found


def _described(reply: Reply) -> list[ox.Triple]:
    """Give the triples of an answer that is a graph, once all of it has come."""
    try:
        quads = list(ox.parse(b"".join(parts(reply)), format=ox.RdfFormat.N_TRIPLES))
    except (SyntaxError, ValueError) as error:
        raise reply.broken(str(error)) from error
    reply.end(len(quads))
    return [quad.triple for quad in quads]


def _constructed(client: Client, text: str, graphs: Sequence[str]) -> Iterator[ox.Triple]:
    """Give the triples that a CONSTRUCT makes: of rows, which can be counted, and made here.

    Servers end graphs early without a word.
    """
    found = answered(client, of_template(text), graphs)
    assert isinstance(found, Solutions)
    names = " ".join(str(variable) for variable in found.variables)
    begin, end = template(text)
    asked = shape(text)
    what = text[begin:end] if begin >= 0 else text[asked.where.inner : asked.where.end]
    blanks: dict[ox.BlankNode, ox.NamedNode] = {}
    while rows := list(islice(found, _AT_A_TIME)):
        lines = (" ".join(_value(term, blanks) for term in row) for row in rows)
        values = " ".join(f"({line})" for line in lines)
        made = ox.Store().query(
            f"{asked.prologue}\nCONSTRUCT {what} WHERE {{ VALUES ({names}) {{ {values} }} }}"
        )
        assert isinstance(made, ox.QueryTriples)
        back = {iri: node for node, iri in blanks.items()}
        for triple in made:
            ends = [back.get(node, node) for node in (triple.subject, triple.object)]
            yield ox.Triple(ends[0], triple.predicate, ends[1])


def _value(term: Any, blanks: dict[ox.BlankNode, ox.NamedNode]) -> str:
    """Write a term for VALUES, which takes no blank nodes: an IRI stands in for each."""
    if isinstance(term, ox.BlankNode):
        return str(blanks.setdefault(term, ox.NamedNode(f"urn:kvgraph:blank:{len(blanks)}")))
    return "UNDEF" if term is None else str(term)
