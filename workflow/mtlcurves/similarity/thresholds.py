"""Thresholds of similarity above which tasks are trained together, judged on pairs they were not chosen on.

A threshold chosen and judged on the same pairs looks better than it is (P2 Table 2). Pairs are therefore halved at
random, many times; the threshold with the best F1 on one half is judged on the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.entries import Entries, entries_of
from mtlcurves.similarity.matrices import RAW, Floats
from mtlcurves.similarity.prediction import with_benefits

NAME = "benefit_thresholds"
PUBLISHED = (0.05, 0.10, 0.15)
HALVES = 200
ALL, CHOSEN = "keep all pairs", "chosen on one half"
MIN_PAIRS = 4

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Judgement:
    """What keeping some directions and dropping the others does.

    Attributes
    ----------
    avoided : float
        Share of the losses that are dropped; NaN without losses.
    kept : float
        Share of the gains that are kept; NaN without gains.
    f1 : float
        Harmonic mean of `kept` and of the share of gains among what is kept.
    """

    avoided: float
    kept: float
    f1: float


def judge(keep: Bools, positive: Bools) -> Judgement:
    """Judge which directions are kept, by which of them gain; boolean arrays of one shape."""
    gains, losses = positive.sum(), (~positive).sum()
    right = (keep & positive).sum()
    found = keep.sum() + gains
    with np.errstate(divide="ignore", invalid="ignore"):
        return Judgement(
            float((~keep & ~positive).sum() / np.float64(losses)),
            float(right / np.float64(gains)),
            float(2 * right / np.float64(found)),
        )


def best_threshold(x: Floats, positive: Bools) -> float:
    """Return the similarity from which on keeping gives the highest F1; the lowest of several."""
    order = np.argsort(-x, kind="stable")
    right = np.cumsum(positive[order])
    f1 = 2 * right / (np.arange(1, len(x) + 1) + positive.sum())
    last_of_value = np.append(np.diff(x[order]) != 0, True)
    f1 = np.where(last_of_value, f1, -1)
    return float(x[order][len(f1) - 1 - f1[::-1].argmax()])


def judge_thresholds(similarity: pd.DataFrame, benefit: pd.DataFrame, tasks: list[str]) -> pd.DataFrame:
    """Judge the published thresholds, one chosen on the other half of the pairs, and none.

    Parameters
    ----------
    similarity, benefit : pandas.DataFrame
        Tables ``gradient_similarity`` and ``pair_benefit``.
    tasks : list of str
        Tasks.

    Returns
    -------
    pandas.DataFrame
        Schema ``benefit_thresholds``.
    """
    rows: list[dict[str, object]] = []
    for keys, gradients, gain in with_benefits(similarity, benefit, tasks):
        entries = entries_of(gradients, gain)
        pairs = np.unique(np.sort(entries.places, axis=0), axis=1, return_inverse=True)[1]
        n_pairs = int(pairs.max()) + 1 if len(pairs) else 0
        counts = {
            "n_pairs": n_pairs,
            "n_positive": int((entries.y > 0).sum()),
            "n_negative": int((entries.y <= 0).sum()),
        }
        if n_pairs < MIN_PAIRS:
            status = f"{n_pairs} pairs have a similarity and a gain; {MIN_PAIRS} are needed"
            rows.append({**keys, **counts, "rule": CHOSEN, "status": status})
            continue
        # corrected similarities are on another scale than the published thresholds
        fixed = PUBLISHED if keys["version"] == RAW else ()
        rows += [{**keys, **counts, **row, "status": "ok"} for row in _judged(entries, pairs, n_pairs, fixed)]
    return pd.DataFrame(rows, columns=list(SCHEMAS[NAME].columns))


def _judged(
    entries: Entries, pairs: npt.NDArray[np.intp], n_pairs: int, fixed: tuple[float, ...]
) -> list[dict[str, object]]:
    positive = entries.y > 0
    rng = np.random.default_rng(0)
    half = np.array([rng.permutation(n_pairs) < n_pairs // 2 for _ in range(HALVES)])[:, pairs]
    thresholds = {ALL: -np.inf} | {f"at least {value:g}": value for value in fixed}
    rows = []
    for rule, value in thresholds.items():
        keep = entries.x >= value
        judged = [judge(keep[~one], positive[~one]) for one in half]
        rows.append({"rule": rule, "threshold": value if np.isfinite(value) else None} | _spread(judged))
    chosen = [best_threshold(entries.x[one], positive[one]) for one in half]
    judged = [judge(entries.x[~one] >= value, positive[~one]) for one, value in zip(half, chosen, strict=True)]
    return [*rows, {"rule": CHOSEN, "threshold": float(np.median(chosen))} | _spread(judged)]


def _spread(judged: list[Judgement]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in ("avoided", "kept", "f1"):
        values = np.array([getattr(one, name) for one in judged])
        values = values[np.isfinite(values)]
        ends = np.quantile(values, [0.5, 0.025, 0.975]) if len(values) else [np.nan] * 3
        found |= dict(zip([name, f"{name}_low", f"{name}_high"], map(float, ends), strict=True))
    return found
