"""Parquet: typed columns for DuckDB, Spark, pandas and others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import IO, Any, Final

from kvgraph.errors import KvgraphError
from kvgraph.export._about import about
from kvgraph.export._cells import cell_json
from kvgraph.export._coercion import Abilities, coerce, kinds
from kvgraph.model import Cell, Diagram, Edge, Exporter, Loss, Node

ABILITIES: Final = Abilities(
    "Parquet",
    lists=True,
    undefined=True,
    dates=True,
    infinite=True,
    reserved_of_nodes=frozenset({"id"}),
    reserved_of_edges=frozenset({"id", "source", "target"}),
    # Engines that speak SQL take names that differ in capitals only for the same.
    names_fold=True,
)


def write_diagram(diagram: Diagram, stream: IO[bytes]) -> list[Loss]:
    """Write the edges of a diagram: id, source, target, then their attributes.

    The nodes stand in a file beside. What was asked stands in the metadata as JSON.

    :raises KvgraphError: if pyarrow is not installed.
    """
    held, losses = coerce(diagram, ABILITIES)
    first = {
        "id": [e.id for e in held.edges],
        "source": [e.source for e in held.edges],
        "target": [e.target for e in held.edges],
    }
    _write(held, first, held.edges, stream)
    return losses


def write_nodes(diagram: Diagram, stream: IO[bytes], name: str) -> None:  # noqa: ARG001
    """Write the nodes of a diagram: id, then their attributes."""
    held, _ = coerce(replace(diagram, edges=()), ABILITIES)
    _write(held, {"id": [n.id for n in held.nodes]}, held.nodes, stream)


def _write(
    held: Diagram,
    first: Mapping[str, Sequence[Cell]],
    things: Sequence[Node | Edge],
    stream: IO[bytes],
) -> None:
    """Write one file."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise KvgraphError(
            "Parquet needs pyarrow, which is not installed",
            hint="pip install 'kvgraph[parquet]'",
        ) from error
    types = {
        "text": pa.string(),
        "boolean": pa.bool_(),
        "integer": pa.int64(),
        "float": pa.float64(),
        "date": pa.date32(),
    }

    def type_of(kind: str) -> Any:
        item = kind.removeprefix("list of ")
        return types[kind] if item == kind else pa.list_(types[item])

    fields = [pa.field(name, pa.string(), nullable=False) for name in first]
    columns: list[Any] = [pa.array(values, pa.string()) for values in first.values()]
    for name, kind in kinds(things).items():
        fields.append(pa.field(name, type_of(kind)))
        columns.append(pa.array([t.attributes.get(name) for t in things], type_of(kind)))
    schema = pa.schema(fields, metadata={"kvgraph": cell_json(about(held))})
    pq.write_table(pa.table(columns, schema=schema), stream, compression="zstd")


EXPORTER = Exporter(
    "parquet",
    "Parquet files of edges and of nodes, for DuckDB, Spark and pandas",
    (".parquet",),
    write_diagram=write_diagram,
    beside={"{stem}.nodes{suffix}": write_nodes},
)
