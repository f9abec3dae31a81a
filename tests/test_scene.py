"""What a page is given says what the dataset says, in the shape that the page expects."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import village
from kvgraph.handle import Handle
from kvgraph.inquiry import frame_of, selected
from kvgraph.namespaces import KV, PREFIXES, shorten
from kvgraph.scene import MOST, as_json, embedded, scene
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


@pytest.mark.parametrize("options", [{}, {"practice": ["pr-antirumour"]}, {"country": ["FI"]}])
def test_its_query_finds_what_is_drawn(shipped: Dataset, options: dict[str, Any]) -> None:
    """With the records named, or without, the SPARQL of a scene has its transfers and seats."""
    found = made(shipped, **options)
    for what, variable in (("transfers", "transfer"), ("memberships", "membership")):
        iris = {one["iri"] for one in found[what]}
        values = f"VALUES ?{variable} {{ {' '.join(f'<{iri}>' for iri in sorted(iris))} }}"
        named = found["sparql"][what].replace("#VALUES#", values if options else "")
        rows = shipped.query(named)
        assert {row[variable].value for row in rows} == iris  # type: ignore[union-attr, index]


def test_its_query_for_a_hop_finds_every_statement_with_its_source(
    shipped: Dataset, barcelona: dict[str, Any]
) -> None:
    """What the proof shows can be found again in the graph that states it, also by rdflib."""
    transfer = next(t for t in barcelona["transfers"] if t["id"] == "t0215")
    query = barcelona["sparql"]["hop"].replace("#IRI#", transfer["iri"])
    rows = list(shipped.query(query))
    cited = {shorten(r["source"].value) for r in rows if r["source"]}  # type: ignore[index]
    assert cited == {barcelona["sources"][s]["id"] for s in transfer["sources"]}
    said = {r["property"].value for r in rows}  # type: ignore[index]
    assert {KV + "giver", KV + "receiver", KV + "startAsWorded", KV + "status"} <= said


def test_a_contradiction_and_a_stage_history_are_told(village_scene: dict[str, Any]) -> None:
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
