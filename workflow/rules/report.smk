# From tables to what people look at: figures, and the report that shows them.
from mtlcurves.provenance import digest
from mtlcurves.reporting.contents import FIGURES, absent_figures

CAPTIONS = Path(workflow.basedir, "workflow/report")
TEMPLATES = Path(workflow.basedir, "workflow/mtlcurves/reporting/templates")


def splits():
    """Kind of folds of every recipe, in the study's order."""
    return {name: recipe.split for name, recipe in study.recipes.items()}


def splits_compared():
    """Whether one arm was trained under both kinds of folds."""
    trained = [
        {study.recipes[name].split for name in study.recipes if subsets_of(name, arm)}
        for arm in ("stl", "mtl")
    ]
    return any(len(kinds) == 2 for kinds in trained)


def study_has():
    """What the figures need, as far as this study has it."""
    tables = curve_tables() + transfer_tables()
    has = {
        "trainings": bool(study.arms),
        "curves": bool(subsets_of("main", "stl") or subsets_of("main", "mtl")),
        "effects": "arm_effects" in tables,
        "splits": splits_compared(),
        "epochs": any(recipe.score_epochs for recipe in study.recipes.values()),
        "forms": "form_ranking" in tables,
        "both_arms": both_arms("main"),
        "changes": "parameter_change" in tables,
        "transfer": both_arms("main") and bool(subsets_of("main", "augmented")),
    }
    return {name for name, held in has.items() if held}


ABSENT = absent_figures(study_has())

figure_output = [
    f"{STUDY_ROOT}/figures/{figure.name}.svg"
    for figure in FIGURES
    if figure.name not in ABSENT
]
table_output = [
    f"{STUDY_ROOT}/tables/{name}.csv" for name in curve_tables() + transfer_tables()
]
final_output = [f"{STUDY_ROOT}/report.html", *table_output]


def report_inputs(wildcards):
    """Everything the report shows, as far as the study has it."""
    inputs = {
        "card": f"{STUDY_ROOT}/dataset/card.json",
        "tasks": f"{STUDY_ROOT}/dataset/tasks.parquet",
        "figures": figure_output,
    }
    if study.arms:
        inputs["grid_points"] = f"{STUDY_ROOT}/grid_points.parquet"
    if curve_tables():
        inputs["mean_scores"] = f"{STUDY_ROOT}/curves/mean_scores.parquet"
    tables = set(curve_tables() + transfer_tables()) - {"parameter_change"}
    return inputs | {
        name: f"{STUDY_ROOT}/tables/{name}.parquet" for name in sorted(tables)
    }


def report_config():
    """The configuration with every default filled in and every recipe as it was trained."""
    recipes = {
        name: recipe.model_dump(mode="json") for name, recipe in study.recipes.items()
    }
    return study.config.model_dump(mode="json") | {"recipes": recipes}


def captions():
    """Caption of every figure."""
    return {
        figure.name: (CAPTIONS / f"{figure.name}.rst").read_text() for figure in FIGURES
    }


def page_digest():
    """Digest of the page's template, style and script, so that an edit plans the report again."""
    return digest(*(path.read_text() for path in sorted(TEMPLATES.iterdir())))


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
        mem_mb=1000,
        runtime=10,
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
        mem_mb=4000,
        runtime=10,
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
        mem_mb=1000,
        runtime=10,
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
        mem_mb=1000,
        runtime=10,
    params:
        library=library_digest("plot_mtl_effect"),
        significance=study.config.curves.significance,
    script:
        "../../scripts/plot_mtl_effect.py"


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
        mem_mb=1000,
        runtime=10,
    params:
        library=library_digest("plot_split_comparison"),
        splits=splits(),
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
        mem_mb=4000,
        runtime=10,
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
        mem_mb=1000,
        runtime=10,
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
        mem_mb=1000,
        runtime=10,
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
        mem_mb=1000,
        runtime=10,
    params:
        library=library_digest("plot_parameter_change"),
    script:
        "../../scripts/plot_parameter_change.py"


rule plot_transfer_map:
    """Draw what one task's raised labels change in every other task."""
    input:
        transfer=f"{STUDY_ROOT}/tables/transfer.parquet",
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
        mem_mb=2000,
        runtime=10,
    params:
        library=library_digest("plot_transfer_map"),
    script:
        "../../scripts/plot_transfer_map.py"


rule build_report:
    """Write the report: one page with the findings in words, every figure and table, open to any browser offline."""
    input:
        unpack(report_inputs),
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
        mem_mb=4000,
        runtime=10,
    params:
        library=library_digest("build_report"),
        page=page_digest(),
        config=report_config(),
        captions=captions(),
        absent=ABSENT,
    script:
        "../../scripts/build_report.py"
