"""What a person who fills in the tables should know, in a page and in three languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kvgraph import tables, vocabulary
from kvgraph.tables import Column, TableDefinition
from kvgraph.vocabulary import Code
from kvgraph.words import word


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the guide: what it is about, what it says, and things with what they mean."""

    head: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    command: str = ""


def guide(chosen: Sequence[str], place: str, example: str, lang: str) -> list[Section]:
    """Tell how to fill in these tables.

    ``place`` is what to ingest, and ``example`` where they are filled in, if elsewhere.
    """
    workbook = place.endswith(".xlsx")
    definitions = [tables.definitions()[name] for name in chosen]
    return [
        Section(
            word("template.begin.head", lang),
            (
                word("template.begin.text", lang),
                word("template.begin.xlsx", lang) if workbook else word("template.begin.csv", lang),
                *([word("template.begin.example", lang, example=example)] if example else []),
            ),
        ),
        Section(
            word("template.columns.head", lang),
            items=tuple((d.name, _required(d, lang)) for d in definitions),
        ),
        Section(word("template.ids.head", lang), (word("template.ids.text", lang),)),
        Section(
            word("template.dates.head", lang),
            (word("template.dates.text", lang),),
            (
                ("2014  2014-02  2014-02-28", word("template.dates.exact", lang)),
                ("2011~  199X", word("template.dates.vague", lang)),
                ("2014-02/2015  ../2014", word("template.dates.between", lang)),
                ("after:ID  before:ID  during:ID", word("template.dates.relative", lang)),
            ),
        ),
        Section(
            word("template.status.head", lang, status=tables.header_in("status", lang)),
            items=tuple(
                (code.notation, _meaning(code, lang))
                for code in vocabulary.codes("status").values()
            ),
        ),
        Section(word("template.failures.head", lang), (word("template.failures.text", lang),)),
        Section(
            word("template.sources.head", lang),
            (word("template.sources.text", lang, accessed=tables.header_in("accessed", lang)),),
        ),
        Section(
            word("template.run.head", lang),
            (word("template.run.text", lang),),
            command=f"kvgraph ingest {place} -o my-store\n"
            f"kvgraph ingest {place} -o my-store --report faults.xlsx",
        ),
    ]


def column_help(column: Column, definition: TableDefinition, lang: str) -> list[str]:
    """Tell what a column wants: what it is first, then whether and how it must be filled in."""
    told = [f"{column.help[lang][0].upper()}{column.help[lang][1:]}."]
    if column.required:
        told.append(word("template.column.required", lang))
    if column.name in definition.one_of:
        others = _headers(definition.one_of, lang)
        told.append(word("template.column.one_of", lang, columns=others))
    if column.to:
        told.append(word("template.column.refers", lang, tables=", ".join(column.to)))
    if column.type == "date":
        told.append(word("template.column.date", lang))
    if column.scheme:
        codes = vocabulary.codes(column.scheme).values()
        listed = ", ".join(
            c.notation if c.notation == c.labels.get(lang) else f"{c.notation} ({c.labels[lang]})"
            for c in codes
        )
        tag = column.type == "tag"
        told.append(
            word("template.column.tags", lang, codes=listed)
            if tag
            else word("template.column.codes", lang, codes=listed)
        )
    if column.many:
        told.append(word("template.column.several", lang))
    return told


def markdown(title: str, sections: Sequence[Section]) -> str:
    """Write the guide for a text file."""
    lines = [f"# {title}", ""]
    for section in sections:
        lines += [f"## {section.head}", ""]
        for paragraph in section.paragraphs:
            lines += [paragraph, ""]
        if section.items:
            lines += [f"- `{name}`: {text}" for name, text in section.items]
            lines.append("")
        if section.command:
            lines += ["```sh", section.command, "```", ""]
    return "\n".join(lines)


def _meaning(code: Code, lang: str) -> str:
    """Say what a code means, and first what it is called, unless that is the code itself."""
    label = code.labels[lang]
    called = "" if label == code.notation else f"{label[0].upper()}{label[1:]}. "
    return called + code.definitions[lang]


def _required(definition: TableDefinition, lang: str) -> str:
    """Say what a table is for, and what cannot be left out."""
    columns = _headers([c.name for c in definition.columns if c.required], lang)
    what = definition.help[lang]
    if not definition.one_of:
        return word("template.columns.required", lang, table=what, columns=columns)
    others = _headers(definition.one_of, lang)
    return word("template.columns.one_of", lang, table=what, columns=columns, others=others)


def _headers(names: Sequence[str], lang: str) -> str:
    """List columns by their headers."""
    return ", ".join(tables.header_in(name, lang) for name in names)
