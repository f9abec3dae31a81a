"""Whom did everybody seem to follow? Ties inferred from the order of adoption, by NetInf.

What is inferred
    A tie from a parent to a child says that adoptions of the child are best explained by
    earlier ones of the parent. It is **inferred**: no document states it, and it is no
    transfer. Given many practices, the ties are chosen one after the other that add most to
    how likely all adoptions are (Gomez-Rodriguez, Leskovec & Krause 2010; on policies of the
    American states: Desmarais, Harden & Boehmke 2015).
How
    In each practice every adopter but the first has one parent among those that adopted
    strictly earlier. A parent scores log(0.5 f) with a tie and log(1e-10 f) without one, f
    being the density of the delay: exponential, lambda e^(-lambda x); Rayleigh, of scale
    lambda; log-normal, lambda being the mean of the logarithm and ``sigma`` its deviation. Delays
    are in the units of the input, or in years of 365.2425 days. Without ``lambda`` it is
    estimated half-way between delays all from the first adopter and each from the one before.
    Of ties that add the same the last by child and parent, numbered as they first appear, is
    taken.
improvement
    what the tie adds to the log-likelihood of all adoptions, given the ties above it
p_value
    by the test of Vuong (1989) on the practices' trees before and after, one-sided, with a
    penalty of 1 shared by all trees; never 0, and empty where all trees change alike. As in
    NetworkInference 1.2 for R, the penalty of a tree is paid back when it next changes, and the
    normal distribution is approximated to 7.5e-8
stop
    *first*, that package's rule: the tie whose p is the first that is not below ``p_value`` is
    the last one. As p does not rise steadily, better ones may follow: *lowest* passes over such
    ties and ends when none has a p below it; p is then that of the plain test
scores
    ``documented`` are the ids of the ties of the input from the parent to the child, of
    whatever practice. In the head, precision is the share of inferred ties that are documented,
    recall the share of documented ones, among those that could be inferred, that are inferred;
    both are empty where there is nothing to compare. ``strong_ties`` are those whose p lies below
    ``p_value``, or below 0.05 where only a number of ties is given; of fewer than five, or than
    that number, it is said that the data are thin.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from kvgraph.analysis._adoption import MOMENT, Adopter, Adoptions, adoptions, head_of, note
from kvgraph.analysis._inference import Delay, Search, Step
from kvgraph.errors import KvgraphError
from kvgraph.material import Material
from kvgraph.model import Analysis, Cell, Parameter, Table
from kvgraph.namespaces import INFERRED
from kvgraph.words import word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

DISTRIBUTIONS: Final = ("exponential", "rayleigh", "log-normal")
STOPS: Final = ("first", "lowest")
LEVEL: Final = 0.05
"""The level of p where none is given: of a strong tie, and without a number of ties of the last."""

_FEW: Final = 5
"""Fewer strong ties than these say that the data are thin."""

MANY: Final = 1_000_000
"""From so many pairs of adoptions on each hundred ties is told of."""

MOST: Final = 40_000_000
"""More pairs of adoptions would not fit into the memory of a small machine."""

_MEASURE: Final = "NetInf on the order of adoption (Gomez-Rodriguez et al. 2010): inferred ties"
_COLUMNS: Final = (
    "parent", "child", "improvement", "p_value", "status", "practices", "documented", "records",
)  # fmt: skip
_TREES: Final = ("parent", "child", "log_score", "practice", "status", "records")
_YEAR: Final = 365.2425


def hidden_ties(
    material: Material,
    *,
    distribution: str = "exponential",
    lambda_: float | str | None = None,
    sigma: float | str | None = None,
    edges_limit: int | None = None,
    p_value: float | str | None = None,
    stop: str = "first",
    undocumented: bool = False,
    trees: bool = False,
    moment: str = "middle",
    lang: str = "en",
    tell: Callable[[str], None] | None = None,
) -> Table:
    """Infer who seems to have followed whom from who adopted what when, the strongest first.

    A row for each inferred tie, in the order in which they are chosen: parent, child, what it
    adds to the fit, p, its ``status`` (inferred), and the number of ``practices`` that it explains.
    ``records`` are the ids of the adoptions of both ends in these. What all this means is told
    in the module.

    :param edges_limit: end after so many ties; with ``p_value`` whichever comes first.
    :param undocumented: give only strong ties that no record of the input documents: those whose p
        lies below the level, or :data:`LEVEL` where there is none.
    :param trees: give instead, for each adoption with an earlier one, the parent that explains
        it best in the end, and its score.
    :raises KvgraphError: for parameters that no distribution has.

    >>> from kvgraph.material import Adopting
    >>> rows = [(a, p, t) for p in "pqr" for t, a in enumerate("xyz")] + [("z", "s", 0)]
    >>> told = tuple(Adopting(a, p, t, t, f"{a}{p}") for a, p, t in rows)
    >>> table = hidden_ties(Material((), (), told, numeric=True), lambda_=1, edges_limit=2)
    >>> [(row[0], row[1], round(row[2], 3)) for row in table.rows]  # 3 (log 0.5 - log 1e-10)
    [('y', 'z', 66.998), ('x', 'y', 66.998)]
    >>> table.rows[0][4], table.rows[0][7]
    ('inferred', ('yp', 'zp', 'yq', 'zq', 'yr', 'zr'))
    """
    _check("distribution", distribution, DISTRIBUTIONS)
    _check("stop", stop, STOPS)
    level = _number("p-value", p_value)
    if level is not None and not 0 < level <= 1:
        raise KvgraphError(f"--p-value {level:g} is no level of p", hint="Say one such as 0.05.")
    if edges_limit is not None and edges_limit < 1:
        raise KvgraphError(f"--edges-limit {edges_limit} asks for nothing", hint="Say 1 or more.")
    if level is None and edges_limit is None:
        level = LEVEL
    found = adoptions(material, moment)
    numbers = {actor: i for i, actor in enumerate(_appearing(material, found))}
    cascades = _cascades(found)
    events = [adopter for of in cascades for adopter in of]
    unit = 1.0 if material.numeric else _YEAR
    arrays = [
        (
            np.array([numbers[a.actor] for a in of], dtype=np.int64),
            np.array([a.at for a in of], dtype=np.float64) / unit,
        )
        for of in cascades
    ]
    pairs = sum(len(of) * (len(of) - 1) // 2 for of in cascades)
    if pairs > MOST:
        raise KvgraphError(
            f"{pairs:,} pairs of adoptions are more than can be compared at once ({MOST:,})",
            hint="Ask for fewer practices, or for those of fewer adopters.",
        )
    if level is not None and edges_limit is None and len(cascades) == 1:
        raise KvgraphError(
            "the adoptions of one practice have no p", hint="Say how many ties: --edges-limit 10."
        )
    delay = _delay(
        distribution, _number("lambda", lambda_), _number("sigma", sigma), [t for _, t in arrays]
    )
    head = head_of(material, _MEASURE, found, lang)
    note(head, word("analyse.inferred", lang))
    search = Search(arrays, len(numbers), delay)
    step = _telling(tell if pairs >= MANY else None, pairs)
    steps = list(search.steps(edges_limit, level, stop, step))
    actors = list(numbers)
    documented: dict[tuple[str, str], list[str]] = {}
    for tie in material.ties:
        documented.setdefault((tie.giver, tie.receiver), []).append(tie.id)
    head |= {
        "status": INFERRED,
        "distribution": delay.name,
        "lambda": delay.rate,
        "sigma": delay.sigma if delay.name == "log-normal" else None,
        "edges_limit": edges_limit,
        "p_level": level,
        "stop": stop,
        "moment": moment,
        "cascades": len(cascades),
        "possible_ties": search.possible,
        "inferred_ties": len(steps),
        **_scored(search, steps, numbers, documented),
    }
    if not search.possible:
        empty = word("analyse.inferred_none", lang)
        return Table(_TREES if trees else _COLUMNS, (), head, empty)
    if edges_limit is not None and len(steps) < edges_limit and not _stopped(steps, level, stop):
        note(head, word("analyse.inferred_exhausted", lang))
    strong = sum(_strong(one, level) for one in steps)
    head["strong_ties"] = strong
    if strong < min(_FEW, edges_limit or _FEW):
        text = word(
            "analyse.inferred_thin", lang, strong=strong, level=level or LEVEL,
            practices=sum(len(of) > 1 for of in cascades), possible=search.possible,
        )  # fmt: skip
        note(head, text)
    if trees:
        return Table(_TREES, tuple(_tree_rows(search, events)), head)
    rows = []
    for one in steps:
        ends = (actors[one.parent], actors[one.child])
        known = tuple(dict.fromkeys(filter(None, documented.get(ends, ()))))
        if undocumented and (ends in documented or not _strong(one, level)):
            continue
        both = zip(one.parents.tolist(), one.children.tolist(), strict=True)
        records = (r for pair in both for event in pair for r in events[event].records)
        rows.append(
            (
                *ends,
                one.improvement,
                one.p,
                INFERRED,
                len(one.children),
                known,
                tuple(dict.fromkeys(records)),
            )
        )
    empty = "" if rows else word("analyse.inferred_no_strong", lang)
    return Table(_COLUMNS, tuple(rows), head, empty)


def _check(name: str, value: str, known: Sequence[str]) -> None:
    """Refuse a choice that there is not."""
    if value not in known:
        raise KvgraphError(f'--{name} "{value}" is none', hint=f"Say {', '.join(known)}.")


def _number(name: str, value: float | str | None) -> float | None:
    """Read a number as the command line hands it over."""
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise KvgraphError(f'--{name} "{value}" is not a number', hint="Write it as in 0.5.")
    return number


def _appearing(material: Material, found: Adoptions) -> list[str]:
    """Give the actors in the order in which their adoptions first name them."""
    return list(dict.fromkeys(a.actor for a in material.adoptings)) or list(found.actors)


def _cascades(found: Adoptions) -> list[list[Adopter]]:
    """Give the adopters of each practice by time, and of one time in the order of the input."""
    known = ([a for a in of.values() if a.at is not None] for of in found.by_practice.values())
    return [sorted(of, key=lambda a: a.at or 0.0) for of in known if of]


def _delay(name: str, rate: float | None, sigma: float | None, times: Sequence[Numbers]) -> Delay:
    """Give the distribution of delays asked for, estimated where no parameter is given."""
    if rate is not None and rate <= 0 and name != "log-normal":
        raise KvgraphError(
            f"--lambda {rate:g} is not above 0", hint=f"The {name} distribution needs it so."
        )
    if sigma is not None and (sigma <= 0 or name != "log-normal"):
        raise KvgraphError(
            f"--sigma {sigma:g} does not fit",
            hint="Only the log-normal distribution has one, and it is above 0.",
        )
    longest = np.concatenate([*(t[1:] - t[0] for t in times), np.zeros(0)])
    shortest = np.concatenate([*(np.diff(t) for t in times), np.zeros(0)])
    longest, shortest = longest[longest > 0], shortest[shortest > 0]
    if not len(longest):  # nobody follows anybody, whatever the delay
        return Delay(name, 1.0 if rate is None else rate, 1.0 if sigma is None else sigma)
    both = (longest, shortest)
    if name == "exponential":
        guess = math.fsum(1 / float(d.mean()) for d in both) / 2
        return Delay(name, guess if rate is None else rate)
    if name == "rayleigh":
        guess = math.fsum(math.sqrt(float((d**2).mean()) / 2) for d in both) / 2
        return Delay(name, guess if rate is None else rate)
    logs = [np.log(d) for d in both]
    guess = math.fsum(float(d.mean()) for d in logs) / 2
    wide = math.fsum(float(d.std()) for d in logs) / 2
    return Delay(name, guess if rate is None else rate, (wide or 1.0) if sigma is None else sigma)


def _telling(tell: Callable[[str], None] | None, pairs: int) -> Callable[[int], None]:
    """Give what tells of each hundred ties, or nobody."""
    if tell is None:
        return lambda _: None
    tell(f"{pairs:,} pairs of adoptions")

    def step(number: int) -> None:
        if number % 100 == 0:
            tell(f"{number:,} ties inferred")

    return step


def _strong(one: Step, level: float | None) -> bool:
    """Tell whether the p of a tie lies below the level, the usual one where there is none."""
    return one.p is not None and one.p < (level or LEVEL)


def _stopped(steps: Sequence[Step], level: float | None, stop: str) -> bool:
    """Tell whether p ended the search."""
    last = steps[-1].p if steps else None
    return level is not None and (stop == "lowest" or (last is not None and last >= level))


def _scored(
    search: Search,
    steps: Sequence[Step],
    numbers: Mapping[str, int],
    documented: Mapping[tuple[str, str], list[str]],
) -> dict[str, Cell]:
    """Hold the inferred ties against the documented ones."""
    if not documented:
        return {"documented_ties": None, "precision": None, "recall": None}
    inferred = {(s.parent, s.child) for s in steps}
    known = [(numbers[g], numbers[r]) for g, r in documented if g in numbers and r in numbers]
    parents, children = np.array(known, dtype=np.int64).reshape(-1, 2).T
    can_be = search.can_be(parents, children).tolist()
    possible = {pair for pair, there in zip(known, can_be, strict=True) if there}
    hits = len(inferred & possible)
    return {
        "documented_ties": len(possible),
        "precision": hits / len(inferred) if inferred else None,
        "recall": hits / len(possible) if possible else None,
    }


def _tree_rows(search: Search, events: Sequence[Adopter]) -> list[tuple[Cell, ...]]:
    """Give the parent of each adoption that has one."""
    return [
        (
            events[parent].actor,
            child.actor,
            score,
            child.practice or None,
            INFERRED,
            tuple(dict.fromkeys((*events[parent].records, *child.records))),
        )
        for child, parent, score in zip(
            events, search.parent_of.tolist(), search.score_of.tolist(), strict=True
        )
        if parent >= 0
    ]


ANALYSIS: Final = Analysis(
    name="hidden-ties",
    summary="Whom did everybody seem to follow? Ties inferred from the order of adoption",
    parameters=(
        Parameter("distribution", "choice", "the distribution of delays", "exponential",
                  DISTRIBUTIONS),
        Parameter("lambda", "text", "its rate, its scale, or the mean of the logarithm, such as "
                  "0.5; estimated where not given"),
        Parameter("sigma", "text", "the deviation of the logarithm of log-normal delays; estimated "
                  "where not given"),
        Parameter("edges-limit", "number", "end after so many ties"),
        Parameter("p-value", "text", f"end by this level of p; {LEVEL} where no number of ties is "
                  "given either"),
        Parameter("stop", "choice", "end with the first tie whose p is not below the level, or "
                  "when even the lowest p of all is not", "first", STOPS),
        Parameter("undocumented", "flag", "give only strong ties, of a p below the level, that no "
                  "record documents"),
        Parameter("trees", "flag", "give the parent of each adoption in place of the ties"),
        MOMENT,
    ),
    run=hidden_ties,
    takes="material",
)  # fmt: skip
