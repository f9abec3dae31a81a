"""A server of a store for tests: started as people start it, on a free port."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

COMMAND: Final = (sys.executable, "-c", "from kvgraph.cli.main import main; main()", "serve")


@dataclass(frozen=True)
class Server:
    """A server that runs: where it answers, its process, and what it has said."""

    url: str
    process: subprocess.Popen[str]
    said: list[str]
    reader: threading.Thread

    def ended(self, seconds: float = 20) -> str:
        """Wait until it has ended, and give what it said; it must end within so many seconds.

        That is over only when no process of it holds the pipe any more.
        """
        self.process.wait(seconds)
        self.reader.join(seconds)
        assert not self.reader.is_alive(), "something of the server is still there"
        return "".join(self.said)


@contextmanager
def serving(store: Path, *options: str, **environment: str) -> Iterator[str]:
    """Give the address of a server, without the last slash; it ends with the block."""
    with started(store, *options, **environment) as server:
        yield server.url


@contextmanager
def started(store: Path, *options: str, **environment: str) -> Iterator[Server]:
    """Give a server, which ends with the block at the latest."""
    process = subprocess.Popen(
        [*COMMAND, "--store", str(store), "--port", "0", "--workers", "2", *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert process.stderr is not None
    said: list[str] = []
    reader = None
    try:
        while not (found := re.search(r"on (http://\S+?)/\s", line := process.stderr.readline())):
            assert line, "".join(said)
            said.append(line)
        # A pipe that nobody reads is full after some hundred requests, each of which is logged.
        reader = threading.Thread(target=said.extend, args=(process.stderr,), daemon=True)
        reader.start()
        yield Server(found[1], process, said, reader)
    finally:
        process.terminate()
        process.wait(timeout=20)
        if reader is not None:
            reader.join()
        process.stderr.close()
