"""Groups are the best there are, for few tasks; for many, planted groups are found."""

import itertools
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.grouping.heuristics import beam_groups, clustered_groups, polished
from mtlcurves.grouping.scores import member_scores, serving_groups, set_score
from mtlcurves.grouping.search import best_groups, exact_groups
from scipy import optimize, sparse


def every_group(n_tasks):
    return (np.arange(1, 1 << n_tasks)[:, None] >> np.arange(n_tasks) & 1).astype(bool)


def best_of_all(affinity, budget):
    """Score of the best of all sets of at most `budget` groups."""
    scores = member_scores(affinity, every_group(len(affinity)))
    sets = itertools.chain.from_iterable(itertools.combinations(range(len(scores)), b + 1) for b in range(budget))
    return max(scores[list(chosen)].max(axis=0).mean() for chosen in sets)


def published(name):
    """One of the two matrices published with TAG, [from, onto]."""
    folder = Path(os.environ.get("MTLCURVES_DATA") or Path(__file__).parents[4] / "shared/data")
    path = folder / f"published_tag_{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path.name} in {folder}; MTLCURVES_DATA names its folder")
    return pd.read_csv(path).pivot(index="from", columns="onto", values="affinity").to_numpy(copy=True)


def test_a_task_has_the_mean_of_what_the_others_do_for_it():
    affinity = np.array([[0.5, 1.0, 2.0], [3.0, 0.6, 4.0], [5.0, 7.0, 0.7]])
    groups = np.array([[True, True, True], [True, False, True], [False, True, False]])
    scores = member_scores(affinity, groups)
    assert scores[0] == pytest.approx([4.0, 4.0, 3.0])
    assert scores[1] == pytest.approx([5.0, -np.inf, 2.0])
    assert scores[2] == pytest.approx([-np.inf, 0.6, -np.inf])  # alone: the diagonal
    assert serving_groups(affinity, groups).tolist() == [1, 0, 0]
    assert set_score(affinity, groups) == pytest.approx(4.0)
    assert set_score(affinity, groups[1:2]) == -np.inf  # a task in no group


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 10_000), st.booleans())
def test_the_exact_search_is_as_good_as_trying_all_sets(n_tasks, budget, seed, ties):
    rng = np.random.default_rng(seed)
    affinity = rng.integers(-2, 3, (n_tasks, n_tasks)).astype(float) if ties else rng.normal(size=(n_tasks,) * 2)
    groups = exact_groups(affinity, budget)
    assert len(groups) <= budget
    assert set_score(affinity, groups) == pytest.approx(best_of_all(affinity, budget), abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 6), st.integers(1, 3), st.integers(0, 10_000))
def test_heuristics_serve_every_task_and_never_beat_the_exact_search(n_tasks, budget, seed):
    affinity = np.random.default_rng(seed).normal(size=(n_tasks, n_tasks))
    best = set_score(affinity, exact_groups(affinity, budget))
    for search in (beam_groups, clustered_groups):
        groups = search(affinity, budget)
        better = polished(affinity, groups, budget)
        assert len(groups) <= budget and len(better) <= budget
        assert -np.inf < set_score(affinity, groups) <= set_score(affinity, better) <= best + 1e-12


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 6), st.integers(0, 10_000))
def test_what_is_added_to_all_affinities_onto_a_task_changes_no_choice(n_tasks, seed):
    rng = np.random.default_rng(seed)
    affinity, offset = rng.normal(size=(n_tasks, n_tasks)), 100 * rng.normal(size=n_tasks)
    assert (exact_groups(affinity, 2) == exact_groups(affinity + offset, 2)).all()


def test_a_task_that_others_harm_is_left_alone():
    affinity = np.array([[0, 1, -1], [1, 0, -1], [-1, -1, 0]], dtype=float)
    assert exact_groups(affinity, 3).tolist() == [[True, True, False], [False, False, True]]


def test_no_more_groups_are_used_than_are_of_use():
    assert len(best_groups(np.ones((5, 5)), 4)) == 1


@pytest.mark.parametrize("n_tasks", [9, 40])
def test_planted_groups_are_found(n_tasks):
    rng = np.random.default_rng(3)
    block = rng.permutation(np.arange(n_tasks) % 3)
    affinity = (block[:, None] == block) + 0.3 * rng.normal(size=(n_tasks, n_tasks))
    np.fill_diagonal(affinity, 0.0)
    found = best_groups(affinity, 3)
    planted = block == np.arange(3)[:, None]
    assert set_score(affinity, found) >= set_score(affinity, planted)
    # each planted group is in one of those found, which may hold a helper more
    assert all(any((found_one | ~one).all() for found_one in found) for one in planted)
    assert found.sum() <= n_tasks + 5


def best_by_integer_programming(affinity, budget):
    """Score of the best set of groups: choose groups, and for each task the one that serves it."""
    groups = every_group(len(affinity))
    scores = member_scores(affinity, groups)
    group, task = np.nonzero(groups)
    n_groups, n_served, n_tasks = len(groups), len(group), len(affinity)
    served, ones = np.arange(n_served), np.ones(n_served)
    only_chosen = sparse.hstack(
        [
            sparse.csr_array((-ones, (served, group)), shape=(n_served, n_groups)),
            sparse.eye_array(n_served),
        ]
    )
    once = sparse.hstack(
        [
            sparse.csr_array((n_tasks, n_groups)),
            sparse.csr_array((ones, (task, served)), shape=(n_tasks, n_served)),
        ]
    )
    few = np.r_[np.ones(n_groups), np.zeros(n_served)][None]
    found = optimize.milp(
        -np.r_[np.zeros(n_groups), scores[group, task]],
        constraints=[
            optimize.LinearConstraint(only_chosen, ub=0),
            optimize.LinearConstraint(once, lb=1, ub=1),
            optimize.LinearConstraint(few, ub=budget),
        ],
        integrality=np.r_[np.ones(n_groups), np.zeros(n_served)],
        bounds=optimize.Bounds(0, 1),
    )
    assert found.success
    return -found.fun / n_tasks


@pytest.mark.parametrize("name", ["taskonomy", "celeba"])
@pytest.mark.parametrize("budget", [2, 3, 4])
@pytest.mark.parametrize("alone", ["never", "no gain", "affinity for itself"])
def test_the_published_matrices_are_grouped_best(name, budget, alone):
    """As well as published: the authors' program tries all sets of groups by this score, no task alone."""
    affinity = published(name)
    if alone != "affinity for itself":
        # never: below all means of others. The program has -1e6, which would cost the oracle its digits
        np.fill_diagonal(affinity, 0 if alone == "no gain" else -10 * np.abs(affinity).max())
    found = best_groups(affinity, budget)
    assert len(found) <= budget
    best = best_by_integer_programming(affinity, budget)
    assert set_score(affinity, found) == pytest.approx(best, rel=1e-9)
    if len(affinity) == 5 and budget == 2:
        assert best == pytest.approx(best_of_all(affinity, budget))


def test_more_groups_are_never_worse_on_the_published_matrices():
    for name in ("taskonomy", "celeba"):
        affinity = published(name)
        np.fill_diagonal(affinity, -1e6)
        scores = [set_score(affinity, best_groups(affinity, budget)) for budget in (1, 2, 3, 4)]
        assert scores == sorted(scores) and scores[1] > scores[0] > -1e6


@pytest.mark.parametrize("wrong", [np.zeros((2, 3)), np.array([[0.0, np.nan], [0.0, 0.0]])])
def test_an_affinity_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match="square matrix of finite numbers"):
        best_groups(wrong, 2)
