# Figures of transfer: what one task's labels do to another.
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
