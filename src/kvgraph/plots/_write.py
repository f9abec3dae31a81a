"""A figure as bytes: with nothing in them of the day, the machine or chance."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO, TYPE_CHECKING, Final

from kvgraph.errors import KvgraphError
from kvgraph.plots._sheet import LOOK, NAMED
from kvgraph.view._svg import element, escaped, title

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FONT: Final = "'DejaVu Sans', Verdana, 'Segoe UI', Roboto, sans-serif"
"""Verdana is as wide as the font that was measured, the others are narrower: nothing overlaps."""
_TEXT: Final = re.compile('<text style="[^"]*"')
_FONTS: Final = re.compile("'DejaVu Sans'[^;\"]*")


@contextmanager
def looking() -> Iterator[None]:
    """Let figures look as they should inside of the block, whatever the user's own settings are.

    :raises KvgraphError: if matplotlib is not installed.
    """
    try:
        from matplotlib import style
    except ImportError as error:
        raise KvgraphError(
            "a figure needs matplotlib, which is not installed",
            hint="pip install 'kvgraph[plots]'",
        ) from error
    with warnings.catch_warnings(), style.context(["default", dict(LOOK)], after_reset=True):
        # A letter that the font has not is a box in a PNG, and itself in an SVG.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def write(figure: Figure, stream: IO[bytes], suffix: str, lang: str = "") -> None:
    """Write a figure as the suffix says."""
    with looking():
        if suffix == ".png":
            figure.savefig(stream, format="png", metadata={"Software": None})
            return
        held = BytesIO()
        figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    stream.write(_told(figure, held.getvalue().decode("utf-8"), lang).encode("utf-8"))


def _told(figure: Figure, svg: str, lang: str) -> str:
    """Give an SVG file with its title and description, and the full names of what was cut."""
    own, name, *rest = str(figure.get_label()).split("\n")
    start = svg.index("<svg ")
    end = svg.index(">", start)
    opening = svg[start:end].removesuffix("/")
    # The doctype and the metadata name addresses; nothing of them is needed.
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", svg[end + 1 :], count=1, flags=re.DOTALL)
    # Within the tag of a text alone: what it says is its own.
    body = _TEXT.sub(lambda tag: _FONTS.sub(_FONT, tag.group()), body)
    for artist in figure.findobj(lambda a: str(a.get_gid() or "").startswith(NAMED)):
        group = f'<g id="{artist.get_gid()}">'
        body = body.replace(group, group + title(str(artist.get_label())), 1)
    return "".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            opening,
            f' role="img" lang="{lang or own}" xml:lang="{lang or own}"',
            ' aria-labelledby="kv-title kv-desc">\n',
            element("title", escaped(name), id="kv-title"),
            element("desc", escaped(" ".join(rest)), id="kv-desc"),
            body,
        )
    )
