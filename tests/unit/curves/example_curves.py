"""Learning curves for tests: noise-free ones of every form, and noisy ones like P1's."""

import numpy as np
from mtlcurves.curves.exponential import lowest_start
from mtlcurves.curves.forms import FORMS, evaluate
from mtlcurves.curves.points import CurveSet

LABELS = 120.0 * np.arange(1, 10)

# a plausible rising curve of every form over LABELS
TRUTH = {
    "LAST1": (0.8,),
    "POW2": (-0.4, -0.1),
    "LOG2": (-0.1, 0.1),
    "EXP2": (0.6, -2e-4),
    "LIN2": (2e-4, 0.6),
    "ILOG2": (2.0, 1.1),
    "POW3": (0.95, 2.0, 0.4),
    "EXP3": (0.003, -1.0, 0.85),
    "VAP3": (-0.9, -40.0, 0.1),
    "EXPP3": (-0.5, -200.0, 1.9),
    "EXPD3": (0.5, 0.003, 0.85),
    "LOGPOW3": (0.9, 3.0, -0.8),
    "MMF4": (0.5, 2000.0, 0.9, 1.2),
    "WBL4": (0.0005, 0.35, 0.85, 1.3),
    "EXP4": (0.0005, -1.05, 0.85, 1.3),
    "POW4": (0.9, 30.0, 0.9, 100.0),
    "JANOSCHEK4": (0.85, 0.35, 0.0005, 1.3),
}
FITTED = [form for form in FORMS if form != "LAST1"]


def noisy(form: str, curves: int, noise: float, seed: int, points: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """Curves of one form with noise, shapes (curves, points); label counts differ from curve to curve."""
    rng = np.random.default_rng(seed)
    # the form's own curve over LABELS, its sizes a little uneven as those of scaffold folds are
    x = np.sort(LABELS[:points] * rng.uniform(0.95, 1.05, (curves, points)), axis=1)
    y = evaluate(form, x, np.array(TRUTH[form]))
    return x, y + noise * rng.standard_normal(x.shape)


def like_p1(tasks: int, seed: int, rotations: int = 10, noise: float = 0.018) -> CurveSet:
    """AUROC curves of a study like P1's: nine sizes, ten rotations with P1's noise, and their means."""
    rng = np.random.default_rng(seed)
    folds = np.arange(1, 10)
    x = rng.uniform(40, 300, (tasks, 1)) * folds
    limit, gap = rng.uniform(0.75, 0.92, (tasks, 1)), rng.uniform(0.15, 0.3, (tasks, 1))
    # steeper at first than an exponential
    truth = limit - gap * np.exp(-rng.uniform(0.3, 0.8, (tasks, 1)) * folds**0.6)
    single = truth[:, None] + noise * rng.standard_normal((tasks, rotations, 9))
    y = np.concatenate([single.reshape(-1, 9), single.mean(axis=1)])
    return CurveSet(
        task=np.concatenate([np.repeat(np.arange(tasks), rotations), np.arange(tasks)]),
        metric=np.zeros(len(y), dtype=int),
        averaged=np.arange(len(y)) >= tasks * rotations,
        x=np.concatenate([np.repeat(x, rotations, axis=0), x]),
        y=y,
        lowest_start=np.stack([lowest_start(y[:, : m + 1], "auroc") for m in range(9)], axis=1),
    )
