"""Turtle: statements in one graph, with languages and datatypes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import IO, TYPE_CHECKING

from kvgraph.errors import KvgraphError
from kvgraph.export._rdf import in_order, with_prefixes
from kvgraph.model import Cell, Exporter, Iri, Loss, Tabular, Text
from kvgraph.namespaces import PREFIXES

if TYPE_CHECKING:
    import pyoxigraph as ox


def write(table: Tabular, stream: IO[str]) -> None:
    """Write the triples of a CONSTRUCT or DESCRIBE as Turtle, sorted.

    :raises KvgraphError: if the table is not one of subject, predicate and object.
    """
    import pyoxigraph as ox

    if table.columns != ("subject", "predicate", "object"):
        raise KvgraphError(
            "only a graph can be written as ttl, and this is a table with the columns "
            + ", ".join(table.columns),
            hint="Ask with CONSTRUCT or DESCRIBE, or choose csv, tsv, json or jsonl.",
        )
    triples = sorted({_triple(*row) for row in table.rows}, key=_order)
    lines = list(with_prefixes(triples, ox.RdfFormat.TURTLE))
    stream.writelines(lines)
    if lines:
        stream.write("\n")


def write_quads(quads: Iterable[ox.Quad], stream: IO[bytes]) -> list[Loss]:
    """Write the statements of quads as Turtle, sorted, each once; graph names are dropped."""
    import pyoxigraph as ox

    ordered = in_order(quads)
    triples = sorted({quad.triple for quad in ordered}, key=_order)
    for line in with_prefixes(triples, ox.RdfFormat.TURTLE):
        stream.write(line.encode())
    graphs = {q.graph_name for q in ordered} - {ox.DefaultGraph()}
    losses = []
    if graphs:
        reason = "Turtle has one graph, which has no name"
        losses.append(Loss("dropped names of graphs", "", len(graphs), reason))
    if len(triples) < len(ordered):
        reason = "they stood in several graphs"
        losses.append(Loss("merged statements", "", len(ordered) - len(triples), reason))
    return losses


def _order(triple: ox.Triple) -> tuple[str, str, str]:
    return str(triple.subject), str(triple.predicate), str(triple.object)


def _triple(subject: Cell, predicate: Cell, value: Cell) -> ox.Triple:
    """Make a triple of three cells."""
    import pyoxigraph as ox

    this, term = _node(subject), _node(predicate)
    if this is None or not isinstance(term, ox.NamedNode):
        raise KvgraphError(f"{subject} {predicate} {value} is not a triple")
    return ox.Triple(this, term, _node(value) or _literal(value))


def _node(cell: Cell) -> ox.NamedNode | ox.BlankNode | None:
    """Give the node that a cell names, if it names one."""
    import pyoxigraph as ox

    if not isinstance(cell, Iri):
        return None
    try:
        return ox.BlankNode(cell[2:]) if cell.startswith("_:") else ox.NamedNode(cell)
    except ValueError as error:
        raise KvgraphError(f"<{cell}> is not an IRI: {error}") from error


def _literal(cell: Cell) -> ox.Literal:
    """Give the literal of a value."""
    import pyoxigraph as ox

    xsd = PREFIXES["xsd"]
    if isinstance(cell, Text):
        if cell.language:
            return ox.Literal(cell, language=cell.language)
        return ox.Literal(cell, datatype=ox.NamedNode(cell.datatype or xsd + "string"))
    if isinstance(cell, date):
        return ox.Literal(cell.isoformat(), datatype=ox.NamedNode(xsd + "date"))
    if isinstance(cell, Decimal):
        return ox.Literal(format(cell, "f"), datatype=ox.NamedNode(xsd + "decimal"))
    if isinstance(cell, str | bool | int | float):
        return ox.Literal(cell)
    raise KvgraphError(f"{cell!r} cannot stand in a graph")


EXPORTER = Exporter(
    "ttl",
    "Turtle: statements with their languages and datatypes, without names of graphs",
    (".ttl",),
    write,
    streams=True,
    write_quads=write_quads,
    aliases=("turtle",),
    remark="#",
)
