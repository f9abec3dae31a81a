"""Send a query to an endpoint until it is answered, and give the answer as it comes.

Sent by POST, as a form. Sent again where the connection breaks before the first part of the
answer, or the server says that it is busy (429, 502, 503, 504): after a pause that doubles, or
the one that the server asks for. What is refused is told in the server's own words.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from kvgraph.errors import KvgraphError, QueryError, StoreError, shorten
from kvgraph.remote.trailing import Transport, trailers

JSON: Final = "application/sparql-results+json"
TRIPLES: Final = "application/n-triples"

_READ_AS: Final[Mapping[str, tuple[str, ...]]] = {
    JSON: (JSON, "application/json"),
    TRIPLES: (TRIPLES, "text/plain", "text/ntriples"),
}
"""The media types that an answer can say it is of, by the one that is asked for."""

_BUSY: Final = frozenset({429, 502, 503, 504})
_MOVED: Final = frozenset({301, 302, 307, 308})
_MOST_MOVES: Final = 5
_FIRST: Final = 1 << 16
"""So many bytes are awaited before an answer is given: small ones have come whole by then."""
_MOST_SAID: Final = 1 << 20
"""Bytes of an error that are read."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for an endpoint, in seconds, and how often to try.

    ``wait`` is the first pause between two tries, each further one twice as long, up to
    ``longest``; a server that asks for a longer one is not asked again. ``silent`` is how long
    a server may say nothing, ``whole`` how long one answer may take in all.
    """

    tries: int = 5
    wait: float = 0.5
    longest: float = 30.0
    connect: float = 10.0
    silent: float = 120.0
    whole: float = 1800.0


class Reply:
    """An answer on its way: a stream of bytes that knows how much of it has come, and what of."""

    def __init__(
        self, response: httpx.Response, where: str, late: Callable[[], bool], media: str
    ) -> None:
        self._response = response
        self._where = where
        self._late = late
        self._parts = response.iter_bytes()
        self._held = bytearray()
        self._sha = hashlib.sha256()
        self._ended = False
        self.media = media
        self.headers = response.headers

    def begin(self) -> None:
        """Wait for the first part of the answer.

        :raises httpx.TransportError: if the connection breaks before it has come.
        """
        while len(self._held) < _FIRST and not self._ended:
            self._next()

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes, as a file does.

        :raises StoreError: if the answer breaks off, or takes too long.
        """
        try:
            while not self._ended and (size < 0 or not self._held):
                self._next()
        except httpx.TransportError as error:
            raise self.broken(_reason(error)) from error
        part = bytes(self._held[: size if size >= 0 else None])
        del self._held[: len(part)]
        return part

    def _next(self) -> None:
        if self._late():
            raise self.broken("it took longer than it may")
        try:
            part = next(self._parts, None)
        except httpx.DecodingError as error:
            raise self.broken(f"it cannot be unpacked: {error}") from error
        if part is None:
            self._ended = True
        else:
            self._sha.update(part)
            self._held += part

    @property
    def proves(self) -> bool:
        """Whether the server tells, before the answer or after it, how many rows there are."""
        names = self.headers.get("trailer", "").lower() + "".join(self.headers.keys()).lower()
        return "kvgraph-rows" in names

    @property
    def most(self) -> int | None:
        """The number of rows that the server says it goes to, if it says so."""
        text = self.headers.get("x-sparql-maxrows", "")
        return int(text) if text.isdecimal() else None

    def end(self, rows: int) -> None:
        """See that the answer has come whole, by what the server says of it before and after.

        :raises StoreError: if it has not.
        """
        self.read()
        told = {**trailers(self._response), **self.headers}
        self.close()
        if "x-sql-state" in told or "x-sparql-anytime" in told:
            said = told.get("x-sql-message") or "its time was up"
            raise StoreError(
                f"{self._where} gave only a part of the answer: {said}",
                hint="Ask for less, or where more time is given.",
            )
        expected = told.get("kvgraph-rows")
        if self.proves and expected is None:
            raise self.broken("the number of its rows was not told")
        if expected is not None and expected != str(rows):
            raise self.broken(f"{rows} of {expected} rows came")
        found = re.fullmatch(r"sha-256=:([A-Za-z0-9+/=]+):", told.get("repr-digest", ""))
        if found and "content-encoding" not in told:
            import base64

            if base64.b64decode(found[1]) != self._sha.digest():
                raise self.broken("its digest is another")

    def close(self) -> None:
        """Leave the rest of the answer."""
        self._response.close()

    def __del__(self) -> None:
        """Leave an answer that nobody reads on, so that its connection is free for others."""
        with suppress(Exception):
            self.close()

    def broken(self, why: str) -> StoreError:
        """Make the error of an answer that is not whole."""
        self.close()
        return StoreError(
            f"the answer of {self._where} is not whole: {why}",
            hint="Ask again; if it stays so, ask for less.",
        )


@dataclass(slots=True)
class Client:
    """An endpoint by its address, and how to ask it.

    ``digest`` is what it last said it holds, ``server`` what it calls itself, once it was asked.
    """

    address: str
    patience: Patience = field(default_factory=Patience)
    sleep: Callable[[float], None] = time.sleep
    digest: str = ""
    server: str | None = None
    _http: httpx.Client | None = field(default=None, init=False)

    def ask(self, text: str, media: str = JSON, graphs: Sequence[str] = ()) -> Reply:
        """Give the answer to a query over the graphs of these names, else over the default graph.

        :raises QueryError: if the server takes the query for wrong.
        :raises StoreError: if it does not answer, or with something else.
        """
        until = time.monotonic() + self.patience.whole
        data: dict[str, Any] = {"query": text}
        if graphs:
            # Named for both: where one kind is named, there are none of the other.
            data |= {"default-graph-uri": list(graphs), "named-graph-uri": list(graphs)}
        pause, said = self.patience.wait, ""
        for left in range(self.patience.tries - 1, -1, -1):
            wait: float | None = None
            try:
                response = self._send(data, media)
                if response.status_code == 200:
                    return self._begun(response, media, until)
                wait, said = self._told(response, text)
            except httpx.TransportError as error:
                said = _reason(error)
            except httpx.InvalidURL as error:
                raise StoreError(f'"{self.address}" is not an address: {error}') from error
            wait = pause if wait is None else wait
            if not left or wait > self.patience.longest or time.monotonic() + wait > until:
                break
            self.sleep(wait)
            pause = min(2 * pause, self.patience.longest)
        raise StoreError(
            f"{self.address} does not answer: {said}",
            hint="See whether it is running and the address is right, or try later.",
        )

    def close(self) -> None:
        """Close all connections."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def _begun(self, response: httpx.Response, media: str, until: float) -> Reply:
        """Give an answer, of which the first part has come.

        :raises StoreError: if it is of another form than was asked for.
        """
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _READ_AS[media]:
            said = _words(_body(response), kind)
            raise StoreError(
                f"{self.address} answers with {kind or 'something of no media type'} and not with "
                f"{media}" + (f": {said}" if said else ""),
                hint="Give the address of a SPARQL endpoint; it often ends in /sparql or /query.",
            )
        reply = Reply(response, self.address, lambda: time.monotonic() > until, media)
        reply.begin()
        self.digest = response.headers.get("kvgraph-dataset", "")
        self.server = response.headers.get("server", "")
        return reply

    def _send(self, data: Mapping[str, Any], media: str) -> httpx.Response:
        """Give the response, its body still to come; where it has moved, that of the new place."""
        if self._http is None:
            p = self.patience
            self._http = httpx.Client(
                transport=Transport(),
                timeout=httpx.Timeout(p.silent, connect=p.connect),
                headers={"User-Agent": "kvgraph"},
            )
        address = self.address
        for _ in range(_MOST_MOVES):
            request = self._http.build_request(
                "POST", address, data=data, headers={"Accept": media}
            )
            response = self._http.send(request, stream=True)
            place = response.headers.get("location")
            if response.status_code not in _MOVED or not place:
                return response
            response.close()
            moved = httpx.URL(address).join(place)
            if moved.scheme not in ("http", "https") or (
                httpx.URL(address).scheme == "https" and moved.scheme == "http"
            ):
                raise StoreError(
                    f"{address} sends on to {moved}, which is not followed",
                    hint="Give the address of the endpoint itself.",
                )
            address = str(moved)
        raise StoreError(
            f"{self.address} sends on to other places without end",
            hint="Give the address of the endpoint itself.",
        )

    def _told(self, response: httpx.Response, text: str) -> tuple[float | None, str]:
        """Give the pause that a busy server asks for, and what it says.

        :raises KvgraphError: if it is not busy: then asking again would not help.
        """
        status = response.status_code
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        raw = _body(response)
        problem = _problem(raw)
        said = str(problem.get("detail") or _words(raw, kind)) or response.reason_phrase
        after = response.headers.get("retry-after", "")
        limit = problem.get("limit") if not after else None
        if status in _BUSY and limit is None:
            return (float(after) if after.isdecimal() else None), f"{status} {said}"
        raise self._refused(status, said, problem, text)

    def _refused(
        self, status: int, said: str, problem: Mapping[str, Any], text: str
    ) -> KvgraphError:
        """Make the error of a query that is not answered."""
        hint = str(problem.get("hint", ""))
        # Some servers answer 500 to what they cannot read or do.
        if status in (400, 422, 500) or problem.get("limit"):
            _see(text)
            return QueryError(f"{self.address} cannot answer the query: {said}", hint=hint)
        asked = {401: "it asks for a name and a password", 403: "it is not allowed",
                 404: "there is no endpoint at this address"}.get(status, f"{status}")  # fmt: skip
        return StoreError(
            f"{self.address} does not answer: {asked}" + (f" ({said})" if said else ""),
            hint=hint or "Give the address of a SPARQL endpoint; it often ends in /sparql.",
        )


def _see(text: str) -> None:
    """See whether a query can be read at all, which is told better here than by other servers.

    :raises QueryError: with line and column, if it cannot.
    """
    from kvgraph.store import Dataset

    Dataset.memory().query(text)


def _body(response: httpx.Response) -> bytes:
    """Give what an error says, as far as it can be read."""
    raw = b""
    with suppress(httpx.HTTPError):
        for part in response.iter_bytes():
            raw += part
            if len(raw) >= _MOST_SAID:
                break
    response.close()
    return raw


def _problem(raw: bytes) -> Mapping[str, Any]:
    """Read a problem document; nothing, if it is none."""
    with suppress(ValueError):
        found = json.loads(raw)
        if isinstance(found, dict):
            return found
    return {}


def _words(raw: bytes, kind: str) -> str:
    r"""Give the beginning of what a server says, in a line.

    >>> _words(b"<html><style>p {}</style><h1>Sign\nin</h1>", "text/html")
    'Sign in'
    """
    text = raw.decode("utf-8", "replace")
    if "html" in kind or text.lstrip()[:1] == "<":
        text = re.sub(r"(?is)<(script|style)\b.*?</\1>|<[^>]*>", " ", text)
    # Virtuoso says the query again after an empty line.
    return shorten(" ".join(text.split("\n\nSPARQL query:")[0].split()), 300)


def _reason(error: httpx.TransportError) -> str:
    """Tell why a connection broke."""
    if isinstance(error, httpx.ConnectTimeout):
        return "it cannot be reached in time"
    if isinstance(error, httpx.TimeoutException):
        return "it said nothing for too long"
    if isinstance(error, httpx.UnsupportedProtocol):
        return "the address begins neither with http:// nor with https://"
    return str(error) or type(error).__name__


def parts(reply: Reply) -> Iterator[bytes]:
    """Give the bytes of an answer, part by part."""
    while part := reply.read(_FIRST):
        yield part
