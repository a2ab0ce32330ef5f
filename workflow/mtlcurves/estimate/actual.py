"""What a study took, from its grid points and its jobs' benchmarks, beside what was estimated."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from mtlcurves.estimate.plan import STAGES, THREADS, stage_of, training_rule
from mtlcurves.gradient_runs import BENEFIT, GROUPS
from mtlcurves.schemas import SCHEMAS

NEEDED = ["recipe", "arm", "allocation", "rotation", "replicate", "seconds"]
KEYS = ["stage", "rule", "recipe", "arm"]
JOB = ["recipe", "arm", "rotation", "replicate"]
ENCODER_NEEDED = ["encoder", "rotation", "seed", "seconds", "training_id"]
ENCODER_JOB = ["rule", "encoder", "rotation", "seed"]
SETS_RULES = {BENEFIT: "train_benefit", GROUPS: "train_gradient_groups"}


def benchmark_seconds(path: Path) -> float:
    """Seconds of the job's last attempt; NaN for a benchmark that cannot be read."""
    try:
        return float(path.read_text(encoding="utf-8").splitlines()[1].split("\t")[0])
    except (OSError, IndexError, ValueError):
        return float("nan")


def folder_bytes(folder: Path) -> int:
    """Size of the files in a folder and those below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def rule_seconds(folder: Path, rules: Collection[str]) -> pd.DataFrame:
    """Sum up the benchmarks of rules that do not train.

    Parameters
    ----------
    folder : Path
        ``benchmarks/<study>``: one file ``<rule>.tsv``, or for each job a file ``<rule>-<wildcard>.tsv`` or one
        in the folder ``<rule>``.
    rules : collection of str
        Rules to look for.

    Returns
    -------
    pandas.DataFrame
        rule, jobs, core_seconds (times the cores that a job may use and the machine has); rules without a
        benchmark are absent.
    """
    rows = []
    for path in sorted(folder.rglob("*.tsv")):
        rule, *below = path.relative_to(folder).parts
        rule = rule if below else path.stem.split("-")[0]
        if rule in rules:
            cores = min(THREADS.get(rule, 1), os.cpu_count() or 1)
            rows.append((rule, benchmark_seconds(path) * cores))
    found = pd.DataFrame(rows, columns=["rule", "core_seconds"]).dropna()
    return (
        found.groupby("rule", sort=False)["core_seconds"]
        .agg(["size", "sum"])
        .reset_index()
        .set_axis(["rule", "jobs", "core_seconds"], axis=1)
    )


def training_jobs(folder: Path, points: pd.DataFrame) -> pd.DataFrame:
    """Sum up what each recipe's and arm's trainings and their jobs took.

    A benchmark holds a job's last attempt alone; the trainings of all its attempts are in the grid points, so of
    both sums, for each rotation and replicate, the larger one counts.
    """
    trainings = points.drop_duplicates(["recipe", "arm", "allocation", "rotation", "replicate"])
    inside = trainings.groupby(JOB, sort=False, observed=True)["seconds"].agg(["size", "sum"])
    rows = []
    for path in sorted(folder.glob("trainings/*/*/rotation-*/replicate-*/*.tsv")):
        recipe, arm, rotation, replicate = path.parts[-5:-1]
        at = (int(rotation.split("-")[1]), int(replicate.split("-")[1]))
        rows.append((recipe, arm, *at, benchmark_seconds(path)))
    jobs = pd.DataFrame(rows, columns=[*JOB, "seconds"]).groupby(JOB)["seconds"].agg(["size", "sum"])
    both = inside.set_axis(["trainings", "training_seconds"], axis=1).join(
        jobs.set_axis(["jobs", "core_seconds"], axis=1)
    )
    both["core_seconds"] = both[["training_seconds", "core_seconds"]].max(axis=1)
    table = both.fillna({"jobs": 0}).groupby(["recipe", "arm"], sort=False, observed=True).sum()
    table = table.reset_index()
    return table.assign(rule=table["arm"].astype(str).map(training_rule))


def encoder_jobs(folder: Path, scores: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Sum up what the trainings with encoders and their jobs took, by rule.

    Of a job that was killed and went on, all its trainings and its last attempt count, as of other jobs: of the
    sums of both, for each encoder, rotation and seed, the larger one.

    Parameters
    ----------
    folder : Path
        ``benchmarks/<study>``.
    scores : mapping of str to pandas.DataFrame
        Rules that train, each with the scores of all its trainings: at least the columns
        :data:`ENCODER_NEEDED`.
    """
    tables = [table.drop_duplicates("training_id").assign(rule=rule) for rule, table in scores.items()]
    if not tables:
        return pd.DataFrame(columns=["rule", "trainings", "training_seconds", "jobs", "core_seconds"])
    trained = pd.concat(tables, ignore_index=True).astype({"encoder": str})
    inside = trained.groupby(ENCODER_JOB, sort=False)["seconds"].agg(["size", "sum"])
    rows = []
    for path in sorted(folder.glob("gradients/*/*/rotation-*/**/*.tsv")):
        _, encoder, view, rotation, seed, *_ = path.relative_to(folder).with_suffix("").parts
        at = (int(rotation.split("-")[1]), int(seed.split("-")[1]))
        rows.append((SETS_RULES.get(view, "train_gradients"), encoder, *at, benchmark_seconds(path)))
    jobs = pd.DataFrame(rows, columns=[*ENCODER_JOB, "seconds"]).groupby(ENCODER_JOB)["seconds"]
    both = inside.set_axis(["trainings", "training_seconds"], axis=1).join(
        jobs.agg(["size", "sum"]).set_axis(["jobs", "core_seconds"], axis=1)
    )
    both["core_seconds"] = both[["training_seconds", "core_seconds"]].max(axis=1)
    return both.fillna({"jobs": 0}).groupby("rule", sort=False).sum().reset_index()


def beside_estimate(
    points: pd.DataFrame,
    scores: Mapping[str, pd.DataFrame],
    benchmarks: Path,
    rules: Collection[str],
    estimate: pd.DataFrame | None,
) -> pd.DataFrame:
    """Set what a study took beside its estimate.

    Parameters
    ----------
    points : pandas.DataFrame
        Table ``grid_points``, at least the columns :data:`NEEDED`; empty without a grid.
    scores : mapping of str to pandas.DataFrame
        Scores of trainings with encoders (:func:`encoder_jobs`).
    benchmarks : Path
        Folder with the study's benchmarks.
    rules : collection of str
        The study's rules that do not train.
    estimate : pandas.DataFrame, optional
        Table ``estimate``, where one was made.

    Returns
    -------
    pandas.DataFrame
        Schema ``estimate_and_actual``. What has not run yet, the report at least, is absent.
    """
    others = rule_seconds(benchmarks, set(rules) - set(scores))
    parts = [training_jobs(benchmarks, points), encoder_jobs(benchmarks, scores), others]
    known = ["rule", "recipe", "arm", "jobs", "trainings", "training_seconds", "core_seconds"]
    actual = pd.concat([part for part in parts if len(part)], ignore_index=True).reindex(columns=known)
    actual["stage"] = actual["rule"].map(stage_of)
    columns = ["jobs", "trainings", "training_seconds", "core_seconds"]
    own = estimate if estimate is not None else pd.DataFrame(columns=[*KEYS, *columns])
    own = own[[*KEYS, *columns]].rename(columns={name: f"estimated_{name}" for name in columns})
    keys = {name: (actual[name].astype(object), own[name].astype(object)) for name in KEYS}
    left = actual.assign(**{name: pair[0].where(pair[0].notna(), "") for name, pair in keys.items()})
    right = own.assign(**{name: pair[1].where(pair[1].notna(), "") for name, pair in keys.items()})
    table = left.merge(right, on=KEYS, how="left")
    table[["recipe", "arm"]] = table[["recipe", "arm"]].replace("", None)
    numbers = table[[f"estimated_{name}" for name in columns] + columns].astype(float)
    table["training_ratio"] = numbers["estimated_training_seconds"] / numbers["training_seconds"]
    table["ratio"] = numbers["estimated_core_seconds"] / numbers["core_seconds"]
    table["place"] = table["stage"].map(STAGES.index)
    return table.sort_values("place", kind="stable")[list(SCHEMAS["estimate_and_actual"].columns)]
