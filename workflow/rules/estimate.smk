# What the study will cost, and what it may cost.
from mtlcurves.estimate import plan

LABELLED = [f"{STUDY_ROOT}/dataset/{name}.parquet" for name in ["compounds", "labels"]]
CALIBRATION = study.config.rates or f"{STUDY_ROOT}/estimate/calibration.json"
ESTIMATE = f"{STUDY_ROOT}/tables/estimate.parquet"
ESTIMATED = f"{STUDY_ROOT}/estimate/totals.json"
# of the configuration, what decides about the trainings and their times
DECIDING = [
    "grid",
    "subsets",
    "folds",
    "source",
    "labels",
    "molecules",
    "fingerprints",
]
COSTLY = {name: section(name) for name in DECIDING} | {
    "tasks": study.tasks,
    "recipes": study.resolved()["recipes"],
    "backend": study.config.backend,
    "bundles": study.config.bundles.model_dump(exclude={"random_partitions"}),
}
GRID_PLAN = digest(str(COSTLY))
GROUPS_PLAN = digest(str([COSTLY, section("grouping"), section("bundles")]))
# the plans of the trainings that were gathered last
TRAINED = f"{STUDY_ROOT}/trainings/plan.txt"
GROUPS_TRAINED = f"{STUDY_ROOT}/grouping/plan.txt"
PLANS = ({TRAINED: GRID_PLAN} if study.arms else {}) | (
    {GROUPS_TRAINED: GROUPS_PLAN} if study.config.grouping else {}
)
# the same of trainings with encoders, by the rule that gathers them: data, runs, and what reaches a training
GRADIENT_PLANS = {
    gather: digest(
        str(
            [COSTLY["tasks"], *map(section, ["source", "labels", "molecules", "folds"])]
        ),
        str([run.path for run in runs]),
        study.config.gradients.model_dump_json(include=keys),
    )
    for gather, runs, keys in [
        (
            "gather_gradients",
            study.gradient_runs,
            {"split", "training", "log", "sweeps"},
        ),
        ("gather_benefit", study.benefit_runs, {"split", "training", "benefit"}),
        (
            "gather_gradient_groups",
            study.gradient_group_runs,
            {"split", "training", "groups"},
        ),
    ]
    if runs
}
GRADIENTS_TRAINED = {
    gather: f"{STUDY_ROOT}/gradients/{gather}.txt" for gather in GRADIENT_PLANS
}
PLANS |= {GRADIENTS_TRAINED[gather]: plan for gather, plan in GRADIENT_PLANS.items()}
PLAN = digest(*PLANS.values())
# where the trainings that are timed find how many labels they have
COUNTED = [f"{STUDY_ROOT}/label_counts.parquet"] if study.arms else []


# limits that the study exceeds, or is estimated to exceed; a job need not ask again, nor a study that is trained
REFUSALS = (
    plan.refusals(study, Path(PREFIX, ESTIMATED), PLAN)
    if CLOSELY
    and not all(plan.is_trained(Path(PREFIX, f), n) for f, n in PLANS.items())
    else []
)


if not study.config.rates:

    rule calibrate:
        """Time a few trainings of each kind on this machine."""
        input:
            compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
            tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
            labels=f"{STUDY_ROOT}/dataset/labels.parquet",
            fingerprints=(
                f"{STUDY_ROOT}/dataset/fingerprints.arrow" if study.arms else []
            ),
            counts=complete(COUNTED, arms=True),
        output:
            calibration=CALIBRATION,
        log:
            logs("calibrate"),
        benchmark:
            benchmarks("calibrate")
        conda:
            "../../envs/train.yaml"
        threads: 4
        resources:
            mem_mb=by_attempt(plan.most_memory_mb(study, threads=4)),
            runtime=by_attempt(60),
            gpu=int(study.config.backend == "gpu"),
        params:
            library=library_digest("calibrate"),
            plan=PLAN,
        script:
            "../../scripts/calibrate.py"


rule estimate:
    """Estimate what the study will cost, before it is trained: jobs, trainings, hours, memory, disk."""
    input:
        calibration=CALIBRATION,
        counts=complete(COUNTED, arms=True),
        # of trainings with encoders, the compounds are counted
        labelled=LABELLED if study.gradient_runs else [],
        card=f"{STUDY_ROOT}/dataset/card.json",
        fingerprints=f"{STUDY_ROOT}/dataset/fingerprints.arrow",
    output:
        table=table_files("estimate"),
        totals=ESTIMATED,
        page=f"{STUDY_ROOT}/estimate/estimate.txt",
    log:
        logs("estimate"),
    benchmark:
        benchmarks("estimate")
    localrule: True  # its page is printed where the study is started
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("estimate"),
        plan=PLAN,
        curves=section("curves"),
        gradients=section("gradients"),
        affinity=section("affinity"),
        memory_mb=plan.most_memory_mb(study, threads=1),
        benchmarks=str(Path(PREFIX, f"benchmarks/{study.name}")),
    script:
        "../../scripts/estimate.py"
