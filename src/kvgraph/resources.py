"""Find ontology/, queries/, data/ and the built pages, in a checkout or in an installed wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kvgraph.errors import KvgraphError

_HERE: Final = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Give the folder ``ontology``, ``queries`` or ``data`` that belongs to this kvgraph.

    A checkout holds them at its root, a wheel beside the modules under ``shipped/``.

    :raises KvgraphError: if neither is there.
    """
    for place in (_HERE / "shipped" / name, _HERE.parents[1] / name):
        if place.is_dir():
            return place
    raise KvgraphError(
        f'the folder "{name}" of kvgraph is missing', hint="Install kvgraph again, or reclone it."
    )


def ontology_files() -> tuple[Path, ...]:
    """Give kv.ttl and vocab.ttl, which are loaded into every dataset."""
    return folder("ontology") / "kv.ttl", folder("ontology") / "vocab.ttl"


def shapes_file() -> Path:
    """Give the SHACL shapes."""
    return folder("ontology") / "shapes.ttl"


def rule_files() -> tuple[Path, ...]:
    """Give the derivation rules in the order in which they are run."""
    return tuple(sorted((folder("ontology") / "rules").glob("*.rq")))


def package_folders() -> tuple[Path, ...]:
    """Give the folders of the shipped packages, sorted by name."""
    return tuple(sorted(p.parent for p in folder("data").glob("*/package.toml")))


def built(name: str) -> Path:
    """Give the folder of the pages that were built from ``web/``: ``workbench`` or ``file``.

    :raises KvgraphError: if they were not built.
    """
    place = _HERE / "static" / name
    if place.is_dir():
        return place
    raise KvgraphError(
        f'the pages "{name}" of kvgraph are not built', hint="Run make install in a checkout."
    )
