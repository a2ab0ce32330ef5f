# The study in one file, for another group to reproduce and compare.
import json

import yaml

SHARED = [
    f"{STUDY_ROOT}/dataset/tasks.parquet",
    f"{STUDY_ROOT}/allocations.parquet",
    f"{STUDY_ROOT}/label_counts.parquet",
    f"{STUDY_ROOT}/grid_points.parquet",
    *(
        f"{STUDY_ROOT}/curves/{n}.parquet"
        for n in ["mean_scores", "forms"]
        if "curves" in TABLES
    ),
    *(file for name in TABLES for file in table_files(name)),
]
# these hold the source's structures and values
WITHHELD = [f"{STUDY_ROOT}/dataset/{name}.parquet" for name in ["compounds", "labels"]]


def shared_texts(wildcards) -> dict[str, str]:
    """What an archive holds besides tables: the configuration, given and resolved, and the lock."""
    given = json.loads(json.dumps(config))
    texts = {
        "study.yaml": yaml.safe_dump(given, sort_keys=False, allow_unicode=True),
        "resolved.json": json.dumps(resolved_config(), indent=2) + "\n",
        "requirements.lock": (PROJECT / "requirements.lock").read_text(),
    }
    if isinstance(study.config.tasks, str):
        texts["tasks.csv"] = Path(study.config.tasks).read_text(encoding="utf-8")
    return texts


rule share:
    """Put configuration, lock, tables and provenance into one file, without the source's data."""
    input:
        shared=complete(SHARED, arms=True),
        withheld=WITHHELD,
        sources=locations.source_files(study.config),
    output:
        f"{STUDY_ROOT}/{study.name}-share.zip",
    log:
        logs("share"),
    benchmark:
        benchmarks("share")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        library=library_digest("share"),
        texts=shared_texts,
    script:
        "../../scripts/share.py"
