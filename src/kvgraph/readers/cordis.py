"""CORDIS: research projects of the EU and who took part in them (zip or folder of csv files).

============  =================================================================================
table         what its rows give
============  =================================================================================
projects      a project, its framework programme and its call
organisations an organisation and its membership: the coordinator as lead, a participant as
              partner, an associated or third party as associated partner
============  =================================================================================

A project goes by the number of its grant, an organisation by its identification code (PIC),
else by its name, country and town. Where a table of organisations comes alone, its projects have
their acronym as a name. The other files of the archive (topics, legal basis, links, subjects)
are left out, and told with every reading; so are addresses and contact forms.

A membership has no dates of its own: CORDIS tells only that a participation has ended, which is
noted on it, and not when. Costs and contributions are noted as worded, with their decimal comma.
Texts are taken as they stand where a quote that should have been doubled is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from kvgraph.model import Reader, Reading
from kvgraph.readers import _foreign as foreign
from kvgraph.readers._foreign import Places, Row
from kvgraph.readers._sheet import Sheet

_SOURCE: Final = "cordis-export"
_SOURCE_ROW: Final[Row] = (
    "sources",
    {
        "id": _SOURCE,
        "title": "CORDIS: EU research projects and their participants",
        "publisher": "Publications Office of the European Union",
        "url": "https://cordis.europa.eu",
        "language": "en",
    },
)

_PROJECTS: Final[Places] = {
    "id": ("id",),
    "acronym": ("acronym",),
    "status": ("status",),
    "title": ("title",),
    "start": ("startDate",),
    "end": ("endDate",),
    "cost": ("totalCost",),
    "contribution": ("ecMaxContribution",),
    "legal": ("legalBasis",),
    "topics": ("topics",),
    "programme": ("frameworkProgramme",),
    "call": ("masterCall", "call"),
    "sub_call": ("subCall",),
    "scheme": ("fundingScheme",),
    "objective": ("objective",),
    "keywords": ("keywords",),
    "doi": ("grantDoi",),
}
_PROJECT_NOTES: Final = {
    "status": "status",
    "cost": "total cost",
    "contribution": "maximal EC contribution",
    "scheme": "funding scheme",
    "legal": "legal basis",
    "topics": "topics",
    "sub_call": "sub-call",
    "doi": "DOI of the grant",
}
_ORGANISATIONS: Final[Places] = {
    "project": ("projectID",),
    "acronym": ("projectAcronym",),
    "pic": ("organisationID", "id"),
    "vat": ("vatNumber",),
    "name": ("name",),
    "short": ("shortName",),
    "sme": ("SME",),
    "kind": ("activityType",),
    "town": ("city",),
    "country": ("country",),
    "nuts": ("nutsCode",),
    "point": ("geolocation",),
    "url": ("organizationURL", "organizationUrl"),
    "role": ("role",),
    "contribution": ("ecContribution",),
    "net": ("netEcContribution",),
    "cost": ("totalCost",),
    "ended": ("endOfParticipation",),
    "active": ("active",),
}
_MEMBERSHIP_NOTES: Final = {
    "contribution": "EC contribution",
    "net": "net EC contribution",
    "cost": "total cost",
}

_ROLES: Final = {
    "coordinator": "lead",
    "hostinstitution": "lead",
    "beneficiary": "partner",
    "participant": "partner",
    "partner": "associated partner",
    "associatedpartner": "associated partner",
    "internationalpartner": "associated partner",
    "thirdparty": "associated partner",
}
_KINDS: Final = {
    "HES": "higher or secondary education",
    "OTH": "other",
    "PRC": "private for-profit entity",
    "PUB": "public body",
    "REC": "research organisation",
}
_YES: Final = frozenset({"true", "yes", "1"})
_POINT: Final = re.compile(r"\(?\s*(-?\d{1,3}\.\d+)\s*,\s*(-?\d{1,3}\.\d+)\s*\)?")
_URL: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


def _kind(sheet: Sheet) -> str:
    """Tell which of the two tables a sheet is, by its headers; empty if none."""
    if foreign.has(sheet, "projectID", "name", "role", "country", "ecContribution"):
        return "organisations"
    headers = ("id", "acronym", "title", "ecMaxContribution", "fundingScheme")
    return "projects" if foreign.has(sheet, *headers) else ""


def _recognise(sheets: Sequence[Sheet]) -> bool:
    """Tell whether any sheet is one of the two tables."""
    return any(_kind(sheet) for sheet in sheets)


def _read(sheets: Sequence[Sheet]) -> Iterator[Reading]:
    """Give the rows of projects, then those of organisations."""
    kinds = [(_kind(sheet), sheet) for sheet in sheets]
    for kind, sheet in kinds:
        if not kind:
            yield foreign.pass_over(sheet)
    given: set[str] = set()
    for sheet in (sheet for kind, sheet in kinds if kind == "projects"):
        for line, row, refused in _rows(sheet, "projects", _PROJECTS):
            yield refused or _project(sheet, line, row, given)
    spellings = foreign.Spellings(_SOURCE)
    for sheet in (sheet for kind, sheet in kinds if kind == "organisations"):
        for line, row, refused in _rows(sheet, "organisations", _ORGANISATIONS):
            yield refused or _organisation(sheet, line, row, given, spellings)


def _rows(
    sheet: Sheet, title: str, places: Places
) -> Iterator[tuple[int, dict[str, str], Reading | None]]:
    """Give the cells of each row by name, or the reading by which it is refused."""
    if sheet.lenient is not None:
        sheet = replace(sheet.lenient(), title=sheet.title)
    found = foreign.columns(sheet, places)
    yield 0, {}, foreign.begin(sheet, title, found)
    for line, cells in sheet.rows():
        if len(cells) != found.width:
            problem = f"has {len(cells)} cells, the header has {found.width}"
            hint = "A text that holds a delimiter or a line break needs quotes."
            yield line, {}, foreign.refuse(sheet, title, line, "", problem, hint)
        else:
            yield line, found.read(cells), None


def _project(sheet: Sheet, line: int, row: dict[str, str], given: set[str]) -> Reading:
    """Give a project, its programme and its call."""
    if "id" not in row:
        hint = "It is the number of the grant."
        return foreign.refuse(sheet, "projects", line, "id", "is empty", hint)
    number = foreign.one_line(row["id"])
    given.add(number)
    days, unread = foreign.period(row.get("start", ""), row.get("end", ""))
    acronym = foreign.one_line(row.get("acronym", ""))
    cells = {
        "id": foreign.mint("cordis", number),
        "name": foreign.one_line(_text(row.get("title", ""))) or acronym or number,
        "code": number,
        "description": _text(row.get("objective", "")),
        "source": _SOURCE,
        **days,
        **foreign.tags(*re.split(r"[,;]", row.get("keywords", ""))),
        **foreign.note(foreign.noted(row, _PROJECT_NOTES), unread),
    }
    rows: list[Row] = [_SOURCE_ROW]
    if "programme" in row:
        programme = foreign.one_line(row["programme"])
        cells["programme"] = foreign.mint("cordis", programme)
        rows.append(
            ("programmes", {"id": cells["programme"], "name": programme, "source": _SOURCE})
        )
    if "call" in row:
        call = foreign.one_line(row["call"])
        cells["call"] = foreign.mint("cordis", "call", call)
        event = {"id": cells["call"], "kind": "call for proposals", "name": call, "source": _SOURCE}
        rows.append(("events", {**event, "programme": cells.get("programme", "")}))
    rows.append(("projects", cells))
    if acronym and acronym != cells["name"]:
        rows.append(("aliases", {"thing": cells["id"], "alias": acronym, "source": _SOURCE}))
    return Reading("projects", sheet.name, line, tuple(rows))


def _organisation(
    sheet: Sheet, line: int, row: dict[str, str], given: set[str], spellings: foreign.Spellings
) -> Reading:
    """Give an organisation and its membership in a project."""
    for needed in ("project", "name"):
        if needed not in row:
            hint = "It is needed to know who took part in what."
            column = _ORGANISATIONS[needed][0]
            return foreign.refuse(sheet, "organisations", line, column, "is empty", hint)
    number, name = foreign.one_line(row["project"]), foreign.one_line(_text(row["name"]))
    rows: list[Row] = [_SOURCE_ROW]
    project = foreign.mint("cordis", number)
    if number not in given:
        acronym = foreign.one_line(row.get("acronym", "")) or number
        known = {"id": project, "name": acronym, "code": number, "source": _SOURCE}
        rows.append(("projects", known))
    actor, told = _actor(row, name)
    rows += [
        ("actors", actor),
        *spellings.rows(actor["id"], name, foreign.one_line(row.get("short", ""))),
    ]
    worded = row.get("role", "")
    role = _ROLES.get(worded.casefold().replace("_", "").replace(" ", ""), "")
    if role not in ("lead", "partner") and worded:
        told["role as worded"] = worded
    if row.get("ended", "").lower() in _YES:
        told["participation"] = "ended before the project did"
    membership = {
        "network": project,
        "actor": actor["id"],
        "role": role,
        "place_as_worded": foreign.one_line(row.get("town", "")),
        "nuts": row.get("nuts", ""),
        "source": _SOURCE,
        **foreign.note(foreign.noted(row, _MEMBERSHIP_NOTES), told),
    }
    return Reading("organisations", sheet.name, line, (*rows, ("memberships", membership)))


def _actor(row: dict[str, str], name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Give an organisation, and what there is to note of what it says of itself."""
    told: dict[str, str] = {}
    country = foreign.country_code(row.get("country", ""))
    if not country and "country" in row:
        told["country as worded"] = row["country"]
    own = {"vat": "VAT number", "sme": "SME", "active": "active"}
    point = _POINT.fullmatch(row.get("point", ""))
    if "point" in row and point is None:
        told["geolocation as worded"] = row["point"]
    url = row.get("url", "")
    if url and not url.startswith(("http://", "https://")):
        url = f"https://{url}"
    if url and not _URL.fullmatch(url):
        told["website as worded"], url = row["url"], ""
    pic = re.fullmatch(r"\d{6,9}", row.get("pic", ""))
    town = row.get("town", "")
    kind = row.get("kind", "")
    actor = {
        "id": f"cordis-pic-{pic[0]}" if pic else foreign.mint("cordis", country, name, town),
        "name": name,
        "kind": "organisation",
        "kind_as_worded": _KINDS.get(kind, kind),
        "country": country,
        "latitude": point[1] if point else "",
        "longitude": point[2] if point else "",
        "nuts": row.get("nuts", ""),
        "url": url,
        "source": _SOURCE,
        **foreign.note(foreign.noted(row, own)),
    }
    return actor, told


def _text(text: str) -> str:
    """Give a text without the quotes that were doubled and not undone."""
    return foreign.clean(text.replace('""', '"').removesuffix('"') if '""' in text else text)


_ABOUT: Final[dict[str, Any]] = {
    "title": {
        "en": "EU research projects and their participants, from CORDIS",
        "fi": "EU:n tutkimushankkeet ja niiden osallistujat, CORDIS",
        "sv": "EU:s forskningsprojekt och deras deltagare, från CORDIS",
    },
    "description": {
        "en": "Who took part in which research project of the EU, as exported from CORDIS.",
        "fi": "Ketkä osallistuivat mihinkin EU:n tutkimushankkeeseen; vienti CORDIS-palvelusta.",
        "sv": "Vem som deltog i vilket av EU:s forskningsprojekt, exporterat från CORDIS.",
    },
    "citation": "Publications Office of the European Union, CORDIS.",
}

READER = Reader(
    name="cordis",
    summary="project.csv and organization.csv of CORDIS (zip or folder)",
    recognise=_recognise,
    read=_read,
    about=_ABOUT,
)
