"""What a dataset states of a selection: the quads that an RDF export holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kvgraph.model import Loss
from kvgraph.namespaces import ID, KV, VOC, expand, kind_of
from kvgraph.proof import SOURCES
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.tables import definitions

_OF: Final = tuple(KV + name for name in ("aliasOf", "attainmentOf", "about"))
"""What says of which thing or record another one tells."""

_FROM: Final = (*SOURCES, KV + "derivedFromRecord")
"""What leads to that by which something is backed."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Quads in no order, each once, and what was left out of the things that they name."""

    quads: Iterable[ox.Quad]
    losses: tuple[Loss, ...]


def _is_term(node: ox.NamedNode | ox.BlankNode) -> bool:
    """Tell whether a node is a term or a code: what it names in turn is not followed."""
    return isinstance(node, ox.NamedNode) and node.value.startswith((KV, VOC))


def excerpt(dataset: Dataset, selected: Selected) -> Excerpt:
    """Give all quads, or those that make up what is selected, in their named graphs.

    Where nothing is selected that is everything, ontology and code lists included. Else it
    is what is stated of: the selected records; the things that they link, go through or are
    about, and those asked for by name; the aliases, attainments, claims and discrepancies of
    all these; the parts (activities, passages, periods), sources and records that any of them
    rests on; the terms and codes that are used, with their labels; and the packages, with
    their licences. A thing that is only named is left out, and counted.
    """
    if not selected.selection:
        return Excerpt(iter(dataset.store), ())
    kept = set(selected.selection.things)
    for link in selected.links:
        kept |= {link.iri, link.source, link.target, *link.practices, *link.via}
    return around(dataset, kept)


def around(dataset: Dataset, things: Iterable[str]) -> Excerpt:
    """Give what is stated of things and records, and of all that it takes to understand that.

    That is what :func:`excerpt` gives of those that a selection leads to.
    """
    kept = set(things)
    for name in _OF:
        told = dataset.store.quads_for_pattern(None, ox.NamedNode(name), None)
        kept |= {q.subject.value for q in told if q.object.value in kept}  # type: ignore[union-attr]
    leading = {*_FROM, *(expand(p.link) for d in definitions().values() for p in d.parts)}
    quads: set[ox.Quad] = set()
    graphs: set[str] = set()
    named: set[str] = set()
    waiting = {ox.NamedNode(iri) for iri in kept}
    seen: set[ox.NamedNode | ox.BlankNode] = set()
    while waiting:
        subject = waiting.pop()
        seen.add(subject)
        for quad in dataset.store.quads_for_pattern(subject, None, None):
            quads.add(quad)
            value = quad.object
            if quad.predicate.value.startswith(KV):
                waiting |= {quad.predicate} - seen
            if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value not in graphs:
                graphs.add(quad.graph_name.value)
                waiting |= {quad.graph_name} - seen
            if not isinstance(value, ox.NamedNode | ox.BlankNode):
                continue
            explained = value.value.startswith((KV, VOC)) and not _is_term(subject)
            if isinstance(value, ox.BlankNode) or quad.predicate.value in leading or explained:
                waiting |= {value} - seen  # type: ignore[arg-type]
            elif value.value.startswith(ID):
                named.add(value.value)
    named -= {subject.value for subject in seen}
    kinds = Counter(map(kind_of, named))
    reason = "they are only named by what was selected"
    return Excerpt(
        quads,
        tuple(
            Loss("left out what is stated of things", kind, count, reason)
            for kind, count in sorted(kinds.items())
        ),
    )
