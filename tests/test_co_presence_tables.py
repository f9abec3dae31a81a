"""Co-presence of plain csv: by hand in numbers and in dates, and against the dataset."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import shipped as shipped_packages
import village
from kvgraph.analysis.co_presence import co_presence, odds_ratio
from kvgraph.errors import KvgraphError
from kvgraph.flows import HIGH, LOW, draw, moments
from kvgraph.material import Material, Member, Seat, Tie, from_flows, from_tables
from kvgraph.material.sitting import sittings_of
from kvgraph.model import Table
from kvgraph.namespaces import KV, kind_of, shorten
from kvgraph.readers import read_measured
from kvgraph.store import Dataset

Read = Callable[..., Material]

EDGES = "giver,receiver,time\na,b,2012\nc,d,2012\na,d,2015\nb,d,\n"
MEMBERS = "actor,network,joined\na,n,2010\nb,n,2011\nd,n,2012\nc,n,2013\nc,m,2012\nd,m,2012\nb,m,\n"
NODES = "id,group\na,FI\nb,SE\nc,\n"
COLUMNS = {"practice": "network", "time": "joined"}


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Give a function that makes a material of tables, as the command does."""

    def call(columns: dict[str, str] | None = None, **tables: str) -> Material:
        paths = {}
        for name, text in tables.items():
            paths[name] = tmp_path / f"{name}.csv"
            paths[name].write_text(text, encoding="utf-8")
        return from_tables(read_measured(columns=columns, **paths))  # type: ignore[arg-type]

    return call


def by_rule(table: Table) -> dict[str, dict[str, Any]]:
    """Give the rows by the rule for ties."""
    return {str(r["ties"]): r for r in table.records()}


def written(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """Give a table as csv."""
    from io import StringIO

    stream = StringIO()
    csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    return stream.getvalue()


# --- by hand ----------------------------------------------------------------------------------


def test_tables_in_numbers_are_counted_by_hand(read: Read) -> None:
    """Three cases, a-b and c-d in 2012 and a-d in 2015; a and c gave, b and d received.

    In n both had joined: a-b by 2011, a-d by 2012, c-b and c-d by 2013; in m c-d by 2012. So in
    2012 a-b is before, a-d and c-d of the same year, c-b not, and in 2015 all four are before.
    At three moments four pairs: 2 x 1 + 4 before, 2 x 2 of the same year, 2 x 1 not. The cases
    are before, of the same year and before.
    """
    table = co_presence(read(COLUMNS, edges=EDGES, cascades=MEMBERS), permutations=2000)
    found = by_rule(table)
    assert {r["through"] for r in found.values()} == {"any"}
    exposed = [(r["exposed_transfers"], r["exposed_pairs"]) for r in found.values()]
    assert exposed == [(3, 7), (2.5, 5.5), (2, 4)]
    assert {(r["transfers"], r["pairs"]) for r in found.values()} == {(3, 9)}
    ratios = [found[rule]["odds_ratio"] for rule in ("before", "half", "after")]
    assert ratios == [(3.5 * 2.5) / (0.5 * 7.5), (2.5 * 3.5) / (0.5 * 5.5), (2 * 5) / (1 * 4)]
    assert [r["corrected"] for r in found.values()] == [1, 0, 0]
    # Nobody did both: a and c, b and d change names, four relabellings. By the rule after two
    # cases are exposed as it is and where both change (c-d, a-b, c-b), one where one does.
    assert found["after"]["p"] == pytest.approx(0.5, abs=0.05)
    assert found["after"]["possible_transfers"] == 3
    assert found["after"]["odds_ratio_least"] == odds_ratio(2, 1, 7, 2) == 4 / 7
    assert found["after"]["odds_ratio_most"] == odds_ratio(3, 0, 4, 5)
    assert found["after"]["thin"] == "few transfers"
    assert {name: table.head[name] for name in (
        "cases", "givers", "receivers", "pairs_at_risk", "undated_cases", "network_ends",
        "memberships", "memberships_undated", "transfers", "horizon", "stage",
    )} == {
        "cases": 3, "givers": 2, "receivers": 2, "pairs_at_risk": 4, "undated_cases": 1,
        "network_ends": 0, "memberships": 7, "memberships_undated": 1, "transfers": 4,
        "horizon": None, "stage": None,
    }  # fmt: skip
    assert "memberships_without_place" not in table.head
    asked = co_presence(
        read(COLUMNS, edges=EDGES, cascades=MEMBERS), through="network", permutations=2000
    )
    assert [row[1:] for row in asked.rows] == [row[1:] for row in table.rows]
    assert {row[0] for row in asked.rows} == {"network"}


def test_the_rows_of_cases_and_pairs_are_those_of_the_tables(read: Read) -> None:
    """Times are the table's own numbers, in its own units; a state is a group where known."""
    material = read(COLUMNS, edges=EDGES, cascades=MEMBERS, nodes=NODES)
    one, two, three = co_presence(material, pairs=True).records()
    assert [r["transfer"] for r in (one, two, three)] == ["edge 2", "edge 3", "edge 4"]
    assert (one["giver_state"], one["receiver_state"]) == ("FI", "SE")
    assert (two["giver_state"], two["receiver_state"]) == (None, None)
    assert (one["prior_networks"], one["years_since"]) == (("n",), 1)
    assert (two["same_year"], two["same_year_networks"], two["years_since"]) == (1, ("m",), None)
    assert (three["date_lo"], three["date_hi"], three["years_since"]) == (2015, 2015, 3)
    assert {r["via"] for r in (one, two, three)} == {()}
    risk = {(r["giver"], r["receiver"]): r for r in co_presence(
        material, through="any", at_risk=True
    ).records()}  # fmt: skip
    standing = ("moments", "certain", "same_year", "possible", "transfers")
    assert {pair: tuple(row[c] for c in standing) for pair, row in risk.items()} == {
        ("a", "b"): (3, 3, 0, 0, 1), ("a", "d"): (3, 1, 2, 0, 1),
        ("c", "b"): (3, 1, 0, 0, 0), ("c", "d"): (3, 1, 2, 0, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "joined", "until", "standing", "since"),
    [
        ("2011.5", "2011.5", "2011.25", "2011.25", "exposed_certain", 0.25),
        ("2011.5", "2011.5", "2011.5", "2011.5", "same_year", None),
        ("2011.5", "2011.5", "2011.75", "2011.75", None, None),  # after the tie
        ("2011.5", "2011.9", "2011.75", "2011.75", "same_year", None),
        ("2011.5", "2013", "2012", "2012", "exposed_possible", None),  # not by the end of 2011
        ("2011.5", "2013", "2011.25", "2012", "exposed_possible", None),
        ("", "2013", "2012", "2012", "exposed_possible", None),
        ("", "2013", "1900", "1900", "exposed_possible", None),
        ("2011.5", "", "2999", "2999", "exposed_possible", None),
        ("2011.5", "2011.5", "", "2011.25", "exposed_certain", 0.25),
        ("2011.5", "2011.5", "2011.25", "", "exposed_possible", None),
        ("0.3", "0.3", "0.1", "0.1", "exposed_certain", 0.2),  # 0.3 - 0.1 is not 0.2 in binary
        ("-0.5", "-0.5", "-0.5", "-0.5", "same_year", None),
        ("-0.5", "0.5", "0", "0", "exposed_possible", None),  # -0.5 lies in the unit from -1 on
    ],
)  # fmt: skip
def test_broken_numbers_are_compared_exactly(
    read: Read,
    start: str,
    end: str,
    joined: str,
    until: str,
    standing: str | None,
    since: float | None,
) -> None:
    """The same year is the same whole number; what is open is possible."""
    material = read(
        edges=f"giver,receiver,start,end\na,b,{start},{end}\n",
        cascades=f"actor,practice,time,end\na,n,-9,-9\nb,n,{joined},{until}\n",
    )
    assert material.numeric
    [row] = co_presence(material, pairs=True).records()
    flags = ("exposed_certain", "same_year", "exposed_possible")
    best = None if not row["exposed_possible"] else next(f for f in flags if row[f])
    assert (best, row["years_since"]) == (standing, since)
    assert row["date_lo"] == (float(start) if start else None)
    assert row["date_hi"] == (float(end) if end else None)


def test_tables_in_dates_are_counted_by_hand(read: Read) -> None:
    """As in a dataset: days, calendar years, and full years since.

    b joined on some day of 2012. On 1 March of it that is the same year; in January 2015 it was
    before, by two full years at least; until 2015, from an unknown day on, it is possible.
    """
    material = read(
        edges="giver,receiver,start,end\na,b,2012-03-01,2012-04\na,b,2015-01,2015-01\na,b,,2015\n",
        cascades="actor,practice,time\na,n,2010~\nb,n,2012\n",
    )
    tied, before, possible = co_presence(material, pairs=True).records()
    assert (tied["date_lo"], tied["date_hi"]) == (date(2012, 3, 1), date(2012, 4, 30))
    assert (tied["same_year"], tied["same_year_networks"]) == (1, ("n",))
    assert (before["exposed_certain"], before["years_since"]) == (1, 2)
    assert (possible["date_lo"], possible["possible_networks"]) == (None, ("n",))
    flags = ("exposed_certain", "same_year", "exposed_possible")
    assert tuple(possible[f] for f in flags) == (0, 0, 1)


# --- what is no case and no membership --------------------------------------------------------


def test_a_place_sits_in_no_place_and_who_names_none_is_left_out(read: Read) -> None:
    """Both are told; a tie with a place as an end is no case."""
    table = co_presence(
        read(
            edges="giver,receiver,time\na,b,3\na,n,3\nn,b,3\n",
            cascades="actor,practice,time\na,n,1\nb,n,1\nc,,1\n",
        ),
        permutations=1,
    )
    assert (table.head["cases"], table.head["network_ends"]) == (1, 2)
    assert (table.head["memberships"], table.head["memberships_without_place"]) == (2, 1)


def test_where_no_place_is_named_all_are_members_of_one(read: Read) -> None:
    """As all rows without a practice column are one practice; it is said."""
    material = read(edges="giver,receiver,time\na,b,3\nb,a,1\n", cascades="actor,time\na,1\nb,2\n")
    table = co_presence(material, permutations=1, ties="before")
    assert [r["exposed_transfers"] for r in table.records()] == [1]
    assert any("names no network" in str(note) for note in _notes(table))
    assert not any("names no" in str(n) for n in _notes(co_presence(Material(()), permutations=1)))


def test_without_memberships_the_answer_is_thin_and_without_dates_empty(read: Read) -> None:
    """As of a dataset: why there is nothing to compare stands there."""
    table = co_presence(read(edges=EDGES), permutations=9)
    assert {r["thin"] for r in table.records()} == {"nobody exposed"}
    assert {(r["odds_ratio"], r["p"], r["share"]) for r in table.records()} == {(None, None, 0)}
    assert (table.head["memberships"], table.head["cases"]) == (0, 3)
    undated = co_presence(
        read(COLUMNS, edges="giver,receiver\na,b\n", cascades=MEMBERS), permutations=9
    )
    assert (undated.rows, undated.head["undated_cases"]) == ((), 1)
    assert undated.empty == "No transfer is there to be counted."
    assert co_presence(read(edges="giver,receiver\n"), lang="fi").empty


def test_adoptions_that_transfers_prove_are_no_memberships() -> None:
    """Who received a practice in an RDF file joined no network by that; seats are memberships."""
    taken = moments(draw(village.dataset()), stage="adopted", horizon=village.HORIZON)
    material = from_flows(taken, {})
    assert material.adoptings
    assert co_presence(material, permutations=1).head["memberships"] == 0
    ties = (Tie("a", "b", "", 5, 5, 1.0, "x"), Tie("a", "b", "", 9, 9, 1.0, "y"))
    seats = (Seat("a", "n", 1, 3, "s"), Seat("b", "n", 2, None, "t"), Seat("b", "m", 1, 1, "u"))
    members = (Member("a", None, {"group": ""}), Member("b", None, {"group": "SE"}))
    table = co_presence(
        Material(ties, members, numeric=True, seats=seats), pairs=True, through="network"
    )
    one, two = table.records()
    # b joined n from 2 on, nobody knows when; both can have sat there by 5, and by 9.
    assert (one["possible_networks"], two["possible_networks"]) == (("n",), ("n",))
    assert (one["giver_state"], one["receiver_state"]) == (None, "SE")
    assert table.head["memberships"] == 3


def test_what_needs_a_store_is_refused_in_a_sentence(read: Read) -> None:
    """With a hint; and times that could not be compared exactly are, too."""
    material = read(COLUMNS, edges=EDGES, cascades=MEMBERS)
    for options, text in (
        ({"level": "member-state"}, "--level needs a store"),
        ({"with_via": True}, "--with-via needs a store"),
        ({"through": "project"}, "--through project needs a store"),
    ):
        with pytest.raises(KvgraphError, match=text) as caught:
            co_presence(material, **options)  # type: ignore[arg-type]
        assert caught.value.hint
    with pytest.raises(KvgraphError, match="too many digits"):
        co_presence(read(edges="giver,receiver,time\na,b,1000000000000000\nb,c,0.000001\n"))


def test_what_is_said_of_tables_is_said_in_three_languages(read: Read) -> None:
    """That joining is for good, that the way is unknown, that times are numbers; no cause."""
    material = read(COLUMNS, edges=EDGES, cascades=MEMBERS)
    for lang, words in (
        ("en", ("is not known", "have stayed", "own", "no cause")),
        ("fi", ("ei tiedetä", "pysyneen", "omia lukuja", "eikä syy")),
        ("sv", ("inte känt", "stannat kvar", "egna tal", "ingen orsak")),
    ):
        notes = _notes(co_presence(material, permutations=1, lang=lang))
        for note, text in zip(notes[:4], words, strict=True):
            assert text in str(note)
    dated = read(edges="giver,receiver,time\na,b,2012-01\n")
    assert not any("numbers" in str(n) for n in _notes(co_presence(dated, permutations=1)))


def _notes(table: Table) -> tuple[Any, ...]:
    notes = table.head["notes"]
    assert isinstance(notes, tuple)
    return notes


# --- against the dataset ----------------------------------------------------------------------


def _never_left(dataset: Dataset) -> Dataset:
    """Give a dataset without the ends of memberships, networks and projects: tables have none."""
    end, places = ox.NamedNode(KV + "latestEnd"), ("membership", "network", "project")
    store = ox.Store()
    store.extend(
        quad
        for quad in dataset.store
        if quad.predicate != end
        or not (isinstance(quad.subject, ox.NamedNode) and kind_of(quad.subject.value) in places)
    )
    return Dataset(store, dataset.about)


@pytest.mark.parametrize("kind", ["network", "any"])
@pytest.mark.parametrize("name", ["village", "shipped"])
def test_a_dataset_written_as_csv_gives_the_same_answer(
    name: str, kind: str, read: Read, shipped: Dataset
) -> None:
    """Rows of ``--pairs`` as edges, memberships with their bounds: counts, ratios and null.

    The ways are kept, as tables do not know them, and undated memberships stay at home.
    """
    dataset = village.dataset() if name == "village" else _never_left(shipped)
    horizon = village.HORIZON if name == "village" else shipped_packages.HORIZON
    columns = ("giver", "receiver", "date_lo", "date_hi")
    cases = co_presence(dataset, through=kind, with_via=True, pairs=True).records()
    edges = [tuple(row[c] or "" for c in columns) for row in cases]

    def day(number: int) -> object:
        return "" if number in (LOW, HIGH) else date.fromordinal(number)

    seats = [
        (shorten(s.actor), shorten(s.place), day(s.first), day(s.last))
        for s in sittings_of(dataset, horizon)
        if s.dated and kind in ("any", kind_of(s.place))
    ]
    assert edges
    assert seats
    material = read(
        edges=written(columns, edges),
        cascades=written(("actor", "practice", "time", "end"), seats),
    )
    given = {"with_via": True, "through": kind, "permutations": 99}
    theirs = co_presence(dataset, **given)  # type: ignore[arg-type]
    mine = co_presence(material, through=kind, permutations=99)
    assert mine.rows == theirs.rows
    assert any(r["exposed_transfers"] for r in mine.records())
    for told in ("cases", "givers", "receivers", "pairs_at_risk"):
        assert mine.head[told] == theirs.head[told]
    assert (mine.head["network_ends"], mine.head["undated_cases"]) == (0, 0)
    mine, theirs = (
        co_presence(where, through=kind, at_risk=True, with_via=via)
        for where, via in ((material, False), (dataset, True))
    )
    states = {"giver_state", "receiver_state"}
    rows = [
        [{k: v for k, v in r.items() if k not in states} for r in t.records()]
        for t in (mine, theirs)
    ]
    assert rows[0] == rows[1]
