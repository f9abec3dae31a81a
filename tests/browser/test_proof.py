"""The proof beside every drawn view: a path is walked to its sources, a missing one is explained."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs
from urllib.request import urlopen

import pytest

from .workbench import axe, open_view, shot

PATH: Final = "#/diffusion?lang=en&path=es-barcelona%3Ede-hamburg-altona&hop=0"
NO_PATH: Final = "#/table?lang=en&path=es-barcelona%3Egr-ioannina"


def _state(page: Any) -> dict[str, str]:
    fragment = page.evaluate("location.hash")
    return {k: v[0] for k, v in parse_qs(fragment.partition("?")[2]).items()}


def _asked(page: Any, door: str) -> Any:
    with urlopen(f"{page.address}{door}") as answer:
        return json.load(answer)


def test_a_path_is_walked_by_keyboard_from_first_giver_to_last_receiver(page: Any) -> None:
    """Each step is read out, stands in the address, and opens to its sources."""
    open_view(page, PATH)
    heads = page.locator("[data-walk] button.head")
    assert heads.count() == 2
    heads.first.focus()
    page.keyboard.press("End")
    assert _state(page)["hop"] == "1"
    assert heads.nth(1).evaluate("e => e === document.activeElement")
    page.wait_for_function("document.querySelector('.spoken[aria-live]').textContent.length > 40")
    heard = page.locator(".spoken[aria-live]").inner_text()
    assert heard.startswith("Step 2 of 2.")
    assert "Hamburg" in heard
    page.keyboard.press("ArrowLeft")
    assert _state(page)["hop"] == "0"
    hop = page.locator("[data-walk] [data-hop]")
    assert hop.get_attribute("data-hop") == "t0215"
    told = hop.inner_text()
    for words in ("2014-02", "1 February 2014 – 28 February 2014", "derived from levels", "Proven"):
        assert words in told
    links = hop.locator("[data-sources] a")
    assert links.count() >= 1
    for link in links.all():
        assert re.match("https?://", link.get_attribute("href"))
        assert link.get_attribute("rel") == "noopener noreferrer"
        assert link.get_attribute("target") == "_blank"
    axe(page, within="aside.proof")
    shot(page, "proof-path", whole=True)


def test_next_keeps_the_focus_and_the_open_step(page: Any) -> None:
    """Enter again goes on to the next step: it does not close the one that was opened."""
    open_view(page, PATH.removesuffix("&hop=0"))
    following = page.get_by_role("button", name="Next", exact=True)
    following.focus()
    for hop in ("0", "1", "1"):
        page.keyboard.press("Enter")
        assert _state(page)["hop"] == hop
        assert following.evaluate("e => e === document.activeElement")
        assert page.locator("[data-walk] [data-hop]").count() == 1
    assert following.get_attribute("aria-disabled") == "true"


def test_what_the_panel_tells_is_what_the_data_hold(page: Any) -> None:
    """Every hop of a path, with its dates and sources, is that of `kvgraph paths`."""
    open_view(page, PATH)
    row = _asked(page, "/api/analyse/paths?from=es-barcelona&to=de-hamburg-altona")["rows"][0]
    heads = page.locator("[data-walk] button.head")
    assert heads.count() == len(row["hops"])
    for number, hop in enumerate(row["hops"]):
        if number:
            heads.nth(number).click()
        shown = page.locator("[data-walk] [data-hop]")
        assert shown.get_attribute("data-hop") == hop["transfer"]
        assert [s["id"] for s in hop["sources"]] == sorted(
            re.findall(r"· (s-[\w-]+|SRC-[\w-]+)", shown.locator("[data-sources]").inner_text())
        )


def test_the_sparql_of_a_hop_finds_it_and_can_be_copied_and_edited(page: Any) -> None:
    """It is run as it stands; the editor opens with it."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_view(page, "#/table?lang=en&practice=pr-antirumour&at=transfer:t0215")
    page.locator("aside.proof summary", has_text="SPARQL").first.click()
    text = page.locator("aside.proof pre").first.inner_text()
    assert "/transfer/t0215" in text
    assert "#IRI#" not in text
    page.locator("aside.proof").get_by_role("button", name="Copy").first.click()
    assert page.evaluate("navigator.clipboard.readText()").strip() == text.strip()
    answer = page.request.get(
        f"{page.address}/sparql", params={"query": text},
        headers={"Accept": "application/sparql-results+json"},
    )  # fmt: skip
    assert answer.json()["results"]["bindings"]
    page.get_by_role("button", name="Open in the editor").first.click()
    assert page.evaluate("location.hash").startswith("#/sparql?")
    assert "t0215" in _state(page)["sparql.query"]


@pytest.mark.parametrize("lang", ["en", "fi", "sv"])
def test_why_there_is_no_path_is_told_hop_by_hop(page: Any, lang: str) -> None:
    """The nearest chain, where it breaks and why, as `kvgraph paths --why-not` answers."""
    open_view(page, NO_PATH.replace("lang=en", f"lang={lang}"))
    why = page.locator("[data-why]")
    why.locator("li").first.wait_for()
    rows = _asked(page, "/api/analyse/paths?from=es-barcelona&to=gr-ioannina&why-not=true")["rows"]
    items = why.locator("> ol > li")
    assert items.count() == len(rows) == 2
    assert "broken" not in (items.nth(0).get_attribute("class") or "")
    assert "broken" in items.nth(1).get_attribute("class")
    word = {"en": "abandoned", "fi": "keskeytetty", "sv": "avbruten"}[lang]
    assert word in items.nth(1).inner_text()
    items.nth(1).locator("summary").first.click()
    assert items.nth(1).locator("[data-hop]").get_attribute("data-hop") == rows[1]["transfer"]
    axe(page, within="aside.proof")
    shot(page, f"proof-why-not-{lang}", whole=False)


def test_ends_are_chosen_in_the_panel_and_the_path_is_left_again(page: Any) -> None:
    """The selects set the address; clearing empties it."""
    open_view(page, "#/table?lang=en&practice=pr-antirumour")
    page.locator("aside.proof select").nth(0).select_option("es-barcelona")
    page.locator("aside.proof select").nth(1).select_option("pt-amadora")
    assert _state(page)["path"] == "es-barcelona>pt-amadora"
    assert page.locator("[data-path] .reach.certain").count() == 1
    page.get_by_role("button", name="Clear the path").click()
    assert "path" not in _state(page)
    assert page.locator("[data-path]").count() == 0


def test_states_and_things_that_are_chosen_are_told_with_counts(page: Any) -> None:
    """The counts are those of the rows; one click selects a thing alone."""
    open_view(page, "#/table?lang=en&at=states:ES%3EPT")
    scene = _asked(page, "/api/scene")
    state = [t["state"] for t in scene["things"]]

    def of(place: int | None) -> str | None:
        return None if place is None else state[place]

    between = [t for t in scene["transfers"] if (of(t["giver"]), of(t["receiver"])) == ("ES", "PT")]
    told = page.locator("aside.proof section").first.inner_text()
    assert told.startswith("Spain → Portugal")
    assert f"{len(between)} transfer" in told
    open_view(page, "#/table?lang=en&at=thing:actor/pt-amadora")
    place = next(i for i, t in enumerate(scene["things"]) if t["id"] == "pt-amadora")
    given = sum(t["giver"] == place for t in scene["transfers"])
    assert f"Went out: {given} transfers" in page.locator("aside.proof").inner_text()
    page.locator("aside.proof").get_by_role("button", name="Select only this").click()
    assert _state(page)["actor"] == "pt-amadora"


def test_the_table_has_the_rows_of_the_pictures_sorts_them_and_gives_them_as_csv(
    page: Any, tmp_path: Path
) -> None:
    """As many rows as transfers are shown; the filter narrows table and csv alike."""
    open_view(page, "#/table?lang=en&practice=pr-antirumour&hide.outcome=possible")
    scene = _asked(page, "/api/scene?practice=pr-antirumour")
    shown = [t for t in scene["transfers"] if t["outcome"] != "possible"]
    rows = page.locator(".stage tbody tr")
    assert rows.count() == len(shown)
    page.get_by_role("button", name="Sort by: Date as read").click()
    heading = page.locator("th[aria-sort=ascending]")
    assert "Date as read" in heading.inner_text()
    assert _state(page)["table.sort"] == "read"
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV table").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    kept = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    assert {row["transfer"] for row in kept} == {t["iri"] for t in shown}
    assert all(row["source_urls"].startswith("http") for row in kept)
    rows.first.locator("button").click()
    assert _state(page)["at"].startswith("transfer:")
    assert page.locator("tr[aria-current=true]").count() == 1


def test_a_hundred_rows_at_a_time(page: Any) -> None:
    """More come on demand, and the keyboard goes on where they begin."""
    open_view(page, "#/table?lang=en")
    rows = page.locator(".stage tbody tr")
    assert rows.count() == 100
    page.locator(".stage button", has_text="more rows").click()
    assert rows.count() == 200
    assert page.evaluate("document.activeElement.closest('tr').sectionRowIndex") == 100
    page.locator(".lists button", has_text="Paths").click()
    assert _state(page)["table.of"] == "paths"
    rows.first.locator("button").click()
    assert ">" in _state(page)["path"]
    assert page.locator("[data-path] [data-walk]").count() == 1
