"""Inputs that are broken on purpose: each is refused in words that help, and nothing is written.

A case is a folder under ``cases/broken/GROUP/``. Its files are laid over those of ``good``, a
package without a fault, unless it stands ``alone``; ``expect.toml`` says what comes of it:

========  ======================================================================================
key       what it says
========  ======================================================================================
what      the mistake, in words
alone     true where the files of ``good`` are not laid beneath
recipe    a function of broken_recipes.py and its arguments, which writes what git would not keep
input     the files or folders to hand over; the folder of the case if not given
args      further arguments; ``@`` stands for the folder of the case
store     true where there is a store already, which must stay as it is
apart     true where it runs in a process of its own, whose memory is bounded and measured
seconds   how long it may take, if more than a few
mend      replacements (file, old, new) by which the input is mended
total     the number of faults; those that are listed if not given
fault     the first faults, or all: file, row, column, value, and parts of problem and hint
error     part of the message, where the input as a whole cannot be read; ``hint`` likewise
========  ======================================================================================
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import broken_recipes
from kvgraph.cli.main import _run
from kvgraph.errors import FaultyInputError, counted, shorten, visible

CASES = Path(__file__).parent / "cases" / "broken"
GOOD = CASES / "good"
NAMES = sorted(str(p.parent.relative_to(CASES)) for p in CASES.glob("*/*/expect.toml"))

SECONDS = 6.0
"""Each takes some hundredths; this leaves room for a machine that is busy."""

MEMORY = 400 << 20
"""Of which the program itself is about 60 MB; what is read may not add much to it."""

ADDRESSES = 3 << 30
"""What a process may ask for at all, so that one that runs away is stopped."""


def expectation(name: str) -> dict[str, Any]:
    """Give what a case says."""
    return tomllib.loads((CASES / name / "expect.toml").read_text("utf-8"))


def lay_out(name: str, expected: dict[str, Any], place: Path) -> list[Path]:
    """Write the input of a case and give what is handed over."""
    folder = place / "mine"
    folder.mkdir()
    for source in (*(() if expected.get("alone") else (GOOD,)), CASES / name):
        shutil.copytree(
            source, folder, ignore=shutil.ignore_patterns("expect.toml"), dirs_exist_ok=True
        )
    if recipe := expected.get("recipe"):
        getattr(broken_recipes, recipe[0])(folder, *recipe[1:])
    return [folder / one for one in expected["input"]] if "input" in expected else [folder]


def state(place: Path) -> dict[str, tuple[int, int]]:
    """Give what is in a folder: names, sizes, and when they were written."""
    return {
        str(path.relative_to(place)): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in sorted(place.rglob("*"))
        if not path.is_dir()
    } | {str(path.relative_to(place)): (0, 0) for path in place.rglob("*") if path.is_dir()}


def no_options() -> dict[str, Any]:
    """Give the options of the command where none is said."""
    from kvgraph.cli.ingest import COMMAND

    return {parameter.name or "": None for parameter in COMMAND.params} | {"lang": "en"}


@pytest.fixture(scope="session")
def a_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the good package, to be copied."""
    place = tmp_path_factory.mktemp("good") / "store"
    assert _run(["ingest", str(GOOD), "-o", str(place)]) == 0
    return place


def in_process_of_its_own(arguments: list[str]) -> tuple[int, str, int]:
    """Run the command; give its exit code, what it said, and the memory it took at most."""
    return measured("from kvgraph.cli.main import _run\nsys.exit(_run(sys.argv[1:]))", arguments)


def measured(script: str, arguments: list[str]) -> tuple[int, str, int]:
    """Run a program in Python; give its exit code, what it said, and the memory it took at most.

    What the system tells of a child that has ended counts its parent too, up to the moment in
    which it became another program; so the child tells itself.
    """
    bounded = f"""\
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({ADDRESSES}, {ADDRESSES}))
try:
    {script.replace(chr(10), chr(10) + "    ")}
finally:
    with open("/proc/self/status") as status:
        print(*(line.split()[1] for line in status if line.startswith("VmHWM")))
"""
    source = str(Path(__file__).parents[1] / "src")
    done = subprocess.run(
        [sys.executable, "-c", bounded, *arguments], capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": source, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    return done.returncode, done.stderr.decode("utf-8"), int(done.stdout.split()[-1]) << 10


@pytest.mark.parametrize("name", NAMES)
def test_what_is_broken_is_refused_in_words_that_help(
    name: str, tmp_path: Path, a_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2; file, row, value and hint as expected; nothing written, little time taken."""
    expected = expectation(name)
    if expected.get("recipe", [""])[0] == "forbidden" and os.geteuid() == 0:
        pytest.skip("root may read every file")
    handed = lay_out(name, expected, tmp_path)
    store, report, folder = tmp_path / "store", tmp_path / "report.json", tmp_path / "mine"
    if expected.get("store"):
        shutil.copytree(a_store, store)
    arguments = ["ingest", *map(str, handed), "-o", str(store), "--report", str(report)]
    arguments += [a.replace("@", str(folder)) for a in expected.get("args", ())]
    before, began = state(tmp_path), time.perf_counter()
    if expected.get("apart") and Path("/proc/self/status").exists():
        code, told, memory = in_process_of_its_own(arguments)
        assert memory < MEMORY, f"{memory >> 20} MB"
    else:
        capsys.readouterr()
        code, told = _run(arguments), capsys.readouterr().err
    took = time.perf_counter() - began
    assert code == 2, told
    assert "Traceback" not in told
    assert took < expected.get("seconds", SECONDS)
    after = state(tmp_path)
    after.pop("report.json", None)
    assert after == before, "something was written"
    _check_terminal(told)
    if "error" in expected:
        assert expected["error"] in told.split("error: ")[-1].lower() or (
            expected["error"] in told
        ), told
        assert expected["hint"] in told, told
        assert "hint: " in told
        return
    _check_faults(expected, told, report, folder)


def _check_terminal(told: str) -> None:
    """Nothing in a message can do anything to a terminal, or flood it."""
    hidden = {c for c in told if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")}
    assert not hidden, hidden
    assert len(told) < 50_000
    assert max(map(len, told.splitlines())) < 3000


def _check_faults(expected: dict[str, Any], told: str, report: Path, folder: Path) -> None:
    """The message and the report tell the faults that were expected, and no others."""
    account = json.loads(report.read_text("utf-8"))
    faults = account["faults"]
    total = expected.get("total", len(expected["fault"]))
    assert f" {counted(total, 'fault')}" in told, told
    assert account["faults_in_all"] == total
    assert account["written"] is False
    assert len(faults) == min(total, 50_000)
    for fault, wanted in zip(faults, expected["fault"], strict=False):
        assert fault["file"].removeprefix(f"{folder}/") == wanted["file"], fault
        assert (fault["row"], fault["column"]) == (wanted["row"], wanted["column"]), fault
        assert shorten(fault["value"], 200) == wanted["value"], fault
        assert wanted["problem"] in fault["problem"], fault
        assert wanted["hint"] in fault["hint"], fault
        assert len(wanted["hint"]) > 3
        where = f"{fault['file']}:{fault['row']}: " if fault["row"] else f"{fault['file']}: "
        assert visible(where) in told
        assert visible(shorten(fault["value"])) in told
        assert len(fault["value"]) <= 1000
    for fault in faults:
        assert fault["problem"]
        assert fault["hint"], f"no hint: {fault}"


@pytest.mark.parametrize("name", [n for n in NAMES if "mend" in expectation(n)])
def test_with_its_one_mistake_mended_an_input_is_taken(name: str, tmp_path: Path) -> None:
    """So the message was about the mistake, and about nothing else."""
    from kvgraph.cli._intake import take

    expected = expectation(name)
    handed = lay_out(name, {k: v for k, v in expected.items() if k != "recipe"}, tmp_path)
    for file, old, new in expected["mend"]:
        path = tmp_path / "mine" / file
        text = path.read_bytes().decode("utf-8")
        assert text.count(old) == 1, (file, old)
        path.write_bytes(text.replace(old, new).encode("utf-8"))
    options = no_options()
    if "--mapping" in expected.get("args", ()):
        options["mapping"] = tmp_path / "mine" / "mapping.toml"
    if "--as" in expected.get("args", ()):
        options["reader_name"] = expected["args"][expected["args"].index("--as") + 1]
    try:
        taken = take(handed, None, options, step=lambda _: None)
    except FaultyInputError as error:
        raise AssertionError([str(f) for f in error.faults]) from error
    assert [str(f) for f in taken.faults] == []
    assert len(taken.package.records) + len(taken.package.statements) > 0


CALLS = {
    "a report of another kind": (["@", "-o", "@-st", "--report", "@-r.txt"], "in .json or .xlsx"),
    "a further file without an ending": (["@", "-o", "@-st", "--write", "@-page"], "should end in"),
    "no input": (["-o", "@-st"], "name an INPUT"),
    "no store": (["@"], "Missing option '-o'"),
    "a reader and a mapping": (
        ["@", "-o", "@-st", "--as", "tables", "--mapping", "@/m.toml"], "cannot be given together",
    ),
    "an option that is none": (["@", "-o", "@-st", "--strict"], "No such option"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_call_that_cannot_be_meant_is_refused_before_anything_is_read(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, the option named, nothing written."""
    [folder] = lay_out("good", {}, tmp_path)
    arguments, part = CALLS[name]
    before = state(tmp_path)
    capsys.readouterr()
    assert _run(["ingest", *(a.replace("@", str(folder)) for a in arguments)]) == 2
    assert part in capsys.readouterr().err
    assert state(tmp_path) == before


FINE = {
    "a header with trailing delimiters": ("sources.csv", ("accessed\n", "accessed,,\n")),
    "line ends of old": ("sources.csv", ("\n", "\r")),
    "line ends of others": ("sources.csv", ("\n", "\r\n")),
    "no end of the last line": ("sources.csv", ("2020-05-01\n", "2020-05-01")),
    "blank lines": ("actors.csv", ("\n", "\n\n")),
    "ids that differ in case": ("practices.csv", ("my-p2,", "MY-P1,a third one,,,\nmy-p2,")),
    "a quote in the middle of a text": ("sources.csv", ("A report", 'A "good" report')),
    "a slash in an id": ("practices.csv", ("my-p2,", "my/p3,a third one,,,\nmy-p2,")),
    "letters in parts": ("actors.csv", ("Tartu,", "Tarto\u0303,")),
    "a name from right to left": ("actors.csv", ("Tartu,", "טרטו,")),
    "a minus before a text": ("sources.csv", ("A report", "-1 degree: a report")),
    "a code with underscores": ("events.csv", ("study visit", "Study_Visit")),
}


@pytest.mark.parametrize("name", sorted(FINE))
def test_what_only_looks_broken_is_taken(name: str, tmp_path: Path) -> None:
    """Strictness that helps nobody is none."""
    from kvgraph.cli._intake import take

    [folder] = lay_out("good", {}, tmp_path)
    file, (old, new) = FINE[name]
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_bytes(text.replace(old, new).encode("utf-8"))
    taken = take([folder], None, no_options(), step=lambda _: None)
    assert [str(f) for f in taken.faults] == []


def test_there_are_many_cases_and_no_two_are_the_same() -> None:
    """At least two hundred, each with an input of its own, and half of them with a mended one."""
    seen: Counter[str] = Counter()
    for name in NAMES:
        expected = expectation(name)
        digest = hashlib.sha256()
        for path in sorted((CASES / name).rglob("*")):
            if path.is_file() and path.name != "expect.toml":
                digest.update(str(path.relative_to(CASES / name)).encode() + path.read_bytes())
        told = (expected.get(k) for k in ("recipe", "alone", "input", "args", "store"))
        seen[f"{digest.hexdigest()} {list(told)}"] += 1
        assert expected["what"]
        assert ("error" in expected) != ("fault" in expected)
    assert [one for one, times in seen.items() if times > 1] == []
    assert len(NAMES) >= 200
    assert sum("mend" in expectation(name) for name in NAMES) >= len(NAMES) // 2


def test_every_recipe_is_used() -> None:
    """None is left over."""
    own = {
        name
        for name, value in vars(broken_recipes).items()
        if callable(value) and not name.startswith("_") and value.__module__ == "broken_recipes"
    }
    assert own - {"Path"} == {e["recipe"][0] for n in NAMES if "recipe" in (e := expectation(n))}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")
def test_the_bound_on_memory_can_be_reached() -> None:
    """A program that holds what it reads would be found out."""
    code, _, memory = measured("x = b'1' * (500 << 20)", [])
    assert code == 0
    assert memory > MEMORY
    assert measured("x = b'1' * (4 << 30)", [])[0] == 1
