"""What the report says of gradients: whether to trust them, by which numbers, and plainly where not."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.reporting.similarity_findings import similarity_findings

M = "\N{MINUS SIGN}"
SECTION = {"encoders": ["gcn"], "log": {"window": "all"}, "rows": "heldout"}
SHOWN = {"encoder": "gcn", "window": "all", "version": "raw", "measure": "pearson", "rows": "heldout"}


def related(r, low, high, p, **others):
    numbers = {"pearson": r, "pearson_low": low, "pearson_high": high, "pearson_p": p}
    numbers |= {"spearman": r, "spearman_p": p}
    return SHOWN | {"part": "all", "n_pairs": 66, "n_tasks": 12, "status": "ok"} | numbers | others


def said(**tables):
    tables = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    (finding,) = similarity_findings(tables, SECTION, 0.05)
    assert finding.sentence.endswith(".") and "nan" not in finding.sentence + finding.detail
    return finding.sentence


def test_a_correlation_that_a_few_pairs_make_is_not_told_without_a_word():
    ranks = {"spearman": 0.33, "spearman_p": 0.276}
    few = said(similarity_and_correlation=[related(0.7, -0.28, 0.97, 0.005) | ranks])
    assert "By ranks this is not found (rho +0.33, P 0.276): a few pairs may make it." in few
    assert "By ranks" not in said(similarity_and_correlation=[related(0.7, 0.28, 0.97, 0.005)])
    assert "By ranks" not in said(similarity_and_correlation=[related(0.2, -0.28, 0.5, 0.3) | ranks])


def test_pairs_that_can_be_compared_are_counted():
    advice = ["usable", "usable", "close relations only", "not usable: too noisy"]
    advice += ["not usable: not enough logged"]
    sentence = said(overlap={"advice": advice, "ochiai": [0.9, 0.8, 0.3, 0.1, 0.1]})
    assert sentence == (
        "Before training, of 5 pairs of tasks: 2 with gradients that can be compared; 1 of which gradients can "
        "show close relations only; 1 of too few logged batches for their overlap (more epochs or seeds, "
        "log.every); 1 of too few logged batches in a training (more epochs, log.every)."
    )
    nothing = said(overlap={"advice": ["not usable: too few shared compounds"], "ochiai": [0.1]})
    assert nothing == "Before training, of 1 pair of tasks: 1 with too few shared compounds."


WHOLE = related(0.65, 0.4, 0.8, 0.001)
DOUBT = related(0.65, -0.1, 0.8, 0.01)
NOTHING = related(0.1, -0.3, 0.45, 0.5)
CROSS, NO_CROSS = (row | {"part": "cross"} for row in (related(0.3, 0.1, 0.5, 0.02), NOTHING))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [WHOLE],
            "r +0.65 (95 % interval +0.40 to +0.80, P 0.001): gradients tell which tasks' labels go together",
        ),
        (
            [WHOLE],
            "account for 42 % of what differs between pairs. What gradients of different compounds share was not",
        ),
        ([WHOLE, CROSS], "so they tell something that is not in common compounds alone."),
        ([WHOLE, NO_CROSS], "may all come from the common compounds, whose labels define the correlation too."),
        ([DOUBT], "go together, among these tasks; the interval, which speaks of others, holds 0 too."),
        ([NOTHING], "not found to tell how tasks are related here. The interval leaves open"),
        ([related(-0.6, -0.8, -0.3, 0.001)], "gradients mislead here"),
        ([related(np.nan, np.nan, np.nan, np.nan, status="3 tasks")], "could not be tested: of the similarity"),
    ],
)
def test_the_verdict_on_gradients_follows_from_their_correlation_with_labels(rows, expected):
    assert expected in said(similarity_and_correlation=rows)


@pytest.mark.parametrize(
    ("own", "other", "expected", "misled"),
    [
        (0.66, (0.4, 0.06), "Not told in other logged steps: frozen r +0.40 (", False),
        (0.66, (-0.5, 0.01), f"Other logged steps say otherwise: frozen r {M}0.50 (", True),
        (-0.5, (0.66, 0.01), "Other logged steps say otherwise: frozen r +0.66 (", True),
        (-0.5, (0.1, 0.6), "Not told in other logged steps: frozen r +0.10 (", True),
        (None, (0.66, 0.01), "Told in other logged steps: frozen r +0.66 (", False),
        (None, (-0.5, 0.01), f"Told in other logged steps: frozen r {M}0.50 (", True),
        (0.66, (0.3, 0.01), "", False),
    ],
)
def test_other_logged_steps_are_named_where_their_verdict_is_another(own, other, expected, misled):
    whole = NOTHING if own is None else related(own, own - 0.1, own + 0.1, 0.001)
    (r, p), window = other, {"window": "frozen"}
    sentence = said(similarity_and_correlation=[whole, related(r, r - 0.5, r + 0.3, p) | window])
    assert expected in sentence
    assert ("Late steps mislead" in sentence) == misled
    assert ("logged steps" in sentence) == bool(expected)


def test_what_noise_lets_a_correlation_be_stands_beside_it():
    limited, unknown = (
        {"similarity_and_correlation": pd.DataFrame([WHOLE | {"ceiling": most}])} for most in (0.87, np.nan)
    )
    (finding,) = similarity_findings(limited, SECTION, 0.05)
    assert "would let r be 0.87 at most (ceiling)." in finding.detail
    (finding,) = similarity_findings(unknown, SECTION, 0.05)
    assert "ceiling" not in finding.detail


def test_what_prevalences_allow_stands_beside_the_correlation():
    share = related(-0.16, -0.39, 0.04, 0.03, measure="phi_of_most")
    (finding,) = similarity_findings({"similarity_and_correlation": pd.DataFrame([share, WHOLE])}, SECTION, 0.05)
    assert "have r +0.65" in finding.sentence
    assert f"the most that the classes' prevalences allow r {M}0.16" in finding.detail
    assert (
        "classes' prevalences allow this is not found, but r "
        f"{M}0.16 (95 % interval {M}0.39 to +0.04, P 0.030): what gradients tell may be how common the classes "
        "are."
    ) in finding.sentence
    found = related(0.4, 0.1, 0.6, 0.01, measure="phi_of_most")
    assert "how common" not in said(similarity_and_correlation=[found, WHOLE])
    assert "how common" not in said(similarity_and_correlation=[share, NOTHING])
    (values,) = similarity_findings({"similarity_and_correlation": pd.DataFrame([WHOLE])}, SECTION, 0.05)
    assert "prevalences" not in values.detail


def signal(label, spearman, p, stratum="all", third=None):
    part, version = ("all", "raw") if label == "gradient similarity" else (None, "joint")
    row = {"signal": label, "part": part, "version": version, "spearman": spearman, "p": p, "stratum": stratum}
    ends = {"low": spearman - 0.2, "high": spearman + 0.2, "third": third, "from_value": 0.1, "to_value": 0.3}
    rest = {"outcome": "benefit", "metric": "auroc", "n_pairs": 132, "n_tasks": 12, "status": "ok"}
    return row | ends | rest | {"window": "all" if part else None}


def test_signals_are_trusted_by_interval_and_over_all_that_is_shown():
    rows = [signal("TAG affinity", 0.4, 0.001), signal("gradient similarity", 0.3, 0.3)]
    sentence = said(signals_and_benefit=rows)
    assert sentence == (
        "Over 132 directions, what a task gains in AUROC from another is foretold by TAG affinity (+0.40, 95 % "
        "interval +0.20 to +0.60), and is not found to go with the similarity of gradients. Pairs do not differ "
        "enough in overlap and labels to be parted by them."
    )
    wide = said(signals_and_benefit=[signal("TAG affinity", 0.1, 0.001)])  # P alone does not do
    assert "is not found to go with TAG affinity" in wide
    third = signal("gradient similarity", 0.5, 0.001, "ochiai overlap", "low")
    assert (
        "told from nothing: the similarity of gradients among pairs with little overlap (0.10 to 0.30; +0.50, 95 "
        "% interval +0.30 to +0.70)."
    ) in said(signals_and_benefit=[*rows, third])
    fewer = signal("TAG affinity", 0.4, 0.001) | {"n_pairs": 54}
    assert said(signals_and_benefit=[fewer, rows[1]]).startswith("Over 54 to 132 directions, what a task gains")
    against = said(signals_and_benefit=[signal("TAG affinity", -0.4, 0.001)])
    assert f"runs against TAG affinity ({M}0.40" in against


def test_what_was_designed_has_a_sentence_of_its_own():
    rows = [
        signal("TAG affinity", r, p) | {"outcome": name}
        for name, r, p in (("benefit", 0.1, 0.6), ("designed", 0.5, 0.001))
    ]
    gained, designed = similarity_findings({"signals_and_benefit": pd.DataFrame(rows)}, SECTION, 0.05)
    assert "what a task gains in AUROC from another is not found to go with TAG affinity." in gained.sentence
    assert f"TAG affinity +0.10, 95 % interval {M}0.10 to +0.30" in gained.detail
    assert (
        "what was designed to be alike in two tasks is foretold by TAG affinity (+0.50, 95 %" in designed.sentence
    )


def test_the_scores_stand_after_the_overlap_with_what_the_best_weights_say(study):
    cells = {"encoder": "gcn", "view": "full", "trained": "all", "rotation": 0, "seed": 0, "task": "a", "n": 40}
    cells |= {"rows": "test", "metric": "auroc", "score": 0.7, "epochs": 25, "best_epoch": 4, "status": "ok"}
    tables = {"gradient_scores": pd.DataFrame([cells]), "overlap": study.tables["overlap"]}
    tables["similarity_and_correlation"] = pd.DataFrame([NOTHING, WHOLE | {"window": "frozen"}])
    overlap, scores, relation = similarity_findings(tables, SECTION, 0.05)
    assert overlap.sentence.startswith("Before") and relation.sentence.startswith("Over 66 pairs")
    assert "AUROC 0.70" in scores.sentence and "have r +0.65 (95 %" in scores.sentence
    other = {"gradient_scores": pd.DataFrame([cells | {"encoder": "ecfp"}])}
    assert similarity_findings(other, SECTION, 0.05) == []


def test_every_part_of_a_study_has_a_sentence(study):
    section = SECTION | {"log": {"window": "last_fifth"}}
    found = similarity_findings(study.tables, section, 0.05)
    begins = [
        "Before training",
        "Over",
        "Where labels",
        "Where tasks",
        "Where networks",
        "Clusters",
        "With the",
        "Over 30",
        "Groups",
    ]
    assert [f.sentence.startswith(begin) for f, begin in zip(found, begins, strict=False)] == [True] * len(begins)


def test_without_the_section_nothing_is_said(study):
    assert similarity_findings(study.tables, None, 0.05) == []


def test_gradients_that_go_with_the_size_alone_do_not_see_the_sign():
    size = related(0.9, 0.7, 0.97, 0.001, measure="size")
    turned = related(-0.25, -0.6, 0.3, 0.26)
    sentence = said(similarity_and_correlation=[turned, size])
    assert "With the size of the correlation, whatever its sign, they have r +0.90" in sentence
    assert "not see the sign" not in said(similarity_and_correlation=[WHOLE, size])
    assert "not see the sign" not in said(similarity_and_correlation=[turned, turned | {"measure": "size"}])
