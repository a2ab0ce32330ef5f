# Figures of the similarity of gradients.
SHOWN = shown_series()


rule plot_similarity_map:
    """Draw how alike the gradients of every two tasks are."""
    input:
        similarity=f"{STUDY_ROOT}/tables/gradient_similarity.parquet",
        overlap=f"{STUDY_ROOT}/tables/overlap.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/similarity_map.svg",
            caption="../report/similarity_map.rst",
            category="similarity",
            labels={"figure": "Similarity of the tasks' gradients"},
        ),
        png=f"{STUDY_ROOT}/figures/similarity_map.png",
        csv=f"{STUDY_ROOT}/figures/similarity_map.csv",
    log:
        logs("plot_similarity_map"),
    benchmark:
        benchmarks("plot_similarity_map")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_similarity_map"),
        window=SHOWN["window"],
    script:
        "../../scripts/plot_similarity_map.py"


rule plot_similarity_and_correlation:
    """Draw the similarity of gradients against the correlation of labels."""
    input:
        similarity=f"{STUDY_ROOT}/tables/gradient_similarity.parquet",
        correlation=f"{STUDY_ROOT}/tables/task_correlation.parquet",
        relation=f"{STUDY_ROOT}/tables/similarity_and_correlation.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/similarity_and_correlation.svg",
            caption="../report/similarity_and_correlation.rst",
            category="similarity",
            labels={"figure": "Gradients against labels"},
        ),
        png=f"{STUDY_ROOT}/figures/similarity_and_correlation.png",
        csv=f"{STUDY_ROOT}/figures/similarity_and_correlation.csv",
    log:
        logs("plot_similarity_and_correlation"),
    benchmark:
        benchmarks("plot_similarity_and_correlation")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_similarity_and_correlation"),
        window=SHOWN["window"],
        rows=SHOWN["rows"],
    script:
        "../../scripts/plot_similarity_and_correlation.py"


rule plot_similarity_dynamics:
    """Draw from which epoch on similarities are those of the end."""
    input:
        dynamics=f"{STUDY_ROOT}/tables/similarity_dynamics.parquet",
        claims=f"{STUDY_ROOT}/tables/claims.parquet" if CLAIMED else [],
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/similarity_dynamics.svg",
            caption="../report/similarity_dynamics.rst",
            category="similarity",
            labels={"figure": "Similarity over epochs"},
        ),
        png=f"{STUDY_ROOT}/figures/similarity_dynamics.png",
        csv=f"{STUDY_ROOT}/figures/similarity_dynamics.csv",
    log:
        logs("plot_similarity_dynamics"),
    benchmark:
        benchmarks("plot_similarity_dynamics")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_similarity_dynamics"),
    script:
        "../../scripts/plot_similarity_dynamics.py"


rule plot_degradation:
    """Draw what is left of the similarities as labels are taken away."""
    input:
        degradation=f"{STUDY_ROOT}/tables/degradation.parquet",
        fits=f"{STUDY_ROOT}/tables/degradation_fits.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/degradation.svg",
            caption="../report/degradation.rst",
            category="similarity",
            labels={"figure": "What fewer labels leave of it"},
        ),
        png=f"{STUDY_ROOT}/figures/degradation.png",
        csv=f"{STUDY_ROOT}/figures/degradation.csv",
    log:
        logs("plot_degradation"),
    benchmark:
        benchmarks("plot_degradation")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_degradation"),
        encoder=SHOWN["encoder"],
        window=SHOWN["window"],
    script:
        "../../scripts/plot_degradation.py"


rule plot_pathway_recovery:
    """Draw the tasks clustered by similarity, beside their reference groups."""
    input:
        similarity=f"{STUDY_ROOT}/tables/gradient_similarity.parquet",
        recovery=f"{STUDY_ROOT}/tables/pathway_recovery.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/pathway_recovery.svg",
            caption="../report/pathway_recovery.rst",
            category="similarity",
            labels={"figure": "Reference groups recovered"},
        ),
        png=f"{STUDY_ROOT}/figures/pathway_recovery.png",
        csv=f"{STUDY_ROOT}/figures/pathway_recovery.csv",
    log:
        logs("plot_pathway_recovery"),
    benchmark:
        benchmarks("plot_pathway_recovery")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_pathway_recovery"),
        encoder=SHOWN["encoder"],
        window=SHOWN["window"],
    script:
        "../../scripts/plot_pathway_recovery.py"


rule plot_signals_and_benefit:
    """Draw which signal tells what tasks gain from each other, and for which pairs."""
    input:
        signals=f"{STUDY_ROOT}/tables/signals_and_benefit.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/signals_and_benefit.svg",
            caption="../report/signals_and_benefit.rst",
            category="similarity",
            labels={"figure": "Which signal to trust when"},
        ),
        png=f"{STUDY_ROOT}/figures/signals_and_benefit.png",
        csv=f"{STUDY_ROOT}/figures/signals_and_benefit.csv",
    log:
        logs("plot_signals_and_benefit"),
    benchmark:
        benchmarks("plot_signals_and_benefit")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_signals_and_benefit"),
        window=SHOWN["window"],
        significance=study.config.curves.significance,
    script:
        "../../scripts/plot_signals_and_benefit.py"


rule plot_gradient_groupings:
    """Draw groups of tasks with similar gradients against random ones."""
    input:
        results=f"{STUDY_ROOT}/tables/gradient_grouping_results.parquet",
    output:
        svg=report(
            f"{STUDY_ROOT}/figures/gradient_groupings.svg",
            caption="../report/gradient_groupings.rst",
            category="similarity",
            labels={"figure": "Groups with similar gradients"},
        ),
        png=f"{STUDY_ROOT}/figures/gradient_groupings.png",
        csv=f"{STUDY_ROOT}/figures/gradient_groupings.csv",
    log:
        logs("plot_gradient_groupings"),
    benchmark:
        benchmarks("plot_gradient_groupings")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(10),
    params:
        library=library_digest("plot_gradient_groupings"),
    script:
        "../../scripts/plot_gradient_groupings.py"
