"""The client for endpoints: whole answers or errors, whatever a server does."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

import village
from kvgraph.errors import KvgraphError, QueryError, StoreError
from kvgraph.query.text import shape
from kvgraph.remote import Client, Patience, Remote
from kvgraph.remote.reading import answered
from kvgraph.remote.wording import bound, counted, of_template, ordered, page
from kvgraph.store import Dataset

JSON: Final = "application/sparql-results+json"
Query = dict[str, list[str]]
Script = Callable[[Query, int], bytes]


def told(body: bytes, media: str = JSON, status: str = "200 OK", **headers: str) -> bytes:
    """Give an HTTP answer with its length."""
    more = "".join(f"{n.replace('_', '-')}: {v}\r\n" for n, v in headers.items())
    more += "Connection: close\r\n"
    more += f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\n"
    head = f"HTTP/1.1 {status}\r\n{more}\r\n"
    return head.encode() + body


def chunked(body: bytes, *, trailer: str = "", last: bool = True, **headers: str) -> bytes:
    """Give an HTTP answer in chunks, with trailers."""
    more = "".join(f"{n.replace('_', '-')}: {v}\r\n" for n, v in headers.items())
    more += "Connection: close\r\n"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n{more}\r\n"
    parts = [body[i : i + 50_000] for i in range(0, len(body), 50_000)]
    sent = b"".join(f"{len(p):x}\r\n".encode() + p + b"\r\n" for p in parts)
    return head.encode() + sent + (f"0\r\n{trailer}\r\n".encode() if last else b"")


def rows(values: list[int], name: str = "n") -> bytes:
    """Give rows of one number as JSON."""
    found = [{name: {"type": "literal", "value": str(v)}} for v in values]
    return json.dumps({"head": {"vars": [name]}, "results": {"bindings": found}}).encode()


@contextmanager
def server(script: Script) -> Iterator[tuple[str, list[Query]]]:
    """Give the address of a server that sends what a script says, and what it was asked.

    The script gets the form and the number of the request. A connection is closed after an answer.
    """
    door = socket.create_server(("127.0.0.1", 0))
    asked: list[Query] = []
    stop = threading.Event()

    def answer(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            raw = b""
            while b"\r\n\r\n" not in raw:
                raw += connection.recv(65536)
            head, _, body = raw.partition(b"\r\n\r\n")
            length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
            while len(body) < length:
                body += connection.recv(65536)
            form = parse_qs(body.decode())
            form["path"] = [head.split()[1].decode()]
            asked.append(form)
            connection.sendall(script(form, len(asked)))
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

    def serve() -> None:
        # More are asked at a time: rows are counted while they come.
        while not stop.is_set():
            connection, _ = door.accept()
            if stop.is_set():
                connection.close()
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}/sparql", asked
    finally:
        stop.set()
        socket.create_connection(door.getsockname()).close()
        thread.join(timeout=10)
        door.close()


def client(address: str, **patience: Any) -> tuple[Client, list[float]]:
    """Give a client that does not sleep, and the pauses that it would have made."""
    pauses: list[float] = []
    return Client(address, Patience(**{"silent": 5.0, **patience}), pauses.append), pauses


def numbers(script: Script, text: str = "SELECT ?n { ?s ?p ?n }", **patience: Any) -> list[int]:
    """Ask a server that follows a script, and give the numbers that come."""
    with server(script) as (address, _):
        asking, _ = client(address, **patience)
        try:
            return [int(row[0].value) for row in answered(asking, text, ())]  # type: ignore[union-attr]
        finally:
            asking.close()


def error(script: Script, kind: type[KvgraphError] = StoreError, **patience: Any) -> str:
    """Ask a server that follows a script, and give the error that comes of it."""
    with pytest.raises(kind) as caught:
        numbers(script, **patience)
    assert caught.value.hint
    return caught.value.message


# --- answers that are not whole -----------------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 2, 3, 20, 100, 4000])
def test_json_that_is_cut_short_is_an_error(cut: int) -> None:
    """Whatever length the server gave: the form has an end of its own."""
    body = rows(list(range(90)))
    assert "is not whole" in error(lambda *_: told(body[:-cut]))


def test_a_connection_that_breaks_in_a_large_answer_is_an_error() -> None:
    """The rows so far are not taken for all."""
    body = rows(list(range(20_000)))
    script = chunked(body, last=False, Trailer="KVGraph-Rows")
    assert "is not whole" in error(lambda *_: script)
    whole = told(body, KVGraph_Rows="20000")
    assert "is not whole" in error(lambda *_: whole[:-200_000])


def test_a_word_after_or_within_the_answer_is_an_error() -> None:
    """As Oxigraph has it when its time is up."""
    body = rows(list(range(5)))
    assert "is not whole" in error(lambda *_: told(body + b"cancelled"))
    assert "is not whole" in error(lambda *_: chunked(body[:-3] + b"cancelled"))


def test_rows_and_digest_in_head_or_trailer_are_compared() -> None:
    """What kvgraph serve tells must be what came."""
    few, many = rows([1, 2, 3]), rows(list(range(20_000)))
    for body, number in ((few, 3), (many, 20_000)):
        right = base64.b64encode(hashlib.sha256(body).digest()).decode()
        wrong = base64.b64encode(hashlib.sha256(b"").digest()).decode()
        for count, digest, whole in (
            (number, right, True), (number + 1, right, False), (number, wrong, False),
        ):  # fmt: skip
            head = {"KVGraph_Rows": str(count), "Repr_Digest": f"sha-256=:{digest}:"}
            tail = f"KVGraph-Rows: {count}\r\nRepr-Digest: sha-256=:{digest}:\r\n"
            for sent in (
                told(body, **head), chunked(body, trailer=tail, Trailer="KVGraph-Rows"),
            ):  # fmt: skip
                if whole:
                    assert len(numbers(lambda *_, sent=sent: sent)) == number  # type: ignore[misc]
                else:
                    assert "is not whole" in error(lambda *_, sent=sent: sent)  # type: ignore[misc]


def test_a_trailer_that_was_announced_and_does_not_come_is_an_error() -> None:
    """The end is there, and not what should stand at it."""
    sent = chunked(rows(list(range(200))), Trailer="KVGraph-Rows")
    assert "was not told" in error(lambda *_: sent)


# --- servers that end early ---------------------------------------------------------------------


def limited(total: int, most: int, *, count: int | None = None, turn: int = 0) -> Script:
    """Give a server of so many rows that gives no more than ``most`` and says nothing of it."""

    def script(asked: Query, _: int) -> bytes:
        text = asked["query"][0]
        if "COUNT(*)" in text:
            return told(rows([total if count is None else count], "kvgraph_count"))
        found = list(range(total))
        begin = re.search(r"OFFSET (\d+)$", text)
        end = re.search(r"LIMIT (\d+)", text)
        if begin and turn:
            found = found[turn:] + found[:turn]
        found = found[int(begin[1]) if begin else 0 :][: int(end[1]) if end else None]
        return told(rows(found[:most]))

    return script


@pytest.mark.parametrize(("total", "most"), [(250, 100), (10_001, 10_000), (35_000, 10_000)])
def test_rows_that_a_server_keeps_back_are_asked_for_page_by_page(total: int, most: int) -> None:
    """All come, in their order, each once."""
    text = "SELECT ?n { ?s ?p ?n } ORDER BY ?n"
    assert list(range(total)) == numbers(limited(total, most), text)


def test_a_large_answer_is_asked_for_in_an_order() -> None:
    """Else what is missing could not be asked for."""
    with server(limited(3000, 1000)) as (address, asked):
        asking, _ = client(address)
        assert len(list(answered(asking, "SELECT ?n { ?s ?p ?n }", ()))) == 3000  # type: ignore[arg-type]
        asking.close()
    texts = [form["query"][0] for form in asked]
    assert texts[2] == "SELECT ?n { ?s ?p ?n } ORDER BY ?n"
    assert texts[3].endswith("LIMIT 1000 OFFSET 999")


def test_pages_that_do_not_join_are_an_error() -> None:
    """A server whose order is another each time cannot be read on."""
    with pytest.raises(StoreError, match="in another order"):
        numbers(limited(500, 200, turn=7), "SELECT ?n { ?s ?p ?n } ORDER BY ?n")


def test_more_or_fewer_rows_than_are_counted_are_an_error() -> None:
    """The data may have changed between."""
    assert "it counts 120" in error(limited(130, 1000, count=120))
    assert "another order" in error(limited(120, 1000, count=130))


def test_a_part_that_is_said_to_be_one_is_an_error() -> None:
    """Virtuoso tells of time that was up in a header."""
    said = {"X_SQL_State": "S1TAT", "X_SQL_Message": "RC...: Returning incomplete results"}
    assert "incomplete results" in error(lambda *_: told(rows([1]), **said))


def test_a_graph_is_made_of_rows_that_are_counted() -> None:
    """Graphs have no end of their own, so CONSTRUCT asks for its rows."""

    def script(asked: Query, number: int) -> bytes:
        text = asked["query"][0]
        assert text.startswith("SELECT")
        return limited(500, 200)(asked, number)

    with server(script) as (address, _):
        asking, _ = client(address)
        text = "CONSTRUCT { <x:a> <x:b> ?n } WHERE { ?s ?p ?n } ORDER BY ?n"
        found = list(answered(asking, text, ()))  # type: ignore[arg-type]
        asking.close()
    assert len(found) == 500
    assert isinstance(found[0], ox.Triple)


# --- servers that are busy, slow or something else ------------------------------------------------


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again_after_a_pause(status: int) -> None:
    """The one that it asks for, else one that doubles."""

    def script(_: Query, number: int) -> bytes:
        if number == 1:
            return told(b"wait", "text/plain", f"{status} Busy", Retry_After="7")
        return told(b"", "text/plain", f"{status} Busy") if number < 4 else told(rows([1]))

    with server(script) as (address, asked):
        asking, pauses = client(address)
        assert len(list(answered(asking, "SELECT ?n { ?s ?p ?n }", ()))) == 1  # type: ignore[arg-type]
        asking.close()
    assert (pauses, len(asked)) == ([7, 1.0, 2.0], 4)


def test_patience_ends() -> None:
    """After so many tries; and at once where the pause would be too long."""
    busy = told(b"so much to do", "text/plain", "503 Busy")
    assert "503 so much to do" in error(lambda *_: busy, tries=3)
    with server(lambda *_: told(b"", "text/plain", "503 Busy", Retry_After="9999")) as (url, asked):
        asking, pauses = client(url)
        with pytest.raises(StoreError):
            asking.ask("ASK {}")
        asking.close()
    assert (pauses, len(asked)) == ([], 1)


def test_a_limit_that_was_met_is_told_and_not_met_again() -> None:
    """kvgraph serve says which limit; asking again would meet it again."""
    problem = json.dumps({"detail": "it took longer than 30 seconds", "limit": "seconds"}).encode()
    with server(lambda *_: told(problem, "application/problem+json", "503 Busy")) as (url, asked):
        asking, _ = client(url)
        with pytest.raises(QueryError, match="longer than 30 seconds"):
            asking.ask("ASK {}")
        asking.close()
    assert len(asked) == 1


def test_a_connection_that_breaks_at_first_is_made_again() -> None:
    """Before the first part of an answer nothing is lost."""
    whole = told(rows([1, 2]))
    assert numbers(lambda _, n: b"" if n == 1 else whole[:-9] if n == 2 else whole) == [1, 2]


def test_nobody_there_is_told() -> None:
    """With the address, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    asking, pauses = client(f"http://127.0.0.1:{port}/sparql", tries=2)
    with pytest.raises(StoreError, match=f"127.0.0.1:{port}/sparql does not answer") as caught:
        asking.ask("ASK {}")
    asking.close()
    assert len(pauses) == 1
    assert "running" in caught.value.hint


def test_a_silent_server_is_left() -> None:
    """Time is limited for each silence and for the whole."""

    def silent(*_: Any) -> bytes:
        time.sleep(1.2)
        return b""

    assert "said nothing for too long" in error(silent, silent=0.2, tries=1)
    body = told(rows(list(range(20_000))), KVGraph_Rows="20000")
    assert "took longer than it may" in error(lambda *_: body, whole=0.0)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (told(b"<html><h1>Sign in</h1></html>", "text/html"), "text/html and not with"),
        (told(b"<html><h1>Sign in</h1></html>", "text/html"), ": Sign in"),
        (told(b"s,p\n1,2\n", "text/csv"), "text/csv and not with"),
        (told(b"{}", JSON), "is not whole"),
        (told(b"", "text/plain", "404 Not Found"), "no endpoint at this address"),
        (told(b"", "text/plain", "401 Unauthorized"), "a name and a password"),
        (told(b"", "text/plain", "405 Method Not Allowed"), "405"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not answer"),
    ],
)
def test_what_is_no_endpoint_is_told(sent: bytes, said: str) -> None:
    """In words of its own, and with what to give instead."""
    assert said in error(lambda *_: sent, tries=1)


def test_a_query_that_is_refused_is_told_in_the_words_of_the_server() -> None:
    """Where we find nothing wrong with it; else as for a store."""
    sent = told(b"no such function\n\nSPARQL query:\nSELECT", "text/plain", "400 Bad")
    with server(lambda *_: sent) as (address, _):
        asking, _ = client(address)
        with pytest.raises(QueryError) as caught:
            asking.ask("SELECT ?x { ?x ?y ?z }")
        assert caught.value.message.endswith("cannot answer the query: no such function")
        with pytest.raises(QueryError) as caught:
            asking.ask("SELECT ?x\n{ ?x ?y }")
        assert caught.value.line == 2
        asking.close()


def test_a_place_that_has_moved_is_asked_by_post() -> None:
    """With the same query; not without end, and not from https to http."""

    def script(asked: Query, _: int) -> bytes:
        if asked["path"] == ["/sparql"]:
            return told(b"", "text/plain", "302 Found", Location="/there?x=1")
        return told(rows([len(asked["query"][0])]))

    assert numbers(script) == [len("SELECT ?n { ?s ?p ?n }")]
    assert "without end" in error(
        lambda *_: told(b"", "text/plain", "308 Moved", Location="/sparql")
    )
    assert "not followed" in error(
        lambda *_: told(b"", "text/plain", "302 Found", Location="ftp://x/")
    )


def test_packed_answers_are_unpacked() -> None:
    """And broken packages are broken answers."""
    packed = gzip.compress(rows([4, 5]))
    assert numbers(lambda *_: told(packed, Content_Encoding="gzip")) == [4, 5]
    assert "is not whole" in error(
        lambda *_: told(b"\0" + packed, Content_Encoding="gzip"), tries=1
    )


# --- graphs, values and texts ---------------------------------------------------------------------


def standing(dataset: Dataset, *, union: bool) -> Script:
    """Give a server of a dataset, as the SPARQL 1.1 Protocol has it."""

    def script(asked: Query, _: int) -> bytes:
        text = asked["query"][0]
        graphs: dict[str, Any] = {"use_default_graph_as_union": union}
        if "default-graph-uri" in asked:
            graphs = {
                "default_graph": [ox.NamedNode(g) for g in asked["default-graph-uri"]],
                "named_graphs": [ox.NamedNode(g) for g in asked.get("named-graph-uri", ())],
            }
        elif shape(text).froms:
            graphs = {}
        found: Any = dataset.store.query(text, **graphs)
        return told(found.serialize(format=ox.QueryResultsFormat.JSON))

    return script


@pytest.mark.parametrize("union", [True, False])
def test_all_graphs_are_asked_at_once_whatever_the_default_graph_is(union: bool) -> None:
    """A two-hop path needs the triples of several graphs; FROM is left as it is."""
    text = (
        "PREFIX kv: <https://w3id.org/kvgraph/def#> SELECT ?t ?c WHERE { ?t kv:status ?s . "
        "?s <http://www.w3.org/2004/02/skos/core#notation> ?c } ORDER BY ?t"
    )
    here = village.dataset()
    with server(standing(here, union=union)) as (address, asked):
        far = Remote.at(address)
        assert [tuple(r) for r in here.query(text)] == list(far.query(text))  # type: ignore[union-attr,arg-type]
        assert ("default-graph-uri" in asked[-1]) is (not union)
        assert len(far.store) == len(here.store)
        assert far.about.horizon == here.about.horizon
        assert set(far.store.named_graphs()) == set(here.store.named_graphs())
        assert set(far.store) == set(here.store)
        graph = next(iter(sorted(here.store.named_graphs(), key=str)))
        own = f"SELECT ?s FROM {graph} {{ ?s ?p ?o }}"
        assert len(list(far.query(own))) == len(list(here.query(own, union=False)))  # type: ignore[arg-type]
        assert "default-graph-uri" not in asked[-1]
        far.client.close()


def test_a_dataset_without_named_graphs_is_asked_as_it_is() -> None:
    """Then the default graph is all there is."""
    quads = village.dataset().store
    triples = Dataset.memory(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    with server(standing(triples, union=False)) as (address, asked):
        far = Remote.at(address)
        assert set(far.store) == set(triples.store)
        assert not any("default-graph-uri" in form for form in asked)
        far.client.close()


def test_patterns_give_what_a_store_gives_and_are_asked_for_once() -> None:
    """By thing, by property, by value, and all of it."""
    here = village.dataset()
    with server(standing(here, union=True)) as (address, asked):
        far = Remote.at(address)
        sample = sorted(here.store, key=str)[:: len(here.store) // 40]
        for quad in sample:
            for pattern in (
                (quad.subject, None, None), (quad.subject, quad.predicate, None),
                (None, quad.predicate, None), (None, quad.predicate, quad.object),
                (None, None, quad.object), (quad.subject, quad.predicate, quad.object),
                (None, quad.predicate, None, quad.graph_name),
            ):  # fmt: skip
                expected = set(here.store.quads_for_pattern(*pattern))
                assert expected == set(far.store.quads_for_pattern(*pattern)), pattern
        before = len(asked)
        for quad in sample:
            list(far.store.quads_for_pattern(quad.subject, quad.predicate, None))
            list(far.store.quads_for_pattern(None, quad.predicate, None))
        assert len(asked) == before
        with pytest.raises(StoreError, match="cannot be asked"):
            far.store.add(sample[0])
        far.client.close()


def test_values_that_are_bound_are_written_as_terms() -> None:
    """Quotes, languages, types and what looks like a query change nothing of it."""
    terms = [
        ox.NamedNode("https://w3id.org/x"), ox.Literal('a"b\\c\n} # ?x'),
        ox.Literal("ä", language="fi"),
        ox.Literal("2013-06-30", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")),
    ]  # fmt: skip
    store = ox.Store()
    for term in (*terms, ox.Literal("another")):
        store.add(ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), term))
    for term in terms:
        [row] = store.query(bound("SELECT ?s ?o WHERE { ?s ?p ?o }", {"o": term}))  # type: ignore[misc]
        assert row["o"] == term


TEXTS: Final = (
    "SELECT ?s { ?s ?p ?o }",
    "PREFIX x: <x:>\nSELECT DISTINCT ?s ?o WHERE { ?s ?p ?o } ORDER BY ?s ?o # the end",
    "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 1) ORDER BY ?s",
    "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 50 OFFSET 3",
    "SELECT ?s { ?s ?p ?o } ORDER BY ?s VALUES ?p { <https://w3id.org/kvgraph/def#giver> }",
    "#+ summary: x\n# PREFIX y: <y:>\nSELECT ?s { { SELECT ?s { ?s a ?c } LIMIT 9 } ?s ?p ?o }",
)


@pytest.mark.parametrize("text", TEXTS)
def test_queries_are_counted_ordered_and_paged(text: str) -> None:
    """By the engine itself: the count is right, and the pages are the rows."""
    store = village.dataset()

    def run(query: str) -> list[Any]:
        return [tuple(row) for row in store.query(query)]  # type: ignore[union-attr]

    whole = run(text)
    assert [[str(len(whole))]] == [[t.value for t in row] for row in run(counted(text))]
    names = [v.value for v in store.query(text).variables]  # type: ignore[union-attr]
    in_order = run(ordered(text, names))
    assert sorted(map(str, whole)) == sorted(map(str, in_order))
    pages = [run(page(ordered(text, names), names, 7, offset)) for offset in range(0, 30, 7)]
    assert in_order[:35] == [row for rows_ in pages for row in rows_]


def test_a_short_construct_asks_for_what_it_matches() -> None:
    """``CONSTRUCT WHERE`` has its pattern for a template."""
    assert shape(of_template("CONSTRUCT WHERE { ?s ?p ?o }")).form == "SELECT"


@pytest.mark.parametrize("address", ["http://", "ftp://x/y", "http://[x/"])
def test_what_is_no_address_is_told(address: str) -> None:
    """Before anything is asked."""
    with pytest.raises(StoreError, match="address"):
        Remote.at(address)
