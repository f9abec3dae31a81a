"""Worker processes: one job each at a time, ended when it takes too long or nobody waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from kvgraph.serve.frames import JOB, Frame, packed, receive
from kvgraph.serve.problems import Problem
from kvgraph.serve.settings import Settings

_AGAIN: Final = 1.0
"""Seconds until it is tried again to start a worker."""


class Worker:
    """One process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.jobs = 0

    @classmethod
    async def started(cls, settings: Settings) -> Worker:
        """Start a process that looks at the store."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kvgraph.serve._worker", str(settings.store),
            str(settings.limits.memory), str(os.getpid()), stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        return cls(process)

    async def send(self, job: Mapping[str, Any]) -> None:
        """Hand it a job.

        :raises Problem: 503 if it has ended.
        """
        assert self.process.stdin is not None
        self.jobs += 1
        try:
            self.process.stdin.write(packed(JOB, dict(job)))
            await self.process.stdin.drain()
        except ConnectionError as error:
            raise Problem(
                503, "a worker ended before it was asked; nothing was done",
                hint="Try again.", headers={"Retry-After": "1"},
            ) from error  # fmt: skip

    async def frame(self) -> Frame:
        """Give the next frame of its answer.

        :raises Problem: 503 if it has ended, as one does that takes more memory than it may.
        """
        assert self.process.stdout is not None
        try:
            return await receive(self.process.stdout)
        except asyncio.IncompleteReadError as error:
            raise _ended() from error

    def end(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()


def _ended() -> Problem:
    return Problem(
        503, "it was more than the server could do",
        hint="Ask for less: fewer rows, or a query that is nested less deeply.", limit="memory",
    )  # fmt: skip


class Pool:
    """All workers, and who waits for one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._all: set[Worker] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self.ended = 0
        """How many were ended before their time, for what was asked of them."""

    @property
    def idle(self) -> int:
        """How many workers have nothing to do."""
        return self._idle.qsize()

    async def start(self) -> None:
        """Start all workers."""
        await asyncio.gather(*(self._add() for _ in range(self.settings.workers)))

    async def stop(self) -> None:
        """End all workers."""
        for task in self._starting:
            task.cancel()
        for worker in list(self._all):
            worker.end()
        await asyncio.gather(*(w.process.wait() for w in self._all), return_exceptions=True)

    async def _add(self, *, patient: bool = False) -> None:
        """Start a worker; a ``patient`` one is tried again where the machine has no room for it."""
        while True:
            try:
                worker = await Worker.started(self.settings)
                break
            except OSError:
                if not patient:
                    raise
                await asyncio.sleep(_AGAIN)
        self._all.add(worker)
        self._idle.put_nowait(worker)

    async def _free(self) -> Worker:
        """Give a worker that has nothing to do; one that has ended meanwhile is replaced."""
        while (worker := await self._idle.get()).process.returncode is not None:
            self._replace(worker)
        return worker

    def _replace(self, worker: Worker) -> None:
        """End a worker and start another in its place."""
        worker.end()
        self._all.discard(worker)
        self.ended += 1
        task = asyncio.get_running_loop().create_task(self._add(patient=True))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    @asynccontextmanager
    async def working(self, job: Mapping[str, Any]) -> AsyncIterator[AsyncIterator[Frame]]:
        """Give the frames with which a worker answers a job, the last being its end or a fault.

        Leaving the block before that ends the worker.

        :raises Problem: 503 if no worker gets free, or the work takes longer than it may.
        """
        limits = self.settings.limits
        try:
            worker = await asyncio.wait_for(self._free(), limits.waiting)
        except TimeoutError as error:
            raise Problem(
                503, f"no worker was free within {limits.waiting:g} seconds",
                hint="Try again later.", headers={"Retry-After": "5"}, limit="waiting",
            ) from error  # fmt: skip
        done = False

        async def frames() -> AsyncGenerator[Frame, None]:
            nonlocal done
            try:
                async with asyncio.timeout(limits.seconds):
                    await worker.send({"rows": limits.rows, "bytes": limits.bytes, **job})
                    while True:
                        frame = await worker.frame()
                        # A frame of data is not awaited for longer than the work may take;
                        # neither is a client that takes it slowly.
                        done = frame.kind in (b"E", b"F")
                        yield frame
                        if done:
                            return
            except TimeoutError as error:
                raise Problem(
                    503, f"it took longer than {limits.seconds:g} seconds, and was stopped",
                    hint="Ask for less, or with LIMIT for a part.", limit="seconds",
                ) from error  # fmt: skip

        found = frames()
        try:
            yield found
        finally:
            await found.aclose()
            if done:
                self._idle.put_nowait(worker)
            else:
                self._replace(worker)
