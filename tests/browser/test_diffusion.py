"""The diffusion view in a real browser: true to the data, walked by keyboard, legible, quick."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any, Final
from urllib.parse import unquote
from urllib.request import urlopen

import pytest

from .workbench import axe, open_view, ready, shot, zoomed

PATH: Final = "path=es-barcelona%3Ede-hamburg-altona"
STORY: Final = f"#/diffusion?lang=en&practice=pr-antirumour&{PATH}"
PICTURE: Final = "svg[data-picture]"
FIRST: Final = f"{PICTURE} [tabindex='0']"


def scene_of(page: Any, query: str = "") -> dict[str, Any]:
    with urlopen(f"{page.address}/api/scene?{query}") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def spoken(page: Any, *parts: str) -> str:
    """Wait until all of it has been read out."""
    page.wait_for_function(
        "parts => parts.every(part => document.querySelector('.spoken[aria-live]').textContent.includes(part))",
        arg=list(parts),
    )
    return str(page.inner_text(".spoken[aria-live]"))


def fragment(page: Any) -> str:
    return unquote(page.url.partition("#")[2])


def test_everything_that_is_known_is_drawn_and_nothing_more(page: Any) -> None:
    """Each transfer has its mark; what is not proven never looks so; the undated stand apart."""
    open_view(page, "#/diffusion?lang=en")
    scene = scene_of(page)
    drawn = page.eval_on_selector_all(
        f"{PICTURE} [data-mark^='transfer:']",
        """marks => marks.map(mark => [mark.dataset.mark.slice(9).split(" ")[0], mark.dataset.kind,
             mark.querySelector("[data-core]") !== null])""",
    )
    assert sorted(t["id"] for t in scene["transfers"]) == sorted(name for name, _, _ in drawn)
    outcomes = {t["id"]: t["outcome"] for t in scene["transfers"]}
    wrong = [
        (name, kind)
        for name, kind, dense in drawn
        if (kind == "proven") != (outcomes[name] == "proven")
        or (dense and outcomes[name] != "proven")
    ]
    assert wrong == []
    undated = len({t["iri"] for t in scene["transfers"] if not t["dated"]})
    assert page.get_attribute("[data-undated-count]", "data-undated-count") == str(undated)
    assert "known until" in page.text_content(f"{PICTURE} [data-horizon]")
    lanes = page.eval_on_selector_all(
        "[data-lane]", "lanes => lanes.map(lane => lane.dataset.lane)"
    )
    assert lanes[:4] == ["eu", "national", "regional", "local"]
    # A transfer to several receivers has a mark for each, and counts once.
    label = page.get_attribute(PICTURE, "aria-label")
    assert f"transfers {len({t['iri'] for t in scene['transfers']})}," in label
    shot(page, "diffusion-everything")


@pytest.mark.parametrize("width", [1440, 390])
def test_no_two_names_cover_each_other(page: Any, width: int) -> None:
    """More than 150 actors stand in rows; measured in the browser, none touches another."""
    page.set_viewport_size({"width": width, "height": 900})
    open_view(page, "#/diffusion?lang=en")
    boxes = page.eval_on_selector_all(
        f"{PICTURE} [data-label]",
        "labels => labels.map(label => { const b = label.getBBox(); return [b.x, b.y, b.width, b.height]; })",
    )
    assert len(boxes) > 150
    boxes.sort(key=lambda box: box[1])
    touching = [
        (a, b)
        for a, b in itertools.pairwise(boxes)
        if a[1] + a[3] > b[1] + 1 and a[0] < b[0] + b[2] and b[0] < a[0] + a[2]
    ]
    assert touching == []
    wide = page.eval_on_selector(PICTURE, "svg => svg.clientWidth")
    assert max(x + w for x, _, w, _ in boxes) <= wide
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("selection", ["country=MT", "network=NW-GCOP1"])
def test_where_nothing_is_known_nothing_is_said_to_be_hidden(page: Any, selection: str) -> None:
    """No transfer known is not a legend that hides, nor a proof that there was none."""
    open_view(page, f"#/diffusion?lang=en&{selection}")
    said = page.inner_text(".diffusion .notice")
    assert said.startswith("No transfer is known here. That does not mean that there was none.")


def test_the_first_year_of_a_telephone_is_whole(narrow: Any) -> None:
    open_view(narrow, "#/diffusion?lang=en&practice=pr-antirumour")
    lefts = narrow.eval_on_selector_all(
        f"{PICTURE} [data-year]", "years => years.map(year => year.getBBox().x)"
    )
    assert min(lefts) >= 0
    assert narrow.locator(f"{PICTURE} [data-ground]").count() > 0


def test_a_path_is_walked_by_keyboard_from_first_giver_to_last_receiver(page: Any) -> None:
    open_view(page, STORY)
    assert page.locator(f"{PICTURE} [data-hop]").count() == 2
    assert "certain" in page.inner_text("[data-path]")
    page.focus(FIRST)
    page.keyboard.press("]")
    spoken(page, "Step 1 of 2", "Barcelona", "Amadora", "2014-02", "There it became")
    assert "hop=0" in fragment(page)
    assert "at=transfer:t0215" in fragment(page)
    page.keyboard.press("]")
    spoken(page, "Step 2 of 2", "Amadora", "Hamburg-Altona")
    assert "at=transfer:t0098" in fragment(page)
    page.keyboard.press("[")
    spoken(page, "Step 1 of 2")
    shot(page, "diffusion-path-en")


def test_the_picture_is_one_stop_of_the_tab_key_and_arrows_go_through_it(page: Any) -> None:
    open_view(page, "#/diffusion?lang=en&practice=pr-antirumour")
    assert page.locator(FIRST).count() == 1
    page.focus(FIRST)
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+Home")
    seen = set()
    for _ in range(60):
        seen.add(page.evaluate("document.activeElement.dataset.mark"))
        page.keyboard.press("ArrowRight")
    marks = page.eval_on_selector_all(
        f"{PICTURE} [data-mark]", "marks => marks.map(mark => mark.dataset.mark)"
    )
    assert seen == set(marks)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert "at=" in fragment(page)
    assert page.locator(FIRST).count() == 1
    page.keyboard.press("Escape")
    assert "at=" not in fragment(page)


def test_a_tooltip_stays_while_one_is_on_it_and_goes_by_escape(page: Any) -> None:
    open_view(page, "#/diffusion?lang=en&practice=pr-antirumour")
    page.hover(f"{PICTURE} [data-mark='transfer:t0215'] [data-body]")
    tip = page.locator("[role=tooltip]")
    tip.wait_for()
    assert "Barcelona" in tip.inner_text()
    assert "Amadora" in tip.inner_text()
    box = tip.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 20, steps=3)
    page.clock.install()
    page.clock.run_for(2000)
    assert tip.count() == 1
    page.focus(FIRST)
    page.keyboard.press("Escape")
    tip.wait_for(state="detached")


def test_a_click_chooses_and_all_else_steps_back(page: Any) -> None:
    open_view(page, "#/diffusion?lang=en&practice=pr-antirumour")
    page.click(f"{PICTURE} [data-mark='transfer:t0215'] [data-body]")
    assert "at=transfer:t0215" in fragment(page)
    assert page.locator(f"{PICTURE} g[opacity='0.28']").count() > 0
    page.click(f"{PICTURE} [data-row]:has-text('Amadora')")
    assert "at=thing:actor/pt-amadora" in fragment(page)


def test_zoom_stands_in_the_address_and_the_same_address_draws_the_same(page: Any) -> None:
    open_view(page, "#/diffusion?lang=fi&practice=pr-antirumour")
    page.focus(FIRST)
    page.keyboard.press("+")
    assert re.search(r"diffusion\.zoom=\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d", fragment(page))
    assert page.locator("[data-span]").count() == 1
    page.mouse.move(0, 0)
    page.locator("h2").click()
    page.reload()
    ready(page)
    picture = page.eval_on_selector(PICTURE, "svg => svg.outerHTML")
    page.reload()
    ready(page)
    assert page.eval_on_selector(PICTURE, "svg => svg.outerHTML") == picture
    page.focus(FIRST)
    page.keyboard.press("0")
    assert "diffusion.zoom" not in fragment(page)


def test_the_wheel_scrolls_the_page_and_zooms_with_ctrl_only(page: Any) -> None:
    open_view(page, "#/diffusion?lang=en&practice=pr-antirumour")
    box = page.locator(PICTURE).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 150)
    page.mouse.wheel(0, 60)
    page.wait_for_function("() => scrollY > 0")
    assert "diffusion.zoom" not in fragment(page)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_function("() => location.hash.includes('diffusion.zoom')")


def test_what_the_hand_does_is_followed_without_delay(page: Any) -> None:
    """A frame of hovering or zooming takes the script less than 16 ms with everything drawn."""
    open_view(page, "#/diffusion?lang=en")
    times = page.evaluate(
        """async () => {
          const svg = document.querySelector("svg[data-picture]");
          const marks = [...svg.querySelectorAll("[data-mark]")];
          const box = svg.getBoundingClientRect();
          const at = { bubbles: true, cancelable: true, clientX: box.left + box.width * 0.6, clientY: 400 };
          const median = async (act) => {
            const found = [];
            for (let i = 0; i < 15; i++) {
              const start = performance.now();
              act(i);
              await Promise.resolve();
              await Promise.resolve();
              found.push(performance.now() - start);
              await new Promise((done) => requestAnimationFrame(done));
            }
            return found.sort((a, b) => a - b)[7];
          };
          return [
            await median((i) => marks[(i * 7) % marks.length].dispatchEvent(new PointerEvent("pointermove", { ...at, pointerType: "mouse" }))),
            await median((i) => svg.dispatchEvent(new WheelEvent("wheel", { ...at, ctrlKey: true, deltaY: i < 10 ? -30 : 15 }))),
          ];
        }"""
    )
    assert max(times) < 16, times


def test_the_names_of_lanes_and_the_years_stay_in_sight(page: Any) -> None:
    open_view(page, "#/diffusion?lang=en")
    page.evaluate("scrollTo(0, 3000)")
    top = page.eval_on_selector(".axis", "axis => axis.getBoundingClientRect().top")
    assert top == 0
    names = page.eval_on_selector_all(
        ".lane-name",
        "names => names.filter(n => { const t = n.getBoundingClientRect().top; return t >= 0 && t < 60; }).length",
    )
    assert names == 1


def test_years_are_narrowed_by_two_thumbs_and_let_go(page: Any) -> None:
    open_view(page, "#/diffusion?lang=en&practice=pr-antirumour")
    everything = page.locator(f"{PICTURE} [data-mark^='transfer:']").count()
    last = page.get_by_role("slider", name="To year")
    last.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    assert "years=2010..2016" in fragment(page)
    assert page.locator(f"{PICTURE} [data-mark^='transfer:']").count() < everything
    assert "2010–2016" in page.inner_text("[data-years]")
    page.get_by_role("button", name="All years").click()
    assert "years=" not in fragment(page)
    assert page.locator(f"{PICTURE} [data-mark^='transfer:']").count() == everything


def test_years_are_replayed_and_rows_keep_their_place(page: Any) -> None:
    open_view(page, "#/diffusion?lang=en&practice=pr-antirumour")
    rows = page.eval_on_selector_all(
        f"{PICTURE} [data-label]", "labels => labels.map(label => label.getAttribute('y'))"
    )
    page.get_by_label("Speed").select_option("fast")
    page.get_by_role("button", name="Replay").click()
    page.wait_for_function("() => location.hash.includes('years=2010..2014')")
    page.get_by_role("button", name="Pause").click()
    spoken(page, "By the end of")
    said = page.inner_text("[data-years]")
    assert "may have begun" in said
    assert "outcome unknown" in said
    assert page.locator("[data-outside] rect[stroke]").count() > 0
    assert rows == page.eval_on_selector_all(
        f"{PICTURE} [data-label]", "labels => labels.map(label => label.getAttribute('y'))"
    )
    shot(page, "diffusion-replay")
    page.get_by_role("button", name="End the replay").click()
    assert "years" not in fragment(page).replace("years.speed", "")


def test_who_wants_less_motion_steps_through_the_years(still: Any) -> None:
    open_view(still, "#/diffusion?lang=en&practice=pr-antirumour")
    still.get_by_role("button", name="Replay").click()
    assert "years=2010..2010" in fragment(still)
    still.get_by_role("button", name="Next year").click()
    assert "years=2010..2011" in fragment(still)
    spoken(still, "2011")


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_it_can_be_used_by_everybody(page: Any, lang: str) -> None:
    open_view(page, f"#/diffusion?lang={lang}&practice=pr-antirumour&{PATH}&hop=0")
    axe(page, within=".stage")
    shot(page, f"diffusion-{lang}", whole=True)


def test_it_fits_a_telephone_and_a_page_twice_as_large(page: Any, narrow: Any) -> None:
    for given, name in ((narrow, "diffusion-390"), (page, "diffusion-200")):
        if given is page:
            zoomed(page)
        open_view(given, f"{STORY}&hop=1")
        assert given.evaluate("document.documentElement.scrollWidth <= innerWidth")
        axe(given, within=".stage")
        shot(given, name, whole=True)
