"""The door ``/about``: a page for people that tells what is served, and how.

It holds no script and asks for nothing else; a worker writes it (``_jobs_about.py``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from kvgraph.inquiry import LANG
from kvgraph.serve.description import address
from kvgraph.serve.negotiation import pick, speak
from kvgraph.serve.problems import Problem
from kvgraph.serve.requests import Pairs, one_of, query_pairs

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from kvgraph.serve.app import House

LANGUAGES: Final = ("en", *(lang for lang in LANG.choices if lang != "en"))
"""The languages of the page; English where none of them is asked for."""

POLICY: Final = (
    "default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""What a browser may do with the page: show it in its own style."""


async def index(house: House, request: Request) -> ASGIApp:
    """Tell people what is here."""
    from kvgraph.serve._page import style_digest
    from kvgraph.serve.app import DOORS
    from kvgraph.serve.workbench import is_built

    lang = language(query_pairs(request), request.headers.get("accept-language"))
    settings = house.settings
    job = {
        "kind": "index",
        "media": pick(request.headers.get("accept"), ("text/html",)),
        "lang": lang,
        "address": address(request),
        "doors": list(DOORS),
        "built": is_built(),
        "limits": asdict(settings.limits),
        "writable": settings.writable,
        "token": settings.token is not None,
        "services": list(settings.services),
    }
    return house.work(
        job,
        {
            "Vary": "Accept, Accept-Language",
            "Content-Language": lang,
            "Content-Security-Policy": POLICY.format(style=style_digest()),
            "Referrer-Policy": "no-referrer",
        },
    )


def language(pairs: Pairs, accept: str | None) -> str:
    """Give the language of a page: that of its address, else one that the browser asks for.

    :raises Problem: 400 for one that there is not, and for whatever else is said.
    """
    others = sorted({name for name, _ in pairs} - {"lang"})
    if others:
        raise Problem(400, f'"{others[0][:100]}" is not known here', hint="lang is.")
    lang = one_of(pairs, "lang")
    if lang is None:
        return speak(accept, LANGUAGES)
    if lang not in LANGUAGES:
        raise Problem(400, f'lang: "{lang[:100]}" is not one of {", ".join(LANGUAGES)}')
    return lang


INDEX: Final[dict[str, tuple[tuple[str, ...], Callable[[House, Request], Awaitable[ASGIApp]]]]] = {
    "/about": (("GET",), index)
}
"""This door by its path."""
