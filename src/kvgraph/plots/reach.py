"""How far a practice can have come by when: the number of actors reached, by date.

The upper line counts who can have been reached by a day, the lower one who was in any case; the
truth lies in the band between. Who can have been reached before all dates counts from the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kvgraph.dates import speak_day
from kvgraph.errors import KvgraphError
from kvgraph.heading import day_of
from kvgraph.material import Material
from kvgraph.model import Cell, Plot, Table
from kvgraph.plots._sheet import (
    BLUE,
    GRID,
    ORANGE,
    PALE,
    ROOM,
    SKY,
    SOFT,
    Setting,
    Sheet,
    Sign,
    axis_of,
    number,
    whole_ticks,
    wide,
)
from kvgraph.words import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_POSSIBLE: Final[Mapping[str, Any]] = {
    "color": ORANGE,
    "linewidth": 2.0,
    "linestyle": (0, (4, 1.6)),
}
_CERTAIN: Final[Mapping[str, Any]] = {"color": BLUE, "linewidth": 2.2}
_BAND: Final[Mapping[str, Any]] = {
    "facecolor": PALE,
    "edgecolor": SKY,
    "hatch": "////",
    "linewidth": 0.0,
}
_LEFT, _HIGH = 0.42, 3.6

Times = Sequence[float]


def draw(table: Table, material: Material | None, setting: Setting) -> Figure:  # noqa: ARG001
    """Give the figure of reach by date.

    :raises KvgraphError: if no arrival has a date.
    """
    lang = setting.lang
    rows: list[Mapping[str, Any]] = list(table.records())
    seen = [row[name] for row in rows for name in ("best_arrival", "worst_arrival")]
    known = [_time(cell) for cell in seen if cell is not None]
    if not known:
        raise KvgraphError(
            "there is nothing to draw: no arrival is known to lie after or before any day",
            hint="Give the transfers dates, or say --worlds-from and look at the table.",
        )
    numeric = not any(isinstance(cell, str) for cell in seen)
    possible, certain, always, never = _arrivals(rows)
    horizon = day_of(table.head.get("horizon"))
    first, last = min(known), max(known)
    if horizon is not None and not numeric:
        last = max(last, horizon)
    signs = [
        Sign(word("plots.reach.possible", lang), _POSSIBLE, line=True),
        Sign(word("plots.reach.certain", lang), _CERTAIN, line=True),
        Sign(word("plots.reach.band", lang), {**_BAND, "linewidth": 0.6}),
    ]
    notes = [word("plots.reach.actors", lang, number=len(possible))]
    if always:
        notes.append(word("plots.reach.always", lang, number=always))
    if never:
        notes.append(word("plots.reach.never", lang, number=never))
    sheet = Sheet(_title(table, setting), _HIGH + 0.4, table, setting, signs, notes)
    ends = [
        word(key, lang, number=len(possible)) for key in ("plots.reach.most", "plots.reach.least")
    ]
    long = ROOM - _LEFT - max(wide(told, bold=True) for told in ends) - 0.2
    axes = sheet.axes(_LEFT, 0.1, long, _HIGH)
    axis = axis_of(first, last, long, numeric=numeric)
    axis.put(axes)
    axes.set_ylim(0, len(possible) * 1.06)
    axes.set_yticks(whole_ticks(len(possible), 8))
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    # Nothing is known after the horizon: the lines end there.
    end = last if horizon == last else axis.last
    _draw(sheet, axes, possible, certain, axis.first, end, numeric=numeric)
    if horizon is not None and not numeric and axis.first < horizon < axis.last:
        axes.axvline(horizon, color=SOFT, linewidth=0.9, linestyle=(0, (1, 2)))
        told = word("view.timeline.horizon", lang, day=speak_day(horizon, lang))
        axes.annotate(told, (horizon, 1), (-4, 5), xycoords=("data", "axes fraction"), ha="right",
                      textcoords="offset points", color=SOFT)  # fmt: skip
    _ends(axes, len(possible), len(certain), axis.last, lang)
    return sheet.figure


def _time(cell: Cell) -> float:
    """Give a time as a number: that of its day, or itself."""
    day = day_of(cell)
    return float(day if day is not None else cell)  # type: ignore[arg-type]


def _arrivals(rows: Sequence[Mapping[str, Any]]) -> tuple[Times, Times, int, int]:
    """Give when each actor can have been reached first, and when each was by in any case.

    An actor counts once, with the first practice that came. Also how many have no first day, and
    how many are certain but by no day that is known.
    """
    best: dict[str, float] = {}
    worst: dict[str, float] = {}
    for row in rows:
        actor = row["actor"]
        arrival = row["best_arrival"]
        early = float("-inf") if arrival is None else _time(arrival)
        best[actor] = min(early, best.get(actor, early))
        if row["reach"] == "certain":
            late = float("inf") if row["worst_arrival"] is None else _time(row["worst_arrival"])
            worst[actor] = min(late, worst.get(actor, late))
    always = sum(time == float("-inf") for time in best.values())
    never = sum(time == float("inf") for time in worst.values())
    dated = sorted(time for time in worst.values() if time < float("inf"))
    return sorted(best.values()), dated, always, never


def _steps(times: Times, first: float, last: float) -> tuple[list[float], list[int]]:
    """Give the corners of a line that goes up by one at each time."""
    xs, ys = [first], [0]
    for count, time in enumerate(times, 1):
        xs.append(max(time, first))
        ys.append(count)
    return [*xs, last], [*ys, ys[-1]]


def _draw(
    sheet: Sheet,
    axes: Axes,
    possible: Times,
    certain: Times,
    first: float,
    last: float,
    *,
    numeric: bool,
) -> None:
    """Draw both lines and the band between them."""
    lang = sheet.setting.lang
    edges = sorted({first, last, *(max(time, first) for time in (*possible, *certain))})
    most = [sum(time <= edge for time in possible) for edge in edges[:-1]]
    least = [sum(time <= edge for time in certain) for edge in edges[:-1]]
    axes.stairs(most, edges, baseline=least, fill=True, **_BAND)
    for times, style, key in (
        (possible, _POSSIBLE, "plots.reach.possible"),
        (certain, _CERTAIN, "plots.reach.certain"),
    ):
        xs, ys = _steps(times, first, last)
        [line] = axes.step(xs, ys, where="post", **style)
        said = [number(t) if numeric else speak_day(int(t), lang) for t in times if t >= first]
        told = word(key, lang)
        sheet.tell(line, f"{told}: {', '.join(said)}" if said else told)


def _ends(axes: Axes, most: int, least: int, last: float, lang: str) -> None:
    """Write the last numbers at the ends of the lines, apart from each other."""
    near = (most - least) / (most * 1.06) * _HIGH < 0.2
    for value, key, colour, up in (
        (most, "plots.reach.most", "#8A5300", 7 if near else 0),
        (least, "plots.reach.least", BLUE, -7 if near else 0),
    ):
        axes.annotate(
            word(key, lang, number=value), (last, value), (6, up), textcoords="offset points",
            va="center", color=colour, fontweight="bold", annotation_clip=False,
        )  # fmt: skip


def _title(table: Table, setting: Setting) -> str:
    """Say from whom, or to whom."""
    forwards = "from" in table.head
    told = setting.name(table.head.get("from" if forwards else "to"))
    key = "plots.reach.title_from" if forwards else "plots.reach.title_to"
    return word(key, setting.lang, actor=told)


PLOT: Final = Plot("reach", "How many can have been reached, and were in any case, by date", draw)
