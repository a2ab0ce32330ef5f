"""Do weights add up? All tasks raised together, against the sum of what each is worth by itself.

The weights of a design, or of tasks raised one at a time, are read off under a model in which the labels of
different tasks add up in the exponent. Multi-task trainings of all tasks at a higher size put that to the test:
they raise every task at once, and no weight was fitted to them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mtlcurves.estimators.blocks import block_variance, student
from mtlcurves.estimators.estimate import LEVEL, Estimated

COLUMNS = [
    "target",
    "from_size",
    "to_size",
    "observed_change",
    "predicted_change",
    "difference",
    "standard_error",
    "low",
    "high",
    "p",
    "n_rotations",
]


def lack_of_fit(found: Estimated) -> pd.DataFrame:
    """Compare the score change when all tasks are raised with the one that their weights foretell.

    Returns
    -------
    pandas.DataFrame
        Schema ``additivity`` without recipe, metric and estimator: a row for each target that has weights of all
        tasks, and each larger size of the multi-task arm.
    """
    data, rows = found.data, []
    plain = np.abs(data.extra).max(axis=(1, 2), initial=0.0) == 0
    raised_sizes = np.unique(data.size[~plain])
    for low in raised_sizes if len(raised_sizes) == 1 else []:
        for high in np.flatnonzero(plain & (data.size > low)):
            start = np.flatnonzero(plain & (data.size == low))
            if len(start) == 1:
                rows += [row for i in range(len(data.tasks)) if (row := _one(found, i, int(start[0]), int(high)))]
    return pd.DataFrame(rows, columns=COLUMNS)


def _one(found: Estimated, target: int, start: int, end: int) -> dict[str, object] | None:
    data, effects = found.data, found.effects[target]
    if effects is None or effects.drawn_variance is not None:
        return None  # weights drawn towards 0 foretell too little by design
    valid = found.valid[target] & np.isfinite(data.score[[start, end], :, target]).all(axis=0)
    n, weights = int(valid.sum()), effects.value.copy()
    influence = effects.influence.copy()
    if np.isnan(weights[target]):  # own labels were not raised: their weight is that of the base curve
        weights[target] = found.base.value[target, 2]
        influence[:, target] = found.base.influence[target, :, 2]
    if n < 2 or not np.isfinite(weights).all():
        return None
    extra = (data.labels[end] - data.labels[start])[valid].mean(axis=0)
    own = data.reference[start, valid, target].mean()
    others = data.reference[start, valid].sum(axis=1).mean() - own
    gap = found.base.gap(own, others)[target]
    left = np.exp(-extra @ weights)
    predicted = gap * (1 - left)
    observed = data.score[end, valid, target] - data.score[start, valid, target]
    pulls = observed - observed.mean() - gap * left * (influence[valid] @ extra)
    error = np.sqrt(block_variance(pulls - pulls.mean(), np.array(float(n))))
    difference = observed.mean() - predicted
    known = student(np.array([difference]), np.array([error]), np.array([n - 1.0]), LEVEL)
    values = (observed.mean(), predicted, difference, error, known.low[0], known.high[0], known.p[0])
    names = (data.tasks[target], int(data.size[start]), int(data.size[end]))
    return dict(zip(COLUMNS, (*names, *values, n), strict=True))
