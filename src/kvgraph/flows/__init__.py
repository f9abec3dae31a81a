"""A dataset or an edge table to flows: the columns of all transfers, ready to compute with.

Two steps. :func:`draw` (from a dataset), :func:`draw_triples` (straight from an RDF stream)
and :func:`from_edges` give :class:`Transfers`: what the records say, before any question is
put. :func:`moments` turns them into :class:`Flows` for one question: which transfers count
as having moved by the stage asked for, each in its interval of days.

Days are integers (:meth:`datetime.date.toordinal`); in an edge table of plain numbers they
are those numbers times ``scale``, so that decimals too are exact.
"""

from __future__ import annotations

from kvgraph.flows.columns import (
    ABANDONED,
    AFTER_HORIZON,
    CERTAINTIES,
    CERTAINTY,
    CONTRADICTED,
    HIGH,
    IN,
    LOW,
    PLANNED,
    REASONS,
    REFUSED,
    STAGES,
    Flows,
    Lineage,
    Transfers,
)
from kvgraph.flows.drawing import (
    DRAWING,
    draw,
    draw_file,
    draw_triples,
    from_edges,
)
from kvgraph.flows.moments import (
    moments,
)
from kvgraph.flows.narrowing import only

__all__ = [
    "ABANDONED",
    "AFTER_HORIZON",
    "CERTAINTIES",
    "CERTAINTY",
    "CONTRADICTED",
    "DRAWING",
    "HIGH",
    "IN",
    "LOW",
    "PLANNED",
    "REASONS",
    "REFUSED",
    "STAGES",
    "Flows",
    "Lineage",
    "Transfers",
    "draw",
    "draw_file",
    "draw_triples",
    "from_edges",
    "moments",
    "only",
]
