# From tables to what people look at: figures, and the report that shows them.
include: "curve_figures.smk"
include: "transfer_figures.smk"
include: "affinity_figures.smk"


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

UNREAD = {"parameter_change", "transfer", "groups"}
# what the report shows, as far as the study has it
REPORTED = {
    name: f"{STUDY_ROOT}/tables/{name}.parquet" for name in sorted(set(TABLES) - UNREAD)
}
REPORTED["estimate_and_actual"] = COMPARED[1]
if study.arms:
    REPORTED["grid_points"] = f"{STUDY_ROOT}/grid_points.parquet"
if "train_gradients" in encoder_scores:
    REPORTED["gradient_scores"] = encoder_scores["train_gradients"]
if "curves" in TABLES:
    REPORTED["mean_scores"] = f"{STUDY_ROOT}/curves/mean_scores.parquet"


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
