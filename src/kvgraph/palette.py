"""What each class of things looks like in every picture: colour, shape and letter, one table.

Colour never carries alone. All colours have a contrast of at least 4.5 : 1 on white (WCAG
2.2, 1.4.3) and stay apart for colour-blind eyes together with their shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from kvgraph.namespaces import KV, expand
from kvgraph.tables import definitions


@dataclass(frozen=True, slots=True)
class Style:
    """A colour as ``#RRGGBB``, the name of a shape, and the letter that stands on it."""

    colour: str
    shape: str
    letter: str


PALETTE: Final[Mapping[str, Style]] = {
    KV + "Practice": Style("#0072B2", "dot", "P"),
    KV + "Organisation": Style("#AB6600", "square", "O"),
    KV + "Jurisdiction": Style("#5B4FA2", "diamond", "J"),
    KV + "Network": Style("#A64D82", "hexagon", "N"),
    KV + "Project": Style("#007A5A", "triangle", "R"),
    KV + "Programme": Style("#4D5A66", "star", "G"),
    KV + "Event": Style("#8A5A2B", "triangleDown", "E"),
    KV + "Output": Style("#9A3B3B", "box", "T"),
}
"""The style of each class, in the order in which legends list them."""

PATH_COLOUR: Final = "#C2410C"
PATH_WIDTH: Final = 3.2
"""How a path that was asked for stands out."""

_BY_KIND: Final = {
    "practice": "Practice",
    "network": "Network",
    "project": "Project",
    "programme": "Programme",
    "event": "Event",
    "output": "Output",
}


def class_of(kind: str, class_: object = None) -> str:
    """Give the IRI of the class by which a node is styled, from its attributes.

    An actor is a jurisdiction if its kind is one, else an organisation.

    >>> class_of("actor", "city").rpartition("#")[2], class_of("practice", "Adaptation")[-8:]
    ('Jurisdiction', 'Practice')
    """
    if kind in _BY_KIND:
        return KV + _BY_KIND[kind]
    return KV + ("Jurisdiction" if class_ in _jurisdictions() else "Organisation")


def kind_of_class(iri: str) -> str:
    """Give the kind of the things of a styled class, as their IRIs name it.

    >>> kind_of_class(KV + "Jurisdiction")
    'actor'
    """
    name = iri.removeprefix(KV)
    return next((kind for kind, own in _BY_KIND.items() if own == name), "actor")


@cache
def _jurisdictions() -> frozenset[str]:
    """Give the kinds of actors that are jurisdictions: all whose class is not an organisation."""
    classes = definitions()["actors"].classes
    return frozenset(k for k, name in classes.items() if expand(name) != KV + "Organisation")
