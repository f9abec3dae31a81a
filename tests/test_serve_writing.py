"""Writing through the server: whole or not at all, by those who may, one after the other."""

from __future__ import annotations

import http.client
import json
import os
import re
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.collection import Collection

import village
from kvgraph.cli.main import _run
from kvgraph.serve._jobs_writing import CHANGED
from kvgraph.serve.problems import Problem
from kvgraph.serve.using import with_using
from kvgraph.store import ALSO, About, Dataset, create, digest
from serving import serving

W3C: Final = Path(__file__).parents[2] / "shared" / "w3c"
HT: Final = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT: Final = rdflib.Namespace("http://www.w3.org/2011/content#")
MF: Final = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HOST: Final = "www.example"
UPDATE: Final = {"Content-Type": "application/sparql-update"}
TURTLE: Final = {"Content-Type": "text/turtle"}
TOKEN: Final = "correct-horse-battery-staple"
STATUSES: Final = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
SLOW: Final = (
    "INSERT { ?a <x:p> ?c } USING <x:g> WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l "
    "FILTER(STR(?a) = CONCAT(STR(?d), STR(?g), STR(?j))) }"
)
"""An update that takes far longer than it may."""

needs_w3c = pytest.mark.skipif(
    not W3C.is_dir(), reason="the manifests of W3C are not beside the project"
)


def send(
    url: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
) -> tuple[int, dict[str, str], bytes]:
    """Send a request as it is written; give status, headers and body of the answer."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, told, answer.read()
    finally:
        connection.close()


def same(one: bytes | str, other: bytes | str) -> bool:
    """Tell whether two texts in Turtle are one graph, whatever its blank nodes are called."""
    found = []
    for text in (one, other):
        dataset = ox.Dataset(ox.parse(text, ox.RdfFormat.TURTLE))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        found.append(set(dataset))
    return found[0] == found[1]


def change(url: str, text: str, **options: Any) -> httpx.Response:
    """Send an update."""
    return httpx.post(f"{url}/update", content=text, headers=UPDATE, timeout=60, **options)


def count(url: str, where: str = "GRAPH ?g { ?s ?p ?o }") -> int:
    """Count what fits."""
    text = f"SELECT (COUNT(*) AS ?n) {{ {where} }}"
    found = httpx.post(
        f"{url}/sparql", data={"query": text}, headers={"Accept": "text/csv"}, timeout=60
    )
    assert found.status_code == 200, found.text
    return int(found.text.split()[1])


def fill(path: Path, quads: int) -> None:
    """Write a store of so many statements, each in one graph."""
    store = ox.Store()
    graph, says = ox.NamedNode("x:g"), ox.NamedNode("x:says")
    store.extend(
        ox.Quad(ox.NamedNode(f"x:{i}"), says, ox.Literal(str(i)), graph) for i in range(quads)
    )
    with create(path) as write:
        write(store, About(digest=digest(store), quads=quads))


def left(path: Path) -> list[str]:
    """Give what is beside a store: drafts."""
    return [other.name for other in path.parent.iterdir() if other.name.endswith(".part")]


def soon(what: Callable[[], Any], seconds: float = 10) -> Any:
    """Wait until something is so, and give it."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)
    return found


@pytest.fixture(scope="module")
def open_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a new store that everyone on this machine may write to."""
    path = tmp_path_factory.mktemp("writing") / "new"
    options = ("--writable", "--no-token", "--allow-host", HOST, "--seconds", "3")
    with serving(path, *options) as address:
        yield address


@pytest.fixture
def url(open_url: str) -> str:
    """The same, with nothing in it."""
    assert change(open_url, "DROP ALL").status_code == 200
    return open_url


# --- W3C: the graph store protocol ---------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One request of a test, and what is expected of its answer."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    statuses: frozenset[int]
    media: str
    graph: str | None
    location: str


def _entries() -> list[tuple[str, tuple[Asked, ...]]]:
    """Read both manifests of the graph store protocol."""
    found = []
    for name in ("manifest-direct.ttl", "manifest-indirect.ttl") if W3C.is_dir() else ():
        path = W3C / "graph-store-protocol" / name
        g = rdflib.Graph().parse(path, publicID=path.as_uri())
        # One of them is not in the list of its manifest.
        for iri in sorted(g.subjects(rdflib.RDF.type, MF.GraphStoreProtocolTest)):
            connection = g.value(iri, MF.action)
            assert str(g.value(connection, HT.connectionAuthority)) == HOST
            requests = Collection(g, g.value(connection, HT.requests))
            found.append((str(iri).rpartition("#")[2], tuple(_asked(g, r) for r in requests)))
    return found


def _asked(g: rdflib.Graph, request: Any) -> Asked:
    def headers(node: Any) -> tuple[tuple[str, str], ...]:
        held = g.value(node, HT.headers)
        listed = Collection(g, held) if held is not None else []
        return tuple((str(g.value(h, HT.fieldName)), str(g.value(h, HT.fieldValue)))
                     for h in listed)  # fmt: skip

    def text(node: Any) -> str | None:
        body = g.value(node, HT.body)
        return None if body is None else str(g.value(body, CNT.chars))

    answer = g.value(request, HT.resp)
    statuses = [str(s).rpartition("#")[2] for s in g.objects(answer, MF.expectedStatus)]
    return Asked(
        str(g.value(request, HT.methodName)), str(g.value(request, HT.absolutePath)),
        headers(request), text(request), frozenset(STATUSES[s] for s in statuses),
        dict(headers(answer)).get("content-type", ""), text(answer),
        str(g.value(answer, MF.expectedLocation) or ""),
    )  # fmt: skip


ENTRIES: Final = _entries()


@needs_w3c
def test_the_manifests_hold_14_tests() -> None:
    """None of them is passed over, and each asks for something."""
    assert len(ENTRIES) == 14
    assert all(asked.statuses for _, requests in ENTRIES for asked in requests)


@needs_w3c
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry[0])
def test_graph_store_protocol(url: str, entry: tuple[str, tuple[Asked, ...]]) -> None:
    """Status, form, place and graph of each answer are as the manifest has them."""
    location = ""
    for asked in entry[1]:
        path = asked.path.replace("/gsp", "/store", 1).replace("$LOCATION$", location)
        headers = {"Host": HOST, **dict(asked.headers)}
        raw = None if asked.body is None else asked.body.encode()
        status, told, body = send(url, asked.method, path, raw, headers)
        assert status in asked.statuses, (status, body)
        if asked.location:
            location = told["location"]
        if asked.media:
            assert told["content-type"] == asked.media
        if asked.graph is not None:
            assert same(body, asked.graph)
    assert bool(location) == (entry[0] == "post_get_new_graph")


def test_parts_of_a_form_are_added_together_or_not_at_all(url: str) -> None:
    """Blank nodes of two parts are two; what cannot be read, or told apart, changes nothing."""
    path = "/store?graph=http://example.org/g"
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: %s\r\n\r\n%s\r\n'
    one = part % (b"text/turtle", b"[] <http://example.org/p> 1 .")
    headers = {"Host": HOST, "Content-Type": "multipart/form-data; boundary=x"}
    status, _, _ = send(url, "POST", path, one + one + b"--x--\r\n", headers)
    assert status == 201
    told = {"Host": HOST, "Accept": "application/n-triples"}
    before = send(url, "GET", path, None, told)[2]
    assert before.count(b"\n") == 2
    for body, expected in (
        (one + part % (b"text/turtle", b"<a> <b>") + b"--x--\r\n", 400),
        (one + part % (b"text/html", b"<p>") + b"--x--\r\n", 415),
        (one, 400),  # without its end
        (b"", 400),
    ):
        assert send(url, "POST", path, body, headers)[0] == expected
    assert send(url, "GET", path, None, told)[2] == before


# --- W3C: the deprecated tests, as they are written ----------------------------------------------

FLAWED: Final = {
    "post__existing_graph": (400, "its Turtle lacks the last full stop"),
    "get_of_post__existing_graph": (200, "it expects John, whom an earlier test replaced by Jane"),
    "post__multipart_formdata": (400, "its Turtle lacks full stops"),
    "get_of_post__multipart_formdata": (200, "it expects what the two before could not add"),
}
"""Tests that cannot be met as they are written: what is answered instead, and why."""


def _told() -> list[tuple[str, str, str]]:
    """Read name, request and response of each, in order."""
    path = W3C / "http-rdf-update" / "manifest.ttl"
    if not path.is_file():
        return []
    g = rdflib.Graph().parse(path, publicID=path.as_uri())
    found = []
    for iri in Collection(g, next(g.objects(None, MF.entries))):
        told = next(str(c) for c in g.objects(iri, rdflib.RDFS.comment) if "#### Request" in c)
        request, response = told.split("#### Request")[1].split("#### Response")
        found.append((str(iri).rpartition("#")[2], request, response))
    return found


TOLD: Final = _told()


def _parts(text: str, new: str) -> tuple[str, dict[str, str], str]:
    """Give first line, headers and body of a message, its variables replaced."""
    text = text.replace("/$GRAPHSTORE$", "/store").replace("$GRAPHSTORE$", "/store")
    text = text.replace("$HOST$", HOST).replace("$NEWPATH$", new)
    lines = [line.removeprefix("    ") for line in text.strip("\n").splitlines()]
    while not lines[0].strip():
        del lines[0]
    end = next((i for i, line in enumerate(lines) if not line.strip()), len(lines))
    headers = dict(line.split(": ", 1) for line in lines[1:end])
    return lines[0].strip(), headers, "\n".join(lines[end + 1 :])


@needs_w3c
def test_deprecated_graph_store_tests(url: str) -> None:
    """18 requests in their order: 14 are met as written, 4 cannot be and are answered honestly."""
    first = send(url, "PUT", "/store/person/2.ttl", b"<x:a> <x:b> <x:c> .",
                 {"Host": HOST, **TURTLE})  # fmt: skip
    assert first[0] == 201
    new, met = "", []
    for name, request, response in TOLD:
        line, headers, content = _parts(request, new)
        method, path, _ = line.split(" ")
        raw = content.encode() if method in ("PUT", "POST") else None
        path = path.replace(f"http://{HOST}/", "/") if path.startswith("http") else path
        status, told, body = send(url, method, path, raw, headers)
        line, headers, graph = _parts(response, told.get("location", ""))
        expected = int(line.split(" ")[0])
        if name in FLAWED:
            assert status == FLAWED[name][0], name
            assert (status, graph and same(body, graph)) != (expected, True), name
            continue
        assert status == expected, (name, body)
        new = told.get("location", new)
        if "Location" in headers:
            assert told["location"].startswith(f"http://{HOST}/store/")
        if "Content-Type" in headers:
            assert told["content-type"] == headers["Content-Type"]
        if "Content-Length" in headers:
            assert method == "HEAD" or int(told["content-length"]) == len(body)
        if graph.strip():
            assert same(body, graph), name
        met.append(name)
    assert (len(TOLD), len(met)) == (18, 14)


# --- graphs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("media", "syntax"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE), ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
    ],
)  # fmt: skip
def test_a_graph_comes_out_as_it_went_in(url: str, media: str, syntax: ox.RdfFormat) -> None:
    """In every form, to the last blank node."""
    turtle = '<x:a> <x:b> [ <x:c> "ä\\n\\"" ; <x:d> 1 ] .'
    raw = ox.serialize((q.triple for q in ox.parse(turtle, ox.RdfFormat.TURTLE)), format=syntax)
    at = f"{url}/store?graph=x:g"
    put = httpx.put(at, content=raw, headers={"Content-Type": media})
    assert put.status_code == 201, put.text
    found = httpx.get(at, headers={"Accept": media})
    again = ox.serialize((q.triple for q in ox.parse(found.content, syntax)),
                         format=ox.RdfFormat.TURTLE)  # fmt: skip
    assert again is not None
    assert same(again, turtle)
    assert found.headers["kvgraph-dataset"] == put.headers["kvgraph-dataset"]
    assert found.headers["kvgraph-rows"] == "3"


def test_what_is_added_keeps_its_own_blank_nodes(url: str) -> None:
    """Two texts that call a node the same do not mean the same; new graphs have new names."""
    at, text = f"{url}/store", "_:a <x:p> 1 ."
    places = [httpx.post(at, content=text, headers=TURTLE).headers["location"] for _ in range(2)]
    assert places[0] != places[1]
    added = httpx.post(places[0], content="_:a <x:q> 2 .", headers=TURTLE)
    assert (added.status_code, added.json()["quads"], added.json()["quads_before"]) == (200, 3, 2)
    assert same(httpx.get(places[0]).content, "[] <x:p> 1 . [] <x:q> 2 .")
    assert count(url, "GRAPH ?g { ?a <x:p> 1 ; <x:q> 2 }") == 0


def test_an_empty_graph_is_there(url: str) -> None:
    """It can be put, looked at and removed, though it says nothing."""
    at = f"{url}/store?graph=x:empty"
    assert httpx.put(at, content="", headers=TURTLE).status_code == 201
    assert (httpx.get(at).status_code, httpx.head(at).status_code) == (200, 200)
    assert httpx.delete(at).status_code == 200
    assert (httpx.get(at).status_code, httpx.delete(at).status_code) == (404, 404)


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("GET", "/store", {}, "", 400), ("PUT", "/store", TURTLE, "", 400),
        ("DELETE", "/store", {}, "", 400), ("PATCH", "/store?graph=x:g", {}, "", 405),
        ("GET", "/store?graph=relative", {}, "", 400), ("GET", "/store?graph=", {}, "", 400),
        ("GET", "/store?graph=x:a%20b", {}, "", 400), ("GET", "/store?graph=x:a%3E", {}, "", 400),
        ("GET", "/store?graph=x:g&graph=x:h", {}, "", 400),
        ("GET", "/store?graph=x:g&default", {}, "", 400), ("GET", "/store?other=1", {}, "", 400),
        ("GET", "/store/a?graph=x:g", {}, "", 400), ("GET", "/store/../a", {}, "", 400),
        ("PUT", "/store/a/%2e%2E/b", TURTLE, "", 400), ("PUT", "/store/a/./b", TURTLE, "", 400),
        ("GET", "/store?graph=x:g", {"Accept": "image/png"}, "", 406),
        ("PUT", "/store?graph=x:g", {}, "", 415),
        ("PUT", "/store?graph=x:g", {"Content-Type": "application/n-quads"}, "", 415),
        ("PUT", "/store?graph=x:g", {"Content-Type": "text/turtle; charset=latin-1"}, "", 415),
        ("PUT", "/store?graph=x:g", {**TURTLE, "Content-Encoding": "gzip"}, "", 415),
        ("PUT", "/store?graph=x:g", TURTLE, "<x:a> <x:b> .", 400),
        ("PUT", "/store?graph=x:g", TURTLE, "[" * 5000, 400),
        ("PUT", "/store?graph=x:g", {"Content-Type": "application/ld+json"},
         '{"@id": "x:h", "@graph": [{"@id": "x:a", "x:b": 1}]}', 400),
        ("PUT", "/store?graph=x:g", {"Content-Type": "application/ld+json"},
         '{"@context": "http://127.0.0.1:2/", "@id": "x:a", "x:b": 1}', 400),
        ("PUT", "/store?graph=x:g", {"Content-Type": "application/rdf+xml"},
         '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 400),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_graph_is_told(
    url: str, method: str, path: str, headers: dict[str, str], body: str, status: int
) -> None:
    """As a problem; nothing is written, and no other address is looked at."""
    raw = body.encode() if method == "PUT" else None
    found = send(url, method, path, raw, {"Host": HOST, **headers})
    assert found[0] == status, found[2]
    assert found[1]["content-type"] == "application/problem+json"
    assert count(url) == 0


# --- updates -------------------------------------------------------------------------------------


def test_an_update_is_done_and_told(url: str) -> None:
    """The dataset before and after, and how much is in it; the next query sees it."""
    before = httpx.get(f"{url}/sparql?query=ASK{{}}").headers["kvgraph-dataset"]
    found = change(url, "INSERT DATA { <x:a> <x:b> 1 . GRAPH <x:g> { <x:a> <x:b> 2, 3 } }")
    assert found.status_code == 200
    assert found.json() == {
        "before": before, "dataset": found.headers["kvgraph-dataset"], "quads_before": 0, "quads": 3
    }  # fmt: skip
    assert "etag" not in found.headers
    assert found.headers["cache-control"] == "no-store"
    assert count(url, "?s ?p ?o") == 3
    assert count(url) == 2
    assert same(httpx.get(f"{url}/store?default").content, "<x:a> <x:b> 1 .")
    seen = httpx.get(f"{url}/sparql?query=ASK{{}}").headers["kvgraph-dataset"]
    assert before != seen == found.headers["kvgraph-dataset"]


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("INSERT DATA { <x:a> <x:b> 2 } ; CREATE GRAPH <x:g>", 400, "already exists"),
        ("INSERT DATA { <x:a> <x:b> 2 } ; INSERT { ?s } WHERE {}", 400, "column"),
        ("INSERT DATA { <x:a> <x:b> 2 } ; LOAD <http://127.0.0.1:2/>", 403, "LOAD"),
        ("LOAD SILENT <file:///etc/passwd> INTO GRAPH <x:g>", 403, "LOAD"),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:2/> { ?s ?p ?o } }", 403,
         "SERVICE"),
        ("INSERT {} WHERE { SERVICE SILENT ?x { ?s ?p ?o } }", 403, "SERVICE"),
        ("SELECT * {}", 400, "column"), ("INSERT {} WHERE " + "{" * 99 + "}" * 99, 400, "depth"),
    ],
)  # fmt: skip
def test_a_fault_anywhere_changes_nothing(url: str, text: str, status: int, told: str) -> None:
    """Neither by what stands before the fault, nor by a store that is half written."""
    first = change(url, "INSERT DATA { GRAPH <x:g> { <x:a> <x:b> 1 } }")
    found = change(url, text)
    assert (found.status_code, told in found.text) == (status, True), found.text
    again = httpx.get(f"{url}/store?graph=x:g")
    assert again.headers["kvgraph-dataset"] == first.headers["kvgraph-dataset"]
    assert same(again.content, "<x:a> <x:b> 1 .")


def test_the_graphs_that_are_used_can_be_named_by_the_request(url: str) -> None:
    """For every operation with a WHERE, the short form of DELETE among them."""
    change(url, "INSERT DATA { <x:a> <x:p> 0 . GRAPH <x:g> { <x:a> <x:p> 1 } "
           "GRAPH <x:h> { <x:a> <x:p> 2 } }")  # fmt: skip
    text = (
        "DELETE { GRAPH <x:h> { ?s ?p ?o } } INSERT { GRAPH <x:i> { ?s <x:WHERE> ?o } } "
        "WHERE { ?s ?p ?o { SELECT ?s WHERE { ?s ?q ?r } } } ; "
        "DELETE WHERE { GRAPH ?g { ?a ?b 2 } }"
    )
    form = {"update": text, "using-graph-uri": "x:g", "using-named-graph-uri": "x:h"}
    assert httpx.post(f"{url}/update", data=form).status_code == 200
    found = httpx.get(f"{url}/store?graph=x:i")
    assert same(found.content, "<x:a> <x:WHERE> 1 .")
    assert count(url, "GRAPH <x:h> { ?s ?p ?o }") == 0
    assert count(url, "?s ?p ?o") == 3
    wrong = httpx.post(f"{url}/update?using-graph-uri=x:g", content="DELETE {\n ?s ?p }\nWHERE {}",
                       headers=UPDATE)  # fmt: skip
    assert (wrong.status_code, wrong.json()["line"]) == (400, 2)


@pytest.mark.parametrize("word", ["WITH <x:g> DELETE { ?s ?p ?o }", "DELETE {} USING <x:g>"])
def test_graphs_are_named_in_one_place(word: str) -> None:
    """Not both by the request and by the update; a variable or text of that name is neither."""
    with pytest.raises(Problem) as problem:
        with_using(f"{word} WHERE {{ ?s ?p ?o }}", ["x:g"], [])
    assert problem.value.status == 400
    text = 'INSERT { ?with ?p "USING" } WHERE { ?with ?p ?using }'
    assert with_using(text, [], ["x:g"]).count("USING NAMED <x:g> WHERE") == 1


def test_what_takes_too_long_or_is_too_much_is_stopped(tmp_path: Path) -> None:
    """503 with the limit that was met, and nothing is written or left."""
    path = tmp_path / "store"
    fill(path, 2000)
    many = "INSERT { ?a <x:q> ?o } WHERE { ?a ?p ?x . ?b ?q ?o FILTER(STRSTARTS(?o, '1')) }"
    with serving(path, "--writable", "--no-token", "--seconds", "2", "--rows", "3000") as url:
        slow = change(url, f"INSERT DATA {{ <x:a> <x:b> 1 }} ; "
                      f"{SLOW}")  # fmt: skip
        assert (slow.status_code, slow.json()["limit"]) == (503, "seconds")
        large = change(url, many.replace("WHERE", "USING <x:g> WHERE").replace("?b ?q ?o",
                       "?b <x:says> ?o . FILTER(?b IN (<x:1>, <x:10>))"))  # fmt: skip
        assert (large.status_code, large.json()["limit"]) == (503, "rows"), large.text
        assert count(url, "?s ?p ?o") == 2000
        assert soon(lambda: left(path) == [])
        assert change(url, "INSERT DATA { <x:a> <x:b> 1 }").json()["quads"] == 2001


# --- whole or not at all -------------------------------------------------------------------------


def test_a_worker_that_is_killed_has_changed_nothing(tmp_path: Path) -> None:
    """In the middle of its writing: the store is what it was, and nothing is left beside it."""
    path = tmp_path / "store"
    fill(path, 5000)
    with (
        serving(path, "--writable", "--no-token") as url,
        ThreadPoolExecutor(1) as pool,
    ):
        before = Dataset.open(path).digest
        answer = pool.submit(change, url, SLOW)
        name = soon(lambda: left(path))[0]
        time.sleep(0.2)
        os.kill(int(name.split(".")[2]), signal.SIGKILL)
        assert answer.result().status_code == 503
        assert "written" not in answer.result().json()
        assert (Dataset.open(path).digest, left(path)) == (before, [])
        assert change(url, "INSERT DATA { <x:a> <x:b> 1 }").json()["quads"] == 5001


def test_a_client_that_goes_stops_its_write(tmp_path: Path) -> None:
    """Nothing is written, nothing left, and the next one may write at once."""
    path = tmp_path / "store"
    fill(path, 5000)
    with serving(path, "--writable", "--no-token") as url:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{url}/update", content=SLOW,
                       headers=UPDATE, timeout=0.5)  # fmt: skip
        began = time.monotonic()
        assert change(url, "INSERT DATA { <x:a> <x:b> 1 }").json()["quads"] == 5001
        assert time.monotonic() - began < 5
        assert soon(lambda: left(path) == [])


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    """No file may grow beyond some bytes: the write is told as one that could not be done."""
    path = tmp_path / "store"
    fill(path, 20)
    mark = f"kvgraph.serve._worker\0{path}\0".encode()

    def workers() -> list[int]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "cmdline").read_bytes():
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    text = (
        "INSERT DATA {" + "".join(f"<x:a{i}> <x:b> '{'x' * 200}{i}' ." for i in range(2000)) + "}"
    )
    with serving(path, "--writable", "--no-token") as url:
        change(url, "INSERT DATA { <x:first> <x:b> 1 }")
        before = Dataset.open(path).digest
        for worker in workers():
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (100_000, 100_000))
        found = change(url, text)
        assert (found.status_code, found.json()["limit"]) == (503, "disk"), found.text
        assert (Dataset.open(path).digest, left(path)) == (before, [])
        assert count(url, "?s ?p ?o") == 21


def test_who_comes_second_is_told(tmp_path: Path) -> None:
    """Another process puts a store there while a write is under way: that one stays."""
    path = tmp_path / "store"
    fill(path, 20_000)
    with serving(path, "--writable", "--no-token") as url, ThreadPoolExecutor(1) as pool:
        text = "INSERT { ?s <x:q> ?o } USING <x:g> WHERE { ?s ?p ?o } ; " * 6
        answer = pool.submit(change, url, text.rstrip("; "))
        soon(lambda: left(path))
        fill(path, 7)
        assert answer.result().status_code == 409, answer.result().text
        assert Dataset.open(path).about.quads == count(url) == 7


def test_nothing_is_lost_between_writers_and_readers_see_one_state(tmp_path: Path) -> None:
    """Each adds one to a number, all at a time; readers never see a graph of two generations."""
    size, rounds = 400, 12
    seen: list[tuple[int, int]] = []
    done = threading.Event()
    log = tmp_path / "log"
    path = tmp_path / "new"
    with serving(path, "--writable", "--no-token", "--workers", "4", "--log", str(log)) as url:
        rows = "".join(f"<x:{i}> <x:is> 0 . " for i in range(size))
        assert change(url, f"INSERT DATA {{ GRAPH <x:g> {{ {rows} }} }}").status_code == 200
        text = ("WITH <x:g> DELETE { ?s <x:is> ?o } INSERT { ?s <x:is> ?n } "
                "WHERE { ?s <x:is> ?o BIND(?o + 1 AS ?n) }")  # fmt: skip
        where = "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?o) AS ?d) { ?s <x:is> ?o }"

        def look() -> None:
            with httpx.Client(timeout=60) as client:
                while not done.is_set():
                    found = client.get(f"{url}/sparql?" + urlencode({"query": where}),
                                       headers={"Accept": "text/csv"})  # fmt: skip
                    assert found.status_code == 200, found.text
                    n, d = found.text.split()[1].split(",")
                    seen.append((int(n), int(d)))

        with ThreadPoolExecutor(8) as pool:
            readers = [pool.submit(look) for _ in range(4)]
            writers = [pool.submit(change, url, text) for _ in range(rounds)]
            try:
                assert [w.result().status_code for w in writers] == [200] * rounds
            finally:
                done.set()
            for reader in readers:
                reader.result()
        assert set(seen) == {(size, 1)}
        assert len(seen) > rounds
        assert count(url, f"?s <x:is> {rounds}") == size
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    records = [line["written"] for line in lines if "written" in line]
    assert len(records) == rounds + 1
    assert all(a["after"] == b["before"] for a, b in pairwise(records))


# --- who may -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server that asks for a token, and its log."""
    folder = tmp_path_factory.mktemp("kept")
    options = ("--writable", "--log", str(folder / "log"))
    with serving(folder / "new", *options, KVGRAPH_TOKEN=TOKEN) as address:
        yield address, folder / "log"


@pytest.mark.parametrize(
    ("given", "query"),
    [
        (None, ""), ("Bearer wrong", ""), ("Bearer " + TOKEN[:-1], ""), ("Bearer", ""),
        (f"Bearer {TOKEN}x", ""), (f"Basic {TOKEN}", ""), (TOKEN, ""), ("Bearer ä", ""),
        (None, f"access_token={TOKEN}"), (None, f"token={TOKEN}"),
        (f"Bearer {TOKEN}", f"access_token={TOKEN}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("door", ["/update", "/store?graph=x:g"])
def test_who_has_not_the_token_does_not_write(
    kept: tuple[str, Path], given: str | None, query: str, door: str
) -> None:
    """Missing, wrong, of another scheme, in the address: 401, and how it is to be sent."""
    url, _ = kept
    join = "&" if "?" in door else "?"
    headers = {**(TURTLE if "store" in door else UPDATE)}
    raw = {} if given is None else {b"Authorization": given.encode()}
    found = httpx.post(
        f"{url}{door}{join if query else ''}{query}", content="<x:a> <x:b> 1 .",
        headers=[*((k.encode(), v.encode()) for k, v in headers.items()), *raw.items()],
    )  # fmt: skip
    assert found.status_code == 401
    assert found.headers["www-authenticate"].startswith('Bearer realm="kvgraph"')
    assert TOKEN not in found.text
    assert count(url, "?s ?p ?o") == 0


def test_who_has_the_token_writes_and_it_is_recorded(kept: tuple[str, Path]) -> None:
    """Client, door, dataset and number of statements before and after; never the token."""
    url, log = kept
    bearer = {"Authorization": f"bearer {TOKEN}"}
    put = httpx.put(f"{url}/store?graph=x:t", content="<x:a> <x:b> 1, 2 .",
                    headers={**TURTLE, **bearer})  # fmt: skip
    gone = httpx.delete(f"{url}/store?graph=x:t", headers=bearer)
    assert (put.status_code, gone.status_code) == (201, 200)
    # A line is written when its request is over, which whoever asked may see before.
    soon(lambda: log.read_text("utf-8").count('"written"') == 2)
    text = log.read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    one, two = [line for line in lines if "written" in line]
    assert (one["client"], one["method"], one["path"]) == ("127.0.0.1", "PUT", "/store")
    assert one["written"] == {
        "before": gone.json()["dataset"], "after": put.headers["kvgraph-dataset"],
        "quads_before": 0, "quads_after": 2,
    }  # fmt: skip
    assert two["written"]["quads_after"] == 0
    assert TOKEN not in text


@pytest.mark.parametrize("door", ["/update", "/store?graph=x:g", "/store/a"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://127.0.0.1:1"},
    ],
)  # fmt: skip
def test_a_page_of_another_site_does_not_write(
    url: str, door: str, headers: dict[str, str]
) -> None:
    """Not even where no token is asked for; nor does its browser get leave to try."""
    for method in ("POST", "PUT", "DELETE"):
        found = httpx.request(method, url + door, headers=headers)
        assert found.status_code == 403
    form = {"update": "INSERT DATA { <x:a> <x:b> 1 }"}
    assert httpx.post(f"{url}/update", data=form, headers=headers).status_code == 403
    asked = {**headers, "Access-Control-Request-Headers": "authorization"}
    leave = httpx.request("OPTIONS", url + door, headers=asked)
    assert "authorization" not in leave.headers["access-control-allow-headers"].lower()
    assert count(url, "?s ?p ?o") == 0


def test_a_page_of_our_own_writes(url: str) -> None:
    """Its origin is the address under which it was reached."""
    headers = {"Origin": url, "Sec-Fetch-Site": "same-origin"}
    form = {"update": "INSERT DATA { <x:a> <x:b> 1 }"}
    assert httpx.post(f"{url}/update", data=form, headers=headers).status_code == 200


@pytest.mark.parametrize("told", [True, False])
def test_what_is_too_large_is_not_read(url: str, told: bool) -> None:
    """413, whether or not its length is told before."""

    def parts() -> Iterator[bytes]:
        for _ in range(17):
            yield b"#" * (1 << 20)

    for method, door, headers in (("POST", "/update", UPDATE), ("PUT", "/store?default", TURTLE)):
        content: Any = b"#" * (17 << 20) if told else parts()
        try:
            found = httpx.request(method, url + door, content=content, headers=headers, timeout=30)
        except httpx.WriteError:
            continue  # it was answered and the door shut before all of it was sent
        assert (found.status_code, found.json()["limit"]) == (413, "body")
    assert count(url, "?s ?p ?o") == 0


def test_a_server_that_only_reads_says_so(tmp_path: Path) -> None:
    """Graphs can be had, not changed."""
    path = tmp_path / "store"
    fill(path, 3)
    with serving(path) as url:
        assert change(url, "CLEAR ALL").status_code == 403
        found = httpx.delete(f"{url}/store?graph=x:g")
        assert (found.status_code, found.headers["allow"]) == (405, "GET, HEAD")
        graph = httpx.get(f"{url}/store?graph=x:g")
        assert graph.headers["kvgraph-rows"] == "3"
        kept = httpx.get(f"{url}/store?graph=x:g", headers={"If-None-Match": graph.headers["etag"]})
        assert kept.status_code == 304


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--writable", "--no-token", "--host", "0.0.0.0", "--store", "S"], "everyone write"),
        (["--writable", "--store", "S"], "needs a token"),
        (["--writable", "--no-token"], "needs a --store"),
        (["--no-token", "--store", "S"], "nobody may"),
        (["--token-file", "T", "--store", "S"], "nobody may"),
        (["--writable", "--token-file", "T", "--store", "S"], "16 or more"),
        (["--writable", "--token-file", "none", "--store", "S"], "cannot be read"),
        (["--writable", "--token-file", "T", "--no-token", "--store", "S"], "exclude each other"),
        (["--writable", "--no-token", "--store", "T"], "is a file"),
    ],
)  # fmt: skip
def test_it_must_be_said_who_may_write(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Else the server is not started, and no store is made."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KVGRAPH_TOKEN", raising=False)
    (tmp_path / "T").write_text("short\n", "utf-8")
    assert _run(["serve", "--port", "0", *options]) == 2
    assert said in re.sub(r"\s+", " ", capsys.readouterr().err)
    assert not (tmp_path / "S").exists()


# --- what is told of the store -------------------------------------------------------------------


def test_a_new_store_is_made_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It can be asked, written to with a token from a file, told of and checked."""
    path, token = tmp_path / "new" / "store", tmp_path / "token"
    token.write_text(TOKEN + "\n", "utf-8")
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    with serving(path, "--writable", "--token-file", str(token)) as url:
        assert count(url, "?s ?p ?o") == 0
        put = httpx.put(f"{url}/store?default", content="<x:a> <x:b> 1 .",
                        headers={**TURTLE, **bearer})  # fmt: skip
        assert put.status_code == 201
    about = Dataset.open(path).about
    assert (about.quads, about.packages, about.warnings) == (1, (), ())
    assert about.digest == digest(Dataset.open(path).store) == put.headers["kvgraph-dataset"]
    assert _run(["info", "--store", str(path)]) == 0
    assert about.digest in capsys.readouterr().out
    assert _run(["check", "--store", str(path)]) == 0


def test_a_built_store_stays_what_it_was_but_for_what_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Packages, counts and horizon are those of the build, and it is said that more was written."""
    path = tmp_path / "village"
    built = village.dataset()
    about = replace(
        built.about, version="1", horizon="2025-11-30", counts={"village": {"transfers": 6}},
        packages=({"name": "village", "version": "1", "licence": "CC0-1.0"},), warnings=("old",),
    )  # fmt: skip
    beside = [ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:b"), ox.Literal("1"), village_graph())]
    with create(path) as write:
        write(built.store, about, beside)
    with serving(path, "--writable", "--no-token") as url:
        for number in (1, 2):
            done = change(url, f"INSERT DATA {{ GRAPH <x:g> {{ <x:a> <x:b> {number} }} }}")
            assert done.status_code == 200
        found = httpx.get(f"{url}/store?graph=x:g")
    dataset = Dataset.open(path)
    old, new = about, dataset.about
    assert (new.packages, new.counts, new.horizon, new.version) == (
        tuple(map(dict, old.packages)), dict(old.counts), old.horizon, old.version
    )  # fmt: skip
    assert new.warnings == (*old.warnings, CHANGED)
    assert new.quads == old.quads + 2 == len(dataset.store)
    assert new.digest == digest(dataset.store) == found.headers["kvgraph-dataset"]
    assert (path / ALSO).is_file()
    assert list(dataset.also()) == beside
    assert _run(["info", "--store", str(path)]) == 0
    assert CHANGED in capsys.readouterr().out
    assert _run(["check", "--store", str(path)]) in (0, 1)


def village_graph() -> ox.NamedNode:
    """Give the graph of the village."""
    return ox.NamedNode("x:village")
