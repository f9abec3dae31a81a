"""Questions and their answers: the library of .rq files, a text of one's own, and why nothing."""

from kvgraph.query.asking import ask, check_query, stream
from kvgraph.query.files import Column, Example, Query, find, library, read_query

__all__ = [
    "Column",
    "Example",
    "Query",
    "ask",
    "check_query",
    "find",
    "library",
    "read_query",
    "stream",
]
