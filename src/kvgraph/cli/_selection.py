"""What exports, views and analyses share: from the options of a selection to what is selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kvgraph.cli._common import options_of, read_query_file, variable
from kvgraph.selection import SELECTION

if TYPE_CHECKING:
    from kvgraph.diagram import Frame
    from kvgraph.selection import Selected
    from kvgraph.store import Dataset

F = TypeVar("F", bound=Callable[..., Any])


def selection_options(function: F) -> F:
    """Add all the options by which records are selected."""
    return options_of(SELECTION)(function)


def selected(
    dataset: Dataset, options: Mapping[str, Any], kinds: Iterable[str] | None = None
) -> Selected:
    """Give what the options of a command select, of all kinds of records or of these.

    :raises KvgraphError: for whatever names nothing, is no date or cannot be read.
    """
    from kvgraph.links import ENDS
    from kvgraph.selection import select, selection

    given: dict[str, Any] = {}
    for parameter in SELECTION:
        name = variable(parameter)
        value = options.get(name)
        if parameter.kind == "file" and value is not None:
            value = read_query_file(Path(value))
        given[name] = value or (() if parameter.many else None)
    return select(dataset, selection(dataset, **given), kinds or ENDS)


def frame_of(dataset: Dataset, options: Mapping[str, Any]) -> Frame:
    """Give the frame in which transfers are judged: at the stage that was asked for, if any."""
    from kvgraph.diagram import frame

    return frame(dataset, options.get("stage") or "adopted", options["lang"])
