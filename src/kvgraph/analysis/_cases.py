"""Who passed what on to whom, as cases to be held against all who could have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.analysis._clock import Clock
from kvgraph.coverage import nothing
from kvgraph.diagram import Frame
from kvgraph.flows import IN, draw, moments, only
from kvgraph.material import head_of_transfers
from kvgraph.material.sitting import Sitting, sittings_of
from kvgraph.model import Cell
from kvgraph.namespaces import KV, PREFIXES, kind_of, shorten
from kvgraph.rollup import rollup
from kvgraph.store import Dataset, pivot
from kvgraph.words import word

if TYPE_CHECKING:
    from kvgraph.selection import Selected

KINDS: Final = ("network", "project", "any")
"""The kinds of place that there are in a dataset."""

RULE: Final = "both had joined before the transfer can have begun"


@dataclass(frozen=True, slots=True)
class Case:
    """A giver and a receiver of one transfer; ``via`` are the places that are no prior ones.

    ``year_end`` is the last day of the year in which its moment begins, or the end of the whole
    unit of time where times are numbers.
    """

    transfer: str
    practice: str
    giver: str
    receiver: str
    lo: int
    hi: int
    year_end: int
    proven: bool
    via: frozenset[str]


@dataclass(frozen=True, slots=True)
class Study:
    """The cases in their order, the actors at risk, who sat where, and how all is told of.

    ``groups`` puts who sat somewhere together, as the cases are; ``None`` leaves each as it is.
    ``kinds`` are the kinds of place to be told of where none is asked for. ``states`` gives the
    state of an actor, where it is known; ``name`` makes an id of what stands for a thing here.
    ``head`` tells what was left out on the way, ``notes`` are the sentences to be said, by their
    keys, and ``empty`` is what is said where there is no case.
    """

    cases: tuple[Case, ...]
    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    head: Mapping[str, Cell]
    sittings: tuple[Sitting, ...]
    groups: Mapping[str, str] | None
    kinds: tuple[str, ...]
    kind_of: Callable[[str], str]
    states: Mapping[str, str]
    name: Callable[[str], str]
    clock: Clock
    notes: tuple[str, ...]
    dataset: str | None
    empty: str

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
    clock = Clock()
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
        lo = int(taken.lo[i])
        cases[identifier, giver, receiver] = Case(
            identifier, own.practices[own.practice[i]], giver, receiver, lo, int(taken.hi[i]),
            clock.year_end(lo), bool(taken.proven[i]), vias.get(identifier, frozenset()),
        )  # fmt: skip
    ordered = tuple(case for _, case in sorted(cases.items()))
    head = head_of_transfers(dataset, taken, selected, by)
    head |= {"network_ends": len(dropped["ends"]), "within_groups": len(dropped["within"])}
    head |= {"outside_every_group": len(dropped["out"]), "undated_cases": len(dropped["undated"])}
    cited = pivot(dataset, PREFIXES["dcterms"] + "source")
    head["sources"] = len({s for case in ordered for s in cited.get(case.transfer, ())})
    head["rule"] = RULE
    unmet = nothing(selected, by.lang) if selected is not None and not selected.links else ""
    return Study(
        cases=ordered,
        givers=tuple(sorted({case.giver for case in ordered})),
        receivers=tuple(sorted({case.receiver for case in ordered})),
        head=head,
        sittings=sittings_of(dataset, by.horizon),
        groups=groups,
        kinds=KINDS,
        kind_of=kind_of,
        states={
            actor: shorten(states[0])
            for actor, states in pivot(dataset, KV + "country", things=True).items()
        },
        name=shorten,
        clock=clock,
        notes=("analyse.co_presence_meant", "analyse.co_presence_cause"),
        dataset=dataset.digest,
        empty=unmet or word("analyse.nothing", by.lang),
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
