"""Grid points of a study whose learning curves are EXP3.3 by construction."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

KEYS = ["recipe", "labels", "arm", "subset", "auxiliary", "size", "rotation", "replicate", "task"]


@dataclass
class Truth:
    """Coefficients per 1,000 labels; arrays over tasks, `pair` [target, auxiliary]; `labels` of a fold each."""

    labels: np.ndarray
    own: np.ndarray
    complement: np.ndarray
    pair: np.ndarray
    b: np.ndarray
    c: np.ndarray
    tasks: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.tasks = self.tasks or [f"T{i:03d}" for i in range(len(self.labels))]

    @classmethod
    def random(cls, n_tasks, seed=0, own_per_fold=0.25, pair_per_fold=0.0):
        rng = np.random.default_rng(seed)
        labels = rng.integers(60, 300, n_tasks).astype(float)
        others = labels.sum() - labels
        pair = rng.normal(0, 1, (n_tasks, n_tasks)) * pair_per_fold * 1000 / labels
        return cls(
            labels,
            own_per_fold * rng.uniform(0.8, 1.2, n_tasks) * 1000 / labels,
            rng.uniform(-0.03, 0.08, n_tasks) * 1000 / others,
            pair,
            rng.uniform(-1.2, -0.9, n_tasks),
            rng.uniform(0.8, 0.9, n_tasks),
        )

    def score(self, n_target, n_complement, extra=0.0, auxiliary=None):
        """Scores [task, ...] of all tasks for their own, others' and the auxiliary's extra labels."""
        shape = (-1,) + (1,) * (np.ndim(n_target) - 1)
        own, complement, b, c = (v.reshape(shape) for v in (self.own, self.complement, self.b, self.c))
        pair = 0.0 if auxiliary is None else self.pair[:, auxiliary].reshape(shape)
        return c - np.exp(b - (own * n_target + complement * n_complement + pair * extra) / 1000)


def simulate(
    truth,
    rotations=3,
    replicates=1,
    sizes=tuple(range(1, 10)),
    raised=(1,),
    raise_by="full",
    arms=("stl", "mtl", "augmented"),
    noise=0.0,
    paired_noise=None,
    seed=1,
    recipe="main",
):
    """Grid points of some arms. `noise`: sd of a score; `paired_noise`: what augmented adds to its reference's."""
    rng = np.random.default_rng(seed)
    tasks, blocks = np.array(truth.tasks), [(r, s) for r in range(rotations) for s in range(replicates)]
    sizes, n_tasks = np.array(sizes), len(truth.labels)
    total, frames = truth.labels.sum(), []
    shared = {s: noise * rng.standard_normal((n_tasks, len(blocks))) for s in sizes}

    def add(arm, subset, auxiliary, size, own, complement, extra, score):
        base = np.repeat(np.arange(n_tasks), len(blocks))
        frames.append(
            pd.DataFrame(
                {
                    "recipe": recipe,
                    "labels": "full",
                    "arm": arm,
                    "subset": tasks[base] if subset is None else subset,
                    "allocation": f"{subset}@{size}+{auxiliary}",
                    "auxiliary": auxiliary,
                    "size": size,
                    "rotation": np.tile([r for r, _ in blocks], n_tasks),
                    "replicate": np.tile([s for _, s in blocks], n_tasks),
                    "task": tasks[base],
                    "n_target": own[base],
                    "n_complement": complement[base],
                    "n_auxiliary": extra[base],
                    "auroc": score.ravel(),
                }
            )
        )

    zero = np.zeros(n_tasks)
    for size in sizes:
        own, complement = truth.labels * size, (total - truth.labels) * size
        if "stl" in arms:
            score = truth.score(own, zero)[:, None] + noise * rng.standard_normal((n_tasks, len(blocks)))
            add("stl", None, None, size, own, zero, zero, score)
        if "mtl" in arms:
            add(
                "mtl",
                "all",
                None,
                size,
                own,
                complement,
                zero,
                truth.score(own, complement)[:, None] + shared[size],
            )
    for size in raised if "augmented" in arms else ():
        own, complement = truth.labels * size, (total - truth.labels) * size
        for j in range(n_tasks):
            added = truth.labels[j] * (sizes[-1] - size if raise_by == "full" else raise_by)
            is_other = np.arange(n_tasks) != j
            fresh = rng.standard_normal((n_tasks, len(blocks)))
            error = noise * fresh if paired_noise is None else shared[size] + paired_noise * fresh
            mine = own + np.where(is_other, 0, added)
            score = truth.score(mine, complement, added * is_other, j)[:, None] + error
            add("augmented", "all", tasks[j], size, mine, complement, added * is_other, score)
    points = pd.concat(frames, ignore_index=True)
    return points.assign(aupr=points["auroc"] - 0.2, average_precision=points["auroc"] - 0.2, last_epoch=True)
