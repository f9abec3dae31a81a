"""Say why a query has no answer: what is not there, what does not go together, what excludes.

The query is asked again with pieces taken out, one at a time; the piece without which there
are rows is the reason. Probes ask for one row each, so that they stop early.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kvgraph.errors import KvgraphError
from kvgraph.namespaces import KV, PREFIXES, shorten
from kvgraph.query.text import Block, Pattern, Token, place
from kvgraph.store import Solutions

if TYPE_CHECKING:
    from kvgraph.query.files import Query
    from kvgraph.query.text import Shape
    from kvgraph.store import Dataset

Bound = Mapping[str, ox.NamedNode | ox.Literal]
_ENOUGH: Final = 10_000
"""Rows are counted up to here."""


def why_nothing(dataset: Dataset, query: Query, bound: Bound) -> str:
    """Give the reason why a query has no answer, in a sentence or two."""
    if len(dataset.store) == 0:
        return "The dataset is empty."
    probe = _Probe(dataset, query, bound)
    reasons = (
        _unknown_terms, _one_graph, _from, _parameter, _lonely_pattern, _joined, _clause, _limit
    )  # fmt: skip
    for reason in reasons:
        told = reason(probe)
        if told:
            return told
    if probe.shape.form == "DESCRIBE":
        return "Nothing is said of what is to be described."
    return "Nothing in the data fits the whole of the query."


class _Probe:
    """Asks variants of a query that has no answer."""

    def __init__(self, dataset: Dataset, query: Query, bound: Bound) -> None:
        self.dataset = dataset
        self.shape: Shape = query.shape
        # How rows are ordered does not matter here, and ordering a million of them takes long.
        order = [(s.start, s.end) for s in self.shape.tail if s.what == "ORDER"]
        self.text = _blanked(query.text, order)
        self.bound = bound
        self.union = not self.shape.froms

    def rows(self, text: str, bound: Bound, *, union: bool, most: int = 1) -> int:
        """Count the rows of a query, up to a limit; a variant that is no query has none."""
        try:
            results = self.dataset.query(text, bound, union=union)
            if isinstance(results, ox.QueryBoolean):
                return int(bool(results))
            found = 0
            for _ in results:
                found += 1
                if found >= most:
                    break
        except (KvgraphError, OSError, ValueError, RuntimeError):
            return 0
        return found

    def without(self, *spans: tuple[int, int], most: int = 1, union: bool | None = None) -> int:
        """Count the rows of the query with stretches of its text left out."""
        union = self.union if union is None else union
        return self.rows(_blanked(self.text, spans), self.bound, union=union, most=most)

    def matches(self, patterns: Sequence[Pattern], name: str = "", *, union: bool = True) -> bool:
        """Tell whether patterns match together, in any graph or in one (``name``)."""
        inside = " . ".join(map(str, patterns))
        where = f"GRAPH {name} {{ {inside} }}" if name else inside
        variables = frozenset().union(*(p.variables for p in patterns))
        bound = {n: v for n, v in self.bound.items() if n in variables or f"?{n}" == name}
        text = f"{self.shape.prologue}\nSELECT * {{ {where} }} LIMIT 1"
        return self.rows(text, bound, union=union) > 0

    def line(self, start: int) -> str:
        """Say in which line of the query something stands."""
        return f"line {place(self.text, start)[0]}"

    def required(self) -> list[Pattern]:
        """Give the patterns that every answer must match, in the order of the text."""
        return list(_required(self.shape.where))


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Give a text with spaces in the place of some stretches."""
    for start, end in spans:
        text = text[:start] + re.sub(r"\S", " ", text[start:end]) + text[end:]
    return text


def _required(block: Block) -> Iterator[Pattern]:
    for item in block.items:
        if isinstance(item, Pattern):
            yield item
        elif item.kind in ("group", "graph", "select"):
            yield from _required(item)


def _count(number: int, what: str = "row") -> str:
    """Say a number of rows; of many, that there are more."""
    if number >= _ENOUGH:
        return f"more than {_ENOUGH} {what}s"
    return f"{number} {what}" + ("" if number == 1 else "s")


# --- the reasons, in the order in which they are looked for -------------------------------------


def _unknown_terms(probe: _Probe) -> str:
    """A class or property of kv: that is not in the data, nor in the ontology."""
    for token in _terms(probe.shape):
        iri = _iri(probe, token)
        if not iri.startswith(KV) or _is_there(probe, iri):
            continue
        known, place = _kv_terms(probe)
        local = iri[len(KV) :]
        close = difflib.get_close_matches(local, sorted(known), n=3, cutoff=0.6)
        same = {name.lower(): name for name in sorted(known)}.get(local.lower())
        if same:
            close = [same, *(c for c in close if c != same)]
        told = f"kv:{local} ({probe.line(token.start)}) is no term of {place}."
        return told + (
            " Close to it: " + ", ".join(f"kv:{c}" for c in close) + "." if close else ""
        )
    return ""


def _one_graph(probe: _Probe) -> str:
    """GRAPH confines what stands in it to one graph."""
    graphs = [b for b in probe.shape.where.walk() if isinstance(b, Block) and b.kind == "graph"]
    if not graphs:
        return ""
    for block in graphs:
        if block.name[:1] not in ("?", "$") and not _graph_is_there(probe, block.name):
            return f"There is no graph {block.name} ({probe.line(block.start)}). " + _graphs(
                probe.dataset
            )
    number = probe.without(*((b.start, b.inner) for b in graphs), most=_ENOUGH)
    if number:
        places = "GRAPH (" + ", ".join(probe.line(b.start) for b in graphs) + ")"
        return (
            f"{places} confines its patterns to one graph, and no single graph holds them all: "
            f"0 rows there, {_count(number)} over all graphs. Leave GRAPH out to ask them all."
        )
    return ""


def _from(probe: _Probe) -> str:
    """FROM confines the whole query to the graphs that it names."""
    if not probe.shape.froms:
        return ""
    told = probe.line(probe.shape.froms[0].start)
    number = probe.without(*((s.start, s.end) for s in probe.shape.froms), most=_ENOUGH, union=True)
    words = [probe.text[s.start : s.end] for s in probe.shape.froms]
    default = [w for w in words if "NAMED" not in w.upper().split()]
    if number and not default:
        return (
            f"FROM NAMED ({told}) leaves the default graph empty: 0 rows in the default graph, "
            f"{_count(number)} over all graphs. Leave FROM NAMED out, or use GRAPH."
        )
    if number:
        return (
            f"FROM ({told}) confines the query to the graphs that it names: 0 rows there, "
            f"{_count(number)} over all graphs. " + _graphs(probe.dataset)
        )
    return ""


def _parameter(probe: _Probe) -> str:
    """A value given from outside that fits nothing."""
    for name in probe.bound:
        others = {n: v for n, v in probe.bound.items() if n != name}
        number = probe.rows(probe.text, others, union=probe.union, most=_ENOUGH)
        if number:
            value = probe.bound[name].value
            shown = shorten(value) if isinstance(probe.bound[name], ox.NamedNode) else value
            rest = ", the other values kept" if others else ""
            return f"No row has {name} = {shown}{rest}; without it there are {_count(number)}."
    if len(probe.bound) > 1:
        number = probe.rows(probe.text, {}, union=probe.union, most=_ENOUGH)
        if number:
            return (
                "The values of " + ", ".join(probe.bound) + " do not go together; "
                f"without them there are {_count(number)}."
            )
    return ""


def _lonely_pattern(probe: _Probe) -> str:
    """A pattern that nothing matches, even by itself."""
    for pattern in probe.required():
        if probe.matches([pattern]):
            continue
        told = f"Nothing matches {pattern} ({probe.line(pattern.start)})."
        return _written(told + _hint(probe, pattern))
    for block in probe.shape.where.items:
        if isinstance(block, Block) and block.kind == "union":
            body = f"{probe.shape.prologue}\nSELECT * {{ {probe.text[block.start : block.end]} }}"
            if not probe.rows(body, {}, union=True):
                return (
                    f"Nothing matches any of the {len(block.items)} branches of UNION "
                    f"({probe.line(block.start)})."
                )
    return ""


def _joined(probe: _Probe) -> str:
    """Patterns that match one by one but not together."""
    patterns = probe.required()
    for end in range(2, len(patterns) + 1):
        last = patterns[end - 1]
        before = _beside(patterns[: end - 1], last)
        if not before or probe.matches([*before, last]):
            continue
        # The fewest of those before it with which it fails tell more than all of them.
        for other in list(before):
            fewer = _beside([p for p in before if p is not other], last)
            if fewer and not probe.matches([*fewer, last]):
                before = fewer
        said = " . ".join(map(str, before))
        return _written(
            f"There are matches for {said}, and for {last} ({probe.line(last.start)}), "
            "but none together."
        )
    return ""


def _beside(patterns: Sequence[Pattern], last: Pattern) -> list[Pattern]:
    """Give the patterns that share a variable with one, directly or through others.

    With the rest it would make a product of everything with everything.
    """
    variables = set(last.variables)
    found: list[Pattern] = []
    while True:
        more = [p for p in patterns if p not in found and p.variables & variables]
        if not more:
            return [p for p in patterns if p in found]
        found += more
        variables |= frozenset().union(*(p.variables for p in more))


def _clause(probe: _Probe) -> str:
    """A FILTER, MINUS, VALUES, BIND or HAVING that leaves nothing."""
    pieces = [
        (b.kind.upper(), b.start, b.end)
        for b in probe.shape.where.walk()
        if isinstance(b, Block) and b.kind in ("filter", "minus", "values", "bind") and b.end
    ]
    pieces += [(s.what, s.start, s.end) for s in probe.shape.tail if s.what in ("HAVING", "VALUES")]
    for _, start, end in pieces:
        number = probe.without((start, end), most=_ENOUGH)
        if number:
            said = " ".join(probe.text[start:end].split())
            said = said if len(said) <= 80 else said[:76] + " ..."
            return f"{said} ({probe.line(start)}) leaves none of {_count(number)}."
    if len(pieces) > 1 and (number := probe.without(*((s, e) for _, s, e in pieces), most=_ENOUGH)):
        lines = ", ".join(f"{what} ({probe.line(start)})" for what, start, _ in pieces)
        return f"{lines} together leave none of {_count(number)}."
    return ""


def _limit(probe: _Probe) -> str:
    """LIMIT 0, or an OFFSET behind the last row."""
    spans = [s for s in probe.shape.tail if s.what in ("LIMIT", "OFFSET")]
    number = probe.without(*((s.start, s.end) for s in spans), most=_ENOUGH) if spans else 0
    if number:
        said = " ".join(" ".join(probe.text[s.start : s.end].split()) for s in spans)
        return f"{said} leaves none of {_count(number)}."
    return ""


# --- looking things up --------------------------------------------------------------------------


def _terms(asked: Shape) -> Iterator[Token]:
    """Give the IRIs in what every answer must match."""
    beside = [
        range(b.start, b.end)
        for b in asked.where.walk()
        if isinstance(b, Block) and b.kind in ("optional", "minus", "filter", "bind")
    ]
    for token in asked.tokens:
        inside = asked.where.start <= token.start < asked.where.end
        if token.kind in ("pname", "iri") and inside:
            if any(token.start in stretch for stretch in beside):
                continue
            yield token


def _iri(probe: _Probe, token: Token) -> str:
    """Give the IRI that a token stands for."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    declared = probe.shape.prefixes.get(prefix)
    if declared is None:
        return ""
    after = next((t for t in probe.shape.tokens if t.start > declared.start), declared)
    return after.text[1:-1] + local.replace("\\", "")


def _is_there(probe: _Probe, iri: str) -> bool:
    """Tell whether anything is said of, with or about an IRI."""
    try:
        node = ox.NamedNode(iri)
    except ValueError:
        return True
    store = probe.dataset.store
    wanted = ((node, None, None), (None, node, None), (None, None, node))
    return any(next(store.quads_for_pattern(*w), None) is not None for w in wanted)


def _kv_terms(probe: _Probe) -> tuple[set[str], str]:
    """Give the local names of kv: terms, and where they were found.

    That is the ontology; a dataset without it shows what it uses.
    """
    store = probe.dataset.store
    kind = ox.NamedNode(PREFIXES["rdf"] + "type")
    found = {
        q.subject.value[len(KV) :]
        for q in store.quads_for_pattern(None, kind, None)
        if isinstance(q.subject, ox.NamedNode) and q.subject.value.startswith(KV)
    }
    if found:
        return found, "the ontology"
    used = {q.predicate.value for q in store} | {
        q.object.value
        for q in store.quads_for_pattern(None, kind, None)
        if isinstance(q.object, ox.NamedNode)
    }
    return {
        iri[len(KV) :] for iri in used if iri.startswith(KV)
    }, "the data, which hold no ontology"


def _graph_is_there(probe: _Probe, name: str) -> bool:
    """Tell whether there is a graph of this name, as written in the query."""
    return (
        probe.rows(
            f"{probe.shape.prologue}\nSELECT * {{ GRAPH {name} {{ ?s ?p ?o }} }} LIMIT 1",
            {},
            union=True,
        )
        > 0
    )


def _graphs(dataset: Dataset) -> str:
    """Name the graphs of a dataset."""
    names = [f"<{g.value}>" for g in dataset.store.named_graphs() if isinstance(g, ox.NamedNode)]
    if not names:
        return "The dataset has no named graphs."
    names.sort(key=lambda name: (name.count("/"), name))
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return "The graphs are " + ", ".join(names[:5]) + more + "."


def _hint(probe: _Probe, pattern: Pattern) -> str:
    """Say what may be meant by a pattern that nothing matches."""
    if pattern.object[:1] in ("'", '"'):
        found = _other_form(probe, pattern)
        if found:
            return f" The text is there as {found}: write it so."
    for part in (pattern.predicate, pattern.object, pattern.subject):
        if part[:1] in ("?", "$", "'", '"') or not (part.startswith("<") or ":" in part):
            continue
        token = Token("iri" if part.startswith("<") else "pname", part, 0)
        iri = _iri(probe, token)
        if iri and any(c in part for c in "/|^()*+!") and not part.startswith("<"):
            continue
        if iri and not _is_there(probe, iri):
            return f" Nothing in the data mentions {part}."
        if part == pattern.predicate and iri.startswith(KV) and iri[len(KV)].isupper():
            name = iri[len(KV)].lower() + iri[len(KV) + 1 :]
            if _is_there(probe, KV + name):
                return f" {part} is a class; the property is kv:{name}."
    return ""


def _other_form(probe: _Probe, pattern: Pattern) -> str:
    """Give how a text stands in the data, if in another language or case."""
    quote = pattern.object.rfind(pattern.object[0])
    plain = pattern.object[: quote + 1]
    query = (
        f"{probe.shape.prologue}\nSELECT ?o {{ {pattern.subject} {pattern.predicate} ?o "
        f"FILTER(LCASE(STR(?o)) = LCASE({plain})) }} ORDER BY LANG(?o) ?o LIMIT 1"
    )
    try:
        found = probe.dataset.query(query)
    except KvgraphError:
        return ""
    solution = next(found, None) if isinstance(found, ox.QuerySolutions | Solutions) else None
    return "" if solution is None else str(solution[0])


def _written(told: str) -> str:
    """Give a sentence in which blank nodes look as they do in a query again."""
    words = told.split(" ")
    return " ".join("[]" if w.startswith("?__") else w.replace("?___", "_:") for w in words)
