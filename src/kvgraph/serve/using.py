"""An update over the graphs that a request names, as if it had named them itself with USING."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kvgraph.query.text import Token, tokens
from kvgraph.serve.problems import Problem

_OPENING = ("{", "{|")
_CLOSING = ("}", "|}")


def with_using(text: str, default: Sequence[str], named: Sequence[str]) -> str:
    """Give the update with USING and USING NAMED in each of its operations that has a WHERE.

    >>> with_using("INSERT { ?s a 1 } WHERE { ?s a 2 }", ["http://x/g"], [])
    'INSERT { ?s a 1 } USING <http://x/g> WHERE { ?s a 2 }'

    DELETE WHERE takes no USING, and is written out as the DELETE that it stands for.

    >>> with_using("DELETE WHERE { ?s a 2 }", [], ["http://x/g"])
    'DELETE { ?s a 2 } USING NAMED <http://x/g> WHERE { ?s a 2 }'

    :raises Problem: 400 if the update names graphs itself, with USING or WITH.
    """
    using = " ".join(
        [*(f"USING <{iri}>" for iri in default), *(f"USING NAMED <{iri}>" for iri in named)]
    )
    outside = list(_outside(tokens(text)))
    for token in outside:
        if token.word in ("USING", "WITH"):
            raise Problem(
                400, f"both the request and the update, by {token.word}, say which graphs are used",
                hint="Leave out using-graph-uri and using-named-graph-uri, or "
                f"{token.word} in the update.",
            )  # fmt: skip
    parts, done = [], 0
    starts = [token for token in outside if token.text in _OPENING]
    for before, token in pairwise(outside):
        if token.word != "WHERE":
            continue
        parts.append(text[done : token.start])
        if before.word == "DELETE":
            opened = next((t for t in starts if t.start > token.start), None)
            if opened is not None:
                parts.append(_group(text, opened) + " ")
        parts.append(using + " ")
        done = token.start
    return "".join([*parts, text[done:]])


def _outside(found: Sequence[Token]) -> Iterator[Token]:
    """Give the tokens that stand in no group, and the brackets that open one there."""
    depth = 0
    for token in found:
        if depth == 0:
            yield token
        if token.kind == "mark" and token.text in _OPENING:
            depth += 1
        elif token.kind == "mark" and token.text in _CLOSING:
            depth = max(depth - 1, 0)


def _group(text: str, opened: Token) -> str:
    """Give a group from its opening bracket to the one that closes it."""
    depth = 0
    for token in tokens(text):
        if token.start < opened.start or token.kind != "mark":
            continue
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0:
            return text[opened.start : token.end]
    return text[opened.start :]
