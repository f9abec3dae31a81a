"""Everything that is wrong with a dataset or missing from it, worst first.

Four sorts of check come together in one table: that each triple stands in one graph, that answers
written back are those of the data that stand there, the SHACL shapes of the ontology, and the
questions under ``queries/check``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from kvgraph.graph.answers import outdated
from kvgraph.graph.shapes import COLUMNS, validate
from kvgraph.model import Iri, Table
from kvgraph.namespaces import KV
from kvgraph.query import ask, find, library
from kvgraph.query.files import SEVERITIES
from kvgraph.store import Dataset, survey
from kvgraph.words import word

TOPIC: Final = "check/"
"""The folder of the library whose questions are checks."""
SUMMARY: Final = ("severity", "check", "found", "first", "message")


def check(
    dataset: Dataset,
    lang: str = "en",
    step: Callable[[str], None] = lambda _: None,
    engine: str = "auto",
) -> Table:
    """Give each finding, a row each: ``severity, thing, property, value, message, shape``.

    ``shape`` names what found it: a shape by its IRI, a check question by its name. The head
    counts violations, warnings and infos, and names the engine that applied the shapes.

    :raises KvgraphError: if that engine is not installed.
    """
    step("looking for triples that stand in two graphs")
    rows: list[tuple[Any, ...]] = [
        (
            "violation",
            Iri(getattr(t.subject, "value", "")),
            Iri(t.predicate.value),
            str(getattr(t.object, "value", "")),
            word("check.twice", lang),
            "twice-said",
        )
        for t in survey(dataset.store)[1]
    ]
    step("comparing answers written back with the data")
    rows += [
        ("warning", Iri(run), Iri(KV + "datasetDigest"), digest, word("check.outdated", lang),
         "outdated-answer")
        for run, digest in outdated(dataset)
    ]  # fmt: skip
    step("checking the shapes")
    found = validate(dataset.store, lang, engine=engine)
    step(f"the shapes were checked by {found.head['engine']}")
    rows += found.rows
    for name in library():
        if name.startswith(TOPIC):
            query = find(name)
            step(f"asking {name}")
            message = word(f"check.{name.removeprefix(TOPIC)}", lang)
            answers = ask(dataset, query).rows
            rows += [(query.severity, *row, message, name) for row in answers]
    rows.sort(key=lambda row: SEVERITIES.index(row[0]))
    counts = Counter(row[0] for row in rows)
    head = {f"{severity}s": counts[severity] for severity in SEVERITIES}
    return Table(
        COLUMNS,
        tuple(rows),
        {**head, "engine": found.head["engine"], "dataset": dataset.digest},
        "" if rows else word("check.clean", lang),
    )


def summarise(found: Table) -> Table:
    """Give a row for each check that found something: how often, and its first finding."""
    groups: dict[tuple[str, str, str], list[Any]] = {}
    for severity, thing, _, _, message, shape in found.rows:
        groups.setdefault((str(severity), str(shape or ""), str(message)), []).append(thing)
    rows = tuple(
        (severity, Iri(shape) if "://" in shape else shape, len(things), things[0], message)
        for (severity, shape, message), things in groups.items()
    )
    return Table(SUMMARY, rows, found.head, found.empty)
