"""Figures for papers: what they show is what the answer says, in bytes that do not change."""

from __future__ import annotations

import hashlib
import io
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import village
from kvgraph import plots, registry
from kvgraph.analysis.reach import Question, reach
from kvgraph.diagram import frame
from kvgraph.errors import KvgraphError, visible
from kvgraph.material import Adopting, Material, Member, Tie, from_dataset
from kvgraph.model import Table
from kvgraph.plots import adoption, brokerage, cascades, main_path, state_flows
from kvgraph.plots._layers import layered
from kvgraph.plots._room import Stroke, touched
from kvgraph.plots._sheet import axis_of
from kvgraph.words import word
from reference_tables import needs_reference, rows
from test_pictures import HOSTILE, luminance

if TYPE_CHECKING:
    from matplotlib.figure import Figure

pytest.importorskip("matplotlib", reason="matplotlib is not installed")

LANGUAGES: Final = ("fi", "sv", "en")
NAMES: Final = registry.names("plots")
SVG: Final = "{http://www.w3.org/2000/svg}"


# --- answers worked out by hand ----------------------------------------------------------------


@cache
def answer(name: str, lang: str = "en") -> tuple[Table, Material | None]:
    """Give the answer of an analysis about the village, and the material that it is of."""
    if name == "reach":
        question = Question(source=village.iri("xa-aspby"), lang=lang)
        return reach(village.flows(), question, dataset=village.dataset().digest), None
    material = from_dataset(village.dataset(), None, frame(village.dataset(), lang=lang))
    run = registry.entry("analysis", name, "ANALYSIS").run
    return run(material, lang=lang), material


def drawn(name: str, lang: str = "en", *, synthetic: bool = False) -> Figure:
    """Give the figure of an answer about the village."""
    return plots.draw(name, *answer(name, lang), {"XA": "Varnia"}, lang, synthetic)


def written(figure: Figure, suffix: str = ".svg") -> bytes:
    """Give a figure as bytes."""
    stream = io.BytesIO()
    plots.save(figure, stream, suffix)
    return stream.getvalue()


def read(figure: Figure) -> ET.Element:
    """Give a figure as SVG, read again."""
    return ET.fromstring(written(figure))


def texts(picture: ET.Element) -> list[str]:
    """Give what can be read in a picture."""
    return ["".join(t.itertext()) for t in picture.iter(f"{SVG}text")]


def titles(picture: ET.Element) -> list[str]:
    """Give what is told of things in a picture."""
    return [t.text or "" for t in picture.iter(f"{SVG}title")]


def spread(
    intervals: Sequence[tuple[int, int]], practices: Sequence[str] = ("p",), **more: Any
) -> Material:
    """Give adoptions of each practice by a, b, c ... in these intervals."""
    told = [
        Adopting(chr(97 + i), practice, low, high, f"{practice}{i}")
        for practice in practices
        for i, (low, high) in enumerate(intervals)
    ]
    return Material((), (), tuple(told), numeric=True, **more)


def run(name: str, material: Material, **asked: Any) -> Table:
    """Give the answer of an analysis."""
    table: Table = registry.entry("analysis", name, "ANALYSIS").run(material, **asked)
    return table


# --- every figure ------------------------------------------------------------------------------


def test_every_figure_is_of_an_analysis() -> None:
    """Its file, its name and the analysis are called the same."""
    assert {"adoption", "brokerage", "cascades", "main-path", "reach", "state-flows"} <= {*NAMES}
    for name in NAMES:
        assert name == plots.plot_of(name).name
        assert name in registry.names("analysis")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_figure_says_what_it_is_and_what_it_rests_on(name: str, lang: str) -> None:
    """Title, rule, stage, horizon, what was left out and undated, coverage, dataset: as text."""
    table, _ = answer(name, lang)
    picture = read(drawn(name, lang, synthetic=True))
    title, told = picture.findtext(f"{SVG}title"), picture.findtext(f"{SVG}desc") or ""
    whole = " ".join(texts(picture))
    assert title
    assert title in whole
    assert word("head.synthetic", lang) in whole
    digest = village.dataset().digest.removeprefix("sha256:")[:12]
    horizon = {"fi": "30.11.2025", "sv": "30 november 2025", "en": "30 November 2025"}[lang]
    stage = {"fi": "käyttöönotto", "sv": "införande", "en": "adoption"}[lang]
    expected = [digest, horizon, stage, word("reason.planned", lang)]
    if name == "reach":
        expected.append(word("head.rule_nonstrict", lang))
    else:
        expected += [str(table.head["coverage"]), str(table.head["rule"])]
        expected += [str(note) for note in table.head["notes"]]  # type: ignore[union-attr]
    for words in expected:
        assert words in told, words
        assert " ".join(words.split()) in whole
    assert picture.get("lang") == lang


@pytest.mark.parametrize("name", NAMES)
def test_only_what_is_invented_is_said_to_be(name: str) -> None:
    """The mark stands where the caller says so, and nowhere else."""
    assert word("head.synthetic", "en") not in texts(read(drawn(name)))


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_needs_nothing_else(name: str) -> None:
    """No script, no address but the names of its own parts, no day; ids stand once."""
    text = written(drawn(name)).decode()
    picture = ET.fromstring(text)
    ids = [e.get("id") for e in picture.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"(?:url\(|href=\")(#[^)\"]*)", text)) <= {f"#{name}" for name in ids}
    namespaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"https?://[^\" <]*", text)) <= namespaces
    assert not {"script", "image", "a", "foreignObject"} & {
        e.tag.removeprefix(SVG) for e in picture.iter()
    }
    assert "<!DOCTYPE" not in text
    assert "Matplotlib" not in text


@pytest.mark.parametrize("name", NAMES)
def test_a_png_is_1440_pixels_wide_and_tells_of_no_program(name: str) -> None:
    """What is written in it is the picture alone."""
    data = written(drawn(name), ".png")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(data[16:20], "big") == 1440
    assert b"Software" not in data
    assert b"tIME" not in data


@pytest.mark.parametrize("name", NAMES)
def test_letters_can_be_read(name: str) -> None:
    """All text is of 9 points at least, and its contrast on white 4.5 : 1 at least."""
    for text in read(drawn(name, synthetic=True)).iter(f"{SVG}text"):
        style = str(text.get("style"))
        size = re.search(r"(?:font-size: |font: (?:bold )?)([\d.]+)px", style)
        assert size is not None, style
        assert float(size.group(1)) >= 9
        colour = re.search(r"fill: (#[0-9a-f]{6})", style)
        ink = luminance(colour.group(1)) if colour else 0.0
        assert 1.05 / (ink + 0.05) >= 4.5


def digests() -> list[str]:
    """Give a digest of every figure in every form."""
    return [
        hashlib.sha256(written(drawn(name, "fi"), suffix)).hexdigest()
        for name in NAMES
        for suffix in plots.SUFFIXES
    ]


def test_the_same_answer_is_the_same_bytes_without_a_display(tmp_path: Path) -> None:
    """Under two hash seeds, with no display, whatever the user's settings; pyplot stays out."""
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "import test_plots; print(*test_plots.digests())\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    here = Path(__file__).parent
    own = {"1": "", "2": "font.size: 20\nsvg.fonttype: path\nlines.linewidth: 9\n"}
    found = {" ".join(digests())}
    for seed, config in own.items():
        folder = tmp_path / seed
        folder.mkdir()
        (folder / "matplotlibrc").write_text(config, "utf-8")
        done = subprocess.run(
            [sys.executable, "-c", code, str(here.parent / "src"), str(here)],
            capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "MPLCONFIGDIR": str(folder)},
        )  # fmt: skip
        told, pyplot = done.stdout.splitlines()
        assert pyplot == "False"
        found.add(told)
    assert len(found) == 1


def test_matplotlib_is_imported_only_to_draw() -> None:
    """The room, its registry and an error about a name cost nothing of it."""
    code = (
        "import sys\nfrom kvgraph import plots, registry\n"
        "for name in registry.names('plots'): plots.plot_of(name)\n"
        "print([m for m in sys.modules if m.split('.')[0] == 'matplotlib'])"
    )
    source = str(Path(plots.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": source, "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


# --- nothing, and too much ---------------------------------------------------------------------


def test_without_matplotlib_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(KvgraphError) as caught:
        drawn("reach")
    assert "matplotlib" in caught.value.message
    assert caught.value.hint == "pip install 'kvgraph[plots]'"


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_answer_has_no_figure_but_a_reason(name: str) -> None:
    """The error says what the answer says."""
    table, material = answer(name)
    with pytest.raises(KvgraphError, match="No transfer is there to be counted"):
        plots.draw(name, replace(table, rows=(), empty=word("analyse.nothing", "en")), material)


def test_an_analysis_without_a_figure_names_those_with_one() -> None:
    """A wrong name gets the right ones, and a wrong ending too."""
    with pytest.raises(KvgraphError) as caught:
        plots.plot_of("moran")
    assert all(name in caught.value.hint for name in NAMES)
    with pytest.raises(KvgraphError, match=r"figure\.pdf"):
        plots.suffix_of("figure.pdf")


def test_what_cannot_be_drawn_is_explained() -> None:
    """No broker, no arc on the path, no date, no material, a measure of the whole."""
    _, material = answer("brokerage")
    assert material is not None
    members = (Member("a", None, {"group": "x"}), Member("b", None, {"group": "y"}))
    pair = Material((Tie("a", "b", "p", 1, 1, 1.0, "t"),), members, numeric=True)
    loop = replace(pair, ties=(*pair.ties, Tie("b", "a", "p", 1, 1, 1.0, "u")))
    undated, _ = answer("reach")
    blank = replace(undated, rows=tuple((*row[:4], None, None, *row[6:]) for row in undated.rows))
    cases: list[tuple[str, Table, Material | None, str]] = [
        ("brokerage", run("brokerage", pair), pair, "nobody stands between"),
        ("brokerage", run("brokerage", material, by="whole"), material, "as a whole"),
        ("main-path", run("main-path", loop), loop, "no arc lies on"),
        ("cascades", answer("cascades")[0], None, "by the ties"),
        ("reach", blank, None, "no arrival is known"),
    ]
    for name, table, of, told in cases:
        with pytest.raises(KvgraphError, match=told):
            plots.draw(name, table, of)


def test_what_is_too_much_is_counted() -> None:
    """So many practices, brokers, actors, states and arcs are drawn; the others are told of."""
    many = spread([(i, i) for i in range(3)], [f"p{n}" for n in range(adoption.MOST + 3)])
    assert word("plots.more_practices", "en", number=3) in _foot("adoption", many)
    # Each of these gave to the next: all but the ends are brokers, once each.
    chain = [Tie(f"{i:02}", f"{i + 1:02}", "p", i, i, 1.0, str(i)) for i in range(80)]
    line = Material(
        tuple(chain), tuple(Member(f"{i:02}", None, {"group": f"{i:02}"}) for i in range(81)),
        numeric=True,
    )  # fmt: skip
    for name, key, told in (
        ("brokerage", "plots.brokerage.more", {"number": 79 - brokerage.MOST, "most": 1}),
        ("cascades", "plots.cascades.more", {"number": 81 - cascades.MOST}),
        ("main-path", "plots.main_path.more", {"number": 80 - main_path.MOST}),
        # 34 states of a chain: 33 transfers lie between them.
        ("state-flows", "plots.state_flows.more",
         {"number": 81 - state_flows.MOST, "transfers": 80 - (state_flows.MOST - 1)}),
    ):  # fmt: skip
        assert word(key, "en", **told) in _foot(name, line)


def _foot(name: str, material: Material) -> str:
    """Give what stands beneath the figure of a material."""
    return read(plots.draw(name, run(name, material), material)).findtext(f"{SVG}desc") or ""


# --- the numbers are those of the answer -------------------------------------------------------


def stairs(figure: Figure) -> list[tuple[list[float], Any]]:
    """Give the values and the base of all steps that are drawn, in their order."""
    from matplotlib.patches import StepPatch

    found = []
    for axes in figure.axes:
        for patch in axes.patches:
            if isinstance(patch, StepPatch):
                values, _, base = patch.get_data()
                found.append((values.tolist(), None if base is None else base))
    return found


def test_a_band_is_drawn_only_where_there_are_bounds() -> None:
    """Of point dates there is the curve alone; of intervals least and most as answered."""
    band = word("plots.adoption.band", "en")
    exact = spread([(1, 1), (2, 2), (4, 4)])
    figure = plots.draw("adoption", run("adoption", exact), exact)
    assert [values for values, _ in stairs(figure)] == [[1, 2, 2, 3]]
    assert band not in texts(read(figure))
    # b adopted between 2 and 4, in 3 by the middle: by 2 it is 1 or 2, by 3 too, by 4 it is 3.
    wide = spread([(1, 1), (2, 4), (4, 4)])
    figure = plots.draw("adoption", run("adoption", wide), wide)
    (most, least), (curve, _) = stairs(figure)
    assert (least.tolist(), most, curve) == ([1, 1, 1, 3], [1, 2, 2, 3], [1, 1, 2, 3])
    assert band in texts(read(figure))


def test_the_hazard_is_that_of_the_answer() -> None:
    """Of a, b, c, d one each in 1, 2, 4, and d never: 0, 1/3, 0, 1/2."""
    material = replace(spread([(1, 1), (2, 2), (4, 4)]), members=(Member("d", None, {}),))
    figure = plots.draw("adoption", run("adoption", material), material)
    bars = [c for axes in figure.axes for c in axes.containers]
    assert [round(b.get_height(), 6) for container in bars for b in container] == [
        0, 0.333333, 0, 0.5,
    ]  # fmt: skip


def test_reach_counts_actors_by_date() -> None:
    """By hand: four can have been reached, two were by 2013-06-30 and 2015-06-30 at the latest."""
    figure = drawn("reach")
    lines = [line for axes in figure.axes for line in axes.lines if line.get_gid()]
    (upper, lower) = [
        [(x, y) for x, y in zip(*line.get_data(), strict=True) if y][:-1] for line in lines
    ]
    days = {"2012-01-01": 1, "2013-01-01": 2, "2015-03-01": 3, "2015-05-01": 4}
    assert upper == [(_day(day), n) for day, n in days.items()]
    assert lower == [(_day("2013-06-30"), 1), (_day("2015-06-30"), 2)]
    assert {"at most 4", "at least 2"} <= set(texts(read(figure)))


def _day(text: str) -> float:
    from datetime import date

    return float(date.fromisoformat(text).toordinal())


def test_the_matrix_has_the_numbers_of_the_answer() -> None:
    """A cell with nothing has no number and no colour; sums are those of rows and columns."""
    table, _ = answer("state-flows")
    # Varnia gave Oreland v1 and v5, itself v4; Oreland gave itself v2 and v3.
    told = titles(read(drawn("state-flows")))
    cells = sorted(t for t in told if "→" in t)
    assert cells == [
        "Varnia → Varnia: transfers 1", "Varnia → XB: transfers 2", "XB → XB: transfers 2",
    ]  # fmt: skip
    assert sum(row["transfers"] for row in table.records()) == 5  # type: ignore[misc]


def test_a_state_that_is_none_comes_last_and_is_named() -> None:
    """What belongs to no state is not called within a state."""
    table = Table(
        ("from_state", "to_state", "transfers"),
        ((None, None, 9), ("FI", None, 2), ("FI", "FI", 1)),
    )
    figure = plots.draw("state-flows", table, None, {"FI": "Finland"})
    said = texts(read(figure))
    assert said.index("Finland") < said.index(word("view.matrix.nowhere", "en"))
    framed = [
        p for axes in figure.axes for p in axes.patches if p.get_gid() and p.get_linewidth() > 1
    ]
    assert [p.get_label() for p in framed] == ["Finland → Finland: transfers 1"]


def test_brokers_are_stacked_by_role() -> None:
    """The bars of an actor are as long as the answer says, one after the other."""
    table, _ = answer("brokerage")
    figure = drawn("brokerage")
    [axes] = [a for a in figure.axes if a.containers]
    bars = [bar for container in axes.containers for bar in container]
    ends: dict[float, float] = {}
    for bar in bars:
        assert bar.get_x() == ends.get(bar.get_y(), 0)
        ends[bar.get_y()] = bar.get_x() + bar.get_width()
    assert list(ends.values()) == [row["total"] for row in table.records() if row["total"]]
    looks = {(role[0], role[1]) for role in brokerage.ROLES.values()}
    assert len({colour for colour, _ in looks}) == len({hatch for _, hatch in looks}) == 5


def test_the_main_path_draws_its_arcs_and_no_others() -> None:
    """a-b-c and a-b-d weigh as much: the one over the smaller ids is drawn, a-c is not."""
    ties = [Tie(g, r, "", None, None, 1.0, g + r) for g, r in ("ab", "ac", "bc", "bd")]
    material = Material(tuple(ties))
    picture = read(plots.draw("main-path", run("main-path", material), material))
    arcs = [t for t in titles(picture) if "→" in t]
    assert sorted(arcs) == ["a → b: weight 2 (ab)", "b → c: weight 1 (bc)"]


def test_a_component_is_one_node_that_names_its_actors() -> None:
    """b and c give to each other: between a and d there is one node."""
    ties = [Tie(g, r, "", None, None, 1.0, g + r) for g, r in ("ab", "bc", "cb", "cd")]
    material = Material(tuple(ties))
    labels = {"b": "Bilbao"}
    picture = read(plots.draw("main-path", run("main-path", material), material, labels))
    assert {"a", "Bilbao +1", "d"} <= set(texts(picture))
    assert "Bilbao, c" in titles(picture)


def test_cascades_draw_every_tie_with_its_proof() -> None:
    """What is proven is a full line and what is not a broken one; ids and days are told."""
    figure = drawn("cascades")
    told = {t.rpartition(" · ")[2]: t for t in titles(read(figure)) if " → " in t}
    assert set(told) == {"v1", "v2", "v3", "v4", "v5"}
    assert "1 January 2012–30 June 2013" in told["v1"]
    lines = [p for axes in figure.axes for p in axes.patches if str(p.get_label()) in told.values()]
    styles = {
        str(p.get_label()).rpartition(" · ")[2]: p.get_linestyle()
        for p in lines
        if not p.get_fill()
    }
    assert {name for name, style in styles.items() if style in ("-", "solid")} == {
        "v1", "v2", "v3", "v5",
    }  # fmt: skip


def test_cascades_without_dates_stand_apart() -> None:
    """No day is invented: ties without one are drawn in a strip that says so."""
    dated = Tie("a", "b", "p", 1, 2, 1.0, "t1")
    undated = Tie("a", "c", "p", None, None, 1.0, "t2", proven=False)
    strip = word("view.timeline.undated", "en")
    for ties, there in (((dated,), False), ((dated, undated), True), ((undated,), True)):
        material = Material(ties, numeric=True)
        figure = plots.draw("cascades", run("cascades", material), material)
        picture = read(figure)
        assert (strip in texts(picture)) == there
        assert {t.rpartition(" · ")[2] for t in titles(picture) if " → " in t} == {
            tie.id for tie in ties
        }


def test_lanes_go_from_the_top_of_government_down() -> None:
    """The EU stands above states and states above cities; an unknown level is last."""
    levels = {"a": "local", "b": "eu", "c": "", "d": "national"}
    ties = tuple(Tie("a", r, "p", 1, 1, 1.0, r) for r in "bcd")
    members = tuple(Member(name, None, {"level": level}) for name, level in levels.items())
    material = Material(ties, members, numeric=True)
    said = texts(read(plots.draw("cascades", run("cascades", material), material)))
    order = [said.index(name) for name in ("b", "d", "a", "c")]
    assert order == sorted(order)


# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["adoption", "brokerage", "cascades", "main-path"])
def test_hostile_names_are_text(name: str) -> None:
    """Whatever a name says, it is text in a file that can be read; what was cut is told in full."""
    actors = [f"a{i}" for i in range(len(HOSTILE) + 3)]
    ties = tuple(
        Tie(one, other, "p", i, i + 1, 1.0, f"t{i}")
        for i, (one, other) in enumerate(pairwise(actors))
    )
    members = tuple(Member(a, None, {"group": a, "label": "$x^2$ & <b>"}) for a in actors)
    adoptings = tuple(Adopting(t.receiver, "p", t.start, t.end, t.id) for t in ties)
    material = Material(ties, members, adoptings, numeric=True)
    labels = {**dict(zip(actors[1:], HOSTILE, strict=False)), "p": "\U0001f600 " + HOSTILE[0]}
    figure = plots.draw(name, run(name, material), material, labels)
    picture = read(figure)
    written(figure, ".png")
    whole = "\n".join([*texts(picture), *titles(picture)])
    assert "\u202e" not in whole
    assert "\x07" not in whole
    if name == "adoption":
        assert HOSTILE[0] in whole
    else:
        for hostile in HOSTILE:
            assert visible(hostile) in whole
        assert "n" * 400 in whole
        assert "$x^2$ & <b>" in whole


def test_an_actor_without_a_label_has_its_id() -> None:
    """A label that is handed in comes before the column of the actor, and that before the id."""
    members = (Member("a", None, {"label": "Own"}), Member("b", None, {"label": "Own too"}))
    material = Material((Tie("a", "b", "p", 1, 1, 1.0, "t"), Tie("b", "c", "p", 2, 2, 1.0, "u")),
                        members, numeric=True)  # fmt: skip
    figure = plots.draw("cascades", run("cascades", material), material, {"b": "Given"})
    assert {"Own", "Given", "c"} <= set(texts(read(figure)))


# --- the drawing of layers, and axes -----------------------------------------------------------

ARCS: Final = st.sets(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]),
    min_size=1,
)


@settings(max_examples=60)
@given(ARCS)
def test_layers_go_from_left_to_right(arcs: set[tuple[int, int]]) -> None:
    """An arc goes to the right, through each layer once, and no two nodes stand on each other."""
    found = layered(sorted((str(a), str(b)) for a, b in arcs))
    for (tail, head), way in found.ways.items():
        assert way[0] == found.places[tail]
        assert way[-1] == found.places[head]
        numbers = [layer for layer, _ in way]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
    layers: dict[int, list[float]] = {}
    for layer, at in found.places.values():
        layers.setdefault(layer, []).append(at)
    for heights in layers.values():
        assert all(b - a > 0.999 for a, b in pairwise(sorted(heights)))


def test_strokes_touch_where_they_are_near() -> None:
    """Crossing, side by side, end to end, and apart."""
    one = Stroke((0, 0), (4, 0), 0.1)
    assert touched(one, [Stroke((2, -2), (2, 2), 0.0)]) == 1
    assert touched(one, [Stroke((0, 0.15), (4, 0.15), 0.1)]) == 1
    assert touched(one, [Stroke((4.15, 0), (9, 0), 0.1)]) == 1
    assert touched(one, [Stroke((4.25, 0), (9, 0), 0.1), Stroke((0, 1), (4, 1), 0.1)]) == 0


@given(st.floats(1, 3_000_000), st.floats(0, 700_000), st.booleans())
def test_an_axis_has_ticks_on_it_that_say_where_they_are(
    first: float, long: float, numeric: bool
) -> None:
    """At least one, not more than there is room for, in order, and each another."""
    axis = axis_of(first, first + long, 6.0, numeric=numeric)
    places = [x for x, _ in axis.ticks]
    assert 1 <= len(places) <= 13
    assert places == sorted(places)
    assert all(axis.first <= x <= axis.last for x in places)
    assert len({told for _, told in axis.ticks}) == len(places)


# --- how it looks ------------------------------------------------------------------------------

Corners = list[tuple[float, float]]

MEASURE: Final = """() => [...document.querySelectorAll('svg text')].map((t) => {
  const b = t.getBBox(), m = t.getScreenCTM(), s = document.querySelector('svg').getScreenCTM();
  const inside = s.inverse().multiply(m);
  const corners = [[b.x, b.y], [b.x + b.width, b.y], [b.x + b.width, b.y + b.height],
                   [b.x, b.y + b.height]];
  return [corners.map(([x, y]) => { const p = new DOMPoint(x, y).matrixTransform(inside);
                                    return [p.x, p.y]; }), t.textContent]; })"""


def _pictures() -> Iterator[tuple[str, Figure]]:
    """Give figures of all kinds with names, long ones too."""
    for lang in LANGUAGES:
        for name in NAMES:
            yield f"{name} {lang}", drawn(name, lang, synthetic=True)
    intervals = [(i, i + i % 3) for i in range(12)]
    several = spread(intervals, ["p", "q", "r"])
    yield "adoption, several", plots.draw("adoption", run("adoption", several), several)
    long = {f"{i:02}": f"An organisation with a rather long name, number {i}" for i in range(30)}
    tree = [Tie(f"{(i - 1) // 2:02}", f"{i:02}", "p", i, i + 3, 1.0, str(i), i % 3 > 0)
            for i in range(1, 30)]  # fmt: skip
    members = [Member(a, None, {"group": f"G{int(a) % 7}", "level": str(int(a) % 4)}) for a in long]
    material = Material(tuple(tree), tuple(members), numeric=True)
    for name in ("brokerage", "cascades", "state-flows"):
        yield f"{name}, long", plots.draw(name, run(name, material), material, long)
    yield (
        "main-path, long",
        plots.draw("main-path", run("main-path", material, method="local"), material, long),
    )


def overlap(one: Corners, other: Corners) -> float:
    """Give how deep two turned boxes lie in each other; below 0 they are apart."""
    depth = math.inf
    for box in (one, other):
        for (x1, y1), (x2, y2) in pairwise([*box, box[0]]):
            far = math.hypot(x2 - x1, y2 - y1)
            if not far:
                continue
            nx, ny = (y2 - y1) / far, (x1 - x2) / far
            spans = [[x * nx + y * ny for x, y in b] for b in (one, other)]
            depth = min(depth, max(spans[0]) - min(spans[1]), max(spans[1]) - min(spans[0]))
    return depth


def test_no_text_lies_on_another() -> None:
    """In a browser no two texts overlap and none leaves the picture."""
    chromium = which("chromium") or which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no chromium here")
    files = {name: written(figure).decode() for name, figure in _pictures()}

    def measure() -> dict[str, list[tuple[Corners, str]]]:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            arguments = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"]
            browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
            page = browser.new_page()
            found = {}
            for name, svg in files.items():
                page.set_content("<body>" + svg.partition("?>")[2])
                found[name] = page.evaluate(MEASURE)
            browser.close()
            return found

    # In a thread of its own: another test's browser may be open in this one.
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(measure).result()
    for name, boxes in found.items():
        wide, high = (float(x) for x in ET.fromstring(files[name]).get("viewBox", "").split()[2:])
        assert boxes
        for i, (corners, said) in enumerate(boxes):
            for x, y in corners:
                assert -1 <= x <= wide + 1, (name, said)
                assert -1 <= y <= high + 1, (name, said)
            for others, told in boxes[i + 1 :]:
                # A line's box is higher than its letters: two points may be shared.
                assert overlap(corners, others) < 2.6, (name, said, told)


@needs_reference
def test_a_published_main_path_is_drawn_as_it_is() -> None:
    """The 15 arcs of the centrality literature, from Bavelas 1948 to Freeman 1979."""
    ties = tuple(
        Tie(row["from"], row["to"], "", None, None, 1.0, str(n))
        for n, row in enumerate(rows("mainpath_centrality", "expected_weights.csv"))
    )
    labels = {row["id"]: row["label"] for row in rows("mainpath_centrality", "labels.csv")}
    material = Material(ties)
    picture = read(plots.draw("main-path", run("main-path", material), material, labels))
    arcs = [t for t in titles(picture) if "→" in t]
    assert len(arcs) == 15
    assert any(t.startswith("Bavelas-48 → Leavitt-51: weight 20\u00a0616 ") for t in arcs)
    assert any(t.startswith("Freeman-77 → Freeman-79") for t in arcs)
