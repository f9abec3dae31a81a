"""The main path: its arcs from left to right, the heavier the wider, and nothing else.

A component in which actors can be got to from each other is one node. Numbers beside arcs are their
weights; where there is no room for one it is told by the arc itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, Final

from kvgraph.errors import KvgraphError
from kvgraph.material import Material
from kvgraph.model import Plot, Table
from kvgraph.plots._layers import Layers, Place, layered
from kvgraph.plots._room import Point, Stroke, touched
from kvgraph.plots._sheet import (
    BLUE,
    LINE,
    POINT,
    ROOM,
    SIZE,
    SOFT,
    Setting,
    Sheet,
    Sign,
    number,
    wide,
)
from kvgraph.view._svg import wrapped
from kvgraph.words import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST: Final = 60
"""More arcs than this are not drawn, but told of: the heaviest are."""

_NUMBERED: Final = 24
"""Up to so many arcs the weights stand beside them; they are told of all."""
_SLOT: Final = 1.25
"""Layers this far apart have names beneath their nodes; closer ones have them aslant."""
_ASLANT: Final = (38, -38, 62, -62, 18, -18)
"""The angles at which a name can stand, the best first."""
_LONGEST, _SHORTEST = 1.75, 0.45
"""How long a name aslant can be, and to what it is cut at most to find room."""
_DOT: Final = 0.065
_HALF: Final = 0.075
"""Half the height of a line of words."""
_BEHIND: Final = {"facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.8, "pad": 0.8}
"""What lies behind words, so that lines do not cross them."""

_METHODS: Final = {
    "global": "plots.main_path.title_global",
    "local": "plots.main_path.title_local",
    "key-route": "plots.main_path.title_key_route",
}

Arc = tuple[str, str]


def draw(table: Table, material: Material | None, setting: Setting) -> Figure:  # noqa: ARG001
    """Give the figure of the main path.

    :raises KvgraphError: if no arc lies on it.
    """
    lang = setting.lang
    rows: list[Mapping[str, Any]] = [row for row in table.records() if row["on_path"]]
    if not rows:
        raise KvgraphError(
            "there is nothing to draw: no arc lies on the main path",
            hint="All actors can be got to from each other; select fewer transfers.",
        )
    weights: dict[Arc, int] = {}
    ids: dict[Arc, list[str]] = {}
    for row in rows:
        arc = _end(row, "giver"), _end(row, "receiver")
        weights[arc] = row["weight"]
        ids.setdefault(arc, []).extend(row["transfers"])
    # The rows come by weight: the first are the heaviest.
    shown = {arc: weights[arc] for arc in list(weights)[:MOST]}
    notes = []
    if len(weights) > MOST:
        notes.append(word("plots.main_path.more", lang, number=len(weights) - MOST))
    found = layered(sorted(shown))
    plan = _Plan(found, shown, {name: _named(setting, table, name) for name in found.places})
    signs = [Sign(word("plots.main_path.arc", lang), {"color": BLUE, "linewidth": 3}, line=True)]
    method = _METHODS.get(str(table.head.get("method")), "plots.main_path.title")
    title = word(method, lang, weights=str(table.head.get("weights", "")).upper())
    sheet = Sheet(title, plan.high, table, setting, signs, notes)
    plane = sheet.plane(0, 0, ROOM, plan.high)
    for arc in sorted(shown, key=lambda arc: (shown[arc], arc)):
        told = word(
            "plots.main_path.told", lang, giver=plan.names[arc[0]], receiver=plan.names[arc[1]],
            weight=number(shown[arc]), ids=", ".join(dict.fromkeys(ids[arc])),
        )  # fmt: skip
        _arc(sheet, plane, plan, arc, told)
    for name in found.places:
        full = ", ".join(map(setting.name, _members(table, name)))
        _node(sheet, plane, plan, name, full)
    return sheet.figure


def _end(row: Mapping[str, Any], side: str) -> str:
    """Give the node that an end of an arc is part of."""
    return str(row[f"{side}_component"] or row[side])


def _members(table: Table, name: str) -> tuple[str, ...]:
    """Give the actors that a node stands for: those of a component, else itself."""
    contracted: Any = table.head.get("contracted") or {}
    return tuple(contracted.get(name, (name,)))


def _named(setting: Setting, table: Table, name: str) -> str:
    """Give what a node is called: a component after its first actor, with how many others."""
    first, *others = _members(table, name)
    return setting.name(first) + (f" +{len(others)}" if others else "")


@dataclass(frozen=True, slots=True)
class _Label:
    """Where a name begins, how it is turned, and how long it can be."""

    at: Point
    angle: int
    room: float

    @property
    def stroke(self) -> Stroke:
        """The stroke that it makes."""
        x, y = self.at
        turn = math.radians(self.angle)
        end = x + self.room * math.cos(turn), y - self.room * math.sin(turn)
        return Stroke(self.at, end, _HALF)


class _Plan:
    """Where nodes, arcs, names and weights stand, in inches from the top left."""

    def __init__(self, found: Layers, weights: Mapping[Arc, int], names: Mapping[str, str]) -> None:
        self.found = found
        self.names = names
        self.weights = weights
        self.heaviest = max(weights.values())
        slots = max(found.layers - 1, 1)
        self.beneath = (ROOM - 1.3) / slots >= _SLOT
        longest = min(max(map(wide, names.values())) + 0.06, _LONGEST)
        # Names aslant go beyond the last node; those beneath stand in the middle of it.
        side = 0.65 if slots > 2 else min(max(map(wide, names.values())) / 2 + 0.06, 1.3)
        self.left, right = (side, side) if self.beneath else (0.15, longest * 0.8 + 0.1)
        self.slot = (ROOM - self.left - right) / slots
        self.room = min(self.slot - 0.12, 2 * side)
        self.row = 0.86 if self.beneath else longest * 0.62 + 0.25
        self.top = 0.0
        self.labels: dict[str, _Label] = {}
        self.numbers: dict[Arc, Point] = {}
        self._dots = [Stroke(self.at(p), self.at(p), _DOT + 0.02) for p in found.places.values()]
        self._lines = [line for arc in found.ways for line in self._strokes(arc)]
        if not self.beneath:
            for name, place in sorted(found.places.items(), key=lambda item: item[1]):
                self.labels[name] = self._label(place, min(wide(names[name]) + 0.04, _LONGEST))
        if len(found.ways) <= _NUMBERED:
            self._put_numbers()
        self._settle()

    def at(self, place: Place) -> Point:
        """Give where a place is."""
        return self.left + place[0] * self.slot, self.top + place[1] * self.row

    def points(self, arc: Arc) -> list[Point]:
        """Give the corners of an arc, which ends before its node begins."""
        points = [self.at(place) for place in self.found.ways[arc]]
        (x1, y1), (x2, y2) = points[-2:]
        short = (_DOT + 0.02) / math.hypot(x2 - x1, y2 - y1)
        points[-1] = x2 - (x2 - x1) * short, y2 - (y2 - y1) * short
        return points

    def broad(self, arc: Arc) -> float:
        """Give how wide an arc is drawn, in points."""
        return 0.9 + 4.6 * self.weights[arc] / self.heaviest

    def _strokes(self, arc: Arc) -> Iterator[Stroke]:
        """Give the strokes of an arc."""
        for one, other in pairwise(self.points(arc)):
            yield Stroke(one, other, self.broad(arc) / 2 / POINT)

    def _label(self, place: Place, long: float) -> _Label:
        """Give the place of a name that touches the fewest things, cut until it touches no name."""
        x, y = self.at(place)
        best: tuple[float, int, _Label] | None = None
        others = [label.stroke for label in self.labels.values()]
        own = Stroke((x, y), (x, y), _DOT + 0.02)
        dots = [dot for dot in self._dots if dot != own]
        room = long
        while best is None or (best[0] >= _HIT and room > _SHORTEST):
            for turn, angle in enumerate(_ASLANT):
                turned = math.radians(angle)
                away = _DOT + _HALF
                at = x + away * math.cos(turned) * 0.6, y - math.copysign(away, angle)
                label = _Label(at, angle, room)
                hits = touched(label.stroke, others) + touched(label.stroke, dots)
                cost = hits * _HIT + touched(label.stroke, self._lines) + (long - room)
                if best is None or (cost, turn) < best[:2]:
                    best = cost, turn, label
            room *= 0.85
        return best[2]

    def _put_numbers(self) -> None:
        """Find room for the weights beside the arcs; one that finds none has no place."""
        taken = [label.stroke for label in self.labels.values()] + self._dots
        if self.beneath:
            taken += [
                Stroke((x - wide(told) / 2, y + 0.28), (x + wide(told) / 2, y + 0.28), 0.2)
                for told, (x, y) in ((self.names[n], self.at(p))
                                     for n, p in self.found.places.items())
            ]  # fmt: skip
        for arc, way in self.found.ways.items():
            points = [self.at(place) for place in way]
            middle = len(points) // 2
            (x1, y1), (x2, y2) = points[middle - 1], points[middle]
            far = math.hypot(x2 - x1, y2 - y1)
            across = (y2 - y1) / far, -(x2 - x1) / far
            half = wide(number(self.weights[arc])) / 2
            lift = abs(across[0]) * half + abs(across[1]) * _HALF + self.broad(arc) / 144 + 0.03
            for side, more in product((1, -1), (0.0, 0.06, 0.12)):
                x = (x1 + x2) / 2 + side * across[0] * (lift + more)
                y = (y1 + y2) / 2 + side * across[1] * (lift + more)
                stroke = Stroke((x - half, y), (x + half, y), _HALF - 0.015)
                if not touched(stroke, taken) and not touched(stroke, self._lines):
                    self.numbers[arc] = x, y
                    taken.append(stroke)
                    break

    def _settle(self) -> None:
        """Move all down so that nothing is above the top, and tell how high it is."""
        heights = [
            y
            for p in (*self.found.places.values(), *_inner(self.found))
            for y in (self.at(p)[1] - 0.12, self.at(p)[1] + (0.5 if self.beneath else 0.12))
        ]
        heights += [y for label in self.labels.values() for _, y in _corners(label.stroke)]
        heights += [y + d for _, y in self.numbers.values() for d in (-0.1, 0.1)]
        self.top = 0.12 - min(heights)
        self.high = max(heights) + self.top + 0.05
        self.labels = {
            name: _Label((label.at[0], label.at[1] + self.top), label.angle, label.room)
            for name, label in self.labels.items()
        }
        self.numbers = {arc: (x, y + self.top) for arc, (x, y) in self.numbers.items()}


_HIT: Final = 100.0
"""What it costs a name to touch a node or another name; to touch a line costs 1."""


def _inner(found: Layers) -> Iterator[Place]:
    """Give the places that arcs pass."""
    for way in found.ways.values():
        yield from way[1:-1]


def _corners(stroke: Stroke) -> Iterator[Point]:
    """Give points that a stroke does not go beyond, up and down."""
    for x, y in (stroke.start, stroke.end):
        yield x, y - stroke.half
        yield x, y + stroke.half


def _arc(sheet: Sheet, plane: Axes, plan: _Plan, arc: Arc, told: str) -> None:
    """Draw an arc as wide as it is heavy, and its weight where there is room."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    broad = plan.broad(arc)
    line = FancyArrowPatch(
        path=Path(plan.points(arc)), arrowstyle="-|>", mutation_scale=6 + 1.6 * broad,
        linewidth=broad, color=BLUE, joinstyle="round", capstyle="butt", zorder=2,
    )  # fmt: skip
    plane.add_patch(line)
    sheet.tell(line, told)
    if arc in plan.numbers:
        x, y = plan.numbers[arc]
        sheet.write(plane, x, y, number(plan.weights[arc]), ha="center", va="center_baseline",
                    color=SOFT, zorder=4)  # fmt: skip


def _node(sheet: Sheet, plane: Axes, plan: _Plan, name: str, full: str) -> None:
    """Draw a node with its name: beneath it in two lines, or aslant."""
    from matplotlib.patches import Circle

    x, y = plan.at(plan.found.places[name])
    dot = Circle((x, y), _DOT, facecolor="#ffffff", edgecolor=BLUE, linewidth=1.6, zorder=5)
    plane.add_patch(dot)
    sheet.tell(dot, full)
    told = plan.names[name]
    if not plan.beneath:
        label = plan.labels[name]
        sheet.write(plane, *label.at, told, room=label.room, va="center_baseline", ha="left",
                    rotation=label.angle, rotation_mode="anchor", zorder=6,
                    bbox=_BEHIND)  # fmt: skip
        return
    first, *rest = wrapped(told, SIZE, plan.room * POINT)
    for place, line in enumerate((first, " ".join(rest)) if rest else (first,)):
        sheet.write(plane, x, y + _DOT + 0.13 + place * LINE, line, room=plan.room, ha="center",
                    va="center_baseline", zorder=6, bbox=_BEHIND,
                    full=told if len(rest) > 1 and place else "")  # fmt: skip


PLOT: Final = Plot("main-path", "The arcs of the main path from left to right", draw)
