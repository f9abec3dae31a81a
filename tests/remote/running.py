"""Servers of other makers for tests, each started on a free port with the quads of a file."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

_VIRTUOSO: Final = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CheckpointInterval = 0
DirsAllowed = .
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
MaxQueryMem = 200M
ThreadsPerQuery = 2
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 10
EnabledGzipContent = 1
[SPARQL]
ResultSetMaxRows = 10000
MaxQueryExecutionTime = 60
"""
"""As Debian sets it up, but for ports, memory and places."""


@contextmanager
def oxigraph(quads: Path, *options: str) -> Iterator[str]:
    """Give the address of Oxigraph's own server."""
    command = Path(sys.executable).with_name("oxigraph")
    if not command.is_file():
        pytest.skip("the package oxigraph is not installed")
    port = _free()
    with _process([str(command), "serve", *options, "-b", f"127.0.0.1:{port}"], quads.parent):
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/query")
        httpx.post(
            f"{address}/store", content=quads.read_bytes(), timeout=120,
            headers={"Content-Type": "application/n-quads"},
        ).raise_for_status()  # fmt: skip
        yield f"{address}/query"


@contextmanager
def virtuoso(quads: Path, folder: Path) -> Iterator[str]:
    """Give the address of Virtuoso's endpoint."""
    for command in ("virtuoso-t", "isql-vt"):
        if shutil.which(command) is None:
            pytest.skip(f"{command} of Debian's virtuoso-opensource is not installed")
    sql, http = _free(), _free()
    (folder / "v.ini").write_text(_VIRTUOSO.format(sql=sql, http=http))
    shutil.copy(quads, folder / "quads.nq")
    with _process(["virtuoso-t", "+configfile", "v.ini", "+foreground"], folder):
        address = f"http://127.0.0.1:{http}/sparql"
        _wait(address)
        load = "DB.DBA.TTLP(file_to_string_output('quads.nq'), '', 'urn:x', 512); checkpoint;"
        subprocess.run(
            ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={load}"],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        yield address


@contextmanager
def _process(command: list[str], folder: Path) -> Iterator[None]:
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def _wait(address: str) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + 60
    while True:
        try:
            if httpx.post(address, data={"query": "ASK {}"}, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < until, f"{address} does not answer"
        time.sleep(0.2)
