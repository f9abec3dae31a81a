"""A process that does one job after another, and that can be ended at any moment.

It reads jobs from its standard input and writes frames to its standard output; whoever writes
anything else there writes to the standard error instead.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import IO, Any, Final

from kvgraph.errors import KvgraphError
from kvgraph.serve._jobs_about import ABOUT_JOBS
from kvgraph.serve._jobs_pictures import PICTURE_JOBS
from kvgraph.serve._jobs_rest import REST_JOBS
from kvgraph.serve._jobs_writing import WRITING_JOBS
from kvgraph.serve.frames import FAULT, packed, read
from kvgraph.serve.problems import Problem, problem_of
from kvgraph.serve.tagging import CACHE, DATASET, ETAG, Unchanged, is_among, tag_of
from kvgraph.serve.work import JOBS, Bench, Enough, Outlet

_JOBS: Final = {**JOBS, **REST_JOBS, **PICTURE_JOBS, **ABOUT_JOBS, **WRITING_JOBS}
"""What this process can be sent, by name."""

_DEATH_SIGNAL: Final = 1
"""PR_SET_PDEATHSIG of Linux."""


def main() -> None:
    """Do jobs until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends us
    store, memory = Path(sys.argv[1]), int(sys.argv[2])
    _end_with(int(sys.argv[3]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    bench = Bench(store)
    while (frame := read(sys.stdin.buffer)) is not None:
        _do(bench, frame.told(), answers)


def _end_with(parent: int) -> None:
    """See to it that no worker outlives the server, however that ends."""
    with contextlib.suppress(OSError, AttributeError):  # Linux alone has this
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit()


def _do(bench: Bench, job: dict[str, Any], answers: IO[bytes]) -> None:
    """Do one job; what goes wrong is the last frame of its answer."""
    out = Outlet(answers, job["rows"], job["bytes"], job)
    try:
        if job.get("unless"):
            _spare(bench, job)
        _JOBS[job["kind"]](bench, job, out)
    except Unchanged as same:
        out.unchanged(same.headers)
        return
    except Enough:
        out.enough()
        return
    except Problem as problem:
        told = problem.told()
    except KvgraphError as error:
        told = problem_of(error).told()
    except MemoryError:
        told = Problem(503, "it takes more memory than may be taken", limit="memory").told()
    except RecursionError:
        told = Problem(400, "it is nested too deeply").told()
    else:
        return
    answers.write(packed(FAULT, told))
    answers.flush()


def _spare(bench: Bench, job: dict[str, Any]) -> None:
    """Spare the work if the client has kept the answer: its tag is known without it.

    :raises Unchanged: if it has.
    """
    tag = tag_of(bench.dataset().digest, job)
    if is_among(tag, set(job["unless"]) - {"*"}):
        raise Unchanged({ETAG: tag, CACHE: "no-cache", DATASET: bench.dataset().digest})


if __name__ == "__main__":
    main()
