"""Sentences exist in three languages, with the same places to fill."""

from __future__ import annotations

import re
import string
from pathlib import Path

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
        "diagram|analyse|coverage|template|plots|serve"
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


def test_every_column_is_described_in_three_languages() -> None:
    """A person who fills in a table can read what each column wants."""
    for definition in tables.definitions().values():
        for column in definition.columns:
            assert set(column.help) == {"fi", "sv", "en"}
            assert all(column.help.values()), f"{definition.name}.{column.name}"


def test_no_header_stands_for_two_columns_of_one_table() -> None:
    """A header in any language is read in one way."""
    seen: dict[str, str] = {}
    import tomllib

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
