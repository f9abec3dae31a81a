"""How far transfers of each mode get: by hand on the village, against SPARQL, and in numbers."""

from __future__ import annotations

import itertools
import json
import math
from fractions import Fraction
from typing import Any

import pyoxigraph as ox
import pytest

import village
from kvgraph import vocabulary
from kvgraph.analysis import modes as module
from kvgraph.analysis.modes import MODES, modes
from kvgraph.cli.main import _run
from kvgraph.errors import KvgraphError
from kvgraph.flows import STAGES
from kvgraph.model import Table
from kvgraph.selection import select, selection
from kvgraph.store import Dataset, create

KV = "https://w3id.org/kvgraph/def#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def of_mode(table: Table) -> dict[str, dict[str, Any]]:
    """Give the rows by mode."""
    return {str(row["mode"]): row for row in table.records()}


def invented(*transfers: tuple[str, str, str, tuple[str, ...]]) -> Dataset:
    """Give transfers to so many receivers, of a status, a furthest stage and classes.

    Each is written as id, status, stage (empty: none) and the classes without "Transfer".
    """
    quads = []

    def say(subject: str, predicate: str, thing: str) -> None:
        names = (ox.NamedNode(text) for text in (subject, predicate, thing))
        quads.append(ox.Quad(*names))

    for name, status, stage, classes in transfers:
        iri = f"https://w3id.org/kvgraph/id/transfer/{name}"
        say(iri, TYPE, KV + "Transfer")
        say(iri, KV + "giver", "https://w3id.org/kvgraph/id/actor/g")
        for receiver in ("r1", "r2", "r3"):
            say(iri, KV + "receiver", f"https://w3id.org/kvgraph/id/actor/{receiver}")
        say(iri, KV + "practice", "https://w3id.org/kvgraph/id/practice/p")
        if status:
            say(iri, KV + "status", vocabulary.codes("status")[status].iri)
        if stage:
            say(iri, KV + "furthestStage", vocabulary.codes("stage")[stage].iri)
        for one in classes:
            say(iri, TYPE, f"{KV}{one}Transfer")
    return Dataset.memory(quads)


UP, ACROSS = ("Upward", "Vertical"), ("Horizontal",)


def test_the_village_is_counted_by_hand() -> None:
    """v1, v2 across, adopted; v3 (embedded), v4 (piloted), v6 (planned) up; v5 down, adopted.

    Of the vertical four v6 was only planned: not known. Two of three reached adopted; of all
    four at least 2 and at most 3. Fisher: five outcomes, four reached it, three are vertical:
    all ways to place the one that did not, 3 of 5 among the vertical, 2 of 5 not: p = 1.
    """
    table = modes(village.dataset())
    rows = of_mode(table)
    assert tuple(rows) == MODES
    counts = ("transfers", "known", "not_known", "reached")
    assert {mode: tuple(row[name] for name in counts) for mode, row in rows.items()} == {
        "vertical": (4, 3, 1, 2), "upward": (3, 2, 1, 1), "downward": (1, 1, 0, 1),
        "horizontal": (2, 2, 0, 2), "mixed": (0, 0, 0, 0), "unknown": (0, 0, 0, 0),
    }  # fmt: skip
    assert [rows["vertical"][s] for s in STAGES] == [3, 3, 2, 1, 0]
    assert [rows["horizontal"][s] for s in STAGES] == [2, 2, 2, 0, 0]
    assert rows["vertical"]["transfer_ids"] == ("v3", "v4", "v5", "v6")
    assert rows["vertical"]["share"] == 2 / 3
    assert (rows["vertical"]["share_least"], rows["vertical"]["share_most"]) == (2 / 4, 3 / 4)
    empty = ("share", "low", "high", "share_least", "share_most", "thin")
    assert [rows["mixed"][name] for name in empty] == [None] * 6
    compared: Any = table.head["comparison"]
    assert compared["difference"] == pytest.approx(-1 / 3)
    assert (compared["least"], compared["most"]) == (2 / 4 - 1, 3 / 4 - 1)
    # 2 of 3 against 2 of 2: a half is added to each: (2.5 x 0.5)/(1.5 x 2.5).
    assert (compared["odds_ratio"], compared["corrected"]) == (pytest.approx(1 / 3), True)
    assert compared["p"] == 1
    head = table.head
    assert (head["stage"], head["transfers"], head["proven"], head["possible"]) == (
        "adopted", 6, 4, 1,
    )  # fmt: skip
    assert head["left_out"] == {"planned": 1}
    assert (head["undated"], head["sources"]) == (0, 2)
    assert str(head["dataset"]).startswith("sha256:")


def test_each_stage_is_asked_for_by_itself() -> None:
    """v4 was piloted: at that stage it counts as reached, and all that is known did."""
    rows = of_mode(modes(village.dataset(), stage="piloted"))
    assert (rows["vertical"]["reached"], rows["vertical"]["known"]) == (3, 3)
    rows = of_mode(modes(village.dataset(), stage="embedded"))
    assert (rows["vertical"]["reached"], rows["vertical"]["known"]) == (1, 3)
    assert (rows["horizontal"]["reached"], rows["horizontal"]["known"]) == (0, 2)


def test_a_stage_among_the_options_of_a_selection_narrows_nothing() -> None:
    """Among those that reached it all did: the others are needed, and nothing else is lost."""
    data = village.dataset()
    for stage in STAGES:
        chosen = select(data, selection(data, stage=stage), ("transfer",))
        assert modes(data, selected=chosen, stage=stage).rows == modes(data, stage=stage).rows
    chosen = select(data, selection(data, stage="embedded", practice=["p-harbour"]), ("transfer",))
    table = modes(data, selected=chosen, stage="embedded")
    assert {m: r["transfers"] for m, r in of_mode(table).items() if r["transfers"]} == {
        "vertical": 2, "upward": 2, "horizontal": 1,
    }  # fmt: skip
    assert table.head["selection"] == {"practice": "p-harbour"}


@pytest.mark.parametrize(
    ("status", "furthest", "known", "reached"),
    [
        ("mainstreamed", "mainstreamed", 1, 1),
        ("adapted", "adopted", 1, 1),
        ("piloted", "piloted", 1, 0),
        ("visited", "visited", 1, 0),
        ("abandoned", "", 1, 0),
        ("refused", "", 1, 0),
        ("in progress", "visited", 0, 0),
        ("outcome unknown", "visited", 0, 0),
        ("planned", "planned", 0, 0),
        ("piloted", "planned", 0, 0),  # told of before it can have begun
        ("", "", 0, 0),
        # An attainment tells of adoption, whatever was heard last.
        ("abandoned", "adopted", 1, 1),
        ("outcome unknown", "adopted", 1, 1),
        ("in progress", "embedded", 1, 1),
    ],
)
def test_what_is_known_of_an_outcome(status: str, furthest: str, known: int, reached: int) -> None:
    """By status and furthest stage, at stage adopted; three receivers are one transfer."""
    table = modes(invented(("t", status, furthest, ACROSS)))
    row = of_mode(table)["horizontal"]
    assert (row["transfers"], row["known"], row["reached"]) == (1, known, reached)
    assert row["outcome_unknown"] == (status == "outcome unknown")
    assert row["share"] == (reached if known else None), "undefined is empty, never 0"
    assert row["thin"] == ("few known outcomes" if known else "no known outcome")
    assert (row["share_least"], row["share_most"]) == (reached, reached + 1 - known)
    assert row["undated"] == 1


def test_a_transfer_counts_in_the_row_of_its_mode_and_once() -> None:
    """Across to some and up to others is mixed; up and down is vertical and neither of the two."""
    table = modes(
        invented(
            ("across", "adopted", "adopted", ACROSS),
            ("both", "adopted", "adopted", (*UP, *ACROSS)),
            ("updown", "adopted", "adopted", (*UP, "Downward")),
            ("up", "adopted", "adopted", UP),
            ("none", "adopted", "adopted", ()),
        )
    )
    assert {m: r["transfer_ids"] for m, r in of_mode(table).items()} == {
        "vertical": ("up", "updown"), "upward": ("up",), "downward": (),
        "horizontal": ("across",), "mixed": ("both",), "unknown": ("none",),
    }  # fmt: skip


def test_thin_data_are_called_thin_in_three_languages() -> None:
    """Which mode, how many are known, and of how many; ten are enough, nine are not."""
    nine = [(f"u{n}", "adopted", "adopted", UP) for n in range(9)]
    ten = [(f"h{n}", "piloted", "piloted", ACROSS) for n in range(10)]
    data = invented(*nine, *ten)
    rows = of_mode(modes(data))
    assert [rows[m]["thin"] for m in MODES] == ["few known outcomes"] * 2 + [None] * 4
    for lang, sentence in (
        ("en", "vertical, upward: too thin: known outcomes 9, transfers 9; with fewer than 10"),
        ("fi", "vertikaalinen, ylöspäin: aineisto ei riitä: tunnettuja lopputuloksia 9"),
        ("sv", "vertikal, uppåt: för tunt: kända utfall 9"),
    ):
        notes = modes(data, lang=lang).head["notes"]
        assert sum(sentence in str(note) for note in notes) == 1  # type: ignore[union-attr]
    assert {row["thin"] for row in modes(data, few=9).records()} == {None}
    # Nobody of the horizontal ones got there, all of the vertical ones did: nothing by chance.
    compared: Any = modes(data).head["comparison"]
    assert compared["difference"] == 1
    assert compared["p"] == pytest.approx(1 / math.comb(19, 9))
    assert compared["odds_ratio"] == (9.5 * 10.5) / (0.5 * 0.5)


def test_without_a_known_outcome_of_both_nothing_is_compared() -> None:
    """All undefined, and said so."""
    table = modes(
        invented(("t", "adopted", "adopted", UP), ("u", "in progress", "visited", ACROSS))
    )
    assert set(table.head["comparison"].values()) == {None}  # type: ignore[union-attr]
    assert "Vertical and horizontal are not compared" in str(table.head["notes"])


def fisher(a: int, b: int, c: int, d: int) -> Fraction:
    """Give Fisher's exact p, two-sided, in fractions: all tables as unlikely or more."""
    total = math.comb(a + b + c + d, a + c)

    def ways(x: int) -> int:
        return math.comb(a + b, x) * math.comb(c + d, a + c - x)

    tables = range(max(0, a + c - c - d), min(a + b, a + c) + 1)
    return Fraction(sum(ways(x) for x in tables if ways(x) <= ways(a)), total)


def compared(a: int, b: int, c: int, d: int) -> dict[str, Any]:
    """Compare a of a + b vertical with c of c + d horizontal, all of them known."""
    nobody: Any = None
    vertical = module._Mode((nobody,) * (a + b), a + b, a)
    return module._compared(vertical, module._Mode((nobody,) * (c + d), c + d, c))


def test_p_is_fishers_in_fractions() -> None:
    """To 1e-9, on all small tables; never 0."""
    for cells in itertools.product((0, 1, 2, 5, 9), repeat=4):
        if cells[0] + cells[1] and cells[2] + cells[3]:
            p = compared(*cells)["p"]
            assert p == pytest.approx(float(fisher(*cells)), rel=1e-9)
            assert p > 0


def test_the_interval_of_a_difference_is_the_published_one() -> None:
    """Newcombe (1998), his example 56/70 against 48/80: 0.2, from 0.0524 to 0.3339."""
    found = compared(56, 14, 48, 32)
    assert found["difference"] == pytest.approx(0.2)
    assert (round(found["low"], 4), round(found["high"], 4)) == (0.0524, 0.3339)
    assert (found["least"], found["most"]) == (pytest.approx(0.2), pytest.approx(0.2))
    assert found["odds_ratio"] == (56 * 32) / (14 * 48)
    assert found["corrected"] is False


PROPORTIONS = """
PREFIX kv: <https://w3id.org/kvgraph/def#>
SELECT ?mode (COUNT(DISTINCT ?t) AS ?n) WHERE {
  ?t a kv:Transfer
  BIND(IF(EXISTS { ?t a kv:HorizontalTransfer },
    IF(EXISTS { ?t a kv:VerticalTransfer }, "mixed", "horizontal"),
    IF(EXISTS { ?t a kv:VerticalTransfer }, "vertical", "unknown")) AS ?mode)
  %s
} GROUP BY ?mode
"""


def test_the_shipped_data_are_counted_as_by_sparql(shipped: Dataset) -> None:
    """All, those at each stage, and those whose status leaves the outcome open."""

    def ask(where: str) -> dict[str, int]:
        found = shipped.store.query(PROPORTIONS % where, use_default_graph_as_union=True)
        return {r["mode"].value: int(r["n"].value) for r in found}  # type: ignore[index,union-attr]

    rows = of_mode(modes(shipped))
    main = ("vertical", "horizontal", "mixed", "unknown")
    every = ask("")
    assert {m: rows[m]["transfers"] for m in main if rows[m]["transfers"]} == every
    for order, stage in enumerate(STAGES, 1):
        got = ask(f"?t kv:furthestStage/kv:stageOrder ?o FILTER(?o >= {order})")
        assert {m: rows[m][stage] for m in main if rows[m][stage]} == got
    untold = ask(
        "?t kv:status ?s . FILTER NOT EXISTS { ?t kv:furthestStage/kv:stageOrder ?f "
        "FILTER(?f >= 3) } FILTER(STRENDS(STR(?s), '/in-progress') || "
        "STRENDS(STR(?s), '/outcome-unknown') || STRENDS(STR(?s), '/planned') || "
        "EXISTS { ?t kv:furthestStage/kv:stageOrder 0 })"
    )
    assert {m: rows[m]["not_known"] for m in main if rows[m]["not_known"]} == untold
    head = modes(shipped).head
    assert sum(rows[m]["reached"] for m in main) == head["proven"]
    assert sum(rows[m]["transfers"] for m in main) == head["transfers"]


def test_the_command_tells_it_and_takes_a_stage(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers, sentence and reasons stand in the answer; the stage asks and does not narrow."""
    with create(tmp_path / "village") as write:
        write(village.dataset().store, village.dataset().about)
    call = ["analyse", "modes", "--store", str(tmp_path / "village"), "--stage", "embedded"]
    assert _run([*call, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["stage"] == "embedded"
    assert answer["rows"][0]["transfers"] == 4
    assert answer["comparison"]["difference"] == pytest.approx(1 / 3)
    assert _run([*call, "--lang", "fi"]) == 0
    told = capsys.readouterr().out
    assert "Vertikaalinen miinus horisontaalinen, prosenttiyksikköinä: +33" in told


def test_nothing_is_an_empty_explained_table() -> None:
    """A selection that nothing meets is named."""
    data = village.dataset()
    chosen = select(
        data, selection(data, practice=["p-harbour"], actor=["xa-aspby"]), ("transfer",)
    )
    table = modes(data, selected=chosen)
    assert (table.rows, table.head["notes"]) == ((), ())
    assert "p-harbour" in table.empty
    assert modes(invented()).empty == "No transfer is there to be counted."


@pytest.mark.parametrize("options", [{"stage": "planned"}, {"few": 0}])
def test_what_cannot_be_done_is_refused_in_words(options: dict[str, Any]) -> None:
    """What there is stands in the hint."""
    with pytest.raises(KvgraphError, match="no comparison at stage") as caught:
        modes(village.dataset(), **options)
    assert "mainstreamed" in caught.value.hint
