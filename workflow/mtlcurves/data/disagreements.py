"""Labels merged from values that disagree about the class."""

from __future__ import annotations

import logging

import pandas as pd

from mtlcurves.config import Labels
from mtlcurves.data.labels import is_active
from mtlcurves.data.measured import count_of
from mtlcurves.schemas import SCHEMAS

log = logging.getLogger(__name__)

KEYS = ["smiles", "task"]


def list_disagreements(
    values: pd.DataFrame, molecules: pd.DataFrame, labels: pd.DataFrame, settings: Labels
) -> pd.DataFrame:
    """List the labels that were merged from values of both classes.

    Such labels are kept: merging is what labels.merge asks for. Whoever doubts them finds them here; with merge:
    refuse they are no labels, and stand among what was left out. Where there are no classes there is none.

    Parameters
    ----------
    values, molecules, labels : pandas.DataFrame
        Schemas ``values``, ``molecules`` and ``labels``.
    settings : mtlcurves.config.Labels
        Threshold, and how the values were merged.

    Returns
    -------
    pandas.DataFrame
        Schema ``disagreements``, in the order of `labels`.
    """
    several = labels[(labels["n_values"] > 1) & labels["label"].notna()]
    spelled = molecules.rename(columns={"smiles": "given", "canonical_smiles": "smiles"})[["given", "smiles"]]
    given = values.rename(columns={"smiles": "given", "value": "found"}).merge(spelled, on="given")
    given = given.merge(several, on=KEYS).sort_values([*KEYS, "found"], ignore_index=True)
    if settings.threshold is None:
        given = given[given["found"].isin([0, 1])]
    both = is_active(given["found"], settings).groupby([given[key] for key in KEYS]).transform("nunique") > 1
    listed = (
        given[both]
        .groupby(KEYS, as_index=False, sort=True)
        .agg(
            compound=("compound", lambda ids: "; ".join(sorted(set(map(str, ids))))),
            values=("found", lambda found: "; ".join(map("{:g}".format, found))),
            value=("value", "first"),
            label=("label", "first"),
        )
    )
    sides = "values of both classes" if settings.threshold is None else "values on both sides of the threshold"
    listed["reason"] = f"{sides}; {settings.merge} taken"
    for task, n in listed["task"].value_counts().items():
        log.info("task %r: %s merged from %s", task, _labels_were(n), sides)
    return listed.reindex(columns=list(SCHEMAS["disagreements"].columns))


def count_disagreements(disagreements: pd.DataFrame) -> list[str]:
    """Say in words how many labels of each task were merged from values of both classes."""
    counts = disagreements["task"].value_counts()
    return [f"task {task!r}: {_labels_were(n)} merged from values of both classes" for task, n in counts.items()]


def _labels_were(count: int) -> str:
    return f"{count_of(count, 'label')} {'was' if count == 1 else 'were'}"
