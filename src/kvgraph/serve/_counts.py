"""How much of what is in a dataset: counted once, and kept beside the store under its digest."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kvgraph.namespaces import PREFIXES

if TYPE_CHECKING:
    from kvgraph.store import Dataset

_FORMAT: Final = 1
_TYPE: Final = PREFIXES["rdf"] + "type"
_PLAIN: Final = "{ SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }"
"""Each triple once: it may stand in several graphs."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts over all graphs at once; those of ``graphs`` are of one named graph each.

    ``classes`` tells how many things are stated to be of a class, ``properties`` how many triples
    have one.
    """

    triples: int
    subjects: int
    objects: int
    classes: dict[str, int]
    properties: dict[str, int]
    graphs: dict[str, int]


_known: dict[str, Counts] = {}
"""The counts of the dataset that this process has looked at last, by its digest."""


def counts_of(dataset: Dataset) -> Counts:
    """Give the counts of a dataset, those kept if there are any."""
    digest = dataset.digest
    found = _known.get(digest)
    if found is None:
        path = _kept_path(dataset)
        found = _load(path, digest) if path is not None else None
        if found is None:
            found = _count(dataset)
            if path is not None:
                _keep(path, digest, found)
        _known.clear()
        _known[digest] = found
    return found


def _count(dataset: Dataset) -> Counts:
    """Count with the engine."""
    one = _numbers(dataset, f"SELECT (COUNT(*) AS ?n) {_PLAIN}")
    subjects = _numbers(dataset, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }")
    objects = _numbers(dataset, "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }")
    return Counts(
        triples=one[""],
        subjects=subjects[""],
        objects=objects[""],
        classes=_numbers(
            dataset, f"SELECT ?of (COUNT(DISTINCT ?s) AS ?n) {{ ?s <{_TYPE}> ?of }} GROUP BY ?of"
        ),
        properties=_numbers(
            dataset, f"SELECT (?p AS ?of) (COUNT(*) AS ?n) {_PLAIN} GROUP BY ?p"
        ),
        graphs=_numbers(
            dataset, "SELECT ?of (COUNT(*) AS ?n) { GRAPH ?of { ?s ?p ?o } } GROUP BY ?of"
        ),
    )  # fmt: skip


def _numbers(dataset: Dataset, query: str) -> dict[str, int]:
    """Give the numbers that a query counts by what they are of, in the order of the IRIs."""
    rows = dataset.query(query)
    assert isinstance(rows, ox.QuerySolutions)
    found = {}
    grouped = len(rows.variables) > 1
    for row in rows:
        of = row["of"] if grouped else None
        # What is no IRI names no class and no graph that others could ask for.
        if not grouped or isinstance(of, ox.NamedNode):
            number = row["n"]
            assert isinstance(number, ox.Literal)
            found["" if of is None else of.value] = int(number.value)
    return dict(sorted(found.items()))


def _kept_path(dataset: Dataset) -> Path | None:
    """Give the file in which a store's counts are kept, named after the dataset's digest."""
    if dataset.path is None or not dataset.path.is_dir():
        return None
    return dataset.path / f"counts-{_FORMAT}-{dataset.digest[-16:]}.json"


def _keep(path: Path, digest: str, counts: Counts) -> None:
    """Keep counts beside the store; a store that cannot be written to is left alone."""
    from kvgraph.aside import write_aside

    try:
        with write_aside(path) as stream:
            json.dump({"digest": digest, **asdict(counts)}, stream, ensure_ascii=False)
    except OSError:
        return


def _load(path: Path, digest: str) -> Counts | None:
    """Load kept counts; a file that is not whole, or of another dataset, is counted anew."""
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if told.pop("digest") != digest:
            return None
        found = Counts(**told)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    tables = (found.classes, found.properties, found.graphs)
    numbers = [found.triples, found.subjects, found.objects]
    if not all(isinstance(table, dict) for table in tables):
        return None
    numbers += [number for table in tables for number in table.values()]
    return found if all(type(number) is int for number in numbers) else None
