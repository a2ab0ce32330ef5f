"""What follows from the configuration alone: the jobs of each rule, the trainings, and the limits on both.

Light on purpose: the workflow asks it while planning.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from mtlcurves import outputs
from mtlcurves.gradient_runs import GROUP_METHODS, benefit_sets, view_draws
from mtlcurves.gradients import needs as gradient_needs
from mtlcurves.grid import groups
from mtlcurves.sections import Limits
from mtlcurves.study import Study
from mtlcurves.training import needs

DATA_RULES = (
    "read_source",
    "standardise_molecules",
    "make_labels",
    "assign_scaffolds",
    "assign_folds",
    "plan_trainings",
    "compute_fingerprints",
    "describe_dataset",
)
# cores that a job may use, where it is more than one
THREADS = {"standardise_molecules": 8, "assign_scaffolds": 8, "compute_fingerprints": 8, "compare_forms": 4}
SIMILARITY_RULES = {
    "overlap": "describe_overlap",
    "task_correlation": "correlate_tasks",
    "gradient_similarity": "summarise_similarity",
    "similarity_and_correlation": "relate_similarity",
    "similarity_dynamics": "follow_similarity",
    "architecture_consistency": "compare_encoders",
    "pathway_recovery": "recover_pathways",
    "degradation": "measure_degradation",
    "pair_benefit": "measure_benefit",
    "signals_and_benefit": "relate_signals",
    "gradient_grouping_results": "compare_gradient_groups",
    "task2vec_and_correlation": "embed_tasks",
    "synthetic_similarity": "simulate_similarity",
    "claims": "check_claims",
}
RULE_OF_TABLE = {
    "form_ranking": "compare_forms",
    "curves": "fit_curves",
    "transfer": "fit_transfer",
    "transfer_estimates": "estimate_transfer",
    "labels_needed": "estimate_transfer",
    "additivity": "estimate_transfer",
    "map_reliability": "estimate_transfer",
    "arm_effects": "compare_arms",
    "balancing": "compare_balancing",
    "parameter_change": "compare_parameters",
    "tag_affinity": "gather_affinity",
    "grouping_results": "compare_groupings",
    "gain_prediction": "predict_gains",
    "transfer_comparison": "compare_transfer",
} | SIMILARITY_RULES


STAGES = ("data", "trainings", "curves", "affinity", "gradients", "figures")
UNITS = {"core_hours": "core-hours", "gpu_hours": "GPU-hours", "disk_gb": "GB"}
ASK = "`make estimate` makes one, or `snakemake estimate` with the options of this study"
LESS = {
    "jobs": "more trainings to a job (bundles), or fewer of them (grid, gradients)",
    "trainings": "fewer rotations, sizes, auxiliaries (grid), recipes, or seeds, levels and pairs (gradients)",
    "core_hours": "fewer rotations, sizes, auxiliaries (grid), epochs or hidden units (recipes, gradients)",
    "gpu_hours": "fewer rotations, sizes, auxiliaries (grid), epochs or hidden units (recipes)",
    "disk_gb": "fewer trainings (grid), or epochs at which they are scored (recipes)",
}

ENCODER_RULES = ("train_gradients", "train_benefit", "train_gradient_groups")


def training_rule(arm: str) -> str:
    """Name the rule that trains an arm."""
    return "train_groups" if arm == groups.ARM else "train_bundle"


def stage_of(rule: str) -> str:
    """Name the stage of a rule: data, trainings, curves, affinity, gradients or figures."""
    if rule.startswith("plot_") or rule in ("build_report", "compare_estimate"):
        return "figures"
    if rule in ("train_bundle", "train_groups"):
        return "trainings"
    if rule in (*DATA_RULES, "check_folds", "check_shared", "check_view", "gather_views"):
        return "data"
    if rule.endswith("_affinity"):
        return "affinity"
    if rule in SIMILARITY_RULES.values() or rule.endswith(("_gradients", "_benefit", "_gradient_groups")):
        return "gradients"
    return "curves"


def other_jobs(study: Study) -> dict[str, int]:
    """Count the jobs that do not train, by rule, from the data to the report; a source's download left out."""
    jobs = dict.fromkeys(DATA_RULES, 1)
    if not study.arms:
        del jobs["plan_trainings"]
    jobs["check_folds"] = len(outputs.splits(study))
    if study.arms:
        jobs["gather_grid_points"] = 1
    if study.affinity_logs:
        jobs["log_affinity"] = len(study.affinity_logs)
    tables = outputs.tables(study)
    if "curves" in tables:
        jobs["average_scores"] = 1
    jobs |= {rule: 1 for table, rule in RULE_OF_TABLE.items() if table in tables}
    if study.config.grouping:
        jobs |= {"group_tasks": 1 + len(study.config.grouping.by), "gather_groups": 1}
    if study.gradient_runs:
        jobs |= {"check_shared": 1, "check_view": len(view_draws(study.config.gradients)), "gather_views": 1}
        jobs |= {"train_gradients": len(study.gradient_runs), "gather_gradients": 1}
    if study.benefit_runs:
        jobs |= {"train_benefit": len(study.benefit_runs), "gather_benefit": 1}
    if study.gradient_group_runs:
        own = len(study.gradient_group_runs)
        jobs |= {"group_gradients": 1, "train_gradient_groups": own, "gather_gradient_groups": 1}
    jobs |= {f"plot_{figure}": 1 for figure in outputs.figures(study)}
    return jobs | {"compare_estimate": 1, "build_report": 1}


def most_memory_mb(study: Study, threads: int) -> int:
    """Megabytes of the job that needs most, by what it asks for: one that trains a bundle, or with an encoder."""
    encoders = {run.encoder for run in study.gradient_runs}
    asked = [threads * gradient_needs.memory_mb(study, encoder) for encoder in encoders]
    asked += [needs.most_memory_mb(study, threads)] if study.arms else []
    return max(asked, default=0)  # a study too young for trainings asks for none


def encoder_trainings(study: Study) -> Counter[str]:
    """Count the trainings with encoders; of groups, those of partitions that have none in common."""
    gradients, found = study.config.gradients, Counter[str]()
    if gradients is None:
        return found
    found["gradients"] = len(study.gradient_runs)
    if gradients.benefit:
        sets = benefit_sets(gradients.benefit, study.tasks, study.config.bundles.gradient_networks)
        found["gradients benefit"] = sum(len(sets[run.bundle]) for run in study.benefit_runs)
    if groups := gradients.groups:
        partitions = groups.random_partitions + len(GROUP_METHODS)
        once = 1 + len(study.tasks) + partitions * sum(groups.counts)
        found["gradients groups"] = once * groups.seeds
    return found


def is_trained(recorded: Path, plan: str) -> bool:
    """Whether the trainings that were gathered last are those of a plan (`recorded` is a file with its digest)."""
    try:
        return recorded.read_text(encoding="utf-8") == plan
    except OSError:
        return False


def refusals(study: Study, totals: Path, plan: str) -> list[str]:
    """Say which limits a study exceeds: the key, what is planned or estimated, the limit, and what helps.

    Parameters
    ----------
    study : Study
        The study.
    totals : Path
        What the rule estimate found (:func:`~mtlcurves.estimate.predict.totals`), if it has run.
    plan : str
        Digest of the plan today; an estimate of another plan does not count.
    """
    limits = study.config.limits
    jobs: Counter[str] = Counter()
    trainings: Counter[str] = Counter()
    trainings += encoder_trainings(study)
    for bundle in study.every_bundle:
        jobs[f"{bundle.recipe} {bundle.arm}"] += 1
        trainings[f"{bundle.recipe} {bundle.arm}"] += len(bundle.allocations)
    others = other_jobs(study)
    jobs += Counter({rule: others[rule] for rule in ENCODER_RULES if rule in others})
    further = sum(n for rule, n in others.items() if rule not in ENCODER_RULES)
    planned = {"jobs": jobs.total() + further, "trainings": trainings.total()}
    found = []
    for key, counts in (("jobs", jobs), ("trainings", trainings)):
        allowed = getattr(limits, key)
        if allowed is not None and planned[key] > allowed:
            most = ", ".join(f"{name} {n:,}" for name, n in counts.most_common(3))
            found.append(
                f"limits.{key}: the study has {planned[key]:,} {key} ({most}), {allowed:,} are allowed; smaller "
                f"with {LESS[key]}"
            )
    return found + _estimated_refusals(limits, totals, plan)


def _estimated_refusals(limits: Limits, totals: Path, plan: str) -> list[str]:
    allowed = {key: getattr(limits, key) for key in UNITS if getattr(limits, key) is not None}
    if not allowed:
        return []
    try:
        estimated = json.loads(totals.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return [f"limits.{next(iter(allowed))}: needs an estimate, and there is none; {ASK}"]
    if estimated["plan"] != plan:
        return [f"limits.{next(iter(allowed))}: needs an estimate, and the study has changed since; {ASK}"]
    return [
        f"limits.{key}: the study is estimated at {estimated[key]:,.3g} {UNITS[key]} (most of it "
        f"{estimated['most'][key]}), {most:g} are allowed; smaller with {LESS[key]}"
        for key, most in allowed.items()
        if estimated[key] > most
    ]
