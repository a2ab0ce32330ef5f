"""Published numbers beside a study's own, judged by a stated rule."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.claims import NAME, check_claims, verdict
from mtlcurves.similarity.published import STUDIES, Claim, claims
from mtlcurves.similarity.relation import relate
from mtlcurves.tables import write_table

ROOT = Path(__file__).parents[3]
SERIES = {"encoder": "gcn", "window": "last_fifth", "part": "all", "version": "raw", "rows": "heldout"}


def claim(published=0.5, **more) -> Claim:
    return Claim("P2", "r", published, "tox21", "table", "r", "n", **more)


@pytest.mark.parametrize(
    ("one", "interval", "expected"),
    [
        (claim(), (0.4, 0.6), "reproduced"),
        (claim(), (0.6, 0.7), "there, but stronger"),
        (claim(), (0.1, 0.4), "there, but weaker"),
        (claim(), (-0.1, 0.6), "undecided"),  # holds the number, and none at all too
        (claim(), (-0.1, 0.4), "not reproduced"),
        (claim(), (-0.4, -0.1), "not reproduced"),
        (claim(-0.5), (-0.6, -0.4), "reproduced"),
        (claim(-0.5), (-0.9, -0.6), "there, but stronger"),
        (claim(0.31, nothing=0.5), (0.35, 0.45), "there, but weaker"),  # fewer than half
        (claim(0.0, margin=0.1), (-0.05, 0.05), "reproduced"),
        (claim(0.0, margin=0.1), (-0.05, 0.15), "undecided"),
        (claim(0.0, margin=0.1), (0.11, 0.15), "not reproduced"),
        (claim(), (np.nan, np.nan), "undecided"),  # however near the number itself may be
    ],
)
def test_a_verdict_is_of_the_interval(one, interval, expected):
    found, reason = verdict(one, *interval)
    assert found == expected and (reason is not None) == (expected == "undecided")


@pytest.fixture(scope="module")
def found(make_tables):
    tables = make_tables()
    similarity = tables.summary(tables.log(encoders=("gcn", "ecfp")))
    return {"similarity_and_correlation": relate(similarity, tables.correlation())}


def test_numbers_of_a_study_s_own_data_are_judged_and_no_others(found, tmp_path):
    table = check_claims(found, "tox21_sweep", 12, SERIES)
    assert set(table["data"]) == {"tox21", "synthetic"}
    own = table[table["paper"] == "P2 Table 1"].iloc[0]
    related = found["similarity_and_correlation"].query(
        "encoder == 'gcn' and version == 'raw' and rows == 'heldout' and measure == 'pearson'"
    )
    assert own["found"] == related["pearson"].item() and own["n"] == 28
    assert own["verdict"] != "not measured" and own["low"] <= own["found"] <= own["high"]
    write_table(table, tmp_path / "table.parquet", NAME)


def test_nothing_is_claimed_of_own_data_or_of_a_part_of_published_ones(found):
    for study, n_tasks in (("mine", 12), ("sider", 6)):
        assert set(check_claims(found, study, n_tasks, SERIES)["data"]) == {"synthetic"}


def test_every_study_of_published_data_is_in_the_configurations():
    for n_tasks, names in STUDIES.values():
        for name in names:
            config = yaml.safe_load((ROOT / f"config/studies/{name}.yaml").read_text())
            assert config["study"] == name
            assert len(pd.read_csv(ROOT / config["tasks"])) == n_tasks


def test_four_tasks_decide_nothing(make_tables):
    few = make_tables(["a", "b", "c", "d"])
    related = relate(few.summary(few.log(encoders=("gcn",))), few.correlation())
    table = check_claims({"similarity_and_correlation": related}, "jak", 4, SERIES)
    own = table[table["data"] == "jak"]
    assert len(own) == 2 and set(own["verdict"]) == {"undecided"} and own["found"].notna().all()
    assert set(own["reason"]) == {"4 tasks are too few for an interval to be trusted"}


def test_a_range_over_random_halves_decides_nothing():
    row = {"encoder": "gcn", "window": "last_fifth", "part": "all", "version": "raw", "metric": "auroc"}
    table = pd.DataFrame([row | {"rule": "at least 0.05", "f1": 0.74, "f1_low": 0.7, "f1_high": 0.78}])
    table = table.assign(**dict.fromkeys(("avoided", "kept"), np.nan), n_pairs=66, status="ok")
    judged = check_claims({"benefit_thresholds": table}, "tox21", 12, SERIES)
    judged = judged[judged["claim"] == "F1, similarity at least 0.05"].iloc[0]
    assert (judged["found"], judged["low"], judged["high"], judged["verdict"]) == (0.74, 0.7, 0.78, "undecided")
    assert judged["reason"] == "a range over random halves of the pairs is no interval"


def test_what_the_study_does_not_have_is_not_measured(found):
    table = check_claims(found, "tox21", 12, SERIES)
    rest = table[table["table"] != "similarity_and_correlation"]
    assert (
        set(rest["verdict"]) == {"not measured"} and rest["reason"].str.startswith("the study has no table").all()
    )
    relation = found["similarity_and_correlation"]
    others = {"similarity_and_correlation": relation[relation["encoder"] == "ecfp"]}
    elsewhere = check_claims(others, "tox21", 12, SERIES)
    assert "no such row of encoder gcn in table similarity_and_correlation" in set(elsewhere["reason"])


def test_pairs_of_encoders_are_found_in_either_order():
    row = {"encoder_a": "gat", "encoder_b": "gcn", "window": "last_fifth", "part": "all", "pearson": 0.8}
    table = pd.DataFrame([row | {"pearson_low": 0.7, "pearson_high": 0.9, "n_pairs": 66, "status": "ok"}])
    judged = check_claims({"architecture_consistency": table}, "tox21", 12, SERIES)
    judged = judged[judged["claim"] == "r of the similarities under gcn and gat"].iloc[0]
    assert (judged["found"], judged["verdict"]) == (0.8, "reproduced")


def test_every_claim_names_columns_that_exist():
    for one in claims():
        if one.table in SCHEMAS:
            columns = set(SCHEMAS[one.table].columns)
            derived = {"pair"} if one.table == "architecture_consistency" else set()
            assert {one.column, one.n, *one.where} <= columns | derived, one
