"""The answer of an analysis as statements: the run, its columns and a row each, in its own graph.

Everything has the address of the graph, a number sign and a name, so that no answer states
anything of a thing of the data, and that what was computed never looks like one::

    graph/ties            the package, prov:wasGeneratedBy graph/ties#run
    graph/ties#run        what was asked of which data (kv:AnalysisRun)
    graph/ties#column-1   a column and its property (kv:ResultColumn)
    graph/ties#1          a row (kv:AnalysisRow; of inferred ties kv:InferredTie)

No clock is asked: the same answer on the same data is the same statements.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from kvgraph import __version__, vocabulary
from kvgraph.errors import KvgraphError
from kvgraph.graph.match.things import MATCHES
from kvgraph.model import Cell, Iri, Package, Table, Text
from kvgraph.namespaces import (
    GRAPH,
    INFERRED,
    KV,
    PREFIXES,
    code_iri,
    expand,
    graph_iri,
    kind_of,
    mint,
    result_iri,
)
from kvgraph.proof import is_synthetic
from kvgraph.store import Dataset, canonical_lines, pivot
from kvgraph.words import word

_XSD: Final = PREFIXES["xsd"]
_LANGUAGES: Final = ("fi", "sv", "en")

_TIE: Final = {
    "parent": "kv:inferredFrom",
    "child": "kv:inferredTo",
    "practice": "kv:inferredIn",
    "improvement": "kv:improvement",
    "p_value": "kv:pValue",
    "documented": "kv:documentedBy",
}
"""The columns of inferred ties that have a property of the ontology."""

_ENDS: Final = ("actor", "network")
_MEETINGS: Final = ("network", "project", "event", "programme")
_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        ("actor", "giver", "receiver", "parent", "child", "root", "a", "b", "giver_component",
         "receiver_component"), _ENDS
    ),
    **dict.fromkeys(("practice", "source_practice", "practices"), ("practice",)),
    **dict.fromkeys(
        ("network", "networks", "via", "prior_networks", "same_year_networks",
         "possible_networks"), _MEETINGS
    ),
    **dict.fromkeys(("transfer", "transfers", "transfer_ids", "documented"), ("transfer",)),
    "records": ("transfer", "adoption", "practice", "membership", "participation"),
}  # fmt: skip
"""The columns whose texts are ids, and of which kinds of things; the first that fits is meant."""

_EVIDENCE: Final = frozenset({"transfer", "transfers", "transfer_ids", "records"})
"""The columns that name what a row follows from."""

_OWN: Final = frozenset({"rule", "stage", "horizon", "seed", "dataset", "lang", "notes"})
"""What of the head has a property of the ontology, or goes without saying."""


def written_back(dataset: Dataset) -> dict[str, str]:
    """Give the names of the graphs that hold an answer written back, with the IRI of its run.

    Such a graph says itself that a run made it; one that only repeats what another says of
    itself is none.
    """
    made = _term("prov:wasGeneratedBy")
    return {
        graph.value.removeprefix(GRAPH): quad.object.value  # type: ignore[union-attr]
        for graph in sorted(dataset.store.named_graphs(), key=str)
        if graph.value.startswith(GRAPH)
        for quad in dataset.store.quads_for_pattern(graph, made, None, graph)
    }


def base_digest(dataset: Dataset) -> str:
    """Give the digest of a dataset without the answers written back and what follows from them.

    So writing back changes nothing of what the next answer says it was computed from.
    """
    names = sorted(written_back(dataset))
    if not names:
        return dataset.digest
    graphs = tuple(f" <{graph_iri(name)}> .\n".encode() for name in names)
    rows = tuple(f"<{graph_iri(name)}#".encode() for name in names)
    derived = f" <{graph_iri('derived')}/".encode()
    sha = hashlib.sha256()
    for line in canonical_lines(dataset.store):
        if line.endswith(graphs):
            continue
        # What rules add to a row stands in the graph of the rule.
        if line.startswith(rows) and derived in line[line.rindex(b" ", 0, -3) :]:
            continue
        sha.update(line)
    return f"sha256:{sha.hexdigest()}"


def outdated(dataset: Dataset) -> list[tuple[str, str]]:
    """Give the answers that were computed from other data, each as its run and the digest there."""
    runs = written_back(dataset)
    if not runs:
        return []
    now = base_digest(dataset)
    of = pivot(dataset, KV + "datasetDigest")
    return [(run, old) for run in sorted(runs.values()) for old in of.get(run, ()) if old != now]


def answer_package(
    name: str,
    analysis: str,
    table: Table,
    options: Sequence[tuple[str, str]],
    dataset: Dataset,
) -> Package:
    """Give the answer of an analysis of a dataset as a package of this name.

    ``options`` are what was asked for, each a name and a value. Ids become the things of the
    dataset; a text that names none stays a text.

    :raises KvgraphError: if an inferred tie leads to what the dataset does not know.
    """
    answer = _Answer(name, table, dataset)
    used = _used(dataset)
    names = [package["name"] for package in used]
    run = answer.run(analysis, options, names, base_digest(dataset))
    statements = list(dict.fromkeys((*run, *answer.rows())))
    sha = hashlib.sha256("\n".join(sorted(map(str, statements))).encode())
    return Package(
        name=name,
        version=f"sha256:{sha.hexdigest()[:12]}",
        title={x: word("analyse.written_title", x, analysis=analysis) for x in _LANGUAGES},
        description={x: word("analyse.written_description", x) for x in _LANGUAGES},
        # What follows from data under a licence stands under it too.
        licence="; ".join(dict.fromkeys(p["licence"] for p in used if p["licence"])),
        needs=(),
        rights_note="",
        citation="",
        synthetic=is_synthetic(dataset),
        records=(),
        statements=statements,
        computed=True,
    )


def _used(dataset: Dataset) -> list[Mapping[str, str]]:
    """Give the packages that there were to compute from: neither answers nor what is the same."""
    answers = written_back(dataset)
    return [
        package
        for package in dataset.about.packages
        if package["name"] not in answers and not package["name"].startswith(MATCHES)
    ]


class _Answer:
    """Makes the statements of one answer."""

    def __init__(self, name: str, table: Table, dataset: Dataset) -> None:
        self.graph = graph_iri(name)
        self.table = table
        self.store = dataset.store
        self.practices = pivot(dataset, KV + "practice", things=True)
        self.inferred = table.head.get("status") == INFERRED
        self.this = ox.NamedNode(f"{self.graph}#run")
        self.thing = lru_cache(maxsize=None)(self._thing)

    def run(
        self,
        analysis: str,
        options: Sequence[tuple[str, str]],
        used: Sequence[str],
        digest: str,
    ) -> Iterator[ox.Triple]:
        """Give what the run was told, what it counted, and its columns."""
        this, head = self.this, self.table.head
        agent = ox.NamedNode(f"{self.graph}#software")
        yield _said(ox.NamedNode(self.graph), "prov:wasGeneratedBy", this)
        yield _said(this, "rdf:type", _term("kv:AnalysisRun"))
        yield _said(this, "kv:analysisName", ox.Literal(analysis))
        yield _said(this, "kv:datasetDigest", ox.Literal(digest))
        yield _said(this, "kv:softwareVersion", ox.Literal(__version__))
        yield _said(this, "prov:wasAssociatedWith", agent)
        yield _said(agent, "rdf:type", _term("prov:SoftwareAgent"))
        yield _said(agent, "dcterms:title", ox.Literal("kvgraph"))
        for option, value in options:
            yield _said(this, "kv:runOption", ox.Literal(f"{option}={value}"))
        for package in used:
            yield _said(this, "prov:used", ox.NamedNode(graph_iri(package)))
        yield from self._counted(head)
        lang = str(head.get("lang") or "")
        notes = head.get("notes") or ()
        for note in (*(notes if isinstance(notes, tuple) else (notes,)), self.table.empty):
            if note:
                text = ox.Literal(str(note), language=lang) if lang else ox.Literal(str(note))
                yield _said(this, "skos:note", text)
        for number, column in enumerate(self.table.columns, 1):
            node = ox.NamedNode(f"{self.graph}#column-{number}")
            yield _said(this, "kv:hasColumn", node)
            yield _said(node, "rdf:type", _term("kv:ResultColumn"))
            yield _said(node, "kv:columnNumber", _literal(number))
            yield _said(node, "kv:columnName", ox.Literal(column))
            yield _said(node, "kv:columnProperty", self._property(column))

    def _counted(self, head: Mapping[str, Cell]) -> Iterator[ox.Triple]:
        """Give what the head says: under a property of the ontology where there is one."""
        this = self.this
        rule, stage, horizon, seed = (head.get(n) for n in ("rule", "stage", "horizon", "seed"))
        if rule:
            yield _said(this, "kv:analysisRule", ox.Literal(str(rule)))
        if stage in vocabulary.codes("stage"):
            yield _said(this, "kv:askedStage", ox.NamedNode(code_iri("stage", str(stage))))
        if isinstance(horizon, date):
            yield _said(this, "kv:horizon", _literal(horizon))
        if isinstance(seed, int):
            yield _said(this, "kv:seed", _literal(seed))
        for name, value in head.items():
            if name not in _OWN and value not in (None, (), {}):
                node = ox.NamedNode(result_iri(name))
                yield from (ox.Triple(this, node, one) for one in self._values("", value))

    def rows(self) -> Iterator[ox.Triple]:
        """Give the rows, each with its number and a value for each place that is filled."""
        sort = _term("kv:InferredTie" if self.inferred else "kv:AnalysisRow")
        properties = [self._property(column) for column in self.table.columns]
        for number, cells in enumerate(self.table.rows, 1):
            this = ox.NamedNode(f"{self.graph}#{number}")
            yield _said(this, "rdf:type", sort)
            yield _said(this, "prov:wasGeneratedBy", self.this)
            yield _said(this, "kv:rowNumber", _literal(number))
            for column, node, cell in zip(self.table.columns, properties, cells, strict=True):
                for value in self._values(column, cell):
                    yield ox.Triple(this, node, value)
                    if column in _EVIDENCE and isinstance(value, ox.NamedNode):
                        yield _said(this, "kv:derivedFromRecord", value)
            if self.inferred:
                yield from self._tied(this, dict(zip(self.table.columns, cells, strict=True)))

    def _tied(self, this: ox.NamedNode, row: Mapping[str, Cell]) -> Iterator[ox.Triple]:
        """Give what an inferred tie says besides: whether it is documented, and of what it is."""
        if "documented" in row:
            yield _said(this, "kv:documented", _literal(bool(row["documented"])))
        records = (self.thing("records", str(i)) for i in _listed(row.get("records")))
        # The origin of a practice counts as an adoption, and its record is the practice itself.
        of = [
            [record.value] if kind_of(record.value) == "practice"
            else self.practices.get(record.value, [])
            for record in records
            if record is not None
        ]  # fmt: skip
        for practice in sorted({one for found in of for one in found}):
            yield _said(this, "kv:inferredIn", ox.NamedNode(practice))

    def _property(self, column: str) -> ox.NamedNode:
        """Give the property under which the values of a column stand."""
        if self.inferred and column in _TIE:
            return _term(_TIE[column])
        return ox.NamedNode(result_iri(column))

    def _values(self, column: str, cell: Cell) -> Iterator[ox.NamedNode | ox.Literal]:
        """Give the values of a cell: none of one that is undefined, one for each of a list of ids.

        A list or mapping of anything else is one value, as JSON, since a graph would keep neither
        its order nor what it holds twice.
        """
        if cell is None:
            return
        if isinstance(cell, tuple):
            if all(isinstance(one, str) for one in cell) and len(set(cell)) == len(cell):
                for one in cell:
                    yield self._value(column, one)
                return
            yield ox.Literal(_json(cell))
        elif isinstance(cell, Mapping):
            yield ox.Literal(_json(cell))
        elif self.inferred and column in ("improvement", "p_value"):
            yield _literal(float(cell))  # type: ignore[arg-type]
        else:
            yield self._value(column, cell)

    def _value(self, column: str, cell: Any) -> ox.NamedNode | ox.Literal:
        """Give one value; an id in a column of ids is the thing itself.

        :raises KvgraphError: if what a tie leads to is not known.
        """
        if isinstance(cell, Iri):
            return ox.NamedNode(cell)
        if not isinstance(cell, str) or column not in _KINDS:
            return _literal(cell)
        thing = self.thing(column, cell)
        if thing is None and self.inferred and column in _TIE:
            raise KvgraphError(
                f'"{cell}" (column {column}) is no {" or ".join(_KINDS[column])} of the store',
                hint="Write back what was computed from this store.",
            )
        return thing or _literal(cell)

    def _thing(self, column: str, identifier: str) -> ox.NamedNode | None:
        """Give the thing that an id of a column names, if the dataset knows it.

        An id of records that two kinds of things bear names neither.
        """
        iris = [mint(kind, identifier) for kind in _KINDS[column]]
        if "://" in identifier:
            iris = [identifier]
        found = [node for node in map(ox.NamedNode, iris) if self._is_known(node)]
        return found[0] if len(found) == 1 or (found and column != "records") else None

    def _is_known(self, node: ox.NamedNode) -> bool:
        return next(self.store.quads_for_pattern(node, None, None), None) is not None


def _listed(cell: Cell) -> tuple[Any, ...]:
    return cell if isinstance(cell, tuple) else ()


def _said(subject: ox.NamedNode, name: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    """Give a triple whose property is a prefixed name."""
    return ox.Triple(subject, _term(name), value)


@lru_cache(maxsize=128)
def _term(name: str) -> ox.NamedNode:
    """Give the node of a prefixed name."""
    return ox.NamedNode(expand(name))


def _literal(value: Any) -> ox.Literal:
    """Give a value with its datatype; a whole number may be of any size."""
    if isinstance(value, bool | float):
        return ox.Literal(value)
    for kind, name in ((int, "integer"), (Decimal, "decimal"), (date, "date")):
        if isinstance(value, kind):
            text = format(value, "f") if kind is Decimal else str(value)
            return ox.Literal(text, datatype=ox.NamedNode(_XSD + name))
    if isinstance(value, Text) and value.language:
        return ox.Literal(str(value), language=value.language)
    if isinstance(value, Text) and value.datatype:
        return ox.Literal(str(value), datatype=ox.NamedNode(value.datatype))
    return ox.Literal(str(value))


def _json(value: Any) -> str:
    """Give a list or a mapping as JSON, dates as text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    """Give what JSON has no word for."""
    if isinstance(value, Mapping):
        return dict(value)
    return float(value) if isinstance(value, Decimal) else str(value)
