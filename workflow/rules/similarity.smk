# What the similarity of gradients tells: from logs and scores of trainings to tables.
include: "../similarity_inputs.smk"
include: "similarity_figures.smk"


if study.config.gradients:

    rule summarise_similarity:
        """Average the similarities of gradients over trainings, corrected for overlap and against shuffled labels."""
        input:
            log=f"{STUDY_ROOT}/gradient_log.parquet",
            overlap=f"{STUDY_ROOT}/tables/overlap.parquet",
            views=f"{STUDY_ROOT}/label_views.parquet",
        output:
            table_files("gradient_similarity"),
        log:
            logs("summarise_similarity"),
        benchmark:
            benchmarks("summarise_similarity")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(3000),
            runtime=by_attempt(60),
        params:
            library=library_digest("summarise_similarity"),
            batch=study.config.gradients.training.batch,
            size_overlap=size_overlap(),
        script:
            "../../scripts/summarise_similarity.py"

    rule relate_similarity:
        """Correlate the similarity of gradients with the correlation of labels, r(G, E)."""
        input:
            similarity=f"{STUDY_ROOT}/tables/gradient_similarity.parquet",
            correlation=f"{STUDY_ROOT}/tables/task_correlation.parquet",
            reliability=f"{STUDY_ROOT}/correlation_reliability.parquet",
            log=f"{STUDY_ROOT}/gradient_log.parquet",
            epochs=f"{STUDY_ROOT}/gradient_epochs.parquet",
        output:
            table_files("similarity_and_correlation"),
        log:
            logs("relate_similarity"),
        benchmark:
            benchmarks("relate_similarity")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(3000),
            runtime=by_attempt(60),
        params:
            library=library_digest("relate_similarity"),
        script:
            "../../scripts/relate_similarity.py"

    rule follow_similarity:
        """Correlate the similarities of every epoch with those of the end, beside their ceiling."""
        input:
            epochs=f"{STUDY_ROOT}/gradient_epochs.parquet",
        output:
            table_files("similarity_dynamics"),
        log:
            logs("follow_similarity"),
        benchmark:
            benchmarks("follow_similarity")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(3000),
            runtime=by_attempt(60),
        params:
            library=library_digest("follow_similarity"),
        script:
            "../../scripts/follow_similarity.py"


if "architecture_consistency" in SIMILARITY_TABLES:

    rule compare_encoders:
        """Correlate the similarities of every two encoders, beside what their noise lets be seen."""
        input:
            similarity=f"{STUDY_ROOT}/tables/gradient_similarity.parquet",
            log=f"{STUDY_ROOT}/gradient_log.parquet",
            epochs=f"{STUDY_ROOT}/gradient_epochs.parquet",
        output:
            table_files("architecture_consistency"),
        log:
            logs("compare_encoders"),
        benchmark:
            benchmarks("compare_encoders")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(3000),
            runtime=by_attempt(60),
        params:
            library=library_digest("compare_encoders"),
        script:
            "../../scripts/compare_encoders.py"


if "pathway_recovery" in SIMILARITY_TABLES:

    rule recover_pathways:
        """Compare clusters of the tasks by similarity with reference groups."""
        input:
            similarity=f"{STUDY_ROOT}/tables/gradient_similarity.parquet",
        output:
            table_files("pathway_recovery"),
        log:
            logs("recover_pathways"),
        benchmark:
            benchmarks("recover_pathways")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(3000),
            runtime=by_attempt(60),
        params:
            library=library_digest("recover_pathways"),
            groups={info.task: dict(info.groups) for info in study.task_info},
            partitions=study.config.gradients.partitions,
        script:
            "../../scripts/recover_pathways.py"


if "degradation" in SIMILARITY_TABLES:

    rule measure_degradation:
        """Measure what is left of r(G, E) as labels are taken away, and fit curves to it."""
        input:
            log=f"{STUDY_ROOT}/gradient_log.parquet",
            correlation=f"{STUDY_ROOT}/tables/task_correlation.parquet",
            overlap=f"{STUDY_ROOT}/tables/overlap.parquet",
            truth=truth_output[0] if truth_output else [],
        output:
            degradation=table_files("degradation"),
            fits=table_files("degradation_fits"),
        log:
            logs("measure_degradation"),
        benchmark:
            benchmarks("measure_degradation")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(3000),
            runtime=by_attempt(120),
        params:
            library=library_digest("measure_degradation"),
            size_overlap=size_overlap(),
        script:
            "../../scripts/measure_degradation.py"


if "task2vec_and_correlation" in SIMILARITY_TABLES:

    rule embed_tasks:
        """Embed tasks by Task2Vec, a rival of gradient similarity, and correlate it with the correlation of labels."""
        input:
            compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
            labels=f"{STUDY_ROOT}/dataset/labels.parquet",
            fingerprints=f"{STUDY_ROOT}/dataset/fingerprints.arrow",
            correlation=f"{STUDY_ROOT}/tables/task_correlation.parquet",
            limits=within_limits,
        output:
            pairs=f"{STUDY_ROOT}/task2vec.parquet",
            relation=table_files("task2vec_and_correlation"),
        log:
            logs("embed_tasks"),
        benchmark:
            benchmarks("embed_tasks")
        conda:
            "../../envs/train.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(6000),
            runtime=by_attempt(240),
        params:
            library=library_digest("embed_tasks"),
            tasks=study.tasks,
            kind=study.config.labels.kind,
            split=study.config.gradients.split,
            seeds=study.config.gradients.task2vec,
        script:
            "../../scripts/embed_tasks.py"

    gradient_output += [rules.embed_tasks.output.pairs]


if "synthetic_similarity" in SIMILARITY_TABLES:

    rule simulate_similarity:
        """Train networks on simulated tasks whose similarity is known, at several overlaps and sizes."""
        input:
            limits=within_limits,
        output:
            pairs=f"{STUDY_ROOT}/synthetic_pairs.parquet",
            relation=table_files("synthetic_similarity"),
        log:
            logs("simulate_similarity"),
        benchmark:
            benchmarks("simulate_similarity")
        conda:
            "../../envs/train.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(3000),
            runtime=by_attempt(480),
        params:
            library=library_digest("simulate_similarity"),
            settings=section("gradients")["synthetic"],
        script:
            "../../scripts/simulate_similarity.py"

    gradient_output += [rules.simulate_similarity.output.pairs]


if CLAIMED:

    rule check_claims:
        """Set what the papers claim about these data beside what the study found."""
        input:
            **CLAIMED,
        output:
            table_files("claims"),
        log:
            logs("check_claims"),
        benchmark:
            benchmarks("check_claims")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(1000),
            runtime=by_attempt(10),
        params:
            library=library_digest("check_claims"),
            study=study.name,
            n_tasks=len(study.tasks),
            series=shown_series(),
        script:
            "../../scripts/check_claims.py"
