"""The explorer in a real browser: what it shows is what is known, and it asks nobody."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import networkx as nx
import pyoxigraph as ox
import pytest

from hostile import HOSTILE, hostile_dataset
from kvgraph.namespaces import KV, PREFIXES, graph_iri, mint
from kvgraph.palette import PALETTE
from kvgraph.store import Dataset
from kvgraph.view.explorer import MANY
from kvgraph.words import word

from .conftest import explorer, keep_picture

Opened = Callable[..., Any]
LANGUAGES: Final = ("fi", "sv", "en")
BARCELONA: Final = {"practice": ["pr-antirumour"]}
FINLAND: Final = {"country": ["FI"]}


def counted(dataset: Dataset, query: str) -> int:
    """Give the number that a query counts."""
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    (row,) = dataset.query(prefixes + query)  # type: ignore[misc]
    return int(row[0].value)  # type: ignore[union-attr]


def legend(page: Any, part: str) -> dict[str, int]:
    """Give the names and counts of a part of the legend, as they stand on the page."""
    found = {}
    for button in page.query_selector_all(f"#{part} button"):
        name = button.query_selector(".name").inner_text()
        found[name] = int(button.query_selector(".count").inner_text())
    return found


def open_table(page: Any) -> None:
    """Open the table below the picture, which is made when it opens."""
    page.click("#table summary")
    page.wait_for_selector("#link-rows tr")


def test_counts_are_those_of_sparql(opened: Opened, shipped: Dataset) -> None:
    """What the legend counts is what a query counts."""
    page = opened(explorer(shipped))
    things = legend(page, "classes")
    for iri in PALETTE:
        name = iri.rpartition("#")[2]
        if name in ("Organisation", "Jurisdiction"):
            continue
        count = f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x a kv:{name} }}"
        assert things[word(f"view.class.{name.lower()}", "en")] == counted(shipped, count)
    actors = "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a kv:%s FILTER(CONTAINS(STR(?x), '/actor/')) }"
    assert things["Organisation"] == counted(shipped, actors % "Organisation")
    assert things["City, region or state"] == counted(shipped, actors % "Jurisdiction")
    links = legend(page, "kinds")
    pairs = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?t ?r { ?t kv:giver ?g ; kv:receiver ?r } }"
    assert links["transfer"] == counted(shipped, pairs)
    members = "SELECT (COUNT(DISTINCT ?m) AS ?n) { ?m org:member ?a ; org:organization ?o "
    kinds = "FILTER(CONTAINS(STR(?m), '/membership/')) }"
    assert links["membership"] == counted(shipped, members + kinds)
    keep_picture(page, "explorer-everything")


def test_a_selection_counts_as_sparql_does(opened: Opened, shipped: Dataset) -> None:
    """Finland: transfers with a Finnish end, by whether they are proven."""
    page = opened(explorer(shipped, lang="fi", **FINLAND))
    ends = """SELECT (COUNT(DISTINCT ?t) AS ?n) { ?t a kv:Transfer ; kv:giver|kv:receiver ?end .
      { ?end kv:countryCode "FI" } }"""
    assert legend(page, "kinds")["siirto"] == counted(shipped, ends)
    assert "Maa: Suomi" in page.inner_text("#subtitle")
    assert f"Siirtoja {counted(shipped, ends)}" in page.inner_text("#coverage")
    keep_picture(page, "explorer-finland-fi")


def test_the_legend_filters(opened: Opened, shipped: Dataset) -> None:
    """A class, a kind of link and a style of line can be hidden, and the counts follow."""
    page = opened(explorer(shipped, **BARCELONA))
    assert "22 of 22 things and 60 of 60 links" in page.inner_text("#status")
    page.click("#kinds button:has-text('membership')")
    assert "22 of 22 things and 42 of 60 links" in page.inner_text("#status")
    page.click("#lines button:has-text('derived')")
    assert "26 of 60 links" in page.inner_text("#status")
    page.click("#classes button:has-text('Network')")
    page.click("#classes button:has-text('Practice')")
    # Left: 17 transfers among 18 cities.
    assert "18 of 22 things and 17 of 60 links" in page.inner_text("#status")
    assert page.get_attribute("#classes button:has-text('Practice')", "aria-pressed") == "false"


def test_search_finds_names_of_any_language_and_aliases(opened: Opened, shipped: Dataset) -> None:
    """A Finnish or Swedish name or an alias finds the thing, without accents too."""
    page = opened(explorer(shipped))
    for typed, found in (("suomi", "Finland"), ("ruotsi", "Sweden"), ("Ungern", "Hungary"),
                         ("malmo", "Malmö"), ("es-barcelona", "Barcelona")):  # fmt: skip
        page.fill("#search", typed)
        assert found in page.inner_text("#found"), typed
    page.fill("#search", "a")
    assert "the first 30 are shown" in page.inner_text("#found-count")
    page.fill("#search", "no such name")
    assert "found: 0" in page.inner_text("#found-count")
    page.fill("#search", "es-barcelona")
    page.keyboard.press("Enter")
    assert page.inner_text("#told h3") == "Barcelona"


def test_a_click_opens_every_fact_with_its_sources(opened: Opened, shipped: Dataset) -> None:
    """A click on a thing tells all that is stated of it; a second one with shift finds a path."""
    page = opened(explorer(shipped, **BARCELONA))
    page.mouse.click(*page.evaluate("kvPosition('pr-antirumour')"))
    assert page.inner_text("#told h3") == "Anti-rumour strategy"
    stated = counted(
        shipped,
        f"""SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?p ?o {{ GRAPH ?g {{
          <{mint("practice", "pr-antirumour")}> ?p ?o }}
          FILTER(?p NOT IN (dcterms:source, dcterms:identifier))
          FILTER(!CONTAINS(STR(?g), "superclasses"))
          FILTER(!STRSTARTS(STR(?p), STR(kv:earliest)) && !STRSTARTS(STR(?p), STR(kv:latest))) }} }}
        """,
    )
    assert len(page.query_selector_all("#told tbody tr")) == stated > 3
    link = page.query_selector("#told tbody a")
    assert link.get_attribute("href").startswith("http")
    assert "noopener" in link.get_attribute("rel")
    page.mouse.click(*page.evaluate("kvPosition('de-hamburg-altona')"))
    page.keyboard.down("Shift")
    page.mouse.click(*page.evaluate("kvPosition('se-botkyrka')"))
    page.keyboard.up("Shift")
    steps = page.query_selector_all("#path li")
    assert [s.query_selector("button").inner_text() for s in steps] == [
        "Hamburg-Altona", "Amadora", "Barcelona",
    ]  # fmt: skip
    assert "s-whynot" in page.inner_text("#path")
    keep_picture(page, "explorer-path")


def test_a_path_uses_documented_links_alone(opened: Opened, shipped: Dataset) -> None:
    """Without the documented links there is no path, though derived ones are shown."""
    page = opened(explorer(shipped, **BARCELONA), "#from=de-hamburg-altona&to=es-barcelona")
    assert page.query_selector("#path li") is not None
    page.click("#lines button:has-text('documented')")
    page.click("#lines button:has-text('transfer, proven')")
    page.click("#lines button:has-text('possible')")
    assert "No documented connection" in page.inner_text("#path")
    # Left are 16 derived links and one transfer that was abandoned.
    assert "17 of 60 links" in page.inner_text("#status")


_FOCUSED: Final = """(() => {
  const { id, dataset, tagName } = document.activeElement;
  return id || dataset.legend || dataset.act || tagName;
})()"""


def test_everything_can_be_done_by_keyboard(opened: Opened, shipped: Dataset) -> None:
    """Arrows go from thing to thing, keys mark a path, and Escape ends it."""
    page = opened(explorer(shipped, **BARCELONA))
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(_FOCUSED))
        if reached[-1] == "canvas":
            break
    assert {"search", "classes-0", "kinds-0", "lines-0", "png", "gexf", "canvas"} <= set(reached)
    page.keyboard.press("ArrowRight")
    first = page.inner_text("#told h3")
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#told h3") != first
    page.keyboard.press("p")
    assert first in page.inner_text("#path li")
    page.keyboard.press("n")
    assert "22 of 22" not in page.inner_text("#status")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "detail"
    page.focus("#canvas")
    page.keyboard.press("Escape")
    assert "22 of 22" in page.inner_text("#status")
    assert page.inner_text("#path") == ""


def test_the_table_holds_what_the_picture_shows(opened: Opened, shipped: Dataset) -> None:
    """Who does not see the picture reads the same rows."""
    page = opened(explorer(shipped, **BARCELONA))
    open_table(page)
    assert len(page.query_selector_all("#thing-rows tr")) == 22
    assert len(page.query_selector_all("#link-rows tr")) == 60
    page.click("#kinds button:has-text('membership')")
    assert len(page.query_selector_all("#link-rows tr")) == 42
    page.click("#thing-rows button:has-text('Barcelona')")
    assert page.inner_text("#told h3") == "Barcelona"


def test_a_link_leads_back_to_the_same_view(opened: Opened, shipped: Dataset) -> None:
    """The address holds what was chosen, hidden, asked and the language."""
    html = explorer(shipped, **BARCELONA)
    page = opened(html)
    page.click("#kinds button:has-text('membership')")
    page.mouse.click(*page.evaluate("kvPosition('es-barcelona')"))
    page.click("[data-act=path_from]")
    # The next thing chosen is the other end.
    page.mouse.click(*page.evaluate("kvPosition('se-botkyrka')"))
    page.click("[data-lang=sv]")
    fragment = page.evaluate("location.hash")
    again = opened(html, fragment)
    for part in ("#status", "#told", "#path", "#classes", "#kinds", "#title"):
        assert again.inner_text(part) == page.inner_text(part)
    assert again.evaluate("document.documentElement.lang") == "sv"
    assert again.evaluate("location.hash") == fragment
    # An address that names nothing shows the whole.
    lost = opened(html, "#thing=nobody&hide-classes=99.x&from=%3Cscript%3E&arrange=__proto__")
    assert "22 of 22" in lost.inner_text("#status")
    assert "not on this page: nobody" in lost.inner_text("#told")


@pytest.mark.parametrize("name", ["png", "gexf"])
def test_what_is_shown_can_be_saved(
    opened: Opened, shipped: Dataset, tmp_path: Path, name: str
) -> None:
    """The picture is not of one colour, and Gephi's file holds what is shown."""
    page = opened(explorer(shipped, **BARCELONA))
    page.click("#kinds button:has-text('membership')")
    with page.expect_download() as caught:
        page.click(f"[data-act={name}]")
    path = tmp_path / caught.value.suggested_filename
    caught.value.save_as(path)
    if name == "png":
        assert len(set(pixels(path.read_bytes()))) > 20
        return
    graph = nx.read_gexf(path)
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (22, 42)
    assert graph.nodes["es-barcelona"]["label"] == "Barcelona"
    kinds = [a["kind"] for *_, a in graph.edges(data=True)]
    assert kinds.count("transfer") == 17


def pixels(png: bytes) -> bytes:
    """Give the bytes of a picture's rows, before they are made into colours."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += length + 12
    return zlib.decompress(packed)


def test_hostile_text_shows_and_does_nothing(opened: Opened, tmp_path: Path) -> None:
    """Whatever a name, note, id or address says, it is text."""
    html = explorer(hostile_dataset())
    page = opened(html)
    open_table(page)
    for text in (*HOSTILE[:1], HOSTILE[4], HOSTILE[8]):
        assert text in page.inner_text("#table-body")
    for i in range(len(page.query_selector_all("#thing-rows tr"))):
        page.click(f"#thing-rows tr:nth-child({i + 1}) button")
        assert page.query_selector("#told h3") is not None
    for i in range(len(page.query_selector_all("#link-rows tr"))):
        page.click(f"#link-rows tr:nth-child({i + 1}) td:nth-child(2) button")
        assert page.query_selector("#told a") is None, "a script's address is no link"
    page.fill("#search", "<img")
    assert "<img src=x onerror" in page.inner_text("#found")
    page.hover("#found button")
    with page.expect_download() as caught:
        page.click("[data-act=gexf]")
    caught.value.save_as(tmp_path / "hostile.gexf")
    assert nx.read_gexf(tmp_path / "hostile.gexf").number_of_nodes() == 11
    assert page.evaluate("window.hostile") is None
    assert page.query_selector("img") is None
    keep_picture(page, "explorer-hostile")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_is_whole(opened: Opened, shipped: Dataset, lang: str) -> None:
    """Nothing stays unsaid or in another language."""
    page = opened(explorer(shipped, lang=lang, **BARCELONA), "#thing=es-barcelona")
    assert page.evaluate("document.documentElement.lang") == lang
    assert page.inner_text("#title") == word("view.explorer.title", lang)
    text = page.inner_text("body")
    assert "undefined" not in text
    assert "{" not in text
    for other in LANGUAGES:
        if other != lang:
            assert word("view.explorer.nothing_chosen", other) not in text
            assert word("view.explorer.legend_things", other) not in text.split("\n")


@pytest.mark.parametrize("width", [1440, 720, 390])
def test_axe_finds_nothing(opened: Opened, shipped: Dataset, width: int) -> None:
    """No violation of WCAG 2.2 AA that a machine can find, in any state, also zoomed in."""
    from axe_core_python.sync_playwright import Axe

    size = {"width": width, "height": 900}
    page = opened(explorer(shipped, lang="fi", **FINLAND), viewport=size)
    states = ("", "#lang=sv&thing=country-fi&near=1", "#lang=en&from=fi-helsinki&to=fi-oulu")
    for fragment in states:
        if fragment:
            page.evaluate(f"location.hash = '{fragment}'")
            page.wait_for_function("document.querySelector('#told h3, #path h3') !== null")
        if "en" in fragment:
            open_table(page)
        found = Axe().run(page)["violations"]
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    keep_picture(page, f"explorer-finland-{width}")


def test_two_hundred_things_fit_and_are_ready_soon(opened: Opened, shipped: Dataset) -> None:
    """A page of 200 things takes at most 700 kB, and 3 s until it can be used."""
    html = explorer(shipped, country=["DE"])
    assert len(html.encode()) <= 700_000
    page = opened(html, ready=3_000)
    assert sum(legend(page, "classes").values()) >= 200


def test_a_silent_network_does_not_delay_the_page(
    opened: Opened, shipped: Dataset, silent_proxy: str
) -> None:
    """Behind a firewall that never answers it is as soon there."""
    page = opened(explorer(shipped, **BARCELONA), ready=3_000, proxy={"server": silent_proxy})
    assert "22 of 22" in page.inner_text("#status")


def test_too_many_things_are_put_together(opened: Opened) -> None:
    """Above 3,000 things the page shows countries and classes, and says what was left out."""
    graph, kind = ox.NamedNode(graph_iri("many")), ox.NamedNode(PREFIXES["rdf"] + "type")
    quads = []
    for i in range(MANY + 1):
        actor = ox.NamedNode(mint("actor", f"a{i}"))
        for prefix, name, value in (
            ("dcterms", "identifier", f"a{i}"),
            ("kv", "countryCode", ("FI", "SE", "EE")[i % 3]),
        ):
            quads.append(
                ox.Quad(actor, ox.NamedNode(PREFIXES[prefix] + name), ox.Literal(value), graph)
            )
        quads.append(ox.Quad(actor, kind, ox.NamedNode(KV + "Organisation"), graph))
    page = opened(explorer(Dataset.memory(quads)))
    assert "3 of 3 things" in page.inner_text("#status")
    told = page.inner_text("#told")
    assert f"{MANY + 1} things are too many" in told
    assert "kvgraph export gexf" in told
    assert "FI: 1001" in told
    assert legend(page, "classes") == {"Organisation": MANY + 1}
    page.mouse.click(*page.evaluate("kvPosition('FI Organisation')"))
    assert page.inner_text("#told h3") == "FI · Organisation (1001)"
    page.click("[data-lang=fi]")
    assert page.inner_text("#told h3") == "FI · Organisaatio (1001)"
    assert page.query_selector("[data-act=path_from]") is None


def test_nothing_selected_is_explained(opened: Opened, shipped: Dataset) -> None:
    """An empty page says why it is empty."""
    page = opened(explorer(shipped, practice=["pr-antirumour"], country=["FI"], until="1990"))
    assert "No record meets all of" in page.inner_text("#told")


def test_the_same_input_is_the_same_page(tmp_path: Path) -> None:
    """Two runs write the same bytes."""
    pages = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.html"
        command = "from kvgraph.cli.main import main; main()"
        arguments = ["view", "explorer", "--practice", "pr-antirumour", "-o", str(path)]
        subprocess.run(
            [sys.executable, "-c", command, *arguments],
            env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True,
        )  # fmt: skip
        pages.append(path.read_bytes())
    assert pages[0] == pages[1]
