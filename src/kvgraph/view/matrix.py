"""The matrix: which state gave how much to which, and where nothing is known."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from kvgraph.diagram import Frame, draw_transfers, groups_at
from kvgraph.links import pivot
from kvgraph.model import Diagram, View
from kvgraph.namespaces import KV, PREFIXES
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.view._coverage import asked, coverage
from kvgraph.view._svg import GRID, INK, SOFT, element, fitted, picture, text, title, wrapped
from kvgraph.words import word

_LEFT, _TOP, _CELL = 210, 132, 28
_SHADES: Final = ((1, "#dbe9f4"), (2, "#b9d5ea"), (4, "#8fbcdd"), (8, "#5b9ccb"), (16, "#2f7ab3"))
"""From so many transfers on, this shade; the numbers stay readable on each of them."""
_MARK: Final = "#1c242c"


def draw(dataset: Dataset, selected: Selected, by: Frame) -> str:
    """Give the matrix as one SVG file.

    Each row is the state that gave, each column the one that received; a cell has the number of
    transfers that are proven or possible, a line beneath it the share that is proven. All member
    states stand in it: an empty cell is a pair of which no transfer is known.
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
        groups = groups_at(dataset, diagram, "member-state", by, also=members)
        self.codes = {name: str(a["country"] or name) for name, a in groups.nodes.items()}
        self.names = {name: str(a["label"]) for name, a in groups.nodes.items()}
        self.states = sorted(self.names, key=lambda s: (self.names[s].casefold(), s))
        self.counted = groups.of(diagram)

    def svg(self) -> str:
        """Give the file."""
        name = word("view.matrix.title", self.lang)
        told = " · ".join(f"{a}: {b}" for a, b in asked(self.dataset, self.diagram, self.lang))
        told = told or word("view.explorer.everything", self.lang)
        size = len(self.states) * _CELL
        wide = max(_LEFT + size + 70, 760)
        parts = [
            text(16, 32, name, font_size=20, font_weight=700),
            text(16, 56, fitted(told, 14, wide - 32), font_size=14, fill=SOFT),
            text(16, _TOP - 30, word("view.matrix.gave", self.lang), font_size=12, fill=SOFT),
            text(
                _LEFT, _TOP - 30, word("view.matrix.received", self.lang), font_size=12, fill=SOFT
            ),
            *self._frame(size),
            *self._cells(),
        ]
        y = _TOP + size + _CELL + 26
        legend = self._legend(y)
        lines = [self.diagram.empty] if self.diagram.empty else []
        lines += [word("view.matrix.absent", self.lang), coverage(self.diagram, self.lang)]
        outside: Any = self.counted.head["outside_every_group"]
        if outside:
            lines.append(word("view.matrix.outside", self.lang, n=outside))
        lines.append(f"kvgraph · {str(self.diagram.head['dataset'])[:19]}…")
        y += 30
        for line in (part for whole in lines for part in wrapped(whole, 12, wide - 32)):
            parts.append(text(16, y, line, font_size=12, fill=SOFT))
            y += 18
        description = f"{told}. {coverage(self.diagram, self.lang)}"
        return picture(wide, y, name, description, self.lang, *parts, *legend)

    def _frame(self, size: int) -> list[str]:
        """Give the names of the states, the grid and the sums of rows and columns."""
        gave: Counter[str] = Counter()
        received: Counter[str] = Counter()
        for edge in self.counted.edges:
            count: Any = edge.attributes["transfers"]
            gave[edge.source] += count
            received[edge.target] += count
        parts = []
        for i, state in enumerate(self.states):
            at = i * _CELL
            middle = at + _CELL / 2
            code = self.codes[state]
            shown = fitted(f"{self.names[state]} {code}", 12, _LEFT - 26)
            parts += [
                text(_LEFT - 8, _TOP + middle + 4, shown, font_size=12, text_anchor="end"),
                element(
                    "g", title(self.names[state]),
                    text(_LEFT + middle, _TOP - 8, code, font_size=11, text_anchor="middle"),
                ),
                text(_LEFT + size + 10, _TOP + middle + 4, str(gave[state] or ""), font_size=12,
                     fill=SOFT, data_gave=state),
                text(_LEFT + middle, _TOP + size + 18, str(received[state] or ""), font_size=12,
                     fill=SOFT, text_anchor="middle", data_received=state),
                element("rect", x=_LEFT + at, y=_TOP + at, width=_CELL, height=_CELL,
                        fill="#f0f2f4"),
            ]  # fmt: skip
        for i in range(len(self.states) + 1):
            at = i * _CELL
            for across in (True, False):
                x = (_LEFT, _LEFT + size) if across else (_LEFT + at, _LEFT + at)
                y = (_TOP + at, _TOP + at) if across else (_TOP, _TOP + size)
                parts.append(element("line", x1=x[0], x2=x[1], y1=y[0], y2=y[1], stroke=GRID))
        return parts

    def _cells(self) -> list[str]:
        """Give the cells of which something is known."""
        place = {state: i for i, state in enumerate(self.states)}
        parts = []
        for edge in self.counted.edges:
            a: Any = edge.attributes
            x = _LEFT + place[edge.target] * _CELL
            y = _TOP + place[edge.source] * _CELL
            shade = [colour for least, colour in _SHADES if a["transfers"] >= least][-1]
            dark = shade == _SHADES[-1][1]
            told = word(
                "view.matrix.cell", self.lang, giver=self.names[edge.source],
                receiver=self.names[edge.target], n=a["transfers"], proven=a["proven"],
                ids=", ".join(a["transfer_ids"]),
            )  # fmt: skip
            share = (_CELL - 6) * a["proven"] / a["transfers"]
            parts.append(
                element(
                    "g",
                    title(told),
                    element("rect", x=x + 1, y=y + 1, width=_CELL - 2, height=_CELL - 2,
                            fill=shade),
                    text(x + _CELL / 2, y + 17, str(a["transfers"]), font_size=12,
                         text_anchor="middle", font_weight=600,
                         fill="#ffffff" if dark else INK),
                    element("rect", x=x + 3, y=y + _CELL - 6, width=share, height=3,
                            fill="#ffffff" if dark else _MARK) if a["proven"] else "",
                    data_cell=f"{edge.source} {edge.target}",
                    data_transfers=a["transfers"],
                    data_proven=a["proven"],
                )
            )  # fmt: skip
        return parts

    def _legend(self, y: float) -> list[str]:
        """Give the shades and the line of what is proven."""
        parts, x = [], 16.0
        for least, colour in _SHADES:
            parts.append(element("rect", x=x, y=y - 12, width=18, height=16, fill=colour))
            parts.append(text(x + 23, y, f"≥ {least}", font_size=12))
            x += 72
        parts.append(element("rect", x=x, y=y - 6, width=18, height=3, fill=_MARK))
        parts.append(text(x + 24, y, word("view.matrix.share", self.lang), font_size=12))
        return parts


VIEW = View(
    "matrix",
    "Draw which state gave to which, and where nothing is known.",
    ".svg",
    (),
    draw,
)
