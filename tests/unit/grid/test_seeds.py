"""Keyed random numbers: known values, quality, and independence of what is asked for beside them."""

import numpy as np
import pytest
from mtlcurves.grid import seeds
from scipy import stats


def test_absorbing_counts_through_splitmix64():
    # the first outputs of the reference implementation started at 0 and at 1234567
    zero, other = (np.array([seed], dtype=np.uint64) for seed in (0, 1234567))
    words = np.arange(3, dtype=np.uint64)
    assert [hex(v) for v in seeds.absorb(zero, words)] == [
        "0xe220a8397b1dcdaf",
        "0x6e789e6aa1b965f4",
        "0x6c45d188009454f",
    ]
    assert seeds.absorb(other, words)[:2].tolist() == [6457827717110365317, 3203168211198807973]


def test_text_key_is_little_endian_blake2b():
    # BLAKE2b of "abc" starts ba 80 a5 3f 98 1c 4d 0d (RFC 7693, appendix A)
    assert seeds.text_key("abc") == 0x0D4D1C983FA580BA


@pytest.mark.parametrize(
    "drawn",
    [
        seeds.column_uniforms(0, 0, np.arange(2_000), 64),
        seeds.column_uniforms(3, 9, np.arange(30_000, 32_000), 64),
        seeds.task_uniforms(0, 0, [f"CHEMBL{i}" for i in range(500)], 64),
        seeds.dropout_uniforms(0, 0, 1, np.arange(2_000, dtype=np.uint64), 64),
    ],
    ids=["columns", "other columns", "tasks", "dropout"],
)
def test_draws_are_uniform_and_unrelated(drawn):
    assert drawn.dtype == np.float32
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert stats.kstest(drawn.ravel(), "uniform").pvalue > 1e-4
    assert min(stats.kstest(row, "uniform").pvalue for row in drawn[:500]) > 1e-6
    # neighbours in either direction: correlations have sd 1 / sqrt(n)
    for a, b in ((drawn[1:], drawn[:-1]), (drawn[:, 1:], drawn[:, :-1])):
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 5 / np.sqrt(a.size)


def test_purposes_replicates_and_rotations_differ():
    columns = np.arange(500)
    draws = [
        seeds.column_uniforms(0, 0, columns, 20),
        seeds.column_uniforms(1, 0, columns, 20),
        seeds.column_uniforms(0, 1, columns, 20),
        seeds.dropout_uniforms(0, 0, 0, columns.astype(np.uint64), 20),
        seeds.dropout_uniforms(0, 0, 1, columns.astype(np.uint64), 20),
    ]
    correlation = np.corrcoef([d.ravel() for d in draws])
    assert np.abs(correlation - np.eye(len(draws))).max() < 0.05


def test_a_draw_does_not_depend_on_its_neighbours():
    whole = seeds.column_uniforms(2, 5, np.arange(1_000), 30)
    some = seeds.column_uniforms(2, 5, np.array([7, 900, 3]), 30)
    assert (some == whole[[7, 900, 3]]).all()
    assert (seeds.column_uniforms(2, 5, np.array([7]), 10) == whole[[7], :10]).all()
    tasks = seeds.task_uniforms(0, 0, ["a", "b", "c"], 8)
    assert (seeds.task_uniforms(0, 0, ["c", "a"], 8) == tasks[[2, 0]]).all()


def test_order_keys_never_collide():
    compounds = np.arange(1_000_000, dtype=np.uint64)
    keys = seeds.absorb(seeds.state_of("epoch order", 0, 0, 1), compounds)
    assert len(np.unique(keys)) == len(compounds)


def test_two_compounds_keep_their_order_whoever_else_is_there():
    rng = np.random.default_rng(0)
    compounds = np.sort(rng.integers(0, 2**63, 500, dtype=np.uint64))
    some = np.sort(rng.choice(compounds, 100, replace=False))
    order = compounds[seeds.epoch_order(0, 3, 7, compounds)]
    assert (order[np.isin(order, some)] == some[seeds.epoch_order(0, 3, 7, some)]).all()


def test_order_changes_with_the_epoch_and_mixes_well():
    compounds = np.arange(2_000, dtype=np.uint64)
    orders = [seeds.epoch_order(0, 0, epoch, compounds) for epoch in (1, 2, 3)]
    for order in orders:
        assert sorted(order) == list(range(2_000))
    for a, b in ((0, 1), (1, 2), (0, 2)):
        assert abs(stats.spearmanr(orders[a], orders[b]).statistic) < 0.12
    # where a compound stands over many epochs is uniform
    places = [np.argsort(seeds.epoch_order(0, 0, epoch, compounds))[17] / 2_000 for epoch in range(300)]
    assert stats.kstest(places, "uniform").pvalue > 1e-4


def test_equal_keys_keep_their_order():
    compounds = np.array([4, 4, 4, 9], dtype=np.uint64)
    order = seeds.epoch_order(0, 0, 1, compounds)
    assert list(order[order < 3]) == [0, 1, 2]
