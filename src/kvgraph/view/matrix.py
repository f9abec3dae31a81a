"""The matrix: which state gave how much to which, and where nothing is known."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from kvgraph.coverage import asked
from kvgraph.diagram import Frame, aggregate, draw_transfers, groups_at
from kvgraph.model import Diagram, View
from kvgraph.namespaces import KV, PREFIXES
from kvgraph.selection import Selected
from kvgraph.store import Dataset, pivot
from kvgraph.view._coverage import explained, foot
from kvgraph.view._page import draw_page
from kvgraph.view._svg import (
    GRID,
    INK,
    SOFT,
    element,
    fitted,
    isolated,
    legend,
    paragraphs,
    path,
    picture,
    text,
    title,
)
from kvgraph.words import word

_WIDE, _MARGIN, _LEFT, _TOP, _SUM = 1200, 16, 224, 124, 52
_LARGEST: Final = 36
SHADES: Final = ((1, "#e4eff8"), (2, "#cbe0f1"), (4, "#abcde7"), (8, "#86b6dc"), (16, "#5f9dcc"))
"""From so many transfers on, this shade; dark text has a contrast above 5 : 1 on each."""
_NOWHERE: Final = ""
"""The group of the actors that belong to no state."""


def draw(dataset: Dataset, selected: Selected, by: Frame) -> str:
    """Give the matrix as one SVG file.

    Each row is the state that gave, each column the one that received; a cell has the number
    of transfers that are proven or possible, and beneath it the share that is proven. Every
    member state has its row and column: an empty cell says that no transfer is known, not
    that there was none. What is planned, abandoned or refused is not in the cells.

    A name that ends in .html gives a page of the workbench instead, which also has networks by
    state over years, and the proof of every cell.
    """
    diagram = draw_transfers(dataset, selected, by)
    return _Matrix(dataset, diagram, by).svg()


class _Matrix:
    """Counts transfers between states, and draws the counts."""

    def __init__(self, dataset: Dataset, diagram: Diagram, by: Frame) -> None:
        self.dataset = dataset
        self.diagram = diagram
        self.lang = by.lang
        types = pivot(dataset, PREFIXES["rdf"] + "type")
        members = {iri for iri, kinds in types.items() if KV + "MemberState" in kinds}
        states = groups_at(dataset, diagram, "member-state", by, also=members)
        groups = {node.id: states.members.get(node.id, _NOWHERE) for node in diagram.nodes}
        self.counted = aggregate(diagram, groups)
        self.codes = {name: str(a["country"] or name) for name, a in states.nodes.items()}
        self.names = {name: str(a["label"]) for name, a in states.nodes.items()}
        self.members = {name for name, a in states.nodes.items() if a["iri"] in members}
        ends = {end for e in self.counted.edges for end in (e.source, e.target)}
        # Member states first, then what else took part, and last what belongs to no state.
        self.states = sorted(
            self.members | (ends - {_NOWHERE}),
            key=lambda s: (s not in self.members, self.codes[s], s),
        )
        self.others = len(self.states) - len(self.members)
        if _NOWHERE in ends:
            self.states.append(_NOWHERE)
            self.codes[_NOWHERE] = "–"
            self.names[_NOWHERE] = word("view.matrix.nowhere", self.lang)
        self.cell = min(_LARGEST, (_WIDE - _LEFT - _SUM - _MARGIN) / max(len(self.states), 1))
        self.size = self.cell * len(self.states)

    def svg(self) -> str:
        """Give the file."""
        name = word("view.matrix.title", self.lang)
        if not self.diagram.edges:
            return explained(self.dataset, self.diagram, name, self.lang)
        told = " · ".join(
            f"{a}: {isolated(b)}" for a, b in asked(self.dataset, self.diagram, self.lang)
        )
        told = told or word("view.explorer.everything", self.lang)
        wide = max(_LEFT + self.size + _SUM + _MARGIN, 900)
        lines = [
            word("view.matrix.absent", self.lang),
            *foot(self.dataset, self.diagram, self.lang),
        ]
        if self._several():
            lines.insert(1, word("view.matrix.several", self.lang))
        marks, y = legend(_TOP + self.size + _SUM + 20, wide - _MARGIN, self._legend())
        small, y = paragraphs(_MARGIN, y + 8, lines, wide - 2 * _MARGIN)
        room = wide - 2 * _MARGIN
        return picture(
            wide, y, name, " ".join([f"{told}.", *lines]), self.lang, element("defs", _INSIDE),
            text(_MARGIN, 32, fitted(name, 20, room, bold=True), font_size=20, font_weight=700),
            element("g", title(told), text(_MARGIN, 56, fitted(told, 13, room), fill=SOFT)),
            *self._frame(), *self._cells(), *self._sums(), *marks, *small,
        )  # fmt: skip

    def _at(self, place: int) -> float:
        return place * self.cell

    def _frame(self) -> list[str]:
        """Give the names of the states, the grid, and the diagonal of what stays within a state."""
        parts = [
            text(_MARGIN, _TOP - 10, fitted(word("view.matrix.gave", self.lang), 12, _LEFT - 30,
                                            bold=True), font_size=12, font_weight=700),
            text(_LEFT, _TOP - 34, word("view.matrix.received", self.lang), font_size=12,
                 font_weight=700),
        ]  # fmt: skip
        end = self._at(len(self.states))
        for i, state in enumerate(self.states):
            middle = self._at(i) + self.cell / 2
            name, code = self.names[state], self.codes[state]
            shown = fitted(isolated(name), 12, _LEFT - _MARGIN - 38)
            parts += [
                element("g", title(f"{name} ({code})"),
                        text(_MARGIN, _TOP + middle + 4, shown, font_size=12),
                        text(_LEFT - 8, _TOP + middle + 4, fitted(code, 12, 28), font_size=12,
                             text_anchor="end", fill=SOFT),
                        data_state=state),
                element("g", title(f"{name} ({code})"),
                        text(_LEFT + middle, _TOP - 10, fitted(code, 12, self.cell),
                             font_size=12, text_anchor="middle")),
            ]  # fmt: skip
            if state != _NOWHERE:
                parts.append(
                    element("rect", x=_LEFT + self._at(i), y=_TOP + self._at(i), width=self.cell,
                            height=self.cell, fill="url(#kv-inside)")
                )  # fmt: skip
        # A stronger line stands between the member states, the other states and no state.
        strong = {0, len(self.states), len(self.members), len(self.members) + self.others}
        for i in range(len(self.states) + 1):
            at = self._at(i)
            stroke = "#8a949e" if i in strong else GRID
            parts += [
                element("line", x1=_LEFT, x2=_LEFT + end, y1=_TOP + at, y2=_TOP + at,
                        stroke=stroke),
                element("line", x1=_LEFT + at, x2=_LEFT + at, y1=_TOP, y2=_TOP + end,
                        stroke=stroke),
            ]  # fmt: skip
        return parts

    def _cells(self) -> list[str]:
        """Give the cells of which something is known."""
        place = {state: i for i, state in enumerate(self.states)}
        parts = []
        for edge in self.counted.edges:
            a: Any = edge.attributes
            x = _LEFT + self._at(place[edge.target])
            y = _TOP + self._at(place[edge.source])
            told = word(
                "view.matrix.cell", self.lang, giver=isolated(self.names[edge.source]),
                receiver=isolated(self.names[edge.target]), n=a["transfers"],
                proven=a["proven"], possible=a["transfers"] - a["proven"],
                ids=", ".join(a["transfer_ids"]),
            )  # fmt: skip
            inside = edge.source == edge.target != _NOWHERE
            if inside:
                told += " " + word("view.matrix.inside", self.lang)
            number = str(a["transfers"])
            share = (self.cell - 6) * a["proven"] / a["transfers"]
            parts.append(
                element(
                    "g",
                    title(told),
                    element("rect", x=x + 1, y=y + 1, width=self.cell - 2, height=self.cell - 2,
                            fill=_shade(a["transfers"]), stroke=INK if inside else None),
                    text(x + self.cell / 2, y + self.cell - 10, number, text_anchor="middle",
                         font_size=min(12.0, (self.cell - 4) / len(number) / 0.75),
                         font_weight=700),
                    element("rect", x=x + 3, y=y + self.cell - 7, width=self.cell - 6, height=4,
                            fill="#ffffff", stroke=INK, stroke_width=0.6),
                    element("rect", x=x + 3, y=y + self.cell - 7, width=share, height=4, fill=INK)
                    if share
                    else "",
                    data_giver=edge.source, data_receiver=edge.target,
                    data_transfers=a["transfers"], data_proven=a["proven"],
                )
            )  # fmt: skip
        return parts

    def _sums(self) -> list[str]:
        """Give how much each state gave and received, each transfer once."""
        gave: dict[str, set[str]] = {state: set() for state in self.states}
        received: dict[str, set[str]] = {state: set() for state in self.states}
        for edge in self.counted.edges:
            ids: Any = edge.attributes["transfer_ids"]
            gave[edge.source].update(ids)
            received[edge.target].update(ids)
        end = self._at(len(self.states))
        right, below = _LEFT + end + _SUM / 2, _TOP + end + 20
        sign = word("view.matrix.sum", self.lang)
        parts = [
            text(right, _TOP - 10, sign, font_size=12, text_anchor="middle", font_weight=700),
            text(_LEFT - 8, below, sign, font_size=12, text_anchor="end", font_weight=700),
            text(right, below, str(len(set().union(*gave.values()))), font_size=12,
                 text_anchor="middle", font_weight=700, data_sum="all"),
        ]  # fmt: skip
        for i, state in enumerate(self.states):
            middle = self._at(i) + self.cell / 2
            for name, n, x, y in (
                ("gave", len(gave[state]), right, _TOP + middle + 4),
                ("received", len(received[state]), _LEFT + middle, below),
            ):
                parts.append(
                    text(x, y, str(n), font_size=12, text_anchor="middle",
                         fill=INK if n else SOFT, **{f"data_{name}": state}, data_n=n)
                )  # fmt: skip
        return parts

    def _several(self) -> bool:
        """Tell whether a transfer stands in more than one cell."""
        found: list[str] = []
        for edge in self.counted.edges:
            ids: Any = edge.attributes["transfer_ids"]
            found += ids
        return len(found) > len(set(found))

    def _legend(self) -> list[tuple[str, str, str]]:
        """Give the shades that occur, the line of what is proven, and the diagonal."""
        numbers: list[Any] = [edge.attributes["transfers"] for edge in self.counted.edges]
        used = {_shade(n) for n in numbers}
        entries = []
        for (least, colour), after in zip(SHADES, (*SHADES[1:], None), strict=True):
            if colour in used:
                most = "" if after is None else after[0] - 1
                told = str(least) if most == least else f"{least}–{most}" if most else f"≥ {least}"
                entries.append(
                    (f"shade-{least}", element("rect", width=24, height=14, fill=colour),
                     word("view.matrix.transfers", self.lang, n=told))
                )  # fmt: skip
        if numbers:
            line = element("rect", y=5, width=24, height=4, fill="#ffffff", stroke=INK,
                           stroke_width=0.6)  # fmt: skip
            line += element("rect", y=5, width=9, height=4, fill=INK)
            entries.append(("proven", line, word("view.matrix.share", self.lang)))
        box = element("rect", x=5, width=14, height=14, fill="url(#kv-inside)", stroke="#8a949e")
        entries.append(("inside", box, word("view.matrix.diagonal", self.lang)))
        return entries


_INSIDE: Final = element(
    "pattern",
    element("rect", width=6, height=6, fill="#f3f5f7"),
    element("path", d=path("M", -1, 7, "L", 7, -1), stroke="#c3cad1", stroke_width=1),
    id="kv-inside", width=6, height=6, patternUnits="userSpaceOnUse",
)  # fmt: skip


def _shade(n: int) -> str:
    return [colour for least, colour in SHADES if n >= least][-1]


VIEW = View(
    "matrix",
    "Draw which state gave to which, and where nothing is known.",
    ".svg",
    (),
    draw,
    {".html": partial(draw_page, view="matrix")},
)
