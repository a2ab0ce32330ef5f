# From grid points to transfer weights and to what the arms change.
METRICS = section("curves")["metrics"]


rule fit_transfer:
    """Fit P1's three stages: what a label of a task is worth to it, to the others, and to each other task."""
    input:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        f"{STUDY_ROOT}/curves/transfer.parquet",
        table_files("transfer"),
    log:
        logs("fit_transfer"),
    benchmark:
        benchmarks("fit_transfer")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_attempt(60),
    params:
        library=library_digest("fit_transfer"),
        metrics=METRICS,
    script:
        "../../scripts/fit_transfer.py"


rule estimate_transfer:
    """Estimate what a label of every task is worth to every other, with intervals, from all arms at once."""
    input:
        staged=(
            f"{STUDY_ROOT}/tables/transfer.parquet"
            if "transfer" in outputs.tables(study)
            else []
        ),
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
        allocations=f"{STUDY_ROOT}/allocations.parquet",
        counts=f"{STUDY_ROOT}/label_counts.parquet",
    output:
        transfer_estimates=table_files("transfer_estimates"),
        labels_needed=table_files("labels_needed"),
        additivity=table_files("additivity"),
        map_reliability=table_files("map_reliability"),
    log:
        logs("estimate_transfer"),
    benchmark:
        benchmarks("estimate_transfer")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        library=library_digest("estimate_transfer"),
        metrics=METRICS,
        split=study.recipes["main"].split,
        targets=section("curves")["target_scores"],
        smallest_effect=section("curves")["smallest_effect"],
    script:
        "../../scripts/estimate_transfer.py"


rule compare_arms:
    """Test for every task what multi-task training, and each further recipe, changes."""
    input:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        effects=table_files("arm_effects"),
        counts=table_files("effect_counts"),
    log:
        logs("compare_arms"),
    benchmark:
        benchmarks("compare_arms")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(30),
    params:
        library=library_digest("compare_arms"),
        metrics=METRICS,
        recipes=outputs.tested_on(study),
        fold_count=study.config.folds.count,
        significance=study.config.curves.significance,
    script:
        "../../scripts/compare_arms.py"


rule compare_balancing:
    """Compare every way of balancing the tasks with the plain sum, with a margin of equivalence."""
    input:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        table_files("balancing"),
    log:
        logs("compare_balancing"),
    benchmark:
        benchmarks("compare_balancing")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(30),
    params:
        library=library_digest("compare_balancing"),
        metrics=METRICS,
        balancings=outputs.balancings(study),
        tested_on=outputs.tested_on(study),
        fold_count=study.config.folds.count,
        margin=study.config.curves.equivalence_margin,
    script:
        "../../scripts/compare_balancing.py"


rule compare_parameters:
    """Correlate the change of each curve parameter, single- to multi-task, with the change of score."""
    input:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        changes=table_files("parameter_change"),
        correlations=table_files("parameter_correlation"),
    log:
        logs("compare_parameters"),
    benchmark:
        benchmarks("compare_parameters")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(30),
    params:
        library=library_digest("compare_parameters"),
        metrics=METRICS,
    script:
        "../../scripts/compare_parameters.py"
