"""A view of the workbench as one file: what is drawn, and the script that draws it, in one page."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from kvgraph import resources
from kvgraph.diagram import Frame
from kvgraph.scene import embedded, lean, scene
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.words import word

if TYPE_CHECKING:
    from jinja2 import Template


def draw_page(dataset: Dataset, selected: Selected, by: Frame, *, view: str) -> str:
    """Give a page that opens with a view and holds the others; it asks nothing of any network.

    Its policy allows its own script and style alone, by their digests. The same data are the same
    bytes.

    :raises KvgraphError: if the pages were not built.
    """
    from markupsafe import Markup

    script, style = _built("file.js"), _built("file.css")
    found = scene(dataset, selected, by, why_not=True)
    title = found["title"]
    return _template().render(
        lang=by.lang,
        view=view,
        title=title if isinstance(title, str) else title[("fi", "sv", "en").index(by.lang)],
        noscript=word("view.page.noscript", by.lang),
        script=Markup(script),
        script_digest=_digest(script),
        style=Markup(style),
        style_digest=_digest(style),
        scene=Markup(embedded(lean(found))),
    ) + "\n"  # fmt: skip


@cache
def _built(name: str) -> str:
    """Give a built file, as it can stand within an element of a page."""
    return (resources.built("file") / name).read_text("utf-8").strip()


def _digest(text: str) -> str:
    """Give the digest under which a policy allows a script or style."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    text = files("kvgraph").joinpath("view/page/file.html").read_text("utf-8")
    return environment.from_string(text)
