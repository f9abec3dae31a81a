"""A small writer of SVG: elements as text, everything escaped, the same input the same bytes."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

FONT: Final = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
INK: Final = "#1c242c"
SOFT: Final = "#4d5762"
GRID: Final = "#d5dbe1"

_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NARROW: Final = frozenset("iljtfrI.,:;'|!()[]-/ ·")
_WIDE: Final = frozenset("mwMW@%—")


def escaped(text: object) -> str:
    """Give a text as it can stand in an element or in an attribute."""
    plain = _UNFIT.sub("\ufffd", str(text))
    for character, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        plain = plain.replace(character, name)
    return plain


def element(tag: str, *children: str, **attributes: object) -> str:
    """Give an element with these attributes and children, which are elements themselves.

    An underscore in a name stands for a hyphen; an attribute that is ``None`` is left out.

    >>> element("line", x1=0, stroke_width=1.25, fill=None)
    '<line x1="0" stroke-width="1.2"/>'
    """
    told = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{tag}{told}>{inside}</{tag}>" if inside else f"<{tag}{told}/>"


def text(x: float, y: float, words: str, **attributes: object) -> str:
    """Give a line of text that begins at a point; the direction of its script is its own."""
    given = {"font_size": 13, "fill": INK, **attributes}
    # Isolated, so that a name written from right to left turns nothing else round.
    return element(
        "text", escaped(words), x=x, y=y, direction="ltr", unicode_bidi="isolate", **given
    )


def title(words: str) -> str:
    """Give what is told of the element that this stands in."""
    return element("title", escaped(words))


def width_of(words: str, size: float) -> float:
    """Give about how wide a text is in a sans-serif font, rather too wide than too narrow."""
    total = 0.0
    for character in words:
        if unicodedata.combining(character):
            continue
        if unicodedata.east_asian_width(character) in "WF":
            total += 1.0
        elif character in _NARROW:
            total += 0.4
        elif character in _WIDE:
            total += 0.95
        else:
            total += 0.72 if character.isupper() else 0.62
    return total * size


def fitted(words: str, size: float, wide: float) -> str:
    """Give a text cut so that it is at most so wide, with an ellipsis where it was cut."""
    if width_of(words, size) <= wide:
        return words
    kept = words
    while kept and width_of(kept + "…", size) > wide:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrapped(words: str, size: float, wide: float) -> list[str]:
    """Give a text as lines that are at most so wide."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, size) > wide:
            lines.append(word)
        else:
            lines[-1] = longer
    return [fitted(line, size, wide) for line in lines]


def picture(wide: float, high: float, name: str, told: str, lang: str, *children: str) -> str:
    """Give a whole SVG file with its title and description for those who do not see it."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        + element(
            "svg",
            element("title", escaped(name), id="kv-title"),
            element("desc", escaped(told), id="kv-desc"),
            element("rect", width=wide, height=high, fill="#ffffff"),
            *(f"\n{child}" for child in children),
            "\n",
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {_value(wide)} {_value(high)}",
            width=wide,
            height=high,
            role="img",
            aria_labelledby="kv-title kv-desc",
            font_family=FONT,
            **{"xml:lang": lang},
        )
        + "\n"
    )


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return escaped(value)
