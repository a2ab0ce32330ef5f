"""The training engines by name; those of the configuration, and the one of recipes that balance their tasks."""

from __future__ import annotations

from mtlcurves.training.backend import Backend


def load_backend(name: str) -> Backend:
    """Return an engine; only the one that is asked for is imported.

    Raises
    ------
    ValueError
        When there is no such engine.
    mtlcurves.errors.DataError
        When this machine cannot run it.
    """
    if name == "reference":
        from mtlcurves.training.reference import Reference

        return Reference()
    if name == "lazy_adam":
        from mtlcurves.training.lazy.engine import LazyAdam

        return LazyAdam()
    if name == "gpu":
        from mtlcurves.training.gpu.device import require_gpu

        require_gpu()  # before Triton is imported, which a machine without a GPU need not have
        from mtlcurves.training.gpu.engine import Gpu

        return Gpu()
    if name == "balanced":
        from mtlcurves.training.balanced.engine import Balanced

        return Balanced()
    raise ValueError(f"no training engine {name!r}")
