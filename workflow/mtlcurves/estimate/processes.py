"""Work that is timed as a job does it: in a process of its own, and without the time it had no core."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mtlcurves.provenance import LIBRARY

# a process of its own, as a job is: it reads what to do, and does it
JOB = """\
import pickle, sys
function, arguments = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps(function(*arguments)))
"""


def in_a_process(function: Callable[..., Any], *arguments: object) -> Any:
    """Call a function of a module in a fresh process; returns what it returns."""
    done = subprocess.run(
        [sys.executable, "-c", JOB],
        input=pickle.dumps((function, arguments)),
        stdout=subprocess.PIPE,
        cwd=LIBRARY.parent,  # where it finds the library
        check=True,
    )
    return pickle.loads(done.stdout)


def waited() -> float:
    """Seconds that this thread was ready to run and had no core, which others had (Linux; else 0)."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def seconds_of(action: Callable[[], object]) -> float:
    """Processor time of an action that this thread does by itself: what it took but for having no core."""
    start = time.thread_time()
    action()
    return time.thread_time() - start
