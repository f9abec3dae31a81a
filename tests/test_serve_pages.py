"""The doors of the workbench: its page, what it draws, and what can be taken along."""

from __future__ import annotations

import csv
import io
import json
import re
import socket
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest

import village
from kvgraph import registry, resources
from kvgraph.errors import KvgraphError
from kvgraph.inquiry import frame_of, selected
from kvgraph.inquiry.exporting import exporters
from kvgraph.namespaces import KV, PREFIXES
from kvgraph.plots import is_drawn
from kvgraph.scene import scene
from kvgraph.serve import workbench
from kvgraph.store import create
from serving import COMMAND, serving

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
QUERY = f"SELECT ?transfer {{ ?transfer a <{KV}Transfer> }} ORDER BY ?transfer LIMIT 2"
ELSEWHERE = "SELECT ?s { SERVICE <http://example.org/> { ?s ?p ?o } }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village as a store on disk."""
    path = tmp_path_factory.mktemp("pages") / "village"
    with create(path) as write:
        write(village.dataset().store, village.dataset().about)
    return path


@pytest.fixture(scope="module")
def url(store: Path) -> Iterator[str]:
    """A server of the village."""
    with serving(store) as address:
        yield address


@pytest.fixture(scope="module")
def page(url: str) -> httpx.Response:
    """The page; the tests of it need that it was built."""
    try:
        resources.built("workbench")
    except KvgraphError:
        pytest.skip("the pages are not built; make test builds them")
    return httpx.get(f"{url}/")


def get(url: str, path: str, *pairs: tuple[str, str], **headers: str) -> httpx.Response:
    """Get what is behind a door."""
    told = {name.replace("_", "-"): text for name, text in headers.items()}
    return httpx.get(url + path, params=list(pairs), headers=told, timeout=60)


def command(store: Path, *arguments: str, folder: Path | None = None) -> bytes:
    """Give what a command writes to its standard output."""
    call = [*COMMAND[:-1], *arguments, "--store", str(store)]
    done = subprocess.run(call, capture_output=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def refused(found: httpx.Response, status: int) -> dict[str, Any]:
    """Give the problem that was answered with."""
    assert found.status_code == status, found.text
    assert found.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = found.json()
    return told


# --- the page ----------------------------------------------------------------------------------


def test_the_page_may_do_what_it_needs_and_no_more(page: httpx.Response) -> None:
    """Scripts and styles from here alone; it can be shown in no frame, and holds no script."""
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|<style", page.text)
    for link in re.findall(r'(?:src|href)="([^"]*)"', page.text):
        assert link == "data:," or re.fullmatch(r"\./assets/[\w.-]+", link)


@pytest.mark.parametrize("lang", ["en", "fi", "sv"])
def test_the_page_begins_in_the_language_of_its_reader(
    url: str, page: httpx.Response, lang: str
) -> None:
    """By the address, else by what the browser asks for; each has a tag of its own."""
    told = get(url, "/", ("lang", lang), Accept_Language="de")
    asked = get(url, "/", Accept_Language=f"de, {lang};q=0.8, en;q=0.1")
    assert told.text == asked.text
    assert f'<html lang="{lang}">' in told.text
    assert told.headers["content-language"] == lang
    assert told.headers["vary"] == "Accept, Accept-Language"
    assert (told.headers["etag"] == page.headers["etag"]) == (lang == "en")
    again = get(url, "/", ("lang", lang), If_None_Match=told.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    refused(get(url, "/", ("lang", "de")), 400)
    refused(get(url, "/", ("language", "fi")), 400)
    refused(get(url, "/", Accept="text/csv"), 406)


def test_what_the_page_loads_is_given_once_and_kept(url: str, page: httpx.Response) -> None:
    """Every file with its type; its name tells its content, so that it need not be asked again."""
    folder = resources.built("workbench") / "assets"
    linked = {Path(link).name for link in re.findall(r'="\./assets/([^"]*)"', page.text)}
    assert linked
    assert linked <= {path.name for path in folder.iterdir()}
    for path in folder.iterdir():
        found = get(url, f"/assets/{path.name}")
        assert found.content == path.read_bytes()
        assert found.headers["content-type"] == workbench.MEDIA[path.suffix]
        assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
        head = httpx.head(f"{url}/assets/{path.name}")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(path.stat().st_size)
        again = get(url, f"/assets/{path.name}", If_None_Match=found.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/", "/assets/..", "/assets/../index.html", "/assets/%2e%2e/index.html",
        "/assets/..%2findex.html", "/assets/..%5cindex.html",
        "/assets/%2e%2e%2f%2e%2e%2fwords.toml",
        "/assets//etc/passwd", "/assets/index.html", "/assets/%00", "/assets/.", "/assets/x.js",
        "/assets/assets", "/index.html", "/NOTICES.txt", "/static/workbench/index.html",
    ],
)  # fmt: skip
def test_nothing_but_what_the_page_loads_is_given(url: str, path: str) -> None:
    """Whatever way it is written: sent as it stands, since clients tidy paths up."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "", where.port or 0)) as line:
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 404 "), answer[:200]
    assert "application/problem+json" in answer


def test_the_notices_tell_whose_code_the_page_holds(url: str, page: httpx.Response) -> None:
    """As text, linked from the page about the server."""
    assert page.status_code == 200
    found = get(url, "/notices")
    assert found.headers["content-type"] == "text/plain; charset=utf-8"
    assert "svelte" in found.text
    assert 'href="/notices"' in get(url, "/about").text


def test_where_the_page_is_not_built_people_are_told_how(store: Path, tmp_path: Path) -> None:
    """They are led to what there is, in their language; programs get all that they had."""
    code = (
        "import kvgraph.resources as r, pathlib, sys\n"
        f"r._HERE = pathlib.Path({str(tmp_path)!r})\n"
        f"sys.argv = ['kvgraph', 'serve', '--port', '0', '--workers', '1', '--store', {str(store)!r}]\n"  # noqa: E501
        "from kvgraph.cli.main import main; main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert process.stderr is not None
    try:
        found = re.search(r"on (http://\S+?)/\s", process.stderr.readline())
        assert found
        url = found[1]
        led = get(url, "/", ("lang", "sv"))
        assert (led.status_code, led.headers["location"]) == (303, "/about?lang=sv")
        assert get(url, "/").headers["location"] == "/about"
        about = get(url, "/about", ("lang", "sv")).text
        assert "<code>make install</code>" in about
        assert "<code>/</code>" not in about
        assert refused(get(url, "/notices"), 404)["hint"] == "Run make install."
        refused(get(url, "/assets/index.js"), 404)
    finally:
        process.terminate()
        process.wait(20)
        process.stderr.close()


# --- scenes ------------------------------------------------------------------------------------


def test_a_scene_is_what_the_selection_gives(url: str) -> None:
    """As Python makes it, in one line of JSON; the same selection is the same bytes."""
    dataset = village.dataset()
    for pairs in ((), (("country", "XA"),), (("from", "2012"), ("stage", "piloted"))):
        options: dict[str, Any] = {"lang": "en"}
        for name, text in pairs:
            options[{"from": "from_"}.get(name, name)] = (text,) if name == "country" else text
        made = scene(dataset, selected(dataset, options), frame_of(dataset, options))
        found = get(url, "/api/scene", *pairs)
        assert found.headers["content-type"] == "application/json"
        assert found.headers["kvgraph-dataset"] == dataset.digest
        assert found.json() == json.loads(json.dumps(made))
        assert found.content == get(url, "/api/scene", *pairs).content
        again = get(url, "/api/scene", *pairs, If_None_Match=found.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")


def test_a_scene_can_be_narrowed_by_a_query(url: str) -> None:
    """By the rows of SPARQL; one that asks another service, or nests too deep, is refused."""
    found = get(url, "/api/scene", ("query", QUERY)).json()
    assert len(found["transfers"]) == 2
    refused(get(url, "/api/scene", ("query", ELSEWHERE)), 403)
    refused(get(url, "/api/scene", ("query", "ASK { " + "{" * 90 + "}" * 90 + " }")), 400)
    refused(get(url, "/api/scene", ("query", "SELECT {")), 400)
    refused(get(url, "/api/scene", ("lang", "fi")), 400)
    refused(get(url, "/api/scene", ("actor", "nobody-at-all")), 404)
    refused(get(url, "/api/scene", Accept="text/csv"), 406)


# --- views -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", registry.names("view"))
def test_a_view_is_what_the_command_writes(url: str, store: Path, name: str) -> None:
    """Byte for byte, with a policy that lets the workbench show it and nobody else."""
    view = registry.entry("view", name, "VIEW")
    found = get(url, f"/api/views/{name}", ("country", "XA"), ("lang", "fi"))
    assert found.status_code == 200, found.text
    assert found.content == command(store, "view", name, "--country", "XA", "--lang", "fi")
    media = {".html": "text/html; charset=utf-8", ".svg": "image/svg+xml"}[view.suffix]
    assert found.headers["content-type"] == media
    assert "frame-ancestors 'self'" in found.headers["content-security-policy"]
    assert "content-disposition" not in found.headers
    kept = get(url, f"/api/views/{name}", ("country", "XA"), ("lang", "fi"), ("download", "1"))
    assert kept.content == found.content
    assert kept.headers["content-disposition"] == (
        f'attachment; filename="kvgraph-{name}{view.suffix}"'
    )
    pairs = (("country", "XA"), ("lang", "fi"))
    again = get(url, f"/api/views/{name}", *pairs, If_None_Match=found.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


def test_views_and_formats_are_listed_with_what_they_take(url: str) -> None:
    """Each with its address, its media type and its parameters."""
    for door, names in (("views", registry.names("view")), ("export", tuple(exporters()))):
        rows = get(url, f"/api/{door}").json()["rows"]
        assert tuple(row["name"] for row in rows) == names
        for row in rows:
            assert row["link"] == f"/api/{door}/{row['name']}"
            assert {"practice", "country", "query", "lang"} <= {
                p["name"] for p in row["parameters"]
            }
    assert refused(get(url, "/api/views/timelin"), 404)["candidates"] == ["timeline"]
    assert refused(get(url, "/api/export/gefx"), 404)["candidates"] == ["gexf"]
    refused(get(url, "/api/views/timeline", ("country", "no such")), 404)
    refused(get(url, "/api/views/timeline", ("height", "2")), 400)


# --- files to take along -----------------------------------------------------------------------


@pytest.mark.parametrize("name", tuple(exporters()))
def test_an_export_is_what_the_command_writes(
    url: str, store: Path, tmp_path: Path, name: str
) -> None:
    """Byte for byte, by GET and as a form; what is lost is counted."""
    exporter = exporters()[name]
    file = f"kvgraph{exporter.suffixes[0]}"
    command(store, "export", name, "--country", "XA", "-o", file, folder=tmp_path)
    losses = json.loads((tmp_path / f"{file}.loss.json").read_text("utf-8"))["losses"]
    found = get(url, f"/api/export/{name}", ("country", "XA"))
    assert found.status_code == 200, found.text
    if exporter.beside:
        with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
            made = {entry: archive.read(entry) for entry in archive.namelist()}
        assert made == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        file += ".zip"
    elif name != "xlsx":
        assert found.content == (tmp_path / file).read_bytes()
    assert found.headers["content-disposition"] == f'attachment; filename="{file}"'
    assert found.headers["kvgraph-losses"] == str(sum(loss["count"] for loss in losses))
    assert int(found.headers["kvgraph-rows"]) > 0
    form = httpx.post(f"{url}/api/export/{name}", data={"country": "XA"}, timeout=60)
    assert form.content == found.content or name == "xlsx"
    kept = get(url, f"/api/export/{name}", ("country", "XA"), If_None_Match=found.headers["etag"])
    assert kept.status_code == 304


def test_a_form_takes_a_query_longer_than_an_address(url: str) -> None:
    """So a picture that was narrowed by hand can be taken along as a graph."""
    iris = " ".join(f"<http://example.org/{'x' * 60}/{i}>" for i in range(2000))
    text = f"SELECT ?t {{ ?t a <{KV}Transfer> FILTER(?t NOT IN ({', '.join(iris.split())})) }}"
    assert len(text) > 100_000
    found = httpx.post(f"{url}/api/export/gexf", data={"query": text}, timeout=60)
    assert found.status_code == 200, found.text
    ElementTree.fromstring(found.content)
    assert get(url, "/api/export/gexf").content != b""
    json_told = {"Content-Type": "application/json"}
    refused(httpx.post(f"{url}/api/export/gexf", content=b"{}", headers=json_told), 415)
    refused(httpx.post(f"{url}/api/export/gexf", data={"level": "actor", "classes": "all"}), 400)
    refused(httpx.post(f"{url}/api/export/gexf", data={"query": ELSEWHERE}), 403)
    refused(get(url, "/api/export/ttl", ("level", "actor")), 400)
    refused(get(url, "/api/export/gexf", Accept="image/png"), 406)


def test_a_page_of_another_site_cannot_send_the_form(url: str) -> None:
    """One of ours can, and whoever is no page."""
    for origin, status in (("http://evil.example", 403), (url, 200)):
        found = httpx.post(
            f"{url}/api/export/gexf", data={"country": "XA"}, headers={"Origin": origin}
        )
        assert found.status_code == status


# --- figures -----------------------------------------------------------------------------------


def test_an_analysis_with_a_figure_is_drawn(url: str) -> None:
    """As SVG or PNG, by name or by Accept; what has none says so, and is listed so."""
    pytest.importorskip("matplotlib")
    rows = get(url, "/api/analyse").json()["rows"]
    drawn = {row["name"] for row in rows if row["plot"]}
    assert drawn == {name for name in registry.names("analysis") if is_drawn(name)}
    assert "reach" in drawn
    pairs = (("from", "xa-aspby"),)
    svg = get(url, "/api/analyse/reach", *pairs, ("format", "svg"), ("lang", "sv"))
    assert svg.status_code == 200, svg.text
    assert svg.headers["content-type"] == "image/svg+xml"
    assert ElementTree.fromstring(svg.content).tag.endswith("svg")
    assert "script-src" not in svg.headers["content-security-policy"]
    png = get(url, "/api/analyse/reach", *pairs, Accept="image/png, text/csv;q=0.5")
    assert png.headers["content-type"] == "image/png"
    assert struct.unpack(">I", png.content[16:20]) == (1440,)
    assert get(url, "/api/analyse/reach", *pairs, ("format", "png")).content == png.content
    told = refused(get(url, "/api/analyse/centrality", ("format", "svg")), 406)
    assert "reach" in told["hint"]
    assert (
        get(url, "/api/analyse/centrality", Accept="image/png, text/csv;q=0.5")
        .headers["content-type"]
        .startswith("text/csv")
    )
    refused(get(url, "/api/analyse/centrality", Accept="image/png"), 406)
    refused(get(url, "/api/analyse/nothing", ("format", "svg")), 404)


# --- terms -------------------------------------------------------------------------------------


def test_terms_are_those_of_the_dataset(url: str, tmp_path: Path) -> None:
    """Prefixes, classes, properties and codes with labels; one's own ontology counts too."""
    rows = {row["iri"]: row for row in get(url, "/api/terms").json()["rows"]}
    kinds = {row["kind"] for row in rows.values()}
    assert kinds == {"prefix", "class", "property", "code"}
    giver = rows[KV + "giver"]
    assert (giver["name"], giver["kind"]) == ("kv:giver", "property")
    assert set(giver["label"]) == {"en", "fi", "sv"}
    assert giver["comment"]["en"]
    assert giver["used"] == 6
    assert rows[KV + "Transfer"]["kind"] == "class"
    assert {p: rows[iri]["name"] for p, iri in PREFIXES.items()} == {p: f"{p}:" for p in PREFIXES}
    one = ox.Store()
    own = "http://example.org/own#"
    text = f"""PREFIX rdfs: <{PREFIXES["rdfs"]}> PREFIX owl: <http://www.w3.org/2002/07/owl#>
        INSERT DATA {{ GRAPH <{own}> {{ <{own}Mine> a owl:Class ; rdfs:label "Oma"@fi .
        <{own}x> <{own}undeclared> 1 }} }}"""
    one.update(text)
    path = tmp_path / "own"
    with create(path) as write:
        from kvgraph.store import About, digest

        write(one, About(digest=digest(one), quads=len(one), packages=(), horizon=None, counts={}))
    with serving(path) as address:
        found = {row["iri"]: row for row in get(address, "/api/terms").json()["rows"]}
        table = list(
            csv.DictReader(io.StringIO(get(address, "/api/terms", ("format", "csv")).text))
        )
    assert found[own + "Mine"]["label"] == {"fi": "Oma"}
    undeclared = found[own + "undeclared"]
    assert (undeclared["kind"], undeclared["used"]) == ("property", 1)
    assert len(table) == len(found)
