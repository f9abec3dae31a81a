"""The benchmarks, one function each, and what they have to reach.

``ratio`` is what the bar speaks of: how many times less CPU kvgraph needs where the bar is a
least (``≥``), and how many times more where it is a most (``≤``).
"""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from tests.benchmarks import inputs
from tests.benchmarks.inputs import ANSWERS, INTERVAL_ANSWERS, SPID, Input
from tests.benchmarks.measure import ROOT, Run, alternating, process, task, timed, timed_task

RETICULA: Final = ROOT / ".venv-reticula" / "bin" / "python"
"""The Python of reticula, which needs a later one than we do."""

RUNS: Final = 5
FEW: Final = 3
"""Runs where one takes long, and its share of chance is small."""


@dataclass(frozen=True, slots=True)
class Result:
    """A line of the table; what is not known is ``None``."""

    name: str
    peer: str
    bar: str
    ambition: str | None = None
    peer_cpu_s: float | None = None
    kvgraph_cpu_s: float | None = None
    ratio: float | None = None
    answer: Any = None

    @property
    def holds(self) -> bool | None:
        """Whether the bar is reached; ``None`` where there is no bar or no ratio."""
        if self.ratio is None or not self.bar:
            return None
        sign, _, least = self.bar.partition(" ")
        return self.ratio >= float(least) if sign == "≥" else self.ratio <= float(least)


def faster(
    name: str, peer: str, their: float, our: float, bar: str, ambition: str | None, answer: Any
) -> Result:
    """Give a line that tells how many times less CPU kvgraph needs."""
    return Result(name, peer, bar, ambition, their, our, their / our, answer)


def costlier(
    name: str, peer: str, their: float, our: float, bar: str, ambition: str | None, answer: Any
) -> Result:
    """Give a line that tells how many times more CPU kvgraph needs."""
    return Result(name, peer, bar, ambition, their, our, our / their, answer)


def without(name: str, peer: str, error: Exception, bar: str, ambition: str | None) -> Result:
    """Give a line of a benchmark whose peer cannot be run, and why."""
    return Result(name, f"{peer}: not run, {error}", bar, ambition)


def same(*found: Any, expected: Any = None) -> Any:
    """Give the one answer that all routes must give.

    :raises AssertionError: if they do not.
    """
    first = found[0] if expected is None else expected
    assert all(f == first for f in found), f"answers differ: {found}, expected {first}"
    return first


def named(*packages: str) -> str:
    """Name packages with their versions.

    :raises RuntimeError: if one is not installed.
    """
    for package in packages:
        missing = available(package)
        if missing:
            raise missing
    return " + ".join(f"{p} {version(p)}" for p in packages)


def available(package: str) -> Exception | None:
    """Tell why a package cannot be used."""
    try:
        version(package)
    except PackageNotFoundError:
        return RuntimeError(f"{package} is not installed")
    return None


class Data:
    """The inputs of a run, made when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def size(self, size: str, *, intervals: bool = False, checked: bool = False) -> Input:
        """Give the data of this size."""
        return inputs.make(size, self.folder, intervals=intervals, checked=checked)


def b1(data: Data) -> Iterator[Result]:
    """Job J end to end from the RDF file, against rdflib and networkx."""
    given = data.size("1e5").points
    peer, store, direct = alternating(
        RUNS, *(lambda t=t: task(t, given) for t in ("rdflib_networkx", "via_store", "direct"))
    )
    by_hand = task("rdflib_by_hand", given)
    answer = same(
        *(r.answer for r in (peer, by_hand, store, direct)), expected=list(ANSWERS["1e5"])
    )
    name = f"{named('rdflib', 'networkx')}, a SPARQL query"
    yield faster("B1", f"{name}; via the store", peer.cpu, store.cpu, "≥ 12", "25", answer)
    yield faster("B1 direct", name, peer.cpu, direct.cpu, "≥ 20", "25", answer)
    name = f"{named('rdflib', 'networkx')}, triple by triple instead of a query, once"
    yield faster("B1 by hand", f"{name}; via the store", by_hand.cpu, store.cpu, "", None, answer)
    yield faster("B1 direct, by hand", name, by_hand.cpu, direct.cpu, "", None, answer)


def b2(data: Data) -> Iterator[Result]:
    """Job J, where the peer gets integer csv, against raphtory."""
    bars = ("B2", "≥ 3", "12"), ("B2 direct", "≥ 8", "12")
    missing = available("raphtory")
    if missing:
        for name, bar, ambition in bars:
            yield without(name, "raphtory", missing, bar, ambition)
        return
    given = data.size("1e5")
    peer, best, store, direct = alternating(
        RUNS,
        lambda: task("raphtory_graphs", given.edges),
        lambda: task("raphtory_one_graph", given.edges),
        lambda: task("via_store", given.points),
        lambda: task("direct", given.points),
    )
    answer = same(*(r.answer for r in (peer, best, store, direct)), expected=list(ANSWERS["1e5"]))
    graphs = f"{named('raphtory')}, a graph a practice, from integer csv"
    for (name, bar, ambition), ours in zip(bars, (store, direct), strict=True):
        how = "; via the store" if ours is store else ""
        yield faster(name, graphs + how, peer.cpu, ours.cpu, bar, ambition, answer)
    trick = (
        f"{named('raphtory')}, one graph of (practice, actor) pairs numbered by hand, its "
        "answer taken out through Parquet, from integer csv"
    )
    yield faster("B2 direct, one graph", trick, best.cpu, direct.cpu, "", None, answer)


def b3(data: Data) -> Iterator[Result]:
    """Earliest arrival from one source, arrays ready, against a networkx heap per practice.

    Ready on both sides are the edges in the order of practice and day, all of them numbers:
    for kvgraph with their states numbered, as lists or arrays; for networkx as a list of
    rows, since it cannot run on arrays, and making its graphs of them is a part of its work.
    What it needs with its graphs made is shown too.
    """
    given = data.size("1e5").points
    states = ANSWERS["1e5"][0]
    peer = f"{named('networkx')}, a heap per practice"
    for how, bar, ambition in (("plain", "≥ 100", None), ("fast", "≥ 2000", "9000")):
        name = "B3" if how == "plain" else f"B3 {how}"
        missing = available("numba") if how == "fast" else None
        if missing:
            yield without(name, peer, missing, bar, ambition)
            continue
        (a, built), (b, ready), (c, ours) = task("arrival", given, RUNS, how).answer
        answer = same(a, b, c, expected=states)
        yield faster(name, f"{peer}, graphs built", built, ours, bar, ambition, answer)
        yield faster(f"{name}, graphs made", f"{peer}, graphs made", ready, ours, "", None, answer)


def b4(data: Data) -> Iterator[Result]:
    """Exact reach of every practice and actor, strict, against reticula's out-cluster sizes.

    Ready on both sides are numbers: for kvgraph states and events in its own order, for reticula
    a list of rows, of which making its network is a part of its work; what it needs with its
    network made is shown too. The whole answer is from ties to a table with the ids of the ties.
    """
    given = data.size("1e5")
    bar, ambition, there = "≥ 50", "270", RETICULA.is_file()
    tells = "from importlib.metadata import version; print('reticula', version('reticula'))"
    who = process([str(RETICULA), "-c", tells]).answer if there else "reticula"
    peer = f"{who}, out-cluster sizes, one network of (practice, actor) pairs"
    ways = {"B4": "plain", "B4 fast": "fast"}
    if available("numba"):
        del ways["B4 fast"]

    def theirs(how: str, part: str = "seconds") -> Run:
        command = [str(RETICULA), "-m", "tests.benchmarks.reticula_peer", how, str(given.edges)]
        return timed(process(command), part)

    runs = alternating(
        RUNS,
        lambda: timed_task("reach_counts", given.points, "whole"),
        *(lambda h=h: timed_task("reach_counts", given.points, "strict", h)
          for h in ways.values()),
        *(lambda h=h: timed_task("reach_counts", given.points, "non-strict", h)
          for h in ways.values()),
        *((lambda: theirs("one"), lambda: theirs("one", "ready"), lambda: theirs("practice"))
          if there else ()),
    )  # fmt: skip
    whole, strict, loose = runs[0], runs[1 : 1 + len(ways)], runs[1 + len(ways) :][: len(ways)]
    answer = same(whole.answer, *(run.answer for run in strict))
    if there:
        one, ready, apart = runs[-3:]
        same(one.answer, ready.answer, apart.answer, expected=answer)
        each = f"{who}, out-cluster sizes, a network a practice"
        for name, ours in zip(ways, strict, strict=True):
            yield faster(name, peer, one.cpu, ours.cpu, bar, ambition, answer)
            made = f"{peer}, made before"
            yield faster(f"{name}, network made", made, ready.cpu, ours.cpu, "", None, answer)
            yield faster(f"{name}, by practice", each, apart.cpu, ours.cpu, "", None, answer)
        yield faster("B4 whole answer", peer, one.cpu, whole.cpu, "", None, answer)
    else:
        missing = RuntimeError("it needs Python 3.12 or later, and `make bench` found none")
        for name in ways:
            yield without(name, peer, missing, bar, ambition)
    found = same(*(run.answer for run in loose))
    for name, ours in zip(ways, loose, strict=True):
        peer = "none: reticula knows strict order alone"
        yield Result(f"{name}, non-strict", peer, "", None, None, ours.cpu, None, found)


def b5(data: Data) -> Iterator[Result]:
    """Search path counts of all transfers that can have followed each other, against networkx.

    Ready on both sides are the arcs, as arrays or as a list of pairs, of which networkx has to
    make its graph; what it needs with its graph made is shown too.
    """
    given = data.size("1e5").points
    peer = f"{named('networkx')}, two passes"
    for how, bar, ambition in (("plain", "", None), ("fast", "≥ 200", "700")):
        name = "B5" if how == "fast" else f"B5 {how}"
        missing = available("numba") if how == "fast" else None
        if missing:
            yield without(name, peer, missing, bar, ambition)
            continue
        (a, built), (b, ready), (c, ours) = task("weights", given, RUNS, how).answer
        answer = same(a, b, c)
        assert answer[0] == ANSWERS["1e5"][1], "an arc is a chain of two transfers"
        yield faster(name, f"{peer}, graph built", built, ours, bar, ambition, answer)
        yield faster(f"{name}, graph made", f"{peer}, graph made", ready, ours, "", None, answer)


def b6(data: Data) -> Iterator[Result]:
    """Load into the store, against pyoxigraph alone with the same flags."""
    given = data.size("1e5").points
    raw, ours = alternating(
        RUNS, lambda: timed_task("load_raw", given), lambda: timed_task("load_kvgraph", given)
    )
    answer = same(raw.answer, ours.answer)
    peer = f"{named('pyoxigraph')} bulk_load"
    yield costlier("B6", peer, raw.cpu, ours.cpu, "≤ 1.15", "1.05", answer)


def b7(data: Data) -> Iterator[Result]:
    """From a store in memory to flows, against the engine's own csv of the same query."""
    (a, raw), (b, ours) = task("draw", data.size("1e5").points, RUNS).answer
    peer = f"{named('pyoxigraph')}, the drawing query written as csv"
    yield costlier("B7", peer, raw, ours, "≤ 1.25", "1.1", same(a, b))


def b8(data: Data) -> Iterator[Result]:
    """A second question on a store on disk, against the first one, which draws the columns."""
    given = data.size("1e5").points
    store = data.folder / "store"
    shutil.rmtree(store, ignore_errors=True)
    task("keep", given, store)

    def first() -> Run:
        for kept in store.glob("columns-*"):
            kept.unlink()
        return task("question", store)

    cold, warm = alternating(RUNS, first, lambda: task("question", store))
    answer = same(cold.answer, warm.answer, expected=list(ANSWERS["1e5"]))
    peer = "kvgraph itself, job J on a store on disk for the first time"
    yield faster("B8", peer, cold.cpu, warm.cpu, "≥ 10", "50", answer)


def b9(data: Data) -> Iterator[Result]:
    """``kvgraph --help``, against a minimal click program started in the same way."""
    script = Path(sys.executable).with_name("kvgraph")
    peer = f"a minimal {named('click')} program"
    if not script.is_file():
        yield without("B9", peer, RuntimeError(f"{script} is not installed"), "≤ 1.3", "1.1")
        return
    # Like the entry point that pip writes: a module, whose bytecode is kept, and a script.
    module = data.folder / "minimal_program.py"
    module.write_text(
        'import click\n\n\n@click.group()\ndef main():\n    """Do next to nothing."""\n\n\n'
        '@main.command()\ndef something():\n    """Do something."""\n'
    )
    minimal = data.folder / "minimal"
    minimal.write_text(
        f"#!{sys.executable}\nimport sys\nfrom minimal_program import main\nsys.exit(main())\n"
    )

    def help_of(program: Path) -> Run:
        run = process([sys.executable, str(program), "--help"])
        return Run("help", run.cpu, run.kilobytes)

    help_of(minimal), help_of(script)  # writes the bytecode
    theirs, ours = alternating(5 * RUNS, lambda: help_of(minimal), lambda: help_of(script))
    yield costlier("B9", peer, theirs.cpu, ours.cpu, "≤ 1.3", "1.1", "--help of both")


def b10(data: Data) -> Iterator[Result]:
    """How job J grows from 1e5 to 1e6 transfers, and how much memory it takes."""
    small, large = data.size("1e5"), data.size("1e6")
    for how, bar in (("plain", "≤ 14"), ("fast", "≤ 6")):
        name = "B10" if how == "plain" else f"B10 {how}"
        missing = available("numba") if how == "fast" else None
        if missing:
            yield without(name, "itself at 1e5", missing, bar, "10")
            continue
        little, much = alternating(
            FEW, *(lambda g=g, h=how: task("direct", g.points, h) for g in (small, large))
        )
        same(little.answer, expected=list(ANSWERS["1e5"]))
        answer = same(much.answer, expected=list(ANSWERS["1e6"]))
        peer = "kvgraph itself, job J directly from the file with 1e5 transfers"
        yield costlier(name, peer, little.cpu, much.cpu, bar, "10", answer)
        kilobytes = much.kilobytes / large.transfers
        yield Result(
            f"{name} memory", "kB of RSS a transfer, at 1e6", "≤ 1.5", None, None, much.cpu,
            kilobytes, answer,
        )  # fmt: skip


def b11(data: Data) -> Iterator[Result]:
    """Certain and possible reach with intervals, against earliest arrival with point dates."""
    given = data.size("1e5", intervals=True)
    for how in ("plain", "fast"):
        name = "B11" if how == "plain" else f"B11 {how}"
        peer = "kvgraph itself, earliest arrival with point dates"
        missing = available("numba") if how == "fast" else None
        if missing:
            yield without(name, peer, missing, "≤ 4", "2.5")
            continue
        (a, point), (b, both) = task("intervals", given.points, given.intervals, RUNS, how).answer
        same(a, expected=ANSWERS["1e5"][0])
        answer = same(b, expected=list(INTERVAL_ANSWERS))
        yield costlier(name, peer, point, both, "≤ 4", "2.5", answer)


def b12(data: Data) -> Iterator[Result]:  # noqa: ARG001
    """NetInf on the policies of the American states, from csv to ties, until p is 0.1.

    R is not run: its times are quoted as they were published, and the bar is in seconds. The
    ties have to be those that R gave.
    """
    bar, ambition = "≤ 4", "1"
    peer = "R NetworkInference, not run: 4 s and 25 s as published; the ratio is kvgraph's seconds"
    if not SPID.is_dir():
        yield without("B12", "R NetworkInference", RuntimeError(f"{SPID} is not there"), bar, "1")
        return
    with (SPID / "expected_exp0.5_p0.10.csv").open(encoding="utf-8", newline="") as file:
        expected = [
            [r["origin_node"], r["destination_node"], round(float(r["improvement"]), 6)]
            for r in csv.DictReader(file)
        ]
    ours, by_hand = alternating(
        RUNS, lambda: task("netinf", SPID), lambda: task("netinf_by_hand", SPID, len(expected))
    )
    same(ours.answer, by_hand.answer, expected=expected)
    answer = f"{len(expected)} ties, those of R in its order"
    yield Result("B12", peer, bar, ambition, None, ours.cpu, ours.cpu, answer)
    peer = "plain Python with dictionaries, the same greedy search, told the number of ties, no p"
    yield faster("B12 by hand", peer, by_hand.cpu, ours.cpu, "", None, answer)


def b13(data: Data) -> Iterator[Result]:
    """Gould-Fernandez roles of all actors by 27 groups, against a double loop on networkx.

    Ready on both sides are arcs and groups, as arrays or as lists.
    """
    given = data.size("1e5")
    found = task("roles", given.edges, given.organisations, RUNS).answer
    (a, built), (b, ready), (c, ours) = found
    answer = same(a, b, c)
    assert answer[-1] == 27
    peer = f"{named('networkx')}, a double loop"
    yield faster("B13", f"{peer}, graph built", built, ours, "≥ 50", None, answer)
    yield faster("B13, graph made", f"{peer}, graph made", ready, ours, "", None, answer)


def b14(data: Data) -> Iterator[Result]:
    """The shapes applied to an RDF file of 1e5 triples, against pySHACL, each from the start."""
    given = data.size("1e4", checked=True).checked
    peer = f"{named('pyshacl')}, from the file with rdflib"
    ways = (
        ("B14", "fast", "≥ 5", "30"), ("B14 plain", "plain", "≥ 5", "30"),
        ("B14 pyrudof alone", "rudof", "", None),
    )  # fmt: skip
    missing = available("pyrudof")
    run = [way for way in ways if way[1] == "plain" or not missing]
    theirs, *ours = alternating(
        RUNS,
        lambda: task("shacl_pyshacl", given),
        *(lambda how=how: task("shacl_kvgraph", given, how) for _, how, _, _ in run),
    )
    answer = same(theirs.answer, *(mine.answer for mine in ours))
    for (name, _, bar, ambition), mine in zip(run, ours, strict=True):
        yield faster(name, peer, theirs.cpu, mine.cpu, bar, ambition, answer)
        peaks = f"MB of RSS at the peak, where pySHACL takes {theirs.kilobytes // 1000}"
        memory = mine.kilobytes / 1000
        yield Result(f"{name} memory", peaks, "", None, None, mine.cpu, memory, answer)
    for name, how, bar, ambition in ways:
        if how != "plain" and missing:
            yield without(name, peer, missing, bar, ambition)


def b15(data: Data) -> Iterator[Result]:
    """A page of about 150 things, from cold until it can be used, in a browser."""
    name, bar, ambition = "B15", "≥ 10", "20"
    missing = available("playwright") or (
        None if shutil.which("chromium") else RuntimeError("there is no chromium here")
    )
    if missing:
        yield without(name, "pyvis as it comes", missing, bar, ambition)
        return
    written = task("write_pages", data.folder).answer
    theirs, ours = alternating(
        RUNS, *(lambda w=w: timed_task("open_page", w, written[w]) for w in ("pyvis", "kvgraph"))
    )
    answer = f"{same(theirs.answer, ours.answer)} things in both"
    peer = f"{named('pyvis')} as it comes, the same things and links; CPU of the browser"
    yield faster(name, peer, theirs.cpu, ours.cpu, bar, ambition, answer)


BENCHES: Final[dict[str, Callable[[Data], Iterator[Result]]]] = {
    "B1": b1, "B2": b2, "B3": b3, "B4": b4, "B5": b5, "B6": b6, "B7": b7, "B8": b8, "B9": b9,
    "B10": b10, "B11": b11, "B12": b12, "B13": b13, "B14": b14, "B15": b15,
}  # fmt: skip
