"""The thirty competency questions: each is asked once, and answered on the village as written down.

What is expected stands in ``cases/query/competency/<topic>-<question>.csv``, made by the question
and read through against the tables of the village; what a row means is told in village.py. Checks
stand there too.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

import village
from kvgraph.export.csv import EXPORTER as CSV
from kvgraph.query import ask, find, library
from kvgraph.query.files import CHECK_COLUMNS, SEVERITIES

CASES: Final = Path(__file__).with_name("cases") / "query" / "competency"
TAGS: Final = {name: find(name).tags for name in library()}
ASKED: Final = {
    tag: name for name, tags in TAGS.items() for tag in tags if re.fullmatch(r"cq\d+", tag)
}
"""Competency question to the query that answers it."""
CHECKS: Final = tuple(name for name in TAGS if name.startswith("check/"))


def case(name: str) -> Path:
    """Give the file in which the answer of a query stands."""
    return CASES / (name.replace("/", "-") + ".csv")


def answer(name: str) -> str:
    """Answer a query on the village, as csv with ids for IRIs."""
    out = io.StringIO(newline="")
    CSV.write(ask(village.dataset(), find(name)), out)
    return re.sub(r"https://w3id\.org/kvgraph/(?:id|voc)/", "", out.getvalue())


def test_each_competency_question_is_asked_exactly_once() -> None:
    """cq1 to cq30, none twice."""
    found = Counter(t for tags in TAGS.values() for t in tags if t.startswith("cq"))
    assert found == Counter(f"cq{number}" for number in range(1, 31))


@pytest.mark.parametrize("name", sorted({*ASKED.values(), *CHECKS}))
def test_a_question_is_answered_on_the_village_as_written_down(name: str) -> None:
    """Every row, in its order."""
    assert case(name).read_text("utf-8") == answer(name).replace("\r\n", "\n")


def test_every_case_has_its_question() -> None:
    """No answer is left behind when a question goes."""
    assert {p.name for p in CASES.glob("*.csv")} == {
        case(name).name for name in {*ASKED.values(), *CHECKS}
    }


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_names_thing_property_and_value(name: str) -> None:
    """So that any check can be read by the same program, as with ROBOT."""
    query = find(name)
    assert query.shape.projected() == CHECK_COLUMNS
    assert query.severity in SEVERITIES
    assert query.parameters == ()
