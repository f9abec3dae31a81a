"""Pages to open in a browser, kvgraph's and that of pyvis as it comes, and how long that takes."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any, Final

COUNTRY: Final = "SE"
"""The country of the shipped data whose page holds nearest to 150 things."""

_READY: Final = {
    "kvgraph": "window.kvReady === true",
    # The page of pyvis draws for the first time when its simulation has settled.
    "pyvis": "window.settled === true",
}
_COUNT: Final = {
    "kvgraph": "JSON.parse(document.getElementById('kv-data').textContent).nodes.length",
    "pyvis": "nodes.length",
}
_WATCH: Final = """
const waiting = setInterval(() => {
  if (typeof network === "undefined" || !network) return;
  clearInterval(waiting);
  network.once("stabilizationIterationsDone", () =>
    network.once("afterDrawing", () => { window.settled = true; }));
}, 5);
"""


def write(folder: Path) -> dict[str, Path]:
    """Write the two pages of the same things and links, and give their paths by name."""
    from pyvis.network import Network

    from kvgraph.cli._stores import open_dataset
    from kvgraph.diagram import draw_things, frame
    from kvgraph.selection import select, selection
    from kvgraph.view.explorer import draw

    data = open_dataset(None)
    by, chosen = frame(data), select(data, selection(data, country=[COUNTRY]))
    ours, theirs = folder / "kvgraph.html", folder / "pyvis.html"
    ours.write_text(draw(data, chosen, by), "utf-8")
    diagram = draw_things(data, chosen, by)
    built = Network(directed=True, cdn_resources="in_line")
    for node in diagram.nodes:
        built.add_node(node.id, label=str(node.attributes["label"]))
    for edge in diagram.edges:
        built.add_edge(edge.source, edge.target, title=str(edge.attributes["label"]))
    theirs.write_text(built.generate_html(), "utf-8")
    return {"kvgraph": ours, "pyvis": theirs}


def opened(which: str, path: Path) -> tuple[dict[str, Any], float]:
    """Open a page in a fresh browser without a network, until it can be used.

    Gives the number of things drawn with the seconds by the clock, and the CPU seconds of the
    browser from the opening of the page on.
    """
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        raise RuntimeError("there is no chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"],
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(_WATCH)
        before, begun = _cpu(), time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_function(_READY[which], timeout=180_000)
        clock, used = time.perf_counter() - begun, _cpu() - before
        things = page.evaluate(_COUNT[which])
        browser.close()
    return {"things": things, "clock": clock}, used


def _cpu() -> float:
    """Give the CPU seconds of all processes that this one has started, and theirs."""
    parents: dict[int, int] = {}
    times: dict[int, float] = {}
    tick = os.sysconf("SC_CLK_TCK")
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(fields[1])
        times[int(folder.name)] = (int(fields[11]) + int(fields[12])) / tick
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours and pid not in ours}:
        ours |= more
    return sum(times[pid] for pid in ours - {os.getpid()})
