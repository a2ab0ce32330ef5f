"""Published numbers beside a study's own, judged by a stated rule."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.claims import NAME, check_claims, verdict
from mtlcurves.similarity.published import Claim, claims
from mtlcurves.similarity.relation import relate
from mtlcurves.similarity.summary import summarise
from mtlcurves.tables import write_table

SERIES = {"encoder": "gcn", "window": "last_fifth", "part": "all", "version": "raw", "rows": "heldout"}


def claim(published=0.5, **more) -> Claim:
    return Claim("P2", "r", published, "tox21", "table", "r", "n", **more)


@pytest.mark.parametrize(
    ("one", "interval", "expected"),
    [
        (claim(), (0.4, 0.6), "reproduced"),
        (claim(), (0.6, 0.7), "not reproduced"),
        (claim(), (-0.1, 0.6), "undecided"),  # holds the number, and none at all too
        (claim(nothing=None), (-0.1, 0.6), "reproduced"),
        (claim(0.0, margin=0.1), (-0.05, 0.05), "reproduced"),
        (claim(0.0, margin=0.1), (-0.05, 0.15), "undecided"),
        (claim(0.0, margin=0.1), (0.11, 0.15), "not reproduced"),
        (claim(), (np.nan, np.nan), "reproduced"),
        (claim(0.7), (np.nan, np.nan), "not reproduced"),
    ],
)
def test_verdicts(one, interval, expected):
    assert verdict(one, 0.52, *interval) == expected


@pytest.fixture(scope="module")
def found(make_tables):
    tables = make_tables()
    similarity = summarise(tables.log(encoders=("gcn", "ecfp")), tables.overlap())
    return {"similarity_and_correlation": relate(similarity, tables.correlation())}


def test_numbers_of_other_data_are_shown_and_not_judged(found, tmp_path):
    table = check_claims(found, "tox21", SERIES)
    first = table[table["paper"] == "P2 Table 1"]
    own, others = first[first["data"] == "tox21"].iloc[0], first[first["data"] != "tox21"]
    related = found["similarity_and_correlation"].query(
        "encoder == 'gcn' and version == 'raw' and rows == 'heldout' and measure == 'pearson'"
    )
    assert own["found"] == related["pearson"].item() and own["n"] == 28
    assert own["verdict"] in ("reproduced", "not reproduced")
    assert (others["verdict"] == "not comparable").all()
    assert others["reason"].str.startswith("the claim is about").all()
    write_table(table, tmp_path / "table.parquet", NAME)


def test_what_the_study_does_not_have_is_not_measured(found):
    table = check_claims(found, "tox21", SERIES)
    rest = table[table["table"] != "similarity_and_correlation"]
    assert (
        set(rest["verdict"]) == {"not measured"} and rest["reason"].str.startswith("the study has no table").all()
    )
    elsewhere = check_claims(found, "tox21", SERIES | {"encoder": "gat"})
    assert set(elsewhere["reason"].dropna()) >= {"no such row in table similarity_and_correlation"}


def test_pairs_of_encoders_are_found_in_either_order():
    row = {"encoder_a": "gat", "encoder_b": "gcn", "window": "last_fifth", "part": "all", "pearson": 0.8}
    table = pd.DataFrame([row | {"pearson_low": 0.7, "pearson_high": 0.9, "n_pairs": 66, "status": "ok"}])
    judged = check_claims({"architecture_consistency": table}, "tox21", SERIES)
    judged = judged[judged["claim"] == "r of the similarities under gcn and gat"].iloc[0]
    assert (judged["found"], judged["verdict"]) == (0.8, "reproduced")


def test_every_claim_names_columns_that_exist():
    for one in claims():
        if one.table in SCHEMAS:
            columns = set(SCHEMAS[one.table].columns)
            derived = {"pair"} if one.table == "architecture_consistency" else set()
            assert {one.column, one.n, *one.where} <= columns | derived, one
