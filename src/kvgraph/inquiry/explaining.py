"""What an analysis says of itself: what it measures and how, in paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kvgraph.model import Analysis


def explained(analysis: Analysis) -> list[str]:
    """Give what the function of an analysis says, and its module after the first paragraph."""
    import inspect
    import sys

    module = sys.modules.get(analysis.run.__module__)
    text = inspect.cleandoc(analysis.run.__doc__ or "")
    for end in ("\n\n:param", "\n\n:raises", "\n\n>>>"):
        text = text.partition(end)[0]
    _, _, more = inspect.cleandoc((module and module.__doc__) or "").partition("\n\n")
    marks = {"==": "", "``": "", "in the module": "below"}
    for mark, plain in marks.items():
        more = more.replace(mark, plain)
        text = text.replace(mark, plain)
    return [part.strip("=\n ") for part in (text + "\n\n" + more).split("\n\n")]
