"""Queries put into other words for an endpoint: with values, counted, ordered, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from kvgraph.query.text import Shape, shape, tokens

if TYPE_CHECKING:
    import pyoxigraph as ox

COUNT: Final = "kvgraph_count"
"""The variable of a count, which no query has."""


def bound(text: str, values: Mapping[str, ox.NamedNode | ox.Literal]) -> str:
    """Give a query in which variables have values, each by a VALUES clause at its beginning.

    >>> import pyoxigraph as ox
    >>> bound("SELECT ?s { ?s ?p ?o }", {"s": ox.NamedNode("x:y"), "q": ox.Literal("z")})
    'SELECT ?s { VALUES ?s { <x:y> } ?s ?p ?o }'
    """
    there = {t.text[1:] for t in tokens(text) if t.kind == "var"}
    clauses = "".join(f" VALUES ?{n} {{ {v} }}" for n, v in values.items() if n in there)
    place = shape(text).where.inner + 1
    return text[:place] + clauses + text[place:]


def counted(text: str) -> str:
    """Give the query that counts the rows of another.

    >>> counted("PREFIX x: <x:> SELECT ?s FROM x:g { ?s ?p ?o } ORDER BY ?s").replace(chr(10), " ")
    'PREFIX x: <x:> SELECT (COUNT(*) AS ?kvgraph_count) FROM x:g { { SELECT ?s  { ?s ?p ?o } } }'
    """
    asked = shape(text)
    # What is counted need not be in order, unless only a part of it is.
    cut = any(span.what in ("LIMIT", "OFFSET") for span in asked.tail)
    order = [] if cut else [(s.start, s.end) for s in asked.tail if s.what == "ORDER"]
    return _around(text, asked, f"(COUNT(*) AS ?{COUNT})", "", order)


def page(text: str, variables: Sequence[str], limit: int, offset: int) -> str:
    """Give the query for some of the rows of another, which are in an order.

    The order stands inside: some servers do not sort what is wanted only from a later row on.
    """
    names = " ".join(f"?{name}" for name in variables)
    return _around(text, shape(text), names, f" LIMIT {limit} OFFSET {offset}", [])


def ordered(text: str, variables: Sequence[str]) -> str:
    """Give a query whose rows come in an order: its own, else by all columns.

    >>> ordered("SELECT ?s { ?s ?p ?o } LIMIT 3", ["s"])
    'SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 3'
    """
    asked = shape(text)
    if any(span.what == "ORDER" for span in asked.tail) or not variables:
        return text
    later = [s.start for s in asked.tail if s.what in ("LIMIT", "OFFSET", "VALUES")]
    place = min(later, default=max(asked.where.end, *(s.end for s in asked.tail), 0))
    order = "ORDER BY " + " ".join(f"?{name}" for name in variables)
    before, after = text[:place].rstrip(), text[place:]
    return f"{before} {order}" + (f" {after}" if after else "")


def of_template(text: str) -> str:
    """Give the query for the rows from which a CONSTRUCT makes its triples.

    >>> of_template("CONSTRUCT { ?s <x:p> ?o } WHERE { ?s <x:q> ?o . ?o ?p ?x }")
    'SELECT ?s ?o  WHERE { ?s <x:q> ?o . ?o ?p ?x }'
    """
    asked = shape(text)
    words = list(asked.tokens)
    at = next(i for i, t in enumerate(words) if t.word == "CONSTRUCT")
    names = " ".join(f"?{name}" for name in asked.variables) or "*"
    end = template(text)[1]
    if end < 0:
        end = words[at].end
    return text[: words[at].start] + f"SELECT {names} " + text[end:]


def template(text: str) -> tuple[int, int]:
    """Give where the template of a CONSTRUCT begins and ends; -1, -1 where WHERE is it."""
    words = list(shape(text).tokens)
    at = next(i for i, t in enumerate(words) if t.word == "CONSTRUCT") + 1
    if at >= len(words) or words[at].text != "{":
        return -1, -1
    depth = 0
    for token in words[at:]:
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0:
            return words[at].start, token.end
    return -1, -1


def _around(
    text: str, asked: Shape, selected: str, after: str, left_out: Sequence[tuple[int, int]]
) -> str:
    """Put a query inside another; the graphs that it names stand outside."""
    begin = len(asked.prologue)
    froms = "".join(f" {text[s.start : s.end]}" for s in asked.froms)
    inner = text
    spans = [*left_out, *((s.start, s.end) for s in asked.froms)]
    for start, end in sorted(spans, reverse=True):
        inner = inner[:start] + inner[end:]
    # A line of its own for the bracket: a comment may stand at the end.
    head = text[:begin] + (" " if begin else "")
    return f"{head}SELECT {selected}{froms} {{ {{ {inner[begin:].strip()}\n}} }}{after}"
