# Similarity of the tasks' gradients: trainings with a shared encoder, their logs and scores.
include: "../gradient_inputs.smk"


gradient_output = []
# tables of scores of the trainings with encoders, by the rule that trains
encoder_scores = {}

if study.config.gradients:

    rule train_gradients:
        """Train all tasks with one encoder, label view, rotation and seed, and log their gradients' similarity."""
        input:
            compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
            labels=f"{STUDY_ROOT}/dataset/labels.parquet",
            fold_sizes=fold_sizes(study.config.gradients.split),
            shared=ancient(MOST_SHARED),
            view=view_drawn,
            limits=within_limits,
            packages=encoder_installed,
        output:
            log=f"{GRADIENTS}/{GRADIENT_RUN}/gradient_log.parquet",
            epochs=f"{GRADIENTS}/{GRADIENT_RUN}/gradient_epochs.parquet",
            scores=f"{GRADIENTS}/{GRADIENT_RUN}/gradient_scores.parquet",
        log:
            logs(f"gradients/{GRADIENT_RUN}"),
        benchmark:
            benchmarks(f"gradients/{GRADIENT_RUN}")
        wildcard_constraints:
            encoder="|".join(study.config.gradients.encoders),
            view=VIEWS,
            seed=r"\d+",
        conda:
            "../../envs/train.yaml"
        threads: 1
        resources:
            mem_mb=gradient_memory,
            runtime=gradient_minutes,
        params:
            library=library_digest("train_gradients"),
            gradients=reaching_view,
            tasks=study.tasks,
            kind=study.config.labels.kind,
            fold_count=study.config.folds.count,
        script:
            "../../scripts/train_gradients.py"

    rule gather_gradients:
        """Join the logs and scores of all trainings of all tasks."""
        input:
            **{
                name: [
                    f"{GRADIENTS}/{run.path}/{name}.parquet"
                    for run in study.gradient_runs
                ]
                for name in GRADIENT_TABLES
            },
        output:
            **{name: f"{STUDY_ROOT}/{name}.parquet" for name in GRADIENT_TABLES},
            plan=GRADIENTS_TRAINED["gather_gradients"],
        log:
            logs("gather_gradients"),
        benchmark:
            benchmarks("gather_gradients")
        conda:
            "../../envs/train.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(4000),
            runtime=by_attempt(30),
        params:
            library=library_digest("gather_gradients"),
            plan=GRADIENT_PLANS["gather_gradients"],
            min_batches=study.config.gradients.log.min_batches,
        script:
            "../../scripts/gather_gradients.py"

    gradient_output += rules.gather_gradients.output
    encoder_scores["train_gradients"] = f"{STUDY_ROOT}/gradient_scores.parquet"


if study.benefit_runs:

    rule train_benefit:
        """Train some tasks alone and some pairs of them with an encoder, in one rotation with one seed."""
        input:
            compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
            labels=f"{STUDY_ROOT}/dataset/labels.parquet",
            fold_sizes=fold_sizes(study.config.gradients.split),
            shared=ancient(MOST_SHARED),
            limits=within_limits,
            packages=encoder_installed,
        output:
            scores=f"{GRADIENTS}/{BENEFIT_RUN}.parquet",
        log:
            logs(f"gradients/{BENEFIT_RUN}"),
        benchmark:
            benchmarks(f"gradients/{BENEFIT_RUN}")
        wildcard_constraints:
            encoder=study.config.gradients.encoders[0],
            seed=r"\d+",
        conda:
            "../../envs/train.yaml"
        threads: 1
        resources:
            mem_mb=gradient_memory,
            runtime=by_attempt(
                gradient_needs.minutes(gradient_needs.bundle_seconds(study))
            ),
        params:
            library=library_digest("train_benefit"),
            gradients=benefit_of,
            tasks=study.tasks,
            kind=study.config.labels.kind,
            fold_count=study.config.folds.count,
        script:
            "../../scripts/train_benefit.py"

    rule gather_benefit:
        """Join the scores of all tasks alone and in pairs."""
        input:
            [f"{GRADIENTS}/{run.path}.parquet" for run in study.benefit_runs],
        output:
            scores=f"{STUDY_ROOT}/benefit_scores.parquet",
            plan=GRADIENTS_TRAINED["gather_benefit"],
        log:
            logs("gather_benefit"),
        benchmark:
            benchmarks("gather_benefit")
        conda:
            "../../envs/train.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(2000),
            runtime=by_attempt(30),
        params:
            library=library_digest("gather_benefit"),
            plan=GRADIENT_PLANS["gather_benefit"],
        script:
            "../../scripts/gather_benefit.py"

    gradient_output += rules.gather_benefit.output
    encoder_scores["train_benefit"] = rules.gather_benefit.output.scores


if study.gradient_group_runs:

    rule group_gradients:
        """Choose groups of tasks by the similarity of their gradients, and draw random ones."""
        input:
            logs=[
                f"{GRADIENTS}/{run.path}/gradient_log.parquet"
                for run in gradient_plan.choosing_runs(study.config.gradients)
            ],
        output:
            groups=f"{STUDY_ROOT}/gradient_groups.parquet",
        log:
            logs("group_gradients"),
        benchmark:
            benchmarks("group_gradients")
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(2000),
            runtime=by_attempt(30),
        params:
            library=library_digest("group_gradients"),
            min_batches=study.config.gradients.log.min_batches,
            tasks=study.tasks,
            window=study.config.gradients.log.window,
            settings=study.config.gradients.groups.model_dump(
                include={"counts", "random_partitions"}
            ),
            per_bundle=study.config.bundles.random_partitions,
        script:
            "../../scripts/group_gradients.py"

    rule train_gradient_groups:
        """Train the groups of some partitions with an encoder and one seed, each group once."""
        input:
            groups=f"{STUDY_ROOT}/gradient_groups.parquet",
            compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
            labels=f"{STUDY_ROOT}/dataset/labels.parquet",
            fold_sizes=fold_sizes(study.config.gradients.split),
            shared=ancient(MOST_SHARED),
            limits=within_limits,
            packages=encoder_installed,
        output:
            scores=f"{GRADIENTS}/{GROUPS_RUN}.parquet",
        log:
            logs(f"gradients/{GROUPS_RUN}"),
        benchmark:
            benchmarks(f"gradients/{GROUPS_RUN}")
        wildcard_constraints:
            encoder=study.config.gradients.encoders[0],
            seed=r"\d+",
        conda:
            "../../envs/train.yaml"
        threads: 1
        resources:
            mem_mb=gradient_memory,
            runtime=by_attempt(
                gradient_needs.minutes(gradient_needs.groups_seconds(study))
            ),
        params:
            library=library_digest("train_gradient_groups"),
            gradients=reaching_groups(),
            tasks=study.tasks,
            kind=study.config.labels.kind,
            fold_count=study.config.folds.count,
        script:
            "../../scripts/train_gradient_groups.py"

    rule gather_gradient_groups:
        """Join the scores of all groups of tasks."""
        input:
            [f"{GRADIENTS}/{run.path}.parquet" for run in study.gradient_group_runs],
        output:
            scores=f"{STUDY_ROOT}/gradient_group_scores.parquet",
            plan=GRADIENTS_TRAINED["gather_gradient_groups"],
        log:
            logs("gather_gradient_groups"),
        benchmark:
            benchmarks("gather_gradient_groups")
        conda:
            "../../envs/train.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(2000),
            runtime=by_attempt(30),
        params:
            library=library_digest("gather_gradient_groups"),
            plan=GRADIENT_PLANS["gather_gradient_groups"],
        script:
            "../../scripts/gather_gradient_groups.py"

    gradient_output += [
        *rules.group_gradients.output,
        *rules.gather_gradient_groups.output,
    ]
    encoder_scores["train_gradient_groups"] = (
        rules.gather_gradient_groups.output.scores
    )
