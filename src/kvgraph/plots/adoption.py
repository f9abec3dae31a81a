"""The curve of adoption: how many had taken a practice into use by when, and how likely the rest.

The line is what is taken as adopted by the end of each period. Where the answer says between what
numbers it can lie, that is drawn as a band. Beneath stands the hazard of each period. Of several
practices each has a panel of its own, all on the same scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kvgraph.material import Material
from kvgraph.model import Cell, Plot, Table
from kvgraph.plots._sheet import (
    BLUE,
    GRID,
    HEADING,
    INK,
    ORANGE,
    PALE,
    ROOM,
    SOFT,
    Setting,
    Sheet,
    Sign,
    is_numeric,
    number,
    percent,
    rounded,
    whole_ticks,
)
from kvgraph.words import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST: Final = 8
"""More practices than this are not drawn, but told of."""

_LINE: Final[Mapping[str, Any]] = {"color": BLUE, "linewidth": 2.0}
_BAND: Final[Mapping[str, Any]] = {
    "facecolor": PALE,
    "edgecolor": BLUE,
    "hatch": "////",
    "linewidth": 0.0,
}
_BAR: Final[Mapping[str, Any]] = {"facecolor": ORANGE, "edgecolor": INK, "linewidth": 0.6}
_END: Final = 0.95
"""The room to the right of a curve, where its last value stands."""
_LEFT: Final = 0.42

Row = Mapping[str, Any]


def draw(table: Table, material: Material | None, setting: Setting) -> Figure:
    """Give the figure of the curves of adoption."""
    lang = setting.lang
    of: dict[Cell, list[Row]] = {}
    for row in table.records():
        of.setdefault(row["practice"], []).append(row)
    # Those that most adopted come first; of as many, in the order of the answer.
    order = sorted(of, key=lambda practice: -of[practice][-1]["cumulative"])
    shown = order[:MOST]
    numeric = is_numeric(material)
    banded = "low" in table.columns
    hazards = any(row["hazard"] for practice in shown for row in of[practice])
    unit = word("plots.adoption.period" if numeric else "plots.adoption.year", lang)
    signs = [Sign(word("plots.adoption.cumulative", lang, unit=unit), _LINE, line=True)]
    if banded:
        signs.append(Sign(word("plots.adoption.band", lang), {**_BAND, "linewidth": 0.6}))
    if hazards:
        signs.append(Sign(word("plots.adoption.hazard", lang), _BAR))
    notes = []
    if len(order) > len(shown):
        notes.append(word("plots.more_practices", lang, number=len(order) - len(shown)))
    actors: Any = table.head.get("actors")
    columns = 1 if len(shown) == 1 else 2
    wide = (ROOM - 0.35 * (columns - 1)) / columns
    high, low, gap = (3.4, 1.05, 0.44) if columns == 1 else (1.45, 0.55, 0.44)
    low = low if hazards else 0.0
    heading = 0.1 if columns == 1 else 0.34
    panel = heading + high + (0.16 + low if hazards else 0) + gap
    sheet = Sheet(
        _title(shown, setting),
        panel * -(-len(shown) // columns),
        table,
        setting,
        signs,
        notes,
    )
    highest = max(row.get("high", row["cumulative"]) for p in shown for row in of[p])
    likely = max((row["hazard"] or 0 for p in shown for row in of[p]), default=0)
    periods = [row["period"] for practice in shown for row in of[practice]]
    first, last = min(periods), max(periods)
    for place, practice in enumerate(shown):
        left = (place % columns) * (wide + 0.35)
        top = place // columns * panel
        rows = of[practice]
        if columns > 1:
            plane = sheet.plane(left, top, wide, heading)
            sheet.write(plane, 0, 0.1, sheet.name(practice), room=wide, bold=True,
                        fontsize=HEADING, va="center")  # fmt: skip
        long = wide - _LEFT - _END
        # A year is a number here, and written as one: 2006, without a space.
        ticks = rounded(first, last, int(long / 0.5))
        curve = sheet.axes(left + _LEFT, top + heading, long, high)
        _curve(sheet, curve, rows, actors, practice)
        curve.set_ylim(0, highest * 1.08 or 1)
        curve.set_yticks(whole_ticks(highest, int(high / 0.3)))
        beneath = curve
        if hazards:
            beneath = sheet.axes(left + _LEFT, top + heading + high + 0.16, long, low)
            _hazard(sheet, beneath, rows, likely)
        for axes in (curve, beneath):
            axes.set_xlim(first - 0.7, last + 0.7)
            axes.set_xticks(ticks, list(map(str, ticks)))
        if beneath is not curve:
            curve.tick_params(labelbottom=False)
        if columns == 1 or place >= len(shown) - columns:
            beneath.annotate(unit, (1, 0), (8, -12), xycoords="axes fraction", color=SOFT,
                             textcoords="offset points", va="center")  # fmt: skip
    return sheet.figure


def _title(shown: Sequence[Cell], setting: Setting) -> str:
    """Name the practice, where there is one."""
    if len(shown) == 1 and shown[0] is not None:
        return word("plots.adoption.title", setting.lang, practice=setting.name(shown[0]))
    key = "plots.adoption.title_any" if len(shown) == 1 else "plots.adoption.title_several"
    return word(key, setting.lang)


def _curve(
    sheet: Sheet, axes: Axes, rows: Sequence[Row], actors: int | None, practice: Cell
) -> None:
    """Draw the steps, and the band where there is one."""
    lang = sheet.setting.lang
    values = [row["cumulative"] for row in rows]
    edges = [rows[0]["period"] - 0.5, *(row["period"] + 0.5 for row in rows)]
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    if "low" in rows[0]:
        least, most = [row["low"] for row in rows], [row["high"] for row in rows]
        band = axes.stairs(most, edges, baseline=least, fill=True, **_BAND)
        sheet.tell(band, f"{word('plots.adoption.band', lang)}: {_spans(rows)}")
    curve = axes.stairs(values, edges, baseline=None, **_LINE)
    told = "; ".join(f"{row['period']}: {row['cumulative']}" for row in rows)
    sheet.tell(curve, f"{sheet.name(practice)}. {told}".removeprefix(". "))
    end = number(values[-1])
    if actors:
        end = word("plots.adoption.of", lang, number=end, actors=number(actors),
                   share=percent(values[-1] / actors))  # fmt: skip
    axes.annotate(
        end.replace("; ", "\n"), (edges[-1], values[-1]), (6, 0), textcoords="offset points",
        va="center", color=BLUE, fontweight="bold", annotation_clip=False,
    )  # fmt: skip


def _spans(rows: Sequence[Row]) -> str:
    """Tell between what numbers the curve can lie in each period."""
    return "; ".join(f"{row['period']}: {row['low']}–{row['high']}" for row in rows)


def _hazard(sheet: Sheet, axes: Axes, rows: Sequence[Row], likely: float) -> None:
    """Draw the hazard of each period as a bar; where it is not defined there is none."""
    lang = sheet.setting.lang
    known = [(row["period"], row["hazard"]) for row in rows if row["hazard"] is not None]
    for period, hazard in known:
        [bar] = axes.bar([period], [hazard], width=0.72, **_BAR)
        if hazard:
            told = word("plots.adoption.hazard", lang)
            sheet.tell(bar, f"{told}, {period}: {percent(hazard)}")
    top = next(t for t in (0.05, 0.1, 0.2, 0.5, 1.0) if likely <= t)
    axes.set_ylim(0, top)
    axes.set_yticks([0, top], ["0", percent(top)])
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)


PLOT: Final = Plot(
    "adoption",
    "The curve of adoption as steps, with its band, and the hazard of each period",
    draw,
)
