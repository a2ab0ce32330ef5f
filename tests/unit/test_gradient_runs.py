"""The plan of gradient trainings follows from the configuration."""

from mtlcurves.gradient_runs import GradientRun, benefit_sets, choosing_runs, gradient_runs, view_draws
from mtlcurves.gradient_sections import Benefit, Gradients

TASKS = ["a", "b", "c", "d"]


def test_every_encoder_has_the_labels_and_the_first_the_sweeps() -> None:
    section = Gradients(
        encoders=["gcn", "ecfp"], rotations=2, seeds=2, sweeps={"seeds": 3, "thinned": {"levels": [1.0, 0.25]}}
    )
    paths = [run.path for run in gradient_runs(section)]
    assert len(paths) == len(set(paths)) == 2 * (2 * 2 + 1) + 2 * 3
    assert "gcn/thinned-0.25/rotation-0/seed-2" in paths and "ecfp/shuffled-1/rotation-0/seed-0" in paths
    assert not any(path.startswith("ecfp/thinned") for path in paths)


def test_a_network_that_has_seen_all_labels_is_compared_at_every_level() -> None:
    section = Gradients(sweeps={"seeds": 2, "masked": {"levels": [1.0, 0.1]}})
    paths = [run.path for run in gradient_runs(section) if run.view not in ("full", "shuffled-1")]
    assert paths == ["gcn/masked/rotation-0/seed-0", "gcn/masked/rotation-0/seed-1"]
    assert view_draws(section)[1:] == [(f"masked-{level}", seed) for level in ("1", "0.1") for seed in (0, 1)]


def test_more_pairs_come_after_those_there_were() -> None:
    def sets(pairs: int | str) -> list[tuple[str, ...]]:
        cut = benefit_sets(Benefit(pairs=pairs), TASKS, 3)
        assert all(len(own) == 3 for own in list(cut.values())[:-1])
        return [tasks for own in cut.values() for tasks in own]

    few, more, every = sets(2), sets(4), sets("all")
    assert few == more[:6] and more[:4] == [(task,) for task in TASKS]
    assert len(every) == 4 + 6 and set(more) < set(every)
    assert all(TASKS.index(pair[0]) < TASKS.index(pair[1]) for pair in every[4:])


def test_groups_are_chosen_by_trainings_that_have_not_seen_the_fold_they_are_scored_on() -> None:
    gradients = Gradients(encoders=["ecfp", "cnn"], rotations=3, seeds=2)
    assert choosing_runs(gradients) == [GradientRun("ecfp", "full", 0, seed) for seed in (0, 1)]
