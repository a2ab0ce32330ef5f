"""Logs of single trainings, as later steps read them."""

from __future__ import annotations

import pandas as pd


def with_enough_batches(log: pd.DataFrame, min_batches: int) -> pd.DataFrame:
    """Blank the similarities of pairs that too few logged batches have labels of both for.

    The trainings keep them, so that another minimum trains nothing again.

    Parameters
    ----------
    log : pandas.DataFrame
        Table ``gradient_log``, as trainings write it.
    min_batches : int
        Logged batches that a pair needs.
    """
    few = log["n_batches"] < min_batches
    needed = f"fewer than {min_batches} logged batches with labels of both"
    return log.assign(
        similarity=log["similarity"].mask(few),
        standard_error=log["standard_error"].mask(few),
        status=log["status"].mask(few, needed),
    )
