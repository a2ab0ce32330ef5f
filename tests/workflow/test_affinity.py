"""Affinities and groups beside a finished study: logged, compared, chosen by, trained; and what they run again."""

import copy
import shutil

import numpy as np
import pandas as pd
import pytest
from workplace import jobs_in

AFFINITY = {"sizes": [5], "rotations": 2, "every": 5, "min_steps": 3}
GROUPING = {"by": ["tag", "transfer"], "budget": 2, "random_partitions": 8, "rotations": 2}
AFFINITIES, COMPARED = "results/tiny/tables/tag_affinity.csv", "results/tiny/tables/transfer_comparison.csv"
TARGETS = (COMPARED, "compare_groupings", "predict_gains", "plot_groupings")
JOBS = {"log_affinity": 2, "gather_affinity": 1, "compare_transfer": 1}
JOBS |= {"group_tasks": 3, "train_groups": 8, "gather_groups": 1}
JOBS |= dict.fromkeys(("compare_groupings", "predict_gains", "plot_groupings"), 1)


@pytest.fixture(scope="module")
def beside(tiny_study, workplace):
    """A copy of the tiny study with both sections; it runs nothing but what they ask for."""
    place = workplace(copy.deepcopy(tiny_study.config))
    shutil.copytree(tiny_study.folder, place.folder, copy_function=shutil.copy2, dirs_exist_ok=True)
    bundles = place.config["bundles"] | {"random_partitions": 4}
    place.configure(place.config | {"affinity": AFFINITY, "grouping": GROUPING, "bundles": bundles})
    assert jobs_in(place.succeed(*TARGETS)) == JOBS
    return place


def test_affinities_are_logged_and_averaged(beside):
    logged, tasks = beside.table("affinity.parquet"), beside.config["tasks"]
    assert len(logged) == 2 * len(tasks) * (len(tasks) + 1)
    assert (logged["affinity"].isna() == (logged["status"] != "ok")).all()
    # 6 epochs of 10 steps, one in five
    assert logged["n_steps"].max() == 12
    means = beside.table("tables/tag_affinity.parquet")
    assert len(pd.read_csv(beside.folder / AFFINITIES)) == len(means) == len(logged) / 2
    assert (means["n_rotations"] == 2).all()
    own = means[means["from"] == means["onto"]]
    assert (own["mean"] > 0).all() and (own["centred"] > 0).all()
    others = means[(means["source"] == "task") & (means["from"] != means["onto"])]
    assert others.groupby("onto")["centred"].sum().abs().max() < 1e-12


def test_affinities_are_set_beside_what_labels_are_worth(beside):
    compared = beside.table("tables/transfer_comparison.parquet")
    assert set(compared["scope"]) == {"task", "complement"} and set(compared["estimator"]) >= {"joint", "staged"}
    assert (compared["spearman"].isna() == (compared["status"] != "ok")).all()
    pairs = compared[compared["scope"] == "task"]  # three of four tasks are raised
    assert (pairs["n_pairs"] <= 9).all() and (pairs["arm"].str.startswith("augmented, 1 to 5 folds")).all()


def test_groups_are_trained_once_and_compared(beside):
    groups, points = beside.table("tables/groups.parquet"), beside.table("grouping/grid_points.parquet")
    last = points[points.last_epoch]
    assert not last.duplicated(["subset", "rotation", "task"]).any()
    assert len(last) == 2 * len(groups.drop_duplicates(["group", "task"]))
    # seven partitions of four tasks into two groups: some come up again, and are not trained again
    drawn = groups[groups.method == "random"]
    assert drawn.groupby("partition").task.nunique().eq(4).all()
    assert len(drawn.drop_duplicates("group")) < len(drawn.drop_duplicates(["partition", "group"]))

    # a task trained alone as a group is the single-task arm's training
    grid = beside.table("grid_points.parquet")
    alone = groups.groupby(["method", "partition", "group"]).filter(lambda own: len(own) == 1)
    single = last[last.subset.isin(alone.group)].set_index(["task", "rotation"]).auroc
    stl = grid[(grid.recipe == "main") & (grid.arm == "stl") & (grid["size"] == 5) & grid.last_epoch]
    assert len(single) and single.equals(stl.set_index(["task", "rotation"]).auroc.loc[single.index])

    results = beside.table("tables/grouping_results.parquet")
    random = results[(results.method == "random") & (results.against == "all_in_one")]
    assert len(random) == 2 * 8 and random.difference.notna().all()
    chosen = results[results.method.isin(["tag", "transfer"])]
    assert len(chosen) == 8 and chosen.p_random.between(1 / 9, 1).all()
    assert (beside.results / "figures/groupings.svg").is_file()
    check_by_hand(results, groups, last, grid)

    predicted = beside.table("tables/gain_prediction.parquet")
    assert set(predicted.method) == {"mean", "linear", "higher_order", "attention"}
    assert predicted.error.ge(0).all() and predicted.n_held_out.eq(8).any()


def check_by_hand(results, groups, last, grid):
    """The first random partition's difference, from the grid points."""
    own = groups[(groups.method == "random") & (groups.partition == 1)].rename(columns={"group": "subset"})
    served = own.merge(last.drop(columns="labels"), on=["subset", "task"])[["task", "rotation", "auroc"]]
    mtl = grid[(grid.recipe == "main") & (grid.allocation == "all@5") & grid.last_epoch]
    both = served.merge(mtl, on=["task", "rotation"], suffixes=("", "_all"))
    by_rotation = both.assign(d=both.auroc - both.auroc_all).dropna(subset="d").groupby("rotation").d.mean()
    row = results[(results.method == "random") & (results.partition == 1) & (results.metric == "auroc")]
    row = row[row.against == "all_in_one"].iloc[0]
    assert np.isclose(row.difference, by_rotation.mean())
    assert row.n_rotations == 2 and row["size"] == 5


def test_what_is_logged_stays_and_what_the_log_rests_on_does_not(beside):
    before = beside.config
    beside.configure(before | {"affinity": AFFINITY | {"rotations": 3, "sizes": [1, 5]}})
    assert beside.planned(AFFINITIES) == {"log_affinity": 4, "gather_affinity": 1}  # two are there
    beside.configure(before | {"affinity": AFFINITY | {"every": 4}})
    assert beside.planned(AFFINITIES) == {"log_affinity": 2, "gather_affinity": 1}
