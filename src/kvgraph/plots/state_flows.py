"""Which state gave to which: a matrix with the number of transfers in each cell.

States come by how much they gave and received in all. A white cell is one of which no transfer
is known; the diagonal, what stays within a state, is framed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from kvgraph.errors import KvgraphError
from kvgraph.material import Material
from kvgraph.model import Cell, Plot, Table
from kvgraph.plots._sheet import GRID, INK, ROOM, SOFT, Setting, Sheet, Sign, number, wide
from kvgraph.view.matrix import SHADES
from kvgraph.words import word

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST: Final = 34
"""More states than this are not drawn, but told of; fewer where the numbers are long."""

_LEFT, _ABOVE, _SUM = 1.9, 0.62, 0.5
"""The room for names at most, for codes above, and for sums."""
_STATES: Final = ("group", "country", "member-state")
"""The columns that hold the state of an actor of a dataset."""
_LARGEST: Final = 0.5
"""The side of the cells where there are few."""


def draw(table: Table, material: Material | None, setting: Setting) -> Figure:  # noqa: ARG001
    """Give the figure of the flows between states.

    :raises KvgraphError: if no cell holds a transfer.
    """
    lang = setting.lang
    flows: Counter[tuple[str, str]] = Counter()
    for row in table.records():
        flows[str(row["from_state"] or ""), str(row["to_state"] or "")] += _count(row["transfers"])
    gave: Counter[str] = Counter()
    received: Counter[str] = Counter()
    for (giver, receiver), n in flows.items():
        gave[giver] += n
        received[receiver] += n
    states = sorted({s for pair, n in flows.items() if n for s in pair},
                    key=lambda s: (not s, -gave[s] - received[s], s))  # fmt: skip
    if not states:
        raise KvgraphError("there is nothing to draw: no transfer is known between any states")
    largest = wide(number(max(flows.values()))) + 0.03
    named = (setting.name(state) for state in states)
    # A name is followed by its code, except where it is the code.
    needed = max(wide(name) + (0.45 if name not in states else 0.2) for name in named)
    begin = max(_LEFT - max(needed, 0.75), 0.0)
    room = ROOM - _LEFT + begin - _SUM
    most = min(MOST, int(room / largest))
    shown = states[:most]
    notes = [word("plots.state_flows.white", lang)]
    if len(states) > most:
        inside = sum(flows[a, b] for a in shown for b in shown)
        left = sum(flows.values()) - inside
        rest = {"number": len(states) - most, "transfers": left}
        notes.insert(0, word("plots.state_flows.more", lang, **rest))
    side = min(room / len(shown), _LARGEST)
    long = side * len(shown)
    sheet = Sheet(
        _title(table, lang), _ABOVE + long + 0.3, table, setting,
        _legend([n for pair, n in flows.items() if n and {*pair} <= {*shown}], table, lang), notes,
    )  # fmt: skip
    plane = sheet.plane(0, 0, ROOM, _ABOVE + long + 0.3)
    # Where names are short, the picture begins further right, at the margin.
    plane.set_xlim(begin, begin + ROOM)
    _frame(sheet, plane, shown, side, begin)
    for i, giver in enumerate(shown):
        for j, receiver in enumerate(shown):
            n = flows[giver, receiver]
            if n:
                told = word("plots.state_flows.cell", lang, giver=_named(sheet, giver),
                            receiver=_named(sheet, receiver), n=n)  # fmt: skip
                _cell(sheet, plane, j, i, side, n, told, framed=bool(giver) and i == j)
    for i, state in enumerate(shown):
        middle = (i + 0.5) * side
        sheet.write(plane, _LEFT + long + 0.4, _ABOVE + middle, number(gave[state]), ha="right",
                    va="center_baseline", color=SOFT)  # fmt: skip
        sheet.write(plane, _LEFT + middle, _ABOVE + long + 0.15, number(received[state]),
                    ha="center", va="center_baseline", color=SOFT)  # fmt: skip
    total = word("view.matrix.sum", lang)
    sheet.write(plane, _LEFT - 0.1, _ABOVE + long + 0.15, total, ha="right", color=SOFT,
                va="center_baseline")  # fmt: skip
    sheet.write(plane, _LEFT + long + 0.4, _ABOVE - 0.12, total, ha="right", color=SOFT,
                va="center_baseline")  # fmt: skip
    return sheet.figure


def _title(table: Table, lang: str) -> str:
    """Say between what transfers went: states, or groups by another column."""
    group = str(table.head.get("group") or "group")
    if _of_states(table):
        return word("plots.state_flows.title", lang)
    return word("plots.state_flows.title_group", lang, group=group)


def _of_states(table: Table) -> bool:
    """Tell whether the groups are states; those of plain csv are what their column says."""
    return str(table.head.get("group")) in _STATES and bool(table.head.get("dataset"))


def _count(value: Cell) -> int:
    """Give a number of transfers, which may be told by their ids."""
    return len(value) if isinstance(value, tuple) else int(value or 0)  # type: ignore[arg-type]


def _named(sheet: Sheet, state: str) -> str:
    """Give what a state is called; what belongs to none has no name."""
    return sheet.name(state) if state else word("view.matrix.nowhere", sheet.setting.lang)


def _frame(sheet: Sheet, plane: Any, states: list[str], side: float, begin: float) -> None:
    """Draw the lines, the names of the states, and what rows and columns are."""
    lang = sheet.setting.lang
    long = side * len(states)
    for i in range(len(states) + 1):
        at = i * side
        plane.plot([_LEFT, _LEFT + long], [_ABOVE + at] * 2, color=GRID, linewidth=0.6, zorder=1)
        plane.plot([_LEFT + at] * 2, [_ABOVE, _ABOVE + long], color=GRID, linewidth=0.6, zorder=1)
    sheet.write(plane, begin, _ABOVE - 0.12, word("view.matrix.gave", lang), bold=True,
                va="center_baseline")  # fmt: skip
    sheet.write(plane, _LEFT, _ABOVE - 0.48, word("view.matrix.received", lang), bold=True,
                va="center_baseline")  # fmt: skip
    for i, state in enumerate(states):
        middle = (i + 0.5) * side
        code, name = state or "–", _named(sheet, state)
        short = code if wide(code) <= side - 0.02 else ""
        room = _LEFT - begin - 0.15 - (wide(code) + 0.1 if short and name != code else 0)
        sheet.write(plane, begin, _ABOVE + middle, name, room=room, va="center_baseline")
        if short and name != code:
            sheet.write(plane, _LEFT - 0.1, _ABOVE + middle, code, ha="right", color=SOFT,
                        va="center_baseline")  # fmt: skip
        # A long code is cut to its column; the rows give it in full, in the same order.
        sheet.write(plane, _LEFT + middle, _ABOVE - 0.12, code, room=side, ha="center",
                    va="center_baseline", full=name)  # fmt: skip


def _cell(
    sheet: Sheet, plane: Any, x: int, y: int, side: float, n: int, told: str, *, framed: bool
) -> None:
    """Draw one cell that holds something."""
    from matplotlib.patches import Rectangle

    left, top = _LEFT + x * side, _ABOVE + y * side
    edge = {"edgecolor": INK, "linewidth": 1.1} if framed else {"edgecolor": "none"}
    box = Rectangle((left + 0.012, top + 0.012), side - 0.024, side - 0.024,
                    facecolor=_shade(n), zorder=2, **edge)  # fmt: skip
    plane.add_artist(box)
    sheet.tell(box, told)
    sheet.write(plane, left + side / 2, top + side / 2, number(n), ha="center",
                va="center_baseline", zorder=3)  # fmt: skip


def _shade(n: int) -> str:
    """Give the shade of a number."""
    return [colour for least, colour in SHADES if n >= least][-1]


def _legend(numbers: list[int], table: Table, lang: str) -> list[Sign]:
    """Give the shades that occur, and the frame of what stays within one."""
    used = {_shade(n) for n in numbers}
    signs = []
    for (least, colour), after in zip(SHADES, (*SHADES[1:], None), strict=True):
        if colour in used:
            most = None if after is None else after[0] - 1
            told = str(least) if most == least else f"{least}–{most}" if most else f"≥ {least}"
            style = {"facecolor": colour, "edgecolor": "#8a949e", "linewidth": 0.5}
            signs.append(Sign(word("view.matrix.transfers", lang, n=told), style))
    frame = {"facecolor": "#ffffff", "edgecolor": INK, "linewidth": 1.1}
    within = "view.matrix.diagonal" if _of_states(table) else "plots.state_flows.diagonal"
    signs.append(Sign(word(within, lang), frame))
    return signs


PLOT: Final = Plot("state-flows", "A matrix of which state gave to which, with numbers", draw)
