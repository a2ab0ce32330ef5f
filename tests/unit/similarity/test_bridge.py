"""Signals against gains: each in its direction, over all pairs and within strata."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.similarity.benefit import pair_benefits
from mtlcurves.similarity.bridge import NAME, relate_signals, strata
from mtlcurves.tables import write_table


def gain(partner: str, task: str) -> float:
    """Not the same in both directions."""
    return 0.01 * ((3 * int(partner[-1]) + 5 * int(task[-1])) % 7 - 3)


@pytest.fixture
def found(tables):
    ordered = [(a, b) for a in tables.tasks for b in tables.tasks if a != b]
    tag = pd.DataFrame([{"from": a, "onto": b, "centred": gain(a, b)} for a, b in ordered])
    weights = pd.DataFrame([{"auxiliary": a, "target": b, "per_fold": -gain(a, b)} for a, b in ordered])
    overlap = tables.overlap().assign(ochiai=np.linspace(0.1, 0.9, 28))
    names = [*dict.fromkeys([*overlap["task_a"], *overlap["task_b"]])]
    for side in ("a", "b"):
        overlap[f"n_{side}"] = 100 * (1 + overlap[f"task_{side}"].map(names.index))
    return {
        "gradient_similarity": tables.summary(tables.log(), overlap["ochiai"]),
        "pair_benefit": pair_benefits(tables.scores(gain, noise=1e-5), tables.tasks, 0.005, 1 / 8),
        "overlap": overlap,
        "tag_affinity": tag.assign(recipe="main", size=9, source="task"),
        "transfer_estimates": weights.assign(recipe="main", estimator="joint", coefficient="a_ij", metric="auroc"),
    }


def test_directed_signals_are_compared_in_their_direction(found, tables, tmp_path):
    table = relate_signals(found, tables.tasks, "gcn")
    whole = table[table["stratum"] == "all"].set_index("signal")
    assert whole.loc["TAG affinity", "spearman"] > 0.95
    assert whole.loc["transfer weight", "spearman"] < -0.95
    assert (whole.loc["gradient similarity", "spearman"].abs() < 0.5).all()
    assert (whole["n_pairs"] == 56).all() and (whole.loc["TAG affinity", "p"] == 0.001)
    write_table(table, tmp_path / "table.parquet", NAME)


def test_strata_part_the_pairs_by_overlap_and_by_labels_of_the_gaining_task(found, tables):
    parts = {
        (stratum["stratum"], stratum["third"]): kept for stratum, kept in strata(found["overlap"], tables.tasks)
    }
    assert len(parts) == 7
    off = ~np.eye(8, dtype=bool)
    for name in ("ochiai overlap", "labels of the task"):
        thirds = [kept[off] for (stratum, _), kept in parts.items() if stratum == name]
        assert (np.sum(thirds, axis=0) == 1).all()
    few = parts["labels of the task", "low"]
    assert few[5, 0] and not few[0, 5]


def test_equal_overlaps_have_no_strata(tables):
    assert [stratum["stratum"] for stratum, _ in strata(tables.overlap(), tables.tasks)] == ["all"]


def test_a_designed_study_has_the_size_of_its_truth_as_an_outcome(found, tables):
    rows = [
        {"auxiliary": a, "target": b, "correlation": (-1) ** k * (1 + value)}
        for k, (pair, value) in enumerate(tables.truth.items())
        for a, b in (pair, pair[::-1])
    ]
    only = {name: found[name] for name in ("gradient_similarity", "pair_benefit", "overlap")}
    table = relate_signals(only, tables.tasks, "gcn", pd.DataFrame(rows))
    designed = table[(table["outcome"] == "designed") & (table["stratum"] == "all")]
    assert set(table["signal"]) == {"gradient similarity"}
    assert (designed.loc[designed["version"] == "raw", "spearman"] > 0.9).all()
