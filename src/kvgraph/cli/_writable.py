"""What a server that may be written to needs: a token, and a store, which may be a new one."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from kvgraph.errors import KvgraphError

VARIABLE: Final = "KVGRAPH_TOKEN"
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]{16,}=*")
_MAKE_ONE: Final = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


def read_token(
    *, writable: bool, token_file: Path | None, no_token: bool, host: str, store: Path | None
) -> str | None:
    """Give the token that is asked for before anything is written, ``None`` where none is.

    It is taken out of the environment, so that no other process is handed it.

    :raises KvgraphError: if it is not said who may write, or what is to be written to.
    """
    from kvgraph.serve.guarding import is_loopback

    given = os.environ.pop(VARIABLE, "")
    if not writable:
        if token_file is not None or no_token:
            raise KvgraphError(
                "--token-file and --no-token say who may write, and nobody may",
                hint="Add --writable, or leave them out.",
            )
        return None
    if store is None:
        raise KvgraphError(
            "--writable needs a --store: the shipped data are not written to",
            hint="Build one to write to: kvgraph build -o STORE; or name one that is to be made.",
        )
    if no_token:
        if token_file is not None:
            raise KvgraphError(
                "--token-file and --no-token exclude each other", hint="Leave one out."
            )
        if not is_loopback(host):
            raise KvgraphError(
                f"--no-token would let everyone write who reaches {host}",
                hint="Ask for a token with --token-file, or listen on --host 127.0.0.1.",
            )
        return None
    where = VARIABLE
    if token_file is not None:
        where = str(token_file)
        try:
            given = token_file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise KvgraphError(f"{token_file} cannot be read: {reason}", hint=_MAKE_ONE) from error
    elif not given:
        raise KvgraphError(
            "--writable needs a token",
            hint=f"Give --token-file FILE or the variable {VARIABLE}; on this machine alone "
            "--no-token does.",
        )
    token = given.strip()
    if _TOKEN.fullmatch(token) is None:
        raise KvgraphError(
            f"the token in {where} is not of 16 or more letters, digits and ._~+/-", hint=_MAKE_ONE
        )
    return token


def make_store(path: Path) -> None:
    """Make an empty store where none is; a store that is there stays.

    :raises StoreError: if something else is there, or it cannot be written.
    """
    import pyoxigraph as ox

    from kvgraph import __version__
    from kvgraph.cli._common import say
    from kvgraph.errors import StoreError
    from kvgraph.store import ABOUT, About, create, digest

    if (path / ABOUT).is_file():
        return
    if path.is_file():
        raise StoreError(
            f"{path} is a file, and only a store can be written to",
            hint=f"Name a store that is to be made, and send it there: PUT {path.name} to /store.",
        )
    empty = ox.Store()
    with create(path, replace=False) as write:
        write(empty, About(version=__version__, digest=digest(empty)))
    say(f"made the empty store {path}")
