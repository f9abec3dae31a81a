"""Checked packages to a whole dataset: ontology, code lists, statements and what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Final

import pyoxigraph as ox

from kvgraph import __version__, resources
from kvgraph.errors import KvgraphError
from kvgraph.graph.build import ids_of, package_quads
from kvgraph.graph.kept import Kept
from kvgraph.graph.rules import derive
from kvgraph.model import Package
from kvgraph.namespaces import graph_iri
from kvgraph.store import About, days_read, survey

LARGE: Final = 150_000
"""A dataset of more records than this is built on disk, and each step of it is told of."""

_BATCH: Final = 200_000


def assemble(
    packages: Sequence[Package],
    say: Callable[[str], None] = lambda _: None,
    *,
    store: ox.Store | None = None,
    kept: Kept | None = None,
    also: list[ox.Quad] | None = None,
) -> tuple[ox.Store, About]:
    """Build a dataset and tell what is in it.

    :param say: is told what is being done, for progress.
    :param store: is filled if given, an empty one; else one in memory is made.
    :param kept: the packages of an earlier dataset that stay in it beside the new ones.
    :param also: takes what a package says and another has said already; whoever keeps the
        dataset keeps it too, since the other package may go.
    :raises KvgraphError: if a triple stands in two graphs: a fault of a rule or the ontology.
    """
    store = ox.Store() if store is None else store
    load_ontology(store)
    fill(store, packages, kept, say, also)
    large = _is_large(packages)
    say("deriving what follows from them")
    derive(store, say=say if large else lambda _: None)
    say("computing the digest")
    digest, twice = survey(store)
    if twice:
        raise KvgraphError(
            f"{len(twice)} triples stand in more than one graph, the first: {twice[0]}",
            hint="A package says what another says: take it out of one of them.",
        )
    return store, _about(packages, kept, digest, len(store))


def load_ontology(store: ox.Store) -> None:
    """Put the ontology and the code lists into a store, each in its graph."""
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


def fill(
    store: ox.Store,
    packages: Sequence[Package],
    kept: Kept | None = None,
    say: Callable[[str], None] = lambda _: None,
    also: list[ox.Quad] | None = None,
) -> None:
    """Put the statements of packages into a store, beside those of what stays.

    ``also`` takes those that stand in the graph of another package already.
    """
    also = [] if also is None else also
    if kept is not None and kept.names:
        say("taking over what stays: " + ", ".join(kept.names))
        for quads in _batches(kept.quads()):
            store.bulk_extend(quads)
        store.extend(list(_not_said(store, kept.also(), also)))
    ids = ids_of(packages, kept.ids if kept is not None else {})
    large = _is_large(packages)
    say("building statements")
    for package in packages:
        done = 0
        for quads in _batches(_not_said(store, package_quads(package, ids), also)):
            store.bulk_extend(quads)
            done += len(quads)
            if large:
                say(f"{package.name}: {done:,} statements")


def _is_large(packages: Sequence[Package]) -> bool:
    """Tell whether packages are so large that each step is told of."""
    return sum(len(package.records) for package in packages) > LARGE


def _batches(quads: Iterable[ox.Quad]) -> Iterator[list[ox.Quad]]:
    """Give quads in lists that are loaded at once."""
    stream = iter(quads)
    return iter(lambda: list(islice(stream, _BATCH)), [])


def _not_said(store: ox.Store, quads: Iterable[ox.Quad], also: list[ox.Quad]) -> Iterator[ox.Quad]:
    """Give the quads whose triple stands in no other graph yet, so that each stands in one.

    The others are added to ``also``. Most things are new, and for them a look at the subject is
    enough.
    """

    @lru_cache(maxsize=4096)
    def known(subject: ox.NamedNode) -> bool:
        return next(store.quads_for_pattern(subject, None, None), None) is not None

    for quad in quads:
        if known(quad.subject) and any(
            other.graph_name != quad.graph_name
            for other in store.quads_for_pattern(quad.subject, quad.predicate, quad.object)
        ):
            also.append(quad)
            continue
        yield quad


def _about(packages: Sequence[Package], kept: Kept | None, digest: str, quads: int) -> About:
    """Tell what is in a dataset."""
    counts: dict[str, dict[str, int]] = {}
    days: dict[str, list[str]] = {}
    told: list[dict[str, str]] = []
    warnings: list[str] = []
    if kept is not None:
        told += [dict(p) for p in kept.about.packages if p["name"] in kept.names]
        counts |= {n: dict(c) for n, c in kept.about.counts.items() if n in kept.names}
        days |= kept.days()
        warnings += [w for w in kept.about.warnings if w.partition(":")[0] in kept.names]
    for package in packages:
        counts[package.name] = dict(Counter(r.table for r in package.records))
        if package.statements:
            # What an analysis computed is no sign that its package tells of transfers.
            kind = "computed" if package.computed else "statements"
            counts[package.name][kind] = len(package.statements)
        told.append({"name": package.name, "version": package.version, "licence": package.licence})
        accessed = (r.values.get("accessed") for r in package.records if r.table == "sources")
        days[package.name] = [day.isoformat() for day in accessed if isinstance(day, date)]
        days[package.name] += days_read(package.statements)
    # What only frames the others, as the countries do, says nothing of how far transfers are known.
    telling = {n for n, c in counts.items() if c.keys() & {"transfers", "adoptions", "statements"}}
    known = [day for name in telling or days for day in days.get(name, ())]
    return About(
        version=__version__,
        digest=digest,
        packages=tuple(told),
        counts=counts,
        quads=quads,
        horizon=max(known, default=None),
        warnings=(*warnings, *_warnings(packages)),
    )


def _warnings(packages: Sequence[Package]) -> list[str]:
    """Count what is allowed but a reader should know of."""
    found: list[str] = []
    for package in packages:
        transfers = undated = unsure = 0
        for record in package.records:
            if record.table == "transfers":
                transfers += 1
                undated += "start" not in record.values and "end" not in record.values
                unsure += "certainty" not in record.values
        if undated:
            found.append(f"{package.name}: {undated} of {transfers} transfers have no date")
        if unsure:
            found.append(f"{package.name}: {unsure} of {transfers} transfers say no certainty")
    return found
