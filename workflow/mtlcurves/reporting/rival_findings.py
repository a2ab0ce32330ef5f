"""What else tells relations between tasks, and what gradients tell where they are known, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mtlcurves.reasons import commonest
from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.rows import rows_with
from mtlcurves.reporting.style import signed
from mtlcurves.reporting.sweep_findings import change_finding
from mtlcurves.reporting.words import among_these, correlation_text

SIMULATED = {
    "thinned": ("On simulated tasks whose labels are taken away at random", "of the labels"),
    "core": ("On simulated tasks that keep their number of labels and share fewer compounds", "Jaccard overlap"),
}
LEARNT = (
    " Below 0: networks that go on until they know their labels by heart turn the sign, as what is left to learn "
    "of like tasks is opposite (docs/gradients.md)."
)
BESIDE = {
    "designed": "the designed cosines, from which the drawn ones differ",
    "size of the realised": "the cosines' size, as gradients do not see the sign",
}
"""Other truths of simulated tasks, in words."""
FORMS = {
    "published": "in its published form (a network for each task)",
    "fair": "in its fair form (one trunk for all)",
}


def task2vec_finding(
    task2vec: pd.DataFrame, gradients: pd.Series | None, labels: str, significance: float
) -> Finding:
    """Say whether Task2Vec's similarities go with correlated labels, beside what gradients have.

    Parameters
    ----------
    task2vec : pandas.DataFrame
        Rows of table ``task2vec_and_correlation`` of one correlation of labels.
    gradients : pandas.Series, optional
        Row of table ``similarity_and_correlation`` that has the same of gradients.
    labels : str
        Whose labels: "held-out labels".
    significance : float
        P-value below which something is told from nothing.
    """
    known = task2vec[task2vec["pearson"].notna()]
    what = f"Task2Vec's similarities and the correlation of {labels}"
    if known.empty:
        reason = commonest(task2vec["status"]) or "there is no such number"
        return Finding(f"Whether {what} go together could not be tested: {reason}.")
    parts = [
        f"{correlation_text(row)} {FORMS[row['form']]}, {_verdict(row, significance)}"
        for _, row in known.iterrows()
    ]
    sentence = f"Over {plural(int(known['n_pairs'].max()), 'pair')}, {what} have {'; '.join(parts)}."
    if gradients is None or not np.isfinite(gradients["pearson"]):
        return Finding(sentence, "P by permutation of tasks, interval from resampled ones.")
    return Finding(
        f"{sentence} Gradients have {correlation_text(gradients)}.",
        "P by permutation of tasks, interval from resampled ones. Whether one tells more than the other is not "
        "tested: where their intervals overlap it is open.",
    )


def _verdict(row: pd.Series, significance: float) -> str:
    if not row["pearson_p"] < significance:
        return "not found to go together"
    way = "tell how tasks are related" if row["pearson"] > 0 else "run against it"
    return f"which {way}{among_these(row['pearson_low'], row['pearson_high'])}"


def synthetic_findings(synthetic: pd.DataFrame, significance: float) -> list[Finding]:
    """Say how far gradients tell the known relations of simulated tasks, and what fewer labels leave of it.

    Parameters
    ----------
    synthetic : pandas.DataFrame
        Rows of table ``synthetic_similarity`` of one window.
    significance : float
        P-value below which something is told from nothing.
    """
    what = "the similarity of gradients with the cosine of the tasks' true weights"
    found = []
    for arm in (name for name in SIMULATED if name in set(synthetic["arm"])):
        own = rows_with(synthetic, arm=arm)
        finding = change_finding(rows_with(own, truth="realised"), SIMULATED[arm], what, significance)
        beside = "".join(_beside(rows_with(own, truth=truth), words) for truth, words in BESIDE.items())
        drawn = rows_with(own, truth="realised")
        turned = ((drawn["pearson"] < 0) & (drawn["pearson_p"] < significance)).any()
        found.append(Finding(finding.sentence, f"{finding.detail}{beside}{LEARNT if turned else ''}".strip()))
    return found


def _beside(rows: pd.DataFrame, what: str) -> str:
    """Give both ends of the levels for another truth; empty where it has no number."""
    means = rows.groupby("level")["pearson"].mean().dropna()
    ends = dict.fromkeys(signed(means.iloc[place], 2) for place in (-1, 0)) if len(means) else ()
    return f" With {what}: {' to '.join(ends)}." if ends else ""
