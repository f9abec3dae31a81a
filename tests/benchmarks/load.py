"""A hundred clients at once for a minute: is every answer right, and does the server stay well?

``python -m tests.benchmarks.load [--seconds 60] [--clients 100] [--server oxigraph|rdflib]``
asks a server of the shipped data cheap and costly questions, goes away in the middle of some, and
tells how many answers were right, wrong and refused, p50 and p99 by kind, and the memory of all its
processes at the beginning and the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from kvgraph.cli._stores import shipped_store
from kvgraph.store import Dataset

CHEAP: Final = (
    "PREFIX kv: <https://w3id.org/kvgraph/def#> "
    "SELECT ?t ?r {{ ?t a kv:Transfer ; kv:receiver ?r }} ORDER BY ?t ?r LIMIT 20 OFFSET {n}"
)
COSTLY: Final = (
    "PREFIX kv: <https://w3id.org/kvgraph/def#> SELECT (COUNT(*) AS ?n) "
    "{{ ?a kv:giver ?x . ?b kv:receiver ?y . ?c kv:practice ?z FILTER(STRLEN(STR(?y)) > {n}) }}"
)
LARGE: Final = "SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT {n}"
ENDLESS: Final = "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} # {n}"
KINDS: Final = {
    "cheap": (CHEAP, 100),
    "large": (LARGE, 5),
    "costly": (COSTLY, 1),
    "gone": (ENDLESS, 2),
}
"""Each kind of question, and how often it is asked among all."""


@dataclass
class Tally:
    """What was seen."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    took: dict[str, list[float]] = field(default_factory=dict)


def expected(dataset: Dataset) -> dict[tuple[str, int], int]:
    """Give the number of rows, or the number counted, of every question that is asked."""
    found = {}
    for kind in ("cheap", "large", "costly"):
        for n in range(10):
            size = _size(kind, n)
            rows = list(dataset.query(KINDS[kind][0].format(n=size)))  # type: ignore[arg-type]
            found[kind, n] = int(rows[0]["n"].value) if kind == "costly" else len(rows)
    return found


def _size(kind: str, n: int) -> int:
    return {"cheap": n * 7, "costly": n, "large": 2000 + 2000 * n, "gone": n}[kind]


async def client(
    url: str, until: float, right: dict[tuple[str, int], int], tally: Tally, seed: int
) -> None:
    """Ask one question after another until the time is over."""
    draw = random.Random(seed)
    kinds, weights = list(KINDS), [often for _, often in KINDS.values()]
    async with httpx.AsyncClient(timeout=90) as web:
        while time.perf_counter() < until:
            kind, n = draw.choices(kinds, weights)[0], draw.randrange(10)
            data = {"query": KINDS[kind][0].format(n=_size(kind, n))}
            headers = {"Accept": "application/sparql-results+json"}
            began = time.perf_counter()
            try:
                if kind == "gone":
                    await asyncio.wait_for(web.post(url, data=data, headers=headers), 0.3)
                    tally.refused[kind] += 1
                    continue
                found = await web.post(url, data=data, headers=headers)
            except (TimeoutError, httpx.HTTPError) as error:
                name = kind if isinstance(error, TimeoutError) else f"{kind} {type(error).__name__}"
                (tally.right if kind == "gone" else tally.refused)[name] += 1
                continue
            if found.status_code != 200:
                tally.refused[f"{kind} {found.status_code}"] += 1
                continue
            try:
                rows = found.json()["results"]["bindings"]
            except ValueError:
                tally.wrong[f"{kind} cut"] += 1
                continue
            got = int(rows[0]["n"]["value"]) if kind == "costly" else len(rows)
            (tally.right if got == right[kind, n] else tally.wrong)[kind] += 1
            tally.took.setdefault(kind, []).append(time.perf_counter() - began)


@contextmanager
def server(name: str, dataset: Dataset) -> Iterator[tuple[str, int]]:
    """Start a server, and give its address and its process."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="kvgraph-load-") as folder:
        call, url = _call(name, port, dataset, Path(folder))
        with (Path(folder) / "log").open("w") as log:
            process = subprocess.Popen(call, stdout=log, stderr=log)
            try:
                for _ in range(300):
                    try:
                        httpx.get(url, params={"query": "ASK {}"}, timeout=5)
                        break
                    except httpx.HTTPError:
                        time.sleep(0.2)
                yield url, process.pid
            finally:
                process.terminate()
                process.wait(20)


def _call(name: str, port: int, dataset: Dataset, folder: Path) -> tuple[list[str], str]:
    """Give the command of a server of the dataset, and where it answers."""
    if name == "kvgraph":
        call = [sys.executable, "-c", "from kvgraph.cli.main import main; main()", "serve"]
        return [*call, "--port", str(port), "--log", str(folder / "access")], (
            f"http://127.0.0.1:{port}/sparql"
        )
    dump = folder / "all.nq"
    dump.write_bytes(b"".join(dataset.dump()))
    if name == "oxigraph":
        binary = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or "oxigraph"
        place = ["--location", str(folder / "db")]
        subprocess.run(
            [binary, "load", *place, "--file", str(dump)], check=True, capture_output=True
        )
        return [binary, "serve", *place, "--bind", f"127.0.0.1:{port}", "--union-default-graph"], (
            f"http://127.0.0.1:{port}/query"
        )
    binary = str(Path(sys.executable).parent / "rdflib-endpoint")
    return [binary, "serve", str(dump), "--port", str(port)], f"http://127.0.0.1:{port}/"


def memory(pid: int) -> int:
    """Give the resident memory of a process and all below it, in MB."""
    parents: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own = int(path.parent.name)
        parents.setdefault(int(fields[1]), []).append(own)
        sizes[own] = int(fields[21]) * 4096
    todo, total = [pid], 0
    while todo:
        one = todo.pop()
        total += sizes.get(one, 0)
        todo += parents.get(one, [])
    return total // 1_000_000


async def run(url: str, seconds: float, clients: int, right: dict[tuple[str, int], int]) -> Tally:
    """Let all clients ask."""
    tally = Tally()
    until = time.perf_counter() + seconds
    await asyncio.gather(*(client(url, until, right, tally, seed) for seed in range(clients)))
    return tally


def main() -> None:
    """Print what was seen as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--server", choices=["kvgraph", "oxigraph", "rdflib"], default="kvgraph")
    options = parser.parse_args()
    dataset = Dataset.open(shipped_store())
    right = expected(dataset)
    with server(options.server, dataset) as (url, pid):
        before = memory(pid)
        tally = asyncio.run(run(url, options.seconds, options.clients, right))
        time.sleep(1)
        after = memory(pid)
        still = httpx.get(url, params={"query": "ASK {}"}, timeout=30).status_code == 200
    told = {
        "server": options.server,
        "right": dict(tally.right),
        "wrong": dict(tally.wrong),
        "refused": dict(tally.refused),
        "p50_ms": {k: round(1000 * statistics.median(v), 1) for k, v in tally.took.items()},
        "p99_ms": {
            k: round(1000 * sorted(v)[int(len(v) * 0.99)], 1) for k, v in tally.took.items()
        },
        "answers_a_second": round(sum(tally.right.values()) / options.seconds, 1),
        "memory_mb": [before, after],
        "answers_afterwards": still,
    }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
