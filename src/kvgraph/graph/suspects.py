"""The things that can break a shape, found by set arithmetic that is read off the shapes.

Nearly all of a sound dataset breaks nothing, and an engine of SHACL looks at each of its things
one by one. Here every constraint becomes a few operations on whole columns (which subjects have
a value, which values are of a class), so that an engine need only look at what is left.

What is found may be too much (a number that is written oddly, a text that needs an escape) and
never too little, so that an engine gives the same results. With a construct that is not known
here nothing can be told, and everything has to be looked at.

Terms are bytes as N-Triples writes them; a column holds the values of a property by subject.
"""

from __future__ import annotations

import contextlib
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from kvgraph.graph.columns import (
    PLAIN,
    Column,
    Columns,
    Demands,
    iri,
    kinds,
    plainly,
    rank,
    text_of,
)

_TYPE: Final = iri("rdf:type")
_SUBCLASS: Final = iri("rdfs:subClassOf")
_PATH: Final = iri("sh:path")
_PROPERTY: Final = iri("sh:property")
_NODE: Final = iri("sh:node")
_DATATYPE: Final = iri("sh:datatype")
_SPARQL: Final = iri("sh:sparql")
_SELECT: Final = iri("sh:select")
_DATE: Final = iri("xsd:date")
_TARGETS: Final = tuple(
    iri(f"sh:target{of}") for of in ("Class", "SubjectsOf", "ObjectsOf", "Node")
)
_ORDERS: Final = (iri("sh:lessThan"), iri("sh:lessThanOrEquals"))
_LIMITS: Final = (iri("sh:minInclusive"), iri("sh:maxInclusive"))
_SHAPES: Final = {iri("sh:NodeShape"), iri("sh:PropertyShape")}
_SILENT: Final = {_TYPE, _PATH, *_TARGETS[:3]} | {
    iri(f"sh:{name}") for name in ("description", "group", "message", "name", "order", "severity")
}
"""What says whom a shape is about and how it speaks, and demands nothing."""
_STEPS: Final = 2
"""How many steps from a thing the shapes may look: its values, and the values of those."""

_ALONE: Final = re.compile(
    r"\s*SELECT\s+\$this\s+WHERE\s*\{(?:[^{}<>]|<[^<>\s]+>|FILTER\([^{}()]*\))*\}\s*",
    re.IGNORECASE,
)
"""A query that finds the same of all things at once as of each alone: patterns and filters."""
_NOT_ALONE: Final = re.compile(r"\b(?:BIND|VALUES|MINUS|OPTIONAL|EXISTS|BOUND)\b", re.IGNORECASE)


class _UnknownError(Exception):
    """A construct that is not known here."""


def suspects(data: Columns, shapes: Columns) -> set[bytes] | None:
    """Give the things that can break a shape; ``None`` if that cannot be told."""
    judge = _Judge(data, shapes)
    found: set[bytes] = set()
    try:
        for shape in sorted({s for target in _TARGETS for s in shapes.get(target, ())}):
            found |= judge.failing(shape, judge.targets(shape), 0)
    except (_UnknownError, KeyError, IndexError, ValueError, re.error):
        return None
    return found


def questions(data: Columns, shapes: Columns) -> Iterator[tuple[bytes, str, set[bytes]]]:
    """Give the shapes whose constraint is a query that can be asked of all things at once.

    Each comes with its query and the things that it is about. What else a shape demands, and a
    query of which that cannot be told, is for an engine.
    """
    judge = _Judge(data, shapes)
    for shape, constraints in shapes.get(_SPARQL, {}).items():
        with contextlib.suppress(_UnknownError, KeyError, ValueError):
            (constraint,) = constraints
            (query,) = shapes[_SELECT][constraint]
            text = text_of(query)
            said = {parameter for parameter, _ in judge.demands[constraint]}
            alone = _ALONE.fullmatch(text) and not _NOT_ALONE.search(text)
            if alone and said <= _SILENT | {_SELECT} and shape not in shapes[_PATH]:
                yield shape, text, judge.targets(shape)


def surroundings(data: Columns, shapes: Columns, things: set[bytes]) -> Columns:
    """Give what an engine needs to judge the things as it would among all data.

    That is what is said of them and of what the shapes may look at from there, what makes them
    a target, and the tree of classes.
    """
    near = set(things)
    edge = near
    for _ in range(_STEPS):
        held = (column[s] for column in data.values() for s in column.keys() & edge)
        edge = set(chain.from_iterable(held)) - near
        near |= edge
    objects = {p for named in shapes.get(_TARGETS[2], {}).values() for p in named}
    kept: Columns = {}
    for predicate, column in data.items():
        if predicate == _SUBCLASS:
            kept[predicate] = column
            continue
        part = {subject: column[subject] for subject in column.keys() & near}
        if predicate in objects:
            part |= {s: vs for s, vs in column.items() if not things.isdisjoint(vs)}
        if part:
            kept[predicate] = part
    return kept


def unordered(data: Columns, shapes: Columns) -> dict[bytes, Demands]:
    """Give the things with values that a shape orders but that have no order.

    Such as a word where a day should be, or a day beside a number. The engines differ on them:
    one stops, one sees a fault, one sees none. That the value is no day is a result of its own,
    so the order is asked of nobody.
    """
    found: dict[bytes, set[tuple[bytes, bytes]]] = {}
    for parameter in (*_ORDERS, *_LIMITS):
        for shape, others in shapes.get(parameter, {}).items():
            column = data.get(shapes[_PATH][shape][0], {}) if shape in shapes[_PATH] else {}
            for other in others:
                against = data.get(other, {})
                for subject, values in column.items():
                    compared = [other] if parameter in _LIMITS else against.get(subject, [])
                    if kinds(values + compared) is None:
                        found.setdefault(subject, set()).add((shape, parameter))
    return {thing: frozenset(orders) for thing, orders in found.items()}


def unlike(data: Columns, shapes: Columns) -> set[bytes]:
    """Give the things with values that pyrudof 0.3.35 judges otherwise than pySHACL.

    It lets a text pass where the shape of a node is asked for (``sh:node``), and a text that is
    no value of its datatype, such as the 29th of February 2019, where that datatype is asked for.
    """
    found: set[bytes] = set()
    for shape, path in shapes.get(_PATH, {}).items():
        column = data.get(path[0], {})
        if shape in shapes.get(_NODE, {}):
            found |= {s for s, values in column.items() if any(v[:1] == b'"' for v in values)}
        for datatype in shapes.get(_DATATYPE, {}).get(shape, ()):
            typed = b"^^" + datatype
            found |= {
                subject
                for subject, values in column.items()
                for value in values
                if value.endswith(typed) and not plainly(value, datatype)
            }
    return found


def uncompared(data: Columns, shapes: Columns, odd: Mapping[bytes, Demands]) -> Columns:
    """Give data without the values by which these things would be compared."""
    cut: dict[bytes, set[bytes]] = {}
    for thing, orders in odd.items():
        for shape, _ in orders:
            cut.setdefault(shapes[_PATH][shape][0], set()).add(thing)
    return {
        path: {s: vs for s, vs in column.items() if s not in cut[path]} if path in cut else column
        for path, column in data.items()
    }


class _Judge:
    """Tells which nodes can break a shape."""

    def __init__(self, data: Columns, shapes: Columns) -> None:
        self.data, self.shapes = data, shapes
        self.demands: dict[bytes, list[tuple[bytes, list[bytes]]]] = {}
        for parameter, column in shapes.items():
            for shape, values in column.items():
                self.demands.setdefault(shape, []).append((parameter, values))
        self.below: dict[bytes, list[bytes]] = {}
        for lower, uppers in data.get(_SUBCLASS, {}).items():
            for upper in uppers:
                self.below.setdefault(upper, []).append(lower)
        self.members: dict[bytes, set[bytes]] = {}
        for thing, classes in data.get(_TYPE, {}).items():
            for kind in classes:
                self.members.setdefault(kind, set()).add(thing)
        self._of_class: dict[bytes, set[bytes]] = {}
        self._values: dict[bytes, set[bytes]] = {}

    def of_class(self, kind: bytes) -> set[bytes]:
        """Give the members of a class and of those under it."""
        if kind not in self._of_class:
            kinds, new = {kind}, [kind]
            while new:
                new = [low for k in new for low in self.below.get(k, ()) if low not in kinds]
                kinds.update(new)
            self._of_class[kind] = set().union(*(self.members.get(k, set()) for k in kinds))
        return self._of_class[kind]

    def values(self, path: bytes) -> set[bytes]:
        """Give all values of a property."""
        if path not in self._values:
            self._values[path] = set(chain.from_iterable(self.data.get(path, {}).values()))
        return self._values[path]

    def targets(self, shape: bytes) -> set[bytes]:
        """Give the things that a shape is about.

        :raises _UnknownError: if it chooses them in a way that is not known here.
        """
        kinds, subjects, objects, nodes = (
            self.shapes.get(target, {}).get(shape, []) for target in _TARGETS
        )
        if nodes or not _SHAPES.issuperset(self.shapes.get(_TYPE, {}).get(shape, [])):
            raise _UnknownError(shape)
        return set().union(
            *map(self.of_class, kinds),
            *(self.data.get(path, {}).keys() for path in subjects),
            *map(self.values, objects),
        )

    def failing(self, shape: bytes, nodes: set[bytes], depth: int) -> set[bytes]:
        """Give the nodes, so many steps from the thing judged, that can break a shape.

        :raises _UnknownError: if the shape demands something that is not known here.
        """
        if shape not in self.shapes.get(_PATH, {}):
            column = {node: [node] for node in nodes}
            return self.broken(shape, nodes, depth) | self.uneven(shape, column, nodes)
        (path,) = self.shapes[_PATH][shape]
        if not path.startswith(b"<") or depth >= _STEPS:
            raise _UnknownError(path)
        column = self.data.get(path, {})
        found = self.uneven(shape, column, nodes)
        # Nearly always there is no wrong value anywhere, and then nobody has one.
        wrong = self.broken(shape, self.values(path), depth + 1)
        if wrong:
            found |= {n for n in nodes & column.keys() if not wrong.isdisjoint(column[n])}
        return found

    def broken(self, shape: bytes, values: set[bytes], depth: int) -> set[bytes]:
        """Give the values that can break what a shape demands of each value alone."""
        found: set[bytes] = set()
        for parameter, wanted in self.demands.get(shape, ()):
            if parameter in _OF_VALUES:
                for each in wanted:
                    found |= _OF_VALUES[parameter](self, each, values, depth)
            elif parameter not in _SILENT and parameter not in _OF_ALL:
                raise _UnknownError(parameter)
        return found

    def uneven(self, shape: bytes, column: Column, nodes: set[bytes]) -> set[bytes]:
        """Give the nodes that can break what a shape demands of all their values together."""
        found: set[bytes] = set()
        for parameter, wanted in self.demands.get(shape, ()):
            if parameter in _OF_ALL:
                for each in wanted:
                    found |= _OF_ALL[parameter](self, each, column, nodes)
        return found

    def members_of(self, head: bytes) -> list[bytes]:
        """Give the members of a list."""
        found = []
        while head != iri("rdf:nil"):
            found += self.shapes[iri("rdf:first")][head]
            (head,) = self.shapes[iri("rdf:rest")][head]
        return found

    def exact(self, shape: bytes) -> bytes:
        """Give a shape of which :meth:`failing` gives neither too few nodes nor too many.

        :raises _UnknownError: if it is not such a one.
        """
        for parameter, wanted in self.demands.get(shape, ()):
            if parameter not in _SILENT | _EXACT:
                raise _UnknownError(parameter)
            for each in wanted:
                if parameter in (_PROPERTY, _NODE, iri("sh:not")):
                    self.exact(each)
                elif parameter in (iri("sh:or"), iri("sh:xone")):
                    list(map(self.exact, self.members_of(each)))
        return shape


def _shape(judge: _Judge, shape: bytes, values: set[bytes], depth: int) -> set[bytes]:
    return judge.failing(shape, values, depth)


def _not(judge: _Judge, shape: bytes, values: set[bytes], depth: int) -> set[bytes]:
    return values - judge.failing(judge.exact(shape), values, depth)


def _or(judge: _Judge, head: bytes, values: set[bytes], depth: int) -> set[bytes]:
    for shape in judge.members_of(head):
        values = values & judge.failing(shape, values, depth)
    return values


def _xone(judge: _Judge, head: bytes, values: set[bytes], depth: int) -> set[bytes]:
    once: set[bytes] = set()
    often: set[bytes] = set()
    for shape in judge.members_of(head):
        holds = values - judge.failing(judge.exact(shape), values, depth)
        often |= once & holds
        once |= holds
    return values - (once - often)


def _class(judge: _Judge, kind: bytes, values: set[bytes], _: int) -> set[bytes]:
    return values - judge.of_class(kind)


def _node_kind(_: _Judge, kind: bytes, values: set[bytes], __: int) -> set[bytes]:
    if kind != iri("sh:IRI"):
        raise _UnknownError(kind)
    return {value for value in values if not value.startswith(b"<")}


def _datatype(_: _Judge, datatype: bytes, values: set[bytes], __: int) -> set[bytes]:
    return {value for value in values if not plainly(value, datatype)}


def _pattern(_: _Judge, pattern: bytes, values: set[bytes], __: int) -> set[bytes]:
    wanted = re.compile(text_of(pattern))
    found = ((value, PLAIN.fullmatch(value)) for value in values)
    return {value for value, text in found if not (text and wanted.search(text[1].decode()))}


def _language(judge: _Judge, head: bytes, values: set[bytes], _: int) -> set[bytes]:
    endings = tuple(f'"@{text_of(tag).lower()}'.encode() for tag in judge.members_of(head))
    return {value for value in values if not value.endswith(endings)}


def _limit(
    holds: Callable[[Any, Any], bool],
) -> Callable[[_Judge, bytes, set[bytes], int], set[bytes]]:
    def beyond(_: _Judge, limit: bytes, values: set[bytes], __: int) -> set[bytes]:
        return {value for value in values if not _in_order(value, limit, holds)}

    return beyond


def _in_order(value: bytes, other: bytes, holds: Callable[[Any, Any], bool]) -> bool:
    """Tell whether two values have an order, and this one."""
    first, second = rank(value), rank(other)
    return bool(first and second and first[0] == second[0] and holds(first[1], second[1]))


def _at_least(_: _Judge, count: bytes, column: Column, nodes: set[bytes]) -> set[bytes]:
    least = int(text_of(count))
    few = {node for node, values in column.items() if len(values) < least}
    return (nodes - column.keys() if least > 0 else set()) | (nodes & few)


def _at_most(_: _Judge, count: bytes, column: Column, nodes: set[bytes]) -> set[bytes]:
    most = int(text_of(count))
    return nodes & {node for node, values in column.items() if len(values) > most}


def _each_language_once(_: _Judge, wanted: bytes, column: Column, nodes: set[bytes]) -> set[bytes]:
    if text_of(wanted) not in ("true", "1"):
        return set()
    found = set()
    for node, values in column.items():
        if len(values) > 1:
            tags = [value.rpartition(b'"')[2].lower() for value in values if b'"@' in value]
            if len(set(tags)) < len(tags):
                found.add(node)
    return nodes & found


def _has(_: _Judge, wanted: bytes, column: Column, nodes: set[bytes]) -> set[bytes]:
    if not wanted.startswith(b"<"):
        raise _UnknownError(wanted)
    return nodes - {node for node, values in column.items() if wanted in values}


def _disjoint(judge: _Judge, path: bytes, column: Column, nodes: set[bytes]) -> set[bytes]:
    other = judge.data.get(path, {})
    both = nodes & other.keys() & column.keys()
    return {node for node in both if not set(column[node]).isdisjoint(other[node])}


def _before(
    holds: Callable[[Any, Any], bool],
) -> Callable[[_Judge, bytes, Column, set[bytes]], set[bytes]]:
    def after(judge: _Judge, path: bytes, column: Column, nodes: set[bytes]) -> set[bytes]:
        other = judge.data.get(path, {})
        return {
            node
            for node in nodes & other.keys() & column.keys()
            if not all(_in_order(a, b, holds) for a in column[node] for b in other[node])
        }

    return after


_OF_VALUES: Final[dict[bytes, Callable[[_Judge, bytes, set[bytes], int], set[bytes]]]] = {
    _PROPERTY: _shape,
    _NODE: _shape,
    iri("sh:not"): _not,
    iri("sh:or"): _or,
    iri("sh:xone"): _xone,
    iri("sh:class"): _class,
    iri("sh:nodeKind"): _node_kind,
    _DATATYPE: _datatype,
    iri("sh:pattern"): _pattern,
    iri("sh:languageIn"): _language,
    _LIMITS[0]: _limit(operator.ge),
    _LIMITS[1]: _limit(operator.le),
}
"""What is demanded of each value alone."""
_OF_ALL: Final[dict[bytes, Callable[[_Judge, bytes, Column, set[bytes]], set[bytes]]]] = {
    iri("sh:minCount"): _at_least,
    iri("sh:maxCount"): _at_most,
    iri("sh:uniqueLang"): _each_language_once,
    iri("sh:hasValue"): _has,
    iri("sh:disjoint"): _disjoint,
    _ORDERS[0]: _before(operator.lt),
    _ORDERS[1]: _before(operator.le),
}
"""What is demanded of all values of a thing together."""
_EXACT: Final = {
    iri(f"sh:{name}")
    for name in (
        "class",
        "hasValue",
        "maxCount",
        "minCount",
        "node",
        "not",
        "or",
        "property",
        "xone",
    )
}
"""What is told exactly, so that its contrary can be told too."""
