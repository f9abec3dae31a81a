"""What kvgraph does: job J by its two routes, and the parts of it that are timed alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kvgraph import flows
from kvgraph.analysis._kernel import NEVER, SOURCE
from kvgraph.analysis._timeline import Timeline, earliest_arrival
from kvgraph.flows import Flows, Transfers
from kvgraph.store import Dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray


def via_store(path: Path, compiled: bool | None = None) -> tuple[int, int]:
    """Do job J through the store: load the file, draw the flows by a query, answer."""
    return answers(flows.draw(Dataset.open(path)), compiled)


def direct(path: Path, compiled: bool | None = None) -> tuple[int, int]:
    """Do job J straight from the file, without a store."""
    return answers(flows.draw_file(path), compiled)


def answers(transfers: Transfers, compiled: bool | None = None) -> tuple[int, int]:
    """Give both answers of job J; ``compiled`` decides for or against numba, else the size."""
    asked = flows.moments(transfers)
    timeline = Timeline(asked, lineage=False, compiled=compiled)
    return reached(timeline, biggest_giver(transfers)), chains(asked)


def biggest_giver(transfers: Transfers) -> int:
    """Give the actor with most outgoing transfers."""
    return int(np.bincount(transfers.giver).argmax())


def reached(timeline: Timeline, giver: int) -> int:
    """Count the (practice, actor) states reached from a giver, strict, its own included."""
    labels = timeline.labels()
    earliest_arrival(timeline, timeline.states_of(giver), labels, strict=True)
    return _count(labels)


def _count(labels: Any) -> int:
    """Count the states that have been reached."""
    never = labels.count(NEVER) if isinstance(labels, list) else np.count_nonzero(labels == NEVER)
    return len(labels) - int(never)


def chains(asked: Flows) -> int:
    """Count the two-hop chains of one practice whose second transfer starts strictly later."""
    begins, received, span = _ends(asked)
    # Sorted too, since a search in order finds its places in the cache.
    later, last = _following(np.sort(begins), np.sort(received), span)
    return int((last - later).sum())


def event_arcs(asked: Flows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give these chains as arcs between transfers, by tail, then head."""
    begins, received, span = _ends(asked)
    order = np.argsort(begins, kind="stable")
    later, last = _following(begins[order], received, span)
    many = last - later
    tail = np.repeat(np.arange(len(many)), many)
    head = order[np.arange(len(tail)) + np.repeat(later - np.cumsum(many) + many, many)]
    arcs = np.sort(tail * len(many) + head)
    return arcs // len(many), arcs % len(many)


def _ends(asked: Flows) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Give each transfer as two numbers that order by practice, giver or receiver, and day.

    The third is by what the numbers of two of these pairs differ.
    """
    t = asked.transfers
    days = asked.lo - asked.lo.min()
    span = int(days.max()) + 2
    practice = t.practice.astype(np.int64) * len(t.actors)
    return (practice + t.giver) * span + days, (practice + t.receiver) * span + days, span


def _following(
    begins: NDArray[np.int64], received: NDArray[np.int64], span: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give between which places of what begins lies what a receiver gave on later days."""
    later = np.searchsorted(begins, received, side="right")
    return later, np.searchsorted(begins, received // span * span + span - 1, side="right")


def possibly_reached(timeline: Timeline, giver: int) -> int:
    """Count the states that a giver can have reached, strict, its own included."""
    labels = timeline.labels()
    states = timeline.states_of(giver)
    timeline.settle(states, labels, SOURCE)
    timeline.possible(states.tolist(), labels, strict=True)
    return _count(labels)
