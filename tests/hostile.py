"""Data that mean harm: text in every field that a page must show and never run."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import pyoxigraph as ox

from kvgraph.namespaces import KV, PREFIXES, graph_iri, mint
from kvgraph.store import Dataset

HOSTILE: Final = (
    "<img src=x onerror=window.hostile=1>",
    "</script><script>window.hostile=2</script>",
    '" onmouseover="window.hostile=3',
    "href javascript:window.hostile=4",
    "__proto__",
    "constructor",
    "\u2028line\u2029end",
    "{{ 7 * 7 }} ${window.hostile=5}",
    "\u202eright to left \u05e9\u05dc\u05d5\u05dd",
    "<!-- --> ]]> <![CDATA[",
)
"""What may stand in anybody's spreadsheet; none of it may run, all of it must show."""


@cache
def hostile_dataset() -> Dataset:
    """Give a dataset with hostile text in every id, name, alias, note, address and code."""
    graph = ox.NamedNode(graph_iri("hostile"))
    quads = []

    def say(iri: str, prefix: str, name: str, value: Any) -> None:
        term = value if not isinstance(value, str) else ox.Literal(value)
        quads.append(ox.Quad(ox.NamedNode(iri), ox.NamedNode(PREFIXES[prefix] + name), term, graph))

    def node(iri: str) -> ox.NamedNode:
        return ox.NamedNode(iri)

    practice, source = mint("practice", HOSTILE[1]), mint("source", HOSTILE[0])
    actors = [mint("actor", text) for text in HOSTILE]
    say(practice, "rdf", "type", node(KV + "Practice"))
    say(practice, "rdfs", "label", HOSTILE[0])
    say(source, "rdf", "type", node(KV + "Source"))
    say(source, "dcterms", "title", HOSTILE[1])
    say(source, "foaf", "page", "javascript:window.hostile=6")
    for iri, text in zip([practice, source, *actors], (*HOSTILE, "a", "b"), strict=False):
        say(iri, "dcterms", "identifier", text)
    for i, (actor, text) in enumerate(zip(actors, HOSTILE, strict=True)):
        say(actor, "rdf", "type", node(KV + "Organisation"))
        for prefix, name in (
            ("rdfs", "label"), ("skos", "altLabel"), ("kv", "acronym"), ("skos", "note"),
            ("dcterms", "description"), ("kv", "countryCode"),
        ):  # fmt: skip
            say(actor, prefix, name, text)
        transfer = mint("transfer", text)
        say(transfer, "rdf", "type", node(KV + "Transfer"))
        say(transfer, "kv", "giver", node(actor))
        say(transfer, "kv", "receiver", node(actors[(i + 1) % len(actors)]))
        say(transfer, "kv", "practice", node(practice))
        say(transfer, "kv", "startAsWorded", text)
        say(transfer, "dcterms", "source", node(source))
    return Dataset.memory(quads)
