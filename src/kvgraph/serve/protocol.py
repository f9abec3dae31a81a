"""The door ``/sparql``: queries by the SPARQL 1.1 Protocol, and what the service can do.

Without a query it describes itself: to people as a page, to programs as a service description.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from kvgraph.query.text import tokens
from kvgraph.serve.negotiation import pick
from kvgraph.serve.problems import Problem
from kvgraph.serve.requests import (
    FORM,
    Pairs,
    all_of,
    body_of,
    media_of,
    one_of,
    pairs_of,
    query_pairs,
    text_of,
)
from kvgraph.serve.work import GRAPHS, RESULTS

if TYPE_CHECKING:
    from starlette.requests import Request

    from kvgraph.serve.settings import Settings

QUERY: Final = "application/sparql-query"

_PLAIN: Final = {"application/json": "application/sparql-results+json",
                 "application/xml": "application/sparql-results+xml",
                 "text/xml": "application/sparql-results+xml"}  # fmt: skip
"""Media types that clients ask for, and mean the form of results."""

_SHORT: Final = {
    "json": "application/sparql-results+json", "xml": "application/sparql-results+xml",
    "csv": "text/csv", "tsv": "text/tab-separated-values", "turtle": "text/turtle",
    "ttl": "text/turtle", "n-triples": "application/n-triples", "nt": "application/n-triples",
    "json-ld": "application/ld+json", "rdf-xml": "application/rdf+xml",
}  # fmt: skip
"""What ``format`` may say in place of an Accept header, which a browser cannot set."""


async def query_of(request: Request, settings: Settings) -> Pairs:
    """Give the parameters of a query, the query itself among them, however it was sent.

    :raises Problem: as the SPARQL 1.1 Protocol has it.
    """
    pairs = query_pairs(request)
    if request.method == "POST":
        media = media_of(request)
        if media not in (QUERY, FORM):
            raise Problem(
                415, f"a query is not read from {media or 'a body without a media type'}",
                hint=f"Send it as {QUERY}, or as a form.",
            )  # fmt: skip
        raw = text_of(await body_of(request, settings.limits.body))
        pairs = [*pairs, *(pairs_of(raw) if media == FORM else [("query", raw)])]
    for name in ("update", "using-graph-uri", "using-named-graph-uri"):
        if all_of(pairs, name):
            raise Problem(
                400, f"{name} is no parameter of a query", hint="Send updates to /update."
            )
    return pairs


def job_of(pairs: Pairs, accept: str | None, settings: Settings) -> dict[str, Any]:
    """Give the job that a query is for a worker.

    :raises Problem: if it cannot be asked, or the answer cannot be had in any form that fits.
    """
    text = one_of(pairs, "query")
    if text is None:
        raise Problem(400, "there is no query", hint="Send query=..., or a query as the body.")
    graphs = {name: [absolute(iri, name) for iri in all_of(pairs, name)]
              for name in ("default-graph-uri", "named-graph-uri")}  # fmt: skip
    short = one_of(pairs, "format")
    if short is not None:
        accept = _SHORT.get(short.lower(), short)
    refuse_deep(text, settings.limits.depth)
    refuse_services(text, settings.services)
    results, for_graph = _forms(text, accept)
    return {
        "kind": "sparql",
        "text": text,
        "default": graphs["default-graph-uri"],
        "named": graphs["named-graph-uri"],
        "results": results,
        "graphs": for_graph,
    }


def _forms(text: str, accept: str | None) -> tuple[str, str]:
    """Give the media types of rows and of graphs; what is refused is of the form asked for."""
    words = [token.word for token in tokens(text)]
    forms = [word for word in words if word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")]
    graph = bool(forms) and forms[0] in ("CONSTRUCT", "DESCRIBE")
    offers = [*RESULTS, *_PLAIN]
    if graph:
        return next(iter(RESULTS)), pick(accept, list(GRAPHS))
    found = pick(accept, offers)
    return _PLAIN.get(found, found), next(iter(GRAPHS))


def refuse_deep(text: str, most: int) -> None:
    """Refuse brackets within brackets beyond what the engine bears.

    :raises Problem: 400 if there are more.
    """
    depth = deepest = 0
    for token in tokens(text):
        if token.text and token.text[0] in "({[":
            depth += 1
            deepest = max(deepest, depth)
        elif token.text and token.text[0] in ")}]":
            depth -= 1
    if deepest > most:
        raise Problem(
            400, f"it has {deepest} brackets within each other, more than {most}", limit="depth"
        )


def refuse_services(text: str, allowed: tuple[str, ...]) -> None:
    """Refuse to ask other servers, but those that were allowed by name.

    :raises Problem: 403 for any other.
    """
    found = tokens(text)
    for place, token in enumerate(found):
        if token.word not in ("SERVICE", "LOAD"):
            continue
        rest = [t for t in found[place + 1 : place + 3] if t.word != "SILENT"]
        target = rest[0].text if rest else ""
        if target.startswith("<") and target[1:-1] in allowed and token.word == "SERVICE":
            continue
        hint = "Allowed are: " + ", ".join(allowed) if allowed else "Ask that server by itself."
        raise Problem(403, f"{token.word} {target} is not followed from here", hint=hint)


def absolute(iri: str, name: str) -> str:
    """Give an IRI that is absolute.

    :raises Problem: 400 if it is not.
    """
    try:
        scheme = urlsplit(iri).scheme
    except ValueError:
        scheme = ""
    if not scheme or any(c in iri for c in ' <>"{}|\\^`\n'):
        raise Problem(400, f'{name} "{iri}" is not an absolute IRI')
    return iri
