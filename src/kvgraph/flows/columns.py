"""The columns of transfers: what the records say, and what takes part in one question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Days = NDArray[np.int64]
    Codes = NDArray[np.int32]


LOW: Final = -(1 << 62)
"""An earliest day that is open to the past."""
HIGH: Final = 1 << 62
"""A latest day that is open to the future."""

STAGES: Final = ("visited", "piloted", "adopted", "embedded", "mainstreamed")
"""The stages that can be asked for; their rank is the place in the list, from 1."""

CERTAINTIES: Final = ("low", "medium", "high")

IN, PLANNED, ABANDONED, REFUSED, CERTAINTY, AFTER_HORIZON, CONTRADICTED = range(7)
REASONS: Final = (
    "in",
    "planned",
    "abandoned",
    "refused",
    "certainty",
    "after_horizon",
    "contradicted",
)
"""Why a transfer takes no part, by the number in :attr:`Flows.reason`."""

ABANDONED_RANK: Final = -1
REFUSED_RANK: Final = -2


@dataclass(frozen=True, slots=True)
class Lineage:
    """One documented adaptation: ``child`` was adapted from ``parent`` by its origin.

    Practices and the actor are numbers of the code books; ``earliest`` and ``latest`` bound
    the day on which the child began.
    """

    parent: int
    child: int
    origin: int
    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Transfers:
    """What the records say of all transfers, a place in each column for each of them.

    ``practice``, ``giver`` and ``receiver`` number the code books ``practices`` and
    ``actors`` (IRIs, or the names of an edge table). ``begin`` is the earliest day of the
    start, ``end`` the latest of the end, ``told`` the latest day of the status's as-of date
    (``LOW``/``HIGH`` where not known). ``rank`` is the status rank of diffusion (-1
    abandoned, -2 refused), ``certainty`` 1 low, 2 medium, 3 high, 0 not said. ``attained``
    lists dated or undated attainments as (transfer, rank, latest day). ``adopted`` gives
    the interval of an actor's own adoption by (practice, actor). ``timed`` is false for an
    edge table, where every row is proven and no stage is known. ``blank`` tells which have
    neither a start nor an end, which bounds that are open do not tell: ``../2009`` is a start.
    """

    practices: tuple[str, ...]
    actors: tuple[str, ...]
    ids: tuple[str, ...]
    practice: Codes
    giver: Codes
    receiver: Codes
    begin: Days
    end: Days
    told: Days
    rank: Codes
    certainty: Codes
    exposure: NDArray[np.bool_]
    origin: Days
    attained: tuple[tuple[int, int, int], ...] = ()
    lineage: tuple[Lineage, ...] = ()
    adopted: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    staged: bool = True
    scale: int = 1
    numeric: bool = False
    blank: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def __post_init__(self) -> None:
        """Take transfers of which no bound is known for blank where nothing else is said."""
        if len(self.blank) != len(self.begin):
            object.__setattr__(self, "blank", (self.begin == LOW) & (self.end == HIGH))

    def __len__(self) -> int:
        """Give the number of transfers, exposures included."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Flows:
    """The transfers that take part in one question, each with its interval ``[lo, hi]``.

    All columns are as long as ``transfers``; ``reason`` is 0 for those that take part and
    else numbers :data:`REASONS`. ``proven`` tells whether a source says that the stage was
    reached.
    """

    transfers: Transfers
    lo: Days
    hi: Days
    proven: NDArray[np.bool_]
    reason: NDArray[np.int8]
    horizon: int | None
    stage: str | None

    def asked(self, practices: Iterable[int]) -> NDArray[np.bool_]:
        """Tell which transfers are of these practices."""
        mask = np.zeros(len(self.transfers.practices), dtype=bool)
        mask[list(practices)] = True
        return mask[self.transfers.practice]

    def left_out(self, asked: NDArray[np.bool_]) -> dict[str, int]:
        """Count those that take no part, by reason; planned and abandoned are always told."""
        counts = [self.count(asked & (self.reason == number)) for number in range(len(REASONS))]
        return {
            name: counts[number]
            for number, name in enumerate(REASONS)
            if number != IN and (counts[number] or number in (PLANNED, ABANDONED))
        }

    def undated(self, asked: NDArray[np.bool_]) -> int:
        """Count those with neither a start nor an end."""
        return self.count(asked & self.transfers.blank)

    def count(self, mask: NDArray[np.bool_]) -> int:
        """Count transfers; one to several receivers has a place for each, and counts once."""
        return len(set(compress(self.transfers.ids, mask.tolist())))
