"""Serve a dataset over HTTP: SPARQL, questions and analyses."""

from __future__ import annotations

import contextlib
import logging
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click

from kvgraph.cli._common import say, store_option, writing
from kvgraph.errors import KvgraphError

_LINES: Final = 10_000
"""So many lines of the log may wait to be written."""


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535),
    help="Port; 0 takes a free one.",
)  # fmt: skip
@click.option(
    "--allow-host", multiple=True, metavar="NAME",
    help="A name under which the server may be addressed besides those of this machine; may be "
    "given again.",
)  # fmt: skip
@click.option(
    "--service", multiple=True, metavar="URL",
    help="An endpoint that queries may name with SERVICE; none if not given; may be given again.",
)  # fmt: skip
@click.option("--workers", default=4, show_default=True, help="Queries answered at a time.")
@click.option("--seconds", default=30.0, show_default=True, help="A query may take so long.")
@click.option("--rows", default=1_000_000, show_default=True, help="An answer may have so many.")
@click.option(
    "--log", type=click.Path(path_type=Path, dir_okay=False),
    help="Write a line of JSON a request to the end of this file; the standard error if not given.",
)  # fmt: skip
@click.option(
    "--writable", is_flag=True,
    help="Let those write who have the token, at /update and /store; a --store that is not there "
    "is made.",
)  # fmt: skip
@click.option(
    "--token-file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Whoever writes sends the token in this file; that of KVGRAPH_TOKEN if not given.",
)  # fmt: skip
@click.option(
    "--no-token", is_flag=True, help="Let everyone on this machine write; on the loopback alone."
)
@store_option
def COMMAND(  # noqa: N802
    host: str, port: int, allow_host: tuple[str, ...], service: tuple[str, ...], workers: int,
    seconds: float, rows: int, log: Path | None, writable: bool, token_file: Path | None,
    no_token: bool, store_path: Path | None,
) -> None:  # fmt: skip
    """Serve a dataset over HTTP, on this machine alone unless told otherwise.

    /sparql answers queries by the SPARQL 1.1 Protocol. Every answer tells the limits; one that
    had to be broken off cannot be taken for whole. Ctrl-C ends it.

    With --writable, /update takes SPARQL updates and /store takes graphs. Each write is done whole
    or not at all, and is recorded with the dataset before and after.
    """
    import uvicorn

    from kvgraph.cli._stores import shipped_store
    from kvgraph.cli._writable import make_store, read_token
    from kvgraph.serve import Limits, Settings, application
    from kvgraph.serve.access import WithoutCuts, logged
    from kvgraph.serve.transport import Protocol
    from kvgraph.store import Dataset

    if workers < 1 or seconds <= 0 or rows < 1:
        raise KvgraphError("--workers, --seconds and --rows are more than 0", hint="Leave it out.")
    token = read_token(
        writable=writable, token_file=token_file, no_token=no_token, host=host, store=store_path
    )
    if writable and store_path is not None:
        make_store(store_path)
    store = store_path or shipped_store()
    if store.is_dir() or not store.exists():
        Dataset.open(store)  # what cannot be served is told here, once, and not by each answer
    settings = Settings(
        store=store, writable=writable, token=token, workers=workers, services=service,
        hosts=allow_host,
        limits=Limits(seconds=seconds, rows=rows),
    )  # fmt: skip
    logging.getLogger("uvicorn.error").addFilter(WithoutCuts())
    with _listening(host, port) as door, _log(log) as write:
        config = uvicorn.Config(
            logged(application(settings), write), http=Protocol, log_level="warning",
            access_log=False, server_header=False, timeout_keep_alive=20, lifespan="on",
            timeout_graceful_shutdown=5,
        )  # fmt: skip
        name = f"[{host}]" if ":" in host else host
        say(f"serving {store} on http://{name}:{door.getsockname()[1]}/")
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[door])
        say("stopped")


@contextlib.contextmanager
def _log(path: Path | None) -> Iterator[Callable[[str], object]]:
    """Give what writes a line to the end of a file, or to the standard error, when it can.

    A pipe that nobody reads must not keep anybody waiting: lines that cannot be written are
    dropped.
    """
    lines: queue.Queue[str | None] = queue.Queue(_LINES)

    def put(line: str) -> None:
        with contextlib.suppress(queue.Full):
            lines.put_nowait(line)

    with contextlib.ExitStack() as stack:
        write: Callable[[str], object] = say
        if path is not None:
            stack.enter_context(writing(path))
            stream = stack.enter_context(path.open("a", encoding="utf-8", buffering=1))
            write = lambda line: stream.write(line + "\n")  # noqa: E731
        thread = threading.Thread(target=_writing, args=(lines, write), daemon=True)
        thread.start()
        yield put
        with contextlib.suppress(queue.Full):
            lines.put_nowait(None)
        thread.join(1)


def _writing(lines: queue.Queue[str | None], write: Callable[[str], object]) -> None:
    """Write line after line until there are no more."""
    while (line := lines.get()) is not None:
        with contextlib.suppress(OSError):
            write(line)


def _listening(host: str, port: int) -> socket.socket:
    """Give a socket that listens on an address.

    :raises KvgraphError: if that cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
        door.listen(512)
    except OSError as error:
        door.close()
        raise KvgraphError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}",
            hint="Say another --port; 0 takes a free one.",
        ) from error
    return door
