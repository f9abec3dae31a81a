"""The timeline: who got a practice, when, from whom, with uncertain dates as bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from kvgraph import vocabulary
from kvgraph.coverage import asked
from kvgraph.diagram import Frame, draw_transfers
from kvgraph.diagram.layout import GOVERNANCE
from kvgraph.errors import KvgraphError
from kvgraph.model import Diagram, View
from kvgraph.namespaces import mint, shorten
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.view._coverage import explained, foot
from kvgraph.view._lines import Lines, Row
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
    width_of,
)
from kvgraph.words import word

_WIDE, _MARGIN = 1200, 16
_GIVER: Final = 226
"""Where the givers stand, to the right of the receivers."""
_LEFT, _RIGHT, _NARROW = 420, 1176, 1026
"""Where the time begins, and where it ends: earlier where a column for the undated is needed."""
_HEADS: Final = 108
"""The line on which the heads of the columns and the years stand."""
_ROW, _NOTE, _LANE, _BAR = 24, 15, 32, 12
_MOST: Final = 400
_TRACED: Final = 40
"""More rows than this are not joined to their givers' rows: the lines would hide the bars."""
_STUB: Final = 36
"""How long an open side is drawn where no day bounds it."""

_LOOKS: Final[Mapping[str, dict[str, object]]] = {
    "proven": {"fill": "#a9cfe8", "stroke": "#0072B2"},
    "possible": {"fill": "url(#kv-hatch)", "stroke": "#8A5300"},
    "planned": {"fill": "#ffffff", "stroke": "#4D5A66", "stroke_dasharray": "1.5 3"},
    "given_up": {"fill": "#ffffff", "stroke": "#9A3B3B", "stroke_dasharray": "6 3"},
    "uncounted": {"fill": "#eceff2", "stroke": "#4D5A66", "stroke_dasharray": "6 3"},
    "adopted": {"fill": "#cdeadf", "stroke": "#007A5A"},
    "origin": {"fill": "#d9d5ee", "stroke": "#5B4FA2"},
}
"""How a bar of each kind looks: kinds differ in pattern, outline or sign, not in colour alone."""
KINDS: Final = tuple(_LOOKS)
"""How a line is drawn."""
_FULL: Final = {"proven": "#0072B2", "adopted": "#007A5A", "origin": "#5B4FA2"}
_FADES: Final = ("proven", "possible", "adopted", "origin")
_TRACE: Final = "#75818c"


def draw(dataset: Dataset, selected: Selected, by: Frame) -> str:
    """Give the timeline as one SVG file.

    One line a transfer, by the receiver's level of governance and in the order of time: who,
    from whom, and a bar from the first day on which it can have begun to the last on which it
    can have ended. Full colour stands where it went on in any case; an open side fades out;
    what has no date stands apart. Name a practice with --practice, or narrow it otherwise.

    :raises KvgraphError: if nothing is narrowed, or too much is left to be read.
    """
    if not selected.selection:
        raise KvgraphError(
            "a timeline of everything would be too long to read",
            hint="Name a practice with --practice P, or narrow the view: --country, --network ...",
        )
    diagram = draw_transfers(dataset, selected, by)
    if len(diagram.edges) > _MOST:
        raise KvgraphError(
            f"{len(diagram.edges)} transfers are too many for a timeline, which shows {_MOST}",
            hint="Narrow the view, for instance with --practice, --country or --from.",
        )
    return _Timeline(dataset, selected, diagram, by).svg()


class _Timeline:
    """Lays out the lines and draws them."""

    def __init__(self, dataset: Dataset, selected: Selected, diagram: Diagram, by: Frame) -> None:
        self.dataset = dataset
        self.diagram = diagram
        self.lang = by.lang
        self.horizon = by.horizon
        self.lines = Lines(dataset, selected, diagram, by)
        every = self.lines.origins + self.lines.rows
        self.undated = any(not row.known for row in every)
        self.right = _NARROW if self.undated else _RIGHT
        self.first, self.last = self._years(every)

    def _years(self, rows: list[Row]) -> tuple[int, int]:
        """Give the first and the last year of the axis."""
        days = [day for row in rows for day in row.known]
        days += [day for row in rows for tick in row.ticks for day in tick[:2]]
        if self.horizon is not None:
            days.append(self.horizon)
        if not days:
            return 2000, 2000
        return date.fromordinal(min(days)).year, date.fromordinal(max(days)).year

    # --- how it is drawn -----------------------------------------------------------------------

    def svg(self) -> str:
        """Give the file."""
        name, shown = self._title()
        if not self.lines.rows:
            return explained(self.dataset, self.diagram, name, self.lang)
        told = " · ".join(
            f"{a}: {isolated(b)}" for a, b in asked(self.dataset, self.diagram, self.lang)
        )
        placed, headings, end = self._placed()
        at = self._places(placed)
        traces = [self._trace(row, y, at) for row, y in placed] if len(placed) <= _TRACED else []
        foot_of = foot(self.dataset, self.diagram, self.lang)
        legend_parts, y = legend(end + 30, _RIGHT, self._legend())
        foot_parts, y = paragraphs(_MARGIN, y + 8, foot_of, _WIDE - 2 * _MARGIN)
        wide = _WIDE - 2 * _MARGIN
        return picture(
            _WIDE, y, name, " ".join([f"{told}.", *foot_of]), self.lang,
            element("defs", _HATCH, _ARROW, *map(_fade, ("in", "out"))),
            element("g", title(name), text(_MARGIN, 32, shown, font_size=20, font_weight=700)),
            element("g", title(told), text(_MARGIN, 56, fitted(told, 13, wide), fill=SOFT)),
            self._axis(end), *headings, *filter(None, traces),
            *(self._row(row, y) for row, y in placed), *legend_parts, *foot_parts,
        )  # fmt: skip

    def _title(self) -> tuple[str, str]:
        """Give the title, in full and as there is room for it."""
        if not self.lines.roots:
            return (word("view.timeline.title_any", self.lang),) * 2
        practices = ", ".join(isolated(self.lines.practice(p)) for p in self.lines.roots)
        frame = word("view.timeline.title", self.lang, practice="")
        room = _WIDE - 2 * _MARGIN - width_of(frame, 20, bold=True)
        short = fitted(practices, 20, room, bold=True)
        name, shown = (
            word("view.timeline.title", self.lang, practice=p) for p in (practices, short)
        )
        return name, shown

    def _placed(self) -> tuple[list[tuple[Row, float]], list[str], float]:
        """Give each row with its height, the headings of the lanes, and where all ends."""
        y = _HEADS + 14.0
        placed: list[tuple[Row, float]] = []
        headings: list[str] = []
        lanes = [(word("view.timeline.first", self.lang), self.lines.origins)]
        for level in (*GOVERNANCE, ""):
            rows = sorted(
                (r for r in self.lines.rows if self.lines.level(r) == level), key=lambda r: r.order
            )
            transfers = len({r.facts["transfer"] for r in rows if r.giver is not None})
            told = word(
                "view.timeline.lane", self.lang, level=self.lines.level_label(level), n=transfers
            )
            lanes.append((told, rows))
        for told, rows in lanes:
            if not rows:
                continue
            headings.append(
                element(
                    "g",
                    element("line", x1=_MARGIN, x2=_WIDE - _MARGIN, y1=y, y2=y, stroke="#9aa4ae"),
                    text(_MARGIN, y + 20, fitted(told, 12, _LEFT - 32, bold=True), font_size=12,
                         font_weight=700, fill=SOFT, data_lane=""),
                )
            )  # fmt: skip
            y += _LANE
            for row in rows:
                placed.append((row, y))
                y += _high(row)
            y += 6
        return placed, headings, y

    def x(self, day: int) -> float:
        """Give the place of the beginning of a day on the axis."""
        first = date(self.first, 1, 1).toordinal()
        last = date(self.last, 12, 31).toordinal() + 1
        return _LEFT + (self.right - _LEFT) * (day - first) / (last - first)

    def _span(self, row: Row) -> tuple[float, float, float, float]:
        """Give where a bar fades in, where its known part begins and ends, and where it fades out.

        An open side fades out to the day that bounds it when reach is computed: to the
        origin of the practice, or to the last day that anything is known of.
        """
        first, *_, last = row.days
        begin, end = min(row.known), max(row.known)
        x1, x2 = self.x(begin), self.x(end + 1)
        fade_in, fade_out = x1, max(x2, x1 + 3)
        x2 = fade_out
        reaching = row.kind in ("proven", "possible")
        if first is None:
            origins = [r.days[0] for r in self.lines.origins if r.practice == row.practice]
            bound = next((d for d in origins if d is not None and d < begin), None)
            fade_in = self.x(bound) if reaching and bound is not None else x1 - _STUB
        if last is None:
            bound = self.horizon if self.horizon is not None and self.horizon > end else None
            fade_out = self.x(bound + 1) if reaching and bound is not None else x2 + _STUB
        return max(fade_in, _LEFT - 10), x1, x2, min(fade_out, self.right + 10)

    def _axis(self, end: float) -> str:
        """Give the heads of the columns, the years, the horizon and the column of the undated."""
        heads = (
            (_MARGIN, _GIVER - _MARGIN - 12, word("view.timeline.receiver", self.lang)),
            (_GIVER, _LEFT - _GIVER - 16, word("view.timeline.giver", self.lang)),
        )
        parts = [
            text(x, _HEADS, fitted(told, 12, wide, bold=True), font_size=12, font_weight=700)
            for x, wide, told in heads
        ]
        top = _HEADS + 8
        years = self.last - self.first + 1
        room = max(1, int((self.right - _LEFT) / 46))
        step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if years / s <= room)
        for year in range(self.first, self.last + 1):
            if year % step:
                continue
            x = self.x(date(year, 1, 1).toordinal())
            parts.append(element("line", x1=x, x2=x, y1=top, y2=end, stroke=GRID, data_year=year))
            if x < self.right - 20:
                parts.append(text(x, _HEADS, str(year), text_anchor="middle", font_size=12))
        if self.undated:
            left = self.right + 18
            told = word("view.timeline.undated", self.lang)
            wide = _WIDE - _MARGIN - left
            parts.append(
                element("rect", x=left, y=top, width=wide, height=end - top, fill="#f3f5f7")
            )
            parts.append(text(left + 6, _HEADS, fitted(told, 12, wide, bold=True), font_size=12,
                              font_weight=700))  # fmt: skip
        if self.horizon is not None:
            x = self.x(self.horizon + 1)
            told = word("view.timeline.horizon", self.lang, day=date.fromordinal(self.horizon))
            parts.append(
                element("line", x1=x, x2=x, y1=_HEADS - 16, y2=end, stroke=INK,
                        stroke_dasharray="2 4", data_horizon=date.fromordinal(self.horizon))
            )  # fmt: skip
            fits = x - width_of(told, 12) > _LEFT
            parts.append(text(x, _HEADS - 20, told, text_anchor="end" if fits else "start",
                              font_size=12, fill=SOFT))  # fmt: skip
        return element("g", *parts)

    def _places(
        self, placed: list[tuple[Row, float]]
    ) -> dict[tuple[str, str], tuple[float, float, float]]:
        """Give where the bar is with which an actor had a practice: from, to, height.

        The origin comes before what was received, and that before an adoption of one's own.
        """
        found: dict[tuple[str, str], tuple[float, float, float]] = {}
        for kinds in (("origin",), ("proven", "possible"), ("adopted",)):
            for row, y in placed:
                if row.kind in kinds and row.known:
                    start, _, _, stop = self._span(row)
                    found.setdefault((row.practice, row.actor), (start, stop, y + _ROW / 2))
        return found

    def _trace(
        self, row: Row, y: float, at: Mapping[tuple[str, str], tuple[float, float, float]]
    ) -> str:
        """Give the line from the giver's bar down to the receiver's, square so that they bundle."""
        giver = at.get((row.practice, row.giver or ""))
        if giver is None or not row.known:
            return ""
        x, middle = self._span(row)[0], y + _ROW / 2
        start, stop, high = giver
        drop = x - 8
        side = 1 if middle > high else -1
        # Out of the bar on the side of the receiver, and along between two rows, where no words
        # stand.
        near = min(max(drop, min(start + 3, stop)), max(stop - 3, start))
        way = path("M", near, high + side * _BAR / 2, "V", high + side * _ROW / 2, "H", drop)
        return element(
            "path", d=way + path("V", middle, "H", x - 2), fill="none", stroke=_TRACE,
            stroke_width=1, marker_end="url(#kv-arrow)", data_trace=row.id,
        )  # fmt: skip

    def _row(self, row: Row, y: float) -> str:
        """Draw one line."""
        base = y + _ROW / 2 + 4.5
        parts = [
            title(self.lines.told(row)),
            text(_MARGIN, base, self.lines.named(row.actor, _GIVER - _MARGIN - 12)),
        ]
        giver, above = self._from(row)
        if row.note:
            room = (_GIVER if above else _LEFT) - _MARGIN - 16
            note = fitted(row.note, 12, room)
            parts.append(text(_MARGIN, base + _NOTE, note, font_size=12, fill=SOFT))
        room = _LEFT - _GIVER - 16
        parts.append(text(_GIVER, base, fitted(giver, 13, room), fill=SOFT))
        if above:
            parts.append(
                text(_GIVER, base + _NOTE, fitted(above, 12, room), font_size=12, fill=SOFT)
            )
        parts += self._bar(row, y + _ROW / 2) if row.known else self._undated(row, y + _ROW / 2)
        begin, *_, end = row.days
        named: dict[str, object] = {"data_edge": row.id}
        if row.kind == "origin":
            named = {"data_origin": row.practice}
        elif row.giver is None:
            named = {"data_adoption": row.id}
        else:
            named["data_transfer"] = row.facts["transfer"]
        return element(
            "g", *parts, **named, data_kind=row.kind,
            data_earliest=None if begin is None else date.fromordinal(begin),
            data_latest=None if end is None else date.fromordinal(end),
        )  # fmt: skip

    def _from(self, row: Row) -> tuple[str, str]:
        """Give from whom or from what it came, in one line or two."""
        if row.giver is not None:
            return self.lines.named(row.giver, _LEFT - _GIVER - 16), ""
        if row.kind == "adopted":
            own = mint("actor", row.actor) in self.lines.origin_of.get(row.practice, ())
            if own:
                return word("view.timeline.own", self.lang), ""
            return word("view.timeline.no_giver", self.lang), ""
        above = self.lines.above(row.practice)
        return (word("view.timeline.adapted", self.lang), above) if above else ("–", "")

    def _bar(self, row: Row, middle: float) -> Iterator[str]:
        """Draw the time of a row, with what became of it beside."""
        y = middle - _BAR / 2
        fade_in, x1, x2, fade_out = self._span(row)
        looks = _LOOKS[row.kind]
        stroke = looks["stroke"]
        for start, stop, side in ((fade_in, x1, "in"), (x2, fade_out, "out")):
            if start >= stop:
                continue
            tip, back = (start, 6) if side == "in" else (stop, -6)
            if row.kind in _FADES:
                yield element("rect", x=start, y=y, width=stop - start, height=_BAR,
                              fill=_FULL.get(row.kind, looks["fill"]), data_open=side,
                              mask=f"url(#kv-fade-{side})")  # fmt: skip
            else:
                sides = path("M", start, y, "H", stop, "M", start, y + _BAR, "H", stop)
                yield element("path", d=sides, fill="none", stroke=stroke, data_open=side,
                              stroke_dasharray=looks["stroke_dasharray"])  # fmt: skip
            yield element("path", d=path("M", tip + back, y + 1.5, "L", tip, middle,
                                         "L", tip + back, y + _BAR - 1.5),
                          fill="none", stroke=stroke, stroke_width=1.6)  # fmt: skip
        yield element("rect", x=x1, y=y, width=x2 - x1, height=_BAR, rx=1.5, stroke_width=1.2,
                      data_bar=row.kind, **looks)  # fmt: skip
        first, core, until, last = row.days
        if row.kind in _FULL:
            if row.kind != "proven" or first == last:
                core, until = first, last
            if core is not None and until is not None and core <= until:
                yield element("rect", x=self.x(core), y=y, rx=1.5, height=_BAR,
                              width=max(self.x(until + 1) - self.x(core), 2.0),
                              fill=_FULL[row.kind], data_full=row.kind)  # fmt: skip
        if row.kind == "given_up":
            yield _cross((x1 + x2) / 2, middle)
        for day, last_day, stage, _ in row.ticks:
            yield from self._tick(self.x(day), self.x(last_day + 1), stage, y)
        told = row.worded[0] if row.kind in ("origin", "adopted") else self.lines.status(row)
        if row.facts.get("left_out"):
            # Why it takes no part says more than a status that was told of before its start.
            told = self.lines.kind_told(row)
        if told:
            yield self._beside(told, fade_in, fade_out, middle + 4)

    def _tick(self, x1: float, x2: float, stage: str, y: float) -> Iterator[str]:
        """Draw a dated stage: a sign at the last day by which it was reached, and its number."""
        yield element("path", d=path("M", x1, y - 2, "H", x2), stroke=INK, stroke_width=1)
        yield element("path", d=path("M", x2, y + _BAR, "V", y - 4), stroke=INK, stroke_width=1.6,
                      data_stage=shorten(stage))  # fmt: skip
        yield text(x2 + 2, y, str(_order(stage)), font_size=12, font_weight=700,
                   stroke="#ffffff", stroke_width=3, paint_order="stroke")  # fmt: skip

    def _beside(self, told: str, left: float, right: float, y: float) -> str:
        """Give words to the right of a bar, else to its left, else on it."""
        halo = {"stroke": "#ffffff", "stroke_width": 3, "paint_order": "stroke"}
        wide = width_of(told, 12)
        if right + 10 + wide <= self.right + 6:
            return text(right + 10, y, told, font_size=12, **halo)
        if left - 14 - wide >= _LEFT:
            return text(left - 14, y, told, font_size=12, text_anchor="end", **halo)
        room = fitted(told, 12, max(right - left - 16, 40))
        return text((left + right) / 2, y, room, font_size=12, text_anchor="middle", **halo)

    def _undated(self, row: Row, middle: float) -> Iterator[str]:
        """Draw what has no day in the column apart, with its date as worded if it has one."""
        x = self.right + 24
        told = " – ".join(filter(None, row.worded)) or self.lines.status(row) or "–"
        yield element("g", _sign(row.kind), transform=f"translate({x:.0f} {middle - 7:.1f})",
                      data_undated="")  # fmt: skip
        yield text(x + 30, middle + 4, fitted(told, 12, _WIDE - _MARGIN - x - 32), font_size=12)

    def _legend(self) -> list[tuple[str, str, str]]:
        """Give the legend of what occurs, transfers with their number."""
        rows = self.lines.origins + self.lines.rows
        counts = Counter(row.kind for row in rows if row.giver is None)
        for kind in _LOOKS:
            counts[kind] += len(
                {r.facts["transfer"] for r in rows if r.kind == kind and r.giver is not None}
            )
        entries = [
            (kind, _sign(kind), f"{self.lines.kind_label(kind)}: {counts[kind]}")
            for kind in _LOOKS
            if counts[kind]
        ]
        dated = [row for row in rows if row.known]
        if any(row.kind == "proven" for row in dated):
            box = element("rect", y=1, width=24, height=_BAR, rx=1.5, **_LOOKS["proven"])
            full = element("rect", x=8, y=1, width=8, height=_BAR, fill=_FULL["proven"])
            entries.append(("core", box + full, word("view.timeline.core", self.lang)))
        if any(row.days[0] is None or row.days[3] is None for row in dated):
            sign = element("path", d=path("M", 1, 7, "H", 20, "M", 14, 2, "L", 20, 7, "L", 14, 12),
                           fill="none", stroke=INK, stroke_width=1.6)  # fmt: skip
            entries.append(("open", sign, word("view.timeline.open", self.lang)))
        stages = sorted({(_order(t[2]), t[2]) for row in dated for t in row.ticks})
        if stages:
            sign = element("path", d=path("M", 10, 14, "V", 0), stroke=INK, stroke_width=1.6)
            told = ", ".join(f"{n} {vocabulary.label(stage, self.lang)}" for n, stage in stages)
            entries.append(("stages", sign, word("view.timeline.stages", self.lang, stages=told)))
        if self.undated:
            box = element("rect", width=24, height=14, fill="#e4e8ec")
            number = sum(not row.known for row in rows)
            told = f"{word('view.timeline.undated', self.lang)}: {number}"
            entries.append(("undated", box, told))
        return entries


_HATCH: Final = element(
    "pattern",
    element("rect", width=5, height=5, fill="#ffffff"),
    element("path", d="M-1 6L6 -1M-1 1L1 -1M4 6L6 4", stroke="#B26B00", stroke_width=0.9),
    id="kv-hatch", width=5, height=5, patternUnits="userSpaceOnUse",
)  # fmt: skip
_ARROW: Final = element(
    "marker",
    element("path", d="M0 0L6 3L0 6z", fill=_TRACE),
    id="kv-arrow", markerWidth=6, markerHeight=6, refX=5, refY=3, orient="auto",
)  # fmt: skip


def _high(row: Row) -> int:
    """Give how high a line is: a note stands beneath its actor."""
    return _ROW + (_NOTE if row.note else 0)


def _fade(side: str) -> str:
    """Give the mask by which an open side fades: in from the left, or out to the right."""
    shades = ("#000000", "#b8b8b8") if side == "in" else ("#b8b8b8", "#000000")
    return element(
        "linearGradient",
        *(element("stop", offset=i, stop_color=shade) for i, shade in enumerate(shades)),
        id=f"kv-shade-{side}",
    ) + element(
        "mask",
        element("rect", width=1, height=1, fill=f"url(#kv-shade-{side})"),
        id=f"kv-fade-{side}", maskContentUnits="objectBoundingBox",
    )  # fmt: skip


def _sign(kind: str) -> str:
    """Give the sign of a kind as it looks in the bars."""
    looks = dict(_LOOKS[kind])
    if kind in _FULL:
        looks["fill"] = _FULL[kind]
    box = element("rect", y=1, width=24, height=_BAR, rx=1.5, stroke_width=1.2, **looks)
    return box + (_cross(12, 7) if kind == "given_up" else "")


def _cross(x: float, y: float) -> str:
    way = path("M", x - 5, y - 5, "l", 10, 10, "m", 0, -10, "l", -10, 10)
    return element("path", d=way, stroke="#9A3B3B", stroke_width=2.2, fill="none")


def _order(stage: str) -> int:
    """Give the number of a stage, which is the same in every language."""
    return vocabulary.by_iri()[stage].ranks.get("stageOrder", 0)


VIEW = View(
    "timeline",
    "Draw how a practice travelled: who, when, from whom, at which level.",
    ".svg",
    (),
    draw,
)
