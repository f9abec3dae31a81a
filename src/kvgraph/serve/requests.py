"""Read requests: their bodies within limits, and what a form or a query string says."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from kvgraph.serve.problems import Problem

if TYPE_CHECKING:
    from starlette.requests import Request

_LINGER: Final = 2.0
"""Seconds for which a body that is too large is still taken, and forgotten."""

FORM: Final = "application/x-www-form-urlencoded"
Pairs = Sequence[tuple[str, str]]


async def body_of(request: Request, most: int) -> bytes:
    """Give the body of a request.

    :raises Problem: 413 if it is longer than may be; 400 if it breaks off.
    """
    from starlette.requests import ClientDisconnect

    length = request.headers.get("content-length", "")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "the body is packed", hint="Send it as it is.")
    found = bytearray()
    large = length.isdigit() and int(length) > most
    try:
        if not large:
            async for part in request.stream():
                found += part
                large = len(found) > most
                if large:
                    break
        if large:
            await _let_go(request, most)
            raise _too_large(most)
    except ClientDisconnect as error:
        raise Problem(400, "the body breaks off") from error
    return bytes(found)


async def _let_go(request: Request, most: int) -> None:
    """Read on for a while and forget it: who is still sending would not get to see the answer."""
    if request.headers.get("expect", "").lower() == "100-continue":
        return  # nothing is sent before it is asked for
    seen = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            async for part in request.stream():
                seen += len(part)
                if seen > most:
                    return


def _too_large(most: int) -> Problem:
    return Problem(
        413, f"the body has more than {most:,} bytes", headers={"Connection": "close"}, limit="body"
    )


def text_of(raw: bytes) -> str:
    """Give text that is UTF-8.

    :raises Problem: 400 if it is not.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, "the text is not UTF-8", hint="Send it as UTF-8.") from error


def media_of(request: Request) -> str:
    """Give the media type of the body, without its parameters.

    :raises Problem: 415 if the text is in another charset than UTF-8.
    """
    told = request.headers.get("content-type", "")
    media, *parameters = (part.strip() for part in told.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and charset not in ("utf-8", "utf8", "us-ascii"):
            raise Problem(415, f"the text is in {charset}", hint="Send it as UTF-8.")
    return media.lower()


def pairs_of(text: str) -> Pairs:
    """Give the names and values of a query string or of a form, in order.

    :raises Problem: 400 if they are no UTF-8, or too many.
    """
    try:
        return parse_qsl(
            text, keep_blank_values=True, strict_parsing=False, errors="strict", max_num_fields=1000
        )
    except ValueError as error:
        raise Problem(400, f"the parameters cannot be read: {error}") from error


def query_pairs(request: Request) -> Pairs:
    """Give the names and values of the query string."""
    return pairs_of(request.scope["query_string"].decode("latin-1"))


def all_of(pairs: Pairs, name: str) -> list[str]:
    """Give all values of a name."""
    return [value for key, value in pairs if key == name]


def one_of(pairs: Pairs, name: str) -> str | None:
    """Give the value of a name, ``None`` where there is none.

    :raises Problem: 400 if there are several.
    """
    found = all_of(pairs, name)
    if len(found) > 1:
        raise Problem(400, f"{name} is given {len(found)} times", hint="Give it once.")
    return found[0] if found else None
