"""Write aside, then rename: what is unfinished never stands where a finished thing belongs.

A path written through :func:`write_aside` or :func:`make_aside` exists whole or not at all,
and whatever stood there before stays until the new one is complete. :func:`abandon_all` ends
the process and removes what is unfinished; the command line calls it when interrupted.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, NoReturn

_unfinished: Final[set[Path]] = set()
"""Drafts under way, and what they have replaced; changed and read only under SWAP."""

_TRIES: Final = 20
_BETWEEN: Final = 0.05
"""How often, and after how many seconds, it is tried again to remove a folder."""

SWAP: Final = threading.Lock()
"""Held for the moment of the renames; an interruption waits for it."""


@contextmanager
def write_aside(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open a file that takes the place of ``path`` only if the block ends well.

    A link stays, and what it leads to is replaced; a device or a pipe is written to as it is.
    """
    newline = None if "b" in mode else ""
    encoding = None if "b" in mode else "utf-8"
    if (path.exists() and not path.is_file()) or path.absolute().parts[1:2] == ("dev",):
        with path.open(mode, encoding=encoding, newline=newline) as stream:
            yield stream
        return
    path = _target(path)
    draft = _draft(path)
    try:
        with draft.open(mode, encoding=encoding, newline=newline) as stream:
            with contextlib.suppress(OSError):
                # Before anything is written: who may not read the old one, not the new one.
                draft.chmod(stat.S_IMODE(path.stat().st_mode))
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
    path = _target(path)
    draft = _draft(path)
    try:
        draft.mkdir(parents=True)
        yield draft
        with SWAP:
            if path.exists() and not replace:
                return
            try:
                draft.rename(path)
                _unfinished.discard(draft)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
                # Another process may have come first since we looked.
                if replace:
                    _exchange(draft, path)
    finally:
        # After an exchange the draft is what stood there before.
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
        for draft in _unfinished:
            _delete(draft)
        os._exit(code)


def _target(path: Path) -> Path:
    """Give what a link leads to, so that the link stays and its target is replaced."""
    return path.resolve() if path.is_symlink() else path


def _draft(path: Path) -> Path:
    """Enter a neighbour of ``path`` on the same disk, so that the rename is one step.

    What earlier processes left there when they were killed is removed.
    """
    tidy(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    with SWAP:
        _unfinished.add(draft)
    return draft


def tidy(path: Path) -> int:
    """Remove what processes that were killed left beside ``path``; tell how many others work."""
    working = 0
    left = re.compile(rf"\.{re.escape(path.name)}\.(\d+)(\.[^.]+)?\.part")
    with contextlib.suppress(OSError):
        for other in list(path.parent.iterdir()):
            found = left.fullmatch(other.name)
            if found and not _alive(int(found[1])):
                _delete(other)
            elif found:
                working += 1
    return working


def _alive(pid: int) -> bool:
    """Tell whether a process may still be running."""
    if os.name != "posix":
        return True  # asking with a signal would end it
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _exchange(one: Path, other: Path) -> None:
    """Let two folders change places, in one step where the system can do that."""
    if sys.platform == "linux":
        import ctypes

        here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
        with contextlib.suppress(AttributeError, OSError):
            rename = ctypes.CDLL(None).renameat2
            if rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0:
                return
    between = one.with_name(one.name + ".old")
    other.rename(between)
    try:
        one.rename(other)
    except OSError:
        between.rename(other)
        raise
    between.rename(one)


def _remove(path: Path) -> None:
    """Remove a file or folder that may be there; until then it counts as unfinished."""
    _delete(path)
    with SWAP:
        _unfinished.discard(path)


def _delete(path: Path) -> None:
    """Remove a file or folder that may be there."""
    if path.is_dir() and not path.is_symlink():
        # A database that is closing may still put a file there, or take one away.
        for _ in range(_TRIES):
            shutil.rmtree(path, ignore_errors=True)
            if not path.exists():
                return
            time.sleep(_BETWEEN)
    else:
        path.unlink(missing_ok=True)
