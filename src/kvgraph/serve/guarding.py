"""What stands before all doors: whose host and origin it is, and how many are inside.

A page of another site must neither read what only this machine may (DNS rebinding: its own name
that leads here) nor write (CSRF: a form that it sends here). Reading is open to all origins.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from kvgraph.serve.answers import tell
from kvgraph.serve.problems import Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from kvgraph.serve.app import House

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_HEAD_MOST: Final = 16 * 1024
"""More bytes than the headers of a request may have together, however they arrive."""
_READING: Final = ("GET", "HEAD", "OPTIONS")


def guard(app: ASGIApp, house: House) -> ASGIApp:
    """Give an application before which every request is looked at."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        client = (scope.get("client") or ("",))[0]
        entered = False
        try:
            headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]]
            _check_framing(headers)
            _check_host(headers, house.settings.hosts)
            _check_origin(scope, headers)
            _enter(house, client)
            entered = True
            await app(scope, receive, send)
        except Problem as problem:
            await tell(send, problem, house.headers())
        finally:
            if entered:
                house.inside[client] -= 1
                if not house.inside[client]:
                    del house.inside[client]

    return guarded


def _check_framing(headers: list[tuple[str, str]]) -> None:
    """Refuse a request that tells its end in two ways, one of which something between may believe.

    :raises Problem: 400 if it does; 431 if its headers are too large.
    """
    if sum(len(name) + len(value) for name, value in headers) > _HEAD_MOST:
        raise Problem(
            431, f"the headers have more than {_HEAD_MOST:,} bytes", headers={"Connection": "close"}
        )
    told = {name for name, _ in headers} & {"content-length", "transfer-encoding"}
    if len(told) > 1:
        raise Problem(
            400, "the request tells both its length and that it comes in chunks",
            headers={"Connection": "close"},
        )  # fmt: skip


def _check_host(headers: list[tuple[str, str]], hosts: tuple[str, ...]) -> None:
    """Refuse a request that is addressed to another name than ours.

    :raises Problem: 400 without one host, 421 for another.
    """
    found = [value for name, value in headers if name == "host"]
    if len(found) != 1:
        raise Problem(400, f"the request names {len(found)} hosts", hint="Send one Host header.")
    name = host_name(found[0])
    if name not in (*_LOOPBACK, *(host.lower() for host in hosts)):
        raise Problem(
            421, f'this server is not called "{name}"',
            hint="Start it with --allow-host for each name under which it is reached.",
        )  # fmt: skip


def host_name(host: str) -> str:
    """Give the name in a Host header, without the port.

    >>> host_name("[::1]:80"), host_name("Example.org:8000")
    ('::1', 'example.org')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.rpartition(":")[0].lower() if ":" in host else host.lower()


def _check_origin(scope: Scope, headers: list[tuple[str, str]]) -> None:
    """Refuse that a page of another site writes; a query may be sent by any.

    :raises Problem: 403 if it tries.
    """
    if scope["method"] in _READING or scope["path"] in ("/sparql",):
        return
    own = next((value for name, value in headers if name == "host"), "")
    for name, value in headers:
        if name == "origin" and value.partition("://")[2] != own:
            raise Problem(403, f"a page of {value} may not write here")
        if name == "sec-fetch-site" and value not in ("same-origin", "none"):
            raise Problem(403, "a page of another site may not write here")


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _enter(house: House, client: str) -> None:
    """Let a request in.

    :raises Problem: 429 or 503 if there are too many inside.
    """
    limits = house.settings.limits
    retry = {"Retry-After": "5"}
    if house.inside.total() >= limits.in_all:
        raise Problem(503, f"{limits.in_all} requests are being answered", headers=retry,
                      hint="Try again later.", limit="in-all")  # fmt: skip
    if house.inside[client] >= limits.per_client:
        raise Problem(
            429, f"{limits.per_client} requests of yours are being answered", headers=retry,
            hint="Wait for some of them.", limit="per-client",
        )  # fmt: skip
    house.inside[client] += 1
