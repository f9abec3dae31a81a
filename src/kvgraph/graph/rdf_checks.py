"""Judge the statements of a user's RDF file: by the shapes, and by the terms that they use."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, Final

import pyoxigraph as ox

from kvgraph.dossier import property_in_words
from kvgraph.errors import Fault
from kvgraph.graph.rules import derive
from kvgraph.graph.shapes import validate
from kvgraph.model import Iri
from kvgraph.namespaces import ID, KV, VOC, kind_of, shorten
from kvgraph.store import Dataset

Thing = ox.NamedNode | ox.BlankNode
Lines = Callable[[Thing, str], int]
"""Tells the line on which a property of a thing is written; 0 if that is not known."""

_MOST_COMPARED: Final = 20_000
"""Among more things than this nobody looks for one of a similar name."""


def check_rdf(
    quads: Iterable[ox.Quad],
    context: ox.Store,
    line_of: Lines,
    shown: str,
    lang: str = "en",
    engine: str = "auto",
) -> tuple[list[Fault], list[Fault]]:
    """Give the faults of a file's statements, and what else there is to tell, by their lines.

    Faults are the violations of the shapes, and terms of ours that are not there: a property
    ``kv:reciever``, a code that no list has. Told are warnings and infos. Only things that the
    file itself says something of are judged. ``context`` holds the ontology, the code lists and
    the data that the file may refer to; it stays as it is. Terms of other vocabularies are fine.
    """
    own = list(quads)
    whole = ox.Store()
    whole.bulk_extend(context)
    whole.bulk_extend(own)
    derive(whole)
    things = {quad.subject for quad in own if not isinstance(quad.subject, ox.Triple)}
    judge = _Judge(whole, context, line_of, shown, lang)
    faults, misspelt = judge.unknown_terms(own)
    told: list[Fault] = []
    for severity, thing, path, value, message, _ in validate(
        whole, lang, engine=engine, only=things
    ).rows:
        if (thing, path, value) not in misspelt:
            fault = judge.fault(str(thing), path, value, str(message))
            (faults if severity == "violation" else told).append(fault)
    for found in (faults, told):
        found.sort(key=lambda fault: (fault.row, fault.problem, fault.column, fault.value))
    return faults, told


class _Judge:
    """Words what is wrong, and finds what may be meant."""

    def __init__(
        self, whole: ox.Store, context: ox.Store, line_of: Lines, shown: str, lang: str
    ) -> None:
        self.whole, self.context, self.line_of = whole, context, line_of
        self.shown, self.lang = shown, lang
        self._known: dict[str, tuple[str, ...]] = {}

    def unknown_terms(
        self, own: list[ox.Quad]
    ) -> tuple[list[Fault], set[tuple[str, str | None, Any]]]:
        """Give the terms of ours that are not there, and which statements hold one as a value."""
        faults: dict[tuple[str, str], Fault] = {}
        misspelt: set[tuple[str, str | None, Any]] = set()
        said = {q.subject.value for q in own if isinstance(q.subject, ox.NamedNode)}
        for quad in own:
            thing = quad.subject
            if isinstance(thing, ox.Triple):
                continue
            if thing.value.startswith((KV, VOC)) and self._is_changed(quad):
                line = self.line_of(thing, quad.predicate.value)
                problem = "is a term of kvgraph, of which a file can say nothing new"
                fault = Fault(self.shown, line, "", _short(thing.value), problem)
                faults.setdefault((thing.value, ""), fault)
            for term in (quad.predicate, quad.object):
                if not isinstance(term, ox.NamedNode) or not self._is_unknown(term.value, said):
                    continue
                line = self.line_of(thing, quad.predicate.value)
                name = _short(term.value)
                what = "a code of a list" if term.value.startswith(VOC) else "a term of kvgraph"
                spelt = term == quad.predicate
                column = "" if spelt else self._property(quad.predicate.value)
                problem = f"({_name(thing)}) is not {what}"
                fault = Fault(self.shown, line, column, name, problem, self._meant(term.value))
                faults.setdefault((term.value, str(thing)), fault)
                misspelt.add((_cell(thing), quad.predicate.value, term.value))
        return list(faults.values()), misspelt

    def _terms(self, start: str) -> tuple[str, ...]:
        """Give what the context says something of and whose address starts so."""
        if start not in self._known:
            self._known[start] = self._described(start)
        return self._known[start]

    def _described(self, start: str) -> tuple[str, ...]:
        return tuple(
            sorted(
                {
                    quad.subject.value
                    for quad in self.context
                    if isinstance(quad.subject, ox.NamedNode)
                    and quad.subject.value.startswith(start)
                }
            )
        )

    def _is_changed(self, quad: ox.Quad) -> bool:
        """Tell whether a statement on a term that the context describes is not there."""
        subject = quad.subject
        known = self.context.quads_for_pattern(subject, quad.predicate, quad.object)
        described = self.context.quads_for_pattern(subject, None, None)
        return next(described, None) is not None and next(known, None) is None

    def _is_unknown(self, iri: str, said: set[str]) -> bool:
        """Tell whether an address is one of ours that nobody describes."""
        if iri.startswith(KV):
            return iri not in self._terms(KV)
        return iri.startswith(VOC) and iri not in self._terms(VOC) and iri not in said

    def _meant(self, iri: str) -> str:
        """Say what may be meant by an address that is not there."""
        start = next((s for s in (KV, VOC, f"{ID}{kind_of(iri)}/") if iri.startswith(s)), "")
        known = self._terms(start) if start else ()
        if start.startswith(VOC):
            scheme = iri.rpartition("/")[0] + "/"
            known = tuple(k for k in known if k.startswith(scheme)) or known
        if len(known) <= _MOST_COMPARED:
            tails = {k[len(start) :]: k for k in known}
            close = difflib.get_close_matches(iri[len(start) :], tails, n=1, cutoff=0.6)
            if close:
                return f"Did you mean {_short(tails[close[0]])}?"
        return ""

    def fault(self, thing: str, path: Any, value: Any, message: str) -> Fault:
        """Give a result of a shape as a fault at its line."""
        node = ox.BlankNode(thing[2:]) if thing.startswith("_:") else ox.NamedNode(thing)
        itself = path is None
        hint = ""
        if isinstance(value, Iri) and not itself and not self._is_described(value):
            hint = f"Nothing is said of {_short(value)}. {self._meant(value)}".strip()
        return Fault(
            self.shown,
            self.line_of(node, "" if itself else str(path)),
            "" if itself else self._property(str(path)),
            "" if itself or value is None else _short(value) if isinstance(value, Iri) else value,
            f"({_name(node)}) {message}",
            hint,
        )

    def _is_described(self, iri: str) -> bool:
        pattern = self.whole.quads_for_pattern(ox.NamedNode(iri), None, None)
        return next(pattern, None) is not None

    def _property(self, iri: str) -> str:
        """Give a property in words."""
        return property_in_words(Dataset(self.context), iri, self.lang)


def _short(iri: str) -> str:
    """Give an address as a file may write it: a term or code with its prefix, a thing's id."""
    return f"voc:{iri[len(VOC) :]}" if iri.startswith(VOC) else shorten(iri)


def _name(thing: Thing) -> str:
    """Give a thing's id or address; one without a name is called so."""
    return shorten(thing.value) if isinstance(thing, ox.NamedNode) else "a thing without a name"


def _cell(thing: Thing) -> str:
    """Give a thing as the shapes name it."""
    return thing.value if isinstance(thing, ox.NamedNode) else str(thing)
