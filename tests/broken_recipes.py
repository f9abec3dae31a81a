"""Inputs that are wrong in ways that git would mend or carry badly: written when a test runs.

A case names one in its ``expect.toml``: ``recipe = ["spliced", "actors.csv", "Oulu", "4f756ce4"]``
calls the function of that name with the folder of the case and the rest of the list.
"""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/><Default '
    'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
SOURCES = [["id", "title", "accessed"], ["my-s1", "A report", "2020-05-01"]]
SOURCES_CSV = "id,title,accessed\nmy-s1,A report,2020-05-01\n"


# --- text files ------------------------------------------------------------------------------


def encoded(folder: Path, file: str, encoding: str) -> None:
    """Write a table in another encoding."""
    path = folder / file
    path.write_bytes(path.read_bytes().decode("utf-8").encode(encoding))


def spliced(folder: Path, file: str, old: str, new: str) -> None:
    """Put bytes, given as hex digits, in the place of a text."""
    path = folder / file
    raw = path.read_bytes()
    assert raw.count(old.encode()) == 1, (file, old)
    path.write_bytes(raw.replace(old.encode(), bytes.fromhex(new)))


def cut(folder: Path, file: str, size: int) -> None:
    """Leave the first bytes of a file; the last ones are left out where ``size`` is negative."""
    path = folder / file
    path.write_bytes(path.read_bytes()[:size])


def made_of(folder: Path, file: str, digits: str) -> None:
    """Write a file of these bytes."""
    (folder / file).write_bytes(bytes.fromhex(digits))


def filled(folder: Path, file: str, old: str, text: str, times: int) -> None:
    """Put a text so many times in the place of another."""
    path = folder / file
    raw = path.read_text("utf-8")
    assert raw.count(old) == 1, (file, old)
    path.write_text(raw.replace(old, text * times), "utf-8")


def removed(folder: Path, file: str) -> None:
    """Take a file away."""
    (folder / file).unlink()


def pipe(folder: Path, file: str) -> None:
    """Make a named pipe, from which nothing ever comes."""
    os.mkfifo(folder / file)


def nothing(folder: Path, file: str) -> None:
    """Make a folder that holds nothing, or hidden files only."""
    (folder / file).mkdir()
    (folder / file / ".DS_Store").write_bytes(b"\0\1")


def loop(folder: Path, file: str) -> None:
    """Make a link that leads to itself."""
    (folder / file).symlink_to(file)


def forbidden(folder: Path, file: str) -> None:
    """Make a file that may not be read."""
    (folder / file).chmod(0)


def _transfers(folder: Path, rows: int, columns: str, cells: str) -> None:
    """Write a table of transfers whose rows are alike, but for their number at ``{n}``."""
    with (folder / "transfers.csv").open("w", encoding="utf-8") as stream:
        stream.write(f"id,practice,giver,receiver,{columns}\n")
        for n in range(rows):
            stream.write(f"t{n}," + cells.format(n=n) + "\n")


def faulty_rows(folder: Path, rows: int, width: int = 1) -> None:
    """Write a table of transfers in which every row has a start that is no date."""
    cells = f"my-p1,my-lund,my-oulu,{'soon' * width},adopted,my-s1"
    _transfers(folder, rows, "start,status,source", cells)


def unknown_references(folder: Path, rows: int) -> None:
    """Write a table of transfers in which every row names a practice that is not there."""
    cells = "my-practice-{n},my-lund,my-oulu,adopted,my-s1"
    _transfers(folder, rows, "status,source", cells)


def unknown_codes(folder: Path, rows: int) -> None:
    """Write a table of transfers in which every row has a status that is none."""
    _transfers(folder, rows, "status,source", "my-p1,my-lund,my-oulu,adopted{n},my-s1")


def circles(folder: Path, number: int) -> None:
    """Write practices of which each is adapted from itself by way of another one."""
    with (folder / "practices.csv").open("w", encoding="utf-8") as stream:
        stream.write("id,name,derived_from\nmy-p1,One,\nmy-p2,Two,\n")
        for n in range(number):
            stream.write(f"a{n},A,b{n}\nb{n},B,a{n}\n")


def long_circle(folder: Path, length: int) -> None:
    """Write actors each of which is a part of the next, and the last one of the first."""
    with (folder / "actors.csv").open("a", encoding="utf-8") as stream:
        for n in range(length):
            stream.write(f"c{n:06},A city,city,FI,c{(n + 1) % length:06},,\n")


def dated_by_themselves(folder: Path, rows: int) -> None:
    """Write transfers each of which began after itself."""
    cells = "my-p1,my-lund,my-oulu,after:t{n},adopted,my-s1"
    _transfers(folder, rows, "start,status,source", cells)


def wide(folder: Path, columns: int) -> None:
    """Write a table of sources with further columns of which nobody knows."""
    more = "".join(f",x{n}" for n in range(columns))
    path = folder / "sources.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0] + more, *lines[1:]]) + "\n", "utf-8")


# --- workbooks -------------------------------------------------------------------------------


def _column(number: int) -> str:
    return chr(65 + number)


def _sheet(rows: list[list[str]], *, before: str = "", extra: str = "") -> str:
    """Give a sheet of inline texts; a text that begins with < is taken for the whole cell."""
    lines = []
    for r, row in enumerate(rows, 1):
        cells = []
        for c, text in enumerate(row):
            at = f"{_column(c)}{r}"
            if text.startswith("<"):
                cells.append(text.replace("@", at))
            elif text:
                cells.append(f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>')
        lines.append(f'<row r="{r}">{"".join(cells)}</row>')
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="{MAIN}">{extra}'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )


def _workbook(sheets: dict[str, str], parts: dict[str, str] | None = None) -> dict[str, str]:
    """Give the parts of a workbook with these sheets by their titles."""
    listed = "".join(
        f'<sheet name="{title}" sheetId="{n}" r:id="rId{n}"/>' for n, title in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    return {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE_RELS}"><Relationship Id="rId1" '
        f'Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets>{listed}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE_RELS}">{related}'
        "</Relationships>",
        **{f"xl/worksheets/sheet{n}.xml": text for n, text in enumerate(sheets.values(), 1)},
        **(parts or {}),
    }


def _pack(path: Path, parts: dict[str, Any], packing: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


ENTITIES = (
    '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
"""Ten entities, the last of which would be ten thousand million letters."""


def workbook(folder: Path, kind: str) -> None:
    """Write mine.xlsx, good but for one thing."""
    path = folder / "mine.xlsx"
    rows = [list(row) for row in SOURCES]
    good = _workbook({"sources": _sheet(rows)})
    part = "xl/worksheets/sheet1.xml"
    match kind:
        case "good":
            pass
        case "error":
            rows[1][1] = '<c r="@" t="e"><f>VLOOKUP(A2,X:Y,2)</f><v>#N/A</v></c>'
            good[part] = _sheet(rows)
        case "never calculated":
            rows[1][1] = '<c r="@"><f>CONCATENATE("A ","report")</f></c>'
            good[part] = _sheet(rows)
        case "text of a formula":
            rows[1][1] = "=1+1"
            good[part] = _sheet(rows)
        case "day of no calendar":
            rows[1][2] = '<c r="@" t="d"><v>2020-02-31</v></c>'
            good[part] = _sheet(rows)
        case "number for a day":
            rows[1][2] = '<c r="@"><v>43952</v></c>'
            good[part] = _sheet(rows)
        case "unknown sheet":
            good = _workbook({
                "sources": _sheet(rows),
                "sorces": _sheet([["id", "title", "colour"], ["my-s2", "B", "red"]]),
            })  # fmt: skip
        case "only unknown sheets":
            good = _workbook({"Sheet1": _sheet([["Kunta", "Vuosi"], ["Oulu", "2011"]])})
        case "twice the same sheet":
            good = _workbook({"sources": _sheet(rows)})
            good["xl/workbook.xml"] = good["xl/workbook.xml"].replace(
                "</sheets>", '<sheet name="sources" sheetId="2" r:id="rId1"/></sheets>'
            )
        case "merged header":
            rows = [["Sources of ours"], *rows]
            good = _workbook({"sources": _sheet(rows).replace(
                "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:C1"/></mergeCells>'
            )})  # fmt: skip
        case "empty":
            good = _workbook({"sources": _sheet([])})
        case "empty cell":
            rows[1][1] = ""
            good[part] = _sheet(rows)
        case "sheet that is not there":
            del good[part]
        case "no workbook part":
            del good["xl/workbook.xml"]
        case "document type in a sheet":
            good[part] = _sheet(rows, before="<!DOCTYPE worksheet>")
        case "entity bomb in a sheet":
            rows[1][1] = "&j;"
            good[part] = _sheet(rows, before=ENTITIES)
        case "entity bomb in shared texts":
            rows[1][1] = '<c r="@" t="s"><v>0</v></c>'
            good[part] = _sheet(rows)
            good["xl/sharedStrings.xml"] = (
                f'<?xml version="1.0"?>{ENTITIES}<sst xmlns="{MAIN}"><si><t>&j;</t></si></sst>'
            )
            good["xl/_rels/workbook.xml.rels"] = good["xl/_rels/workbook.xml.rels"].replace(
                "</Relationships>", f'<Relationship Id="rId9" Type="{RELS}/sharedStrings" '
                'Target="sharedStrings.xml"/></Relationships>',
            )  # fmt: skip
        case "external entity":
            rows[1][1] = "&x;"
            before = '<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            good[part] = _sheet(rows, before=before)
        case "not well formed":
            good[part] = _sheet(rows).replace("</sheetData>", "")
        case "reaches far":
            rows.append(['<c r="XFD1048576"><v>1</v></c>'])
            good[part] = _sheet(rows)
        case "claims to be large":
            # What it claims is not believed; what is in it is faulty by itself.
            rows[1][2] = "soon"
            good[part] = _sheet(rows, extra='<dimension ref="A1:XFD1048576"/>')
        case "bomb":
            good["xl/media/image1.xml"] = "0" * (100 << 20)
        case "bomb in a sheet":
            rows[1][1] = "a" * (100 << 20)
            good[part] = _sheet(rows)
        case "huge cell":
            rows[1][1] = "a" * (2 << 20)
            good[part] = _sheet(rows)
        case "binary":
            good["xl/workbook.bin"] = good.pop("xl/workbook.xml")
        case "word":
            good = {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": "<document/>"}
        case "direction override":
            rows[1][0] = "my-s\u202e1"
            good[part] = _sheet(rows)
        case _:
            raise AssertionError(kind)
    _pack(path, good)


def workbook_bytes(folder: Path, kind: str) -> None:
    """Write mine.xlsx of which the bytes are not as they should be."""
    workbook(folder, "good")
    path = folder / "mine.xlsx"
    raw = path.read_bytes()
    if kind == "old":
        raw = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    elif kind == "password":
        head = bytearray(512)
        head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        struct.pack_into("<H", head, 30, 9)
        raw = bytes(head) + "EncryptedPackage".encode("utf-16-le") + bytes(96)
    elif kind == "cut off":
        raw = raw[:-100]
    elif kind == "damaged":
        at = raw.index(b"xl/worksheets/sheet1.xml") + 60
        raw = raw[:at] + bytes(b ^ 0x55 for b in raw[at : at + 40]) + raw[at + 40 :]
    path.write_bytes(raw)


def many_wrong_cells(folder: Path, rows: int) -> None:
    """Write mine.xlsx with an error in every row."""
    table = [["id", "title"]]
    table += [[f"s{n}", '<c r="@" t="e"><v>#REF!</v></c>'] for n in range(rows)]
    _pack(folder / "mine.xlsx", _workbook({"sources": _sheet(table)}))


# --- archives --------------------------------------------------------------------------------


def archive(folder: Path, kind: str) -> None:
    """Write mine.zip, good but for one thing."""
    path = folder / "mine.zip"
    parts: dict[str, Any] = {"sources.csv": SOURCES_CSV}
    outside = {
        "up": "../evil.csv", "far up": "a/../../../../evil.csv", "absolute": "/tmp/evil.csv",
        "drive": "C:\\evil.csv", "backslash": "..\\evil.csv", "drive and slash": "C:/evil.csv",
        "newline": "a\nb.csv",
    }  # fmt: skip
    if kind in outside:
        parts[outside[kind]] = SOURCES_CSV
    match kind:
        case "empty":
            parts = {}
        case "no table":
            parts = {"readme.md": "Nothing here", "photo.jpg": b"\xff\xd8"}
        case "nested":
            inner = io.BytesIO()
            with zipfile.ZipFile(inner, "w") as nested:
                nested.writestr("sources.csv", SOURCES_CSV)
            parts["more.zip"] = inner.getvalue()
        case "workbook within":
            parts["more.xlsx"] = b"PK\x03\x04"
        case "bomb":
            parts["sources.csv"] = SOURCES_CSV + "a" * (100 << 20)
        case "wrong encoding within":
            parts["sources.csv"] = SOURCES_CSV.replace("report", "rapport på").encode("cp1252")
        case "faulty row within":
            parts["sources.csv"] = SOURCES_CSV.replace("2020-05-01", "May 2020")
    _pack(path, parts)
    if kind == "link":
        with zipfile.ZipFile(path, "a") as opened:
            info = zipfile.ZipInfo("actors.csv")
            info.create_system, info.external_attr = 3, 0o120777 << 16
            opened.writestr(info, "/etc/passwd")
    if kind == "many":
        with zipfile.ZipFile(path, "a") as opened:
            for n in range(1200):
                opened.writestr(f"{n}.csv", "")
    if kind == "twice":
        with zipfile.ZipFile(path, "a") as opened:
            opened.writestr("SOURCES.CSV", SOURCES_CSV)


def archive_bytes(folder: Path, kind: str) -> None:
    """Write mine.zip of which the bytes are not as they should be."""
    path = folder / "mine.zip"
    _pack(path, {"sources.csv": SOURCES_CSV}, zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    central = raw.index(b"PK\x01\x02")
    match kind:
        case "password":
            raw[6] |= 1
            raw[central + 8] |= 1
        case "checksum":
            raw[raw.index(b"A report")] ^= 0x20
        case "cut off":
            raw = raw[: central - 5]
        case "not an archive":
            raw = bytearray(b"not an archive at all")
        case "says less than it holds":
            # The directory claims fewer bytes than the file in the archive has.
            packed = zlib.compress(SOURCES_CSV.encode() * 5000)[2:-4]
            _pack(path, {"sources.csv": SOURCES_CSV * 5000})
            raw = bytearray(path.read_bytes())
            central = raw.index(b"PK\x01\x02")
            struct.pack_into("<I", raw, central + 24, 60)
            assert packed
        case "unknown packing":
            struct.pack_into("<H", raw, 8, 99)
            struct.pack_into("<H", raw, central + 10, 99)
        case _:
            raise AssertionError(kind)
    path.write_bytes(bytes(raw))


# --- json ------------------------------------------------------------------------------------


def deep(folder: Path, levels: int) -> None:
    """Write sources.json with arrays so deep in one another."""
    (folder / "sources.json").write_text("[" * levels + "]" * levels, "utf-8")


def many_keys(folder: Path, number: int) -> None:
    """Write sources.json with an object of so many keys."""
    row = {f"k{n}": "x" for n in range(number)}
    (folder / "sources.json").write_text(json.dumps([row]), "utf-8")


def large_json(folder: Path, size: int) -> None:
    """Write sources.json of so many bytes."""
    with (folder / "sources.json").open("w", encoding="utf-8") as stream:
        stream.write('[{"id": "my-s1", "title": "')
        for _ in range(size >> 20):
            stream.write("a" * (1 << 20))
        stream.write('"}]')
