"""A view that was drawn, for Python: shown in a notebook, or kept as a file."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kvgraph.aside import write_aside
from kvgraph.errors import KvgraphError

HEIGHT: Final = 720
"""The pixels that a page has in a notebook, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as ``html``, or a picture as SVG; a notebook shows it with this ``height``.

    It holds all that it draws and asks nothing of any network. In a notebook it stands in a frame
    of its own, whose scripts reach neither the notebook nor its kernel.
    """

    name: str
    html: str
    suffix: str
    height: int = HEIGHT

    def __repr__(self) -> str:
        return f"<kvgraph view {self.name}, {len(self.html.encode()) / 1000:.0f} kB>"

    def save(self, path: str | Path) -> Path:
        """Write the file aside, then rename it; gives its path.

        :raises KvgraphError: if it cannot be written, or its name ends in another format.
        """
        path = Path(path)
        if path.suffix.lower() != self.suffix:
            raise KvgraphError(
                f'the view {self.name} is not written as "{path.suffix}"',
                hint=f"Let the name of the file end in {self.suffix}.",
            )
        try:
            with write_aside(path) as stream:
                stream.write(self.html)
        except OSError as error:
            raise KvgraphError(
                f"{path} cannot be written: {error.strerror or error}",
                hint="Check that the folder is there and may be written to.",
            ) from error
        return path

    def _repr_html_(self) -> str:
        """Give what a notebook shows: the page in a frame, or the picture as it stands."""
        if self.suffix == ".svg":
            return self.html
        return (
            f'<iframe title="kvgraph {html.escape(self.name)}" width="100%" '
            f'height="{self.height}" style="border:0" sandbox="allow-scripts allow-downloads" '
            f'srcdoc="{html.escape(self.html)}"></iframe>'
        )
