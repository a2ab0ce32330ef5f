"""What the report says of balancing and of groups: sizes of effects first, and how far to trust them."""

import numpy as np
import pytest
from mtlcurves.reporting.balancing_findings import balancing_findings
from mtlcurves.reporting.grouping_findings import grouping_findings

M = "\N{MINUS SIGN}"


def one(found):
    (finding,) = found
    return finding


def test_ways_of_balancing_are_said_with_their_range_and_verdicts(study):
    finding = one(balancing_findings(study.tables, "auroc"))
    assert finding.sentence == (
        f"Balancing the tasks changes mean AUROC by {M}0.020 (with_mgda; 90 % interval {M}0.026 to {M}0.014) to "
        f"+0.012 (with_cagrad; 90 % interval +0.008 to +0.016) against the plain sum (10 tasks and 4 rotations, "
        "over 2 sizes). Of 4 ways of balancing, 1 is equivalent to it (the interval within "
        "\N{PLUS-MINUS SIGN}0.005): with_pcgrad; 1 is better: with_cagrad; 1 is worse: with_mgda; "
        "1 is undecided: with_dwa."
    )
    assert "beyond the margin is 0.030" in finding.detail and "takes 1.5 times" in finding.detail


def test_one_way_alone_has_no_range(simulate):
    study = simulate(10)
    table = study.tables["balancing"]
    study.tables["balancing"] = table[table["recipe"] == "with_pcgrad"]
    sentence = one(balancing_findings(study.tables, "auroc")).sentence
    assert f"by +0.001 (with_pcgrad; 90 % interval {M}0.001 to +0.003) against" in sentence
    assert sentence.endswith(
        "Of 1 way of balancing, 1 is equivalent to it (the interval within \N{PLUS-MINUS SIGN}0.005)."
    )


def test_one_verdict_on_several_ways_needs_no_names(simulate):
    study = simulate(10)
    study.tables["balancing"]["verdict"] = "equivalent"
    sentence = one(balancing_findings(study.tables, "auroc")).sentence
    assert sentence.endswith(
        "Of 4 ways of balancing, all are equivalent to it (the interval within \N{PLUS-MINUS SIGN}0.005)."
    )


def test_ways_without_a_verdict_are_named_with_their_reason(simulate):
    study = simulate(10)
    table, reason = study.tables["balancing"], "no rotation has scores in both, at least 2 are needed"
    table["verdict"] = "equivalent"
    lost = table["recipe"] == "with_dwa"
    table.loc[lost, ["difference", "low", "high", "p_equivalence"]] = np.nan
    table.loc[lost, ["verdict", "undefined"]] = [None, reason]
    assert one(balancing_findings(study.tables, "auroc")).sentence.endswith(
        "Of 4 ways of balancing, 3 are equivalent to it (the interval within \N{PLUS-MINUS SIGN}0.005): "
        f"with_mgda, with_pcgrad, with_cagrad; 1 has no verdict: with_dwa ({reason})."
    )


def test_one_rotation_tells_nothing_of_balancing(simulate):
    sentence = one(balancing_findings(simulate(3, rotations=1).tables, "auroc")).sentence
    assert sentence.endswith("is not known: 1 rotation has scores in both, at least 2 are needed.")


def test_groups_are_said_against_both_references_and_chance(study):
    finding = one(grouping_findings(study.tables, "auroc"))
    assert finding.sentence == (
        "Groups of tasks chosen by transfer weights (10 groups) change mean AUROC by +0.0010 (95 % interval "
        f"{M}0.0030 to +0.0050, P 0.200) against one network for all 10 tasks and by +0.0130 (95 % interval "
        "+0.0090 to +0.0170, P 0.200) against each task alone, over 4 rotations. Of 40 random partitions, 3 did "
        "as well or better (P 0.098). A task's group has 5.5 tasks on average, in random partitions 5.0 to 5.8 "
        "(median 5.4). The weights were measured on the same test folds, which flatters this "
        "choice: part of a gain is the noise that it was chosen by."
    )
    own = study.tables["grouping_results"].query("metric == 'auroc' and against == 'all_in_one'")
    chance = own.loc[own["method"] == "random", "difference"]
    assert f"median {chance.median():+.4f}".replace("-", M) in finding.detail


def test_a_choice_by_affinities_has_seen_labels_of_the_test_folds_too(simulate):
    study = simulate(10)
    results = study.tables["grouping_results"]
    study.tables["grouping_results"] = results.replace({"method": {"transfer": "tag"}})
    sentence = one(grouping_findings(study.tables, "auroc")).sentence
    assert "chosen by TAG affinity" in sentence
    assert "has seen those labels, though no score on them, which may flatter it." in sentence


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (7.25, ": more than in all of them, so the rank partly tests size. "),
        (5.89, ": more than in nearly all of them, so the rank partly tests size. "),
        (5.4, "). The weights "),
        (5.01, ": fewer than in nearly all of them, so the rank partly tests size. "),
        (3, ": fewer than in all of them, so the rank partly tests size. "),
    ],
)
def test_a_rank_among_partitions_of_other_sizes_partly_tests_size(simulate, size, said):
    study = simulate(10)
    results = study.tables["grouping_results"]
    results.loc[results["method"] == "transfer", "serving_size"] = size
    # two partitions in forty, a twentieth, are of the largest size, and two of the smallest
    chance = results["method"] == "random"
    results.loc[chance, "serving_size"] = 5.4
    results.loc[chance & (results["partition"] <= 2), "serving_size"] = 5.9
    results.loc[chance & results["partition"].isin([3, 4]), "serving_size"] = 5.0
    assert said in one(grouping_findings(study.tables, "auroc")).sentence


@pytest.mark.parametrize("missing", ["interval", "alone", "everything"])
def test_what_is_missing_is_not_said(simulate, missing):
    study = simulate(10)
    results = study.tables["grouping_results"]
    own = results["method"] == "transfer"
    if missing == "interval":
        results.loc[own, ["low", "high", "p"]] = np.nan
    else:
        alone = results["against"] == "single_task"
        results.loc[own & (alone if missing == "alone" else True), ["difference", "low", "high", "p"]] = np.nan
    sentence = one(grouping_findings(study.tables, "auroc")).sentence
    assert "nan" not in sentence
    assert {
        "interval": "by +0.0010 against one network",
        "alone": "by an unknown amount against each task alone",
        "everything": "no AUROC beside that of one network",
    }[missing] in sentence


def test_a_study_without_either_says_nothing(simulate):
    study = simulate(3)
    study.drop_arms()
    assert balancing_findings(study.tables, "auroc") == [] == grouping_findings(study.tables, "auroc")
