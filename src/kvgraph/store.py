"""A dataset in memory or on disk behind one object.

Always the union default graph: without it a two-hop path finds nothing, since each triple
stands in one named graph. A store on disk is a folder::

    STORE/kvgraph.json     what is in it: version, digest, packages, counts, horizon
    STORE/quads/           the quads, in Oxigraph's own format
    STORE/also.nq          what a package says that stands in the graph of another already
    STORE/columns-*.npz    columns drawn from it, kept for the next question
    STORE/counts-*.json    how much of what is in it, kept for the descriptions of a server

It is written aside and renamed, and afterwards only read, so any number of processes can
open it at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kvgraph.aside import make_aside
from kvgraph.errors import QueryError, StoreError
from kvgraph.guard import danger
from kvgraph.namespaces import KV

if TYPE_CHECKING:
    import rdflib

ABOUT: Final = "kvgraph.json"
QUADS: Final = "quads"
ALSO: Final = "also.nq"

FORMATS: Final[dict[str, ox.RdfFormat]] = {
    ".nq": ox.RdfFormat.N_QUADS,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".n3": ox.RdfFormat.N3,
}
"""The RDF syntaxes that can be opened as a dataset, by file ending."""

_KEPT: Final = 20_000
"""Properties of no more subjects than this are kept when they were read once."""

_DAMAGE: Final = (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError)
"""What reading a damaged store raises; the engine itself raises RuntimeError."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """The rows of an answer that does not come from a store of ours: to be gone through once."""

    variables: tuple[ox.Variable, ...]
    rows: Iterator[tuple[Any, ...]]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Give the rows: a term or ``None`` for each variable."""
        return self.rows

    def __next__(self) -> tuple[Any, ...]:
        """Give the next row."""
        return next(self.rows)


Results = ox.QuerySolutions | Solutions | ox.QueryBoolean | ox.QueryTriples | Iterator[ox.Triple]
"""What a query is answered with: rows, yes or no, or triples."""


@dataclass(frozen=True, slots=True)
class About:
    """What is in a dataset.

    ``horizon`` is the latest day on which a source was read, as YYYY-MM-DD, else ``None``: of
    the packages that tell of transfers or adoptions, where any does.
    ``counts`` holds the rows of each table by package.
    """

    version: str = ""
    digest: str = ""
    packages: tuple[Mapping[str, str], ...] = ()
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    quads: int = 0
    horizon: str | None = None
    warnings: tuple[str, ...] = ()


class Dataset:
    """Quads that can be asked, wherever they are kept."""

    def __init__(self, store: ox.Store, about: About | None = None, path: Path | None = None):
        """Wrap an Oxigraph store; :meth:`memory`, :meth:`open` and :meth:`read` make one."""
        self.store = store
        self.path = path
        self._about = about
        self.pivots: dict[tuple[str, bool], dict[str, list[str]]] | None = None

    @classmethod
    def memory(cls, quads: Iterable[ox.Quad] = ()) -> Dataset:
        """Make a dataset in memory."""
        store = ox.Store()
        store.bulk_extend(quads)
        return cls(store)

    @classmethod
    def open(cls, path: Path) -> Dataset:
        """Open a store on disk for reading, or an RDF file into memory.

        :raises StoreError: if there is none, or it cannot be read.
        """
        if path.is_file():
            return cls.read(path)
        about_file = path / ABOUT
        hint = "Build one: kvgraph build -o " + str(path)
        if not about_file.is_file():
            problem = "is not a kvgraph store" if path.exists() else "does not exist"
            raise StoreError(f"the store {path} {problem}", hint=hint)
        for again in (True, False):
            try:
                folder = path.stat().st_ino
                about = _about(json.loads(about_file.read_text("utf-8")))
                store = ox.Store.read_only(str(path / QUADS))
                # A rebuild may have put another folder here between the two readings.
                if again and path.stat().st_ino != folder:
                    continue
                break
            except _DAMAGE as error:
                if again:
                    continue
                raise StoreError(
                    f"the store {path} cannot be read: {error}", hint=f"Remove it and {_low(hint)}"
                ) from error
        found = cls(store, about, path)
        # It is read only: what was read of it once stays true for as long as it is open.
        found.pivots = {}
        return found

    @classmethod
    def read(cls, path: Path) -> Dataset:
        """Read an RDF file into memory; its ending tells the syntax.

        :raises StoreError: if the ending is unknown or the file cannot be read.
        """
        syntax = rdf_format(path)
        store = ox.Store()
        try:
            if syntax not in (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS):
                fault = danger(path.read_bytes(), syntax, str(path))
                if fault is not None:
                    raise StoreError(str(fault).partition("\n")[0], hint=fault.hint)
            # In memory the plain load takes less time than the one that sorts in bulk.
            store.load(path=str(path), format=syntax)
        except SyntaxError as error:
            raise StoreError(f"{path} cannot be read: {error}") from error
        except OSError as error:
            raise StoreError(f"{path} cannot be read: {error.strerror or error}") from error
        return cls(store, path=path)

    @property
    def about(self) -> About:
        """What is in it; for a dataset that was not built by kvgraph, what can be counted."""
        if self._about is None:
            self._about = About(
                digest=digest(self.store), quads=len(self.store), horizon=_last_read(self.store)
            )
        return self._about

    @property
    def digest(self) -> str:
        """The SHA-256 of its canonical N-Quads (RDFC-1.0), as ``sha256:...``."""
        return self.about.digest

    def query(
        self,
        text: str,
        bound: Mapping[str, ox.NamedNode | ox.Literal] = {},
        *,
        union: bool = True,
    ) -> Results:
        """Ask a SPARQL query over all graphs at once; ``bound`` gives variables a value.

        ``union=False`` is for a query that names its graphs with FROM, which the engine
        passes over otherwise.

        :raises QueryError: with line and column, if the query cannot be read.
        """
        values: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
            ox.Variable(name): value for name, value in bound.items()
        }
        try:
            return self.store.query(
                text, use_default_graph_as_union=union, substitutions=values or None
            )
        except SyntaxError as error:
            raise _query_error(error) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise QueryError(f"the query cannot be answered: {error}") from error

    def holds(self, iri: str) -> bool:
        """Tell whether anything has a property."""
        return next(self.store.quads_for_pattern(None, ox.NamedNode(iri), None), None) is not None

    def also(self) -> Iterator[ox.Quad]:
        """Give what packages say that stands in the graph of another package already."""
        path = None if self.path is None else self.path / ALSO
        if path is not None and path.is_file():
            yield from ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS)

    def dump(self) -> Iterator[bytes]:
        """Give the N-Quads line by line, sorted, blank nodes named by RDFC-1.0."""
        yield from canonical_lines(self.store)

    @cached_property
    def rdflib(self) -> rdflib.Dataset:
        """The same quads as an rdflib dataset with a union default graph."""
        import rdflib

        dataset = rdflib.Dataset(default_union=True)
        dataset.parse(data=self.store.dump(format=ox.RdfFormat.N_QUADS), format="nquads")
        return dataset


def _about(raw: Mapping[str, Any]) -> About:
    """Check what a store's file says of it.

    :raises TypeError: if anything is of another type than it should be.
    :raises KeyError: if something is missing.
    """
    about = About(**{**raw, **{name: tuple(raw[name]) for name in ("packages", "warnings")}})
    names = [package["name"] for package in about.packages]
    counts = [about.counts[name] for name in names]
    sound = {
        "version": isinstance(about.version, str),
        "digest": isinstance(about.digest, str),
        "packages": all(isinstance(v, str) for p in about.packages for v in p.values()),
        "counts": all(isinstance(n, int) for c in counts for n in c.values()),
        "quads": isinstance(about.quads, int),
        "horizon": about.horizon is None or isinstance(about.horizon, str),
        "warnings": all(isinstance(text, str) for text in about.warnings),
    }
    wrong = [name for name, good in sound.items() if not good]
    if wrong:
        raise TypeError(f"{ABOUT} is wrong in {', '.join(wrong)}")
    return about


_ACCESSED: Final = ox.NamedNode(KV + "accessed")


def days_read(statements: Iterable[ox.Triple | ox.Quad]) -> Iterator[str]:
    """Give the days, as YYYY-MM-DD, on which some statements say that sources were read."""
    for statement in statements:
        if statement.predicate == _ACCESSED and isinstance(statement.object, ox.Literal):
            with contextlib.suppress(ValueError):
                yield date.fromisoformat(statement.object.value[:10]).isoformat()


def _last_read(store: ox.Store) -> str | None:
    """Give the latest day on which a source was read, as YYYY-MM-DD, if any source says it."""
    return max(days_read(store.quads_for_pattern(None, _ACCESSED, None)), default=None)


def pivot(dataset: Dataset, iri: str, *, things: bool = False) -> dict[str, list[str]]:
    """Give all values of a property by subject, as texts, sorted, each once.

    ``things`` leaves out what is no IRI: a text or a blank node where a thing should stand. What
    is given is not to be changed: small ones are kept for as long as a store on disk is open.
    """
    kept = dataset.pivots
    if kept is not None and (iri, things) in kept:
        return kept[iri, things]
    found: dict[str, list[str]] = {}
    for quad in dataset.store.quads_for_pattern(None, ox.NamedNode(iri), None):
        value = quad.object
        if things and not isinstance(value, ox.NamedNode):
            continue
        text = str(value) if isinstance(value, ox.Triple) else value.value
        found.setdefault(quad.subject.value, []).append(text)  # type: ignore[union-attr]
    for subject, values in found.items():
        if len(values) > 1:
            # The same may stand in two graphs: it is one value all the same.
            found[subject] = sorted(set(values))
    if kept is not None and len(found) <= _KEPT:
        kept[iri, things] = found
    return found


def rdf_format(path: Path) -> ox.RdfFormat:
    """Tell the RDF syntax from a file's ending.

    :raises StoreError: if the ending is not known.
    """
    syntax = FORMATS.get(path.suffix.lower())
    if syntax is None:
        raise StoreError(
            f"{path} is neither a store nor an RDF file",
            hint="RDF files end in " + ", ".join(FORMATS) + ".",
        )
    return syntax


_IN_MEMORY: Final = 2_000_000
"""So many lines of N-Quads (about 400 MB) are sorted in memory; more are sorted in runs."""


def canonical_lines(store: ox.Store) -> Iterator[bytes]:
    """Give the canonical N-Quads lines of a store, sorted.

    A large store is written to temporary files in sorted runs, which are then merged; only
    blank nodes need all of it in memory, since their names depend on all of it.
    """
    import heapq
    import tempfile
    from itertools import islice

    with tempfile.TemporaryFile() as dump:
        store.dump(dump, format=ox.RdfFormat.N_QUADS)
        dump.seek(0)
        if any(b"_:" in line for line in dump):
            # Perhaps only inside a literal; canonicalising is right either way.
            quads = ox.Dataset(iter(store))
            quads.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
            dump.seek(0)
            dump.truncate()
            ox.serialize(iter(quads), dump, format=ox.RdfFormat.N_QUADS)
        dump.seek(0)
        with contextlib.ExitStack() as runs:
            files = []
            lines = sorted(islice(dump, _IN_MEMORY))
            while len(lines) == _IN_MEMORY:
                run = runs.enter_context(tempfile.TemporaryFile())
                run.writelines(lines)
                run.seek(0)
                files.append(run)
                lines = sorted(islice(dump, _IN_MEMORY))
            yield from heapq.merge(*files, lines) if files else lines


def digest(store: ox.Store) -> str:
    """Give the SHA-256 of the canonical N-Quads, as ``sha256:...``."""
    return survey(store)[0]


def survey(store: ox.Store) -> tuple[str, list[ox.Triple]]:
    """Give the digest of a store, and the triples that stand in more than one of its graphs.

    Both come of one pass over the canonical lines: where they are sorted, those of one triple
    stand together.
    """
    sha = hashlib.sha256()
    twice: dict[bytes, None] = {}
    last = b""
    for line in canonical_lines(store):
        sha.update(line)
        triple = _without_graph(line)
        if triple == last:
            twice[triple] = None
        last = triple
    text = b"".join(triple + b" .\n" for triple in twice)
    found = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)]
    return f"sha256:{sha.hexdigest()}", found


def _without_graph(line: bytes) -> bytes:
    """Give the triple of a canonical line: what stands before the graph, if one is named."""
    triple, _, graph = line[:-3].rpartition(b" ")
    # A literal may end in what looks like an IRI, but for its closing quote or its language.
    named = graph[:2] == b"_:" or (graph[:1] == b"<" and graph[-1:] == b">")
    return triple if named and triple.count(b" ") > 1 else line[:-3]


class Draft:
    """A store on its way to disk: called with a store and what is in it, it writes them.

    :meth:`large` gives an empty store that is on disk already, for what would not fit in
    memory; called with that one, nothing is copied.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: ox.Store | None = None

    def large(self) -> ox.Store:
        """Give the empty store that will be the one written."""
        if self._own is None:
            self._own = ox.Store(str(self._folder / QUADS))
        return self._own

    def copy(self, store: ox.Store) -> ox.Store:
        """Give a copy of a store on disk, which will be the one written.

        What does not change is shared between the two on disk.
        """
        store.backup(str(self._folder / QUADS))
        return self.large()

    def close(self) -> None:
        """Let go of the store: what is open would still put files where it is removed."""
        self._own = None

    def size(self) -> int:
        """Give how many bytes the quads take on disk so far."""
        return size_at(self._folder)

    def __call__(self, store: ox.Store, about: About, also: Iterable[ox.Quad] = ()) -> None:
        """Write a store, what is in it, and what its packages say beside."""
        target = self.large()
        if store is not target:
            target.bulk_extend(store)
        target.flush()
        target.optimize()
        self._own = None
        twice = list(dict.fromkeys(also))
        if twice:
            ox.serialize(twice, str(self._folder / ALSO), format=ox.RdfFormat.N_QUADS)
        (self._folder / ABOUT).write_text(
            json.dumps(asdict(about), ensure_ascii=False, indent=1) + "\n", "utf-8"
        )


def digest_at(path: Path) -> str | None:
    """Give the digest of the store that stands at a place, if one does."""
    try:
        return str(json.loads((path / ABOUT).read_text("utf-8"))["digest"])
    except (OSError, ValueError, KeyError):
        return None


def size_at(path: Path) -> int:
    """Give how many bytes the quads of the store at a place take on disk."""
    total = 0
    for file in (path / QUADS).iterdir():
        # The engine removes files of its own at any moment while the store is open.
        with contextlib.suppress(FileNotFoundError):
            total += file.stat().st_size
    return total


def update(store: ox.Store, text: str, base: str | None = None) -> None:
    """Carry out a SPARQL update on a store; its default graph is not that of all graphs.

    :raises QueryError: with line and column if it cannot be read, else without.
    :raises OSError: if it cannot be written.
    """
    try:
        store.update(text, base_iri=base)
    except SyntaxError as error:
        raise _query_error(error) from error
    except (ValueError, RuntimeError) as error:
        raise QueryError(f"the update cannot be carried out: {error}") from error


@contextmanager
def create(path: Path, *, replace: bool = True) -> Iterator[Draft]:
    """Give a draft, a function that writes a store; it stands at ``path`` when the block ends.

    Without ``replace`` a store that another process has put there in the meantime stays.

    :raises StoreError: if something that is not a kvgraph store is in the way.
    """
    if path.exists() and not (path / ABOUT).is_file() and (path.is_file() or any(path.iterdir())):
        raise StoreError(
            f"{path} exists and is not a kvgraph store", hint="Choose another name, or remove it."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with make_aside(path, replace=replace) as folder:
            yield Draft(folder)
    except OSError as error:
        raise StoreError(f"the store {path} cannot be written: {error}") from error


def _query_error(error: SyntaxError) -> QueryError:
    """Translate Oxigraph's syntax error, which begins ``error at LINE:COLUMN: ``."""
    text = str(error)
    line = column = 0
    if text.startswith("error at "):
        place, _, text = text[len("error at ") :].partition(": ")
        numbers = place.split("-")[0].split(":")
        if len(numbers) == 2 and all(n.isdecimal() for n in numbers):
            line, column = int(numbers[0]), int(numbers[1])
    return QueryError(text, line=line, column=column)


def _low(hint: str) -> str:
    return hint[0].lower() + hint[1:]
