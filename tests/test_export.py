"""Tables to streams: what is written can be read again, and does no harm on the way."""

from __future__ import annotations

import csv
import io
import json
import string
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvgraph import registry
from kvgraph.errors import KvgraphError
from kvgraph.export._cells import cell_text
from kvgraph.export._separated import as_it_was, harmless
from kvgraph.model import Cell, Exporter, Iri, Stream, Table, Text
from kvgraph.namespaces import KV, PREFIXES, mint

CASES: Final = Path(__file__).with_name("cases") / "export"
FORMATS: Final = tuple(
    n for n in registry.names("export") if registry.entry("export", n, "EXPORTER").write
)
"""The formats for tables; those for diagrams and statements have tests of their own."""

TABLE: Final = Table(
    ("thing", "name", "n", "exact", "day", "yes", "many", "more"),
    (
        (
            Iri(mint("actor", "fi-åbo")), "Åbo", 3, Decimal("60.4500"), date(1229, 1, 1), True,
            ("t1", "t2"), {"a": None, "b": Decimal("0.10")},
        ),
        (Iri(KV + "giver"), "=1+1", -12, Decimal("-0.5"), None, False, (), {}),
        (Iri("http://example.org/x"), 'two\nlines, "quoted"\tand a tab', None, None, None, None,
         None, None),
        (None, "\x1b[31mred", 0, Decimal(7), date(2026, 11, 24), None, ("-x",), {"é": (1, 2)}),
    ),
    {"query": "topic/question", "parameters": {"thing": Iri(mint("actor", "fi-åbo"))}, "count": 4},
)  # fmt: skip
GRAPH: Final = Table(
    ("subject", "predicate", "object"),
    (
        (Iri(mint("actor", "b")), Iri(KV + "giver"), Iri(mint("actor", "a"))),
        (Iri(mint("actor", "b")), Iri(PREFIXES["rdfs"] + "label"), Text("Å\n", language="sv")),
        (Iri(mint("actor", "b")), Iri(PREFIXES["rdfs"] + "label"), 'pl"ain'),
        (Iri(mint("actor", "b")), Iri(KV + "earliestBegin"), date(2019, 1, 1)),
        (Iri(mint("actor", "b")), Iri(PREFIXES["geo"] + "lat"), Decimal("60.45")),
        (Iri(mint("actor", "b")), Iri(KV + "stageOrder"), 3),
        (Iri(mint("actor", "a")), Iri(KV + "checked"), True),
        (Iri("_:x"), Iri(PREFIXES["foaf"] + "page"),
         Text("http://example.org/", datatype=PREFIXES["xsd"] + "anyURI")),
    ),
)  # fmt: skip


def exporter(name: str) -> Exporter:
    found: Exporter = registry.entry("export", name, "EXPORTER")
    return found


def written(name: str, table: Table | Stream) -> str:
    stream = io.StringIO()
    write = exporter(name).write
    assert write is not None
    write(table, stream)
    return stream.getvalue()


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_writes_what_its_case_says(name: str) -> None:
    """Byte for byte, and a format without a case fails here."""
    case = CASES / f"answer{exporter(name).suffixes[0]}"
    assert case.read_bytes().decode("utf-8") == written(name, GRAPH if name == "ttl" else TABLE)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_goes_by_the_name_of_its_file(name: str) -> None:
    """Name, words and endings are those by which it is found."""
    found = exporter(name)
    assert found.name == name
    assert found.summary
    assert all(suffix.startswith(".") for suffix in found.suffixes)


@pytest.mark.parametrize("name", [n for n in FORMATS if n != "ttl"])
def test_a_table_without_rows_is_written(name: str) -> None:
    """The table says why; csv and tsv have their header, json an empty list."""
    text = written(name, Table(("a", "b"), (), {}, "There is none."))
    assert text == {
        "table": "There is none.\n",
        "csv": "a,b\n",
        "tsv": "a\tb\n",
        "json": '{\n  "rows": [],\n  "empty": "There is none."\n}\n',
        "jsonl": "",
    }.get(name, text)


@pytest.mark.parametrize("name", ["csv", "tsv", "jsonl"])
def test_a_row_is_written_before_the_next_is_made(name: str) -> None:
    """So a million rows need the memory of one."""
    stream = io.StringIO()

    def rows() -> Iterator[tuple[Cell, ...]]:
        for number in range(100):
            if number:
                assert f"row {number - 1}" in stream.getvalue()
            yield (f"row {number}",)

    assert exporter(name).streams
    exporter(name).write(Stream(("a",), rows()), stream)
    assert "row 99" in stream.getvalue()


# --- csv and tsv ------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
risky = st.text(alphabet="=+-@\t\r\n',\";a1. é", max_size=6)
plain = st.one_of(
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.dates(),
    st.booleans(),
    st.none(),
    texts,
    risky,
    risky.map(Iri).filter(lambda iri: iri[:1] not in "'=+-@\t\r"),
)


def tables(cells: st.SearchStrategy[Any]) -> st.SearchStrategy[Table]:
    """Give tables of up to four columns, whose names differ."""
    names = st.lists(texts.filter(bool), min_size=1, max_size=4, unique=True)
    return names.flatmap(
        lambda columns: st.lists(
            st.tuples(*[cells] * len(columns)), max_size=5
        ).map(lambda rows: Table(tuple(columns), tuple(rows)))
    )  # fmt: skip


def read_separated(text: str, separator: str) -> Table:
    """Read what csv or tsv has written, as texts."""
    columns, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    return Table(tuple(map(as_it_was, columns)), tuple(tuple(map(as_it_was, r)) for r in rows))


@given(tables(texts | risky), st.sampled_from([("csv", ","), ("tsv", "\t")]))
def test_texts_come_back_from_csv_and_tsv(table: Table, form: tuple[str, str]) -> None:
    """Quotes, separators, line breaks and apostrophes do not change a text."""
    assert read_separated(written(form[0], table), form[1]) == table


@given(tables(plain), st.sampled_from([("csv", ","), ("tsv", "\t")]))
def test_values_are_written_as_their_texts(table: Table, form: tuple[str, str]) -> None:
    """A number, a date, an IRI stand as they are, and what is undefined is empty."""
    rows = read_separated(written(form[0], table), form[1]).rows
    assert rows == tuple(tuple(map(cell_text, row)) for row in table.rows)


@given(tables(texts | risky))
def test_no_cell_is_a_formula(table: Table) -> None:
    """What a spreadsheet would run begins with an apostrophe, unless it is but a number."""
    for row in csv.reader(io.StringIO(written("csv", table), newline="")):
        for cell in row:
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell:
                assert isinstance(float(cell), float)


@given(st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False), st.floats()))
def test_a_number_is_never_changed(number: float | Decimal) -> None:
    """Neither as a number nor as a text that looks like one."""
    line = written("csv", Table(("n",), ((number,),))).splitlines()[1]
    assert line == cell_text(number)
    if isinstance(number, int | Decimal):
        assert harmless(cell_text(number)) == cell_text(number)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=HYPERLINK(A1)", "'=HYPERLINK(A1)"),
        ("+358 9 310 1691", "'+358 9 310 1691"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("- none", "'- none"),
        ("\t=1", "'\t=1"),
        ("'=1", "''=1"),
        ("-12", "-12"),
        ("+1.5e3", "+1.5e3"),
        ("'tis", "'tis"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_formulas_get_an_apostrophe(text: str, safe: str) -> None:
    """By the list of OWASP, and so that the text can be had back."""
    assert harmless(text) == safe
    assert as_it_was(safe) == text


@given(texts | risky)
def test_an_apostrophe_can_be_taken_off_again(text: str) -> None:
    """as_it_was undoes harmless, whatever the text."""
    assert as_it_was(harmless(text)) == text


# --- json -------------------------------------------------------------------------------------

nested = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple) | st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=6,
)


def as_json(cell: Any) -> Any:
    """Give what a cell is in JSON."""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Mapping):
        return {key: as_json(value) for key, value in cell.items()}
    if isinstance(cell, tuple | list):
        return [as_json(item) for item in cell]
    return str(cell) if isinstance(cell, str) else cell


@given(tables(nested))
def test_values_come_back_from_json_and_json_lines(table: Table) -> None:
    """Numbers with all their digits, lists as lists, what is undefined as null."""
    wanted = [{name: as_json(cell) for name, cell in row.items()} for row in table.records()]
    document = json.loads(written("json", table), parse_float=Decimal)
    assert document == {"rows": wanted}
    lines = written("jsonl", table).split("\n")
    assert [json.loads(line, parse_float=Decimal) for line in lines[:-1]] == wanted


def test_the_head_stands_beside_the_rows_in_json() -> None:
    """As every answer of kvgraph does: the keys of the head, then rows."""
    table = Table(("a",), ((1,),), {"rule": "non-strict", "left_out": {"planned": 0}})
    assert list(json.loads(written("json", table))) == ["rule", "left_out", "rows"]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_json_has_no_number_for_is_a_text(number: float) -> None:
    """The document can still be read by a strict reader."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    text = written("jsonl", Table(("n",), ((number,),)))
    assert json.loads(text, parse_constant=refuse) == {"n": str(number)}


# --- ttl --------------------------------------------------------------------------------------

iris = st.text(string.ascii_letters + string.digits + "/-é", max_size=6).map(
    lambda end: Iri("http://example.org/" + end)
)
literals = st.one_of(
    texts,
    texts.map(lambda t: Text(t, language="fi")),
    st.dates(),
    st.integers(min_value=-(2**60), max_value=2**60),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-9999, max_value=9999),
)


@given(st.lists(st.tuples(iris, iris, st.one_of(iris, literals)), max_size=8))
def test_a_graph_comes_back_from_turtle(triples: list[tuple[Cell, ...]]) -> None:
    """The same triples, with languages and datatypes; the order of the rows does not matter."""
    text = written("ttl", Table(("subject", "predicate", "object"), tuple(triples)))
    other = written("ttl", Table(("subject", "predicate", "object"), tuple(triples[::-1])))
    assert text == other
    found = {
        (t.subject.value, t.predicate.value, _kind(t.object))
        for t in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
    }
    assert found == {(s, p, _kind_of_cell(o)) for s, p, o in triples}


def _kind(term: Any) -> tuple[str, ...]:
    if isinstance(term, ox.NamedNode):
        return ("iri", term.value)
    if term.language:
        return ("text", term.value, term.language)
    name = term.datatype.value.rpartition("#")[2]
    value = str(Decimal(term.value).normalize()) if name in ("decimal", "integer") else term.value
    return (name, value)


def _kind_of_cell(cell: Cell) -> tuple[str, ...]:
    if isinstance(cell, Iri):
        return ("iri", str(cell))
    if isinstance(cell, Text):
        return ("text", str(cell), cell.language)
    if isinstance(cell, bool):
        return ("boolean", cell_text(cell))
    if isinstance(cell, int | Decimal):
        name = "integer" if isinstance(cell, int) else "decimal"
        return (name, str(Decimal(cell).normalize()))
    return ("date" if isinstance(cell, date) else "string", cell_text(cell))


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        Table(("subject", "predicate", "object"), (("text", Iri(KV + "giver"), 1),)),
        Table(("subject", "predicate", "object"), ((Iri(KV + "a"), Iri(KV + "b"), None),)),
    ],
)
def test_a_table_is_no_graph(table: Table) -> None:
    """What has no triples is refused with words, not written by half."""
    stream = io.StringIO()
    with pytest.raises(KvgraphError):
        exporter("ttl").write(table, stream)
    assert stream.getvalue() == ""


# --- the table for people ---------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_folded_rows_and_no_line_is_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is cut off: a long cell goes on in the next line."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "dumb")
    stream: IO[str] = Terminal()
    long = " ".join(f"word{n}" for n in range(30))
    exporter("table").write(Table(("a", "b"), ((long, "x"),)), stream)
    lines = stream.getvalue().split("\n")  # type: ignore[attr-defined]
    assert max(map(len, lines)) <= 40
    assert all(f"word{n}" in stream.getvalue() for n in range(30))  # type: ignore[attr-defined]


def test_data_cannot_steer_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control characters show as pictures, and square brackets mean nothing."""
    monkeypatch.setenv("TERM", "dumb")
    table = Table(("[bold]a[/bold]",), (("\x1b]0;title\x07 [red]x[/red]\r\x9b2J",),))
    for stream in (Terminal(), io.StringIO()):
        exporter("table").write(table, stream)
        text = stream.getvalue()
        assert "[bold]a[/bold]" in text
        assert "␛]0;title␇ [red]x[/red]␍�2J" in text
        assert "\x1b" not in text
        assert "\x07" not in text


@given(tables(plain))
def test_rows_of_the_table_are_lines(table: Table) -> None:
    """Away from a terminal a header, a rule and one line a row, whatever is in a cell."""
    assert written("table", table).count("\n") == len(table.rows) + 2


def test_numbers_stand_to_the_right_and_wide_letters_count_twice() -> None:
    """Columns line up in any script."""
    table = Table(("name", "n"), (("東京", 5), ("Åbo", 12)))
    assert written("table", table) == "name   n\n────  ──\n東京   5\nÅbo   12\n"
