"""How alike names and descriptions are: by their letters, and by their words, rare ones more.

All pairs of two lists are compared by their letters in blocks of bounded size, which a
compiled library does; only those that come close are looked at word by word (soft TF-IDF,
Cohen, Ravikumar and Fienberg 2003).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kvgraph.graph.match.names import Name, fold, readings

_CELLS: Final = 1 << 22
"""The most pairs that are compared in one go, a byte each."""
_WORD: Final = 84
"""From where on two words count as spellings of one."""
_SHORT: Final = 4
"""Names of so few letters are compared as a whole: one letter makes another of them."""
_OFFICE: Final = 98
"""The score of names that differ in nothing but words such as City of."""
_SOUND: Final = 96
"""The score of names that differ in nothing but how a sound is spelt."""
_PART: Final = 90
"""The highest score of what stands beside a stroke or in brackets: it may be another language,
or the whole of which the rest is a part."""
_LETTERS: Final = 12
"""How much lower than the score that is asked for the letters of two names may come out; what
their words have in common makes up for no more."""
_LONGER: Final = 85
"""The score of places of which one has all the words of the other and more."""
_TEXT: Final = 80
"""A description shorter than this, such as a list of themes, fits several things."""
_COPY: Final = 90
"""From here on a description is a copy of another: all of them are about practices."""
_OFTEN: Final = 4
"""A description that is like more others than these, itself included, is a form filled in."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Two entries of two lists that are alike; ``exact`` if a name is the same."""

    a: int
    b: int
    score: int
    exact: bool = False


def weights(names: Iterable[Sequence[str]]) -> Mapping[str, float]:
    """Give each word of many names its weight: the rarer it is, the more it tells."""
    counted: Counter[str] = Counter()
    total = 0
    for given in names:
        total += 1
        counted.update({w for text in given for name in readings(text) for w in name.words})
    return {word: math.log(1 + total / times) for word, times in counted.items()}


def by_name(
    a: Sequence[Sequence[str]],
    b: Sequence[Sequence[str]],
    weight: Mapping[str, float],
    least: int,
    *,
    places: bool = False,
) -> Iterator[Hit]:
    """Give the pairs of entries one of whose names are alike, each once, with its best score.

    The score of names of places is that of their letters; of other names the mean of letters
    and words, so that a common word does not make two things one.
    """
    where_a, where_b = _where(a), _where(b)
    best: dict[tuple[int, int], tuple[int, bool]] = {}
    floor = least if places else max(0, least - _LETTERS)
    close = _close(list(where_a), list(where_b), floor)
    for x, y in {**close, **(_sharing(where_a, where_b) if places else {})}:
        score = _place(x, y) if places else _other(x, y, weight)
        score = min(score, _PART) if x.part or y.part else score
        if score < least:
            continue
        for i in where_a[x]:
            for j in where_b[y]:
                best[i, j] = max(best.get((i, j), (0, False)), (score, score == 100))
    for (i, j), (score, exact) in best.items():
        yield Hit(i, j, score, exact)


def same_name(a: Sequence[Sequence[str]], b: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Give the pairs of entries that have the very same name, each once."""
    plain: dict[str, set[int]] = defaultdict(set)
    for name, places in _where(b).items():
        if not name.part:
            plain[name.plain].update(places)
    pairs = {
        (i, j)
        for name, places in _where(a).items()
        if not name.part
        for i in places
        for j in plain.get(name.plain, ())
    }
    yield from sorted(pairs)


def by_description(a: Sequence[str], b: Sequence[str], least: int) -> Iterator[Hit]:
    """Give the pairs of entries whose descriptions are alike letter by letter.

    One that is like many others is a form that was filled in, and says nothing.
    """
    texts_a, texts_b = _texts(a), _texts(b)
    hits = [
        Hit(i, j, score)
        for x, y, score in _matrix(list(texts_a), list(texts_b), max(least, _COPY))
        for i in texts_a[x]
        for j in texts_b[y]
    ]
    sides = Counter(hit.a for hit in hits), Counter(hit.b for hit in hits)
    yield from (h for h in hits if sides[0][h.a] <= _OFTEN and sides[1][h.b] <= _OFTEN)


def _where(entries: Sequence[Sequence[str]]) -> dict[Name, list[int]]:
    """Give each reading of a name with the entries that have it."""
    found: dict[Name, list[int]] = {}
    for i, names in enumerate(entries):
        for name in dict.fromkeys(n for text in names for n in readings(text)):
            found.setdefault(name, []).append(i)
    return found


def _texts(descriptions: Sequence[str]) -> dict[str, list[int]]:
    """Give each description that is long enough with the entries that have it."""
    found: dict[str, list[int]] = {}
    for i, text in enumerate(descriptions):
        plain = " ".join(fold(text).split())
        if len(plain) >= _TEXT:
            found.setdefault(plain, []).append(i)
    return found


def _close(a: Sequence[Name], b: Sequence[Name], floor: int) -> dict[tuple[Name, Name], None]:
    """Give the pairs of names whose letters come close enough to be looked at."""
    found: dict[tuple[Name, Name], None] = {}
    for form in ("core", "sound"):
        one, other = ([getattr(n, form) for n in side] for side in (a, b))
        back, forth = _back(a, one), _back(b, other)
        for x, y, _ in _matrix(list(back), list(forth), floor):
            found.update(((n, m), None) for n in back[x] for m in forth[y])
    return found


def _back(names: Sequence[Name], forms: Sequence[str]) -> dict[str, list[Name]]:
    """Give the names of each form."""
    found: dict[str, list[Name]] = {}
    for name, form in zip(names, forms, strict=True):
        found.setdefault(form, []).append(name)
    return found


def _matrix(a: Sequence[str], b: Sequence[str], least: int) -> Iterator[tuple[str, str, int]]:
    """Give the pairs of texts that are alike by at least so much, in blocks of bounded size."""
    import numpy as np
    from rapidfuzz import fuzz
    from rapidfuzz.process import cdist

    if not a or not b:
        return
    rows, columns = max(1, _CELLS // min(len(b), _CELLS)), min(len(b), _CELLS)
    for top in range(0, len(a), rows):
        for left in range(0, len(b), columns):
            one, other = a[top : top + rows], b[left : left + columns]
            scores = cdist(one, other, scorer=fuzz.ratio, score_cutoff=least, dtype=np.uint8)
            for i, j in np.argwhere(scores >= max(1, least)):
                yield one[i], other[j], int(scores[i, j])


def _letters(x: Name, y: Name) -> int:
    """Tell how alike two names are by their letters."""
    from rapidfuzz import fuzz

    if x.plain == y.plain:
        return 100
    if x.numbers != y.numbers:
        return 0
    if x.core == y.core:
        return _OFFICE
    if x.sound == y.sound:
        return _SOUND
    if min(len(x.core), len(y.core)) <= _SHORT:
        return 0
    alike = max(fuzz.ratio(x.core, y.core), fuzz.ratio(x.sound, y.sound))
    return min(_SOUND - 1, int(alike))


def _place(x: Name, y: Name) -> int:
    """Tell how alike the names of two places are."""
    letters = _letters(x, y)
    return max(letters, _longer(x, y)) if letters < _LONGER else letters


def _other(x: Name, y: Name, weight: Mapping[str, float]) -> int:
    """Tell how alike the names of two things other than places are."""
    letters = _letters(x, y)
    if letters == 0 or letters >= _SOUND:
        return letters
    return int((letters + _words(x, y, weight)) / 2)


def _words(x: Name, y: Name, weight: Mapping[str, float]) -> float:
    """Tell how much of the weight of two names is in words that they share."""
    pairs = _paired(x.words, y.words)
    shared = sum(alike / 100 * (weight[v] + weight[w]) for v, w, alike in pairs)
    total = sum(weight[w] for w in sorted(x.words)) + sum(weight[w] for w in sorted(y.words))
    return 100 * shared / total if total else 0.0


def _paired(one: frozenset[str], other: frozenset[str]) -> list[tuple[str, str, float]]:
    """Pair the words of two names that are spellings of one, the likest first, each once."""
    from rapidfuzz import fuzz

    scored = sorted(
        (-fuzz.ratio(v, w), v, w) for v in one for w in other if v == w or min(len(v), len(w)) > 2
    )
    left, right = set(one), set(other)
    found = []
    for alike, v, w in scored:
        if -alike >= _WORD and v in left and w in right:
            left.discard(v)
            right.discard(w)
            found.append((v, w, -alike))
    return found


def _longer(x: Name, y: Name) -> int:
    """Score two places of which one has all the words of the other: Frankfurt am Main."""
    few, many = sorted((x, y), key=lambda n: (len(n.words), n.core))
    if len(few.words) >= len(many.words) or not any(len(w) > _SHORT for w in few.words):
        return 0
    pairs = _paired(few.words, many.words)
    if len(pairs) < len(few.words) or x.numbers != y.numbers:
        return 0
    return int(_LONGER * min(alike for _, _, alike in pairs) / 100)


def _sharing(
    a: Mapping[Name, Sequence[int]], b: Mapping[Name, Sequence[int]]
) -> dict[tuple[Name, Name], None]:
    """Give the pairs of names that have a word with the same beginning."""
    begin: dict[str, list[Name]] = defaultdict(list)
    for name in b:
        for word in sorted({w[:_SHORT] for w in name.words if len(w) > _SHORT}):
            begin[word].append(name)
    return {
        (name, other): None
        for name in a
        for word in sorted({w[:_SHORT] for w in name.words if len(w) > _SHORT})
        for other in begin.get(word, ())
    }
