"""The sheet that every figure stands on: its title, the room to draw in, and what it rests on.

Places and lengths are in inches. A figure is as wide as a page of two columns is at the end, and
as high as it needs to be. Nothing here keeps a state of its own: figures are objects, no display
is needed, and pyplot is never used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from kvgraph.errors import visible
from kvgraph.material import Material
from kvgraph.model import Table
from kvgraph.palette import PATH_COLOUR
from kvgraph.plots._foot import Setting, foot
from kvgraph.view._svg import GRID, INK, SOFT, fitted, width_of, wrapped
from kvgraph.words import word

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Text as Words

WIDE: Final = 10.0
DPI: Final = 144
"""Ten inches of 144 dots: 1440 pixels."""
MARGIN: Final = 0.3
ROOM: Final = WIDE - 2 * MARGIN
"""How wide the room to draw in is."""
POINT: Final = 72
"""Points to the inch."""

SIZE, HEADING, TITLE = 9.0, 9.5, 14.0
"""The sizes of letters in points; none is smaller than the first."""
LINE: Final = 0.18
"""From one line of small letters to the next."""

BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"
"""Colours that stay apart for colour-blind eyes (Okabe & Ito 2008), never without a second sign."""
PALE: Final = "#ddf0fb"
"""The ground of a band. It is not see-through: in an SVG its pattern would be so, too."""

NAMED: Final = "kv-"
"""How the ids of what has a name of its own begin; its label is that name in full."""

LOOK: Final[Mapping[str, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": SIZE,
    "text.color": INK,
    # A dollar sign in a name is a dollar sign.
    "text.parse_math": False,
    "axes.edgecolor": "#8a949e",
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": "#8a949e",
    "xtick.labelcolor": INK,
    "ytick.color": "#8a949e",
    "ytick.labelcolor": INK,
    "hatch.linewidth": 0.6,
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "svg.fonttype": "none",
    "svg.hashsalt": "kvgraph",
}
"""How all figures look. Text stays text in SVG; widths are measured for the widest font."""

__all__ = [
    "BLUE", "GREEN", "GRID", "HEADING", "INK", "LINE", "ORANGE", "PALE", "PINK", "POINT", "ROOM",
    "SIZE", "SKY", "SOFT", "Axis", "Setting", "Sheet", "Sign", "axis_of", "is_numeric",
    "number", "percent", "rounded", "whole_ticks", "wide",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sign:
    """An entry of a legend and what it means: a box, a line or a mark, in a style of matplotlib."""

    told: str
    style: Mapping[str, Any]
    line: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of days, or of numbers: from where to where it goes, and what stands where."""

    first: float
    last: float
    ticks: tuple[tuple[float, str], ...] = field(default=())

    def put(self, axes: Axes) -> None:
        """Set the horizontal axis."""
        axes.set_xlim(self.first, self.last)
        axes.set_xticks([x for x, _ in self.ticks], [told for _, told in self.ticks])


class Sheet:
    """A figure with title and legend above, and what it rests on beneath.

    Everything is drawn in the room between, ``high`` inches of it, by the distance from its left
    edge and from its top.
    """

    def __init__(
        self,
        title: str,
        high: float,
        table: Table,
        setting: Setting,
        signs: Sequence[Sign] = (),
        notes: Sequence[str] = (),
    ) -> None:
        from matplotlib.figure import Figure

        self.setting = setting
        self._names = 0
        title = visible(title)
        beneath = [visible(line) for line in foot(table, setting, notes)]
        above = wrapped(title, TITLE * 1.12, ROOM * POINT)[:3]
        rows = list(_rows(signs))
        lines = [line for whole in beneath for line in wrapped(whole, SIZE, ROOM * POINT)]
        top = 0.22 + 0.28 * len(above) + 0.26 * setting.synthetic + 0.24 * len(rows) + 0.08
        self._high = top + high + 0.24 + LINE * len(lines) + 0.12
        self._top = top
        self.figure = Figure(figsize=(WIDE, self._high))
        # Read again when the file is written: what those hear who do not see it.
        self.figure.set_label("\n".join((setting.lang, title, *beneath)))
        y = 0.22
        for line in above:
            self._line(y, line, fontsize=TITLE, fontweight="bold")
            y += 0.28
        if setting.synthetic:
            told = word("head.synthetic", setting.lang)
            self._line(y, told, fontsize=10, fontweight="bold", color=PATH_COLOUR)
            y += 0.26
        for row in rows:
            self._legend(y, row)
            y += 0.24
        y = top + high + 0.24
        for line in lines:
            self._line(y, line, fontsize=SIZE, color=SOFT)
            y += LINE

    def _line(self, y: float, words: str, **look: Any) -> None:
        """Write a line at the left margin, ``y`` inches below the top of the figure."""
        self.figure.text(MARGIN / WIDE, 1 - y / self._high, words, va="top", **look)

    def _legend(self, y: float, row: Sequence[Sign]) -> None:
        """Draw one row of the legend."""
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle

        axes = self._axes(MARGIN, y, ROOM, 0.2)
        axes.set(xlim=(0, ROOM), ylim=(0, 0.2))
        axes.axis("off")
        x = 0.0
        for sign in row:
            if sign.style.get("marker"):
                axes.add_artist(
                    Line2D([x + 0.17], [0.1], linestyle="", clip_on=False, **sign.style)
                )
            elif sign.line:
                axes.add_artist(Line2D([x, x + 0.34], [0.1, 0.1], clip_on=False, **sign.style))
            else:
                axes.add_artist(Rectangle((x, 0.03), 0.34, 0.14, clip_on=False, **sign.style))
            axes.text(x + 0.42, 0.1, sign.told, va="center_baseline")
            x += _width_of(sign)

    def _axes(self, left: float, top: float, wide: float, high: float) -> Axes:
        """Give axes at a place of the whole figure."""
        place = (left / WIDE, 1 - (top + high) / self._high, wide / WIDE, high / self._high)
        axes: Axes = self.figure.add_axes(place)
        return axes

    def axes(self, left: float, top: float, wide: float, high: float) -> Axes:
        """Give axes at a place of the room to draw in."""
        return self._axes(MARGIN + left, self._top + top, wide, high)

    def plane(self, left: float, top: float, wide: float, high: float) -> Axes:
        """Give axes without anything on them, whose numbers are inches, from the top left."""
        axes = self.axes(left, top, wide, high)
        axes.set(xlim=(0, wide), ylim=(high, 0))
        axes.axis("off")
        return axes

    def name(self, identifier: object) -> str:
        """Give what a thing is called; its id where nobody says."""
        return self.setting.name(identifier)

    def write(
        self,
        axes: Axes,
        x: float,
        y: float,
        words: str,
        *,
        room: float = math.inf,
        full: str = "",
        bold: bool = False,
        **look: Any,
    ) -> Words:
        """Write words, cut to so many inches; in full they stay in the file.

        ``full`` is what is told besides, where that is more than the words.
        """
        words = visible(words)
        size = float(look.setdefault("fontsize", SIZE))
        if bold:
            look["fontweight"] = "bold"
        cut = fitted(words, size, room * POINT, bold=bold) if room < math.inf else words
        written: Words = axes.text(x, y, cut, **look)
        if full or cut != words:
            self.tell(written, full or words)
        return written

    def tell(self, artist: Artist, words: str) -> None:
        """Give a thing drawn a name, which a reader of the file gets to see or hear."""
        self._names += 1
        artist.set_gid(f"{NAMED}{self._names}")
        artist.set_label(visible(words))


def wide(words: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Give about how wide words are, in inches, rather too wide than too narrow."""
    return width_of(words, size, bold=bold) / POINT


def _width_of(sign: Sign) -> float:
    """Give how wide an entry of a legend is, with the space after it."""
    return 0.42 + wide(sign.told) + 0.3


def _rows(signs: Sequence[Sign]) -> Iterator[list[Sign]]:
    """Put the entries of a legend side by side, in as many rows as it takes."""
    row: list[Sign] = []
    for sign in signs:
        if row and sum(map(_width_of, (*row, sign))) > ROOM + 0.3:
            yield row
            row = []
        row.append(sign)
    if row:
        yield row


_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """Give a number as people write it in any of the languages.

    >>> number(50059), number(0.25), number(1946), number(1234 * 10**40)
    ('50\xa0059', '0.25', '1946', '1.23·10⁴³')
    """
    if value != int(value):
        return f"{value:.3g}"
    whole = int(value)
    if abs(whole) >= 10**9:
        power = len(str(abs(whole))) - 1
        return f"{Decimal(whole).scaleb(-power):.2f}·10{str(power).translate(_RAISED)}"
    # Four digits are a year as often as not, and stand together.
    return f"{whole:,}".replace(",", "\u00a0") if abs(whole) >= 10_000 else str(whole)


def percent(share: float) -> str:
    """Give a share in per cent, rounded; something is never shown as nothing, or as all.

    >>> percent(0.25), percent(0.0001), percent(0.999)
    ('25\xa0%', '<\xa01\xa0%', '>\xa099\xa0%')
    """
    whole = round(share * 100)
    if 0 < share < 0.01:
        return "<\u00a01\u00a0%"
    if 0.99 < share < 1:
        return ">\u00a099\u00a0%"
    return f"{whole}\u00a0%"


def axis_of(first: float, last: float, long: float, *, numeric: bool) -> Axis:
    """Give an axis of days, or of numbers, with as many ticks as ``long`` inches have room for.

    >>> days = [date(2010, 5, 1).toordinal(), date(2014, 2, 1).toordinal()]
    >>> [told for _, told in axis_of(*days, 4, numeric=False).ticks]
    ['2011', '2012', '2013', '2014']
    >>> axis_of(1, 6, 4, numeric=True).ticks[0]
    (1.0, '1')
    """
    room = max(2, int(long / 0.55))
    # Among so many days there is the first of a month.
    least = 0.5 * (last - first < 1e-6) if numeric else 20.0 * (last - first < 60)
    edge = max((last - first) * 0.02, least)
    low, high = first - edge, last + edge
    if numeric:
        power = min(0, math.floor(math.log10(max(high - low, 1e-9))) - 1)
        unit = Decimal(10) ** (power if last - first < room else 0)
        steps = rounded(float(low / float(unit)), float(high / float(unit)), room)
        return Axis(low, high, tuple((float(n * unit), _decimal(n * unit)) for n in steps))
    low, high = max(low, 1), min(high, date.max.toordinal())
    begin, end = date.fromordinal(math.ceil(low)), date.fromordinal(int(high))
    whole = rounded(begin.year, end.year, room)
    firsts = ((float(date(year, 1, 1).toordinal()), str(year)) for year in whole)
    ticks = tuple(t for t in firsts if low <= t[0] <= high)
    if len(ticks) < 2:
        ticks = _months(begin, end, room)
    return Axis(low, high, ticks)


def _decimal(value: Decimal) -> str:
    """Give a number with all of its digits."""
    return number(int(value)) if value == int(value) else f"{value.normalize():f}"


def rounded(low: float, high: float, room: int) -> list[int]:
    """Give round whole numbers from low to high, not more than there is room for."""
    steps = (unit * 10**power for power in range(16) for unit in (1, 2, 5))
    step = next(s for s in steps if (high - low) / s <= room)
    return list(range(math.ceil(low / step) * step, math.floor(high) + 1, step))


def whole_ticks(highest: float, room: int) -> list[int]:
    """Give round whole numbers from 0 on, as many as there is room for.

    >>> whole_ticks(30, 8), whole_ticks(2, 8)
    ([0, 5, 10, 15, 20, 25, 30], [0, 1, 2])
    """
    return rounded(0, highest, max(2, room))


def _months(begin: date, end: date, room: int) -> tuple[tuple[float, str], ...]:
    """Give the first days of months, as YYYY-MM, or of all days where there is no such."""
    firsts = [
        (float(day.toordinal()), f"{day:%Y-%m}")
        for year in range(begin.year, end.year + 1)
        for month in range(1, 13)
        if begin <= (day := date(year, month, 1)) <= end
    ]
    step = max(1, math.ceil(len(firsts) / max(1, room // 2)))
    return tuple(firsts[::step])


def is_numeric(material: Material | None) -> bool:
    """Tell whether times are numbers of the user's own and no days."""
    return material is not None and material.numeric
