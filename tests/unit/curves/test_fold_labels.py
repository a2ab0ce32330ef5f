"""Labels of a fold, read off weights of a label and of a fold."""

import numpy as np
import pandas as pd
from mtlcurves.curves.fold_labels import fold_labels


def test_a_weight_of_0_has_the_labels_that_other_weights_of_its_auxiliary_tell():
    rows = [
        ("a", 1.0, 10.0),
        ("a", 0.0, 0.0),
        ("a", -2.0, -20.0),
        ("b", 0.0, 0.0),
        (None, 1.0, 5.0),
        (None, 0.0, 0.0),
    ]
    weights = pd.DataFrame(rows, columns=["auxiliary", "value", "per_fold"])
    np.testing.assert_array_equal(fold_labels(weights), [10, 10, 10, np.nan, 5, np.nan])
    weights.loc[0, ["value", "per_fold"]] = np.nan  # no weight at all: others tell the labels even so
    np.testing.assert_array_equal(fold_labels(weights)[:3], [10, 10, 10])
