"""Similarities of gradients are logged beside a finished study, and again where what they rest on changes."""

import copy
import shutil
import zipfile

import numpy as np
import pytest
from mtlcurves import rulegraph_docs
from rerun_rows import TRIGGERS, expected, followers_of, rows

SECTION = {
    "encoders": ["ecfp"],
    "shuffled": 0,
    "training": {"hidden": 8, "head": 4, "epochs": 2},
    "log": {"every": 2, "min_batches": 2},
    "benefit": {"pairs": 1, "epochs": 1, "seeds": 1},
}
RIVALS = {"task2vec": 1, "synthetic": {"compounds": 200, "levels": [1.0], "seeds": 1}}
TWO_ENCODERS = {"encoders": ["ecfp", "cnn"]}


def tables(*names):
    return [f"results/tiny/tables/{name}.csv" for name in names]


LOG, BENEFIT = "results/tiny/gradient_log.parquet", "results/tiny/benefit_scores.parquet"
GROUPS = "results/tiny/gradient_group_scores.parquet"
MADE = [LOG, BENEFIT, *tables("overlap", "task_correlation")]
CONSISTENCY = tables("architecture_consistency")


@pytest.fixture(scope="module")
def logged(tiny_study, workplace):
    """A copy of the finished tiny study, whose gradients were logged beside it."""
    place = workplace(copy.deepcopy(tiny_study.config))
    shutil.copytree(tiny_study.folder, place.folder, copy_function=shutil.copy2, dirs_exist_ok=True)
    place.configure(place.config | {"gradients": SECTION})
    place.succeed(*MADE)
    return place


@pytest.fixture
def with_section(logged):
    """Change keys of the section; afterwards it is as it was."""
    before = logged.config
    yield lambda **keys: logged.configure(before | {"gradients": SECTION | keys})
    logged.configure(before)


def test_similarities_and_benefits_of_the_tiny_study(logged):
    tasks = logged.config["tasks"]
    log = logged.table("gradient_log.parquet")
    assert len(log) == 3 * len(tasks) * (len(tasks) - 1) / 2 and set(log["part"]) == {"all"}
    assert (log["similarity"].isna() == (log["status"] != "ok")).all() and (log["status"] == "ok").any()
    assert (logged.table("gradient_epochs.parquet")["epoch"].unique() == [1, 2]).all()
    scores = logged.table("gradient_scores.parquet")
    assert set(scores["rows"]) == {"validation", "test"} and set(scores["trained"]) == {"all"}
    beside = logged.table("benefit_scores.parquet")
    pairs = [name for name in beside["trained"].unique() if "+" in name]
    assert set(beside["trained"]) == {*tasks, *pairs} and len(pairs) == 1
    assert np.isfinite(beside["score"]).any()


def test_one_training_is_compared_at_every_level_of_hidden_labels(logged, workplace):
    def swept(*levels):
        masked = {"seeds": 1, "masked": {"levels": list(levels), "batches": 8}}
        return logged.config | {"gradients": SECTION | {"sweeps": masked}}

    place = workplace(copy.deepcopy(logged.config))
    shutil.copytree(logged.folder, place.folder, copy_function=shutil.copy2, dirs_exist_ok=True)
    place.configure(swept(1.0, 0.5))
    assert place.planned(LOG, *TRIGGERS) == {"train_gradients": 1, "gather_gradients": 1}
    place.succeed(*tables("degradation", "gradient_similarity"))
    table = place.table("tables/degradation.parquet")
    assert set(table["window"]) == {"frozen"} and set(table["level"]) == {1.0, 0.5}
    # which labels of a level are compared is known, so they have a correlation of their own, too
    assert set(table["reference"]) == {"full", "own", "heldout"}
    similarity = place.table("tables/gradient_similarity.parquet").query("view == 'masked-0.5'")
    assert (similarity["status"] == "ok").any()
    place.configure(swept(1.0, 0.25))
    assert place.planned(LOG, *TRIGGERS) == {"train_gradients": 1, "gather_gradients": 1}


def test_sweeps_and_groups_train_their_own_alone_and_another_window_nothing(logged, with_section):
    with_section(
        sweeps={"seeds": 2, "thinned": {"levels": [0.5, 0.25]}},
        groups={"counts": [2], "random_partitions": 11, "seeds": 1, "epochs": 1},
        log=SECTION["log"] | {"window": "frozen"},
    )
    assert logged.planned(LOG, BENEFIT, GROUPS, *TRIGGERS) == {
        "check_view": 4,
        "train_gradients": 4,
        "gather_gradients": 1,
        "group_gradients": 1,
        "train_gradient_groups": 6,
        "gather_gradient_groups": 1,
    }


# the README's rows of the section, in its words: what makes the change, what more is made, how many trainings
CHANGES = {
    "one more of `gradients.seeds`": ({"seeds": 2}, [], 1),
    "one more of `gradients.encoders`": (TWO_ENCODERS, CONSISTENCY, 1),
    "`gradients.min_shared`": ({"min_shared": 10}, [], 0),
}


def test_the_readmes_table_has_the_changes_tested_here():
    assert [change for change in rows() if "gradients." in change] == list(CHANGES)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_runs_again_what_the_readme_says(logged, with_section, change):
    keys, further, n_trainings = CHANGES[change]
    with_section(**keys)
    planned = logged.planned(*MADE, *further, *TRIGGERS)
    edges = rulegraph_docs.edges(logged.succeed(*MADE, *further, "--rulegraph", "mermaid-js"))
    # what is shared is ancient to trainings: when it is asked again, nothing is trained for that
    followers = followers_of([edge for edge in edges if edge[0] != "check_shared"])
    assert set(planned) == expected(rows()[change], followers | {"check_shared": {"check_shared"}})
    assert planned.get("train_gradients", 0) == n_trainings


@pytest.mark.verify
def test_rivals_and_encoders_are_compared(logged, with_section):
    with_section(**TWO_ENCODERS, **RIVALS)
    logged.succeed(*CONSISTENCY, *tables("task2vec_and_correlation", "synthetic_similarity"), *TRIGGERS)
    embedded, simulated = logged.table("task2vec.parquet"), logged.table("synthetic_pairs.parquet")
    assert set(embedded["form"]) == {"published", "fair"} and len(embedded) == 2 * 6
    assert embedded["similarity"].notna().all() and simulated["similarity"].notna().any()
    assert len(logged.table("tables/task2vec_and_correlation.parquet"))
    assert len(logged.table("tables/synthetic_similarity.parquet"))
    found = logged.table("tables/architecture_consistency.parquet")
    assert set(found["encoder_a"]) | set(found["encoder_b"]) == {"ecfp", "cnn"}

    logged.succeed("share", *TRIGGERS)
    with zipfile.ZipFile(logged.results / "tiny-share.zip") as archive:
        members = {name.removeprefix("tiny-share/results/") for name in archive.namelist()}
    measured = {"log", "epochs", "scores"}
    assert members >= {f"gradient_{what}.parquet" for what in measured}
    assert members >= {"benefit_scores.parquet", "task2vec.parquet", "synthetic_pairs.parquet"}
