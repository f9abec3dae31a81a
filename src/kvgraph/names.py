"""Find a thing by id, IRI, label or alias, and say what a thing is called."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import pyoxigraph as ox

from kvgraph.errors import UnknownNameError
from kvgraph.namespaces import KV, PREFIXES, kind_of, shorten
from kvgraph.store import Dataset

_IDENTIFIER: Final = ox.NamedNode(PREFIXES["dcterms"] + "identifier")
_LABELS: Final = tuple(
    ox.NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (
        ("rdfs", "label"),
        ("skos", "altLabel"),
        ("kv", "acronym"),
        ("skos", "notation"),
    )
)
_TITLES: Final = (
    PREFIXES["rdfs"] + "label",
    PREFIXES["dcterms"] + "title",
    PREFIXES["skos"] + "prefLabel",
)
_LANGUAGES: Final = ("fi", "sv", "en")


def resolve(dataset: Dataset, text: str, kinds: Sequence[str] = ()) -> str:
    """Give the IRI of the one thing that a text names: an id, an IRI, a label or an alias.

    ``kinds`` narrows to kinds of things (``actor``, ``practice`` ...). An id is taken as it
    stands and before any label, and may have its kind before it (``network/x``); labels and
    aliases of any language are compared without case and accents.

    :raises UnknownNameError: if it names nothing, or several things; with candidates.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnknownNameError("the name holds bytes that are no UTF-8", ()) from error
    if "://" in text:
        try:
            node = ox.NamedNode(text)
        except ValueError as error:
            raise UnknownNameError(f'"{text}" is not an IRI: {error}', ()) from error
        if next(dataset.store.quads_for_pattern(node, None, None), None) is None:
            raise UnknownNameError(f"nothing is known of <{text}>", ())
        return text
    kind, _, identifier = text.partition("/")
    of_kind = (i for i in _by_identifier(dataset, identifier) if kind_of(i) == kind)
    for found in (_by_identifier(dataset, text), of_kind, _by_label(dataset, text)):
        things = sorted({iri for iri in found if not kinds or kind_of(iri) in kinds})
        if len(things) == 1:
            return things[0]
        if things:
            raise UnknownNameError(
                f'"{text}" names {len(things)} things',
                [shorten(iri) for iri in things],
                hint="Say which: " + _listed(dataset, things) + ".",
            )
    close = _close(dataset, text, kinds)
    wanted = " or ".join(kinds) if kinds else "thing"
    hint = "Close to it: " + _listed(dataset, close) + "." if close else "kvgraph query things"
    raise UnknownNameError(
        f'no {wanted} is called "{text}"', [shorten(iri) for iri in close], hint=hint
    )


def search(dataset: Dataset, text: str = "", kinds: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Give the things whose id, label or alias holds a text, each with the name that does.

    Case and accents do not count. What is called so comes first, then what begins so, then what
    holds it; where nothing does, what comes close. Without a text, all things by their ids.
    """
    wanted = _plain(text)
    found: dict[str, tuple[int, str]] = {}
    for iri, name in _every_name(dataset):
        if kinds and kind_of(iri) not in kinds:
            continue
        plain = _plain(name)
        if wanted not in plain:
            continue
        place = 0 if plain == wanted or not wanted else 1 if plain.startswith(wanted) else 2
        found[iri] = min(found.get(iri, (place, name)), (place, name))
    if not found and wanted:
        return [(iri, label(dataset, iri)) for iri in _close(dataset, text, kinds)]
    ordered = sorted(found, key=lambda iri: (found[iri][0], kind_of(iri), shorten(iri)))
    return [(iri, found[iri][1]) for iri in ordered]


def label(dataset: Dataset, iri: str, lang: str = "en") -> str:
    """Give what a thing is called in a language, else in the words of its source, else its id."""
    return in_language(texts_of(dataset, iri, *_TITLES), lang) or shorten(iri)


def texts_of(dataset: Dataset, iri: str, *properties: str) -> dict[str, str]:
    """Give the texts of a thing by language, "" for none: of the first property that has any."""
    node = ox.NamedNode(iri)
    for name in properties:
        found = {
            quad.object.language or "": quad.object.value
            for quad in dataset.store.quads_for_pattern(node, ox.NamedNode(name), None)
            if isinstance(quad.object, ox.Literal) and quad.object.value.strip()
        }
        if found:
            return dict(sorted(found.items()))
    return {}


def in_language(texts: Mapping[str, str], lang: str) -> str:
    """Give the text of a language, else as its source words it, else in English, else any.

    >>> in_language({"fi": "vierailu", "en": "visit"}, "sv"), in_language({}, "sv")
    ('visit', '')
    """
    return next((texts[c] for c in (lang, "", "en", *sorted(texts)) if c in texts), "")


def names_of(dataset: Dataset, iri: str) -> list[str]:
    """Give every label and alias of a thing, in any language, sorted, each once."""
    node = ox.NamedNode(iri)
    found = {
        quad.object.value  # type: ignore[union-attr]
        for term in _LABELS
        for quad in dataset.store.quads_for_pattern(node, term, None)
    }
    return sorted(found)


def _by_identifier(dataset: Dataset, text: str) -> Iterator[str]:
    """Give the things with this id."""
    for quad in dataset.store.quads_for_pattern(None, _IDENTIFIER, ox.Literal(text)):
        if isinstance(quad.subject, ox.NamedNode):
            yield quad.subject.value


def _by_label(dataset: Dataset, text: str) -> Iterator[str]:
    """Give the things with this label or alias: as written, else without case and accents."""
    exact = [
        quad.subject.value
        for term in _LABELS
        for literal in (ox.Literal(text), *(ox.Literal(text, language=x) for x in _LANGUAGES))
        for quad in dataset.store.quads_for_pattern(None, term, literal)
        if isinstance(quad.subject, ox.NamedNode) and kind_of(quad.subject.value)
    ]
    if exact:
        yield from exact
        return
    wanted = _plain(text)
    yield from (iri for iri, name in _all_labels(dataset) if _plain(name) == wanted)


def _all_labels(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Give every label and alias of every thing."""
    for term in _LABELS:
        for quad in dataset.store.quads_for_pattern(None, term, None):
            if isinstance(quad.subject, ox.NamedNode) and kind_of(quad.subject.value):
                yield quad.subject.value, quad.object.value  # type: ignore[union-attr]


def _every_name(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Give every id, title, label and alias of every thing."""
    for term in (_IDENTIFIER, ox.NamedNode(_TITLES[1])):
        for quad in dataset.store.quads_for_pattern(None, term, None):
            if isinstance(quad.subject, ox.NamedNode) and kind_of(quad.subject.value):
                yield quad.subject.value, quad.object.value  # type: ignore[union-attr]
    yield from _all_labels(dataset)


def _close(dataset: Dataset, text: str, kinds: Sequence[str]) -> list[str]:
    """Give up to five things whose id or name comes close to a text."""
    names: dict[str, list[str]] = {}
    for iri, name in _all_labels(dataset):
        if not kinds or kind_of(iri) in kinds:
            names.setdefault(_plain(name), []).append(iri)
            names.setdefault(_plain(shorten(iri)), []).append(iri)
    wanted = _plain(text)
    close = difflib.get_close_matches(wanted, names, n=5, cutoff=0.6)
    close += [n for n in sorted(names) if wanted and wanted in n and n not in close]
    return list(dict.fromkeys(iri for name in close[:8] for iri in sorted(names[name])))[:5]


def _listed(dataset: Dataset, iris: Iterable[str]) -> str:
    """Name things for a hint: id, and in brackets what they are called."""
    return ", ".join(
        f"{shorten(iri)} ({label(dataset, iri)}, {_sort(dataset, iri)})" for iri in iris
    )


def _sort(dataset: Dataset, iri: str) -> str:
    """Give what sort of thing it is: for an actor city, organisation and so on."""
    kind = ox.NamedNode(KV + "actorKind")
    for quad in dataset.store.quads_for_pattern(ox.NamedNode(iri), kind, None):
        return shorten(quad.object.value)  # type: ignore[union-attr]
    return kind_of(iri)


def _plain(text: str) -> str:
    """Give a text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().strip())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
