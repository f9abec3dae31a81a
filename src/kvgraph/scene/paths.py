"""Who can be reached from whom, and why others cannot: answers of reach and paths, as places."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

import numpy as np

from kvgraph.analysis.paths import why_not
from kvgraph.analysis.reach import Question, reach
from kvgraph.dates import ordinal
from kvgraph.flows import Flows
from kvgraph.namespaces import shorten
from kvgraph.scene.things import Things, day

MOST_PAIRS: Final = 600
"""So many pairs are asked why there is no path; a file does not hold more."""


class Ways:
    """Paths between the actors of flows; ``transfers`` are the records that a scene holds."""

    def __init__(self, flows: Flows, things: Things, transfers: list[dict[str, Any]]) -> None:
        self.flows = flows
        self.things = things
        self._hop: dict[str, int] = {}
        self._to: dict[tuple[str, int | None], int] = {}
        for place, transfer in enumerate(transfers):
            self._hop.setdefault(transfer["id"], place)
            self._to[transfer["id"], transfer["receiver"]] = place
        t = flows.transfers
        self.givers = [t.actors[i] for i in np.unique(t.giver).tolist()]
        self.receivers = [t.actors[i] for i in np.unique(t.receiver).tolist()]
        self._actor = {shorten(iri): iri for iri in t.actors}
        self._practice = {shorten(iri): iri for iri in t.practices}

    @cached_property
    def paths(self) -> list[dict[str, Any]]:
        """The rows of reach from each giver: the certain first, then by the ids of their ends."""
        rows = []
        for giver in self.givers:
            for row in reach(self.flows, Question(source=giver)).records():
                found = self._path(giver, row)
                if found is not None:
                    rows.append(found)
        things = self.things.iris
        rows.sort(key=lambda r: (not r["certain"], things[r["from"]], things[r["to"]],
                                 things[r["began"]], things[r["practice"]]))  # fmt: skip
        return rows

    def _path(self, giver: str, row: Mapping[str, Any]) -> dict[str, Any] | None:
        place = self.things.place
        ends = place(giver), place(self._actor[row["actor"]])
        practices = (
            place(self._practice[row["source_practice"]]), place(self._practice[row["practice"]])
        )  # fmt: skip
        if None in ends or None in practices:
            return None
        return {
            "from": ends[0],
            "to": ends[1],
            "began": practices[0],
            "practice": practices[1],
            "certain": row["reach"] == "certain",
            "best": _told(row["best_arrival"]),
            "worst": _told(row["worst_arrival"]),
            "adaptations": row["adaptations"],
            "hops": self._hops(row["transfers"], ends[1]),
        }

    def _hops(self, transfers: tuple[str, ...], last: int | None) -> list[int]:
        """Give the places of the transfers of a path; one to several ends where the path does."""
        found = [self._hop[name] for name in transfers]
        if transfers:
            found[-1] = self._to.get((transfers[-1], last), found[-1])
        return found

    def why_not(self) -> dict[str, dict[str, Any]]:
        """Give why there is no certain path, for pairs of a giver and a receiver, by their ids.

        None at all where there are more than :data:`MOST_PAIRS`.
        """
        certain = {
            (path["from"], path["to"]) for path in self.paths if path["certain"]
        }  # fmt: skip
        place = self.things.place
        pairs = [
            (giver, receiver)
            for giver in self.givers
            for receiver in self.receivers
            if giver != receiver and (place(giver), place(receiver)) not in certain
        ]
        if len(pairs) > MOST_PAIRS:
            return {}
        return {f"{shorten(a)}>{shorten(b)}": self._why_not(a, b) for a, b in pairs}

    def _why_not(self, giver: str, receiver: str) -> dict[str, Any]:
        """Give the nearest chain of a pair, without a hop where nothing leads there."""
        question = Question(source=giver, target=receiver)
        table = why_not(self.flows, question)
        return {
            "reach": table.head["reach"],
            "hops": [
                {
                    "transfer": self._hop[str(row["transfer"])],
                    "breaks": row["breaks"],
                    "needed": _told(row["needed"]),
                }
                for row in table.records()
            ],
        }


def _told(text: Any) -> int | None:
    """Give the day that an answer tells, as a page counts it."""
    return None if text is None else day(ordinal(str(text)))
