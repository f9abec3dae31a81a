"""Write aside, then rename: what is unfinished never stands where a finished thing belongs.

A path written through :func:`write_aside` or :func:`make_aside` exists whole or not at all,
and whatever stood there before stays until the new one is complete. :func:`abandon_all` ends
the process and removes what is unfinished; the command line calls it when interrupted.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, NoReturn

_unfinished: Final[set[Path]] = set()

SWAP: Final = threading.Lock()
"""Held for the moment of the renames; an interruption waits for it."""


@contextmanager
def write_aside(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open a file that takes the place of ``path`` only if the block ends well."""
    draft = _draft(path)
    _unfinished.add(draft)
    try:
        newline = None if "b" in mode else ""
        encoding = None if "b" in mode else "utf-8"
        with draft.open(mode, encoding=encoding, newline=newline) as stream:
            yield stream
        with SWAP:
            draft.replace(path)
            _unfinished.discard(draft)
    finally:
        _remove(draft)


@contextmanager
def make_aside(path: Path, *, replace: bool = True) -> Iterator[Path]:
    """Give a new folder that takes the place of the folder ``path`` if the block ends well.

    Without ``replace`` a folder that has come there in the meantime stays: another process
    was first with the same thing.
    """
    draft = _draft(path)
    _unfinished.add(draft)
    try:
        draft.mkdir(parents=True)
        yield draft
        old = draft.with_name(draft.name + ".old")
        with SWAP:
            if path.exists() and not replace:
                return
            if path.exists():
                path.rename(old)
                try:
                    draft.rename(path)
                except OSError:
                    old.rename(path)
                    raise
            else:
                draft.rename(path)
            _unfinished.discard(draft)
        _remove(old)
    finally:
        _remove(draft)


def abandon_all(code: int) -> NoReturn:
    """End the process with an exit code, at once, and remove everything that is unfinished.

    A swap that is under way ends first. Other threads may still be writing: they are gone
    before anything is removed, since another program takes the place of this one.
    """
    with SWAP:
        drafts = [str(draft) for draft in _unfinished]
        if drafts and os.name == "posix":
            script = 'code="$1"; shift; rm -rf -- "$@"; exit "$code"'
            os.execv("/bin/sh", ["sh", "-c", script, "sh", str(code), *drafts])
        for draft in tuple(_unfinished):
            _remove(draft)
        os._exit(code)


def _draft(path: Path) -> Path:
    """Name a neighbour of ``path`` on the same disk, so that the rename is one step."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def _remove(path: Path) -> None:
    """Remove a file or folder that may be there."""
    _unfinished.discard(path)
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
