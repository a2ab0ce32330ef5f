# The study in one file, for another group to reproduce and compare.
SHARED = [
    f"{STUDY_ROOT}/dataset/tasks.parquet",
    *(rules.plan_trainings.output if study.arms else []),
    *([f"{STUDY_ROOT}/grid_points.parquet"] if study.arms else []),
    *([GROUP_POINTS] if study.config.grouping else []),
    *(file for file in gradient_output if file.endswith(".parquet")),
    *([f"{STUDY_ROOT}/affinity.parquet"] if study.config.affinity else []),
    *truth_output,
    *(
        f"{STUDY_ROOT}/curves/{n}.parquet"
        for n in ["mean_scores", "forms"]
        if "curves" in TABLES
    ),
    *(file for name in TABLES for file in table_files(name)),
]
# these hold the source's structures and values
WITHHELD = [f"{STUDY_ROOT}/dataset/{name}.parquet" for name in ["compounds", "labels"]]
TASKS = study.config.tasks
LOCK = str(PROJECT / "requirements.lock")


rule share:
    """Put configuration, lock, tables and provenance into one file, without the source's data."""
    input:
        shared=complete(SHARED, arms=True),
        withheld=WITHHELD,
        sources=locations.source_files(study.config),
        lock=LOCK,
        # absolute: a module's prefix does not hold for it
        tasks=[str(Path(TASKS).resolve())] if isinstance(TASKS, str) else [],
    output:
        f"{STUDY_ROOT}/{study.name}-share.zip",
    log:
        logs("share"),
    benchmark:
        benchmarks("share")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        library=library_digest("share"),
        given=config,
        resolved=study.resolved(),
    script:
        "../../scripts/share.py"
