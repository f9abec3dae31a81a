"""The code lists of ontology/vocab.ttl as Python values: codes, ranks and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kvgraph import resources
from kvgraph.errors import KvgraphError
from kvgraph.namespaces import KV, PREFIXES, VOC

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Code:
    """One code: its IRI, how it is typed in a table, its labels and whatever it ranks.

    ``definitions`` say in a sentence what it means, by language.
    """

    iri: str
    scheme: str
    notation: str
    labels: Mapping[str, str]
    ranks: Mapping[str, int]
    links: Mapping[str, str]
    definitions: Mapping[str, str]


@cache
def codes(scheme: str) -> dict[str, Code]:
    """Give the codes of a scheme by notation, in the order of their ranks, else by name.

    >>> [c.ranks["statusRank"] for c in codes("status").values() if c.notation == "adopted"]
    [3]
    """
    found = [c for c in _all() if c.scheme == scheme]
    found.sort(key=lambda c: (tuple(sorted(c.ranks.values())) or (99,), c.notation))
    return {c.notation: c for c in found}


@cache
def by_iri() -> dict[str, Code]:
    """Give every code by its IRI."""
    return {c.iri: c for c in _all()}


def label(iri: str, lang: str) -> str:
    """Give the label of a code in this language, else in English, else its notation."""
    code = by_iri().get(iri)
    if code is None:
        return iri.rpartition("/")[2].replace("-", " ")
    return code.labels.get(lang) or code.labels.get("en") or code.notation


@cache
def _all() -> tuple[Code, ...]:
    return tuple(_read(resources.ontology_files()[1]))


def _read(path: Path) -> list[Code]:
    """Read the codes of a Turtle file."""
    import pyoxigraph as ox

    skos = PREFIXES["skos"]
    notation: dict[str, str] = {}
    labels: dict[str, dict[str, str]] = {}
    ranks: dict[str, dict[str, int]] = {}
    links: dict[str, dict[str, str]] = {}
    definitions: dict[str, dict[str, str]] = {}
    try:
        for triple in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            s, p, o = triple.subject, triple.predicate.value, triple.object
            if not isinstance(s, ox.NamedNode) or not s.value.startswith(VOC):
                continue
            if p == skos + "notation":
                notation[s.value] = o.value
            elif p == skos + "prefLabel" and isinstance(o, ox.Literal):
                labels.setdefault(s.value, {})[o.language or ""] = o.value
            elif p == skos + "definition" and isinstance(o, ox.Literal):
                definitions.setdefault(s.value, {})[o.language or ""] = o.value
            elif p.startswith(KV) and isinstance(o, ox.Literal) and o.value.isdecimal():
                ranks.setdefault(s.value, {})[p[len(KV) :]] = int(o.value)
            elif p.startswith(KV) and isinstance(o, ox.NamedNode):
                links.setdefault(s.value, {})[p[len(KV) :]] = o.value
    except (OSError, SyntaxError) as error:
        raise KvgraphError(f"the code lists cannot be read: {path}: {error}") from error
    return [
        Code(
            iri,
            iri[len(VOC) :].partition("/")[0],
            text,
            labels.get(iri, {}),
            ranks.get(iri, {}),
            links.get(iri, {}),
            definitions.get(iri, {}),
        )
        for iri, text in notation.items()
    ]
