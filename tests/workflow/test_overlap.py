"""What tasks share is told before anything is trained: overlap, label views, correlations."""

import json

import pytest


@pytest.fixture(scope="module")
def described(tiny_config, workplace):
    """A study of values, without a grid, told what its tasks share; and what was printed."""
    kept = ("study", "source", "tasks", "folds")
    sweeps = {"seeds": 2, "thinned": {"levels": [0.5]}, "core": {"labels": 20, "levels": [0.5]}}
    place = workplace(
        {key: tiny_config[key] for key in kept}
        | {"labels": {"kind": "value"}, "gradients": {"split": "compound", "sweeps": sweeps}}
    )
    return place, place.succeed("overlap", "dataset", "results/tiny/correlation_reliability.parquet")


def test_the_page_is_printed_and_nothing_is_trained(described):
    place, printed = described
    page = (place.results / "overlap/overlap.txt").read_text()
    assert page in printed
    assert page.startswith("Overlap of the study tiny: 4 tasks, 6 pairs, ")
    assert not (place.results / "gradients").exists()
    assert len(place.table("tables/overlap.parquet")) == 6


def test_values_are_labels(described):
    place, _ = described
    labels, tasks = place.table("dataset/labels.parquet"), place.table("dataset/tasks.parquet")
    assert labels["label"].isna().all() and labels["value"].notna().all()
    assert (
        tasks["n_active"].isna().all()
        and tasks["n"].tolist() == labels["task"].value_counts()[tasks["task"]].tolist()
    )
    assert json.loads((place.results / "dataset/card.json").read_text())["labels"]["active_labels"] is None
    assert not (place.results / "label_counts.parquet").exists()  # no training sizes without a grid


def test_every_view_is_drawn_and_correlated(described):
    place, _ = described
    views = place.table("label_views.parquet")
    assert views[["view", "seed"]].to_numpy().tolist() == [
        ["full", 0],
        *[["thinned-0.5", seed] for seed in (0, 1)],
        *[["core-0.5", seed] for seed in (0, 1)],
    ]
    core = views[views["view"] == "core-0.5"]
    assert (core["least_labels"] == 20).all() and (core["most_labels"] == 20).all()
    assert core[["jaccard_least", "jaccard_most"]].to_numpy() == pytest.approx(13 / 27)
    found = place.table("task_correlation.parquet")
    assert found.groupby(["view", "seed", "rows"]).size().eq(6).all()
    of_full = found[(found["view"] == "full") & (found["rows"] == "all")]
    labels = place.table("dataset/labels.parquet").pivot(index="smiles", columns="task", values="value")
    first = of_full.iloc[0]
    assert first["pearson"] == pytest.approx(labels[first["task_a"]].corr(labels[first["task_b"]]))


def test_a_view_that_is_not_feasible_stops_before_training(described, workplace):
    place = described[0]
    sweeps = {"core": {"labels": 400, "levels": [0.1]}}
    place.configure(place.config | {"gradients": {"sweeps": sweeps}})
    done = place.run("--rerun-triggers", "params", "--", "results/tiny/label_views.parquet")
    assert done.returncode == 1
    assert "gradients.sweeps.core.labels: 400 labels for each of 4 tasks" in done.stderr
    assert "allowed at this overlap: up to " in done.stderr


def test_values_have_no_designs_to_compare(described):
    done = described[0].run("--dry-run", "power")
    assert done.returncode == 1 and "labels.kind: value has no classes" in done.stderr
