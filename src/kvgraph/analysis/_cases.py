"""Who passed what on to whom, as cases to be held against all who could have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kvgraph.diagram import Frame
from kvgraph.flows import IN, draw, moments, only
from kvgraph.material import head_of_transfers
from kvgraph.model import Cell
from kvgraph.namespaces import KV, PREFIXES, kind_of
from kvgraph.rollup import rollup
from kvgraph.store import Dataset, pivot

if TYPE_CHECKING:
    from kvgraph.selection import Selected


@dataclass(frozen=True, slots=True)
class Case:
    """A giver and a receiver of one transfer; ``via`` are the places that are no prior ones."""

    transfer: str
    practice: str
    giver: str
    receiver: str
    lo: int
    hi: int
    proven: bool
    via: frozenset[str]


@dataclass(frozen=True, slots=True)
class Study:
    """The cases in their order, the actors at risk, and what was left out on the way."""

    cases: tuple[Case, ...]
    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    head: Mapping[str, Cell]

    @property
    def at_risk(self) -> int:
        """The number of ordered pairs at risk."""
        both = len(set(self.givers) & set(self.receivers))
        return len(self.givers) * len(self.receivers) - both


def cases_of(
    dataset: Dataset,
    selected: Selected | None,
    by: Frame,
    level: str,
    proven_only: bool,
    with_via: bool,
) -> Study:
    """Draw the cases from a dataset, and count what does not become one."""
    t = draw(dataset)
    if selected is not None and selected.selection:
        t = only(t, {link.iri for link in selected.links})
    taken = moments(t, stage=by.stage, horizon=by.horizon)
    groups = None if level == "actor" else rollup(dataset, level)
    vias = {} if with_via else _ways(dataset)
    cases: dict[tuple[str, str, str], Case] = {}
    dropped: dict[str, set[str]] = {"undated": set(), "ends": set(), "within": set(), "out": set()}
    for i in np.flatnonzero(taken.reason == IN).tolist():
        own = taken.transfers
        identifier = own.ids[i]
        giver, receiver = own.actors[own.giver[i]], own.actors[own.receiver[i]]
        if proven_only and not taken.proven[i]:
            continue
        if own.blank[i]:
            dropped["undated"].add(identifier)
            continue
        if "network" in (kind_of(giver), kind_of(receiver)):
            dropped["ends"].add(identifier)
            continue
        if groups is not None:
            if giver not in groups or receiver not in groups:
                dropped["out"].add(identifier)
                continue
            giver, receiver = groups[giver], groups[receiver]
        if giver == receiver:
            dropped["within"].add(identifier)
            continue
        cases[identifier, giver, receiver] = Case(
            identifier, own.practices[own.practice[i]], giver, receiver, int(taken.lo[i]),
            int(taken.hi[i]), bool(taken.proven[i]), vias.get(identifier, frozenset()),
        )  # fmt: skip
    ordered = tuple(case for _, case in sorted(cases.items()))
    head = head_of_transfers(dataset, taken, selected, by)
    head |= {"network_ends": len(dropped["ends"]), "within_groups": len(dropped["within"])}
    head |= {"outside_every_group": len(dropped["out"]), "undated_cases": len(dropped["undated"])}
    cited = pivot(dataset, PREFIXES["dcterms"] + "source")
    head["sources"] = len({s for case in ordered for s in cited.get(case.transfer, ())})
    return Study(
        ordered,
        tuple(sorted({case.giver for case in ordered})),
        tuple(sorted({case.receiver for case in ordered})),
        head,
    )


def _ways(dataset: Dataset) -> dict[str, frozenset[str]]:
    """Give the networks and projects that each transfer went through, with what they stand for."""
    held, run = pivot(dataset, KV + "heldBy"), pivot(dataset, KV + "runBy")
    runs: dict[str, set[str]] = {}
    for network, projects in run.items():
        for project in projects:
            runs.setdefault(project, set()).add(network)
    found = {}
    for transfer, ways in pivot(dataset, KV + "via", things=True).items():
        own = {place for way in ways for place in (way, *held.get(way, ()))}
        own |= {p for place in own for p in (*run.get(place, ()), *runs.get(place, ()))}
        found[transfer] = frozenset(own)
    return found
