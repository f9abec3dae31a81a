"""Co-presence: by hand on the village, against a slow second program, scipy and networkx."""

from __future__ import annotations

import csv
import itertools
import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import inf
from typing import Any

import networkx as nx
import numpy as np
import pyoxigraph as ox
import pytest
from scipy.stats import fisher_exact

import shipped as shipped_packages
import village
from kvgraph.analysis.co_presence import co_presence, odds_ratio
from kvgraph.cli.main import _run
from kvgraph.errors import KvgraphError
from kvgraph.material.sitting import sittings_of
from kvgraph.model import Table
from kvgraph.selection import select, selection
from kvgraph.store import Dataset, create
from slow_reach import Day, Event, Rows, bounds, package_events, read_tables, several

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory, shipped: Dataset) -> dict[str, str]:
    """The village and the shipped data as stores on disk."""
    folder = tmp_path_factory.mktemp("co-presence")
    about = replace(village.dataset().about, horizon="2025-11-30")
    for name, dataset, told in (
        ("VILLAGE", village.dataset(), about),
        ("SHIPPED", shipped, shipped.about),
    ):
        with create(folder / name) as write:
            write(dataset.store, told)
    return {name: str(folder / name) for name in ("VILLAGE", "SHIPPED")}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], stores: dict[str, str]) -> Run:
    """Give a function that runs the command line: exit code, answer and messages."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = _run(["analyse", "co-presence", *(stores.get(a, a) for a in arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def rows_of(table: Table) -> dict[tuple[str, str], dict[str, Any]]:
    """Give the rows by kind of place and rule for ties."""
    return {(str(r["through"]), str(r["ties"])): r for r in table.records()}


# --- by hand ----------------------------------------------------------------------------------


def test_the_village_is_counted_by_hand() -> None:
    """Aspby and Birkton sat in n-kitchens from between 1 May and 31 December 2011 on.

    Five cases: v1 Aspby-Birkton, v2 Birkton-office, v3 office-Oreland, v4 Aspby-Varnia and v5
    Varnia-office; v6 is only planned. Four gave, four received, three of them did both: 4 x 4 -
    3 = 13 pairs at risk, at five moments 65, of which 60 are not the case's own. The pair
    Aspby-Birkton is exposed at v2 (from 2015-03), v3 (2015-05) and v4 (2013), of the same year
    at v5 (from 2011 on), and at v1 (2012) not, since that went through n-kitchens itself.

    - before: 0 of 5 against 4 of 60, so a half is added: (0.5 x 56.5)/(5.5 x 4.5)
    - half: 0 of 5 against 3.5 of 60; after: 0 of 5 against 3 of 60
    - with the way itself v1 is exposed: 1 of 5 against 4, 3.5 and 3 of 60
    """
    found = rows_of(co_presence(village.dataset(), permutations=9))
    network = {rule: found["network", rule] for rule in ("before", "half", "after")}
    assert [r["exposed_transfers"] for r in network.values()] == [0, 0, 0]
    assert [r["exposed_pairs"] for r in network.values()] == [4, 3.5, 3]
    assert {(r["transfers"], r["pairs"], r["corrected"]) for r in network.values()} == {(5, 60, 1)}
    assert network["before"]["odds_ratio"] == (0.5 * 56.5) / (5.5 * 4.5)
    assert network["half"]["odds_ratio"] == (0.5 * 57) / (5.5 * 4)
    assert network["after"]["odds_ratio"] == (0.5 * 57.5) / (5.5 * 3.5)
    found = rows_of(co_presence(village.dataset(), with_via=True, permutations=9))
    network = {rule: found["network", rule] for rule in ("before", "half", "after")}
    assert [r["exposed_transfers"] for r in network.values()] == [1, 1, 1]
    assert [r["odds_ratio"] for r in network.values()] == [56 / 16, 56.5 / 14, 57 / 12]
    assert {r["corrected"] for r in network.values()} == {0}
    assert {r["thin"] for r in network.values()} == {"few transfers"}
    # Nobody of the village is a member of a project.
    assert found["project", "half"]["thin"] == "nobody exposed"
    assert [found["project", "half"][c] for c in ("odds_ratio", "p", "null_low")] == [None] * 3
    # All that is open against it: 1 of 5, 4 of 60; for it: 1 of 5, 3 of 60.
    assert network["half"]["odds_ratio_least"] == 56 / 16
    assert network["half"]["odds_ratio_most"] == 57 / 12


def test_the_null_of_the_village_is_that_of_all_relabellings() -> None:
    """Birkton, the office and Varnia did both: six relabellings, the others keep their names.

    With the way itself v1 is exposed where Birkton stays Birkton, v4 where Varnia becomes
    Birkton, and nothing else ever: one case in four of six, none in two.
    """
    table = co_presence(village.dataset(), with_via=True, through="network", permutations=6000)
    for row in table.records():
        assert row["p"] == pytest.approx(4 / 6, abs=0.03)
        assert row["null_median"] == row["null_high"] == row["odds_ratio"]
        others = {"before": 5, "half": 4.5, "after": 4}[str(row["ties"])]
        assert row["null_low"] == (0.5 * (60 - others + 0.5)) / (5.5 * (others + 0.5))
    once = co_presence(village.dataset(), permutations=1)
    assert {r["p"] for r in once.records()} <= {0.5, 1.0, None}


def test_odds_ratios_are_those_of_scipy() -> None:
    """The sample odds ratio of fisher_exact, where no cell is 0."""
    for a, b, c, d in itertools.product((1, 2, 7), repeat=4):
        assert odds_ratio(a, b, c, d) == pytest.approx(fisher_exact([[a, b], [c, d]]).statistic)
    assert odds_ratio(0, 5, 0, 9) is None
    assert odds_ratio(5, 0, 9, 0) is None
    assert odds_ratio(0, 5, 3, 9) == pytest.approx(
        fisher_exact([[1, 11], [7, 19]]).statistic
    )  # (0.5, 5.5), (3.5, 9.5), doubled


# --- a second, slow program -------------------------------------------------------------------


@dataclass(frozen=True)
class Slow:
    """What the plain tables say: cases, at risk, and how a pair stands to a case."""

    cases: list[Event]
    givers: list[str]
    receivers: list[str]
    places: Callable[[str, str], set[str]]
    stand: Callable[[str, str, Event], int]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Give every ordered pair at risk."""
        return ((g, r) for g in self.givers for r in self.receivers if g != r)


def slow(tables: Mapping[str, Rows], horizon: Day, kind: str, *, with_via: bool = False) -> Slow:
    """Read the definitions word by word: pair by pair, place by place, day by day."""
    places = {r["id"]: ("network", r) for r in tables["networks"]}
    places |= {r["id"]: ("project", r) for r in tables["projects"]}
    dated = {r["id"] for r in tables["transfers"] if r.get("start") or r.get("end")}
    networks = {r["id"] for r in tables["networks"]}
    cases = [
        e
        for e in package_events(tables, horizon=horizon).events
        if e.id in dated and not networks & {e.giver, e.receiver} and e.giver != e.receiver
    ]
    sat: dict[tuple[str, str], list[tuple[Day, Day, Day]]] = {}
    for row in tables["memberships"]:
        of, place = places[row["network"]]
        if kind not in ("any", of):
            continue
        own = [bounds(row.get(c, "")) for c in ("start", "end")]
        theirs = [bounds(place.get(c, "")) for c in ("start", "end")]
        if not any(row.get(c) or place.get(c) for c in ("start", "end")):
            continue
        first = own[0][0] if own[0][0] > -inf else theirs[0][0]
        gone = own[1][1] if own[1][1] < inf else theirs[1][1]
        last = max(first, min(own[0][1], gone, horizon))
        sat.setdefault((row["actor"], row["network"]), []).append((first, last, gone))
    of_actor: dict[str, set[str]] = {}
    for actor, place_id in sat:
        of_actor.setdefault(actor, set()).add(place_id)
    events = {r["id"]: r for r in tables["events"]}
    via: dict[str, set[str]] = {}
    for row in tables["transfers"]:
        out = set(several(row.get("via", "")))
        out |= {events[e].get("network", "") for e in out & set(events)}
        out |= {places[n][1].get("project", "") for n in out & networks}
        out |= {n for n in networks if places[n][1].get("project", "") in out - {""}}
        via[row["id"]] = set() if with_via else out

    def common(giver: str, receiver: str) -> set[str]:
        return of_actor.get(giver, set()) & of_actor.get(receiver, set())

    def stand(giver: str, receiver: str, case: Event) -> int:
        best = 0
        for place_id in common(giver, receiver):
            if place_id in via[case.id]:
                continue
            joined = [
                (max(a[0], b[0]), max(a[1], b[1]))
                for a in sat[giver, place_id]
                for b in sat[receiver, place_id]
                if not (a[2] < b[0] or b[2] < a[0])
            ]
            if not joined:
                continue
            first, last = min(j[0] for j in joined), min(j[1] for j in joined)
            if last < case.lo:
                return 3
            if (
                case.lo > -inf
                and first <= case.hi
                and last <= date(date.fromordinal(int(case.lo)).year, 12, 31).toordinal()
            ):
                best = max(best, 2)
            elif first < case.hi:
                best = max(best, 1)
        return best

    return Slow(
        cases,
        sorted({e.giver for e in cases}),
        sorted({e.receiver for e in cases}),
        common,
        stand,
    )


def counted(found: Slow) -> tuple[Counter[int], Counter[int]]:
    """Count how the cases, and all pairs at risk at their moments, stand."""
    cases = Counter(found.stand(e.giver, e.receiver, e) for e in found.cases)
    # Who sits nowhere together stands not at all, whatever the case.
    together = [pair for pair in found.pairs() if found.places(*pair)]
    everywhere = Counter(found.stand(*pair, case) for case in found.cases for pair in together)
    return cases, everywhere


@pytest.mark.parametrize("kind", ["network", "project", "any"])
@pytest.mark.parametrize("with_via", [False, True])
def test_the_counts_are_those_of_a_slow_second_program(kind: str, with_via: bool) -> None:
    """On the village and on two of the shipped packages every count is the same."""
    for tables, dataset, horizon in (
        (read_tables([village.FOLDER]), village.dataset(), village.HORIZON),
        (
            read_tables(
                f for f in shipped_packages.resources.package_folders()
                if f.name in ("base", "transfer-networks", "esf-networks", "urbact-context")
            ),
            shipped_packages.dataset(
                "base", "transfer-networks", "esf-networks", "urbact-context"
            ),
            shipped_packages.HORIZON,
        ),
    ):  # fmt: skip
        assert horizon is not None
        found = slow(tables, horizon, kind, with_via=with_via)
        cases, everywhere = counted(found)
        n, pairs = len(found.cases), len(found.cases) * len(list(found.pairs()))
        table = co_presence(dataset, through=kind, with_via=with_via, permutations=1)
        assert table.head["pairs_at_risk"] == len(list(found.pairs()))
        for row in table.records():
            weight = {"before": Fraction(1), "half": Fraction(1, 2), "after": Fraction(0)}
            tied = weight[str(row["ties"])]
            exposed = cases[3] + tied * cases[2]
            others = everywhere[3] + tied * everywhere[2] - exposed
            assert (row["exposed_transfers"], row["transfers"]) == (exposed, n)
            assert (row["exposed_pairs"], row["pairs"]) == (others, pairs - n)
            assert row["possible_transfers"] == cases[3] + cases[2] + cases[1]
            cells = [exposed, n - exposed, others, pairs - n - others]
            if 0 not in cells:
                doubled = [[int(2 * x) for x in cells[:2]], [int(2 * x) for x in cells[2:]]]
                assert row["odds_ratio"] == pytest.approx(fisher_exact(doubled).statistic)


def test_who_sat_together_is_what_networkx_projects(shipped: Dataset) -> None:
    """A pair at risk was ever exposed only if the two-mode graph of memberships joins it."""
    seats = sittings_of(shipped, shipped_packages.HORIZON)
    graph = nx.Graph()
    for seat in (s for s in seats if s.dated):
        graph.add_edge(("actor", seat.actor), ("place", seat.place))
    actors = {node for node in graph if node[0] == "actor"}
    joined = nx.bipartite.projected_graph(graph, actors)
    table = co_presence(shipped, through="any", with_via=True, at_risk=True)
    ever = {
        (r["giver"], r["receiver"])
        for r in table.records()
        if r["certain"] or r["same_year"] or r["possible"]
    }
    assert ever
    prefix = "https://w3id.org/kvgraph/id/actor/"
    for giver, receiver in ever:
        assert joined.has_edge(("actor", f"{prefix}{giver}"), ("actor", f"{prefix}{receiver}"))


# --- laws -------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_answer_whatever_the_order(shipped: Dataset) -> None:
    """Quads in another order, and another seed, which moves the null alone."""
    quads = sorted(shipped.store, key=str, reverse=True)
    store = ox.Store()
    store.extend(quads)
    again = Dataset(store, shipped.about)
    one = co_presence(shipped, permutations=99)
    assert one == co_presence(again, permutations=99)
    other = co_presence(shipped, permutations=99, seed=2)
    fixed = one.columns[: one.columns.index("null_median")]
    for a, b in zip(one.records(), other.records(), strict=True):
        assert {c: a[c] for c in fixed} == {c: b[c] for c in fixed}
    assert one.rows != other.rows


def test_certain_is_within_possible_and_p_is_never_0(shipped: Dataset) -> None:
    """The bounds enclose the odds ratio, the rules stand in their order."""
    for level in ("actor", "jurisdiction", "member-state"):
        table = co_presence(shipped, level=level, permutations=19)
        rows = rows_of(table)
        for (kind, _), row in rows.items():
            assert row["p"] is None or 1 / 20 <= row["p"] <= 1
            assert row["exposed_transfers"] <= row["possible_transfers"] <= row["transfers"]
            if row["odds_ratio"] is not None and not row["corrected"]:
                assert row["odds_ratio_least"] <= row["odds_ratio"] <= row["odds_ratio_most"]
                assert row["null_low"] <= row["null_median"] <= row["null_high"]
            ordered = [rows[kind, rule]["exposed_pairs"] for rule in ("after", "half", "before")]
            assert ordered == sorted(ordered)


def test_the_rows_of_cases_and_of_pairs_at_risk_add_up_to_the_table(shipped: Dataset) -> None:
    """Whoever recomputes the odds ratio in R from them gets ours."""
    whole = rows_of(co_presence(shipped, permutations=1))
    for kind in ("network", "any"):
        cases = list(co_presence(shipped, through=kind, pairs=True).records())
        risk = list(co_presence(shipped, through=kind, at_risk=True).records())
        row = whole[kind, "before"]
        assert sum(r["exposed_certain"] + r["same_year"] for r in cases) == row["exposed_transfers"]
        assert sum(r["exposed_possible"] for r in cases) == row["possible_transfers"]
        assert len(cases) == row["transfers"] == sum(r["transfers"] for r in risk)
        exposed = sum(r["certain"] + r["same_year"] for r in risk)
        assert exposed - row["exposed_transfers"] == row["exposed_pairs"]
        assert sum(r["moments"] for r in risk) - len(cases) == row["pairs"]
        own = sum(r["transfers_certain"] + r["transfers_same_year"] for r in risk)
        assert own == row["exposed_transfers"]


def test_a_case_names_its_places_and_the_years_since(shipped: Dataset) -> None:
    """Turin and Rotterdam sat in four earlier networks; the way itself is none of them.

    The first of the four, ctx-U115, ended by 2006 at the latest (its memberships have no dates
    of their own), and the transfer began on 1 December 2018 at the earliest.
    """
    table = co_presence(shipped, pairs=True)
    [row] = [r for r in table.records() if r["transfer"] == "t0065"]
    assert (row["giver"], row["receiver"]) == ("it-turin", "nl-rotterdam")
    assert row["prior_networks"] == ("ctx-45", "ctx-47", "ctx-U115", "ctx-U129")
    assert row["via"] == ("n-innovato-r",)
    assert (row["exposed_certain"], row["same_year"], row["exposed_possible"]) == (1, 0, 1)
    assert row["date_lo"] == date(2018, 12, 1)
    assert (row["giver_state"], row["receiver_state"]) == ("country-it", "country-nl")
    joined = {s.place.rpartition("/")[2]: s.last for s in sittings_of(shipped, None) if s.dated}
    earliest = min(joined[p] for p in row["prior_networks"])
    assert row["years_since"] == int((date(2018, 12, 1).toordinal() - earliest) / 365.2425) == 11
    [tied] = [r for r in table.records() if r["transfer"] == "t0017"]
    assert (tied["same_year"], tied["same_year_networks"]) == (1, ("ctx-5",))
    assert tied["years_since"] is None


def test_a_selection_narrows_the_transfers_and_never_the_memberships(shipped: Dataset) -> None:
    """The actors at risk are those of the selected transfers."""
    wanted = select(shipped, selection(shipped, theme=["inclusion"]), ("transfer",))
    table = co_presence(shipped, selected=wanted, permutations=9)
    assert table.head["selection"] == {"theme": "inclusion"}
    assert table.head["memberships"] == co_presence(shipped, permutations=1).head["memberships"]
    cases = list(co_presence(shipped, selected=wanted, pairs=True).records())
    ids = {link.iri.rpartition("/")[2] for link in wanted.links}
    assert {r["transfer"] for r in cases} <= ids
    assert table.head["cases"] == len(cases)
    nothing = select(shipped, selection(shipped, network=["NW-RBM2"]), ("transfer",))
    empty = co_presence(shipped, selected=nothing)
    assert empty.rows == ()
    assert "NW-RBM2" in empty.empty
    none = co_presence(village.dataset(), stage="mainstreamed", proven_only=True)
    assert (none.rows, none.empty) == ((), "No transfer is there to be counted.")


def test_options_that_do_not_go_together_are_told() -> None:
    """The message says what was expected."""
    with pytest.raises(KvgraphError, match="--permutations is a number from 1 on"):
        co_presence(village.dataset(), permutations=0)
    with pytest.raises(KvgraphError, match="--seed is a number from 0 on"):
        co_presence(village.dataset(), seed=-1)
    with pytest.raises(KvgraphError, match="are two tables"):
        co_presence(village.dataset(), pairs=True, at_risk=True)


# --- the command line -------------------------------------------------------------------------


def test_the_command_tells_rule_horizon_seed_and_what_was_left_out(run: Run) -> None:
    """Above the table, in three languages; as JSON all of it stands in the head."""
    for lang, text in (
        ("en", "Memberships: 3; without any date, and left out: 0."),
        ("fi", "Jäsenyyksiä: 3; täysin ilman päivämäärää"),
        ("sv", "Medlemskap: 3; helt utan datum"),
    ):
        code, out, _ = run("--store", "VILLAGE", "--lang", lang)
        assert code == 0
        assert text in out
        assert "sha256:" in out
        assert out.count("few transfers") == 6
    code, out, _ = run("--store", "VILLAGE", "--format", "json", "--ties", "half")
    answer = json.loads(out)
    assert code == 0
    assert len(answer["rows"]) == 3
    assert {
        k: answer[k]
        for k in ("cases", "pairs_at_risk", "seed", "permutations", "horizon", "undated", "sources")
    } == {"cases": 5, "pairs_at_risk": 13, "seed": 1, "permutations": 999,
          "horizon": "2025-11-30", "undated": 0, "sources": 2}  # fmt: skip
    assert "relabelled" in answer["null"]
    code, _, err = run("--edges", "x.csv", "--network", "n-kitchens")
    assert code == 2
    assert "--network needs a store" in err
    code, out, _ = run("--store", "VILLAGE", "--pairs")
    assert "Aspby (xa-aspby)" in out


@pytest.mark.parametrize("table", ["--pairs", "--at-risk", "--through=any"])
def test_the_csv_reads_into_r_without_a_quirk(table: str, run: Run) -> None:
    """Plain names, one type a column, flags as 0 and 1, ISO dates, nothing that R makes NA of."""
    code, out, err = run("--store", "SHIPPED", table, "--format", "csv", "--permutations", "9")
    assert code == 0
    assert "note: " in err
    rows = list(csv.DictReader(out.splitlines()))
    assert rows
    assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in rows[0])
    assert not re.search(r"[\"'#\\]|\btrue\b|\bfalse\b|\bNA\b|\binf\b|\bnan\b", out)
    patterns = (r"-?\d+", r"-?\d+(\.\d+)?(e-?\d+)?", r"\d{4}-\d\d-\d\d", r"(?![\d.-]).*")
    for name in rows[0]:
        filled = {row[name] for row in rows if row[name]}
        assert any(all(re.fullmatch(p, cell) for cell in filled) for p in patterns), name


def test_the_shipped_data_are_answered_in_seconds(stores: dict[str, str]) -> None:
    """With 999 relabellings, from start to answer; and Ctrl-C stops a longer one at once."""
    code = "from kvgraph.cli.main import main; main()"
    call = [sys.executable, "-c", code, "analyse", "co-presence", "--store", stores["SHIPPED"]]
    began = time.perf_counter()
    done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert time.perf_counter() - began < 20
    process = subprocess.Popen(
        [*call, "--permutations", "900000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(2.5)
    began = time.perf_counter()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert time.perf_counter() - began < 3
    assert process.returncode in (130, -signal.SIGINT)
    assert out == b""
    assert b"interrupted" in err


def test_the_null_is_centred_where_nothing_is_there_to_find() -> None:
    """Transfers drawn at random among members: p is spread evenly, as it should be.

    Sixty invented worlds, each with twelve actors, four networks and fifteen transfers at
    random; at most about a tenth of them has a p of at most 0.1: more than 14 of 60 would come
    by chance once in a thousand times.
    """
    rng = np.random.default_rng(5)
    low = 0
    for _ in range(60):
        dataset = _random_world(rng)
        row = rows_of(co_presence(dataset, through="network", permutations=99))["network", "before"]
        low += row["p"] is not None and row["p"] <= 0.1
    assert low <= 14


def _random_world(rng: np.random.Generator) -> Dataset:
    """Twelve actors, four networks of 2010, fifteen transfers of 2012."""
    kv, org = "https://w3id.org/kvgraph/def#", "http://www.w3.org/ns/org#"
    xsd = "http://www.w3.org/2001/XMLSchema#date"
    base = "https://w3id.org/kvgraph/id/"
    quads = []

    def say(kind: str, name: str, prefix: str, values: Mapping[str, object]) -> None:
        for key, value in values.items():
            term = (
                ox.Literal(str(value), datatype=ox.NamedNode(xsd))
                if isinstance(value, date)
                else ox.NamedNode(base + str(value))
            )
            quads.append(ox.Quad(ox.NamedNode(f"{base}{kind}/{name}"),
                                 ox.NamedNode(prefix + key), term))  # fmt: skip

    for n in range(4):
        for i in rng.choice(12, size=5, replace=False).tolist():
            name = f"m{n}-{i}"
            say("membership", name, org, {"member": f"actor/a{i}", "organization": f"network/n{n}"})
            say("membership", name, kv, {"earliestBegin": date(2010, 1, 1),
                                         "latestBegin": date(2010, 12, 31)})  # fmt: skip
    for t in range(15):
        giver, receiver = rng.choice(12, size=2, replace=False).tolist()
        say("transfer", f"t{t}", kv, {
            "giver": f"actor/a{giver}", "receiver": f"actor/a{receiver}", "practice": "practice/p",
            "earliestBegin": date(2012, 1, 1), "latestEnd": date(2012, 12, 31),
        })  # fmt: skip
    return Dataset.memory(quads)
