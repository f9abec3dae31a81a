"""What workbooks share: cells that stay texts, and files that hold no clock."""

from __future__ import annotations

import io
import re
import zipfile
from typing import IO, Any, Final

ROWS: Final = 1_048_576
"""The rows that a sheet can have."""

LONGEST: Final = 32_767
"""The characters that a cell can have."""

FONT: Final = "Calibri"
"""What cells are written in that are not changed; a font without a name would be another one."""

TEXT: Final = "@"
"""The number format of a text, by which ``2014-02`` stays what it is when it is typed."""

_ESCAPE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What a spreadsheet would read as a character by its number (ECMA-376-1, 22.9.2.19)."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_MODIFIED: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def text_cell(sheet: Any, value: str) -> Any:
    """Make a cell that holds a text, whatever it looks like, to be appended to a sheet."""
    from openpyxl.cell import WriteOnlyCell

    made = WriteOnlyCell(sheet, value=None)
    made.value = _ESCAPE.sub("_x005F_", value)
    # A text that begins with "=" would be taken for a formula, "#N/A" for an error.
    made.data_type = "s"
    return made


def save(book: Any, stream: IO[bytes]) -> None:
    """Write a workbook with the same time everywhere, so that the same data are the same bytes."""
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(stream, "w") as target:
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            body = source.read(name)
            if name == "docProps/core.xml":
                body = _MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z", body)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, body)
