"""A real browser without any network, and pages that must not complain in it."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from kvgraph.diagram import frame
from kvgraph.selection import select, selection
from kvgraph.store import Dataset
from kvgraph.view.explorer import draw

from .workbench import address, file_page, narrow, page, pages, still, watched

__all__ = ["address", "file_page", "narrow", "page", "pages", "still", "watched"]

PICTURES: Final = Path(__file__).parents[2] / "build" / "screenshots"
"""Where the tests leave a picture of each view, for a person to look at."""
CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
_WATCH: Final = """
window.kvViolations = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.kvViolations.push(event.violatedDirective));
"""


@dataclass
class Seen:
    """What a page did besides showing itself."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's chromium, which finds no host but its own files."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium here; make test installs Debian's where it may")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def silent_proxy() -> Iterator[str]:
    """A proxy that takes connections and never answers, as some firewalls do."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open pages; at the end none of them may have asked for anything or complained."""
    contexts = []
    seen: list[Seen] = []

    def open_page(html: str, fragment: str = "", *, ready: int = 10_000, **given: Any) -> Any:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(html, "utf-8")
        context = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, "accept_downloads": True, **given}
        )
        contexts.append(context)
        page = context.new_page()
        found = Seen()
        seen.append(found)
        page.on("request", lambda request: found.requests.append(request.url))
        page.on(
            "console",
            lambda m: found.complaints.append(m.text) if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        page.on("dialog", lambda d: (found.complaints.append(f"dialog {d.message}"), d.dismiss()))
        page.add_init_script(_WATCH)
        page.goto(path.as_uri() + fragment)
        page.wait_for_function("window.kvReady === true", timeout=ready)
        page.own_address = path.as_uri()
        return page

    yield open_page
    for context, found in zip(contexts, seen, strict=True):
        for shown in context.pages:
            assert shown.evaluate("window.kvViolations") == []
        # Reading its own file is all that it does; saving a file is no request of a host.
        asked = [url for url in found.requests if not url.startswith(("file://", "blob:"))]
        assert asked == []
        assert found.complaints == []
        context.close()


_drawn: Final[dict[str, str]] = {}


def explorer(dataset: Dataset, *, lang: str = "en", **options: Any) -> str:
    """Give the explorer's page of what the options select; a page is drawn once."""
    key = f"{dataset.digest} {lang} {sorted(options.items())}"
    if key not in _drawn:
        chosen = select(dataset, selection(dataset, **options))
        by = frame(dataset, options.get("stage") or "adopted", lang)
        _drawn[key] = draw(dataset, chosen, by)
    return _drawn[key]


def keep_picture(page: Any, name: str) -> None:
    """Keep a picture of a page for a person to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")
