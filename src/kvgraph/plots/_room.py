"""Where words find room: strokes on a sheet, and how many of them a new one would touch."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight stroke from one point to another, as broad as twice ``half``."""

    start: Point
    end: Point
    half: float


def touched(stroke: Stroke, others: Iterable[Stroke]) -> int:
    """Count the strokes that a stroke touches.

    >>> across = Stroke((0, 0), (2, 0), 0.1)
    >>> touched(across, [Stroke((1, -1), (1, 1), 0.1), Stroke((0, 0.3), (2, 0.3), 0.1)])
    1
    """
    return sum(_apart(stroke, other) < stroke.half + other.half for other in others)


def _apart(one: Stroke, other: Stroke) -> float:
    """Give the distance of the middle lines of two strokes, 0 where they cross."""
    a, b, c, d = one.start, one.end, other.start, other.end
    if _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0:
        return 0.0
    return min(_from(a, c, d), _from(b, c, d), _from(c, a, b), _from(d, a, b))


def _side(a: Point, b: Point, p: Point) -> float:
    """Tell on which side of a line a point lies, by the sign."""
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


def _from(p: Point, a: Point, b: Point) -> float:
    """Give the distance of a point from a stroke's middle line."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    long = dx * dx + dy * dy
    share = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / long if long else 0.0
    share = min(max(share, 0.0), 1.0)
    return math.hypot(p[0] - a[0] - share * dx, p[1] - a[1] - share * dy)
