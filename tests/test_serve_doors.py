"""The doors that tell of the server and its dataset, and answers that a client has kept."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pyoxigraph as ox
import pytest

import village
from kvgraph.namespaces import KV, graph_iri
from kvgraph.serve.app import DOORS
from kvgraph.serve.settings import Limits
from kvgraph.serve.tagging import is_among, tags_of
from kvgraph.store import About, create, digest
from serving import serving

VOID = "http://rdfs.org/ns/void#"
DCT = "http://purl.org/dc/terms/"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
FORMS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}
ALL = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
HOSTILE = '</title><script>alert("1")</script><img src=x onerror=alert(2)>'


def _write(path: Path, one: ox.Store, *packages: dict[str, str], horizon: str | None = None) -> str:
    """Write a store and give its digest."""
    about = About(
        digest=digest(one), quads=len(one), packages=packages, horizon=horizon,
        counts={package["name"]: {} for package in packages},
    )  # fmt: skip
    with create(path) as write:
        write(one, about)
    return about.digest


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village as a store on disk."""
    path = tmp_path_factory.mktemp("doors") / "village"
    with create(path) as write:
        write(village.dataset().store, village.dataset().about)
    return path


@pytest.fixture(scope="module")
def url(store: Path) -> Iterator[str]:
    """A server of the village."""
    with serving(store, "--seconds", "5", "--rows", "200000") as address:
        yield address


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a small package that is invented and hostile, beside one that is neither."""
    one = ox.Store()
    bad, good = graph_iri("bad"), graph_iri("good")

    def say(graph: str, term: str, value: Any) -> None:
        one.add(ox.Quad(ox.NamedNode(graph), ox.NamedNode(term), value, ox.NamedNode(graph)))

    for graph in (bad, good):
        say(graph, TYPE, ox.NamedNode(KV + "Package"))
    for lang in ("en", "fi"):
        say(bad, DCT + "title", ox.Literal(f"{HOSTILE} {lang}", language=lang))
    say(bad, DCT + "description", ox.Literal("{{ 7 * 7 }}", language="en"))
    say(bad, KV + "synthetic", ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean")))
    say(good, DCT + "title", ox.Literal("Hyvä", language="fi"))
    # The same triple in two graphs is one triple of the dataset.
    for graph in (bad, good):
        one.add(ox.Quad(*(ox.NamedNode("http://example.org/x"),) * 3, ox.NamedNode(graph)))
    path = tmp_path_factory.mktemp("doors") / "invented"
    _write(
        path, one, {"name": "bad", "version": "1", "licence": "<b>own</b>"},
        {"name": "good", "version": "2", "licence": "CC-BY-4.0"}, horizon="2026-11-24",
    )  # fmt: skip
    with serving(path) as address:
        yield address


def get(url: str, path: str, accept: str = "*/*", **headers: str) -> httpx.Response:
    """Get what is behind a door."""
    told = {"Accept": accept, **{name.replace("_", "-"): text for name, text in headers.items()}}
    return httpx.get(url + path, headers=told, timeout=30)


def sparql(query: str, **more: str) -> str:
    """Give the path of a query."""
    return "/sparql?" + urlencode({"query": query, **more})


# --- what a client has kept --------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [sparql(ALL), "/sparql", "/void", "/about", "/api/things?name=a",
     "/api/analyse/centrality", "/api/queries/paths/transfers"],
)  # fmt: skip
def test_what_was_kept_is_not_sent_again(url: str, path: str) -> None:
    """304 with the tag and without a body; the dataset is told all the same."""
    if path.startswith("/api/queries/"):
        path = httpx.get(f"{url}/api/queries").json()["rows"][0]["link"]
    first = get(url, path)
    assert first.status_code == 200, first.text
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["kvgraph-dataset"] in tag
    for told in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = get(url, path, If_None_Match=told)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["vary"] == first.headers["vary"]
        assert "content-type" not in again.headers
    other = get(url, path, If_None_Match='"other"')
    assert (other.status_code, other.content) == (200, first.content)


def test_another_request_has_another_tag(url: str) -> None:
    """Query, form, graphs, language and address: what may make another answer."""
    paths = [
        (sparql(ALL), "*/*", "*"), (sparql(ALL), "text/csv", "*"),
        (sparql(ALL), "application/sparql-results+xml", "*"),
        (sparql(ALL + " LIMIT 1"), "*/*", "*"),
        (sparql(ALL, **{"default-graph-uri": graph_iri("village")}), "*/*", "*"),
        (sparql(ALL, **{"named-graph-uri": graph_iri("village")}), "*/*", "*"),
        ("/sparql", "*/*", "*"), ("/sparql", "application/ld+json", "*"), ("/void", "*/*", "*"),
        ("/void", "application/n-triples", "*"), ("/about", "*/*", "en"), ("/about", "*/*", "fi"),
        ("/api/things?name=a", "*/*", "*"), ("/api/things?name=b", "*/*", "*"),
        ("/api/things?name=a", "text/csv", "*"),
    ]  # fmt: skip
    found = [get(url, path, accept, Accept_Language=lang) for path, accept, lang in paths]
    assert [answer.status_code for answer in found] == [200] * len(paths)
    assert len({answer.headers["etag"] for answer in found}) == len(paths)
    kept = found[0].headers["etag"]
    for path, accept, lang in paths[1:]:
        answer = get(url, path, accept, Accept_Language=lang, If_None_Match=kept)
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "query",
    ["SELECT (NOW() AS ?x) {}", "SELECT (rand() AS ?x) {}", "SELECT (UUID() AS ?x) {}",
     "SELECT (STRUUID() AS ?x) {}"],
)  # fmt: skip
def test_what_is_never_the_same_is_not_kept(url: str, query: str) -> None:
    """Neither by the client nor by anything between: it has no tag."""
    found = get(url, sparql(query))
    assert found.status_code == 200
    assert "etag" not in found.headers
    assert found.headers["cache-control"] == "no-store"
    assert get(url, sparql(query), If_None_Match="*").status_code == 200


def test_an_error_is_not_kept_and_a_post_is_answered(url: str) -> None:
    """A tag stands for an answer, and is asked about by reading alone."""
    wrong = get(url, sparql("SELECT"), If_None_Match="*")
    assert wrong.status_code == 400
    assert "etag" not in wrong.headers
    assert wrong.headers["cache-control"] == "no-store"
    posted = httpx.post(f"{url}/sparql", data={"query": ALL}, headers={"If-None-Match": "*"})
    assert posted.status_code == 200


def test_a_dataset_that_was_built_anew_is_sent(tmp_path: Path) -> None:
    """Its answers have other tags, even where they are the same."""
    path = tmp_path / "store"

    def build(name: str) -> None:
        one = ox.Store()
        node = ox.NamedNode(f"http://example.org/{name}")
        one.add(ox.Quad(node, node, node, node))
        _write(path, one)

    build("a")
    with serving(path) as url:
        first = get(url, sparql(ALL)).headers["etag"]
        assert get(url, sparql(ALL), If_None_Match=first).status_code == 304
        void = get(url, "/void").text
        build("b")
        assert get(url, sparql(ALL), If_None_Match=first).status_code == 200
        assert "example.org/b" in get(url, "/void").text
        assert "example.org/b" not in void


def test_tags_are_read_as_they_are_written() -> None:
    """Weak and strong are equal, a comma may stand inside, and half a tag is none."""
    assert is_among('W/"a,b"', tags_of('"x", W/"a,b"'))
    assert not is_among('W/"a,b"', tags_of('"a", "b"'))
    assert not is_among('W/"a"', tags_of("a"))
    assert not is_among(None, ["*"])


# --- HEAD --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [sparql(ALL + " LIMIT 5"), "/sparql", "/void", "/about", "/openapi.json"]
)
def test_a_head_is_that_of_the_answer(url: str, path: str) -> None:
    """With the length of what is not sent, its rows and its digest."""
    whole, head = get(url, path), httpx.head(url + path, timeout=30)
    assert head.content == b""
    seen = {name: text for name, text in whole.headers.items() if name != "date"}
    if "transfer-encoding" in seen:  # more than one part: the trailer is not known yet
        seen.pop("trailer")
    assert {name: text for name, text in head.headers.items() if name != "date"} == seen


def test_a_head_of_much_is_told_at_once_and_costs_no_worker(url: str) -> None:
    """What follows is not made, and the connection serves the next request."""
    ended = get(url, "/healthz").json()["ended"]
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        for _ in range(3):
            connection.request("HEAD", sparql("SELECT * { ?a ?b ?c . ?d ?e ?f }"))
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"")
        connection.request("GET", sparql("ASK {}"))
        assert json.loads(connection.getresponse().read())["boolean"] is True
    finally:
        connection.close()
    assert get(url, "/healthz").json()["ended"] == ended


# --- what is in the dataset --------------------------------------------------------------------


def _void(url: str, media: str = "application/n-triples") -> set[tuple[str, str, str]]:
    """Give what is said of the dataset, as texts."""
    found = get(url, "/void", media)
    assert found.status_code == 200
    assert found.headers["content-type"].partition(";")[0] == media
    quads = ox.parse(found.content, format=FORMS[media])
    return {(q.subject.value, q.predicate.value, str(q.object)) for q in quads}  # type: ignore[union-attr]


def test_the_counts_are_those_of_the_quads(url: str) -> None:
    """Counted here one by one: triples, subjects, objects, classes, properties, graphs."""
    quads = list(village.dataset().store)
    triples = {q.triple for q in quads}
    said = _void(url)
    this = f"{url}/void#dataset"

    def number(subject: str, term: str) -> int:
        (found,) = [o for s, p, o in said if (s, p) == (subject, VOID + term)]
        return int(found.split('"')[1])

    assert number(this, "triples") == len(triples)
    assert number(this, "distinctSubjects") == len({t.subject for t in triples})
    assert number(this, "distinctObjects") == len({t.object for t in triples})
    properties = Counter(t.predicate.value for t in triples)
    classes = Counter(t.object.value for t in triples if t.predicate.value == TYPE)  # type: ignore[union-attr]
    graphs = Counter(q.graph_name.value for q in quads if isinstance(q.graph_name, ox.NamedNode))
    assert number(this, "properties") == len(properties)
    assert number(this, "classes") == len(classes)
    for kind, counts, term in (
        ("property", properties, "triples"), ("class", classes, "entities")
    ):  # fmt: skip
        told = {o[1:-1]: number(s, term) for s, p, o in said if p == VOID + kind}
        assert told == counts
    subsets = {o[1:-1]: number(o[1:-1], "triples") for s, p, o in said if p == VOID + "subset"}
    assert subsets == graphs
    assert (this, VOID + "sparqlEndpoint", f"<{url}/sparql>") in said
    assert (this, DCT + "identifier", f'"{village.dataset().digest}"') in said
    assert (this, VOID + "vocabulary", f"<{KV}>") in said


def test_packages_are_told_as_they_tell_of_themselves(invented: str) -> None:
    """A triple in two graphs counts once; a licence without a known address is told by name."""
    said = _void(invented)
    this, bad, good = f"{invented}/void#dataset", graph_iri("bad"), graph_iri("good")
    assert (this, VOID + "triples", f'"8"^^<{XSD}integer>') in said
    assert (bad, VOID + "triples", f'"6"^^<{XSD}integer>') in said
    assert (good, VOID + "triples", f'"3"^^<{XSD}integer>') in said
    assert (good, DCT + "title", '"Hyvä"@fi') in said
    assert (good, DCT + "license", "<https://creativecommons.org/licenses/by/4.0/>") in said
    assert (bad, DCT + "rights", '"<b>own</b>"') in said
    assert (bad, KV + "synthetic", f'"true"^^<{XSD}boolean>') in said


@pytest.mark.parametrize("media", FORMS)
def test_a_description_says_the_same_in_every_form(url: str, media: str) -> None:
    """And in the same bytes each time."""
    assert _void(url, media) == _void(url)
    assert get(url, "/void", media).content == get(url, "/void", media).content


def test_counts_are_kept_beside_the_store_and_not_believed_blindly(tmp_path: Path) -> None:
    """Counted once for all workers; what was damaged, or is of another dataset, is counted anew."""
    path = tmp_path / "store"
    one = ox.Store()
    node = ox.NamedNode("http://example.org/a")
    one.add(ox.Quad(node, node, node, node))
    _write(path, one)
    with serving(path) as url:
        first = _void(url)
    (kept,) = path.glob("counts-*.json")
    told = json.loads(kept.read_text("utf-8"))
    for wrong in ("{", "{}", json.dumps({**told, "triples": "7"}),
                  json.dumps({**told, "digest": "sha256:0", "triples": 7})):  # fmt: skip
        kept.write_text(wrong, "utf-8")
        with serving(path) as url:
            assert {t[1:] for t in _void(url)} >= {t[1:] for t in first if "integer" in t[2]}
        assert json.loads(kept.read_text("utf-8")) == told


def test_a_browser_is_led_to_the_page_and_others_get_the_graph(url: str) -> None:
    """By what they accept; what cannot be had is told."""
    browser = get(url, "/sparql", "text/html,application/xhtml+xml,*/*;q=0.8")
    assert (browser.status_code, browser.headers["location"]) == (303, "/#/sparql")
    assert get(url, "/sparql").headers["content-type"].startswith("text/turtle")
    for path, status in (("/sparql", 406), ("/void", 406)):
        assert get(url, path, "image/png").status_code == status
    for path in ("/void?query=x", "/void?format=png", "/sparql?format=png", "/sparql?other=1"):
        found = get(url, path)
        assert found.status_code == 400, path
        assert found.headers["content-type"] == "application/problem+json"
    assert get(url, "/void", Host="localhost:x<y>").status_code == 400


# --- the page ----------------------------------------------------------------------------------

WORDS = {"en": "What is served", "fi": "Mitä tarjolla on", "sv": "Vad som finns här"}


@pytest.mark.parametrize("lang", WORDS)
def test_the_page_speaks_three_languages(url: str, lang: str) -> None:
    """By the address, else by what the browser asks for; it says which."""
    told = get(url, f"/about?lang={lang}", "text/html", Accept_Language="en")
    asked = get(url, "/about", "text/html", Accept_Language=f"de, {lang}-XX;q=0.8, en;q=0.1")
    for found in (told, asked):
        assert found.status_code == 200
        assert f'<html lang="{lang}">' in found.text
        assert WORDS[lang] in found.text
        assert found.headers["content-language"] == lang
        assert found.headers["vary"] == "Accept, Accept-Language"
    assert 'lang="en"' in get(url, "/about", Accept_Language="de").text
    assert get(url, "/about?lang=de").status_code == 400
    assert get(url, "/about?lang=en&lang=fi").status_code == 400


def test_the_page_runs_and_loads_nothing(invented: str) -> None:
    """No script, no handler, no address outside; its policy allows its own style alone."""
    found = get(invented, "/about", "text/html")
    policy = found.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    (style,) = re.findall(r"<style>(.*?)</style>", found.text, re.DOTALL)
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy
    assert not re.search(r"<script|<img|<[^>]*\son\w+=|\sstyle=", found.text)
    assert not re.search(r'(?:src|href|action)="(?!/|data:,)', found.text)
    assert "&lt;script&gt;alert(" in found.text
    assert "&lt;b&gt;own&lt;/b&gt;" in found.text
    assert "{{ 7 * 7 }}" in found.text


def test_the_page_tells_what_is_served(invented: str) -> None:
    """Packages in the language, digest, number of statements, horizon, and what is invented."""
    found = get(invented, "/about?lang=fi").text
    assert "onerror=alert(2)&gt; fi" in found
    assert "Hyvä" in found
    assert get(invented, "/void").headers["kvgraph-dataset"] in found
    assert "Väittämiä: 9." in found
    assert "2026-11-24" in found
    # Above, and beside the one package that says it.
    assert found.count("SYNTEETTINEN AINEISTO") == 2


def test_the_page_names_every_door_and_limit(url: str) -> None:
    """Each example answers; what cannot be done is said."""
    found = get(url, "/about?lang=en").text
    doors = re.findall(r"<code>(.*?)</code>", "".join(re.findall("<dt>.*</dt>", found)))
    assert sorted(doors) == sorted(
        path.replace(":path", "")
        for path in DOORS
        if path not in ("/about", "/update", "/assets/{file}")
    )
    examples = [
        link.replace("&amp;", "&") for link in re.findall(r'<a href="(/[^"]*)">/', found)
    ]  # fmt: skip
    assert len(examples) >= 7
    for path in examples:
        answer = get(url, path)
        assert answer.status_code == 200 or path.startswith("/store"), (path, answer.text)
    limits = Limits()
    for told in ("5 seconds", "200,000 rows", "256 MiB", "16 MiB", f"{limits.depth} brackets",
                 f"{limits.per_client} requests", f"{limits.in_all} in all", "SERVICE is off",
                 "Nothing can be written here"):  # fmt: skip
        assert told in found
    assert found.count("SYNTHETIC DATA") == 1  # the village is


def test_a_server_that_writes_says_so(store: Path, tmp_path: Path) -> None:
    """On the page with an example, and in the description as a service of its own."""
    path = tmp_path / "store"
    shutil.copytree(store, path)
    with serving(path, "--writable", KVGRAPH_TOKEN="a-token-of-some-length-0123456789") as url:
        page = get(url, "/about?lang=en").text
        said = get(url, "/sparql", "application/n-triples").text
    assert "<code>/update</code>" in page
    assert "Authorization: Bearer TOKEN" in page
    assert "a-token-of-some-length" not in page
    assert "Only those who have the token can write." in page
    sd = "http://www.w3.org/ns/sparql-service-description#"
    assert f"<{sd}supportedLanguage> <{sd}SPARQL11Update>" in said
    assert f"<{sd}endpoint> <{url}/update>" in said


# --- how it is ---------------------------------------------------------------------------------


def test_health_is_told(url: str) -> None:
    """With the dataset, the workers and the version; it is never kept."""
    found = get(url, "/healthz")
    assert found.status_code == 200
    assert found.headers["cache-control"] == "no-store"
    told = found.json()
    assert told["ok"] is True
    assert told["digest"] == village.dataset().digest
    assert told["workers"] == {"idle": 2, "all": 2}
    assert told["version"]


def test_a_store_that_is_gone_is_no_health(store: Path, tmp_path: Path) -> None:
    """503 with the reason; once it is there again, all is well."""
    path = tmp_path / "store"
    shutil.copytree(store, path)
    with serving(path) as url:
        assert get(url, "/healthz").status_code == 200
        path.rename(tmp_path / "away")
        found = get(url, "/healthz")
        assert (found.status_code, found.json()["ok"]) == (503, False)
        assert found.headers["content-type"] == "application/problem+json"
        assert "store" in found.json()["detail"]
        (tmp_path / "away").rename(path)
        assert get(url, "/healthz").status_code == 200


def test_health_is_told_while_all_workers_are_busy(url: str) -> None:
    """At once, without the digest that nobody is free to look at."""
    import concurrent.futures
    import time

    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with concurrent.futures.ThreadPoolExecutor(2) as others:
        asked = [others.submit(get, url, sparql(endless)) for _ in range(2)]
        began = time.perf_counter()
        while get(url, "/healthz").json()["workers"]["idle"]:
            assert time.perf_counter() - began < 3
        told = get(url, "/healthz").json()
        assert time.perf_counter() - began < 4
        assert [future.result().status_code for future in asked] == [503, 503]
    assert (told["ok"], told["digest"], told["workers"]) == (True, None, {"idle": 0, "all": 2})
    assert get(url, "/healthz").json()["ended"] >= 2
