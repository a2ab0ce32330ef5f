"""The table of pairs of tasks: usable pairs first, by what stands out, beside what they rest on."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.reporting.names import ordered_tasks
from mtlcurves.reporting.similarity_pairs import show_pairs
from mtlcurves.reporting.transfer_tables import MOST_PAIRS

SECTION = {"encoders": ["gcn", "ecfp"], "log": {"window": "last_fifth"}, "rows": "heldout"}


@pytest.fixture
def of_study(simulate):
    def show(n_tasks, change=lambda tables: {}):
        study = simulate(n_tasks)
        tables = study.tables | change(study.tables)
        return tables, show_pairs(tables, ordered_tasks(study.tasks).set_index("task")["label"], SECTION)

    return show


def column(table, heading):
    return [row[table.columns.index(heading)].value for row in table.rows]


def test_usable_pairs_come_first_and_of_them_what_stands_out_most(of_study):
    tables, table = of_study(7)
    advice, z = column(table, "gradients"), np.abs(column(table, "z"))
    overlap = tables["overlap"]
    n_usable = int((overlap["advice"] == "usable").sum())
    assert advice == ["usable"] * n_usable + ["not usable"] * (21 - n_usable)
    for part in (z[:n_usable], z[n_usable:]):
        assert (np.diff(part) <= 0).all()
    last = f"{21 - n_usable} pairs that the overlap page calls not usable (why: tables/overlap.csv) are last"
    assert last in table.note
    known = tables["gradient_similarity"].query("encoder == 'gcn'")
    assert sorted(column(table, "G")) == sorted(known["similarity"])
    assert set(column(table, "shared compounds")) == {50.0} and "G, same compounds" not in table.columns
    usable = known.merge(overlap.query("advice == 'usable'"), on=["task_a", "task_b"])
    beyond = int((usable["z"].abs() > 2).sum())
    assert f"of shuffled labels: {beyond or 'none'} of {n_usable} usable pairs; chance alone" in table.note


def test_correlations_are_means_over_trainings_of_the_rows_that_are_compared(of_study):
    def change(tables):
        labels = tables["task_correlation"].assign(pearson=0.2)
        twice = labels.assign(rotation=1, pearson=0.4)
        return {"task_correlation": pd.concat([labels, twice, labels.assign(rows="all", pearson=0.9)])}

    assert column(of_study(4, change)[1], "E") == pytest.approx([0.3] * 6)


def test_what_common_compounds_add_stands_beside_it(of_study):
    def change(tables):
        whole = tables["gradient_similarity"]
        same = whole.assign(part="same", similarity=2 * whole["similarity"])
        return {"gradient_similarity": pd.concat([whole, same], ignore_index=True)}

    _, table = of_study(4, change)
    assert column(table, "G, same compounds") == pytest.approx(2 * np.array(column(table, "G")))


def test_without_shuffled_labels_pairs_are_ordered_by_their_own_error(of_study):
    def change(tables):
        whole = tables["gradient_similarity"].assign(z=np.nan)
        return {"gradient_similarity": whole, "overlap": tables["overlap"].assign(advice="usable")}

    _, table = of_study(4, change)
    assert "z" not in table.columns and "errors of 0: " in table.note and "calls not usable" not in table.note
    assert (np.diff(np.abs(column(table, "G"))) <= 0).all()  # all errors are the same


def test_where_no_pair_is_usable_none_is_counted(of_study):
    _, table = of_study(4, lambda tables: {"overlap": tables["overlap"].assign(advice="not usable: too noisy")})
    assert "6 pairs that the overlap page" in table.note and table.note.endswith("No usable pair has a number.")


def test_of_many_pairs_as_many_are_shown_as_in_other_tables(of_study):
    _, table = of_study(12)
    assert len(table.rows) == MOST_PAIRS and f"the first {MOST_PAIRS} of 66 pairs" in table.note
    assert table.csv == "tables/gradient_similarity.csv"
