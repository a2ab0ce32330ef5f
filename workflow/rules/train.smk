# The trainings: one job per bundle, one table of grid points.
from functools import cache

from mtlcurves.training.epochs import kind_of
from mtlcurves.provenance import digest

TRAININGS = f"{STUDY_ROOT}/trainings"
BUNDLE = "{recipe}/{arm}/rotation-{rotation}/replicate-{replicate}/{bundle}"


@cache
def planned(arm: str, bundle: str) -> tuple[str, frozenset[str]]:
    """What a bundle trains, in a few words and a digest, and the kinds of its trainings."""
    members = study.bundle("main", arm, 0, 0, bundle).allocations
    folds = digest(
        *(f"{a.id} {a.arm} {a.auxiliary} {sorted(a.folds.items())}" for a in members)
    )
    kinds = frozenset(kind_of(len(a.folds), len(study.tasks)) for a in members)
    return (
        f"{members[0].id} to {members[-1].id}, {len(members)} in all ({folds})",
        kinds,
    )


def trainings_of(wildcards) -> str:
    """What the bundle trains, for its params."""
    return planned(wildcards.arm, wildcards.bundle)[0]


def recipe_of(wildcards) -> dict:
    """The keys of the recipe that reach the bundle's trainings."""
    keys = study.recipes[wildcards.recipe].model_dump(mode="json", exclude={"arms"})
    kinds = planned(wildcards.arm, wildcards.bundle)[1]
    epochs = {kind: n for kind, n in keys["epochs"].items() if kind in kinds}
    return keys | {"epochs": epochs}


def training_memory(threads: int) -> int:
    """Megabytes of a job: torch and the data set, and per thread eight numbers a weight."""
    hidden = max(recipe.hidden for recipe in study.recipes.values())
    weights = study.config.fingerprints.columns * hidden
    return 1500 + threads * (500 + weights * 32 // 1_000_000)


rule train_bundle:
    """Train one bundle: some allocations under one recipe, rotation and replicate."""
    input:
        compounds=f"{STUDY_ROOT}/dataset/compounds.parquet",
        tasks=f"{STUDY_ROOT}/dataset/tasks.parquet",
        labels=f"{STUDY_ROOT}/dataset/labels.parquet",
        fingerprints=f"{STUDY_ROOT}/dataset/fingerprints.npz",
    output:
        points=f"{TRAININGS}/{BUNDLE}.parquet",
    log:
        logs(f"trainings/{BUNDLE}"),
    benchmark:
        benchmarks(f"trainings/{BUNDLE}")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        # plain numbers: a function here, called for each of thousands of jobs, takes a quarter of the planning
        mem_mb=training_memory(threads=1),
        runtime=720,
        gpu=0,
    params:
        library=library_digest("train_bundle"),
        trainings=trainings_of,
        recipe=recipe_of,
        fold_count=study.config.folds.count,
        backend=study.config.backend,
    script:
        "../../scripts/train_bundle.py"


rule gather_grid_points:
    """Join the tables of all bundles."""
    input:
        [f"{TRAININGS}/{bundle.path}.parquet" for bundle in study.bundles],
    output:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    log:
        logs("gather_grid_points"),
    benchmark:
        benchmarks("gather_grid_points")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        library=library_digest("gather_grid_points"),
    script:
        "../../scripts/gather_grid_points.py"
