"""A package folder to be filled in: a csv a table, package.toml and a README; and an example."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kvgraph import tables
from kvgraph.templates._example import NEEDED, PREFIX, Example
from kvgraph.templates._guide import guide, markdown
from kvgraph.words import word

_LANGUAGES: Final = ("en", "fi", "sv")


def blank_folder(name: str, lang: str, chosen: Sequence[str]) -> dict[str, bytes]:
    """Give the files of an empty package by name: tables that have a header and no rows.

    Each csv begins with a byte order mark, without which Excel takes UTF-8 for something
    else, and parts its cells as a spreadsheet in that language does: by commas in English, by
    semicolons in Finnish and Swedish.
    """
    sections = guide(chosen, shlex.quote(name), "example/", lang)
    return {
        **{f"{table}.csv": _table(table, (), lang) for table in chosen},
        "package.toml": _blank_about(name, lang).encode(),
        "README.md": markdown(word("template.title", lang, name=name), sections).encode(),
    }


def example_folder(example: Example, lang: str) -> dict[str, bytes]:
    """Give the files of the example by name."""
    files = {f"{table}.csv": _table(table, rows, lang) for table, rows in example.rows.items()}
    return {**files, "package.toml": _example_about(example).encode()}


def _table(table: str, rows: Iterable[Mapping[str, str]], lang: str) -> bytes:
    """Write a csv with the headers of a language."""
    columns = [column.name for column in tables.definitions()[table].columns]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="," if lang == "en" else ";")
    writer.writerow([tables.header_in(name, lang) for name in columns])
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _blank_about(name: str, lang: str) -> str:
    """Write a package.toml to be filled in, with a comment over each key."""

    def comment(key: str) -> str:
        return f"# {word(key, lang)}"

    empty = '{ en = "", fi = "", sv = "" }'
    lines = [
        comment("template.package.name"),
        f"name = {_quoted('-'.join(name.split()))}",
        comment("template.package.version"),
        'version = "1"',
        comment("template.package.title"),
        f"title = {empty}",
        f"description = {empty}",
        comment("template.package.licence"),
        'licence = ""',
        comment("template.package.needs"),
        f'needs = ["{NEEDED}"]',
        comment("template.package.more"),
        '# rights_note = ""',
        '# citation = ""',
        '# compiled = "2026-11-24"',
        "# synthetic = true",
    ]
    return "\n".join(lines) + "\n"


def _example_about(example: Example) -> str:
    """Write the package.toml of the example."""
    titles = {
        lang: word("template.example.title", lang, practice=example.practice) for lang in _LANGUAGES
    }
    descriptions = {
        lang: word(
            "template.example.description",
            lang,
            packages=", ".join(example.packages),
            prefix=PREFIX,
        )
        for lang in _LANGUAGES
    }
    lines = [
        'name = "example"',
        f"version = {_quoted(example.version)}",
        f"title = {_by_language(titles)}",
        f"description = {_by_language(descriptions)}",
        f"licence = {_quoted(example.licence)}",
        f'needs = ["{NEEDED}"]',
        f"citation = {_quoted(example.citation)}",
    ]
    return "\n".join(lines) + "\n"


def _by_language(texts: Mapping[str, str]) -> str:
    """Write texts as an inline table."""
    return "{ " + ", ".join(f"{lang} = {_quoted(text)}" for lang, text in texts.items()) + " }"


def _quoted(text: str) -> str:
    """Write a text as TOML does, which JSON does alike but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
