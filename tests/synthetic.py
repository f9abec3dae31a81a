"""SYNTHETIC data of any size: actors on a ring and shortcuts, practices, dated transfers.

Invented by a fixed recipe, marked as such in the data, and used to see how pages behave.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyoxigraph as ox

from kvgraph.namespaces import KV, PREFIXES, code_iri, graph_iri, mint
from kvgraph.store import Dataset

_LEVELS = ("local", "local", "local", "regional", "national")
_COUNTRIES = ("FI", "SE", "EE", "DE", "PT", "PL")


def synthetic(actors: int, transfers: int) -> Dataset:
    """Give a dataset of so many actors and transfers; a hundred transfers share a practice."""
    graph = ox.NamedNode(graph_iri("synthetic"))
    quads = [
        ox.Quad(graph, ox.NamedNode(KV + "synthetic"), ox.Literal("true"), graph),
        ox.Quad(graph, ox.NamedNode(PREFIXES["dcterms"] + "title"), ox.Literal("Invented"), graph),
    ]

    def say(iri: str, prefix: str, name: str, value: Any) -> None:
        term = ox.Literal(value) if isinstance(value, str) else value
        quads.append(ox.Quad(ox.NamedNode(iri), ox.NamedNode(PREFIXES[prefix] + name), term, graph))

    def day(value: date) -> ox.Literal:
        return ox.Literal(value.isoformat(), datatype=ox.NamedNode(PREFIXES["xsd"] + "date"))

    source = mint("source", "s-invented")
    say(source, "rdf", "type", ox.NamedNode(KV + "Source"))
    say(source, "dcterms", "identifier", "s-invented")
    say(source, "dcterms", "title", "Invented by a recipe")
    for i in range(actors):
        actor = mint("actor", f"a{i:04}")
        say(actor, "rdf", "type", ox.NamedNode(KV + "Organisation"))
        say(actor, "dcterms", "identifier", f"a{i:04}")
        say(actor, "rdfs", "label", f"Invented actor with a name of some length {i:04}")
        say(actor, "kv", "countryCode", _COUNTRIES[i % len(_COUNTRIES)])
        level = code_iri("level", _LEVELS[i % len(_LEVELS)])
        say(actor, "kv", "governanceLevel", ox.NamedNode(level))
    for i in range(-(-transfers // 100)):
        practice = mint("practice", f"p{i:03}")
        say(practice, "rdf", "type", ox.NamedNode(KV + "Practice"))
        say(practice, "dcterms", "identifier", f"p{i:03}")
        say(practice, "rdfs", "label", f"Invented practice {i:03}")
    for i in range(transfers):
        transfer = mint("transfer", f"t{i:05}")
        begin = date(1995, 1, 1) + timedelta(days=i * 10_000 // transfers)
        say(transfer, "rdf", "type", ox.NamedNode(KV + "Transfer"))
        say(transfer, "dcterms", "identifier", f"t{i:05}")
        say(transfer, "kv", "practice", ox.NamedNode(mint("practice", f"p{i // 100:03}")))
        giver, receiver = i % actors, (i * 7 + 1) % actors
        if giver == receiver:
            receiver = (receiver + 1) % actors
        say(transfer, "kv", "giver", ox.NamedNode(mint("actor", f"a{giver:04}")))
        say(transfer, "kv", "receiver", ox.NamedNode(mint("actor", f"a{receiver:04}")))
        say(transfer, "kv", "startAsWorded", str(begin.year))
        say(transfer, "kv", "earliestBegin", day(begin))
        say(transfer, "kv", "latestEnd", day(begin + timedelta(days=30 * (i % 40))))
        status = code_iri("status", ("adopted", "outcome-unknown", "piloted")[i % 3])
        say(transfer, "kv", "status", ox.NamedNode(status))
        say(transfer, "dcterms", "source", ox.NamedNode(source))
    return Dataset.memory(quads)
