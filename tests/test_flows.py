"""Flows say what the records say: what has moved, between which days, and what is left out."""

from __future__ import annotations

import csv
import struct
from collections import Counter
from collections.abc import Callable
from functools import cache
from math import inf
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyoxigraph as ox
import pytest

import shipped
import slow_reach as slow
import village
from kvgraph import flows as kvflows
from kvgraph.dates import read_date, show_day
from kvgraph.errors import KvgraphError
from kvgraph.flows import HIGH, LOW, REASONS, Flows, Transfers
from kvgraph.namespaces import KV, shorten
from kvgraph.readers import check_references, read_package
from kvgraph.store import About, Dataset, create

CLAUSES: Final = Path(__file__).resolve().parent / "cases" / "flows" / "clauses"
HORIZON: Final = read_date("2020-12-31").latest
QUESTIONS: Final[dict[str, dict[str, Any]]] = {
    **{stage: {"stage": stage} for stage in slow.STAGES},
    "with-planned": {"with_planned": True},
    "with-abandoned": {"with_abandoned": True},
    "medium": {"min_certainty": "medium"},
    "high": {"min_certainty": "high"},
    "no-horizon": {"horizon": None},
}


@cache
def clauses() -> Dataset:
    """Give the package with a transfer for each clause."""
    package, faults = read_package(CLAUSES / "package", shown="clauses")
    faults += check_references([package])
    assert not faults
    return Dataset(shipped.built(package))


@cache
def clauses_drawn() -> Transfers:
    return kvflows.draw(clauses())


def asked(question: str) -> Flows:
    return kvflows.moments(clauses_drawn(), **{"horizon": HORIZON, **QUESTIONS[question]})


def told(flows: Flows) -> dict[str, list[tuple[str, str, str, str]]]:
    """Give reason, lo, hi and proven by transfer, a row for each receiver."""
    t = flows.transfers
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for i, iri in enumerate(t.ids):
        reason = REASONS[flows.reason[i]]
        lo = show_day(None if flows.lo[i] == LOW else int(flows.lo[i])) or ""
        hi = show_day(None if flows.hi[i] == HIGH else int(flows.hi[i])) or ""
        taken = (lo, hi, "yes" if flows.proven[i] else "no") if reason == "in" else ("", "", "")
        found.setdefault(shorten(iri), []).append((reason, *taken))
    return found


def expectations() -> list[tuple[str, str, tuple[str, str, str, str]]]:
    with (CLAUSES / "expected.csv").open(encoding="utf-8", newline="") as file:
        return [
            (r["question"], r["id"], (r["reason"], r["lo"], r["hi"], r["proven"]))
            for r in csv.DictReader(file)
        ]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_transfer_has_moved_as_its_clause_says(question: str) -> None:
    """Status, as-of date, attainments, origin and horizon, each in a case of its own."""
    found = told(asked(question))
    expected = {i: row for q, i, row in expectations() if q == question}
    assert expected, f"no case for {question}"
    assert {i: set(found[i]) for i in expected} == {i: {row} for i, row in expected.items()}


def test_every_clause_has_an_expectation() -> None:
    """No transfer of the case stands there without being looked at."""
    assert {i for _, i, _ in expectations()} == set(told(asked("adopted")))


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_slow_reading_agrees_on_the_clauses(question: str) -> None:
    """The csv files read a second time, by another program, give the same events and counts."""
    options = {**QUESTIONS[question]}
    options.setdefault("horizon", HORIZON)
    options["horizon"] = inf if options["horizon"] is None else options["horizon"]
    options["min_certainty"] = options.get("min_certainty") or ""
    counted = slow.package_events(slow.read_tables([CLAUSES / "package"]), **options)
    flows = asked(question)
    assert events_of(flows) == Counter(counted.events)
    everything = np.ones(len(flows.transfers), dtype=bool)
    out = {reason: sum(n.values()) for reason, n in counted.left_out.items()}
    assert {k: n for k, n in flows.left_out(everything).items() if n} == out
    assert flows.undated(everything) == sum(counted.undated.values())


def events_of(flows: Flows) -> Counter[slow.Event]:
    """Give the transfers that take part as the slow implementation writes them."""
    t = flows.transfers
    return Counter(
        slow.Event(
            shorten(t.ids[i]),
            shorten(t.practices[t.practice[i]]),
            shorten(t.actors[t.giver[i]]),
            shorten(t.actors[t.receiver[i]]),
            -inf if flows.lo[i] == LOW else int(flows.lo[i]),
            inf if flows.hi[i] == HIGH else int(flows.hi[i]),
            bool(flows.proven[i]),
        )
        for i in np.flatnonzero(flows.reason == 0)
    )


def test_left_out_and_undated_are_counted_over_what_was_asked() -> None:
    """Planned and abandoned are always told, other reasons where there are any."""
    flows = asked("adopted")
    t = flows.transfers
    undated = flows.asked([i for i, p in enumerate(t.practices) if shorten(p) == "undated"])
    assert flows.left_out(undated) == {"planned": 0, "abandoned": 0}
    assert flows.undated(undated) == 1
    dated = ~undated
    assert flows.left_out(dated) == {
        "planned": 2,
        "abandoned": 1,
        "refused": 1,
        "after_horizon": 2,
        "contradicted": 1,
    }
    assert flows.undated(dated) == 1  # no-dates; start-until has a start, open to the past


def test_a_status_told_of_before_the_start_is_a_plan_whatever_it_says() -> None:
    """The reader refuses such a row for an adopted practice; other data may still hold it."""
    t = clauses_drawn()
    place = [shorten(i) for i in t.ids].index("adopted")
    told_of = t.told.copy()
    told_of[place] = t.begin[place] - 1
    flows = kvflows.moments(_with(t, told=told_of), horizon=HORIZON)
    assert REASONS[flows.reason[place]] == "planned"
    taken = kvflows.moments(_with(t, told=told_of), horizon=HORIZON, with_planned=True)
    assert (REASONS[taken.reason[place]], bool(taken.proven[place])) == ("in", False)
    assert taken.hi[place] == HORIZON


def _with(t: Transfers, **columns: Any) -> Transfers:
    from dataclasses import replace

    return replace(t, **columns)


def test_lineage_and_adoptions_are_drawn_with_their_bounds() -> None:
    """An adaptation from two practices is two; of several adoptions the first counts."""
    t = clauses_drawn()

    def days(first: int, last: int) -> tuple[str, str]:
        return (
            show_day(None if first == LOW else first) or "",
            show_day(None if last == HIGH else last) or "",
        )

    lineage = {
        (
            shorten(t.practices[x.parent]),
            shorten(t.practices[x.child]),
            shorten(t.actors[x.origin]),
            *days(x.earliest, x.latest),
        )
        for x in t.lineage
    }
    assert lineage == {
        ("dated", "child", "r", "2011-01-01", "2013-05-31"),
        ("dated", "open", "q", "2012-01-01", ""),
        ("undated", "open", "q", "2012-01-01", ""),
    }
    adopted = {
        (shorten(t.practices[p]), shorten(t.actors[a])): days(*interval)
        for (p, a), interval in t.adopted.items()
    }
    assert adopted == {
        ("dated", "g"): ("2000-05-01", "2001-12-31"),
        ("child", "q"): ("", ""),
    }


def test_exposure_is_taken_in_at_stage_visited_alone() -> None:
    """Who met a practice counts as a visit, in the days of the event or membership."""
    without = village.flows(stage="visited")
    assert len(without.transfers) == 6
    flows = village.flows(stage="visited", with_exposure=True)
    met = {
        (e.practice, e.giver, e.receiver, e.lo, e.hi, e.proven)
        for e in events_of(flows)
        if not e.id.startswith("v")
    }
    days = {name: read_date(name).earliest for name in ("2011-05-01", "2016-09-20")}
    last = {name: read_date(name).latest for name in ("2013-12-31", "2016-09-21")}
    assert met == {
        ("p-kitchen", "xa-aspby", "xb-birkton", days["2011-05-01"], last["2013-12-31"], True),
        ("p-harbour", "xb-birkton", "country-xa", days["2016-09-20"], last["2016-09-21"], True),
    }
    with pytest.raises(KvgraphError, match="only be taken in at stage visited"):
        village.flows(stage="adopted", with_exposure=True)


# --- ways to draw ---------------------------------------------------------------------------


def rows_of(t: Transfers) -> dict[str, Any]:
    """Give everything that columns hold, without the order and the numbers of the books."""
    p, a = t.practices, t.actors
    at = [
        (i, p[t.practice[n]], a[t.giver[n]], a[t.receiver[n]], int(t.begin[n]), int(t.end[n]),
         int(t.told[n]), int(t.rank[n]), int(t.certainty[n]), bool(t.exposure[n]))
        for n, i in enumerate(t.ids)
    ]  # fmt: skip
    return {
        "transfers": Counter(at),
        "attained": Counter((at[n], rank, day) for n, rank, day in t.attained),
        "lineage": Counter((p[x.parent], p[x.child], a[x.origin], x.earliest, x.latest)
                           for x in t.lineage),
        "origin": {p[n]: int(day) for n, day in enumerate(t.origin)},
        "adopted": {(p[k[0]], a[k[1]]): v for k, v in t.adopted.items()},
        "kind": (t.staged, t.scale, t.numeric),
    }  # fmt: skip


DATASETS: Final[dict[str, Callable[[], Dataset]]] = {
    "village": village.dataset,
    "clauses": clauses,
    "shipped": shipped.dataset,
}


@pytest.mark.parametrize("name", DATASETS)
def test_a_store_and_a_stream_give_the_same_columns(name: str) -> None:
    """Drawn by a query or in one pass over the triples in any order: the same rows."""
    dataset = DATASETS[name]()
    quads = list(dataset.store)
    by_query = rows_of(kvflows.draw(dataset))
    assert by_query == rows_of(kvflows.draw_triples(quads))
    assert by_query == rows_of(kvflows.draw_triples(reversed(quads)))
    assert by_query == rows_of(kvflows.draw_triples([*quads, *quads]))
    assert by_query["transfers"]


SYNTAXES: Final[dict[str, Callable[[list[bytes]], list[bytes]]]] = {
    "as written": lambda lines: lines,
    "in another order": lambda lines: [*reversed(lines[::2]), *lines[1::2]],
    "ends of line of Windows": lambda lines: [x.replace(b"\n", b"\r\n") for x in lines],
    "comments and blank lines": lambda lines: [x + b"# so it is said\n\n" for x in lines],
    "comments after triples": lambda lines: [x.replace(b" .\n", b" . # so\n") for x in lines],
    "other spaces": lambda lines: [b" \t" + x.replace(b" .\n", b".\n") for x in lines],
    "escapes": lambda lines: [x.replace(b"#giver>", b"#\\u0067iver>") for x in lines],
    "every triple twice": lambda lines: [*lines, *reversed(lines)],
    "no end of the last line": lambda lines: [*lines[:-1], lines[-1][:-1]],
}
"""How the same N-Triples can be written."""


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("written", SYNTAXES)
def test_n_triples_may_be_written_in_many_ways(tmp_path: Path, name: str, written: str) -> None:
    """The fast way through a file understands them all, or leaves them to the engine."""
    dataset = DATASETS[name]()
    lines = [bytes(line) for line in ntriples(name)]
    path = tmp_path / "data.nt"
    path.write_bytes(b"".join(SYNTAXES[written](lines)))
    assert rows_of(kvflows.draw_file(path)) == rows_of(kvflows.draw(dataset))


@cache
def ntriples(name: str) -> list[bytes]:
    """Give a dataset as lines of N-Triples."""
    triples = (q.triple for q in DATASETS[name]().store)
    raw = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert raw is not None
    return raw.splitlines(keepends=True)


def test_a_file_of_another_syntax_gives_the_same_columns(tmp_path: Path) -> None:
    """N-Quads and Turtle alike; what is broken is said to be."""
    expected = rows_of(village.transfers())
    quads = tmp_path / "village.nq"
    quads.write_bytes(b"".join(village.dataset().dump()))
    turtle = tmp_path / "village.ttl"
    ox.serialize(
        (q.triple for q in village.dataset().store), str(turtle), format=ox.RdfFormat.TURTLE
    )
    assert rows_of(kvflows.draw_file(quads)) == expected
    assert rows_of(kvflows.draw_file(turtle)) == expected
    for name in ("broken.nq", "broken.nt"):
        broken = tmp_path / name
        broken.write_bytes(b"".join(ntriples("village")) + b"<a> <b>\n")
        with pytest.raises(KvgraphError, match="cannot be read"):
            kvflows.draw_file(broken)


@pytest.fixture
def on_disk(tmp_path: Path) -> Path:
    """Give the clauses as a store on disk."""
    path = tmp_path / "store"
    with create(path) as write:
        write(clauses().store, About(digest=clauses().digest))
    return path


def test_columns_are_kept_beside_a_store_and_read_from_there(on_disk: Path) -> None:
    """The second question reads what the first has drawn, and it is the same."""
    expected = rows_of(clauses_drawn())
    assert rows_of(kvflows.draw(Dataset.open(on_disk))) == expected
    (kept,) = on_disk.glob("columns-*.npz")
    before = kept.stat().st_mtime_ns
    assert rows_of(kvflows.draw(Dataset.open(on_disk))) == expected
    assert kept.stat().st_mtime_ns == before


def _flip(raw: bytes) -> bytes:
    """Change a byte in the middle of the day columns, not in any header."""
    where = raw.index(b"begin.npy") + 200
    return raw[:where] + bytes([raw[where] ^ 0x55]) + raw[where + 1 :]


DAMAGE: Final[dict[str, Callable[[bytes], bytes]]] = {
    "empty": lambda _: b"",
    "cut short": lambda raw: raw[: len(raw) // 2],
    "not an archive": lambda _: b"columns of something else, but no archive",
    "a byte flipped": _flip,
    "a member missing": lambda _: _archive_of("practice"),
    "its directory lost": lambda raw: raw[:-22] + struct.pack("<4s18x", b"PK\x05\x06"),
}


def _archive_of(*names: str) -> bytes:
    import io

    stream = io.BytesIO()
    np.savez(stream, **{name: np.zeros(1) for name in names})  # type: ignore[arg-type]
    return stream.getvalue()


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_columns_are_drawn_anew(on_disk: Path, damage: str) -> None:
    """A file that is not whole is no reason to fail, and less so to answer wrongly."""
    expected = rows_of(kvflows.draw(Dataset.open(on_disk)))
    (kept,) = on_disk.glob("columns-*.npz")
    whole = kept.read_bytes()
    kept.write_bytes(DAMAGE[damage](whole))
    assert kept.read_bytes() != whole
    assert rows_of(kvflows.draw(Dataset.open(on_disk))) == expected
    kept.write_bytes(kept.read_bytes())
    assert rows_of(kvflows.draw(Dataset.open(on_disk))) == expected
    assert len(kept.read_bytes()) == len(whole)


def test_columns_of_another_digest_are_not_taken(on_disk: Path, tmp_path: Path) -> None:
    """Columns go by the digest, so a rebuilt store never answers with the old ones."""
    kvflows.draw(Dataset.open(on_disk))
    (kept,) = on_disk.glob("columns-*.npz")
    other = tmp_path / "other"
    with create(other) as write:
        write(village.dataset().store, About(digest=village.dataset().digest))
    (other / kept.name).write_bytes(kept.read_bytes())
    assert rows_of(kvflows.draw(Dataset.open(other))) == rows_of(village.transfers())


def test_a_bound_that_is_no_date_is_an_error() -> None:
    """What the shapes would have found is said, not guessed at."""
    store = ox.Store()
    store.extend(village.dataset().store)
    one = next(
        store.quads_for_pattern(
            ox.NamedNode(village.iri("v1")), ox.NamedNode(KV + "latestEnd"), None
        )
    )
    store.remove(one)
    bad = ox.Literal("soon", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
    store.add(ox.Quad(one.subject, one.predicate, bad, one.graph_name))
    with pytest.raises(KvgraphError, match='"soon" is not an xsd:date'):
        kvflows.draw(Dataset(store))
