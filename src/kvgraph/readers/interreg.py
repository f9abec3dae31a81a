"""Interreg partners (json): the Swedish partners of Interreg projects, one partner a row.

A row gives a project with its programme, and an organisation with its membership: ``LP`` as lead,
``PP`` as partner, ``AP`` as associated partner. A row that names no organisation gives its
project only. The numbers in ``id`` count rows and are left out: a project goes by its programme
and its name, an organisation by its name, country and county.

A membership has no dates of its own: the dates of a row are those of the project, and answers
fall back on them. An end that lies before the beginning is noted and not taken. The budget of a
partner, its ownership and what else differs from row to row is noted on its membership.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from kvgraph.model import Reader, Reading
from kvgraph.readers import _foreign as foreign
from kvgraph.readers._foreign import Places, Row
from kvgraph.readers._sheet import Sheet

_SOURCE: Final = "interreg-partners-export"
_SOURCE_ROW: Final[Row] = (
    "sources",
    {"id": _SOURCE, "title": "Interreg: export of Swedish partners of projects", "language": "sv"},
)

_PLACES: Final[Places] = {
    "programme": ("program",),
    "project": ("projektnamn",),
    "type": ("projekttyp",),
    "start": ("startdatum",),
    "end": ("slutdatum",),
    "objective": ("politisktmal",),
    "specific": ("specifiktmal",),
    "strand": ("strand_namn",),
    "name": ("organisationsnamn",),
    "owner": ("organisationsagande",),
    "kind": ("organisationstyp",),
    "role": ("organisationsroll",),
    "county": ("nuts3",),
    "region": ("nuts2",),
    "country": ("land",),
    "budget": ("partnerbudget",),
}
_PROJECT_NOTES: Final = {
    "strand": "strand",
    "objective": "policy objective",
    "specific": "specific objective",
}
_MEMBERSHIP_NOTES: Final = {"budget": "budget", "owner": "ownership"}
_ROLES: Final = {"LP": "lead", "PP": "partner", "AP": "associated partner"}


def _is_partners(sheet: Sheet) -> bool:
    """Tell whether a sheet holds partners of Interreg."""
    return foreign.has(sheet, "program", "projektnamn", "organisationsnamn", "organisationsroll")


def _recognise(sheets: Sequence[Sheet]) -> bool:
    """Tell whether any sheet holds partners of Interreg."""
    return any(_is_partners(sheet) for sheet in sheets)


def _read(sheets: Sequence[Sheet]) -> Iterator[Reading]:
    """Give the rows of all sheets."""
    minted = foreign.Minted()
    spellings = foreign.Spellings(_SOURCE)
    projects: dict[str, dict[str, str]] = {}
    kinds: dict[str, str] = {}
    for sheet in sheets:
        if not _is_partners(sheet):
            yield foreign.pass_over(sheet)
            continue
        found = foreign.columns(sheet, _PLACES)
        yield foreign.begin(sheet, "partners", found)
        for line, cells in sheet.rows():
            row = found.read(cells)
            needed = next((n for n in ("programme", "project") if n not in row), "")
            if needed:
                hint = "Without it nobody can tell what the row is about."
                yield foreign.refuse(sheet, "partners", line, _PLACES[needed][0], "is empty", hint)
                continue
            programme, project = _project(row, minted)
            rows: list[Row] = [_SOURCE_ROW, programme, ("projects", project)]
            first = projects.setdefault(project["id"], project)
            told = {
                f"{column} given here": project.get(column, "none")
                for column in ("start", "end", "kind_as_worded", "note")
                if project.get(column, "") != first.get(column, "")
            }
            if "name" in row:
                rows += _membership(row, project["id"], spellings, kinds, told)
            yield Reading("partners", sheet.name, line, tuple(rows))


def _project(row: dict[str, str], minted: foreign.Minted) -> tuple[Row, dict[str, str]]:
    """Give a project, and the programme before it."""
    programme, name = foreign.one_line(row["programme"]), foreign.one_line(row["project"])
    days, unread = foreign.period(row.get("start", ""), row.get("end", ""))
    identifier = foreign.mint("interreg", programme)
    project = {
        "id": minted.give("interreg", programme, name),
        "name": name,
        "kind_as_worded": row.get("type", ""),
        "programme": identifier,
        "source": _SOURCE,
        **days,
        **foreign.note(foreign.noted(row, _PROJECT_NOTES), unread),
    }
    return ("programmes", {"id": identifier, "name": programme, "source": _SOURCE}), project


def _membership(
    row: dict[str, str],
    project: str,
    spellings: foreign.Spellings,
    kinds: dict[str, str],
    told: dict[str, str],
) -> Iterator[Row]:
    """Give an organisation and its membership in a project."""
    name, county = foreign.one_line(row["name"]), foreign.one_line(row.get("county", ""))
    country = foreign.country_code(row.get("country", ""))
    if not country and "country" in row:
        told["country as worded"] = row["country"]
    identifier = foreign.mint("interreg", country, name, county)
    kind = row.get("kind", "")
    if kind != kinds.setdefault(identifier, kind):
        told["kind given here"] = kind or "none"
    yield (
        "actors",
        {
            "id": identifier,
            "name": name,
            "kind": "organisation",
            "kind_as_worded": kinds[identifier],
            "country": country,
            "source": _SOURCE,
        },
    )
    yield from spellings.rows(identifier, name)
    worded = row.get("role", "")
    role = _ROLES.get(worded.upper(), "")
    if worded and not role:
        told["role as worded"] = worded
    yield (
        "memberships",
        {
            "network": project,
            "actor": identifier,
            "role": role,
            "place_as_worded": ", ".join(t for t in (county, row.get("region", "")) if t),
            "source": _SOURCE,
            **foreign.note(foreign.noted(row, _MEMBERSHIP_NOTES), told),
        },
    )


_ABOUT: Final[dict[str, Any]] = {
    "title": {
        "en": "Swedish partners in Interreg projects",
        "fi": "Ruotsalaiset kumppanit Interreg-hankkeissa",
        "sv": "Svenska partner i Interregprojekt",
    },
    "description": {
        "en": "Which Swedish organisations took part in which Interreg project.",
        "fi": "Mitkä ruotsalaiset organisaatiot osallistuivat mihinkin Interreg-hankkeeseen.",
        "sv": "Vilka svenska organisationer som deltog i vilket Interregprojekt.",
    },
}

READER = Reader(
    name="interreg",
    summary="partners of Interreg projects (json)",
    recognise=_recognise,
    read=_read,
    about=_ABOUT,
)
