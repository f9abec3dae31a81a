"""What the formats share: the text of a cell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from json.encoder import encode_basestring as _quoted

from kvgraph.model import Cell


def cell_text(cell: Cell) -> str:
    """Give a cell as plain text: nothing for what is undefined, lists joined by ``;``.

    >>> cell_text(("t0215", "t0098")), cell_text(None), cell_text(True)
    ('t0215;t0098', '', 'true')
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return str(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, Mapping):
        return cell_json(cell)
    if isinstance(cell, tuple | list):
        plain = all(not isinstance(item, tuple | list | Mapping) for item in cell)
        return ";".join(map(cell_text, cell)) if plain else cell_json(cell)
    return str(cell)


def cell_json(cell: Cell) -> str:
    """Give a cell as JSON: a decimal with all its digits, a date as text.

    What JSON has no number for (``nan``, ``inf``) is a text.

    >>> from decimal import Decimal
    >>> cell_json({"lat": Decimal("60.1699"), "known": None})
    '{"lat": 60.1699, "known": null}'
    """
    if isinstance(cell, str):
        return _quoted(cell)
    if isinstance(cell, Decimal) and cell.is_finite():
        return format(cell, "f")
    if isinstance(cell, Mapping):
        pairs = (f"{_quoted(str(k))}: {cell_json(v)}" for k, v in cell.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(cell, tuple | list):
        return "[" + ", ".join(map(cell_json, cell)) + "]"
    if isinstance(cell, float) and (cell != cell or cell in (float("inf"), float("-inf"))):
        return f'"{cell}"'
    if cell is None or isinstance(cell, bool | int | float):
        return json.dumps(cell)
    return _quoted(cell_text(cell))
