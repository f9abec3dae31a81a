"""The package s11089 says what the closing text of the project says, and nothing beyond it.

The csv files are read as plain text here, without the reader of kvgraph, so that a slip in
the reader cannot hide a slip in the data. Where the text and the fact tables (../shared) are
not beside this checkout, the tests that compare with them are skipped.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "data" / "s11089"
SHARED: Final = ROOT.parent / "shared"
ESF: Final = SHARED / "data" / "esf"
SEED: Final = SHARED / "seed"

Row = dict[str, str]

TITLE: Final = "Kansainvälinen yhteistyö hyvien käytäntöjen etsimiseksi ja levittämiseksi"
PROJECT: Final = "P-S11089"
CALLS: Final = ("EV-TL4-CALL1", "EV-TL4-CALL2")
VISITS: Final = "EV-S11089-VISITS"
STUDY: Final = "OUT-TL4-STUDY"
AXIS: Final = "P-OP-FI0713-TL4"
RUN: Final = 6
"""So many words of the text in a row are a copy of it, not a fact from it."""

FINDINGS: Final = {
    # claim: (sentence, quantifier, quantity, share, criterion)
    "SF-051": ("11", "valtaosa", "most", "", "spread abroad"),
    "SF-052": ("12", "noin puolet", "about half", "", "brought home"),
    "SF-053": ("13", "kaikki", "all", "", "learnt abroad"),
    "SF-054": ("14", "lähes kaikki", "almost all", "", "spread at home"),
    "SF-055": ("15", "noin 80 %", "about a share", "0.8", "developed new"),
}
"""The five findings of the study on the projects selected in the two calls."""

QUANTIFIERS: Final = {
    "SF-013": "etenkin",
    "SF-024": "harvoin",
    "SF-031": "virkamiesten tai työntekijöiden",
    "SF-032": "virkamiesten tai työntekijöiden",
    "SF-042": "kaksi",
    "SF-049": "kokonaisuutena",
    "SF-060": "harkinnan mukaan",
    "SF-063": "pikkuhiljaa",
    "SF-064": "hiukan enemmän",
    "SF-067": "osa",
    "SF-068": "merkittävää",
    "SF-069": "merkittävää",
    "SF-071": "vaihtelevalla aktiivisuudella",
    "SF-074": "pääosin",
    "SF-075": "pääosin",
    "SF-076": "varsin hyvin",
} | {claim: finding[1] for claim, finding in FINDINGS.items()}

ANSWERS: Final = {
    "SF-030": {"SF-013"},
    "SF-051": {"SF-018", "SF-044"},
    "SF-052": {"SF-017", "SF-043"},
    "SF-060": {"SF-022", "SF-023", "SF-057"},
    "SF-064": {"SF-013"},
    "SF-066": {"SF-022", "SF-057"},
}
"""Which aim a result speaks to, in our reading."""

SUBJECTS: Final = {"SF-042": "priority axis 4 (toimintalinja 4)"}
"""Subjects that are ours: the fact table has none, since the text names no caller."""

MODALITIES: Final = {"reported finding (self-report)": "self-report"}
"""Modalities of the fact table that are called otherwise here."""

needs_seed = pytest.mark.skipif(
    not SEED.is_dir(), reason="the text (../shared/seed) is not beside this checkout"
)
needs_facts = pytest.mark.skipif(
    not ESF.is_dir(), reason="the fact tables (../shared/data) are not beside this checkout"
)


# --- reading ---------------------------------------------------------------------------------


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@cache
def table(name: str) -> list[Row]:
    return read(PACKAGE / f"{name}.csv")


@cache
def claims() -> dict[str, Row]:
    return {row["id"]: row for row in table("claims")}


@cache
def facts() -> dict[str, Row]:
    return {row["fact_id"]: row for row in read(ESF / "seed_facts.csv")}


def fact_row(name: str, key: str, value: str) -> Row:
    return next(row for row in read(ESF / f"{name}.csv") if row[key] == value)


@cache
def seed() -> str:
    """Give the text as it is on disk: characters, line ends untouched."""
    (path,) = SEED.glob("*.txt")
    return path.read_bytes().decode("utf-8")


def ids(cell: str) -> list[str]:
    return cell.split(";") if cell else []


def passage(row: Row) -> str:
    return seed()[int(row["start_offset"]) : int(row["end_offset"])]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def runs(text: str, length: int = RUN) -> set[tuple[str, ...]]:
    """Give every run of so many words in a row.

    >>> sorted(runs("One two, three!", 2))
    [('one', 'two'), ('two', 'three')]
    """
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


# --- the claims ------------------------------------------------------------------------------


def test_81_claims_on_all_26_sentences() -> None:
    """The claims are SF-001 to SF-081, in the order of the fact table, on sentences 0 to 25."""
    assert [row["id"] for row in table("claims")] == [f"SF-{n:03}" for n in range(1, 82)]
    assert {int(row["sentence"]) for row in claims().values()} == set(range(26))


def test_claims_are_whole() -> None:
    """Each claim has a subject, a predicate, an object, a passage, a modality and its source."""
    for row in claims().values():
        for key in ("subject", "predicate", "object", "modality"):
            assert row[key], row
        assert row["source"] == "SRC-SEED", row
    assert Counter(row["modality"] for row in claims().values()) == {
        "aim": 25,
        "fact": 21,
        "assessment": 15,
        "result": 12,
        "reported finding": 5,
        "self-report": 1,
        "interpretation": 1,
        "inference": 1,
    }


def test_offsets_follow_the_sentences() -> None:
    """A sentence has one pair of offsets, and sentences follow one another without overlap."""
    spans: dict[int, set[tuple[int, int]]] = {}
    for row in claims().values():
        span = (int(row["start_offset"]), int(row["end_offset"]))
        spans.setdefault(int(row["sentence"]), set()).add(span)
    assert {len(each) for each in spans.values()} == {1}
    ordered = [next(iter(spans[sentence])) for sentence in range(26)]
    assert ordered[0] == (0, 82)
    assert ordered[-1] == (3834, 3914)
    for start, end in ordered:
        assert start < end
    for (_, end), (start, _) in pairwise(ordered):
        assert 1 <= start - end <= 3


def test_three_paraphrases_each() -> None:
    """Each claim is told in English, Finnish and Swedish, and no two claims in the same words."""
    languages = ("paraphrase_en", "paraphrase_fi", "paraphrase_sv")
    for row in claims().values():
        told = [row[language] for language in languages]
        assert len(set(told)) == 3, row
        for text in told:
            assert re.fullmatch(r"\w.*[^\s.]\.", text), row
    for language in languages:
        counted = Counter(row[language] for row in claims().values())
        assert [text for text, count in counted.items() if count > 1] == []


def test_quantifiers() -> None:
    """The words of amount and degree are those listed, and stand on no other claim."""
    found = {row["id"]: row["quantifier"] for row in claims().values() if row["quantifier"]}
    assert found == QUANTIFIERS


def test_five_findings() -> None:
    """Five claims have a quantity, on the same population; one of them has a number."""
    columns = ("sentence", "quantifier", "quantity", "share", "criterion")
    found = {
        row["id"]: tuple(row[column] for column in columns)
        for row in claims().values()
        if row["quantity"] or row["share"] or row["criterion"] or row["population"]
    }
    assert found == FINDINGS
    for claim in FINDINGS:
        row = claims()[claim]
        assert row["population"] == "projects selected in the two calls"
        assert ids(row["about"]) == list(CALLS)
        assert row["modality"] == ("self-report" if claim == "SF-055" else "reported finding")


def test_answers_lead_to_aims() -> None:
    """The links are those the README gives reasons for; each leads from a non-aim to an aim."""
    found = {r["id"]: set(ids(r["answers"])) for r in claims().values() if r["answers"]}
    assert found == ANSWERS
    text = (PACKAGE / "README.md").read_text("utf-8")
    said = {
        match[1]: set(re.findall(r"SF-\d{3}", match[2]))
        for match in re.finditer(r"^\| (SF-\d{3}) [^|]+\| ((?:SF-\d{3}(?:, )?)+) \|", text, re.M)
    }
    assert said == ANSWERS
    for claim, aims in ANSWERS.items():
        assert claims()[claim]["modality"] in ("result", "reported finding", "assessment", "fact")
        assert {claims()[aim]["modality"] for aim in aims} == {"aim"}, claim


def test_about() -> None:
    """Claims are about rows of the package or the axis; findings are about the calls."""
    known = {r["id"] for name in ("projects", "events", "outputs") for r in table(name)} | {AXIS}
    for row in claims().values():
        about = ids(row["about"])
        assert set(about) <= known, row
        if 9 <= int(row["sentence"]) <= 15 and row["id"] != "SF-050":
            assert set(about) - {AXIS, STUDY} == set(CALLS), row
    assert [row["id"] for row in claims().values() if AXIS in ids(row["about"])] == ["SF-042"]
    assert [r["id"] for r in claims().values() if STUDY in ids(r["about"])] == ["SF-048", "SF-050"]
    assert VISITS in ids(claims()["SF-030"]["about"])
    assert ids(claims()["SF-062"]["about"]) == [PROJECT]
    assert sum(not row["about"] for row in claims().values()) == 22


def test_officials_or_employees_stays_open() -> None:
    """Neither half of the disjunction is claimed alone, in any language or in the event."""
    both = {
        "paraphrase_en": "fficials or employees",
        "paraphrase_fi": "virkamiehiä tai työntekijöitä",
        "paraphrase_sv": "tjänstemän eller anställda",
    }
    for claim, other in (("SF-031", "SF-032"), ("SF-032", "SF-031")):
        row = claims()[claim]
        for column, disjunction in both.items():
            assert disjunction in row[column], row
        assert f"half of a disjunction with {other}" in row["note"]
    (visit,) = [row for row in table("events") if row["id"] == VISITS]
    assert " tai " in visit["participants_as_worded"]
    (participation,) = table("participations")
    assert "officials or employees" in participation["note"]


def test_what_is_ours_says_so() -> None:
    """The inference, the interpretation and the subject we gave say so in their notes."""
    assert claims()["SF-050"]["modality"] == "inference"
    assert claims()["SF-050"]["note"].startswith("inference:")
    assert claims()["SF-035"]["modality"] == "interpretation"
    assert claims()["SF-035"]["note"].startswith("interpretation:")
    assert "names no caller" in claims()["SF-042"]["note"]


# --- the rows --------------------------------------------------------------------------------


def test_project() -> None:
    """The project has its title, code, kind and two days; what is inferred says so."""
    (row,) = table("projects")
    assert (row["id"], row["name"], row["name_fi"]) == (PROJECT, TITLE, TITLE)
    assert (row["code"], row["kind"]) == ("S11089", "support structure")
    assert (row["start"], row["end"]) == ("2009-01-16", "2015-08-31")
    assert row["programme"] == AXIS
    assert "priority axis 4 is inferred" in row["note"]
    assert "English name is our translation" in row["note"]
    (swedish,) = [source for source in table("sources") if source["language"] == "sv"]
    assert swedish["title"] == f"{row['name_sv']} (S11089)"
    assert {alias["alias"] for alias in table("aliases")} == {"S11089", row["name_sv"]}


def test_calls() -> None:
    """Both calls hold the three themes, which the text gives for the two together."""
    calls = [row for row in table("events") if row["kind"] == "call for proposals"]
    assert [row["id"] for row in calls] == list(CALLS)
    for row in calls:
        assert row["programme"] == AXIS
        assert set(ids(row["theme"])) == {
            "sudden structural change",
            "demographic change",
            "spreading of good practices",
        }
        assert "three themes for the two calls together" in row["note"]
        assert (row["start"], row["end"]) == ("", ""), "the text dates no call"


def test_nothing_beyond_the_text() -> None:
    """No lead, responsible organisation, caller, date of a call, place, practice or transfer."""
    assert {path.stem for path in PACKAGE.glob("*.csv")} == {
        "sources", "projects", "aliases", "events", "participations", "outputs", "claims",
    }  # fmt: skip
    unsaid = {
        "projects": ("lead", "responsible", "authority", "call", "public_funding"),
        "events": ("host", "place", "network", "practice", "selection_list"),
        "outputs": ("producer", "date", "documents"),
    }
    for name, columns in unsaid.items():
        for row in table(name):
            assert [column for column in columns if row.get(column)] == [], row
    (visit,) = [row for row in table("events") if row["id"] == VISITS]
    assert (visit["kind"], visit["country"]) == ("study visit", "")
    (project,) = table("projects")
    assert visit["start"] == visit["end"] == f"{project['start']}/{project['end']}"
    assert "generic" in visit["note"]
    (participation,) = table("participations")
    assert (participation["event"], participation["actor"]) == (VISITS, "country-fi")
    assert participation["role"] == "participant"
    assert [row["id"] for row in table("outputs")] == [STUDY]


def test_every_row_has_its_source() -> None:
    """Each row names one of the two language versions."""
    versions = {row["id"]: row["language"] for row in table("sources")}
    assert versions == {"SRC-SEED": "fi", "SRC-S11089-SV": "sv"}
    for name in ("projects", "aliases", "events", "participations", "outputs", "claims"):
        for row in table(name):
            assert row["source"] in versions, row


def test_form() -> None:
    """Files are plain, cells trimmed and no column empty; the package needs its two others."""
    said = tomllib.loads((PACKAGE / "package.toml").read_text("utf-8"))
    assert (said["name"], said["needs"]) == ("s11089", ["base", "esf-networks"])
    assert said["title"].keys() == said["description"].keys() == {"en", "fi", "sv"}
    for path in sorted(PACKAGE.iterdir()):
        raw = path.read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf"), path
        assert b"\r" not in raw, path
        assert raw.endswith(b"\n"), path
    for path in PACKAGE.glob("*.csv"):
        content = table(path.stem)
        for row in content:
            assert all(value == value.strip() for value in row.values()), row
            assert all("\n" not in value and "  " not in value for value in row.values()), row
        assert [c for c in content[0] if not any(row[c] for row in content)] == [], path
    text = (PACKAGE / "README.md").read_text("utf-8")
    counts = {m[1]: int(m[2]) for m in re.finditer(r"^\| ([a-z]+) \| (\d+) \|", text, re.M)}
    assert counts == {path.stem: len(table(path.stem)) for path in PACKAGE.glob("*.csv")}


# --- against the text and the fact tables ------------------------------------------------------


@needs_facts
def test_every_fact_is_carried_over() -> None:
    """Subject, relation, object, sentence, modality and source are those of the fact table."""
    assert list(facts()) == list(claims())
    for claim, fact in facts().items():
        row = claims()[claim]
        assert row["subject"] == (fact["subject"] or SUBJECTS[claim])
        assert row["predicate"] == fact["relation"]
        assert row["object"] == fact["object"]
        assert row["sentence"] == fact["seed_sentence"]
        assert row["modality"] == MODALITIES.get(fact["modality"], fact["modality"])
        assert row["source"] == fact["source_id"]
        assert bool(row["quantifier"]) == bool(fact["quantifier"])
    assert [claim for claim, fact in facts().items() if not fact["subject"]] == list(SUBJECTS)


@needs_facts
def test_rows_are_those_of_the_fact_tables() -> None:
    """Project, events, output and sources carry the values of the fact tables."""
    (project,) = table("projects")
    fact = fact_row("projects", "project_id", PROJECT)
    for ours, theirs in (
        ("name", "name"), ("name_en", "name_en"), ("code", "code"), ("start", "start"),
        ("end", "end"), ("theme", "theme"), ("country", "country"), ("certainty", "certainty"),
    ):  # fmt: skip
        assert project[ours] == fact[theirs], ours
    assert project["programme"] == f"{fact['programme']}-TL{fact['priority_axis']}"
    for row in table("events"):
        fact = fact_row("events", "event_id", row["id"])
        for ours, theirs in (
            ("name", "name"), ("country", "host_country"), ("certainty", "certainty"),
        ):  # fmt: skip
            assert row[ours] == fact[theirs], row
    for row in table("outputs"):
        fact = fact_row("outputs", "output_id", row["id"])
        for column in ("name", "kind", "certainty"):
            assert row[column] == fact[column], row
    for row in table("sources"):
        fact = fact_row("sources", "source_id", row["id"])
        for column in ("title", "publisher", "year", "url", "language", "accessed"):
            assert row[column] == fact[column], row
        assert fact["year_basis"] == "inferred"
        assert "the year is inferred by the compiler" in row["note"]


@needs_seed
@needs_facts
def test_offsets_hit_the_sentences() -> None:
    """The offsets are those of the sentence table, and cut the text at whole sentences."""
    sentences = {row["sentence"]: row for row in read(ESF / "seed_sentences.csv")}
    for row in claims().values():
        expected = sentences[row["sentence"]]
        assert (row["start_offset"], row["end_offset"]) == (expected["start"], expected["end"])
    passages = {int(row["sentence"]): passage(row) for row in claims().values()}
    assert passages[0] == f"{TITLE} (S11089)"
    for sentence, text in passages.items():
        assert text == text.strip(), sentence
        assert text[0].isupper(), sentence
        assert "\n" not in text, sentence
        assert text.endswith(".") == (sentence > 0), sentence
    assert words(" ".join(passages[n] for n in range(26))) == words(seed())


@needs_seed
def test_text_is_as_the_readme_describes_it() -> None:
    """No byte order mark, line feeds alone, none at the end, 3,914 characters."""
    assert seed()[0] != "\ufeff"
    assert "\r" not in seed()
    assert not seed().endswith("\n")
    assert len(seed()) == 3914
    assert [m.start() for m in re.finditer("\u00a0", seed())] == [
        int(row["end_offset"]) for row in (claims()["SF-060"], claims()["SF-071"])
    ]


@needs_seed
def test_quantifiers_are_words_of_their_sentence() -> None:
    """Each quantifier stands, as whole words and letter case aside, in its own sentence."""
    for row in claims().values():
        if row["quantifier"]:
            pattern = rf"(?<!\w){re.escape(row['quantifier'])}(?!\w)"
            assert re.search(pattern, passage(row), re.IGNORECASE), row


@needs_seed
def test_sentences_stay_out() -> None:
    """No cell and no line of the README repeats six words of the text in a row, but the title."""
    copied = runs(seed())
    texts = [value for path in PACKAGE.glob("*.csv") for row in table(path.stem)
             for value in row.values()]  # fmt: skip
    for name in ("README.md", "package.toml"):
        texts += (PACKAGE / name).read_text("utf-8").splitlines()
    for text in texts:
        assert not runs(text.replace(TITLE, " | ")) & copied, text
