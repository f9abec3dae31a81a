"""What the options select: by hand on the village, by SPARQL on the shipped data, and laws."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import shipped as shipped_data
from kvgraph.diagram import draw_things, draw_transfers, frame
from kvgraph.errors import DateError, KvgraphError, QueryError, UnknownNameError
from kvgraph.links import ENDS, Link, links
from kvgraph.namespaces import ID, KV, mint, shorten
from kvgraph.query import Query, read_query
from kvgraph.selection import Selected, select, selection
from kvgraph.store import Dataset, pivot
from village import dataset

MEMBERSHIPS = {
    "aspby": "04849138bd17205b",
    "office": "9b75229497bda710",
    "birkton": "aade5146240d7b40",
}
"""Who is a member of n-kitchens (Aspby, Birkton) and n-pans (the office)."""
VARNIA, BIRKTON, OFFICE = "159d88a5c92c218c", "2f792edb16d0810f", "7edc40866e4f891f"
"""Who took part: Varnia and Birkton in e-review, the office in e-visit."""
AT_REVIEW = f"{VARNIA}-xb-birkton-p-harbour"
IN_KITCHENS = f"{MEMBERSHIPS['birkton']}-xa-aspby-p-kitchen"
"""The two exposures."""

TRANSFERS = ["v1", "v2", "v3", "v4", "v5", "v6"]


def chosen(**options: Any) -> Selected:
    """Select from the village."""
    return select(dataset(), selection(dataset(), **options))


def ids(found: Selected) -> list[str]:
    """Give the ids of the records selected, each once."""
    return list(dict.fromkeys(shorten(link.iri) for link in found.links))


def asked(text: str) -> Query:
    """Give a query of one's own."""
    return read_query(f"PREFIX kv: <{KV}> PREFIX id: <{ID}>\n{text}", "mine.rq")


def test_all_records_of_the_village_link_two_things() -> None:
    """Six transfers, two adoptions, a handover, three memberships, three participations, two
    exposures; the role of the office is of no organisation, and links nothing."""
    found = links(dataset())
    kinds = [link.kind for link in found]
    assert {kind: kinds.count(kind) for kind in ENDS} == {
        "transfer": 6, "adoption": 2, "handover": 1, "membership": 3, "role": 0,
        "participation": 3, "exposure": 2,
    }  # fmt: skip
    [h1] = [link for link in found if link.kind == "handover"]
    assert (shorten(h1.source), shorten(h1.target)) == ("pj-galley", "org-birkton-youth")


BY_HAND: dict[str, tuple[dict[str, Any], list[str]]] = {
    # The harbour kitchen: its transfers and handover, and what goes with the event about it.
    "practice": (
        {"practice": ["p-harbour"]}, ["v2", "v3", "v6", "h1", VARNIA, BIRKTON, AT_REVIEW],
    ),
    # The street kitchen and its descendant: everything but the office's membership of n-pans and
    # its visit to e-visit, which are about no practice.
    "practice and what descends from it": (
        {"practice": ["Street kitchen"]},
        [*TRANSFERS, "a1", "a2", "h1", MEMBERSHIPS["aspby"], MEMBERSHIPS["birkton"], VARNIA,
         BIRKTON, AT_REVIEW, IN_KITCHENS],
    ),
    "actor": (
        {"actor": ["xb-birkton"]},
        ["v1", "v2", "v6", MEMBERSHIPS["birkton"], BIRKTON, AT_REVIEW, IN_KITCHENS],
    ),
    # v1 went through the network, and so did the exposure in it.
    "network": (
        {"network": ["NOK"]},
        ["v1", MEMBERSHIPS["aspby"], MEMBERSHIPS["birkton"], IN_KITCHENS],
    ),
    # The network stands under the programme itself, the project and the event under its part.
    "programme with its parts": (
        {"programme": ["prog-river"]},
        ["v1", "h1", MEMBERSHIPS["aspby"], MEMBERSHIPS["birkton"], OFFICE, IN_KITCHENS],
    ),
    "programme": ({"programme": ["prog-boats"]}, ["h1", OFFICE]),
    "theme": (
        {"theme": ["youth employment"]}, ["v2", "v3", "v6", "h1", VARNIA, BIRKTON, AT_REVIEW],
    ),
    # Aspby or Varnia at an end; e-visit, in which the office took part, was in Aspby.
    "country by its code": (
        {"country": ["xa"]},
        ["v1", "v4", "v5", "v6", "a1", "a2", MEMBERSHIPS["aspby"], VARNIA, OFFICE, AT_REVIEW,
         IN_KITCHENS],
    ),
    # v2 ended in June, v3 began in May, the office was a member all the year.
    "period": (
        {"from_": "2015-05-01", "until": "2015-06-30"}, ["v2", "v3", MEMBERSHIPS["office"]],
    ),
    # v6 has no end, and may still be going on.
    "from": ({"from_": "2019"}, ["v6"]),
    # May 2011 is before June's end, and so is 2010.
    "until": (
        {"until": "2011-06"},
        ["v5", "a1", "a2", MEMBERSHIPS["aspby"], MEMBERSHIPS["birkton"], IN_KITCHENS],
    ),
    "stage": ({"stage": "adopted"}, ["v1", "v2", "v3", "v5", "a1", "a2"]),
    "later stage": ({"stage": "embedded"}, ["v3"]),
    "last stage": ({"stage": "mainstreamed"}, []),
    "country and theme": (
        {"country": ["XA"], "theme": ["youth employment"]}, ["v6", VARNIA, AT_REVIEW],
    ),
    "all together": (
        {"practice": ["p-kitchen"], "actor": ["xa-aspby"], "network": ["n-kitchens"],
         "programme": ["prog-river"], "theme": ["inclusion"], "country": ["XB"], "from_": "2013-06",
         "until": "2014", "stage": "adopted"},
        ["v1"],
    ),
    "two of one kind": (
        {"actor": ["country-xb", "country-xa"]},
        ["v3", "v4", "v5", "v6", "a2", VARNIA, AT_REVIEW],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_HAND)
def test_each_option_selects_what_is_worked_out_by_hand(name: str) -> None:
    """On the village, alone and together; the head tells what was asked."""
    options, expected = BY_HAND[name]
    found = chosen(**options)
    assert sorted(ids(found)) == sorted(expected)
    worded = found.head()["selection"]
    assert isinstance(worded, dict)
    assert set(worded) == {option.rstrip("_") for option in options}


@pytest.mark.parametrize("name", ["inclusion", "Inclusion", "osallisuus", "social inkludering"])
def test_a_theme_goes_by_its_code_and_its_labels(name: str) -> None:
    """In any of the three languages, whatever the case."""
    from kvgraph import vocabulary
    from kvgraph.namespaces import VOC

    labels = [vocabulary.label(VOC + "theme/inclusion", lang) for lang in ("en", "fi", "sv")]
    text = {"osallisuus": labels[1], "social inkludering": labels[2]}.get(name, name)
    expected = {shorten(link.iri) for link in chosen(theme=["inclusion"]).links}
    assert set(ids(chosen(theme=[text.upper()]))) == expected
    assert len(expected) == 15, "everything but the office's own membership and visit"


NAMED = {
    "transfers": ("SELECT ?t WHERE { ?t kv:receiver <ID/actor/org-birkton-youth> }", ["v2", "v5"]),
    # Where rows name records, what else stands in them only describes them.
    "transfers and things": (
        "SELECT ?t ?g { ?t kv:giver ?g ; kv:status ?s . FILTER(STRENDS(STR(?s), 'embedded')) }",
        ["v3"],
    ),
    "things": ("SELECT ?n { ?n a kv:Network ; kv:underProgramme ?p }",
               ["v1", MEMBERSHIPS["aspby"], MEMBERSHIPS["birkton"], IN_KITCHENS]),
    "nothing": ("SELECT ?t { ?t a kv:NoSuchThing }", []),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_the_rows_of_a_query_name_transfers_or_things(name: str) -> None:
    """Records if there are any, else whatever has the things at an end, in it or on its way."""
    text, expected = NAMED[name]
    found = chosen(query=asked(text.replace("ID/", ID)))
    assert sorted(ids(found)) == sorted(expected)
    assert "query" in found.head()["selection"]  # type: ignore[operator]


def test_a_query_that_names_neither_is_an_error() -> None:
    """Rows of texts and numbers select nothing that could be meant."""
    with pytest.raises(KvgraphError, match="name neither records nor things") as caught:
        chosen(query=asked("SELECT (COUNT(*) AS ?n) { ?t a kv:Transfer }"))
    assert "transfer" in caught.value.hint


def test_a_query_with_a_fault_is_told_by_line_and_column() -> None:
    """The place is that in the user's own file."""
    with pytest.raises(QueryError) as caught:
        chosen(query=asked("SELECT ?t {\n  ?t kv:giver ; }"))
    assert caught.value.line == 3
    assert caught.value.column > 1


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "practice": ({"practice": ["p-kitchn"]}, "no practice is called", "p-kitchen"),
    "actor": ({"actor": ["xb-birktn"]}, "is called", "xb-birkton"),
    "kind": ({"network": ["xb-birkton"]}, "no network is called", ""),
    "theme": ({"theme": ["inclusoin"]}, "no theme is called", "inclusion"),
    "no country": ({"country": ["xa-aspby"]}, "is not a country", "--actor xa-aspby"),
    "country": ({"country": ["Varnja"]}, "is called", "country-xa"),
    "empty period": ({"from_": "2016", "until": "2015"}, "no day from 2016", "earlier"),
    "open from": ({"from_": "../2016"}, "is open", "Write a day"),
    "open until": ({"until": "2016/.."}, "is open", "Write a day"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_name_gets_candidates(name: str) -> None:
    """What is wrong, and what may be meant."""
    options, message, hint = WRONG[name]
    with pytest.raises(KvgraphError, match=message) as caught:
        chosen(**options)
    assert hint in caught.value.hint
    assert isinstance(caught.value, UnknownNameError) == (
        "period" not in name and "open" not in name
    )


def test_a_day_that_is_none_is_a_date_error() -> None:
    """As everywhere a date is read."""
    with pytest.raises(DateError):
        chosen(from_="Q3 2015")


# --- the shipped data, against SPARQL -------------------------------------------------------


@cache
def _answer(where: str) -> frozenset[str]:
    results = shipped_data.dataset().query(
        f"PREFIX kv: <{KV}> PREFIX dcterms: <http://purl.org/dc/terms/> "
        f"PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT DISTINCT ?t WHERE {{ "
        f"?t a kv:Transfer ; kv:giver ?g ; kv:receiver ?r ; kv:practice ?p . {where} }}"
    )
    return frozenset(row[0].value for row in results)  # type: ignore[union-attr, index, misc]


def _under(programme: str) -> str:
    iri = f"<{ID}programme/{programme}>"
    return f"?t (kv:giver|kv:receiver|kv:via) ?x . ?x kv:underProgramme/dcterms:isPartOf* {iri} "


SPARQL: dict[str, tuple[dict[str, Any], str]] = {
    "everything": ({}, ""),
    "practice": (
        {"practice": ["pr-antirumour"]},
        f"?p kv:descendsFrom? <{ID}practice/pr-antirumour>",
    ),
    "actor": ({"actor": ["es-barcelona"]}, f"?t (kv:giver|kv:receiver) <{ID}actor/es-barcelona>"),
    "network": (
        {"network": ["n-c4i"]}, f"?t (kv:giver|kv:receiver|kv:via) <{ID}network/n-c4i>",
    ),
    "programme": ({"programme": ["pg-urbact3"]}, _under("pg-urbact3")),
    "programme with parts": ({"programme": ["P-EQUAL"]}, _under("P-EQUAL")),
    "theme": (
        {"theme": ["governance"]},
        """{ ?p kv:theme ?h } UNION { ?t (kv:via|kv:giver|kv:receiver) ?x . ?x kv:theme ?h
             FILTER(!CONTAINS(STR(?x), "/id/actor/")) }
           FILTER(STRENDS(STR(?h), "/theme/governance"))""",
    ),
    "country": (
        {"country": ["FI"]},
        f"?t (kv:giver|kv:receiver)/kv:country? <{ID}actor/country-fi>",
    ),
    "stage": ({"stage": "adopted"}, "?t kv:furthestStage/kv:stageOrder ?o . FILTER(?o >= 3)"),
    "period": (
        {"from_": "2014", "until": "2015"},
        """OPTIONAL { ?t kv:earliestBegin ?b } OPTIONAL { ?t kv:latestEnd ?e }
           FILTER(!BOUND(?b) || ?b <= "2015-12-31"^^xsd:date)
           FILTER(!BOUND(?e) || ?e >= "2014-01-01"^^xsd:date)
           FILTER EXISTS { ?t kv:earliestBegin|kv:latestEnd|kv:latestBegin|kv:earliestEnd ?d }""",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPARQL)
def test_each_option_selects_what_sparql_selects(name: str) -> None:
    """On the shipped data, transfer by transfer."""
    options, where = SPARQL[name]
    d = shipped_data.dataset()
    found = select(d, selection(d, **options), ("transfer",))
    assert {link.iri for link in found.links} == _answer(where)
    assert found.links


def test_the_counts_on_the_shipped_data_are_those_known() -> None:
    """28 for Finland as in the library's transfers/of-country, 17 for the anti-rumour line."""
    d = shipped_data.dataset()
    counts = {
        name: len({link.iri for link in select(d, selection(d, **o), ("transfer",)).links})
        for name, (o, _) in SPARQL.items()
        if name in ("country", "practice")
    }
    assert counts == {"country": 28, "practice": 17}


def test_what_has_no_date_is_left_out_of_a_period_and_counted() -> None:
    """Undated: neither start nor end, on either side of either."""
    d = shipped_data.dataset()
    found = select(d, selection(d, from_="2014", until="2015"), ("transfer",))
    undated = _answer(
        "FILTER NOT EXISTS { ?t kv:earliestBegin|kv:latestEnd|kv:latestBegin|kv:earliestEnd ?d }"
    )
    assert found.head()["undated_left_out"] == len(undated) == 12
    assert "undated_left_out" not in select(d, selection(d, stage="adopted")).head()


# --- laws -----------------------------------------------------------------------------------

OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "practice": st.lists(st.sampled_from(["p-kitchen", "p-harbour"]), max_size=2),
    "actor": st.lists(
        st.sampled_from(["xa-aspby", "xb-birkton", "country-xa", "country-xb", "n-pans"]),
        max_size=2,
    ),
    "network": st.lists(st.sampled_from(["n-kitchens", "n-pans"]), max_size=2),
    "programme": st.lists(
        st.sampled_from(["prog-river", "prog-river-food", "prog-boats"]), max_size=2
    ),
    "theme": st.lists(st.sampled_from(["inclusion", "youth employment"]), max_size=2),
    "country": st.lists(st.sampled_from(["XA", "XB"]), max_size=2),
    "from_": st.none() | st.sampled_from(["2010", "2012-06", "2014-05-10", "2016"]),
    "until": st.none() | st.sampled_from(["2016-09", "2020", "2026"]),
    "stage": st.none() | st.sampled_from(["visited", "adopted", "embedded"]),
}


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries(OPTIONS), st.sampled_from(sorted(OPTIONS)))
def test_another_option_never_adds_a_record(options: dict[str, Any], name: str) -> None:
    """Options of different kinds narrow each other."""
    without = {key: value for key, value in options.items() if key != name}
    assert set(ids(chosen(**options))) <= set(ids(chosen(**without)))


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries(OPTIONS), st.sampled_from(
    ["practice", "actor", "network", "programme", "theme", "country"]
))  # fmt: skip
def test_the_same_option_twice_selects_both(options: dict[str, Any], name: str) -> None:
    """Given again an option widens: the union of what each value selects."""
    values: Sequence[str] = options[name]
    assume(len(values) == 2)
    each = [set(ids(chosen(**{**options, name: [value]}))) for value in values]
    assert set(ids(chosen(**options))) == each[0] | each[1]


# --- odd RDF --------------------------------------------------------------------------------


def _odd(*lines: str) -> Dataset:
    """Give a dataset of one sound transfer and these lines of Turtle."""
    text = (
        f"@prefix kv: <{KV}> . @prefix t: <{ID}transfer/> . @prefix a: <{ID}actor/> .\n"
        f"@prefix p: <{ID}practice/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "t:good kv:giver a:x ; kv:receiver a:y ; kv:practice p:p .\n" + "\n".join(lines)
    )
    return Dataset.memory(
        ox.Quad(t.subject, t.predicate, t.object)  # type: ignore[arg-type]
        for t in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
    )


def _drawn(d: Dataset) -> list[str]:
    """Draw transfers and things, and give the ids of the transfers."""
    found = select(d, selection(d))
    draw_things(d, found, frame(d))
    return [edge.id for edge in draw_transfers(d, found, frame(d)).edges]


PASSED_OVER = {
    "a literal as giver": 't:t1 kv:giver "Aspby" ; kv:receiver a:y ; kv:practice p:p .',
    "a blank node as giver": "t:t1 kv:giver [] ; kv:receiver a:y ; kv:practice p:p .",
    "a blank node as adoption": "[] kv:adopter a:x ; kv:practice p:p .",
    "a blank node as transfer": "[] kv:giver a:x ; kv:receiver a:y ; kv:practice p:p .",
    "no receiver": "t:t1 kv:giver a:x ; kv:practice p:p .",
    "no giver": "t:t1 kv:receiver a:x ; kv:practice p:p .",
    "a literal that reads like a thing": f't:t1 kv:giver "{ID}actor/x" ; kv:receiver a:y .',
}


@pytest.mark.parametrize("name", PASSED_OVER)
def test_a_record_without_two_ends_links_nothing(name: str) -> None:
    """Neither a traceback nor an edge to a text."""
    assert _drawn(_odd(PASSED_OVER[name])) == ["good"]


def test_what_is_odd_but_has_its_ends_is_drawn() -> None:
    """Literals for practice, theme and via are no things; a transfer may lack its practice."""
    d = _odd(
        't:t1 kv:giver a:x ; kv:receiver a:y ; kv:practice "cooking" ; kv:via "by train" ;'
        ' kv:furthestStage "far" ; kv:status "done" ; kv:certainty 7 .',
        'p:p kv:theme "food" . a:x kv:countryCode 7 ; kv:country "Finland" ; kv:actorKind "x" .',
    )
    assert _drawn(d) == ["good", "t1"]
    [edge] = [e for e in draw_transfers(d, select(d, selection(d)), frame(d)).edges
              if e.id == "t1"]  # fmt: skip
    assert edge.attributes["left_out"] == "incomplete"
    assert (edge.attributes["practice"], edge.attributes["via"]) == (None, ())
    head = draw_transfers(d, select(d, selection(d)), frame(d)).head
    assert (head["transfers"], head["possible"], head["left_out"]) == (2, 1, {"incomplete": 1})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('t:t1 kv:giver a:x ; kv:receiver a:y ; kv:earliestBegin "soon" .', '"soon" is not an xsd'),
        ('t:good kv:latestEnd "2019-02-30"^^xsd:date .', "is not an xsd:date"),
        ('t:good kv:latestEnd "-0044-03-15"^^xsd:date .', "is not an xsd:date"),
        (
            'a:x <http://www.w3.org/2003/01/geo/wgs84_pos#lat> "north" .',
            '"north" of x is not a number',
        ),
        ('a:x <http://www.w3.org/2003/01/geo/wgs84_pos#lat> "NaN" .', "is not a number"),
    ],
)
def test_a_value_that_cannot_be_read_is_told(line: str, message: str) -> None:
    """An explained error, as everywhere else."""
    with pytest.raises(KvgraphError, match=message):
        _drawn(_odd(line))


def test_what_is_said_in_two_graphs_is_one_value() -> None:
    """The same giver in two named graphs gives one link."""
    one, two = (ox.NamedNode(f"{ID}g{i}") for i in (1, 2))
    t, a, b = (
        ox.NamedNode(mint(k, i)) for k, i in (("transfer", "t"), ("actor", "a"), ("actor", "b"))
    )
    quads = [
        ox.Quad(t, ox.NamedNode(KV + name), end, graph)
        for name, end in (("giver", a), ("receiver", b))
        for graph in (one, two)
    ]
    d = Dataset.memory(quads)
    assert [link.iri for link in links(d)] == [t.value]
    assert pivot(d, KV + "giver") == {t.value: [a.value]}


def test_several_receivers_are_several_links_of_one_record() -> None:
    """Each end gets its own."""
    d = _odd("t:good kv:receiver a:z .")
    found: list[Link] = links(d, ("transfer",))
    assert [shorten(link.target) for link in found] == ["y", "z"]
    drawn = draw_transfers(d, select(d, selection(d)), frame(d))
    assert [e.id for e in drawn.edges] == ["good x y", "good x z"]
    assert drawn.head["transfers"] == 1


def test_nothing_was_passed_on_before_it_was_there(shipped: Dataset) -> None:
    """Getxo's transfer is open to the past; its practice is of 2010, and no transfer is older."""
    line = {"practice": ["pr-antirumour"]}
    begins = {k.iri: k.begin for k in select(shipped, selection(shipped, **line)).links}
    assert None in begins.values()
    assert not select(shipped, selection(shipped, **line, until="2009")).links
    assert select(shipped, selection(shipped, **line, until="2010")).links
