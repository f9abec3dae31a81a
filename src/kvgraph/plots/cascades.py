"""How a practice went from hand to hand: each tie as a line from giver to receiver, by date.

Each actor has a line of its own, and actors stand by level of government, the top first. A tie
arrives where its time begins, and a faint bar says until when it can have been. Ties by which the
rule gives an actor its parent are strong; other givers are thin. What is proven is a full line,
what is not a broken one. Ties without a date stand apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kvgraph import vocabulary
from kvgraph.dates import speak_day
from kvgraph.diagram.layout import GOVERNANCE
from kvgraph.errors import KvgraphError
from kvgraph.heading import day_of
from kvgraph.material import Material, Tie
from kvgraph.model import Plot, Table
from kvgraph.namespaces import code_iri
from kvgraph.plots._sheet import (
    BLUE,
    GRID,
    HEADING,
    INK,
    ROOM,
    SKY,
    SOFT,
    Axis,
    Setting,
    Sheet,
    Sign,
    axis_of,
    number,
    wide,
)
from kvgraph.words import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST: Final = 44
"""So many lines are drawn; the practices and actors that do not fit are told of."""

_LEFT: Final = 3.5
"""The room for the names of actors, at most."""
_STRIP: Final = 1.15
"""The room for ties without a date, where there are any."""
_LINE, _MORE, _LANE, _PRACTICE = 0.21, 0.09, 0.25, 0.32
_BACK: Final = 0.28
"""How far before its first tie an actor stands that had it from nobody."""
_GREY: Final = "#75818c"
_BROKEN: Final = (0, (3.2, 1.6))


def draw(table: Table, material: Material | None, setting: Setting) -> Figure:
    """Give the figure of the cascades.

    :raises KvgraphError: if there is no material to draw them by.
    """
    if material is None:
        raise KvgraphError("cascades are drawn by the ties that they were taken of")
    return _Cascades(table, material, setting).drawn()


@dataclass(frozen=True, slots=True)
class _Lane:
    """The actors of one practice on one level, each with its height above the next."""

    practice: str
    level: str
    actors: tuple[str, ...]


class _Cascades:
    """Lays out lines of actors, and draws ties between them."""

    def __init__(self, table: Table, material: Material, setting: Setting) -> None:
        self.table = table
        self.material = material
        self.setting = setting
        self.level = {m.id: m.attributes.get("level", "").strip() for m in material.members}
        self.chosen = {i for row in table.records() for i in _ids(row["transfers"])}
        self.ties: dict[str, list[Tie]] = {}
        self.received: dict[tuple[str, str], float] = {}
        for tie in material.ties:
            if tie.giver != tie.receiver:
                self.ties.setdefault(tie.practice, []).append(tie)
                key, begin = (tie.practice, tie.receiver), _begin(tie)
                earlier = -math.inf if begin is None else begin
                self.received[key] = min(earlier, self.received.get(key, math.inf))
        self.shown, self.actors_left, self.practices_left = self._shown()
        self.held = {p: self._held(p) for p in self.shown}
        named = [wide(setting.name(name)) for _, name in self._everyone()]
        self.left = min(max(named, default=0.0) + 0.36, _LEFT)
        self.into: dict[tuple[str, str], list[Tie]] = {}
        for tie in self._drawn_ties():
            self.into.setdefault((tie.practice, tie.receiver), []).append(tie)

    # --- what is drawn -------------------------------------------------------------------------

    def _shown(self) -> tuple[dict[str, list[str]], int, int]:
        """Give the actors to draw by practice, and how many actors and practices are left out.

        Practices come by their largest tree, and so do the actors of one.
        """
        trees: dict[str, list[Mapping[str, Any]]] = {}
        row: Mapping[str, Any]
        for row in self.table.records():
            trees.setdefault(str(row["practice"] or ""), []).append(row)
        order = sorted(trees, key=lambda p: -max(float(row["size"]) for row in trees[p]))
        shown: dict[str, list[str]] = {}
        used = left = dropped = 0
        for practice in order:
            by_id: dict[str, list[Tie]] = {}
            for tie in self.ties.get(practice, ()):
                by_id.setdefault(tie.id, []).append(tie)
            found: dict[str, None] = {}
            for row in trees[practice]:
                found[str(row["root"])] = None
                kept = (tie for i in _ids(row["transfers"]) for tie in by_id.get(i, ()))
                for tie in sorted(kept, key=lambda t: (_open(t.start), t.id)):
                    found |= dict.fromkeys((tie.giver, tie.receiver))
            actors = list(found)
            # A heading needs room too.
            if used and used + len(actors) + 2 > MOST:
                dropped += 1
                continue
            left += len(actors[MOST:])
            shown[practice] = actors[:MOST]
            used += len(shown[practice]) + 2
        return shown, left, dropped

    def _drawn_ties(self) -> Iterator[Tie]:
        """Give the ties between actors that are drawn."""
        for practice, actors in self.shown.items():
            there = set(actors)
            for tie in self.ties.get(practice, ()):
                if {tie.giver, tie.receiver} <= there:
                    yield tie

    def _held(self, practice: str) -> dict[str, float]:
        """Give when each actor can first have had a practice, where any date says so."""
        found: dict[str, float] = {}
        records = (a for a in self.material.adoptings if a.practice == practice)
        times = [(a.actor, a.start if a.start is not None else a.end) for a in records]
        for tie in self.ties.get(practice, ()):
            times += [(name, _begin(tie)) for name in (tie.receiver, tie.giver)]
        if len(self.ties) == 1:
            times += [(m.id, m.adopted) for m in self.material.members]
        for name, time in times:
            if time is not None:
                found[name] = min(time, found.get(name, time))
        return found

    def _first(self, practice: str, name: str) -> bool:
        """Tell whether an actor had a practice before anybody can have given it."""
        held = self.held[practice].get(name)
        return held is not None and held < self.received.get((practice, name), math.inf)

    def _lanes(self, practice: str) -> list[_Lane]:
        """Give the actors of a practice by level, the earliest first."""
        held = self.held[practice]
        lanes: dict[str, list[str]] = {}
        for name in self.shown[practice]:
            lanes.setdefault(self.level.get(name, ""), []).append(name)
        return [
            _Lane(practice, level, tuple(sorted(lanes[level], key=lambda n: _open(held.get(n)))))
            for level in sorted(lanes, key=_rank)
        ]

    def _high(self, practice: str, name: str) -> float:
        """Give how high the line of an actor is: each tie that it got has its own bar."""
        return _LINE + _MORE * max(0, len(self.into.get((practice, name), ())) - 1)

    # --- how it is drawn -----------------------------------------------------------------------

    def drawn(self) -> Figure:
        """Give the figure."""
        ties = list(self._drawn_ties())
        undated = [tie for tie in ties if _begin(tie) is None]
        placed: dict[tuple[str, str], float] = {}
        headings: list[tuple[float, str, str]] = []
        several = len(self.shown) > 1
        y = 0.3
        for practice in self.shown:
            if several:
                headings.append((y + 0.14, "practice", practice))
                y += _PRACTICE
            lanes = self._lanes(practice)
            for lane in lanes:
                if len(lanes) > 1 or lane.level:
                    headings.append((y + 0.13, "level", lane.level))
                    y += _LANE
                for name in lane.actors:
                    high = self._high(practice, name)
                    placed[practice, name] = y + _LINE / 2
                    y += high
            y += 0.1
        high = y + 0.25
        sheet = Sheet(self._title(), high, self.table, self.setting, self._signs(ties),
                      self._notes())  # fmt: skip
        apart = wide(word("view.timeline.undated", self.setting.lang), bold=True) + 0.15
        strip = max(_STRIP, apart) if undated and len(undated) < len(ties) else 0.0
        if undated and not strip:
            strip = ROOM - self.left
        names = sheet.plane(0, 0, ROOM, high)
        self._write(sheet, names, placed, headings)
        long = ROOM - self.left - strip - 0.2
        if long > 1:
            axes, axis = self._time(sheet, ties, long, high)
            self._set_back(ties, (axis.last - axis.first) * _BACK / long)
            for tie in sorted(ties, key=lambda t: (t.id in self.chosen, t.id)):
                if _begin(tie) is not None:
                    self._tie(sheet, axes, tie, placed, axis)
            for (practice, name), at in placed.items():
                self._root(sheet, axes, practice, name, at)
        if undated:
            self._undated(sheet, names, undated, placed, high, strip)
        return sheet.figure

    def _set_back(self, ties: Sequence[Tie], lag: float) -> None:
        """Let who had it from nobody stand a little before it first gave it.

        Else all that begins on one day would lie on one line.
        """
        for tie in ties:
            begin = _begin(tie)
            if begin is not None and (tie.practice, tie.giver) not in self.received:
                held = self.held[tie.practice]
                held[tie.giver] = min(begin - lag, held.get(tie.giver, begin))

    def _title(self) -> str:
        lang = self.setting.lang
        if len(self.shown) == 1 and (practice := next(iter(self.shown))):
            return word("plots.cascades.title", lang, practice=self.setting.name(practice))
        return word("plots.cascades.title_any", lang)

    def _signs(self, ties: Sequence[Tie]) -> list[Sign]:
        """Give the signs that occur."""
        lang = self.setting.lang
        kinds = {(tie.id in self.chosen, tie.proven) for tie in ties}
        signs = [
            Sign(word(key, lang), _look(*kind), line=True)
            for kind, key in (
                ((True, True), "plots.cascades.tree_proven"),
                ((True, False), "plots.cascades.tree_possible"),
                ((False, True), "plots.cascades.other_proven"),
                ((False, False), "plots.cascades.other_possible"),
            )
            if kind in kinds
        ]
        if any(_begin(t) is not None and _bar_of(t) for t in ties):
            signs.append(Sign(word("plots.cascades.bar", lang), _bar(True)))
        if any(self._first(*key) for key in self._everyone()):
            style = {"color": INK, "marker": "s", "markersize": 5}
            signs.append(Sign(word("plots.cascades.root", lang), style, line=True))
        return signs

    def _notes(self) -> list[str]:
        lang = self.setting.lang
        told = (("plots.more_practices", self.practices_left),
                ("plots.cascades.more", self.actors_left))  # fmt: skip
        return [word(key, lang, number=n) for key, n in told if n]

    def _write(
        self,
        sheet: Sheet,
        plane: Axes,
        placed: Mapping[tuple[str, str], float],
        headings: Sequence[tuple[float, str, str]],
    ) -> None:
        """Write the names of actors, and the headings of practices and levels."""
        for y, kind, told in headings:
            if kind == "practice":
                sheet.write(plane, 0, y, sheet.name(told), room=ROOM, bold=True,
                            fontsize=HEADING + 1, va="center_baseline")  # fmt: skip
                continue
            plane.plot([0, ROOM], [y - 0.13] * 2, color=GRID, linewidth=0.8)
            sheet.write(plane, 0, y, _level_label(told, sheet.setting.lang), room=self.left - 0.1,
                        bold=True, color=SOFT, va="center_baseline")  # fmt: skip
        for (_, name), y in placed.items():
            sheet.write(
                plane, 0.12, y, sheet.name(name), room=self.left - 0.3, va="center_baseline"
            )

    def _time(
        self, sheet: Sheet, ties: Sequence[Tie], long: float, high: float
    ) -> tuple[Axes, Axis]:
        """Give axes of time over all lines, with the horizon where it lies on them."""
        lang = self.setting.lang
        horizon = day_of(self.table.head.get("horizon"))
        seen = [t for tie in ties for t in (tie.start, tie.end) if t is not None]
        seen += [self.held[p][name] for p, name in self._everyone() if name in self.held[p]]
        numeric = self.material.numeric
        first, last = min(seen), max(seen)
        span = last - first or (1 if numeric else 365)
        axis = axis_of(first - span * _BACK / long * 1.5, last, long, numeric=numeric)
        axes = sheet.axes(self.left, 0.22, long, high - 0.22 - 0.25)
        axis.put(axes)
        axes.set(ylim=(high - 0.25, 0.22), yticks=[])
        axes.patch.set_alpha(0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        if horizon is not None and not numeric and axis.first < horizon < axis.last:
            axes.axvline(horizon, color=SOFT, linewidth=0.9, linestyle=(0, (1, 2)))
            told = word("view.timeline.horizon", lang, day=speak_day(horizon, lang))
            axes.annotate(told, (horizon, 1), (2, 4), xycoords=("data", "axes fraction"),
                          textcoords="offset points", ha="right", color=SOFT)  # fmt: skip
        return axes, axis

    def _everyone(self) -> Iterator[tuple[str, str]]:
        return ((p, name) for p, actors in self.shown.items() for name in actors)

    def _tie(
        self,
        sheet: Sheet,
        axes: Axes,
        tie: Tie,
        placed: Mapping[tuple[str, str], float],
        axis: Axis,
    ) -> None:
        """Draw the line of a tie with the bar of its time."""
        from matplotlib.patches import PathPatch, Rectangle
        from matplotlib.path import Path

        x = _begin(tie)
        assert x is not None
        giver = placed[tie.practice, tie.giver]
        slot = self.into[tie.practice, tie.receiver].index(tie)
        y = placed[tie.practice, tie.receiver] + slot * _MORE
        told = self._told(sheet, tie)
        if tie.start is None or tie.end is None or tie.end > tie.start:
            left = axis.first if tie.start is None else tie.start
            right = axis.last if tie.end is None else tie.end
            bar = Rectangle((left, y - 0.04), right - left, 0.08, zorder=1, **_bar(tie.proven))
            axes.add_patch(bar)
            sheet.tell(bar, told)
        begin = min(self.held[tie.practice].get(tie.giver, x), x)
        look = _look(tie.id in self.chosen, tie.proven)
        # Away from the giver up or down, and along into the line of the receiver.
        way = Path([(begin, giver), (begin, y), (x, y)], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
        line = PathPatch(way, fill=False, edgecolor=look["color"], zorder=3,
                         linewidth=look["linewidth"], linestyle=look["linestyle"])  # fmt: skip
        axes.add_patch(line)
        sheet.tell(line, told)
        axes.plot([x], [y], marker=">", markersize=4.5, color=look["color"], zorder=4)

    def _root(self, sheet: Sheet, axes: Axes, practice: str, name: str, y: float) -> None:
        """Draw the sign of an actor that had it before anybody is known to have given it."""
        if self._first(practice, name):
            x = self.held[practice][name]
            [sign] = axes.plot([x], [y], marker="s", markersize=5, color=INK, zorder=5)
            why = word("plots.cascades.root", self.setting.lang)
            sheet.tell(sign, f"{sheet.name(name)}: {why}")

    def _undated(
        self,
        sheet: Sheet,
        plane: Axes,
        ties: Sequence[Tie],
        placed: Mapping[tuple[str, str], float],
        high: float,
        strip: float,
    ) -> None:
        """Draw the ties without a date in a strip of their own, side by side."""
        from matplotlib.patches import Rectangle

        left = ROOM - strip
        plane.add_patch(Rectangle((left, 0.22), strip, high - 0.47, facecolor="#f3f5f7", zorder=0))
        told = word("view.timeline.undated", self.setting.lang)
        sheet.write(plane, left + 0.05, 0.12, told, room=strip - 0.05, color=SOFT, bold=True,
                    va="center_baseline")  # fmt: skip
        ties = sorted(ties, key=lambda t: (placed[t.practice, t.giver], t.giver, t.id))
        step = min((strip - 0.24) / max(len(ties), 1), 0.3)
        for place, tie in enumerate(ties):
            x = left + 0.12 + (place + 0.5) * step
            look = _look(tie.id in self.chosen, tie.proven)
            slot = self.into[tie.practice, tie.receiver].index(tie)
            y1 = placed[tie.practice, tie.giver]
            y2 = placed[tie.practice, tie.receiver] + slot * _MORE
            [line] = plane.plot([x, x], [y1, y2], solid_capstyle="butt", **look)
            sheet.tell(line, self._told(sheet, tie))
            plane.plot([x], [y1], marker="o", markersize=3.5, color=look["color"])
            plane.plot([x], [y2], marker="v" if y2 > y1 else "^", markersize=5,
                       color=look["color"])  # fmt: skip

    def _told(self, sheet: Sheet, tie: Tie) -> str:
        """Tell of a tie in full."""
        lang = self.setting.lang
        key = "view.line.proven" if tie.proven else "view.line.possible"
        ends = f"{sheet.name(tie.giver)} → {sheet.name(tie.receiver)}"
        return f"{ends} · {self._when(tie)} · {word(key, lang)} · {tie.id}"

    def _when(self, tie: Tie) -> str:
        """Tell between what days, or numbers, a tie was; an open side is an ellipsis."""
        if tie.start is None and tie.end is None:
            return word("view.timeline.undated", self.setting.lang)
        shown = [self._moment(t) for t in (tie.start, tie.end)]
        return shown[0] if shown[0] == shown[1] else "–".join(shown)

    def _moment(self, time: float | None) -> str:
        if time is None:
            return "…"
        return number(time) if self.material.numeric else speak_day(int(time), self.setting.lang)


def _ids(cell: Any) -> tuple[str, ...]:
    """Give the ids that a cell holds."""
    return tuple(map(str, cell or ()))


def _open(time: float | None) -> float:
    """Give a time by which things can be sorted, what is unknown last."""
    return math.inf if time is None else time


def _begin(tie: Tie) -> float | None:
    """Give where on the axis a tie arrives: where its time begins, else where it ends."""
    return tie.start if tie.start is not None else tie.end


def _bar_of(tie: Tie) -> bool:
    """Tell whether the time of a tie leaves anything open."""
    return tie.start is None or tie.end is None or tie.end > tie.start


def _bar(proven: bool) -> dict[str, Any]:
    """Give what the bar of a time looks like."""
    return {"facecolor": SKY + "40", "edgecolor": SKY, "linewidth": 0.5,
            "linestyle": "-" if proven else _BROKEN}  # fmt: skip


def _look(chosen: bool, proven: bool) -> dict[str, Any]:
    """Give what the line of a tie looks like."""
    return {
        "color": BLUE if chosen else _GREY,
        "linewidth": 1.7 if chosen else 1.0,
        "linestyle": "-" if proven else _BROKEN,
    }


def _rank(level: str) -> tuple[int, float, str]:
    """Give what levels are sorted by: the top of government first, the unknown last."""
    if level in GOVERNANCE:
        return 0, GOVERNANCE.index(level), level
    if level.isascii() and level.isdigit():
        return 0, int(level), level
    return (1 if level else 2), 0, level


def _level_label(level: str, lang: str) -> str:
    """Give what a level is called."""
    if not level:
        return word("view.explorer.no_level", lang)
    return vocabulary.label(code_iri("level", level), lang) if level in GOVERNANCE else level


PLOT: Final = Plot(
    "cascades",
    "Ties from giver to receiver by date, actors by level of government",
    draw,
)
