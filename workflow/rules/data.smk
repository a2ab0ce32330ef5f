# From measured values to the data set that every training reads.
STEPS = f"{STUDY_ROOT}/dataset/steps"


rule standardise_molecules:
    """Read and clean the structures that have a value in a task of the study."""
    input:
        values=f"{STEPS}/values.parquet",
    output:
        molecules=f"{STEPS}/molecules.parquet",
        rejected=f"{STEPS}/rejected-standardise_molecules.parquet",
    log:
        logs("standardise_molecules"),
    benchmark:
        benchmarks("standardise_molecules")
    conda:
        "../../envs/chem.yaml"
    threads: 8
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        library=library_digest("standardise_molecules"),
        tasks=sorted(study.tasks),
        molecules=section("molecules"),
    script:
        "../../scripts/standardise_molecules.py"


rule make_labels:
    """Merge the values of each compound and task, and divide them into active and inactive."""
    input:
        values=f"{STEPS}/values.parquet",
        molecules=f"{STEPS}/molecules.parquet",
    output:
        labels=f"{STUDY_ROOT}/dataset/labels.parquet",
        rejected=f"{STEPS}/rejected-make_labels.parquet",
        disagreements=f"{STUDY_ROOT}/dataset/disagreements.parquet",
    log:
        logs("make_labels"),
    benchmark:
        benchmarks("make_labels")
    conda:
        "../../envs/chem.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(20),
    params:
        library=library_digest("make_labels"),
        tasks=sorted(study.tasks),
        labels=section("labels"),
    script:
        "../../scripts/make_labels.py"


rule assign_scaffolds:
    """Find each compound's Murcko scaffold and its preferred scaffold of about three rings."""
    input:
        molecules=f"{STEPS}/molecules.parquet",
    output:
        scaffolds=f"{STEPS}/scaffolds.parquet",
    log:
        logs("assign_scaffolds"),
    benchmark:
        benchmarks("assign_scaffolds")
    conda:
        "../../envs/chem.yaml"
    threads: 8
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        library=library_digest("assign_scaffolds"),
    script:
        "../../scripts/assign_scaffolds.py"


rule assign_folds:
    """Draw a fold for each scaffold and for each compound; digest each task's labels."""
    input:
        scaffolds=f"{STEPS}/scaffolds.parquet",
        labels=f"{STUDY_ROOT}/dataset/labels.parquet",
    output:
        compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
    log:
        logs("assign_folds"),
    benchmark:
        benchmarks("assign_folds")
    conda:
        "../../envs/chem.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(20),
    params:
        library=library_digest("assign_folds"),
        tasks=[[info.task, info.name, info.family] for info in study.task_info],
        folds=section("folds"),
    script:
        "../../scripts/assign_folds.py"


rule compute_fingerprints:
    """Compute binary ECFP, folded to a fixed number of columns."""
    input:
        compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
    output:
        fingerprints=f"{STUDY_ROOT}/dataset/fingerprints.arrow",
    log:
        logs("compute_fingerprints"),
    benchmark:
        benchmarks("compute_fingerprints")
    conda:
        "../../envs/chem.yaml"
    threads: 8
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        library=library_digest("compute_fingerprints"),
        fingerprints=section("fingerprints"),
    script:
        "../../scripts/compute_fingerprints.py"


rule describe_dataset:
    """Count what is left after every step, list all that was left out, and note what is doubtful."""
    input:
        values=f"{STEPS}/values.parquet",
        molecules=f"{STEPS}/molecules.parquet",
        scaffolds=f"{STEPS}/scaffolds.parquet",
        labels=f"{STUDY_ROOT}/dataset/labels.parquet",
        disagreements=f"{STUDY_ROOT}/dataset/disagreements.parquet",
        compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
        fingerprints=f"{STUDY_ROOT}/dataset/fingerprints.arrow",
        rejected=expand(
            "{steps}/rejected-{step}.parquet",
            steps=STEPS,
            step=["read_source", "standardise_molecules", "make_labels"],
        ),
    output:
        card=f"{STUDY_ROOT}/dataset/card.json",
        rejected=f"{STUDY_ROOT}/dataset/rejected.parquet",
    log:
        logs("describe_dataset"),
    benchmark:
        benchmarks("describe_dataset")
    conda:
        "../../envs/chem.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(20),
    params:
        library=library_digest("describe_dataset"),
        settings={
            name: section(name)
            for name in ["study", "molecules", "labels", "folds", "fingerprints"]
        }
        | {"source": study.config.source.kind},
    script:
        "../../scripts/describe_dataset.py"


rule check_folds:
    """Refuse folds that got no compound, before anything is trained."""
    input:
        compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
    output:
        sizes=f"{STEPS}/fold_sizes-{{split}}.json",
    log:
        logs("check_folds-{split}"),
    benchmark:
        benchmarks("check_folds-{split}")
    conda:
        "../../envs/chem.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("check_folds"),
        folds=section("folds"),
    script:
        "../../scripts/check_folds.py"


rule plan_trainings:
    """Spell the allocations out, and count the labels they give."""
    input:
        labels=f"{STUDY_ROOT}/dataset/labels.parquet",
        compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
    output:
        allocations=f"{STUDY_ROOT}/allocations.parquet",
        counts=f"{STUDY_ROOT}/label_counts.parquet",
    log:
        logs("plan_trainings"),
    benchmark:
        benchmarks("plan_trainings")
    conda:
        "../../envs/chem.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(20),
    params:
        library=library_digest("plan_trainings"),
        tasks=study.tasks,
        subsets=section("subsets"),
        grid=section("grid"),
        folds=section("folds"),
    script:
        "../../scripts/plan_trainings.py"


if isinstance(SOURCE, DesignedSource):

    rule describe_truth:
        """Tell what a designed study's tasks have in common, and the best score each can reach."""
        input:
            files=locations.source_files(study.config),
            labels=f"{STUDY_ROOT}/dataset/labels.parquet",
        output:
            truth=f"{STUDY_ROOT}/dataset/truth.parquet",
            tasks=f"{STUDY_ROOT}/dataset/truth_tasks.parquet",
        log:
            logs("describe_truth"),
        benchmark:
            benchmarks("describe_truth")
        conda:
            "../../envs/chem.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(4000),
            runtime=by_attempt(20),
        params:
            library=library_digest("describe_truth"),
            source=SOURCE_SETTINGS,
            tasks=study.tasks,
        script:
            "../../scripts/describe_truth.py"


truth_output = rules.describe_truth.output if isinstance(SOURCE, DesignedSource) else []
dataset_output = [
    *(fold_sizes(split) for split in outputs.splits(study)),
    *rules.describe_dataset.output,
    *rules.compute_fingerprints.output,
    *(rules.plan_trainings.output if study.arms else []),
    *truth_output,
]
