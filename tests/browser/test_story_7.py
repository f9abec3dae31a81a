"""A Swedish ESF analyst has a list of operations and asks which projects reached national policy.

The headers of the list are in Swedish and English, its rows in Swedish; a mapping says what they
are. What follows from levels is marked as derived, and names stay in the language of the source.
The list is invented and marked so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from kvgraph.cli.main import _run
from serving import serving

from .workbench import axe, open_view, shot

LIST: Final = Path(__file__).parents[1] / "cases" / "stories" / "7" / "operations"


@pytest.fixture(scope="module")
def operations(
    pages: Path,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of a server of the list."""
    store = tmp_path_factory.mktemp("story7") / "operations"
    assert _run(["ingest", str(LIST / "list.csv"), "--mapping", str(LIST / "mapping.toml"),
                 "--name", "operations", "--accessed", "2022-05-01", "-o", str(store)]) == 0  # fmt: skip
    with serving(store) as url:
        yield url


@pytest.fixture
def analyst(watched: Callable[..., Any], operations: str) -> Any:
    """The page that the analyst opens."""
    found = watched(f"{operations}/")
    found.address = operations
    return found


def test_two_projects_reached_national_policy_one_of_them_for_good(analyst: Any) -> None:
    """Only what went upward is left by the legend: one is mainstreamed, one only piloted."""
    open_view(analyst, "#/table?lang=en&hide.mode=horizontal,downward,-")
    rows = analyst.locator(".stage tbody tr")
    found = {
        row.locator("[data-column=via]").inner_text(): row.locator(
            "[data-column=stage]"
        ).inner_text()
        for row in rows.all()
    }
    assert found == {"Öppna dörrar (påhittad)": "mainstreaming", "Raka vägen (påhittad)": "pilot"}
    receivers = analyst.locator("[data-column=receiver]").all_inner_texts()
    assert {text.split(" (påhittad)")[0] for text in receivers} == {"Exempelmyndigheten"}
    assert "derived" in analyst.locator("thead").inner_text().lower()
    axe(analyst)
    shot(analyst, "story-7-table", whole=True)


@pytest.mark.parametrize("lang", ["sv", "en", "fi"])
def test_what_is_derived_is_marked_and_the_language_of_the_source_is_kept(
    analyst: Any, lang: str
) -> None:
    """The direction says that it was derived; a Swedish name is told to be one, and read as one."""
    open_view(analyst, f"#/thing?lang={lang}&at=thing:project/op-2009-3041")
    name = analyst.locator("article h3 bdi")
    assert name.inner_text() == "Öppna dörrar (påhittad) (SE)"
    mark = analyst.locator("[data-other-language]")
    if lang == "sv":
        assert mark.count() == 0
    else:
        assert name.get_attribute("lang") == "sv"
        assert {"en": "Swedish", "fi": "ruotsi"}[lang] in mark.inner_text()
    assert analyst.locator("[data-list=through] tbody tr").count() == 1
    analyst.locator("[data-list=through] tbody button").click()
    derived = {"sv": "härlett ur nivåerna", "en": "derived from levels", "fi": "johdettu tasoista"}
    assert analyst.locator("aside.proof .derived").inner_text() == derived[lang]
    shot(analyst, f"story-7-{lang}", whole=True)
