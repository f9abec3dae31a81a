"""Put a scene together of what is selected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kvgraph import flows as f
from kvgraph.coverage import asked_for, judged, line, nothing, summary
from kvgraph.diagram import Frame
from kvgraph.diagram.drawing import INCOMPLETE
from kvgraph.flows import IN, REASONS, STAGES
from kvgraph.scene.asking import HOP, MEMBERSHIPS, TRANSFERS, command
from kvgraph.scene.framing import frame_of_page
from kvgraph.scene.narrowing import narrowing
from kvgraph.scene.paths import Ways
from kvgraph.scene.records import Records
from kvgraph.scene.things import Things, in_all
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.words import word

MOST: Final = 3000
"""More transfers than these are not drawn one by one."""


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
        "command": command(selected.selection.given),
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
        "paths": ways.paths if ways else [],
        "whyNot": ways.why_not() if ways and why_not else {},
        "sparql": {"transfers": TRANSFERS, "memberships": MEMBERSHIPS, "hop": HOP},
        "tooMuch": None
        if whole
        else {"transfers": len(many), "narrow": narrowing(dataset, transfers)},
        "stages": list(STAGES),
    }
    # Sources are numbered as they are named: what names them last must stand before their list.
    found["things"] = things.told()
    found["sources"] = things.cited()
    return found


def _title(dataset: Dataset, selected: Selected, lang: str) -> str:
    """Give a title: the practices that were asked for, else whatever else was, else all."""
    given = selected.selection.given
    if not given:
        return word("scene.everything", lang)
    first = "practice" if "practice" in given else next(iter(given))
    told = ", ".join(asked_for(dataset, first, one, lang) for one in given[first])
    return told if first == "practice" else f"{word(f'view.selection.{first}', lang)}: {told}"


def _asked(dataset: Dataset, selected: Selected) -> list[dict[str, Any]]:
    """Give what was asked for, value by value."""
    return [
        {
            "name": name,
            "value": one,
            "label": in_all(lambda lang, name=name: word(f"view.selection.{name}", lang)),  # type: ignore[misc]
            "told": in_all(lambda lang, name=name, one=one: asked_for(dataset, name, one, lang)),  # type: ignore[misc]
        }
        for name, values in selected.selection.given.items()
        for one in values
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
