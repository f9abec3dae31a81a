"""Keep only some of the transfers, with all that stands around them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from kvgraph.flows.columns import Transfers


def only(t: Transfers, ids: Collection[str]) -> Transfers:
    """Give the columns of the transfers with these ids, in their order.

    Adoptions and lineage stay whole: they are facts of their own, and a path may rest on
    them. So do the code books, whose numbers they use. An id that is not there is passed over.

    >>> from kvgraph.flows import from_edges, only
    >>> from kvgraph.readers import EdgeTable
    >>> table = EdgeTable(("a", "b"), ("b", "c"), ("", ""), (1, 2), (1, 2), ("x", "y"), True, 1, ())
    >>> only(from_edges(table), {"y"}).ids
    ('y',)
    """
    wanted = ids if isinstance(ids, set | frozenset) else set(ids)
    kept = [place for place, identifier in enumerate(t.ids) if identifier in wanted]
    if len(kept) == len(t):
        return t
    columns = {
        name: getattr(t, name)[kept]
        for name in (
            "practice", "giver", "receiver", "begin", "end", "told", "rank", "certainty",
            "exposure", "blank",
        )
    }  # fmt: skip
    # The places of attainments are counted anew.
    places = np.full(len(t), -1, dtype=np.int64)
    places[kept] = np.arange(len(kept))
    attained = tuple(
        (int(places[place]), rank, latest)
        for place, rank, latest in t.attained
        if places[place] >= 0
    )
    return replace(t, ids=tuple(t.ids[place] for place in kept), attained=attained, **columns)
