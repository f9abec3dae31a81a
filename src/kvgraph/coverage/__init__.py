"""How much is known of what: sources, transfers, failures and blanks, so that a zero is told apart.

:func:`coverage` counts by state, year, programme and language, :func:`failures` lists what was
refused or abandoned or is not known to have got beyond a visit, and :func:`line` says in one
sentence or two, under every picture and in every export, what it is made of.
"""

from __future__ import annotations

from kvgraph.coverage.counting import DIMENSIONS, RULES, coverage
from kvgraph.coverage.failing import failures, tell_failures
from kvgraph.coverage.summing import Summary, line, nothing, summary
from kvgraph.coverage.wording import asked, asked_for, judged

__all__ = [
    "DIMENSIONS",
    "RULES",
    "Summary",
    "asked",
    "asked_for",
    "coverage",
    "failures",
    "judged",
    "line",
    "nothing",
    "summary",
    "tell_failures",
]
