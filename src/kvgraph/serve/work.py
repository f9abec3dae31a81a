"""What a worker does: jobs by name, each writing an answer into an outlet.

A job gets what it was sent and a :class:`Bench`, and writes head, data and end. What goes wrong is
raised, and told by the worker.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

import pyoxigraph as ox

from kvgraph.errors import KvgraphError, QueryError
from kvgraph.query.syntax import check, explain
from kvgraph.query.text import shape
from kvgraph.serve.counting import counter
from kvgraph.serve.frames import DATA, END, HEAD, MOST, packed
from kvgraph.serve.problems import Problem
from kvgraph.serve.tagging import ETAG, Unchanged, is_among, told_of
from kvgraph.store import ABOUT, Dataset

if TYPE_CHECKING:
    from kvgraph.model import Tabular

_PART: Final = 1 << 16
"""Bytes of a frame of data: small answers are one, and are sent whole."""

_SOON: Final = 1.0
"""Seconds within which a query must have found nothing for the reason to be looked for, too."""


@dataclass(slots=True)
class Bench:
    """A worker's place: the store that it looks at, opened anew when another stands there."""

    path: Path
    _dataset: Dataset | None = field(default=None, init=False)
    _seen: tuple[int, int] | None = field(default=None, init=False)

    def dataset(self) -> Dataset:
        """Give the dataset that stands there now.

        :raises StoreError: if there is none.
        """
        try:
            stat = (self.path / ABOUT).stat()
            seen = (stat.st_ino, stat.st_mtime_ns)
        except OSError:
            seen = None
        if self._dataset is None or seen != self._seen:
            self._dataset = Dataset.open(self.path)
            self._seen = seen
        return self._dataset


class Enough(Exception):  # noqa: N818
    """Only the head of the answer is asked for, and that was written."""


class Outlet:
    """Where a job writes its answer: counted, digested, and never beyond the limits.

    ``job`` is what was asked for: it makes the tag of the answer, tells the tags of those that the
    client has kept (``unless``), and whether its head is all that is asked for (``head``).
    """

    def __init__(
        self, stream: IO[bytes], most_rows: int, most_bytes: int, job: Mapping[str, Any] = {}
    ) -> None:
        self._job = job
        self._stream = stream
        self._most_rows = most_rows
        self._most_bytes = most_bytes
        self._held = bytearray()
        self._sha = hashlib.sha256()
        self._count: Callable[[bytes], int] | None = None
        self._parts = 0
        self.rows = 0
        self.bytes = 0

    def begin(
        self,
        media: str,
        headers: Mapping[str, str],
        *,
        count: Callable[[bytes], int] | None = None,
        status: int = 200,
    ) -> None:
        """Say what follows; ``count`` sees the rows in the bytes, else :meth:`row` tells them.

        :raises Unchanged: if the client has kept the same answer.
        """
        self._count = count
        headers = told_of(headers, self._job)
        if is_among(headers.get(ETAG), self._job.get("unless", ())):
            raise Unchanged(headers)
        told = {"status": status, "media": media, "headers": headers}
        self._stream.write(packed(HEAD, told))

    def row(self) -> None:
        """Count a row.

        :raises Problem: 503 if there are more than may be.
        """
        self._add(1)

    def write(self, data: bytes | str) -> int:
        """Write a part of the body.

        :raises Problem: 503 if it is more than may be.
        """
        raw = data.encode() if isinstance(data, str) else bytes(data)
        self._sha.update(raw)
        self.bytes += len(raw)
        if self.bytes > self._most_bytes:
            raise Problem(
                503, f"the answer has more than {self._most_bytes:,} bytes",
                hint="Ask for less, or with LIMIT and OFFSET for a part.", limit="bytes",
            )  # fmt: skip
        if self._count is not None:
            self._add(self._count(raw))
        self._held += raw
        while len(self._held) >= _PART:
            self._send(self._held[:MOST])
            del self._held[:MOST]
        return len(raw)

    def flush(self) -> None:
        """Let others flush; parts are sent as they are full."""

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several parts."""
        for line in lines:
            self.write(line)

    def isatty(self) -> bool:
        """Tell that nobody reads it as it is written."""
        return False

    def end(self, headers: Mapping[str, str] = {}) -> None:
        """Say that all of it was written; ``headers`` are told where it is of one part."""
        if self._held:
            self._send(self._held)
        told = {
            "rows": self.rows, "bytes": self.bytes, "sha256": self._sha.hexdigest(),
            "headers": dict(headers),
        }  # fmt: skip
        self._stream.write(packed(END, told))
        self._stream.flush()

    def unchanged(self, headers: Mapping[str, str]) -> None:
        """Say that the client has kept the answer."""
        told = {"status": 304, "media": "", "headers": dict(headers)}
        self._stream.write(packed(HEAD, told) + packed(END, {}))
        self._stream.flush()

    def enough(self) -> None:
        """Say that there is more, which nobody asked for."""
        self._stream.write(packed(END, {}))
        self._stream.flush()

    def _send(self, raw: bytearray) -> None:
        self._parts += 1
        if self._job.get("head"):
            # Of an answer of one part the length is told, as where it is sent.
            if self._parts > 1:
                raise Enough
            return
        self._stream.write(packed(DATA, bytes(raw)))
        self._stream.flush()

    def _add(self, rows: int) -> None:
        self.rows += rows
        if self.rows > self._most_rows:
            raise Problem(
                503, f"the answer has more than {self._most_rows:,} rows",
                hint="Ask for less, or with LIMIT and OFFSET for a part.", limit="rows",
            )  # fmt: skip


RESULTS: Final[Mapping[str, tuple[str, ox.QueryResultsFormat]]] = {
    "application/sparql-results+json": ("json", ox.QueryResultsFormat.JSON),
    "application/sparql-results+xml": ("xml", ox.QueryResultsFormat.XML),
    "text/csv": ("csv", ox.QueryResultsFormat.CSV),
    "text/tab-separated-values": ("tsv", ox.QueryResultsFormat.TSV),
}
"""The forms of rows, and of yes and no."""

GRAPHS: Final[Mapping[str, ox.RdfFormat]] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "text/n3": ox.RdfFormat.N3,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/trig": ox.RdfFormat.TRIG,
}
"""The forms of graphs."""


def sparql(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Answer a SPARQL query over the graphs that it, or the request, names; else over all.

    :raises QueryError: with line and column, if it cannot be read.
    """
    begun = time.monotonic()
    dataset = bench.dataset()
    text, where = str(job["text"]), "the query"
    check(text, where)
    asked: dict[str, Any] = {"use_default_graph_as_union": True}
    if job["default"] or job["named"]:
        asked = {
            "default_graph": [ox.NamedNode(iri) for iri in job["default"]],
            "named_graphs": [ox.NamedNode(iri) for iri in job["named"]],
        }
    elif shape(text).froms:
        asked = {}
    try:
        found = dataset.store.query(text, base_iri=job.get("base"), **asked)
    except SyntaxError as error:
        raise explain(text, where, str(error)) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise QueryError(f"the query cannot be answered: {error}") from error
    headers = {"ETag": f'"{dataset.digest}"', "KVGraph-Dataset": dataset.digest}
    try:
        if isinstance(found, ox.QueryTriples):
            media = str(job["graphs"])
            out.begin(media, headers)
            write_triples(found, media, out)
        else:
            media = str(job["results"])
            form, syntax = RESULTS[media]
            yes_or_no = isinstance(found, ox.QueryBoolean)
            out.begin(media, headers, count=None if yes_or_no else counter(form))
            found.serialize(output=_stream(out), format=syntax)
    except (OSError, ValueError, RuntimeError) as error:
        raise QueryError(f"the query cannot be answered to its end: {error}") from error
    nothing = out.rows == 0 and not isinstance(found, ox.QueryBoolean)
    soon = time.monotonic() - begun < _SOON
    out.end(_why_nothing(dataset, job) if nothing and soon else {})


def _why_nothing(dataset: Dataset, job: Mapping[str, Any]) -> dict[str, str]:
    """Give the header that tells why a query has no answer; none where the request names graphs."""
    from kvgraph.query.empty import why_nothing
    from kvgraph.query.files import Query
    from kvgraph.serve._telling import EMPTY, short_header

    if job["default"] or job["named"]:
        return {}
    try:
        told = why_nothing(dataset, Query("file", "the query", str(job["text"])), {})
    except (KvgraphError, OSError, ValueError, RuntimeError):
        return {}
    return {EMPTY: short_header(told)}


def write_triples(triples: Iterator[ox.Triple], media: str, out: Outlet) -> None:
    """Write triples in the form of a media type, and count them."""
    ox.serialize(_counted(triples, out), output=_stream(out), format=GRAPHS[media])


def _counted(triples: Iterator[ox.Triple], out: Outlet) -> Iterator[ox.Triple]:
    for triple in triples:
        out.row()
        yield triple


def _stream(out: Outlet) -> IO[bytes]:
    """Give an outlet as the stream that it is for the engine, which writes and flushes."""
    return cast("IO[bytes]", out)


def write_table(table: Tabular, form: str, out: Outlet) -> None:
    """Write a table in the form of an exporter for text, a part at a time."""
    from kvgraph import registry

    exporter = registry.entry("export", form, "EXPORTER")
    if exporter.write is None:
        raise KvgraphError(f"{form} is not a form for tables")
    exporter.write(table, cast("IO[str]", out))


def whole(data: Mapping[str, Any], media: str, out: Outlet, headers: Mapping[str, str]) -> None:
    """Write a JSON document."""
    out.begin(media, headers)
    out.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    out.end()


JOBS: Final[dict[str, Callable[[Bench, Mapping[str, Any], Outlet], None]]] = {"sparql": sparql}
"""What a worker can be sent, by name."""
