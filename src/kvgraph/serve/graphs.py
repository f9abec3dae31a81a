"""The door ``/store``: graphs by the SPARQL 1.1 Graph Store HTTP Protocol.

A graph is named in the query (``?graph=IRI``, ``?default``), or is the address itself
(``/store/person/1``).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from email import message_from_bytes
from email.message import Message
from typing import TYPE_CHECKING, Any, Final

from kvgraph.serve.description import FORMS, SHORT, address
from kvgraph.serve.negotiation import pick
from kvgraph.serve.problems import Problem
from kvgraph.serve.protocol import absolute
from kvgraph.serve.requests import body_of, media_of, one_of, query_pairs, text_of
from kvgraph.serve.writing import Writing, admit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from kvgraph.serve.app import House

_MULTIPART: Final = "multipart/form-data"
_READING: Final = ("GET", "HEAD")
_PATH: Final = re.compile(r"/store/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})+")
_DOTS: Final = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_HINT: Final = "Name one: /store?graph=IRI, or /store?default."


async def graphs(house: House, request: Request) -> ASGIApp:
    """Give a graph, put another in its place, add to it, or remove it."""
    if request.method in _READING:
        name = _graph(request)
        if name is None:
            raise Problem(400, "no graph is named", hint=_HINT)
        asked = {"kind": "graph", "graph": name, "media": _form(request)}
        return house.work(asked, {"Content-Location": _location(request)})
    if not house.settings.writable:
        raise Problem(
            405, f"{request.method} is not done here: this server only reads",
            hint="Start it with --writable.", headers={"Allow": "GET, HEAD"},
        )  # fmt: skip
    admit(house, request)
    name = _graph(request)
    if name is None and request.method != "POST":
        raise Problem(400, "no graph is named", hint=_HINT)
    job: dict[str, Any] = {"kind": "graph-write", "method": request.method, "graph": name}
    if request.method != "DELETE":
        job |= await _content(request, house.settings.limits.body)
    # What the content names by less than an IRI is meant from the graph.
    job["base"] = name or f"{address(request)}/store"
    return Writing(house, {**job, "fresh": f"{address(request)}/store/"})


def _graph(request: Request) -> str | None:
    """Give the IRI of the graph that is named; empty for the default graph, ``None`` for none.

    :raises Problem: 400 if several are named, or one by what is no IRI.
    """
    pairs = [pair for pair in query_pairs(request) if pair[0] != "format"]
    unknown = sorted({name for name, _ in pairs} - {"graph", "default"})
    if unknown:
        raise Problem(400, f'"{unknown[0][:100]}" is not known here', hint=_HINT)
    if request.path_params.get("path"):
        if pairs:
            raise Problem(400, "a graph is named both by the address and in its query", hint=_HINT)
        path = _path(request)
        if _PATH.fullmatch(path) is None or _DOTS.search(path):
            raise Problem(400, "this address names no graph", hint=_HINT)
        return address(request) + path
    named, default = one_of(pairs, "graph"), one_of(pairs, "default")
    if default is not None:
        if named is not None or default:
            raise Problem(400, "the default graph is named by ?default alone", hint=_HINT)
        return ""
    return None if named is None else absolute(named, "graph")


def _form(request: Request) -> str:
    """Give the media type in which a graph is given.

    :raises Problem: 400 for a format that there is not, 406 if none fits what is accepted.
    """
    short = one_of(query_pairs(request), "format")
    if short is None:
        return pick(request.headers.get("accept"), FORMS)
    if short not in SHORT:
        raise Problem(400, f'format: "{short[:100]}" is not one of {", ".join(SHORT)}')
    return SHORT[short]


def _location(request: Request) -> str:
    """Give the address that was asked for, without the server."""
    raw: bytes = request.scope["query_string"]
    query = raw.decode("latin-1")
    return _path(request) + (f"?{query}" if query else "")


def _path(request: Request) -> str:
    """Give the path as it was sent."""
    raw: bytes = request.scope["raw_path"]
    return raw.decode("latin-1").partition("?")[0]


async def _content(request: Request, most: int) -> dict[str, Any]:
    """Give the parts that are to be written, each with its form; one, but for multipart/form-data.

    :raises Problem: 415 if it is in no form that is read, 400 for parts that cannot be told apart.
    """
    media = media_of(request)
    if media == _MULTIPART and request.method == "POST":
        raw = await body_of(request, most)
        return {"parts": [*_parts(request.headers["content-type"], raw)]}
    _refuse_unread(media)
    return {"parts": [{"media": media, "content": text_of(await body_of(request, most))}]}


def _parts(told: str, raw: bytes) -> Iterator[dict[str, str]]:
    """Give the graphs that a form holds (RFC 7578): each part is a file of its own media type.

    :raises Problem: 400 if there are none, 415 if one is in a form that is not read.
    """
    whole = message_from_bytes(b"Content-Type: " + told.encode("latin-1") + b"\r\n\r\n" + raw)
    parts = whole.get_payload()
    if not isinstance(parts, list) or whole.defects:
        raise Problem(400, "the parts of the form cannot be told apart")
    for part in parts:
        content = part.get_payload(decode=True) if isinstance(part, Message) else None
        if not isinstance(part, Message) or not isinstance(content, bytes):
            raise Problem(400, "a part of the form has parts itself")
        media = part.get_content_type()
        _refuse_unread(media)
        yield {"media": media, "content": text_of(content)}


def _refuse_unread(media: str) -> None:
    """Refuse content of which the form is not read.

    :raises Problem: 415 if it is such.
    """
    if media not in FORMS:
        raise Problem(
            415, f"a graph is not read from {media[:100] or 'a body without a media type'}",
            hint="Send it as " + ", ".join(FORMS) + ".", headers={"Accept": ", ".join(FORMS)},
        )  # fmt: skip


_METHODS: Final = ("GET", "PUT", "POST", "DELETE")

GRAPHS: Final[dict[str, tuple[tuple[str, ...], Callable[[House, Request], Awaitable[ASGIApp]]]]] = {
    "/store": (_METHODS, graphs),
    "/store/{path:path}": (_METHODS, graphs),
}
"""Each of these doors by its path."""
