# The trainings: one job per bundle, one table of grid points.
TRAININGS = f"{STUDY_ROOT}/trainings"
BUNDLE = "{recipe}/{arm}/rotation-{rotation}/replicate-{replicate}/{bundle}"


rule train_bundle:
    """Train one bundle: some allocations under one recipe, rotation and replicate."""
    input:
        compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
        labels=f"{STUDY_ROOT}/dataset/labels.parquet",
        fingerprints=f"{STUDY_ROOT}/dataset/fingerprints.arrow",
        fold_sizes=fold_sizes_of,
        limits=within_limits,
    output:
        points=f"{TRAININGS}/{BUNDLE}.parquet",
    log:
        logs(f"trainings/{BUNDLE}"),
    benchmark:
        benchmarks(f"trainings/{BUNDLE}")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=training_memory,
        runtime=training_minutes,
        gpu=needs.gpus(study),
    params:
        library=library_digest("train_bundle"),
        trainings=trainings_of,
        recipe=recipe_of,
        fold_count=study.config.folds.count,
        backend=study.config.backend,
    script:
        "../../scripts/train_bundle.py"


rule gather_grid_points:
    """Join the tables of all bundles."""
    input:
        [f"{TRAININGS}/{bundle.path}.parquet" for bundle in study.bundles],
    output:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
        plan=TRAINED,
    log:
        logs("gather_grid_points"),
    benchmark:
        benchmarks("gather_grid_points")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(60),
    params:
        library=library_digest("gather_grid_points"),
        plan=GRID_PLAN,
    script:
        "../../scripts/gather_grid_points.py"
