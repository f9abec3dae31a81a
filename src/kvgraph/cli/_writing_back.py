"""Write the answer of an analysis into the store that it was computed from, and take it out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kvgraph.cli._common import progress, say
from kvgraph.cli._stores import open_dataset, write_store
from kvgraph.errors import KvgraphError, StoreError

if TYPE_CHECKING:
    from kvgraph.model import Analysis, Package, Table
    from kvgraph.store import Dataset

_FILES: Final = ("edges", "nodes", "cascades")
"""The options that name plain csv, of which there is no store."""

_NOT_ASKED: Final = frozenset({
    "store_path", "format_name", "output", "lang", "plot", "write_back", *_FILES, "columns",
    "undirected", "time",
})  # fmt: skip
"""The options that change nothing of what an answer says."""


write_back_option = click.option(
    "--write-back",
    metavar="GRAPH",
    help="Write the answer into the store (--store) as the graph of this name; "
    "kvgraph match --undo GRAPH takes it out again.",
)


def check_write_back(options: Mapping[str, Any]) -> None:
    """Refuse what cannot be written back, if anything is to be: before work that may take long.

    :raises KvgraphError: if there is no store of one's own, or the name cannot be a graph's.
    :raises StoreError: if the store cannot be opened.
    """
    name: str | None = options["write_back"]
    store_path: Path | None = options["store_path"]
    if name is None:
        return
    files = [f"--{file}" for file in _FILES if options.get(file) is not None]
    if files:
        raise KvgraphError(
            f"--write-back needs a store, and {' and '.join(files)} is plain csv",
            hint="Take the tables into a store first: kvgraph ingest, then say --store.",
        )
    if store_path is None:
        raise KvgraphError(
            "--write-back needs a store of your own: the shipped data stay as they are",
            hint=f"Build one: kvgraph build -o STORE; then --store STORE --write-back {name}.",
        )
    if store_path.is_file():
        raise KvgraphError(
            f"--write-back needs a store, and {store_path} is a file",
            hint=f"Take it into one: kvgraph ingest {store_path} -o STORE; then --store STORE.",
        )
    _check_name(name, open_dataset(store_path))


def write_back(analysis: Analysis, table: Table, options: Mapping[str, Any]) -> None:
    """Write an answer into the store as the graph that the options name, and say so; if any.

    An answer of this name that was written back before is replaced. ``options`` are those of the
    command, as they arrived.

    :raises KvgraphError: as :func:`check_write_back` does, or if the answer is not of this store.
    :raises StoreError: if another process has changed the store meanwhile.
    """
    name: str | None = options["write_back"]
    if name is None:
        return
    from kvgraph.graph.answers import answer_package
    from kvgraph.words import word

    check_write_back(options)
    store_path: Path = options["store_path"]
    dataset = open_dataset(store_path)
    of = table.head.get("dataset")
    if of is not None and of != dataset.digest:
        raise StoreError(
            f"the store {store_path} was changed meanwhile by another process",
            hint="Nothing was written: compute the answer again.",
        )
    package = answer_package(name, analysis.name, table, list(_told(options)), dataset)
    _write(store_path, dataset, name, package)
    lang = str(options.get("lang") or "en")
    say(word("analyse.written_back", lang, store=store_path, name=name, rows=len(table.rows)))


def take_out(store_path: Path, name: str) -> str:
    """Take an answer out of a store again; give a sentence that says what the store is now.

    :raises StoreError: if the store holds no answer of that name.
    """
    from kvgraph.graph.answers import written_back

    dataset = open_dataset(store_path)
    there = written_back(dataset)
    if name not in there:
        raise StoreError(
            f'{store_path} holds no answer written back as "{name}"',
            hint="It holds: " + ", ".join(there) + "." if there else "It holds none.",
        )
    about = _write(store_path, dataset, name, None)
    return f"{store_path}: {about.quads} quads, {about.digest}"


def _check_name(name: str, dataset: Dataset) -> None:
    """Refuse a name that is none, or that of something that was not written back.

    :raises KvgraphError: if it is.
    """
    from kvgraph import resources
    from kvgraph.cli._intake import RESERVED
    from kvgraph.graph.answers import written_back
    from kvgraph.namespaces import graph_iri

    if not re.fullmatch(r"[a-z0-9]+(?:[._-][a-z0-9]+)*", name):
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "ties"
        raise KvgraphError(
            f'an answer cannot be called "{name}"',
            hint=f"Small letters a to z, digits and hyphens will do: --write-back {plain}.",
        )
    graphs = {graph.value for graph in dataset.store.named_graphs()}
    taken = {package["name"] for package in dataset.about.packages}
    taken |= {*RESERVED, *(folder.name for folder in resources.package_folders())}
    if name in written_back(dataset):
        return
    if name in taken or graph_iri(name) in graphs:
        raise KvgraphError(
            f'"{name}" is the name of a package or graph that was not written back',
            hint=f"Give the answer another name: --write-back {name}-answer.",
        )


def _told(options: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Give what was asked for, as names and texts: of a file its name and what is in it."""
    from kvgraph.selection import SELECTION

    files = {p.name for p in SELECTION if p.kind == "file"}
    for key in sorted(options):
        name = key.rstrip("_").replace("_", "-")
        value: Any = options[key]
        if key in _NOT_ASKED or value is None or value is False:
            continue
        for one in value if isinstance(value, tuple | list) else (value,):
            yield name, _worded(one, is_file=name in files or isinstance(one, Path))


def _worded(value: Any, *, is_file: bool) -> str:
    """Give a value as text; of a file no path, which tells of a machine and not of what was asked.

    :raises KvgraphError: if the file cannot be read.
    """
    import hashlib

    if not is_file:
        return "yes" if value is True else str(value)
    path = Path(str(value))
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise KvgraphError(f"{path} cannot be read: {error.strerror or error}") from error
    return f"{path.name} sha256:{hashlib.sha256(raw).hexdigest()}"


def _write(path: Path, dataset: Dataset, name: str, package: Package | None) -> Any:
    """Write a store anew, aside, with this answer under a name or none."""
    from kvgraph.graph.kept import Kept

    with progress() as step:
        about = write_store(
            path,
            [] if package is None else [package],
            step,
            kept=Kept.all_but(dataset, {name}),
            before=dataset.about.digest,
        )
        step("nothing has changed" if about.digest == dataset.about.digest else "done")
    return about
