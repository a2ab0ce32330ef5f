"""Overlaps by every denominator, and the advice that is drawn from them."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.errors import DataError
from mtlcurves.gradient_sections import Gradients
from mtlcurves.similarity.overlap import (
    CLOSE_ONLY,
    FEW_SHARED,
    NOISE,
    TOO_NOISY,
    UNLOGGED,
    USABLE,
    label_view_row,
    logged_batches,
    overlap_table,
)
from mtlcurves.similarity.overlap_page import overlap_page


def labels(**compounds: range) -> pd.DataFrame:
    """Labels of some compounds, by number, in each task."""
    rows = [(f"C{number}", task) for task, numbers in compounds.items() for number in numbers]
    return pd.DataFrame(rows, columns=["smiles", "task"])


def table(gradients: Gradients | None = None, **compounds: range) -> pd.DataFrame:
    return overlap_table(labels(**compounds), list(compounds), gradients or Gradients(), 10)


def test_every_denominator() -> None:
    row = table(a=range(100), b=range(60, 300), c=range(300, 400)).set_index(["task_a", "task_b"])
    counts = ["n_a", "n_b", "n_shared"]
    assert row.index.tolist() == [("a", "b"), ("a", "c"), ("b", "c")]
    assert row.loc[("a", "b"), counts].tolist() == [100, 240, 40]
    shares = row.loc[("a", "b"), ["jaccard", "ochiai", "smaller", "of_all", "shared_per_batch"]].astype(float)
    assert shares.tolist() == pytest.approx([40 / 300, 40 / np.sqrt(24_000), 0.4, 0.1, 3.2])
    assert row.loc[("a", "c"), ["n_shared", "jaccard", "ochiai", "smaller", "of_all"]].tolist() == [0] * 5


def test_the_labels_of_no_task_of_the_study_do_not_count() -> None:
    found = overlap_table(labels(a=range(10), b=range(10), other=range(500)), ["b", "a"], Gradients(), 10)
    assert found[["task_a", "task_b", "n_shared", "of_all"]].to_numpy().tolist() == [["b", "a", 10, 1.0]]


def test_batches_follow_the_window() -> None:
    def logged(**keys: object) -> float:
        return logged_batches(Gradients.model_validate(keys), 3200)

    assert logged(log={"window": "frozen"}) == 30
    assert logged(log={"window": "all"}, training={"epochs": 7}) == 7 * 100 / 10
    assert logged(training={"epochs": 100}) == 10 * 100 / 10
    assert logged(training={"epochs": 30}) == 6 * 100 / 10  # patience alone is 25
    assert logged(log={"every": 5}, seeds=3, rotations=2) == 6 * 10 * 100 / 5


def test_batches_without_labels_of_both_are_left_out() -> None:
    gradients = Gradients.model_validate({"training": {"batch": 2}})
    found = table(gradients, a=range(50), b=range(50, 100))
    # of two compounds one in each half, or the other way round
    assert found["batches"].item() == pytest.approx(logged_batches(gradients, 80) / 2)


def test_advice_follows_what_would_be_seen() -> None:
    found = table(a=range(4000), b=range(4000), c=range(2000, 6000), d=range(3985, 8000), e=range(3700, 8000))
    found = found.set_index(["task_a", "task_b"])
    assert found.loc[("a", "b"), "advice"] == USABLE
    assert found.loc[("a", "c"), "advice"] == CLOSE_ONLY
    assert found.loc[("a", "d"), "advice"] == FEW_SHARED
    assert found.loc[("a", "e"), "advice"] == TOO_NOISY
    row = found.loc[("a", "c")]
    assert row["detectable"] == pytest.approx(2 * NOISE["gcn"] / (row["batch_ochiai"] * np.sqrt(row["batches"])))
    assert row["batch_ochiai"] == pytest.approx(row["ochiai"], rel=0.02)


def test_tasks_that_seldom_meet_share_more_of_the_batches_in_which_they_do() -> None:
    row = table(a=range(30), b=range(15, 45), c=range(30, 4000)).iloc[0]
    assert row["ochiai"] == pytest.approx(0.5) and row["batch_ochiai"] > 0.8


def test_the_compounds_to_measure_make_a_pair_usable() -> None:
    gradients = Gradients()
    before = table(gradients, a=range(8000), b=range(7000, 9000))
    assert before["advice"].item() != USABLE
    more = int(before["to_measure"].item())
    for measured, advice in ((more, USABLE), (more - 1, CLOSE_ONLY)):
        assert table(gradients, a=range(8000), b=range(7000 - measured, 9000))["advice"].item() == advice
    assert table(gradients, a=range(8000), b=range(1000, 9000))["to_measure"].item() == 0
    pairs = table(gradients, a=range(8000), b=range(7000, 9000), c=range(8000), d=range(20))
    assert pairs["to_measure"].dropna().min() == 0  # of a usable pair, beside others that need more
    # however many are shared, so few batches do not show it
    assert table(gradients, a=range(30), b=range(40, 60))["to_measure"].isna().all()


def test_shared_compounds_are_counted_in_the_folds_whose_labels_are_correlated() -> None:
    both = {"a": range(60), "b": range(60)}
    log = {"every": 1, "min_batches": 1}
    found = {
        rows: table(Gradients.model_validate({"rows": rows, "seeds": 9, "log": log}), **both)
        for rows in ("heldout", "train", "all")
    }
    assert {rows: row["advice"].item() for rows, row in found.items()} == {
        "heldout": FEW_SHARED,  # 12 of 60 in two of ten folds, where 20 are needed
        "train": USABLE,
        "all": USABLE,
    }
    more = table(Gradients.model_validate({"seeds": 9, "log": log}), a=range(60), b=range(200))
    assert more["advice"].item() == FEW_SHARED and more["to_measure"].item() == 40


def test_fingerprints_scatter_less_than_graphs_and_the_noisiest_encoder_decides() -> None:
    both = {"a": range(4000), "c": range(2000, 6000)}
    graphs, fingerprints, two = (
        table(Gradients(encoders=encoders), **both)["detectable"].item()
        for encoders in (["gcn"], ["ecfp"], ["ecfp", "gcn"])
    )
    assert fingerprints == pytest.approx(graphs * NOISE["ecfp"] / NOISE["gcn"]) and two == graphs


def test_one_task_has_no_overlap() -> None:
    with pytest.raises(DataError, match="'a' is one task alone"):
        table(a=range(10))


def test_a_view_in_a_row() -> None:
    row = label_view_row(labels(a=range(10), b=range(5, 15), c=range(20)), ["a", "b", "c"])
    assert (row["n_compounds"], row["n_labels"], row["least_labels"], row["most_labels"]) == (20, 40, 10, 20)
    assert (row["jaccard_least"], row["jaccard_most"]) == pytest.approx((1 / 3, 1 / 2))


def test_every_training_must_log_enough() -> None:
    log = {"window": "frozen", "min_batches": 40}
    pairs = {"a": range(4000), "b": range(4000)}
    for seeds in (1, 9):
        gradients = Gradients.model_validate({"seeds": seeds, "log": log})
        row = table(gradients, **pairs).iloc[0]
        assert row["advice"] == UNLOGGED and pd.isna(row["to_measure"])
        text = " ".join(page(gradients, **pairs).split())
        assert "NOT USABLE for any pair, as they are logged" in text and "would be seen" not in text
        assert "more shared would make" not in text
        assert "1 of 1 pairs may get no similarity at all" in text and "fewer than the 40 batches" in text
    assert "no similarity" not in page(**pairs)


def page(gradients: Gradients | None = None, active: dict[str, int] | None = None, **compounds: range) -> str:
    n = len(set().union(*compounds.values()))
    tasks = pd.DataFrame({"task": list(compounds), "n": [len(own) for own in compounds.values()]})
    tasks["name"] = tasks["task"].replace("a", "AR")
    tasks["n_active"] = tasks["task"].map(active or {}).astype("Int32") if active else np.nan
    return overlap_page("mine", table(gradients, **compounds), tasks, n, gradients or Gradients())


def test_tasks_of_one_class_are_named() -> None:
    pairs = {"a": range(4000), "b": range(4000), "c": range(4000)}
    text = " ".join(page(active={"a": 0, "b": 900, "c": 4000}, **pairs).split())
    assert "- Expect nothing of AR, c: labels of one class only correlate with no other" in text
    assert "Expect nothing" not in page(**pairs) + page(active={"a": 1, "b": 900, "c": 3999}, **pairs)


def test_noise_alone_is_met_by_more_batches() -> None:
    def said(every: int) -> str:
        gradients = Gradients.model_validate({"log": {"every": every, "window": "all"}})
        pairs = {"a": range(3000), "b": range(2880, 5880)}
        assert table(gradients, **pairs)["advice"].item() == TOO_NOISY
        return " ".join(page(gradients, **pairs).split())

    assert "1 of 1 pairs share enough compounds to confirm a similarity" in said(10)
    assert "gradients.log.every" in said(10) and "gradients.log.every" not in said(1)
    assert "Log more batches" not in page(a=range(4000), b=range(4000))


def test_the_page_says_first_what_is_usable() -> None:
    every = page(a=range(4000), b=range(4000))
    assert "GRADIENTS ARE USABLE for all pairs." in every and "not usable" not in every
    some = page(a=range(4000), b=range(4000), c=range(3995, 9000))
    assert "GRADIENTS ARE USABLE FOR SOME PAIRS: 1 of 3 (33%)." in some
    assert "AR / b" in some and "For the other pairs, learn from trainings instead" in some
    none = page(a=range(4000), b=range(3995, 9000))
    assert "GRADIENTS ARE NOT USABLE for any pair." in none
    assert "- Learn from trainings instead" in none
    assert none.index("NOT USABLE") < none.index("What to do") < none.index("Why")
    for text in (every, some, none):
        assert max(map(len, text.splitlines())) <= 110
