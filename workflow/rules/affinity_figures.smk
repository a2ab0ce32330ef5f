# Figures of the affinity of gradients, and of groups of tasks.
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
