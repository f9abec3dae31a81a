"""Compact JSON-LD: statements under short names, with the context that tells what these mean."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import IO, TYPE_CHECKING, Any, Final

from kvgraph.export._rdf import in_order
from kvgraph.namespaces import PREFIXES

if TYPE_CHECKING:
    import pyoxigraph as ox

_TYPE: Final = PREFIXES["rdf"] + "type"
_XSD: Final = PREFIXES["xsd"]


def write_compact(quads: Iterable[ox.Quad], stream: IO[str]) -> None:
    """Write quads as JSON-LD 1.1: properties, classes and datatypes by prefixed names.

    What is named is an object whose ``@id`` is its whole IRI. The context stands in the document,
    so that it reads the same without a network.
    """
    ordered = in_order(quads)
    used: dict[str, str] = {}
    graph: list[dict[str, Any]] = []
    for name, of_graph in groupby(ordered, key=lambda quad: str(quad.graph_name)):
        nodes = list(_nodes(of_graph, used))
        plain = name == "DEFAULT"
        graph += nodes if plain else [{"@id": name.removeprefix("<")[:-1], "@graph": nodes}]
    context = {"@version": 1.1, **dict(sorted(used.items()))}
    json.dump({"@context": context, "@graph": graph}, stream, ensure_ascii=False, indent=1)
    stream.write("\n")


def _nodes(quads: Iterable[ox.Quad], used: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Give an object for each subject."""
    for subject, about in groupby(quads, key=lambda quad: quad.subject):
        node: dict[str, Any] = {"@id": _identifier(subject)}
        for quad in about:
            iri = quad.predicate.value
            value: str | bool | Mapping[str, Any]
            if iri == _TYPE:
                key, value = "@type", _short(_identifier(quad.object), used)
            else:
                key, value = _short(iri, used), _value(quad.object, used)
            held = node.get(key)
            if held is None:
                node[key] = value
            else:
                node[key] = [*(held if isinstance(held, list) else [held]), value]
        yield node


def _identifier(node: Any) -> str:
    """Give an IRI, or the name of a blank node."""
    import pyoxigraph as ox

    return node.value if isinstance(node, ox.NamedNode) else str(node)


def _short(iri: str, used: dict[str, str]) -> str:
    """Give the prefixed name of an IRI, if it has one that reads back."""
    for prefix, start in PREFIXES.items():
        local = iri[len(start) :]
        if iri.startswith(start) and local and not local.startswith("//"):
            used[prefix] = start
            return f"{prefix}:{local}"
    return iri


def _value(term: Any, used: dict[str, str]) -> str | bool | Mapping[str, Any]:
    """Give the value of a statement: text and truth as JSON has them, all else with what it is."""
    import pyoxigraph as ox

    if not isinstance(term, ox.Literal):
        return {"@id": _identifier(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    kind = term.datatype.value
    if kind == _XSD + "string":
        return term.value
    if kind == _XSD + "boolean" and term.value in ("true", "false"):
        return term.value == "true"
    return {"@value": term.value, "@type": _short(kind, used)}
