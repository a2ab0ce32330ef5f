"""What tasks share is told before anything is trained: overlap, label views, correlations."""

import pytest
from mtlcurves.similarity.overlap import NOISE


@pytest.fixture(scope="module")
def described(tiny_config, workplace):
    """A study of values, without a grid, told what its tasks share; and what was printed."""
    kept = ("study", "source", "tasks", "folds")
    sweeps = {"seeds": 2, "thinned": {"levels": [0.5]}, "core": {"labels": 20, "levels": [0.5]}}
    gradients = {"encoders": ["ecfp"], "split": "compound", "sweeps": sweeps}
    place = workplace(
        {key: tiny_config[key] for key in kept} | {"labels": {"kind": "value"}, "gradients": gradients}
    )
    return place, place.succeed("overlap", "results/tiny/correlation_reliability.parquet")


def test_the_page_is_printed_and_nothing_is_trained(described):
    place, printed = described
    page = (place.results / "overlap/overlap.txt").read_text()
    assert page in printed
    assert page.startswith("Overlap of the study tiny: 4 tasks, 6 pairs, ")
    assert not (place.results / "gradients").exists()
    assert len(place.table("tables/overlap.parquet")) == 6


def test_noise_is_that_of_the_studys_encoder(described):
    place, _ = described
    table = place.table("tables/overlap.parquet")
    noise = table["detectable"] * table["batch_ochiai"] * table["batches"] ** 0.5 / 2
    assert noise.tolist() == pytest.approx([NOISE["ecfp"]] * 6)
    page = " ".join((place.results / "overlap/overlap.txt").read_text().split())
    assert f"scatters by about {NOISE['ecfp']:g}, as measured with fingerprints" in page


def test_values_are_labels(described):
    place, _ = described
    labels, tasks = place.table("dataset/labels.parquet"), place.table("dataset/tasks.parquet")
    assert labels["label"].isna().all() and labels["value"].notna().all()
    assert tasks["n_active"].isna().all()
    assert tasks["n"].tolist() == labels["task"].value_counts()[tasks["task"]].tolist()


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
    found = place.table("tables/task_correlation.parquet")
    assert found.groupby(["view", "seed", "rows"]).size().eq(6).all()
    of_full = found[(found["view"] == "full") & (found["rows"] == "all")]
    labels = place.table("dataset/labels.parquet").pivot(index="smiles", columns="task", values="value")
    first = of_full.iloc[0]
    assert first["pearson"] == pytest.approx(labels[first["task_a"]].corr(labels[first["task_b"]]))


def trained(view):
    return f"results/tiny/gradients/ecfp/{view}/rotation-0/seed-0/gradient_log.parquet"


def test_a_further_level_is_drawn_alone_and_what_is_not_feasible_is_not_trained(described):
    place, _ = described
    before, views = place.config, "results/tiny/label_views.parquet"
    section = before["gradients"]

    def sweep(**core):
        sweeps = section["sweeps"] | {"core": section["sweeps"]["core"] | core}
        place.configure(before | {"gradients": section | {"sweeps": sweeps}})

    sweep(levels=[0.5, 0.25])
    assert place.planned(views) == {"check_view": 2, "gather_views": 1}
    # all levels are refused at once, and what is wrong stands once more at the end
    section = section | {"min_shared": 10_000}
    sweep(labels=10_000, levels=[0.5, 0.25])
    refused = place.run(trained("core-0.5"), trained("full"), "--keep-going")
    assert refused.returncode != 0
    at_end = refused.stderr.split("2 problems in the data of the study tiny:\n")[-1]
    assert [at_end.count(f"an overlap (Jaccard) of {level}") for level in (0.5, 0.25)] == [1, 1]
    assert at_end.count("gradients.min_shared: found 10000; no two tasks share so many compounds of the rows") == 1
    assert not (place.results / "gradients").exists()
    place.configure(before)
