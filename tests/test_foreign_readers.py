"""Exports of keep.eu, Kohesio, CORDIS and Interreg become actors, projects and memberships.

The real dumps are read where they lie beside the project (../shared/data/dumps). Rows that stand
in this file are synthetic: made up, under the real headers.
"""

from __future__ import annotations

import csv
import io
import json
import re
import stat
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from kvgraph import registry, resources
from kvgraph.errors import Fault, FaultyInputError, KvgraphError
from kvgraph.model import Moment, Package, Reader, Record
from kvgraph.readers import (
    Intake,
    check_references,
    choose_reader,
    open_inputs,
    package_of,
    read_package,
    take_in,
)
from kvgraph.readers._archive import open_archive
from kvgraph.readers._json import open_json
from kvgraph.readers._sheet import Sheet

ROOT: Final = Path(__file__).parents[1]
DUMPS: Final = ROOT.parent / "shared" / "data" / "dumps"
KEEP: Final = DUMPS / "keep_closed_1420.xlsx"
KEEP_PARTNERS: Final = DUMPS / "keep_closed_1420_Partnership.csv"
KEEP_CALLS: Final = DUMPS / "keep_closed_calls.csv"
KOHESIO: Final = DUMPS / "kohesio_beneficiaries_export.tsv"
INTERREG: Final = DUMPS / "interreg_swedish_partners_rawdata.json"

needs_dumps = pytest.mark.skipif(
    not DUMPS.is_dir(), reason="the real dumps (../shared/data/dumps) are not beside this checkout"
)

FOREIGN: Final = ("cordis", "interreg", "keep-eu", "kohesio")
GIVEN: Final = {
    "actors", "aliases", "events", "memberships", "programmes", "projects", "sources",
}  # fmt: skip
"""What such a reader may give: nothing that says that a practice moved."""


def _words(text: str) -> list[str]:
    """Give the headers of a line."""
    return re.split("[,;]", text)


# What stands at the head of the csv files that Kohesio offers for download: 40 columns.
KOHESIO_40: Final = _words(
    "Operation_Unique_Identifier,Operation_Local_Identifier,Operation_Name_English,"
    "Operation_Name_Programme_Language,Country,CountryCode,Postal_Code,Operation_Start_Date,"
    "Operation_End_Date,Cofinancing_Rate,Total_Eligible_Expenditure_amount,"
    "Total_Eligible_Expenditure_Currency,Project_EU_Budget,Beneficiary_Unique_Identifier,"
    "Beneficiary_Name,Location_Indicator_latitude_longitude,Category_Of_Intervention,"
    "Category_Label,Thematic_Objective_ID,Thematic_Objective_Label,Policy_Objective_ID,"
    "Policy_Objective_Label,Fund_Code,Fund_Name,Programme_Code,Programme_Name,NUTS1_Label,"
    "NUTS2_Label,NUTS3_Label,NUTS1_Code,NUTS2_Code,NUTS3_Code,LAU_Labels,Programming_Period,"
    "Operation_Summary_English,Operation_Summary_Programme_Language,ManagingAuthority,Image_URL,"
    "InfoRegio_ID,InfoRegio_URL"
)
KOHESIO_44: Final = [
    *KOHESIO_40,
    "Beneficiary_Local_Identifier",
    "Specific_Objective_ID",
    "Specific_Objective_Label",
    "LAU_Codes",
]
CORDIS_PROJECTS: Final = _words(
    "id;acronym;status;title;startDate;endDate;totalCost;ecMaxContribution;legalBasis;topics;"
    "ecSignatureDate;frameworkProgramme;masterCall;subCall;fundingScheme;nature;objective;"
    "contentUpdateDate;rcn;grantDoi"
)
CORDIS_ORGANISATIONS: Final = _words(
    "projectID;projectAcronym;organisationID;vatNumber;name;shortName;SME;activityType;street;"
    "postCode;city;country;nutsCode;geolocation;organizationURL;contactForm;contentUpdateDate;rcn;"
    "order;role;ecContribution;netEcContribution;totalCost;endOfParticipation;active"
)


@cache
def _base() -> Package:
    package, faults = read_package(resources.folder("data") / "base")
    assert faults == []
    return package


def _reader(name: str) -> Reader:
    found = registry.entry("readers", name, "READER")
    assert isinstance(found, Reader)
    return found


def _recognising(paths: Iterable[Path]) -> list[str]:
    """Give the foreign readers that know some files."""
    sheets = open_inputs(list(paths)).sheets
    return [name for name in FOREIGN if _reader(name).recognise(sheets)]


def _take(*paths: Path) -> Intake:
    """Read files by the reader that knows them; references must hold, beside ``base``."""
    inputs = open_inputs(list(paths))
    assert list(inputs.faults) == []
    reader = choose_reader(inputs)
    intake = take_in(reader, inputs.sheets)
    package = package_of(reader.about, "foreign", intake)
    assert check_references([_base(), package], intake.refused) == []
    return intake


@cache
def _real(*paths: Path) -> Intake:
    return _take(*paths)


def _account(intake: Intake) -> dict[str, tuple[int, int, int, int]]:
    return {n: (t.rows, t.read, t.merged, t.refused) for n, t in intake.tallies.items()}


def _of(intake: Intake, table: str) -> dict[str, dict[str, Any]]:
    """Give the rows of a table by id."""
    return {r.values["id"]: dict(r.values) for r in intake.records if r.table == table}


def _memberships(intake: Intake) -> list[dict[str, Any]]:
    return [dict(r.values) for r in intake.records if r.table == "memberships"]


def _plain(record: Record) -> tuple[str, tuple[tuple[str, Any], ...]]:
    return record.table, tuple(
        (name, value.worded if isinstance(value, Moment) else value)
        for name, value in sorted(record.values.items())
    )


def _write(path: Path, header: list[str], rows: list[dict[str, str]], delimiter: str = ",") -> Path:
    """Write a csv as the Commission does: with a byte order mark and every cell quoted."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        for row in rows:
            assert row.keys() <= set(header), row.keys() - set(header)
            writer.writerow([row.get(name, "") for name in header])
    return path


# ---------------------------------------------------------------------------------------------
# The real dumps
# ---------------------------------------------------------------------------------------------


@needs_dumps
@pytest.mark.parametrize(
    ("paths", "name"),
    [
        ((KEEP,), "keep-eu"),
        ((KEEP_PARTNERS,), "keep-eu"),
        ((KEEP_CALLS, KEEP_PARTNERS), "keep-eu"),
        ((KOHESIO,), "kohesio"),
        ((INTERREG,), "interreg"),
    ],
)
def test_a_real_dump_is_known_by_itself_and_by_one_reader_only(
    paths: tuple[Path, ...], name: str
) -> None:
    """Nobody has to say what a file is."""
    assert _recognising(paths) == [name]
    assert choose_reader(open_inputs(list(paths))).name == name


@needs_dumps
def test_every_row_of_keep_eu_is_accounted_for() -> None:
    """1,891 rows of projects are 1,852 projects and 39 second lead partners; none is refused."""
    intake = _real(KEEP)
    assert list(intake.faults) == []
    assert _account(intake) == {
        "calls": (138, 138, 0, 0),
        "projects": (1891, 1852, 39, 0),
        # Two rows name an organisation a second time; one of them spells it otherwise.
        "partners": (8621, 8620, 1, 0),
    }
    counts = Counter(record.table for record in intake.records)
    assert (counts["projects"], counts["programmes"], counts["events"]) == (1852, 66, 138)
    assert counts["memberships"] == 8619
    assert counts["sources"] == 1


@needs_dumps
def test_what_keep_eu_has_and_we_have_no_place_for_is_said() -> None:
    """Nothing is dropped silently: the columns left out are named, by table."""
    left_out = _real(KEEP).left_out
    assert left_out["partners"] == ["Street", "Postal code", "Website"]
    assert "Expected Results EN" in left_out["projects"]
    assert len(left_out["projects"]) == 20
    assert "calls" not in left_out


@needs_dumps
def test_the_csv_files_of_keep_eu_give_what_the_workbook_gives() -> None:
    """The same partners and calls are the same records, whatever file they stand in.

    The csv files have no table of projects, so that a project has only its acronym there.
    """
    workbook, files = _real(KEEP), _real(KEEP_CALLS, KEEP_PARTNERS)
    assert _account(files) == {"calls": (51, 51, 0, 0), "partners": (8621, 8620, 1, 0)}
    of = {
        name: {
            table: {_plain(r) for r in intake.records if r.table == table}
            for table in ("actors", "memberships", "programmes", "sources", "events")
        }
        for name, intake in (("workbook", workbook), ("files", files))
    }
    for table in ("actors", "memberships", "programmes", "sources"):
        assert of["workbook"][table] == of["files"][table], table
    # 40 of the 51 calls stand in the workbook with the same words.
    assert len(of["files"]["events"] & of["workbook"]["events"]) == 40
    whole, short = _of(workbook, "projects"), _of(files, "projects")
    assert short.keys() == whole.keys()
    for identifier, project in short.items():
        assert {n: v for n, v in project.items() if n != "name"}.items() <= whole[
            identifier
        ].items()
    aliases = {_plain(r) for r in workbook.records if r.table == "aliases"}
    assert {_plain(r) for r in files.records if r.table == "aliases"} < aliases


@needs_dumps
def test_a_project_of_keep_eu_is_told_as_in_its_row() -> None:
    """Row 2 of the projects and row 2 of the partners, read by a person."""
    intake = _real(KEEP)
    programme = "keep-2014-2020-interreg-v-a-germany-saxony-czech-republic"
    project = _of(intake, "projects")[f"{programme}-antonius-cum-johannis"]
    assert project["name"] == project["code"] == '"Antonius cum Johannis"'
    assert "name_en" not in project, "the row has names in the languages 2 and 3 only"
    assert project["programme"] == (programme,)
    assert (project["start"].worded, project["end"].worded) == ("2015-10-27", "2019-09-30")
    assert project["theme"] == (
        "tourism", "construction and renovation", "cultural heritage and arts",
    )  # fmt: skip
    assert project["lead"] == ("keep-de-ev-luth-kirchgemeinde-st-johannis-zittau-zittau",)
    assert project["note"].startswith("budget: 892,228.58; EU funding: 758394.29; ")
    assert "public_funding" not in project, "the budget is not all public"

    told = _of(intake, "programmes")[programme]
    assert told["name"] == "2014 - 2020 INTERREG V-A Germany / Saxony - Czech Republic"
    assert (told["period_start"].worded, told["period_end"].worded) == ("2014", "2020")

    ecrr = "keep-2014-2020-interreg-vb-central-europe-ecrr"
    (lead,) = [m for m in _memberships(intake) if m["network"] == (ecrr,) and m["role"] == "lead"]
    assert lead["place_as_worded"] == "Erfurt"
    assert lead["nuts"] == "DEG01"
    assert lead["note"] == "department: Central Division Planning"
    assert "start" not in lead, "keep.eu gives dates of the project, and none of a partner"
    actor = _of(intake, "actors")[lead["actor"][0]]
    assert actor["name"] == "Association for Rural Development Thuringia, Erfurt"
    assert (actor["kind"], actor["kind_as_worded"], actor["country"]) == (
        "organisation", "public", "DE",
    )  # fmt: skip
    assert actor["source"] == ("keep-eu-export",)


@needs_dumps
def test_a_second_lead_partner_leads_the_same_project() -> None:
    """FRAMFOR stands in two rows of projects: one project, two leads."""
    intake = _real(KEEP)
    (identifier,) = [i for i, p in _of(intake, "projects").items() if p["code"] == "FRAMFOR"]
    leads = [m for m in _memberships(intake) if m["network"] == (identifier,)]
    assert sum(m["role"] == "lead" for m in leads) == 2


@needs_dumps
def test_projects_of_one_acronym_in_several_programmes_stay_apart() -> None:
    """keep.eu has no project id: programme and acronym together are one."""
    projects = _of(_real(KEEP), "projects").values()
    assert len({p["programme"] for p in projects if p["code"] == "GREEN"}) == 3


@needs_dumps
def test_where_address_and_country_code_differ_the_doubt_is_said() -> None:
    """Kreuzlingen lies in Switzerland; its row has a German code, which is not taken."""
    intake = _real(KEEP)
    actor = _of(intake, "actors")["keep-ch-stadt-kreuzlingen-kreuzlingen-2"]
    assert (actor["country"], actor["certainty"], actor.get("nuts")) == ("CH", "medium", None)
    (membership,) = [m for m in _memberships(intake) if m["actor"] == (actor["id"],)]
    assert membership["note"] == (
        "country code given as: DE Germany / DEUTSCHLAND; NUTS code given as: DE138"
    )
    doubted = [a for a in _of(intake, "actors").values() if a.get("certainty") == "medium"]
    assert 15 <= len(doubted) <= 25


@needs_dumps
def test_every_organisation_of_keep_eu_has_a_country() -> None:
    """Fifty ways to write a country, in capitals and not, are all known."""
    actors = _of(_real(KEEP), "actors").values()
    assert [a["id"] for a in actors if "country" not in a] == []
    countries = Counter(a["country"] for a in actors)
    assert {"GR", "GB", "FO", "GL", "BA", "TR"} <= countries.keys()
    assert not {"EL", "UK"} & countries.keys()


@needs_dumps
def test_the_same_organisation_is_one_actor_and_keeps_its_other_spellings() -> None:
    """Case, accents and punctuation do not make two of one; how it was written is kept."""
    intake = _real(KEEP)
    assert "keep-pl-city-of-poznan-poznan" in _of(intake, "actors")
    names = {
        r.values["alias"]
        for r in intake.records
        if r.table == "aliases" and r.values["thing"] == ("keep-pl-city-of-poznan-poznan",)
    }
    names.add(_of(intake, "actors")["keep-pl-city-of-poznan-poznan"]["name"])
    assert names == {"City of Poznan", "City of Poznań"}


@needs_dumps
def test_every_beneficiary_of_kohesio_is_accounted_for() -> None:
    """27,222 rows, quotes as they stand; the same name in the same region is one."""
    intake = _real(KOHESIO)
    assert list(intake.faults) == []
    assert _account(intake) == {"beneficiaries": (27222, 27140, 82, 0)}
    assert intake.left_out == {
        "beneficiaries": ["Total Budget", "EU Contribution", "Number of Projects"]
    }
    assert {a["country"] for a in _of(intake, "actors").values()} == {
        "BG", "CZ", "EE", "HR", "HU", "LT", "LV", "PL", "RO", "SI", "SK",
    }  # fmt: skip


@needs_dumps
def test_a_beneficiary_of_kohesio_is_told_as_in_its_row() -> None:
    """Line 3: a name that begins with a quote, and its letters in Latin as an alias."""
    intake = _real(KOHESIO)
    actor = _of(intake, "actors")["kohesio-bg-зора-ес-еоод-blagoevgrad-province"]
    assert actor["name"] == '"Зора-ЕС" ЕООД'
    assert (actor["country"], actor["note"]) == ("BG", "region: Blagoevgrad Province")
    (alias,) = [
        r for r in intake.records if r.table == "aliases" and r.values["thing"] == (actor["id"],)
    ]
    assert alias.values["alias"] == '"Zora-ES" EOOD'
    schools = [i for i in _of(intake, "actors") if i.startswith("kohesio-cz-zakladni-skola-")]
    assert len(schools) > 1, "schools of one name in several regions are several"


@needs_dumps
def test_every_partner_of_interreg_is_accounted_for() -> None:
    """1,196 rows: 586 projects of ten programmes; 17 rows name no organisation."""
    intake = _real(INTERREG)
    assert list(intake.faults) == []
    assert _account(intake) == {"partners": (1196, 1180, 16, 0)}
    assert len(_of(intake, "projects")) == 586
    assert len(_of(intake, "programmes")) == 10
    roles = Counter(m["role"] for m in _memberships(intake))
    assert roles == {"partner": 823, "lead": 187, "associated partner": 167}


@needs_dumps
def test_an_end_before_its_beginning_refuses_no_row() -> None:
    """A project of the dump ends a day before it begins: that is noted, and not taken."""
    project = _of(_real(INTERREG), "projects")[
        "interreg-south-baltic-programme-bbu-baltic-biking-upgrade"
    ]
    assert project["start"].worded == "2023-09-01"
    assert "end" not in project
    assert project["note"].endswith("end as worded, before the start: 2023-08-31")


@needs_dumps
def test_a_partner_of_interreg_is_told_as_in_its_row() -> None:
    """The first object of the array."""
    intake = _real(INTERREG)
    project = _of(intake, "projects")["interreg-aurora-boost-nordic-biogas"]
    assert (project["name"], project["kind_as_worded"]) == ("Boost Nordic Biogas", "Regular")
    assert (project["start"].worded, project["end"].worded) == ("2023-01-01", "2025-12-31")
    first = next(m for m in _memberships(intake) if m["network"] == (project["id"],))
    assert first["place_as_worded"] == "Västerbottens län, Övre Norrland"
    assert first["note"] == "budget: 149355; ownership: Public"
    actor = _of(intake, "actors")[first["actor"][0]]
    assert (actor["name"], actor["country"]) == ("BioFuel Region BFR AB", "SE")


@needs_dumps
@pytest.mark.parametrize("paths", [(KEEP,), (KEEP_CALLS, KEEP_PARTNERS), (KOHESIO,), (INTERREG,)])
def test_a_real_dump_gives_no_transfer_and_names_its_source(paths: tuple[Path, ...]) -> None:
    """Who sat in one project with whom is exposure: that a practice moved is never said."""
    records = _real(*paths).records
    assert {record.table for record in records} <= GIVEN
    (source,) = [r.values["id"] for r in records if r.table == "sources"]
    assert all(r.values["source"] == (source,) for r in records if r.table != "sources")
    assert not any("accessed" in r.values for r in records), "no day of reading is made up"


@needs_dumps
def test_no_id_of_a_real_dump_rests_on_the_number_of_a_row(tmp_path: Path) -> None:
    """The same rows in another order are the same things."""
    with KEEP_PARTNERS.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))[:400]
    found = []
    for name, some in (("as-is", rows), ("turned", rows[::-1])):
        intake = _take(_write(tmp_path / f"{name}.csv", list(rows[0]), some, ";"))
        found.append({(m["network"], m["actor"], m["role"]) for m in _memberships(intake)})
    assert found[0] == found[1]


# ---------------------------------------------------------------------------------------------
# Synthetic rows under the real headers
# ---------------------------------------------------------------------------------------------

KOHESIO_ROW: Final = {
    "Operation_Unique_Identifier": "https://linkedopendata.eu/entity/Q1",
    "Operation_Local_Identifier": "2021FI-1",
    "Operation_Name_English": "Made-up project",
    "Operation_Name_Programme_Language": "Keksitty hanke",
    "Country": "Finland",
    "CountryCode": "FI",
    "Operation_Start_Date": "04/09/2023",
    "Operation_End_Date": "31/12/2025",
    "Total_Eligible_Expenditure_amount": "337478.4",
    "Total_Eligible_Expenditure_Currency": "EUR",
    "Project_EU_Budget": "134991.36",
    "Beneficiary_Unique_Identifier": "https://linkedopendata.eu/entity/Q20",
    "Beneficiary_Name": "Made-up town",
    "Category_Label": "Adult education; basic|Advice",
    "Fund_Name": "European Social Fund Plus",
    "Programme_Code": "2021FI05",
    "Programme_Name": "A programme that is made up",
    "NUTS3_Code": "FI1D7",
    "Programming_Period": "2021-2027",
    "Operation_Summary_English": "<p>First line</p>\n<p>second &amp; last</p>",
    "ManagingAuthority": "Ministry of Examples",
}


@pytest.mark.parametrize("header", [KOHESIO_40, KOHESIO_44], ids=["40 columns", "44 columns"])
def test_a_project_of_kohesio_is_read_in_both_editions(header: list[str], tmp_path: Path) -> None:
    """With a byte order mark, days as DD/MM/YYYY and line breaks in cells."""
    assert len(header) in (40, 44)
    path = _write(tmp_path / "projects.csv", header, [KOHESIO_ROW])
    assert _recognising([path]) == ["kohesio"]
    intake = _take(path)
    assert _account(intake) == {"projects": (1, 1, 0, 0)}
    project = _of(intake, "projects")["kohesio-Q1"]
    assert (project["name"], project["name_en"]) == ("Keksitty hanke", "Made-up project")
    assert (project["code"], project["country"]) == ("2021FI-1", "FI")
    assert (project["start"].worded, project["end"].worded) == ("2023-09-04", "2025-12-31")
    assert project["description"] == "First line\nsecond & last"
    assert project["theme"] == ("adult education, basic", "advice")
    assert project["lead"] == ("kohesio-Q20",)
    assert project["authority"] == ("kohesio-fi-ministry-of-examples",)
    assert project["note"] == (
        "fund: European Social Fund Plus; total eligible expenditure: 337478.4; currency: EUR; "
        "EU budget: 134991.36; NUTS: FI1D7"
    )
    programme = _of(intake, "programmes")["kohesio-2021fi05"]
    assert (programme["period_start"].worded, programme["period_end"].worded) == ("2021", "2027")
    (membership,) = _memberships(intake)
    assert (membership["role"], membership["actor"]) == ("lead", ("kohesio-Q20",))
    assert _of(intake, "actors")["kohesio-Q20"]["name"] == "Made-up town"
    assert {r.table for r in intake.records} <= GIVEN


def test_odd_projects_of_kohesio_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    """Several beneficiaries, none, one without a name, days that are none: no row is refused."""
    several = {
        "Operation_Unique_Identifier": "Q2",
        "Beneficiary_Unique_Identifier": "https://linkedopendata.eu/entity/Q21|"
        "https://linkedopendata.eu/entity/Q22",
        "Beneficiary_Name": "One|Other",
    }
    nameless = {"Operation_Unique_Identifier": "Q3", "Beneficiary_Name": ""}
    nobody = {
        "Operation_Unique_Identifier": "Q4",
        "Beneficiary_Unique_Identifier": "",
        "Beneficiary_Name": "N.a.",
        "Operation_Start_Date": "12/31/2020",
        "Operation_End_Date": "spring",
        "Country": "Atlantis",
        "CountryCode": "",
    }
    rows = [KOHESIO_ROW | changed for changed in (several, nameless, nobody)]
    intake = _take(_write(tmp_path / "x.csv", KOHESIO_40, rows))
    assert _account(intake) == {"projects": (3, 3, 0, 0)}
    assert [(m["network"][0], m["actor"][0], m["role"]) for m in _memberships(intake)] == [
        ("kohesio-Q2", "kohesio-Q21", "partner"),
        ("kohesio-Q2", "kohesio-Q22", "partner"),
        ("kohesio-Q3", "kohesio-Q20", "lead"),
    ]
    assert _of(intake, "actors")["kohesio-Q20"]["note"] == "name: not given by the export"
    last = _of(intake, "projects")["kohesio-Q4"]
    assert "start" not in last
    assert "country" not in last
    assert last["note"].endswith(
        "start as worded: 12/31/2020; end as worded: spring; country as worded: Atlantis"
    )


def test_a_row_of_kohesio_without_its_number_is_refused_with_its_place(tmp_path: Path) -> None:
    """The others of the file are read, and the fault says where and what was expected."""
    wrong = KOHESIO_ROW | {"Operation_Unique_Identifier": "project 7"}
    path = _write(tmp_path / "x.csv", KOHESIO_40, [KOHESIO_ROW, wrong])
    intake = _take(path)
    assert _account(intake) == {"projects": (2, 1, 0, 1)}
    (fault,) = intake.faults
    # The summary of the first row has a line break, so that the second one begins in line 4.
    assert (fault.row, fault.column) == (4, "Operation_Unique_Identifier")
    assert (fault.value, fault.problem) == ("project 7", "is not an address of Kohesio")


def test_rows_are_read_one_by_one() -> None:
    """A reader holds keys and no rows: what it gives comes before it has read on."""
    asked = 0

    def rows() -> Iterator[tuple[int, list[str]]]:
        nonlocal asked
        for number in range(2, 1_000_000):
            asked += 1
            row = KOHESIO_ROW | {"Operation_Unique_Identifier": f"Q{number}"}
            yield number, [row.get(name, "") for name in KOHESIO_40]

    sheet = Sheet("made up", "projects", tuple(KOHESIO_40), rows)
    readings = _reader("kohesio").read([sheet])
    for _ in range(10):
        next(readings)
    assert asked <= 10


CORDIS_ROW: Final = {
    "id": "101",
    "acronym": "VILLAGE",
    "status": "SIGNED",
    "title": "A made-up village learns",
    "startDate": "2022-09-01",
    "endDate": "2025-08-31",
    "totalCost": "2073781,25",
    "frameworkProgramme": "HORIZON",
    "masterCall": "HORIZON-MADE-UP-1",
    "objective": 'It asks: "why?"\nAnd then; how.',
}
CORDIS_MEMBER: Final = {
    "projectID": "101",
    "projectAcronym": "VILLAGE",
    "organisationID": "999999991",
    "name": "UNIVERSITY OF NOWHERE",
    "shortName": "UON",
    "activityType": "HES",
    "city": "Athina",
    "country": "EL",
    "nutsCode": "EL303",
    "geolocation": "37.98,23.72",
    "organizationURL": "www.example.org",
    "role": "coordinator",
    "ecContribution": "299250,5",
}
CORDIS_OTHERS: Final = [
    CORDIS_MEMBER,
    CORDIS_MEMBER
    | {
        "organisationID": "",
        "name": "Small made-up Ltd",
        "shortName": "N/A",
        "country": "UK",
        "city": "Leeds",
        "role": "thirdParty",
        "geolocation": "",
        "organizationURL": "no site",
        "endOfParticipation": "true",
    },
    CORDIS_MEMBER | {"projectID": "102", "projectAcronym": "OTHER", "role": "participant"},
]


def _cordis(folder: Path) -> Path:
    """Write a folder as CORDIS packs it, rows made up."""
    folder.mkdir()
    _write(folder / "project.csv", CORDIS_PROJECTS, [CORDIS_ROW], ";")
    _write(folder / "organization.csv", CORDIS_ORGANISATIONS, CORDIS_OTHERS, ";")
    _write(folder / "topics.csv", ["projectID", "topic", "title"], [{"projectID": "101"}], ";")
    return folder


def test_cordis_is_read_from_a_folder_and_from_a_zip_alike(tmp_path: Path) -> None:
    """Both give the same records; what is not read of the archive is said."""
    folder = _cordis(tmp_path / "cordis")
    packed = tmp_path / "cordis.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    assert _recognising([folder]) == _recognising([packed]) == ["cordis"]
    intake = _take(folder)
    assert _account(intake) == {"projects": (1, 1, 0, 0), "organisations": (3, 3, 0, 0)}
    assert intake.left_out["topics"] == ["*"]
    assert "street" in intake.left_out["organisations"]
    assert [_plain(r) for r in intake.records] == [_plain(r) for r in _take(packed).records]

    project = _of(intake, "projects")["cordis-101"]
    assert (project["name"], project["code"]) == ("A made-up village learns", "101")
    assert project["description"] == 'It asks: "why?"\nAnd then; how.'
    assert project["note"] == "status: SIGNED; total cost: 2073781,25"
    assert project["call"] == ("cordis-call-horizon-made-up-1",)
    assert _of(intake, "projects")["cordis-102"]["name"] == "OTHER", "only organisations name it"
    actor = _of(intake, "actors")["cordis-pic-999999991"]
    assert (actor["country"], actor["nuts"]) == ("GR", "EL303")
    assert (actor["latitude"], actor["longitude"]) == ("37.98", "23.72")
    assert actor["url"] == "https://www.example.org"
    assert actor["kind_as_worded"] == "higher or secondary education"
    assert _of(intake, "actors")["cordis-gb-small-made-up-ltd-leeds"]["country"] == "GB"
    paid, ended = "EC contribution: 299250,5", "participation: ended before the project did"
    assert [(m["role"], m.get("note")) for m in _memberships(intake)] == [
        ("lead", paid),
        (
            "associated partner",
            f"{paid}; website as worded: no site; role as worded: thirdParty; {ended}",
        ),
        ("partner", paid),
    ]
    assert {r.table for r in intake.records} <= GIVEN


def test_a_quote_that_cordis_does_not_double_is_read(tmp_path: Path) -> None:
    """A text that begins with a quotation comes with quotes that no csv should have."""
    path = _write(tmp_path / "project.csv", CORDIS_PROJECTS, [CORDIS_ROW], ";")
    text = path.read_text("utf-8-sig")
    begin = text.index('"It asks')
    text = text[:begin] + '""The action ""X"" works"";"";"1";""\n'
    path.write_text(text, "utf-8")
    project = _of(_take(path), "projects")["cordis-101"]
    assert project["description"] == 'The action "X" works'


def test_a_row_of_cordis_of_another_width_is_refused(tmp_path: Path) -> None:
    """A row that fell apart is not taken for another."""
    path = _write(
        tmp_path / "project.csv", CORDIS_PROJECTS, [CORDIS_ROW, CORDIS_ROW | {"id": "2"}], ";"
    )
    path.write_text(path.read_text("utf-8-sig") + '"3";"HALF"\n', "utf-8")
    intake = _take(path)
    assert _account(intake) == {"projects": (3, 2, 0, 1)}
    assert intake.faults[0].problem == "has 2 cells, the header has 20"


KEEP_NOW_PROJECTS: Final = [
    "Period", "Programme", "Project acronym", "Project ID (2021-2027 only)",
    "Project name in English", "Project name in language 2", "Project start", "Project end",
    "Project's total budget / expenditure", "Project's EU funding", "Union co-financing rate",
    "Theme 1", "Theme 2", "Description in English", "Expected Achievements in English", "Website",
]  # fmt: skip
KEEP_NOW_PARTNERS: Final = [
    "Programme", "Project acronym", "Organisation in English", "Organisation in language 2",
    "Lead partner", "Country", "Country code", "Town", "NUTS3 code (or equivalent)",
    "Participant Identification Code", "Partner’s ID if not PIC", "Type of Organisation",
    "Legal status", "ERDF contribution (2014-2020 only)",
]  # fmt: skip


def test_the_current_columns_of_keep_eu_are_read(tmp_path: Path) -> None:
    """Renamed columns, days as a spreadsheet has them, ``N.a.`` and ``None`` as empty cells."""
    from datetime import date

    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Projects"
    sheet.append(KEEP_NOW_PROJECTS)
    sheet.append(
        [
            "2021-2027", "Made-up programme", "LANTERN", "X-1", "Lanterns", "Lyhdyt",
            date(2023, 1, 1), "N.a.", 2349367.02, "None", "80%", "Tourism", "N.a.", "Made up.",
            "None", "None",
        ]
    )  # fmt: skip
    partners = book.create_sheet("Partners")
    partners.append(KEEP_NOW_PARTNERS)
    for row in (
        ["Made-up programme", "LANTERN", "Town of Nowhere", "Ei-kenenkään kaupunki", "Yes", "FI",
         "FI Finland / SUOMI / FINLAND", "Nowhere", "FI1D7  / Lappi", "999999991", "None",
         "Local public authority", "Public", "N.a."],
        ["Made-up programme", "LANTERN", "N.a.", "Någon AB", "No", "SE", "SE", "Någonstans",
         "None", "N.a.", "556000-0000", "SME", "Private", "119846"],
        ["Made-up programme", "LANTERN", "N.a.", "None", "No", "SE", "SE", "Någonstans",
         "None", "N.a.", "None", "SME", "Private", "1"],
    ):  # fmt: skip
        partners.append(row)
    path = tmp_path / "keep.xlsx"
    book.save(path)
    assert _recognising([path]) == ["keep-eu"]
    intake = _take(path)
    assert _account(intake) == {"projects": (1, 1, 0, 0), "partners": (3, 2, 0, 1)}
    assert [str(f).partition("]:")[2] for f in intake.faults] == [
        "4: Project Partner is empty\n    Without it nobody can tell what the row is about."
    ]
    project = _of(intake, "projects")["keep-made-up-programme-lantern"]
    assert (project["name"], project["name_en"], project["start"].worded) == (
        "Lanterns", "Lanterns", "2023-01-01",
    )  # fmt: skip
    assert "end" not in project
    assert project["note"] == ("project id: X-1; budget: 2349367.02; Union co-financing rate: 80%")
    programme = _of(intake, "programmes")["keep-made-up-programme"]
    assert programme["period_start"].worded == "2021"
    actors = _of(intake, "actors")
    assert actors["keep-pic-999999991"]["nuts"] == "FI1D7"
    assert actors["keep-pic-999999991"]["kind_as_worded"] == "Local public authority"
    assert actors["keep-se-nagon-ab-nagonstans"]["name"] == "Någon AB"
    assert [(m["role"], m.get("note")) for m in _memberships(intake)] == [
        ("lead", "legal status: Public"),
        ("partner", "id if not PIC: 556000-0000; ERDF contribution: 119846; legal status: Private"),
    ]
    assert intake.left_out == {"projects": ["Expected Achievements in English"]}


def test_projects_of_keep_eu_alone_give_their_lead_partners(tmp_path: Path) -> None:
    """Without the table of partners the lead partner of a row is an actor and a member."""
    header = ["Programme", "Acronym", "Project Name", "Lead Partner", "Town", "Country",
              "Project start", "Project end"]  # fmt: skip
    row = dict(
        zip(
            header,
            ["P", "GREEN", "Green", "A town", "Town", "IRELAND", "2016/01/01", ""],
            strict=True,
        )
    )
    rows = [row, row | {"Lead Partner": "Another town"}, row | {"Acronym": "GREEN!"}]
    intake = _take(_write(tmp_path / "x.csv", header, rows, ";"))
    # The second row gives a second lead, and is merged for all that; "GREEN!" is no "GREEN".
    assert _account(intake) == {"projects": (3, 2, 1, 0)}
    projects = _of(intake, "projects")
    assert len(projects) == 2
    assert projects["keep-p-green"]["lead"] == ("keep-ie-a-town-town",)
    assert [m["role"] for m in _memberships(intake)] == ["lead"] * 3


@pytest.mark.parametrize("missing", ["Programme", "Acronym", "Project Partner", "Lead Partner"])
def test_a_table_without_what_tells_keep_eu_is_not_taken_for_it(
    missing: str, tmp_path: Path
) -> None:
    """A reader that guessed would read the columns of something else."""
    header = ["Programme", "Acronym", "Project Partner", "Lead Partner", "Town", "Country"]
    kept = [name for name in header if name != missing]
    path = _write(tmp_path / "partners.csv", kept, [dict.fromkeys(kept, "x")], ";")
    assert _recognising([path]) == []


@pytest.mark.parametrize("name", FOREIGN)
def test_our_own_tables_are_not_taken_for_an_export(name: str) -> None:
    """The shipped packages are nobody's export."""
    for folder in resources.package_folders():
        assert not _reader(name).recognise(open_inputs([folder]).sheets)


@pytest.mark.parametrize("name", FOREIGN)
def test_a_reader_says_what_it_is(name: str) -> None:
    """What is made of an export has a title in three languages, and claims no licence."""
    reader = _reader(name)
    assert reader.name == name
    assert set(reader.about["title"]) == set(reader.about["description"]) == {"en", "fi", "sv"}
    assert "licence" not in reader.about
    assert reader.repeats


# ---------------------------------------------------------------------------------------------
# json
# ---------------------------------------------------------------------------------------------


def _json(folder: Path, text: str | bytes) -> Path:
    path = folder / "x.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_an_array_of_objects_is_a_table(tmp_path: Path) -> None:
    """Row n is line n + 1; numbers keep their digits, and keys may come late or be missing."""
    text = '\ufeff[{"a": 1.50, "b": null}, {}, {"b": true, "c": ["x", 2]}]'
    (sheet,) = open_json(_json(tmp_path, text), "x.json")
    assert (sheet.title, sheet.header) == ("x", ("a", "b", "c"))
    assert list(sheet.rows()) == [(2, ["1.50", "", ""]), (4, ["", "yes", "x; 2"])]
    (sheet,) = open_json(_json(tmp_path, '{"made": "2024", "partners": [{"a": "1"}]}'))
    assert (sheet.title, list(sheet.rows())) == ("partners", [(2, ["1"])])


@pytest.mark.parametrize(
    ("text", "row", "problem"),
    [
        ('[{"a": 1,}]', 1, "is not json"),
        ('[\n{"a": 1}\n{"a": 2}]', 3, "is not json: expecting ',' delimiter"),
        ("", 1, "is not json"),
        ('[{"a": 1}', 1, "is not json"),
        ('[\n{"a": 1, "a": 2}]', 2, "is given twice in one object"),
        ('[\n\n{"a": NaN}]', 3, "is no number of json"),
        ('[{"a": -Infinity}]', 1, "is no number of json"),
        ('[{"a": {"b": 1}}]', 2, "holds objects or arrays within it"),
        ('[{"a": 1}, {"a": [[1]]}]', 3, "holds objects or arrays within it"),
        ('[{"a": 1}, 7]', 3, "is no object"),
        ("[]", 0, "is an empty array"),
        ("7", 0, "is no array"),
        ('{"a": 1}', 0, "holds no array of objects"),
        ('{"a": [{"x": 1}], "b": [{"x": 1}]}', 0, "holds 2 arrays of objects (a, b)"),
        (b'[{"a": "\xe4"}]', 1, "is not UTF-8: byte 0xe4 at position 8"),
        ("[" * 100_000, 0, "has values more than 8 levels deep"),
        ("[" + '{"a":' * 9, 0, "has values more than 8 levels deep"),
    ],
)
def test_what_is_no_table_of_json_is_told_with_its_place(
    text: str | bytes, row: int, problem: str, tmp_path: Path
) -> None:
    """A file that says something else, or nothing for certain, is not read."""
    with pytest.raises(FaultyInputError) as caught:
        open_json(_json(tmp_path, text), "x.json")
    (fault,) = caught.value.faults
    assert (fault.file, fault.row) == ("x.json", row)
    assert fault.problem.startswith(problem)
    assert fault.hint


def test_brackets_within_texts_do_not_count_as_depth(tmp_path: Path) -> None:
    """Only what nests is deep."""
    text = json.dumps([{"a": '[[[[[[[[[[[[{{{{\\"['}])
    (sheet,) = open_json(_json(tmp_path, text))
    assert [cells for _, cells in sheet.rows()] == [['[[[[[[[[[[[[{{{{\\"[']]


def test_a_json_file_larger_than_can_be_held_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read whole, so its size has a bound."""
    monkeypatch.setattr("kvgraph.readers._json.LARGEST", 10)
    with pytest.raises(FaultyInputError, match="cannot be read"):
        open_json(_json(tmp_path, '[{"a": "0123456789"}]'))


def test_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    """A wrong name is no broken file."""
    for opener in (open_json, open_archive):
        with pytest.raises(KvgraphError, match="cannot be read: No such file"):
            opener(tmp_path / "missing")


# ---------------------------------------------------------------------------------------------
# zip
# ---------------------------------------------------------------------------------------------


def _zip(members: dict[str | zipfile.ZipInfo, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def _link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def _patched(data: bytes, change: Callable[[bytearray, int, int], None]) -> bytes:
    """Change the one member of an archive: its local header and its entry in the directory."""
    patched = bytearray(data)
    change(patched, patched.index(b"PK\x03\x04"), patched.index(b"PK\x01\x02"))
    return bytes(patched)


def _encrypt(data: bytearray, local: int, entry: int) -> None:
    data[local + 6] |= 1
    data[entry + 8] |= 1


def _claim_less(data: bytearray, local: int, entry: int) -> None:
    struct.pack_into("<I", data, local + 22, 4)
    struct.pack_into("<I", data, entry + 24, 4)


def _break(data: bytearray, local: int, entry: int) -> None:
    struct.pack_into("<I", data, local + 14, 1)
    struct.pack_into("<I", data, entry + 16, 1)


GOOD: Final = b"a,b\n1,2\n"
BOMB: Final = _zip({"x.csv": b"a,b\n" + b"0" * (70 << 20)})

REFUSED: Final[dict[str, tuple[bytes, str]]] = {
    "a way out": (_zip({"../x.csv": GOOD}), "has a name that leads out of the archive"),
    "a way out within": (_zip({"a/../../x.csv": GOOD}), "has a name that leads out"),
    "an absolute name": (_zip({"/etc/x.csv": GOOD}), "has an absolute name"),
    "a drive": (_zip({"C:x.csv": GOOD}), "has an absolute name"),
    "a backslash": (_zip({"..\\x.csv": GOOD}), "has a backslash in its name"),
    "a control character": (_zip({"x\n.csv": GOOD}), "has a control character in its name"),
    "a link": (_zip({_link("x.csv"): b"/etc/passwd"}), "is a link, not a file"),
    "a password": (_patched(_zip({"x.csv": GOOD}), _encrypt), "is protected with a password"),
    "an archive within": (_zip({"x.csv": GOOD, "y.zip": GOOD}), "is an archive within an archive"),
    "a workbook within": (_zip({"y.xlsx": GOOD}), "is a table, but no csv file"),
    "two of one name": (_zip({"x.csv": GOOD, "X.csv": GOOD}), "stands twice in the archive"),
    "a bomb": (BOMB, "would grow from"),
    "no csv": (_zip({"read.me": b"x"}), "holds no csv file, but read.me"),
    "nothing": (_zip({}), "holds no csv file, but nothing"),
    "no zip": (b"a,b\n1,2\n", "is no zip archive that can be read"),
    "half a zip": (_zip({"x.csv": GOOD})[:-30], "is no zip archive that can be read"),
    "no header": (_zip({"x.csv": b""}), "has no header"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_an_archive_that_must_not_be_read_is_refused(name: str, tmp_path: Path) -> None:
    """Nothing leads out of an archive, nothing swells beyond what a table is."""
    data, problem = REFUSED[name]
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(FaultyInputError) as caught:
        open_archive(path, "x.zip")
    fault: Fault = caught.value.faults[0]
    assert fault.problem.startswith(problem)
    assert fault.file.startswith("x.zip")
    assert fault.hint
    assert [p.name for p in tmp_path.iterdir()] == ["x.zip"]


@pytest.mark.parametrize(("change", "problem"), [(_break, "is broken"), (_claim_less, "is broken")])
def test_a_file_that_is_not_what_it_said_ends_the_reading(
    change: Callable[[bytearray, int, int], None], problem: str, tmp_path: Path
) -> None:
    """A wrong checksum or a wrong size is found when the rows are read, if not before."""
    path = tmp_path / "x.zip"
    path.write_bytes(_patched(_zip({"x.csv": GOOD * 10}), change))

    def read() -> None:
        for sheet in open_archive(path, "x.zip"):
            list(sheet.rows())

    with pytest.raises(FaultyInputError) as caught:
        read()
    assert caught.value.faults[0].file == "x.zip[x.csv]"
    assert caught.value.faults[0].problem.startswith(problem)


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive of a table has few files."""
    monkeypatch.setattr("kvgraph.readers._archive.MOST_MEMBERS", 2)
    path = tmp_path / "x.zip"
    path.write_bytes(_zip({f"{n}.csv": GOOD for n in range(3)}))
    with pytest.raises(FaultyInputError) as caught:
        open_archive(path)
    assert caught.value.faults[0].problem == "holds 3 files, more than 2"


def test_the_tables_of_an_archive_are_read_in_order(tmp_path: Path) -> None:
    """Folders within it and what a system left behind do no harm."""
    path = tmp_path / "x.zip"
    members: dict[str | zipfile.ZipInfo, bytes] = {
        "b/second.tsv": b"a\tb\n3\t4\n",
        "a.csv": GOOD,
        "__MACOSX/._a.csv": b"\0",
        "readme.txt": b"hello",
        "b/": b"",
    }
    path.write_bytes(_zip(members))
    sheets = open_archive(path, "x.zip")
    assert [(s.name, s.title) for s in sheets] == [
        ("x.zip[a.csv]", "a"), ("x.zip[b/second.tsv]", "second"),
    ]  # fmt: skip
    for _ in range(2):
        assert [list(s.rows()) for s in sheets] == [[(2, ["1", "2"])], [(2, ["3", "4"])]]
