"""What a person decided on suggestions, read from a file and checked row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Final

from kvgraph import vocabulary
from kvgraph.errors import Fault
from kvgraph.graph.match.suggest import REASONS, Candidate, clash
from kvgraph.graph.match.things import MATCHES, candidates, decided, graphs_of
from kvgraph.namespaces import shorten
from kvgraph.store import Dataset
from kvgraph.tables import plain_header

if TYPE_CHECKING:
    from kvgraph.readers import CsvFile

_NEEDED: Final = ("decision", "a", "b")
_SCHEME: Final = "match-decision"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: the two things are the same, or not; with the row of the file it stands in."""

    row: int
    same: bool
    a: str
    b: str
    reason: str = ""
    score: int | None = None
    note: str = ""

    @property
    def pair(self) -> frozenset[str]:
        """The IRIs of the two things, in no order."""
        return frozenset((self.a, self.b))


@dataclass(slots=True)
class Checked:
    """A file of decisions as it was read: those that count, and every fault.

    ``undecided`` rows have no decision yet; ``known`` ones say what another graph of matches
    says already.
    """

    decisions: list[Decision] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    undecided: int = 0
    known: int = 0


def check_decisions(file: CsvFile, dataset: Dataset, name: str | None) -> Checked:
    """Read decisions and find everything that is wrong with them.

    ``name`` is that of the graph that they are for: what it holds so far does not count, and
    what the other graphs of matches hold does. Without a name the file stands for itself.
    """
    checked = Checked()
    header = [plain_header(cell) for cell in file.header]
    missing = [column for column in _NEEDED if column not in header]
    for column in missing:
        checked.faults.append(
            Fault(file.name, 1, column, "", "is missing",
                  "The file is one that kvgraph match wrote, with the decisions filled in.")
        )  # fmt: skip
    if missing:
        return checked
    things = _Things(dataset)
    for row, cells in file.rows:
        values = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        if not values["decision"]:
            checked.undecided += 1
            continue
        faults, decision = _read(_Row(file.name, row, values), things)
        checked.faults += faults
        if decision is not None:
            checked.decisions.append(decision)
    there = {} if name is None else decided(dataset, but=MATCHES + name)
    _settle(checked, file.name, there)
    _check_groups(checked, file.name, things, there)
    checked.faults.sort(key=lambda fault: fault.row)
    return checked


class _Things:
    """The things of a dataset by what a row may call them."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self.by_iri = {c.iri: c for c in candidates(dataset)}
        self._by_id: dict[str, list[Candidate]] = defaultdict(list)
        for one in self.by_iri.values():
            self._by_id[one.id].append(one)
            self._by_id[f"{one.kind}/{one.id}"].append(one)
        self._packages: dict[str, frozenset[str]] = {}

    def called(self, text: str) -> list[Candidate]:
        """Give what a text names: by IRI, id, or kind and id."""
        return [self.by_iri[text]] if text in self.by_iri else self._by_id.get(text, [])

    def packages(self, iri: str) -> frozenset[str]:
        """Give the packages that state a thing."""
        if iri not in self._packages:
            self._packages[iri] = graphs_of(self._dataset, iri)
        return self._packages[iri]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a file of decisions."""

    file: str
    row: int
    values: Mapping[str, str]

    def fault(self, column: str, problem: str, hint: str = "") -> Fault:
        """Tell of something wrong in one of its cells."""
        return Fault(self.file, self.row, column, self.values.get(column, ""), problem, hint)


def _read(row: _Row, things: _Things) -> tuple[list[Fault], Decision | None]:
    """Read one row: its faults, and the decision if there is none."""
    faults: list[Fault] = []
    code = _codes().get(row.values["decision"].casefold())
    if code is None:
        faults.append(
            row.fault("decision", "is neither accept nor reject",
                      "Write accept or reject; leave it empty if it is not decided.")
        )  # fmt: skip
    found = {}
    for side in ("a", "b"):
        found[side] = things.called(row.values[side])
        if not found[side]:
            faults.append(
                row.fault(side, "is no actor, practice, project, network or programme of the store",
                          "Both things must stand in the store: take both packages into it.")
            )  # fmt: skip
    pairs = [(a, b) for a in found["a"] for b in found["b"] if a.kind == b.kind]
    if found["a"] and found["b"] and len(pairs) != 1:
        hint = "Write the IRI, or kind and id such as actor/" + row.values["b"] + "."
        problem = "names several things" if pairs else f"is no {found['a'][0].kind}, as a is"
        faults.append(row.fault("b", problem, hint))
    elif code == "accept" and pairs:
        faults += _impossible(row, *pairs[0])
    reason, score = " ".join(row.values.get("reason", "").split()), row.values.get("score", "")
    if reason and reason not in REASONS:
        faults.append(row.fault("reason", "is no reason", "One of: " + ", ".join(REASONS) + "."))
    if score and not (score.isdecimal() and int(score) <= 100):
        faults.append(row.fault("score", "is not a number from 0 to 100"))
    if faults:
        return faults, None
    a, b = pairs[0]
    number = int(score) if score else None
    note = row.values.get("note", "")
    return [], Decision(row.row, code == "accept", a.iri, b.iri, reason, number, note)


def _codes() -> dict[str, str]:
    """Give accept or reject by what they are called in any language."""
    return {
        name.casefold(): code.notation
        for code in vocabulary.codes(_SCHEME).values()
        for name in (code.notation, *code.labels.values())
    }


def _impossible(row: _Row, a: Candidate, b: Candidate) -> Iterator[Fault]:
    """Say why two things cannot be the same, if they cannot."""
    if a.iri == b.iri:
        yield row.fault("b", "is matched with itself", "Reject it, or take the row out.")
    elif b.iri in a.apart or a.iri in b.apart:
        yield row.fault(
            "b",
            f"is a part, an original or a successor of {a.id}, or the other way round",
            "Reject it: the store says that they are two.",
        )
    elif clash(a, b):
        yield row.fault(
            "b", f"is a {b.sort}, and {a.id} a {a.sort}", "No thing is both: reject it."
        )


def _settle(checked: Checked, file: str, there: Mapping[frozenset[str], tuple[bool, str]]) -> None:
    """Keep one decision for each pair, and tell where two of them differ."""
    first: dict[frozenset[str], Decision] = {}
    kept = []
    for one in checked.decisions:
        say, where = ("accepted" if one.same else "rejected"), ""
        if one.pair in there and there[one.pair][0] != one.same:
            where = "in " + there[one.pair][1]
        elif one.pair in first and first[one.pair].same != one.same:
            where = f"on row {first[one.pair].row}"
        if where:
            other = "rejected" if one.same else "accepted"
            checked.faults.append(
                Fault(file, one.row, "decision", say, f"but the pair is {other} {where}",
                      "Decide on each pair once.")
            )  # fmt: skip
        elif one.pair in there:
            checked.known += 1
        elif one.pair not in first:
            first[one.pair] = one
            kept.append(one)
    checked.decisions = kept


def _check_groups(
    checked: Checked,
    file: str,
    things: _Things,
    there: Mapping[frozenset[str], tuple[bool, str]],
) -> None:
    """Tell where accepted pairs together make two things one that nobody took for one.

    Being the same goes on: if a is b and b is c, then a is c.
    """
    same = {one.pair for one in checked.decisions if one.same}
    same |= {pair for pair, (accepts, _) in there.items() if accepts}
    apart = {one.pair for one in checked.decisions if not one.same}
    apart |= {pair for pair, (accepts, _) in there.items() if not accepts}
    told: set[int] = set()
    for group in _groups(same):
        here = [d for d in checked.decisions if d.same and d.a in group]
        for x, y in combinations(group, 2):
            pair = frozenset((x, y))
            shared = sorted(things.packages(x) & things.packages(y))
            if pair in same or not (pair in apart or shared):
                continue
            # The row to mend: the last of those that bring the two together; one fault a row.
            rows = [d for d in here if d.pair & pair] or here
            if not rows or rows[-1].row in told:
                continue
            last = rows[-1]
            told.add(last.row)
            names = f"{shorten(x)} and {shorten(y)}"
            why = "which is rejected" if pair in apart else f"two things of {shared[0]}"
            more = (
                "" if pair in apart else f" (kvgraph match {shared[0]} {shared[0]} suggests such)"
            )
            checked.faults.append(
                Fault(file, last.row, "b", shorten(last.b), f"makes {names} the same, {why}",
                      f"Reject one of the rows; or accept that {names} are the same too{more}.")
            )  # fmt: skip


def _groups(pairs: Collection[frozenset[str]]) -> list[list[str]]:
    """Give the things that are the same by a chain of pairs, each group sorted."""
    group: dict[str, set[str]] = {}
    for pair in sorted(sorted(p) for p in pairs):
        joined = set(pair).union(*(group.get(iri, ()) for iri in pair))
        for iri in joined:
            group[iri] = joined
    distinct = {id(members): sorted(members) for members in group.values()}
    return sorted(distinct.values())
