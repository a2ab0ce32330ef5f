"""Why there is no number, from the reasons beside numbers that are missing."""

import pandas as pd
from mtlcurves.reasons import commonest, explained

FEW, ONE = "fewer than 20 shared compounds", "one class only of a"


def test_the_commonest_reason_is_counted_and_others_are_not_hidden():
    assert commonest(pd.Series(["ok", FEW, FEW, ONE])) == f"{FEW} (2 of 4), and 1 other reason"
    assert commonest(pd.Series([FEW, FEW])) == FEW
    assert commonest(pd.Series(["ok", "ok"])) == commonest(pd.Series([], dtype=object)) == ""


def test_a_comparison_names_the_side_that_lacks_numbers():
    known, few = pd.Series(["ok"]), pd.Series([FEW, "ok"])
    assert explained("0 tasks", gradients=few, labels=known) == f"0 tasks; gradients: {FEW} (1 of 2)"
    assert explained("0 tasks", gradients=known) == "0 tasks"
    assert explained("ok", gradients=few) == "ok"
