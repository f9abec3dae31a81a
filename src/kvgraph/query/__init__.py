"""Questions and their answers: the library of .rq files, a text of one's own, and why nothing."""

from kvgraph.query.asking import ask, check_query, gathered, stream
from kvgraph.query.files import Column, Example, Query, find, library, read_query
from kvgraph.query.listing import listed, spelled

__all__ = [
    "Column",
    "Example",
    "Query",
    "ask",
    "check_query",
    "find",
    "gathered",
    "library",
    "listed",
    "read_query",
    "spelled",
    "stream",
]
