"""A server of a store for tests: started as people start it, on a free port."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

COMMAND: Final = (sys.executable, "-c", "from kvgraph.cli.main import main; main()", "serve")


@contextmanager
def serving(store: Path, *options: str, **environment: str) -> Iterator[str]:
    """Give the address of a server, without the last slash; it ends with the block."""
    import os

    process = subprocess.Popen(
        [*COMMAND, "--store", str(store), "--port", "0", "--workers", "2", *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert process.stderr is not None
    said = []
    reader = None
    try:
        while not (found := re.search(r"on (http://\S+?)/\s", line := process.stderr.readline())):
            assert line, "".join(said)
            said.append(line)
        # A pipe that nobody reads is full after some hundred requests, each of which is logged.
        reader = threading.Thread(target=process.stderr.read, daemon=True)
        reader.start()
        yield found[1]
    finally:
        process.terminate()
        process.wait(timeout=20)
        if reader is not None:
            reader.join()
        process.stderr.close()
