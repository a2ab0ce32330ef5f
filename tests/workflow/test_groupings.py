"""Groups of tasks, added to a finished study: chosen, trained once each, compared, and their gains predicted."""

import numpy as np
import pytest

GROUPING = {"by": ["transfer"], "budget": 2, "random_partitions": 8, "rotations": 2}
TARGETS = ("compare_groupings", "predict_gains", "plot_groupings")
JOBS = {"group_tasks": 2, "train_groups": 6, "gather_groups": 1} | dict.fromkeys(TARGETS, 1)


@pytest.fixture
def grouped(finished):
    """The tiny study with groups; it plans nothing but them."""
    bundles = finished.config["bundles"] | {"random_partitions": 4}
    finished.configure(finished.config | {"grouping": GROUPING, "bundles": bundles})
    assert finished.planned(*TARGETS) == JOBS
    finished.succeed(*TARGETS)
    return finished


def test_groups_are_trained_once_and_compared(grouped):
    groups, points = grouped.table("tables/groups.parquet"), grouped.table("grouping/grid_points.parquet")
    last = points[points.last_epoch]
    assert not last.duplicated(["subset", "rotation", "task"]).any()
    assert len(last) == 2 * len(groups.drop_duplicates(["group", "task"]))
    # seven partitions of four tasks into two groups: some come up again, and are not trained again
    drawn = groups[groups.method == "random"]
    assert drawn.groupby("partition").task.nunique().eq(4).all()
    assert len(drawn.drop_duplicates("group")) < len(drawn.drop_duplicates(["partition", "group"]))

    # a task trained alone as a group is the single-task arm's training
    grid = grouped.table("grid_points.parquet")
    alone = groups.groupby(["method", "partition", "group"]).filter(lambda own: len(own) == 1)
    single = last[last.subset.isin(alone.group)].set_index(["task", "rotation"]).auroc
    stl = grid[(grid.recipe == "main") & (grid.arm == "stl") & (grid["size"] == 5) & grid.last_epoch]
    assert len(single) and single.equals(stl.set_index(["task", "rotation"]).auroc.loc[single.index])

    results = grouped.table("tables/grouping_results.parquet")
    random = results[(results.method == "random") & (results.against == "all_in_one")]
    assert len(random) == 2 * 8 and random.difference.notna().all()
    chosen = results[results.method == "transfer"]
    assert len(chosen) == 4 and chosen.p_random.between(1 / 9, 1).all()
    assert (grouped.results / "figures/groupings.svg").is_file()
    check_by_hand(results, groups, last, grid)

    predicted = grouped.table("tables/gain_prediction.parquet")
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
