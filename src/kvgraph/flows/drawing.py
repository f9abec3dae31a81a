"""Draw the columns of transfers from a dataset, an RDF stream or an edge table."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyoxigraph as ox

from kvgraph import vocabulary
from kvgraph.errors import KvgraphError
from kvgraph.flows.around import (
    Pivot,
    adoptions_of,
    attainments_of,
    exposures_of,
    lineage_of,
)
from kvgraph.flows.books import Book, ordinals
from kvgraph.flows.columns import ABANDONED_RANK, HIGH, LOW, REFUSED_RANK, Transfers
from kvgraph.flows.kept import keep, kept_path, load
from kvgraph.namespaces import KV
from kvgraph.store import Dataset, Solutions, rdf_format

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kvgraph.readers import EdgeTable

    Days = NDArray[np.int64]
    Codes = NDArray[np.int32]


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


def _drawing(columns: Sequence[str]) -> str:
    """Give the query that draws the columns, those needed first."""
    return (
        f"PREFIX kv: <{KV}>\nSELECT ?transfer {' '.join('?' + c for c in columns)}\nWHERE {{\n"
        + "".join(f"  ?transfer kv:{c} ?{c} .\n" for c in columns[:_NEEDED])
        + "".join(f"  OPTIONAL {{ ?transfer kv:{c} ?{c} }}\n" for c in columns[_NEEDED:])
        + "}\n"
    )


DRAWING: Final = _drawing(_COLUMNS)
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

_DATED: Final = ("startAsWorded", "endAsWorded", "latestBegin", "earliestEnd")
"""What tells that a transfer has a start or an end, where its outer bounds are open."""


def draw(dataset: Dataset) -> Transfers:
    """Draw the columns of all transfers (and exposures) from a dataset.

    The columns are kept beside a store on disk, under the dataset's digest, and the next
    question reads them from there.
    """
    kept = kept_path(dataset)
    if kept is not None and kept.is_file():
        found = load(kept)
        if found is not None:
            return found
    drawn = _asked(dataset)
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
            node, term = _node(subject), ox.NamedNode(KV + name)
            for quad in dataset.store.quads_for_pattern(node, term, None):
                side[name].setdefault(subject, []).append(quad.object.value)  # type: ignore[union-attr]
    # Few lack both outer bounds, as a rule: only they are asked for what else dates them.
    held = [ox.NamedNode(KV + name) for name in _DATED if dataset.holds(KV + name)]

    def dated(subject: str) -> bool:
        node = _node(subject)
        return any(next(dataset.store.quads_for_pattern(node, x, None), None) for x in held)

    transfers = _assemble(drawn, side, dated)
    if kept is not None:
        keep(kept, transfers)
    return transfers


def _node(text: str) -> ox.NamedNode | ox.BlankNode:
    """Give the subject of this text: every IRI has a colon, and no blank node's label has one."""
    label = text.removeprefix("_:")
    return ox.NamedNode(text) if ":" in label else ox.BlankNode(label)


_WITH_TRANSFERS: Final = frozenset({"earliestBegin", "latestBegin", "latestEnd", "via", "practice"})
"""Side properties that every transfer has too: asked only of the subjects that matter."""

_HARVESTED: Final = (*_COLUMNS, *sorted(_WITH_TRANSFERS - frozenset(_COLUMNS)))
"""The properties of which a file holds about as many as transfers."""


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
    harvest = _Harvest()
    harvest.take(triples)
    return harvest.transfers()


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The columns of the documented transfers, with the books that number their texts."""

    ids: list[str]
    practices: Book
    actors: Book
    practice: Codes
    giver: Codes
    receiver: Codes
    begin: Days
    end: Days
    told: Days
    rank: Codes
    certainty: Codes


def _asked(dataset: Dataset) -> _Drawn:
    """Draw the columns by a query."""
    ids, (practice, giver, receiver, begin, end, told, status, certainty) = _answered(dataset)
    practices, actors, texts = Book(), Book(), Book()
    numbers = [texts.number(column) for column in (begin, end, told, status, certainty)]
    return _Drawn(
        ids,
        practices,
        actors,
        practices.number(practice),
        actors.number(giver),
        actors.number(receiver),
        *_meant(numbers, texts.names()),
    )


def _answered(dataset: Dataset) -> tuple[list[str], list[list[str]]]:
    """Give the ids and the columns that the drawing query answers with."""
    # A property that nothing has is not asked for: joining it in vain takes its time too.
    held = [c for i, c in enumerate(_COLUMNS) if i < _NEEDED or dataset.holds(KV + c)]
    query = _drawing(held)
    results = dataset.query(query)
    columns = None
    if isinstance(results, ox.QuerySolutions):
        raw = results.serialize(format=ox.QueryResultsFormat.CSV)
        assert raw is not None
        columns = None if b'"' in raw else _split_csv(raw.decode(), 1 + len(held))
        if columns is None:
            # An IRI with a comma in it, which the engine's csv does not quote: rare, so slowly.
            results = dataset.query(query)
    if columns is None:
        columns = [[] for _ in range(1 + len(held))]
        assert isinstance(results, ox.QuerySolutions | Solutions)
        for solution in results:
            for column, term in zip(columns, solution, strict=True):
                column.append("" if term is None else term.value)
    ids = columns[0]
    answered = dict(zip(held, columns[1:], strict=True))
    nothing = [""] * len(ids)
    return ids, [answered.get(c, nothing) for c in _COLUMNS]


def _split_csv(text: str, width: int) -> list[list[str]] | None:
    """Split the engine's csv answer into columns; ``None`` if there is a comma in a cell.

    Split by commas alone, the last cell of a row comes with the first of the next. Those
    pairs are split by themselves: replacing all line ends first would take three times as
    long.
    """
    flat = text.split(",")
    step = width - 1
    pairs = "\r\n".join(flat[step::step]).split("\r\n")
    # The header ends before the first id, and nothing comes after the last row. With a comma
    # too many some line end is not in a pair, and the sum does not come out.
    rows = len(pairs) // 2 - 1
    if len(flat) != step * (rows + 1) + 1:
        return None
    return [pairs[1:-1:2], *(flat[step + i :: step] for i in range(1, step)), pairs[2::2]]


class _Harvest:
    """What RDF says of transfers, gathered in any order: for each property whose and what.

    Things and values are numbered as they come, so that a text is held once.
    """

    def __init__(self) -> None:
        self._things, self._values = Book(), Book()
        self._whose = {name: array("i") for name in _HARVESTED}
        self._what = {name: array("i") for name in _HARVESTED}
        self._dated = array("i")
        self._side: Pivot = {name: {} for name in _SIDE if name not in _WITH_TRANSFERS}

    def take(self, triples: Iterable[ox.Triple | ox.Quad]) -> None:
        """Take in a stream of triples."""
        thing, value = self._things.one, self._values.one
        column = {
            KV + name: (self._whose[name].append, self._what[name].append) for name in _HARVESTED
        }.get
        side = {KV + name: of_name for name, of_name in self._side.items()}.get
        tells = {KV + name for name in _DATED}
        dated = self._dated.append
        last, number = "", -1
        for triple in triples:
            name = triple.predicate.value
            if name in tells:
                dated(thing(triple.subject.value))  # type: ignore[union-attr]
            pair = column(name)
            if pair is not None:
                subject = triple.subject.value  # type: ignore[union-attr]
                # The lines about one thing mostly stand together: it is looked up once.
                if subject != last:
                    last, number = subject, thing(subject)
                pair[0](number)
                pair[1](value(triple.object.value))  # type: ignore[union-attr]
                continue
            of_name = side(name)
            if of_name is not None:
                subject = triple.subject.value  # type: ignore[union-attr]
                of_name.setdefault(subject, []).append(triple.object.value)  # type: ignore[union-attr]

    def transfers(self) -> Transfers:
        """Make transfers of all that was taken in."""
        things, values = self._things.names(), self._values.names()
        whose, cells = self._column("giver")
        columns = [cells]
        for name in ("practice", "receiver"):
            # A row for each of several practices or receivers, as a join gives them.
            of_thing, cells = self._sorted(name)
            first, last = (np.searchsorted(of_thing, whose, side) for side in ("left", "right"))
            times = last - first
            which = np.repeat(np.arange(len(whose)), times)
            within = np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times)
            whose = whose[which]
            columns = [*(c[which] for c in columns), cells[first[which] + within]]
        giver, practice, receiver = columns
        practices, actors = Book(), Book()
        own = practices.renumber(practice, values)
        between = actors.renumber(np.concatenate([giver, receiver]), values)
        single = [self._first(name, len(things))[whose] for name in _COLUMNS[_NEEDED:]]
        drawn = _Drawn(
            [things[i] for i in whose.tolist()],
            practices,
            actors,
            own,
            between[: len(giver)],
            between[len(giver) :],
            *_meant(single, values),
        )
        dated = np.zeros(len(things), dtype=bool)
        dated[np.array(self._dated, np.int32)] = True
        side = _once(self._side) | self._with_transfers(things, values)
        return _assemble(drawn, side, lambda subject: bool(dated[self._things.one(subject)]))

    def _column(self, name: str) -> tuple[Codes, Codes]:
        """Give whose and what of a property, as they came; what is said twice counts once."""
        whose, what = np.array(self._whose[name], np.int32), np.array(self._what[name], np.int32)
        if len(whose) and np.bincount(whose).max() > 1:
            pairs = whose.astype(np.int64) << 32 | what
            once = np.sort(np.unique(pairs, return_index=True)[1])
            return whose[once], what[once]
        return whose, what

    def _sorted(self, name: str) -> tuple[Codes, Codes]:
        """Give whose and what of a property in the order of the things."""
        whose, what = self._column(name)
        order = np.argsort(whose, kind="stable")
        return whose[order], what[order]

    def _first(self, name: str, size: int) -> Codes:
        """Give the first value of each thing, -1 where it has none."""
        whose, what = self._column(name)
        found = np.full(size, -1, dtype=np.int32)
        found[whose[::-1]] = what[::-1]
        return found

    def _with_transfers(self, things: Sequence[str], values: Sequence[str]) -> Pivot:
        """Give the properties that transfers have too, of the few other things that matter."""
        others = sorted({*self._side["exposedTo"], *self._side["adopter"]})
        wanted = [thing for thing in others if thing in self._things]
        numbers = [self._things.one(thing) for thing in wanted]
        side: Pivot = {}
        for name in _WITH_TRANSFERS:
            of_name = side.setdefault(name, {})
            whose, what = self._column(name)
            for i in np.flatnonzero(np.isin(whose, numbers)).tolist():
                of_name.setdefault(things[whose[i]], []).append(values[what[i]])
        return side


def _once(side: Pivot) -> Pivot:
    """Give each value once: the same triple may stand in a file again."""
    return {
        name: {subject: list(dict.fromkeys(values)) for subject, values in of_name.items()}
        for name, of_name in side.items()
    }


def _assemble(drawn: _Drawn, side: Pivot, dated: Callable[[str], bool]) -> Transfers:
    """Add to the documented transfers what stands around them.

    ``dated`` tells of a subject without outer bounds whether it has a start or an end.
    """
    exposures = list(exposures_of(side))
    practice_book, actor_book = drawn.practices, drawn.actors
    n = len(drawn.ids)
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
    attained = tuple(attainments_of(side, drawn.ids))
    lineage, origins = lineage_of(side, practice_book, actor_book)
    adopted = adoptions_of(side, practice_book, actor_book)
    origin = np.full(len(practice_book), LOW, dtype=np.int64)
    for number, (earliest, _) in origins.items():
        origin[number] = earliest
    ids = (*drawn.ids, *(e[0] for e in exposures))
    begin = joined(drawn.begin, extra[4] if extra else ones, np.int64)
    end = joined(drawn.end, extra[5] if extra else ones, np.int64)
    blank = (begin == LOW) & (end == HIGH)
    for place in np.flatnonzero(blank).tolist():
        blank[place] = not dated(ids[place])
    return Transfers(
        practices=practice_book.names(),
        actors=actor_book.names(),
        ids=ids,
        practice=joined(drawn.practice, p, np.int32),
        giver=joined(drawn.giver, u, np.int32),
        receiver=joined(drawn.receiver, v, np.int32),
        begin=begin,
        end=end,
        told=joined(drawn.told, ones * HIGH, np.int64),
        rank=joined(drawn.rank, ones, np.int32),
        certainty=joined(drawn.certainty, ones * 0, np.int32),
        exposure=joined(np.zeros(n, dtype=bool), ones, np.bool_),
        origin=origin,
        blank=blank,
        attained=attained,
        lineage=tuple(lineage),
        adopted=adopted,
    )


def _meant(numbers: Sequence[Codes], texts: Sequence[str]) -> tuple[Days, Days, Days, Codes, Codes]:
    """Give what the numbered texts of begin, end, told, status and certainty mean."""
    begin, end, told, status, certainty = numbers
    sure = {c.iri: c.ranks.get("certaintyRank", 0) for c in vocabulary.codes("certainty").values()}
    ranks = _status_ranks()
    # A transfer without a status is known to have been begun, and no more than that.
    rank = _decoded(status, texts, lambda few: [ranks.get(t, 1) for t in few], 1)
    certain = _decoded(certainty, texts, lambda few: [sure.get(t, 0) for t in few], 0)
    return (
        _decoded(begin, texts, ordinals, LOW),
        _decoded(end, texts, ordinals, HIGH),
        _decoded(told, texts, ordinals, HIGH),
        rank.astype(np.int32),
        certain.astype(np.int32),
    )


def _decoded(
    numbers: Codes,
    texts: Sequence[str],
    meanings: Callable[[list[str]], Sequence[int] | Days],
    nothing: int,
) -> Days:
    """Give what each numbered text means, each text once; ``nothing`` for the empty and -1."""
    used = np.zeros(len(texts) + 1, dtype=bool)
    used[numbers] = True
    few = [i for i in np.flatnonzero(used[:-1]).tolist() if texts[i]]
    values = np.full(len(texts) + 1, nothing, dtype=np.int64)  # the last place goes by -1 too
    if few:
        values[few] = meanings([texts[i] for i in few])
    return values[numbers]


def _status_ranks() -> dict[str, int]:
    """Give the rank of each status by IRI."""
    ranks = {c.iri: c.ranks.get("statusRank", 0) for c in vocabulary.codes("status").values()}
    for notation, rank in (("abandoned", ABANDONED_RANK), ("refused", REFUSED_RANK)):
        ranks[vocabulary.codes("status")[notation].iri] = rank
    return ranks


def from_edges(edges: EdgeTable) -> Transfers:
    """Give the columns of a plain table of dated edges; every row is proven.

    Plain numbers are multiplied by the least power of ten that makes them all whole, so
    that they compare exactly and a tick of the table's own resolution stands for a day.
    """
    practice_book, actor_book = Book(), Book()
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
        blank=np.array(edges.blank, dtype=bool),
        staged=False,
        scale=edges.scale,
        numeric=edges.numeric,
    )
