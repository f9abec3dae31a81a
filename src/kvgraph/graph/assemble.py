"""Checked packages to a whole dataset: ontology, code lists, statements and what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

import pyoxigraph as ox

from kvgraph import __version__, resources
from kvgraph.errors import KvgraphError
from kvgraph.graph.build import build_quads, twice_said
from kvgraph.graph.rules import derive
from kvgraph.model import Package
from kvgraph.namespaces import graph_iri
from kvgraph.store import About, digest


def assemble(
    packages: Sequence[Package], say: Callable[[str], None] = lambda _: None
) -> tuple[ox.Store, About]:
    """Build a dataset in memory and tell what is in it.

    :param say: is told what is being done, for progress.
    :raises KvgraphError: if a triple stands in two graphs: a fault of a rule or the ontology.
    """
    store = ox.Store()
    for path in resources.ontology_files():
        name = "ontology" if path.stem == "kv" else path.stem
        try:
            store.bulk_load(
                path=str(path),
                format=ox.RdfFormat.TURTLE,
                to_graph=ox.NamedNode(graph_iri(name)),
            )
        except (SyntaxError, OSError) as error:
            raise KvgraphError(f"{path.name} of the ontology cannot be read: {error}") from error
    say("building statements")
    store.bulk_extend(build_quads(packages))
    say("deriving what follows from them")
    derive(store)
    twice = twice_said(store)
    if twice:
        raise KvgraphError(
            f"{len(twice)} triples stand in more than one graph, the first: {twice[0]}",
            hint="A package says what another says: take it out of one of them.",
        )
    say("computing the digest")
    counts = {p.name: dict(Counter(r.table for r in p.records)) for p in packages}
    days = [
        r.values["accessed"]
        for p in packages
        for r in p.records
        if isinstance(r.values.get("accessed"), date)
    ]
    about = About(
        version=__version__,
        digest=digest(store),
        packages=tuple(
            {"name": p.name, "version": p.version, "licence": p.licence} for p in packages
        ),
        counts=counts,
        quads=len(store),
        horizon=max(days).isoformat() if days else None,
        warnings=tuple(_warnings(packages)),
    )
    return store, about


def _warnings(packages: Sequence[Package]) -> list[str]:
    """Count what is allowed but a reader should know of."""
    found: list[str] = []
    for package in packages:
        transfers = [r.values for r in package.records if r.table == "transfers"]
        undated = sum("start" not in t and "end" not in t for t in transfers)
        if undated:
            found.append(f"{package.name}: {undated} of {len(transfers)} transfers have no date")
        unsure = sum("certainty" not in t for t in transfers)
        if unsure:
            found.append(f"{package.name}: {unsure} of {len(transfers)} transfers say no certainty")
    return found
