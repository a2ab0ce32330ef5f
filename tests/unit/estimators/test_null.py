"""P-values calibrated on labels that say nothing."""

import numpy as np
import pandas as pd
from mtlcurves.estimators.null import calibrated, null_scale
from scipy import stats


def nulls(width, n=400):
    t = width * np.random.default_rng(1).normal(size=n)
    return pd.DataFrame({"p": 2 * stats.norm.sf(np.abs(t)), "freedom": 1e6})


def test_scale_is_the_width_of_the_nulls_whatever_a_few_do():
    assert abs(null_scale(nulls(1.0)) - 1) < 0.1
    assert abs(null_scale(nulls(1.8)) - 1.8) < 0.2
    harmed = nulls(1.0)
    harmed.loc[:20, "p"] = 1e-12
    assert abs(null_scale(harmed) - 1) < 0.15
    assert np.isnan(null_scale(nulls(1.0, n=5)))


def test_calibrated_nulls_are_uniform_and_never_made_more_significant():
    wide = nulls(1.8)
    p = calibrated(wide.p.to_numpy(), wide.freedom.to_numpy(), null_scale(wide))
    assert (p < 0.05).mean() < 0.08 < (wide.p < 0.05).mean()
    assert (p >= wide.p).all()
    narrow = nulls(0.5)
    np.testing.assert_allclose(calibrated(narrow.p.to_numpy(), np.full(400, 1e6), 0.5), narrow.p, rtol=1e-6)
