"""The server: queries, honest limits, and answers that are whole or can be seen not to be."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import http.client
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import village
from kvgraph.serve.app import Doored, House
from kvgraph.serve.counting import counter
from kvgraph.serve.settings import Settings
from kvgraph.store import create
from serving import serving

FORMS = {
    "json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV, "tsv": ox.QueryResultsFormat.TSV,
}  # fmt: skip
EVERYTHING = "SELECT * { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village as a store on disk."""
    path = tmp_path_factory.mktemp("serve") / "village"
    with create(path) as write:
        write(village.dataset().store, village.dataset().about)
    return path


@pytest.fixture(scope="module")
def url(store: Path) -> Iterator[str]:
    """A server of the village that gives a query two seconds."""
    with serving(store, "--seconds", "2", "--rows", "100000") as address:
        yield address


def ask(url: str, query: str, accept: str = "application/sparql-results+json") -> httpx.Response:
    """Ask a query as a form."""
    return httpx.post(
        f"{url}/sparql", data={"query": query}, headers={"Accept": accept}, timeout=30
    )


@pytest.mark.parametrize("form", FORMS)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
        | st.sampled_from(["},{", '"', '","', "\n", "<result>", "\r\n", "]}}", '\\\\"},{"']),
        max_size=12,
    ),
    st.integers(1, 40),
)
def test_rows_are_counted_from_the_bytes(form: str, values: list[str], size: int) -> None:
    """However they are cut, and whatever stands in the values."""
    store = ox.Store()
    name = ox.NamedNode("http://example.org/p")
    for value in values:
        store.add(ox.Quad(ox.BlankNode(), name, ox.Literal(value)))
    found = store.query("SELECT * { ?s ?p ?o OPTIONAL { ?o ?q ?r } }")
    raw = found.serialize(format=FORMS[form])  # type: ignore[union-attr]
    assert isinstance(raw, bytes)
    count = counter(form)
    parts = [raw[i : i + size] for i in range(0, len(raw), size)]
    assert sum(map(count, parts)) == len(values)


def test_a_small_answer_tells_its_length_rows_and_digest(url: str) -> None:
    """All in its head, with the limits and the dataset."""
    found = ask(url, "SELECT ?s { ?s a <https://w3id.org/kvgraph/def#Transfer> } ORDER BY ?s")
    rows = found.json()["results"]["bindings"]
    assert found.status_code == 200
    assert int(found.headers["kvgraph-rows"]) == len(rows) == 6
    assert int(found.headers["content-length"]) == len(found.content)
    digest = base64.b64encode(hashlib.sha256(found.content).digest()).decode()
    assert found.headers["repr-digest"] == f"sha-256=:{digest}:"
    assert found.headers["kvgraph-dataset"].startswith("sha256:")
    assert "seconds=2" in found.headers["kvgraph-limits"]
    assert found.headers["access-control-allow-origin"] == "*"


def test_a_large_answer_tells_rows_and_digest_at_its_end(url: str) -> None:
    """In the trailer of the chunks; together they are what was sent."""
    where = "{ ?s ?p ?o . ?a a <https://w3id.org/kvgraph/def#Transfer> }"
    count = ask(url, f"SELECT (COUNT(*) AS ?n) {where}", "text/csv")
    raw = _raw(url, {"query": f"SELECT * {where}", "format": "csv"})
    head, _, rest = raw.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head.lower()
    body, trailer = _unchunked(rest)
    rows = body.count(b"\n") - 1
    assert rows == int(count.text.split()[1]) > 2_000
    assert f"kvgraph-rows: {rows}".encode() in trailer
    digest = base64.b64encode(hashlib.sha256(body).digest())
    assert b"repr-digest: sha-256=:" + digest in trailer


def test_what_takes_too_long_is_stopped_before_the_first_byte(url: str) -> None:
    """503 with the limit that was met; the next question is answered."""
    began = time.perf_counter()
    found = ask(url, ENDLESS)
    assert time.perf_counter() - began < 8
    assert (found.status_code, found.json()["limit"]) == (503, "seconds")
    assert ask(url, "ASK {}").json()["boolean"] is True


@pytest.mark.parametrize(
    "query",
    ["SELECT * { ?a ?b ?c . ?d ?e ?f }", "CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }"],
)
def test_an_answer_that_is_broken_off_cannot_be_taken_for_whole(url: str, query: str) -> None:
    """More rows than may be: the chunks end without the last one."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", "/sparql?" + urlencode({"query": query}))
        with contextlib.closing(connection.getresponse()) as answer:
            assert answer.status == 200
            with pytest.raises(http.client.IncompleteRead):
                answer.read()


def test_who_goes_stops_the_work(url: str) -> None:
    """Both workers are free again at once, long before the query would have been stopped."""
    address = urlsplit(url)
    for _ in range(6):
        with socket.create_connection((address.hostname, address.port)) as door:
            text = "/sparql?" + urlencode({"query": ENDLESS})
            door.sendall(f"GET {text} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.2)
    began = time.perf_counter()
    assert ask(url, "ASK {}").json()["boolean"] is True
    assert time.perf_counter() - began < 6


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("SELECT * { ?a ?b }", 400, "column"),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?a ?b ?c } }", 403, "SERVICE"),
        ("SELECT * { SERVICE SILENT <http://127.0.0.1/> { ?a ?b ?c } }", 403, "SERVICE"),
        ("SELECT * { SERVICE ?x { ?a ?b ?c } }", 403, "SERVICE"),
        ("SELECT * " + "{" * 100 + "}" * 100, 400, "brackets"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", 400, "detail"),
        ("", 400, "detail"),
    ],
)
def test_what_is_wrong_is_told_as_a_problem(url: str, query: str, status: int, told: str) -> None:
    """With line and column where they are known."""
    found = ask(url, query)
    assert found.status_code == status
    assert found.headers["content-type"] == "application/problem+json"
    assert told in found.text
    assert {"title", "status", "detail"} <= found.json().keys()


def test_another_host_and_two_of_them_are_refused(url: str) -> None:
    """A name that leads here from elsewhere reads nothing (DNS rebinding)."""
    assert (
        httpx.get(f"{url}/sparql?query=ASK{{}}", headers={"Host": "evil.example"}).status_code
        == 421
    )
    raw = _raw(url, {"query": "ASK {}"}, "Host: localhost\r\nHost: localhost")
    assert raw.split(b" ")[1] == b"400"


def _raw(url: str, query: dict[str, str], host: str = "Host: localhost") -> bytes:
    """Give all that is answered, as it comes."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as door:
        text = "/sparql?" + urlencode(query)
        door.sendall(f"GET {text} HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n".encode())
        parts = []
        while part := door.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def _unchunked(rest: bytes) -> tuple[bytes, bytes]:
    """Give the body of chunks, and the trailer after them."""
    body = []
    while True:
        size, _, rest = rest.partition(b"\r\n")
        if not int(size, 16):
            return b"".join(body), rest
        body.append(rest[: int(size, 16)])
        rest = rest[int(size, 16) + 2 :]


def test_a_store_that_is_built_anew_is_seen_without_a_restart(tmp_path: Path) -> None:
    """The next answer is of the new one, and tells its digest."""
    path = tmp_path / "store"

    def build(*names: str) -> None:
        one = ox.Store()
        for name in names:
            iri = ox.NamedNode(f"http://example.org/{name}")
            one.add(ox.Quad(iri, iri, iri))
        from kvgraph.store import About, digest

        with create(path) as write:
            write(one, About(digest=digest(one), quads=len(one)))

    build("a")
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    with serving(path) as url:
        before = ask(url, count, "text/csv")
        build("a", "b")
        after = ask(url, count, "text/csv")
    assert (before.text.split(), after.text.split()) == (["n", "1"], ["n", "2"])
    assert before.headers["etag"] != after.headers["etag"]


def test_it_says_when_it_cannot_be_started(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A port that is taken, and a store that is none."""
    from kvgraph.cli.main import _run

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert _run(["serve", "--store", str(store), "--port", port]) == 2
    said = capsys.readouterr()
    assert "cannot be listened on" in said.err
    assert _run(["serve", "--store", str(store / "nothing"), "--port", "0"]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert _run(["serve", "--port", "99999"]) == 2
    assert "not in the range" in capsys.readouterr().err
    assert json.dumps(said.out) == '""'


@pytest.mark.parametrize("begun", [False, True])
def test_a_fault_of_ours_is_a_problem_or_breaks_the_answer_off(
    store: Path, caplog: pytest.LogCaptureFixture, *, begun: bool
) -> None:
    """500 with the headers of every answer; what has begun is never ended as if it were whole."""
    sent: list[dict[str, Any]] = []

    async def answer(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    async def door(house: House, request: Any) -> Any:  # noqa: ARG001
        return answer

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def run() -> None:
        app = Doored(House(Settings(store)), ("GET",), door)
        scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": []}
        await app({**scope, "server": ("localhost", 80), "scheme": "http"}, receive, send)

    # In a thread of its own: where tests in a browser ran before, this one has a loop already.
    alone = ThreadPoolExecutor(1)
    if begun:
        with pytest.raises(ZeroDivisionError):
            alone.submit(asyncio.run, run()).result()
        assert len(sent) == 1
        return
    alone.submit(asyncio.run, run()).result()
    assert (sent[0]["status"], json.loads(sent[1]["body"])["status"]) == (500, 500)
    assert b"kvgraph-limits" in dict(sent[0]["headers"])
    assert "ZeroDivisionError" in caplog.text
