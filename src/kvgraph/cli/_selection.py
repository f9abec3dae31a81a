"""What exports, views and analyses share: the options of a selection, read from a command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kvgraph import inquiry
from kvgraph.cli._common import options_of, read_query_file
from kvgraph.selection import SELECTION

if TYPE_CHECKING:
    from kvgraph.selection import Selected
    from kvgraph.store import Dataset

F = TypeVar("F", bound=Callable[..., Any])


def selection_options(function: F) -> F:
    """Add all the options by which records are selected."""
    return options_of(SELECTION)(function)


def read_queries(options: Mapping[str, Any]) -> dict[str, Any]:
    """Give the options with the queries read that they name as files.

    :raises KvgraphError: if one cannot be read.
    """
    files = [p.name for p in SELECTION if p.kind == "file" and options.get(p.name) is not None]
    return {**options, **{name: read_query_file(Path(options[name])) for name in files}}


def selected(
    dataset: Dataset, options: Mapping[str, Any], kinds: Iterable[str] | None = None
) -> Selected:
    """Give what the options of a command select, of all kinds of records or of these.

    :raises KvgraphError: for whatever names nothing, is no date or cannot be read.
    """
    return inquiry.selected(dataset, read_queries(options), kinds)
