"""The pages of things, and the search that leads to them."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import parse_qs
from urllib.request import urlopen

import pytest

from .workbench import axe, open_view, shot

OPENED: Final = {
    "practice": "#/thing?lang={lang}&practice=pr-antirumour&at=thing:practice/pr-antirumour",
    "actor": "#/thing?lang={lang}&at=thing:actor/pt-amadora",
    "network": "#/thing?lang={lang}&at=thing:network/n-rumourless-cities",
}


def _state(page: Any) -> dict[str, str]:
    fragment = page.evaluate("location.hash")
    return {k: v[0] for k, v in parse_qs(fragment.partition("?")[2]).items()}


def _scene(page: Any, query: str = "") -> Any:
    with urlopen(f"{page.address}/api/scene?{query}") as answer:
        return json.load(answer)


@pytest.mark.parametrize("kind", OPENED)
def test_a_page_tells_what_came_in_what_went_out_and_when(page: Any, kind: str) -> None:
    """In three languages, with as many rows as the data hold, each with its sources."""
    for lang in ("en", "fi", "sv"):
        open_view(page, OPENED[kind].format(lang=lang))
        assert page.locator(f"[data-page^='{kind}/']").count() == 1
        axe(page, within=".stage")
        shot(page, f"page-{kind}-{lang}", whole=True)
    scene = _scene(page, "practice=pr-antirumour" if kind == "practice" else "")
    name = OPENED[kind].rpartition("/")[2]
    place = next(i for i, t in enumerate(scene["things"]) if t["id"] == name)
    lists = {
        "practice": {"of": lambda t: t["practice"] == place},
        "actor": {
            "received": lambda t: t["receiver"] == place,
            "given": lambda t: t["giver"] == place,
        },
        "network": {"through": lambda t: place in t["via"]},
    }[kind]
    for which, belongs in lists.items():
        expected = [t for t in scene["transfers"] if belongs(t)]
        rows = page.locator(f"[data-list={which}] tbody tr")
        assert rows.count() == min(100, len(expected))
        assert expected
        sources = page.locator(f"[data-list={which}] td[data-column=sources]")
        assert all(text.strip() for text in sources.all_inner_texts())
    if kind == "network":
        members = [m for m in scene["memberships"] if m["body"] == place]
        dated = page.locator("[data-list=members] tbody tr").count()
        undated = page.locator("[data-list=members_undated] tbody tr").count()
        assert dated + undated == len(members)


def test_a_lineage_leads_from_page_to_page_by_keyboard(page: Any) -> None:
    """The tree is a picture that can be taken along, and each practice in it is a link."""
    open_view(page, OPENED["practice"].format(lang="en"))
    assert page.locator("svg[data-picture]").count() == 1
    page.locator("svg [data-practice=gp17-20]").focus()
    page.keyboard.press("Enter")
    assert _state(page)["at"] == "thing:practice/gp17-20"
    assert page.locator("svg [aria-current=page]").get_attribute("data-practice") == "gp17-20"


def test_choosing_a_row_keeps_the_page_and_opens_its_proof(page: Any) -> None:
    """The page stays, the proof stands beside, and the address holds both."""
    open_view(page, OPENED["actor"].format(lang="en"))
    page.locator("[data-list=given] tbody button").first.click()
    assert _state(page)["at"].startswith("transfer:")
    assert page.locator("[data-page='actor/pt-amadora']").count() == 1
    assert page.locator("aside.proof [data-hop]").count() >= 1


def test_everything_known_is_asked_of_the_server_in_the_language_of_the_page(page: Any) -> None:
    """The lines are those of `kvgraph show`."""
    open_view(page, OPENED["actor"].format(lang="sv"))
    page.locator("[data-dossier] summary").click()
    lines = page.locator("[data-dossier] tbody tr")
    lines.first.wait_for()
    with urlopen(f"{page.address}/api/things/actor/pt-amadora?lang=sv") as answer:
        rows = json.load(answer)["rows"]
    assert lines.count() == len(rows)
    assert rows[0]["property"] in lines.first.inner_text()


def test_without_a_thing_the_view_lists_what_can_be_opened(page: Any) -> None:
    """By kind, with counts; a thing that is not there is told of."""
    open_view(page, "#/thing?lang=en")
    scene = _scene(page)
    practices = [t for t in scene["things"] if t["kind"] == "practice"]
    summary = page.locator("[data-kind=practice] summary").inner_text()
    assert summary == f"Practices ({len(practices)})"
    assert page.locator("[data-kind=practice] li").count() == len(practices)
    axe(page, within=".stage")
    open_view(page, "#/thing?lang=en&at=thing:practice/none-such")
    assert "none-such" in page.locator(".stage [role=alert]").inner_text()


def test_the_search_finds_names_in_three_languages_and_leads_there(page: Any) -> None:
    """Case and accents do not count; the number found is read out; Enter chooses."""
    open_view(page, "#/table?lang=en")
    field = page.get_by_role("combobox", name="Search")
    field.fill("ruotsi")
    page.wait_for_function("/found/.test(document.querySelector('.spoken[aria-live]').innerText)")
    first = page.get_by_role("option").first
    assert "Sweden" in first.inner_text()
    assert "Ruotsi" in first.inner_text()
    axe(page, within=".heading")
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == first.get_attribute("id")
    field.press("Enter")
    assert _state(page)["at"] == "thing:actor/country-se"
    page.locator(".heading").get_by_role("button", name="Select only this").click()
    assert _state(page)["actor"] == "country-se"
    field.fill("zzz no such thing")
    page.wait_for_function("/Nothing/.test(document.querySelector('.spoken[aria-live]').innerText)")
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"


def test_the_search_asks_the_server_for_what_is_not_selected(page: Any) -> None:
    """It is marked, and choosing it selects it."""
    open_view(page, "#/table?lang=en&practice=pr-antirumour")
    page.get_by_role("combobox", name="Search").fill("kiva")
    found = page.get_by_role("option").filter(has_text="not among what is selected")
    found.first.wait_for()
    found.first.click()
    assert _state(page)["practice"] == "PR-KIVA"
    assert _state(page)["at"] == "thing:practice/PR-KIVA"
    page.locator("aside.proof [data-at]").wait_for()


def test_what_only_resembles_is_told_apart_and_the_page_stays_where_it_is(page: Any) -> None:
    """A name misspelt finds the city in view; choosing it pushes nothing down."""
    open_view(page, "#/table?lang=en")
    bench = page.locator(".bench")
    before = bench.bounding_box()["y"]
    field = page.get_by_role("combobox", name="Search")
    field.fill("Varsova")
    page.get_by_role("group", name="No exact match. Close to it:").wait_for()
    page.wait_for_function(
        "/No exact/.test(document.querySelector('.spoken[aria-live]').innerText)"
    )
    warsaw = page.get_by_role("option").filter(has_text="Warsaw").first
    assert "not among what is selected" not in warsaw.inner_text()
    axe(page, within=".heading")
    warsaw.click()
    assert _state(page)["at"].startswith("thing:")
    assert page.locator(".heading").get_by_text("Chosen: ").is_visible()
    assert bench.bounding_box()["y"] == before
