"""The one place where a diagram is made to fit a format, and where it is counted what that cost.

Each format declares its :class:`Abilities`; :func:`coerce` gives a diagram that it can hold,
and the list of all that had to be changed or left out. Afterwards an attribute has one type
over all nodes, and one over all edges, so that a format can declare it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from kvgraph.export._cells import cell_json, cell_text
from kvgraph.export._separated import harmless
from kvgraph.model import Cell, Diagram, Edge, Loss, Node

JOINT: Final = "; "
"""What stands between the items of a list that became a text."""

XML: Final = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff"
"""What XML 1.0 has no character for, as the inside of a character class."""

_SURROGATES: Final = "\\ud800-\\udfff"
_SCALARS: Final = ("text", "boolean", "integer", "float", "decimal", "date")
_EXACT: Final = 2**53


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a format can hold; what it cannot is changed by :func:`coerce`, and counted.

    ``format`` is its name in the reasons given. ``undefined`` says that an undefined value
    has a place of its own; where it has none it is left out, which loses nothing.
    ``integer_bits`` is the widest integer, ``digits`` the most that a number is written with
    (all of them need 17). ``unfit`` are characters, as the inside of a
    character class, that cannot stand in a text; lone surrogates never can. ``reserved`` are
    names that an attribute of nodes or edges cannot have. ``only_of_nodes`` and
    ``only_of_edges`` are the attributes it has a place for, all where they are ``None``.
    ``spells`` are days that it holds in a way of its own, ``texts`` are attributes that are
    texts even where they are numbers.
    """

    format: str
    lists: bool = False
    nested: bool = False
    undefined: bool = False
    booleans: bool = True
    numbers: bool = True
    integer_bits: int | None = 64
    decimals: bool = False
    digits: int | None = None
    infinite: bool = False
    dates: bool = False
    first_date: date = date.min
    spells: frozenset[str] = frozenset()
    mixed: bool = False
    empty_text: bool = True
    longest: int | None = None
    unfit: str = ""
    formulas: bool = True
    parallel: bool = True
    loops: bool = True
    edge_ids: bool = True
    reserved_of_nodes: frozenset[str] = frozenset()
    reserved_of_edges: frozenset[str] = frozenset()
    names_fold: bool = False
    only_of_nodes: frozenset[str] | None = None
    only_of_edges: frozenset[str] | None = None
    texts: frozenset[str] = frozenset()


def coerce(diagram: Diagram, abilities: Abilities) -> tuple[Diagram, list[Loss]]:
    """Give a diagram that a format can hold, and what had to be changed for that.

    >>> node = Node("a", {"label": "A", "theme": ("x", "y"), "level": None})
    >>> held, losses = coerce(Diagram((node,), ()), Abilities("plain text"))
    >>> dict(held.nodes[0].attributes), [(x.what, x.field, x.count) for x in losses]
    ({'label': 'A', 'theme': 'x; y'}, [('wrote lists as text', 'theme', 1)])
    """
    work = _Coercion(abilities)
    ids = work.identifiers([node.id for node in diagram.nodes])
    edges = work.kept(diagram.edges)
    names = work.identifiers([edge.id for edge in edges])
    of_nodes = work.attributes(
        [node.attributes for node in diagram.nodes],
        abilities.reserved_of_nodes,
        abilities.only_of_nodes,
    )
    of_edges = work.attributes(
        [edge.attributes for edge in edges], abilities.reserved_of_edges, abilities.only_of_edges
    )
    held = Diagram(
        tuple(Node(ids[n.id], a) for n, a in zip(diagram.nodes, of_nodes, strict=True)),
        tuple(
            Edge(names[e.id], ids[e.source], ids[e.target], a)
            for e, a in zip(edges, of_edges, strict=True)
        ),
        # The head is told of, not held: what does not fit in it is no loss of the data.
        _Coercion(abilities).deep(diagram.head),
        diagram.empty,
    )
    return held, work.losses()


def kinds(things: Iterable[Node | Edge]) -> dict[str, str]:
    """Give the type of each attribute of coerced nodes or edges, in the order they come in.

    It is one of ``text``, ``boolean``, ``integer``, ``float``, ``decimal``, ``date``,
    ``mapping`` and ``list of`` one of the first five; ``text`` where all is undefined.
    """
    found: dict[str, str] = {}
    seen: set[str] = set()
    for thing in things:
        for name, value in thing.attributes.items():
            found.setdefault(name, "text")
            if name in seen or value is None:
                continue
            kind = _kind(value)
            if kind == "list":
                if not value:
                    found[name] = "list of text"
                    continue
                kind = f"list of {_kind(value[0])}"  # type: ignore[index]
            found[name] = kind
            seen.add(name)
    return found


class _Coercion:
    """Changes what does not fit, and counts it."""

    def __init__(self, abilities: Abilities) -> None:
        self.able = abilities
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self._unfit = re.compile(f"[{_SURROGATES}{abilities.unfit}]")

    def losses(self) -> list[Loss]:
        """Give what was counted, sorted."""
        return [Loss(w, f, n, why) for (w, f, why), n in sorted(self.counts.items())]

    def lose(self, what: str, field: str, reason: str, count: int = 1) -> None:
        """Count a loss."""
        shown = field.encode("utf-8", "replace").decode()
        self.counts[what, shown, f"{self.able.format} {reason}"] += count

    # --- nodes and edges -----------------------------------------------------------------------

    def identifiers(self, given: Sequence[str]) -> dict[str, str]:
        """Give each id as it can be held, no two alike."""
        fitting = {name: self.text(name, "id") for name in given}
        taken = Counter(fitting.values())
        used = {held for held, times in taken.items() if times == 1} | {""}
        for name, held in fitting.items():
            if held and taken[held] == 1:
                continue
            free, number = held or "_", 1
            while free in used:
                number += 1
                free = f"{held} {number}"
            if free != held:
                self.lose("renamed ids", "id", "has no empty ids, and no two alike")
            fitting[name] = free
            used.add(free)
        return fitting

    def kept(self, edges: Sequence[Edge]) -> list[Edge]:
        """Give the edges that a format can hold."""
        found = []
        pairs = set()
        for edge in edges:
            ends = edge.source, edge.target
            if ends[0] == ends[1] and not self.able.loops:
                self.lose("left out loops", "", "has no edges from a node to itself")
                continue
            if ends in pairs and not self.able.parallel:
                self.lose("left out parallel edges", "", "has one edge between two nodes")
                continue
            pairs.add(ends)
            found.append(edge)
        if found and not self.able.edge_ids:
            self.lose("left out edge ids", "", "has no ids of edges", len(found))
        return found

    # --- attributes ----------------------------------------------------------------------------

    def attributes(
        self,
        things: Sequence[Mapping[str, Cell]],
        reserved: frozenset[str],
        only: frozenset[str] | None,
    ) -> list[dict[str, Cell]]:
        """Give the attributes of nodes, or of edges, as they can be held."""
        order = dict.fromkeys(name for thing in things for name in thing)
        if only is not None:
            for name in [n for n in order if n not in only]:
                lost = sum(thing.get(name) is not None for thing in things)
                if lost:
                    self.lose("left out attributes", name, "has no place for them", lost)
                del order[name]
        names = self._names(order, reserved, things)
        columns = {
            name: self._column(name, [thing.get(name) for thing in things]) for name in order
        }
        found = []
        for place, thing in enumerate(things):
            held = {}
            for name, column in columns.items():
                value = column[place]
                if value is None and (not self.able.undefined or name not in thing):
                    continue
                held[names[name]] = value
            found.append(held)
        return found

    def _names(
        self,
        order: Iterable[str],
        reserved: frozenset[str],
        things: Sequence[Mapping[str, Cell]],
    ) -> dict[str, str]:
        """Give the name under which each attribute is held."""
        fold: Callable[[str], str] = str.casefold if self.able.names_fold else str
        used = {fold(name) for name in reserved} | {""}
        found = {}
        # Names that can stay as they are come first, so that a renamed one never takes theirs.
        fitting = {name: self.text(name, name) for name in order}
        for name in sorted(fitting, key=lambda n: (fitting[n] != n, n)):
            free = fitting[name]
            while fold(free) in used:
                free += "_"
            if free != fitting[name]:
                holders = sum(thing.get(name) is not None for thing in things)
                self.lose("renamed attributes", name, f"has it as {free}", holders)
            found[name] = free
            used.add(fold(free))
        return found

    def _column(self, name: str, values: Sequence[Cell]) -> list[Cell]:
        """Give the values of one attribute, all of one type."""
        values = [self._known(name, value) for value in values]
        found = {_kind(value) for value in values if value is not None}
        if len(found) > 1 and found <= {"integer", "float", "decimal"}:
            # A number is a number: only where digits would be lost it has to be a text.
            floats = [None if v is None else _as_float(v) for v in values]
            if floats.count(None) == values.count(None):
                return self._fit(name, "float", floats)
        if self.able.mixed:
            return [v if v is None else self._fit(name, _kind(v), [v])[0] for v in values]
        if len(found) > 1:
            reason = "has one type an attribute, and these differ"
            return self._texts(name, values, "wrote values of several types as text", reason)
        return self._fit(name, next(iter(found), "text"), values)

    def _known(self, name: str, value: Cell) -> Cell:
        """Give a value as one of the types that a cell can have."""
        if isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, set | frozenset):
            return tuple(sorted(value, key=str))
        if value is None or isinstance(
            value, str | bool | int | float | Decimal | date | tuple | list | Mapping
        ):
            return value
        self.lose("wrote values as text", name, f"has no {type(value).__name__}")
        return str(value)

    def _fit(self, name: str, kind: str, values: Sequence[Cell]) -> list[Cell]:
        """Give the values of one attribute and one type, as the format can hold them."""
        given: Sequence[Any] = values
        present = [value for value in given if value is not None]
        able = self.able
        if kind == "list":
            if able.lists:
                return [v if v is None else self._items(name, v) for v in given]
            return self._texts(name, values, "wrote lists as text", "has no lists")
        if kind == "mapping":
            if able.nested:
                return [v if v is None else self.deep(v, name) for v in values]
            return self._texts(name, values, "wrote nested values as JSON", "has no nested values")
        if kind == "boolean" and not able.booleans:
            return self._texts(name, values, "wrote yes and no as text", "has no booleans")
        if kind == "date" and name not in able.spells:
            if not able.dates:
                return self._texts(name, values, "wrote dates as text", "has no dates")
            if any(day < able.first_date for day in present):
                reason = f"has no dates before {able.first_date}"
                return self._texts(name, values, "wrote dates as text", reason)
        if kind in ("integer", "float", "decimal"):
            return self._numbers(name, kind, values, present)
        if kind == "text":
            return [v if v is None else self._value(name, str(v)) for v in values]
        return list(values)

    def _numbers(
        self, name: str, kind: str, values: Sequence[Any], present: Sequence[Any]
    ) -> list[Cell]:
        """Give numbers as numbers if no digit is lost by it, else as texts."""
        able, why = self.able, ""
        if not able.numbers or name in able.texts:
            why = "has no numbers here"
        elif kind == "integer" and able.integer_bits is not None:
            limit = 2 ** (able.integer_bits - 1)
            if any(not -limit <= value < limit for value in present):
                why = f"has integers of {able.integer_bits} bits"
        elif kind == "float" and not able.infinite and not all(map(_finite, present)):
            why = "has no numbers that are infinite or undefined"
        elif kind == "decimal" and not (able.decimals and all(map(_finite, present))):
            if all(_as_float(value) is not None for value in present):
                floats = [None if v is None else _as_float(v) for v in values]
                return self._numbers(name, "float", floats, [f for f in floats if f is not None])
            why = "has no decimals of so many digits"
        if why:
            return self._texts(name, values, "wrote numbers as text", why)
        if kind == "float" and able.digits is not None:
            return [self._rounded(name, v, able.digits) for v in values]
        return list(values)

    def _rounded(self, name: str, value: Any, digits: int) -> Cell:
        """Give a number with so many digits."""
        if value is None or (held := float(f"{value:.{digits}g}")) == value:
            return value  # type: ignore[no-any-return]
        self.lose("rounded numbers", name, f"has numbers of {digits} digits")
        return held

    def _texts(self, name: str, values: Sequence[Cell], what: str, reason: str) -> list[Cell]:
        """Give values of other types as texts."""
        found: list[Cell] = []
        for value in values:
            if value is None:
                found.append(None)
                continue
            if isinstance(value, tuple | list) and not value:
                found.append(None)  # an empty list says no more than nothing
                continue
            if not isinstance(value, str):
                self.lose(what, name, reason)
            found.append(self._value(name, _joined(value)))
        return found

    def _value(self, name: str, text: str) -> Cell:
        """Give a text as a value: one that a format takes for undefined is that."""
        held = self.text(text, name)
        if held or self.able.empty_text:
            return held
        self.lose("wrote empty texts as undefined", name, "cannot tell them apart")
        return None

    def _items(self, name: str, values: Sequence[Any]) -> tuple[Any, ...]:
        """Give the items of a list, all of one plain type unless types may be mixed."""
        known = [self._known(name, value) for value in values]
        found = {_kind(value) for value in known}
        if self.able.mixed:
            return tuple(self.deep(value, name) for value in known)
        if len(found) == 1 and (kind := found.pop()) in _SCALARS:
            return tuple(self._fit(name, kind, known))
        if found:
            self.lose("wrote the items of lists as text", name, "has lists of one plain type")
        return tuple(self.text(_joined(value), name) for value in known)

    def deep(self, value: Any, name: str = "") -> Any:
        """Give a value with all that is in it, in the types that JSON has."""
        if isinstance(value, Mapping):
            return {self.text(str(k), name): self.deep(v, name) for k, v in value.items()}
        if isinstance(value, tuple | list):
            return tuple(self.deep(item, name) for item in value)
        if isinstance(value, float) and not _finite(value):
            return str(value)
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Decimal):
            if self.able.decimals and value.is_finite():
                return value
            exact = _as_float(value)
            return str(value) if exact is None else exact
        if isinstance(value, date):
            self.lose("wrote dates as text", name, "has no dates")
        return self.text(cell_text(value), name)

    def text(self, text: str, name: str) -> str:
        """Give a text without what the format cannot hold."""
        held = self._unfit.sub("\ufffd", str(text))
        if held != text:
            self.lose("replaced characters by U+FFFD", name, "cannot hold them")
        if self.able.longest is not None and len(held.encode("utf-16-le")) // 2 > self.able.longest:
            # Counted as spreadsheets do, in UTF-16; half a pair at the end is dropped.
            cut = held.encode("utf-16-le")[: 2 * self.able.longest]
            held = cut.decode("utf-16-le", "ignore")
            self.lose("cut texts", name, f"holds {self.able.longest:,} characters a cell")
        if not self.able.formulas and (marked := harmless(held)) != held:
            self.lose(
                "marked formula-like text with an apostrophe",
                name,
                "is opened by spreadsheets, which would run it",
            )
            held = marked
        return held


def _kind(value: Any) -> str:
    """Tell the type of a defined value."""
    for types, kind in (
        (str, "text"),
        (bool, "boolean"),  # before int, of which it is one
        (int, "integer"),
        (float, "float"),
        (Decimal, "decimal"),
        (date, "date"),
        (Mapping, "mapping"),
    ):
        if isinstance(value, types):
            return kind
    return "list"


def _joined(value: Cell) -> str:
    """Give any value as text."""
    if isinstance(value, tuple | list):
        if any(isinstance(item, tuple | list | Mapping) for item in value):
            return cell_json(value)
        return JOINT.join(map(cell_text, value))
    return cell_text(value)


def _finite(value: Any) -> bool:
    return bool(value - value == 0)


def _as_float(value: Any) -> float | None:
    """Give a number as a float if it is exactly that number in its shortest form."""
    if isinstance(value, float):
        return value
    if isinstance(value, int):
        return float(value) if abs(value) <= _EXACT else None
    if not value.is_finite():
        return None
    near = float(value)
    return near if Decimal(repr(near)) == value else None
