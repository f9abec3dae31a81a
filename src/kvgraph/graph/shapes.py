"""Check a dataset against the SHACL shapes of the ontology.

pySHACL is the reference and pyrudof, where it is installed, the faster engine. Both get only
the things that can break a shape (:mod:`kvgraph.graph.suspects`), unless one is asked for by
name: then it looks at everything. The rows are the same in every case.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kvgraph import resources
from kvgraph.errors import KvgraphError
from kvgraph.graph.columns import Columns, Demands, columns, iri, literal_of, without, written
from kvgraph.graph.suspects import questions, surroundings, suspects, uncompared, unlike, unordered
from kvgraph.model import Iri, Table
from kvgraph.namespaces import PREFIXES

if TYPE_CHECKING:
    import rdflib

COLUMNS: Final = ("severity", "thing", "property", "value", "message", "shape")
ENGINES: Final = ("auto", "pyshacl", "rudof")
_STRING: Final = ox.NamedNode(PREFIXES["xsd"] + "string")
_QUERY: Final = PREFIXES["sh"] + "SPARQLConstraintComponent"
_ORDER: Final = {"violation": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class _Result:
    """A result of an engine; thing and shape as N-Triples writes them."""

    severity: str
    thing: bytes
    path: Iri | str | None
    value: Iri | str | None
    shape: bytes
    component: str
    message: str


def validate(
    store: ox.Store,
    lang: str = "en",
    shapes: Path | None = None,
    *,
    engine: str = "auto",
    only: Collection[ox.NamedNode | ox.BlankNode] | None = None,
) -> Table:
    """Give every result of the shapes, a row each: violations first, then warnings.

    ``store`` holds the ontology and the code lists too, as a built dataset does: classes are
    followed to their superclasses. ``only`` asks for the results on some things alone. The head
    tells which engine worked. Whether values are in order is asked only of values that have an
    order; that a word is no day is another result.

    :raises KvgraphError: if the engine is not installed, or cannot work with the shapes.
    """
    name = _choose(engine)
    file = str(shapes or resources.shapes_file())
    read = ox.parse(path=file, format=ox.RdfFormat.TURTLE)
    triples = ox.serialize((quad.triple for quad in read), format=ox.RdfFormat.N_TRIPLES)
    demands = columns(triples or b"")
    data = columns(_lines(store))
    wanted = None if only is None else {str(node).encode() for node in only}
    results: list[_Result] = []
    rest = demands
    for shape, query, about in questions(data, demands):
        found = _things(store, query) & (about if wanted is None else about & wanted)
        results += [_found_by_query(thing, shape, demands) for thing in found]
        rest = without(rest, frozenset({(shape, iri("sh:sparql"))}))
    if engine == "auto":
        # What can break no shape has no result.
        doubtful = suspects(data, rest)
        if doubtful is not None:
            wanted = doubtful if wanted is None else doubtful & wanted
    odd = dict(unordered(data, rest))
    if name == "rudof":
        odd |= {thing: odd.get(thing, Demands()) for thing in unlike(data, rest)}
    used: set[str] = set()
    for by, part, asked, counts_for in _parts(name, data, rest, wanted, odd):
        if part:
            given, by_name = _ask(by, written(part), written(asked))
            used.add(by_name)
            results += [result for result in given if counts_for(result.thing)]
    rows = sorted(
        (_row(result, demands, lang) for result in results),
        key=lambda row: (_ORDER.get(row[0], 9), *map(str, row)),
    )
    counts = Counter(row[0] for row in rows)
    head: dict[str, Any] = {"violations": counts["violation"], "warnings": counts["warning"],
                            "engine": ", ".join(sorted(used or {_named(name)}))}  # fmt: skip
    return Table(COLUMNS, tuple(rows), head, "" if rows else "Everything is as the shapes ask.")


def _choose(engine: str) -> str:
    """Give the engine that works.

    :raises KvgraphError: if the one asked for is not installed.
    """
    here = find_spec("pyrudof") is not None
    if engine == "rudof" and not here:
        raise KvgraphError(
            "pyrudof is not installed", hint="Install it: pip install 'kvgraph[fast]'"
        )
    return "pyshacl" if engine == "pyshacl" or not here else "rudof"


def _named(name: str) -> str:
    """Give an engine's name and version."""
    package = {"pyshacl": "pySHACL", "rudof": "pyrudof"}[name]
    return f"{package} {version(package)}"


def _lines(store: ox.Store) -> bytes:
    """Give the triples of all graphs as N-Triples."""
    return b"".join(
        store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b""
        for graph in (ox.DefaultGraph(), *store.named_graphs())
    )


def _things(store: ox.Store, query: str) -> set[bytes]:
    """Give what the first column of a query holds."""
    found = store.query(query, use_default_graph_as_union=True)
    return {str(solution[0]).encode() for solution in found}  # type: ignore[union-attr]


def _found_by_query(thing: bytes, shape: bytes, demands: Columns) -> _Result:
    """Give the result that a query of a shape found a thing."""
    severities = demands.get(iri("sh:severity"), {}).get(shape, [iri("sh:Violation")])
    severity = severities[0].decode().rstrip(">").rpartition("#")[2].lower()
    text = thing.decode()
    value = Iri(text[1:-1]) if text[0] == "<" else literal_of(thing)[0] if text[0] == '"' else text
    return _Result(severity, thing, None, value, shape, _QUERY, "")


def _parts(
    name: str,
    data: Columns,
    demands: Columns,
    wanted: set[bytes] | None,
    odd: Mapping[bytes, Demands],
) -> Iterator[tuple[str, Columns, Columns, Callable[[bytes], bool]]]:
    """Give who is asked what of which data, and the things whose results count there.

    The engines differ on values that have no order, such as a word where a day should be: one
    stops, one sees a fault, one sees none. So odd things come apart, by pySHACL and without being
    asked for that order; among the others they stand without those values.
    """
    if wanted is None:
        yield name, uncompared(data, demands, odd), demands, lambda thing: thing not in odd
    elif even := wanted - odd.keys():
        near = surroundings(data, demands, even)
        yield name, uncompared(near, demands, odd), demands, even.__contains__
    groups: dict[Demands, set[bytes]] = {}
    for thing, orders in odd.items():
        if wanted is None or thing in wanted:
            groups.setdefault(orders, set()).add(thing)
    for orders, things in groups.items():
        others = {thing: o for thing, o in odd.items() if thing not in things}
        near = uncompared(surroundings(data, demands, things), demands, others)
        yield "pyshacl", near, without(demands, orders), things.__contains__


def _ask(name: str, data: bytes, demands: bytes) -> tuple[list[_Result], str]:
    """Give the results of an engine, and its name and version."""
    if name == "rudof":
        found = _rudof(data, demands)
        if found is not None:
            return found, _named(name)
    return _pyshacl(data, demands), _named("pyshacl")


def _rudof(data: bytes, demands: bytes) -> list[_Result] | None:
    """Give the results of pyrudof; ``None`` if it cannot work with the data.

    It can ask no query of a blank node and read nothing that came with RDF 1.2; a text that is
    judged itself it does not write as N-Triples does.
    """
    import pyrudof

    session = pyrudof.Rudof()
    strict = pyrudof.ReaderMode.Strict
    try:
        session.read_data(data.decode(), format=pyrudof.RDFFormat.NTriples, reader_mode=strict)
        session.read_shacl(
            demands.decode(), format=pyrudof.ShaclFormat.NTriples, reader_mode=strict
        )
        report = session.validate_shacl()
    except pyrudof.RudofError:
        return None
    if any(entry.focus_node.startswith('"') for entry in report):
        return None
    return [
        _Result(
            entry.severity.rpartition("#")[2].lower(),
            _named_term(entry.focus_node),
            _plain(entry.path),
            _plain(entry.value),
            _named_term(entry.source_shape or ""),
            entry.constraint_component,
            entry.message,
        )
        for entry in report
    ]


def _named_term(text: str) -> bytes:
    """Give a thing that pyrudof names as N-Triples writes it."""
    return (text if text.startswith("_:") else f"<{text}>").encode()


def _plain(text: str | None) -> Iri | str | None:
    """Give a node that pyrudof writes: texts stand in quotes, unescaped, with more behind."""
    if text is None or text.startswith("_:"):
        return text
    return text[1 : text.rindex('"')] if text.startswith('"') else Iri(text)


def _pyshacl(data: bytes, demands: bytes) -> list[_Result]:
    """Give the results of pySHACL.

    :raises KvgraphError: if it cannot work with the shapes or the data.
    """
    import rdflib
    from pyshacl import validate as pyshacl_validate
    from pyshacl.errors import ReportableRuntimeError
    from rdflib import SH

    # rdflib logs each value that is none of its datatype; it is a result, not a mishap.
    logger = logging.getLogger("rdflib.term")
    was, logger.disabled = logger.disabled, True
    try:
        _, report, text = pyshacl_validate(
            _graph(data), shacl_graph=_graph(demands), inference="none", inplace=True
        )
    except (ReportableRuntimeError, TypeError, ValueError) as error:
        raise KvgraphError(f"pySHACL cannot apply the shapes: {error}") from error
    finally:
        logger.disabled = was
    if not isinstance(report, rdflib.Graph):
        raise KvgraphError(f"pySHACL cannot apply the shapes: {text}")
    found = []
    for result in report.objects(None, SH.result):
        (severity, thing, path, value, shape, component) = (
            report.value(result, SH[name])
            for name in ("resultSeverity", "focusNode", "resultPath", "value", "sourceShape",
                         "sourceConstraintComponent")
        )  # fmt: skip
        found.append(
            _Result(
                str(severity).rpartition("#")[2].lower(),
                str(_term(thing)).encode(),
                _cell(path),
                _cell(value),
                str(_term(shape)).encode(),
                str(component),
                "\n".join(sorted(map(str, report.objects(result, SH.resultMessage)))),
            )
        )
    return found


def _graph(lines: bytes) -> rdflib.Graph:
    """Give N-Triples as a graph of rdflib, the texts of numbers and days as they are written."""
    import rdflib

    def node(term: Any) -> Any:
        if isinstance(term, ox.NamedNode):
            return rdflib.URIRef(term.value)
        if isinstance(term, ox.BlankNode):
            return rdflib.BNode(term.value)
        datatype = None if term.datatype == _STRING or term.language else term.datatype.value
        return rdflib.Literal(term.value, term.language, datatype, normalize=False)

    graph = rdflib.Graph(bind_namespaces="none")
    for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES):
        graph.add((node(quad.subject), node(quad.predicate), node(quad.object)))
    return graph


def _term(node: Any) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Give a node of rdflib as a term of the store."""
    import rdflib

    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(node)
    if isinstance(node, rdflib.BNode):
        return ox.BlankNode(node)
    if node.language:
        return ox.Literal(str(node), language=node.language)
    return ox.Literal(str(node), datatype=ox.NamedNode(node.datatype or _STRING.value))


def _cell(node: Any) -> Iri | str | None:
    """Give a node of rdflib as a cell."""
    import rdflib

    if node is None:
        return None
    if isinstance(node, rdflib.BNode):
        return f"_:{node}"
    return Iri(node) if isinstance(node, rdflib.URIRef) else str(node)


def _row(
    result: _Result, demands: Columns, lang: str
) -> tuple[str, Iri | str, Iri | str | None, Iri | str | None, str, Iri | str]:
    """Make the row of a result; what it says is what its shape says in the language."""
    speaker = result.shape
    if result.component == _QUERY:
        queries = demands[iri("sh:sparql")].get(result.shape, [])
        speaker = queries[0] if len(queries) == 1 else b""
    texts = {}
    for message in demands.get(iri("sh:message"), {}).get(speaker, ()):
        text, language = literal_of(message)
        texts[language or ""] = text
    said = texts.get(lang) or texts.get("en") or next(iter(texts.values()), result.message)
    thing, shape = (
        Iri(term[1:-1].decode()) if term.startswith(b"<") else term.decode()
        for term in (result.thing, result.shape)
    )
    return result.severity, thing, result.path, result.value, said, shape
