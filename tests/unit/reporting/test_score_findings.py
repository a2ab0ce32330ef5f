"""What the report says of the networks whose gradients are compared: their scores, and how long they learned."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.reporting.score_findings import scores_finding, scores_of_all

BEST_WEIGHTS = pd.Series({"pearson": 0.72, "pearson_low": 0.06, "pearson_high": 0.98, "pearson_p": 0.002})


def scores(best=(3, 4), values=(0.6, 0.7, 0.9), **cells):
    rows = [
        {"task": task, "seed": seed, "best_epoch": epoch, "score": value + 0.02 * seed, "n": n}
        for seed, epoch in enumerate(best)
        for task, value, n in zip("abc", values, (13, 40, 60), strict=True)
    ]
    same = {"encoder": "gcn", "view": "full", "trained": "all", "rotation": 0, "rows": "test", "metric": "auroc"}
    return pd.DataFrame(rows).assign(**same, epochs=25, status="ok", **cells)


def test_scores_and_late_steps_are_told_with_what_the_best_weights_say():
    finding = scores_finding(scores(), "last_fifth", BEST_WEIGHTS)
    assert finding.sentence == (
        "The networks whose gradients are compared predict held-out compounds with AUROC 0.71 in the median over "
        "3 tasks, from 0.61 to 0.91 (means over 2 trainings). On validation compounds they were best after 3 to 4 "
        "epochs of 25, and all of the steps that are shown (last_fifth) come later: they are of networks that, by "
        "the validation loss, already predicted worse than before, and the sign of such a late similarity may "
        "mislead. With the best weights (window frozen) the similarity of gradients and the correlation of labels "
        "have r +0.72 (95 % interval +0.06 to +0.98, P 0.002); key gradients.log.window chooses what is shown."
    )
    assert "13 to 60 labels a task" in finding.detail


@pytest.mark.parametrize(
    ("best", "window", "expected", "late"),
    [
        (20, "last_fifth", "and all of the steps", True),
        (21, "last_fifth", "and 80 % of the steps", True),
        (24, "last_fifth", "; of the steps that are shown (last_fifth), 20 % come later.", False),
        (25, "last_fifth", "; of the steps that are shown (last_fifth), 0 % come later.", False),
        (4, "all", "and 84 % of the steps", True),
        (4, "frozen", "after 4 epochs of 25; what is shown is of these weights.", False),
    ],
)
def test_steps_are_late_by_how_many_of_them_come_after_the_best_epoch(best, window, expected, late):
    sentence = scores_finding(scores([best]), window, None).sentence
    assert expected in sentence and "With the best weights" not in sentence
    assert ("may mislead" in sentence) == late


def test_tasks_without_a_score_are_counted():
    some = scores(values=(0.6, np.nan, 0.9))
    assert "0.76 in the median over 2 tasks of 3 that have one" in scores_finding(some, "all", None).sentence
    none = scores(values=[np.nan] * 3).assign(status="one class only")
    sentence = scores_finding(none, "all", None).sentence
    assert sentence.startswith("How well the networks predict held-out compounds is not known: one class only. On")


def test_scores_are_those_of_networks_for_all_tasks_with_all_labels():
    others = [{"encoder": "cnn"}, {"view": "shuffled-1"}, {"trained": "a+b"}, {"rows": "validation"}]
    table = pd.concat([scores(), *(scores().assign(**other) for other in others)], ignore_index=True)
    assert len(scores_of_all(table, "gcn")) == len(scores())
