# What tasks share, before anything is trained: overlaps, label views, correlations of labels.
include: "../overlap_inputs.smk"


rule describe_overlap:
    """Count the compounds that every two tasks share, and say whether their gradients could be compared."""
    input:
        labels=complete(f"{STUDY_ROOT}/dataset/labels.parquet", arms=False),
    output:
        table=table_files("overlap"),
    log:
        logs("describe_overlap"),
    benchmark:
        benchmarks("describe_overlap")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("describe_overlap"),
        tasks=study.tasks,
        gradients=LOGGED,
        fold_count=study.config.folds.count,
    script:
        "../../scripts/describe_overlap.py"


rule overlap:
    """Say which pairs of tasks share enough compounds to compare their gradients, and what to do for the others."""
    input:
        table=OVERLAP,
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
        compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
    output:
        page=f"{STUDY_ROOT}/overlap/overlap.txt",
    log:
        logs("overlap"),
    benchmark:
        benchmarks("overlap")
    localrule: True  # its page is printed where the study is started
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("overlap"),
        study=study.name,
        gradients=LOGGED,
    script:
        "../../scripts/overlap.py"


if study.config.gradients:

    rule check_shared:
        """Refuse data in which no two tasks share enough compounds, before anything is trained."""
        input:
            labels=f"{STUDY_ROOT}/dataset/labels.parquet",
            compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
        output:
            shared=MOST_SHARED,
        log:
            logs("check_shared"),
        benchmark:
            benchmarks("check_shared")
        priority: 1
        localrule: True  # a few seconds, and before all else
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(2000),
            runtime=by_attempt(10),
        params:
            library=library_digest("check_shared"),
            tasks=study.tasks,
            gradients=SHARED,
            fold_count=study.config.folds.count,
        script:
            "../../scripts/check_shared.py"

    rule check_view:
        """Draw a label view once: refused where the compounds do not allow it, before any of it is trained."""
        input:
            labels=f"{STUDY_ROOT}/dataset/labels.parquet",
            compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
        output:
            row=VIEW_ROW,
        log:
            logs("check_view/{view}/seed-{seed}"),
        benchmark:
            benchmarks("check_view/{view}/seed-{seed}")
        wildcard_constraints:
            view="[^/]+",
            seed=r"\d+",
        priority: 1
        localrule: True  # a few seconds, and before all else
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(2000),
            runtime=by_attempt(30),
        params:
            library=library_digest("check_view"),
            tasks=study.tasks,
            gradients=drawn_with,
        script:
            "../../scripts/check_view.py"

    rule gather_views:
        """Join the counts of all label views."""
        input:
            [
                VIEW_ROW.format(view=view, seed=seed)
                for view, seed in view_draws(study.config.gradients)
            ],
        output:
            views=f"{STUDY_ROOT}/label_views.parquet",
        log:
            logs("gather_views"),
        benchmark:
            benchmarks("gather_views")
        localrule: True  # one row a file
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(1000),
            runtime=by_attempt(10),
        params:
            library=library_digest("gather_views"),
        script:
            "../../scripts/gather_views.py"

    rule correlate_tasks:
        """Correlate the labels of every two tasks, in every label view, on training and on held-out compounds."""
        input:
            labels=f"{STUDY_ROOT}/dataset/labels.parquet",
            compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
            views=f"{STUDY_ROOT}/label_views.parquet",
        output:
            correlation=table_files("task_correlation"),
            reliability=f"{STUDY_ROOT}/correlation_reliability.parquet",
        log:
            logs("correlate_tasks"),
        benchmark:
            benchmarks("correlate_tasks")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(4000),
            runtime=by_attempt(120),
        params:
            library=library_digest("correlate_tasks"),
            tasks=study.tasks,
            gradients=DRAWN,
            fold_count=study.config.folds.count,
        script:
            "../../scripts/correlate_tasks.py"
