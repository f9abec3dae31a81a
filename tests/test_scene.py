"""What a page is given says what the dataset says, in the shape that the page expects."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

import village
from kvgraph.handle import Handle
from kvgraph.inquiry import frame_of, selected
from kvgraph.namespaces import KV, PREFIXES
from kvgraph.scene import MOST, as_json, embedded, scene
from kvgraph.scene.narrowing import narrowing
from kvgraph.selection import select, selection
from kvgraph.store import Dataset
from synthetic import synthetic

CONTRACT = Path(__file__).parents[1] / "src/kvgraph/web/src/lib/scene.ts"


def made(dataset: Dataset, *, why_not: bool = False, **options: Any) -> dict[str, Any]:
    """Give the scene of what options select."""
    given = {"lang": "en", **options}
    return scene(dataset, selected(dataset, given), frame_of(dataset, given), why_not=why_not)


@pytest.fixture(scope="module")
def whole(shipped: Dataset) -> dict[str, Any]:
    """The scene of all that is shipped."""
    return made(shipped)


@pytest.fixture(scope="module")
def barcelona(shipped: Dataset) -> dict[str, Any]:
    """The scene of one practice and what was made from it."""
    return made(shipped, practice=["pr-antirumour"], why_not=True)


def _counted(dataset: Dataset, pattern: str) -> int:
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    (row,) = dataset.query(f"{prefixes}SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {pattern} }}")  # type: ignore[misc]
    return int(row[0].value)  # type: ignore[union-attr]


# --- the shape ---------------------------------------------------------------------------------


def _interfaces() -> dict[str, tuple[set[str], set[str]]]:
    """Give the members that each interface of the contract must have, and those it may have."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", CONTRACT.read_text("utf-8"), flags=re.DOTALL)
    found: dict[str, tuple[set[str], set[str]]] = {}
    for match in re.finditer(r"export interface (\w+)(?: extends (\w+))? \{", text):
        depth, at, body = 1, match.end(), ""
        while depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            body += text[at] if depth == 1 and text[at] not in "{}" else ""
            at += 1
        must, may = found.get(match[2] or "", (set(), set()))
        members = re.findall(r"(\w+)(\??):", body)
        found[match[1]] = (
            must | {name for name, mark in members if not mark},
            may | {name for name, mark in members if mark},
        )
    return found


def _all(found: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give everything in a scene with the interface that it has."""
    yield "Scene", found
    yield "Frame", found["frame"]
    for name, interface in (
        ("things", "Thing"), ("transfers", "Transfer"), ("memberships", "Membership"),
        ("adoptions", "Adoption"), ("inferred", "Inferred"), ("sources", "Source"),
        ("paths", "Path"),
    ):  # fmt: skip
        yield from ((interface, one) for one in found[name])
    yield from (("WhyNot", one) for one in found["whyNot"].values())
    yield from (("ClassLook", one) for one in found["frame"]["classes"])


def test_the_scene_has_the_shape_that_the_page_expects(
    whole: dict[str, Any], barcelona: dict[str, Any]
) -> None:
    """The contract in TypeScript and the maker in Python cannot drift apart."""
    interfaces = _interfaces()
    seen: set[str] = set()
    for found in (whole, barcelona):
        for interface, one in _all(found):
            must, may = interfaces[interface]
            assert must <= set(one) <= must | may, interface
            seen |= {f"{interface}.{name}" for name in one}
    assert {"Thing.parents", "Thing.origin", "Thing.names", "Thing.description"} <= seen


def test_places_lead_to_what_is_there(whole: dict[str, Any]) -> None:
    """No place points beyond a list, and ends are of the kinds that they should be."""
    things, sources = whole["things"], whole["sources"]
    for transfer in whole["transfers"]:
        assert things[transfer["practice"]]["kind"] == "practice"
        for end in ("giver", "receiver"):
            assert things[transfer[end]]["kind"] in ("actor", "network")
        assert all(0 <= s < len(sources) for s in transfer["sources"])
        assert transfer["sources"]
    for path in whole["paths"]:
        hops = [whole["transfers"][i] for i in path["hops"]]
        assert hops[0]["giver"] == path["from"]
        assert hops[-1]["receiver"] == path["to"]
        assert all(a["receiver"] == b["giver"] for a, b in pairwise(hops))
    for seat in whole["memberships"]:
        assert things[seat["actor"]]["kind"] in ("actor", "network")
        assert things[seat["body"]]["kind"] in ("network", "project", "event", "programme", "actor")


def test_texts_are_there_in_three_languages_where_they_differ(whole: dict[str, Any]) -> None:
    """A text is one, or exactly three that are not all the same."""

    def look(value: Any, key: str = "") -> None:
        if isinstance(value, dict):
            for name, one in value.items():
                look(one, name)
        elif isinstance(value, list) and key in ("label", "told", "title", "coverage", "text"):
            assert len(value) == 3
            assert len(set(value)) > 1
        elif isinstance(value, list):
            for one in value:
                look(one)

    look({k: v for k, v in whole.items() if k != "memberships"})


# --- what it says ------------------------------------------------------------------------------


def test_it_counts_what_sparql_counts(shipped: Dataset, whole: dict[str, Any]) -> None:
    """Every transfer, seat and adoption of the dataset is in the scene of all of it."""
    counts = whole["counts"]
    ids = {t["iri"] for t in whole["transfers"]}
    assert len(ids) == counts["transfers"] == _counted(shipped, "?x a kv:Transfer")
    seats = {m["iri"] for m in whole["memberships"] if m["kind"] == "membership"}
    members = "{ ?x a kv:NetworkMembership } UNION { ?x a kv:ProjectMembership }"
    assert len(seats) == _counted(shipped, members)
    assert len(whole["adoptions"]) == _counted(
        shipped, "?x kv:adopter ?a ; kv:practice ?p . FILTER(CONTAINS(STR(?x), '/adoption/'))"
    )
    outcomes = [t["outcome"] for t in {t["iri"]: t for t in whole["transfers"]}.values()]
    assert outcomes.count("proven") == counts["proven"]
    assert outcomes.count("possible") == counts["possible"]
    assert outcomes.count("left_out") == sum(counts["leftOut"].values())


def test_paths_are_those_of_reach(shipped: Dataset, whole: dict[str, Any]) -> None:
    """From Barcelona the rows are those of ``kvgraph reach``, in kind, day and hop."""
    things = whole["things"]
    days = lambda d: None if d is None else d.toordinal() - 719_163  # noqa: E731
    from datetime import date

    def read(text: Any) -> int | None:
        return None if text is None else days(date.fromisoformat(str(text)))

    expected = {
        (r["source_practice"], r["practice"], r["actor"], r["reach"] == "certain",
         read(r["best_arrival"]), read(r["worst_arrival"]), r["transfers"])
        for r in Handle(shipped, "").reach("es-barcelona").records()
    }  # fmt: skip
    found = {
        (things[p["began"]]["id"], things[p["practice"]]["id"], things[p["to"]]["id"],
         p["certain"], p["best"], p["worst"],
         tuple(whole["transfers"][i]["id"] for i in p["hops"]))
        for p in whole["paths"] if things[p["from"]]["id"] == "es-barcelona"
    }  # fmt: skip
    assert found == expected
    givers = sorted({things[t["giver"]]["iri"] for t in whole["transfers"]})
    rows = [row for giver in givers for row in Handle(shipped, "").reach(giver).records()]
    certain = [row["reach"] == "certain" for row in rows]
    assert (len(rows), sum(certain)) == (
        len(whole["paths"]), sum(p["certain"] for p in whole["paths"])
    )  # fmt: skip


def test_it_tells_why_there_is_no_path_as_the_command_does(
    shipped: Dataset, barcelona: dict[str, Any]
) -> None:
    """From Barcelona to Ioannina the second hop breaks: it was abandoned."""
    why = barcelona["whyNot"]["es-barcelona>gr-ioannina"]
    told = Handle(shipped, "").paths("es-barcelona", "gr-ioannina", why_not=True)
    assert why["reach"] == told.head["reach"] == "not reached"
    assert [h["breaks"] for h in why["hops"]] == [r["breaks"] for r in told.records()]
    assert [barcelona["transfers"][h["transfer"]]["id"] for h in why["hops"]] == ["t0215", "t0102"]


@pytest.fixture(scope="module")
def elsewhere(shipped: Dataset) -> rdflib.Dataset:
    """The same data in an engine that knows nothing of ours."""
    found = rdflib.Dataset(default_union=True)
    quads = shipped.store.quads_for_pattern(None, None, None)
    data = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    found.parse(data=data, format="nquads")
    return found


def _rows(engine: Any, query: str) -> list[tuple[str, ...]]:
    """Give the rows of an answer as texts, sorted; what is not bound is empty."""
    rows = engine.query(query)
    return sorted(
        tuple("" if cell is None else str(getattr(cell, "value", cell)) for cell in row)
        if isinstance(engine, Dataset)
        else tuple("" if cell is None else str(cell) for cell in row)
        for row in rows
    )


@pytest.mark.parametrize("options", [{}, {"practice": ["pr-antirumour"]}, {"country": ["FI"]}])
def test_its_query_finds_what_is_drawn(
    shipped: Dataset, elsewhere: rdflib.Dataset, options: dict[str, Any]
) -> None:
    """With the records named, or without: row by row what is drawn, also by rdflib."""
    found = made(shipped, **options)
    iri = [thing["iri"] for thing in found["things"]]
    for what, variable, ends in (
        ("transfers", "transfer", ("giver", "receiver")),
        ("memberships", "membership", ("actor", "body")),
    ):
        drawn = sorted((x["iri"], *(iri[x[end]] for end in ends)) for x in found[what])
        iris = " ".join(f"<{x}>" for x in sorted({x["iri"] for x in found[what]}))
        values = f"VALUES ?{variable} {{ {iris} }}"
        for line in (values,) if options else (values, ""):
            query = found["sparql"][what].replace("#VALUES#", line)
            rows = _rows(shipped, query)
            at = (0, 2, 3) if what == "transfers" else (0, 1, 2)
            assert sorted(tuple(row[i] for i in at) for row in rows) == drawn
            assert _rows(elsewhere, query) == rows


def test_its_query_for_a_hop_finds_every_statement_with_its_source(
    shipped: Dataset, elsewhere: rdflib.Dataset, barcelona: dict[str, Any]
) -> None:
    """Nothing that is stated of a transfer is missing, and its sources are those of the proof."""
    for transfer in barcelona["transfers"]:
        query = barcelona["sparql"]["hop"].replace("#IRI#", transfer["iri"])
        rows = _rows(shipped, query)
        stated = {
            (
                q.predicate.value,
                str(getattr(q.object, "value", "")),
                str(getattr(q.graph_name, "value", "")),
            )
            for q in shipped.store.quads_for_pattern(ox.NamedNode(transfer["iri"]), None, None)
        }
        assert {row[:3] for row in rows} == stated
        cited = {barcelona["sources"][s]["iri"] for s in transfer["sources"]}
        assert {row[3] for row in rows} == cited
        assert _rows(elsewhere, query) == rows


def test_what_sources_disagree_on_is_told_of_the_transfer(
    shipped: Dataset, whole: dict[str, Any]
) -> None:
    """A transfer is contradicted where a discrepancy names it, and tells what each source says."""
    named = {
        row[0].value
        for row in shipped.query(
            f"SELECT DISTINCT ?t {{ ?d a <{KV}Discrepancy> ; <{KV}about> ?t . "
            f"?t a <{KV}Transfer> }}"
        )  # type: ignore[union-attr]
    }
    told = [t for t in whole["transfers"] if t["contradicted"]]
    assert {t["iri"] for t in told} == named
    assert named
    for transfer in told:
        for one in transfer["discrepancies"]:
            assert one["about"]
            assert one["a"] != one["b"]
            assert one["sources"]


def test_a_name_with_a_comma_is_one_name(shipped: Dataset) -> None:
    """What is asked for stands in the selection and the command as it was given."""
    name = "Porto Vivo, SRU da Baixa Portuense, S.A."
    found = made(shipped, actor=[name])
    assert [one["value"] for one in found["selection"]] == [name]
    words = shlex.split(found["command"])
    assert words[words.index("--actor") + 1] == name
    assert words.count("--actor") == 1
    several = made(shipped, country=["FI", "SE"], stage="piloted", until="2020")
    assert shlex.split(several["command"])[3:-2] == [
        "--country", "FI", "--country", "SE", "--until", "2020", "--stage", "piloted",
    ]  # fmt: skip


def test_each_value_offered_leaves_as_many_as_it_says(shipped: Dataset) -> None:
    """Every value can be given to its option, and the number is that of what it selects."""
    links = select(shipped, selection(shipped), ["transfer"]).links
    lists = narrowing(shipped, links)
    assert [one["option"] for one in lists] == ["practice", "country", "network", "programme"]
    for one in lists:
        for value in one["values"]:
            asked: dict[str, Any] = {one["option"]: [value["value"]]}
            left = select(shipped, selection(shipped, **asked), ["transfer"]).links
            assert len({x.iri for x in left}) == value["count"], (one["option"], value["value"])


def test_a_stage_history_and_where_a_practice_came_from_are_told(
    village_scene: dict[str, Any],
) -> None:
    """The village: v3 was adopted and embedded on two days, each with its source."""
    v3 = next(t for t in village_scene["transfers"] if t["id"] == "v3")
    assert [a["stage"] for a in v3["attainments"]] == ["adopted", "embedded"]
    assert v3["outcome"] == "proven"
    v6 = next(t for t in village_scene["transfers"] if t["id"] == "v6")
    assert (v6["outcome"], v6["reason"]) == ("left_out", "planned")
    harbour = next(t for t in village_scene["things"] if t["id"] == "p-harbour")
    kitchen = village_scene["things"][harbour["parents"][0]["thing"]]
    assert (kitchen["id"], harbour["parents"][0]["relation"]) == ("p-kitchen", "adaptedFrom")


@pytest.fixture(scope="module")
def village_scene() -> dict[str, Any]:
    """The scene of the village."""
    return made(village.dataset())


# --- the rest ----------------------------------------------------------------------------------


def test_an_empty_selection_says_why(shipped: Dataset) -> None:
    """Nothing found is an empty scene with a sentence in three languages."""
    found = made(shipped, practice=["pr-antirumour"], until="1990")
    assert found["transfers"] == []
    assert len(found["empty"]) == 3
    assert all(found["empty"])


def test_what_is_too_much_is_told_and_can_be_narrowed() -> None:
    """Beyond what can be drawn there is a number and what to narrow by, and it is synthetic."""
    dataset = synthetic(50, MOST + 1)
    found = made(dataset)
    assert found["transfers"] == found["paths"] == []
    assert found["tooMuch"]["transfers"] == MOST + 1
    practices = next(n for n in found["tooMuch"]["narrow"] if n["option"] == "practice")
    assert (practices["values"][0]["value"], practices["values"][0]["count"]) == ("p000", 100)
    assert found["frame"]["synthetic"]
    assert len(made(dataset, practice=["p000"])["transfers"]) == 100


def test_the_same_data_are_the_same_bytes() -> None:
    """Whatever order sets have in a process."""
    code = (
        "import sys; sys.path[:0] = ['src', 'tests']\n"
        "import village; from test_scene import made\n"
        "from kvgraph.scene import as_json\n"
        "import hashlib; text = as_json(made(village.dataset(), why_not=True))\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            cwd=CONTRACT.parents[5], env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(digests) == 1


def test_what_is_embedded_cannot_end_its_element() -> None:
    """Markup, line separators and half characters in data stay data."""
    text: Sequence[str] = ("</script><script>", "<!--", "&amp;", "\u2028", "\ud800")
    found = embedded({"a": list(text)})
    assert not set("<>&\u2028") & set(found)
    assert json.loads(found)["a"][:4] == list(text[:4])
    assert json.loads(as_json({"a": "<b>"})) == {"a": "<b>"}
