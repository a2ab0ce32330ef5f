"""Why there is no number: what tables say in their column ``status`` beside numbers that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

OK = "ok"


def commonest(status: pd.Series) -> str:
    """Return the reason that most rows give, and how many other reasons there are; empty where all are ok.

    A reason that every row gives stands alone: it may itself say how many of something it is true of.

    Parameters
    ----------
    status : pandas.Series
        Reasons, ok where there is a number.
    """
    reasons = status[status.notna() & (status != OK)].value_counts()
    if reasons.empty:
        return ""
    if reasons.iloc[0] == len(status):
        return str(reasons.index[0])
    others = len(reasons) - 1
    rest = f", and {others} other reason{'' if others == 1 else 's'}" if others else ""
    return f"{reasons.index[0]} ({reasons.iloc[0]} of {len(status)}){rest}"


def explained(status: str, **sides: pd.Series) -> str:
    """Add to the reason why two sides could not be compared why numbers of either side are missing.

    Parameters
    ----------
    status : str
        ok, or why there is no number; ok stays ok.
    **sides : pandas.Series
        Name of each side, and the column ``status`` of its pairs.
    """
    found = {name: commonest(own) for name, own in sides.items()} if status != OK else {}
    causes = [f"{name}: {reason}" for name, reason in found.items() if reason]
    return f"{status}; {'; '.join(causes)}" if causes else status
