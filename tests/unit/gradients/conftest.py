"""A small study of real molecules with labels of three tasks, as gradient trainings read it."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from mtlcurves.data.folds import compound_keys
from mtlcurves.encoder_needs import GRAPH_ENCODERS, lacks_graphs, missing_package
from mtlcurves.gradient_sections import EncoderTraining, Gradients
from mtlcurves.gradients.problem import LabelledCompounds

FOLDS = 5
TASKS = ["first", "second", "third"]
ENCODERS = [
    pytest.param(name, marks=pytest.mark.skipif(lacks_graphs(name), reason=missing_package(name)))
    for name in ("ecfp", "cnn", *GRAPH_ENCODERS)
]


def make_data(kind: str = "class", share: float = 0.7, n: int = 60, seed: int = 0) -> LabelledCompounds:
    """Chains and rings; a task is whether a compound has an oxygen, a nitrogen or many atoms, or how many."""
    rng = np.random.default_rng(seed)
    ends = ["O", "N", "Cl", "C(=O)O", "c1ccccc1", "C1CC1", "OC", "NC"]
    lengths, kinds = rng.integers(1, 20, n).tolist(), rng.integers(0, len(ends), n).tolist()
    smiles = sorted({"C" * length + ends[end] for length, end in zip(lengths, kinds, strict=True)})
    compounds = pd.DataFrame(
        {
            "smiles": smiles,
            "key": compound_keys(smiles),
            "scaffold": smiles,
            "fold_scaffold": rng.integers(0, FOLDS, len(smiles)),
            "fold_compound": rng.integers(0, FOLDS, len(smiles)),
        }
    )
    values = [[text.count("O") + 0.1, text.count("N"), len(text) / 10] for text in smiles]
    rows = [
        {"smiles": text, "task": task, "value": value, "label": int(value >= 1)}
        for text, own in zip(smiles, values, strict=True)
        for task, value in zip(TASKS, own, strict=True)
        if rng.random() < share
    ]
    labels = pd.DataFrame(rows)
    if kind == "value":
        labels["label"] = pd.NA
    return LabelledCompounds(compounds, labels, TASKS, FOLDS)


@pytest.fixture
def data_of() -> Callable[..., LabelledCompounds]:
    return make_data


@pytest.fixture
def settings() -> Gradients:
    training = EncoderTraining(hidden=8, head=4, layers=2, batch=8, epochs=4, learning_rate=0.01)
    return Gradients(training=training, log={"every": 2, "min_batches": 2, "parts": True})


@pytest.fixture(params=ENCODERS)
def encoder(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name
