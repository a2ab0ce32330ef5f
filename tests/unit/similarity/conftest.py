"""Generated tables of gradient similarity: tasks with positions in a space, and noise."""

import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mtlcurves.similarity.matrices import PAIR
from mtlcurves.similarity.summary import summarise

TASKS = [f"task {k}" for k in range(8)]


class Tables:
    """Tables of a study whose gradients follow the correlation of labels by `link`."""

    def __init__(self, tasks: list[str] = TASKS, link: float = 0.9, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self.tasks = tasks
        self.pairs = list(combinations(tasks, 2))
        places = self.rng.normal(size=(len(tasks), 3))
        noise = self.rng.normal(size=(len(tasks), 3))
        mixed = link * places + np.sqrt(1 - link**2) * noise
        self.truth = {p: self._cosine(mixed, p) for p in self.pairs}
        self.labels = {p: self._cosine(places, p) for p in self.pairs}

    def _cosine(self, places: np.ndarray, pair: tuple[str, str]) -> float:
        one, other = (places[self.tasks.index(task)] for task in pair)
        return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    def overlap(self, ochiai: float | pd.Series = 1.0) -> pd.DataFrame:
        table = pd.DataFrame(self.pairs, columns=PAIR)
        table["ochiai"] = ochiai
        return table.assign(
            n_a=100, n_b=100, n_shared=(100 * table["ochiai"]).astype(int), jaccard=1.0, smaller=1.0, of_all=1.0
        )

    def summary(self, log: pd.DataFrame, ochiai: float | pd.Series = 1.0, n_compounds: int = 200) -> pd.DataFrame:
        views = pd.DataFrame(
            {"view": ["full", *log["view"].unique()], "n_compounds": n_compounds, "least_labels": 100}
        )
        return summarise(log, self.overlap(ochiai), views, 32)

    def log(self, views=("full",), seeds=(0, 1), encoders=("gcn",), parts=("all",), noise=0.02) -> pd.DataFrame:
        rows = [
            {"encoder": encoder, "view": view, "rotation": 0, "seed": seed, "window": "last_fifth", "part": part}
            | dict(zip(PAIR, pair, strict=True))
            | {"similarity": self._similarity(view, pair) + noise * self.rng.normal()}
            for encoder in encoders for view in views for seed in seeds for part in parts for pair in self.pairs
        ]  # fmt: skip
        return pd.DataFrame(rows).assign(standard_error=noise, n_batches=50, status="ok")

    def _similarity(self, view: str, pair: tuple[str, str]) -> float:
        arm, _, level = view.partition("-")
        return {"full": 1.0, "shuffled": 0.0}.get(arm, float(level or 0)) * 0.3 * self.truth[pair]

    def correlation(self, views=("full",), seeds=(0,)) -> pd.DataFrame:
        rows = [
            {"view": view, "seed": seed, "rotation": 0, "rows": rows}
            | dict(zip(PAIR, pair, strict=True))
            | {"pearson": self.labels[pair], "spearman": self.labels[pair]}
            for view in views for seed in seeds for rows in ("all", "heldout") for pair in self.pairs
        ]  # fmt: skip
        return pd.DataFrame(rows).assign(n_shared=100, phi_of_most=np.nan, status="ok")

    def scores(self, gain, rotations=(0, 1, 2), seeds=(0, 1), noise=0.001) -> pd.DataFrame:
        """`gain`: from partner and task to what the task gains."""
        rows = []
        for rotation in rotations:
            for seed in seeds:
                key = {"rotation": rotation, "seed": seed}
                rows += [key | {"trained": task, "task": task, "score": 0.7} for task in self.tasks]
                for pair in self.pairs:
                    rows += [
                        key
                        | {"trained": "+".join(pair), "task": task}
                        | {"score": 0.7 + gain(partner, task) + noise * self.rng.normal()}
                        for task, partner in (pair, pair[::-1])
                    ]
        return pd.DataFrame(rows).assign(encoder="gcn", view="full", rows="test", metric="auroc", status="ok")


@pytest.fixture
def tables() -> Tables:
    return Tables()


@pytest.fixture(scope="session")
def make_tables():
    return Tables


@pytest.fixture(scope="session")
def published_tox21() -> pd.DataFrame:
    """P2's similarities of the twelve Tox21 tasks, as its authors published them."""
    beside = [Path(__file__).parents[k] / "shared/data" for k in (3, 4)]
    for folder in [Path(os.environ["MTLCURVES_DATA"])] if "MTLCURVES_DATA" in os.environ else beside:
        path = folder / "published_gradient_similarity_tox21.csv"
        if path.is_file():
            return pd.read_csv(path, index_col="task")
    pytest.skip("no published_gradient_similarity_tox21.csv; MTLCURVES_DATA names its folder")
