"""The brokers: how often each stands between others, by role, the most often first.

Each role has a colour and a pattern of its own; the number at the end of a bar is their sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kvgraph.errors import KvgraphError
from kvgraph.material import Material
from kvgraph.model import Plot, Table
from kvgraph.plots._sheet import (
    BLUE,
    GREEN,
    GRID,
    INK,
    ORANGE,
    PINK,
    ROOM,
    SKY,
    SOFT,
    Setting,
    Sheet,
    Sign,
    number,
    whole_ticks,
    wide,
)
from kvgraph.words import word

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST: Final = 20
"""More brokers than this are not drawn, but told of."""

ROLES: Final[Mapping[str, tuple[str, str, str]]] = {
    "coordinator": (BLUE, "", "plots.role.coordinator"),
    "itinerant": (SKY, "////", "plots.role.itinerant"),
    "representative": (ORANGE, "....", "plots.role.representative"),
    "gatekeeper": (GREEN, r"\\\\", "plots.role.gatekeeper"),
    "liaison": (PINK, "xxxx", "plots.role.liaison"),
}
"""The colour, the pattern and the words of each role."""

_LEFT, _ROW, _BAR = 3.2, 0.27, 0.19
_END: Final = 0.6
"""The room to the right of a bar, where its sum stands."""


def draw(table: Table, material: Material | None, setting: Setting) -> Figure:  # noqa: ARG001
    """Give the figure of the brokers.

    :raises KvgraphError: for an answer of the whole, which has no brokers, and where nobody is
        one.
    """
    lang = setting.lang
    by = next((name for name in ("actor", "group") if name in table.columns), None)
    if by is None:
        raise KvgraphError(
            "there is no figure of brokerage as a whole", hint="Say --by actor or --by group."
        )
    rows: list[Mapping[str, Any]] = [row for row in table.records() if row["total"]]
    rows.sort(key=lambda row: -row["total"])
    if not rows:
        raise KvgraphError(
            "there is nothing to draw: nobody stands between two others",
            hint="Take in more transfers, or another column of groups with --group.",
        )
    shown = rows[:MOST]
    notes = []
    if len(rows) > MOST:
        rest = {"number": len(rows) - MOST, "most": shown[-1]["total"]}
        notes.append(word("plots.brokerage.more", lang, **rest))
    if by == "actor":
        never = len(table.rows) - len(rows)
        notes.append(word("plots.brokerage.never", lang, number=never))
    used = [role for role in ROLES if any(row[role] for row in shown)]
    signs = [Sign(word(ROLES[role][2], lang), _style(role)) for role in used]
    key = "plots.brokerage.title" if by == "actor" else "plots.brokerage.title_group"
    high = _ROW * len(shown)
    sheet = Sheet(word(key, lang), high + 0.42, table, setting, signs, notes)
    groups = [str(row["group"]) if by == "actor" else "" for row in shown]
    after = [wide(f"  {group}") if group else 0.0 for group in groups]
    needed = (wide(sheet.name(row[by])) + a for row, a in zip(shown, after, strict=True))
    left = min(max(needed) + 0.2, _LEFT)
    long = ROOM - left - _END
    names = sheet.plane(0, 0, left, high)
    bars = sheet.axes(left, 0, long, high)
    most = max(row["total"] for row in shown)
    bars.set(xlim=(0, most), ylim=(high, 0), yticks=[])
    bars.set_xticks(whole_ticks(most, int(long / 0.6)))
    bars.grid(axis="x", color=GRID, linewidth=0.6)
    bars.set_axisbelow(True)
    sheet.write(bars, 1, -0.34 / high, word("plots.brokerage.times", lang), va="center",
                ha="right", color=SOFT, transform=bars.transAxes)  # fmt: skip
    for place, row in enumerate(shown):
        y = (place + 0.5) * _ROW
        group, beside = groups[place], left - 0.12 - after[place]
        told = sheet.name(row[by])
        sheet.write(names, beside, y, told, room=beside - 0.03, ha="right",
                    va="center_baseline")  # fmt: skip
        if group:
            sheet.write(names, left - 0.12, y, group, room=1.2, ha="right", color=SOFT,
                        va="center_baseline", full=sheet.name(group))  # fmt: skip
        start = 0
        for role in used:
            if row[role]:
                [bar] = bars.barh([y], [row[role]], height=_BAR, left=start, **_style(role))
                sheet.tell(bar, f"{told}: {word(ROLES[role][2], lang)} {row[role]}")
                start += row[role]
        bars.annotate(number(row["total"]), (start, y), (5, 0), textcoords="offset points",
                      va="center_baseline", fontweight="bold", annotation_clip=False)  # fmt: skip
    return sheet.figure


def _style(role: str) -> dict[str, Any]:
    """Give what a bar of a role looks like."""
    colour, hatch, _ = ROLES[role]
    return {"facecolor": colour, "hatch": hatch, "edgecolor": INK, "linewidth": 0.6}


PLOT: Final = Plot("brokerage", "Brokers as bars, stacked by role, the most often first", draw)
