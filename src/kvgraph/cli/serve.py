"""Serve a dataset over HTTP: SPARQL, questions and analyses."""

from __future__ import annotations

import socket
from pathlib import Path

import click

from kvgraph.cli._common import say, store_option
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
@store_option
def COMMAND(  # noqa: N802
    host: str, port: int, allow_host: tuple[str, ...], service: tuple[str, ...], workers: int,
    seconds: float, rows: int, store_path: Path | None,
) -> None:  # fmt: skip
    """Serve a dataset over HTTP, on this machine alone unless told otherwise.

    /sparql answers queries by the SPARQL 1.1 Protocol. Every answer tells the limits; one that
    had to be broken off cannot be taken for whole. Ctrl-C ends it.
    """
    import uvicorn

    from kvgraph.cli._stores import shipped_store
    from kvgraph.serve import Limits, Settings, application
    from kvgraph.serve.transport import Protocol

    if workers < 1 or seconds <= 0 or rows < 1:
        raise KvgraphError("--workers, --seconds and --rows are more than 0", hint="Leave it out.")
    store = store_path or shipped_store()
    settings = Settings(
        store=store, workers=workers, services=service, hosts=allow_host,
        limits=Limits(seconds=seconds, rows=rows),
    )  # fmt: skip
    config = uvicorn.Config(
        application(settings), http=Protocol, log_level="warning", access_log=False,
        server_header=False, timeout_keep_alive=20, lifespan="on", timeout_graceful_shutdown=5,
    )  # fmt: skip
    with _listening(host, port) as door:
        name = f"[{host}]" if ":" in host else host
        say(f"serving {store} on http://{name}:{door.getsockname()[1]}/")
        uvicorn.Server(config).run(sockets=[door])


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
