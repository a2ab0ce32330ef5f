# From a source, whatever its kind, to its measured values.
from mtlcurves.data import locations
from mtlcurves.source_sections import DesignedSource, KibaSource, TableSource

SOURCE = study.config.source
WHEEL = locations.wheel_of(SOURCE)
KIBA_TABLES = [str(locations.KIBA_BUILT / name) for name in locations.KIBA_FILES]
# what of the section bears on reading: not where fetch_kiba finds the originals
IS_KIBA = isinstance(SOURCE, KibaSource)
SOURCE_SETTINGS = {"kind": "kiba"} if IS_KIBA else section("source")


if WHEEL:

    rule fetch_moleculeace:
        """Fetch the MoleculeACE wheel with pip; refused when its digest differs."""
        output:
            wheel=str(locations.wheel_file(WHEEL)),
        log:
            logs("fetch_moleculeace"),
        benchmark:
            benchmarks("fetch_moleculeace")
        localrule: True  # compute nodes often reach no server
        conda:
            "../../envs/chem.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(500),
            runtime=by_attempt(10),
        params:
            library=library_digest("fetch_moleculeace"),
            version=WHEEL.version,
            sha256=WHEEL.sha256,
        script:
            "../../scripts/fetch_moleculeace.py"


if isinstance(SOURCE, TableSource) and locations.is_remote(SOURCE.path):

    rule fetch_table:
        """Fetch your table from its URL; refused when its digest differs."""
        output:
            table=str(locations.table_file(SOURCE)),
        log:
            logs("fetch_table"),
        benchmark:
            benchmarks("fetch_table")
        localrule: True  # compute nodes often reach no server
        conda:
            "../../envs/chem.yaml"
        threads: 1
        resources:
            mem_mb=by_attempt(500),
            runtime=by_attempt(60),
        params:
            library=library_digest("fetch_table"),
            url=SOURCE.path,
            sha256=SOURCE.sha256,
        script:
            "../../scripts/fetch_table.py"


rule fetch_kiba:
    """Build the KIBA tables from the public originals (not exercised against the live servers)."""
    output:
        tables=KIBA_TABLES,
    log:
        logs("fetch_kiba"),
    benchmark:
        benchmarks("fetch_kiba")
    localrule: True  # compute nodes often reach no server
    conda:
        "../../envs/chem.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(120),
    params:
        library=library_digest("fetch_kiba"),
        source=(SOURCE if IS_KIBA else KibaSource(kind="kiba")).model_dump(mode="json"),
        # not outputs: kept when the job stops to ask for their digests
        originals=str(locations.KIBA_BUILT / "originals"),
    script:
        "../../scripts/fetch_kiba.py"


rule read_source:
    """Read every measured value of the source, of all its tasks, and list what is none."""
    input:
        files=locations.source_files(study.config),
    output:
        values=f"{STUDY_ROOT}/dataset/steps/values.parquet",
        rejected=f"{STUDY_ROOT}/dataset/steps/rejected-read_source.parquet",
    log:
        logs("read_source"),
    benchmark:
        benchmarks("read_source")
    conda:
        "../../envs/chem.yaml"
    threads: 1
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(30),
    params:
        library=library_digest("read_source"),
        source=SOURCE_SETTINGS,
    script:
        "../../scripts/read_source.py"


rule list_tasks:
    """List the source's tasks with their labels: which have enough for a study."""
    input:
        values=f"{STUDY_ROOT}/dataset/steps/values.parquet",
        rejected=f"{STUDY_ROOT}/dataset/steps/rejected-read_source.parquet",
    output:
        tasks=f"{STUDY_ROOT}/task_list.csv",
    log:
        logs("list_tasks"),
    benchmark:
        benchmarks("list_tasks")
    conda:
        "../../envs/chem.yaml"
    threads: 4
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        library=library_digest("list_tasks"),
        molecules=section("molecules"),
        labels=section("labels"),
    script:
        "../../scripts/list_tasks.py"
