"""The pictures without a browser: what they show is what is known, in any text and language."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest

import shipped as packages
from kvgraph.diagram import draw_transfers, frame
from kvgraph.errors import KvgraphError
from kvgraph.model import View
from kvgraph.namespaces import KV, PREFIXES, graph_iri, mint
from kvgraph.readers.tables import read_package
from kvgraph.selection import select, selection
from kvgraph.store import Dataset
from kvgraph.view import matrix, timeline
from kvgraph.view._svg import fitted, width_of, wrapped
from kvgraph.words import word

SVG: Final = "{http://www.w3.org/2000/svg}"
LANGUAGES: Final = ("fi", "sv", "en")
HOSTILE: Final = (
    "<img src=x onerror=alert(1)>", "</svg><script>alert(2)</script>", "]]> &amp; <![CDATA[",
    "\u2028line\u0000\x07\ufffe", "\u202e\u05e9\u05dc\u05d5\u05dd", '"quoted\' text"', "n" * 400,
)  # fmt: skip


def drawn(view: View, dataset: Dataset, lang: str = "en", **options: Any) -> ET.Element:
    """Give a picture of what the options select, read again."""
    chosen = select(dataset, selection(dataset, **options))
    by = frame(dataset, options.get("stage") or "adopted", lang)
    return ET.fromstring(view.draw(dataset, chosen, by))


@cache
def village() -> Dataset:
    """Give the village as a dataset in memory."""
    package, faults = read_package(Path(__file__).with_name("cases") / "village" / "package")
    assert not faults
    return Dataset(packages.built(package))


def rows(picture: ET.Element) -> dict[str, ET.Element]:
    """Give the drawn transfers by id; one to several receivers has a row for each."""
    found = [g for g in picture.iter(f"{SVG}g") if g.get("data-edge")]
    assert len({g.get("data-edge") for g in found}) == len(found)
    return {str(g.get("data-edge")): g for g in found}


def bars(row: ET.Element) -> dict[str, tuple[float, float]]:
    """Give where the bars of a row begin and how wide they are."""
    return {
        str(r.get("data-bar")): (float(r.get("x", 0)), float(r.get("width", 0)))
        for r in row.iter(f"{SVG}rect")
        if r.get("data-bar")
    }


def told(picture: ET.Element) -> str:
    """Give all text of a picture."""
    return "\n".join(t for e in picture.iter() if (t := (e.text or "").strip()))


def counted(dataset: Dataset, query: str) -> int:
    """Give the number that a query counts."""
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    (row,) = dataset.query(prefixes + query)  # type: ignore[misc]
    return int(row[0].value)  # type: ignore[union-attr]


def test_the_timeline_shows_each_transfer_once_as_it_is() -> None:
    """The village, practice p-kitchen with its adaptation: six transfers.

    v1, v2, v3 and v5 are proven at *adopted*, v4 is not, v6 is only planned. All have dates, and
    v1 (from 2012) begins left of v2 (2015-03) and v3 (2015-05).
    """
    found = rows(drawn(timeline.VIEW, village(), practice=["p-kitchen"]))
    assert {name: row.get("data-kind") for name, row in found.items()} == {
        "v1": "proven", "v2": "proven", "v3": "proven", "v4": "possible", "v5": "proven",
        "v6": "planned",
    }  # fmt: skip
    starts = {name: bars(row)["soft"][0] for name, row in found.items()}
    assert starts["v5"] < starts["v1"] < starts["v4"] < starts["v2"] < starts["v3"] < starts["v6"]
    # v5 went on from 2011 to 2012 and v1 from 2012 on: a year is as long everywhere.
    year = starts["v1"] - starts["v5"]
    assert starts["v4"] - starts["v1"] == pytest.approx(year, abs=0.4)


def test_the_timeline_counts_as_sparql_does(shipped: Dataset) -> None:
    """Barcelona's line: every transfer of it, by whether it is proven, and where it came from."""
    picture = drawn(timeline.VIEW, shipped, practice=["pr-antirumour"])
    found = rows(picture)
    of_line = """SELECT (COUNT(DISTINCT ?t) AS ?n) { VALUES ?p { %s }
      ?t kv:practice ?p ; kv:giver ?g ; kv:receiver ?r %s }"""
    line = f"<{mint('practice', 'pr-antirumour')}> <{mint('practice', 'gp17-20')}>"
    assert len(found) == counted(shipped, of_line % (line, "")) == 17
    given_up = of_line % (line, "; kv:status <https://w3id.org/kvgraph/voc/status/abandoned>")
    kinds = [row.get("data-kind") for row in found.values()]
    assert kinds.count("given_up") == counted(shipped, given_up) == 1
    assert f"{word('view.timeline.proven', 'en')}: {kinds.count('proven')}" in told(picture)
    origins = [g.get("data-origin") for g in picture.iter(f"{SVG}g") if g.get("data-origin")]
    assert origins == ["pr-antirumour", "gp17-20"]
    assert "Barcelona (ES) → Amadora (PT)" in told(picture)


def test_what_has_no_date_stands_apart(shipped: Dataset) -> None:
    """No day is invented for it: its sign stands right of the time."""
    found = rows(drawn(timeline.VIEW, shipped, country=["FI"]))
    undated = [row for row in found.values() if not bars(row)]
    assert len(found) == 28
    assert len(undated) == 9
    for row in undated:
        assert min(float(t.get("x", 0)) for t in list(row.iter(f"{SVG}text"))[3:]) > 1030


def test_a_later_day_stands_further_right(shipped: Dataset) -> None:
    """The axis keeps the order of days over all that is shown."""
    chosen = select(shipped, selection(shipped, country=["ES"]))
    picture = ET.fromstring(timeline.draw(shipped, chosen, frame(shipped)))
    begins = {}
    for link in chosen.links:
        if link.kind == "transfer" and link.begin is not None:
            begins[link.iri.rpartition("/")[2]] = link.begin
    places = {n: bars(r)["soft"][0] for n, r in rows(picture).items() if n in begins}
    assert len(places) > 50
    by_day = sorted(places, key=lambda n: begins[n])
    for one, other in pairwise(by_day):
        assert places[one] <= places[other] or begins[one] == begins[other]


def test_the_matrix_counts_as_sparql_does(shipped: Dataset) -> None:
    """Each cell is the number of transfers between two states, and the sums are those of cells."""
    picture = drawn(matrix.VIEW, shipped)
    cells = [g for g in picture.iter(f"{SVG}g") if g.get("data-cell")]
    between = """SELECT DISTINCT ?t { ?t kv:giver ?g ; kv:receiver ?r .
      ?g kv:countryCode "%s" . ?r kv:countryCode "%s" }"""
    edges = draw_transfers(shipped, select(shipped, selection(shipped)), frame(shipped)).edges
    uncounted = {str(e.attributes["iri"]) for e in edges if e.attributes["left_out"]}
    for giver, receiver, name in (
        ("IT", "ES", "country-it country-es"),
        ("FI", "FI", "country-fi country-fi"),
        ("CY", "PT", "country-cy country-pt"),
    ):
        (cell,) = [c for c in cells if c.get("data-cell") == name]
        query = f"PREFIX kv: <{KV}>\n" + between % (giver, receiver)
        found = {row[0].value for row in shipped.query(query)}  # type: ignore[union-attr]
        assert int(cell.get("data-transfers", 0)) == len(found - uncounted) > 0
    total = sum(int(c.get("data-transfers", 0)) for c in cells)
    gave = sum(int(t.text or 0) for t in picture.iter(f"{SVG}text") if t.get("data-gave"))
    received = sum(int(t.text or 0) for t in picture.iter(f"{SVG}text") if t.get("data-received"))
    assert total == gave == received
    outside = re.search(r"in no state.*?: (\d+)", told(picture))
    assert outside is not None
    # Proven and possible. The one to several receivers comes from a network: outside, once.
    assert total + int(outside[1]) == 65 + 183
    states = counted(shipped, "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a kv:MemberState }")
    names = [t for t in picture.iter(f"{SVG}text") if t.get("data-gave")]
    assert len(names) >= states


def test_the_matrix_of_the_village() -> None:
    """By hand: Varnia gave Oreland v1 and v5, both proven; itself v4, not proven.

    Oreland gave itself v2 and v3, both proven. v6 is only planned and in no cell.
    """
    cells = {
        g.get("data-cell"): (g.get("data-transfers"), g.get("data-proven"))
        for g in drawn(matrix.VIEW, village()).iter(f"{SVG}g")
        if g.get("data-cell")
    }
    assert cells == {
        "country-xa country-xb": ("2", "2"),
        "country-xa country-xa": ("1", "0"),
        "country-xb country-xb": ("2", "2"),
    }


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", [timeline.VIEW, matrix.VIEW], ids=lambda v: v.name)
def test_each_language_is_whole(shipped: Dataset, view: View, lang: str) -> None:
    """The title, the legend and the foot are in the language asked for."""
    text = told(drawn(view, shipped, lang, country=["FI"]))
    assert word(f"view.{view.name}.title", lang) in text
    for other in LANGUAGES:
        if other != lang:
            assert word(f"view.{view.name}.title", other) not in text
    assert re.search(r"\{\w+\}", text) is None


@cache
def hostile() -> Dataset:
    """Give transfers between things of hostile names."""
    graph = ox.NamedNode(graph_iri("hostile"))
    quads = []

    def say(iri: str, prefix: str, name: str, value: Any) -> None:
        term = ox.Literal(value) if isinstance(value, str) else value
        quads.append(ox.Quad(ox.NamedNode(iri), ox.NamedNode(PREFIXES[prefix] + name), term, graph))

    def node(iri: str) -> ox.NamedNode:
        return ox.NamedNode(iri)

    practice = mint("practice", "p")
    say(practice, "rdfs", "label", HOSTILE[0])
    say(practice, "dcterms", "identifier", "p")
    say(mint("actor", "country-xa"), "rdf", "type", node(KV + "MemberState"))
    say(mint("actor", "country-xa"), "rdfs", "label", HOSTILE[1])
    for i, name in enumerate(HOSTILE):
        actor, transfer = mint("actor", f"a{i}"), mint("transfer", f"t{i}")
        say(actor, "rdf", "type", node(KV + "Actor"))
        say(actor, "rdfs", "label", name)
        say(actor, "kv", "countryCode", name)
        say(transfer, "rdf", "type", node(KV + "Transfer"))
        say(transfer, "kv", "giver", node(actor))
        say(transfer, "kv", "receiver", node(mint("actor", f"a{(i + 1) % len(HOSTILE)}")))
        say(transfer, "kv", "practice", node(practice))
        say(transfer, "kv", "startAsWorded", name)
    return Dataset.memory(quads)


@pytest.mark.parametrize("view", [timeline.VIEW, matrix.VIEW], ids=lambda v: v.name)
def test_hostile_names_are_text(view: View) -> None:
    """Whatever a name says, it is text in a file that can be read."""
    picture = drawn(view, hostile(), practice=["p"])
    assert {e.tag.removeprefix(SVG) for e in picture.iter()} <= {
        "svg", "g", "title", "desc", "rect", "text", "line", "path", "defs", "pattern", "marker",
    }  # fmt: skip
    if view is timeline.VIEW:
        assert HOSTILE[0] in told(picture)
        assert len(rows(picture)) == len(HOSTILE)


def test_a_timeline_wants_to_be_narrowed(shipped: Dataset) -> None:
    """Everything at once is no timeline: it is said what to name."""
    with pytest.raises(KvgraphError) as caught:
        drawn(timeline.VIEW, shipped)
    assert "--practice" in caught.value.hint


@pytest.mark.parametrize("view", [timeline.VIEW, matrix.VIEW], ids=lambda v: v.name)
def test_nothing_found_is_explained(shipped: Dataset, view: View) -> None:
    """The picture says why it is empty."""
    picture = drawn(view, shipped, practice=["pr-antirumour"], country=["FI"])
    assert "No record meets all of" in told(picture).replace("\n", " ")


def test_text_is_cut_to_its_place() -> None:
    """A text that is too long ends in an ellipsis, and is not wider than its place."""
    for words in ("short", "W" * 50, "iiii" * 40, "\u4e2d" * 30, ""):
        assert width_of(fitted(words, 12, 120), 12) <= 120
        assert all(width_of(line, 12) <= 120 for line in wrapped(f"{words} {words}", 12, 120))
    assert fitted("short", 12, 120) == "short"


@pytest.mark.parametrize("name", ["timeline", "matrix"])
def test_the_same_input_is_the_same_picture(tmp_path: Path, name: str) -> None:
    """Two runs write the same bytes."""
    pictures = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.svg"
        command = "from kvgraph.cli.main import main; main()"
        arguments = ["view", name, "--country", "FI", "-o", str(path)]
        subprocess.run(
            [sys.executable, "-c", command, *arguments],
            env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True,
        )  # fmt: skip
        pictures.append(path.read_bytes())
    assert pictures[0] == pictures[1]


@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no chromium here")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_lies_on_another(shipped: Dataset, lang: str) -> None:
    """In a browser no two texts overlap and none leaves the picture."""
    from playwright.sync_api import sync_playwright

    measure = """() => [...document.querySelectorAll('svg text')].map((t) => {
      const b = t.getBBox(); return [b.x, b.y, b.width, b.height, t.textContent]; })"""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = chromium.new_page(viewport={"width": 1240, "height": 900})
        for view, options in (
            (timeline.VIEW, {"practice": ["pr-antirumour"]}),
            (timeline.VIEW, {"country": ["FI"]}),
            (matrix.VIEW, {}),
        ):
            chosen = select(shipped, selection(shipped, **options))
            svg = view.draw(shipped, chosen, frame(shipped, lang=lang))
            page.set_content("<body>" + svg.partition("?>")[2])
            boxes = page.evaluate(measure)
            wide = float(re.search(r' width="(\d+)"', svg)[1])  # type: ignore[index]
            for i, (x, y, w, h, words) in enumerate(boxes):
                assert x >= -1, words
                assert x + w <= wide + 1, words
                for x2, y2, w2, h2, other in boxes[i + 1 :]:
                    # A line's box is higher than its letters: two pixels may be shared.
                    across = min(x + w, x2 + w2) - max(x, x2)
                    down = min(y + h, y2 + h2) - max(y, y2)
                    assert across < 1 or down < 3, (view.name, lang, words, other)
        chromium.close()
