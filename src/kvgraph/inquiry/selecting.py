"""From the options of a selection to what is selected."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kvgraph.selection import SELECTION, select, selection

if TYPE_CHECKING:
    from kvgraph.diagram import Frame
    from kvgraph.model import Parameter, View
    from kvgraph.selection import Selected
    from kvgraph.store import Dataset


def variable(parameter: Parameter) -> str:
    """Give the name under which the value of a parameter arrives: from_ for one that is taken."""
    name = parameter.name.replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name


def selected(
    dataset: Dataset, options: Mapping[str, Any], kinds: Iterable[str] | None = None
) -> Selected:
    """Give what options select, of all kinds of records or of these.

    :raises KvgraphError: for whatever names nothing, or is no date.
    """
    from kvgraph.links import ENDS

    given: dict[str, Any] = {
        variable(p): options.get(variable(p)) or (() if p.many else None) for p in SELECTION
    }
    return select(dataset, selection(dataset, **given), kinds or ENDS)


def frame_of(dataset: Dataset, options: Mapping[str, Any]) -> Frame:
    """Give the frame in which transfers are judged: at the stage that was asked for, if any."""
    from kvgraph.diagram import frame

    return frame(dataset, options.get("stage") or "adopted", options["lang"])


def viewed(
    dataset: Dataset, view: View, options: Mapping[str, Any], suffix: str | None = None
) -> str:
    """Give the text of a view of what options select, drawn as its own options say.

    ``suffix`` is the ending of the file that it is for, where that is not the view's own.

    :raises KvgraphError: for whatever names nothing, is no date, or does not go together.
    """
    draw = view.by(suffix)
    own = {variable(p): options[variable(p)] for p in view.parameters}
    return draw(dataset, selected(dataset, options), frame_of(dataset, options), **own)
