"""Put an analysis to a dataset, whatever the analysis takes, and name the actors of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from kvgraph.inquiry.asking import ask_of, put
from kvgraph.inquiry.selecting import frame_of, selected, variable

if TYPE_CHECKING:
    from kvgraph.material import Material
    from kvgraph.model import Analysis, Table
    from kvgraph.store import Dataset

ACTORS: Final = (
    "actor", "giver", "receiver", "parent", "child", "root", "a", "b", "giver_component",
    "receiver_component",
)  # fmt: skip
"""The columns of an answer that hold actors."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, what its actors are called by id, and the material where one was measured."""

    table: Table
    labels: dict[str, str] = field(default_factory=dict)
    material: Material | None = None


def inquire(
    dataset: Dataset,
    analysis: Analysis,
    options: Mapping[str, Any],
    tell: Callable[[str], None] | None = None,
) -> Answered:
    """Give the answer of an analysis of a dataset, or of what the options select of it.

    ``options`` holds a value for every parameter of the analysis, ``lang``, and those of the
    selection that are given.

    :raises KvgraphError: for whatever names nothing, or does not go together.
    """
    return _WAYS[analysis.takes](dataset, analysis, options, tell)


def own_options(
    analysis: Analysis, options: Mapping[str, Any], tell: Callable[[str], None] | None
) -> dict[str, Any]:
    """Give the values of an analysis' own parameters, and where it tells of its steps."""
    own = {name: options[name] for name in map(variable, analysis.parameters)}
    if "tell" in getattr(analysis.run, "__annotations__", {}):
        own["tell"] = tell
    return own


def measure(
    material: Material,
    analysis: Analysis,
    options: Mapping[str, Any],
    tell: Callable[[str], None] | None = None,
) -> Answered:
    """Give the answer of an analysis of ties, actors and adoptions, whatever they come from."""
    own = own_options(analysis, options, tell)
    table = analysis.run(material, lang=options["lang"], **own)
    labels = {m.id: m.attributes["label"] for m in material.members if "label" in m.attributes}
    return Answered(table, labels, material)


def _of_flows(
    dataset: Dataset,
    analysis: Analysis,
    options: Mapping[str, Any],
    tell: Callable[[str], None] | None,  # noqa: ARG001
) -> Answered:
    """Put a question to the flows of a dataset."""
    table = put(ask_of(dataset, options), analysis, options)
    return Answered(table, _labels(table, dataset, options["lang"]))


def _of_diagram(
    dataset: Dataset,
    analysis: Analysis,
    options: Mapping[str, Any],
    tell: Callable[[str], None] | None,
) -> Answered:
    """Measure the graph in which the selected transfers lie side by side."""
    from kvgraph.diagram import draw_transfers, groups_at

    by = frame_of(dataset, options)
    diagram = draw_transfers(dataset, selected(dataset, options, ("transfer",)), by)
    groups = groups_at(dataset, diagram, options.get("level") or "actor", by)
    own = own_options(analysis, options, tell)
    table = analysis.run(diagram, lang=options["lang"], groups=groups, **own)
    labels = {node.id: str(node.attributes["label"]) for node in groups.of(diagram).nodes}
    return Answered(table, labels)


def _of_dataset(
    dataset: Dataset,
    analysis: Analysis,
    options: Mapping[str, Any],
    tell: Callable[[str], None] | None,
) -> Answered:
    """Measure the dataset itself, with the selected transfers as cases."""
    table = analysis.run(
        dataset,
        selected=selected(dataset, options, ("transfer",)),
        stage=options.get("stage") or "adopted",
        lang=options["lang"],
        **own_options(analysis, options, tell),
    )
    return Answered(table, _labels(table, dataset, options["lang"]))


def _of_material(
    dataset: Dataset,
    analysis: Analysis,
    options: Mapping[str, Any],
    tell: Callable[[str], None] | None,
) -> Answered:
    """Measure the ties, actors and adoptions that the selected transfers give."""
    from kvgraph.material import from_dataset

    chosen = selected(dataset, options, ("transfer",))
    material = from_dataset(dataset, chosen, frame_of(dataset, options))
    found = measure(material, analysis, options, tell)
    lang = options["lang"]
    # Whoever sits in a network may have given and received nothing.
    labels = _labels(found.table, dataset, lang) | _others(material, dataset, lang)
    return replace(found, labels=labels | found.labels)


def _labels(table: Table, dataset: Dataset, lang: str) -> dict[str, str]:
    """Give what the actors of a table are called."""
    from kvgraph.names import label
    from kvgraph.namespaces import mint

    places = [i for i, name in enumerate(table.columns) if name in ACTORS]
    ids = sorted({str(row[i]) for row in table.rows for i in places if row[i] is not None})
    return {name: label(dataset, mint("actor", name), lang) for name in ids}


def _others(material: Material, dataset: Dataset, lang: str) -> dict[str, str]:
    """Give what the practices and the states of a material are called, by id and by code."""
    from kvgraph.names import label
    from kvgraph.namespaces import mint

    practices = dict.fromkeys(tie.practice for tie in material.ties)
    codes = dict.fromkeys(m.attributes.get("country", "") for m in material.members)
    names = {p: label(dataset, mint("practice", p), lang) for p in practices}
    states = {c: label(dataset, mint("actor", f"country-{c.lower()}"), lang) for c in codes if c}
    return names | {c: name for c, name in states.items() if not name.startswith("country-")}


_WAYS: Final = {
    "flows": _of_flows,
    "diagram": _of_diagram,
    "dataset": _of_dataset,
    "material": _of_material,
    "either": _of_dataset,
}
"""How an analysis is put to a dataset, by what it takes."""
