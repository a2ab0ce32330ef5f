"""What the report says of reference groups: whether they come back, by a score that chance does not raise."""

import numpy as np
import pandas as pd
from mtlcurves.reporting.recovery_findings import recovery_finding


def cut(partition, n_clusters, ari, p, linkage="average", **cells):
    row = {"partition": partition, "n_clusters": n_clusters, "ari": ari, "ari_p": p, "linkage": linkage}
    row |= {"ami": ari + 0.02, "ami_p": p, "nmi": 0.87, "nmi_of_chance": 0.85, "n_tasks": 12, "status": "ok"}
    return row | cells


def said(*rows):
    finding = recovery_finding(pd.DataFrame(rows), 0.05)
    assert "nan" not in finding.sentence + finding.detail
    return finding


def test_each_partition_has_its_index_and_verdict():
    finding = said(
        cut("broad", 2, -0.04, 0.7), cut("detailed", 9, 1.0, 0.001), cut("mechanistic", 5, 0.4, 0.02),
        cut("broad", 2, 0.18, 0.1, "complete"), cut("detailed", 9, 1.0, 0.001, "ward"),
    )  # fmt: skip
    assert finding.sentence == (
        "Clusters of 12 tasks by the similarity of their gradients have an adjusted Rand index (0 by chance, 1 "
        "the same groups) of \N{MINUS SIGN}0.04 (P 0.700) with the 2 groups of broad, which are not found to come "
        "back; +1.00 (P 0.001) with the 9 groups of detailed, which come back whole; +0.40 (P 0.020) with the 5 "
        "groups of mechanistic, which come back in part."
    )
    assert "NMI 0.87 where chance alone has 0.85" in finding.detail
    assert finding.detail.endswith("ARI by other linkages: complete +0.18; ward +1.00.")


def test_what_cannot_be_tested_is_said_with_the_reason():
    lost = cut("broad", 1, np.nan, np.nan, status="the partition has one group, or none of several tasks")
    both = said(cut("detailed", 9, 0.5, 0.2), lost).sentence
    assert both.endswith("Whether they are those of broad (the partition has one group, or none of several tasks) "
                         "could not be tested.")  # fmt: skip
    assert said(lost).sentence == (
        "Whether reference groups come back from gradients could not be tested: broad (the partition has one "
        "group, or none of several tasks)."
    )
