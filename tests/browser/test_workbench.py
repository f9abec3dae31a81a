"""The workbench as a whole: one selection, one state, one truth in all its views."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode
from urllib.request import Request, urlopen

import pytest

from .workbench import axe, open_view, ready, shot, zoomed

DRAWN: Final = ("diffusion", "map", "matrix", "table", "thing")
ASKING: Final = ("explorer", "ask", "analyse", "sparql")
BARCELONA: Final = "practice=pr-antirumour"


def _scene(page: Any, query: str = "") -> Any:
    with urlopen(f"{page.address}/api/scene?{query}") as answer:
        return json.load(answer)


def _rows(page: Any, sparql: str) -> list[dict[str, Any]]:
    """Put a query to the server that the page came from."""
    request = Request(
        f"{page.address}/sparql",
        data=urlencode({"query": sparql}).encode(),
        headers={"Accept": "application/sparql-results+json"},
    )
    with urlopen(request) as answer:
        found: list[dict[str, Any]] = json.load(answer)["results"]["bindings"]
    return found


def _sparql(page: Any) -> str:
    """Give the query that the page shows for what it shows."""
    page.locator("footer summary", has_text=re.compile("SPARQL")).click()
    return str(page.locator("footer pre").first.inner_text())


def _taken(page: Any, name: str) -> bytes:
    """Take a view along and give the file that the browser kept."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name, exact=True).click()
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("view", DRAWN + ASKING)
def test_every_view_opens_clean_in_three_languages(page: Any, view: str) -> None:
    """No error, no violated policy, no request elsewhere, no barrier that axe-core knows."""
    headings = {}
    for lang in ("en", "fi", "sv"):
        open_view(page, f"#/{view}?lang={lang}&{BARCELONA}")
        assert page.evaluate("document.documentElement.lang") == lang
        headings[lang] = page.locator("nav a[aria-current=page]").inner_text()
        if view == "explorer":
            page.frame_locator("iframe").locator("#canvas canvas").wait_for()
        shot(page, f"workbench-{view}-{lang}", whole=view in DRAWN)
        axe(page)
    assert all(headings.values())


@pytest.mark.parametrize("view", DRAWN + ASKING)
def test_every_view_can_be_used_on_a_telephone_and_enlarged(
    page: Any, narrow: Any, view: str
) -> None:
    """At 390 pixels and at 200 % nothing is cut off sideways, and axe-core finds no barrier."""
    zoomed(page)
    for small in (narrow, page):
        open_view(small, f"#/{view}?lang=fi&{BARCELONA}")
        wide = small.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide[0] <= wide[1]
        axe(small)
    shot(narrow, f"workbench-{view}-narrow")


@pytest.mark.parametrize(
    "query", ["", BARCELONA, "country=FI", "network=NW-GCOP1", "from=2009&until=2012"]
)
def test_what_is_counted_is_what_sparql_counts(page: Any, query: str) -> None:
    """The page counts the transfers that its own query finds, and draws each of them."""
    open_view(page, f"#/table?lang=en&{query}")
    told = page.locator(".chosen .counts").inner_text()
    found = re.search(r"^([\d,]+) transfers?: ([\d,]+) proven, ([\d,]+) possible", told)
    assert found is not None, told
    total = int(found[1].replace(",", ""))
    rows = _rows(page, _sparql(page))
    assert len({row["transfer"]["value"] for row in rows}) == total
    scene = _scene(page, query)
    # A transfer to several receivers is several records, and counts once.
    drawn = {t["iri"] for t in scene["transfers"]}
    assert scene["counts"]["transfers"] == total == len(drawn)
    assert {row["transfer"]["value"] for row in rows} == drawn


def test_a_filter_hides_in_every_view_and_in_the_query(page: Any) -> None:
    """What the legend hides is gone from the picture, the table, the query and the exports."""
    fragment = f"lang=en&{BARCELONA}&hide.outcome=possible,left_out"
    open_view(page, f"#/table?{fragment}")
    rows = _rows(page, _sparql(page))
    scene = _scene(page, BARCELONA)
    proven = {t["iri"] for t in scene["transfers"] if t["outcome"] == "proven"}
    assert proven
    assert {row["transfer"]["value"] for row in rows} == proven
    told = page.locator(".chosen .counts").inner_text()
    assert f"Shown: {len(proven)} ({len(proven)} proven, 0 possible, 0 not counted)" in told
    box = page.get_by_role("checkbox", name=re.compile("possible, outcome unknown"))
    assert not box.is_checked()
    box.check()
    assert "possible" not in parse_qs(page.url.partition("?")[2])["hide.outcome"][0].split(",")


def test_one_state_stands_in_the_address_of_all_views(page: Any, watched: Any) -> None:
    """A link opens what it was copied from: selection, filters, years, what is chosen, language."""
    fragment = (
        f"#/diffusion?lang=sv&{BARCELONA}&hide.level=eu&years=2010..2019"
        "&at=transfer%3At0215&path=es-barcelona%3Ede-hamburg-altona&hop=1"
    )
    open_view(page, fragment)
    assert parse_qs(page.url.partition("?")[2]) == parse_qs(fragment.partition("?")[2])
    page.locator("header nav a").nth(1).click()
    ready(page)
    assert "#/map?" in page.url
    assert parse_qs(page.url.partition("?")[2]) == parse_qs(fragment.partition("?")[2])
    other = watched(f"{page.address}/")
    other.goto(page.url)
    ready(other)
    assert other.locator("aside.proof").inner_text() == page.locator("aside.proof").inner_text()
    page.go_back()
    ready(page)
    assert "#/diffusion?" in page.url


def test_an_address_that_cannot_be_read_says_so_and_shows_the_rest(page: Any) -> None:
    """A link with a fault still opens, and names what was left out."""
    open_view(page, f"#/diffusion?lang=en&{BARCELONA}&years=soon&colour=red")
    notice = page.get_by_role("alert").first.inner_text()
    assert "years=soon" in notice
    assert "colour=red" in notice
    assert page.locator("svg[data-picture]").count() == 1
    open_view(page, "#/nowhere?lang=fi")
    assert "nowhere" in page.get_by_role("alert").first.inner_text()


def test_a_selection_that_names_nothing_is_told(page: Any) -> None:
    """The server's own words, with what to try; the page goes on."""
    open_view(page, "#/diffusion?lang=en&practice=no-such-practice")
    assert "no-such-practice" in page.get_by_role("alert").first.inner_text()
    page.get_by_role("button", name="Select everything").click()
    ready(page)
    assert page.locator(".chosen .counts").inner_text().startswith("281 transfers")
    # Chromium itself reports in its console that the answer was no success.
    page.seen.complaints[:] = [c for c in page.seen.complaints if "Failed to load" not in c]
    open_view(page, f"#/diffusion?lang=en&{BARCELONA}")
    assert page.locator("svg[data-picture]").count() == 1


@pytest.mark.parametrize("view", ["diffusion", "map", "matrix"])
def test_pictures_are_taken_along_with_what_explains_them(page: Any, view: str) -> None:
    """An SVG that parses and a PNG that shows something, with title, filter, data and date."""
    import struct
    import zlib

    open_view(page, f"#/{view}?lang=en&{BARCELONA}&hide.outcome=left_out")
    scene = _scene(page, BARCELONA)
    svg = _taken(page, "SVG picture").decode()
    root = ET.fromstring(svg)
    text = " ".join("".join(root.itertext()).split())
    for part in (
        scene["title"][2] if isinstance(scene["title"], list) else scene["title"],
        "Filter: Outcome", scene["frame"]["version"], scene["frame"]["dataset"][7:19],
        "Known links, not all links",
    ):  # fmt: skip
        assert part in text
    coverage = scene["coverage"]
    coverage = coverage if isinstance(coverage, str) else coverage[2]
    assert coverage in "".join(root.find("{http://www.w3.org/2000/svg}desc").itertext())  # type: ignore[union-attr]
    png = _taken(page, "PNG picture")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", png[16:20])[0] >= 700
    data, at = b"", 8
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += 12 + size
    assert len(set(zlib.decompress(data))) > 20
    shown = Path("build/screenshots") / f"export-{view}.png"
    shown.parent.mkdir(parents=True, exist_ok=True)
    shown.write_bytes(png)


def test_data_are_taken_along_as_the_command_line_writes_them(page: Any) -> None:
    """GEXF opens in networkx, Turtle in rdflib, and both hold what is shown and nothing else."""
    import networkx as nx
    from rdflib import Graph

    scene = _scene(page, BARCELONA)
    proven = sorted(t["id"] for t in scene["transfers"] if t["outcome"] == "proven")
    open_view(page, f"#/diffusion?lang=en&{BARCELONA}&hide.outcome=possible,left_out")
    graph = nx.read_gexf(io.BytesIO(_taken(page, "GEXF (Gephi)")))
    assert sorted(a["transfer"] for *_, a in graph.edges(data=True)) == proven
    turtle = Graph().parse(data=_taken(page, "Turtle (RDF)"), format="turtle")
    found = {
        str(s).rpartition("/")[2]
        for s in turtle.subjects()
        if "/transfer/" in str(s)
    }  # fmt: skip
    assert sorted(found) == proven


def test_a_view_can_be_cited(page: Any) -> None:
    """What, of which data, when, and the address that leads back to it."""
    open_view(page, f"#/map?lang=en&{BARCELONA}&years=2010..2016")
    page.locator("footer summary", has_text="Cite this").click()
    told = page.locator("[data-citation]").inner_text()
    scene = _scene(page, BARCELONA)
    for part in (scene["frame"]["dataset"], "years 2010–2016", page.url):
        assert part in told
    assert "@misc" in page.locator("footer pre", has_text="@misc").inner_text()
    assert "kvgraph view" in page.locator("footer").inner_text()


def test_the_same_view_works_in_a_file_of_its_own(
    page: Any, file_page: Callable[..., Any], tmp_path: Path
) -> None:
    """From file://, without a server: the same transfers, the same words, the same proof."""
    from kvgraph.cli.main import _run

    path = tmp_path / "barcelona.html"
    assert _run(["view", "diffusion", "--practice", "pr-antirumour", "-o", str(path)]) == 0
    chosen = "at=transfer%3At0215"
    mailed = file_page(path, f"#/diffusion?lang=fi&{chosen}")
    open_view(page, f"#/diffusion?lang=fi&{BARCELONA}&{chosen}")

    def picture(where: Any) -> str:
        return str(where.locator("svg[data-picture]").evaluate("svg => svg.textContent"))

    assert picture(mailed) == picture(page)
    for view in ("map", "matrix", "table", "thing"):
        mailed.evaluate("f => { window.kvReady = false; location.hash = f }", f"#/{view}?lang=sv")
        ready(mailed)
        axe(mailed)
    mailed.evaluate("f => { window.kvReady = false; location.hash = f }", "#/map?lang=sv")
    ready(mailed)
    assert ET.fromstring(_taken(mailed, "SVG-bild")).tag.endswith("svg")


@pytest.mark.parametrize("lang", ["en", "fi"])
def test_hostile_text_shows_and_does_nothing(
    file_page: Callable[..., Any], tmp_path: Path, lang: str
) -> None:
    """Whatever a name, date, note, id or address says, it is text, in every view and its proof."""
    from kvgraph.handle import Handle

    from .test_explorer import HOSTILE, hostile_dataset

    handle = Handle(hostile_dataset(), "")
    path = handle.view("diffusion", lang=lang).save(tmp_path / "hostile.html")
    page = file_page(path)
    scene = json.loads(page.locator("#kv-scene").evaluate("e => e.textContent"))
    for view in DRAWN:
        for at in ("", f"transfer:{scene['transfers'][3]['id']}", f"thing:actor/{HOSTILE[4]}"):
            state = urlencode({"lang": lang, "at": at})
            page.evaluate("f => { window.kvReady = false; location.hash = f }", f"#/{view}?{state}")
            ready(page)
            if view == "table":
                told = page.locator("table").first.evaluate("t => t.textContent")
                assert HOSTILE[0] in told
                assert HOSTILE[1] in told
            page.evaluate(
                "document.querySelectorAll('details:not([open]) > summary').forEach(s => s.click())"
            )
    assert page.evaluate("window.hostile") is None
    assert page.evaluate("({}).polluted === undefined && document.images.length") == 0
    assert page.locator('a[href^="javascript:"]').count() == 0


def test_a_file_of_two_hundred_things_is_ready_within_three_seconds(
    file_page: Callable[..., Any], tmp_path: Path
) -> None:
    """By the browser's own clock, from its start to all of it drawn; the best of three."""
    from kvgraph.handle import Handle
    from synthetic import synthetic

    path = Handle(synthetic(180, 150), "").view("diffusion").save(tmp_path / "page.html")
    assert path.stat().st_size <= 700_000
    took = []
    for _ in range(3):
        page = file_page(path)
        took.append(page.evaluate("performance.getEntriesByName('kv-ready')[0].startTime"))
    assert min(took) <= 3000
    assert page.get_by_text("Synthetic").first.is_visible()


def test_a_thousand_actors_can_still_be_used(file_page: Callable[..., Any], tmp_path: Path) -> None:
    """All rows are drawn or can be reached, and a choice is answered; the picture is kept."""
    from kvgraph.handle import Handle
    from synthetic import synthetic

    path = Handle(synthetic(1000, 1500), "").view("diffusion").save(tmp_path / "large.html")
    page = file_page(path)
    shot(page, "workbench-thousand")
    assert page.locator(".chosen .counts").inner_text().startswith("1500 transfers")
    page.evaluate(
        "f => { window.kvReady = false; location.hash = f }", "#/diffusion?at=transfer%3At00700"
    )
    ready(page)
    assert "Invented actor with a name of some length 0700" in (
        page.locator("aside.proof").inner_text()
    )
