# What the study will cost, and what it may cost.
from mtlcurves.estimate import plan

LIMITS = section("limits")
LIMITED = any(LIMITS[key] for key in ("core_hours", "gpu_hours", "disk_gb"))
CALIBRATION = study.config.calibration or f"{STUDY_ROOT}/estimate/calibration.json"
ESTIMATE = f"{STUDY_ROOT}/tables/estimate.parquet"
# of the configuration, what decides about the trainings and their times
COSTLY = {name: section(name) for name in ["grid", "subsets", "folds", "bundles"]} | {
    "recipes": resolved_config()["recipes"],
    "backend": study.config.backend,
}
KEPT_LIMITS = f"{STUDY_ROOT}/estimate/limits.json"
REFUSED = plan.refusals(study)


def within_limits(wildcards):
    """File that says that the study keeps its limits; where the plan alone exceeds one, nothing is started.

    Always an input, and ancient: neither a new limit nor a new estimate trains anything again.
    """
    if REFUSED:
        stop(ConfigError(REFUSED, study.where))
    return ancient(KEPT_LIMITS)


if not study.config.calibration:

    rule calibrate:
        """Time a few trainings of each kind on this machine."""
        input:
            compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
            tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
            labels=f"{STUDY_ROOT}/dataset/labels.parquet",
            fingerprints=f"{STUDY_ROOT}/dataset/fingerprints.npz",
            counts=f"{STUDY_ROOT}/label_counts.parquet",
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
            mem_mb=training_memory(threads=4),
            runtime=60,
            gpu=int(study.config.backend == "gpu"),
        params:
            library=library_digest("calibrate"),
            costly=COSTLY,
        script:
            "../../scripts/calibrate.py"


rule estimate:
    """Estimate what the study will cost, before it is trained: jobs, trainings, hours, memory, disk."""
    input:
        calibration=CALIBRATION,
        counts=f"{STUDY_ROOT}/label_counts.parquet",
        card=f"{STUDY_ROOT}/dataset/card.json",
        fingerprints=f"{STUDY_ROOT}/dataset/fingerprints.npz",
    output:
        table=table_files("estimate"),
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
        mem_mb=1000,
        runtime=10,
    params:
        library=library_digest("estimate"),
        costly=COSTLY,
        curves=section("curves"),
        memory_mb=training_memory(threads=1),
        benchmarks=f"benchmarks/{study.name}",
    script:
        "../../scripts/estimate.py"


rule check_limits:
    """Refuse a study that is estimated to exceed its limits, before anything is trained."""
    input:
        [ESTIMATE] if LIMITED else [],
    output:
        limits=KEPT_LIMITS,
    log:
        logs("check_limits"),
    benchmark:
        benchmarks("check_limits")
    localrule: True
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        library=library_digest("check_limits"),
        limits=LIMITS,
    script:
        "../../scripts/check_limits.py"
