"""Sentences exist in three languages, with the same places to fill."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kvgraph import resources, tables, words
from kvgraph.cli.coverage import SHOWN
from kvgraph.coverage import DIMENSIONS
from kvgraph.coverage.failing import PARTS
from kvgraph.diagram.drawing import INCOMPLETE
from kvgraph.evaluation import SCOPES
from kvgraph.flows import REASONS, STAGES
from kvgraph.material.plain import LOOPS
from kvgraph.palette import PALETTE
from kvgraph.selection import SELECTION
from kvgraph.view.explorer import LOOKS, WORDS
from kvgraph.view.timeline import KINDS

SOURCE = Path(words.__file__).parent


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(words.sentences()))
def test_a_sentence_is_there_in_three_languages_with_the_same_places(key: str) -> None:
    """No language says less than another."""
    sentence = words.sentences()[key]
    assert set(sentence) == {"en", "fi", "sv"}
    assert len({frozenset(_places(text)) for text in sentence.values()}) == 1
    assert all(text.strip() for text in sentence.values())


def test_every_sentence_is_used_and_every_one_used_is_there() -> None:
    """words.toml holds what is said, and nothing else."""
    code = "\n".join(p.read_text("utf-8") for p in SOURCE.rglob("*.py"))
    rooms = (
        "reach|empty|head|reason|paths|why|show|mode|property|kind|rule|check|evaluate|view|"
        "diagram|analyse|coverage|template|plots|serve|scene"
    )
    used = set(re.findall(rf'"((?:{rooms})\.[a-z_.]+)"', code))
    made = {f"reach.{form}.{stage}" for form in ("does", "may") for stage in (*STAGES, "reached")}
    made |= {f"reason.{r}" for r in (*REASONS, INCOMPLETE, LOOPS) if r != "in"}
    made |= {f"mode.{m}" for m in ("horizontal", "upward", "downward")}
    made |= {
        f"empty.{what}_{role}"
        for what in ("unknown", "unknown_practice", "left_out", "dates")
        for role in ("gave", "received")
    }
    made |= {"reach.certain", "reach.possible", "paths.certain", "paths.possible"}
    made |= {"check." + p.stem for p in resources.folder("queries").glob("check/*.rq")}
    made |= {f"evaluate.{scope.replace(' ', '_')}" for scope in SCOPES}
    made |= {"evaluate.inside", "evaluate.outside"}
    made |= {k for k in words.sentences() if k.startswith(("property.", "kind.", "rule."))}
    page = "\n".join(p.read_text("utf-8") for p in (SOURCE / "view" / "page").iterdir())
    made |= {
        key
        for key in words.sentences()
        if key.startswith(WORDS) and re.search(rf'"{key.removeprefix(WORDS)}"', page)
    }
    made |= {f"view.class.{iri.rpartition('#')[2].lower()}" for iri in PALETTE}
    made |= {f"view.line.{line}" for line in LOOKS}
    made |= {f"view.timeline.{kind}" for kind in KINDS}
    made |= {f"view.selection.{parameter.name}" for parameter in SELECTION}
    made |= {f"coverage.by_{dimension}" for dimension in DIMENSIONS}
    made |= {f"coverage.column.{name}" for name in SHOWN}
    made |= {f"coverage.outcome.{part}" for part in PARTS}
    made |= {k for k in words.sentences() if k.startswith("coverage.language.")}
    served = (SOURCE / "serve" / "index.html").read_text("utf-8")
    made |= {f"serve.{key}" for key in re.findall(r'say\("([a-z_]+)"', served)}
    used -= {WORDS}  # the beginning of keys that the page itself completes
    assert used - set(words.sentences()) == set()
    assert set(words.sentences()) - used - made == set()


WEB = SOURCE / "web" / "src"


def _said_by_pages() -> dict[str, dict[str, str]]:
    """Give each sentence of the pages by its key: file, then the names of its tables."""
    found: dict[str, dict[str, str]] = {}

    def gather(prefix: str, tree: dict[str, Any]) -> None:
        if sentence := {lang: text for lang, text in tree.items() if isinstance(text, str)}:
            found[prefix] = sentence
        for name, inner in tree.items():
            if isinstance(inner, dict):
                gather(f"{prefix}.{name}", inner)

    for path in sorted((WEB / "words").glob("*.toml")):
        gather(path.stem, tomllib.loads(path.read_text("utf-8")))
    return found


@pytest.mark.parametrize("key", sorted(_said_by_pages()))
def test_the_pages_say_everything_in_three_languages(key: str) -> None:
    """With the same places to fill, and nothing left of one language in another."""
    sentence = _said_by_pages()[key]
    assert set(sentence) == {"en", "fi", "sv"}
    assert len({frozenset(re.findall(r"\{(\w+)\}", text)) for text in sentence.values()}) == 1
    assert all(text.strip() == text and text for text in sentence.values())


def test_the_pages_use_every_sentence_and_have_every_one_they_use() -> None:
    """Keys are written out, or begin written out: then all that begin so count as used."""
    code = "\n".join(p.read_text("utf-8") for p in WEB.rglob("*") if p.suffix in (".ts", ".svelte"))
    said = _said_by_pages()
    files = "|".join(sorted({key.partition(".")[0] for key in said}))
    plain = {re.sub(r"\.(one|many)$", "", key) for key in said}
    whole = set(re.findall(rf"[\"'`]((?:{files})(?:\.[\w-]+)+)[\"'`]", code))
    begun = set(re.findall(rf"`((?:{files})\.(?:[\w-]+\.)*[\w-]*)\$\{{", code))
    unused = {
        key
        for key in plain
        if key not in whole and not any(key.startswith(start) for start in begun)
    }
    assert unused == set()
    # What is handed to say() by its whole name must be there; other texts may look like a key.
    called = set(re.findall(rf"\bsay\(\s*[\"'`]((?:{files})(?:\.[\w-]+)+)[\"'`]", code))
    assert called - plain == set()
    begun = set(re.findall(rf"\bsay\(\s*`((?:{files})\.(?:[\w-]+\.)*[\w-]*)\$\{{", code))
    assert {start for start in begun if not any(key.startswith(start) for key in plain)} == set()


def test_what_goes_by_number_has_both_forms() -> None:
    """One and many, each in three languages."""
    said = set(_said_by_pages())
    for key in said:
        start, _, last = key.rpartition(".")
        if last in ("one", "many"):
            assert {f"{start}.one", f"{start}.many"} <= said


def test_every_column_is_described_in_three_languages() -> None:
    """A person who fills in a table can read what each column wants."""
    for definition in tables.definitions().values():
        for column in definition.columns:
            assert set(column.help) == {"fi", "sv", "en"}
            assert all(column.help.values()), f"{definition.name}.{column.name}"


def test_no_header_stands_for_two_columns_of_one_table() -> None:
    """A header in any language is read in one way."""
    seen: dict[str, str] = {}
    raw = tomllib.loads((SOURCE / "tables.toml").read_text("utf-8"))["header"]
    for name, others in raw.items():
        for word in others:
            plain = tables.plain_header(word)
            if plain in seen and seen[plain] != name:
                for definition in tables.definitions().values():
                    columns = {c.name for c in definition.columns}
                    assert not {name, seen[plain]} <= columns, (definition.name, word)
            seen[plain] = name


def test_every_kind_of_thing_and_every_rule_has_its_words() -> None:
    """What a dossier heads its lines with is said in three languages."""
    definitions = tables.definitions().values()
    kinds = {d.kind for d in definitions} | {p.kind for d in definitions for p in d.parts}
    kinds |= {"exposure", "dating", "match"}
    assert {k.removeprefix("kind.") for k in words.sentences() if k.startswith("kind.")} == kinds
    rules = {path.stem for path in resources.rule_files()}
    assert {k.removeprefix("rule.") for k in words.sentences() if k.startswith("rule.")} == rules
