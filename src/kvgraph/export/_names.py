"""What the further files of an export are called."""

from __future__ import annotations

from pathlib import PurePath


def beside(pattern: str, name: str) -> str:
    """Give the name of a file that stands beside the one of this name.

    >>> beside("{stem}.nodes{suffix}", "out.csv"), beside("{name}-metadata.json", "out.csv")
    ('out.nodes.csv', 'out.csv-metadata.json')
    """
    path = PurePath(name)
    return pattern.format(name=path.name, stem=path.stem, suffix=path.suffix)
