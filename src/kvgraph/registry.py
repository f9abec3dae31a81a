"""Find the entries of a room: one file, one entry.

An entry is a module that ends in one typed constant (``READER``, ``ANALYSIS``,
``EXPORTER``, ``COMMAND`` ...). Its name is the file's, with hyphens for underscores. Files
whose name begins with an underscore are the room's own furniture. Other distributions add
entries through the entry point group ``kvgraph.<room>``.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any

from kvgraph.errors import KvgraphError


@cache
def names(room: str) -> tuple[str, ...]:
    """Give the sorted names of a room's entries without importing any of them.

    >>> "reach" in names("analysis")
    True
    """
    package = importlib.import_module(f"kvgraph.{room}")
    own = {m.name.replace("_", "-") for m in pkgutil.iter_modules(package.__path__)}
    return tuple(sorted({n for n in own if not n.startswith("-")} | set(_plugins(room))))


def entry(room: str, name: str, constant: str) -> Any:
    """Import one entry and give its constant.

    :raises KvgraphError: for a name that the room does not have, or a file without the
        constant.
    """
    plugin = _plugins(room).get(name)
    if plugin is not None:
        return plugin.load()
    if name not in names(room):
        raise KvgraphError(
            f'there is no {room} "{name}"', hint="Known here: " + ", ".join(names(room)) + "."
        )
    module = importlib.import_module(f"kvgraph.{room}.{name.replace('-', '_')}")
    if not hasattr(module, constant):
        raise KvgraphError(f"{module.__name__} does not end in a constant {constant}")
    return getattr(module, constant)


@cache
def _plugins(room: str) -> dict[str, Any]:
    """Give the entry points that other distributions offer for a room."""
    # Reading the metadata of all installed distributions costs some milliseconds, which
    # `kvgraph --help` must not pay: commands are never added from outside.
    if room == "cli":
        return {}
    from importlib.metadata import entry_points

    return {e.name: e for e in entry_points(group=f"kvgraph.{room}")}
