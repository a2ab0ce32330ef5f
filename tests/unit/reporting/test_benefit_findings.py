"""What the report says of what to train together: sizes of gains first, then what foretells them, and chance."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.reporting.benefit_findings import benefit_finding, groups_findings, threshold_finding

M = "\N{MINUS SIGN}"


def gains(benefits, r=0.1, p=0.6, **cells):
    verdict = ["loss" if gain < -0.03 else "unclear" for gain in benefits]
    benefit = pd.DataFrame({"metric": "auroc", "benefit": benefits, "verdict": verdict, "over": "seeds"})
    benefit["q"] = np.where(benefit["verdict"] == "loss", 0.01, 0.6)
    benefit = benefit.assign(low=benefit["benefit"] - 0.01, high=benefit["benefit"] + 0.01, n_trainings=3).assign(
        **cells
    )
    ends = {"pearson": r, "pearson_low": r - 0.3, "pearson_high": r + 0.3, "pearson_p": p}
    area = {"auc": 0.45, "auc_low": 0.3, "auc_high": 0.6}
    finding = benefit_finding(benefit, pd.DataFrame([{"metric": "auroc"} | ends | area]), 0.05)
    assert finding.sentence.endswith(".") and "nan" not in finding.sentence + finding.detail
    return finding.sentence


def test_gains_of_pairs_are_sized_first_and_then_what_foretells_them():
    assert gains([0.02, -0.04, -0.01]) == (
        f"Training with one other task changes a task's held-out AUROC by {M}0.010 in the mean over 3 directions "
        f"(95 % interval no wider than {M}0.020 to 0.000; single ones from {M}0.040 to +0.020). Tested together, "
        f"none gain and 1 lose; similarity of gradients and gain have r +0.10 (95 % interval {M}0.20 to +0.40, P "
        "0.600), and of a gain and a loss the gain has the larger similarity in 45 % of cases (95 % interval 30 % "
        "to 60 %): gradients are not found to foretell what to train together."
    )
    assert gains([0.02], 0.7, 0.01).endswith("tasks with more similar gradients gain more.")
    assert gains([0.02], 0.2, 0.01).endswith("the interval, which speaks of others, holds 0 too.")


def test_one_training_each_tests_no_gain():
    sentence = gains([0.02, 0.01], low=np.nan, high=np.nan, q=np.nan)
    assert "over 2 directions (single ones from +0.010 to +0.020). None can be tested alone, with one" in sentence


def test_a_gain_without_an_interval_is_not_called_unclear_and_the_fewest_labels_are_named():
    benefit = pd.DataFrame({"task": ["a", "b", "b"], "benefit": [0.02, 0.0, 0.01], "low": [-0.1, np.nan, -0.1]})
    benefit = benefit.assign(metric="auroc", verdict="unclear", over="seeds", q=0.5, high=0.1, n_trainings=2)
    scores = pd.DataFrame({"task": ["a", "b", "c"], "n": [30, 13, 2]})
    detail = benefit_finding(benefit, benefit.iloc[:0], 0.05, scores).detail
    assert "and 2 are unclear (1 more has no interval, as trainings do not differ or are one);" in detail
    assert detail.endswith("each of these tasks has 13 labels at least.")
    assert "labels" not in benefit_finding(benefit, benefit.iloc[:0], 0.05).detail


def judged(rule, f1, low, high, **cells):
    row = {"rule": rule, "f1": f1, "f1_low": low, "f1_high": high, "threshold": 0.03, "status": "ok"}
    ends = {
        "avoided": 0.4,
        "avoided_low": 0.1,
        "avoided_high": 0.6,
        "kept": 0.7,
        "kept_low": 0.5,
        "kept_high": 0.9,
    }
    return row | ends | {"n_pairs": 45, "n_positive": 36, "n_negative": 54} | cells


ALL = judged("keep all pairs", 0.57, 0.47, 0.67)


@pytest.mark.parametrize(
    ("chosen", "verdict"),
    [
        ((0.55, 0.3, 0.7), "it is no better than no threshold"),
        ((0.65, 0.5, 0.8), "whether it helps is undecided, as both ranges overlap"),
        ((0.8, 0.7, 0.9), "it helps"),
    ],
)
def test_a_threshold_is_judged_against_keeping_all_pairs(chosen, verdict):
    finding = threshold_finding(
        pd.DataFrame(
            [ALL, judged("at least 0.1", 0.2, 0.1, 0.3, threshold=0.1), judged("chosen on one half", *chosen)]
        )
    )
    f1, low, high = chosen
    assert finding.sentence == (
        f"A least similarity to train tasks together from, chosen on half of 45 pairs, has F1 {f1:.2f} ({low:.2f} "
        f"to {high:.2f}) on the other half, where keeping all pairs has 0.57 (0.47 to 0.67): {verdict}."
    )
    assert "no P-value. F1 of the published ones: 0.20 from 0.1 on." in finding.detail
    assert "keeps 0.70 (0.50 to 0.90) of 36 directions with one" in finding.detail


def test_a_threshold_that_cannot_be_judged_says_why():
    few = judged("chosen on one half", np.nan, np.nan, np.nan, status="3 pairs have a similarity and a gain")
    assert threshold_finding(pd.DataFrame([few])).sentence == (
        "Whether a least similarity tells what to train together could not be tested: 3 pairs have a similarity "
        "and a gain."
    )


def test_groups_are_said_for_every_number_of_groups_with_their_rank(study):
    results = study.tables["gradient_grouping_results"]
    linked, searched = (finding.sentence for finding in groups_findings(results, 0.05))
    assert linked == (
        "Groups of tasks chosen by linkage of gradients change mean held-out AUROC over one network for all 10 "
        "tasks by +0.0200 (95 % interval 0.0000 to +0.0400, P 0.200) with 2 groups, where 4 of 50 random "
        "partitions did as well or better (P 0.100); +0.0300 (95 % interval +0.0100 to +0.0500, P 0.200) with 3 "
        "groups, where 4 of 50 random partitions did as well or better (P 0.100). They are not found to be better "
        "than random ones."
    )
    assert "by search over gradients" in searched
    linked, searched = (finding.detail for finding in groups_findings(results, 0.05))
    size = "A task's group has {} tasks on average, in random partitions 4.0 to 6.0 (median 5.0)"
    assert linked.count(size.format("7.0") + ": more than in all of them, so the rank partly tests size.") == 1
    assert size.format("5.0") + ". Intervals" in searched
    best = results.assign(p_random=results["p_random"].where(results["n_groups"] != 3, 0.02))
    assert "They are better than random ones with 3 groups." in groups_findings(best, 0.05)[0].sentence
