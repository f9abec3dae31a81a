"""A journalist asks of "a Finnish model in seven countries": is it proven?

Seven rows: proven, visited only, or named by the press release alone; one file that can be
mailed and opens without a network. The model and the release are invented and marked so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from kvgraph.cli.main import _run

from .workbench import axe, ready, shot

MODEL: Final = Path(__file__).parents[1] / "cases" / "stories" / "9" / "model"


@pytest.fixture(scope="module")
def mailed(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001
    """The file that the journalist makes of the tables and sends on."""
    folder = tmp_path_factory.mktemp("story9")
    store, file = folder / "model", folder / "seven countries.html"
    assert _run(["ingest", str(MODEL), "-o", str(store)]) == 0
    assert _run(["view", "diffusion", "--practice", "Suomen pajamalli", "--store", str(store),
                 "-o", str(file)]) == 0  # fmt: skip
    return file


def test_seven_rows_say_what_is_proven_and_by_whom(
    mailed: Path, file_page: Callable[..., Any]
) -> None:
    """Two are proven, three were visits, two rest on the release alone, which has no address."""
    page = file_page(mailed, "#/table?lang=en")
    assert "Synthetic data" in page.locator("main").inner_text()
    rows = page.locator(".stage tbody tr")
    assert rows.count() == 7
    kinds: Counter[str] = Counter()
    for row in rows.all():
        outcome = row.locator("[data-column=outcome]").inner_text()
        status = row.locator("[data-column=status]").inner_text()
        links = row.locator("[data-column=sources] a").count()
        assert "Press release" in row.locator("[data-column=sources]").inner_text()
        assert "no address" in row.locator("[data-column=sources]").inner_text()
        kinds[f"{outcome}, {status}, {links} to look up"] += 1
    assert kinds == {
        "proven, adopted, 1 to look up": 2,
        "possible, outcome unknown, visited, 1 to look up": 3,
        "possible, outcome unknown, outcome unknown, 0 to look up": 2,
    }
    axe(page)
    shot(page, "story-9-table", whole=True)


@pytest.mark.parametrize("lang", ["en", "fi", "sv"])
def test_why_a_country_is_not_proven_is_in_the_file(
    mailed: Path, file_page: Callable[..., Any], lang: str
) -> None:
    """Without a server the file itself says what a visit lacks, and what the picture counts."""
    page = file_page(mailed, f"#/diffusion?lang={lang}&path=country-fi%3Ecountry-se")
    why = page.locator("[data-why]")
    told = {
        "en": "no source says that it got so far",
        "fi": "mikään lähde ei kerro sen edenneen niin pitkälle",
        "sv": "ingen källa säger att den kom så långt",
    }[lang]
    assert told in why.inner_text()
    counts = {"en": "2 proven, 5 possible", "fi": "todistettuja 2, mahdollisia 5",
              "sv": "2 belagda, 5 möjliga"}[lang]  # fmt: skip
    assert counts in page.locator(".chosen").inner_text()
    shot(page, f"story-9-{lang}", whole=True)


def test_the_file_opens_offline_and_asks_for_nothing(
    mailed: Path, file_page: Callable[..., Any]
) -> None:
    """Nothing is fetched but the file; each proven country leads to its document."""
    page = file_page(mailed, "#/diffusion?lang=en&at=transfer:w1")
    links = page.locator("aside.proof [data-sources] a")
    assert [link.get_attribute("href") for link in links.all()] == ["https://example.org/ee/decree"]
    page.context.set_offline(True)
    page.reload()
    ready(page)
    assert page.locator("aside.proof [data-outcome=proven]").count() == 1
    assert mailed.stat().st_size < 700_000
