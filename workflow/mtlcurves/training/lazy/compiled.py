"""Compilation by numba, kept on disk where some folder can be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

# Sums may be reordered, which is what makes them vector code. NaN and infinity keep their meaning: they tell that
# a training diverges. The order is fixed when compiling, so the bits do not change from run to run.
_MATHS = {"reassoc", "contract", "arcp", "nsz"}


def compiled(function: F) -> F:
    """Compile a function at its first call, without Python's lock, and keep the machine code for later processes.

    numba keeps it beside the source, or where this cannot be written in the user's cache folder. Where neither can
    be written, every process compiles for itself, which takes some seconds and changes nothing else.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": _MATHS}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # no folder for the cache
        return numba.njit(**options)(function)
