"""Records to quads, as tables.toml maps them: one row one resource, one triple one graph."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from kvgraph import tables, vocabulary
from kvgraph.dates import show_day
from kvgraph.errors import KvgraphError
from kvgraph.model import Moment, Package, Record, Relation
from kvgraph.namespaces import ID, KV, PREFIXES, code_iri, expand, graph_iri, kind_of, mint
from kvgraph.tables import Column, Part, TableDefinition

_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_XSD: Final = PREFIXES["xsd"]
_DATE: Final = ox.NamedNode(_XSD + "date")
_DECIMAL: Final = ox.NamedNode(_XSD + "decimal")
_INTEGER: Final = ox.NamedNode(_XSD + "integer")
_URI: Final = ox.NamedNode(_XSD + "anyURI")
_LINKS: Final = frozenset({"skos:exactMatch"})
"""Properties whose web address is a thing to link to and not a text."""


Ids = Mapping[str, Mapping[str, str]]
"""For each table the ids that are known, with their IRIs."""


def package_quads(package: Package, ids: Ids) -> Iterator[ox.Quad]:
    """Give the quads of one package, row by row; the same may come twice."""
    for triple, graph in _package_triples(package, ids):
        node = _graph(graph or package.name)
        yield ox.Quad(triple.subject, triple.predicate, triple.object, node)


def ids_of(packages: Sequence[Package], known: Ids | None = None) -> dict[str, dict[str, str]]:
    """Give for each table its ids with their IRIs, and beside them those known already."""
    found: dict[str, dict[str, str]] = {table: dict(ids) for table, ids in (known or {}).items()}
    for package in packages:
        for record in package.records:
            if "id" in record.values:
                found.setdefault(record.table, {})[record.values["id"]] = record_iri(record)
    return found


def record_iri(record: Record) -> str:
    """Give the IRI of a record: of its id, else of a hash of its key columns."""
    definition = tables.definitions()[record.table]
    identifier = record.values.get("id")
    if identifier is None:
        key = "\x1f".join(_key_text(record.values.get(name)) for name in definition.keys)
        identifier = hashlib.sha256(key.encode()).hexdigest()[:16]
    return mint(definition.kind, identifier)


def _key_text(value: Any) -> str:
    """Give the text of a key cell that goes into a row's hash."""
    if isinstance(value, tuple):
        return ";".join(value)
    return value.worded if isinstance(value, Moment) else str(value or "")


Placed = tuple[ox.Triple, str]
"""A triple and the graph it goes into; empty for that of its package."""


def _package_triples(package: Package, ids: Ids) -> Iterator[Placed]:
    """Give the triples of one package, what it says of itself first."""
    for triple in _about_triples(package):
        yield triple, ""
    for record in package.records:
        yield from _record_triples(record, ids)
    for triple in package.statements:
        yield triple, ""


def _about_triples(package: Package) -> Iterator[ox.Triple]:
    """Give what a package says of itself."""
    this = _node(graph_iri(package.name))
    yield ox.Triple(this, _TYPE, _node(KV + "Package"))
    for name, texts in (("title", package.title), ("description", package.description)):
        for lang, text in sorted(texts.items()):
            yield ox.Triple(this, _property(f"dcterms:{name}"), ox.Literal(text, language=lang))
    for term, text in (
        ("dcterms:identifier", package.name),
        ("kv:version", package.version),
        ("dcterms:license", package.licence),
        ("dcterms:rights", package.rights_note),
        ("dcterms:bibliographicCitation", package.citation),
    ):
        if text:
            yield ox.Triple(this, _property(term), ox.Literal(text))
    for need in package.needs:
        yield ox.Triple(this, _property("kv:needs"), _node(graph_iri(need)))
    if package.synthetic:
        mark = ox.Literal("true", datatype=ox.NamedNode(_XSD + "boolean"))
        yield ox.Triple(this, _property("kv:synthetic"), mark)


def _record_triples(record: Record, ids: Ids) -> Iterator[Placed]:
    """Give the triples of one row and of its parts."""
    definition = tables.definitions()[record.table]
    this = _node(record_iri(record))
    for rdf_class in _classes(record, definition, ids):
        yield ox.Triple(this, _TYPE, _property(rdf_class)), ""
    elsewhere = {name for part in definition.parts for name in part.columns}
    values = record.values
    for column in definition.columns:
        if column.name in values and column.name not in elsewhere:
            for triple in _cell_triples(this, column, values[column.name], ids):
                yield triple, column.graph
    for part in definition.parts:
        for triple in _part_triples(this, record, definition, part, ids):
            yield triple, ""
    if record.table == "aliases":
        # The name itself stands on the thing too, so that a search finds it without a detour.
        thing = _node(_resolve(record.values["thing"][0], ("aliases", "thing"), ids))
        text = _text(record.values["alias"], record.values.get("language", ""))
        yield ox.Triple(thing, _property("skos:altLabel"), text), ""


def _part_triples(
    row: ox.NamedNode,
    record: Record,
    definition: TableDefinition,
    part: Part,
    ids: Ids,
) -> Iterator[ox.Triple]:
    """Give the triples of a thing that a row brings along, if it fills what the thing is for."""
    if not any(name in record.values for name in part.columns or part.copies):
        return
    key = "-".join(_key_text(record.values.get(name)) for name in part.key)
    this = _node(mint(part.kind, key) if part.key else f"{ID}{part.kind}/{_local(row)}")
    yield ox.Triple(row, _property(part.link), this)
    yield ox.Triple(this, _TYPE, _property(part.rdf_class))
    for name in (*part.columns, *part.copies):
        column = definition.column(name)
        if column is not None and name in record.values:
            named = part.properties.get(name)
            column = replace(column, property=named) if named else column
            yield from _cell_triples(this, column, record.values[name], ids)


def _local(node: ox.NamedNode) -> str:
    """Give the last segment of a thing's IRI."""
    return node.value.rpartition("/")[2]


def _classes(record: Record, definition: TableDefinition, ids: Ids) -> Iterable[str]:
    """Give the most exact class of a row; what follows from it is for the rules."""
    by = definition.classes_by_ref
    if by:
        target = record.values[by["column"]][0]
        for table, rdf_class in by["tables"].items():
            if target in ids.get(table, ()):
                return (rdf_class,)
    if definition.class_by:
        kind = record.values.get(definition.class_by, "")
        return (definition.classes.get(kind) or definition.rdf_class,)
    more = [c for column, c in definition.class_if.items() if column in record.values]
    return more or (definition.rdf_class,)


def _cell_triples(this: ox.NamedNode, column: Column, value: Any, ids: Ids) -> Iterator[ox.Triple]:
    """Give the triples of one cell."""
    term = _property(column.property)
    match value:
        case Moment():
            yield ox.Triple(this, term, ox.Literal(value.worded))
            for bound, day in ((column.earliest, value.earliest), (column.latest, value.latest)):
                text = show_day(day)
                if text is not None:
                    yield ox.Triple(this, _property(bound), ox.Literal(text, datatype=_DATE))
            for number, relation in enumerate(value.relations, 1):
                yield from _dating_triples(this, column, relation, number)
        case date():
            yield ox.Triple(this, term, ox.Literal(value.isoformat(), datatype=_DATE))
        case tuple() if column.type == "ref":
            for target in value:
                yield ox.Triple(this, term, _node(_resolve(target, ("", column.name), ids, column)))
        case tuple():
            for tag in value:
                iri = code_iri(column.scheme, tag)
                yield ox.Triple(this, term, _node(iri))
                if iri not in vocabulary.by_iri():
                    yield ox.Triple(_node(iri), _property("skos:prefLabel"), ox.Literal(tag))
        case _:
            yield ox.Triple(this, term, _literal(value, column))


def _dating_triples(
    this: ox.NamedNode, column: Column, relation: Relation, number: int
) -> Iterator[ox.Triple]:
    """Give the triples of a date told by another thing: by what, how, and what followed."""
    name = f"{kind_of(this.value)}-{_local(this)}-{column.name}-{number}"
    dating = _node(f"{ID}dating/{name}")
    yield ox.Triple(this, _property("kv:dating"), dating)
    yield ox.Triple(dating, _TYPE, _property("kv:RelativeDating"))
    yield ox.Triple(dating, _property("kv:datedProperty"), _property(column.property))
    yield ox.Triple(
        dating, _property("kv:dateRelation"), _node(code_iri("date-relation", relation.word))
    )
    yield ox.Triple(dating, _property("kv:relativeTo"), _node(relation.target))
    for term, day in (("earliest", relation.earliest), ("latest", relation.latest)):
        text = show_day(day)
        if text is not None:
            yield ox.Triple(dating, _property(f"kv:{term}Date"), ox.Literal(text, datatype=_DATE))


def _literal(value: str, column: Column) -> ox.NamedNode | ox.Literal:
    """Give the node of a cell with a single plain value."""
    match column.type:
        case "code":
            return _node(vocabulary.codes(column.scheme)[value].iri)
        case "number":
            return ox.Literal(value, datatype=_DECIMAL)
        case "integer":
            return ox.Literal(value, datatype=_INTEGER)
        case "url" if column.property in _LINKS:
            return _node(value)
        case "url":
            return ox.Literal(value, datatype=_URI)
    return _text(value, column.lang)


def _text(value: str, lang: str) -> ox.Literal:
    """Give a text, with its language where that is known."""
    return ox.Literal(value, language=lang) if lang else ox.Literal(value)


def _resolve(
    identifier: str,
    place: tuple[str, str],
    ids: Ids,
    column: Column | None = None,
) -> str:
    """Give the IRI of a reference that has been checked."""
    column = column or tables.definitions()[place[0]].column(place[1])
    assert column is not None
    for table in column.to:
        iri = ids.get(table, {}).get(identifier)
        if iri is not None:
            return iri
    raise KvgraphError(
        f'"{identifier}" is not an id of {" or ".join(column.to)}',
        hint="Check the references of the packages before they are built.",
    )


@lru_cache(maxsize=65536)
def _node(iri: str) -> ox.NamedNode:
    """Give an IRI as a node; the same text gives the same object."""
    return ox.NamedNode(iri)


@lru_cache(maxsize=64)
def _graph(name: str) -> ox.NamedNode:
    """Give the node of a named graph."""
    return ox.NamedNode(graph_iri(name))


@lru_cache(maxsize=1024)
def _property(name: str) -> ox.NamedNode:
    """Give the node of a prefixed name."""
    return ox.NamedNode(expand(name))
