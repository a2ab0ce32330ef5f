"""Everything random about a designed source, by key: a task, a factor, a compound, a scaffold, a substructure."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from mtlcurves.grid.seeds import Words, absorb, state_of, text_key

Floats = npt.NDArray[np.float64]


def keyed_state(seed: int, purpose: str, name: str = "") -> Words:
    """Return the state that a purpose and the name of what is drawn for lead to; shape (1,)."""
    return state_of(f"designed {purpose}", seed, text_key(name))


def uniforms(state: Words, words: npt.NDArray[Any]) -> Floats:
    """Draw one number between 0 and 1, neither of them, per word."""
    bits = absorb(state, words.astype(np.uint64)) >> np.uint64(11)
    return np.asarray((bits + 0.5) * 2.0**-53, dtype=np.float64)


def normals(state: Words, words: npt.NDArray[Any]) -> Floats:
    """Draw one number per word from the standard normal distribution."""
    return np.asarray(ndtri(uniforms(state, words)))


def sparse_normals(state: Words, words: npt.NDArray[Any], density: float) -> Floats:
    """Draw one number per word: standard normal for a share `density` of the words, else 0."""
    drawn = uniforms(state, words) / density
    inner = drawn < 1
    return np.where(inner, ndtri(np.where(inner, drawn, 0.5)), 0.0)


def one(seed: int, purpose: str, name: str) -> float:
    """Draw one number between 0 and 1 for a name."""
    return float(uniforms(keyed_state(seed, purpose, name), np.zeros(1, np.uint64))[0])
