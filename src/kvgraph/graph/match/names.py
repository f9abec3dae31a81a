"""A name as it can be compared: without case, accents, legal form, remarks and order of words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from kvgraph.graph.match.words import (
    ENGLISH,
    LEADING,
    LEGAL,
    LETTERS,
    NUMBERS,
    OFFICE,
    PAIRS,
    REMARK,
    SOUNDS,
)

_REMARK: Final = re.compile(REMARK, re.IGNORECASE)
_SOUNDS: Final = tuple((re.compile(pattern), sound) for pattern, sound in SOUNDS)


@dataclass(frozen=True, slots=True)
class Name:
    """One reading of a name.

    ``plain`` are its words, sorted, without case and accents; ``core`` those that are left
    without legal form and words of office; ``sound`` is ``core`` in one piece, its spelling
    evened out. ``words`` is ``core`` as a set, ``numbers`` the numbers in the name, in
    figures. ``part`` tells that it is only a part of what was read: one language, or short.
    """

    plain: str
    core: str
    sound: str
    words: frozenset[str]
    numbers: tuple[str, ...]
    part: bool = False


@lru_cache(maxsize=1 << 16)
def readings(text: str) -> tuple[Name, ...]:
    """Give the ways in which a name can be read: whole, and each part of a bilingual one.

    >>> [n.plain for n in readings("Bolzano/Bozen")]
    ['bolzano bozen', 'bolzano', 'bozen']
    >>> [n.core for n in readings("European Anti-Poverty Network (EAPN)")]
    ['anti eapn european network poverty', 'anti european network poverty', 'eapn']
    >>> readings("ΔΗΜΟΣ Ιωαννίνων")[0].plain
    'dimos ioanninon'
    """
    text = re.sub(r"\b[aA]/[sS]\b", "AS", _REMARK.sub("", text.strip()) or text)
    outer = re.sub(r"[(\[][^()\[\]]*[)\]]", " ", text)
    whole, without = _name(text), _name(outer)
    found = {name: None for name in (whole, without) if name}
    for name in (*_halves(outer), *_inner(text, outer, without)):
        if len(name.core) > 2:
            found.setdefault(replace(name, part=True))
    return tuple(found)


def _halves(text: str) -> list[Name]:
    """Give the parts of a name in two languages.

    They have as many words; what is a body and its office, or its town, mostly has not. With
    spaces around the stroke it is enough that both are more than a word.
    """
    names = [n for n in map(_name, re.split(r"\s*/\s*|\s+[–—|-]\s+", text)) if n]
    few = {len(name.words) for name in names}
    two = len(names) > 1 and (len(few) == 1 or (" / " in text and min(few) > 1))
    return names if two else []


def _inner(text: str, outer: str, without: Name | None) -> list[Name]:
    """Give what stands in brackets, if it is the name in another language or its first letters."""
    found = [n for n in map(_name, re.findall(r"[(\[]([^()\[\]]+)[)\]]", text)) if n and without]
    return [
        name
        for name in found
        if without and (len(name.words) == len(without.words) or name.plain == _initials(outer))
    ]


def country_code(text: str) -> str:
    """Give the ISO code of a country as tables write it, else the empty text.

    >>> country_code("IT Italy / ITALIA"), country_code("EL"), country_code("Italy")
    ('IT', 'GR', '')
    """
    found = re.match(r"([A-Z]{2})\b", text.strip())
    return {"EL": "GR", "UK": "GB"}.get(found[1], found[1]) if found else ""


def fold(text: str) -> str:
    """Give a text in small Latin letters without accents.

    >>> fold("Újbuda, Łódź, София, Ξάνθη")
    'ujbuda, lodz, sofiya, xanthi'
    """
    # The Cyrillic short i would come apart into the long one and an accent.
    text = unicodedata.normalize("NFC", text.casefold()).replace("й", "y")
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    for pair, letters in PAIRS:
        text = text.replace(pair, letters)
    text = unicodedata.normalize("NFKD", text.translate(LETTERS))
    return "".join(c for c in text if not unicodedata.combining(c))


def _name(text: str) -> Name | None:
    """Read one name; ``None`` where no letter or digit is left of it."""
    # s.r.o. and S.A. are one word each; what stands before an apostrophe is one of its own.
    text = re.sub(r"\b(?:\w\.\s?){2,}", lambda m: re.sub(r"[.\s]", "", m[0]) + " ", fold(text))
    words = re.findall(r"[^\W_]+", text)
    if not words:
        return None
    kept = list(words)
    while len(kept) > 1 and kept[-1] in LEGAL:
        kept.pop()
    while len(kept) > 1 and kept[0] in LEADING:
        kept.pop(0)
    core = [ENGLISH.get(w, w) for w in kept if w not in OFFICE] or kept
    return Name(
        " ".join(sorted(kept)),
        " ".join(sorted(core)),
        _sound("".join(core)),
        frozenset(core),
        _numbers(kept),
    )


def _numbers(words: list[str]) -> tuple[str, ...]:
    """Give the numbers among words, in figures and sorted: the 12th district is not the 18th."""
    found = [NUMBERS.get(w) or "".join(c for c in w if c.isdigit()) for w in words]
    last = {"i": "1", "v": "5", "x": "10"}.get(words[-1]) if len(words) > 1 else None
    return tuple(sorted(n for n in (*found, last) if n))


def _initials(text: str) -> str:
    """Give the first letters of the words of a name that begin with a capital."""
    return fold("".join(word[0] for word in re.findall(r"[^\W_]+", text) if word[0].isupper()))


def _sound(text: str) -> str:
    """Even out the ways in which one sound is spelt."""
    for pattern, sound in _SOUNDS:
        text = pattern.sub(sound, text)
    return text
