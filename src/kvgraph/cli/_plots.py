"""The option --plot: an answer as a figure, beside its rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kvgraph import registry

if TYPE_CHECKING:
    from kvgraph.inquiry import Answered
    from kvgraph.store import Dataset

F = TypeVar("F", bound=Callable[..., Any])


def plot_option(name: str) -> Callable[[F], F]:
    """Add --plot to the command of an analysis that has a figure; the others stay as they are."""
    if name not in registry.names("plots"):
        return lambda function: function
    return click.option(
        "--plot",
        type=click.Path(path_type=Path, dir_okay=False),
        callback=_checked,
        metavar="FILE.svg|png",
        help="Draw the answer into this file, too (needs the extra plots).",
    )


def _checked(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a file name that no figure can have before anything is computed."""
    if path is not None:
        from kvgraph.plots import suffix_of

        suffix_of(path.name)
    return path


def plot(path: Path | None, name: str, found: Answered, dataset: Dataset | None, lang: str) -> None:
    """Draw an answer into a file (aside, then renamed), where one is asked for.

    :raises KvgraphError: if there is nothing to draw, no matplotlib, or it cannot be written.
    """
    if path is None:
        return
    from kvgraph.aside import write_aside
    from kvgraph.cli._common import say, writing
    from kvgraph.plots import draw, save, suffix_of
    from kvgraph.proof import is_synthetic

    synthetic = dataset is not None and is_synthetic(dataset)
    figure = draw(name, found.table, found.material, found.labels, lang, synthetic)
    with writing(path), write_aside(path, "wb") as stream:
        save(figure, stream, suffix_of(path.name))
    say(f"note: drawn into {path}")
