"""Whether an answer that a client has kept is still the answer (RFC 9110, 13).

A tag is made of the dataset and of all that the request asks for, its form included: whatever may
make another answer makes another tag. Tags are weak, since rows without an order, and names of
blank nodes, may come otherwise from a store that was built anew of the same data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from kvgraph import __version__
from kvgraph.query.text import tokens

ETAG: Final = "ETag"
CACHE: Final = "Cache-Control"
DATASET: Final = "KVGraph-Dataset"

KEPT: Final = (ETAG, CACHE, DATASET, "Content-Location", "Vary")
"""What is told of an answer that has not changed."""

_BESIDE: Final = frozenset({"rows", "bytes", "unless", "head"})
"""What a job is told besides what is asked for."""

_VARYING: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "SERVICE"})
"""What in a query may answer otherwise though the dataset is the same."""


class Unchanged(Exception):  # noqa: N818
    """The answer that the client has kept is still the answer."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__()
        self.headers = {name: value for name, value in headers.items() if name in KEPT}


def tag_of(digest: str, job: Mapping[str, Any]) -> str:
    """Give the tag of the answer of a dataset to a job.

    >>> one = tag_of("sha256:0", {"text": "ASK {}", "rows": 5})
    >>> one == tag_of("sha256:0", {"text": "ASK {}"}), one == tag_of("sha256:0", {"text": ""})
    (True, False)
    """
    asked = {name: value for name, value in job.items() if name not in _BESIDE}
    told = json.dumps([__version__, asked], sort_keys=True, ensure_ascii=True)
    return f'W/"{digest}-{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def told_of(headers: Mapping[str, str], job: Mapping[str, Any]) -> dict[str, str]:
    """Give the headers of an answer with its tag, and with how long it may be kept.

    It may be kept as long as one likes and is asked for again each time: the dataset may be
    another at any moment. A tag that names more than the dataset was made by the job and stays.
    """
    told = dict(headers)
    digest = told.get(DATASET)
    if varies(job):
        told.pop(ETAG, None)
        told[CACHE] = "no-store"
    elif digest is not None and told.get(ETAG, f'"{digest}"') == f'"{digest}"':
        told[ETAG] = tag_of(digest, job)
    told.setdefault(CACHE, "no-cache")
    return told


def varies(job: Mapping[str, Any]) -> bool:
    """Tell whether the answer may be another though the dataset is the same.

    >>> varies({"text": "SELECT (NOW() AS ?now) {}"}), varies({"text": 'ASK { ?s ?p "NOW()" }'})
    (True, False)
    """
    texts = [job.get("text", ""), *(text for name, text in job.get("given", ()) if name == "query")]
    return any(token.word in _VARYING for text in texts for token in tokens(text))


def tags_of(told: str | None) -> list[str]:
    """Give the tags in an If-None-Match header.

    >>> tags_of('W/"a", "b,c"'), tags_of("*"), tags_of(None)
    (['"a"', '"b,c"'], ['*'], [])
    """
    if told is None:
        return []
    if told.strip() == "*":
        return ["*"]
    return [f'"{part}"' for part in told.split('"')[1::2]]


def is_among(tag: str | None, tags: Collection[str]) -> bool:
    """Tell whether a tag is one of those that a client names; weak and strong ones are equal."""
    return tag is not None and ("*" in tags or tag.removeprefix("W/") in tags)
