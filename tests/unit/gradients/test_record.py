"""Means over logged steps against plain averages of the same arrays."""

import numpy as np
from mtlcurves.gradient_logs import with_enough_batches
from mtlcurves.gradients.record import Record

TASKS = ["a", "b", "c"]


def logged(n_epochs: int, steps: int, seed: int = 0) -> list[list[np.ndarray]]:
    """Symmetric arrays, epoch by epoch, NaN here and there."""
    rng = np.random.default_rng(seed)
    made = rng.normal(size=(n_epochs, steps, 3, 3))
    made = np.where(rng.random(made.shape) < 0.3, np.nan, made)
    return [[step + step.T for step in epoch] for epoch in made]


def record_of(epochs: list[list[np.ndarray]], frozen: list[np.ndarray]) -> Record:
    record = Record(TASKS)
    for epoch in epochs:
        record.begin_epoch()
        for step in epoch:
            record.add({"all": step})
    for step in frozen:
        record.add_frozen({"all": step})
    return record


def test_windows_average_their_steps_where_both_have_labels() -> None:
    epochs, frozen = logged(11, 4), logged(1, 9, seed=1)[0]
    table = with_enough_batches(record_of(epochs, frozen).windows(["all"]), 5)
    table = table.set_index(["window", "task_a", "task_b"])
    # a fifth of 11 epochs is 3
    steps = {"last_fifth": sum(epochs[-3:], []), "all": sum(epochs, []), "frozen": frozen}
    for window, own in steps.items():
        for one, other in ((0, 1), (0, 2), (1, 2)):
            row = table.loc[(window, TASKS[one], TASKS[other])]
            known = np.array([step[one, other] for step in own])
            known = known[np.isfinite(known)]
            assert row["n_batches"] == len(known)
            if len(known) < 5:
                assert np.isnan(row["similarity"]) and row["status"].startswith("fewer than 5 logged batches")
                continue
            np.testing.assert_allclose(row["similarity"], known.mean())
            np.testing.assert_allclose(row["standard_error"], known.std(ddof=1) / np.sqrt(len(known)))
            assert row["status"] == "ok"
    assert set(table["status"]) > {"ok"}


def test_epochs_average_every_other_step_too() -> None:
    epochs = logged(2, 5)
    table = record_of(epochs, []).by_epoch().set_index(["epoch", "half", "task_a", "task_b"])
    of_half = {"all": slice(None), "odd": slice(0, None, 2), "even": slice(1, None, 2)}
    for number, epoch in enumerate(epochs, start=1):
        for half, steps in of_half.items():
            known = np.array([step[0, 2] for step in epoch[steps]])
            row = table.loc[(number, half, "a", "c")]
            assert row["n_batches"] == np.isfinite(known).sum()
            known = known[np.isfinite(known)]
            np.testing.assert_allclose(row["similarity"], known.mean() if len(known) else np.nan)


def test_an_epoch_without_a_logged_step_has_no_similarity() -> None:
    record = record_of([[]], [])
    assert record.by_epoch()["similarity"].isna().all() and (record.by_epoch()["n_batches"] == 0).all()
    windows = record.windows(["all", "cross", "same"])
    assert windows["similarity"].isna().all() and len(windows) == 3 * 3 * 3
