"""Static figures of answers, for papers: drawn with matplotlib, written as SVG or PNG.

A file a figure, named after the analysis whose answer it draws; each ends in a ``PLOT``.
:func:`draw` makes the figure of an answer and :func:`save` writes it: the same answer, the same
bytes. Nothing here needs a display, and matplotlib is imported only when a figure is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Final

from kvgraph import registry
from kvgraph.errors import KvgraphError
from kvgraph.material import Material
from kvgraph.model import Plot, Table
from kvgraph.plots._foot import Setting

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["SUFFIXES", "Setting", "draw", "is_drawn", "plot_of", "save", "suffix_of"]

SUFFIXES: Final = (".svg", ".png")
"""What a figure can be written as."""


def is_drawn(name: str) -> bool:
    """Tell whether the answers of an analysis can be drawn here: matplotlib may not be there."""
    from importlib.util import find_spec

    return name in registry.names("plots") and find_spec("matplotlib") is not None


def plot_of(name: str) -> Plot:
    """Give the figure of an analysis.

    :raises KvgraphError: if it has none; the hint names those that have one.
    """
    if name not in registry.names("plots"):
        raise KvgraphError(
            f"there is no figure of {name}",
            hint=f"Those with one: {', '.join(registry.names('plots'))}.",
        )
    plot: Plot = registry.entry("plots", name, "PLOT")
    return plot


def suffix_of(name: str) -> str:
    """Give the ending of a file's name by which a figure is written.

    >>> suffix_of("a/b.SVG")
    '.svg'

    :raises KvgraphError: if a figure cannot be written so.
    """
    found = next((s for s in SUFFIXES if name.lower().endswith(s)), None)
    if found is None:
        raise KvgraphError(
            f'a figure cannot be written as "{name}"',
            hint=f"Let the name of the file end in {' or '.join(SUFFIXES)}.",
        )
    return found


def draw(
    name: str,
    table: Table,
    material: Material | None = None,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    synthetic: bool = False,
) -> Figure:
    """Give the figure of an answer, with its title, its legend, and what it rests on beneath.

    :param name: the analysis that gave the table.
    :param material: what the analysis was given, if that is such; some figures need it.
    :param labels: what actors, practices and states are called, by id; where not given, an actor
        by its column ``label``, and all else by its id.
    :param synthetic: tells that the data are invented, which is then written above.
    :raises KvgraphError: if there is no figure of this analysis, nothing to draw, or no
        matplotlib.
    """
    plot = plot_of(name)
    if not table.rows:
        raise KvgraphError(
            f"there is nothing to draw: {table.empty}"
            if table.empty
            else "there is nothing to draw"
        )
    from kvgraph.plots._write import looking

    with looking():
        setting = Setting(lang, {**_labels(material), **(labels or {})}, synthetic)
        figure: Figure = plot.draw(table, material, setting)
    return figure


def _labels(material: Material | None) -> dict[str, str]:
    """Give what the actors of a material are called by themselves."""
    members = material.members if material is not None else ()
    return {m.id: m.attributes["label"] for m in members if m.attributes.get("label")}


def save(figure: Figure, stream: IO[bytes], suffix: str, lang: str = "") -> None:
    """Write a figure to a stream of bytes, as SVG or as PNG of 1440 pixels.

    The same figure is the same bytes: no date is written, and no number is drawn at random. Text
    of an SVG is text: it can be searched, copied and read aloud; what was cut is there in full.

    :param lang: the language that the file is marked with; that of the figure where not given.
    """
    from kvgraph.plots._write import write

    write(figure, stream, suffix_of(suffix), lang)
