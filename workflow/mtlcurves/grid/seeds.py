"""Everything random about a training, as a keyed hash of what it belongs to.

A draw depends on its own key (replicate, rotation, column, unit, ...) and on nothing else: not on the order in
which things are drawn, nor on what else a training holds. So two trainings that share a compound, a column
or a task share its random numbers too, and their difference is due to their labels alone.

The hash is splitmix64 (Steele, Lea, Flood 2014, doi 10.1145/2660193.2660195) in counter mode: the word w, absorbed
into a state s, gives the w-th output of the generator that s seeds. For a given state this is a bijection of the
64-bit words, so different words never collide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]

GAMMA = np.uint64(0x9E3779B97F4A7C15)
MULTIPLIERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_CHUNK = 1 << 15  # draws hashed at a time, so that they stay in the cache


def text_key(text: str) -> int:
    """Hash a text to 64 bits: the first 8 bytes of its BLAKE2b digest, little-endian."""
    return int.from_bytes(hashlib.blake2b(text.encode()).digest()[:8], "little")


def absorb(state: Words, words: Words) -> Words:
    """Take one word into each state; arrays broadcast.

    Parameters
    ----------
    state, words : ndarray of uint64
        States to start from, and what each takes in.

    Returns
    -------
    ndarray of uint64
        For a given state a bijection of `words`.
    """
    mixed = np.asarray((words + np.uint64(1)) * GAMMA + state)
    shifted = np.empty_like(mixed)
    for shift, multiplier in zip((30, 27), MULTIPLIERS, strict=True):
        np.right_shift(mixed, np.uint64(shift), out=shifted)
        mixed ^= shifted
        mixed *= multiplier
    np.right_shift(mixed, np.uint64(31), out=shifted)
    mixed ^= shifted
    return mixed


def state_of(purpose: str, *words: int) -> Words:
    """Return the state (shape (1,)) that a purpose and some whole numbers lead to."""
    state = np.array([text_key(purpose)], dtype=np.uint64)
    for word in words:
        state = absorb(state, np.array([word], dtype=np.uint64))
    return state


def _by_unit(states: Words, n_units: int) -> npt.NDArray[np.float32]:
    """Draw one number in [0, 1) per state and unit; shape (states, units)."""
    drawn = np.empty((len(states), n_units), dtype=np.float32)
    units = np.arange(n_units, dtype=np.uint64)
    step = max(1, _CHUNK // n_units)
    for start in range(0, len(states), step):
        bits = absorb(states[start : start + step, None], units)
        # 24 bits: as many as float32 holds, so that rounding cannot give 1
        drawn[start : start + step] = (bits >> np.uint64(40)) * np.float32(2.0**-24)
    return drawn


def column_uniforms(
    replicate: int, rotation: int, columns: npt.NDArray[Any], n_units: int
) -> npt.NDArray[np.float32]:
    """Draw the hidden layer's initial weights, before scaling.

    Parameters
    ----------
    replicate, rotation : int
        Of the training.
    columns : ndarray of int, shape (n,)
        Fingerprint columns.
    n_units : int
        Units of the hidden layer.

    Returns
    -------
    ndarray of float32, shape (n, n_units)
        Uniform on [0, 1), the same for a column and unit whatever else is asked for.
    """
    return _by_unit(column_states(replicate, rotation, columns), n_units)


def column_states(replicate: int, rotation: int, columns: npt.NDArray[Any]) -> Words:
    """Return the state of each column, which takes in a unit's number to give its draw; shape (n,)."""
    return absorb(state_of("hidden layer", replicate, rotation), columns.astype(np.uint64))


def task_uniforms(replicate: int, rotation: int, tasks: Sequence[str], n_units: int) -> npt.NDArray[np.float32]:
    """Draw the head's initial weights, before scaling; shape (tasks, units), uniform on [0, 1)."""
    state = state_of("head", replicate, rotation)
    return _by_unit(absorb(state, np.array([text_key(task) for task in tasks], dtype=np.uint64)), n_units)


def dropout_uniforms(
    replicate: int, rotation: int, epoch: int, compounds: Words, n_units: int
) -> npt.NDArray[np.float32]:
    """Draw what decides which hidden units a compound loses in an epoch; shape (compounds, units)."""
    return _by_unit(absorb(state_of("dropout", replicate, rotation, epoch), compounds), n_units)


def epoch_order(replicate: int, rotation: int, epoch: int, compounds: Words) -> npt.NDArray[np.intp]:
    """Order compounds for one pass over them.

    Parameters
    ----------
    replicate, rotation, epoch : int
        Of the training; the first epoch is 1.
    compounds : ndarray of uint64, shape (n,)
        Compound keys, ascending.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions in `compounds`. Any two compounds stand in the same order whichever others are there; equal
        keys (one compound, or a 64-bit collision) keep their order.
    """
    keys = absorb(state_of("epoch order", replicate, rotation, epoch), compounds)
    return np.argsort(keys, kind="stable")


def label_order(replicate: int, rotation: int, task: str, compounds: Words) -> npt.NDArray[np.intp]:
    """Order a task's compounds (their keys) to hand its classes round; shape (n,), positions in `compounds`."""
    state = absorb(state_of("shuffled labels", replicate, rotation), np.array([text_key(task)], dtype=np.uint64))
    return np.argsort(absorb(state, compounds), kind="stable")
