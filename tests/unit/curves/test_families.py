"""Families against random families."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.curves.families import family_blocks


def pairs_of(families: list[str], value) -> tuple[pd.DataFrame, pd.Series]:
    tasks = [f"t{k}" for k in range(len(families))]
    family = pd.Series(families, tasks)
    rows = [(a, b, value(family[a], family[b])) for a in tasks for b in tasks if a != b]
    return pd.DataFrame(rows, columns=["target", "auxiliary", "value"]), family


def test_perfect_blocks_explain_everything_and_chance_does_not():
    pairs, family = pairs_of(["x"] * 5 + ["y"] * 4, lambda a, b: {"xx": 1, "yy": -1, "xy": 2, "yx": 0}[a + b])
    found = family_blocks(pairs, family)
    assert found.explained == pytest.approx(1)
    assert found.by_chance < 0.5
    assert found.as_much < 0.05
    assert found.blocks.iloc[0].to_dict() == {"target_family": "x", "auxiliary_family": "y", "mean": 2.0, "n": 20}


def test_blocks_of_opposite_sign_count_though_within_and_between_have_one_mean():
    pairs, family = pairs_of(["x"] * 4 + ["y"] * 4, lambda a, b: {"x": 1, "y": -1}[a] if a == b else 0)
    assert family_blocks(pairs, family).as_much < 0.05


def test_noise_is_not_significant_more_often_than_it_should():
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(40):
        pairs, family = pairs_of(["x"] * 3 + ["y"] * 3 + ["z"] * 3, lambda a, b: rng.normal())
        shares.append(family_blocks(pairs, family).as_much)
    assert np.mean(np.array(shares) < 0.1) < 0.25
    assert 0.3 < np.mean(shares) < 0.7


def test_tasks_that_always_gain_do_not_make_families_matter():
    rng = np.random.default_rng(1)
    gain = dict(zip([f"t{k}" for k in range(12)], rng.normal(size=12), strict=True))
    pairs, family = pairs_of(list("xxxxyyyyzzzz"), lambda a, b: 0)
    pairs["value"] = pairs["target"].map(gain)  # pairs of one target are alike: far from independent
    assert family_blocks(pairs, family).as_much > 0.05


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("xyz"), min_size=4, max_size=9), st.integers(0, 10_000))
def test_shares_are_shares(families, seed):
    rng = np.random.default_rng(seed)
    pairs, family = pairs_of(families, lambda a, b: rng.normal())
    found = family_blocks(pairs, family)
    if len(set(families)) == 1:
        assert found is None
        return
    assert 0 <= found.explained <= 1 + 1e-9
    assert 0 < found.as_much <= 1
    assert found.blocks["n"].sum() == len(pairs)


@pytest.mark.parametrize("families", [["x"] * 5, list("abcde"), ["x", "y", "y"], []])
def test_too_little_to_compare_gives_nothing(families):
    pairs, family = pairs_of(families, lambda a, b: hash(a + b) % 7)
    assert family_blocks(pairs, family) is None


def test_missing_values_and_a_tasks_own_row_are_left_out():
    pairs, family = pairs_of(["x"] * 3 + ["y"] * 3, lambda a, b: float(a == b))
    own = pd.DataFrame({"target": ["t0"], "auxiliary": ["t0"], "value": [99.0]})
    gaps = pd.DataFrame({"target": ["t1"], "auxiliary": ["t2"], "value": [np.nan]})
    found = family_blocks(pd.concat([pairs, own, gaps]), family)
    assert found.explained == pytest.approx(1)
    assert found.blocks["n"].sum() == 30
