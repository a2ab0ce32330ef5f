"""Compilation by numba, kept on disk where some folder can be written."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])

# Sums may be reordered, which is what makes them vector code. NaN and infinity keep their meaning: they tell that
# a training diverges. The order is fixed when compiling, so the bits do not change from run to run.
_MATHS = {"reassoc", "contract", "arcp", "nsz"}


def compiled(function: F) -> F:
    """Compile a function at its first call, free of Python's lock, and keep the machine code on disk."""
    folder = cache_folder()
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": _MATHS}
    return cast(F, numba.njit(cache=folder is not None, **options)(function))


@cache
def cache_folder() -> Path | None:
    """Find the folder for machine code.

    It is in NUMBA_CACHE_DIR, or beside the source, or in the user's cache: the first that can be written. Without
    any, every process compiles for itself, which takes some seconds and changes nothing else. numba tells
    processors apart, but does not see a change of code that a function calls in another module; so the folder
    is named by a digest of all modules here.
    """
    source = Path(__file__).parent
    code = b"".join(path.read_bytes() for path in sorted(source.glob("*.py")))
    roots = [
        os.environ.get("NUMBA_CACHE_DIR") or source / "__pycache__",
        Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "mtlcurves",
    ]
    for root in roots:
        folder = Path(root) / hashlib.sha256(code).hexdigest()[:16]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except (OSError, RuntimeError):  # cannot be written; there is no home
            continue
    return None
