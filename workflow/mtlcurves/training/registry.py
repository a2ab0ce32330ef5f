"""The training engines, by the names they have in the configuration."""

from __future__ import annotations

from mtlcurves.training.backend import Backend


def load_backend(name: str) -> Backend:
    """Return an engine; only the one that is asked for is imported.

    Raises
    ------
    ValueError
        When there is no such engine.
    """
    if name == "reference":
        from mtlcurves.training.reference import Reference

        return Reference()
    if name == "lazy_adam":
        from mtlcurves.training.lazy.engine import LazyAdam

        return LazyAdam()
    raise ValueError(f"no training engine {name!r}")
