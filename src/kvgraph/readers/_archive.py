"""A zip archive to the sheets of its csv files, which are read without being unpacked to disk."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, cast

from kvgraph.errors import Fault, FaultyInputError, KvgraphError
from kvgraph.readers._csv import open_csv
from kvgraph.readers._sheet import Sheet

MOST_MEMBERS: Final = 1000
"""The files that an archive may hold."""

LARGEST: Final = 8 << 30
"""The bytes that its files may have together when unpacked; they are never all held."""

_SUSPECT: Final = 64 << 20
_SWELLS: Final = 200
"""A file larger than ``_SUSPECT`` may be at most so many times what it is when packed."""

_TABLES: Final = (".csv", ".tsv", ".tab")
_ARCHIVES: Final = (".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz", ".jar")
_OTHER_TABLES: Final = (".xlsx", ".xlsm", ".xls", ".ods", ".json")
_ENCRYPTED: Final = 0x1
_UNPACK: Final = "Unpack it, and give the files themselves."


def open_archive(path: Path, shown: str = "") -> list[Sheet]:
    """Open the csv files of a zip archive, sorted by their names.

    A sheet is called ``shown[name]``. What is no table (texts, pictures, what a system leaves
    behind) is passed over. Nothing is written to disk.

    :raises KvgraphError: if the file cannot be opened.
    :raises FaultyInputError: if it is no zip archive, holds no csv file, or something that must
        not be read; all of it is listed. A file that turns out to be broken, or larger than it
        said, is told of when its rows are read.
    """
    shown = shown or str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            count = len(archive.infolist())
    except OSError as error:
        raise KvgraphError(
            f"{shown} cannot be read: {error.strerror or error}", hint="Check the name of the file."
        ) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError) as error:
        raise _refuse(shown, f"is no zip archive that can be read: {error}", _UNPACK) from error
    if count > MOST_MEMBERS:
        raise _refuse(shown, f"holds {count:,} files, more than {MOST_MEMBERS:,}", _UNPACK)
    faults = list(_check(members, shown))
    if faults:
        raise FaultyInputError(f"{shown} cannot be read", faults)
    tables = [info for info in members if _is_table(info.filename)]
    if not tables:
        found = ", ".join(sorted(info.filename for info in members)[:5]) or "nothing"
        raise _refuse(shown, f"holds no csv file, but {found}", "Give the tables as csv.")
    sheets: list[Sheet] = []
    for info in sorted(tables, key=lambda one: one.filename):
        name = f"{shown}[{info.filename}]"
        raw = partial(_open_member, path, info, name)
        try:
            sheets.append(open_csv(Path(info.filename), name, raw=raw))
        except FaultyInputError as error:
            faults += error.faults
    if faults:
        raise FaultyInputError(f"{shown} cannot be read", faults)
    return sheets


def _refuse(shown: str, problem: str, hint: str) -> FaultyInputError:
    """Make the error of an archive, or of a file in it."""
    return FaultyInputError(f"{shown} cannot be read", [Fault(shown, 0, "", "", problem, hint)])


def _is_hidden(name: str) -> bool:
    """Tell whether a file was left behind by a system: ``__MACOSX/._x.csv``, ``.DS_Store``."""
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _is_table(name: str) -> bool:
    """Tell whether a file is a csv file, by its name."""
    return name.lower().endswith(_TABLES) and not _is_hidden(name)


def _check(members: list[zipfile.ZipInfo], shown: str) -> Iterator[Fault]:
    """Find the files of an archive that must not be read."""
    seen: set[str] = set()
    for info in members:
        # orig_filename is what stands in the archive: the library mends the name it shows.
        name = info.orig_filename
        where = f"{shown}[{info.filename}]"
        if problem := _unsafe(name):
            hint = "An archive of tables has plain names. Make it anew."
            yield Fault(where, 0, "", "", problem, hint)
        elif stat.S_ISLNK(info.external_attr >> 16):
            yield Fault(where, 0, "", "", "is a link, not a file", _UNPACK)
        elif info.flag_bits & _ENCRYPTED:
            yield Fault(where, 0, "", "", "is protected with a password", "Pack it without one.")
        elif not _is_hidden(name):
            yield from _check_kind(info, where)
        if name.casefold() in seen:
            yield Fault(where, 0, "", "", "stands twice in the archive", "Make it anew.")
        seen.add(name.casefold())
    total = sum(info.file_size for info in members)
    if total > LARGEST:
        problem = f"would have {total >> 20:,} MB when unpacked, more than {LARGEST >> 20:,}"
        yield Fault(shown, 0, "", "", problem, "Give its tables in parts.")


def _check_kind(info: zipfile.ZipInfo, where: str) -> Iterator[Fault]:
    """Find what is wrong with a file by its ending and its sizes."""
    name = info.filename.lower()
    if name.endswith(_ARCHIVES):
        yield Fault(where, 0, "", "", "is an archive within an archive", _UNPACK)
    elif name.endswith(_OTHER_TABLES):
        yield Fault(where, 0, "", "", "is a table, but no csv file", _UNPACK)
    elif _is_table(name) and _swells(info.file_size, info.compress_size):
        problem = (
            f"would grow from {info.compress_size:,} to {info.file_size:,} bytes when unpacked"
        )
        yield Fault(where, 0, "", "", problem, "Is it a table? " + _UNPACK)


def _unsafe(name: str) -> str:
    """Tell what is wrong with a name that may lead out of the archive; empty if nothing."""
    if "\0" in name or any(ord(c) < 32 for c in name):
        return "has a control character in its name"
    if "\\" in name:
        return "has a backslash in its name"
    if name.startswith("/") or name[1:2] == ":":
        return "has an absolute name"
    return "has a name that leads out of the archive" if ".." in name.split("/") else ""


def _swells(size: int, packed: int) -> bool:
    """Tell whether a file is so many times larger than packed that it is no table."""
    return size > _SUSPECT and size > _SWELLS * max(packed, 1)


def _open_member(path: Path, info: zipfile.ZipInfo, name: str) -> IO[bytes]:
    """Open one file of an archive."""
    try:
        # The archive's own file stays open until the member that is read from it is closed.
        with zipfile.ZipFile(path) as archive:
            stream = archive.open(info)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        raise _refuse(name, f"cannot be unpacked: {error}", _UNPACK) from error
    return cast(IO[bytes], io.BufferedReader(_Guarded(stream, info, name), 1 << 16))


class _Guarded(io.RawIOBase):
    """The bytes of a file in an archive: no more of them than it said, and none of a broken one."""

    def __init__(self, stream: IO[bytes], info: zipfile.ZipInfo, name: str) -> None:
        super().__init__()
        self._stream = stream
        self._info = info
        self._name = name
        self._read = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some bytes."""
        try:
            data = self._stream.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise _refuse(self._name, f"is broken: {error}", "Fetch the archive anew.") from error
        self._read += len(data)
        if self._read > self._info.file_size or _swells(self._read, self._info.compress_size):
            problem = f"is larger than the {self._info.file_size:,} bytes that it says"
            raise _refuse(self._name, problem, "Fetch the archive anew.")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file and, if it is the last one, the archive."""
        if not self.closed:
            self._stream.close()
        super().close()
