# Figures of data, trainings and learning curves.
rule plot_label_counts:
    """Draw how many active and inactive labels every task has."""
    input:
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/label_counts.svg",
            caption="../report/label_counts.rst",
            category="data",
            labels={"figure": "Labels of every task"},
        ),
        png=f"{STUDY_ROOT}/figures/label_counts.png",
        csv=f"{STUDY_ROOT}/figures/label_counts.csv",
    log:
        logs("plot_label_counts"),
    benchmark:
        benchmarks("plot_label_counts")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_label_counts"),
    script:
        "../../scripts/plot_label_counts.py"


rule plot_run_time:
    """Draw how many trainings there were and how long they took."""
    input:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/run_time.svg",
            caption="../report/run_time.rst",
            category="data",
            labels={"figure": "Time of the grid's trainings"},
        ),
        png=f"{STUDY_ROOT}/figures/run_time.png",
        csv=f"{STUDY_ROOT}/figures/run_time.csv",
    log:
        logs("plot_run_time"),
    benchmark:
        benchmarks("plot_run_time")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_run_time"),
    script:
        "../../scripts/plot_run_time.py"


rule plot_learning_curves:
    """Draw every task's learning curves, alone and together."""
    input:
        mean_scores=f"{STUDY_ROOT}/curves/mean_scores.parquet",
        curves=f"{STUDY_ROOT}/tables/curves.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/learning_curves.svg",
            caption="../report/learning_curves.rst",
            category="performance",
            labels={"figure": "Learning curves"},
        ),
        png=f"{STUDY_ROOT}/figures/learning_curves.png",
        csv=f"{STUDY_ROOT}/figures/learning_curves.csv",
    log:
        logs("plot_learning_curves"),
    benchmark:
        benchmarks("plot_learning_curves")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_learning_curves"),
    script:
        "../../scripts/plot_learning_curves.py"


rule plot_mtl_effect:
    """Draw what multi-task learning changes in every task (P1 Fig. 3)."""
    input:
        arm_effects=f"{STUDY_ROOT}/tables/arm_effects.parquet",
        effect_counts=f"{STUDY_ROOT}/tables/effect_counts.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/mtl_effect.svg",
            caption="../report/mtl_effect.rst",
            category="performance",
            labels={"figure": "Effect of multi-task learning on every task"},
        ),
        png=f"{STUDY_ROOT}/figures/mtl_effect.png",
        csv=f"{STUDY_ROOT}/figures/mtl_effect.csv",
    log:
        logs("plot_mtl_effect"),
    benchmark:
        benchmarks("plot_mtl_effect")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_mtl_effect"),
        significance=study.config.curves.significance,
    script:
        "../../scripts/plot_mtl_effect.py"


rule plot_balancing:
    """Draw what balancing the tasks changes against the plain sum."""
    input:
        balancing=f"{STUDY_ROOT}/tables/balancing.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/balancing.svg",
            caption="../report/balancing.rst",
            category="performance",
            labels={"figure": "Balancing of tasks against the plain sum"},
        ),
        png=f"{STUDY_ROOT}/figures/balancing.png",
        csv=f"{STUDY_ROOT}/figures/balancing.csv",
    log:
        logs("plot_balancing"),
    benchmark:
        benchmarks("plot_balancing")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_balancing"),
    script:
        "../../scripts/plot_balancing.py"


rule plot_split_comparison:
    """Draw scores under folds by scaffold and folds by compound (P1 Fig. 2)."""
    input:
        mean_scores=f"{STUDY_ROOT}/curves/mean_scores.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/split_comparison.svg",
            caption="../report/split_comparison.rst",
            category="performance",
            labels={"figure": "Folds by scaffold and by compound"},
        ),
        png=f"{STUDY_ROOT}/figures/split_comparison.png",
        csv=f"{STUDY_ROOT}/figures/split_comparison.csv",
    log:
        logs("plot_split_comparison"),
    benchmark:
        benchmarks("plot_split_comparison")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_split_comparison"),
        splits={name: recipe.split for name, recipe in study.recipes.items()},
    script:
        "../../scripts/plot_split_comparison.py"


rule plot_epochs:
    """Draw the score against the training's length."""
    input:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/epochs.svg",
            caption="../report/epochs.rst",
            category="performance",
            labels={"figure": "Score against training length"},
        ),
        png=f"{STUDY_ROOT}/figures/epochs.png",
        csv=f"{STUDY_ROOT}/figures/epochs.csv",
    log:
        logs("plot_epochs"),
    benchmark:
        benchmarks("plot_epochs")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_epochs"),
        metrics=section("curves")["metrics"],
    script:
        "../../scripts/plot_epochs.py"


rule plot_form_errors:
    """Draw how well every curve form fits and predicts (P1 Table 1)."""
    input:
        form_ranking=f"{STUDY_ROOT}/tables/form_ranking.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/form_errors.svg",
            caption="../report/form_errors.rst",
            category="curves",
            labels={"figure": "Errors of the curve forms"},
        ),
        png=f"{STUDY_ROOT}/figures/form_errors.png",
        csv=f"{STUDY_ROOT}/figures/form_errors.csv",
    log:
        logs("plot_form_errors"),
    benchmark:
        benchmarks("plot_form_errors")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_form_errors"),
    script:
        "../../scripts/plot_form_errors.py"


rule plot_curve_parameters:
    """Draw the curves' parameters, multi-task against single-task (P1 Fig. 4)."""
    input:
        curves=f"{STUDY_ROOT}/tables/curves.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/curve_parameters.svg",
            caption="../report/curve_parameters.rst",
            category="curves",
            labels={"figure": "Curve parameters, alone and together"},
        ),
        png=f"{STUDY_ROOT}/figures/curve_parameters.png",
        csv=f"{STUDY_ROOT}/figures/curve_parameters.csv",
    log:
        logs("plot_curve_parameters"),
    benchmark:
        benchmarks("plot_curve_parameters")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_curve_parameters"),
    script:
        "../../scripts/plot_curve_parameters.py"


rule plot_parameter_change:
    """Draw the change of each curve parameter against the change of score (P1 Fig. 5)."""
    input:
        parameter_change=f"{STUDY_ROOT}/tables/parameter_change.parquet",
        parameter_correlation=f"{STUDY_ROOT}/tables/parameter_correlation.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/parameter_change.svg",
            caption="../report/parameter_change.rst",
            category="curves",
            labels={"figure": "Change of parameters against change of score"},
        ),
        png=f"{STUDY_ROOT}/figures/parameter_change.png",
        csv=f"{STUDY_ROOT}/figures/parameter_change.csv",
    log:
        logs("plot_parameter_change"),
    benchmark:
        benchmarks("plot_parameter_change")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_parameter_change"),
    script:
        "../../scripts/plot_parameter_change.py"
