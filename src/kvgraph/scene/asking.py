"""The SPARQL behind a scene, as text for a person and any endpoint, and the command that draws it.

``#VALUES#`` stands where a page puts the records that it shows, ``#IRI#`` where a transfer goes.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Final

from kvgraph.namespaces import PREFIXES

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


def command(given: Mapping[str, Sequence[str]]) -> str:
    """Give the command that draws what is selected; several values of an option are several."""
    words = ["kvgraph", "view", "diffusion"]
    for name, values in given.items():
        words += [word for one in values for word in _option(name, one)]
    return shlex.join([*words, "-o", "diffusion.html"])


def _option(name: str, value: str) -> list[str]:
    """Give an option and its value, which may begin with a dash itself."""
    return [f"--{name}={value}"] if value.startswith("-") else [f"--{name}", value]
