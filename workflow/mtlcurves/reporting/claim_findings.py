"""What the papers claim of a study's data and what it found, in words: how many numbers come out the same."""

from __future__ import annotations

import pandas as pd

from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.rows import rows_with
from mtlcurves.reporting.similarity_tables import measured_claims
from mtlcurves.reporting.style import signed
from mtlcurves.reporting.words import are

NOT_REPRODUCED = "not reproduced"
VERDICTS = ("reproduced", "there, but stronger", "there, but weaker", NOT_REPRODUCED, "undecided")


def claims_findings(claims: pd.DataFrame) -> list[Finding]:
    """Count the published numbers by what the study's intervals say of them, and name those it does not find.

    Parameters
    ----------
    claims : pandas.DataFrame
        Table ``claims``; of numbers that were not measured nothing is said.
    """
    measured = measured_claims(claims)
    if measured.empty:
        return []
    counts = [(verdict, int((measured["verdict"] == verdict).sum())) for verdict in VERDICTS]
    parts = [f"{count} {are(count)} {verdict}" for verdict, count in counts if count]
    sentence = (
        f"Of {plural(len(measured), 'number')} that the papers publish of these data and this study measured, "
        f"{'; '.join(parts)}."
    )
    lost = [
        f"{row['claim']} ({signed(row['published'], 2)} in {row['paper']}, here {signed(row['found'], 2)})"
        for _, row in rows_with(measured, verdict=NOT_REPRODUCED).iterrows()
    ]
    named = f"Not reproduced: {'; '.join(lost)}. " if lost else ""
    return [
        Finding(
            sentence,
            f"{named}Verdicts are of the 95 % intervals (table of claims). Several numbers are of one thing, such "
            "as r and rho of the same pairs, so they do not count as so many tests.",
        )
    ]
