"""Simulated assays: the same whatever else is simulated, with the labels and actives wanted, series by series."""

import itertools

import numpy as np
import pandas as pd
import pytest
from mtlcurves.data.designed.assays import n_measured
from mtlcurves.data.designed.roles import families
from mtlcurves.data.scaffolds import murcko_scaffold
from mtlcurves.errors import DataError


def cells(values: pd.DataFrame) -> pd.Series:
    return values.set_index(["task", "smiles"])["value"].sort_index()


def measured(values: pd.DataFrame) -> pd.DataFrame:
    """Which compound has a value in which task."""
    return values.assign(there=1).pivot_table(index="smiles", columns="task", values="there", fill_value=0)


def test_it_is_the_same_every_time(values, simulated):
    pd.testing.assert_frame_equal(simulated(), values)


def test_another_seed_is_another_source(values, simulated):
    other = simulated(seed=1)
    assert set(other["smiles"]) != set(values["smiles"])
    assert not cells(other).equals(cells(values))


def test_more_tasks_change_nothing_about_the_first_ones(values, simulated):
    more = simulated(n_tasks=15)
    assert more["task"].nunique() == 15
    pd.testing.assert_series_equal(cells(more[more["task"] <= "T012"]), cells(values))


def test_more_compounds_keep_every_value_that_is_still_measured(values, simulated):
    few, many = cells(values), cells(simulated(n_compounds=600))
    both = few.index.intersection(many.index)
    assert len(both) > len(few) / 3
    pd.testing.assert_series_equal(few[both], many[both])


def test_each_task_has_as_many_compounds_as_it_draws(values, design):
    found = values.groupby("task").size().to_dict()
    assert found == {task: n_measured(design(), task) for task in families(design())}
    assert not values.duplicated(["task", "smiles"]).any()


def test_label_counts_are_log_normal_between_their_limits(design):
    source = design(n_tasks=999, n_compounds=2000, labels_per_task={"least": 100, "median": 300, "most": 2000})
    counts = np.array([n_measured(source, task) for task in families(source)])
    assert counts.min() == 100 and counts.max() == 2000
    assert np.median(counts) == pytest.approx(300, rel=0.15)
    assert counts.mean() > 1.2 * np.median(counts)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_share_of_actives_is_what_is_asked_for(simulated, share):
    values = simulated(prevalence={"least": share, "most": share}, labels_per_task={"median": 200})
    active = (values["value"] >= 0).groupby(values["task"]).mean()
    # whole series are measured, so a single task may be off
    assert active.mean() == pytest.approx(share, abs=0.06)
    assert active.between(share / 3, share + 0.3).all()


def test_compounds_of_one_scaffold_are_measured_together(values):
    there = measured(values)
    of_scaffold = [
        list(group.index) for _, group in there.groupby(there.index.map(murcko_scaffold)) if len(group) > 1
    ]
    pairs = [pair for group in of_scaffold[1:] for pair in itertools.combinations(group[:10], 2)]
    assert len(pairs) > 50
    left, right = (there.loc[[pair[side] for pair in pairs]].to_numpy() for side in (0, 1))
    by_chance = (there.mean() ** 2).mean()
    assert (left * right).mean() > 1.5 * by_chance


def test_overlap_is_how_far_a_group_measures_the_same(simulated, design):
    group = [task for task, family in families(design()).items() if family == "G1"]
    shared = []
    for overlap in (0.0, 0.5, 1.0):
        there = measured(simulated(overlap=overlap))[group]
        both, sizes = there.T @ there, there.sum()
        # of the compounds that both could measure
        shared.append(
            np.mean([both.loc[a, b] / min(sizes[a], sizes[b]) for a, b in itertools.combinations(group, 2)])
        )
    assert shared[0] + 0.1 < shared[1] < shared[2] - 0.1


def test_all_tasks_may_share_compounds_to_one_degree_or_to_many(simulated, design):
    group = families(design())

    def overlaps(sharing):
        there = measured(simulated(sharing=sharing, overlap=1, labels_per_task={"least": 100, "most": 100}))
        both = (there.T @ there) / 100
        pairs = pd.DataFrame(itertools.combinations(group, 2), columns=["a", "b"])
        same = pairs["a"].map(group).eq(pairs["b"].map(group)) & pairs["a"].map(group).ne("independent")
        return np.array([both.loc[a, b] for a, b in pairs[["a", "b"]].itertuples(index=False)]), same.to_numpy()

    by_group, same = overlaps("group")
    assert by_group[same].mean() > by_group[~same].mean() + 0.2
    everywhere, _ = overlaps("all")
    graded, _ = overlaps("graded")
    assert abs(everywhere[same].mean() - everywhere[~same].mean()) < 0.1
    assert everywhere.min() > by_group[~same].mean() + 0.1
    assert graded.std() > 1.5 * everywhere.std() and graded.min() < everywhere.min() - 0.1


@pytest.mark.parametrize("kind", ["compound", "scaffold"])
def test_disjoint_tasks_have_as_many_labels_and_share_nothing(kind, simulated, design):
    keys = {"disjoint": kind, "n_compounds": 1500, "n_tasks": 8, "labels_per_task": {"median": 100, "most": 110}}
    values = simulated(**keys)
    assert values.groupby("task").size().to_dict() == {
        task: n_measured(design(**keys), task) for task in families(design(**keys))
    }
    unit = (
        values["smiles"].map(lambda text: murcko_scaffold(text) or text)
        if kind == "scaffold"
        else values["smiles"]
    )
    assert (values["task"].groupby(unit).nunique() == 1).all()
    more = simulated(**keys | {"n_tasks": 9})
    pd.testing.assert_series_equal(cells(more[more["task"] <= "T008"]), cells(values))


def test_disjoint_tasks_of_a_group_measure_the_same_scaffolds_if_they_are_to(simulated, design):
    group = [task for task, family in families(design(n_tasks=8)).items() if family == "G1"]
    shared = []
    for overlap in (0.0, 1.0):
        values = simulated(
            disjoint="compound", overlap=overlap, n_compounds=3000, n_tasks=8, labels_per_task={"most": 100}
        )
        own = [set(values.loc[values["task"] == task, "smiles"].map(murcko_scaffold)) for task in group]
        shared.append(np.mean([len(a & b) / min(len(a), len(b)) for a, b in itertools.combinations(own, 2)]))
    assert shared[1] > 1.5 * shared[0]


def test_too_few_compounds_for_disjoint_tasks_are_told(simulated):
    with pytest.raises(
        DataError, match=r"T00\d is to measure \d+ compounds, and the tasks before it leave \d+ of 400"
    ):
        simulated(disjoint="compound")
