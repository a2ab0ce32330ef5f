"""What a study will cost: its jobs, trainings, hours, memory and disk, rule by rule."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mtlcurves import outputs
from mtlcurves.estimate.calibration import Calibration
from mtlcurves.estimate.plan import DATA_RULES, THREADS, other_jobs, stage_of, training_rule
from mtlcurves.estimate.timed import Trainings, encoder_job_seconds, job_seconds
from mtlcurves.schemas import SCHEMAS
from mtlcurves.study import Study
from mtlcurves.training import needs

# Bytes, as the tables of grid points were found to have them: a job's table with its log and benchmark, and a row
# of it, which stands in the table of all grid points too.
JOB_BYTES, ROW_BYTES = 32_000, 2 * 33
PAGE_BYTES = 1_000_000  # a figure with its png, or its share of the report
HEAVY = ("plot_epochs", "plot_run_time", "average_scores", "compare_arms", "compare_parameters")


@dataclass(frozen=True)
class Size:
    """What rules that do not train work on.

    Curves and their points, pairs of tasks, rows of grid points; rows of logged affinities, and the seconds of a
    training that logs them.
    """

    curves: int
    points: int
    pairs: int
    rows: int
    affinities: int = 0
    logging_seconds: float = 0.0


def share(rule: str, size: Size) -> float:
    """Seconds of processor time of a rule that does not train, as found on a 3 GHz core of 2023."""
    if rule == "compare_forms":
        # every form is fitted to all points and to the first of them; a form needs more points than coefficients
        return 2.0 + (6.0 + 0.014 * size.curves) * min(1.0, max(0, size.points - 3) / 6)
    if rule == "fit_transfer":
        return 2.5 + 0.0002 * size.pairs + 1e-6 * size.rows
    if rule == "log_affinity":
        return 3.0 + size.logging_seconds
    if rule == "gather_affinity":
        return 2.0 + 4e-6 * size.affinities
    if rule == "compare_transfer":
        return 7.0 + 0.0036 * size.pairs
    if rule == "build_report":
        return 6.0 + 1e-6 * size.rows
    if rule == "predict_gains":
        return 120.0  # small networks of its own
    start = 3.0 if rule.startswith("plot_") else 2.0
    return start + (1e-6 * size.rows if rule in HEAVY else 2e-6 * size.rows * (rule == "gather_grid_points"))


def estimate(
    study: Study,
    trainings: Trainings,
    calibration: Calibration,
    measured: pd.Series[float],
    dataset_bytes: int,
) -> pd.DataFrame:
    """Estimate a study.

    Parameters
    ----------
    study : Study
        The study.
    trainings : Trainings
        Its trainings with their times.
    calibration : Calibration
        What jobs take.
    measured : pandas.Series
        Core-seconds by rule, of those that prepared the data.
    dataset_bytes : int
        Size of the data set.

    Returns
    -------
    pandas.DataFrame
        Schema ``estimate``.
    """
    size = size_of(study, trainings.grid)
    jobs = other_jobs(study)
    prepared = [rule for rule in DATA_RULES if rule in jobs]
    rows = [_row(rule, jobs.pop(rule), float(measured.get(rule, np.nan)), "measured") for rule in prepared]
    rows[-1]["disk_mb"] = dataset_bytes / 1e6
    rows += [
        _training_row(study, str(recipe), str(arm), part, calibration)
        for (recipe, arm), part in trainings.grid.groupby(["recipe", "arm"], sort=False)
    ]
    rows += [
        _encoder_row(study, str(rule), jobs.pop(str(rule)), part, calibration)
        for rule, part in trainings.encoders.groupby("rule", sort=False)
    ]
    rows += [_row(rule, n, n * share(rule, size), "typical") for rule, n in jobs.items()]
    return pd.DataFrame(rows)[list(SCHEMAS["estimate"].columns)]


def size_of(study: Study, trainings: pd.DataFrame) -> Size:
    """Count what the rules that do not train work on."""
    metrics, n_tasks = len(study.config.curves.metrics), len(study.tasks)
    rotations = len(study.rotations) + 1  # each one's curve, and the mean curve
    pairs = (
        (recipe, arm, subset)
        for recipe in study.recipes
        for arm in outputs.REFERENCE_ARMS
        for subset in outputs.subsets_of(study, recipe, arm)
    )
    curved = sum(len(study.subsets[subset or "all"]) for _, _, subset in pairs)
    rows = int((trainings["n_tasks"] * trainings["scored"]).sum())
    return Size(
        curves=curved * metrics * rotations,
        points=len(study.sizes),
        pairs=n_tasks * (n_tasks - 1) * metrics,
        rows=rows,
        affinities=len(study.affinity_logs) * n_tasks * (n_tasks + 1),
        logging_seconds=_logging_seconds(study, trainings) if study.affinity_logs else 0.0,
    )


def _logging_seconds(study: Study, trainings: pd.DataFrame) -> float:
    """Mean over the jobs that log affinities; their trainings are those of the multi-task arm, at any size."""
    own = trainings[trainings[["recipe", "arm", "kind"]].eq(["main", "mtl", "complete"]).all(axis=1)]
    sizes = [
        study.bundles[bundle].allocations[member].size
        for bundle, member in own[["bundle", "member"]].itertuples(index=False)
    ]
    per_fold = own["labels"].sum() / sum(sizes)
    rows = (min(per_fold * size, needs.ROWS) for size, _ in study.affinity_logs)
    return float(np.mean([needs.logging_seconds(study, n_rows) for n_rows in rows]))


def _training_row(
    study: Study, recipe: str, arm: str, own: pd.DataFrame, calibration: Calibration
) -> dict[str, object]:
    jobs = job_seconds(own, calibration)
    rows = int((own["n_tasks"] * own["scored"]).sum())
    steps = own["epochs"].sum() * np.ceil(1 / study.recipes[recipe].batch_ratio - 1e-9)
    return {
        "stage": "trainings",
        "rule": training_rule(arm),
        "recipe": recipe,
        "arm": arm,
        "jobs": len(jobs),
        "trainings": len(own),
        "steps": int(steps),
        "training_seconds": own["seconds"].sum() + len(jobs) * calibration.job[0],
        "core_seconds": jobs.sum(),
        "longest_seconds": jobs.max(),
        "gpu_seconds": jobs.sum() if study.recipes[recipe].engine(study.config.backend) == "gpu" else 0.0,
        "memory_mb": calibration.memory_mb,
        "disk_mb": (JOB_BYTES * len(jobs) + ROW_BYTES * rows) / 1e6,
        "basis": "timed",
    }


def _encoder_row(
    study: Study, rule: str, n_jobs: int, own: pd.DataFrame, calibration: Calibration
) -> dict[str, object]:
    jobs = encoder_job_seconds(own)
    pairs = len(study.tasks) * (len(study.tasks) - 1) // 2
    # similarities of every epoch, of halves of it, too; scores by two metrics on two folds
    rows = int((3 * pairs * own["epochs"] * own["is_logged"] + 4 * own["n_tasks"]).sum())
    return dict.fromkeys(SCHEMAS["estimate"].columns) | {
        "stage": stage_of(rule),
        "rule": rule,
        "jobs": n_jobs,
        "trainings": len(own),
        "steps": int(own["steps"].sum()),
        "training_seconds": own["seconds"].sum(),
        # a job of groups that are all trained by others still starts
        "core_seconds": jobs.sum() + (n_jobs - len(jobs)) * jobs.min(),
        "longest_seconds": jobs.max(),
        "gpu_seconds": 0.0,
        "memory_mb": max(t.memory_mb for t in calibration.encoders),
        "disk_mb": (JOB_BYTES * n_jobs + ROW_BYTES * rows) / 1e6,
        "basis": "timed",
    }


def _row(rule: str, jobs: int, seconds: float, basis: str) -> dict[str, object]:
    """Row of a rule that does not train."""
    row: dict[str, object] = dict.fromkeys(SCHEMAS["estimate"].columns)
    stage = stage_of(rule)
    longest = seconds / jobs / min(THREADS.get(rule, 1), os.cpu_count() or 1)
    return row | {
        "stage": stage,
        "rule": rule,
        "jobs": jobs,
        "core_seconds": seconds,
        "longest_seconds": longest,
        "gpu_seconds": 0.0,
        "disk_mb": PAGE_BYTES / 1e6 if stage == "figures" else 0.0,
        "basis": basis,
    }


UNITS = {"core_hours": ("core_seconds", 3600), "gpu_hours": ("gpu_seconds", 3600), "disk_gb": ("disk_mb", 1000)}


def totals(table: pd.DataFrame) -> dict[str, float]:
    """Sum an estimate up in the units of the configuration's limits."""
    return {key: float(table[column].sum()) / size for key, (column, size) in UNITS.items()}


def most(table: pd.DataFrame) -> dict[str, str]:
    """Name what contributes most to each of the totals, with its share."""
    found = {}
    for key, (column, _) in UNITS.items():
        row = max(table.to_dict("records"), key=lambda row: row[column] if row[column] > 0 else 0.0)
        what = f"{row['recipe']} {row['arm']}" if isinstance(row["arm"], str) else str(row["rule"])
        found[key] = f"{what}, {row[column] / (table[column].sum() or 1):.0%}"
    return found
