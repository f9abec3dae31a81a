"""What differs between two states of a package: things that came, went, or changed, and how."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from kvgraph.model import Cell, Table
from kvgraph.namespaces import graph_iri, kind_of, shorten

COLUMNS: Final = ("package", "change", "kind", "thing", "property", "before", "after")


def difference(before: ox.Store, after: ox.Store, names: Iterable[str]) -> Table:
    """Give what the packages of these names say in one store and not in the other.

    A row is one property of one thing that differs: ``change`` is added, removed (the whole
    thing came or went) or changed, ``before`` and ``after`` hold the values, several of them
    parted by ``; ``. What rules derive is not compared: it follows. Both stores are gone
    through once, and only what differs is held.
    """
    rows: list[tuple[Cell, ...]] = []
    counts = {"added": 0, "removed": 0, "changed": 0}
    for name in names:
        graph = ox.NamedNode(graph_iri(name))
        gone = _only_in(before, after, graph)
        new = _only_in(after, before, graph)
        for subject in sorted({*gone, *new}):
            node = ox.NamedNode(subject)
            was = next(before.quads_for_pattern(node, None, None, graph), None) is not None
            now = next(after.quads_for_pattern(node, None, None, graph), None) is not None
            change = "changed" if was and now else "added" if now else "removed"
            counts[change] += 1
            old, fresh = gone.get(subject, {}), new.get(subject, {})
            rows += (
                (
                    name, change, kind_of(subject), shorten(subject), shorten(predicate),
                    "; ".join(sorted(old.get(predicate, []))) or None,
                    "; ".join(sorted(fresh.get(predicate, []))) or None,
                )
                for predicate in sorted({*old, *fresh})
            )  # fmt: skip
    head: dict[str, Cell] = dict(counts)
    return Table(COLUMNS, tuple(rows), head, "" if rows else "Nothing differs.")


def _only_in(
    one: ox.Store, other: ox.Store, graph: ox.NamedNode
) -> dict[str, dict[str, list[str]]]:
    """Give what one store says in a graph and another does not, by subject and property."""
    found: dict[str, dict[str, list[str]]] = {}
    for quad in one.quads_for_pattern(None, None, None, graph):
        if quad in other:
            continue
        subject = quad.subject.value  # type: ignore[union-attr]
        value = quad.object.value  # type: ignore[union-attr]
        text = shorten(value) if isinstance(quad.object, ox.NamedNode) else value
        if isinstance(quad.object, ox.Literal) and quad.object.language:
            text += f" ({quad.object.language})"
        found.setdefault(subject, {}).setdefault(quad.predicate.value, []).append(text)
    return found
