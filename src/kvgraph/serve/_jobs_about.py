"""What a worker does for the doors that tell of the service and its dataset."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import pyoxigraph as ox

from kvgraph.namespaces import ID, KV, PREFIXES, graph_iri, shorten
from kvgraph.serve.tagging import DATASET
from kvgraph.serve.work import GRAPHS, RESULTS, Bench, Outlet, whole

if TYPE_CHECKING:
    from kvgraph.serve._counts import Counts
    from kvgraph.store import Dataset

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
VOID: Final = "http://rdfs.org/ns/void#"
FORMATS: Final = "http://www.w3.org/ns/formats/"
_MORE: Final = {"sd": SD, "void": VOID, "formats": FORMATS}

_FORMAT_NAMES: Final = {
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/rdf+xml": "RDF_XML",
    "application/ld+json": "JSON-LD",
    "text/n3": "N3",
    "application/n-quads": "N-Quads",
    "application/trig": "TriG",
}
"""The names that W3C gives to forms, by media type."""

_LICENCES: Final = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
"""Addresses of licences; one that is not here is told by its name alone."""

_TYPE: Final = PREFIXES["rdf"] + "type"
_INTEGER: Final = ox.NamedNode(PREFIXES["xsd"] + "integer")
_OF_PACKAGES: Final = (
    *(PREFIXES["dcterms"] + name
      for name in ("title", "description", "identifier", "rights", "bibliographicCitation")),
    KV + "version", KV + "synthetic",
)  # fmt: skip
"""What a package says of itself that is told of its part of the dataset."""

_Value = ox.NamedNode | ox.Literal


def alive(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:  # noqa: ARG001
    """Tell that the store can be opened."""
    dataset = bench.dataset()
    whole({"digest": dataset.digest}, "application/json", out, {DATASET: dataset.digest})


def describe(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Describe the service (SPARQL 1.1 Service Description)."""
    from kvgraph.serve._counts import counts_of

    dataset = bench.dataset()
    _write(_service(job, counts_of(dataset)), job["media"], dataset, out)


def void(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Describe the dataset (VoID)."""
    from kvgraph.serve._counts import counts_of

    dataset = bench.dataset()
    _write(_dataset(job["address"], dataset, counts_of(dataset)), job["media"], dataset, out)


def index(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Write the page for people."""
    from kvgraph.serve._page import page

    dataset = bench.dataset()
    raw = page(dataset, job)
    out.begin(job["media"], {DATASET: dataset.digest})
    out.write(raw)
    out.end()


# --- statements --------------------------------------------------------------------------------


def _service(job: Mapping[str, Any], counts: Counts) -> Iterator[ox.Triple]:
    """Give what is said of the service, and of the graphs that it answers from."""
    door = f"{job['address']}/sparql"
    service, data, union = (f"{door}#{name}" for name in ("service", "dataset", "default-graph"))
    yield from _says(
        service, _TYPE, _node(SD + "Service"),
        SD + "endpoint", _node(door),
        SD + "supportedLanguage", _node(SD + "SPARQL11Query"),
        SD + "feature", _node(SD + "UnionDefaultGraph"),
        SD + "defaultEntailmentRegime", _node("http://www.w3.org/ns/entailment/Simple"),
        SD + "defaultDataset", _node(data),
    )  # fmt: skip
    if job["federated"]:
        yield from _says(service, SD + "feature", _node(SD + "BasicFederatedQuery"))
    for media in (*RESULTS, *GRAPHS):
        yield from _says(service, SD + "resultFormat", _node(FORMATS + _FORMAT_NAMES[media]))
    if job["updates"]:
        yield from _says(
            f"{door}#updates", _TYPE, _node(SD + "Service"),
            SD + "endpoint", _node(f"{job['address']}/update"),
            SD + "supportedLanguage", _node(SD + "SPARQL11Update"),
            SD + "defaultDataset", _node(data),
        )  # fmt: skip
    yield from _says(
        data, _TYPE, _node(SD + "Dataset"),
        SD + "defaultGraph", _node(union),
        PREFIXES["rdfs"] + "seeAlso", _node(f"{job['address']}/void#dataset"),
    )  # fmt: skip
    yield from _says(union, _TYPE, _node(SD + "Graph"), VOID + "triples", _number(counts.triples))
    for number, (name, triples) in enumerate(counts.graphs.items(), 1):
        named, graph = f"{door}#named-graph-{number}", f"{door}#graph-{number}"
        yield from _says(data, SD + "namedGraph", _node(named))
        yield from _says(
            named, _TYPE, _node(SD + "NamedGraph"), SD + "name", _node(name),
            SD + "graph", _node(graph),
        )  # fmt: skip
        yield from _says(graph, _TYPE, _node(SD + "Graph"), VOID + "triples", _number(triples))


def _dataset(address: str, dataset: Dataset, counts: Counts) -> Iterator[ox.Triple]:
    """Give what is said of the dataset, of its parts, and of what is used how often in it."""
    this, all_of_it = f"{address}/void", f"{address}/void#dataset"
    yield from _says(
        this, _TYPE, _node(VOID + "DatasetDescription"),
        PREFIXES["foaf"] + "primaryTopic", _node(all_of_it),
    )  # fmt: skip
    packages = {graph_iri(package["name"]): package for package in dataset.about.packages}
    yield from _says(
        all_of_it, _TYPE, _node(VOID + "Dataset"),
        PREFIXES["dcterms"] + "title", ox.Literal("kvgraph", language="en"),
        PREFIXES["dcterms"] + "identifier", ox.Literal(dataset.digest),
        VOID + "sparqlEndpoint", _node(f"{address}/sparql"),
        VOID + "uriSpace", ox.Literal(ID),
        VOID + "triples", _number(counts.triples),
        VOID + "distinctSubjects", _number(counts.subjects),
        VOID + "distinctObjects", _number(counts.objects),
        VOID + "classes", _number(len(counts.classes)),
        VOID + "properties", _number(len(counts.properties)),
    )  # fmt: skip
    for media in GRAPHS:
        yield from _says(all_of_it, VOID + "feature", _node(FORMATS + _FORMAT_NAMES[media]))
    for vocabulary in sorted({_start(iri) for iri in (*counts.classes, *counts.properties)}):
        yield from _says(all_of_it, VOID + "vocabulary", _node(vocabulary))
    for licence in sorted({p["licence"] for p in packages.values() if p.get("licence")}):
        yield from _says(all_of_it, *_licence(licence))
    for iri, number in counts.classes.items():
        part = f"{this}#class-{_named(iri)}"
        yield from _says(all_of_it, VOID + "classPartition", _node(part))
        yield from _says(part, VOID + "class", _node(iri), VOID + "entities", _number(number))
    for iri, number in counts.properties.items():
        part = f"{this}#property-{_named(iri)}"
        yield from _says(all_of_it, VOID + "propertyPartition", _node(part))
        yield from _says(part, VOID + "property", _node(iri), VOID + "triples", _number(number))
    for graph, triples in counts.graphs.items():
        yield from _says(all_of_it, VOID + "subset", _node(graph))
        yield from _says(
            graph, _TYPE, _node(VOID + "Dataset"), VOID + "triples", _number(triples)
        )  # fmt: skip
        for predicate in _OF_PACKAGES if graph in packages else ():
            found = dataset.store.quads_for_pattern(_node(graph), _node(predicate), None)
            for quad in found:
                yield quad.triple
        if graph in packages and packages[graph].get("licence"):
            yield from _says(graph, *_licence(packages[graph]["licence"]))


def _licence(name: str) -> tuple[str, _Value]:
    """Give the statement of a licence: its address where that is known, else its name."""
    if name in _LICENCES:
        return PREFIXES["dcterms"] + "license", _node(_LICENCES[name])
    return PREFIXES["dcterms"] + "rights", ox.Literal(name)


def _start(iri: str) -> str:
    """Give what the terms of a vocabulary begin with.

    >>> _start("https://w3id.org/kvgraph/def#giver"), _start("http://purl.org/dc/terms/title")
    ('https://w3id.org/kvgraph/def#', 'http://purl.org/dc/terms/')
    """
    found = re.match(r".*[#/]", iri, re.DOTALL)
    return found[0] if found else iri


def _named(iri: str) -> str:
    """Give the name of a term as the last part of an address."""
    return quote(shorten(iri), safe=":")


def _says(subject: str, *said: str | _Value) -> Iterator[ox.Triple]:
    """Give triples of one subject, from properties and values in turn."""
    for predicate, value in zip(said[::2], said[1::2], strict=True):
        assert isinstance(predicate, str)
        assert not isinstance(value, str)
        yield ox.Triple(_node(subject), _node(predicate), value)


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _number(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=_INTEGER)


def _write(triples: Iterator[ox.Triple], media: str, dataset: Dataset, out: Outlet) -> None:
    """Write triples in order, each once, in the form asked for."""
    from kvgraph.export._compact import write_compact
    from kvgraph.export._rdf import in_order, with_prefixes

    known = [q.triple for q in in_order(ox.Quad(*t) for t in triples)]
    out.begin(media, {DATASET: dataset.digest})
    for _ in known:
        out.row()
    syntax = GRAPHS[media]
    if syntax == ox.RdfFormat.JSON_LD:
        write_compact([ox.Quad(*t) for t in known], out)  # type: ignore[arg-type]
    elif syntax == ox.RdfFormat.TURTLE:
        out.writelines(with_prefixes(known, syntax, _MORE))
        out.write("\n")
    else:
        raw = ox.serialize(known, format=syntax)
        assert raw is not None
        out.write(raw)
    out.end()


ABOUT_JOBS: Final = {"alive": alive, "describe": describe, "void": void, "index": index}
"""What a worker can be sent by these doors, by name."""
