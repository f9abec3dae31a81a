"""By what a selection that is too large to be drawn can be narrowed, and to how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kvgraph.links import Link
from kvgraph.names import label
from kvgraph.namespaces import KV, PREFIXES, kind_of, shorten
from kvgraph.scene.things import in_all
from kvgraph.store import Dataset, pivot

LISTED: Final = 200
"""So many values of an option are offered."""

_OPTIONS: Final = ("practice", "country", "network", "programme")


def narrowing(dataset: Dataset, transfers: Iterable[Link]) -> list[dict[str, Any]]:
    """Give the values that each option can be given, the most frequent first.

    The number of a value is that of the transfers that are left with it.
    """
    meets = _Meets(dataset)
    found: dict[str, Counter[str]] = {name: Counter() for name in _OPTIONS}
    for name, value in _each(meets, transfers):
        found[name][value] += 1
    return [
        {
            "option": name,
            "values": [
                {
                    "value": meets.codes[value] if name == "country" else shorten(value),
                    "label": in_all(lambda lang, value=value: label(dataset, value, lang)),  # type: ignore[misc]
                    "count": n,
                }
                for value, n in sorted(counts.items(), key=lambda p: (-p[1], p[0]))[:LISTED]
            ],
        }
        for name, counts in found.items()
        if counts
    ]


def _each(meets: _Meets, transfers: Iterable[Link]) -> Iterable[tuple[str, str]]:
    """Give option and value of each transfer, once, however many ends it has."""
    of: dict[str, set[tuple[str, str]]] = {}
    for link in transfers:
        of.setdefault(link.iri, set()).update(meets.of(link))
    for values in of.values():
        yield from values


class _Meets:
    """Tells which values of the options a transfer meets, as ``kvgraph.selection`` judges it."""

    def __init__(self, dataset: Dataset) -> None:
        self._countries = pivot(dataset, KV + "country")
        self._named = {iri for values in self._countries.values() for iri in values}
        self._practices = pivot(dataset, KV + "practice")
        self._older = pivot(dataset, KV + "descendsFrom")
        self._programmes = pivot(dataset, KV + "underProgramme")
        self._whole = pivot(dataset, PREFIXES["dcterms"] + "isPartOf")
        self.codes = {iri: codes[0] for iri, codes in pivot(dataset, KV + "countryCode").items()}

    def of(self, link: Link) -> Iterable[tuple[str, str]]:
        """Give option and value of all that a transfer meets."""
        ends = {link.source, link.target}
        around = ends.union(link.via)
        about = set(link.practices).union(*(self._practices.get(end, ()) for end in ends))
        for practice in about.union(*(self._older.get(one, ()) for one in about)):
            yield "practice", practice
        for country in ends.union(*(self._countries.get(end, ()) for end in ends)) & self._named:
            if country in self.codes:
                yield "country", country
        for network in around:
            if kind_of(network) == "network":
                yield "network", network
        under = around.union(*(self._programmes.get(one, ()) for one in around))
        for programme in _closed(under, self._whole):
            if kind_of(programme) == "programme":
                yield "programme", programme


def _closed(iris: Iterable[str], whole: Mapping[str, Iterable[str]]) -> set[str]:
    """Give these and all that they are parts of."""
    found, todo = set(iris), list(iris)
    while todo:
        for other in set(whole.get(todo.pop(), ())) - found:
            found.add(other)
            todo.append(other)
    return found
