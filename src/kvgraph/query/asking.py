"""Ask a query of a dataset: values in, a table out.

Values reach the engine as bound variables. One that replaces a default of the query is written
into its VALUES clause as a checked RDF term.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import pyoxigraph as ox

from kvgraph import names, vocabulary
from kvgraph.dates import read_day
from kvgraph.errors import DateError, KvgraphError, QueryError, UnknownNameError
from kvgraph.model import Cell, Iri, Parameter, Stream, Table, Text
from kvgraph.namespaces import PREFIXES, expand, kind_of
from kvgraph.query.empty import why_nothing
from kvgraph.query.files import Query
from kvgraph.query.syntax import check, explain
from kvgraph.query.text import Pattern
from kvgraph.store import Dataset, Results, Solutions

Bound = Mapping[str, ox.NamedNode | ox.Literal]
TRIPLE: Final = ("subject", "predicate", "object")
"""The columns of an answer that is a graph."""

_XSD: Final = PREFIXES["xsd"]
_INTEGERS: Final = frozenset(
    _XSD + name
    for name in (
        "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
        "nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort",
        "unsignedByte",
    )
)  # fmt: skip
_STRING: Final = _XSD + "string"


def ask(dataset: Dataset, query: Query, values: Mapping[str, object] | None = None) -> Table:
    """Answer a query with a table; ``values`` narrows it by its parameters.

    A graph (CONSTRUCT, DESCRIBE) comes as the columns subject, predicate and object, sorted;
    ASK as one cell. Values are those of Python: an IRI is an :class:`Iri`, a decimal a
    ``Decimal``; what is undefined is ``None``. ``head`` holds the query, its parameters, the
    dataset's digest and the number of rows; ``empty`` says why there is none.

    :raises QueryError: with line and column if the query is wrong, or for an unknown parameter.
    :raises UnknownNameError: if a value names nothing, or several things.
    """
    return gathered(dataset, stream(dataset, query, values))


def gathered(dataset: Dataset, asked: Stream) -> Table:
    """Give an answer of :func:`stream` as a table, once all of its rows have come."""
    rows = tuple(asked.rows)
    head = {**asked.head, "dataset": dataset.digest, "count": len(rows)}
    return Table(asked.columns, rows, head, asked.empty)


def stream(dataset: Dataset, query: Query, values: Mapping[str, object] | None = None) -> Stream:
    """Answer a query row by row, as :func:`ask` does but without holding or counting the rows."""
    check(query.text, query.where)
    given = bind(dataset, query, values or {})
    query, bound = _settle(query, given)
    columns, rows = run(dataset, query, bound)
    first = next(rows, None)
    empty = why_nothing(dataset, query, bound) if first is None else ""
    head: dict[str, Cell] = {
        "query": query.name,
        "parameters": {name: _cell(value) for name, value in given.items()},
    }
    return Stream(columns, rows if first is None else _again(first, rows), head, empty)


def check_query(query: Query) -> None:
    """See that a query can be read, before there is a dataset to ask.

    :raises QueryError: with line and column, if it cannot.
    """
    check(query.text, query.where)
    try:
        ox.Store().query(query.text)
    except SyntaxError as error:
        raise explain(query.text, query.where, str(error)) from error


def bind(dataset: Dataset, query: Query, values: Mapping[str, object]) -> Bound:
    """Give the RDF term of each value; a thing may be an id, an IRI, a label or an alias.

    :raises QueryError: for a parameter that the query does not have, or a value of another type.
    :raises UnknownNameError: if a value names nothing, or several things.
    """
    known = {p.name: p for p in query.parameters}
    bound: dict[str, ox.NamedNode | ox.Literal] = {}
    for name, value in values.items():
        if value is None:
            continue
        if name not in known:
            raise QueryError(
                f"{query.title} has no parameter {name}",
                hint="It takes: " + ", ".join(known) + "." if known else "It takes none.",
            )
        bound[name] = _term(dataset, query, known[name], value)
    return bound


def _settle(query: Query, bound: Bound) -> tuple[Query, Bound]:
    """Write the values that replace a default into the text; give what is left to be bound."""
    defaults = query.shape.defaults()
    text = query.text
    clauses = [(c, n) for n, found in defaults.items() if n in bound for c in found]
    for clause, name in sorted(clauses, key=lambda pair: -pair[0].start):
        text = f"{text[: clause.start]}VALUES ?{name} {{ {bound[name]} }}{text[clause.end :]}"
    left = {name: term for name, term in bound.items() if name not in defaults}
    return (replace(query, text=text), left) if clauses else (query, left)


def run(
    dataset: Dataset, query: Query, bound: Bound
) -> tuple[tuple[str, ...], Iterator[tuple[Cell, ...]]]:
    """Give the columns and the rows of an answer, the rows as they come.

    :raises QueryError: if the query cannot be read or answered.
    """
    try:
        results = dataset.query(query.text, bound, union=not query.shape.froms)
    except QueryError as error:
        if error.line == 0 and not isinstance(error.__cause__, SyntaxError):
            raise
        raise explain(query.text, query.where, error.message) from error
    if isinstance(results, ox.QuerySolutions | Solutions):
        return tuple(v.value for v in results.variables), _solutions(results, query)
    if isinstance(results, ox.QueryBoolean):
        return ("answer",), iter([(bool(results),)])
    return TRIPLE, iter(_triples(results, query))


def _again(first: tuple[Cell, ...], rest: Iterator[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    yield first
    yield from rest


def _solutions(results: ox.QuerySolutions | Solutions, query: Query) -> Iterator[tuple[Cell, ...]]:
    """Give the rows of a SELECT."""
    flags = {column.name for column in query.columns if column.type == "flag"}
    places = [place for place, v in enumerate(results.variables) if v.value in flags]
    for solution in _guarded(results, query):
        row = tuple(map(_cell, solution))
        # Some engines keep true and false as 1 and 0.
        if any(type(row[place]) is int for place in places):
            row = tuple(bool(c) if i in places and c is not None else c for i, c in enumerate(row))
        yield row


def _triples(
    results: ox.QueryTriples | Iterator[ox.Triple], query: Query
) -> list[tuple[Cell, ...]]:
    """Give the triples of a graph, each once, sorted, blank nodes named by RDFC-1.0."""
    graph = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in _guarded(results, query))
    if any(isinstance(n, ox.BlankNode) for q in graph for n in (q.subject, q.object)):
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    triples = sorted(graph, key=lambda q: (str(q.subject), str(q.predicate), str(q.object)))
    return [(_cell(q.subject), _cell(q.predicate), _kept(q.object)) for q in triples]


def _guarded(results: Results, query: Query) -> Iterator[Any]:
    """Go through results; what the engine cannot do is told as an error of the query."""
    try:
        yield from results  # type: ignore[misc]
    except (OSError, ValueError, RuntimeError) as error:
        raise QueryError(f"{query.where} cannot be answered: {error}") from error


# --- terms to values --------------------------------------------------------------------------


def _cell(term: Any) -> Cell:
    """Give the Python value of an RDF term."""
    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if term is None:
        return None
    if not isinstance(term, ox.Literal):
        return Iri(str(term)) if isinstance(term, ox.BlankNode) else str(term)
    text, kind = term.value, term.datatype.value
    if kind == _STRING or not kind.startswith(_XSD):
        return text
    try:
        if kind in _INTEGERS:
            return int(text)
        if kind == _XSD + "decimal":
            return Decimal(text)
        if kind in (_XSD + "double", _XSD + "float"):
            return float(text)
        if kind == _XSD + "date" and len(text) == 10:
            return date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        return text
    return text in ("true", "1") if kind == _XSD + "boolean" else text


def _kept(term: Any) -> Cell:
    """Give the value of a graph's object, with its language or datatype where it is a text."""
    value = _cell(term)
    if not isinstance(term, ox.Literal) or not isinstance(value, str):
        return value
    if term.language:
        return Text(value, language=term.language)
    kind = term.datatype.value
    return value if kind == _STRING else Text(value, datatype=kind)


# --- values to terms --------------------------------------------------------------------------


def _term(
    dataset: Dataset, query: Query, parameter: Parameter, value: object
) -> ox.NamedNode | ox.Literal:
    """Give the RDF term of a parameter's value."""
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    if not query.declared:
        return _like_the_data(dataset, query, parameter.name, text)
    if parameter.kind == "iri":
        return _thing(dataset, parameter, text)
    if parameter.kind == "choice":
        scheme = (query.codes or {})[parameter.name]
        code = vocabulary.codes(scheme).get(" ".join(text.replace("-", " ").split()))
        if code is None:
            raise QueryError(
                f'{parameter.name}: "{text}" is not a code',
                hint="One of: " + ", ".join(parameter.choices) + ".",
            )
        return ox.NamedNode(code.iri)
    if parameter.kind == "date":
        try:
            return ox.Literal(read_day(text).isoformat(), datatype=ox.NamedNode(_XSD + "date"))
        except DateError as error:
            raise QueryError(f"{parameter.name}: {error.message}", hint=error.hint) from error
    if parameter.kind == "number":
        number = re.fullmatch(r"[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{1,3})?", text)
        if not number:
            raise QueryError(f'{parameter.name}: "{text}" is not a number', hint="Write 3 or 2.5.")
        kind = "double" if number[2] else "decimal" if number[1] else "integer"
        return ox.Literal(text, datatype=ox.NamedNode(_XSD + kind))
    return _same_text(dataset, query, parameter.name, text) or ox.Literal(text)


def _thing(dataset: Dataset, parameter: Parameter, text: str) -> ox.NamedNode:
    """Find what a text names, of the kinds that the parameter allows."""
    kinds = parameter.things
    prefix = text.partition(":")[0]
    try:
        if not kinds and prefix in PREFIXES and "://" not in text:
            return ox.NamedNode(names.resolve(dataset, expand(text)))
        iri = names.resolve(dataset, text.removeprefix("<").removesuffix(">"), kinds)
        if kinds and kind_of(iri) not in kinds:
            raise UnknownNameError(f"<{iri}> is not of kind {' or '.join(kinds)}", ())
        return ox.NamedNode(iri)
    except UnknownNameError as error:
        other = _of_another_kind(dataset, text) if kinds and not error.candidates else ""
        if other:
            raise UnknownNameError(
                f'{parameter.name}: "{text}" is of kind {kind_of(other)}, and one of kind '
                f"{' or '.join(kinds)} is asked for",
                (),
            ) from error
        raise UnknownNameError(
            f"{parameter.name}: {error.message}", error.candidates, hint=error.hint
        ) from error
    except ValueError as error:
        raise UnknownNameError(f'{parameter.name}: "{text}" is not an IRI', ()) from error


def _of_another_kind(dataset: Dataset, text: str) -> str:
    """Give the one thing of any kind that a text names, if there is one."""
    try:
        return names.resolve(dataset, text)
    except UnknownNameError:
        return ""


def _like_the_data(
    dataset: Dataset, query: Query, name: str, text: str
) -> ox.NamedNode | ox.Literal:
    """Give the term of a value whose type is not stated: the one that stands in the data.

    That is a term of this very text; else, where one sample is a literal, a literal like it;
    else the thing that the text names.
    """
    same = _same_text(dataset, query, name, text)
    if same is not None:
        return same
    for pattern in _patterns(query, name):
        found = _first(dataset, f"{query.shape.prologue}\nSELECT ?{name} {{ {pattern} }} LIMIT 1")
        if isinstance(found, ox.Literal):
            if found.language:
                return ox.Literal(text, language=found.language)
            return ox.Literal(text, datatype=found.datatype)
    return _thing(dataset, Parameter(name, "iri", ""), text)


def _same_text(
    dataset: Dataset, query: Query, name: str, text: str
) -> ox.NamedNode | ox.Literal | None:
    """Give the term of this very text that a pattern matches, whatever its language or datatype.

    Of several the plain text goes first.
    """
    plain = ox.Literal(text)
    for pattern in _patterns(query, name):
        head = f"{query.shape.prologue}\nSELECT ?{name} ?__wanted {{ {pattern} "
        found = _first(dataset, head + "} LIMIT 1", {name: plain}) or _first(
            dataset,
            head + f"FILTER(STR(?{name}) = ?__wanted) }} ORDER BY LANG(?{name}) LIMIT 1",
            {"__wanted": plain},
        )
        if isinstance(found, ox.NamedNode | ox.Literal):
            return found
    return None


def _patterns(query: Query, name: str) -> list[Pattern]:
    """Give the patterns of a query in which a variable stands."""
    found = query.shape.where.walk()
    return [p for p in found if isinstance(p, Pattern) and name in p.variables]


def _first(dataset: Dataset, text: str, bound: Bound | None = None) -> Any:
    """Give the first cell of a query's answer, if it has one."""
    try:
        results = dataset.query(text, bound or {})
    except KvgraphError:
        return None
    solution = next(results, None) if isinstance(results, ox.QuerySolutions | Solutions) else None
    return None if solution is None else solution[0]
