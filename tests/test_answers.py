"""What the README says that the shipped data answer is what the commands give."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kvgraph import registry
from kvgraph.cli._stores import shipped_store
from kvgraph.inquiry import inquire, variable
from kvgraph.model import Table
from kvgraph.store import Dataset
from test_readme import ROOT

Answer = Callable[..., Table]


@pytest.fixture(scope="module")
def answer() -> Answer:
    """Give a function that puts an analysis to the shipped data, with its defaults."""
    dataset = Dataset.open(shipped_store())

    def call(name: str, **options: Any) -> Table:
        analysis = registry.entry("analysis", name, "ANALYSIS")
        given = {variable(p): False if p.kind == "flag" else p.default for p in analysis.parameters}
        return inquire(dataset, analysis, {**given, "lang": "en", **options}).table

    return call


def said(sentence: str) -> bool:
    """Tell whether the README says this, wherever its lines end."""
    text = " ".join((ROOT / "README.md").read_text("utf-8").split())
    return " ".join(sentence.split()) in text


def rows(table: Table) -> list[dict[str, Any]]:
    """Give the rows of an answer by column."""
    return list(table.records())


def test_which_actors_relay_practices(answer: Answer) -> None:
    """Amadora, across its own adaptation; the other one is between two that are tied."""
    table = answer("brokerage", temporal=True, permutations="9")
    relays = {r["actor"]: r for r in rows(table) if r["relays_possible"]}
    assert set(relays) == {"pt-amadora", "es-esplugues-de-llobregat"}
    amadora, other = relays["pt-amadora"], relays["es-esplugues-de-llobregat"]
    head = table.head
    assert said(
        f"Of {head['triads_without_time']} ways through an actor between two others without a tie "
        f"of their own, {head['triads']} can have been gone by one practice in the order of time, "
        f"all through Amadora, which made its own version of Barcelona's anti-rumour strategy; "
        f"{amadora['relays_certain']} is certain."
    )
    assert amadora["total"] == head["triads"]
    assert (other["total"], other["relays_possible"]) == (0, 1)


def test_whether_they_had_sat_in_one_network(answer: Answer) -> None:
    """More often than chance has it, whatever the open dates are."""
    [row] = rows(answer("co-presence", through="network", ties="before"))
    assert said(
        f"{row['exposed_transfers']} of {row['transfers']} pairs of giver and receiver had "
        f"({row['share']:.1%}), of all pairs".replace("%", " %")
    )
    odds, least, most = (row[f"odds_ratio{end}"] for end in ("", "_least", "_most"))
    assert said(
        f"{row['share_pairs']:.1%}: odds ratio {odds:.2f}; with actors relabelled ".replace(
            "%", " %"
        )
        + f"{row['null_low']:.2f}–{row['null_high']:.2f}, p {row['p']:g}; "
        f"whatever the open dates are, {least:.2f}–{most:.2f}."
    )


def test_which_states_lead_in_which_theme(answer: Answer) -> None:
    """Those that surely come before three others or more, net of what they follow."""
    table = answer("leaders", group="member-state", by="theme")
    lead = [r for r in rows(table) if (r["score_low"] or 0) > 0 and r["leads_certain"] >= 3]
    assert {(r["theme"], r["group"], r["scored"]) for r in lead} == {
        ("inclusion", "CY", 1), ("urban development", "IT", 1), ("youth employment", "SE", 1),
    }  # fmt: skip
    head = answer("leaders", group="member-state").head
    assert said(
        f"of {head['comparisons']} pairs of adoptions of one practice {head['certain']} are in a "
        "certain order. Certainly before three others or more were Cyprus in inclusion, Italy in "
        "urban development and Sweden in youth employment, each by one practice."
    )


def test_how_far_vertical_and_horizontal_transfers_get(answer: Answer) -> None:
    """As far, as far as is known; most horizontal ones have no known outcome."""
    table = answer("modes")
    of = {r["mode"]: r for r in rows(table)}
    vertical, horizontal = of["vertical"], of["horizontal"]
    assert said(
        f"Of those whose outcome is known {vertical['reached']} of {vertical['known']} vertical "
        f"ones were taken into use ({vertical['low']:.0%}–{vertical['high']:.0%}), and "
        f"{horizontal['reached']} of {horizontal['known']} horizontal ones "
        f"({horizontal['low']:.0%}–{horizontal['high']:.0%}); of {horizontal['transfers']} "
        f"horizontal ones {horizontal['not_known']} have no known outcome, so that they could be "
        f"anything from {horizontal['share_least']:.0%} to {horizontal['share_most']:.0%}."
        .replace("%–", "–").replace("% to", " to").replace("%", " %")
    )  # fmt: skip
    notes = json.dumps(table.head["notes"], ensure_ascii=False)
    assert "Odds ratio 0.98, Fisher's p 1." in notes
    assert said("The two cannot be told apart (odds ratio 0.98, p 1).")


def test_which_strong_hidden_ties_have_no_document(answer: Answer) -> None:
    """None, and it is said that the data are too thin for any."""
    table = answer("hidden-ties", undocumented=True)
    assert table.rows == ()
    assert table.empty
    assert table.head["strong_ties"] == 0
    notes = " ".join(map(str, table.head["notes"]))  # type: ignore[arg-type]
    assert "The data are thin" in notes
    practices = notes.partition("at a known time: ")[2].partition(";")[0]
    assert said(
        f"None can be told: {practices} practices were taken into use by more than one actor at a "
        "known time, which is too little."
    )
