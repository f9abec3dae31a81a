"""Ask, analyse and SPARQL in a real browser: forms, answers as table and picture, the editor."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from .workbench import axe, open_view, shot, zoomed

GIVERS: Final = "#/ask?ask.name=actors%2Fgivers-and-receivers&ask.run=1&lang="
REACH: Final = "#/analyse?analyse.name=reach&analyse.p.from=es-barcelona&analyse.run=1&lang="
SVG: Final = "{http://www.w3.org/2000/svg}"
KV: Final = "https://w3id.org/kvgraph/def#"


def _api(page: Any, path: str) -> Any:
    with urlopen(f"{page.address}{path}") as answer:
        return json.load(answer)


def _answered(page: Any, fragment: str) -> Any:
    """Open a link to an answer and wait for it."""
    open_view(page, fragment)
    page.wait_for_selector("[data-result]")
    return page.locator("[data-result]")


def _rows(page: Any) -> Any:
    return page.locator("[data-result] tbody tr")


def _editor(page: Any, fragment: str = "#/sparql?lang=en") -> None:
    open_view(page, fragment)
    page.wait_for_selector("[data-ready=true]")


def _write(page: Any, text: str) -> None:
    """Write a query as a person does, in place of what stands in the editor."""
    page.locator(".CodeMirror").click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(text)
    page.keyboard.press("Escape")


def _run(page: Any, text: str, awaited: str) -> Any:
    _write(page, text)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(awaited)
    return page.locator(awaited)


# --- questions ---------------------------------------------------------------------------------


def test_a_question_is_asked_by_form_and_its_link_gives_the_same_answer(page: Any) -> None:
    """Found by words, narrowed to a thing that is looked up by name, and shared by its address."""
    open_view(page, "#/ask?lang=en")
    page.get_by_label("Find").fill("received gave on")
    page.get_by_role("link", name="Who received a practice and then gave it on").click()
    actor = page.get_by_role("combobox", name="actor", exact=True)
    actor.press_sequentially("amador")
    page.get_by_role("option", name="pt-amadora").first.wait_for()
    names = page.locator(".question [role=option]").all_inner_texts()
    for _ in range(1 + next(i for i, name in enumerate(names) if "· pt-amadora" in name
                            or name.split()[-1] == "pt-amadora")):  # fmt: skip
        actor.press("ArrowDown")
    actor.press("Enter")
    assert actor.input_value() == "pt-amadora"
    axe(page)
    page.get_by_role("button", name="Answer", exact=True).click()
    page.wait_for_selector("[data-result]")
    told = _api(page, "/api/queries/actors/relays?actor=pt-amadora")
    assert _rows(page).count() == told["count"]
    first = _rows(page).first.inner_text()
    fragment = page.evaluate("location.hash")
    page.goto("about:blank")
    _answered(page, fragment)
    assert (_rows(page).count(), _rows(page).first.inner_text()) == (told["count"], first)
    page.get_by_text("The SPARQL of this question").click()
    assert "VALUES ?actor { <https://w3id.org/kvgraph/id/actor/pt-amadora> }" in (
        page.get_by_role("region", name="The SPARQL of this question").inner_text()
    )
    page.get_by_role("button", name="Open in the editor").click()
    page.wait_for_selector("[data-ready=true]")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_selector("[data-result]")
    assert _rows(page).count() == told["count"]


def test_rows_are_sorted_shown_in_parts_and_lead_to_things(page: Any) -> None:
    """281 rows: 200, then the rest; sorted both ways; a name leads to its page, in this tab."""
    _answered(page, GIVERS + "en")
    told = _api(page, "/api/queries/actors/givers-and-receivers")["rows"]
    assert len(told) > 200
    assert _rows(page).count() == 200
    page.get_by_role("button", name=f"Show {len(told) - 200} more").click()
    assert _rows(page).count() == len(told)
    column = page.locator("th", has_text="gave").first
    for direction, pick in (("ascending", min), ("descending", max)):
        column.get_by_role("button").click()
        assert column.get_attribute("aria-sort") == direction
        assert int(_rows(page).first.locator("td").nth(1).inner_text()) == pick(
            row["gave"] for row in told
        )
    link = _rows(page).first.locator("a").first
    name = link.inner_text()
    link.click()
    page.wait_for_function("() => location.hash.startsWith('#/thing')")
    assert "at=thing%3Aactor%2F" in page.url
    page.go_back()
    page.wait_for_selector("[data-result]")
    assert name in _rows(page).first.inner_text()


def test_an_answer_can_be_kept_in_other_forms(page: Any) -> None:
    """Its csv has the same rows; its picture is a document of its own that says what it is."""
    _answered(page, GIVERS + "en")
    told = _api(page, "/api/queries/actors/givers-and-receivers")["rows"]
    with page.expect_download() as kept:
        page.get_by_role("link", name="Save as csv").click()
    text = Path(kept.value.path()).read_text("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text)))) == len(told)
    figure = page.locator("[data-result]")
    with page.expect_download() as kept:
        figure.get_by_role("button", name="SVG picture").click()
    root = ET.parse(kept.value.path()).getroot()
    words = " ".join(root.itertext())
    assert root.tag == f"{SVG}svg"
    assert len(root.findall(f".//{SVG}g/{SVG}rect")) == 30
    assert "How much did each actor give and receive" in words
    assert f"{len(told) - 30} more are in the table" in words
    assert "Known links, not all links" in words
    assert not [e for e in root.iter() if "class" in e.attrib or "style" in e.attrib]
    with page.expect_download() as kept:
        figure.get_by_role("button", name="PNG picture").click()
    assert Path(kept.value.path()).read_bytes().startswith(b"\x89PNG")


def test_a_picture_is_drawn_as_one_chooses(page: Any) -> None:
    """What is chosen stands in the address, and a link draws the same."""
    _answered(page, GIVERS + "en")
    page.get_by_label("Drawn as").select_option("dots")
    page.get_by_label("across", exact=True).select_option("gave_to")
    page.get_by_label("upwards", exact=True).select_option("received_from")
    fragment = page.evaluate("location.hash")
    count = page.locator("svg[data-picture] circle").count()
    assert count == len(_api(page, "/api/queries/actors/givers-and-receivers")["rows"])
    page.goto("about:blank")
    _answered(page, fragment)
    assert page.locator("svg[data-picture] circle").count() == count
    assert page.get_by_label("upwards", exact=True).input_value() == "received_from"


def test_no_picture_is_made_up_of_what_need_not_belong_together(page: Any) -> None:
    """Relays: nothing is drawn until days and names are chosen; then the heading says which."""
    _answered(page, "#/ask?ask.name=actors%2Frelays&ask.run=1&lang=fi")
    page.wait_for_selector("[data-undrawn]")
    assert page.locator("svg[data-picture]").count() == 0
    page.get_by_label("Piirretään").select_option("time")
    page.get_by_label("alkaa", exact=True).select_option("in_earliest")
    assert page.locator("svg[data-picture]").count() == 0
    page.get_by_label("nimet", exact=True).select_option("transfer_in")
    picture = page.locator("svg[data-picture]")
    words = " ".join(picture.locator("text").all_text_contents())
    assert "in_earliest – in_latest, nimet sarakkeesta transfer_in" in words
    assert "Palkit kertovat vain päivät" in words
    axe(page)
    shot(page, "ask-relays", whole=True)


def test_a_picture_tells_what_is_sure_from_what_is_not(page: Any) -> None:
    """Transfers of a practice: abandoned has a cross, unknown is hatched, and the key says so."""
    _answered(
        page,
        "#/ask?ask.name=transfers%2Fof-practice&ask.p.practice=gp17-20&ask.run=1&lang=en"
        "&ask.chart=time&ask.x=earliest&ask.y=latest&ask.named=receiver",
    )
    words = " ".join(page.locator("svg[data-picture] text").all_text_contents())
    assert "earliest – latest of the rows, named by receiver" in words
    assert "is drawn from status, certainty" in words
    assert "abandoned or refused" in words
    assert "or outcome unknown" in words
    assert "practice = gp17-20" not in words
    axe(page)
    shot(page, "ask-looks", whole=True)


def test_what_is_looked_up_closes_and_stays_closed(page: Any) -> None:
    """After Escape, and after Answer, a late reply does not open the list again."""
    open_view(page, "#/ask?lang=en&ask.name=actors%2Frelays")
    actor = page.get_by_role("combobox", name="actor", exact=True)
    held: list[Any] = []
    page.route("**/api/things*", lambda route: held.append(route))
    for leave in ("Escape", "Enter"):
        with page.expect_request("**/api/things*"):
            actor.fill("pt-amadora" if leave == "Enter" else "pt-amador")
        actor.press(leave)
        while held:
            held.pop().fulfill(
                json={"rows": [{"id": "x", "kind": "actor", "label": "x", "name": "x"}]}
            )
        if leave == "Enter":
            page.wait_for_selector("[data-result]")
        assert actor.get_attribute("aria-expanded") == "false"
        assert page.locator(".question [role=option]:visible").count() == 0
    page.unroute_all(behavior="ignoreErrors")


def test_nothing_found_is_explained_and_so_is_what_cannot_be_asked(page: Any) -> None:
    """No bare empty table: the reason; and for an unknown name those that come close."""
    open_view(page, "#/ask?lang=en&ask.name=paths%2Freturned&ask.run=1")
    page.wait_for_selector("[data-empty]")
    told = _api(page, "/api/queries/paths/returned")["empty"]
    assert told in page.locator("[data-empty]").inner_text()
    open_view(page, "#/ask?lang=fi&ask.name=actors%2Frelays&ask.run=1&ask.p.actor=pt-amadore")
    page.wait_for_selector("[data-refused]")
    assert "pt-amadora" in page.locator("[data-refused]").inner_text()
    axe(page)
    page.seen.complaints.clear()


# --- analyses ----------------------------------------------------------------------------------


def test_an_analysis_tells_what_it_left_out_and_is_drawn(page: Any) -> None:
    """Above the table: rule, horizon, left out, undated; beside it the picture of the server."""
    result = _answered(page, REACH + "en")
    told = _api(page, "/api/analyse/reach?from=es-barcelona")
    assert _rows(page).count() == len(told["rows"])
    head = result.locator("ul.head").inner_text()
    for sentence in ("Rule: non-strict.", "Known until", "Transfers left out: ", "abandoned 1"):
        assert sentence in head
    picture = result.locator("img")
    page.wait_for_function("() => document.querySelector('[data-result] img')?.naturalWidth > 100")
    assert picture.get_attribute("alt")
    page.get_by_text("What it measures, how, and what the columns mean").click()
    assert page.locator(".explained p").count() > 1
    result.get_by_role("button", name="Draw the table in another way").click()
    assert result.locator("svg[data-picture] g").count() == len(told["rows"])
    axe(page)
    shot(page, "ask-reach", whole=True)


def test_an_analysis_looks_at_what_is_selected_everywhere(page: Any) -> None:
    """The selection fills its form, and what is changed there is the selection."""
    fragment = "#/analyse?lang=sv&theme=inclusion&analyse.name=centrality"
    open_view(page, fragment)
    page.locator(".question form").wait_for()
    chips = page.locator(".question form .chips")
    assert chips.count() == 1
    page.locator("button.main").click()
    page.wait_for_selector("[data-result]")
    told = _api(page, "/api/analyse/centrality?theme=inclusion")
    assert _rows(page).count() == min(200, len(told["rows"]))
    chips.get_by_role("button").click()
    page.locator("button.main").click()
    page.wait_for_function("() => !location.hash.includes('theme=')")
    whole = len(_api(page, "/api/analyse/centrality")["rows"])
    page.wait_for_function(
        "n => document.querySelector('[data-result] h4')?.textContent.startsWith(n)", arg=str(whole)
    )


def test_what_is_required_is_asked_for_and_long_work_can_be_called_off(page: Any) -> None:
    """No request without it; a request that takes long is ended by its button."""
    open_view(page, "#/analyse?lang=en&analyse.name=paths")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("Say what from is").wait_for()
    assert not [url for url in page.seen.asked if "/api/analyse/paths" in url]
    held: list[Any] = []
    page.route("**/api/analyse/centrality*", lambda route: held.append(route))
    open_view(page, "#/analyse?lang=en&analyse.name=centrality")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Being answered").wait_for(state="detached")
    assert len(held) == 1
    page.unroute_all(behavior="ignoreErrors")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.wait_for_selector("[data-result]")


# --- SPARQL ------------------------------------------------------------------------------------


def test_the_editor_completes_terms_and_runs_a_query(page: Any) -> None:
    """Terms by their names in the language of the page; their prefix is declared when missing."""
    _editor(page, "#/sparql?lang=fi")
    page.wait_for_selector("[data-terms]:not([data-terms='0'])")
    page.locator(".CodeMirror").click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("SELECT ?t ?g { ?t kv:giv")
    page.locator(".CodeMirror-hint").first.wait_for()
    assert page.locator(".CodeMirror-hint").first.inner_text().startswith("kv:giver antaja")
    axe(page)
    shot(page, "ask-completion")
    page.keyboard.press("Enter")
    page.keyboard.type(" ?g }")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-result]")
    query = f"SELECT ?t ?g {{ ?t <{KV}giver> ?g }}"
    told = _api(page, f"/sparql?query={quote(query)}")["results"]["bindings"]
    assert page.locator("[data-result] h4").inner_text().startswith(str(len(told)))
    assert _rows(page).count() == min(200, len(told))
    assert page.locator("[data-result] tbody a").first.get_attribute("href").startswith("#/")
    axe(page)


def test_a_wrong_query_shows_where_and_what_would_put_it_right(page: Any) -> None:
    """Line, column, caret, the place marked; the missing prefix is added with one press."""
    _editor(page)
    refused = _run(page, "SELECT * {\n ?t voc:x ?g }", "[data-refused]")
    told = refused.inner_text()
    assert "Line 2, column 6." in told  # the editor indents
    assert 'the prefix "voc:" is not declared' in told
    assert refused.locator("pre").inner_text().splitlines()[1] == "     ^"
    assert page.locator(".kv-wrong").inner_text() == "voc:x"
    axe(page)
    shot(page, "ask-refused")
    refused.get_by_role("button").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-empty]")
    assert page.locator("[data-refused]").count() == 0
    # A mistake has an icon beside its line, which must not break the policy when one points at it.
    _write(page, "SELECT {{")
    page.locator(".parseErrorIcon").hover()
    assert any("400" in complaint for complaint in page.seen.complaints)
    page.seen.complaints.clear()


def test_each_kind_of_answer_is_shown(page: Any) -> None:
    """Yes and no in words, statements as text to keep, nothing with its reason, text as text."""
    _editor(page)
    assert "Yes" in _run(page, "ASK { ?s ?p ?o }", "[data-yes]").inner_text()
    iri = "https://w3id.org/kvgraph/id/actor/pt-amadora"
    graph = _run(page, f"DESCRIBE <{iri}>", "[data-graph]")
    assert iri in graph.locator("pre").inner_text()
    empty = _run(page, f"SELECT * {{ ?a <{KV}gixer> ?b }}", "[data-empty]")
    assert "kv:giver" in empty.inner_text()
    hostile = "<img src=x onerror=alert(1)>"
    _run(page, f"SELECT ('{hostile}' AS ?x) {{}}", "[data-result] tbody tr")
    assert _rows(page).first.inner_text().strip() == hostile


def test_a_link_fills_the_editor_and_runs_nothing(page: Any) -> None:
    """A query from an address waits for a person; the library beside it fills the editor too."""
    query = "SELECT ?x { ?x ?y ?z } LIMIT 3"
    _editor(page, f"#/sparql?lang=en&sparql.query={quote(query)}")
    assert page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()") == query
    assert not [url for url in page.seen.asked if "/sparql" in url]
    page.get_by_role("button", name="Who received a practice and then gave it on").click()
    assert "PREFIX kv:" in page.evaluate(
        "document.querySelector('.CodeMirror').CodeMirror.getValue()"
    )
    assert not [url for url in page.seen.asked if "/sparql" in url]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    page.keyboard.press("Shift+Tab")
    assert "Tab leaves the editor" in page.evaluate("document.activeElement.ariaLabel")
    assert not page.evaluate("Object.keys(localStorage).length")


# --- all of them -------------------------------------------------------------------------------


def _looked_at(page: Any, lang: str, size: str) -> None:
    """Open an answer in each view: nothing is cut off sideways, axe-core finds nothing."""
    for name, fragment in (("ask", GIVERS), ("analyse", REACH), ("sparql", "#/sparql?lang=")):
        if name == "sparql":
            _editor(page, fragment + lang)
            page.locator("button.main").click()
            page.wait_for_selector("[data-result]")
        else:
            _answered(page, fragment + lang)
        scroll, width = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert scroll <= width
        axe(page)
        shot(page, f"ask-{name}-{lang}-{size}", whole=True)


@pytest.mark.parametrize("lang", ["en", "fi", "sv"])
def test_answers_have_no_barriers_in_any_language(page: Any, lang: str) -> None:
    """In three languages, with an answer in each view."""
    _looked_at(page, lang, "wide")


def test_answers_can_be_read_on_a_telephone_and_enlarged(page: Any, narrow: Any) -> None:
    """At 390 pixels and at 200 %."""
    _looked_at(narrow, "fi", "narrow")
    zoomed(page)
    _looked_at(page, "sv", "zoomed")
