"""Which transfers count as having moved, and between which days: one question."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kvgraph.errors import KvgraphError
from kvgraph.flows.columns import (
    ABANDONED,
    ABANDONED_RANK,
    AFTER_HORIZON,
    CERTAINTIES,
    CERTAINTY,
    CONTRADICTED,
    HIGH,
    IN,
    LOW,
    PLANNED,
    REFUSED,
    REFUSED_RANK,
    STAGES,
    Flows,
    Transfers,
)


def moments(
    t: Transfers,
    *,
    stage: str = "adopted",
    horizon: int | None = None,
    with_planned: bool = False,
    with_abandoned: bool = False,
    with_exposure: bool = False,
    min_certainty: str | None = None,
) -> Flows:
    """Tell which transfers count as having moved, and between which days.

    A transfer is *proven* if a source says that its receiver reached the stage or more: by
    its status, or by an attainment. It then moved between the earliest day of its start
    (else of the practice's origin, else open) and the earliest of: the latest day of its
    end, of its status's as-of date where the status itself proves the stage, of a dated
    attainment of the stage or beyond; else the horizon. A status short of the stage says
    nothing of the day on which the stage was reached, so its as-of date bounds nothing. Any
    other transfer that had begun may have moved at any day from its start to the horizon,
    or never. Planned, abandoned and refused ones are left out unless they are asked for,
    and then count as not proven. A status told of before the start is a plan.

    :param horizon: the last day that anything is known of; ``None`` is open.
    :raises KvgraphError: for exposure together with a stage beyond ``visited``.
    """
    if with_exposure and stage != "visited":
        raise KvgraphError(
            "exposure can only be taken in at stage visited",
            hint="Add --stage visited, or leave out --with-exposure.",
        )
    if not with_exposure:
        t = _documented(t)
    known_until = HIGH if horizon is None else horizon
    if not t.staged:
        lo, hi = t.begin.copy(), np.where(t.end == HIGH, known_until, t.end)
        reason = np.where(lo > hi, AFTER_HORIZON, IN).astype(np.int8)
        return Flows(t, lo, hi, np.ones(len(t), dtype=bool), reason, horizon, None)
    wanted = STAGES.index(stage) + 1
    plan = (t.rank >= 0) & (t.told < t.begin)
    rank = np.where(plan, 0, t.rank)
    by_status = rank >= wanted
    by_attainment = np.zeros(len(t), dtype=bool)
    attained_by = np.full(len(t), HIGH, dtype=np.int64)
    for place, order, latest in t.attained:
        if order >= wanted:
            by_attainment[place] = True
            attained_by[place] = min(attained_by[place], latest)
    proven = by_status | by_attainment
    lo = np.where(t.begin == LOW, t.origin[t.practice], t.begin)
    told = np.where(by_status, t.told, HIGH)
    bound = np.minimum(np.minimum(t.end, told), attained_by)
    hi = np.where(proven & (bound < HIGH), bound, known_until)
    reason = np.full(len(t), IN, dtype=np.int8)
    if min_certainty is not None:
        least = CERTAINTIES.index(min_certainty) + 1
        reason[t.certainty < least] = CERTAINTY
    if not with_planned:
        reason[~proven & (rank == 0)] = PLANNED
    if not with_abandoned:
        reason[~proven & (rank == ABANDONED_RANK)] = ABANDONED
        reason[~proven & (rank == REFUSED_RANK)] = REFUSED
    empty = (lo > hi) & (reason == IN)
    reason[empty & (bound == HIGH)] = AFTER_HORIZON
    reason[empty & ~proven] = AFTER_HORIZON
    reason[empty & proven & (bound < HIGH)] = CONTRADICTED
    return Flows(t, lo, hi, proven, reason, horizon, stage)


def _documented(t: Transfers) -> Transfers:
    """Give the transfers without the exposures, which stand last in the columns."""
    n = len(t) - int(np.count_nonzero(t.exposure))
    if n == len(t):
        return t
    columns = {
        name: getattr(t, name)[:n]
        for name in (
            "ids", "practice", "giver", "receiver", "begin", "end", "told", "rank",
            "certainty", "exposure", "blank",
        )
    }  # fmt: skip
    return replace(t, **columns)
