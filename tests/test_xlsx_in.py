"""Workbooks come in as text, with the numbers of their rows, and harmful ones stay outside."""

from __future__ import annotations

import datetime
import io
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kvgraph.errors import Fault, FaultyInputError, KvgraphError
from kvgraph.readers import _survey
from kvgraph.readers._xlsx import open_workbook

Cells = Mapping[str, Any]


def made(path: Path, **sheets: Cells) -> Path:
    """Write a workbook with these cells by sheet and address."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for address, value in cells.items():
            sheet[address] = value
    book.save(path)
    return path


def changed(path: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> Path:
    """Write a file anew with some of its parts changed, or left out, or added."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in parts.items():
            new = change(name, body)
            if new is not None:
                target.writestr(name, new)
        for name, body in more.items():
            target.writestr(name, body)
    return path


def refused(path: Path) -> list[Fault]:
    """Give the faults for which a file is not read."""
    with pytest.raises(FaultyInputError) as caught:
        open_workbook(path, "mine.xlsx")
    assert caught.value.faults
    assert all(fault.hint for fault in caught.value.faults)
    return list(caught.value.faults)


PLAIN: Cells = {"A1": "id", "B1": "name", "A2": "t1", "B2": "one"}
SHEET = "xl/worksheets/sheet1.xml"


# --- what is read ----------------------------------------------------------------------------


def test_cells_become_what_a_person_would_have_typed(tmp_path: Path) -> None:
    """Whole numbers have no point, days are days, truths are yes and no, texts stay."""
    values = [
        (99099.0, "99099"), (41.39, "41.39"), (0.1 + 0.2, "0.3"), (-7, "-7"), (1e-7, "0.0000001"),
        (2018, "2018"), (True, "yes"), (False, "no"), (datetime.date(2019, 7, 1), "2019-07-01"),
        (datetime.datetime(2019, 7, 1), "2019-07-01"),  # noqa: DTZ001
        (datetime.datetime(2019, 7, 1, 9, 30), "2019-07-01 09:30:00"),  # noqa: DTZ001
        ("007", "007"), ("2018-12", "2018-12"), ("  x ", "  x "), ("a\nb", "a\nb"), ("Å", "Å"),
    ]  # fmt: skip
    cells = {f"A{row}": value for row, (value, _) in enumerate(values, 2)}
    [sheet] = open_workbook(made(tmp_path / "m.xlsx", actors={"A1": "id", **cells}), "m.xlsx")
    assert (sheet.name, sheet.title, sheet.header) == ("m.xlsx[actors]", "actors", ("id",))
    expected = [(row, [text]) for row, (_, text) in enumerate(values, 2)]
    assert list(sheet.rows()) == expected
    assert list(sheet.rows()) == expected  # gone through anew


def test_a_row_keeps_the_number_that_it_has_in_the_sheet(tmp_path: Path) -> None:
    """Blank rows above the header and between the rows are passed over and counted."""
    cells = {"B3": "id", "D3": "name", "B5": "a", "D5": "one", "B9": "b", "C7": " "}
    [sheet] = open_workbook(made(tmp_path / "m.xlsx", actors=cells), "m.xlsx")
    assert sheet.header == ("", "id", "", "name")
    assert list(sheet.rows()) == [(5, ["", "a", "", "one"]), (9, ["", "b", "", ""])]


def test_each_sheet_is_read_though_others_are_read_in_between(tmp_path: Path) -> None:
    """Sheets that are gone through side by side do not mix."""
    path = made(tmp_path / "m.xlsx", actors=PLAIN, practices={"A1": "id", "A2": "p1", "A3": "p2"})
    actors, practices = open_workbook(path, "m.xlsx")
    first, second = actors.rows(), practices.rows()
    assert next(second) == (2, ["p1"])
    assert next(first) == (2, ["t1", "one"])
    assert list(second) == [(3, ["p2"])]
    assert list(first) == []


def test_what_is_no_table_is_left_out_and_what_is_hidden_is_read(tmp_path: Path) -> None:
    """Empty sheets, charts and the sheets of the template are passed over, hidden ones are not."""
    path = tmp_path / "m.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Lue minut"
    book.active["A1"] = "hei"
    for title in ("actors", "empty", "codes", "faults"):
        book.create_sheet(title)
    for title in ("actors", "codes", "faults"):
        book[title]["A1"], book[title]["A2"] = "id", "x"
    book["actors"].sheet_state = "hidden"
    book["actors"].row_dimensions[2].hidden = True
    book["actors"]["B2"] = "merged"
    book["actors"].merge_cells("B2:C3")
    book.create_chartsheet("chart")
    book.save(path)
    [sheet] = open_workbook(path, "m.xlsx")
    assert (sheet.title, list(sheet.rows())) == ("actors", [(2, ["x", "merged"])])


def test_formulas_give_the_value_that_was_stored_with_them(tmp_path: Path) -> None:
    """What the spreadsheet program has calculated is taken; nothing is calculated here."""
    path = made(tmp_path / "m.xlsx", actors={"A1": "id", "A2": "=1+1", "A3": '=""', "B3": "x"})

    def calculate(name: str, body: bytes) -> bytes:
        if name != SHEET:
            return body
        body = body.replace(b'r="A2"><f>1+1</f><v />', b'r="A2"><f>1+1</f><v>2</v>')
        return body.replace(b'r="A3"><f>""</f><v />', b'r="A3" t="str"><f>""</f><v></v>')

    [sheet] = open_workbook(changed(path, calculate), "m.xlsx")
    assert list(sheet.rows()) == [(2, ["2", ""]), (3, ["", "x"])]


def test_macros_are_never_looked_at(tmp_path: Path) -> None:
    """An xlsm is read as an xlsx is, whatever stands for its macros."""
    path = made(tmp_path / "m.xlsx", actors=PLAIN)
    changed(path, lambda _, body: body, **{"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 no macro"})
    [sheet] = open_workbook(path.rename(tmp_path / "m.xlsm"), "m.xlsm")
    assert list(sheet.rows()) == [(2, ["t1", "one"])]


def test_a_cell_far_away_that_is_only_formatted_does_no_harm(tmp_path: Path) -> None:
    """Claimed dimensions and empty cells with a style take no memory."""
    path = made(tmp_path / "m.xlsx", actors=PLAIN)
    book = openpyxl.load_workbook(path)
    book["actors"]["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        assert b'"A1:XFD1048576"' in archive.read(SHEET)
    [sheet] = open_workbook(path, "m.xlsx")
    assert list(sheet.rows()) == [(2, ["t1", "one"])]


ODS = b"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:body><office:spreadsheet><table:table table:name="actors">
<table:table-row><table:table-cell office:value-type="string"><text:p>id</text:p>
</table:table-cell><table:table-cell office:value-type="string"><text:p>year</text:p>
</table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="2018"><text:p>2018</text:p>
</table:table-cell></table:table-row>MORE
<table:table-row table:number-rows-repeated="1048000"><table:table-cell
 table:number-columns-repeated="16384"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""
MANIFEST = b"""<?xml version="1.0" encoding="UTF-8"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="content.xml">MORE</manifest:file-entry>
</manifest:manifest>"""


def opendocument(path: Path, more: bytes = b"", entry: bytes = b"") -> Path:
    """Write an ods with further rows."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.replace(b"\n", b"").replace(b"MORE", more))
        archive.writestr("META-INF/manifest.xml", MANIFEST.replace(b"MORE", entry))
    return path


def test_an_ods_is_read_like_an_xlsx(tmp_path: Path) -> None:
    """Rows that stand for many are counted as many, and empty ones at the end do no harm."""
    [sheet] = open_workbook(opendocument(tmp_path / "m.ods"), "m.ods")
    assert (sheet.name, sheet.header) == ("m.ods[actors]", ("id", "year"))
    assert list(sheet.rows()) == [(4, ["a", "2018"])]


def old_file(inside: str) -> bytes:
    """Give the beginning of an OLE file whose directory, in its second sector, names this."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    head[30:32], head[48:52] = (9).to_bytes(2, "little"), (1).to_bytes(4, "little")
    return bytes(head) + b"\0" * 512 + inside.encode("utf-16-le")


# --- what is refused -------------------------------------------------------------------------


def test_every_error_and_uncalculated_formula_is_told_by_its_address(tmp_path: Path) -> None:
    """Such cells would be read as empty ones; each is a fault under its header."""
    cells = {**PLAIN, "A3": "#N/A", "B3": "=VLOOKUP(A2,codes!A:B,2)", "D5": "#REF!", "A6": "ok"}
    [one, two, three] = refused(made(tmp_path / "m.xlsx", actors=cells))
    assert (one.file, one.row, one.column, one.value) == ("mine.xlsx[actors]", 3, "id", "#N/A")
    assert one.problem == "is an error and no value (cell A3)"
    assert (two.row, two.column, two.value) == (3, "name", "=VLOOKUP(A2,codes!A:B,2)")
    assert two.problem == "holds a formula that was never calculated (cell B3)"
    assert (three.row, three.column, three.value) == (5, "D", "#REF!")


def test_errors_on_a_sheet_that_is_no_table_do_not_matter(tmp_path: Path) -> None:
    """What is not read cannot be at fault."""
    sheets: dict[str, Cells] = {"actors": PLAIN, "read me": {"A1": "#REF!", "A2": "=1/0"}}
    [sheet] = open_workbook(made(tmp_path / "m.xlsx", **sheets), "m.xlsx")
    assert sheet.title == "actors"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "is empty"),
        (b"id,name\n1,2\n", "is not a workbook"),
        (old_file("Workbook"), "old kind"),
        (old_file("EncryptedPackage"), "protected with a password"),
        (b"PK\x03\x04 and then nothing", "damaged or cut off"),
    ],
)
def test_what_is_no_workbook_is_told_as_what_it_is(
    body: bytes, problem: str, tmp_path: Path
) -> None:
    """The first bytes tell more than the ending of a name."""
    path = tmp_path / "m.xlsx"
    path.write_bytes(body)
    [fault] = refused(path)
    assert problem in fault.problem
    assert fault.file == "mine.xlsx"


def test_a_file_that_is_not_there_is_no_fault_of_the_file(tmp_path: Path) -> None:
    """It is told by its name."""
    with pytest.raises(KvgraphError, match=r"mine\.xlsx cannot be read: No such file"):
        open_workbook(tmp_path / "m.xlsx", "mine.xlsx")


def test_a_workbook_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    """A download that broke off is never read as a shorter table."""
    whole = made(tmp_path / "m.xlsx", actors=PLAIN).read_bytes()
    path = tmp_path / "cut.xlsx"
    for length in range(8, len(whole), 331):
        path.write_bytes(whole[:length])
        refused(path)


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    """A part whose checksum is wrong is not read."""
    path = made(tmp_path / "m.xlsx", actors=PLAIN)
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        for name, body in parts.items():
            target.writestr(name, body)
    raw = path.read_bytes()
    assert raw.count(b"<t>one</t>") == 1
    path.write_bytes(raw.replace(b"<t>one</t>", b"<t>two</t>"))
    [fault] = refused(path)
    assert "damaged" in fault.problem


def test_other_archives_are_told_apart(tmp_path: Path) -> None:
    """A zip is no workbook, and a binary workbook none that can be read."""
    for name, what in (("a.txt", "not a workbook"), ("xl/workbook.bin", "binary workbook")):
        path = tmp_path / "m.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, "x")
        [fault] = refused(path)
        assert what in fault.problem


def test_an_archive_that_swells_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """A zip bomb costs neither memory nor time; nor does one that lies about its size."""
    path = made(tmp_path / "m.xlsx", actors=PLAIN)
    zeros = b"\0" * (65 << 20)
    changed(path, lambda _, body: body, **{"xl/media/image1.png": zeros})
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    [fault] = refused(path)
    assert tracemalloc.get_traced_memory()[1] < 10 << 20
    tracemalloc.stop()
    assert fault.value == "xl/media/image1.png"
    assert "swells to" in fault.problem
    assert "CSV" in fault.hint


def test_a_part_that_is_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    """The size that an archive states is not believed."""
    path = made(tmp_path / "m.xlsx", actors=PLAIN)
    space = b" " * (8 << 20)
    changed(path, lambda n, b: b.replace(b"</sheetData>", b"</sheetData>" + space)
            if n == SHEET else b)  # fmt: skip
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(SHEET).file_size
    real, small = size.to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert raw.count(real) == 2  # before the part, and in the directory
    path.write_bytes(bytes(raw).replace(real, small))
    [fault] = refused(path)
    assert "damaged" in fault.problem


def test_parts_beyond_all_measure_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit holds also for what cannot be packed."""
    path = made(tmp_path / "m.xlsx", actors=PLAIN)
    monkeypatch.setattr(_survey, "LARGEST_PART", 300)
    [fault] = refused(path)
    assert "MB when unpacked" in fault.problem


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_a_document_type_is_refused(part: str, tmp_path: Path) -> None:
    """Entities that multiply are never read: a billion laughs end at the first."""
    path = made(tmp_path / "m.xlsx", actors=PLAIN)
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    shared = {"xl/sharedStrings.xml": b"<sst/>"}
    changed(path, lambda _, body: body, **shared)
    changed(path, lambda name, body: laughs + body if name == part else body)
    [fault] = refused(path)
    assert "document type" in fault.problem
    assert fault.value == part


def test_a_cell_at_the_far_end_is_told_by_its_address(tmp_path: Path) -> None:
    """A stray cell would make a table of billions of empty cells."""
    path = made(tmp_path / "m.xlsx", actors={**PLAIN, "XFD1048576": "stray"})
    [fault] = refused(path)
    assert fault.file == "mine.xlsx[actors]"
    assert "reaches to XFD1048576" in fault.problem
    assert "5 are filled" in fault.problem
    assert "Delete the rows and columns" in fault.hint


def test_an_ods_whose_cells_stand_for_billions_is_refused(tmp_path: Path) -> None:
    """A few bytes can claim to fill a whole sheet."""
    cell = b'<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
    row = b'<table:table-row table:number-rows-repeated="1000000">' + cell
    bomb = row + b"<text:p>x</text:p></table:table-cell></table:table-row>"
    [fault] = refused(opendocument(tmp_path / "m.ods", bomb))
    assert "16,384,0" in fault.problem


def test_errors_formulas_and_passwords_of_an_ods_are_found(tmp_path: Path) -> None:
    """They are told as those of an xlsx are."""
    bad = (
        b'<table:table-row><table:table-cell calcext:value-type="error" table:formula="of:=1/0" '
        b'office:value-type="string" office:string-value="#DIV/0!"/>'
        b'<table:table-cell table:formula="of:=1+1"/></table:table-row>'
    )
    error, formula = refused(opendocument(tmp_path / "m.ods", bad))
    assert (error.row, error.column, error.value) == (5, "id", "#DIV/0!")
    assert (formula.row, formula.column, formula.value) == (5, "year", "of:=1+1")
    [fault] = refused(opendocument(tmp_path / "p.ods", b"", b"<manifest:encryption-data/>"))
    assert "password" in fault.problem


def test_what_a_library_would_read_otherwise_than_we_look_is_refused(tmp_path: Path) -> None:
    """Parts, ids and sheets that stand twice, and sheets that are not there."""

    def twice(name: str, body: bytes) -> bytes:
        if name != "xl/_rels/workbook.xml.rels":
            return body
        return body.replace(b"</Relationships>", b'<Relationship Id="rId1" Target="x"/>'
                            b"</Relationships>")  # fmt: skip

    [fault] = refused(changed(made(tmp_path / "m.xlsx", actors=PLAIN), twice))
    assert "same id" in fault.problem
    [fault] = refused(
        changed(made(tmp_path / "n.xlsx", actors=PLAIN), lambda n, b: None if n == SHEET else b)
    )
    assert (fault.value, "not there" in fault.problem) == ("actors", True)
    path = made(tmp_path / "o.xlsx", actors=PLAIN)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/Workbook.xml", "<x/>")
    [fault] = refused(path)
    assert "part twice" in fault.problem


def test_xml_that_is_broken_off_is_told(tmp_path: Path) -> None:
    """A sheet that is no XML is a fault and no traceback."""
    path = made(tmp_path / "m.xlsx", actors=PLAIN)
    [fault] = refused(changed(path, lambda n, b: b[:300] if n == SHEET else b))
    assert "damaged" in fault.problem


def test_no_harm_comes_from_random_bytes(tmp_path: Path) -> None:
    """Whatever is changed in a sheet, it is read or refused in words."""
    import random

    draw = random.Random(4)
    path = tmp_path / "m.xlsx"
    read = 0
    for _ in range(150):
        made(path, actors={**PLAIN, "A3": 4.5, "B3": datetime.date(2019, 1, 1), "A4": True})

        def spoil(name: str, body: bytes) -> bytes:
            if name not in (SHEET, "xl/sharedStrings.xml", "xl/styles.xml"):
                return body
            raw = bytearray(body)
            for _ in range(2):
                raw[draw.randrange(len(raw))] = draw.choice(b'0129ABr<>="/ v\xff')
            return bytes(raw)

        changed(path, spoil)
        try:
            for sheet in open_workbook(path, "m.xlsx"):
                list(sheet.rows())
            read += 1
        except FaultyInputError:
            continue
    assert 0 < read < 150


def test_a_stream_of_any_size_is_read_in_order(tmp_path: Path) -> None:
    """Twenty thousand rows come out as they went in."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("transfers")
    sheet.append(["id", "n"])
    for number in range(20_000):
        sheet.append([f"t{number}", number])
    stream = io.BytesIO()
    book.save(stream)
    path = tmp_path / "m.xlsx"
    path.write_bytes(stream.getvalue())
    [read] = open_workbook(path, "m.xlsx")
    assert list(read.rows()) == [(n + 2, [f"t{n}", str(n)]) for n in range(20_000)]
