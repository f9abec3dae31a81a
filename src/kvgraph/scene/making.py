"""Put a scene together of what is selected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kvgraph import flows as f
from kvgraph.coverage import asked_for, judged, line, nothing, summary
from kvgraph.diagram import Frame
from kvgraph.diagram.drawing import INCOMPLETE
from kvgraph.flows import IN, REASONS, STAGES
from kvgraph.names import label
from kvgraph.namespaces import shorten
from kvgraph.scene.asking import HOP, MEMBERSHIPS, TRANSFERS, command, values_of
from kvgraph.scene.framing import frame_of_page
from kvgraph.scene.paths import Ways
from kvgraph.scene.records import Records
from kvgraph.scene.things import Things, in_all, states_of
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.words import word

MOST: Final = 3000
"""More transfers than these are not drawn one by one."""

_LISTED: Final = 200
"""So many values of an option are offered to narrow what is too much."""


def scene(
    dataset: Dataset, selected: Selected, by: Frame, *, why_not: bool = False
) -> dict[str, Any]:
    """Give everything that a page draws and proves, in the shape of ``web/src/lib/scene.ts``.

    ``why_not`` also answers, for pairs of a giver and a receiver, why there is no certain path:
    a page that can ask a server does not need it. Of more transfers than :data:`MOST` none is
    given, but how many there are and by what they can be narrowed.
    """
    transfers = [x for x in selected.links if x.kind == "transfer"]
    many = {x.iri for x in transfers}
    drawn = f.draw(dataset)
    flows = f.moments(
        drawn if not selected.selection else f.only(drawn, many),
        stage=by.stage, horizon=by.horizon,
    )  # fmt: skip
    whole = len(many) <= MOST
    told = selected if whole else Selected(selected.selection, (), selected.undated)
    records = Records(dataset, told, flows, by)
    known = summary(dataset, transfers)
    things = Things(dataset, records.iris() | selected.selection.things if whole else (), by)
    rows = records.transfers(things)
    ways = Ways(flows, things, rows) if whole else None
    found: dict[str, Any] = {
        "frame": frame_of_page(dataset, by),
        "title": in_all(lambda lang: _title(dataset, selected, lang)),
        "selection": _asked(dataset, selected),
        "command": command({k: str(v) for k, v in selected.selection.worded.items()}),
        "stage": by.stage,
        "coverage": in_all(
            lambda lang: judged(records.diagram, line(known, lang, selected.undated), lang)
        ),
        "empty": in_all(lambda lang: "" if selected.links else _empty(selected, lang)),
        "counts": _counts(records, selected),
        "reasons": {
            name: in_all(lambda lang, name=name: word(f"reason.{name}", lang))  # type: ignore[misc]
            for name in (*REASONS, INCOMPLETE)
            if name != REASONS[IN]
        },
        "things": [],
        "transfers": rows,
        "memberships": records.memberships(things),
        "adoptions": records.adoptions(things),
        "inferred": records.inferred(things),
        "sources": [],
        "paths": ways.paths() if ways else [],
        "whyNot": ways.why_not() if ways and why_not else {},
        "sparql": {"transfers": TRANSFERS, "memberships": MEMBERSHIPS, "hop": HOP},
        "tooMuch": None if whole else _too_much(dataset, transfers, len(many)),
        "stages": list(STAGES),
    }
    # Sources are numbered as they are named: what names them last must stand before their list.
    found["things"] = things.told()
    found["sources"] = things.cited()
    return found


def _title(dataset: Dataset, selected: Selected, lang: str) -> str:
    """Give a title: the practices that were asked for, else whatever else was, else all."""
    worded = selected.selection.worded
    if not worded:
        return word("scene.everything", lang)
    first = "practice" if "practice" in worded else next(iter(worded))
    value = str(worded[first])
    told = asked_for(dataset, first, value, lang)
    if told == value and ", " in value:
        told = ", ".join(asked_for(dataset, first, one, lang) for one in value.split(", "))
    return told if first == "practice" else f"{word(f'view.selection.{first}', lang)} {told}"


def _asked(dataset: Dataset, selected: Selected) -> list[dict[str, Any]]:
    """Give what was asked for, value by value."""
    return [
        {
            "name": name,
            "value": one,
            "label": in_all(lambda lang, name=name: word(f"view.selection.{name}", lang)),  # type: ignore[misc]
            "told": in_all(lambda lang, name=name, one=one: asked_for(dataset, name, one, lang)),  # type: ignore[misc]
        }
        for name, value in selected.selection.worded.items()
        for one in values_of(name, str(value))
    ]


def _empty(selected: Selected, lang: str) -> str:
    return nothing(selected, lang) or word("diagram.nothing", lang)


def _counts(records: Records, selected: Selected) -> dict[str, Any]:
    head: Mapping[str, Any] = records.diagram.head
    return {
        "transfers": head["transfers"],
        "proven": head["proven"],
        "possible": head["possible"],
        "leftOut": dict(head["left_out"]),
        "undated": head["undated"],
        "sources": head["sources"],
        "undatedLeftOut": selected.undated,
    }


def _too_much(dataset: Dataset, transfers: Iterable[Any], many: int) -> dict[str, Any]:
    """Give by what so many transfers can be narrowed, the most frequent first."""
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("practice", "country", "network")
    }
    states = states_of(dataset)
    for link in transfers:
        counts["practice"].update(link.practices)
        counts["country"].update({states[e] for e in (link.source, link.target) if e in states})
        counts["network"].update(link.via)

    def named(option: str, value: str, lang: str) -> str:
        return value if option == "country" else label(dataset, value, lang)

    return {
        "transfers": many,
        "narrow": [
            {
                "option": option,
                "values": [
                    {
                        "value": shorten(value),
                        "label": in_all(lambda lang, o=option, v=value: named(o, v, lang)),  # type: ignore[misc]
                        "count": n,
                    }
                    for value, n in sorted(found.items(), key=lambda p: (-p[1], p[0]))[:_LISTED]
                ],
            }
            for option, found in counts.items()
            if found
        ],
    }
