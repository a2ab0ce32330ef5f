# What the trainings of pairs and of groups tell: what tasks gain from each other, and which signal foretold it.
if "pair_benefit" in SIMILARITY_TABLES:

    rule measure_benefit:
        """Measure what pairs of tasks give each other on held-out folds, and whether similarity foretells it."""
        input:
            scores=f"{STUDY_ROOT}/benefit_scores.parquet",
            similarity=f"{STUDY_ROOT}/tables/gradient_similarity.parquet",
        output:
            pair_benefit=table_files("pair_benefit"),
            benefit_prediction=table_files("benefit_prediction"),
            benefit_calibration=table_files("benefit_calibration"),
            benefit_thresholds=table_files("benefit_thresholds"),
        log:
            logs("measure_benefit"),
        benchmark:
            benchmarks("measure_benefit")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(3000),
            runtime=by_attempt(60),
        params:
            library=library_digest("measure_benefit"),
            tasks=study.tasks,
            margin=study.config.gradients.benefit.margin,
            # a test fold, and all folds but it and the validation fold
            test_to_train=1 / (study.config.folds.count - 2),
        script:
            "../../scripts/measure_benefit.py"

    rule relate_signals:
        """Correlate gradients, lookahead steps and learning curves with what tasks gain, and when each does."""
        input:
            **SIGNALS,
            gradient_similarity=f"{STUDY_ROOT}/tables/gradient_similarity.parquet",
            pair_benefit=f"{STUDY_ROOT}/tables/pair_benefit.parquet",
            overlap=f"{STUDY_ROOT}/tables/overlap.parquet",
            truth=truth_output[0] if truth_output else [],
        output:
            table_files("signals_and_benefit"),
        log:
            logs("relate_signals"),
        benchmark:
            benchmarks("relate_signals")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(3000),
            runtime=by_attempt(60),
        params:
            library=library_digest("relate_signals"),
            tasks=study.tasks,
            encoder=study.config.gradients.encoders[0],
        script:
            "../../scripts/relate_signals.py"


if "gradient_grouping_results" in SIMILARITY_TABLES:

    rule compare_gradient_groups:
        """Test groups of tasks with similar gradients against random groups, all tasks together and each alone."""
        input:
            groups=f"{STUDY_ROOT}/gradient_groups.parquet",
            scores=f"{STUDY_ROOT}/gradient_group_scores.parquet",
        output:
            table_files("gradient_grouping_results"),
        log:
            logs("compare_gradient_groups"),
        benchmark:
            benchmarks("compare_gradient_groups")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(3000),
            runtime=by_attempt(30),
        params:
            library=library_digest("compare_gradient_groups"),
        script:
            "../../scripts/compare_gradient_groups.py"
