"""Mappings in RML and YARRRML are carried out by morph-kgc, apart from kvgraph.

The tests that need morph-kgc take the environment that ``make test`` makes; the others need none.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kvgraph.errors import KvgraphError
from kvgraph.graph.rdf_checks import check_rdf
from kvgraph.readers import _rml as rml
from kvgraph.store import Dataset
from shipped import built

ROOT = Path(__file__).resolve().parents[1]
CASES = Path(__file__).resolve().parent / "cases" / "rml"
BOTH = ("networks.rml.ttl", "networks.yarrrml.yml")


@pytest.fixture(scope="module")
def installed() -> None:
    """Skip where morph-kgc is not there; where ``make test`` runs it always is."""
    try:
        rml.interpreter()
    except KvgraphError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(f"{error.message}: {error.hint}")


def expected() -> set[ox.Triple]:
    """Give the statements that were written by hand."""
    read = ox.parse(path=str(CASES / "expected.ttl"), format=ox.RdfFormat.TURTLE)
    return {quad.triple for quad in read}


def fake(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program in the place of the Python beside which morph-kgc is."""
    program = folder / "python"
    program.write_text(f"#!{sys.executable}\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setenv(rml.PYTHON, str(program))


def test_make_test_makes_the_environment() -> None:
    """So that these tests are never passed over unseen, and the version is the one pinned."""
    make = (ROOT / "Makefile").read_text("utf-8")
    assert "test: $(VENV)/.tested rml\n" in make
    pins = (ROOT / ".ci" / "rml.txt").read_text("utf-8").splitlines()
    assert f"morph_kgc=={rml.VERSION}" in pins


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", BOTH)
def test_a_mapping_gives_what_was_written_by_hand(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RML and YARRRML give the same, wherever one stands: tables lie beside the mapping."""
    monkeypatch.chdir(tmp_path)
    found = rml.run_rml(CASES / name)
    assert found.faults == ()
    assert {quad.triple for quad in found.quads} == expected()
    assert len(found.quads) == len(expected()) == 50
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("installed")
def test_what_a_mapping_gives_is_sound() -> None:
    """The worked example breaks no shape; only a thing without a fault may follow it."""
    context = built()
    found = rml.run_rml(CASES / BOTH[0])
    faults, told = check_rdf(found.quads, context, found.line_of, found.shown)
    assert faults == told == []


@pytest.mark.usefixtures("installed")
def test_a_fault_in_what_a_mapping_gives_has_no_line_but_names_the_thing(tmp_path: Path) -> None:
    """Nobody wrote the statements, so that a line of them would help nobody."""
    for file in CASES.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    table = tmp_path / "members.csv"
    table.write_text(table.read_text("utf-8").replace("giver", "gver"), "utf-8")
    found = rml.run_rml(tmp_path / BOTH[1], "my.yml")
    faults, _ = check_rdf(found.quads, Dataset(built()).store, found.line_of, found.shown)
    assert [str(f).replace("\n    ", " | ") for f in faults] == [
        f'my.yml (what it gives): role "voc:membership-role/gver" ({membership}) is not a code '
        "of a list | Did you mean voc:membership-role/giver?"
        for membership in ("north-kitchens-aa-alder", "quiet-streets-bb-birch")
    ]


@pytest.mark.usefixtures("installed")
def test_a_mapping_without_its_table_is_told_in_one_message() -> None:
    """The cause that morph-kgc gives last, and where tables are looked for."""
    with pytest.raises(KvgraphError) as caught:
        rml.run_rml(CASES / "broken.rml.ttl", "broken.rml.ttl")
    assert caught.value.message == (
        "broken.rml.ttl: morph-kgc stopped: No such file or directory: 'missing.csv'"
    )
    assert caught.value.hint == "Tables are looked for from the folder of the mapping."


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "text"),
    [("m.ttl", "this is no Turtle"), ("m.yml", "mappings: [1, 2"), ("m.yml", "prefixes: {}\n")],
)
def test_a_mapping_that_is_none_is_told_in_one_message(
    name: str, text: str, tmp_path: Path
) -> None:
    """Without a traceback."""
    (tmp_path / name).write_text(text)
    with pytest.raises(KvgraphError) as caught:
        rml.run_rml(tmp_path / name)
    assert "morph-kgc stopped: " in caught.value.message
    assert "Traceback" not in caught.value.message


@pytest.mark.usefixtures("installed")
def test_a_mapping_of_empty_tables_says_that_it_gives_nothing(tmp_path: Path) -> None:
    """Nothing is an answer that has to be explained."""
    for name in ("networks.rml.ttl", "networks.csv", "members.csv"):
        text = (CASES / name).read_text("utf-8")
        text = text.partition("map:source")[0] if name.endswith("ttl") else text
        (tmp_path / name).write_text(text.splitlines()[0] + "\n" if "csv" in name else text)
    with pytest.raises(KvgraphError) as caught:
        rml.run_rml(tmp_path / "networks.rml.ttl")
    assert "gives nothing" in caught.value.message


@pytest.mark.usefixtures("installed")
def test_code_beside_a_mapping_is_not_run(tmp_path: Path) -> None:
    """A folder that somebody sent may hold a pandas.py."""
    for file in CASES.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "pandas.py").write_text("open('was-run', 'w').close()\n")
    assert rml.run_rml(tmp_path / BOTH[0]).quads
    assert not (tmp_path / "was-run").exists()


def test_where_it_is_not_installed_it_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also outside of a checkout, where there is no make."""
    import platformdirs

    monkeypatch.delenv(rml.PYTHON, raising=False)
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda _: str(tmp_path / "cache"))
    place = tmp_path / "checkout" / "src" / "kvgraph" / "readers" / "_rml.py"
    monkeypatch.setattr(rml, "__file__", str(place))
    place.parent.mkdir(parents=True)
    with pytest.raises(KvgraphError) as caught:
        rml.run_rml(CASES / BOTH[0])
    assert "not installed" in caught.value.message
    assert f"-m pip install morph-kgc=={rml.VERSION}" in caught.value.hint
    (tmp_path / "checkout" / "Makefile").write_text("")
    with pytest.raises(KvgraphError) as caught:
        rml.run_rml(CASES / BOTH[0])
    assert caught.value.hint == f"Type: make -C {tmp_path / 'checkout'} rml"
    own = tmp_path / "cache" / "rml" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text("")
    assert rml.interpreter() == own


def test_a_python_that_was_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name is told, and nothing else is tried instead."""
    monkeypatch.setenv(rml.PYTHON, "/nowhere/python")
    with pytest.raises(KvgraphError) as caught:
        rml.run_rml(CASES / BOTH[0])
    assert "/nowhere/python" in caught.value.message


def test_a_python_without_morph_kgc_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to type."""
    monkeypatch.setenv(rml.PYTHON, sys.executable)
    with pytest.raises(KvgraphError) as caught:
        rml.run_rml(CASES / BOTH[0])
    assert "not installed beside the Python" in caught.value.message


def test_a_file_that_is_no_mapping_is_refused_by_its_name(tmp_path: Path) -> None:
    """Before anything is run; one that is not there as well."""
    with pytest.raises(KvgraphError, match="is not a mapping"):
        rml.run_rml(tmp_path / "table.csv")
    with pytest.raises(KvgraphError, match="cannot be read"):
        rml.run_rml(tmp_path / "none.ttl")


@pytest.mark.skipif(os.name == "nt", reason="sessions of processes are another matter there")
@pytest.mark.parametrize("how", ["too long", "Ctrl-C"])
def test_what_is_given_up_is_ended_with_its_children(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing goes on working after a time-out or Ctrl-C."""
    import subprocess

    mark = tmp_path / "still-there"
    code = f"import time; time.sleep(3); open({str(mark)!r}, 'w').close()"
    fake(
        tmp_path,
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {code!r}])\ntime.sleep(60)",
        monkeypatch,
    )
    begun = time.monotonic()
    if how == "too long":
        with pytest.raises(KvgraphError, match="was not done after 1 seconds"):
            rml.run_rml(CASES / BOTH[0], longest=1)
    else:
        wait = subprocess.Popen.communicate

        def interrupted(*_: object, **__: object) -> object:
            monkeypatch.setattr(subprocess.Popen, "communicate", wait)
            time.sleep(1)
            raise KeyboardInterrupt

        monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
        with pytest.raises(KeyboardInterrupt):
            rml.run_rml(CASES / BOTH[0])
    assert time.monotonic() - begun < 3
    time.sleep(3)
    assert not mark.exists()
