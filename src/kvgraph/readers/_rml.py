"""Tables to RDF by a mapping in RML or YARRRML, which morph-kgc carries out on its own.

morph-kgc needs older versions of pyoxigraph and rdflib than kvgraph, so it has an environment of
its own and never runs inside this process. A mapping can open any file and any address that its
user can: it is a program, and only one's own should be run.
"""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kvgraph.errors import KvgraphError
from kvgraph.readers._bytes import read_bytes
from kvgraph.readers._rdf import RdfFile, parse_rdf

VERSION: Final = "2.10.0"
"""The version of morph-kgc that kvgraph is tested with."""
PYTHON: Final = "KVGRAPH_RML_PYTHON"
"""The environment variable that names the Python beside which morph-kgc is installed."""
LONGEST: Final = 3600.0
"""Seconds after which a mapping is given up."""

_SUFFIXES: Final = (".ttl", ".yml", ".yaml")
_MODULE: Final = ("-I", "-m", "morph_kgc")
"""Isolated: neither the folder of a mapping nor a PYTHONPATH gives it any code."""
_CAUSE: Final = re.compile(r"^(?:[\w.]+(?:Error|Exception|Warning)|KeyError): (?:\[Errno \d+\] )?")


def run_rml(mapping: Path, shown: str = "", *, longest: float = LONGEST) -> RdfFile:
    """Give what a mapping makes of its tables, all in one graph.

    RML is in Turtle (.ttl), YARRRML in .yml or .yaml. Where the tables are is told from the
    folder of the mapping. Statements have no lines: nobody wrote them.

    :raises KvgraphError: if morph-kgc is not installed, does not end within ``longest`` seconds,
        stops with an error, or gives nothing.
    """
    name = shown or str(mapping)
    if mapping.suffix.lower() not in _SUFFIXES:
        raise KvgraphError(
            f"{name} is not a mapping in RML or YARRRML",
            hint="RML is in Turtle and ends in .ttl, YARRRML in .yml or .yaml.",
        )
    text = read_bytes(mapping, name)
    python = interpreter()
    with tempfile.TemporaryDirectory(prefix="kvgraph-rml-") as folder:
        # Under a plain name, since the name of a file means something in a configuration.
        copy = Path(folder, f"mapping{mapping.suffix.lower()}")
        copy.write_bytes(text)
        output = Path(folder, "output.nq")
        configuration = Path(folder, "configuration.ini")
        configuration.write_text(
            "[CONFIGURATION]\n"
            f"output_file: {output}\noutput_format: N-QUADS\n"
            "logging_level: ERROR\nnumber_of_processes: 1\n"
            f"[Mapping]\nmappings: {copy}\n",
            "utf-8",
        )
        said, code = _run([str(python), *_MODULE, str(configuration)], mapping, name, longest)
        if code:
            raise _stopped(said, code, name)
        given = output.read_bytes() if output.is_file() else b""
    found = parse_rdf(given, ox.RdfFormat.N_QUADS, f"{name} (what it gives)")
    if not found.quads and not found.faults:
        raise KvgraphError(
            f"{name} gives nothing",
            hint="Its tables may have no rows, or its columns no values: an empty cell gives none.",
        )
    return dataclasses.replace(found, raw=b"")


def interpreter() -> Path:
    """Give the Python beside which morph-kgc is installed.

    :raises KvgraphError: if there is none, with what to type.
    """
    named = os.environ.get(PYTHON)
    if named:
        if not Path(named).is_file():
            raise KvgraphError(
                f"{PYTHON} names {named}, which is not there",
                hint="Name the python of an environment in which morph-kgc is installed.",
            )
        return Path(named)
    import platformdirs

    root = Path(__file__).resolve().parents[3]
    own: Path = Path(platformdirs.user_cache_dir("kvgraph")) / "rml"
    checkout = (root / "Makefile").is_file()
    python = Path("Scripts/python.exe") if os.name == "nt" else Path("bin/python")
    places: list[Path] = [root / ".venv-rml"] if checkout else []
    for place in [*places, own]:
        if (place / python).is_file():
            return place / python
    raise KvgraphError(
        "RML needs morph-kgc, which is not installed",
        hint=(
            f"Type: make -C {root} rml"
            if checkout
            else f"Type: {sys.executable} -m venv {own} && "
            f"{own / python} -m pip install morph-kgc=={VERSION}"
        ),
    )


def _run(command: list[str], mapping: Path, name: str, longest: float) -> tuple[str, int]:
    """Run a command from the folder of the mapping; give what it said of errors, and its code.

    It gets a session of its own, and whatever ends this function ends it with all its children.
    """
    with subprocess.Popen(
        command,
        cwd=mapping.resolve().parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as child:
        try:
            _, said = child.communicate(timeout=longest)
        except BaseException as error:
            if os.name == "nt":
                child.kill()
            else:
                os.killpg(child.pid, signal.SIGKILL)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            raise KvgraphError(
                f"{name} was not done after {longest:g} seconds, and was given up",
                hint="Try it with fewer rows first.",
            ) from error
    return said.decode("utf-8", "replace"), child.returncode


def _stopped(said: str, code: int, name: str) -> KvgraphError:
    """Make one message of what morph-kgc said before it stopped."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = lines[-1] if lines else f"it ended with code {code}"
    if "No module named" in last and "morph_kgc" in last:
        return KvgraphError(
            "RML needs morph-kgc, which is not installed beside the Python that was found",
            hint=f"Type: PYTHON -m pip install morph-kgc=={VERSION}, where PYTHON is that one.",
        )
    hint = ""
    if last.startswith("FileNotFoundError"):
        hint = "Tables are looked for from the folder of the mapping."
    elif "secols" in last:
        hint = "A column that the mapping names is not in the table."
    return KvgraphError(f"{name}: morph-kgc stopped: {_CAUSE.sub('', last)}", hint=hint)
