"""The door ``/``: the workbench, a page that was built from ``web/``, with what it loads.

Nothing here looks at the dataset: the page asks the other doors. Where it was not built, ``/``
leads to ``/about``, which says how to build it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kvgraph.errors import KvgraphError, shorten
from kvgraph.resources import built
from kvgraph.serve.index import language
from kvgraph.serve.negotiation import pick
from kvgraph.serve.problems import Problem
from kvgraph.serve.requests import query_pairs
from kvgraph.serve.tagging import is_among, tags_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from kvgraph.serve.app import House

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""What a browser may do with the page: all from here, nothing from or to anywhere else."""

MEDIA: Final[Mapping[str, str]] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
"""The media types of what the page loads, by file ending; nothing else is given."""

NOTICES: Final = "NOTICES.txt"

_HTML: Final = re.compile(rb'<html lang="[a-z]*"')
_YEAR: Final = "public, max-age=31536000, immutable"
"""The names of these files tell what is in them: another content has another name."""


async def workbench(house: House, request: Request) -> ASGIApp:
    """Give the page, in a language that the browser understands until the address names one."""
    lang = language(query_pairs(request), request.headers.get("accept-language"))
    pick(request.headers.get("accept"), ("text/html",))
    folder = _folder()
    if folder is None:
        from starlette.responses import RedirectResponse

        query = request.scope["query_string"].decode("latin-1")
        return RedirectResponse(f"/about?{query}" if query else "/about", 303, house.headers())
    raw = _HTML.sub(f'<html lang="{lang}"'.encode(), (folder / "index.html").read_bytes(), count=1)
    return _answer(
        house, request, raw, "text/html; charset=utf-8",
        {
            "Cache-Control": "no-cache", "Vary": "Accept, Accept-Language",
            "Content-Language": lang, "Content-Security-Policy": POLICY,
            "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
        },
    )  # fmt: skip


async def asset(house: House, request: Request) -> ASGIApp:
    """Give a file that the page loads.

    :raises Problem: 404 for any other.
    """
    name = request.path_params["file"]
    folder = _folder()
    known = {} if folder is None else {p.name: p for p in (folder / "assets").iterdir()}
    path = known.get(name)
    if path is None or path.suffix not in MEDIA or not path.is_file():
        raise Problem(404, f'the page has no file "{shorten(name)}"', hint="/ is the page.")
    return _answer(house, request, path.read_bytes(), MEDIA[path.suffix], {"Cache-Control": _YEAR})


async def notices(house: House, request: Request) -> ASGIApp:
    """Give the notices of what is bundled in the page.

    :raises Problem: 404 if there is no page.
    """
    folder = _folder()
    path = None if folder is None else folder / NOTICES
    if path is None or not path.is_file():
        raise Problem(404, "the pages of the workbench are not built", hint="Run make install.")
    return _answer(
        house, request, path.read_bytes(), MEDIA[".txt"], {"Cache-Control": "no-cache"}
    )  # fmt: skip


def is_built() -> bool:
    """Tell whether there is a page."""
    return _folder() is not None


def _folder() -> Path | None:
    """Give the folder of the page, if it was built."""
    try:
        return built("workbench")
    except KvgraphError:
        return None


def _answer(
    house: House, request: Request, raw: bytes, media: str, headers: Mapping[str, str]
) -> ASGIApp:
    """Give bytes with their tag, or say that the client has kept them."""
    from starlette.responses import Response

    tag = f'"{hashlib.sha256(raw).hexdigest()[:32]}"'
    told = {**house.headers(), "ETag": tag, **headers}
    if is_among(tag, tags_of(request.headers.get("if-none-match"))):
        return Response(status_code=304, headers=told)
    told |= {"Content-Type": media, "Content-Length": str(len(raw))}
    return Response(b"" if request.method == "HEAD" else raw, headers=told)


WORKBENCH: Final[
    dict[str, tuple[tuple[str, ...], Callable[[House, Request], Awaitable[ASGIApp]]]]
] = {
    "/": (("GET",), workbench),
    "/assets/{file}": (("GET",), asset),
    "/notices": (("GET",), notices),
}
"""Each of these doors by its path."""
