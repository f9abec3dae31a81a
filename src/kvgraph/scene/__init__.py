"""What a page of the workbench is given: everything that it draws and proves, as one JSON.

:func:`scene` decides in Python what counts, what is proven and who can be reached; the page only
shows and hides. Its shape is that of ``web/src/lib/scene.ts``, which a test holds against it.
"""

from __future__ import annotations

from kvgraph.scene.making import MOST, scene
from kvgraph.scene.writing import as_json, embedded, lean

__all__ = ["MOST", "as_json", "embedded", "lean", "scene"]
