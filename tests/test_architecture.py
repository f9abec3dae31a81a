"""The house rules that can be read off the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kvgraph import registry

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "kvgraph"

CORRIDOR = (
    (
        "errors model namespaces dates resources tables palette vocabulary words heading aside "
        "registry guard | store names query remote proof dossier rollup evaluation links selection "
        "excerpt coverage readers graph flows diagram material analysis export scene view plots "
        "templates inquiry tabular drawn handle serve cli"
    )
    .replace("|", "")
    .split()
)
"""A room imports only what stands to its left, and itself."""


def _modules() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*.py") if p.name != "__init__.py" or p.parent != SOURCE)


def _room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    """Give the rooms that a module imports, wherever in the file, type checking included."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = (
                [f"kvgraph.{alias.name}" for alias in node.names]
                if node.module == "kvgraph"
                else [node.module]
            )
        rooms |= {n.split(".")[1] for n in names if n.startswith("kvgraph.")}
    return rooms - {"__version__"}


@pytest.mark.parametrize("path", _modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_room_imports_only_what_stands_to_its_left(path: Path) -> None:
    """Data goes one way along the corridor."""
    room = _room(path)
    assert room in CORRIDOR, f"{room} has no place in the corridor"
    allowed = set(CORRIDOR[: CORRIDOR.index(room) + 1])
    # Types of what is drawn may be named before it is drawn: flows names the edge table.
    assert _imports(path) - allowed == set()


def test_the_corridor_names_no_room_that_is_not_there() -> None:
    """The list above stays the list of the rooms."""
    assert {_room(p) for p in _modules()} == set(CORRIDOR)


@pytest.mark.parametrize("path", _modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_only_the_far_walls_open_files(path: Path) -> None:
    """The middle is pure: graph, flows and analysis get data and give answers."""
    if _room(path) not in ("analysis", "model", "namespaces", "dates", "errors", "rollup"):
        return
    text = path.read_text("utf-8")
    assert not re.search(r"\bopen\(|read_text|write_text|requests|urllib\.request|socket", text)


@pytest.mark.parametrize(
    ("room", "constant"),
    [
        ("readers", "READER"),
        ("analysis", "ANALYSIS"),
        ("export", "EXPORTER"),
        ("view", "VIEW"),
        ("plots", "PLOT"),
        ("cli", "COMMAND"),
    ],
)
def test_every_entry_of_a_room_ends_in_its_constant(room: str, constant: str) -> None:
    """One new thing is one new file, found by its name."""
    names = [n for n in registry.names(room) if n != "main"]
    assert names
    for name in names:
        assert registry.entry(room, name, constant) is not None


def test_an_unknown_entry_names_the_known_ones() -> None:
    """A wrong name gets the right ones."""
    from kvgraph.errors import KvgraphError

    with pytest.raises(KvgraphError) as caught:
        registry.entry("export", "word", "EXPORTER")
    assert "csv" in caught.value.hint


def test_help_imports_nothing_slow() -> None:
    """``kvgraph --help`` waits for click alone."""
    code = (
        "import sys; sys.argv = ['kvgraph', '--help']\n"
        "from kvgraph.cli.main import _run\n"
        "_run(['--help'])\n"
        "slow = {'numpy', 'rdflib', 'pyoxigraph', 'networkx', 'rich', 'pyshacl', 'pyvis'}\n"
        "print('SLOW', sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(SOURCE.parent), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.stdout.rstrip().endswith("SLOW []")
    for name in registry.names("cli"):
        assert name == "main" or f"  {name} " in done.stdout


@pytest.mark.parametrize("path", _modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_every_module_says_in_its_first_line_what_it_is_for(path: Path) -> None:
    """A newcomer finds the room by reading first lines."""
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring
    assert docstring.splitlines()[0].rstrip().endswith((".", ":", "?"))


def test_no_machine_and_no_registry_is_named() -> None:
    """The project holds no absolute path of a machine and no address of a registry."""
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    forbidden = re.compile(
        r"/(?:work|home|root|Users)/[a-z]|pypi\.org/simple|files\.pythonhosted|registry\.npmjs"
    )
    for name in tracked:
        path = ROOT / name
        if path.name == "test_architecture.py" or not path.is_file():
            continue
        found = forbidden.search(path.read_text("utf-8", errors="ignore"))
        assert found is None, f"{name}: {found and found.group()}"
