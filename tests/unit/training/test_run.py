"""A bundle: what it writes, what it keeps, what it trains again."""

import dataclasses
import errno
import logging
import os
import resource

import numpy as np
import pandas as pd
import pytest
from mtlcurves.balancing_sections import CAGrad
from mtlcurves.config import Recipe
from mtlcurves.errors import DataError
from mtlcurves.grid.allocations import (
    Allocation,
    augmented,
    multi_task,
    off_diagonal,
    shuffled,
    single_task,
    weighing_design,
)
from mtlcurves.grid.bundles import Bundle
from mtlcurves.schemas import SCHEMAS
from mtlcurves.training.gather import gather
from mtlcurves.training.identity import training_id
from mtlcurves.training.problem import make_problem
from mtlcurves.training.reference import Reference
from mtlcurves.training.registry import load_backend
from mtlcurves.training.run import train_bundle

FOLDS = 5
ALL = ["a", "b", "c"]


def bundle_of(allocations, arm="mtl", rotation=1, name="all", recipe="main"):
    return Bundle(recipe, arm, rotation, 0, name, list(allocations))


STL = bundle_of(single_task(ALL, [1, 4]), "stl", name="bundle-000")
MTL = bundle_of(multi_task("all", ALL, [1, 2, 3]))


@pytest.fixture(params=["lazy_adam", "reference"])
def backend(request):
    return request.param


@pytest.fixture
def run(backend, tmp_path, dataset, recipe):
    """Train a bundle into a table; returns it."""

    def train(bundle=STL, recipe=recipe, dataset=dataset, study="tiny", folder=tmp_path, n_threads=1):
        shard = folder / f"{bundle.name}.parquet"
        train_bundle(
            dataset, bundle, recipe, shard, study=study, backend=backend, fold_count=FOLDS, n_threads=n_threads
        )
        return pd.read_parquet(shard)

    return train


@pytest.fixture
def trained(backend, monkeypatch):
    """Every problem that the engine trains in this process; set ``stop`` to be interrupted after so many."""

    class Trained(list):
        stop = None

    engine = type(load_backend(backend))
    found, train = Trained(), engine.train

    def counting(self, problems, recipe):
        for outcome in train(self, problems, recipe):
            if found.stop is not None and len(found) >= found.stop:
                raise KeyboardInterrupt
            found.append(problems[outcome.problem])
            yield outcome

    monkeypatch.setattr(engine, "train", counting)
    return found


def scores(points):
    return points.drop(columns="seconds")


def test_the_table_is_as_its_schema_says(run, backend):
    points = run(MTL)
    assert list(points.columns) == list(SCHEMAS["grid_points"].columns)
    assert len(points) == 3 * 3 * 3  # sizes, tasks, epochs
    assert points[["size", "epoch", "task"]].drop_duplicates().shape[0] == len(points)
    assert sorted(points.epoch.unique()) == [1, 2, 5]
    assert (points.last_epoch == (points.epoch == 5)).all()
    constant = {"study": "tiny", "recipe": "main", "labels": "full", "arm": "mtl", "subset": "all", "rotation": 1}
    assert (points[list(constant)] == pd.Series(constant)).all(axis=None)
    assert points.auxiliary.isna().all()
    assert (points.n_auxiliary == 0).all()
    assert points.auroc.between(0, 1).all()
    assert points.device.str.startswith("cpu ").all()
    assert points.versions.str.contains("torch 2" if backend == "reference" else "numba 0").all()
    assert points.allocation.unique().tolist() == ["all@1", "all@2", "all@3"]


def count(dataset, task, places, rotation=1):
    folds = dataset.folds["scaffold"][dataset.labels[task][0]]
    return int(np.isin(folds, [(rotation + i) % FOLDS for i in places]).sum())


def test_counts_on_the_diagonal(run, dataset):
    for row in run(MTL).itertuples():
        assert row.n_target == count(dataset, row.task, range(row.size))
        assert row.n_complement == sum(count(dataset, t, range(row.size)) for t in ALL if t != row.task)
        assert row.n_test == count(dataset, row.task, [FOLDS - 1])


def test_counts_of_single_tasks(run, dataset):
    points = run(STL)
    assert (points.n_complement == 0).all()
    assert (points.subset == points.task).all()
    assert (points.n_rows == points.n_target).all()


def test_counts_of_a_raised_auxiliary(run, dataset):
    points = run(bundle_of(augmented(ALL, ["b"], [1, 2], "full", 4), "augmented"))
    for row in points.itertuples():
        own = row.task == "b"
        assert row.n_target == count(dataset, row.task, range(4 if own else row.size))
        # b counts in the complement of the others at the reference point's size, what was added apart
        assert row.n_complement == sum(count(dataset, t, range(row.size)) for t in ALL if t != row.task)
        assert row.n_auxiliary == (0 if own else count(dataset, "b", range(row.size, 4)))
        assert row.auxiliary == "b"
    assert points.allocation.unique().tolist() == ["all@1+b@4", "all@2+b@4"]


def test_counts_off_the_diagonal(run, dataset):
    points = run(bundle_of(off_diagonal(ALL, ["a"], [1], [3]), "offdiagonal")).set_index(["task", "epoch"])
    target, other = points.loc[("a", 5)], points.loc[("b", 5)]
    assert target.n_target == count(dataset, "a", [0])
    assert target.n_complement == count(dataset, "b", range(3)) + count(dataset, "c", range(3))
    assert target.n_auxiliary == 0
    assert other.n_complement == count(dataset, "a", range(3)) + count(dataset, "c", range(3))
    assert other.n_auxiliary == -count(dataset, "a", [1, 2])


def test_counts_of_a_weighing_design(run, dataset):
    rows = [[1, 0, 1], [0, 1, 1]]
    points = run(bundle_of(weighing_design(ALL, rows, 1, 4), "design"))
    assert points.allocation.unique().tolist() == ["design.row-1@1/4", "design.row-2@1/4"]
    assert points.auxiliary.isna().all()
    assert (points["size"] == 1).all()
    for row in points.itertuples():
        up = [task for task, raised in zip(ALL, rows[int(row.allocation[11]) - 1], strict=True) if raised]
        assert row.n_target == count(dataset, row.task, range(4 if row.task in up else 1))
        assert row.n_complement == sum(count(dataset, t, [0]) for t in ALL if t != row.task)
        assert row.n_auxiliary == sum(count(dataset, t, [1, 2, 3]) for t in up if t != row.task)


def test_shuffled_labels_are_said_to_be_so(run):
    raised = list(augmented(ALL, ["b"], [1], "full", 4))
    true, null = run(bundle_of(raised, name="true")), run(bundle_of(shuffled(raised), name="null"))
    assert set(true.labels) == {"full"} and set(null.labels) == {"shuffled"}
    assert (null.allocation == "all@1+b@4 shuffled").all()
    counts = ["n_target", "n_complement", "n_auxiliary", "n_test", "n_test_active"]
    pd.testing.assert_frame_equal(null[counts], true[counts])
    assert (null.auroc - true.auroc).abs().max() > 0.01


def test_undefined_scores_are_null_with_their_reason(run, dataset):
    compounds, classes = dataset.labels["a"]
    last = (1 + FOLDS - 1) % FOLDS
    folds = dataset.folds["scaffold"][compounds]
    one_class = dataset.labels | {"a": (compounds, np.where(folds == last, 1, classes).astype(np.int8))}
    first = dataset.folds["scaffold"][dataset.labels["b"][0]] != 1
    no_training = tuple(column[first] for column in dataset.labels["b"])
    odd = dataclasses.replace(dataset, labels=one_class | {"b": no_training})
    points = run(bundle_of(multi_task("all", ALL, [1])), dataset=odd).groupby("task").last()
    assert points.undefined.fillna("").to_dict() == {
        "a": "only active test labels",
        "b": "no training labels",
        "c": "",
    }
    for metric in ("auroc", "aupr", "average_precision"):
        assert points[metric].isna().to_dict() == {"a": True, "b": True, "c": False}


def test_a_single_task_without_training_labels_has_no_score(run, dataset):
    keep = dataset.folds["scaffold"][dataset.labels["a"][0]] != 1
    odd = dataclasses.replace(
        dataset, labels=dataset.labels | {"a": tuple(column[keep] for column in dataset.labels["a"])}
    )
    points = run(bundle_of(single_task(["a"], [1]), "stl"), dataset=odd)
    assert (points.undefined == "no training labels").all()
    assert (points.n_steps == 0).all()
    assert (points.n_target == 0).all()


def test_same_bits_in_any_bundle_and_on_two_threads(run, tmp_path):
    together = scores(run(STL))
    apart = [
        run(bundle_of([a], "stl", name=f"one-{i}"), folder=tmp_path / "apart")
        for i, a in enumerate(reversed(STL.allocations))
    ]
    pd.testing.assert_frame_equal(
        together.sort_values(["task", "size", "epoch"], ignore_index=True),
        scores(pd.concat(apart)).sort_values(["task", "size", "epoch"], ignore_index=True),
    )
    pooled = scores(run(STL, folder=tmp_path / "pooled", n_threads=2))
    pd.testing.assert_frame_equal(together, pooled)


def test_a_job_that_is_killed_goes_on_where_it_stopped(run, trained, tmp_path):
    trained.stop = 4
    with pytest.raises(KeyboardInterrupt):
        run(STL)
    assert not (tmp_path / "bundle-000.parquet").exists()
    assert len(list((tmp_path / "bundle-000.parts").glob("*.parquet"))) == 4
    trained.stop = None
    resumed = run(STL)
    assert len(trained) == 6
    assert len({(p.tasks, len(p.rows)) for p in trained}) == 6  # none twice
    fresh = run(STL, folder=tmp_path / "fresh")
    pd.testing.assert_frame_equal(scores(resumed), scores(fresh))
    assert [p.name for p in (tmp_path / "bundle-000.parts").iterdir()] == ["kept.parquet"]


def test_a_bundle_that_is_planned_again_trains_only_what_is_new(run, trained, tmp_path):
    first = run(STL)
    (tmp_path / "bundle-000.parquet").unlink()  # as Snakemake does before it runs a job again
    pd.testing.assert_frame_equal(run(STL), first)
    assert len(trained) == 6
    longer = dataclasses.replace(STL, allocations=[*single_task(["c"], [4]), *single_task(ALL, [2])])
    points = run(longer)
    assert len(trained) == 6 + 3
    assert points.allocation.unique().tolist() == ["c@4", "a@2", "b@2", "c@2"]


def test_what_was_kept_takes_the_names_of_today(run, trained, dataset):
    run(STL)
    # the same trainings as a subset of one task, in another recipe, study and order
    other = bundle_of(multi_task("only-a", ["a"], [4, 1]), name="bundle-000", recipe="again")
    points = run(other, study="renamed")
    assert len(trained) == 6
    constant = {"study": "renamed", "recipe": "again", "arm": "mtl", "subset": "only-a"}
    assert (points[list(constant)] == pd.Series(constant)).all(axis=None)
    assert points.allocation.unique().tolist() == ["only-a@4", "only-a@1"]


@pytest.mark.parametrize(
    "change",
    [
        {"hidden": 13},
        {"learning_rate": 1e-3},
        {"dropout": 0.1},
        {"batch_ratio": 0.2},
        {"milestones": [2]},
        {"gamma": 0.5},
        {"rows": "folds"},
        {"split": "compound"},
        {"score_epochs": [3]},
    ],
    ids=str,
)
def test_a_changed_recipe_trains_again(run, trained, recipe, change):
    run(STL)
    run(STL, recipe=recipe.model_copy(update=change))
    assert len(trained) == 12


def test_the_complement_of_all_folds_but_one_is_the_test_fold(run, trained, recipe):
    run(STL)
    run(STL, recipe=recipe.model_copy(update={"test_on": "complement"}))
    assert [len(p.rows) for p in trained[6:]] == [len(p.rows) for p in trained[:6:2]]  # size 1 alone, not 4 of 5


def test_what_does_not_matter_to_a_training_trains_nothing(run, trained, recipe):
    run(STL)
    other_epochs = recipe.epochs.model_copy(update={"complete": 300})
    run(STL, recipe=recipe.model_copy(update={"arms": ["stl"], "epochs": other_epochs}))
    assert len(trained) == 6


def test_a_changed_label_trains_again_only_where_it_is_used(run, trained, dataset):
    run(STL)
    compounds, classes = dataset.labels["a"]
    changed = classes.copy()
    # place 3 of rotation 1: used by size 4, not by size 1, not tested
    at = np.flatnonzero(dataset.folds["scaffold"][compounds] == (1 + 3) % FOLDS)[0]
    changed[at] = 1 - changed[at]
    points = run(STL, dataset=dataclasses.replace(dataset, labels=dataset.labels | {"a": (compounds, changed)}))
    assert [p.tasks for p in trained[6:]] == [("a",)]
    assert len(trained[-1].rows) == points[points.allocation == "a@4"].n_rows.iloc[0]


@pytest.mark.parametrize("damage", ["cut short", "empty", "zeros", "another table", "rows missing"])
def test_a_damaged_part_is_trained_again(run, trained, tmp_path, damage, caplog):
    trained.stop = 4
    with pytest.raises(KeyboardInterrupt):
        run(STL)
    part = sorted((tmp_path / "bundle-000.parts").glob("*.parquet"))[0]
    content = part.read_bytes()
    if damage == "another table":
        pd.DataFrame({"training_id": ["x"]}).to_parquet(part)
    elif damage == "rows missing":
        pd.read_parquet(part).iloc[:1].to_parquet(part)
    else:
        spoiled = {"cut short": content[: len(content) // 2], "empty": b"", "zeros": b"\0" * len(content)}
        part.write_bytes(spoiled[damage])
    trained.stop = None
    points = run(STL)
    assert len(trained) == 7
    pd.testing.assert_frame_equal(scores(points), scores(run(STL, folder=tmp_path / "fresh")))
    if damage != "rows missing":
        assert str(part) in caplog.text


def test_a_damaged_kept_file_is_trained_again(run, trained, tmp_path):
    run(STL)
    kept = tmp_path / "bundle-000.parts/kept.parquet"
    content = kept.read_bytes()
    kept.unlink()
    kept.write_bytes(content[:-100])
    run(STL)
    assert len(trained) == 12


def test_two_allocations_of_one_content_are_one_training(run, trained):
    points = run(bundle_of([*single_task(["a"], [4]), Allocation({"a": 4}, "mtl", "only-a", None, 4)]))
    assert len(trained) == 1
    assert points.allocation.unique().tolist() == ["a@4", "only-a@4"]


def test_a_full_disk_stops_with_the_path_and_leaves_nothing_half_written(run, trained, tmp_path, monkeypatch):
    trained.stop = None
    fsync, written = os.fsync, []

    def full(descriptor):
        written.append(descriptor)
        if len(written) > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match=r"bundle-000\.parts/[0-9a-f]+\.parquet: .*No space left on device.*kept"):
        run(STL)
    monkeypatch.undo()
    assert len(list((tmp_path / "bundle-000.parts").iterdir())) == 2  # the finished ones, no remains
    assert not (tmp_path / "bundle-000.parquet").exists()
    assert len(run(STL)) == 6 * 3


@pytest.mark.parametrize("limit", [1_000, 12_000])
def test_a_write_that_breaks_off_leaves_nothing(run, tmp_path, limit):
    """The system refuses to write past a file size, in a part or only in the larger table of all parts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(DataError, match="bundle-000.*cannot be written.*run again"):
            run(STL)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    parts = list((tmp_path / "bundle-000.parts").iterdir())
    assert not (tmp_path / "bundle-000.parquet").exists()
    assert all(len(pd.read_parquet(part)) == 3 for part in parts)
    assert len(run(STL)) == 6 * 3


def test_no_hard_links_copies_instead(run, trained, tmp_path, monkeypatch):
    def refused(*_):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr("pathlib.Path.hardlink_to", refused)
    first = run(STL)
    (tmp_path / "bundle-000.parquet").unlink()
    pd.testing.assert_frame_equal(run(STL), first)
    assert len(trained) == 6


def test_remains_of_killed_jobs_are_removed_and_those_of_running_ones_left(run, tmp_path):
    folder = tmp_path / "bundle-000.parts"
    folder.mkdir()
    old, new = folder / ".x.parquet.1.tmp", folder / ".y.parquet.2.tmp"
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    run(STL)
    assert not old.exists()
    assert new.exists()


def test_the_log_tells_how_far_it_is(run, caplog):
    with caplog.at_level(logging.INFO, logger="mtlcurves"):
        run(STL)
    assert "6 allocations, 6 different trainings, 0 of them finished before" in caplog.text
    assert "6 of 6: c@4 took" in caplog.text
    assert "left" in caplog.text


def test_divergence_in_a_thread_reaches_the_user(run, recipe):
    with pytest.raises(DataError, match="not finite after epoch 1"):
        run(STL, recipe=recipe.model_copy(update={"learning_rate": 1e38}), n_threads=2)


def test_the_engines_code_is_part_of_a_trainings_id(dataset, recipe, monkeypatch):
    problem = make_problem(dataset, Allocation({"a": 1}, "stl", "a", None, 1), 0, 0, recipe, FOLDS)
    before = training_id(problem, recipe, Reference())
    seen = []
    monkeypatch.setattr("mtlcurves.training.identity.module_digest", lambda m: seen.append(m) or "edited")
    assert training_id(problem, recipe, Reference()) != before
    assert {"training.reference", "training.batches", "training.scores", "grid.seeds"} <= set(seen)
    assert not {m for m in seen if m.startswith(("curves", "data", "reporting"))}
    assert "training.progress" not in seen  # another line in the log trains nothing anew
    assert "training.run" not in seen


def test_a_recipes_unknown_future_key_would_be_part_of_it(dataset, recipe):
    class Later(Recipe):
        encoder: str = "mlp"

    problem = make_problem(dataset, Allocation({"a": 1}, "stl", "a", None, 1), 0, 0, recipe, FOLDS)
    later = Later.model_validate(recipe.model_dump())
    ids = {
        training_id(problem, r, Reference()) for r in (recipe, later, later.model_copy(update={"encoder": "gcn"}))
    }
    assert len(ids) == 3


def test_a_recipe_of_before_there_was_balancing_has_the_id_it_had(dataset, recipe):
    problem = make_problem(dataset, Allocation({"a": 1}, "stl", "a", None, 1), 0, 0, recipe, FOLDS)
    assert "balancing" not in recipe.model_dump(mode="json")
    assert Recipe.model_validate(recipe.model_dump() | {"balancing": {"kind": "sum"}}) == recipe
    surgery, other = (recipe.model_copy(update={"balancing": CAGrad(kind="cagrad", c=c)}) for c in (0.4, 0.5))
    assert len({training_id(problem, r, Reference()) for r in (recipe, surgery, other)}) == 3


def test_a_recipe_that_balances_has_its_own_engine(run, recipe):
    points = run(MTL, recipe=recipe.model_copy(update={"balancing": CAGrad(kind="cagrad")}))
    assert set(points.backend) == {"balanced"}
    assert points.versions.str.contains("torchjd 0.18.0").all()


def test_a_bundle_may_have_nothing_to_train(run, tmp_path):
    empty = run(bundle_of([], "group", name="random-001"))
    assert list(empty.columns) == list(SCHEMAS["grid_points"].columns) and empty.empty
    full = run(bundle_of(multi_task("all", ALL, [1])))
    shards = [tmp_path / "random-001.parquet", tmp_path / "all.parquet"]
    assert gather(shards, tmp_path / "gathered.parquet") == len(full)
