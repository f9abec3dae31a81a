"""What does not depend on what was selected: codes, classes, countries and packages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyoxigraph as ox

from kvgraph import __version__, vocabulary
from kvgraph.diagram import Frame
from kvgraph.diagram.drawing import nodes_of
from kvgraph.names import in_language, label, texts_of
from kvgraph.namespaces import ID, KV, PREFIXES, graph_iri, shorten
from kvgraph.palette import PALETTE, PATH_COLOUR, PATH_WIDTH, kind_of_class
from kvgraph.proof import is_synthetic
from kvgraph.scene.keeping import kept
from kvgraph.scene.things import Text, day, in_all
from kvgraph.store import Dataset, pivot
from kvgraph.words import word

_SCHEMES: Final = ("status", "stage", "certainty", "level")
_ROLES: Final = ("membership-role", "participation-role")
_MODES: Final = ("upward", "horizontal", "downward")
_COUNTRIES: Final = (KV + "MemberState", KV + "Country")


@kept
def frame_of_page(dataset: Dataset, by: Frame) -> dict[str, Any]:
    """Give what every view needs, whatever was selected."""
    about = dataset.about
    return {
        "version": __version__,
        "dataset": dataset.digest,
        "quads": about.quads,
        "horizon": day(by.horizon),
        "synthetic": is_synthetic(dataset),
        "packages": [_package(dataset, package) for package in about.packages],
        "base": ID,
        "codes": _codes(dataset),
        "classes": [
            {
                "id": shorten(iri).removeprefix("kv:"),
                "iri": iri,
                "label": in_all(lambda lang, iri=iri: label(dataset, iri, lang)),  # type: ignore[misc]
                "colour": style.colour,
                "shape": style.shape,
                "letter": style.letter,
                "kind": kind_of_class(iri),
            }
            for iri, style in PALETTE.items()
        ],
        "path": {"colour": PATH_COLOUR, "width": PATH_WIDTH},
        "countries": _countries(dataset, by),
    }


def _package(dataset: Dataset, package: Mapping[str, str]) -> dict[str, Any]:
    iri = graph_iri(package["name"])
    titles = texts_of(dataset, iri, PREFIXES["dcterms"] + "title")
    marks = dataset.store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(KV + "synthetic"), None)
    return {
        "name": package["name"],
        "title": in_all(lambda lang: in_language(titles, lang) or package["name"]),
        "version": package.get("version", ""),
        "licence": package.get("licence", ""),
        "synthetic": any(getattr(quad.object, "value", "") == "true" for quad in marks),
    }


def _codes(dataset: Dataset) -> dict[str, list[dict[str, Any]]]:
    """Give the code lists that things and records name, each in its own order."""
    found = {name: [_code(c.notation, c.iri) for c in vocabulary.codes(name).values()]
             for name in _SCHEMES}  # fmt: skip
    found["kind"] = [_code(c.notation, c.iri) for c in vocabulary.codes("actor-kind").values()]
    found["role"] = [
        _code(c.notation, c.iri)
        for scheme in _ROLES
        for c in vocabulary.codes(scheme).values()
    ]  # fmt: skip
    found["mode"] = [
        {"id": mode, "label": in_all(lambda lang, mode=mode: word(f"mode.{mode}", lang))}  # type: ignore[misc]
        for mode in _MODES
    ]
    themes = {iri for used in pivot(dataset, KV + "theme").values() for iri in used}
    found["theme"] = [_code(shorten(iri), iri) for iri in sorted(themes, key=shorten)]
    return found


def _code(name: str, iri: str) -> dict[str, Any]:
    return {"id": name, "label": in_all(lambda lang: vocabulary.label(iri, lang))}


def _countries(dataset: Dataset, by: Frame) -> list[dict[str, Any]]:
    """Give the countries of the dataset by their codes; a member state is marked."""
    codes = {iri: values[0] for iri, values in pivot(dataset, KV + "countryCode").items()}
    types = pivot(dataset, PREFIXES["rdf"] + "type")
    iris = {iri for iri in codes if not set(_COUNTRIES).isdisjoint(types.get(iri, ()))}
    nodes = nodes_of(dataset, iris, by)

    def named(iri: str) -> Text:
        return in_all(lambda lang: label(dataset, iri, lang))

    return [
        {
            "code": codes[iri],
            "label": named(iri),
            "member": _COUNTRIES[0] in types[iri],
            "lat": nodes[iri].attributes["lat"],
            "lon": nodes[iri].attributes["lon"],
        }
        for iri in sorted(iris, key=lambda iri: codes[iri])
    ]
