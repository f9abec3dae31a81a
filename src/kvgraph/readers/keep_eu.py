"""keep.eu: projects, partners and calls of Interreg, as its search exports them (xlsx or csv).

It reads the layout of 2019 (``Project Partner``, ``Acronym``) and the current one
(``Organisation in English``, ``Project acronym``). keep.eu gives a project no id, so its
programme and acronym together are one.

========  =====================================================================================
table     what its rows give
========  =====================================================================================
calls     an event (call for proposals) and its programme
projects  a project, its programme and call; its lead partner too, where no table of partners
          holds it. A further row of the same project names a second lead partner, and is merged
partners  an organisation and its membership in the project, as lead or partner
========  =====================================================================================

An organisation is one by its name, country and town, or by its participant identification code;
another spelling of the same becomes an alias. Its country is that of the address. Where the
column ``Country code`` names another one, the membership notes it and the NUTS code is left out,
since nobody can tell which of the two is wrong; such an organisation has medium certainty.
A membership has no dates of its own: keep.eu gives those of the project only, and answers fall
back on them. Budgets, objectives and websites are noted on the project. What is left out is told
with every reading: addresses, outputs and results, and sums by fund. keep.eu asks to be cited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from kvgraph.model import Reader, Reading
from kvgraph.readers import _foreign as foreign
from kvgraph.readers._foreign import Places, Row
from kvgraph.readers._sheet import Sheet

_SOURCE: Final = "keep-eu-export"
_SOURCE_ROW: Final[Row] = (
    "sources",
    {
        "id": _SOURCE,
        "title": "keep.eu: export of projects, partners and calls",
        "publisher": "keep.eu",
        "url": "https://keep.eu",
        "language": "en",
    },
)

_KEY: Final[Places] = {
    "programme": ("Programme",),
    "acronym": ("Acronym", "Project acronym"),
    "project_id": ("Project ID (2021-2027 only)", "Project ID"),
}
_PROJECTS: Final[Places] = {
    **_KEY,
    "name_1": ("Project Name", "Project name in English"),
    "name_2": ("Project Name language 2", "Project name in language 2"),
    "name_3": ("Project Name language 3", "Project name in language 3"),
    "name_4": ("Project Name language 4", "Project name in language 4"),
    "period": ("Period",),
    "lead": ("Lead Partner",),
    "town": ("Town",),
    "country": ("Country",),
    "start": ("Project start", "Project start date"),
    "end": ("Project end", "Project end date"),
    "call": ("Call SN", "Call Serial Number"),
    "theme_1": ("Thematic1", "Theme 1"),
    "theme_2": ("Thematic2", "Theme 2"),
    "theme_3": ("Thematic3", "Theme 3"),
    "text_1": ("Description EN", "Description in English"),
    "text_2": ("Description 1", "Description in language 2"),
    "text_3": ("Description 2", "Description in language 3"),
    "budget": ("Budget", "Project's total budget / expenditure"),
    "eu_funding": ("EU Funding", "Project's EU funding"),
    "rate": ("Union co-financing rate",),
    "funds": ("Co-Financing sources",),
    "objective": ("Specific Obj", "Specific objective"),
    "thematic": ("Thematic Obj", "Thematic objective"),
    "priority": ("Inv. Priority", "Investment priority"),
    "ipa": ("Thematic Priorities (Interreg-IPA CBC specific)",),
    "area": ("Priority Area",),
    "degree": ("Degree of comp.",),
    "strategy": ("Strategy",),
    "website": ("Website",),
}
_PROJECT_NOTES: Final = {
    "project_id": "project id",
    "budget": "budget",
    "eu_funding": "EU funding",
    "rate": "Union co-financing rate",
    "funds": "funds",
    "objective": "specific objective",
    "thematic": "thematic objective",
    "priority": "investment priority",
    "ipa": "thematic priority (IPA)",
    "area": "priority area",
    "degree": "part in the strategy",
    "strategy": "strategy",
    "website": "website",
}
_PARTNERS: Final[Places] = {
    **_KEY,
    "name": ("Project Partner", "Organisation in English"),
    "name_2": ("Organisation in language 2",),
    "name_3": ("Organisation in language 3",),
    "name_4": ("Organisation in language 4",),
    "lead": ("Lead Partner",),
    "town": ("Town",),
    "country": ("Country",),
    "country_code": ("Country code",),
    "nuts_3": ("NUTS3 (or equivalent)", "NUTS3 code (or equivalent)"),
    "nuts_2": ("NUTS2 (or equivalent)", "NUTS2 code (or equivalent)"),
    "nuts_1": ("NUTS1 (or equivalent)", "NUTS1 code (or equivalent)"),
    "legal": ("Legal Status",),
    "kind": ("Type of Organisation", "Type of partner"),
    "pic": ("Participant Identification Code", "PIC"),
    "other_id": ("Partner's ID if not PIC",),
    "department": ("Department",),
    "budget": ("Partner's total eligible budget / expenditure",),
    "funding": ("Partner's programme co-financing (EUR) (2021-2027 only)",),
    "erdf": ("ERDF contribution (2014-2020 only)",),
}
_PARTNER_NOTES: Final = {
    "department": "department",
    "other_id": "id if not PIC",
    "budget": "budget",
    "funding": "programme co-financing",
    "erdf": "ERDF contribution",
}
_CALLS: Final[Places] = {
    "programme": ("Programme",),
    "number": ("Serial Number", "Call SN"),
    "start": ("Start Date",),
    "end": ("End Date",),
    "budget": ("Budget",),
}

_YEARS: Final = re.compile(r"(\d{4}) ?- ?(\d{4})")
_NUTS: Final = re.compile(r"([A-Z]{2}[A-Z0-9]{0,3})(?:\s|$)")


def _kind(sheet: Sheet) -> str:
    """Tell which of the three tables a sheet is, by its headers; empty if none."""
    acronym = _KEY["acronym"]
    if foreign.has(sheet, "Programme", "Serial Number", "Start Date", "End Date"):
        return "calls"
    if not foreign.has(sheet, "Programme", acronym):
        return ""
    if foreign.has(sheet, (*_PARTNERS["name"], *_PARTNERS["name_2"]), "Lead Partner"):
        return "partners"
    names = (*_PROJECTS["name_1"], *_PROJECTS["name_2"])
    return "projects" if foreign.has(sheet, names, _PROJECTS["start"]) else ""


def _recognise(sheets: Sequence[Sheet]) -> bool:
    """Tell whether any sheet is a table of keep.eu."""
    return any(_kind(sheet) for sheet in sheets)


def _read(sheets: Sequence[Sheet]) -> Iterator[Reading]:
    """Give the rows of all tables: calls, then projects, then partners."""
    of_kind: dict[str, list[Sheet]] = {"calls": [], "projects": [], "partners": []}
    for sheet in sheets:
        if kind := _kind(sheet):
            of_kind[kind].append(sheet)
        else:
            yield foreign.pass_over(sheet)
    keep = _Keep()
    if of_kind["projects"]:
        for sheet in of_kind["partners"]:
            keep.expect(sheet)
    for kind, read in (
        ("calls", keep.call),
        ("projects", keep.project),
        ("partners", keep.partner),
    ):
        places = {"calls": _CALLS, "projects": _PROJECTS, "partners": _PARTNERS}[kind]
        for sheet in of_kind[kind]:
            found = foreign.columns(sheet, places)
            yield foreign.begin(sheet, kind, found)
            for line, cells in sheet.rows():
                yield read(sheet, line, found.read(cells))


class _Keep:
    """What has been given so far, as far as later rows depend on it: ids only."""

    def __init__(self) -> None:
        self._minted = foreign.Minted()
        self._spellings = foreign.Spellings(_SOURCE)
        self._projects: set[str] = set()
        self._partners: set[str] = set()
        self._kinds: dict[str, str] = {}

    def expect(self, sheet: Sheet) -> None:
        """Remember which organisations a table of partners holds."""
        found = foreign.columns(sheet, _PARTNERS)
        for _, cells in sheet.rows():
            if (row := found.read(cells)) and "name" in _with_name(row):
                self._partners.add(_organisation_id(row))

    def call(self, sheet: Sheet, line: int, row: dict[str, str]) -> Reading:
        """Give what a row of calls says."""
        if "programme" not in row or "number" not in row:
            return _incomplete(sheet, "calls", line, row, "programme", "number")
        days, unread = foreign.period(row.get("start", ""), row.get("end", ""))
        call = self._call(row["programme"], row["number"])
        budget = foreign.noted(row, {"budget": "budget"})
        event = {**call, **days, **foreign.note(budget, unread)}
        rows: tuple[Row, ...] = (_SOURCE_ROW, self._programme(row), ("events", event))
        return Reading("calls", sheet.name, line, rows)

    def project(self, sheet: Sheet, line: int, row: dict[str, str]) -> Reading:
        """Give what a row of projects says."""
        if "programme" not in row or not _acronym(row):
            return _incomplete(sheet, "projects", line, row, "programme", "acronym")
        identifier = self._project_id(row)
        again = identifier in self._projects
        self._projects.add(identifier)
        rows: list[Row] = [_SOURCE_ROW, self._programme(row)]
        lead = ""
        if "lead" in row:
            named = {**row, "name": foreign.one_line(row["lead"])}
            lead = _organisation_id(named)
            if lead not in self._partners:
                rows += self._membership({**named, "lead": "yes"}, identifier)
        if not again:
            rows += self._project(row, identifier, lead)
        return Reading("projects", sheet.name, line, tuple(rows), merged=again)

    def partner(self, sheet: Sheet, line: int, row: dict[str, str]) -> Reading:
        """Give what a row of partners says."""
        if "programme" not in row or not _acronym(row) or "name" not in _with_name(row):
            return _incomplete(sheet, "partners", line, row, "programme", "acronym", "name")
        identifier = self._project_id(row)
        rows: list[Row] = [_SOURCE_ROW, self._programme(row)]
        if identifier not in self._projects:
            rows += self._project(row, identifier, "")
        rows += self._membership(row, identifier)
        return Reading("partners", sheet.name, line, tuple(rows))

    def _project_id(self, row: dict[str, str]) -> str:
        """Give the id of the project of a row."""
        return self._minted.give("keep", row["programme"], _acronym(row))

    def _programme(self, row: dict[str, str]) -> Row:
        """Give the programme of a row, with the period that its name begins with."""
        name = foreign.one_line(row["programme"])
        cells = {"id": foreign.mint("keep", name), "name": name, "source": _SOURCE}
        years = _YEARS.match(name) or _YEARS.match(row.get("period", ""))
        if years:
            cells |= {"period_start": years[1], "period_end": years[2]}
        return "programmes", cells

    def _call(self, programme: str, number: str) -> dict[str, str]:
        """Give what is known of a call by its number alone."""
        programme = foreign.one_line(programme)
        words = number if number.lower().startswith("call") else f"call {number}"
        return {
            "id": foreign.mint("keep", programme, "call", number),
            "kind": "call for proposals",
            "name": f"{programme}: {words}",
            "programme": foreign.mint("keep", programme),
            "source": _SOURCE,
        }

    def _project(self, row: dict[str, str], identifier: str, lead: str) -> Iterator[Row]:
        """Give a project with its other names, and the call that chose it."""
        acronym = foreign.one_line(_acronym(row))
        names = [foreign.one_line(row[f"name_{n}"]) for n in (1, 2, 3, 4) if f"name_{n}" in row]
        text = next((row[f"text_{n}"] for n in (1, 2, 3) if f"text_{n}" in row), "")
        days, unread = foreign.period(row.get("start", ""), row.get("end", ""))
        cells = {
            "id": identifier,
            "name": (names or [acronym])[0],
            "code": acronym,
            "programme": foreign.mint("keep", row["programme"]),
            "source": _SOURCE,
            **days,
            **foreign.tags(*(row.get(f"theme_{n}", "") for n in (1, 2, 3))),
        }
        if "start" in row or "name_1" in row:
            cells |= foreign.note(foreign.noted(row, _PROJECT_NOTES), unread)
        if "name_1" in row:
            cells["name_en"] = names[0]
        if lead:
            cells["lead"] = lead
        if text:
            cells["description"] = text
        if "call" in row:
            call = self._call(row["programme"], row["call"])
            yield "events", call
            cells["call"] = call["id"]
        yield "projects", cells
        for other in dict.fromkeys(names[1:]):
            if other != names[0]:
                yield "aliases", {"thing": identifier, "alias": other, "source": _SOURCE}

    def _membership(self, row: dict[str, str], project: str) -> Iterator[Row]:
        """Give an organisation and its membership in a project."""
        row = _with_name(row)
        identifier = _organisation_id(row)
        country = _country(row)
        code = foreign.country_code(row.get("country_code", ""))
        nuts = _nuts(row)
        doubt: dict[str, str] = {}
        if code and country and code != country:
            doubt["country code given as"] = row["country_code"]
            if nuts:
                doubt["NUTS code given as"] = nuts
            nuts = ""
        if not country and "country" in row:
            doubt["country as worded"] = row["country"]
        kind = row.get("kind") or row.get("legal", "").lower()
        if kind != self._kinds.setdefault(identifier, kind):
            doubt["kind given here"] = kind or "none"
        legal = foreign.noted(row, {"legal": "legal status"}) if "kind" in row else {}
        place = {"nuts": nuts, "source": _SOURCE}
        yield (
            "actors",
            {
                "id": identifier,
                "name": row["name"],
                "kind": "organisation",
                "kind_as_worded": self._kinds[identifier],
                "country": country,
                "certainty": "medium" if "country code given as" in doubt else "",
                **place,
            },
        )
        others = [foreign.one_line(row[n]) for n in ("name_2", "name_3", "name_4") if n in row]
        yield from self._spellings.rows(identifier, row["name"], *others)
        yield (
            "memberships",
            {
                "network": project,
                "actor": identifier,
                "role": "lead" if row.get("lead", "").lower() == "yes" else "partner",
                "place_as_worded": foreign.one_line(row.get("town", "")),
                **place,
                **foreign.note(foreign.noted(row, _PARTNER_NOTES), legal, doubt),
            },
        )


def _with_name(row: dict[str, str]) -> dict[str, str]:
    """Give a row of partners whose name is the first that it has, in whatever language."""
    name = next((row[n] for n in ("name", "name_2", "name_3", "name_4") if n in row), "")
    return {**row, "name": foreign.one_line(name)} if name else row


def _acronym(row: dict[str, str]) -> str:
    """Give what tells a project from others of its programme."""
    return row.get("acronym") or row.get("project_id", "")


def _country(row: dict[str, str]) -> str:
    """Give the country of an address, else that of the code beside it."""
    return foreign.country_code(row.get("country", "")) or foreign.country_code(
        row.get("country_code", "")
    )


def _nuts(row: dict[str, str]) -> str:
    """Give the narrowest NUTS code of a row: that of ``ITF33  / Napoli`` is ITF33."""
    found = (_NUTS.match(row.get(f"nuts_{level}", "")) for level in (3, 2, 1))
    return next((match[1] for match in found if match), "")


def _organisation_id(row: dict[str, str]) -> str:
    """Give the id of an organisation: by its code, else by its name, country and town."""
    row = _with_name(row)
    if pic := re.fullmatch(r"\d{9}", row.get("pic", "")):
        return f"keep-pic-{pic[0]}"
    return foreign.mint("keep", _country(row), row["name"], row.get("town", ""))


def _incomplete(sheet: Sheet, title: str, line: int, row: dict[str, str], *needed: str) -> Reading:
    """Refuse a row that does not say what it is about."""
    headers = {"calls": _CALLS, "projects": _PROJECTS, "partners": _PARTNERS}[title]
    column = next((name for name in needed if name not in row), needed[-1])
    hint = "Without it nobody can tell what the row is about."
    return foreign.refuse(sheet, title, line, headers[column][0], "is empty", hint)


_ABOUT: Final[dict[str, Any]] = {
    "title": {
        "en": "Projects and partners of Interreg, from keep.eu",
        "fi": "Interregin hankkeet ja kumppanit, keep.eu",
        "sv": "Interregs projekt och partner, från keep.eu",
    },
    "description": {
        "en": "Who took part in which Interreg project, as exported from keep.eu.",
        "fi": "Ketkä osallistuivat mihinkin Interreg-hankkeeseen; vienti keep.eu-palvelusta.",
        "sv": "Vem som deltog i vilket Interregprojekt, exporterat från keep.eu.",
    },
    "citation": "keep.eu, the database of projects and partners of Interreg.",
    "rights_note": "keep.eu asks to be cited.",
}

READER = Reader(
    name="keep-eu",
    summary="projects, partners and calls as exported from keep.eu (xlsx or csv)",
    recognise=_recognise,
    read=_read,
    about=_ABOUT,
)
