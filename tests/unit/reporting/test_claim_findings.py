"""What the report says of the papers' numbers: how many come out the same, and which do not."""

import pandas as pd
from mtlcurves.reporting.claim_findings import claims_findings


def claimed(verdict, published=0.65, found=0.3):
    return {"paper": "P2 Table 1", "claim": "r", "published": published, "found": found, "verdict": verdict}


def test_published_numbers_are_counted_by_their_verdict():
    verdicts = ["undecided", "not reproduced", "reproduced", "there, but weaker", "reproduced", "not measured"]
    (finding,) = claims_findings(pd.DataFrame(map(claimed, verdicts)))
    assert finding.sentence == (
        "Of 5 numbers that the papers publish of these data and this study measured, 2 are reproduced; 1 is "
        "there, but weaker; 1 is not reproduced; 1 is undecided."
    )
    assert finding.detail.startswith("Not reproduced: r (+0.65 in P2 Table 1, here +0.30). Verdicts are of")


def test_of_numbers_that_were_not_measured_nothing_is_said():
    assert claims_findings(pd.DataFrame([claimed("not measured")])) == []
