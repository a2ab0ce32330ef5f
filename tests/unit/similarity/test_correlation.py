"""Correlations of two tasks' labels, their bounds and errors, and what their reliability foretells."""

import math
import os
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.data.folds import compound_keys
from mtlcurves.data.views import view_labels
from mtlcurves.gradient_runs import folds_of_rows, label_draws
from mtlcurves.gradient_sections import Gradients
from mtlcurves.similarity.correlation import LabelTable, correlate, pairwise_pearson
from scipy import stats

ROWS = {"all": [0, 1], "train": [0], "heldout": [1]}


def compounds(n: int) -> pd.DataFrame:
    smiles = [f"C{number}" for number in range(n)]
    return pd.DataFrame({"smiles": smiles, "key": compound_keys(smiles), "fold": np.arange(n) % 2})


def long(cells: np.ndarray, tasks: list[str], classes: bool = True) -> pd.DataFrame:
    """Labels of a table of compounds by tasks, NaN left out."""
    row, column = np.nonzero(np.isfinite(cells))
    table = pd.DataFrame({"smiles": [f"C{r}" for r in row], "task": [tasks[c] for c in column]})
    values = cells[row, column]
    return table.assign(value=values, label=pd.array(values, dtype="Int8") if classes else pd.NA)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=4, max_size=60))
def test_phi_is_pearson_and_its_bound_is_reached(pairs: list[tuple[bool, bool]]) -> None:
    x, y = np.array(pairs, dtype=float).T
    found = correlate(x, y, True, 2)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert math.isnan(found.pearson) and "one class only" in found.status
        return
    assert found.pearson == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-9)
    assert found.spearman == found.pearson
    # the same prevalences, as much or as little together as they can be
    most = stats.pearsonr(np.sort(x), np.sort(y)).statistic
    least = stats.pearsonr(np.sort(x), np.sort(y)[::-1]).statistic
    bound = most if found.pearson >= 0 else -least
    assert found.phi_of_most == pytest.approx(found.pearson / bound, abs=1e-9)
    assert -1 - 1e-9 <= found.phi_of_most <= 1 + 1e-9


def test_values_have_ranks_and_no_phi() -> None:
    x = np.arange(50.0)
    found = correlate(x, np.exp(x / 5), False, 20)
    assert found.spearman == pytest.approx(1)
    assert found.pearson == pytest.approx(stats.pearsonr(x, np.exp(x / 5)).statistic)
    assert math.isnan(found.phi_of_most) and found.status == "ok"


def test_what_has_no_correlation_says_why() -> None:
    x, y = np.tile([0.0, 1.0], 20), np.ones(40)
    missing = np.where(np.arange(40) < 25, np.nan, x)
    assert correlate(x, y, True, 20, ("t", "u")).status == "one class only of u"
    assert correlate(y, x, False, 20, ("t", "u")).status == "one value only of t"
    few = correlate(x, missing, True, 20)
    assert (few.n_shared, few.status) == (15, "fewer than 20 shared compounds")
    assert math.isnan(few.pearson)


@pytest.mark.parametrize("classes", [True, False])
def test_the_standard_error_is_that_of_repeated_samples(classes: bool) -> None:
    draw = np.random.default_rng(0)
    found = []
    for _ in range(400):
        x, y = draw.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=400).T
        pair = (x > 0.5, y > 0.5) if classes else (np.arctan(x), y)
        found.append(correlate(*(side.astype(float) for side in pair), classes, 20)[1:3])
    values, errors = np.array(found).T
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(values.std(), rel=0.12)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1000), st.sampled_from(["class", "value"]))
def test_all_pairs_at_once_are_the_pairs_one_by_one(seed: int, kind: str) -> None:
    draw = np.random.default_rng(seed)
    cells = draw.normal(size=(40, 4)) * 1000 + 5
    cells = np.where(cells > 1000, 1.0, 0.0) if kind == "class" else cells
    cells[draw.random(cells.shape) < 0.4] = np.nan
    found = pairwise_pearson(cells, 10)
    pairs = [correlate(cells[:, a], cells[:, b], kind == "class", 10) for a, b in combinations(range(4), 2)]
    np.testing.assert_allclose(found, [pair.pearson for pair in pairs], atol=1e-9)


def test_rows_are_those_of_the_folds() -> None:
    draw = np.random.default_rng(1)
    cells = np.where(draw.random((300, 3)) < 0.2, np.nan, draw.random((300, 3)) < 0.4)
    tasks = ["t", "u", "v"]
    found = LabelTable(long(cells, tasks), compounds(300), tasks, 20).correlations("fold", ROWS)
    assert len(found) == 9
    row = found.set_index(["rows", "task_a", "task_b"]).loc[("heldout", "t", "v")]
    both = cells[1::2][np.isfinite(cells[1::2, [0]]).ravel() & np.isfinite(cells[1::2, 2])]
    assert row["n_shared"] == len(both)
    assert row["pearson"] == pytest.approx(np.corrcoef(both[:, 0], both[:, 2])[0, 1])


def test_folds_of_rows_are_those_of_trainings() -> None:
    rows = folds_of_rows(3, 10)
    assert (rows["train"], rows["heldout"]) == ([3, 4, 5, 6, 7, 8, 9, 0], [1, 2])
    assert sorted(rows["all"]) == list(range(10))


def test_every_label_that_trainings_see_is_drawn_once() -> None:
    sweeps = {"seeds": 2, "thinned": {"levels": [1, 0.5]}}
    draws = list(label_draws(Gradients.model_validate({"rotations": 2, "seeds": 3, "sweeps": sweeps})))
    assert draws[:2] == [("full", 0, 0), ("full", 1, 0)]
    assert draws[2:] == [(view, 0, seed) for view in ("thinned-1", "thinned-0.5") for seed in (0, 1)]


def related_tasks(n: int, n_tasks: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Values of tasks with a few factors in common, and their true correlations over pairs."""
    draw = np.random.default_rng(seed)
    loadings = draw.uniform(-0.5, 0.5, size=(n_tasks, 3))
    true = loadings @ loadings.T + np.diag(1 - (loadings**2).sum(axis=1))
    cells = draw.normal(size=(n, 3)) @ loadings.T
    cells += draw.normal(size=(n, n_tasks)) * np.sqrt(1 - (loadings**2).sum(axis=1))
    return cells, true[np.triu_indices(n_tasks, 1)]


@pytest.mark.parametrize("n", [60, 200, 1000])
def test_reliability_is_the_squared_correlation_with_the_truth(n: int) -> None:
    tasks = [f"t{number}" for number in range(20)]
    found, squared = [], []
    for seed in range(5):
        cells, true = related_tasks(n, 20, seed)
        table = LabelTable(long(cells, tasks, classes=False), compounds(n), tasks, 20)
        found.append(table.reliabilities("fold", {"all": [0, 1]})["reliability"].item())
        pearson = table.correlations("fold", {"all": [0, 1]})["pearson"].to_numpy(float)
        squared.append(np.corrcoef(pearson, true)[0, 1] ** 2)
    assert np.mean(found) == pytest.approx(np.mean(squared), abs=0.06)


def test_too_few_pairs_in_halves_have_no_reliability() -> None:
    cells, _ = related_tasks(30, 4, 0)
    rare = np.where(np.argsort(np.argsort(cells, axis=0), axis=0) < 2, 1.0, 0.0)
    tasks = list("tuvw")
    row = LabelTable(long(rare, tasks), compounds(30), tasks, 20).reliabilities("fold", {"all": [0, 1]}).iloc[0]
    assert row["n_pairs"] == 6 and math.isnan(row["reliability"]) and "halves" in row["status"]


SHARES = [1, 0.75, 0.5, 0.3, 0.2, 0.1]
PUBLISHED = [0.646, 0.638, 0.616, 0.556, 0.471, 0.308]
"""r(G, E) that the product law foretells of the second paper's experiment 12, by share of labels kept."""


@pytest.fixture(scope="module")
def thinned_tox21() -> tuple[list[float], list[float]]:
    """Reliability of E, and its correlation with that of all labels, by share of labels kept: means of draws."""
    path = Path(os.environ.get("MTLCURVES_DATA") or Path(__file__).parents[4] / "shared/data")
    path /= "moleculenet_tox21.csv.gz"
    if not path.is_file():
        pytest.skip(f"no {path.name} in {path.parent}; MTLCURVES_DATA names its folder")
    wide = pd.read_csv(path)
    tasks = list(wide.columns[1:])
    labels = wide.melt("smiles", var_name="task", value_name="value").dropna()
    labels = labels.assign(label=labels["value"].astype("Int8"))
    table = wide[["smiles"]].assign(key=compound_keys(wide["smiles"]), scaffold="", fold=0)
    gradients = Gradients.model_validate({"sweeps": {"thinned": {}}})
    found, full = np.empty((2, 5, len(SHARES))), None
    for seed, (place, share) in product(range(5), enumerate(SHARES)):
        cells = LabelTable(view_labels(labels, table, f"thinned-{share:g}", seed, gradients), table, tasks, 20)
        e = cells.correlations("fold", {"all": [0]})["pearson"].to_numpy(float)
        full = e if full is None else full
        known = np.isfinite(e)
        found[0, seed, place] = cells.reliabilities("fold", {"all": [0]})["reliability"].item()
        found[1, seed, place] = np.corrcoef(e[known], full[known])[0, 1]
    reliability, agreement = found.mean(axis=1)
    return reliability.tolist(), agreement.tolist()


def expected_agreement(agreement: float, before: float, after: float) -> float:
    """The product law: r(G, E after) = r(G, E before) sqrt(reliability after / reliability before)."""
    return agreement * math.sqrt(after / before)


def test_the_product_law_foretells_experiment_12(thinned_tox21: tuple[list[float], list[float]]) -> None:
    _, agreement = thinned_tox21  # the square root of the reliability, where the truth is known
    foretold = [expected_agreement(PUBLISHED[0], 1, after**2) for after in agreement]
    assert foretold == pytest.approx(PUBLISHED, abs=0.03)


def test_halves_foretell_it_without_the_full_data(thinned_tox21: tuple[list[float], list[float]]) -> None:
    found, _ = thinned_tox21
    foretold = [expected_agreement(PUBLISHED[0], found[0], after) for after in found]
    assert foretold[:5] == pytest.approx(PUBLISHED[:5], abs=0.03)
    assert math.isnan(foretold[5])  # a tenth of the labels: most halves lack active ones
