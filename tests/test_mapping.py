"""A mapping.toml makes our tables of any other, and every mistake in it is told with its key."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from kvgraph import resources
from kvgraph.errors import Fault, FaultyInputError, KvgraphError
from kvgraph.model import Moment
from kvgraph.readers import (
    Intake,
    check_references,
    open_inputs,
    package_of,
    read_mapping,
    read_package,
    take_in,
)

EXAMPLE: Final = Path(__file__).parent / "cases" / "mapping" / "urbact"


def _plain(values: Any) -> dict[str, Any]:
    return {n: v.worded if isinstance(v, Moment) else v for n, v in values.items()}


def _take(mapping: Path, *tables: Path) -> Intake:
    return take_in(read_mapping(mapping, "mapping.toml"), open_inputs(list(tables)).sheets)


def _rows(intake: Intake, table: str) -> list[dict[str, Any]]:
    return [_plain(r.values) for r in intake.records if r.table == table]


# ---------------------------------------------------------------------------------------------
# The worked example
# ---------------------------------------------------------------------------------------------


def test_the_worked_example_becomes_what_a_person_would_write() -> None:
    """Networks and cities in the shape of URBACT's lists, one column a phase; rows made up."""
    intake = _take(EXAMPLE / "mapping.toml", EXAMPLE / "networks.csv", EXAMPLE / "members.csv")
    assert list(intake.faults) == []
    assert {n: (t.rows, t.read, t.merged) for n, t in intake.tallies.items()} == {
        "networks": (2, 2, 0),
        "members": (5, 5, 0),
    }
    assert intake.left_out == {}
    source = ("s-networks",)
    assert _rows(intake, "networks") == [
        {
            "id": "n-lanterns", "name": "Lanterns for safer streets", "acronym": "Lanterns",
            "programme": ("pg-urbact-made-up",), "theme": ("urban safety", "lighting"),
            "start": "2018-04-04", "end": "2021-06-04", "lead": ("fi-northtown",),
            "source": source,
        },
        {
            "id": "n-orchards", "name": "Orchards on vacant lots", "acronym": "Orchards",
            "programme": ("pg-urbact-made-up",), "theme": ("food",), "start": "2019-03",
            "lead": ("gr-westhaven",), "source": source,
        },
    ]  # fmt: skip
    assert [(a["id"], a["kind"], a["country"]) for a in _rows(intake, "actors")] == [
        ("fi-northtown", "city", "FI"),
        ("gr-westhaven", "city", "GR"),
        ("se-southbridge", "city", "SE"),
        ("ie-eastford", "city", "IE"),
    ]
    assert [(m["actor"][0], m["phase"], m["role"]) for m in _rows(intake, "memberships")] == [
        ("fi-northtown", "1", "lead"),
        ("fi-northtown", "2", "giver"),
        ("se-southbridge", "1", "partner"),
        ("se-southbridge", "2", "receiver"),
        ("ie-eastford", "2", "receiver"),
        ("gr-westhaven", "1", "lead"),
        ("fi-northtown", "1", "partner"),
    ]
    assert [p["id"] for p in _rows(intake, "practices")] == ["pr-lanterns"]
    assert [(t["receiver"], t["status"]) for t in _rows(intake, "transfers")] == [
        (("se-southbridge",), "adopted"),
        (("ie-eastford",), "outcome unknown"),
    ]


def test_the_worked_example_makes_a_package_that_is_marked_as_synthetic() -> None:
    """Its references hold, and nobody takes it for a fact."""
    reader = read_mapping(EXAMPLE / "mapping.toml")
    sheets = open_inputs([EXAMPLE / "networks.csv", EXAMPLE / "members.csv"]).sheets
    assert reader.recognise(sheets)
    intake = take_in(reader, sheets)
    package = package_of(reader.about, "example", intake)
    assert package.synthetic
    assert package.title == {"en": "Networks of cities (made up)"}
    base, _ = read_package(resources.folder("data") / "base")
    assert check_references([base, package], intake.refused) == []


# ---------------------------------------------------------------------------------------------
# What a mapping can say
# ---------------------------------------------------------------------------------------------

TABLE: Final = """
[[table]]
from = "x"
[[table.gives]]
table = "actors"
{rest}
"""


def _made(folder: Path, csv: str, toml: str) -> Intake:
    (folder / "x.csv").write_text(csv, "utf-8")
    (folder / "mapping.toml").write_text(toml, "utf-8")
    return _take(folder / "mapping.toml", folder / "x.csv")


def _actors(folder: Path, csv: str, columns: str, before: str = "") -> Intake:
    """Take in a table whose rows give actors."""
    rest = f'{before}\n[table.gives.columns]\nkind = "city"\n{columns}'
    return _made(folder, csv, TABLE.format(rest=rest))


def test_templates_hold_cells_constants_and_filters(tmp_path: Path) -> None:
    """Where a cell of a template is empty the whole of it is, so that no id is half made."""
    intake = _actors(
        tmp_path,
        "Town,Land,Since\nÅbo / Turku,Suomi,1/2/1990\nOulu,FI,N.a.\n",
        'id = "{Land|country|lower}-{Town|slug}"\nname = "{Town}"\ncountry = "{Land|country}"\n'
        'note = "since {Since|day} {{sic}}"\n',
    )
    assert list(intake.faults) == []
    assert _rows(intake, "actors") == [
        {
            "id": "fi-abo-turku", "name": "Åbo / Turku", "kind": "city", "country": "FI",
            "note": "since 1990-02-01 {sic}",
        },
        {"id": "fi-oulu", "name": "Oulu", "kind": "city", "country": "FI"},
    ]  # fmt: skip


def test_one_cell_can_give_several_rows(tmp_path: Path) -> None:
    """``each`` goes through the parts of a column, and ``when`` chooses among the rows."""
    intake = _actors(
        tmp_path,
        "Towns,Kind\nOulu | Turku,yes\nKemi,no\n,yes\nOulu,Yes\n",
        'id = "{Towns|slug}"\nname = "{Towns}"\n',
        'each = "Towns"\nparted_by = "|"\nwhen = { Kind = ["yes", "perhaps"] }',
    )
    assert [a["id"] for a in _rows(intake, "actors")] == ["oulu", "turku"]
    # The second row is not chosen, the third names no town, the fourth gives nothing new.
    tally = intake.tallies["x"]
    assert (tally.rows, tally.read, tally.merged, tally.refused) == (4, 1, 3, 0)


def test_what_the_mapping_does_not_use_is_said(tmp_path: Path) -> None:
    """Columns and tables without a place are named, not dropped silently."""
    (tmp_path / "other.csv").write_text("a\n1\n", "utf-8")
    (tmp_path / "x.csv").write_text("Town,Mayor,When\nOulu,N. N.,2000\n", "utf-8")
    rest = 'columns = { id = "{Town|slug}", name = "{Town}", kind = "city" }'
    (tmp_path / "mapping.toml").write_text(TABLE.format(rest=rest), "utf-8")
    intake = _take(tmp_path / "mapping.toml", tmp_path / "x.csv", tmp_path / "other.csv")
    assert intake.left_out == {"x": ["Mayor", "When"], "other": ["*"]}


def test_a_table_can_be_told_by_its_headers(tmp_path: Path) -> None:
    """The name of a file may change from one download to the next."""
    toml = TABLE.format(
        rest='columns = { id = "{Town|slug}", name = "{Town}", kind = "city" }'
    ).replace('from = "x"', 'headers = ["town", "LAND"]')
    intake = _made(tmp_path, "Town,Land\nOulu,FI\n", toml)
    assert [a["id"] for a in _rows(intake, "actors")] == ["oulu"]


def test_a_thing_given_twice_is_a_fault_if_the_mapping_says_so(tmp_path: Path) -> None:
    """``repeats = false`` is for tables in which each row is a thing of its own."""
    columns = 'id = "{Town|slug}"\nname = "{Town}"\n'
    rest = f'[table.gives.columns]\nkind = "city"\n{columns}'
    toml = "repeats = false\n" + TABLE.format(rest=rest)
    intake = _made(tmp_path, "Town\nOulu\nOULU\n", toml)
    assert [str(f).split("\n")[0].partition("x.csv:")[2] for f in intake.faults] == [
        '3: id "oulu" stands already in row 2'
    ]
    assert list(_actors(tmp_path, "Town\nOulu\nOULU\n", columns).faults) == []


ROW_FAULTS: Final = {
    # name: cell, column of the mapping -> value, problem, hint
    "a value that the map has not": (
        "leader",
        'level = { value = "{A}", map = { "Lead er" = "local", b = "regional" } }',
        ("leader", "is not in table[1].gives[1].columns.level.map", "Is it lead er? Add it there."),
    ),
    "a day of another form": (
        "31.12.2020",
        'member_from = { value = "{A}", date = "DD/MM/YYYY" }',
        ("31.12.2020", "is not a date of the form DD/MM/YYYY", "Mend it, or table[1].gives[1]"),
    ),
    "a day that is not there": (
        "31/02/2020",
        'member_from = { value = "{A}", date = "DD/MM/YYYY" }',
        ("2020-02-31", "is not a date of the form DD/MM/YYYY", "Mend it"),
    ),
    "no country": ("Atlantis", 'country = "{A|country}"', ("Atlantis", "is not a country", "code")),
    "no day": ("spring", 'note = "{A|day}"', ("spring", "is not a day", "2019-07-01")),
    "what a row check finds": ("x", 'latitude = "{A}"', ("x", "is not a number", "41.39")),
}


@pytest.mark.parametrize("name", ROW_FAULTS)
def test_a_cell_of_which_nothing_can_be_made_is_a_fault_of_its_row(
    name: str, tmp_path: Path
) -> None:
    """With file, row, column, value and hint; the other rows are read."""
    cell, column, (value, problem, hint) = ROW_FAULTS[name]
    csv = f"Town,A\nOulu,{cell}\nKemi,\n"
    intake = _actors(tmp_path, csv, f'id = "{{Town|slug}}"\nname = "{{Town}}"\n{column}\n')
    (fault,) = intake.faults
    assert (Path(fault.file).name, fault.row, fault.value) == ("x.csv", 2, value)
    assert fault.problem.startswith(problem)
    assert hint in fault.hint
    assert fault.column in ("A", "latitude")
    assert [a["id"] for a in _rows(intake, "actors")] == ["kemi"]
    assert intake.tallies["x"].refused == 1


def test_maps_have_words_for_the_rest_and_for_nothing(tmp_path: Path) -> None:
    """Case and spaces of a value do not matter; several values are mapped one by one."""
    intake = _actors(
        tmp_path,
        "Town,Level\nOulu,CITY  council\nKemi,county\nTurku,\n",
        'id = "{Town|slug}"\nname = "{Town}"\n'
        'level = { value = "{Level}", map = { "City council" = "local" }, '
        'otherwise = "regional", empty = "national" }\n',
    )
    assert [a["level"] for a in _rows(intake, "actors")] == ["local", "regional", "national"]


# ---------------------------------------------------------------------------------------------
# Mistakes
# ---------------------------------------------------------------------------------------------

GOOD: Final = 'columns = { id = "{Town}", name = "{Town}", kind = "city" }'


def _columns(more: str) -> str:
    return TABLE.format(rest=GOOD[:-2] + f", {more} }}")


MISTAKES: Final[dict[str, tuple[str, str, str, str]]] = {
    # name: mapping -> key, problem, a part of the hint
    "no toml": ("[[table]\n", "", "is no toml", "_mapping.py"),
    "nothing": ("", "table", "is missing", "[[table]]"),
    "a key that is none": (
        TABLE.format(rest=GOOD) + "[abuot]\n",
        "abuot",
        "is not a key here",
        "about",
    ),
    "a key of a package that is none": (
        TABLE.format(rest=GOOD) + '[about]\nlicense = "CC0"\n',
        "about.license",
        "is not a key of package.toml",
        "Is it licence?",
    ),
    "about is a text": (
        'about = "x"\n' + TABLE.format(rest=GOOD),
        "about",
        "is no table",
        "[about]",
    ),
    "repeats is a text": (
        'repeats = "no"\n' + TABLE.format(rest=GOOD),
        "repeats",
        "is not as expected",
        "true or false",
    ),
    "a table of nothing": (
        "[[table]]\n[[table.gives]]\ntable = 'actors'\n" + GOOD,
        "table[1]",
        "has neither from nor headers",
        "from =",
    ),
    "a table that gives nothing": (
        "[[table]]\nfrom = 'x'\n",
        "table[1].gives",
        "is missing",
        "[[table.gives]]",
    ),
    "a table of ours misspelt": (
        TABLE.format(rest=GOOD).replace("actors", "actor"),
        "table[1].gives[1].table",
        "is not a table of ours",
        "Is it actors?",
    ),
    "no table of ours": (
        TABLE.format(rest=GOOD).replace('table = "actors"', ""),
        "table[1].gives[1].table",
        "is missing",
        "Known here: sources",
    ),
    "no columns": (
        TABLE.format(rest=""),
        "table[1].gives[1].columns",
        "is missing",
        "[table.gives.columns]",
    ),
    "a column misspelt": (
        _columns('cuontry = "FI"'),
        "table[1].gives[1].columns.cuontry",
        "is not a column of actors",
        "Is it country?",
    ),
    "a required column missing": (
        TABLE.format(rest='columns = { id = "{Town}", kind = "city" }'),
        "table[1].gives[1].columns",
        "has no name",
        "actors needs: id, name, kind.",
    ),
    "neither of two": (
        TABLE.format(rest='columns = { actor = "{Town}" }').replace("actors", "adoptions"),
        "table[1].gives[1].columns",
        "has no practice or description",
        "Give one",
    ),
    "a code that is none": (
        _columns('level = "locla"'),
        "table[1].gives[1].columns.level",
        "is not a code of level",
        "local",
    ),
    "a code that is none, in a map": (
        _columns('level = { value = "{L}", map = { a = "locla" } }'),
        "table[1].gives[1].columns.level",
        "is not a code of level",
        "Is it local?",
    ),
    "a brace left open": (
        _columns('note = "{Town"'),
        "table[1].gives[1].columns.note",
        "has a brace without",
        "twice",
    ),
    "an empty name": (
        _columns('note = "{}"'),
        "table[1].gives[1].columns.note",
        "names no column",
        "{City}",
    ),
    "a filter that is none": (
        _columns('note = "{Town|slog}"'),
        "table[1].gives[1].columns.note",
        "has the unknown filter |slog",
        "Is it slug?",
    ),
    "a number for a template": (
        _columns("note = 7"),
        "table[1].gives[1].columns.note",
        "is no template",
        "value",
    ),
    "a key of a value that is none": (
        _columns('note = { value = "{Town}", mpa = {} }'),
        "table[1].gives[1].columns.note.mpa",
        "is not a key here",
        "Is it map?",
    ),
    "otherwise without a map": (
        _columns('note = { value = "{Town}", otherwise = "x" }'),
        "table[1].gives[1].columns.note.otherwise",
        "stands without a map",
        "map",
    ),
    "no form of a day": (
        _columns('note = { value = "{Town}", date = "DD/YYYY" }'),
        "table[1].gives[1].columns.note.date",
        "is no form of a day",
        "DD/MM/YYYY",
    ),
    "when is a number": (
        TABLE.format(rest="when = 1\n" + GOOD),
        "table[1].gives[1].when",
        "is not as expected",
        "City",
    ),
    "each is a number": (
        TABLE.format(rest="each = 1\n" + GOOD),
        "table[1].gives[1].each",
        "is no text",
        "text",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_mapping_is_told_with_its_key(name: str, tmp_path: Path) -> None:
    """Before any row is read, and with what was meant where that can be guessed."""
    toml, key, problem, hint = MISTAKES[name]
    path = tmp_path / "m.toml"
    path.write_text(toml, "utf-8")
    with pytest.raises(FaultyInputError) as caught:
        read_mapping(path, "m.toml")
    found = [f for f in caught.value.faults if f.column == key and f.problem.startswith(problem)]
    assert len(found) == 1, caught.value.faults
    assert found[0].file == "m.toml"
    assert hint in found[0].hint


def test_all_mistakes_are_told_together(tmp_path: Path) -> None:
    """One run, one list."""
    path = tmp_path / "m.toml"
    path.write_text(_columns('cuontry = "FI", level = "locla"').replace('"{Town}"', '"{Town"', 1))
    with pytest.raises(FaultyInputError) as caught:
        read_mapping(path)
    assert len(caught.value.faults) == 3


def test_a_line_that_is_no_toml_is_told_by_its_number(tmp_path: Path) -> None:
    """The file is a person's work: the line helps."""
    path = tmp_path / "m.toml"
    path.write_text('repeats = true\n\nx = "a\n', "utf-8")
    with pytest.raises(FaultyInputError) as caught:
        read_mapping(path)
    assert caught.value.faults[0].row == 3
    with pytest.raises(KvgraphError, match="cannot be read: No such file"):
        read_mapping(tmp_path / "missing.toml")


def _told(fault: Fault) -> tuple[str, str, str, str]:
    return fault.file, fault.column, fault.value, fault.problem


def test_a_column_that_the_table_has_not_is_a_fault_of_the_mapping(tmp_path: Path) -> None:
    """It is told once, with the key that names it and what it may be, and no row is read."""
    intake = _actors(
        tmp_path, "Town,Land\nOulu,FI\n",
        'id = "{Twon|slug}"\nname = "{Town}"\ncountry = "{Twon}"\n', 'when = "Landd"',
    )  # fmt: skip
    unknown = f"names no column of {tmp_path}/x.csv"
    assert [_told(f) for f in intake.faults] == [
        ("mapping.toml", "table[1].gives[1].columns.id", "Twon", unknown),
        ("mapping.toml", "table[1].gives[1].when", "Landd", unknown),
    ]
    assert intake.faults[0].hint == "Is it Town? Known here: Town, Land."
    assert list(intake.records) == []
    assert intake.tallies["x"].rows == 0


def test_a_table_that_was_not_handed_over_is_a_fault(tmp_path: Path) -> None:
    """What names its rows is not at fault as well."""
    toml = TABLE.format(rest=GOOD).replace('from = "x"', 'from = "xx"')
    intake = _made(tmp_path, "Town\nOulu\n", toml)
    assert [_told(f) for f in intake.faults] == [
        ("mapping.toml", "table[1].from", "xx", "fits no table that was handed over")
    ]
    assert intake.faults[0].hint == "Is it x? Handed over are: x."
    assert ("actors", None) in intake.refused
    assert intake.left_out == {"x": ["*"]}
