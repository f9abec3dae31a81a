"""Prefixes, the closed lists of term names, and the one function that mints IRIs."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

BASE: Final = "https://w3id.org/kvgraph/"
KV: Final = BASE + "def#"
VOC: Final = BASE + "voc/"
ID: Final = BASE + "id/"
GRAPH: Final = BASE + "graph/"
RESULT: Final = BASE + "result/"
"""How the properties of the columns of an answer begin."""

PREFIXES: Final[dict[str, str]] = {
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "id": ID,
    "kv": KV,
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "result": RESULT,
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "voc": VOC,
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_SAFE: Final = "~!$&'()*+,;=@:"
"""What a path segment may hold besides letters, digits and ``-._`` (RFC 3986, pchar)."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=@:-]*")
"""A segment that holds nothing else, as most do."""


def mint(kind: str, identifier: str) -> str:
    """Give the IRI of the thing of this kind with this id.

    Letters of any script stay (it is an IRI); what a path segment may not hold is escaped.

    >>> mint("actor", "es-barcelona")
    'https://w3id.org/kvgraph/id/actor/es-barcelona'
    >>> mint("actor", "Åbo stad/2")
    'https://w3id.org/kvgraph/id/actor/Åbo%20stad%2F2'
    """
    return f"{ID}{kind}/{_segment(identifier)}"


def code_iri(scheme: str, code: str) -> str:
    """Give the IRI of a code of a code list.

    >>> code_iri("status", "in progress")
    'https://w3id.org/kvgraph/voc/status/in-progress'
    """
    return f"{VOC}{scheme}/{_segment('-'.join(code.lower().split()))}"


def graph_iri(name: str) -> str:
    """Give the IRI of a named graph, such as that of a package or of a rule."""
    return GRAPH + "/".join(_segment(part) for part in name.split("/"))


def result_iri(column: str) -> str:
    """Give the property under which an answer states the values of a column.

    >>> result_iri("p_value")
    'https://w3id.org/kvgraph/result/p_value'
    """
    return RESULT + _segment(column)


def expand(name: str) -> str:
    """Give the IRI of a prefixed name such as ``kv:giver``.

    >>> expand("kv:giver")
    'https://w3id.org/kvgraph/def#giver'
    """
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def shorten(iri: str) -> str:
    """Give a thing's id, or a term's prefixed name; other IRIs stay as they are.

    >>> shorten("https://w3id.org/kvgraph/id/actor/es-barcelona")
    'es-barcelona'
    >>> shorten("https://w3id.org/kvgraph/voc/status/in-progress")
    'in progress'
    >>> shorten("http://www.w3.org/2004/02/skos/core#altLabel")
    'skos:altLabel'
    """
    if iri.startswith(ID):
        return unquote(iri[len(ID) :].partition("/")[2])
    if iri.startswith(VOC):
        return unquote(iri.rpartition("/")[2]).replace("-", " ")
    for prefix, start in PREFIXES.items():
        if iri.startswith(start) and len(iri) > len(start):
            return f"{prefix}:{iri[len(start) :]}"
    return iri


def kind_of(iri: str) -> str:
    """Give the kind of a minted IRI (``actor``, ``practice`` ...), else the empty text."""
    return iri[len(ID) :].partition("/")[0] if iri.startswith(ID) else ""


def _segment(text: str) -> str:
    """Escape what may not stand in one segment of an IRI's path."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(c if ord(c) > 127 and c.isalnum() else quote(c, safe=_SAFE) for c in text)


INFERRED: Final = "inferred"
"""The status of a tie that was computed and that no document states."""
