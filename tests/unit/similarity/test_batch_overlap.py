"""The overlap of two tasks' labels in a batch, against every batch there is, and against batches drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mtlcurves.similarity.batch_overlap import batch_overlap, both_present
from scipy.stats import multinomial

share = st.floats(0.001, 1)


def one(function, part_a: float, part_b: float, part_both: float, batch: int) -> float:
    return function(np.array([part_a]), np.array([part_b]), np.array([part_both]), batch)[0]


def every_batch(part_a: float, part_b: float, part_both: float, batch: int) -> tuple[float, float]:
    """The mean over all batches with labels of both, and how probable these are."""
    counts = np.indices([batch + 1] * 3).reshape(3, -1)
    both, only_a, only_b = counts[:, counts.sum(axis=0) <= batch]
    shares = [part_both, part_a - part_both, part_b - part_both]
    shares += [max(1 - sum(shares), 0)]
    chance = multinomial.pmf(np.array([both, only_a, only_b, batch - both - only_a - only_b]).T, batch, shares)
    n_a, n_b = both + only_a, both + only_b
    seen = (n_a > 0) & (n_b > 0)
    whole = chance[seen].sum()
    return (chance * both)[seen] @ (1 / np.sqrt(n_a[seen] * n_b[seen])) / whole, whole


@given(share, share, share, st.integers(1, 20))
def test_it_is_the_mean_over_every_batch_there_is(first, second, place, batch):
    fewest, most = max(first + second - 1, 0), min(first, second)
    shares = first, second, fewest + place * (most - fewest)
    mean, chance = every_batch(*shares, batch)
    assert one(both_present, *shares, batch) == pytest.approx(chance, rel=1e-6, abs=1e-9)
    assert one(batch_overlap, *shares, batch) == pytest.approx(mean, rel=1e-6)


def test_with_many_labels_in_a_batch_it_is_the_overlap_of_all_and_with_few_it_is_more():
    assert one(batch_overlap, 0.6, 0.5, 0.3, 200) == pytest.approx(0.3 / np.sqrt(0.3), rel=0.01)
    assert one(batch_overlap, 0.003, 0.05, 0.0001, 32) == pytest.approx(0.029, abs=0.0005)
    assert one(batch_overlap, 1.0, 1.0, 1.0, 32) == pytest.approx(1)
    assert one(batch_overlap, 0.3, 0.3, 0.0, 32) == 0


def test_many_pairs_are_taken_a_part_at_a_time():
    rng = np.random.default_rng(0)
    part_a, part_b = rng.uniform(0.01, 1, size=(2, 9000))
    whole = batch_overlap(part_a, part_b, part_a * part_b, 32)
    chosen = [0, 4095, 4096, 8999]
    alone = [one(batch_overlap, part_a[i], part_b[i], part_a[i] * part_b[i], 32) for i in chosen]
    assert whole[chosen].tolist() == pytest.approx(alone)


def test_unrelated_gradients_of_compounds_are_similar_by_this_overlap():
    """A task's gradient is a mean over its labels in a batch; both tasks have the same of every compound."""
    rng = np.random.default_rng(0)
    part_a, part_b, part_both, batch = 0.05, 0.02, 0.01, 32
    kinds = rng.choice(4, p=[part_both, part_a - part_both, part_b - part_both, 1 - 0.06], size=(6000, batch))
    similarities = []
    for kind in kinds:
        own = rng.normal(size=(batch, 300))
        a, b = own[(kind == 0) | (kind == 1)].sum(axis=0), own[(kind == 0) | (kind == 2)].sum(axis=0)
        if a.any() and b.any():
            similarities.append(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    error = np.std(similarities) / np.sqrt(len(similarities))
    assert np.mean(similarities) == pytest.approx(
        one(batch_overlap, part_a, part_b, part_both, batch), abs=4 * error
    )
    assert np.mean(similarities) - 4 * error > part_both / np.sqrt(part_a * part_b)
