"""What the report says of Task2Vec and of simulated tasks: the same numbers as of gradients, as plainly."""

import numpy as np
import pandas as pd
from mtlcurves.reporting.rival_findings import synthetic_findings, task2vec_finding

M = "\N{MINUS SIGN}"


def related(r, p, **cells):
    ends = {"pearson": r, "pearson_low": r - 0.2, "pearson_high": r + 0.2, "pearson_p": p}
    return ends | {"n_pairs": 66, "status": "ok"} | cells


def embedded(*rows, gradients=None):
    finding = task2vec_finding(pd.DataFrame(rows), gradients, "held-out labels", 0.05)
    assert finding.sentence.endswith(".") and "nan" not in finding.sentence + finding.detail
    return finding


def test_both_forms_of_task2vec_stand_beside_gradients():
    finding = embedded(
        related(0.03, 0.8, form="published"), related(0.4, 0.01, form="fair"),
        gradients=pd.Series(related(0.6, 0.001)),
    )  # fmt: skip
    assert finding.sentence == (
        "Over 66 pairs, Task2Vec's similarities and the correlation of held-out labels have r +0.03 (95 % "
        f"interval {M}0.17 to +0.23, P 0.800) in its published form (a network for each task), not found to go "
        "together; r +0.40 (95 % interval +0.20 to +0.60, P 0.010) in its fair form (one trunk for all), which "
        "tell how tasks are related. Gradients have r +0.60 (95 % interval +0.40 to +0.80, P 0.001)."
    )
    assert "is not tested" in finding.detail
    assert "Gradients" not in embedded(related(0.03, 0.8, form="fair")).sentence
    doubt = embedded(related(0.15, 0.04, form="fair")).sentence
    assert doubt.endswith("among these tasks; the interval, which speaks of others, holds 0 too.")
    assert embedded(related(np.nan, np.nan, form="fair") | {"status": "3 tasks"}).sentence.endswith(
        "could not be tested: 3 tasks."
    )


TRUTHS = {"realised": 0.0, "designed": 0.05, "size of the realised": -0.2}


def test_simulated_tasks_are_judged_by_what_was_drawn():
    rows = [
        related(r - gap, 0.01, arm=arm, level=level, seed=seed, truth=truth)
        for arm in ("thinned", "core") for level, of_level in ((1.0, (0.6, 0.7, 0.65)), (0.1, (0.1, 0.2, 0.12)))
        for seed, r in enumerate(of_level) for truth, gap in TRUTHS.items()
    ]  # fmt: skip
    thinned, core = synthetic_findings(pd.DataFrame(rows), 0.05)
    assert thinned.sentence.startswith(
        "On simulated tasks whose labels are taken away at random, r of the similarity of gradients with the "
        f"cosine of the tasks' true weights changes by {M}0.51 (95 % interval {M}0.55 to {M}0.47 over 3 trainings"
    )
    assert "to +0.14 with Jaccard overlap 0.10" in core.sentence and core.sentence.endswith("it falls.")
    assert thinned.detail.endswith(
        "from which the drawn ones differ: +0.60 to +0.09. With the cosines' size, as gradients do not see the "
        "sign: +0.85 to +0.34."
    )
    turned = pd.DataFrame(rows).assign(pearson=lambda table: -table["pearson"])
    assert "turn the sign" in synthetic_findings(turned, 0.05)[0].detail
    by_chance = pd.DataFrame([*rows, related(-0.05, 0.8, arm="core", level=0.1, seed=3, truth="realised")])
    assert "turn the sign" not in synthetic_findings(by_chance, 0.05)[1].detail
