"""What follows from the configuration alone: the jobs of each rule, the trainings, and the limits on both.

Light on purpose: the workflow asks it while planning.
"""

from __future__ import annotations

from collections import Counter

from mtlcurves import outputs
from mtlcurves.study import Study

DATA_RULES = (
    "read_source",
    "standardise_molecules",
    "make_labels",
    "assign_scaffolds",
    "assign_folds",
    "compute_fingerprints",
    "describe_dataset",
)
# cores that a job may use, where it is more than one
THREADS = {"standardise_molecules": 8, "assign_scaffolds": 8, "compute_fingerprints": 8, "compare_forms": 4}
RULE_OF_TABLE = {
    "form_ranking": "compare_forms",
    "curves": "fit_curves",
    "transfer": "fit_transfer",
    "arm_effects": "compare_arms",
    "parameter_change": "compare_parameters",
}


def stage_of(rule: str) -> str:
    """Name the stage of a rule: data, trainings, curves or figures."""
    if rule == "train_bundle":
        return "trainings"
    if rule in (*DATA_RULES, "check_folds", "check_limits"):
        return "data"
    return "figures" if rule.startswith("plot_") or rule == "build_report" else "curves"


def other_jobs(study: Study) -> dict[str, int]:
    """Count the jobs that do not train, by rule, from the data to the report; a source's download left out."""
    jobs = dict.fromkeys(DATA_RULES, 1)
    jobs["check_folds"] = len({recipe.split for recipe in study.recipes.values()})
    jobs |= {"check_limits": 1, "gather_grid_points": 1}
    tables = outputs.tables(study)
    if "curves" in tables:
        jobs["average_scores"] = 1
    jobs |= {rule: 1 for table, rule in RULE_OF_TABLE.items() if table in tables}
    jobs |= {f"plot_{figure}": 1 for figure in outputs.figures(study)}
    return jobs | {"compare_estimate": 1, "build_report": 1}


def refusals(study: Study) -> list[str]:
    """Say which limits the plan exceeds, of those that need no estimate: key, plan, limit, and what helps."""
    limits = study.config.limits
    bundles = Counter((bundle.recipe, bundle.arm) for bundle in study.bundles)
    found = []
    n_jobs = bundles.total() + sum(other_jobs(study).values())
    if limits.jobs is not None and n_jobs > limits.jobs:
        found.append(
            f"limits.jobs: the study has {n_jobs:,} jobs ({_largest(bundles)}), {limits.jobs:,} are allowed; more "
            "trainings to a job (bundles), or fewer of them (grid), make it smaller"
        )
    trainings: Counter[tuple[str, str]] = Counter()
    for bundle in study.bundles:
        trainings[bundle.recipe, bundle.arm] += len(bundle.allocations)
    if limits.trainings is not None and trainings.total() > limits.trainings:
        found.append(
            f"limits.trainings: the study has {trainings.total():,} trainings ({_largest(trainings)}), "
            f"{limits.trainings:,} are allowed; fewer rotations, sizes, auxiliaries or recipes make it smaller"
        )
    return found


def _largest(counts: Counter[tuple[str, str]]) -> str:
    """Name what contributes most: ``main augmented 19,280, main stl 21,690``."""
    return ", ".join(f"{recipe} {arm} {n:,}" for (recipe, arm), n in counts.most_common(3))
