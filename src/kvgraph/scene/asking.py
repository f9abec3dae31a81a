"""The SPARQL behind a scene, as text for a person and any endpoint, and the command that draws it.

``#VALUES#`` stands where a page puts the records that it shows, ``#IRI#`` where a transfer goes.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Final

from kvgraph.namespaces import PREFIXES
from kvgraph.selection import SELECTION

_HEAD: Final = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("dcterms", "kv", "org"))

TRANSFERS: Final = (
    _HEAD
    + """
SELECT DISTINCT ?transfer ?practice ?giver ?receiver ?start ?end ?earliest ?latest
                ?status ?certainty
WHERE {
  #VALUES#
  ?transfer a kv:Transfer ;
    kv:giver ?giver ;
    kv:receiver ?receiver .
  OPTIONAL { ?transfer kv:practice ?practice }
  OPTIONAL { ?transfer kv:startAsWorded ?start }
  OPTIONAL { ?transfer kv:endAsWorded ?end }
  OPTIONAL { ?transfer kv:earliestBegin ?earliest }
  OPTIONAL { ?transfer kv:latestEnd ?latest }
  OPTIONAL { ?transfer kv:status ?status }
  OPTIONAL { ?transfer kv:certainty ?certainty }
}
ORDER BY ?transfer ?giver ?receiver
"""
)

MEMBERSHIPS: Final = (
    _HEAD
    + """
SELECT DISTINCT ?membership ?actor ?body ?start ?end
WHERE {
  #VALUES#
  { ?membership org:member ?actor ; org:organization ?body . ?membership a ?kind .
    FILTER(?kind IN (kv:NetworkMembership, kv:ProjectMembership)) }
  UNION
  { ?membership kv:participant ?actor ; kv:inEvent ?body }
  OPTIONAL { ?membership kv:startAsWorded ?start }
  OPTIONAL { ?membership kv:endAsWorded ?end }
}
ORDER BY ?membership ?actor ?body
"""
)

HOP: Final = (
    _HEAD
    + """
SELECT ?property ?value ?graph ?source ?title ?address
WHERE {
  GRAPH ?graph { <#IRI#> ?property ?value }
  OPTIONAL {
    GRAPH ?stated { <#IRI#> dcterms:source ?source }
    OPTIONAL { GRAPH ?cited { ?source dcterms:title ?title } }
    OPTIONAL { GRAPH ?paged { ?source <http://xmlns.com/foaf/0.1/page> ?address } }
  }
}
ORDER BY ?property ?value ?graph ?source
"""
)


_MANY: Final = frozenset(parameter.name for parameter in SELECTION if parameter.many)


def values_of(name: str, value: str) -> list[str]:
    """Give the values of an option as it was worded: several stand between commas."""
    return value.split(", ") if name in _MANY else [value]


def command(selection: Mapping[str, str]) -> str:
    """Give the command that draws what is selected; several values of an option are several."""
    words = ["kvgraph", "view", "diffusion"]
    for name, value in selection.items():
        for one in (
            value.split(", ") if name not in ("from", "until", "stage", "query") else [value]
        ):
            words += [f"--{name}", one]
    return shlex.join([*words, "-o", "diffusion.html"])
