"""Adoption: by hand, against R and second programs, and on sets whose answers are elsewhere."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import curve_fit
from scipy.stats import norm

import reference_tables as reference
from kvgraph import registry
from kvgraph.analysis import _adoption, _curves
from kvgraph.analysis import exposure as exposure_module
from kvgraph.analysis import moran as moran_module
from kvgraph.analysis import risk_set as risk_module
from kvgraph.analysis.adoption import adoption
from kvgraph.analysis.bass import bass
from kvgraph.analysis.exposure import exposure
from kvgraph.analysis.logistic import logistic
from kvgraph.analysis.moran import moran
from kvgraph.analysis.risk_set import risk_set
from kvgraph.analysis.susceptibility import susceptibility
from kvgraph.analysis.thresholds import thresholds
from kvgraph.errors import KvgraphError
from kvgraph.material import Adopting, Material, Member, Tie
from kvgraph.model import Table
from kvgraph.words import word
from reference_tables import needs_reference, number

ALL: tuple[Callable[..., Table], ...] = (
    adoption, bass, logistic, exposure, thresholds, susceptibility, moran, risk_set,
)  # fmt: skip

NEAR = 1e-12
"""R prints 15 digits."""


def of(
    edges: list[dict[str, str]], nodes: list[dict[str, str]], *, undirected: bool = False
) -> Material:
    """Give the material of an edge and a node table."""
    ties = []
    for i, row in enumerate(edges):
        one, other = list(row.values())[:2]
        ties.append(Tie(one, other, "", None, None, 1.0, f"e{i}"))
        if undirected:
            ties.append(Tie(other, one, "", None, None, 1.0, f"e{i}"))
    members = tuple(
        Member(r["id"], number(r["toa"]), {k: v for k, v in r.items() if k not in ("id", "toa")})
        for r in nodes
    )
    return Material(tuple(ties), members, numeric=True, head={"rule": "every row counts"})


def published(name: str) -> Material:
    """Give one of the published sets."""
    folder = f"adopt_{name}"
    if name == "modmath":
        nodes = reference.rows(folder, "node_measures.csv")
        return of(reference.rows(folder, "edges.csv"), nodes, undirected=True)
    return of(reference.rows(folder, "edges.csv"), reference.rows(folder, "nodes.csv"))


def unanswered(name: str) -> Material:
    """Give one of the sets whose answers are kept elsewhere."""
    folder = ("unanswered", f"adopt_{name}")
    return of(
        reference.rows(*folder, "edges.csv"), reference.rows(*folder, "nodes.csv"),
        undirected=name == "galesburg",
    )  # fmt: skip


def column(table: Table, name: str) -> list[Any]:
    """Give one column."""
    return [row[table.columns.index(name)] for row in table.rows]


def near(found: Any, expected: float | None, within: float = NEAR) -> bool:
    """Tell whether a cell is what it should be; undefined is undefined."""
    if expected is None or found is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=within, abs_tol=within)


# The published answers ---------------------------------------------------------------------


@needs_reference
@pytest.mark.parametrize("name", ["medInnovations", "modmath"])
def test_curve_and_hazard_are_those_of_r(name: str) -> None:
    """Cumulative, share and hazard to 1e-12; rate where it is defined, from the second on."""
    table = adoption(published(name))
    assert table.columns[:5] == ("period", "adopters", "cumulative", "share", "hazard")
    expected = reference.rows(f"adopt_{name}", "adoption.csv")
    summary = reference.rows(f"adopt_{name}", "summary.csv")
    assert len(table.rows) == len(expected) == len(summary)
    for i, (row, r, s) in enumerate(zip(table.records(), expected, summary, strict=True)):
        assert row["period"] == number(r["period"])
        assert (row["adopters"], row["cumulative"]) == (number(s["adopt"]), number(r["cum"]))
        assert near(row["share"], number(r["prop"]))
        assert near(row["hazard"], number(r["hazard"]))
        assert near(row["rate"], number(r["rate"]) if i else None)


@needs_reference
@pytest.mark.parametrize(
    ("name", "file", "options"),
    [
        ("medInnovations", "exposure.csv", {}),
        ("medInnovations", "exposure_incoming.csv", {"direction": "incoming"}),
        ("medInnovations", "exposure_count.csv", {"counts": True}),
        ("modmath", "exposure.csv", {}),
    ],
)
def test_exposure_is_that_of_r(name: str, file: str, options: dict[str, Any]) -> None:
    """Every actor in every period to 1e-12."""
    table = exposure(published(name), **options)
    assert table.columns[:3] == ("actor", "period", "exposure")
    found = {(r["actor"], r["period"]): r["exposure"] for r in table.records()}
    expected = {
        (row["id"], int(period)): number(cell)
        for row in reference.rows(f"adopt_{name}", file)
        for period, cell in row.items()
        if period != "id"
    }
    assert set(found) == set(expected)
    assert [k for k, value in expected.items() if not near(found[k], value)] == []


@needs_reference
@pytest.mark.parametrize("name", ["medInnovations", "modmath"])
@pytest.mark.parametrize(("lag", "measure"), [(0, "threshold"), (1, "threshold_lag1")])
def test_thresholds_are_those_of_r(name: str, lag: int, measure: str) -> None:
    """To 1e-12; with a lag, who adopted in the first period has none."""
    table = thresholds(published(name), lag=lag)
    assert table.columns[:3] == ("actor", "adopted", "threshold")
    found = {r["actor"]: r for r in table.records()}
    rows = reference.rows(f"adopt_{name}", "node_measures.csv")
    assert set(found) == {row["id"] for row in rows}
    for row in rows:
        assert found[row["id"]]["adopted"] == number(row["toa"])
        assert near(found[row["id"]]["threshold"], number(row[measure])), row["id"]
    if (name, lag) == ("medInnovations", 0):
        assert statistics.fmean(column(table, "threshold")) == pytest.approx(0.566, abs=1e-12)


@needs_reference
def test_classes_are_those_of_r() -> None:
    """Adopter categories and classes of thresholds, by mean and standard deviation."""
    found = {r["actor"]: r for r in thresholds(published("medInnovations")).records()}
    for row in reference.rows("adopt_medInnovations", "classes.csv"):
        category, level = found[row["id"]]["category"], found[row["id"]]["level"]
        assert isinstance(category, str)
        assert isinstance(level, str)
        assert row["toa_class"].lower().removesuffix("s") == category
        assert row["thr_class"].lower() == f"{level} thresh."


@needs_reference
def test_infection_and_susceptibility_are_those_of_r() -> None:
    """To 1e-12."""
    table = susceptibility(published("medInnovations"))
    assert table.columns[:3] == ("actor", "infectiousness", "susceptibility")
    found = {r["actor"]: r for r in table.records()}
    for row in reference.rows("adopt_medInnovations", "node_measures.csv"):
        assert near(found[row["id"]]["infectiousness"], number(row["infection"]))
        assert near(found[row["id"]]["susceptibility"], number(row["susceptibility"]))


@needs_reference
@pytest.mark.parametrize("name", ["medInnovations", "modmath"])
def test_moran_is_that_of_r(name: str) -> None:
    """Observed, expected, deviation and p to 1e-11; where all have adopted, neither of the last."""
    table = moran(published(name))
    assert table.columns[:5] == ("period", "observed", "expected", "sd", "p")
    expected = reference.rows(f"adopt_{name}", "summary.csv")
    assert len(table.rows) == len(expected)
    for row, r in zip(table.records(), expected, strict=True):
        for mine, theirs in (
            ("observed", "moran_obs"), ("expected", "moran_exp"),
            ("sd", "moran_sd"), ("p", "moran_pval"),
        ):  # fmt: skip
            assert near(row[mine], number(r[theirs]), 1e-11), (row["period"], mine)


@needs_reference
def test_bass_is_that_of_r_and_its_errors_those_of_scipy() -> None:
    """p and q to 1e-7 of R's; standard errors to 1e-6 of a second program's."""
    material = published("medInnovations")
    rows = {r["parameter"]: r for r in bass(material).records()}
    for row in reference.rows("adopt_medInnovations", "bass.csv"):
        assert near(rows[row["param"]]["estimate"], number(row["est"]), 1e-7)
    shares = column(adoption(material), "share")
    times = np.arange(1, len(shares) + 1)
    best, spread = curve_fit(bass_curve, times, shares, (0.1, 0.1), ftol=1e-14)
    for i, name in enumerate("pq"):
        assert near(rows[name]["estimate"], best[i], 1e-6)
        assert near(rows[name]["standard_error"], math.sqrt(spread[i, i]), 1e-4)
    # p is above q: adoption only slowed down, and there is no peak to be told of.
    assert rows["peak"]["estimate"] is None


def bass_curve(t: Any, p: float, q: float, m: float = 1.0) -> Any:
    """Give the cumulative share of the model of Bass."""
    fade = np.exp(-(p + q) * t)
    return m * (1 - fade) / (1 + q / p * fade)


def logistic_curve(t: Any, rate: float, midpoint: float, top: float = 1.0) -> Any:
    """Give the cumulative share of the logistic curve."""
    return top / (1 + np.exp(-rate * (t - midpoint)))


@needs_reference
@pytest.mark.parametrize(
    ("name", "run", "curve", "start", "shift"),
    [
        ("modmath", bass, bass_curve, (0.01, 1.0), 0),
        ("kfamily", bass, bass_curve, (0.05, 0.2), 0),
        ("brfarmers", bass, bass_curve, (0.003, 0.3), 0),
        ("galesburg", bass, bass_curve, (0.1, 0.01), 0),
        ("medInnovations", bass, bass_curve, (0.1, 0.1, 0.9), 0),
        ("modmath", logistic, logistic_curve, (1.0, 3.0), 0),
        ("brfarmers", logistic, logistic_curve, (0.3, 13.0), 1945),
        ("galesburg", logistic, logistic_curve, (0.3, 4.0, 0.9), 2),
        ("medInnovations", logistic, logistic_curve, (0.3, 6.0, 0.9), 0),
    ],
)
def test_curves_and_their_errors_are_those_of_scipy(
    name: str, run: Callable[..., Table], curve: Any, start: tuple[float, ...], shift: int
) -> None:
    """Of another search from another start, to 1e-5; an own third parameter is the ceiling."""
    there = name in ("modmath", "medInnovations")
    material = published(name) if there else unanswered(name)
    shares = column(adoption(material), "share")
    best, spread = curve_fit(curve, np.arange(1, len(shares) + 1), shares, start,
                             ftol=1e-15, xtol=1e-15, gtol=1e-15)  # fmt: skip
    rows = list(run(material, ceiling=len(start) == 3).records())
    for i, row in enumerate(rows[: len(start)]):
        moved = shift if row["parameter"] == "midpoint" else 0
        assert near(row["estimate"], best[i] + moved, 1e-5), row["parameter"]
        assert near(row["standard_error"], math.sqrt(spread[i, i]), 1e-3), row["parameter"]
        assert row["low"] < row["estimate"] < row["high"]  # type: ignore[operator]
    assert len(rows) == len(start) + (run is bass)


@needs_reference
def test_a_fit_is_exact_and_its_peak_is_where_most_adopt() -> None:
    """The sum of squares slopes nowhere; the peak's error is that of many drawn parameters.

    They are drawn ten times as near to the estimate, where the peak goes straight by them.
    """
    material = unanswered("brfarmers")
    shares = np.array(column(adoption(material), "share"))
    t = np.arange(1, len(shares) + 1)
    p, q, peak = bass(material).records()
    b = np.array([p["estimate"], q["estimate"]], dtype=float)
    for i in range(2):
        stepped = b.astype(complex)
        stepped[i] += 1e-100j
        slope = np.imag(bass_curve(t, *stepped)) / 1e-100
        assert abs(float(((bass_curve(t, *b) - shares) * slope).sum())) < 1e-12
    assert peak["estimate"] == pytest.approx(1945 + math.log(b[1] / b[0]) / b.sum(), abs=1e-9)
    _, spread = curve_fit(bass_curve, t, shares, b)
    drawn = np.random.default_rng(1).multivariate_normal(b, spread / 100, 20_000)
    peaks = np.log(drawn[:, 1] / drawn[:, 0]) / drawn.sum(axis=1)
    middle = np.subtract(*np.quantile(peaks, norm.cdf([1, -1]))) * 10 / 2
    assert peak["standard_error"] == pytest.approx(middle, rel=0.03)


@needs_reference
@pytest.mark.parametrize("name", ["brfarmers", "kfamily", "galesburg"])
def test_every_measure_answers_on_sets_not_seen_before(name: str) -> None:
    """No special case: periods as they are seen, shares within 0 and 1, p never 0."""
    material = unanswered(name)
    times = sorted({m.adopted for m in material.members if m.adopted is not None})
    curve = adoption(material)
    assert column(curve, "period") == list(range(int(times[0]), int(times[-1]) + 1))
    assert sum(column(curve, "adopters")) == len(material.members)
    assert column(curve, "share")[-1] == 1
    assert all(0 <= v <= 1 for v in column(exposure(material), "exposure"))
    assert all(0 <= v <= 1 for v in column(thresholds(material), "threshold"))
    assert all(0 <= v <= 1 for v in column(susceptibility(material), "infectiousness"))
    assert all(p is None or 0 < p <= 1 for p in column(moran(material), "p"))
    for fit in (bass(material), logistic(material)):
        assert fit.rows or fit.empty
    rows = risk_set(material)
    assert sum(column(rows, "event")) == len(material.members)
    narrow = adoption(material, periods=f"{int(times[0])}:{int(times[0]) + 2}")
    assert narrow.rows == curve.rows[:3]


@needs_reference
def test_the_risk_set_is_the_hazard_over_again() -> None:
    """Events over rows of a period are its hazard, but in the first, which R sets to 0."""
    material = published("medInnovations")
    hazard = dict(zip(*(column(adoption(material), c) for c in ("period", "hazard")), strict=True))
    shown = exposure(material, lag=1)
    before = {(r["actor"], r["period"]): r["exposure"] for r in shown.records()}
    table = risk_set(material)
    by: dict[Any, list[int]] = {}
    for row in table.records():
        assert isinstance(row["event"], int)
        by.setdefault(row["period"], []).append(row["event"])
        assert row["exposure"] == before[row["actor"], row["period"]]  # type: ignore[index]
        assert row["city"]
    for period, events in by.items():
        if period != 1:
            assert near(sum(events) / len(events), hazard[period])
    assert table.columns[-3:] == ("city", "commun", "records")


# By hand -----------------------------------------------------------------------------------


def day(year: int, month: int = 1, number: int = 1) -> float:
    """Give a day as a number."""
    return float(date(year, month, number).toordinal())


TWO = Material(
    (
        Tie("a", "b", "p", day(2011), day(2012), 1, "t1"),
        Tie("c", "b", "q", None, None, 1, "t2"),
        Tie("b", "b", "q", None, None, 1, "t3"),
    ),
    (Member("d", None, {"level": "local"}),),
    (
        Adopting("a", "p", day(2010), day(2010, 12, 31), "a1"),
        Adopting("b", "p", day(2011), day(2013, 12, 31), "a2"),
        Adopting("c", "p", None, day(2012), "a3"),
        Adopting("a", "q", day(2015), day(2015), "a4"),
    ),
    head={"rule": "adopted", "horizon": None, "left_out": {"planned": 2}, "undated": 3,
          "dataset": "sha256:0", "seed": None},
)  # fmt: skip
"""Four actors, two practices: b took p up in one of three years, c at an unknown time till 2012."""


def test_dates_that_are_not_sure_give_a_band_and_no_invented_moment() -> None:
    """The middle of b's interval is in 2012; c has none, and is there from 2012 on at the latest.

    2010: a surely, c perhaps; 2011: b perhaps too; 2012: a and c surely, b perhaps. Of four
    actors c is not at risk, since it adopted at some time: 1 of 2 in 2012, after a in 2010.
    """
    table = adoption(TWO)
    assert table.columns == (
        "period", "adopters", "cumulative", "share", "hazard", "low", "high", "rate", "practice",
        "records",
    )  # fmt: skip
    assert table.rows == (
        (2010, 1, 1, 0.25, 0.0, 1, 2, None, "p", ("a1",)),
        (2011, 0, 1, 0.25, 0.0, 1, 3, 0.0, "p", ()),
        (2012, 1, 3, 0.75, 0.5, 2, 3, 2.0, "p", ("a2", "a3")),
        (2015, 1, 1, 0.25, 0.0, 1, 1, None, "q", ("a4",)),
    )
    assert table.head["adoptions_undated"] == 1
    assert table.head["notes"] == (word("analyse.adoptions_undated", "en", number=1),)
    assert column(adoption(TWO, moment="latest"), "cumulative") == [1, 1, 2, 3, 1]
    assert column(adoption(TWO, moment="earliest"), "period") == [2010, 2011, 2012, 2015]


def test_receivers_of_a_dataset_are_exposed_to_givers_from_the_tie_on() -> None:
    """b hears from a (from 2011 on) and from c (always): 0/1 in 2010, 1/2 by a, then both.

    c counts at most from the beginning and at least from 2012 on, so in 2010 b is exposed to
    0 or 1 of its one contact, in 2011 to 1 or 2 of 2, in 2012 to both.
    """
    table = exposure(TWO, periods="2010:2012")
    b = [row for row in table.rows if row[0] == "b" and row[-2] == "p"]
    assert b == [
        ("b", 2010, 0.0, 0.0, 1.0, "p", ()),
        ("b", 2011, 0.5, 0.5, 1.0, "p", ("t1", "a1")),
        ("b", 2012, 1.0, 1.0, 1.0, "p", ("t1", "a1", "t2", "a3")),
    ]
    assert table.head["direction"] == "incoming"
    out = exposure(TWO, direction="outgoing", counts=True, lag=1, periods="2011:2013")
    assert [row[2] for row in out.rows if row[0] == "c" and row[-2] == "p"] == [None, 0, 1]
    [b] = [r for r in thresholds(TWO).records() if (r["actor"], r["practice"]) == ("b", "p")]
    assert (b["adopted"], b["threshold"], b["low"], b["high"]) == (2012, 1.0, 0.5, 1.0)
    assert b["records"] == ("a2", "t1", "a1", "t2", "a3")


def test_several_records_of_one_adoption_are_one() -> None:
    """By the earliest end, and not before the earliest start; one without a date adds its id."""
    told = (
        Adopting("a", "p", 3, 9, "r1"), Adopting("a", "p", 1, 7, "r2"),
        Adopting("a", "p", None, None, "r3"), Adopting("b", "p", 8, 8, "r4"),
    )  # fmt: skip
    rows = adoption(Material((), (), told, numeric=True)).rows
    assert [(row[0], row[2], row[5], row[6]) for row in rows if row[0] in (4, 7, 8)] == [
        (4, 1, 0, 1), (7, 1, 1, 1), (8, 2, 2, 2),
    ]  # fmt: skip
    assert rows[0][-1] == ("r1", "r2", "r3")


def test_a_tie_counts_from_its_beginning_on() -> None:
    """a adopts at 1, b at 2 and c at 3; b looks to a from 2 on, and c to b from 4 on.

    So b could follow a at once, and c could not follow b. Moran's I is undefined in period 1,
    without any tie, and 1 in period 2, where a and b have adopted and are joined.
    """
    ties = (
        Tie("b", "a", "", 2, 2, 1, "ba"), Tie("a", "b", "", 2, 2, 1, "ab"),
        Tie("c", "b", "", 4, 4, 1, "cb"),
    )  # fmt: skip
    members = tuple(Member(n, t, {}) for n, t in zip("abcd", (1, 2, 3, None), strict=True))
    material = Material(ties, members, numeric=True)
    found = {r["actor"]: r for r in susceptibility(material).records()}
    assert (found["a"]["infectiousness"], found["b"]["susceptibility"]) == (1.0, 1.0)
    assert (found["b"]["infectiousness"], found["c"]["susceptibility"]) == (0.0, 0.0)
    assert (found["b"]["followers"], found["c"]["leaders"]) == (0, 0)
    first, second, third = moran(material).records()
    assert first["observed"] is None
    # Half of four have adopted: a and b agree, each 1/4 above nothing, of a spread of 1.
    assert near(second["observed"], 4 / 2 * (2 * 0.25) / 1.0)
    assert near(third["observed"], 4 / 2 * (2 * (1 / 16)) / 0.75)
    exposed = {(r["actor"], r["period"]): r["exposed"] for r in risk_set(material).records()}
    assert (exposed["b", 2], exposed["c", 3], exposed["d", 3]) == (0, 0, 0)
    assert risk_set(material, lag=0).rows[2][7] == 1


def test_a_value_at_the_limit_belongs_to_the_lower_class() -> None:
    """Of 1, 2 and 3 the mean is 2 and the deviation 1: early adopter, early and late majority."""
    members = tuple(Member(n, t, {}) for n, t in zip("abc", (1, 2, 3), strict=True))
    assert column(thresholds(Material((), members, numeric=True)), "category") == [
        "early adopter", "early majority", "late majority",
    ]  # fmt: skip


def test_who_adopted_at_an_unknown_time_is_in_no_curve() -> None:
    """Neither among the adopters nor among those who might be."""
    told = [
        Adopting(str(i), "p", t, t, f"r{i}")
        for i, t in enumerate(t for t, n in enumerate((2, 3, 5, 5, 3, 2)) for _ in range(n))
    ]
    unknown = [Adopting(f"u{i}", "p", None, None, f"u{i}") for i in range(9)]  # fmt: skip
    for fit in (bass, logistic):
        table = fit(Material((), (), (*told, *unknown), numeric=True))
        assert table.rows == fit(Material((), (), tuple(told), numeric=True)).rows
        assert table.head["adoptions_undated"] == 9


def test_never_and_unknown_stay_empty() -> None:
    """d never adopted p and c did at an unknown time: neither has a threshold or influence."""
    for table in (thresholds(TWO), susceptibility(TWO)):
        for row in table.records():
            if (row["actor"], row["practice"]) in (("d", "p"), ("c", "p")):
                values = [v for k, v in row.items() if k not in ("actor", "practice", "records")]
                assert set(values) == {None}
    rows = [(r["actor"], r["period"], r["event"], r["low"], r["high"])
            for r in risk_set(TWO).records() if r["practice"] == "p"]  # fmt: skip
    assert [r for r in rows if r[0] in "ab"] == [
        ("a", 2010, 1, 2010, 2010), ("b", 2010, 0, 2011, 2013),
        ("b", 2011, 0, 2011, 2013), ("b", 2012, 1, 2011, 2013),
    ]  # fmt: skip
    # d is watched to 2015, when the last adoption of all was seen; c is in no row.
    assert [r[1] for r in rows if r[0] == "d"] == list(range(2010, 2016))
    assert {r[0] for r in rows} == {"a", "b", "d"}


def test_at_risk_is_only_who_is_a_member() -> None:
    """b is a member from 3 on and until 4, and may adopt then; a word is no period."""
    members = (
        Member("a", 1, {}),
        Member("b", 5, {"member_from": "3", "member_until": "4", "level": "local"}),
    )
    table = risk_set(Material((), members, numeric=True))
    assert [(r["actor"], r["period"], r["event"]) for r in table.records()] == [
        ("a", 1, 1), ("b", 3, 0), ("b", 4, 0),
    ]  # fmt: skip
    assert column(table, "level") == [None, "local", "local"]
    wrong = Material((), (Member("a", 1, {"member_from": "soon"}),), numeric=True)
    with pytest.raises(KvgraphError, match='member_from of a is "soon"'):
        risk_set(wrong)


def test_infection_by_hand() -> None:
    """a and b look to z; z adopts at 1, a at 2, b at 4, and x, unrelated, at 2.

    z: 1 of the 2 that adopted later did so at once, and 2 adopted at 2: 1/2/2. a followed z
    at once, its only one, and 1 adopted at 1: 1. b did not.
    """
    ties = tuple(Tie(a, "z", "", None, None, 1, a + "z") for a in "ab")
    members = tuple(
        Member(n, t, {}) for n, t in {"z": 1, "a": 2, "b": 4, "x": 2, "n": None}.items()
    )
    table = susceptibility(Material(ties, members, numeric=True))
    assert [row[:3] for row in table.rows] == [
        ("z", 0.25, 0.0), ("a", 0.0, 1.0), ("b", 0.0, 0.0), ("x", 0.0, 0.0), ("n", None, None),
    ]  # fmt: skip
    assert table.rows[0][-1] == ("z", "az", "a")


def test_moran_of_two_pairs_by_hand() -> None:
    """Where both of a pair have adopted and none of the other, I is 1; expected is -1/3.

    The variance under randomisation of n=4 by brute force over all 6 ways to place two.
    """
    both = [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")]
    ties = tuple(Tie(a, b, "", None, None, 1, a + b) for a, b in both)
    members = tuple(Member(x, t, {}) for x, t in zip("abcd", (1, 1, 2, None), strict=True))
    first, second = moran(Material(ties, members, numeric=True)).records()
    # Two of the six placements give 1, four give -1.
    deviation = math.sqrt((2 * (4 / 3) ** 2 + 4 * (2 / 3) ** 2) / 6)
    assert near(first["observed"], 1.0)
    assert near(first["expected"], -1 / 3)
    assert near(first["sd"], deviation)
    assert near(first["p"], math.erfc((4 / 3) / deviation / math.sqrt(2)))
    assert second["adopters"] == 3
    # Without any two actors joined nothing is near to anything.
    alone = moran(Material((), members, numeric=True))
    assert {(row[1], row[3], row[4]) for row in alone.rows} == {(None, None, None)}


def test_a_curve_too_thin_or_too_young_is_refused_in_words() -> None:
    """Seven adopters are too few; eight that come ever faster have not come to their peak."""
    seven = Material((), tuple(Member(str(i), i, {}) for i in range(7)), numeric=True)
    new = (1, 2, 4, 8, 16)
    times = [t for t, n in enumerate(new) for _ in range(n)] + [None] * 1000
    young = Material((), tuple(Member(str(i), t, {}) for i, t in enumerate(times)), numeric=True)
    short = Material((), tuple(Member(str(i), i % 2, {}) for i in range(9)), numeric=True)
    slow = (1, 1, 2, 3, 4, 5, 5, 5)
    times = [t for t, n in enumerate(slow) for _ in range(n)]
    high = Material((), tuple(Member(str(i), t, {}) for i, t in enumerate(times)), numeric=True)
    for lang in ("en", "fi", "sv"):
        for fit in (bass, logistic):
            above = fit(high, ceiling=True, lang=lang)
            assert above.empty == word("analyse.curve_above", lang, practices=1, least=8)
            assert fit(high, lang=lang).rows
            for material, reason in (
                (seven, "analyse.curve_few"),
                (young, "analyse.curve_not_bent"),
                (short, "analyse.curve_no_fit"),
            ):
                table = fit(material, lang=lang)
                assert table.rows == ()
                assert table.empty == word(reason, lang, practices=1, least=8)
                assert table.head["refused"] == 1


def test_a_curve_is_refused_for_one_practice_and_fitted_for_another() -> None:
    """What is refused is told of in the notes; the rows are those of the other."""
    told = [
        Adopting(str(i), "p", t, t, f"r{i}")
        for i, t in enumerate(t for t, n in enumerate((2, 3, 5, 5, 3, 2)) for _ in range(n))
    ]
    told.append(Adopting("0", "q", 1, 1, "other"))  # fmt: skip
    table = logistic(Material((), (), tuple(told), numeric=True))
    assert column(table, "practice") == ["p", "p"]
    assert table.head["notes"] == (word("analyse.curve_few", "en", practices=1, least=8),)
    rate, midpoint = table.rows
    assert rate[1] == pytest.approx(1.12, abs=0.01)
    # Period 0 is the first: by its end 2 of 20 have it, by that of period 2 half of them.
    assert midpoint[1] == pytest.approx(1.99, abs=0.01)
    assert midpoint[-1] == tuple(f"r{i}" for i in range(20))


@pytest.mark.parametrize("run", ALL, ids=lambda f: f.__name__)
def test_every_answer_carries_what_was_asked_and_left_out(run: Callable[..., Table]) -> None:
    """Rule, seed, horizon, numbers left out and undated are the material's; measure its own."""
    table = run(TWO)
    given = {k: table.head[k] for k in ("rule", "seed", "horizon", "left_out", "undated")}
    assert given == {k: TWO.head[k] for k in given}
    assert table.head["measure"]
    assert table.columns[-1] == "records"
    for lang in ("en", "fi", "sv"):
        nobody = run(Material((Tie("a", "b", "", None, None, 1, "t"),)), lang=lang)
        assert (nobody.rows, nobody.empty) == ((), word("analyse.no_adoption", lang))
        assert nobody.columns[:3] == table.columns[:3]


@pytest.mark.parametrize("run", ALL, ids=lambda f: f.__name__)
def test_every_entry_is_found_by_its_name(run: Callable[..., Table]) -> None:
    """The file's name is the command's, and its parameters those of its function."""
    name = run.__name__.replace("_", "-")
    entry = registry.entry("analysis", name, "ANALYSIS")
    assert (entry.name, entry.run, entry.takes) == (name, run, "material")
    options = {p.name.replace("-", "_"): p.default for p in entry.parameters}
    own = {k: v for k, v in (run.__kwdefaults__ or {}).items() if k not in ("lang", "tell")}
    assert {k: v or False for k, v in options.items()} == {k: v or False for k, v in own.items()}


@pytest.mark.parametrize(
    ("run", "options", "message"),
    [
        (adoption, {"periods": "1946"}, "not a first and a last period"),
        (adoption, {"periods": "1950:1946"}, "no period from 1950 to 1946"),
        (adoption, {"moment": "noon"}, '--moment "noon"'),
        (exposure, {"lag": -1}, "look ahead"),
        (exposure, {"direction": "sideways"}, '--direction "sideways"'),
        (moran, {"steps": 0}, "reaches nobody"),
        (adoption, {"periods": "1:1000000000"}, "there are 1,000,000,000 periods"),
        (bass, {"periods": "1:1000000000"}, "there are 1,000,000,000 periods"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    run: Callable[..., Table], options: dict[str, Any], message: str
) -> None:
    """In a sentence."""
    with pytest.raises(KvgraphError, match=message) as caught:
        run(TWO, **options)
    assert caught.value.hint


def test_periods_may_begin_before_and_after_what_was_seen() -> None:
    """What lies before the first period counts in cumulative; then its hazard is defined."""
    members = tuple(Member(str(i), t, {}) for i, t in enumerate((1, 1, 3, None)))
    material = Material((), members, numeric=True)
    assert [row[:5] for row in adoption(material, periods="0:1").rows] == [
        (0, 0, 0, 0.0, 0.0), (1, 2, 2, 0.5, 0.5),
    ]  # fmt: skip
    assert [row[:5] for row in adoption(material, periods="3:4").rows] == [
        (3, 1, 3, 0.75, 0.5), (4, 0, 3, 0.75, 0.0),
    ]  # fmt: skip


def test_times_in_seconds_are_too_many_periods() -> None:
    """They are refused before a row of each second is made."""
    members = tuple(Member(str(i), 1.6e9 * i, {}) for i in range(2))
    with pytest.raises(KvgraphError, match="periods from 0 to 1600000000") as caught:
        adoption(Material((), members, numeric=True))
    assert "longer units" in caught.value.hint


def test_long_answers_are_told_of_and_endless_ones_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before they are made."""
    said: list[str] = []
    exposure(TWO, tell=said.append)
    assert said == []
    monkeypatch.setattr(exposure_module, "MANY", 1)
    monkeypatch.setattr(risk_module, "MANY", 1)
    exposure(TWO, tell=said.append)
    risk_set(TWO, tell=said.append)
    assert said == ["16 rows of 2 practices and 4 actors",
                    "up to 28 rows of 2 practices and 4 actors"]  # fmt: skip
    said.clear()
    monkeypatch.setattr(_curves, "MANY", 2)
    for fit in (bass, logistic):
        fit(TWO, tell=said.append)
    monkeypatch.setattr(moran_module, "MANY", 4)
    moran(TWO, tell=said.append)
    assert said == ["the curves of 2 practices"] * 2 + ["distances of 4 actors, up to 6 steps"]
    monkeypatch.setattr(_adoption, "MOST", 10)
    with pytest.raises(KvgraphError, match="16 rows, more than 10"):
        exposure(TWO)


times = st.one_of(st.none(), st.integers(0, 5).map(float))
spans = st.lists(st.tuples(st.sampled_from("abcde"), times, times), max_size=8)
arcs = st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), times), max_size=8)


@given(spans, arcs)
def test_laws(told: list[tuple[str, Any, Any]], ties: list[tuple[str, str, Any]]) -> None:
    """Bands hold what they should, nothing is without its records, and order does not matter."""
    adoptings = tuple(
        Adopting(a, "p", *sorted((lo, hi)) if None not in (lo, hi) else (lo, hi), f"r{i}")
        for i, (a, lo, hi) in enumerate(told)
    )
    material = Material(
        tuple(Tie(a, b, "p", t, t, 1, f"t{i}") for i, (a, b, t) in enumerate(ties)),
        tuple(Member(a, None, {}) for a in "abcde"), adoptings, numeric=True,
    )  # fmt: skip
    turned = Material(material.ties[::-1], material.members, adoptings[::-1], numeric=True)
    for row, again in zip(adoption(material).rows, adoption(turned).rows, strict=True):
        assert row[:-1] == again[:-1]
    for row in adoption(material).records():
        if "low" in row:
            assert row["low"] <= row["cumulative"] <= row["high"]  # type: ignore[operator]
        assert row["adopters"] == 0 or row["records"]
    for row in exposure(material, direction="both").records():
        assert 0 <= row["exposure"] <= 1  # type: ignore[operator]
        if "low" in row:
            assert row["low"] <= row["exposure"] <= row["high"]  # type: ignore[operator]
        assert bool(row["exposure"]) == bool(row["records"])
    for row in thresholds(material).records():
        if row["threshold"] is not None and "low" in row:
            assert row["low"] <= row["threshold"] <= row["high"]  # type: ignore[operator]
    for row in susceptibility(material).records():
        assert (row["infectiousness"] is None) == (row["adopted"] is None)
    for row in moran(material).records():
        assert row["p"] is None or 0 < row["p"] <= 1  # type: ignore[operator]
    assert sum(column(risk_set(material), "event")) == sum(column(adoption(material), "adopters"))
