"""What a server bears: slow, greedy and hostile clients, and being told to stop."""

from __future__ import annotations

import concurrent.futures
import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
import pytest

import village
from kvgraph.store import create
from serving import Server, serving, started

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village as a store on disk."""
    path = tmp_path_factory.mktemp("safety") / "village"
    with create(path) as write:
        write(village.dataset().store, village.dataset().about)
    return path


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server writes what it was asked."""
    return tmp_path_factory.mktemp("log") / "access.jsonl"


@pytest.fixture(scope="module")
def url(store: Path, log: Path) -> Iterator[str]:
    """A server of the village that gives a query two seconds."""
    with serving(store, "--seconds", "2", "--log", str(log)) as address:
        yield address


def raw(url: str, sent: bytes, *, wait: float = 15) -> bytes:
    """Send bytes as they are, and give all that comes back."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=wait) as door:
        door.sendall(sent)
        parts = []
        while part := door.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def answers(url: str) -> bool:
    """Tell whether a question is answered."""
    found = httpx.get(f"{url}/sparql", params={"query": "ASK {}"}, timeout=30)
    return found.status_code == 200 and found.json()["boolean"] is True


@pytest.mark.parametrize(
    "query",
    [
        # A pattern that backtracks without end in engines that backtrack.
        'SELECT * { ?s ?p ?o FILTER(REGEX("' + "a" * 40 + '!", "^(a+)+$")) }',
        'SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), "((((x{1,100}){1,100}){1,100}){1,100})")) }',
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g",
        "SELECT (GROUP_CONCAT(STR(?f)) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "SELECT DISTINCT ?a ?d ?g ?j { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
        "SELECT * { ?s (!<x:a>|^!<x:a>)* ?o . ?q (!<x:a>|^!<x:a>)* ?r }",
        "SELECT * { " + "OPTIONAL { ?s ?p ?o } " * 300 + "}",
        "SELECT * { FILTER(" + "!" * 5000 + "true) }",
        "SELECT * { FILTER(" + " || ".join(["true"] * 20000) + ") }",
        "SELECT * { ?s " + "/".join(["?p"] * 3) + " ?o }",
        "SELECT * { ?s " + "^" * 20000 + "<x:a> ?o }",
        "SELECT (REPLACE(?x, 'a', ?x) AS ?y) { BIND('" + "a" * 20000 + "' AS ?x) }",
    ],
)  # fmt: skip
def test_no_query_keeps_the_server_from_the_next_one(url: str, query: str) -> None:
    """It is answered, refused, stopped or broken off; and then the next is answered."""
    began = time.perf_counter()
    try:
        found = httpx.post(f"{url}/sparql", data={"query": query}, timeout=60)
        assert found.status_code in (200, 400, 503), found.text[:200]
    except httpx.RemoteProtocolError:
        pass  # broken off after the first byte
    assert time.perf_counter() - began < 30
    assert answers(url)


CLOSE = b"Connection: close\r\n\r\n"
LOCAL = b"GET /sparql HTTP/1.1\r\nHost: localhost\r\n"
SECOND = b"0\r\n\r\nGET /sparql HTTP/1.1\r\nHost: localhost\r\n\r\n"
NO_REQUESTS = {
    "two lengths": LOCAL + b"Content-Length: 3\r\nContent-Length: 40\r\n" + CLOSE + b"abc",
    "length and chunks": LOCAL
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    + SECOND,
    "another coding": LOCAL + b"Transfer-Encoding: gzip, chunked\r\n" + CLOSE + SECOND,
    "space before a colon": b"GET /sparql HTTP/1.1\r\nHost : localhost\r\n" + CLOSE,
    "folded host": b"GET /sparql HTTP/1.1\r\nHost: localhost\r\n folded: yes\r\n" + CLOSE,
    "large header": LOCAL + b"X: " + b"a" * 100_000 + b"\r\n" + CLOSE,
    "long path": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n" + CLOSE,
    "another host": b"GET http://evil.example/sparql HTTP/1.1\r\nHost: evil.example\r\n" + CLOSE,
    "no http": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "another method": b"BREW /sparql HTTP/1.1\r\nHost: localhost\r\n" + CLOSE,
    "null": b"GET /sparql?query=ASK%20%7B%7D%00 HTTP/1.1\r\nHost: localhost\r\n" + CLOSE,
    "no utf-8": b"GET /sparql?query=%ff%fe HTTP/1.1\r\nHost: localhost\r\n" + CLOSE,
}


@pytest.mark.parametrize("name", NO_REQUESTS)
def test_what_is_no_request_is_refused(url: str, name: str) -> None:
    """With a status from 400 on, once, and the connection is closed."""
    found = raw(url, NO_REQUESTS[name])
    assert re.match(rb"HTTP/1.1 (4\d\d|501|505) ", found), found[:200]
    assert found.count(b"HTTP/1.1 ") == 1
    assert answers(url)


@pytest.mark.parametrize(
    "path",
    ["/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/sparql/../../etc/passwd", "//etc/passwd",
     "/sparql%00.html", "/static/..%2f..%2fetc/passwd", "/.git/config"],
)  # fmt: skip
def test_no_path_leads_to_a_file(url: str, path: str) -> None:
    """There are doors, and nothing else."""
    found = raw(
        url, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    assert re.match(rb"HTTP/1.1 4\d\d ", found), found[:100]
    assert b"root:" not in found


def test_a_body_that_is_too_large_is_not_read(url: str) -> None:
    """413, told by its length or found while it comes."""
    sent = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
    found = raw(url, sent + b"Content-Length: 99999999999\r\n\r\nASK {}")
    assert found.startswith(b"HTTP/1.1 413 ")

    def parts() -> Iterator[bytes]:
        for _ in range(300):
            yield b" " * 100_000

    # Twice as much as may be: who sends on to the end gets to see why it was in vain.
    told = httpx.post(f"{url}/sparql", content=parts(), timeout=60,
                      headers={"Content-Type": "application/sparql-query"})  # fmt: skip
    assert (told.status_code, told.json()["limit"]) == (413, "body")
    assert answers(url)


def test_slow_clients_keep_nobody_waiting(url: str) -> None:
    """Fifty that never end their request, and ten that never read their answer."""
    address = urlsplit(url)
    doors = []
    try:
        for _ in range(50):
            door = socket.create_connection((address.hostname, address.port))
            door.sendall(b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n")
            doors.append(door)
        text = "/sparql?" + urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f }"})
        for _ in range(10):
            door = socket.create_connection((address.hostname, address.port))
            door.sendall(f"GET {text} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            doors.append(door)
        began = time.perf_counter()
        assert answers(url)
        # Those that do not read hold a worker for no longer than a query may take.
        assert time.perf_counter() - began < 25
    finally:
        for door in doors:
            door.close()
    assert answers(url)


def test_a_hundred_at_once_are_answered(url: str) -> None:
    """And each gets the answer to its own question."""

    def one(number: int) -> bool:
        query = f"SELECT ({number} AS ?n) (COUNT(*) AS ?all) {{ ?s ?p ?o }}"
        found = httpx.get(f"{url}/sparql", params={"query": query}, timeout=60)
        return found.status_code == 200 and (
            found.json()["results"]["bindings"][0]["n"]["value"] == str(number)
        )

    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        assert all(pool.map(one, range(300)))


def test_each_request_is_a_line_of_the_log(url: str, log: Path) -> None:
    """With status, bytes, rows and time; queries are told by their digest, and cuts as such."""
    httpx.get(
        f"{url}/sparql",
        params={"query": "SELECT ?s { ?s a <https://w3id.org/kvgraph/def#Transfer> }"},
    )
    httpx.get(f"{url}/sparql", params={"query": "SELECT secret"})
    # A line is written when the answer has been sent.
    while (bad := _lines(log)[-1])["status"] != 400:
        time.sleep(0.05)
    good = _lines(log)[-2]
    assert (good["status"], good["rows"]) == (200, "6")
    assert (good["method"], good["path"]) == ("GET", "/sparql")
    assert good["bytes"] > 100
    assert good["ms"] > 0
    assert good["client"] == "127.0.0.1"
    assert bad["bytes"] > 100
    assert "secret" not in log.read_text("utf-8")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_however_it_ends_no_worker_is_left(store: Path, how: signal.Signals) -> None:
    """What is being answered may end first, unless it is killed; what takes long is broken off."""
    with started(store) as server:
        _wait_for(server)
        workers = _children(server.process.pid)
        assert len(workers) == 2
        address = urlsplit(server.url)
        with socket.create_connection((address.hostname, address.port)) as door:
            text = "/sparql?query=" + quote(ENDLESS)
            door.sendall(f"GET {text} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.5)
            server.process.send_signal(how)
            assert "Traceback" not in server.ended()
        time.sleep(0.5)
        assert not any(_alive(pid) for pid in workers)


def test_workers_that_ended_are_replaced(store: Path) -> None:
    """Whoever ended them: no answer is a bare error, and the next ones are right."""
    with started(store) as server:
        _wait_for(server)
        for pid in _children(server.process.pid):
            os.kill(pid, signal.SIGKILL)
        url = f"{server.url}/sparql?query=ASK{{}}"
        found = [httpx.get(url, timeout=30) for _ in range(6)]
    assert {answer.status_code for answer in found} <= {200, 503}
    assert found[-1].json()["boolean"] is True
    assert all("kvgraph-limits" in answer.headers for answer in found)


def _lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def _wait_for(server: Server) -> None:
    """Wait until a server answers."""
    while True:
        try:
            assert answers(server.url)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return


def _children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
