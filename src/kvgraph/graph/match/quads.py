"""Decisions on suggestions as statements, and as a table of what was accepted."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import pyoxigraph as ox

from kvgraph.graph.match.decisions import Decision
from kvgraph.graph.match.things import MATCHES, graphs_of
from kvgraph.model import Cell, Iri, Table
from kvgraph.names import label
from kvgraph.namespaces import KV, PREFIXES, code_iri, expand, graph_iri, mint
from kvgraph.proof import Documented
from kvgraph.store import Dataset

ACCEPTED: Final = ("a", "a_name", "a_url", "b", "b_name", "b_url", "reason", "score", "note")

_CODES: Final = {True: "accept", False: "reject"}
_INTEGER: Final = ox.NamedNode(PREFIXES["xsd"] + "integer")
_PAGES: Final = (ox.NamedNode(expand("foaf:page")), ox.NamedNode(expand("foaf:homepage")))


def match_quads(
    decisions: Sequence[Decision], name: str, digest: str, dataset: Dataset
) -> Iterator[ox.Quad]:
    """Give the statements of decisions, in a graph of their own.

    Each decision is a record with both things, what was decided and why it was suggested; what
    was accepted also links the two as the same, both ways. ``digest`` is that of the file.
    """
    graph = _node(graph_iri(MATCHES + name))
    for one in decisions:
        this = _node(match_iri(one.pair))
        parts: list[tuple[str, ox.NamedNode | ox.Literal]] = [
            ("rdf:type", _node(KV + "Match")),
            ("kv:thingA", _node(one.a)),
            ("kv:thingB", _node(one.b)),
            ("kv:matchDecision", _node(code_iri("match-decision", _CODES[one.same]))),
            ("kv:decidedIn", ox.Literal(digest)),
        ]
        if one.reason:
            parts.append(("kv:matchReason", _node(code_iri("match-reason", one.reason))))
        if one.score is not None:
            parts.append(("kv:matchScore", ox.Literal(str(one.score), datatype=_INTEGER)))
        if one.note:
            parts.append(("skos:note", ox.Literal(one.note)))
        packages = sorted(graphs_of(dataset, one.a) | graphs_of(dataset, one.b))
        parts += [("prov:wasDerivedFrom", _node(graph_iri(package))) for package in packages]
        for term, value in parts:
            yield ox.Quad(this, _node(expand(term)), value, graph)
        if one.same:
            for x, y in ((one.a, one.b), (one.b, one.a)):
                yield ox.Quad(_node(x), _node(expand("skos:exactMatch")), _node(y), graph)


def match_iri(pair: Collection[str]) -> str:
    """Give the IRI of the record on two things, whichever of them comes first."""
    return mint("match", hashlib.sha256("\x1f".join(sorted(pair)).encode()).hexdigest()[:16])


def accepted(decisions: Sequence[Decision], dataset: Dataset) -> Table:
    """Give the pairs that were accepted, with the addresses of both things.

    An address is that of the thing's own page, else those of its sources.
    """
    rows = tuple(
        (
            Iri(one.a), label(dataset, one.a), _addresses(dataset, one.a),
            Iri(one.b), label(dataset, one.b), _addresses(dataset, one.b),
            one.reason or None, one.score, one.note or None,
        )
        for one in decisions
        if one.same
    )  # fmt: skip
    head: dict[str, Cell] = {"dataset": dataset.digest, "count": len(rows)}
    return Table(ACCEPTED, rows, head, "" if rows else "No suggestion was accepted.")


def _addresses(dataset: Dataset, iri: str) -> tuple[str, ...]:
    """Give the addresses of a thing's own pages, else of its sources."""
    found = {
        quad.object.value  # type: ignore[union-attr]
        for page in _PAGES
        for quad in dataset.store.quads_for_pattern(_node(iri), page, None)
    }
    return tuple(sorted(found or {s.url for s in Documented(dataset, iri).sources if s.url}))


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)
