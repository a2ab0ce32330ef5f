# From tables to what people look at: figures, and the report that shows them.
CAPTIONS = PROJECT / "workflow/report"
TEMPLATES = PROJECT / "workflow/mtlcurves/reporting/templates"

TABLES, FIGURES = outputs.tables(study), outputs.figures(study)
table_output = [f"{STUDY_ROOT}/tables/{name}.csv" for name in TABLES]
figure_output = [f"{STUDY_ROOT}/figures/{name}.svg" for name in FIGURES]
final_output = [
    f"{STUDY_ROOT}/report.html",
    *table_output,
    *gradient_output,
    *truth_output,
]

COMPARED = table_files("estimate_and_actual")

UNREAD = {"parameter_change", "transfer", "groups", "task_correlation"}
# what the report shows, as far as the study has it
REPORTED = {
    name: f"{STUDY_ROOT}/tables/{name}.parquet" for name in sorted(set(TABLES) - UNREAD)
}
REPORTED["estimate_and_actual"] = COMPARED[1]
if study.arms:
    REPORTED["grid_points"] = f"{STUDY_ROOT}/grid_points.parquet"
if "curves" in TABLES:
    REPORTED["mean_scores"] = f"{STUDY_ROOT}/curves/mean_scores.parquet"


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
            labels={"figure": "What the trainings cost"},
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


rule plot_transfer_map:
    """Draw what one task's labels are worth to every other task, and which pairs are called."""
    input:
        estimates=f"{STUDY_ROOT}/tables/transfer_estimates.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/transfer_map.svg",
            caption="../report/transfer_map.rst",
            category="transfer",
            labels={"figure": "Transfer map"},
        ),
        png=f"{STUDY_ROOT}/figures/transfer_map.png",
        csv=f"{STUDY_ROOT}/figures/transfer_map.csv",
    log:
        logs("plot_transfer_map"),
    benchmark:
        benchmarks("plot_transfer_map")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_transfer_map"),
        significance=study.config.curves.significance,
    script:
        "../../scripts/plot_transfer_map.py"


rule plot_transfer_forest:
    """Draw the strongest gains and losses of every target, with intervals."""
    input:
        estimates=f"{STUDY_ROOT}/tables/transfer_estimates.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/transfer_forest.svg",
            caption="../report/transfer_forest.rst",
            category="transfer",
            labels={"figure": "Strongest gains and losses"},
        ),
        png=f"{STUDY_ROOT}/figures/transfer_forest.png",
        csv=f"{STUDY_ROOT}/figures/transfer_forest.csv",
    log:
        logs("plot_transfer_forest"),
    benchmark:
        benchmarks("plot_transfer_forest")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_transfer_forest"),
        significance=study.config.curves.significance,
    script:
        "../../scripts/plot_transfer_forest.py"


rule plot_exchange_rates:
    """Draw how many own labels one label of another task is worth."""
    input:
        estimates=f"{STUDY_ROOT}/tables/transfer_estimates.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/exchange_rates.svg",
            caption="../report/exchange_rates.rst",
            category="transfer",
            labels={"figure": "Exchange rates of labels"},
        ),
        png=f"{STUDY_ROOT}/figures/exchange_rates.png",
        csv=f"{STUDY_ROOT}/figures/exchange_rates.csv",
    log:
        logs("plot_exchange_rates"),
    benchmark:
        benchmarks("plot_exchange_rates")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_exchange_rates"),
        significance=study.config.curves.significance,
    script:
        "../../scripts/plot_exchange_rates.py"


rule plot_estimated_and_true:
    """Draw estimated weights against what tasks of a designed study truly have in common."""
    input:
        estimates=f"{STUDY_ROOT}/tables/transfer_estimates.parquet",
        truth=f"{STUDY_ROOT}/dataset/truth.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/estimated_and_true.svg",
            caption="../report/estimated_and_true.rst",
            category="transfer",
            labels={"figure": "Estimated and true transfer"},
        ),
        png=f"{STUDY_ROOT}/figures/estimated_and_true.png",
        csv=f"{STUDY_ROOT}/figures/estimated_and_true.csv",
    log:
        logs("plot_estimated_and_true"),
    benchmark:
        benchmarks("plot_estimated_and_true")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(30),
    params:
        library=library_digest("plot_estimated_and_true"),
        significance=study.config.curves.significance,
    script:
        "../../scripts/plot_estimated_and_true.py"


rule plot_groupings:
    """Draw what chosen groups of tasks score among random ones, against all tasks in one network."""
    input:
        grouping_results=f"{STUDY_ROOT}/tables/grouping_results.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/groupings.svg",
            caption="../report/groupings.rst",
            category="grouping",
            labels={"figure": "Chosen groups against random ones"},
        ),
        png=f"{STUDY_ROOT}/figures/groupings.png",
        csv=f"{STUDY_ROOT}/figures/groupings.csv",
    log:
        logs("plot_groupings"),
    benchmark:
        benchmarks("plot_groupings")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_groupings"),
    script:
        "../../scripts/plot_groupings.py"


rule plot_affinity_map:
    """Draw what a gradient step for one task does to the loss of every other (P1 Fig. 6)."""
    input:
        means=f"{STUDY_ROOT}/tables/tag_affinity.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/affinity_map.svg",
            caption="../report/affinity_map.rst",
            category="gradients",
            labels={"figure": "Affinity of the tasks' gradients"},
        ),
        png=f"{STUDY_ROOT}/figures/affinity_map.png",
        csv=f"{STUDY_ROOT}/figures/affinity_map.csv",
    log:
        logs("plot_affinity_map"),
    benchmark:
        benchmarks("plot_affinity_map")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_affinity_map"),
    script:
        "../../scripts/plot_affinity_map.py"


rule plot_affinity_sizes:
    """Draw the affinity of every pair of tasks over the amount of data (P1 Fig. 6)."""
    input:
        means=f"{STUDY_ROOT}/tables/tag_affinity.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/affinity_sizes.svg",
            caption="../report/affinity_sizes.rst",
            category="gradients",
            labels={"figure": "Affinity over the amount of data"},
        ),
        png=f"{STUDY_ROOT}/figures/affinity_sizes.png",
        csv=f"{STUDY_ROOT}/figures/affinity_sizes.csv",
    log:
        logs("plot_affinity_sizes"),
    benchmark:
        benchmarks("plot_affinity_sizes")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_affinity_sizes"),
    script:
        "../../scripts/plot_affinity_sizes.py"


rule plot_affinity_and_transfer:
    """Draw affinities of gradients against weights of learning curves."""
    input:
        means=f"{STUDY_ROOT}/tables/tag_affinity.parquet",
        estimates=f"{STUDY_ROOT}/tables/transfer_estimates.parquet",
        comparison=f"{STUDY_ROOT}/tables/transfer_comparison.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/affinity_and_transfer.svg",
            caption="../report/affinity_and_transfer.rst",
            category="gradients",
            labels={"figure": "Affinity against transfer"},
        ),
        png=f"{STUDY_ROOT}/figures/affinity_and_transfer.png",
        csv=f"{STUDY_ROOT}/figures/affinity_and_transfer.csv",
    log:
        logs("plot_affinity_and_transfer"),
    benchmark:
        benchmarks("plot_affinity_and_transfer")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_affinity_and_transfer"),
        significance=study.config.curves.significance,
    script:
        "../../scripts/plot_affinity_and_transfer.py"


rule compare_estimate:
    """Set what the study took beside what was estimated, if it was."""
    input:
        **encoder_scores,
        # not read: they are the last to be made
        points=[
            *([f"{STUDY_ROOT}/grid_points.parquet"] if study.arms else []),
            *([GROUP_POINTS] if study.config.grouping else []),
        ],
        made=[path for path in REPORTED.values() if path not in COMPARED]
        + figure_output,
    output:
        COMPARED,
    log:
        logs("compare_estimate"),
    benchmark:
        benchmarks("compare_estimate")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(10),
    params:
        library=library_digest("compare_estimate"),
        # neither is an input: an estimate is made before the study, or not at all
        estimate=str(Path(PREFIX, ESTIMATE)),
        benchmarks=str(Path(PREFIX, f"benchmarks/{study.name}")),
    script:
        "../../scripts/compare_estimate.py"


rule build_report:
    """Write the report: one page with the findings in words, every figure and table, open to any browser offline."""
    input:
        **REPORTED,
        card=f"{STUDY_ROOT}/dataset/card.json",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
        figures=figure_output,
    output:
        report(
            f"{STUDY_ROOT}/report.html",
            caption="../report/report.rst",
            category="report",
            labels={"page": "The whole report"},
        ),
    log:
        logs("build_report"),
    benchmark:
        benchmarks("build_report")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(10),
    params:
        library=library_digest("build_report"),
        page=digest(*(path.read_text() for path in sorted(TEMPLATES.iterdir()))),
        config=study.resolved(),
        captions={
            path.stem: path.read_text() for path in sorted(CAPTIONS.glob("*.rst"))
        },
        absent=outputs.absent_figures(study),
    script:
        "../../scripts/build_report.py"
