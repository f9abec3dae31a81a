"""What follows from a dataset: the CONSTRUCT queries of ontology/rules, run to a fixpoint."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

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
    are run in the order of their names until a whole round adds nothing; a rule is run again
    only if something came that it asks for.

    :raises KvgraphError: if a rule cannot be read, or the rules never come to rest.
    """
    rules = [(f.stem, f.read_text("utf-8")) for f in (files or resources.rule_files())]
    reads = {name: _asked(text) for name, text in rules}
    writes = {
        name: _terms(text.partition("CONSTRUCT")[2].partition("WHERE")[0]) for name, text in rules
    }
    added = dict.fromkeys(reads, 0)
    waiting = set(added)
    for number in range(1, MOST_ROUNDS + 1):
        for name, text in rules:
            if name not in waiting:
                continue
            waiting.discard(name)
            say(f"round {number}: {name}")
            new = _run(store, name, text)
            added[name] += new
            if new:
                waiting |= {other for other in reads if _meet(writes[name], reads[other])}
        if not waiting:
            return added
    raise KvgraphError(f"the rules do not come to rest in {MOST_ROUNDS} rounds")


_TERM: Final = re.compile(r"<[^>\s]*>|\b[a-z]+:[\w-]+|(?<=\s)a(?=\s)")
_ANY: Final = "any"
"""What a rule asks for that names a property or a class by a variable."""


def _asked(text: str) -> frozenset[str]:
    """Give the terms that a rule asks for; more of what it must *not* find never adds to it."""
    where = re.sub(r"#[^\n]*", "", text).partition("WHERE")[2]
    while (start := re.search(r"FILTER\s+NOT\s+EXISTS\s*\{", where)) is not None:
        depth, end = 1, start.end()
        while depth and end < len(where):
            depth += {"{": 1, "}": -1}.get(where[end], 0)
            end += 1
        where = where[: start.start()] + where[end:]
    where = re.sub(r"SELECT\b[^{]*", "", where)
    by_variable = re.search(r"\?\w+\s+\?\w+\s+[?<\w\"]", where)
    return _terms(where) | ({_ANY} if by_variable else set())


def _terms(text: str) -> frozenset[str]:
    """Give the terms that a piece of a query names; ``a ?class`` is any class."""
    found = set(_TERM.findall(text)) - {"a"}
    if re.search(r"\sa\s+\?", text):
        found.add(_CLASSES)
    elif re.search(r"\sa\s", text):
        found.add(_CLASS)
    return frozenset(found)


_CLASS: Final = "a class"
_CLASSES: Final = "all classes"


def _meet(written: frozenset[str], asked: frozenset[str]) -> bool:
    """Tell whether what one rule writes can be what another asks for."""
    if _ANY in asked or written & asked - {_CLASS}:
        return True
    some = {_CLASS, _CLASSES}
    return bool((_CLASSES in written and some & asked) or (_CLASSES in asked and some & written))


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
