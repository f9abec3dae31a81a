"""Everything a dataset knows of one thing, each line with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pyoxigraph as ox

from kvgraph import vocabulary
from kvgraph.dates import ordinal, speak_day
from kvgraph.model import Table
from kvgraph.names import label
from kvgraph.namespaces import GRAPH, ID, KV, PREFIXES, VOC, kind_of, shorten
from kvgraph.proof import SOURCES, Documented
from kvgraph.store import Dataset
from kvgraph.tables import definitions
from kvgraph.words import sentences, word

COLUMNS: Final = ("about", "kind", "property", "value", "source", "graph")

_TYPE: Final = PREFIXES["rdf"] + "type"
_IDENTIFIER: Final = PREFIXES["dcterms"] + "identifier"
_BOUNDS: Final = ("earliest", "latest")
_FIRST: Final = ("transfer", "adoption", "practice")
_DATED: Final = {
    "between": "show.dated_between",
    "first": "show.dated_first",
    "last": "show.dated_last",
    "nothing": "show.dated_nothing",
}
_DERIVED: Final = GRAPH + "derived/"
_READING: Final = GRAPH + "reading"
_MATCHES: Final = GRAPH + "matches/"
"""How the graphs begin in which a person says what is the same; no source says it."""


def dossier(dataset: Dataset, iri: str, lang: str = "en") -> Table:
    """Give all statements about a thing, then those of every record that names it.

    A row holds whose statement it is (``about``: the thing or a record), its kind, the
    property and the value in words, the ids of the sources that back it, and the graph in
    which it stands. A derived statement names the rule in the place of a source.
    """
    head: dict[str, Any] = {
        "thing": iri,
        "id": shorten(iri),
        "label": label(dataset, iri, lang),
        "kind": kind_of(iri),
        "lang": lang,
        "dataset": dataset.digest,
    }
    rows = list(_statements(dataset, iri, lang, leave_out=""))
    naming = naming_records(dataset, iri)
    for record in sorted(naming, key=lambda r: (_place(r), kind_of(r), shorten(r))):
        rows += _statements(dataset, record, lang, leave_out=iri)
    subjects = [iri, *sorted(naming)]
    head["sources"] = tuple(_cited(dataset, subjects))
    return Table(COLUMNS, tuple(rows), head, "" if rows else f"Nothing is said of <{iri}>.")


def naming_records(dataset: Dataset, iri: str) -> set[str]:
    """Give the things and records that name a thing."""
    return {
        quad.subject.value
        for quad in dataset.store.quads_for_pattern(None, None, ox.NamedNode(iri))
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(ID)
    }


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about a thing: what is said, by what it is backed, in which graph.

    ``sources`` are the ids of the sources that back it; ``rule`` is the rule that made it,
    empty where it is documented. ``predicate`` and ``value`` are as in RDF.
    """

    predicate: str
    value: str
    sources: tuple[str, ...]
    rule: str
    graph: str


def statements(dataset: Dataset, iri: str) -> Iterator[Statement]:
    """Give what a dataset says of one thing, in no order, computed bounds left out."""
    backed = tuple(source.id for source in Documented(dataset, iri).sources)
    # A record that a rule made as a whole (an exposure) has the sources it was made from;
    # a statement that a rule added to a thing rests on more than that thing's own sources.
    record = kind_of(iri) == "exposure"
    for quad in dataset.store.quads_for_pattern(ox.NamedNode(iri), None, None):
        predicate, value = quad.predicate.value, quad.object.value  # type: ignore[union-attr]
        graph = getattr(quad.graph_name, "value", "")
        if predicate in SOURCES or predicate == _IDENTIFIER or _is_bound(predicate):
            continue
        if predicate == _TYPE and (graph.startswith(_DERIVED) and graph.endswith("superclasses")):
            continue
        rule = graph.removeprefix(_DERIVED) if graph.startswith(_DERIVED) else ""
        rule = "reading" if graph == _READING else rule
        own = (not rule or record) and not graph.startswith(_MATCHES)
        yield Statement(predicate, value, backed if own else (), rule, graph.removeprefix(GRAPH))


def _statements(
    dataset: Dataset, iri: str, lang: str, leave_out: str
) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Give the statements of one resource in words, what rules made last."""
    rows = []
    for said in statements(dataset, iri):
        by_rule = word("show.derived", lang, rule=named("rule", said.rule, lang))
        rows.append(
            (
                shorten(iri),
                kind_of(iri),
                property_in_words(dataset, said.predicate, lang),
                value_in_words(dataset, said.value, said.predicate, lang, leave_out),
                "; ".join(filter(None, (by_rule if said.rule else "", ", ".join(said.sources)))),
                said.graph,
            )
        )
    made = ("derived/", "reading")
    yield from sorted(rows, key=lambda row: (row[5].startswith(made), row[2], row[3]))


def _place(iri: str) -> int:
    """Order kinds of records: transfers first, what a rule made last."""
    kind = kind_of(iri)
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST) + (kind == "exposure")


def property_in_words(dataset: Dataset, iri: str, lang: str) -> str:
    """Give what a property is called: ours by the ontology, others' by our own words."""
    key = f"property.{shorten(iri)}"
    return word(key, lang) if key in sentences() else label(dataset, iri, lang)


def named(what: str, name: str, lang: str) -> str:
    """Give what a kind of thing or a rule is called; a user's own rule has only its name."""
    key = f"{what}.{name}"
    return word(key, lang) if key in sentences() else name


def _is_bound(predicate: str) -> bool:
    """Tell whether a property is a computed bound; the words that it was read from are shown."""
    return predicate.startswith(KV) and predicate[len(KV) :].startswith(_BOUNDS)


def value_in_words(dataset: Dataset, value: str, predicate: str, lang: str, this: str = "") -> str:
    """Give a value in words."""
    if value.startswith(VOC):
        return vocabulary.label(value, lang)
    if kind_of(value) in _parts():
        return _part(dataset, value)
    if kind_of(value) == "dating":
        return _dating(dataset, value, lang)
    if value.startswith(ID):
        name = label(dataset, value, lang)
        return f"{name} ({shorten(value)})" if value != this and name != shorten(value) else name
    if value.startswith(KV) and predicate != _TYPE:
        return property_in_words(dataset, value, lang)
    return label(dataset, value, lang) if predicate == _TYPE else value


@cache
def _parts() -> frozenset[str]:
    """Give the kinds of things that have no row of their own and are told with their row."""
    return frozenset(part.kind for d in definitions().values() for part in d.parts)


def _part(dataset: Dataset, iri: str) -> str:
    """Tell a part by what it holds: the words of an activity, the place of a passage."""
    quads = dataset.store.quads_for_pattern(ox.NamedNode(iri), None, None)
    held = {
        quad.object.value
        for quad in quads
        if isinstance(quad.object, ox.Literal) and not _is_bound(quad.predicate.value)
    }
    return ", ".join(sorted(held, key=lambda text: (len(text), text)))


def _dating(dataset: Dataset, iri: str, lang: str) -> str:
    """Tell what a date was told by, and what follows from it."""
    held = {
        quad.predicate.value.removeprefix(KV): quad.object.value  # type: ignore[union-attr]
        for quad in dataset.store.quads_for_pattern(ox.NamedNode(iri), None, None)
    }
    if not {"datedProperty", "dateRelation", "relativeTo"} <= held.keys():
        return shorten(iri)
    days = {
        name: speak_day(ordinal(held[term]), lang)
        for name, term in (("first", "earliestDate"), ("last", "latestDate"))
        if term in held
    }
    which = "between" if len(days) == 2 else next(iter(days), "nothing")
    thing = held["relativeTo"]
    return word(
        "show.dating",
        lang,
        property=property_in_words(dataset, held["datedProperty"], lang),
        relation=vocabulary.label(held["dateRelation"], lang),
        thing=f"{label(dataset, thing, lang)} ({shorten(thing)})",
        follows=word(_DATED[which], lang, **days),
    )


def _cited(dataset: Dataset, subjects: list[str]) -> Iterator[Mapping[str, str]]:
    """Give the sources that back any of these things, as they are cited."""
    found = {s for subject in subjects for s in Documented(dataset, subject).sources}
    for source in sorted(found, key=lambda s: s.id):
        yield source.cells()


def tell_dossier(table: Table) -> str:
    """Give a dossier as text: the thing first, then each record under a line of its own."""
    head: Any = table.head
    lang = head["lang"]
    kind = named("kind", head["kind"], lang)
    lines = [
        f"{head['id']}, {kind}"
        if head["label"] == head["id"]
        else word("show.title", lang, name=head["label"], id=head["id"], kind=kind),
        head["thing"],
    ]
    if table.empty:
        lines.append(table.empty)
    previous = head["id"]
    for row in table.records():
        if row["about"] != previous:
            lines += ["", f"{named('kind', str(row['kind']), lang)} {row['about']}"]
            previous = row["about"]
        source = f"  [{row['source']}]" if row["source"] else ""
        lines.append(f"  {row['property']}: {row['value']}{source}")
    if head["sources"]:
        lines += ["", word("head.sources", lang)]
        lines += [
            f"  {s['id']}: {s['title']}" + (f", {s['url']}" if s["url"] else "")
            for s in head["sources"]
        ]
    return "\n".join(lines)
