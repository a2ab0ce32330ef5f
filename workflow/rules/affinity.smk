# Affinities of the tasks' gradients: trainings of all tasks in which they are logged, and their means.
LOGS = f"{STUDY_ROOT}/affinity"
LOG = "rotation-{rotation}/size-{size}"


if study.config.affinity:

    rule log_affinity:
        """Train all tasks at one size and rotation, and log what steps for each do to the others' losses (TAG)."""
        input:
            compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
            tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
            labels=f"{STUDY_ROOT}/dataset/labels.parquet",
            fingerprints=f"{STUDY_ROOT}/dataset/fingerprints.arrow",
            fold_sizes=fold_sizes(study.recipes["main"].split),
            limits=within_limits,
        output:
            f"{LOGS}/{LOG}.parquet",
        log:
            logs(f"affinity/{LOG}"),
        benchmark:
            benchmarks("log_affinity-{rotation}-{size}")
        wildcard_constraints:
            size=r"\d+",
        conda:
            "../../envs/train.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(needs.logging_memory_mb(study)),
            runtime=by_attempt(needs.logging_minutes(study)),
        params:
            library=library_digest("log_affinity"),
            affinity=study.config.affinity.model_dump(
                mode="json", exclude={"sizes", "rotations"}
            ),
            tasks=study.tasks,
            recipe=study.recipes["main"].model_dump(
                mode="json",
                exclude={
                    "arms": True,
                    "score_epochs": True,
                    "epochs": {"single", "group"},
                },
            ),
            fold_count=study.config.folds.count,
        script:
            "../../scripts/log_affinity.py"

    rule gather_affinity:
        """Join the logged affinities of all trainings, and average them over rotations."""
        input:
            [
                f"{LOGS}/rotation-{rotation}/size-{size}.parquet"
                for size, rotation in study.affinity_logs
            ],
        output:
            affinity=f"{STUDY_ROOT}/affinity.parquet",
            means=table_files("tag_affinity"),
        log:
            logs("gather_affinity"),
        benchmark:
            benchmarks("gather_affinity")
        conda:
            "../../envs/train.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(4000),
            runtime=by_attempt(30),
        params:
            library=library_digest("gather_affinity"),
        script:
            "../../scripts/gather_affinity.py"

    rule compare_transfer:
        """Correlate what gradient steps do to other tasks with what labels are worth to them (P1 Table 3)."""
        input:
            affinity=f"{STUDY_ROOT}/affinity.parquet",
            means=f"{STUDY_ROOT}/tables/tag_affinity.parquet",
            estimates=f"{STUDY_ROOT}/tables/transfer_estimates.parquet",
            staged=(
                f"{STUDY_ROOT}/tables/transfer.parquet"
                if "transfer" in outputs.tables(study)
                else []
            ),
        output:
            table_files("transfer_comparison"),
        log:
            logs("compare_transfer"),
        benchmark:
            benchmarks("compare_transfer")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(4000),
            runtime=by_attempt(60),
        params:
            library=library_digest("compare_transfer"),
            metrics=METRICS,
            arms=outputs.raised_text(study),
            lookahead=study.config.affinity.lookahead,
        script:
            "../../scripts/compare_transfer.py"
