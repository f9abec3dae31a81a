"""Which questions of the library an engine does not answer as SPARQL 1.1 has it, and why.

Measured by the tests with each engine itself: a question that is not named here gives equal
answers, and one that is named does not. An engine that is not named is taken at its word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

UNFIT: Final[Mapping[str, Mapping[str, str]]] = {
    "Virtuoso": {
        "evaluation/claimed-shares": "in an OPTIONAL with FILTER NOT EXISTS in it, it leaves out "
        "an actor who meets no criterion",
        "names/things?name": "the language of a text that VALUES gives is not defined there",
        "networks/stayed": "its compiler breaks off at EXISTS in a BIND",
        "networks/substance-authorities": "its compiler breaks off at a MINUS or FILTER that uses "
        "what a subquery binds",
        "practices/policy-changes": "its compiler breaks off at a BIND of what an OPTIONAL binds",
        "practices/spread": "MIN passes over what has no day, and a practice with a transfer whose "
        "beginning is open gets a first day",
        "transfers/mode-and-direction": "it takes a comparison with what is not bound for false, "
        "and answers no where nothing is stated",
        "transfers/piloted-not-embedded": "its compiler breaks off at a FILTER on what a BIND made",
        "transfers/transition-step": "its compiler breaks off at EXISTS in a BIND",
    },
}
"""The reason for each question, by engine and name; the engine as its ``Server`` header begins.

``name?parameter`` is the question where that parameter is given.
"""


def unfit(server: str, name: str, given: Iterable[str] = ()) -> str:
    """Say why a question of the library cannot be put to a server, if it cannot.

    >>> unfit("Virtuoso/07.20", "names/things"), unfit("Oxigraph/0.5", "networks/stayed")
    ('', '')
    >>> unfit("Virtuoso/07.20", "names/things", ["name"])
    'the language of a text that VALUES gives is not defined there'
    """
    for engine, questions in UNFIT.items():
        if server.startswith(engine):
            asked = (name, *(f"{name}?{parameter}" for parameter in given))
            return next((questions[key] for key in asked if key in questions), "")
    return ""
