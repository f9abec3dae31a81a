"""Serve a dataset over HTTP: SPARQL, questions and analyses."""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from kvgraph.cli._common import say, store_option, writing
from kvgraph.errors import KvgraphError


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port; 0 takes a free one.")
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
@store_option
def COMMAND(  # noqa: N802
    host: str, port: int, allow_host: tuple[str, ...], service: tuple[str, ...], workers: int,
    seconds: float, rows: int, log: Path | None, store_path: Path | None,
) -> None:  # fmt: skip
    """Serve a dataset over HTTP, on this machine alone unless told otherwise.

    /sparql answers queries by the SPARQL 1.1 Protocol. Every answer tells the limits; one that
    had to be broken off cannot be taken for whole. Ctrl-C ends it.
    """
    import uvicorn

    from kvgraph.cli._stores import shipped_store
    from kvgraph.serve import Limits, Settings, application
    from kvgraph.serve.access import WithoutCuts, logged
    from kvgraph.serve.transport import Protocol

    if workers < 1 or seconds <= 0 or rows < 1:
        raise KvgraphError("--workers, --seconds and --rows are more than 0", hint="Leave it out.")
    store = store_path or shipped_store()
    settings = Settings(
        store=store, workers=workers, services=service, hosts=allow_host,
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
    """Give what writes a line to the end of a file, or to the standard error."""
    if path is None:
        yield say
        return
    with writing(path), path.open("a", encoding="utf-8", buffering=1) as stream:
        yield lambda line: stream.write(line + "\n")


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
