"""Affinities are logged beside a finished study, and again where what they rest on changes."""

import pandas as pd

TABLE = "results/tiny/tables/tag_affinity.csv"
COMPARED = "results/tiny/tables/transfer_comparison.csv"
SECTION = {"sizes": [1, 5], "rotations": 2, "every": 5, "min_steps": 3}


def test_affinities_of_the_tiny_study(finished):
    finished.configure(finished.config | {"affinity": SECTION})
    # nothing is trained again
    assert finished.planned(TABLE) == {"log_affinity": 4, "gather_affinity": 1}
    finished.succeed(TABLE)
    logged = finished.table("affinity.parquet")
    tasks = finished.config["tasks"]
    assert len(logged) == 4 * len(tasks) * (len(tasks) + 1)
    assert (logged["affinity"].isna() == (logged["status"] != "ok")).all()
    # 6 epochs of 10 steps, one in five
    assert logged["n_steps"].max() == 12
    means = finished.table("tables/tag_affinity.parquet")
    assert len(pd.read_csv(finished.folder / TABLE)) == len(means) == len(logged) / 2
    assert (means["n_rotations"] == 2).all()
    own = means[means["from"] == means["onto"]]
    assert (own["mean"] > 0).all() and (own["centred"] > 0).all()
    others = means[(means["source"] == "task") & (means["from"] != means["onto"])]
    assert others.groupby(["size", "onto"])["centred"].sum().abs().max() < 1e-12
    # beside what labels are worth: three of four tasks are raised
    assert finished.planned(COMPARED) == {"compare_transfer": 1}
    finished.succeed(COMPARED)
    compared = finished.table("tables/transfer_comparison.parquet")
    assert set(compared["scope"]) == {"task", "complement"} and set(compared["estimator"]) >= {"joint", "staged"}
    assert (compared["spearman"].isna() == (compared["status"] != "ok")).all()
    pairs = compared[compared["scope"] == "task"]
    assert (pairs["n_pairs"] <= 9).all() and (pairs["arm"].str.startswith("augmented, 1 to 5 folds")).all()
    # a rotation more logs that one alone; another threshold of steps, all
    finished.configure(finished.config | {"affinity": SECTION | {"rotations": 3}})
    assert finished.planned(TABLE) == {"log_affinity": 2, "gather_affinity": 1}
    finished.configure(finished.config | {"affinity": SECTION | {"every": 4}})
    assert finished.planned(TABLE) == {"log_affinity": 4, "gather_affinity": 1}
