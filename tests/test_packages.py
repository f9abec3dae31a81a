"""The shipped packages hold what their READMEs promise, and nothing of the facts is lost.

The csv files are read as plain text here, without the reader of kvgraph, so that a slip in
the reader cannot hide a slip in the data.
"""

from __future__ import annotations

import csv
import re
import tomllib
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import pyoxigraph as ox
import pytest

from plain_tables import DATA, ROOT, Row, definitions, package

SHARED: Final = ROOT.parent / "shared" / "data"


COUNTS: Final[dict[str, dict[str, int]]] = {
    "base": {"sources": 2, "actors": 42, "aliases": 152},
    "transfer-networks": {
        "sources": 113,
        "programmes": 14,
        "actors": 673 + 287,
        "aliases": 123,
        "roles": 287,
        "projects": 29,
        "networks": 72,
        "memberships": 336 + 280,
        "practices": 141,
        "events": 48,
        "participations": 269,
        "transfers": 245,
        "adoptions": 15,
        "discrepancies": 21,
    },
    "urbact-context": {"networks": 142, "memberships": 1320},
}
PACKAGES: Final = tuple(COUNTS)
NEEDS: Final = {
    "base": [],
    "transfer-networks": ["base"],
    "urbact-context": ["base", "transfer-networks"],
}

needs_facts = pytest.mark.skipif(
    not (SHARED / "transfers").is_dir(),
    reason="the fact tables (../shared/data) are not beside this checkout",
)


# --- reading ---------------------------------------------------------------------------------


def column(table: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in definitions()[table]["columns"] if c["name"] == name)
    return found


@cache
def header(name: str, table: str) -> list[str]:
    with (DATA / name / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def about(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name / "package.toml").read_text("utf-8"))


def rows(only: str | None = None) -> Iterator[tuple[str, str, Row]]:
    """Give every row of every package, or of one, with its package and table."""
    for name in PACKAGES if only is None else (only,):
        for table, content in package(name).items():
            for row in content:
                yield name, table, row


def table(name: str) -> list[Row]:
    """Give the rows of a table over all packages."""
    return [row for _, this, row in rows() if this == name]


def cells(kind: str) -> Iterator[tuple[str, str, Row, dict[str, Any], str]]:
    """Give every filled cell of columns of this type, single values where there are several."""
    for name, this, row in rows():
        for key, value in row.items():
            definition = column(this, key)
            if definition["type"] == kind:
                for single in value.split(";") if definition.get("many") else [value]:
                    yield name, this, row, definition, single


def key_of(this: str, row: Row) -> tuple[str, ...]:
    """Give what makes a row the same as another: its id, else its key columns."""
    if "id" in row:
        return (row["id"],)
    return tuple(row.get(c["name"], "") for c in definitions()[this]["columns"] if c.get("key"))


@cache
def ids(name: str) -> dict[str, set[str]]:
    """Give the ids that a package may refer to: its own and those of what it needs."""
    found: dict[str, set[str]] = {}
    for each in (name, *NEEDS[name]):
        for this, content in package(each).items():
            found.setdefault(this, set()).update(row["id"] for row in content if "id" in row)
    return found


@cache
def codes() -> dict[str, dict[str, set[str]]]:
    """Give the codes of ontology/vocab.ttl by scheme, each with the words that stand for it."""
    skos = "http://www.w3.org/2004/02/skos/core#"
    notation: dict[str, str] = {}
    scheme: dict[str, str] = {}
    words: dict[str, set[str]] = {}
    path = ROOT / "ontology" / "vocab.ttl"
    for triple in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
        subject, term, value = str(triple.subject), triple.predicate.value, triple.object
        if term == skos + "notation" and isinstance(value, ox.Literal):
            notation[subject] = value.value
        elif term == skos + "inScheme" and isinstance(value, ox.NamedNode):
            scheme[subject] = value.value.rpartition("/")[2]
        elif term in (skos + "hiddenLabel", skos + "prefLabel") and isinstance(value, ox.Literal):
            words.setdefault(subject, set()).add(value.value)
    found: dict[str, dict[str, set[str]]] = {}
    for subject, code in notation.items():
        found.setdefault(scheme[subject], {})[code] = {code, *words.get(subject, ())}
    return found


def bounds(text: str) -> tuple[str, str]:
    """Give the first and last day of an EDTF date, as text that compares.

    >>> bounds("199X"), bounds("2014-02")
    (('1990-01-01', '1999-12-31'), ('2014-02-01', '2014-02-28'))
    """
    match = re.fullmatch(r"(\d{4}|\d{3}X)(?:-(\d\d)(?:-(\d\d))?)?", text)
    if match is None:
        raise ValueError(text)
    low, high = match[1].replace("X", "0"), match[1].replace("X", "9")
    if match[2] is None:
        return f"{low}-01-01", f"{high}-12-31"
    last = monthrange(int(low), int(match[2]))[1]
    if match[3] is None:
        return f"{low}-{match[2]}-01", f"{high}-{match[2]}-{last}"
    if not 1 <= int(match[3]) <= last:
        raise ValueError(text)
    return text, text


# --- form ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PACKAGES)
def test_counts(name: str) -> None:
    """The packages hold the numbers of rows that the design asks for, and no other tables."""
    assert {this: len(content) for this, content in package(name).items()} == COUNTS[name]


def test_counts_by_kind() -> None:
    """Places, organisations and the two sorts of membership add up to the tables' numbers."""
    kinds = Counter(row["kind"] for row in table("actors"))
    assert kinds["member state"] == 28
    assert kinds["country"] == 12
    assert kinds["supranational"] == 2
    assert kinds["organisation"] == 287
    assert sum(kinds.values()) - kinds["organisation"] == 715
    projects = {row["id"] for row in table("projects")}
    assert sum(row["network"] in projects for row in table("memberships")) == 280


@pytest.mark.parametrize("name", PACKAGES)
def test_package_toml(name: str) -> None:
    """package.toml names the package in three languages, its licence, needs and day."""
    said = about(name)
    assert said.keys() == {
        "name", "version", "title", "description", "licence", "needs", "rights_note", "citation",
        "compiled",
    }  # fmt: skip
    assert said["name"] == name
    assert said["version"] == "2026.11"
    assert said["licence"] == "CC-BY-4.0"
    assert said["needs"] == NEEDS[name]
    assert said["compiled"] == "2026-11-24"
    for text in ("title", "description"):
        assert said[text].keys() == {"en", "fi", "sv"}
        assert len({said[text][lang] for lang in ("en", "fi", "sv")}) == 3
    assert said["rights_note"]
    assert name in said["citation"]


@pytest.mark.parametrize("name", PACKAGES)
def test_files_are_plain(name: str) -> None:
    """UTF-8 without a mark, LF, a last line end, quotes only where a cell needs them."""
    for path in sorted((DATA / name).iterdir()):
        raw = path.read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf"), path
        assert b"\r" not in raw, path
        assert raw.endswith(b"\n"), path
        raw.decode("utf-8")
    for this in package(name):
        text = (DATA / name / f"{this}.csv").read_text("utf-8")
        for quoted in re.findall(r'(?:^|,)"((?:[^"]|"")*)"(?=,|$)', text, flags=re.MULTILINE):
            assert re.search(r'[",\n]', quoted), f"{name}/{this}: {quoted}"


@pytest.mark.parametrize("name", PACKAGES)
def test_columns_are_defined(name: str) -> None:
    """Every table and column is one of tables.toml, in its order, and none is empty."""
    for this, content in package(name).items():
        defined = [c["name"] for c in definitions()[this]["columns"]]
        used = {key for row in content for key in row}
        assert header(name, this) == [c for c in defined if c in used], f"{name}/{this}"


def test_cells_are_trimmed() -> None:
    """No cell begins or ends with a space or holds a line break."""
    for name, this, row in rows():
        for key, value in row.items():
            assert value == " ".join(value.split(" ")).strip(), (name, this, key, value)
            assert "\n" not in value, (name, this, key, value)


def test_required_cells_are_filled() -> None:
    """Required columns are filled, and one of those of which one is asked for."""
    for name, this, row in rows():
        required = [c["name"] for c in definitions()[this]["columns"] if c.get("required")]
        assert [c for c in required if c not in row] == [], (name, this, row)
        one_of = definitions()[this].get("one_of")
        assert one_of is None or any(c in row for c in one_of), (name, this, row)


def test_rows_stand_once() -> None:
    """No id and no set of key columns stands twice, in one package or over all."""
    counted = Counter((this, key_of(this, row)) for _, this, row in rows())
    assert [key for key, count in counted.items() if count > 1] == []


def test_ids_name_one_thing() -> None:
    """An id is given to one thing alone, so that it works wherever an id is asked for."""
    counted = Counter(row["id"] for _, _, row in rows() if "id" in row)
    assert [key for key, count in counted.items() if count > 1] == []


def test_references_resolve() -> None:
    """Every reference names a row of an allowed table in the package or in what it needs."""
    broken = [
        (name, this, definition["name"], value)
        for name, this, _, definition, value in cells("ref")
        if not any(value in ids(name).get(other, ()) for other in definition["to"])
    ]
    assert broken == []


def test_codes_exist() -> None:
    """Every code and every theme stands in ontology/vocab.ttl."""
    missing = {
        (definition["scheme"], value)
        for kind in ("code", "tag")
        for _, _, _, definition, value in cells(kind)
        if value not in codes().get(definition["scheme"], ())
    }
    assert missing == set()


def test_dates_are_edtf() -> None:
    """Every date is a year, month or day that exists, a decade at most; days are exact."""
    for name, this, row, definition, value in cells("date"):
        try:
            bounds(value)
        except ValueError:
            pytest.fail(f"{name}/{this} {row}: {definition['name']} {value}")
    for _, _, _, _, value in cells("day"):
        assert len(value) == 10
        assert bounds(value) == (value, value)


def test_numbers_addresses_and_patterns() -> None:
    """Numbers are decimals in range, addresses are of the web, codes have their form."""
    limits = {"latitude": 90, "longitude": 180}
    for _, _, row, definition, value in cells("number"):
        assert re.fullmatch(r"-?\d+(\.\d+)?", value), row
        assert abs(float(value)) <= limits[definition["name"]], row
    for _, _, row, _, value in cells("url"):
        assert re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", value), row
    for _, _, row, definition, value in cells("text"):
        pattern = definition.get("pattern")
        assert pattern is None or re.fullmatch(pattern, value), row
    for row in table("actors"):
        assert re.fullmatch(r"\d+", row.get("geonames", "0")), row


@pytest.mark.parametrize("name", PACKAGES)
def test_readme_states_the_counts(name: str) -> None:
    """The table of counts in the README says what the files hold."""
    text = (DATA / name / "README.md").read_text("utf-8")
    said = {m[1]: int(m[2]) for m in re.finditer(r"^\| ([a-z]+) \| (\d+) \|", text, re.MULTILINE)}
    assert said == {this: len(content) for this, content in package(name).items()}
    for part in ("Origin", "Licence", "Coverage", "What it does not say", "Deviations"):
        assert re.search(rf"^## {part}", text, re.MULTILINE), part


# --- sense -----------------------------------------------------------------------------------


def test_nothing_leads_in_a_circle() -> None:
    """part_of and derived_from never come back to where they began."""
    for this, key in (("actors", "part_of"), ("practices", "derived_from")):
        parents = {row["id"]: row.get(key, "").split(";") for row in table(this)}
        for start in parents:
            seen: set[str] = set()
            front = {start}
            while front:
                seen |= front
                front = {p for each in front for p in parents.get(each, ()) if p}
                assert start not in front, (this, start)
                front -= seen


def test_places_lie_in_their_country() -> None:
    """Following part_of from a city or region leads to the country of its country code."""
    actors = {row["id"]: row for row in table("actors")}
    for row in actors.values():
        if row["kind"] not in ("city", "district", "region"):
            continue
        top = row
        while "part_of" in top:
            top = actors[top["part_of"]]
        assert top["kind"] in ("member state", "country"), row
        assert top["country"] == row["country"], row
        if row["kind"] == "district":
            assert actors[row["part_of"]]["kind"] == "city", row


def test_member_states() -> None:
    """28 member states with their days of membership; Greece and the United Kingdom as in ISO."""
    states = {row["id"]: row for row in table("actors") if row["kind"] == "member state"}
    for row in states.values():
        assert row["id"] == f"country-{row['country'].lower()}"
        assert row["authority_uri"].endswith(f"/country/{row['iso3']}")
        assert {"name_fi", "name_sv", "member_from", "source"} <= row.keys()
        assert "part_of" not in row
    assert {k: r["member_until"] for k, r in states.items() if "member_until" in r} == {
        "country-gb": "2020-01-31"
    }
    assert states["country-hr"]["member_from"] == "2013-07-01"
    in_2009 = [r for r in states.values() if r["member_from"] <= "2009-01-01"]
    assert len(in_2009) == 27


def test_aliases_lead_to_countries() -> None:
    """Countries are found by their codes and Finnish and Swedish names; no alias is the label."""
    found: dict[str, set[str]] = {}
    for row in package("base")["aliases"]:
        found.setdefault(row["alias"], set()).add(row["thing"])
    for alias, thing in {
        "FI": "country-fi", "FIN": "country-fi", "Suomi": "country-fi", "EL": "country-gr",
        "GR": "country-gr", "UK": "country-gb", "GB": "country-gb", "Finland": None,
        "EU": "eu", "Euroopan unioni": "eu", "Europeiska unionen": "eu", "Ruotsi": "country-se",
    }.items():  # fmt: skip
        assert found.get(alias, set()) == ({thing} if thing else set()), alias
    assert [alias for alias, things in found.items() if len(things) > 1] == []
    names = {row["id"]: row["name"] for _, _, row in rows() if "id" in row and "name" in row}
    for row in table("aliases"):
        assert row["alias"] != names[row["thing"]], row
    for row in package("base")["actors"]:
        if "country" in row:
            assert {row["country"], row["iso3"]} <= {a for a, t in found.items() if row["id"] in t}


def test_organisations() -> None:
    """Country, jurisdiction and role of an organisation follow from what its row says."""
    actors = {row["id"]: row for row in table("actors")}
    roles = {row["actor"]: row["role"] for row in table("roles")}
    iso = {"EL": "GR", "UK": "GB"}
    nuts: dict[str, set[str]] = {}
    for row in table("memberships"):
        if "nuts" in row:
            code = row["nuts"][:2]
            nuts.setdefault(row["actor"], set()).add(iso.get(code, code))
    says_for_whom = {
        "ministry", "national agency", "inter-municipal community", "municipal company",
        "municipal centre", "municipal council", "municipal school",
    }  # fmt: skip
    organisations = [row for row in actors.values() if row["kind"] == "organisation"]
    assert {row["id"] for row in organisations} == roles.keys()
    for row in organisations:
        seat = actors.get(row.get("based_in", ""))
        known = {seat["country"]} if seat and "country" in seat else nuts.get(row["id"], set())
        assert {row["country"]} == known if "country" in row else not known, row
        assert nuts.get(row["id"], known) == known, row
        assert ("acts_for" in row) == (row["kind_as_worded"] in says_for_whom), row
        assert row.get("acts_for", row.get("based_in")) == row.get("based_in"), row
        words = codes()["organisation-role"][roles[row["id"]]]
        assert row["kind_as_worded"].casefold() in {w.casefold() for w in words}, row


def test_network_kinds_fit_their_words() -> None:
    """The code of a network's kind is the one to which its words belong."""
    for row in table("networks"):
        words = codes()["network-kind"][row["kind"]]
        assert row["kind_as_worded"].casefold() in {w.casefold() for w in words}, row


def test_projects_run_networks_of_their_name() -> None:
    """A network has a project if, and only if, acronym and programme are the same."""
    projects = {(r["programme"], r["name"].casefold()): r["id"] for r in table("projects")}
    matched = []
    for row in table("networks"):
        expected = projects.get((row["programme"], row["acronym"].casefold()))
        assert row.get("project") == expected, row
        matched += [expected] if expected else []
    assert len(matched) == len(set(matched)) == 25
    text = (DATA / "urbact-context" / "README.md").read_text("utf-8")
    for row in package("urbact-context")["networks"]:
        assert (f"`{row['id']}`" in text) == ("project" in row), row


def test_transfers_make_sense() -> None:
    """Nobody gives to themselves, no interval is empty, the practice is the network's own."""
    networks = {row["id"]: row for row in table("networks")}
    for row in table("transfers"):
        assert row["giver"] != row["receiver"], row
        assert row["status_as_of"], row
        if "start" in row and "end" in row:
            assert bounds(row["start"])[0] <= bounds(row["end"])[1], row
        if "via" in row:
            assert networks[row["via"]]["practice"] == row["practice"], row


def test_periods_do_not_run_backwards() -> None:
    """Nothing ends before it begins."""
    for name, this, row in rows():
        for first, last in (("start", "end"), ("period_start", "period_end")):
            if first in row and last in row:
                assert bounds(row[first])[0] <= bounds(row[last])[1], (name, this, row)


def test_adaptations() -> None:
    """Only a practice made from another says whether it was adapted, and two say yes."""
    practices = table("practices")
    assert {r["id"] for r in practices if "adapted" in r} == {
        r["id"] for r in practices if "derived_from" in r
    }
    assert {r["id"] for r in practices if r.get("adapted") == "yes"} == {"gp17-20", "pr-fi-yg"}
    assert {r["id"]: r["derived_from"] for r in practices if "derived_from" in r} == {
        "gp17-20": "pr-antirumour",
        "pr-paavo": "pr-housing-first",
        "pr-dk-homeless": "pr-housing-first",
        "pr-fi-yg": "pr-youth-guarantee",
        "pr-fr-yg": "pr-youth-guarantee",
    }


def test_what_is_told_twice_is_linked() -> None:
    """The Council Recommendation, told as adoption and as two transfers, says so on each row."""
    notes = {row["id"]: row.get("note", "") for t in ("transfers", "adoptions") for row in table(t)}
    for here, there in (("a07", "t0247"), ("a07", "t0248"), ("t0247", "a07"), ("t0248", "a07")):
        assert there in notes[here]


# --- nothing is lost -------------------------------------------------------------------------

Value = Callable[[Row], str]


@dataclass(frozen=True)
class Facts:
    """One fact table: where its rows went, and how its columns are called here.

    ``columns`` maps a fact column to ours; ``made`` gives our value where it is not simply
    the fact's; ``others`` says of each remaining column where it went or why it did not.
    """

    name: str
    target: tuple[str, str]
    columns: Mapping[str, str]
    made: Mapping[str, Value] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    only: Callable[[Row], bool] = lambda _: True
    folder: str = "transfers"


NO_MODE: Final = "derived by the compiler from kinds of places; no source states it"
FROM_ID: Final = "follows from the id"
PROGRAMMES: Final = {
    "URBACT I": "pg-urbact1", "URBACT II": "pg-urbact2", "URBACT III": "pg-urbact3",
}  # fmt: skip

TOLD_TWICE: Final = {
    "a07": "transfers t0247 and t0248 tell the same event, each with another origin",
    "t0247": "tells the same event as adoption a07; t0248 names another origin",
    "t0248": "tells the same event as adoption a07; t0247 names another origin",
}

DEVIATIONS: Final[dict[tuple[str, str, str], tuple[str, str]]] = {
    # (fact table, id, our column): (our value, why)
    ("places", "eu", "country"): ("", "the Union is no country; EU is an alias"),
    **{
        ("places", district, "kind"): ("district", "a part of a city, not a city")
        for district in (
            "hu-budapest-ujbuda", "hu-budapest-hegyvidek", "hu-budapest-zuglo", "de-hamburg-altona",
        )
    },
    ("places", "fr-metropole-du-grand-paris", "part_of"): ("country-fr", "it holds the city"),
    ("places", "fr-metropole-europeenne-de-lille", "part_of"): ("country-fr", "it holds the city"),
    ("places", "lt-alytus", "part_of"): ("country-lt", "was empty; the country code is LT"),
    ("places", "fr-morne-a-leau", "geonames"): ("", "GN00 is no GeoNames id"),
    ("networks", "n-hfe", "lead"): ("", "the cited source names no lead"),
    ("practices", "gp17-20", "source"): (
        "s-gourdon-gp;s-rumours-reality", "the second one tells of the descent",
    ),
    ("adoptions", "a07", "note"): (
        "Council Recommendation; " + TOLD_TWICE["a07"], "told twice",
    ),
    ("adoptions", "a13", "note"): ("giver not named", "the rest is the description"),
    ("adoptions", "a14", "note"): ("", "it is the description"),
    ("adoptions", "a15", "note"): ("giver not named", "the rest is the description"),
    ("transfers", "t0247", "note"): (
        "Commission paper traces concept to Nordic Council 1981; " + TOLD_TWICE["t0247"],
        "told twice",
    ),
    ("transfers", "t0248", "note"): (
        "Finland presented as reference; causal link not stated; " + TOLD_TWICE["t0248"],
        "told twice",
    ),
}  # fmt: skip


def facts(name: str, folder: str = "transfers") -> list[Row]:
    with (SHARED / folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def iso_of_members() -> frozenset[str]:
    return frozenset(row["iso2"] for row in facts("member_states", "esf"))


def same_as() -> dict[str, str]:
    """Give the context networks that are networks of transfer-networks too."""
    pairs = facts("context_networks")
    return {row["network_id"]: row["same_as_network"] for row in pairs if row["same_as_network"]}


def kind_of_place(row: Row) -> str:
    is_member = row["kind"] == "country" and row["country_iso2"] in iso_of_members()
    return "member state" if is_member else row["kind"]


def is_base(row: Row) -> bool:
    return row["kind"] in ("country", "supranational")


def project_id(row: Row) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", row["project_acronym"].casefold()).strip("-")
    return f"pj-{slug}"


def network_in_note(row: Row) -> str:
    return row["note"].removeprefix("network ") if row["note"].startswith("network n-") else ""


EVENT_PROGRAMMES: Final = {
    "peer review, social protection and inclusion": "pg-spsi",
    "peer review, mutual learning programme": "pg-mlp",
}
PLACE_COLUMNS: Final = {
    "place_id": "id", "name": "name", "country_iso2": "country", "lat": "latitude",
    "lon": "longitude", "part_of": "part_of", "geonames_id": "geonames",
}  # fmt: skip

FACTS: Final = (
    Facts(
        "places", ("base", "actors"), PLACE_COLUMNS, {"kind": kind_of_place},
        only=is_base, others={"kind": "kind"},
    ),
    Facts(
        "places", ("transfer-networks", "actors"), PLACE_COLUMNS, {"kind": kind_of_place},
        only=lambda row: not is_base(row), others={"kind": "kind"},
    ),
    Facts(
        "member_states", ("base", "actors"),
        {
            "iso2": "country", "iso3": "iso3", "name_en": "name", "name_fi": "name_fi",
            "name_sv": "name_sv", "eu_authority_uri": "authority_uri",
            "accession_date": "member_from", "leaving_date": "member_until", "source_id": "source",
        },
        {"id": lambda row: f"country-{row['iso2'].lower()}", "kind": lambda _: "member state"},
        folder="esf",
    ),
    Facts(
        "sources", ("base", "sources"),
        {
            "source_id": "id", "title": "title", "publisher": "publisher", "year": "year",
            "url": "url", "language": "language", "accessed": "accessed",
        },
        {"note": lambda _: "the year is inferred by the compiler"},
        others={"year_basis": "in the note"},
        only=lambda row: row["source_id"] in ("SRC-EUENL", "SRC-EUILL"), folder="esf",
    ),
    Facts(
        "sources", ("transfer-networks", "sources"),
        {
            "source_id": "id", "title": "title", "publisher": "publisher", "year": "year",
            "url": "url", "language": "language", "accessed": "accessed",
        },
    ),
    Facts(
        "programmes", ("transfer-networks", "programmes"),
        {
            "programme_id": "id", "name": "name", "funder": "fund", "start": "period_start",
            "end": "period_end", "source_id": "source",
        },
    ),
    Facts(
        "organisations", ("transfer-networks", "actors"),
        {
            "organisation_id": "id", "name": "name", "type": "kind_as_worded",
            "place_id": "based_in", "source_id": "source", "url": "url",
        },
        {"kind": lambda _: "organisation"},
    ),
    Facts(
        "aliases", ("transfer-networks", "aliases"),
        {"entity_id": "thing", "alias": "alias", "source_id": "source"},
        others={"entity_type": FROM_ID},
    ),
    Facts(
        "practices", ("transfer-networks", "practices"),
        {
            "practice_id": "id", "name": "name", "origin_place": "origin",
            "origin_year": "origin_date", "source_id": "source", "derived_from": "derived_from",
            "label": "recognition",
        },
        {"theme": lambda row: row["theme"].lower()},
        others={
            "theme": "theme, in lower case",
            "description": "rewritten, see test_descriptions_are_our_own",
        },
    ),
    Facts(
        "networks", ("transfer-networks", "networks"),
        {
            "network_id": "id", "acronym": "acronym", "name": "name", "programme": "programme",
            "start": "start", "end": "end", "lead_place": "lead", "practice_id": "practice",
            "source_id": "source", "kind": "kind_as_worded",
        },
    ),
    Facts(
        "memberships", ("transfer-networks", "memberships"),
        {
            "network_id": "network", "place_id": "actor", "role": "role", "phase": "phase",
            "start": "start", "end": "end", "source_id": "source", "note": "note",
        },
    ),
    Facts(
        "organisation_memberships", ("transfer-networks", "memberships"),
        {
            "organisation_id": "actor", "role": "role", "town": "place_as_worded",
            "nuts3": "nuts", "source_id": "source",
        },
        {"network": project_id},
        others={"programme": "that of the project", "project_acronym": "name of the project"},
    ),
    Facts(
        "organisation_memberships", ("transfer-networks", "projects"),
        {"project_acronym": "name", "source_id": "source"},
        {"id": project_id, "programme": lambda row: PROGRAMMES[row["programme"]]},
        others=dict.fromkeys(
            ("organisation_id", "programme", "role", "town", "nuts3"), "with the membership"
        ),
    ),
    Facts(
        "events", ("transfer-networks", "events"),
        {
            "event_id": "id", "kind": "kind_as_worded", "date": "start", "end_date": "end",
            "host": "host", "city": "place", "topic": "name", "practice_id": "practice",
            "source_id": "source",
        },
        {
            "kind": lambda row: "peer review" if row["kind"].startswith("peer") else "meeting",
            "programme": lambda row: EVENT_PROGRAMMES.get(row["kind"], ""),
            "network": network_in_note,
            "note": lambda row: "" if network_in_note(row) else row["note"],
        },
        others={"note": "note, or network"},
    ),
    Facts(
        "event_participants", ("transfer-networks", "participations"),
        {
            "event_id": "event", "participant_id": "actor", "role": "role",
            "source_id": "source",
        },
        others={"participant_type": FROM_ID},
    ),
    Facts(
        "transfers", ("transfer-networks", "transfers"),
        {
            "transfer_id": "id", "practice_id": "practice", "from_place": "giver",
            "to_place": "receiver", "start": "start", "end": "end", "via_network": "via",
            "adapted": "adapted", "source_id": "source", "certainty": "certainty",
            "status_as_of": "status_as_of", "note": "note",
        },
        {"status": lambda row: row["status"].replace("_", " ")},
        others={"status": "status, spaces for underscores", "mode_derived": NO_MODE},
    ),
    Facts(
        "adoptions", ("transfer-networks", "adoptions"),
        {
            "adoption_id": "id", "practice_id": "practice", "place_id": "actor", "year": "date",
            "via": "via", "status": "status", "source_id": "source", "certainty": "certainty",
            "note": "note",
        },
    ),
    Facts(
        "conflicts", ("transfer-networks", "discrepancies"),
        {
            "entity_id": "thing", "field": "field", "value_a": "value_a", "source_a": "source_a",
            "value_b": "value_b", "source_b": "source_b", "comment": "note",
        },
    ),
    Facts(
        "context_networks", ("urbact-context", "networks"),
        {
            "network_id": "id", "acronym": "acronym", "type": "kind_as_worded", "start": "start",
            "end": "end", "lead_place": "lead", "source_id": "source",
        },
        {
            "name": lambda row: row["acronym"],
            "programme": lambda row: PROGRAMMES[row["programme"]],
        },
        others={
            "programme": "programme, as an id", "n_places": "the number of members",
            "same_as_network": "marks the rows that stand in transfer-networks",
        },
        only=lambda row: not row["same_as_network"],
    ),
    Facts(
        "context_memberships", ("urbact-context", "memberships"),
        {
            "network_id": "network", "place_id": "actor", "role": "role",
            "source_id": "source",
        },
        only=lambda row: row["network_id"] not in same_as(),
    ),
)  # fmt: skip


def expected_row(table_of_facts: Facts, fact: Row) -> tuple[Row, set[tuple[str, str, str]]]:
    """Give our cells for a fact row, and which deviations were used for them."""
    ours = {mine: fact[theirs] for theirs, mine in table_of_facts.columns.items()}
    ours |= {mine: make(fact) for mine, make in table_of_facts.made.items()}
    used = set()
    for mine in list(ours):
        deviation = (table_of_facts.name, ours.get("id", ""), mine)
        if deviation in DEVIATIONS and table_of_facts.folder == "transfers":
            assert ours[mine] != DEVIATIONS[deviation][0], f"{deviation} is no deviation"
            ours[mine] = DEVIATIONS[deviation][0]
            used.add(deviation)
    return ours, used


@needs_facts
def test_every_fact_is_carried_over() -> None:
    """Each row of the fact tables is found by its key with equal values, or named above."""
    used: set[tuple[str, str, str]] = set()
    wrong = []
    for source in FACTS:
        name, this = source.target
        ours = {key_of(this, row): row for row in package(name)[this]}
        for fact in facts(source.name, source.folder):
            assert set(fact) == {*source.columns, *source.others}, source.name
            if not source.only(fact):
                continue
            expected, deviations = expected_row(source, fact)
            used |= deviations
            found = ours.get(key_of(this, {k: v for k, v in expected.items() if v}))
            if found is None:
                wrong.append(f"{source.name}: no row for {fact}")
                continue
            for mine, value in expected.items():
                if found.get(mine, "") != value:
                    wrong.append(f"{source.name} {fact}: {mine} is {found.get(mine)!r}")
    assert wrong == []
    assert used == set(DEVIATIONS)


@needs_facts
def test_nothing_is_added() -> None:
    """Each row comes from a fact row, but for roles and for names of countries in base."""
    added_by_us = {("base", "aliases"), ("transfer-networks", "roles")}
    known: dict[tuple[str, str], set[tuple[str, ...]]] = {}
    for source in FACTS:
        for fact in facts(source.name, source.folder):
            if source.only(fact):
                expected, _ = expected_row(source, fact)
                key = key_of(source.target[1], {k: v for k, v in expected.items() if v})
                known.setdefault(source.target, set()).add(key)
    for name, this, row in rows():
        if (name, this) not in added_by_us:
            assert key_of(this, row) in known[name, this], (name, this, row)


@needs_facts
def test_order_is_that_of_the_facts() -> None:
    """Rows stand in the order of the fact tables, one fact table after the other."""
    order: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for source in FACTS:
        if source.name == "member_states":
            continue
        for fact in facts(source.name, source.folder):
            if source.only(fact):
                expected, _ = expected_row(source, fact)
                key = key_of(source.target[1], {k: v for k, v in expected.items() if v})
                order.setdefault(source.target, []).append(key)
    for (name, this), keys in order.items():
        assert [key_of(this, row) for row in package(name)[this]] == list(dict.fromkeys(keys)), this


@needs_facts
def test_networks_not_loaded_twice() -> None:
    """The 30 context networks left out, and their 189 members, stand in transfer-networks."""
    networks = {row["id"]: row for row in package("transfer-networks")["networks"]}
    twins = same_as()
    assert len(twins) == 30
    members = {(r["network"], r["actor"], r["role"]) for r in table("memberships")}
    roles = {"lead": "giver", "partner": "receiver"}
    left_out = [m for m in facts("context_memberships") if m["network_id"] in twins]
    assert len(left_out) == 189
    for row in left_out:
        assert (twins[row["network_id"]], row["place_id"], roles[row["role"]]) in members, row
    size = Counter(row["network_id"] for row in facts("context_memberships"))
    for row in facts("context_networks"):
        assert size[row["network_id"]] == int(row["n_places"]), row
        if row["same_as_network"]:
            twin = networks[row["same_as_network"]]
            assert twin["programme"] == PROGRAMMES[row["programme"]], row
            assert (twin["lead"], twin["acronym"]) == (row["lead_place"], row["acronym"]), row


@needs_facts
def test_descriptions_are_our_own() -> None:
    """Descriptions of practices list the source's tags or are written anew."""
    ours = {row["id"]: row["description"] for row in table("practices")}
    for fact in facts("practices"):
        text = ours[fact["practice_id"]]
        tagged = re.fullmatch(r"Labelled 2017 .+; tagged (.+)\.", fact["description"])
        if tagged:
            assert text == f"Tagged in the source: {tagged[1]}."
        else:
            assert text != fact["description"]
            assert 5 < len(text.split()) < 25, text


@needs_facts
def test_adoptions_without_a_practice_are_described() -> None:
    """What the note told of the practice is the description; together nothing is lost."""
    ours = {row["id"]: row for row in table("adoptions")}
    described = [row["id"] for row in ours.values() if "description" in row]
    assert described == ["a13", "a14", "a15"]
    for fact in facts("adoptions"):
        if fact["adoption_id"] in described:
            row = ours[fact["adoption_id"]]
            told = [row["description"], *([row["note"]] if "note" in row else [])]
            assert ", ".join(told) == fact["note"]
            assert "practice" not in row
