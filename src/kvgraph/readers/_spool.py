"""Records that are gone through several times: in memory while few, on disk beyond."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Collection, Iterable, Iterator
from typing import IO, Final

from kvgraph.model import Record

MOST_IN_MEMORY: Final = 100_000
"""So many records (about 100 MB) are kept in memory; what comes after them goes to disk."""

_BATCH: Final = 2_000


class Spool(Collection[Record]):
    """Records in the order in which they were added.

    What is on disk is in a file without a name, which no other program can open and which
    is gone when the spool is.
    """

    def __init__(self, records: Iterable[Record] = (), most: int = MOST_IN_MEMORY) -> None:
        self._most = most
        self._first: list[Record] = []
        self._batch: list[Record] = []
        self._file: IO[bytes] | None = None
        self._length = 0
        for record in records:
            self.append(record)

    def append(self, record: Record) -> None:
        """Add a record at the end."""
        self._length += 1
        if len(self._first) < self._most:
            self._first.append(record)
            return
        self._batch.append(record)
        if len(self._batch) == _BATCH:
            if self._file is None:
                # Not a context of its own: it lives as long as the spool and has no name.
                self._file = tempfile.TemporaryFile()  # noqa: SIM115
            self._file.seek(0, 2)
            pickle.dump(self._batch, self._file, pickle.HIGHEST_PROTOCOL)
            self._batch = []

    def __iter__(self) -> Iterator[Record]:
        yield from self._first
        place = 0
        while self._file is not None:
            # Two may go through the spool at once: each keeps its own place.
            self._file.seek(place)
            try:
                batch = pickle.load(self._file)
            except EOFError:
                break
            place = self._file.tell()
            yield from batch
        yield from self._batch

    def __len__(self) -> int:
        return self._length

    def __contains__(self, record: object) -> bool:
        return any(one == record for one in self)
