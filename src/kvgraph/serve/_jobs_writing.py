"""What a worker does for the doors ``/update`` and ``/store``: writing, and giving a graph.

A write is carried out on a copy, which shares on disk what does not change. The copy takes the
place of the store in one step, if all went well and nobody else has put another there.
"""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import pyoxigraph as ox

from kvgraph.errors import QueryError, StoreError
from kvgraph.guard import danger
from kvgraph.serve.problems import Problem
from kvgraph.serve.tagging import DATASET
from kvgraph.serve.work import GRAPHS, Bench, Outlet, write_triples
from kvgraph.store import About, Dataset, create, digest_at, size_at, update

CHANGED: Final = (
    "changed by a server since it was built: packages, counts and horizon are those of the build"
)
"""What is said of a dataset of packages that was written to."""


def graph(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Give a graph.

    :raises Problem: 404 if there is none of that name.
    """
    dataset = bench.dataset()
    name = _name(job["graph"])
    if isinstance(name, ox.NamedNode) and not dataset.store.contains_named_graph(name):
        raise _no_graph(name)
    out.begin(job["media"], {DATASET: dataset.digest})
    quads = dataset.store.quads_for_pattern(None, None, None, name)
    write_triples((quad.triple for quad in quads), job["media"], out)
    out.end()


def carry_out(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Carry out a SPARQL update.

    :raises QueryError: with line and column, if it cannot be read.
    """
    text, restricted = job["text"], job["restricted"]

    def change(store: ox.Store) -> None:
        try:
            update(store, restricted, job["base"])
        except QueryError as error:
            if error.line and restricted != text:
                # The places that the engine tells are those of another text than was sent.
                update(ox.Store(), text, job["base"])
            raise

    old, new, _ = _write(bench, job, change)
    _answer(out, 200, old, new)


def write_graph(bench: Bench, job: Mapping[str, Any], out: Outlet) -> None:
    """Put a graph in the place of one, add to one, or remove one.

    :raises Problem: 400 if the content cannot be read, 404 if what is to go is not there.
    """
    method = job["method"]
    triples = [] if method == "DELETE" else _triples(job)
    fresh = job["graph"] is None
    iri = _fresh(bench, job) if fresh else job["graph"]
    name = _name(iri)

    def change(store: ox.Store) -> bool:
        there = (
            store.contains_named_graph(name)
            if isinstance(name, ox.NamedNode)
            else next(store.quads_for_pattern(None, None, None, name), None) is not None
        )
        if method == "DELETE":
            if isinstance(name, ox.NamedNode) and not there:
                raise _no_graph(name)
            store.remove_graph(name)
            return there
        if method == "PUT":
            store.clear_graph(name)
        store.add_graph(name)
        store.extend(ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)
        return there

    old, new, there = _write(bench, job, change)
    made = method != "DELETE" and not there
    status = 201 if made else (204 if method == "PUT" else 200)
    _answer(out, status, old, new, {"Location": iri} if fresh else {})


def _write(
    bench: Bench, job: Mapping[str, Any], change: Callable[[ox.Store], Any]
) -> tuple[About, About, Any]:
    """Carry out a change on a copy, and put that in place; give what was and is in it.

    :raises Problem: 409 if another process wrote meanwhile, 503 if it is too much, or cannot be
        written.
    """
    dataset = bench.dataset()
    old = dataset.about
    try:
        before = size_at(bench.path)
        with create(bench.path) as draft:
            store = draft.copy(dataset.store)
            try:
                found = change(store)
                store.flush()
                _refuse_large(draft.size() - before, job["bytes"], "bytes")
                new = _about(old, store)
                _refuse_large(new.quads - old.quads, job["rows"], "rows")
                draft(store, new, dataset.also())
            except BaseException as error:
                # Closed before it is removed, and so held by nothing that tells of the error.
                traceback.clear_frames(error.__traceback__)
                raise
            finally:
                draft.close()
                del store  # or renamed: what is open still removes files of its own
            if digest_at(bench.path) != old.digest:
                raise Problem(
                    409, "another process wrote meanwhile; nothing was written",
                    hint="Look at what is there, and try again.",
                )  # fmt: skip
    except (OSError, StoreError) as error:
        cause = error.__cause__ if isinstance(error, StoreError) else error
        raise Problem(
            503, f"it cannot be written: {getattr(cause, 'strerror', None) or cause or error}",
            hint="Nothing was written. Is the disk full?", limit="disk",
        ) from error  # fmt: skip
    return old, new, found


def _about(old: About, store: ox.Store) -> About:
    """Tell what is in a dataset that was written to; what was built stays as it was built."""
    new = Dataset(store).about
    if not old.packages:
        return replace(old, digest=new.digest, quads=new.quads, horizon=new.horizon)
    warnings = tuple(dict.fromkeys((*old.warnings, CHANGED)))
    return replace(old, digest=new.digest, quads=new.quads, warnings=warnings)


def _refuse_large(more: int, most: int, limit: str) -> None:
    """Refuse what makes the dataset larger than one write may.

    :raises Problem: 503 if it does.
    """
    if more > most:
        what = "statements" if limit == "rows" else "bytes"
        raise Problem(
            503, f"it would add {more:,} {what}, more than {most:,}",
            hint="Nothing was written. Write it in parts.", limit=limit,
        )  # fmt: skip


def _triples(job: Mapping[str, Any]) -> list[ox.Triple]:
    """Read the content, part by part: blank nodes of one are not those of another.

    :raises Problem: 400 if it cannot be read, or names graphs.
    """
    return [t for part in job["parts"] for t in _read(part["content"], part["media"], job["base"])]


def _read(content: str, media: str, base: str) -> list[ox.Triple]:
    """Read a part of the content.

    :raises Problem: 400 if it cannot be read, or names graphs.
    """
    raw, syntax = content.encode(), GRAPHS[media]
    fault = danger(raw, syntax, "the content")
    if fault is not None:
        raise Problem(400, str(fault).partition("\n")[0], hint=fault.hint)
    try:
        quads = ox.parse(
            raw, syntax, base_iri=base, without_named_graphs=True, rename_blank_nodes=True
        )
        return [quad.triple for quad in quads]
    except SyntaxError as error:
        place: dict[str, Any] = {}
        if error.lineno:
            place = {"line": error.lineno, "column": error.offset}
        raise Problem(400, f"the content cannot be read: {error.msg}", **place) from error


def _fresh(bench: Bench, job: Mapping[str, Any]) -> str:
    """Give the IRI of a graph that is not there, made of what is there and what is written."""
    dataset = bench.dataset()
    for number in range(len(list(dataset.store.named_graphs())) + 1):
        told = json.dumps([dataset.digest, job["parts"], number])
        iri = str(job["fresh"]) + hashlib.sha256(told.encode()).hexdigest()[:32]
        if not dataset.store.contains_named_graph(ox.NamedNode(iri)):
            break
    return iri


def _name(iri: str) -> ox.NamedNode | ox.DefaultGraph:
    """Give the name of a graph; that of the default graph is empty.

    :raises Problem: 400 if it is no IRI.
    """
    try:
        return ox.NamedNode(iri) if iri else ox.DefaultGraph()
    except ValueError as error:
        raise Problem(400, f'graph "{iri[:100]}" is not an IRI') from error


def _no_graph(name: ox.NamedNode) -> Problem:
    return Problem(404, f"there is no graph {name}", hint="SELECT DISTINCT ?g { GRAPH ?g {} }")


def _answer(
    out: Outlet, status: int, old: About, new: About, headers: Mapping[str, str] = {}
) -> None:
    """Tell what was written."""
    out.begin("application/json", {DATASET: new.digest, **headers}, status=status)
    if status != 204:
        told = {"before": old.digest, "dataset": new.digest, "quads_before": old.quads,
                "quads": new.quads}  # fmt: skip
        out.write(json.dumps(told, indent=1) + "\n")
    out.end()


WRITING_JOBS: Final = {"update": carry_out, "graph": graph, "graph-write": write_graph}
"""What a worker can be sent by these doors, by name."""
