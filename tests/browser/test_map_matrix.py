"""The map, the matrices and the explorer in a real browser: their numbers are those of the data."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from kvgraph.diagram import frame
from kvgraph.selection import select, selection
from kvgraph.store import Dataset
from kvgraph.view import matrix as drawing

from .workbench import axe, open_view, shot, zoomed

BARCELONA: Final = "practice=pr-antirumour"
FINLAND: Final = "country=FI"
_CELL: Final = re.compile(
    r'data-giver="([^"]*)" data-receiver="([^"]*)" data-transfers="(\d+)" data-proven="(\d+)"'
)
_CELLS: Final = """cells => Object.fromEntries(cells.map(cell =>
  [cell.dataset.cell, cell.querySelectorAll("text")[0].textContent]))"""
_BOXES: Final = """names => names.map(name => {
  const box = name.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
})"""


def _cells(page: Any) -> dict[str, str]:
    """Give what stands in the cells of which something is known."""
    found: dict[str, str] = page.eval_on_selector_all("[data-cell][data-known]", _CELLS)
    return found


def _choose(page: Any) -> str:
    """Press Enter and give what the address then chooses."""
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.includes('at=')")
    return str(page.evaluate("new URLSearchParams(location.hash.split('?')[1]).get('at')"))


@pytest.mark.parametrize("options", [{}, {"practice": ["pr-antirumour"]}, {"country": ["FI"]}])
def test_matrix_has_the_numbers_of_the_picture(
    page: Any, shipped: Dataset, options: dict[str, list[str]]
) -> None:
    """The same selection, the same cells: as ``kvgraph view matrix`` counts them in Python."""
    query = "".join(f"&{name}={value}" for name, values in options.items() for value in values)
    open_view(page, f"#/matrix?lang=en{query}")
    svg = drawing.draw(shipped, select(shipped, selection(shipped, **options)), frame(shipped))
    code = {"": "-"}
    for country in page.evaluate("fetch('/api/scene').then(a => a.json())")["frame"]["countries"]:
        code[f"country-{country['code'].lower()}"] = country["code"]
    drawn = {f"{code[a]}>{code[b]}": f"{proven}/{n}" for a, b, n, proven in _CELL.findall(svg)}
    assert drawn == _cells(page)
    (everything,) = re.findall(r'data-sum="all"[^>]*>(\d+)<', svg)
    assert page.locator("[data-sum-all] text").text_content() == everything


def test_map_draws_every_transfer_or_names_it(page: Any) -> None:
    """Lines, loops and those without a place are together all that are shown."""
    open_view(page, f"#/map?lang=en&{FINLAND}")
    scene = page.evaluate(f"fetch('/api/scene?{FINLAND}').then(a => a.json())")
    lines = page.eval_on_selector_all(
        "[data-arc]", "arcs => arcs.reduce((sum, arc) => sum + Number(arc.dataset.n), 0)"
    )
    beside = page.locator("details:has(.listed)", has_text="transfer").all()
    listed = sum(int(re.match(r"\d+", part.inner_text()).group()) for part in beside)  # type: ignore[union-attr]
    assert lines + listed == len({transfer["id"] for transfer in scene["transfers"]})


def test_a_state_of_which_nothing_is_known_is_empty(page: Any) -> None:
    """It has no number, is white, and says that this is not to say that there was none."""
    open_view(page, f"#/map?lang=en&{BARCELONA}")
    state = page.locator('[data-state="FI"]')
    assert state.get_attribute("data-n") is None
    assert state.get_attribute("fill") == "#ffffff"
    assert "not to say that there was none" in state.get_attribute("aria-label")
    assert page.locator('[data-state="ES"]').get_attribute("data-n") is not None


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("map", ("member state, nothing known", "dashed ring", "≥ 16", "left out of reach")),
        ("matrix", ("3 proven of 8", "within one state", "≥ 16", "nothing known")),
        ("matrix&matrix.of=networks", ("“2?”", "only possible", "nothing known")),
    ],
)
def test_the_key_goes_along_with_the_picture(page: Any, view: str, words: tuple[str, ...]) -> None:
    """It stands within the picture, below what it explains, and stays within its width."""
    name, _, more = view.partition("&")
    open_view(page, f"#/{name}?lang=en&{more}")
    key = page.locator("svg[data-picture] > [data-key]")
    told = re.sub(r"\s+", " ", " ".join(key.locator("text").all_text_contents()))
    for word in words:
        assert word in told
    box, whole = key.bounding_box(), page.locator("svg[data-picture]").bounding_box()
    assert box["x"] >= whole["x"]
    assert box["x"] + box["width"] <= whole["x"] + whole["width"]
    assert box["y"] + box["height"] <= whole["y"] + whole["height"]
    lines = page.locator("svg[data-picture]").get_attribute("data-lines")
    assert lines == (None if view == "map" else "no")


@pytest.mark.parametrize("view", ["map", "matrix"])
def test_a_selection_without_a_transfer_says_so(page: Any, view: str) -> None:
    """An empty picture says that none is known, not that there was none."""
    open_view(page, f"#/{view}?lang=en&country=MT")
    assert "does not mean that there was none" in page.locator("[data-nothing]").inner_text()
    open_view(page, f"#/{view}?lang=en&{FINLAND}")
    assert page.locator("[data-nothing]").count() == 0


def test_map_by_keyboard(page: Any) -> None:
    """Arrows go from kind to kind and tell what is there; Enter chooses it."""
    open_view(page, f"#/map?lang=en&{BARCELONA}")
    page.locator("svg[data-picture] [tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    told = page.locator("p.spoken")
    page.wait_for_function("document.querySelector('p.spoken').textContent.includes('transfer')")
    name = page.evaluate("document.activeElement.dataset.thing")
    assert name.startswith("actor/")
    assert _choose(page) == f"thing:{name}"
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.querySelector('p.spoken').textContent.includes('From ')")
    assert re.search(r"Proven|Possible|no part in reach", told.inner_text())
    assert page.evaluate("document.activeElement.dataset.arc")
    assert _choose(page).startswith(("transfer:", "thing:"))
    page.keyboard.press("+")
    page.wait_for_function("location.hash.includes('map.zoom=')")
    page.keyboard.press("0")
    page.wait_for_function("!location.hash.includes('map.zoom=')")


def test_zoom_stands_in_the_address(page: Any) -> None:
    """A link to a part of the map opens that part, at any width."""
    open_view(page, f"#/map?lang=en&{BARCELONA}&map.zoom=0.2,0.75,4")
    moved = page.locator("svg[data-picture] svg > g").first.get_attribute("transform")
    assert moved.endswith("scale(4)")
    open_view(page, f"#/map?lang=en&{BARCELONA}")
    assert "scale(1)" in page.locator("svg[data-picture] svg > g").first.get_attribute("transform")


def test_the_wheel_scrolls_the_page_unless_it_zooms(page: Any) -> None:
    """Only with Ctrl does the wheel enlarge the map."""
    open_view(page, f"#/map?lang=en&{BARCELONA}")
    page.locator("svg[data-picture]").hover(position={"x": 30, "y": 30})
    page.mouse.wheel(0, 200)
    page.wait_for_function("window.scrollY > 0")
    assert "map.zoom" not in page.url
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_function("location.hash.includes('map.zoom=')")


def test_path_is_numbered_on_the_map(page: Any) -> None:
    """Each hop of the chosen path is drawn in its colour, in its order."""
    query = f"{BARCELONA}&path=es-barcelona>pt-loures&hop=0"
    open_view(page, f"#/map?lang=en&{query}")
    page.wait_for_selector("svg[data-picture] [data-hop]", state="attached")
    drawn = "svg[data-picture] [data-hop]"
    hops = page.eval_on_selector_all(drawn, "all => all.map(one => one.dataset.hop)")
    assert hops == [str(i + 1) for i in range(len(hops))]
    assert page.locator('svg [data-hop="1"] [stroke="#C2410C"]').count() >= 1


@pytest.mark.parametrize("query", [BARCELONA, FINLAND, ""])
def test_names_on_the_map_do_not_cover_each_other(page: Any, query: str) -> None:
    """Measured in the browser, in Finnish, whose names are long."""
    open_view(page, f"#/map?lang=fi&{query}")
    boxes = page.eval_on_selector_all("[data-name]", _BOXES)
    assert boxes
    for i, (left, top, right, bottom) in enumerate(boxes):
        for a, b, c, d in boxes[:i]:
            # The boxes of text have some room above and below their letters.
            across, down = min(right, c) - max(left, a), min(bottom, d) - max(top, b)
            assert across <= 1 or down <= 4


def test_matrix_by_keyboard(page: Any) -> None:
    """Arrows go from cell to cell, each is told, Enter chooses the two states."""
    open_view(page, f"#/matrix?lang=en&{BARCELONA}")
    page.locator('[role="grid"] [tabindex="0"]').focus()
    for _ in range(40):
        if page.evaluate("document.activeElement.dataset.row") == "ES":
            break
        page.keyboard.press("Home")
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.row") == "ES"
    while page.evaluate("document.activeElement.dataset.known") is None:
        page.keyboard.press("ArrowRight")
    cell = page.evaluate("document.activeElement.dataset.cell")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert re.search(r"\d+ proven of \d+", label)
    page.wait_for_function("label => document.querySelector('p.spoken').textContent === label",
                           arg=label)  # fmt: skip
    assert _choose(page) == f"states:{cell}"


def test_networks_open_to_their_members(page: Any) -> None:
    """A cell counts the members that its list then names, and the tab stands in the address."""
    open_view(page, "#/matrix?lang=en")
    page.get_by_role("tab", name="Networks").click()
    page.wait_for_function("location.hash.includes('matrix.of=networks')")
    cell = page.locator("[data-cell][data-known]").first
    cell.click()
    page.wait_for_function("location.hash.includes('matrix.cell=')")
    members = int(cell.locator("text").first.text_content())
    assert page.locator(".stage section .listed li").count() >= members


def test_heads_stay_in_sight(narrow: Any) -> None:
    """On a telephone the matrix scrolls within itself, beneath its heads."""
    open_view(narrow, f"#/matrix?lang=sv&{FINLAND}")
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")
    narrow.evaluate("document.querySelector('.scroll').scrollTo(300, 300)")
    scroll = narrow.locator(".scroll").bounding_box()
    left = narrow.locator("svg.left").bounding_box()
    top = narrow.locator("svg.top").bounding_box()
    assert abs(left["x"] - scroll["x"]) <= 2
    assert abs(top["y"] - scroll["y"]) <= 2
    shot(narrow, "matrix-390")


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
@pytest.mark.parametrize("view", ["map", "matrix"])
def test_no_barrier(page: Any, view: str, lang: str) -> None:
    """axe-core finds nothing, and a picture is kept to look at."""
    open_view(page, f"#/{view}?lang={lang}&{FINLAND}&at=thing:actor/country-fi")
    axe(page)
    shot(page, f"{view}-{lang}", whole=True)
    if view == "matrix":
        open_view(page, f"#/{view}?lang={lang}&{FINLAND}&matrix.of=networks")
        axe(page)
        shot(page, f"networks-{lang}", whole=True)


def test_map_fits_a_telephone_and_a_large_print(page: Any, narrow: Any) -> None:
    """Nothing runs out of the page at 390 pixels, nor at 200 %."""
    open_view(narrow, f"#/map?lang=fi&{BARCELONA}")
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(narrow, "map-390", whole=True)
    open_view(page, f"#/map?lang=fi&{BARCELONA}")
    zoomed(page)
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    shot(page, "map-200", whole=True)


def test_explorer_stands_in_our_address(page: Any) -> None:
    """What is chosen in the frame, and its language, are part of the link, and come back."""
    open_view(page, f"#/explorer?lang=fi&{BARCELONA}&explorer.at=thing%3Des-barcelona")
    frame = page.frame_locator("iframe")
    frame.locator("#detail", has_text="Barcelona").wait_for()
    inner = page.frames[1]
    assert inner.evaluate("document.documentElement.lang") == "fi"
    page.get_by_role("button", name="Svenska").click()
    inner.wait_for_function("document.documentElement.lang === 'sv'")
    inner.evaluate("location.hash = '#lang=sv&thing=pt-amadora'")
    page.wait_for_function("location.hash.includes('pt-amadora')")
    frame.locator("[data-lang='en']").click()
    page.wait_for_function("document.documentElement.lang === 'en'")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download it as one file").click()
    assert download.value.suggested_filename.endswith(".html")
