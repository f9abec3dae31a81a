"""A dataset or an edge table to flows: the columns of all transfers, ready to compute with.

Two steps. :func:`draw` (from a dataset), :func:`draw_triples` (straight from an RDF stream)
and :func:`from_edges` give :class:`Transfers`: what the records say, before any question is
put. :func:`moments` turns them into :class:`Flows` for one question: which transfers count
as having moved by the stage asked for, each in its interval of days.

Days are integers (:meth:`datetime.date.toordinal`); in an edge table of plain numbers they
are those numbers times ``scale``, so that decimals too are exact.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyoxigraph as ox

from kvgraph import vocabulary
from kvgraph.errors import KvgraphError
from kvgraph.namespaces import KV, kind_of
from kvgraph.store import Dataset, rdf_format

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kvgraph.readers.edges import EdgeTable

    Days = NDArray[np.int64]
    Codes = NDArray[np.int32]

LOW: Final = -(1 << 62)
"""An earliest day that is open to the past."""
HIGH: Final = 1 << 62
"""A latest day that is open to the future."""

STAGES: Final = ("visited", "piloted", "adopted", "embedded", "mainstreamed")
"""The stages that can be asked for; their rank is the place in the list, from 1."""

CERTAINTIES: Final = ("low", "medium", "high")

IN, PLANNED, ABANDONED, REFUSED, CERTAINTY, AFTER_HORIZON, CONTRADICTED = range(7)
REASONS: Final = (
    "in",
    "planned",
    "abandoned",
    "refused",
    "certainty",
    "after_horizon",
    "contradicted",
)
"""Why a transfer takes no part, by the number in :attr:`Flows.reason`."""

_ABANDONED_RANK: Final = -1
_REFUSED_RANK: Final = -2


@dataclass(frozen=True, slots=True)
class Lineage:
    """One documented adaptation: ``child`` was adapted from ``parent`` by its origin.

    Practices and the actor are numbers of the code books; ``earliest`` and ``latest`` bound
    the day on which the child began.
    """

    parent: int
    child: int
    origin: int
    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Transfers:
    """What the records say of all transfers, a place in each column for each of them.

    ``practice``, ``giver`` and ``receiver`` number the code books ``practices`` and
    ``actors`` (IRIs, or the names of an edge table). ``begin`` is the earliest day of the
    start, ``end`` the latest of the end, ``told`` the latest day of the status's as-of date
    (``LOW``/``HIGH`` where not known). ``rank`` is the status rank of diffusion (-1
    abandoned, -2 refused), ``certainty`` 1 low, 2 medium, 3 high, 0 not said. ``attained``
    lists dated or undated attainments as (transfer, rank, latest day). ``adopted`` gives
    the interval of an actor's own adoption by (practice, actor). ``timed`` is false for an
    edge table, where every row is proven and no stage is known.
    """

    practices: tuple[str, ...]
    actors: tuple[str, ...]
    ids: tuple[str, ...]
    practice: Codes
    giver: Codes
    receiver: Codes
    begin: Days
    end: Days
    told: Days
    rank: Codes
    certainty: Codes
    exposure: NDArray[np.bool_]
    origin: Days
    attained: tuple[tuple[int, int, int], ...] = ()
    lineage: tuple[Lineage, ...] = ()
    adopted: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    staged: bool = True
    scale: int = 1
    numeric: bool = False

    def __len__(self) -> int:
        """Give the number of transfers, exposures included."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Flows:
    """The transfers that take part in one question, each with its interval ``[lo, hi]``.

    All columns are as long as ``transfers``; ``reason`` is 0 for those that take part and
    else numbers :data:`REASONS`. ``proven`` tells whether a source says that the stage was
    reached.
    """

    transfers: Transfers
    lo: Days
    hi: Days
    proven: NDArray[np.bool_]
    reason: NDArray[np.int8]
    horizon: int | None
    stage: str | None

    def asked(self, practices: Iterable[int]) -> NDArray[np.bool_]:
        """Tell which transfers are of these practices."""
        mask = np.zeros(len(self.transfers.practices), dtype=bool)
        mask[list(practices)] = True
        return mask[self.transfers.practice]

    def left_out(self, asked: NDArray[np.bool_]) -> dict[str, int]:
        """Count those that take no part, by reason; planned and abandoned are always told."""
        counts = np.bincount(self.reason[asked], minlength=len(REASONS))
        return {
            name: int(counts[number])
            for number, name in enumerate(REASONS)
            if number != IN and (counts[number] or number in (PLANNED, ABANDONED))
        }

    def undated(self, asked: NDArray[np.bool_]) -> int:
        """Count those with neither a start nor an end."""
        t = self.transfers
        return int(np.count_nonzero(asked & (t.begin == LOW) & (t.end == HIGH)))


# --- what the records say -----------------------------------------------------------------

_COLUMNS: Final = (
    "practice",
    "giver",
    "receiver",
    "earliestBegin",
    "latestEnd",
    "latestStatus",
    "status",
    "certainty",
)
_NEEDED: Final = 3
"""The first columns, without which a record is no transfer."""

DRAWING: Final = (
    f"PREFIX kv: <{KV}>\nSELECT ?transfer {' '.join('?' + c for c in _COLUMNS)}\nWHERE {{\n"
    + "".join(f"  ?transfer kv:{c} ?{c} .\n" for c in _COLUMNS[:_NEEDED])
    + "".join(f"  OPTIONAL {{ ?transfer kv:{c} ?{c} }}\n" for c in _COLUMNS[_NEEDED:])
    + "}\n"
)
"""The query that draws the columns; any SPARQL 1.1 endpoint answers it."""

_SIDE: Final = (
    "origin",
    "earliestOrigin",
    "latestOrigin",
    "adaptedFrom",
    "attainmentOf",
    "stage",
    "adopter",
    "earliestDate",
    "latestDate",
    "exposedTo",
    "exposedBy",
    "exposedActor",
    "earliestBegin",
    "latestBegin",
    "latestEnd",
    "via",
    "practice",
)
"""The properties of everything around the transfers: few, so they are read one by one."""

Pivot = dict[str, dict[str, list[str]]]
"""Values by property and subject."""


def draw(dataset: Dataset) -> Transfers:
    """Draw the columns of all transfers (and exposures) from a dataset.

    The columns are kept beside a store on disk, under the dataset's digest, and the next
    question reads them from there.
    """
    kept = _kept_path(dataset)
    if kept is not None and kept.is_file():
        found = _load(kept)
        if found is not None:
            return found
    results = dataset.query(DRAWING)
    assert isinstance(results, ox.QuerySolutions)
    raw = results.serialize(format=ox.QueryResultsFormat.CSV)
    assert raw is not None
    columns = _split_csv(raw, 1 + len(_COLUMNS))
    side: Pivot = {}
    for name in _SIDE:
        if name in _WITH_TRANSFERS:
            continue
        of_name = side.setdefault(name, {})
        for quad in dataset.store.quads_for_pattern(None, ox.NamedNode(KV + name), None):
            of_name.setdefault(quad.subject.value, []).append(quad.object.value)  # type: ignore[union-attr]
    for name in _WITH_TRANSFERS:
        side[name] = {}
        for subject in (*side["exposedTo"], *side["adopter"]):
            node, term = ox.NamedNode(subject), ox.NamedNode(KV + name)
            for quad in dataset.store.quads_for_pattern(node, term, None):
                side[name].setdefault(subject, []).append(quad.object.value)  # type: ignore[union-attr]
    transfers = _assemble(columns, side)
    if kept is not None:
        _keep(kept, transfers)
    return transfers


_WITH_TRANSFERS: Final = frozenset({"earliestBegin", "latestBegin", "latestEnd", "via", "practice"})
"""Side properties that every transfer has too: asked only of the subjects that matter."""


def draw_file(path: Path) -> Transfers:
    """Draw the columns straight from an RDF file, without any store.

    :raises StoreError: if its ending is not known.
    :raises KvgraphError: if it cannot be read.
    """
    syntax = rdf_format(path)
    try:
        return draw_triples(ox.parse(path=str(path), format=syntax))
    except (SyntaxError, OSError) as error:
        raise KvgraphError(f"{path} cannot be read: {error}") from error


def draw_triples(triples: Iterable[ox.Triple | ox.Quad]) -> Transfers:
    """Draw the columns from a stream of triples in any order, in one pass."""
    pivot: Pivot = {KV + name: {} for name in (*_COLUMNS, *_SIDE)}
    get = pivot.get
    for triple in triples:
        of_name = get(triple.predicate.value)
        if of_name is not None:
            subject = triple.subject.value  # type: ignore[union-attr]
            value = triple.object.value  # type: ignore[union-attr]
            if subject in of_name:
                of_name[subject].append(value)
            else:
                of_name[subject] = [value]
    side = {name: pivot[KV + name] for name in _SIDE}
    needed = [pivot[KV + name] for name in _COLUMNS[:_NEEDED]]
    optional = [pivot[KV + name] for name in _COLUMNS[_NEEDED:]]
    columns: list[list[bytes] | list[str]] = [[] for _ in range(1 + len(_COLUMNS))]
    nothing = [""]
    practices, _, receivers = needed
    for subject, givers in needed[1].items():
        rest = [d.get(subject, nothing)[0] for d in optional]
        for practice in practices.get(subject, ()):
            for giver in givers:
                for receiver in receivers.get(subject, ()):
                    for column, value in zip(
                        columns, (subject, practice, giver, receiver, *rest), strict=True
                    ):
                        column.append(value)  # type: ignore[arg-type]
    return _assemble(columns, side)


def _split_csv(raw: bytes, width: int) -> list[list[bytes] | list[str]]:
    """Split the engine's csv answer into columns, the header left out."""
    if b'"' in raw:  # an IRI with a comma or quote in it: rare, and the slow way is right
        import csv
        import io

        rows = list(csv.reader(io.StringIO(raw.decode(), newline="")))[1:]
        return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
    # Millions of short strings that all live: the collector would only walk them in vain.
    enabled = gc.isenabled()
    gc.disable()
    try:
        flat = raw.replace(b"\r\n", b",").split(b",")
        return [flat[width + i : -1 : width] for i in range(width)]
    finally:
        if enabled:
            gc.enable()


def _assemble(columns: Sequence[list[bytes] | list[str]], side: Pivot) -> Transfers:
    """Make the columns of numbers of the columns of text."""
    ids, practice, giver, receiver, begin, end, told, status, certainty = columns
    exposures = list(_exposures(side))
    practice_book, actor_book = _Book(), _Book()
    n = len(ids)
    ranks = _status_ranks()
    levels = {c.iri: c.ranks.get("certaintyRank", 0) for c in vocabulary.codes("certainty").values()}
    practice_codes = practice_book.number(practice)
    actor_codes = actor_book.number(giver), actor_book.number(receiver)
    extra = [np.array(column) for column in zip(*exposures, strict=True)] if exposures else []

    def joined(column: NDArray[Any], of_exposures: NDArray[Any], kind: Any) -> NDArray[Any]:
        return np.concatenate([column, of_exposures]).astype(kind) if exposures else column

    if exposures:
        p, u, v = (book.number(list(map(str, column))) for book, column in (
            (practice_book, extra[1]), (actor_book, extra[2]), (actor_book, extra[3])
        ))  # fmt: skip
    else:
        p = u = v = np.zeros(0, dtype=np.int32)
    ones = np.ones(len(exposures))
    attained = tuple(_attainments(side, ids, n))
    lineage, origins = _lineage(side, practice_book, actor_book)
    adopted = _adoptions(side, practice_book, actor_book)
    origin = np.full(len(practice_book), LOW, dtype=np.int64)
    for number, (earliest, _) in origins.items():
        origin[number] = earliest
    return Transfers(
        practices=practice_book.names(),
        actors=actor_book.names(),
        ids=(*_texts(ids), *(e[0] for e in exposures)),
        practice=joined(practice_codes, p, np.int32),
        giver=joined(actor_codes[0], u, np.int32),
        receiver=joined(actor_codes[1], v, np.int32),
        begin=joined(_days(begin, LOW), extra[4] if extra else ones, np.int64),
        end=joined(_days(end, HIGH), extra[5] if extra else ones, np.int64),
        told=joined(_days(told, HIGH), ones * HIGH, np.int64),
        # A transfer without a status is known to have been begun, and no more than that.
        rank=joined(_looked_up(status, ranks, 1), ones, np.int32),
        certainty=joined(_looked_up(certainty, levels, 0), ones * 0, np.int32),
        exposure=joined(np.zeros(n, dtype=bool), ones, np.bool_),
        origin=origin,
        attained=attained,
        lineage=tuple(lineage),
        adopted=adopted,
    )


def _status_ranks() -> dict[str, int]:
    """Give the rank of each status by IRI."""
    ranks = {c.iri: c.ranks.get("statusRank", 0) for c in vocabulary.codes("status").values()}
    for notation, rank in (("abandoned", _ABANDONED_RANK), ("refused", _REFUSED_RANK)):
        ranks[vocabulary.codes("status")[notation].iri] = rank
    return ranks


class _Book:
    """A code book: texts numbered from 0 in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: defaultdict[Any, int] = defaultdict(count().__next__)

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, column: list[bytes] | list[str]) -> Codes:
        """Give the numbers of a column of texts."""
        if column and isinstance(column[0], str):
            column = [c.encode() for c in column]  # type: ignore[union-attr]
        return np.fromiter(
            map(self._numbers.__getitem__, column), dtype=np.int32, count=len(column)
        )

    def one(self, text: str) -> int:
        """Give the number of one text."""
        return self._numbers[text.encode()]

    def names(self) -> tuple[str, ...]:
        """Give the texts in the order of their numbers."""
        return tuple(key.decode() for key in self._numbers)


def _texts(column: list[bytes] | list[str]) -> list[str]:
    return [c.decode() if isinstance(c, bytes) else c for c in column]


def _looked_up(column: list[bytes] | list[str], table: Mapping[str, int], empty: int) -> Codes:
    """Give a number for each text of a column with few different ones."""
    book = _Book()
    codes = book.number(column)
    values = [table.get(name, empty) if name else empty for name in book.names()]
    return np.array(values or [empty], dtype=np.int32)[codes]


def _days(column: list[bytes] | list[str], open_side: int) -> Days:
    """Give the day number for each date of a column, ``open_side`` where there is none."""
    book = _Book()
    codes = book.number(column)
    values = [_day(name, open_side) for name in book.names()]
    return np.array(values or [open_side], dtype=np.int64)[codes]


def _day(text: str, open_side: int) -> int:
    """Give the day number of an xsd:date."""
    if not text:
        return open_side
    try:
        return date.fromisoformat(text[:10]).toordinal()
    except ValueError as error:
        raise KvgraphError(
            f'"{text}" is not an xsd:date', hint="kvgraph check names the things it stands at."
        ) from error


def _bound(side: Pivot, name: str, subject: str, open_side: int) -> int:
    """Give one bound of a thing; of several the widest."""
    days = [_day(text, open_side) for text in side[name].get(subject, ())]
    return (min(days) if open_side == LOW else max(days)) if days else open_side


def _exposures(side: Pivot) -> Iterator[tuple[str, str, str, str, int, int]]:
    """Give each exposure: id, practice, who showed it, who met it, earliest and latest day."""
    for subject in sorted(side["exposedTo"]):
        end = _bound(side, "latestEnd", subject, HIGH)
        at_event = any(kind_of(via) == "event" for via in side["via"].get(subject, ()))
        if end == HIGH and at_event:
            # An event without an end was over on the day on which it began at the latest.
            end = _bound(side, "latestBegin", subject, HIGH)
        for practice in side["exposedTo"][subject]:
            for giver in side["exposedBy"].get(subject, ()):
                for receiver in side["exposedActor"].get(subject, ()):
                    begin = _bound(side, "earliestBegin", subject, LOW)
                    yield subject, practice, giver, receiver, begin, end


def _attainments(
    side: Pivot, ids: list[bytes] | list[str], n: int
) -> Iterator[tuple[int, int, int]]:
    """Give each attainment: the transfer's place, the rank of the stage, its latest day."""
    if not side["attainmentOf"]:
        return
    places = dict(zip(_texts(ids), range(n), strict=True))
    orders = {c.iri: c.ranks.get("stageOrder", 0) for c in vocabulary.codes("stage").values()}
    for subject in sorted(side["attainmentOf"]):
        for transfer in side["attainmentOf"][subject]:
            for stage in side["stage"].get(subject, ()):
                if transfer in places:
                    latest = _bound(side, "latestDate", subject, HIGH)
                    yield places[transfer], orders.get(stage, 0), latest


def _lineage(
    side: Pivot, practices: _Book, actors: _Book
) -> tuple[list[Lineage], dict[int, tuple[int, int]]]:
    """Give all adaptations, and the interval of each practice's origin."""
    origins: dict[int, tuple[int, int]] = {}
    for subject in sorted(side["earliestOrigin"].keys() | side["latestOrigin"].keys()):
        origins[practices.one(subject)] = (
            _bound(side, "earliestOrigin", subject, LOW),
            _bound(side, "latestOrigin", subject, HIGH),
        )
    lineage = []
    for child in sorted(side["adaptedFrom"]):
        for parent in sorted(side["adaptedFrom"][child]):
            number = practices.one(child)
            earliest, latest = origins.get(number, (LOW, HIGH))
            lineage += [
                Lineage(practices.one(parent), number, actors.one(origin), earliest, latest)
                for origin in sorted(side["origin"].get(child, ()))
            ]
    return lineage, origins


def _adoptions(
    side: Pivot, practices: _Book, actors: _Book
) -> dict[tuple[int, int], tuple[int, int]]:
    """Give the interval of the first adoption by practice and actor."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for subject in sorted(side["adopter"]):
        interval = (
            _bound(side, "earliestDate", subject, LOW),
            _bound(side, "latestDate", subject, HIGH),
        )
        for practice in side["practice"].get(subject, ()):
            for actor in side["adopter"][subject]:
                key = practices.one(practice), actors.one(actor)
                earlier = found.get(key, interval)
                found[key] = min(interval[0], earlier[0]), min(interval[1], earlier[1])
    return found


# --- kept columns -------------------------------------------------------------------------

_KEPT_FORMAT: Final = 1


def _kept_path(dataset: Dataset) -> Path | None:
    """Give the file in which a store's columns are kept, named after the dataset's digest."""
    if dataset.path is None or not dataset.path.is_dir():
        return None
    return dataset.path / f"columns-{_KEPT_FORMAT}-{dataset.digest[-16:]}.npz"


def _keep(path: Path, t: Transfers) -> None:
    """Keep drawn columns beside the store; a store that cannot be written to is left alone."""
    from kvgraph.aside import write_aside

    arrays: dict[str, Any] = {
        name: getattr(t, name)
        for name in (
            "practice", "giver", "receiver", "begin", "end", "told", "rank", "certainty",
            "exposure", "origin",
        )
    }  # fmt: skip
    for name in ("practices", "actors", "ids"):
        arrays[name] = np.frombuffer("\n".join(getattr(t, name)).encode(), dtype=np.uint8)
    arrays["attained"] = np.array(t.attained, dtype=np.int64).reshape(-1, 3)
    arrays["lineage"] = np.array(
        [(x.parent, x.child, x.origin, x.earliest, x.latest) for x in t.lineage], dtype=np.int64
    ).reshape(-1, 5)
    arrays["adopted"] = np.array(
        [(*key, *interval) for key, interval in t.adopted.items()], dtype=np.int64
    ).reshape(-1, 4)
    try:
        with write_aside(path, "wb") as stream:
            np.savez(stream, **arrays)
    except OSError:
        return


def _load(path: Path) -> Transfers | None:
    """Load kept columns; a file that is not whole is drawn anew."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            texts = {
                name: tuple(kept[name].tobytes().decode().split("\n")) if kept[name].size else ()
                for name in ("practices", "actors", "ids")
            }
            return Transfers(
                practices=texts["practices"],
                actors=texts["actors"],
                ids=texts["ids"],
                practice=kept["practice"],
                giver=kept["giver"],
                receiver=kept["receiver"],
                begin=kept["begin"],
                end=kept["end"],
                told=kept["told"],
                rank=kept["rank"],
                certainty=kept["certainty"],
                exposure=kept["exposure"],
                origin=kept["origin"],
                attained=tuple((int(a), int(b), int(c)) for a, b, c in kept["attained"]),
                lineage=tuple(Lineage(*map(int, row)) for row in kept["lineage"]),
                adopted={(int(p), int(a)): (int(x), int(y)) for p, a, x, y in kept["adopted"]},
            )
    except (OSError, ValueError, KeyError):
        return None


# --- one question ---------------------------------------------------------------------------


def moments(
    t: Transfers,
    *,
    stage: str = "adopted",
    horizon: int | None = None,
    with_planned: bool = False,
    with_abandoned: bool = False,
    with_exposure: bool = False,
    min_certainty: str | None = None,
) -> Flows:
    """Tell which transfers count as having moved, and between which days.

    A transfer is *proven* if a source says that its receiver reached the stage or more: by
    its status, or by an attainment. It then moved between the earliest day of its start
    (else of the practice's origin, else open) and the earliest of: the latest day of its
    end, of its status's as-of date, of a dated attainment of the stage or beyond; else the
    horizon. Any other transfer that had begun may have moved at any day from its start to
    the horizon, or never. Planned, abandoned and refused ones are left out unless they are
    asked for, and then count as not proven. A status told of before the start is a plan.

    :param horizon: the last day that anything is known of; ``None`` is open.
    :raises KvgraphError: for exposure together with a stage beyond ``visited``.
    """
    if with_exposure and stage != "visited":
        raise KvgraphError(
            "exposure can only be taken in at stage visited",
            hint="Add --stage visited, or leave out --with-exposure.",
        )
    if not with_exposure:
        t = _documented(t)
    known_until = HIGH if horizon is None else horizon
    if not t.staged:
        lo, hi = t.begin.copy(), np.where(t.end == HIGH, known_until, t.end)
        reason = np.where(lo > hi, AFTER_HORIZON, IN).astype(np.int8)
        return Flows(t, lo, hi, np.ones(len(t), dtype=bool), reason, horizon, None)
    wanted = STAGES.index(stage) + 1
    plan = (t.rank >= 0) & (t.told < t.begin)
    rank = np.where(plan, 0, t.rank)
    by_status = rank >= wanted
    by_attainment = np.zeros(len(t), dtype=bool)
    attained_by = np.full(len(t), HIGH, dtype=np.int64)
    for place, order, latest in t.attained:
        if order >= wanted:
            by_attainment[place] = True
            attained_by[place] = min(attained_by[place], latest)
    proven = by_status | by_attainment
    lo = np.where(t.begin == LOW, t.origin[t.practice], t.begin)
    told = np.where(by_status, t.told, HIGH)
    bound = np.minimum(np.minimum(t.end, told), attained_by)
    hi = np.where(proven & (bound < HIGH), bound, known_until)
    reason = np.full(len(t), IN, dtype=np.int8)
    if min_certainty is not None:
        least = CERTAINTIES.index(min_certainty) + 1
        reason[t.certainty < least] = CERTAINTY
    if not with_planned:
        reason[~proven & (rank == 0)] = PLANNED
    if not with_abandoned:
        reason[~proven & (rank == _ABANDONED_RANK)] = ABANDONED
        reason[~proven & (rank == _REFUSED_RANK)] = REFUSED
    empty = (lo > hi) & (reason == IN)
    reason[empty & (bound == HIGH)] = AFTER_HORIZON
    reason[empty & ~proven] = AFTER_HORIZON
    reason[empty & proven & (bound < HIGH)] = CONTRADICTED
    return Flows(t, lo, hi, proven, reason, horizon, stage)


def _documented(t: Transfers) -> Transfers:
    """Give the transfers without the exposures, which stand last in the columns."""
    n = len(t) - int(np.count_nonzero(t.exposure))
    if n == len(t):
        return t
    columns = {
        name: getattr(t, name)[:n]
        for name in (
            "ids", "practice", "giver", "receiver", "begin", "end", "told", "rank",
            "certainty", "exposure",
        )
    }  # fmt: skip
    return replace(t, **columns)


def from_edges(edges: EdgeTable) -> Transfers:
    """Give the columns of a plain table of dated edges; every row is proven.

    Plain numbers are multiplied by the least power of ten that makes them all whole, so
    that they compare exactly and a tick of the table's own resolution stands for a day.
    """
    practice_book, actor_book = _Book(), _Book()
    n = len(edges.giver)
    given = actor_book.number(list(edges.giver)), actor_book.number(list(edges.receiver))
    practice = practice_book.number(list(edges.practice))
    nothing = np.zeros(n, dtype=np.int32)
    return Transfers(
        practices=practice_book.names(),
        actors=actor_book.names(),
        ids=edges.ids,
        practice=practice,
        giver=given[0],
        receiver=given[1],
        begin=np.array([LOW if x is None else x for x in edges.lo], dtype=np.int64),
        end=np.array([HIGH if x is None else x for x in edges.hi], dtype=np.int64),
        told=np.full(n, HIGH, dtype=np.int64),
        rank=nothing,
        certainty=nothing,
        exposure=np.zeros(n, dtype=bool),
        origin=np.full(len(practice_book), LOW, dtype=np.int64),
        staged=False,
        scale=edges.scale,
        numeric=edges.numeric,
    )
