"""Empty tables can be filled in and read back; faulty ones come back with the faults marked."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from kvgraph import resources, tables, vocabulary
from kvgraph.errors import Fault, KvgraphError
from kvgraph.model import Package
from kvgraph.readers import check_references, read_package
from kvgraph.readers._xlsx import open_workbook
from kvgraph.tables import CODES, NOT_TABLES, READ_ME, Column, TableDefinition
from kvgraph.templates import _marked, mark_faults, pick_example
from kvgraph.templates._example import PRACTICE, PREFIX
from kvgraph.templates._guide import column_help
from plain_tables import package
from test_build import kvgraph

LANGUAGES: Final = ("en", "fi", "sv")
TABLES: Final = list(tables.definitions())


def templates(place: Path, *more: str) -> Path:
    """Run the command and give the place back."""
    done = kvgraph("template", str(place), *more)
    assert done.returncode == 0, done.stderr
    assert "kvgraph ingest" in done.stderr
    return place


def header(path: Path) -> list[str]:
    """Give the header of a csv, which is all that it holds."""
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:]), delimiter=";" if ";" in text else ","))
    assert len(rows) == 1
    return rows[0]


# --- folders ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_headers_of_each_language_are_read_back(lang: str, tmp_path: Path) -> None:
    """One csv a table; each header stands for its column, in the order of the definitions."""
    place = templates(tmp_path / "mine", "--lang", lang)
    assert {p.stem for p in place.glob("*.csv")} == set(TABLES)
    for definition in tables.definitions().values():
        found = header(place / f"{definition.name}.csv")
        read = [tables.headers()[tables.plain_header(title)] for title in found]
        assert read == [column.name for column in definition.columns]
        assert (found == read) == (lang == "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_unfilled_folder_is_a_package_without_rows(lang: str, tmp_path: Path) -> None:
    """It is read without a fault, and named after its folder."""
    place = templates(tmp_path / "my tables", "--lang", lang)
    read, faults = read_package(place)
    assert faults == []
    assert list(read.records) == []
    assert (read.name, read.needs, read.synthetic) == ("my-tables", ("base",), False)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_readme_tells_what_must_be_known(lang: str, tmp_path: Path) -> None:
    """Required columns, dates, every status with its meaning, failures and how to go on."""
    place = templates(tmp_path / "my tables", "--lang", lang)
    text = (place / "README.md").read_text("utf-8")
    for code in vocabulary.codes("status").values():
        assert f"`{code.notation}`" in text
        assert code.definitions[lang] in text
    for definition in tables.definitions().values():
        required = [tables.header_in(c.name, lang) for c in definition.columns if c.required]
        [line] = [x for x in text.splitlines() if x.startswith(f"- `{definition.name}`")]
        assert ", ".join(required) in line
    for word in ("after:ID", "199X", "outcome unknown", "country-fi", "example/"):
        assert word in text
    assert "kvgraph ingest 'my tables' -o my-store" in text
    assert len(text.split()) < 900


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    """The files that are in the way are named, and none is written, not even the others."""
    place = tmp_path / "mine"
    place.mkdir()
    (place / "actors.csv").write_text("id,name,kind\n")
    (place / "example").mkdir()
    done = kvgraph("template", str(place))
    assert done.returncode == 2
    assert "already holds actors.csv, example; nothing was written" in done.stderr
    assert sorted(p.name for p in place.iterdir()) == ["actors.csv", "example"]
    assert (place / "actors.csv").read_text() == "id,name,kind\n"
    (place / "mine.xlsx").write_text("")
    done = kvgraph("template", str(place), "--xlsx")
    assert done.returncode == 2
    assert "already holds mine.xlsx;" in done.stderr
    assert not (place / "mine-example.xlsx").exists()


def test_an_empty_folder_is_filled_and_a_file_is_none(tmp_path: Path) -> None:
    """A folder made beforehand is as good as one that is not there."""
    (tmp_path / "mine").mkdir()
    templates(tmp_path / "mine")
    assert (tmp_path / "mine" / "example" / "package.toml").is_file()
    (tmp_path / "file").write_text("x")
    done = kvgraph("template", str(tmp_path / "file"))
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "mine"]


def test_only_the_tables_asked_for_are_written(tmp_path: Path) -> None:
    """--table names them; a slip is told with the name that was meant."""
    place = templates(tmp_path / "mine", "--table", "transfers", "--table", "sources")
    assert sorted(p.name for p in place.glob("*.csv")) == ["sources.csv", "transfers.csv"]
    assert "`actors`" not in (place / "README.md").read_text("utf-8")
    done = kvgraph("template", str(tmp_path / "other"), "--table", "transfer")
    assert done.returncode == 2
    assert 'Is it "transfers"?' in done.stderr
    assert not (tmp_path / "other").exists()


# --- the example -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> list[Package]:
    """The shipped packages, read."""
    return [read_package(folder)[0] for folder in resources.package_folders()]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_example_is_a_package_without_a_fault(
    lang: str, tmp_path: Path, shipped: list[Package]
) -> None:
    """It can be read with the package that it needs, and beside all the others."""
    place = templates(tmp_path / "mine", "--lang", lang)
    example, faults = read_package(place / "example")
    assert faults == []
    assert example.needs == ("base",)
    base = [p for p in shipped if p.name == "base"]
    assert check_references([*base, example]) == []
    assert check_references([*shipped, example]) == []


def test_the_example_says_what_the_shipped_data_say(shipped: list[Package]) -> None:
    """Its rows are those of the csv files, but for the ids; nothing is left out or made up."""
    example = pick_example(shipped)
    plain = package("transfer-networks")
    assert example.packages == ("transfer-networks",)
    expected = [row for row in plain["transfers"] if row["practice"] == PRACTICE]
    assert len(expected) == 6
    assert {row["status"] for row in expected} == {"adapted", "abandoned", "outcome unknown"}
    refers = ("id", "practice", "giver", "receiver", "via", "source")
    for given, row in zip(example.rows["transfers"], expected, strict=True):
        ids = {name: PREFIX + row[name] for name in refers}
        assert given == {**row, **ids}
        assert list(given) == [c.name for c in tables.definitions()["transfers"].columns
                               if c.name in given]  # fmt: skip
    actors = {row["id"].removeprefix(PREFIX): row for row in example.rows["actors"]}
    assert actors.keys() == {
        "pt-amadora", "es-barcelona", "de-hamburg", "ro-alba-iulia", "pl-warsaw",
        "de-hamburg-altona", "gb-cardiff", "gr-ioannina", "it-messina",
    }  # fmt: skip
    assert actors["de-hamburg-altona"]["part_of"] == "ex-de-hamburg"
    assert actors["pt-amadora"]["part_of"] == "country-pt"  # of the package base
    texts = {row["source"] for row in example.rows["practices"]}
    assert texts == {"ex-s-gourdon-gp;ex-s-rumours-reality", "ex-s-c4i-coe"}


def test_every_id_of_the_example_is_its_own(shipped: list[Package]) -> None:
    """All begin with the prefix, and no shipped thing has such an id."""
    rows = pick_example(shipped).rows.values()
    ids = [row["id"] for table in rows for row in table if "id" in row]
    assert len(ids) == len(set(ids)) > 25
    assert all(identifier.startswith(PREFIX) for identifier in ids)
    taken = {r.values.get("id") for p in shipped for r in p.records}
    assert not taken & set(ids)


def test_an_example_of_nothing_is_an_error() -> None:
    """Without its practice there is no example, which is said."""
    with pytest.raises(KvgraphError, match=PRACTICE):
        pick_example([])


# --- workbooks -------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=LANGUAGES)
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The two workbooks of a language, with the language."""
    place = templates(tmp_path_factory.mktemp("books") / "mine", "--xlsx", "--lang", request.param)
    assert sorted(p.name for p in place.iterdir()) == ["mine-example.xlsx", "mine.xlsx"]
    return request.param, place / "mine.xlsx", place / "mine-example.xlsx"


def test_an_unfilled_workbook_has_all_tables_and_no_rows(books: Any) -> None:
    """What is no table is passed over; each header is read back as its column."""
    lang, blank, _ = books
    sheets = open_workbook(blank, "mine.xlsx")
    assert [sheet.title for sheet in sheets] == TABLES
    for sheet in sheets:
        columns = tables.definitions()[sheet.title].columns
        assert list(sheet.header) == [tables.header_in(c.name, lang) for c in columns]
        assert list(sheet.rows()) == []
    names = openpyxl.load_workbook(blank, read_only=True).sheetnames
    assert names == [READ_ME[lang], *TABLES, CODES]
    assert {READ_ME[lang], CODES} <= set(NOT_TABLES)


def test_the_example_workbook_holds_what_the_example_folder_holds(
    books: Any, tmp_path: Path
) -> None:
    """Cell for cell, and so it is read without a fault."""
    lang, _, filled = books
    place = templates(tmp_path / "mine", "--lang", lang)
    delimiter = "," if lang == "en" else ";"
    held = 0
    for sheet in open_workbook(filled, "mine.xlsx"):
        rows = [cells for _, cells in sheet.rows()]
        path = place / "example" / f"{sheet.title}.csv"
        if not path.exists():
            assert rows == []
            continue
        text = io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")
        assert [list(sheet.header), *rows] == list(csv.reader(text, delimiter=delimiter))
        held += len(rows)
    assert held == 38


def _rules(sheet: Any) -> dict[str, Any]:
    """Give the validation of each column of a sheet by its letter."""
    found: dict[str, Any] = {}
    for rule in sheet.data_validations.dataValidation:
        [area] = [str(part) for part in rule.sqref.ranges]
        first, _, last = area.partition(":")
        assert (first[-1], last[-7:]) == ("2", "1048576")
        found[first.rstrip("2")] = rule
    return found


def _columns(sheet: Any, definition: TableDefinition) -> Iterable[tuple[Column, Any, Any]]:
    """Give each column with the cell of its header and its validation."""
    rules = _rules(sheet)
    for column, head in zip(definition.columns, sheet[1], strict=True):
        yield column, head, rules.pop(head.column_letter)
    assert not rules


def test_every_column_has_its_help_its_text_format_and_its_list(books: Any) -> None:
    """Codes must be in their list, ids should be, several values and new tags may be others."""
    lang, blank, _ = books
    book = openpyxl.load_workbook(blank)
    codes = {
        cells[0]: [c for c in cells[1:] if c is not None]
        for cells in book[CODES].iter_cols(values_only=True)
    }
    assert book[CODES].sheet_state == "hidden"
    seen = {"code": 0, "tag": 0, "one": 0, "many": 0, "none": 0}
    for definition in tables.definitions().values():
        sheet = book[definition.name]
        assert sheet.freeze_panes in ("A2", "B2")
        for column, head, rule in _columns(sheet, definition):
            told = "\n".join(column_help(column, definition, lang))
            assert head.comment.text == told
            assert column.help[lang][1:] in told
            assert head.font.bold
            needed = column.required or column.name in definition.one_of
            assert (head.fill.fill_type == "solid") == needed == (head.font.underline == "single")
            assert sheet.column_dimensions[head.column_letter].number_format == "@"
            assert 0 < len(rule.prompt) <= 255
            assert rule.showInputMessage
            if column.scheme:
                assert rule.formula1.startswith(f"{CODES}!$")
                [listed] = [cells for name, cells in codes.items() if name == column.scheme]
                assert listed == list(vocabulary.codes(column.scheme))
                area = book[CODES][rule.formula1.partition("!")[2].replace("$", "")]
                assert [cell.value for (cell,) in area] == listed
                seen[column.type] += 1
                assert (rule.showErrorMessage, rule.errorStyle or "stop") == (
                    column.type == "code" and not column.many, "stop",
                )  # fmt: skip
            elif len(column.to) == 1:
                assert rule.type == "list"
                assert rule.formula1.startswith(f"OFFSET({column.to[0]}!$A$2,")
                seen["many" if column.many else "one"] += 1
                assert (rule.showErrorMessage, rule.errorStyle) == (
                    (False, None) if column.many else (True, "warning")
                )
            else:
                assert (rule.type, rule.formula1) == (None, None)
                seen["none"] += 1
    assert all(seen.values())


def test_the_guide_of_a_workbook_says_what_the_readme_says(books: Any) -> None:
    """The first sheet holds every sentence of it that is not about csv files."""
    lang, blank, _ = books
    sheet = openpyxl.load_workbook(blank).worksheets[0]
    text = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    for code in vocabulary.codes("status").values():
        assert code.definitions[lang] in text
    assert "kvgraph ingest mine.xlsx -o my-store" in text
    assert "mine-example.xlsx" in text


def test_all_cells_are_texts_and_nothing_is_computed(books: Any) -> None:
    """Neither ids nor dates of the example are numbers, and no cell is a formula."""
    _, _, filled = books
    book = openpyxl.load_workbook(filled)
    for sheet in book:
        for row in sheet:
            assert all(cell.data_type == "s" for cell in row if cell.value is not None)
    dates = [cell for cell in book["transfers"]["E"][1:] if cell.value]
    assert {cell.value for cell in dates} == {"2018-12"}
    assert {cell.number_format for cell in dates} == {"@"}


def test_the_same_workbook_is_the_same_bytes(tmp_path: Path) -> None:
    """No clock and no order of sets; a file may be named, and only some tables be asked for."""
    made = []
    for seed in ("0", "7"):
        place = tmp_path / seed / "mine.xlsx"
        done = kvgraph("template", str(place), "--table", "transfers", "--lang", "fi", seed=seed)
        assert done.returncode == 0, done.stderr
        made.append([place.read_bytes(), place.with_name("mine-example.xlsx").read_bytes()])
        done = kvgraph("template", str(tmp_path / seed / "folder"), "--lang", "sv", seed=seed)
        assert done.returncode == 0, done.stderr
        folder = sorted(p for p in (tmp_path / seed / "folder").rglob("*") if p.is_file())
        made[-1] += [p.read_bytes() for p in folder]
    assert made[0] == made[1]
    names = openpyxl.load_workbook(tmp_path / "0" / "mine.xlsx", read_only=True).sheetnames
    assert names == ["lue minut", "transfers", "codes"]


def test_package_toml_is_read_as_toml_whatever_the_name(tmp_path: Path) -> None:
    """Quotes and backslashes of a folder's name do no harm."""
    place = templates(tmp_path / 'a "b" \\ c')
    about = tomllib.loads((place / "package.toml").read_text("utf-8"))
    assert about["name"] == 'a-"b"-\\-c'


# --- the marked report -----------------------------------------------------------------------

HEADER: Final = ("id", "käytäntö", "giver", "status", "note")
ROWS: Final[Sequence[tuple[int, list[str]]]] = (
    (2, ["t1", "pr", "=cmd|'/c calc'!A1", "adopd", "a\x00b"]),
    (5, ["t1", "pr2", "x", "adopted"]),
    (6, ["t3", "@x", "-1", "+2", "_x0041_\u202e"]),
    (7, ["t4", "p", "g", "adopted", "n", "extra"]),
)
FILE: Final = "mine/transfers.csv"
FAULTS: Final = (
    Fault(FILE, 2, "status", "adopd", "is not a code of status", "Is it adopted?"),
    Fault(FILE, 5, "practice", "pr2", "is not an id of practices"),
    Fault(FILE, 5, "id", "t1", "stands already in row 2", "An id is given once."),
    Fault(FILE, 5, "giver", "", "is empty"),
    Fault(FILE, 7, "", "", "has 6 cells, the header has 5", "It needs quotes."),
    Fault(FILE, 1, "header", "note", "stands twice", "Keep one of them."),
    Fault("mine/package.toml", 0, "name", "x y", "is not as expected", "=1+1"),
    Fault(FILE, 99, "status", "q", "stands nowhere"),
)


def marked(tmp_path: Path, *more: Any) -> Any:
    """Write the report and open it again."""
    path = tmp_path / "faults.xlsx"
    path.write_bytes(mark_faults([(FILE, HEADER, ROWS), *more], FAULTS))
    return openpyxl.load_workbook(path)


def test_every_fault_is_listed_with_a_link_to_its_cell(tmp_path: Path) -> None:
    """The first sheet has file, row, column, value, problem and hint, and leads there."""
    sheet = marked(tmp_path).worksheets[0]
    assert sheet.title == "faults"
    rows = [tuple("" if v is None else v for v in r) for r in sheet.iter_rows(values_only=True)]
    assert rows[0] == ("file", "row", "column", "value", "problem", "hint")
    assert rows[1:] == [(f.file, f.row or "", f.column, f.value, f.problem, f.hint) for f in FAULTS]
    links = [cell.hyperlink and cell.hyperlink.location for cell in sheet["A"][1:]]
    assert links == [f"'transfers'!{cell}" for cell in ("D2", "B3", "A3", "C3", "A5", "E1")] + [
        None, "'transfers'!A1",
    ]  # fmt: skip


def test_bad_cells_are_filled_and_framed_and_say_why(tmp_path: Path) -> None:
    """A cell is marked by colour, by a frame and by a note; a row fault marks the whole row."""
    sheet = marked(tmp_path)["transfers"]
    filled = {cell.coordinate: cell for row in sheet for cell in row if cell.fill.fill_type}
    one = ["E1", "D2", "A3", "B3", "C3"]
    row = [f"{letter}5" for letter in "ABCDEF"]
    assert sorted(filled) == sorted(one + row)
    assert all(filled[at].border.left.style == "medium" for at in one)
    assert all(filled[at].border.top.style == "thin" for at in row)
    notes = {at: cell.comment.text for at, cell in filled.items() if cell.comment}
    assert sorted(notes) == sorted([*one, "A5"])
    assert notes["D2"] == 'status "adopd" is not a code of status\nIs it adopted?\n\n(line 2)'
    assert notes["B3"].endswith("(line 5)")
    assert notes["A5"].startswith("has 6 cells, the header has 5\nIt needs quotes.")


def test_no_cell_of_the_report_is_computed_and_what_is_hidden_is_shown(tmp_path: Path) -> None:
    """Formulas are texts; control characters and those that turn the text are signs."""
    book = marked(tmp_path)
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert {type(cell.value) for cell in cells if cell.data_type == "n"} == {int}
    read = [[v or "" for v in row] for row in book["transfers"].iter_rows(2, values_only=True)]
    assert read[0] == ["t1", "pr", "=cmd|'/c calc'!A1", "adopd", "a\\x00b", ""]
    # As the file holds it: the escape is undone by a spreadsheet program, not by openpyxl.
    assert read[2] == ["t3", "@x", "-1", "+2", "_x005F_x0041_\\u202e", ""]


def test_the_report_can_be_mended_and_read_in_again(tmp_path: Path) -> None:
    """The rows stand as they were, on a sheet called as the table is; the list is passed over."""
    marked(tmp_path, ("mine/actors.csv", ("id",), [(2, ["a"])]))
    transfers, actors = open_workbook(tmp_path / "faults.xlsx", "faults.xlsx")
    assert (transfers.title, actors.title) == ("transfers", "actors")
    assert transfers.header == HEADER
    rows = [cells for _, cells in transfers.rows()]
    assert [cells[:4] for cells in rows] == [cells[:4] for _, cells in ROWS]
    assert rows[2][4] == "_x0041_\\u202e"
    assert list(actors.rows()) == [(2, ["a"])]


def test_tables_of_one_name_have_sheets_of_their_own() -> None:
    """Titles are cut, freed of what a title cannot hold, and told apart by a number."""
    other = "other.xlsx[Transfers]"
    odd = "x/" + "long:" * 9 + ".csv"
    faults = [Fault(other, 2, "id", "a", "is wrong"), Fault(odd, 2, "id", "b", "is wrong")]
    raw = mark_faults(
        [(FILE, HEADER, ROWS), (other, ("id",), [(2, ["a"])]), (odd, ("id",), [(2, ["b"])]),
         ("faults.csv", ("id",), [])],
        faults,
    )  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(raw))
    titles = ["faults", "transfers", "Transfers (2)", ("long_" * 9)[:31], "faults (2)"]
    assert book.sheetnames == titles
    links = [cell.hyperlink.location for cell in book["faults"]["A"][1:]]
    assert links == ["'Transfers (2)'!A2", f"'{titles[3]}'!A2"]
    assert not any(cell.comment for row in book["transfers"] for cell in row)


def test_of_a_large_table_only_the_bad_rows_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The title says so, and notes end where they would take too long."""
    monkeypatch.setattr(_marked, "_WHOLE", 10)
    monkeypatch.setattr(_marked, "_NOTES", 2)
    book = marked(tmp_path)
    sheet = book["transfers (bad rows)"]
    read = [row[:2] for row in sheet.iter_rows(values_only=True)]
    assert read == [("line", "id"), ("2", "t1"), ("5", "t1"), ("7", "t4")]
    # So it is not read in for the whole table.
    assert tables.definitions()["transfers"].column("line") is None
    assert "line" not in tables.headers()
    assert len([cell for row in sheet for cell in row if cell.comment]) == 2
    assert sheet["A4"].fill.fill_type
    assert book["faults"]["A6"].hyperlink.location == "'transfers (bad rows)'!A4"


def test_the_same_report_is_the_same_bytes() -> None:
    """No clock is in it."""
    sheets = [(FILE, HEADER, ROWS)]
    assert mark_faults(sheets, FAULTS) == mark_faults(sheets, FAULTS)


def test_a_report_without_faults_is_an_empty_list() -> None:
    """Nothing is marked where nothing is wrong."""
    book = openpyxl.load_workbook(io.BytesIO(mark_faults([(FILE, HEADER, ROWS)], [])))
    assert book["faults"].max_row == 1
    assert not any(cell.fill.fill_type for row in book["transfers"] for cell in row)
