# What designs of trainings would show, and at what cost.
rule power:
    """Compare designs before anything is trained: effects that they detect, trainings that they cost."""
    input:
        points=complete(
            (
                [study.config.power.noise]
                if isinstance(study.config.power.noise, str)
                else []
            ),
            arms=False,
            classes=True,
        ),
    output:
        table=table_files("power"),
        page=f"{STUDY_ROOT}/power/power.txt",
    log:
        logs("power"),
    benchmark:
        benchmarks("power")
    localrule: True  # its page is printed where the study is started
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_attempt(10),
    params:
        library=library_digest("power"),
        tasks=study.tasks,
        plan=PLAN,
        power=section("power"),
        level=study.config.curves.significance,
    script:
        "../../scripts/power.py"
