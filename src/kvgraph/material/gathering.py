"""Gather ties, actors, adoptions and seats from the selected transfers of a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from kvgraph.coverage import line, summary
from kvgraph.dates import ordinal
from kvgraph.diagram import Frame
from kvgraph.diagram.drawing import nodes_of
from kvgraph.flows import CERTAINTIES, HIGH, IN, LOW, Flows, draw, moments, only
from kvgraph.links import links
from kvgraph.material.shapes import Adaptation, Adopting, Material, Member, Seat, Tie
from kvgraph.material.sitting import sittings_of
from kvgraph.model import Cell
from kvgraph.namespaces import KV, PREFIXES, kind_of, shorten
from kvgraph.rollup import rollup
from kvgraph.selection import Selected
from kvgraph.store import Dataset, pivot


def from_dataset(dataset: Dataset, selected: Selected | None, by: Frame) -> Material:
    """Gather what the selected transfers, or all of them, give to be measured.

    Ties are the transfers that take part in reach at the stage of the frame, each between the days
    that reach takes for it (:func:`kvgraph.flows.moments`); their weight is 1 for a high
    certainty, 2/3 for a medium one and 1/3 otherwise. Who received what is proven has adopted the
    practice between these days, as have those of whom an adoption is recorded, and the actors with
    whom it is recorded to have begun, between the days of its origin (the id is then that of the
    practice). Who else only gave it had it at an unknown time, and is no adopter. Adoptions and
    origins count where the practice is that of a tie.

    The columns of an actor are ``label``, ``class``, ``level``, ``country`` (its state by code;
    ``group`` and ``member-state`` are the same) and ``network``, the one of which it is a member,
    blank where it is in none or several.
    """
    drawn = draw(dataset)
    if selected is not None and selected.selection:
        drawn = only(drawn, {link.iri for link in selected.links})
    taken = moments(drawn, stage=by.stage, horizon=by.horizon)
    ties = _ties(taken)
    iris = dict.fromkeys(end for tie in ties for end in (tie.giver, tie.receiver))
    practices = dict.fromkeys(tie.practice for tie in ties)
    recorded = [*_recorded(dataset, practices), *_began(dataset, practices)]
    iris |= dict.fromkeys(a.actor for a in recorded)
    seats = _seats(dataset, by)
    adoptings = [*recorded, *_received(ties)]
    return Material(
        _shortened(ties),
        _members(dataset, sorted(iris), seats, by),
        _in_order(adoptings),
        head={**head_of_transfers(dataset, taken, selected, by), "dataset": dataset.digest},
        seats=seats,
        themes=_themes(dataset, practices),
        adaptations=_adaptations(taken),
    )


def from_flows(taken: Flows, head: Mapping[str, Cell]) -> Material:
    """Gather what transfers give to be measured that were drawn without a store.

    Of their ends nothing is known but the ids; ties and adoptions are as those of a dataset.
    """
    ties = _ties(taken)
    told = {"stage": taken.stage, **_counted(taken), **head}
    return Material(
        _shortened(ties), (), _in_order(_received(ties)), head=told, adaptations=_adaptations(taken)
    )


def _ties(taken: Flows) -> list[Tie]:
    """Give the transfers that take part in reach, with the IRIs of their ends and practices.

    They are sorted: a store on disk and the same one in memory have them in other orders.
    """
    t = taken.transfers
    lows, highs = taken.lo.tolist(), taken.hi.tolist()
    ties = [
        Tie(
            t.actors[t.giver[i]],
            t.actors[t.receiver[i]],
            t.practices[t.practice[i]],
            _known(lows[i]),
            _known(highs[i]),
            max(int(t.certainty[i]), 1) / len(CERTAINTIES),
            shorten(t.ids[i]),
            bool(taken.proven[i]),
        )
        for i in np.flatnonzero(taken.reason == IN).tolist()
    ]
    return sorted(ties, key=lambda tie: (tie.id, tie.practice, tie.giver, tie.receiver))


def _adaptations(taken: Flows) -> tuple[Adaptation, ...]:
    """Give the documented adaptations, of whatever practices."""
    t = taken.transfers
    return tuple(
        Adaptation(
            shorten(t.practices[one.parent]),
            shorten(t.practices[one.child]),
            shorten(t.actors[one.origin]),
            _known(one.earliest),
            _known(one.latest),
        )
        for one in t.lineage
    )


def _counted(taken: Flows) -> dict[str, Cell]:
    """Count what takes part in reach, and what does not."""
    everything = np.ones(len(taken.transfers), dtype=bool)
    used = taken.reason == IN
    return {
        "horizon": None if taken.horizon is None else date.fromordinal(taken.horizon),
        "transfers": taken.count(everything),
        "proven": taken.count(used & taken.proven),
        "possible": taken.count(used & ~taken.proven),
        "left_out": {k: n for k, n in taken.left_out(everything).items() if n},
        "undated": taken.undated(everything),
    }


def head_of_transfers(
    dataset: Dataset, taken: Flows, selected: Selected | None, by: Frame
) -> dict[str, Cell]:
    """Tell what was asked of transfers, how many take part in reach, and what was left out."""
    known = links(dataset, ("transfer",)) if selected is None else selected.links
    without = 0 if selected is None else selected.undated
    cited = pivot(dataset, PREFIXES["dcterms"] + "source")
    backed = (taken.transfers.ids[i] for i in np.flatnonzero(taken.reason == IN).tolist())
    return {
        **(selected.head() if selected is not None else {}),
        "stage": by.stage,
        **_counted(taken),
        "sources": len({source for iri in backed for source in cited.get(iri, ())}),
        "coverage": line(summary(dataset, known), by.lang, without),
        "lang": by.lang,
    }


def _known(day: int) -> int | None:
    """Give a day, ``None`` where it is open."""
    return None if day in (LOW, HIGH) else day


def _shortened(ties: Iterable[Tie]) -> tuple[Tie, ...]:
    """Give ties with the ids of their ends and practices."""
    return tuple(
        replace(
            tie,
            giver=shorten(tie.giver),
            receiver=shorten(tie.receiver),
            practice=shorten(tie.practice),
        )
        for tie in ties
    )


def _in_order(adoptings: Iterable[Adopting]) -> tuple[Adopting, ...]:
    """Give adoptions with ids, by practice, actor and record."""
    return tuple(
        replace(a, actor=shorten(a.actor), practice=shorten(a.practice))
        for a in sorted(adoptings, key=lambda a: (a.practice, a.actor, a.id))
    )


def _received(ties: Iterable[Tie]) -> list[Adopting]:
    """Give the adoptions that proven transfers tell of; no network adopts."""
    return [
        Adopting(tie.receiver, tie.practice, tie.start, tie.end, tie.id)
        for tie in ties
        if tie.proven and kind_of(tie.receiver) == "actor"
    ]


def _recorded(dataset: Dataset, practices: Mapping[str, None]) -> list[Adopting]:
    """Give the recorded adoptions of practices."""
    return [
        Adopting(link.source, link.target, link.begin, link.end, shorten(link.iri))
        for link in links(dataset, ("adoption",))
        if link.target in practices
    ]


def _began(dataset: Dataset, practices: Mapping[str, None]) -> list[Adopting]:
    """Give the actors with whom practices began as their first adopters; no network adopts."""
    first, last = pivot(dataset, KV + "earliestOrigin"), pivot(dataset, KV + "latestOrigin")

    def day(known: Mapping[str, list[str]], practice: str) -> int | None:
        days = [ordinal(text) for text in known.get(practice, ())]
        return min(days, default=None)

    return [
        Adopting(actor, practice, day(first, practice), day(last, practice), shorten(practice))
        for practice, actors in pivot(dataset, KV + "origin", things=True).items()
        for actor in actors
        if practice in practices and kind_of(actor) == "actor"
    ]


def _members(
    dataset: Dataset, iris: Iterable[str], seats: Iterable[Seat], by: Frame
) -> tuple[Member, ...]:
    """Give the actors with their columns."""
    states, codes = rollup(dataset, "member-state"), pivot(dataset, KV + "countryCode")
    of: dict[str, set[str]] = {}
    for seat in seats:
        of.setdefault(seat.actor, set()).add(seat.network)
    found = []
    for iri, node in nodes_of(dataset, iris, by).items():
        state = states.get(iri)
        code = next(iter(codes.get(state, ())), shorten(state)) if state else ""
        networks = of.get(shorten(iri), set())
        columns = {
            "label": str(node.attributes["label"]),
            "class": str(node.attributes["class"] or ""),
            "level": str(node.attributes["level"] or ""),
            "country": code,
            "group": code,
            "member-state": code,
            "network": next(iter(networks)) if len(networks) == 1 else "",
        }
        found.append(Member(shorten(iri), None, columns))
    return tuple(found)


def _seats(dataset: Dataset, by: Frame) -> tuple[Seat, ...]:
    """Give all seats in networks, whoever holds them; those in projects are none."""
    found = (s for s in sittings_of(dataset, by.horizon) if kind_of(s.place) == "network")
    return tuple(
        Seat(
            shorten(s.actor), shorten(s.place), _known(s.first), _known(s.gone),
            shorten(s.membership),
        )
        for s in found
    )  # fmt: skip


def _themes(dataset: Dataset, practices: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give the themes of each practice that has any."""
    known = pivot(dataset, KV + "theme")
    return {
        shorten(practice): tuple(shorten(theme) for theme in sorted(known[practice]))
        for practice in practices
        if known.get(practice)
    }
