"""What the texts on a project claim, beside what the graph holds for the same questions.

The numbers come from two questions of the library, ``evaluation/claimed-shares`` and
``evaluation/aims-and-results``; each can be asked on its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyoxigraph as ox

from kvgraph import vocabulary
from kvgraph.model import Iri, Table
from kvgraph.names import in_language, label, texts_of
from kvgraph.namespaces import KV, shorten
from kvgraph.proof import Documented
from kvgraph.query import ask, find
from kvgraph.store import Dataset
from kvgraph.words import word

COLUMNS: Final = (
    "part", "claim", "sentence", "modality", "self_report", "paraphrase", "quantifier", "share",
    "least", "most", "population", "criterion", "projects_chosen", "projects_chosen_met",
    "projects_of_the_country", "projects_of_the_country_met", "actors_of_the_country",
    "actors_of_the_country_met", "comparable", "why", "speaks_to", "sources",
)  # fmt: skip
PARTS: Final = ("finding", "answered aim", "unanswered aim", "unasked result")
SCOPES: Final = ("projects chosen", "projects of the country", "actors of the country")
"""Who is counted: those that a claim is about first, and two for context."""

_REPORTED: Final = ("result", "reported finding", "self-report")
"""The modalities by which a text tells of something achieved."""


def evaluate(dataset: Dataset, project: str, lang: str = "en") -> Table:
    """Give the findings, the aims with and without a result, and results without an aim.

    A finding is a claim of a share (``kv:QuantifiedClaim``): its wording, the range ``least``
    to ``most`` as which it is read (shares from 0 to 1), and how many of those that the data
    hold meet the same criterion. ``comparable`` is true only where the data hold the whole
    population: every call that the claim is about has its list of chosen projects marked
    complete, and at least one project of it is recorded. ``share`` is the number of the source
    and stands only where the source gives one.

    :param project: the IRI of a project.
    :returns: one table; ``part`` says of which of :data:`PARTS` a row is.
    """
    told = ask(dataset, find("evaluation/aims-and-results"), {"project": project})
    claims: dict[str, dict[str, Any]] = {}
    for row in told.records():
        one = claims.setdefault(
            str(row["claim"]), {**row, "speaks_to": set(), "spoken_to_by": set()}
        )
        if row["answers"]:
            one["speaks_to"].add(str(row["answers"]))
        if row["answered"]:
            one["spoken_to_by"].add(str(row["answered"]))
    counted: dict[str, dict[str, dict[str, Any]]] = {}
    for row in ask(dataset, find("evaluation/claimed-shares")).records():
        counted.setdefault(str(row["claim"]), {})[str(row["scope"])] = row
    rows = [
        _row(dataset, part, iri, claims[iri], counted.get(iri, {}), lang)
        for part in PARTS
        for iri in claims
        if part in _parts(iri, claims[iri], counted)
    ]
    name = label(dataset, project, lang)
    head: dict[str, Any] = {
        "project": Iri(project),
        "label": name,
        "rule": word("evaluate.reading", lang),
        "lang": lang,
        "dataset": dataset.digest,
        "sources": tuple(s.cells() for s in _sources(dataset, claims)),
        **{part: sum(row[0] == part for row in rows) for part in PARTS},
    }
    return Table(
        COLUMNS, tuple(rows), head, "" if rows else word("evaluate.nothing", lang, project=name)
    )


def _parts(iri: str, claim: dict[str, Any], counted: dict[str, Any]) -> Iterator[str]:
    """Name the parts of the answer in which a claim stands."""
    modality = _notation(claim["modality"])
    if iri in counted:
        yield "finding"
    if modality == "aim":
        yield "answered aim" if claim["spoken_to_by"] else "unanswered aim"
    if modality in _REPORTED and not claim["speaks_to"]:
        yield "unasked result"


def _notation(iri: Any) -> str:
    """Give the notation of a code."""
    return vocabulary.by_iri()[str(iri)].notation


def _row(
    dataset: Dataset,
    part: str,
    iri: str,
    claim: dict[str, Any],
    scopes: dict[str, dict[str, Any]],
    lang: str,
) -> tuple[Any, ...]:
    """Make the row of one claim."""
    code = _notation(claim["modality"])
    first = scopes.get(SCOPES[0], {}) if part == "finding" else {}
    counts: list[Any] = []
    for scope in SCOPES:
        found = scopes.get(scope, {}) if part == "finding" else {}
        counts += [found.get("recorded"), found.get("met")]
    comparable = first["counted"] in ("inside", "outside") if first else None
    links = claim["spoken_to_by"] if code == "aim" else claim["speaks_to"]
    return (
        part,
        Iri(iri),
        claim["sentence"],
        vocabulary.label(str(claim["modality"]), lang),
        code == "self-report",
        _paraphrase(dataset, iri, lang),
        first.get("quantifier"),
        _value(dataset, iri, "sharePoint") if first else None,
        first.get("least"),
        first.get("most"),
        _value(dataset, iri, "population") if first else None,
        vocabulary.label(str(first["criterion"]), lang) if first else None,
        *counts,
        comparable,
        _why(first, lang) if first else None,
        tuple(Iri(link) for link in sorted(links)),
        tuple(s.id for s in Documented(dataset, iri).sources),
    )


def _why(first: dict[str, Any], lang: str) -> str:
    """Say whether a counted share can be held against the claim, and why not."""
    if first["counted"] in ("inside", "outside"):
        return word(f"evaluate.{first['counted']}", lang)
    if first["open_calls"]:
        return word("evaluate.no_list", lang, open_calls=first["open_calls"])
    return word("evaluate.none_recorded", lang)


def _paraphrase(dataset: Dataset, iri: str, lang: str) -> str:
    """Give what a claim says in our own words, in this language where there is one."""
    return in_language(texts_of(dataset, iri, KV + "paraphrase"), lang) or shorten(iri)


def _value(dataset: Dataset, iri: str, name: str) -> str | None:
    """Give the value of a property that a claim has at most once."""
    node, term = ox.NamedNode(iri), ox.NamedNode(KV + name)
    quad = next(dataset.store.quads_for_pattern(node, term, None), None)
    return quad.object.value if quad and isinstance(quad.object, ox.Literal) else None


def _sources(dataset: Dataset, claims: dict[str, Any]) -> list[Any]:
    """Give the texts that the claims are from."""
    found = {source for iri in claims for source in Documented(dataset, iri).sources}
    return sorted(found, key=lambda source: str(source.id))


def tell_evaluation(table: Table) -> str:
    """Give an evaluation as text: findings first, then aims and results."""
    head: Any = table.head
    lang = head["lang"]
    lines = [word("evaluate.title", lang, project=head["label"])]
    if table.empty:
        return "\n".join([*lines, "", table.empty])
    titles = dict(
        zip(
            PARTS,
            ("evaluate.findings", "evaluate.answered", "evaluate.unanswered", "evaluate.unasked"),
            strict=True,
        )
    )
    part = ""
    for row in table.records():
        if row["part"] != part:
            part = str(row["part"])
            lines += ["", f"{word(titles[part], lang)} ({head[part]})"]
        lines += [f"  {line}" for line in _lines(row, lang)]
    lines += ["", word("evaluate.reading", lang), "", word("head.sources", lang)]
    lines += [f"  {s['id']}: {s['title']}, {s['url']}" for s in head["sources"]]
    return "\n".join(lines)


def _number(value: Any, lang: str) -> str:
    """Give a number with the decimal sign of the language; a text stays as it is."""
    text = str(value)
    return text.replace(".", ",") if lang in ("fi", "sv") and text[:1].isdigit() else text


def _lines(row: dict[str, Any], lang: str) -> Iterator[str]:
    """Tell one row."""
    yield word(
        "evaluate.finding",
        lang,
        sentence=row["sentence"],
        claim=shorten(row["claim"]),
        modality=row["modality"],
        text=row["paraphrase"],
    )
    if row["part"] == "finding":
        key = "evaluate.wording_share" if row["share"] else "evaluate.wording"
        more = {"share": _number(row["share"], lang)} if row["share"] else {}
        fields = {name: _number(row[name], lang) for name in ("quantifier", "least", "most")}
        yield "  " + word(key, lang, **fields, **more)
        for scope in SCOPES:
            name = scope.replace(" ", "_")
            yield "  " + word(f"evaluate.{name}", lang, met=row[f"{name}_met"], recorded=row[name])
        yield f"  {row['why']}"
    if row["self_report"]:
        yield "  " + word("evaluate.self_report", lang)
    if row["speaks_to"]:
        yield (
            "  "
            + ("<- " if row["part"] == "answered aim" else "-> ")
            + ", ".join(shorten(link) for link in row["speaks_to"])
        )
