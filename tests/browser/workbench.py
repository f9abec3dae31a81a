"""The workbench in a real browser: a server of the shipped data, and pages that must not complain.

Its fixtures are known to every test of this folder; the functions are imported by name, as in
``from .workbench import axe, open_view, shot``.
"""

from __future__ import annotations

import fcntl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from kvgraph.store import Dataset, create
from serving import serving

ROOT: Final = Path(__file__).parents[2]
WEB: Final = ROOT / "src" / "kvgraph" / "web"
STATIC: Final = ROOT / "src" / "kvgraph" / "static"
PICTURES: Final = ROOT / "build" / "screenshots"
"""Where the tests leave a picture of each view, for a person to look at."""

WIDE: Final = {"width": 1440, "height": 900}
NARROW: Final = {"width": 390, "height": 844}

_WATCH: Final = """
window.kvViolations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.kvViolations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
_READY: Final = 20_000
"""Milliseconds until a page must be there, on a machine that has more to do."""


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built pages; they are built if there are none, or older than sources."""
    with _alone(tmp_path_factory.getbasetemp().parent / "pages.lock"):
        done = subprocess.run(
            ["sh", str(ROOT / ".ci" / "pages"), str(ROOT / ".venv")],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return STATIC


@pytest.fixture(scope="session")
def address(
    pages: Path,  # noqa: ARG001
    shipped: Dataset,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of a server of the shipped packages, without a slash at its end."""
    store = tmp_path_factory.mktemp("workbench") / "shipped"
    with create(store) as write:
        write(shipped.store, shipped.about)
    with serving(store) as url:
        yield url


@dataclass
class Seen:
    """What a page did besides showing itself."""

    page: Any
    own: tuple[str, ...]
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Fail if it has complained, broken its policy, or asked for what is not its own."""
        assert self.complaints == []
        if not self.page.is_closed():
            assert self.page.evaluate("window.kvViolations") == []
        assert [url for url in self.asked if not url.startswith(self.own)] == []


@pytest.fixture
def watched(browser: Any) -> Iterator[Callable[..., Any]]:
    """Make pages that are watched: ``watched(address, **given)``; ``given`` makes the context.

    At the end none of them may have complained, broken its policy or asked another host. Whoever
    awaits a complaint takes it away: ``page.seen.complaints.clear()``.
    """
    contexts = []
    seen: list[Seen] = []

    def make(*own: str, **given: Any) -> Any:
        context = browser.new_context(**{"viewport": WIDE, "accept_downloads": True, **given})
        contexts.append(context)
        context.add_init_script(_WATCH)
        page = context.new_page()
        found = Seen(page, (*own, "blob:", "data:"))
        seen.append(found)
        page.seen = found
        page.wait_for_function = lambda condition, *, arg=None, timeout=_READY, **_: waited(
            page, condition, timeout, arg
        )
        page.on("request", lambda request: found.asked.append(request.url))
        page.on(
            "console",
            lambda m: found.complaints.append(m.text) if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        page.on("dialog", lambda d: (found.complaints.append(f"dialog {d.message}"), d.dismiss()))
        return page

    yield make
    try:
        for found in seen:
            found.check()
    finally:
        for context in contexts:
            context.close()


@pytest.fixture
def page(watched: Callable[..., Any], address: str) -> Any:
    """A page for the workbench, 1440 pixels wide; :func:`open_view` opens a view in it."""
    found = watched(f"{address}/")
    found.address = address
    return found


@pytest.fixture
def narrow(watched: Callable[..., Any], address: str) -> Any:
    """A page as on a telephone, 390 pixels wide."""
    found = watched(f"{address}/", viewport=NARROW, device_scale_factor=2)
    found.address = address
    return found


@pytest.fixture
def still(watched: Callable[..., Any], address: str) -> Any:
    """A page for somebody who has asked for less motion."""
    found = watched(f"{address}/", reduced_motion="reduce")
    found.address = address
    return found


@pytest.fixture
def file_page(watched: Callable[..., Any], pages: Path) -> Callable[[Path, str], Any]:  # noqa: ARG001
    """Open a file as somebody does who got it by mail: ``file_page(path, "#/map?lang=fi")``."""

    def open_file(path: Path, fragment: str = "", **given: Any) -> Any:
        url = path.resolve().as_uri()
        found = watched(url, **given)
        found.address = url
        found.goto(url + fragment)
        ready(found)
        return found

    return open_file


def open_view(page: Any, fragment: str = "#/diffusion?lang=en") -> Any:
    """Open a view by its fragment and wait until all of it is there.

    The page is loaded anew where none was open before; else the address is changed, as by a link.
    """
    if not page.url.startswith(page.address):
        page.goto(f"{page.address}/{fragment}")
    else:
        page.evaluate("fragment => { location.hash = fragment }", fragment)
    ready(page)
    return page


def ready(page: Any, within: int = _READY) -> None:
    """Wait until what was asked for is there and drawn."""
    waited(page, "window.kvReady === true", within)


def waited(page: Any, condition: str, within: float = _READY, arg: Any = None) -> None:
    """Wait until a condition holds: an expression, or a function of ``arg``.

    Every page here has it as its ``wait_for_function``: the one of Playwright evaluates text again
    and again, which the policy of the page forbids; this does so once. What has just begun has had
    its turn before any of it counts.
    """
    held = page.evaluate(
        f"""([within, arg]) => new Promise((done) => {{
          const end = performance.now() + within;
          const holds = () => {{ const found = ({condition}); return typeof found === "function" ? found(arg) : found; }};
          const look = () => holds() ? done(true) : performance.now() > end ? done(false) : setTimeout(look, 30);
          setTimeout(() => requestAnimationFrame(() => setTimeout(look, 0)), 30);
        }})""",
        [within, arg],
    )
    assert held, f"not within {within / 1000:g} s: {condition}"


def axe(page: Any, *, within: str = "document", **options: Any) -> None:
    """Fail if axe-core finds anything in the page."""
    from axe_core_python.sync_playwright import Axe

    found = Axe().run(page, context=None if within == "document" else within, options=options)
    wrong = [
        f"{broken['id']} ({broken['impact']}): {node['html'][:200]}\n  {node['failureSummary']}"
        for broken in found["violations"]
        for node in broken["nodes"]
    ]
    assert wrong == [], "\n".join(wrong)


def shot(page: Any, name: str, *, whole: bool = False) -> Path:
    """Keep a picture of a page for a person to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, full_page=whole)
    return path


def zoomed(page: Any, times: int = 2) -> None:
    """Enlarge a page as a browser does: so many times, in a window that stays as it is."""
    size = page.viewport_size
    page.set_viewport_size({name: value // times for name, value in size.items()})


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Do something while no other process does it."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)
