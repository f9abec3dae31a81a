"""Kohesio: projects of the EU's cohesion policy (csv, 40 or 44 columns), and beneficiaries (tsv).

=============  ================================================================================
table          what its rows give
=============  ================================================================================
projects       a project, its programme and managing authority, and its beneficiaries, each an
               organisation with a membership: as lead where there is one, else as partners
beneficiaries  an organisation by its name, country and region. No project is named there, so
               that it gives no membership
=============  ================================================================================

Projects and beneficiaries go by the numbers that Kohesio gives them (``Q7361953``). In the table
of beneficiaries there is none: a name is one organisation within a region, and not beyond it,
since there are schools of one name all over a country. Letters of quotation are taken as they
stand in files parted by tabs, where Kohesio does not escape them.

A membership has no dates of its own: Kohesio gives those of the project only, and answers fall
back on them. The fund, the amounts, the category and the place of a project are noted on it; its
location as a point, its pictures and its pages are left out, and told with every reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from kvgraph.model import Reader, Reading
from kvgraph.readers import _foreign as foreign
from kvgraph.readers._foreign import Places, Row
from kvgraph.readers._sheet import Sheet

_SOURCE: Final = "kohesio-export"
_SOURCE_ROW: Final[Row] = (
    "sources",
    {
        "id": _SOURCE,
        "title": "Kohesio: export of projects and beneficiaries",
        "publisher": "European Commission",
        "url": "https://kohesio.ec.europa.eu",
    },
)

_PROJECTS: Final[Places] = {
    "id": ("Operation_Unique_Identifier",),
    "code": ("Operation_Local_Identifier",),
    "name_en": ("Operation_Name_English",),
    "name": ("Operation_Name_Programme_Language",),
    "country": ("Country",),
    "country_code": ("CountryCode", "Country_Code"),
    "start": ("Operation_Start_Date",),
    "end": ("Operation_End_Date",),
    "beneficiary_id": ("Beneficiary_Unique_Identifier",),
    "beneficiary": ("Beneficiary_Name",),
    "beneficiary_code": ("Beneficiary_Local_Identifier",),
    "rate": ("Cofinancing_Rate",),
    "expenditure": ("Total_Eligible_Expenditure_amount",),
    "currency": ("Total_Eligible_Expenditure_Currency",),
    "eu_budget": ("Project_EU_Budget",),
    "category": ("Category_Label",),
    "thematic": ("Thematic_Objective_Label",),
    "policy": ("Policy_Objective_Label",),
    "objective": ("Specific_Objective_Label",),
    "fund": ("Fund_Name",),
    "fund_code": ("Fund_Code",),
    "programme_code": ("Programme_Code",),
    "programme": ("Programme_Name",),
    "period": ("Programming_Period",),
    "authority": ("ManagingAuthority", "Managing_Authority"),
    "nuts_3": ("NUTS3_Code",),
    "nuts_2": ("NUTS2_Code",),
    "nuts_1": ("NUTS1_Code",),
    "place": ("LAU_Labels",),
    "text_en": ("Operation_Summary_English",),
    "text": ("Operation_Summary_Programme_Language",),
}
_PROJECT_NOTES: Final = {
    "fund": "fund",
    "fund_code": "fund code",
    "expenditure": "total eligible expenditure",
    "currency": "currency",
    "eu_budget": "EU budget",
    "rate": "co-financing rate",
    "objective": "specific objective",
    "place": "place",
}
_BENEFICIARIES: Final[Places] = {
    "country": ("Country",),
    "region": ("Region",),
    "name": ("Beneficiary Name",),
    "other_name": ("Transliterated Name",),
}

_ENTITY: Final = re.compile(r"(?:https?://\S*/)?(Q\d+)")
_YEARS: Final = re.compile(r"(\d{4}) ?- ?(\d{4})")
_PARTED_BY: Final = "|"
"""What parts several values in one cell."""


def _kind(sheet: Sheet) -> str:
    """Tell which of the two tables a sheet is, by its headers; empty if none."""
    names = (*_PROJECTS["name_en"], *_PROJECTS["name"])
    if foreign.has(sheet, "Operation_Unique_Identifier", names):
        return "projects"
    if foreign.has(sheet, "Country", "Region", "Beneficiary Name", "Number of Projects"):
        return "beneficiaries"
    return ""


def _recognise(sheets: Sequence[Sheet]) -> bool:
    """Tell whether any sheet is a table of Kohesio."""
    return any(_kind(sheet) for sheet in sheets)


def _read(sheets: Sequence[Sheet]) -> Iterator[Reading]:
    """Give the rows of all tables in the order of the sheets."""
    spellings = foreign.Spellings(_SOURCE)
    for sheet in sheets:
        match _kind(sheet):
            case "projects":
                yield from _read_projects(sheet, spellings)
            case "beneficiaries":
                yield from _read_beneficiaries(sheet, spellings)
            case _:
                yield foreign.pass_over(sheet)


def _read_projects(sheet: Sheet, spellings: foreign.Spellings) -> Iterator[Reading]:
    """Give the rows of a table of projects."""
    found = foreign.columns(sheet, _PROJECTS)
    yield foreign.begin(sheet, "projects", found)
    for line, cells in sheet.rows():
        if len(cells) != found.width and any(cells[found.width :]):
            problem = f"has {len(cells)} cells, the header has {found.width}"
            hint = "A cell that holds the delimiter needs quotes."
            yield foreign.refuse(sheet, "projects", line, "", problem, hint)
            continue
        row = found.read(cells)
        entity = _ENTITY.fullmatch(row.get("id", ""))
        if entity is None:
            hint = "It ends in Q and a number: https://linkedopendata.eu/entity/Q1."
            column, problem = _PROJECTS["id"][0], "is not an address of Kohesio"
            value = row.get("id", "")
            yield foreign.refuse(sheet, "projects", line, column, problem, hint, value)
            continue
        rows = [_SOURCE_ROW, *_project(row, f"kohesio-{entity[1]}", spellings)]
        yield Reading("projects", sheet.name, line, tuple(rows))


def _project(row: dict[str, str], identifier: str, spellings: foreign.Spellings) -> Iterator[Row]:
    """Give a project, its programme and authority, and its beneficiaries with memberships."""
    country = foreign.country_code(row.get("country_code", "")) or foreign.country_code(
        row.get("country", "")
    )
    days, unread = foreign.period(row.get("start", ""), row.get("end", ""))
    if not country and "country" in row:
        unread["country as worded"] = row["country"]
    text = row.get("text_en") or row.get("text", "")
    name = foreign.one_line(foreign.plain(row.get("name") or row.get("name_en", "")))
    cells = {
        "id": identifier,
        "name": name or row.get("code", "") or identifier,
        "name_en": foreign.one_line(foreign.plain(row.get("name_en", ""))),
        "code": foreign.one_line(row.get("code", "")),
        "country": country,
        "description": foreign.plain(text),
        "source": _SOURCE,
        **days,
        **foreign.tags(*(t for n in ("category", "thematic", "policy") for t in _several(row, n))),
    }
    if programme := _programme(row):
        yield "programmes", programme
        cells["programme"] = programme["id"]
    if "authority" in row:
        authority = foreign.one_line(row["authority"])
        cells["authority"] = foreign.mint("kohesio", country, authority)
        yield "actors", _organisation(cells["authority"], authority, country)
        yield from spellings.rows(cells["authority"], authority)
    members = list(_beneficiaries(row, country))
    for member, named, extra in members:
        yield "actors", _organisation(member, named, country, extra)
        yield from spellings.rows(member, named)
        yield (
            "memberships",
            {
                "network": identifier,
                "actor": member,
                "role": "lead" if len(members) == 1 else "partner",
                "source": _SOURCE,
                **foreign.note({"role as worded": "beneficiary"}),
            },
        )
    if len(members) == 1:
        cells["lead"] = members[0][0]
    nuts = next((row[n] for n in ("nuts_3", "nuts_2", "nuts_1") if n in row), "")
    place = {"NUTS": nuts.replace(_PARTED_BY, ", ")} if nuts else {}
    yield "projects", cells | foreign.note(foreign.noted(row, _PROJECT_NOTES), place, unread)


def _several(row: dict[str, str], name: str) -> list[str]:
    """Give the values of a cell that may hold several."""
    return [part.strip() for part in row.get(name, "").split(_PARTED_BY) if part.strip()]


def _programme(row: dict[str, str]) -> dict[str, str]:
    """Give the programme of a project: by its code, else by its name; nothing if it has neither."""
    name, code = foreign.one_line(row.get("programme", "")), row.get("programme_code", "")
    if not name and not code:
        return {}
    years = _YEARS.search(row.get("period", ""))
    return {
        "id": foreign.mint("kohesio", code or name),
        "name": name or code,
        "code": code,
        "period_start": years[1] if years else "",
        "period_end": years[2] if years else "",
        "source": _SOURCE,
    }


def _beneficiaries(row: dict[str, str], country: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Give id and name of each beneficiary of a project, and what to note of it.

    Several are parted by ``|``; where there are not as many names as numbers, the names are
    one, since nobody can tell which belongs to which.
    """
    entities = [m[1] for e in _several(row, "beneficiary_id") if (m := _ENTITY.fullmatch(e))]
    names = _several(row, "beneficiary")
    if len(entities) > 1 and len(names) == len(entities):
        for entity, name in zip(entities, names, strict=True):
            yield f"kohesio-{entity}", foreign.one_line(name), {}
        return
    name = foreign.one_line(" | ".join(names))
    extra = foreign.noted(row, {"beneficiary_code": "local identifier"})
    if len(entities) == 1:
        if not name:
            extra["name"] = "not given by the export"
        yield f"kohesio-{entities[0]}", name or entities[0], extra
    elif name:
        if entities:
            extra["Kohesio numbers"] = ", ".join(entities)
        yield foreign.mint("kohesio", country, name), name, extra
    else:
        for entity in entities:
            yield f"kohesio-{entity}", entity, {"name": "not given by the export"}


def _organisation(
    identifier: str, name: str, country: str, noted: dict[str, str] | None = None
) -> dict[str, str]:
    """Give an organisation."""
    return {
        "id": identifier,
        "name": name,
        "kind": "organisation",
        "country": country,
        "source": _SOURCE,
        **foreign.note(noted or {}),
    }


def _read_beneficiaries(sheet: Sheet, spellings: foreign.Spellings) -> Iterator[Reading]:
    """Give the rows of a table of beneficiaries."""
    if sheet.delimiter == "\t" and sheet.unquoted is not None:
        sheet = sheet.unquoted()
    found = foreign.columns(sheet, _BENEFICIARIES)
    yield foreign.begin(sheet, "beneficiaries", found)
    for line, cells in sheet.rows():
        row = found.read(cells)
        name = foreign.one_line(row.get("name", ""))
        if not name:
            hint = "A beneficiary goes by its name."
            yield foreign.refuse(sheet, "beneficiaries", line, "Beneficiary Name", "is empty", hint)
            continue
        region = foreign.one_line(row.get("region", ""))
        country = foreign.country_code(row.get("country", ""))
        told = {"region": region} if region else {}
        if not country and "country" in row:
            told["country as worded"] = row["country"]
        identifier = foreign.mint("kohesio", country, name, region)
        other = foreign.one_line(row.get("other_name", ""))
        rows = [
            _SOURCE_ROW,
            ("actors", _organisation(identifier, name, country, told)),
            *spellings.rows(identifier, name, other),
        ]
        yield Reading("beneficiaries", sheet.name, line, tuple(rows))


_ABOUT: Final[dict[str, Any]] = {
    "title": {
        "en": "Projects and beneficiaries of cohesion policy, from Kohesio",
        "fi": "Koheesiopolitiikan hankkeet ja tuensaajat, Kohesio",
        "sv": "Sammanhållningspolitikens projekt och stödmottagare, från Kohesio",
    },
    "description": {
        "en": "Who ran which project of EU cohesion policy, as exported from Kohesio.",
        "fi": "Kuka toteutti minkäkin koheesiopolitiikan hankkeen; vienti Kohesiosta.",
        "sv": "Vem som drev vilket projekt inom sammanhållningspolitiken, exporterat från Kohesio.",
    },
    "citation": "European Commission, Kohesio.",
}

READER = Reader(
    name="kohesio",
    summary="projects (csv) and beneficiaries (tsv) as exported from Kohesio",
    recognise=_recognise,
    read=_read,
    about=_ABOUT,
)
