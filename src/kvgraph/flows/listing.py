"""Tell which transfers take part in a question, one a row, and what was left out."""

from __future__ import annotations

from datetime import date

import numpy as np

from kvgraph.flows.columns import CERTAINTIES, HIGH, IN, LOW, Flows
from kvgraph.model import Cell, Table
from kvgraph.namespaces import shorten

COLUMNS = ("transfer", "practice", "giver", "receiver", "earliest", "latest", "proven", "certainty")
RULE = "each transfer in the interval of days between which it moved"


def listed(flows: Flows) -> Table:
    """Make a table of the transfers that take part, the earliest first.

    ``earliest`` and ``latest`` bound the day on which the receiver took the practice up to the
    stage asked for; ``None`` is open. ``proven`` tells whether a source says that it did.

    >>> from kvgraph.flows import from_edges, moments
    >>> from kvgraph.readers import EdgeTable
    >>> table = EdgeTable(("a", "b"), ("b", "c"), ("", ""), (2, 1), (2, 1), ("x", "y"), True, 1, ())
    >>> [row[0] for row in listed(moments(from_edges(table))).rows]
    ['y', 'x']
    """
    t = flows.transfers
    lows, highs = flows.lo.tolist(), flows.hi.tolist()
    found = [
        (
            shorten(t.ids[i]),
            shorten(t.practices[t.practice[i]]),
            shorten(t.actors[t.giver[i]]),
            shorten(t.actors[t.receiver[i]]),
            lows[i],
            highs[i],
            bool(flows.proven[i]),
            CERTAINTIES[t.certainty[i] - 1] if t.certainty[i] else None,
        )
        for i in np.flatnonzero(flows.reason == IN).tolist()
    ]
    found.sort(key=lambda row: (row[4], row[5], row[0], row[3]))
    rows = tuple((*r[:4], _shown(flows, r[4]), _shown(flows, r[5]), *r[6:]) for r in found)
    everything = np.ones(len(t), dtype=bool)
    used = flows.reason == IN
    head: dict[str, Cell] = {
        "rule": RULE,
        "stage": flows.stage,
        "horizon": None if flows.horizon is None else _shown(flows, flows.horizon),
        "transfers": flows.count(everything),
        "proven": flows.count(used & flows.proven),
        "possible": flows.count(used & ~flows.proven),
        "left_out": flows.left_out(everything),
        "undated": flows.undated(everything),
    }
    return Table(COLUMNS, rows, head, "" if rows else "No transfer takes part.")


def _shown(flows: Flows, time: int) -> Cell:
    """Give a day, or a number where the times are numbers; ``None`` where it is open."""
    if time in (LOW, HIGH):
        return None
    if flows.transfers.numeric:
        scale = flows.transfers.scale
        return time if scale == 1 else time / scale
    return date.fromordinal(time)
