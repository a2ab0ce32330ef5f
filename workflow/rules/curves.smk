# From grid points to learning curves: mean scores, the forms compared, one form's coefficients.


rule average_scores:
    """Average each task's scores at each size over the rotations that are valid at every size."""
    input:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        mean_scores=f"{STUDY_ROOT}/curves/mean_scores.parquet",
    log:
        logs("average_scores"),
    benchmark:
        benchmarks("average_scores")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(20),
    params:
        library=library_digest("average_scores"),
        metrics=section("curves")["metrics"],
    script:
        "../../scripts/average_scores.py"


rule compare_forms:
    """Fit every curve form to every task's curve, and measure how well it describes and foretells (P1 Table 1)."""
    input:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        forms=f"{STUDY_ROOT}/curves/forms.parquet",
        ranking=multiext(f"{STUDY_ROOT}/tables/form_ranking", ".csv", ".parquet"),
    log:
        logs("compare_forms"),
    benchmark:
        benchmarks("compare_forms")
    conda:
        "../../envs/analysis.yaml"
    threads: 4
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_attempt(60),
    params:
        library=library_digest("compare_forms"),
        metrics=section("curves")["metrics"],
        forms=section("curves")["compared_forms"],
    script:
        "../../scripts/compare_forms.py"


rule fit_curves:
    """Fit the study's curve form to every mean learning curve, with standard errors (P1 Fig. 4)."""
    input:
        mean_scores=f"{STUDY_ROOT}/curves/mean_scores.parquet",
    output:
        f"{STUDY_ROOT}/curves/curves.parquet",
        f"{STUDY_ROOT}/tables/curves.csv",
        f"{STUDY_ROOT}/tables/curves.parquet",
    log:
        logs("fit_curves"),
    benchmark:
        benchmarks("fit_curves")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(30),
    params:
        library=library_digest("fit_curves"),
        form=section("curves")["form"],
    script:
        "../../scripts/fit_curves.py"
