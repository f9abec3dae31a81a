"""The timeline: who got a practice, when, from whom, with uncertain dates as soft bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kvgraph import vocabulary
from kvgraph.diagram import Frame, draw_transfers
from kvgraph.diagram.layout import GOVERNANCE
from kvgraph.errors import KvgraphError
from kvgraph.links import pivot
from kvgraph.model import Diagram, Edge, View
from kvgraph.names import label
from kvgraph.namespaces import KV, code_iri, mint, shorten
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.view._coverage import asked, coverage
from kvgraph.view._svg import (
    GRID,
    INK,
    SOFT,
    element,
    fitted,
    picture,
    text,
    title,
    width_of,
    wrapped,
)
from kvgraph.words import word

_WIDE: Final = 1200
_LEFT, _RIGHT, _EDGE = 372, 1030, 1184
"""Where the time begins and ends, and where the picture does; between the last two stands
what has no date."""
_LINE, _LANE, _TOP = 16, 30, 96
_MOST: Final = 400
_TRACED: Final = 60
"""More rows than this are not joined to their givers' rows: the lines would hide the bars."""

_PROVEN, _POSSIBLE, _OUT = "#0072B2", "#9A5B00", "#5B6570"
_ORIGIN: Final = "#5B4FA2"
KINDS: Final = ("proven", "possible", "planned", "given_up")
"""How a transfer is drawn."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One transfer as it is drawn: who, from whom, what, and the days that bound it.

    ``days`` are the earliest and latest begin and the earliest and latest end, as far as known.
    """

    edge: Edge
    kind: str
    receiver: str
    giver: str
    level: str
    days: tuple[int | None, int | None, int | None, int | None]
    ticks: tuple[tuple[int, str], ...]

    @property
    def dated(self) -> bool:
        """Whether anything is known of its time."""
        return any(day is not None for day in self.days)


def draw(dataset: Dataset, selected: Selected, by: Frame) -> str:
    """Give the timeline as one SVG file.

    A bar goes from the first day on which a transfer can have begun to the last on which it can
    have ended, full where it went on in any case and soft where only perhaps. Receivers stand by
    level of governance and in the order of time, a line leads from each giver's row; transfers
    without a date stand apart. Name a practice with --practice, or narrow the view otherwise.
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
    return _Timeline(dataset, diagram, by).svg()


class _Timeline:
    """Lays out rows and draws them."""

    def __init__(self, dataset: Dataset, diagram: Diagram, by: Frame) -> None:
        self.dataset = dataset
        self.diagram = diagram
        self.lang = by.lang
        self.horizon = by.horizon
        self.labels = {node.id: self._named(node.attributes) for node in diagram.nodes}
        self.rows = self._rows()
        self.several = len({e.attributes["practice"] for e in diagram.edges}) > 1
        # Who, from whom and, where there are several, which practice: a line each.
        self.high = _LINE * (3 if self.several else 2) + 8
        self.origins = self._origins()
        self.first, self.last = self._years()

    # --- what is drawn -------------------------------------------------------------------------

    def _named(self, attributes: Mapping[str, Any]) -> str:
        country = attributes["country"]
        return f"{attributes['label']} ({country})" if country else str(attributes["label"])

    def _rows(self) -> list[_Row]:
        """Give the rows by level, then time, then id."""
        levels = {node.id: str(node.attributes["level"] or "") for node in self.diagram.nodes}
        bounds = [
            pivot(self.dataset, KV + name)
            for name in ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd")
        ]
        attained: dict[str, list[tuple[int, str]]] = {}
        latest = pivot(self.dataset, KV + "latestDate")
        stages = pivot(self.dataset, KV + "stage")
        for iri, transfers in pivot(self.dataset, KV + "attainmentOf").items():
            for day, stage in zip(latest.get(iri, ()), stages.get(iri, ()), strict=False):
                for transfer in transfers:
                    attained.setdefault(transfer, []).append((_day(day), stage))
        rows = []
        for edge in self.diagram.edges:
            iri = str(edge.attributes["iri"])
            days = [next(iter(found.get(iri, ())), None) for found in bounds]
            rows.append(
                _Row(
                    edge,
                    _kind(edge.attributes),
                    self.labels[edge.target],
                    self.labels[edge.source],
                    levels[edge.target] if levels[edge.target] in GOVERNANCE else "",
                    tuple(None if d is None else _day(d) for d in days),  # type: ignore[arg-type]
                    tuple(sorted(attained.get(iri, ()))),
                )
            )
        order = [*GOVERNANCE, ""]
        rows.sort(
            key=lambda r: (
                order.index(r.level),
                not r.dated,
                next((d for d in r.days if d is not None), 0),
                r.edge.id,
            )
        )
        return rows

    def _origins(self) -> list[tuple[str, str, str, int | None, int | None]]:
        """Give the practices with who made them and when; none where they are many."""
        practices = sorted({str(edge.attributes["practice"]) for edge in self.diagram.edges})
        if len(practices) > 6:
            return []
        places = pivot(self.dataset, KV + "origin")
        first = pivot(self.dataset, KV + "earliestOrigin")
        last = pivot(self.dataset, KV + "latestOrigin")
        found = []
        for practice in practices:
            iri = mint("practice", practice)
            actors = [shorten(actor) for actor in places.get(iri, ())]
            told = ", ".join(self.labels.get(a) or self._label("actor", a) for a in actors)
            sides = [next(map(_day, side.get(iri, ())), None) for side in (first, last)]
            found.append((practice, ", ".join(actors), told, *sides))
        found.sort(key=lambda row: (row[3] is None, row[3] or 0, row[0]))
        return found  # type: ignore[return-value]

    def _label(self, kind: str, name: str) -> str:
        return label(self.dataset, mint(kind, name), self.lang)

    def _years(self) -> tuple[int, int]:
        """Give the first and the last year of the axis."""
        days = [day for row in self.rows for day in row.days if day is not None]
        days += [day for row in self.rows for day, _ in row.ticks]
        days += [day for *_, first, last in self.origins for day in (first, last) if day]
        if self.horizon is not None:
            days.append(self.horizon)
        if not days:
            return 2000, 2001
        return date.fromordinal(min(days)).year, date.fromordinal(max(days)).year + 1

    # --- how it is drawn -----------------------------------------------------------------------

    def svg(self) -> str:
        """Give the file."""
        name = word("view.timeline.title", self.lang)
        told = " · ".join(f"{a}: {b}" for a, b in asked(self.dataset, self.diagram, self.lang))
        if not self.rows:
            return self._explained(name, told)
        body: list[str] = []
        y = _TOP + 34.0
        places: dict[str, tuple[float, float]] = {}
        y = self._draw_origins(body, places, y)
        lanes: list[str] = []
        previous = None
        drawn = []
        for row in self.rows:
            if row.level != previous:
                lanes.append(self._lane(row.level, y))
                y += _LANE
                previous = row.level
            drawn.append((row, y))
            self._remember(row, y, places)
            y += self.high
        end = y + 6
        lines = [self._trace(row, at, places) for row, at in drawn]
        body += [self._row(row, at) for row, at in drawn]
        legend, y = self._legend(end + 26)
        foot, y = self._foot(y + 22)
        parts = [
            element("defs", _HATCH, _ARROW),
            text(16, 32, name, font_size=20, font_weight=700),
            text(16, 56, fitted(told, 14, _EDGE - 16), font_size=14, fill=SOFT),
            self._axis(end),
            *lanes,
            *filter(None, lines if len(self.rows) <= _TRACED else ()),
            *body,
            *legend,
            *foot,
        ]
        return picture(
            _WIDE, y, name, f"{told}. {coverage(self.diagram, self.lang)}", self.lang, *parts
        )

    def _explained(self, name: str, told: str) -> str:
        """Give a picture that says why there is nothing in it."""
        lines = wrapped(self.diagram.empty, 14, _WIDE - 32)
        parts = [text(16, 32, name, font_size=20, font_weight=700)]
        parts.append(text(16, 56, fitted(told, 14, _EDGE - 16), font_size=14, fill=SOFT))
        parts += [text(16, 92 + 20 * i, line, font_size=14) for i, line in enumerate(lines)]
        high = 110 + 20 * len(lines)
        return picture(_WIDE, high, name, self.diagram.empty, self.lang, *parts)

    def x(self, day: int) -> float:
        """Give the place of a day on the axis."""
        first = date(self.first, 1, 1).toordinal()
        last = date(self.last, 1, 1).toordinal()
        return round(_LEFT + (_RIGHT - _LEFT) * (day - first) / (last - first), 1)

    def _axis(self, end: float) -> str:
        """Give the years, their lines, the horizon and the column of what has no date."""
        years = self.last - self.first
        step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000) if years / s <= 16)
        parts = []
        for year in range(self.first, self.last + 1):
            if year % step and year != self.first:
                continue
            x = self.x(date(year, 1, 1).toordinal())
            parts.append(element("line", x1=x, x2=x, y1=_TOP + 8, y2=end, stroke=GRID))
            if year == self.first and (self.first % step) and step > 1:
                continue
            parts.append(text(x, _TOP, str(year), text_anchor="middle", fill=SOFT, font_size=12))
        undated = word("view.timeline.undated", self.lang)
        parts.append(
            element("rect", x=_RIGHT + 14, y=_TOP + 8, width=_EDGE - _RIGHT - 14,
                    height=end - _TOP - 8, fill="#f3f5f7")
        )  # fmt: skip
        parts.append(text(_RIGHT + 22, _TOP, undated, fill=SOFT, font_size=12))
        if self.horizon is not None:
            x = self.x(self.horizon)
            known = word("view.timeline.horizon", self.lang, day=date.fromordinal(self.horizon))
            parts.append(
                element("line", x1=x, x2=x, y1=_TOP + 8, y2=end, stroke=INK,
                        stroke_dasharray="2 4")
            )  # fmt: skip
            parts.append(text(x - 4, _TOP - 18, known, text_anchor="end", fill=SOFT, font_size=12))
        return element("g", *parts)

    def _lane(self, level: str, y: float) -> str:
        """Give the heading of a level of governance."""
        told = (
            vocabulary.label(code_iri("level", level), self.lang)
            if level
            else word("view.explorer.no_level", self.lang)
        )
        return element(
            "g",
            element("line", x1=16, x2=_EDGE, y1=y + 4, y2=y + 4, stroke="#9aa4ae"),
            text(16, y + 22, told, font_weight=700, fill=SOFT),
        )

    def _draw_origins(
        self, body: list[str], places: dict[str, tuple[float, float]], y: float
    ) -> float:
        """Draw who made a practice and when; give where the rows go on."""
        for practice, actor, told, first, last in self.origins:
            name = self._label("practice", practice)
            made = word("view.timeline.origin", self.lang, actor=told or "–")
            shown = first if first is not None else last
            when = "" if shown is None else f", {_span(shown, last)}"
            parts = [
                title(f"{name} ({practice}). {made}{when}"),
                _name(16, y + 13, name),
                text(16, y + 29, fitted(made, 12, _LEFT - 32), font_size=12, fill=SOFT),
            ]  # fmt: skip
            if shown is not None:
                x1 = self.x(shown)
                x2 = self.x((last if last is not None else shown) + 1)
                parts.append(
                    element("rect", x=x1, y=y + 10, width=max(x2 - x1, 4), height=12, rx=2,
                            fill=_ORIGIN, opacity=0.75)
                )  # fmt: skip
                for one in actor.split(", "):
                    places[f"{practice} {one}"] = (x1, y + 16)
            body.append(element("g", *parts, data_origin=practice))
            y += 2 * _LINE + 8
        return y

    def _remember(self, row: _Row, y: float, places: dict[str, tuple[float, float]]) -> None:
        """Keep where a receiver's row is, so that what it gave on can be led from there."""
        key = f"{row.edge.attributes['practice']} {row.edge.target}"
        if row.dated and row.kind in ("proven", "possible"):
            places.setdefault(key, (self._start(row), y + 16))

    def _start(self, row: _Row) -> float:
        """Give where a bar begins: at the edge, where the past is open."""
        first, core, *_ = row.days
        start = first if first is not None else core
        return float(_LEFT) if start is None else self.x(start)

    def _trace(self, row: _Row, y: float, places: dict[str, tuple[float, float]]) -> str:
        """Give the line from the giver's row, of the same practice or the one it came from."""
        practice = row.edge.attributes["practice"]
        start = places.get(f"{practice} {row.edge.source}")
        if start is None or not row.dated:
            return ""
        x, at = self._start(row), y + 16
        if abs(at - start[1]) < 1:
            return ""
        bend = min(start[0], x) - 14
        return element(
            "path",
            d=f"M{start[0]:.1f} {start[1]:.1f}C{bend:.1f} {start[1]:.1f} {bend:.1f} {at:.1f} "
            f"{x - 3:.1f} {at:.1f}",
            fill="none",
            stroke="#7b8792",
            stroke_width=1,
            marker_end="url(#kv-arrow)",
        )

    def _row(self, row: _Row, y: float) -> str:
        """Draw one transfer."""
        a = row.edge.attributes
        lines = [word("view.timeline.from", self.lang, giver=row.giver)]
        if self.several:
            lines.append(str(a["label"]))
        parts = [
            title(self._told(row)),
            _name(16, y + 13, row.receiver),
            *(
                text(16, y + 29 + _LINE * i, fitted(x, 12, _LEFT - 32), font_size=12, fill=SOFT)
                for i, x in enumerate(lines)
            ),
            *self._bar(row, y + 8),
        ]
        return element("g", *parts, data_edge=row.edge.id, data_kind=row.kind)

    def _bar(self, row: _Row, y: float) -> Iterator[str]:
        """Draw the time of a transfer: soft where it is uncertain, full where it went on."""
        colour = {"proven": _PROVEN, "possible": _POSSIBLE}.get(row.kind, _OUT)
        status = self._status(row)
        if not row.dated:
            told = fitted(status, 12, _EDGE - _RIGHT - 40)
            yield _mark(row.kind, _RIGHT + 22, y + 2, colour)
            yield text(_RIGHT + 40, y + 13, told, font_size=12)
            return
        first, core, until, last = row.days
        start = first if first is not None else core
        x1 = self._start(row)
        open_end = last is None
        stop = last if last is not None else self.horizon
        if stop is None or (start is not None and stop < start):
            stop = max(d for d in row.days if d is not None)
        x2 = max(self.x(stop + 1), x1 + 4)
        looks: dict[str, Any] = {"fill": colour, "opacity": 0.35}
        if row.kind == "possible":
            looks = {"fill": "url(#kv-hatch)", "stroke": colour, "stroke_width": 1}
        elif row.kind in ("planned", "given_up"):
            looks = {"fill": "#ffffff", "stroke": colour, "stroke_dasharray": "2 3"}
        yield element("rect", x=x1, y=y, width=round(x2 - x1, 1), height=16, rx=2, data_bar="soft",
                      **looks)  # fmt: skip
        if row.kind == "proven" and core is not None and until is not None and core <= until:
            c1, c2 = self.x(core), self.x(until + 1)
            yield element("rect", x=c1, y=y, width=max(round(c2 - c1, 1), 1.0), height=16, rx=2,
                          fill=colour, data_bar="full")  # fmt: skip
        if first is None:
            yield element("path", d=f"M{x1 + 9:.1f} {y + 3:.1f}l-7 5l7 5z", fill=INK)
        if open_end:
            yield element("path", d=f"M{x2 - 9:.1f} {y + 3:.1f}l7 5l-7 5z", fill=INK)
        if row.kind == "given_up":
            yield element(
                "path", d=f"M{x2 - 5:.1f} {y + 3:.1f}l10 10m0 -10l-10 10", stroke=INK,
                stroke_width=2, fill="none",
            )  # fmt: skip
        for day, stage in row.ticks:
            x = self.x(day)
            reached = vocabulary.label(stage, self.lang)
            yield element("path", title(f"{reached}: {date.fromordinal(day)}"),
                          d=f"M{x:.1f} {y - 1:.1f}l4 -6h-8z", fill=INK)  # fmt: skip
        wide = width_of(status, 12)
        beside = x2 + 10
        if beside + wide <= _RIGHT + 8:
            yield text(beside, y + 13, status, font_size=12)
        elif x1 - 10 - wide > _LEFT:
            yield text(x1 - 10, y + 13, status, font_size=12, text_anchor="end")
        else:
            room = fitted(status, 12, x2 - x1 - 12)
            yield text(x1 + 6, y + 13, room, font_size=12, stroke="#ffffff", stroke_width=3,
                       paint_order="stroke")  # fmt: skip

    def _status(self, row: _Row) -> str:
        status = row.edge.attributes["status"]
        if status is None:
            return ""
        return vocabulary.label(code_iri("status", str(status)), self.lang)

    def _told(self, row: _Row) -> str:
        """Tell a row in words: who, what, when as worded, how it ended, which sources."""
        a: Any = row.edge.attributes
        worded = " – ".join(filter(None, (a["start"], a["end"])))
        return "; ".join(
            filter(
                None,
                (
                    f"{row.giver} → {row.receiver}",
                    f"{a['label']} ({a['practice']})",
                    worded or word("view.timeline.undated", self.lang),
                    self._status(row),
                    word(f"view.timeline.{row.kind}", self.lang),
                    ", ".join((a["transfer"], *a["sources"])),
                ),
            )
        )

    def _legend(self, y: float) -> tuple[list[str], float]:
        """Give the legend of what occurs, with counts."""
        counts = Counter(row.kind for row in self.rows)
        entries: list[tuple[str, str]] = []
        for kind in KINDS:
            if counts[kind]:
                colour = {"proven": _PROVEN, "possible": _POSSIBLE}.get(kind, _OUT)
                told = f"{word(f'view.timeline.{kind}', self.lang)}: {counts[kind]}"
                entries.append((_mark(kind, 0, 0, colour), told))
        if any(row.ticks for row in self.rows):
            tick = element("path", d="M6 12l4 -6h-8z", fill=INK)
            entries.append((tick, word("view.timeline.attained", self.lang)))
        if any(row.dated and row.days[3] is None for row in self.rows):
            arrow = element("path", d="M3 3l7 5l-7 5z", fill=INK)
            entries.append((arrow, word("view.timeline.open", self.lang)))
        if self.origins:
            made = element("rect", width=14, height=12, y=1, rx=2, fill=_ORIGIN, opacity=0.75)
            entries.append((made, word("view.timeline.made", self.lang)))
        parts, x = [], 16.0
        for mark, told in entries:
            wide = 24 + width_of(told, 12) + 22
            if x + wide > _EDGE:
                x, y = 16.0, y + 22
            parts.append(element("g", mark, transform=f"translate({x:.1f} {y - 11:.1f})"))
            parts.append(text(x + 24, y, told, font_size=12))
            x += wide
        return parts, y

    def _foot(self, y: float) -> tuple[list[str], float]:
        """Give the lines that say what the picture is made of."""
        lines = wrapped(coverage(self.diagram, self.lang), 12, _EDGE - 16)
        lines.append(f"kvgraph · {str(self.diagram.head['dataset'])[:19]}…")
        parts = [text(16, y + 18 * i, x, font_size=12, fill=SOFT) for i, x in enumerate(lines)]
        return parts, y + 18 * len(lines)


_HATCH: Final = element(
    "pattern",
    element("rect", width=6, height=6, fill="#ffffff"),
    element("path", d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5", stroke=_POSSIBLE, stroke_width=1),
    id="kv-hatch", width=6, height=6, patternUnits="userSpaceOnUse",
)  # fmt: skip
_ARROW: Final = element(
    "marker",
    element("path", d="M0 0L6 3L0 6z", fill="#7b8792"),
    id="kv-arrow", markerWidth=6, markerHeight=6, refX=5, refY=3, orient="auto",
)  # fmt: skip


def _name(x: float, y: float, words: str) -> str:
    """Give a name in bold, which is wider than other text."""
    return text(x, y, fitted(words, 14.5, _LEFT - 32), font_weight=600)


def _mark(kind: str, x: float, y: float, colour: str) -> str:
    """Give the sign of a kind of transfer, as in the bars."""
    looks: dict[str, Any] = {"fill": colour}
    if kind == "possible":
        looks = {"fill": "url(#kv-hatch)", "stroke": colour}
    elif kind in ("planned", "given_up"):
        looks = {"fill": "#ffffff", "stroke": colour, "stroke_dasharray": "2 3"}
    box = element("rect", x=x, y=y, width=14, height=14, rx=2, **looks)
    if kind != "given_up":
        return box
    cross = element("path", d=f"M{x + 3:.1f} {y + 3:.1f}l8 8m0 -8l-8 8", stroke=INK,
                    stroke_width=2, fill="none")  # fmt: skip
    return box + cross


def _kind(attributes: Mapping[str, Any]) -> str:
    """Tell how a transfer is drawn: proven, possible, planned, or given up."""
    reason = attributes["left_out"]
    if reason in ("abandoned", "refused"):
        return "given_up"
    if reason == "planned":
        return "planned"
    return "proven" if attributes["proven"] and not reason else "possible"


def _span(first: int, last: int | None) -> str:
    days: Sequence[int] = (first,) if last in (None, first) else (first, last)
    return " – ".join(str(date.fromordinal(day)) for day in days)


def _day(value: str) -> int:
    return date.fromisoformat(value[:10]).toordinal()


VIEW = View(
    "timeline",
    "Draw how a practice travelled: who, when, from whom, at which level.",
    ".svg",
    (),
    draw,
)
