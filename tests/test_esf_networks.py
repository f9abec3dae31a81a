"""The package esf-networks holds every row of the ESF fact tables, and says where it departs.

The csv files are read as plain text here, without the reader of kvgraph, so that a slip in
the reader cannot hide a slip in the data. Where the fact tables (../shared) are not beside
this checkout, the tests that compare with them are skipped.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import pyoxigraph as ox
import pytest

from kvgraph.dates import read_date
from plain_tables import DATA, ROOT, Row, definitions, package

PACKAGE: Final = DATA / "esf-networks"
SHARED: Final = ROOT.parent / "shared" / "data"


COUNTS: Final = {
    "sources": 196 - 2 - 7 - 2,
    "programmes": 6 + 3 + 4,
    "actors": 126 - 3 + 39,
    "aliases": 108,
    "roles": 138,
    "projects": 21 - 1 - 6,
    "networks": 40,
    "memberships": 287 + 13,
    "practices": 38,
    "events": 61 - 3,
    "participations": 93 - 3,
    "transfers": 36,
    "adoptions": 1,
    "outputs": 46 - 1,
    "discrepancies": 6,
}

SOURCES: Final = {
    "SRC-HL": "s-pr-fi2010",
    "SRC-LNPROG": "s-esfln2011",
    "SRC-ISFOL-LN1314": "s-esfln2013",
    "SRC-ISFOL-AGE": "s-esfage",
    "SRC-ESFLT2": "s-esf-ai",
    "SRC-COPP-START": "s-esf-cop-partnership",
    "SRC-YG-EC": "s-pr-fi2014",
}
"""Sources that transfer-networks has under another id: one address, one document."""

ORGANISATIONS: Final = {
    "ORG-FI-TEM": "org-tem", "ORG-NL-SZW": "org-agszw", "ORG-IT-ISFOL": "org-isfol",
}  # fmt: skip
"""Organisations that transfer-networks has under another id."""

ELSEWHERE: Final = {
    "sources": {"SRC-EUENL", "SRC-EUILL", "SRC-SEED", "SRC-S11089-SV"},
    "projects": {"P-S11089"},
    "events": {"EV-TL4-CALL1", "EV-TL4-CALL2", "EV-S11089-VISITS"},
    "outputs": {"OUT-TL4-STUDY"},
}
"""What stands in base and in s11089."""

PROGRAMMES: Final = {
    "P-OP-FI0713", "P-TL4-HK", "P-TL4-MM", "P-VALTAVA", "P-EQ-FI", "P-IDA",
}  # fmt: skip
"""Rows of the fact table projects that are programmes."""

COMPLETE: Final = {"NW-AGE2", "NW-MOB", "NW-EUROMA", "NW-3B"}

REGIONAL: Final = {
    "ORG-AX", "ORG-BE-ESFVL", "ORG-BE-ESFW", "ORG-DE-HH", "ORG-IT-LOM", "ORG-IT-TRE",
    "ORG-GB-ENG", "ORG-GB-NI", "ORG-GB-NIDEL", "ORG-FI-ELY", "ORG-FI-ELY-KES", "ORG-FI-ELY-HAM",
    "ORG-FI-ELY-VAR",
}  # fmt: skip
"""Organisations whose level is stated, since their role alone would not give it."""

SUCCEEDS: Final = {
    "NW-COPIE2": "NW-COPIE1",
    "NW-COPP2": "NW-COPP1",
    "NW-GCOP1": "NW-GCOP0",
    "NW-GCOP2": "NW-GCOP1",
    "NW-RBM2": "NW-RBM1",
    "NW-TN-INC": "NW-SAVIAV;NW-AI",
    "NW-TCP": "NW-TN-EMP;NW-TN-INC;NW-TN-YE;NW-TN-LS;NW-TN-SE;NW-TN-GOV;NW-TN-SIM;NW-TN-PAR"
    ";NW-TN-MIG",
}

DOCUMENTS: Final = {
    "OUT-COPIE-DIAG": "PR-COPIE-DIAG", "OUT-COPIE-EEDT": "PR-COPIE-EEDT", "OUT-GSTD": "PR-GSTD",
    "OUT-RBM-SB": "PR-RBM-SB", "OUT-COPP-PLM": "PR-PLM", "OUT-TNC-GUIDE": "PR-PL-TNCG",
    "OUT-VALTAVA": "PR-VALTAVA-GUIDE", "OUT-BFSE-PUB": "PR-BFSE-REC",
    "OUT-MATTO-WIF": "PR-MATTO-WIF", "OUT-MATTO-TT": "PR-MATTO-TT",
}  # fmt: skip

LESS: Final = {"high": "medium", "medium": "low", "low": "low"}
"""One step less certain."""

NAMES: Final = {
    # id: (name of the fact row, name here): what the compiler had added is taken off
    "P-S10658": ("Yhteinen yritys! (Enterprising together!)", "Yhteinen yritys!"),
    "P-S10360": ("Yritys-Suomi (Enterprise Finland)", "Yritys-Suomi"),
    "PR-FI-ENTTOG": ("Yhteinen yritys / Enterprising together!", "Yhteinen yritys"),
    "ORG-FI-ELY": (
        "Elinkeino-, liikenne- ja ympäristökeskukset (15)",
        "Elinkeino-, liikenne- ja ympäristökeskukset",
    ),
    "ORG-GB-ENG": (
        "ESF managing authority for England (DWP in 2014-2020)",
        "ESF managing authority for England",
    ),
}

WITHIN_YEARS: Final = {
    "EV-SEN-TRE", "EV-SEN-MAL", "EV-SEN-WAW", "EV-SEN-GLA", "EV-LEMAT-VISIT", "EV-EQ-FI",
}  # fmt: skip
"""Events of which only two years are known between which they fell."""

RECEIVERS: Final = {
    "T-37": "es-asturias;es-extremadura;es-galicia",
    "T-38": "lt-kaunas-region",
}
"""Transfers whose note names the regions."""

needs_facts = pytest.mark.skipif(
    not (SHARED / "esf").is_dir(),
    reason="the fact tables (../shared/data) are not beside this checkout",
)


# --- reading ---------------------------------------------------------------------------------


def table(name: str) -> list[Row]:
    return package("esf-networks")[name]


def by_id(name: str) -> dict[str, Row]:
    return {row["id"]: row for row in table(name)}


@cache
def actors() -> dict[str, Row]:
    """Give the actors of this package and of those that it needs."""
    needed = ("base", "transfer-networks", "esf-networks")
    return {row["id"]: row for name in needed for row in package(name)["actors"]}


def facts(name: str) -> list[Row]:
    """Give the rows of a fact table, without those that stand in another package."""
    with (SHARED / "esf" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = next(iter(rows[0]))
    return [row for row in rows if row[first] not in ELSEWHERE.get(name, ())]


def cells() -> Iterator[tuple[str, Row, dict[str, Any], str]]:
    """Give every filled cell with its table, row and column, single values of several."""
    for name, rows in package("esf-networks").items():
        columns = {c["name"]: c for c in definitions()[name]["columns"]}
        for row in rows:
            for key, value in row.items():
                for single in value.split(";") if columns[key].get("many") else [value]:
                    yield name, row, columns[key], single


def key_of(name: str, row: Row) -> tuple[str, ...]:
    if "id" in row:
        return (row["id"],)
    return tuple(row.get(c["name"], "") for c in definitions()[name]["columns"] if c.get("key"))


def source(fact: Row) -> str:
    return SOURCES.get(fact["source_id"], fact["source_id"])


def organisation(fact_id: str) -> str:
    return ORGANISATIONS.get(fact_id, fact_id)


def country(code: str) -> str:
    return "eu" if code == "EU" else f"country-{code.lower()}" if code else ""


def renamed(text: str) -> str:
    """Give a note with the ids that merged sources have now."""
    for old, new in SOURCES.items():
        text = re.sub(rf"\b{old}(?![A-Z0-9-])", new, text)
    return text


def name_of(fact_id: str, name: str) -> str:
    theirs, ours = NAMES.get(fact_id, (name, name))
    assert theirs == name, fact_id
    return ours


def differences(ours: Row, expected: Row) -> list[tuple[str, str, str, str]]:
    """Give the cells that are not as expected: id, column, what stands there, what should."""
    what = ours.get("id") or "/".join(ours.values())
    return [
        (what, column, ours.get(column, ""), value)
        for column, value in expected.items()
        if ours.get(column, "") != value
    ]


# --- form ------------------------------------------------------------------------------------


def test_counts() -> None:
    """The package holds the numbers of rows that its README accounts for, and no other tables."""
    found = {name: len(rows) for name, rows in package("esf-networks").items()}
    assert found == COUNTS
    text = (PACKAGE / "README.md").read_text("utf-8")
    said = {m[1]: int(m[2]) for m in re.finditer(r"^\| ([a-z]+) \| (\d+) \|", text, re.MULTILINE)}
    assert said == COUNTS
    for part in ("Origin", "Licence", "Coverage", "What it does not say", "Deviations in counts"):
        assert re.search(rf"^## {part}$", text, re.MULTILINE), part


def test_package_toml() -> None:
    """package.toml names the package in three languages, its licence, needs and day."""
    said = tomllib.loads((PACKAGE / "package.toml").read_text("utf-8"))
    assert said["name"] == "esf-networks"
    assert said["needs"] == ["base", "transfer-networks"]
    assert said["licence"] == "CC-BY-4.0"
    assert said["compiled"] == "2026-11-24"
    for text in ("title", "description"):
        assert len(set(said[text].values())) == len(said[text]) == 3


def test_files_are_plain() -> None:
    """UTF-8 without a mark, LF, a last line end, quotes only where a cell needs them."""
    for path in sorted(PACKAGE.iterdir()):
        raw = path.read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf"), path
        assert b"\r" not in raw, path
        assert raw.endswith(b"\n"), path
        if path.suffix == ".csv":
            text = raw.decode("utf-8")
            for quoted in re.findall(r'(?:^|,)"((?:[^"]|"")*)"(?=,|$)', text, re.MULTILINE):
                assert re.search(r'[",\n]', quoted), f"{path.name}: {quoted}"


def test_columns_and_cells() -> None:
    """Columns are those of tables.toml in its order and none is empty; cells are trimmed."""
    for name, rows in package("esf-networks").items():
        with (PACKAGE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        used = {key for row in rows for key in row}
        assert header == [c["name"] for c in definitions()[name]["columns"] if c["name"] in used]
        required = [c["name"] for c in definitions()[name]["columns"] if c.get("required")]
        for row in rows:
            assert [c for c in required if c not in row] == [], (name, row)
            assert all(v == v.strip() and "\n" not in v for v in row.values()), (name, row)


def test_rows_stand_once() -> None:
    """No row stands twice, and no id is taken in the packages that this one needs."""
    counted = Counter((name, key_of(name, r)) for name in COUNTS for r in table(name))
    assert [key for key, count in counted.items() if count > 1] == []
    needed = ("base", "transfer-networks", "esf-networks")
    ids = Counter(
        r["id"] for p in needed for rows in package(p).values() for r in rows if "id" in r
    )
    assert [i for i, count in ids.items() if count > 1] == []


def test_references_codes_and_dates() -> None:
    """References resolve in this package and those it needs, codes exist, dates can be read."""
    needed = ("base", "transfer-networks", "esf-networks")
    ids: dict[str, set[str]] = {}
    for name in needed:
        for this, rows in package(name).items():
            ids.setdefault(this, set()).update(row["id"] for row in rows if "id" in row)
    codes: dict[str, set[str]] = {}
    notation = ox.NamedNode("http://www.w3.org/2004/02/skos/core#notation")
    path = ROOT / "ontology" / "vocab.ttl"
    for triple in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
        if triple.predicate == notation and isinstance(triple.object, ox.Literal):
            scheme = str(triple.subject).strip("<>").split("/")[-2]
            codes.setdefault(scheme, set()).add(triple.object.value)
    for name, row, definition, value in cells():
        match definition["type"]:
            case "ref":
                assert any(value in ids.get(t, ()) for t in definition["to"]), (name, row, value)
            case "code":
                assert value in codes[definition["scheme"]], (name, row, value)
            case "date":
                read_date(value)


def test_every_row_has_a_source() -> None:
    """Whatever a row says rests on a source, but for the sources themselves."""
    for name in COUNTS.keys() - {"sources", "discrepancies"}:
        assert [row for row in table(name) if "source" not in row] == [], name


# --- sense -----------------------------------------------------------------------------------


def test_memberships_are_distinct() -> None:
    """287 memberships in networks and 13 in projects, whose role is partner."""
    projects = by_id("projects")
    in_projects = [row for row in table("memberships") if row["network"] in projects]
    in_networks = [row for row in table("memberships") if row["network"] not in projects]
    assert len({key_of("memberships", row) for row in in_networks}) == 287
    assert Counter(row["network"] for row in in_projects) == {
        "P-S11306": 3, "P-EQ-PLSE": 2, "P-TRENTO-MOB": 2, "P-BSN": 6,
    }  # fmt: skip
    assert {row["role"] for row in in_projects} == {"partner"}


def test_inferred_organisations_are_less_certain() -> None:
    """Where the compiler inferred the organisation the note says so and nothing is high."""
    inferred = [
        r for r in table("memberships") if "is inferred by the compiler" in r.get("note", "")
    ]
    assert len(inferred) == 27
    assert {r["certainty"] for r in inferred} == {"medium", "low"}
    for row in inferred:
        assert actors()[row["actor"]]["kind"] == "organisation", row


def test_mode_is_stated_once() -> None:
    """Only the source of T-61 says which way its transfer goes."""
    stated = {r["id"]: r["stated_mode"] for r in table("transfers") if "stated_mode" in r}
    assert stated == {"T-61": "vertical"}
    to_policy = {r["id"]: r["mainstreaming"] for r in table("transfers") if "mainstreaming" in r}
    assert to_policy == {"T-61": "vertical"}


def test_nobody_gives_to_themselves() -> None:
    """Giver and receiver differ in every transfer, and visits are none of them."""
    for row in table("transfers"):
        assert row["giver"] not in row["receiver"].split(";"), row
        assert row["status"] != "visited", row


def test_merged_ids_are_gone() -> None:
    """What was merged is referred to by one id; the other is left as an alias at most."""
    gone = {*SOURCES, *ORGANISATIONS, "EV-YG-HEL", "EV-HL-HEL", "PR-FI-PAAVO", "T-07"}
    gone |= {f"T-{n}" for n in range(20, 33)}
    for name, row, definition, value in cells():
        assert value not in gone or definition["name"] == "alias", (name, row)
        if definition["name"] == "note":
            assert not any(re.search(rf"\b{i}(?![A-Z0-9-])", value) for i in gone), row
    names = {(r["thing"], r["alias"]) for r in table("aliases")}
    assert {(new, old) for old, new in ORGANISATIONS.items()} <= names
    kept = {"SRC-YG-IP", "SRC-HL-HUB"}
    assert kept <= by_id("sources").keys()


def test_closed_world_marks() -> None:
    """Four lists of partners are complete, and what shows it can be counted in the rows."""
    marked = {r["id"]: r["partner_list"] for r in table("networks") if "partner_list" in r}
    assert marked == dict.fromkeys(COMPLETE, "complete")
    of = {n: [r for r in table("memberships") if r["network"] == n] for n in COMPLETE}
    assert {r["source"] for r in of["NW-AGE2"]} == {"SRC-TRENTO-AGE"}
    assert len(of["NW-AGE2"]) == 9
    assert {r["actor"] for r in of["NW-3B"]} == {"ORG-LT-ESFA", "country-lv", "country-ee"}
    states = [actors()[r["actor"]]["country"] for r in of["NW-EUROMA"]]
    assert len(set(states)) == 15
    noted = ["one of 12 states in 2013" in r.get("note", "") for r in of["NW-EUROMA"]]
    assert sum(noted) + len({"ES"}) == 12
    assert sum("numbered partner" in r.get("activity", "") for r in of["NW-MOB"]) == 10
    areas = {r.get("place_as_worded", actors()[r["actor"]]["country"]) for r in of["NW-MOB"]}
    assert len(areas) == 15
    text = (PACKAGE / "README.md").read_text("utf-8")
    for network in COMPLETE:
        assert f"| {network} |" in text


def test_phases() -> None:
    """A network continues another only where its row says so."""
    assert {r["id"]: r["succeeds"] for r in table("networks") if "succeeds" in r} == SUCCEEDS


def test_levels_and_jurisdictions() -> None:
    """A stated level is regional; who acts for a region has no national level by its role."""
    assert {r["id"]: r["level"] for r in table("actors") if "level" in r} == dict.fromkeys(
        REGIONAL, "regional"
    )
    roles: dict[str, set[str]] = {}
    for row in table("roles"):
        roles.setdefault(row["actor"], set()).add(row["role"])
    national = {"managing authority", "ministry", "national agency"}
    for row in table("actors"):
        if row["kind"] != "organisation":
            assert row["part_of"] == country(row["country"]), row
            assert "latitude" not in row
            continue
        assert roles[row["id"]], row
        for_whom = actors().get(row.get("acts_for", ""))
        if for_whom is not None:
            assert for_whom.get("country") == row.get("country"), row
        if roles[row["id"]] & national:
            assert for_whom is not None, row
            is_region = for_whom["kind"] == "region"
            assert is_region == (row.get("level") == "regional"), row


def test_documented_and_developed() -> None:
    """Practices are linked with what documents them and with what they were developed in."""
    assert {r["id"]: r["documents"] for r in table("outputs") if "documents" in r} == DOCUMENTS
    practices = by_id("practices")
    assert practices["PR-FI-ENTTOG"]["developed_in"] == "P-S10658"
    assert practices["PR-IDA"]["developed_in"] == "P-IDA"
    assert {r["id"]: r["replaced_by"] for r in practices.values() if "replaced_by" in r} == {
        "PR-FI-YG": "pr-fi-yg"
    }


def test_programmes_hang_together() -> None:
    """The axes are parts of the Finnish programme, and the two national programmes of axis 4."""
    part_of = {r["id"]: r.get("part_of") for r in table("programmes")}
    for axis in ("P-OP-FI0713-TL3", "P-OP-FI0713-TL4", "P-OP-FI0713-TL5"):
        assert part_of[axis] == "P-OP-FI0713"
    assert part_of["P-TL4-HK"] == part_of["P-TL4-MM"] == "P-OP-FI0713-TL4"
    assert part_of["P-OP-FI0713"] == "P-ESF-0713"
    assert part_of.keys() >= PROGRAMMES
    for row in table("programmes"):
        assert (row["id"] in PROGRAMMES) != (row.get("note") == "id by the compiler"), row


# --- nothing is lost -------------------------------------------------------------------------


@needs_facts
def test_sources_are_all_here() -> None:
    """Each source of the fact table stands here with its cells, or is one that was merged."""
    ours = by_id("sources")
    wrong = []
    for fact in facts("sources"):
        if fact["source_id"] in SOURCES:
            continue
        inferred = fact["year_basis"] == "inferred"
        kept = ("title", "publisher", "year", "url", "language", "accessed")
        expected = {column: fact[column] for column in kept}
        expected["note"] = "the year is inferred by the compiler" if inferred else ""
        wrong += differences(ours.pop(fact["source_id"]), expected)
    assert wrong == []
    assert ours == {}


@needs_facts
def test_merged_sources_have_one_address() -> None:
    """A merged source has the address of the other, or another form of it."""
    others = {row["id"]: row for row in package("transfer-networks")["sources"]}
    for fact in facts("sources"):
        if fact["source_id"] in SOURCES:
            twin = others[SOURCES[fact["source_id"]]]
            if fact["source_id"] == "SRC-YG-EC":
                assert "newsId=2068" in fact["url"]
                assert "newsId=2068" in twin["url"]
            else:
                assert fact["url"] == twin["url"]


@needs_facts
def test_projects_and_programmes_are_all_here() -> None:
    """Each row of projects is a project or a programme here, with its cells."""
    projects, programmes = by_id("projects"), by_id("programmes")
    under = {
        "ESF 2007-2013": "P-ESF-0713", "ESF Germany 2007-2013": "P-ESF-DE0713",
        "XENOS (ESF Germany)": "P-XENOS", "EQUAL": "P-EQUAL",
        "Swedish Institute Baltic Sea Unit": "",
    }  # fmt: skip
    wrong = []
    for fact in facts("projects"):
        axis = f"-TL{fact['priority_axis']}" if fact["priority_axis"] else ""
        above = under.get(fact["programme"], fact["programme"])
        above += axis if above == "P-OP-FI0713" else ""
        is_programme = fact["project_id"] in PROGRAMMES
        begin, end = ("period_start", "period_end") if is_programme else ("start", "end")
        ours = (programmes if is_programme else projects).pop(fact["project_id"])
        expected = {
            "name": name_of(fact["project_id"], fact["name"]), "code": fact["code"],
            "part_of" if is_programme else "programme": above, begin: fact["start"],
            end: fact["end"], "lead": organisation(fact["lead_org_id"]),
            "authority": organisation(fact["authority_org_id"]), "country": fact["country"],
            "theme": fact["theme"].lower().replace(", ", ";"), "source": source(fact),
            "kind_as_worded": fact["kind"].partition(" (belongs")[0],
            "certainty": fact["certainty"],
        }  # fmt: skip
        if not is_programme:
            expected["public_funding"] = fact["public_funding_eur"]
        wrong += differences(ours, expected)
        assert fact["note"] in ours.get("note", ""), fact
        partners = [r["actor"] for r in table("memberships") if r["network"] == ours["id"]]
        assert partners == [country(c) for c in fact["partner_countries"].split(";") if c]
    assert wrong == []
    assert projects == {}
    assert len(programmes) == 7


@needs_facts
def test_networks_are_all_here() -> None:
    """Each network stands here with its cells."""
    ours = by_id("networks")
    wrong = []
    for fact in facts("networks"):
        theme = fact["theme"].lower().replace(" (governance)", ";governance").replace(", ", ";")
        expected = {
            "name": fact["name_en"], "acronym": fact["acronym"], "kind_as_worded": fact["kind"],
            "theme": "" if theme == "all" else theme, "start": fact["start"], "end": fact["end"],
            "lead": organisation(fact["lead_organisation_id"]) or country(fact["lead_country"]),
            "source": source(fact), "certainty": fact["certainty"],
            "country": fact["lead_country"] if "national" in fact["kind"].split() else "",
        }  # fmt: skip
        row = ours.pop(fact["network_id"])
        wrong += differences(row, expected)
        assert ("esf" in row["kind"]) == (
            fact["kind"] not in ("network of enterprises", "national network")
            and "EQUAL" not in fact["kind"]
        ), row
    assert wrong == []
    assert ours == {}


@needs_facts
def test_memberships_are_all_here() -> None:
    """Each membership stands here, in order; an inferred organisation costs a step of certainty."""
    ours = [row for row in table("memberships") if row["network"].startswith("NW-")]
    rows = facts("network_memberships")
    assert len(ours) == len(rows) == 287
    wrong = []
    for row, fact in zip(ours, rows, strict=True):
        inferred = fact["org_basis"] == "inferred"
        certainty = fact["certainty"]
        expected = {
            "network": fact["network_id"], "role": fact["role"], "start": fact["start"],
            "end": fact["end"], "activity": fact["activity_level"],
            "place_as_worded": fact["region"], "source": source(fact),
            "certainty": LESS[certainty] if inferred else certainty,
        }  # fmt: skip
        wrong += differences(row, expected)
        note = row.get("note", "")
        assert note.startswith(renamed(fact["note"])), row
        assert ("is inferred by the compiler" in note) == inferred, row
        assert ("one step lower" in note) == (inferred and certainty != "low"), row
        actor = actors()[row["actor"]]
        if fact["org_id"]:
            assert row["actor"] == organisation(fact["org_id"]), row
        elif fact["region"]:
            assert actor["kind"] == "region", row
            assert actor["country"] == fact["country"], row
        else:
            assert row["actor"] == country(fact["country"]), row
    assert wrong == []


@needs_facts
def test_a_region_is_one_actor() -> None:
    """One word for a region in a country always leads to the same actor."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in table("memberships"):
        actor = actors()[row["actor"]]
        if actor["kind"] == "region":
            found.setdefault((actor["country"], row["place_as_worded"]), set()).add(actor["id"])
    assert [key for key, ids in found.items() if len(ids) > 1] == []


@needs_facts
def test_organisations_are_all_here() -> None:
    """Each organisation is an actor with its words, or one that transfer-networks has."""
    ours = {i: row for i, row in by_id("actors").items() if row["kind"] == "organisation"}
    aliases = {(row["thing"], row["alias"]) for row in table("aliases")}
    wrong = []
    for fact in facts("organisations"):
        english = re.sub(r" \((since|until) \d+\)$", "", fact["name_en"])
        if fact["org_id"] in ORGANISATIONS:
            twin = ORGANISATIONS[fact["org_id"]]
            names = {actors()[twin]["name"], *(a for t, a in aliases if t == twin)}
            assert {fact["org_id"], fact["name"], english} <= names
            continue
        row = ours.pop(fact["org_id"])
        name = name_of(fact["org_id"], fact["name"])
        expected = {
            "name": name, "country": fact["country"].replace("EU", ""),
            "kind_as_worded": fact["role"], "source": source(fact),
            "certainty": fact["certainty"],
        }  # fmt: skip
        wrong += differences(row, expected)
        assert english == name or (row["id"], english) in aliases, fact
        assert ("based_in" in row) == bool(fact["nuts_or_region"]), fact
        if fact["nuts_or_region"] == "national":
            assert row["based_in"] == country(fact["country"]), fact
        elif "based_in" in row:
            assert actors()[row["based_in"]]["country"] == fact["country"], fact
    assert wrong == []
    assert ours == {}


@needs_facts
def test_practices_are_all_here() -> None:
    """Each practice stands here; its origin is the owner if that is of its country."""
    ours = by_id("practices")
    of = {row["org_id"]: row["country"] for row in facts("organisations")}
    wrong = []
    for fact in facts("practices"):
        owner, own = fact["owner_org_id"], fact["country"]
        origin = organisation(owner) if owner and of[owner] == own else country(own)
        name = name_of(fact["practice_id"], fact["name"])
        expected = {
            "name": name, "name_en": fact["name_en"] if fact["name_en"] != name else "",
            "owner": organisation(owner), "origin": "" if ";" in own else origin,
            "theme": fact["theme"].lower().replace(", ", ";"), "kind_as_worded": fact["kind"],
            "origin_date": fact["start_year"] or ("198X" if "1980s" in fact["note"] else ""),
            "source": source(fact), "certainty": fact["certainty"],
        }  # fmt: skip
        row = ours.pop(fact["practice_id"])
        wrong += differences(row, expected)
        assert row.get("note", "").startswith(renamed(fact["note"])), row
    assert wrong == []
    assert ours == {}


@needs_facts
def test_transfers_and_the_adoption_are_all_here() -> None:
    """Each transfer stands here with its giver, receiver and way; the adoption too."""
    ours = by_id("transfers")
    wrong = []
    for fact in facts("transfers"):
        giver = fact["from_network_id"] or organisation(fact["from_org_id"])
        receiver = organisation(fact["to_org_id"]) or country(fact["to_country"])
        is_id = re.match(r"(NW|EV|P)-", fact["via"]) is not None
        expected = {
            "practice": fact["practice_id"], "giver": giver or country(fact["from_country"]),
            "receiver": RECEIVERS.get(fact["transfer_id"], receiver), "start": fact["start"],
            "end": fact["end"], "via": fact["via"] if is_id else "",
            "via_note": "" if is_id else fact["via"], "status": fact["status"],
            "adapted": fact["adapted"], "source": source(fact), "certainty": fact["certainty"],
            "stated_mode": fact["mode"].replace("unknown", ""), "note": renamed(fact["note"]),
        }  # fmt: skip
        wrong += differences(ours.pop(fact["transfer_id"]), expected)
    assert wrong == []
    assert ours == {}
    (adoption,), (fact,) = table("adoptions"), facts("adoptions")
    assert adoption == {
        "id": fact["adoption_id"], "practice": fact["practice_id"], "actor": fact["org_id"],
        "date": fact["start"], "end": fact["end"], "status": fact["status"],
        "source": source(fact), "certainty": fact["certainty"], "note": fact["note"],
    }  # fmt: skip
    assert actors()[fact["org_id"]]["country"] == fact["country"]


@needs_facts
def test_events_are_all_here() -> None:
    """Each event stands here; the countries of its participants are its participations."""
    ours = by_id("events")
    wrong = []
    for fact in facts("events"):
        row = ours.pop(fact["event_id"])
        start, end = fact["start"], fact["end"]
        if row["id"] in WITHIN_YEARS:
            start = end = f"{fact['start']}/{fact['end']}"
        else:
            assert len(start) != 4 or start == end, fact
        expected = {
            "name": fact["name"], "kind_as_worded": fact["kind"], "start": start, "end": end,
            "host": organisation(fact["host_org_id"]) or country(fact["host_country"]),
            "country": fact["host_country"], "place": fact["place"],
            "network": fact["network_id"], "participants_as_worded": fact["participants"],
            "source": source(fact), "certainty": fact["certainty"],
            "note": renamed(fact["note"]),
        }  # fmt: skip
        wrong += differences(row, expected)
        guests = [
            r["actor"]
            for r in table("participations")
            if r["event"] == row["id"] and r["role"] == "participant"
        ]
        said = [country(c) for c in fact["participant_countries"].split(";") if c]
        assert sorted(guests) == sorted(said), fact
    assert wrong == []
    assert ours == {}


@needs_facts
def test_participations_are_all_here() -> None:
    """Each participation in an event of this package stands here, in order."""
    rows = [r for r in facts("participations") if r["event_id"] not in ELSEWHERE["events"]]
    expected = [
        {
            "event": fact["event_id"],
            "actor": organisation(fact["org_id"]) or country(fact["country"]),
            "role": fact["role"],
            "source": source(fact),
            "certainty": fact["certainty"],
        }
        for fact in rows
    ]
    assert table("participations") == expected


@needs_facts
def test_outputs_are_all_here() -> None:
    """Each output stands here; a maker that is no actor, network or project is in the note."""
    ours = by_id("outputs")
    networks, projects = by_id("networks"), by_id("projects")
    wrong = []
    for fact in facts("outputs"):
        row = ours.pop(fact["output_id"])
        made_in = fact["produced_by"]
        makers = [made_in] if made_in in networks or made_in in projects else []
        makers += [organisation(fact["producer_org_id"])] if fact["producer_org_id"] else []
        expected = {
            "name": fact["name"], "kind": fact["kind"], "date": fact["year"],
            "producer": ";".join(makers), "source": source(fact),
            "certainty": fact["certainty"],
        }  # fmt: skip
        wrong += differences(row, expected)
        note = row.get("note", "")
        assert note.startswith(renamed(fact["note"])), row
        assert not made_in or made_in in (*makers, *note.split()), row
    assert wrong == []
    assert ours == {}


@needs_facts
def test_descriptions_are_our_own() -> None:
    """Networks, projects and practices are described anew, not in the words of the tables."""
    ours = {
        row["id"]: row["description"]
        for name in ("networks", "projects", "programmes", "practices")
        for row in table(name)
        if "description" in row
    }
    told = {
        **{row["network_id"]: row["objective"] for row in facts("networks")},
        **{row["project_id"]: row["description"] for row in facts("projects")},
        **{row["practice_id"]: row["description"] for row in facts("practices")},
    }
    assert told.keys() <= ours.keys()
    for what, text in told.items():
        assert ours[what].casefold() != text.casefold() + "."
        assert 4 < len(ours[what].split()) < 30, what
        assert ours[what].endswith("."), what


@needs_facts
def test_readme_names_what_was_merged() -> None:
    """The README names both ids of each merge or link that touches these tables."""
    text = (PACKAGE / "README.md").read_text("utf-8")
    with (SHARED / "duplicates.csv").open(encoding="utf-8", newline="") as file:
        touching = [r for r in csv.DictReader(file) if r["table_a"].startswith("esf/")]
    assert len(touching) == 42
    for row in touching:
        if row["table_a"] == "esf/member_states":
            continue
        assert row["id_a"] in text, row
        assert row["id_b"].partition("|")[0] in text, row
