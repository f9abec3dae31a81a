"""Time-respecting reach on flat arrays: the one kernel of its kind.

A *state* is an actor that holds a practice; states are numbered so that those of a practice
lie together. An edge is a transfer from a state to a state of the same practice, at some day
in ``[lo, hi]``. Two passes find everything:

:func:`ordered_pass`
    the least day by which a state has been reached in every world, in one pass over the
    edges in the order of ``lo``. With point dates (``lo == hi``) this is the earliest arrival.
:func:`label_setting`
    the least day on which a state can have been reached in some world, by Dijkstra's
    algorithm on labels.

Both are plain Python over flat arrays, and are compiled by numba where it is installed and
the data are large. Published sources: B. Wu et al., Path Problems in Temporal Graphs, 2014
(one pass in time order); E. W. Dijkstra, 1959 (label setting).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from heapq import heappop, heappush
from typing import Any, Final

from kvgraph.flows import HIGH, LOW

SOURCE: Final = LOW - 1
"""The label of a state that has held its practice from the beginning."""
NEVER: Final = HIGH + 1
"""The label of a state that is not reached."""


def ordered_pass(
    first: int, last: int, tail: Any, head: Any, lo: Any, hi: Any, label: Any, strict: bool
) -> None:
    """Lower the labels to the least worst-case day, over the edges ``first`` to ``last``.

    The edges must be in the order of ``lo``. An edge is taken if its giver is certain to
    hold the practice by then: ``label <= lo``, strict ``label < lo``. An edge can only make
    an earlier one of the list usable if both have the same ``lo`` and it is a point; such a
    block of ties is gone over again, forwards and backwards in turn, until nothing changes.
    """
    # Four columns zipped: plain Python reads lists that way three times as fast as by index.
    if strict:
        for giver, receiver, day, done in zip(  # noqa: B905 - numba takes no keyword
            tail[first:last], head[first:last], lo[first:last], hi[first:last]
        ):
            if label[giver] < day and done < label[receiver]:
                label[receiver] = done
        return
    i = first
    for giver, receiver, day, done in zip(  # noqa: B905
        tail[first:last], head[first:last], lo[first:last], hi[first:last]
    ):
        if label[giver] <= day and done < label[receiver]:
            label[receiver] = done
            if done == day:
                begin, end = i, i + 1
                while begin > first and lo[begin - 1] == day:
                    begin -= 1
                while end < last and lo[end] == day:
                    end += 1
                again = end - begin > 1
                begin, end, step = end - 1, begin - 1, -1
                while again:
                    again = False
                    for k in range(begin, end, step):
                        if label[tail[k]] <= day and hi[k] < label[head[k]]:
                            label[head[k]] = hi[k]
                            if hi[k] == day:
                                again = True
                    begin, end, step = end - step, begin - step, -step
        i += 1


def label_setting(
    seeds: Any, start: Any, edge: Any, head: Any, lo: Any, hi: Any, label: Any, strict: bool
) -> None:
    """Lower the labels to the least best-case day, from the states ``seeds`` on.

    ``edge[start[s]:start[s + 1]]`` are the edges out of state ``s``. An edge moves on the
    first day that its interval and its giver allow: ``max(lo, label)``, strict
    ``max(lo, label + 1)``, if that is not after ``hi``.
    """
    heap = [(label[s], s) for s in seeds]
    heap.sort()
    while heap:
        day, state = heappop(heap)
        if day != label[state]:
            continue
        # What is open to the past stays so: no number of days is too many before it.
        ready = day + 1 if strict and day > LOW else day
        for k in range(start[state], start[state + 1]):
            e = edge[k]
            arrival = lo[e] if lo[e] > ready else ready
            if arrival <= hi[e] and arrival < label[head[e]]:
                label[head[e]] = arrival
                # What gives nothing on needs no turn of its own: most states, as a rule.
                if start[head[e]] < start[head[e] + 1]:
                    heappush(heap, (arrival, head[e]))


@cache
def compiled_passes() -> tuple[Callable[..., None], Callable[..., None]] | None:
    """Give both passes compiled, or ``None`` where numba is not installed."""
    try:
        from numba import njit
    except ImportError:
        return None
    return njit(cache=True)(ordered_pass), njit(cache=True)(label_setting)
