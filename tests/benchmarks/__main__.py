"""Run the benchmarks named, or all: print the table and write results.json."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.benchmarks.benches import BENCHES, Data, Result
from tests.benchmarks.inputs import GENERATOR

RESULTS: Final = Path(__file__).with_name("results.json")


def main() -> int:
    """Give 0 whether the bars were reached or not, and 2 if nothing could be run."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="BENCHMARK", help=", ".join(BENCHES))
    parser.add_argument("--data", type=Path, help="keep the inputs in this folder")
    options = parser.parse_args()
    unknown = set(options.only) - BENCHES.keys()
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    if not GENERATOR.is_file():
        print(f"no benchmark can be run: {GENERATOR} is not there", file=sys.stderr)
        return 2
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="kvgraph-bench-") as folder:
        if options.data:
            options.data.mkdir(parents=True, exist_ok=True)
        data = Data(options.data or Path(folder))
        for name, bench in BENCHES.items():
            if options.only and name not in options.only:
                continue
            begun = time.perf_counter()
            try:
                results += bench(data)
            except RuntimeError as error:  # a process failed: a peer is missing or broken
                results.append(Result(name, f"not run: {error}", ""))
            keep(results)  # at once: a later one may be interrupted
            print(
                f"{name}: {(bench.__doc__ or '').partition(chr(10))[0]} "
                f"({time.perf_counter() - begun:.0f} s, load {os.getloadavg()[0]:.1f})",
                file=sys.stderr,
            )
    print(table(results))
    return 0


def table(results: list[Result]) -> str:
    """Give the results as a table that can stand in Markdown."""
    rows = [("", "peer", "peer s", "kvgraph s", "ratio", "bar", "", "ambition")]
    verdicts = {True: "reached", False: "NOT reached", None: ""}
    rows += [
        (
            r.name,
            r.peer,
            number(r.peer_cpu_s),
            number(r.kvgraph_cpu_s),
            number(r.ratio),
            r.bar,
            verdicts[r.holds],
            r.ambition or "",
        )
        for r in results
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |" for r in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(lines)


def number(value: float | None) -> str:
    """Give three significant digits."""
    if value is None:
        return ""
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def keep(results: list[Result]) -> None:
    """Write results.json; benchmarks that were not run now stay as they were."""
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    ran = {r.name.split()[0].rstrip(",") for r in results}
    kept = {name: value for name, value in kept.items() if name.split()[0].rstrip(",") not in ran}
    kept |= {
        r.name: {
            "peer": r.peer,
            "peer_cpu_s": r.peer_cpu_s,
            "kvgraph_cpu_s": r.kvgraph_cpu_s,
            "ratio": r.ratio,
            "bar": r.bar or None,
            "ambition": r.ambition,
            "answer": r.answer,
        }
        for r in results
    }
    order = {name: i for i, name in enumerate(BENCHES)}
    kept = dict(sorted(kept.items(), key=lambda item: order[item[0].split()[0].rstrip(",")]))
    RESULTS.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
