"""A plain csv of dated edges is read as R and Gephi write it, and faults are told by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvgraph.analysis.paths import paths, why_not
from kvgraph.analysis.reach import Question, reach
from kvgraph.errors import FaultyInputError, KvgraphError
from kvgraph.flows import HIGH, LOW, from_edges, moments
from kvgraph.readers import EdgeTable, read_edges
from random_worlds import looked_at

Read = Callable[..., EdgeTable]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Give a function that reads a text or bytes as an edge table."""

    def function(text: str | bytes, **options: Any) -> EdgeTable:
        path = tmp_path / "edges.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_edges(path, **options)

    return function


def faults(read: Read, text: str | bytes, **options: Any) -> list[str]:
    """Give the faults of a text, each with its place, the path of the file left out."""
    with pytest.raises(FaultyInputError) as caught:
        read(text, **options)
    for fault in caught.value.faults:
        assert fault.hint, fault
        assert fault.file.endswith("edges.csv")
    return [str(f).partition("edges.csv")[2].partition("\n")[0] for f in caught.value.faults]


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


# --- columns --------------------------------------------------------------------------------

GIVERS = ("giver", "source", "from", "ego", "sender", "a")
RECEIVERS = ("receiver", "target", "to", "alter", "b")


@pytest.mark.parametrize("giver", GIVERS)
@pytest.mark.parametrize("receiver", RECEIVERS)
def test_giver_and_receiver_go_by_many_names(read: Read, giver: str, receiver: str) -> None:
    """In any place and any case; nothing has to be said about them."""
    table = read(f"x,{receiver.upper()},{giver}\n1,two,one\n")
    assert (table.giver, table.receiver, table.said) == (("one",), ("two",), ())


@pytest.mark.parametrize("start", ["start", "lo", "time", "date_lo", "Start"])
@pytest.mark.parametrize("end", ["end", "hi", "date_hi"])
def test_start_and_end_go_by_many_names(read: Read, start: str, end: str) -> None:
    """As igraph, netdiffuseR and others write them."""
    table = read(f"giver,receiver,{end},{start}\nu,v,7,3\n")
    assert (table.lo, table.hi, table.numeric) == ((3,), (7,), True)


def test_the_other_columns(read: Read) -> None:
    """A practice, a weight and an id of its own; whatever else stands there is passed over."""
    table = read("giver,receiver,practice,weight,id,colour\nu,v,kitchen,.5,e1,red\n")
    assert (table.practice, table.ids) == (("kitchen",), ("e1",))


def test_without_an_id_a_row_goes_by_its_line(read: Read) -> None:
    """The line in the file, the header being the first, so that a row can be found again."""
    assert read("giver,receiver\nu,v\n\nv,w\n").ids == ("2", "4")


def test_a_row_without_an_id_does_not_take_that_of_another(read: Read) -> None:
    """In a table with ids an empty one is told by its line, in words."""
    assert read("giver,receiver,id\nu,v,\nv,w,2\n").ids == ("row 2", "2")


def test_the_first_two_columns_are_taken_and_that_is_said(read: Read) -> None:
    """Where no header is known."""
    table = read("who,whom,when\nu,v,3\n")
    assert (table.giver, table.receiver) == (("u",), ("v",))
    assert len(table.said) == 1
    assert '"who"' in table.said[0]
    assert '"whom"' in table.said[0]
    assert (table.lo, table.hi) == ((None,), (None,))


def test_headers_can_be_named(read: Read) -> None:
    """``--columns`` goes before what would be guessed."""
    columns = {"giver": "Ego_ID", "receiver": "target", "start": "year", "practice": "topic"}
    table = read("source,target,ego_id,year,topic\nno,v,u,2001,x\n", columns=columns, time="number")
    assert (table.giver, table.receiver, table.practice) == (("u",), ("v",), ("x",))
    assert table.lo == (2001,)
    assert table.said == ()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"giver": "nobody"}, 'has no column "nobody"'),
        ({"given": "source"}, '"given" is not a column of an edge table'),
    ],
)
def test_a_column_that_is_not_there_is_an_error(
    read: Read, columns: Mapping[str, str], message: str
) -> None:
    """It says which there are."""
    with pytest.raises(KvgraphError, match=message) as caught:
        read("source,target\nu,v\n", columns=columns)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["giver,x\nu,v\n", "x,receiver\nu,v\n", "one\nu\n"])
def test_half_a_pair_is_not_guessed_at(read: Read, text: str) -> None:
    """A table that names its giver and no receiver is asked about, not completed."""
    with pytest.raises(KvgraphError, match="has no column for the"):
        read(text)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_quotes_and_marks(read: Read, delimiter: str) -> None:
    """Comma, semicolon or tab; a byte order mark, and line breaks inside quotes."""
    row = delimiter.join(('"u\n1"', '"v, w; x"', "3"))
    table = read(b"\xef\xbb\xbf" + f"giver{delimiter}receiver{delimiter}time\r\n{row}\r\n".encode())
    assert (table.giver, table.receiver, table.lo) == (("u\n1",), ("v, w; x",), (3,))


# --- times ----------------------------------------------------------------------------------


def test_plain_numbers_are_numbers(read: Read) -> None:
    """If every filled cell of the time columns is one; a blank one does not matter."""
    table = read("giver,receiver,start,end\nu,v,-3,4\nv,w,,2018\n")
    assert table.numeric
    assert (table.lo, table.hi, table.scale) == ((-3, None), (4, 2018), 1)


def test_one_date_makes_all_of_them_dates(read: Read) -> None:
    """2018 is then a year, and its start is not its end."""
    table = read("giver,receiver,start,end\nu,v,2018,2018\nv,w,2018-05,\n")
    assert not table.numeric
    assert table.lo == (day("2018-01-01"), day("2018-05-01"))
    assert table.hi == (day("2018-12-31"), None)


@pytest.mark.parametrize("odd", ["1e5", "1_000", "0x10", "nan", "inf", "٣", "1,5", "--3"])
def test_what_only_a_programmer_would_call_a_number_is_none(read: Read, odd: str) -> None:
    """So it is no date either, and a fault."""
    (fault,) = faults(read, f'giver,receiver,time\nu,v,"{odd}"\n')
    assert fault == f':2: start "{odd}" is not a date'


def test_the_user_decides_where_both_will_do(read: Read) -> None:
    """``--time date`` makes years of numbers, ``--time number`` refuses dates."""
    text = "giver,receiver,time\nu,v,2018\n"
    assert read(text).lo == (2018,)
    dated = read(text, time="date")
    assert (dated.lo, dated.hi) == ((day("2018-01-01"),), (day("2018-12-31"),))
    assert faults(read, "giver,receiver,time\nu,v,2018-05\n", time="number") == [
        ':2: start "2018-05" is not a number'
    ]


def test_decimals_are_exact(read: Read) -> None:
    """A tenth and two tenths are three tenths; answers are the numbers of the table."""
    table = read("giver,receiver,start,end\nu,v,.1,0.3\nv,w,0.30,1.50\nw,x,2,+7.\n")
    assert table.scale == 10
    assert table.lo == (1, 3, 20)
    assert table.hi == (3, 15, 70)
    flows = moments(from_edges(table))
    rows = {r["actor"]: r for r in reach(flows, Question(source="u")).records()}
    assert rows["w"]["reach"] == "certain"
    assert [rows[a]["worst_arrival"] for a in "vwx"] == [0.3, 1.5, 7]
    strict = reach(flows, Question(source="u", strict=True)).records()
    # A tick of the table's own resolution stands for a day: 0.3 + 0.1 at the earliest.
    assert {r["actor"]: (r["reach"], r["best_arrival"]) for r in strict} == {
        "v": ("certain", 0.1),
        "w": ("possible", 0.3),
        "x": ("possible", 2),
    }


@looked_at(100)
@given(st.lists(st.decimals(-(10**6), 10**6, places=6), min_size=1, max_size=8))
def test_numbers_keep_their_order_and_value(tmp_path: Path, times: list[Decimal]) -> None:
    """Whatever their decimals, each is the scaled whole number that it stands for."""
    path = tmp_path / "many.csv"
    rows = "".join(f"u{i},v{i},{t:f}\n" for i, t in enumerate(times))
    path.write_text("giver,receiver,time\n" + rows, "utf-8")
    table = read_edges(path)
    assert table.numeric
    for number, lo, hi in zip(times, table.lo, table.hi, strict=True):
        assert lo == hi == number * table.scale
    assert table.scale in [10**n for n in range(7)]
    # The least scale: a tenth of it would not do for all.
    assert table.scale == 1 or any(t * table.scale / 10 % 1 for t in times)


def test_many_decimals_are_still_exact(read: Read) -> None:
    """As R writes a double."""
    table = read("giver,receiver,time\nu,v,17.123456789012345\nv,w,17.123456789012346\n")
    assert table.numeric
    assert table.lo == (17123456789012345, 17123456789012346)


def test_a_time_too_large_to_tell_from_an_open_one_is_a_fault(read: Read) -> None:
    """Rather than be taken for the end of time."""
    (fault,) = faults(read, "giver,receiver,time\nu,v,99999999999999999999\n")
    assert "is too large a time" in fault


def test_without_an_end_column_a_moment_is_its_start_cell_alone(read: Read) -> None:
    """A year is then the whole of that year, a number that number."""
    assert read("giver,receiver,time\nu,v,5\n").hi == (5,)
    dated = read("giver,receiver,time\nu,v,2018\nv,w,2018-04/2019\n", time="date")
    assert dated.lo == (day("2018-01-01"), day("2018-04-01"))
    assert dated.hi == (day("2018-12-31"), day("2019-12-31"))


def test_with_an_end_column_a_blank_end_is_open(read: Read) -> None:
    """And a blank start too; so is what EDTF calls open."""
    table = read("giver,receiver,start,end\nu,v,5,\nv,w,,5\nw,x,,\n")
    assert (table.lo, table.hi) == ((5, None, None), (None, 5, None))
    dated = read("giver,receiver,start,end\nu,v,2018,..\nv,w,../2014,2015\n")
    assert (dated.lo, dated.hi) == ((day("2018-01-01"), None), (None, day("2015-12-31")))


def test_a_numeric_table_has_no_horizon_and_every_row_is_proven(read: Read) -> None:
    """Open ends stay open; nothing is left out, and undated rows are counted."""
    flows = moments(from_edges(read("giver,receiver,start,end\nu,v,5,\nv,w,,\n")))
    assert flows.lo.tolist() == [5, LOW]
    assert flows.hi.tolist() == [HIGH, HIGH]
    assert flows.proven.all()
    answer = reach(flows, Question(source="u"))
    assert (answer.head["horizon"], answer.head["stage"]) == (None, None)
    assert answer.head["left_out"] == {"planned": 0, "abandoned": 0}
    assert answer.head["undated"] == 1
    assert [(r["actor"], r["reach"], r["best_arrival"], r["worst_arrival"])
            for r in answer.records()] == [
        ("v", "certain", 5, None), ("w", "possible", 5, None),
    ]  # fmt: skip


def test_a_horizon_closes_the_open_ends_of_a_dated_table(read: Read) -> None:
    """What begins after it takes no part."""
    table = read("giver,receiver,start,end\nu,v,2018,\nv,w,2022-05,\n")
    flows = moments(from_edges(table), horizon=day("2020-12-31"))
    assert flows.hi.tolist()[0] == day("2020-12-31")
    answer = reach(flows, Question(source="u"))
    assert [r["worst_arrival"] for r in answer.records()] == ["2020-12-31"]
    assert answer.head["horizon"] == "2020-12-31"


# --- the whole way --------------------------------------------------------------------------


def test_undirected_doubles_each_row(read: Read) -> None:
    """And says so; both directions go by the id of their row."""
    table = read("a,b,time\nu,v,3\nv,w,4\n", undirected=True)
    assert table.giver == ("u", "v", "v", "w")
    assert table.receiver == ("v", "u", "w", "v")
    assert table.lo == (3, 3, 4, 4)
    assert table.ids == ("2", "2", "3", "3")
    assert table.said == ("each row is read in both directions",)
    flows = moments(from_edges(table))
    assert [r["actor"] for r in reach(flows, Question(source="w")).records()] == ["v"]


def test_without_a_practice_column_all_rows_are_one(read: Read) -> None:
    """With one, a path keeps its practice."""
    one = moments(from_edges(read("giver,receiver,time\nu,v,1\nv,w,2\n")))
    assert len(reach(one, Question(source="u")).rows) == 2
    text = "giver,receiver,time,practice\nu,v,1,p\nv,w,2,q\nu,w,9,q\n"
    two = moments(from_edges(read(text)))
    rows = [(r["source_practice"], r["actor"]) for r in reach(two, Question(source="u")).records()]
    assert rows == [("p", "v"), ("q", "w")]


def test_paths_and_why_not_on_a_plain_table(read: Read) -> None:
    """With the table's own numbers."""
    flows = moments(from_edges(read("giver,receiver,time,id\nu,v,1.5,e1\nv,w,2,e2\nw,x,1,e3\n")))
    (row,) = paths(flows, Question(source="u", target="w")).records()
    assert (row["reach"], row["best_arrival"]) == ("certain", 2)
    hops = row["hops"]
    assert isinstance(hops, tuple)
    assert [(h["transfer"], h["earliest"]) for h in hops] == [("e1", 1.5), ("e2", 2)]
    last = list(why_not(flows, Question(source="u", target="x")).records())[-1]
    assert (last["transfer"], last["needed"]) == ("e3", 1)
    assert last["breaks"] == "lies before its giver can have had it"


@pytest.mark.parametrize("text", ["giver,receiver\n", "giver,receiver,time\n\n\n"])
def test_a_table_without_rows_is_empty(read: Read, text: str) -> None:
    """Nothing found is an empty table, not an error."""
    table = read(text)
    assert table.giver == ()
    answer = reach(moments(from_edges(table)), Question(source="u"))
    assert answer.rows == ()
    assert answer.empty.startswith("No documented path")


def test_one_wrong_time_does_not_make_dates_of_all_numbers(read: Read) -> None:
    """It alone is the fault; but years among a few months stay dates."""
    text = "giver,receiver,time\n" + "".join(f"u{i},v,{i}\n" for i in range(100))
    assert faults(read, text + "u,v,soon\n") == [':102: start "soon" is not a number']
    dated = read("giver,receiver,time\nu,v,2018\nv,w,2019\nw,x,2019-05\n")
    assert not dated.numeric
    assert dated.lo[2] == day("2019-05-01")


def test_a_decimal_comma_is_read_where_it_parts_no_cells(read: Read) -> None:
    """As a Finnish spreadsheet writes it."""
    table = read("giver;receiver;time\nu;v;1,5\nv;w;2\n")
    assert (table.numeric, table.scale, table.lo) == (True, 10, (15, 20))
    (fault,) = faults(read, 'giver,receiver,time\nu,v,"1,5"\n')
    assert fault == ':2: start "1,5" is not a date'


# --- faults ---------------------------------------------------------------------------------

FAULTY = {
    "a bad date": (
        "giver,receiver,time\nu,v,2018-05\nv,w,Q3 2019\n",
        [':3: start "Q3 2019" is not a date'],
    ),
    "an impossible day": (
        "giver,receiver,time\nu,v,2019-02-29\n",
        [':2: start "2019-02-29" is not a date: 2019-02 has 28 days'],
    ),
    "a bad end": (
        "giver,receiver,start,end\nu,v,2018,soon\n",
        [':2: end "soon" is not a date'],
    ),
    "an empty giver": ("giver,receiver,time\n,v,3\n", [":2: giver is empty"]),
    "an empty receiver": ("giver,receiver,time\nu, ,3\n", [":2: receiver is empty"]),
    "giver and receiver the same": (
        "giver,receiver,time\nu,u,3\n",
        [':2: receiver "u" is the giver too'],
    ),
    "an id twice": (
        "giver,receiver,id\nu,v,e1\nv,w,e2\nw,x,e1\n",
        [':4: id "e1" stands already in row 2'],
    ),
    "numbers reversed": (
        "giver,receiver,start,end\nu,v,7,3\n",
        [':2: end "3" lies before start 7'],
    ),
    "dates reversed": (
        "giver,receiver,start,end\nu,v,2018-06,2018-04\n",
        [':2: end "2018-04" lies before start 2018-06 (not before 2018-06-01)'],
    ),
    "a reversed interval in a cell": (
        "giver,receiver,time\nu,v,2018/2017\n",
        [':2: start "2018/2017" ends before it begins'],
    ),
    "more cells than headers": (
        "giver,receiver,time\nBirkton, North,v,3\n",
        [":2: has 4 cells, the header has 3"],
    ),
    "all together, the row after a record of two lines": (
        'giver,receiver,time\n"u\n1",v,2018-01\n,w,2018-02\nw,w,2018-13\n',
        [
            ":4: giver is empty",
            ':5: receiver "w" is the giver too',
            ':5: start "2018-13" is not a date: there is no month 13',
        ],
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_faults_are_told_with_file_row_and_hint(read: Read, name: str) -> None:
    """All of them together, each with its row (the line where its record starts)."""
    text, expected = FAULTY[name]
    assert faults(read, text) == expected


def test_broken_utf_8_is_told_with_its_line(read: Read) -> None:
    """And which byte it is."""
    (fault,) = faults(read, b"giver,receiver\nu,v\nM\xfcnchen,w\n")
    assert fault.startswith(':3: "M\\xfcnchen,w" is not UTF-8: byte 0xfc')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "has no header"),
        (b"giver,receiver\nu,v\0\n", "NUL"),
        (b'giver,receiver\n"u,v\n', "cannot be read"),
    ],
)
def test_a_file_that_is_no_table_is_told_to_be_none(read: Read, text: bytes, message: str) -> None:
    """Empty, binary, or with a quote that never closes."""
    (fault,) = faults(read, text)
    assert message in fault


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(KvgraphError, match=r"nowhere\.csv cannot be read"):
        read_edges(tmp_path / "nowhere.csv")
