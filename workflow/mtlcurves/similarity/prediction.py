"""Whether similar gradients foretell that tasks gain from each other on held-out folds (P2 section 4.5)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mtlcurves.curves.agreement import Floats, correlate
from mtlcurves.reasons import explained
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.benefit import of_pair
from mtlcurves.similarity.entries import Entries, area, entries_of, mean_of
from mtlcurves.similarity.matrices import RAW, ordered, similarities, status_of

PREDICTION, CALIBRATION = "benefit_prediction", "benefit_calibration"
EACH, BOTH = "each direction", "mean of both"
PUBLISHED_BINS = {"below 0.02": (-np.inf, 0.02), "above 0.05": (0.05, np.inf)}
QUARTILES = 4


def with_benefits(
    similarity: pd.DataFrame, benefit: pd.DataFrame, tasks: list[str]
) -> Iterator[tuple[dict[str, str], Floats, Floats]]:
    """Lay out every similarity of the encoder that pairs were trained with, and every score's gain.

    Parameters
    ----------
    similarity, benefit : pandas.DataFrame
        Tables ``gradient_similarity`` and ``pair_benefit``.
    tasks : list of str
        Tasks.

    Yields
    ------
    keys : dict of str to str
        Encoder, window, part, version and metric.
    gradients, gain : ndarray, shape (K, K)
        Similarities, and gains [partner, task].
    """
    for (encoder, metric), own in benefit.groupby(["encoder", "metric"], sort=False, observed=True):
        gain = ordered(own, "benefit", tasks, "partner", "task")
        for keys, gradients in similarities(similarity[similarity["encoder"] == encoder], tasks):
            yield keys | {"metric": str(metric)}, gradients, gain


def predict(similarity: pd.DataFrame, benefit: pd.DataFrame, tasks: list[str]) -> pd.DataFrame:
    """Correlate similarities with gains, and ask whether they tell gains from losses.

    Parameters
    ----------
    similarity, benefit : pandas.DataFrame
        Tables ``gradient_similarity`` and ``pair_benefit``.
    tasks : list of str
        Tasks.

    Returns
    -------
    pandas.DataFrame
        Schema ``benefit_prediction``.
    """
    rows = []
    for keys, gradients, gain in with_benefits(similarity, benefit, tasks):
        sides = {"gradients": status_of(similarity, keys), "benefit": benefit["status"]}
        # a mean of both directions stands in both of its places
        for outcome, gains, places in ((EACH, gain, 1), (BOTH, of_pair(gain), 2)):
            found = _row(gradients, gains, places)
            rows.append(keys | {"outcome": outcome} | found | {"status": explained(str(found["status"]), **sides)})
    return pd.DataFrame(rows, columns=list(SCHEMAS[PREDICTION].columns))


def _row(gradients: Floats, gain: Floats, places: int) -> dict[str, object]:
    linear, ranks = (correlate(gradients, gain, ranked=ranked) for ranked in (False, True))
    positive = np.where(np.isfinite(gain), gain > 0, np.nan)
    entries = entries_of(gradients, gain)
    auc, low, high = entries.with_interval(area(entries.x, entries.y > 0))
    found: dict[str, object] = {}
    for name, one in (("pearson", linear), ("spearman", ranks)):
        found |= {name: one.correlation} | {f"{name}_{part}": getattr(one, part) for part in ("low", "high", "p")}
    # among permutations of the same gains and losses the area rises with the rank correlation
    found |= {"auc": auc, "auc_low": low, "auc_high": high, "auc_p": correlate(gradients, positive).p}
    n, n_positive = (count // places for count in (len(entries.x), int((entries.y > 0).sum())))
    counts = {"n_tasks": ranks.n_tasks, "n_directions": n, "n_positive": n_positive}
    return found | counts | {"status": ranks.status}


def calibrate(similarity: pd.DataFrame, benefit: pd.DataFrame, tasks: list[str]) -> pd.DataFrame:
    """Average gains in quarters of the similarities, and in the ranges that P2 names.

    Parameters
    ----------
    similarity, benefit : pandas.DataFrame
        Tables ``gradient_similarity`` and ``pair_benefit``.
    tasks : list of str
        Tasks.

    Returns
    -------
    pandas.DataFrame
        Schema ``benefit_calibration``.
    """
    rows = []
    for keys, gradients, gain in with_benefits(similarity, benefit, tasks):
        entries = entries_of(gradients, gain)
        for name, (low, high) in _bins(entries, keys["version"]).items():
            kept = (entries.x >= low) & (entries.x < high)
            if kept.any():
                rows.append(keys | {"bin": name} | _means(entries.chosen(kept)))
    return pd.DataFrame(rows, columns=list(SCHEMAS[CALIBRATION].columns))


def _bins(entries: Entries, version: str) -> dict[str, tuple[float, float]]:
    if not len(entries.x):
        return {}
    edges = np.quantile(entries.x, np.linspace(0, 1, QUARTILES + 1))
    edges[-1] = np.inf
    quarters = {f"quarter {k + 1}": (edges[k], edges[k + 1]) for k in range(QUARTILES)}
    return quarters | (PUBLISHED_BINS if version == RAW else {})


def _means(entries: Entries) -> dict[str, object]:
    benefit, benefit_low, benefit_high = entries.with_interval(mean_of(entries.y))
    share, share_low, share_high = entries.with_interval(mean_of((entries.y > 0).astype(float)))
    return {
        "similarity_low": entries.x.min(),
        "similarity_high": entries.x.max(),
        "n_directions": len(entries.x),
        "benefit": benefit,
        "benefit_low": benefit_low,
        "benefit_high": benefit_high,
        "share_positive": share,
        "share_positive_low": share_low,
        "share_positive_high": share_high,
    }
