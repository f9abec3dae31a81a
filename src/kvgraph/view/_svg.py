"""A small writer of SVG: elements as text, everything escaped, the same input the same bytes.

What it makes holds no script and refers to nothing outside itself.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

FONT: Final = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
INK: Final = "#1c242c"
SOFT: Final = "#4d5762"
GRID: Final = "#d5dbe1"

_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML does not allow, or advises against: control characters and halves of characters."""
_BREAKS: Final = re.compile("[\t\n\r\u2028\u2029]")
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_LEFTWARD: Final = frozenset({"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "RLI", "LRI", "FSI"})

_WIDTHS: Final = {
    letter: width
    for width, letters in (
        (0.0, "\u2066\u2067\u2068\u2069\u200b"),
        (0.3, "'IJijlł"),
        (0.35, " ,./:;\\|·’\u00a0"),
        (0.4, "()-[]ft"),
        (0.45, "!r"),
        (0.5, '"*_`–'),
        (0.55, "?csz“”"),
        (0.6, "FLkvxy"),
        (0.7, "ABCKRVXZ"),
        (0.75, "NU"),
        (0.8, "&DGHOQ"),
        (0.85, "#+<=>^w~→↓↳≥"),
        (0.9, "M"),
        (0.95, "%"),
        (1.0, "@Wm—…æœÆŒ"),
    )
    for letter in letters
}
"""How wide a letter is in DejaVu Sans, the widest of the fonts named, by the font's size."""
_LETTER, _BOLD = 0.65, 1.15


def escaped(text: object) -> str:
    """Give a text as it can stand in an element or in an attribute, in one line."""
    return _BREAKS.sub(" ", _UNFIT.sub("\ufffd", str(text))).translate(_ESCAPES)


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


def path(*steps: str | float) -> str:
    """Give the data of a path: its letters and numbers.

    >>> path("M", 1.25, 3, "h", 4)
    'M1.2 3h4'
    """
    parts: list[str] = []
    for step in steps:
        apart = " " if parts and not parts[-1].isalpha() and not isinstance(step, str) else ""
        parts.append(apart + (step if isinstance(step, str) else _value(float(step))))
    return "".join(parts)


def isolated(words: str) -> str:
    """Give a name so that it can stand in a sentence and turn none of it round.

    >>> isolated("Turku"), isolated("שלום") == "\u2068שלום\u2069"
    ('Turku', True)
    """
    if not any(unicodedata.bidirectional(c) in _LEFTWARD for c in words):
        return words
    return f"\u2068{words}\u2069"


def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """Give about how wide a text is in a sans-serif font, rather too wide than too narrow."""
    total = 0.0
    for character in unicodedata.normalize("NFD", words):
        if unicodedata.combining(character):
            continue
        if unicodedata.east_asian_width(character) in "WF":
            total += 1.05
        else:
            total += _WIDTHS.get(character, _LETTER)
    return total * size * (_BOLD if bold else 1)


def fitted(words: str, size: float, wide: float, *, bold: bool = False) -> str:
    """Give a text cut so that it is at most so wide, with an ellipsis where it was cut."""
    if width_of(words, size, bold=bold) <= wide:
        return words
    # No name that fits is longer than this, and a text may be very long.
    kept = words[: int(wide / size / 0.3) + 1]
    while kept and width_of(kept + "…", size, bold=bold) > wide:
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


def paragraphs(
    x: float, y: float, texts: list[str], wide: float, **attributes: object
) -> tuple[list[str], float]:
    """Give texts, each wrapped into lines of small print, and the height where they end."""
    lines = [line for whole in texts for line in wrapped(whole, 12, wide)]
    given = {"font_size": 12, "fill": SOFT, **attributes}
    parts = [text(x, y + 18 * i, line, **given) for i, line in enumerate(lines)]
    return parts, y + 18 * len(lines)


def legend(y: float, wide: float, entries: list[tuple[str, str, str]]) -> tuple[list[str], float]:
    """Give the signs with their words side by side, in as many lines as it takes.

    An entry is its name, its sign in a box of 24 by 14, and its words.
    """
    parts, x = [], 16.0
    for name, sign, told in entries:
        needed = 32 + width_of(told, 12) + 20
        if x > 16 and x + needed > wide:
            x, y = 16.0, y + 22
        parts.append(
            element(
                "g",
                element("g", sign, transform=f"translate({_value(x)} {_value(y - 11)})"),
                text(x + 32, y, told, font_size=12),
                data_legend=name,
            )
        )
        x += needed
    return parts, y + 22


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
            **{"lang": lang, "xml:lang": lang},
        )
        + "\n"
    )


def _value(value: object) -> str:
    """Give a number with one decimal at most, anything else as an attribute holds it."""
    if isinstance(value, float):
        shown = f"{value:.1f}".removesuffix(".0")
        return "0" if shown == "-0" else shown
    return escaped(value)
