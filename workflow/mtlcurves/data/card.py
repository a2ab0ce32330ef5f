"""The data card: what is left after every step, for people and for the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mtlcurves.data.disagreements import count_disagreements
from mtlcurves.data.folds import SPLITS, fold_sizes
from mtlcurves.data.labels import has_classes
from mtlcurves.data.usability import scarce_classes
from mtlcurves.provenance import digest, versions
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import read_table


def gather_rejected(paths: Iterable[Path | str]) -> pd.DataFrame:
    """Concatenate the lists of what each step left out (schema ``rejected``)."""
    kinds = {name: column.dtype for name, column in SCHEMAS["rejected"].columns.items()}
    return pd.concat([read_table(path).astype(kinds) for path in paths], ignore_index=True)


def data_card(
    tables: Mapping[str, pd.DataFrame], fingerprints: Any, rejected: pd.DataFrame, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Count what is left after every step of the data stage.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        values, molecules, scaffolds, labels, disagreements, compounds and tasks, each of the schema of that name.
    fingerprints : scipy.sparse.csr_array
        Fingerprints of the compounds.
    rejected : pandas.DataFrame
        All that was left out (schema ``rejected``).
    settings : dict
        The study's name, the source's kind, and the sections molecules, labels, folds and fingerprints.

    Returns
    -------
    dict
        Plain numbers, texts, lists and dicts.
    """
    values, labels, tasks = tables["values"], tables["labels"], tables["tasks"]
    doubtful, count = tables["disagreements"], settings["folds"]["count"]
    measured = values[values["task"].isin(tasks["task"])]
    return {
        "study": settings["study"],
        "source": {"kind": settings["source"], **_extent(values)},
        "study_tasks": _extent(measured),
        "structures": _structures(tables["molecules"], rejected, settings["molecules"]),
        "labels": {
            **_labels(labels, rejected, settings["labels"], len(tables["compounds"]) * len(tasks)),
            "labels_of_values_of_both_classes": len(doubtful),
        },
        "compounds": _compounds(tables["compounds"], tables["scaffolds"]),
        "folds": {
            **settings["folds"],
            **{f"compounds_by_{split}": fold_sizes(tables["compounds"], split, count) for split in SPLITS},
        },
        "fingerprints": {**settings["fingerprints"], **_bits(fingerprints)},
        "rejected": _reasons(rejected),
        "notes": [*scarce_classes(tasks, count), *count_disagreements(doubtful)],
        "tasks": _tasks(tasks),
        "versions": versions("rdkit", "numpy", "pandas", "scipy"),
        "digest": digest(*(f"{row.task} {row.digest}" for row in tasks.itertuples())),
    }


def _extent(values: pd.DataFrame) -> dict[str, int]:
    return {
        "values": len(values),
        "compounds": int(values["compound"].nunique()),
        "structures": int(values["smiles"].nunique()),
        "tasks": int(values["task"].nunique()),
    }


def _structures(molecules: pd.DataFrame, rejected: pd.DataFrame, settings: Mapping[str, Any]) -> dict[str, Any]:
    refused = rejected[rejected["step"] == "standardise_molecules"]
    too_large = refused["reason"].str.contains("heavy atoms", regex=False) & (
        refused["reason"] != "no heavy atoms"
    )
    return {
        **settings,
        "read": len(molecules) + len(refused),
        "rejected_too_large": int(too_large.sum()),
        "rejected_otherwise": int((~too_large).sum()),
        "kept": len(molecules),
        "distinct_compounds": int(molecules["canonical_smiles"].nunique()),
    }


def _labels(
    labels: pd.DataFrame, rejected: pd.DataFrame, settings: Mapping[str, Any], cells: int
) -> dict[str, Any]:
    return {
        **settings,
        "values_merged": int(labels["n_values"].sum()),
        "labels": len(labels),
        "labels_of_several_values": int((labels["n_values"] > 1).sum()),
        "active_labels": int((labels["label"] == 1).sum()) if has_classes(labels) else None,
        "inactive_labels": int((labels["label"] == 0).sum()) if has_classes(labels) else None,
        "rejected": int((rejected["step"] == "make_labels").sum()),
        "missing_share": _rounded(1 - len(labels) / max(cells, 1)),
    }


def _tasks(tasks: pd.DataFrame) -> list[dict[str, Any]]:
    """List the tasks; what needs classes is null where there are none."""
    columns = tasks[["task", "name", "family", "n", "n_active", "prevalence"]].astype(object)
    rows = columns.where(columns.notna(), None).to_dict(orient="records")
    return [{str(name): cell for name, cell in row.items()} for row in rows]


def _compounds(compounds: pd.DataFrame, scaffolds: pd.DataFrame) -> dict[str, Any]:
    acyclic = scaffolds.loc[scaffolds["murcko"] == "", "smiles"]
    several = int((compounds["n_labels"] > 1).sum())
    return {
        "compounds": len(compounds),
        "scaffolds": int(compounds["scaffold"].nunique()),
        "compounds_of_largest_scaffold": int(compounds["scaffold"].value_counts().max()),
        "acyclic": int(compounds["smiles"].isin(acyclic).sum()),
        "in_several_tasks": several,
        "in_several_tasks_share": _rounded(several / len(compounds)),
    }


def _bits(fingerprints: Any) -> dict[str, Any]:
    bits = np.diff(fingerprints.indptr)
    return {
        "mean_bits": _rounded(bits.mean()),
        "median_bits": float(np.median(bits)),
        "columns_used": len(np.unique(fingerprints.indices)),
    }


def _reasons(rejected: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count what each step left out by reason; what RDKit said about a structure follows a colon and is cut."""
    reasons = rejected.assign(reason=rejected["reason"].str.split(":").str[0])
    return {
        str(step): {str(reason): int(n) for reason, n in group["reason"].value_counts().items()}
        for step, group in reasons.groupby("step")
    }


def _rounded(number: float) -> float:
    return round(float(number), 4)
