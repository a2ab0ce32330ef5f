"""Whether known groups of tasks come back from the similarity of their gradients, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import count_text, plural
from mtlcurves.reporting.rows import rows_with
from mtlcurves.reporting.style import signed
from mtlcurves.reporting.words import listed, p_value

LINKAGE = "average"  # the published one


def recovery_finding(recovery: pd.DataFrame, significance: float) -> Finding:
    """Say of every partition whether clusters of tasks with similar gradients are its groups.

    Parameters
    ----------
    recovery : pandas.DataFrame
        Rows of table ``pathway_recovery`` of one similarity.
    significance : float
        P-value below which groups that come back are told from chance.
    """
    own = rows_with(recovery, linkage=LINKAGE)
    known = own[own["ari"].notna()]
    unknown = [f"{row['partition']} ({row['status']})" for _, row in own[own["ari"].isna()].iterrows()]
    untested = f"Whether they are those of {'; '.join(unknown)} could not be tested." if unknown else ""
    if known.empty:
        return Finding(
            f"Whether reference groups come back from gradients could not be tested: {listed(unknown)}."
        )
    parts = [
        f"{signed(row['ari'], 2)} (P {p_value(row['ari_p'])}) with the {plural(int(row['n_clusters']), 'group')} "
        f"of {row['partition']}, which {_verdict(row, significance)}"
        for _, row in known.iterrows()
    ]
    sentence = (
        f"Clusters of {count_text(known['n_tasks'], 'task')} by the similarity of their gradients have an "
        f"adjusted Rand index (0 by chance, 1 the same groups) of {'; '.join(parts)}."
    )
    return Finding(" ".join(filter(None, [sentence, untested])), _detail(recovery, known))


def _verdict(row: pd.Series, significance: float) -> str:
    if not row["ari_p"] < significance:
        return "are not found to come back"
    return "come back whole" if np.isclose(row["ari"], 1) else "come back in part"


def _detail(recovery: pd.DataFrame, known: pd.DataFrame) -> str:
    scores = [
        f"{row['partition']} AMI {signed(row['ami'], 2)} (P {p_value(row['ami_p'])}), NMI {row['nmi']:.2f} where "
        f"chance alone has {row['nmi_of_chance']:.2f}"
        for _, row in known.iterrows()
    ]
    others = [
        f"{linkage} {listed([signed(ari, 2) for ari in rows['ari']])}"
        for linkage, rows in recovery[recovery["ari"].notna()].groupby("linkage", sort=False)
        if linkage != LINKAGE
    ]
    linkages = f" ARI by other linkages: {'; '.join(others)}." if others else ""
    return (
        f"One clustering ({LINKAGE} linkage), so without interval; P by random clusters of the same sizes, not "
        f"corrected for the number of partitions. Beside it: {'; '.join(scores)}.{linkages}"
    )
