"""What the RDF formats share: the order of quads, prefixes, and names of blank nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kvgraph.namespaces import PREFIXES

if TYPE_CHECKING:
    import pyoxigraph as ox

_PATHS: Final = ("id", "voc")
"""Prefixes left out: what follows them holds a slash, which Turtle would have to escape."""


def in_order(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Give each quad once, sorted by graph, subject, predicate and object.

    Blank nodes are named by RDFC-1.0, so that the same quads are the same text.
    """
    import pyoxigraph as ox

    known = set(quads)
    blank = (ox.BlankNode, ox.Triple)
    if any(isinstance(part, blank) for q in known for part in (q.subject, q.object, q.graph_name)):
        dataset = ox.Dataset(known)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        known = set(dataset)
    return sorted(known, key=_order)


def _order(quad: ox.Quad) -> tuple[str, str, str, str]:
    return str(quad.graph_name), str(quad.subject), str(quad.predicate), str(quad.object)


def with_prefixes(
    statements: Sequence[Any], syntax: ox.RdfFormat, more: Mapping[str, str] = {}
) -> Iterator[str]:
    """Give sorted triples or quads line by line, under the prefixes that are used.

    ``more`` are prefixes besides those of all datasets.
    """
    import pyoxigraph as ox

    used = "\n".join(
        {
            str(part)
            for s in statements
            for part in (s.subject, s.predicate, s.object, getattr(s, "graph_name", ""))
        }
    )
    prefixes = {
        name: iri
        for name, iri in {**PREFIXES, **more}.items()
        if f"<{iri}" in used and name not in _PATHS
    }
    raw = ox.serialize(statements, format=syntax, prefixes=prefixes)
    assert raw is not None
    # Only a line feed ends a line here: texts may hold other characters that Python takes for it.
    lines = raw.decode().split("\n")
    # Oxigraph declares prefixes in an order of its own, another in every run.
    head, body = sorted(lines[: len(prefixes)]), lines[len(prefixes) :]
    for line in head + body[:-1]:
        yield line + "\n"
    if body[-1]:
        yield body[-1]
