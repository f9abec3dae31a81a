"""What follows from a dataset: the CONSTRUCT queries of ontology/rules, run to a fixpoint."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from kvgraph import resources
from kvgraph.errors import KvgraphError
from kvgraph.namespaces import graph_iri

MOST_ROUNDS = 64
"""More rounds than any chain of rules needs; a rule that never ends is a fault of the rule."""


_BATCH = 200_000
"""So many triples are held at once while a rule writes."""


def derive(
    store: ox.Store,
    files: Sequence[Path] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, int]:
    """Add what the rules derive, each rule in a graph of its own; give the triples added a rule.

    A rule writes only what no graph says yet, so each triple stays in one graph. The rules
    are run in the order of their names until a whole round adds nothing.

    :raises KvgraphError: if a rule cannot be read, or the rules never come to rest.
    """
    rules = [(f.stem, f.read_text("utf-8")) for f in (files or resources.rule_files())]
    added = dict.fromkeys((name for name, _ in rules), 0)
    for number in range(1, MOST_ROUNDS + 1):
        before = sum(added.values())
        for name, text in rules:
            say(f"round {number}: {name}")
            added[name] += _run(store, name, text)
        if sum(added.values()) == before:
            return added
    raise KvgraphError(f"the rules do not come to rest in {MOST_ROUNDS} rounds")


def _graph(name: str, text: str) -> str:
    """Give the graph that a rule writes into: ``derived/NAME``, or what its header names."""
    named = re.search(r"^#\+ graph: *(\S+) *$", text, re.MULTILINE)
    return named[1] if named else f"derived/{name}"


def _run(store: ox.Store, name: str, text: str) -> int:
    """Run one rule and write what is new."""
    graph = ox.NamedNode(graph_iri(_graph(name, text)))
    try:
        found = store.query(text, use_default_graph_as_union=True)
    except SyntaxError as error:
        raise KvgraphError(f"ontology/rules/{name}.rq cannot be read: {error}") from error
    assert isinstance(found, ox.QueryTriples)
    added = 0
    for some in iter(lambda: set(islice(found, _BATCH)), set()):
        # The same may come again in a later batch: by then it is in the store.
        new = [
            ox.Quad(t.subject, t.predicate, t.object, graph)
            for t in some
            if next(store.quads_for_pattern(t.subject, t.predicate, t.object), None) is None
        ]
        store.extend(new)
        added += len(new)
    return added
