"""What kvgraph does: job J by its two routes, and the parts of it that are timed alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from kvgraph import flows
from kvgraph.analysis._kernel import NEVER, SOURCE, Timeline, earliest_arrival
from kvgraph.flows import Flows, Transfers
from kvgraph.store import Dataset


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
    """Count the two-hop chains of one practice whose second transfer starts strictly later.

    Each transfer is a number that orders by practice, giver and day; the chains that it
    begins are those between its receiver's first day after it and its receiver's last.
    """
    t = asked.transfers
    days = asked.lo - asked.lo.min()
    span = int(days.max()) + 2
    practice = t.practice.astype(np.int64) * len(t.actors)
    begins = np.sort((practice + t.giver) * span + days)
    # Sorted too, since a search in order finds its places in the cache.
    received = np.sort((practice + t.receiver) * span + days)
    later = np.searchsorted(begins, received, side="right")
    last = np.searchsorted(begins, received // span * span + span - 1, side="right")
    return int((last - later).sum())


def possibly_reached(timeline: Timeline, giver: int) -> int:
    """Count the states that a giver can have reached, strict, its own included."""
    labels = timeline.labels()
    states = timeline.states_of(giver)
    timeline.settle(states, labels, SOURCE)
    timeline.possible(states.tolist(), labels, strict=True)
    return _count(labels)
