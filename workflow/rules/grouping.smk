# Groups of tasks: chosen by an affinity or at random, trained, and set against all in one network and each alone.
include: "../group_inputs.smk"


GROUP_POINTS = f"{STUDY_ROOT}/grouping/grid_points.parquet"
GROUP_JOB = "main/group/rotation-{rotation}/replicate-0/{bundle}"


rule group_tasks:
    """Choose groups of tasks by one affinity, or draw random ones."""
    input:
        affinity=affinity_of,
    output:
        groups=f"{GROUP_ROWS}/{{method}}.parquet",
    log:
        logs("group_tasks-{method}"),
    benchmark:
        benchmarks("group_tasks-{method}")
    wildcard_constraints:
        method="|".join(METHODS),
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(30),
    params:
        library=library_digest("group_tasks"),
        tasks=study.tasks,
        settings=GROUPING.model_dump(include={"budget", "random_partitions", "seed"}),
        per_bundle=study.config.bundles.random_partitions,
        size=study.group_size,
        metric=study.config.curves.metrics[0],
    script:
        "../../scripts/group_tasks.py"


rule train_groups:
    """Train the groups of some partitions in one rotation, each group once."""
    input:
        groups=groups_of_bundle,
        compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
        labels=f"{STUDY_ROOT}/dataset/labels.parquet",
        fingerprints=f"{STUDY_ROOT}/dataset/fingerprints.arrow",
        fold_sizes=fold_sizes(study.recipes["main"].split),
        limits=within_limits,
    output:
        points=f"{TRAININGS}/{GROUP_JOB}.parquet",
    log:
        logs(f"trainings/{GROUP_JOB}"),
    benchmark:
        benchmarks(f"trainings/{GROUP_JOB}")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(needs.memory_mb(study, "main", threads=1)),
        runtime=group_minutes,
        gpu=int(study.config.backend == "gpu"),
    params:
        library=library_digest("train_groups"),
        recipe=study.recipes["main"].model_dump(mode="json", exclude={"arms"}),
        size=study.group_size,
        fold_count=study.config.folds.count,
        backend=study.config.backend,
    script:
        "../../scripts/train_groups.py"


rule gather_groups:
    """Join the tables of all groups that were trained."""
    input:
        [f"{TRAININGS}/{bundle.path}.parquet" for bundle in study.group_bundles],
    output:
        grid_points=GROUP_POINTS,
        plan=GROUPS_TRAINED,
    log:
        logs("gather_groups"),
    benchmark:
        benchmarks("gather_groups")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(30),
    params:
        library=library_digest("gather_groups"),
        plan=GROUPS_PLAN,
    script:
        "../../scripts/gather_groups.py"


rule compare_groupings:
    """Test what groups change against all tasks in one network, each task alone, and random groups."""
    input:
        groups=[f"{GROUP_ROWS}/{method}.parquet" for method in METHODS],
        group_points=GROUP_POINTS,
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        groups=table_files("groups"),
        results=table_files("grouping_results"),
    log:
        logs("compare_groupings"),
    benchmark:
        benchmarks("compare_groupings")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_attempt(30),
    params:
        library=library_digest("compare_groupings"),
        metrics=METRICS,
        size=study.group_size,
        test_on=study.recipes["main"].test_on,
        fold_count=study.config.folds.count,
    script:
        "../../scripts/compare_groupings.py"


rule predict_gains:
    """Predict what tasks gain in a group from other groups, in several ways, and measure the error."""
    input:
        groups=f"{GROUP_ROWS}/{task_groups.RANDOM}.parquet",
        group_points=GROUP_POINTS,
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        gain_prediction=table_files("gain_prediction"),
    log:
        logs("predict_gains"),
    benchmark:
        benchmarks("predict_gains")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_attempt(120),
    params:
        library=library_digest("predict_gains"),
        metrics=METRICS,
        size=study.group_size,
    script:
        "../../scripts/predict_gains.py"
