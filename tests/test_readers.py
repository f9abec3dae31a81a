"""Wrong rows get a message with file, row, value and hint, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvgraph.errors import Fault, FaultyInputError, KvgraphError
from kvgraph.model import Package
from kvgraph.readers import check_references, read_csv, read_package

ABOUT = 'name = "mine"\nversion = "1"\nlicence = "CC0"\ntitle = {en = "Mine"}\n'
GOOD = {
    "sources": "id,title\ns1,A report\n",
    "actors": (
        "id,name,kind,country,part_of\n"
        "country-fi,Finland,member state,FI,\n"
        "country-se,Sweden,member state,SE,\n"
        "fi-oulu,Oulu,city,FI,country-fi\n"
    ),
    "practices": "id,name,origin,origin_date,derived_from\np1,One,country-se,2010,\np2,Two,,,p1\n",
    "transfers": (
        "id,practice,giver,receiver,start,end,status,status_as_of,source\n"
        "t1,p1,country-se,country-fi,2011,2012,adopted,2012,s1\n"
    ),
}


def _package(folder: Path, **tables: str) -> Path:
    """Write a package, good but for the tables given."""
    folder.mkdir(exist_ok=True)
    (folder / "package.toml").write_text(ABOUT, "utf-8")
    for name, text in (GOOD | tables).items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


def _faults(folder: Path) -> list[Fault]:
    refused: set[tuple[str, str | None]] = set()
    package, faults = read_package(folder, shown="mine", refused=refused)
    return faults + check_references([package], refused)


def test_a_good_package_has_no_fault(tmp_path: Path) -> None:
    """What is right passes, so that the cases below fail for what is wrong in them."""
    assert _faults(_package(tmp_path)) == []


T = "id,practice,giver,receiver,start,end,status,status_as_of,source\n"

CASES: dict[str, tuple[dict[str, str], list[tuple[str, int, str, str]]]] = {
    # name: tables -> file, row, a part of the message, a part of the hint
    "bad date": (
        {"transfers": T + "t1,p1,country-se,country-fi,Q3 2019,,adopted,,s1\n"},
        [("mine/transfers.csv", 2, 'start "Q3 2019" is not a date', "Write 2019, 2019-07")],
    ),
    "day that is not there": (
        {"transfers": T + "t1,p1,country-se,country-fi,2019-02-29,,adopted,,s1\n"},
        [("mine/transfers.csv", 2, 'start "2019-02-29" is not a date: 2019-02 has 28 days', "")],
    ),
    "unknown id": (
        {"transfers": T + "t1,p1,country-se,fi-oul,2011,,adopted,,s1\n"},
        [("mine/transfers.csv", 2, 'receiver "fi-oul" is not an id of actors', "fi-oulu")],
    ),
    "giver is receiver": (
        {"transfers": T + "t1,p1,country-se,country-se,2011,,adopted,,s1\n"},
        [("mine/transfers.csv", 2, 'receiver "country-se" is the giver too', "adoption")],
    ),
    "end before start": (
        {"transfers": T + "t1,p1,country-se,country-fi,2012,2011,adopted,,s1\n"},
        [("mine/transfers.csv", 2, 'end "2011" lies before start "2012"', "2012-01-01")],
    ),
    "no day left for the status": (
        {"transfers": T + "t1,p1,country-se,country-fi,2012,,adopted,2011,s1\n"},
        [("mine/transfers.csv", 2, 'status_as_of "2011" lies before start "2012"', "")],
    ),
    "unknown code": (
        {"transfers": T + "t1,p1,country-se,country-fi,2012,,adoptd,,s1\n"},
        [("mine/transfers.csv", 2, 'status "adoptd" is not a code of status', "Is it adopted?")],
    ),
    "missing cell": (
        {"transfers": T + "t1,p1,country-se,country-fi,2012,,adopted,,\n"},
        [("mine/transfers.csv", 2, "source is empty", "")],
    ),
    "missing column": (
        {"transfers": "id,practice,giver,receiver,status\nt1,p1,country-se,country-fi,adopted\n"},
        [("mine/transfers.csv", 1, "has no column source", "transfers needs: id")],
    ),
    "nothing but semicolons": (
        {"transfers": T + "t1,p1,country-se,;,2012,,adopted,,s1\n"},
        [("mine/transfers.csv", 2, 'receiver ";" is empty', "")],
    ),
    "no language": (
        {"aliases": "thing,alias,language\np1,Yksi,f i\np1,Ett,sv-SE\np1,Uno,in Spanish\n"},
        [
            ("mine/aliases.csv", 2, 'language "f i" is not a language', "fi"),
            ("mine/aliases.csv", 4, 'language "in Spanish" is not a language', "fi"),
        ],
    ),
    "no valid address": (
        {"sources": "id,title,url\ns1,A,https://example.org/<x>\n"},
        [("mine/sources.csv", 2, 'url "https://example.org/<x>" is not a valid web', "%20")],
    ),
    "a table misnamed, which others refer to": (
        {"source": "id,title\ns1,A\n", "sources": "id,title\n"},
        [("mine/source.csv", 0, "is not a table of a package", "Is it sources?")],
    ),
    "good rows beside a faulty one": (
        {
            "sources": "id,title,year\ns1,A,soon\n",
            "transfers": T + "t1,p1,country-se,country-fi,2012,,adopted,,s1\n"
            "t2,p9,country-se,country-fi,2012,,adopted,,s1\n",
        },
        [
            ("mine/sources.csv", 2, 'year "soon" is not a date', ""),
            ("mine/transfers.csv", 3, 'practice "p9" is not an id of practices', ""),
        ],
    ),
    "unknown column": (
        {"sources": "id,titel2,title\ns1,x,A report\n"},
        [("mine/sources.csv", 1, 'header "titel2" is not a column of sources', "title")],
    ),
    "column twice": (
        {"sources": "id,title,Title \ns1,A,B\n"},
        [("mine/sources.csv", 1, 'header "Title" stands twice', "Keep one")],
    ),
    "too many cells": (
        {"sources": "id,title\ns1,A report, and more\n"},
        [("mine/sources.csv", 2, "has 3 cells, the header has 2", "quotes")],
    ),
    "id twice": (
        {"sources": "id,title\ns1,A\ns1,B\n"},
        [("mine/sources.csv", 3, 'id "s1" stands already in row 2', "once")],
    ),
    "unknown table": (
        {"transfer": "id\nx\n"},
        [("mine/transfer.csv", 0, "is not a table of a package", "Is it transfers?")],
    ),
    "circle of part_of": (
        {
            "actors": "id,name,kind,part_of\ncountry-fi,F,member state,\n"
            "country-se,S,member state,\na,A,city,b\nb,B,city,a\n"
        },
        [("mine/actors.csv", 4, "part_of", "Remove one of these part_of")],
    ),
    "circle of derived_from": (
        {"practices": "id,name,derived_from\np1,One,p2\np2,Two,p1\n"},
        [("mine/practices.csv", 2, "leads in a circle", "Remove one")],
    ),
    "derived from itself": (
        {"practices": "id,name,derived_from\np1,One,p1\np2,Two,p1\n"},
        [("mine/practices.csv", 2, 'derived_from "p1" names the practice itself', "")],
    ),
    "not a number": (
        {"actors": GOOD["actors"].replace("part_of\n", "part_of,latitude\n", 1)
         .replace("SE,\n", "SE,,57 N\n")},
        [("mine/actors.csv", 3, 'latitude "57 N" is not a number', "41.39")],
    ),
    "not an address": (
        {"sources": "id,title,url\ns1,A,www.example.org\n"},
        [("mine/sources.csv", 2, 'url "www.example.org" is not a web address', "https://")],
    ),
    "not a country code": (
        {"actors": GOOD["actors"].replace(",SE,", ",Sverige,")},
        [("mine/actors.csv", 3, 'country "Sverige" is not a country code', "such as FI")],
    ),
    "space in an id": (
        {"sources": "id,title\ns 1,A\ns1,B\n"},
        [("mine/sources.csv", 2, 'id "s 1" holds a space', "hyphens")],
    ),
    "neither practice nor description": (
        {"adoptions": "actor,date\ncountry-fi,2010\n"},
        [("mine/adoptions.csv", 2, "practice is empty", "practice or description")],
    ),
    "open quote": (
        {"sources": 'id,title\ns1,"A report\n'},
        [("mine/sources.csv", 2, "cannot be read", "quotes")],
    ),
    "empty file": ({"sources": ""}, [("mine/sources.csv", 1, "has no header", "")]),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_fault_says_where_what_and_what_to_try(name: str, tmp_path: Path) -> None:
    """Each kind of fault has file, row, value and hint."""
    tables, expected = CASES[name]
    faults = _faults(_package(tmp_path, **tables))
    assert [(f.file, f.row) for f in faults] == [(file, row) for file, row, _, _ in expected]
    for fault, (_, _, problem, hint) in zip(faults, expected, strict=True):
        assert problem in str(fault)
        assert hint in fault.hint


def test_all_faults_are_reported_together(tmp_path: Path) -> None:
    """A user mends everything in one go."""
    rows = T + "t1,p9,country-se,country-fi,2012,2011,adopted,,s1\nt2,p1,,x,20x,,never,,\n"
    faults = _faults(_package(tmp_path, transfers=rows))
    assert len(faults) == 5
    assert {f.row for f in faults} == {2, 3}


def test_broken_utf8_is_a_fault_with_its_line(tmp_path: Path) -> None:
    """A file in another encoding is named with the line and the byte."""
    folder = _package(tmp_path)
    (folder / "sources.csv").write_bytes(b"id,title\ns1,Hyv\xe4\n")
    [fault] = _faults(folder)
    assert str(fault).startswith(
        'mine/sources.csv:2: "s1,Hyv\\xe4" is not UTF-8: byte 0xe4 at position 15'
    )
    assert "UTF-8" in fault.hint


def test_a_row_counts_from_the_line_on_which_it_starts(tmp_path: Path) -> None:
    """Quoted line breaks and blank lines do not shift the numbers."""
    text = 'id,title\n\ns1,"A report\nin two lines"\ns2,\n'
    [fault] = _faults(_package(tmp_path, sources=text))
    assert (fault.row, fault.column) == (5, "title")


@pytest.mark.parametrize(
    "text",
    [
        "id,title\ns1,A report\n",
        "id;title\ns1;A report\n",
        "id\ttitle\ns1\tA report\n",
        "\ufeffid,title\r\ns1,A report\r\n",
        "Tunnus,OTSIKKO\ns1,A report\n",
        "beteckning,Titel\ns1,A report\n",
        " I D , ti_tle\ns1,A report\n",
        "\n \n;\nid;title\ns1;A report\n",
    ],
)
def test_a_table_may_come_in_any_of_these_forms(text: str, tmp_path: Path) -> None:
    """Delimiter, mark, line ends, case, spaces and language of the headers do not matter."""
    package, faults = read_package(_package(tmp_path, sources=text))
    assert faults == []
    assert [r.values for r in package.records if r.table == "sources"] == [
        {"id": "s1", "title": "A report"}
    ]


@pytest.mark.parametrize("code", ["in progress", "In_Progress", "IN-PROGRESS"])
def test_a_code_may_be_written_with_spaces_hyphens_or_underscores(
    code: str, tmp_path: Path
) -> None:
    """All spellings give the one code."""
    rows = T + f"t1,p1,country-se,country-fi,2011,,{code},,s1\n"
    package, faults = read_package(_package(tmp_path, transfers=rows))
    assert faults == []
    assert [r.values["status"] for r in package.records if r.table == "transfers"] == [
        "in progress"
    ]


def test_the_same_id_in_two_packages_is_a_fault(tmp_path: Path) -> None:
    """An id is given once over all packages."""
    one, _ = read_package(_package(tmp_path / "one"), shown="one")
    two, _ = read_package(_package(tmp_path / "two"), shown="two")
    packages: list[Package] = [one, two]
    faults = check_references(packages)
    assert any("stands already in one/sources.csv:2" in str(f) for f in faults)


def test_a_folder_without_package_toml_is_no_package(tmp_path: Path) -> None:
    """The message says what is missing."""
    with pytest.raises(KvgraphError) as caught:
        read_package(tmp_path)
    assert "package.toml" in caught.value.message


def test_a_missing_file_is_an_error_of_ours(tmp_path: Path) -> None:
    """No traceback of the standard library gets out."""
    with pytest.raises(KvgraphError, match="cannot be read"):
        read_csv(tmp_path / "none.csv")


def test_a_nul_character_is_a_fault(tmp_path: Path) -> None:
    """A spreadsheet saved as something else is told apart from text."""
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1,\0\n")
    with pytest.raises(FaultyInputError) as caught:
        read_csv(path)
    assert caught.value.faults[0].row == 2


@pytest.mark.parametrize(
    ("line", "problem", "hint"),
    [
        ('name = ""', "name is not as expected", "spaces"),
        ('name = "a b"', 'name "a b" is not as expected', "spaces"),
        ('name = "a/b"', 'name "a/b" is not as expected', "slashes"),
        ('title = {de = "Mein"}', "title ", "one a language"),
        ("description = 5", 'description "5" is not as expected', "a text"),
        ("version = 2026", 'version "2026" is not as expected', "quotes"),
        ("licence = []", "licence ", "quotes"),
        ('needs = "base"', 'needs "base" is not as expected', '["base"]'),
        ("needs = [1]", "needs ", '["base"]'),
        ('synthetic = "yes"', 'synthetic "yes" is not as expected', "true or false"),
        ('license = "CC0"', "license is not a key of package.toml", "Is it licence?"),
    ],
)
def test_a_package_toml_is_checked(line: str, problem: str, hint: str, tmp_path: Path) -> None:
    """What a package says of itself is told like any other fault, beside those of its rows."""
    folder = _package(tmp_path, sources="id,title\ns1,\n")
    (folder / "package.toml").write_text(line + "\n", "utf-8")
    about, row = _faults(folder)
    assert (about.file, about.row) == ("mine/package.toml", 0)
    assert problem in str(about)
    assert hint in about.hint
    assert row.file == "mine/sources.csv"
