"""Text as it stands in XML, so that the same text is read again."""

from __future__ import annotations

from typing import Final

_TEXT: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
# A parser makes one space of a line break in an attribute, unless it is written by its number.
_ATTRIBUTE: Final = {**_TEXT, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_IN_TEXT: Final = str.maketrans(_TEXT)
_IN_ATTRIBUTE: Final = str.maketrans(_ATTRIBUTE)


def text(value: str) -> str:
    """Give a text as the content of an element."""
    return value.translate(_IN_TEXT)


def attribute(value: str) -> str:
    """Give a text as the value of an attribute, in its quotes.

    >>> attribute('a "b" & c')
    '"a &quot;b&quot; &amp; c"'
    """
    return f'"{value.translate(_IN_ATTRIBUTE)}"'
